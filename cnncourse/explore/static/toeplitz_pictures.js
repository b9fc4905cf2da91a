// The Toeplitz explorer's picture: the input above the matrix, the outputs beside it, the products
// of the chosen row below it, all in the matrix' own columns and rows.

import { line, writer } from "./kit.js";
import { css, inkOn, largestOf, signedColour } from "./grid.js";
import { added, bracketed, plain } from "./numbers.js";
import { entryName, letters } from "./toeplitz_math.js";

/** Width of a digit, for its size. */
const DIGIT = 0.62;

/** A number in so few letters of `size` that it fits into `width` pixels; "…" if that would be off
 * by more than a twentieth. */
export function nearly(value, width, size = 12) {
  const room = Math.floor((width - 1) / (DIGIT * size));
  for (const digits of [3, 2, 1, 0]) {
    const near = Number(value.toFixed(digits));
    const text = plain(near);
    if (text.length <= room && Math.abs(near - value) <= 0.05 * Math.abs(value) + 1e-9) return text;
  }
  const power = value.toExponential(0).replace("+", "").replace(/-/g, "−");
  return power.length <= room && Math.abs(value) < 5e-4 ? power : "…";
}

/** The largest size of letters, 10 at least, in which all numbers fit as they are; 11 if none. */
function sizeFor(values, width, tallest = 13) {
  const fits = (size) => values.every((value) => nearly(value, width, size) === plain(value));
  return [13, 12, 11, 10].find((size) => size <= tallest && fits(size)) ?? 11;
}

/** Size of the numbers in the matrix: 0 (no numbers at all) if a weight does not fit. */
function textSize(now, wide, tall) {
  const weights = Array.from(now.kernel.values);
  const size = sizeFor(weights, wide, tall - 2);
  return weights.some((value) => nearly(value, wide, size) === "…") ? 0 : size;
}

/** Colour of a weight by sign and size, never so dark as to hide its number. */
export function weightColour(now, value) {
  return signedColour(value, 1.4 * largestOf(now.kernel.values));
}

/** Where everything stands, for drawing and for finding what was clicked. */
export function plan(width, now) {
  const flat = now.axes === 1;
  const narrow = width < 560;
  const left = narrow ? 70 : 76;
  const names = narrow ? 0 : flat ? 46 : 56;
  const room = width - left - names - (narrow ? 78 : 84);
  const most = flat ? 58 : 46;
  const wide = Math.max(9, Math.min(most, Math.floor(room / now.columns)));
  const tall =
    now.rows <= 14 ? 29 : now.rows <= 18 ? 26 : now.rows <= 25 ? 21 : now.rows <= 36 ? 17 : 14;
  const top = flat ? 60 : 80;
  const bottom = top + now.rows * tall;
  const right = left + now.columns * wide;
  return {
    flat,
    left,
    right,
    top,
    bottom,
    wide,
    tall,
    text: textSize(now, wide, tall),
    named: names > 0,
    names: 12,
    inputs: 22,
    inputTall: 26,
    strip: top - 18,
    products: bottom + 16,
    output: right + 28,
    value: right + 28 + names,
    valueWide: width - right - 28 - names,
    height: bottom + 16 + 26 + 10,
    row: (y) => Math.max(0, Math.min(now.rows - 1, Math.floor((y - top) / tall))),
    column: (x) => Math.floor((x - left) / wide),
  };
}

/** Row and weight under a point of the picture: the weight is -1 off the matrix or on a zero. */
export function hit(at, { x, y }, now) {
  const row = at.row(y);
  const column = at.column(x);
  const inside = column >= 0 && column < now.columns && y >= at.top && y < at.bottom;
  return { row, weight: inside ? now.taps[row * now.columns + column] : -1, inside };
}

/** The whole picture. */
export function drawMatrix({ pen }, at, now, colours) {
  const say = writer(pen, colours);
  drawPath(pen, at, now, colours);
  drawInput(pen, say, at, now, colours);
  if (!at.flat) drawStrip(say, at, now, colours);
  drawCells(pen, say, at, now, colours);
  drawRules(pen, at, now, colours);
  drawRowNames(say, at, now, colours);
  drawOutputs(say, at, now, colours);
  drawProducts(say, at, now, colours);
  drawFrames(pen, at, now, colours);
}

/** A shaded band from each input that the row uses, through the row, to its product. */
function drawPath(pen, at, now, colours) {
  pen.fillStyle = colours.shade;
  for (const { column } of now.terms) {
    const x = at.left + column * at.wide;
    pen.fillRect(x, at.inputs, at.wide, at.products + 26 - at.inputs);
  }
}

/** The input, one number over each column. */
function drawInput(pen, say, at, now, colours) {
  const used = new Set(now.terms.map(({ column }) => column));
  const [, letter] = letters(now.axes);
  const middle = at.inputs + at.inputTall / 2;
  say(`input ${letter}`, at.left - 8, middle, { align: "end", bold: true });
  const width = now.image.shape[1];
  const size = sizeFor(Array.from(now.image.values), at.wide);
  now.image.values.forEach((value, column) => {
    const x = at.left + (column + 0.5) * at.wide;
    const name = at.flat
      ? `${letter}[${column}]`
      : `${Math.floor(column / width)},${column % width}`;
    if (name.length * 6 < at.wide - 2) {
      say(name, x, at.names, { align: "center", size: 11, colour: colours.soft });
    }
    say(nearly(value, at.wide, size), x, middle, {
      align: "center",
      size,
      bold: used.has(column),
      colour: used.has(column) ? colours.ink : colours.soft,
    });
  });
  if (at.flat) return;
  for (let p = 0; p <= now.image.shape[0]; p++) {
    const x = at.left + p * width * at.wide;
    line(pen, x, at.inputs, x, at.strip + 18, { colour: colours.ink });
  }
}

/** Over each column of blocks: the kernel row in the block that the chosen row runs through. */
function drawStrip(say, at, now, colours) {
  const i = Math.floor(now.row / now.size[1]);
  const width = now.image.shape[1] * at.wide;
  say("block", at.left - 8, at.strip + 8, { align: "end", size: 11, colour: colours.soft });
  for (let p = 0; p < now.image.shape[0]; p++) {
    const kernelRow = i - p;
    const there = kernelRow >= 0 && kernelRow < now.kernel.shape[0];
    const words = there ? (width > 92 ? `kernel row ${kernelRow}` : `K row ${kernelRow}`) : "zeros";
    if (words.length * 6.6 > width) continue;
    say(words, at.left + (p + 0.5) * width, at.strip + 8, {
      align: "center",
      size: 11,
      bold: there,
      colour: there ? colours.ink : colours.soft,
    });
  }
}

/** The cells of T: a weight on its colour, a light 0 elsewhere; pale where the mode drops the row,
 * and where another weight is lit up. */
function drawCells(pen, say, at, now, colours) {
  for (let r = 0; r < now.rows; r++) {
    const y = at.top + r * at.tall;
    for (let c = 0; c < now.columns; c++) {
      const x = at.left + c * at.wide;
      const tap = now.taps[r * now.columns + c];
      const off = !now.kept[r];
      const text = { align: "center", size: at.text };
      if (tap < 0) {
        if (!at.text) continue;
        pen.globalAlpha = off ? 0.3 : 0.6;
        say("0", x + at.wide / 2, y + at.tall / 2 + 0.5, { ...text, colour: colours.soft });
        pen.globalAlpha = 1;
        continue;
      }
      const value = now.kernel.values[tap];
      const rgb = weightColour(now, value);
      const lit = now.weight < 0 || now.weight === tap;
      pen.globalAlpha = (off ? 0.3 : 1) * (lit ? 1 : 0.3);
      pen.fillStyle = css(rgb);
      pen.fillRect(x, y, at.wide, at.tall);
      if (at.text) {
        const bold = now.weight === tap;
        const colour = lit && !off ? inkOn(rgb) : colours.ink;
        pen.globalAlpha = off ? 0.45 : lit ? 1 : 0.75;
        say(nearly(value, at.wide, at.text), x + at.wide / 2, y + at.tall / 2 + 0.5, {
          ...text,
          colour,
          bold,
        });
      }
      pen.globalAlpha = 1;
    }
  }
}

/** Thin lines between cells, then thick ones around blocks. */
function drawRules(pen, at, now, colours) {
  const every = at.flat ? [now.rows, now.columns] : [now.size[1], now.image.shape[1]];
  const rule = (steps, style) => {
    for (let r = 0; r <= now.rows; r += steps[0]) {
      const y = Math.round(at.top + r * at.tall) + 0.5;
      line(pen, at.left, y, at.right + 1, y, style);
    }
    for (let c = 0; c <= now.columns; c += steps[1]) {
      const x = Math.round(at.left + c * at.wide) + 0.5;
      line(pen, x, at.top, x, at.bottom, style);
    }
  };
  rule([1, 1], { colour: colours.grid });
  rule(every, { colour: colours.ink, width: 1.5 });
}

/** The numbers of the rows. */
function drawRowNames(say, at, now, colours) {
  for (let r = 0; r < now.rows; r++) {
    const here = r === now.row;
    say(here ? `row ${r}` : String(r), at.left - 10, at.top + (r + 0.5) * at.tall, {
      align: "end",
      size: here ? 13 : 11,
      bold: here,
      colour: here ? colours.ink : colours.soft,
    });
  }
}

/** The outputs, each beside its row; struck through where the mode drops it. */
function drawOutputs(say, at, now, colours) {
  const [, , letter] = letters(now.axes);
  say(at.named ? `output ${letter}` : letter, at.named ? at.output : at.value, at.top - 12, {
    bold: true,
  });
  for (let r = 0; r < now.rows; r++) {
    const y = at.top + (r + 0.5) * at.tall;
    const here = r === now.row;
    const colour = here ? colours.ink : colours.soft;
    const size = here ? 14 : Math.min(13, Math.max(11, at.tall - 6));
    if (at.named) {
      const name = entryName(letter, now.axes, r, now.size[1]);
      say(name, at.output, y, { size: 11, bold: here, colour });
    }
    if (!now.kept[r]) {
      say("dropped", at.value, y, { size: 11, colour: colours.soft });
      continue;
    }
    const ink = here ? colours.estimateInk : colours.ink;
    say(nearly(now.output[r], at.valueWide, size), at.value, y, { size, bold: here, colour: ink });
  }
}

/** Below the matrix: weight times input in each column that the row uses, and their sum. */
function drawProducts(say, at, now, colours) {
  const middle = at.products + 13;
  say("products", at.left - 8, middle, { align: "end", bold: true });
  const size = sizeFor(
    now.terms.map((term) => term.product),
    at.wide,
  );
  for (const { column, product } of now.terms) {
    const x = at.left + (column + 0.5) * at.wide;
    say(nearly(product, at.wide, size), x, middle, { align: "center", size, bold: true });
  }
  say(at.named ? "sum =" : "=", at.value - 6, middle, { align: "end", bold: true });
  say(nearly(now.total, at.valueWide, 15), at.value, middle, {
    size: 15,
    bold: true,
    colour: colours.estimateInk,
  });
}

/** Frames: the chosen row, with an arrow to its output, and the cells of the weight lit up. */
function drawFrames(pen, at, now, colours) {
  pen.strokeStyle = colours.ink;
  if (now.weight >= 0) {
    pen.lineWidth = 2;
    for (let cell = 0; cell < now.taps.length; cell++) {
      const [r, c] = [Math.floor(cell / now.columns), cell % now.columns];
      if (now.taps[cell] !== now.weight || !now.kept[r]) continue;
      const [x, y] = [at.left + c * at.wide, at.top + r * at.tall];
      pen.strokeRect(x + 1.5, y + 1.5, at.wide - 2, at.tall - 2);
    }
  }
  const y = at.top + now.row * at.tall;
  pen.strokeStyle = colours.estimate;
  pen.lineWidth = 3;
  pen.strokeRect(at.left - 1, y - 0.5, at.right - at.left + 3, at.tall + 2);
  const middle = y + at.tall / 2;
  line(pen, at.right + 3, middle, at.output - 10, middle, { colour: colours.estimate, width: 2.5 });
  pen.fillStyle = colours.estimate;
  pen.beginPath();
  pen.moveTo(at.output - 4, middle);
  pen.lineTo(at.output - 12, middle - 5);
  pen.lineTo(at.output - 12, middle + 5);
  pen.fill();
}

/** The sum of the chosen row: by names if they are few, in numbers, and what they come to. */
export function sumInWords(now) {
  const [weight, input, output] = letters(now.axes);
  const by = (letter, index, columns) => entryName(letter, now.axes, index, columns);
  const made = by(output, now.row, now.size[1]);
  const names = now.terms.map(
    (t) => `${by(weight, t.tap, now.kernel.shape[1])}·${by(input, t.column, now.image.shape[1])}`,
  );
  const numbers = now.terms.map((t) => `${plain(t.weight)}·${bracketed(plain(t.value))}`);
  return { made, names: names.join(" + "), numbers: added(numbers), total: plain(now.total) };
}
