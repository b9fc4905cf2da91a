"""Max against average pooling of a feature that is there or not, as the pool grows.

After Y.-L. Boureau, J. Ponce, Y. LeCun, "A theoretical analysis of feature pooling in visual
recognition", ICML 2010 (lecture, "Pooling", last point). A pool holds P independent values, each 1
with the chance alpha and 0 otherwise. In the pictures of one class alpha is larger than in those of
the other: how well does one number, the pool's maximum or its average, tell the two classes apart?
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.pooling import pool2d

KINDS = ("max", "average")
Alphas = tuple[float, float]


def pooled_moments(alpha: float, size: ArrayLike, kind: str) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of the maximum or the average of `size` values, 1 or 0.

    The average scatters about alpha, with the variance alpha (1 - alpha) / P. The maximum is 0 only
    if all P values are, which has the chance q = (1 - alpha)**P: its mean is 1 - q, its variance
    q (1 - q).

    Parameters
    ----------
    alpha : float
        Chance of a 1, between 0 and 1, neither of them.
    size : int or array_like of int
        Number P of values in a pool.
    kind : {"max", "average"}

    Returns
    -------
    mean, deviation : ndarray
        Of the shape of `size`.

    Raises
    ------
    ValueError
        If `alpha` or `size` is out of range or `kind` unknown.

    Examples
    --------
    >>> mean, deviation = pooled_moments(0.5, 2, "max")
    >>> float(mean), round(float(deviation), 3)
    (0.75, 0.433)
    """
    choice("kind", kind, KINDS)
    share, sizes = _chance(alpha), _sizes(size)
    if kind == "average":
        return np.full(sizes.shape, share), np.sqrt(share * (1 - share) / sizes)
    none = _all_zero(share, sizes)
    return 1 - none, np.sqrt(none * (1 - none))


def separability(alphas: Alphas, size: ArrayLike, kind: str) -> FloatArray:
    """How far apart pooling keeps two features: distance of the means over the summed deviations.

    The signal-to-noise ratio of Boureau et al. (2010), |mean1 - mean2| / (deviation1 + deviation2).
    About 1, the two distributions touch at one deviation each; far below 1 they can hardly be told
    apart. For the average it grows like the square root of P without end. For the maximum it grows
    while the rarer feature is mostly absent, and falls again when both are nearly always there.

    Parameters
    ----------
    alphas : (float, float)
        Chance of a 1 in either class.
    size : int or array_like of int
        Number P of values in a pool.
    kind : {"max", "average"}

    Returns
    -------
    ndarray
        Of the shape of `size`, >= 0.

    Raises
    ------
    ValueError
        As `pooled_moments`.

    Examples
    --------
    >>> float(separability((0.5, 0.1), 4, "average").round(3))
    1.0
    >>> separability((0.05, 0.001), [1, 64, 4096], "max").round(2).tolist()
    [0.2, 2.09, 0.13]
    """
    (mean1, deviation1), (mean2, deviation2) = (pooled_moments(a, size, kind) for a in alphas)
    if kind == "max":  # from the chances of all zeros, whose difference 1 - q would round away
        mean1, mean2 = (_all_zero(_chance(a), _sizes(size)) for a in alphas)
    spread = deviation1 + deviation2
    # Where both maxima are certain there is neither a distance nor a deviation left.
    return np.divide(np.abs(mean1 - mean2), spread, out=np.zeros_like(spread), where=spread > 0)


def largest_distance_size(alphas: Alphas) -> float:
    """Pool size at which the means of the two maxima lie furthest apart.

    The zero of the derivative of |(1 - a1)**P - (1 - a2)**P| with respect to P, Boureau et al.
    (2010): with l = -ln(1 - a), P = ln(l1 / l2) / (l1 - l2). Roughly one over the larger chance.

    Parameters
    ----------
    alphas : (float, float)
        Two different chances.

    Returns
    -------
    float
        In values; not rounded.

    Raises
    ------
    ValueError
        If the chances are equal or out of range.

    Examples
    --------
    >>> round(largest_distance_size((0.4, 0.2)), 2)
    2.88
    """
    one, two = (-math.log1p(-_chance(a)) for a in alphas)
    if one == two:
        raise ValueError(f"alphas must differ, got {alphas!r}")
    return math.log(one / two) / (one - two)


def best_threshold_accuracy(alphas: Alphas, size: int, kind: str) -> float:
    """Share of pools told right by the best threshold there is, both classes equally frequent.

    The maximum is 1 whenever the average is above 0: it is the average, cut at one fixed threshold.
    So with the best threshold the average never tells fewer right than the maximum.

    Parameters
    ----------
    alphas : (float, float)
        Chance of a 1 in either class.
    size : int
        Number P of values in a pool.
    kind : {"max", "average"}

    Returns
    -------
    float
        From 0.5, as good as a coin, to 1.

    Raises
    ------
    ValueError
        As `pooled_moments`.

    Examples
    --------
    >>> round(best_threshold_accuracy((0.4, 0.2), 2, "max"), 2)
    0.64
    >>> round(best_threshold_accuracy((0.4, 0.2), 2, "average"), 2)
    0.64
    """
    choice("kind", kind, KINDS)
    count = integer("size", size, minimum=1)
    if kind == "max":
        one, two = (_all_zero(_chance(a), _sizes(count)) for a in alphas)
        return float(0.5 + abs(one - two) / 2)
    one, two = (_binomial(_chance(a), count) for a in alphas)
    # Counts above the threshold for the class with more ones, the others for the other class.
    return float(0.5 + np.abs(np.cumsum(one - two)).max() / 2)


def simulated_separability(
    alphas: Alphas, size: int, kind: str, *, runs: int = 20, pools: int = 1000, seed: int = 0
) -> FloatArray:
    """`separability` measured on pools that are drawn and pooled.

    Parameters
    ----------
    alphas : (float, float)
        Chance of a 1 in either class.
    size : int
        Number P of values in a pool.
    kind : {"max", "average"}
    runs : int, default 20
        Repetitions, for an interval.
    pools : int, default 1000
        Pools of each class in each run.
    seed : int, default 0

    Returns
    -------
    (runs,) ndarray
        0 where all pools of a run came out alike.

    Raises
    ------
    ValueError
        As `pooled_moments`.

    Examples
    --------
    >>> measured = simulated_separability((0.4, 0.2), 16, "average")
    >>> bool(abs(measured.mean() - separability((0.4, 0.2), 16, "average")) < 0.01)
    True
    """
    choice("kind", kind, KINDS)
    chances = [_chance(alpha) for alpha in alphas]
    shape = (pools, 1, integer("size", size, minimum=1))

    draws = [partial(_ones, shape=shape, chance=chance) for chance in chances]
    return measured_separability(draws, kind, runs, seed)


def simulated_means(
    alphas: Alphas, sizes: Sequence[int], kind: str, *, runs: int = 3, seed: int = 0
) -> dict[int, float]:
    """Mean of `simulated_separability` for several sizes of the pool, by size.

    Examples
    --------
    >>> sorted(simulated_means((0.4, 0.2), (4, 16), "average"))
    [4, 16]
    """
    return {
        size: float(simulated_separability(alphas, size, kind, runs=runs, seed=seed).mean())
        for size in sizes
    }


def measured_separability(
    draws: Sequence[Callable[[np.random.Generator], FloatArray]], kind: str, runs: int, seed: int
) -> FloatArray:
    """Separability of pools that two functions draw.

    Parameters
    ----------
    draws : sequence of two functions
        From a random generator to (pools, 1, P) values of one class.
    kind : {"max", "average"}
    runs, seed : int

    Returns
    -------
    (runs,) ndarray
        0 where all pools of a run came out alike.

    Examples
    --------
    >>> draws = [lambda rng: rng.random((9, 1, 4)), lambda rng: 8 + rng.random((9, 1, 4))]
    >>> bool(measured_separability(draws, "max", runs=1, seed=0)[0] > 8)
    True
    """
    rng = np.random.default_rng(seed)
    found = np.zeros(runs)
    for run in range(runs):
        one, two = (_pooled(draw(rng), kind) for draw in draws)
        spread = float(one.std() + two.std())
        found[run] = abs(one.mean() - two.mean()) / spread if spread else 0.0
    return found


def _ones(rng: np.random.Generator, shape: tuple[int, ...], chance: float) -> FloatArray:
    return (rng.random(shape) < chance).astype(float)


def _pooled(values: FloatArray, kind: str) -> FloatArray:
    return pool2d(values, (1, values.shape[-1]), kind=kind)[..., 0, 0]


def _all_zero(alpha: float, sizes: FloatArray) -> FloatArray:
    """Chance that none of `sizes` values is a 1, exact for small `alpha` too."""
    return np.exp(sizes * math.log1p(-alpha))


def _binomial(alpha: float, count: int) -> FloatArray:
    """Chances of 0, 1, ... `count` ones, by logarithms so that large counts do not overflow."""
    logs = np.zeros(count + 1)
    for k in range(count):
        logs[k + 1] = logs[k] + math.log((count - k) / (k + 1))
    ones = np.arange(count + 1)
    logs += ones * math.log(alpha) + (count - ones) * math.log1p(-alpha)
    chances: FloatArray = np.exp(logs)
    return chances


def _chance(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha!r}")
    return float(alpha)


def _sizes(size: ArrayLike) -> FloatArray:
    sizes = np.asarray(size, dtype=float)
    if not ((sizes >= 1) & (sizes == np.round(sizes))).all():
        raise ValueError(f"size must be whole numbers of at least 1, got {size!r}")
    return sizes
