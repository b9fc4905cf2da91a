"""Reads the items from their file, and refuses what is not in order, saying where and why."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cnncourse.inventory.model import FORMS, Inventory, Item, Misconception, Option, Question

FILE = Path(__file__).resolve().parent / "items.toml"

_KEYS = "abcd"
_FEWEST = 3
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID = re.compile(r"C[1-9]\d*")
_LESSON = re.compile(r"\d\d")
_ROW = re.compile(r"L[1-9]\d*")
_EXERCISE = re.compile(r"[ER]\d\.\d+")


class _Table:
    """A table of the file, with its place for messages; every field must be asked for."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{place} must be a table, got {value!r}")
        self.place = place
        self._left = dict(value)

    def field(self, name: str, expected: str, fits: Callable[[Any], bool]) -> Any:
        """Take the field `name`; it must be there and fit."""
        if name not in self._left:
            raise ValueError(f"{self.place}: {name} is missing; it must be {expected}")
        value = self._left.pop(name)
        if not fits(value):
            raise ValueError(f"{self.place}: {name} must be {expected}, got {value!r}")
        return value

    def text(self, name: str) -> str:
        """Take a text that is not empty."""
        value = self.field(name, "a text", lambda v: isinstance(v, str) and bool(v.strip()))
        return str(value).strip()

    def match(self, name: str, pattern: re.Pattern[str], example: str) -> str:
        """Take a text of a given form."""
        return str(self.field(name, f"like {example!r}", lambda v: _matches(pattern, v)))

    def matches(self, name: str, pattern: re.Pattern[str], example: str) -> tuple[str, ...]:
        """Take a list of one or more texts of a given form."""
        expected = f"a list of one or more like {example!r}"

        def fits(values: Any) -> bool:
            return bool(isinstance(values, list) and values) and all(
                _matches(pattern, value) for value in values
            )

        return tuple(self.field(name, expected, fits))

    def done(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._left:
            names = ", ".join(sorted(self._left))
            raise ValueError(f"{self.place}: no such field: {names}")


def read_inventory(path: Path | str = FILE) -> Inventory:
    """Read the items and the wrong ideas, and check them.

    Parameters
    ----------
    path : path, optional
        A TOML file; the course's own by default.

    Returns
    -------
    Inventory

    Raises
    ------
    ValueError
        If the file is no TOML, or a rule of the inventory is broken: the message names the file,
        the item, the field, what came and what was expected.

    Examples
    --------
    >>> item = read_inventory().items["C7"]
    >>> item.before.right.text, item.where
    ('`[-2, -3]`', 'lesson 04, on max pooling with negative numbers')
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not in order as a TOML file: {error}") from error
    top = _Table(content, path.name)
    ideas = top.field("misconceptions", "a table", _is_table)
    known = {slug: _misconception(slug, value, path.name) for slug, value in ideas.items()}
    values = top.field("items", "a list of one or more items", lambda v: _is_list(v) and bool(v))
    top.done()
    items: dict[str, Item] = {}
    for number, value in enumerate(values, start=1):
        item = _item(value, f"{path.name}, item {number}", path.name, known)
        if item.id != f"C{number}":
            raise ValueError(
                f"{path.name}, item {number}: id must be 'C{number}', in order, got {item.id!r}"
            )
        items[item.id] = item
    used = {option.misconception for item in items.values() for option in item.before.options}
    if unused := [slug for slug in known if slug not in used]:
        raise ValueError(f"{path.name}, misconceptions: not offered by any item: {unused}")
    return Inventory(MappingProxyType(items), MappingProxyType(known))


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _misconception(slug: str, value: Any, file: str) -> Misconception:
    place = f"{file}, misconception {slug!r}"
    if not _matches(_SLUG, slug):
        raise ValueError(f"{place}: its name must be like 'no-lag', got {slug!r}")
    table = _Table(value, place)
    found = Misconception(
        slug,
        table.text("says"),
        table.matches("rows", _ROW, "L11"),
        table.matches("exercises", _EXERCISE, "E3.3"),
    )
    table.done()
    return found


def _item(value: Any, place: str, file: str, known: dict[str, Misconception]) -> Item:
    table = _Table(value, place)
    name = table.match("id", _ID, "C1")
    table.place = f"{file}, {name}"
    concept, topic = table.text("concept"), table.text("topic")
    lesson = table.match("lesson", _LESSON, "03")
    forms = [
        _question(table.field(form, "a table", _is_table), f"{file}, {name}, {form}", known)
        for form in FORMS
    ]
    table.done()
    ideas = [
        {option.misconception for option in form.options if not option.right} for form in forms
    ]
    if ideas[0] != ideas[1]:
        alone = sorted(str(slug) for slug in ideas[0] ^ ideas[1])
        raise ValueError(
            f"{file}, {name}: before and after must offer the same misconceptions, "
            f"got in one form only: {', '.join(alone)}"
        )
    return Item(name, concept, lesson, topic, *forms)


def _question(value: Any, place: str, known: dict[str, Misconception]) -> Question:
    table = _Table(value, place)
    given, asks = table.text("given"), table.text("asks")
    expected = f"a list of {_FEWEST} or {len(_KEYS)} options"
    values = table.field(
        "options", expected, lambda v: _is_list(v) and _FEWEST <= len(v) <= len(_KEYS)
    )
    table.done()
    options = tuple(
        _option(value, key, f"{place}, option {key}", known)
        for key, value in zip(_KEYS, values, strict=False)
    )
    right = [option.key for option in options if option.right]
    if len(right) != 1:
        raise ValueError(f"{place}: exactly one option must be right, got {right or 'none'}")
    for what in ("text", "misconception"):
        seen = [getattr(option, what) for option in options]
        if len(set(seen)) != len(seen):
            raise ValueError(f"{place}: each option must have its own {what}, got {seen}")
    return Question(given, asks, options)


def _option(value: Any, key: str, place: str, known: dict[str, Misconception]) -> Option:
    table = _Table(value, place)
    text, reason = table.text("text"), table.text("reason")
    misconception = None
    if "right" in value:
        table.field("right", "true (leave it out for a wrong option)", lambda v: v is True)
    else:
        misconception = table.field(
            "misconception", "a name in the table of misconceptions (or put right = true)",
            lambda v: isinstance(v, str) and v in known,
        )  # fmt: skip
    table.done()
    return Option(key, text, reason, misconception)
