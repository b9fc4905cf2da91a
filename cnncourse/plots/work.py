"""How much work a layer is: with all connections, and with a few for each output."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, numeric_array
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

_POWERS = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}


@in_house_style
def work_by_size(
    sides: ArrayLike, k: int, *, marked: tuple[str, int, int] | None = None, ax: Axes | None = None
) -> Picture:
    """Draw multiply-adds against the side of a square picture, with as many outputs as pixels.

    Parameters
    ----------
    sides : (count,) array_like
        Rows and columns, pixels.
    k : int
        Connections of each output of the sparse layer.
    marked : (str, int, int), optional
        A picture to mark: its name, its inputs m and its outputs n.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If a side is below 1.

    Examples
    --------
    >>> work_by_size([10, 100], 2).alt
    'Multiply-adds for one picture against its side, from 10 to 100 pixels, both on logarithmic
    scales. Dense: from 10 thousand to 100 million. Sparse with 2 connections for each output: from
    200 to 20 thousand.'
    """
    pixels = numeric_array("sides", sides, ndim=1).astype(float) ** 2
    if pixels.size == 0 or pixels.min() < 1:
        raise ValueError("sides must hold sides of at least 1 pixel")
    k = integer("k", k)
    axes = one_axes(ax, width=7.8, height=4.6)
    side, dense, sparse = np.sqrt(pixels), pixels**2, k * pixels
    axes.loglog(side, dense, "-", color=VERMILLION, label="dense: m · n")
    axes.loglog(side, sparse, "--", color=BLUE, label=f"sparse: {k} · n")
    words = ""
    if marked is not None:
        name, m, n = marked
        for value, style in ((m * n, "o"), (k * n, "s")):
            axes.plot([np.sqrt(m)], [value], style, color=BLACK, markersize=8)
            axes.annotate(
                f"{name}: {in_words(value)}", (float(np.sqrt(m)), value), (-10, 6), ha="right",
                textcoords="offset points", fontsize=11,
            )  # fmt: skip
        words = f" Marked, {name}: {in_words(m * n)} against {in_words(k * n)}."
    ticks = [t for t in (1, 4, 10, 30, 100, 300, 1000, 3000) if side.min() <= t <= side.max()]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([str(t) for t in ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("side of the picture (pixels)")
    axes.set_ylabel("multiply-adds for one picture")
    axes.set_title("Work of a layer with an output for each pixel")
    axes.legend(loc="upper left")
    alt = (
        "Multiply-adds for one picture against its side, from "
        f"{side.min():.0f} to {side.max():.0f} pixels, both on logarithmic scales. Dense: from "
        f"{in_words(dense.min())} to {in_words(dense.max())}. Sparse with {k} connections for "
        f"each output: from {in_words(sparse.min())} to {in_words(sparse.max())}.{words}"
    )
    return Picture(figure_of(axes), alt)


def in_words(count: float) -> str:
    """Write a large count with two or three digits and a word.

    Examples
    --------
    >>> in_words(178640), in_words(8003072000), in_words(20)
    ('179 thousand', '8 billion', '20')
    """
    power = max((p for p in _POWERS if count >= 10**p), default=0)
    digits = f"{count / 10**power:.3g}"
    return f"{digits} {_POWERS[power]}" if power else digits
