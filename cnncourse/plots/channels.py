"""Channels: how those of the input add up to one of the output, and what a layer sees in colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse.plots.grids import SIGNED, table_of
from cnncourse.plots.picture import (
    BLACK,
    PALE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

CELL = 0.46  # inches
GAP = 1.3  # cells between two tables
PANEL = 2.9  # inches


@in_house_style
def channel_sum(
    V: ArrayLike, K: ArrayLike, at: tuple[int, int], *, output: int = 0, ax: Axes | None = None
) -> Picture:
    """Draw how one output of eq. (6) comes about, one line for each input channel.

    Window times kernel slice, number by number, makes a sum for each channel; these are added.

    Parameters
    ----------
    V : (C_in, H, W) array_like
        Input.
    K : (C_out, C_in, kH, kW) array_like
        Kernel.
    at : (int, int)
        Row and column of the output, from 0.
    output : int, default 0
        Output channel.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If V or K holds no numbers.
    ValueError
        If their channels do not fit together, or there is no such output.

    Examples
    --------
    >>> channel_sum([[[1, 2]], [[3, 4]]], [[[[10]], [[1]]]], (0, 1)).alt[-80:]
    'Channel 0: 2 · 10 = 20. Channel 1: 4 · 1 = 4. Together Z[0, 0, 1] = 20 + 4 = 24.'
    """
    x, kernel = numeric_array("V", V, ndim=3).astype(float), numeric_array("K", K, ndim=4)
    if kernel.shape[1] != len(x):
        raise ValueError(f"K must have {len(x)} input channels (axis 1), got shape {kernel.shape}")
    if not 0 <= output < len(kernel):
        raise ValueError(f"output must be from 0 to {len(kernel) - 1}, got {output!r}")
    slices = kernel[output].astype(float)
    (row, column), (rows, columns) = at, slices.shape[1:]
    fits = 0 <= row <= x.shape[1] - rows and 0 <= column <= x.shape[2] - columns
    if not fits:
        raise ValueError(f"at must leave the kernel inside of V, got {at!r}")
    windows = x[:, row : row + rows, column : column + columns]
    sums = (windows * slices).sum(axis=(1, 2))
    board = _Board(x.shape, (rows, columns), ax)
    for channel, (cells, taps, window) in enumerate(zip(x, slices, windows, strict=True)):
        board.line(channel, cells, taps, window * taps, (row, column), float(sums[channel]), output)
    total = " + ".join(_in_brackets(value, i > 0) for i, value in enumerate(sums))
    result = f"Z[{output}, {row}, {column}] = {total} = {number(float(sums.sum()))}"
    board.finish(result)
    told = " ".join(
        f"Channel {channel}: {_products(window, taps)} = {number(float(value))}."
        for channel, (window, taps, value) in enumerate(zip(windows, slices, sums, strict=True))
    )
    alt = (
        f"One line for each of {len(x)} input channels: the channel with a window framed, its "
        f"kernel slice, their products and their sum. {told} Together {result}."
    )
    return Picture(figure_of(board.axes), alt)


class _Board:
    """Tables on one pair of axes, measured in cells, the first row on top."""

    def __init__(self, shape: tuple[int, ...], kernel: tuple[int, int], ax: Axes | None) -> None:
        channels, self.high, wide = shape
        self.kernel_high, kernel_wide = kernel
        self.lefts = np.cumsum([1.0, wide + GAP, kernel_wide + GAP, kernel_wide + GAP])
        width = float(self.lefts[-1]) + 3.2
        self.step = max(self.high, self.kernel_high) + 1.7
        height = channels * self.step + 0.9
        self.axes = one_axes(ax, width=CELL * width, height=CELL * height + 0.5)
        self.axes.set_axis_off()
        self.axes.set_aspect("equal")
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)

    def line(
        self, channel: int, cells: FloatArray, taps: FloatArray, products: FloatArray,
        at: tuple[int, int], total: float, output: int,
    ) -> None:  # fmt: skip
        """Draw what one channel gives."""
        top = channel * self.step + 1.0
        middle = top + (self.high - self.kernel_high) / 2
        tables = (cells, top), (taps, middle), (products, middle)
        for left, (table, above) in zip(self.lefts, tables, strict=False):
            _draw_cells(self.axes, table, float(left), above)
        names = f"channel V[{channel}]", f"K[{output}, {channel}]", "products"
        for left, name, (_, above) in zip(self.lefts, names, tables, strict=False):
            self.axes.text(left, above - 0.15, name, va="bottom", fontsize=11)
        signs: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 16}
        for left, sign in zip(self.lefts[1:], "×=", strict=False):
            self.axes.text(left - GAP / 2, top + self.high / 2, sign, **signs)
        place = (float(self.lefts[0]) + at[1], top + at[0])
        self.axes.add_patch(
            Rectangle(place, taps.shape[1], taps.shape[0], fill=False, zorder=4,
                      edgecolor=VERMILLION, linewidth=2.8)
        )  # fmt: skip
        end = float(self.lefts[3]) - 0.9
        self.axes.text(end, top + self.high / 2, f"sum {number(total)}", va="center", fontsize=13,
                       fontweight="bold")  # fmt: skip

    def finish(self, result: str) -> None:
        bottom = self.axes.get_ylim()[0] - 0.5
        self.axes.text(self.lefts[0], bottom, result, fontsize=13, fontweight="bold",
                       color=VERMILLION, va="center")  # fmt: skip
        self.axes.set_title("One output: products in every channel, all added up")


def _draw_cells(axes: Axes, cells: FloatArray, left: float, top: float) -> None:
    rows, columns = cells.shape
    largest = float(np.abs(cells).max()) or 1.0
    # Stretched, so that the numbers stay readable on the strongest colour.
    axes.pcolormesh(
        left + np.arange(columns + 1), top + np.arange(rows + 1), cells,
        cmap=SIGNED, norm=Normalize(-1.8 * largest, 1.8 * largest), edgecolors=PALE, linewidth=1.0,
    )  # fmt: skip
    for (row, column), value in np.ndenumerate(cells):
        axes.text(left + column + 0.5, top + row + 0.5, number(value), ha="center", va="center",
                  fontsize=12)  # fmt: skip


def _products(window: FloatArray, taps: FloatArray) -> str:
    terms = zip(window.ravel(), taps.ravel(), strict=True)
    return " + ".join(
        f"{_in_brackets(value, i > 0)} · {_in_brackets(tap, True)}"
        for i, (value, tap) in enumerate(terms)
    )


def _in_brackets(value: float, inside: bool) -> str:
    text = number(float(value))
    return f"({text})" if value < 0 and inside else text


@in_house_style
def colour_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], *, title: str) -> Picture:
    """Draw a colour picture, and beside it maps: blue where they are positive, orange negative.

    Parameters
    ----------
    image : (3, H, W) array_like
        Red, green and blue, 0 to 255.
    maps : mapping of str to (rows, columns) array_like
        Title -> output channel, in levels of colour; each has its own scale.
    title : str

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If the picture or a map holds no numbers.
    ValueError
        If the picture has not three channels, a map is not 2-D, or there is none.

    Examples
    --------
    >>> colour_maps(np.full((3, 1, 2), 9), {"red − blue": [[0, 5]]}, title="A layer").alt
    'A layer. A colour picture of 1 by 2 pixels, and 1 map. red − blue: from 0 to 5.'
    """
    picture = numeric_array("image", image, ndim=3).astype(float)
    if len(picture) != 3:
        raise ValueError(f"image must have three channels first, got shape {picture.shape}")
    answers = {name: table_of(name, cells) for name, cells in maps.items()}
    if not answers:
        raise ValueError("maps must hold at least one map, got none")
    figure = Figure(figsize=(PANEL * (len(answers) + 1), PANEL + 1.05))
    first, *others = figure.subplots(1, len(answers) + 1)
    first.imshow(np.clip(picture, 0, 255).astype(np.uint8).transpose(1, 2, 0))
    _label(first, "the picture")
    for panel, (name, cells) in zip(others, answers.items(), strict=True):
        largest = float(np.abs(cells).max()) or 1.0
        scale = Normalize(-largest, largest)
        panel.imshow(cells, SIGNED, scale, interpolation="nearest")
        _label(panel, name)
        bar = figure.colorbar(
            ScalarMappable(scale, SIGNED), ax=panel, location="bottom", shrink=0.8, pad=0.03
        )
        bar.set_label("levels of colour", fontsize=10.5)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    rows, columns = picture.shape[1:]
    many = "1 map" if len(answers) == 1 else f"{len(answers)} maps"
    told = " ".join(
        f"{name}: from {number(float(cells.min()))} to {number(float(cells.max()))}."
        for name, cells in answers.items()
    )
    size = f"A colour picture of {rows} by {columns} pixels, and {many}."
    return Picture(figure, f"{title}. {size} {told}")


def _label(panel: Axes, name: str) -> None:
    panel.set_title(name, fontsize=12, fontweight="normal", pad=5)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set(visible=True, color=BLACK)
