"""What a few runs tell about all that one might have made: a mean and its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array


class Interval(NamedTuple):
    """A mean, and the ends of the interval that is to hold the true one; in the values' unit.

    Examples
    --------
    >>> found = Interval(0.5, 0.4, 0.6)
    >>> found.above(0.3), found.below(0.55), found.contains(0.55)
    (True, False, True)
    """

    mean: float
    low: float
    high: float

    def above(self, value: float) -> bool:
        """Whether all of the interval lies above `value`."""
        return self.low > value

    def below(self, value: float) -> bool:
        """Whether all of the interval lies below `value`."""
        return self.high < value

    def contains(self, value: float) -> bool:
        """Whether `value` lies within the interval, so that the runs do not rule it out."""
        return self.low <= value <= self.high


def several_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """Return two or more different seeds, one for each run, or say what is wrong with them.

    Raises
    ------
    TypeError, ValueError
        If they are no such numbers.

    Examples
    --------
    >>> several_seeds(range(3))
    (0, 1, 2)
    """
    numbers = tuple(integer("seeds", seed, minimum=0) for seed in seeds)
    if len(numbers) < 2 or len(set(numbers)) < len(numbers):
        raise ValueError(f"seeds must be two or more different numbers, got {numbers}")
    return numbers


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean of several runs, with Student's interval for the mean of all runs there could be.

    With n runs of mean m and sample standard deviation s, the interval is m - t s / sqrt(n) to
    m + t s / sqrt(n), where t is the quantile (1 + level) / 2 of Student's distribution with n - 1
    degrees of freedom ("Student", "The probable error of a mean", Biometrika 6, 1908). Of many
    such intervals the share `level` holds the true mean, if runs are independent and scatter about
    it like a normal distribution.

    Parameters
    ----------
    values : (n,) array_like
        One number for each run (seed), n >= 2.
    level : float, default 0.95
        Between 0 and 1.

    Returns
    -------
    Interval
        (mean, low, high).

    Raises
    ------
    TypeError
        If `values` holds no real numbers.
    ValueError
        If there are fewer than two values, one is not finite, or `level` is not between 0 and 1.

    Examples
    --------
    >>> found = mean_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> [round(end, 2) for end in found]
    [3.0, 1.04, 4.96]
    """
    runs = _runs("values", values)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level!r}")
    mean = float(runs.mean())
    half = student_quantile(level, runs.size - 1) * float(runs.std(ddof=1)) / math.sqrt(runs.size)
    return Interval(mean, mean - half, mean + half)


def paired_interval(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Interval:
    """Mean of `second` - `first`, run by run, with its interval.

    Runs that share a seed share their start and their order of digits, and so part of their luck:
    the differences scatter less than the runs, and show a smaller effect.

    Parameters
    ----------
    first, second : (n,) array_like
        One number for each run, in the same order of seeds, n >= 2.
    level : float, default 0.95
        Between 0 and 1.

    Returns
    -------
    Interval
        Above 0 where `second` is larger, beyond chance.

    Raises
    ------
    TypeError, ValueError
        As `mean_interval`; also if there are not equally many of both.

    Examples
    --------
    >>> found = paired_interval([10, 20, 30], [12, 21, 33])
    >>> round(found.mean, 2), found.contains(0)
    (2.0, True)
    """
    a, b = _runs("first", first), _runs("second", second)
    if a.size != b.size:
        raise ValueError(f"second must hold one value for each of first's {a.size}, got {b.size}")
    return mean_interval(b - a, level)


def student_quantile(level: float, freedom: int) -> float:
    """How many standard errors to either side hold the share `level` of Student's distribution.

    Examples
    --------
    >>> round(student_quantile(0.95, 4), 3), round(student_quantile(0.95, 10**6), 3)
    (2.776, 1.96)
    """
    from scipy.special import stdtrit  # slow to load, and only runs of networks need it

    return float(stdtrit(freedom, (1 + level) / 2))


def _runs(name: str, values: ArrayLike) -> FloatArray:
    array = numeric_array(name, values, ndim=1)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    runs = array.astype(np.float64)
    if runs.size < 2:
        raise ValueError(f"{name} must hold at least two runs to tell chance, got {runs.size}")
    if not np.isfinite(runs).all():
        raise ValueError(f"{name} must be finite, got {runs[~np.isfinite(runs)][0]}")
    return runs
