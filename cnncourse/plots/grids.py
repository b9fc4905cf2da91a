"""Small tables of numbers side by side: images, kernels, and what they make of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    PALE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

SIGNED = LinearSegmentedColormap.from_list("signed", ["#be4c00", "#ffffff", "#005aa0"])
"""Orange below zero, white, blue above, as in the explorers."""

Frame = tuple[int, int, int, int]
"""First row, first column, rows and columns of a part of a table."""

CELL, SMALLEST_CELL, WIDEST, HIGHEST = 0.48, 0.34, 9.2, 6.8  # inches
LETTER = 0.092  # inches that a letter of a title takes
ROOM = 6  # cells that a title may need at least
HEAD = 0.95  # cells above a table, for the numbers of its columns
TOLD = 48  # cells of a table that are read out


@dataclass(frozen=True, eq=False)  # holds an array
class Table:
    """One table of a board.

    Parameters
    ----------
    title : str
    cells : (rows, columns) ndarray
    frames : sequence of (row, column, rows, columns)
        Parts to be framed, the first one in a solid line.
    first : (int, int) or None, default (0, 0)
        What the first row and the first column are numbered; None: they are not numbered.
    backwards : bool, default False
        Rows and columns are numbered from the last to the first, as in a kernel that is turned.
    blocks : (int, int), optional
        Thick lines after every so many rows and columns.
    before : str
        A sign between the table before and this one.
    """

    title: str
    cells: FloatArray
    frames: Sequence[Frame] = ()
    first: tuple[int, int] | None = (0, 0)
    backwards: bool = False
    blocks: tuple[int, int] | None = None
    before: str = ""

    def numbered(self, axis: int) -> list[int]:
        """The numbers of the rows (axis 0) or columns (axis 1), as they are written."""
        if self.first is None:
            return []
        count = self.cells.shape[axis]
        numbers = [self.first[axis] + i for i in range(count)]
        return numbers[::-1] if self.backwards else numbers

    def in_words(self) -> str:
        """Title and numbers, for readers who do not see the table."""
        rows, columns = self.cells.shape
        if self.cells.size > TOLD:
            filled = int(np.count_nonzero(self.cells))
            return (
                f"{self.title}: {rows} rows and {columns} columns, {filled} of the "
                f"{self.cells.size} cells not zero."
            )
        told = "; ".join(" ".join(number(value, 3) for value in row) for row in self.cells)
        framed = "".join(
            f" Framed: {height} by {width} cells from row {_plain(self.numbered(0)[row])}, "
            f"column {_plain(self.numbered(1)[column])} on."
            for row, column, height, width in self.frames
        )
        return f"{self.title}: {told}.{framed}"


@in_house_style
def grids(
    arrays: Mapping[str, ArrayLike],
    *,
    title: str,
    frames: Mapping[str, Sequence[Frame]] | None = None,
    first: Mapping[str, tuple[int, int]] | None = None,
    blocks: tuple[int, int] | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw small arrays side by side, every number in its cell: blue positive, orange negative.

    Parameters
    ----------
    arrays : mapping of str to (rows, columns) array_like
        Title -> table.
    title : str
        Of the whole figure.
    frames : mapping of str to sequence of (row, column, rows, columns), optional
        Parts of a table to be framed.
    first : mapping of str to (int, int), optional
        What the first row and column of a table are numbered, if not 0.
    blocks : (int, int), optional
        Thick lines after every so many rows and columns of each table.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If a table holds no numbers.
    ValueError
        If there is no table, one is not 2-D or is empty, or a frame or a number for the first
        row and column belongs to no table.

    Examples
    --------
    >>> grids({"K": [[1, 2]], "turned": [[2, 1]]}, title="A kernel").alt
    'A kernel. K: 1 2. turned: 2 1.'
    """
    frames, first = dict(frames or {}), dict(first or {})
    for name, given in (("frames", frames), ("first", first)):
        if unknown := set(given) - set(arrays):
            raise ValueError(f"{name} must name tables of arrays, got {sorted(unknown)}")
    tables = [
        Table(
            name,
            table_of(name, cells),
            frames.get(name, ()),
            first.get(name, (0, 0)),
            blocks=blocks,
        )
        for name, cells in arrays.items()
    ]
    return board(tables, title, ax)


def table_of(name: str, value: ArrayLike) -> FloatArray:
    """Return `value` as a table of at least one number."""
    cells = numeric_array(name, value, ndim=2).astype(float)
    if cells.size == 0:
        raise ValueError(f"{name} must hold at least one cell, got shape {cells.shape}")
    return cells


def board(tables: Sequence[Table], title: str, ax: Axes | None = None) -> Picture:
    """Place tables side by side on one pair of axes, measured in cells, the first row on top."""
    if not tables:
        raise ValueError("arrays must hold at least one table, got none")
    cell, slots = _fit(tables)
    lines = [
        wrap(table.title, max(8, int(slot * cell / LETTER)))
        for table, slot in zip(tables, slots, strict=True)
    ]
    head = HEAD + 0.24 / cell * max(map(len, lines))
    height = head + max(len(table.cells) for table in tables) + 0.3
    axes = one_axes(ax, width=min(WIDEST, sum(slots) * cell + 0.3), height=height * cell + 0.55)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(0, sum(slots))
    axes.set_ylim(height, 0)
    axes.set_title(title)
    at = 0.0
    for table, slot, name in zip(tables, slots, lines, strict=True):
        left = at + 0.8
        axes.text(left, head - HEAD, "\n".join(name), va="bottom", fontsize=11.5)
        if table.before:
            axes.text(at, head + 1, table.before, ha="center", va="center", fontsize=18)
        _draw_table(axes, table, left, head)
        at += slot
    words = " ".join(table.in_words() for table in tables)
    return Picture(figure_of(axes), f"{title.rstrip('.')}. {words}")


def _fit(tables: Sequence[Table]) -> tuple[float, list[float]]:
    """Size of a cell, inches, and the widths of the tables' places, in cells."""
    columns = [table.cells.shape[1] for table in tables]
    roomy = [max(count, min(ROOM, len(table.title) * LETTER / CELL)) + 1.3
             for count, table in zip(columns, tables, strict=True)]  # fmt: skip
    rows = max(len(table.cells) for table in tables)
    cell = float(np.clip(min(WIDEST / sum(roomy), HIGHEST / rows), SMALLEST_CELL, CELL))
    return cell, roomy


def _draw_table(axes: Axes, table: Table, left: float, top: float) -> None:
    rows, columns = table.cells.shape
    # Stretched, so that the numbers stay readable on the strongest colour.
    largest = float(np.abs(table.cells).max()) or 1.0
    scale = Normalize(-1.8 * largest, 1.8 * largest)
    axes.pcolormesh(
        left + np.arange(columns + 1), top + np.arange(rows + 1), table.cells,
        cmap=SIGNED, norm=scale, edgecolors=PALE, linewidth=1.0,
    )  # fmt: skip
    numbers: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 10, "color": GREY}
    for column, name in enumerate(table.numbered(1)):
        axes.text(left + column + 0.5, top - 0.32, _plain(name), **numbers)
    for row, name in enumerate(table.numbered(0)):
        axes.text(left - 0.36, top + row + 0.5, _plain(name), **numbers)
    for (row, column), value in np.ndenumerate(table.cells):
        if table.blocks is None or value:
            place = (left + column + 0.5, top + row + 0.5)
            axes.text(*place, number(value, 3), ha="center", va="center", fontsize=11.5)
    if table.blocks is not None:
        thick: dict[str, Any] = {"color": BLACK, "linewidth": 1.6}
        axes.hlines(top + np.arange(0, rows + 1, table.blocks[0]), left, left + columns, **thick)
        axes.vlines(left + np.arange(0, columns + 1, table.blocks[1]), top, top + rows, **thick)
    for count, frame in enumerate(table.frames):
        _draw_frame(axes, frame, left, top, dashed=count > 0)


def _draw_frame(axes: Axes, frame: Frame, left: float, top: float, *, dashed: bool) -> None:
    row, column, height, width = frame
    inset = 0.08 if dashed else 0.0  # so that two frames on one line are both seen
    axes.add_patch(
        Rectangle(
            (left + column + inset, top + row + inset), width - 2 * inset, height - 2 * inset,
            fill=False, edgecolor=VERMILLION if dashed else BLACK, linewidth=2.6,
            linestyle=(0, (3, 1.5)) if dashed else "-", zorder=4,
        )
    )  # fmt: skip


def _plain(value: int) -> str:
    return str(value).replace("-", "−")
