// The connections explorer: layers of units, dense, sparse, or sparse with shared weights. The
// learner walks the units and sees whom each sees and affects, and what all connections cost.

import { choice, drag, explorer, notice, slider, surface } from "./kit.js";
import { element } from "../../widgets/static/elements.js";
import { KINDS, compute, describe, resized } from "./connections_math.js";
import { makeCosts, makeHeadline, makeWeights } from "./connections_panels.js";
import { drawNetwork, layOut, nearest, nearestIn, spokenUnit } from "./connections_pictures.js";

const NAMES = ["kind", "units", "width", "depth", "stride", "padding", "layer", "unit", "weight"];

/** What the controls do to the state; the chosen unit stays within what is left. */
function makeActions(data, shared) {
  const { state } = shared;
  const set = (patch) => {
    const now = compute(data, resized(state, patch));
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
  positions: ["layer", "unit", "weight"],
  unpack,
  compute,
  describe,
  build,
});
export default { render };
