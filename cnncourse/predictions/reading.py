"""Predictions from TOML files, refused with a clear sentence where something is wrong in them."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.predictions.model import KnownWrong, Option, Prediction, near

_FIELDS = {
    "choice": {"id", "kind", "question", "why", "option"},
    "number": {"id", "kind", "question", "why", "unit", "tolerance", "remarks", "wrong"},
    "sketch": {"id", "kind", "question", "why", "unit", "tolerance", "shape", "wrong"},
}
_OPTION = {"slug", "text", "value", "range", "means"}
_WRONG = {"slug", "value", "means"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REMARKS = ("sign", "factor")


class DataError(ValueError):
    """A fault in a file of predictions."""


def read_lesson(path: Path) -> list[Prediction]:
    """Read the predictions of one lesson.

    Parameters
    ----------
    path : Path
        A file ``lesson_<number>.toml`` with tables ``[[prediction]]``.

    Raises
    ------
    DataError
        If it cannot be used; says the file, the prediction, the field, what came and what was
        expected.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: not readable as TOML: {error}") from error
    lesson = path.stem.removeprefix("lesson_")
    if not re.fullmatch(r"lesson_\d\d", path.stem):
        raise DataError(f"{path.name}: the file must be called lesson_<two digits>.toml")
    if set(data) != {"prediction"} or not isinstance(data["prediction"], list):
        raise DataError(
            f"{path.name}: expected tables [[prediction]] and nothing else, got {sorted(data)}"
        )
    found = [
        _Table(path.name, f"prediction {number}", table).prediction(lesson)
        for number, table in enumerate(data["prediction"], 1)
    ]
    expected = [f"P{int(lesson)}.{number}" for number in range(1, len(found) + 1)]
    if [one.id for one in found] != expected:
        raise DataError(
            f"{path.name}: field id: expected {', '.join(expected)} in this order, "
            f"got {', '.join(one.id for one in found)}"
        )
    return found


class _Table:
    """One table of a file, its fields read one by one."""

    def __init__(self, file: str, where: str, table: Any) -> None:
        self.file, self.where = file, where
        if not isinstance(table, dict):
            raise DataError(f"{file}: {where}: expected a table, got {table!r}")
        self.table = table
        if isinstance(table.get("id"), str):
            self.where = table["id"]

    def fault(self, name: str, expected: str, got: Any) -> DataError:
        return DataError(f"{self.file}: {self.where}: field {name}: expected {expected}, got {got}")

    def get(
        self, name: str, holds: Callable[[Any], bool], expected: str, default: Any = ...
    ) -> Any:
        """The field's value, if it is as expected."""
        if name not in self.table:
            if default is ...:
                raise self.fault(name, expected, "nothing")
            return default
        value = self.table[name]
        if not holds(value):
            raise self.fault(name, expected, repr(value))
        return value

    def text(self, name: str, default: Any = ...) -> str:
        value = self.get(name, lambda v: isinstance(v, str) and bool(v.strip()), "a text", default)
        if value.count("`") % 2:
            raise self.fault(name, "backquotes in pairs", repr(value))
        return " ".join(value.split())

    def slug(self) -> str:
        holds = lambda v: isinstance(v, str) and bool(_SLUG.fullmatch(v))  # noqa: E731
        return str(self.get("slug", holds, "lower-case words joined by hyphens"))

    def only(self, known: set[str]) -> None:
        for name in self.table:
            if name not in known:
                raise self.fault(name, f"one of {', '.join(sorted(known))}", "an unknown field")

    def tables(self, name: str) -> list[_Table]:
        listed = self.get(name, lambda v: isinstance(v, list) and bool(v), f"tables [[{name}]]")
        return [_Table(self.file, f"{self.where}, {name} {i}", t) for i, t in enumerate(listed, 1)]

    def prediction(self, lesson: str) -> Prediction:
        kinds = ", ".join(_FIELDS)
        name = self.get("id", lambda v: isinstance(v, str), "a text such as 'P1.2'")
        kind = self.get("kind", lambda v: v in _FIELDS, f"one of {kinds}")
        self.only(_FIELDS[kind])
        question, why = self.text("question"), self.text("why")
        if kind == "choice":
            options = tuple(table.option() for table in self.tables("option"))
            self._check_options(options)
            return Prediction(name, lesson, kind, question, why, options=options)
        shape = () if kind == "number" else self._shape()
        tolerance = float(self.get("tolerance", _positive, "a positive number"))
        wrong = tuple(table.known(shape) for table in self.tables("wrong"))
        self._check_wrong(wrong, tolerance)
        remarks = self.get(
            "remarks",
            lambda v: isinstance(v, list) and all(r in _REMARKS for r in v),
            f"a list of {' and '.join(_REMARKS)}",
            [],
        )
        return Prediction(
            name,
            lesson,
            kind,
            question,
            why,
            unit=self.get("unit", lambda v: isinstance(v, str), "a text", ""),
            tolerance=tolerance,
            shape=shape,
            wrong=wrong,
            remarks=tuple(remarks),
        )

    def _shape(self) -> tuple[int, ...]:
        return tuple(
            self.get(
                "shape",
                lambda v: (
                    isinstance(v, list)
                    and len(v) in (1, 2)
                    and all(type(n) is int and 1 <= n <= 12 for n in v)
                ),
                "one or two whole numbers from 1 to 12",
            )
        )

    def option(self) -> Option:
        """Read an option of a choice."""
        self.only(_OPTION)
        slug, text = self.slug(), self.text("text")
        means = self.text("means", "")
        if ("value" in self.table) == ("range" in self.table):
            raise self.fault("value", "either value or range", "both or neither")
        if "value" in self.table:
            value = self.get("value", _plain, "a number, a text, true, false, or a list of these")
            return Option(slug, text, means, value=value)
        low, high = self.get("range", _range, "[low, high] with low < high")
        return Option(slug, text, means, low=float(low), high=float(high))

    def known(self, shape: tuple[int, ...]) -> KnownWrong:
        """Read a known wrong number or array."""
        self.only(_WRONG)
        expected = f"finite numbers of shape {shape}" if shape else "a finite number"
        value = self.get("value", lambda v: _finite(v) and _shape_of(v) == shape, expected)
        return KnownWrong(self.slug(), np.array(value, dtype=float), self.text("means"))

    def _check_options(self, options: Sequence[Option]) -> None:
        if len(options) < 2:
            raise self.fault("option", "at least two options", len(options))
        right = [option.slug for option in options if not option.means]
        if len(right) != 1:
            raise self.fault("means", "it at every option but the right one", f"{right} without")
        self._check_different("option", options)
        for a, b in combinations(options, 2):
            if a.text == b.text:
                raise self.fault("option", "different texts", f"{a.slug} and {b.slug} alike")
            if _overlap(a, b):
                raise self.fault(
                    "option",
                    "values and ranges of which exactly one holds",
                    f"{a.slug} and {b.slug}, which can both be right",
                )

    def _check_wrong(self, wrong: Sequence[KnownWrong], tolerance: float) -> None:
        self._check_different("wrong", wrong)
        for a, b in combinations(wrong, 2):
            if near(a.value, b.value, 2 * tolerance).all():
                raise self.fault(
                    "wrong",
                    f"values more than twice the tolerance {tolerance:g} apart",
                    f"{a.slug} and {b.slug}, which one answer could match both",
                )

    def _check_different(self, name: str, ideas: Sequence[Option | KnownWrong]) -> None:
        for a, b in combinations(ideas, 2):
            if a.slug == b.slug:
                raise self.fault(name, "a slug of its own for each", f"{a.slug!r} twice")
            if a.means and a.means == b.means:
                raise self.fault(
                    "means", "another meaning for each", f"the same for {a.slug} and {b.slug}"
                )


def _positive(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value > 0


def _finite(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_finite(v) for v in value)
    return type(value) in (int, float) and math.isfinite(value)


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """Shape of nested lists of numbers; None if their rows differ in length."""
    if not isinstance(value, list):
        return ()
    shapes = {_shape_of(row) for row in value}
    first = shapes.pop()
    return None if shapes or first is None else (len(value), *first)


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_plain(v) for v in value)
    return isinstance(value, bool | int | float | str)


def _range(value: Any) -> bool:
    numbers = isinstance(value, list) and len(value) == 2
    return numbers and all(type(v) in (int, float) for v in value) and value[0] < value[1]


def _overlap(a: Option, b: Option) -> bool:
    """Whether some computed value makes both options right."""
    if a.value is not None:
        return b.selected_by(a.value)
    if b.value is not None:
        return a.selected_by(b.value)
    return a.low < b.high and b.low < a.high


def read_all(folder: Path) -> Mapping[str, Prediction]:
    """Read the predictions of all lessons in a folder, by their ids, in order."""
    paths = sorted(folder.glob("lesson_*.toml"))
    return {one.id: one for path in paths for one in read_lesson(path)}
