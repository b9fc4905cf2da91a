"""Drawings by label and by hand, and which of them a network takes for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import numeric_array
from cnncourse._words import counted
from cnncourse.plots.picture import Picture, in_house_style, sentence

MOST = 12
"""Drawings of a label in a row."""


@in_house_style
def drawings(
    images: ArrayLike,
    labels: ArrayLike,
    writers: ArrayLike,
    names: Sequence[str],
    *,
    title: str,
    most: int = MOST,
) -> Picture:
    """Draw some drawings of each label, by as many writers as there is room for.

    Parameters
    ----------
    images : (N, H, W) array_like
        Ink, 0 for none.
    labels : (N,) array_like of int
        What each shows, as a place in `names`.
    writers : (N,) array_like of int
        Who drew it; their numbers stand above the drawings, counted from 1.
    names : sequence of str
        Of the labels; a row for each.
    title : str
    most : int, default 12
        Drawings in a row.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If they are no such arrays, or there is no drawing.

    Examples
    --------
    >>> drawings([[[0, 9]], [[9, 0]]], [0, 1], [0, 0], ["left", "right"], title="Two").alt
    'Two. 2 drawings by 1 writer, some of them shown: left, 1 of 1; right, 1 of 1.'
    """
    pixels = numeric_array("images", images, ndim=3)
    shows, drew = _whole("labels", labels, len(pixels)), _whole("writers", writers, len(pixels))
    if not len(pixels) or shows.max() >= len(names):
        raise ValueError(
            f"images must hold drawings of {len(names)} labels, got {len(pixels)} drawings"
        )
    rows = [_by_turns(np.flatnonzero(shows == label), drew, most) for label in range(len(names))]
    wide = max(len(row) for row in rows)
    figure = Figure(figsize=(9.2, 0.45 + 0.92 * len(names) * min(1, 11 / max(wide, 8))))
    panels = figure.subplots(len(names), wide, squeeze=False)
    for name, line, row in zip(names, panels, rows, strict=True):
        for panel in line:
            panel.set_axis_off()
        for panel, index in zip(line, row, strict=False):
            panel.imshow(pixels[index], cmap="gray_r", vmin=0, vmax=max(1, pixels.max()))
            panel.set_title(
                f"{drew[index] + 1}", fontsize=9, fontweight="normal", pad=1, loc="center"
            )
        line[0].text(
            -0.15, 0.5, name, transform=line[0].transAxes, ha="right", va="center", fontsize=12
        )
    figure.suptitle(f"{title} (writers by number)", x=0.01, ha="left", fontsize=13.5, weight="bold")
    counts = np.bincount(shows, minlength=len(names))
    listed = "; ".join(
        f"{name}, {len(row)} of {n}" for name, row, n in zip(names, rows, counts, strict=True)
    )
    words = f"{counted(len(pixels), 'drawing')} by {counted(len(np.unique(drew)), 'writer')}"
    return Picture(figure, f"{sentence(title)} {words}, some of them shown: {listed}.")


def _whole(name: str, values: ArrayLike, count: int) -> np.ndarray:
    array = numeric_array(name, values, ndim=1)
    if array.shape != (count,) or array.dtype.kind not in "iu" or (count and array.min() < 0):
        raise ValueError(f"{name} must be {count} whole numbers from 0, got shape {array.shape}")
    return array


def _by_turns(chosen: np.ndarray, writers: np.ndarray, most: int) -> list[int]:
    """Some of `chosen`, writer after writer, in the order of the writers."""
    turn: dict[int, int] = {}
    placed = []
    for index in chosen.tolist():
        writer = int(writers[index])
        placed.append((turn.get(writer, 0), writer, index))
        turn[writer] = turn.get(writer, 0) + 1
    kept = sorted(placed)[:most]
    return [index for _, _, index in sorted(kept, key=lambda place: (place[1], place[0]))]


@in_house_style
def confusions(counts: ArrayLike, names: Sequence[str], *, title: str) -> Picture:
    """Draw how often each label was taken for each; what is right stands on the diagonal.

    Parameters
    ----------
    counts : (K, K) array_like of int
        Row: what a drawing shows. Column: what is said.
    names : sequence of K str
    title : str

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If they are no such counts, or all are 0.

    Examples
    --------
    >>> confusions([[4, 1], [0, 5]], ["circle", "line"], title="Test").alt
    'Test. Of 5 circle, 4 are read right, 1 as line. Of 5 line, 5 are read right.'
    """
    table = numeric_array("counts", counts, ndim=2)
    size = len(names)
    if table.shape != (size, size) or table.dtype.kind not in "iu" or not table.any():
        raise ValueError(f"counts must be {size} x {size} whole numbers, got shape {table.shape}")
    figure = Figure(figsize=(min(9.2, 2.6 + 0.95 * size), 1.5 + 0.62 * size))
    axes = figure.subplots()
    rows = table.sum(axis=1, keepdims=True)
    share = table / np.maximum(rows, 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in range(size):
        for column in range(size):
            ink = "white" if share[row, column] > 0.55 else "black"
            axes.text(column, row, f"{table[row, column]}", ha="center", va="center", color=ink)
    axes.set_xticks(range(size), names)
    axes.set_yticks(range(size), names)
    axes.set(xlabel="what the network says", ylabel="what it shows")
    axes.set_title(title)
    for side in axes.spines.values():
        side.set_visible(True)
    sentences = [_row_in_words(row, number, names) for number, row in enumerate(table.tolist())]
    return Picture(figure, " ".join([sentence(title), *sentences]))


def _row_in_words(row: list[int], number: int, names: Sequence[str]) -> str:
    taken = [
        f"{n} as {name}"
        for column, (n, name) in enumerate(zip(row, names, strict=True))
        if n and column != number
    ]
    first = f"{row[number]} are read right"
    return f"Of {sum(row)} {names[number]}, {', '.join([first, *taken])}."
