"""Two ways round a square: first move and then filter, first filter and then move."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.plots.grids import SIGNED, table_of
from cnncourse.plots.picture import VERMILLION, Picture, in_house_style

PANEL = 2.55  # inches
# Sums of products in another order differ by so much of the largest answer.
_EQUAL = 1e-9
CUT = 1.0


@in_house_style
def two_ways(
    x: ArrayLike,
    moved: ArrayLike,
    filtered: ArrayLike,
    there: ArrayLike,
    back: ArrayLike,
    *,
    title: str,
) -> Picture:
    """Draw x, g(x), f(x), the two ends f(g(x)) and g(f(x)), and where they differ.

    Answers are blue where positive and orange where negative, all on one scale, with the strongest
    per cent drawn alike. Places of the last panel that differ are vermilion.

    Parameters
    ----------
    x, moved, filtered : (rows, columns) array_like
        The picture x, g(x), and f(x).
    there, back : (rows, columns) array_like
        f(g(x)) and g(f(x)), of one shape.
    title : str
        Of the figure.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If one is no table of numbers, or the last two differ in shape.

    Examples
    --------
    >>> two_ways([[1, 2]], [[2, 1]], [[2, 4]], [[4, 2]], [[4, 2]], title="Doubled").alt[-62:]
    'f(g(x)) and g(f(x)) differ in 0 of 2 places, by 0 at the most.'
    """
    names = ("x", "moved", "filtered", "there", "back")
    tables = [table_of(n, t) for n, t in zip(names, (x, moved, filtered, there, back), strict=True)]
    if tables[3].shape != tables[4].shape:
        raise ValueError(f"back must have there's shape {tables[3].shape}, got {tables[4].shape}")
    residual = tables[3] - tables[4]
    largest = max(float(np.abs(t).max()) for t in tables[2:])
    differs = np.abs(residual) > _EQUAL * (largest or 1.0)
    count, worst = int(differs.sum()), float(np.abs(residual).max()) if differs.any() else 0.0
    sizes = np.concatenate([np.abs(t).ravel() for t in tables[2:]])
    bright = float(np.percentile(sizes, 100 - CUT)) or largest or 1.0
    ratio = tables[0].shape[0] / tables[0].shape[1]
    figure = Figure(figsize=(3 * PANEL, 2 * (PANEL * min(1.2, ratio) + 0.32) + 0.35))
    panels = figure.subplots(2, 3).ravel()
    grey: dict[str, Any] = {"cmap": "gray", "vmin": tables[0].min(), "vmax": tables[0].max()}
    signed: dict[str, Any] = {"cmap": SIGNED, "norm": Normalize(-bright, bright)}
    _show(panels[0], tables[0], "x", grey)
    _show(panels[1], tables[1], "g(x): moved", grey)
    _show(panels[2], tables[3], "f(g(x)): then filtered", signed)
    _show(panels[3], tables[2], "f(x): filtered", signed)
    _show(panels[4], tables[4], "g(f(x)): then moved", signed)
    _mark(panels[5], differs, f"they differ in {100 * count / differs.size:.0f} %")
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    rows, columns = tables[0].shape
    alt = (
        f"{title}. A picture x of {rows} by {columns} pixels; moved, then filtered; filtered, then "
        f"moved; and where the two differ. f(g(x)) and g(f(x)) differ in {count} of {differs.size} "
        f"places, by {number(worst)} at the most."
    )
    return Picture(figure, alt)


def _show(panel: Axes, cells: FloatArray, name: str, colours: dict[str, Any]) -> None:
    panel.imshow(cells, interpolation="nearest", **colours)
    _finish(panel, name)


def _mark(panel: Axes, differs: np.ndarray, name: str) -> None:
    panel.imshow(np.ones(differs.shape), cmap="gray", vmin=0, vmax=1)
    for row, column in np.argwhere(differs):
        panel.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color=VERMILLION, linewidth=0))
    _finish(panel, name)


def _finish(panel: Axes, name: str) -> None:
    panel.set_title(name, fontsize=12, fontweight="normal", pad=5)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(True)
