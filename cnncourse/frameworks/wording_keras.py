"""A layer as a program for Keras has it, for an input of a known shape."""

from __future__ import annotations

import math
from functools import singledispatch

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.source_lines import Line, unusual, written
from cnncourse.frameworks.text_activations import KERAS_WORDS

OWN = "of cnncourse.frameworks.keras_layers"
"""Said of a layer that Keras itself does not have."""


@singledispatch
def in_keras(layer: Layer, shape: Sizes) -> list[Line]:
    """Write a layer for Keras; the kinds of layers are registered here and in `..._windows`."""
    raise CannotTranslate(type(layer).__name__, "Keras has no such layer")


@in_keras.register
def _(layer: kinds.BatchNormalisation, shape: Sizes) -> list[Line]:
    named = unusual(
        axis=(_last(layer.axis, len(shape)), -1),
        momentum=(round(1 - layer.momentum, 12), 0.99),
        epsilon=(layer.epsilon, 1e-3),
        center=(layer.shift, True),
        scale=(layer.scale, True),
    )
    return [Line(written("layers.BatchNormalization", **named))]


def _last(axis: int, axes: int) -> int:
    """An axis of the channels-first tensor as Keras counts it; the last one is -1."""
    if axes == 1 or axis == 1:
        return -1
    return axis - 1


@in_keras.register
def _(layer: kinds.LayerNormalisation, shape: Sizes) -> list[Line]:
    axes = [_last(axis, len(shape)) for axis in layer.axes]
    axes = sorted(a for a in axes if a > 0) + [a for a in axes if a < 0]
    named = unusual(
        axis=(axes[0] if len(axes) == 1 else tuple(axes), -1),
        epsilon=(layer.epsilon, 1e-3),
        center=(layer.shift, True),
        scale=(layer.scale, True),
    )
    return [Line(written("layers.LayerNormalization", **named))]


@in_keras.register
def _(layer: kinds.GroupNormalisation, shape: Sizes) -> list[Line]:
    named = unusual(
        epsilon=(layer.epsilon, 1e-3), center=(layer.shift, True), scale=(layer.scale, True)
    )
    return [Line(written("layers.GroupNormalization", layer.groups, **named))]


@in_keras.register
def _(layer: kinds.Dense, shape: Sizes) -> list[Line]:
    dense = Line(
        written("layers.Dense", layer.features_out, **unusual(use_bias=(layer.bias, True)))
    )
    if layer.axis == 1:
        return [dense]
    order = list(range(1, len(shape) + 1))
    place = layer.axis - 1  # of Keras's axes, the batch counted
    order[place - 1], order[-1] = order[-1], order[place - 1]
    permute = Line(written("layers.Permute", tuple(order)))
    return [permute, dense, permute]


@in_keras.register
def _(layer: kinds.Slope, shape: Sizes) -> list[Line]:
    shared = [
        _last(axis, len(shape)) % (len(shape) + 1)
        for axis, size in enumerate(layer.shape, 1)
        if size == 1
    ]
    named = {"shared_axes": tuple(sorted(shared))} if shared else {}
    return [Line(written("layers.PReLU", **named))]


@in_keras.register
def _(layer: kinds.Dropout, shape: Sizes) -> list[Line]:
    if layer.whole_channels:
        return [Line(written(f"layers.SpatialDropout{len(shape) - 1}D", layer.rate))]
    return [Line(written("layers.Dropout", layer.rate))]


@in_keras.register
def _(layer: kinds.Flatten, shape: Sizes) -> list[Line]:
    plain = layer.channels_last or len(shape) == 1 or 1 in (shape[0], math.prod(shape[1:]))
    note = "" if plain else "its features are in another order"
    return [Line("layers.Flatten()", note)]


@in_keras.register
def _(layer: kinds.Reshape, shape: Sizes) -> list[Line]:
    if layer.channels_last or (len(shape) == 1 == len(layer.shape)):
        return [Line(written("layers.Reshape", layer.shape))]
    lines = []
    if len(shape) > 1:  # into PyTorch's order of the numbers
        lines.append(Line(written("layers.Permute", (len(shape), *range(1, len(shape))))))
    lines.append(Line(written("layers.Reshape", layer.shape)))
    if len(layer.shape) > 1:
        lines.append(Line(written("layers.Permute", (*range(2, len(layer.shape) + 1), 1))))
    return lines


@in_keras.register
def _(layer: kinds.Permute, shape: Sizes) -> list[Line]:
    axes = len(shape)
    dims = [_last(axis, axes) % (axes + 1) for axis in layer.axes[1:]]
    order = dims if axes == 1 else [*dims[1:], dims[0]]
    return [Line(written("layers.Permute", tuple(order)))]


@in_keras.register
def _(layer: kinds.Rescaling, shape: Sizes) -> list[Line]:
    named = unusual(offset=(layer.offset, 0.0))
    return [Line(written("layers.Rescaling", layer.scale, **named))]


@in_keras.register
def _(layer: kinds.Identity, shape: Sizes) -> list[Line]:
    return [Line("layers.Identity()")]


_WORDS = {
    (name, tuple(sorted(options.items()))): word
    for word, (name, options) in reversed(KERAS_WORDS.items())
    if name != "relu" and "softmax" not in name and name != "elu"
}
"""Keras's word for each activation and its options, the first of several names."""


@in_keras.register
def _(layer: kinds.Activation, shape: Sizes) -> list[Line]:
    options = dict(layer.options)
    if layer.name == "relu":
        return [_relu(**options)]
    if layer.name == "elu":
        return [Line(written("layers.ELU", **unusual(alpha=(options["alpha"], 1.0))))]
    if layer.name in ("softmax", "log_softmax"):
        axis = _last(int(options["axis"]), len(shape))
        if layer.name == "softmax":
            return [Line(written("layers.Softmax", **unusual(axis=(axis, -1))))]
        if axis == -1:
            return [Line("layers.Activation('log_softmax')")]
        return [Line(written("ActivationFunction", "log_softmax", {"axis": axis}), OWN)]
    if layer.name == "clip" and options["low"] == 0.0:
        return [Line(written("layers.ReLU", max_value=options["high"]))]
    if word := _WORDS.get((layer.name, layer.options)):
        return [Line(written("layers.Activation", word))]
    if layer.name in ("gelu_tanh", "celu", "soft_shrink", "hard_shrink", "clip"):
        return [_function(layer)]
    raise CannotTranslate("Activation", f"Keras has no layer for {layer.name} {options}")


def _function(layer: kinds.Activation) -> Line:
    return Line(written("ActivationFunction", layer.name, dict(layer.options)), OWN)


def _relu(slope: float, threshold: float, top: float) -> Line:
    if slope and threshold == 0.0 and top == math.inf:
        return Line(written("layers.LeakyReLU", *(() if slope == 0.3 else (slope,))))
    named = unusual(
        max_value=(None if top == math.inf else top, None),
        negative_slope=(slope, 0.0),
        threshold=(threshold, 0.0),
    )
    return Line(written("layers.ReLU", **named))
