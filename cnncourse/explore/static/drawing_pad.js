// The drawing pad: draw, say what it is, and Python keeps it in a file.
import { button, choice, enable, explorer, notice, toggle } from "./kit.js";
import { cellGrid, greyColour } from "./grid.js";
import { element, uniqueId } from "../../widgets/static/elements.js";
import { followPointer, stroked } from "./brush.js";
import { compute, describe, inkFrom, inkText, unanswered } from "./drawing_pad_words.js";

const STATE = ["image", "label", "writer", "turns", "_outbox", "_counts", "_done", "_problem"];
const PAD_WIDTH = 308;
const MOST_STEPS_BACK = 60;
// After so long without an answer one is told why, ms.
const PATIENCE = 3000;

const PAD_STYLE = `
.dp-body { display: flex; flex-wrap: wrap; gap: 12px 28px; padding-top: 10px; }
.dp-side { flex: 1 1 260px; min-width: 0; max-width: 460px; }
.dp-tools { display: flex; flex-wrap: wrap; gap: 6px 8px; margin: 8px 0; align-items: center; }
.dp-tools .cx-option { padding: 3px 7px; }
.dp-pad .cx-cell { font-size: 0; box-shadow: none; }
.dp-pad .cx-grid { cursor: crosshair; background: #fff; }
.dp-pad.dp-down .cx-cell:focus { outline-color: #d0359b; outline-width: 3px; }
.dp-side .cx-choice { margin-bottom: 10px; }
.dp-side .dp-name { width: 12em; min-width: 0; padding: 2px 6px; font: inherit; color: inherit;
  background: var(--cx-paper); border: 1px solid var(--cx-line); border-radius: 6px; }
.dp-side .dp-name:focus-visible { outline: 2px solid var(--cx-accent); outline-offset: 1px; }
.dp-side .dp-keep { font-weight: 600; padding: 6px 18px; }
.dp-side ul { list-style: none; margin: 10px 0 4px; padding: 0; }
.dp-side li { display: flex; align-items: center; gap: 10px; line-height: 1.7; }
.dp-side li span { flex: 0 0 auto; min-width: 10.5em; font-variant-numeric: tabular-nums; }
.dp-side progress { flex: 1 1 60px; min-width: 40px; max-width: 180px; height: 10px;
  accent-color: var(--cx-accent); }
.dp-side p { margin: 4px 0; line-height: 1.4; }
.dp-side p.dp-where { color: var(--cx-soft); font-size: 12px; overflow-wrap: anywhere; }
`;

const blankOf = ({ shape, values }) => ({ shape, values: new Float64Array(values.length) });

/** The paper: strokes by pointer, or by keys with the pen down. */
function makePaper(data, shared, say, keep) {
  const { state } = shared;
  const [rows, columns] = state.image.shape;
  const size = Math.floor(PAD_WIDTH / Math.max(rows, columns));
  const { radius } = data;
  let [rub, painting, down] = [false, false, false];
  let [last, at] = [null, [0, 0]];
  const past = [];
  const read = (r, c) => state.image.values[r * columns + c];
  const put = (image) => shared.set({ image });
  const remember = () => {
    past.push(state.image);
    if (past.length > MOST_STEPS_BACK) past.shift();
  };
  const to = (place) => {
    // The rubber is wider than the pen, so that one finds what to rub out.
    const pen = { radius: rub ? 2 * radius : radius, rub };
    put(stroked(state.image, last ?? place, place, pen));
    last = place;
  };
  const middle = ([r, c]) => [c + 0.5, r + 0.5];
  const pick = (r, c) => {
    at = [r, c];
    if (!painting && down) to(middle(at));
  };
  const done = () => shared.sendSoon();
  const grid = cellGrid({
    label: "Paper. Arrows walk, Space puts the pen down or lifts it, Enter keeps the drawing",
    name: (r, c) => `row ${r}, column ${c}, ink ${read(r, c)}`,
    size,
    pick,
    done,
  });
  const root = element("div", { class: "dp-pad" }, grid.element);
  const setDown = (now) => {
    down = now;
    last = null;
    root.classList.toggle("dp-down", down);
  };
  const press = (place) => {
    setDown(false);
    remember();
    painting = true;
    to(place);
  };
  const release = () => {
    painting = false;
    last = null;
  };
  followPointer(grid.element, [rows, columns], { press, to, release });
  const back = () => {
    const before = past.pop();
    if (before) (put(before), shared.send());
    say(before ? "" : "There is nothing to take back.");
  };
  grid.element.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === " ") {
      setDown(!down);
      if (down) (remember(), to(middle(at)), done());
      say(down ? "The pen is down: arrows draw." : "The pen is lifted.");
    } else if (key === "Enter") keep();
    else if (key === "Backspace" || (key === "z" && (event.ctrlKey || event.metaKey))) back();
    else return;
    event.preventDefault();
  });
  const tools = choice({
    legend: "Pen",
    options: [
      { value: "draw", label: "draw" },
      { value: "rub", label: "rub out" },
    ],
    choose: (value) => (rub = value === "rub"),
  });
  tools.show("draw");
  const clear = () => {
    if (!state.image.values.some(Boolean)) return;
    remember();
    setDown(false);
    put(blankOf(state.image));
    shared.send();
  };
  const row = element(
    "div",
    { class: "dp-tools" },
    tools.element,
    button("Undo", back),
    button("Clear", clear),
  );
  const show = () =>
    grid.show({ rows, cols: columns, fill: (r, c) => greyColour(1 - read(r, c) / 255) });
  const fresh = () => {
    past.length = 0;
    setDown(false);
  };
  return { element: element("div", {}, root, row), show, fresh };
}

/** Who draws. */
function makeWriter(shared) {
  const id = uniqueId("writer");
  const field = element("input", {
    type: "text",
    id,
    class: "dp-name",
    maxlength: 40,
    autocomplete: "off",
    "data-lm-suppress-shortcuts": "true",
  });
  const take = () => {
    const writer = field.value.trim();
    if (writer) shared.set({ writer });
    field.value = shared.state.writer;
    shared.send();
  };
  field.addEventListener("change", take);
  const name = element("label", { for: id, class: "cx-label" }, "Who draws");
  const show = () => {
    if (document.activeElement !== field) field.value = shared.state.writer;
  };
  return { element: element("div", { class: "dp-tools" }, name, field), show, take };
}

/** How many there are of each label. */
function makeCounts(data) {
  const bars = data.labels.map((label) => {
    const bar = element("progress", { max: data.enough, "aria-label": `${label}, kept` });
    const words = element("span");
    return { bar, words, row: element("li", {}, words, bar) };
  });
  const list = element("ul", { "data-cx": "counts" }, ...bars.map(({ row }) => row));
  const show = (now, counts) =>
    bars.forEach(({ bar, words }, i) => {
      words.textContent = now.lines[i];
      bar.value = Math.min(counts[i], data.enough);
    });
  return { element: list, show };
}

/** Requests to Python: each waits in the state until Python says that it is done. */
function makePost(shared, say) {
  const { state } = shared;
  let timer = 0;
  const post = (request) => {
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
    shared.set({ _outbox: [...state._outbox, { id, ...request }] });
    shared.send();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!state._outbox.length) return;
      say("Not kept yet: Python is busy with a cell, or there is none. Leave this page open.");
    }, PATIENCE);
    return id;
  };
  const settle = () => {
    const left = unanswered(state._outbox, state._done);
    if (left.length === state._outbox.length) return;
    shared.set({ _outbox: left });
    shared.send();
  };
  return { post, settle };
}

function build({ root, data, shared, state }) {
  const told = notice();
  const post = makePost(shared, told.say);
  const mine = [];
  const answered = new Set();
  let paper = null;
  const keep = () => {
    writer.take();
    if (!state.image.values.some(Boolean)) return told.say("There is nothing drawn yet.");
    const { label, writer: by } = state;
    const ink = inkText(state.image);
    const id = post.post({ do: "keep", label, writer: by, ink });
    mine.push({ id, label, ink });
    enable(back, true);
    const turn = data.labels[(data.labels.indexOf(label) + 1) % data.labels.length];
    paper.fresh();
    shared.set({ image: blankOf(state.image), ...(state.turns ? { label: turn } : {}) });
    shared.send();
  };
  const takeBack = () => {
    const last = mine.pop();
    enable(back, mine.length > 0);
    if (!last) return;
    post.post({ do: "put away", of: last.id });
    paper.fresh();
    shared.set({ image: inkFrom(last.ink, state.image.shape), label: last.label });
    shared.send();
    told.say(`The last ${last.label} is back on the paper, and no longer kept.`);
  };
  const back = button("Take the last one back", takeBack);
  enable(back, false);
  paper = makePaper(data, shared, told.say, keep);
  const options = data.labels.map((label) => ({ value: label, label }));
  const choose = (label) => (shared.set({ label }), shared.send());
  const labels = choice({ legend: "What it shows", options, choose });
  const turns = toggle({
    label: "go on to the next label after each",
    change: (on) => (shared.set({ turns: on }), shared.send()),
  });
  const writer = makeWriter(shared);
  const counts = makeCounts(data);
  const kept = button("Keep", keep);
  kept.classList.add("dp-keep");
  const side = element(
    "div",
    { class: "dp-side" },
    labels.element,
    element("div", { class: "dp-tools" }, turns.element),
    writer.element,
    element("div", { class: "dp-tools" }, kept, back),
    told.element,
    counts.element,
    element("p", { class: "dp-where" }, data.where),
  );
  const body = element("div", { class: "dp-body" }, paper.element, side);
  root.append(element("style", {}, PAD_STYLE), body);
  const show = (now) => {
    post.settle();
    paper.show();
    labels.show(state.label);
    turns.show(state.turns);
    writer.show();
    counts.show(now, state._counts);
    for (const { id, label } of mine)
      if (state._done.includes(id) && !answered.has(id)) {
        answered.add(id);
        told.say(`Kept: a ${label}.`);
      }
    if (state._problem) told.say(state._problem);
  };
  return { show };
}

const unpack = (model) => model.get("_about");

const { render } = explorer({
  title: "Drawing pad",
  names: STATE,
  unpack,
  compute,
  describe,
  build,
});
export default { render };
