"""The explorer "side by side" as a still picture, for places where no widget can live."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.explore.side_by_side_model import Comparison, Half, compare
from cnncourse.explore.side_by_side_windows import PADDING, SideBySideState
from cnncourse.explore.side_by_side_words import number, padding_in_words
from cnncourse.plots.picture import BLUE, GREY, PALE, VERMILLION, Picture, in_house_style

INPUT = "#CFE3F1"


@in_house_style
def picture(state: SideBySideState, alt: str) -> Picture:
    """Draw what the explorer shows in `state`, with `alt` as its alternative text."""
    now = compare(state)
    halves = (now.keras, now.torch)
    figure = Figure(figsize=(8.0, 2.5 + 0.17 * max(len(half.outputs) for half in halves)))
    for ax, name, half in zip(figure.subplots(1, 2), ("Keras", "PyTorch"), halves, strict=True):
        code = textwrap.wrap(half.code, 46)
        ax.set_title(name + "\n" * 2, fontsize=12)
        style: dict[str, Any] = {"fontsize": 8, "family": "DejaVu Sans Mono", "va": "bottom"}
        ax.text(0, 1.02, "\n".join(code), transform=ax.transAxes, **style)
        ax.axis("off")
        if half.refusal:
            words = "\n".join(textwrap.wrap(half.refusal, 40))
            ax.text(0, 0.8, words, color=VERMILLION, fontsize=10, va="top", transform=ax.transAxes)
        else:
            _draw_half(ax, state, now, half)
    figure.supxlabel("\n".join(textwrap.wrap(now.verdict, 96)), fontsize=10)
    return Picture(figure, alt)


def _draw_half(ax: Axes, state: SideBySideState, now: Comparison, half: Half) -> None:
    """The padded row, its windows and their outputs; the row's cells are as far left in both."""
    halves = [one for one in (now.keras, now.torch) if not one.refusal]
    lead = max(one.pads[0] for one in halves)
    wide = lead + max(len(one.sources) - one.pads[0] for one in halves)
    lines = max(len(one.outputs) for one in halves)
    n, size = len(state.row), len(state.kernel)
    ax.set_xlim(-0.1, wide + 0.22 * (wide + 4))
    ax.set_ylim(max(4.0, 1.5 + 0.6 * lines), -0.9)
    ax.text(0, -0.35, padding_in_words(half), fontsize=9, color=GREY)
    inside = range(half.pads[0], half.pads[0] + n)
    shift = lead - half.pads[0]
    for i, (source, value) in enumerate(zip(half.sources, half.cells, strict=True)):
        text = number(value) if _shown(half, source) else "–"
        _draw_cell(ax, i + shift, text, 8 if wide < 20 else 6.5, inside=i in inside)
    for j, (start, value) in enumerate(zip(half.starts, half.outputs, strict=True)):
        y, colour = 1.5 + 0.6 * j, VERMILLION if j == now.output else BLUE
        taps = [start + tap * half.dilation for tap in range(size)]
        ends = [taps[0] + shift + 0.5, taps[-1] + shift + 0.5]
        ax.plot(ends, [y, y], color=GREY, linewidth=1, zorder=1)
        for tap in taps:
            face = colour if tap in inside else "white"
            style: dict[str, Any] = {
                "markersize": 4,
                "markerfacecolor": face,
                "markeredgecolor": colour,
            }
            ax.plot(tap + shift + 0.5, y, "s", **style)
        mark = "≠ " if j in now.differs else ""
        ax.text(wide + 0.3, y, f"{mark}{number(value)}", va="center", fontsize=9)


def _shown(half: Half, source: int) -> bool:
    """Whether a number stands in a cell: not where nothing is counted."""
    return source >= 0 or (source == PADDING and half.filled != "not counted")


def _draw_cell(ax: Axes, at: int, text: str, size: float, *, inside: bool) -> None:
    face, edge, line = (INPUT, PALE, "-") if inside else ("white", GREY, ":")
    style: dict[str, Any] = {
        "facecolor": face,
        "edgecolor": edge,
        "linestyle": line,
        "linewidth": 0.8,
    }
    ax.add_patch(Rectangle((at, 0), 1, 1, **style))
    colour = "black" if inside else GREY
    ax.text(at + 0.5, 0.5, text, ha="center", va="center", fontsize=size, color=colour)
