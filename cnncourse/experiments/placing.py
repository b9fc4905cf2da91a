"""What pooling throws away: which digit it is, and where it stands, from the same pooled features.

Lecture, "Pooling": pooling as an infinitely strong prior. A digit is put into the left or the right
half of a wide frame. Both questions are answered by linear classifiers on the same feature maps,
pooled to a grid of a few cells or to a single one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse._arrays import FloatArray
from cnncourse.conv import conv2d
from cnncourse.data import digits
from cnncourse.data.digits import INK, TRAINING
from cnncourse.networks import digits_network
from cnncourse.pooling import adaptive_pool2d

FRAME = (12, 24)
MARGIN = 2
"""Empty pixels around the digit, so that no kernel of the network meets it cut off."""

_RIDGE = 1e-3


class Answers(NamedTuple):
    """Shares of the 500 test digits for which each question is answered right."""

    what: float
    where: float


def placed_digits(seed: int = 0) -> tuple[FloatArray, NDArray[np.uint8], NDArray[np.int64]]:
    """All digits, each in the left or right half of an empty frame by the toss of a coin.

    Returns
    -------
    frames : (1797, 1, 12, 24) ndarray
        Ink from 0 to 1; the digit's 8 x 8 pixels start at row 2 and column 2 or 14.
    what : (1797,) ndarray
        The digit, 0 to 9.
    where : (1797,) ndarray
        0 left, 1 right.

    Examples
    --------
    >>> frames, what, where = placed_digits()
    >>> frames.shape, int(what[3]), int(where[3])
    ((1797, 1, 12, 24), 3, 0)
    """
    images, what = digits()
    where = np.random.default_rng(seed).integers(0, 2, len(images))
    return np.stack([_framed(*pair) for pair in zip(images, where, strict=True)]), what, where


def both_places(number: int) -> FloatArray:
    """One digit in both places.

    Parameters
    ----------
    number : int
        Which of the 1797.

    Returns
    -------
    (2, 1, 12, 24) ndarray
        Left, right.

    Examples
    --------
    >>> left, right = both_places(5)
    >>> bool((left[0, :, :12] == right[0, :, 12:]).all())
    True
    """
    image = digits()[0][number]
    return np.stack([_framed(image, side) for side in (0, 1)])


def feature_maps(frames: FloatArray) -> FloatArray:
    """First layer of the course's trained network on frames: six kernels of 3 x 3, then ReLU.

    No padding: with zeros around the frame, its border would tell where the digit is.

    Parameters
    ----------
    frames : (N, 1, H, W) ndarray

    Returns
    -------
    (N, 6, H - 2, W - 2) ndarray

    Examples
    --------
    >>> feature_maps(both_places(5)).shape
    (2, 6, 10, 22)
    """
    network = digits_network()
    maps: FloatArray = np.maximum(conv2d(frames, network.kernels[0], network.biases[0]), 0)
    return maps


def what_and_where(grid: tuple[int, int], *, seed: int = 0) -> Answers:
    """Train two linear classifiers on maps pooled to `grid` by maximum; test both.

    Both are fitted by least squares with a little ridge, so the result needs no training steps and
    no luck.

    Parameters
    ----------
    grid : (int, int)
        Rows and columns of the pooled maps; (1, 1) is global pooling.
    seed : int, default 0
        Of the coin that places the digits.

    Returns
    -------
    Answers
        (what, where).

    Raises
    ------
    TypeError, ValueError
        If `grid` is no pair of whole numbers of at least 1.

    Examples
    --------
    >>> answers = what_and_where((1, 2))
    >>> answers.where > 0.99, answers.what > 0.3
    (True, True)
    """
    frames, what, where = placed_digits(seed)
    pooled = adaptive_pool2d(feature_maps(frames), grid)
    features = np.column_stack([pooled.reshape(len(frames), -1), np.ones(len(frames))])
    return Answers(_accuracy(features, what), _accuracy(features, where))


def _framed(image: NDArray[np.uint8], side: int) -> FloatArray:
    frame = np.zeros((1, *FRAME))
    left = MARGIN + side * FRAME[1] // 2
    frame[0, MARGIN : MARGIN + 8, left : left + 8] = image / INK
    return frame


def _accuracy(features: FloatArray, labels: NDArray[np.integer]) -> float:
    """Share of the test digits that the best linear map of the training digits names right."""
    known = features[:TRAINING]
    targets = np.eye(int(labels.max()) + 1)[labels[:TRAINING]]
    square = known.T @ known + _RIDGE * len(known) * np.eye(known.shape[1])
    weights = np.linalg.solve(square, known.T @ targets)
    guesses = (features[TRAINING:] @ weights).argmax(axis=1)
    return float((guesses == labels[TRAINING:]).mean())
