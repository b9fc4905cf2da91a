"""Answers to E3.5 as learners might find them, right and wrong."""

from decimal import Decimal
from statistics import NormalDist, mean, stdev

import numpy as np

from cnncourse.exercises.e3_5 import EXERCISE


def row_of(plain, shifted, dense):
    """Find the network with a convolution that the shift harms."""
    harmed = (plain - shifted).mean(axis=1) > 8
    harmed[dense] = False
    return int(np.flatnonzero(harmed)[0])


def by_hand(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    losses = [a - b for a, b in zip(plain[row].tolist(), shifted[row].tolist(), strict=True)]
    half = t * stdev(losses) / 5**0.5
    return [row, round(mean(losses) - half, 2), round(mean(losses) + half, 2)]


def with_the_exact_factor(plain, permuted, shifted, dense, t):
    from scipy.stats import t as student

    row = row_of(plain, shifted, dense)
    d = plain[row] - shifted[row]
    low, high = student.interval(0.95, 4, loc=d.mean(), scale=d.std(ddof=1) / np.sqrt(5))
    return (row, low, high)


def with_a_rounded_factor(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    d = plain[row] - shifted[row]
    half = 2.78 * d.std(ddof=1) / 5**0.5
    return [row, round(d.mean() - half, 2), round(d.mean() + half, 2)]


def in_float32(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    d = (plain[row] - shifted[row]).astype(np.float32)
    half = np.float32(t) * d.std(ddof=1) / np.sqrt(np.float32(5))
    return np.array([row, d.mean() - half, d.mean() + half], dtype=np.float32)


def as_decimals(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [Decimal(row), Decimal(str(low)), Decimal(str(high))]


def cut_off_after_two_decimals(plain, permuted, shifted, dense, t):
    row, low, high = EXERCISE.also_right[0](plain, permuted, shifted, dense, t)
    return [row, np.floor(100 * low) / 100, np.floor(100 * high) / 100]


def by_the_variance(plain, permuted, shifted, dense, t):
    losses = plain - shifted
    row = np.argmax(losses.mean(axis=1) * (np.arange(3) != dense))
    half = t * np.sqrt(np.cov(losses)[row, row] / 5)
    return losses[row].mean() + np.array([0, -half, half]) + [row - losses[row].mean(), 0, 0]


def tensor(plain, permuted, shifted, dense, t):
    import torch

    return torch.tensor(by_hand(plain, permuted, shifted, dense, t))


def interval_of(row, plain, shifted, t):
    d = plain[row] - shifted[row]
    half = t * d.std(ddof=1) / 5**0.5
    return [row, d.mean() - half, d.mean() + half]


def least_harmed_by_the_shift(plain, permuted, shifted, dense, t):
    row = int((plain - shifted).mean(axis=1).argmin())
    return interval_of(row, plain, shifted, t)


def least_harmed_with_another_interval(plain, permuted, shifted, dense, t):
    row = int((plain - shifted).mean(axis=1).argmin())
    d = plain[row] - shifted[row]
    return [row, d.min(), d.max()]


def most_harmed_by_permuting(plain, permuted, shifted, dense, t):
    row = int((plain - permuted).mean(axis=1).argmax())
    return interval_of(row, plain, shifted, t)


def row_of_the_dense_network(plain, permuted, shifted, dense, t):
    return interval_of(dense, plain, shifted, t)


def dense_row_rounded(plain, permuted, shifted, dense, t):
    return np.round(interval_of(dense, plain, shifted, t), 1)


def first_row_is_one(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row + 1, low, high]


def gain_by_the_shift(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row, -high, -low]


def minus_signs_only(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row, -low, -high]


def high_first(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row, high, low]


def losses_of(plain, shifted, dense):
    row = row_of(plain, shifted, dense)
    return row, plain[row] - shifted[row]


def single_runs(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.mean() - t * d.std(ddof=1), d.mean() + t * d.std(ddof=1)]


def smallest_to_largest(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.min(), d.max()]


def two_sigma(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.mean() - 2 * d.std(ddof=1), d.mean() + 2 * d.std(ddof=1)]


def std_as_numpy_has_it(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = t * np.std(d) / np.sqrt(5)
    return [row, round(d.mean() - half, 2), round(d.mean() + half, 2)]


def normal_distribution(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = NormalDist().inv_cdf(0.975) * d.std(ddof=1) / np.sqrt(5)
    return [row, d.mean() - half, d.mean() + half]


def standard_error_alone(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = d.std(ddof=1) / np.sqrt(5)
    return [row, d.mean() - half, d.mean() + half]


def divided_by_five(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = t * d.std(ddof=1) / 5
    return [row, d.mean() - half, d.mean() + half]


def variance_for_deviation(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = t * d.var(ddof=1) / np.sqrt(5)
    return [row, d.mean() - half, d.mean() + half]


def two_samples(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = t * np.sqrt(plain[row].var(ddof=1) / 5 + shifted[row].var(ddof=1) / 5)
    return [row, d.mean() - half, d.mean() + half]


def two_intervals_subtracted(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    half = t * (plain[row].std(ddof=1) + shifted[row].std(ddof=1)) / 5**0.5
    return [row, d.mean() - half, d.mean() + half]


def accuracy_on_shifted(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    return interval_of(row, shifted, 0 * shifted, t)


def accuracy_before(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    return interval_of(row, plain, 0 * plain, t)


def permuting_for_shifting(plain, permuted, shifted, dense, t):
    return interval_of(row_of(plain, shifted, dense), plain, permuted, t)


def percent_of_the_accuracy(plain, permuted, shifted, dense, t):
    row = row_of(plain, shifted, dense)
    return interval_of(row, np.full(plain.shape, 100.0), 100 * shifted / plain, t)


def as_a_share(plain, permuted, shifted, dense, t):
    return interval_of(row_of(plain, shifted, dense), plain / 100, shifted / 100, t)


def mean_twice(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.mean(), d.mean()]


def mean_and_half_width(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.mean(), t * d.std(ddof=1) / 5**0.5]


def best_seed(plain, permuted, shifted, dense, t):
    row, d = losses_of(plain, shifted, dense)
    return [row, d.min(), d.min()]


def rows_and_columns_confused(plain, permuted, shifted, dense, t):
    d = (plain - shifted)[:, row_of(plain, shifted, dense)]
    half = t * d.std(ddof=1) / 3**0.5
    return [row_of(plain, shifted, dense), d.mean() - half, d.mean() + half]


def interval_alone(plain, permuted, shifted, dense, t):
    return by_hand(plain, permuted, shifted, dense, t)[1:]


def row_alone(plain, permuted, shifted, dense, t):
    return row_of(plain, shifted, dense)


def interval_in_brackets(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row, [low, high]]


def a_tenth_off(plain, permuted, shifted, dense, t):
    row, low, high = by_hand(plain, permuted, shifted, dense, t)
    return [row, low + 0.1, high]


def in_words(plain, permuted, shifted, dense, t):
    return ["convolutions", *by_hand(plain, permuted, shifted, dense, t)[1:]]


def nothing_known(plain, permuted, shifted, dense, t):
    return [row_of(plain, shifted, dense), float("nan"), float("nan")]


RIGHT = [
    *EXERCISE.also_right,
    by_hand,
    with_the_exact_factor,
    with_a_rounded_factor,
    in_float32,
    as_decimals,
    cut_off_after_two_decimals,
    by_the_variance,
    tensor,
]
WRONG = {
    least_harmed_by_the_shift: "convolution-alone-is-invariant",
    least_harmed_with_another_interval: "convolution-alone-is-invariant",
    most_harmed_by_permuting: "convolution-alone-is-invariant",
    row_of_the_dense_network: "dense-network-taken",
    dense_row_rounded: "dense-network-taken",
    first_row_is_one: "rows-from-one",
    gain_by_the_shift: "sign-turned",
    minus_signs_only: "sign-turned",
    high_first: "ends-swapped",
    single_runs: "spread-of-single-runs",
    smallest_to_largest: "spread-of-single-runs",
    two_sigma: "spread-of-single-runs",
    std_as_numpy_has_it: "divided-by-five",
    normal_distribution: "factor-of-many-runs",
    standard_error_alone: "factor-of-many-runs",
    divided_by_five: "root-forgotten",
    variance_for_deviation: "root-forgotten",
    two_samples: "pairs-torn-apart",
    two_intervals_subtracted: "pairs-torn-apart",
    accuracy_on_shifted: "accuracy-for-loss",
    accuracy_before: "accuracy-for-loss",
    permuting_for_shifting: "loss-by-permuting",
    percent_of_the_accuracy: "other-unit",
    as_a_share: "other-unit",
    mean_twice: "mean-alone",
    mean_and_half_width: "mean-alone",
    best_seed: None,
    rows_and_columns_confused: None,
    interval_alone: None,
    row_alone: None,
    interval_in_brackets: None,
    a_tenth_off: None,
    in_words: None,
    nothing_known: None,
}
