"""A picture and what kernels answer to it, as maps with signs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse._sums import number
from cnncourse.plots.grids import SIGNED, table_of
from cnncourse.plots.picture import Picture, in_house_style

PANEL = 2.9  # inches
ABREAST = 3  # panels in a row
# Of the strongest answers so many per cent are drawn as strong as the next: a single glint must
# not leave all others pale.
CUT = 1.0


@in_house_style
def signed_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], *, title: str) -> Picture:
    """Draw a grey picture, and beside it maps: blue where they are positive, orange negative.

    All maps have one scale, so that a strong answer in one looks strong beside the others; the
    strongest per cent of the answers is drawn alike.

    Parameters
    ----------
    image : (H, W) array_like
        Brightness; its darkest pixel is drawn black, its brightest white.
    maps : mapping of str to (rows, columns) array_like
        Title -> answers of a kernel, in units of brightness.
    title : str
        Of the figure.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If the picture or a map is no table of numbers, or there is no map.

    Examples
    --------
    >>> signed_maps([[0, 9]], {"right − left": [[9]]}, title="A step").alt
    'A step. A grey picture of 1 by 2 pixels, and 1 map. right − left: from 9 to 9; positive in
    100 % of its places, negative in 0 %, on average 9.0 away from 0.'
    """
    picture = table_of("image", image)
    answers = {name: table_of(name, cells) for name, cells in maps.items()}
    if not answers:
        raise ValueError("maps must hold at least one map, got none")
    sizes = np.concatenate([np.abs(cells).ravel() for cells in answers.values()])
    largest = float(np.percentile(sizes, 100 - CUT)) or float(sizes.max()) or 1.0
    scale = Normalize(-largest, largest)
    count = len(answers) + 1
    columns = 2 if count == 4 else min(ABREAST, count)
    rows = -(-count // columns)
    tall = PANEL * min(1.4, picture.shape[0] / picture.shape[1])
    figure = Figure(figsize=(PANEL * columns, (tall + 0.35) * rows + 0.9))
    panels = list(figure.subplots(rows, columns, squeeze=False).ravel())
    _draw_picture(panels[0], picture)
    for panel, (name, cells) in zip(panels[1:], answers.items(), strict=False):
        panel.imshow(cells, SIGNED, scale, interpolation="nearest")
        _finish(panel, name)
    for panel in panels[count:]:
        panel.set_axis_off()
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    bar = figure.colorbar(
        ScalarMappable(scale, SIGNED), ax=panels, location="bottom", shrink=0.5, aspect=34, pad=0.02
    )
    bar.set_label("answer of the kernel (levels of brightness)")
    return Picture(figure, _in_words(title, picture, answers))


def _draw_picture(panel: Axes, picture: FloatArray) -> None:
    panel.imshow(picture, "gray", interpolation="nearest")
    _finish(panel, "the picture")


def _finish(panel: Axes, name: str) -> None:
    panel.set_title(name, fontsize=12, fontweight="normal", pad=5)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(True)


def _in_words(title: str, picture: FloatArray, answers: Mapping[str, FloatArray]) -> str:
    rows, columns = picture.shape
    many = "1 map" if len(answers) == 1 else f"{len(answers)} maps"
    words = [f"{title}. A grey picture of {rows} by {columns} pixels, and {many}."]
    for name, cells in answers.items():
        low, high = number(float(cells.min())), number(float(cells.max()))
        words.append(
            f"{name}: from {low} to {high}; positive in {100 * np.mean(cells > 0):.0f} % of its "
            f"places, negative in {100 * np.mean(cells < 0):.0f} %, on average "
            f"{np.abs(cells).mean():.1f} away from 0."
        )
    return " ".join(words)
