"""To the other framework and back: equal outputs, and the same weights."""

import numpy as np
import pytest
from torch import nn

from tests.keras_to_torch import keras_or_skip, randomise
from tests.small_torch_networks import NETWORKS, Tutorial
from tests.torch_to_keras import kinds, randomised, run_keras, run_torch, shapes_of


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def same(wanted, got):
    assert len(wanted) == len(got)
    for a, b in zip(wanted, got, strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= 2e-5 * np.abs(a).max()  # twice as far, twice the rounding


def inputs(shape):
    draw = np.random.default_rng(5)
    return [draw.standard_normal((2, *s)).astype(np.float32) for s in shapes_of(shape)]


@pytest.mark.parametrize(("make", "shape"), NETWORKS.values(), ids=NETWORKS)
def test_from_torch_to_keras_and_back(keras, make, shape):
    from cnncourse.frameworks import to_keras, to_torch

    module = randomised(make())
    back = to_torch(to_keras(module, input_shape=shape))
    arrays = inputs(shape)
    same(run_torch(module, arrays), run_torch(back, arrays))


OWN = {
    "minus infinity": (nn.MaxPool2d(3, 2, 1), (2, 8, 9)),
    "padding left out": (nn.AvgPool2d(3, 2, 1, count_include_pad=False), (2, 8, 10)),
    "overhang": (nn.AvgPool2d(3, 2, 1, ceil_mode=True), (2, 8, 9)),
    "dilated": (nn.MaxPool2d(3, 2, dilation=2), (2, 8, 9)),
    "reflection": (nn.ReflectionPad2d((1, 2, 0, 3)), (2, 8, 9)),
    "circular": (nn.CircularPad1d((1, 2)), (2, 8)),
    "roots of sums": (nn.LPPool2d(2, 2), (2, 8, 9)),
    "one window": (nn.AdaptiveMaxPool2d((1, 4)), (2, 8, 9)),
    "bounds": (nn.Hardtanh(-0.5, 0.7), (2, 8, 9)),
    "bounded below": (nn.Sequential(nn.ReLU(), nn.Threshold(0.3, 0), nn.GELU("tanh")), (2, 8, 9)),
    "an axis": (nn.LogSoftmax(2), (2, 8, 9)),
}


@pytest.mark.parametrize(("module", "shape"), OWN.values(), ids=OWN)
def test_layers_of_our_own_lead_back(keras, module, shape):
    from cnncourse.frameworks import to_keras, to_torch

    back = to_torch(to_keras(module, input_shape=shape))
    arrays = inputs(shape)
    same(run_torch(module, arrays), run_torch(back, arrays))


def test_the_weights_come_back_to_the_last_bit(keras):
    from cnncourse.frameworks import to_keras, to_torch

    module = randomised(Tutorial())
    back = to_torch(to_keras(module, input_shape=(3, 32, 32)))
    for (name, ours), (_, theirs) in zip(
        module.state_dict().items(), back.state_dict().items(), strict=True
    ):
        assert np.array_equal(ours.numpy(), theirs.numpy()), name


def plain(k):
    return [
        k.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        k.BatchNormalization(),
        k.MaxPooling2D(3, strides=2, padding="same"),
        k.Flatten(),
        k.Dense(5, activation="softmax"),
    ]


def others(k):
    return [
        k.ZeroPadding2D(((1, 0), (0, 2))),
        k.SeparableConv2D(6, 3, padding="same"),
        k.PReLU(shared_axes=[1, 2]),
        k.AveragePooling2D(2, padding="same"),
        k.LayerNormalization(),
        k.Conv2DTranspose(3, 3, strides=2, padding="same"),
        k.UpSampling2D(2, interpolation="bilinear"),
        k.Cropping2D((1, 2)),
        k.GroupNormalization(3),
        k.GlobalAveragePooling2D(),
        k.Dropout(0.3),
        k.Dense(4),
    ]


@pytest.mark.parametrize("make", [plain, others])
@pytest.mark.parametrize("shape", [(9, 12), (10, 7)])
def test_from_keras_to_torch_and_back(keras, make, shape):
    from cnncourse.frameworks import to_keras, to_torch

    model = keras.Sequential([keras.Input((*shape, 2)), *make(keras.layers)])
    randomise(model)
    back = to_keras(to_torch(model), input_shape=(2, *shape))
    arrays = inputs((2, *shape))
    same(run_keras(model, arrays), run_keras(back, arrays))


def test_a_functional_model_comes_back(keras):
    from cnncourse.frameworks import to_keras, to_torch

    k = keras.layers
    given = keras.Input((8, 9, 4))
    weights = k.Dense(4, activation="sigmoid")(k.GlobalAveragePooling2D(keepdims=True)(given))
    joined = k.Concatenate()([k.Multiply()([given, weights]), k.Conv2D(2, 1)(given)])
    model = keras.Model(given, [k.Flatten()(joined), k.GlobalMaxPooling2D()(joined)])
    randomise(model)
    back = to_keras(to_torch(model), input_shape=(4, 8, 9))
    arrays = inputs((4, 8, 9))
    same(run_keras(model, arrays), run_keras(back, arrays))


def test_what_has_a_plain_form_in_both_keeps_it(keras):
    from cnncourse.frameworks import to_keras, to_torch

    layers = [nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    module = randomised(nn.Sequential(*layers, nn.Linear(48, 3)))
    there = to_keras(module, input_shape=(2, 6, 8))
    assert kinds(there) == "Conv2D ReLU MaxPooling2D Flatten Dense"
    back = to_torch(there)
    assert [type(part) for part in back.modules()] == [type(part) for part in module.modules()]
