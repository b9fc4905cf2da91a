// The connections explorer's words and numbers beside the picture.

import { element } from "../../widgets/static/elements.js";
import { KINDS, unitName } from "./connections_math.js";
import { tapColour, tapDash, weightLetter } from "./connections_pictures.js";

/** Two lines over the picture: what the chosen unit sees, and whom it affects. */
export function makeHeadline() {
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
export function makeCosts() {
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
      "A layer of n units over m has m·n connections if it is dense, k·n if it is sparse, each " +
      "of them one multiply-add. Sharing weights saves storage, no time." +
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
export function makeWeights(shared) {
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
