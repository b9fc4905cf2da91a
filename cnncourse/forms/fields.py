"""The fields of a form: what each asks, and how its answer is read.

Each has a `name` (a key), a `label` (the question), ``spec()`` (what the browser needs),
``read(raw)`` (the answer; raises ValueError with a sentence for the learner) and ``lines()``
(itself in words).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from cnncourse.forms.values import read_cells, read_number


class Field(Protocol):
    """What all fields have in common."""

    @property
    def name(self) -> str:
        """Key of the field in the form's values."""

    @property
    def label(self) -> str:
        """What is asked; `code` stands between backquotes."""

    def spec(self) -> dict[str, Any]:
        """What the browser needs to draw the field (JSON)."""

    def read(self, raw: Any) -> Any:
        """The answer, from what the browser sends; ValueError says what is missing."""

    def lines(self) -> list[str]:
        """The field's options or its place for an answer, in words."""


@dataclass(frozen=True)
class Choice:
    """One out of a few options.

    Parameters
    ----------
    name, label : str
    options : dict of str to str
        Key -> text.
    notes : dict of str to str, optional
        Key -> a few small words under the text.
    inline : bool
        Whether the options stand in one row where there is room.
    missing : str
        What to say if nothing is chosen.

    Examples
    --------
    >>> Choice("best", "Which is best?", {"a": "this", "b": "that"}).read("b")
    'b'
    """

    name: str
    label: str
    options: dict[str, str]
    notes: dict[str, str] | None = None
    inline: bool = False
    missing: str = "Choose one of these."

    def spec(self) -> dict[str, Any]:
        """What the browser needs to draw the field."""
        notes = self.notes or {}
        options = [
            {"key": key, "label": text, "note": notes.get(key, "")}
            for key, text in self.options.items()
        ]
        return {
            "kind": "choice",
            "name": self.name,
            "label": self.label,
            "options": options,
            "inline": self.inline,
        }

    def read(self, raw: Any) -> str:
        """The key that was chosen."""
        if not isinstance(raw, str) or raw not in self.options:
            raise ValueError(self.missing)
        return raw

    def lines(self) -> list[str]:
        """One line an option; one line for all if they stand in a row."""
        if self.inline:
            return [", ".join(self.options.values())]
        return [f"({number}) {text}" for number, text in enumerate(self.options.values(), 1)]


@dataclass(frozen=True)
class Number:
    """One number, with its unit ("" for none).

    Examples
    --------
    >>> Number("lag", "How far is it behind?", "km").read("1,2 km")
    1.2
    """

    name: str
    label: str
    unit: str = ""

    def spec(self) -> dict[str, Any]:
        """What the browser needs to draw the field."""
        return {"kind": "number", "name": self.name, "label": self.label, "unit": self.unit}

    def read(self, raw: Any) -> float:
        """The number."""
        return read_number(raw if isinstance(raw, str) else "", self.unit)

    def lines(self) -> list[str]:
        """A place for the number."""
        return [f"____ {self.unit}".rstrip()]


@dataclass(frozen=True)
class Cells:
    """A sketch of an array with one or two axes, cell by cell.

    Examples
    --------
    >>> Cells("row", "What stands in the row?", (3,)).read(["0", "1", "1/2"])
    [0.0, 1.0, 0.5]
    """

    name: str
    label: str
    shape: tuple[int, ...]

    def spec(self) -> dict[str, Any]:
        """What the browser needs to draw the field."""
        rows, columns = (1, *self.shape)[-2:]
        return {
            "kind": "cells",
            "name": self.name,
            "label": self.label,
            "rows": rows,
            "columns": columns,
            "flat": len(self.shape) == 1,
            "hint": "Enter or an arrow key goes on to the next cell; 0.5 and 1/2 are the same.",
        }

    def read(self, raw: Any) -> list[float]:
        """The numbers, row by row; `CellError` says which cells cannot be read."""
        rows, columns = (1, *self.shape)[-2:]
        texts = [str(text) for text in raw] if isinstance(raw, list) else []
        return read_cells((texts + [""] * (rows * columns))[: rows * columns])

    def lines(self) -> list[str]:
        """Places for the numbers, row by row."""
        rows, columns = (1, *self.shape)[-2:]
        return [" ".join(["__"] * columns)] * rows
