"""E7.4 to E7.6: their right answers are those of the package, of torch, and of the pictures."""

from functools import cache

import numpy as np
import pytest

from cnncourse.conv import conv2d
from cnncourse.exercises import EXERCISES, check
from cnncourse.exercises.as_learner import solution
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.variants import given_trial
from cnncourse.gradients import conv2d_kernel_gradient
from cnncourse.inside import shift_consistency
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Flatten, Pool
from cnncourse.networks.sequential import Sequential

SEEDS = range(8)
LEARN, MATCH, CONSISTENT = (EXERCISES[name] for name in ("E7.4", "E7.5", "E7.6"))


def cases(exercise, seeds=SEEDS):
    return [case for seed in seeds for case in exercise.draw_cases(Draw(seed))]


@cache
def networks_given():
    return [given_trial(MATCH, str(variant)).cases[0].args for variant in range(12)]


def idea(exercise, slug, variant=0):
    return {m.slug: m for m in exercise.misconceptions}[slug].variants[variant]


def slid(images, kernel):
    """Slide one kernel over (N, H, W) images."""
    return conv2d(images[:, None], kernel[None, None])[:, 0]


def digits_and_maps(kernel):
    from cnncourse.data import digits

    images = digits()[0][:40].reshape(40, 8, 8).astype(float)
    images = (images - images.mean()) / images.std()
    return images, slid(images, kernel)


# E7.4


@pytest.mark.parametrize("seed", SEEDS)
def test_many_steps_learn_the_kernel_that_made_the_targets(seed):
    images, targets, start, rate, steps = LEARN.draw_cases(Draw(seed))[-1].args
    learned = LEARN.reference(images, targets, start, rate, steps)
    np.testing.assert_allclose(slid(images, learned), targets, atol=0.002 * np.abs(targets).max())
    flipped = idea(LEARN, "flipped")(images, targets, start, rate, steps)
    np.testing.assert_allclose(flipped, learned[::-1, ::-1], atol=1e-9)
    assert np.abs(flipped - learned).max() > 0.5


def test_every_kernel_to_learn_tells_it_from_the_flipped_one():
    solved = idea(LEARN, "solved-at-once")
    for case in cases(LEARN):
        if case.args[-1]:
            kernel = solved(*case.args)
            assert np.abs(kernel - kernel[::-1, ::-1]).max() > 0.4


def test_of_a_symmetric_kernel_the_flipped_idea_learns_the_same():
    images, kernel = Draw(1).numbers(60).reshape(2, 5, 6), np.array([[1.0, -2.0], [-2.0, 1.0]])
    args = images, slid(images, kernel), np.zeros((2, 2)), 0.005, 200
    np.testing.assert_allclose(idea(LEARN, "flipped")(*args), LEARN.reference(*args), atol=1e-6)


def test_each_step_makes_the_loss_smaller():
    for case in cases(LEARN):
        images, targets, start, rate, steps = case.args
        losses = [
            np.mean((slid(images, LEARN.reference(images, targets, start, rate, n)) - targets) ** 2)
            for n in range(min(steps, 8) + 1)
        ]
        assert (np.diff(losses) < 0).all()


def test_a_step_is_the_packages_gradient():
    for case in cases(LEARN):
        images, targets, start, rate, _ = case.args
        error = 2 * (slid(images, start) - targets) / targets.size
        shape = (1, 1, *start.shape)
        gradient = conv2d_kernel_gradient(error[:, None], images[:, None], shape)[0, 0]
        moved = LEARN.reference(images, targets, start, rate, 1)
        np.testing.assert_allclose(moved, start - rate * gradient, atol=1e-9)


def test_the_steps_are_those_of_torchs_sgd():
    torch = pytest.importorskip("torch")
    for case in cases(LEARN, seeds=(1,)):
        images, targets, start, rate, steps = case.args
        x, t = (torch.tensor(np.array(a, dtype=float))[:, None] for a in (images, targets))
        layer = torch.nn.Conv2d(1, 1, start.shape, bias=False, dtype=torch.float64)
        with torch.no_grad():
            layer.weight[0, 0] = torch.tensor(start)
        optimiser = torch.optim.SGD(layer.parameters(), lr=rate)
        for _ in range(steps):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(layer(x), t).backward()
            optimiser.step()
        expected = layer.weight[0, 0].detach().numpy()
        np.testing.assert_allclose(LEARN.reference(*case.args), expected, atol=1e-9)


def test_it_learns_an_edge_filter_from_digits():
    sobel = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    images, maps = digits_and_maps(sobel)
    learned = solution(LEARN)(images, maps, np.zeros((3, 3)), 0.1, 200)
    assert np.abs(learned - sobel).max() < 0.05


def test_what_e7_4_gives_as_an_example_is_right():
    args = np.array([[[1, 0, 2]]]), np.array([[[3, 5]]]), np.array([[0, 0]]), 0.5, 1
    assert LEARN.reference(*args).tolist() == [[1.5, 5]]


def test_a_start_that_is_changed_is_no_right_answer():
    def in_place(images, targets, start, rate, steps):
        for _ in range(steps):
            start -= start - LEARN.reference(images, targets, start, rate, 1)
        return start

    result = check("E7.4", in_place, seed=1)
    assert result.status != "passed" and "start" in str(result)


# E7.5


def test_the_maps_are_those_of_the_packages_layers():
    for image, first, second, maps in networks_given():
        edges = np.maximum(conv2d(image[None], first[:, None]), 0)
        made = conv2d(edges, second)
        order = MATCH.reference(image, first, second, maps)
        np.testing.assert_array_equal(made[order], maps)


def test_the_upright_bar_answers_to_stripes_that_lie():
    for image, first, second, maps in networks_given():
        order = MATCH.reference(image, first, second, maps)
        sees = np.lib.stride_tricks.sliding_window_view(image, (4, 4))
        for channel, below in enumerate((sees[..., 1:3], sees[..., 1:3, :])):
            (bar,) = (n for n in range(6) if not second[n][1 - channel].any())
            # The weights show a bar that is the same all along this axis ...
            assert np.ptp(second[bar][channel], axis=channel).max() == 0
            own = maps[order.index(bar)]
            along, across = (np.ptp(below, axis=2 + a).max(axis=2) for a in (channel, 1 - channel))
            # ... and it is brightest at stripes that run across it, dark at those along it.
            assert across[np.unravel_index(own.argmax(), own.shape)] == 0
            assert own.max() > 0 and not own[along == 0].any()


def test_a_layer_that_flips_makes_the_map_of_the_turned_filter():
    turned = idea(MATCH, "flipped")
    for image, first, second, maps in networks_given():
        edges = np.maximum(conv2d(image[None], first[:, None]), 0)
        flipped = conv2d(edges, second[:, :, ::-1, ::-1])
        found = [next(n for n in range(6) if (flipped[n] == one).all()) for one in maps]
        assert found == turned(image, first, second, maps)


def test_the_negative_of_a_filter_makes_the_negative_map():
    overlooked = idea(MATCH, "sign-overlooked")
    for args in networks_given():
        right, wrong, maps = MATCH.reference(*args), overlooked(*args), args[-1]
        (a, b) = (n for n in range(6) if right[n] != wrong[n])
        np.testing.assert_array_equal(maps[a], -maps[b])


def test_every_student_has_another_network():
    seen = networks_given()
    assert len({args[0].tobytes() for args in seen}) == 12
    assert len({tuple(MATCH.reference(*args)) for args in seen}) > 8


def test_two_ideas_at_once_are_named_one_after_the_other():
    args = given_trial(MATCH, "ann").cases[0].args
    both = idea(MATCH, "flipped", 1)(*args)
    first = check("E7.5", both, seed="ann")
    assert (first.misconception, first.points) == ("flipped", 1)
    second = check("E7.5", idea(MATCH, "sign-overlooked")(*args), seed="ann")
    assert (second.misconception, second.points) == ("sign-overlooked", 2)


def test_a_number_that_comes_twice_is_said():
    assert "each number comes once" in check("E7.5", [0, 0, 1, 2, 3, 4], seed="ann").message


# E7.6


def readers():
    """Networks that differ in how they leave out every second column."""
    return (
        Sequential([Pool((1, 2)), Flatten()]),
        Sequential([Pool((1, 2), stride=1), BlurPool(3, stride=(1, 2)), Flatten()]),
        Sequential([Pool(2), Flatten()]),
    )


@pytest.mark.parametrize("number", range(3))
def test_the_consistency_is_the_packages(number):
    network, draw = readers()[number], Draw(number)
    images = draw.numbers(8 * 4 * 6, size=99, decimals=1).reshape(8, 1, 4, 6)
    shifts = np.array([(0, 0), (1, 0), (-1, 1), (2, -2), (0, -1)])
    labels = network.scores(images).argmax(axis=1)
    labels[:3] += 1
    accuracy, consistency = solution(CONSISTENT)(network.scores, images, labels, shifts)
    assert accuracy == 5 / 8
    assert consistency == pytest.approx(shift_consistency(network, images, shifts).share)
    assert 0 < consistency < 1


def test_accuracy_and_consistency_have_little_to_do_with_each_other():
    images, shifts = Draw(1).numbers(96).reshape(4, 1, 4, 6), np.array([(0, 0), (0, 1), (1, 1)])

    def always_3(x):
        return np.eye(5)[np.full(len(x), 3)]

    labels = np.array([0, 1, 2, 4])
    assert solution(CONSISTENT)(always_3, images, labels, shifts) == [0, 1]


def test_no_case_asks_which_of_equal_scores_counts():
    from cnncourse.inside.shifting import shifted

    for case in cases(CONSISTENT):
        predict, images, _, shifts = case.args
        for down, right in [(0, 0), *shifts.tolist()]:
            scores = np.sort(predict(shifted(images, down, right)), axis=1)
            assert (scores[:, -1] > scores[:, -2]).all()


def test_a_network_of_the_check_can_be_tried_by_the_learner():
    result = check("E7.6", lambda predict, images, labels, shifts: [0.5, 0.5], seed=1)
    assert result.status == "wrong"
    shown = next(line for line in str(result).splitlines() if "lambda x: " in line)
    source = shown.partition("lambda x: ")[2].rstrip(",")
    x = np.arange(4.0).reshape(1, 1, 1, 4)
    assert eval(source, {"np": np, "x": x}).tolist() == [[0, 1, 2, 3]]


def test_what_e7_6_gives_as_an_example_is_right():
    images, shifts = np.array([[[[0, 9, 5, 1]]]]), np.array([[0, 0], [0, 1], [0, 2]])
    args = (lambda x: x.sum(axis=(1, 2))), images, np.array([2]), shifts
    assert CONSISTENT.reference(*args) == [0, 0]


def test_the_packages_own_measure_earns_no_points():
    network = readers()[0]

    def answer(predict, images, labels, shifts):
        accuracy = np.mean(predict(images).argmax(axis=1) == labels)
        return [accuracy, shift_consistency(network, images[:, :1], shifts).share]

    result = check("E7.6", answer, seed=1)
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert "cnncourse.inside.shift_consistency" in result.message


def kernel_by_autograd(images, targets, start, rate, steps):
    import torch

    x, t = (torch.tensor(np.array(a, dtype=float))[:, None] for a in (images, targets))
    kernel = torch.tensor(np.array(start, dtype=float)[None, None], requires_grad=True)
    optimiser = torch.optim.SGD([kernel], lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(torch.nn.functional.conv2d(x, kernel), t).backward()
        optimiser.step()
    return kernel[0, 0]


def kernel_by_package(images, targets, start, rate, steps):
    kernel = np.array(start, dtype=float)
    x, shape = np.asarray(images, dtype=float)[:, None], (1, 1, *kernel.shape)
    for _ in range(steps):
        error = conv2d(x, kernel[None, None])[:, 0] - targets
        dZ = 2 * error[:, None] / error.size
        kernel -= rate * conv2d_kernel_gradient(dZ, x, shape)[0, 0]
    return kernel


def layers_by_autograd(x, target, kernels, rate):
    import torch

    weights = torch.tensor(np.array(kernels, dtype=float), requires_grad=True)
    signal = torch.tensor(np.array(x, dtype=float))
    for kernel in weights:
        signal = (signal.unfold(0, len(kernel), 1) * kernel).sum(1)
    loss = ((signal - torch.tensor(np.array(target, dtype=float))) ** 2).sum() / 2
    return weights - rate * torch.autograd.grad(loss, weights)[0]


@pytest.mark.parametrize(
    ("exercise_id", "answer", "name"),
    [
        ("E7.4", kernel_by_autograd, "torch.backward"),
        ("E7.4", kernel_by_package, "cnncourse.gradients.conv2d_kernel_gradient"),
        ("R7.1", layers_by_autograd, "torch.grad"),
    ],
)
def test_ready_made_gradients_earn_no_points(exercise_id, answer, name):
    if "autograd" in answer.__name__:
        pytest.importorskip("torch")
    result = check(exercise_id, answer, seed=1)
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert name in result.message


@pytest.mark.parametrize("exercise_id", ["E7.4", "E7.5", "E7.6"])
def test_no_exercise_of_these_needs_a_framework(exercise_id, monkeypatch):
    import sys

    for name in ("torch", "tensorflow", "keras"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    for seed in (4, 5):
        result = check(exercise_id, solution(EXERCISES[exercise_id], seed), seed=seed)
        assert result.status == "passed"
