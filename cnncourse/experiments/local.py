"""A locally connected layer: the windows of a convolution, with other weights at each place."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import numeric_array


def locally_connected(image: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """Weigh the window about each pixel with the weights of that place, around in a circle.

        s[i, j] = sum_m sum_n weights[i, j, m, n] image[i + m - kH // 2, j + n - kW // 2]

    With the same weights at all places it is a cross-correlation, lecture eq. (5).

    Parameters
    ----------
    image : (H, W) array_like
        Beyond its border it begins again at the opposite side.
    weights : (H, W, kH, kW) array_like
        Of each place; kH and kW odd.

    Returns
    -------
    (H, W) ndarray

    Raises
    ------
    ValueError
        If the weights are not one odd kernel for each pixel.

    Examples
    --------
    >>> weights = [[[[0, 1, 0]], [[0, 0, 2]], [[3, 0, 0]]]]
    >>> locally_connected([[5, 6, 7]], weights).tolist()
    [[5, 14, 18]]
    """
    x = numeric_array("image", image, ndim=2)
    own = numeric_array("weights", weights, ndim=4, layouts="(H, W, kH, kW)")
    rows, columns = own.shape[2:]
    if own.shape[:2] != x.shape or rows % 2 == 0 or columns % 2 == 0:
        raise ValueError(
            f"weights must be an odd kernel for each of {x.shape} pixels, got shape {own.shape}"
        )
    around = [(rows // 2, rows // 2), (columns // 2, columns // 2)]
    padded = np.pad(x, around, mode="wrap")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns))
    found: np.ndarray = np.einsum("ijmn,ijmn->ij", windows, own)
    return found
