"""Answers to E5.4 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e5_4 import EXERCISE


def place_by_place(H, W, k, p, s):
    visits = [[0] * W for _ in range(H)]
    for top in range(-p, H + p - k + 1, s):
        for left in range(-p, W + p - k + 1, s):
            for i in range(top, top + k):
                for j in range(left, left + k):
                    if 0 <= i < H and 0 <= j < W:
                        visits[i][j] += 1
    return visits


def pixel_by_pixel(H, W, k, p, s):
    def holds(start, pixel):
        return start <= pixel + p < start + k

    tops, lefts = range(0, H + 2 * p - k + 1, s), range(0, W + 2 * p - k + 1, s)
    return [
        [sum(holds(top, i) and holds(left, j) for top in tops for left in lefts) for j in range(W)]
        for i in range(H)
    ]


def rows_times_columns(H, W, k, p, s):
    def counts(n):
        seen = np.zeros(n + 2 * p)
        for start in range(0, n + 2 * p - k + 1, s):
            seen[start : start + k] += 1
        return seen[p : n + p]

    return counts(H)[:, None] * counts(W)


def by_formula(H, W, k, p, s):
    """Count the multiples of s from i + p - k + 1 to i + p that are places."""

    def counts(n):
        last = (n + 2 * p - k) // s
        i = np.arange(n) + p
        return np.minimum(i // s, last) - np.maximum(-((k - 1 - i) // s), 0) + 1

    return np.outer(np.maximum(counts(H), 0), np.maximum(counts(W), 0))


def full_convolution_of_places(H, W, k, p, s):
    """Put a 1 where a kernel begins, and convolve with a row of ones, twice."""
    starts = np.zeros((H + 2 * p - k + 1, W + 2 * p - k + 1))
    starts[::s, ::s] = 1
    ones = np.ones(k)
    seen = np.apply_along_axis(np.convolve, 0, starts, ones)
    seen = np.apply_along_axis(np.convolve, 1, seen, ones)
    return seen[p : p + H, p : p + W]


def numbered_pixels(H, W, k, p, s):
    """Give each pixel a number, look through all windows, and count the numbers."""
    numbers = np.pad(np.arange(1, H * W + 1).reshape(H, W), p)
    view = np.lib.stride_tricks.sliding_window_view(numbers, (k, k))[::s, ::s]
    return np.bincount(view.ravel(), minlength=H * W + 1)[1:].reshape(H, W)


def difference_table(H, W, k, p, s):
    """Mark the corners of each window, and sum up."""
    marks = np.zeros((H + 2 * p + 1, W + 2 * p + 1))
    for top in range(0, H + 2 * p - k + 1, s):
        for left in range(0, W + 2 * p - k + 1, s):
            marks[top, left] += 1
            marks[top + k, left + k] += 1
            marks[top + k, left] -= 1
            marks[top, left + k] -= 1
    return marks.cumsum(axis=0).cumsum(axis=1)[p : p + H, p : p + W]


def in_float32(H, W, k, p, s):
    seen = np.zeros((H + 2 * p, W + 2 * p), dtype=np.float32)
    for top in np.arange(0, H + 2 * p - k + 1, s):
        for left in np.arange(0, W + 2 * p - k + 1, s):
            seen[top : top + k, left : left + k] += np.float32(1)
    return seen[p:-p, p:-p] if p else seen


def small_integers(H, W, k, p, s):
    return np.array(place_by_place(H, W, k, p, s), dtype=np.uint8)


def tensor(H, W, k, p, s):
    """Take the gradient of the sum of all outputs with respect to the image."""
    import torch

    image = torch.zeros(1, 1, H, W, requires_grad=True)
    torch.nn.functional.conv2d(image, torch.ones(1, 1, k, k), stride=s, padding=p).sum().backward()
    return image.grad[0, 0]


# Wrong ones.


def along(n, k, p, s):
    starts = range(-p, n + p - k + 1, s)
    return np.array([sum(start <= i < start + k for start in starts) for i in range(n)])


def padded(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range(0, H + 2 * p - k + 1, s):
        for left in range(0, W + 2 * p - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    return visits


def k_squared(H, W, k, p, s):
    return np.full((H, W), k * k)


def the_middle_for_all(H, W, k, p, s):
    return np.ones((H, W)) * padded(H, W, k, p, s)[p : p + H, p : p + W].max()


def nearest_edge(H, W, k, p, s):
    rows, columns = along(H, k, p, s), along(W, k, p, s)
    most = max(rows.max(), columns.max())
    return np.minimum(rows[:, None], columns[None]) * most


def square_of_the_smaller(H, W, k, p, s):
    return np.minimum.outer(along(H, k, p, s), along(W, k, p, s)) ** 2


def sum_of_directions(H, W, k, p, s):
    return along(H, k, p, s)[:, None] + along(W, k, p, s)


def rows_only(H, W, k, p, s):
    return np.repeat(along(H, k, p, s)[:, None], W, axis=1)


def columns_only(H, W, k, p, s):
    return np.repeat(along(W, k, p, s)[None], H, axis=0)


def padding_forgotten(H, W, k, p, s):
    return np.outer(along(H, k, 0, s), along(W, k, 0, s))


def padding_forgotten_in_the_range(H, W, k, p, s):
    visits = np.zeros((H, W))
    for top in range(0, H - k + 1, s):
        for left in range(0, W - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    return visits


def padding_on_the_left(H, W, k, p, s):
    visits = np.zeros((H + p, W + p))
    for top in range(0, H + p - k + 1, s):
        for left in range(0, W + p - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    return visits[p:, p:]


def padding_on_the_right(H, W, k, p, s):
    visits = np.zeros((H + p, W + p))
    for top in range(0, H + p - k + 1, s):
        for left in range(0, W + p - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    return visits[:H, :W]


def not_cut(H, W, k, p, s):
    return padded(H, W, k, p, s)


def cut_at_the_end(H, W, k, p, s):
    return padded(H, W, k, p, s)[:H, :W]


def cut_at_the_beginning(H, W, k, p, s):
    return padded(H, W, k, p, s)[2 * p :, 2 * p :]


def cells_of_each_output(H, W, k, p, s):
    return np.full(((H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1), k * k)


def pixels_of_each_output(H, W, k, p, s):
    ones = np.pad(np.ones((H, W)), p)
    rows, columns = (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1
    return [
        [ones[j * s : j * s + k, i * s : i * s + k].sum() for i in range(columns)]
        for j in range(rows)
    ]


def stride_forgotten(H, W, k, p, s):
    return padded(H, W, k, p, 1)[p : p + H, p : p + W]


def places_side_by_side(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range((H + 2 * p - k) // s + 1):
        for left in range((W + 2 * p - k) // s + 1):
            visits[top : top + k, left : left + k] += 1
    return visits[p : p + H, p : p + W]


def last_place_forgotten(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range(0, H + 2 * p - k, s):
        for left in range(0, W + 2 * p - k, s):
            visits[top : top + k, left : left + k] += 1
    return visits[p : p + H, p : p + W]


def number_of_steps(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for j in range((H + 2 * p - k) // s):
        for i in range((W + 2 * p - k) // s):
            visits[j * s : j * s + k, i * s : i * s + k] += 1
    return visits[p : p + H, p : p + W]


def begins_at_every_pixel(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range(0, H + 2 * p, s):
        for left in range(0, W + 2 * p, s):
            visits[top : top + k, left : left + k] += 1
    return visits[p : p + H, p : p + W]


def one_place_too_many(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range(0, H + 2 * p - k + 2, s):
        for left in range(0, W + 2 * p - k + 2, s):
            visits[top : top + k, left : left + k] += 1
    return visits[p : p + H, p : p + W]


def transposed(H, W, k, p, s):
    return np.outer(along(W, k, p, s), along(H, k, p, s))


def seen_or_not(H, W, k, p, s):
    return (np.outer(along(H, k, p, s), along(W, k, p, s)) > 0).astype(int)


def truth_values(H, W, k, p, s):
    return np.outer(along(H, k, p, s), along(W, k, p, s)) > 0


def share_of_the_outputs(H, W, k, p, s):
    visits = np.outer(along(H, k, p, s), along(W, k, p, s))
    return visits / visits.max()


def divided_by_the_stride(H, W, k, p, s):
    return np.outer(along(H, k, p, 1), along(W, k, p, 1)) / s**2


def middle_and_ring(H, W, k, p, s):
    visits = np.full((H, W), k * k)
    visits[0] = visits[-1] = visits[:, 0] = visits[:, -1] = k
    return visits


def assigned(H, W, k, p, s):
    visits = np.zeros((H + 2 * p, W + 2 * p))
    for top in range(0, H + 2 * p - k + 1, s):
        for left in range(0, W + 2 * p - k + 1, s):
            visits[top : top + k, left : left + k] = 1
    return visits[p : p + H, p : p + W]


def always_same(H, W, k, p, s):
    return np.outer(along(H, k, k // 2, s), along(W, k, k // 2, s))


def fails_without_padding(H, W, k, p, s):
    return padded(H, W, k, p, s)[p:-p, p:-p]


def total(H, W, k, p, s):
    return np.outer(along(H, k, p, s), along(W, k, p, s)).sum()


def only_the_example(H, W, k, p, s):
    return [[1, 2, 1], [1, 2, 1]]


RIGHT = [
    *EXERCISE.also_right,
    place_by_place,
    pixel_by_pixel,
    rows_times_columns,
    by_formula,
    full_convolution_of_places,
    numbered_pixels,
    difference_table,
    in_float32,
    small_integers,
    tensor,
]
WRONG = {
    k_squared: "corners-as-the-middle",
    the_middle_for_all: "corners-as-the-middle",
    nearest_edge: "corners-as-edges",
    square_of_the_smaller: "corners-as-edges",
    sum_of_directions: "added-directions",
    rows_only: "one-direction",
    columns_only: "one-direction",
    padding_forgotten: "padding-ignored",
    padding_forgotten_in_the_range: "padding-ignored",
    padding_on_the_left: "padding-on-one-side",
    padding_on_the_right: "padding-on-one-side",
    not_cut: "padding-counted-too",
    cut_at_the_end: "not-cut-in-the-middle",
    cut_at_the_beginning: "not-cut-in-the-middle",
    cells_of_each_output: "outputs-counted",
    pixels_of_each_output: "outputs-counted",
    stride_forgotten: "stride-ignored",
    places_side_by_side: "size-only",
    last_place_forgotten: "last-place-missing",
    number_of_steps: "last-place-missing",
    begins_at_every_pixel: "kernel-sticks-out",
    one_place_too_many: "kernel-sticks-out",
    transposed: None,
    seen_or_not: None,
    truth_values: None,
    share_of_the_outputs: None,
    divided_by_the_stride: None,
    middle_and_ring: None,
    assigned: None,
    always_same: None,
    fails_without_padding: None,
    total: None,
    only_the_example: None,
}
