"""Numbers in the words of the explorers; static/numbers.js writes the same.

One rule for all: a number is rounded to the nearest decimal there is, as exactly as float64 holds
it, halves away from zero, as JavaScript's ``toFixed`` does (Python's own formatting goes to the
even neighbour). The minus sign is a true one, and no zero has a sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

NONE = "–"
"""Stands for what is not a finite number."""

NO_MORE_THAN_NOISE = 5e-10
"""Below it, `plain` writes 0: sums of numbers of usual size leave so much in place of 0."""

# Any float64, shifted by any power of ten, is exact in so many digits.
_EXACT = Context(prec=1100, rounding=ROUND_HALF_UP)


def fixed(value: float, digits: int = 2) -> str:
    """A number with so many decimals; from 1e15 on, which have none, with a power of ten.

    Examples
    --------
    >>> fixed(0.125), fixed(-2.5, 0), fixed(-0.001), fixed(float("nan"))
    ('0.13', '−3', '0.00', '–')
    """
    if not isfinite(value):
        return NONE
    size = abs(value)
    return _signed(value, _power_of_ten(size) if size >= 1e15 else _rounded(size, digits))


def plain(value: float, digits: int = 3) -> str:
    """A number with as many decimals as it needs, `digits` at most.

    Those that this would make 0, and those from 1e7 on, get a power of ten.

    Examples
    --------
    >>> plain(-4.0), plain(0.0625), plain(1 / 9), plain(0.000123), plain(-2e30), plain(1e-17)
    ('−4', '0.063', '0.111', '1.23e−4', '−2e30', '0')
    """
    if not isfinite(value):
        return NONE
    size = abs(value)
    if size < NO_MORE_THAN_NOISE:
        return "0"
    text = _rounded(size, digits)
    if size >= 1e7 or not float(text):
        return _signed(value, _power_of_ten(size))
    return _signed(value, _stripped(text))


def _rounded(size: float, digits: int) -> str:
    return f"{Decimal(size).quantize(Decimal(1).scaleb(-digits), context=_EXACT):f}"


def _power_of_ten(size: float) -> str:
    """Three digits and a power of ten."""
    power = Decimal(size).adjusted()
    front = Decimal(size).scaleb(-power, _EXACT).quantize(Decimal("0.01"), context=_EXACT)
    if front >= 10:
        front, power = front / 10, power + 1
    return f"{_stripped(f'{front:f}')}e{signed(power)}"


def _stripped(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(value: float, size: str) -> str:
    """`size` with the sign of `value`, none if it says 0."""
    return f"−{size}" if value < 0 and size.strip("0.") else size


def signed(whole: int) -> str:
    """A whole number with a true minus sign.

    Examples
    --------
    >>> signed(-3)
    '−3'
    """
    return str(whole).replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    """A share as so many hundredths.

    Examples
    --------
    >>> percent(0.125), percent(2 / 3, 1), percent(float("nan"))
    ('13 %', '66.7 %', '–')
    """
    return f"{fixed(100 * share, digits)} %" if isfinite(share) else NONE


def bracketed(text: str) -> str:
    """A number in words as it can follow a sign: a negative one in brackets.

    Examples
    --------
    >>> bracketed("2"), bracketed("−2")
    ('2', '(−2)')
    """
    return f"({text})" if text.startswith("−") else text


def added(texts: Iterable[str]) -> str:
    """Terms in words as a sum: a negative one is taken off.

    Examples
    --------
    >>> added(["1", "−2", "3"])
    '1 − 2 + 3'
    """
    return " + ".join(texts).replace("+ −", "− ")
