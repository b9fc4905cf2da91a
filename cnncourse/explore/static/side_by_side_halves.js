// One framework's half of the explorer "side by side": its line, the padded row, windows, outputs.
import { element } from "../../widgets/static/elements.js";
import { inCell } from "./numbers.js";
import { BEYOND, PADDING, halfInWords, numberText, paddingInWords } from "./side_by_side_words.js";

const WIDEST_CELL = 38;
/** Pixels for an output at the end of its window's line. */
const ROOM = 76;

/** How many cells of the picture lie before the row, and how many there are: the same in both. */
function frameOf({ keras, torch }, n) {
  const shown = [keras, torch].filter(({ refusal }) => !refusal);
  const lead = Math.max(0, ...shown.map(({ pads }) => pads[0]));
  const ends = shown.map(({ sources, pads }) => sources.length - pads[0]);
  return { lead, columns: lead + Math.max(n, ...ends) };
}

/** Side of a cell that `width` pixels leave room for. */
const cellFor = (width, columns) => Math.floor((width - ROOM - 24) / columns);

/** Whether both halves can be read beside each other. */
export function fitBeside(now, state, width) {
  const { columns } = frameOf(now, state.row.values.length);
  return width >= 600 && cellFor((width - 26) / 2, columns) >= 16;
}

/** A half: `options` are its own controls, `pick(output)` and `done()` for the pointer. */
export function makeHalf({ name, key, options, pick, done }) {
  const code = element("code", { "data-cx": key });
  const refused = element("p", { class: "sb-refused", "data-cx": `${key}-refusal` });
  const pads = element("p", { class: "sb-pads", "data-cx": `${key}-pads` });
  const stage = element("div", { class: "sb-stage", role: "img" });
  const sum = element("p", { class: "sb-sum", "data-cx": `${key}-sum` });
  const root = element(
    "div",
    { class: "sb-half" },
    element("h4", {}, name),
    element("div", { class: "sb-options" }, ...options),
    element("div", { class: "sb-code" }, code),
    ...[refused, pads, stage, sum],
  );
  stage.addEventListener("click", ({ target }) => {
    const line = target.closest("[data-output]");
    if (line) (pick(Number(line.dataset.output)), done());
  });
  const show = (now, state) => {
    const half = now[key];
    code.textContent = half.code;
    stage.setAttribute("aria-label", halfInWords(name, half));
    refused.textContent = half.refusal && `✗ ${half.refusal}`;
    refused.hidden = !half.refusal;
    for (const part of [pads, stage, sum]) part.hidden = Boolean(half.refusal);
    pads.textContent = half.refusal ? "" : capital(paddingInWords(half));
    sum.textContent = half.sum || `no y[${now.output}]`;
    stage.replaceChildren(...(half.refusal ? [] : linesOf(half, now, state, root.clientWidth)));
  };
  return { element: root, show };
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** Indices, padded row, and a line for each window with the number that it makes. */
function linesOf(half, now, state, width) {
  const [n, size] = [state.row.values.length, state.kernel.values.length];
  const { lead, columns } = frameOf(now, n);
  const cell = Math.max(11, Math.min(WIDEST_CELL, cellFor(width, columns)));
  const shift = lead - half.pads[0];
  const grid = `grid-template-columns: repeat(${columns}, ${cell}px) auto`;
  const line = (attributes, ...parts) => element("div", { style: grid, ...attributes }, ...parts);
  const at = (column, span = 1) => `grid-column: ${column + 1} / span ${span}`;
  const place = (made, column, span) => (made.setAttribute("style", at(column, span)), made);
  const every = Math.ceil(15 / cell);
  const indices = Array.from({ length: n }, (_, i) =>
    place(element("div", { class: "sb-index" }, i % every ? "" : String(i)), lead + i),
  );
  const cells = half.sources.map((source, i) => {
    const inside = i >= half.pads[0] && i < half.pads[0] + n;
    return place(cellOf(half, source, half.cells[i], inside, cell), i + shift);
  });
  const windows = half.starts.map((start, j) => {
    const differs = now.differs.includes(j);
    const made = `${differs ? "≠ " : ""}${numberText(half.outputs[j])}`;
    const kind = `sb-made${differs ? " sb-differs" : ""}`;
    const output = place(element("div", { class: kind }, made), columns);
    const attributes = {
      class: `sb-line${j === now.output ? " sb-at" : ""}`,
      "data-output": j,
    };
    return line(attributes, ...tapsOf(half, start, { shift, size, n }, place), output);
  });
  const many = element("div", { class: "sb-made" }, `y, size ${half.outputs.length}`);
  const tiny = cell < 24 ? "sb-line sb-tiny" : "sb-line";
  return [
    line({ class: "sb-line" }, ...indices),
    line({ class: tiny }, ...cells, place(many, columns)),
    ...windows,
  ];
}

/** One cell of the padded row, and what stands in it: nothing where it is not counted. */
function cellOf({ filled }, source, value, inside, size) {
  const none = source === BEYOND || (source === PADDING && filled === "not counted");
  const kind = inside ? "sb-cell" : `sb-cell sb-pad${none ? " sb-none" : ""}`;
  const text = value === -Infinity ? "−∞" : inCell(value, size - 2, size < 24 ? 6.6 : 7.2);
  return element("div", { class: kind }, none ? "" : text);
}

/** A window's taps over the cells that they read, hollow outside the row, joined by a bar. */
function tapsOf({ pads, dilation }, start, { shift, size, n }, place) {
  const reach = dilation * (size - 1) + 1;
  const bar = place(element("div", { class: "sb-bar" }), start + shift, reach);
  const taps = Array.from({ length: size }, (_, tap) => {
    const i = start + tap * dilation;
    const inside = i >= pads[0] && i < pads[0] + n;
    return place(element("div", { class: inside ? "sb-tap" : "sb-tap sb-out" }), i + shift);
  });
  return [bar, ...taps];
}
