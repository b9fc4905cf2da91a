"""Answers to E1.0 as learners might find them, right and wrong."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from cnncourse.exercises.e1_0 import EXERCISE


def term_by_term(x, w, t):
    return float(w[0]) * float(x[t]) + float(w[1]) * float(x[t - 1]) + float(w[2]) * float(x[t - 2])


def on_paper(x, w, t):
    tenths = sum(round(10 * w[age]) * int(x[t - age]) for age in range(3))
    return float(f"{tenths // 10}.{tenths % 10}")


def as_a_fraction(x, w, t):
    return sum(Fraction(round(10 * w[age]), 10) * int(x[t - age]) for age in range(3))


def as_a_decimal(x, w, t):
    return sum(Decimal(str(w[age])) * int(x[t - age]) for age in range(3))


def in_float32(x, w, t):
    return np.float32(np.convolve(x, w)[t])


def as_an_array_without_axes(x, w, t):
    return np.array(np.convolve(x, w)[t])


def in_brackets(x, w, t):
    return [np.convolve(x, w)[t]]


def as_a_slice_of_one(x, w, t):
    return np.convolve(x, w)[t : t + 1]


def matrix_product(x, w, t):
    return np.atleast_2d(w) @ x[t - 2 : t + 1][::-1, None]


def tensor(x, w, t):
    import torch

    return torch.tensor(np.convolve(x, w)[t], dtype=torch.float32)


def old_counts_most(x, w, t):
    return w @ x[t - 2 : t + 1]


def correlation_by_numpy(x, w, t):
    return np.correlate(x, w, "full")[t]


def next_reports(x, w, t):
    return sum(weight * value for weight, value in zip(w, x[t:], strict=False))


def next_reports_turned(x, w, t):
    following = np.append(x, [0.0, 0.0])[t : t + 3]
    return following @ w[::-1]


def first_report_is_one(x, w, t):
    return np.convolve(x, w)[t - 1]


def first_report_is_one_by_hand(x, w, t):
    from_one = [None, *x]
    return round(w[0] * from_one[t] + w[1] * from_one[t - 1] + w[2] * from_one[t - 2], 2)


def centred(x, w, t):
    return np.convolve(x, w, "same")[t]


def turned_and_one_early(x, w, t):
    return w @ x[t - 3 : t]


def turned_and_centred(x, w, t):
    return w @ x[t - 1 : t + 2]


def divided_by_three(x, w, t):
    return np.convolve(x, w)[t] / 3


def divided_by_three_on_paper(x, w, t):
    return round(np.convolve(x, w)[t] / 3, 2)


def plain_mean(x, w, t):
    return sum(x[t - 2 : t + 1]) / 3


def plain_mean_on_paper(x, w, t):
    return float(f"{sum(x[t - 2 : t + 1]) / 3:.2f}")


def plain_sum(x, w, t):
    return int(sum(x[t - 2 : t + 1]))


def mean_of_all(x, w, t):
    return np.mean(x)


def first_term(x, w, t):
    return x[t] * w[0]


def report_itself(x, w, t):
    return x[t]


def fifty_metres_off(x, w, t):
    return np.convolve(x, w)[t] + 0.05


def nearly(x, w, t):
    return np.convolve(x, w)[t] + 0.01


def negative(x, w, t):
    return -np.convolve(x, w)[t]


def zero(x, w, t):
    return 0


def whole_convolution(x, w, t):
    return np.convolve(x, w)


def three_products(x, w, t):
    return w * x[t - 2 : t + 1][::-1]


def in_metres(x, w, t):
    return 1000 * np.convolve(x, w)[t]


def with_decimal_comma(x, w, t):
    whole, decimals = f"{np.convolve(x, w)[t]:.1f}".split(".")
    return int(whole), int(decimals)


def in_quotes(x, w, t):
    return f"{np.convolve(x, w)[t]:.1f}"


def with_unit(x, w, t):
    return f"{np.convolve(x, w)[t]:.1f} km"


def not_a_number(x, w, t):
    return float("nan")


def infinite(x, w, t):
    return np.inf


def truth(x, w, t):
    return True


def function_itself(x, w, t):
    return lambda: np.convolve(x, w)[t]


def complex_number(x, w, t):
    return complex(np.convolve(x, w)[t])


def nothing_in_brackets(x, w, t):
    return []


RIGHT = [
    *EXERCISE.also_right,
    term_by_term,
    on_paper,
    as_a_fraction,
    as_a_decimal,
    in_float32,
    as_an_array_without_axes,
    in_brackets,
    as_a_slice_of_one,
    matrix_product,
    tensor,
]
WRONG = {
    old_counts_most: "not-flipped",
    correlation_by_numpy: "not-flipped",
    next_reports: "looks-ahead",
    next_reports_turned: "looks-ahead",
    first_report_is_one: "counted-from-one",
    first_report_is_one_by_hand: "counted-from-one",
    centred: "one-too-late",
    turned_and_one_early: "turned-and-shifted",
    turned_and_centred: "turned-and-shifted",
    divided_by_three: "divided-again",
    divided_by_three_on_paper: "divided-again",
    plain_mean: "weights-ignored",
    plain_mean_on_paper: "weights-ignored",
    plain_sum: "weights-ignored",
    mean_of_all: "weights-ignored",
    first_term: "newest-only",
    report_itself: "newest-only",
    fifty_metres_off: None,
    nearly: None,
    negative: None,
    zero: None,
    whole_convolution: None,
    three_products: None,
    in_metres: None,
    with_decimal_comma: None,
    in_quotes: None,
    with_unit: None,
    not_a_number: None,
    infinite: None,
    truth: None,
    function_itself: None,
    complex_number: None,
    nothing_in_brackets: None,
}
