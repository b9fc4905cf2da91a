"""Figure of how far someone's sureness is justified."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cnncourse.plots.picture import (
    BLUE,
    GREY,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

# Of the standard normal distribution: 95 % lie within this many standard deviations.
_Z95 = 1.959963984540054


def wilson_interval(right: int, count: int, z: float = _Z95) -> tuple[float, float]:
    """Interval for a share, from how often something happened; sensible for small numbers, too.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927): the shares p for which `right` of `count` lies
    within z standard deviations sqrt(p (1 - p) / count) of p.

    Parameters
    ----------
    right, count : int
        0 <= right <= count, count >= 1.
    z : float
        Standard deviations; 1.96 gives 95 %.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If the numbers are not as above.

    Examples
    --------
    >>> low, high = wilson_interval(4, 6)
    >>> round(low, 2), round(high, 2)
    (0.3, 0.9)
    """
    if not 0 <= right <= count or count < 1:
        raise ValueError(f"right must be 0 to count, and count at least 1, got {right} of {count}")
    share, square = right / count, z * z / count
    centre = share + square / 2
    half = z * math.sqrt(share * (1 - share) / count + square / (4 * count))
    low, high = (centre - half) / (1 + square), (centre + half) / (1 + square)
    return (0.0 if right == 0 else low), (1.0 if right == count else high)


@in_house_style
def calibration_plot(sure: ArrayLike, right: ArrayLike, *, ax: Axes | None = None) -> Picture:
    """Draw the share of right predictions against how sure someone was of them.

    Parameters
    ----------
    sure : (n,) array_like
        How sure, for each prediction, as a probability; equal values are drawn as one dot.
    right : (n,) array_like of bool
        Whether it was right.
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
    levels, hits = np.asarray(sure, dtype=float), np.asarray(right, dtype=bool)
    if levels.ndim != 1 or levels.shape != hits.shape or not levels.size:
        raise ValueError(
            f"sure and right must be equally long and not empty, got shapes {levels.shape} and "
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
    for level in np.unique(levels):
        here = hits[levels == level]
        count, good = here.size, int(here.sum())
        low, high = (100 * bound for bound in wilson_interval(good, count))
        share, x = 100 * good / count, 100 * level
        label = "_" if words else "95 % interval"  # once in the legend
        axes.vlines(x, low, high, color=BLUE, linewidth=2, label=label)
        axes.plot([x], [share], "o", color=BLUE, markersize=6 + 2 * math.sqrt(count))
        axes.annotate(
            f"{good} of {count}", (x, share), xytext=(-9, 0), textcoords="offset points",
            ha="right", va="center", fontsize=11,
        )  # fmt: skip
        words.append(f"At {x:.0f} %: {good} of {count} right ({low:.0f} to {high:.0f} %).")
    axes.set_xlim(0, 104)
    axes.set_ylim(-4, 104)
    axes.set_xticks(np.unique(np.append(100 * np.unique(levels), [0, 25, 50, 75, 90, 99])))
    axes.set_xlabel("how sure you were (%)")
    axes.set_ylabel("predictions that were right (%)")
    axes.set_title("How far your sureness was justified", pad=30)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3)
    alt = (
        f"Share of right predictions against how sure you were of them, from {levels.size} "
        f"prediction{'s' if levels.size > 1 else ''}, with the diagonal on which both are equal, "
        f"and 95 % intervals after Wilson. {' '.join(words)}"
    )
    return Picture(figure_of(axes), alt)
