"""Tracks to smooth, simulated and real; km and seconds throughout."""

from cnncourse.data.iss import iss_track
from cnncourse.data.spaceship import constant_velocity_track, spaceship_track
from cnncourse.data.track import Track

__all__ = ["Track", "constant_velocity_track", "iss_track", "spaceship_track"]
