"""Each Keras layer with random weights, translated to torch: equal outputs, natural modules."""

import numpy as np
import pytest

from tests.keras_to_torch import agree, keras_or_skip, only_with_onednn, randomise, translated


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


# What is made by the function (called with keras.layers), and the input in Keras's order.
CONVOLUTIONS = {
    "plain": (lambda k: k.Conv2D(4, 3), (9, 11, 3)),
    "one pixel": (lambda k: k.Conv2D(4, 1), (5, 4, 3)),
    "rectangular": (lambda k: k.Conv2D(4, (2, 5), use_bias=False), (9, 11, 3)),
    "same, stride 2, even": (lambda k: k.Conv2D(4, 3, strides=2, padding="same"), (8, 10, 3)),
    "same, stride 2, odd": (lambda k: k.Conv2D(4, 3, strides=2, padding="same"), (9, 11, 3)),
    "same, even and odd": (lambda k: k.Conv2D(4, 3, strides=2, padding="same"), (9, 10, 3)),
    "same, stride 3, kernel 2": (lambda k: k.Conv2D(4, 2, strides=3, padding="same"), (7, 9, 2)),
    "same, even kernel": (lambda k: k.Conv2D(4, (4, 2), padding="same"), (7, 6, 3)),
    "uneven strides": (lambda k: k.Conv2D(4, 3, strides=(2, 1), padding="same"), (8, 6, 3)),
    "dilated": (lambda k: k.Conv2D(4, 3, dilation_rate=(2, 3)), (9, 11, 3)),
    "dilated same": (lambda k: k.Conv2D(4, (2, 3), dilation_rate=2, padding="same"), (9, 6, 3)),
    "groups": (lambda k: k.Conv2D(6, 3, groups=2), (7, 6, 4)),
    "1-D": (lambda k: k.Conv1D(4, 3, strides=2), (9, 3)),
    "1-D same": (lambda k: k.Conv1D(4, 4, strides=2, padding="same"), (9, 3)),
    "1-D causal": (lambda k: k.Conv1D(4, 3, dilation_rate=2, padding="causal"), (9, 3)),
    "1-D causal stride": (lambda k: k.Conv1D(4, 3, strides=2, padding="causal"), (8, 3)),
    "1-D groups": (lambda k: k.Conv1D(4, 3, groups=2), (8, 4)),
    "3-D": (lambda k: k.Conv3D(3, (2, 3, 1)), (4, 5, 6, 2)),
    "3-D same": (lambda k: k.Conv3D(3, 3, strides=(2, 1, 2), padding="same"), (4, 5, 6, 2)),
    "activation": (lambda k: k.Conv2D(4, 3, activation="tanh"), (6, 7, 3)),
    "depthwise": (lambda k: k.DepthwiseConv2D(3), (6, 7, 3)),
    "depthwise, three a channel": (
        lambda k: k.DepthwiseConv2D((3, 2), depth_multiplier=3, strides=2, padding="same"),
        (6, 7, 2),
    ),
    "depthwise, uneven strides": (
        lambda k: k.DepthwiseConv2D(3, strides=(1, 2), padding="same", activation="relu6"),
        (8, 8, 2),
    ),
    "depthwise, stride and dilation": (
        lambda k: k.DepthwiseConv2D(3, strides=2, dilation_rate=2, padding="same"),
        (9, 10, 2),
    ),
    "depthwise 1-D": (lambda k: k.DepthwiseConv1D(3, depth_multiplier=2, padding="same"), (7, 2)),
    "separable": (lambda k: k.SeparableConv2D(5, 3, depth_multiplier=2), (7, 6, 3)),
    "separable same": (
        lambda k: k.SeparableConv2D(5, 3, strides=2, padding="same", activation="relu"),
        (8, 7, 3),
    ),
    "separable 1-D": (lambda k: k.SeparableConv1D(5, 3, use_bias=False), (8, 3)),
    "dense on a map": (lambda k: k.Dense(5, activation="relu"), (4, 6, 3)),
    "dense on a line": (lambda k: k.Dense(5), (6, 3)),
    "dense on a volume": (lambda k: k.Dense(2), (3, 4, 2, 3)),
    "dense": (lambda k: k.Dense(5, activation="softmax"), (7,)),
    "dense without bias": (lambda k: k.Dense(5, use_bias=False), (7,)),
}
TRANSPOSED = {
    "valid": (lambda k: k.Conv2DTranspose(3, 3, strides=2), (4, 5, 2)),
    "valid, kernel below stride": (lambda k: k.Conv2DTranspose(3, 2, strides=3), (4, 5, 2)),
    "valid, more": (lambda k: k.Conv2DTranspose(3, 3, strides=3, output_padding=2), (4, 5, 2)),
    "same, even total": (lambda k: k.Conv2DTranspose(3, 4, strides=2, padding="same"), (4, 5, 2)),
    "same, odd total": (lambda k: k.Conv2DTranspose(3, 3, strides=2, padding="same"), (4, 5, 2)),
    "same, kernel below stride": (
        lambda k: k.Conv2DTranspose(3, (2, 1), strides=3, padding="same"),
        (4, 5, 2),
    ),
    "same, stride 1": (lambda k: k.Conv2DTranspose(3, 3, padding="same"), (4, 5, 2)),
    "same, stride 1, even kernel": (
        lambda k: k.Conv2DTranspose(3, (4, 2), padding="same", use_bias=False),
        (4, 5, 2),
    ),
    "same, more": (
        lambda k: k.Conv2DTranspose(3, 5, strides=3, padding="same", output_padding=(1, 2)),
        (4, 5, 2),
    ),
    "same, less": (
        lambda k: k.Conv2DTranspose(3, 5, strides=2, padding="same", output_padding=0),
        (4, 5, 2),
    ),
    "dilated": (lambda k: k.Conv2DTranspose(3, 3, dilation_rate=2, padding="same"), (5, 6, 2)),
    "activation": (lambda k: k.Conv2DTranspose(3, 3, strides=2, activation="elu"), (4, 5, 2)),
    "1-D": (lambda k: k.Conv1DTranspose(3, 3, strides=2, padding="same"), (5, 2)),
    "1-D valid": (lambda k: k.Conv1DTranspose(3, 2, strides=3), (5, 2)),
    "3-D": (lambda k: k.Conv3DTranspose(2, 3, strides=2, padding="same"), (2, 3, 4, 2)),
}
POOLING = {
    "max": (lambda k: k.MaxPooling2D(), (6, 7, 3)),
    "max same, even": (lambda k: k.MaxPooling2D(3, strides=2, padding="same"), (6, 8, 3)),
    "max same, odd": (lambda k: k.MaxPooling2D(3, strides=2, padding="same"), (7, 9, 3)),
    "max same, both": (lambda k: k.MaxPooling2D(3, strides=2, padding="same"), (7, 8, 3)),
    "max 2, same": (lambda k: k.MaxPooling2D(2, padding="same"), (7, 8, 3)),
    "max 4, same": (lambda k: k.MaxPooling2D(4, strides=(3, 1), padding="same"), (7, 8, 2)),
    "max 1, stride 2": (lambda k: k.MaxPooling2D(1, strides=2), (7, 8, 2)),
    "max below the stride": (lambda k: k.MaxPooling2D(2, strides=3, padding="same"), (8, 10, 2)),
    "max 1-D": (lambda k: k.MaxPooling1D(3, strides=2, padding="same"), (8, 2)),
    "max 3-D": (lambda k: k.MaxPooling3D((2, 3, 2), padding="same"), (5, 4, 3, 2)),
    "average": (lambda k: k.AveragePooling2D((2, 3)), (6, 7, 3)),
    "average same, even": (lambda k: k.AveragePooling2D(3, strides=2, padding="same"), (6, 8, 3)),
    "average same, odd": (lambda k: k.AveragePooling2D(3, strides=2, padding="same"), (7, 9, 3)),
    "average same, both": (lambda k: k.AveragePooling2D(3, strides=2, padding="same"), (7, 8, 3)),
    "average 1-D": (lambda k: k.AveragePooling1D(3, strides=2, padding="same"), (8, 2)),
    "average 3-D": (lambda k: k.AveragePooling3D(2, strides=1, padding="same"), (3, 4, 5, 2)),
    "global average": (lambda k: k.GlobalAveragePooling2D(), (6, 7, 3)),
    "global average, kept": (lambda k: k.GlobalAveragePooling2D(keepdims=True), (6, 7, 3)),
    "global max": (lambda k: k.GlobalMaxPooling2D(), (6, 7, 3)),
    "global max 1-D": (lambda k: k.GlobalMaxPooling1D(keepdims=True), (7, 3)),
    "global average 1-D": (lambda k: k.GlobalAveragePooling1D(), (7, 3)),
    "global average 3-D": (lambda k: k.GlobalAveragePooling3D(), (3, 4, 5, 2)),
    "adaptive average": (lambda k: k.AdaptiveAveragePooling2D((3, 2)), (7, 6, 2)),
    "adaptive max": (lambda k: k.AdaptiveMaxPooling2D((4, 5)), (7, 8, 2)),
    "adaptive average 1-D": (lambda k: k.AdaptiveAveragePooling1D(3), (8, 2)),
    "adaptive max 3-D": (lambda k: k.AdaptiveMaxPooling3D((2, 2, 3)), (4, 5, 4, 2)),
}
NORMALISATION = {
    "batch": (lambda k: k.BatchNormalization(), (5, 4, 3)),
    "batch of features": (lambda k: k.BatchNormalization(momentum=0.8, epsilon=1e-4), (6,)),
    "batch of lines": (lambda k: k.BatchNormalization(center=False), (5, 3)),
    "batch of volumes": (lambda k: k.BatchNormalization(scale=False), (3, 2, 4, 3)),
    "batch, bare": (lambda k: k.BatchNormalization(scale=False, center=False), (5, 4, 3)),
    "layer, features": (lambda k: k.LayerNormalization(), (6,)),
    "layer, channels": (lambda k: k.LayerNormalization(), (5, 4, 3)),
    "layer, channels 1-D": (lambda k: k.LayerNormalization(center=False), (5, 3)),
    "layer, all": (lambda k: k.LayerNormalization(axis=(1, 2, 3)), (5, 4, 3)),
    "layer, all, bare": (
        lambda k: k.LayerNormalization(axis=[1, 2, 3], center=False, scale=False),
        (5, 4, 3),
    ),
    "layer, width": (lambda k: k.LayerNormalization(axis=2, scale=False), (5, 4, 3)),
    "layer, height and channels": (lambda k: k.LayerNormalization(axis=(1, 3)), (5, 4, 3)),
    "group": (lambda k: k.GroupNormalization(2), (5, 4, 6)),
    "group, each channel": (lambda k: k.GroupNormalization(-1, center=False), (5, 6)),
    "group of features": (lambda k: k.GroupNormalization(3, scale=False), (6,)),
    "rescaling": (lambda k: k.Rescaling(1 / 127.5, offset=-1), (5, 4, 3)),
    "rescaling, each channel": (lambda k: k.Rescaling([2.0, 3.0, -1.0], [0, 1, 2]), (5, 4, 3)),
    "normalization": (
        lambda k: k.Normalization(mean=[1.0, 2.0, -3.0], variance=[4.0, 0.3, 2.0]),
        (5, 4, 3),
    ),
    "normalization, inverse": (
        lambda k: k.Normalization(axis=None, mean=2.0, variance=3.0, invert=True),
        (5, 4, 3),
    ),
}
SHAPES = {
    "zero padding": (lambda k: k.ZeroPadding2D(((1, 2), (3, 0))), (4, 5, 3)),
    "zero padding 1-D": (lambda k: k.ZeroPadding1D((2, 1)), (5, 3)),
    "zero padding 3-D": (lambda k: k.ZeroPadding3D(1), (2, 3, 4, 2)),
    "cropping": (lambda k: k.Cropping2D(((1, 0), (2, 1))), (5, 6, 3)),
    "cropping 1-D": (lambda k: k.Cropping1D(1), (5, 3)),
    "cropping 3-D": (lambda k: k.Cropping3D((1, 0, 1)), (4, 3, 5, 2)),
    "upsampling": (lambda k: k.UpSampling2D((2, 3)), (3, 4, 2)),
    "upsampling, lines": (lambda k: k.UpSampling2D(2, interpolation="bilinear"), (3, 4, 2)),
    "upsampling 1-D": (lambda k: k.UpSampling1D(3), (4, 2)),
    "upsampling 3-D": (lambda k: k.UpSampling3D((1, 2, 3)), (2, 3, 2, 2)),
    "upsampling by 41": (lambda k: k.UpSampling1D(41), (3, 2)),
    "flatten": (lambda k: k.Flatten(), (3, 4, 2)),
    "flatten features": (lambda k: k.Flatten(), (6,)),
    "reshape": (lambda k: k.Reshape((6, 4)), (3, 4, 2)),
    "reshape, open": (lambda k: k.Reshape((-1, 2, 2)), (3, 4, 2)),
    "reshape to features": (lambda k: k.Reshape((-1,)), (3, 4, 2)),
    "reshape of features": (lambda k: k.Reshape((2, 3, 4)), (24,)),
    "reshape to a pixel": (lambda k: k.Reshape((1, 1, 6)), (6,)),
    "permute": (lambda k: k.Permute((3, 1, 2)), (3, 4, 2)),
    "permute 1-D": (lambda k: k.Permute((2, 1)), (3, 4)),
    "dropout": (lambda k: k.Dropout(0.5), (3, 4, 2)),
    "spatial dropout": (lambda k: k.SpatialDropout2D(0.5), (3, 4, 2)),
    "identity": (lambda k: k.Identity(), (3, 4, 2)),
    "linear": (lambda k: k.Activation("linear"), (3, 4, 2)),
}
ACTIVATIONS = {
    "relu": (lambda k: k.ReLU(), (4, 5, 3)),
    "relu6": (lambda k: k.ReLU(max_value=6), (4, 5, 3)),
    "relu, clipped": (lambda k: k.ReLU(max_value=0.5), (4, 5, 3)),
    "relu, leaky": (lambda k: k.ReLU(negative_slope=0.1), (4, 5, 3)),
    "relu, threshold": (lambda k: k.ReLU(threshold=0.5), (4, 5, 3)),
    "relu, all": (lambda k: k.ReLU(max_value=1, negative_slope=0.2, threshold=0.5), (4, 5, 3)),
    "relu, clipped and leaky": (lambda k: k.ReLU(max_value=1, negative_slope=0.2), (4, 5, 3)),
    "leaky relu": (lambda k: k.LeakyReLU(), (4, 5, 3)),
    "elu": (lambda k: k.ELU(alpha=0.7), (4, 5, 3)),
    "prelu": (lambda k: k.PReLU(), (4, 5, 3)),
    "prelu, a channel": (lambda k: k.PReLU(shared_axes=[1, 2]), (4, 5, 3)),
    "prelu, one": (lambda k: k.PReLU(shared_axes=[1, 2, 3]), (4, 5, 3)),
    "prelu, a row": (lambda k: k.PReLU(shared_axes=[2]), (4, 5, 3)),
    "prelu of features": (lambda k: k.PReLU(), (6,)),
    "softmax": (lambda k: k.Softmax(), (4, 5, 3)),
    "softmax, rows": (lambda k: k.Softmax(axis=1), (4, 5, 3)),
    "softmax, a map": (lambda k: k.Softmax(axis=[1, 2]), (4, 5, 3)),
}
NAMES = (
    "relu leaky_relu relu6 softmax celu elu selu softplus softsign squareplus soft_shrink "
    "sparse_plus silu gelu tanh tanh_shrink sigmoid sparse_sigmoid exponential hard_sigmoid "
    "hard_silu hard_tanh hard_shrink linear mish log_softmax log_sigmoid swish"
).split()
LAYERS = {
    f"{group}: {name}": case
    for group, cases in {
        "convolution": CONVOLUTIONS,
        "transposed": TRANSPOSED,
        "pooling": POOLING,
        "normalisation": NORMALISATION,
        "shape": SHAPES,
        "activation": ACTIVATIONS,
    }.items()
    for name, case in cases.items()
}


WITH_ONEDNN = ("convolution: depthwise, uneven strides", "transposed: dilated")


@pytest.mark.parametrize("name", LAYERS)
def test_layer_gives_the_same(keras, name):
    if name in WITH_ONEDNN:
        only_with_onednn()
    make, shape = LAYERS[name]
    layer = make(keras.layers)
    agree(layer, translated(layer, shape), shape)


@pytest.mark.parametrize("name", NAMES)
def test_activation_gives_the_same_as_layer_and_as_argument(keras, name):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    model = keras.Sequential(
        [keras.Input((3, 4)), k.Activation(name), k.Conv1D(4, 1, activation=name)]
    )
    randomise(model)
    agree(model, to_torch(model), (3, 4))


def test_activation_gives_the_same_as_function_and_operation(keras):
    from cnncourse.frameworks import to_torch

    a, o = keras.activations, keras.ops
    x = keras.Input((5, 4, 3))
    outputs = [
        a.relu(x, negative_slope=0.1, max_value=1.0, threshold=0.2),
        a.gelu(x, approximate=True),
        a.threshold(x, 0.3, -1.0),
        a.softmax(x, axis=1),
        o.leaky_relu(x, negative_slope=0.3),
        o.relu6(x),
        o.gelu(x),
        o.elu(x, alpha=0.4),
        o.hard_shrink(x, threshold=0.2),
        o.log_softmax(x, axis=2),
        o.exp(x),
        1.0 - x / 2.0,
        -x,
        x * np.array([1.0, 2.0, 3.0], "float32") - np.array([0.5, 0.0, 1.0], "float32"),
        o.maximum(x, o.minimum(x * x, x)),
        o.concatenate([x, x], axis=-1),
        o.mean(x, axis=(1, 2)),
        o.max(x, axis=[1, 2], keepdims=True),
        o.reshape(x, (-1, 6, 10)),
        o.transpose(x, (0, 2, 3, 1)),
    ]
    model = keras.Model(x, outputs)
    agree(model, to_torch(model), (5, 4, 3))


def test_activation_may_be_a_partial_function_a_layer_or_tensorflow_s(keras):
    from functools import partial

    import tensorflow as tf

    from cnncourse.frameworks import to_torch

    k = keras.layers
    model = keras.Sequential(
        [
            keras.Input((5, 4, 3)),
            k.Conv2D(4, 3, activation=partial(keras.activations.relu, max_value=0.5), name="a"),
            k.Conv2D(4, 1, activation=k.PReLU(shared_axes=[1, 2]), name="b"),
            k.Conv2D(4, 1, activation=tf.nn.leaky_relu, name="c"),
            k.Conv2D(4, 1, activation=keras.ops.gelu, name="d"),
            k.Activation(tf.tanh),
        ]
    )
    randomise(model)
    agree(model, to_torch(model), (5, 4, 3))


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"])
def test_merging_gives_the_same(keras, kind):
    from cnncourse.frameworks import to_torch

    a, b = keras.Input((4, 5, 3)), keras.Input((4, 1, 3))
    model = keras.Model([a, b], getattr(keras.layers, kind)()([a, b]))
    agree(model, to_torch(model), (4, 5, 3), (4, 1, 3))


def test_merging_of_three_and_of_different_axes_gives_the_same(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    a, b, c = keras.Input((4, 5, 3)), keras.Input((3,)), keras.Input((5, 3))
    average = k.Average()([a, a, k.ReLU()(a)])
    joined = k.Concatenate(axis=1)([average, a])
    model = keras.Model([a, b, c], [k.Multiply()([joined, b]), k.Add()([a, c])])
    agree(model, to_torch(model), (4, 5, 3), (3,), (5, 3))
