"""Answers to E4.3 as learners might write them, right and wrong."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from cnncourse.exercises.e4_3 import EXERCISE


def formula(k, d):
    return max(0, k - d) / (k + d)


def with_a_condition(k, d):
    if d > k:
        return 0.0
    return (k - d) / (k + d)


def in_fractions(k, d):
    return Fraction(max(k - d, 0), k + d)


def in_decimals(k, d):
    return Decimal(max(k - d, 0)) / Decimal(k + d)


def in_float32(k, d):
    return np.float32(max(k - d, 0)) / np.float32(k + d)


def by_masks(k, d):
    before, after = np.zeros(k + d, bool), np.zeros(k + d, bool)
    before[:k] = True
    after[d:] = True
    return (before & after).sum() / (before | after).sum() if d <= k else 0


def by_ratio(k, d):
    r = d / k
    return np.maximum(1 - r, 0) / (1 + r)


def by_odds(k, d):
    # The largest is a shared one, and not one of the 2 d others.
    shared = np.clip(k - d, 0, None)
    return np.array(shared / (shared + 2 * d))


def one_number_after_the_other(k, d):
    # The first of the others is below the largest of n shared ones with the chance n / (n + 1),
    # the next one below the largest of these n + 1 with (n + 1) / (n + 2), and so on.
    if k <= d:
        return 0.0
    share = 1.0
    for known in range(k - d, k + d):
        share *= known / (known + 1)
    return share


def tensor(k, d):
    import torch

    return torch.relu(torch.tensor(float(k - d))) / (k + d)


def always_all(k, d):
    return 1


def all_if_they_overlap(k, d):
    return 1.0 if k > d else 0.0


def only_new_ones(k, d):
    return k / (k + d)


def only_one_new(k, d):
    return k / (k + 1)


def share_of_one_window(k, d):
    return max(k - d, 0) / k


def share_of_one_window_unclipped(k, d):
    return 1 - d / k


def one_over_k(k, d):
    return 1 / k if d < k else 0


def of_two_whole_windows(k, d):
    return max(k - d, 0) / (2 * k)


def product_of_two(k, d):
    return (max(k - d, 0) / k) * (max(k - d, 0) / k)


def lecture_formula(k, d):
    return (k - 1) / (k + 1)


def half_of_the_lecture_formula(k, d):
    return max(k - d, 0) / (k + 1)


def negative_share(k, d):
    return (k - d) / (k + d)


def absolute_share(k, d):
    return abs(d - k) / (d + k)


def share_that_changes(k, d):
    return 1 - max(k - d, 0) / (k + d)


def share_that_changes_unclipped(k, d):
    return 2 * d / (k + d)


def whole_division(k, d):
    return max(k - d, 0) // (k + d)


def one_too_many(k, d):
    return max(k - d + 1, 0) / (k + d) if d < k else 0


def union_too_large(k, d):
    return max(k - d, 0) / (k + d + 1)


def union_too_small(k, d):
    return max(k - d, 0) / max(k + d - 1, 1)


def rounded(k, d):
    return round(max(k - d, 0) / (k + d), 2)


def simulated(k, d):
    random = np.random.default_rng(0)
    x = random.normal(size=2000 + k + d)
    p = np.lib.stride_tricks.sliding_window_view(x, k).max(axis=1)
    return np.mean(p[d:] == p[: len(p) - d])


def simulated_afresh(k, d):
    x = np.random.default_rng().normal(size=200 + k + d)
    p = np.lib.stride_tricks.sliding_window_view(x, k).max(axis=1)
    return np.mean(p[d:] == p[: len(p) - d])


def swapped(k, d):
    return max(d - k, 0) / (k + d)


def power(k, d):
    return ((k - 1) / (k + 1)) ** d


def in_percent(k, d):
    return 100 * max(k - d, 0) / (k + d)


def in_two_dimensions(k, d):
    return (max(k - d, 0) / (k + d)) ** 2


def table_for_small_ones(k, d):
    known = {(3, 1): 0.5, (1, 1): 0.0, (2, 1): 1 / 3, (5, 1): 2 / 3}
    return known.get((k, d), 0.5)


def printed_only(k, d):
    print(max(k - d, 0) / (k + d))


def a_list(k, d):
    return [max(k - d, 0) / (k + d)]


def text(k, d):
    return f"{max(k - d, 0)}/{k + d}"


def truth(k, d):
    return k > d


def not_a_number(k, d):
    return float("nan")


def zero(k, d):
    return 0


def fails_without_shift(k, d):
    return max(k - d, 0) / (k + d) * d / d


RIGHT = [
    *EXERCISE.also_right,
    formula,
    with_a_condition,
    in_fractions,
    in_decimals,
    in_float32,
    by_masks,
    by_ratio,
    by_odds,
    one_number_after_the_other,
    tensor,
]
WRONG = {
    always_all: "all-survive",
    all_if_they_overlap: "all-survive",
    only_new_ones: "leaving-forgotten",
    only_one_new: "leaving-forgotten",
    share_of_one_window: "one-window-only",
    share_of_one_window_unclipped: "one-window-only",
    one_over_k: "one-window-only",
    of_two_whole_windows: "shared-counted-twice",
    product_of_two: "multiplied",
    lecture_formula: "always-one-place",
    half_of_the_lecture_formula: "always-one-place",
    negative_share: "windows-apart",
    absolute_share: "windows-apart",
    share_that_changes: "changed-share",
    share_that_changes_unclipped: "changed-share",
    whole_division: "cut-to-integers",
    one_too_many: "off-by-one",
    union_too_large: "off-by-one",
    union_too_small: "off-by-one",
    rounded: None,
    simulated: None,
    simulated_afresh: None,
    swapped: None,
    power: None,
    in_percent: None,
    in_two_dimensions: None,
    table_for_small_ones: None,
    printed_only: None,
    a_list: None,
    text: None,
    truth: None,
    not_a_number: None,
    zero: None,
    fails_without_shift: None,
}
