"""The numbers of a task that is answered by a value."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np

from cnncourse.cards import VIOLET, card, labelled, paragraph
from cnncourse.exercises.formatting import format_value
from cnncourse.exercises.model import Exercise
from cnncourse.exercises.registry import EXERCISES
from cnncourse.exercises.variants import given_trial


class Given:
    """Numbers and arrays by name, to look at, to unpack in order, or to take by their names.

    Arrays are copies that cannot be changed: the check goes by what was given.

    Parameters
    ----------
    exercise : Exercise
        One that is answered by a value.
    variant : str or None
        Whose numbers; None for everyone's.

    Raises
    ------
    ValueError
        If the exercise is answered by a function.

    Examples
    --------
    >>> numbers = Given(EXERCISES["E1.0"], None)
    >>> x, w, t = numbers
    >>> x is numbers.x, numbers["t"] == t, len(numbers)
    (True, True, 3)
    """

    _values: dict[str, Any]
    _title: str
    _variant: str | None

    def __init__(self, exercise: Exercise, variant: str | None) -> None:
        if exercise.given is None:
            known = ", ".join(i for i, found in EXERCISES.items() if found.given is not None)
            raise ValueError(
                f"exercise_id must be one of {known}, which are answered by a value; got "
                f"{exercise.id!r}, which asks for a function and has no numbers of its own"
            )
        (case,) = given_trial(exercise, variant).cases
        values = {
            name: _locked(arg) for name, arg in zip(exercise.arguments, case.args, strict=True)
        }
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_title", f"{exercise.id} {exercise.title}")
        object.__setattr__(self, "_variant", variant)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            known = "" if name.startswith("_") else f"; given are {', '.join(self._values)}"
            raise AttributeError(f"no {name!r} here{known}")
        return self._values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"the numbers given stay as they are; put {name} in a variable")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, name: str | int) -> Any:
        if not isinstance(name, str):
            return list(self)[name]
        if name not in self._values:
            raise KeyError(f"given are {', '.join(self._values)}, got {name!r}")
        return self._values[name]

    def _rows(self) -> list[tuple[str, str]]:
        return [(f"{name} =", format_value(value)) for name, value in self._values.items()]

    def _heading(self) -> str:
        whose = "" if self._variant is None else f" (variant {_short(self._variant)})"
        return f"{self._title}: the numbers{whose}"

    def __repr__(self) -> str:
        rows = [paragraph(text, name) for name, text in self._rows()]
        return "\n".join([self._heading(), *rows])

    def _repr_html_(self) -> str:
        heading = f"<strong>{escape(self._heading())}</strong>"
        return card(VIOLET, heading, labelled(self._rows()))


def _locked(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.setflags(write=False)
    return value


def _short(variant: str) -> str:
    """Shorten a long seed, and keep line breaks out of the card."""
    text = " ".join(variant.split())
    return text if len(text) <= 40 else text[:37] + "..."
