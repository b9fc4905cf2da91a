"""What a learner types into a form, read as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_NUMBER = r"(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?"
_WRITTEN = re.compile(rf"([+-]?){_NUMBER}(?:/([+-]?){_NUMBER})?", re.ASCII | re.IGNORECASE)
# A minus sign, and what word processors make of a hyphen.
_MINUS = str.maketrans({"−": "-", "–": "-", "\u2011": "-"})


def read_number(text: str, unit: str = "") -> float:
    """Read a finite number as people write it.

    Parameters
    ----------
    text : str
        With a point or a comma before the decimals, as a power ("1e3") or as a fraction ("1/3").
    unit : str
        May stand behind the number.

    Raises
    ------
    ValueError
        With a sentence for the learner, if there is no such number.

    Examples
    --------
    >>> read_number("13,2"), read_number(" 1e3 "), read_number("−1/4"), read_number("5 km", "km")
    (13.2, 1000.0, -0.25, 5.0)
    """
    asked = f"a number in {unit}" if unit else "a number"
    written = text.translate(_MINUS).strip()
    if unit and written.endswith(unit):
        written = written.removesuffix(unit)
    written = re.sub(r"\s*([/+-])\s*", r"\1", written).strip()
    if not written:
        raise ValueError(f"Write {asked} here.")
    if re.fullmatch(r"[+-]?(inf|infinity|∞)", written, re.IGNORECASE):
        raise ValueError("Infinity cannot be compared with a result: write a finite number.")
    if re.fullmatch(r"[+-]?\d{1,3}([.,' \u00a0]\d{3})+([.,]\d+)?", written) and (
        not _WRITTEN.fullmatch(written)
    ):
        raise ValueError(f"Write {asked} without thousands separators; “{text.strip()}” has some.")
    if not _WRITTEN.fullmatch(written):
        raise ValueError(f"“{text.strip()}” is not {asked}: write it like 13.2, -4, 1e3 or 1/3.")
    above, *below = (float(part.replace(",", ".")) for part in written.split("/"))
    if below and below[0] == 0:
        raise ValueError(f"“{text.strip()}” divides by zero.")
    value = above / below[0] if below else above
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is too large to be compared with a result.")
    return value


def read_cells(texts: Sequence[str]) -> list[float]:
    """Read all cells of a sketch.

    Raises
    ------
    CellError
        With a sentence for the learner and the cells that it is about.

    Examples
    --------
    >>> read_cells(["0", "1/2", ",5"])
    [0.0, 0.5, 0.5]
    """
    empty = [i for i, text in enumerate(texts) if not text.strip()]
    if len(empty) == len(texts):
        raise CellError("Write a number into each cell, 0 where you expect nothing.", empty)
    if empty:
        missing = "One cell is" if len(empty) == 1 else f"{len(empty)} cells are"
        raise CellError(f"{missing} still empty: write 0 where you expect nothing.", empty)
    values, wrong, sentence = [], [], ""
    for i, text in enumerate(texts):
        try:
            values.append(read_number(text))
        except ValueError as error:
            wrong.append(i)
            sentence = sentence or str(error)
    if wrong:
        raise CellError(sentence, wrong)
    return values


class CellError(ValueError):
    """Some cells of a sketch cannot be read; `cells` are their numbers, row by row."""

    def __init__(self, message: str, cells: list[int]) -> None:
        super().__init__(message)
        self.cells = cells
