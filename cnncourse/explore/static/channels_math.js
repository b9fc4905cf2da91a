// The numbers of the explorer of channels, as cnncourse/explore/channels_model.py, which is the
// reference: tests hold this file to its numbers and its words.
import { convLayer } from "./conv.js";
import { plain } from "./numbers.js";

const nearest = (index, size) => Math.max(0, Math.min(index, size - 1));

/** The input with zeros for muted channels. */
function soundingInput({ x, muted }) {
  if (!muted.length) return x;
  const area = x.shape[1] * x.shape[2];
  const values = Float64Array.from(x.values);
  for (const channel of muted) values.fill(0, channel * area, (channel + 1) * area);
  return { shape: x.shape, values };
}

let lastMaps = { key: [], maps: null };

/** The whole output; it is computed anew only when something that makes it has changed. */
function mapsOf(state) {
  const key = [state.x, state.kernel, state.bias, String(state.muted)];
  if (!lastMaps.maps || key.some((part, i) => part !== lastMaps.key[i])) {
    const maps = convLayer(soundingInput(state), state.kernel, state.bias.values);
    lastMaps = { key, maps };
  }
  return lastMaps.maps;
}

/** Pixels (C, kH, kW) under a kernel whose corner lies at (j, k). */
function windowOf(x, [rows, columns], [j, k]) {
  const [channels, height, width] = x.shape;
  const values = new Float64Array(channels * rows * columns);
  let at = 0;
  for (let l = 0; l < channels; l++) {
    for (let m = 0; m < rows; m++) {
      const from = (l * height + j + m) * width + k;
      for (let n = 0; n < columns; n++) values[at++] = x.values[from + n];
    }
  }
  return { shape: [channels, rows, columns], values };
}

/** The slice K[i] (C, kH, kW) of the kernel that makes output channel i. */
function kernelSlice({ shape, values }, i) {
  const size = shape[1] * shape[2] * shape[3];
  return { shape: shape.slice(1), values: values.subarray(i * size, (i + 1) * size) };
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** What usual slips would give in place of the sum. */
function slipsOf(x, kernel, [i, j, k], shares, bias) {
  const [outputs, channels, rows, columns] = kernel.shape;
  const [, height, width] = x.shape;
  let oneBased = bias;
  let swapped = channels <= outputs && i < channels ? bias : NaN;
  for (let l = 0; l < channels; l++) {
    for (let m = 0; m < rows; m++) {
      for (let n = 0; n < columns; n++) {
        const weightAt = (a, b) => kernel.values[((a * channels + b) * rows + m) * columns + n];
        // -1 is the last row, as anywhere in NumPy.
        const row = (j + m - 1 + height) % height;
        const column = (k + n - 1 + width) % width;
        oneBased += x.values[(l * height + row) * width + column] * weightAt(i, l);
        if (Number.isNaN(swapped)) continue;
        swapped += x.values[(l * height + j + m) * width + k + n] * weightAt(l, i);
      }
    }
  }
  const mean = bias + total(shares) / channels;
  return { last: bias + shares.at(-1), mean, one_based: oneBased, swapped };
}

/** What a convolution and a dense layer of the same sizes have to learn. */
function parametersOf(x, kernel) {
  const [outputs, , rows, columns] = kernel.shape;
  const made = outputs * (x.shape[1] - rows + 1) * (x.shape[2] - columns + 1);
  const inputs = x.values.length;
  return {
    convolution: kernel.values.length + outputs,
    dense: inputs * made + made,
    inputs,
    outputs: made,
  };
}

/** All that the explorer shows, as sums() in Python. */
export function compute(data, state) {
  const { x, kernel } = state;
  const [outputs, channels, ...taps] = kernel.shape;
  const maps = mapsOf(state);
  const output = nearest(state.output, outputs);
  const channel = nearest(state.channel, channels);
  const [m, n] = state.offset.map((at, a) => nearest(at, taps[a]));
  const [j, k] = state.place.map((at, a) => nearest(at, maps.shape[a + 1]));
  const window = windowOf(x, taps, [j, k]);
  const slice = kernelSlice(kernel, output);
  const made = window.values.map((value, a) => value * slice.values[a]);
  const products = { shape: window.shape, values: made };
  const area = taps[0] * taps[1];
  const shares = Array.from({ length: channels }, (_, l) =>
    state.muted.includes(l) ? 0 : total(products.values.subarray(l * area, (l + 1) * area)),
  );
  const bias = state.bias.values[output];
  const at = (channel * taps[0] + m) * taps[1] + n;
  return {
    ...{ output, channel, maps, window, slice, products, shares, bias },
    offset: [m, n],
    place: [j, k],
    total: maps.values[(output * maps.shape[1] + j) * maps.shape[2] + k],
    term: {
      row: j + m,
      column: k + n,
      pixel: window.values[at],
      weight: slice.values[at],
      product: products.values[at],
    },
    slips: slipsOf(soundingInput(state), kernel, [output, j, k], shares, bias),
    parameters: parametersOf(x, kernel),
  };
}

/** Name of an input channel, its number if it has none. */
export const channelName = (state, l) => state.names[l] || `channel ${l}`;

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  const parts = now.shares.map((share, l) => {
    const muted = state.muted.includes(l) ? " (muted)" : "";
    return `${channelName(state, l)} ${plain(share)}${muted}`;
  });
  const { offset, place, term, parameters } = now;
  return (
    `Output channel ${now.output} at row ${place[0]}, column ${place[1]} is ${plain(now.total)}: ` +
    `${parts.join(", ")}, bias ${plain(now.bias)}. ` +
    `The term of ${channelName(state, now.channel)} at offset ${offset[0]}, ${offset[1]} is the ` +
    `pixel in row ${term.row}, column ${term.column}, ${plain(term.pixel)}, times the weight ` +
    `${plain(term.weight)}: ${plain(term.product)}. ` +
    `The convolution has ${parameters.convolution} parameters, a dense layer ${parameters.dense}.`
  );
}
