// The numbers of the explorer of 2-D convolution. Python is the reference
// (cnncourse/explore/convolution2d_model.py); tests hold this file to its numbers.

import { arrayOf, correlate, flipped, pixel, sameArray } from "./conv.js";
import {
  SMALL,
  afterText,
  equation,
  sentence,
  sumText,
  swapWords,
  torchLine,
  torchRefusal,
} from "./convolution2d_words.js";

/** Whether an image is shown in numbered cells. */
const isSmall = (image) => Math.max(...image.shape) <= SMALL;

/** Samples added before and after an axis, as cnncourse.conv does. */
function axisPadding(taps, mode, flip) {
  if (mode === "valid") return [0, 0];
  if (mode === "full") return [taps - 1, taps - 1];
  const sides = [Math.floor(taps / 2), Math.floor((taps - 1) / 2)];
  return flip ? sides : sides.reverse();
}

/** What is slid over, what slides, how it lies, and the padding. */
function arranged(state) {
  const swapped = state.swap && isSmall(state.image);
  const [over, sliding] = swapped ? [state.kernel, state.image] : [state.image, state.kernel];
  const pads = sliding.shape.map((taps) => axisPadding(taps, state.mode, state.flip));
  return { swapped, over, sliding, lying: state.flip ? flipped(sliding) : sliding, pads };
}

/** The sums of products, bias included, before the ReLU. */
function sumsOf({ over, lying, pads }, { boundary, bias }) {
  const sums = correlate(over, lying, { padding: pads, boundary });
  if (bias) for (let i = 0; i < sums.values.length; i++) sums.values[i] += bias;
  return sums;
}

/** `sums`, negative ones replaced by 0 if there is a ReLU. */
function rectified(sums, relu) {
  return relu ? { shape: sums.shape, values: sums.values.map((v) => (v > 0 ? v : 0)) } : sums;
}

const MADE_FROM = ["image", "kernel", "flip", "mode", "boundary", "swap", "bias", "relu"];

/** Sums and output; those of last time where only the window has moved over them. */
function outputOf(data, roles, state) {
  const from = MADE_FROM.map((name) => state[name]);
  if (!data.output?.from.every((value, i) => value === from[i])) {
    const sums = sumsOf(roles, state);
    data.output = { from, sums, output: rectified(sums, state.relu) };
  }
  return data.output;
}

/** The output at the state's row and column taken apart, null if there is no output. */
function windowOf({ over, lying, pads }, shape, state) {
  if (!shape[0] || !shape[1]) return null;
  const row = Math.min(Math.max(0, state.row), shape[0] - 1);
  const column = Math.min(Math.max(0, state.column), shape[1] - 1);
  const [top, left] = [row - pads[0][0], column - pads[1][0]];
  const [rows, columns] = lying.shape;
  const samples = new Float64Array(rows * columns);
  const products = new Float64Array(rows * columns);
  const inside = [];
  let total = 0;
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      const [r, c] = [top + m, left + n];
      const i = m * columns + n;
      samples[i] = pixel(over, r, c, state.boundary);
      products[i] = samples[i] * lying.values[i];
      total += products[i];
      inside.push(r >= 0 && r < over.shape[0] && c >= 0 && c < over.shape[1]);
    }
  }
  const value = total + state.bias;
  return {
    row,
    column,
    top,
    left,
    inside,
    samples,
    taps: lying.values,
    products,
    total,
    value: state.relu ? Math.max(value, 0) : value,
  };
}

/** Name of a kernel among those that Python sent, or "own". */
function kernelName(known, kernel) {
  return Object.keys(known).find((name) => sameArray(arrayOf(known[name]), kernel)) ?? "own";
}

/** All numbers that the picture needs, from the state. */
export function compute(data, state) {
  const roles = arranged(state);
  const { sums, output } = outputOf(data, roles, state);
  const now = {
    ...roles,
    sums,
    output,
    name: kernelName(data.kernels, state.kernel),
    window: windowOf(roles, sums.shape, state),
  };
  now.row = now.window?.row ?? 0;
  now.column = now.window?.column ?? 0;
  now.before = null;
  if (roles.swapped) {
    const other = arranged({ ...state, swap: false });
    now.before = rectified(sumsOf(other, state), state.relu);
  }
  now.equation = equation(state, now);
  now.torch = torchLine(state, now);
  now.refusal = torchRefusal(state, now);
  now.swap_words = swapWords(state, now);
  now.sum_text = now.window ? sumText(state, now.window) : "";
  now.after_text = now.window ? afterText(state, now.window) : "";
  return now;
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  return sentence(state, now);
}
