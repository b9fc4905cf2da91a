"""Figure of how far someone's sureness is justified."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cnncourse._intervals import wilson_interval
from cnncourse.plots.picture import (
    BLUE,
    GREY,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)


@in_house_style
def calibration_plot(
    sure: ArrayLike, right: ArrayLike, *, levels: ArrayLike = (), ax: Axes | None = None
) -> Picture:
    """Draw the share of right predictions against how sure someone was of them.

    Parameters
    ----------
    sure : (n,) array_like
        How sure, for each prediction, as a probability; equal values are drawn as one dot.
    right : (n,) array_like of bool
        Whether it was right.
    levels : (m,) array_like, optional
        How sure one could say to be, as probabilities: the axis names these, too.
    ax : Axes, optional

    Returns
    -------
    picture : Picture
        With the numbers at each level, and 95 % intervals after Wilson (1927).

    Raises
    ------
    ValueError
        If there is no prediction, or the lengths differ.

    Examples
    --------
    >>> calibration_plot([0.9, 0.9, 0.5], [True, False, True]).alt[-71:]
    'At 50 %: 1 of 1 right (21 to 100 %). At 90 %: 1 of 2 right (9 to 91 %).'
    """
    said, hits = np.asarray(sure, dtype=float), np.asarray(right, dtype=bool)
    if said.ndim != 1 or said.shape != hits.shape or not said.size:
        raise ValueError(
            f"sure and right must be equally long and not empty, got shapes {said.shape} and "
            f"{hits.shape}"
        )
    axes = one_axes(ax, width=6.0, height=5.2)
    axes.plot(
        [0, 100],
        [0, 100],
        color=GREY,
        linestyle=(0, (4, 3)),
        linewidth=1.5,
        label="as often right as sure",
    )
    words: list[str] = []
    for level in np.unique(said):
        here = hits[said == level]
        count, good = here.size, int(here.sum())
        low, high = (100 * bound for bound in wilson_interval(good, count))
        share, x = 100 * good / count, 100 * level
        label = "_" if words else "95 % interval"  # once in the legend
        axes.vlines(x, low, high, color=BLUE, linewidth=2, label=label)
        axes.plot([x], [share], "o", color=BLUE, markersize=6 + 2 * math.sqrt(count))
        last = x > 95  # at its left is the next level's interval
        axes.annotate(
            f"{good} of {count}", (x, share), xytext=(9 if last else -9, 0),
            textcoords="offset points", ha="left" if last else "right", va="center", fontsize=11,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip
        words.append(f"At {x:.0f} %: {good} of {count} right ({low:.0f} to {high:.0f} %).")
    axes.set_xlim(0, 116)
    axes.set_ylim(-4, 104)
    axes.set_xticks(100 * np.unique([0, *said, *np.ravel(levels)]))
    axes.set_xlabel("how sure you were (%)")
    axes.set_ylabel("predictions that were right (%)")
    axes.set_title("How sure you were, and how often right", pad=30)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3)
    alt = (
        f"Share of right predictions against how sure you were of them, from {said.size} "
        f"prediction{'s' if said.size > 1 else ''}, with the diagonal on which both are equal, "
        f"and 95 % intervals after Wilson. {' '.join(words)}"
    )
    return Picture(figure_of(axes), alt)
