"""How one output of a 2-D convolution is made; and kernels made of a column and a row."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, numeric_array
from cnncourse._sums import number
from cnncourse.plots.grids import Table, board, table_of
from cnncourse.plots.picture import Picture, in_house_style


@in_house_style
def sum2d(
    image: ArrayLike,
    kernel: ArrayLike,
    at: tuple[int, int],
    *,
    flip: bool = True,
    ax: Axes | None = None,
) -> Picture:
    """Draw how one output of a convolution is made: window, turned kernel, products, output.

    Lecture eq. (3) with `flip`, eq. (5) without it. The outputs are those of "full".

    Parameters
    ----------
    image : (H, W) array_like
    kernel : (kH, kW) array_like
    at : (int, int)
        Row i and column j of the output of eq. (3), from 0; the kernel must lie wholly on the
        image. Of eq. (5) the output of the same window is drawn.
    flip : bool, default True
        Convolution; otherwise cross-correlation.
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If an array is no table of numbers, or the kernel hangs over the border of the image.

    Examples
    --------
    >>> sum2d([[1, 2, 3]], [[10, 1]], (0, 1)).alt
    'Eq. (3): S(0, 1) = 1·1 + 2·10 = 21. Image I: 1 2 3. Framed: 1 by 2 cells from row 0, column 0
    on. Kernel K, turned: 1 10. Products: 1 20. Output S: 10 21 32 3. Framed: 1 by 1 cells from
    row 0, column 1 on.'
    """
    pixels, weights = table_of("image", image), table_of("kernel", kernel)
    (rows, columns), (i, j) = weights.shape, at
    top, left = i - rows + 1, j - columns + 1
    if not (0 <= top and i < len(pixels) and 0 <= left and j < pixels.shape[1]):
        raise ValueError(f"at must be an output whose kernel lies wholly on the image, got {at}")
    lying = weights[::-1, ::-1] if flip else weights
    products = pixels[top : i + 1, left : j + 1] * lying
    whole = _full(pixels, lying)
    first = (0, 0) if flip else (1 - rows, 1 - columns)
    name = f"S({i + first[0]}, {j + first[1]})".replace("-", "−")
    terms = " + ".join(
        f"{_factor(x)}·{_factor(w)}" for x, w in zip(pixels[top:, left:][:rows, :columns].ravel(),
                                                     lying.ravel(), strict=True)
    )  # fmt: skip
    title = f"Eq. ({3 if flip else 5}): {name} = {terms} = {number(products.sum(), 4)}"
    tables = [
        Table("Image I", pixels, [(top, left, rows, columns)]),
        Table(
            "Kernel K, turned" if flip else "Kernel K as it is", lying, before="×", backwards=flip
        ),
        Table("Products", products, first=None, before="="),
        Table("Output S", whole, [(i, j, 1, 1)], first, before="→"),
    ]
    return board(tables, title, ax)


def _factor(value: float) -> str:
    """A number as a factor, a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def _full(image: FloatArray, lying: FloatArray) -> FloatArray:
    """Slide a kernel as it lies over an image with zeros around it: all positions that touch."""
    rows, columns = lying.shape
    padded = np.pad(image, ((rows - 1, rows - 1), (columns - 1, columns - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, lying.shape)
    return np.einsum("ijmn,mn->ij", windows, lying)


@in_house_style
def outer_product(column: ArrayLike, row: ArrayLike, *, ax: Axes | None = None) -> Picture:
    """Draw a separable kernel as the product of a column and a row.

    Parameters
    ----------
    column : (kH,) array_like
    row : (kW,) array_like
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    TypeError, ValueError
        If one of them is no row of numbers, or is empty.

    Examples
    --------
    >>> outer_product([1, 2], [3, 0]).alt
    'A column times a row: 2 + 2 numbers make 4. column u: 1; 2. row v: 3 0. K(m, n) = u(m) v(n): 3
    0; 6 0.'
    """
    u, v = (numeric_array(name, a, ndim=1) for name, a in (("column", column), ("row", row)))
    kernel = np.outer(u, v)
    title = f"A column times a row: {u.size} + {v.size} numbers make {kernel.size}"
    tables = [
        Table("column u", table_of("column", u[:, None])),
        Table("row v", table_of("row", v[None, :]), before="×"),
        Table("K(m, n) = u(m) v(n)", kernel.astype(float), before="="),
    ]
    return board(tables, title, ax)
