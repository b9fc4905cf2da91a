"""All exercises of the course, by their ids: one module each, found by its name."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable
from importlib import import_module

from cnncourse.exercises.model import Exercise

_NAME = re.compile(r"([er])(\d+)_(\d+)")


def find_exercises(folders: Iterable[str], package: str) -> dict[str, Exercise]:
    """Import the exercises of a package, by lesson; in a lesson repairs come last.

    ``e1_2.py`` holds exercise E1.2, ``r1_1.py`` the repair R1.1, each as ``EXERCISE``. Modules with
    other names are left alone.

    Parameters
    ----------
    folders : iterable of str
        Where the package lies: its ``__path__``.
    package : str
        Its dotted name.

    Raises
    ------
    ImportError
        If such a module has no EXERCISE, or one with another id or another one's stub name.
    """
    names = (_NAME.fullmatch(module.name) for module in pkgutil.iter_modules(folders))
    found = sorted(
        (int(match[2]), match[1], int(match[3]), match[0]) for match in names if match is not None
    )
    exercises: dict[str, Exercise] = {}
    for _, _, _, name in found:
        exercise = getattr(import_module(f"{package}.{name}"), "EXERCISE", None)
        if not isinstance(exercise, Exercise):
            raise ImportError(
                f"{package}.{name} must define EXERCISE, an Exercise; it is {exercise!r}"
            )
        wanted = name.replace("_", ".").upper()
        if exercise.id != wanted:
            raise ImportError(
                f"{package}.{name} must hold exercise {wanted}; its id is {exercise.id!r}"
            )
        for other in exercises.values():
            if other.stub_name == exercise.stub_name:
                raise ImportError(
                    f"{wanted} and {other.id} are both answered by `{other.stub_name}`: "
                    "give each exercise a name of its own"
                )
        exercises[wanted] = exercise
    return exercises


EXERCISES: dict[str, Exercise] = find_exercises(
    import_module("cnncourse.exercises").__path__, "cnncourse.exercises"
)


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
            'the exercise comes first, then your answer: check("E1.2", my_convolution)'
        )
    try:
        return EXERCISES[exercise_id.strip().upper()]
    except KeyError:
        known = ", ".join(EXERCISES)
        raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}") from None


def of_stub(name: str) -> Exercise | None:
    """Find the exercise whose function, or variable, is called `name`."""
    return next((found for found in EXERCISES.values() if found.stub_name == name), None)
