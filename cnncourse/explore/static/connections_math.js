// The connections explorer's numbers: who sees whom in a stack of layers, and what it costs. Python
// is the reference (cnncourse/explore/connections_model.py); tests hold this file to its numbers.
import { plural, signed } from "./numbers.js";

/** The three kinds of layer, and how each is spoken of. */
export const KINDS = ["dense", "local", "convolution"];
const KIND_WORDS = {
  dense: ["dense layer", ""],
  local: ["locally connected layer", ", no weight shared,"],
  convolution: ["convolutional layer", ", weights shared,"],
};

/** Zeros before and after a layer of `n` units: TensorFlow's rule for "same". */
function padsOf(n, { width, stride, padding }) {
  if (padding === "valid") return [0, 0];
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + width - n, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Sizes of the layers from the input on, and their paddings; a kernel too wide ends the stack. */
function stackOf(state) {
  const sizes = [state.units];
  const pads = [];
  while (pads.length < state.depth) {
    const pad = padsOf(sizes.at(-1), state);
    const room = sizes.at(-1) + pad[0] + pad[1] - state.width;
    if (room < 0) break;
    pads.push(pad);
    sizes.push(Math.floor(room / state.stride) + 1);
  }
  return { sizes, pads };
}

/** Place in the kernel at which unit `u` of a layer sees unit `b` below it; -1 if it does not. */
function placeOf(state, pad, u, b) {
  const place = b - (u * state.stride - pad[0]);
  return place >= 0 && place < state.width ? place : -1;
}

/** The connections into a layer: from which unit below to which above, at which place of the
 * kernel, with which parameter (the same number where shared), and whether it is lit up. */
function linksOf(state, kind, { layer, sizes, pads, chosen, weight }) {
  const links = [];
  const only = layer === chosen.layer ? chosen.unit : Math.floor(sizes[layer] / 2);
  for (let to = 0; to < sizes[layer]; to++) {
    for (let from = 0; from < sizes[layer - 1]; from++) {
      const place = placeOf(state, pads[layer - 1], to, from);
      if (place < 0 && kind !== "dense") continue;
      const parameter = kind === "convolution" ? place : links.length;
      const lit = weight >= 0 && place === weight && (kind === "convolution" || to === only);
      links.push({ from, to, place, parameter, lit });
    }
  }
  return links;
}

/** For each layer, which units the chosen one sees (below it) or affects (above it). */
function reachOf(layers, sizes, chosen) {
  const found = sizes.map((size) => new Uint8Array(size));
  found[chosen.layer][chosen.unit] = 1;
  for (let layer = chosen.layer; layer > 0; layer--) {
    for (const { from, to } of layers[layer - 1]) found[layer - 1][from] |= found[layer][to];
  }
  for (let layer = chosen.layer + 1; layer < sizes.length; layer++) {
    for (const { from, to } of layers[layer - 1]) found[layer][to] |= found[layer - 1][from];
  }
  return found;
}

/** Size, jump and first place of the receptive fields of a layer's units, borders left aside. */
function geometryOf(state, pads, layer) {
  let [size, jump, start] = [1, 1, 0];
  for (let i = 0; i < layer; i++) {
    size += (state.width - 1) * jump;
    start -= pads[i][0] * jump;
    jump *= state.stride;
  }
  return { size, jump, start };
}

/** What the chosen unit sees of the input. */
function fieldOf(state, pads, chosen, seenUnits) {
  const seen = Array.from(seenUnits.keys()).filter((i) => seenUnits[i]);
  if (state.kind === "dense" && chosen.layer) {
    return { size: state.units, jump: 0, start: 0, seen };
  }
  const { size, jump, start } = geometryOf(state, pads, chosen.layer);
  return {
    size,
    jump,
    start: start + chosen.unit * jump,
    seen: chosen.layer ? seen : [chosen.unit],
  };
}

/** Size of the receptive field as a sum: 1 and, for each layer, k − 1 times the jump below it. */
function fieldFormula(state, chosen) {
  if (state.kind === "dense") return String(chosen.layer ? state.units : 1);
  const steps = Array.from({ length: chosen.layer }, (_, i) => {
    return `${state.width - 1}·${state.stride ** i}`;
  });
  return ["1", ...steps].join(" + ");
}

/** Products in numbers; three or more that follow each other and are alike as one. */
function productsOf(pairs) {
  const texts = pairs.map(([a, b]) => `${a}·${b}`);
  const words = [];
  for (let i = 0; i < texts.length;) {
    let count = 1;
    while (texts[i + count] === texts[i]) count++;
    words.push(...(count > 2 ? [`${count}·(${texts[i]})`] : texts.slice(i, i + count)));
    i += count;
  }
  return words;
}

/** The number of connections as a sum over layers, in numbers. */
function countFormula(state, kind, sizes, connections) {
  const factor = (below) => (kind === "dense" ? below : state.width);
  const pairs = sizes.slice(1).map((here, i) => [factor(sizes[i]), here]);
  const text = productsOf(pairs).join(" + ") || "0";
  const missing = pairs.reduce((sum, [a, b]) => sum + a * b, 0) - connections;
  return missing ? `${text} − ${missing}` : text;
}

/** Connections (each one multiply-add), parameters and the formula, for each kind of layer. */
function costsOf(state, { sizes, pads, chosen }) {
  const count = (kind) =>
    pads.reduce(
      (sum, _, i) => sum + linksOf(state, kind, { layer: i + 1, sizes, pads, chosen }).length,
      0,
    );
  return KINDS.map((kind) => {
    const connections = count(kind);
    const parameters = kind === "convolution" ? state.width * pads.length : connections;
    return {
      kind,
      connections,
      parameters,
      formula: countFormula(state, kind, sizes, connections),
    };
  });
}

/** A sentence about layers that do not fit, "" if all do. */
function leftOut(state, sizes) {
  const [fit, here] = [sizes.length - 1, sizes.at(-1)];
  if (fit === state.depth) return "";
  return (
    `${fit ? `Only ${plural(fit, "layer")} of ${state.depth}` : "No layer"} ` +
    `${fit > 1 ? "fit" : "fits"}: a kernel of ${state.width} needs more than ` +
    `${plural(here, "unit")}.`
  );
}

/** All numbers that the picture needs, from the state. */
export function compute(data, state) {
  const { sizes, pads } = stackOf(state);
  const layer = Math.min(Math.max(state.layer, 0), sizes.length - 1);
  const unit = Math.min(Math.max(state.unit, 0), sizes[layer] - 1);
  const chosen = { layer, unit };
  const weight = state.weight >= 0 && state.weight < state.width ? state.weight : -1;
  const layers = pads.map((_, i) =>
    linksOf(state, state.kind, { layer: i + 1, sizes, pads, chosen, weight }),
  );
  const reach = reachOf(layers, sizes, chosen);
  layers.forEach((links, i) =>
    links.forEach((link) => (link.used = Boolean(reach[i][link.from] && reach[i + 1][link.to]))),
  );
  return {
    sizes,
    pads,
    layer,
    unit,
    weight,
    layers,
    reach,
    geometry: sizes.map((_, i) => geometryOf(state, pads, i)),
    field: fieldOf(state, pads, chosen, reach[0]),
    fieldFormula: fieldFormula(state, chosen),
    affected: reach.slice(layer + 1).map((found) => found.reduce((sum, yes) => sum + yes, 0)),
    costs: costsOf(state, { sizes, pads, chosen }),
    leftOut: leftOut(state, sizes),
  };
}

/** The state after new sizes: who had only the input to choose from gets the middle unit on top. */
export function resized(state, patch) {
  const { sizes } = stackOf({ ...state, ...patch });
  const again = stackOf(state).sizes.length === 1 && sizes.length > 1;
  const top = { layer: sizes.length - 1, unit: Math.floor(sizes.at(-1) / 2) };
  return { ...state, ...patch, ...(again ? top : {}) };
}

/** A unit as the picture writes it: x[3] of the input, h2[3] of layer 2. */
export const unitName = (layer, unit) => (layer ? `h${layer}[${unit}]` : `x[${unit}]`);

/** The stack of layers in words. */
function stackInWords(state, { sizes, leftOut: missing }) {
  const [kind, weights] = KIND_WORDS[state.kind];
  const words =
    `A stack of ${plural(sizes.length - 1, kind)}${weights} over ` +
    `${plural(state.units, "input")}, kernel width ${state.width}, stride ${state.stride}, ` +
    `padding ${state.padding}. Units, from the input up: ${sizes.join(", ")}.`;
  return missing ? `${words} ${missing}` : words;
}

/** What the chosen unit sees, in words. */
function fieldInWords(state, { layer, unit, field, fieldFormula: sum }) {
  const { seen, size, start, jump } = field;
  const span = `x[${seen[0]}]${seen.length > 1 ? ` to x[${seen.at(-1)}]` : ""}`;
  const words = `${unitName(layer, unit)} sees ${seen.length} of ${plural(state.units, "input")}, ${span}.`;
  if (state.kind === "dense") return words;
  return (
    `${words} Its receptive field is ${sum} = ${size} wide, starts at ` +
    `${signed(start)}, and jumps by ${jump}.`
  );
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  const words = [stackInWords(state, now)];
  if (now.layer) words.push(fieldInWords(state, now));
  if (now.affected.length) {
    const parts = now.affected.map((count, i) => {
      const above = now.layer + 1 + i;
      return `${count} of ${plural(now.sizes[above], "unit")} of layer ${above}`;
    });
    words.push(`${unitName(now.layer, now.unit)} affects ${parts.join(", ")}.`);
  }
  const costs = now.costs.map((c) => `${c.kind} ${c.connections} and ${c.parameters}`);
  words.push(`Connections and parameters: ${costs.join("; ")}.`);
  return words.join(" ");
}
