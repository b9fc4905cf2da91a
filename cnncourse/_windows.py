"""The engine under `pooling` and its gradient: where windows lie, what they hold, and its adjoint.

A rectangle's maximum is the maximum of its rows' maxima, and likewise for sums. So both run along
one axis, then along the other: kH + kW steps in place of kH * kW. Padding is never stored: each
step visits only the windows whose tap lies on a pixel (`Axis.taps`). To find *where* the maximum is
takes more steps, so there a block of pixels is padded and sorted first, for long runs (`_phases`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import integer_pair, numeric_array
from cnncourse.shapes import Pair, image_padding

_BLOCK = 1 << 20  # bytes of input worked on at a time, so that intermediate steps stay in the cache

_LAYOUTS = {1: "(n,)", 2: "(H, W)", 3: "(C, H, W)", 4: "(N, C, H, W)"}


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
        range(0, 2) range(0, 4, 2)
        """
        for tap in range(self.size):
            offset = tap - self.before
            first = max(0, -(offset // self.stride))
            stop = max(first, min(self.count, (self.n - 1 - offset) // self.stride + 1))
            start = first * self.stride + offset
            yield (
                slice(first, stop),
                slice(start, start + (stop - first) * self.stride, self.stride),
            )

    def starts(self) -> np.ndarray:
        """Return the pixel at which each window starts, negative in the padding."""
        return np.arange(self.count) * self.stride - self.before

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
        starts = self.starts()
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


def real_array(
    name: str, value: ArrayLike, ndim: int | tuple[int, ...], layouts: str | None = None
) -> np.ndarray:
    """Return `value` as an array of real numbers.

    Raises
    ------
    TypeError, ValueError
        If it is something else or has another number of axes.
    """
    array = numeric_array(name, value, ndim=ndim, layouts=layouts)
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
    *others, last = (_LAYOUTS[axes] for axes in ndim)
    image = real_array(name, value, ndim, f"{', '.join(others)} or {last}")
    if 0 in image.shape[-2:]:
        raise ValueError(f"{name} must have at least one pixel, got shape {image.shape}")
    return image


def blocks(
    planes: np.ndarray, rows: Axis, itemsize: int
) -> Iterator[tuple[slice, slice, slice, Axis]]:
    """Cut (P, H, W) into pieces of some `_BLOCK` bytes, at `itemsize` bytes a pixel.

    Yields the piece's planes, its rows of pixels, its rows of windows, and these windows' axis.
    """
    row_bytes = planes.shape[2] * itemsize
    together = max(1, _BLOCK // (row_bytes * rows.n))
    height = rows.count if together > 1 else max(1, _BLOCK // (row_bytes * rows.stride))
    for plane in range(0, len(planes), together):
        for first in range(0, rows.count, height):
            last = min(first + height, rows.count)
            pixels, part = rows.part(first, last)
            yield slice(plane, plane + together), pixels, slice(first, last), part


def fold(values: np.ndarray, rows: Axis, columns: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine (by np.add or np.maximum) each window's values: (P, H, W) to (P, Ho, Wo)."""
    return _fold_columns(_fold_rows(values, rows, combine), columns, combine)


def _fold_columns(values: np.ndarray, columns: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine the values of windows along columns only: (P, H, W) to (P, H, Wo)."""
    return _fold_rows(values.swapaxes(1, 2), columns, combine).swapaxes(1, 2)


def _fold_rows(values: np.ndarray, rows: Axis, combine: np.ufunc) -> np.ndarray:
    """Combine the values of windows along rows only: (P, H, W) to (P, Ho, W)."""
    out = np.empty_like(values, shape=(len(values), rows.count, values.shape[2]))
    empty = 0 if combine is np.add else _lowest(values)
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


def _phases(
    values: np.ndarray, rows: Axis, columns: Axis, padding: Any
) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Pad (P, H, W), sort columns by their remainder modulo the stride, and flatten the rest.

    phases[r, (p, i, j)] = padded[p, i, j * stride + r], with (p, i, j) as one index. So tap q of
    all windows is a run of contiguous numbers: those of r = q mod stride, from q // stride on. And
    likewise for rows, taken at stride 1. The run also holds what is no window, at the rows' ends.

    Returns the phases, and the lengths of p, i and j.
    """
    height = (rows.count - 1) * rows.stride + rows.size
    width = columns.count + (columns.size - 1) // columns.stride
    shape = len(values), height, width
    if columns.stride == 1 and values.shape == shape:
        return values.reshape(1, -1), shape
    phases = np.empty_like(values, shape=(min(columns.stride, columns.size), *shape), order="C")
    ((inside, seen),) = replace(rows, size=1, stride=1, count=height).taps()
    steps = replace(columns, size=len(phases), count=width)
    for phase, (windows, pixels) in zip(phases, steps.taps(), strict=True):
        target = phase[:, inside, windows]
        if target.shape != shape:
            phase.fill(padding)
        target[...] = values[:, seen, pixels]
    return phases.reshape(len(phases), -1), shape


def winners(values: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Return where in its plane each window's largest pixel is: W * row + column.

    The first in reading order if several: the first of each row, then that of the first row.

    Parameters
    ----------
    values : (P, H, W) ndarray

    Returns
    -------
    (P, Ho, Wo) ndarray of int

    Examples
    --------
    >>> axis = Axis(n=3, size=2, stride=1, before=0, after=0, count=2)
    >>> winners(np.array([[[1, 2, 2], [0, 2, 3], [0, 0, 0]]]), axis, axis).tolist()
    [[[1, 5], [4, 5]]]
    """
    phases, shape = _phases(values, rows, columns, _lowest(values))
    some_nan = bool(np.isnan(values.max()))
    taps = np.zeros(shape, np.min_scalar_type(rows.size * columns.size))
    # Padding shall not win even where all is as low. So at first, a window's first pixel leads.
    for window, before in enumerate(range(columns.before, 0, -columns.stride)):
        taps[:, :, window] = before
    across, across_taps = phases[0], taps.reshape(-1)
    for tap in range(1, columns.size):
        rival = phases[tap % columns.stride, tap // columns.stride :]
        across = _challenge(across, across_taps, rival, tap, some_nan)
    best, best_taps, rival = across, across_taps.copy(), across
    taps = best_taps.reshape(shape)
    for window, before in enumerate(range(rows.before, 0, -1)):
        taps[:, window] += before * columns.size
    for tap in range(1, rows.size):
        rival = across[tap * shape[2] :]
        rival_taps = across_taps[tap * shape[2] :][: rival.size] + tap * columns.size
        best = _challenge(best, best_taps, rival, rival_taps, some_nan)
    del phases, across, rival, best  # makes room for the result
    taps = taps[:, : (rows.count - 1) * rows.stride + 1 : rows.stride, : columns.count]
    steps = np.arange(rows.size)[:, None] * columns.n + np.arange(columns.size)
    index = steps.take(taps, mode="clip")  # all are in range, and to clip is quicker than to check
    index += rows.starts()[:, None] * columns.n + columns.starts()
    return index


def _challenge(
    best: np.ndarray, taps: np.ndarray, rival: np.ndarray, rival_taps: Any, some_nan: bool
) -> np.ndarray:
    """Put `rival_taps` into `taps` wherever `rival` is larger than `best`; return the larger ones.

    A NaN counts as larger than a number.
    """
    best, taps = best[: rival.size], taps[: rival.size]
    wins = rival > best
    if some_nan:
        wins |= np.isnan(rival) & ~np.isnan(best)
    change = rival_taps - taps  # these unsigned integers wrap round, and back at the addition
    change *= wins.view(np.uint8)
    taps += change
    return np.maximum(best, rival)


def _lowest(values: np.ndarray) -> Any:
    """Return the value that never wins a maximum."""
    if values.dtype.kind == "f":
        return -np.inf
    return False if values.dtype.kind == "b" else np.iinfo(values.dtype).min


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
