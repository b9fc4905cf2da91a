"""Graded exercises that recognise the mistake.

``check`` judges a learner's function, ``hint`` gives one step more at each call, ``solution`` shows
one way to write it; ``get`` gives an exercise's texts and parts.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from cnncourse.exercises.judging import judge
from cnncourse.exercises.ladder import Ladder, Page
from cnncourse.exercises.model import Exercise
from cnncourse.exercises.registry import EXERCISES, get
from cnncourse.exercises.report import CheckResult

__all__ = ["EXERCISES", "CheckResult", "Exercise", "check", "get", "hint", "solution"]

_LADDER = Ladder()


def check(
    exercise_id: str,
    function: Any,
    *,
    seed: int | str | None = None,
    time_limit: float = 10.0,
) -> CheckResult:
    """Check a learner's function on small fixed cases and on fresh random ones.

    Parameters
    ----------
    exercise_id : str
        The exercise, "E1.2".
    function : callable
        The learner's function itself, not the result of a call.
    seed : int, str or None, default None
        The same seed gives the same cases; None draws new ones each time.
    time_limit : float, default 10
        For all calls of the function together, s.

    Returns
    -------
    CheckResult
        Status, points, the misconception recognised (if any), its hint, the smallest failing case.

    Raises
    ------
    ValueError, TypeError
        If there is no such exercise, or `seed` or `time_limit` is of no use.

    Examples
    --------
    >>> def my_single_kernel(u, v):
    ...     return u + v if len(u) == len(v) else max(u, v, key=len)
    >>> check("E1.6", my_single_kernel, seed=1).status
    'wrong'
    """
    exercise = get(exercise_id)
    if isinstance(seed, np.integer):
        seed = int(seed)
    if not (seed is None or isinstance(seed, (int, str))):
        raise TypeError(f"seed must be a whole number, a string or None, got {seed!r}")
    if not isinstance(time_limit, Real) or not 0 < time_limit < float("inf"):
        raise ValueError(f"time_limit must be a positive number of seconds, got {time_limit!r}")
    result = judge(exercise, function, seed=seed, time_limit=float(time_limit))
    if result.status != "not attempted" and result.problem != "not a function":
        _LADDER.attempt(exercise)
    return result


def hint(exercise_id: str) -> Page:
    """Give the next of the exercise's three hints.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    return _LADDER.hint(get(exercise_id))


def solution(exercise_id: str, *, anyway: bool = False) -> Page:
    """Show one annotated solution, after an attempt or with ``anyway=True``.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    return _LADDER.solution(get(exercise_id), anyway=anyway)
