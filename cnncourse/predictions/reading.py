"""Predictions from TOML files, refused with a clear sentence where something is wrong in them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse._tables import SLUG, DataError, Table, read_toml
from cnncourse.predictions.model import KnownWrong, Option, Prediction, near

_KINDS = ("choice", "number", "sketch")
_REMARKS = ("sign", "factor")


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
    file = read_toml(path)
    lesson = path.stem.removeprefix("lesson_")
    if not re.fullmatch(r"lesson_\d\d", path.stem):
        raise DataError(f"{path.name}: the file must be called lesson_<two digits>.toml")
    tables = file.tables("prediction")
    file.done()
    found = [_prediction(table, path.name, lesson) for table in tables]
    expected = [f"P{int(lesson)}.{number}" for number in range(1, len(found) + 1)]
    if [one.id for one in found] != expected:
        ids = ", ".join(one.id for one in found)
        raise file.fault("id", f"{', '.join(expected)} in this order", ids)
    return found


def _prediction(table: Table, file: str, lesson: str) -> Prediction:
    name = table.take("id", "a text such as 'P1.2'", lambda v: isinstance(v, str))
    table.place = f"{file}, {name}"
    kind = table.take("kind", f"one of {', '.join(_KINDS)}", lambda v: v in _KINDS)
    question, why = _prose(table, "question"), _prose(table, "why")
    if kind == "choice":
        options = tuple(_option(one) for one in table.tables("option"))
        table.done()
        _check_options(table, options)
        return Prediction(name, lesson, kind, question, why, options=options)
    shape = _shape(table) if kind == "sketch" else ()
    tolerance = float(table.take("tolerance", "a positive number", _positive))
    why_for = _numbers(table, "why_for", shape)
    wrong = tuple(_known(one, shape) for one in table.tables("wrong"))
    unit = table.take("unit", "a text", lambda v: isinstance(v, str), "")
    remarks = _remarks(table) if kind == "number" else ()
    table.done()
    _check_wrong(table, wrong, tolerance)
    for one in wrong:
        if near(one.value, why_for, tolerance).all():
            raise table.fault("why_for", f"a value other than that of {one.slug}", "the same")
    return Prediction(
        name, lesson, kind, question, why,
        unit=unit, tolerance=tolerance, shape=shape, wrong=wrong, remarks=remarks,
        why_for=tuple(why_for.ravel().tolist()),
    )  # fmt: skip


def _prose(table: Table, name: str, default: Any = ...) -> str:
    """A text of one paragraph, in which `code` may stand between backquotes."""
    text = table.text(name, default)
    if text.count("`") % 2:
        raise table.fault(name, "a text with backquotes in pairs", repr(text))
    return " ".join(text.split())


def _slug(table: Table) -> str:
    return table.match("slug", SLUG, "equal-weights")


def _shape(table: Table) -> tuple[int, ...]:
    def fits(value: Any) -> bool:
        lengths = isinstance(value, list) and len(value) in (1, 2)
        return lengths and all(type(n) is int and 1 <= n <= 12 for n in value)

    return tuple(table.take("shape", "one or two whole numbers from 1 to 12", fits))


def _remarks(table: Table) -> tuple[Any, ...]:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(remark in _REMARKS for remark in value)

    return tuple(table.take("remarks", f"a list of {' and '.join(_REMARKS)}", fits, []))


def _option(table: Table) -> Option:
    """Read an option of a choice."""
    slug, text = _slug(table), _prose(table, "text")
    means = _prose(table, "means", "")
    if ("value" in table) == ("range" in table):
        raise table.fault("value or range", "given, one of them", "both or neither")
    if "value" in table:
        expected = "a number, a text, true, false, or a list of these"
        option = Option(slug, text, means, value=table.take("value", expected, _plain))
    else:
        low, high = table.take("range", "[low, high] with low < high", _range)
        option = Option(slug, text, means, low=float(low), high=float(high))
    table.done()
    return option


def _known(table: Table, shape: tuple[int, ...]) -> KnownWrong:
    """Read a known wrong number or array."""
    slug, means = _slug(table), _prose(table, "means")
    value = _numbers(table, "value", shape)
    table.done()
    return KnownWrong(slug, value, means)


def _numbers(table: Table, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    expected = f"finite numbers of shape {shape}" if shape else "a finite number"
    value = table.take(name, expected, lambda v: _finite(v) and _shape_of(v) == shape)
    return np.array(value, dtype=float)


def _check_options(table: Table, options: Sequence[Option]) -> None:
    if len(options) < 2:
        raise table.fault("option", "at least two options", len(options))
    right = [option.slug for option in options if not option.means]
    if len(right) != 1:
        raise table.fault("means", "there at every option but the right one", f"{right} without")
    _check_different(table, "option", options)
    for a, b in combinations(options, 2):
        if a.text == b.text:
            raise table.fault("option", "different texts", f"{a.slug} and {b.slug} alike")
        if _overlap(a, b):
            raise table.fault(
                "option",
                "values and ranges of which exactly one holds",
                f"{a.slug} and {b.slug}, which can both be right",
            )


def _check_wrong(table: Table, wrong: Sequence[KnownWrong], tolerance: float) -> None:
    _check_different(table, "wrong", wrong)
    for a, b in combinations(wrong, 2):
        if near(a.value, b.value, 2 * tolerance).all():
            raise table.fault(
                "wrong",
                f"values more than twice the tolerance {tolerance:g} apart",
                f"{a.slug} and {b.slug}, which one answer could match both",
            )


def _check_different(table: Table, name: str, ideas: Sequence[Option | KnownWrong]) -> None:
    for a, b in combinations(ideas, 2):
        if a.slug == b.slug:
            raise table.fault(name, "a list with a slug of its own for each", f"{a.slug!r} twice")
        if a.means and a.means == b.means:
            raise table.fault("means", "different for each", f"the same for {a.slug} and {b.slug}")


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
