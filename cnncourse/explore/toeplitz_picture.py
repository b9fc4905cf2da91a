"""The Toeplitz explorer as a still picture, for places where no widget can live."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.numbers import plain
from cnncourse.explore.toeplitz_model import ToeplitzModel, ToeplitzState
from cnncourse.plots.picture import BLACK, GREY, PALE, Picture, in_house_style

SIGNED = LinearSegmentedColormap.from_list("signed", ["#BE4C00", "#FFFFFF", "#005AA0"])
# Numbers are written into the cells if there are few columns, and the numbers are short and few:
# the stored picture must stay small.
ROOM, LETTERS, MOST_LETTERS = 12, 4, 220


@in_house_style
def picture(state: ToeplitzState) -> Picture:
    """Draw the matrix, the chosen row framed, with the input above and the output beside it.

    Parameters
    ----------
    state : ToeplitzState

    Returns
    -------
    picture : Picture
        With the state in words as its alternative text.
    """
    model = ToeplitzModel(state)
    rows, columns = model.matrix.shape
    figure = Figure(figsize=(8.0, 5.4))
    ax = figure.add_subplot()
    largest = float(np.abs(model.kernel).max()) or 1.0
    ax.pcolormesh(
        np.ma.masked_where(model.taps < 0, model.matrix),
        cmap=SIGNED,
        vmin=-1.5 * largest,
        vmax=1.5 * largest,
    )
    _rule(ax, model)
    written_out = columns <= ROOM and _short(model)
    if written_out:
        _write(ax, model)
    ax.add_patch(
        Rectangle((0, model.row), columns, 1, fill=False, linewidth=2.5, clip_on=False, zorder=4)
    )
    ax.invert_yaxis()
    ax.set_xlim(-0.2, columns + 0.2)
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([model.row + 0.5], [f"row {model.row}"])
    ax.tick_params(length=0)
    _, inputs, outputs = model.names()
    made = f"{outputs}{model.place(model.row, model.size[1])} = {plain(model.total())}"
    ax.set_title(
        f"T times {inputs}: the framed row makes {made}", pad=10 + (24 if written_out else 0)
    )
    return Picture(figure, "Toeplitz explorer. " + model.describe())


def _short(model: ToeplitzModel) -> bool:
    cells = [plain(float(value)) for value in model.matrix.ravel()]
    beside = [plain(float(value)) for value in (*model.image.ravel(), *model.output)]
    return max(map(len, cells)) <= LETTERS and sum(map(len, cells + beside)) <= MOST_LETTERS


def _rule(ax: Axes, model: ToeplitzModel) -> None:
    """Thin lines between cells, thick ones between blocks."""
    rows, columns = model.matrix.shape
    ax.hlines(range(rows + 1), 0, columns, color=PALE, linewidth=0.7)
    ax.vlines(range(columns + 1), 0, rows, color=PALE, linewidth=0.7)
    steps = model.size[1], model.image.shape[1]
    ax.hlines(range(0, rows + 1, steps[0]), 0, columns, color=BLACK, linewidth=1.2)
    ax.vlines(range(0, columns + 1, steps[1]), 0, rows, color=BLACK, linewidth=1.2)


def _write(ax: Axes, model: ToeplitzModel) -> None:
    """Weights in their cells, the input above them, the output at the right."""
    rows, columns = model.matrix.shape
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    size = min(12.0, 200 / rows)
    for (row, column), tap in np.ndenumerate(model.taps):
        value = plain(float(model.matrix[row, column])) if tap >= 0 else "0"
        colour = BLACK if tap >= 0 else GREY
        ax.text(column + 0.5, row + 0.5, value, color=colour, fontsize=size, **centred)
    for column, value in enumerate(model.image.ravel()):
        ax.text(column + 0.5, -0.6, plain(float(value)), fontsize=size, **centred)
    for row in range(prod(model.size)):
        weight = "bold" if row == model.row else "normal"
        ax.text(
            columns + 0.7, row + 0.5, plain(float(model.output[row])), weight=weight,
            fontsize=size, **centred,
        )  # fmt: skip
    _, inputs, outputs = model.names()
    ax.text(-0.3, -0.6, inputs, ha="right", va="center", weight="bold")
    ax.text(columns + 0.7, -0.6, outputs, weight="bold", **centred)
