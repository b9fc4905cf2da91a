// The explorer of padding and stride: a window steps over the padded input.
import { choice, drag, explorer, notice, slider, surface, toggle } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { compute, describe, pads } from "./padding_math.js";
import { makeCode, makeFacts, makeKey, makeSums } from "./padding_parts.js";
import { drawPadding, planOf, tallFor, targetAt } from "./padding_pictures.js";
import { ownStyle, placeSlider } from "./places.js";

const STYLE = `
.pd-body {
  display: grid;
  grid-template-columns: 376px minmax(0, 1fr);
  gap: 8px 22px;
  padding: 10px 0 6px;
}
.pd-left { display: flex; flex-wrap: wrap; gap: 12px 30px; align-content: flex-start; }
.pd-sizes { border-collapse: collapse; align-self: start; }
.cx .pd-sizes th, .cx .pd-sizes td {
  padding: 3px 0 3px 12px;
  text-align: left;
  font-weight: 600;
  border: 0;
  background: none;
}
.cx .pd-sizes thead th { color: var(--cx-soft); }
.cx .pd-sizes th:first-child { padding-left: 0; white-space: nowrap; }
.cx .pd-sizes tr.pd-gap > * { padding-top: 12px; }
.cx .pd-sizes i, .pd-formula i { color: var(--cx-accent); font-style: italic; }
.pd-sizes .cx-range { width: 84px; }
.pd-sizes .cx-value { min-width: 20px; font-weight: 600; }
.pd-sizes[data-alike] .pd-columns { display: none; }
.pd-sizes[data-alike] .cx-range { width: 200px; }
.pd-sums { min-width: 300px; font-variant-numeric: tabular-nums; }
.pd-sums dl { margin: 0; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 5px 12px; }
.pd-sums dt { font-weight: 600; }
.pd-sums dd { margin: 0; }
.pd-formula {
  margin: 0 0 6px;
  padding: 4px 8px;
  background: var(--cx-shade);
  border-radius: 6px;
  white-space: nowrap;
}
.pd-sums b { color: var(--cx-estimateInk); font-size: 15px; }
.pd-key { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12px; color: var(--cx-soft); }
.pd-key span { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.pd-key svg { width: 15px; height: 15px; flex: none; }
.pd-place .cx-range { flex: 1; min-width: 80px; }
.pd-place { margin: 4px 0 6px; }
.pd-below { border-top: 1px solid var(--cx-line); padding-top: 8px; }
.pd-follows { flex: 1 1 100%; }
.pd-head { font-weight: 600; margin: 0 0 3px; }
.cx ul.pd-notes { margin: 0; padding-left: 18px; list-style: disc; }
.cx ul.pd-notes li { margin: 0 0 3px; }
.pd-code { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 12px; }
.cx .pd-code code {
  font: 12px/1.4 var(--jp-code-font-family, ui-monospace, monospace);
  color: inherit;
  background: none;
  padding: 0;
  overflow-wrap: anywhere;
  white-space: normal;
}
.pd-error { display: block; color: var(--cx-estimateInk); font-weight: 600; font-size: 12px; }
.pd-remark { display: block; color: var(--cx-soft); font-size: 12px; }
.cx p.pd-problem { font-size: 14px; font-weight: 600; color: var(--cx-estimateInk); }
@container (max-width: 900px) {
  .pd-body { display: flex; flex-wrap: wrap; gap: 12px 30px; }
  .pd-left { display: contents; }
  .pd-stage { flex: 1 1 100%; min-width: 0; order: 1; }
  .pd-follows { order: 2; }
}`;

const RULE_OPTIONS = [
  { value: "valid", label: "valid" },
  { value: "same", label: "same, TensorFlow" },
  { value: "torch_same", label: "same, PyTorch" },
  { value: "half", label: "half" },
  { value: "full", label: "full" },
  { value: "own", label: "own" },
];

const SIZE_ROWS = [
  { name: "n", label: "input", letter: "n", min: 1, max: 24 },
  { name: "kernel_size", label: "kernel", letter: "k", min: 1, max: 7 },
  { name: "stride", label: "stride", letter: "s", min: 1, max: 6 },
  { name: "dilation", label: "dilation", letter: "d", min: 1, max: 4 },
  { side: 0, label: "padding before", letter: "p₀", min: 0, max: 24 },
  { side: 1, label: "padding after", letter: "p₁", min: 0, max: 24 },
];
const PAIRS = ["n", "kernel_size", "stride", "dilation"];
const AXIS_NAMES = ["rows", "columns"];

/** What the controls do to the state; what becomes too small for the window moves it. */
function makeActions(shared, view) {
  const { state } = shared;
  const set = (patch) => {
    const { window } = compute(null, { ...state, ...patch });
    const moved = window.some((at, a) => at !== state.window[a]);
    shared.set(moved ? { ...patch, window } : patch);
  };
  const spread = (old, axis, value) =>
    old.map((was, a) => (a === axis || view.alike ? value : was));
  const size = (name, axis, value) => set({ [name]: spread(state[name], axis, value) });
  const side = (which, axis, value) => {
    const sides = pads(state).map((pair, a) =>
      pair.map((was, end) => (end === which && (a === axis || view.alike) ? value : was)),
    );
    set({ padding: sides });
  };
  const rule = (name) => {
    set({ padding: name === "own" ? pads(state) : name });
    shared.send();
  };
  return { set, size, side, rule };
}

/** The table of sliders, a row for each size, a column for each axis. */
function makeSizes(shared, act) {
  const { state } = shared;
  const shows = [];
  const body = element("tbody");
  for (const { name, side, label, letter, min, max } of SIZE_ROWS) {
    const cells = AXIS_NAMES.map((axis, a) => {
      const input = (value) => (name ? act.size(name, a, value) : act.side(side, a, value));
      const made = slider({
        label: `${label}, ${axis}`,
        ...{ min, max, step: 1, hideLabel: true, format: String },
        input,
        change: shared.sendSoon,
      });
      shows.push(() => made.show(name ? state[name][a] : pads(state)[a][side]));
      return element("td", { class: `pd-${axis}` }, made.element);
    });
    const words = element("th", { scope: "row" }, `${label} `, element("i", {}, letter));
    body.append(element("tr", { class: side === 0 ? "pd-gap" : null }, words, ...cells));
  }
  const first = element("th", { scope: "col" }, "rows ↕");
  const second = element("th", { scope: "col", class: "pd-columns" }, "columns ↔");
  const head = element("thead", {}, element("tr", {}, element("td"), first, second));
  const table = element("table", { class: "pd-sizes" }, head, body);
  const show = (alike) => {
    table.toggleAttribute("data-alike", alike);
    first.textContent = alike ? "rows and columns" : "rows ↕";
    shows.forEach((one) => one());
  };
  return { element: table, show };
}

/** The pictures, with what moves the window. */
function makeStage(shared, view) {
  const label = "Padded input and output";
  const picture = surface({ height: 400, label, className: "pd-canvas" });
  const place = placeSlider({
    label: "Step",
    input: (window) => shared.set({ window }),
    change: shared.sendSoon,
  });
  place.element.classList.add("pd-place");
  picture.canvas.style.cursor = "pointer";
  picture.canvas.style.touchAction = "none";
  const move = ({ x, y }) => {
    const window = targetAt(view.plan, view.now, x, y, view.held);
    if (window) shared.set({ window });
  };
  drag(picture.canvas, {
    start: ({ x, y }) => {
      view.held = "";
      for (const grid of ["input", "output"]) {
        if (view.plan && targetAt(view.plan, view.now, x, y, grid, true)) view.held = grid;
      }
      return Boolean(view.held);
    },
    move,
    end: () => {
      shared.send();
      place.range.focus({ preventScroll: true });
    },
  });
  const show = (now, state, colours) => {
    const drawing = picture.begin(tallFor(now, picture.canvas.clientWidth));
    view.plan = planOf(now, drawing);
    view.now = now;
    drawPadding(drawing, view.plan, now, state, colours);
    const step = now.window[0] * now.size[1] + now.window[1] + 1;
    const words = `${step} of ${now.size[0] * now.size[1]}: output ${now.window.join(", ")}`;
    place.show(now.size, now.window, now.problem ? "no output" : words);
  };
  return { elements: [picture.canvas, place.element], canvas: picture.canvas, show };
}

function build({ root, shared, state }) {
  const view = { alike: true, plan: null, now: null, held: "" };
  const act = makeActions(shared, view);
  const rule = choice({ legend: "Padding", options: RULE_OPTIONS, choose: act.rule });
  const alike = toggle({
    label: "Columns as rows",
    change: (on) => {
      view.alike = on;
      if (on) act.set(equalised(state));
      shared.soon();
      shared.send();
    },
  });
  const counts = toggle({
    label: "Visit counts",
    change: (on) => (shared.set({ counts: on }), shared.send()),
  });
  const sizes = makeSizes(shared, act);
  const stage = makeStage(shared, view);
  const [key, sums, code, facts] = [makeKey(), makeSums(), makeCode(), makeFacts()];
  const problem = notice();
  problem.element.classList.add("pd-problem");
  const title = (words) => element("div", { class: "pd-head" }, words);
  const follows = element("div", { class: "pd-follows" }, title("What follows"), facts.element);
  root.append(
    ownStyle(STYLE),
    element("div", { class: "cx-controls" }, rule.element, alike.element, counts.element),
    element(
      "div",
      { class: "pd-body" },
      element("div", { class: "pd-left" }, sizes.element, sums.element, follows),
      element("div", { class: "pd-stage" }, ...stage.elements, key.element, problem.element),
    ),
    element("div", { class: "pd-below" }, ...code.elements),
  );
  const show = (now, colours) => {
    // Rows and columns may have been set apart by Python or by another view.
    const equal = isEqual(state);
    if (!equal) view.alike = false;
    alike.show(view.alike);
    rule.show(typeof state.padding === "string" ? state.padding : "own");
    counts.show(state.counts);
    sizes.show(view.alike);
    stage.show(now, state, colours);
    key.show(now, state.counts);
    sums.show(now);
    facts.show(now, state);
    code.show(now);
    problem.say(now.problem);
  };
  return { show, canvases: [stage.canvas] };
}

/** Whether rows and columns have the same sizes. */
function isEqual(state) {
  const same = PAIRS.every((name) => state[name][0] === state[name][1]);
  const [rows, columns] = pads(state);
  return same && (typeof state.padding === "string" || `${rows}` === `${columns}`);
}

/** What gives the columns the sizes of the rows. */
function equalised(state) {
  const patch = {};
  for (const name of PAIRS) patch[name] = [state[name][0], state[name][0]];
  if (typeof state.padding !== "string") patch.padding = [state.padding[0], state.padding[0]];
  return patch;
}

const { render } = explorer({
  title: "Padding explorer",
  names: ["n", "kernel_size", "stride", "dilation", "padding", "window", "counts"],
  positions: ["window"],
  compute,
  describe,
  build,
});
export default { render };
