"""How gradients go back in two dimensions: over a kernel's windows, and to a pool's winners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, integer_pair
from cnncourse._sums import number
from cnncourse.gradients import conv2d_input_gradient, pool2d_input_gradient
from cnncourse.plots.grids import Table, board, table_of
from cnncourse.plots.picture import (
    BLACK,
    GREY,
    PALE,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)
from cnncourse.shapes import conv_output_size, pool_output_size

MOST_WINDOWS, MOST_ROUTES = 4, 9
LETTERS = "abcdefghi"
# Tints of the windows, pale enough for numbers; their letters tell them apart without colour.
TINTS = ("#F6CBB0", "#BFDDF2", "#BFE3D5", "#F1D9E7", "#FBE7B8", "#D5D5EE", "#DCE9B5", "#F7D6D0",
         "#CDE6E8")  # fmt: skip
CELL, WIDEST = 0.78, 9.2  # inches
GAP = 0.9  # cells between tables
ADDED = 5  # letters of a sum that a cell has room for


@in_house_style
def gradient_windows(
    output_gradient: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    input_shape: Sequence[int] | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw how each number of G = dL/dZ lays a multiple of the kernel over its window.

    Parameters
    ----------
    output_gradient : (rows, columns) array_like
        G, of 1 to 4 numbers.
    kernel : (kH, kW) array_like
        K, not flipped.
    stride, padding : int
        As in the forward step, along both axes.
    input_shape : (H, W), optional
        Of V; if not given, the smallest that gives so many outputs.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or G does not fit or has too many numbers.

    Examples
    --------
    >>> gradient_windows([[1, 10]], [[2, 3]]).alt.split(". ", 1)[1]
    'from G[0, 0] = 1: 2 3 0. Framed: 1 by 2 cells from row 0, column 0 on. from G[0, 1] = 10: 0 20
    30. Framed: 1 by 2 cells from row 0, column 1 on. dL/dV: 2 23 30.'
    """
    flow, weights = table_of("output_gradient", output_gradient), table_of("kernel", kernel)
    step, zeros = integer("stride", stride), integer("padding", padding, minimum=0)
    if flow.size > MOST_WINDOWS:
        raise ValueError(f"output_gradient must hold at most {MOST_WINDOWS}, got {flow.size}")
    fewest = [
        max((n - 1) * step + k - 2 * zeros, 1)
        for n, k in zip(flow.shape, weights.shape, strict=True)
    ]
    shape = integer_pair("input_shape", tuple(input_shape or fewest))
    outputs = tuple(
        conv_output_size(n, k, stride=step, padding=zeros)
        for n, k in zip(shape, weights.shape, strict=True)
    )
    if outputs != flow.shape:
        raise ValueError(f"output_gradient must have the shape {outputs}, got {flow.shape}")

    def back(gradient: FloatArray) -> FloatArray:
        found = conv2d_input_gradient(
            gradient[None, None], weights[None, None], (1, 1, *shape), stride=step, padding=zeros
        )
        return np.asarray(found[0, 0])

    tables: list[Table] = []
    for place, value in np.ndenumerate(flow):
        alone = np.zeros(flow.shape)
        alone[place] = value
        spans = [
            (max(i * step - zeros, 0), min(i * step - zeros + k, n))
            for i, k, n in zip(place, weights.shape, shape, strict=True)
        ]
        (top, bottom), (left, right) = spans
        framed = [(top, left, bottom - top, right - left)] if min(bottom - top, right - left) > 0 \
            else []  # fmt: skip
        name = f"from G[{place[0]}, {place[1]}] = {number(value)}"
        tables.append(Table(name, back(alone), framed, before="+" if tables else ""))
    tables.append(Table("dL/dV", back(flow), before="="))
    return board(tables, "Each output lays its kernel over its window; the sums count", ax)


@in_house_style
def max_routes(
    x: ArrayLike,
    size: int | tuple[int, int],
    output_gradient: ArrayLike,
    *,
    stride: int | tuple[int, int] | None = None,
    ax: Axes | None = None,
) -> Picture:
    """Draw to which pixel each maximum hands its gradient: the first of equals gets all of it.

    Each output has a letter. At a pixel of V stand the letters of the windows that it wins, and in
    brackets those of windows where it is as large as the winner, but comes later.

    Parameters
    ----------
    x : (H, W) array_like
        V, at most 6 pixels wide and high.
    size : int or (rows, columns)
        Of the windows.
    output_gradient : (Ho, Wo) array_like
        G = dL/dZ, at most 9 numbers.
    stride : int or (rows, columns), optional
        `size` if not given.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, the shapes do not fit, or there is too much to draw.

    Examples
    --------
    >>> max_routes([[5, 7, 7]], (1, 2), [[1, 10]], stride=1).alt.split(". ", 1)[1]
    'Window a, at row 0, column 0, hands 1 to row 0, column 1. Window b, at row 0, column 1, hands
    10 to row 0, column 1; nothing to the equal at (0, 2). dL/dV: 0 11 0.'
    """
    image, flow = table_of("x", x), table_of("output_gradient", output_gradient)
    sizes = integer_pair("size", size)
    steps = sizes if stride is None else integer_pair("stride", stride)
    outputs = tuple(
        pool_output_size(n, k, stride=s) for n, k, s in zip(image.shape, sizes, steps, strict=True)
    )
    if flow.shape != outputs or flow.size > MOST_ROUTES or max(image.shape) > 6:
        raise ValueError(
            f"output_gradient must have the shape {outputs}, with at most {MOST_ROUTES} numbers, "
            f"and x at most 6 rows and columns, got {flow.shape} and {image.shape}"
        )
    back = pool2d_input_gradient(flow, image, sizes, stride=steps)
    winner: dict[tuple[int, int], list[int]] = {}
    equal: dict[tuple[int, int], list[int]] = {}
    words = [f"{_plain(image)} under windows of {sizes[0]} by {sizes[1]}, one step "
             f"{steps[0]} by {steps[1]}."]  # fmt: skip
    for index, place in enumerate(np.ndindex(outputs)):
        words.append(_follow(index, place, image, flow, sizes, steps, winner, equal))
    words.append(f"dL/dV: {_plain(back)}.")
    axes = _draw_routes(ax, image, flow, back, winner, equal)
    return Picture(figure_of(axes), " ".join(words))


def _follow(
    index: int,
    place: tuple[int, ...],
    image: FloatArray,
    flow: FloatArray,
    sizes: tuple[int, int],
    steps: tuple[int, int],
    winner: dict[tuple[int, int], list[int]],
    equal: dict[tuple[int, int], list[int]],
) -> str:
    """Note down who wins window `index`, asking the gradient itself, and say it."""
    top, left = place[0] * steps[0], place[1] * steps[1]
    window = image[top : top + sizes[0], left : left + sizes[1]]
    # A gradient of 1 at this output alone marks the pixel that all of it goes to.
    chosen = pool2d_input_gradient([[1.0]], window, sizes)
    row, column = (int(n) for n in np.argwhere(chosen)[0])
    winner.setdefault((top + row, left + column), []).append(index)
    text = (
        f"Window {LETTERS[index]}, at row {top}, column {left}, hands {number(flow[place])} to "
        f"row {top + row}, column {left + column}"
    )
    later = np.argwhere((window == window[row, column]) & (chosen == 0))
    equals = [(top + int(i), left + int(j)) for i, j in later]
    for also in equals:
        equal.setdefault(also, []).append(index)
    if equals:
        listed = ", ".join(f"({i}, {j})" for i, j in equals)
        text += f"; nothing to the equal{'s' if len(equals) > 1 else ''} at {listed}"
    return f"{text}."


def _draw_routes(
    ax: Axes | None,
    image: FloatArray,
    flow: FloatArray,
    back: FloatArray,
    winner: dict[tuple[int, int], list[int]],
    equal: dict[tuple[int, int], list[int]],
) -> Axes:
    rows, columns = image.shape
    across = 2 * columns + max(flow.shape[1], 2) + 2 * GAP
    cell = min(CELL, (WIDEST - 0.5) / across)
    title = "Each maximum hands its gradient to its winner"
    width = max(across * cell + 0.5, 0.115 * len(title) + 0.5)
    axes = one_axes(ax, width=min(width, WIDEST), height=(rows + 0.6) * cell + 0.6)
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="NW")
    axes.set_xlim(-0.05, across + 0.05)
    axes.set_ylim(rows + 0.05, -0.5)
    axes.set_title(title)
    for place, value in np.ndenumerate(image):
        wins, ties = winner.get(place, []), equal.get(place, [])
        marks = "".join(LETTERS[i] for i in wins)
        marks += f" ({''.join(LETTERS[i] for i in ties)})" if ties else ""
        _box(axes, place, 0.0, number(value), marks.strip(), wins)
    at = columns + GAP
    for index, (place, value) in enumerate(np.ndenumerate(flow)):
        _box(axes, place, at, number(value), LETTERS[index], [index])
    last = at + max(flow.shape[1], 2) + GAP
    for place, value in np.ndenumerate(back):
        wins = winner.get(place, [])
        terms = [number(flow.ravel()[i]) for i in wins]
        added = "+".join(terms) if len(terms) > 1 else ""
        added = f"{len(terms)} terms" if len(added) > ADDED else added
        _box(axes, place, last, number(value), added, wins)
    for x, name in ((0.0, "V, with its winners"), (at, "G = dL/dZ"), (last, "dL/dV")):
        axes.text(x, -0.18, name, va="bottom", fontsize=11.5)
    return axes


def _box(
    axes: Axes, place: tuple[int, ...], left: float, text: str, small: str, wins: Sequence[int]
) -> None:
    """A number; what it won in tints side by side, a heavy frame round a winner."""
    row, x = place[0], left + place[1]
    for k, index in enumerate(wins):
        part = 1 / len(wins)
        axes.add_patch(Rectangle((x + k * part, row), part, 1, facecolor=TINTS[index], zorder=1))
    axes.add_patch(
        Rectangle((x, row), 1, 1, fill=False, edgecolor=BLACK if wins else PALE,
                  linewidth=1.6 if wins else 1.0, zorder=3 if wins else 2)
    )  # fmt: skip
    middle = row + (0.34 if small else 0.5)
    axes.text(x + 0.5, middle, text, ha="center", va="center", fontsize=13, zorder=4)
    axes.text(x + 0.5, row + 0.76, small, ha="center", va="center", fontsize=10.5, zorder=4,
              color=BLACK if wins else GREY)  # fmt: skip


def _plain(table: FloatArray) -> str:
    return "; ".join(" ".join(number(value) for value in row) for row in table)
