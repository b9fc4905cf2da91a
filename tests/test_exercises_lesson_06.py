"""The right answers of lesson 06 are what torch and Keras, as installed, really do."""

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES, check
from cnncourse.exercises.as_learner import solution
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.variants import given_trial

SEEDS = range(10)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def keras():
    from cnncourse.frameworks.present import has_tensorflow, load_keras

    if not has_tensorflow():
        pytest.skip("TensorFlow is not installed")
    return load_keras("to compare the exercises with it")


def cases(exercise_id, seeds=SEEDS):
    return [case for seed in seeds for case in EXERCISES[exercise_id].draw_cases(Draw(seed))]


def reference(exercise_id, *args):
    return np.asarray(EXERCISES[exercise_id].reference(*args))


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def in_torch(torch, picture, kernel, **options):
    """Slide kernels (O, I, M, N) over a picture (C, H, W) in torch."""
    image, weight = torch.tensor(picture.copy())[None], torch.tensor(kernel.copy())
    return torch.nn.functional.conv2d(image, weight, **options)[0].numpy()


def in_keras(keras, picture, kernel, **options):
    """Slide kernels (M, N, I, O) over a picture (C, H, W) in Keras; channels first again."""
    image = np.ascontiguousarray(np.moveaxis(picture, 0, -1))[None]
    maps = keras.ops.conv(image, np.ascontiguousarray(kernel), **options)
    return np.moveaxis(np.asarray(maps)[0], -1, 0)


def test_moved_weights_make_equal_maps(torch, keras):
    for number, (weight, to_keras) in enumerate(case.args for case in cases("E6.1", seeds=(1,))):
        moved = reference("E6.1", weight, to_keras)
        of_torch, of_keras = (weight, moved) if to_keras else (moved, weight)
        picture = numbers(number, of_torch.shape[1], 5, 6)
        maps = in_torch(torch, picture, of_torch)
        np.testing.assert_allclose(in_keras(keras, picture, of_keras), maps, atol=1e-9)


def test_moved_weights_are_the_packages_and_torchs(torch):
    from cnncourse.frameworks import kernel_to_keras, kernel_to_torch

    for case in cases("E6.1"):
        weight, to_keras = case.args
        moved = reference("E6.1", weight, to_keras)
        of_package = kernel_to_keras(weight) if to_keras else kernel_to_torch(weight)
        np.testing.assert_array_equal(moved, of_package)
        axes = (2, 3, 1, 0) if to_keras else (3, 2, 0, 1)
        np.testing.assert_array_equal(moved, torch.tensor(weight.copy()).permute(axes).numpy())
        np.testing.assert_array_equal(reference("E6.1", moved, not to_keras), weight)


def test_units_stay_equal_behind_the_other_flatten(torch):
    for number, case in enumerate(cases("E6.2")):
        weight, C, H, W = case.args
        pictures = numbers(number, 3, C, H, W)
        linear = torch.nn.Linear(C * H * W, len(weight), bias=False, dtype=torch.float64)
        with torch.no_grad():
            linear.weight[:] = torch.tensor(weight)
            units = torch.nn.Sequential(torch.nn.Flatten(), linear)(torch.tensor(pictures)).numpy()
        features = pictures.transpose(0, 2, 3, 1).reshape(3, -1)
        np.testing.assert_allclose(features @ reference("E6.2", *case.args), units, atol=1e-9)


def test_units_stay_equal_in_keras(torch, keras):
    for number, case in enumerate(cases("E6.2", seeds=(2,))):
        weight, C, H, W = case.args
        pictures = numbers(number, 2, C, H, W)
        units = torch.tensor(pictures).flatten(1) @ torch.tensor(weight.copy()).T
        dense = keras.layers.Dense(len(weight), use_bias=False, dtype="float64")
        model = keras.Sequential([keras.layers.Flatten(dtype="float64"), dense])
        images = np.ascontiguousarray(pictures.transpose(0, 2, 3, 1))
        model(images)
        dense.set_weights([reference("E6.2", *case.args)])
        np.testing.assert_allclose(np.asarray(model(images)), units.numpy(), atol=1e-9)


def test_the_padding_is_the_packages():
    from cnncourse.frameworks.padding import functional_pad, torch_padding

    for case in cases("E6.3"):
        expected = functional_pad(torch_padding(*case.args, "same"))
        assert tuple(reference("E6.3", *case.args)) == expected


def test_the_padding_makes_torch_what_keras_makes(torch, keras):
    drawn = [c for c in cases("E6.3", seeds=(1,)) if max(c.args[0]) < 30][:16]
    assert {6, 7} <= {n for case in drawn for n in case.args[0]}
    for number, case in enumerate(drawn):
        size, taps, strides = case.args
        picture, kernel = numbers(number, 1, *size), numbers(number, 1, 1, *taps)
        pads = reference("E6.3", *case.args).tolist()
        padded = torch.nn.functional.pad(torch.tensor(picture), pads).numpy()
        maps = in_torch(torch, padded, kernel, stride=strides)
        of_keras = in_keras(
            keras, picture, kernel.transpose(2, 3, 1, 0), strides=strides, padding="same"
        )
        np.testing.assert_allclose(of_keras, maps, atol=1e-9)


def test_symmetric_padding_has_the_shape_and_on_width_6_other_values(torch):
    kernel = numbers(1, 1, 1, 3, 3)
    for n, agrees in ((6, False), (7, True)):
        picture = numbers(n, 1, n, n)
        pads = reference("E6.3", (n, n), (3, 3), (2, 2)).tolist()
        padded = torch.nn.functional.pad(torch.tensor(picture), pads).numpy()
        as_keras = in_torch(torch, padded, kernel, stride=2)
        symmetric = in_torch(torch, picture, kernel, stride=2, padding=1)
        assert as_keras.shape == symmetric.shape
        assert np.allclose(as_keras, symmetric) is agrees


def test_the_three_pools_are_torchs(torch):
    for case in cases("E6.4"):
        x, k, s, p = case.args
        image = torch.tensor(x.copy())[None]
        pools = (
            torch.nn.MaxPool2d(k, s, p),
            torch.nn.AvgPool2d(k, s, p),
            torch.nn.AvgPool2d(k, s, p, count_include_pad=False),
        )
        expected = [pool(image)[0].numpy() for pool in pools]
        got = reference("E6.4", *case.args)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12 * np.abs(x).max())


def test_keras_pools_as_the_first_and_the_last(keras):
    for number, (k, (H, W)) in enumerate([(3, (4, 5)), (5, (6, 4))]):
        x = numbers(number, H, W) - 1
        largest, over_all, over_pixels = reference("E6.4", x, k, 1, k // 2)
        image = x[None, :, :, None]
        of_keras = [
            np.asarray(layer(k, strides=1, padding="same", dtype="float64")(image))[0, :, :, 0]
            for layer in (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
        ]
        np.testing.assert_allclose(of_keras, [largest, over_pixels], atol=1e-9)
        assert np.abs(over_all - over_pixels).max() > 0.1


def row_of(make, image, learned):
    """Make a layer and give it a picture, as a learner would; [0, 0, 0, 0] for an error."""
    try:
        layer = make()
        shape = [int(n) for n in layer(image).shape[1:]]
    except (RuntimeError, ValueError):
        return [0, 0, 0, 0]
    return [*shape, learned(layer)]


@pytest.mark.parametrize("variant", [None, "1", "2", "3"])
def test_six_lines_are_what_torch_makes_of_them(torch, variant):
    H, W, C, F, k = given_trial(EXERCISES["E6.5"], variant).cases[0].args
    nn = torch.nn
    lines = (
        lambda: nn.MaxPool2d(k),
        lambda: nn.MaxPool2d(k, stride=2, ceil_mode=True),
        lambda: nn.MaxPool2d(k, padding=k // 2 + 1),
        lambda: nn.Conv2d(C, F, k, stride=2, padding="same"),
        lambda: nn.Conv2d(F, C, k),
        lambda: nn.Conv2d(C, F, k, stride=2, bias=False),
    )
    image = torch.zeros(1, C, H, W)
    rows = [row_of(line, image, lambda m: sum(p.numel() for p in m.parameters())) for line in lines]
    assert rows == reference("E6.5", H, W, C, F, k)[:6].tolist()


@pytest.mark.parametrize("variant", [None, "1"])
def test_two_lines_are_what_keras_makes_of_them(keras, variant):
    H, W, C, F, k = given_trial(EXERCISES["E6.5"], variant).cases[0].args
    lines = (
        lambda: keras.layers.Conv2D(F, k, strides=2, padding="same"),
        lambda: keras.layers.MaxPool2D(k, padding="same"),
    )
    image = np.zeros((1, H, W, C), dtype=np.float32)
    rows = [row_of(line, image, lambda layer: layer.count_params()) for line in lines]
    assert rows == reference("E6.5", H, W, C, F, k)[6:].tolist()


def test_the_lines_tested_are_the_lines_of_the_task():
    task = EXERCISES["E6.5"].stub_source
    lines = [line.partition(" : ")[2] for line in task.split("\n") if line.startswith("#   line")]
    assert lines == [
        "torch.nn.MaxPool2d(k)",
        "torch.nn.MaxPool2d(k, stride=2, ceil_mode=True)",
        "torch.nn.MaxPool2d(k, padding=k // 2 + 1)",
        'torch.nn.Conv2d(C, F, k, stride=2, padding="same")',
        "torch.nn.Conv2d(F, C, k)",
        "torch.nn.Conv2d(C, F, k, stride=2, bias=False)",
        'keras.layers.Conv2D(F, k, strides=2, padding="same")',
        'keras.layers.MaxPool2D(k, padding="same")',
    ]


def test_every_trap_of_the_lines_is_there_for_every_variant():
    for seed in range(200):
        numbers_given = EXERCISES["E6.5"].given(Draw(seed))
        H, W, C, F, k = numbers_given.values()
        assert H % k and W % k and (H - k) % 2 and (W - k) % 2 and C != F
        assert H // k != W // k and min(H // k, W // k) > C


def test_the_mended_layer_is_torchs_on_a_padded_picture(torch):
    for case in cases("R6.1"):
        V, K, strides = case.args
        pads = reference("E6.3", V.shape, K.shape, strides).tolist()
        padded = torch.nn.functional.pad(torch.tensor(V.copy())[None], pads).numpy()
        expected = in_torch(torch, padded, K[None, None], stride=strides)[0]
        np.testing.assert_allclose(reference("R6.1", *case.args), expected, atol=1e-9)


def test_the_mended_layer_is_keras_same(keras):
    for case in cases("R6.1", seeds=(3,)):
        V, K, strides = case.args
        expected = in_keras(keras, V[None], K[:, :, None, None], strides=strides, padding="same")
        np.testing.assert_allclose(reference("R6.1", *case.args), expected[0], atol=1e-9)


def test_on_squares_nobody_notices_the_bug():
    repair = EXERCISES["R6.1"]
    for seed, (n, k, s) in enumerate([(5, 3, 1), (6, 3, 2), (7, 4, 3), (4, 2, 2)]):
        V, K = numbers(seed, n, n), numbers(seed + 9, k, k)
        expected = reference("R6.1", V, K, (s, s))
        np.testing.assert_allclose(repair.broken(V, K, (s, s)), expected, atol=1e-9)
    V, K = numbers(1, 1, 4), numbers(2, 1, 3)
    assert repair.broken(V, K, (1, 2)).shape != reference("R6.1", V, K, (1, 2)).shape


def moved_by_the_package(weight, to_keras):
    from cnncourse.frameworks import kernel_to_keras, kernel_to_torch

    return kernel_to_keras(weight) if to_keras else kernel_to_torch(weight)


def ordered_by_the_package(weight, C, H, W):
    from cnncourse.frameworks.layouts import flatten_order

    return weight[:, flatten_order((C, H, W))].T


def padded_by_the_package(size, kernel, strides):
    from cnncourse.frameworks import torch_padding

    (top, bottom), (left, right) = torch_padding(size, kernel, strides, "same")
    return left, right, top, bottom


def pooled_by_torch(x, k, s, p):
    import torch

    image = torch.tensor(x.copy())[None]
    return [
        torch.nn.functional.max_pool2d(image, k, s, p)[0],
        torch.nn.functional.avg_pool2d(image, k, s, p)[0],
        torch.nn.functional.avg_pool2d(image, k, s, p, count_include_pad=False)[0],
    ]


@pytest.mark.parametrize(
    ("exercise_id", "answer", "name"),
    [
        ("E6.1", moved_by_the_package, "cnncourse.frameworks.kernel_to"),
        ("E6.2", ordered_by_the_package, "cnncourse.frameworks.flatten_order"),
        ("E6.3", padded_by_the_package, "cnncourse.frameworks.torch_padding"),
        ("E6.4", pooled_by_torch, "torch.max_pool2d"),
    ],
)
def test_ready_made_answers_earn_no_points(exercise_id, answer, name):
    if answer is pooled_by_torch:
        pytest.importorskip("torch")
    result = check(exercise_id, answer, seed=1)
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert name in result.message


@pytest.mark.parametrize(
    ("exercise_id", "args", "expected"),
    [
        ("E6.1", (np.array([[[[1, 2]]], [[[3, 4]]]]), True), [[[[1, 3]], [[2, 4]]]]),
        ("E6.1", (np.array([[[[1, 3]], [[2, 4]]]]), False), [[[[1, 2]]], [[[3, 4]]]]),
        ("E6.2", (np.array([[1, 2, 3, 4]]), 2, 1, 2), [[1], [3], [2], [4]]),
        ("E6.3", ((7, 6), (3, 3), (2, 2)), [0, 1, 1, 1]),
        ("R6.1", (np.array([[1, 2, 3, 4]]), np.array([[1, 10, 100]]), (1, 2)), [[321, 43]]),
    ],
)
def test_what_the_tasks_give_as_examples_is_right(exercise_id, args, expected):
    np.testing.assert_array_equal(reference(exercise_id, *args), expected)


def test_the_example_of_the_pools_is_right():
    Z = reference("E6.4", np.array([[-4.0, -8.0]]), 2, 1, 1)
    assert Z.shape == (3, 2, 3)
    assert Z[:, 0, 0].tolist() == [-4, -1, -4]


@pytest.mark.parametrize("exercise_id", [i for i in EXERCISES if i[1:].startswith("6.")])
def test_no_exercise_needs_a_framework(exercise_id, monkeypatch):
    import sys

    for name in ("torch", "tensorflow", "keras"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    for seed in (4, 5):
        result = check(exercise_id, solution(EXERCISES[exercise_id], seed), seed=seed)
        assert result.status == "passed"


def test_the_cards_say_which_way():
    result = check("E6.1", lambda weight, to_keras: weight, seed=1)
    assert "to_keras = True" in str(result)
