"""Layers without windows, as Keras's: dense, normalisations, activations, shapes, joining."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Node
from cnncourse.frameworks.keras_writing import Held, Writer, last, write_layer
from cnncourse.frameworks.layers import (
    Activation,
    BatchNormalisation,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    GroupNormalisation,
    Identity,
    JointSoftmax,
    LayerNormalisation,
    Merge,
    Permute,
    Rescaling,
    Reshape,
    Slope,
    Standardising,
)


@write_layer.register
def _(layer: Dense, writer: Writer, node: Node, x: Held) -> Held:
    if x.place(layer.axis) != -1:
        others = [axis for axis in range(len(x.order)) if axis != layer.axis]
        x = writer.ordered(node, x, (*others, layer.axis))
    weights = {**node.weights, "kernel": node.weights["kernel"].T}
    made = writer.weighted(node, "Dense", weights, units=layer.features_out, use_bias=layer.bias)
    return writer.run(made, x, writer.shapes[node.name], x.order)


_AFFINE = {"scale": "gamma", "shift": "beta", "mean": "moving_mean", "variance": "moving_variance"}


def _affine(node: Node) -> dict[str, np.ndarray]:
    """Weights of a normalisation by Keras's names."""
    return {_AFFINE[name]: array for name, array in node.weights.items()}


@write_layer.register
def _(layer: BatchNormalisation, writer: Writer, node: Node, x: Held) -> Held:
    made = writer.weighted(
        node,
        "BatchNormalization",
        _affine(node),
        axis=x.place(layer.axis),
        momentum=1.0 - layer.momentum,
        epsilon=layer.epsilon,
        center=layer.shift,
        scale=layer.scale,
    )
    return writer.along(made, x)


@write_layer.register
def _(layer: LayerNormalisation, writer: Writer, node: Node, x: Held) -> Held:
    places = [x.order.index(axis) for axis in layer.axes]
    turned = np.argsort(places)
    axis: Any = [x.place(layer.axes[i]) for i in turned]
    if len(places) > 1:
        axis = sorted(places)
    made = writer.weighted(
        node,
        "LayerNormalization",
        {name: array.transpose(turned) for name, array in _affine(node).items()},
        axis=axis[0] if len(axis) == 1 else axis,
        epsilon=layer.epsilon,
        center=layer.shift,
        scale=layer.scale,
    )
    return writer.along(made, x)


@write_layer.register
def _(layer: GroupNormalisation, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    made = writer.weighted(
        node,
        "GroupNormalization",
        _affine(node),
        groups=layer.groups,
        epsilon=layer.epsilon,
        center=layer.shift,
        scale=layer.scale,
    )
    return writer.along(made, x)


_SAME_NAME = (
    "linear selu gelu silu mish sigmoid log_sigmoid tanh softplus softsign exponential hard_sigmoid"
    " hard_silu tanh_shrink sparse_plus sparse_sigmoid"
).split()
_USUAL = {  # options with which Keras has a word for it
    "celu": {"alpha": 1.0},
    "hard_shrink": {"lambd": 0.5},
    "soft_shrink": {"lambd": 0.5},
    "squareplus": {"b": 4.0},
}


@write_layer.register
def _(layer: Activation, writer: Writer, node: Node, x: Held) -> Held:
    options = dict(layer.options)
    if "axis" in options:
        return _along_axis(layer, writer, node, x, int(options["axis"]))
    if layer.name == "relu":
        made = _rectifier(writer, node, **options)
    elif layer.name == "elu":
        made = writer.layer(node, "ELU", alpha=options["alpha"])
    elif layer.name in _SAME_NAME or _USUAL.get(layer.name) == options:
        made = writer.layer(node, "Activation", activation=layer.name)
    elif layer.name == "clip" and options == {"low": -1.0, "high": 1.0}:
        made = writer.layer(node, "Activation", activation="hard_tanh")
    else:
        made = writer.layer(node, "ActivationFunction", function=layer.name, options=options)
    return writer.along(made, x)


def _rectifier(writer: Writer, node: Node, slope: float, threshold: float, top: float) -> Any:
    if min(slope, threshold, top) < 0:
        numbers = {"slope": slope, "threshold": threshold, "top": top}
        below = ", ".join(f"{name} {value}" for name, value in numbers.items() if value < 0)
        raise CannotTranslate(node.name, f"Keras's ReLU has no negative number: {below}")
    if slope and not threshold and top == math.inf:
        return writer.layer(node, "LeakyReLU", negative_slope=slope)
    if slope and top != math.inf:
        raise CannotTranslate(node.name, "Keras's ReLU has no slope below and a top as well")
    given = {"negative_slope": slope, "threshold": threshold}
    named: dict[str, Any] = {name: value for name, value in given.items() if value}
    named |= {"max_value": top} if top != math.inf else {}
    return writer.layer(node, "ReLU", **named)


def _along_axis(layer: Activation, writer: Writer, node: Node, x: Held, axis: int) -> Held:
    place = x.place(axis)
    if layer.name == "softmax":
        return writer.along(writer.layer(node, "Softmax", axis=place), x)
    if place == -1:
        return writer.along(writer.layer(node, "Activation", activation="log_softmax"), x)
    made = writer.layer(node, "ActivationFunction", function=layer.name, options={"axis": place})
    return writer.along(made, x)


@write_layer.register
def _(layer: JointSoftmax, writer: Writer, node: Node, x: Held) -> Held:
    axes = tuple(sorted(x.order.index(axis) for axis in layer.axes))
    return writer.along(writer.layer(node, "Softmax", axis=axes), x)


@write_layer.register
def _(layer: Slope, writer: Writer, node: Node, x: Held) -> Held:
    order = [axis - 1 for axis in x.order[1:]]
    slope = node.weights["slope"].reshape(layer.shape).transpose(order)
    shared = [place for place, size in enumerate(slope.shape, start=1) if size == 1]
    made = writer.weighted(node, "PReLU", {"alpha": slope}, shared_axes=shared or None)
    return writer.along(made, x)


@write_layer.register
def _(layer: Dropout, writer: Writer, node: Node, x: Held) -> Held:
    if not layer.whole_channels:
        together = [
            None if not axis else 1 if axis in layer.shared else x.shape[axis - 1]
            for axis in x.order
        ]
        shared: dict[str, Any] = {"noise_shape": tuple(together)} if layer.shared else {}
        return writer.along(writer.layer(node, "Dropout", rate=layer.rate, **shared), x)
    if not 1 <= x.rank <= 3:
        raise CannotTranslate(node.name, "Keras drops whole channels of 1 to 3 spatial axes only")
    x = writer.channels_last(node, x)
    return writer.along(writer.layer(node, f"SpatialDropout{x.rank}D", rate=layer.rate), x)


@write_layer.register
def _(layer: Identity, writer: Writer, node: Node, x: Held) -> Held:
    return writer.along(writer.layer(node, "Identity"), x)


@write_layer.register
def _(layer: Rescaling, writer: Writer, node: Node, x: Held) -> Held:
    made = writer.layer(node, "Rescaling", scale=layer.scale, offset=layer.offset)
    return writer.along(made, x)


@write_layer.register
def _(layer: Standardising, writer: Writer, node: Node, x: Held) -> Held:
    # A layer that takes the centre away, where there is one, and one that scales.
    order = [axis - 1 for axis in x.order[1:]]
    held = {name: array.transpose(order) for name, array in node.weights.items()}
    centre, scale, offset = (held[name] for name in ("centre", "scale", "offset"))
    if centre.any():
        options = {"scale": 1.0, "offset": (-centre).tolist()}
        x = writer.along(writer.layer(node, "Rescaling", part="centre", **options), x)
    options = {"scale": scale.tolist(), "offset": offset.tolist()}
    return writer.along(writer.layer(node, "Rescaling", **options), x)


@write_layer.register
def _(layer: Flatten, writer: Writer, node: Node, x: Held) -> Held:
    axes = len(x.order)
    x = writer.readable(node, x, last(axes) if layer.channels_last else tuple(range(axes)))
    return writer.run(writer.layer(node, "Flatten"), x, writer.shapes[node.name], (0, 1))


@write_layer.register
def _(layer: Reshape, writer: Writer, node: Node, x: Held) -> Held:
    axes, shape = len(x.order), writer.shapes[node.name]
    x = writer.readable(node, x, last(axes) if layer.channels_last else tuple(range(axes)))
    natural, order = tuple(range(len(shape) + 1)), last(len(shape) + 1)
    made = Held(None, shape, order)
    # Channels last from the start, where that is the same row of numbers.
    if not layer.channels_last and made.sequence(natural) != made.sequence(order):
        order = natural
    target = tuple(shape[axis - 1] for axis in order[1:])
    return writer.run(writer.layer(node, "Reshape", target_shape=target), x, shape, order)


@write_layer.register
def _(layer: Permute, writer: Writer, node: Node, x: Held) -> Held:
    # Only the names of the axes change; who wants them in an order puts them there.
    order = tuple(layer.axes.index(axis) for axis in x.order)
    return Held(x.tensor, writer.shapes[node.name], order)


_MERGES = {"add": "Add", "subtract": "Subtract", "multiply": "Multiply", "average": "Average",
           "maximum": "Maximum", "minimum": "Minimum"}  # fmt: skip


def _together(writer: Writer, node: Node, inputs: tuple[Held, ...]) -> list[Held]:
    """Tensors in one order: their own if they agree."""
    order = inputs[0].order
    if any(x.order != order for x in inputs):
        order = last(len(order))
    return [writer.ordered(node, x, order) for x in inputs]


@write_layer.register
def _(layer: Merge, writer: Writer, node: Node, *inputs: Held) -> Held:
    together = _together(writer, node, inputs)
    made = writer.layer(node, _MERGES[layer.kind])
    return writer.run(made, together, writer.shapes[node.name], together[0].order)


@write_layer.register
def _(layer: Concatenate, writer: Writer, node: Node, *inputs: Held) -> Held:
    together = _together(writer, node, inputs)
    if len(together) == 1:
        return together[0]
    made = writer.layer(node, "Concatenate", axis=together[0].place(layer.axis))
    return writer.run(made, together, writer.shapes[node.name], together[0].order)
