"""Answers to E5.3 as learners might write them, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from cnncourse.exercises.e5_3 import EXERCISE


def step_by_step(n, k, s, before, after, d):
    places, start = 0, -before
    while start + d * (k - 1) < n + after:
        places += 1
        start += s
    return places


def by_the_formula(n, k, s, before, after, d):
    return max(0, (n + before + after - d * (k - 1) - 1) // s + 1)


def floor_of_a_float(n, k, s, before, after, d):
    return max(math.floor((n + before + after - d * (k - 1) - 1) / s + 1), 0)


def numpy_floor(n, k, s, before, after, d):
    room = n + before + after - d * (k - 1) - 1
    return np.maximum(np.floor(room / s) + 1, 0)


def in_float32(n, k, s, before, after, d):
    room = np.float32(n + before + after - d * (k - 1) - 1)
    return np.float32(0) if room < 0 else np.floor(room / np.float32(s)) + np.float32(1)


def length_of_a_slice(n, k, s, before, after, d):
    padded = np.zeros(before + n + after)
    ends = padded[d * (k - 1) :]
    return len(ends[::s])


def rounded_up_dense(n, k, s, before, after, d):
    dense = max(n + before + after - d * (k - 1), 0)
    return -(-dense // s)


def length_of_a_range(n, k, s, before, after, d):
    return len(range(-before, n + after - d * (k - 1), s))


def with_divmod(n, k, s, before, after, d):
    if before + n + after < 1 + d * (k - 1):
        return 0
    steps, _ = divmod(before + n + after - 1 - d * (k - 1), s)
    return 1 + steps


def places_listed(n, k, s, before, after, d):
    width = before + n + after
    taps = [[start + d * tap for tap in range(k)] for start in range(0, width, s)]
    return sum(all(place < width for place in row) for row in taps)


def recursive(n, k, s, before, after, d):
    width = before + n + after
    if width <= d * (k - 1):
        return 0
    return 1 + recursive(width - s, k, s, 0, 0, d)


def as_a_fraction(n, k, s, before, after, d):
    room = n + before + after - d * (k - 1) - 1
    return Fraction(math.floor(Fraction(room, s)) + 1) if room >= 0 else Fraction(0)


def tried_in_numpy(n, k, s, before, after, d):
    wide = d * (k - 1) + 1
    padded = np.pad(np.ones(n), (before, after))
    if wide > len(padded):
        return 0
    return np.lib.stride_tricks.sliding_window_view(padded, wide)[::s].shape[0]


def tensor(n, k, s, before, after, d):
    import torch

    room = torch.tensor(n + before + after - d * (k - 1) - 1)
    return torch.clamp(torch.div(room, s, rounding_mode="floor") + 1, min=0)


# Wrong ones.


def room(n, k, before, after, d):
    return n + before + after - d * (k - 1) - 1


def python_round(n, k, s, before, after, d):
    return max(round(room(n, k, before, after, d) / s) + 1, 0)


def half_up(n, k, s, before, after, d):
    left = room(n, k, before, after, d)
    return int(left / s + 0.5) + 1 if left >= 0 else 0


def ceiling(n, k, s, before, after, d):
    left = room(n, k, before, after, d)
    return math.ceil(left / s) + 1 if left >= 0 else 0


def true_division(n, k, s, before, after, d):
    return max((n + before + after - d * (k - 1) - 1) / s + 1, 0)


def true_division_uncut(n, k, s, before, after, d):
    return (n + before + after - d * (k - 1) - 1) / s + 1


def padding_before_only(n, k, s, before, after, d):
    return max(0, room(n, k, before, 0, d) // s + 1)


def padding_after_only(n, k, s, before, after, d):
    return max(0, room(n, k, 0, after, d) // s + 1)


def two_times_before(n, k, s, before, after, d):
    return max(0, (n + 2 * before - d * (k - 1) - 1) // s + 1)


def two_times_both(n, k, s, before, after, d):
    return max(0, (n + 2 * (before + after) - d * (k - 1) - 1) // s + 1)


def unpadded(n, k, s, before, after, d):
    return max(0, room(n, k, 0, 0, d) // s + 1)


def undilated(n, k, s, before, after, d):
    return max(0, (n + before + after - k) // s + 1)


def undilated_uncut(n, k, s, before, after, d):
    return (n + before + after - k) // s + 1


def kernel_times_dilation(n, k, s, before, after, d):
    return max(0, (n + before + after - k * d) // s + 1)


def kernel_plus_dilation(n, k, s, before, after, d):
    return max(0, (n + before + after - (k + d - 1)) // s + 1)


def dilation_of_zero_is_plain(n, k, s, before, after, d):
    return max(0, (n + before + after - (k + (k - 1) * d)) // s + 1)


def gaps_without_the_tap(n, k, s, before, after, d):
    return max(0, (n + before + after - d * (k - 1)) // s + 1)


def no_plus_one(n, k, s, before, after, d):
    return max(0, room(n, k, before, after, d) // s)


def plus_one_inside(n, k, s, before, after, d):
    return max(0, (n + before + after - d * (k - 1)) // s)


def unstrided(n, k, s, before, after, d):
    return max(0, n + before + after - d * (k - 1))


def same_of_tensorflow(n, k, s, before, after, d):
    return math.ceil(n / s)


def width_over_stride(n, k, s, before, after, d):
    return (n + before + after) // s


def no_guard(n, k, s, before, after, d):
    return (n + before + after - d * (k - 1) - 1) // s + 1


def int_for_floor(n, k, s, before, after, d):
    return int((n + before + after - d * (k - 1) - 1) / s) + 1


def at_least_one(n, k, s, before, after, d):
    return max(1, room(n, k, before, after, d) // s + 1)


def int_for_floor_guarded(n, k, s, before, after, d):
    return max(0, int(room(n, k, before, after, d) / s) + 1)


def raises_if_it_does_not_fit(n, k, s, before, after, d):
    if room(n, k, before, after, d) < 0:
        raise ValueError("the kernel does not fit")
    return room(n, k, before, after, d) // s + 1


def nothing_if_it_does_not_fit(n, k, s, before, after, d):
    if room(n, k, before, after, d) >= 0:
        return room(n, k, before, after, d) // s + 1


def minus_one_if_it_does_not_fit(n, k, s, before, after, d):
    left = room(n, k, before, after, d)
    return left // s + 1 if left >= 0 else -1


def stride_and_dilation_swapped(n, k, s, before, after, d):
    return max(0, (n + before + after - s * (k - 1) - 1) // d + 1)


def one_too_many(n, k, s, before, after, d):
    left = room(n, k, before, after, d)
    return left // s + 2 if left >= 0 else 0


def needs_room_to_move(n, k, s, before, after, d):
    left = room(n, k, before, after, d)
    return left // s + 1 if left > 0 else 0


def stride_two_at_most(n, k, s, before, after, d):
    return max(0, room(n, k, before, after, d) // min(s, 2) + 1)


def short_inputs_only(n, k, s, before, after, d):
    return max(0, room(min(n, 100), k, before, after, d) // s + 1)


def only_the_examples(n, k, s, before, after, d):
    return 5 if s == 1 else 2


def in_brackets(n, k, s, before, after, d):
    return [by_the_formula(n, k, s, before, after, d)]


def as_text(n, k, s, before, after, d):
    return str(by_the_formula(n, k, s, before, after, d))


def fits_at_all(n, k, s, before, after, d):
    return room(n, k, before, after, d) >= 0


def zero(n, k, s, before, after, d):
    return 0


def almost(n, k, s, before, after, d):
    return by_the_formula(n, k, s, before, after, d) + 1e-3


RIGHT = [
    *EXERCISE.also_right,
    step_by_step,
    by_the_formula,
    floor_of_a_float,
    numpy_floor,
    in_float32,
    length_of_a_slice,
    rounded_up_dense,
    length_of_a_range,
    with_divmod,
    places_listed,
    recursive,
    as_a_fraction,
    tried_in_numpy,
    tensor,
]
WRONG = {
    python_round: "rounded-to-nearest",
    half_up: "rounded-to-nearest",
    ceiling: "rounded-up",
    true_division: "not-whole",
    true_division_uncut: "not-whole",
    padding_before_only: "padding-on-one-side",
    padding_after_only: "padding-on-one-side",
    two_times_before: "padding-taken-for-even",
    two_times_both: "padding-doubled",
    unpadded: "padding-ignored",
    undilated: "dilation-ignored",
    undilated_uncut: "dilation-ignored",
    kernel_times_dilation: "wrong-span",
    kernel_plus_dilation: "wrong-span",
    dilation_of_zero_is_plain: "wrong-span",
    gaps_without_the_tap: "wrong-span",
    no_plus_one: "first-place-forgotten",
    plus_one_inside: "plus-one-before-dividing",
    unstrided: "stride-ignored",
    same_of_tensorflow: "width-divided",
    width_over_stride: "width-divided",
    no_guard: "does-not-fit",
    int_for_floor: "does-not-fit",
    at_least_one: "does-not-fit",
    int_for_floor_guarded: "does-not-fit",
    raises_if_it_does_not_fit: None,
    nothing_if_it_does_not_fit: None,
    minus_one_if_it_does_not_fit: None,
    stride_and_dilation_swapped: None,
    one_too_many: None,
    needs_room_to_move: None,
    stride_two_at_most: None,
    short_inputs_only: None,
    only_the_examples: None,
    in_brackets: None,
    as_text: None,
    fits_at_all: None,
    zero: None,
    almost: None,
}
