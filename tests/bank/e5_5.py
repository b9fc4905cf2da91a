"""Answers to E5.5 as learners might design them, right and wrong, for the numbers given."""

from fractions import Fraction
from functools import cache

import numpy as np

from cnncourse.exercises.e5_5 import EXERCISE

KEEP, HALVE = (3, 1, 1), (3, 2, 1)


def halved_last(n, outputs, field):
    return (field - 7) // 2 * [KEEP] + [HALVE, HALVE]


def halved_first(n, outputs, field):
    """Where 8 pixels a layer do not come out even, the first kernels are larger."""
    missing = field - 7
    first = {0: [], 2: [(3, 1, 1)], 4: [(5, 1, 2)], 6: [(5, 1, 2), (3, 1, 1)]}[missing % 8]
    return (*first, HALVE, HALVE, *[KEEP] * (missing // 8))


def as_lists_of_floats(n, outputs, field):
    return [[float(number) for number in layer] for layer in halved_last(n, outputs, field)]


def as_an_array(n, outputs, field):
    return np.array(halved_last(n, outputs, field), dtype=np.int8)


def in_float32(n, outputs, field):
    return np.array(halved_first(n, outputs, field), dtype=np.float32)


def as_fractions(n, outputs, field):
    return [tuple(map(Fraction, layer)) for layer in halved_last(n, outputs, field)]


def with_layers_of_one_tap(n, outputs, field):
    return [(1, 1, 0), *halved_last(n, outputs, field), (1, 1, 0)]


def five_taps_at_the_stride(n, outputs, field):
    """Two layers (5, 2, 2) halve as well, and see 1 + 4 + 8 = 13 pixels."""
    return [KEEP] * ((field - 13) // 2) + [(5, 2, 2), (5, 2, 2)]


def even_kernels(n, outputs, field):
    """Two of 2 taps and padding 1 add 2 outputs, which one of 3 without padding takes away."""
    missing = field - 7
    return [(2, 1, 1), (2, 1, 1), (3, 1, 0), *[KEEP] * ((missing - 4) // 2), HALVE, HALVE]


def without_strides(n, outputs, field):
    """Only kernels, of which some are not padded: n - outputs has to be shrunk away."""
    gaps, shrink, layers = field - 1, n - outputs, []
    while gaps:
        taps = min(5, gaps + 1)
        padding = 0
        while 2 * padding < taps - 1 - shrink:
            padding += 1
        layers.append((taps, 1, padding))
        shrink -= taps - 1 - 2 * padding
        gaps -= taps - 1
    return layers if shrink == 0 else halved_last(n, outputs, field)


@cache
def _ways(n, outputs, field, stack=()):
    """Search from the output back to the input, with few kinds of layers."""
    if field == 1:
        return stack if n == outputs else None
    for kernel, stride, padding in (
        (5, 2, 2),
        (5, 1, 2),
        (3, 2, 1),
        (3, 1, 1),
        (2, 1, 0),
        (3, 1, 0),
    ):
        before = field - (kernel - 1)
        width = (n + 2 * padding - kernel) // stride + 1
        if before < 1 or width < outputs or (before - 1) % stride:
            continue
        found = _ways(
            width, outputs, (before - 1) // stride + 1, (*stack, (kernel, stride, padding))
        )
        if found is not None:
            return found
    return None


def searched(n, outputs, field):
    """Go through the layers: behind the first one, the rest must see (field - kernel) / stride."""
    return list(_ways(n, outputs, field))


def three_strides(n, outputs, field):
    """Stretch the width by paddings first, then halve it three times."""
    stretch = [(1, 1, 0)]
    missing = field - 15
    wide = [(5, 1, 4)] * (missing // 4) + [(3, 1, 2)] * (missing % 4 // 2)
    width = n
    for kernel, _, padding in wide:
        width += 2 * padding - kernel + 1
    layers = [*stretch, *wide, HALVE, HALVE, HALVE]
    return layers if -(-width // 8) == outputs else halved_last(n, outputs, field)


def tensor(n, outputs, field):
    import torch

    return torch.tensor(halved_last(n, outputs, field))


# Wrong ones.


def from_the_output_back(n, outputs, field):
    return halved_last(n, outputs, field)[::-1]


def halved_at_once(n, outputs, field):
    return [HALVE, HALVE, *(field - 7) // 2 * [KEEP]]


def kernels_side_by_side(n, outputs, field):
    rest = field - 6
    return [HALVE, HALVE] + rest // 3 * [KEEP] + rest % 3 * [(1, 1, 0)]


def kernels_side_by_side_then_halved(n, outputs, field):
    rest = field - 6
    return rest // 3 * [KEEP] + rest % 3 * [(1, 1, 0)] + [HALVE, HALVE]


def all_as_if_unstrided(n, outputs, field):
    return [HALVE, HALVE, *[KEEP] * ((field - 5) // 2)]


def unstrided_with_five_taps(n, outputs, field):
    rest = field - 5
    return rest // 4 * [(5, 1, 2)] + rest % 4 // 2 * [KEEP] + [HALVE, HALVE]


def stride_widens_its_own_kernel(n, outputs, field):
    return [*[KEEP] * ((field - 13) // 2), HALVE, HALVE]


def only_the_last_stride(n, outputs, field):
    return [*[KEEP] * ((field - 11) // 2), HALVE, HALVE, KEEP]


def taps_and_not_gaps(n, outputs, field):
    return [KEEP, *[(1, 1, 0)] * (field - 12), HALVE, HALVE]


def padded_twice_as_much(n, outputs, field):
    return [*[(3, 1, 2)] * ((field - 7) // 2), (3, 2, 2), (3, 2, 2)]


def sizes_rounded_up(n, outputs, field):
    first = n % 2
    half = (n + first) // 2
    return [*[KEEP] * ((field - 7) // 2), (3, 2, first), (3, 2, half % 2)]


def one_output_forgotten(n, outputs, field):
    rest = field - 7
    return rest // 3 * [(4, 1, 2)] + rest % 3 * [(2, 1, 1)] + 2 * [(3, 2, 2)]


def no_padding(n, outputs, field):
    return [*[(3, 1, 0)] * ((field - 7) // 2), (3, 2, 0), (3, 2, 0)]


def padding_only_at_the_strides(n, outputs, field):
    return [*[(3, 1, 0)] * ((field - 7) // 2), HALVE, HALVE]


def nothing_fits(n, outputs, field):
    return [KEEP, KEEP]


def right_width_only(n, outputs, field):
    return [HALVE, HALVE]


def right_field_only(n, outputs, field):
    return [KEEP] * ((field - 1) // 2)


def one_large_kernel(n, outputs, field):
    return [(field, 4, field // 2)]


def stride_of_four(n, outputs, field):
    return [*[KEEP] * ((field - 3) // 2), (3, 4, 1)]


def padding_as_large_as_the_kernel(n, outputs, field):
    return [(1, 1, 1), *halved_last(n, outputs, field)]


def kernels_of_seven_taps(n, outputs, field):
    rest = field - 7
    return rest // 6 * [(7, 1, 3)] + rest % 6 // 2 * [KEEP] + [HALVE, HALVE]


def negative_padding(n, outputs, field):
    return [(2, 1, -1), *halved_last(n, outputs, field)]


def half_a_pixel_of_padding(n, outputs, field):
    return [(2, 1, 0.5), (2, 1, 0.5), *[KEEP] * ((field - 9) // 2), HALVE, HALVE]


def stride_and_padding_swapped(n, outputs, field):
    return [(kernel, padding, stride) for kernel, stride, padding in halved_last(n, outputs, field)]


def kernels_and_strides_only(n, outputs, field):
    return [layer[:2] for layer in halved_last(n, outputs, field)]


def with_dilation(n, outputs, field):
    return [(*layer, 1) for layer in halved_last(n, outputs, field)]


def one_layer_without_list(n, outputs, field):
    return HALVE


def transposed(n, outputs, field):
    return np.array(halved_last(n, outputs, field)).T


def in_one_row(n, outputs, field):
    return [number for layer in halved_last(n, outputs, field) for number in layer]


def lists_of_two_lengths(n, outputs, field):
    return [(3, 1, 1), (3, 2)]


def as_text(n, outputs, field):
    return str(halved_last(n, outputs, field))


def nothing_at_all(n, outputs, field):
    return []


def truth(n, outputs, field):
    return True


def function_itself(n, outputs, field):
    return halved_last


def infinite(n, outputs, field):
    return [(3, 1, float("inf")), HALVE]


def one_pixel_too_many(n, outputs, field):
    return [(2, 1, 1), *halved_last(n, outputs, field)]


RIGHT = [
    *EXERCISE.also_right,
    halved_last,
    halved_first,
    as_lists_of_floats,
    as_an_array,
    in_float32,
    as_fractions,
    with_layers_of_one_tap,
    five_taps_at_the_stride,
    even_kernels,
    without_strides,
    searched,
    three_strides,
    tensor,
]
WRONG = {
    from_the_output_back: "from-the-output",
    halved_at_once: "from-the-output",
    kernels_side_by_side: "kernels-added",
    kernels_side_by_side_then_halved: "kernels-added",
    all_as_if_unstrided: "stride-jump-ignored",
    unstrided_with_five_taps: "stride-jump-ignored",
    stride_widens_its_own_kernel: "own-stride-too-early",
    only_the_last_stride: "last-stride-only",
    taps_and_not_gaps: "taps-for-gaps",
    padded_twice_as_much: "padding-on-one-side",
    sizes_rounded_up: "rounded-up",
    one_output_forgotten: "first-place-forgotten",
    no_padding: "strides-alone",
    padding_only_at_the_strides: "strides-alone",
    nothing_fits: None,
    right_width_only: None,
    right_field_only: None,
    one_large_kernel: None,
    stride_of_four: None,
    padding_as_large_as_the_kernel: None,
    kernels_of_seven_taps: None,
    negative_padding: None,
    half_a_pixel_of_padding: None,
    stride_and_padding_swapped: "stride-and-padding-swapped",
    with_dilation: None,
    kernels_and_strides_only: None,
    one_layer_without_list: None,
    transposed: None,
    in_one_row: None,
    lists_of_two_lengths: None,
    as_text: None,
    nothing_at_all: None,
    truth: None,
    function_itself: None,
    infinite: None,
    one_pixel_too_many: None,
}
