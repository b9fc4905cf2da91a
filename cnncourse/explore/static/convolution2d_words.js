// The words of the explorer of 2-D convolution, as in cnncourse/explore/convolution2d_words.py.
import { bracketed, plain } from "./numbers.js";

const BORDER_WORDS = {
  zeros: "zeros",
  reflect: "the mirror image",
  replicate: "the border pixels again",
  circular: "the opposite side",
};

/** Most rows and columns of an image that is shown in numbered cells, and may be a kernel. */
export const SMALL = 12;

/** An index of the equation: "i + 1 − m" or "i + m − 1". */
function movedIndex(letter, by, rest) {
  if (by === 0) return `${letter} ${rest}`;
  const step = `${by > 0 ? "+" : "−"} ${Math.abs(by)}`;
  return rest.startsWith("+") ? `${letter} ${rest} ${step}` : `${letter} ${step} ${rest}`;
}

/** The sum behind each output, counted from 0 as the arrays are. */
export function equation({ flip, bias, relu }, { pads, sliding, swapped }) {
  const at = ["i", "j"].map((letter, axis) => {
    const tap = axis ? "n" : "m";
    const before = pads[axis][0];
    return flip
      ? movedIndex(letter, sliding.shape[axis] - 1 - before, `− ${tap}`)
      : movedIndex(letter, -before, `+ ${tap}`);
  });
  const [over, sliding_] = swapped ? ["K", "I"] : ["I", "K"];
  const inner = `Σₘ Σₙ ${over}[${at.join(", ")}] ${sliding_}[m, n]${bias ? " + b" : ""}`;
  return relu ? `S[i, j] = max(0, ${inner})` : `S[i, j] = ${inner}`;
}

/** The terms of the sum in numbers, without those that lie on zeros beyond the border. */
export function sumTerms({ boundary }, now) {
  const terms = [];
  const factor = (value) => bracketed(plain(value));
  for (let i = 0; i < now.products.length; i++) {
    if (now.inside[i] || boundary !== "zeros") {
      terms.push({ index: i, text: `${factor(now.samples[i])}·${factor(now.taps[i])}` });
    }
  }
  return terms;
}

/** The whole sum in numbers. */
export function sumText(state, now) {
  const terms = sumTerms(state, now).map(({ text }) => text);
  const total = plain(now.total);
  return `S[${now.row}, ${now.column}] = ${terms.join(" + ") || "0"} = ${total}`;
}

/** What bias and ReLU make of the sum, "" without either. */
export function afterText({ bias, relu }, { total, value }) {
  const biased = plain(total + bias);
  const parts = [];
  if (bias) parts.push(`with the bias: ${plain(total)} + ${bracketed(plain(bias))} = ${biased}`);
  if (relu) parts.push(`ReLU: max(0, ${biased}) = ${plain(value)}`);
  return parts.join("; ");
}

/** The expression of torch that gives the output: x, k and b are image, kernel and bias. */
export function torchLine({ flip, boundary, bias, relu }, { pads, swapped }) {
  const [over, sliding] = swapped ? ["k", "x"] : ["x", "k"];
  const [[above, below], [before, after]] = pads;
  const given = [over, flip ? `${sliding}.flip(2, 3)` : sliding];
  if (bias) given.push("b");
  if (above || below || before || after) {
    const ends = `${over}, (${before}, ${after}, ${above}, ${below})`;
    if (boundary !== "zeros") given[0] = `F.pad(${ends}, mode="${boundary}")`;
    else if (above === below && before === after) given.push(`padding=(${above}, ${before})`);
    else given[0] = `F.pad(${ends})`;
  }
  const line = `F.conv2d(${given.join(", ")})`;
  return relu ? `F.relu(${line})` : line;
}

/** Why torch raises an error where there is an output here, or there is none; "" if it works. */
export function torchRefusal({ boundary }, { pads, over, sums }) {
  if (!sums.values.length) return "It raises an error: the kernel is larger than the padded input.";
  for (const axis of [0, 1]) {
    const [size, pad] = [over.shape[axis], Math.max(...pads[axis])];
    if (boundary === "reflect" && pad >= size)
      return `torch refuses it: it reflects ${size - 1} at most here, and ${pad} are needed.`;
    if (boundary === "circular" && pad > size)
      return `torch refuses it: it goes round once at most, ${size} here; ${pad} are needed.`;
  }
  return "";
}

/** What comes of image and kernel changing places, "" if they have not. */
export function swapWords(state, { swapped, output, before }) {
  if (!state.swap) return "";
  if (!swapped) {
    return (
      "Image and kernel change places only while the image has at most " +
      `${SMALL} × ${SMALL} pixels: here the kernel would be a whole picture.`
    );
  }
  const [one, other] = state.flip ? ["K * I", "I * K"] : ["K ⋆ I", "I ⋆ K"];
  if (!output.values.length) {
    return `${one} has no output: the image does not fit into the kernel.`;
  }
  if (output.shape.join() !== before.shape.join()) {
    return (
      `${one} has ${output.shape.join(" × ")} numbers, ${other} has ` +
      `${before.shape.join(" × ")}: “${state.mode}” is measured by what is slid over.`
    );
  }
  return comparedOrders(state, output.values, before.values, one, other);
}

/** Whether the order never matters: on full support, or cropped alike or on one ring. */
function commutes({ image, kernel, flip, mode, boundary }) {
  if (!flip) return false;
  if (image.shape.join() !== kernel.shape.join()) return mode === "full" && boundary === "zeros";
  return mode === "valid" || boundary === "zeros" || boundary === "circular";
}

/** The two orders side by side, of one shape. */
function comparedOrders(state, here, before, one, other) {
  const apartFrom = (pick) =>
    here.reduce((most, value, i) => Math.max(most, Math.abs(value - pick(i))), 0);
  const size = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const small = 1e-9 * Math.max(1, size(here), size(before));
  const apart = apartFrom((i) => before[i]);
  if (apart <= small) {
    const why = commutes(state) ? "the order does not matter" : "here by chance, not in general";
    const all = here.length === 1 ? "the only number is" : `all ${here.length} numbers are`;
    return `${one} = ${other}: ${all} the same, ${why}.`;
  }
  const words = `${one} is not ${other}: they differ by up to ${plain(apart)}. `;
  if (!state.flip && apartFrom((i) => before[before.length - 1 - i]) <= small)
    return `${words}A cross-correlation comes out turned by 180°.`;
  if (!state.flip) return `${words}A cross-correlation depends on the order.`;
  return `${words}Beyond its border another operand goes on now.`;
}

/** The picture in words, as the alternative text. */
export function sentence(state, now) {
  const by = (shape) => shape.join(" by ");
  const image = `an image of ${by(state.image.shape)}`;
  const which = now.name === "own" ? "your own" : `the ${now.name}`;
  const kernel = `${which} kernel of ${by(state.kernel.shape)}`;
  const [over, sliding] = now.swapped ? [kernel, image] : [image, kernel];
  const border = `, beyond the border ${BORDER_WORDS[state.boundary]}`;
  const start =
    `${state.flip ? "Convolution" : "Cross-correlation"} of ${over} with ${sliding}, ` +
    `${state.mode}${state.mode === "valid" ? "" : border}`;
  if (!now.window)
    return `${start}: no output, since what slides is larger than what it slides over.`;
  const [lowest, highest] = extent(now.output.values).map((value) => plain(value));
  const { row, column, products, total, value } = now.window;
  const biased = `, with the bias ${plain(state.bias)}: ${plain(total + state.bias)}`;
  const bias = state.bias ? biased : "";
  const relu = state.relu ? `, after the ReLU ${plain(value)}` : "";
  const sum = products.length === 1 ? "only product is" : `${products.length} products sum to`;
  const parts = [
    `${start}: output of ${by(now.output.shape)}, from ${lowest} to ${highest}.`,
    `At row ${row}, column ${column} of the output the ${sum} ` +
      `${plain(total)}${bias}${relu}.`,
  ];
  if (now.swap_words) parts.push(now.swap_words);
  return parts.join(" ");
}

/** Lowest and highest of many numbers. */
export function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}
