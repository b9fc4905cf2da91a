"""The two orders in which the numbers of several maps are put into one row."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cnncourse._arrays import integer
from cnncourse.plots.picture import (
    BLACK,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

# Pale, so that the numbers stay readable; told apart by the numbers as well.
CHANNELS = (("#BFDDF2", "#0072B2"), ("#F8D3B0", "#C25400"), ("#C7E8DC", "#007A5A"))
MOST = 24


@in_house_style
def flatten_orders(
    channels: int,
    rows: int,
    columns: int,
    *,
    names: tuple[str, str] = ("channels first (PyTorch)", "channels last (Keras)"),
    ax: Axes | None = None,
) -> Picture:
    """Draw how the same maps are flattened in two layouts, a line from place to place.

    Each number is named by its place in the first row, counted from 0.

    Parameters
    ----------
    channels, rows, columns : int
        Of the maps; at most 3 channels, and 24 numbers in all.
    names : (str, str)
        Of the two layouts.
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
    >>> flatten_orders(2, 1, 2).alt[-68:]
    'Below, channels last (Keras): 0, 2, 1, 3. 2 of 4 change their place.'
    """
    shape = integer("channels", channels), integer("rows", rows), integer("columns", columns)
    total = shape[0] * shape[1] * shape[2]
    if shape[0] > len(CHANNELS) or total > MOST:
        raise ValueError(
            f"at most {len(CHANNELS)} channels and {MOST} numbers can be drawn, got {shape}"
        )
    pixels = shape[1] * shape[2]
    first = list(range(total))
    last = [c * pixels + pixel for pixel in range(pixels) for c in range(shape[0])]
    colours = [CHANNELS[place // pixels] for place in first]
    above = f"{names[0]}: {', '.join(_spans(shape[0], pixels, '–'))}"
    cell = min(0.6, 8.8 / total)
    axes = one_axes(ax, width=max(6.4, total * cell + 0.3), height=3.3)
    axes.set_axis_off()
    axes.set_xlim(-0.05, max(total, 6.1 / cell) + 0.05)
    axes.set_ylim(4.6, -0.75)
    axes.set_title(f"{shape[0]} maps of {shape[1]} × {shape[2]} pixels, flattened twice")
    for order, y, name, side in ((first, 0.0, above, -0.12), (last, 3.2, names[1], 1.12)):
        for at, feature in enumerate(order):
            _draw_feature(axes, at, y, feature, colours[feature][0])
        axes.text(0, y + side, name, va="bottom" if side < 0 else "top", fontsize=11.5)
    for at in first:
        to = last.index(at)
        axes.plot([at + 0.5, to + 0.5], [1.0, 3.2], color=colours[at][1], linewidth=1.8)
    return Picture(figure_of(axes), _in_words(shape, last, names))


def _draw_feature(axes: Axes, at: int, y: float, feature: int, colour: str) -> None:
    axes.add_patch(
        Rectangle((at, y), 1, 1, facecolor=colour, edgecolor=BLACK, linewidth=1.1, zorder=2)
    )
    axes.text(at + 0.5, y + 0.5, str(feature), ha="center", va="center", fontsize=11.5, zorder=3)


def _spans(channels: int, pixels: int, to: str) -> list[str]:
    """Which numbers each map holds."""
    ends = [(c * pixels, (c + 1) * pixels - 1) for c in range(channels)]
    return [f"map {'ABC'[c]} {a}" + (f"{to}{b}" if b > a else "") for c, (a, b) in enumerate(ends)]


def _in_words(shape: tuple[int, int, int], last: list[int], names: tuple[str, str]) -> str:
    maps = ", ".join(_spans(shape[0], shape[1] * shape[2], " to "))
    moved = sum(feature != at for at, feature in enumerate(last))
    return (
        f"{shape[0]} maps of {shape[1]} by {shape[2]} pixels in one row, in two orders, equal "
        f"numbers joined by lines. Above, {names[0]}: {maps}. Below, {names[1]}: "
        f"{', '.join(map(str, last))}. {moved} of {len(last)} change their place."
    )
