"""The right answers of lesson 04 agree with the package, with simulation and with each other."""

import numpy as np
import pytest

from cnncourse import pooling
from cnncourse.exercises import EXERCISES, check
from cnncourse.exercises.as_learner import solution
from cnncourse.exercises.drawing import Draw
from cnncourse.experiments import bernoulli

SEEDS = range(20)


def cases(exercise_id):
    return [case for seed in SEEDS for case in EXERCISES[exercise_id].draw_cases(Draw(seed))]


def reference(exercise_id, *args):
    return np.asarray(EXERCISES[exercise_id].reference(*args))


def test_the_three_summaries_are_those_of_the_package():
    for case in cases("E4.2"):
        x, k = case.args
        rows = [
            pooling.pool2d(x[None], (1, k), kind=kind, stride=1)[0]
            for kind in ("max", "average", "l2")
        ]
        np.testing.assert_allclose(reference("E4.2", x, k), rows, atol=1e-9)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 1), (3, 1), (3, 2), (8, 1), (8, 5), (12, 12)])
def test_the_unchanged_share_is_what_simulation_finds(k, d):
    x = np.random.default_rng(4).normal(size=(50, 2000))
    shares = [pooling.unchanged_fraction(row, k, d) for row in x]
    scatter = np.std(shares) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - reference("E4.3", k, d)) <= 4 * scatter + 1e-12
    assert 0 < scatter < 0.005 or k <= d  # the test is sharp


@pytest.mark.parametrize("k", range(1, 30))
def test_a_shift_of_one_leaves_the_lessons_share(k):
    assert reference("E4.3", k, 1) == pytest.approx((k - 1) / (k + 1))


def test_windows_apart_share_nothing_and_no_shift_changes_nothing():
    assert reference("E4.3", 3, 7) == 0
    assert reference("E4.3", 3, 0) == 1


def test_downsampling_is_the_packages_and_dense_pooling_thinned_out():
    for case in cases("E4.4"):
        x, k, s = case.args
        expected = reference("E4.4", x, k, s)
        pooled = pooling.pool2d(x, k, kind="average", stride=s)
        dense = pooling.pool2d(x, k, kind="average", stride=1)
        np.testing.assert_allclose(expected, pooled, atol=1e-9)
        np.testing.assert_allclose(expected, dense[::s, ::s], atol=1e-9)


def test_the_head_is_adaptive_pooling():
    for case in cases("E4.5"):
        maps, m = case.args
        pooled = pooling.adaptive_pool2d(maps, m, kind="average")
        np.testing.assert_allclose(reference("E4.5", maps, m), pooled.ravel(), atol=1e-9)


def test_one_head_takes_three_image_sizes():
    sizes = {
        case.note: (case.args[0].shape, reference("E4.5", *case.args).shape)
        for case in cases("E4.5")
        if case.note.startswith("three sizes")
    }
    assert len({shape for shape, _ in sizes.values()}) == 3
    assert {length for _, length in sizes.values()} == {(8,)}


def test_a_turned_image_gives_a_turned_answer_and_the_same_maximum():
    for case in cases("E4.6"):
        image, detector = case.args
        answer = reference("E4.6", image, detector)
        for turns in range(4):
            turned = reference("E4.6", np.rot90(image, turns), detector)
            np.testing.assert_allclose(turned, np.rot90(answer, turns), atol=1e-9)
            assert turned.max() == pytest.approx(answer.max())


def test_a_corner_in_four_positions_gets_four_equal_answers():
    (image, detector) = next(c.args for c in cases("E4.6") if "four positions" in c.note)
    answer = reference("E4.6", image, detector)
    assert len({answer[1, 2 * turns] for turns in range(4)}) == 1
    assert answer[1, 0] == answer.max() == (detector**2).sum()


def test_max_or_average_is_the_measure_of_the_experiment():
    for case in cases("E4.7"):
        *alphas, sizes = case.args
        rows = [bernoulli.separability(tuple(alphas), sizes, kind) for kind in bernoulli.KINDS]
        np.testing.assert_allclose(reference("E4.7", *case.args)[:2], rows, rtol=1e-9)


def test_each_pooling_wins_somewhere_and_no_case_is_a_close_call():
    for seed in SEEDS:
        table = np.hstack(
            [reference("E4.7", *c.args) for c in EXERCISES["E4.7"].draw_cases(Draw(seed))]
        )
        assert {1.0, 2.0} == set(table[2])
        assert (np.abs(table[0] - table[1]) > 0.01 * table[1]).all()


def test_the_mended_maximum_is_the_packages():
    for case in cases("R4.1"):
        x, k, s = case.args
        pooled = pooling.pool2d(x, k, stride=s, padding="same")
        np.testing.assert_allclose(reference("R4.1", x, k, s), pooled)


def test_after_a_relu_nobody_notices_the_bug():
    repair = EXERCISES["R4.1"]
    for case in cases("R4.1"):
        x, k, s = case.args
        rectified = np.maximum(x, 0)
        np.testing.assert_array_equal(
            repair.broken(rectified, k, s), repair.reference(rectified, k, s)
        )
    assert (repair.broken(-np.ones((2, 2)), 2, 1) == [[-1, 0], [0, 0]]).all()


def pooled_by_the_package(x, k, s):
    return pooling.pool2d(x, k, kind="average", stride=s)


def pooled_by_torch(x, k, s):
    import torch

    image = torch.tensor(np.asarray(x, dtype=float))[None]
    return torch.nn.functional.avg_pool2d(image, k, s)[0]


def head_by_the_package(maps, m):
    return pooling.adaptive_pool2d(maps, m, kind="average").ravel()


def head_by_torch(maps, m):
    import torch

    image = torch.tensor(np.asarray(maps, dtype=float))
    return torch.nn.functional.adaptive_avg_pool2d(image, m).flatten()


def compared_by_the_package(alpha1, alpha2, sizes):
    rows = [bernoulli.separability((alpha1, alpha2), sizes, kind) for kind in bernoulli.KINDS]
    return np.array([*rows, np.where(rows[0] > rows[1], 1, 2)])


@pytest.mark.parametrize(
    ("exercise_id", "answer", "name"),
    [
        ("E4.4", pooled_by_the_package, "cnncourse.pooling.pool2d"),
        ("E4.4", pooled_by_torch, "torch.avg_pool2d"),
        ("E4.5", head_by_the_package, "cnncourse.pooling.adaptive_pool2d"),
        ("E4.5", head_by_torch, "torch.adaptive_avg_pool2d"),
        ("E4.7", compared_by_the_package, "cnncourse.experiments.bernoulli.separability"),
    ],
)
def test_ready_made_answers_earn_no_points(exercise_id, answer, name):
    if answer.__name__.endswith("torch"):
        pytest.importorskip("torch")
    result = check(exercise_id, answer, seed=1)
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert name in result.message


@pytest.mark.parametrize("exercise_id", [i for i in EXERCISES if i[1:].startswith("4.")])
def test_examples_of_the_tasks_are_among_the_cases(exercise_id):
    exercise = EXERCISES[exercise_id]
    if exercise.given is not None:
        example = exercise.reference(np.array([1, 2, 3, 4]))
        assert (list(example), solution(exercise, 1)[1]) == ([2, 4, 2], len(_given_steps(1)))
        return
    assert any("example" in case.note for case in exercise.draw_cases(Draw(1)))


def _given_steps(seed):
    from cnncourse.exercises.variants import current_variant, given_trial

    return given_trial(EXERCISES["E4.1"], current_variant(seed)).cases[0].args[0]


@pytest.mark.parametrize(
    ("exercise_id", "args", "expected"),
    [
        ("E4.2", (np.array([3.0, -4.0, 0.0]), 2), [[3, 0], [-0.5, -2], [5, 4]]),
        ("E4.3", (3, 1), 0.5),
        ("E4.4", (np.array([[1.0, 2, 3, 4, 5]] * 2), 2, 2), [[1.5, 3.5]]),
        ("E4.4", (np.array([[1.0, 2, 3, 4, 5]] * 2), 2, 3), [[1.5, 4.5]]),
        ("E4.5", (np.array([[[1.0, 2, 3, 4, 5]] * 4]), 2), [2, 4, 2, 4]),
        ("E4.6", (np.array([[0.0, 1, 0], [2, 1, 3]]), np.array([[1, 0], [1, 0]])), [[3, 4]]),
        ("E4.7", (0.3, 0.02, np.array([4, 12])), [[0.982, 1.46], [0.936, 1.621], [1, 2]]),
        ("R4.1", (np.array([[-3.0, -1], [-2, -4]]), 2, 1), [[-1, -1], [-2, -4]]),
    ],
)
def test_what_the_tasks_give_as_examples_is_right(exercise_id, args, expected):
    np.testing.assert_allclose(reference(exercise_id, *args), expected, atol=6e-4)
