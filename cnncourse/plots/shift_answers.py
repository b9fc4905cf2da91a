"""Which of an image's shifted copies a network reads alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from cnncourse._words import counted
from cnncourse.plots.grids import table_of
from cnncourse.plots.picture import BLACK, Picture, in_house_style, sentence

RIGHT, WRONG = "#D6EAF7", "#F3B48A"  # pale blue; orange, hatched as well
MOST_NETWORKS, FARTHEST = 3, 4


@in_house_style
def shift_answers(
    image: ArrayLike, answers: Mapping[str, ArrayLike], *, truth: int, title: str
) -> Picture:
    """Draw what networks read where an image is moved by a few pixels, a square for each shift.

    A square is hatched where the answer is not that of the image left in its place, whether that
    was right or not: consistency is not accuracy. Wrong answers have a cross.

    Parameters
    ----------
    image : (H, W) array_like
    answers : mapping of str to (2*reach + 1, 2*reach + 1) array_like of int
        Network -> class that it reads, as `inside.answers_by_shift` gives it; up to 3 networks,
        `reach` up to 4 pixels.
    truth : int
        The class that the image is of.
    title : str

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or tables are not square, odd and of one size.

    Examples
    --------
    >>> read = [[8, 8, 8], [8, 8, 3], [8, 3, 3]]
    >>> shift_answers([[0, 1]], {"max": read}, truth=8, title="An eight, moved").alt
    'An eight, moved. An image of class 8, moved by up to 1 pixel each way. max: reads 8 in its
    place, the same at 5 of the 8 other shifts; right at 6 of all 9. Other answers: 3 at 3 shifts.'
    """
    picture = table_of("image", image)
    tables = {name: table_of(name, cells).astype(int) for name, cells in answers.items()}
    sides = {table.shape for table in tables.values()}
    if not 1 <= len(tables) <= MOST_NETWORKS or len(sides) != 1:
        raise ValueError(f"answers must be 1 to {MOST_NETWORKS} tables of one size, got {sides}")
    side, other = sides.pop()
    if side != other or not side % 2 or not 1 < side <= 2 * FARTHEST + 1:
        raise ValueError(
            f"answers must have 3 to {2 * FARTHEST + 1} rows, an odd number, and so many columns, "
            f"got {side} by {other}"
        )
    reach = side // 2
    size = min(2.9, 9.0 / (len(tables) + 1))
    figure = Figure(figsize=(max(size * (len(tables) + 1) + 0.2, 6.0), size + 1.05))
    panels = list(figure.subplots(1, len(tables) + 1))
    panels[0].imshow(picture, "gray", interpolation="nearest")
    panels[0].set_xticks([])
    panels[0].set_yticks([])
    panels[0].spines[:].set_visible(True)
    panels[0].set_title(f"the image: {truth}", fontsize=12, fontweight="normal", pad=5)
    pixels = counted(reach, "pixel")
    words = [f"{sentence(title)} An image of class {truth}, moved by up to {pixels} each way."]
    for panel, (name, table) in zip(panels[1:], tables.items(), strict=True):
        words.append(_draw_answers(panel, name, table, truth))
    panels[1].set_ylabel("moved down (pixels)")
    handles = [
        Patch(facecolor=RIGHT, label="read as in its place"),
        Patch(facecolor=WRONG, edgecolor="white", hatch="//", label="read otherwise"),
        Line2D([], [], color=BLACK, linestyle="", marker="x", markersize=5, label="wrong"),
    ]
    figure.legend(handles=handles, loc="outside lower right", ncols=3)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    return Picture(figure, " ".join(words))


def _draw_answers(panel: Axes, name: str, table: np.ndarray, truth: int) -> str:
    reach = len(table) // 2
    middle = int(table[reach, reach])
    for (row, column), read in np.ndenumerate(table):
        same = read == middle
        place = (column - reach - 0.5, row - reach - 0.5)
        panel.add_patch(
            Rectangle(place, 1, 1, facecolor=RIGHT if same else WRONG, edgecolor="white",
                      hatch="" if same else "//", linewidth=1.0)
        )  # fmt: skip
        panel.text(
            column - reach, row - reach, str(read), ha="center", va="center", fontsize=12,
            fontweight="normal" if same else "bold",
            bbox=None if same else {"boxstyle": "round,pad=0.12", "fc": WRONG, "ec": "none"},
        )  # fmt: skip
        if read != truth:
            panel.text(column - reach + 0.33, row - reach - 0.3, "×", ha="center", va="center",
                       fontsize=10)  # fmt: skip
    panel.add_patch(Rectangle((-0.5, -0.5), 1, 1, fill=False, edgecolor=BLACK, linewidth=2))
    panel.set_xlim(-reach - 0.5, reach + 0.5)
    panel.set_ylim(reach + 0.5, -reach - 0.5)
    panel.set_aspect("equal")
    ticks = list(range(-reach, reach + 1))
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_ticks(ticks, [str(t).replace("-", "−") for t in ticks])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    panel.set_xlabel("moved right (pixels)")
    alike, right = int((table == middle).sum()) - 1, int((table == truth).sum())
    others = table.size - 1
    panel.set_title(f"{name}: {alike} of {others} alike", fontsize=12, fontweight="normal", pad=5)
    text = (
        f"{name}: reads {middle} in its place, the same at {alike} of the {others} other shifts; "
        f"right at {right} of all {table.size}."
    )
    different = [int(read) for read in np.unique(table) if read != middle]
    if different:
        counts = [int((table == read).sum()) for read in different]
        listed = ", ".join(
            f"{read} at {count} shift{'s' if count > 1 else ''}"
            for read, count in zip(different, counts, strict=True)
        )
        text += f" Other answers: {listed}."
    return text
