"""Figures of the course: arrays in, a `Picture` with alternative text out."""

from cnncourse.plots.calibration import calibration_plot
from cnncourse.plots.errors import compare_kernels, lag_against_noise
from cnncourse.plots.integral import riemann
from cnncourse.plots.matrices import matrix
from cnncourse.plots.picture import Picture, house_style
from cnncourse.plots.sums import sliding_products
from cnncourse.plots.taps import taps
from cnncourse.plots.tracks import start_up, track
from cnncourse.plots.weights import frequency_responses, kernel, kernels

__all__ = [
    "Picture",
    "calibration_plot",
    "compare_kernels",
    "frequency_responses",
    "house_style",
    "kernel",
    "kernels",
    "lag_against_noise",
    "matrix",
    "riemann",
    "sliding_products",
    "start_up",
    "taps",
    "track",
]
