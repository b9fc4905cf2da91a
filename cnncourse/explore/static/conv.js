// Convolution for the explorers: the only maths besides pooling that the browser repeats. Python is
// the reference (cnncourse/conv.py); tests hold this file to its numbers. Arrays are
// { shape, values }, values a Float64Array in row-major order; no argument is ever changed.

const ONE = [1, 1];
const NO_PADDING = [
  [0, 0],
  [0, 0],
];

/** Index of the sample that stands at `index` of an axis of `size`, which may lie outside; -1 if
 * nothing does: beyond the borders there are zeros then. */
export function sourceIndex(index, size, boundary) {
  if (index >= 0 && index < size) return index;
  if (boundary === "zeros") return -1;
  if (boundary === "replicate") return index < 0 ? 0 : size - 1;
  if (boundary === "circular") return ((index % size) + size) % size;
  if (boundary !== "reflect") throw new RangeError(`no boundary is called ${boundary}`);
  // The mirror does not repeat the border pixel, so the picture repeats after 2 (size - 1).
  const period = Math.max(1, 2 * (size - 1));
  const place = ((index % period) + period) % period;
  return place < size ? place : period - place;
}

/** Value at a row and a column that may lie outside the image. */
export function pixel({ shape, values }, row, column, boundary = "zeros") {
  const r = sourceIndex(row, shape[0], boundary);
  const c = sourceIndex(column, shape[1], boundary);
  return r < 0 || c < 0 ? 0 : values[r * shape[1] + c];
}

/** Rows of numbers as an array. */
export const arrayOf = (rows) => ({
  shape: [rows.length, rows[0].length],
  values: Float64Array.from(rows.flat()),
});

/** Whether two arrays have the same shape and the same numbers. */
export function sameArray(a, b) {
  return String(a.shape) === String(b.shape) && a.values.every((v, i) => v === b.values[i]);
}

/** A kernel of another shape: the old one in its middle, zeros around it. */
export function resizedKernel({ shape, values }, rows, columns) {
  const [top, left] = [Math.trunc((rows - shape[0]) / 2), Math.trunc((columns - shape[1]) / 2)];
  const made = new Float64Array(rows * columns);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      const [r, c] = [m - top, n - left];
      const there = r >= 0 && r < shape[0] && c >= 0 && c < shape[1];
      made[m * columns + n] = there ? values[r * shape[1] + c] : 0;
    }
  }
  return { shape: [rows, columns], values: made };
}

/** A kernel rotated by 180 degrees. */
export function flipped({ shape, values }) {
  return { shape: [...shape], values: Float64Array.from(values).reverse() };
}

/** An image with a border of `padding` = [[top, bottom], [left, right]] pixels. */
export function padded(image, padding, boundary = "zeros") {
  const [[top, bottom], [left, right]] = padding;
  const [height, width] = image.shape;
  const shape = [height + top + bottom, width + left + right];
  if (shape[0] === height && shape[1] === width) return image;
  const values = new Float64Array(shape[0] * shape[1]);
  const columns = Int32Array.from({ length: shape[1] }, (_, c) =>
    sourceIndex(c - left, width, boundary),
  );
  for (let r = 0; r < shape[0]; r++) {
    const row = sourceIndex(r - top, height, boundary);
    if (row < 0) continue;
    for (let c = 0; c < shape[1]; c++) {
      if (columns[c] >= 0) values[r * shape[1] + c] = image.values[row * width + columns[c]];
    }
  }
  return { shape, values };
}

/** Windows along an axis, none if the kernel is larger than the padded image. */
function windowsAlong(size, taps, step, spacing) {
  return Math.max(0, Math.floor((size - spacing * (taps - 1) - 1) / step) + 1);
}

/** Add to a row of `out`, from `to` on, `weights` times the samples `apart` from each other.
 *
 * Four weights at a time: to fetch and store the sums takes longer than to multiply. */
function addRow(out, to, count, image, from, { weights, first, taps, apart, step }) {
  let n = 0;
  for (; n + 4 <= taps; n += 4) {
    const w0 = weights[first + n];
    const w1 = weights[first + n + 1];
    const w2 = weights[first + n + 2];
    const w3 = weights[first + n + 3];
    let a = from + n * apart;
    for (let j = 0; j < count; j++, a += step) {
      out[to + j] +=
        w0 * image[a] +
        w1 * image[a + apart] +
        w2 * image[a + 2 * apart] +
        w3 * image[a + 3 * apart];
    }
  }
  for (; n < taps; n++) {
    const weight = weights[first + n];
    let a = from + n * apart;
    for (let j = 0; j < count; j++, a += step) out[to + j] += weight * image[a];
  }
}

/** Add to `out`, from `start` on, the cross-correlation of a padded plane with the plane of taps
 * that begins at `kernelStart`. */
function accumulate(out, start, image, kernel, kernelStart, plan) {
  const { size, taps, width, stride, dilation } = plan;
  const row = { weights: kernel, first: 0, taps: taps[1], apart: dilation[1], step: stride[1] };
  for (let i = 0; i < size[0]; i++) {
    for (let m = 0; m < taps[0]; m++) {
      row.first = kernelStart + m * taps[1];
      const from = (i * stride[0] + m * dilation[0]) * width;
      addRow(out, start + i * size[1], size[1], image, from, row);
    }
  }
}

/** Cross-correlate an image (H, W) with a kernel (kH, kW), as cnncourse.conv.cross_correlate2d.
 *
 * The output has no rows or no columns if the kernel is larger than the padded image. */
export function correlate(
  image,
  kernel,
  { stride = ONE, padding = NO_PADDING, dilation = ONE, boundary = "zeros" } = {},
) {
  const whole = padded(image, padding, boundary);
  const size = [0, 1].map((axis) =>
    windowsAlong(whole.shape[axis], kernel.shape[axis], stride[axis], dilation[axis]),
  );
  const values = new Float64Array(size[0] * size[1]);
  const plan = { size, taps: kernel.shape, width: whole.shape[1], stride, dilation };
  if (values.length) accumulate(values, 0, whole.values, kernel.values, 0, plan);
  return { shape: size, values };
}

/** Plane `index` of an array (C, H, W), not copied. */
export function plane({ shape, values }, index) {
  const area = shape[1] * shape[2];
  return { shape: [shape[1], shape[2]], values: values.subarray(index * area, (index + 1) * area) };
}

/** A convolutional layer: input (C, H, W), kernel (O, C, kH, kW), bias of O numbers or null.
 *
 * Output (O, Ho, Wo), as cnncourse.conv.conv2d with one image and one group. */
export function convLayer(
  input,
  kernel,
  bias = null,
  { stride = ONE, padding = NO_PADDING, dilation = ONE, boundary = "zeros" } = {},
) {
  const [outputs, channels, ...taps] = kernel.shape;
  const planes = Array.from({ length: channels }, (_, l) =>
    padded(plane(input, l), padding, boundary),
  );
  const size = [0, 1].map((axis) =>
    windowsAlong(planes[0].shape[axis], taps[axis], stride[axis], dilation[axis]),
  );
  const area = size[0] * size[1];
  const values = new Float64Array(outputs * area);
  const plan = { size, taps, width: planes[0].shape[1], stride, dilation };
  for (let k = 0; area && k < outputs; k++) {
    if (bias) values.fill(bias[k], k * area, (k + 1) * area);
    planes.forEach((one, l) => {
      const first = (k * channels + l) * taps[0] * taps[1];
      accumulate(values, k * area, one.values, kernel.values, first, plan);
    });
  }
  return { shape: [outputs, ...size], values };
}
