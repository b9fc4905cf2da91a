// The connections explorer's picture: layers of units one above the other, the input at the bottom,
// and the lines between them.

import { line, writer } from "./kit.js";
import { unitName } from "./connections_math.js";

const LEFT_MARGIN = 66;
const RIGHT_MARGIN = 62;
const LAYER_TALL = 104;

/** A colour and dashes for each place in the kernel (Okabe and Ito's, told apart by everyone). */
const TAP_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b98200", "#3aa0dd", ""];
const TAP_DASHES = [[], [8, 3], [2.5, 2.5], [10, 3, 2, 3], [5, 2], [1.5, 3.5], [12, 5]];

/** Letter of the weight at a place in the kernel; each layer has a kernel of its own. */
export const weightLetter = (place) => "abcdefg"[place];
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const subscript = (number) => String(number).replace(/\d/g, (digit) => SUBSCRIPTS[digit]);

/** Colour of the weight at a place in the kernel. */
export function tapColour(place, colours) {
  const colour = TAP_COLOURS[place] || colours.ink;
  return colours.dark && place === 0 ? "#4da6e0" : colour;
}

export const tapDash = (place) => TAP_DASHES[place];

/** Colour of a weight that is not shared: neighbours differ much, no two are the same. */
function ownColour(parameter, colours) {
  return `hsl(${(parameter * 137.508) % 360} 70% ${colours.dark ? 62 : 42}%)`;
}

/** Where every unit stands: over the middle of what it sees. */
export function layOut(width, now) {
  const centre = (layer, unit) => {
    const { size, jump, start } = now.geometry[layer];
    return start + (size - 1) / 2 + unit * jump;
  };
  const ends = now.sizes.flatMap((size, layer) => [centre(layer, 0), centre(layer, size - 1)]);
  // Room for a padding zero on each side, where there is one.
  const [before, after] = now.pads[0] ?? [0, 0];
  const low = Math.min(...ends, before ? -1 : 0) - 0.5;
  const high = Math.max(...ends, now.sizes[0] - (after ? 0 : 1)) + 0.5;
  const room = width - LEFT_MARGIN - RIGHT_MARGIN;
  const step = Math.min(62, room / (high - low));
  const first = LEFT_MARGIN + (room - step * (high - low)) / 2 - low * step;
  const depth = now.sizes.length - 1;
  const bottom = 30 + depth * LAYER_TALL;
  return {
    step,
    radius: Math.max(7, Math.min(18, 0.4 * step)),
    at: (place) => first + place * step,
    x: (layer, unit) => first + centre(layer, unit) * step,
    y: (layer) => bottom - layer * LAYER_TALL,
    bottom,
    width,
    height: bottom + 78,
  };
}

/** The unit nearest to a point of the picture. */
export function nearest(places, { x, y }, now) {
  const tops = now.sizes.map((_, layer) => Math.abs(places.y(layer) - y));
  const layer = tops.indexOf(Math.min(...tops));
  const away = Array.from({ length: now.sizes[layer] }, (_, unit) =>
    Math.abs(places.x(layer, unit) - x),
  );
  return { layer, unit: away.indexOf(Math.min(...away)) };
}

/** The unit of another layer that stands nearest to one. */
export function nearestIn(places, now, layer, from) {
  return nearest(places, { x: places.x(from.layer, from.unit), y: places.y(layer) }, now).unit;
}

/** The whole picture. */
export function drawNetwork({ pen }, places, now, state, colours) {
  const say = writer(pen, colours);
  drawCone(pen, places, now, colours);
  now.layers.forEach((links, i) =>
    drawLinks(pen, places, now, { links, layer: i + 1 }, state, colours),
  );
  drawLabels(pen, say, places, now, state, colours);
  drawUnits(pen, say, places, now, colours);
  drawNames(say, places, now, colours);
  drawField(pen, say, places, now, state, colours);
}

/** First and last unit of a layer that are marked, or null. */
function ends(found) {
  const first = found.indexOf(1);
  return first < 0 ? null : [first, found.lastIndexOf(1)];
}

/** A shaded shape around all that the chosen unit sees and affects. */
function drawCone(pen, places, now, colours) {
  const [left, right] = [[], []];
  now.sizes.forEach((_, layer) => {
    const found = ends(now.reach[layer]);
    if (!found) return;
    const y = places.y(layer);
    left.push([places.x(layer, found[0]) - places.radius - 3, y]);
    right.unshift([places.x(layer, found[1]) + places.radius + 3, y]);
  });
  pen.fillStyle = colours.shade;
  pen.strokeStyle = colours.shade;
  pen.lineWidth = 2 * places.radius;
  pen.lineJoin = "round";
  pen.beginPath();
  [...left, ...right].forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fill();
}

/** How a connection is drawn: faint, on a path of the chosen unit, or lit up. */
function linkStyle(link, lighting, state, colours) {
  const shared = state.kind === "convolution";
  const colour = shared ? tapColour(link.place, colours) : ownColour(link.parameter, colours);
  const dash = shared ? tapDash(link.place) : [];
  if (lighting) {
    return link.lit
      ? { colour, dash, width: 4, alpha: 1 }
      : { colour: colours.soft, dash: [], width: 1, alpha: 0.22 };
  }
  if (link.used) return { colour, dash, width: 2.4, alpha: 1 };
  return { colour, dash, width: 1.1, alpha: state.kind === "dense" ? 0.16 : 0.34 };
}

/** The connections into one layer, the faint ones first. */
function drawLinks(pen, places, now, { links, layer }, state, colours) {
  const lighting = now.weight >= 0;
  const strong = (link) => Number(lighting ? link.lit : link.used);
  for (const turn of [0, 1]) {
    for (const link of links) {
      if (strong(link) !== turn) continue;
      const { alpha, ...style } = linkStyle(link, lighting, state, colours);
      const [x0, y0] = [places.x(layer - 1, link.from), places.y(layer - 1)];
      const [x1, y1] = [places.x(layer, link.to), places.y(layer)];
      pen.globalAlpha = alpha;
      line(pen, x0, y0, x1, y1, style);
    }
  }
  pen.globalAlpha = 1;
}

/** The chosen unit's connections whose weights are named: those into it, or out of an input. */
function namedLinks(now) {
  const layer = now.layer || 1;
  const links = (now.layers[layer - 1] ?? []).filter((link) =>
    now.layer ? link.to === now.unit : link.from === now.unit,
  );
  return { layer, links };
}

/** Names of the weights on the chosen unit's own connections. */
function drawLabels(pen, say, places, now, state, colours) {
  const { layer, links } = namedLinks(now);
  const shared = state.kind === "convolution";
  const name = ({ place, parameter }) =>
    shared ? weightLetter(place) + SUBSCRIPTS[layer] : `w${subscript(parameter)}`;
  const widest = Math.max(...links.map((link) => 6.5 * name(link).length + 8));
  const ends = links.map((link) =>
    now.layer ? places.x(layer - 1, link.from) : places.x(layer, link.to),
  );
  // Where the lines have spread enough: nearer to the many ends than to the one they share.
  const apart = links.length > 1 ? (ends.at(-1) - ends[0]) / (links.length - 1) : Infinity;
  const spread = Math.max(0.58, (widest + 3) / apart);
  if (spread > 0.74) return;
  for (const link of links) {
    if (now.weight >= 0 && !link.lit) continue;
    const [x0, y0] = [places.x(layer - 1, link.from), places.y(layer - 1)];
    const [x1, y1] = [places.x(layer, link.to), places.y(layer)];
    const share = now.layer ? 1 - spread : spread;
    const [x, y] = [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
    const words = name(link);
    const wide = 6.5 * words.length + 8;
    pen.fillStyle = colours.paper;
    pen.beginPath();
    pen.roundRect(x - wide / 2, y - 9, wide, 18, 5);
    pen.fill();
    pen.lineWidth = 1.2;
    pen.strokeStyle = shared ? tapColour(link.place, colours) : ownColour(link.parameter, colours);
    pen.stroke();
    say(words, x, y + 0.5, { align: "center", bold: true });
  }
}

/** Colour and frame of a unit: chosen, seen, affected, or neither. */
function unitStyle(now, layer, unit, colours) {
  if (layer === now.layer && unit === now.unit) {
    return { fill: colours.estimate, frame: colours.ink, ink: "#000", width: 3 };
  }
  if (!now.reach[layer][unit]) {
    return { fill: colours.paper, frame: colours.data, ink: colours.soft, width: 1.2 };
  }
  if (layer < now.layer) return { fill: "#9cd0f2", frame: "#0072b2", ink: "#000", width: 2 };
  return { fill: "#a8dcc4", frame: "#00795a", ink: "#000", width: 2 };
}

/** The units, each with its number. */
function drawUnits(pen, say, places, now, colours) {
  now.sizes.forEach((size, layer) => {
    for (let unit = 0; unit < size; unit++) {
      const [x, y] = [places.x(layer, unit), places.y(layer)];
      const style = unitStyle(now, layer, unit, colours);
      pen.beginPath();
      pen.arc(x, y, places.radius, 0, 2 * Math.PI);
      pen.fillStyle = style.fill;
      pen.fill();
      pen.lineWidth = style.width;
      pen.strokeStyle = style.frame;
      pen.stroke();
      if (places.radius < 9) continue;
      const bold = Boolean(now.reach[layer][unit]);
      say(String(unit), x, y + 0.5, { align: "center", size: 12, colour: style.ink, bold });
    }
  });
}

/** Beside each layer its name and its size. */
function drawNames(say, places, now, colours) {
  now.sizes.forEach((size, layer) => {
    const y = places.y(layer);
    const bold = layer === now.layer;
    say(layer ? `layer ${layer}` : "input x", 4, y - 8, { bold });
    say(layer ? `h${layer}` : "", 4, y + 8, { colour: colours.soft });
    const words = `${size} unit${size === 1 ? "" : "s"}`;
    say(words, places.width - 4, y, { align: "end", colour: colours.soft, bold });
  });
}

/** The end of a measure: a stroke, or an arrow where it goes on beyond the picture. */
function endMark(pen, x, y, beyond, style) {
  if (!beyond) return line(pen, x, y - 6, x, y + 6, style);
  line(pen, x, y, x - 7 * beyond, y - 5, style);
  line(pen, x, y, x - 7 * beyond, y + 5, style);
}

/** Under the input: how far the chosen unit sees, padding included. */
function drawField(pen, say, places, now, state, colours) {
  if (!now.layer) return;
  const { start, size, seen } = now.field;
  const limit = [LEFT_MARGIN - 24, places.width - RIGHT_MARGIN + 24];
  const half = Math.min(places.step / 2, places.radius + 5);
  const ends = [places.at(start) - half, places.at(start + size - 1) + half];
  const [from, to] = [Math.max(limit[0], ends[0]), Math.min(limit[1], ends[1])];
  const y = places.bottom + places.radius + 16;
  for (let place = start; place < start + size; place++) {
    const x = places.at(place);
    const inside = place >= 0 && place < state.units;
    if (inside || x - 7 < limit[0] || x + 7 > limit[1]) continue;
    pen.setLineDash([2, 2]);
    pen.beginPath();
    pen.arc(x, places.bottom, Math.min(8, places.radius), 0, 2 * Math.PI);
    pen.lineWidth = 1;
    pen.strokeStyle = colours.soft;
    pen.stroke();
    pen.setLineDash([]);
    say("0", x, places.bottom + 0.5, { align: "center", size: 11, colour: colours.soft });
  }
  const style = { colour: colours.estimate, width: 2.5 };
  line(pen, from, y, to, y, style);
  endMark(pen, from, y, ends[0] < limit[0] ? -1 : 0, style);
  endMark(pen, to, y, ends[1] > limit[1] ? 1 : 0, style);
  const padding = size > seen.length && state.stride <= state.width && state.kind !== "dense";
  const outside = start < 0 || start + size > state.units;
  const words = `receptive field: ${size}${padding && outside ? ", padding (0) included" : ""}`;
  const wide = 6.6 * words.length;
  const middle = Math.max(
    LEFT_MARGIN + wide / 2 - 60,
    Math.min(places.width - wide / 2 - 4, (from + to) / 2),
  );
  say(words, middle, y + 18, { align: "center", bold: true, colour: colours.estimateInk });
}

/** What a unit is called by those who listen. */
export function spokenUnit(now, layer, unit) {
  const where = layer ? `layer ${layer}, unit ${unit}` : `input ${unit}`;
  const chosen = layer === now.layer && unit === now.unit;
  const linked = layer < now.layer ? "seen by" : "affected by";
  const rest = now.reach[layer][unit] ? `${linked} ${unitName(now.layer, now.unit)}` : "";
  return [where, chosen ? "chosen" : rest].filter(Boolean).join(", ");
}
