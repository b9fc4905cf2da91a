"""Words around numbers, for every part of the course that speaks."""

from __future__ import annotations


def counted(count: int, one: str, more: str = "") -> str:
    """A count and its noun; `more` where the plural is more than an added "s".

    Examples
    --------
    >>> counted(1, "row"), counted(0, "row"), counted(2, "row stands", "rows stand")
    ('1 row', '0 rows', '2 rows stand')
    """
    return f"{count} {one if count == 1 else more or one + 's'}"
