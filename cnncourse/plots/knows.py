"""What each depth of a network knows, and whether a picture of it depends on what it learned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse.experiments.intervals import mean_interval
from cnncourse.inside.sanity import SanityCheck
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    SERIES,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    sentence,
    series,
)

SIDE = 0.09  # places that two curves stand apart
WIDEST = 9.2  # inches


@in_house_style
def accuracy_by_depth(
    accuracies: Mapping[str, Mapping[str, ArrayLike]],
    *,
    title: str,
    seen: Mapping[str, int | tuple[int, int]] | None = None,
    chance: float = 0.1,
    ax: Axes | None = None,
) -> Picture:
    """Draw how well the class is read off each layer's numbers.

    Parameters
    ----------
    accuracies : mapping of str to mapping of str to float or (runs,) array_like
        Curve, such as "trained" -> layer -> share read right; of several runs the mean is drawn
        with its 95 % interval. All curves have the same layers.
    title : str
    seen : mapping of str to int or (int, int), optional
        Layer -> width of its receptive field, or rows and columns, in pixels.
    chance : float, default 0.1
        Share that guessing reads right.
    ax : Axes, optional

    Returns
    -------
    picture : Picture
        Its words are coarse, whole tens: other machines round otherwise.

    Raises
    ------
    TypeError, ValueError
        If there is no curve, no layer, or curves or `seen` have other layers.

    Examples
    --------
    >>> curves = {"trained": {"pixels": 0.8, "conv 1": 0.96}}
    >>> accuracy_by_depth(curves, title="By depth", seen={"pixels": 1, "conv 1": 3}).alt
    'By depth. Share read right, layer by layer, in rounded tens of per cent; guessing gives 10 %.
    Receptive fields: pixels 1 × 1, conv 1 3 × 3. trained: pixels 80, conv 1 100.'
    """
    layers = list(next(iter(accuracies.values()), {}))
    if not layers or any(list(curve) != layers for curve in accuracies.values()):
        raise ValueError("accuracies must hold curves of the same layers, at least one")
    fields = {name: (n, n) if isinstance(n, int) else n for name, n in (seen or {}).items()}
    if fields and not set(layers) <= set(fields):
        raise ValueError(f"seen must name all of {layers}, got {list(fields)}")
    axes = one_axes(ax, width=min(WIDEST, max(6.5, 1.15 * len(layers) + 1.2)), height=4.6)
    words = [
        f"{sentence(title)} Share read right, layer by layer, in rounded tens of per cent; "
        f"guessing gives {100 * chance:.0f} %."
    ]
    if fields:
        told = ", ".join(f"{name} {fields[name][0]} × {fields[name][1]}" for name in layers)
        words.append(f"Receptive fields: {told}.")
    for index, (name, curve) in enumerate(accuracies.items()):
        shift = SIDE * (index - (len(accuracies) - 1) / 2)
        words.append(_draw_curve(axes, index, shift, name, curve))
    axes.axhline(100 * chance, color=BLACK, linewidth=1, linestyle=":")
    axes.text(len(layers) - 0.6, 100 * chance + 1, "guessing", fontsize=11, ha="right", va="bottom")
    named = [
        f"{name}\n{fields[name][0]} × {fields[name][1]}" if fields else name for name in layers
    ]
    axes.set_xticks(range(len(layers)), named)
    axes.set_xlim(-0.4, len(layers) - 0.6)
    axes.set_ylim(0, 104)
    axes.grid(axis="y", color="#E4E4E4", linewidth=0.8)
    axes.set_ylabel("read right (%)")
    axes.set_xlabel("layer, and the pixels that its middle unit sees" if fields else "layer")
    axes.set_title(title)
    if len(accuracies) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.14))
    return Picture(figure_of(axes), " ".join(words))


def _draw_curve(
    axes: Axes, index: int, shift: float, name: str, curve: Mapping[str, ArrayLike]
) -> str:
    middle, told = [], []
    look = SERIES[index % len(SERIES)]
    for at, (layer, value) in enumerate(curve.items()):
        runs: FloatArray = 100 * np.atleast_1d(numeric_array(layer, value, ndim=(0, 1))).astype(
            float
        )
        middle.append(float(runs.mean()))
        if runs.size > 1:
            found = mean_interval(runs)
            ends = np.clip([found.low, found.high], 0, 100)  # no share lies beyond
            axes.vlines(at + shift, *ends, color=look["color"], linewidth=2)
        told.append(f"{layer} {10 * round(middle[-1] / 10)}")
    places = np.arange(len(middle)) + shift
    axes.plot(places, middle, label=name, markersize=8, **series(index, marker=look["marker"]))
    return f"{name}: {', '.join(told)}."


@in_house_style
def similarity_by_stage(
    checks: Mapping[str, SanityCheck],
    *,
    title: str,
    names: Mapping[int, str] | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw how like themselves pictures of a network stay while its parts forget, last part first.

    Beside the curves stands, for each method, how like each other its pictures of different images
    are: what stays above that may be learned, or may be nothing but the image's own ink.

    Parameters
    ----------
    checks : mapping of str to SanityCheck
        Method -> its check; all of the same parts.
    title : str
    names : mapping of int to str, optional
        Number of a part -> its name.
    ax : Axes, optional

    Returns
    -------
    picture : Picture
        Its words are coarse, tenths.

    Raises
    ------
    ValueError
        If there is no check, or checks are of other parts.

    Examples
    --------
    >>> check = SanityCheck((3, 0), np.array([[0.7, 0.9], [0.1, 0.3]]), np.array([0.2, 0.4]))
    >>> similarity_by_stage({"saliency": check}, title="Forgetting").alt
    'Forgetting. Rank correlation with the picture of the trained network, with part 3, then also
    part 0 randomised. saliency: 1 as trained, then 0.8, 0.2; 0.3 between different images.'
    """
    parts = next((check.parts for check in checks.values()), ())
    if not parts or any(check.parts != parts for check in checks.values()):
        raise ValueError("checks must hold checks of the same parts, at least one")
    called = [(names or {}).get(part, f"part {part}") for part in parts]
    axes = one_axes(ax, width=min(WIDEST, max(7.2, 1.5 * len(parts) + 3.4)), height=4.6)
    words = [
        f"{sentence(title)} Rank correlation with the picture of the trained network, with "
        f"{', then also '.join(called)} randomised."
    ]
    last = len(parts) + 1
    for index, (name, check) in enumerate(checks.items()):
        look = SERIES[index % len(SERIES)]
        means = np.array([1.0, *check.mean])
        between = float(np.nanmean(check.between_images))
        style = series(index, marker=look["marker"])
        axes.plot(np.arange(last), means, label=name, markersize=8, **style)
        place = last + SIDE * (index - (len(checks) - 1) / 2)
        axes.plot([place], [between], look["marker"], color=look["color"], markersize=9,
                  markerfacecolor="white", markeredgewidth=2)  # fmt: skip
        told = ", ".join(_tenths(value) for value in means[1:])
        words.append(
            f"{name}: 1 as trained, then {told}; {_tenths(between)} between different images."
        )
    axes.axvline(last - 0.5, color=GREY, linewidth=1)
    axes.axhline(0, color=BLACK, linewidth=1)
    later = [f"+ {part}" for part in called[1:]]
    axes.set_xticks(range(last + 1), ["none", called[0], *later, "another\nimage"])
    axes.set_xlim(-0.3, last + 0.4)
    axes.set_ylim(top=1.05)
    axes.set_ylabel("likeness (rank correlation)")
    axes.set_xlabel("parts with random weights", loc="left")
    axes.set_title(title)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return Picture(figure_of(axes), " ".join(words))


def _tenths(value: float) -> str:
    if np.isnan(value):
        return "no number"
    return f"{round(value, 1) + 0.0:g}".replace("-", "−")
