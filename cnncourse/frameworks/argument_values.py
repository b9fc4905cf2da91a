"""What the arguments of a layer may be, asked for one by one; what does not fit is named."""

from __future__ import annotations

import math
from typing import Any

from cnncourse.frameworks.layers import Pads, Sizes
from cnncourse.frameworks.reading_text import Call
from cnncourse.frameworks.signatures import LayerTextError


class Arguments:
    """The arguments of a call, checked as they are taken.

    Parameters
    ----------
    call : Call

    Examples
    --------
    >>> from cnncourse.frameworks.reading_text import read_layers
    >>> arguments = Arguments(read_layers("Conv2D(8, (3, 5))").calls[0])
    >>> arguments.count("filters"), arguments.sizes("kernel_size"), arguments.sizes("strides")
    (8, (3, 5), (1, 1))
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.name = call.name
        self.axes = call.signature.axes

    def __getitem__(self, name: str) -> Any:
        return self.call.values[name]

    def fault(self, name: str, expected: str, hint: str = "") -> LayerTextError:
        """The error that says what an argument must be, and what came."""
        text = f"{self.name}: {name} must be {expected}, got {self[name]!r}"
        return LayerTextError(f"{text}; {hint}" if hint else text)

    def count(self, name: str, minimum: int = 1) -> int:
        """A whole number."""
        if not _whole(self[name], minimum):
            raise self.fault(name, f"a whole number of at least {minimum}")
        return int(self[name])

    def sizes(self, name: str, minimum: int = 1) -> Sizes:
        """One whole number for each spatial axis, from one for all or one for each."""
        value, axes = self[name], self.axes
        if _whole(value, minimum):
            return (value,) * axes
        if isinstance(value, tuple) and len(value) == axes:
            if all(_whole(v, minimum) for v in value):
                return value
        several = f" or {axes} of them" if axes > 1 else ""
        hint = ""
        if isinstance(value, str) and name != "padding":
            hint = "a number is written without quotes"
        raise self.fault(name, f"a whole number of at least {minimum}{several}", hint)

    def step(self, name: str, size: Sizes) -> Sizes:
        """The stride of a pooling, which is the window's size if none is given."""
        if self[name] is None or self[name] == ():
            return size
        return self.sizes(name)

    def flag(self, name: str) -> bool:
        """True or False; None and 0 are False as in Python, 1 is True."""
        value = self[name]
        if value is not None and not (_whole(value, 0) and value in (0, 1)):
            if not isinstance(value, bool):
                raise self.fault(name, "True or False")
        return bool(value)

    def number(self, name: str, minimum: float = -math.inf, maximum: float = math.inf) -> float:
        """A number within bounds."""
        value = self[name]
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not minimum <= value <= maximum:
            expected = "a number"
            if math.isfinite(minimum):
                expected += f" from {minimum:g}"
            if math.isfinite(maximum):
                expected += f" up to {maximum:g}"
            raise self.fault(name, expected)
        return float(value)

    def word(self, name: str, *options: str, hint: str = "") -> str:
        """One of several words."""
        if self[name] not in options:
            raise self.fault(name, " or ".join(repr(o) for o in options), hint)
        return str(self[name])

    def pairs(self, name: str) -> Pads:
        """(before, after) of each axis, in Keras's order: a number, one an axis, or pairs."""
        value, axes = self[name], self.axes
        if _whole(value, 0):
            return ((value, value),) * axes
        if axes == 1 and isinstance(value, tuple) and len(value) == 2:
            value = (value,)
        if isinstance(value, tuple) and len(value) == axes:
            found = tuple((v, v) if _whole(v, 0) else v for v in value)
            if all(isinstance(v, tuple) and len(v) == 2 for v in found):
                if all(_whole(n, 0) for v in found for n in v):
                    return found
        each = "(before, after)" if axes == 1 else f"{axes} of them, or {axes} pairs"
        raise self.fault(name, f"a whole number of at least 0, or {each}")

    def flat_pairs(self, name: str, minimum: int | None) -> Pads:
        """(before, after) of each axis, in torch's order: a number, or the last axis first."""
        value, axes = self[name], self.axes
        low = -math.inf if minimum is None else minimum
        if _whole(value, low):
            return ((value, value),) * axes
        fits = isinstance(value, tuple) and len(value) == 2 * axes
        if not fits or not all(_whole(v, low) for v in value):
            order = ("left, right", "top, bottom", "front, back")[:axes]
            raise self.fault(name, f"a whole number or ({', '.join(order)})")
        return tuple((value[2 * i], value[2 * i + 1]) for i in reversed(range(axes)))

    def refuse(self, name: str, reason: str) -> None:
        """Refuse anything but the default, or None, of an argument that changes what is computed.

        Raises
        ------
        LayerTextError
        """
        default = next(a.default for a in self.call.signature.arguments if a.name == name)
        if self[name] is not None and self[name] != default:
            raise LayerTextError(f"{self.name}: {name}={self[name]!r} {reason}")


def _whole(value: object, minimum: float) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum
