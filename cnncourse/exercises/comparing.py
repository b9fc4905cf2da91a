"""When an output counts as equal to the expected one."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-5
NOTHING = 1e-12  # where 0 is expected everywhere, and the terms that cancel left their rounding


def size_of_terms(answer: Callable[..., Any], *args: Any) -> float:
    """Give the largest sum of an answer if nothing in it cancelled: a scale for `close`.

    Each output of `answer` has to be a sum of products of numbers in `args`, or one of them with
    positive weights.

    Examples
    --------
    >>> size_of_terms(np.dot, np.array([3.0, -3.0]), np.array([0.5, 0.5]))
    3.0
    """
    return float(np.abs(answer(*(np.abs(arg) for arg in args))).max(initial=0.0))


def close(got: Any, expected: Any, *, scale: float | None = None) -> bool:
    """Whether two arrays have one shape and agree within rounding, float32's included.

    The difference is measured against `scale`, by default the largest expected number, never cell
    by cell: a cell whose terms cancel to 0 carries the rounding of those terms. Where all may
    cancel, `size_of_terms` gives the scale. Small numbers are compared as strictly as large ones,
    so an answer rounded to some decimals shows.

    Examples
    --------
    >>> close([1e-9, 100.0], [0.0, 100.0001])
    True
    >>> close([1.0, 2.0], [1.0, 2.1])
    False
    >>> close([1.0], [1.0, 1.0])
    False
    >>> close([0.0], [1e-7])
    False
    """
    a, b = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    if a.size == 0:
        return True
    return bool(np.abs(a - b).max() <= _allowed(b, scale))


def _allowed(expected: NDArray[np.float64], scale: float | None = None) -> float:
    if scale is None:
        scale = float(np.abs(expected).max(initial=0.0))
    return TOLERANCE * scale + NOTHING


def same(got: Any, wrong: Any, *, scale: float | None = None) -> bool:
    """Whether an output is the one that a wrong idea gives: as `close`, and NaN equals NaN.

    The scale is the largest number of the wrong idea, or `scale` if that is larger.

    Examples
    --------
    >>> same([float("nan"), 2.0], [float("nan"), 2.0])
    True
    """
    a, b = np.asarray(got, dtype=float), np.asarray(wrong, dtype=float)
    if a.shape != b.shape:
        return False
    if a.size == 1:  # the same in plain Python: drawing the cases of E1.4 compares thousands
        x, y = a.item(), b.item()
        if not (isfinite(x) and isfinite(y)):
            return isfinite(x) == isfinite(y)
        return abs(x - y) <= TOLERANCE * max(abs(y), scale or 0.0) + NOTHING
    if (np.isfinite(a) != np.isfinite(b)).any():
        return False
    known = np.isfinite(b)
    largest = float(np.abs(b[known]).max(initial=0.0))
    return close(a[known], b[known], scale=max(largest, scale or 0.0))


def first_difference(
    got: Any, expected: Any, *, scale: float | None = None
) -> tuple[int, ...] | None:
    """Index of the first cell that is off, or None if the shapes differ or nothing is off.

    Examples
    --------
    >>> first_difference([1.0, 2.0, 9.0], [1.0, 2.0, 3.0])
    (2,)
    """
    a, b = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if a.shape != b.shape or a.ndim == 0:
        return None
    off = ~(np.abs(a - b) <= _allowed(b, scale))
    return tuple(int(i) for i in np.argwhere(off)[0]) if off.any() else None


def as_written(answer: Any, exact: Any) -> bool:
    """Whether an answer found by hand is `exact`, or `exact` rounded to two decimals or more.

    Every number must be: a row of numbers may be rounded in some places and not in others.

    Examples
    --------
    >>> as_written(4.7, 4.7), as_written(1.57, 4.7 / 3), as_written(1.6, 4.7 / 3)
    (True, True, False)
    >>> as_written(0.13, 0.125), as_written(0.12, 0.125)  # a half goes either way
    (True, True)
    """
    a, b = np.asarray(answer, dtype=float), np.asarray(exact, dtype=float)
    if a.shape != b.shape:
        return False
    return all(_rounds(x, y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))


def _rounds(answer: float, exact: float) -> bool:
    off = abs(answer - exact)
    if not isfinite(off):
        return False
    if off <= TOLERANCE * abs(exact) + NOTHING:
        return True
    for decimals in range(2, 7):
        unit = 10.0**-decimals
        if off > (0.5 + TOLERANCE) * unit:
            return False
        places = answer / unit
        if isfinite(places) and abs(places - round(places)) <= TOLERANCE:
            return True
    return False
