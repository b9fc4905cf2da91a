"""Causal smoothing of a measured track: lag, noise, and the best compromise between them.

A weight array ``w`` holds the weight of each age: ``w[0]`` is given to the newest sample, ``w[a]``
to the one taken ``a`` samples ago. Smoothing is lecture eq. (2) with such a ``w``. Lengths of time
are counted in samples unless a sampling interval ``dt`` (s) is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray, choice, integer, numeric_array
from cnncourse.conv import convolve1d

STARTS = ("renormalise", "zeros", "drop")


@dataclass(frozen=True)
class ErrorSummary:
    """Errors of an estimate, in the units of the estimate: ``rmse**2 == bias**2 + sd**2``."""

    rmse: float
    bias: float
    sd: float


def lag(w: ArrayLike) -> float:
    """How many samples late the smoothed track is: the mean age of the weights.

    On a track of constant velocity v the estimate is off by ``-v * dt * lag(w)``.

    Parameters
    ----------
    w : (m,) array_like
        Weight of each age; need not sum to 1.

    Returns
    -------
    lag : float
        sum_a a w(a) / sum_a w(a), in samples.

    Raises
    ------
    ValueError
        If `w` is not a 1-D array of finite numbers, is empty, or sums to 0.

    Examples
    --------
    >>> lag([0.25, 0.25, 0.25, 0.25])
    1.5
    """
    weights = _weights(w)
    total = _nonzero_sum(weights)
    return float(np.arange(weights.size) @ weights / total)


def noise_gain(w: ArrayLike) -> float:
    """Variance of the smoothed noise divided by that of the noise of a single measurement.

    Holds for noise that is independent from sample to sample.

    Parameters
    ----------
    w : (m,) array_like
        Weight of each age.

    Returns
    -------
    gain : float
        sum_a w(a)**2.

    Raises
    ------
    ValueError
        If `w` is not a 1-D array of finite numbers or is empty.

    Examples
    --------
    >>> noise_gain([0.25, 0.25, 0.25, 0.25])
    0.25
    """
    weights = _weights(w)
    return float(weights @ weights)


def constant_velocity_rmse(w: ArrayLike, *, velocity: float, dt: float, sigma: float) -> float:
    """Root mean square error of a smoothed track of constant velocity, in closed form.

    The bias is -velocity * dt * sum_a a w(a), the variance sigma**2 * sum_a w(a)**2, and the mean
    square error is the bias squared plus the variance.

    Parameters
    ----------
    w : (m,) array_like
        Weight of each age, with sum 1.
    velocity : float
        Velocity, km/s; its sign does not matter.
    dt : float
        Sampling interval, s, greater than 0.
    sigma : float
        Standard deviation of the noise of one measurement, km, at least 0.

    Returns
    -------
    rmse : float
        In km.

    Raises
    ------
    ValueError
        If `w` does not sum to 1 or an argument is out of its range.

    Examples
    --------
    >>> constant_velocity_rmse([0.5, 0.5], velocity=6.0, dt=1.0, sigma=0.0)
    3.0
    >>> round(constant_velocity_rmse([0.5, 0.5], velocity=0.0, dt=1.0, sigma=4.0) ** 2, 9)
    8.0
    """
    weights = _weights(w)
    if not np.isclose(weights.sum(), 1.0, rtol=0.0, atol=1e-9):
        raise ValueError(f"w must sum to 1, got a sum of {weights.sum():g}")
    _check_motion(velocity, dt, sigma)
    bias = -velocity * dt * float(np.arange(weights.size) @ weights)
    return float(np.hypot(bias, sigma * np.sqrt(weights @ weights)))


def best_window_length(velocity: float, dt: float, sigma: float, *, max_length: int = 1000) -> int:
    """Length of the causal running mean that follows a constant velocity with the least error.

    A window of m equal weights has the mean square error (v dt (m - 1) / 2)**2 + sigma**2 / m,
    which is stationary at m**2 (m - 1) = 2 (sigma / (v dt))**2 and nowhere else; so the best
    integer is next to that root.

    Parameters
    ----------
    velocity : float
        Velocity v, km/s; its sign does not matter.
    dt : float
        Sampling interval, s, greater than 0.
    sigma : float
        Standard deviation of the noise of one measurement, km, at least 0.
    max_length : int, default 1000
        Longest window allowed, in samples.

    Returns
    -------
    length : int
        In samples, from 1 to `max_length`; the shorter one of two that are equally good.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> best_window_length(velocity=0.02, dt=1.0, sigma=0.3)
    8
    >>> best_window_length(velocity=0.0, dt=1.0, sigma=0.3, max_length=50)
    50
    """
    _check_motion(velocity, dt, sigma)
    longest = integer("max_length", max_length)
    step = abs(velocity) * dt
    if sigma == 0.0:
        return 1
    # Counted in units of the distance flown in one sample, so that no square over- or underflows.
    noise = sigma / step if step > 0.0 else np.inf
    # The error still falls at the longest window: the root lies beyond it (or nowhere, at rest).
    if (longest - 1) * longest**2 <= 2.0 * noise * noise:
        return longest
    real_root = max(np.roots([1.0, -1.0, 0.0, -2.0 * noise * noise]).real)
    below = max(1, int(real_root))

    def mean_square_error(m: int) -> float:
        return (m - 1) ** 2 / 4 + noise * noise / m

    return min(range(max(1, below - 1), min(longest, below + 2) + 1), key=mean_square_error)


def smooth(
    x: ArrayLike, w: ArrayLike, *, start: str = "renormalise", centred: bool = False
) -> FloatArray:
    """Smooth a track with `w`, one estimate for each sample (lecture eq. 2, cut to n outputs).

    Some estimates call for samples that are not there: those before the first one, those after the
    last one when `centred`, and drop-outs, which are NaN in `x`. `start` says what to do then.

    Parameters
    ----------
    x : (n,) array_like
        Measurements, NaN where the sensor gave none; their units carry over to the estimate.
    w : (m,) array_like
        Weight of each age, ``w[0]`` for the newest sample.
    start : {"renormalise", "zeros", "drop"}
        "renormalise" scales up the weights of the samples that are there, so that they keep the sum
        of `w` (NaN where these have no weight); "zeros" takes a missing sample for 0; "drop" gives
        NaN unless all m samples are there.
    centred : bool, default False
        Put ``w[m // 2]`` on the current sample and so use the future, which nobody can do live.

    Returns
    -------
    estimate : (n,) ndarray

    Raises
    ------
    ValueError
        If an array is not 1-D, `x` is infinite somewhere, `w` is empty or not finite, `start` is
        unknown, or `w` sums to 0 and is to be renormalised.

    Examples
    --------
    >>> smooth([2, 4, 6, 8], [0.5, 0.5]).tolist()
    [2.0, 3.0, 5.0, 7.0]
    >>> smooth([2, 4, 6, 8], [0.5, 0.5], start="zeros").tolist()
    [1.0, 3.0, 5.0, 7.0]
    >>> smooth([2, float("nan"), 6, 8], [0.5, 0.5]).tolist()
    [2.0, 2.0, 6.0, 7.0]
    """
    samples = _samples(x)
    weights = _weights(w)
    choice("start", start, STARTS)
    if samples.size == 0:
        return samples.copy()
    present = ~np.isnan(samples)
    offset = weights.size // 2 if centred else 0
    estimate = _convolve_at(np.where(present, samples, 0.0), weights, offset)
    if start == "zeros":
        return estimate
    if start == "drop":
        count = _convolve_at(present.astype(float), np.ones(weights.size), offset)
        return np.where(count > weights.size - 0.5, estimate, np.nan)
    total = _nonzero_sum(weights)
    in_use = _convolve_at(present.astype(float), weights, offset)
    has_weight = np.abs(in_use) > 1e-12 * np.abs(weights).sum()
    return np.where(has_weight, estimate * total / np.where(has_weight, in_use, 1.0), np.nan)


def error_summary(estimate: ArrayLike, truth: ArrayLike) -> ErrorSummary:
    """Root mean square error of an estimate, split into bias and standard deviation.

    Parameters
    ----------
    estimate : (n,) array_like
        NaN where there is no estimate; these samples are left out.
    truth : (n,) array_like
        The true values, in the same units.

    Returns
    -------
    summary : ErrorSummary
        ``rmse**2 == bias**2 + sd**2``; a negative bias means that the estimate is too low.

    Raises
    ------
    ValueError
        If the shapes differ or no sample is left.

    Examples
    --------
    >>> error_summary([1.0, 4.0, float("nan")], [2.0, 3.0, 9.0])
    ErrorSummary(rmse=1.0, bias=0.0, sd=1.0)
    """
    estimated, true = np.asarray(estimate, dtype=float), np.asarray(truth, dtype=float)
    if estimated.shape != true.shape:
        raise ValueError(
            f"estimate and truth must have the same shape, got {estimated.shape} and {true.shape}"
        )
    error = estimated - true
    error = error[~np.isnan(error)]
    if error.size == 0:
        raise ValueError("estimate and truth must share at least one sample that is not NaN")
    bias, sd = float(error.mean()), float(error.std())
    return ErrorSummary(rmse=float(np.hypot(bias, sd)), bias=bias, sd=sd)


def frequency_response(
    w: ArrayLike, frequency: ArrayLike, dt: float = 1.0
) -> NDArray[np.complex128]:
    """What smoothing with `w` does to a sine wave: H(f) = sum_a w(a) exp(-2 pi i f a dt).

    The amplitude is multiplied by |H(f)|; a negative phase means that the wave comes out late.

    Parameters
    ----------
    w : (m,) array_like
        Weight of each age.
    frequency : array_like
        Frequencies, Hz (cycles per sample when `dt` is 1).
    dt : float, default 1.0
        Sampling interval, s, greater than 0.

    Returns
    -------
    response : complex ndarray of the shape of `frequency`

    Raises
    ------
    ValueError
        If `w` is not a 1-D array of finite numbers, is empty, or `dt` is not positive.

    Examples
    --------
    >>> abs(frequency_response([0.5, 0.5], [0.0, 0.25, 0.5])).round(3).tolist()
    [1.0, 0.707, 0.0]
    """
    weights = _weights(w)
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"dt must be a positive number of seconds, got {dt!r}")
    frequencies = np.asarray(frequency, dtype=float)
    ages = np.arange(weights.size)
    waves: NDArray[np.complex128] = np.exp(-2j * np.pi * dt * frequencies[..., np.newaxis] * ages)
    return waves @ weights.astype(complex)


def _convolve_at(x: FloatArray, w: FloatArray, offset: int) -> FloatArray:
    """The n outputs of the full convolution of x (n,) with w that start at `offset`."""
    return convolve1d(x, w)[offset : offset + x.size]


def _real(name: str, value: ArrayLike) -> FloatArray:
    array = numeric_array(name, value, ndim=1)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array.astype(float)


def _weights(w: ArrayLike) -> FloatArray:
    weights = _real("w", w)
    if weights.size == 0:
        raise ValueError("w must hold at least one weight, got none")
    if not np.isfinite(weights).all():
        raise ValueError("w must hold finite numbers, got NaN or infinity")
    return weights


def _samples(x: ArrayLike) -> FloatArray:
    samples = _real("x", x)
    if np.isinf(samples).any():
        raise ValueError("x must hold numbers, or NaN for a drop-out, got infinity")
    return samples


def _nonzero_sum(weights: FloatArray) -> float:
    total = float(weights.sum())
    if abs(total) <= 1e-12 * np.abs(weights).sum():
        raise ValueError("w must not sum to 0: there is no average to take")
    return total


def _check_motion(velocity: float, dt: float, sigma: float) -> None:
    if not np.isfinite(velocity):
        raise ValueError(f"velocity must be a finite number of km/s, got {velocity!r}")
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"dt must be a positive number of seconds, got {dt!r}")
    if not (np.isfinite(sigma) and sigma >= 0):
        raise ValueError(f"sigma must be at least 0 km, got {sigma!r}")
