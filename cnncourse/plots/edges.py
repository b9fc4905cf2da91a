"""How strongly a kernel answers to an edge, by the direction of the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse.plots.grids import table_of
from cnncourse.plots.picture import (
    GREY,
    PALE,
    SERIES,
    VERMILLION,
    Picture,
    in_house_style,
)


@in_house_style
def edge_answers(
    angles: ArrayLike, answers: Mapping[str, ArrayLike], *, edges: Mapping[float, ArrayLike]
) -> Picture:
    """Draw the answers of kernels against the direction of the gradient, some edges above.

    Parameters
    ----------
    angles : (n,) array_like
        Directions in which the edges brighten, degrees, counted from "to the right" over "up";
        increasing.
    answers : mapping of str to (n,) array_like
        Name of a kernel -> its answer to each edge, in units of brightness.
    edges : mapping of float to (rows, columns) array_like
        Angle -> the picture of an edge, to be shown above that angle.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If angles and answers do not fit together, or there is none of them.

    Examples
    --------
    >>> edge_answers([0, 90, 180], {"x": [8, 0, -8]}, edges={0: [[0, 1]]}).alt
    'Answers of 1 kernel to edges that brighten in directions from 0 to 180 degrees. x: highest, 8,
    at 0 degrees, lowest, −8, at 180 degrees.'
    """
    where = numeric_array("angles", angles, ndim=1).astype(float)
    if not answers or where.size == 0:
        raise ValueError("answers must hold at least one kernel and one angle, got none")
    lines = {name: numeric_array(name, a, ndim=1).astype(float) for name, a in answers.items()}
    for name, line in lines.items():
        if line.shape != where.shape:
            raise ValueError(f"{name} must have {where.size} answers, got {line.size}")
    figure = Figure(figsize=(8.6, 5.0))
    above, below = figure.subplots(2, 1, height_ratios=[1, 3.1])
    margin = max(8.0, 0.04 * np.ptp(where))
    limits = (where.min() - margin, where.max() + margin)
    _draw_edges(above, {angle: table_of("edges", edge) for angle, edge in edges.items()}, limits)
    _draw_answers(below, where, lines)
    below.set_xlim(*limits)
    return Picture(figure, _in_words(where, lines))


def _draw_edges(ax: Axes, edges: Mapping[float, FloatArray], limits: tuple[float, float]) -> None:
    """Place each edge over its angle, with an arrow that points to the brighter side."""
    ax.set_title("Edges, and the direction in which each gets brighter")
    ax.set_axis_off()
    ax.set_xlim(*limits)
    ax.set_ylim(0, 1)
    width = 0.09
    for angle, edge in edges.items():
        middle = (angle - limits[0]) / (limits[1] - limits[0])
        inset = ax.inset_axes((middle - width / 2, 0.0, width, 1.0))
        inset.imshow(edge, "gray", vmin=edge.min(), vmax=edge.max(), interpolation="nearest")
        inset.set_xticks([])
        inset.set_yticks([])
        inset.spines[:].set_visible(True)
        rows, columns = edge.shape
        centre = np.array([(columns - 1) / 2, (rows - 1) / 2])
        # Rows are counted downwards, angles upwards.
        step = np.array([np.cos(np.radians(angle)), -np.sin(np.radians(angle))])
        step *= 0.36 * min(rows, columns)
        inset.annotate(
            "", centre + step, centre - step,
            arrowprops={"arrowstyle": "-|>", "color": VERMILLION, "linewidth": 2.2},
        )  # fmt: skip


def _draw_answers(ax: Axes, angles: FloatArray, lines: Mapping[str, FloatArray]) -> None:
    ax.axhline(0, color=GREY, linewidth=1)
    for style, (name, line) in zip(_styles(len(lines)), lines.items(), strict=True):
        ax.plot(angles, line, label=name, markersize=5, **style)
    ax.set_title("Answer of a kernel to an edge")
    ax.set_xlabel("direction in which the edge gets brighter (degrees; 0 right, 90 up)")
    ax.set_ylabel("answer (levels of brightness)")
    ax.set_xticks(np.arange(np.ceil(angles.min() / 45) * 45, angles.max() + 1, 45))
    ax.grid(color=PALE)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _styles(count: int) -> Sequence[dict[str, Any]]:
    return [dict(SERIES[i % len(SERIES)]) for i in range(count)]


def _in_words(angles: FloatArray, lines: Mapping[str, FloatArray]) -> str:
    many = "1 kernel" if len(lines) == 1 else f"{len(lines)} kernels"
    words = [
        f"Answers of {many} to edges that brighten in directions from {number(angles.min())} to "
        f"{number(angles.max())} degrees."
    ]
    for name, line in lines.items():
        high, low = int(line.argmax()), int(line.argmin())
        words.append(
            f"{name}: highest, {number(line[high])}, at {number(angles[high])} degrees, lowest, "
            f"{number(line[low])}, at {number(angles[low])} degrees."
        )
    return " ".join(words)
