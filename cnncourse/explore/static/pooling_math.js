// What the pooling explorer shows, in numbers and words: as pooling_model.py and pooling_words.py
// in cnncourse/explore. The rows of values come from Python; only the pooling is repeated here.
import { correlate } from "./conv.js";
import { percent, plain, plural } from "./numbers.js";
import { pool } from "./pool.js";

export const POOLINGS = ["max", "average", "l2", "blur"];
export const DRAWN = ["random", "sparse", "smooth", "steps"];
export const SEEDS = 10;
export const WAITING = 8;
const ROW_LENGTH = 20;
const BLUR = { shape: [1, 3], values: Float64Array.of(0.25, 0.5, 0.25) };
const EQUAL = 1e-9;
const POOLING_NAMES = { max: "Max", average: "Average", l2: "L2", blur: "Blur" };
const SOURCE_WORDS = {
  random: "random values",
  sparse: "sparse values",
  smooth: "smooth values",
  steps: "values in steps",
  own: "your own values",
};
const WHY_NOT = {
  sparse: "most of these values are equal, namely 0",
  smooth: "neighbouring values are alike, not independent",
  steps: "neighbouring values are equal, not independent",
  own: "it is for independent random values",
};

/** The draws that Python sent, bytes that count hundredths, by kind of input and seed. */
export function drawnRows(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const numbers = Float64Array.from(bytes, (hundredths) => hundredths / 100);
  const length = WAITING + ROW_LENGTH;
  const row = (i) => ({
    shape: [length],
    values: numbers.subarray(i * length, (i + 1) * length),
  });
  return Object.fromEntries(
    DRAWN.map((name, s) => [name, Array.from({ length: SEEDS }, (_, i) => row(s * SEEDS + i))]),
  );
}

/** How many values an output sees. */
export const outputWidth = ({ kind, size }) => (kind === "blur" ? size + 2 : size);

/** How many outputs a row of `length` values has. */
export function outputCount(length, state) {
  return Math.max(0, Math.floor((length - outputWidth(state)) / state.stride) + 1);
}

/** The values that wait at the left of the frame, and those in sight. */
export function sceneOf(data, state, seed = state.seed) {
  if (state.source !== "own") return data.draws[state.source][seed].values;
  const { entering, signal } = state;
  const scene = new Float64Array(WAITING + signal.values.length);
  scene.set(entering.values, WAITING - entering.values.length);
  scene.set(signal.values, WAITING);
  return scene;
}

/** The values in the frame after the row has moved to the right. */
const inSight = (scene, shift) => scene.subarray(WAITING - shift, scene.length - shift);

/** Outputs of pooling along a row, for windows that lie wholly on it. */
function pooledRow(values, { kind, size, stride }) {
  if (values.length < outputWidth({ kind, size })) return new Float64Array(0);
  const image = { shape: [1, values.length], values };
  if (kind !== "blur") return pool(image, { kind, size: [1, size], stride: [1, stride] }).values;
  const dense = pool(image, { kind: "max", size: [1, size], stride: 1 });
  return correlate(dense, BLUR, { stride: [1, stride] }).values;
}

/** Which outputs are equal, up to the last digit of a sum. */
function equalOutputs(scene, before, after) {
  const least = EQUAL * scene.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(before, (value, j) => Math.abs(after[j] - value) <= least);
}

/** Share of true entries, NaN if there are none at all. */
const shareOf = (flags) => flags.filter(Boolean).length / flags.length;

/** Outputs before and after the shift, and which of them are equal. */
function compared(scene, state) {
  const [row, shifted] = [0, state.shift].map((shift) => inSight(scene, shift));
  const [before, after] = [row, shifted].map((values) => pooledRow(values, state));
  return { row, shifted, before, after, same: equalOutputs(scene, before, after) };
}

/** Mean absolute difference of each row from the first, over the first one's mean size. */
function relativeChange(rows) {
  const [first] = rows;
  const size = first.reduce((sum, value) => sum + Math.abs(value), 0);
  if (!size) return rows.map(() => NaN);
  return rows.map(
    (row) => row.reduce((sum, value, i) => sum + Math.abs(value - first[i]), 0) / size,
  );
}

/** Change against shift, of the values themselves and of each kind's outputs. */
function changes(scene, state) {
  const input = Array.from({ length: WAITING + 1 }, (_, shift) => inSight(scene, shift));
  const curves = { input: relativeChange(input) };
  for (const kind of POOLINGS)
    curves[kind] = relativeChange(input.map((row) => pooledRow(row, { ...state, kind })));
  return curves;
}

/** Everything that is shown in a state. */
export function compute(data, state) {
  const now = compared(sceneOf(data, state), state);
  const seeds = state.source === "own" ? [state.seed] : data.draws.random.map((_, seed) => seed);
  const { size, shift } = state;
  const applies = state.kind === "max" && state.source === "random";
  return {
    ...now,
    zeros: now.same.filter((same, j) => same && now.after[j] === 0).length,
    share: shareOf(now.same),
    shares: seeds.map((seed) => shareOf(compared(sceneOf(data, state, seed), state).same)),
    expected: applies ? Math.max(0, size - shift) / (size + shift) : NaN,
    change: changes(sceneOf(data, state), state),
    output: Math.min(state.output, Math.max(0, now.before.length - 1)),
  };
}

/** The formula of theory with its numbers. */
export function formulaText({ size: k, shift: d }, expected) {
  return d <= k ? `(${k} − ${d})/(${k} + ${d}) = ${percent(expected)}` : "0 %";
}

/** Why the formula says nothing of this state, or "". */
export function whyNot({ kind, source }) {
  if (kind !== "max") return "it is for max pooling";
  return WHY_NOT[source] ?? "";
}

/** What the formula says, or why it says nothing. */
function ofTheory(state, now) {
  if (!Number.isNaN(now.expected)) {
    const mean = now.shares.reduce((sum, share) => sum + share, 0) / now.shares.length;
    const drawn = `over ${SEEDS} draws it is ${percent(mean)}`;
    return [`Expected for independent values: ${formulaText(state, now.expected)}; ${drawn}.`];
  }
  const zeros = now.zeros ? [`Zeros among the unchanged outputs: ${now.zeros}.`] : [];
  return [`The formula (k − d)/(k + d) does not apply: ${whyNot(state)}.`, ...zeros];
}

/** What a shift is in steps of the stride. */
export function ofStride({ stride, shift }) {
  if (stride === 1 || shift === 0) return [];
  if (shift % stride) return ["The shift is no multiple of the stride: windows meet other values."];
  const steps = shift / stride;
  const by = plural(steps, "place");
  return [`The shift is a multiple of the stride: the outputs just move by ${by}.`];
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  const { kind, size, stride, source, shift } = state;
  const start =
    `${POOLING_NAMES[kind]} pooling, width ${size}, stride ${stride}, ` +
    `of ${SOURCE_WORDS[source]} shifted by ${shift}: `;
  const count = now.before.length;
  if (!count) {
    const wide = plural(outputWidth(state), "value");
    return `${start}no window of ${wide} fits into a row of ${now.row.length}.`;
  }
  const kept = now.same.filter(Boolean).length;
  const [change, moved] = [now.change[kind][shift], now.change.input[shift]].map((share) => percent(share));
  const keep = kept === 1 ? "keeps its value" : "keep their value";
  const j = now.output;
  return [
    `${start}${kept} of ${plural(count, "output")} ${keep} (${percent(now.share)}).`,
    ...ofTheory(state, now),
    `The outputs change by ${change} of their size, the input by ${moved} of its.`,
    ...ofStride(state),
    `Output ${j} was ${plain(now.before[j])} and is ${plain(now.after[j])}.`,
  ].join(" ");
}
