// What the layers explorer draws: maps of all channels, what makes one output, and the scores.
import { bar, line, writer } from "./kit.js";
import { fixed } from "./numbers.js";
import {
  css,
  greyColour,
  inkOn,
  largestOf,
  magnitudeColour,
  paintMap,
  signedColour,
} from "./grid.js";

/** The colour of the chosen unit, of its channel and of what it sees. */
export const MARK = "#d0359b";

/** Colours for a layer's numbers and their range in words, the same for all its channels. */
export function colouring(data, { values }, number) {
  if (number === 0) {
    const [low, high] = data.ink;
    // Ink is dark, light is bright.
    const share = (v) => (v - low) / (high - low);
    const colour = (v) => greyColour(data.paper ? 1 - share(v) : share(v));
    const words = `black ${fixed(low)} … white ${fixed(high)}`;
    return { colour, words: data.paper ? "white 0 … black 1" : words };
  }
  const largest = largestOf(values);
  if (values.some((v) => v < 0)) {
    const words = `orange −${fixed(largest)} … white 0 … blue ${fixed(largest)}`;
    return { colour: (v) => signedColour(v, largest), words };
  }
  const colour = (v) => magnitudeColour(largest ? v / largest : 0);
  return { colour, words: largest ? `dark 0 … yellow ${fixed(largest)}` : "0 everywhere" };
}

/** Where the small maps of a layer lie: columns, size of each, and height in all. */
export function mapPlaces([channels, rows, columns], width) {
  // In one row if that leaves them large enough to see.
  const room = channels > 32 ? 40 : Math.max(46, Math.min(68, Math.floor(width / channels) - 11));
  const scale = Math.min(room / Math.max(rows, columns), 14);
  const [wide, tall] = [Math.max(16, columns * scale), Math.max(16, rows * scale)];
  const across = Math.max(1, Math.min(channels, Math.floor((width + 6) / (wide + 10))));
  const box = (i) => ({
    x: 3 + (i % across) * (wide + 10),
    y: 3 + Math.floor(i / across) * (tall + 22),
    width: wide,
    height: tall,
  });
  return { box, height: Math.ceil(channels / across) * (tall + 22) + 2 };
}

/** The maps of all channels of a layer, in small. */
export function drawMaps({ pen, width }, now, colour, colours) {
  const say = writer(pen, colours);
  const [channels, rows, cols] = now.layer.shape;
  const { values } = now.outputs[now.number];
  const places = mapPlaces(now.layer.shape, width);
  for (let i = 0; i < channels; i++) {
    const { x, y, width: wide, height: tall } = places.box(i);
    const some = values.subarray(i * rows * cols, (i + 1) * rows * cols);
    paintMap(pen, { rows, cols, values: some, colour }, x, y, wide, tall);
    const chosen = i === now.channel;
    pen.strokeStyle = chosen ? MARK : colours.soft;
    pen.lineWidth = chosen ? 3 : 1;
    pen.strokeRect(x - 1, y - 1, wide + 2, tall + 2);
    say(String(i), x + wide / 2, y + tall + 10, { align: "center", size: 11, bold: chosen });
  }
}

/** Decimals that show the largest of some numbers. */
function decimalsFor(values) {
  const largest = largestOf(Array.from(values).filter(Number.isFinite));
  return largest >= 0.1 || largest === 0 ? 2 : largest >= 0.01 ? 3 : 4;
}

/** An array of numbers as cells, with the numbers in them where they fit. */
function drawCells(pen, { rows, cols, values, colour }, x, y, size, font) {
  const digits = decimalsFor(values);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const value = values[r * cols + c];
      const known = Number.isFinite(value);
      const rgb = known ? colour(value) : [200, 200, 200];
      pen.fillStyle = css(rgb);
      pen.fillRect(x + c * size, y + r * size, size, size);
      pen.strokeStyle = "rgb(128 128 128 / 45%)";
      pen.lineWidth = 1;
      pen.strokeRect(x + c * size + 0.5, y + r * size + 0.5, size - 1, size - 1);
      if (!font || size < 31 + 4 * (digits - 2)) continue;
      pen.font = `${size < 36 || digits > 2 ? 11 : 12}px ${font}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillStyle = inkOn(rgb);
      pen.fillText(fixed(value, digits), x + (c + 0.5) * size, y + (r + 0.5) * size + 0.5);
    }
  }
}

/** Which incoming channels are drawn, the strongest of many, and where. */
export function incomingPlaces(now, width) {
  const { sums, inputs } = now.made;
  const [, rows, columns] = inputs.shape;
  const most = Math.max(1, Math.floor((width - 60) / Math.max(46, Math.min(columns * 6, 90))));
  const shownOnes = Array.from(sums.keys())
    .sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a]))
    .slice(0, most)
    .sort((a, b) => a - b);
  if (!shownOnes.includes(now.incoming)) shownOnes[shownOnes.length - 1] = now.incoming;
  const step = Math.min(90, (width - 60) / shownOnes.length);
  const size = Math.max(1, Math.min(13, (step - 8) / columns, 60 / rows));
  return { list: shownOnes.sort((a, b) => a - b), step, size, tall: rows * size, left: 58 };
}

/** Height that `drawIncoming` takes. */
export const incomingHeight = (now, width) => 2 * incomingPlaces(now, width).tall + 52;

const planeOf = ({ shape: [, rows, cols], values }, i) => ({
  rows,
  cols,
  values: values.subarray(i * rows * cols, (i + 1) * rows * cols),
});

/** One column for each incoming channel: its window, the weights on it, the sum of products. */
export function drawIncoming({ pen, width }, now, colour, colours) {
  const say = writer(pen, colours);
  const { list, step, size, tall, left } = incomingPlaces(now, width);
  const { inputs, weights, sums } = now.made;
  const strongest = largestOf(weights.values);
  const soft = { colour: colours.soft, size: 11 };
  say("channel", 0, 8, soft);
  say("input", 0, 20 + tall / 2, soft);
  say("weights", 0, 28 + 1.5 * tall, soft);
  say("sum", 0, 42 + 2 * tall, soft);
  list.forEach((l, i) => {
    const x = left + i * step;
    const chosen = l === now.incoming;
    const words = { size: 11, bold: chosen, align: "center" };
    const middle = x + (planeOf(inputs, l).cols * size) / 2;
    say(String(l), middle, 8, words);
    drawCells(pen, { ...planeOf(inputs, l), colour }, x, 18, size);
    const weighed = { ...planeOf(weights, l), colour: (v) => signedColour(v, strongest) };
    drawCells(pen, weighed, x, 24 + tall, size);
    say(fixed(sums[l]), middle, 42 + 2 * tall, words);
    if (!chosen) return;
    pen.strokeStyle = MARK;
    pen.lineWidth = 2.5;
    pen.strokeRect(x - 3, 15, planeOf(inputs, l).cols * size + 6, 2 * tall + 12);
  });
}

/** Size of a cell when `count` arrays of so many columns stand side by side. */
const cellSize = (columns, count, width) =>
  Math.max(2, Math.min(42, Math.floor((width - 30 * (count - 1)) / (count * columns))));

/** Height that `drawProducts` takes. */
export function productsHeight({ made }, width) {
  const [, rows, columns] = made.inputs.shape;
  return rows * cellSize(columns, made.weights ? 3 : 1, width) + 24;
}

/** Input × weights = products of one incoming channel, or the window that is summarised. */
export function drawProducts({ pen, width }, now, colour, colours) {
  const say = writer(pen, colours);
  const { inputs, weights } = now.made;
  const l = weights ? now.incoming : 0;
  const one = planeOf(inputs, l);
  const size = cellSize(one.cols, weights ? 3 : 1, width);
  const wide = one.cols * size;
  const middle = 20 + (one.rows * size) / 2;
  say("input", 0, 8, { size: 12, bold: true });
  drawCells(pen, { ...one, colour }, 0, 20, size, colours.font);
  if (!weights) return;
  const w = planeOf(weights, l);
  const products = one.values.map((v, i) => v * w.values[i]);
  const [strongest, largest] = [largestOf(weights.values), largestOf(products)];
  const at = (i) => i * (wide + 30);
  say("×", at(1) - 15, middle, { size: 20, align: "center" });
  say("=", at(2) - 15, middle, { size: 20, align: "center" });
  say("weights", at(1), 8, { size: 12, bold: true });
  say("products", at(2), 8, { size: 12, bold: true });
  const signed = (most) => (v) => signedColour(v, most);
  drawCells(pen, { ...w, colour: signed(strongest) }, at(1), 20, size, colours.font);
  const made = { ...one, values: products, colour: signed(largest) };
  drawCells(pen, made, at(2), 20, size, colours.font);
}

/** Height of a score's row. */
const SCORE_ROW = 18;
export const scoresHeight = ({ verdict }) => verdict.scores.length * SCORE_ROW + 24;

/** A bar for each class: how large its share is, with its score. */
export function drawScores({ pen, width }, { verdict, label }, colours) {
  const say = writer(pen, colours);
  const [left, right] = [30, width - 62];
  say("share by softmax", left, 9, { size: 11, colour: colours.soft });
  say("score", width - 2, 9, { size: 11, colour: colours.soft, align: "end" });
  verdict.shares.forEach((share, i) => {
    const y = 20 + i * SCORE_ROW;
    const best = i === verdict.best;
    say(String(i), 12, y + SCORE_ROW / 2, { bold: best, align: "center", size: 13 });
    if (i === label) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.5;
      pen.strokeRect(3, y + 2, 18, SCORE_ROW - 3);
    }
    line(pen, left, y + SCORE_ROW - 1, right, y + SCORE_ROW - 1, { colour: colours.grid });
    const end = left + share * (right - left);
    const words = `${fixed(100 * share, 1)} %`;
    if (share >= 0.0005) {
      const colour = best ? MARK : colours.plus;
      bar(pen, left, Math.max(1, end - left), y + 2, y + SCORE_ROW - 3, { colour });
      const inside = share > 0.6;
      say(words, inside ? end - 5 : end + 5, y + SCORE_ROW / 2, {
        size: 11,
        bold: best,
        align: inside ? "end" : "start",
        colour: inside ? (best || !colours.dark ? "#fff" : "#000") : colours.ink,
      });
    }
    const last = { size: 11, bold: best, align: "end" };
    say(fixed(verdict.scores[i]), width - 2, y + SCORE_ROW / 2, last);
  });
}

/** An image of any size with what the unit sees of it framed; its height is `imageHeight`. */
export const imageHeight = ([, rows, columns], width) => Math.min(260, (width * rows) / columns);
export function drawImage({ pen, width, height }, data, image, now) {
  const [channels, rows, cols] = image.shape;
  const values = new Float64Array(rows * cols);
  for (let i = 0; i < image.values.length; i++)
    values[i % values.length] += image.values[i] / channels;
  const size = Math.min(width / cols, height / rows);
  const { colour } = colouring(data, image, 0);
  paintMap(pen, { rows, cols, values, colour }, 0, 0, cols * size, rows * size);
  if (!now.seen) return;
  const [top, bottom, left, right] = now.seen;
  pen.strokeStyle = MARK;
  pen.lineWidth = 2.5;
  pen.strokeRect(left * size, top * size, (right - left + 1) * size, (bottom - top + 1) * size);
}

/** The chosen channel as a map, its unit framed. */
export function drawChannel({ pen, width, height }, now, colour) {
  const [, rows, cols] = now.layer.shape;
  const first = now.channel * rows * cols;
  const values = now.outputs[now.number].values.subarray(first, first + rows * cols);
  const size = Math.min(width / cols, height / rows);
  paintMap(pen, { rows, cols, values, colour }, 0, 0, cols * size, rows * size);
  pen.strokeStyle = MARK;
  pen.lineWidth = 2;
  pen.strokeRect(now.column * size - 1, now.row * size - 1, size + 2, size + 2);
}
