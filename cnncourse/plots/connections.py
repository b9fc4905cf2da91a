"""Who is connected to whom: seen from below, from above, through several layers, with one weight.

The ideas are those of figures 9.2 to 9.5 of Goodfellow, Bengio and Courville (2016), computed and
drawn afresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from cnncourse._arrays import BoolArray, integer
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    several_axes,
)

RADIUS, LEVEL = 0.34, 1.5
MOST_UNITS = 15
WEIGHTS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE)
# Lines differ in dashes too, for print in black and white.
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.6)), (0, (1.4, 1.2)), (0, (5, 1.4, 1.2, 1.4)), "-.")
FAINT = "#CFCFCF"


def window_links(n: int, k: int) -> BoolArray:
    """Whether output i (row) sees input j (column): k inputs about its own place, as many as exist.

    Examples
    --------
    >>> window_links(4, 3).astype(int).tolist()
    [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]
    """
    place = np.arange(n)
    step = place[None, :] - place[:, None]
    found: BoolArray = (step >= -((k - 1) // 2)) & (step <= k // 2)
    return found


@in_house_style
def sparse_connectivity(
    n: int = 5, k: int = 3, *, unit: int | None = None, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw which outputs one input reaches, and which inputs one output sees, sparse and dense.

    Parameters
    ----------
    n, k : int
        Units of each layer, and inputs that an output of the sparse layer sees.
    unit : int, optional
        The unit that is followed; the middle one if not given.
    ax : sequence of four Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If a number is out of range.

    Examples
    --------
    >>> sparse_connectivity(5, 3).alt[:91]
    'Two layers of 5 units, four times. Sparse with 3 inputs each: 13 connections; dense: 25 con'
    """
    n, k = _sizes(n, k)
    chosen = n // 2 if unit is None else integer("unit", unit, minimum=0)
    if chosen >= n:
        raise ValueError(f"unit must be from 0 to {n - 1}, got {unit}")
    sparse, dense = window_links(n, k), np.ones((n, n), dtype=bool)
    axes = several_axes(ax, 4, lambda: Figure(figsize=(7.8, 4.5)).subplots(2, 2).ravel())
    for row, (name, links) in enumerate((("sparse", sparse), ("dense", dense))):
        reached, seen = int(links[:, chosen].sum()), int(links[chosen].sum())
        below, above = axes[2 * row], axes[2 * row + 1]
        marked = np.zeros_like(links)
        marked[:, chosen] = links[:, chosen]
        _draw_layers(below, links, marked, chosen=(0, chosen))
        below.set_title(f"{name}, from below: $x_{{{chosen}}}$ reaches {reached}", pad=4)
        marked = np.zeros_like(links)
        marked[chosen] = links[chosen]
        _draw_layers(above, links, marked, chosen=(1, chosen))
        above.set_title(f"{name}, from above: $s_{{{chosen}}}$ sees {seen}", pad=4)
    reached, seen = int(sparse[:, chosen].sum()), int(sparse[chosen].sum())
    alt = (
        f"Two layers of {n} units, four times. Sparse with {k} inputs each: {sparse.sum()} "
        f"connections; dense: {dense.sum()} connections. From below, input {chosen} reaches "
        f"{reached} outputs if sparse, {n} if dense. From above, output {chosen} sees {seen} "
        f"inputs if sparse, {n} if dense."
    )
    return Picture(figure_of(axes[0]), alt)


@in_house_style
def growing_field(n: int, k: int, depth: int, *, ax: Axes | None = None) -> Picture:
    """Draw a stack of sparse layers, and all that the middle unit of the last one sees.

    Parameters
    ----------
    n, k : int
        Units of each layer, and inputs of each unit.
    depth : int
        Layers.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If a number is out of range.

    Examples
    --------
    >>> growing_field(7, 3, 2).alt
    'A stack of 2 layers over 7 inputs, each unit with 3 connections to the layer below. From the
    top down, the middle unit sees 1, 3, 5 units.'
    """
    n, k = _sizes(n, k)
    depth = integer("depth", depth)
    links, middle = window_links(n, k), n // 2
    seen = [np.arange(n) == middle]
    for _ in range(depth):
        seen.append(links[seen[-1]].any(axis=0))
    counts = [int(level.sum()) for level in seen]
    axes = one_axes(ax, width=0.62 * n + 1.0, height=0.8 + 0.88 * depth)
    _prepare(axes, n + 1.6, depth)
    for level in range(depth + 1):
        from_top = depth - level
        if level:
            used = links & seen[from_top][:, None] & seen[from_top + 1][None, :]
            _draw_links(axes, links, used, level - 1)
        for place in range(n):
            on = bool(seen[from_top][place])
            face = ORANGE if level == depth and on else SKY if on else "white"
            _draw_unit(axes, place, level * LEVEL, face, _name(level, place), strong=on)
        axes.text(n - 0.2, level * LEVEL, f"{counts[from_top]} seen" if from_top else "the unit",
                  va="center", fontsize=11.5)  # fmt: skip
    axes.set_title(f"What one unit sees, {depth} layers deep", pad=4)
    alt = (
        f"A stack of {depth} layers over {n} inputs, each unit with {k} connections to the layer "
        f"below. From the top down, the middle unit sees {', '.join(map(str, counts))} units."
    )
    return Picture(figure_of(axes), alt)


@in_house_style
def weight_sharing(n: int = 5, k: int = 3, *, ax: Sequence[Axes] | None = None) -> Picture:
    """Draw where each weight is used in a convolution, a locally connected and a dense layer.

    In the convolution the k weights have k colours. In the other two every connection has a weight
    of its own; one is marked.

    Parameters
    ----------
    n, k : int
        Units of each layer, and inputs that an output of the sparse layers sees, at most 5.
    ax : sequence of three Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If a number is out of range.

    Examples
    --------
    >>> weight_sharing(5, 3).alt[-81:]
    'Locally connected: 13 connections, 13 weights. Dense: 25 connections, 25 weights.'
    """
    n, k = _sizes(n, k)
    if k > len(WEIGHTS):
        raise ValueError(f"k must be at most {len(WEIGHTS)} here, got {k}")
    links, middle = window_links(n, k), n // 2
    axes = several_axes(ax, 3, lambda: Figure(figsize=(9.4, 2.3)).subplots(1, 3))
    counts = []
    kinds = (("Convolution", links, k), ("Locally connected", links, None), ("Dense", None, None))
    for panel, (name, own, shared) in zip(axes, kinds, strict=True):
        pairs = np.ones((n, n), dtype=bool) if own is None else own
        one = np.zeros_like(pairs)
        one[middle, middle] = True
        connections = int(pairs.sum())
        weights = connections if shared is None else shared
        _draw_layers(panel, pairs, one if shared is None else pairs, weights=shared)
        told = f"{connections} connections, {weights} weights"
        panel.set_title(f"{name}:\n{told}", fontsize=12, pad=4)
        counts.append(f"{name}: {told}.")
    alt = (
        f"Two layers of {n} units, three times, outputs above inputs. In the convolution all "
        f"connections of one direction have one of {k} colours; in the others one connection is "
        f"marked. {' '.join(counts)}"
    )
    return Picture(figure_of(axes[0]), alt)


def _sizes(n: int, k: int) -> tuple[int, int]:
    n, k = integer("n", n), integer("k", k)
    if n > MOST_UNITS or k > n:
        raise ValueError(f"n must be at most {MOST_UNITS} and k at most n, got {n} and {k}")
    return n, k


def _name(level: int, place: int) -> str:
    return f"$x_{{{place}}}$" if level == 0 else ""


def _prepare(axes: Axes, width: float, depth: int) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="W")
    axes.set_xlim(-0.6, width - 0.4)
    axes.set_ylim(-0.5, depth * LEVEL + 0.5)


def _draw_layers(
    axes: Axes,
    links: BoolArray,
    marked: BoolArray,
    *,
    chosen: tuple[int, int] | None = None,
    weights: int | None = None,
) -> None:
    """Two layers, outputs above inputs; the marked connections, and the units at their ends."""
    n = len(links)
    _prepare(axes, n, 1)
    _draw_links(axes, links, marked, 0, weights)
    for level in (0, 1):
        ends = np.flatnonzero(marked.any(axis=level))
        for place in range(n):
            face = "white"
            if chosen is not None and place in ends:
                face = ORANGE if chosen == (level, place) else SKY
            letter = "xs"[level]
            strong = chosen is not None and place in ends
            _draw_unit(axes, place, level * LEVEL, face, f"${letter}_{{{place}}}$", strong=strong)


def _draw_links(
    axes: Axes, links: BoolArray, marked: BoolArray, level: int, weights: int | None = None
) -> None:
    for output, source in np.argwhere(links):
        style: dict[str, Any] = {"color": FAINT, "linewidth": 1.0, "zorder": 1}
        if marked[output, source]:
            style = {"color": BLACK, "linewidth": 2.0, "zorder": 2}
            if weights is not None:
                tap = source - output + (weights - 1) // 2
                style |= {"color": WEIGHTS[tap], "linestyle": DASHES[tap], "linewidth": 2.4}
        axes.plot([source, output], [level * LEVEL, (level + 1) * LEVEL], **style)


def _draw_unit(axes: Axes, x: float, y: float, colour: str, name: str, *, strong: bool) -> None:
    edge = BLACK if strong or colour != "white" else GREY
    width = 1.6 if strong else 1.1
    axes.add_patch(
        Circle((x, y), RADIUS, facecolor=colour, edgecolor=edge, linewidth=width, zorder=3)
    )
    axes.text(x, y, name, ha="center", va="center", fontsize=11.5, zorder=4)
