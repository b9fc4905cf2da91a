"""Experiments of lesson 04: pools that tell two classes apart, shifts, turned detectors, places."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cnncourse.experiments import bernoulli, detectors, noisy_pools, placing, shifts
from cnncourse.experiments.intervals import mean_interval
from cnncourse.pooling import global_pool2d, pool2d

chances = st.floats(0.001, 0.999)
sizes = st.integers(1, 8)
SUMMARIES = {"max": max, "average": lambda pool: sum(pool) / len(pool)}


def by_enumeration(alpha, size, kind):
    """Mean and deviation over all pools of zeros and ones there are, with their chances."""
    pools = list(itertools.product((0, 1), repeat=size))
    weights = [math.prod(alpha if v else 1 - alpha for v in pool) for pool in pools]
    values = [SUMMARIES[kind](pool) for pool in pools]
    mean = sum(w * v for w, v in zip(weights, values, strict=True))
    square = sum(w * (v - mean) ** 2 for w, v in zip(weights, values, strict=True))
    return mean, math.sqrt(square)


@pytest.mark.parametrize("kind", bernoulli.KINDS)
@given(alpha=chances, size=sizes)
@settings(max_examples=40, deadline=None)
def test_moments_are_those_of_all_pools(kind, alpha, size):
    mean, deviation = bernoulli.pooled_moments(alpha, size, kind)
    assert np.allclose([mean, deviation], by_enumeration(alpha, size, kind), atol=1e-7)


@pytest.mark.parametrize("kind", bernoulli.KINDS)
@given(one=chances, two=chances, size=sizes)
@settings(max_examples=40, deadline=None)
def test_separability_is_the_distance_over_the_deviations(kind, one, two, size):
    (m1, d1), (m2, d2) = (by_enumeration(alpha, size, kind) for alpha in (one, two))
    found = bernoulli.separability((one, two), size, kind)
    # Where the maximum is all but certain, its deviation is a difference of nearly equal numbers.
    assert found == pytest.approx(abs(m1 - m2) / (d1 + d2), rel=1e-3, abs=1e-6)


def test_separability_of_huge_pools_is_a_number():
    assert bernoulli.separability((0.5, 0.4), 10**6, "max") == 0
    assert bernoulli.separability((1e-9, 1e-12), 1, "max") == pytest.approx(3.16e-5, rel=0.05)


@pytest.mark.parametrize("kind", bernoulli.KINDS)
@pytest.mark.parametrize(("alphas", "size"), [((0.4, 0.2), 5), ((0.02, 0.2), 20)])
def test_drawn_pools_agree_with_the_formula(alphas, size, kind):
    drawn = bernoulli.simulated_separability(alphas, size, kind, runs=10)
    assert drawn.shape == (10,)
    expected = float(bernoulli.separability(alphas, size, kind))
    assert mean_interval(drawn, level=0.999).contains(expected)
    again = bernoulli.simulated_separability(alphas, size, kind, runs=10)
    assert np.array_equal(drawn, again)
    assert not np.array_equal(
        drawn, bernoulli.simulated_separability(alphas, size, kind, runs=10, seed=1)
    )
    means = bernoulli.simulated_means(alphas, (size,), kind, runs=10)
    assert means == {size: pytest.approx(drawn.mean())}


def test_pools_that_are_all_alike_are_not_separated():
    assert bernoulli.simulated_separability((0.999, 0.998), 50, "max", runs=2, pools=5).max() == 0


@given(one=chances, two=chances)
@settings(max_examples=50, deadline=None)
def test_the_means_of_the_maxima_are_furthest_apart_at_that_size(one, two):
    if abs(one - two) < 1e-3:
        return
    best = bernoulli.largest_distance_size((one, two))
    distance = [abs((1 - one) ** p - (1 - two) ** p) for p in (0.99 * best, best, 1.01 * best)]
    assert distance[1] >= max(distance) - 1e-12


@given(one=chances, two=chances, size=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_the_best_threshold_is_found_and_the_average_never_loses(one, two, size):
    low, high = sorted((one, two))
    by_average = bernoulli.best_threshold_accuracy((one, two), size, "average")
    # Every threshold on the number of ones: at or below it the class with fewer, above the other.
    every = [
        (stats.binom.cdf(t, size, low) + stats.binom.sf(t, size, high)) / 2
        for t in range(-1, size + 1)
    ]
    assert by_average == pytest.approx(max(every), abs=1e-9)
    by_max = bernoulli.best_threshold_accuracy((one, two), size, "max")
    assert by_max == pytest.approx(every[1], abs=1e-9)  # the cut between none and one
    assert by_max <= by_average + 1e-12


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bernoulli.pooled_moments(0, 2, "max"), "alpha must lie between 0 and 1"),
        (lambda: bernoulli.pooled_moments(0.5, 0, "max"), "size must be whole numbers"),
        (lambda: bernoulli.pooled_moments(0.5, 1.5, "max"), "size must be whole numbers"),
        (lambda: bernoulli.separability((0.5, 0.2), 2, "median"), "kind"),
        (lambda: bernoulli.largest_distance_size((0.5, 0.5)), "alphas must differ"),
        (lambda: noisy_pools.noisy_separability(4, "l2"), "kind"),
    ],
)
def test_bad_pools_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_one_strong_value_wants_the_maximum_and_a_common_rise_the_average():
    def intervals(**change):
        return [
            mean_interval(noisy_pools.noisy_separability(64, kind, runs=8, **change))
            for kind in bernoulli.KINDS
        ]

    by_max, by_average = intervals(strong=4.0)
    assert by_max.low > by_average.high
    # The mean rises by 4/64, each deviation is about 1/8.
    assert by_average.contains(0.25)
    by_max, by_average = intervals(common=0.3)
    assert by_average.low > by_max.high
    assert by_average.contains(0.3 * 8 / 2)


def test_rows_of_values():
    dense, sparse = (shifts.rows_of_values(kind, 500) for kind in shifts.DRAWS)
    assert dense.shape == sparse.shape == (500, shifts.LENGTH)
    assert len(np.unique(dense)) == dense.size
    assert mean_interval((sparse != 0).mean(axis=1)).contains(0.05)
    assert np.array_equal(dense, shifts.rows_of_values("independent", 500))


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("shift", [1, 2])
def test_the_share_unchanged_is_the_theory_s(size, shift):
    rows = shifts.rows_of_values("independent", 600, seed=3)
    shares = mean_interval(shifts.unchanged_by_row(rows, size, shift), level=0.999)
    assert shares.contains((size - shift) / (size + shift))


@pytest.mark.parametrize("size", [1, 2, 4])
def test_sparse_rows_keep_zeros_not_features(size):
    rows = shifts.rows_of_values("sparse", 600, share=0.01, seed=1)
    assert shifts.unchanged_by_row(rows, size).mean() > 0.95
    assert shifts.unchanged_features(rows, size) == pytest.approx((size - 1) / (size + 1), abs=0.03)


def pooled_by_loop(row, size, stride, kind):
    starts = range(0, len(row) - size + 1, stride)
    windows = [row[start : start + size] for start in starts]
    summary = {"max": max, "average": np.mean, "l2": lambda w: math.sqrt(np.square(w).sum())}
    return np.array([summary[kind](window) for window in windows])


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_change_by_hand(kind, stride):
    row = np.random.default_rng(5).normal(size=17) + 1
    shift = 2
    before = pooled_by_loop(row[shift:], 3, stride, kind)
    after = pooled_by_loop(row[:-shift], 3, stride, kind)
    expected = np.abs(after - before).mean() / np.abs(before).mean()
    assert shifts.change(row, 3, shift, kind=kind, stride=stride) == pytest.approx(expected)
    assert shifts.change(row, 3, 0, kind=kind, stride=stride) == 0


def test_change_of_nothing_is_no_number():
    assert math.isnan(shifts.change(np.zeros((2, 9)), 3))
    assert math.isnan(shifts.unchanged_features(np.zeros((2, 9)), 3))


def test_blur_pool_by_hand():
    row = np.random.default_rng(1).normal(size=(2, 3, 12))
    found = shifts.blur_pool(row, 3, 2)
    for place in np.ndindex(2, 3):
        dense = pooled_by_loop(row[place], 3, 1, "max")
        blurred = [dense[j] / 4 + dense[j + 1] / 2 + dense[j + 2] / 4 for j in range(8)]
        assert np.allclose(found[place], blurred[::2])


def test_blur_pool_calms_zhangs_pattern():
    row = np.array([1.0, *[0.0, 0.0, 1.0, 1.0] * 5])
    assert shifts.change(row, 2, 1, stride=2) == 1.0
    assert shifts.change(row, 2, 1, stride=2, kind="blur") == pytest.approx(1 / 3)


@given(size=st.integers(1, 4), stride=st.integers(1, 4), shift=st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_outputs_just_move_for_multiples_of_the_stride_only(size, stride, shift):
    # Rising values: every maximum is another one, and none is found in two windows.
    assert shifts.outputs_move(np.arange(60.0), size, stride, shift) == (shift % stride == 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: shifts.rows_of_values("dense", 3), "kind"),
        (lambda: shifts.blur_pool([1, 2, 3], 2, 1), "at least 4"),
        (lambda: shifts.change([[1, 2, 3]], 1, 3), "shift must be less than the 3"),
    ],
)
def test_bad_shifts_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@given(one=st.floats(-720, 720), two=st.floats(-720, 720), size=st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_edges_answer_by_the_cosine(one, two, size):
    product = (detectors.edge(one, size) * detectors.edge(two, size)).sum()
    assert product == pytest.approx(math.cos(math.radians(one - two)), abs=1e-9)


def test_an_edge_is_bright_where_it_points():
    right, top = detectors.edge(0), detectors.edge(90)
    assert right[4, 6] > 0 > right[4, 2]
    assert top[2, 4] > 0 > top[6, 4]
    assert np.allclose(np.rot90(right), top)


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_the_maximum_over_detectors_stays_above_the_cosine_of_half_a_step(count):
    edges = np.stack([detectors.edge(angle) for angle in np.arange(0, 360, 0.5)])
    largest = detectors.responses(edges, detectors.turned_edges(count)).max(axis=1)
    assert largest.max() == pytest.approx(1, abs=1e-4)
    assert largest.min() >= math.cos(math.pi / count) - 1e-9
    assert largest.min() == pytest.approx(math.cos(math.pi / count), abs=0.005)
    two = detectors.responses(edges, detectors.turned_edges(4)[:2])
    assert np.allclose(np.hypot(*two.T), 1)


def test_responses_refuse_other_shapes():
    with pytest.raises(ValueError, match="pictures and detectors must be"):
        detectors.responses(np.zeros((1, 9, 9)), np.zeros((1, 8, 9)))


@pytest.fixture(scope="module")
def units():
    return {count: detectors.learn_unit(count, seed=2) for count in (1, 2, 3)}


def test_learning_needs_three_detectors(units):
    accuracies = [units[count].accuracy for count in (1, 2, 3)]
    assert accuracies == pytest.approx([0.5, 0.9, 1.0], abs=0.03)


def test_learned_detectors_spread_over_the_turn(units):
    angles = units[3].angles()
    assert angles == sorted(angles)
    assert np.allclose(np.diff(angles), 120, atol=12)
    assert np.diff(units[2].angles()) == pytest.approx(180, abs=12)


def test_learning_is_repeatable():
    first, again, other = (detectors.learn_unit(2, seed=s, steps=30) for s in (5, 5, 6))
    assert np.array_equal(first.detectors, again.detectors)
    assert first.threshold == again.threshold
    assert not np.array_equal(first.detectors, other.detectors)


def test_both_places_look_the_same_to_global_pooling_and_not_to_a_grid():
    left, right = placing.feature_maps(placing.both_places(7))
    assert not np.array_equal(left, right)
    assert np.array_equal(global_pool2d(left), global_pool2d(right))
    halves = [pool2d(maps, (10, 11)) for maps in (left, right)]
    assert not np.array_equal(*halves)
    assert np.array_equal(halves[0], halves[1][..., ::-1])


def test_placed_digits():
    frames, what, where = placing.placed_digits(seed=4)
    assert frames.shape == (1797, 1, *placing.FRAME)
    sums = frames[:, 0, :, :12].sum(axis=(1, 2)) > 0
    assert np.array_equal(where == 0, sums)
    assert 0.4 < where.mean() < 0.6
    assert what[:4].tolist() == [0, 1, 2, 3]


def test_the_place_is_lost_by_global_pooling_only():
    coarse, halves = placing.what_and_where((1, 1)), placing.what_and_where((1, 2))
    assert coarse.where == pytest.approx(0.5, abs=0.07)
    assert halves.where == 1.0
    # Halves tell nothing about which digit it is, thirds and sixths do.
    assert halves.what == pytest.approx(coarse.what, abs=0.05)
    assert placing.what_and_where((3, 6)).what > coarse.what + 0.3
