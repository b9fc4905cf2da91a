// The controls of the explorer of 2-D convolution: what is summed and where, image, kernel, window.

import { choice, niceCeil, numberField, pictureField, select, slider, toggle } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { arrayOf, resizedKernel, sameArray } from "./conv.js";
import { LARGEST_NUMBER, plain } from "./numbers.js";
import { placeSlider } from "./places.js";

/** `array` with one number changed. */
export function withValue({ shape, values }, r, c, value) {
  const changed = Float64Array.from(values);
  changed[r * shape[1] + c] = value;
  return { shape: [...shape], values: changed };
}

/** The row of controls on top: what is summed, and where. */
export function makeControls(shared) {
  const { state } = shared;
  const chooser = (name, legend, options) =>
    choice({
      legend,
      options: options.map(([value, label]) => ({ value: String(value), label })),
      choose: (value) => {
        shared.set({ [name]: typeof state[name] === "boolean" ? value === "true" : value });
        shared.send();
      },
    });
  const flip = chooser("flip", "Operation", [
    [true, "convolution ∗ (flip)"],
    [false, "cross-correlation ⋆ (no flip)"],
  ]);
  const mode = chooser("mode", "Output", [
    ["valid", "valid"],
    ["same", "same"],
    ["full", "full"],
  ]);
  const boundary = chooser("boundary", "Border", [
    ["zeros", "zeros"],
    ["reflect", "reflect"],
    ["replicate", "replicate"],
    ["circular", "circular"],
  ]);
  const root = element(
    "div",
    { class: "cx-controls" },
    ...[flip, mode, boundary].map((control) => control.element),
  );
  const show = () => {
    flip.show(String(state.flip));
    mode.show(state.mode);
    boundary.show(state.boundary);
  };
  return { element: root, show };
}

/** The option of a list that brings back what the learner has made; off while there is none. */
const ownOption = (list) => list.element.querySelector("[value=own]");

/** Below the input: another image, from a list or from a file. */
export function makeImageFields(data, shared, warn) {
  const { image: given, _notice: said } = shared.state;
  const images = { "as given": given, ...data.images };
  let [last, name, own] = [null, "", null];
  for (const [name, known] of Object.entries(data.images))
    if (sameArray(known, given)) delete images["as given"], (images[name] = given);
  const put = (image, words) => {
    const [row, column] = image.shape.map((size) => Math.floor(size / 2));
    warn("");
    shared.set({ image, row, column, pinned: false, _notice: words });
    shared.send();
  };
  const list = select({
    label: "Image",
    options: [...Object.keys(images), "own"].map((value) => ({ value, label: value })),
    choose: (to) => put(...(to === "own" ? own : [images[to], images[to] === given ? said : ""])),
  });
  const file = pictureField({
    label: "Own picture …",
    largest: [256, 256],
    take: put,
    refuse: (words) => (warn(words), shared.soon()),
  });
  const root = element("div", { class: "cv-fields" }, list.element, file.element);
  const mine = ownOption(list);
  const show = () => {
    const { image, _notice: words } = shared.state;
    if (last !== image) name = Object.keys(images).find((one) => sameArray(images[one], image)) ?? "own";
    last = image;
    if (name === "own") own = [image, words];
    mine.disabled = !own;
    list.show(name);
  };
  return { element: root, show };
}

/** Below the kernel: named ones, its size, and a slider for the chosen weight. */
export function makeKernelFields(data, shared, chosen) {
  const { state } = shared;
  let own = null;
  const list = select({
    label: "Kernel",
    options: [...Object.keys(data.kernels), "own"].map((value) => ({ value, label: value })),
    choose: (name) => {
      shared.set({ kernel: name === "own" ? own : arrayOf(data.kernels[name]) });
      shared.send();
    },
  });
  // While only sizes change, the weights that were cut off come back with the next larger size.
  let [whole, cropped] = [null, null];
  const size = (label, axis) =>
    numberField({
      label,
      min: 1,
      max: 7,
      change: (value) => {
        const shape = state.kernel.shape.map((old, one) => (one === axis ? value : old));
        if (!cropped || !sameArray(state.kernel, cropped)) whole = state.kernel;
        cropped = resizedKernel(whole, ...shape);
        shared.set({ kernel: cropped });
        shared.send();
      },
    });
  const [rows, columns] = [size("Rows", 0), size("Columns", 1)];
  const tap = () => chosen.map((at, axis) => Math.min(at, state.kernel.shape[axis] - 1));
  const weight = slider({
    label: "Weight",
    min: -4,
    max: 4,
    step: 0.1,
    format: (value) => plain(value),
    input: (value) => shared.set({ kernel: withValue(state.kernel, ...tap(), value) }),
    change: shared.sendSoon,
  });
  const name = weight.element.querySelector("label");
  const sum = element("span", { "data-cx": "kernel-sum" });
  const swap = toggle({
    label: "Swap image and kernel",
    change: (on) => (shared.set({ swap: on }), shared.send()),
  });
  const root = element(
    "div",
    { class: "cv-fields" },
    list.element,
    rows.element,
    columns.element,
    weight.element,
    sum,
    swap.element,
  );
  const mine = ownOption(list);
  const show = (now) => {
    if (now.name === "own") own = state.kernel;
    mine.disabled = !own;
    list.show(now.name);
    // With places changed, the cell that is chosen is one of the image.
    weight.element.hidden = now.swapped;
    rows.show(state.kernel.shape[0]);
    columns.show(state.kernel.shape[1]);
    const [m, n] = tap();
    const value = state.kernel.values[m * state.kernel.shape[1] + n];
    const words = `K[${m}, ${n}]`;
    if (name.textContent !== words) name.textContent = words;
    // The range stays while the slider is held, or it would run away from the hand.
    if (document.activeElement !== weight.range) {
      const most = niceCeil(Math.max(1, ...state.kernel.values.map(Math.abs)) * 1.2, [1, 2, 4, 10]);
      Object.assign(weight.range, { min: -most, max: most, step: most / 40 });
    }
    weight.show(value);
    swap.show(state.swap);
    const total = state.kernel.values.reduce((all, one) => all + one, 0);
    sum.textContent = `sum of the weights ${plain(total)}`;
  };
  return { element: root, show };
}

/** Below the panels: a slider that walks the output, and what holds the window. */
export function makeWalk(shared, act) {
  const { state } = shared;
  const place = placeSlider({
    label: "Window",
    input: ([row, column]) => act.moveTo(row, column),
    change: shared.sendSoon,
  });
  const pin = toggle({
    label: "Pin the window (or click)",
    change: (on) => (shared.set({ pinned: on }), shared.send()),
  });
  const colours = choice({
    legend: "Output in",
    options: [
      { value: "signed", label: "orange − blue +" },
      { value: "grey", label: "grey" },
    ],
    choose: (value) => (shared.set({ colours: value }), shared.send()),
  });
  const root = element("div", { class: "cv-walk" }, place.element, pin.element, colours.element);
  const show = (now, cells) => {
    const at = now.window ? [now.window.row, now.window.column] : [0, 0];
    place.show(now.output.shape, at, now.window ? `S[${at.join(", ")}]` : "none");
    pin.show(state.pinned);
    colours.show(state.colours);
    colours.element.hidden = cells;
  };
  return { element: root, show };
}

/** Right of the products: their sum, the bias, the ReLU, and what comes of them. */
export function makeTotal(shared) {
  const total = element("span", { class: "cv-amount", "data-cx": "total" });
  const bias = numberField({
    label: "+ bias b",
    min: -LARGEST_NUMBER,
    max: LARGEST_NUMBER,
    step: 0.5,
    change: (value) => (shared.set({ bias: value }), shared.send()),
  });
  const relu = toggle({
    label: "ReLU: max(0, ·)",
    change: (on) => (shared.set({ relu: on }), shared.send()),
  });
  const name = element("b", {});
  const result = element("span", { class: "cv-result", "data-cx": "value" });
  const root = element(
    "div",
    { class: "cv-total" },
    element("b", {}, "Sum of products"),
    total,
    bias.element,
    relu.element,
    name,
    result,
  );
  const show = ({ window: now }) => {
    total.textContent = now ? plain(now.total) : "–";
    bias.show(shared.state.bias);
    relu.show(shared.state.relu);
    name.textContent = now ? `S[${now.row}, ${now.column}]` : "S";
    result.textContent = now ? plain(now.value) : "–";
  };
  return { element: root, show };
}
