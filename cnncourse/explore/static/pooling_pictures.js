// The pooling explorer's drawings: rows of values and outputs, the shares of draws, the change.
import { axisY, bar, curve, line, niceCeil, scale, writer } from "./kit.js";
import { fixed, percent } from "./numbers.js";
import { outputWidth } from "./pooling_math.js";

/** Heights in the picture of the rows, pixels: bars from top to base, and where numbers stand. */
export const ROWS = {
  input: { top: 20, base: 84, number: 95, name: "input x" },
  before: { top: 138, base: 194, number: 205, name: "pooled" },
  marks: 226,
  after: { top: 252, base: 308, number: 319, name: "pooled" },
  shifted: { top: 362, base: 426, number: 437, name: "shifted" },
  height: 462,
};
const GUTTER = 88;
const MARGIN = 8;
const LIGHT = { max: "#0072b2", average: "#00785a", l2: "#a0497c", blur: "#b34e00" };
const DARK = { max: "#56b4e9", average: "#35c79b", l2: "#e29bc4", blur: "#f0a030" };
const DASHES = { max: [], average: [8, 3], l2: [2, 3], blur: [9, 3, 2, 3] };
const LABELS = { max: "max", average: "average", l2: "L2", blur: "blur" };

/** Where values and outputs lie across a picture `width` wide. */
export function columnsOf(width, now, state) {
  const wide = (width - GUTTER - MARGIN) / now.row.length;
  const seen = outputWidth(state);
  return {
    wide,
    left: (i) => GUTTER + i * wide,
    centre: (i) => GUTTER + (i + 0.5) * wide,
    output: (j) => GUTTER + (j * state.stride + seen / 2) * wide,
    window: (j) => [GUTTER + j * state.stride * wide, seen * wide],
    nearest: (x) => Math.round(((x - GUTTER) / wide - seen / 2) / state.stride),
  };
}

/** A scale for the bars of a row that holds `values`: the base is 0 if none is negative. */
export function heights({ top, base }, values) {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  return scale(low, high || (low ? 0 : 1), base, top);
}

/** The scales of inputs and outputs; both rows of a kind have the same. */
export function rowScales(now) {
  const inputs = [...now.row, ...now.shifted];
  const outputs = [...now.before, ...now.after];
  return {
    input: heights(ROWS.input, inputs),
    shifted: heights(ROWS.shifted, inputs),
    before: heights(ROWS.before, outputs),
    after: heights(ROWS.after, outputs),
  };
}

/** The values, their windows, the outputs before and after, and which of them are equal. */
export function drawRows({ pen, width }, state, now, colours) {
  const place = columnsOf(width, now, state);
  const scales = rowScales(now);
  if (now.before.length) drawWindow(pen, place, now, colours);
  drawEntered(pen, { ...place, width }, state, colours);
  const inputs = { wide: place.wide, at: place.centre, colour: colours.plus };
  const space = Math.max(place.wide, state.stride * place.wide);
  const outputs = { wide: Math.min(space, 2 * place.wide), at: place.output };
  outputs.colour = colours.estimate;
  const sizes = measured(pen, colours.font);
  const pairs = outputTexts(now, space, sizes);
  const texts = (values) => valueTexts(values, place.wide, sizes);
  for (const [name, values, words, style] of [
    ["input", now.row, texts(now.row), inputs],
    ["before", now.before, pairs.map(([text]) => text), outputs],
    ["after", now.after, pairs.map(([, text]) => text), outputs],
    ["shifted", now.shifted, texts(now.shifted), inputs],
  ]) {
    drawBars(pen, ROWS[name], scales[name], values, words, style, colours);
  }
  drawNames(pen, state, colours);
  if (state.kind === "max" && now.before.length)
    drawWinners(pen, place, scales, state, now, colours);
  drawMarks(pen, place, Math.min(9, 0.42 * space), now, colours);
}

/** The width of a text as it stands at the bars. */
function measured(pen, font) {
  return (text) => {
    pen.font = `11px ${font}`;
    return pen.measureText(text).width;
  };
}

/** How a number may stand at its bar, best first: decimals, and whether a leading 0 is left out. */
const FORMS = [
  [2, false],
  [2, true],
  [1, false],
  [0, false],
];
const FINER = [1, 2, 3, 4, 5].map((digits) => [digits, true]);

/** A number in one of these forms. */
function inForm(value, [digits, bare]) {
  const text = fixed(value, digits);
  return bare ? text.replace(/^(−?)0\./, "$1.") : text;
}

/** The form that lets the widest of the numbers fit, undefined if none does. */
function formThatFits(values, space, width) {
  const fits = (form) => Array.from(values, (value) => width(inForm(value, form)));
  return FORMS.find((form) => Math.max(...fits(form)) <= space - 3);
}

/** The values of a row as they stand at their bars, "" where they have no room. */
function valueTexts(values, space, width) {
  const form = formThatFits(values, space, width);
  return Array.from(values, (value) => (form ? inForm(value, form) : ""));
}

/** The outputs before and after as they stand at their bars. Two that differ never read the same:
 * they get more decimals, or, without room for these, no number. */
function outputTexts(now, space, width) {
  const usual = formThatFits([...now.before, ...now.after], space, width);
  return Array.from(now.before, (before, j) => {
    const both = (form) => [before, now.after[j]].map((value) => inForm(value, form));
    const tells = ([one, other]) => now.same[j] || one !== other;
    const fits = (pair) => Math.max(...pair.map(width)) <= space - 1;
    if (!usual) return ["", ""];
    if (tells(both(usual))) return both(usual);
    return FINER.map(both).find((pair) => tells(pair) && fits(pair)) ?? ["", ""];
  });
}

/** One row of bars with their numbers, as far as they have room. */
function drawBars(pen, row, y, values, texts, { at, wide, colour }, colours) {
  const say = writer(pen, colours);
  const end = at(values.length - 1) + 0.5 * wide;
  if (values.length) line(pen, GUTTER - 4, y(0) + 0.5, end, y(0) + 0.5, { colour: colours.soft });
  values.forEach((value, i) => {
    const left = at(i) - 0.39 * wide;
    bar(pen, left, 0.78 * wide, y(0), y(value), { colour, negative: value < 0 });
    if (texts[i]) say(texts[i], at(i), row.number, { align: "center", size: 11 });
  });
}

/** What the rows are, at the left. */
function drawNames(pen, state, colours) {
  const say = writer(pen, colours);
  const name = ({ base, top }, words, more) => {
    const y = (base + top) / 2;
    say(words, 0, y - (more ? 7 : 0), { bold: true });
    if (more) say(more, 0, y + 9, { colour: colours.soft, size: 11 });
  };
  name(ROWS.input, "input", "before");
  name(ROWS.before, "output", "before");
  say("same?", 0, ROWS.marks, { bold: true });
  name(ROWS.after, "output", "after");
  name(ROWS.shifted, "input", state.shift ? `moved by ${state.shift} →` : "not moved");
}

/** The window of the output looked at: a frame around its values, a funnel to the output. */
function drawWindow(pen, place, now, colours) {
  const j = now.output;
  const [left, wide] = place.window(j);
  const middle = place.output(j);
  const half = 0.5 * Math.min(place.wide, wide);
  const frame = ({ top, number }) => [top - 14, number + 8];
  const funnel = (from, to) => {
    pen.fillStyle = colours.shade;
    pen.beginPath();
    pen.moveTo(left, from);
    pen.lineTo(left + wide, from);
    pen.lineTo(middle + half, to);
    pen.lineTo(middle - half, to);
    pen.fill();
  };
  const [inTop, inBottom] = frame(ROWS.input);
  const [belowTop, belowBottom] = frame(ROWS.shifted);
  pen.fillStyle = colours.shade;
  pen.fillRect(left, inTop, wide, inBottom - inTop);
  pen.fillRect(left, belowTop, wide, belowBottom - belowTop);
  funnel(inBottom, ROWS.before.top - 10);
  funnel(belowTop, ROWS.after.number + 9);
  const outTop = ROWS.before.top - 10;
  pen.fillRect(middle - half, outTop, 2 * half, ROWS.after.number + 9 - outTop);
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 1.5;
  pen.strokeRect(left + 0.5, inTop + 0.5, wide - 1, inBottom - inTop);
  pen.strokeRect(left + 0.5, belowTop + 0.5, wide - 1, belowBottom - belowTop);
}

/** The values that have come into sight. */
function drawEntered(pen, place, state, colours) {
  if (!state.shift) return;
  const y = ROWS.shifted.number + 14;
  const end = Math.min(place.width - MARGIN, place.left(state.shift)) - 1;
  line(pen, GUTTER + 1, y, end, y, { colour: colours.soft, width: 3 });
  const words = state.shift === 1 ? "new" : "new values";
  if (end + 70 > place.width) return;
  writer(pen, colours)(words, end + 5, y, { colour: colours.soft, size: 11 });
}

/** A triangle over each value that makes the maximum looked at. */
function drawWinners(pen, place, scales, state, now, colours) {
  const j = now.output;
  for (const [name, values, best] of [
    ["input", now.row, now.before[j]],
    ["shifted", now.shifted, now.after[j]],
  ]) {
    const first = j * state.stride;
    const at = first + values.slice(first, first + state.size).indexOf(best);
    const [x, y] = [place.centre(at), Math.min(scales[name](best), scales[name](0)) - 3];
    pen.fillStyle = colours.ink;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x - 6, y - 9);
    pen.lineTo(x + 6, y - 9);
    pen.fill();
  }
}

/** Between the outputs: "=" in a filled disc where they are equal, "≠" in a ring where not. */
function drawMarks(pen, place, radius, now, colours) {
  const say = writer(pen, colours);
  now.same.forEach((same, j) => {
    const x = place.output(j);
    pen.beginPath();
    pen.arc(x, ROWS.marks, radius, 0, 2 * Math.PI);
    pen.lineWidth = 1;
    // An unchanged zero says little: there was nothing to change.
    const full = now.after[j] === 0 ? colours.data : colours.ink;
    pen.fillStyle = same ? full : colours.paper;
    pen.strokeStyle = same ? full : colours.soft;
    pen.fill();
    pen.stroke();
    const colour = same ? colours.paper : colours.soft;
    if (radius >= 6) say(same ? "=" : "≠", x, ROWS.marks + 0.5, { align: "center", colour });
  });
}

/** The share of each draw on a line from 0 to 100 %, this draw's large, and what theory expects. */
export function drawShares({ pen, width }, state, now, colours) {
  const say = writer(pen, colours);
  const x = scale(0, 1, 14, width - 20);
  const y = 42;
  line(pen, x(0), y, x(1), y, { colour: colours.soft });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    line(pen, x(share), y, x(share), y + 5, { colour: colours.soft });
    const align = share === 1 ? "end" : share ? "center" : "start";
    const at = share === 1 ? x(1) + 18 : share ? x(share) : x(0) - 6;
    say(percent(share), at, y + 15, { colour: colours.soft, size: 11, align });
  }
  if (!Number.isNaN(now.expected)) {
    line(pen, x(now.expected), y - 22, x(now.expected), y + 5, { colour: colours.ink, width: 2 });
    const words = `expected ${percent(now.expected)}`;
    const align = now.expected > 0.5 ? "end" : now.expected < 0.2 ? "start" : "center";
    say(words, x(now.expected), y - 31, { bold: true, align, size: 12 });
  }
  const stack = new Map();
  now.shares.forEach((share, seed) => {
    if (Number.isNaN(share)) return;
    const height = stack.get(share) ?? 0;
    stack.set(share, height + 1);
    const mine = now.shares.length === 1 || seed === state.seed;
    pen.beginPath();
    pen.arc(x(share), y - 5 - 6 * Math.min(height, 3), mine ? 5.5 : 3, 0, 2 * Math.PI);
    pen.fillStyle = mine ? colours.estimate : colours.data;
    pen.fill();
    if (mine) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.5;
      pen.stroke();
    }
  });
}

/** The geometry of the change's plot, for its drawing and for the pointer. */
export function changePlace(width, height) {
  return { left: 44, right: width - 8, top: 44, bottom: height - 32 };
}

/** Change against shift for each kind, the chosen one thick, the chosen shift marked. */
export function drawChange({ pen, width, height }, state, now, colours) {
  const say = writer(pen, colours);
  const { left, right, top, bottom } = changePlace(width, height);
  const kinds = Object.keys(LABELS);
  const inks = colours.dark ? DARK : LIGHT;
  const all = [now.change.input, ...kinds.map((kind) => now.change[kind])];
  const largest = Math.max(0, ...all.flat().filter((value) => !Number.isNaN(value)));
  const x = scale(0, now.change.input.length - 1, left, right);
  const y = scale(0, 100 * niceCeil(1.05 * largest, [1, 1.5, 2, 3, 4, 5, 6, 8, 10]), bottom, top);
  axisY(pen, y, { left, right, count: 4, colours });
  line(pen, x(state.shift), top, x(state.shift), bottom, { colour: colours.soft, dash: [3, 3] });
  const draw = (values, style) =>
    curve(pen, values.length, (d) => x(d), (d) => y(100 * values[d]), style);
  draw(now.change.input, { colour: colours.data, width: 1.5 });
  for (const kind of [...kinds.filter((other) => other !== state.kind), state.kind]) {
    const width = kind === state.kind ? 3.5 : 1.7;
    draw(now.change[kind], { colour: inks[kind], width, dash: DASHES[kind] });
  }
  const value = now.change[state.kind][state.shift];
  if (!Number.isNaN(value)) {
    pen.beginPath();
    pen.arc(x(state.shift), y(100 * value), 6, 0, 2 * Math.PI);
    pen.fillStyle = inks[state.kind];
    pen.fill();
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.stroke();
  }
  for (let d = 0; d < now.change.input.length; d++) {
    const here = d === state.shift;
    const colour = here ? colours.ink : colours.soft;
    const size = here ? 12 : 11;
    say(String(d), x(d), bottom + 12, { colour, bold: here, size, align: "center" });
  }
  const small = { colour: colours.soft, size: 11 };
  say("shift", (left + right) / 2, bottom + 26, { ...small, align: "center" });
  say("%", left - 6, top - 12, { ...small, align: "end" });
  drawLegend(pen, { left: 0, right, y: 8 }, state, inks, colours);
}

/** The names of the curves with a piece of each. */
function drawLegend(pen, { left, right, y }, state, inks, colours) {
  const say = writer(pen, colours);
  const entries = [...Object.entries(LABELS), ["input", "input"]];
  const step = (right - left) / entries.length;
  entries.forEach(([kind, words], i) => {
    const mine = kind === state.kind;
    const colour = inks[kind] ?? colours.data;
    const from = left + i * step;
    const dash = DASHES[kind] ?? [];
    line(pen, from, y, from + step - 10, y, { colour, width: mine ? 3.5 : 1.7, dash });
    say(words, from, y + 12, { size: 12, bold: mine });
  });
}
