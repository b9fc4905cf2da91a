"""Sums of products as text, by names and in numbers: the same in a card and below a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, ...]
Links = Mapping[tuple[Index, Index], float]

# Answers in float32 and by Fourier transforms leave some dust where a factor is 0 or 1.
DUST = 1e-5
DIGITS = 4
ENOUGH = 6  # digits that tell a factor from 1, if it is off by more than dust
# Up to so many products are written out.
ROOM = 12


def number(value: float, digits: int = 3) -> str:
    """Write a number shortly, with a real minus sign.

    Examples
    --------
    >>> number(2.0), number(0.12345), number(-7.5), number(1425.77)
    ('2', '0.123', '−7.5', '1426')
    """
    text = f"{value:.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"
    return ("0" if float(text) == 0 else text).replace("-", "−")


def power_above(value: float, *, room: float = 2.5) -> int | None:
    """Say which power of ten lies above, so that the same is said where rounding differs a little.

    Parameters
    ----------
    value : float
        At least 0.
    room : float, default 2.5
        How many times larger it may come out elsewhere without reaching the power.

    Returns
    -------
    int or None
        The least p with room * value <= 10**p; None for 0.

    Examples
    --------
    >>> power_above(1.9e-15), power_above(9e-7), power_above(4e-7), power_above(0.0)
    (-14, -5, -6, None)
    """
    # A power of ten is one, whatever its logarithm is rounded to.
    return math.ceil(math.log10(room * value) - 1e-9) if value > 0 else None


def short(value: float) -> str:
    """Write a number of a sum of products.

    Examples
    --------
    >>> short(1 / 3.1), short(-2.0)
    ('0.3226', '−2')
    """
    return number(value, DIGITS)


def place(index: Index) -> str:
    """Write an index as in Python.

    Examples
    --------
    >>> place((1, 2)), place(())
    ('[1, 2]', '')
    """
    return f"[{', '.join(str(i) for i in index)}]" if index else ""


def times(factor: float, text: str) -> str:
    """Put a factor before a product, unless it is 1.

    Examples
    --------
    >>> times(1.0, "x[0]"), times(-1.0, "x[0]"), times(-2.0, "x[0]"), times(0.99998, "x[0]")
    ('x[0]', '−x[0]', '−2·x[0]', '0.99998·x[0]')
    """
    if _is_one(factor):
        return text
    return f"−{text}" if _is_one(-factor) else f"{_factor(factor)}·{text}"


def _is_one(factor: float) -> bool:
    return abs(factor - 1) <= DUST


def _factor(factor: float) -> str:
    """Write a factor that is not 1, and so that it does not look like 1."""
    text = short(factor)
    return number(factor, ENOUGH) if text in ("1", "−1") and not _is_one(abs(factor)) else text


def _added(terms: Iterable[str]) -> str:
    return " + ".join(terms).replace("+ −", "− ")


@dataclass(frozen=True, eq=False)
class Products:
    """The input and the kernel whose products are added up.

    Parameters
    ----------
    signal : ndarray
        Input cells.
    kernel : ndarray or None
        Kernel taps; None if cells are only multiplied by factors.
    names : tuple of two str
        What both are called; the second is not used without a kernel.

    Examples
    --------
    >>> products = Products(np.array([2.0, 4.0]), np.array([0.5, 0.3]), ("x", "w"))
    >>> products.sum({((0,), (1,)): 1.0, ((1,), (0,)): -2.0})
    'x[0]·w[1] − 2·x[1]·w[0] = 2·0.3 − 2·4·0.5 = −3.4'
    """

    signal: NDArray[np.float64]
    kernel: NDArray[np.float64] | None
    names: tuple[str, str]

    def sum(self, links: Links) -> str:
        """Write the products by names, in numbers, and what they add up to."""
        if not 0 < len(links) <= ROOM:
            return self.in_numbers(links)
        names = _added(self.name(at, factor) for at, factor in links.items())
        return f"{names} = {self.in_numbers(links)}"

    def in_numbers(self, links: Links) -> str:
        """Write the products in numbers, and what they add up to."""
        if not links:
            return "no products: 0"
        value = short(self.value(links))
        if len(links) > ROOM:
            return f"{len(links)} products, which add up to {value}"
        terms = _added(self._numbers(at, factor) for at, factor in links.items())
        return value if terms == value else f"{terms} = {value}"

    def name(self, at: tuple[Index, Index], factor: float = 1.0) -> str:
        """Write one product by names: "x[0]·w[2]"."""
        cell, tap = at
        text = f"{self.names[0]}{place(cell)}"
        return times(factor, text if self.kernel is None else f"{text}·{self.names[1]}{place(tap)}")

    def value(self, links: Links) -> float:
        """Add the products up."""
        return sum(factor * float(np.prod(self._terms(at))) for at, factor in links.items())

    def _terms(self, at: tuple[Index, Index]) -> list[float]:
        cell, tap = at
        return [float(self.signal[cell])] + (
            [] if self.kernel is None else [float(self.kernel[tap])]
        )

    def _numbers(self, at: tuple[Index, Index], factor: float) -> str:
        terms = [short(term) for term in self._terms(at)]
        first, *others = terms if _is_one(factor) else [_factor(factor), *terms]
        return "·".join([first, *(f"({term})" if term[0] == "−" else term for term in others)])
