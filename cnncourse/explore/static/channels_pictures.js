// The pictures of the explorer of channels: maps of numbers, products, and bars that add up.
import { bar, line, writer } from "./kit.js";
import { greyColour, inkOn, largestOf, paintMap, signedColour } from "./grid.js";
import { inCell, plain } from "./numbers.js";
import { plane } from "./conv.js";
import { element } from "../../widgets/static/elements.js";

/** Width of the column of numbers beside the bars. */
const NUMBERS = 66;

/** How large cells and rows are for these sizes of input and kernel. */
export function layoutOf({ x, kernel }) {
  const [channels, height, width] = x.shape;
  const [, , rows, columns] = kernel.shape;
  const tall = channels <= 3 ? 140 : channels <= 5 ? 112 : 92;
  const cell = Math.min(24, tall / height, 170 / width);
  const map = { cell: cell >= 4 ? Math.floor(cell) : cell, legible: cell >= 16 };
  const tap = 34;
  const [gap, wide] = [34, columns * tap];
  return {
    map: { ...map, width: width * map.cell, height: height * map.cell },
    tap,
    taps: { width: wide, height: rows * tap },
    gap,
    left: Math.max(200, Math.ceil(width * map.cell + gap + wide + 3)),
    row: Math.max(height * map.cell, rows * tap, 44) + 14,
  };
}

/** Colour of a pixel: the channel's own, grey for others, signed where there are negatives. */
function pixelColours({ x, names }, channel) {
  const values = plane(x, channel).values;
  let lowest = 0;
  for (const value of values) lowest = Math.min(lowest, value);
  const largest = largestOf(x.values) || 1;
  if (lowest < 0) return (value) => signedColour(value, largest);
  const tint = { red: [255, 50, 40], green: [30, 210, 70], blue: [70, 120, 255] }[names[channel]];
  if (!tint) return (value) => greyColour(value / largest);
  return (value) => tint.map((part) => (part * value) / largest);
}

const paintings = new WeakMap();

/** A picture of numbers, a pixel each; of an array that stays (`kept`) it is painted once. */
function painting({ shape: [rows, cols], values }, colour, kept) {
  const done = kept ? (paintings.get(kept.source) ?? new Map()) : new Map();
  if (!done.has(kept?.name)) {
    const canvas = element("canvas", { width: cols, height: rows });
    paintMap(canvas.getContext("2d"), { rows, cols, values, colour }, 0, 0, cols, rows);
    done.set(kept?.name, canvas);
  }
  if (kept) paintings.set(kept.source, done);
  return done.get(kept?.name);
}

/** A plane of numbers as cells with their values, or as a map of many pixels. */
function drawPlane(pen, { shape, values }, place, cell, { colour, legible, colours, kept }) {
  const [rows, columns] = shape;
  const { x, y } = place;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(painting({ shape, values }, colour, kept), x, y, columns * cell, rows * cell);
  if (legible) {
    const say = writer(pen, colours);
    values.forEach((value, i) => {
      const [r, c] = [Math.floor(i / columns), i % columns];
      const size = cell < 20 ? 11 : 12;
      const ink = { colour: inkOn(colour(value)), align: "center", size };
      say(inCell(value, cell - 2, 6.1), x + (c + 0.5) * cell, y + (r + 0.5) * cell + 0.5, ink);
    });
    for (let c = 1; c < columns; c++) {
      line(pen, x + c * cell, y, x + c * cell, y + rows * cell, { colour: colours.grid });
    }
    for (let r = 1; r < rows; r++) {
      line(pen, x, y + r * cell, x + columns * cell, y + r * cell, { colour: colours.grid });
    }
  }
  pen.strokeStyle = colours.data;
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, y - 0.5, columns * cell + 1, rows * cell + 1);
}

/** A frame with a rim in the page's colour, to be seen on any ground. */
function frame(pen, x, y, width, height, { colour, paper, weight = 3 }) {
  for (const [ink, extra] of [[paper, 2], [colour, 0]]) {
    pen.strokeStyle = ink;
    pen.lineWidth = weight + extra;
    pen.strokeRect(x, y, width, height);
  }
}

/** One channel of the input, the pixels under the kernel, and lines from one to the other. */
export function drawChannel({ pen, height }, layout, state, now, channel, colours) {
  const { map, tap, taps, gap } = layout;
  const colour = pixelColours(state, channel);
  const silent = state.muted.includes(channel);
  const top = (height - map.height) / 2;
  const to = { x: 1 + map.width + gap, y: (height - taps.height) / 2 };
  pen.globalAlpha = silent ? 0.35 : 1;
  const options = { colour, colours, legible: map.legible };
  const kept = { source: state.x, name: `${channel} ${state.names[channel]}` };
  drawPlane(pen, plane(state.x, channel), { x: 1, y: top }, map.cell, { ...options, kept });
  drawPlane(pen, plane(now.window, channel), to, tap, { ...options, legible: true });
  const [j, k] = now.place;
  const [rows, columns] = now.window.shape.slice(1);
  const box = [1 + k * map.cell, top + j * map.cell, columns * map.cell, rows * map.cell];
  const thin = { colour: colours.estimate, width: 1.2 };
  line(pen, box[0] + box[2], box[1], to.x, to.y, thin);
  line(pen, box[0] + box[2], box[1] + box[3], to.x, to.y + taps.height, thin);
  const look = { colour: colours.estimate, paper: colours.paper };
  frame(pen, ...box, { ...look, weight: map.cell < 10 ? 2 : 3 });
  frame(pen, to.x, to.y, taps.width, taps.height, { ...look, weight: 2 });
  if (channel === now.channel) {
    const [m, n] = now.offset;
    const chosen = { colour: colours.ink, paper: colours.paper };
    if (map.cell >= 8) {
      const pixel = [1 + now.term.column * map.cell, top + now.term.row * map.cell];
      frame(pen, ...pixel, map.cell, map.cell, { ...chosen, weight: 2 });
    }
    frame(pen, to.x + n * tap, to.y + m * tap, tap, tap, chosen);
  }
  pen.globalAlpha = 1;
}

/** The products of one channel, and its bar in the sum. */
export function drawProducts({ pen, width, height }, layout, state, now, channel, scale, colours) {
  const { tap, taps } = layout;
  const silent = state.muted.includes(channel);
  const most = largestOf(now.products.values);
  const colour = (value) => signedColour(value, most);
  const place = { x: 1, y: (height - taps.height) / 2 };
  pen.globalAlpha = silent ? 0.35 : 1;
  drawPlane(pen, plane(now.products, channel), place, tap, { colour, colours, legible: true });
  if (channel === now.channel) {
    const [m, n] = now.offset;
    const chosen = { colour: colours.ink, paper: colours.paper };
    frame(pen, place.x + n * tap, place.y + m * tap, tap, tap, chosen);
  }
  pen.globalAlpha = 1;
  const before = now.shares.slice(0, channel).reduce((sum, share) => sum + share, 0);
  const room = { left: taps.width + 26, right: width, middle: height / 2, height };
  const words = silent ? "muted" : plain(now.shares[channel]);
  drawShare(pen, room, scale, [before, before + now.shares[channel]], { words, colours });
}

/** Place of a running sum between `left` and `right`, from the span that all sums take up. */
function sumScale({ low, high }, left, right) {
  // The numbers stand in a column of their own at the right.
  const [from, to] = [left + 4, right - NUMBERS];
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

/** The span of all running sums, and of the terms that they begin with. */
export function spanOf(now) {
  let level = 0;
  const levels = [0, ...now.shares.map((share) => (level += share)), level + now.bias];
  return { low: Math.min(...levels), high: Math.max(...levels) };
}

/** A bar from one running sum to the next, with its number, and lines to the bars around it. */
function drawShare(pen, { left, right, middle, height }, span, [from, to], options) {
  const { words, colours, thick = 26, total = false } = options;
  const at = sumScale(span, left, right);
  const say = writer(pen, colours);
  line(pen, at(0), 0, at(0), height, { colour: colours.data });
  const [x, wide] = [Math.min(at(from), at(to)), Math.abs(at(to) - at(from))];
  const colour = total ? colours.estimate : to < from ? colours.minus : colours.plus;
  const ends = [middle - thick / 2, middle + thick / 2];
  if (!total) line(pen, at(from), 0, at(from), middle, { colour, dash: [2, 3] });
  if (!total) line(pen, at(to), middle, at(to), height, { colour, dash: [2, 3] });
  // Stood on end: kit's bars rise, these lie.
  bar(pen, x, Math.max(1.5, wide), ends[0], ends[1], { colour, negative: to < from && !total });
  say(words, right - 4, middle, {
    bold: true,
    size: total ? 17 : 13,
    align: "end",
    colour: total ? colours.estimateInk : colours.ink,
  });
}

/** The bias, or the whole sum, as a bar under those of the channels. */
export function drawLast({ pen, width, height }, layout, now, scale, colours, total) {
  const sum = now.shares.reduce((all, share) => all + share, 0);
  const room = { left: layout.taps.width + 26, right: width, middle: height / 2, height };
  const ends = total ? [0, sum + now.bias] : [sum, sum + now.bias];
  const words = plain(total ? now.total : now.bias);
  drawShare(pen, room, scale, ends, { words, colours, thick: total ? 22 : 16, total });
}

/** Where the chosen output map and the small ones lie: these below it, or beside it. */
export function outputPlan(now, width) {
  const [outputs, rows, columns] = now.maps.shape;
  const beside = width > 440;
  const cell = Math.min(36, ((beside ? width / 2 : width) - 26) / columns, 230 / rows);
  const big = { x: 22, y: 22, cell: cell >= 4 ? Math.floor(cell) : cell, rows, columns };
  const left = beside ? big.x + columns * big.cell + 36 : 22;
  const top = beside ? big.y + 18 : big.y + rows * big.cell + 34;
  const across = Math.min(outputs, 4);
  const each = Math.min(84, (width - left - 4) / across - 10);
  const small = Math.min(each / columns, 60 / rows);
  const thumbs = Array.from({ length: outputs }, (_, i) => ({
    x: left + (i % 4) * (each + 10),
    y: top + Math.floor(i / 4) * (rows * small + 30),
    cell: small,
    rows,
    columns,
  }));
  const ends = [big, thumbs.at(-1)].map((map) => map.y + rows * map.cell);
  return { big, thumbs, height: Math.ceil(Math.max(...ends)) + 8 };
}

/** The chosen output map with its numbers, and all maps in small. */
export function drawOutputs({ pen }, plan, now, colours) {
  const say = writer(pen, colours);
  const most = largestOf(now.maps.values);
  const colour = (value) => signedColour(value, most);
  const { big, thumbs } = plan;
  const draw = (i, box, legible) => {
    const kept = { source: now.maps, name: i };
    drawPlane(pen, plane(now.maps, i), box, box.cell, { colour, colours, legible, kept });
  };
  draw(now.output, big, big.cell >= 22);
  const soft = { colour: colours.soft, size: 11 };
  const every = Math.ceil(18 / big.cell);
  for (let c = 0; c < big.columns; c += every) {
    const here = c === now.place[1] ? { colour: colours.estimateInk, bold: true, size: 11 } : soft;
    say(String(c), big.x + (c + 0.5) * big.cell, big.y - 9, { ...here, align: "center" });
  }
  for (let r = 0; r < big.rows; r += every) {
    const here = r === now.place[0] ? { colour: colours.estimateInk, bold: true, size: 11 } : soft;
    say(String(r), big.x - 7, big.y + (r + 0.5) * big.cell, { ...here, align: "end" });
  }
  const [j, k] = now.place;
  const look = { colour: colours.estimate, paper: colours.paper };
  const cell = Math.max(big.cell, 6);
  frame(pen, big.x + k * big.cell, big.y + j * big.cell, cell, cell, look);
  thumbs.forEach((thumb, i) => {
    draw(i, thumb, false);
    const chosen = i === now.output;
    const ink = chosen ? { colour: colours.estimateInk, bold: true } : { colour: colours.soft };
    say(`i = ${i}`, thumb.x, thumb.y - 10, { ...ink, size: 12 });
    const [wide, high] = [thumb.columns * thumb.cell, thumb.rows * thumb.cell];
    if (chosen) frame(pen, thumb.x, thumb.y, wide, high, { ...look, weight: 2 });
  });
}
