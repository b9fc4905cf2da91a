"""All exercises of the course, by their ids."""

from __future__ import annotations

from cnncourse.exercises import e0_1, e1_1, e1_2, e1_3, e1_4, e1_5, e1_6
from cnncourse.exercises.model import Exercise

_MODULES = (e0_1, e1_1, e1_2, e1_3, e1_4, e1_5, e1_6)
EXERCISES: dict[str, Exercise] = {module.EXERCISE.id: module.EXERCISE for module in _MODULES}


def get(exercise_id: str) -> Exercise:
    """Look up an exercise.

    Parameters
    ----------
    exercise_id : str
        "E1.2"; small letters will do.

    Raises
    ------
    ValueError
        If there is no such exercise; the message lists those there are.

    Examples
    --------
    >>> get("E1.2").stub_name
    'my_convolution'
    """
    if not isinstance(exercise_id, str):
        raise ValueError(
            f"exercise_id must be a string such as 'E1.2', got {type(exercise_id).__name__}; "
            'the exercise comes first, then your function: check("E1.2", my_convolution)'
        )
    try:
        return EXERCISES[exercise_id.strip().upper()]
    except KeyError:
        known = ", ".join(EXERCISES)
        raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}") from None


def of_stub(name: str) -> Exercise | None:
    """Find the exercise whose function is called `name`."""
    return next((found for found in EXERCISES.values() if found.stub_name == name), None)
