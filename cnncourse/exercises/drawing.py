"""Random numbers for cases: small, readable, and the same on every platform for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


class Draw:
    """A source of small readable numbers.

    Only ``random.Random.random`` is used: Python guarantees its sequence for a seed from version
    to version, which NumPy does not do for its generators.

    Parameters
    ----------
    seed : int, str or None
        None: fresh numbers each time.

    Examples
    --------
    >>> Draw(1).numbers(3).tolist() == Draw(1).numbers(3).tolist()
    True
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of `items`."""
        return items[self.integer(0, len(items) - 1)]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Give `items` in a random order."""
        left = list(items)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(len(items))]

    def numbers(self, length: int, *, size: int = 9, decimals: int = 0) -> NDArray[np.float64]:
        """Draw `length` numbers from -size to size with so many decimals.

        No number is 0, none repeats its neighbour's size, and the row reads differently backwards,
        so that a shifted, flipped or cropped use of it shows.
        """
        step = 10**decimals
        while True:
            whole: list[int] = []
            while len(whole) < length:
                value = self.integer(-size * step, size * step)
                if value and (not whole or abs(value) != abs(whole[-1])):
                    whole.append(value)
            if length < 2 or [abs(v) for v in whole] != [abs(v) for v in whole[::-1]]:
                return np.array(whole) / step

    def shares(self, length: int, *, total: int = 10) -> NDArray[np.float64]:
        """Draw `length` positive weights that add up to 1, each a multiple of 1 / `total`.

        They are neither all equal nor the same backwards (if `length` allows).
        """
        while True:
            cuts = sorted(self.shuffled(range(1, total))[: length - 1])
            parts = np.diff([0, *cuts, total])
            if length == 1 or (length == 2 and parts[0] != parts[1]):
                return parts / total
            if length > 2 and list(parts) != list(parts[::-1]):
                return parts / total
