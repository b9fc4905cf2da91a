// What the layers explorer shows, in numbers and words: as cnncourse/explore/layers_model.py and
// layers_words.py. The course's network is computed here; of any other, Python sends the outputs.
import { convLayer } from "./conv.js";
import { pool } from "./pool.js";
import { fromModel } from "./kit.js";
import { added, fixed, plural } from "./numbers.js";

const MOST_SCORES = 20;
const MOST_SUMS = 12;

/** Bytes from Python as numbers of a kind (Float32Array, ...), in double precision. */
function numbersOf(view, Kind) {
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return Float64Array.from(new Kind(copy));
}

/** What Python sent once: the network, its weights, the examples. */
export function preparedLayers(about, weights, samples) {
  const [channels, rows, columns] = about.layers[0].shape;
  const size = channels * rows * columns;
  const pixels = numbersOf(samples, Float32Array);
  const steps = numbersOf(weights, about.builtin ? Int8Array : Float32Array);
  return {
    ...about,
    numbers: steps.map((n) => (about.builtin ? n * about.step : n)),
    samples: Array.from({ length: pixels.length / size }, (_, i) => ({
      shape: about.layers[0].shape,
      values: pixels.slice(i * size, (i + 1) * size),
    })),
  };
}

/** Kernel and bias of a layer at an epoch, or null. */
export function parametersOf(data, number, epoch) {
  const { kernel: shape, at } = data.layers[number];
  if (!shape) return null;
  const first = at + Math.max(0, data.epochs.indexOf(epoch)) * data.weights;
  const size = shape.reduce((product, n) => product * n, 1);
  const numbers = ArrayBuffer.isView(data.numbers) ? data.numbers : data.numbers.values;
  return {
    kernel: { shape, values: numbers.subarray(first, first + size) },
    bias: numbers.subarray(first + size, first + size + shape[0]),
  };
}

/** Outputs of all layers of the course's network, the image first. */
function outputsOf(data, image, epoch) {
  const outputs = [image];
  data.layers.slice(1).forEach(({ kind, size, stride, padding: [p, q] }, i) => {
    const before = outputs[i];
    const padding = [
      [p, p],
      [q, q],
    ];
    if (kind === "conv") {
      const { kernel, bias } = parametersOf(data, i + 1, epoch);
      outputs.push(convLayer(before, kernel, bias, { stride, padding }));
    } else if (kind === "relu") {
      outputs.push({ shape: before.shape, values: before.values.map((v) => Math.max(0, v)) });
    } else outputs.push(pool(before, { kind, size, stride, padding }));
  });
  return outputs;
}

const unpackedOutputs = new WeakMap();

/** Outputs that Python computed, and the image that they are of. */
function received(data, computed, image) {
  if (!unpackedOutputs.has(computed)) {
    const numbers = numbersOf(computed.data, Float32Array);
    const own = fromModel(computed.image);
    let at = 0;
    const outputs = data.layers.slice(1).map(({ shape: [c, h, w] }) => {
      const first = at;
      at += c * h * w;
      return { shape: [c, h, w], values: numbers.subarray(first, at) };
    });
    unpackedOutputs.set(computed, [own, ...outputs]);
  }
  const outputs = unpackedOutputs.get(computed);
  return { outputs, stale: image.values.some((value, i) => value !== outputs[0].values[i]) };
}

const within = (n, most) => Math.min(Math.max(n, 0), most - 1);

/** First and last pixel that a unit sees along an axis of `n` pixels. */
function seenAlong([size, jump, offset], index, n) {
  const first = Math.round(offset + index * jump - (size - 1) / 2);
  return [Math.max(first, 0), Math.min(first + size - 1, n - 1)];
}

/** What the window of a unit lies on in `count` channels from the first, `fill` outside. */
function windowOf({ size, stride, padding, dilation }, source, first, count, [r, c], fill) {
  const [, height, width] = source.shape;
  const values = new Float64Array(count * size[0] * size[1]);
  let i = 0;
  for (let l = first; l < first + count; l++)
    for (let m = 0; m < size[0]; m++)
      for (let n = 0; n < size[1]; n++) {
        const y = r * stride[0] - padding[0] + m * dilation[0];
        const x = c * stride[1] - padding[1] + n * dilation[1];
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        values[i++] = inside ? source.values[(l * height + y) * width + x] : fill;
      }
  return { shape: [count, ...size], values };
}

/** What makes the chosen output, or null: as `terms` in Python. */
function termsFor(data, epoch, { number, channel, row, column, value }, outputs) {
  const layer = data.layers[number];
  if (layer.source < 0 || layer.kind === "other") return null;
  const source = outputs[layer.source];
  const parameters = parametersOf(data, number, epoch);
  if (!parameters) {
    const inputs = windowOf(layer, source, channel, 1, [row, column], NaN);
    return { inputs, weights: null, sums: Float64Array.of(value), bias: 0, value };
  }
  const { kernel, bias } = parameters;
  const incoming = kernel.shape[1];
  const first =
    layer.kind === "norm"
      ? channel
      : Math.floor(channel / (layer.shape[0] / layer.groups)) * incoming;
  const inputs = windowOf(layer, source, first, incoming, [row, column], 0);
  const area = layer.size[0] * layer.size[1];
  const from = channel * incoming * area;
  const weights = kernel.values.subarray(from, from + incoming * area);
  const sums = Float64Array.from({ length: incoming }, (_, l) => {
    let sum = 0;
    for (let i = l * area; i < (l + 1) * area; i++) sum += inputs.values[i] * weights[i];
    return sum;
  });
  const taken = { shape: inputs.shape, values: weights };
  return { inputs, weights: taken, sums, bias: bias[channel], value, first };
}

/** Positive shares that sum to 1. */
function softmaxOf(values) {
  const top = Math.max(...values);
  const powers = Array.from(values, (v) => Math.exp(v - top));
  const total = powers.reduce((sum, p) => sum + p, 0);
  return powers.map((p) => p / total);
}

/** Scores, their softmax and the highest, if the last layer gives 2 to 20 numbers. */
function scoresFrom(data, outputs) {
  const [channels, rows, columns] = data.layers.at(-1).shape;
  if (rows * columns > 1 || channels < 2 || channels > MOST_SCORES) return null;
  const scores = Array.from(outputs.at(-1).values);
  const shares = softmaxOf(scores);
  return { scores, shares, best: shares.indexOf(Math.max(...shares)) };
}

/** All numbers that are shown. */
export function compute(data, state) {
  const { image, epoch } = state;
  const { outputs, stale } = data.builtin
    ? { outputs: outputsOf(data, image, epoch), stale: false }
    : received(data, state._computed, image);
  return { ...looked(data, state, outputs), outputs, stale };
}

/** What is shown of the outputs of all layers. */
export function looked(data, { image, epoch, sample, ...state }, outputs) {
  const number = within(state.layer - 1, data.layers.length - 1) + 1;
  const layer = data.layers[number];
  const [channels, rows, columns] = layer.shape;
  const [channel, row, column] = [
    within(state.channel, channels),
    within(state.row, rows),
    within(state.column, columns),
  ];
  const value = outputs[number].values[(channel * rows + row) * columns + column];
  const unit = { number, channel, row, column, value };
  const [, height, width] = image.shape;
  const seen = layer.field && [
    ...seenAlong(layer.field[0], row, height),
    ...seenAlong(layer.field[1], column, width),
  ];
  const made = termsFor(data, epoch, unit, outputs);
  const incoming = within(state.incoming, made ? made.sums.length : 1);
  const label = data.labels && sample >= 0 ? data.labels[sample] : null;
  const verdict = scoresFrom(data, outputs);
  return { ...unit, layer, seen, made, incoming, label, verdict };
}

/** Numbers as a sum. */
const sumOf = (values) => added(Array.from(values, (value) => fixed(value)));

/** How one output comes about, in numbers. */
export function reckoning({ layer, made, value }) {
  const result = fixed(value);
  if (!made) return `${result}, computed by ${layer.name}`;
  if (layer.kind === "conv") {
    const count = made.inputs.values.length;
    const products = plural(count, "product");
    if (made.sums.length > 1 && made.sums.length <= MOST_SUMS) {
      const sums = sumOf([...made.sums, made.bias]);
      return `${products}, summed by channel, then the bias: ${sums} ≈ ${result}`;
    }
    const total = made.sums.reduce((sum, s) => sum + s, 0);
    const what = count === 1 ? products : `the sum of ${products}`;
    return `${what}, then the bias: ${sumOf([total, made.bias])} ≈ ${result}`;
  }
  const listed = Array.from(made.inputs.values)
    .filter(Number.isFinite)
    .map((v) => fixed(v))
    .join(", ");
  if (layer.kind === "relu") return `max(0, ${listed}) = ${result}`;
  if (layer.kind === "max") return `max(${listed}) = ${result}`;
  if (layer.kind === "average") return `mean(${listed}) = ${result}`;
  const factor = fixed(made.weights.values[0], 4);
  return `${factor} · ${listed} then ${fixed(made.bias)} added = ${result}`;
}

/** What the network takes the image for. */
function verdictWords({ verdict, label }) {
  if (!verdict) return "";
  const share = fixed(100 * verdict.shares[verdict.best], 1);
  const said = `The highest score is that of ${verdict.best} (${share} %)`;
  if (label === null) return `${said}. `;
  return said + (verdict.best === label ? ", which is right. " : `, but it is a ${label}. `);
}

/** What the chosen unit sees of the image. */
export function sightWords({ seen }) {
  if (!seen) return "What it sees of the image is not known.";
  const [top, bottom, left, right] = seen;
  return `It sees rows ${top} to ${bottom} and columns ${left} to ${right} of the image.`;
}

/** When in its training the network sees the image. */
function trainedFor(epoch) {
  return epoch ? `after ${plural(epoch, "epoch")} of training` : "before any training";
}

/** The picture in words. */
export function describe(data, state, now) {
  const { layer, channel, row, column } = now;
  const image = state.sample < 0 ? "Your own image" : `Example ${state.sample}`;
  const when = data.epochs.length > 1 ? `, seen by the network ${trainedFor(state.epoch)}` : "";
  const place = `channel ${channel} of ${layer.shape[0]}, row ${row}, column ${column}`;
  return (
    `${image}${when}. ${verdictWords(now)}Layer ${layer.name}, ${place}: ${reckoning(now)}. ` +
    sightWords(now)
  );
}

/** The words for a state. */
export const spoken = (data, state) => describe(data, state, compute(data, state));
