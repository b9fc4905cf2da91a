"""Two trainings that ought to be the same: their losses, and how far they part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse.plots.picture import (
    Picture,
    figure_of,
    in_house_style,
    series,
    several_axes,
)

EXACT = 1e-9  # a power of ten is one, whatever its logarithm is rounded to


@in_house_style
def twin_losses(
    losses: Mapping[str, ArrayLike],
    gaps: Mapping[str, ArrayLike],
    *,
    title: str,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw the losses of several trainings on top of each other, and gaps between two of them.

    Parameters
    ----------
    losses : mapping of str to (steps,) array_like
        Name of a training -> its loss at each step, in nats.
    gaps : mapping of str to (steps,) array_like
        Name of a comparison -> how far two trainings are apart at each step, at least 0, in the
        unit of the loss. Drawn on a logarithmic scale; a gap of 0 lies below it.
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
    'Two runs. Losses by step: a from 2 to 1 in 2 steps. Gaps between them: float32 at most 10 to
    the power −7.'
    """
    curves, apart = _arrays("losses", losses), _arrays("gaps", gaps)
    if any((gap < 0).any() for gap in apart.values()):
        raise ValueError("gaps must be at least 0")

    def panels() -> list[Axes]:
        return list(Figure(figsize=(9.2, 4.0)).subplots(1, 2))

    left, right = several_axes(ax, 2, panels)
    for index, (name, loss) in enumerate(curves.items()):
        # The first one broad and pale, so that another on top of it does not hide it.
        style = series(index) | ({"linewidth": 6, "alpha": 0.4} if index == 0 else {})
        left.plot(np.arange(1, loss.size + 1), loss, label=name, **style)
    for index, (name, gap) in enumerate(apart.items()):
        shown = np.where(gap > 0, gap, np.nan)
        style = series(index + 2, linewidth=1.5)  # thin: they jump up and down
        right.plot(np.arange(1, gap.size + 1), shown, label=name, **style)
    left.set_ylabel("loss (nats)")
    left.set_ylim(bottom=0)
    right.set_yscale("log")
    right.set_ylabel("gap of two losses (nats)")
    for panel, name in ((left, "Both losses"), (right, "How far they part")):
        panel.set_title(name, fontsize=12.5)
        panel.set_xlabel("training step")
        panel.legend()
    figure_of(left).suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    return Picture(figure_of(left), _in_words(title, curves, apart))


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
    """A gap, no finer than its power of ten."""
    if largest <= 0:
        return "none"
    return f"at most 10 to the power {math.ceil(math.log10(largest) - EXACT)}".replace("-", "−")
