"""Named kernels: weights for smoothing a track, and small kernels for images.

The 1-D ones are weights w(a) by age a in samples, w[0] for the newest: used by convolution
(`conv.convolve1d`), they are causal. The 2-D ones are written as seen on the image and meant for
cross-correlation (`conv.cross_correlate2d`): `sobel_x` then answers with positive numbers where the
image brightens to the right, `sobel_y` where it brightens downwards. Convolution turns them by 180
degrees, so it changes the sign of the odd ones (sobel, prewitt) and shifts the light of `emboss`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from cnncourse._arrays import integer


def box(length: int) -> np.ndarray:
    """Return equal weights: the mean of the last `length` samples.

    w(a) = 1 / m, lag (m - 1) / 2 samples, noise gain 1 / m.

    Parameters
    ----------
    length : int
        m, in samples.

    Returns
    -------
    (length,) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If length is not a positive integer.

    Examples
    --------
    >>> box(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    length = integer("length", length)
    return np.full(length, 1 / length)


def linear(length: int) -> np.ndarray:
    """Return weights on a falling straight line: m, m - 1, ..., 1, normalised.

    Lag (m - 1) / 3 samples, so shorter than that of a box of the same length.

    Parameters
    ----------
    length : int
        m, in samples.

    Returns
    -------
    (length,) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If length is not a positive integer.

    Examples
    --------
    >>> (linear(3) * 6).round(12).tolist()
    [3.0, 2.0, 1.0]
    """
    length = integer("length", length)
    return _normalised(np.arange(length, 0, -1.0))


def exponential(length: int, ratio: float = 0.7) -> np.ndarray:
    """Return weights that fall by a constant ratio from sample to sample.

    w(a) proportional to r**a, cut after `length` samples and normalised.

    Parameters
    ----------
    length : int
        In samples.
    ratio : float, default 0.7
        r = w(a + 1) / w(a), between 0 and 1.

    Returns
    -------
    (length,) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If length is not a positive integer or ratio does not lie in (0, 1].

    Examples
    --------
    >>> (exponential(3, ratio=0.5) * 7).round(12).tolist()
    [4.0, 2.0, 1.0]
    """
    length = integer("length", length)
    if not 0 < ratio <= 1:
        raise ValueError(f"ratio must lie above 0 and at most at 1, got {ratio!r}")
    return _normalised(float(ratio) ** np.arange(length))


def gaussian(length: int, sigma: float | None = None, *, centred: bool = False) -> np.ndarray:
    """Return Gaussian weights: the falling half of the bell, or the whole bell.

    w(a) proportional to exp(-(a - a0)**2 / (2 sigma**2)), normalised, with a0 = 0, or with
    `centred` a0 = (length - 1) / 2: to be used centred, since it looks into the future otherwise.

    Parameters
    ----------
    length : int
        In samples.
    sigma : float, optional
        Width, in samples; if not given, the far end lies at 3 sigma.
    centred : bool, default False
        The whole, symmetric bell.

    Returns
    -------
    (length,) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If length is not a positive integer or sigma is not positive.

    Examples
    --------
    >>> gaussian(3).argmax(), gaussian(3, centred=True).argmax()
    (np.int64(0), np.int64(1))
    """
    length = integer("length", length)
    top = (length - 1) / 2 if centred else 0.0
    if sigma is None:
        sigma = max(length - 1 - top, 1.0) / 3
    if not 0 < sigma < np.inf:
        raise ValueError(f"sigma must be a positive number, got {sigma!r}")
    return _normalised(np.exp(-0.5 * ((np.arange(length) - top) / sigma) ** 2))


def local_linear(length: int) -> np.ndarray:
    """Return the weights that fit a straight line and read it off at the newest sample.

    For the least-squares line through the last m samples,
        w(a) = (4m - 2 - 6a) / (m (m + 1)),
    so sum_a w(a) = 1 and sum_a a w(a) = 0: no lag on a track of constant velocity. The price is a
    noise gain of about 4 / m, four times that of a box, and negative weights on the oldest third.

    Parameters
    ----------
    length : int
        m, in samples; at least 2, a line needs two points.

    Returns
    -------
    (length,) float64 ndarray
        Sum 1.

    Raises
    ------
    TypeError, ValueError
        If length is not an integer of at least 2.

    Examples
    --------
    >>> (local_linear(4) * 10).round(12).tolist()
    [7.0, 4.0, 1.0, -2.0]
    """
    length = integer("length", length, minimum=2)
    return (4 * length - 2 - 6.0 * np.arange(length)) / (length * (length + 1))


def _normalised(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


KERNELS_1D: dict[str, Callable[[int], np.ndarray]] = {
    "box": box,
    "linear": linear,
    "exponential": exponential,
    "gaussian": gaussian,
    "local_linear": local_linear,
}
"""Causal weights by name, each a function of the length in samples."""


def _fixed(rows: list[list[float]], divisor: float = 1.0) -> np.ndarray:
    kernel = np.array(rows, dtype=np.float64) / divisor
    kernel.flags.writeable = False  # shared by all who look it up
    return kernel


KERNELS_2D = MappingProxyType(
    {
        "identity": _fixed([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box": _fixed([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
        "gaussian": _fixed([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
        "sobel_x": _fixed([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "sobel_y": _fixed([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        "prewitt_x": _fixed([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
        "prewitt_y": _fixed([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
        "laplacian": _fixed([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "sharpen": _fixed([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "emboss": _fixed([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        "motion_blur": _fixed([[1, 0, 0], [0, 1, 0], [0, 0, 1]], 3),
    }
)
"""Image kernels by name, (3, 3) float64, for cross-correlation; read-only, so copy to change."""
