"""What pooled features are good for: separability, any size of picture, what against where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    ORANGE,
    SERIES,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
    several_axes,
)


@in_house_style
def separability_curves(
    sizes: ArrayLike,
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    measured: Mapping[str, Mapping[str, Mapping[int, float]]] | None = None,
    ax: Sequence[Axes] | None = None,
) -> Picture:
    """Draw how well pooled values tell two classes apart, against the size of the pool.

    Parameters
    ----------
    sizes : (n,) array_like of int
        Pool sizes, drawn on a logarithmic axis.
    panels : mapping of str to mapping of str to (n,) array_like
        Title -> kind of pooling -> separability.
    measured : mapping of str to mapping of str to mapping of int to float, optional
        Title -> kind -> pool size -> separability of simulated pools, drawn as markers.
    ax : sequence of Axes, one for each panel, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there are fewer than two panels.

    Examples
    --------
    >>> curves = {"dense": {"average": [0.2, 0.4]}, "rare": {"max": [0.2, 0.3]}}
    >>> separability_curves([1, 4], curves).alt.split(". ", 1)[1]
    'dense: average is best at 4, with 0.4. rare: max is best at 4, with 0.3.'
    """
    if len(panels) < 2:
        raise ValueError(f"panels must be at least two, got {len(panels)}")
    at = np.asarray(sizes)
    count = len(panels)
    axes = several_axes(ax, count, lambda: Figure(figsize=(9.0, 4.0)).subplots(1, count))
    words = []
    for panel, (title, curves) in zip(axes, panels.items(), strict=True):
        told = []
        for index, (kind, curve) in enumerate(curves.items()):
            values = np.asarray(curve, dtype=float)
            panel.plot(at, values, label=kind, **series(index))
            points = (measured or {}).get(title, {}).get(kind, {})
            panel.plot(list(points), list(points.values()), SERIES[index]["marker"],
                       color=SERIES[index]["color"], markersize=6)  # fmt: skip
            best = int(values.argmax())
            told.append(f"{kind} is best at {at[best]}, with {number(values[best], 2)}")
        panel.set_xscale("log", base=2)
        panel.set_xticks([4**i for i in range(8) if at[0] <= 4**i <= at[-1]])
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
        panel.set_xlabel("values in a pool, P")
        panel.set_title(title, fontsize=12.5)
        panel.set_ylim(bottom=0)
        panel.legend(loc="upper left")
        words.append(f"{title}: {'; '.join(told)}.")
    axes[0].set_ylabel("separability ψ")
    alt = f"Separability against pool sizes of {at[0]} to {at[-1]}. {' '.join(words)}"
    return Picture(figure_of(axes[0]), alt)


@in_house_style
def pooled_grids(
    images: Sequence[ArrayLike], grid: tuple[int, int], *, ax: Sequence[Axes] | None = None
) -> Picture:
    """Draw pictures at one scale, each cut into the same number of windows.

    Parameters
    ----------
    images : sequence of (H, W) array_like
        Grey.
    grid : (int, int)
        Rows and columns of windows.
    ax : sequence of Axes, one for each image, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> pooled_grids([np.eye(8), np.eye(6)], (2, 2)).alt
    '2 pictures of 8 × 8, 6 × 6 pixels, each cut into 2 × 2 windows, of 4 × 4, 3 × 3 pixels.'
    """
    pictures = [np.asarray(image, dtype=float) for image in images]
    widths = [image.shape[1] for image in pictures]

    def panels() -> list[Axes]:
        figure = Figure(figsize=(9.0, 9.0 * max(i.shape[0] for i in pictures) / sum(widths) + 0.5))
        return list(figure.subplots(1, len(pictures), width_ratios=widths, squeeze=False)[0])

    axes = several_axes(ax, len(pictures), panels)
    tall = max(image.shape[0] for image in pictures)
    for panel, image in zip(axes, pictures, strict=True):
        height, width = image.shape
        panel.imshow(image, cmap="gray", extent=(0, width, height, 0))
        for share in np.linspace(0, 1, grid[0] + 1):
            panel.plot([0, width], [share * height] * 2, color=ORANGE, linewidth=1.6)
        for share in np.linspace(0, 1, grid[1] + 1):
            panel.plot([share * width] * 2, [0, height], color=ORANGE, linewidth=1.6)
        panel.set_ylim(tall, 0)
        panel.set_axis_off()
        panel.set_title(f"{height} × {width}", fontsize=12, pad=4)
    shapes = ", ".join(f"{i.shape[0]} × {i.shape[1]}" for i in pictures)
    windows = ", ".join(
        f"{number(i.shape[0] / grid[0])} × {number(i.shape[1] / grid[1])}" for i in pictures
    )
    alt = (
        f"{len(pictures)} pictures of {shapes} pixels, each cut into {grid[0]} × {grid[1]} "
        f"windows, of {windows} pixels."
    )
    return Picture(figure_of(axes[0]), alt)


@in_house_style
def what_against_where(
    answers: Mapping[tuple[int, int], tuple[float, float]],
    *,
    chance: tuple[float, float] = (0.1, 0.5),
    ax: Axes | None = None,
) -> Picture:
    """Draw how often two questions are answered right from the same features, pooled to grids.

    Parameters
    ----------
    answers : mapping of (rows, columns) to (what, where)
        Shares right, 0 to 1.
    chance : (float, float), default (0.1, 0.5)
        What guessing gives.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> what_against_where({(1, 1): (0.46, 0.5), (1, 2): (0.46, 1.0)}).alt
    'Bars of the share answered right. 1 × 1: what 46 %, where 50 %. 1 × 2: what 46 %, where 100 %.'
    """
    axes = one_axes(ax, width=8.0, height=4.2)
    places = np.arange(len(answers))
    looks = (("which digit?", VERMILLION, ""), ("left or right?", BLUE, "//"))
    for index, (name, colour, hatch) in enumerate(looks):
        shares = [100 * pair[index] for pair in answers.values()]
        bars = axes.bar(places + 0.4 * index - 0.2, shares, 0.38, color=colour, hatch=hatch,
                        edgecolor="white", label=name)  # fmt: skip
        for text in axes.bar_label(bars, [f"{share:.0f}" for share in shares], padding=3):
            text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
        axes.axhline(100 * chance[index], color=colour, linewidth=1.2, linestyle=":", zorder=0)
        axes.text(len(answers) - 0.52, 100 * chance[index] + 1, "guessing", color=BLACK,
                  fontsize=10, ha="left")  # fmt: skip
    axes.set_xticks(places, [f"{rows} × {columns}" for rows, columns in answers])
    axes.set_xlim(-0.55, len(answers) - 0.05)
    axes.set_ylim(0, 122)
    axes.set_yticks(range(0, 101, 20))
    axes.set_xlabel("grid to which the feature maps are pooled (rows × columns)")
    axes.set_ylabel("answered right (%)")
    axes.set_title("The same features, two questions")
    axes.legend(loc="upper left", ncols=2)
    listed = " ".join(
        f"{rows} × {columns}: what {100 * what:.0f} %, where {100 * where:.0f} %."
        for (rows, columns), (what, where) in answers.items()
    )
    return Picture(figure_of(axes), f"Bars of the share answered right. {listed}")
