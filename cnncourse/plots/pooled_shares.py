"""What a shift leaves of pooling: shares of unchanged outputs, and outputs that skip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    SERIES,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
    several_axes,
)


@in_house_style
def unchanged_shares(
    sizes: Sequence[int],
    measured: Mapping[str, Sequence[tuple[float, float, float]]],
    *,
    ax: Axes | None = None,
) -> Picture:
    """Draw the share of outputs that a shift by one leaves unchanged, over the theory's curve.

    Parameters
    ----------
    sizes : (n,) sequence of int
        Windows k of max pooling.
    measured : mapping of str to (n,) sequence of (mean, low, high)
        What was measured -> for each window the share and the ends of its interval.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or a series has another length than `sizes`.

    Examples
    --------
    >>> unchanged_shares([1, 3], {"noise": [(0, 0, 0), (0.5, 0.4, 0.6)]}).alt.split("unchanged. ")[
    ...     -1
    ... ]
    'noise: 0 % at window 1, 50 % at window 3.'
    """
    if not measured or any(len(points) != len(sizes) for points in measured.values()):
        raise ValueError(f"measured must hold series of {len(sizes)} points, one for each size")
    axes = one_axes(ax, width=9.0, height=4.2)
    fine = np.linspace(min(sizes), max(sizes), 200)
    axes.plot(fine, 100 * (fine - 1) / (fine + 1), color=BLACK, linewidth=1.6,
              label="theory, (k − 1)/(k + 1)")  # fmt: skip
    words = []
    for index, (name, points) in enumerate(measured.items()):
        mean, low, high = 100 * np.array(points, dtype=float).T
        axes.errorbar(sizes, mean, yerr=[mean - low, high - mean], linestyle="none", capsize=4,
                      color=SERIES[index]["color"], marker=SERIES[index]["marker"], markersize=7,
                      linewidth=1.6, label=name)  # fmt: skip
        listed = ", ".join(f"{m:.0f} % at window {k}" for k, m in zip(sizes, mean, strict=True))
        words.append(f"{name}: {listed}.")
    axes.set_xticks(list(sizes))
    axes.set_ylim(-4, 104)
    axes.set_xlabel("window k (values)")
    axes.set_ylabel("outputs unchanged (%)")
    axes.set_title("How many maxima survive a shift by one?")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = (
        "Share of unchanged maxima against the window. The curve of (k − 1)/(k + 1) rises from "
        f"{100 * (min(sizes) - 1) / (min(sizes) + 1):.0f} % to "
        f"{100 * (max(sizes) - 1) / (max(sizes) + 1):.0f} % unchanged. {' '.join(words)}"
    )
    return Picture(figure_of(axes), alt)


@in_house_style
def skipped_outputs(
    before: Mapping[str, ArrayLike],
    after: Mapping[str, ArrayLike],
    *,
    shift: int = 1,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw rows of values as bars, before a shift on the left and after it on the right.

    Parameters
    ----------
    before, after : mapping of str to (n,) array_like
        The same names in the same order, e.g. input and two ways of pooling it.
    shift : int, default 1
        For the title.
    ax : sequence of Axes, two for each name, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If the names differ or there is none.

    Examples
    --------
    >>> skipped_outputs({"max": [0, 1]}, {"max": [1, 1]}).alt
    'Bars, before and after a shift by 1. max: 0, 1 becomes 1, 1.'
    """
    if list(before) != list(after) or not before:
        raise ValueError(f"before and after must have the same names, got {list(before)} and "
                         f"{list(after)}")  # fmt: skip
    count = len(before)
    axes = several_axes(ax, 2 * count, lambda: _grid(count))
    words = []
    for index, name in enumerate(before):
        both = [np.asarray(side[name], dtype=float) for side in (before, after)]
        top = max(float(np.abs(values).max()) for values in both) or 1.0
        colour = GREY if index == 0 else (VERMILLION, BLUE, GREEN)[(index - 1) % 3]
        for panel, values in zip(axes[2 * index : 2 * index + 2], both, strict=True):
            _bars(panel, values, top, colour)
        axes[2 * index].set_ylabel(name, rotation=0, ha="right", va="center")
        said = " ".join(name.split())
        words.append(f"{said}: {_listed(both[0])} becomes {_listed(both[1])}.")
    axes[0].set_title("Before", pad=6)
    axes[1].set_title(f"Shifted by {shift}", pad=6)
    alt = f"Bars, before and after a shift by {shift}. {' '.join(words)}"
    return Picture(figure_of(axes[0]), alt)


@in_house_style
def changes_by_shift(
    shifts: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    title: str = "How much do the outputs change?",
    ax: Axes | None = None,
) -> Picture:
    """Draw how much values change, in per cent of their size, against how far they were shifted.

    Parameters
    ----------
    shifts : (n,) array_like
        In places.
    curves : mapping of str to (n,) array_like
        What is compared -> its change, in parts of its size.
    title : str
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> changes_by_shift([0, 1], {"max": [0, 0.25], "input": [0, 1]}).alt
    'Change against a shift of 0 to 1 places. max: 25 % at the last. input: 100 % at the last.'
    """
    axes = one_axes(ax, width=9.0, height=4.2)
    at = np.asarray(shifts, dtype=float)
    words = []
    for index, (name, curve) in enumerate(curves.items()):
        values = 100 * np.asarray(curve, dtype=float)
        axes.plot(at, values, label=name, **series(index, marker=SERIES[index]["marker"]))
        words.append(f"{name}: {values[-1]:.0f} % at the last.")
    axes.set_xlabel("shift (places)")
    axes.set_ylabel("mean change (% of the mean size)")
    axes.set_title(title)
    axes.set_xticks(at)
    axes.set_ylim(bottom=0)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = f"Change against a shift of {number(at[0])} to {number(at[-1])} places. {' '.join(words)}"
    return Picture(figure_of(axes), alt)


def _grid(count: int) -> list[Axes]:
    figure = Figure(figsize=(9.0, 0.6 + 1.35 * count))
    return list(figure.subplots(count, 2, squeeze=False).ravel())


def _bars(panel: Axes, values: FloatArray, top: float, colour: str) -> None:
    places = np.arange(values.size)
    bars = panel.bar(places, values, 0.8, color=colour)
    panel.bar_label(bars, [number(v) for v in values], padding=1, fontsize=10.5)
    panel.axhline(0, color=BLACK, linewidth=1)
    panel.set_ylim(0, 1.3 * top)
    panel.set_xlim(-0.7, values.size - 0.3)
    panel.set_yticks([])
    panel.set_xticks([])
    for side in ("left", "bottom"):
        panel.spines[side].set_visible(False)


def _listed(values: FloatArray) -> str:
    return ", ".join(number(value) for value in values)
