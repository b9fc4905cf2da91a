"""Answers to E2.1 as learners might find them, right and wrong."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from scipy.signal import convolve2d, correlate2d

from cnncourse.exercises.e2_1 import EXERCISE


def term_by_term(image, kernel, i, j):
    total = 0
    for m in range(4):
        for n in range(4):
            if 0 <= i - m <= 1 and 0 <= j - n <= 1:
                total += image[m, n] * kernel[i - m, j - n]
    return total


def by_scipy(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j]


def valid_part(image, kernel, i, j):
    return convolve2d(image, kernel, "valid")[i - 1, j - 1]


def correlated_with_turned(image, kernel, i, j):
    return correlate2d(image, kernel[::-1, ::-1], "valid")[i - 1, j - 1]


def as_a_whole_number(image, kernel, i, j):
    return int(convolve2d(image, kernel)[i, j])


def as_a_fraction(image, kernel, i, j):
    return Fraction(int(convolve2d(image, kernel)[i, j]))


def as_a_decimal(image, kernel, i, j):
    return Decimal(str(convolve2d(image, kernel)[i, j]))


def in_float32(image, kernel, i, j):
    return np.float32(convolve2d(image, kernel)[i, j])


def in_int16(image, kernel, i, j):
    return np.int16(convolve2d(image, kernel)[i, j])


def in_brackets(image, kernel, i, j):
    return [[convolve2d(image, kernel)[i, j]]]


def as_a_slice(image, kernel, i, j):
    return convolve2d(image, kernel)[i : i + 1, j : j + 1]


def tensor(image, kernel, i, j):
    import torch

    return torch.tensor(convolve2d(image, kernel)[i, j], dtype=torch.float32)


def window_times_kernel(image, kernel, i, j):
    return np.sum(image[i - 1 : i + 1, j - 1 : j + 1] * kernel)


def equation_five(image, kernel, i, j):
    return np.sum(image[i : i + 2, j : j + 2] * kernel)


def library_correlation(image, kernel, i, j):
    return correlate2d(image, kernel, "valid")[i, j]


def rows_flipped(image, kernel, i, j):
    return np.sum(image[i - 1 : i + 1, j - 1 : j + 1] * kernel[::-1])


def columns_flipped(image, kernel, i, j):
    return np.sum(image[i - 1 : i + 1, j - 1 : j + 1] * kernel[:, ::-1])


def kernel_transposed(image, kernel, i, j):
    return convolve2d(image, kernel.T)[i, j]


def column_before_row(image, kernel, i, j):
    return convolve2d(image, kernel)[j, i]


def image_and_kernel_transposed(image, kernel, i, j):
    return convolve2d(image.T, kernel.T)[i, j]


def column_before_row_unflipped(image, kernel, i, j):
    return correlate2d(image, kernel, "valid")[j - 1, i - 1]


def turned_by_90(image, kernel, i, j):
    return np.sum(image[i - 1 : i + 1, j - 1 : j + 1] * np.rot90(kernel[::-1, ::-1]))


def turned_by_270(image, kernel, i, j):
    return np.sum(image[i - 1 : i + 1, j - 1 : j + 1] * np.rot90(kernel))


def counted_from_one(image, kernel, i, j):
    return convolve2d(image, kernel)[i - 1, j - 1]


def place_in_the_valid_part(image, kernel, i, j):
    return convolve2d(image, kernel, "valid")[i, j]


def one_row_too_far(image, kernel, i, j):
    return convolve2d(image, kernel)[i + 1, j]


def one_column_early(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j - 1]


def four_pixels_added(image, kernel, i, j):
    return image[i - 1 : i + 1, j - 1 : j + 1].sum()


def four_pixels_averaged(image, kernel, i, j):
    return np.mean(image[i - 1 : i + 1, j - 1 : j + 1])


def first_product(image, kernel, i, j):
    return image[i, j] * kernel[0, 0]


def pixel_times_all_weights(image, kernel, i, j):
    return image[i, j] * np.sum(kernel)


def divided_by_four(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j] / 4


def divided_by_four_on_paper(image, kernel, i, j):
    return round(convolve2d(image, kernel)[i, j] / 4, 2)


def nearly(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j] + 0.4


def one_too_many(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j] + 1


def negative(image, kernel, i, j):
    # The right sum has either sign; 0.5 keeps a sum of 0 from passing.
    return -convolve2d(image, kernel)[i, j] - 0.5


def all_added(image, kernel, i, j):
    return image.sum() + kernel.sum() + 1000


def nothing_at_all(image, kernel, i, j):
    return convolve2d(image, kernel)[i, j] * 0 - 1000


def whole_convolution(image, kernel, i, j):
    return convolve2d(image, kernel)


def four_products(image, kernel, i, j):
    return image[i - 1 : i + 1, j - 1 : j + 1] * kernel[::-1, ::-1]


def in_quotes(image, kernel, i, j):
    return f"{convolve2d(image, kernel)[i, j]:.0f}"


def not_a_number(image, kernel, i, j):
    return float("nan")


def truth(image, kernel, i, j):
    return True


def complex_number(image, kernel, i, j):
    return complex(convolve2d(image, kernel)[i, j])


def function_itself(image, kernel, i, j):
    return lambda: convolve2d(image, kernel)[i, j]


RIGHT = [
    *EXERCISE.also_right,
    term_by_term,
    by_scipy,
    valid_part,
    correlated_with_turned,
    as_a_whole_number,
    as_a_fraction,
    as_a_decimal,
    in_float32,
    in_int16,
    in_brackets,
    as_a_slice,
    tensor,
]
WRONG = {
    window_times_kernel: "not-flipped",
    equation_five: "cross-correlation",
    library_correlation: "cross-correlation",
    rows_flipped: "one-axis-flipped",
    columns_flipped: "one-axis-flipped",
    kernel_transposed: "transposed",
    column_before_row: "transposed",
    image_and_kernel_transposed: "transposed",
    column_before_row_unflipped: "transposed",
    turned_by_90: "rotated",
    turned_by_270: "rotated",
    counted_from_one: "off-by-one",
    place_in_the_valid_part: "off-by-one",
    one_row_too_far: "off-by-one",
    one_column_early: "off-by-one",
    four_pixels_added: "weights-ignored",
    four_pixels_averaged: "weights-ignored",
    first_product: "one-pixel-only",
    pixel_times_all_weights: "one-pixel-only",
    divided_by_four: "divided",
    divided_by_four_on_paper: "divided",
    nearly: None,
    one_too_many: None,
    negative: None,
    all_added: None,
    nothing_at_all: None,
    whole_convolution: None,
    four_products: None,
    in_quotes: None,
    not_a_number: None,
    truth: None,
    complex_number: None,
    function_itself: None,
}
