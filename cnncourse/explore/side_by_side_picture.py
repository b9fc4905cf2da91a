"""The explorer "side by side" as a still picture, for places where no widget can live."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.side_by_side_model import Comparison, Half, compare
from cnncourse.explore.side_by_side_windows import SideBySideState
from cnncourse.explore.side_by_side_words import number, padding_in_words
from cnncourse.plots.picture import BLUE, GREY, PALE, VERMILLION, Picture, in_house_style

INPUT = "#CFE3F1"


@in_house_style
def picture(state: SideBySideState, alt: str) -> Picture:
    """Draw what the explorer shows in `state`, with `alt` as its alternative text."""
    now = compare(state)
    halves = (now.keras, now.torch)
    lines = max(len(half.outputs) for half in halves)
    figure = Figure(figsize=(8.0, 2.3 + 0.16 * lines))
    for ax, name, half in zip(figure.subplots(1, 2), ("Keras", "PyTorch"), halves, strict=True):
        code = "\n".join(textwrap.wrap(half.code, 46))
        ax.set_title(f"{name}\n", fontsize=12)
        ax.text(0, 1.02, code, transform=ax.transAxes, fontsize=8, family="DejaVu Sans Mono")
        _draw_half(ax, state, now, half)
    figure.suptitle("\n".join(textwrap.wrap(now.verdict, 96)), fontsize=10, y=0.02, va="bottom")
    return Picture(figure, alt)


def _draw_half(ax: Axes, state: SideBySideState, now: Comparison, half: Half) -> None:
    """The padded row, its windows and their outputs, or why there are none."""
    ax.axis("off")
    if half.refusal:
        ax.text(0, 0.7, "\n".join(textwrap.wrap(half.refusal, 40)), color=VERMILLION, fontsize=10)
        return
    shift = max(now.keras.pads[0], now.torch.pads[0]) - half.pads[0]
    both = [len(one.sources) - one.pads[0] for one in (now.keras, now.torch)]
    wide = max(now.keras.pads[0], now.torch.pads[0]) + max(both)
    for i, (source, value) in enumerate(zip(half.sources, half.cells, strict=True)):
        inside = half.pads[0] <= i < half.pads[0] + len(state.row)
        _draw_cell(ax, i + shift, number(value) if _shown(half, source) else "–", inside=inside)
    size, lines = len(state.kernel), len(half.outputs)
    apart = half.dilation
    for j, (start, value) in enumerate(zip(half.starts, half.outputs, strict=True)):
        y = 1.5 + 0.55 * j
        reach = apart * (size - 1)
        places = [start + shift + 0.5 + tap * apart for tap in range(size)]
        ax.plot([places[0], places[0] + reach], [y, y], color=GREY, linewidth=1)
        colour = VERMILLION if j == now.output else BLUE
        ax.plot(places, [y] * size, "s", color=colour, markersize=4)
        mark = "≠ " if j in now.differs else ""
        ax.text(wide + 0.4, y, f"{mark}{number(value)}", va="center", fontsize=9)
    ax.text(0, -0.35, padding_in_words(half), fontsize=9, color=GREY)
    ax.set_xlim(-0.1, wide + 2.4)
    ax.set_ylim(max(4.0, 1.6 + 0.55 * lines), -0.9)


def _shown(half: Half, source: int) -> bool:
    """Whether a number stands in a cell: not where nothing is counted."""
    return source >= 0 or (source == -1 and half.filled != "not counted")


def _draw_cell(ax: Axes, at: int, text: str, *, inside: bool) -> None:
    face = INPUT if inside else "white"
    ax.add_patch(Rectangle((at, 0), 1, 1, facecolor=face, edgecolor=PALE if inside else GREY,
                           linestyle="-" if inside else ":", linewidth=0.8))  # fmt: skip
    ax.text(at + 0.5, 0.5, text, ha="center", va="center", fontsize=8,
            color="black" if inside else GREY)  # fmt: skip
