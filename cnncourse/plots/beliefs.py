"""What a network believes before it has seen anything: right and wrong, weak and strong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse.experiments.intervals import mean_interval
from cnncourse.experiments.permutation import Accuracies
from cnncourse.experiments.prior import PriorCurves
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    several_axes,
)

_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": VERMILLION, "marker": "o"},
    {"color": BLUE, "marker": "s"},
    {"color": GREEN, "marker": "^"},
)
MOST_DIGITS = 8


@in_house_style
def prior_strength(curves: PriorCurves, *, ax: Sequence[Axes] | None = None) -> Picture:
    """Draw the error of what was learned against the strength of the belief.

    Parameters
    ----------
    curves : PriorCurves
        Of `cnncourse.experiments.prior.prior_experiment`.
    ax : sequence of Axes, one for each number of examples, optional

    Returns
    -------
    picture : Picture
    """
    panels = several_axes(
        ax,
        len(curves.counts),
        lambda: Figure(figsize=(9.0, 3.9)).subplots(1, len(curves.counts), sharey=True),
    )
    place = np.arange(len(curves.strengths))
    names = ["∞" if np.isinf(s) else f"{s:g}" for s in curves.strengths]
    words = []
    for row, (panel, count) in enumerate(zip(panels, curves.counts, strict=True)):
        plain, permuted = curves.plain[row], curves.permuted[row]
        panel.plot(place, permuted, "o-", color=VERMILLION, markersize=7, label="inputs permuted")
        panel.plot(place, plain, "s--", color=BLUE, markersize=7, label="inputs in order")
        panel.set_xticks(place, names)
        panel.set_xlabel("strength of the belief")
        panel.set_title(f"{count} examples")
        panel.set_ylim(-0.04, 1.12)
        words.append(
            f"With {count} examples, from no belief to an infinitely strong one: in order from "
            f"{plain[0]:.2f} to {plain[-1]:.2f}, permuted from {permuted[0]:.2f} to "
            f"{permuted[-1]:.2f}."
        )
    panels[0].set_ylabel("share of the outputs' variance missed")
    panels[-1].legend(loc="center left")
    return Picture(
        figure_of(panels[0]),
        f"Share of the variance that a learned layer misses, against the strength of the belief "
        f"that it is a convolution. {' '.join(words)}",
    )


@in_house_style
def permuted_accuracies(found: Mapping[str, Accuracies], *, ax: Axes | None = None) -> Picture:
    """Draw what networks recognise with pixels in order and permuted, with 95 % intervals.

    Parameters
    ----------
    found : mapping of str to Accuracies
        Of `cnncourse.experiments.permutation.permutation_experiment`.
    ax : Axes, optional

    Returns
    -------
    picture : Picture
        Its words are coarse: other machines round otherwise, and training makes much of it.
    """
    axes = one_axes(ax, width=7.4, height=4.0)
    places = np.arange(len(found))
    for offset, name, look in ((-0.13, "plain", _LOOKS[1]), (0.13, "permuted", _LOOKS[0])):
        runs = [getattr(one, name) for one in found.values()]
        label = "pixels in order" if name == "plain" else "pixels permuted"
        _draw_intervals(axes, places + offset, runs, label, look, line="")
    axes.set_xticks(places, list(found))
    axes.set_xlim(-0.5, len(found) - 0.5)
    axes.set_ylim(70, 100)
    axes.set_ylabel("digits recognised (%)")
    axes.set_xlabel("network")
    axes.set_title("Pixels in order, and permuted")
    axes.legend(loc="lower left")
    words = [
        f"{kind}: with permuted pixels {_compared(one.plain, one.permuted)}."
        for kind, one in found.items()
    ]
    runs_each = len(next(iter(found.values())).plain)
    alt = (
        f"Share of digits recognised by {len(found)} networks, {runs_each} runs each, a dot for "
        f"each run and the mean with its 95 % interval. {' '.join(words)}"
    )
    return Picture(figure_of(axes), alt)


@in_house_style
def shifted_accuracies(found: Mapping[str, Accuracies], *, ax: Axes | None = None) -> Picture:
    """Draw what networks recognise of digits that were moved for the test only.

    Parameters
    ----------
    found : mapping of str to Accuracies
    ax : Axes, optional

    Returns
    -------
    picture : Picture
        Its words are coarse, as those of `permuted_accuracies`.
    """
    axes = one_axes(ax, width=7.4, height=4.0)
    words = []
    for at, (kind, one) in enumerate(found.items()):
        shifts = np.array(one.shifts) + 0.04 * (at - (len(found) - 1) / 2)
        _draw_intervals(axes, shifts, list(one.shifted.T), kind, _LOOKS[at % 3], line="-")
        told = [
            f"{_compared(one.plain, runs)} at a shift of {shift}"
            for shift, runs in zip(one.shifts, one.shifted.T, strict=True)
            if shift
        ]
        words.append(f"{kind}: {', '.join(told)}.")
    axes.set_xticks(one.shifts)
    axes.set_ylim(0, 100)
    axes.axhline(10, color=BLACK, linewidth=1, linestyle=":")
    axes.text(0, 11, "guessing", fontsize=11, va="bottom")
    axes.set_xlabel("shift of the test digits (pixels)")
    axes.set_ylabel("digits recognised (%)")
    axes.set_title("Learned in the middle, tested beside it")
    axes.legend(loc="center left", bbox_to_anchor=(0.02, 0.55))
    alt = (
        "Share of digits recognised against their shift, from 0 to "
        f"{max(one.shifts)} pixels, means with 95 % intervals. {' '.join(words)}"
    )
    return Picture(figure_of(axes), alt)


@in_house_style
def digit_rows(rows: Mapping[str, ArrayLike]) -> Picture:
    """Draw rows of small pictures, one row below the other.

    Parameters
    ----------
    rows : mapping of str to (count, H, W) array_like
        Name -> pictures, 8 at most, ink from 0 to 1; as many in each row.

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no row, or rows differ in length or have too many pictures.
    """
    arrays = {name: np.asarray(pictures, dtype=float) for name, pictures in rows.items()}
    counts = {len(pictures) for pictures in arrays.values()}
    if len(counts) != 1 or not 1 <= (count := counts.pop()) <= MOST_DIGITS:
        raise ValueError(f"rows must hold rows of one length, 1 to {MOST_DIGITS} pictures each")
    figure = Figure(figsize=(1.0 * count + 0.2, 1.35 * len(arrays)))
    # A row of its own for each name: as the title of a panel it would push the others aside.
    lines = np.atleast_1d(np.array(figure.subfigures(len(arrays), 1)))
    for line, (name, pictures) in zip(lines, arrays.items(), strict=True):
        line.suptitle(name, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
        panels = line.subplots(1, count, squeeze=False)[0]
        for panel, picture in zip(panels, pictures, strict=True):
            panel.imshow(picture, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
            panel.set_xticks([])
            panel.set_yticks([])
            panel.spines[:].set_visible(True)
    height, width = next(iter(arrays.values())).shape[1:]
    alt = (
        f"{len(arrays)} rows of the same {count} pictures of {height} by {width} pixels: "
        f"{', '.join(arrays)}."
    )
    return Picture(figure, alt)


def _draw_intervals(
    axes: Axes,
    places: np.ndarray,
    runs: Sequence[np.ndarray],
    label: str,
    look: dict[str, Any],
    *,
    line: str,
) -> None:
    """One mean with its interval at each place, and behind it a dot for each run."""
    found = [mean_interval(100 * one) for one in runs]
    means = np.array([one.mean for one in found])
    ends = np.array([[m.mean - m.low, m.high - m.mean] for m in found]).T
    for place, one in zip(places, runs, strict=True):
        axes.plot(np.full(len(one), place), 100 * one, ".", color=look["color"], alpha=0.4)
    axes.errorbar(
        places, means, ends, linestyle=line, label=label, capsize=5, elinewidth=2,
        markersize=8, markerfacecolor="white", markeredgewidth=2, **look,
    )  # fmt: skip


def _compared(before: np.ndarray, after: np.ndarray) -> str:
    """Say what a change costs, so coarsely that another machine says the same."""
    if np.array_equal(before, after):
        return "exactly as many"
    lost = mean_interval(before - after)
    if lost.above(0.2):
        return "fewer by far"
    return "fewer" if lost.above(0.03) else "about as many"
