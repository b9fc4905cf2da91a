"""Repairs of R1.1 as learners might make them, right and wrong."""

import numpy as np

from cnncourse.exercises.r1_1 import EXERCISE


def as_many_outputs(x, m):
    """Convolve with a kernel of any length, without the zeros at the ends."""
    return np.convolve(x, weights_of(m), "valid")


def weights_of(m):
    if m % 2:
        return np.ones(m) / m
    return np.concatenate([[0.5], np.ones(m - 1), [0.5]]) / m


def same_and_cut(x, m):
    half = m // 2
    w = np.ones(m + 1 - m % 2) / m
    w[0] = w[-1] = (1 if m % 2 else 0.5) / m
    return np.convolve(x, w, "same")[half : len(x) - half]


def from_full(x, m):
    half = m // 2
    w = weights_of(m)
    return np.convolve(x, w)[2 * half : len(x)]


def neighbours_averaged(x, m):
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")
    if m % 2 == 0:
        smoothed[:-1] = (smoothed[:-1] + smoothed[1:]) / 2
    return smoothed[half : len(x) - half]


def by_running_sums(x, m):
    half = m // 2
    total = np.cumsum(np.concatenate([[0.0], x]))
    boxes = (total[m:] - total[:-m]) / m
    return boxes if m % 2 else np.convolve(boxes, [0.5, 0.5], "valid")[: len(x) - 2 * half]


def by_window_view(x, m):
    return np.lib.stride_tricks.sliding_window_view(x, m + 1 - m % 2) @ weights_of(m)


def interpolated(x, m):
    half = m // 2
    boxes = np.convolve(x, np.ones(m) / m, "valid")
    centres = np.arange(len(boxes)) + (m - 1) / 2
    return np.interp(np.arange(half, len(x) - half), centres, boxes)


def odd_even_apart(x, m):
    if m % 2 == 1:
        return np.convolve(x, np.ones(m) / m, "valid")
    early = np.convolve(x[:-1], np.ones(m) / m, "valid")
    late = np.convolve(x[1:], np.ones(m) / m, "valid")
    return (early + late) / 2


def renamed_only(values, length):
    middle = length // 2
    kernel = np.ones(length) / length
    out = np.convolve(values, kernel, "same")
    return out[middle : len(values) - middle]


def division_moved(x, m):
    half = m // 2
    smoothed = np.convolve(x, np.ones(m), "same") / m
    return smoothed[half : len(x) - half]


def kernel_reversed(x, m):
    half = m // 2
    weights = np.ones(m)[::-1] / m
    return np.convolve(x, weights, "same")[half : len(x) - half]


def padded_at_the_edges(x, m):
    """Take the ends' zeros for the bug."""
    half = m // 2
    padded = np.pad(x, half, mode="edge")
    smoothed = np.convolve(padded, np.ones(m) / m, "same")[half : half + len(x)]
    return smoothed[half : len(x) - half]


def rolled_back(x, m):
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")
    if m % 2 == 0:
        smoothed = np.roll(smoothed, -1)
    return smoothed[half : len(x) - half]


def slice_moved(x, m):
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")
    shift = 1 - m % 2
    return smoothed[half + shift : len(x) - half + shift]


def one_weight_more(x, m):
    half = m // 2
    if m % 2 == 0:
        m = m + 1
    weights = np.ones(m) / m
    return np.convolve(x, weights, "same")[half : len(x) - half]


def always_odd(x, m):
    m = 2 * (m // 2) + 1
    return np.convolve(x, np.ones(m) / m, "valid")


def one_weight_less(x, m):
    if m % 2 == 0:
        m -= 1
    half = m // 2
    return np.convolve(x, np.ones(m) / m, "same")[half : len(x) - half]


def one_weight_less_same_outputs(x, m):
    half = m // 2
    m = m - 1 + m % 2
    return np.convolve(x, np.ones(m) / m, "same")[half : len(x) - half]


def halves_forgotten(x, m):
    half = m // 2
    weights = np.ones(m + 1 - m % 2) / m
    return np.convolve(x, weights, "same")[half : len(x) - half]


def divided_by_one_too_many(x, m):
    half = m // 2
    weights = np.ones(m) / m
    if m % 2 == 0:
        weights = np.ones(m + 1)
        weights[[0, -1]] = 0.5
        weights /= len(weights)
    return np.convolve(x, weights, "same")[half : len(x) - half]


def never_divided(x, m):
    half = m // 2
    weights = np.ones(m) / m
    if m % 2 == 0:
        weights = np.array([0.5, *[1] * (m - 1), 0.5])
    return np.convolve(x, weights, "same")[half : len(x) - half]


def halves_for_all(x, m):
    half = m // 2
    weights = np.convolve(np.ones(m) / m, [0.5, 0.5])
    return np.convolve(x, weights, "same")[half : len(x) - half]


def odd_ends_halved(x, m):
    half = m // 2
    weights = np.ones(2 * half + 1)
    if m > 1:
        weights[[0, -1]] = 0.5
    return np.convolve(x, weights / weights.sum(), "valid")


def valid_for_same(x, m):
    return np.convolve(x, np.ones(m) / m, "valid")


def averaged_with_the_one_before(x, m):
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")
    if m % 2 == 0:
        smoothed[1:] = (smoothed[:-1] + smoothed[1:]) / 2
    return smoothed[half : len(x) - half]


def full_cut_one_early(x, m):
    half = m // 2
    full = np.convolve(x, weights_of(m))
    start = 2 * half - (m % 2 == 0)
    return full[start : start + len(x) - 2 * half]


def mended_and_uncut(x, m):
    return np.convolve(x, weights_of(m), "same")


def uncut(x, m):
    return np.convolve(x, np.ones(m) / m, "same")


def only_the_example(x, m):
    half = m // 2
    weights = np.ones(m) / m
    if m == 4:
        weights = np.array([0.5, 1, 1, 1, 0.5]) / 4
    return np.convolve(x, weights, "same")[half : len(x) - half]


def only_pairs(x, m):
    half = m // 2
    weights = np.array([0.25, 0.5, 0.25]) if m == 2 else np.ones(m) / m
    return np.convolve(x, weights, "same")[half : len(x) - half]


def half_a_step_added(x, m):
    """Mend the line of the example, and nothing else."""
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")
    return smoothed[half : len(x) - half] + (0.5 if m % 2 == 0 else 0)


def slope_added(x, m):
    """Move everything by half of the mean step: right for every straight line."""
    half = m // 2
    smoothed = np.convolve(x, np.ones(m) / m, "same")[half : len(x) - half]
    return smoothed + (0 if m % 2 else (x[-1] - x[0]) / (len(x) - 1) / 2)


def triangle(x, m):
    half = m // 2
    weights = half + 1.0 - np.abs(np.arange(-half, half + 1))
    return np.convolve(x, weights / weights.sum(), "valid")


def nothing_smoothed(x, m):
    half = m // 2
    return x[half : len(x) - half]


def median(x, m):
    half = m // 2
    return [np.median(x[i - half : i + half + 1]) for i in range(half, len(x) - half)]


def ends_cut_twice(x, m):
    half = m // 2
    return np.convolve(x, weights_of(m), "valid")[half : len(x) - 3 * half]


def returns_a_pair(x, m):
    return m // 2, np.convolve(x, weights_of(m), "valid")


def wrong_names(x, m):
    return np.convolve(y, weights_of(m), "valid")  # noqa: F821


def slice_to_minus_half(x, m):
    """For m = 1, [0 : -0] is empty."""
    half = m // 2
    return np.convolve(x, weights_of(m), "same")[half:-half]


def whole_numbers(x, m):
    out = np.zeros(len(x) - 2 * (m // 2), dtype=int)
    out[:] = np.convolve(x, weights_of(m), "valid")
    return out


def kept_from_the_first_call(x, m, kernels={}):  # noqa: B006
    w = kernels.setdefault("w", weights_of(m))
    return np.convolve(x, w, "valid")


def rounded(x, m):
    return np.round(np.convolve(x, weights_of(m), "valid"), 2)


def short_windows_only(x, m):
    w = weights_of(m) if m < 8 else np.ones(m) / m
    half = m // 2
    return np.convolve(x, w, "same")[half : len(x) - half]


RIGHT = [
    *EXERCISE.also_right,
    as_many_outputs,
    same_and_cut,
    from_full,
    neighbours_averaged,
    by_running_sums,
    by_window_view,
    interpolated,
    odd_even_apart,
]
WRONG = {
    renamed_only: "still-there",
    division_moved: "still-there",
    kernel_reversed: "still-there",
    padded_at_the_edges: "still-there",
    rolled_back: "moved-the-bug",
    slice_moved: "moved-the-bug",
    one_weight_more: "window-too-long",
    always_odd: "window-too-long",
    one_weight_less: "window-too-short",
    one_weight_less_same_outputs: "window-too-short",
    halves_forgotten: "not-normalised",
    divided_by_one_too_many: "not-normalised",
    never_divided: "not-normalised",
    halves_for_all: "odd-windows-changed",
    odd_ends_halved: "odd-windows-changed",
    valid_for_same: "one-output-too-many",
    averaged_with_the_one_before: "one-sample-off",
    full_cut_one_early: "one-sample-off",
    mended_and_uncut: "ends-kept",
    uncut: "ends-kept",
    only_the_example: "one-length-mended",
    only_pairs: "one-length-mended",
    half_a_step_added: None,
    slope_added: None,
    triangle: None,
    nothing_smoothed: None,
    median: None,
    ends_cut_twice: None,
    returns_a_pair: None,
    wrong_names: None,
    slice_to_minus_half: None,
    whole_numbers: None,
    kept_from_the_first_call: None,
    rounded: None,
    short_windows_only: None,
}
