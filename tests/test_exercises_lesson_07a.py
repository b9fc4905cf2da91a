"""The right answers of E7.1 to E7.3 and R7.1 are gradients: four ways to tell, and torch's."""

import numpy as np
import pytest

from cnncourse import gradients, pooling
from cnncourse.conv import conv2d
from cnncourse.exercises import EXERCISES, check, explain
from cnncourse.exercises.as_learner import solution
from cnncourse.exercises.drawing import Draw
from tools.bank import bank

SEEDS = range(4)
OF_LAYERS = ["E7.1", "E7.2", "E7.3"]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def cases(exercise_id, seeds=SEEDS):
    return [case for seed in seeds for case in EXERCISES[exercise_id].draw_cases(Draw(seed))]


def reference(exercise_id, *args):
    return np.asarray(EXERCISES[exercise_id].reference(*args))


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def central_difference(loss, at):
    """Move each number a little to both sides."""
    found = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        step = np.zeros(at.shape)
        step[place] = 1e-3
        found[place] = (loss(at + step) - loss(at - step)) / 2e-3
    return found


# E7.1: the gradient of the input.


def test_the_input_gradient_is_the_packages():
    for case in cases("E7.1"):
        dZ, K, s, p, H, W = case.args
        expected = gradients.conv2d_input_gradient(dZ, K, (K.shape[1], H, W), stride=s, padding=p)
        np.testing.assert_allclose(reference("E7.1", *case.args), expected, atol=1e-9)


def test_the_input_gradient_is_the_numeric_one():
    for number, case in enumerate(cases("E7.1", seeds=(1,))):
        dZ, K, s, p, H, W = case.args

        def loss(V, K=K, s=s, p=p, dZ=dZ):
            return np.sum(conv2d(V, K, stride=s, padding=p) * dZ)

        slope = central_difference(loss, numbers(number, K.shape[1], H, W))
        np.testing.assert_allclose(reference("E7.1", *case.args), slope, rtol=1e-6, atol=1e-6)


def test_the_input_gradient_passes_the_adjoint_test():
    for number, case in enumerate(cases("E7.1")):
        dZ, K, s, p, H, W = case.args
        V = numbers(number, K.shape[1], H, W)
        forwards = np.sum(conv2d(V, K, stride=s, padding=p) * dZ)
        backwards = np.sum(V * reference("E7.1", *case.args))
        np.testing.assert_allclose(forwards, backwards, rtol=1e-9, atol=1e-9)


def test_the_input_gradient_is_torchs(torch):
    for case in cases("E7.1"):
        dZ, K, s, p, H, W = case.args
        V = torch.zeros(K.shape[1], H, W, dtype=torch.float64, requires_grad=True)
        Z = torch.nn.functional.conv2d(V, torch.tensor(K.copy()), stride=s, padding=p)
        Z.backward(torch.tensor(dZ.copy()))
        np.testing.assert_allclose(reference("E7.1", *case.args), V.grad.numpy(), atol=1e-9)


@pytest.mark.parametrize(
    "name", [f.__name__ for f, slug in bank("E7.1").WRONG.items() if slug is not None]
)
def test_no_wrong_input_gradient_passes_the_adjoint_test(name):
    wrong = next(f for f in bank("E7.1").WRONG if f.__name__ == name)
    result = check("E7.1", wrong, seed=1)
    assert result.parts[-1].title.startswith("the adjoint test")
    assert not result.parts[-1].earned


# E7.2: the gradients of the weights.


def test_the_weights_gradients_are_the_packages():
    for case in cases("E7.2"):
        dZ, V, M, N, s = case.args
        shape = dZ.shape[1], V.shape[1], M, N
        kernel = gradients.conv2d_kernel_gradient(dZ, V, shape, stride=s)
        got = reference("E7.2", *case.args)
        np.testing.assert_allclose(got[:, :-1], kernel.reshape(len(got), -1), atol=1e-9)
        np.testing.assert_allclose(got[:, -1], dZ.sum((0, 2, 3)), atol=1e-9)


def test_the_weights_gradients_are_the_numeric_ones():
    for number, case in enumerate(cases("E7.2", seeds=(1,))):
        dZ, V, M, N, s = case.args
        shape = dZ.shape[1], V.shape[1], M, N

        def loss(weights, shape=shape, V=V, s=s, dZ=dZ):
            kernel, bias = weights[:, :-1].reshape(shape), weights[:, -1]
            return np.sum((conv2d(V, kernel, stride=s) + bias[:, None, None]) * dZ)

        start = numbers(number, shape[0], shape[1] * M * N + 1)
        slope = central_difference(loss, start)
        np.testing.assert_allclose(reference("E7.2", *case.args), slope, rtol=1e-6, atol=1e-6)


def test_the_weights_gradients_are_torchs(torch):
    for case in cases("E7.2"):
        dZ, V, M, N, s = case.args
        layer = torch.nn.Conv2d(V.shape[1], dZ.shape[1], (M, N), stride=s, dtype=torch.float64)
        layer(torch.tensor(V.copy())).backward(torch.tensor(dZ.copy()))
        expected = np.hstack(
            [layer.weight.grad.numpy().reshape(dZ.shape[1], -1), layer.bias.grad.numpy()[:, None]]
        )
        np.testing.assert_allclose(reference("E7.2", *case.args), expected, atol=1e-9)


# E7.3: the gradient of a max pool.


def test_the_pools_gradient_is_the_packages():
    for case in cases("E7.3"):
        dZ, x, k, s = case.args
        expected = gradients.pool2d_input_gradient(dZ, x, k, stride=s)
        np.testing.assert_allclose(reference("E7.3", *case.args), expected, atol=1e-9)


def test_the_pools_gradient_is_torchs_ties_and_all(torch):
    tied = 0
    for case in cases("E7.3"):
        dZ, x, k, s = case.args
        image = torch.tensor(x.astype(float), requires_grad=True)
        pooled = torch.nn.functional.max_pool2d(image[None], k, s)[0]
        pooled.backward(torch.tensor(dZ.copy()))
        np.testing.assert_allclose(reference("E7.3", *case.args), image.grad.numpy(), atol=1e-9)
        tied += len(np.unique(x)) < x.size
    assert tied > 10


def test_without_ties_the_pools_gradient_is_the_numeric_one():
    for case in cases("E7.3", seeds=(1, 2)):
        dZ, x, k, s = case.args
        x = numbers(x.size, *x.shape)  # no two alike

        def loss(x, dZ=dZ, k=k, s=s):
            return np.sum(pooling.pool2d(x, k, stride=s) * dZ)

        slope = central_difference(loss, x)
        np.testing.assert_allclose(reference("E7.3", dZ, x, k, s), slope, rtol=1e-6, atol=1e-6)


# R7.1: a training step.


def test_the_step_is_torchs(torch):
    for case in cases("R7.1"):
        x, target, kernels, rate = (np.array(value) for value in case.args)
        weights = [
            torch.tensor(kernel[None, None].copy(), requires_grad=True) for kernel in kernels
        ]
        y = torch.tensor(x[None, None].copy())
        for weight in weights:
            y = torch.nn.functional.conv1d(y, weight)
        loss = torch.sum((y - torch.tensor(target.copy())) ** 2) / 2
        optimiser = torch.optim.SGD(weights, lr=float(rate))
        loss.backward()
        optimiser.step()
        expected = torch.cat(weights)[:, 0].detach().numpy()
        np.testing.assert_allclose(reference("R7.1", *case.args), expected, rtol=1e-9, atol=1e-9)


def test_the_bug_hides_in_one_layer_and_behind_a_small_rate():
    repair = EXERCISES["R7.1"]
    x, kernel = numbers(1, 5), numbers(2, 1, 3)
    target = numbers(3, 3)
    np.testing.assert_allclose(
        repair.broken(x, target, kernel, 0.5), reference("R7.1", x, target, kernel, 0.5)
    )
    kernels, target = numbers(4, 3, 2), numbers(5, 2)
    errors = []
    for rate in (1e-2, 1e-4):
        right = reference("R7.1", x, target, kernels, rate)
        step = np.abs(right - kernels).max()
        errors.append(np.abs(repair.broken(x, target, kernels, rate) - right).max() / step)
    assert errors[0] > 0.01 and 50 < errors[0] / errors[1] < 200  # in proportion to the rate


def test_the_broken_step_goes_down_all_the_same():
    """That is why nobody noticed: it learns."""
    repair = EXERCISES["R7.1"]
    x, target, kernels = numbers(1, 6), numbers(2, 4), numbers(3, 2, 2)

    def loss(kernels):
        y = x
        for kernel in kernels:
            y = np.correlate(y, kernel, "valid")
        return np.sum((y - target) ** 2) / 2

    before = loss(kernels)
    for _ in range(20):
        kernels = repair.broken(x, target, kernels, 0.01)
    assert loss(kernels) < 0.9 * before


# All of them.


def by_package_input(dZ, K, s, p, H, W):
    return gradients.conv2d_input_gradient(dZ, K, (K.shape[1], H, W), stride=s, padding=p)


def by_torch_input(dZ, K, s, p, H, W):
    import torch

    V = torch.zeros(K.shape[1], H, W, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.conv2d(V, torch.tensor(K), stride=s, padding=p).backward(torch.tensor(dZ))
    return V.grad


def by_transposed_convolution(dZ, K, s, p, H, W):
    import torch

    V = torch.nn.functional.conv_transpose2d(torch.tensor(dZ), torch.tensor(K), stride=s)
    return V[:, p : p + H, p : p + W]


def by_package_weights(dZ, V, M, N, s):
    shape = dZ.shape[1], V.shape[1], M, N
    kernel = gradients.conv2d_kernel_gradient(dZ, V, shape, stride=s).reshape(shape[0], -1)
    return np.column_stack([kernel, dZ.sum((0, 2, 3))])


def by_torch_weights(dZ, V, M, N, s):
    import torch

    shape = dZ.shape[1], V.shape[1], M, N
    kernel = torch.nn.grad.conv2d_weight(torch.tensor(V), shape, torch.tensor(dZ), stride=s)
    return np.column_stack([kernel.reshape(shape[0], -1).numpy(), dZ.sum((0, 2, 3))])


def by_package_pool(dZ, x, k, s):
    return gradients.pool2d_input_gradient(dZ, x, k, stride=s)


def by_torch_pool(dZ, x, k, s):
    import torch

    image = torch.tensor(x.astype(float), requires_grad=True)
    pooled = torch.nn.functional.max_pool2d(image[None], k, s)[0]
    return torch.autograd.grad(pooled, image, torch.tensor(dZ))[0]


@pytest.mark.parametrize(
    ("exercise_id", "answer", "name"),
    [
        ("E7.1", by_package_input, "cnncourse.gradients.conv2d_input_gradient"),
        ("E7.1", by_torch_input, "torch.backward"),
        ("E7.1", by_transposed_convolution, "torch.conv_transpose2d"),
        ("E7.2", by_package_weights, "cnncourse.gradients.conv2d_kernel_gradient"),
        ("E7.2", by_torch_weights, "torch.conv2d_weight"),
        ("E7.3", by_package_pool, "cnncourse.gradients.pool2d_input_gradient"),
        ("E7.3", by_torch_pool, "torch.grad"),
    ],
)
def test_ready_made_gradients_earn_no_points(exercise_id, answer, name):
    if "torch" in answer.__name__ or "transposed" in answer.__name__:
        pytest.importorskip("torch")
    result = check(exercise_id, answer, seed=1)
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert name in result.message


@pytest.mark.parametrize(
    ("exercise_id", "args", "expected"),
    [
        ("E7.1", (np.array([[[2, 30]]]), np.array([[[[1, 4]]]]), 1, 0, 1, 3), [[[2, 38, 120]]]),
        (
            "E7.1",
            (np.array([[[2, 30]]]), np.array([[[[1, 4]]]]), 2, 0, 1, 5),
            [[[2, 8, 30, 120, 0]]],
        ),
        (
            "E7.2",
            (np.array([[[[1, 10]]]]), np.array([[[[3, 4, 5]]]]), 1, 2, 1),
            [[43, 54, 11]],
        ),
        (
            "E7.3",
            (np.array([[1, 10, 100]]), np.array([[5, 7, 7, 1]] * 2), 2, 1),
            [[0, 11, 100, 0], [0, 0, 0, 0]],
        ),
        (
            "R7.1",
            (np.array([3]), np.array([29]), np.array([[2], [5]]), 0.1),
            [[0.5], [4.4]],
        ),
    ],
)
def test_what_the_tasks_give_as_examples_is_right(exercise_id, args, expected):
    np.testing.assert_allclose(reference(exercise_id, *args), expected, atol=1e-12)


@pytest.mark.parametrize("exercise_id", [*OF_LAYERS, "R7.1"])
def test_no_exercise_needs_a_framework(exercise_id, monkeypatch):
    import sys

    for name in ("torch", "tensorflow", "keras"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    result = check(exercise_id, solution(EXERCISES[exercise_id], 4), seed=4)
    assert result.status == "passed"


def test_explain_shows_who_was_overwritten():
    explained = explain("E7.3", named(bank("E7.3").WRONG, "equals_sign"), 1, 1)
    assert explained.status == "different"
    assert "leaves out dZ[0, 0]" in explained.message
    assert "factors add up to 1, those of the task to 4" in explained.message


def named(functions, name):
    return next(function for function in functions if function.__name__ == name)
