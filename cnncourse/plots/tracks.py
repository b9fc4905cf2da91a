"""Figures of tracks, measured and smoothed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.data import Track
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    PALE,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
)
from cnncourse.smoothing import error_summary, smooth

TRUE_PATH: dict[str, Any] = {"color": BLACK, "linewidth": 1.6, "linestyle": (0, (4, 2))}
MEASURED: dict[str, Any] = {
    "color": GREY,
    "linestyle": "none",
    "marker": "o",
    "markersize": 4,
    "fillstyle": "none",
    "markeredgewidth": 0.9,
}


@in_house_style
def track(
    track: Track,
    estimates: Mapping[str, ArrayLike] | None = None,
    *,
    zoom: tuple[float, float] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw a track: what was measured, where the ship was, and estimates of that.

    Parameters
    ----------
    track : Track
    estimates : mapping of str to (n,) array_like, optional
        Label -> estimated position, km; NaN where there is none.
    zoom : (float, float), optional
        First and last time to show, s.
    title : str, optional
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If an estimate has not one value for each sample, or `zoom` holds no sample.

    Examples
    --------
    >>> from cnncourse.data import constant_velocity_track
    >>> track(constant_velocity_track(duration=10.0, sigma=0.5)).alt[:60]
    'Constant velocity: position in km against time from 0 to 10 '
    """
    curves = _checked_curves(track, estimates or {})
    first, last = zoom if zoom else (float(track.time[0]), float(track.time[-1]))
    inside = (track.time >= first) & (track.time <= last)
    if not inside.any():
        raise ValueError(f"zoom must hold at least one sample, got {zoom!r}")
    axes = one_axes(ax, height=4.6)
    axes.plot(track.time[inside], track.measured[inside], label="measured", **MEASURED)
    for index, (label, values) in enumerate(curves.items()):
        axes.plot(track.time[inside], values[inside], label=label, **series(index))
    axes.plot(track.time[inside], track.position[inside], label="true path", zorder=3, **TRUE_PATH)
    lost = track.time[inside & np.isnan(track.measured)]
    if lost.size:
        rug = axes.get_xaxis_transform()
        axes.plot(lost, np.full(lost.size, 0.02), "x", color=BLACK, transform=rug, label="drop-out")
    axes.set_xlabel("time (s)")
    axes.set_ylabel(f"{track.coordinate} (km)")
    axes.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
    _name_phases(axes, track, first, last)
    shown = "measured, smoothed, true" if curves else "measured and true path"
    axes.set_title(title or f"{track.title}: {shown}", pad=24 if len(track.phases) > 1 else 10)
    axes.legend(loc="best")
    return Picture(figure_of(axes), _track_in_words(track, curves, inside))


def _checked_curves(track: Track, estimates: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    curves = {label: np.asarray(values, dtype=float) for label, values in estimates.items()}
    for label, values in curves.items():
        if values.shape != track.time.shape:
            raise ValueError(
                f"estimate {label!r} must have shape {track.time.shape}, got {values.shape}"
            )
    return curves


def _name_phases(axes: Axes, track: Track, first: float, last: float) -> None:
    """Write the phases above the axes, where a name has room, and shade every second one."""
    if len(track.phases) < 2:
        return
    for index, (name, begin, end) in enumerate(track.phases):
        left, right = max(begin, first), min(end, last)
        if right <= left:
            continue
        if index % 2:
            axes.axvspan(left, right, color=PALE, alpha=0.6, linewidth=0, zorder=0)
        share = (right - left) / (last - first)
        words = name if share > 0.009 * len(name) else name.replace(" ", "\n", 1)
        if share > 0.009 * max(map(len, words.split("\n"))):
            axes.text(
                (left + right) / 2,
                1.02,
                words,
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom" if "\n" in words else "baseline",
                fontsize=10,
                color=GREY,
                linespacing=0.95,
            )


def _track_in_words(track: Track, curves: Mapping[str, FloatArray], inside: NDArray) -> str:
    time, position = track.time[inside], track.position[inside]
    top = int(position.argmax())
    words = [
        f"{track.title}: {track.coordinate} in km against time from {number(time[0])} to "
        f"{number(time[-1])} s. {int(np.isfinite(track.measured[inside]).sum())} measurements "
        f"scatter by {number(track.sigma)} km about the true path, which starts at "
        f"{number(round(position[0], 3))} km, is highest at {number(position[top])} km, at "
        f"{number(time[top])} s, and ends at {number(position[-1])} km."
    ]
    lost = int(np.isnan(track.measured[inside]).sum())
    if lost:
        words.append(f"{lost} crosses at the foot mark drop-outs.")
    for label, values in curves.items():
        if np.isfinite(values[inside]).any():
            error = error_summary(values[inside], position)
            words.append(f"Estimate {label}: RMSE {number(error.rmse)} km.")
    return " ".join(words)


@in_house_style
def start_up(
    track: Track, w: ArrayLike, *, samples: int | None = None, ax: Axes | None = None
) -> Picture:
    """Draw the first estimates of a track: missing history as zeros, dropped, and renormalised.

    Parameters
    ----------
    track : Track
    w : (m,) array_like
        Weight of each age.
    samples : int, optional
        How many samples to show; three windows unless told.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> from cnncourse.data import spaceship_track
    >>> start_up(spaceship_track(sigma=0.0), [0.5, 0.5]).alt[-86:]
    'At the first sample the estimate is 10 km, none and 20 km; the true position is 20 km.'
    """
    weights = np.asarray(w, dtype=float)
    count = min(track.time.size, samples or 3 * weights.size)
    labels = {
        "zeros": "zeros before the start",
        "drop": "no estimate until full",
        "renormalise": "weights renormalised",
    }
    axes = one_axes(ax)
    time = track.time[:count]
    window_end = track.time[min(weights.size, count) - 1]
    axes.axvspan(
        time[0] - track.dt / 2, window_end - track.dt / 2, color=PALE, alpha=0.6, linewidth=0
    )
    axes.text(
        time[0] + (window_end - time[0] - track.dt) / 2,
        1.01,
        "window not full",
        transform=axes.get_xaxis_transform(),
        ha="center",
        va="bottom",
        fontsize=10,
        color=GREY,
    )
    axes.plot(time, track.measured[:count], label="measured", **MEASURED)
    markers = {"zeros": ("o", 6), "drop": ("s", 8), "renormalise": ("^", 5)}
    first = []
    for index, (start, label) in enumerate(labels.items()):
        estimate = smooth(track.measured, weights, start=start)[:count]
        marker, size = markers[start]
        # The widest line goes first, for the three run on each other once the window is full.
        line = series(index, marker=marker, markersize=size, linewidth=2.6 - 0.6 * index)
        axes.plot(time, estimate, label=label, alpha=0.9, **line)
        first.append(f"{number(estimate[0])} km" if np.isfinite(estimate[0]) else "none")
    axes.plot(time, track.position[:count], label="true path", **TRUE_PATH)
    axes.set_xlabel("time (s)")
    axes.set_ylabel(f"{track.coordinate} (km)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=track.dt == 1.0))
    axes.set_xlim(time[0] - track.dt / 2, time[-1] + track.dt / 2)
    axes.set_title("Start-up: three ways to treat the missing history", pad=24)
    axes.legend(loc="best")
    alt = (
        f"First {count} samples of {track.title.lower()}, smoothed with {weights.size} weights "
        "in three ways: missing history taken for zeros, estimates dropped until the window is "
        f"full at {number(window_end)} s, weights renormalised; afterwards the three agree. "
        f"At the first sample the estimate is {first[0]}, {first[1]} and {first[2]}; the true "
        f"position is {number(track.position[0])} km."
    )
    return Picture(figure_of(axes), alt)
