"""Layers with windows, as Keras's: convolution, pooling, padding, resizing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph, Node
from cnncourse.frameworks.keras_writing import Held, Writer, write_layer
from cnncourse.frameworks.layers import (
    Activation,
    AdaptivePooling,
    Convolution,
    Dropout,
    GlobalPooling,
    Identity,
    Padding,
    Pads,
    Pooling,
    TransposedConvolution,
    Upsampling,
)
from cnncourse.frameworks.layouts import (
    depthwise_kernel_to_keras,
    kernel_to_keras,
    transposed_kernel_to_keras,
)
from cnncourse.frameworks.padding import torch_padding
from cnncourse.frameworks.sizes import resolved_padding

Word = Literal["valid", "same"]


def _resolved(layer: Convolution | Pooling, sizes: Sequence[int]) -> Pads:
    pads = resolved_padding(tuple(sizes), layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None  # all sizes are known
    return pads


def _ends(layer: Convolution | Pooling, sizes: Sequence[int], windows: Sequence[int]) -> list[int]:
    """How far beyond the input's last cell the last window of each axis goes (negative: not)."""
    axes = zip(
        sizes,
        windows,
        layer.size,
        layer.stride,
        layer.dilation,
        _resolved(layer, sizes),
        strict=True,
    )
    return [(m - 1) * s + d * (k - 1) + 1 - n - pad[0] for n, m, k, s, d, pad in axes]


def _word(
    layer: Convolution | Pooling, sizes: Sequence[int], windows: Sequence[int]
) -> Word | None:
    """Keras's word that gives these windows, or None."""
    ends = _ends(layer, sizes, windows)
    used = tuple(
        (before, max(0, end))
        for (before, _), end in zip(_resolved(layer, sizes), ends, strict=True)
    )
    if all(pair == (0, 0) for pair in used):
        return "valid"
    numbers = (tuple(sizes), layer.size, layer.stride, "same")
    counts = tuple(-(-n // s) for n, s in zip(sizes, layer.stride, strict=True))
    same = torch_padding(*numbers, dilation=layer.dilation) == used and counts == tuple(windows)
    return "same" if same else None


def _put_padding(
    writer: Writer, node: Node, x: Held, pads: Pads, mode: str = "constant", value: float = 0.0
) -> Held:
    """Pad or crop a channels-last tensor, by Keras's layers where they do."""
    pads = tuple(pads)
    if mode == "constant":
        crops = tuple((max(0, -before), max(0, -after)) for before, after in pads)
        x = _cropped(writer, node, x, crops)
        pads = tuple((max(0, before), max(0, after)) for before, after in pads)
    if all(pair == (0, 0) for pair in pads):
        return x
    shape = (x.shape[0], *(n + sum(pair) for n, pair in zip(x.shape[1:], pads, strict=True)))
    part = "" if isinstance(node.layer, Padding) else "padding"
    if mode == "constant" and value == 0:
        layer = writer.layer(node, f"ZeroPadding{len(pads)}D", part=part, padding=_pairs(pads))
    else:
        layer = writer.layer(node, "BorderPadding", part=part, pads=pads, mode=mode, value=value)
    return writer.run(layer, x, shape, x.order)


def _cropped(writer: Writer, node: Node, x: Held, crops: Pads) -> Held:
    if all(pair == (0, 0) for pair in crops):
        return x
    part = "" if isinstance(node.layer, Padding) else "cropping"
    layer = writer.layer(node, f"Cropping{len(crops)}D", part=part, cropping=_pairs(crops))
    shape = (x.shape[0], *(n - sum(pair) for n, pair in zip(x.shape[1:], crops, strict=True)))
    return writer.run(layer, x, shape, x.order)


def _pairs(pads: Pads) -> Any:
    """Pairs as one writes them in Keras: shorter where both ends, or all axes, have the same."""
    if len(pads) == 1:
        return pads[0][0] if pads[0][0] == pads[0][1] else pads[0]
    if any(before != after for before, after in pads):
        return pads
    return pads[0][0] if len(set(pads)) == 1 else tuple(before for before, _ in pads)


@write_layer.register
def _(layer: Convolution, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    # Depthwise layers of Keras have one and two spatial axes; they alone stride and dilate at once.
    depthwise = layer.groups == layer.channels_in > 1 and layer.rank < 3
    thinned = max(layer.stride) > 1 and max(layer.dilation) > 1 and not depthwise
    sizes = [
        (writer.shapes[use.inputs[0]][1:], writer.shapes[use.name][1:]) for use in writer.uses(node)
    ]
    words = {_word(layer, n, m) for n, m in sizes if isinstance(layer, Convolution)}
    word = words.pop() if len(words) == 1 and layer.mode == "zeros" and not thinned else None
    if word is None:
        word, mode = "valid", "constant" if layer.mode == "zeros" else layer.mode
        x = _put_padding(writer, node, x, _resolved(layer, x.shape[1:]), mode)
    stride = (1,) * layer.rank if thinned else layer.stride
    config: dict[str, Any] = {"kernel_size": layer.size, "strides": stride, "padding": word}
    config |= {"dilation_rate": layer.dilation, "use_bias": layer.bias}
    weights = dict(node.weights)
    if depthwise:
        kind = f"DepthwiseConv{layer.rank}D"
        config["depth_multiplier"] = layer.channels_out // layer.channels_in
        weights["kernel"] = depthwise_kernel_to_keras(weights["kernel"], layer.channels_in)
    else:
        kind = f"Conv{layer.rank}D"
        config |= {"filters": layer.channels_out, "groups": layer.groups}
        weights["kernel"] = kernel_to_keras(weights["kernel"])
    shape = writer.shapes[node.name]
    result = writer.run(writer.weighted(node, kind, weights, **config), x, shape, x.order)
    if not thinned:
        return result
    # Keras refuses a stride with dilation; a window of one cell takes one position in so many.
    kind, ones = f"MaxPooling{layer.rank}D", (1,) * layer.rank
    step = writer.layer(node, kind, part="stride", pool_size=ones, strides=layer.stride)
    return writer.run(step, result, shape, x.order)


@write_layer.register
def _(layer: TransposedConvolution, writer: Writer, node: Node, x: Held) -> Held:
    if layer.groups > 1:
        raise CannotTranslate(node.name, "Keras has no transposed convolution in groups")
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise CannotTranslate(
            node.name, "Keras refuses a transposed convolution's stride with dilation"
        )
    x = writer.channels_last(node, x)
    reach = [d * (k - 1) + 1 for k, d in zip(layer.size, layer.dilation, strict=True)]
    steps = list(zip(reach, layer.stride, strict=True))
    # What Keras drops by itself, in its two words.
    same = tuple((max(k - s, 0) // 2, k - s - max(k - s, 0) // 2) for k, s in steps)
    valid = tuple((0, min(k - s, 0)) for k, s in steps)
    config: dict[str, Any] = {
        "filters": layer.channels_out,
        "kernel_size": layer.size,
        "strides": layer.stride,
        "padding": "same" if layer.crop == same else "valid",
        "dilation_rate": layer.dilation,
        "use_bias": layer.bias,
    }
    crops: Pads = ((0, 0),) * layer.rank
    if layer.crop not in (same, valid):
        more = tuple(max(0, -after) for _, after in layer.crop)
        if any(cells >= s for cells, s in zip(more, layer.stride, strict=True)):
            raise CannotTranslate(node.name, f"Keras adds fewer cells than its stride, not {more}")
        config["output_padding"] = more
        crops = tuple((before, max(0, after)) for before, after in layer.crop)
    kernel = transposed_kernel_to_keras(node.weights["kernel"])
    made = writer.weighted(
        node, f"Conv{layer.rank}DTranspose", {**node.weights, "kernel": kernel}, **config
    )
    if any(before < 0 for before, _ in crops):
        raise CannotTranslate(node.name, "Keras adds no cells in front of a transposed convolution")
    shape = writer.shapes[node.name]
    whole = (shape[0], *(n + sum(crop) for n, crop in zip(shape[1:], crops, strict=True)))
    return _cropped(writer, node, writer.run(made, x, whole, x.order), crops)


@write_layer.register
def _(layer: Pooling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    sizes, shape = x.shape[1:], writer.shapes[node.name]
    pads = _resolved(layer, sizes)
    ends = _ends(layer, sizes, shape[1:])
    overhang = tuple(max(0, end - after) for end, (_, after) in zip(ends, pads, strict=True))
    whole = tuple((b, a + more) for (b, a), more in zip(pads, overhang, strict=True))
    word = _word(layer, sizes, shape[1:])
    if layer.kind == "max":
        return _max_pooling(writer, node, x, word, whole)
    if layer.kind == "l2":
        x = _put_padding(writer, node, x, whole)
        made = writer.layer(node, "L2Pooling", size=layer.size, strides=layer.stride)
        return writer.run(made, x, shape, x.order)
    # Keras never counts cells of padding; torch may, but never those that hang over.
    plain = word == "valid" or (word == "same" and not layer.counts_padding)
    if not plain and layer.counts_padding and not any(overhang):
        x, plain, word = _put_padding(writer, node, x, pads), True, "valid"
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
        x = _put_padding(writer, node, x, whole, value=0.0 if positive else -math.inf)
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
    return _put_padding(writer, node, x, layer.pads, layer.mode, layer.value)


@write_layer.register
def _(layer: Upsampling, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    if layer.kind != "nearest" and layer.rank != 2:
        raise CannotTranslate(node.name, "Keras interpolates between cells in two dimensions only")
    size: Any = layer.factors[0] if layer.rank == 1 else layer.factors
    how = {"interpolation": layer.kind} if layer.rank == 2 else {}
    made = writer.layer(node, f"UpSampling{layer.rank}D", size=size, **how)
    return writer.run(made, x, writer.shapes[node.name], x.order)
