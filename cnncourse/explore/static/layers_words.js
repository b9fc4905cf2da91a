// The layers explorer in words, as cnncourse/explore/layers_words.py.
import { compute } from "./layers_math.js";
import { added, fixed, plural } from "./numbers.js";

const MOST_SUMS = 12;

/** Numbers as a sum. */
const sumOf = (values) => added(Array.from(values, (value) => fixed(value)));

/** How one output comes about, in numbers. */
export function reckoning({ layer, made, value }) {
  const result = fixed(value);
  if (!made) return `${result}, computed by ${layer.name}`;
  if (made.place) {
    const [channel, row, column] = made.place;
    return `${result}, as it was in channel ${channel}, row ${row}, column ${column}`;
  }
  const products = plural(made.inputs.values.length, "product");
  if (layer.kind === "blur") return `${products} with the blur's weights, summed: ${result}`;
  if (layer.kind === "conv" || layer.kind === "dense") {
    const count = made.inputs.values.length;
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
  if (layer.kind === "l2") return `√((${listed.replaceAll(", ", ")² + (")})²) = ${result}`;
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

/** Which unit of a layer it is. */
export function whereabouts({ layer, channel, row, column }) {
  const [channels, rows, columns] = layer.shape;
  if (layer.kind === "flatten")
    return `number ${row * columns + column} of the ${rows * columns} in a row`;
  return `channel ${channel} of ${channels}, row ${row}, column ${column}`;
}

/** The picture in words. */
export function describe(data, state, now) {
  const image = state.sample < 0 ? "Your own image" : `Example ${state.sample}`;
  const when = data.epochs.length > 1 ? `, seen by the network ${trainedFor(state.epoch)}` : "";
  return (
    `${image}${when}. ${verdictWords(now)}Layer ${now.layer.name}, ${whereabouts(now)}: ${reckoning(now)}. ` +
    sightWords(now)
  );
}

/** The words for a state. */
export const spoken = (data, state) => describe(data, state, compute(data, state));
