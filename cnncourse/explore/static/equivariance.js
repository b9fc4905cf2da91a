// The equivariance explorer: does it matter whether a picture is moved before the convolution or
// its result after it? Python sends picture and kernels, and hears what the learner chose.
import {
  choice,
  drag,
  explorer,
  notice,
  pictureField,
  select,
  slider,
  surface,
  toggle,
} from "./kit.js";
import { arrayOf, resizedKernel, sameArray } from "./conv.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";
import { bracketed, inCell, plain } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import {
  VERDICTS,
  compute,
  describe,
  leftOver,
  movesNothing,
  ofTheKernel,
  onTheOutput,
} from "./equivariance_math.js";
import { cellAt, drawSquare, inBox, placesOf } from "./equivariance_pictures.js";

const STATE = [
  ...["image", "kernel", "move", "down", "right", "entering", "angle", "factor"],
  ...["boundary", "stride", "relu", "pooling", "row", "column", "_notice"],
];
const LARGEST_SHIFT = 12;
const LARGEST_PICTURE = [40, 40];
const SIZES = [1, 2, 3, 4, 5, 6, 7];
const SIGNS = { equal: "=", inside: "=", different: "≠", shapes: "≠", none: "–" };

// The entry of the list for a kernel that has no name.
const OWN_KERNEL = { value: "own", label: "own" };

/** A choice that sets one name of the state. */
function chosen(shared, name, legend, options) {
  const made = choice({
    legend,
    options: options.map(([value, label]) => ({ value, label })),
    choose: (value) => (shared.set({ [name]: value }), shared.send()),
  });
  return { element: made.element, show: () => made.show(shared.state[name]) };
}

/** A slider that sets one whole number of the state. */
function slid(shared, name, label, { min = 0, max, step = 1, format = (now) => String(now) }) {
  const made = slider({
    label,
    min,
    max,
    step,
    format,
    input: (now) => shared.set({ [name]: now }),
    change: shared.sendSoon,
  });
  return { ...made, show: (value = shared.state[name]) => made.show(value) };
}

/** A whole number with its sign. */
const withSign = (now) => (now > 0 ? `+${now}` : String(now).replace("-", "−"));

/** The controls of g: the kind of motion, and its amounts. */
function makeMotion(shared) {
  const { state } = shared;
  const span = { min: -LARGEST_SHIFT, max: LARGEST_SHIFT, format: withSign };
  const move = chosen(shared, "move", "g", [
    ["shift", "shift"],
    ["rotate", "turn"],
    ["scale", "scale"],
  ]);
  const amounts = {
    shift: [
      slid(shared, "down", "Down", span),
      slid(shared, "right", "Right", span),
      chosen(shared, "entering", "Enters", [
        ["circular", "opposite side"],
        ["zeros", "zeros"],
      ]),
    ],
    rotate: [slid(shared, "angle", "Angle", { max: 345, step: 15, format: (now) => `${now}°` })],
    scale: [
      chosen(shared, "factor", "Factor", [
        [2, "2"],
        [0.5, "½"],
      ]),
    ],
  };
  const root = element("div", { class: "cx-controls" }, move.element);
  Object.values(amounts)
    .flat()
    .forEach((one) => root.append(one.element));
  const show = () => {
    move.show();
    for (const [kind, parts] of Object.entries(amounts)) {
      for (const part of parts) {
        part.element.style.display = kind === state.move ? "" : "none";
        part.show();
      }
    }
  };
  return { element: root, show };
}

/** The controls of f. */
function makeLayer(shared) {
  const parts = [
    chosen(shared, "boundary", "f: padding", [
      ["zeros", "zeros"],
      ["circular", "circular"],
      ["valid", "none"],
    ]),
    chosen(shared, "stride", "Stride", [
      [1, "1"],
      [2, "2"],
    ]),
  ];
  const relu = toggle({
    label: "ReLU",
    change: (on) => (shared.set({ relu: on }), shared.send()),
  });
  const pooling = chosen(shared, "pooling", "Pooling 2 × 2", [
    ["none", "none"],
    ["max", "max"],
    ["average", "average"],
  ]);
  const elements = [...parts, relu, pooling].map((one) => one.element);
  const show = () => {
    parts.forEach((one) => one.show());
    relu.show(shared.state.relu);
    pooling.show();
  };
  return { element: element("div", { class: "cx-controls" }, ...elements), show };
}

/** The kernel: its name, its size, its cells. */
function makeKernel(data, shared) {
  const { state } = shared;
  const set = (kernel) => (shared.set({ kernel }), shared.send());
  const named = Object.entries(data.kernels).map(([name, rows]) => [name, arrayOf(rows)]);
  const names = select({
    label: "Kernel",
    options: [...named.map(([value]) => ({ value, label: value.replace("_", " ") })), OWN_KERNEL],
    choose: (name) => name !== "own" && set(named.find(([other]) => other === name)[1]),
  });
  const sizes = select({
    label: "Size",
    options: SIZES.map((n) => ({ value: String(n), label: `${n} × ${n}` })),
    choose: (size) => size && set(resizedKernel(state.kernel, Number(size), Number(size))),
  });
  const index = (r, c) => r * state.kernel.shape[1] + c;
  let at = [1, 1];
  const grid = cellGrid({
    label: "Kernel weights",
    name: (r, c) => `row ${r}, column ${c}: ${plain(state.kernel.values[index(r, c)])}`,
    pick: (r, c) => (at = [r, c]),
    read: (r, c) => state.kernel.values[index(r, c)],
    write: (r, c, value) => {
      const values = state.kernel.values.slice();
      values[index(r, c)] = value;
      shared.set({ kernel: { shape: [...state.kernel.shape], values } });
    },
    done: shared.sendSoon,
    size: 34,
  });
  const hint = "Click a weight and type a number.";
  const root = element("div", {}, names.element, sizes.element, grid.element);
  root.style.cssText =
    "flex:1 1 230px;display:flex;flex-direction:column;gap:8px;align-items:flex-start";
  root.append(element("p", { class: "cx-note" }, hint));
  const show = () => {
    const { shape, values } = state.kernel;
    const largest = largestOf(values);
    names.show(named.find(([, kernel]) => sameArray(kernel, state.kernel))?.[0] ?? "own");
    sizes.show(shape[0] === shape[1] ? String(shape[0]) : "");
    grid.show({
      rows: shape[0],
      cols: shape[1],
      text: (r, c) => inCell(values[index(r, c)], 32, 7),
      fill: (r, c) => signedColour(values[index(r, c)], largest),
      at,
    });
  };
  return { element: root, show };
}

/** The largest residuals in numbers. */
function makeResiduals() {
  const cells = {};
  const row = (key, words) => {
    cells[key] = element("td", { "data-cx": key, class: "cx-strong" });
    cells[`${key}-count`] = element("td", {});
    const head = element("th", { scope: "row" }, words);
    return element("tr", {}, head, cells[key], cells[`${key}-count`]);
  };
  const column = (words) => element("th", { scope: "col" }, words);
  const head = element("tr", {}, column("outputs"), column("largest size"), column("number"));
  const rows = [row("overall", "all"), row("inside", "inside"), row("in_band", "border band ▨")];
  const table = element(
    "table",
    { class: "cx-table" },
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
  const show = (now, state) => {
    const { length } = now.band;
    const counts = { overall: length, inside: length - now.bandCount, in_band: now.bandCount };
    change.textContent = plain(now.change);
    contrast.style.display = Number.isNaN(now.change) ? "none" : "";
    const still = movesNothing(state);
    nothing.hidden = !still;
    differ.hidden = still;
    for (const [key, count] of Object.entries(counts)) {
      cells[key].textContent = leftOver(now, now[key]);
      cells[`${key}-count`].textContent = String(count);
    }
  };
  const title = element("div", { class: "cx-title" }, "Residual f(g(x)) − g(f(x))");
  const change = element("strong", { "data-cx": "change" });
  const contrast = element("p", { class: "cx-note" }, "Invariance is more: f(g(x)) = f(x). ");
  const differ = element("span", {}, "Here these differ by up to ", change, ".");
  const nothing = element("span", {}, "g moves nothing here: any f commutes with it.");
  contrast.append(differ, nothing);
  contrast.style.marginTop = "8px";
  return { element: element("div", { style: "flex:1 1 230px" }, title, table, contrast), show };
}

/** The square of pictures: the pointer picks an output, or drags the picture. */
function makeSquare(shared, latest) {
  const { state } = shared;
  const picture = surface({ height: 470, label: "Both ways" });
  let grip = null;
  const pick = (x, y) => {
    const { boxes } = placesOf(picture.canvas.clientWidth);
    for (const name of ["there", "back", "residual"]) {
      const at = cellAt(boxes[name], latest().residual.shape, x, y);
      if (at) return at;
    }
    return null;
  };
  const start = ({ x, y }) => {
    const { boxes } = placesOf(picture.canvas.clientWidth);
    const [box, shape] = [boxes.moved, latest().moved.shape];
    grip = null;
    if (state.move === "shift" && cellAt(box, shape, x, y))
      grip = { x, y, down: state.down, right: state.right, cell: inBox(box, shape).cell };
    return Boolean(grip || pick(x, y));
  };
  const limited = (by) => Math.max(-LARGEST_SHIFT, Math.min(LARGEST_SHIFT, Math.round(by)));
  const move = ({ x, y }) => {
    if (grip) {
      const [down, right] = [(y - grip.y) / grip.cell, (x - grip.x) / grip.cell];
      shared.set({ down: limited(grip.down + down), right: limited(grip.right + right) });
      return;
    }
    const at = pick(x, y);
    if (at) shared.set({ row: at[0], column: at[1] });
  };
  drag(picture.canvas, { start, move, end: shared.send });
  picture.canvas.style.touchAction = "pan-y";
  picture.canvas.style.cursor = "crosshair";
  const show = (now, colours) => {
    const { height } = placesOf(picture.canvas.clientWidth);
    drawSquare(picture.begin(Math.round(height)), state, now, colours);
  };
  return { canvas: picture.canvas, show };
}

/** The output that is looked at: two sliders and its numbers. */
function makeProbe(shared) {
  const row = slid(shared, "row", "Output row", { max: 1 });
  const column = slid(shared, "column", "Output column", { max: 1 });
  const words = element("span", { "data-cx": "probe" });
  const root = element("div", { class: "cx-controls" }, row.element, column.element, words);
  root.style.cssText = "border-bottom:0;padding-top:6px";
  const show = (now) => {
    const [height, width] = now.residual.shape;
    for (const [part, count, value] of [
      [row, height, now.row],
      [column, width, now.column],
    ]) {
      part.range.max = Math.max(0, count - 1);
      part.range.disabled = !count;
      part.show(value);
    }
    const i = now.row * width + now.column;
    const [there, back, rest] = [now.there, now.back, now.residual].map((one) => one.values[i]);
    words.textContent = now.band.length
      ? `f(g(x)) − g(f(x)) = ${plain(there)} − ${bracketed(plain(back))} = ` + leftOver(now, rest)
      : "";
    words.style.fontWeight = "600";
  };
  return { element: root, show };
}

/** What is found, in a sentence, with what else g and f do. */
function makeVerdict(shared) {
  const sign = element("span", { "aria-hidden": "true" });
  sign.style.cssText =
    "flex:none;width:26px;height:26px;border-radius:13px;border:2px solid currentColor;" +
    "font-size:17px;line-height:21px;text-align:center;font-weight:700";
  const words = element("span", { "data-cx": "verdict" });
  words.style.cssText = "font-size:15px;font-weight:600";
  const more = element("span", { "data-cx": "more" });
  more.style.cssText = "color:var(--cx-soft)";
  const root = element("div", {}, sign, words, more);
  root.style.cssText =
    "display:flex;flex-wrap:wrap;gap:2px 10px;align-items:center;padding:8px 0 4px;min-height:42px";
  const show = (now) => {
    sign.textContent = SIGNS[now.verdict];
    sign.style.borderStyle = now.verdict === "inside" ? "dashed" : "solid";
    words.textContent = `${VERDICTS[now.verdict]}.`;
    more.textContent = [...onTheOutput(shared.state), ...ofTheKernel(shared.state)].join(" ");
  };
  return { element: root, show };
}

/** Fill the explorer. */
function build({ root, data, shared, state }) {
  let now = null;
  const motion = makeMotion(shared);
  const layer = makeLayer(shared);
  layer.element.style.paddingTop = "8px";
  const verdict = makeVerdict(shared);
  const square = makeSquare(shared, () => now);
  const probe = makeProbe(shared);
  const kernel = makeKernel(data, shared);
  const residuals = makeResiduals();
  const message = notice();
  const file = pictureField({
    label: "Own picture …",
    largest: LARGEST_PICTURE,
    take: (image, words) => (shared.set({ image, _notice: words }), shared.send()),
    refuse: (words) => (shared.set({ _notice: words }), shared.send()),
  });
  const main = element("div", {}, square.canvas, probe.element);
  main.style.cssText = "flex:5 1 560px;min-width:0";
  const own = element("div", {}, file.element, message.element);
  const side = element("div", {}, residuals.element, kernel.element, own);
  side.style.cssText =
    "flex:1 1 230px;display:flex;flex-wrap:wrap;gap:14px 40px;align-content:flex-start";
  const body = element("div", {}, main, side);
  body.style.cssText = "display:flex;flex-wrap:wrap;gap:10px 28px";
  root.append(motion.element, layer.element, verdict.element, body);
  const show = (computed, colours) => {
    now = computed;
    motion.show();
    layer.show();
    verdict.show(now);
    square.show(now, colours);
    probe.show(now);
    kernel.show();
    residuals.show(now, state);
    message.say(state._notice);
  };
  return { show, canvases: [square.canvas] };
}

const { render } = explorer({
  title: "Equivariance explorer",
  names: STATE,
  positions: ["row", "column"],
  unpack: (model) => ({ kernels: model.get("_kernels") }),
  compute,
  describe,
  build,
});
export default { render };
