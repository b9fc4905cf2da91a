"""Gradients of convolution and pooling: what a change of the output says about the input.

Convolution is linear, so its gradients are its adjoints: wherever the forward step *reads* pixel p
through tap q for output i, the backward step *adds* to p, or to q, what arrives at i. Overlapping
windows add up. With J the loss, `output_gradient` is dJ/dZ, of the forward output's shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer, integer_pair, is_sequence, result_dtype
from cnncourse._blocks import BOUNDARIES, pad_image, windows, working_dtype
from cnncourse._windows import (
    Axis,
    blocks,
    float_dtype,
    fold,
    near_one,
    real_array,
    real_images,
    spread,
    window_axes,
    winners,
)
from cnncourse.pooling import KINDS
from cnncourse.shapes import Pair, conv_output_size, image_padding

_BLOCK = 1 << 20  # bytes of the unfolded input made at a time, so that it stays in the cache
_PLACES = 640  # outputs a product sums over: long sums of few taps leave BLAS's fast path


def conv2d_input_gradient(
    output_gradient: ArrayLike,
    kernel: ArrayLike,
    input_shape: Sequence[int],
    *,
    stride: int | Pair = 1,
    padding: Any = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> np.ndarray:
    """Return dJ/dx of ``conv2d(x, kernel, ...)``, from dJ/dZ (adjoint of lecture eq. 6 and 7).

    Each output hands its gradient back along the taps that it was read through; with stride s and
    dilation d (counted from 0, rows alike, left out here):
        dx[c, j] = sum over o, i, n with i*s + n*d = j + padding of dZ[o, i] K[o, c, n].
    At stride 1 this is the *full* convolution of dZ with the kernel, flipped (Goodfellow, Bengio
    and Courville 2016, section 9.5). What reached a padded pixel goes to the pixel it copies.

    Parameters
    ----------
    output_gradient : (C_out, Ho, Wo) or (N, C_out, Ho, Wo) array_like
        dJ/dZ, real.
    kernel : (C_out, C_in/groups, kH, kW) array_like
        Kernel K, real.
    input_shape : (C_in, H, W) or (N, C_in, H, W)
        Shape of x. Needed, since with a stride several input sizes give the same output size.
    stride, padding, dilation, groups, padding_mode
        As in the forward ``conv2d``.

    Returns
    -------
    ndarray of shape `input_shape`
        dJ/dx.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong form, or `output_gradient` not the forward output's shape.
    OverflowError
        If sums of integers could exceed 64 bits.

    Examples
    --------
    >>> conv2d_input_gradient([[[1, 10]]], [[[[1, 2]]]], (1, 1, 3)).tolist()
    [[[1, 12, 20]]]
    """
    gradient = real_array("output_gradient", output_gradient, ndim=(3, 4))
    weights = real_array("kernel", kernel, ndim=4)
    shape = _shape("input_shape", input_shape, (3, 4))
    strides, pads, dilations = _layer(
        gradient, shape, weights.shape, stride, padding, dilation, groups, padding_mode
    )
    channels_out, depth, rows, columns = weights.shape
    *_, channels, height, width = shape
    samples = gradient if gradient.ndim == 4 else gradient[np.newaxis]
    dtype = result_dtype(gradient, weights)
    work = working_dtype(samples, weights.swapaxes(0, 1), dtype)
    split = weights.reshape(groups, channels_out // groups, depth, rows, columns)
    by_row = split.transpose(3, 0, 2, 4, 1).astype(work, order="C")
    by_row = by_row.reshape(rows, groups, depth * columns, channels_out // groups)
    padded = np.zeros((len(samples), channels, height + sum(pads[0]), width + sum(pads[1])), work)
    for n, i, j in _pieces(samples.shape, channels * columns, work):
        piece = samples[n, :, i, j]
        some, _, h, w = piece.shape
        flow = piece.reshape(some, groups, channels_out // groups, h * w).astype(work, copy=False)
        for m in range(rows):
            down = _pixels(i, m, strides[0], dilations[0])
            with np.errstate(all="ignore"):  # infinities give infinities and NaNs, not warnings
                unfolded = np.matmul(by_row[m], flow).reshape(some, channels, columns, h, w)
                for q in range(columns):
                    across = _pixels(j, q, strides[1], dilations[1])
                    padded[n, :, down, across] += unfolded[:, :, q]
    image = _fold_padding(padded, pads, padding_mode)
    return np.ascontiguousarray(image, dtype=dtype).reshape(shape)


def conv2d_kernel_gradient(
    output_gradient: ArrayLike,
    x: ArrayLike,
    kernel_shape: Sequence[int],
    *,
    stride: int | Pair = 1,
    padding: Any = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> np.ndarray:
    """Return dJ/dK of ``conv2d(x, kernel, ...)``, from dJ/dZ (lecture eq. 6 and 7).

    A tap is used by all outputs of all images, so its gradient is a sum over them; with stride s
    and dilation d (counted from 0, rows alike, left out here):
        dK[o, c, n] = sum over images and i of dZ[o, i] x[c, i*s + n*d - padding].
    The bias is added to every output, so its gradient is ``output_gradient.sum((0, 2, 3))``.

    Parameters
    ----------
    output_gradient : (C_out, Ho, Wo) or (N, C_out, Ho, Wo) array_like
        dJ/dZ, real.
    x : (C_in, H, W) or (N, C_in, H, W) array_like
        The forward input, real.
    kernel_shape : (C_out, C_in/groups, kH, kW)
        Shape of the kernel.
    stride, padding, dilation, groups, padding_mode
        As in the forward ``conv2d``.

    Returns
    -------
    ndarray of shape `kernel_shape`
        dJ/dK.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong form, or `output_gradient` not the forward output's shape.
    OverflowError
        If sums of integers could exceed 64 bits.

    Examples
    --------
    >>> conv2d_kernel_gradient([[[1, 10]]], [[[3, 4, 5]]], (1, 1, 1, 2)).tolist()
    [[[[43, 54]]]]
    """
    gradient = real_array("output_gradient", output_gradient, ndim=(3, 4))
    image = real_array("x", x, ndim=(3, 4))
    shape = _shape("kernel_shape", kernel_shape, (4,))
    strides, pads, dilations = _layer(
        gradient, image.shape, shape, stride, padding, dilation, groups, padding_mode
    )
    samples = gradient if gradient.ndim == 4 else gradient[np.newaxis]
    padded = pad_image(image if image.ndim == 4 else image[np.newaxis], pads, padding_mode)
    view = windows(padded, (shape[2], shape[3]), strides, dilations)
    taps = shape[1] * shape[2] * shape[3]
    dtype = result_dtype(gradient, image)
    work = working_dtype(image, samples.swapaxes(0, 1), dtype)
    total = np.zeros((groups, shape[0] // groups, taps), work)
    for n, i, j in _pieces(samples.shape, taps * groups, work, most=_PLACES):
        piece, seen = samples[n, :, i, j], view[n, ..., i, j]
        some, channels_out, h, w = piece.shape
        flow = piece.reshape(some, groups, channels_out // groups, h * w).astype(work, copy=False)
        unfolded = seen.reshape(some, groups, taps, h * w).astype(work, copy=False)
        with np.errstate(all="ignore"):  # infinities give infinities and NaNs, not warnings
            total += np.matmul(flow, unfolded.swapaxes(2, 3)).sum(axis=0)
    return total.reshape(shape).astype(dtype, copy=False)


def pool2d_input_gradient(
    output_gradient: ArrayLike,
    x: ArrayLike,
    size: int | Pair,
    *,
    kind: str = "max",
    stride: int | Pair | None = None,
    padding: Any = 0,
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> np.ndarray:
    """Return dJ/dx of ``pool2d(x, size, ...)``, from dJ/dZ.

    max: each window hands its gradient to its largest pixel alone; of equal pixels the *first* in
    reading order (rows from the top, each from the left) gets all of it, as in PyTorch, and of
    NaNs the first. average: each pixel gets a share 1/divisor. l2: x / Z times dZ, and 0 where Z
    is 0, where the norm has no derivative. A pixel in several windows gets the sum.

    Parameters
    ----------
    output_gradient : (..., Ho, Wo) array_like
        dJ/dZ, real, of the forward output's shape.
    x : (H, W), (C, H, W) or (N, C, H, W) array_like
        The forward input, real.
    size, kind, stride, padding, count_include_pad, ceil_mode
        As in the forward ``pool2d``.

    Returns
    -------
    ndarray of `x`'s shape
        dJ/dx, of the common floating dtype of both arrays (integers count as float64).

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong form, or `output_gradient` not the forward output's shape.

    Examples
    --------
    >>> pool2d_input_gradient([[1, 10]], [[5, 7, 7]], (1, 2), stride=1).tolist()
    [[0.0, 11.0, 0.0]]
    >>> pool2d_input_gradient([[5]], [[3, 4]], (1, 2), kind="l2").tolist()
    [[3.0, 4.0]]
    """
    image = real_images("x", x)
    gradient = real_array("output_gradient", output_gradient, ndim=image.ndim)
    choice("kind", kind, KINDS)
    rows, columns = window_axes(image.shape, size, stride, padding, ceil_mode)
    _expect_shape(gradient, (*image.shape[:-2], rows.count, columns.count))
    common = np.result_type(gradient, image)
    dtype = np.dtype(common.type if common.kind == "f" else np.float64)  # in native byte order
    down, across = rows.divisors(count_include_pad), columns.divisors(count_include_pad)
    planes = image.reshape(-1, rows.n, columns.n)
    flows = gradient.reshape(-1, rows.count, columns.count)
    out = np.zeros(planes.shape, float_dtype(dtype))
    separate = rows.size <= rows.stride and columns.size <= columns.stride
    plane_starts = np.arange(len(planes)) * (rows.n * columns.n)
    for some, pixels, seen, part in blocks(planes, rows, out.itemsize):
        values = planes[some, pixels]
        flow = flows[some, seen].astype(out.dtype, copy=False)
        if kind == "max":
            places = winners(values, part, columns)
            places += (plane_starts[some] + pixels.start * columns.n)[:, np.newaxis, np.newaxis]
            if separate:
                out.reshape(-1)[places] = flow
            else:  # without the view, an equal but not identical dtype is 30 times as slow
                np.add.at(out.reshape(-1), places.ravel(), flow.ravel().view(out.dtype))
        elif kind == "average":
            divisor = np.outer(down[seen], across).astype(out.dtype)
            out[some, pixels] += spread(flow / divisor, part, columns)
        else:
            values = values.astype(out.dtype, copy=False)
            out[some, pixels] += _l2_share(flow, values, part, columns)
    return out.astype(dtype, copy=False).reshape(image.shape)


def _shape(name: str, value: Sequence[int], lengths: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape as a tuple of ints, or say which lengths it may have."""
    if not is_sequence(value) or len(value) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise ValueError(f"{name} must be a tuple of {wanted} sizes, got {value!r}")
    return tuple(integer(name, entry, minimum=0) for entry in value)


def _layer(
    gradient: np.ndarray,
    input_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    padding_mode: str,
) -> tuple[Pair, tuple[Pair, Pair], Pair]:
    """Check a convolution's arguments against each other; return its strides, pads, dilations."""
    choice("padding_mode", padding_mode, tuple(BOUNDARIES))
    integer("groups", groups)
    strides, dilations = integer_pair("stride", stride), integer_pair("dilation", dilation)
    *batch, channels, height, width = input_shape
    channels_out, channels_in, rows, columns = kernel_shape
    if rows == 0 or columns == 0:
        raise ValueError(f"the kernel must hold at least one weight, got shape {kernel_shape}")
    if channels_in * groups != channels or channels_out % groups:
        raise ValueError(
            "the kernel must have shape (C_out, C_in/groups, kH, kW) with C_out a multiple of "
            f"groups, got {kernel_shape} for {channels} input channels and groups={groups}"
        )
    image, taps = (height, width), (rows, columns)
    pads = image_padding(image, taps, padding, stride=strides, dilation=dilations)
    sizes = (
        conv_output_size(n, k, stride=s, padding=pad, dilation=d)
        for n, k, s, pad, d in zip(image, taps, strides, pads, dilations, strict=True)
    )
    _expect_shape(gradient, (*batch, channels_out, *sizes))
    return strides, pads, dilations


def _expect_shape(gradient: np.ndarray, expected: tuple[int, ...]) -> None:
    if gradient.shape != expected:
        raise ValueError(
            "output_gradient must have the shape of the forward output, "
            f"{expected}, got {gradient.shape}"
        )


def _pieces(
    shape: tuple[int, ...], taps: int, dtype: np.dtype, most: int | None = None
) -> Iterator[tuple[slice, slice, slice]]:
    """Cut outputs of shape (N, C_out, Ho, Wo) so that, unfolded, each piece is some `_BLOCK` bytes.

    Yields slices of images, rows and columns, of at most `most` places in an image. Each place
    takes `taps` and C_out numbers, each image taps * C_out more for its products.
    """
    samples, channels, height, width = shape
    numbers = _BLOCK // dtype.itemsize
    each = max(1, taps + channels)
    places = max(1, min(numbers // each, most or height * width))
    w = _even_part(width, places)
    h = _even_part(height, places // w)
    some = max(1, numbers // (h * w * each + taps * channels))
    for n in range(0, samples, some):
        for i in range(0, height, h):
            for j in range(0, width, w):
                yield (
                    slice(n, min(n + some, samples)),
                    slice(i, min(i + h, height)),
                    slice(j, min(j + w, width)),
                )


def _even_part(n: int, most: int) -> int:
    """Return the size of the fewest nearly equal parts of n that are at most `most` each."""
    parts = -(-n // max(1, most))
    return -(-n // parts)


def _pixels(outputs: slice, tap: int, stride: int, dilation: int) -> slice:
    """Return the padded pixels that a range of outputs reads through one tap."""
    start = outputs.start * stride + tap * dilation
    return slice(start, start + (outputs.stop - 1 - outputs.start) * stride + 1, stride)


def _fold_padding(padded: np.ndarray, pads: tuple[Pair, Pair], boundary: str) -> np.ndarray:
    """Add what lies on padded pixels to the pixels they copy (adjoint of `pad_image`)."""
    core = padded
    for axis, (before, after) in zip((-1, -2), reversed(pads), strict=True):
        moved = np.moveaxis(core, axis, 0)
        n = len(moved) - before - after
        inside = moved[before : before + n]
        if boundary != "zeros" and before + after:
            copied = pad_image(np.arange(n)[np.newaxis], ((0, 0), (before, after)), boundary)[0]
            for place in (*range(before), *range(before + n, len(moved))):
                inside[copied[place]] += moved[place]
        core = np.moveaxis(inside, 0, axis)
    return core


def _l2_share(flow: np.ndarray, values: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    scaled, _ = near_one(values)  # the derivative x / Z is the same at every scale
    norm = np.sqrt(fold(np.square(scaled), rows, columns, np.add))
    slope = np.divide(flow, norm, out=np.zeros_like(flow), where=norm != 0)
    with np.errstate(invalid="ignore"):  # at an infinite pixel the derivative is NaN
        return scaled * spread(slope, rows, columns)
