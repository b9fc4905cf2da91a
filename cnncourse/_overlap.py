"""Long kernels: signals and images cut into overlapping pieces ("overlap-save").

Each piece is correlated on its own, by a product with a Toeplitz matrix or by the fast Fourier
transform, and only the outputs that need nothing from beyond the piece are kept. Both methods mix
all numbers of a piece. So a piece that holds a NaN or an infinity, or whose rounding error could
show in the result, is done again by the plain sum.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided
from scipy import fft

from cnncourse._blocks import BLOCK, correlate, working_dtype
from cnncourse.shapes import Pair

LONG = 8192
"""Signals with fewer outputs are left to ``numpy.correlate``."""

TOEPLITZ_TAPS = 12
"""From this many taps on, a product with a Toeplitz matrix beats a dot product per output."""

FFT_TAPS = {"d": 200, "f": 350}
"""From this many taps on, the Fourier transform beats that for a signal."""

FFT_TAPS_2D = {"d": 121, "f": 169}
"""The same for an image: 11 x 11 and 13 x 13."""

LARGEST = 160_000
"""Numbers in one transform: some five arrays of this size take 8 MB."""

TOLERANCE = {"d": 1e-13, "f": 1e-6}
"""Estimated rounding error that will do, as a part of the largest output; a tenth of the limit."""

UNDERFLOW = {"d": 1e-150, "f": 1e-18}
"""More than what squares that underflow can hide from a Euclidean norm."""

Transformed = tuple[np.ndarray, float, float]
"""Outputs, the largest of them, and an upper estimate of their rounding error."""


def slide(x: np.ndarray, w: np.ndarray, out: np.ndarray) -> None:
    """Fill out[t] with sum_a x[t + a] w[a], the "valid" correlation of two signals.

    Parameters
    ----------
    x : (n,) ndarray
    w : (k,) ndarray
        No longer than `x`.
    out : (n - k + 1,) ndarray

    Examples
    --------
    >>> out = np.empty(3)
    >>> slide(np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, -1.0]), out)
    >>> out.tolist()
    [-1.0, -2.0, -4.0]
    """
    work = working_dtype(x, w[None], out.dtype)
    if work.char not in FFT_TAPS or w.size < TOEPLITZ_TAPS or out.size < LONG:
        _slide_plainly(x, w, out)
    elif w.size < FFT_TAPS[work.char]:
        _slide_rows(x, w, out, *_toeplitz(w.astype(work)))
    else:
        _slide_rows(x, w, out, *_fourier(w.astype(work), out.size))


def _slide_plainly(x: np.ndarray, w: np.ndarray, out: np.ndarray) -> None:
    for start in range(0, out.size, BLOCK):
        piece = x[start : start + BLOCK + w.size - 1]
        out[start : start + BLOCK] = correlate_short(piece, w, "valid", out.dtype)


def correlate_short(x: np.ndarray, w: np.ndarray, mode: str, dtype: np.dtype) -> np.ndarray:
    """Cross-correlate by ``numpy.correlate``, without its conjugation and without overflow.

    Parameters
    ----------
    x : (n,) ndarray
    w : (k,) ndarray
        No longer than `x`.
    mode : {"full", "valid"}
    dtype : dtype
        Of the result.

    Returns
    -------
    (n + k - 1,) or (n - k + 1,) ndarray

    Examples
    --------
    >>> correlate_short(np.array([1j, 2]), np.array([1j]), "full", np.dtype(complex)).tolist()
    [(-1+0j), 2j]
    """
    working_dtype(x, w[None], dtype)  # refuses what would overflow
    x, w = x.astype(dtype, copy=False), w.astype(dtype, copy=False)
    return np.correlate(x, w.conj(), mode)  # type: ignore[call-overload]


def _slide_rows(
    x: np.ndarray,
    w: np.ndarray,
    out: np.ndarray,
    step: int,
    transform: Callable[[np.ndarray], Transformed],
) -> None:
    """Give each row of `step` outputs the part of `x` it needs, and `transform` some rows at once.

    The last row overlaps the one before it where `step` does not divide the outputs.
    """
    width, whole = step + w.size - 1, out.size // step * step
    few = max(1, BLOCK // 2 // width) * step
    spans = [(start, min(start + few, whole)) for start in range(0, whole, few)]
    if whole < out.size:
        spans.append((out.size - step, out.size))
    checks = []
    with np.errstate(all="ignore"):  # what overflows is done again below
        for start, stop in spans:
            shape, strides = ((stop - start) // step, width), (step * x.strides[0], x.strides[0])
            values, peak, error = transform(as_strided(x[start:], shape, strides, writeable=False))
            out[start:stop] = (np.rint(values) if out.dtype.kind == "i" else values).ravel()
            checks.append((peak, error))
    for (start, stop), sound in zip(spans, _sound(checks, out.dtype), strict=True):
        if not sound:
            _slide_plainly(x[start : stop + w.size - 1], w, out[start:stop])


def _toeplitz(w: np.ndarray) -> tuple[int, Callable[[np.ndarray], Transformed]]:
    """Return the outputs a row and the function row -> row @ T, with T[i + a, i] = w[a]."""
    step = 16 if w.size < 64 else 32
    matrix = np.zeros((step + w.size - 1, step), w.dtype)
    for i in range(step):
        matrix[i : i + w.size, i] = w

    def transform(rows: np.ndarray) -> Transformed:
        values = rows.astype(w.dtype, order="C") @ matrix
        # A NaN or an infinity anywhere in a row spoils all its outputs, so also the first.
        return values, _peak(values[:, 0]), 0.0

    return step, transform


def _fourier(w: np.ndarray, outputs: int) -> tuple[int, Callable[[np.ndarray], Transformed]]:
    """Return the outputs a row and the function that correlates rows by the Fourier transform."""
    step, size = _piece(outputs, w.size, 4096, LARGEST)
    spectrum = fft.rfft(w, size).conj()
    growth = _error_growth(w, size)

    def transform(rows: np.ndarray) -> Transformed:
        rows = rows.astype(w.dtype)
        waves = fft.rfft(rows, size)
        waves *= spectrum
        values = fft.irfft(waves, size, overwrite_x=True)[:, :step]
        norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        return values, _peak(values), growth * (float(norms.max()) + UNDERFLOW[w.dtype.char])

    return step, transform


def correlate_by_fft(x: np.ndarray, kernels: np.ndarray, dtype: np.dtype) -> np.ndarray | None:
    """Cross-correlate each channel with its own kernel by Fourier transforms of tiles.

    Parameters
    ----------
    x : (N, C, H, W) ndarray
        Padded already.
    kernels : (C, 1, kH, kW) ndarray
    dtype : dtype
        Of the result.

    Returns
    -------
    (N, C, H - kH + 1, W - kW + 1) ndarray or None
        None where the plain sum is quicker or the numbers are neither real nor integer.

    Examples
    --------
    >>> x, kernels = np.ones((1, 1, 32, 32)), np.ones((1, 1, 20, 20))
    >>> correlate_by_fft(x, kernels, x.dtype).round(9).max()
    np.float64(400.0)
    """
    rows, columns = kernels.shape[2:]
    work = working_dtype(x, kernels, dtype)
    if work.char not in FFT_TAPS_2D or rows * columns < FFT_TAPS_2D[work.char]:
        return None
    samples, channels, height, width = x.shape
    out = np.empty((samples, channels, height - rows + 1, width - columns + 1), dtype)
    for n, c in product(range(samples), range(channels)):
        _correlate_tiles(x[n, c], kernels[c, 0].astype(work), out[n, c])
    return out


def _correlate_tiles(image: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
    rows, columns = kernel.shape
    down, tile_height = _piece(out.shape[0], rows, 256, 400)
    right, tile_width = _piece(out.shape[1], columns, 65_536 // tile_height, LARGEST // tile_height)
    shape = tile_height, tile_width
    spectrum = fft.rfft2(kernel, shape).conj()
    growth = _error_growth(kernel, tile_height * tile_width)
    pieces, checks = [], []
    with np.errstate(all="ignore"):  # what overflows is done again below
        for i, j in product(range(0, out.shape[0], down), range(0, out.shape[1], right)):
            piece = image[i : i + down + rows - 1, j : j + right + columns - 1]
            target = out[i : i + down, j : j + right]
            tile = piece.astype(kernel.dtype)
            waves = fft.rfft2(tile, shape)
            waves *= spectrum
            values = fft.irfft2(waves, shape, overwrite_x=True)
            values = values[: target.shape[0], : target.shape[1]]
            target[...] = np.rint(values) if out.dtype.kind == "i" else values
            pieces.append((piece, target))
            norm = float(np.linalg.norm(tile)) + UNDERFLOW[kernel.dtype.char]
            checks.append((_peak(values), growth * norm))
    for (piece, target), sound in zip(pieces, _sound(checks, out.dtype), strict=True):
        if not sound:
            target[...] = correlate(piece[None, None], kernel[None, None], dtype=out.dtype)[0, 0]


def _piece(outputs: int, k: int, usual: int, most: int) -> Pair:
    """Return how many outputs to compute by one transform, and the transform's size.

    It spans some four kernels, if `most` allows it, and the pieces are of equal size.
    """
    room = max(usual, min(4 * k, most), k + k // 8) - k + 1
    count = -(-outputs // room)
    step = -(-outputs // count)
    return step, fft.next_fast_len(step + k - 1, real=True)


def _error_growth(w: np.ndarray, size: int) -> float:
    """Return the factor from a piece's Euclidean norm to an estimate of its rounding error.

    A Fourier transform of n numbers has a relative error of some sqrt(log2(n)) roundings in the
    Euclidean norm, spread over all numbers like noise (Schatzman, "Accuracy of the discrete Fourier
    transform and the fast Fourier transform", SIAM J. Sci. Comput. 17, 1996). Those of piece and
    kernel so put |piece| |w| / sqrt(n) times that on each output, as a standard deviation; six of
    them for each are taken here. The inverse transform adds about as much of the outputs' own size.
    """
    deviation = float(np.finfo(w.dtype).eps) / 2 * float(np.sqrt(np.log2(size) / size))
    return 12 * deviation * float(np.linalg.norm(w.astype(np.float64)))


def _peak(values: np.ndarray) -> float:
    return max(float(values.max()), -float(values.min()))


def _sound(checks: list[tuple[float, float]], dtype: np.dtype) -> list[bool]:
    """Tell for each piece (largest output, rounding error) whether its outputs will do.

    Integers were rounded to, so an error of less than a half does no harm.
    """
    largest = max((peak for peak, _ in checks if np.isfinite(peak)), default=0.0)
    tolerance = TOLERANCE["d" if dtype == np.float64 else "f"]
    allowed = 0.05 if dtype.kind == "i" else tolerance * largest
    return [bool(np.isfinite(peak) and error <= allowed) for peak, error in checks]
