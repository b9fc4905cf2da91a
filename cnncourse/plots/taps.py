"""Which input cells and kernel taps made one output: two ways to make it, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import Index, Links, Products, place, short, times
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Picture,
    figure_of,
    in_house_style,
    several_axes,
)

NO_OUTPUT = "there is no such output"
COLOURS = (ORANGE, SKY, GREEN, PURPLE, YELLOW, VERMILLION, BLUE, GREY)


@in_house_style
def taps(
    signal: ArrayLike,
    kernel: ArrayLike | None,
    sides: Mapping[str, Links | None],
    *,
    names: tuple[str, str] = ("x", "w"),
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw, for two ways to make an output, which input cell meets which kernel tap.

    Each cell that takes part has the colour of its tap, and says which it is; in one dimension a
    line joins the two. The products and their sum stand below.

    Parameters
    ----------
    signal : (n,) or (H, W) array_like
        Input cells.
    kernel : array_like of as many dimensions, or None
        Kernel taps; None if cells are only multiplied by factors.
    sides : mapping of str to mapping or None
        Two titles -> (cell, tap) -> factor of their product, 1 as a rule; the tap is () without
        a kernel. None: there is no such output.
    names : tuple of two str
        What input and kernel are called.
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there are not two sides, or input and kernel are neither rows nor tables.

    Examples
    --------
    >>> yours, right = {((0,), (0,)): 1.0}, {((0,), (1,)): 1.0}
    >>> taps([2, 4], [3, 5], {"Yours:": yours, "The equation:": right}).alt
    'Left, Yours: x[0]·w[0] = 2·3 = 6. Right, The equation: x[0]·w[1] = 2·5 = 10.'
    """
    x = np.asarray(signal, dtype=float)
    w = None if kernel is None else np.asarray(kernel, dtype=float)
    if len(sides) != 2:
        raise ValueError(f"sides must hold two ways to make the output, got {len(sides)}")
    if x.ndim not in (1, 2) or (w is not None and w.ndim != x.ndim):
        raise ValueError(
            "signal must have one or two dimensions, and the kernel as many, got "
            f"{x.ndim} and {'none' if w is None else w.ndim}"
        )
    board = _Board(x, w, names)
    board.lines = max(len(board.below(links)) for links in sides.values())
    axes = several_axes(ax, 2, board.panels)
    words = []
    for axis, side, (title, links) in zip(axes, ("Left", "Right"), sides.items(), strict=True):
        axis.set_title(title.rstrip(":"), fontsize=12.5, pad=4)
        board.draw(axis, links)
        words.append(f"{side}, {title} {board.sum(links)}.")
    return Picture(figure_of(axes[0]), " ".join(words))


class _Board:
    """Input and kernel on one board, measured in cells, the first row on top."""

    def __init__(
        self, signal: FloatArray, kernel: FloatArray | None, names: tuple[str, str]
    ) -> None:
        self.signal, self.kernel, self.names = signal, kernel, names
        self.products = Products(signal, kernel, names)
        self.rows, self.columns = np.atleast_2d(signal).shape
        self.gap = 1.9 if signal.ndim == 1 else 1.3
        self.kernel_rows, self.kernel_columns = (
            (0, 0) if kernel is None else np.atleast_2d(kernel).shape
        )
        self.width = max(self.columns, self.kernel_columns) + 1.4
        self.height = self.rows + (0 if kernel is None else self.gap + self.kernel_rows)
        self.lines = 1  # of text below

    def panels(self) -> Any:
        cell = min(0.72, 4.4 / self.width)  # inches
        size = (9.2, cell * (self.height + 1.1) + 0.24 * self.lines + 0.5)
        return Figure(figsize=size).subplots(1, 2)

    def draw(self, axes: Axes, links: Links | None) -> None:
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set_xlim(-self.width / 2, self.width / 2)
        axes.set_ylim(self.height + 0.5 + 0.36 * self.lines, -0.6)
        used = {} if links is None else dict(links)
        for cell in np.ndindex(*self.signal.shape):
            here = [(tap, factor) for (p, tap), factor in used.items() if p == cell]
            self._cell(axes, self._cell_at(cell), float(self.signal[cell]), self._labels(here),
                       self._colour(here[0][0]) if here else None)  # fmt: skip
        self._frame(axes, self.names[0], self.signal.shape, self._cell_at)
        if self.kernel is not None:
            taken = {tap for _, tap in used}
            for tap in np.ndindex(*self.kernel.shape):
                colour = self._colour(tap) if tap in taken else None
                self._cell(axes, self._tap_at(tap), float(self.kernel[tap]), "", colour)
            self._frame(axes, self.names[1], self.kernel.shape, self._tap_at)
            if self.signal.ndim == 1:
                self._lines(axes, used)
        text = "\n".join(self.below(links))
        axes.text(0, self.height + 0.35, text, ha="center", va="top", fontsize=11.5)

    def below(self, links: Links | None) -> list[str]:
        """Give the lines of text under the board."""
        text = NO_OUTPUT if links is None else self.products.in_numbers(links)
        return wrap(text.replace("= ", "=\u00a0"), 42)  # the result stays with its sign

    def sum(self, links: Links | None) -> str:
        """Write the products and their sum, by names too."""
        return NO_OUTPUT if links is None else self.products.sum(links)

    def _cell_at(self, cell: Index) -> tuple[float, float]:
        row, column = cell if len(cell) == 2 else (0, cell[0])
        return column - self.columns / 2, float(row)

    def _tap_at(self, tap: Index) -> tuple[float, float]:
        row, column = tap if len(tap) == 2 else (0, tap[0])
        return column - self.kernel_columns / 2, row + self.rows + self.gap

    def _colour(self, tap: Index) -> str:
        if self.kernel is None:
            return SKY
        return COLOURS[int(np.ravel_multi_index(tap, self.kernel.shape)) % len(COLOURS)]

    def _labels(self, here: Sequence[tuple[Index, float]]) -> str:
        """Say by what a cell is multiplied."""
        if len(here) > 2:
            return f"{len(here)} taps"
        return ", ".join(self._label(tap, factor) for tap, factor in here)

    def _label(self, tap: Index, factor: float) -> str:
        if self.kernel is None:
            return f"× {short(factor)}"
        name = self.names[1] if len(self.names[1]) <= 2 else ""  # there is little room
        return times(factor, name + place(tap))

    def _cell(
        self, axes: Axes, at: tuple[float, float], value: float, label: str, colour: str | None
    ) -> None:
        face = "white" if colour is None else _tint(colour)
        edge = GREY if colour is None else BLACK
        axes.add_patch(Rectangle(at, 1, 1, facecolor=face, edgecolor=edge, linewidth=1,
                                  zorder=1 if colour is None else 2))  # fmt: skip
        x, y = at[0] + 0.5, at[1] + (0.36 if label else 0.5)
        bold = "normal" if colour is None else "bold"
        axes.text(x, y, short(value), ha="center", va="center", fontsize=12,
                  color=GREY if colour is None else BLACK, fontweight=bold)  # fmt: skip
        if label:
            small = 10 if len(label) <= 7 else min(7.5, 75 / len(label))  # the cell is no wider
            axes.text(x, at[1] + 0.77, label, ha="center", va="center", fontsize=small)

    def _frame(self, axes: Axes, name: str, shape: Index, at: Any) -> None:
        """Write the name and the indices around a row or table."""
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 10, "color": GREY}
        first = (0,) * len(shape)
        left, top = at(first)
        for column in range(shape[-1]):
            axes.text(left + column + 0.5, top - 0.2, str(column), **style)
        if len(shape) == 2:
            for row in range(shape[0]):
                axes.text(left - 0.2, top + row + 0.5, str(row), **style)
        middle = top + (0.5 if len(shape) == 1 else -0.2)
        axes.text(left - 0.3, middle, name, ha="center", va="center", fontsize=13,
                  fontstyle="italic")  # fmt: skip

    def _lines(self, axes: Axes, links: Links) -> None:
        """Join cells and taps, up to the numbers above the taps."""
        for cell, tap in links:
            (x, y), (u, v) = self._cell_at(cell), self._tap_at(tap)
            ends = [x + 0.5, u + 0.5], [y + 1.04, v - 0.42]
            axes.plot(*ends, color=BLACK, linewidth=4.2, solid_capstyle="round")
            axes.plot(*ends, color=self._colour(tap), linewidth=2.8, solid_capstyle="round")


def _tint(colour: str, share: float = 0.42) -> tuple[float, float, float]:
    """Mix a colour with white, so that black letters stand out."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue
