"""The International Space Station's real path, with sensor noise of our own added to it.

The path comes from a two-line element set, the form in which orbits are published, by SGP4, the
model that such sets are made for. The file that is shipped names its source and its epoch.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from sgp4.api import Satrec

from cnncourse.data.track import FloatArray, Track, measure, sample_times

ELEMENTS_FILE = "iss_2019-12-09.tle"
SECONDS_PER_DAY = 86_400.0
# Long enough for one orbit of any element set of the station (some 93 min).
SEARCH_S = 6_000.0


def iss_track(
    *, duration: float = 240.0, dt: float = 1.0, sigma: float = 80.0, seed: int = 0
) -> Track:
    """Follow the space station north across the equator on 9 December 2019.

    The coordinate is its distance north of the plane of the Earth's equator (z of the TEME frame),
    which at first grows by 6.0 km/s, three quarters of the orbital speed, and ever more slowly
    after that. Time starts when the station crosses the equator for the first time after the
    epoch of the elements. The path is real; the noise is not: it is added here, and is far above
    that of a real tracking radar, so that smoothing has something to do.

    Parameters
    ----------
    duration : float, default 240.0
        Length of the track, s; one orbit takes 5574 s.
    dt : float, default 1.0
        Sampling interval, s.
    sigma : float, default 80.0
        Standard deviation of the noise that is added, km.
    seed : int, default 0
        Of the noise.

    Returns
    -------
    track : Track
        Its phases are the stretches "northward" and "southward".

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> track = iss_track(duration=100.0)
    >>> track.position[[1, 100]].round().tolist()
    [6.0, 600.0]
    """
    time = sample_times(duration, dt)
    positions, velocities = iss_states(equator_crossing() + time)
    z = positions[:, 2]
    return Track(
        time=time,
        position=z,
        measured=measure(z, sigma, seed=seed),
        dt=float(dt),
        sigma=float(sigma),
        title="International Space Station",
        source=(
            "two-line element set of 2019-12-09 16:38:29 UTC from the documentation of the sgp4 "
            f"package, propagated by SGP4; sensor noise simulated, seed {seed}"
        ),
        phases=_stretches(time, velocities[:, 2]),
        coordinate="distance north of the equator",
    )


def iss_elements() -> tuple[str, str, str]:
    """Name and the two lines of the element set that is shipped.

    Returns
    -------
    name, line1, line2 : str

    Examples
    --------
    >>> name, line1, line2 = iss_elements()
    >>> name, line1[18:32]
    ('ISS (ZARYA)', '19343.69339541')
    """
    text = (files("cnncourse.data") / ELEMENTS_FILE).read_text(encoding="ascii")
    name, line1, line2 = (line for line in text.splitlines() if not line.startswith("#"))
    return name, line1, line2


def iss_states(seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Position and velocity in space (TEME frame), by SGP4.

    Parameters
    ----------
    seconds : (n,) array_like
        Seconds after the epoch of the elements.

    Returns
    -------
    positions, velocities : (n, 3) ndarray
        From the centre of the Earth, km and km/s; the third column points along its axis.

    Raises
    ------
    ValueError
        If SGP4 cannot give a position, because the time is years away from the epoch.

    Examples
    --------
    >>> positions, velocities = iss_states([0.0])
    >>> float(np.hypot.reduce(velocities[0]).round(2))
    7.66
    """
    _, line1, line2 = iss_elements()
    satellite = Satrec.twoline2rv(line1, line2)
    days = np.atleast_1d(np.asarray(seconds, dtype=float)) / SECONDS_PER_DAY
    errors, positions, velocities = satellite.sgp4_array(
        np.full(days.shape, satellite.jdsatepoch), satellite.jdsatepochF + days
    )
    if np.any(errors):
        raise ValueError(
            f"seconds must be near the epoch of the elements, SGP4 error {max(errors)}"
        )
    return positions, velocities


def equator_crossing() -> float:
    """When the station first flies north across the equator, s after the epoch.

    Examples
    --------
    >>> round(equator_crossing())
    3974
    """
    seconds = np.arange(0.0, SEARCH_S)
    z = iss_states(seconds)[0][:, 2]
    before = int(np.flatnonzero((z[:-1] < 0) & (z[1:] >= 0))[0])
    return float(seconds[before] - z[before] / (z[before + 1] - z[before]))


def _stretches(time: FloatArray, velocity: FloatArray) -> tuple[tuple[str, float, float], ...]:
    """Name, start and end of the stretches on which the velocity has one sign."""
    northward = velocity >= 0
    turns = np.flatnonzero(northward[1:] != northward[:-1]) + 1
    starts = [0, *turns.tolist()]
    ends = [*turns.tolist(), time.size - 1]
    return tuple(
        ("northward" if northward[i] else "southward", float(time[i]), float(time[j]))
        for i, j in zip(starts, ends, strict=True)
    )
