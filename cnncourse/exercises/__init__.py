"""Graded exercises that recognise the mistake.

``check`` judges a learner's function or value, ``hint`` gives one step more at each call,
``solution`` shows one way to write it; ``given`` gives the numbers of an exercise that has its own,
and ``set_variant`` chooses whose; ``get`` gives an exercise's texts and parts. Attempts, hints and
solutions are recorded, on this machine only, by ``cnncourse.records``.
"""

from __future__ import annotations

from numbers import Real
from threading import TIMEOUT_MAX
from typing import Any

import numpy as np

from cnncourse.exercises import variants
from cnncourse.exercises.explain import Explanation, explain
from cnncourse.exercises.giving import Given
from cnncourse.exercises.judging import judge
from cnncourse.exercises.ladder import Ladder, Page
from cnncourse.exercises.model import Exercise
from cnncourse.exercises.registry import EXERCISES, get
from cnncourse.exercises.report import CheckResult
from cnncourse.exercises.running import TIME_LIMIT
from cnncourse.exercises.untouched import fingerprint
from cnncourse.exercises.variants import set_variant

__all__ = [
    "EXERCISES",
    "CheckResult",
    "Exercise",
    "Explanation",
    "Given",
    "check",
    "explain",
    "get",
    "given",
    "hint",
    "set_variant",
    "solution",
]

_LADDER = Ladder()
_NO_ATTEMPT = ("not a function", "not a value")


def check(
    exercise_id: str,
    answer: Any,
    *,
    seed: int | str | None = None,
    time_limit: float = TIME_LIMIT,
) -> CheckResult:
    """Check a learner's answer, on small fixed cases and on fresh random ones if it is a function.

    Parameters
    ----------
    exercise_id : str
        The exercise, "E1.2".
    answer : callable or value
        The learner's function itself, not the result of a call. For an exercise that gives numbers
        it is the answer: a number, or an array.
    seed : int, str or None, default None
        The same seed gives the same cases; None draws new ones each time. For an exercise that
        gives numbers it is the variant, as in `given`.
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
    if isinstance(seed, bool) or not (seed is None or isinstance(seed, (int, str))):
        raise TypeError(f"seed must be a whole number, a string or None, got {seed!r}")
    if isinstance(time_limit, Real) and time_limit > TIMEOUT_MAX:  # Python can wait no longer
        most = f"at most {TIMEOUT_MAX:.0f}, got more"
        raise ValueError(f"time_limit must be a positive number of seconds, {most}")
    if not isinstance(time_limit, Real) or not time_limit > 0:
        raise ValueError(f"time_limit must be a positive number of seconds, got {time_limit!r}")
    result = judge(exercise, answer, seed=seed, time_limit=float(time_limit))
    if result.status != "not attempted" and result.problem not in _NO_ATTEMPT:
        _LADDER.attempt(exercise, result, fingerprint(answer))
    return result


def given(exercise_id: str, seed: int | str | None = None) -> Given:
    """Give the numbers of an exercise that is answered by a value.

    Parameters
    ----------
    exercise_id : str
        The exercise, "E1.0".
    seed : int, str or None, default None
        Which variant; None for the one of `set_variant`, else of the environment variable
        CNNCOURSE_VARIANT, else the numbers that everyone has.

    Returns
    -------
    Given
        Numbers and arrays by name; they unpack in the order of their names.

    Raises
    ------
    ValueError, TypeError
        If there is no such exercise, it is answered by a function, or `seed` is of no use.

    Examples
    --------
    >>> x, w, t = given("E1.0")
    >>> bool(given("E1.0").t == t), round(float(w.sum()), 2)
    (True, 1.0)
    """
    exercise, variant = get(exercise_id), variants.current_variant(seed)
    numbers = Given(exercise, variant)
    variants.note_shown(exercise, variant)
    return numbers


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
