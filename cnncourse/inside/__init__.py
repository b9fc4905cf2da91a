"""Inside a trained network: what its parts see, answer and learned, and what that shows."""

from cnncourse.inside.exciting import (
    Excitation,
    Maximised,
    activation_maximisation,
    most_exciting,
)
from cnncourse.inside.occluding import occlusion, over_pixels
from cnncourse.inside.shifting import Consistency, shift_consistency
from cnncourse.inside.slopes import grad_cam, gradient_times_input, saliency, score_gradient
from cnncourse.inside.units import Field, feature_maps, pixels_with_slope, receptive_field_of

__all__ = [
    "Consistency",
    "Excitation",
    "Field",
    "Maximised",
    "activation_maximisation",
    "feature_maps",
    "grad_cam",
    "gradient_times_input",
    "most_exciting",
    "occlusion",
    "over_pixels",
    "pixels_with_slope",
    "receptive_field_of",
    "saliency",
    "score_gradient",
    "shift_consistency",
]
