// The connections explorer: layers of units, dense, sparse, or sparse with shared weights. The
// learner walks the units and sees whom each sees and affects, and what all connections cost.

import { choice, drag, explorer, notice, slider, surface } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { KINDS, compute, describe, unitName } from "./connections_math.js";
import {
  drawNetwork,
  layOut,
  nearest,
  nearestIn,
  spokenUnit,
  tapColour,
  tapDash,
  weightLetter,
} from "./connections_pictures.js";

const NAMES = ["kind", "units", "width", "depth", "stride", "padding", "layer", "unit", "weight"];

/** What the controls do to the state; the chosen unit stays within what is left. */
function makeActions(data, shared) {
  const { state } = shared;
  const set = (patch) => {
    const now = compute(data, { ...state, ...patch });
    shared.set({ ...patch, layer: now.layer, unit: now.unit, weight: now.weight });
  };
  const choose = (patch) => {
    set(patch);
    shared.send();
  };
  return { set, choose };
}

/** The controls above the picture. */
function makeControls({ most }, shared, act) {
  const { state } = shared;
  const kind = choice({
    legend: "Layers",
    options: KINDS.map((value) => ({ value, label: value })),
    choose: (value) => act.choose({ kind: value }),
  });
  const padding = choice({
    legend: "Padding",
    options: ["same", "valid"].map((value) => ({ value, label: value })),
    choose: (value) => act.choose({ padding: value }),
  });
  const sizes = [
    ["units", "Inputs"],
    ["width", "Kernel k"],
    ["depth", "Depth"],
    ["stride", "Stride"],
  ].map(([name, label]) => {
    const made = slider({
      label,
      min: 1,
      max: most[name],
      step: 1,
      format: String,
      input: (value) => act.set({ [name]: value }),
      change: shared.sendSoon,
    });
    made.range.style.width = "72px";
    made.element.querySelector("output").style.minWidth = "18px";
    return { element: made.element, show: () => made.show(state[name]) };
  });
  const root = element("div", { class: "cx-controls" }, kind.element);
  root.append(...sizes.map((size) => size.element), padding.element);
  const show = () => {
    kind.show(state.kind);
    padding.show(state.padding);
    sizes.forEach((size) => size.show());
  };
  return { element: root, show };
}

/** The unit to which a key leads, or null. */
function steppedTo(key, places, now) {
  const { layer, unit, sizes } = now;
  const along = { ArrowLeft: unit - 1, ArrowRight: unit + 1, Home: 0, End: sizes[layer] - 1 }[key];
  if (along !== undefined) {
    return { layer, unit: Math.max(0, Math.min(sizes[layer] - 1, along)) };
  }
  const to = { ArrowUp: layer + 1, ArrowDown: layer - 1, PageUp: sizes.length - 1, PageDown: 0 }[
    key
  ];
  if (to === undefined) return null;
  const other = Math.max(0, Math.min(sizes.length - 1, to));
  return { layer: other, unit: nearestIn(places, now, other, now) };
}

/** Places over the picture's units that can be focused, walked and clicked: one tab stop. */
function makeUnits(shared, latest) {
  const root = element("div", { role: "grid", "aria-label": "Units, layer by layer" });
  root.style.cssText = "position:absolute;inset:0;touch-action:none;cursor:pointer;outline:none";
  let cells = [];
  const focusChosen = () =>
    cells[latest().now.layer]?.[latest().now.unit]?.focus({ preventScroll: true });
  const pick = (to) => {
    shared.set(to);
    cells[to.layer]?.[to.unit]?.focus({ preventScroll: true });
  };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return void event.target.blur();
    const { places, now } = latest();
    const { layer, unit } = shared.state;
    const to = steppedTo(event.key, places, { ...now, layer, unit });
    if (!to) return;
    event.preventDefault();
    pick(to);
    shared.sendSoon();
  });
  drag(root, {
    move: (at) => {
      const to = nearest(latest().places, at, latest().now);
      if (to.layer !== shared.state.layer || to.unit !== shared.state.unit) pick(to);
    },
    end: () => {
      focusChosen();
      shared.send();
    },
  });
  const rebuild = (sizes) => {
    const focused = root.contains(document.activeElement);
    cells = sizes.map((size) =>
      Array.from({ length: size }, () =>
        element("div", {
          role: "gridcell",
          class: "cx-bar",
          tabindex: -1,
          "data-lm-suppress-shortcuts": "true",
        }),
      ),
    );
    const rows = cells.map((row) => element("div", { role: "row" }, ...row));
    root.replaceChildren(...rows.reverse());
    return focused;
  };
  const show = (now, places) => {
    const same =
      cells.length === now.sizes.length && cells.every((r, i) => r.length === now.sizes[i]);
    const refocus = !same && rebuild(now.sizes);
    const half = places.radius + 3;
    cells.forEach((row, layer) =>
      row.forEach((cell, unit) => {
        const chosen = layer === now.layer && unit === now.unit;
        const [x, y] = [places.x(layer, unit) - half, places.y(layer) - half];
        cell.style.cssText =
          `left:${x}px;top:${y}px;width:${2 * half}px;height:${2 * half}px;` +
          "bottom:auto;border-radius:50%";
        cell.tabIndex = chosen ? 0 : -1;
        cell.setAttribute("aria-selected", String(chosen));
        const words = spokenUnit(now, layer, unit);
        if (cell.getAttribute("aria-label") !== words) cell.setAttribute("aria-label", words);
      }),
    );
    if (refocus) focusChosen();
  };
  return { element: root, show };
}

/** Two lines over the picture: what the chosen unit sees, and whom it affects. */
function makeHeadline() {
  const keys = ["name", "seen", "size", "start", "jump", "affected"];
  const spans = Object.fromEntries(keys.map((key) => [key, element("span", { "data-cx": key })]));
  const rest = element("span");
  const first = element("div", { style: "font-size:15px" });
  const second = element("div", { style: "color:var(--cx-soft)" });
  spans.name.style.fontWeight = "700";
  const root = element("div", { style: "min-height:44px" }, first, second);
  const show = (now, state) => {
    const { seen, size, start, jump } = now.field;
    spans.name.textContent = unitName(now.layer, now.unit);
    const span = seen.length > 1 ? `x[${seen[0]}] to x[${seen.at(-1)}]` : `x[${seen[0]}]`;
    const affected = now.affected.map(
      (count, i) => `${count} unit${count === 1 ? "" : "s"} of layer ${now.layer + 1 + i}`,
    );
    spans.seen.textContent = `${seen.length} of ${state.units} inputs, ${span}`;
    spans.affected.textContent = affected.join(", ");
    const sum = now.fieldFormula === String(size) ? "" : `${now.fieldFormula} = `;
    spans.size.textContent = sum + size;
    spans.start.textContent = String(start).replace("-", "−");
    spans.jump.textContent = String(jump);
    const sees = now.layer ? [" sees ", spans.seen] : [];
    const effect = affected.length ? [now.layer ? "; affects " : " affects ", spans.affected] : [];
    first.replaceChildren(spans.name, ...sees, ...effect);
    rest.textContent = "Choose a unit above it to see what that one sees.";
    const field = ["receptive field ", spans.size, " · starts at ", spans.start];
    if (!now.layer) second.replaceChildren(rest);
    else if (state.kind === "dense") second.replaceChildren("receptive field ", spans.size);
    else second.replaceChildren(...field, " · next one's starts ", spans.jump, " further");
  };
  return { element: root, show };
}

/** A bar under a number: its share of what dense layers cost. */
function costBar() {
  const style = "display:block;height:4px;margin:0 0 3px auto;background:var(--cx-accent)";
  return element("span", { "aria-hidden": "true", style });
}

/** Connections and parameters of the three kinds of layer, the current one marked. */
function makeCosts() {
  const rows = {};
  const body = element("tbody");
  for (const kind of KINDS) {
    const cell = (key) => element("td", key ? { "data-cx": `${kind}-${key}` } : {});
    const bars = [costBar(), costBar()];
    const [formula, connections, sum, parameters] = [
      cell(),
      cell("connections"),
      cell(),
      cell("parameters"),
    ];
    for (const number of [connections, parameters])
      number.style.cssText = "font-weight:700;min-width:70px";
    formula.style.whiteSpace = "normal";
    const name = element("th", { scope: "row" }, kind);
    const row = element("tr", {}, name, formula, connections, sum, parameters);
    rows[kind] = { row, name, formula, connections, sum, parameters, bars };
    body.append(row);
  }
  const column = (words) => element("th", { scope: "colgroup", colspan: 2 }, words);
  const head = element("tr", {}, element("td"), column("connections"), column("parameters"));
  const table = element("table", { class: "cx-table" }, element("thead", {}, head), body);
  const note = element("p", { class: "cx-note", style: "margin-top:6px" });
  const show = (now, state) => {
    const depth = now.sizes.length - 1;
    const most = now.costs[0].connections;
    for (const { kind, connections, parameters, formula } of now.costs) {
      const row = rows[kind];
      const current = kind === state.kind;
      row.row.style.boxShadow = current ? "inset 0 0 0 2px var(--cx-accent)" : "";
      row.row.style.background = current ? "var(--cx-shade)" : "";
      row.name.style.fontWeight = current ? "700" : "400";
      row.name.style.paddingLeft = "6px";
      row.parameters.style.paddingRight = "6px";
      if (current) row.row.setAttribute("aria-current", "true");
      else row.row.removeAttribute("aria-current");
      row.formula.textContent = `${formula}\u00a0=`;
      const shares = [connections, parameters].map((count) => (most ? count / most : 0));
      row.connections.replaceChildren(String(connections), row.bars[0]);
      row.bars.forEach((bar, i) => (bar.style.width = `${60 * shares[i]}px`));
      row.sum.textContent = kind === "convolution" ? `${state.width}·${depth} =` : "";
      row.parameters.replaceChildren(String(parameters), row.bars[1]);
    }
    const taken = now.costs[1].formula.includes("−");
    const padded = taken ? " What is taken off would lead to padding." : "";
    note.textContent =
      "A layer of n units over m has m·n connections if it is dense, k·n if it is sparse, each of " +
      "them one multiply-add. Sharing weights saves storage, no time." +
      `${padded} Biases are left out.`;
  };
  return { element: element("div", { style: "max-width:560px" }, table, note), show };
}

/** A sample of a weight's line. */
function swatch(place, colours) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
  svg.setAttribute("viewBox", "0 0 30 8");
  svg.setAttribute("width", "30");
  svg.setAttribute("height", "8");
  svg.setAttribute("aria-hidden", "true");
  const attributes = {
    x1: 0,
    x2: 30,
    y1: 4,
    y2: 4,
    "stroke-width": 3,
    stroke: tapColour(place, colours),
  };
  for (const [name, value] of Object.entries(attributes)) stroke.setAttribute(name, value);
  stroke.setAttribute("stroke-dasharray", tapDash(place).join(" "));
  svg.append(stroke);
  return svg;
}

/** One weight of the kernel to light up, or none: buttons that stay pressed. */
function makeWeights(shared) {
  const row = element("div", { role: "group", "aria-label": "Light up one weight" });
  row.style.cssText = "display:flex;flex-wrap:wrap;gap:5px;margin:4px 0";
  const note = element("p", { class: "cx-note" });
  const title = element("div", { class: "cx-title" }, "Light up one weight");
  const root = element("div", { style: "margin-top:10px" }, title, row, note);
  let built = "";
  const press = (place) => {
    shared.set({ weight: shared.state.weight === place ? -1 : place });
    shared.send();
  };
  const build = (width, shares, colours) => {
    const buttons = Array.from({ length: width }, (_, place) => {
      const made = element("button", {
        type: "button",
        class: "cx-button",
        "data-lm-suppress-shortcuts": "true",
        "aria-label": `weight ${weightLetter(place)}`,
      });
      made.style.cssText = "display:inline-flex;align-items:center;gap:6px";
      if (shares) made.append(swatch(place, colours));
      made.append(weightLetter(place));
      made.addEventListener("click", () => press(place));
      return made;
    });
    const focused = [...row.children].indexOf(document.activeElement);
    row.replaceChildren(...buttons);
    if (focused >= 0) buttons[Math.min(focused, width - 1)].focus({ preventScroll: true });
  };
  const show = (now, state, colours) => {
    const shares = state.kind === "convolution";
    const wanted = `${state.width} ${shares} ${colours.ink}`;
    if (wanted !== built) build(state.width, shares, colours);
    built = wanted;
    [...row.children].forEach((one, place) => {
      const on = place === now.weight;
      one.setAttribute("aria-pressed", String(on));
      one.style.background = on ? "var(--cx-shade)" : "";
      one.style.boxShadow = on ? "inset 0 0 0 2px var(--cx-accent)" : "";
      one.style.fontWeight = on ? "700" : "";
    });
    note.textContent = wordsOnWeight(now, state);
  };
  return { element: root, show };
}

/** What is lit up, in words. */
function wordsOnWeight(now, state) {
  const counts = now.layers.map((links) => links.filter((link) => link.lit).length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = state.kind === "convolution";
  if (now.weight < 0) {
    const same = "Same letter, colour and dashes: the same weight. Each layer has its own kernel.";
    return shares ? same : "Each line is a weight of its own.";
  }
  const letter = weightLetter(now.weight);
  if (!shares) return `Not shared: what stood at ${letter} serves one connection in each layer.`;
  const times = counts.map((count, i) => `${letter}${"₁₂₃₄"[i]} on ${count}`).join(", ");
  return `Shared: ${times} connection${total === 1 ? "" : "s"}.`;
}

/** Everything between the controls and the spoken sentence. */
function build({ root, data, shared, state }) {
  const latest = { now: compute(data, state), places: null };
  const act = makeActions(data, shared);
  const controls = makeControls(data, shared, act);
  const headline = makeHeadline();
  const costs = makeCosts();
  const weights = makeWeights(shared);
  const missing = notice();
  const picture = surface({ height: 320, label: "Layers of units" });
  const units = makeUnits(shared, () => latest);
  const stage = element("div", { class: "cx-stage" }, picture.canvas, units.element);
  const left = element("div", { style: "flex:2 1 480px;min-width:0" });
  left.append(headline.element, stage);
  const right = element("div", { style: "flex:1 1 330px;min-width:0" });
  right.append(missing.element, costs.element, weights.element);
  const main = element("div", {
    style: "display:flex;flex-wrap:wrap;gap:8px 26px;padding-top:8px",
  });
  main.append(left, right);
  root.append(controls.element, main);
  const show = (now, colours) => {
    latest.now = now;
    latest.places = layOut(picture.canvas.clientWidth, now);
    controls.show();
    headline.show(now, state);
    costs.show(now, state);
    weights.show(now, state, colours);
    missing.say(now.leftOut);
    drawNetwork(picture.begin(latest.places.height), latest.places, now, state, colours);
    units.show(now, latest.places);
  };
  return { show, canvases: [picture.canvas] };
}

const unpack = (model) => ({ most: model.get("_most") });

const { render } = explorer({
  title: "Connections explorer",
  names: NAMES,
  unpack,
  compute,
  describe,
  build,
});
export default { render };
