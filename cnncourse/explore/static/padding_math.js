// The padding explorer's counting, as cnncourse/explore/padding_model.py and padding_words.py: they
// are the reference, tests hold this file to their numbers and their words.
import { plural, signed } from "./numbers.js";
import { axisPads } from "./pads.js";

const CHAIN_LAYERS = 12;
const NAMED = ["valid", "same", "torch_same", "half", "full"];

const pairOf = (make) => [make(0), make(1)];

/** Padding [[top, bottom], [left, right]] of a state, or of it with another input. */
export function pads({ padding, n, kernel_size, stride, dilation }, size = n) {
  if (!NAMED.includes(padding)) return padding;
  return pairOf((a) => axisPads(padding, size[a], kernel_size[a], stride[a], dilation[a]));
}

/** Sizes and visit counts along one axis. */
function axisOf(n, kernel, stride, dilation, [before, after]) {
  const padded = n + before + after;
  const extent = dilation * (kernel - 1) + 1;
  const room = padded - extent;
  const outputs = room < 0 ? 0 : Math.floor(room / stride) + 1;
  const counts = new Array(padded).fill(0);
  for (let o = 0; o < outputs; o++) {
    for (let tap = 0; tap < kernel; tap++) counts[o * stride + tap * dilation] += 1;
  }
  const remainder = outputs ? room % stride : 0;
  return {
    ...{ n, kernel, stride, dilation, before, after },
    ...{ padded, extent, room, outputs, remainder, counts },
  };
}

/** Both axes of a state. */
function axesOf(state, size = state.n) {
  const sides = pads(state, size);
  return pairOf((a) =>
    axisOf(size[a], state.kernel_size[a], state.stride[a], state.dilation[a], sides[a]),
  );
}

/** Why no library makes this layer, or "". */
function refusal({ padding, stride, dilation }) {
  if (padding !== "torch_same" || Math.max(...stride) === 1) return "";
  const dilated = Math.max(...dilation) > 1;
  const keras = dilated ? "" : "; Keras takes it, and pads by another rule";
  return (
    `PyTorch refuses padding='same' with a stride above 1${keras}. ` +
    "In PyTorch, pad by numbers."
  );
}

/** Which axis is too short for the kernel, in words, or "". */
function tooLarge(axes) {
  const a = axes.findIndex(({ room }) => room < 0);
  if (a < 0) return "";
  const { extent, padded } = axes[a];
  const name = a ? "columns" : "rows";
  return (
    `No output is left: the kernel spans ${extent} ${name}, ` +
    `the padded input has ${padded}.`
  );
}

/** Sizes layer after layer, until none is left or the size stays. */
function chainOf(state) {
  const sizes = [[...state.n]];
  if (refusal(state)) return sizes;
  for (;;) {
    const last = sizes.at(-1);
    const before = sizes.slice(0, -1).some(([r, c]) => r === last[0] && c === last[1]);
    if (sizes.length > CHAIN_LAYERS || !last[0] || before) return sizes;
    const axes = axesOf(state, last);
    sizes.push(tooLarge(axes) ? [0, 0] : pairOf((a) => axes[a].outputs));
  }
}

const total = (counts) => counts.reduce((sum, count) => sum + count, 0);

/** Taps of one window along an axis that lie on the input. */
function tapsInside({ n, kernel, stride, dilation, before }, window) {
  let inside = 0;
  for (let tap = 0; tap < kernel; tap++) {
    const at = window * stride - before + tap * dilation;
    if (at >= 0 && at < n) inside += 1;
  }
  return inside;
}

/** All that the explorer shows, as geometry() in Python. */
export function compute(data, state) {
  const axes = axesOf(state);
  const problem = refusal(state) || tooLarge(axes);
  const size = problem ? [0, 0] : pairOf((a) => axes[a].outputs);
  const window = pairOf((a) => Math.max(0, Math.min(state.window[a], size[a] - 1)));
  const seen = axes.map(({ counts, before, n }) => counts.slice(before, before + n));
  const area = state.kernel_size[0] * state.kernel_size[1];
  const taps = size[0] * size[1] * area;
  const lit = seen.map((counts) => counts.filter((count) => count > 0).length);
  const inside = pairOf((a) => tapsInside(axes[a], window[a]));
  return {
    ...{ axes, size, problem, window, taps },
    first: pairOf((a) => window[a] * axes[a].stride - axes[a].before),
    used: problem
      ? [0, 0]
      : [Math.min, Math.max].map((pick) => pick(...seen[0]) * pick(...seen[1])),
    unused: state.n[0] * state.n[1] - (problem ? 0 : lit[0] * lit[1]),
    taps_on_padding: problem ? 0 : taps - total(seen[0]) * total(seen[1]),
    taps_here: problem ? 0 : area - inside[0] * inside[1],
    chain: chainOf(state),
    notes: notesOf(state, axes, problem),
    code: codeOf(state, pads(state)),
  };
}

// ---------------------------------------------------------------- words

const tuple = ([a, b]) => `(${a}, ${b})`;
const pairs = ([a, b]) => `(${tuple(a)}, ${tuple(b)})`;

/** What is worth knowing about a state, most important first. */
function notesOf(state, axes, problem) {
  if (problem) return [];
  const found = [ruleNote(state, axes)];
  const parts = axes.flatMap((axis, a) => {
    if (!axis.remainder) return [];
    const [name, end] = a ? ["column", "right"] : ["row", "bottom"];
    return [`${dropped(axis, name)} at the ${end}`];
  });
  if (parts.length) {
    found.push(`The floor drops ${parts.join(" and ")}: no window reaches that far.`);
  }
  if (Math.max(...state.stride) > 1) {
    found.push("A stride skips places of the window, never its taps; dilation spreads the taps.");
  }
  return found.filter(Boolean);
}

/** The lines that the floor drops at an end, and whether they are input or padding. */
function dropped({ remainder, after, n }, name) {
  const input = Math.max(0, Math.min(remainder - after, n));
  const padding = remainder - input;
  if (!input) return `${plural(padding, name)} of padding`;
  if (!padding) return `${plural(input, name)} of the input`;
  return `${plural(remainder, name)} (${input} of the input, ${padding} of padding)`;
}

/** What the chosen rule does, where that is easily mistaken. */
function ruleNote({ padding, stride }, axes) {
  const [rows, columns] = axes;
  const uneven = axes.some(({ before, after }) => before !== after);
  const sizes = `${rows.n} × ${columns.n} gives ${rows.outputs} × ${columns.outputs}`;
  const odd = (who) => (uneven ? ` ${who} puts the odd one at the bottom and at the right.` : "");
  if (padding === "same" && Math.max(...stride) > 1) {
    const kept = "“same” keeps the size at stride 1 only";
    return `${kept}: ${sizes}, n / s rounded up.${odd("TensorFlow")}`;
  }
  if (padding === "same" || padding === "torch_same") {
    if (!uneven) {
      return "At stride 1 the two libraries’ “same” are one: half of d(k − 1) at each end.";
    }
    const even = "The taps of an even kernel need an odd number of padding pixels.";
    return even + odd("Either library");
  }
  if (padding === "half") return halfNote(axes, sizes);
  return padding === "full" ? fullNote(axes) : "";
}

/** Which windows "full" takes: a stride leaves some out, dilation lets some miss the input. */
function fullNote(axes) {
  const [rows, columns] = axes;
  const taken = rows.outputs * columns.outputs;
  const [high, wide] = axes.map(({ room }) => room + 1);
  const which =
    taken === high * wide
      ? "each window that reaches over the input is taken."
      : `of the ${high} × ${wide} windows that reach over the input, ` +
        `the stride takes ${rows.outputs} × ${columns.outputs}.`;
  const idle = taken - reading(rows) * reading(columns);
  const missed = ` The taps of ${idle} of them all miss the input.`;
  return (
    `“full” pads d(k − 1) at each end: ${which}${idle ? missed : ""} ` +
    "The “full convolution” of the stride slide is one with stride 1."
  );
}

/** Windows along an axis with a tap on the input. */
function reading(axis) {
  const windows = Array.from({ length: axis.outputs }, (_, at) => at);
  return windows.filter((at) => tapsInside(axis, at) > 0).length;
}

/** How half the kernel at each end differs from TensorFlow's rule. */
function halfNote(axes, sizes) {
  const theirs = axes.map((a) => axisPads("same", a.n, a.kernel, a.stride, a.dilation));
  const start = `The floor of d(k − 1) / 2 at each end: ${sizes}`;
  const alike = axes.every((a, i) => a.before === theirs[i][0] && a.after === theirs[i][1]);
  if (alike) return `${start}, as TensorFlow’s “same” here.`;
  return (
    `${start}. TensorFlow’s “same” would pad ${tuple(theirs[0])} rows ` +
    `and ${tuple(theirs[1])} columns: other windows, other values.`
  );
}

/** The layer in torch, in Keras and in this course; a line that is refused has its error. */
function codeOf(state, sides) {
  const strided = Math.max(...state.stride) > 1;
  const dilated = Math.max(...state.dilation) > 1;
  return {
    torch: torchLine(state, sides, dilated),
    torch_error: refusal(state) ? "ValueError: no padding='same' with a stride" : "",
    keras: kerasLine(state, sides, dilated),
    keras_error: strided && dilated ? "ValueError: no stride together with dilation" : "",
    course: courseLine(state, sides, dilated),
    ...remarks(state, sides, dilated),
  };
}

/** What the lines of Keras and of this course make where PyTorch has no such layer. */
function remarks(state, sides, dilated) {
  const make = (keras_remark, course_remark) => ({ keras_remark, course_remark });
  if (!refusal(state)) return make("", "");
  // Keras refuses it too if it is dilated.
  const none = "PyTorch has no such layer: ";
  if (dilated) return make("", `${none}the pads of its “same” at stride 1, by numbers`);
  const { n, kernel_size, stride } = state;
  const theirs = pairOf((a) => axisPads("same", n[a], kernel_size[a], stride[a], 1));
  const keras = `${none}TensorFlow’s “same” pads ${pairs(theirs)}`;
  // More padding at an end may be what the floor drops: the windows are the same then.
  const alike = (a) => {
    const room = n[a] + sides[a][0] + sides[a][1] - kernel_size[a];
    const outputs = Math.floor(room / stride[a]) + 1;
    return sides[a][0] === theirs[a][0] && outputs === Math.ceil(n[a] / stride[a]);
  };
  if (alike(0) && alike(1)) {
    return make(keras, "the same layer as in Keras, at this size of the input");
  }
  return make(keras, "another layer than in Keras: the pads of PyTorch’s “same” at stride 1");
}

function torchLine({ padding, kernel_size, stride, dilation }, sides, dilated) {
  const [[top, bottom], [left, right]] = sides;
  const even = top === bottom && left === right;
  let options = `stride=${tuple(stride)}`;
  if (padding === "torch_same") options += ', padding="same"';
  else if (padding !== "valid" && even) options += `, padding=(${top}, ${left})`;
  if (dilated) options += `, dilation=${tuple(dilation)}`;
  const layer = `nn.Conv2d(1, 1, ${tuple(kernel_size)}, ${options})`;
  if (even || padding === "torch_same") return layer;
  return `nn.Sequential(nn.ZeroPad2d((${left}, ${right}, ${top}, ${bottom})), ${layer})`;
}

function kerasLine({ padding, kernel_size, stride, dilation }, sides, dilated) {
  const name = { valid: "valid", same: "same", torch_same: "same" }[padding];
  let options = `strides=${tuple(stride)}`;
  if (dilated) options += `, dilation_rate=${tuple(dilation)}`;
  if (name) options += `, padding="${name}"`;
  const layer = `layers.Conv2D(1, ${tuple(kernel_size)}, ${options})`;
  return name ? layer : `keras.Sequential([layers.ZeroPadding2D(${pairs(sides)}), ${layer}])`;
}

function courseLine({ padding, stride, dilation }, sides, dilated) {
  const named = ["valid", "same", "full"].includes(padding);
  let options = `stride=${tuple(stride)}, padding=${named ? `"${padding}"` : pairs(sides)}`;
  if (dilated) options += `, dilation=${tuple(dilation)}`;
  return `conv2d(x, kernel, ${options})`;
}

/** How many taps of the chosen window lie on padding. */
function tapsInWords([rows, columns], onPadding) {
  if (rows * columns === 1) return `its only tap lies on ${onPadding ? "padding" : "the input"}`;
  const taps = `of its ${rows * columns} taps`;
  if (!onPadding) return `none ${taps} lies on padding`;
  return `${onPadding} ${taps} ${onPadding === 1 ? "lies" : "lie"} on padding`;
}

/** How often input pixels are used. */
function usedInWords({ used: [least, most], unused }) {
  if (!most) return "No input pixel is used.";
  const often = most === 1 ? "once" : `${most} times`;
  if (unused) return `Input pixels are used at most ${often}, ${unused} of them never.`;
  return `Each input pixel is used ${least < most ? `${least} to ${most} times` : often}.`;
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  const words = now.axes.map((a, i) => {
    const output = now.size[i] ? `output ${now.size[i]}.` : "no output.";
    return (
      `${i ? "Columns" : "Rows"}: input ${a.n}, padding ${a.before} before and ${a.after} after, ` +
      `kernel ${a.kernel}, stride ${a.stride}, dilation ${a.dilation}, ${output}`
    );
  });
  if (now.problem) return [...words, now.problem].join(" ");
  const [row, column] = now.first.map((at) => signed(at));
  return [
    ...words,
    `Output ${now.window[0]}, ${now.window[1]} has its first tap on input row ${row}, ` +
      `column ${column}; ${tapsInWords(state.kernel_size, now.taps_here)}.`,
    usedInWords(now),
  ].join(" ");
}
