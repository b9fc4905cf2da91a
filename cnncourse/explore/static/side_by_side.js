// The explorer "side by side": one row of numbers under the same layer in Keras and in PyTorch.
// Python sends rows and examples to start from, and hears what the learner has chosen.
import { choice, explorer, select, slider, toggle } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";
import { inCell, plain } from "./numbers.js";
import { ownStyle } from "./places.js";
import { fitBeside, makeHalf } from "./side_by_side_halves.js";
import { WIDTHS, compute, describe } from "./side_by_side_math.js";
import { SIDE_BY_SIDE_STYLE } from "./side_by_side_style.js";

const STATE = [
  "layer",
  "row",
  "kernel",
  "stride",
  "dilation",
  "keras_padding",
  "torch_padding",
  "padding_mode",
  "ceil_mode",
  "count_include_pad",
  "output",
];
const LAYER_OPTIONS = [
  { value: "convolution", label: "convolution" },
  { value: "max", label: "max pooling" },
  { value: "average", label: "average pooling" },
];
const OWN_EXAMPLE = "your own";
const CELL = 34;

const named = (values) => values.map((value) => ({ value, label: String(value) }));

/** Numbers as an array of the state. */
const vectorOf = (values) => ({ shape: [values.length], values: Float64Array.from(values) });

/** So many numbers: those there are, then as many of the usual ones as are missing. */
const resized = ({ values }, usual, count) =>
  vectorOf([...values.slice(0, count), ...usual.slice(values.length, count)]);

/** An example of Python's as a patch of the state. */
function patchOf(example) {
  const numbers = { row: vectorOf(example.row), kernel: vectorOf(example.kernel) };
  return { ...example, ...numbers, output: 0 };
}

/** Name of the example that is shown, whatever output is looked at. */
function exampleShown(examples, state) {
  const same = (name, value) =>
    name === "output" || String(state[name]?.values ?? state[name]) === String(value);
  const found = examples.find(([, example]) =>
    Object.entries(example).every(([name, value]) => same(name, value)),
  );
  return found ? found[0] : OWN_EXAMPLE;
}

/** A slider for a whole number. */
function wholes(shared, label, [min, max], { read, write, format = String }) {
  const made = slider({
    label,
    ...{ min, max, step: 1, format },
    input: (value) => shared.set(write(value)),
    change: shared.sendSoon,
  });
  return { element: made.element, show: () => made.show(read()) };
}

/** What both halves share: the example, the layer, sizes. */
function makeShared(data, shared) {
  const { state } = shared;
  const choose = (patch) => (shared.set(patch), shared.send());
  const example = select({
    label: "Example",
    options: named([...data.examples.map(([name]) => name), OWN_EXAMPLE]),
    choose: (name) => {
      const found = data.examples.find(([known]) => known === name);
      if (found) choose(patchOf(found[1]));
      else shared.soon();
    },
  });
  const layer = choice({
    legend: "Layer",
    options: LAYER_OPTIONS,
    choose: (value) => choose({ layer: value }),
  });
  const numbers = (name) => ({
    read: () => state[name].values.length,
    write: (count) => ({ [name]: resized(state[name], data[name], count) }),
  });
  const usual = () => (state.layer === "convolution" ? 1 : state.kernel.values.length);
  const width = wholes(shared, "Width n", WIDTHS, numbers("row"));
  const size = wholes(shared, "Size k", [1, data.kernel.length], numbers("kernel"));
  const stride = wholes(shared, "Stride s", [0, 6], {
    read: () => state.stride ?? 0,
    write: (value) => ({ stride: value || null }),
    format: (value) => (value ? String(value) : `left out: ${usual()}`),
  });
  const dilation = wholes(shared, "Dilation d", [1, 3], {
    read: () => state.dilation,
    write: (value) => ({ dilation: value }),
  });
  stride.element.classList.add("sb-stride");
  const parts = [width, size, stride, dilation];
  const top = element("div", { class: "cx-controls" }, example.element, layer.element);
  const below = element("div", { class: "sb-sizes" }, ...parts.map((part) => part.element));
  const show = () => {
    example.show(exampleShown(data.examples, state));
    layer.show(state.layer);
    parts.forEach((part) => part.show());
    dilation.element.hidden = state.layer === "average";
  };
  return { elements: [top, below], show };
}

/** A row of numbers in cells that can be walked and typed into. */
function makeCellsOf(shared, name, words, letter) {
  const { state } = shared;
  const value = (c) => state[name].values[c];
  const grid = cellGrid({
    label: `${words}: digits change a number`,
    name: (_, c) => `${letter}[${c}] is ${plain(value(c))}`,
    read: (_, c) => value(c),
    write: (_, c, number) => {
      const changed = state[name].values.slice();
      changed[c] = number;
      shared.set({ [name]: vectorOf(changed) });
    },
    done: shared.sendSoon,
    size: CELL,
  });
  const root = element("div", {}, element("b", {}, words), grid.element);
  const show = (width) => {
    const { values } = state[name];
    const largest = largestOf(values);
    // On a narrow page a label and the whole row still stand in one line.
    const cell = Math.min(CELL, Math.floor((width - 90) / values.length));
    grid.element.style.setProperty("--cx-cell", `${cell}px`);
    grid.show({
      rows: 1,
      cols: values.length,
      text: (_, c) => inCell(value(c), cell - 2, 7.2),
      fill: (_, c) => signedColour(value(c), largest),
    });
  };
  return { element: root, show };
}

/** Keras's own controls, and PyTorch's. */
function makeOptions(shared) {
  const { state } = shared;
  const choose = (patch) => (shared.set(patch), shared.send());
  const one = (name, options) =>
    choice({
      legend: name.replace(/^\w+_padding/, "padding"),
      options,
      choose: (value) => choose({ [name]: value }),
    });
  const made = {
    keras_padding: one("keras_padding", named(["valid", "same"])),
    torch_padding: one("torch_padding", named([0, 1, 2, 3, 4, "same"])),
    padding_mode: select({
      label: "padding_mode",
      options: named(["zeros", "reflect", "replicate", "circular"]),
      choose: (value) => choose({ padding_mode: value }),
    }),
  };
  for (const name of ["ceil_mode", "count_include_pad"]) {
    made[name] = toggle({ label: name, change: (on) => choose({ [name]: on }) });
  }
  const show = () => {
    for (const [name, part] of Object.entries(made)) part.show(state[name]);
    made.padding_mode.element.hidden = state.layer !== "convolution";
    made.ceil_mode.element.hidden = state.layer === "convolution";
    made.count_include_pad.element.hidden = state.layer !== "average";
  };
  const { keras_padding: keras, ...torch } = made;
  const elements = (parts) => Object.values(parts).map((part) => part.element);
  return { keras: [keras.element], torch: elements(torch), show };
}

/** Whether both agree, and the line of PyTorch that would. */
function makeVerdict() {
  const mark = element("span", { class: "sb-mark", "aria-hidden": "true" });
  const words = element("span", { "data-cx": "verdict" });
  const code = element("code", { "data-cx": "agreeing" });
  const key = element("small", {}, " F is torch.nn.functional");
  const like = element("p", {}, element("b", {}, "In PyTorch, like Keras: "), code, key);
  const root = element("div", { class: "sb-verdict" }, element("p", {}, mark, words), like);
  const show = (now) => {
    const refused = now.keras.refusal || now.torch.refusal;
    mark.textContent = now.same ? "=" : refused ? "✗" : "≠";
    mark.classList.toggle("sb-differs", !now.same);
    words.textContent = now.verdict;
    code.textContent = now.agreeing;
    like.hidden = !now.agreeing;
    key.hidden = !now.agreeing.includes("F.");
  };
  return { element: root, show };
}

function build({ root, data, shared, state }) {
  const parts = makeShared(data, shared);
  const row = makeCellsOf(shared, "row", "Row x", "x");
  const kernel = makeCellsOf(shared, "kernel", "Kernel w", "w");
  const options = makeOptions(shared);
  const pick = (output) => shared.set({ output });
  const pointed = { pick, done: shared.send };
  const halves = [
    makeHalf({ name: "Keras", key: "keras", options: options.keras, ...pointed }),
    makeHalf({ name: "PyTorch", key: "torch", options: options.torch, ...pointed }),
  ];
  const output = slider({
    label: "Output",
    ...{ min: 0, max: 1, step: 1, format: (j) => `y[${j}]` },
    input: pick,
    change: shared.sendSoon,
  });
  output.element.classList.add("sb-look");
  const verdict = makeVerdict();
  const beside = element("div", { class: "sb-halves" }, ...halves.map((half) => half.element));
  root.append(
    ownStyle(SIDE_BY_SIDE_STYLE),
    ...parts.elements,
    element("div", { class: "sb-numbers" }, row.element, kernel.element),
    beside,
    output.element,
    verdict.element,
  );
  const show = (now) => {
    parts.show();
    row.show(beside.clientWidth);
    kernel.show(beside.clientWidth);
    kernel.element.hidden = state.layer !== "convolution";
    options.show();
    beside.classList.toggle("sb-stacked", !fitBeside(now, state, beside.clientWidth));
    halves.forEach((half) => half.show(now, state));
    const most = Math.max(now.keras.outputs.length, now.torch.outputs.length);
    output.range.max = Math.max(0, most - 1);
    output.range.disabled = most < 2;
    output.show(now.output);
    verdict.show(now);
  };
  return { show };
}

const { render } = explorer({
  title: "Side by side explorer",
  names: STATE,
  positions: ["output"],
  unpack: (model) => model.get("_given"),
  compute,
  describe,
  build,
});
export default { render };
