"""Whatever a learner's program hands over, as what JSON can hold: converted or described."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MOST_ITEMS = 10_000
MOST_DIGITS = 4000  # Python writes no longer numbers in decimal
DEEPEST = 30


def plain(value: Any) -> Any:
    """Give `value` as None, bool, int, finite float, str, list or dict of such.

    Arrays and NumPy's numbers become lists and numbers; what JSON has no word for (NaN, a function)
    becomes a text that describes it. Later changes of `value` do not reach the result.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"sum": np.float32(0.5), "map": np.eye(2), 3: float("nan")})
    {'sum': 0.5, 'map': [[1.0, 0.0], [0.0, 1.0]], '3': 'nan'}
    >>> plain(len)
    '<built-in function len>'
    """
    return _plain(value, ())


def plain_text(value: Any) -> str:
    """Give `value` as text that any file can hold.

    Examples
    --------
    >>> plain_text("E1.2"), plain_text(7)
    ('E1.2', '7')
    """
    text = str.__str__(value) if isinstance(value, str) else _described(value)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _plain(value: Any, around: tuple[int, ...]) -> Any:
    """Convert `value`, which stands inside the containers whose addresses are `around`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() < 3 * MOST_DIGITS else hex(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if id(value) in around or len(around) > DEEPEST:
        return "..."
    try:
        return _container(value, (*around, id(value)))
    except Exception:  # an object of the learner's own may raise anything
        return _described(value)


def _container(value: Any, around: tuple[int, ...]) -> Any:
    if isinstance(value, Mapping):
        items = list(value.items())
        if len(items) <= MOST_ITEMS:
            return {plain_text(key): _plain(item, around) for key, item in items}
    elif isinstance(value, (list, tuple, set, frozenset)):
        if len(value) <= MOST_ITEMS:
            sequence = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            return [_plain(item, around) for item in sequence]
    elif hasattr(value, "tolist") and hasattr(value, "shape"):  # NumPy's and PyTorch's
        if math.prod(value.shape) <= MOST_ITEMS:
            return _plain(value.tolist(), around)
        return f"an array of shape {tuple(value.shape)}"
    else:
        return _described(value)
    return f"a {type(value).__name__} of {len(value)} items"


def _described(value: Any) -> str:
    try:
        text = repr(value)[:1000]
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    except Exception:  # as above
        return f"<{type(value).__name__}>"
