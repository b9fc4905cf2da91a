"""Simulated flights along a line, seen by a sensor that is good to a few kilometres."""

from __future__ import annotations

import numpy as np

from cnncourse.data.track import FloatArray, Track, measure, sample_times

PAD_KM = 20.0
# Ends of the phases as shares of the whole flight; at 180 s each is a round number of seconds.
PHASE_ENDS = (
    ("at rest", 15 / 180),
    ("start-up", 35 / 180),
    ("constant velocity", 105 / 180),
    ("manoeuvre", 120 / 180),
    ("constant velocity again", 1.0),
)


def spaceship_track(
    *,
    duration: float = 180.0,
    dt: float = 1.0,
    velocity: float = 0.3,
    sigma: float = 3.0,
    dropouts: int = 0,
    seed: int = 0,
) -> Track:
    """Simulate a ship that takes off from its pad, cruises, turns round and flies back.

    The velocity is 0 on the pad, rises evenly to `velocity`, stays there, changes evenly to
    ``-velocity`` in the manoeuvre, and stays there. The position is the distance from the tracking
    station, 20 km at the pad.

    Parameters
    ----------
    duration : float, default 180.0
        Length of the flight, s; the phases stretch with it.
    dt : float, default 1.0
        Sampling interval, s.
    velocity : float, default 0.3
        Cruising velocity, km/s.
    sigma : float, default 3.0
        Standard deviation of the sensor's noise, km.
    dropouts : int, default 0
        How many samples, drawn at random, the sensor fails to give.
    seed : int, default 0
        Of noise and drop-outs.

    Returns
    -------
    track : Track

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> spaceship_track(dropouts=4)
    Track('Simulated spaceship': 181 samples, dt=1 s, sigma=3 km, 4 drop-outs)
    """
    time = sample_times(duration, dt)
    names = [name for name, _ in PHASE_ENDS]
    ends = [round(share * duration, 9) for _, share in PHASE_ENDS]
    corners = np.array([0.0, *ends])
    velocities = np.array([0.0, 0.0, velocity, velocity, -velocity, -velocity])
    position = PAD_KM + _distance_flown(time, corners, velocities)
    return Track(
        time=time,
        position=position,
        measured=measure(position, sigma, seed=seed, dropouts=dropouts),
        dt=float(dt),
        sigma=float(sigma),
        title="Simulated spaceship",
        source=f"simulated flight and simulated sensor noise, seed {seed}",
        coordinate="distance from the station",
        phases=tuple(zip(names, [0.0, *ends[:-1]], ends, strict=True)),
    )


def constant_velocity_track(
    *,
    velocity: float = 0.3,
    duration: float = 180.0,
    dt: float = 1.0,
    sigma: float = 3.0,
    seed: int = 0,
) -> Track:
    """Simulate a ship that flies away from the tracking station at constant velocity.

    Parameters
    ----------
    velocity : float, default 0.3
        Velocity, km/s; the position at time 0 is 0 km.
    duration, dt : float
        Length of the flight and sampling interval, s.
    sigma : float, default 3.0
        Standard deviation of the sensor's noise, km.
    seed : int, default 0
        Of the noise.

    Returns
    -------
    track : Track

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> constant_velocity_track(velocity=2.0, duration=3.0).position.tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    time = sample_times(duration, dt)
    position = velocity * time
    return Track(
        time=time,
        position=position,
        measured=measure(position, sigma, seed=seed),
        dt=float(dt),
        sigma=float(sigma),
        title="Constant velocity",
        source=f"simulated flight and simulated sensor noise, seed {seed}",
        phases=(("constant velocity", 0.0, float(duration)),),
    )


def _distance_flown(time: FloatArray, corners: FloatArray, velocities: FloatArray) -> FloatArray:
    """Integral from 0 to each time of the velocity that runs straight between the corners."""
    spans = np.diff(corners)
    before = np.concatenate([[0.0], np.cumsum(spans * (velocities[:-1] + velocities[1:]) / 2)])
    span = np.clip(np.searchsorted(corners, time, side="right") - 1, 0, spans.size - 1)
    since = time - corners[span]
    acceleration = np.diff(velocities)[span] / spans[span]
    return before[span] + velocities[span] * since + acceleration * since**2 / 2
