"""What excites units: patches of real images, beside weights and an image made for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array
from cnncourse._sums import number
from cnncourse.inside.exciting import Excitation, Maximised
from cnncourse.plots.grids import SIGNED
from cnncourse.plots.picture import Picture, in_house_style, numbers, sentence

WIDEST, LARGEST = 9.2, 1.15  # inches, of the figure and of a panel
NAMES = 1.3  # inches at the left
MOST_PATCHES, MOST_UNITS = 8, 6
OUTSIDE = "#C9B8D8"  # past the border, where there is no pixel: neither dark nor bright


@in_house_style
def exciting(
    units: Mapping[str, Sequence[Excitation]],
    *,
    title: str,
    kernels: Mapping[str, ArrayLike] | None = None,
    made: Mapping[str, Maximised | ArrayLike] | None = None,
    most: int = 6,
) -> Picture:
    """Draw the patches that units answer to most, beside their weights and images made for them.

    Weights and preferred input are two things: weights have signs, blue above 0 and orange below;
    an input is grey, from its darkest pixel to its brightest. Patches have one scale for all, and
    above each stands the unit's answer. Mauve is past the border of an image.

    Parameters
    ----------
    units : mapping of str to sequence of Excitation
        Name of a unit, up to 6 -> what `inside.most_exciting` gave, the strongest first.
    title : str
    kernels : mapping of str to (k, k) array_like, optional
        The same names -> weights; for a layer behind the first they are of one input channel only.
    made : mapping of str to Maximised or (H, W) array_like, optional
        The same names -> the image made for the unit.
    most : int, default 6
        Patches of a unit that are drawn, up to 8.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If there is no unit, or none of its patches; or names or forms differ.

    Examples
    --------
    >>> best = Excitation(2.5, 7, (0, 0), (0, 0, 1, 2), np.array([[[0.0, 1.0]]]))
    >>> exciting({"map 3": [best]}, title="Excited", kernels={"map 3": [[-1, 2]]}).alt
    'Excited. A row for each unit: its weights, then the patches that it answers to most. map 3:
    weights from −1 to 2; 1 patch of 1 by 2 pixels, answers from 2.5 to 2.5.'
    """
    shown = {name: list(found)[: integer("most", most)] for name, found in units.items()}
    if not 1 <= len(shown) <= MOST_UNITS or not all(shown.values()) or most > MOST_PATCHES:
        raise ValueError(
            f"units must be 1 to {MOST_UNITS} with a patch each, and most at most {MOST_PATCHES}, "
            f"got {len(shown)} and {most}"
        )
    extra = {
        heading: {name: _picture(name, value) for name, value in given.items()}
        for heading, given in (("weights", kernels), ("made for it", made))
        if given is not None
    }
    for heading, tables in extra.items():
        if set(tables) != set(shown):
            raise ValueError(f"{heading} must be given for {list(shown)}, got {list(tables)}")
    count = max(map(len, shown.values()))
    columns = len(extra) + count
    side = min(LARGEST, (WIDEST - NAMES) / columns)
    figure = Figure(figsize=(max(NAMES + side * columns, 5.5), len(shown) * (side + 0.1) + 0.75))
    grid = figure.subplots(len(shown), columns, squeeze=False)
    brightest = max(float(e.patch.max()) for found in shown.values() for e in found)
    darkest = min(0.0, min(float(e.patch.min()) for found in shown.values() for e in found))
    scale = Normalize(darkest, max(brightest, darkest + 1e-9))
    parts = [*("its weights" if h == "weights" else "an image made for it" for h in extra)]
    parts.append("the patches that it answers to most")
    words = [f"{sentence(title)} A row for each unit: {', then '.join(parts)}."]
    for at, (row, (name, found)) in enumerate(zip(grid, shown.items(), strict=True)):
        tables = {heading: of[name] for heading, of in extra.items()}
        _draw_row(row, tables, found, scale, first=at == 0)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=11.5, labelpad=8)
        words.append(_in_words(name, tables.get("weights"), found))
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    return Picture(figure, " ".join(words))


def _draw_row(
    row: Sequence[Axes],
    tables: Mapping[str, FloatArray],
    found: Sequence[Excitation],
    scale: Normalize,
    *,
    first: bool,
) -> None:
    for panel in row:
        panel.set_xticks([])
        panel.set_yticks([])
        panel.spines[:].set_visible(True)
    small: dict[str, Any] = {"fontsize": 10.5, "fontweight": "normal", "pad": 3, "loc": "center"}
    for panel, (heading, cells) in zip(row, tables.items(), strict=False):
        largest = float(np.abs(cells).max()) or 1.0
        if heading == "weights":
            panel.imshow(cells, SIGNED, Normalize(-largest, largest), interpolation="nearest")
        else:
            panel.imshow(cells, "gray", interpolation="nearest")
        panel.set_title(heading if first else "", **small)
    size = (max(e.box[2] for e in found), max(e.box[3] for e in found))
    answers = numbers([one.value for one in found], 2)
    for panel, one, answer in zip(row[len(tables) :], found, answers, strict=False):
        panel.imshow(_whole(one, size), "gray", scale, interpolation="nearest")
        panel.set_facecolor(OUTSIDE)
        panel.set_title(answer, **small)
    for panel in row[len(tables) + len(found) :]:
        panel.set_axis_off()


def _whole(one: Excitation, size: tuple[int, int]) -> FloatArray:
    """The patch where it lies in the unit's field; NaN past the border of the image."""
    top, left, rows, columns = one.box
    field = np.full(size, np.nan)
    # A patch cut off at the image's first row or column misses its own first ones.
    down = size[0] - rows if top == 0 else 0
    right = size[1] - columns if left == 0 else 0
    field[down : down + rows, right : right + columns] = one.patch.mean(axis=0)
    return field


def _picture(name: str, value: Maximised | ArrayLike) -> FloatArray:
    given = value.image if isinstance(value, Maximised) else value
    cells = numeric_array(name, given, ndim=(2, 3)).astype(float)
    if not cells.size:
        raise ValueError(f"{name} must hold at least one number, got the shape {cells.shape}")
    return cells.mean(axis=0) if cells.ndim == 3 else cells


def _in_words(name: str, weights: FloatArray | None, found: Sequence[Excitation]) -> str:
    rows, columns = max(e.box[2] for e in found), max(e.box[3] for e in found)
    many = f"{len(found)} patch{'es' if len(found) > 1 else ''}"
    text = f"{' '.join(name.split())}: "
    if weights is not None:
        low, high = number(float(weights.min()), 2), number(float(weights.max()), 2)
        text += f"weights from {low} to {high}; "
    return (
        f"{text}{many} of {rows} by {columns} pixels, answers from {number(found[0].value, 2)} to "
        f"{number(found[-1].value, 2)}."
    )
