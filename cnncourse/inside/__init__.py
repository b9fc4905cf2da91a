"""Inside a trained network: what its parts see, answer and learned, and what that shows."""

from cnncourse.inside.classic import KernelMatches, kernel_matches
from cnncourse.inside.exciting import (
    Excitation,
    Maximised,
    activation_maximisation,
    most_exciting,
)
from cnncourse.inside.occluding import occlusion, over_pixels, probabilities
from cnncourse.inside.sanity import SanityCheck, randomised, rank_correlation, sanity_check
from cnncourse.inside.shifting import Consistency, answers_by_shift, shift_consistency, shifted
from cnncourse.inside.slopes import grad_cam, gradient_times_input, saliency, score_gradient
from cnncourse.inside.units import Field, feature_maps, pixels_with_slope, receptive_field_of

__all__ = [
    "Consistency",
    "Excitation",
    "Field",
    "KernelMatches",
    "Maximised",
    "SanityCheck",
    "activation_maximisation",
    "answers_by_shift",
    "feature_maps",
    "grad_cam",
    "gradient_times_input",
    "kernel_matches",
    "most_exciting",
    "occlusion",
    "over_pixels",
    "pixels_with_slope",
    "probabilities",
    "randomised",
    "rank_correlation",
    "receptive_field_of",
    "saliency",
    "sanity_check",
    "score_gradient",
    "shift_consistency",
    "shifted",
]
