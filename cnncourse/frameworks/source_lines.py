"""Lines of a program: what a layer looks like in the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnncourse.frameworks.layers import Pads, Sizes


@dataclass(frozen=True)
class Line:
    """One layer in a program, and a remark behind it.

    Examples
    --------
    >>> str(Line("nn.ReLU()", "written alike in both"))
    'nn.ReLU()  # written alike in both'
    """

    code: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.code}  # {self.note}" if self.note else self.code


def written(name: str, *given: Any, **named: Any) -> str:
    """Write a call.

    Examples
    --------
    >>> written("nn.Conv2d", 1, 32, 3, stride=2)
    'nn.Conv2d(1, 32, 3, stride=2)'
    """
    arguments = [_value(v) for v in given] + [f"{k}={_value(v)}" for k, v in named.items()]
    return f"{name}({', '.join(arguments)})"


def _value(value: Any) -> str:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f"float('{value}')"
    return repr(value)


def one(sizes: Sizes) -> int | Sizes:
    """A number where all are alike, as one writes it.

    Examples
    --------
    >>> one((3, 3)), one((3, 5))
    (3, (3, 5))
    """
    return sizes[0] if len(set(sizes)) == 1 else sizes


def unusual(**named: tuple[Any, Any]) -> dict[str, Any]:
    """Keep the arguments that are not at their default: name=(value, default).

    Examples
    --------
    >>> unusual(stride=(2, 1), bias=(True, True))
    {'stride': 2}
    """
    return {name: value for name, (value, default) in named.items() if value != default}


def even(pads: Pads) -> Sizes | None:
    """The cells of both ends, one number an axis; None where the ends differ or cells are cut."""
    if all(before == after >= 0 for before, after in pads):
        return tuple(before for before, _ in pads)
    return None
