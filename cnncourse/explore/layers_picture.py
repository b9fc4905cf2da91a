"""The layers explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.layers_model import (
    FloatArray,
    LayersState,
    Network,
    clamped,
    scores,
    seen,
)
from cnncourse.explore.numbers import fixed
from cnncourse.inside import probabilities
from cnncourse.plots.picture import BLUE, PALE, Picture, in_house_style

MARK = "#D0359B"
SIGNED = LinearSegmentedColormap.from_list("orange-white-blue", ["#BE4C00", "#FFFFFF", "#005AA0"])
MOST_MAPS, MOST_PIXELS = 16, 9000
"""Maps that are drawn: a picture of noise takes as many bytes as it has pixels."""


@in_house_style
def picture(network: Network, state: LayersState, alt: str, *, paper: bool = True) -> Picture:
    """Draw the image, on bright paper or in the dark, the chosen layer's maps and the scores."""
    outputs = network.outputs(state.image, state.epoch)
    found = scores(network, outputs)
    figure = Figure(figsize=(7.0, 2.7))
    wide = [1.0, 2.2, 0.9] if found is not None else [1.0, 2.2]
    grid = figure.add_gridspec(1, len(wide), width_ratios=wide)
    axes = [figure.add_subplot(grid[0, i]) for i in range(len(wide))]
    _draw_image(axes[0], network, state, paper=paper)
    number, channel, row, column = clamped(network.layers, state)
    layer = network.layers[number]
    _draw_maps(axes[1], outputs[number], channel, (row, column))
    channels, rows, columns = layer.shape
    axes[1].set_title(f"{layer.name}: {channels} maps of {rows} × {columns}")
    if found is not None:
        _draw_scores(axes[2], found)
    return Picture(figure, alt)


def _bare(ax: Axes, *, framed: bool = False) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(framed)


def _frame(ax: Axes, left: float, top: float, width: float, height: float) -> None:
    place = (left - 0.5, top - 0.5)
    ax.add_patch(Rectangle(place, width, height, fill=False, edgecolor=MARK, linewidth=2.5))


def _draw_image(ax: Axes, network: Network, state: LayersState, *, paper: bool) -> None:
    colours = "gray_r" if paper else "gray"
    ax.imshow(state.image.mean(axis=0), cmap=colours, interpolation="nearest")
    span = seen(network, state)
    if span is not None:
        top, bottom, left, right = span
        _frame(ax, left, top, right - left + 1, bottom - top + 1)
    ax.set_title("Image")
    _bare(ax, framed=True)


def _columns(count: int, height: int, width: int) -> int:
    """How many maps to put side by side: about twice as wide as high, few places empty."""

    def cost(across: int) -> float:
        down = -(-count // across)
        return across * down - count + 4 * abs(math.log(across * width / (down * height) / 1.9))

    return min(range(1, count + 1), key=cost)


def _draw_maps(ax: Axes, maps: FloatArray, channel: int, unit: tuple[int, int]) -> None:
    """Maps in rows, one pixel apart; the chosen channel framed, its unit too."""
    most = max(1, min(MOST_MAPS, MOST_PIXELS // maps[0].size))
    first = channel // most * most
    some = maps[first : first + most]
    count, height, width = some.shape
    across = _columns(count, height, width)
    down = -(-count // across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1), np.nan)
    for i, one in enumerate(some):
        top, left = i // across * (height + 1), i % across * (width + 1)
        sheet[top : top + height, left : left + width] = one
    largest = float(np.abs(some).max()) or 1.0
    shown = np.ma.masked_invalid(sheet)
    signed = float(some.min()) < 0
    low, colours = (-largest, SIGNED) if signed else (0.0, "viridis")
    ax.imshow(shown, cmap=colours, vmin=low, vmax=largest, interpolation="nearest")
    ax.set_facecolor(PALE)
    at = channel - first
    top, left = at // across * (height + 1), at % across * (width + 1)
    _frame(ax, left, top, width, height)
    if height > 1:
        _frame(ax, left + unit[1], top + unit[0], 1, 1)
    some_of = "" if count == len(maps) else f"channels {first} to {first + count - 1}; "
    ends = f"orange −{fixed(largest)} … 0 … blue" if signed else "dark 0 … yellow"
    ax.set_xlabel(f"{some_of}{ends} {fixed(largest)}")
    _bare(ax)


def _draw_scores(ax: Axes, found: FloatArray) -> None:
    shares = probabilities(found[None])[0]
    best = int(shares.argmax())
    colours = [MARK if i == best else BLUE for i in range(len(shares))]
    ax.barh(np.arange(len(shares)), 100 * shares, color=colours)
    ax.set_yticks(np.arange(len(shares)))
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel("softmax, %")
    ax.set_title(f"{best}: {fixed(100 * float(shares[best]), 1)} %")
