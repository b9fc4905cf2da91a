"""The explorer of 2-D convolution as a still picture, for places where no widget can live."""

from __future__ import annotations

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.arrays import fitted_picture
from cnncourse.explore.convolution2d_model import (
    Convolution2dState,
    FloatArray,
    is_small,
    output,
    window,
)
from cnncourse.explore.convolution2d_words import describe, sum_text
from cnncourse.explore.numbers import plain
from cnncourse.plots.picture import Picture, in_house_style

SIGNED = LinearSegmentedColormap.from_list("signed", ["#be4c00", "#ffffff", "#005aa0"], 17)
"""Orange below zero, blue above, as in the browser; few shades, so that the file is small."""

GREY = LinearSegmentedColormap.from_list("grey", ["#000000", "#ffffff"], 11)

THUMBNAIL = 64
"""Most rows and columns of a picture within the still one, which must be small as a file."""

MOST_NUMBERS = 12
"""Rows and columns of an array whose numbers are still written into its cells."""


@in_house_style
def picture(state: Convolution2dState, title: str) -> Picture:
    """Draw what the explorer shows in `state`: input, kernel as it lies, output, and one sum.

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    figure = Figure(figsize=(8.4, 4.0) if is_small(state.image) else (7.2, 3.7))
    over, sliding = state.operands
    names = ("Kernel K", "Image I") if state.swapped else ("Image I", "Kernel K")
    lying = sliding[::-1, ::-1] if state.flip else sliding
    axes = figure.subplots(1, 3, width_ratios=[1.35, 0.9, 1.35])
    now, result = window(state), output(state)
    _draw(axes[0], over, f"{names[0]}, the input", grey=not is_small(over))
    _draw(axes[1], lying, f"{names[1]}{', turned' if state.flip else ''}")
    if now is None:
        axes[2].set_axis_off()
        axes[2].set_title("No output")
        return Picture(figure, f"{title}. {describe(state)}")
    _draw(axes[2], result, "Output S")
    _frame(axes[0], now.top, now.left, lying.shape)
    _frame(axes[2], now.row, now.column, (1, 1))
    words = sum_text(state, now)
    if len(words) > 160:
        words = f"S[{now.row}, {now.column}] = {plain(now.total)}"
    figure.supxlabel(fill(words, 80), fontsize=11.5)
    return Picture(figure, f"{title}. {describe(state)}")


def _draw(ax: Axes, array: FloatArray, title: str, *, grey: bool = False) -> None:
    largest = float(np.abs(array).max()) or 1.0
    low = min(0.0, float(array.min())) if grey else -largest
    rows, columns = array.shape
    ax.imshow(
        _thumbnail(array),
        GREY if grey else SIGNED,
        vmin=low,
        vmax=largest,
        interpolation="nearest",
        extent=(-0.5, columns - 0.5, rows - 0.5, -0.5),
    )
    ax.set_title(title, fontsize=11.5)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(True)
    if max(array.shape) > MOST_NUMBERS:
        return
    for (row, column), value in np.ndenumerate(array):
        ink = "white" if abs(value) > 0.55 * largest and not grey else "black"
        size = 8 if max(array.shape) <= 8 else 6.5
        text = plain(float(value), 1 if abs(value) >= 1 else 2)
        ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=size)


def _thumbnail(array: FloatArray) -> FloatArray:
    """An array of `THUMBNAIL` rows and columns at most: averages of blocks."""
    return fitted_picture("array", array, (THUMBNAIL, THUMBNAIL), most=np.inf)[0]


def _frame(ax: Axes, top: int, left: int, shape: tuple[int, ...]) -> None:
    """Mark some cells; the frame may reach beyond the array."""
    corner = (left - 0.5, top - 0.5)
    # Black upon white, so that it is seen on any grey.
    for colour, width in (("white", 4.5), ("black", 2.5)):
        frame = Rectangle(
            corner, shape[1], shape[0], fill=False, edgecolor=colour, linewidth=width, clip_on=False
        )
        ax.add_patch(frame)
