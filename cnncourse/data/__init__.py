"""Tracks to smooth, simulated and real (km, s); photographs to filter; digits to recognise."""

from cnncourse.data.digits import digits
from cnncourse.data.fashion import fashion_mnist
from cnncourse.data.iss import iss_track
from cnncourse.data.mnist import mnist, mnist_5k
from cnncourse.data.own_picture import picture
from cnncourse.data.photographs import colour_photograph, photograph
from cnncourse.data.spaceship import constant_velocity_track, spaceship_track
from cnncourse.data.track import Track

__all__ = [
    "Track",
    "colour_photograph",
    "constant_velocity_track",
    "digits",
    "fashion_mnist",
    "iss_track",
    "mnist",
    "mnist_5k",
    "photograph",
    "picture",
    "spaceship_track",
]
