"""A track: where something was, and what a noisy sensor measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnncourse._arrays import FloatArray, integer


@dataclass(frozen=True, eq=False, repr=False)
class Track:
    """One coordinate of a flight, sampled at equal intervals.

    Attributes
    ----------
    time : (n,) ndarray
        Seconds from the first sample.
    position : (n,) ndarray
        True position, km.
    measured : (n,) ndarray
        Position as the sensor gave it, km; NaN where it dropped out.
    dt : float
        Sampling interval, s.
    sigma : float
        Standard deviation of the sensor's noise, km, independent from sample to sample.
    title : str
        What is flying.
    source : str
        Where the true positions and the noise come from.
    phases : tuple of (str, float, float)
        Name, start and end (s) of each phase of the flight, in order.
    coordinate : str
        What `position` measures.
    """

    time: FloatArray
    position: FloatArray
    measured: FloatArray
    dt: float
    sigma: float
    title: str
    source: str
    phases: tuple[tuple[str, float, float], ...]
    coordinate: str = "position"

    def during(self, phase: str, *, settle: float = 0.0) -> NDArray[np.bool_]:
        """Mask of the samples of one phase, or of all phases of that name.

        Parameters
        ----------
        phase : str
            One of the names in `phases`.
        settle : float, default 0.0
            Seconds to leave out at its start, e.g. until a smoothing window lies inside the phase.

        Returns
        -------
        mask : (n,) bool ndarray

        Raises
        ------
        ValueError
            If there is no phase of that name.

        Examples
        --------
        >>> from cnncourse.data import spaceship_track
        >>> track = spaceship_track()
        >>> track.time[track.during("start-up")].tolist()[:3]
        [15.0, 16.0, 17.0]
        """
        spans = [(begin, end) for name, begin, end in self.phases if name == phase]
        if not spans:
            names = ", ".join(dict.fromkeys(repr(name) for name, _, _ in self.phases))
            raise ValueError(f"phase must be one of {names}, got {phase!r}")
        mask = np.zeros(self.time.shape, dtype=bool)
        for begin, end in spans:
            # The last phase owns the last sample; any other ends where the next one begins.
            last = end if end < self.phases[-1][2] else np.inf
            mask |= (self.time >= begin + settle) & (self.time < last)
        return mask

    def __repr__(self) -> str:
        lost = int(np.isnan(self.measured).sum())
        return (
            f"Track({self.title!r}: {self.time.size} samples, dt={self.dt:g} s, "
            f"sigma={self.sigma:g} km, {lost} drop-outs)"
        )


def sample_times(duration: float, dt: float) -> FloatArray:
    """Give the times 0, dt, 2 dt, ... up to `duration`, s.

    Examples
    --------
    >>> sample_times(1.0, 0.25).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"dt must be a positive number of seconds, got {dt!r}")
    if not (np.isfinite(duration) and duration >= dt):
        raise ValueError(f"duration must be at least dt = {dt!r} s, got {duration!r}")
    # Rounding guards against 0.3 / 0.1 = 2.9999999999999996.
    return np.arange(int(round(duration / dt, 9)) + 1, dtype=np.float64) * float(dt)


def measure(position: FloatArray, sigma: float, *, seed: int, dropouts: int = 0) -> FloatArray:
    """Add Gaussian noise of standard deviation `sigma` (km) and lose `dropouts` samples.

    The same seed gives the same noise, scaled by `sigma`, whatever the number of drop-outs.

    Examples
    --------
    >>> measured = measure(np.zeros(100), 1.0, seed=0, dropouts=3)
    >>> int(np.isnan(measured).sum())
    3
    """
    if not (np.isfinite(sigma) and sigma >= 0):
        raise ValueError(f"sigma must be at least 0 km, got {sigma!r}")
    lost = integer("dropouts", dropouts, minimum=0)
    if lost >= position.size:
        raise ValueError(f"dropouts must leave one of {position.size} samples, got {lost}")
    noise_stream, loss_stream = np.random.SeedSequence(seed).spawn(2)
    measured = position + sigma * np.random.default_rng(noise_stream).standard_normal(position.size)
    losses = np.random.default_rng(loss_stream).permutation(position.size)[:lost]
    measured[losses] = np.nan
    return measured
