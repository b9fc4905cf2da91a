"""The interval of a mean: against the tables, against SciPy, and by how often it is right."""

import numpy as np
import pytest
from scipy import stats

from cnncourse.experiments.intervals import (
    Interval,
    mean_interval,
    paired_interval,
    student_quantile,
)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("count", [2, 3, 5, 30])
def test_as_scipy_has_it(count, level):
    values = np.random.default_rng(count).normal(3.0, 2.0, count)
    low, high = stats.t.interval(level, count - 1, values.mean(), stats.sem(values))
    assert mean_interval(values, level) == pytest.approx((values.mean(), low, high))


@pytest.mark.parametrize(("freedom", "tabled"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262)])
def test_the_quantile_as_printed_in_tables(freedom, tabled):
    assert student_quantile(0.95, freedom) == pytest.approx(tabled, abs=5e-4)


def test_holds_the_true_mean_as_often_as_it_says():
    runs = np.random.default_rng(1).normal(0.9, 0.02, (4000, 5))
    held = np.mean([mean_interval(five).contains(0.9) for five in runs])
    assert held == pytest.approx(0.95, abs=0.015)


def test_runs_all_alike_leave_no_doubt():
    assert mean_interval([2, 2, 2]) == Interval(2.0, 2.0, 2.0)


def test_pairs_see_through_luck_that_both_share():
    luck = np.array([0.0, 3.0, -4.0, 8.0, 1.0])
    gain = np.array([1.0, 1.2, 0.9, 1.1, 0.8])
    found = paired_interval(luck, luck + gain)
    assert found == pytest.approx(mean_interval(gain))
    assert found.above(0)
    assert mean_interval(luck + gain).contains(luck.mean())


def test_above_below_and_contains_leave_nothing_out():
    found = Interval(1.0, 0.5, 1.5)
    for value in (0.0, 0.5, 1.0, 1.5, 2.0):
        assert found.above(value) + found.below(value) + found.contains(value) == 1


@pytest.mark.parametrize(
    ("values", "level", "error", "words"),
    [
        ([1.0], 0.95, ValueError, "at least two runs.*got 1"),
        ([1.0, np.nan], 0.95, ValueError, "values must be finite, got nan"),
        ([1.0, 2.0], 95, ValueError, "level must lie between 0 and 1, got 95"),
        ([[1.0, 2.0]], 0.95, ValueError, "values must have 1 axis"),
        (["a", "b"], 0.95, TypeError, "values must hold numbers"),
        ([1j, 2.0], 0.95, TypeError, "real numbers"),
    ],
)
def test_refuses(values, level, error, words):
    with pytest.raises(error, match=words):
        mean_interval(values, level)


def test_refuses_pairs_that_are_none():
    with pytest.raises(ValueError, match="second must hold one value for each of first's 3, got 2"):
        paired_interval([1, 2, 3], [1, 2])
