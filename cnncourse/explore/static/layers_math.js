// What the layers explorer shows, in numbers, as cnncourse/explore/layers_model.py. Networks of the
// course are computed here; of any other, Python sends the outputs.
import { convLayer, sourceIndex } from "./conv.js";
import { pool } from "./pool.js";
import { fromModel } from "./kit.js";

const MOST_SCORES = 20;

/** Bytes from Python as numbers of a kind (Float32Array, ...), in double precision. */
function numbersOf(view, Kind) {
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return Float64Array.from(new Kind(copy));
}

/** What Python sent once: the network, its weights, the examples. */
export function preparedLayers(about, weights, samples) {
  const [channels, rows, columns] = about.layers[0].shape;
  const size = channels * rows * columns;
  const { levels, step } = about;
  const ink = numbersOf(samples, levels ? Uint8Array : Float32Array);
  const pixels = levels ? ink.map((n) => Math.fround(n / levels)) : ink;
  const numbers = numbersOf(weights, step ? Int8Array : Float32Array);
  return {
    ...about,
    numbers: step ? numbers.map((n) => n * step) : numbers,
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

/** Padding before and after each axis: after it, what the last windows need. */
const padsOf = ({ shape, size, stride, padding, dilation }, source) =>
  [0, 1].map((axis) => {
    const reach = (shape[axis + 1] - 1) * stride[axis] + dilation[axis] * (size[axis] - 1) + 1;
    return [padding[axis], Math.max(0, reach - source.shape[axis + 1] - padding[axis])];
  });

/** Each channel blurred by the same kernel, the image mirrored at its border. */
function blurred(source, kernel, options) {
  const [channels, rows, columns] = source.shape;
  const planes = Array.from({ length: channels }, (_, l) => {
    const values = source.values.subarray(l * rows * columns, (l + 1) * rows * columns);
    return convLayer({ shape: [1, rows, columns], values }, kernel, null, options).values;
  });
  const values = new Float64Array(channels * planes[0].length);
  planes.forEach((some, l) => values.set(some, l * some.length));
  return values;
}

/** Outputs of all layers, the image first. */
function outputsOf(data, image, epoch) {
  const outputs = [image];
  data.layers.slice(1).forEach((layer, i) => {
    const { kind, size, stride, shape } = layer;
    const source = outputs[layer.source];
    const options = { stride, padding: padsOf(layer, source) };
    const { kernel, bias } = parametersOf(data, i + 1, epoch) ?? {};
    const put = (values) => outputs.push({ shape, values });
    if (kind === "conv" || kind === "dense") outputs.push(convLayer(source, kernel, bias, options));
    else if (kind === "blur") put(blurred(source, kernel, { ...options, boundary: "reflect" }));
    else if (kind === "relu") put(source.values.map((v) => Math.max(0, v)));
    else if (kind === "flatten") put(source.values);
    else outputs.push(pool(source, { kind, size, ...options }));
  });
  return outputs;
}

const latestOutputs = new WeakMap();

/** The same, worked out once for an image: most changes are of the unit that is looked at. */
function remembered(data, image, epoch) {
  const found = latestOutputs.get(image);
  if (found?.data === data && found.epoch === epoch) return found.outputs;
  const outputs = outputsOf(data, image, epoch);
  latestOutputs.set(image, { data, epoch, outputs });
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

/** First and last of `count` inputs that outputs from first to last take, along an axis. */
function reachOf({ kind, size, stride, padding, dilation }, axis, [first, last], count) {
  const start = first * stride[axis] - padding[axis];
  const end = last * stride[axis] - padding[axis] + dilation[axis] * (size[axis] - 1);
  const mirrored = kind === "blur" && end >= count ? 2 * (count - 1) - end : start;
  return [Math.max(Math.min(start, mirrored), 0), Math.min(end, count - 1)];
}

/** Channel, row and column that a number had before it was put in a row. */
function flatPlace(data, { source }, row, column) {
  const across = data.layers[source].shape[2];
  return [row, Math.floor(column / across), column % across];
}

/** First and last row and column of the image that a unit sees, or null: as `seen` in Python. */
function seenBy(data, unit) {
  let { number } = unit;
  if (!data.layers[number].known) return null;
  let [rows, columns] = [
    [unit.row, unit.row],
    [unit.column, unit.column],
  ];
  for (; number > 0; number = data.layers[number].source) {
    const layer = data.layers[number];
    const [, height, width] = data.layers[layer.source].shape;
    if (layer.kind === "flatten" && rows[0] === rows[1] && columns[0] === columns[1]) {
      const [, r, c] = flatPlace(data, layer, rows[0], columns[0]);
      [rows, columns] = [
        [r, r],
        [c, c],
      ];
    } else if (layer.kind === "flatten") {
      // Asked for by a dense layer, which takes all.
      [rows, columns] = [
        [0, height - 1],
        [0, width - 1],
      ];
    } else {
      rows = reachOf(layer, 0, rows, height);
      columns = reachOf(layer, 1, columns, width);
    }
  }
  return rows[0] > rows[1] || columns[0] > columns[1] ? null : [...rows, ...columns];
}

/** What the window of a unit lies on in `count` channels from the first, `fill` outside. */
function windowOf(layer, source, first, count, [r, c], fill) {
  const { size, stride, padding, dilation } = layer;
  const [, height, width] = source.shape;
  const values = new Float64Array(count * size[0] * size[1]);
  const place = (n, most) => (layer.kind === "blur" ? sourceIndex(n, most, "reflect") : n);
  let i = 0;
  for (let l = first; l < first + count; l++)
    for (let m = 0; m < size[0]; m++)
      for (let n = 0; n < size[1]; n++) {
        const y = place(r * stride[0] - padding[0] + m * dilation[0], height);
        const x = place(c * stride[1] - padding[1] + n * dilation[1], width);
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
  if (layer.kind === "flatten") {
    const [from, ...at] = flatPlace(data, layer, row, column);
    const inputs = windowOf(data.layers[0], source, from, 1, at, 0);
    const sums = Float64Array.of(value);
    return { inputs, weights: null, sums, bias: 0, value, place: [from, ...at] };
  }
  if (!parameters) {
    const fill = layer.kind === "max" ? NaN : 0;
    const inputs = windowOf(layer, source, channel, 1, [row, column], fill);
    return { inputs, weights: null, sums: Float64Array.of(value), bias: 0, value };
  }
  const { kernel, bias } = parameters;
  const incoming = kernel.shape[1];
  const own = layer.kind === "norm" || layer.kind === "blur";
  const nth = layer.kind === "blur" ? 0 : channel;
  const first = own
    ? channel
    : Math.floor(channel / (layer.shape[0] / layer.groups)) * incoming;
  const inputs = windowOf(layer, source, first, incoming, [row, column], 0);
  const area = layer.size[0] * layer.size[1];
  const from = nth * incoming * area;
  const weights = kernel.values.subarray(from, from + incoming * area);
  const sums = Float64Array.from({ length: incoming }, (_, l) => {
    let sum = 0;
    for (let i = l * area; i < (l + 1) * area; i++) sum += inputs.values[i] * weights[i];
    return sum;
  });
  const taken = { shape: inputs.shape, values: weights };
  return { inputs, weights: taken, sums, bias: bias[nth], value, first };
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
  const { outputs, stale } = data.local
    ? { outputs: remembered(data, image, epoch), stale: false }
    : received(data, state._computed, image);
  return { ...looked(data, state, outputs), outputs, stale };
}

/** What is shown of the outputs of all layers. */
export function looked(data, { epoch, sample, ...state }, outputs) {
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
  const seen = seenBy(data, unit);
  const made = termsFor(data, epoch, unit, outputs);
  const incoming = within(state.incoming, made ? made.sums.length : 1);
  const label = data.labels && sample >= 0 ? data.labels[sample] : null;
  const verdict = scoresFrom(data, outputs);
  return { ...unit, layer, seen, made, incoming, label, verdict };
}
