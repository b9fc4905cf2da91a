"""A convolution over continuous time that can be solved by hand (lecture eq. 1).

A ship departs at time 0 with constant velocity, and the weight of a report fades exponentially with
its age. The integral of eq. (1) then has a closed form, against which a sum of strips is measured.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Signal = Callable[[ArrayLike], NDArray[np.float64]]


def _positive(name: str, value: float) -> float:
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a positive number of seconds, got {value!r}")
    return float(value)


def departing_ship(velocity: float) -> Signal:
    """The position x(t), km, of a ship that rests at 0 until t = 0 and flies with `velocity` then.

    Parameters
    ----------
    velocity : float
        In km/s.

    Returns
    -------
    x : callable
        Times (s), of any shape -> positions (km).

    Examples
    --------
    >>> departing_ship(0.5)([-1.0, 0.0, 4.0]).tolist()
    [0.0, 0.0, 2.0]
    """

    def position(t: ArrayLike) -> NDArray[np.float64]:
        return velocity * np.maximum(np.asarray(t, dtype=float), 0.0)

    return position


def fading_weight(time_constant: float) -> Signal:
    """The causal weight w(a) = exp(-a / tau) / tau of a report of age a; 0 for a < 0.

    Its integral is 1 and its mean age is tau.

    Parameters
    ----------
    time_constant : float
        tau, s, greater than 0.

    Returns
    -------
    w : callable
        Ages (s), of any shape -> weights (1/s).

    Examples
    --------
    >>> fading_weight(2.0)([-1.0, 0.0]).tolist()
    [0.0, 0.5]
    """
    tau = _positive("time_constant", time_constant)

    def weight(age: ArrayLike) -> NDArray[np.float64]:
        a = np.asarray(age, dtype=float)
        return np.where(a >= 0, np.exp(-np.abs(a) / tau) / tau, 0.0)

    return weight


def departing_ship_smoothed(t: float, velocity: float, time_constant: float) -> float:
    """The integral of eq. (1) for the two functions above, in closed form.

    s(t) = v (t - tau (1 - exp(-t / tau))) for t >= 0, and 0 before: long after the departure the
    estimate is late by tau.

    Parameters
    ----------
    t : float
        Time of the estimate, s.
    velocity : float
        v, km/s.
    time_constant : float
        tau, s, greater than 0.

    Returns
    -------
    s : float
        In km.

    Examples
    --------
    >>> round(departing_ship_smoothed(20.0, velocity=0.5, time_constant=4.0), 3)
    8.013
    """
    tau = _positive("time_constant", time_constant)
    elapsed = max(float(t), 0.0)
    return velocity * (elapsed + tau * float(np.expm1(-elapsed / tau)))
