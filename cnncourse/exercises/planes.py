"""Sums over two axes for the exercises of lesson 02, and what goes wrong with them."""

from __future__ import annotations

import numpy as np
from numpy import convolve  # bound here: a learner may overwrite np.convolve

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array

Shape = tuple[int, int]


def drawn(draw: Draw, rows: int, columns: int, decimals: int = 0) -> Array:
    """Draw an array of small numbers, none of them 0, that is not the same upside down.

    Examples
    --------
    >>> drawn(Draw(1), 2, 3).shape
    (2, 3)
    """
    return draw.numbers(rows * columns, decimals=decimals).reshape(rows, columns)


def full(image: Array, kernel: Array) -> Array:
    """Convolve in full, eq. (3): one convolution of all rows laid end to end.

    Between two rows of the image stand as many zeros as the kernel needs to leave a row before it
    meets the next one.

    Examples
    --------
    >>> full(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0]])).tolist()
    [[0.0, 1.0, 2.0], [0.0, 3.0, 4.0]]
    """
    (H, W), (h, w) = image.shape, kernel.shape
    shape = H + h - 1, W + w - 1
    rows = np.zeros((H, shape[1]))
    rows[:, :W] = image
    taps = np.zeros((h, shape[1]))
    taps[:, :w] = kernel
    return convolve(rows.ravel(), taps.ravel())[: shape[0] * shape[1]].reshape(shape)


def turned(kernel: Array) -> Array:
    """Turn by 180 degrees: both axes reversed."""
    return kernel[::-1, ::-1]


def crop(values: Array, start: Shape, shape: Shape) -> Array:
    """Cut `shape` out of `values`, from `start` on.

    Examples
    --------
    >>> crop(np.arange(12.0).reshape(3, 4), (1, 2), (2, 1)).tolist()
    [[6.0], [10.0]]
    """
    return values[start[0] : start[0] + shape[0], start[1] : start[1] + shape[1]]


def centred(image: Array, kernel: Array, shape: Shape) -> Array:
    """Cut the middle out of the full convolution."""
    whole = full(image, kernel)
    return crop(whole, ((whole.shape[0] - shape[0]) // 2, (whole.shape[1] - shape[1]) // 2), shape)


def same(image: Array, kernel: Array) -> Array:
    """Crop the convolution to the size of the image."""
    return centred(image, kernel, (image.shape[0], image.shape[1]))


def fits(inner: Array, outer: Array) -> bool:
    """Whether `inner` is no larger than `outer` in both directions."""
    return inner.shape[0] <= outer.shape[0] and inner.shape[1] <= outer.shape[1]


def valid(image: Array, kernel: Array) -> Array | None:
    """Keep the outputs for which the whole kernel lies on the image; None if it does not fit.

    Examples
    --------
    >>> valid(np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 10.0]])).tolist()
    [[12.0, 24.0]]
    """
    if not fits(kernel, image):
        return None
    h, w = kernel.shape
    return crop(
        full(image, kernel), (h - 1, w - 1), (image.shape[0] - h + 1, image.shape[1] - w + 1)
    )


def largest(image: Array, kernel: Array) -> Shape:
    """Give the larger of both sizes, along each axis."""
    return max(image.shape[0], kernel.shape[0]), max(image.shape[1], kernel.shape[1])


def circular(image: Array, kernel: Array) -> Array:
    """Add what sticks out at one border at the opposite one: Fourier transforms without padding.

    Examples
    --------
    >>> circular(np.array([[1.0, 2.0, 4.0]]), np.array([[0.0, 1.0]])).tolist()
    [[4.0, 1.0, 2.0]]
    """
    rows, columns = largest(image, kernel)
    whole = full(image, kernel)
    out = np.zeros((rows, columns))
    for top in range(0, whole.shape[0], rows):
        for left in range(0, whole.shape[1], columns):
            part = crop(whole, (top, left), (rows, columns))
            out[: part.shape[0], : part.shape[1]] += part
    return out


def negative_index(run: Array, other: Array) -> Array | None:
    """Read run[i - m, j - n] at negative places, too: in Python they count from the end.

    None where that ends in an IndexError.

    Examples
    --------
    >>> negative_index(np.array([[1.0, 2.0]]), np.array([[1.0, 10.0]])).tolist()
    [[21.0, 12.0, 20.0]]
    """
    if any(b > a + 1 for a, b in zip(run.shape, other.shape, strict=True)):
        return None
    (H, W), (h, w) = run.shape, other.shape
    out = np.zeros((H + h - 1, W + w - 1))
    for (m, n), weight in np.ndenumerate(other):
        # Output i reads row i - m, from -m to H - 1: its last m rows stand before the first one.
        rows = np.arange(-m, H)
        columns = np.arange(-n, W)
        out[: H + m, : W + n] += weight * run[np.ix_(rows, columns)]
    return out


def overwritten(first: Array, second: Array) -> Array:
    """Let each product replace the one before it, which = does in place of +=.

    Examples
    --------
    >>> overwritten(np.array([[1.0, 2.0]]), np.array([[1.0, 10.0]])).tolist()
    [[1.0, 2.0, 20.0]]
    """
    (H, W), (h, w) = first.shape, second.shape
    out = np.zeros((H + h - 1, W + w - 1))
    for (a, b), value in np.ndenumerate(first):
        out[a : a + h, b : b + w] = value * second
    return out
