"""Answers to E4.7 as learners might write them, right and wrong."""

from fractions import Fraction
from math import comb, sqrt

import numpy as np

from cnncourse.exercises.e4_7 import EXERCISE


def size_by_size(alpha1, alpha2, sizes):
    out = np.zeros((3, len(sizes)))
    for n, P in enumerate(sizes):
        off1, off2 = (1 - alpha1) ** P, (1 - alpha2) ** P
        spread = sqrt(off1 * (1 - off1)) + sqrt(off2 * (1 - off2))
        out[0, n] = abs(off1 - off2) / spread
        spread = sqrt(alpha1 * (1 - alpha1) / P) + sqrt(alpha2 * (1 - alpha2) / P)
        out[1, n] = abs(alpha1 - alpha2) / spread
        out[2, n] = 1 if out[0, n] > out[1, n] else 2
    return out


def in_float32(alpha1, alpha2, sizes):
    P = np.asarray(sizes, dtype=np.float32)
    a = np.array([[alpha1], [alpha2]], dtype=np.float32)
    on = 1 - (1 - a) ** P
    rows = []
    for mean, variance in ((on, on * (1 - on)), (a, a * (1 - a) / P)):
        rows.append(np.abs(mean[0] - mean[1]) / np.sqrt(variance).sum(axis=0))
    return np.stack([*rows, np.where(rows[0] > rows[1], 1, 2)])


def from_the_binomial(alpha1, alpha2, sizes):
    def moments(alpha, P, pool):
        chances = [comb(P, n) * alpha**n * (1 - alpha) ** (P - n) for n in range(P + 1)]
        mean = sum(c * pool(n, P) for n, c in enumerate(chances))
        return mean, sum(c * (pool(n, P) - mean) ** 2 for n, c in enumerate(chances)) ** 0.5

    columns = []
    for P in map(int, sizes):
        column = []
        for pool in (lambda n, P: min(n, 1), lambda n, P: n / P):
            (m1, s1), (m2, s2) = moments(alpha1, P, pool), moments(alpha2, P, pool)
            column.append(abs(m1 - m2) / (s1 + s2))
        columns.append([*column, 2 - int(column[0] > column[1])])
    return [list(row) for row in zip(*columns, strict=True)]


def all_pools_listed(alpha1, alpha2, sizes):
    return size_by_size(alpha1, alpha2, [int(P) for P in sizes]).tolist()


def exactly_at_first(alpha1, alpha2, sizes):
    one, two = Fraction(str(alpha1)), Fraction(str(alpha2))
    rows = [[], [], []]
    for P in sizes.tolist():
        q1, q2 = (1 - one) ** P, (1 - two) ** P
        top = float(abs(q1 - q2)) / (float(q1 * (1 - q1)) ** 0.5 + float(q2 * (1 - q2)) ** 0.5)
        average = float(abs(one - two)) / sum(float(a * (1 - a) / P) ** 0.5 for a in (one, two))
        for row, value in zip(rows, (top, average, 1 if top > average else 2), strict=True):
            row.append(value)
    return rows


def classes_in_order(alpha1, alpha2, sizes):
    low, high = sorted([alpha1, alpha2])
    P = np.array(sizes, dtype=float)
    none_low, none_high = np.power(1 - low, P), np.power(1 - high, P)

    def scatter(p):
        return np.sqrt(p - p * p)

    top = (none_low - none_high) / (scatter(none_low) + scatter(none_high))
    mean = (high - low) * np.sqrt(P) / (scatter(low) + scatter(high))
    return np.array([top, mean, 1 + np.argmax([top, mean], axis=0)])


def tensor(alpha1, alpha2, sizes):
    import torch

    return torch.tensor(size_by_size(alpha1, alpha2, sizes))


def _table(alpha1, alpha2, sizes, of_max=None, of_average=None, measure=None):
    of_max = of_max or (lambda a, P: (1 - (1 - a) ** P, (1 - a) ** P * (1 - (1 - a) ** P)))
    of_average = of_average or (lambda a, P: (a, a * (1 - a) / P))
    measure = measure or (lambda m1, m2, v1, v2: abs(m1 - m2) / (sqrt(v1) + sqrt(v2)))
    out = []
    for moments in (of_max, of_average):
        row = []
        for P in map(int, sizes):
            (m1, v1), (m2, v2) = moments(alpha1, P), moments(alpha2, P)
            row.append(measure(m1, m2, v1, v2))
        out.append(row)
    return np.array([*out, np.where(np.array(out[0]) > np.array(out[1]), 1, 2)])


def maximum_always_wins(alpha1, alpha2, sizes):
    out = _table(alpha1, alpha2, sizes)
    out[2] = 1
    return out


def average_always_wins(alpha1, alpha2, sizes):
    out = _table(alpha1, alpha2, sizes)
    out[2] = 2
    return out


def chose_the_smaller(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, np.where(top < mean, 1, 2)])


def chose_once(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, np.full(len(sizes), 1 if top.mean() > mean.mean() else 2)])


def average_in_row_0(alpha1, alpha2, sizes):
    top, mean, choice = _table(alpha1, alpha2, sizes)
    return [mean, top, choice]


def all_places_on(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_max=lambda a, P: (a**P, a**P * (1 - a**P)))


def chances_times_size(alpha1, alpha2, sizes):
    def of_max(a, P):
        return P * a, (1 - a) ** P * (1 - (1 - a) ** P)

    return _table(alpha1, alpha2, sizes, of_max=of_max)


def noise_of_one_place(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_max=lambda a, P: (1 - (1 - a) ** P, a * (1 - a)))


def noise_of_an_average_for_both(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_max=lambda a, P: (1 - (1 - a) ** P, a * (1 - a) / P))


def maximum_divided_by_size(alpha1, alpha2, sizes):
    def of_max(a, P):
        q = (1 - a) ** P
        return 1 - q, q * (1 - q) / P

    return _table(alpha1, alpha2, sizes, of_max=of_max)


def average_as_noisy_as_one_place(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_average=lambda a, P: (a, a * (1 - a)))


def deviation_divided_by_size(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_average=lambda a, P: (a, a * (1 - a) / P**2))


def average_with_the_noise_of_a_sum(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_average=lambda a, P: (a, a * (1 - a) * P))


def roots_forgotten(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: abs(m1 - m2) / (v1 + v2))


def variance_is_alpha(alpha1, alpha2, sizes):
    return _table(
        alpha1,
        alpha2,
        sizes,
        of_max=lambda a, P: (1 - (1 - a) ** P, 1 - (1 - a) ** P),
        of_average=lambda a, P: (a, a / P),
    )


def poisson_average(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, of_average=lambda a, P: (a, a / P))


def root_of_the_summed_variances(alpha1, alpha2, sizes):
    return _table(
        alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: abs(m1 - m2) / sqrt(v1 + v2)
    )


def cohens_d(alpha1, alpha2, sizes):
    return _table(
        alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: abs(m1 - m2) / sqrt((v1 + v2) / 2)
    )


def mean_deviation(alpha1, alpha2, sizes):
    return _table(
        alpha1,
        alpha2,
        sizes,
        measure=lambda m1, m2, v1, v2: abs(m1 - m2) / ((sqrt(v1) + sqrt(v2)) / 2),
    )


def fishers_ratio(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: (m1 - m2) ** 2 / (v1 + v2))


def distance_of_the_means(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: abs(m1 - m2))


def with_its_sign(alpha1, alpha2, sizes):
    return _table(
        alpha1, alpha2, sizes, measure=lambda m1, m2, v1, v2: (m1 - m2) / (sqrt(v1) + sqrt(v2))
    )


def from_the_chances_of_all_off(alpha1, alpha2, sizes):
    """The sign of row 0 is that of q1 - q2, of row 1 that of alpha1 - alpha2."""
    q1, q2 = (1 - alpha1) ** sizes, (1 - alpha2) ** sizes
    top = (q1 - q2) / (np.sqrt(q1 - q1**2) + np.sqrt(q2 - q2**2))
    mean = _table(alpha1, alpha2, sizes)[1]
    return [top, mean, np.where(top > mean, 1, 2)]


def a_row_for_each_size(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes).T


def two_rows(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes)[:2]


def choice_only(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes)[2]


def rounded(alpha1, alpha2, sizes):
    return np.round(_table(alpha1, alpha2, sizes), 3)


def only_the_first_size(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, sizes[:1])


def in_order_of_size(alpha1, alpha2, sizes):
    return _table(alpha1, alpha2, np.sort(sizes))


def advantage_in_row_2(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, top - mean])


def ones_and_zeros(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, top > mean])


def counted_from_zero(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, np.argmax([top, mean], axis=0)])


def list_with_truth_values(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return [top, mean, top > mean]


def minus_one_for_the_average(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return np.array([top, mean, np.sign(top - mean)])


def simulated(alpha1, alpha2, sizes):
    random = np.random.default_rng(0)
    out = []
    for P in map(int, sizes):
        one, two = (random.random((500, P)) < a for a in (alpha1, alpha2))
        pooled = [(one.max(1), two.max(1)), (one.mean(1), two.mean(1))]
        values = [abs(a.mean() - b.mean()) / (a.std() + b.std() + 1e-9) for a, b in pooled]
        out.append([*values, 1 if values[0] > values[1] else 2])
    return np.array(out, dtype=float).T


def truth_values(alpha1, alpha2, sizes):
    top, mean, _ = _table(alpha1, alpha2, sizes)
    return top > mean


def rare_means_maximum(alpha1, alpha2, sizes):
    out = _table(alpha1, alpha2, sizes)
    out[2] = 1 if min(alpha1, alpha2) < 0.1 else 2
    return out


def zeros(alpha1, alpha2, sizes):
    return np.zeros((3, len(sizes)))


RIGHT = [
    *EXERCISE.also_right,
    size_by_size,
    in_float32,
    from_the_binomial,
    all_pools_listed,
    exactly_at_first,
    classes_in_order,
    tensor,
]
WRONG = {
    maximum_always_wins: "max-always",
    average_always_wins: "average-always",
    chose_the_smaller: "reversed-choice",
    chose_once: "one-choice-for-all",
    average_in_row_0: "rows-swapped",
    all_places_on: "all-on",
    chances_times_size: "chances-added",
    noise_of_one_place: "noise-of-the-maximum",
    noise_of_an_average_for_both: "noise-of-the-maximum",
    maximum_divided_by_size: "noise-of-the-maximum",
    average_as_noisy_as_one_place: "noise-of-the-average",
    deviation_divided_by_size: "noise-of-the-average",
    average_with_the_noise_of_a_sum: "noise-of-the-average",
    roots_forgotten: "variance-for-deviation",
    variance_is_alpha: "variance-without-off",
    poisson_average: "variance-without-off",
    root_of_the_summed_variances: "other-measure",
    cohens_d: "other-measure",
    mean_deviation: "other-measure",
    fishers_ratio: "other-measure",
    distance_of_the_means: "noise-ignored",
    with_its_sign: "signed",
    from_the_chances_of_all_off: "signed",
    a_row_for_each_size: "transposed",
    two_rows: None,
    choice_only: None,
    rounded: None,
    only_the_first_size: None,
    in_order_of_size: None,
    advantage_in_row_2: None,
    minus_one_for_the_average: "other-names",
    ones_and_zeros: "other-names",
    counted_from_zero: "other-names",
    simulated: None,
    truth_values: None,
    list_with_truth_values: None,
    rare_means_maximum: None,
    zeros: None,
}
