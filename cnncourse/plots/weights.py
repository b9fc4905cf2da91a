"""Figures of kernels: their weights by age, and what they do to each frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    ORANGE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
    several_axes,
)
from cnncourse.smoothing import frequency_response, lag, noise_gain

# Up to so many weights there is room to write each down.
ROOM = 8


@in_house_style
def kernel(
    w: ArrayLike,
    *,
    dt: float = 1.0,
    title: str = "Weight by age: the bars add up to {total}",
    ax: Axes | None = None,
) -> Picture:
    """Draw the weight of each age, with the mean age, by which the smoothed track is late.

    Parameters
    ----------
    w : (m,) array_like
        Weight of each age.
    dt : float, default 1.0
        Sampling interval, s; if it is not 1, ages are given in seconds.
    title : str
        ``{total}`` stands for the sum of the weights.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> kernel([0.5, 0.3, 0.2]).alt
    'Bars of 3 weights by age: 0.5, 0.3, 0.2. Their sum is 1, their mean age 0.7 samples.'
    """
    weights = np.asarray(w, dtype=float)
    axes = one_axes(ax, width=7.0, height=3.6)
    bars = _draw_weights(axes, weights, dt)
    if weights.size <= ROOM:
        axes.bar_label(bars, [number(v) for v in weights], padding=2, fontsize=11)
    unit = "samples" if dt == 1.0 else "s"
    axes.set_xlabel(f"age a ({unit}); 0 is the newest sample")
    axes.set_ylabel("weight w(a)")
    total = number(float(weights.sum()))
    axes.set_title(title.format(total=total))
    listed = (
        f"{weights.size} weights by age: {', '.join(map(number, weights))}."
        if weights.size <= ROOM
        else f"{weights.size} weights by age, from {number(weights[0])} for the newest sample to "
        f"{number(weights[-1])} for the oldest."
    )
    mean_age = _mean_age(weights)
    late = "no mean age" if mean_age is None else f"their mean age {number(mean_age * dt)} {unit}"
    if mean_age is not None:
        _write_in_corner(axes, f"▲ mean age (lag): {number(mean_age * dt)} {unit}")
    return Picture(figure_of(axes), f"Bars of {listed} Their sum is {total}, {late}.")


@in_house_style
def kernels(
    weights: Mapping[str, ArrayLike], *, dt: float = 1.0, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw several kernels as small panels on the same axes.

    Parameters
    ----------
    weights : mapping of str to (m,) array_like
        Name -> weight of each age.
    dt : float, default 1.0
        Sampling interval, s; if it is not 1, ages are given in seconds.
    ax : sequence of Axes, one for each kernel, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no kernel.

    Examples
    --------
    >>> kernels({"box": [0.5, 0.5]}).alt
    'Weights by age of 1 kernel. box: lag 0.5 samples, noise gain 0.5.'
    """
    arrays = {name: np.asarray(w, dtype=float) for name, w in weights.items()}
    if not arrays:
        raise ValueError("weights must hold at least one kernel, got none")
    columns = 2 if len(arrays) == 4 else min(3, len(arrays))
    rows = -(-len(arrays) // columns)

    def panels() -> list[Axes]:
        figure = Figure(figsize=(9.0, 0.4 + 2.7 * rows))
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for spare in grid[len(arrays) :]:
            spare.remove()
        return list(grid[: len(arrays)])

    axes = several_axes(ax, len(arrays), panels)
    unit = "samples" if dt == 1.0 else "s"
    words = []
    for index, (panel, (name, array)) in enumerate(zip(axes, arrays.items(), strict=True)):
        _draw_weights(panel, array, dt)
        mean_age = _mean_age(array)
        late = "no lag defined" if mean_age is None else f"lag {number(mean_age * dt)} {unit}"
        gain = f"noise gain {number(noise_gain(array))}"
        panel.set_title(name, pad=5)
        _write_in_corner(panel, f"▲ {late}\n{gain}")
        words.append(f"{name}: {late}, {gain}.")
        panel.tick_params(labelbottom=True)
        if index + columns >= len(arrays):
            panel.set_xlabel(f"age a ({unit})")
        if index % columns == 0:
            panel.set_ylabel("weight w(a)")
    plural = "s" if len(arrays) > 1 else ""
    alt = f"Weights by age of {len(arrays)} kernel{plural}. {' '.join(words)}"
    return Picture(figure_of(axes[0]), alt)


def _draw_weights(axes: Axes, weights: NDArray[np.float64], dt: float) -> Any:
    ages = np.arange(weights.size) * dt
    bars = axes.bar(ages, weights, 0.7 * dt, color=np.where(weights < 0, ORANGE, BLUE))
    for bar, weight in zip(bars, weights, strict=True):
        if weight < 0:
            bar.set(hatch="//", edgecolor="white")
    axes.axhline(0, color=BLACK, linewidth=1)
    mean_age = _mean_age(weights)
    if mean_age is not None:
        axes.plot(
            [mean_age * dt],
            [0],
            "^",
            color=VERMILLION,
            markeredgecolor=BLACK,
            markersize=13,
            clip_on=False,
            zorder=5,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=dt == 1.0))
    axes.margins(y=0.14)
    return bars


def _write_in_corner(axes: Axes, words: str) -> None:
    axes.text(0.98, 0.98, words, transform=axes.transAxes, ha="right", va="top", fontsize=11)


def _mean_age(weights: NDArray[np.float64]) -> float | None:
    try:
        return lag(weights)
    except ValueError:
        return None


@in_house_style
def frequency_responses(
    weights: Mapping[str, ArrayLike],
    dt: float = 1.0,
    *,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw how much of each frequency a kernel keeps, and how late it lets it through.

    Frequencies run from 0 to 1 / (2 dt), half the sampling rate. The delay is the group delay,
    which at frequency 0 is the lag; it is drawn as far as half of the amplitude is kept.

    Parameters
    ----------
    weights : mapping of str to (m,) array_like
        Name -> weight of each age.
    dt : float, default 1.0
        Sampling interval, s.
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no kernel.

    Examples
    --------
    >>> frequency_responses({"box": [0.5, 0.5]}).alt[-58:]
    ' box: half the amplitude is left at 0.334 Hz; delay 0.5 s.'
    """
    if not weights:
        raise ValueError("weights must hold at least one kernel, got none")
    gains, delays = several_axes(ax, 2, lambda: Figure(figsize=(9.0, 4.2)).subplots(1, 2))
    frequency = np.linspace(0.0, 0.5 / dt, 501)
    words = []
    for index, (name, w) in enumerate(weights.items()):
        array = np.asarray(w, dtype=float)
        response = frequency_response(array, frequency, dt)
        gain = np.abs(response)
        gains.plot(frequency, gain, label=name, **series(index))
        below = np.flatnonzero(gain < 0.5)
        kept = slice(0, below[0] if below.size else frequency.size)
        slope = frequency_response(array * np.arange(array.size), frequency, dt)
        delay = dt * (slope[kept] / response[kept]).real
        delays.plot(frequency[kept], delay, label=name, **series(index))
        half = "more than half of every amplitude is left"
        if below.size:
            half = f"half the amplitude is left at {number(frequency[below[0]])} Hz"
        words.append(f"{name}: {half}; delay {number(delay[0])} s.")
    gains.set_title("Share kept of each frequency")
    delays.set_title("Delay, while half is kept")
    gains.set_ylabel("|H(f)|")
    delays.set_ylabel("group delay (s)")
    for panel in (gains, delays):
        panel.set_xlabel("frequency f (Hz)")
        panel.margins(x=0)
    gains.set_ylim(bottom=0)
    gains.axhline(1, color=BLACK, linewidth=0.8, linestyle=":")
    gains.legend(loc="best")
    alt = (
        f"Left: amplitude kept against frequency from 0 to {number(0.5 / dt)} Hz; right: the "
        f"delay in seconds. {' '.join(words)}"
    )
    return Picture(figure_of(gains), alt)
