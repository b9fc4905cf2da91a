"""Pooling along a row, unit by unit: under a shift, and with downsampling.

The ideas of figures 9.8 and 9.10 of Goodfellow, Bengio and Courville, *Deep Learning* (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    SKY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    several_axes,
)
from cnncourse.pooling import pool2d
from cnncourse.shapes import pool_output_size

_UP = 1.7  # from the row of values to the row of outputs, in units
_SAME, _CHANGED = "#BFE3D5", "#F6CBB0"  # tints of green and vermillion


@in_house_style
def pooling_shift(
    values: ArrayLike, size: int, *, shift: int = 1, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw max pooling with stride 1 before and after the values move to the right.

    Parameters
    ----------
    values : (n,) array_like
        The first `shift` of them wait outside at the left and come in with the shift, so that
        nothing has to be invented.
    size : int
        Window.
    shift : int, default 1
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If no window fits.

    Examples
    --------
    >>> pooling_shift([3, 1, 4, 1, 5, 9], 3).alt.split(". ")[-1]
    'The shift changes 5 of 5 values, and 2 of 3 maxima.'
    """
    row = np.asarray(values, dtype=float)
    before, after = row[shift:], row[: row.size - shift]
    pooled = [pool2d(part[None], (1, size), stride=1)[0] for part in (before, after)]
    moved, kept = before != after, pooled[0] == pooled[1]
    shape = (max(5.0, 0.8 * before.size + 1.9), 5.6)
    axes = several_axes(ax, 2, lambda: Figure(figsize=shape).subplots(2, 1))
    titles = ("Before", f"After a shift by {shift} to the right")
    for panel, title, part, outputs in zip(axes, titles, (before, after), pooled, strict=True):
        _frame(panel, before.size)
        panel.set_title(title, pad=4)
        at = np.arange(outputs.size) + (size - 1) / 2
        for j in range(outputs.size):
            _links(panel, at[j], range(j, j + size), part, outputs[j])
        later = panel is axes[1]
        faces = [_SAME if same else _CHANGED for same in kept] if later else ["white"] * kept.size
        marks = ["=" if same else "≠" for same in kept] if later else None
        _units(panel, at, _UP, outputs, faces, marks)
        changed = [_CHANGED if other else _SAME for other in moved] if later else None
        signs = ["≠" if other else "=" for other in moved] if later else None
        _units(panel, np.arange(part.size), 0.0, part, changed or ["white"] * part.size, signs,
               below=True)  # fmt: skip
        _names(panel, ("maxima", "values"))
    count = kept.size
    alt = (
        f"Two rows of {before.size} values and {count} maxima of {size} neighbours each, joined by "
        f"lines. Before: {_listed(before)} gives {_listed(pooled[0])}. After: {_listed(after)} "
        f"gives {_listed(pooled[1])}. The shift changes {int(moved.sum())} of {moved.size} values, "
        f"and {int((~kept).sum())} of {count} maxima."
    )
    return Picture(figure_of(axes[0]), alt)


@in_house_style
def pooling_downsampled(
    values: ArrayLike, size: int, stride: int, *, ax: Axes | None = None
) -> Picture:
    """Draw dense max pooling, and which of its outputs pooling with a stride reports.

    The last window may hang over the end (``ceil_mode``), as in the book's figure: else the last
    values would be seen by nobody. Such an output is drawn with a dashed frame.

    Parameters
    ----------
    values : (n,) array_like
    size, stride : int
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If no window fits.

    Examples
    --------
    >>> pooling_downsampled([3, 1, 4, 1, 5, 9], 3, 2).alt.split(": ")[-1]
    'with stride 2 numbers 0, 2 are reported, and 9 of a window cut off by the end.'
    """
    row = np.asarray(values, dtype=float)
    dense = pool2d(row[None], (1, size), stride=1)[0]
    whole = pool_output_size(row.size, size, stride=stride)
    reported = pool2d(row[None], (1, size), stride=(1, stride), ceil_mode=True)[0]
    axes = one_axes(ax, width=max(5.0, 0.82 * row.size + 2.2), height=4.5)
    _frame(axes, row.size, rows=2)
    axes.set_title(f"Stride {stride} reports {_every(stride)} maximum", pad=4)
    middle = (size - 1) / 2
    for j in range(dense.size):
        _links(axes, j + middle, range(j, j + size), row, np.nan)
    kept = [j % stride == 0 for j in range(dense.size)]
    faces = [SKY if keep else "white" for keep in kept]
    at = np.arange(dense.size) + middle
    _units(axes, at, _UP, dense, faces, colours=[BLACK if keep else GREY for keep in kept])
    _units(axes, np.arange(row.size), 0.0, row, ["white"] * row.size)
    tops = stride * np.arange(reported.size) + middle
    for i, (x, value) in enumerate(zip(tops, reported, strict=True)):
        cut = i >= whole
        feet = range(i * stride, row.size) if cut else []
        for foot in feet:
            axes.plot([foot, x], [0.36, 2 * _UP - 0.36], color=GREY, linewidth=1.2, linestyle=":",
                      zorder=0)  # fmt: skip
        if not cut:
            axes.plot([x, x], [_UP + 0.36, 2 * _UP - 0.36], color=BLUE, linewidth=2.4)
        _units(axes, [x], 2 * _UP, [value], ["white" if cut else SKY], dashed=cut)
    _names(axes, (f"stride {stride}", "stride 1", "values"), rows=2)
    numbers = ", ".join(str(j) for j in range(0, stride * whole, stride))
    alt = (
        f"{row.size} values, {_listed(row)}; above them the {dense.size} maxima of {size} "
        f"neighbours, {_listed(dense)}; above those the ones that are kept: with stride {stride} "
        f"numbers {numbers} are reported"
    )
    if reported.size > whole:
        alt += f", and {number(reported[-1])} of a window cut off by the end"
    return Picture(figure_of(axes), f"{alt}.")


def _frame(axes: Axes, count: int, rows: int = 1) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-2.0, count - 0.4)
    axes.set_ylim(-0.85, rows * _UP + 0.85)


def _names(axes: Axes, names: Sequence[str], rows: int = 1) -> None:
    for row, name in enumerate(reversed(names)):
        axes.text(-0.75, row * _UP, name, ha="right", va="center", fontsize=11, color=GREY)


def _links(axes: Axes, x: float, feet: range, values: FloatArray, winner: float) -> None:
    """Join an output to its window; the value that wins by a heavier line."""
    for foot in feet:
        wins = values[foot] == winner
        style: dict[str, Any] = {"color": BLACK if wins else "#B8B8B8", "zorder": 0}
        axes.plot([foot, x], [0.36, _UP - 0.36], linewidth=2.2 if wins else 1.0, **style)


def _units(
    axes: Axes,
    at: ArrayLike,
    height: float,
    values: ArrayLike,
    faces: Sequence[str],
    marks: Sequence[str] | None = None,
    *,
    below: bool = False,
    dashed: bool = False,
    colours: Sequence[str] | None = None,
) -> None:
    """Draw units as boxes with their values, and a mark above or below each."""
    for i, (x, value) in enumerate(zip(np.asarray(at), np.asarray(values), strict=True)):
        ink = BLACK if colours is None else colours[i]
        box = FancyBboxPatch(
            (x - 0.34, height - 0.28), 0.68, 0.56, boxstyle="round,pad=0.06,rounding_size=0.12",
            facecolor=faces[i], edgecolor=ink, linewidth=1.4, linestyle="--" if dashed else "-",
        )  # fmt: skip
        axes.add_patch(box)
        axes.text(x, height, number(value), ha="center", va="center", fontsize=12, color=ink)
        if marks is not None:
            colour = VERMILLION if marks[i] == "≠" else "#006B4E"
            y = height + (-0.62 if below else 0.62)
            axes.text(x, y, marks[i], ha="center", va="center", fontsize=13, color=colour,
                      fontweight="bold")  # fmt: skip


def _every(stride: int) -> str:
    return {1: "every", 2: "every second", 3: "every third"}.get(stride, f"every {stride}th")


def _listed(values: FloatArray) -> str:
    return ", ".join(number(value) for value in values)
