"""One output of a convolution: samples times flipped kernel, and the sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.conv import convolve1d
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    several_axes,
)

# Up to so many columns there is room to write every value down.
ROOM = 14


@in_house_style
def sliding_products(
    x: ArrayLike, w: ArrayLike, t: int, *, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw how one output of eq. (2) comes about: s(t) = sum_a x(a) w(t - a).

    Four panels on one axis of sample numbers: the samples; the kernel, flipped and placed so that
    w(0) lies on sample t; the products; and the outputs, with their sum, s(t), marked.

    Parameters
    ----------
    x : (n,) array_like
        Samples; those before and after count as 0.
    w : (m,) array_like
        Kernel.
    t : int
        Output to draw, from 0 to n + m - 2.
    ax : sequence of four Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If `t` is out of range or a sample is not finite.

    Examples
    --------
    >>> sliding_products([2, 4, 3, 5, 1], [0.5, 0.3, 0.2], 3).alt[-81:]
    'The products 4 · 0.2 = 0.8, 3 · 0.3 = 0.9 and 5 · 0.5 = 2.5 add up to s(3) = 4.2.'
    """
    samples, weights = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    n, m = samples.size, weights.size
    if not 0 <= t <= n + m - 2:
        raise ValueError(f"t must be from 0 to {n + m - 2}, got {t!r}")
    if not np.isfinite(samples).all():
        raise ValueError("x must hold finite numbers, got NaN or infinity")
    axes = several_axes(ax, 4, _four_panels)
    small = n + 2 * (m - 1) <= ROOM
    columns = np.arange(1 - m, n + m - 1) if small else np.arange(t - 2 * m, t + m + 1)
    under = np.arange(t - m + 1, t + 1)
    padded = np.where((columns >= 0) & (columns < n), samples[np.clip(columns, 0, n - 1)], 0.0)
    taken = np.where((under >= 0) & (under < n), samples[np.clip(under, 0, n - 1)], 0.0)
    products = taken * weights[::-1]
    outputs = convolve1d(samples, weights)

    inside = (columns >= 0) & (columns < n)
    _bars(axes[0], columns[inside], padded[inside], GREY, small)
    if small:
        for column in columns[~inside]:
            axes[0].annotate("0", (column, 0), (0, 3), textcoords="offset points", ha="center",
                             fontsize=11, color=GREY)  # fmt: skip
    names = [f"w({t - a}) = {number(weights[t - a])}" for a in under]
    _bars(axes[1], under, weights[::-1], BLUE, small, names)
    equations = [
        f"{number(value)} · {_in_brackets(weight)} = {number(product)}"
        for value, weight, product in zip(taken, weights[::-1], products, strict=True)
    ]
    two_lines = [equation.replace(" = ", "\n= ") for equation in equations]
    _bars(axes[2], under, products, ORANGE, small, two_lines, hatch="//")
    _draw_outputs(axes[3], outputs, t, columns, small)
    _finish(axes, columns, under, small)

    terms = _signed_sum([number(product) for product in products])
    total = number(outputs[t])
    sum_shown = f"{terms} = {total}" if m <= 6 else total
    for panel, title in zip(
        axes,
        (
            "1  Samples x(a)",
            f"2  Kernel, flipped and placed at t = {t}: w({t} − a)",
            f"3  Products x(a) · w({t} − a)",
            f"4  Their sum is one output: s({t}) = {sum_shown}",
        ),
        strict=True,
    ):
        panel.set_title(title, fontsize=12.5, pad=5)
    listed = f"products {_and(equations)}" if m <= 6 else f"{m} products"
    alt = (
        f"Four panels over the sample number: {n} samples; the kernel of {m} weights, flipped, so "
        f"that w(0) lies on sample {t} and w({m - 1}) on sample {t - m + 1}; their products; the "
        f"{outputs.size} outputs, with number {t} marked. The {listed} add up to "
        f"s({t}) = {total}."
    )
    return Picture(figure_of(axes[0]), alt)


def _four_panels() -> Any:
    heights = {"height_ratios": [1, 1, 1.3, 1.1]}
    return Figure(figsize=(8.6, 7.2)).subplots(4, 1, sharex=True, gridspec_kw=heights)


def _bars(
    axes: Axes,
    at: NDArray[np.int_],
    values: FloatArray,
    colour: str,
    label: bool,
    words: Sequence[str] | None = None,
    **style: Any,
) -> None:
    edge = {"edgecolor": "white"} if "hatch" in style else {}
    bars = axes.bar(at, values, 0.62, color=colour, **(edge | style))
    if label:
        axes.bar_label(bars, words or [number(v) for v in values], padding=2, fontsize=10.5)


def _draw_outputs(
    axes: Axes, outputs: FloatArray, t: int, columns: NDArray[np.int_], label: bool
) -> None:
    """Outputs up to t filled, t itself marked, the ones still to come as outlines."""
    at = columns[(columns >= 0) & (columns < outputs.size)]
    past, future = at[at < t], at[at > t]
    _bars(axes, past, outputs[past], SKY, label)
    _bars(axes, np.array([t]), outputs[[t]], VERMILLION, False)
    axes.annotate(
        number(outputs[t]),
        (t, outputs[t]),
        (0, 3 if outputs[t] >= 0 else -3),
        textcoords="offset points",
        ha="center",
        va="bottom" if outputs[t] >= 0 else "top",
        fontsize=12,
        fontweight="bold",
        color=VERMILLION,
    )
    axes.bar(future, outputs[future], 0.62, facecolor="none", edgecolor=GREY, linestyle=":")


def _finish(
    axes: Sequence[Axes], columns: NDArray[np.int_], under: NDArray[np.int_], small: bool
) -> None:
    for panel in axes:
        panel.spines["bottom"].set_visible(False)
        panel.axvspan(under[0] - 0.5, under[-1] + 0.5, color=PALE, alpha=0.6, linewidth=0, zorder=0)
        panel.axhline(0, color=BLACK, linewidth=1, clip_on=False)
        panel.margins(y=0.34 if small else 0.2)
        if small:
            panel.spines["left"].set_visible(False)
            panel.set_yticks([])
        panel.tick_params(bottom=panel is axes[-1])
    axes[-1].set_xlim(columns[0] - 0.6, columns[-1] + 0.6)
    axes[2].margins(y=0.5 if small else 0.2)
    if under[-1] + 3 <= columns[-1]:
        axes[1].text(
            under[-1] + 0.7,
            0.35,
            "slides on as t grows →",
            transform=axes[1].get_xaxis_transform(),
            color=GREY,
        )
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    if small:
        axes[-1].set_xticks(columns, [number(c) for c in columns])
    axes[-1].set_xlabel("sample number a; shaded: the samples under the kernel")


def _in_brackets(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _signed_sum(terms: Sequence[str]) -> str:
    return " + ".join(terms).replace("+ −", "− ")


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
