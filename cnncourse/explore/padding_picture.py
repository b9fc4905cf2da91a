"""The padding explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.padding_model import Axis, Geometry, PaddingState, describe, geometry
from cnncourse.plots.picture import BLUE, GREY, PALE, VERMILLION, Picture, in_house_style

INPUT, OUTPUT = "#CFE3F1", "#CDE9DF"

LEGIBLE = 300
"""More cells than these are drawn without lines and numbers."""


@in_house_style
def picture(state: PaddingState) -> Picture:
    """Draw what the explorer shows in `state`.

    Parameters
    ----------
    state : PaddingState
        Sizes, and the window that is marked.

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    now = geometry(state)
    rows, columns = now.axes
    widths = [max(columns.padded, 3), max(now.size[1], 3)]
    figure = Figure(figsize=(8.0, 4.3))
    left, right = figure.subplots(1, 2, width_ratios=widths)
    high = max(rows.padded, now.size[0])
    _draw_input(left, now, state)
    _draw_output(right, now)
    for ax, width in zip((left, right), widths, strict=True):
        ax.set_xlim(-0.1, width + 0.1)
        ax.set_ylim(high + 0.1, -0.1)
        ax.set_aspect("equal")
        ax.axis("off")
    names = ("rows", "columns")
    lines = [_formula(axis, name) for axis, name in zip(now.axes, names, strict=True)]
    figure.suptitle("\n".join(lines), fontsize=12)
    return Picture(figure, "Padding explorer. " + describe(state))


def _draw_input(ax: Axes, now: Geometry, state: PaddingState) -> None:
    rows, columns = now.axes
    inside = np.outer(_inside(rows), _inside(columns))
    colours = np.where(inside[..., None], to_rgb(INPUT), to_rgb("white"))
    _draw_cells(ax, colours)
    for lost, high in ((rows.remainder, True), (columns.remainder, False)):
        place = (0, rows.padded - lost) if high else (columns.padded - lost, 0)
        size = (columns.padded, lost) if high else (lost, rows.padded)
        if lost:
            ax.add_patch(Rectangle(place, *size, facecolor="white", edgecolor=GREY, hatch="///"))
    ax.add_patch(_frame((columns.before, rows.before), (columns.n, rows.n), BLUE, 1.5))
    if state.counts and inside.size <= LEGIBLE:
        for (row, column), count in np.ndenumerate(np.outer(rows.counts, columns.counts)):
            ax.text(column + 0.5, row + 0.5, str(count), ha="center", va="center", fontsize=9)
    if not now.problem:
        _draw_window(ax, now, hollow=state.counts)
    padded = f", padded {rows.padded} × {columns.padded}" if not inside.all() else ""
    ax.set_title(f"input {rows.n} × {columns.n}{padded}", fontsize=12)


def _draw_window(ax: Axes, now: Geometry, *, hollow: bool) -> None:
    rows, columns = now.axes
    top, left = (at * a.stride for at, a in zip(now.window, now.axes, strict=True))
    for m in range(rows.kernel):
        for n in range(columns.kernel):
            place = (left + n * columns.dilation + 0.15, top + m * rows.dilation + 0.15)
            ax.add_patch(Rectangle(place, 0.7, 0.7, color=VERMILLION, fill=not hollow, linewidth=1))
    ax.add_patch(_frame((left, top), (columns.extent, rows.extent), VERMILLION, 2.5))


def _draw_output(ax: Axes, now: Geometry) -> None:
    if now.problem:
        ax.set_title("no output", fontsize=12)
        return
    colours = np.tile(to_rgb(OUTPUT), (*now.size, 1))
    colours[now.window] = to_rgb(VERMILLION)
    _draw_cells(ax, colours)
    ax.set_title(f"output {now.size[0]} × {now.size[1]}", fontsize=12)


def _draw_cells(ax: Axes, colours: np.ndarray) -> None:
    """Cells of (rows, columns, 3) colours, with lines between them where they are large."""
    rows, columns = colours.shape[:2]
    ax.imshow(colours, extent=(0, columns, rows, 0), interpolation="nearest")
    if rows * columns <= LEGIBLE:
        ax.hlines(range(rows + 1), 0, columns, color=PALE, linewidth=0.8, zorder=0.5)
        ax.vlines(range(columns + 1), 0, rows, color=PALE, linewidth=0.8, zorder=0.5)


def _frame(place: tuple[int, int], size: tuple[int, int], colour: str, width: float) -> Rectangle:
    return Rectangle(place, *size, fill=False, edgecolor=colour, linewidth=width)


def _inside(axis: Axis) -> np.ndarray:
    """Mask of the padded pixels of an axis that belong to the input."""
    at = np.arange(axis.padded)
    mask: np.ndarray = (at >= axis.before) & (at < axis.before + axis.n)
    return mask


def _formula(axis: Axis, name: str) -> str:
    """The output's size along an axis, with its numbers."""
    inner = (
        f"({axis.n} + {axis.before} + {axis.after} − {axis.dilation}·({axis.kernel} − 1) − 1)"
        f" / {axis.stride}"
    )
    if axis.room < 0:
        return f"{name}: {axis.padded} are fewer than the {axis.extent} that the kernel spans"
    return f"{name}: ⌊{inner}⌋ + 1 = {axis.outputs}"
