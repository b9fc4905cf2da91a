"""The engine under `conv`, `pooling` and `gradients`: padding, windows, and products in blocks."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncourse._arrays import result_dtype
from cnncourse.shapes import Pair

BLOCK = 1 << 17
"""Numbers copied at a time: 1 MB of float64, which a core's cache holds."""

STRIP = 8
"""Output rows of a grey image computed by one matrix product."""

BOUNDARIES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad_image(x: np.ndarray, pads: tuple[Pair, Pair], boundary: str = "zeros") -> np.ndarray:
    """Pad the last two axes of `x`; `x` itself if there is nothing to add.

    "zeros" puts zeros there, "replicate" repeats the border pixel, "reflect" mirrors the image at
    its border pixel without repeating it, "circular" continues at the opposite side. Padding wider
    than the image goes on with the same rule.

    Parameters
    ----------
    x : (..., H, W) ndarray
    pads : ((top, bottom), (left, right))
        Pixels to add.
    boundary : {"zeros", "reflect", "replicate", "circular"}, default "zeros"

    Returns
    -------
    (..., top + H + bottom, left + W + right) ndarray

    Examples
    --------
    >>> pad_image(np.array([[1, 2, 3]]), ((0, 0), (2, 1)), "reflect").tolist()
    [[3, 2, 1, 2, 3, 2]]
    """
    (top, bottom), (left, right) = pads
    if not (top or bottom or left or right):
        return x
    height, width = x.shape[-2:]
    if boundary == "zeros":  # np.pad takes several times as long for this common case
        padded = np.zeros((*x.shape[:-2], top + height + bottom, left + width + right), x.dtype)
        padded[..., top : top + height, left : left + width] = x
        return padded
    if (height == 0 and top + bottom) or (width == 0 and left + right):
        raise ValueError(f"an image without pixels has no {boundary!r} border, got shape {x.shape}")
    widths = [(0, 0)] * (x.ndim - 2) + [(top, bottom), (left, right)]
    return np.pad(x, widths, mode=BOUNDARIES[boundary])  # type: ignore[call-overload]


def windows(
    x: np.ndarray, kernel_shape: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> np.ndarray:
    """View `x` through a sliding window: a read-only view, nothing is copied.

    view[n, c, m, q, i, j] = x[n, c, i*s + m*d, j*s + q*d], with s the stride and d the dilation of
    the axis. The caller has seen to it that one window fits.

    Parameters
    ----------
    x : (N, C, H, W) ndarray
    kernel_shape : (kH, kW)
    stride, dilation : (rows, columns), default (1, 1)

    Returns
    -------
    (N, C, kH, kW, Ho, Wo) ndarray

    Examples
    --------
    >>> x = np.arange(12).reshape(1, 1, 3, 4)
    >>> view = windows(x, (2, 2))
    >>> view.shape, view[0, 0, :, :, 1, 2].tolist()
    ((1, 1, 2, 2, 2, 3), [[6, 7], [10, 11]])
    """
    samples, channels, height, width = x.shape
    (rows, columns), (s_row, s_column), (d_row, d_column) = kernel_shape, stride, dilation
    out_height = (height - d_row * (rows - 1) - 1) // s_row + 1
    out_width = (width - d_column * (columns - 1) - 1) // s_column + 1
    a, b, c, d = x.strides
    return as_strided(
        x,
        (samples, channels, rows, columns, out_height, out_width),
        (a, b, c * d_row, d * d_column, c * s_row, d * s_column),
        writeable=False,
    )


def correlate(
    x: np.ndarray,
    kernel: np.ndarray,
    *,
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
    groups: int = 1,
    dtype: np.dtype | None = None,
) -> np.ndarray:
    """Cross-correlate a padded batch with a bank of kernels, lecture eq. (6) and (7).

    Windows are copied into columns ("im2col") some 1 MB at a time, so that a matrix product does
    the work while the columns are still in the cache, and lands in channels-first order.

    Parameters
    ----------
    x : (N, C_in, H, W) ndarray
        Padded already.
    kernel : (C_out, C_in / groups, kH, kW) ndarray
    stride, dilation : (rows, columns), default (1, 1)
    groups : int, default 1
    dtype : dtype, optional
        Of the result; `result_dtype` of both if not given.

    Returns
    -------
    (N, C_out, Ho, Wo) ndarray

    Raises
    ------
    OverflowError
        If integers could exceed 64 bits.

    Examples
    --------
    >>> correlate(np.ones((1, 2, 3, 3)), np.ones((1, 2, 2, 2))).tolist()
    [[[[8.0, 8.0], [8.0, 8.0]]]]
    """
    outputs, depth, rows, columns = kernel.shape
    view = windows(x, (rows, columns), stride, dilation)
    samples, _, _, _, height, width = view.shape
    out = np.empty((samples, outputs, height, width), dtype or result_dtype(x, kernel))
    weights = kernel.astype(working_dtype(x, kernel, out.dtype), copy=False)
    weights = weights.reshape(groups, outputs // groups, depth * rows * columns)
    grouped = out.reshape(samples, groups, outputs // groups, height, width)
    done = 0
    with np.errstate(all="ignore"):  # an infinity times a zero of `banded` is mended, see _strips
        grey = outputs == groups and depth == 1
        if grey and rows > 1 and dilation[0] == 1 and view.size > BLOCK:
            done = _strips(x, weights.reshape(groups, rows, columns), stride, dilation, grouped)
        if done < height:
            _multiply(view[..., done:, :], weights, grouped[..., done:, :])
    return out


def working_dtype(x: np.ndarray, kernel: np.ndarray, dtype: np.dtype) -> np.dtype:
    """Return the dtype in which a sum of products is both quick and exact enough.

    Integers go through float64, and matrix products tuned for it, where no partial sum can exceed
    2**53, below which float64 holds every integer. float16 is summed in float32.

    Raises
    ------
    OverflowError
        If a sum of integers could exceed 64 bits.

    Examples
    --------
    >>> working_dtype(np.array([255]), np.ones((1, 3)), np.dtype(np.int64))
    dtype('float64')
    """
    if dtype == np.float16:
        return np.dtype(np.float32)
    if dtype.kind not in "biu":
        return dtype
    if x.size == 0 or kernel.size == 0:
        return np.dtype(np.float64)
    taps = tuple(range(1, kernel.ndim))
    weight = np.abs(kernel.astype(np.float64)).sum(axis=taps).max()
    largest = float(weight) * max(float(x.max()), -float(x.min()))
    if largest < 2.0**53:
        return np.dtype(np.float64)
    if largest < 0.99 * 2.0**63:
        return np.dtype(np.int64)
    raise OverflowError(
        f"sums of these integers could reach {largest:.3g}, more than 64 bits hold: "
        "convert x or kernel to float"
    )


def _strips(
    x: np.ndarray, kernels: np.ndarray, stride: Pair, dilation: Pair, out: np.ndarray
) -> int:
    """Correlate one channel with one kernel, several output rows in one product.

    Those rows share most of their input. So the kernel, moved down a row at a time, is written into
    a banded (Toeplitz) matrix of STRIP rows, and the input is copied once a strip, not once a row.
    Its zeros would spread a NaN over the strip, though: then nothing counts as done.

    `kernels` is (groups, kH, kW), `out` (N, groups, 1, Ho, Wo); returns the rows of `out` done.
    """
    groups, rows, columns = kernels.shape
    samples, _, _, height, width = out.shape
    span = (STRIP - 1) * stride[0] + rows
    count = height // STRIP
    if count == 0 or groups * STRIP * span * columns > 4 * BLOCK:
        return 0
    banded = np.zeros((groups, STRIP, span, columns), kernels.dtype)
    for row in range(STRIP):
        banded[:, row, row * stride[0] : row * stride[0] + rows] = kernels
    view = windows(x, (span, columns), (STRIP * stride[0], stride[1]), (1, dilation[1]))
    strips = out[:, :, 0, : count * STRIP].reshape(samples, groups, count, STRIP, width)
    _multiply(view, banded.reshape(groups, STRIP, -1), strips.swapaxes(2, 3))
    return count * STRIP if np.isfinite(strips[..., 0, :]).all() else 0


def _multiply(view: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Fill out[n, g, :, i, j] with weights[g] times the window at (i, j), block by block.

    `view` is (N, groups * depth, kH, kW, Ho, Wo), `weights` (groups, outputs, depth * kH * kW),
    `out` (N, groups, outputs, Ho, Wo).
    """
    groups, outputs, taps = weights.shape
    samples, channels, _, _, height, width = view.shape
    depth = channels // max(groups, 1)
    sizes = (samples, groups, height, width)
    room = BLOCK // max(taps + outputs, 1)
    room = max(room, min(256, 4 * BLOCK // max(taps + outputs, 1)), 1)  # wide enough to multiply
    steps = []
    for size in reversed(sizes):
        steps.append(max(1, min(size, room)))
        room = max(1, room // steps[-1])
    for n, g, i, j in product(*map(range, (0, 0, 0, 0), sizes, reversed(steps))):
        dn, dg, di, dj = reversed(steps)
        block = view[n : n + dn, g * depth : (g + dg) * depth, ..., i : i + di, j : j + dj]
        target = out[n : n + dn, g : g + dg, :, i : i + di, j : j + dj]
        few, some, _, high, wide = target.shape
        patches = block.astype(weights.dtype, order="C").reshape(few, some, taps, high * wide)
        target[...] = np.matmul(weights[g : g + dg], patches).reshape(target.shape)
        del patches  # before the next block is copied
