"""The connections explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnncourse.explore.connections_model import KINDS, ConnectionsModel, ConnectionsState
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    in_house_style,
)

# A stored picture must stay small: of more connections than these, only a part or none is drawn.
MOST_FAINT, MOST_LINES = 60, 90

# One for each place in the kernel, as in connections_pictures.js.
WEIGHT_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)


@in_house_style
def picture(state: ConnectionsState) -> Picture:
    """Draw the layers one above the other, with all that the chosen unit sees and affects.

    Parameters
    ----------
    state : ConnectionsState

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    model = ConnectionsModel(state)
    figure = Figure(figsize=(8.0, 1.9 + (0.85 if model.depth < 3 else 0.65) * model.depth))
    ax = figure.add_subplot()
    across = [_across(model, layer) for layer in range(len(model.sizes))]
    for layer in range(1, len(model.sizes)):
        _draw_links(ax, model, layer, across)
    _draw_units(ax, model, across)
    names = ["x", *(f"h{layer}" for layer in range(1, len(model.sizes)))]
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.margins(0.04, 0.16)
    ax.set_title(f"{model.name(model.layer, model.unit)}: what it sees, and what it affects")
    ax.set_xlabel(_costs(model))
    return Picture(figure, "Connections explorer. " + model.describe())


def _across(model: ConnectionsModel, layer: int) -> np.ndarray:
    """Where the units of a layer stand: over the middle of what they see."""
    geometry = model.geometry(layer)
    return geometry.offset + geometry.jump * np.arange(model.sizes[layer])


def _draw_links(ax: Axes, model: ConnectionsModel, layer: int, across: list[np.ndarray]) -> None:
    used, weights = model.used()[layer - 1], model.weights(layer)
    shared = model.state.kind == "convolution"
    if sum(part.sum() for part in model.used()) > MOST_LINES:
        return _draw_band(ax, layer, used, across)
    faint = model.counts(model.state.kind).connections <= MOST_FAINT
    for unit, below in np.argwhere(model.links(layer) if faint else used):
        on = used[unit, below]
        colour = WEIGHT_COLOURS[weights[unit, below]] if shared else BLACK
        ax.plot(
            [across[layer - 1][below], across[layer][unit]],
            [layer - 1, layer],
            color=colour if on else PALE,
            linewidth=2.2 if on else 1.0,
            zorder=2 if on else 1,
        )


def _draw_band(ax: Axes, layer: int, used: np.ndarray, across: list[np.ndarray]) -> None:
    """All connections on a path of the chosen unit as one area."""
    units, below = across[layer][used.any(axis=1)], across[layer - 1][used.any(axis=0)]
    corners = [units[0], units[-1], below[-1], below[0]]
    ax.fill(corners, [layer, layer, layer - 1, layer - 1], color=PALE, zorder=1)


def _draw_units(ax: Axes, model: ConnectionsModel, across: list[np.ndarray]) -> None:
    size = 300 if max(model.sizes) <= 12 else 170
    for layer, reached in enumerate(model.reach()):
        for unit, x in enumerate(across[layer]):
            chosen = (layer, unit) == (model.layer, model.unit)
            face = ORANGE if chosen else SKY if reached[unit] else "white"
            ax.scatter(
                [x], [layer], s=size, color=face, edgecolors=BLACK if reached[unit] else GREY,
                linewidths=2.5 if chosen else 1.2, zorder=3,
            )  # fmt: skip


def _costs(model: ConnectionsModel) -> str:
    counts = {kind: model.counts(kind) for kind in KINDS}
    return "\n".join(
        f"{kind}: {one.connections} connections, {one.parameters} parameters"
        for kind, one in counts.items()
    )
