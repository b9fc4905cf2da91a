"""The lecture's sums as plain loops, straight from the equations.

They are here to be read beside the equations, and to test the fast versions in `conv` and `pooling`
against. Sums that run over all integers in the lecture run here over the samples that there are;
everything else is zero. Indices count from 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer, numeric_array, result_dtype
from cnncourse.shapes import Pair, conv_output_size, pool_output_size


def riemann_convolution(
    x: Callable[[float], float],
    w: Callable[[float], float],
    t: float,
    *,
    start: float,
    stop: float,
    dt: float,
) -> float:
    """Approximate the convolution integral by a sum of thin bars.

    Lecture eq. (1), with the integrand taken at the middle of each bar:
        s(t) = integral of x(a) w(t - a) da  ~  sum_i x(a_i) w(t - a_i) dt

    Parameters
    ----------
    x, w : callable
        Signal x(a) and weighting function w(age); w is zero for a negative age if it is causal.
    t : float
        Time of the output, s.
    start, stop : float
        Range of a, s, outside which the product is zero or left out.
    dt : float
        Width of the bars, s; the last one is narrower where they do not fit.

    Returns
    -------
    float
        s(t), in units of x * w * s.

    Raises
    ------
    ValueError
        If dt is not positive or stop lies before start.

    Examples
    --------
    >>> ramp, box = lambda a: a, lambda age: 0.5 if 0 <= age < 2 else 0.0
    >>> round(riemann_convolution(ramp, box, 10.0, start=0.0, stop=10.0, dt=0.01), 6)
    9.0
    """
    if not dt > 0:
        raise ValueError(f"dt must be a positive number, got {dt!r}")
    if not stop >= start:
        raise ValueError(f"stop must not lie before start = {start!r}, got {stop!r}")
    total = 0.0
    for i in range(int(np.ceil((stop - start) / dt - 1e-9))):  # 0.3 / 0.1 is 2.9999999999999996
        left = start + i * dt
        width = min(dt, stop - left)
        a = left + width / 2
        total += x(a) * w(t - a) * width
    return total


def convolve1d(x: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Convolve a signal with a kernel ("full").

    Lecture eq. (2):
        s(t) = sum_a x(a) w(t - a)

    Parameters
    ----------
    x : (n,) array_like
    w : (k,) array_like

    Returns
    -------
    (n + k - 1,) ndarray

    Raises
    ------
    TypeError, ValueError
        If either is empty, not 1-D or holds no numbers.

    Examples
    --------
    >>> convolve1d([1, 2, 3], [1, 10]).tolist()
    [1, 12, 23, 30]
    """
    x, w = _filled("x", x, 1), _filled("w", w, 1)
    s = np.zeros(len(x) + len(w) - 1, result_dtype(x, w))
    x, w = x.astype(s.dtype), w.astype(s.dtype)
    for t in range(len(s)):
        for a in range(len(x)):
            if 0 <= t - a < len(w):
                s[t] += x[a] * w[t - a]
    return s


def cross_correlate1d(x: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Slide a kernel over a signal without flipping it ("valid").

    Lecture eq. (5) in one dimension:
        s(t) = sum_a x(t + a) w(a)

    Parameters
    ----------
    x : (n,) array_like
    w : (k,) array_like

    Returns
    -------
    (n - k + 1,) ndarray

    Raises
    ------
    TypeError, ValueError
        If either is empty, not 1-D or holds no numbers, or the kernel is longer than the signal.

    Examples
    --------
    >>> cross_correlate1d([1, 2, 3], [1, 10]).tolist()
    [21, 32]
    """
    x, w = _filled("x", x, 1), _filled("w", w, 1)
    s = np.zeros(conv_output_size(len(x), len(w)), result_dtype(x, w))
    x, w = x.astype(s.dtype), w.astype(s.dtype)
    for t in range(len(s)):
        for a in range(len(w)):
            s[t] += x[t + a] * w[a]
    return s


def convolve2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Convolve an image with a kernel ("full").

    Lecture eq. (3):
        S(i, j) = sum_m sum_n I(m, n) K(i - m, j - n)

    Parameters
    ----------
    image : (H, W) array_like
    kernel : (kH, kW) array_like

    Returns
    -------
    (H + kH - 1, W + kW - 1) ndarray

    Raises
    ------
    TypeError, ValueError
        If either is empty, not 2-D or holds no numbers.

    Examples
    --------
    >>> convolve2d([[1, 2], [3, 4]], [[0, 1]]).tolist()
    [[0, 1, 2], [0, 3, 4]]
    """
    image, kernel = _filled("image", image, 2), _filled("kernel", kernel, 2)
    (height, width), (rows, columns) = image.shape, kernel.shape
    s = np.zeros((height + rows - 1, width + columns - 1), result_dtype(image, kernel))
    image, kernel = image.astype(s.dtype), kernel.astype(s.dtype)
    for i, j in np.ndindex(s.shape):
        for m, n in np.ndindex(image.shape):
            if 0 <= i - m < rows and 0 <= j - n < columns:
                s[i, j] += image[m, n] * kernel[i - m, j - n]
    return s


def convolve2d_commuted(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Convolve with the operands changed over: the same sum over the kernel's entries ("full").

    Lecture eq. (4):
        S(i, j) = sum_m sum_n I(i - m, j - n) K(m, n)

    Parameters
    ----------
    image : (H, W) array_like
    kernel : (kH, kW) array_like

    Returns
    -------
    (H + kH - 1, W + kW - 1) ndarray

    Raises
    ------
    TypeError, ValueError
        As `convolve2d`.

    Examples
    --------
    >>> convolve2d_commuted([[1, 2], [3, 4]], [[0, 1]]).tolist()
    [[0, 1, 2], [0, 3, 4]]
    """
    image, kernel = _filled("image", image, 2), _filled("kernel", kernel, 2)
    (height, width), (rows, columns) = image.shape, kernel.shape
    s = np.zeros((height + rows - 1, width + columns - 1), result_dtype(image, kernel))
    image, kernel = image.astype(s.dtype), kernel.astype(s.dtype)
    for i, j in np.ndindex(s.shape):
        for m, n in np.ndindex(kernel.shape):
            if 0 <= i - m < height and 0 <= j - n < width:
                s[i, j] += image[i - m, j - n] * kernel[m, n]
    return s


def cross_correlate2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Slide a kernel over an image without flipping it ("valid").

    Lecture eq. (5):
        S(i, j) = sum_m sum_n I(i + m, j + n) K(m, n)

    Parameters
    ----------
    image : (H, W) array_like
    kernel : (kH, kW) array_like
        With kH <= H and kW <= W.

    Returns
    -------
    (H - kH + 1, W - kW + 1) ndarray

    Raises
    ------
    TypeError, ValueError
        If either is empty, not 2-D or holds no numbers, or the kernel is larger than the image.

    Examples
    --------
    >>> cross_correlate2d([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]]).tolist()
    [[19, 25], [37, 43]]
    """
    image, kernel = _filled("image", image, 2), _filled("kernel", kernel, 2)
    shape = tuple(conv_output_size(n, k) for n, k in zip(image.shape, kernel.shape, strict=True))
    s = np.zeros(shape, result_dtype(image, kernel))
    image, kernel = image.astype(s.dtype), kernel.astype(s.dtype)
    for i, j in np.ndindex(s.shape):
        for m, n in np.ndindex(kernel.shape):
            s[i, j] += image[i + m, j + n] * kernel[m, n]
    return s


def conv2d(
    x: ArrayLike, kernel: ArrayLike, stride: int = 1, *, padding: int = 0, dilation: int = 1
) -> np.ndarray:
    """Apply a bank of kernels to the channels of one image.

    Lecture eq. (6) and, with a stride, (7):
        Z[i, j, k] = sum_l sum_m sum_n V[l, j*s + m*d, k*s + n*d] K[i, l, m, n]

    Parameters
    ----------
    x : (C_in, H, W) array_like
    kernel : (C_out, C_in, kH, kW) array_like
    stride : int, default 1
        Step s between positions.
    padding : int, default 0
        Zeros on each side of the image.
    dilation : int, default 1
        Distance d between taps.

    Returns
    -------
    (C_out, Ho, Wo) ndarray
        Of `shapes.conv_output_size`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, numbers of axes or channels do not fit together, or the
        kernel is larger than the padded image.

    Examples
    --------
    >>> conv2d([[[1, 2, 3]], [[4, 5, 6]]], [[[[1]], [[10]]]], 2).tolist()
    [[[41, 63]]]
    """
    x, kernel = numeric_array("x", x, ndim=3), _filled("kernel", kernel, 4)
    channels, height, width = x.shape
    outputs, depth, rows, columns = kernel.shape
    if depth != channels:
        raise ValueError(f"kernel must have {channels} input channels, got shape {kernel.shape}")
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    shape = conv_output_size(height, rows, **options), conv_output_size(width, columns, **options)
    padded = np.zeros((channels, height + 2 * padding, width + 2 * padding), x.dtype)
    padded[:, padding : padding + height, padding : padding + width] = x
    z = np.zeros((outputs, *shape), result_dtype(x, kernel))
    padded, kernel = padded.astype(z.dtype), kernel.astype(z.dtype)
    for i, j, k in np.ndindex(z.shape):
        for l, m, n in np.ndindex(channels, rows, columns):  # noqa: E741 - the lecture's letter
            pixel = padded[l, j * stride + m * dilation, k * stride + n * dilation]
            z[i, j, k] += pixel * kernel[i, l, m, n]
    return z


def pool2d(
    x: ArrayLike, size: int | Pair, kind: str = "max", stride: int | None = None
) -> np.ndarray:
    """Summarise each window of each channel by one number.

    Lecture, "Pooling": the maximum, the mean, or the L2 norm sqrt(sum of squares) of a window.

    Parameters
    ----------
    x : (C, H, W) array_like
    size : int or (rows, columns)
        Of the window, in pixels.
    kind : {"max", "average", "l2"}, default "max"
    stride : int, optional
        Step between windows; the window's size if not given.

    Returns
    -------
    (C, Ho, Wo) ndarray
        Of `shapes.pool_output_size`; float64 for the mean and the norm of integers.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or the window is larger than the image.

    Examples
    --------
    >>> pool2d([[[-4, -3], [-2, -5]]], 2).tolist()
    [[[-2]]]
    """
    x = numeric_array("x", x, ndim=3)
    choice("kind", kind, ("max", "average", "l2"))
    rows, columns = size if isinstance(size, tuple) else (size, size)
    down, right = (rows, columns) if stride is None else (integer("stride", stride),) * 2
    shape = (
        len(x),
        pool_output_size(x.shape[1], rows, stride=down),
        pool_output_size(x.shape[2], columns, stride=right),
    )
    exact = kind == "max" or x.dtype.kind in "fc"
    z = np.zeros(shape, x.dtype if exact else np.float64)
    for c, i, j in np.ndindex(z.shape):
        window = x[c, i * down : i * down + rows, j * right : j * right + columns]
        values = [window[m, n].astype(z.dtype) for m, n in np.ndindex(rows, columns)]
        if kind == "max":
            z[c, i, j] = max(values)
        elif kind == "average":
            z[c, i, j] = sum(values) / len(values)
        else:
            z[c, i, j] = np.sqrt(sum(abs(value) ** 2 for value in values))
    return z


def _filled(name: str, value: ArrayLike, ndim: int) -> np.ndarray:
    array = numeric_array(name, value, ndim=ndim)
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array
