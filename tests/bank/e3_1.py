"""Answers to E3.1 as learners might find them, right and wrong."""

from fractions import Fraction

import numpy as np

from cnncourse.exercises.e3_1 import EXERCISE


def with_a_calculator(height, width, kernel_height, kernel_width):
    down = height - kernel_height + 1
    across = width - kernel_width + 1
    dense = height * width * down * across
    sparse = kernel_height * kernel_width * down * across
    return [dense, sparse, sparse]


def as_floats(height, width, kernel_height, kernel_width):
    n = float(height - kernel_height + 1) * float(width - kernel_width + 1)
    return [n * height * width, n * kernel_height * kernel_width, n * kernel_height * kernel_width]


def in_float32(height, width, kernel_height, kernel_width):
    return np.array(with_a_calculator(height, width, kernel_height, kernel_width), np.float32)


def as_fractions(height, width, kernel_height, kernel_width):
    m, k = Fraction(height * width), Fraction(kernel_height * kernel_width)
    n = Fraction(height - kernel_height + 1) * (width - kernel_width + 1)
    return (m * n, k * n, k * n)


def by_connections(height, width, kernel_height, kernel_width):
    dense = sparse = convolution = 0
    for i in range(height - kernel_height + 1):
        for j in range(width - kernel_width + 1):
            for p in range(height):
                for q in range(width):
                    dense += 1
                    if i <= p < i + kernel_height and j <= q < j + kernel_width:
                        sparse += 1
            for _ in range(kernel_height * kernel_width):
                convolution += 1
    return dense, sparse, convolution


def by_running_sums(height, width, kernel_height, kernel_width):
    places = np.ones((height, width))[kernel_height - 1 :, kernel_width - 1 :].sum()
    return places * np.array([height * width, *[kernel_height * kernel_width] * 2])


def counted_by_the_course(height, width, kernel_height, kernel_width):
    from cnncourse.shapes import conv_output_size

    n = conv_output_size(height, kernel_height) * conv_output_size(width, kernel_width)
    return [height * width * n] + 2 * [kernel_height * kernel_width * n]


def tensor(height, width, kernel_height, kernel_width):
    import torch

    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return torch.tensor([height * width * n, *[kernel_height * kernel_width * n] * 2])


def weights_of_the_convolution(height, width, kernel_height, kernel_width):
    dense, sparse, _ = with_a_calculator(height, width, kernel_height, kernel_width)
    return [dense, sparse, kernel_height * kernel_width]


def parameters_with_biases(height, width, kernel_height, kernel_width):
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    k = kernel_height * kernel_width
    return [height * width * n + n, k * n + n, k + 1]


def one_output(height, width, kernel_height, kernel_width):
    return [height * width, kernel_height * kernel_width, kernel_height * kernel_width]


def one_output_but_for_dense(height, width, kernel_height, kernel_width):
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [height * width * n, kernel_height * kernel_width, kernel_height * kernel_width]


def same_size(height, width, kernel_height, kernel_width):
    m, k = height * width, kernel_height * kernel_width
    return [m * m, k * m, k * m]


def square_matrix(height, width, kernel_height, kernel_width):
    _, sparse, convolution = with_a_calculator(height, width, kernel_height, kernel_width)
    return [(height * width) ** 2, sparse, convolution]


def one_place_short(height, width, kernel_height, kernel_width):
    n = (height - kernel_height) * (width - kernel_width)
    return [height * width * n, *[kernel_height * kernel_width * n] * 2]


def full_size(height, width, kernel_height, kernel_width):
    n = (height + kernel_height - 1) * (width + kernel_width - 1)
    return [height * width * n, *[kernel_height * kernel_width * n] * 2]


def as_in_one_dimension(height, width, kernel_height, kernel_width):
    n = height * width - kernel_height * kernel_width + 1
    return [height * width * n, *[kernel_height * kernel_width * n] * 2]


def tiled(height, width, kernel_height, kernel_width):
    n = (height // kernel_height) * (width // kernel_width)
    return [height * width * n, *[kernel_height * kernel_width * n] * 2]


def sides_of_the_kernel_added(height, width, kernel_height, kernel_width):
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [height * width * n, *[(kernel_height + kernel_width) * n] * 2]


def square_kernel(height, width, kernel_height, kernel_width):
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [height * width * n, *[kernel_height**2 * n] * 2]


def every_operation(height, width, kernel_height, kernel_width):
    return [2 * count for count in with_a_calculator(height, width, kernel_height, kernel_width)]


def one_addition_less(height, width, kernel_height, kernel_width):
    m, k = height * width, kernel_height * kernel_width
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [n * (m + m - 1), n * (k + k - 1), n * (k + k - 1)]


def biases_added(height, width, kernel_height, kernel_width):
    n = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [n + c for c in with_a_calculator(height, width, kernel_height, kernel_width)]


def all_as_matrices(height, width, kernel_height, kernel_width):
    return 3 * with_a_calculator(height, width, kernel_height, kernel_width)[:1]


def sparse_with_zeros(height, width, kernel_height, kernel_width):
    dense, _, convolution = with_a_calculator(height, width, kernel_height, kernel_width)
    return [dense, dense, convolution]


def smallest_first(height, width, kernel_height, kernel_width):
    return with_a_calculator(height, width, kernel_height, kernel_width)[::-1]


def one_too_many(height, width, kernel_height, kernel_width):
    dense, sparse, convolution = with_a_calculator(height, width, kernel_height, kernel_width)
    return [dense + 1, sparse, convolution]


def a_hundredth_too_many(height, width, kernel_height, kernel_width):
    dense, sparse, convolution = with_a_calculator(height, width, kernel_height, kernel_width)
    return [dense + 0.01, sparse, convolution]


def in_thousands(height, width, kernel_height, kernel_width):
    return [c / 1000 for c in with_a_calculator(height, width, kernel_height, kernel_width)]


def dense_alone(height, width, kernel_height, kernel_width):
    return with_a_calculator(height, width, kernel_height, kernel_width)[0]


def two_numbers(height, width, kernel_height, kernel_width):
    return with_a_calculator(height, width, kernel_height, kernel_width)[:2]


def in_a_dictionary(height, width, kernel_height, kernel_width):
    return dict(enumerate(with_a_calculator(height, width, kernel_height, kernel_width)))


def in_words(height, width, kernel_height, kernel_width):
    return str(with_a_calculator(height, width, kernel_height, kernel_width))


def not_numbers(height, width, kernel_height, kernel_width):
    return [float("nan")] * 3


RIGHT = [
    *EXERCISE.also_right,
    with_a_calculator,
    as_floats,
    in_float32,
    as_fractions,
    by_connections,
    by_running_sums,
    counted_by_the_course,
    tensor,
]
WRONG = {
    weights_of_the_convolution: "weights-for-work",
    parameters_with_biases: "weights-for-work",
    one_output: "one-output-only",
    one_output_but_for_dense: "one-output-only",
    same_size: "an-output-for-each-pixel",
    square_matrix: "an-output-for-each-pixel",
    one_place_short: "places-miscounted",
    full_size: "places-miscounted",
    as_in_one_dimension: "places-miscounted",
    tiled: "places-miscounted",
    sides_of_the_kernel_added: "pixels-under-the-kernel",
    square_kernel: "pixels-under-the-kernel",
    every_operation: "two-operations",
    one_addition_less: "two-operations",
    biases_added: "with-biases",
    all_as_matrices: "zeros-counted",
    sparse_with_zeros: "zeros-counted",
    smallest_first: "other-order",
    one_too_many: None,
    a_hundredth_too_many: None,
    in_thousands: None,
    dense_alone: None,
    two_numbers: None,
    in_a_dictionary: None,
    in_words: None,
    not_numbers: None,
}
