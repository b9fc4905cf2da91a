// The explorer of 2-D convolution: a kernel moves over an image, each place makes one output.
// Python sends named kernels and images, and hears what the learner chose when a change has ended.

import { explorer, notice } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { arrayOf, sourceIndex } from "./conv.js";
import { makeCells, makeSum, titled } from "./convolution2d_cells.js";
import {
  makeControls,
  makeImageFields,
  makeKernelFields,
  makeTotal,
  makeWalk,
  withValue,
} from "./convolution2d_controls.js";
import { compute, describe } from "./convolution2d_math.js";
import { fitsCells, inputRange, makeInput, makeOutput } from "./convolution2d_panels.js";
import { CONVOLUTION_STYLE } from "./convolution2d_style.js";
import { plain } from "./numbers.js";
import { greyColour } from "./grid.js";
import { ownStyle } from "./places.js";

const NAMES = [
  "image",
  "kernel",
  "flip",
  "mode",
  "boundary",
  "swap",
  "bias",
  "relu",
  "row",
  "column",
  "pinned",
  "colours",
  "_notice",
];

const BEYOND = "Beyond the border there are zeros: only the input itself is edited.";

/** What the learner's hands do to the state. `seen.now` holds the numbers that are shown, and
 * `seen.warning` what was refused. */
function makeActions(shared, seen) {
  const { state } = shared;
  const within = (at, size) => Math.min(Math.max(0, at), size - 1);
  const moveTo = (row, column, set = shared.set) => {
    const [rows, columns] = seen.now.output.shape;
    if (!rows || !columns) return {};
    const to = { row: within(row, rows), column: within(column, columns) };
    if (to.row !== state.row || to.column !== state.column) set(to);
    return to;
  };
  // The window whose middle lies on a pixel of the input.
  const overInput = (r, c, set = shared.set) => {
    const { pads, lying } = seen.now;
    const middle = lying.shape.map((taps) => Math.floor((taps - 1) / 2));
    moveTo(r + pads[0][0] - middle[0], c + pads[1][0] - middle[1], set);
  };
  // Where the pointer points is no change before it has left: what Python sets meanwhile stands,
  // until the pointer goes on to another place.
  let pointed = "";
  const place = () => ({ row: state.row, column: state.column });
  const showOnly = (to) => (Object.assign(state, to), shared.soon());
  const pointing = (move) => (r, c) => {
    const here = `${r} ${c}`;
    if (state.pinned || pointed === here) return;
    pointed = here;
    move(r, c, showOnly);
  };
  const done = () => {
    if (pointed) shared.set(place());
    pointed = "";
    shared.sendSoon();
  };
  const clicked = () => {
    const here = `${state.row} ${state.column}`;
    const again = state.pinned && seen.pinnedAt === here;
    seen.pinnedAt = here;
    shared.set({ pinned: !again, ...place() });
    shared.send();
  };
  const operand = (which) => (which === "over") === seen.now.swapped ? "kernel" : "image";
  const write = (which, r, c, value) => {
    const name = operand(which);
    shared.set({ [name]: withValue(state[name], r, c, value) });
  };
  const writeOver = (r, c, value) => {
    const { shape } = seen.now.over;
    const [i, j] = [
      sourceIndex(r, shape[0], state.boundary),
      sourceIndex(c, shape[1], state.boundary),
    ];
    const beyond = i < 0 || j < 0;
    seen.warning = beyond ? BEYOND : "";
    if (beyond) shared.soon();
    else write("over", i, j, value);
  };
  const cellName = (r, c) => {
    const { over, swapped } = seen.now;
    const letter = swapped ? "K" : "I";
    const outside = r < 0 || c < 0 || r >= over.shape[0] || c >= over.shape[1];
    if (outside) return `beyond the border, row ${r}, column ${c}`;
    return `${letter}[${r}, ${c}] is ${plain(over.values[r * over.shape[1] + c])}`;
  };
  return {
    state,
    moveTo,
    overInput,
    hoverInput: pointing(overInput),
    hoverOutput: pointing(moveTo),
    clicked,
    // While a number is typed, the window must not run after the pointer.
    pin: () => shared.set({ pinned: true, ...place() }),
    writeOver,
    writeSliding: (m, n, value) => write("sliding", m, n, value),
    cellName,
    done,
  };
}

/** Where a weight of the kernel comes to lie, and back. */
function lyingPlace({ lying }, { flip }, [m, n]) {
  return flip ? [lying.shape[0] - 1 - m, lying.shape[1] - 1 - n] : [m, n];
}

/** The window's numbers, the kernel on them, and the products. */
function makeStrip(shared, act, choose) {
  const titles = ["h4", "h4", "h4"].map((tag) => element(tag, {}));
  let now = null;
  const kernelPlace = (...place) => lyingPlace(now, shared.state, place);
  const pick = (a, b) => choose(...kernelPlace(a, b));
  const samples = makeCells({
    label: "Under the window: digits change a number",
    letter: () => "window",
    pick,
    write: (a, b, value) => act.writeOver(now.window.top + a, now.window.left + b, value),
    done: act.done,
  });
  const taps = makeCells({
    label: "The kernel as it lies: digits change a weight",
    letter: () => "tap",
    pick,
    write: (a, b, value) => act.writeSliding(...kernelPlace(a, b), value),
    done: act.done,
    step: 0.5,
  });
  const products = makeCells({ label: "Products", letter: () => "product", pick, done: act.done });
  const total = makeTotal(shared);
  const sign = (text) => element("div", { class: "cv-sign", "aria-hidden": "true" }, text);
  const block = (title, cells) => element("div", {}, title, cells.element);
  const root = element(
    "div",
    { class: "cv-strip" },
    block(titles[0], samples),
    sign("×"),
    block(titles[1], taps),
    sign("="),
    block(titles[2], products),
    sign("→"),
    total.element,
  );
  const show = (fresh, chosen, size, greys) => {
    now = fresh;
    total.show(now);
    const { shape } = now.lying;
    const place = kernelPlace(...chosen);
    for (const part of root.children) part.hidden = !now.window && part !== total.element;
    if (!now.window) return place;
    const turned = shared.state.flip ? "turned" : "as it is";
    const lying = `${now.swapped ? "Image" : "Kernel"}, ${turned}`;
    const names = ["Under the window", lying, "Products"];
    titles.forEach((title, i) => (title.textContent = names[i]));
    const array = (values) => ({ shape, values });
    const under = array(now.window.samples);
    const grey = (i) => greyColour((under.values[i] - greys.low) / (greys.high - greys.low));
    samples.show(under, place, size, greys ? grey : undefined);
    taps.show(array(now.window.taps), place, size);
    products.show(array(now.window.products), place, size);
    return place;
  };
  return { element: root, show };
}

/** The equation and the line of torch. */
function makeMath() {
  const formula = element("code", { "data-cx": "equation" });
  const torch = element("code", { "data-cx": "torch" });
  const note = element("small", {});
  const root = element(
    "div",
    { class: "cv-math" },
    element("div", {}, element("b", {}, "Each output "), formula),
    element("div", {}, element("b", {}, "In PyTorch "), torch, note),
  );
  const show = (now, state) => {
    formula.textContent = now.equation;
    torch.textContent = now.torch;
    const shape = ({ shape: [rows, columns] }) => `(1, 1, ${rows}, ${columns})`;
    const bias = state.bias ? ", b the bias (1,)" : "";
    note.textContent =
      now.refusal ||
      `x is the image ${shape(state.image)}, k the kernel ${shape(state.kernel)}${bias}; ` +
        "F is torch.nn.functional";
  };
  return { element: root, show };
}

/** Sizes that fill the width at hand: of cells, of pictures' room, and of the kernel's column. */
function fitted(root, now) {
  const width = Math.max(300, root.clientWidth - 20);
  const inputs = now.over.shape[1] + now.pads[1][0] + now.pads[1][1];
  const outputs = now.output.shape[1];
  const cells = fitsCells(now.over);
  const taps = now.lying.shape[1];
  const clamped = (size, least, most) => Math.max(least, Math.min(most, Math.floor(size)));
  const column = Math.max(width > 1000 ? 230 : 200, taps * 24 + 4);
  const beside = (width - column - 110) / 2;
  const narrow = cells ? 2 * beside < 24 * (inputs + outputs) : beside < 200;
  // Before input and output part, the kernel makes way: below, it leaves them more room.
  const share = (width - 100) / (inputs + outputs);
  const under = narrow && cells && share >= 20;
  const stacked = narrow && !under;
  const alone = width / Math.max(inputs, outputs);
  const between = (2 * beside) / (inputs + outputs);
  return {
    cells,
    stacked,
    under,
    column: narrow ? width : column,
    size: clamped(under ? share : stacked ? alone : between, 20, 38),
    tap: clamped((narrow ? width : column) / taps, 20, under ? 28 : 38),
    strip: clamped((width - (width > 700 ? 390 : 90)) / (3 * taps), 24, 38),
    room: Math.min(stacked ? width : beside, 430),
  };
}

/** Make the explorer; see kit.js. */
function build({ root, data, shared, state }) {
  root.classList.add("cv");
  const seen = { now: null, pinnedAt: "", warning: "" };
  const message = notice();
  const act = makeActions(shared, seen);
  const chosen = [0, 0];
  const choose = (m, n) => {
    [chosen[0], chosen[1]] = [m, n];
    shared.soon();
  };
  const controls = makeControls(shared);
  const words = element("p", { class: "cv-words", role: "status", "data-cx": "swap" });
  const input = makeInput({ act });
  const images = makeImageFields(data, shared, (words) => (seen.warning = words));
  const kernelTitle = element("h4", {});
  const kernel = makeCells({
    label: "Kernel: digits change a weight",
    letter: () => (seen.now.swapped ? "I" : "K"),
    pick: choose,
    write: act.writeSliding,
    done: act.done,
    step: 0.5,
  });
  const weights = makeKernelFields(data, shared, chosen);
  const output = makeOutput({ act });
  const walk = makeWalk(shared, act);
  const strip = makeStrip(shared, act, choose);
  const sum = makeSum();
  const math = makeMath();
  input.element.append(images.element, message.element);
  const hint = element(
    "p",
    { class: "cv-hint" },
    "Point at image or output: the window follows. Click: it stays. Type: a number changes.",
  );
  const sliding = element(
    "div",
    { class: "cv-panel cv-sliding" },
    ...[kernelTitle, kernel.element, weights.element, hint],
  );
  const star = element("div", { class: "cv-sign cv-star", "aria-hidden": "true" });
  const equals = element("div", { class: "cv-sign", "aria-hidden": "true" });
  const panels = element(
    "div",
    { class: "cv-panels" },
    ...[input.element, star, sliding, equals, output.element],
  );
  root.append(
    ownStyle(CONVOLUTION_STYLE),
    controls.element,
    words,
    panels,
    walk.element,
    strip.element,
    sum.element,
    math.element,
  );
  const show = (now) => {
    seen.now = now;
    const sizes = fitted(root, now);
    const colour = getComputedStyle(root).getPropertyValue("--cv-frame").trim();
    chosen.forEach((at, axis) => (chosen[axis] = Math.min(at, now.lying.shape[axis] - 1)));
    panels.classList.toggle("cv-stacked", sizes.stacked);
    panels.classList.toggle("cv-under", sizes.under);
    sliding.style.width = `${sizes.column}px`;
    controls.show();
    if (words.textContent !== now.swap_words) words.textContent = now.swap_words;
    const sign = state.flip ? "∗" : "⋆";
    star.textContent = sign;
    equals.textContent = sizes.under ? `${sign} ${now.swapped ? "I" : "K"} =` : "=";
    input.show(now, state, { ...sizes, colour, term: lyingPlace(now, state, chosen) });
    titled(kernelTitle, now.swapped ? "Image I, now sliding" : "Kernel K", now.sliding.shape);
    kernel.show(now.sliding, chosen, sizes.tap);
    images.show();
    weights.show(now);
    output.show(now, state, { ...sizes, colour });
    walk.show(now, sizes.cells);
    const greys = sizes.cells ? null : inputRange(now.over);
    const [a, b] = strip.show(now, chosen, sizes.strip, greys);
    sum.show(now, state, a * now.lying.shape[1] + b);
    math.show(now, state);
    message.say(seen.warning || state._notice);
  };
  return { show };
}

/** What Python sent once. */
function unpack(model) {
  const images = Object.entries(model.get("_images")).map(([name, rows]) => [name, arrayOf(rows)]);
  return {
    kernels: model.get("_kernels"),
    images: Object.fromEntries(images),
  };
}

const { render } = explorer({
  title: "Convolution explorer",
  names: NAMES,
  positions: ["row", "column"],
  unpack,
  compute,
  describe,
  build,
});
export default { render };
