"""The explorer of channels as a still picture, for places where no widget can live."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.channels_model import (
    ChannelsState,
    FloatArray,
    Sums,
    channel_name,
    describe,
    plain,
    sums,
)
from cnncourse.plots.picture import BLUE, VERMILLION, Picture, in_house_style

SIGNED = LinearSegmentedColormap.from_list("signed", ["#BE4C00", "white", "#005AA0"])

LEGIBLE = 45
"""Maps of more cells are drawn without numbers."""


@in_house_style
def picture(state: ChannelsState) -> Picture:
    """Draw what the explorer shows in `state`: the channel looked at, the sums, the output.

    Parameters
    ----------
    state : ChannelsState
        Input, kernel, and the term that is looked at.

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    now = sums(state)
    figure = Figure(figsize=(8.0, 4.4))
    grid = figure.subplot_mosaic(
        [["input", "kernel", "output"], ["sums", "sums", "sums"]],
        height_ratios=[1.9, 1],
        width_ratios=[1.3, 0.75, 1.2],
    )
    i, ch, (j, k), (m, n) = now.output, now.channel, now.place, now.offset
    taps = state.kernel.shape[2:]
    _draw_map(grid["input"], state.x[ch], "input " + channel_name(state, ch))
    _draw_map(grid["kernel"], state.kernel[i, ch], f"kernel K[{i}, {ch}]")
    _draw_map(grid["output"], now.maps[i], f"output Z[{i}]")
    _frame(grid["input"], (j, k), taps, width=2.5)
    _frame(grid["input"], (now.term.row, now.term.column), (1, 1), width=1.5)
    _frame(grid["kernel"], (m, n), (1, 1), width=2.5)
    _frame(grid["output"], (j, k), (1, 1), width=2.5)
    _draw_sums(grid["sums"], now, state)
    return Picture(figure, "Channels explorer. " + describe(state))


def _draw_map(ax: Axes, values: FloatArray, title: str) -> None:
    largest = float(np.abs(values).max()) or 1.0
    ax.imshow(values, cmap=SIGNED, vmin=-largest, vmax=largest, interpolation="nearest")
    if values.size <= LEGIBLE:
        for (row, column), value in np.ndenumerate(values):
            ink = "white" if abs(value) > 0.6 * largest else "black"
            ax.text(
                column, row, plain(round(value, 1)), ha="center", va="center", fontsize=9, color=ink
            )
    ax.set_title(title, fontsize=12)
    ax.axis("off")


def _frame(ax: Axes, place: tuple[int, int], size: tuple[int, ...], *, width: float) -> None:
    corner = (place[1] - 0.5, place[0] - 0.5)
    ax.add_patch(
        Rectangle(corner, size[1], size[0], fill=False, edgecolor=VERMILLION, linewidth=width)
    )


def _draw_sums(ax: Axes, now: Sums, state: ChannelsState) -> None:
    """Bars that add up: each begins where the one above it has ended."""
    names = [channel_name(state, number) for number in range(len(now.shares))]
    rows = [*zip(names, now.shares, strict=True), ("bias", now.bias)]
    level = 0.0
    for row, (_, share) in enumerate(rows):
        ax.barh(row, share, left=level, color=BLUE if share >= 0 else VERMILLION)
        ax.text(max(level, level + share), row, f"  {plain(share)}", va="center", fontsize=10)
        level += share
    ax.barh(len(rows), level, color="black")
    (j, k), i = now.place, now.output
    ax.text(max(level, 0.0), len(rows), f"  {plain(level)}", va="center", fontsize=10)
    labels = [*(name for name, _ in rows), f"Z[{i}, {j}, {k}]"]
    ax.set_yticks(range(len(labels)), labels, fontsize=10)
    ax.axvline(0.0, color="black", linewidth=0.8)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
