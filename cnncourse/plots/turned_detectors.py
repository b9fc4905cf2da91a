"""Detectors of a pattern in several turns, and what pooling over them makes of it.

The idea of figure 9.9 of Goodfellow, Bengio and Courville, *Deep Learning* (2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    PALE,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
    series,
)

_COLOURS = "PuOr_r"


@in_house_style
def turned_detectors(
    pictures: ArrayLike, detectors: ArrayLike, answers: ArrayLike, *, names: Sequence[str]
) -> Picture:
    """Draw a table of what each detector answers to each picture, with the maximum of each row.

    Parameters
    ----------
    pictures : (N, H, W) array_like
        Inputs, one a row.
    detectors : (C, H, W) array_like
        Kernels, one a column.
    answers : (N, C) array_like
        The responses.
    names : sequence of str
        Of the pictures.

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If the numbers of pictures, detectors, answers and names differ.

    Examples
    --------
    >>> one = [[[1.0, -1.0]], [[-1.0, 1.0]]]
    >>> turned_detectors(one, one, [[2, -2], [-2, 2]], names=["0°", "180°"]).alt.split(
    ...     "the maximum. "
    ... )[-1]
    '0°: 2.00, −2.00; maximum 2.00. 180°: −2.00, 2.00; maximum 2.00.'
    """
    shown, sought = np.asarray(pictures, dtype=float), np.asarray(detectors, dtype=float)
    table = np.asarray(answers, dtype=float)
    rows, columns = table.shape
    if (len(shown), len(sought), len(names)) != (rows, columns, rows):
        raise ValueError(
            f"answers must have a row for each of {len(shown)} pictures and {len(names)} names, "
            f"and a column for each of {len(sought)} detectors, got shape {table.shape}"
        )
    figure = Figure(figsize=(1.15 * columns + 4.0, 1.0 * rows + 2.0))
    _title(figure, "What each detector answers to each picture")
    ratios = {"width_ratios": [1.15, *[1.0] * columns, 0.25, 1.15]}
    grid = figure.subplots(rows + 1, columns + 3, gridspec_kw=ratios)
    for panel in grid.ravel():
        panel.set_axis_off()
    for column in range(columns):
        _image(grid[0, column + 1], sought[column])
        grid[0, column + 1].set_title(f"detector {column}", loc="center", fontsize=10.5, pad=4,
                                      fontweight="normal")  # fmt: skip
    grid[0, 0].text(0.5, 0.5, "picture", ha="center", va="center", fontsize=11, color=GREY)
    grid[0, -1].text(0.5, 0.5, "max over\ndetectors", ha="center", va="center", fontsize=11)
    top = float(np.abs(table).max()) or 1.0
    for row in range(rows):
        _image(grid[row + 1, 0], shown[row], names[row])
        for column in range(columns):
            wins = table[row, column] == table[row].max()
            _answer(grid[row + 1, column + 1], table[row, column], top, frame=wins)
        _answer(grid[row + 1, -1], float(table[row].max()), top, frame=True)
    lines = [
        f"{name}: {', '.join(_two(v) for v in line)}; maximum {_two(line.max())}."
        for name, line in zip(names, table, strict=True)
    ]
    alt = (
        f"Table of {rows} pictures and {columns} detectors, the response of each detector to each "
        f"picture, and the maximum. {' '.join(lines)}"
    )
    return Picture(figure, alt)


@in_house_style
def turning_responses(
    angles: ArrayLike,
    single: ArrayLike,
    pooled: Mapping[str, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Picture:
    """Draw responses against the angle of the picture: single detectors thin, pooled ones bold.

    Parameters
    ----------
    angles : (n,) array_like
        Degrees.
    single : (n, C) array_like
        One column a detector.
    pooled : mapping of str to (n,) array_like
        How it was pooled -> response.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Examples
    --------
    >>> turning_responses([0, 180], [[1], [-1]], {"max": [1, 0.5]}).alt[-50:]
    'from −1.00 to 1.00. Pooled: max from 0.50 to 1.00.'
    """
    axes = one_axes(ax, width=8.0, height=4.4)
    at, each = np.asarray(angles, dtype=float), np.asarray(single, dtype=float)
    axes.plot(at, each[:, 0], color=GREY, linewidth=1.1, label="one detector each")
    axes.plot(at, each[:, 1:], color=GREY, linewidth=1.1)
    words = []
    for index, (name, curve) in enumerate(pooled.items()):
        values = np.asarray(curve, dtype=float)
        axes.plot(at, values, label=name, **series(index, linewidth=2.8))
        words.append(f"{name} from {_two(values.min())} to {_two(values.max())}")
    axes.axhline(0, color=BLACK, linewidth=0.8)
    axes.set_xlim(at[0], at[-1])
    axes.set_xticks(np.arange(at[0], at[-1] + 1, 45))
    axes.set_xlabel("angle of the edge (degrees)")
    axes.set_ylabel("response (1 for a perfect match)")
    axes.set_title("Responses while the edge turns")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    alt = (
        f"Responses against the angle from {number(at[0])} to {number(at[-1])} degrees. "
        f"{each.shape[1]} single detectors swing from {_two(each.min())} to {_two(each.max())}. "
        f"Pooled: {', '.join(words)}."
    )
    return Picture(figure_of(axes), alt)


@in_house_style
def learned_detectors(units: Mapping[str, tuple[ArrayLike, Sequence[str]]]) -> Picture:
    """Draw the kernels that units have learned, one unit a row.

    Parameters
    ----------
    units : mapping of str to ((C, H, W) array_like, (C,) sequence of str)
        What to write at the left -> kernels, and what to write above each.

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no unit.

    Examples
    --------
    >>> learned_detectors({"1 channel": ([[[1.0, -1.0]]], ["180°"])}).alt
    'Pictures of learned kernels. 1 channel: 180°.'
    """
    if not units:
        raise ValueError("units must hold at least one, got none")
    widest = max(len(captions) for _, captions in units.values())
    figure = Figure(figsize=(1.35 * widest + 2.6, 1.45 * len(units) + 0.6))
    _title(figure, "What the detectors have become")
    ratios = {"width_ratios": [1.5, *[1.0] * widest]}
    grid = figure.subplots(len(units), widest + 1, squeeze=False, gridspec_kw=ratios)
    for panel in grid.ravel():
        panel.set_axis_off()
    words = []
    for line, (name, (kernels, captions)) in zip(grid, units.items(), strict=True):
        line[0].text(1.0, 0.5, name, ha="right", va="center", fontsize=12)
        for panel, kernel, caption in zip(line[1:], np.asarray(kernels), captions, strict=False):
            _image(panel, kernel)
            panel.set_title(caption, loc="center", fontsize=11, pad=3, fontweight="normal")
        words.append(f"{' '.join(name.split())}: {', '.join(captions)}.")
    return Picture(figure, f"Pictures of learned kernels. {' '.join(words)}")


def _title(figure: Figure, words: str) -> None:
    figure.suptitle(words, x=0.02, ha="left", fontsize=13.5, fontweight="bold")


def _image(panel: Axes, values: FloatArray, name: str = "") -> None:
    top = float(np.abs(values).max()) or 1.0
    panel.imshow(values, cmap=_COLOURS, vmin=-top, vmax=top)
    if name:
        panel.text(-0.12, 0.5, name, transform=panel.transAxes, ha="right", va="center",
                   fontsize=11)  # fmt: skip


def _answer(panel: Axes, value: float, top: float, *, frame: bool) -> None:
    """A coloured cell with its number; the winner of a row is framed."""
    panel.set_axis_on()
    panel.set_xticks([])
    panel.set_yticks([])
    panel.imshow([[value]], cmap=_COLOURS, vmin=-1.6 * top, vmax=1.6 * top, aspect="auto")
    panel.text(0, 0, _two(value), ha="center", va="center", fontsize=12,
               fontweight="bold" if frame else "normal")  # fmt: skip
    for spine in panel.spines.values():
        spine.set(visible=True, color=VERMILLION if frame else PALE, linewidth=2.4 if frame else 1)


def _two(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")
