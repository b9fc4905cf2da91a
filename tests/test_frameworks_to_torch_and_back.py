"""Keras layers for which torch needs a module of ours, to torch and back to Keras."""

from functools import partial

import numpy as np
import pytest

from tests.keras_to_torch import difference, keras_or_skip, randomise

pytest.importorskip("torch")
SHAPE = (6, 5, 4)


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def there_and_back(keras, layer, shape=SHAPE):
    """The model of one layer, and what comes back; their outputs were compared."""
    from cnncourse.frameworks import to_keras, to_torch

    model = keras.Sequential([keras.Input(shape), layer])
    randomise(model)
    back = to_keras(to_torch(model), input_shape=(shape[-1], *shape[:-1]))
    x = np.random.default_rng(3).standard_normal((2, *shape)).astype(np.float32)
    assert difference(np.asarray(model(x)), np.asarray(back(x))) < 2e-5
    return model, back


def activated(keras, name, **options):
    return keras.layers.Activation(partial(getattr(keras.activations, name), **options))


LAYERS = {
    "standardising": (
        lambda k: k.layers.Normalization(mean=np.arange(4.0), variance=np.arange(1, 5.0)),
        ["Rescaling", "Rescaling"],
    ),
    "a number for each channel": (
        lambda k: k.layers.Rescaling(np.arange(1, 5.0), np.arange(4.0)),
        ["Rescaling"],
    ),
    "softmax of an image": (lambda k: k.layers.Softmax(axis=(1, 2)), ["Softmax"]),
    "softmax of rows": (lambda k: k.layers.Softmax(axis=(1, 3)), ["Softmax"]),
    "slopes everywhere": (lambda k: k.layers.PReLU(), ["PReLU"]),
    "repeated": (lambda k: k.layers.UpSampling2D((41, 1)), ["UpSampling2D"]),
    "nothing left": (lambda k: k.layers.ReLU(max_value=0), ["ReLU"]),
    "threshold and top": (lambda k: k.layers.ReLU(max_value=1, threshold=0.2), ["ReLU"]),
    "sparse plus": (lambda k: k.layers.Activation("sparse_plus"), ["Activation"]),
    "sparse sigmoid": (lambda k: k.layers.Activation("sparse_sigmoid"), ["Activation"]),
    "squareplus": (lambda k: k.layers.Activation("squareplus"), ["Activation"]),
    "squareplus of 3": (lambda k: activated(k, "squareplus", b=3.0), ["ActivationFunction"]),
    "threshold to 0": (
        lambda k: activated(k, "threshold", threshold=0.3, default_value=0.0),
        ["ReLU"],
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer_comes_back(keras, name):
    make, kinds = LAYERS[name]
    _, back = there_and_back(keras, make(keras))
    assert [type(layer).__name__ for layer in back.layers] == kinds


def test_fixed_numbers_are_saved_and_loaded(keras, tmp_path):
    layer = keras.layers.Normalization(mean=np.arange(4.0), variance=np.arange(1, 5.0))
    _, back = there_and_back(keras, layer)
    back.save(tmp_path / "back.keras")
    x = np.random.default_rng(0).standard_normal((2, *SHAPE)).astype(np.float32)
    again = keras.models.load_model(tmp_path / "back.keras")
    assert np.array_equal(np.asarray(back(x)), np.asarray(again(x)))


REFUSED = {
    "threshold": (
        lambda k: activated(k, "threshold", threshold=0.3, default_value=-0.2),
        "puts 0 below it",
    ),
    "clippedrelu": (lambda k: k.layers.ReLU(max_value=2, negative_slope=0.2), "slope below"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_come_back_is_refused_by_name(keras, name):
    from cnncourse.frameworks import CannotTranslate

    make, reason = REFUSED[name]
    with pytest.raises(CannotTranslate, match=reason) as caught:
        there_and_back(keras, make(keras))
    assert caught.value.layer == name


def test_frozen_normalisation_comes_back_frozen(keras):
    norm = keras.layers.BatchNormalization()
    norm.trainable = False
    model, back = there_and_back(keras, norm)
    (found,) = back.layers
    assert not found.trainable
    x = np.random.default_rng(0).standard_normal((3, *SHAPE)).astype(np.float32)
    before = found.moving_mean.numpy()
    assert difference(np.asarray(model(x)), np.asarray(back(x, training=True))) < 2e-5
    assert np.array_equal(before, found.moving_mean.numpy())


@pytest.mark.parametrize("learns", [False, True])
def test_normalisation_called_for_inference(keras, learns):
    from cnncourse.frameworks import CannotTranslate, to_keras, to_torch

    norm = keras.layers.BatchNormalization(scale=learns, center=learns)
    image = keras.Input(SHAPE)
    made = to_torch(keras.Model(image, norm(image, training=False)))
    if not learns:
        (found,) = to_keras(made, input_shape=(4, 6, 5)).layers
        assert not found.trainable
        return
    with pytest.raises(CannotTranslate, match="learns a scale or a shift while it keeps") as caught:
        to_keras(made, input_shape=(4, 6, 5))
    assert caught.value.layer == "frozenbatchnorm2d"


@pytest.mark.parametrize("noise", [(None, 1, 1, 1), (None, 1, 5, 4), (None, 6, 5, 1)])
def test_dropout_still_drops_together(keras, noise):
    _, back = there_and_back(keras, keras.layers.Dropout(0.4, noise_shape=noise))
    y = np.asarray(back(np.ones((64, *SHAPE), np.float32), training=True))
    assert np.mean(y == 0) == pytest.approx(0.4, abs=0.15)
    for axis, size in enumerate(noise[1:], start=1):
        assert bool((y == y.take([0], axis)).all()) == (size == 1)
