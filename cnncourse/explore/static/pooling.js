// The pooling explorer: a row of values moves under pooling; which outputs stay, and how much do
// the others change? Python sends the values, and hears what the learner chose.
import { barSliders, choice, drag, explorer, scale, slider, surface } from "./kit.js";
import { added, bracketed, plain } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import {
  DRAWN,
  POOLINGS,
  SEEDS,
  WAITING,
  compute,
  describe,
  drawnRows,
  formulaText,
  ofStride,
  outputCount,
  percent,
  sceneOf,
  whyNot,
} from "./pooling_math.js";
import {
  ROWS,
  changePlace,
  columnsOf,
  drawChange,
  drawRows,
  drawShares,
  rowScales,
} from "./pooling_pictures.js";

const STATE = ["kind", "size", "stride", "shift", "source", "seed", "output", "signal", "entering"];
const KIND_LABELS = { max: "max", average: "average", l2: "L2", blur: "max, then blur" };
const LARGEST_SIZE = 8;

/** The values in use as own ones, so that nothing jumps when the learner begins to change them. */
function asOwn(data, state) {
  const scene = sceneOf(data, state);
  const values = scene.slice(WAITING);
  return {
    source: "own",
    signal: { shape: [values.length], values },
    entering: { shape: [WAITING], values: scene.slice(0, WAITING) },
  };
}

/** A slider for a whole number of the state. */
function wholeSlider(shared, name, label, [min, max], format) {
  const made = slider({
    label,
    min,
    max,
    step: 1,
    format,
    input: (now) => shared.set({ [name]: now }),
    change: shared.sendSoon,
  });
  return { element: made.element, show: () => made.show(shared.state[name]) };
}

/** The controls above the pictures. */
function makeControls(data, shared) {
  const { state } = shared;
  const choose = (patch) => (shared.set(patch), shared.send());
  const kind = choice({
    legend: "Pooling",
    options: POOLINGS.map((value) => ({ value, label: KIND_LABELS[value] })),
    choose: (now) => choose({ kind: now }),
  });
  const source = choice({
    legend: "Input",
    options: [...DRAWN, "own"].map((value) => ({ value, label: value })),
    choose: (now) => choose(now === "own" ? asOwn(data, state) : { source: now }),
  });
  const plain = (now) => String(now);
  const sliders = [
    wholeSlider(shared, "size", "Width k", [1, LARGEST_SIZE], plain),
    wholeSlider(shared, "stride", "Stride s", [1, LARGEST_SIZE], plain),
    wholeSlider(shared, "shift", "Shift d", [0, WAITING], plain),
    wholeSlider(shared, "seed", "Draw", [0, SEEDS - 1], (now) => `no. ${now}`),
  ];
  const root = element("div", { class: "cx-controls" }, kind.element);
  root.append(...sliders.slice(0, 3).map((one) => one.element), source.element);
  root.append(sliders[3].element);
  const show = () => {
    kind.show(state.kind);
    source.show(state.source);
    sliders.forEach((one) => one.show());
    sliders[3].element.hidden = state.source === "own";
    sliders[3].element.style.display = state.source === "own" ? "none" : "";
  };
  return { element: root, show };
}

/** The bars of the input, to drag or to move by keys, over the picture of the rows. */
function makeEditor(data, shared, picture, latest) {
  const { state } = shared;
  let frozen = null;
  const write = (i, value) => {
    const own = state.source === "own" ? {} : asOwn(data, state);
    const { shape, values } = own.signal ?? state.signal;
    const changed = values.slice();
    changed[i] = value;
    shared.set({ ...own, signal: { shape, values: changed } });
  };
  const bars = barSliders({
    name: (i) => `input value ${i}`,
    step: 0.05,
    read: (i) => sceneOf(data, state)[WAITING + i],
    write,
    done: shared.sendSoon,
  });
  const top = ROWS.input.top - 14;
  const tall = ROWS.input.number + 8 - top;
  const across = (height) => `position:absolute;left:0;right:0;top:${top}px;height:${height}px;`;
  // The kit's bars end 32 pixels above the bottom of their place.
  const place = element("div", { style: `${across(tall + 32)}pointer-events:none` });
  place.append(bars.element);
  bars.element.style.pointerEvents = "none";
  const style = `${across(tall)}cursor:ns-resize;touch-action:none`;
  const target = element("div", { "data-cx": "values", style });
  const at = (x) => columnsOf(picture.canvas.clientWidth, latest().now, state);
  drag(target, {
    start: ({ x }) => {
      const columns = at();
      const i = Math.floor((x - columns.left(0)) / columns.wide);
      if (i < 0 || i >= latest().now.row.length) return false;
      const y = rowScales(latest().now).input;
      frozen = { i, y, high: Math.max(1, y.high), low: Math.min(y.low, 0) };
      bars.element.children[i].focus({ preventScroll: true });
      return true;
    },
    move: ({ y }) => {
      const value = frozen.y.invert(y + top);
      const wanted = Math.round(20 * value) / 20;
      write(frozen.i, Math.max(frozen.low, Math.min(frozen.high, wanted)));
    },
    end: () => {
      frozen = null;
      shared.send();
    },
  });
  const show = (now, width) => {
    const columns = columnsOf(width, now, state);
    const limits = { low: Math.min(0, ...now.row), high: Math.max(1, ...now.row) };
    bars.show(now.row.length, (i) => ({ left: columns.left(i), width: columns.wide, ...limits }));
  };
  return { elements: [target, place], show };
}

/** The values, windows and outputs, and which output is looked at. */
function makeRows(data, shared, latest) {
  const { state } = shared;
  const picture = surface({ height: ROWS.height, label: "Input and outputs" });
  const editor = makeEditor(data, shared, picture, latest);
  const stage = element("div", { class: "cx-stage" }, picture.canvas, ...editor.elements);
  const length = () => latest().now?.row.length ?? 0;
  const pick = (j) => {
    const last = Math.max(0, outputCount(length(), state) - 1);
    shared.set({ output: Math.max(0, Math.min(last, j)) });
  };
  const output = slider({
    label: "Output j",
    min: 0,
    max: 1,
    step: 1,
    format: (j) => `no. ${j}`,
    input: pick,
    change: shared.sendSoon,
  });
  output.range.style.flex = "1";
  drag(picture.canvas, {
    move: ({ x }) => pick(columnsOf(picture.canvas.clientWidth, latest().now, state).nearest(x)),
    end: () => {
      shared.send();
      output.range.focus({ preventScroll: true });
    },
  });
  const terms = element("p", { class: "cx-note", "data-cx": "terms" });
  terms.style.cssText = "font-size:13px;color:inherit;margin-top:4px;min-height:2.7em";
  const root = element("div", { class: "cx-left" }, stage, output.element, terms);
  const show = (now, colours) => {
    output.range.max = Math.max(0, now.before.length - 1);
    output.range.disabled = !now.before.length;
    output.show(now.output);
    const drawing = picture.begin();
    drawRows(drawing, state, now, colours);
    editor.show(now, drawing.width);
    terms.replaceChildren(...termLines(state, now));
  };
  return { element: root, show, canvas: picture.canvas };
}

/** How the output looked at is made, before and after. */
function termLines(state, now) {
  if (!now.before.length) return ["No window fits into so few values."];
  const j = now.output;
  const lines = [
    ["before", now.row, now.before[j]],
    ["after", now.shifted, now.after[j]],
  ].map(([when, values, total]) => {
    const words = `${when}: ${termsOf(state, values, j)} = ${plain(total)}`;
    return element("span", { style: "display:block" }, words);
  });
  const verdict = now.same[j] ? "the same" : "different";
  lines[1].append(` → ${verdict}`);
  return lines;
}

/** The sum or the comparison that makes output j of a row. */
function termsOf({ kind, size, stride }, values, j) {
  const inWords = (value) => plain(value);
  const window = (from) => Array.from(values.slice(from, from + size), inWords).join(", ");
  const start = j * stride;
  const cells = Array.from(values.slice(start, start + size));
  if (kind === "max") return `max(${window(start)})`;
  if (kind === "average") return `(${added(cells.map(inWords))}) / ${size}`;
  if (kind === "l2") {
    const square = (v) => `${bracketed(plain(v))}²`;
    return `√(${cells.map(square).join(" + ")})`;
  }
  const tops = [0, 1, 2].map((i) => Math.max(...values.slice(start + i, start + i + size)));
  const [a, b, c] = tops.map(inWords);
  return `three maxima blurred: ¼ · ${a} + ½ · ${b} + ¼ · ${c}`;
}

/** Right of the rows: how many outputs stay, what theory expects, how much they change. */
function makeNumbers(shared) {
  const { state } = shared;
  const share = element("p", { "data-cx": "share" });
  share.style.cssText = "margin:0;font-size:20px;font-weight:700";
  const theory = element("p", { class: "cx-note", "data-cx": "theory" });
  const stride = element("p", { class: "cx-note", "data-cx": "stride" });
  const change = element("p", { class: "cx-note", "data-cx": "change" });
  const shares = surface({ height: 66, label: "Share of unchanged outputs of each draw" });
  const plot = surface({ height: 236, label: "Change against shift", className: "cx-drag" });
  drag(plot.canvas, {
    move: ({ x }) => {
      const { left, right } = changePlace(plot.canvas.clientWidth, plot.canvas.clientHeight);
      const shift = Math.round(scale(left, right, 0, WAITING)(x));
      shared.set({ shift: Math.max(0, Math.min(WAITING, shift)) });
    },
    end: shared.send,
  });
  const title = (words) => element("div", { class: "cx-title" }, words);
  const root = element(
    "div",
    { class: "cx-right" },
    title("Outputs that stay the same"),
    share,
    shares.canvas,
    theory,
    stride,
    title("Mean change of the outputs, relative to their size"),
    change,
    plot.canvas,
  );
  const show = (now, colours) => {
    const kept = now.same.filter(Boolean).length;
    share.textContent = now.same.length
      ? `${kept} of ${now.same.length} = ${percent(now.share)}`
      : "no output";
    theory.textContent = theoryText(state, now);
    stride.textContent = ofStride(state).join("");
    stride.style.display = stride.textContent ? "" : "none";
    const [mine, moved] = [state.kind, "input"].map((name) => now.change[name][state.shift]);
    change.textContent = `outputs ${percent(mine)}, the input itself ${percent(moved)}`;
    drawShares(shares.begin(), state, now, colours);
    drawChange(plot.begin(), state, now, colours);
  };
  return { element: root, show, canvases: [shares.canvas, plot.canvas] };
}

/** The formula with its numbers, or why it does not apply. */
function theoryText(state, now) {
  if (!Number.isNaN(now.expected)) {
    const mean = now.shares.reduce((sum, share) => sum + share, 0) / now.shares.length;
    const formula = `(k − d)/(k + d): ${formulaText(state, now.expected)}`;
    return `expected ${formula}; mean of ${SEEDS} draws ${percent(mean)}`;
  }
  const zeros = now.zeros ? ` Zeros among the unchanged outputs (grey): ${now.zeros}.` : "";
  return `The formula (k − d)/(k + d) does not apply: ${whyNot(state)}.${zeros}`;
}

/** Fill the explorer. */
function build({ root, data, shared }) {
  let now = null;
  const latest = () => ({ now });
  const controls = makeControls(data, shared);
  const rows = makeRows(data, shared, latest);
  const numbers = makeNumbers(shared);
  root.append(controls.element, element("div", { class: "cx-top" }, rows.element, numbers.element));
  const show = (computed, colours) => {
    now = computed;
    controls.show();
    rows.show(now, colours);
    numbers.show(now, colours);
  };
  return { show, canvases: [rows.canvas, ...numbers.canvases] };
}

const { render } = explorer({
  title: "Pooling explorer",
  names: STATE,
  positions: ["output"],
  unpack: (model) => ({ draws: drawnRows(model.get("_draws")) }),
  compute,
  describe,
  build,
});
export default { render };
