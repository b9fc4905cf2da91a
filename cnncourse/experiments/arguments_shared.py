"""What the experiments on layers' arguments share: the picture, the kernels and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray

WITHOUT_KERAS = "Keras: not here."
"""What a result says where Keras should have computed it; notebook 06 says how to install it."""

_LONGEST = 40  # characters of a line that show numbers


def numbered_picture(channels: int = 1, rows: int = 5, columns: int = 6) -> FloatArray:
    """A picture whose pixels say where they stand: 100 * channel + 10 * row + column.

    Rows and columns are counted from 1, channels from 0, so that a 0 can only be padding.

    Parameters
    ----------
    channels, rows, columns : int
        At most 9 rows and columns.

    Returns
    -------
    (1, channels, rows, columns) float64 ndarray

    Examples
    --------
    >>> numbered_picture(rows=2, columns=3)[0, 0].astype(int).tolist()
    [[11, 12, 13], [21, 22, 23]]
    """
    channel, row, column = np.indices((channels, rows, columns))
    return (100.0 * channel + 10 * (row + 1) + column + 1)[None]


def middle_kernels(
    outputs: int, inputs: int, size: tuple[int, int], *, alike: bool = False
) -> FloatArray:
    """Kernels that copy the pixel under their middle, of the first channel; kernel f times f + 1.

    Of an even number of taps the earlier of the two in the middle counts.

    Parameters
    ----------
    outputs, inputs : int
        Channels.
    size : (int, int)
        Rows and columns of taps.
    alike : bool, default False
        All kernels times 1.

    Returns
    -------
    (outputs, inputs, rows, columns) float64 ndarray

    Examples
    --------
    >>> middle_kernels(2, 1, (1, 3)).astype(int).tolist()
    [[[[0, 1, 0]]], [[[0, 2, 0]]]]
    """
    kernels = np.zeros((outputs, inputs, *size))
    kernels[:, 0, (size[0] - 1) // 2, (size[1] - 1) // 2] = (
        1 if alike else np.arange(1, outputs + 1)
    )
    return kernels


def mixed_kernels(shape: tuple[int, ...]) -> FloatArray:
    """Whole numbers from -3 to 3, the same at each call: what every comparison is repeated with.

    Examples
    --------
    >>> mixed_kernels((1, 1, 2, 2)).shape
    (1, 1, 2, 2)
    """
    return np.random.default_rng(6).integers(-3, 4, shape).astype(float)


@dataclass(frozen=True, eq=False)  # holds an array
class Case:
    """One layer, and what it made of the picture.

    Attributes
    ----------
    call : str
        The layer as written in a program.
    output : ndarray or None
        In the layout of its framework: (1, rows, columns, channels) from Keras, (1, channels, rows,
        columns) from torch. None where the layer was refused.
    parameters : int
        Weights and biases.
    refused : str
        The framework's own message, or nothing.
    shown : str
        What the line of this case shows beside the shape.
    """

    call: str
    output: np.ndarray | None
    parameters: int = 0
    refused: str = ""
    shown: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the output, () where there is none."""
        return () if self.output is None else self.output.shape


@dataclass(frozen=True, eq=False)
class Result:
    """What one argument of a layer changes, what stays, and whether others compute the same.

    Attributes
    ----------
    name : str
        Layer and argument, as "Conv2D.strides".
    cases : tuple of Case
        One for each value that was tried.
    finding : str
        What to keep from it, in one line.
    source : {"Keras", "torch", "ours"}
        Who computed the outputs: "ours" where it should be Keras, which is not installed.
    differences : dict of str to float
        For each of the others that computed it too ("ours", "Keras", "torch"), the largest absolute
        difference over all cases, each with its own kernels and with mixed ones.
    missing : str
        What is not installed, or nothing.
    """

    name: str
    cases: tuple[Case, ...]
    finding: str
    source: str
    differences: Mapping[str, float]
    missing: str = ""

    @property
    def verdict(self) -> str:
        """One line: who computed the same, exactly or not."""
        return f"{agreement(self.differences, self.source)} {self.missing}".strip()

    def __str__(self) -> str:
        """A line for each case, the finding and the verdict."""
        width = max((len(case.call) for case in self.cases), default=0)
        lines = [f"{case.call:<{width}}  {_outcome(case)}" for case in self.cases]
        return "\n".join([*lines, self.finding, self.verdict])

    __repr__ = __str__


@dataclass(frozen=True)
class Table:
    """Facts in columns, and what to keep from them.

    Attributes
    ----------
    name : str
    head : tuple of str
        What stands in each column.
    rows : tuple of tuple of str
    finding : str
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    finding: str

    def __str__(self) -> str:
        """Columns of even width, then the finding."""
        lines = (self.head, *self.rows)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        written = [
            "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return "\n".join([*written, self.finding])

    __repr__ = __str__


def _outcome(case: Case) -> str:
    if case.refused:
        return f"refused: {case.refused}"
    return f"{case.shape}  {case.shown}".rstrip()


def agreement(differences: Mapping[str, float], source: str) -> str:
    """Say who agrees with `source`, and how well.

    Parameters
    ----------
    differences : dict of str to float
        Largest absolute difference of each.
    source : str

    Returns
    -------
    str
        A sentence; "" if nobody was compared.

    Examples
    --------
    >>> agreement({"ours": 0.0, "torch": 0.0}, "Keras")
    'Ours and torch: the same numbers as Keras, exactly.'
    >>> agreement({"ours": 2.4e-7}, "torch")
    'Ours: the same numbers as torch, to rounding.'
    >>> agreement({"ours": 3.0}, "torch")
    'Ours: other numbers than torch, by up to 3.'
    """
    if not differences:
        return ""
    who = " and ".join(differences)
    who = who[0].upper() + who[1:]
    worst = max(differences.values())
    if worst == 0:
        return f"{who}: the same numbers as {source}, exactly."
    if worst < 1e-5:
        return f"{who}: the same numbers as {source}, to rounding."
    return f"{who}: other numbers than {source}, by up to {worst:.3g}."


def rows_of(plane: np.ndarray) -> str:
    """Write a small plane of numbers on one line, its rows divided by slashes.

    Parameters
    ----------
    plane : (H, W) ndarray

    Returns
    -------
    str
        The first row alone and dots, where all would be too long.

    Examples
    --------
    >>> import numpy as np
    >>> rows_of(np.array([[1.0, 2.0], [3.0, 4.5]]))
    '1 2 / 3 4.50'
    >>> rows_of(np.full((6, 6), 11))
    '11 11 11 11 11 11 / ...'
    """
    rows = [" ".join(_number(v) for v in row) for row in plane]
    whole = " / ".join(rows)
    return whole if len(whole) <= _LONGEST else f"{rows[0]} / ..."


def _number(value: float) -> str:
    return f"{value + 0.0:.0f}" if float(value).is_integer() else f"{value:.2f}"
