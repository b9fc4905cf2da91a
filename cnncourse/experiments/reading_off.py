"""Simple rules that read a class off some numbers, and how far one reader is ahead of others."""

from __future__ import annotations

import numpy as np

from cnncourse._arrays import BoolArray, FloatArray, choice
from cnncourse.experiments.intervals import Interval, student_quantile

RULES = ("class means", "least squares")
PENALTY = 0.01
"""Of the least squares, in parts of the mean square of the numbers that are read."""


def read_off(
    learned: FloatArray, labels: np.ndarray, held_out: FloatArray, *, rule: str = "class means"
) -> np.ndarray:
    """Name the class of each of some rows of numbers, by a rule that other rows have taught.

    Parameters
    ----------
    learned, held_out : (N, numbers) and (M, numbers) ndarray
    labels : (N,) ndarray of int
        Classes of the first, from 0, each of them at least once.
    rule : {"class means", "least squares"}

    Returns
    -------
    (M,) ndarray of int

    Examples
    --------
    >>> rows = np.array([[0.0, 1], [0, 3], [5, 5], [6, 4]])
    >>> read_off(rows, np.array([0, 0, 1, 1]), np.array([[1.0, 1], [9, 9]])).tolist()
    [0, 1]
    """
    centre = learned.mean(axis=0)
    x, z = learned - centre, held_out - centre
    own = np.eye(int(labels.max()) + 1)[labels]
    if choice("rule", rule, RULES) == "class means":
        means = (own / own.sum(axis=0)).T @ x
        return (z @ means.T - np.square(means).sum(axis=1) / 2).argmax(axis=1)
    own = own - own.mean(axis=0)
    size = PENALTY * np.square(x).sum() / x.shape[1]
    if not size:  # the same numbers for all images
        return np.zeros(len(z), int)
    if len(x) < x.shape[1]:  # the same weights, by the smaller matrix
        weights = x.T @ np.linalg.solve(x @ x.T + size * np.eye(len(x)), own)
    else:
        weights = np.linalg.solve(x.T @ x + size * np.eye(x.shape[1]), x.T @ own)
    return (z @ weights).argmax(axis=1)


def lead(right: BoolArray) -> Interval:
    """Mean of how far the first row's share is above the others', with its 95 % interval.

    Two things are left to chance, the random weights and which images were held out: with the
    variance v of the shares of n rows and the variance w of the leads of N images, the interval's
    half is t sqrt(v / n + w / N), t of Student's distribution with n - 1 degrees of freedom. The
    trained network is one; another training is not spoken of.

    Parameters
    ----------
    right : (1 + n, N) bool ndarray
        n and N of 2 or more.

    Returns
    -------
    Interval

    Examples
    --------
    >>> lead(np.array([[True] * 50, [False] * 50, [False] * 50]))
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    first, others = right[0].astype(float), right[1:].astype(float)
    by_image = first - others.mean(axis=0)
    by_row = others.mean(axis=1)
    error = by_row.var(ddof=1) / len(by_row) + by_image.var(ddof=1) / len(by_image)
    half = student_quantile(0.95, len(by_row) - 1) * float(np.sqrt(error))
    mean = float(by_image.mean())
    return Interval(mean, mean - half, mean + half)
