"""Figures of matrices: a convolution written as one."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    PALE,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

# Values are written into the cells up to so many columns; up to so many rows, each is numbered.
ROOM = 12
NUMBERED = 18
COLOURS = "PuOr_r"
ROWS_TITLE = "Each row is the flipped kernel, one step further"
VECTOR_LABELS = ("row t: output s(t)", "column a: sample x(a)")
IMAGE_LABELS = ("row: output pixel", "column: input pixel")
# So many cells are read out in the alternative text.
TOLD = 40
BLOCKS_TITLE = "A Toeplitz matrix of Toeplitz blocks"


@in_house_style
def matrix(
    T: ArrayLike,
    *,
    title: str | None = None,
    highlight_row: int | None = None,
    block_shape: tuple[int, int] | None = None,
    annotate: bool | None = None,
    labels: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw a matrix as coloured cells: positive orange, negative purple, zero blank.

    Parameters
    ----------
    T : (rows, columns) array_like
        E.g. a Toeplitz matrix, or a doubly block Toeplitz one.
    title : str, optional
    highlight_row : int, optional
        Row to frame.
    block_shape : (int, int), optional
        Rows and columns of a block of a doubly block matrix: lines are drawn between blocks.
    annotate : bool, optional
        Write the values into the cells; unless told, if there are at most 12 columns.
    labels : (str, str), optional
        What a row and what a column is, if not an output and a sample: ("row i", "column j").
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If `T` is not 2-D or empty, or has no such row.

    Examples
    --------
    >>> matrix([[1, 0], [2, 1], [0, 2]], highlight_row=1).alt
    'Matrix of 3 rows and 2 columns, 4 of its 6 cells not zero, values from 0 to 2.
    Row by row: 1 0; 2 1; 0 2. The framed row 1 holds 2, 1.'
    """
    cells = np.asarray(T, dtype=float)
    if cells.ndim != 2 or cells.size == 0:
        raise ValueError(f"T must be a matrix of at least one cell, got shape {cells.shape}")
    rows, columns = cells.shape
    if highlight_row is not None and not 0 <= highlight_row < rows:
        raise ValueError(f"highlight_row must be from 0 to {rows - 1}, got {highlight_row!r}")
    with_values = columns <= ROOM if annotate is None else annotate
    narrowest, widest = (0.4, 0.62) if with_values else (0.1, 0.3)
    side = float(np.clip(min(7.0 / columns, 6.3 / rows), narrowest, widest))
    title = title or (ROWS_TITLE if block_shape is None else BLOCKS_TITLE)
    # A bold capital of the title is some 0.12 inches wide.
    width = max(1.6 + side * columns, 1.1 + 0.12 * len(title))
    axes = one_axes(ax, width=min(9.0, width), height=1.5 + side * rows)
    largest = float(np.abs(cells).max()) or 1.0
    # Stretched, so that the text stays readable on the strongest colour.
    scale = Normalize(-1.35 * largest, 1.35 * largest)
    axes.pcolormesh(
        np.ma.masked_equal(cells, 0.0),
        cmap=COLOURS,
        norm=scale,
    )
    axes.set_aspect("equal", anchor="W")
    axes.invert_yaxis()
    _draw_grid(axes, rows, columns, block_shape)
    standard = VECTOR_LABELS if block_shape is None else IMAGE_LABELS
    axes.set_ylabel((labels or standard)[0])
    axes.set_xlabel((labels or standard)[1])
    if with_values:
        _write_values(axes, cells)
    if highlight_row is not None:
        frame = Rectangle((0, highlight_row), columns, 1, fill=False, linewidth=3, zorder=4)
        frame.set_clip_on(False)
        axes.add_patch(frame)
    axes.set_title(title)
    return Picture(figure_of(axes), _matrix_in_words(cells, highlight_row, block_shape))


def _draw_grid(axes: Axes, rows: int, columns: int, block_shape: tuple[int, int] | None) -> None:
    thin: dict[str, Any] = {
        "color": PALE,
        "linewidth": 1.2 if columns <= ROOM else 0.6,
        "clip_on": False,
    }
    axes.hlines(range(rows + 1), 0, columns, **thin)
    axes.vlines(range(columns + 1), 0, rows, **thin)
    if block_shape is not None:
        thick: dict[str, Any] = {"color": BLACK, "linewidth": 1.4, "clip_on": False}
        axes.hlines(range(0, rows + 1, block_shape[0]), 0, columns, **thick)
        axes.vlines(range(0, columns + 1, block_shape[1]), 0, rows, **thick)
    for axis, count in ((axes.xaxis, columns), (axes.yaxis, rows)):
        every = MaxNLocator(8, integer=True) if count > NUMBERED else None
        numbers = (
            np.asarray(every.tick_values(0, count - 1), dtype=int) if every else np.arange(count)
        )
        numbers = numbers[(numbers >= 0) & (numbers < count)]
        axis.set_ticks(numbers + 0.5, [str(i) for i in numbers])
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _write_values(axes: Axes, cells: NDArray[np.float64]) -> None:
    for row, column in np.argwhere(cells):
        axes.text(
            column + 0.5,
            row + 0.5,
            number(cells[row, column], 2),
            ha="center",
            va="center",
            fontsize=12,
        )


def _matrix_in_words(
    cells: NDArray[np.float64], highlight_row: int | None, block_shape: tuple[int, int] | None
) -> str:
    rows, columns = cells.shape
    filled, least, greatest = int(np.count_nonzero(cells)), cells.min(), cells.max()
    words = (
        f"Matrix of {rows} rows and {columns} columns, {filled} of its {cells.size} cells "
        f"not zero, values from {number(float(least))} to {number(float(greatest))}."
    )
    if block_shape is not None:
        words += f" Lines divide it into blocks of {block_shape[0]} by {block_shape[1]} cells."
    if cells.size <= TOLD:
        told = "; ".join(" ".join(number(value, 2) for value in row) for row in cells)
        words += f" Row by row: {told}."
    if highlight_row is not None:
        values = cells[highlight_row][cells[highlight_row] != 0.0]
        words += f" The framed row {highlight_row} holds {', '.join(map(number, values))}."
    return words
