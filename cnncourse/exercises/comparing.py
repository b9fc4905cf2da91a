"""When an output counts as equal to the expected one."""

from __future__ import annotations

from typing import Any

import numpy as np

TOLERANCE = 1e-5


def close(got: Any, expected: Any) -> bool:
    """Whether two arrays have one shape and agree within rounding, float32's included.

    The difference is measured against the largest expected number (or 1, if that is larger), never
    cell by cell: a cell whose terms cancel to 0 carries the rounding of those terms.

    Examples
    --------
    >>> close([1e-9, 100.0], [0.0, 100.0001])
    True
    >>> close([1.0, 2.0], [1.0, 2.1])
    False
    >>> close([1.0], [1.0, 1.0])
    False
    """
    a, b = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    if a.size == 0:
        return True
    return bool(np.abs(a - b).max() <= TOLERANCE * max(1.0, float(np.abs(b).max())))


def same(got: Any, wrong: Any) -> bool:
    """Whether an output is the one that a wrong idea gives: as `close`, and NaN equals NaN.

    Examples
    --------
    >>> same([float("nan"), 2.0], [float("nan"), 2.0])
    True
    """
    a, b = np.asarray(got, dtype=float), np.asarray(wrong, dtype=float)
    if a.shape != b.shape or (np.isfinite(a) != np.isfinite(b)).any():
        return False
    known = np.isfinite(b)
    return close(a[known], b[known])


def first_difference(got: Any, expected: Any) -> tuple[int, ...] | None:
    """Index of the first cell that is off, or None if the shapes differ or nothing is off.

    Examples
    --------
    >>> first_difference([1.0, 2.0, 9.0], [1.0, 2.0, 3.0])
    (2,)
    """
    a, b = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if a.shape != b.shape or a.ndim == 0:
        return None
    scale = max(1.0, float(np.abs(b).max(initial=0.0)))
    off = ~(np.abs(a - b) <= TOLERANCE * scale)
    return tuple(int(i) for i in np.argwhere(off)[0]) if off.any() else None
