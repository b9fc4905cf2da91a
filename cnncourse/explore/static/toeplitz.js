// The Toeplitz explorer: a convolution as a matrix. The learner types weights and inputs, walks the
// rows, and lights up the cells in which one weight stands.

import { button, choice, drag, explorer, notice, slider, surface } from "./kit.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";
import { element } from "../../widgets/static/elements.js";
import { compute, describe, entryName, letters, written } from "./toeplitz_math.js";
import { drawMatrix, fitted, hit, plan, sumInWords, weightColour } from "./toeplitz_pictures.js";

const MODES = ["full", "same", "valid"];

/** An array cut, or filled up with ones, at its far ends. */
function resizedArray({ shape: [...old], values }, shape) {
  const columns = shape.at(-1);
  const oldColumns = old.at(-1);
  const oldRows = old.length === 1 ? 1 : old[0];
  const size = shape.reduce((product, n) => product * n, 1);
  const filled = Float64Array.from({ length: size }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    return r < oldRows && c < oldColumns ? values[r * oldColumns + c] : 1;
  });
  return { shape, values: filled };
}

/** What the controls do to the state; positions stay within what is left. */
function makeActions({ limits }, shared, warn) {
  const { state } = shared;
  const place = (patch) => {
    const { weights, signal, row, weight } = { ...state, ...patch };
    const rows = weights.shape.reduce((size, k, i) => size * (k + signal.shape[i] - 1), 1);
    const left = weight < weights.values.length ? weight : -1;
    shared.set({ ...patch, row: Math.max(0, Math.min(rows - 1, row)), weight: left });
  };
  const write = (name, index, value) => {
    const fits = Math.abs(value) <= limits.number;
    warn(fits ? "" : `Numbers must lie between −${limits.number} and ${limits.number}.`);
    if (!fits) return;
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
function makeArrays(data, shared, act) {
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
        const value = written(state[name].values[index]);
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
      const value = last.kept[index] ? written(last.output[index]) : "dropped";
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
    all.disabled = now.weight < 0;
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
    text: (r, c) => fitted(values[r * cols + c], size),
    fill: (r, c) => fill(values[r * cols + c]),
    mark: (r, c) => mark(r * cols + c),
    at: at < 0 ? undefined : [Math.floor(at / cols), at % cols],
  });
}

const FACTS = ["cells", "filled", "zeros", "parameters", "repeats"];

/** What the matrix costs and what a convolution stores: sums, numbers and bars. */
function makeFacts() {
  const rows = {};
  const body = element("tbody");
  for (const key of FACTS) {
    const bar = element("span", { style: "display:block;height:9px;border-radius:2px" });
    bar.style.background = key === "zeros" ? "var(--cx-line)" : "var(--cx-accent)";
    const cell = element("td", { "aria-hidden": "true", style: "width:84px" }, bar);
    const name = element("th", { scope: "row" });
    const value = element("td", { "data-cx": key, style: "font-weight:700" });
    rows[key] = { texts: [name, element("td"), value], bar };
    body.append(element("tr", {}, ...rows[key].texts, cell));
  }
  const note = element("p", { class: "cx-note", style: "margin-top:8px" });
  const table = element("table", { class: "cx-table" }, body);
  const root = element("div", { style: "max-width:460px" }, table, note);
  const put = (key, share, ...texts) => {
    rows[key].bar.style.width = `${100 * share}%`;
    rows[key].texts.forEach((cell, i) => (cell.textContent = texts[i]));
  };
  const show = (now, state) => {
    const [m, n] = [now.kernel.values.length, now.columns];
    const share = (part) => (now.cells ? part / now.cells : 0);
    const percent = (part) => (now.cells ? ` (${(100 * share(part)).toFixed(1)} %)` : "");
    const zeros = now.cells - now.filled;
    const full = state.mode === "full";
    const sum = full ? `${m}·${n} =` : "";
    const cells = `${now.count}·${n} =`;
    put("cells", now.cells ? 1 : 0, "cells: a dense layer", cells, String(now.cells));
    put("filled", share(now.filled), "hold a weight", sum, now.filled + percent(now.filled));
    const left = `${now.cells} − ${now.filled} =`;
    put("zeros", share(zeros), "always zero", left, zeros + percent(zeros));
    const kernel = now.axes === 1 ? "m =" : `${now.kernel.shape.join("·")} =`;
    put("parameters", share(m), "weights to store", kernel, String(m));
    const [letter] = letters(now.axes);
    const name = entryName(letter, now.axes, now.weight, now.kernel.shape[1]);
    // In the full matrix every weight stands once in each column.
    const each = full ? timesOf(n) : "choose one";
    if (now.weight >= 0)
      put("repeats", share(now.repeats), `${name} stands`, "", timesOf(now.repeats));
    else put("repeats", full ? share(n) : 0, "each of them stands", "", each);
    note.textContent = now.axes === 1 ? READ_LINE : READ_BLOCKS;
  };
  return { element: root, show };
}

const READ_LINE =
  "Row t holds w[t − a] in column a (eq. 2): each row is the kernel, flipped, one step further, " +
  "and each diagonal holds one weight.";
const READ_BLOCKS =
  "Each block is the Toeplitz matrix of one row of the kernel (eq. 3), the same along each " +
  "diagonal of blocks.";

/** "once", "5 times". */
const timesOf = (count) => (count === 1 ? "once" : `${count} times`);

/** The line over the matrix: which output the row makes, by names and in numbers. */
function makeSum() {
  const [made, names, numbers, total] = ["made", "names", "numbers", "total"].map((key) =>
    element("span", { "data-cx": key }),
  );
  total.style.cssText = "font-weight:700;font-size:17px";
  made.style.fontWeight = "700";
  const byNames = element("span", {}, " = ", names);
  const dropped = element("span", { style: "color:var(--cx-soft)" });
  const root = element(
    "p",
    { style: "margin:2px 0 6px;font-size:14px;min-height:42px;font-variant-numeric:tabular-nums" },
    made,
    byNames,
    " = ",
    numbers,
    " = ",
    total,
    " ",
    dropped,
  );
  const show = (now, mode) => {
    const words = sumInWords(now);
    dropped.textContent = now.kept[now.row] ? "" : `dropped by ${mode}`;
    const few = now.terms.length * (now.axes === 1 ? 9 : 15) < 64;
    byNames.hidden = !few;
    [made, names, numbers, total].forEach((place, i) => {
      place.textContent = [words.made, words.names, words.numbers, words.total][i];
    });
  };
  return { element: root, show };
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
  const warning = notice();
  const nothing = notice();
  const act = makeActions(data, shared, warning.say);
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
  const arrays = makeArrays(data, shared, act);
  const facts = makeFacts();
  const sum = makeSum();
  const picture = surface({ height: 300, label: "Matrix" });
  picture.canvas.style.cursor = "pointer";
  const controls = element("div", { class: "cx-controls" });
  controls.append(rows.element, mode.element, ...sizes.elements);
  const left = element("div", { style: "flex:1.9 1 460px;min-width:0" });
  left.append(sum.element, picture.canvas);
  const right = element("div", { style: "flex:1 1 300px;min-width:0" });
  right.append(warning.element, nothing.element, ...arrays.elements, facts.element);
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
    drawMatrix(picture.begin(at.height), at, now, state.mode, colours);
  };
  return { show, canvases: [picture.canvas] };
}

const unpack = (model) => ({ limits: model.get("_limits") });

const { render } = explorer({
  title: "Toeplitz explorer",
  names: ["weights", "signal", "row", "weight", "mode"],
  unpack,
  compute,
  describe,
  build,
});
export default { render };
