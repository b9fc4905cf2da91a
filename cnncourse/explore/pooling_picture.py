"""The pooling explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnncourse.explore.numbers import percent
from cnncourse.explore.pooling_model import (
    KINDS,
    WAITING,
    PoolingModel,
    PoolingState,
    Shown,
    width,
)
from cnncourse.explore.pooling_words import KIND_NAMES
from cnncourse.plots.picture import BLUE, GREY, VERMILLION, Picture, in_house_style, series


@in_house_style
def picture(model: PoolingModel, state: PoolingState, alt: str) -> Picture:
    """Draw what the explorer shows in `state`, with `alt` as its alternative text."""
    now = model.shown(state)
    figure = Figure(figsize=(8.0, 4.4))
    grid = figure.add_gridspec(4, 2, width_ratios=[1.7, 1])
    rows = [figure.add_subplot(grid[i, 0]) for i in range(4)]
    at = state.stride * np.arange(now.before.size) + (width(state.kind, state.size) - 1) / 2
    places = np.arange(now.row.size)
    _bars(rows[0], places, now.row, BLUE, "input")
    _bars(rows[1], at, now.before, VERMILLION, "pooled")
    _bars(rows[2], at, now.after, VERMILLION, "pooled")
    _bars(rows[3], places, now.shifted, BLUE, "shifted")
    for x, y, same in zip(at, now.after, now.same, strict=True):
        rows[2].text(x, max(y, 0), "=" if same else "≠", ha="center", va="bottom", fontsize=9)
    for ax in rows:
        ax.set_xlim(-0.6, now.row.size - 0.4)
    _draw_curves(figure.add_subplot(grid[:, 1]), state, now)
    same = "no output" if np.isnan(now.share) else percent(now.share) + " unchanged"
    rows[0].set_title(f"{KIND_NAMES[state.kind]} pooling, shift {state.shift}: {same}")
    return Picture(figure, alt)


def _bars(ax: Axes, at: np.ndarray, values: np.ndarray, colour: str, label: str) -> None:
    ax.bar(at, values, 0.8, color=colour)
    ax.axhline(0.0, color="black", linewidth=0.8)
    ax.set_ylabel(label, rotation=0, ha="right", va="center")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.margins(y=0.25)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _draw_curves(ax: Axes, state: PoolingState, now: Shown) -> None:
    shifts = np.arange(WAITING + 1)
    for index, kind in enumerate(KINDS):
        wide = 3.2 if kind == state.kind else 1.6
        ax.plot(
            shifts,
            100 * now.change[kind],
            label="L2" if kind == "l2" else kind,
            **series(index, linewidth=wide),
        )
    ax.plot(shifts, 100 * now.change["input"], label="input", color=GREY, linewidth=1)
    ax.axvline(state.shift, color="black", linewidth=0.8)
    ax.set_title("Change, %")
    ax.set_xlabel("shift")
    ax.legend(loc="upper left", ncols=2, columnspacing=1, handlelength=1.6, borderpad=0)
    ax.set_ylim(0, 1.35 * ax.get_ylim()[1])
