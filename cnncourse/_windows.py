"""The engine under `pooling` and its gradient: where windows lie, what they hold, and its adjoint.

A rectangle's maximum is the maximum of its rows' maxima, and likewise for sums. So both run along
one axis, then along the other: kH + kW steps in place of kH * kW. Padding is never stored: each
step visits only the windows whose tap lies on a pixel (`Axis.taps`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import integer_pair, numeric_array
from cnncourse.shapes import Pair, image_padding

_BLOCK = 1 << 20  # bytes of input worked on at a time, so that intermediate steps stay in the cache


@dataclass(frozen=True)
class Axis:
    """Windows along one axis of n pixels: window i covers pixels i*stride - before + (0 .. size-1).

    `before` and `after` count the pixels of padding, `count` the windows.
    """

    n: int
    size: int
    stride: int
    before: int
    after: int
    count: int

    def taps(self) -> Iterator[tuple[slice, slice]]:
        """Yield, for each place in a window, the windows that have a pixel there, and the pixels.

        Examples
        --------
        >>> for windows, pixels in Axis(n=4, size=2, stride=2, before=1, after=1, count=3).taps():
        ...     print(range(3)[windows], range(4)[pixels])
        range(1, 3) range(1, 4, 2)
        range(0, 2) range(0, 3, 2)
        """
        for tap in range(self.size):
            offset = tap - self.before
            first = max(0, -(offset // self.stride))
            last = min(self.count - 1, (self.n - 1 - offset) // self.stride)
            if first <= last:
                start, stop = first * self.stride + offset, last * self.stride + offset + 1
                yield slice(first, last + 1), slice(start, stop, self.stride)

    def part(self, first: int, last: int) -> tuple[slice, Axis]:
        """Return the pixels that windows first .. last - 1 see, and these windows' own axis."""
        start = first * self.stride - self.before
        stop = (last - 1) * self.stride - self.before + self.size
        pixels = slice(max(start, 0), min(stop, self.n))
        pads = pixels.start - start, stop - pixels.stop
        return pixels, Axis(pixels.stop - pixels.start, self.size, self.stride, *pads, last - first)

    def divisors(self, count_include_pad: bool) -> np.ndarray:
        """Return how many positions of each window count, as a (count,) array.

        Where a last window hangs over the end, what lies beyond the padding never counts.
        """
        before, after = (self.before, self.after) if count_include_pad else (0, 0)
        starts = np.arange(self.count) * self.stride - self.before
        return np.minimum(starts + self.size, self.n + after) - np.maximum(starts, -before)


def window_axes(
    image_shape: tuple[int, ...], size: Any, stride: Any, padding: Any, ceil_mode: bool
) -> tuple[Axis, Axis]:
    """Return the windows along rows and columns.

    Raises
    ------
    TypeError, ValueError
        If there are none, or an argument has a wrong form.
    """
    image: Pair = (image_shape[-2], image_shape[-1])
    sizes = integer_pair("size", size)
    strides = sizes if stride is None else integer_pair("stride", stride)
    pads = image_padding(image, sizes, padding, stride=strides)
    rows, columns = (
        _axis(n, k, s, *pad, ceil_mode)
        for n, k, s, pad in zip(image, sizes, strides, pads, strict=True)
    )
    return rows, columns


def _axis(n: int, size: int, stride: int, before: int, after: int, ceil_mode: bool) -> Axis:
    widest = max(before, after)
    if 2 * widest > size:
        raise ValueError(f"padding must be at most half the window of {size}, got {widest}")
    room = n + before + after - size
    if room < 0:
        raise ValueError(
            f"size must fit into the padded image, got a window of {size} "
            f"and {n} + {before} + {after} = {n + before + after} pixels"
        )
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    if (count - 1) * stride >= n + before:  # the last window would see no pixel
        count -= 1
    return Axis(n, size, stride, before, after, count)


def real_array(name: str, value: ArrayLike, ndim: int | tuple[int, ...]) -> np.ndarray:
    """Return `value` as an array of real numbers.

    Raises
    ------
    TypeError, ValueError
        If it is something else or has another number of axes.
    """
    array = numeric_array(name, value, ndim=ndim)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def real_images(name: str, value: ArrayLike, ndim: tuple[int, ...] = (2, 3, 4)) -> np.ndarray:
    """Return `value` as an array of real numbers, (..., H, W) with at least one pixel.

    Raises
    ------
    TypeError, ValueError
        If it is something else.
    """
    image = real_array(name, value, ndim)
    if 0 in image.shape[-2:]:
        raise ValueError(f"{name} must have at least one pixel, got shape {image.shape}")
    return image


def blocks(planes: np.ndarray, rows: Axis) -> Iterator[tuple[slice, slice, slice, Axis]]:
    """Cut (P, H, W) into pieces of some `_BLOCK` bytes.

    Yields the piece's planes, its rows of pixels, its rows of windows, and these windows' axis.
    """
    row_bytes = max(1, planes.shape[2] * planes.itemsize)
    together = max(1, _BLOCK // (row_bytes * rows.n))
    height = rows.count if together > 1 else max(1, _BLOCK // (row_bytes * rows.stride))
    for plane in range(0, len(planes), together):
        for first in range(0, rows.count, height):
            last = min(first + height, rows.count)
            pixels, part = rows.part(first, last)
            yield slice(plane, plane + together), pixels, slice(first, last), part


def fold(values: np.ndarray, rows: Axis, columns: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine (by np.add or np.maximum) each window's values: (P, H, W) to (P, Ho, Wo)."""
    return fold_columns(fold_rows(values, rows, combine), columns, combine)


def fold_columns(values: np.ndarray, columns: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine the values of windows along columns only: (P, H, W) to (P, H, Wo)."""
    return fold_rows(values.swapaxes(1, 2), columns, combine).swapaxes(1, 2)


def fold_rows(values: np.ndarray, rows: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine the values of windows along rows only: (P, H, W) to (P, Ho, W)."""
    out = np.empty_like(values, shape=(len(values), rows.count, values.shape[2]))
    empty = 0 if combine is np.add else _lowest(values.dtype)
    (windows, pixels), *others = rows.taps()
    out[:, : windows.start] = out[:, windows.stop :] = empty
    if others and others[0][0] == windows:  # spares a pass over the memory
        combine(values[:, pixels], values[:, others.pop(0)[1]], out=out[:, windows])
    else:
        out[:, windows] = values[:, pixels]
    for windows, pixels in others:
        combine(out[:, windows], values[:, pixels], out=out[:, windows])
    return out


def spread(flow: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Add each window's value to all its pixels, (P, Ho, Wo) to (P, H, W): adjoint of summing."""
    across = _spread_rows(flow.swapaxes(1, 2), columns).swapaxes(1, 2)
    return _spread_rows(across, rows)


def _spread_rows(flow: np.ndarray, rows: Axis) -> np.ndarray:
    out = np.zeros_like(flow, shape=(len(flow), rows.n, flow.shape[2]))
    for windows, pixels in rows.taps():
        out[:, pixels] += flow[:, windows]
    return out


def route(flow: np.ndarray, values: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Add each window's value to its largest pixel only, the first in reading order if several.

    First to the row that holds it, then within the row: (P, Ho, Wo) to (P, H, Wo) to (P, H, W).
    """
    row_maxima = fold_columns(values, columns, np.maximum)
    largest = fold_rows(row_maxima, rows, np.maximum)
    across = _route_rows(flow, row_maxima, largest, rows).swapaxes(1, 2)
    values, row_maxima = values.swapaxes(1, 2), row_maxima.swapaxes(1, 2)
    return _route_rows(across, values, row_maxima, columns).swapaxes(1, 2)


def _route_rows(
    flow: np.ndarray, values: np.ndarray, largest: np.ndarray, rows: Axis
) -> np.ndarray:
    out = np.zeros_like(values, dtype=flow.dtype)
    free = np.ones_like(largest, dtype=bool)
    some_nan = np.isnan(largest).any()
    finite = np.isfinite(flow).all()
    taps = list(rows.taps())
    for number, (windows, pixels) in enumerate(taps, start=1):
        hit = free[:, windows]
        if number < len(taps):  # what is still free at the last tap has its largest there
            unclaimed, here = hit, values[:, pixels]
            hit = here == largest[:, windows]
            if some_nan:
                hit |= np.isnan(here)
            hit &= unclaimed
            unclaimed ^= hit
        # The product takes half the time, but infinity times False is NaN.
        out[:, pixels] += flow[:, windows] * hit if finite else np.where(hit, flow[:, windows], 0)
    return out


def _lowest(dtype: np.dtype) -> Any:
    """Return the value that never wins a maximum."""
    if dtype.kind == "f":
        return -np.inf
    return False if dtype.kind == "b" else np.iinfo(dtype).min


def float_dtype(dtype: np.dtype) -> np.dtype:
    """Return the type to sum in: at least float32 for floats, float64 for integers."""
    return np.result_type(dtype, np.float32 if dtype.kind == "f" else np.float64)


def near_one(values: np.ndarray) -> tuple[np.ndarray, Any]:
    """Return a copy of floating `values`, and the power of two it was divided by.

    So squares of very large or very small values neither overflow nor vanish.
    """
    peak = np.maximum(values.max(initial=0), -values.min(initial=0))
    exponent = np.frexp(peak)[1] - 1 if np.isfinite(peak) and peak > 0 else 0
    scale = np.ldexp(values.dtype.type(1), exponent)
    return values / scale, scale
