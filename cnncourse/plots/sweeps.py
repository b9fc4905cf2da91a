"""What an experiment with several seeds says: differences in pairs, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._sums import number
from cnncourse.experiments.intervals import mean_interval
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    several_axes,
)


@in_house_style
def paired_differences(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    baseline: str,
    unit: str = "percentage points",
    title: str = "",
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw differences from a baseline: a dot for each seed, and the mean with its 95 % interval.

    An interval without 0 in it is drawn in vermilion with a filled marker.

    Parameters
    ----------
    panels : mapping of str to mapping of str to (seeds,) array_like
        Title of a panel -> name of a setting -> differences from the baseline, seed by seed.
    baseline : str
        What was subtracted.
    unit : str, default "percentage points"
    title : str
        Of the figure.
    ax : sequence of Axes, one for each panel, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no panel, or fewer than two differences in a setting.

    Examples
    --------
    >>> paired_differences({"dense": {"valid": [-2, -1, -3]}}, baseline="same").alt[-51:]
    'valid: −2 on average, interval from −4.48 to 0.484.'
    """
    if not panels:
        raise ValueError("panels must hold at least one panel, got none")

    def make() -> Any:
        counts = [len(settings) for settings in panels.values()]
        figure = Figure(figsize=(9.2, 4.3))
        return figure.subplots(1, len(panels), squeeze=False, width_ratios=counts)[0]

    axes = several_axes(ax, len(panels), make)
    words = []
    for panel, (name, settings) in zip(axes, panels.items(), strict=True):
        words.append(f"{name}:")
        for at, (setting, values) in enumerate(settings.items()):
            words.append(_draw_setting(panel, at, setting, np.asarray(values, dtype=float)))
        panel.axhline(0, color=BLACK, linewidth=1, zorder=0)
        panel.set_xticks(range(len(settings)), list(settings))
        panel.set_xlim(-0.6, len(settings) - 0.4)
        panel.set_title(name, fontsize=12.5)
        panel.tick_params(axis="x", length=0)
    axes[0].set_ylabel(f"difference from {baseline}\n({unit})")
    if title:
        figure_of(axes[0]).suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    alt = (
        f"{title.rstrip('.')}. " if title else ""
    ) + f"Differences from {baseline} in {unit}, with 95 % intervals. {' '.join(words)}"
    return Picture(figure_of(axes[0]), alt)


def _draw_setting(panel: Axes, at: int, name: str, values: np.ndarray) -> str:
    found = mean_interval(values)
    clear = not found.contains(0)
    colour = VERMILLION if clear else BLUE
    spread = np.linspace(-0.12, 0.12, values.size) - 0.22
    panel.plot(at + spread, values, "o", color=GREY, markersize=4, alpha=0.7)
    panel.errorbar(
        at + 0.12, found.mean, [[found.mean - found.low], [found.high - found.mean]], fmt="o",
        color=colour, markerfacecolor=colour if clear else "white", markersize=9, capsize=6,
        elinewidth=2.4, capthick=2.4, markeredgewidth=2,
    )  # fmt: skip
    one_line = name.replace("\n", " ")
    return (
        f"{one_line}: {number(found.mean)} on average, interval from {number(found.low)} to "
        f"{number(found.high)}."
    )
