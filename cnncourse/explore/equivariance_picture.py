"""The equivariance explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from cnncourse.explore.equivariance_model import EquivarianceState, commutation
from cnncourse.explore.equivariance_words import left_over
from cnncourse.plots.picture import Picture, in_house_style

SIGNED = LinearSegmentedColormap.from_list("signed", ["#be4c00", "white", "#005aa0"], N=15)
FOUND = {
    "equal": "equal everywhere",
    "inside": "different in the band only",
    "different": "different",
    "shapes": "different in shape",
    "none": "no output",
}


@in_house_style
def picture(state: EquivarianceState, alt: str) -> Picture:
    """Draw what the explorer shows in `state`, with `alt` as its alternative text."""
    now = commutation(state)
    figure = Figure(figsize=(8.0, 4.2))
    grid = figure.add_gridspec(2, 4, width_ratios=[1, 1, 1, 1.25])
    x, moved = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[0, 1])
    greatest = float(np.abs(state.image).max()) or 1.0
    for ax, image, title in [(x, state.image, "x"), (moved, now.moved, "g(x)")]:
        if image.min() < 0:
            _map(ax, image, greatest, title)
        else:
            ax.imshow(image, cmap="gray", vmin=0.0, vmax=greatest)
            _frame(ax, title)
    maps = [now.mapped, now.there, now.back]
    largest = max((float(np.abs(one).max()) for one in maps if one.size), default=0.0)
    _map(figure.add_subplot(grid[1, 1]), now.mapped, largest, "f(x)")
    _map(figure.add_subplot(grid[0, 2]), now.there, largest, "f(g(x))")
    _map(figure.add_subplot(grid[1, 2]), now.back, largest, "g(f(x))")
    residual = figure.add_subplot(grid[:, 3])
    _map(residual, now.residual, now.overall, "residual")
    if now.band.any() and not now.band.all():
        residual.contour(now.band.astype(float), [0.5], colors="black", linewidths=1.2)
    inside, band = left_over(now, now.inside), left_over(now, now.in_band)
    residual.set_xlabel(f"{FOUND[now.verdict]}\ninside {inside}, band {band}")
    return Picture(figure, alt)


def _map(ax: Axes, values: np.ndarray, largest: float, title: str) -> None:
    _frame(ax, title)
    if values.size:
        limit = largest or 1.0
        ax.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit)


def _frame(ax: Axes, title: str) -> None:
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ("top", "right"):
        ax.spines[side].set_visible(True)
