"""Images moved, turned, slanted and stretched a little, anew each time that they are learned from.

A hand writes no digit twice alike: what a network is shown in each pass may differ likewise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse._arrays import integer, numeric_array
from cnncourse.networks.schedules import positive

MOST_WARP = 0.5
"""Beyond that an image may be laid on its side."""


def share_of_warp(value: Any) -> float:
    """Return `value` as a float from 0 to `MOST_WARP`, or say what is wrong with it.

    Raises
    ------
    TypeError, ValueError
        If it is no such number.
    """
    return positive("warp", value, below=MOST_WARP, zero=True)


def moved_at_random(images: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Return a batch with each image moved by whole pixels, zeros where nothing comes in.

    Parameters
    ----------
    images : (N, C, H, W) ndarray
    most : int
        Pixels at most, along each axis and in both directions, all distances alike.
    random : numpy.random.Generator

    Returns
    -------
    (N, C, H, W) ndarray

    Raises
    ------
    TypeError, ValueError
        If `images` has other axes, or `most` is no such number.

    Examples
    --------
    >>> moved_at_random(np.full((1, 1, 3, 3), 7), 1, np.random.default_rng(4))[0, 0].tolist()
    [[7, 7, 0], [7, 7, 0], [0, 0, 0]]
    """
    images = numeric_array("images", images, ndim=4)
    if integer("most", most, minimum=0) == 0:
        return images
    edges = (0, 0), (0, 0), (most, most), (most, most)
    view = np.lib.stride_tricks.sliding_window_view(
        np.pad(images, edges), images.shape[2:], axis=(2, 3)
    )
    down, right = random.integers(0, 2 * most + 1, (2, len(images)))
    return np.ascontiguousarray(view[np.arange(len(images)), :, down, right])


def warped(images: np.ndarray, shift: int, warp: float, random: np.random.Generator) -> np.ndarray:
    """Return a batch with each image moved and warped by chance.

    Pixel (i, j), counted from the image's middle, takes the value of the pixel nearest to
        (i, j) + (a i + b j, c i + d j) + (u, v),
    a, b, c and d uniform in [-warp, warp], u and v whole pixels uniform in [-shift, shift]: a and d
    stretch, b and c slant, and turn where they are opposite.

    Parameters
    ----------
    images : (N, C, H, W) ndarray
    shift : int
        Pixels at most, along each axis and in both directions.
    warp : float
        At most 0.5. With 0 the images are only moved, as `moved_at_random` does.
    random : numpy.random.Generator

    Returns
    -------
    (N, C, H, W) ndarray
        Zeros where nothing comes in; values are those of the image, none is mixed.

    Raises
    ------
    TypeError, ValueError
        If `images` has other axes, or a number is none of those.

    Examples
    --------
    A diagonal line, steeper:

    >>> image = np.diag([1, 2, 3, 4, 5])[None, None]
    >>> print(warped(image, 0, 0.5, np.random.default_rng(2))[0, 0])
    [[0 2 0 0 0]
     [0 2 0 0 0]
     [0 0 3 0 0]
     [0 0 0 4 0]
     [0 0 0 4 0]]
    """
    images = numeric_array("images", images, ndim=4)
    integer("shift", shift, minimum=0)
    if share_of_warp(warp) == 0:
        return moved_at_random(images, shift, random)
    count, channels, height, width = images.shape
    change = random.uniform(-warp, warp, (count, 2, 2)).astype(np.float32)
    move = random.integers(-shift, shift + 1, (count, 2)).astype(np.float32)
    i, j = (np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2) for n in (height, width))
    rows = _places(i + i * change[:, :1, 0] + move[:, :1], j * change[:, :1, 1], height)
    columns = _places(i * change[:, 1:, 0] + move[:, 1:], j + j * change[:, 1:, 1], width)
    # Whatever lies outside is read from a frame of zeros, one pixel wide.
    framed = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1))).reshape(count, channels, -1)
    places = (rows * (width + 2) + columns).reshape(count, 1, -1)
    return np.take_along_axis(framed, places, axis=2).reshape(images.shape)


def _places(of_row: np.ndarray, of_column: np.ndarray, size: int) -> np.ndarray:
    """Return (N, H, W) places along an axis of `size` pixels in its frame, from what adds up."""
    exact = of_row[:, :, np.newaxis] + of_column[:, np.newaxis, :]
    exact += np.float32((size - 1) / 2 + 1)
    return np.clip(np.rint(exact, out=exact), 0, size + 1, out=exact).astype(np.intp)
