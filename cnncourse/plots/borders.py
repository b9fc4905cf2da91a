"""What stands beyond the border of a row: other numbers for each padding, other windows as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, numeric_array
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    several_axes,
)
from cnncourse.shapes import conv_output_size

INSIDE, OUTSIDE = "#DCEBF7", "#FBE3CF"
CELL, LABEL = 0.52, 1.5  # inches: a cell, and the room for the name of a row
ABREAST = 2  # panels in a row
TAPS = (VERMILLION, BLUE, GREEN, PURPLE)


@in_house_style
def padded_rows(
    rows: Mapping[str, ArrayLike], *, before: int, after: int, title: str, ax: Axes | None = None
) -> Picture:
    """Draw rows of numbers one below the other, what was added at their ends in another colour.

    Parameters
    ----------
    rows : mapping of str to (before + n + after,) array_like
        Name of a padding -> the padded row.
    before, after : int
        How many numbers were added at each end.
    title : str
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If a row holds no numbers.
    ValueError
        If there is no row, they differ in length, or nothing is left between the ends.

    Examples
    --------
    >>> padded_rows({"zeros": [0, 5, 6, 0]}, before=1, after=1, title="A row").alt
    'A row. zeros: 0, then 5 6, then 0.'
    """
    ends = integer("before", before, minimum=0), integer("after", after, minimum=0)
    values = {name: numeric_array(name, row, ndim=1).astype(float) for name, row in rows.items()}
    lengths = {row.size for row in values.values()}
    if len(lengths) != 1:
        raise ValueError(f"rows must be at least one and equally long, got lengths {lengths}")
    (length,) = lengths
    if length <= sum(ends):
        raise ValueError(f"rows must be longer than {sum(ends)} numbers, got {length}")
    names = LABEL / CELL
    wide, high = (names + length) * CELL + 0.2, 1.35 * len(values) * CELL + 0.6
    axes = one_axes(ax, wide, high)
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="W")
    axes.set_xlim(-names, length + 0.05)
    axes.set_ylim(1.35 * len(values) - 0.3, -0.05)
    axes.set_title(title)
    said = []
    for index, (name, row) in enumerate(values.items()):
        axes.text(-0.25, 1.35 * index + 0.5, name, ha="right", va="center", fontsize=12)
        for column, value in enumerate(row):
            inside = ends[0] <= column < length - ends[1]
            _cell(axes, column, 1.35 * index, number(value), inside=inside)
        parts = np.split(row, [ends[0], length - ends[1]])
        told = ", then ".join(" ".join(map(number, part)) for part in parts if part.size)
        said.append(f"{name}: {told}.")
    return Picture(figure_of(axes), f"{title.rstrip('.')}. {' '.join(said)}")


def _cell(axes: Axes, x: float, y: float, text: str, *, inside: bool) -> None:
    axes.add_patch(
        Rectangle((x, y), 1, 1, facecolor=INSIDE if inside else OUTSIDE, zorder=1,
                  edgecolor=BLACK if inside else GREY, linewidth=1.1,
                  linestyle="-" if inside else (0, (2, 1.5)))
    )  # fmt: skip
    axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=11.5, zorder=3)


@in_house_style
def padded_windows(
    settings: Mapping[str, tuple[int, tuple[int, int]]],
    k: int,
    *,
    stride: int,
    title: str,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw which pixels the windows lie on, for several widths and paddings.

    The pixels hold 1, 2, 3 and so on, what is padded holds 0. Each tap has a colour.

    Parameters
    ----------
    settings : mapping of str to (int, (int, int))
        Title of a panel -> width in pixels, and zeros before and after it.
    k : int
        Taps of the kernel.
    stride : int
        Pixels from window to window.
    title : str
        Of the figure.
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
    >>> padded_windows({"a": (4, (0, 1))}, 3, stride=2, title="Four pixels").alt
    'Four pixels. What the windows of 3 taps lie on, at stride 2. a: 1 2 3; 3 4 0.'
    """
    if not settings:
        raise ValueError("settings must hold at least one, got none")
    counts = {
        name: conv_output_size(n, k, stride=stride, padding=pads)
        for name, (n, pads) in settings.items()
    }
    first = max(pads[0] for _, pads in settings.values())
    last = max(n + pads[1] for n, pads in settings.values())
    deepest = max(counts.values())
    rows = -(-len(settings) // ABREAST)

    def panels() -> Any:
        wide = min(4.55, 0.46 * (first + last) + 0.5)
        figure = Figure(figsize=(2 * wide, rows * (0.42 * (deepest + 1.2) + 0.5) + 0.8))
        made = list(figure.subplots(rows, ABREAST, squeeze=False).ravel())
        for spare in made[len(settings) :]:
            spare.set_axis_off()
        return made[: len(settings)]

    axes = several_axes(ax, len(settings), panels)
    said = [f"What the windows of {k} taps lie on, at stride {stride}."]
    for panel, (name, (n, pads)) in zip(axes, settings.items(), strict=True):
        panel.set_axis_off()
        panel.set_aspect("equal", anchor="W")
        panel.set_xlim(-first - 0.05, last + 0.05)
        panel.set_ylim(1.2 + deepest, -0.05)
        panel.set_title(name, fontsize=12, pad=6)
        for pixel in range(-pads[0], n + pads[1]):
            inside = 0 <= pixel < n
            _cell(panel, pixel, 0, str(pixel + 1) if inside else "0", inside=inside)
        starts = [j * stride - pads[0] for j in range(counts[name])]
        _draw_windows(panel, starts, k)
        row = [*[0] * pads[0], *range(1, n + 1), *[0] * pads[1]]
        listed = (row[start + pads[0] :][:k] for start in starts)
        said.append(f"{name}: {'; '.join(' '.join(map(str, window)) for window in listed)}.")
    figure = figure_of(axes[0])
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    colours = [Patch(color=colour, label=name) for name, colour in _tap_names(k)]
    figure.legend(handles=colours, loc="outside lower left", ncols=len(colours), fontsize=12)
    return Picture(figure, f"{title.rstrip('.')}. {' '.join(said)}")


def _tap_names(k: int) -> list[tuple[str, str]]:
    """Names of the taps by colour; beyond the fourth tap the colours begin again."""
    shared = [range(first, k, len(TAPS)) for first in range(min(k, len(TAPS)))]
    return [
        (f"tap{'s' if len(taps) > 1 else ''} {', '.join(map(str, taps))}", colour)
        for taps, colour in zip(shared, TAPS, strict=False)
    ]


def _draw_windows(panel: Axes, starts: Sequence[int], k: int) -> None:
    for j, start in enumerate(starts):
        for m in range(k):
            colour = TAPS[m % len(TAPS)]
            panel.add_patch(
                Rectangle((start + m + 0.1, j + 1.3), 0.8, 0.66, color=colour, zorder=2)
            )
