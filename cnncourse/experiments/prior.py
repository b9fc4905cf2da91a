"""A convolution as a dense layer with a prior: what is believed of its weights before any data.

A linear layer y = T x of n inputs and n outputs is learned from examples. The belief: T is the
matrix of a convolution, so far from the diagonal its weights are zero, and along a diagonal they
are equal. Its strength runs from 0 (any matrix will do) to infinity (nothing else can be learned).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array

KERNEL = (0.5, 1.0, -1.0)
"""The taps that make the examples."""

INPUTS, NOISE = 12, 0.5
COUNTS = (6, 200)
STRENGTHS = (0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, math.inf)
SEEDS = tuple(range(20))


class Examples(NamedTuple):
    """Inputs (N, n), outputs (N, n), and the matrix (n, n) that made them but for the noise."""

    x: FloatArray
    y: FloatArray
    matrix: FloatArray


class PriorCurves(NamedTuple):
    """Relative errors, (counts, strengths) each, means over seeds; see `prior_experiment`."""

    counts: tuple[int, ...]
    strengths: tuple[float, ...]
    plain: FloatArray
    permuted: FloatArray


def convolution_matrix(kernel: ArrayLike, n: int) -> FloatArray:
    """Matrix of a cross-correlation that wraps around: row i has the taps about column i.

    Parameters
    ----------
    kernel : (k,) array_like
        An odd number of taps, the middle one for the input at the output's own place.
    n : int
        Inputs, and outputs; at least k.

    Returns
    -------
    (n, n) ndarray

    Raises
    ------
    ValueError
        If k is even or larger than n.

    Examples
    --------
    >>> convolution_matrix([1, 2, 3], 4).tolist()
    [[2.0, 3.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0], [0.0, 1.0, 2.0, 3.0], [3.0, 0.0, 1.0, 2.0]]
    """
    taps = numeric_array("kernel", kernel, ndim=1).astype(np.float64)
    n = integer("n", n)
    if taps.size % 2 == 0 or taps.size > n:
        raise ValueError(f"kernel must have an odd number of taps, at most {n}, got {taps.size}")
    half = taps.size // 2
    return sum(
        (tap * np.roll(np.eye(n), place - half, axis=1) for place, tap in enumerate(taps)),
        start=np.zeros((n, n)),
    )


def draw_examples(
    count: int,
    *,
    seed: int,
    permuted: bool = False,
    n: int = INPUTS,
    kernel: ArrayLike = KERNEL,
    noise: float = NOISE,
) -> Examples:
    """Draw inputs at random, and the outputs of a convolution with noise on them.

    Parameters
    ----------
    count : int
        Examples N.
    seed : int
    permuted : bool, default False
        Whether the inputs are handed over in another order than the one they were convolved in,
        the same for all examples.
    n : int
        Inputs, and outputs, of each example.
    kernel : (k,) array_like
    noise : float
        Standard deviation of the noise; the inputs have 1.

    Returns
    -------
    drawn : Examples

    Examples
    --------
    >>> x, y, matrix = draw_examples(5, seed=0, permuted=True, noise=0.0)
    >>> bool(np.allclose(y, x @ matrix.T))
    True
    """
    random = np.random.default_rng(seed)
    matrix = convolution_matrix(kernel, n)
    x = random.normal(size=(integer("count", count), n))
    y = x @ matrix.T + noise * random.normal(size=x.shape)
    if permuted:
        order = random.permutation(n)
        return Examples(x[:, order], y, matrix[:, order])
    return Examples(x, y, matrix)


def fit(x: ArrayLike, y: ArrayLike, *, width: int, strength: float) -> FloatArray:
    """Learn the matrix T of y = T x under the belief that it is that of a convolution.

    T minimises the sum of |y - T x|^2 over the examples, plus `strength` times |T - C|^2, where C
    is the convolution's matrix nearest to T. In the language of probability: what T has beyond a
    convolution is normally distributed about 0 with variance proportional to 1 / `strength`. If
    without any belief several T fit equally well, the smallest is taken.

    Parameters
    ----------
    x, y : (N, n) array_like
        Examples.
    width : int
        Taps k of the convolution, odd.
    strength : float
        0 to infinity.

    Returns
    -------
    (n, n) ndarray

    Raises
    ------
    ValueError
        If `strength` is negative, or the shapes differ.
    numpy.linalg.LinAlgError
        If a belief of finite strength and the examples leave T open, as when all `x` are 0.

    Examples
    --------
    >>> x, y, matrix = draw_examples(3, seed=0, noise=0.0)
    >>> bool(np.allclose(fit(x, y, width=3, strength=np.inf), matrix))
    True
    """
    inputs, outputs = (numeric_array(name, v, ndim=2) for name, v in (("x", x), ("y", y)))
    if inputs.shape != outputs.shape:
        raise ValueError(f"y must have x's shape {inputs.shape}, got {outputs.shape}")
    if not strength >= 0:
        raise ValueError(f"strength must be 0 or more, got {strength!r}")
    if strength == 0:
        return _least_squares(inputs, outputs).T
    n = inputs.shape[1]
    # Rows: the entries of T, column by column, that one tap stands in, as a vector of length 1.
    taps = np.array([convolution_matrix(tap, n).T.ravel() for tap in np.eye(width)]) / math.sqrt(n)
    if math.isinf(strength):
        design = np.kron(inputs, np.eye(n)) @ taps.T
        return (_least_squares(design, outputs.ravel()) @ taps).reshape(n, n).T
    beyond = np.eye(n * n) - taps.T @ taps
    squares = np.kron(inputs.T @ inputs, np.eye(n)) + strength * beyond
    return np.linalg.solve(squares, (inputs.T @ outputs).ravel()).reshape(n, n).T


def prior_experiment(
    counts: Sequence[int] = COUNTS,
    strengths: Sequence[float] = STRENGTHS,
    *,
    seeds: Sequence[int] = SEEDS,
) -> PriorCurves:
    """Learn a convolution under beliefs of several strengths, from few examples and from many.

    The error is |T - true T|^2 / |true T|^2: the share of the outputs' variance that is missed. It
    is measured where the belief is right, and where it is wrong because the inputs come permuted.

    Parameters
    ----------
    counts : sequence of int
        Numbers of examples.
    strengths : sequence of float
    seeds : sequence of int
        One set of examples each, also for the order of the permuted inputs.

    Returns
    -------
    PriorCurves
    """
    found = []
    for permuted in (False, True):
        errors = np.zeros((len(seeds), len(counts), len(strengths)))
        for place, seed in enumerate(seeds):
            for row, count in enumerate(counts):
                x, y, true = draw_examples(count, seed=seed, permuted=permuted)
                for column, strength in enumerate(strengths):
                    learned = fit(x, y, width=len(KERNEL), strength=strength)
                    errors[place, row, column] = ((learned - true) ** 2).sum() / (true**2).sum()
        found.append(errors.mean(axis=0))
    return PriorCurves(tuple(counts), tuple(strengths), *found)


def _least_squares(rows: FloatArray, wanted: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.lstsq(rows, wanted, rcond=None)[0], dtype=np.float64)
