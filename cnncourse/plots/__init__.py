"""Figures of the course: arrays in, a `Picture` with alternative text out."""

from cnncourse.plots.backward import gradient_gathered, gradient_scattered
from cnncourse.plots.beliefs import (
    digit_rows,
    permuted_accuracies,
    prior_strength,
    shifted_accuracies,
)
from cnncourse.plots.borders import padded_rows, padded_windows
from cnncourse.plots.calibration import calibration_plot
from cnncourse.plots.channels import channel_sum, colour_maps
from cnncourse.plots.connections import growing_field, sparse_connectivity, weight_sharing
from cnncourse.plots.drawn import confusions, drawings
from cnncourse.plots.edges import edge_answers
from cnncourse.plots.errors import compare_kernels, lag_against_noise
from cnncourse.plots.exciting import exciting
from cnncourse.plots.flattening import flatten_orders
from cnncourse.plots.grids import grids
from cnncourse.plots.inside import filters, heat_over_image, maps_through_depth
from cnncourse.plots.integral import riemann
from cnncourse.plots.knows import accuracy_by_depth, similarity_by_stage
from cnncourse.plots.layer_terms import layer_terms
from cnncourse.plots.learning_curves import learning_curves
from cnncourse.plots.maps import signed_maps
from cnncourse.plots.matrices import matrix
from cnncourse.plots.moved import two_ways
from cnncourse.plots.picture import Picture, house_style
from cnncourse.plots.pooled_features import pooled_grids, separability_curves, what_against_where
from cnncourse.plots.pooled_rows import pooling_downsampled, pooling_shift
from cnncourse.plots.pooled_shares import changes_by_shift, skipped_outputs, unchanged_shares
from cnncourse.plots.routes import gradient_windows, max_routes
from cnncourse.plots.shift_answers import shift_answers
from cnncourse.plots.shrinking import receptive_fields, shrinking
from cnncourse.plots.spellings import argument_pairs
from cnncourse.plots.strides import placements, strided_two_ways
from cnncourse.plots.sums import sliding_products
from cnncourse.plots.sweeps import paired_differences
from cnncourse.plots.taps import taps
from cnncourse.plots.tracks import start_up, track
from cnncourse.plots.turned_detectors import learned_detectors, turned_detectors, turning_responses
from cnncourse.plots.twins import twin_losses
from cnncourse.plots.weights import frequency_responses, kernel, kernels
from cnncourse.plots.windows import outer_product, sum2d
from cnncourse.plots.work import work_by_size

__all__ = [
    "Picture",
    "accuracy_by_depth",
    "argument_pairs",
    "calibration_plot",
    "changes_by_shift",
    "channel_sum",
    "colour_maps",
    "compare_kernels",
    "confusions",
    "digit_rows",
    "drawings",
    "edge_answers",
    "exciting",
    "filters",
    "flatten_orders",
    "frequency_responses",
    "gradient_gathered",
    "gradient_scattered",
    "gradient_windows",
    "grids",
    "growing_field",
    "heat_over_image",
    "house_style",
    "kernel",
    "kernels",
    "lag_against_noise",
    "layer_terms",
    "learned_detectors",
    "learning_curves",
    "maps_through_depth",
    "matrix",
    "max_routes",
    "outer_product",
    "padded_rows",
    "padded_windows",
    "paired_differences",
    "permuted_accuracies",
    "placements",
    "pooled_grids",
    "pooling_downsampled",
    "pooling_shift",
    "prior_strength",
    "receptive_fields",
    "riemann",
    "separability_curves",
    "shift_answers",
    "shifted_accuracies",
    "shrinking",
    "signed_maps",
    "similarity_by_stage",
    "skipped_outputs",
    "sliding_products",
    "sparse_connectivity",
    "start_up",
    "strided_two_ways",
    "sum2d",
    "taps",
    "track",
    "turned_detectors",
    "turning_responses",
    "twin_losses",
    "two_ways",
    "unchanged_shares",
    "weight_sharing",
    "what_against_where",
    "work_by_size",
]
