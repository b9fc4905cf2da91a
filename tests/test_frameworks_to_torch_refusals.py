"""What `to_torch` must refuse, with the layer's name and the reason; and what it warns of."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tests.keras_to_torch import agree, keras_or_skip

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def chain(keras, *layers, shape=(6, 8, 4)):
    return keras.Sequential([keras.Input(shape), *layers])


def subclass_of_conv(keras):
    class Scaled(keras.layers.Conv2D):
        def call(self, x):
            return 2 * super().call(x)

    return Scaled(2, 3, name="odd")


def subclass_of_layer(keras):
    class Mine(keras.layers.Layer):
        def call(self, x):
            return x + 1

    return Mine(name="odd")


def custom_activation(x):
    return x * x


def call(keras, layer, **kwargs):
    """A functional model that calls a layer with more than a tensor."""
    image = keras.Input((6, 8, 4))
    return keras.Model(image, layer(image, **kwargs))


def operation(keras, function):
    image = keras.Input((6, 8, 4))
    return keras.Model(image, function(image))


# What makes the layer or model, the name that the error must give, a word of its reason.
REFUSED = {
    "lambda": (lambda k: chain(k, k.layers.Lambda(lambda x: 2 * x, name="odd")), "Python code"),
    "subclass of a layer": (lambda k: chain(k, subclass_of_conv(k)), "a Conv2D"),
    "layer of one's own": (lambda k: chain(k, subclass_of_layer(k)), "call may do anything"),
    "recurrent": (lambda k: chain(k, k.layers.LSTM(3, name="odd"), shape=(5, 4)), "recurrent"),
    "bidirectional": (
        lambda k: chain(k, k.layers.Bidirectional(k.layers.GRU(3), name="odd"), shape=(5, 4)),
        "recurrent",
    ),
    "recurrent convolution": (
        lambda k: chain(k, k.layers.ConvLSTM1D(3, 2, name="odd"), shape=(3, 5, 4)),
        "recurrent",
    ),
    "embedding": (lambda k: chain(k, k.layers.Embedding(5, 3, name="odd"), shape=(4,)), "looks"),
    "attention": (
        lambda k: (
            call(k, k.layers.GroupQueryAttention(4, 2, 1, name="odd"), value=None)
            if False
            else chain(k, k.layers.SpectralNormalization(k.layers.Conv2D(2, 3), name="odd"))
        ),
        "not a layer that is translated",
    ),
    "unit normalisation": (lambda k: chain(k, k.layers.UnitNormalization(name="odd")), "not a"),
    "noise": (lambda k: chain(k, k.layers.GaussianNoise(0.1, name="odd")), "noise in training"),
    "augmentation": (lambda k: chain(k, k.layers.RandomFlip(name="odd")), "not a layer"),
    "time distributed": (
        lambda k: chain(k, k.layers.TimeDistributed(k.layers.Dense(2), name="odd")),
        "not a layer",
    ),
    "half precision": (
        lambda k: chain(k, k.layers.Conv2D(2, 3, dtype="mixed_float16", name="odd")),
        "mixed_float16",
    ),
    "two precisions": (
        lambda k: chain(k, k.layers.ReLU(), k.layers.Dense(2, dtype="float64", name="odd")),
        "all in float32",
    ),
    "activation of one's own": (
        lambda k: chain(k, k.layers.Conv2D(2, 3, activation=custom_activation, name="odd")),
        "custom_activation",
    ),
    "gated": (lambda k: chain(k, k.layers.Dense(4, activation="glu", name="odd")), "'glu'"),
    "renorm": (lambda k: chain(k, k.layers.BatchNormalization(renorm=True, name="odd")), "renorm"),
    "bicubic": (
        lambda k: chain(k, k.layers.UpSampling2D(2, interpolation="bicubic", name="odd")),
        "bicubic",
    ),
    "groups of rows": (
        lambda k: chain(k, k.layers.GroupNormalization(2, axis=1, name="odd")),
        "groups of channels",
    ),
    "two layouts": (
        lambda k: chain(
            k,
            k.layers.Conv2D(2, 3),
            k.layers.MaxPooling2D(2, data_format="channels_first", name="odd"),
        ),
        "one layout",
    ),
    "always training": (
        lambda k: call(k, k.layers.Dropout(0.5, name="odd"), training=True),
        "training=True",
    ),
    "mask": (
        lambda k: call(k, k.layers.Softmax(name="odd"), mask=np.ones((1, 6, 8, 4), bool)),
        "mask",
    ),
    "operation": (lambda k: operation(k, lambda x: k.ops.cumsum(x, axis=1)), "Cumsum"),
    "operation, part of an image": (lambda k: operation(k, lambda x: x[:, ::2]), "GetItem"),
    "mean of rows": (lambda k: operation(k, lambda x: k.ops.mean(x, axis=1)), "Mean"),
    "bytes": (lambda k: bytes_in(k), "uint8"),
    "half trained": (lambda k: half_trained(k), "some of its weights"),
    "softmax of the batch": (
        lambda k: chain(k, k.layers.Softmax(axis=0, name="odd")),
        "not the batch",
    ),
}
UNNAMED = {"operation", "operation, part of an image", "mean of rows"}


def bytes_in(keras):
    image = keras.Input((6, 8, 4), dtype="uint8", name="odd")
    return keras.Model(image, keras.layers.Rescaling(1 / 255)(image))


def half_trained(keras):
    layer = keras.layers.Dense(2, name="odd")
    model = chain(keras, layer)
    layer.kernel.trainable = False
    return model


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_its_name_and_the_reason(keras, name):
    from cnncourse.frameworks import CannotTranslate, to_torch

    make, reason = REFUSED[name]
    with pytest.raises(CannotTranslate) as caught:
        to_torch(make(keras))
    assert reason in caught.value.reason
    assert name in UNNAMED or caught.value.layer == "odd"


def test_subclassed_model_is_refused(keras):
    from cnncourse.frameworks import CannotTranslate, to_torch

    class Net(keras.Model):
        def __init__(self):
            super().__init__(name="net")
            self.dense = keras.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    net = Net()
    net(np.zeros((1, 3), np.float32))
    with pytest.raises(CannotTranslate, match="'net': a subclassed model"):
        to_torch(net, input_shape=(3,))


def test_class_that_only_names_a_functional_model_is_translated(keras):
    from cnncourse.frameworks import to_torch

    class Net(keras.Model):
        def __init__(self):
            x = keras.Input((4,))
            super().__init__(x, keras.layers.Dense(2, activation="relu")(x))

    net = Net()
    agree(net, to_torch(net), (4,))


def test_layer_inside_a_nested_model_is_named_with_it(keras):
    from cnncourse.frameworks import CannotTranslate, to_torch

    inner = keras.Sequential([keras.layers.Lambda(lambda x: x, name="odd")], name="inner")
    with pytest.raises(CannotTranslate) as caught:
        to_torch(chain(keras, inner))
    assert caught.value.layer == "inner.odd"


def test_missing_and_wrong_shapes_are_said(keras):
    from cnncourse.frameworks import to_torch

    with pytest.raises(ValueError, match="input_shape=\\(28, 28, 1\\)"):
        to_torch(keras.layers.Conv2D(2, 3))
    with pytest.raises(ValueError, match="must fit the shape"):
        to_torch(chain(keras, keras.layers.ReLU()), input_shape=(6, 9, 4))
    with pytest.raises(TypeError, match="Keras layer or model, got int"):
        to_torch(3)


def test_open_flatten_asks_for_the_size(keras):
    from cnncourse.frameworks import CannotTranslate, to_torch

    model = chain(keras, keras.layers.Reshape((-1, 2), name="odd"), shape=(None, 4, 2))
    with pytest.raises(CannotTranslate, match="give input_shape"):
        to_torch(model)
    agree(model, to_torch(model, input_shape=(3, 4, 2)), (3, 4, 2))


def test_what_only_training_has_is_said_aloud(keras):
    from cnncourse.frameworks import to_torch

    conv = keras.layers.Conv2D(2, 3, kernel_regularizer="l2", bias_constraint="non_neg", name="c")
    with pytest.warns(UserWarning, match="kernel_regularizer of 'c', bias_constraint of 'c'"):
        to_torch(chain(keras, conv))


def test_difference_is_found_and_located(keras):
    from cnncourse.frameworks import OutputsDiffer, to_torch

    k = keras.layers
    model = chain(keras, k.Conv2D(2, 3, name="a"), k.Dense(3, name="b"), k.ReLU(name="c"))
    dense = model.get_layer("b")
    call = type(dense).call
    dense.call = lambda x, training=None: (
        call(dense, x) * 1.001
    )  # as a broken backend might compute
    with pytest.raises(OutputsDiffer, match="first at layer 'b'"):
        to_torch(model)


def test_difference_that_the_outputs_hide_is_found(keras):
    from cnncourse.frameworks import OutputsDiffer, to_torch

    k = keras.layers
    dead = k.Dense(3, activation="relu", bias_initializer=keras.initializers.Constant(-1e3))
    model = chain(keras, k.Conv2D(2, 3, name="a"), dead, k.Softmax())
    conv = model.get_layer("a")
    call = type(conv).call
    conv.call = lambda x, training=None: call(conv, x) * 1.01
    with pytest.raises(OutputsDiffer, match="hide what layer 'a' gives"):
        to_torch(model)


def test_difference_in_shape_is_found(keras):
    from cnncourse.frameworks import OutputsDiffer, to_torch

    model = chain(keras, keras.layers.ReLU(name="a"))
    relu = model.get_layer("a")
    relu.call = lambda x: x[:, :2]
    with pytest.raises(OutputsDiffer, match="have the shapes"):
        to_torch(model)


def test_sparsemax_of_keras_is_still_not_a_distribution(keras):
    # The reason for which it is refused. Once this fails, Keras has mended it.
    x = np.array([[1.0, 0.9, 0.8, -1.0]], np.float32)
    assert np.asarray(keras.ops.sparsemax(x)).sum() < 0.9


ON_TORCH = """
import sys
import numpy as np
import keras
from cnncourse.frameworks import OutputsDiffer, to_torch
k = keras.layers
layers = [k.Conv2D(3, 3, strides=2, padding="same"), k.BatchNormalization(), k.Flatten()]
made = to_torch(keras.Sequential([keras.Input((6, 7, 2)), *layers, k.Dense(2)]))
print(keras.backend.backend(), "tensorflow" in sys.modules, type(made).__name__)
# Its average pooling counts the border that "same" adds, as no other backend does.
pool = k.AveragePooling2D(3, strides=2, padding="same", name="p")
pool = keras.Sequential([keras.Input((6, 7, 2)), pool])
try:
    to_torch(pool)
except OutputsDiffer as error:
    print("first at layer 'p'" in str(error))
"""


def test_keras_on_torch_is_read_as_well_and_its_own_average_found(keras):
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    done = subprocess.run(
        [sys.executable, "-c", ON_TORCH], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["torch False Sequential", "True"]
