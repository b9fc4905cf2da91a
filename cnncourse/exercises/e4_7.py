"""E4.7: max or average pooling for a feature that is on or off (the lecture's "Pooling").

After Y.-L. Boureau, J. Ponce, Y. LeCun, "A theoretical analysis of feature pooling in visual
recognition", ICML 2010, whose signal-to-noise ratio is the separability here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS, ReadyMade

# Mean and variance of a pooled value, from the chance alpha and the pool size P.
Moments = Callable[[float, int], tuple[float, float]]
Measure = Callable[[float, float, float, float], float]
_OWN = ReadyMade(
    "cnncourse",
    frozenset({"separability", "pooled_moments", "simulated_separability"}),
    "cnncourse.experiments.bernoulli",
)


def my_comparison(alpha1, alpha2, sizes):
    """Compare max and average pooling for a feature that is on, 1, or off, 0.

    In each of the P places of a pool the feature is on with the chance alpha1 in pictures of
    class 1, with the chance alpha2 in those of class 2, independently of all other places.
    What is pooled, a maximum or an average, tells the classes apart by the separability
        |mean 1 - mean 2| / (sd 1 + sd 2),
    mean and sd being its expectation and its standard deviation in either class.

    alpha1, alpha2 : two different chances, between 0 and 1, neither of them 0 or 1.
    sizes : array of pool sizes P, whole numbers >= 2.
    Return an array of shape (3, len(sizes)), with a column for each pool size:
      row 0 : the separability by the maximum,
      row 1 : that by the average,
      row 2 : the better one of both: 1 for the maximum, 2 for the average.

    Example: alpha1 = 0.3, alpha2 = 0.02, sizes = [4, 12] ->
        [[0.982, 1.46], [0.936, 1.621], [1, 2]], rounded here.
    """
    # The maximum is 0 only if all P places are off, and 1 otherwise: on with the chance 1 - q.
    q1, q2 = (1 - alpha1) ** sizes, (1 - alpha2) ** sizes
    by_max = np.abs(q1 - q2) / (np.sqrt(q1 * (1 - q1)) + np.sqrt(q2 * (1 - q2)))
    # An average keeps its mean; its variance, that of one place, is divided by P.
    sd1 = np.sqrt(alpha1 * (1 - alpha1) / sizes)
    sd2 = np.sqrt(alpha2 * (1 - alpha2) / sizes)
    by_average = np.abs(alpha1 - alpha2) / (sd1 + sd2)
    return np.array([by_max, by_average, np.where(by_max > by_average, 1, 2)])


def _of_maximum(alpha: float, size: int) -> tuple[float, float]:
    off = (1 - alpha) ** size
    return 1 - off, off * (1 - off)


def _of_average(alpha: float, size: int) -> tuple[float, float]:
    return alpha, alpha * (1 - alpha) / size


def _ratio(mean1: float, mean2: float, variance1: float, variance2: float) -> float:
    return abs(mean1 - mean2) / (sqrt(variance1) + sqrt(variance2))


def _winner(by_max: Any, by_average: Any) -> Any:
    return 2.0 - (by_max > by_average)


def _rows(
    alpha1: float,
    alpha2: float,
    sizes: Array,
    largest: Moments = _of_maximum,
    average: Moments = _of_average,
    measure: Measure = _ratio,
) -> Array:
    """Give the three rows, of other moments or another measure if need be."""
    rows: list[list[float]] = [[], []]
    for row, moments in zip(rows, (largest, average), strict=True):
        for size in (int(size) for size in sizes):
            (mean1, variance1), (mean2, variance2) = moments(alpha1, size), moments(alpha2, size)
            row.append(measure(mean1, mean2, variance1, variance2))
    table = np.array(rows)
    return np.vstack([table, _winner(table[0], table[1])])


def _reference(alpha1: float, alpha2: float, sizes: Array) -> Array:
    return _rows(alpha1, alpha2, sizes)


def _fair(alpha1: float, alpha2: float, sizes: Array) -> bool:
    """Whether no size is a close call, and rounding cannot hide what is left of 1 - q."""
    by_max, by_average, _ = _reference(alpha1, alpha2, sizes)
    off = min((1 - max(alpha1, alpha2)) ** int(size) for size in sizes)
    return bool(off > 0.01 and (np.abs(by_max - by_average) > 0.01 * by_average).all())


def _drawn(draw: Draw, rare: tuple[float, ...], common: tuple[float, ...], many: int) -> Case:
    """Draw chances and sizes; the rarer class comes first or second."""
    while True:
        alphas = draw.shuffled((draw.pick(rare), draw.pick(common)))
        sizes = sorted(draw.shuffled(range(2, 17))[:many])
        if _fair(alphas[0], alphas[1], np.array(sizes)):
            return Case((alphas[0], alphas[1], np.array(draw.shuffled(sizes))), "random chances")


def _cases(draw: Draw) -> list[Case]:
    rare, common, often = (0.002, 0.005, 0.01, 0.02), (0.2, 0.25, 0.3, 0.35), (0.5, 0.6)
    return [
        Case((0.2, 0.4, np.array([2])), "one pool size"),
        Case((0.4, 0.2, np.array([2])), "the classes have changed places"),
        Case((0.3, 0.02, np.array([4, 12])), "the example of the task"),
        Case((0.02, 0.4, np.array([9, 4])), "the large pool first"),
        Case((0.5, 0.01, np.array([4])), "a feature that one class hardly has"),
        Case((0.01, 0.5, np.array([4, 2, 3])), "a feature that one class hardly has"),
        Case((0.6, 0.4, np.array([2, 3, 4])), "a feature that is common in both"),
        Case((0.05, 0.001, np.array([4, 8, 64])), "a rare feature, large pools"),
        _drawn(draw, rare, often, 2),
        _drawn(draw, rare, common, 3),
        _drawn(draw, rare, common, 4),
        _drawn(draw, (0.1, 0.15), common, 3),
        _drawn(draw, (0.03, 0.05), (0.12, 0.17), 4),
        _drawn(draw, (0.3, 0.4), often, 2),
    ]


def _row(number: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        expected = _reference(*case.args)
        return output.shape == expected.shape and close(
            output[number], expected[number], scale=float(expected.max())
        )

    return holds


# Wrong ideas of the moments, of the measure, and of the choice.


def _with_maximum(moments: Moments) -> Callable[..., Array | None]:
    def wrong(alpha1: float, alpha2: float, sizes: Array) -> Array | None:
        try:
            return _rows(alpha1, alpha2, sizes, largest=moments)
        except ZeroDivisionError:
            return None  # both maxima certain: the idea gives no separability

    return wrong


def _with_average(moments: Moments) -> Callable[..., Array]:
    return lambda alpha1, alpha2, sizes: _rows(alpha1, alpha2, sizes, average=moments)


def _with_measure(measure: Measure) -> Callable[..., Array]:
    return lambda alpha1, alpha2, sizes: _rows(alpha1, alpha2, sizes, measure=measure)


def _choosing(choose: Callable[[Array, Array], Any]) -> Callable[..., Array]:
    """Keep the separabilities, and make another choice of them."""

    def wrong(alpha1: float, alpha2: float, sizes: Array) -> Array:
        table = _reference(alpha1, alpha2, sizes)
        return np.vstack([table[:2], choose(table[0], table[1])])

    return wrong


def _all_on(alpha: float, size: int) -> tuple[float, float]:
    on = alpha**size
    return on, on * (1 - on)


def _added(alpha: float, size: int) -> tuple[float, float]:
    on = min(size * alpha, 1.0)
    return on, on * (1 - on)


def _signed(mean1: float, mean2: float, variance1: float, variance2: float) -> float:
    return (mean1 - mean2) / (sqrt(variance1) + sqrt(variance2))


def _with_sign(positive: Callable[[float, float], bool], row: int) -> Callable[..., Array]:
    """Keep the sign of one row's differences."""

    def wrong(alpha1: float, alpha2: float, sizes: Array) -> Array:
        table = _reference(alpha1, alpha2, sizes)
        table[row] *= 1 if positive(alpha1, alpha2) else -1
        return np.vstack([table[:2], _winner(table[0], table[1])])

    return wrong


# Right answers by other ways.


def _by_sums(alpha1, alpha2, sizes):
    columns = []
    for P in sizes:
        # A sum of P places is P times their average: the separability is the same.
        on1, on2 = 1 - (1 - alpha1) ** P, 1 - (1 - alpha2) ** P
        largest = abs(on1 - on2) / ((on1 * (1 - on1)) ** 0.5 + (on2 * (1 - on2)) ** 0.5)
        noise = (P * alpha1 * (1 - alpha1)) ** 0.5 + (P * alpha2 * (1 - alpha2)) ** 0.5
        total = abs(P * alpha1 - P * alpha2) / noise
        columns.append([largest, total, 1 if largest > total else 2])
    return np.array(columns).T


def _by_root_of_size(alpha1, alpha2, sizes):
    def sd(on):
        return np.sqrt(on - on**2)

    one = abs(alpha1 - alpha2) / (sd(alpha1) + sd(alpha2))
    average = one * np.sqrt(sizes)
    off = np.exp(np.outer(np.log1p([-alpha1, -alpha2]), sizes))
    largest = abs(off[0] - off[1]) / sd(off).sum(axis=0)
    return [largest, average, 1 + (average > largest)]


EXERCISE = Exercise(
    id="E4.7",
    title="Max or average?",
    solution=my_comparison,
    reference=_reference,
    cases=_cases,
    also_right=(_by_sums, _by_root_of_size),
    output="matrix",
    forbidden=(_OWN, *SOLUTIONS),
    parts=(
        Part("the maximum's separability", 1, _row(0)),
        Part("the average's separability", 1, _row(1)),
        Part("the better one of the two", 1, _row(2)),
    ),
    misconceptions=(
        Misconception(
            "max-always",
            "The maximum was taken to win always.",
            "Your own first two rows say otherwise somewhere: compare them, column by column.",
            (_choosing(lambda by_max, by_average: np.ones_like(by_max)),),
        ),
        Misconception(
            "average-always",
            "The average was taken to win always.",
            "Your own first two rows say otherwise somewhere: compare them, column by column.",
            (_choosing(lambda by_max, by_average: np.full_like(by_max, 2)),),
        ),
        Misconception(
            "reversed-choice",
            "The choice is the wrong way round: 1 stands where the average separates better.",
            "Large separability is good. Row 2 holds 1 where row 0 is the larger one.",
            (_choosing(lambda by_max, by_average: _winner(by_average, by_max)),),
        ),
        Misconception(
            "other-names",
            "The winners have other numbers than the task's: 1 for the maximum, 2 for the average.",
            "A comparison gives True or False, which count as 1 and 0. `np.where` makes any two "
            "numbers of it.",
            (
                _choosing(lambda by_max, by_average: by_max > by_average),
                _choosing(lambda by_max, by_average: by_max < by_average),
                _choosing(lambda by_max, by_average: np.sign(by_max - by_average)),
            ),
        ),
        Misconception(
            "one-choice-for-all",
            "One choice was made for all pool sizes together.",
            "What wins in small pools may lose in large ones: each column has a choice of its own.",
            (
                _choosing(lambda a, b: np.full_like(a, _winner(a.sum(), b.sum()))),
                _choosing(lambda a, b: np.full_like(a, _winner(a.max(), b.max()))),
                _choosing(lambda a, b: np.full_like(a, _winner(a[0], b[0]))),
            ),
        ),
        Misconception(
            "rows-swapped",
            "The rows of the maximum and of the average have changed places.",
            "Row 0 is for the maximum. Which of your rows grows like the root of P?",
            (
                lambda a, b, sizes: _reference(a, b, sizes)[[1, 0, 2]],
                lambda a, b, sizes: np.vstack(
                    [_reference(a, b, sizes)[[1, 0]], 3 - _reference(a, b, sizes)[2]]
                ),
            ),
        ),
        Misconception(
            "all-on",
            "The maximum was taken to be 1 only if all places are on.",
            "One place that is on is enough. When is the maximum 0, then, and what is the chance "
            "of that?",
            (_with_maximum(_all_on),),
        ),
        Misconception(
            "chances-added",
            "The chances of the P places were added up.",
            "Two places with a chance of 0.6 each are not on with the chance 1.2. Multiply the "
            "chances that each is off: that gives the chance that all are.",
            (
                _with_maximum(_added),
                _with_maximum(lambda alpha, size: (size * alpha, _of_maximum(alpha, size)[1])),
            ),
        ),
        Misconception(
            "noise-of-the-maximum",
            "The maximum has the standard deviation of a place, or of an average.",
            "A maximum is 1 or 0, and on with a chance of its own. What is the variance of such a "
            "number?",
            (
                _with_maximum(lambda a, size: (_of_maximum(a, size)[0], a * (1 - a))),
                _with_maximum(lambda a, size: (_of_maximum(a, size)[0], a * (1 - a) / size)),
                _with_maximum(
                    lambda a, size: (_of_maximum(a, size)[0], _of_maximum(a, size)[1] / size)
                ),
            ),
        ),
        Misconception(
            "noise-of-the-average",
            "The standard deviation of the average does not fall as it should with P.",
            "Averaging P independent values divides their variance by P. By what does it divide "
            "the standard deviation?",
            (
                _with_average(lambda a, size: (a, a * (1 - a))),
                _with_average(lambda a, size: (a, a * (1 - a) / size**2)),
                _with_average(lambda a, size: (a, a * (1 - a) * size)),
                _with_average(lambda a, size: (a, a * (1 - a) / (size - 1))),
            ),
        ),
        Misconception(
            "variance-for-deviation",
            "Variances stand where standard deviations belong.",
            "Mean and standard deviation have the same unit, so their ratio has none. A variance "
            "has the unit squared.",
            (_with_measure(lambda m1, m2, v1, v2: abs(m1 - m2) / (v1 + v2)),),
        ),
        Misconception(
            "variance-without-off",
            "The variance of a 0-or-1 value is not its chance alone.",
            "A value that is always on does not vary at all. What is alpha to be multiplied with?",
            (
                lambda a, b, sizes: _rows(
                    a,
                    b,
                    sizes,
                    lambda alpha, size: (_of_maximum(alpha, size)[0],) * 2,
                    lambda alpha, size: (alpha, alpha / size),
                ),
                _with_average(lambda a, size: (a, a / size)),
            ),
        ),
        Misconception(
            "other-measure",
            "The difference of the means is divided by another spread than the task's.",
            "First the two standard deviations, then their sum: no root of a sum, no mean of the "
            "two.",
            (
                _with_measure(lambda m1, m2, v1, v2: abs(m1 - m2) / sqrt(v1 + v2)),
                _with_measure(lambda m1, m2, v1, v2: abs(m1 - m2) / sqrt((v1 + v2) / 2)),
                _with_measure(lambda m1, m2, v1, v2: 2 * abs(m1 - m2) / (sqrt(v1) + sqrt(v2))),
                _with_measure(lambda m1, m2, v1, v2: (m1 - m2) ** 2 / (v1 + v2)),
                _with_measure(lambda m1, m2, v1, v2: _ratio(m1, m2, v1, v2) ** 2),
            ),
        ),
        Misconception(
            "noise-ignored",
            "Only the means were compared: the spread about them is left out.",
            "Means that lie a little apart tell the classes apart only if values scatter less "
            "than that.",
            (_with_measure(lambda m1, m2, v1, v2: abs(m1 - m2)),),
        ),
        Misconception(
            "signed",
            "The sign of the difference was kept: a separability is never negative.",
            "If the classes change their names, nothing changes for whoever has to tell them "
            "apart.",
            (
                _with_measure(_signed),
                _with_measure(lambda m1, m2, v1, v2: _signed(m2, m1, v1, v2)),
                _with_sign(lambda alpha1, alpha2: alpha1 > alpha2, 0),
                _with_sign(lambda alpha1, alpha2: alpha1 < alpha2, 0),
                _with_sign(lambda alpha1, alpha2: alpha1 > alpha2, 1),
            ),
        ),
        Misconception(
            "transposed",
            "Rows and columns are swapped: there is a row for each pool size.",
            "The task wants three rows. `.T` turns a table over.",
            (lambda a, b, sizes: _reference(a, b, sizes).T,),
        ),
    ),
    hints=(
        "Take P = 2 and alpha = 0.1. With what chance are both places off? So with what chance is "
        "the maximum 1?",
        "A number that is 1 with the chance p, and 0 otherwise, has the mean p and the variance "
        "p (1 - p). The maximum is such a number, with p = 1 - (1 - alpha)^P.",
        "The average has the mean alpha and the variance alpha (1 - alpha) / P. Take roots, add "
        "them for both classes, divide; then compare the two rows.",
    ),
)
