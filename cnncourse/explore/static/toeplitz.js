// The Toeplitz explorer: a convolution as a matrix. The learner types weights and inputs, walks the
// rows, and lights up the cells in which one weight stands.

import { button, choice, drag, enable, explorer, notice, slider, surface } from "./kit.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";
import { plain } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import { compute, describe, entryName, letters, resizedArray } from "./toeplitz_math.js";
import { makeFacts, makeSum } from "./toeplitz_panels.js";
import { drawMatrix, hit, nearly, plan, weightColour } from "./toeplitz_pictures.js";

const MODES = ["full", "same", "valid"];

/** What the controls do to the state; positions stay within what is left. */
function makeActions(shared) {
  const { state } = shared;
  const place = (patch) => {
    const { weights, signal, row, weight } = { ...state, ...patch };
    const rows = weights.shape.reduce((size, k, i) => size * (k + signal.shape[i] - 1), 1);
    const left = weight < weights.values.length ? weight : -1;
    shared.set({ ...patch, row: Math.max(0, Math.min(rows - 1, row)), weight: left });
  };
  const write = (name, index, value) => {
    const values = state[name].values.slice();
    values[index] = value;
    shared.set({ [name]: { shape: state[name].shape, values } });
  };
  const resize = (name, axis, size) => {
    const shape = state[name].shape.map((old, i) => (i === axis ? size : old));
    place({ [name]: resizedArray(state[name], shape) });
  };
  return { place, write, resize };
}

/** Sliders for the sizes of kernel and input, along each axis. */
function makeSizes({ limits }, shared, act) {
  const { state } = shared;
  const axes = state.weights.shape.length;
  const made = [];
  for (const [name, labels] of [
    ["weights", axes === 1 ? ["Weights m"] : ["Kernel rows", "columns"]],
    ["signal", axes === 1 ? ["Samples n"] : ["Image rows", "columns"]],
  ]) {
    labels.forEach((label, axis) => {
      const one = slider({
        label: axis ? `${name === "weights" ? "Kernel" : "Image"} ${label}` : label,
        min: 1,
        max: limits[name][axis],
        step: 1,
        format: String,
        input: (size) => act.resize(name, axis, size),
        change: shared.sendSoon,
      });
      one.range.style.width = "72px";
      one.element.querySelector("output").style.minWidth = "16px";
      made.push({ element: one.element, show: () => one.show(state[name].shape[axis]) });
    });
  }
  return { elements: made.map((m) => m.element), show: () => made.forEach((m) => m.show()) };
}

/** The slider that walks the rows; arrows up and down go where they point. */
function makeRowSlider(shared, act) {
  const { state } = shared;
  const walk = slider({
    label: "Row of T",
    min: 0,
    max: 1,
    step: 1,
    format: (row) => String(row),
    input: (row) => act.place({ row }),
    change: shared.sendSoon,
  });
  walk.range.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") walk.range.blur();
    if (!by) return;
    event.preventDefault();
    act.place({ row: state.row + by });
    shared.sendSoon();
  });
  walk.range.style.width = "170px";
  const show = (now) => {
    walk.range.max = now.rows - 1;
    walk.show(now.row);
  };
  return { element: walk.element, range: walk.range, show };
}

/** A grid of numbers under a heading. */
function titled(heading, grid) {
  return element("div", {}, element("div", { class: "cx-title" }, heading), grid.element);
}

/** Kernel and input, to type into; for images the output too, to walk. */
function makeArrays(shared, act) {
  const { state } = shared;
  const axes = state.weights.shape.length;
  const [w, x, s] = letters(axes);
  let last = null;
  const columnsOf = (name) => state[name].shape.at(-1);
  const editable = (name, letter, label, pick) =>
    cellGrid({
      label,
      name: (r, c) => {
        const index = r * columnsOf(name) + c;
        const value = plain(state[name].values[index]);
        return `${entryName(letter, axes, index, columnsOf(name))} = ${value}`;
      },
      read: (r, c) => state[name].values[r * columnsOf(name) + c],
      write: (r, c, value) => act.write(name, r * columnsOf(name) + c, value),
      pick,
      done: shared.sendSoon,
    });
  const kernel = editable("weights", w, `Kernel ${w}`, (r, c) =>
    shared.set({ weight: r * columnsOf("weights") + c }),
  );
  const input = editable("signal", x, `Input ${x}`);
  const output = cellGrid({
    label: `Output ${s}`,
    name: (r, c) => {
      const index = r * last.size[1] + c;
      const value = last.kept[index] ? plain(last.output[index]) : "dropped";
      return `${entryName(s, axes, index, last.size[1])} = ${value}`;
    },
    pick: (r, c) => act.place({ row: r * last.size[1] + c }),
    done: shared.sendSoon,
  });
  const all = button("All weights", () => {
    shared.set({ weight: -1 });
    shared.send();
  });
  const hint = element("p", { class: "cx-note", style: "flex:1;margin:0" });
  hint.textContent = "Type to change a number. Choose a weight to light up its cells.";
  const head = element("div", { class: "cx-head", style: "flex-wrap:nowrap" }, hint, all);
  const grids = element("div", {
    style: "display:flex;flex-wrap:wrap;gap:6px 18px;margin:4px 0 12px",
  });
  grids.append(titled(`Kernel ${w}`, kernel), titled(`Input ${x}`, input));
  if (axes === 2) grids.append(titled(`Output ${s}`, output));
  const show = (now, width) => {
    last = now;
    enable(all, now.weight >= 0);
    showGrid(kernel, now.kernel, width, {
      fill: (value) => weightColour(now, value),
      mark: (i) => (i === now.weight ? "at" : ""),
      at: now.weight,
    });
    const used = new Set(now.terms.map(({ column }) => column));
    const [most, mostOut] = [largestOf(now.image.values), largestOf(now.output)];
    showGrid(input, now.image, width, {
      fill: (value) => signedColour(value, 2.2 * most),
      mark: (i) => (used.has(i) ? "in" : ""),
    });
    if (axes === 1) return;
    showGrid(output, { shape: now.size, values: now.output }, width, {
      fill: (value) => signedColour(value, 2.2 * mostOut),
      mark: (i) => `${i === now.row ? "at" : ""} ${now.kept[i] ? "" : "dim"}`.trim(),
      at: now.row,
    });
  };
  return { elements: [head, grids], show };
}

/** Show a plane of numbers in cells as large as fit. */
function showGrid(grid, { shape: [rows, cols], values }, width, { fill, mark, at = -1 }) {
  const size = Math.max(22, Math.min(rows > 1 ? 34 : 40, Math.floor((width - 2) / cols)));
  grid.element.style.setProperty("--cx-cell", `${size}px`);
  grid.show({
    rows,
    cols,
    text: (r, c) => nearly(values[r * cols + c], size),
    fill: (r, c) => fill(values[r * cols + c]),
    mark: (r, c) => mark(r * cols + c),
    at: at < 0 ? undefined : [Math.floor(at / cols), at % cols],
  });
}

/** Click, or drag over the matrix and the outputs: the row, and the weight that was pressed on. */
function followPointer(picture, shared, act, rowRange, latest) {
  let pressed = false;
  const at = () => plan(picture.canvas.clientWidth, latest());
  drag(picture.canvas, {
    start: ({ x, y }) => {
      const place = at();
      pressed = true;
      return y >= place.top && y < place.bottom && x > place.left - 60;
    },
    move: ({ x, y }) => {
      const found = hit(at(), { x, y }, latest());
      const chosen = pressed && found.inside ? { weight: found.weight } : {};
      pressed = false;
      act.place({ row: found.row, ...chosen });
    },
    end: () => {
      shared.send();
      rowRange.focus({ preventScroll: true });
    },
  });
}

/** Everything between the controls and the spoken sentence. */
function build({ root, data, shared, state }) {
  let latest = compute(data, state);
  const nothing = notice();
  const act = makeActions(shared);
  const sizes = makeSizes(data, shared, act);
  const rows = makeRowSlider(shared, act);
  const mode = choice({
    legend: "Rows kept by",
    options: MODES.map((value) => ({ value, label: value })),
    choose: (value) => {
      shared.set({ mode: value });
      shared.send();
    },
  });
  const arrays = makeArrays(shared, act);
  const facts = makeFacts();
  const sum = makeSum();
  const picture = surface({ height: 300, label: "Matrix" });
  picture.canvas.style.cursor = "pointer";
  const controls = element("div", { class: "cx-controls" });
  controls.append(rows.element, mode.element, ...sizes.elements);
  const left = element("div", { style: "flex:1.9 1 460px;min-width:0" });
  left.append(sum.element, picture.canvas);
  const right = element("div", { style: "flex:1 1 300px;min-width:0" });
  right.append(nothing.element, ...arrays.elements, facts.element);
  const main = element("div", {
    style: "display:flex;flex-wrap:wrap;gap:8px 26px;padding-top:8px",
  });
  main.append(left, right);
  root.append(controls, main);
  followPointer(picture, shared, act, rows.range, () => latest);
  const show = (now, colours) => {
    latest = now;
    rows.show(now);
    mode.show(state.mode);
    sizes.show();
    sum.show(now, state.mode);
    facts.show(now, state);
    nothing.say(now.count ? "" : "The kernel is longer than the signal: valid keeps no row.");
    arrays.show(now, right.clientWidth);
    const at = plan(picture.canvas.clientWidth, now);
    drawMatrix(picture.begin(at.height), at, now, colours);
  };
  return { show, canvases: [picture.canvas] };
}

const unpack = (model) => ({ limits: model.get("_limits") });

const { render } = explorer({
  title: "Toeplitz explorer",
  names: ["weights", "signal", "row", "weight", "mode"],
  positions: ["row", "weight"],
  unpack,
  compute,
  describe,
  build,
});
export default { render };
