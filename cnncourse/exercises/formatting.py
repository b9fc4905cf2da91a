"""Numbers and calls as a learner would write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

MOST_CELLS = 60


def format_value(value: Any, digits: int = 5) -> str:
    """Write a number or an array with so many significant digits, matrices row by row.

    A function is written by its name, or as its repr says if it has none; True and False as such.

    Examples
    --------
    >>> format_value(np.array([1.0, 0.1 + 0.2, -0.0]))
    '[1, 0.3, 0]'
    >>> format_value(abs), format_value(True)
    ('abs', 'True')
    >>> print(format_value(np.eye(2)))
    [[1, 0],
     [0, 1]]
    >>> print(format_value(np.arange(4).reshape(2, 2, 1)))
    [[[0],
      [1]],
     [[2],
      [3]]]
    """
    if callable(value):
        return str(getattr(value, "__name__", repr(value)))
    if isinstance(value, bool):
        return str(value)
    values = np.asarray(value, dtype=float)
    if values.ndim == 0:
        return f"{float(values) + 0.0:.{digits}g}"
    if values.size > MOST_CELLS:
        return f"an array of shape {values.shape}"
    if values.ndim == 1:
        return "[" + ", ".join(format_value(item, digits) for item in values) + "]"
    if values.ndim > 2:
        blocks = [format_value(item, digits).replace("\n", "\n ") for item in values]
        return "[" + ",\n ".join(blocks) + "]"
    cells = [[format_value(item, digits) for item in row] for row in values]
    width = max((len(cell) for row in cells for cell in row), default=0)
    rows = ["[" + ", ".join(cell.rjust(width) for cell in row) + "]" for row in cells]
    return "[" + ",\n ".join(rows) + "]"


def format_pair(expected: Any, got: Any) -> tuple[str, str]:
    """Write two values with enough digits to tell them apart, if they differ at all.

    Examples
    --------
    >>> format_pair(1.0000001, 1.0000002)
    ('1.0000001', '1.0000002')
    """
    for digits in (5, 8, 12, 17):
        texts = format_value(expected, digits), format_value(got, digits)
        if texts[0] != texts[1]:
            break
    return texts


def format_arguments(names: Sequence[str], args: Sequence[Any]) -> str:
    """Write the arguments of a call, each on its own line if one takes several.

    Examples
    --------
    >>> format_arguments(("w", "n"), (np.array([1.0, 2.0]), 2))
    'w = [1, 2], n = 2'
    >>> print(format_arguments(("w", "n"), (np.eye(2), 2)))
    w = [[1, 0],
         [0, 1]],
    n = 2
    """
    heads = [f"{name} = " for name in names]
    texts = [
        head + format_value(arg).replace("\n", "\n" + " " * len(head))
        for head, arg in zip(heads, args, strict=True)
    ]
    return (",\n" if any("\n" in text for text in texts) else ", ").join(texts)
