// Lines of code, refusals and sentences of the explorer "side by side", as side_by_side_words.py in
// cnncourse/explore: it is the reference.
import { added, bracketed, plain, plural } from "./numbers.js";

/** In place of an index of the row: a cell of the padding, a cell behind all padding. */
export const PADDING = -1;
export const BEYOND = -2;
const KERAS_NAMES = { max: "MaxPooling1D", average: "AveragePooling1D" };
const TORCH_NAMES = { max: "MaxPool1d", average: "AvgPool1d" };
const TORCH_TAKES = {
  convolution: ["padding", "dilation", "padding_mode"],
  max: ["padding", "dilation", "ceil_mode"],
  average: ["padding", "ceil_mode", "count_include_pad"],
};
const FILLED = {
  zeros: "zeros",
  reflect: "the row, mirrored",
  replicate: "the border, repeated",
  circular: "the row, wrapped round",
};
const LAYER_WORDS = {
  convolution: "Convolution with a kernel of",
  max: "Max pooling by",
  average: "Average pooling by",
};

/** Arguments after the size, as Python writes them; those that are null are left out. */
function optionsText(given) {
  const python = (value) => {
    if (typeof value === "string") return `"${value}"`;
    return { true: "True", false: "False" }[value] ?? value;
  };
  return Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `, ${name}=${python(value)}`)
    .join("");
}

const dilated = ({ dilation }) => (dilation > 1 ? dilation : null);

/** The layer as one types it in Keras. */
export function kerasLine(state) {
  const options = optionsText({ strides: state.stride, padding: state.keras_padding });
  if (state.layer !== "convolution") {
    return `layers.${KERAS_NAMES[state.layer]}(${state.size}${options})`;
  }
  const spread = optionsText({ dilation_rate: dilated(state) });
  return `layers.Conv1D(1, ${state.size}${options}${spread}, use_bias=False)`;
}

/** The layer as one types it in PyTorch. */
export function torchLine(state) {
  return torchText(state, {
    padding: state.torch_padding,
    dilation: dilated(state),
    padding_mode: state.padding_mode === "zeros" ? null : state.padding_mode,
    ceil_mode: state.ceil_mode || null,
    count_include_pad: state.count_include_pad ? null : false,
  });
}

/** A line of PyTorch, with those arguments that this kind of layer takes. */
function torchText({ layer, size, stride }, given) {
  const taken = Object.entries(given).filter(([name]) => TORCH_TAKES[layer].includes(name));
  const options = optionsText({ stride, ...Object.fromEntries(taken) });
  if (layer === "convolution") return `nn.Conv1d(1, 1, ${size}${options}, bias=False)`;
  return `nn.${TORCH_NAMES[layer]}(${size}${options})`;
}

/** What to write in PyTorch for what Keras does, where that pads a row x by `pads`. */
export function agreeingLine(state, [before, after]) {
  const { layer, step } = state;
  const alike = {
    padding: before || null,
    dilation: layer === "max" ? null : dilated(state),
    ceil_mode: null,
    count_include_pad: before ? false : null,
  };
  const line = (other) => torchText(state, { ...alike, ...other });
  if (before === after) return `${line()}(x)`;
  if (layer === "average") {
    if (step > 1) return `${line({ ceil_mode: true })}(x)`;
    return `${line({ padding: after, count_include_pad: false })}(x)[..., 1:]`;
  }
  if (layer === "convolution" && step === 1) return `${line({ padding: "same" })}(x)`;
  const value = layer === "max" ? ", value=-torch.inf" : "";
  return `${line({ padding: null })}(F.pad(x, (${before}, ${after})${value}))`;
}

/** Why Keras has no such layer, or "". */
export function kerasRefusal({ layer, step, dilation }) {
  if (layer !== "convolution" || step === 1 || dilation === 1) return "";
  return "Keras refuses a stride above 1 together with a dilation above 1.";
}

/** Why PyTorch has no such layer for a row of n numbers, or "". */
export function torchRefusal(state, n) {
  const { layer, size, step, dilation, padding_mode: mode, torch_padding: padding } = state;
  const named = padding === "same";
  if (layer !== "convolution") {
    if (named) return "PyTorch’s pooling takes a number as padding, no name.";
    if (2 * padding <= size) return "";
    return `PyTorch refuses to pad more than half the pool: ${padding} of ${size}.`;
  }
  if (named && step > 1) {
    return 'PyTorch refuses padding="same" with a stride above 1: give it a number.';
  }
  const widest = named ? Math.ceil((dilation * (size - 1)) / 2) : padding;
  if (mode === "reflect" && widest >= n) {
    return `PyTorch refuses to mirror ${widest} of ${n} numbers: the border itself stays.`;
  }
  if (mode === "circular" && widest > n) {
    return `PyTorch refuses to wrap ${widest} numbers round: the row has only ${n}.`;
  }
  return "";
}

/** That no window fits, with the numbers. */
export function noWindow(extent, n, [before, after]) {
  const row = before || after ? "the padded row" : "the row";
  return `No window fits: it spans ${extent} cells, ${row} has ${n + before + after}.`;
}

/** What stands in the padding. */
export function padsWith({ layer }, { mode, counted }) {
  if (layer === "convolution") return FILLED[mode];
  if (layer === "max") return "−∞, which never wins";
  return counted ? "zeros that count in the mean" : "not counted";
}

/** A number as it stands in a cell. */
export const numberText = (value) => (value === -Infinity ? "−∞" : plain(value));

/** How the output looked at is made, "" if there is none of this number. */
export function sumInWords({ layer, row, kernel }, found, outputs, output) {
  if (output >= outputs.length) return "";
  const { sources, divisor } = found[output];
  const [head, total] = [`y[${output}] = `, ` = ${numberText(outputs[output])}`];
  const empty = layer === "max" ? -Infinity : 0;
  const text = (at) => numberText(at >= 0 ? row[at] : empty);
  if (layer === "convolution") {
    const terms = sources.map((at, tap) => `${plain(kernel[tap])}·${bracketed(text(at))}`);
    return head + added(terms) + total;
  }
  const inside = sources.filter((at) => at !== BEYOND).map(text);
  if (layer === "max") return `${head}max(${inside.join(", ")})${total}`;
  const real = sources.filter((at) => at >= 0).map(text);
  const terms = divisor === inside.length ? inside : real;
  return `${head}(${added(terms)}) / ${divisor}${total}`;
}

/** Whether both agree, where not, why, and at which width that is another matter. */
export function verdictInWords(now) {
  const { keras, torch, same, width, reasons } = now;
  if (keras.refusal && torch.refusal) return "Neither makes anything here.";
  const alone = (none, some, { outputs }) =>
    `${none} makes nothing here, ${some} ${plural(outputs.length, "number")}.`;
  if (keras.refusal) return alone("Keras", "PyTorch", torch);
  if (torch.refusal) return alone("PyTorch", "Keras", keras);
  const count = keras.outputs.length;
  if (same) {
    const here = `They agree: the same ${count === 1 ? "number" : `${count} numbers`}`;
    if (width) return `${here}. At width ${width} they do not.`;
    return `${here}, as at every width from 2 to 16.`;
  }
  const words = [differenceInWords(now), ...reasons.map((name) => reasonInWords(name, now))];
  const at = width ? `At width ${width} the two lines agree` : "They agree at no width from 2 to 16";
  return [...words, `${at}.`].join(" ");
}

/** Where the outputs differ. */
function differenceInWords({ keras, torch, differs }) {
  const [count, other] = [keras.outputs.length, torch.outputs.length];
  if (count !== other) {
    return `They differ in size: ${plural(count, "number")} from Keras, ${other} from PyTorch.`;
  }
  if (!differs.length) {
    return "The same numbers, but by luck: another row would tell the layers apart.";
  }
  if (differs.length === count) {
    const every = { 1: "the only output", 2: "both outputs" }[count] ?? `all ${count} outputs`;
    return `They differ in ${every}.`;
  }
  const names = differs.map((i) => `y[${i}]`);
  const last = names.pop();
  const some = names.length ? `${names.join(", ")} and ${last}` : last;
  return `They differ in ${some}, ${differs.length} of ${count} outputs.`;
}

/** What one setting makes different. */
function reasonInWords(name, { keras, torch }) {
  if (name === "pads") return padsDiffer(keras.pads, torch.pads);
  return {
    dilation: "PyTorch spreads its window; Keras’s pooling takes no dilation.",
    mode: `In the padding Keras has zeros, PyTorch ${torch.filled}.`,
    counted: "PyTorch counts the padding in its mean, Keras leaves it out.",
    ceil: "ceil_mode keeps a last window that hangs over the end.",
  }[name];
}

function padsDiffer(keras, torch) {
  const shift = torch[0] - keras[0];
  const [one, other] = [`${keras[0]} before and ${keras[1]} after`, torch.join(" and ")];
  const words = `Keras pads ${one}, PyTorch ${other}`;
  if (!shift) return `${words}.`;
  const side = shift > 0 ? "left" : "right";
  return `${words}: its windows begin ${plural(Math.abs(shift), "cell")} further ${side}.`;
}

/** The picture in words. */
export function describeBoth({ layer, size, step, row }, { keras, torch, verdict, agreeing }) {
  const halves = [
    ["Keras", keras],
    ["PyTorch", torch],
  ];
  return [
    `${LAYER_WORDS[layer]} ${size}, stride ${step}, over ${row.length} numbers.`,
    ...halves.map(([name, half]) => halfInWords(name, half)),
    verdict,
    ...(agreeing ? [`In PyTorch, like Keras: ${agreeing}.`] : []),
    ...halves.filter(([, { sum }]) => sum).map(([name, { sum }]) => `${name}: ${sum}.`),
  ].join(" ");
}

/** One half in words. */
export function halfInWords(name, half) {
  const { code, refusal, outputs } = half;
  if (refusal) return `${name}, ${code}: ${refusal}`;
  const made = Array.from(outputs, numberText).join(", ");
  const many = plural(outputs.length, "number");
  return `${name}, ${code}: ${paddingInWords(half)}, ${many}: ${made}.`;
}

/** How much padding there is, and what stands in it. */
export function paddingInWords({ pads: [before, after], filled }) {
  if (!before && !after) return "no padding";
  return `padding ${before} before and ${after} after (${filled})`;
}
