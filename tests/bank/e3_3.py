"""Answers to E3.3 as learners might write them, right and wrong."""

from fractions import Fraction

import numpy as np

from cnncourse.exercises.e3_3 import EXERCISE


def one_axis_after_the_other(f, image, down, right):
    def g(array):
        return np.roll(np.roll(array, right, axis=1), down, axis=0)

    return np.max(np.abs(f(g(image)) - g(f(image))))


def by_indices(f, image, down, right):
    height, width = np.shape(image)
    rows = [(i - down) % height for i in range(height)]
    columns = [(j - right) % width for j in range(width)]

    def g(array):
        return np.asarray(array)[rows][:, columns]

    return float(np.abs(g(f(image)) - f(g(image))).max())


def with_lists(f, image, down, right):
    def g(rows):
        rows = [list(row) for row in rows]
        rows = rows[-down % len(rows) :] + rows[: -down % len(rows)]
        return [row[-right % len(row) :] + row[: -right % len(row)] for row in rows]

    there, back = f(g(image)), g(f(image))
    return max(
        abs(a - b) for p, q in zip(there, back, strict=True) for a, b in zip(p, q, strict=True)
    )


def by_padding(f, image, down, right):
    height, width = image.shape

    def g(array):
        around = np.pad(array, ((height, height), (width, width)), mode="wrap")
        top, left = height - down % height, width - right % width
        return around[top : top + height, left : left + width]

    return np.abs(f(g(image)) - g(f(image))).max()


def by_permutation_matrices(f, image, down, right):
    height, width = image.shape
    rows = np.roll(np.eye(height), down, axis=0)
    columns = np.roll(np.eye(width), right, axis=1)
    return np.abs(f(rows @ image @ columns) - rows @ f(image) @ columns).max()


def in_float32(f, image, down, right):
    x = image.astype(np.float32)
    there = f(np.roll(x, (down, right), (0, 1))).astype(np.float32)
    return np.abs(there - np.roll(f(x).astype(np.float32), (down, right), (0, 1))).max()


def by_the_spectrum(f, image, down, right):
    height, width = image.shape
    phase = np.exp(-2j * np.pi * np.fft.fftfreq(height) * down)[:, None] * np.exp(
        -2j * np.pi * np.fft.fftfreq(width) * right
    )

    def g(array):
        return np.round(np.fft.ifft2(np.fft.fft2(array) * phase).real, 9)

    return np.abs(f(g(image)) - g(f(image))).max()


def by_the_spectrum_with_its_rounding(f, image, down, right):
    from scipy.ndimage import fourier_shift

    def g(array):
        return np.fft.ifft2(fourier_shift(np.fft.fft2(array), (down, right))).real

    return np.abs(f(g(image)) - g(f(image))).max()


def largest_norm(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    back = np.roll(f(image), (down, right), (0, 1))
    return np.linalg.norm((there - back).ravel(), np.inf)


def largest_and_smallest(f, image, down, right):
    difference = f(np.roll(image, (down, right), (0, 1))) - np.roll(f(image), (down, right), (0, 1))
    return max(difference.max(), -difference.min())


def back_from_the_other_side(f, image, down, right):
    moved = np.roll(image, (down, right), (0, 1))
    x = np.roll(moved, (-down, -right), (0, 1))
    return np.sort(np.abs(np.roll(f(x), (down, right), (0, 1)) - f(moved)), axis=None)[-1]


def as_a_fraction(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return Fraction(float(np.abs(there - np.roll(f(image), (down, right), (0, 1))).max()))


def overwriting_its_own_copies(f, image, down, right):
    image = image.astype(float)
    image[:] = np.roll(image, (down, right), (0, 1))
    out = f(image)
    image[:] = np.roll(image, (-down, -right), (0, 1))
    out -= np.roll(f(image), (down, right), (0, 1))
    return abs(out).max()


def tensor(f, image, down, right):
    import torch

    x = torch.tensor(image, dtype=torch.float64)
    there = torch.from_numpy(f(torch.roll(x, (down, right), (0, 1))))
    back = torch.roll(torch.from_numpy(f(x)), (down, right), (0, 1))
    return (there - back).abs().max()


def invariance(f, image, down, right):
    return np.abs(f(np.roll(image, (down, right), (0, 1))) - f(image)).max()


def invariance_summed(f, image, down, right):
    return np.abs(f(image) - f(np.roll(image, (down, right), (0, 1)))).sum()


def moved_output_only(f, image, down, right):
    return np.abs(np.roll(f(image), (down, right), (0, 1)) - f(image)).max()


def adding_down(f, image, down, right):
    return np.abs(f(image + down) - (f(image) + down)).max()


def adding_both(f, image, down, right):
    return np.abs(f(image + down + right) - (f(image) + down + right)).max()


def moved_image_twice(f, image, down, right):
    moved = np.roll(image, (down, right), (0, 1))
    return np.abs(f(moved) - moved).max()


def layer_against_move(f, image, down, right):
    return np.abs(f(image) - np.roll(image, (down, right), (0, 1))).max()


def same_way_twice(f, image, down, right):
    moved = np.roll(image, (down, right), (0, 1))
    return np.abs(f(moved) - f(moved)).max()


def zero(f, image, down, right):
    return 0


def columns_for_rows(f, image, down, right):
    def g(x):
        return np.roll(x, (right, down), (0, 1))

    return np.abs(f(g(image)) - g(f(image))).max()


def axes_exchanged(f, image, down, right):
    def g(x):
        return np.roll(x, (down, right), axis=(1, 0))

    return np.abs(f(g(image)) - g(f(image))).max()


def up_and_left(f, image, down, right):
    def g(x):
        return np.roll(x, (-down, -right), (0, 1))

    return np.abs(f(g(image)) - g(f(image))).max()


def undone_on_one_side(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.abs(there - np.roll(f(image), (-down, -right), (0, 1))).max()


def rows_only(f, image, down, right):
    there = f(np.roll(image, down, axis=0))
    return np.abs(there - np.roll(f(image), down, axis=0)).max()


def columns_only(f, image, down, right):
    there = f(np.roll(image, right, axis=1))
    return np.abs(there - np.roll(f(image), right, axis=1)).max()


def no_axis(f, image, down, right):
    def g(x):
        return np.roll(x, (down, right))

    return np.abs(f(g(image)) - g(f(image))).max()


def one_long_row(f, image, down, right):
    def g(x):
        return np.roll(x, down * x.shape[1] + right)

    return np.abs(f(g(image)) - g(f(image))).max()


def on_a_black_ground(f, image, down, right):
    def g(x):
        height, width = x.shape
        p, q = abs(down), abs(right)
        return np.pad(x, ((p, p), (q, q)))[p - down :, q - right :][:height, :width]

    return np.abs(f(g(image)) - g(f(image))).max()


def without_abs(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return (there - np.roll(f(image), (down, right), (0, 1))).max()


def abs_of_the_largest(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return abs(np.max(there - np.roll(f(image), (down, right), (0, 1))))


def total(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.abs(there - np.roll(f(image), (down, right), (0, 1))).sum()


def mean_difference(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.mean(np.abs(there - np.roll(f(image), (down, right), (0, 1))))


def norm(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.linalg.norm(there - np.roll(f(image), (down, right), (0, 1)))


def root_mean_square(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.sqrt(np.mean((there - np.roll(f(image), (down, right), (0, 1))) ** 2))


def one_if_equal(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return int(np.allclose(there, np.roll(f(image), (down, right), (0, 1))))


def how_many_differ(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return int(np.sum(there != np.roll(f(image), (down, right), (0, 1))))


def interior_only(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    inside = np.abs(there - np.roll(f(image), (down, right), (0, 1)))[1:-1, 1:-1]
    return inside.max() if inside.size else 0.0


def true_or_false(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.allclose(there, np.roll(f(image), (down, right), (0, 1)))


def all_differences(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.abs(there - np.roll(f(image), (down, right), (0, 1)))


def relative(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    back = np.roll(f(image), (down, right), (0, 1))
    return np.abs(there - back).max() / np.abs(back).max()


def rounded_down(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return min(9.0, np.abs(there - np.roll(f(image), (down, right), (0, 1))).max())


def always_by_one(f, image, down, right):
    there = f(np.roll(image, (1, 1), (0, 1)))
    return np.abs(there - np.roll(f(image), (1, 1), (0, 1))).max()


def with_numbers_of_its_own(f, image, down, right):
    image = np.arange(image.size).reshape(image.shape)
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.abs(there - np.roll(f(image), (down, right), (0, 1))).max()


def moves_the_image_for_good(f, image, down, right):
    before = f(image)
    image[:] = np.roll(image, (down, right), (0, 1))
    return np.abs(f(image) - np.roll(before, (down, right), (0, 1))).max()


RIGHT = [
    *EXERCISE.also_right,
    one_axis_after_the_other,
    by_indices,
    with_lists,
    by_padding,
    by_permutation_matrices,
    in_float32,
    by_the_spectrum,
    by_the_spectrum_with_its_rounding,
    largest_norm,
    largest_and_smallest,
    back_from_the_other_side,
    as_a_fraction,
    overwriting_its_own_copies,
    tensor,
]
WRONG = {
    invariance: "invariance",
    invariance_summed: "invariance",
    moved_output_only: "image-not-moved",
    adding_down: "adds-a-constant",
    adding_both: "adds-a-constant",
    moved_image_twice: "f-left-out",
    layer_against_move: "f-left-out",
    same_way_twice: "always-zero",
    zero: "always-zero",
    columns_for_rows: "axes-swapped",
    axes_exchanged: "axes-swapped",
    up_and_left: "other-direction",
    undone_on_one_side: "two-directions",
    rows_only: "one-axis-only",
    columns_only: "one-axis-only",
    no_axis: "rolled-as-one-row",
    one_long_row: "rolled-as-one-row",
    on_a_black_ground: "zeros-enter",
    without_abs: "signs-kept",
    abs_of_the_largest: "signs-kept",
    total: "another-measure",
    mean_difference: "another-measure",
    norm: "another-measure",
    root_mean_square: "another-measure",
    one_if_equal: "a-verdict",
    how_many_differ: "a-verdict",
    interior_only: "border-left-out",
    true_or_false: None,
    all_differences: None,
    relative: None,
    rounded_down: None,
    always_by_one: None,
    with_numbers_of_its_own: None,
    moves_the_image_for_good: None,
}
