"""Lesson 07's experiments: what they measure by other means, and how else they can come out."""

from dataclasses import replace

import numpy as np
import pytest

from cnncourse.experiments import backpropagation
from cnncourse.experiments.backpropagation import Layer, check_gradients, numeric_slopes
from cnncourse.experiments.blurred_pools import (
    SHIFTS,
    WAYS,
    BlurredPools,
    compare_pools,
    pooling_network,
)
from cnncourse.experiments.hierarchy import what_depth_knows
from cnncourse.experiments.intervals import student_quantile
from cnncourse.experiments.learned_digits import digits_split
from cnncourse.experiments.reading_off import lead, read_off
from cnncourse.experiments.what_pictures_show import DELETED, Likeness, what_pictures_show
from cnncourse.networks.parts import Dense, Flatten
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import digits_parts

DATA = digits_split()
SOME = tuple((images[:150], labels[:150]) for images, labels in DATA)


@pytest.fixture(scope="module")
def gradients():
    return check_gradients()


@pytest.fixture(scope="module")
def depths():
    return what_depth_knows(digits_parts(), SOME, seeds=(0, 1, 2))


@pytest.fixture(scope="module")
def pools():
    return compare_pools((0, 1), examples=96, epochs=3)


@pytest.fixture(scope="module")
def pictures():
    return what_pictures_show(digits_parts(), SOME, images=20, examples=30, epochs=150)


def test_backward_steps_agree_and_mistakes_are_noticed(gradients):
    assert gradients.agree
    assert gradients.noticed
    assert len(gradients.mistakes) == 4
    assert len(gradients.checks) == 6 * 3 + 5
    for check in gradients.checks:
        assert (check.adjoint is None) == ("max" in check.layer or "L2" in check.layer)
    assert "APART" not in str(gradients)


def test_a_wrong_backward_step_is_told_apart(monkeypatch):
    right = backpropagation.conv2d_kernel_gradient
    monkeypatch.setattr(
        backpropagation,
        "conv2d_kernel_gradient",
        lambda *args, **options: 1.01 * right(*args, **options),
    )
    found = check_gradients()
    assert not found.agree
    wrong = [check for check in found.checks if check.within("numeric") is False]
    assert {check.of for check in wrong} == {"kernel"}
    assert all(check.autograd == pytest.approx(0.01) for check in wrong)
    assert all(check.within("adjoint") is False for check in wrong)
    assert str(found).count("APART") == 6 * 3


def test_no_mistake_noticed_is_said(gradients):
    assert not replace(gradients, mistakes={"none": 0.0}).noticed


def test_numeric_slopes_are_those_of_a_known_function():
    x = np.array([[0.5, -1.0], [2.0, 0.0]])
    np.testing.assert_allclose(numeric_slopes(lambda a: float(np.sin(a).sum()), x), np.cos(x))
    assert Layer("", "average", (2, 2)).linear
    assert not Layer("", "max", (2, 2)).linear


@pytest.mark.parametrize("count", [30, 5])
def test_least_squares_are_those_of_a_penalised_fit(count):
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(count, 8)), np.arange(count) % 3
    z = random.normal(size=(40, 8))
    centred = x - x.mean(axis=0)
    size = 0.01 * np.square(centred).sum() / 8
    own = np.eye(3)[labels] - np.eye(3)[labels].mean(axis=0)
    stacked = np.concatenate([centred, np.sqrt(size) * np.eye(8)])
    weights = np.linalg.lstsq(stacked, np.concatenate([own, np.zeros((8, 3))]), rcond=None)[0]
    expected = ((z - x.mean(axis=0)) @ weights).argmax(axis=1)
    assert np.array_equal(read_off(x, labels, z, rule="least squares"), expected)


def test_class_means_are_those_of_a_loop():
    random = np.random.default_rng(1)
    x, z, labels = random.normal(size=(30, 4)), random.normal(size=(20, 4)), np.arange(30) % 3
    for row, found in zip(z, read_off(x, labels, z), strict=True):
        far = [np.linalg.norm(row - x[labels == k].mean(axis=0)) for k in range(3)]
        assert found == np.argmin(far)
    same = np.ones((6, 2))
    assert read_off(same, labels[:6], same, rule="least squares").tolist() == [0] * 6


def test_the_lead_counts_both_kinds_of_chance():
    random = np.random.default_rng(2)
    right = random.random((5, 60)) < 0.5
    others = right[1:].mean(axis=1)
    images = right[0] - right[1:].mean(axis=0)
    error = np.var(others, ddof=1) / 4 + np.var(images, ddof=1) / 60
    found = lead(right)
    assert found.mean == pytest.approx(right[0].mean() - others.mean())
    assert found.high - found.mean == pytest.approx(student_quantile(0.95, 3) * error**0.5)


def test_depth_is_read_off_each_layer(depths):
    network, (images, labels) = digits_parts(), SOME[1]
    assert list(depths.whole) == ["pixels", "conv 1", "pool 1", "conv 2", "pool 2", "dense 1"]
    assert list(depths.seen.values()) == [1, 3, 4, 7, 7, 8]
    assert [stage.part for stage in depths.stages] == [None, 0, 2, 3, 5, 7]
    assert [stage.numbers for stage in depths.stages] == [64, 384, 96, 192, 48, 10]
    assert [stage.channels for stage in depths.stages] == [1, 6, 6, 12, 12, 10]
    learned, held_out = (np.maximum(network[:4].forward(x), 0) for x, _ in SOME)
    means = [maps.astype(float).mean(axis=(2, 3)) for maps in (learned, held_out)]
    assert depths.anywhere["conv 2"] == np.mean(read_off(means[0], SOME[0][1], means[1]) == labels)
    assert depths.whole["dense 1"] == depths.anywhere["dense 1"]
    assert len(images) == depths.stages[0].whole_right.shape[1]


def test_pixels_do_not_learn_and_scores_do(depths):
    pixels, *_, scores = depths.stages
    assert np.all(pixels.whole_untrained == pixels.whole)
    assert pixels.learned.mean == 0
    assert scores.learned.above(0.1)
    assert scores.learned_anywhere == scores.learned
    assert "dense 1" in depths.verdict.splitlines()[0].split(";")[0]
    assert str(depths).count("\n") == 9


def test_a_network_with_random_weights_is_ahead_of_none():
    network = Sequential([Flatten(), Dense(64, 10, random=np.random.default_rng(9))])
    found = what_depth_knows(network, SOME, rule="least squares")
    assert [stage.name for stage in found.stages] == ["pixels", "dense 1"]
    assert found.stages[1].learned.contains(0)
    assert "ahead of random weights: no layer" in found.verdict


def test_pools_are_measured_alike_in_all_ways(pools):
    for shares in (pools.accuracy, pools.consistency):
        assert list(shares) == list(WAYS)
        assert all(values.shape == (2,) and 0 < values.min() <= values.max() <= 1
                   for values in shares.values())  # fmt: skip
    again = compare_pools((0, 1), examples=96, epochs=3)
    assert str(pools) == str(again)
    assert len(SHIFTS) == len(set(SHIFTS)) == 9
    gain = pools.gain("accuracy", "moved")
    assert gain.mean == pytest.approx(np.mean(pools.accuracy["moved"] - pools.accuracy["max"]))


def test_both_kinds_of_network_start_from_the_same_weights():
    plain, blurred = (pooling_network(kind, 12, seed=4) for kind in (False, True))
    for ours, theirs in zip(plain.parameters.values(), blurred.parameters.values(), strict=True):
        assert np.array_equal(ours, theirs)
        assert ours.dtype == np.float64
    x = np.random.default_rng(0).normal(size=(2, 1, 12, 12))
    assert np.abs(plain.forward(x) - blurred.forward(x)).max() > 0.01


@pytest.mark.parametrize(
    ("blurred", "words"),
    [
        ([0.6, 0.7, 0.8], "more consistency, less accuracy"),
        ([0.2, 0.31, 0.37], "less consistency, less accuracy"),
        ([0.2, 0.9, 0.4], "no difference beyond chance in consistency, less accuracy"),
    ],
)
def test_the_verdict_follows_the_intervals(blurred, words):
    plain = np.array([0.4, 0.5, 0.58])
    consistency = {"max": plain, "blurred": np.array(blurred), "moved": plain}
    accuracy = {"max": plain, "blurred": plain - [0.2, 0.21, 0.22], "moved": plain}
    found = BlurredPools((0, 1, 2), accuracy, consistency)
    assert found.verdict.endswith(f": {words}.")


def test_pictures_of_the_image_alone_never_change(pictures):
    ink = pictures.methods["ink alone"]
    assert np.allclose([ink.forgotten, ink.random_labels, ink.another_start], 1)
    assert ink.mean["another_image"] < 0.9
    assert not ink.depends_on_learning
    assert ink.blank == 0
    assert pictures.memorised > 0.9
    assert "ink alone" in pictures.verdict.splitlines()[1]


def test_gradient_times_input_stays_with_the_ink_and_saliency_does_not(pictures):
    means = {name: one.mean["forgotten"] for name, one in pictures.methods.items()}
    assert means["gradient x input"] > 0.7 > 0.5 > means["saliency"]


def test_painting_over_nothing_leaves_the_accuracy(pictures):
    images, labels = (some[:20] for some in SOME[1])
    accuracy = digits_parts().accuracy(images, labels)
    assert pictures.steps == DELETED
    assert set(pictures.deleted) == {*pictures.methods, "at random", "ink at random"}
    for shares in pictures.deleted.values():
        assert shares[0] == accuracy
    assert pictures.deleted["gradient x input"][2] < pictures.deleted["ink at random"][2]
    # Paper painted over is paper still.
    assert pictures.deleted["ink at random"][3] < pictures.deleted["at random"][3]
    covered = images.copy().reshape(20, -1)
    for row in covered:
        row[np.argsort(-row, kind="stable")[:4]] = 0
    ink = digits_parts().accuracy(covered.reshape(images.shape), labels)
    assert pictures.deleted["ink alone"][1] == ink


def test_random_labels_not_learned_are_said(pictures):
    assert "not learned by heart" in replace(pictures, memorised=0.5).verdict


def test_blank_pictures_are_counted_and_left_out():
    blank, like = np.array([np.nan, 0.5, 0.9]), np.array([0.2, 0.1, 0.2])
    found = Likeness(like, like, blank, like)
    assert found.blank == pytest.approx(1 / 3)
    assert found.mean["another_start"] == pytest.approx(0.7)
    assert found.gap.mean == pytest.approx(0.55)
    none = Likeness(like, like, np.full(3, np.nan), like)
    assert none.gap is None
    assert not none.depends_on_learning
    assert np.isnan(none.mean["another_start"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: check_gradients(-1), "seed must be"),
        (lambda: compare_pools((0,)), "seeds must be two or more"),
        (lambda: compare_pools((0, 0)), "seeds must be two or more"),
        (lambda: compare_pools(data="cifar"), "data must be"),
        (lambda: compare_pools(examples=4801), "examples must be at most 4800, got 4801"),
        (lambda: pooling_network(True, 14), "side must be a multiple of 4, got 14"),
        (lambda: what_depth_knows(digits_parts(), SOME, rule="guess"), "rule must be"),
        (lambda: what_depth_knows(digits_parts(), SOME, seeds=(1,)), "seeds must be two or more"),
        (lambda: what_pictures_show(digits_parts(), SOME, images=151), "images must be at most"),
        (
            lambda: what_pictures_show(
                Sequential([Flatten(), Dense(64, 10, random=np.random.default_rng(0))]),
                DATA,
            ),
            "network must have a convolution",
        ),
    ],
)
def test_refuses_what_does_not_fit(call, words):
    with pytest.raises(ValueError, match=words):
        call()
