// What the drawing pad says, as in cnncourse/explore/drawing_pad_view.py; and what waits to be kept.
import { percent, plural } from "./numbers.js";

/** How much ink there is, what is kept, and what waits for Python. */
export function compute({ labels, enough }, { image, _counts, _outbox }) {
  const inked = image.values.reduce((sum, ink) => sum + (ink > 0), 0) / image.values.length;
  const waiting = _outbox.filter((request) => request.do === "keep").length;
  return { inked, waiting, lines: labels.map((label, i) => `${label}: ${_counts[i]} of ${enough}`) };
}

/** All of it in a few sentences. */
export function describe(data, { image, label, writer }, { inked, waiting, lines }) {
  const [rows, columns] = image.shape;
  const wait = waiting ? ` ${plural(waiting, "drawing")} not kept yet.` : "";
  const paper = `The paper has ${rows} × ${columns} pixels, ${percent(inked)} of them inked.`;
  const next = `The next drawing is a ${label} by ${writer}.`;
  return `${paper} ${next} Kept: ${lines.join(", ")}.${wait}`;
}

/** Requests that Python has not answered yet. */
export const unanswered = (outbox, done) => {
  const known = new Set(done);
  return outbox.filter((request) => !known.has(request.id));
};

/** An image's pixels as text, two letters each. */
export const inkText = ({ values }) =>
  Array.from(values, (ink) => ink.toString(16).padStart(2, "0")).join("");

/** An image of the size of `shape` from such a text. */
export const inkFrom = (text, shape) => ({
  shape: [...shape],
  values: Float64Array.from(text.match(/../g), (pair) => parseInt(pair, 16)),
});
