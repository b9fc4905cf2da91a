r"""Arrays from one framework's arrangement into the other's.

torch puts the channels first: images (N, C, \*spatial), kernels (C_out, C_in, \*size), as eq. 6 of
the lecture does. Keras puts them last: images (N, \*spatial, C), kernels (\*size, C_in, C_out).
Numbers only change their places: every function here returns a view with its axes in another order,
but `depthwise_kernel_to_torch` and `depthwise_kernel_to_keras`, which join and part two axes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, numeric_array

_KERNELS = (3, 4, 5)  # of one, two or three spatial axes


def channels_last(x: ArrayLike) -> np.ndarray:
    """Images or maps as Keras has them.

    Parameters
    ----------
    x : (N, C, *spatial) array_like
        With two axes, (N, features), it stays as it is.

    Returns
    -------
    (N, *spatial, C) ndarray

    Raises
    ------
    ValueError
        If it has fewer than 2 axes or more than 5.

    Examples
    --------
    >>> channels_last(np.zeros((10, 3, 28, 32))).shape
    (10, 28, 32, 3)
    """
    x = numeric_array("x", x, ndim=(2, 3, 4, 5))
    return x if x.ndim == 2 else np.moveaxis(x, 1, -1)


def channels_first(x: ArrayLike) -> np.ndarray:
    """Images or maps as torch has them: the inverse of `channels_last`.

    Parameters
    ----------
    x : (N, *spatial, C) array_like

    Returns
    -------
    (N, C, *spatial) ndarray

    Raises
    ------
    ValueError
        If it has fewer than 2 axes or more than 5.

    Examples
    --------
    >>> channels_first(np.zeros((10, 28, 32, 3))).shape
    (10, 3, 28, 32)
    """
    x = numeric_array("x", x, ndim=(2, 3, 4, 5))
    return x if x.ndim == 2 else np.moveaxis(x, -1, 1)


def kernel_to_keras(kernel: ArrayLike) -> np.ndarray:
    """A convolution's kernel as Keras has it; in two dimensions, OIHW to HWIO.

    Parameters
    ----------
    kernel : (C_out, C_in / groups, *size) array_like

    Returns
    -------
    (*size, C_in / groups, C_out) ndarray

    Raises
    ------
    ValueError
        If it does not have 3, 4 or 5 axes.

    Examples
    --------
    >>> kernel_to_keras(np.zeros((16, 3, 5, 7))).shape
    (5, 7, 3, 16)
    """
    kernel = numeric_array("kernel", kernel, ndim=_KERNELS)
    return np.moveaxis(kernel, (0, 1), (-1, -2))


def kernel_to_torch(kernel: ArrayLike) -> np.ndarray:
    """A convolution's kernel as torch has it; in two dimensions, HWIO to OIHW.

    Parameters
    ----------
    kernel : (*size, C_in / groups, C_out) array_like

    Returns
    -------
    (C_out, C_in / groups, *size) ndarray

    Raises
    ------
    ValueError
        If it does not have 3, 4 or 5 axes.

    Examples
    --------
    >>> kernel_to_torch(np.zeros((5, 7, 3, 16))).shape
    (16, 3, 5, 7)
    """
    kernel = numeric_array("kernel", kernel, ndim=_KERNELS)
    return np.moveaxis(kernel, (-1, -2), (0, 1))


def transposed_kernel_to_keras(kernel: ArrayLike) -> np.ndarray:
    """A transposed convolution's kernel as Keras has it.

    The formula is that of `kernel_to_keras`, the axes' meaning is not: both frameworks keep the
    kernel of the convolution whose adjoint it is, whose input channels are the output's here.

    Parameters
    ----------
    kernel : (C_in, C_out, *size) array_like

    Returns
    -------
    (*size, C_out, C_in) ndarray

    Examples
    --------
    >>> transposed_kernel_to_keras(np.zeros((16, 3, 5, 7))).shape
    (5, 7, 3, 16)
    """
    return kernel_to_keras(kernel)


def transposed_kernel_to_torch(kernel: ArrayLike) -> np.ndarray:
    """A transposed convolution's kernel as torch has it.

    Parameters
    ----------
    kernel : (*size, C_out, C_in) array_like

    Returns
    -------
    (C_in, C_out, *size) ndarray

    Examples
    --------
    >>> transposed_kernel_to_torch(np.zeros((5, 7, 3, 16))).shape
    (16, 3, 5, 7)
    """
    return kernel_to_torch(kernel)


def depthwise_kernel_to_torch(kernel: ArrayLike) -> np.ndarray:
    """A depthwise kernel of Keras as that of a torch convolution with groups=C_in.

    Output channel c * multiplier + m comes from input channel c in both.

    Parameters
    ----------
    kernel : (*size, C_in, multiplier) array_like

    Returns
    -------
    (C_in * multiplier, 1, *size) ndarray

    Examples
    --------
    >>> depthwise_kernel_to_torch(np.zeros((5, 7, 3, 2))).shape
    (6, 1, 5, 7)
    """
    kernel = numeric_array("kernel", kernel, ndim=_KERNELS)
    moved = np.moveaxis(kernel, (-2, -1), (0, 1))
    return moved.reshape(-1, 1, *moved.shape[2:])


def depthwise_kernel_to_keras(kernel: ArrayLike, channels_in: int) -> np.ndarray:
    """The kernel of a torch convolution with groups=C_in as Keras's depthwise one.

    Parameters
    ----------
    kernel : (C_in * multiplier, 1, *size) array_like
    channels_in : int

    Returns
    -------
    (*size, C_in, multiplier) ndarray

    Raises
    ------
    ValueError
        If the second axis is not 1, or the first no multiple of `channels_in`.

    Examples
    --------
    >>> depthwise_kernel_to_keras(np.zeros((6, 1, 5, 7)), 3).shape
    (5, 7, 3, 2)
    """
    kernel = numeric_array("kernel", kernel, ndim=_KERNELS)
    channels_in = integer("channels_in", channels_in)
    if kernel.shape[1] != 1 or kernel.shape[0] % channels_in:
        raise ValueError(f"kernel must be ({channels_in} * multiplier, 1, ...), got {kernel.shape}")
    parted = kernel.reshape(channels_in, -1, *kernel.shape[2:])
    return np.moveaxis(parted, (0, 1), (-2, -1))


def flatten_order(shape: Sequence[int]) -> np.ndarray:
    """Where each feature of a channels-last flatten stands in a channels-first one.

    For one image x of the shape (C, *spatial):
        channels_last(x).ravel() == x.ravel()[flatten_order(x.shape)].
    So a dense kernel W of shape (features, C * ...) that reads a channels-first flatten becomes
    W[:, flatten_order(shape)] to read a channels-last one, and `argsort` of it leads back.

    Parameters
    ----------
    shape : (C, *spatial)
        Of one image, channels first.

    Returns
    -------
    (C * prod(spatial),) ndarray of int

    Examples
    --------
    Two channels of 1 x 3 pixels: pixel by pixel, both channels of each.

    >>> flatten_order((2, 1, 3)).tolist()
    [0, 3, 1, 4, 2, 5]
    """
    sizes = [integer(f"shape[{place}]", size) for place, size in enumerate(shape)]
    numbers = np.arange(math.prod(sizes)).reshape(sizes)
    return np.moveaxis(numbers, 0, -1).ravel()
