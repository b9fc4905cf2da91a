"""How a gradient goes back through a row's convolution: scattered, or gathered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array
from cnncourse._sums import number
from cnncourse.gradients import conv2d_input_gradient
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    PALE,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)
from cnncourse.shapes import conv_output_size

# Tints of the taps, pale enough for numbers, each of which stands with its tap in the cell.
TINTS = ("#F6CBB0", "#BFDDF2", "#BFE3D5", "#F1D9E7", "#FBE7B8")
COLUMNS, ROWS = 10, 8  # that fit on a page
WIDE, TALL, WIDEST = 0.85, 0.58, 9.2  # inches of a cell, and of the figure
NAMES, MARGIN = 1.75, 0.25  # inches at the left, and on both sides


@dataclass(frozen=True, eq=False)  # holds arrays
class _Row:
    """A row's convolution, checked: Z[i] = sum_m V[i*s + m - padding] K[m], and G = dL/dZ."""

    gradient: FloatArray
    taps: FloatArray
    stride: int
    padding: int
    size: int

    @property
    def back(self) -> FloatArray:
        """dL/dV."""
        found = conv2d_input_gradient(
            self.gradient[None, None], self.taps[None, None, None], (1, 1, self.size),
            stride=(1, self.stride), padding=((0, 0), (self.padding, self.padding)),
        )  # fmt: skip
        return np.asarray(found[0, 0])

    @property
    def around(self) -> FloatArray:
        """G with s - 1 zeros between its numbers, and zeros in front and behind."""
        k, s = self.taps.size, self.stride
        between = np.zeros((self.gradient.size - 1) * s + 1)
        between[::s] = self.gradient
        front = k - 1 - self.padding
        return np.pad(between, (front, self.size + k - 1 - front - between.size))

    def __str__(self) -> str:
        zeros = "1 zero" if self.padding == 1 else f"{self.padding} zeros"
        border = f" with {zeros} at either end" if self.padding else ""
        return (
            f"A kernel K of {_listed(self.taps)} on {self.size} pixels{border}, at "
            f"stride {self.stride}; the gradient G at its outputs is {_listed(self.gradient)}."
        )


@in_house_style
def gradient_scattered(
    output_gradient: ArrayLike,
    w: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    size: int | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw what each output hands back to the pixels of its window, and the sum at each pixel.

    A row for each output i of a convolution Z[i] = sum_m V[i*s + m - padding] K[m]: it gives
    G[i] K[m] to pixel i*s + m - padding, with G = dL/dZ. A pixel's gradient is the sum of its
    column. What reaches a padded pixel goes nowhere.

    Parameters
    ----------
    output_gradient : (outputs,) array_like
        G.
    w : (k,) array_like
        K, not flipped, at most 5 taps.
    stride : int, default 1
    padding : int, default 0
        Zeros at either end, fewer than taps.
    size : int, optional
        Pixels of V; if not given, the fewest that give so many outputs.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or there are more than 10 pixels or 8 outputs.

    Examples
    --------
    >>> gradient_scattered([1, 10], [2, 3]).alt.split(". ", 1)[1]
    'Output 0 hands 2, 3 to pixels 0 to 1. Output 1 hands 20, 30 to pixels 1 to 2. The sums are
    dL/dV: 2, 23, 30.'
    """
    row = _row(output_gradient, w, stride, padding, size)
    count = row.size + 2 * row.padding
    axes = _sheet(ax, count, row.gradient.size + 2.4, "Each output hands its gradient back")
    _write(axes, -0.2, 0.5, "pixel of V", ha="right")
    words = [str(row)]
    for column in range(count):
        pixel = column - row.padding
        outside = not 0 <= pixel < row.size
        _write(axes, column + 0.5, 0.5, "padding" if outside else str(pixel), grey=outside)
    for i, value in enumerate(row.gradient):
        _write(axes, -0.2, 1.5 + i, f"from G[{i}] = {number(value)}", ha="right")
        for m, tap in enumerate(row.taps):
            text = f"{_factor(value)} · {_factor(tap)}"
            _cell(axes, i * row.stride + m, 1 + i, TINTS[m], number(value * tap), text)
        start = i * row.stride - row.padding
        shares = _listed(value * row.taps)
        words.append(
            f"Output {i} hands {shares} to {_pixels(start, start + row.taps.size - 1, row.size)}."
        )
    bottom = row.gradient.size + 1.3
    axes.plot([0, count], [bottom - 0.15] * 2, color=BLACK, linewidth=1.6)
    _write(axes, -0.2, bottom + 0.5, "dL/dV, the sums", ha="right")
    for column in range(count):
        pixel = column - row.padding
        if 0 <= pixel < row.size:
            _cell(axes, column, bottom, "white", number(row.back[pixel]), bold=True)
        elif any(0 <= column - i * row.stride < row.taps.size for i in range(row.gradient.size)):
            _write(axes, column + 0.5, bottom + 0.5, "lost", grey=True)
    words.append(f"The sums are dL/dV: {_listed(row.back)}.")
    return Picture(figure_of(axes), " ".join(words))


@in_house_style
def gradient_gathered(
    output_gradient: ArrayLike,
    w: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    size: int | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw the same gradient as a full convolution: the flipped kernel slid over G among zeros.

    s - 1 zeros go between the numbers of G, k - 1 - padding in front of them, and so many behind
    that each pixel has a place: what libraries call a transposed convolution (Dumoulin and Visin
    2016, arXiv:1603.07285, chapter 4).

    Parameters
    ----------
    output_gradient, w, stride, padding, size, ax
        As in `gradient_scattered`; at most 8 pixels, and 10 numbers with the zeros.

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        As `gradient_scattered`.

    Examples
    --------
    >>> gradient_gathered([1, 10], [2, 3]).alt.split(". ", 1)[1]
    'With zeros: 0, 1, 10, 0. The flipped kernel 3, 2 slides over it, one place for each pixel, and
    gives dL/dV: 2, 23, 30.'
    """
    row = _row(output_gradient, w, stride, padding, size)
    around, back = row.around, row.back
    title = "Each pixel gathers: the flipped kernel over G and zeros"
    axes = _sheet(ax, around.size + 1.5, row.size + 1.45, title)
    if row.size > ROWS:
        raise ValueError(f"size must be at most {ROWS} to be drawn, got {row.size}")
    front = row.taps.size - 1 - row.padding
    _write(axes, -0.2, 0.5, "G and zeros", ha="right")
    for column, value in enumerate(around):
        i, rest = divmod(column - front, row.stride)
        given = rest == 0 and 0 <= i < row.gradient.size
        _cell(axes, column, 0, "white" if given else PALE, number(value), bold=given)
    for pixel, total in enumerate(back):
        y = 1.3 + pixel
        _write(axes, -0.2, y + 0.5, f"pixel {pixel} of V", ha="right")
        for m, tap in enumerate(row.taps):
            column = pixel + row.taps.size - 1 - m  # tap m meets the output that read through it
            text = f"{_factor(around[column])} · {_factor(tap)}"
            _cell(axes, column, y, TINTS[m], number(around[column] * tap), text)
        _write(axes, around.size + 0.25, y + 0.5, "=")
        _cell(axes, around.size + 0.5, y, "white", number(total), bold=True)
    _write(axes, around.size + 1, 1.0, "dL/dV")
    words = (
        f"{row} With zeros: {_listed(around)}. The flipped kernel {_listed(row.taps[::-1])} slides "
        f"over it, one place for each pixel, and gives dL/dV: {_listed(back)}."
    )
    return Picture(figure_of(axes), words)


def _row(gradient: ArrayLike, w: ArrayLike, stride: int, padding: int, size: int | None) -> _Row:
    flow = numeric_array("output_gradient", gradient, ndim=1).astype(float)
    taps = numeric_array("w", w, ndim=1).astype(float)
    step = integer("stride", stride)
    zeros = integer("padding", padding, minimum=0)
    if not flow.size or not 1 <= taps.size <= len(TINTS) or zeros >= taps.size:
        raise ValueError(
            f"w must have 1 to {len(TINTS)} taps, more than padding, and output_gradient at least "
            f"one number, got {taps.size} taps, padding {zeros}, {flow.size} numbers"
        )
    fewest = (flow.size - 1) * step + taps.size - 2 * zeros
    pixels = integer("size", max(fewest, 1) if size is None else size)
    outputs = conv_output_size(pixels, taps.size, stride=step, padding=zeros)
    if outputs != flow.size:
        raise ValueError(
            f"output_gradient must hold one number for each of {outputs} outputs of {pixels} "
            f"pixels, got {flow.size}"
        )
    if flow.size > ROWS or max(pixels + 2 * zeros, pixels + taps.size - 1) > COLUMNS:
        raise ValueError(
            f"at most {ROWS} outputs and {COLUMNS} pixels, zeros among them, can be drawn, got "
            f"{flow.size} and {pixels} with {zeros} at either end"
        )
    return _Row(flow, taps, step, zeros, pixels)


def _sheet(ax: Axes | None, columns: float, rows: float, title: str) -> Axes:
    """Axes measured in cells, the first row on top, the names at the left."""
    cell = min(WIDE, (WIDEST - NAMES - 2 * MARGIN) / columns)
    width = max(NAMES + columns * cell + 2 * MARGIN, 0.115 * len(title) + 2 * MARGIN)
    axes = one_axes(ax, width=min(width, WIDEST), height=rows * TALL + 0.7)
    axes.set_axis_off()
    axes.set_xlim(-NAMES / cell, (width - NAMES - 2 * MARGIN) / cell + 0.05)
    axes.set_ylim(rows, 0)
    axes.set_title(title)
    return axes


def _cell(
    axes: Axes, x: float, y: float, colour: str, text: str, small: str = "", *, bold: bool = False
) -> None:
    """A number in its box, and under it where it comes from."""
    axes.add_patch(
        Rectangle((x, y), 1, 1, facecolor=colour, edgecolor=BLACK if bold else GREY,
                  linewidth=1.6 if bold else 0.8, zorder=3 if bold else 2)
    )  # fmt: skip
    weight = "bold" if bold else "normal"
    axes.text(x + 0.5, y + (0.3 if small else 0.5), text, ha="center", va="center", fontsize=12,
              fontweight=weight, zorder=4)  # fmt: skip
    if small:
        small = small.replace(" ", "") if len(small) > 9 else small
        axes.text(x + 0.5, y + 0.74, small, ha="center", va="center", fontsize=10, zorder=4)


def _write(
    axes: Axes, x: float, y: float, text: str, *, ha: str = "center", grey: bool = False
) -> None:
    axes.text(x, y, text, ha=ha, va="center", fontsize=11.5, color=GREY if grey else BLACK)


def _factor(value: float) -> str:
    text = number(value)
    return f"({text})" if value < 0 else text


def _listed(values: FloatArray) -> str:
    return ", ".join(number(value) for value in values)


def _pixels(first: int, last: int, size: int) -> str:
    """Name a window's pixels; those of the padding are none."""
    inside = range(max(first, 0), min(last, size - 1) + 1)
    if not inside:
        return "padding"
    named = f"pixels {inside[0]} to {inside[-1]}" if len(inside) > 1 else f"pixel {inside[0]}"
    return named if len(inside) == last - first + 1 else f"{named} and padding"
