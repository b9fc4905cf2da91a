"""Pooling: each neighbourhood summarised by its maximum, its average or its L2 norm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer_pair, is_sequence
from cnncourse._windows import blocks, float_dtype, fold, near_one, real_images, window_axes
from cnncourse.shapes import Pair

KINDS = ("max", "average", "l2")


def pool2d(
    x: ArrayLike,
    size: int | Pair,
    *,
    kind: str = "max",
    stride: int | Pair | None = None,
    padding: Any = 0,
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> np.ndarray:
    """Summarise each window of `x` by its maximum, average or L2 norm (lecture, "Pooling").

    With window size k and stride s (counted from 0, no padding; rows alike, left out here):
        max: Z[j] = max_q x[j*s + q],  average: Z[j] = sum_q x[j*s + q] / k,
        l2: Z[j] = sqrt(sum_q x[j*s + q]**2),  q = 0 .. k-1.

    The root of the *sum* of squares, not of their mean, as ``torch.nn.LPPool2d``. A maximum is
    padded with minus infinity (integers: the least of their type), so padding never wins, not even
    over negative pixels; an average counts padding as zeros unless told otherwise. A window that
    holds a NaN gives NaN, and no other does.

    Parameters
    ----------
    x : (H, W), (C, H, W) or (N, C, H, W) array_like
        Real numbers. Each image and channel is pooled on its own.
    size : int or (rows, columns)
        Window size.
    kind : {"max", "average", "l2"}, default "max"
        The summary.
    stride : int or (rows, columns), optional
        Step between windows; the window size if not given.
    padding : int, (rows, columns), ((top, bottom), (left, right)), "valid" or "same", default 0
        At most half the window at each end. "same" is TensorFlow's rule.
    count_include_pad : bool, default True
        Whether an average's divisor counts padding (PyTorch's default; Keras never does).
    ceil_mode : bool, default False
        Keep a last window that hangs over the end; what hangs over is not counted.

    Returns
    -------
    (..., Ho, Wo) ndarray
        `x`'s dtype; an average or L2 norm of integers is float64. `shapes.pool_output_size`
        gives Ho and Wo.

    Raises
    ------
    TypeError
        If `x` is not real numbers or a size, stride or padding is no integer.
    ValueError
        If `x` has another number of axes or no pixels, a window is larger than the padded image,
        the padding is more than half the window, or a stride is 0.

    Examples
    --------
    >>> x = [[1, 2, 0, 4], [5, 3, 1, 2]]
    >>> pool2d(x, 2).tolist(), pool2d(x, 2, kind="average").tolist()
    ([[5, 4]], [[2.75, 1.75]])
    >>> pool2d([[-3, -4]], (1, 2), stride=1, padding=(0, 1)).tolist()
    [[-3, -3, -4]]
    >>> pool2d([[-3, -4]], (1, 2), kind="l2").tolist()
    [[5.0]]
    """
    image = real_images("x", x)
    choice("kind", kind, KINDS)
    rows, columns = window_axes(image.shape, size, stride, padding, ceil_mode)
    down, across = rows.divisors(count_include_pad), columns.divisors(count_include_pad)
    planes = image.reshape(-1, rows.n, columns.n)
    out = np.empty((len(planes), rows.count, columns.count), _out_dtype(image.dtype, kind))
    for some, pixels, windows, part in blocks(planes, rows, out.itemsize):
        combined = partial(fold, rows=part, columns=columns)
        out[some, windows] = _summary(planes[some, pixels], kind, combined, (down[windows], across))
    return out.reshape(*image.shape[:-2], rows.count, columns.count)


def adaptive_pool2d(x: ArrayLike, output_size: int | Pair, *, kind: str = "max") -> np.ndarray:
    """Pool images of any size to one fixed size (lecture, "Pooling": inputs of varying size).

    Of n pixels and m outputs, output i summarises the pixels from floor(i*n/m) up to, not with,
    ceil((i+1)*n/m): the rule of ``torch.nn.AdaptiveMaxPool2d``. Windows overlap by a pixel where m
    does not divide n.

    Parameters
    ----------
    x : (H, W), (C, H, W) or (N, C, H, W) array_like
        Real numbers.
    output_size : int or (rows, columns)
        Size m of the result.
    kind : {"max", "average", "l2"}, default "max"
        As in `pool2d`.

    Returns
    -------
    (..., rows, columns) ndarray
        dtype as in `pool2d`.

    Raises
    ------
    TypeError, ValueError
        As in `pool2d`.

    Examples
    --------
    >>> adaptive_pool2d([[1, 2, 3, 4, 5]], (1, 2), kind="average").tolist()
    [[2.0, 4.0]]
    """
    image = real_images("x", x)
    choice("kind", kind, KINDS)
    wanted = integer_pair("output_size", output_size)
    if all(n % m == 0 for n, m in zip(image.shape[-2:], wanted, strict=True)):
        return pool2d(
            image, (image.shape[-2] // wanted[0], image.shape[-1] // wanted[1]), kind=kind
        )
    rows, columns = (_adaptive_spans(n, m) for n, m in zip(image.shape[-2:], wanted, strict=True))
    down, across = (np.array([s.stop - s.start for s in axis]) for axis in (rows, columns))
    combined = partial(_fold_spans, rows=rows, columns=columns)
    out = _summary(image, kind, combined, (down, across))
    return out.astype(_out_dtype(image.dtype, kind), copy=False)


def global_pool2d(x: ArrayLike, *, kind: str = "max") -> np.ndarray:
    """Summarise each channel of each image by one number (a head that fits every image size).

    Parameters
    ----------
    x : (H, W), (C, H, W) or (N, C, H, W) array_like
        Real numbers.
    kind : {"max", "average", "l2"}, default "max"
        As in `pool2d`.

    Returns
    -------
    () or (C,) or (N, C) ndarray
        dtype as in `pool2d`.

    Raises
    ------
    TypeError, ValueError
        As in `pool2d`.

    Examples
    --------
    >>> global_pool2d([[[1, 2], [3, 6]], [[-1, -2], [-3, -4]]], kind="average").tolist()
    [3.0, -2.5]
    """
    image = real_images("x", x)
    choice("kind", kind, KINDS)
    height, width = image.shape[-2:]
    out = _summary(image, kind, _fold_all, (np.array([height]), np.array([width])))
    return out[..., 0, 0].astype(_out_dtype(image.dtype, kind), copy=False)


def unchanged_fraction(x: ArrayLike, size: int | Pair, shift: int | Pair = 1) -> float:
    """Measure how far max pooling ignores a small shift (lecture, "Pooling"; book fig. 9.8).

    Max pooling with stride 1, before and after `x` moves by `shift`: the share of outputs with
    exactly the same value. Only places are compared whose two windows lie inside `x`, so nothing
    has to be invented at the border. For independent continuous values, a place keeps its maximum
    if the maximum of both windows' union lies in their intersection. So with windows of k and a
    shift of d <= k along one axis, be it 1-D or 2-D pooling, the share expected is
        (k - d) / (k + d),  which for d = 1 is (k - 1) / (k + 1).

    A sparse input shares zeros, not features, and so looks more invariant than it is.

    Parameters
    ----------
    x : (..., n) or (..., H, W) array_like
        1 to 4 axes of real numbers.
    size : int or (rows, columns)
        A number pools along the last axis alone, each row on its own, as in the figure; a pair
        pools the last two axes.
    shift : int or (rows, columns), default 1
        Pixels; a number shifts along the last axis, whatever `size` is. The opposite shift
        compares the same pairs of windows.

    Returns
    -------
    float
        Between 0 and 1. A NaN equals nothing, so it counts as changed.

    Raises
    ------
    TypeError
        If `x` is not real numbers or a size or shift is no integer.
    ValueError
        If a number is out of range or no place has both its windows inside `x`.

    Examples
    --------
    >>> unchanged_fraction([0, 9, 1, 2, 8], 3)
    0.5
    """
    image = np.atleast_2d(real_images("x", x, ndim=(1, 2, 3, 4)))
    sizes = integer_pair("size", size if is_sequence(size) else (1, size))
    down, right = integer_pair("shift", shift if is_sequence(shift) else (0, shift), minimum=0)
    pooled = pool2d(image, sizes, stride=1)
    height, width = pooled.shape[-2:]
    if down >= height or right >= width or pooled.size == 0:
        raise ValueError(
            f"shift must leave places to compare, got shift {(down, right)} "
            f"and {height} x {width} places of the window {sizes} in x of shape {image.shape}"
        )
    kept = pooled[..., down:, right:] == pooled[..., : height - down, : width - right]
    return float(kept.mean())


def _summary(
    values: np.ndarray,
    kind: str,
    combined: Callable[..., np.ndarray],
    divisors: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Summarise windows by `kind`, where `combined` combines each window's values by a ufunc.

    A window counts as many positions as its two divisors' product, (Ho,) and (Wo,).
    """
    if kind == "max":
        return combined(values, combine=np.maximum)
    work = values.astype(float_dtype(values.dtype), copy=False)
    if kind == "average":
        total = combined(work, combine=np.add)
        return np.divide(total, np.outer(*divisors).astype(work.dtype), out=total)
    work, scale = near_one(work)
    total = combined(np.square(work, out=work), combine=np.add)
    return np.multiply(np.sqrt(total, out=total), scale, out=total)


def _out_dtype(dtype: np.dtype, kind: str) -> np.dtype:
    kept = kind == "max" or dtype.kind == "f"
    return np.dtype(dtype.type if kept else np.float64)  # in native byte order


def _adaptive_spans(n: int, count: int) -> list[slice]:
    return [slice(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]


def _fold_spans(
    values: np.ndarray, rows: list[slice], columns: list[slice], combine: np.ufunc
) -> np.ndarray:
    strips = np.stack([combine.reduce(values[..., span, :], axis=-2) for span in rows], axis=-2)
    return np.stack([combine.reduce(strips[..., span], axis=-1) for span in columns], axis=-1)


def _fold_all(values: np.ndarray, combine: np.ufunc) -> np.ndarray:
    return combine.reduce(values, axis=(-2, -1), keepdims=True)
