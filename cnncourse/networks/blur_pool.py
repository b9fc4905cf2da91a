"""Pooling that blurs before it leaves outputs out (Zhang 2019, arXiv:1904.11486)."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse._arrays import integer, integer_pair
from cnncourse.conv import conv2d
from cnncourse.gradients import conv2d_input_gradient
from cnncourse.networks.parts import Part, Pool
from cnncourse.shapes import Pair


def binomial_kernel(size: int) -> np.ndarray:
    """Return the weights of a blur: the products of two rows of binomial coefficients.

    Parameters
    ----------
    size : int
        Rows and columns; 3 gives "Tri-3" of Zhang 2019, 5 "Bin-5".

    Returns
    -------
    (size, size) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If `size` is not a positive integer.

    Examples
    --------
    >>> (16 * binomial_kernel(3)).tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    row = np.ones(1)
    for _ in range(integer("size", size) - 1):
        row = np.convolve(row, [0.5, 0.5])
    return np.outer(row, row)


class BlurPool(Part):
    """Blur each channel by a binomial kernel b and keep every s-th output of every s-th row.

    Z[i, j] = sum_m sum_n x[i*s + m - p, j*s + n - p] b[m, n] with p = floor((size - 1) / 2), and
    the image mirrored at its border, as Zhang 2019 has it: so a constant image stays constant,
    and n pixels give ceil(n / s) outputs. Nothing of it is learned.

    Parameters
    ----------
    size : int, default 3
        Of the kernel. An image of size // 2 pixels or fewer is mirrored several times, where torch
        refuses it.
    stride : int or (rows, columns), default 2

    Raises
    ------
    TypeError, ValueError
        If one of them is no positive integer.

    Examples
    --------
    >>> BlurPool().forward(np.full((1, 1, 5, 4), 8.0)).tolist()
    [[[[8.0, 8.0], [8.0, 8.0], [8.0, 8.0]]]]
    """

    def __init__(self, size: int = 3, *, stride: int | Pair = 2) -> None:
        super().__init__()
        self.kernel = binomial_kernel(size)
        before, after = (size - 1) // 2, size // 2
        self.options: dict[str, Any] = {
            "stride": integer_pair("stride", stride),
            "padding": ((before, after), (before, after)),
            "padding_mode": "reflect",
        }

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Blur, leave out."""
        self._seen = x
        planes = x.reshape(-1, 1, *x.shape[2:])  # each channel on its own, all with one kernel
        blurred = conv2d(planes, self._weights(x), **self.options)
        return blurred.reshape(*x.shape[:2], *blurred.shape[2:])

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Spread each gradient over what was blurred into its output."""
        x = self._input()
        if not to_input:
            return None
        planes = gradient.reshape(-1, 1, *gradient.shape[2:])
        shape = (len(planes), 1, *x.shape[2:])
        flow = conv2d_input_gradient(planes, self._weights(x), shape, **self.options)
        return flow.reshape(x.shape)

    def _weights(self, x: np.ndarray) -> np.ndarray:
        return self.kernel.astype(x.dtype)[np.newaxis, np.newaxis]


def max_blur_pool(size: int = 2, *, stride: int | Pair = 2, blur: int = 3) -> list[Part]:
    """Return the two parts that replace ``Pool(size, stride=stride)`` in Zhang 2019.

    The maximum is taken at every place, which moves with its input; only then is blurred, and
    every `stride`-th output kept.

    Parameters
    ----------
    size : int, default 2
        Window of the maximum.
    stride : int or (rows, columns), default 2
    blur : int, default 3
        Size of the binomial kernel.

    Returns
    -------
    list of Part

    Raises
    ------
    TypeError, ValueError
        If one of them is no positive integer.

    Examples
    --------
    >>> x = np.zeros((1, 1, 1, 8))
    >>> x[0, 0, 0, 3] = 16
    >>> pool, blur = max_blur_pool((1, 2))
    >>> blur.forward(pool.forward(x))[0, 0].tolist()
    [[0.0, 12.0, 4.0, 0.0]]
    """
    return [Pool(size, stride=1), BlurPool(blur, stride=stride)]
