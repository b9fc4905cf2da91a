"""Which argument of one library is which argument of the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

ROW, BOX, MIDDLE = 0.44, 2.3, 3.9  # inches: height of a row, width of a box, room between boxes


@in_house_style
def argument_pairs(
    pairs: Sequence[tuple[str, str, str]],
    *,
    names: tuple[str, str] = ("Keras", "PyTorch"),
    title: str,
    ax: Axes | None = None,
) -> Picture:
    """Draw the arguments of two layers side by side, each joined to its partner.

    A solid line joins arguments that take the same value, a dashed one those whose values must be
    translated; a dotted one leads to where an argument has no partner, and to what takes its place.

    Parameters
    ----------
    pairs : sequence of (str, str, str)
        Argument of the first layer, argument of the second, and what is to be said between them.
        Either argument may be "": it has no partner, and the words say what takes its place.
        Nothing said between two arguments means that the value is taken over as it is.
    names : (str, str), default ("Keras", "PyTorch")
    title : str
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no pair, or one without any argument.

    Examples
    --------
    >>> pairs = [("filters", "out_channels", ""), ("", "in_channels", "found from the input")]
    >>> argument_pairs(pairs, title="Two layers").alt
    'Two layers. Keras and PyTorch: filters is out_channels; in_channels only in PyTorch (found
    from the input).'
    """
    if not pairs or not all(left or right for left, right, _ in pairs):
        raise ValueError(f"pairs must each have at least one argument, got {list(pairs)}")
    width, height = 2 * BOX + MIDDLE, ROW * (len(pairs) + 1)
    axes = one_axes(ax, width + 0.2, height + 0.6)
    axes.set_axis_off()
    axes.set_xlim(-0.15, width + 0.15)
    axes.set_ylim(height, 0)
    axes.set_title(title)
    for name, at in zip(names, (BOX / 2, width - BOX / 2), strict=True):
        axes.text(at, ROW / 2, name, ha="center", va="center", fontsize=12.5, fontweight="bold")
    for row, (left, right, words) in enumerate(pairs, start=1):
        _draw_pair(axes, (row + 0.5) * ROW, left, right, words)
    said = "; ".join(_in_words(*pair, names) for pair in pairs)
    return Picture(figure_of(axes), f"{title.rstrip('.')}. {names[0]} and {names[1]}: {said}.")


def _draw_pair(axes: Axes, y: float, left: str, right: str, words: str) -> None:
    start, end = BOX, BOX + MIDDLE
    both = bool(left and right)
    colour = VERMILLION if words and both else BLUE if both else GREY
    for name, at in ((left, 0.0), (right, end)):
        if name:
            _box(axes, at, y, name, colour)
    style: Any = (0, (1, 2.5)) if not both else (0, (4, 2)) if words else "-"
    axes.plot([start, end], [y, y], color=colour, linewidth=2.2 if both else 1.4,
              linestyle=style, zorder=1)  # fmt: skip
    if words:
        # Between two partners, or where the partner would stand.
        at = (start + end) / 2 if both else BOX / 2 if right else end + BOX / 2
        patch = {"facecolor": "white", "edgecolor": "none", "pad": 2.0}
        axes.text(at, y, words, ha="center", va="center", fontsize=11,
                  color=BLACK, bbox=patch, zorder=2)  # fmt: skip


def _box(axes: Axes, x: float, y: float, name: str, colour: str) -> None:
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch((x + 0.04, y - 0.17), BOX - 0.08, 0.34, boxstyle=shape,
                       facecolor="white", edgecolor=colour, linewidth=1.6, zorder=3)
    )  # fmt: skip
    axes.text(x + BOX / 2, y, name, ha="center", va="center", fontsize=11.5, zorder=4,
              family="DejaVu Sans Mono")  # fmt: skip


def _in_words(left: str, right: str, words: str, names: tuple[str, str]) -> str:
    more = f" ({words})" if words else ""
    if left and right:
        return f"{left} is {right}{more}"
    return f"{left or right} only in {names[0] if left else names[1]}{more}"
