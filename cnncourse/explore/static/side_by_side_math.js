// What the explorer "side by side" shows, in numbers, as side_by_side_windows.py and
// side_by_side_model.py in cnncourse/explore: they are the reference, tests hold this file to them.
import { sourceIndex } from "./conv.js";
import { axisPads } from "./pads.js";
import {
  BEYOND,
  PADDING,
  agreeingLine,
  describeBoth,
  kerasLine,
  kerasRefusal,
  noWindow,
  padsWith,
  sumInWords,
  torchLine,
  torchRefusal,
  verdictInWords,
} from "./side_by_side_words.js";

export const WIDTHS = [2, 16];
const EQUAL = 1e-9;
const FIELDS = ["dilation", "pads", "mode", "counted", "ceil"];

/** The state with what follows from it: numbers of row and kernel, and the stride that counts. */
function settled(state) {
  const [row, kernel] = [state.row.values, state.kernel.values];
  const usual = state.layer === "convolution" ? 1 : kernel.length;
  return { ...state, row, kernel, size: kernel.length, step: state.stride ?? usual };
}

/** How Keras and PyTorch lay their windows on a row of n numbers. */
function layoutsOf(state, n) {
  const convolves = state.layer === "convolution";
  const spread = convolves ? state.dilation : 1;
  const named = state.torch_padding === "same";
  const keras = {
    pads: axisPads(state.keras_padding, n, state.size, state.step, spread),
    ...{ dilation: spread, mode: "zeros", counted: false, ceil: false },
  };
  const torch = {
    pads: named
      ? axisPads("torch_same", n, state.size, 1, state.dilation)
      : [state.torch_padding, state.torch_padding],
    dilation: state.layer === "average" ? 1 : state.dilation,
    mode: convolves ? state.padding_mode : "zeros",
    counted: state.layer === "average" && state.count_include_pad,
    ceil: !convolves && state.ceil_mode,
  };
  return [keras, torch];
}

/** Index of the row that stands so many cells behind its first: outside it, as it is padded. */
function sourceOf(place, n, { pads, mode }) {
  if (place >= n + pads[1]) return BEYOND;
  const source = sourceIndex(place, n, mode);
  return source < 0 ? PADDING : source;
}

/** What each output reads of a row of n numbers: its first cell, a source for each tap, divisor. */
function windowsOf({ size, step }, n, layout) {
  const [before, after] = layout.pads;
  const room = n + before + after - layout.dilation * (size - 1) - 1;
  let count = (layout.ceil ? Math.ceil(room / step) : Math.floor(room / step)) + 1;
  // One that would begin behind the row is none (the rule of torch.nn.MaxPool1d).
  if (layout.ceil && (count - 1) * step >= n + before) count -= 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const start = i * step;
    const sources = Array.from({ length: size }, (_, tap) =>
      sourceOf(start - before + tap * layout.dilation, n, layout),
    );
    const counts = (source) => (layout.counted ? source !== BEYOND : source >= 0);
    return { start, sources, divisor: sources.filter(counts).length };
  });
}

/** The number that a window makes. */
function outputOf({ layer, row, kernel }, { sources, divisor }) {
  let [total, best] = [0, -Infinity];
  sources.forEach((source, tap) => {
    if (source < 0) return;
    total += (layer === "convolution" ? kernel[tap] : 1) * row[source];
    best = Math.max(best, row[source]);
  });
  if (layer === "max") return best;
  return layer === "average" ? total / divisor : total;
}

/** Why a framework makes nothing, or "". */
function refusalOf(state, n, layout, keras) {
  const words = keras ? kerasRefusal(state) : torchRefusal(state, n);
  if (words || windowsOf(state, n, layout).length) return words;
  return noWindow(layout.dilation * (state.size - 1) + 1, n, layout.pads);
}

/** One framework's half. */
function halfOf(state, code, layout, outputs, refusal, output) {
  const { pads, dilation } = layout;
  const none = { sources: [], cells: [], starts: [], filled: "", sum: "" };
  if (refusal) return { code, refusal, pads, dilation, outputs, ...none };
  const n = state.row.length;
  const found = windowsOf(state, n, layout);
  const end = found.at(-1).start + dilation * (state.size - 1) + 1;
  const length = Math.max(pads[0] + n + pads[1], end);
  const sources = Array.from({ length }, (_, i) => sourceOf(i - pads[0], n, layout));
  const empty = state.layer === "max" ? -Infinity : 0;
  return {
    ...{ code, refusal, pads, dilation, sources, outputs },
    cells: sources.map((source) => (source >= 0 ? state.row[source] : empty)),
    starts: found.map(({ start }) => start),
    filled: padsWith(state, layout),
    sum: sumInWords(state, found, outputs, output),
  };
}

/** What each output is, whatever the numbers, as a text: what it reads, and with which weight. */
function meaningOf({ layer, ...state }, n, layout) {
  const meant = windowsOf(state, n, layout).map(({ sources, divisor }) => {
    const read = sources.map((source, tap) => [source, tap]).filter(([source]) => source >= 0);
    read.sort(([a, i], [b, j]) => a - b || i - j);
    if (layer === "convolution") return read;
    const reached = [...new Set(read.map(([source]) => source))];
    return [reached, layer === "average" ? divisor : 0];
  });
  return JSON.stringify(meant);
}

/** Whether both make the same outputs of any row of n numbers. */
function sameLayer(state, n) {
  const [keras, torch] = layoutsOf(state, n);
  if (refusalOf(state, n, keras, true) || refusalOf(state, n, torch, false)) return false;
  return meaningOf(state, n, keras) === meaningOf(state, n, torch);
}

/** The choices of so many entries, in the order of the entries. */
function choicesOf(entries, count) {
  if (!count) return [[]];
  return entries.flatMap((first, i) =>
    choicesOf(entries.slice(i + 1), count - 1).map((rest) => [first, ...rest]),
  );
}

/** The fewest of PyTorch's settings that, put as in Keras, would make it do the same. */
function reasonsOf(state, n, keras, torch) {
  const other = FIELDS.filter((name) => String(keras[name]) !== String(torch[name]));
  const meant = meaningOf(state, n, keras);
  const as = (some) => Object.fromEntries(some.map((name) => [name, keras[name]]));
  for (let count = 1; count < other.length; count++) {
    const enough = choicesOf(other, count).find(
      (some) => meaningOf(state, n, { ...torch, ...as(some) }) === meant,
    );
    if (enough) return enough;
  }
  return other;
}

/** The nearest width at which the layers are one where they are two here, or the other way. */
function otherWidth(state, n, same) {
  const [low, high] = WIDTHS;
  const widths = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  widths.sort((a, b) => Math.abs(a - n) - Math.abs(b - n) || b - a);
  const some = (m) => layoutsOf(state, m).some((layout) => windowsOf(state, m, layout).length);
  return widths.find((m) => some(m) && sameLayer(state, m) !== same) ?? 0;
}

/** Places at which two rows of outputs differ. */
function unequal(first, second) {
  const sizes = [...first, ...second].map(Math.abs).filter(Number.isFinite);
  const least = EQUAL * Math.max(0, ...sizes);
  const apart = (a, b) => a !== b && !(Math.abs(a - b) <= least);
  return first.flatMap((a, i) => (apart(a, second[i]) ? [i] : []));
}

/** All that is shown, as compare() in Python. */
export function compute(data, given) {
  const state = settled(given);
  const n = state.row.length;
  const both = layoutsOf(state, n);
  const refusals = both.map((layout, i) => refusalOf(state, n, layout, i === 0));
  const made = both.map((layout, i) =>
    refusals[i] ? [] : windowsOf(state, n, layout).map((window) => outputOf(state, window)),
  );
  const most = Math.max(...made.map(({ length }) => length));
  const output = Math.max(0, Math.min(given.output, most - 1));
  const lines = [kerasLine(state), torchLine(state)];
  const [keras, torch] = both.map((layout, i) =>
    halfOf(state, lines[i], layout, made[i], refusals[i], output),
  );
  const refused = refusals.some(Boolean);
  const same = sameLayer(state, n);
  const now = {
    ...{ keras, torch, same, output },
    differs: made[0].length === made[1].length ? unequal(...made) : [],
    reasons: same || refused ? [] : reasonsOf(state, n, ...both),
    width: refused ? 0 : otherWidth(state, n, same),
  };
  now.verdict = verdictInWords(now);
  now.agreeing = same || refusals[0] ? "" : agreeingLine(state, both[0].pads);
  return now;
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  return describeBoth(settled(state), now);
}
