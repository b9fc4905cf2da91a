"""Says in words how a function's output and the right one are made, and how they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnncourse._sums import DUST, Index, Links, Products, place, short, times
from cnncourse.exercises.explain_taps import (
    Taps,
    alike,
    arrangements,
    starts,
)
from cnncourse.exercises.model import Probe

AXES = ("top to bottom", "left to right")


def output(index: Index) -> str:
    """Name an output.

    Examples
    --------
    >>> output((3,)), output(())
    ('output [3]', 'output')
    """
    return f"output {place(index)}" if index else "output"


def size(shape: Index) -> str:
    """Write the size of an output.

    Examples
    --------
    >>> size((5,)), size((2, 3)), size(())
    ('5 numbers', '2 × 3 numbers', 'one number')
    """
    if not shape or shape == (1,):
        return "one number"
    return " × ".join(str(n) for n in shape) + " numbers"


class Words:
    """The sentences about one exercise's example.

    Parameters
    ----------
    probe : Probe
    yours, right : Taps
        Of the learner's function and of the right answer.
    index : tuple of int
        The output in question.
    """

    def __init__(self, probe: Probe, yours: Taps, right: Taps, index: Index) -> None:
        self.probe, self.yours, self.right, self.index = probe, yours, right, index
        self.rule = rule(probe)
        kernel = right.kernel if probe.kernel else None
        self.products = Products(right.signal, kernel, (probe.signal, probe.kernel))
        self.product = self.products.name
        self.asks = f"{self.rule} {'takes' if probe.kernel else 'asks for'}"
        self.mine = yours.links(index) if yours.has(index) else None
        self.theirs = right.links(index) if right.has(index) else None

    @property
    def agrees(self) -> bool:
        """Whether the output is made of the right products."""
        return self.mine is not None and self.theirs is not None and alike(self.mine, self.theirs)

    def sentences(self) -> list[str]:
        """Say what differs, and why, as far as that can be told."""
        if self.mine is None or self.theirs is None:
            return [self._missing()]
        if alike(self.mine, self.theirs):
            return self._same()
        said = [self._difference(self.mine, self.theirs), *self._reason(self.mine, self.theirs)]
        return [*said, self._sizes()] if self.yours.shape != self.right.shape else said

    def sums(self) -> list[tuple[str, str]]:
        """Write both sums: in names, in numbers, and their value."""
        sides = (("Yours", self.mine), (self._title(), self.theirs))
        return [(title, self._sum(links)) for title, links in sides]

    def _title(self) -> str:
        return self.rule.removeprefix("the ").capitalize()

    def _sum(self, links: Links | None) -> str:
        return f"no {output(self.index)}" if links is None else self.products.sum(links)

    def _missing(self) -> str:
        if self.mine is None:
            return f"Your function has no {output(self.index)}. {self._sizes()}"
        return f"There should be no {output(self.index)}. {self._sizes()}"

    def _sizes(self) -> str:
        right = size(self.right.shape).removesuffix(" numbers")
        return f"Your function returns {size(self.yours.shape)}, where {right} are expected."

    def _same(self) -> list[str]:
        says = "says" if self.probe.kernel else "asks"
        said = [f"Your {output(self.index)} is made as {self.rule} {says}."]
        if self.yours.shape != self.right.shape:
            return [*said, self._sizes()]
        for other in self.yours.indices():
            if not alike(self.yours.links(other), self.right.links(other)):
                return [*said, f"Others are not: look at {place(other)}."]
        return said

    def _difference(self, mine: Links, theirs: Links) -> str:
        """Name one product that is not as it should be."""
        you = f"Your {output(self.index)}"
        if not mine:
            return f"{you} is 0, whatever the input; {self.asks} {self._some(theirs)}."
        cells, right_cells = _by_cell(mine), _by_cell(theirs)
        for cell in sorted(cells.keys() & right_cells.keys()):
            if self.probe.kernel and cells[cell].keys() != right_cells[cell].keys():
                with_cell = f"with {self.probe.signal}{place(cell)}"
                return (
                    f"{you} takes {self._taps(cells[cell])} {with_cell}; {self.asks} "
                    f"{self._taps(right_cells[cell])} {with_cell}."
                )
        for at in sorted(mine.keys() & theirs.keys()):
            if abs(mine[at] - theirs[at]) > DUST:
                return (
                    f"{you} takes {self.product(at, mine[at])}; {self.asks} "
                    f"{self.product(at, theirs[at])}."
                )
        extra, missing = _first(mine.keys() - theirs.keys()), _first(theirs.keys() - mine.keys())
        if extra and missing:
            return f"{you} takes {self._some(mine)}; {self.asks} {self._some(theirs)}."
        if missing:
            return f"{you} leaves out {self.product(missing, theirs[missing])}."
        assert extra is not None
        return f"{you} takes {self.product(extra, mine[extra])}, which {self.rule} does not."

    def _taps(self, factors: dict[Index, float]) -> str:
        return " and ".join(
            times(c, f"{self.probe.kernel}{place(q)}") for q, c in sorted(factors.items())
        )

    def _some(self, links: Links, most: int = 3) -> str:
        shown = [self.product(at, c) for at, c in list(links.items())[:most]]
        return ", ".join(shown) + (", ..." if len(links) > most else "")

    def _reason(self, mine: Links, theirs: Links) -> list[str]:
        if not mine:
            return []
        said = self._turned() or self._moved(mine)
        if not said and not self.probe.kernel:
            said = self._totals(mine, theirs)
        return said

    def _turned(self) -> list[str]:
        """Say that the kernel is used the other way round, if all outputs agree on that."""
        rights, yours = arrangements(self.right), arrangements(self.yours)
        if not rights or not yours or any(np.array_equal(rights[0], s) for s in yours):
            return []
        said = [_way_round(rights[0], yours[0])]
        turned = self._right_turned(rights[0].T @ yours[0])
        if turned is not None and not self._is(turned, self.index):
            found = self._place_in(turned)
            if found is not None:
                said.append(f"Besides, it belongs at {place(found)}: your outputs have moved.")
        return said

    def _right_turned(self, matrix: NDArray[np.int_]) -> Taps | None:
        """Give the right answer with its kernel turned: what yours would be, but for its place."""
        signal, kernel = self.right.signal, self.right.kernel
        if not np.array_equal(np.abs(matrix), np.eye(kernel.ndim)):
            return None  # transposed: a kernel that is not square has another shape then
        axes = [signal.ndim + k for k in range(kernel.ndim) if matrix[k, k] < 0]
        return Taps(signal, kernel, np.flip(self.right.coefficients, tuple(axes)))

    def _is(self, taps: Taps, index: Index) -> bool:
        return taps.has(index) and alike(self.yours.links(self.index), taps.links(index))

    def _place_in(self, taps: Taps) -> Index | None:
        """Find the one output of `taps` that yours is."""
        found = [other for other in taps.indices() if self._is(taps, other)]
        return found[0] if len(found) == 1 else None

    def _moved(self, mine: Links) -> list[str]:
        """Say that the output is another one, or takes other cells of the input."""
        found = self._place_in(self.right)
        if found is not None:
            return [f"That is {output(found)} of {self.rule}: your outputs have moved."]
        rights = arrangements(self.right)
        theirs = self.right.links(self.index)
        if not rights or not theirs:
            return []
        here, there = starts(mine, rights[0]), starts(theirs, rights[0])
        if len(here) != 1 or len(there) != 1 or here == there:
            return []
        off = tuple(int(a - b) for a, b in zip(min(here), min(there), strict=True))
        steps = ", ".join(f"{s:+d}" for s in off).replace("-", "−")
        far = steps if len(off) == 1 else f"({steps})"
        return [f"Each tap meets a cell that is {far} from where it should be."]

    def _totals(self, mine: Links, theirs: Links) -> list[str]:
        total, right = sum(mine.values()), sum(theirs.values())
        if abs(total - right) <= DUST:
            return []
        return [f"Your factors add up to {short(total)}, those of {self.rule} to {short(right)}."]


def rule(probe: Probe) -> str:
    """What the learner's function is measured by: a sum of products is an equation."""
    return "the equation" if probe.kernel else "the task"


def _way_round(right: NDArray[np.int_], yours: NDArray[np.int_]) -> str:
    size = len(right)
    change = right.T @ yours
    flipped = [k for k in range(size) if (yours[k, k] < 0)]
    if not np.array_equal(np.abs(change), np.eye(size)):
        turned = "" if (change >= 0).all() else ", and turned"
        return f"Your kernel is transposed{turned}: its rows do the work of columns."
    if not flipped:
        return "Your kernel is not flipped."
    if (right > 0).any() and len(flipped) == size:
        return "Your kernel is flipped; that of the equation is not."
    axis = AXES[flipped[0]]
    return f"Your kernel is flipped from {axis} only."


def _by_cell(links: Links) -> dict[Index, dict[Index, float]]:
    cells: dict[Index, dict[Index, float]] = {}
    for (cell, tap), factor in links.items():
        cells.setdefault(cell, {})[tap] = factor
    return cells


def _first(keys: set[tuple[Index, Index]]) -> tuple[Index, Index] | None:
    return min(keys, default=None)
