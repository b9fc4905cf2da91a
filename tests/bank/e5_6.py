"""Answers to E5.6 as learners might write them, right and wrong."""

import math
import statistics

import numpy as np

from cnncourse.exercises.e5_6 import EXERCISE


def row_by_row(accuracies, t):
    verdicts = []
    for row in accuracies[1:]:
        d = row - accuracies[0]
        e = np.std(d, ddof=1) / len(d) ** 0.5
        low, high = d.mean() - t * e, d.mean() + t * e
        if low > 0:
            verdicts.append(1)
        elif high < 0:
            verdicts.append(-1)
        else:
            verdicts.append(0)
    return verdicts


def with_statistics(accuracies, t):
    first, *others = accuracies.tolist()
    verdicts = []
    for row in others:
        d = [a - b for a, b in zip(row, first, strict=True)]
        reach = t * statistics.stdev(d) / math.sqrt(len(d))
        mean = statistics.fmean(d)
        verdicts.append((mean > reach) - (mean < -reach))
    return tuple(verdicts)


def by_the_t_statistic(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    S = d.shape[1]
    statistic = d.mean(1) / (d.std(1, ddof=1) / np.sqrt(S))
    return np.sign(statistic) * (np.abs(statistic) > t)


def in_float32(accuracies, t):
    a = accuracies.astype(np.float32)
    d = a[1:] - a[:1]
    e = d.std(axis=1, ddof=1) / np.float32(np.sqrt(d.shape[1]))
    return np.where(np.abs(d.mean(axis=1)) > np.float32(t) * e, np.sign(d.mean(axis=1)), 0)


def by_squares(accuracies, t):
    P, S = accuracies.shape
    verdicts = np.zeros(P - 1)
    for r in range(1, P):
        total = square = 0.0
        for j in range(S):
            d = accuracies[r, j] - accuracies[0, j]
            total += d
            square += d * d
        variance = (square - total * total / S) / (S - 1)
        reach = t * math.sqrt(variance / S)
        if total / S - reach > 0:
            verdicts[r - 1] = 1
        if total / S + reach < 0:
            verdicts[r - 1] = -1
    return verdicts


def by_all_pairs(accuracies, t):
    """Take the variance from the differences of all pairs of seeds."""
    d = accuracies[1:] - accuracies[0]
    S = d.shape[1]
    variance = ((d[:, :, None] - d[:, None, :]) ** 2).sum(axis=(1, 2)) / (2 * S * (S - 1))
    low = d.mean(axis=1) - t * np.sqrt(variance / S)
    high = d.mean(axis=1) + t * np.sqrt(variance / S)
    return np.sign(low) * (np.sign(low) == np.sign(high))


def by_covariance(accuracies, t):
    """var(x - y) = var x + var y - 2 cov(x, y)."""
    C = np.cov(accuracies)
    variance = np.diag(C)[1:] + C[0, 0] - 2 * C[0, 1:]
    mean = accuracies[1:].mean(axis=1) - accuracies[0].mean()
    reach = t * np.sqrt(variance / accuracies.shape[1])
    return np.sign(mean) * (np.abs(mean) > reach)


def first_row_minus_the_others(accuracies, t):
    d = accuracies[0] - accuracies[1:]
    e = d.std(axis=1, ddof=1) / np.sqrt(accuracies.shape[1])
    low, high = d.mean(axis=1) - t * e, d.mean(axis=1) + t * e
    return (high < 0).astype(np.int8) - (low > 0).astype(np.int8)


def in_percent(accuracies, t):
    d = 100 * (accuracies[1:] - accuracies[0])
    error = np.sqrt(d.var(axis=1, ddof=1) / d.shape[1])
    return [int(m > t * e) - int(m < -t * e) for m, e in zip(d.mean(axis=1), error, strict=True)]


def by_scipy(accuracies, t):
    from scipy import stats

    found = stats.ttest_rel(accuracies[1:], accuracies[:1], axis=1)
    return np.where(found.pvalue < 0.05, np.sign(found.statistic), 0)


def tensor(accuracies, t):
    import torch

    a = torch.tensor(accuracies)
    d = a[1:] - a[0]
    reach = t * d.std(dim=1) / d.shape[1] ** 0.5  # torch divides by S - 1 unless told otherwise
    return (d.mean(dim=1) > reach).int() - (d.mean(dim=1) < -reach).int()


# Wrong ones.


def verdicts(mean, reach):
    return np.where(mean > reach, 1, np.where(mean < -reach, -1, 0))


def error(values, ddof=1):
    return values.std(axis=1, ddof=ddof) / np.sqrt(values.shape[1])


def right(a, t):
    d = a[1:] - a[0]
    return verdicts(d.mean(axis=1), t * error(d))


def best_of_each(accuracies, t):
    best = accuracies.max(axis=1)
    return [1 if value > best[0] else -1 if value < best[0] else 0 for value in best[1:]]


def best_of_each_or_worse(accuracies, t):
    best = accuracies.max(axis=1)
    return np.where(best[1:] > best[0], 1, -1)


def row_of_the_best_run(accuracies, t):
    best = accuracies[1:].max(axis=1).argmax()
    return [1 if r == best else -1 for r in range(len(accuracies) - 1)]


def first_seed(accuracies, t):
    return np.sign(accuracies[1:, 0] - accuracies[0, 0])


def last_seed(accuracies, t):
    return np.sign(accuracies[1:, -1] - accuracies[0, -1])


def sign_of_the_mean(accuracies, t):
    return np.sign((accuracies[1:] - accuracies[0]).mean(axis=1))


def larger_mean(accuracies, t):
    means = accuracies.mean(axis=1)
    return [1 if mean > means[0] else -1 for mean in means[1:]]


def medians_compared(accuracies, t):
    return np.sign(np.median(accuracies[1:], axis=1) - np.median(accuracies[0]))


def two_samples(accuracies, t):
    mean, e = accuracies.mean(axis=1), error(accuracies)
    return verdicts(mean[1:] - mean[0], t * np.hypot(e[1:], e[0]))


def intervals_that_do_not_overlap(accuracies, t):
    mean, e = accuracies.mean(axis=1), error(accuracies)
    low, high = mean - t * e, mean + t * e
    return np.where(low[1:] > high[0], 1, np.where(high[1:] < low[0], -1, 0))


def mean_outside_of_the_interval(accuracies, t):
    mean, e = accuracies.mean(axis=1), error(accuracies)
    return verdicts(mean[1:] - mean[0], t * e[1:])


def spread_of_the_runs(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), t * d.std(axis=1, ddof=1))


def two_standard_deviations(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 1.96 * d.std(axis=1, ddof=1))


def divided_by_the_number(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), t * d.std(axis=1, ddof=1) / d.shape[1])


def numpys_own_std(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), t * d.std(axis=1) / np.sqrt(d.shape[1]))


def of_the_normal_distribution(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 1.96 * error(d))


def two_errors(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 2 * error(d))


def one_error(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), error(d))


def normal_and_numpys_own(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 1.96 * error(d, 0))


def every_seed_wins(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return (d > 0).all(axis=1).astype(int) - (d < 0).all(axis=1).astype(int)


def most_seeds_win(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return np.sign((d > 0).sum(axis=1) - (d < 0).sum(axis=1))


def other_way_round(accuracies, t):
    d = accuracies[0] - accuracies[1:]
    return verdicts(d.mean(axis=1), t * error(d))


def significant_or_not(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return (np.abs(d.mean(axis=1)) > t * error(d)).astype(int)


def better_or_not(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return (d.mean(axis=1) > t * error(d)).astype(int)


def not_better_is_worse(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return np.where(d.mean(axis=1) > t * error(d), 1, -1)


def neighbours_compared(accuracies, t):
    d = np.diff(accuracies, axis=0)
    return verdicts(d.mean(axis=1), t * error(d))


def compared_with_the_best_row(accuracies, t):
    best = accuracies[accuracies.mean(axis=1).argmax()]
    d = accuracies[1:] - best
    return verdicts(d.mean(axis=1), t * error(d))


def compared_with_the_mean_row(accuracies, t):
    d = accuracies[1:] - accuracies.mean(axis=0)
    return verdicts(d.mean(axis=1), t * error(d))


def one_sided_numbers(accuracies, t):
    """Forget that "worse" needs the other end of the interval."""
    d = accuracies[1:] - accuracies[0]
    low = d.mean(axis=1) - t * error(d)
    return np.sign(low)


def seeds_judged(accuracies, t):
    d = (accuracies[1:] - accuracies[0]).T
    return verdicts(d.mean(axis=1), t * error(d))


def all_rows_together(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    e = d.std(ddof=1) / np.sqrt(d.size)
    return verdicts(d.mean(axis=1), t * e)


def first_row_judged_too(accuracies, t):
    d = accuracies - accuracies[0]
    return verdicts(d.mean(axis=1), t * error(d))


def in_words(accuracies, t):
    words = {1: "better", -1: "worse", 0: "cannot tell"}
    return [words[int(v)] for v in right(accuracies, t)]


def the_interval_itself(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return np.array([d.mean(axis=1) - t * error(d), d.mean(axis=1) + t * error(d)])


def means_themselves(accuracies, t):
    return (accuracies[1:] - accuracies[0]).mean(axis=1)


def one_percent_counts(accuracies, t):
    return verdicts((accuracies[1:] - accuracies[0]).mean(axis=1), 0.01)


def never_sure(accuracies, t):
    return np.zeros(len(accuracies) - 1)


def factor_of_three_seeds(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 4.303 * error(d))


def factor_of_five_seeds(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), 2.776 * error(d))


def five_seeds_assumed(accuracies, t):
    d = accuracies[1:] - accuracies[0]
    return verdicts(d.mean(axis=1), t * d.std(axis=1, ddof=1) / 5**0.5)


def only_the_example(accuracies, t):
    return [1, 0]


def changes_its_input(accuracies, t):
    accuracies[1:] -= accuracies[0]
    return verdicts(accuracies[1:].mean(axis=1), t * error(accuracies[1:]))


RIGHT = [
    *EXERCISE.also_right,
    row_by_row,
    with_statistics,
    by_the_t_statistic,
    in_float32,
    by_squares,
    by_all_pairs,
    by_covariance,
    first_row_minus_the_others,
    in_percent,
    by_scipy,
    tensor,
]
WRONG = {
    best_of_each: "best-run",
    best_of_each_or_worse: "best-run",
    row_of_the_best_run: "best-run",
    first_seed: "one-seed",
    last_seed: "one-seed",
    sign_of_the_mean: "mean-without-interval",
    larger_mean: "mean-without-interval",
    medians_compared: "mean-without-interval",
    two_samples: "unpaired",
    intervals_that_do_not_overlap: "unpaired",
    mean_outside_of_the_interval: "unpaired",
    spread_of_the_runs: "spread-of-runs",
    two_standard_deviations: "spread-of-runs",
    divided_by_the_number: "divided-by-seeds",
    numpys_own_std: "denominator-s",
    of_the_normal_distribution: "other-factor",
    two_errors: "other-factor",
    one_error: "other-factor",
    normal_and_numpys_own: "other-factor",
    every_seed_wins: "wins-counted",
    most_seeds_win: "wins-counted",
    other_way_round: "turned-round",
    significant_or_not: "direction-lost",
    better_or_not: "direction-lost",
    not_better_is_worse: "never-undecided",
    one_sided_numbers: "never-undecided",
    neighbours_compared: "compared-with-the-row-before",
    compared_with_the_best_row: None,
    compared_with_the_mean_row: None,
    seeds_judged: None,
    all_rows_together: None,
    first_row_judged_too: None,
    in_words: None,
    the_interval_itself: None,
    means_themselves: None,
    one_percent_counts: None,
    never_sure: None,
    factor_of_three_seeds: None,
    factor_of_five_seeds: None,
    five_seeds_assumed: None,
    only_the_example: None,
    changes_its_input: None,
}
