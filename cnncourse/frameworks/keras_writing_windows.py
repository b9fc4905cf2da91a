"""Pooling, padding and resizing, as Keras's layers."""

from __future__ import annotations

import math
from typing import Any

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph, Node
from cnncourse.frameworks.keras_writing import Held, Writer, write_layer
from cnncourse.frameworks.keras_writing_padding import (
    Word,
    keras_word,
    last_cells,
    put_padding,
    resolved,
)
from cnncourse.frameworks.layers import (
    Activation,
    AdaptivePooling,
    Dropout,
    GlobalPooling,
    Identity,
    Padding,
    Pads,
    Pooling,
    Upsampling,
)


@write_layer.register
def _(layer: Pooling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    sizes, shape = x.shape[1:], writer.shapes[node.name]
    pads = resolved(layer, sizes)
    ends = last_cells(layer, sizes, shape[1:])
    overhang = tuple(max(0, end - after) for end, (_, after) in zip(ends, pads, strict=True))
    whole = tuple((b, a + more) for (b, a), more in zip(pads, overhang, strict=True))
    word = keras_word(layer, sizes, shape[1:])
    if layer.kind == "max":
        return _max_pooling(writer, node, x, word, whole)
    if layer.kind == "l2":
        x = put_padding(writer, node, x, whole)
        made = writer.layer(node, "L2Pooling", size=layer.size, strides=layer.stride)
        return writer.run(made, x, shape, x.order)
    # Keras never counts cells of padding; torch may, but never those that hang over.
    plain = word == "valid" or (word == "same" and not layer.counts_padding)
    if not plain and layer.counts_padding and not any(overhang):
        x, plain, word = put_padding(writer, node, x, pads), True, "valid"
    if plain:
        made = writer.layer(
            node,
            f"AveragePooling{layer.rank}D",
            pool_size=layer.size,
            strides=layer.stride,
            padding=word,
        )
    else:
        made = writer.layer(
            node,
            "BorderAveragePooling",
            size=layer.size,
            strides=layer.stride,
            pads=pads,
            overhang=overhang,
            counts_padding=layer.counts_padding,
        )
    return writer.run(made, x, shape, x.order)


def _max_pooling(writer: Writer, node: Node, x: Held, word: Word | None, whole: Pads) -> Held:
    """Max pooling; zeros may stand in the padding where no number is below them."""
    layer, shape = node.layer, writer.shapes[node.name]
    assert isinstance(layer, Pooling)
    dilated = max(layer.dilation) > 1
    if dilated or word is None:
        positive = _is_never_negative(writer.graph, node.inputs[0])
        x = put_padding(writer, node, x, whole, value=0.0 if positive else -math.inf)
        word = "valid"
    if dilated:
        made = writer.layer(
            node,
            "DilatedMaxPooling",
            size=layer.size,
            strides=layer.stride,
            dilation=layer.dilation,
        )
    else:
        made = writer.layer(
            node,
            f"MaxPooling{layer.rank}D",
            pool_size=layer.size,
            strides=layer.stride,
            padding=word,
        )
    return writer.run(made, x, shape, x.order)


def _is_never_negative(graph: Graph, name: str) -> bool:
    """Tell whether a tensor comes from a ReLU or the like, by way of layers that keep its sign."""
    layer = graph[name].layer
    if isinstance(layer, Activation):
        options = dict(layer.options)
        plain = layer.name == "relu" and options["slope"] == 0 and options["threshold"] >= 0
        return plain or layer.name in (
            "sigmoid",
            "softmax",
            "softplus",
            "exponential",
            "hard_sigmoid",
        )
    if isinstance(layer, Pooling | AdaptivePooling | GlobalPooling | Identity | Dropout):
        return _is_never_negative(graph, graph[name].inputs[0])
    return False


@write_layer.register
def _(layer: AdaptivePooling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    shape = writer.shapes[node.name]
    axes = list(zip(x.shape[1:], shape[1:], strict=True))
    name = layer.kind.capitalize()
    if all(n % m == 0 for n, m in axes):
        size = tuple(n // m for n, m in axes)
        made = writer.layer(node, f"{name}Pooling{layer.rank}D", pool_size=size)
    elif all(-(-n // m) < n for n, m in axes):
        made = writer.layer(node, f"Adaptive{name}Pooling{layer.rank}D", output_size=shape[1:])
    else:
        made = writer.layer(node, "AdaptiveWindowPooling", kind=layer.kind, sizes=shape[1:])
    return writer.run(made, x, shape, x.order)


@write_layer.register
def _(layer: GlobalPooling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    kind = f"Global{layer.kind.capitalize()}Pooling{layer.rank}D"
    config: dict[str, Any] = {"keepdims": True} if layer.keeps_axes else {}
    made = writer.layer(node, kind, **config)
    order = x.order if layer.keeps_axes else (0, 1)
    return writer.run(made, x, writer.shapes[node.name], order)


@write_layer.register
def _(layer: Padding, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    return put_padding(writer, node, x, layer.pads, layer.mode, layer.value)


@write_layer.register
def _(layer: Upsampling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    if layer.kind != "nearest" and layer.rank != 2:
        raise CannotTranslate(node.name, "Keras interpolates between cells in two dimensions only")
    size: Any = layer.factors[0] if layer.rank == 1 else layer.factors
    how = {"interpolation": layer.kind} if layer.rank == 2 else {}
    made = writer.layer(node, f"UpSampling{layer.rank}D", size=size, **how)
    return writer.run(made, x, writer.shapes[node.name], x.order)
