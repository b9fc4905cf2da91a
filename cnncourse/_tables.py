"""Tables of a TOML file, read field by field; what is not in order is refused by its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Lower-case words joined by hyphens."""


class DataError(ValueError):
    """A fault in one of the course's own files."""


def read_toml(path: Path) -> Table:
    """Read a whole file as one table.

    Raises
    ------
    DataError
        If it is no TOML.
    """
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: not readable as TOML: {error}") from error


class Table:
    """A table of a file, with its place for messages; every field must be asked for.

    Parameters
    ----------
    value : dict
        Refused if it is something else.
    place : str
        Where it stands: "lesson_01.toml, P1.2".

    Examples
    --------
    >>> table = Table({"unit": 3}, "lesson_01.toml, P1.2")
    >>> table.text("unit")
    Traceback (most recent call last):
    ...
    cnncourse._tables.DataError: lesson_01.toml, P1.2: unit must be a text, got 3
    """

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise DataError(f"{place} must be a table, got {value!r}")
        self.place = place
        self._left = dict(value)

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def fault(self, name: str, expected: str, got: object) -> DataError:
        """The error that says what a field must be, and what came; `got` in words."""
        return DataError(f"{self.place}: {name} must be {expected}, got {got}")

    def take(
        self, name: str, expected: str, fits: Callable[[Any], bool], default: Any = ...
    ) -> Any:
        """Take the field `name`, which must fit; without it the default, if there is one."""
        if name not in self._left:
            if default is ...:
                raise DataError(f"{self.place}: {name} is missing; it must be {expected}")
            return default
        value = self._left.pop(name)
        if not fits(value):
            raise self.fault(name, expected, repr(value))
        return value

    def text(self, name: str, default: Any = ...) -> str:
        """Take a text that is not empty."""
        fits = lambda v: isinstance(v, str) and bool(v.strip())  # noqa: E731
        return str(self.take(name, "a text", fits, default)).strip()

    def match(self, name: str, pattern: re.Pattern[str], example: str) -> str:
        """Take a text of a given form."""
        return str(self.take(name, f"like {example!r}", lambda v: matches(pattern, v)))

    def matches(self, name: str, pattern: re.Pattern[str], example: str) -> tuple[str, ...]:
        """Take a list of one or more texts of a given form."""
        expected = f"a list of one or more like {example!r}"
        return tuple(
            self.take(name, expected, lambda v: is_list(v) and all(matches(pattern, i) for i in v))
        )

    def tables(self, name: str, each: str = "") -> list[Table]:
        """Take the tables of a list, whose places are "`each` 1", "`each` 2", and so on."""
        listed = self.take(name, f"a list of one or more tables [[{name}]]", is_list)
        return [Table(t, f"{self.place}, {each or name} {i}") for i, t in enumerate(listed, 1)]

    def done(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._left:
            raise DataError(f"{self.place}: no such field: {', '.join(sorted(self._left))}")


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """Whether a value is a text of that form."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_list(value: Any) -> bool:
    """Whether a value is a list of one or more."""
    return isinstance(value, list) and bool(value)
