"""Reads the items from their file, and refuses what is not in order, saying where and why."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cnncourse._tables import SLUG, DataError, Table, is_list, matches, read_toml
from cnncourse.inventory.model import FORMS, Inventory, Item, Misconception, Option, Question

FILE = Path(__file__).resolve().parent / "items.toml"

_KEYS = "abcd"
_FEWEST = 3
_ID = re.compile(r"C[1-9]\d*")
_LESSON = re.compile(r"\d\d")
_ROW = re.compile(r"L[1-9]\d*")
_EXERCISE = re.compile(r"[ER]\d\.\d+")


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
    DataError
        If the file is no TOML, or a rule of the inventory is broken: the message names the file,
        the item, the field, what came and what was expected.

    Examples
    --------
    >>> item = read_inventory().items["C7"]
    >>> item.before.right.text, item.where
    ('`[-2, -3]`', 'lesson 04, on max pooling with negative numbers')
    """
    path = Path(path)
    top = read_toml(path)
    ideas = top.take("misconceptions", "a table", _is_table)
    known = {slug: _misconception(slug, value, path.name) for slug, value in ideas.items()}
    tables = top.tables("items", "item")
    top.done()
    items: dict[str, Item] = {}
    for number, table in enumerate(tables, start=1):
        item = _item(table, path.name, known)
        if item.id != f"C{number}":
            raise DataError(
                f"{path.name}, item {number}: id must be 'C{number}', in order, got {item.id!r}"
            )
        items[item.id] = item
    used = {option.misconception for item in items.values() for option in item.before.options}
    if unused := [slug for slug in known if slug not in used]:
        raise DataError(f"{path.name}, misconceptions: not offered by any item: {unused}")
    return Inventory(MappingProxyType(items), MappingProxyType(known))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _misconception(slug: str, value: Any, file: str) -> Misconception:
    place = f"{file}, misconception {slug!r}"
    if not matches(SLUG, slug):
        raise DataError(f"{place}: its name must be like 'no-lag', got {slug!r}")
    table = Table(value, place)
    found = Misconception(
        slug,
        table.text("says"),
        table.matches("rows", _ROW, "L11"),
        table.matches("exercises", _EXERCISE, "E3.3"),
    )
    table.done()
    return found


def _item(table: Table, file: str, known: dict[str, Misconception]) -> Item:
    name = table.match("id", _ID, "C1")
    table.place = f"{file}, {name}"
    concept, topic = table.text("concept"), table.text("topic")
    lesson = table.match("lesson", _LESSON, "03")
    forms = [
        _question(table.take(form, "a table", _is_table), f"{file}, {name}, {form}", known)
        for form in FORMS
    ]
    table.done()
    ideas = [
        {option.misconception for option in form.options if not option.right} for form in forms
    ]
    if ideas[0] != ideas[1]:
        alone = sorted(str(slug) for slug in ideas[0] ^ ideas[1])
        raise DataError(
            f"{file}, {name}: before and after must offer the same misconceptions, "
            f"got in one form only: {', '.join(alone)}"
        )
    return Item(name, concept, lesson, topic, *forms)


def _question(value: Any, place: str, known: dict[str, Misconception]) -> Question:
    table = Table(value, place)
    given, asks = table.text("given"), table.text("asks")
    expected = f"a list of {_FEWEST} or {len(_KEYS)} options"
    values = table.take(
        "options", expected, lambda v: is_list(v) and _FEWEST <= len(v) <= len(_KEYS)
    )
    table.done()
    options = tuple(
        _option(value, key, f"{place}, option {key}", known)
        for key, value in zip(_KEYS, values, strict=False)
    )
    right = [option.key for option in options if option.right]
    if len(right) != 1:
        raise DataError(f"{place}: exactly one option must be right, got {right or 'none'}")
    for what in ("text", "misconception"):
        seen = [getattr(option, what) for option in options]
        if len(set(seen)) != len(seen):
            raise DataError(f"{place}: each option must have its own {what}, got {seen}")
    return Question(given, asks, options)


def _option(value: Any, key: str, place: str, known: dict[str, Misconception]) -> Option:
    table = Table(value, place)
    text, reason = table.text("text"), table.text("reason")
    misconception = None
    if "right" in value:
        table.take("right", "true (leave it out for a wrong option)", lambda v: v is True)
    else:
        misconception = table.take(
            "misconception", "a name in the table of misconceptions (or put right = true)",
            lambda v: isinstance(v, str) and v in known,
        )  # fmt: skip
    table.done()
    return Option(key, text, reason, misconception)
