"""The smoothing explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnncourse.explore.smoothing_model import SlidingSum, SmoothingModel, SmoothingState, shown
from cnncourse.plots.picture import BLUE, GREY, VERMILLION, Picture, in_house_style

TRUE_PATH: dict[str, Any] = {"color": "black", "linewidth": 1.3, "linestyle": (0, (4, 2))}
DOTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 3.5,
    "color": GREY,
    "fillstyle": "none",
}


@in_house_style
def picture(model: SmoothingModel, state: SmoothingState) -> Picture:
    """Draw what the explorer shows in `state`.

    Parameters
    ----------
    model : SmoothingModel
        The track and its noise.
    state : SmoothingState
        Kernel, noise, and the sample at which the kernel lies.

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    figure = Figure(figsize=(9.0, 7.6))
    grid = figure.add_gridspec(4, 2, width_ratios=[1.9, 1], height_ratios=[1.5, 1, 1.1, 1])
    terms = model.sliding_sum(state)
    _draw_track(figure.add_subplot(grid[0, 0]), model, state)
    _draw_errors(figure.add_subplot(grid[1, 0]), model, state)
    _draw_kernel(figure.add_subplot(grid[0, 1]), state)
    _write_numbers(figure.add_subplot(grid[1, 1]), model, state)
    _draw_terms(figure.add_subplot(grid[2, :]), model, terms, terms.weight, "weight")
    products = figure.add_subplot(grid[3, :])
    _draw_terms(products, model, terms, terms.product, "product, km")
    products.set_xlabel("time a, s")
    total = shown(terms.total) + " km" if np.isfinite(terms.total) else "none"
    figure.axes[4].set_title("The kernel, flipped, as it lies on the samples")
    products.set_title(f"The products; their sum is the estimate: {total}")
    return Picture(figure, "Smoothing explorer. " + model.describe(state))


def _draw_track(ax: Axes, model: SmoothingModel, state: SmoothingState) -> None:
    time = model.track.time
    ax.plot(time, model.measured(state), label="measured", **DOTS)
    ax.plot(time, model.position, label="true", **TRUE_PATH)
    ax.plot(time, model.estimate(state), color=VERMILLION, linewidth=2, label="smoothed")
    ax.axvline(float(time[state.t]), color="black", linewidth=1)
    ax.set_title(model.track.title)
    ax.set_ylabel("position, km")
    ax.legend(loc="upper left", ncols=3, columnspacing=1, handlelength=1.5, borderpad=0)
    ax.set_ylim(top=ax.get_ylim()[1] + 0.2 * np.ptp(ax.get_ylim()))
    ax.tick_params(labelbottom=False)


def _draw_errors(ax: Axes, model: SmoothingModel, state: SmoothingState) -> None:
    time = model.track.time
    ax.plot(time, model.measured(state) - model.position, **DOTS)
    ax.axhline(0.0, **TRUE_PATH)
    ax.plot(time, model.estimate(state) - model.position, color=VERMILLION, linewidth=2)
    ax.axvline(float(time[state.t]), color="black", linewidth=1)
    ax.set_ylabel("error, km")
    ax.set_xlabel("time, s")


def _draw_kernel(ax: Axes, state: SmoothingState) -> None:
    weights = np.asarray(state.weights)
    age = np.arange(weights.size) - (weights.size // 2 if state.centred else 0)
    _bars(ax, age, weights)
    ax.set_title("Kernel w by age")
    ax.set_xlabel("age, samples")


def _write_numbers(ax: Axes, model: SmoothingModel, state: SmoothingState) -> None:
    summary = model.summary(state)
    ax.axis("off")
    if summary is None:
        lines = ["the weights sum to 0:", "no estimate"]
    else:
        lines = [
            f"errors over {state.phase or 'the whole track'}:",
            f"RMSE  {shown(summary.rmse, 3)} km",
            f"bias  {shown(summary.bias, 3)} km",
            f"standard deviation  {shown(summary.sd, 3)} km",
            f"variance  {shown(summary.sd**2, 3)} km²",
        ]
    ax.text(0.0, 1.0, "\n".join(lines), va="top", linespacing=1.6)


def _draw_terms(
    ax: Axes, model: SmoothingModel, terms: SlidingSum, values: np.ndarray, label: str
) -> None:
    track = model.track
    time = float(track.time[0]) + terms.index * float(track.dt)
    _bars(ax, time, values, width=0.84 * float(track.dt))
    around = max(24, 2 * terms.index.size) * float(track.dt)
    newest = float(time[0])
    ax.set_xlim(newest - 0.8 * around, newest + 0.2 * around)
    ax.set_ylabel(label)


def _bars(ax: Axes, at: np.ndarray, values: np.ndarray, width: float = 0.84) -> None:
    """Bars around zero; negative ones are hatched, so that colour is not needed to tell."""
    for sign, colour, hatch in ((values >= 0, BLUE, ""), (values < 0, "#F3C6A5", "////")):
        edge = VERMILLION if hatch else colour
        ax.bar(at[sign], values[sign], width, color=colour, edgecolor=edge, hatch=hatch)
    ax.axhline(0.0, color="black", linewidth=0.8)
