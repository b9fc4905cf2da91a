"""Answers as learners hand them in: how the catalogue, the tests and the benchmarks try a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncourse.exercises.giving import Given
from cnncourse.exercises.model import Either, Exercise
from cnncourse.exercises.variants import current_variant

Seed = int | str | None


def solution(exercise: Exercise, seed: Seed = None) -> Any:
    """Make the answer by the text that learners see: the course's own function is not for them.

    Parameters
    ----------
    exercise : Exercise
    seed : int, str or None
        The variant, as in `given`, where the exercise is answered by a value.

    Examples
    --------
    >>> from cnncourse.exercises import get
    >>> solution(get("E0.1")).__name__
    'my_flip'
    """
    namespace: dict[str, Any] = {"given": lambda _: Given(exercise, current_variant(seed))}
    exec("import numpy as np\n" + exercise.solution_source, namespace)
    return namespace[exercise.stub_name]


def answer(exercise: Exercise, function: Callable[..., Any], seed: Seed = None) -> Any:
    """Give what a learner hands in: the function, or the value that it gives.

    Examples
    --------
    >>> import numpy as np
    >>> from cnncourse.exercises import get
    >>> exercise = get("E1.0")
    >>> bool(np.isclose(answer(exercise, exercise.reference), solution(exercise)))
    True
    """
    if exercise.given is None:
        return function
    return function(*Given(exercise, current_variant(seed)))


def mistaken(variant: Callable[..., Any]) -> Callable[..., Any]:
    """Make a wrong idea a learner's function: where the idea gives nothing, that fails.

    Examples
    --------
    >>> mistaken(lambda w: Either(w, -w))(2)
    2
    """

    def wrong(*args: Any) -> Any:
        value = variant(*args)
        if value is None:
            raise IndexError("this idea gives no answer here")
        return value.outputs[0] if isinstance(value, Either) else value

    return wrong
