"""What a trained network holds: its filters, its maps from part to part, heat over an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse._words import counted
from cnncourse.plots.grids import SIGNED, table_of
from cnncourse.plots.picture import BLACK, Picture, in_house_style, sentence

WIDTH = 9.2  # inches
ABREAST = 12  # small panels in a row
GAP = 0.16  # inches between rows
LARGEST = 1.15  # inches of a small panel
TOLD = 4  # rows that are read out


@in_house_style
def filters(kernels: ArrayLike, *, title: str, channel: int = 0) -> Picture:
    """Draw learned kernels: blue where a weight is positive, orange where it is negative.

    All have one scale, so that a weak kernel looks weak.

    Parameters
    ----------
    kernels : (C_out, C_in, kH, kW) array_like
    title : str
    channel : int, default 0
        The input channel whose weights are drawn.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If they are no such numbers, there is none, or there is no such channel.

    Examples
    --------
    >>> filters([[[[-1, 2]]], [[[0, 0.5]]]], title="Two filters").alt
    'Two filters. 2 filters of 1 by 2 weights from input channel 0, between −1 and 2. The strongest
    is filter 0; the weakest is filter 1, with 22 % of its size.'
    """
    weights = numeric_array("kernels", kernels, ndim=4).astype(float)
    if not weights.size or not 0 <= channel < weights.shape[1]:
        raise ValueError(
            f"kernels must hold a filter for channel {channel}, got the shape {weights.shape}"
        )
    chosen = weights[:, channel]
    largest = float(np.abs(chosen).max()) or 1.0
    scale = Normalize(-largest, largest)
    figure, panels = _board([len(chosen)], chosen.shape[1] / chosen.shape[2])
    for index, kernel in enumerate(chosen):
        panels[0][index].imshow(kernel, SIGNED, scale, interpolation="nearest")
        panels[0][index].set_title(f"{index}", fontsize=11, fontweight="normal", pad=3)
    _bar(figure, panels[0], scale, SIGNED, "weight")
    _headline(figure, title)
    sizes = np.sqrt((chosen**2).sum(axis=(1, 2)))
    strongest, weakest = int(sizes.argmax()), int(sizes.argmin())
    share = 100 * sizes[weakest] / (sizes[strongest] or 1.0)
    words = (
        f"{sentence(title)} {counted(len(chosen), 'filter')} of {chosen.shape[1]} by "
        f"{chosen.shape[2]} weights from input channel {channel}, between "
        f"{number(float(chosen.min()))} and {number(float(chosen.max()))}. The strongest is filter "
        f"{strongest}; the weakest is filter {weakest}, with {share:.0f} % of its size."
    )
    return Picture(figure, words)


@in_house_style
def maps_through_depth(maps: Mapping[str, ArrayLike], *, title: str, most: int = 8) -> Picture:
    """Draw the feature maps of one image, a row for each part.

    Each row has its own scale, from its least number (dark) to its largest (bright): parts answer
    in different units. So compare maps within a row only.

    Parameters
    ----------
    maps : mapping of str to (C, h, w) array_like
        Name of a part -> its maps, from the image on.
    title : str
    most : int, default 8
        At most so many maps of a part are drawn, the first ones; the alternative text counts all.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If maps are no such numbers, there is none, or `most` is not from 1 to 12.

    Examples
    --------
    >>> maps_through_depth({"image": [[[0, 1]]], "pool": [[[1]], [[0]]]}, title="Down").alt
    'Down. Maps in 2 rows, from part to part. image: 1 map of 1 by 2 places, from 0 to 1, 50 % of
    all places above 0. pool: 2 maps of 1 by 1 places, from 0 to 1, 50 % of all places above 0.'
    """
    rows = {name: numeric_array(f"maps[{name!r}]", value, ndim=3) for name, value in maps.items()}
    if not rows or not all(row.size for row in rows.values()):
        raise ValueError("maps must hold at least one map for each part, and a part")
    if not 1 <= most <= ABREAST:
        raise ValueError(f"most must be from 1 to {ABREAST}, got {most!r}")
    shown = {name: row[:most].astype(float) for name, row in rows.items()}
    tall = max(row.shape[1] / row.shape[2] for row in shown.values())
    figure, panels = _board([len(row) for row in shown.values()], tall, labelled=True)
    for line, (name, row) in zip(panels, shown.items(), strict=True):
        scale = Normalize(row.min(), max(row.max(), row.min() + 1e-9))
        for panel, cells in zip(line, row, strict=True):
            panel.imshow(cells, "viridis", scale, interpolation="nearest")
        left_out = len(rows[name]) - len(row)
        many = f"\n+ {left_out} more" if left_out else ""
        line[0].set_ylabel(f"{name}{many}", rotation=0, ha="right", va="center", fontsize=11.5)
    _headline(figure, title)
    told = list(rows.items())[:TOLD]
    words = [f"{sentence(title)} Maps in {counted(len(rows), 'row')}, from part to part."]
    words += [
        f"{name}: {counted(len(row), 'map')} of {row.shape[1]} by {row.shape[2]} places, from "
        f"{number(float(row.min()))} to {number(float(row.max()))}, "
        f"{100 * np.mean(row > 0):.0f} % of all places above 0."
        for name, row in told
    ]
    if len(rows) > len(told):
        words.append(f"The rows below: {', '.join(list(rows)[TOLD:])}.")
    return Picture(figure, " ".join(words))


@in_house_style
def heat_over_image(image: ArrayLike, heats: Mapping[str, ArrayLike], *, title: str) -> Picture:
    """Draw an image, and beside it maps of the same size with the image's outline on them.

    Each map has a scale of its own, since methods answer in different units. A map with negative
    numbers is drawn in blue (positive) and orange, another one from white to blue.

    Parameters
    ----------
    image : (H, W) array_like
        Brightness.
    heats : mapping of str to (H, W) array_like
        Name of a method -> its map. NaN: nothing is said of the pixel.
    title : str

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If image or maps are no tables of numbers of one size, or there is none or more than five.

    Examples
    --------
    >>> heat_over_image([[0, 1]], {"slope": [[0, 3]]}, title="Where").alt
    'Where. An image of 1 by 2 pixels, and 1 map over it. slope: strongest at row 0, column 1, with
    3; half of its total lies in 1 of 2 pixels.'
    """
    picture = table_of("image", image)
    found = {name: table_of(name, cells) for name, cells in heats.items()}
    if not 1 <= len(found) <= 5:
        raise ValueError(f"heats must be one to five maps, got {len(found)}")
    for name, cells in found.items():
        if cells.shape != picture.shape:
            raise ValueError(f"{name} must have the image's {picture.shape}, got {cells.shape}")
        if np.isnan(cells).all():
            raise ValueError(f"{name} must say something of a pixel, got NaN everywhere")
    columns = len(found) + 1 if len(found) < 4 else 3
    lines = -(-(len(found) + 1) // columns)
    side = min(2.9, WIDTH / columns)
    tall = side * min(1.4, picture.shape[0] / picture.shape[1])
    figure = Figure(figsize=(side * columns, (tall + 0.5) * lines + 0.6))
    panels = list(figure.subplots(lines, columns, squeeze=False).ravel())
    panels[0].imshow(picture, "gray", interpolation="nearest")
    panels[0].set_title("the image", fontsize=12, fontweight="normal", pad=5)
    for panel, (name, cells) in zip(panels[1:], found.items(), strict=False):
        largest = float(np.nanmax(np.abs(cells))) or 1.0
        panel.imshow(cells, SIGNED, Normalize(-largest, largest), interpolation="nearest")
        # The ink as a thin outline, so that the heat keeps its own colours.
        if min(picture.shape) > 1 and picture.min() < picture.max():
            middle = (picture.min() + picture.max()) / 2
            framed = np.pad(picture, 1, constant_values=picture.min())  # closes it at the border
            down, across = (np.arange(-1, n + 1) for n in picture.shape)
            panel.contour(across, down, framed, [middle], colors=BLACK, linewidths=1.0)
            panel.set_xlim(-0.5, picture.shape[1] - 0.5)
            panel.set_ylim(picture.shape[0] - 0.5, -0.5)
        panel.set_title(name, fontsize=12, fontweight="normal", pad=5)
    for panel in panels:
        _plain(panel)
    for panel in panels[len(found) + 1 :]:
        panel.set_axis_off()
    _headline(figure, title)
    height, width = picture.shape
    words = [
        f"{sentence(title)} An image of {height} by {width} pixels, and "
        f"{counted(len(found), 'map')} over it."
    ]
    words += [f"{name}: {_heat_in_words(cells)}." for name, cells in found.items()]
    return Picture(figure, " ".join(words))


def _heat_in_words(cells: FloatArray) -> str:
    sizes = np.nan_to_num(np.abs(cells)).ravel()
    if not sizes.any():
        return "0 everywhere"
    row, column = np.unravel_index(int(sizes.argmax()), cells.shape)
    half = np.searchsorted(np.cumsum(-np.sort(-sizes)), 0.5 * sizes.sum() * (1 - 1e-9)) + 1
    return (
        f"strongest at row {row}, column {column}, with {number(float(cells[row, column]))}; "
        f"half of its total lies in {half} of {sizes.size} pixels"
    )


def _board(
    counts: list[int], tall: float, *, labelled: bool = False
) -> tuple[Figure, list[list[Axes]]]:
    """A row of small panels for each count; a single long row goes on in further lines."""
    wrapped = -(-counts[0] // ABREAST) if len(counts) == 1 else 1
    columns = -(-max(counts) // wrapped)  # lines of one length, if they are several
    lines = len(counts) * wrapped
    room = WIDTH - (1.3 if labelled else 0.2)
    side = min(LARGEST, room / columns)
    width = max(side * columns + WIDTH - room, 4.5)
    height = lines * (side * min(tall, 1.6) + GAP) + (0.55 if labelled else 1.3)
    figure = Figure(figsize=(width, height))
    grid = figure.subplots(lines, columns, squeeze=False)
    for panel in grid.ravel():
        _plain(panel)
    rows = [list(grid.ravel())] if len(counts) == 1 else [list(line) for line in grid]
    for row, count in zip(rows, counts, strict=True):
        for panel in row[count:]:
            panel.set_axis_off()
    return figure, [row[:count] for row, count in zip(rows, counts, strict=True)]


def _plain(panel: Axes) -> None:
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(True)


def _bar(figure: Figure, panels: list[Axes], scale: Normalize, colours: Any, label: str) -> None:
    bar = figure.colorbar(
        ScalarMappable(scale, colours), ax=panels, location="bottom", shrink=0.6, aspect=34
    )
    bar.set_label(label)


def _headline(figure: Figure, title: str) -> None:
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
