// What the equivariance explorer shows, in numbers and words: as equivariance_model.py, _moves.py
// and _words.py in cnncourse/explore, which say why. f is a convolutional layer, g a motion.
import { correlate, padded } from "./conv.js";
import { bracketed, plain, plural, signed } from "./numbers.js";
import { pool } from "./pool.js";

const POOL_SIZE = 2;
const EQUAL = 1e-9;
const EMPTY = { shape: [0, 0], values: new Float64Array(0) };

/** How many pixels of the input lie between two outputs. */
const stepOf = ({ stride, pooling }) => stride * (pooling === "none" ? 1 : POOL_SIZE);

// ---------------------------------------------------------------- the motion g

/** A picture made from a function of row and column. */
function drawn(shape, value) {
  const values = new Float64Array(shape[0] * shape[1]);
  for (let r = 0, i = 0; r < shape[0]; r++)
    for (let c = 0; c < shape[1]; c++, i++) values[i] = value(r, c);
  return { shape: [...shape], values };
}

/** A picture of one value. */
const filled = (shape, value) => drawn(shape, () => value);

/** A picture moved by whole pixels, downwards and to the right. */
function shiftedBy({ shape, values }, rows, columns, entering, outside) {
  const [height, width] = shape;
  const around = (index, size) => ((index % size) + size) % size;
  return drawn(shape, (r, c) => {
    const [row, column] = [r - rows, c - columns];
    if (entering === "circular") return values[around(row, height) * width + around(column, width)];
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? values[row * width + column] : outside;
  });
}

/** A picture turned counter-clockwise by right angles. */
function turned(image, quarters) {
  let now = image;
  for (let i = 0; i < quarters; i++) {
    const { shape, values } = now;
    const [height, width] = shape;
    now = drawn([width, height], (r, c) => values[c * width + width - 1 - r]);
  }
  return now;
}

/** A picture seen through a linear map about the middle, interpolated between four neighbours. */
function warped({ shape, values }, [[a, b], [c, d]], outside) {
  const [height, width] = shape;
  const [midRow, midColumn] = [(height - 1) / 2, (width - 1) / 2];
  const at = (r, q) =>
    r < 0 || r >= height || q < 0 || q >= width ? outside : values[r * width + q];
  return drawn(shape, (row, column) => {
    const y = a * (row - midRow) + b * (column - midColumn) + midRow;
    const x = c * (row - midRow) + d * (column - midColumn) + midColumn;
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
    const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
    return upper * (1 - down) + lower * down;
  });
}

/** A turn or a scaling. */
function linear(image, { move, angle, factor }, outside) {
  if (move === "scale") return warped(image, [[1 / factor, 0], [0, 1 / factor]], outside);
  if (angle % 90 === 0) return turned(image, (angle / 90) % 4);
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return warped(image, [[c, s], [-s, c]], outside);
}

/** The motion g on the input. */
function moveInput(image, state) {
  if (state.move !== "shift") return linear(image, state, 0);
  return shiftedBy(image, state.down, state.right, state.entering, 0);
}

/** The motion g on the output; a shift is divided by the step, and rounded towards 0. */
function moveOutput(image, state, outside = 0) {
  if (!image.values.length) return image;
  if (state.move !== "shift") return linear(image, state, outside);
  const [rows, columns] = [state.down, state.right].map((d) => Math.trunc(d / stepOf(state)));
  return shiftedBy(image, rows, columns, state.entering, outside);
}

/** 1 where g(x) takes something from outside x. */
function unknownPart(shape, state) {
  if (state.move === "shift")
    return shiftedBy(filled(shape, 0), state.down, state.right, state.entering, 1);
  const moved = linear(filled(shape, 1), state, 0);
  return { shape: moved.shape, values: moved.values.map((share) => (1 - share > EQUAL ? 1 : 0)) };
}

// ---------------------------------------------------------------- the layer f

/** The border that keeps the size at stride 1. */
const samePadding = ({ shape }) => shape.map((k) => [Math.floor((k - 1) / 2), Math.floor(k / 2)]);

/** The layer f: cross-correlation, ReLU, pooling; empty where nothing fits. */
export function operate(image, state) {
  const { kernel, stride, boundary } = state;
  const valid = boundary === "valid";
  if (valid && image.shape.some((n, axis) => n < kernel.shape[axis])) return EMPTY;
  const border = valid ? {} : { padding: samePadding(kernel) };
  const around = boundary === "circular" ? "circular" : "zeros";
  const out = correlate(image, kernel, { stride: [stride, stride], boundary: around, ...border });
  if (state.relu) out.values = out.values.map((value) => Math.max(value, 0));
  if (state.pooling === "none") return out;
  if (Math.min(...out.shape) < POOL_SIZE) return EMPTY;
  return pool(out, { kind: state.pooling, size: POOL_SIZE });
}

// ---------------------------------------------------------------- the band

/** Places along an axis that an output reads, counted from its first one; how many outputs. */
function readsAlong(size, taps, { boundary, stride, pooling }) {
  const windows = pooling === "none" ? 1 : POOL_SIZE;
  const places = new Set();
  for (let p = 0; p < windows; p++) for (let m = 0; m < taps; m++) places.add(p * stride + m);
  const room = boundary === "valid" ? size - taps : size - 1;
  const count = Math.floor((Math.floor(room / stride) + 1) / windows);
  return { places: [...places].sort((a, b) => a - b), count };
}

/** What each tap of f reads at each output, `beyond` where it reads padding of zeros. */
function tapsOf(image, state, beyond) {
  const [rows, columns] = image.shape.map((n, i) => readsAlong(n, state.kernel.shape[i], state));
  // A padding of other numbers than zeros: move the numbers, pad with zeros, move them back.
  const lowered = { shape: image.shape, values: image.values.map((value) => value - beyond) };
  const around = state.boundary === "circular" ? "circular" : "zeros";
  const whole =
    state.boundary === "valid" ? lowered : padded(lowered, samePadding(state.kernel), around);
  const width = whole.shape[1];
  const step = stepOf(state);
  return rows.places.flatMap((a) =>
    columns.places.map((b) =>
      drawn(
        [rows.count, columns.count],
        (r, c) => whole.values[(a + r * step) * width + b + c * step] + beyond,
      ),
    ),
  );
}

/** Whether the shift is no multiple of the distance between outputs. */
const hasRest = (state) => [state.down, state.right].some((d) => d % stepOf(state) !== 0);

/** Outputs that the border can change, whatever the picture holds: an array of 0 and 1. */
function borderBand(image, state, shape) {
  const band = new Uint8Array(shape[0] * shape[1]);
  if (!band.length) return band;
  const mark = (values, found) => values.forEach((value, i) => found(value, i) && (band[i] = 1));
  if (state.move === "shift" && !hasRest(state)) {
    const numbered = { shape: image.shape, values: image.values.map((_, i) => i + 1) };
    const there = tapsOf(moveInput(numbered, state), state, 0);
    tapsOf(numbered, state, 0).forEach((mapped, t) => {
      const back = moveOutput(mapped, state).values;
      mark(there[t].values, (value, i) => value !== back[i]);
    });
    return band;
  }
  for (const tap of tapsOf(unknownPart(image.shape, state), state, 1))
    mark(tap.values, (value) => value > EQUAL);
  const taps = tapsOf(filled(image.shape, 0), state, 1);
  const touched = { shape: taps[0].shape, values: new Float64Array(taps[0].values.length) };
  for (const tap of taps) tap.values.forEach((v, i) => v > EQUAL && (touched.values[i] = 1));
  mark(moveOutput(touched, state, 1).values, (value) => value > EQUAL);
  return band;
}

// ---------------------------------------------------------------- both ways

/** The largest magnitude of those that `wanted` takes, NaN if there are none. */
function largestWhere(values, wanted) {
  let largest = NaN;
  values.forEach((value, i) => {
    if (wanted(i) && !(Math.abs(value) <= largest)) largest = Math.abs(value);
  });
  return largest;
}

/** The largest magnitude of a difference, NaN if the shapes differ. */
function largestChange(after, before) {
  if (String(after.shape) !== String(before.shape)) return NaN;
  const changes = after.values.map((value, i) => value - before.values[i]);
  return largestWhere(changes, () => true);
}

/** Everything that is shown in a state. */
export function compute(data, state) {
  const { image, kernel } = state;
  const moved = moveInput(image, state);
  const [mapped, there] = [operate(image, state), operate(moved, state)];
  const back = moveOutput(mapped, state);
  const alike = String(there.shape) === String(back.shape);
  const shape = alike ? there.shape : [0, 0];
  const values = alike ? there.values.map((value, i) => value - back.values[i]) : EMPTY.values;
  const band = borderBand(image, state, shape);
  const overall = largestWhere(values, () => true);
  const inside = largestWhere(values, (i) => !band[i]);
  const sum = kernel.values.reduce((total, weight) => total + Math.abs(weight), 0);
  const least = EQUAL * largestWhere(image.values, () => true) * sum;
  const unequal = inside <= least ? "inside" : "different";
  const none = alike ? "none" : "shapes";
  return {
    moved,
    mapped,
    there,
    back,
    residual: { shape, values },
    band,
    bandCount: band.reduce((count, one) => count + one, 0),
    overall,
    inside,
    least,
    in_band: largestWhere(values, (i) => band[i]),
    change: largestChange(there, mapped),
    verdict: !values.length ? none : overall <= least ? "equal" : unequal,
    row: Math.max(0, Math.min(state.row, shape[0] - 1)),
    column: Math.max(0, Math.min(state.column, shape[1] - 1)),
  };
}

// ---------------------------------------------------------------- in words

export const VERDICTS = {
  equal: "f(g(x)) and g(f(x)) are equal everywhere",
  inside: "f(g(x)) and g(f(x)) are equal inside and differ only in the border band",
  different: "f(g(x)) and g(f(x)) differ",
  shapes: "f(g(x)) and g(f(x)) differ in shape",
  none: "There is no output",
};

/** A residual in words: 0 where it is no more than what rounding leaves. */
export function leftOver({ least }, value) {
  return plain(Math.abs(value) <= least ? 0 : value);
}

/** What g does to the picture called `name`. */
function movedBy({ move, down, right, entering, angle, factor }, name) {
  if (move === "rotate") return `turns ${name} by ${angle}°`;
  if (move === "scale") return `scales ${name} by ${factor === 2 ? "2" : "½"}`;
  const vertical = `${Math.abs(down)} ${down >= 0 ? "down" : "up"}`;
  const across = `${Math.abs(right)} to the ${right >= 0 ? "right" : "left"}`;
  const what = entering === "circular" ? "the opposite side enters" : "zeros enter";
  return `shifts ${name} by ${vertical} and ${across}; ${what}`;
}

/** The layer f in words. */
function layerText({ kernel, boundary, stride, relu, pooling }) {
  const border = { zeros: "zero padding", circular: "circular padding", valid: "no padding" };
  const pooled = pooling === "none" ? "" : `, ${pooling} pooling 2 × 2`;
  const more = `${relu ? ", ReLU" : ""}${pooled}`;
  return `f: a ${kernel.shape.join(" × ")} kernel, ${border[boundary]}, stride ${stride}${more}.`;
}

/** How far f is from not noticing g at all. */
function ofInvariance(state, { change }) {
  if (Number.isNaN(change)) return [];
  if (movesNothing(state)) return ["g moves nothing here: any f commutes with it."];
  return [`Invariance would ask f(g(x)) = f(x): these differ by up to ${plain(change)}.`];
}

/** Whether g leaves each pixel where it is. */
export function movesNothing({ move, angle, down, right }) {
  return move === "rotate" ? angle % 360 === 0 : move === "shift" && !down && !right;
}

/** What g does to the outputs, if that takes a word. */
export function onTheOutput(state) {
  const { move, angle } = state;
  const step = stepOf(state);
  if (move === "scale" || (move === "rotate" && angle % 90))
    return ["Between pixels, g interpolates (bilinear)."];
  if (move === "rotate" || step === 1) return [];
  if (hasRest(state))
    return [
      `The outputs lie ${step} pixels apart and the shift is no multiple of that: ` +
        "no shift of the output fits, the next one towards 0 is tried.",
    ];
  const [down, right] = [state.down, state.right].map((d) => signed(d / step));
  return [`On the outputs, which lie ${step} pixels apart, g shifts by [${down}, ${right}].`];
}

/** Whether the kernel has the symmetry of a turn by right angles. */
export function ofTheKernel({ move, angle, kernel }) {
  if (move !== "rotate" || angle % 90 || angle % 360 === 0) return [];
  const other = turned(kernel, (angle / 90) % 4);
  // As close as numpy.allclose asks for.
  const close = (value, i) =>
    Math.abs(value - kernel.values[i]) <= 1e-8 + 1e-5 * Math.abs(kernel.values[i]);
  const same = other.shape[0] === kernel.shape[0] && other.values.every(close);
  return [`Turned by ${angle}°, the kernel is ${same ? "the same" : "another one"}.`];
}

/** The picture in words. */
export function describe(data, state, now = compute(data, state)) {
  const size = state.image.shape.join(" × ");
  const start = `g ${movedBy(state, `x (${size})`)}. ${layerText(state)} `;
  if (now.verdict === "none") return `${start}x is too small: there is no output.`;
  if (now.verdict === "shapes") {
    const [there, back] = [now.there, now.back].map(({ shape }) => shape.join(" × "));
    return `${start}${VERDICTS.shapes}: ${there} and ${back}.`;
  }
  const [overall, inside, inBand] = [now.overall, now.inside, now.in_band].map((one) => leftOver(now, one));
  const i = now.row * now.there.shape[1] + now.column;
  const terms = `${plain(now.there.values[i])} − ${bracketed(plain(now.back.values[i]))}`;
  return [
    `${start}${VERDICTS[now.verdict]}.`,
    `Largest residual: ${overall} overall, ${inside} inside, ` +
      `${inBand} in the band of ${now.bandCount} of ${plural(now.band.length, "output")}.`,
    ...ofInvariance(state, now),
    ...onTheOutput(state),
    ...ofTheKernel(state),
    `At [${now.row}, ${now.column}], f(g(x)) − g(f(x)) = ${terms} = ` +
      `${leftOver(now, now.residual.values[i])}.`,
  ].join(" ");
}
