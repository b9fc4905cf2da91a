"""What a network loses when a part of its image is covered (Zeiler and Fergus 2014)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer_pair, numeric_array
from cnncourse.inside._given import class_scores, one_or_many
from cnncourse.networks.sequential import Sequential
from cnncourse.shapes import Pair, pool_output_size

KINDS = ("score", "probability")
BATCH = 256  # covered images at a time


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Return the softmax of scores: positive shares that sum to 1 in each row.

    Parameters
    ----------
    scores : (N, classes) ndarray

    Returns
    -------
    (N, classes) ndarray
        Larger by the factor e for each unit of score; large scores do no harm.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def occlusion(
    network: Sequential,
    image: ArrayLike,
    label: ArrayLike,
    size: int | Pair,
    stride: int | Pair = 1,
    fill: float = 0.0,
    *,
    kind: str = "probability",
) -> np.ndarray:
    """Return how far the score of a class drops when a rectangle of the image is covered.

    drop[i, j] = S(x) - S(x with `fill` in the rows i*s .. i*s + k-1, and columns alike). Unlike a
    slope this is a real change of the image, but to one that the network may never have seen the
    like of: the answer depends on `fill`, so try more than one.

    Parameters
    ----------
    network : Sequential
        Ends in (N, classes) scores.
    image : (C, H, W) or (N, C, H, W) array_like
    label : int or (N,) array_like of int
        The class.
    size : int or (rows, columns)
        k, of the cover, pixels; it lies in the image as a whole.
    stride : int or (rows, columns), default 1
        s, from one place of the cover to the next.
    fill : float, default 0
        Brightness of the cover, in all channels.
    kind : {"probability", "score"}, default "probability"
        Whether S is taken behind or in front of the softmax.

    Returns
    -------
    (places down, places across), or with (N, ...) in front for many images : ndarray
        Positive where the network needs what was covered. `over_pixels` spreads it out.

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or the cover is larger than the image.

    Notes
    -----
    M. D. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014,
    doi:10.1007/978-3-319-10590-1_53.

    Examples
    --------
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(3, 2, random=np.random.default_rng(0))])
    >>> network.load({"1.kernel": [[1, 2, -3], [0, 0, 0]], "1.bias": [9, 0]})
    >>> occlusion(network, [[[1, 1, 1]]], 0, (1, 2), kind="score").tolist()
    [[3.0, -1.0]]
    """
    choice("kind", kind, KINDS)
    batch, labels, alone = one_or_many(network, image, label)
    assert labels is not None
    covers = list(_covers(batch.shape[2:], size, stride))
    down, across = covers[-1][0] + 1, covers[-1][1] + 1
    if not np.isfinite(fill):
        raise ValueError(f"fill must be a finite number, got {fill!r}")
    drops = [_drops(network, *one, covers, fill, kind) for one in zip(batch, labels, strict=True)]
    found = np.stack(drops).reshape(-1, down, across)
    return found[0] if alone else found


def over_pixels(
    drops: ArrayLike, shape: Sequence[int], size: int | Pair, stride: int | Pair = 1
) -> np.ndarray:
    """Return, for each pixel, the mean drop of all covers that lay on it.

    Parameters
    ----------
    drops : (places down, places across) array_like
        From `occlusion`, with the same `size` and `stride`.
    shape : (..., H, W)
        Of the image.
    size, stride
        As in `occlusion`.

    Returns
    -------
    (H, W) float64 ndarray
        NaN where no cover lay.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit together.

    Examples
    --------
    >>> over_pixels([[3, -1]], (1, 3), (1, 2)).tolist()
    [[3.0, 1.0, -1.0]]
    """
    values = numeric_array("drops", drops, ndim=2)
    height, width = integer_pair("shape", tuple(shape)[-2:])
    covers = list(_covers((height, width), size, stride))
    if values.shape != (covers[-1][0] + 1, covers[-1][1] + 1):
        raise ValueError(
            f"drops must have {covers[-1][0] + 1} by {covers[-1][1] + 1} places, "
            f"got {values.shape[0]} by {values.shape[1]}"
        )
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for i, j, rows, columns in covers:
        total[rows, columns] += values[i, j]
        count[rows, columns] += 1
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _covers(
    shape: tuple[int, ...], size: int | Pair, stride: int | Pair
) -> list[tuple[int, int, slice, slice]]:
    """Number of each place down and across, and its rows and columns."""
    sizes, steps = integer_pair("size", size), integer_pair("stride", stride)
    down, across = (
        pool_output_size(n, k, stride=s) for n, k, s in zip(shape, sizes, steps, strict=True)
    )
    return [
        (
            i,
            j,
            slice(i * steps[0], i * steps[0] + sizes[0]),
            slice(j * steps[1], j * steps[1] + sizes[1]),
        )
        for i in range(down)
        for j in range(across)
    ]


def _drops(
    network: Sequential,
    image: np.ndarray,
    label: int,
    covers: list[tuple[int, int, slice, slice]],
    fill: float,
    kind: str,
) -> np.ndarray:
    def found(batch: np.ndarray) -> np.ndarray:
        scores = class_scores(network, batch, np.full(1, label))
        return (scores if kind == "score" else probabilities(scores))[:, label]

    whole = found(image[np.newaxis])[0]
    left = []
    for start in range(0, len(covers), BATCH):
        some = covers[start : start + BATCH]
        batch = np.repeat(image[np.newaxis], len(some), axis=0)
        for covered, (_, _, rows, columns) in zip(batch, some, strict=True):
            covered[:, rows, columns] = fill
        left.append(found(batch))
    return whole - np.concatenate(left)
