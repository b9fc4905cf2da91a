"""What the Toeplitz explorer shows, in numbers: convolution as a matrix, row by row.

A signal of n samples is treated as an image of one row, so that one set of rules serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnncourse._arrays import FloatArray
from cnncourse._words import counted
from cnncourse.conv import MODES, doubly_block_toeplitz
from cnncourse.explore.numbers import added, bracketed, fixed, plain

LARGEST_KERNEL, LARGEST_SIGNAL = {1: (7,), 2: (3, 3)}, {1: (12,), 2: (5, 5)}
"""Most entries along each axis, by the number of axes."""

NO_WEIGHT = -1


@dataclass(frozen=True, eq=False)
class ToeplitzState:
    """All that a learner can change.

    `weights` is a kernel (m,) or (kH, kW), `signal` a signal (n,) or an image (H, W). `row` is the
    row of T that is looked at, `weight` the flat index of the weight whose cells are lit up, or
    `NO_WEIGHT`; `mode` says which outputs are kept.
    """

    weights: FloatArray
    signal: FloatArray
    row: int = 0
    weight: int = NO_WEIGHT
    mode: str = "full"


@dataclass(frozen=True)
class Term:
    """One product of a row: weight number `tap` times input number `column`."""

    column: int
    tap: int
    weight: float
    value: float
    product: float


class ToeplitzModel:
    """The matrix of a convolution, and what one of its rows does.

    Parameters
    ----------
    state : ToeplitzState

    Attributes
    ----------
    size : (int, int)
        Rows and columns of the full output; (1, n + m - 1) for a signal.
    taps : (rows, columns) int ndarray
        Flat index of the weight that stands in a cell of T, `NO_WEIGHT` where T is always 0.
    matrix : (rows, columns) ndarray
        T itself: row r makes output r of the full convolution.
    output : (rows,) ndarray
        T times the input.
    kept : (rows,) bool ndarray
        Which outputs the mode keeps.
    row, weight : int
        As in the state, within what there is.

    Raises
    ------
    ValueError
        If kernel and input have not both one axis or both two, or there is no such mode.
    """

    def __init__(self, state: ToeplitzState) -> None:
        self.axes = state.weights.ndim
        if self.axes not in (1, 2) or state.signal.ndim != self.axes:
            raise ValueError(
                "weights and signal must both have one axis or both two, "
                f"got shapes {state.weights.shape} and {state.signal.shape}"
            )
        if state.mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, got {state.mode!r}")
        self.mode = state.mode
        self.kernel = np.atleast_2d(state.weights).astype(float)
        self.image = np.atleast_2d(state.signal).astype(float)
        (kernel_rows, kernel_columns), (height, width) = self.kernel.shape, self.image.shape
        self.size = (height + kernel_rows - 1, width + kernel_columns - 1)
        numbered = np.arange(self.kernel.size).reshape(self.kernel.shape)
        self.taps = doubly_block_toeplitz(numbered + 1, (height, width)) - 1
        self.matrix = doubly_block_toeplitz(self.kernel, (height, width))
        self.output = self.matrix @ self.image.ravel()
        self.kept = self._kept().ravel()
        self.row = min(max(state.row, 0), prod(self.size) - 1)
        self.weight = state.weight if 0 <= state.weight < self.kernel.size else NO_WEIGHT

    def _kept(self) -> NDArray[np.bool_]:
        """Outputs of the mode, in the shape of the full output."""
        kept = np.zeros(self.size, dtype=bool)
        first, count = kept_outputs(self.kernel.shape, self.image.shape, self.mode)
        kept[first[0] : first[0] + count[0], first[1] : first[1] + count[1]] = True
        return kept

    @property
    def cells(self) -> int:
        """Cells of the rows that are kept: as many weights has a dense layer of this size."""
        return int(self.kept.sum()) * self.image.size

    @property
    def filled(self) -> int:
        """Cells of those rows in which a weight stands."""
        return int((self.taps[self.kept] >= 0).sum())

    @property
    def used(self) -> int:
        """How many of the weights stand in those rows: same and valid may leave some out."""
        taps = self.taps[self.kept]
        return len(np.unique(taps[taps >= 0]))

    @property
    def repeats(self) -> int:
        """How often the chosen weight stands in those rows."""
        return int((self.taps[self.kept] == self.weight).sum()) if self.weight >= 0 else 0

    def terms(self) -> list[Term]:
        """The products of the chosen row, in the order of the input."""
        weights, inputs = self.kernel.ravel(), self.image.ravel()
        return [
            Term(
                int(column),
                int(tap := self.taps[self.row, column]),
                float(weights[tap]),
                float(inputs[column]),
                float(weights[tap] * inputs[column]),
            )
            for column in np.flatnonzero(self.taps[self.row] >= 0)
        ]

    def total(self) -> float:
        """The sum of the products, output number `row`."""
        return sum(term.product for term in self.terms())

    def names(self) -> tuple[str, str, str]:
        """Letters of kernel, input and output, as in eq. (2) and eq. (3)."""
        return ("w", "x", "s") if self.axes == 1 else ("K", "I", "S")

    def place(self, index: int, columns: int) -> str:
        """Index of an entry as the equations write it: "[4]", or "[1, 2]" of an image."""
        return f"[{index}]" if self.axes == 1 else f"[{index // columns}, {index % columns}]"

    def describe(self) -> str:
        """The picture in words."""
        return " ".join(filter(None, (self._shape(), self._row(), self._repeated(), self._mode())))

    def _shape(self) -> str:
        rows, columns = prod(self.size), self.image.size
        count, all_cells, weights = int(self.kept.sum()), self.cells, self.kernel.size
        if not count:
            return "The kernel is longer than the signal, so that valid keeps no row."
        kept = f"{count} of " if count < rows else ""
        hold = counted(self.filled, "holds", "hold")
        several = f"{self.used} of the {weights}" if self.used < weights else f"the {weights}"
        which = "the only weight" if weights == 1 else f"one of {several} weights"
        zeros = all_cells - self.filled
        share = fixed(100 * zeros / all_cells, 1)
        words = (
            f"T has {kept}{counted(rows, 'row')} and {counted(columns, 'column')}. "
            f"{count} times {columns} is {counted(all_cells, 'cell')}: {hold} {which}, "
            f"{zeros} ({share} %) {'is' if zeros == 1 else 'are'} zero."
        )
        if self.axes == 2:
            words += (
                f" T is {self.size[0]} by {self.image.shape[0]} blocks of {self.size[1]} by "
                f"{self.image.shape[1]} cells."
            )
        return words

    def _row(self) -> str:
        if not self.kept.any():
            return ""
        terms = [f"{plain(t.weight)}·{bracketed(plain(t.value))}" for t in self.terms()]
        made = f"{self.names()[2]}{self.place(self.row, self.size[1])}"
        return f"Row {self.row} times the input is {made} = {added(terms)} = {plain(self.total())}."

    def _repeated(self) -> str:
        if self.weight < 0 or not self.kept.any():
            return ""
        name = f"{self.names()[0]}{self.place(self.weight, self.kernel.shape[1])}"
        value = plain(float(self.kernel.ravel()[self.weight]))
        return f"The weight {name} = {value} stands {counted(self.repeats, 'time')}."

    def _mode(self) -> str:
        if self.mode == "full" or not self.kept.any():
            return ""
        return f"Row {self.row} is {'kept' if self.kept[self.row] else 'dropped'} by {self.mode}."


def kept_outputs(
    kernel_shape: tuple[int, ...], image_shape: tuple[int, ...], mode: str
) -> tuple[list[int], list[int]]:
    """First output that a mode keeps of the full ones, and how many, along each axis.

    The same rule as `cnncourse.conv.convolve1d`: "same" keeps as many as there are inputs, from
    the (k - 1) // 2-th on, "valid" those n - k + 1 for which the kernel lies wholly on the input.

    Examples
    --------
    >>> kept_outputs((3,), (8,), "same"), kept_outputs((3,), (8,), "valid")
    (([1], [8]), ([2], [6]))
    """
    pairs = list(zip(kernel_shape, image_shape, strict=True))
    if mode == "full":
        return [0 for _ in pairs], [n + k - 1 for k, n in pairs]
    if mode == "same":
        return [(k - 1) // 2 for k, _ in pairs], [n for _, n in pairs]
    return [k - 1 for k, _ in pairs], [max(0, n - k + 1) for k, n in pairs]
