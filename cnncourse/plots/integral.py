"""The convolution integral as a sum of strips (lecture eq. 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from cnncourse._sums import number
from cnncourse.definitions import riemann_convolution
from cnncourse.plots.picture import (
    BLACK,
    SKY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    several_axes,
)

Signal = Callable[[Any], Any]

FINER = 4
# Up to so many strips the middle of each is marked.
ROOM = 24
HALVINGS = 6


@in_house_style
def riemann(
    x: Signal,
    w: Signal,
    t: float,
    dt: float,
    *,
    start: float = 0.0,
    stop: float | None = None,
    exact: float | None = None,
    unit: str = "km",
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw the integral of eq. (1) as strips, coarse and fine, and their sum as they get narrower.

    Two panels show the product x(a) w(t - a) with strips of width `dt` and a quarter of that, each
    as high as the product in its middle; the third shows the sum for widths dt, dt/2, ..., dt/64.

    Parameters
    ----------
    x, w : callable
        Signal x(a), of the time a in s, and weight w(age).
    t : float
        Time of the output, s.
    dt : float
        Width of the coarse strips, s.
    start, stop : float, optional
        Range of a, s: from 0 to `t` unless told.
    exact : float, optional
        The integral, if it is known; otherwise the sum of the narrowest strips stands for it.
    unit : str, default "km"
        Of x.
    ax : sequence of three Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If `dt` is not positive or `stop` is not after `start`.

    Examples
    --------
    >>> riemann(lambda a: 2.0 * a, lambda age: 0.25, 4.0, 2.0).alt[-73:]
    'The sums are 4 km for strips of 2 s, 4 km for 0.5 s and 4 km for 0.031 s.'
    """
    end = t if stop is None else stop
    if not end > start:
        raise ValueError(f"stop must be after start = {start!r}, got {end!r}")

    def total(width: float) -> float:
        return riemann_convolution(x, w, t, start=start, stop=end, dt=width)

    def product(a: float) -> float:
        return float(x(a)) * float(w(t - a))

    axes = several_axes(ax, 3, _three_panels)
    widths = dt / 2.0 ** np.arange(HALVINGS + 1)
    sums = [total(width) for width in widths]
    for panel, width in zip(axes, (dt, dt / FINER), strict=False):
        _draw_strips(panel, product, start, end, width)
        panel.set_title(f"Strips of {number(width)} s: sum {number(total(width), 4)} {unit}")
        panel.set_xlabel("time a (s)")
    axes[0].set_ylabel(f"x(a) · w(t − a)  ({unit}/s)")
    limit = sums[-1] if exact is None else exact
    axes[2].axhline(limit, color=BLACK, linestyle=(0, (4, 2)), linewidth=1.6)
    axes[2].plot(widths, sums, "o-", color=VERMILLION, markersize=8)
    axes[2].set_xscale("log", base=2)
    axes[2].invert_xaxis()
    axes[2].set_xticks(widths, [number(width) for width in widths])
    axes[2].xaxis.set_minor_locator(NullLocator())
    axes[2].margins(y=0.25)
    name = "narrowest strips" if exact is None else "integral"
    axes[2].annotate(f"{name}: {number(limit, 4)} {unit}", (widths[0], limit), (0, 6),
                     textcoords="offset points")  # fmt: skip
    axes[2].set_title("Narrower strips: the sum settles on the integral")
    axes[2].set_xlabel("width of the strips (s)")
    axes[2].set_ylabel(f"s(t)  ({unit})")
    known = "" if exact is None else f"The integral is {number(exact, 4)} {unit}. "
    alt = (
        f"Above: the product x(a) w(t − a) for a from {number(start)} to {number(end)} s, at "
        f"t = {number(t)} s, filled with wide and with narrow strips. Below: the sum of the strips "
        f"against their width. {known}The sums are {number(sums[0], 4)} {unit} for strips of "
        f"{number(dt)} s, {number(total(dt / FINER), 4)} {unit} for {number(dt / FINER)} s and "
        f"{number(sums[-1], 4)} {unit} for {number(widths[-1], 2)} s."
    )
    return Picture(figure_of(axes[0]), alt)


def _three_panels() -> list[Axes]:
    figure = Figure(figsize=(9.0, 6.2))
    grid = figure.add_gridspec(2, 2, height_ratios=[1.3, 1])
    coarse = figure.add_subplot(grid[0, 0])
    fine = figure.add_subplot(grid[0, 1], sharey=coarse)
    return [coarse, fine, figure.add_subplot(grid[1, :])]


def _draw_strips(
    axes: Axes, product: Callable[[float], float], start: float, end: float, width: float
) -> None:
    """Strips of eq. (1)'s sum under the curve, the last one cut off at the end."""
    edges = np.append(np.arange(start, end - 1e-9 * width, width), end)
    middles = (edges[:-1] + edges[1:]) / 2
    heights = [product(a) for a in middles]
    axes.bar(edges[:-1], heights, np.diff(edges), align="edge", color=SKY, edgecolor="white")
    curve = np.linspace(start, end, 400)
    axes.plot(curve, [product(a) for a in curve], color=BLACK)
    if middles.size <= ROOM:
        axes.plot(middles, heights, "o", color=BLACK, markerfacecolor="white", markersize=5)
    axes.axhline(0, color=BLACK, linewidth=1)
