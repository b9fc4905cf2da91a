"""Each argument's experiment: all arguments of the slides, and numbers found in another way."""

import inspect
import math
import re
from importlib.resources import files

import numpy as np
import pytest
import torch

from cnncourse.data import digits
from cnncourse.experiments import (
    arguments,
    arguments_measuring,
    differences,
    flattening,
    momentum,
    starts,
)
from cnncourse.experiments.arguments_beyond import RECORDED
from cnncourse.experiments.arguments_shared import WITHOUT_KERAS
from cnncourse.frameworks.present import has_tensorflow
from cnncourse.networks import digits_network

# As the lecture's last two slides list them.
KERAS = """
Conv2D filters kernel_size strides padding activation use_bias
MaxPool2D pool_size strides padding
"""
TORCH = """
Conv2d in_channels out_channels kernel_size stride padding padding_mode bias
MaxPool2d kernel_size stride padding
"""
BEYOND = {
    "layouts",
    "Conv2d.dilation",
    "Conv2d.groups",
    "defaults",
    "initialisation",
    "MaxPool2d.ceil_mode",
    "AvgPool2d.count_include_pad",
}
needs_tensorflow = pytest.mark.skipif(not has_tensorflow(), reason="TensorFlow is not installed")


def on_slides(text):
    for line in text.split("\n"):
        layer, *names = line.split() or [""]
        yield from ((layer, name) for name in names)


SLIDES = [*on_slides(KERAS), *on_slides(TORCH)]
PICTURE = np.array([[10 * row + column for column in range(1, 7)] for row in range(1, 6)])
ROW = np.arange(1, 6)


def test_every_argument_of_the_slides_has_its_experiment():
    assert [(layer, name) for layer, names in arguments.SLIDES.items() for name in names] == SLIDES
    assert set(arguments.EXPERIMENTS) == {f"{layer}.{name}" for layer, name in SLIDES} | BEYOND


@pytest.mark.parametrize(("layer", "name"), [*on_slides(TORCH)])
def test_torch_has_the_arguments(layer, name):
    assert name in inspect.signature(getattr(torch.nn, layer)).parameters


@needs_tensorflow
@pytest.mark.parametrize(("layer", "name"), [*on_slides(KERAS)])
def test_keras_has_the_arguments(layer, name):
    import keras

    assert name in inspect.signature(getattr(keras.layers, layer)).parameters


def largest(picture, rows, columns, down, across):
    windows = np.lib.stride_tricks.sliding_window_view(picture, (rows, columns))
    return windows[::down, ::across].max(axis=(2, 3))


VALID = PICTURE[1:4, 1:5]
PADDED = np.full((7, 8), -99)
PADDED[1:6, 1:7] = -PICTURE
# The first channel of each case, cut out of the picture by hand; None where a layer is refused.
PLANES = {
    "Conv2D.filters": [VALID, VALID, VALID],
    "Conv2D.kernel_size": [VALID, PICTURE[:, 1:5], PICTURE[:4, :5]],
    "Conv2D.strides": [VALID, PICTURE[1:4:2, 1:5:2], PICTURE[1:4:2, 1:5]],
    "Conv2D.padding": [VALID, PICTURE, PICTURE[1:4:2, 1:5:2], PICTURE[::2, 1::2]],
    "Conv2D.activation": [VALID - 30, (VALID - 30).clip(0)],
    "Conv2D.use_bias": [VALID + 100, VALID],
    "MaxPool2D.pool_size": [PICTURE[1::2, 1::2], PICTURE[2:3, 2::3], PICTURE[:, 1::2]],
    "MaxPool2D.strides": [
        PICTURE[1::2, 1::2],
        PICTURE[1::2, 1::2],
        PICTURE[1:, 1:],
        PICTURE[1::2, 1:],
    ],
    "MaxPool2D.padding": [-PICTURE[:4:2, ::2], -PICTURE[::2, ::2]],
    "Conv2d.in_channels": [None, VALID],
    "Conv2d.out_channels": [VALID, VALID, VALID],
    "Conv2d.kernel_size": [VALID, PICTURE[:, 1:5], PICTURE[:4, :5]],
    "Conv2d.stride": [VALID, PICTURE[1:4:2, 1:5:2], PICTURE[1:4:2, 1:5]],
    "Conv2d.padding": [PICTURE, PICTURE[:, 1:5], PICTURE, None],
    "Conv2d.padding_mode": [
        [[0, 0, *ROW, 0, 0]],
        [[3, 2, *ROW, 4, 3]],
        [[1, 1, *ROW, 5, 5]],
        [[4, 5, *ROW, 1, 2]],
    ],
    "Conv2d.bias": [VALID + 100, VALID],
    "MaxPool2d.kernel_size": [PICTURE[1::2, 1::2], PICTURE[2:3, 2::3], PICTURE[:, 1::2]],
    "MaxPool2d.stride": [
        PICTURE[1::2, 1::2],
        PICTURE[1::2, 1::2],
        PICTURE[1:, 1:],
        PICTURE[1::2, 1:],
    ],
    "MaxPool2d.padding": [
        -PICTURE[:4:2, ::2],
        largest(PADDED, 2, 2, 2, 2),
        largest(PADDED[:, 1:-1], 2, 2, 2, 2),
        None,
    ],
    "Conv2d.dilation": [VALID, PICTURE[2:3, 2:4], PICTURE[1:4, 2:4]],
    "Conv2d.groups": [VALID, VALID, VALID],
    # The largest of three, of 1 to 10: from the left end, with what is left over, and centred.
    "MaxPool2d.ceil_mode": [[[3, 6, 9]], [[3, 6, 9, 10]], [[2, 5, 8, 10]]],
    "AvgPool2d.count_include_pad": [
        [[16, 24, 24], [24, 36, 36], [16, 24, 24]],
        np.full((3, 3), 36),
        # 3, 3 and 2 rows and columns of padded picture, and a column of 2 at its end.
        [[16, 24, 24, 12], [24, 36, 36, 18], [16, 24, 24, 12]],
    ],
}
PARAMETERS = {
    "Conv2D.filters": [10, 20, 40],
    "Conv2D.kernel_size": [9 + 1, 3 + 1, 4 + 1],
    "Conv2D.strides": [10, 10, 10],
    "Conv2D.use_bias": [40, 36],
    "MaxPool2D.pool_size": [0, 0, 0],
    "Conv2d.in_channels": [0, 19],
    "Conv2d.bias": [40, 36],
    "Conv2d.groups": [4 * 9 * 4 + 4, 2 * 9 * 4 + 4, 9 * 4 + 4],
}


@pytest.mark.parametrize("name", PLANES)
def test_outputs_are_the_pixels_that_they_should_be(name):
    result = arguments.show(name)
    assert len(result.cases) == len(PLANES[name])
    for case, expected in zip(result.cases, PLANES[name], strict=True):
        if expected is None:
            assert case.refused
            continue
        in_keras = case.call.split("(")[0] in arguments_measuring.KERAS_LAYERS
        channel = (0, ..., 0) if in_keras else (0, 0)
        np.testing.assert_array_equal(case.output[channel], expected, err_msg=case.call)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_counted(name):
    assert [case.parameters for case in arguments.show(name).cases] == PARAMETERS[name]


@pytest.mark.parametrize("name", [*PLANES, "layouts"])
def test_all_who_compute_it_agree_exactly_and_it_is_said_shortly(name):
    result = arguments.show(name)
    assert set(result.differences.values()) == {0.0}
    both = {"ours", "torch", "Keras"} if has_tensorflow() else {"ours", "torch"}
    assert {result.source, *result.differences} == both
    lines = str(result).splitlines()
    assert len(lines) == len(result.cases) + 2 <= 6
    assert "exactly" in lines[-1]


def test_a_disagreement_would_be_seen_and_said(monkeypatch):
    true = arguments_measuring.run_ours

    def flipped(layer, settings, picture, weights):
        turned = arguments_measuring.Weights(weights.kernel[..., ::-1, ::-1], weights.bias)
        return true(layer, settings, picture, turned)

    monkeypatch.setattr(arguments_measuring, "run_ours", flipped)
    result = arguments.show("Conv2d.stride")
    assert result.differences["ours"] > 1
    assert "Ours: other numbers than torch, by up to" in result.verdict.replace(" and Keras", "")


@needs_tensorflow
def test_without_tensorflow_ours_shows_the_same_numbers(monkeypatch):
    with_it = {name: arguments.show(name) for name in arguments.EXPERIMENTS}
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    for name, result in with_it.items():
        without = arguments.show(name)
        if name in ("defaults", "initialisation"):
            continue
        assert str(without).splitlines()[:-1] == str(result).splitlines()[:-1]
        about_keras = "2D." in name or name in ("layouts", "MaxPool2d.ceil_mode")
        assert without.verdict.endswith(WITHOUT_KERAS) == about_keras
        assert WITHOUT_KERAS not in result.verdict
    assert WITHOUT_KERAS in str(arguments.show("initialisation")).splitlines()
    # The recorded defaults are the installed ones, and say that they are recorded.
    recorded, installed = arguments.show("defaults"), with_it["defaults"]
    assert recorded.rows == installed.rows
    assert (installed.head[2], recorded.head[2]) == ("Keras", f"Keras {RECORDED}, as recorded")
    for shown in (recorded, arguments.show("initialisation")):
        assert all(line.strip() for line in str(shown).splitlines())


def test_the_version_that_is_named_is_the_one_recorded():
    text = (files("cnncourse.frameworks") / "signatures.toml").read_text(encoding="utf-8")
    assert re.findall(r"Keras (\d+\.\d+)", text) == [RECORDED]


def test_refusals_are_torch_s_own_words():
    with pytest.raises(ValueError) as strided:
        torch.nn.Conv2d(1, 1, 3, stride=2, padding="same")
    with pytest.raises(RuntimeError) as wide:
        torch.nn.MaxPool2d(2, padding=2)(torch.zeros(1, 1, 5, 6))
    assert str(strided.value) in arguments.show("Conv2d.padding").cases[-1].refused
    assert str(wide.value) in arguments.show("MaxPool2d.padding").cases[-1].refused
    assert "2 channels" in arguments.show("Conv2d.in_channels").cases[0].refused


def test_reshape_leaves_two_numbers_in_place():
    both = np.stack([PICTURE, PICTURE + 100])
    moved = [both.ravel()[i] == both[i % 2, i // 12, i // 2 % 6] for i in range(60)]
    assert f"with {sum(moved)} of 60 numbers in place" in arguments.show("layouts").finding


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("strides", "did you mean 'Conv2D.strides' or 'MaxPool2D.strides'"),
        ("Conv2d.strides", "did you mean 'Conv2D.strides' or"),
        ("pool", "must be one of Conv2D.filters, "),
    ],
)
def test_an_unknown_name_is_refused_with_those_near(name, words):
    with pytest.raises(ValueError, match=words.replace(".", r"\.")):
        arguments.show(name)


def test_a_layer_that_is_not_known_is_no_refusal_of_the_framework():
    with pytest.raises(ValueError, match="layer must be 'Conv2D', .* got 'Dense'"):
        arguments_measuring.measure("Dense.units", [{"units": 3}], "")


def test_torch_s_random_numbers_are_left_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    arguments.show("Conv2d.bias")
    starts.initialisation()
    assert torch.equal(state, torch.get_rng_state())


# What the frameworks take for granted, in another way than the experiments find it.


@needs_tensorflow
def test_keras_refuses_and_starts_as_the_findings_say():
    import keras

    with pytest.raises(ValueError, match="strides > 1"):
        keras.layers.Conv2D(1, 3, strides=2, dilation_rate=2)
    with pytest.raises((AttributeError, ValueError)):
        keras.layers.Conv2D(1, 3, padding=1)
    layer = keras.layers.Conv2D(4, 3)
    layer.build((None, 5, 6, 1))
    assert not np.asarray(layer.bias).any()


def test_defaults_are_those_of_layers_made_without_saying_anything():
    rows = {row[0]: row[1] for row in arguments.show("defaults").rows}
    layer, pool = torch.nn.Conv2d(1, 1, 3), torch.nn.MaxPool2d(2)
    assert (layer.stride, layer.padding, layer.groups) == ((1, 1), (0, 0), 1)
    assert [rows[f"Conv2d {name}"] for name in ("stride", "padding", "groups")] == ["1", "0", "1"]
    assert rows["Conv2d padding_mode"] == repr(layer.padding_mode)
    assert (rows["MaxPool2d stride"], pool.stride) == ("None", pool.kernel_size)
    assert float(rows["BatchNorm2d eps"]) == torch.nn.BatchNorm2d(1).eps
    if has_tensorflow():
        import keras

        theirs = {row[2]: row[3] for row in arguments.show("defaults").rows}
        normal = keras.layers.BatchNormalization()
        assert float(theirs["BatchNormalization momentum"]) == normal.momentum
        assert float(theirs["BatchNormalization epsilon"]) == normal.epsilon
        assert theirs["MaxPool2D pool_size"] == repr(keras.layers.MaxPool2D().pool_size)


def test_new_kernels_spread_as_the_rules_say():
    found = starts.initialisation()
    # 18 432 numbers: a spread known to 0.5 %, and extremes that nearly reach the bound.
    for start, bound in ((found.torch, 1 / math.sqrt(288)), (found.keras, math.sqrt(6 / 864))):
        if start is None:
            continue
        assert start.kernel.size == 64 * 32 * 9
        assert 0.99 * bound < np.abs(start.kernel).max() <= bound * (1 + 1e-6)
        assert start.kernel.std() == pytest.approx(bound / math.sqrt(3), rel=0.02)
        assert start.expected == pytest.approx(bound / math.sqrt(3))
    assert 0.04 < np.abs(found.torch.bias).max() <= 1 / math.sqrt(288)
    if found.keras is not None:
        assert not found.keras.bias.any()


def test_running_averages_follow_the_formulas():
    found = starts.running_averages((1, 2, 6))  # mean 3, variance 14/3 over N, 7 over N - 1
    assert found.means["torch"] == pytest.approx(0.1 * 3)
    assert found.variances["torch"] == pytest.approx(0.9 + 0.1 * 7)
    assert found.batches_until("torch") == 22  # 0.9**21 is above a tenth, 0.9**22 below
    if has_tensorflow():
        assert found.means["Keras"] == pytest.approx(0.01 * 3)
        assert found.variances["Keras"] == pytest.approx(0.99 + 0.01 * 14 / 3)
        assert found.batches_until("Keras") == 230
    with pytest.raises(ValueError, match="mean other than 0"):
        starts.running_averages((-1, 1))


@pytest.mark.parametrize("rates", [momentum.CONSTANT, momentum.HALVED])
def test_momentum_follows_each_framework_s_rule(rates, monkeypatch):
    in_torch, in_keras = [1.0], [1.0]
    kept = moved = 0.0
    for rate in rates:
        kept = 0.5 * kept + in_torch[-1]
        in_torch.append(in_torch[-1] - rate * kept)
        moved = 0.5 * moved - rate * in_keras[-1]
        in_keras.append(in_keras[-1] + moved)
    found = momentum.momentum_paths(rates)
    np.testing.assert_array_equal(found.torch, in_torch[1:])
    np.testing.assert_array_equal(found.keras, in_keras[1:])
    parted = "The same steps, exactly." if rates == momentum.CONSTANT else "They part at step 3."
    assert str(found).splitlines()[-1] == parted
    assert found.by_keras == has_tensorflow()
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    without = momentum.momentum_paths(rates)
    np.testing.assert_array_equal(without.keras, in_keras[1:])
    lines = str(without).splitlines()
    assert [line[:14].strip() for line in lines[:3]] == ["rates", "torch", "Keras's rule"]
    assert lines[-1] == parted
    assert len({len(line) for line in lines[:3]}) == 1


# Where the same words mean another sum.


def windows_by_hand(width, k, before, after):
    """A row 1, 2, 3, ... under taps 1, 10, 100, ..., at stride 2."""
    row = [0] * before + list(range(1, width + 1)) + [0] * after
    firsts = range(0, len(row) - k + 1, 2)
    return [sum(row[at + m] * 10**m for m in range(k)) for at in firsts]


@pytest.mark.parametrize(("k", "pads"), [(3, {6: (0, 1), 7: (1, 1)}), (5, {6: (1, 2), 7: (2, 2)})])
def test_same_at_stride_two_starts_elsewhere_on_even_widths(k, pads):
    found = differences.same_at_stride_two((6, 7), k)
    assert set(found.differences.values()) == {0.0}
    for same, around in zip(found.keras, found.torch, strict=True):
        assert same.padding == pads[same.width]
        assert same.outputs.tolist() == windows_by_hand(same.width, k, *same.padding)
        assert around.outputs.tolist() == windows_by_hand(same.width, k, k // 2, k // 2)
        assert same.starts.tolist() == [
            1 - same.padding[0] + 2 * i for i in range(same.starts.size)
        ]
        assert (same.outputs.tolist() == around.outputs.tolist()) == (same.width == 7)
    assert "Other numbers on 6 pixels:" in str(found)


def test_same_at_stride_two_says_its_taps_and_from_where_it_counts():
    lines = str(differences.same_at_stride_two((6,))).splitlines()
    assert "Taps 1 10 100 " in lines[0]
    assert "place 0 the zero in front" in lines[0]
    assert lines[1] == "6 pixels"
    # 1 + 20 + 300 under the first window of Keras, 0 + 10 + 200 under that of torch.
    assert lines[2].endswith("windows from 1 3 5: 321 543 65")
    assert lines[3].endswith("windows from 0 2 4: 210 432 654")
    assert all(len(line) <= 100 for line in lines)


def test_same_at_stride_two_refuses_an_even_kernel():
    with pytest.raises(ValueError, match="k must be odd, got 4"):
        differences.same_at_stride_two(k=4)


def test_the_border_of_a_maximum_is_not_zero_and_that_of_an_average_may_count():
    most = differences.max_pool_padding().outputs
    picture = np.pad(-PICTURE[:, :5], 1, constant_values=-99)
    for who, plane in most.items():
        zeros = who == "with zeros around"
        expected = largest(np.where(picture == -99, 0, picture) if zeros else picture, 3, 3, 2, 2)
        np.testing.assert_array_equal(plane, expected, err_msg=who)
    mean = differences.average_divisor().outputs
    real = np.outer([2, 3, 2], [2, 3, 2])  # pixels of the picture under each window
    for who, plane in mean.items():
        counted = "False" not in who and "Keras" not in who
        np.testing.assert_array_equal(plane, 36 * real / (9 if counted else real), err_msg=who)
    assert len(most) == 3 + has_tensorflow()
    assert len(mean) == 4 + has_tensorflow()


def test_a_flatten_in_the_other_order_costs_the_accuracy():
    found = flattening.flatten_accuracies()
    right, wrong, mended = found.accuracies.values()
    images, labels = digits()
    scores = digits_network().scores(images[1297:, None] / 16)
    assert right == mended == np.mean(scores.argmax(axis=1) == labels[1297:])
    assert right > 0.9
    assert wrong < 0.3
    # Feature number channel * 4 + pixel, read pixel by pixel.
    by_hand = [channel * 4 + pixel for pixel in range(4) for channel in range(12)]
    assert found.order.tolist() == by_hand
