"""Whether a network says the same of an image that moved a little (Zhang 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, is_sequence
from cnncourse.inside._given import images_for, whole_number
from cnncourse.networks.sequential import Sequential


@dataclass(frozen=True, eq=False)  # holds an array
class Consistency:
    """How often two shifted copies of an image are taken for the same.

    Attributes
    ----------
    share : float
        Of all pairs of copies of all images, 0 to 1.
    by_image : (N,) float64 ndarray
        The same of each image: images are independent cases, the pairs of one image are not.
    pairs : int
        Of shifts.
    """

    share: float
    by_image: FloatArray
    pairs: int

    def __str__(self) -> str:
        return (
            f"{100 * self.share:.1f} % of {self.pairs} pairs of shifts agree, "
            f"over {len(self.by_image)} images"
        )


def shifted(images: np.ndarray, down: int, right: int, fill: float = 0.0) -> np.ndarray:
    """Return (..., H, W) images moved by whole pixels; `fill` comes in where they left.

    Parameters
    ----------
    images : (..., H, W) ndarray
    down, right : int
        Pixels; negative for up and left.
    fill : float, default 0

    Returns
    -------
    (..., H, W) ndarray
        Another array, of the same type of numbers.

    Examples
    --------
    >>> shifted(np.array([[1, 2, 3], [4, 5, 6]]), 1, -1, fill=9).tolist()
    [[9, 9, 9], [2, 3, 9]]
    """
    moved = np.full_like(images, fill)
    source: list[slice] = []
    target: list[slice] = []
    for step, n in ((down, images.shape[-2]), (right, images.shape[-1])):
        kept = max(n - abs(step), 0)
        source.append(slice(max(-step, 0), max(-step, 0) + kept))
        target.append(slice(max(step, 0), max(step, 0) + kept))
    moved[..., target[0], target[1]] = images[..., source[0], source[1]]
    return moved


def shift_consistency(
    network: Sequential,
    images: ArrayLike,
    shifts: Iterable[Sequence[int]],
    *,
    fill: float = 0.0,
) -> Consistency:
    """Return how often two shifted copies of an image get the same prediction.

    The mean over images x and pairs of different shifts a, b of
        [argmax f(x moved by a) = argmax f(x moved by b)]   (Zhang 2019, sec. 4.2),
    whether the prediction is right or not: a network that always says 3 is perfectly consistent,
    so look at its accuracy as well. What moves out of the image is lost: keep the shifts within
    the empty margin, or cropping is measured, not shifting.

    Parameters
    ----------
    network : Sequential
        Ends in (N, classes) scores.
    images : (N, C, H, W) array_like
    shifts : iterable of (down, right)
        Two or more different ones, whole pixels; (0, 0) is one, too.
    fill : float, default 0
        Brightness of what comes in at the border.

    Returns
    -------
    Consistency

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or there are fewer than two different shifts.

    Notes
    -----
    R. Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, arXiv:1904.11486.

    Examples
    --------
    Behind pooling by two, a spot is seen in the same place at two of three shifts.

    >>> from cnncourse.networks.parts import Flatten, Pool
    >>> network = Sequential([Pool((1, 2)), Flatten()])
    >>> print(shift_consistency(network, [[[[0, 0, 1, 0, 0, 0]]]], [(0, 0), (0, 1), (0, 2)]))
    33.3 % of 3 pairs of shifts agree, over 1 images
    """
    batch = images_for(network, images)
    moves = []
    for shift in shifts:
        if not is_sequence(shift) or len(shift) != 2:
            raise ValueError(f"shifts must be pairs (down, right), got {shift!r}")
        moves.append((whole_number("shifts", shift[0]), whole_number("shifts", shift[1])))
    if len(moves) < 2 or len(set(moves)) != len(moves):
        raise ValueError(f"shifts must be two or more different pairs (down, right), got {moves}")
    said = [network.scores(shifted(batch, *move, fill)).argmax(axis=1) for move in moves]
    same = [first == second for first, second in combinations(said, 2)]
    by_image = np.mean(same, axis=0)
    return Consistency(float(by_image.mean()), by_image, len(same))


def answers_by_shift(
    network: Sequential, image: ArrayLike, reach: int, *, fill: float = 0.0
) -> np.ndarray:
    """Return what a network reads wherever an image is moved by a few pixels.

    Parameters
    ----------
    network : Sequential
        Ends in (N, classes) scores.
    image : (C, H, W) array_like
    reach : int
        Farthest shift, whole pixels, at least 0.
    fill : float, default 0
        Brightness of what comes in at the border.

    Returns
    -------
    (2*reach + 1, 2*reach + 1) int ndarray
        Row i, column j: the class of the largest score, moved i - reach down and j - reach right.

    Raises
    ------
    TypeError, ValueError
        If the image does not fit the network, or `reach` is no such number.

    Examples
    --------
    >>> from cnncourse.networks.parts import Flatten
    >>> answers_by_shift(Sequential([Flatten()]), [[[0, 0, 5, 0, 0]]], 1).tolist()
    [[0, 0, 0], [1, 2, 3], [0, 0, 0]]
    """
    farthest = integer("reach", reach, minimum=0)
    batch = images_for(network, np.asarray(image)[np.newaxis])
    steps = range(-farthest, farthest + 1)
    copies = np.concatenate(
        [shifted(batch, down, right, fill) for down in steps for right in steps]
    )
    return network.scores(copies).argmax(axis=1).reshape(len(steps), len(steps))
