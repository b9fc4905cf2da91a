// Pooling, as cnncourse.pooling.pool2d: the same arguments, rules and errors. Arrays are
// { shape, values: Float64Array }, row-major. The tests hold both to the same numbers.

const POOL_KINDS = ["max", "average", "l2"];

/** A number, or a pair (rows, columns), as a pair of whole numbers of at least `least`. */
function poolPair(name, value, least) {
  const pair = Array.isArray(value) ? value : [value, value];
  if (pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= least)) return pair;
  throw new Error(`${name} must be whole numbers of at least ${least}, got ${String(value)}`);
}

/** The padding of one axis by name, as [before, after]; "same" is TensorFlow's rule. */
function namedPoolPadding(name, n, size, stride) {
  const total = {
    valid: 0,
    same: Math.max(0, (Math.ceil(n / stride) - 1) * stride + size - n),
    full: 2 * (size - 1),
  }[name];
  if (total === undefined) throw new Error(`padding must be valid, same or full, got ${name}`);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Any padding that Python takes, for one axis (0 rows, 1 columns), as [before, after]. */
function poolPadding(padding, axis, n, size, stride) {
  if (Array.isArray(padding) && padding.length !== 2)
    throw new Error(`padding must be a number, a pair or a pair of pairs, got ${String(padding)}`);
  const own = Array.isArray(padding) ? padding[axis] : padding;
  if (typeof own === "string") return namedPoolPadding(own, n, size, stride);
  return poolPair("padding", own, 0);
}

/** How many windows lie along an axis of n pixels; throws if none fits. */
function poolCount(n, size, stride, [before, after], ceilMode = false) {
  const widest = Math.max(before, after);
  if (2 * widest > size)
    throw new Error(`padding must be at most half the window of ${size}, got ${widest}`);
  const room = n + before + after - size;
  if (room < 0) {
    const sum = `${n} + ${before} + ${after} = ${n + before + after}`;
    throw new Error(
      `size must fit into the padded image, got a window of ${size} and ${sum} pixels`,
    );
  }
  const count = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  // A window that would see no pixel is none.
  return (count - 1) * stride >= n + before ? count - 1 : count;
}

/** For each window along an axis: its first pixel, the one after its last, and its divisor. */
function poolSpans(n, size, stride, pads, { countIncludePad, ceilMode }) {
  const [before, after] = pads;
  const [extraBefore, extraAfter] = countIncludePad ? pads : [0, 0];
  return Array.from({ length: poolCount(n, size, stride, [before, after], ceilMode) }, (_, i) => {
    const start = i * stride - before;
    return {
      first: Math.max(0, start),
      stop: Math.min(n, start + size),
      divisor: Math.min(start + size, n + extraAfter) - Math.max(start, -extraBefore),
    };
  });
}

/** Walk over the pixels of one window of a plane that starts at `offset`. */
function poolEach(values, offset, width, down, across, take) {
  for (let row = down.first; row < down.stop; row++)
    for (let column = across.first; column < across.stop; column++)
      take(values[offset + row * width + column]);
}

/** A window's largest value; NaN if it holds one. Padding never wins: it is not looked at. */
function poolMaximum(...window) {
  let best = -Infinity;
  poolEach(...window, (value) => (best = Math.max(best, value)));
  return best;
}

/** A window's sum over its divisor: padding counts as zeros, or not at all. */
function poolAverage(...window) {
  const [, , , down, across] = window;
  let total = 0;
  poolEach(...window, (value) => (total += value));
  return total / (down.divisor * across.divisor);
}

/** The root of a window's sum of squares, of values near one: large ones do not overflow. */
function poolNorm(...window) {
  let largest = 0;
  let total = 0;
  poolEach(...window, (value) => (largest = Math.max(largest, Math.abs(value))));
  const size = Number.isFinite(largest) && largest > 0 ? largest : 1;
  poolEach(...window, (value) => (total += (value / size) ** 2));
  return size * Math.sqrt(total);
}

/** Summarise each window of an image, (H, W) or (..., H, W), by "max", "average" or "l2".
 *
 * `size` and `stride` are numbers or [rows, columns] (stride: the size if not given), `padding` a
 * number, [rows, columns], [[top, bottom], [left, right]], "valid" or "same".
 */
export function pool(image, options) {
  const { kind = "max", size, stride = size, padding = 0 } = options;
  const { countIncludePad = true, ceilMode = false } = options;
  const summary = { max: poolMaximum, average: poolAverage, l2: poolNorm }[kind];
  if (!summary) throw new Error(`kind must be one of ${POOL_KINDS.join(", ")}, got ${kind}`);
  const [height, width] = image.shape.slice(-2);
  const sizes = poolPair("size", size, 1);
  const steps = poolPair("stride", stride, 1);
  const [rows, columns] = [height, width].map((n, axis) => {
    const pads = poolPadding(padding, axis, n, sizes[axis], steps[axis]);
    return poolSpans(n, sizes[axis], steps[axis], pads, { countIncludePad, ceilMode });
  });
  const planes = image.values.length / (height * width);
  const values = new Float64Array(planes * rows.length * columns.length);
  let at = 0;
  for (let plane = 0; plane < planes; plane++)
    for (const down of rows)
      for (const across of columns)
        values[at++] = summary(image.values, plane * height * width, width, down, across);
  return { shape: [...image.shape.slice(0, -2), rows.length, columns.length], values };
}
