"""Which products make each output of a function: its coefficients, and how they are arranged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from cnncourse._sums import DUST, Index, Links
from cnncourse.exercises.model import Array


@dataclass(frozen=True, eq=False)
class Taps:
    """What a function does to unit impulses.

    Parameters
    ----------
    signal : ndarray
        The example's input.
    kernel : ndarray
        The example's kernel; of no dimension, 1, where a function has none.
    coefficients : (*signal.shape, *kernel.shape, *outputs) ndarray
        Of signal[p] * kernel[q] in each output.
    """

    signal: Array
    kernel: Array
    coefficients: Array

    @property
    def shape(self) -> Index:
        """Shape of the output."""
        return self.coefficients.shape[self.signal.ndim + self.kernel.ndim :]

    def has(self, index: Index) -> bool:
        """Whether there is such an output."""
        return len(index) == len(self.shape) and all(
            0 <= i < size for i, size in zip(index, self.shape, strict=True)
        )

    def links(self, index: Index) -> Links:
        """Give (input cell, kernel tap) -> coefficient of each product in an output."""
        here = self._of(index)
        used = np.argwhere(np.abs(here) > DUST).tolist()
        split = self.signal.ndim
        return {(tuple(at[:split]), tuple(at[split:])): float(here[tuple(at)]) for at in used}

    def value(self, index: Index) -> float:
        """Add the products of an output up."""
        return sum(c * self.signal[p] * self.kernel[q] for (p, q), c in self.links(index).items())

    def indices(self) -> Iterator[Index]:
        """Give the index of every output that is known to be a number."""
        for index in np.ndindex(*self.shape):
            if np.isfinite(self._of(index)).all():
                yield index

    def _of(self, index: Index) -> Array:
        outputs = tuple(range(-len(index), 0))
        return np.moveaxis(self.coefficients, outputs, range(len(index)))[index]


def alike(one: Links, other: Links) -> bool:
    """Whether two outputs are made of the same products.

    Examples
    --------
    >>> alike({((0,), (1,)): 1.0}, {((0,), (1,)): 1.0000001})
    True
    """
    return one.keys() == other.keys() and all(abs(one[at] - other[at]) <= DUST for at in one)


def arrangements(taps: Taps) -> list[NDArray[np.int_]]:
    """Give the matrices S for which tap q meets the cell c + S q in every output.

    S turns, flips or transposes: the entries of each row and column are 0 but for one, 1 or -1;
    c depends on the output alone. A convolution has S = -1, cross-correlation S = 1.
    """
    if taps.kernel.ndim == 0 or taps.kernel.ndim != taps.signal.ndim:
        return []
    outputs = [taps.links(index) for index in taps.indices()]
    return [
        matrix
        for matrix in _signed_permutations(taps.kernel.ndim)
        if all(len(starts(links, matrix)) <= 1 for links in outputs)
    ]


def starts(links: Links, matrix: NDArray[np.int_]) -> set[Index]:
    """Give the places c that p = c + S q asks for; one, if the products are arranged so."""
    return {tuple((np.array(p) - matrix @ np.array(q)).tolist()) for p, q in links}


def _signed_permutations(size: int) -> list[NDArray[np.int_]]:
    """Give all of them, that of convolution and that of cross-correlation first."""
    unit = np.eye(size, dtype=int)
    found = [
        unit[list(order)] * np.array(signs)
        for order in permutations(range(size))
        for signs in product((-1, 1), repeat=size)
    ]
    return sorted(found, key=lambda s: not (np.array_equal(s, -unit) or np.array_equal(s, unit)))
