"""What every figure of the course has in common: one look, and its content in words.

Figures are made without pyplot, so that nothing keeps them alive or shows them twice.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

P = ParamSpec("P")
R = TypeVar("R")

# A figure of 8 inches is shown 768 pixels wide, and drawn with twice as many for sharp screens.
DPI = 96
SHARPNESS = 2

# Okabe and Ito (2008): eight colours that people with any colour vision tell apart.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#6E6E6E", "#E4E4E4"

# Lines differ in dashes and markers too, for print in black and white.
SERIES: tuple[dict[str, Any], ...] = (
    {"color": VERMILLION, "linestyle": "-", "marker": "o"},
    {"color": BLUE, "linestyle": (0, (6, 2)), "marker": "s"},
    {"color": GREEN, "linestyle": (0, (6, 2, 1.5, 2)), "marker": "^"},
    {"color": PURPLE, "linestyle": (0, (2, 1.5)), "marker": "D"},
    {"color": ORANGE, "linestyle": (0, (1, 1)), "marker": "v"},
    {"color": SKY, "linestyle": (0, (9, 2, 1.5, 2, 1.5, 2)), "marker": "P"},
)

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.titlesize": 13.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "hatch.linewidth": 0.8,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.08,
}


def house_style() -> Any:
    """Context in which matplotlib draws in the course's style, whatever the reader's settings.

    Examples
    --------
    >>> with house_style():
    ...     picture = Picture(Figure(figsize=(4, 3)), "An empty figure.")
    """
    return matplotlib.style.context(["default", STYLE])


def in_house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a drawing function work in `house_style`."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return draw(*args, **kwargs)

    return styled


class Picture:
    """A figure with its alternative text; it shows itself in a notebook.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made by ``Figure(...)``, not by pyplot.
    alt : str
        What the figure shows, in words and numbers, for readers who do not see it.

    Raises
    ------
    ValueError
        If `alt` is empty.

    Examples
    --------
    >>> Picture(Figure(), "A straight line from 0 to 1 km.")
    Figure: A straight line from 0 to 1 km.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        if not alt.strip():
            raise ValueError("alt must say what the figure shows, got an empty text")
        self.figure = figure
        self.alt = alt

    def png(self, *, sharpness: float = SHARPNESS, colours: int = 256) -> bytes:
        """Render the figure as PNG, free of dates and versions, so that equal figures are equal.

        256 colours are plenty for a drawing, and make the file a third as large.

        Parameters
        ----------
        sharpness : float
            Pixels in the file for each pixel of the page.
        colours : int
            At most so many.
        """
        raw, png = io.BytesIO(), io.BytesIO()
        with house_style():
            self.figure.savefig(raw, format="png", dpi=sharpness * DPI)
            # A second pass would start from the first one's layout and might end a pixel off.
            self.figure.set_layout_engine("none")
        with Image.open(raw) as image:
            # Unlike the other methods, this one loses neither pale areas nor small ones.
            few = image.convert("RGB").quantize(
                colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
        few.save(png, "png", optimize=True)
        return png.getvalue()

    def html_image(self, *, sharpness: float = SHARPNESS, colours: int = 256) -> str:
        """The figure as an HTML element, with its alternative text; arguments as for `png`."""
        return self._image_element(self.png(sharpness=sharpness, colours=colours))

    def _image_element(self, png: bytes) -> str:
        address = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
        return f'<img width="{self._width()}" alt="{html.escape(self.alt)}" src="{address}">'

    def _width(self) -> int:
        """Width in the page, pixels."""
        return round(self.figure.get_figwidth() * DPI)

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        png = self.png()
        # JupyterLab shows the alternative text of an HTML image only; nbconvert takes the PNG's.
        # A folded output shows its first line: an empty-looking one gives nothing away.
        image = " \n" + self._image_element(png)
        data = {"image/png": png, "text/html": image, "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt, "width": self._width()}}


def one_axes(ax: Axes | None, width: float = 8.0, height: float = 4.2) -> Axes:
    """Return the axes given, or those of a new figure of that size, inches."""
    return Figure(figsize=(width, height)).add_subplot() if ax is None else ax


def figure_of(ax: Axes) -> Figure:
    """Return the figure that holds the axes, past any subfigure."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def several_axes(ax: Sequence[Axes] | None, count: int, make: Callable[[], Any]) -> list[Axes]:
    """Return the `count` axes given, or those that `make` gives."""
    axes = list(make() if ax is None else ax)
    if len(axes) != count:
        raise ValueError(f"ax must hold {count} axes for this figure, got {len(axes)}")
    return axes


def series(index: int, **more: Any) -> dict[str, Any]:
    """Line style number `index`, without its marker unless one is asked for.

    Examples
    --------
    >>> series(0)["color"], series(6)["color"]
    ('#D55E00', '#D55E00')
    """
    style = dict(SERIES[index % len(SERIES)])
    del style["marker"]
    return style | more


def numbers(values: Iterable[float], digits: int = 3) -> list[str]:
    """Write numbers to the same decimal, so that the largest has `digits` digits.

    Examples
    --------
    >>> numbers([2.0, -0.004, 1.43])
    ['2.00', '0.00', '1.43']
    """
    listed = list(values)
    largest = max((abs(v) for v in listed), default=0.0)
    decimals = max(0, digits - 1 - math.floor(math.log10(largest))) if largest > 0 else 0
    return [f"{round(v, decimals) + 0.0:.{decimals}f}".replace("-", "−") for v in listed]


def sentence(title: str) -> str:
    """Return a title as a sentence of the alternative text.

    Examples
    --------
    >>> sentence("A digit"), sentence("Which digit?")
    ('A digit.', 'Which digit?')
    """
    return title if title.endswith((".", "?", "!")) else f"{title}."
