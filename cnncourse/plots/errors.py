"""Figures of errors: lag against noise, and kernels compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    numbers,
    one_axes,
    series,
)
from cnncourse.smoothing import ErrorSummary, best_window_length


@in_house_style
def lag_against_noise(
    velocity: float,
    dt: float,
    sigma: float,
    lengths: ArrayLike,
    measured: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
) -> Picture:
    """Draw bias, standard deviation and RMSE of the causal running mean against its length.

    Parameters
    ----------
    velocity, dt, sigma : float
        Constant velocity (km/s), sampling interval (s), noise of one measurement (km).
    lengths : (k,) array_like of int
        Window lengths m to draw, samples, rising.
    measured : (k,) array_like, optional
        Measured RMSE for each, km, drawn as dots.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If `measured` has not one value for each length.

    Examples
    --------
    >>> lag_against_noise(0.3, 1.0, 3.0, range(1, 21)).alt[-52:]
    'The RMSE is least at 6 samples, where it is 1.44 km.'
    """
    m = np.asarray(lengths, dtype=int)
    lag_error, noise_error = abs(velocity) * dt * (m - 1) / 2, sigma / np.sqrt(m)
    rmse = np.hypot(lag_error, noise_error)
    axes = one_axes(ax, height=4.6)
    best = best_window_length(velocity, dt, sigma, max_length=int(m[-1]))
    least = float(np.hypot(abs(velocity) * dt * (best - 1) / 2, sigma / np.sqrt(best)))
    axes.plot(m, lag_error, **series(1))
    axes.plot(m, noise_error, **series(2))
    axes.plot(m, rmse, **series(0, linewidth=3))
    if measured is not None:
        dots = np.asarray(measured, dtype=float)
        if dots.shape != m.shape:
            raise ValueError(f"measured must have shape {m.shape}, got {dots.shape}")
        axes.plot(m, dots, "o", color=BLACK, fillstyle="none", markersize=6, label="measured RMSE")
        axes.legend(loc="upper center")
    axes.vlines(best, 0, least, color=GREY, linestyle=(0, (1, 2)))
    axes.plot([best], [least], "*", color=VERMILLION, markersize=17, markeredgecolor=BLACK)
    _label_ends(
        axes,
        float(m[-1]),
        {
            ("RMSE", VERMILLION): float(rmse[-1]),
            ("|bias|: lag", BLUE): float(lag_error[-1]),
            ("noise", GREEN): float(noise_error[-1]),
        },
    )
    axes.set_ylim(0, 1.05 * max(float(rmse[-1]), sigma))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("window length m (samples)")
    axes.set_ylabel("error (km)")
    axes.set_title(f"Lag against noise: {best} samples are best")
    alt = (
        f"Errors of a causal running mean against its length from {m[0]} to {m[-1]} samples, at "
        f"{number(velocity)} km/s, sampled every {number(dt)} s with noise of {number(sigma)} km. "
        f"The lag's bias rises in a straight line from {number(lag_error[0])} to "
        f"{number(lag_error[-1])} km, the noise falls from {number(noise_error[0])} to "
        f"{number(noise_error[-1])} km. The RMSE is least at {best} samples, where it is "
        f"{number(least)} km."
    )
    return Picture(figure_of(axes), alt)


def _label_ends(axes: Axes, x: float, ends: Mapping[tuple[str, str], float]) -> None:
    """Write the lines' names at their right ends, pushed apart where they would touch."""
    gap = 0.07 * max(ends.values())
    lowest = -np.inf
    for (name, colour), y in sorted(ends.items(), key=lambda end: end[1]):
        lowest = max(y, lowest + gap)
        axes.annotate(
            name,
            (x, lowest),
            xytext=(6, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontweight="bold",
            annotation_clip=False,
        )


@in_house_style
def compare_kernels(
    summaries: Mapping[str, ErrorSummary], *, unit: str = "km", ax: Axes | None = None
) -> Picture:
    """Draw bias, standard deviation and RMSE of several estimates side by side.

    Parameters
    ----------
    summaries : mapping of str to ErrorSummary
        Label -> errors.
    unit : str, default "km"
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is nothing to compare.

    Examples
    --------
    >>> compare_kernels({"box": ErrorSummary(rmse=5.0, bias=-3.0, sd=4.0)}).alt
    'Bars of the errors of 1 estimate, in km. box: bias −3.00, standard deviation 4.00, RMSE 5.00.'
    """
    if not summaries:
        raise ValueError("summaries must hold at least one estimate, got none")
    axes = one_axes(ax, height=1.6 + 0.85 * len(summaries))
    rows = np.arange(len(summaries))
    kinds = {
        "bias": (BLUE, "", [s.bias for s in summaries.values()]),
        "standard deviation": (GREEN, "//", [s.sd for s in summaries.values()]),
        "RMSE": (VERMILLION, "", [s.rmse for s in summaries.values()]),
    }
    flat = numbers(value for _, _, values in kinds.values() for value in values)
    words = {kind: flat[i * rows.size : (i + 1) * rows.size] for i, kind in enumerate(kinds)}
    for index, (kind, (colour, hatch, values)) in enumerate(kinds.items()):
        bars = axes.barh(
            rows + 0.27 * (index - 1),
            values,
            0.25,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=kind,
        )
        axes.bar_label(bars, words[kind], padding=3, fontsize=10)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(rows, list(summaries))
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(f"error ({unit})")
    axes.set_title("Errors of each kernel: RMSE² = bias² + (standard deviation)²", pad=30)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.3)
    each = " ".join(
        f"{name}: bias {bias}, standard deviation {sd}, RMSE {rmse}."
        for name, bias, sd, rmse in zip(summaries, *words.values(), strict=True)
    )
    plural = "s" if len(summaries) > 1 else ""
    alt = f"Bars of the errors of {len(summaries)} estimate{plural}, in {unit}. {each}"
    return Picture(figure_of(axes), alt)
