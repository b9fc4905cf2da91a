"""Small models for `compare_translators.py`: what a translator between Keras and PyTorch must face.

Each is named, built with the same numbers wherever it is built, and not square; its input has an
even or an odd width where that matters. Nothing here imports a framework until a model is built,
since each translator has an environment of its own.
"""

from collections import OrderedDict

import numpy as np

BATCH = 2
NAMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
"""Names of the layers, in order: a good translator keeps them."""
NEGATIVE = ("maximum over negatives",)
"""Models whose input is below zero everywhere: padding with zeros would win the maximum."""


def input_of(name, shape, batch=BATCH, seed=0):
    """Return numbers for a model's input, float32, in the layout of its framework."""
    x = np.random.default_rng(seed).normal(size=(batch, *shape)).astype(np.float32)
    return -np.abs(x) - 1 if name.startswith(NEGATIVE) else x


def numbers(rng, shape, name):
    """Return weights: positive where they are variances, around 1 where they are factors."""
    if name.endswith(("variance", "running_var")):
        return rng.uniform(0.5, 2, shape).astype(np.float32)
    fan_in = max(int(np.prod(shape)) // max(shape[-1], 1), 1) if len(shape) > 1 else 4
    around = 1.0 if name.endswith("gamma") else 0.0
    return (around + rng.normal(size=shape) / np.sqrt(fan_in)).astype(np.float32)


# Keras: channels last.


def keras_models():
    """Return name -> function that builds a Keras model."""
    from keras import Input, Sequential, layers

    def chain(shape, *parts):
        return lambda: Sequential(
            [Input(shape), *(part(name) for name, part in zip(NAMES, parts, strict=False))]
        )

    def layer(kind, *arguments, **options):
        return lambda name: getattr(layers, kind)(*arguments, **options, name=name)

    conv = {"padding": "same", "strides": 2}
    pool = {"pool_size": 3, "strides": 2, "padding": "same"}
    return {
        "chain of convolutions": chain(
            (11, 9, 3),
            layer("Conv2D", 8, 3, activation="relu"),
            layer("Conv2D", 6, (3, 2)),
            layer("MaxPooling2D", 2),
            layer("GlobalAveragePooling2D"),
            layer("Dense", 5),
        ),
        "'same', stride 2, even": chain((12, 8, 3), layer("Conv2D", 8, 3, **conv)),
        "'same', stride 2, odd": chain((13, 9, 3), layer("Conv2D", 8, 3, **conv)),
        "maximum over negatives, 'same'": chain((8, 9, 3), layer("MaxPooling2D", **pool)),
        "average, 'same'": chain((8, 9, 3), layer("AveragePooling2D", **pool)),
        "flatten before dense": chain(
            (7, 6, 3), layer("Conv2D", 4, 3), layer("Flatten"), layer("Dense", 5)
        ),
        "depthwise, separable": chain(
            (10, 9, 3),
            layer("DepthwiseConv2D", 3, depth_multiplier=2, **conv),
            layer("SeparableConv2D", 4, 3, padding="same"),
        ),
        "transposed, 'same'": chain(
            (5, 4, 3),
            layer("Conv2DTranspose", 4, 3, **conv),
            layer("Conv2DTranspose", 2, 4, **conv),
        ),
        "layer norm": chain(
            (7, 6, 3), layer("Conv2D", 4, 3), layer("LayerNormalization"), layer("ReLU")
        ),
        "batch norm": chain(
            (7, 6, 3),
            layer("Conv2D", 4, 3, use_bias=False),
            layer("BatchNormalization"),
            layer("ReLU"),
        ),
        "dilation, groups": chain(
            (11, 9, 4),
            layer("Conv2D", 8, 3, padding="same", dilation_rate=2),
            layer("Conv2D", 8, 3, groups=4),
        ),
        "branches and sums": _keras_residual,
        "input of any size": chain(
            (None, None, 3),
            layer("Conv2D", 8, 3, **conv),
            layer("AveragePooling2D", **pool),
            layer("GlobalMaxPooling2D"),
            layer("Dense", 5),
        ),
    }


def _keras_residual():
    from keras import Input, Model, layers

    image = x = Input((10, 9, 3))
    x = short = layers.Conv2D(6, 3, strides=2, padding="same", name="first")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(name="norm")(x))
    x = layers.Conv2D(6, 3, padding="same", name="second")(x)
    x = layers.Concatenate()([layers.Add()([x, short]), short])
    return Model(image, layers.Dense(5, name="head")(layers.GlobalAveragePooling2D()(x)))


def keras_shape(model):
    """Return a model's input shape without the batch, (10, 11) for what is open."""
    sizes = iter((10, 11))
    return tuple(size or next(sizes) for size in model.input_shape[1:])


def filled_keras(name):
    """Return a Keras model with weights that depend on nothing but its name."""
    model = keras_models()[name]()
    rng = np.random.default_rng(len(name))
    model.set_weights([numbers(rng, tuple(w.shape), w.path) for w in model.weights])
    return model


# torch: channels first.


def torch_models():
    """Return name -> (input shape, function that builds a torch module)."""
    from torch import nn

    def chain(shape, *parts):
        named = dict(zip(NAMES, parts, strict=False))
        return shape, lambda: nn.Sequential(
            OrderedDict((name, kind(*a, **k)) for name, (kind, a, k) in named.items())
        )

    def layer(kind, *arguments, **options):
        return getattr(nn, kind), arguments, options

    def mode(name):
        options = {"padding": 2, "padding_mode": name}
        return chain((3, 9, 8), layer("Conv2d", 3, 4, 3, **options), layer("ReLU"))

    strided = {"stride": 2, "padding": 1}
    return {
        "chain of convolutions": chain(
            (3, 11, 9),
            layer("Conv2d", 3, 8, 3),
            layer("ReLU"),
            layer("Conv2d", 8, 6, (3, 2)),
            layer("MaxPool2d", 2),
            layer("AdaptiveAvgPool2d", 1),
            layer("Flatten"),
            layer("Linear", 6, 5),
        ),
        "padding=1, stride 2, even": chain((3, 12, 8), layer("Conv2d", 3, 8, 3, **strided)),
        "padding=1, stride 2, odd": chain((3, 13, 9), layer("Conv2d", 3, 8, 3, **strided)),
        "maximum over negatives, padding=1": chain((3, 8, 9), layer("MaxPool2d", 3, **strided)),
        "average, padding=1": chain((3, 8, 9), layer("AvgPool2d", 3, **strided)),
        "ceil_mode": chain(
            (3, 8, 9),
            layer("MaxPool2d", 2, ceil_mode=True),
            layer("AvgPool2d", 3, stride=2, padding=1, ceil_mode=True),
        ),
        "adaptive pooling, uneven": chain((3, 8, 7), layer("AdaptiveAvgPool2d", (3, 2))),
        "flatten before dense": chain(
            (3, 7, 6), layer("Conv2d", 3, 4, 3), layer("Flatten"), layer("Linear", 80, 5)
        ),
        "depthwise, dilation, groups": chain(
            (4, 11, 9),
            layer("Conv2d", 4, 8, 3, padding=2, dilation=2, groups=4),
            layer("Conv2d", 8, 6, 3, groups=2),
        ),
        "transposed": chain(
            (3, 5, 4),
            layer("ConvTranspose2d", 3, 4, 3, output_padding=1, **strided),
            layer("ConvTranspose2d", 4, 2, 4, **strided),
        ),
        "layer norm, group norm": chain(
            (3, 7, 6), layer("Conv2d", 3, 4, 3), layer("GroupNorm", 2, 4), layer("Flatten"),
            layer("LayerNorm", 80), layer("Linear", 80, 5),
        ),
        "batch norm": chain(
            (3, 7, 6),
            layer("Conv2d", 3, 4, 3, bias=False),
            layer("BatchNorm2d", 4),
            layer("ReLU"),
        ),
        "branches and sums": ((3, 10, 9), _torch_residual),
        "padding_mode='reflect'": mode("reflect"),
        "padding_mode='circular'": mode("circular"),
    }  # fmt: skip


def _torch_residual():
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 6, 3, stride=2, padding=1)
            self.norm = nn.BatchNorm2d(6)
            self.second = nn.Conv2d(6, 6, 3, padding=1)
            self.head = nn.Linear(12, 5)

        def forward(self, x):
            short = self.first(x)
            x = self.second(torch.relu(self.norm(short)))
            x = torch.cat([x + short, short], 1)
            return self.head(x.mean((2, 3)))

    return Residual()


def filled_torch(name):
    """Return (module in evaluation mode, input shape), weights from nothing but its name."""
    import torch

    shape, build = torch_models()[name]
    module = build().eval()
    rng = np.random.default_rng(len(name))
    with torch.no_grad():
        for path, value in module.state_dict().items():
            if value.is_floating_point():
                new = numbers(rng, tuple(value.shape), path)
                if value.ndim == 1 and path.endswith("weight"):  # the factor of a normalisation
                    new += 1
                value.copy_(torch.from_numpy(new))
    return module, shape
