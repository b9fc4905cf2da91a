"""Two trainings that ought to be the same: their losses, and how far they part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number, power_above
from cnncourse.plots.picture import (
    Picture,
    figure_of,
    in_house_style,
    series,
    several_axes,
)

# Dark enough for words, too. Counted from the last comparison: those that are left out, where a
# library is missing, come first and change no other's colour.
COLOURS = ("#C25400", "#0072B2", "#007A5A", "#7A3E8E")
NEAR = 30  # times: lines nearer than that have their labels in one place
GAP, LINE = 5, 15  # points from a line to its label, and from label to label
ROOM = 20  # times: what a label takes of the scale
START = 0.4  # share of the steps at which the longest labels begin

End = tuple[float, float, str, str]  # gap at the end, at the label's start; name, colour


@in_house_style
def twin_losses(
    losses: Mapping[str, ArrayLike],
    gaps: Mapping[str, ArrayLike],
    *,
    title: str,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw the losses of several trainings on top of each other, and how far two of them part.

    Of each comparison the largest gap so far is drawn: gaps themselves jump up and down.

    Parameters
    ----------
    losses : mapping of str to (steps,) array_like
        Name of a training -> its loss at each step, in nats.
    gaps : mapping of str to (steps,) array_like
        Name of a comparison -> how far two trainings are apart at each step, at least 0, in the
        unit of the loss. Drawn on a logarithmic scale, from the first gap that is not 0.
    title : str
    ax : sequence of two Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError
        If a training or comparison holds no numbers.
    ValueError
        If one of the mappings is empty, or one of its arrays is, or a gap is negative.

    Examples
    --------
    >>> twin_losses({"a": [2, 1]}, {"float32": [0, 1e-7]}, title="Two runs").alt
    'Two runs. Losses by step: a from 2 to 1 in 2 steps. Gaps between them: float32 below 10 to
    the power −6.'
    """
    curves, apart = _arrays("losses", losses), _arrays("gaps", gaps)
    if any((gap < 0).any() for gap in apart.values()):
        raise ValueError("gaps must be at least 0")

    def panels() -> list[Axes]:
        return list(Figure(figsize=(9.2, 4.0)).subplots(1, 2))

    left, right = several_axes(ax, 2, panels)
    for index, (name, loss) in enumerate(curves.items()):
        # The first one broad and pale, so that another on top of it does not hide it.
        style = series(index, linewidth=1.5, linestyle="-")
        style |= {"linewidth": 6, "alpha": 0.4} if index == 0 < len(curves) - 1 else {}
        left.plot(np.arange(1, loss.size + 1), loss, label=name, **style)
    left.set_ylabel("loss (nats)")
    left.set_ylim(bottom=0)
    left.legend()
    _draw_gaps(right, apart)
    titles = {1: "The loss", 2: "Both losses"}
    for panel, name in (
        (left, titles.get(len(curves), "The losses")),
        (right, "How far they part"),
    ):
        panel.set_title(name, fontsize=12.5)
        panel.set_xlabel("training step")
    figure_of(left).suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    return Picture(figure_of(left), _in_words(title, curves, apart))


def _draw_gaps(panel: Axes, apart: Mapping[str, FloatArray]) -> None:
    """Draw the largest gap so far of each comparison, its name beside its end."""
    panel.set_yscale("log")
    panel.set_ylabel("largest gap so far (nats)")
    ends: list[End] = []
    for index, (name, gap) in enumerate(apart.items()):
        largest = np.maximum.accumulate(gap)
        colour = COLOURS[(len(apart) - 1 - index) % len(COLOURS)]
        # The earlier the broader: two that lie on top of each other are both seen.
        width = 1.6 + (len(apart) - 1 - index)
        steps = np.arange(1, gap.size + 1)
        panel.plot(steps, np.where(largest > 0, largest, np.nan), color=colour, linewidth=width,
                   drawstyle="steps-post")  # fmt: skip
        start = largest[int(START * gap.size)]
        ends.append((float(largest[-1]), float(start or largest[-1]), name, colour))
    _label(panel, ends)


def _label(panel: Axes, ends: Sequence[End]) -> None:
    """Write each name at its line's end: the uppermost's above, of others near it below them."""
    shown = sorted((end for end in ends if end[0] > 0), reverse=True)
    equal = [f"{name}: no gap" for last, _, name, _ in ends if last == 0]
    if equal:
        panel.text(0.99, 0.02, "\n".join(equal), ha="right", va="bottom", fontsize=11.5,
                   transform=panel.transAxes)  # fmt: skip
    if not shown:
        return
    bunches = [[shown[0]]]
    for above, end in pairwise(shown):
        if above[0] / end[0] < NEAR:
            bunches[-1].append(end)
        else:
            bunches.append([end])
    for bunch in bunches:
        lowest = min(start for _, start, _, _ in bunch)
        for index, (_, _, name, colour) in enumerate(bunch):
            # In points from the bunch's highest place under the labels, or from its lowest one.
            at, va, away = (
                (lowest, "top", -GAP - LINE * (index - 1))
                if index
                else (bunch[0][0], "bottom", GAP)
            )
            panel.annotate(
                name, (1, at), (0, away), xycoords=("axes fraction", "data"),
                textcoords="offset points", ha="right", va=va, color=colour, fontsize=11.5,
            )  # fmt: skip
    low, high = panel.get_ylim()
    # Room for a label above the uppermost line and some below the lowest one.
    panel.set_ylim(
        min(low, min(start for _, start, _, _ in bunches[-1]) / ROOM ** len(bunches[-1])),
        max(high, shown[0][0] * ROOM),
    )


def _arrays(name: str, given: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    if not given:
        raise ValueError(f"{name} must hold at least one array, got none")
    arrays = {key: numeric_array(f"{name}[{key!r}]", value, ndim=1) for key, value in given.items()}
    for key, array in arrays.items():
        if not array.size:
            raise ValueError(f"{name}[{key!r}] must hold at least one number, got none")
    return {key: array.astype(float) for key, array in arrays.items()}


def _in_words(title: str, curves: Mapping[str, FloatArray], apart: Mapping[str, FloatArray]) -> str:
    losses = "; ".join(
        f"{name} from {number(loss[0])} to {number(loss[-1])} in {loss.size} steps"
        for name, loss in curves.items()
    )
    gaps = "; ".join(f"{name} {_power(gap.max())}" for name, gap in apart.items())
    return f"{title.rstrip('.')}. Losses by step: {losses}. Gaps between them: {gaps}."


def _power(largest: float) -> str:
    """A gap, no finer than a power of ten above."""
    power = power_above(largest)
    return "none" if power is None else f"below 10 to the power {power}".replace("-", "−")
