"""The smoothing explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnncourse.explore.numbers import fixed
from cnncourse.explore.smoothing_model import SlidingSum, SmoothingModel, SmoothingState
from cnncourse.plots.picture import BLUE, GREY, VERMILLION, Picture, in_house_style

TRUE_PATH: dict[str, Any] = {"color": "black", "linewidth": 1.3, "linestyle": (0, (4, 2))}
# Square and sharp, each takes few bytes of the stored picture.
DOTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "s",
    "markersize": 2.4,
    "markeredgewidth": 0,
    "color": GREY,
    "antialiased": False,
}


@in_house_style
def picture(model: SmoothingModel, state: SmoothingState, title: str) -> Picture:
    """Draw the track, and the sum of products that makes one estimate.

    Parameters
    ----------
    model : SmoothingModel
        The track and its noise.
    state : SmoothingState
        Kernel, noise, and the sample at which the kernel lies.
    title : str
        Of the explorer; with the state in words it makes the alternative text.

    Returns
    -------
    picture : Picture
    """
    figure = Figure(figsize=(7.6, 4.2))
    grid = figure.add_gridspec(2, 2, height_ratios=[1.35, 1])
    terms = model.sliding_sum(state)
    _draw_track(figure.add_subplot(grid[0, :]), model, state)
    weights, products = (figure.add_subplot(grid[1, column]) for column in (0, 1))
    _draw_terms(weights, model, terms, terms.weight)
    weights.set_title("Kernel, flipped")
    _draw_terms(products, model, terms, terms.product)
    total = fixed(terms.total) + " km" if np.isfinite(terms.total) else "none"
    products.set_title(f"Products; sum {total}")
    return Picture(figure, f"{title}. {model.describe(state)}")


def _draw_track(ax: Axes, model: SmoothingModel, state: SmoothingState) -> None:
    time = model.track.time
    ax.plot(time, model.measured(state), label="measured", **DOTS)
    ax.plot(time, model.position, label="true", **TRUE_PATH)
    ax.plot(time, model.estimate(state), color=VERMILLION, linewidth=1.8, label="smoothed")
    here = float(time[state.t])
    ax.axvline(here, color="black", linewidth=1)
    ax.plot(
        [here], [model.estimate(state)[state.t]], "D", color=VERMILLION, markeredgecolor="white"
    )
    ax.set_title(f"{model.track.title}: position, km")
    ax.legend(
        loc="upper left", ncols=3, columnspacing=1, handlelength=1.5, borderpad=0, markerscale=1.6
    )
    ax.set_ylim(top=ax.get_ylim()[1] + 0.2 * np.ptp(ax.get_ylim()))


def _draw_terms(ax: Axes, model: SmoothingModel, terms: SlidingSum, values: np.ndarray) -> None:
    """Bars over time; negative ones are hatched, so that colour is not needed to tell."""
    track = model.track
    time = float(track.time[0]) + terms.index * float(track.dt)
    for sign, colour, hatch in ((values >= 0, BLUE, ""), (values < 0, "#F3C6A5", "////")):
        edge = VERMILLION if hatch else colour
        ax.bar(time[sign], values[sign], 0.8 * track.dt, color=colour, edgecolor=edge, hatch=hatch)
    ax.axhline(0.0, color="black", linewidth=0.8)
    around = max(12, terms.index.size + 4) * float(track.dt)
    middle = (time[0] + time[-1]) / 2
    ax.set_xlim(middle - around / 2, middle + around / 2)
    ax.set_xlabel("time, s")
