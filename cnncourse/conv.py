"""Convolution and cross-correlation, lecture eq. (2) to (7), fast.

`convolve*` flips its kernel, `cross_correlate*` and `conv2d` never do, and none of them conjugates.
`definitions` has the same sums as plain loops.

dtypes: float32 with float32 stays float32, and so with each real and complex type; two different
ones give ``numpy.result_type`` (float32 with float64 or int64 gives float64). Integers and booleans
of any size give int64, exactly, or an OverflowError. Inputs are never changed. A NaN or an infinity
reaches just those outputs whose window holds it. Beside the padded input and the output some 8 MB
of workspace are used, also for kernels of any common size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer, integer_pair, numeric_array, result_dtype
from cnncourse._blocks import BOUNDARIES, correlate, pad_image
from cnncourse._overlap import (
    LONG,
    TOEPLITZ_TAPS,
    correlate_by_fft,
    correlate_short,
    slide,
)
from cnncourse.shapes import Pair, conv_output_size, image_padding

MODES = ("full", "same", "valid")


def convolve1d(x: ArrayLike, w: ArrayLike, *, mode: str = "full") -> np.ndarray:
    """Convolve a signal with a kernel.

    Lecture eq. (2), with x and w zero outside their samples:
        s(t) = sum_a x(a) w(t - a)

    Parameters
    ----------
    x : (n,) array_like
        Input; its units carry over to the feature map.
    w : (k,) array_like
        Kernel, w[0] the weight of the newest sample.
    mode : {"full", "same", "valid"}, default "full"
        All n + k - 1 outputs; the n in their middle, from the (k - 1) // 2-th on; or only the
        n - k + 1 for which the whole kernel lies on the signal. Unlike ``numpy.convolve``, which
        swaps a kernel longer than the signal, "same" always has the size of `x`.

    Returns
    -------
    (n + k - 1,), (n,) or (n - k + 1,) ndarray

    Raises
    ------
    TypeError
        If either holds no numbers.
    ValueError
        If either is empty or not 1-D, or mode is "valid" and the kernel is longer than the signal.
    OverflowError
        If sums of integers could exceed 64 bits.

    Examples
    --------
    >>> convolve1d([1, 2, 3], [1, 10]).tolist()
    [1, 12, 23, 30]
    """
    # np.convolve takes 2 us for a short signal; to check everything would double that.
    if mode == "full" and _plain_pair(x, w):
        return np.correlate(x, w[::-1], mode)  # type: ignore[call-overload, index]
    x, w = _signal("x", x), _signal("w", w)
    return _cut(x, w[::-1], choice("mode", mode, MODES), (w.size - 1) // 2)


def cross_correlate1d(x: ArrayLike, w: ArrayLike, *, mode: str = "valid") -> np.ndarray:
    """Slide a kernel over a signal without flipping it.

    Lecture eq. (5) in one dimension, counted from 0:
        s[t] = sum_a x[t + a] w[a]

    Parameters
    ----------
    x : (n,) array_like
        Input.
    w : (k,) array_like
        Kernel; not conjugated, if complex.
    mode : {"full", "same", "valid"}, default "valid"
        Positions of the kernel: all that touch the signal; n, with (k - 1) // 2 zeros before it;
        or only those that lie wholly on it.

    Returns
    -------
    (n + k - 1,), (n,) or (n - k + 1,) ndarray

    Raises
    ------
    TypeError, ValueError, OverflowError
        As `convolve1d`.

    Examples
    --------
    >>> cross_correlate1d([1, 2, 3], [1, 10]).tolist()
    [21, 32]
    """
    x, w = _signal("x", x), _signal("w", w)
    return _cut(x, w, choice("mode", mode, MODES), w.size // 2)


def _plain_pair(x: ArrayLike, w: ArrayLike) -> bool:
    """Tell whether ``numpy.correlate`` needs no help: two arrays of floats, one of them short."""
    return (
        type(x) is type(w) is np.ndarray
        and x.dtype is w.dtype
        and x.dtype.char in "fd"
        and x.ndim == w.ndim == 1
        and 0 < w.size
        and 0 < x.size
        and (w.size < TOEPLITZ_TAPS or x.size + w.size < LONG)
    )


def _signal(name: str, value: ArrayLike) -> np.ndarray:
    array = numeric_array(name, value, ndim=1)
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one sample, got none")
    return array


def _cut(x: np.ndarray, w: np.ndarray, mode: str, skipped: int) -> np.ndarray:
    """Cross-correlate; "same" starts at output `skipped` of "full"."""
    n, k, dtype = x.size, w.size, result_dtype(x, w)
    if mode == "valid":
        out = np.empty(conv_output_size(n, k), dtype)
        slide(x, w, out)
        return out
    if k > n:  # x * w = w * x, and correlation is convolution with the flipped kernel
        x, w = w[::-1], x[::-1]
    if n + k < LONG or (w.size < TOEPLITZ_TAPS and x.dtype == dtype):
        out = correlate_short(x, w, "full", dtype)
    else:
        edge = np.zeros(min(n, k) - 1, x.dtype)
        out = np.empty(n + k - 1, dtype)
        slide(np.concatenate([edge, x, edge]), w, out)
    return out if mode == "full" else out[skipped : skipped + n]


def convolve2d(
    image: ArrayLike, kernel: ArrayLike, *, mode: str = "full", boundary: str = "zeros"
) -> np.ndarray:
    """Convolve an image with a kernel.

    Lecture eq. (3):
        S(i, j) = sum_m sum_n I(m, n) K(i - m, j - n)

    Parameters
    ----------
    image : (H, W) array_like
        Input I; its units carry over to the feature map.
    kernel : (kH, kW) array_like
        Kernel K.
    mode : {"full", "same", "valid"}, default "full"
        As in `convolve1d`, along each axis.
    boundary : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        What lies beyond the image: zeros, its mirror image (the border pixel is not repeated), the
        border pixel, or the opposite side. Image and kernel can change places with zeros
        in mode "full", and if both have one size on a circle ("circular"), too.

    Returns
    -------
    (H + kH - 1, W + kW - 1), (H, W) or (H - kH + 1, W - kW + 1) ndarray

    Raises
    ------
    TypeError
        If either holds no numbers.
    ValueError
        If either is not 2-D, the kernel is empty or larger than the image extended as `mode` says,
        or mode or boundary has another value.
    OverflowError
        If sums of integers could exceed 64 bits.

    Examples
    --------
    >>> convolve2d([[1, 2], [3, 4]], [[0, 1]]).tolist()
    [[0, 1, 2], [0, 3, 4]]
    """
    image, kernel = _image_and_kernel(image, kernel)
    rows, columns = kernel.shape
    pads = _pads(kernel.shape, mode, ((rows - 1) // 2, (columns - 1) // 2))
    return _correlate2d(image, kernel[::-1, ::-1], pads, boundary, (1, 1))


def cross_correlate2d(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    mode: str = "valid",
    stride: int | Pair = 1,
    boundary: str = "zeros",
) -> np.ndarray:
    """Slide a kernel over an image without flipping it.

    Lecture eq. (5), sampled as in eq. (7), counted from 0:
        S[i, j] = sum_m sum_n I[i*s + m, j*s + n] K[m, n]

    Parameters
    ----------
    image : (H, W) array_like
        Input I, extended first as `mode` and `boundary` say.
    kernel : (kH, kW) array_like
        Kernel K.
    mode : {"full", "same", "valid"}, default "valid"
        Pixels added before and after each axis: kH - 1 and kH - 1; (kH - 1) // 2 and kH // 2; none.
    stride : int or (rows, columns), default 1
        Step s, in pixels: every s-th output of stride 1 is kept. (`conv2d` follows TensorFlow
        instead, where the padding of "same" depends on the stride.)
    boundary : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        As in `convolve2d`.

    Returns
    -------
    ndarray
        ((H - kH) // s + 1, (W - kW) // s + 1) for "valid".

    Raises
    ------
    TypeError, ValueError, OverflowError
        As `convolve2d`; also if the stride is not positive.

    Examples
    --------
    >>> cross_correlate2d([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]]).tolist()
    [[19, 25], [37, 43]]
    """
    image, kernel = _image_and_kernel(image, kernel)
    rows, columns = kernel.shape
    pads = _pads(kernel.shape, mode, (rows // 2, columns // 2))
    return _correlate2d(image, kernel, pads, boundary, integer_pair("stride", stride))


def _image_and_kernel(image: ArrayLike, kernel: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    image = numeric_array("image", image, ndim=2)
    kernel = numeric_array("kernel", kernel, ndim=2)
    if kernel.size == 0:
        raise ValueError(f"kernel must hold at least one weight, got shape {kernel.shape}")
    return image, kernel


def _pads(kernel_shape: tuple[int, ...], mode: str, after: Pair) -> tuple[Pair, Pair]:
    choice("mode", mode, MODES)
    if mode == "valid":
        return (0, 0), (0, 0)
    rows, columns = (size - 1 for size in kernel_shape)
    if mode == "full":
        return (rows, rows), (columns, columns)
    return (rows - after[0], after[0]), (columns - after[1], after[1])


def _correlate2d(
    image: np.ndarray, kernel: np.ndarray, pads: tuple[Pair, Pair], boundary: str, stride: Pair
) -> np.ndarray:
    choice("boundary", boundary, tuple(BOUNDARIES))
    for size, taps, pad in zip(image.shape, kernel.shape, pads, strict=True):
        if size + sum(pad) < taps:
            conv_output_size(size, taps, padding=pad)  # says so
    padded = pad_image(image, pads, boundary)[None, None]
    return _correlate_bank(padded, kernel[None, None], stride=stride)[0, 0]


def _correlate_bank(
    x: np.ndarray,
    kernel: np.ndarray,
    *,
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
    groups: int = 1,
    dtype: np.dtype | None = None,
) -> np.ndarray:
    """Do `_blocks.correlate`, by the Fourier transform where that is quicker."""
    dtype = dtype or result_dtype(x, kernel)
    if kernel.shape[1] == 1 and len(kernel) == groups and stride == dilation == (1, 1):
        out = correlate_by_fft(x, kernel, dtype)
        if out is not None:
            return out
    return correlate(x, kernel, stride=stride, dilation=dilation, groups=groups, dtype=dtype)


def conv2d(
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Any = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> np.ndarray:
    """Apply a convolutional layer: cross-correlate all channels with a bank of kernels.

    Lecture eq. (6), sampled as in eq. (7), counted from 0:
        Z[i, j, k] = b[i] + sum_l sum_m sum_n V[l, j*s + m*d, k*s + n*d] K[i, l, m, n]

    Parameters
    ----------
    x : (C_in, H, W) or (N, C_in, H, W) array_like
        Input V, one image or a batch.
    kernel : (C_out, C_in / groups, kH, kW) array_like
        Kernels K, one for each output channel.
    bias : (C_out,) array_like, optional
        Added to each output channel.
    stride : int or (rows, columns), default 1
        Step s, in pixels.
    padding : int, (rows, columns), ((top, bottom), (left, right)) or name, default 0
        Pixels added around the image. "valid" adds none, "full" d*(k - 1) at each end, "same" as
        many as give ceil(size / s) outputs by TensorFlow's rule (`shapes.same_padding`).
    dilation : int or (rows, columns), default 1
        Distance d between neighbouring taps, in pixels.
    groups : int, default 1
        Parts into which both kinds of channels are split; each part sees only its own input.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        What is put there, as in `convolve2d`.

    Returns
    -------
    (C_out, Ho, Wo) or (N, C_out, Ho, Wo) ndarray
        The feature maps Z, of `shapes.conv_output_size`.

    Raises
    ------
    TypeError
        If an argument holds no numbers, or stride, dilation or groups no integer.
    ValueError
        If the numbers of axes or channels do not fit together, the kernel is empty or larger than
        the padded image, or a number or a name is not one of those above.
    OverflowError
        If sums of integers could exceed 64 bits.

    Examples
    --------
    >>> x = np.arange(18).reshape(2, 3, 3)
    >>> conv2d(x, np.ones((1, 2, 2, 2), int), [100], stride=2, padding="same").tolist()
    [[[152, 132], [144, 125]]]
    """
    x = numeric_array("x", x, ndim=(3, 4))
    kernel = numeric_array("kernel", kernel, ndim=4)
    strides, dilations = integer_pair("stride", stride), integer_pair("dilation", dilation)
    choice("padding_mode", padding_mode, tuple(BOUNDARIES))
    _check_channels(x, kernel, integer("groups", groups))
    pads = image_padding(
        x.shape[-2:], kernel.shape[2:], padding, stride=strides, dilation=dilations
    )
    for axis in (0, 1):
        conv_output_size(
            x.shape[axis - 2], kernel.shape[axis + 2], padding=pads[axis], dilation=dilations[axis]
        )
    dtype = result_dtype(x, kernel)
    if bias is not None:
        bias = numeric_array("bias", bias, ndim=1)
        if bias.shape != kernel.shape[:1]:
            raise ValueError(
                f"bias must have one entry for each of {len(kernel)} output channels, "
                f"got shape {bias.shape}"
            )
        dtype = result_dtype(x, kernel, bias)
    batch = pad_image(x if x.ndim == 4 else x[None], pads, padding_mode)
    out = _correlate_bank(
        batch, kernel, stride=strides, dilation=dilations, groups=groups, dtype=dtype
    )
    if bias is not None:
        out += bias[:, None, None]
    return out if x.ndim == 4 else out[0]


def _check_channels(x: np.ndarray, kernel: np.ndarray, groups: int) -> None:
    outputs, depth, rows, columns = kernel.shape
    channels = x.shape[-3]
    if rows == 0 or columns == 0:
        raise ValueError(f"kernel must hold at least one weight, got shape {kernel.shape}")
    if channels % groups or outputs % groups:
        raise ValueError(
            f"groups must divide the {channels} input and {outputs} output channels, got {groups}"
        )
    if depth != channels // groups:
        raise ValueError(
            f"kernel must have {channels} / {groups} = {channels // groups} input channels "
            f"(axis 1), since x has {channels} and groups is {groups}; got shape {kernel.shape}"
        )


def toeplitz_matrix(w: ArrayLike, n: int) -> np.ndarray:
    """Return the matrix T with T @ x = convolve1d(x, w) for each signal of n samples.

    Lecture, "Toeplitz matrix": T[i, j] = w[i - j], the same along each diagonal, for a kernel
    w[0] ... w[s]. Its transpose is the adjoint: a cross-correlation.

    Parameters
    ----------
    w : (s + 1,) array_like
        Kernel.
    n : int
        Samples of the signal.

    Returns
    -------
    (n + s, n) ndarray
        Of the kernel's dtype.

    Raises
    ------
    TypeError, ValueError
        If w is empty, not 1-D or holds no numbers, or n is no positive integer.

    Examples
    --------
    >>> toeplitz_matrix([1, 2], 3).tolist()
    [[1, 0, 0], [2, 1, 0], [0, 2, 1], [0, 0, 2]]
    """
    w, n = _signal("w", w), integer("n", n)
    matrix = np.zeros((n + w.size - 1, n), w.dtype)
    for column in range(n):
        matrix[column : column + w.size, column] = w
    return matrix


def doubly_block_toeplitz(kernel: ArrayLike, image_shape: Pair) -> np.ndarray:
    """Return the matrix T with T @ image.ravel() = convolve2d(image, kernel).ravel().

    Lecture, "Toeplitz matrix", for eq. (3): a Toeplitz matrix of blocks, block (i, m) being the
    Toeplitz matrix of the kernel's row i - m.

    Parameters
    ----------
    kernel : (kH, kW) array_like
    image_shape : (H, W)

    Returns
    -------
    ((H + kH - 1) * (W + kW - 1), H * W) ndarray
        Of the kernel's dtype.

    Raises
    ------
    TypeError, ValueError
        If the kernel is empty, not 2-D or holds no numbers, or a size is no positive integer.

    Examples
    --------
    >>> doubly_block_toeplitz([[1, 2]], (2, 1)).tolist()
    [[1, 0], [2, 0], [0, 1], [0, 2]]
    """
    kernel = numeric_array("kernel", kernel, ndim=2)
    if kernel.size == 0:
        raise ValueError(f"kernel must hold at least one weight, got shape {kernel.shape}")
    height, width = integer_pair("image_shape", image_shape)
    rows, columns = kernel.shape
    blocks = np.zeros((height + rows - 1, width + columns - 1, height, width), kernel.dtype)
    for row, weights in enumerate(kernel):
        block = toeplitz_matrix(weights, width)
        for i in range(height):
            blocks[i + row, :, i, :] = block
    return blocks.reshape((height + rows - 1) * (width + columns - 1), height * width)
