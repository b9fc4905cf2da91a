"""Stride: the same outputs in one step and in two, and what stride and dilation skip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array
from cnncourse._sums import number
from cnncourse.conv import cross_correlate1d
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    several_axes,
)
from cnncourse.shapes import conv_output_size

TAPS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE)
RADIUS, LEVEL = 0.36, 1.9


@in_house_style
def strided_two_ways(
    x: ArrayLike, w: ArrayLike, stride: int, *, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw a strided convolution, at once and as every s-th output of one with stride 1.

    The idea is that of figure 9.12 of Goodfellow, Bengio and Courville (2016).

    Parameters
    ----------
    x : (n,) array_like
        Input.
    w : (k,) array_like
        Kernel, not flipped, k <= n and at most 5.
    stride : int
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If x or w holds no numbers or `stride` is none.
    ValueError
        If the kernel is longer than the input, has more than 5 taps, or `stride` is below 1.

    Examples
    --------
    >>> strided_two_ways([1, 2, 3, 4, 5], [1, 0, -1], 2).alt[-82:]
    'Below: 3 outputs at stride 1, by 9 products: −2, −2, −2; each 2nd is kept: −2, −2.'
    """
    values, taps = numeric_array("x", x, ndim=1).astype(float), numeric_array("w", w, ndim=1)
    step = integer("stride", stride)
    if not taps.size <= min(values.size, len(TAPS)):
        raise ValueError(f"w must have at most {min(values.size, len(TAPS))} taps, got {taps.size}")
    every = cross_correlate1d(values, taps.astype(float))
    kept = every[::step]
    axes = several_axes(ax, 2, lambda: _two_panels(values.size))
    k = taps.size
    _draw_step(axes[0], values, kept, taps, step)
    axes[0].set_title(f"In one step: stride {step}, {kept.size} · {k} = {kept.size * k} products")
    _draw_step(axes[1], values, every, taps, 1, kept_every=step)
    axes[1].set_title(
        f"In two: stride 1, {every.size} · {k} = {every.size * k} products; then every "
        f"{_ordinal(step)} is kept"
    )
    _draw_kept(axes[1], every, k, step)
    listed = ", ".join(map(number, kept))
    alt = (
        f"An input of {values.size} numbers, {', '.join(map(number, values))}, and a kernel of "
        f"{k}, {', '.join(map(number, taps))}. Above: {kept.size} outputs at stride {step}, by "
        f"{kept.size * k} products: {listed}. Below: {every.size} outputs at stride 1, by "
        f"{every.size * k} products: {', '.join(map(number, every))}; each {_ordinal(step)} is "
        f"kept: {listed}."
    )
    return Picture(figure_of(axes[0]), alt)


def _two_panels(n: int) -> Any:
    wide = min(9.0, max(7.0, 0.9 * n + 1.6))
    heights = [LEVEL + 1.2, 2 * LEVEL + 1.2]  # what each shows, so that both have one scale
    return Figure(figsize=(wide, 6.2)).subplots(2, 1, height_ratios=heights)


def _ordinal(step: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(step, f"{step}th")


def _draw_step(
    axes: Axes, x: FloatArray, z: FloatArray, taps: FloatArray, stride: int, kept_every: int = 1
) -> None:
    """Input below, outputs above the middle of their windows, a line for each product."""
    k = taps.size
    levels = 2 if kept_every > 1 else 1
    _prepare(axes, x.size, levels)
    for j, value in enumerate(z):
        centre = j * stride + (k - 1) / 2
        used = j % kept_every == 0
        for m in range(k):
            axes.plot(
                [j * stride + m, centre], [0, LEVEL], color=TAPS[m], zorder=1,
                linewidth=2.4 if used else 1.3, alpha=1.0 if used else 0.35,
            )  # fmt: skip
        _node(axes, (centre, LEVEL), value, "white" if used else PALE)
    for i, value in enumerate(x):
        _node(axes, (i, 0), value, "#DCEBF7")
    axes.text(-0.75, 0, "x", ha="right", va="center", fontsize=13, fontstyle="italic")
    name = "stride 1" if levels > 1 else "z"
    axes.text(-0.75, LEVEL, name, ha="right", va="center", fontsize=13, fontstyle="italic")


def _draw_kept(axes: Axes, z: FloatArray, k: int, step: int) -> None:
    """The second step: what is kept goes on, the rest was for nothing."""
    if step == 1:
        return
    for j, value in enumerate(z):
        centre = j + (k - 1) / 2
        if j % step == 0:
            axes.plot([centre, centre], [LEVEL, 2 * LEVEL], color=BLACK, linewidth=2, zorder=1)
            _node(axes, (centre, 2 * LEVEL), value, "white")
        else:
            for sign in (-1, 1):
                axes.plot(
                    [centre - 0.3, centre + 0.3], [LEVEL - 0.3 * sign, LEVEL + 0.3 * sign],
                    color=VERMILLION, linewidth=1.6, zorder=5,
                )  # fmt: skip
    axes.text(-0.75, 2 * LEVEL, "z", ha="right", va="center", fontsize=13, fontstyle="italic")


def _prepare(axes: Axes, n: int, levels: int) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="W")
    axes.set_xlim(-2.4, n - 0.4)
    axes.set_ylim(-0.6, levels * LEVEL + 0.6)


def _node(axes: Axes, at: tuple[float, float], value: float, colour: str) -> None:
    axes.add_patch(Circle(at, RADIUS, facecolor=colour, edgecolor=BLACK, linewidth=1.3, zorder=3))
    axes.text(*at, number(value), ha="center", va="center", fontsize=11.5, zorder=4)


@in_house_style
def placements(
    n: int, k: int, settings: Mapping[str, tuple[int, int]], *, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw the places of a kernel on a row of pixels, for several strides and dilations.

    Parameters
    ----------
    n, k : int
        Pixels, and taps of the kernel.
    settings : mapping of str to (int, int)
        Title -> stride and dilation.
    ax : sequence of Axes, one for each setting, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If there is no setting, a number is out of range or the kernel does not fit.

    Examples
    --------
    >>> placements(5, 3, {"stride 2": (2, 1)}).alt
    'Places of a kernel of 3 taps on 5 pixels. stride 2: 2 places, at pixels 0 1 2; 2 3 4.'
    """
    if not settings:
        raise ValueError("settings must hold at least one, got none")
    counts = {
        name: conv_output_size(n, k, stride=stride, dilation=dilation)
        for name, (stride, dilation) in settings.items()
    }
    highest = max(counts.values())

    def panels() -> Any:
        figure = Figure(figsize=(9.2, 1.0 + 0.36 * (highest + 1)))
        return figure.subplots(1, len(settings), squeeze=False)[0]

    axes = several_axes(ax, len(settings), panels)
    words = []
    for panel, (name, (stride, dilation)) in zip(axes, settings.items(), strict=True):
        taps = [[j * stride + m * dilation for m in range(k)] for j in range(counts[name])]
        _draw_places(panel, n, taps, highest)
        panel.set_title(f"{name}\n{counts[name]} outputs", fontsize=12.5)
        listed = "; ".join(" ".join(map(str, place)) for place in taps)
        words.append(f"{name}: {counts[name]} places, at pixels {listed}.")
    axes[0].set_ylabel("output")
    alt = f"Places of a kernel of {k} taps on {n} pixels. {' '.join(words)}"
    return Picture(figure_of(axes[0]), alt)


def _draw_places(panel: Axes, n: int, taps: Sequence[Sequence[int]], highest: int) -> None:
    for j, place in enumerate(taps):
        panel.plot([place[0] + 0.5, place[-1] + 0.5], [j + 0.5, j + 0.5], color=GREY, linewidth=1.2,
                   zorder=1)  # fmt: skip
        for m, pixel in enumerate(place):
            panel.add_patch(
                Rectangle((pixel + 0.12, j + 0.14), 0.76, 0.72, color=TAPS[m % len(TAPS)], zorder=2)
            )
    panel.vlines(range(n + 1), 0, highest, color=PALE, linewidth=1, zorder=0)
    panel.set_xlim(-0.04, n + 0.04)
    panel.set_ylim(highest, 0)
    panel.set_xticks(np.arange(n) + 0.5, [str(i) for i in range(n)])
    panel.set_yticks(np.arange(len(taps)) + 0.5, [str(j) for j in range(len(taps))])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    panel.set_xlabel("pixel")
