// The Toeplitz explorer's numbers: the matrix of a convolution, and what a row of it does. Python
// is the reference (cnncourse/explore/toeplitz_model.py); tests hold this file to its numbers.

import { correlate, flipped } from "./conv.js";
import { added, bracketed, fixed, plain, plural } from "./numbers.js";

/** Kernel and input as planes: a signal is an image of one row. */
const asPlane = ({ shape, values }) => ({
  shape: shape.length === 1 ? [1, ...shape] : shape,
  values,
});

/** First output that a mode keeps of the full ones, and how many, along one axis. */
function keptAlong(k, n, mode) {
  if (mode === "full") return [0, n + k - 1];
  return mode === "same" ? [Math.floor((k - 1) / 2), n] : [k - 1, Math.max(0, n - k + 1)];
}

/** Letters of kernel, input and output, as in eq. (2) and eq. (3). */
export const letters = (axes) => (axes === 1 ? ["w", "x", "s"] : ["K", "I", "S"]);

/** An entry as the equations write it: "w[4]", or "K[1, 2]" of an image `columns` wide. */
export function entryName(letter, axes, index, columns) {
  return axes === 1
    ? `${letter}[${index}]`
    : `${letter}[${Math.floor(index / columns)}, ${index % columns}]`;
}

/** Which weight stands in each cell of T, -1 where T is always 0. */
function tapsOf(kernel, image, size) {
  const [height, width] = image.shape;
  const columns = height * width;
  const taps = new Int16Array(size[0] * size[1] * columns).fill(-1);
  for (let p = 0; p < height; p++) {
    for (let q = 0; q < width; q++) {
      for (let a = 0; a < kernel.shape[0]; a++) {
        for (let b = 0; b < kernel.shape[1]; b++) {
          const row = (p + a) * size[1] + q + b;
          taps[row * columns + p * width + q] = a * kernel.shape[1] + b;
        }
      }
    }
  }
  return taps;
}

/** Which outputs the mode keeps: a 1 for each. */
function keptRows(kernel, image, size, mode) {
  const [rows, columns] = [0, 1].map((i) => keptAlong(kernel.shape[i], image.shape[i], mode));
  const within = ([first, count], i) => i >= first && i < first + count;
  return Uint8Array.from({ length: size[0] * size[1] }, (_, r) =>
    Number(within(rows, Math.floor(r / size[1])) && within(columns, r % size[1])),
  );
}

/** Cells of the kept rows, those that hold a weight, and those that hold the weight lit up. */
function countCells(taps, kept, columns, weight) {
  const counts = { cells: 0, filled: 0, repeats: 0 };
  const used = new Set();
  kept.forEach((yes, row) => {
    if (!yes) return;
    counts.cells += columns;
    for (let c = 0; c < columns; c++) {
      const tap = taps[row * columns + c];
      counts.filled += Number(tap >= 0);
      if (tap >= 0) used.add(tap);
      counts.repeats += Number(weight >= 0 && tap === weight);
    }
  });
  return { ...counts, used: used.size };
}

/** The products of a row, in the order of the input. */
function termsOf(taps, row, kernel, image) {
  const terms = [];
  image.values.forEach((value, column) => {
    const tap = taps[row * image.values.length + column];
    if (tap < 0) return;
    const weight = kernel.values[tap];
    terms.push({ column, tap, weight, value, product: weight * value });
  });
  return terms;
}

/** An array cut, or filled up with ones, at its far ends. */
export function resizedArray({ shape: [...old], values }, shape) {
  const columns = shape.at(-1);
  const oldColumns = old.at(-1);
  const oldRows = old.length === 1 ? 1 : old[0];
  const size = shape.reduce((product, n) => product * n, 1);
  const filled = Float64Array.from({ length: size }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    return r < oldRows && c < oldColumns ? values[r * oldColumns + c] : 1;
  });
  return { shape, values: filled };
}

/** All numbers that the picture needs, from the state. */
export function compute(data, state) {
  const [kernel, image] = [asPlane(state.weights), asPlane(state.signal)];
  const size = [0, 1].map((i) => image.shape[i] + kernel.shape[i] - 1);
  const [rows, columns] = [size[0] * size[1], image.values.length];
  const row = Math.min(Math.max(state.row, 0), rows - 1);
  const weight = state.weight >= 0 && state.weight < kernel.values.length ? state.weight : -1;
  const taps = tapsOf(kernel, image, size);
  const kept = keptRows(kernel, image, size, state.mode);
  const padding = kernel.shape.map((k) => [k - 1, k - 1]);
  const terms = termsOf(taps, row, kernel, image);
  return {
    axes: state.weights.shape.length,
    kernel,
    image,
    size,
    rows,
    columns,
    row,
    weight,
    taps,
    kept,
    count: kept.reduce((sum, yes) => sum + yes, 0),
    output: correlate(image, flipped(kernel), { padding }).values,
    terms,
    total: terms.reduce((sum, { product }) => sum + product, 0),
    ...countCells(taps, kept, columns, weight),
  };
}

/** Size and sparsity of T in words. */
function shapeInWords(now) {
  const { rows, columns, count, cells, filled, axes, size, kernel, image } = now;
  if (!count) return "The kernel is longer than the signal, so that valid keeps no row.";
  const kept = count < rows ? `${count} of ` : "";
  const weights = kernel.values.length;
  const hold = plural(filled, "holds", "hold");
  const several = now.used < weights ? `${now.used} of the ${weights}` : `the ${weights}`;
  const which = weights === 1 ? "the only weight" : `one of ${several} weights`;
  const zeros = plural(cells - filled, "is", "are").split(" ");
  const words =
    `T has ${kept}${plural(rows, "row")} and ${plural(columns, "column")}. ` +
    `${count} times ${columns} is ${plural(cells, "cell")}: ${hold} ${which}, ` +
    `${zeros[0]} (${fixed((100 * (cells - filled)) / cells, 1)} %) ${zeros[1]} zero.`;
  if (axes === 1) return words;
  const [down, across] = [size[0], size[1]].map((n, i) => `${n} by ${image.shape[i]}`);
  return `${words} T is ${down} blocks of ${across} cells.`;
}

/** The chosen row's sum in words. */
function rowInWords({ row, terms, total, axes, size }) {
  const products = added(terms.map((t) => `${plain(t.weight)}·${bracketed(plain(t.value))}`));
  const made = entryName(letters(axes)[2], axes, row, size[1]);
  return `Row ${row} times the input is ${made} = ${products} = ${plain(total)}.`;
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  if (!now.count) return shapeInWords(now);
  const words = [shapeInWords(now), rowInWords(now)];
  if (now.weight >= 0) {
    const name = entryName(letters(now.axes)[0], now.axes, now.weight, now.kernel.shape[1]);
    const value = plain(now.kernel.values[now.weight]);
    words.push(`The weight ${name} = ${value} stands ${plural(now.repeats, "time")}.`);
  }
  if (state.mode !== "full") {
    words.push(`Row ${now.row} is ${now.kept[now.row] ? "kept" : "dropped"} by ${state.mode}.`);
  }
  return words.join(" ");
}
