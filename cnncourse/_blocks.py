"""The engine under `conv`, `pooling` and `gradients`: padding and windows without copies."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncourse.shapes import Pair

BOUNDARIES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad_image(x: np.ndarray, pads: tuple[Pair, Pair], boundary: str = "zeros") -> np.ndarray:
    """Pad the last two axes of `x`; `x` itself if there is nothing to add.

    "zeros" puts zeros there, "replicate" repeats the border pixel, "reflect" mirrors the image at
    its border pixel without repeating it, "circular" continues at the opposite side. Padding wider
    than the image goes on with the same rule.

    Parameters
    ----------
    x : (..., H, W) ndarray
    pads : ((top, bottom), (left, right))
        Pixels to add.
    boundary : {"zeros", "reflect", "replicate", "circular"}, default "zeros"

    Returns
    -------
    (..., top + H + bottom, left + W + right) ndarray

    Examples
    --------
    >>> pad_image(np.array([[1, 2, 3]]), ((0, 0), (2, 1)), "reflect").tolist()
    [[3, 2, 1, 2, 3, 2]]
    """
    (top, bottom), (left, right) = pads
    if not (top or bottom or left or right):
        return x
    height, width = x.shape[-2:]
    if boundary == "zeros":  # np.pad takes several times as long for this common case
        padded = np.zeros((*x.shape[:-2], top + height + bottom, left + width + right), x.dtype)
        padded[..., top : top + height, left : left + width] = x
        return padded
    if (height == 0 and top + bottom) or (width == 0 and left + right):
        raise ValueError(f"an image without pixels has no {boundary!r} border, got shape {x.shape}")
    widths = [(0, 0)] * (x.ndim - 2) + [(top, bottom), (left, right)]
    return np.pad(x, widths, mode=BOUNDARIES[boundary])  # type: ignore[call-overload]


def windows(
    x: np.ndarray, kernel_shape: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> np.ndarray:
    """View `x` through a sliding window: a read-only view, nothing is copied.

    view[n, c, m, q, i, j] = x[n, c, i*s + m*d, j*s + q*d], with s the stride and d the dilation of
    the axis. The caller has seen to it that one window fits.

    Parameters
    ----------
    x : (N, C, H, W) ndarray
    kernel_shape : (kH, kW)
    stride, dilation : (rows, columns), default (1, 1)

    Returns
    -------
    (N, C, kH, kW, Ho, Wo) ndarray

    Examples
    --------
    >>> x = np.arange(12).reshape(1, 1, 3, 4)
    >>> view = windows(x, (2, 2))
    >>> view.shape, view[0, 0, :, :, 1, 2].tolist()
    ((1, 1, 2, 2, 2, 3), [[6, 7], [10, 11]])
    """
    samples, channels, height, width = x.shape
    (rows, columns), (s_row, s_column), (d_row, d_column) = kernel_shape, stride, dilation
    out_height = (height - d_row * (rows - 1) - 1) // s_row + 1
    out_width = (width - d_column * (columns - 1) - 1) // s_column + 1
    a, b, c, d = x.strides
    return as_strided(
        x,
        (samples, channels, rows, columns, out_height, out_width),
        (a, b, c * d_row, d * d_column, c * s_row, d * s_column),
        writeable=False,
    )
