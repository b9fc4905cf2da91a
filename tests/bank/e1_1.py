"""Answers to E1.1 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e1_1 import EXERCISE


def exponential_loop(ages):
    weights = []
    for age in ages:
        weights.append(0.5**age if age >= 0 else 0)
    total = sum(weights)
    return [weight / total for weight in weights]


def hyperbola_with_ignored_infinity(ages):
    weights = np.where(ages < 0, 0, 1 / (1 + ages))  # 1/0 at age -1 is thrown away
    return weights / np.sum(weights)


def softmax_in_float32(ages):
    score = np.where(ages < 0, -np.inf, -ages.astype(np.float32))
    e = np.exp(score - score.max()).astype(np.float32)
    return e / e.sum()


def newest_only(ages):
    return (ages == 0).astype(float)


def ranked(ages):
    order = sorted(age for age in ages.tolist() if age >= 0)
    weights = {age: len(order) - rank for rank, age in enumerate(order)}
    total = sum(weights.values())
    return tuple(weights.get(age, 0) / total for age in ages.tolist())


def half_life_torch(ages):
    import torch

    a = torch.tensor(ages, dtype=torch.float64, requires_grad=True)
    w = torch.where(a < 0, torch.zeros_like(a), 2.0 ** (-a / 3))
    return w / w.sum()


def fractions_of_a_second(ages):
    from fractions import Fraction

    w = [Fraction(1, int(age) + 1) if age >= 0 else Fraction(0) for age in ages]
    return [value / sum(w) for value in w]


def plateau_then_fall(ages):
    w = np.where(ages < 0, 0.0, np.where(ages == 0, 2.0, 1.0))
    return w / w.sum()


def grows_with_age(ages):
    w = np.where(ages >= 0, ages + 1.0, 0.0)
    return w / w.sum()


def grows_exponentially(ages):
    w = np.array([1.5**age if age >= 0 else 0.0 for age in ages])
    return w / w.sum()


def grows_from_zero(ages):
    w = np.maximum(ages, 0)
    return w / w.sum()


def absolute_age(ages):
    w = 0.8 ** np.abs(ages)
    return w / w.sum()


def causality_forgotten(ages):
    w = np.exp(-0.3 * ages)
    return w / w.sum()


def hyperbola_of_absolute_age(ages):
    w = 1.0 / (1.0 + np.abs(ages))
    return w / w.sum()


def never_divided(ages):
    return np.where(ages < 0, 0.0, 0.6 ** np.abs(ages))


def divided_by_count(ages):
    return np.where(ages < 0, 0.0, 0.6 ** np.abs(ages)) / len(ages)


def divided_by_largest(ages):
    w = np.where(ages < 0, 0.0, np.exp(-np.abs(ages) / 4)) * 3
    return w / w.max()


def divided_by_mean(ages):
    w = np.where(ages < 0, 0.0, 0.6 ** np.abs(ages))
    return w / w.mean()


def unit_length(ages):
    w = np.where(ages < 0, 0.0, 0.6 ** np.abs(ages))
    return w / np.linalg.norm(w)


def zeroed_after_dividing(ages):
    w = np.exp(-0.2 * np.abs(ages))
    w = w / w.sum()
    w[ages < 0] = 0
    return w


def box(ages):
    w = (ages >= 0).astype(float)
    return w / w.sum()


def by_place(ages):
    w = 0.7 ** np.arange(len(ages))
    w[ages < 0] = 0
    return w / w.sum()


def line_by_place(ages):
    w = np.linspace(1, 0.1, len(ages)) * (ages >= 0)
    return w / w.sum()


def line_below_zero(ages):
    past = ages[ages >= 0]
    w = np.where(ages >= 0, past.mean() + 0.2 * past.max() - ages, 0.0)
    return w / w.sum()


def box_over_everything(ages):
    return np.ones(len(ages)) / len(ages)


def future_as_the_rest(ages):
    """Weighs the past by less than 1 and gives the rest to the future."""
    w = np.where(ages < 0, 1.0, 0.7 ** np.abs(ages))
    return w


def positions_used_as_ages(ages):
    w = 0.7 ** np.arange(len(ages))
    return w / w.sum()


def zeros(ages):
    return np.zeros(len(ages))


def in_order_of_age(ages):
    """Right weights, but sorted: not in the order of `ages`."""
    past = np.sort(ages[ages >= 0])
    w = 0.7**past
    return np.concatenate([np.zeros((ages < 0).sum()), w / w.sum()])


def past_only(ages):
    past = ages[ages >= 0]
    w = 0.7**past
    return w / w.sum()


def cut_to_integers(ages):
    w = np.zeros_like(ages)
    w[ages >= 0] = 10 - ages[ages >= 0]
    w[:] = w / w.sum()
    return w


def strictly_past(ages):
    w = np.where(ages > 0, 0.7 ** np.abs(ages), 0.0)
    return w / w.sum()


def sums_to_hundred(ages):
    w = np.where(ages < 0, 0.0, 0.7 ** np.abs(ages))
    return 100 * w / w.sum()


def closed_form_without_gaps(ages):
    """Normalised as if the ages were 0, 1, 2, ... without gaps."""
    n = (ages >= 0).sum()
    return np.where(ages < 0, 0.0, 0.7 ** np.abs(ages)) * (1 - 0.7) / (1 - 0.7**n)


def line_from_twelve(ages):
    w = np.where(ages < 0, 0.0, 12.0 - ages)
    return w / w.sum()


def line_over_fifteen(ages):
    w = np.where(ages < 0, 0.0, 1 - ages / 15)
    return w / w.sum()


def line_from_ten(ages):
    w = np.where(ages < 0, 0.0, 10.0 - ages)
    return w / w.sum()


def parabola_from_eleven(ages):
    w = np.where(ages < 0, 0.0, (11.0 - ages) ** 2)
    return w / w.sum()


def quarter_wave(ages):
    w = np.where(ages < 0, 0.0, np.cos(ages * np.pi / 24))
    return w / w.sum()


def raised_wave(ages):
    w = np.where(ages < 0, 0.0, 1 + np.cos(ages * np.pi / 12))
    return w / w.sum()


def starts_again_after_twelve(ages):
    w = np.where(ages < 0, 0.0, 0.7 ** (np.maximum(ages, 0) % 12))
    return w / w.sum()


def dip_at_age_three(ages):
    w = np.where(ages < 0, 0.0, 1 / (1.0 + np.abs(ages)))
    w[ages == 3] = 0.05
    return w / w.sum()


def rounded_to_two_decimals(ages):
    return np.round(exponential_loop(ages), 2)


def rounded_to_six_decimals(ages):
    w = np.where(ages < 0, 0.0, 0.7 ** np.maximum(ages, 0))
    return np.round(w / w.sum(), 6)


def divided_by_a_series_as_long_as_ages(ages):
    return np.where(ages < 0, 0.0, 0.7 ** np.abs(ages)) / (0.7 ** np.arange(len(ages))).sum()


def newest_of_the_future_allowed(ages):
    w = np.where(ages < -1, 0.0, 0.7 ** np.abs(ages))
    return w / w.sum()


_ROOM = {}


def room_kept_for_each_length(ages):
    return _ROOM.setdefault(len(ages), np.array(exponential_loop(ages)))


RIGHT = [
    *EXERCISE.also_right,
    exponential_loop,
    hyperbola_with_ignored_infinity,
    softmax_in_float32,
    newest_only,
    ranked,
    half_life_torch,
    fractions_of_a_second,
    plateau_then_fall,
]
WRONG = {
    grows_with_age: "rising-weights",
    grows_exponentially: "rising-weights",
    grows_from_zero: "rising-weights",
    absolute_age: "weight-on-future",
    causality_forgotten: "weight-on-future",
    hyperbola_of_absolute_age: "weight-on-future",
    newest_of_the_future_allowed: "weight-on-future",
    never_divided: "not-normalised",
    divided_by_count: "not-normalised",
    divided_by_largest: "not-normalised",
    divided_by_mean: "not-normalised",
    unit_length: "not-normalised",
    sums_to_hundred: "not-normalised",
    closed_form_without_gaps: "not-normalised",
    divided_by_a_series_as_long_as_ages: "not-normalised",
    zeroed_after_dividing: "future-counted-in-the-sum",
    box: "flat-weights",
    by_place: "position-for-age",
    line_by_place: "position-for-age",
    line_below_zero: "negative-weights",
    line_from_twelve: "negative-weights",
    line_over_fifteen: "negative-weights",
    line_from_ten: "negative-weights",
    box_over_everything: None,
    future_as_the_rest: None,
    positions_used_as_ages: None,
    zeros: None,
    in_order_of_age: None,
    past_only: None,
    cut_to_integers: None,
    strictly_past: None,
    parabola_from_eleven: None,
    quarter_wave: None,
    raised_wave: None,
    starts_again_after_twelve: None,
    dip_at_age_three: None,
    rounded_to_two_decimals: "not-normalised",
    rounded_to_six_decimals: "not-normalised",
    room_kept_for_each_length: None,
}
