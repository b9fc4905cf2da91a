"""Layer after layer: how the width shrinks without padding, and how far a unit sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from cnncourse._arrays import integer
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
    several_axes,
)
from cnncourse.shapes import Layer, axis_padding, receptive_field

RADIUS, LEVEL = 0.33, 1.45
DEEPEST = 8


@in_house_style
def shrinking(
    n: int, k: int, *, depth: int | None = None, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw a stack of convolutions without padding, and the same with zeros put at both ends.

    The idea is that of figure 9.13 of Goodfellow, Bengio and Courville (2016). Above, layers go on
    until the kernel does not fit any more; below, as many with padding "same". What one unit of the
    last layer sees is marked.

    Parameters
    ----------
    n, k : int
        Width of the input and taps of the kernel, k from 2 on.
    depth : int, optional
        Layers; as many as fit without padding, and 8 at most, unless told.
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If a number is out of range, or so many layers do not fit.

    Examples
    --------
    >>> shrinking(7, 3).alt[:82]
    'Two stacks of 3 layers with kernels of 3 taps. Above, without padding: widths 7, 5'
    """
    width, taps = integer("n", n), integer("k", k, minimum=2)
    fitting = (width - 1) // (taps - 1)
    layers = min(fitting, DEEPEST) if depth is None else integer("depth", depth)
    if not 1 <= layers <= fitting:
        raise ValueError(f"depth must be 1 to {fitting} for {n} pixels and {k} taps, got {layers}")
    before, after = axis_padding(width, taps, "same")
    widths = [width - i * (taps - 1) for i in range(layers + 1)]
    # With an even kernel each layer of the lower stack stands half a pixel further to the right.
    columns = width + before + after + (layers * (after - before) + 1) // 2

    def panels() -> Any:
        wide, high = 9.2, layers * LEVEL + 1.6
        return Figure(figsize=(wide, 2 * (wide / (columns + 4) * high + 0.45))).subplots(2, 1)

    axes = several_axes(ax, 2, panels)
    _draw_stack(axes[0], widths, taps, (0, 0), -before, columns)
    _draw_stack(axes[1], [width] * (layers + 1), taps, (before, after), -before, columns)
    axes[0].set_title(f"Valid: each layer takes {taps - 1} away")
    zeros = f"{before + after} zeros" if before == after else f"{before} + {after} zeros"
    axes[1].set_title(f"Same: {zeros} a layer keep the width")
    alt = (
        f"Two stacks of {layers} layers with kernels of {taps} taps. Above, without padding: "
        f"widths {', '.join(map(str, widths))}. Below, with {before} zeros before and {after} "
        f"after each layer's input, drawn dashed: width {width} all the way up. Marked: what the "
        "middle unit of the last layer sees."
    )
    return Picture(figure_of(axes[0]), alt)


def _draw_stack(
    axes: Axes, widths: Sequence[int], k: int, pads: tuple[int, int], first: int, columns: int
) -> None:
    """Layers from below, each unit above the middle of what it sees."""
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="W")
    # Units stand in the middle of their windows, which an even kernel puts between two pixels.
    offsets = [i * ((k - 1) / 2 - pads[0]) for i in range(len(widths))]
    axes.set_xlim(first - 0.6, first + columns + 2.6)
    axes.set_ylim(-0.6, (len(widths) - 1) * LEVEL + 0.6)
    seen = _seen(widths, k, pads[0])
    for level, (count, offset) in enumerate(zip(widths, offsets, strict=True)):
        y = level * LEVEL
        top = level == len(widths) - 1
        if not top:
            for zero in (*range(-pads[0], 0), *range(count, count + pads[1])):
                marked = zero in seen[level]
                _unit(axes, offset + zero, y, ORANGE if marked else "white", dashed=True)
        for unit in range(count):
            marked = unit in seen[level]
            _unit(axes, offset + unit, y, SKY if marked else "white")
            for tap in range(k) if level else ():
                below = unit + tap - pads[0]
                strong = marked and below in seen[level - 1]
                axes.plot(
                    [offset + unit, offsets[level - 1] + below], [y, y - LEVEL],
                    color=VERMILLION if strong else PALE, linewidth=1.5 if strong else 0.9,
                    zorder=2 if strong else 1,
                )  # fmt: skip
        right = first + columns + 0.1
        axes.text(right, y, f"{count} wide", va="center", fontsize=11.5, color=BLACK)


def _seen(widths: Sequence[int], k: int, before: int) -> list[set[int]]:
    """Units of each level, zeros among them, that the middle unit of the last one depends on."""
    levels = [{widths[-1] // 2}]
    for count in reversed(widths[1:]):
        units = {unit for unit in levels[0] if 0 <= unit < count}  # zeros depend on nothing
        levels.insert(0, {unit + tap - before for unit in units for tap in range(k)})
    return levels


def _unit(axes: Axes, x: float, y: float, colour: str, *, dashed: bool = False) -> None:
    axes.add_patch(
        Circle((x, y), RADIUS, facecolor=colour, edgecolor=GREY if dashed else BLACK,
               linestyle=(0, (2, 1.5)) if dashed else "-", linewidth=1.1, zorder=3)
    )  # fmt: skip
    if dashed:
        axes.text(x, y, "0", ha="center", va="center", fontsize=8.5, color=BLACK, zorder=4)


@in_house_style
def receptive_fields(
    stacks: Mapping[str, Sequence[Layer | Sequence[Any]]], *, ax: Axes | None = None
) -> Picture:
    """Draw how far a unit sees, against the number of layers below it.

    Parameters
    ----------
    stacks : mapping of str to sequence of Layer or tuple
        Name -> layers from the input on, as `cnncourse.shapes.receptive_field` takes them.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no stack.
    TypeError, ValueError
        If a layer is none.

    Examples
    --------
    >>> receptive_fields({"3 taps": [(3,), (3,)]}).alt
    'Receptive field in pixels against depth. 3 taps: 1, 3, 5.'
    """
    if not stacks:
        raise ValueError("stacks must hold at least one stack, got none")
    axes = one_axes(ax, width=7.6, height=4.4)
    words = []
    for index, (name, layers) in enumerate(stacks.items()):
        sizes = [receptive_field(layers[:depth]).size for depth in range(len(layers) + 1)]
        style = series(index, marker=("o", "s", "^", "D", "v", "P")[index % 6], markersize=7)
        axes.plot(np.arange(len(sizes)), sizes, label=name, **style)
        axes.annotate(
            number(sizes[-1]), (len(sizes) - 1, sizes[-1]), (8, 0), textcoords="offset points",
            va="center", fontsize=11,
        )  # fmt: skip
        words.append(f"{name}: {', '.join(map(str, sizes))}.")
    axes.set_xlabel("layers")
    axes.set_ylabel("receptive field (pixels)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("How far one unit sees")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left")
    return Picture(figure_of(axes), f"Receptive field in pixels against depth. {' '.join(words)}")
