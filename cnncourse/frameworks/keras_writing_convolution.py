"""Convolutions, as Keras's layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Node
from cnncourse.frameworks.keras_writing import Held, Writer, write_layer
from cnncourse.frameworks.keras_writing_padding import (
    cropped,
    keras_word,
    put_padding,
    resolved,
)
from cnncourse.frameworks.layers import Convolution, Pads, TransposedConvolution
from cnncourse.frameworks.layouts import (
    depthwise_kernel_to_keras,
    kernel_to_keras,
    transposed_kernel_to_keras,
)


@write_layer.register
def _(layer: Convolution, writer: Writer, node: Node, x: Held) -> Held:
    x = writer.channels_last(node, x)
    # Depthwise layers have one or two spatial axes, and one stride for both; they alone may stride
    # and dilate at once.
    depthwise = layer.groups == layer.channels_in > 1 and layer.rank < 3
    depthwise = depthwise and len(set(layer.stride)) == 1
    thinned = max(layer.stride) > 1 and max(layer.dilation) > 1 and not depthwise
    sizes = [
        (writer.shapes[use.inputs[0]][1:], writer.shapes[use.name][1:]) for use in writer.uses(node)
    ]
    words = {keras_word(layer, n, m) for n, m in sizes}
    word = words.pop() if len(words) == 1 and layer.mode == "zeros" and not thinned else None
    if word is None:
        word, mode = "valid", "constant" if layer.mode == "zeros" else layer.mode
        x = put_padding(writer, node, x, resolved(layer, x.shape[1:]), mode)
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
    if max(layer.stride) == 1 and (layer.groups > 1 or max(layer.dilation) > 1):
        plain, kernel = _as_convolution(layer, node.weights["kernel"])
        node = replace(node, layer=plain, weights={**node.weights, "kernel": kernel})
        made: Held = write_layer(plain, writer, node, x)
        return made
    if layer.groups > 1:
        raise CannotTranslate(node.name, "Keras has no transposed convolution in groups")
    if max(layer.dilation) > 1:
        raise CannotTranslate(
            node.name, "Keras refuses a stride with dilation in a transposed convolution"
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
    if any(before < 0 for before, _ in crops):
        raise CannotTranslate(node.name, "Keras adds no cells in front of a transposed convolution")
    weights = {**node.weights, "kernel": kernel}
    made = writer.weighted(node, f"Conv{layer.rank}DTranspose", weights, **config)
    shape = writer.shapes[node.name]
    whole = (shape[0], *(n + sum(crop) for n, crop in zip(shape[1:], crops, strict=True)))
    return cropped(writer, node, writer.run(made, x, whole, x.order), crops)


def _as_convolution(
    layer: TransposedConvolution, kernel: np.ndarray
) -> tuple[Convolution, np.ndarray]:
    """At stride 1 the adjoint of a convolution is one too, with the kernel turned round.

    Keras's transposed layers have no groups, and TensorFlow runs none with dilation on a CPU.
    """
    reach = [d * (k - 1) for k, d in zip(layer.size, layer.dilation, strict=True)]
    pads = zip(reach, layer.crop, strict=True)
    plain = Convolution(
        channels_in=layer.channels_in,
        channels_out=layer.channels_out,
        size=layer.size,
        stride=layer.stride,
        dilation=layer.dilation,
        padding=tuple((cells - before, cells - after) for cells, (before, after) in pads),
        groups=layer.groups,
        bias=layer.bias,
    )
    turned = np.flip(kernel, axis=tuple(range(2, kernel.ndim)))
    parted = turned.reshape(layer.groups, -1, *kernel.shape[1:])
    swapped = np.swapaxes(parted, 1, 2)
    return plain, swapped.reshape(layer.channels_out, -1, *layer.size)
