"""The layers without weights as torch modules: what `torch_parts` is for those with weights.

This module imports torch when it is loaded, and is only imported inside functions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from torch import nn

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks import torch_modules as own
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Node
from cnncourse.frameworks.sizes import resolved_padding
from cnncourse.frameworks.torch_activations import SoftmaxOver
from cnncourse.frameworks.torch_parts import Part, _even, _pad, _parts, _ranked


@_parts.register
def _(layer: kinds.Pooling, node: Node, shape: kinds.Shape) -> list[Part]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    even = _even(pads) if pads is not None else None
    if even is not None and all(2 * cells <= k for cells, k in zip(even, layer.size, strict=True)):
        return [("", _pool(layer, node, padding=even, ceil=layer.ceil))]
    if _ceil_is_same(layer):
        return [("", _pool(layer, node, ceil=True))]
    if layer.kind == "average" and not layer.counts_padding:
        if layer.ceil:
            raise CannotTranslate(node.name, "uneven padding and ceil_mode at once")
        own_pool = own.AveragePoolOfInside(
            layer.size, layer.stride, "same" if pads is None else pads
        )
        return [("", own_pool)]
    value = -math.inf if layer.kind == "max" else 0.0
    pad = (
        own.SamePadding(layer.size, layer.stride, layer.dilation, value)
        if pads is None
        else _pad(pads, node, value)
    )
    return [("pad", pad), ("", _pool(layer, node, ceil=layer.ceil))]


def _pool(layer: kinds.Pooling, node: Node, *, ceil: bool, padding: tuple[int, ...] = ()) -> Any:
    names = {"max": "MaxPool", "average": "AvgPool", "l2": "LPPool"}
    kind = _ranked(names[layer.kind], layer.rank, node)
    options: dict[str, Any] = {"stride": layer.stride, "ceil_mode": ceil}
    if layer.kind == "l2":
        if any(padding):
            raise CannotTranslate(node.name, "torch's LPPool has no padding")
        return kind(2, layer.size, **options)
    if layer.kind == "average":
        options["count_include_pad"] = layer.counts_padding
    elif set(layer.dilation) != {1}:
        options["dilation"] = layer.dilation
    return kind(layer.size, padding=padding or 0, **options)


def _ceil_is_same(layer: kinds.Pooling) -> bool:
    """Tell whether "same" never adds a cell before, so that torch's ceil_mode is the same.

    Windows of 2 at a step of 2 or more need one cell after, or none; windows of 1 none.
    """
    return (
        layer.padding == "same"
        and set(layer.dilation) == {1}
        and all(k == 1 or (k == 2 <= s) for k, s in zip(layer.size, layer.stride, strict=True))
    )


@_parts.register
def _(layer: kinds.AdaptivePooling, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", _adaptive(layer.kind, layer.rank, node)(layer.sizes))]


def _adaptive(kind: str, rank: int, node: Node) -> Any:
    return _ranked("AdaptiveMaxPool" if kind == "max" else "AdaptiveAvgPool", rank, node)


@_parts.register
def _(layer: kinds.GlobalPooling, node: Node, shape: kinds.Shape) -> list[Part]:
    pool = ("", _adaptive(layer.kind, layer.rank, node)(1))
    return [pool] if layer.keeps_axes else [pool, ("flatten", nn.Flatten())]


@_parts.register
def _(layer: kinds.Padding, node: Node, shape: kinds.Shape) -> list[Part]:
    if layer.mode == "constant":
        return [("", _pad(layer.pads, node, layer.value))]
    names = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}
    amounts = tuple(cells for pair in reversed(layer.pads) for cells in pair)
    return [("", _ranked(names[layer.mode], layer.rank, node)(amounts))]


@_parts.register
def _(layer: kinds.Dropout, node: Node, shape: kinds.Shape) -> list[Part]:
    if layer.whole_channels:
        return [("", _ranked("Dropout", len(shape) - 1, node)(layer.rate))]
    if layer.shared:
        return [("", own.SharedDropout(layer.rate, layer.shared))]
    return [("", nn.Dropout(layer.rate))]


@_parts.register
def _(layer: kinds.Flatten, node: Node, shape: kinds.Shape) -> list[Part]:
    plain = not layer.channels_last or _same_order(shape)
    return [("", nn.Flatten() if plain else own.FlattenChannelsLast())]


def _same_order(shape: kinds.Shape) -> bool:
    """Tell whether numbers stand in one order channels first and channels last."""
    return len(shape) == 1 or shape[0] == 1 or all(size == 1 for size in shape[1:])


@_parts.register
def _(layer: kinds.Reshape, node: Node, shape: kinds.Shape) -> list[Part]:
    target: kinds.Shape = layer.shape
    if layer.channels_last:
        if len(target) > 1:
            target = (target[-1], *target[:-1])
        if not (_same_order(shape) and _same_order(target)):
            return [("", own.ReshapeChannelsLast(layer.shape))]
    if target == shape:
        return [("", nn.Identity())]
    if len(target) == 1:
        return [("", nn.Flatten())]
    if len(shape) == 1:
        return [("", nn.Unflatten(1, tuple(size or 0 for size in target)))]
    return [("", own.Reshape(tuple(size or 0 for size in target)))]


@_parts.register
def _(layer: kinds.Permute, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", own.Permute(layer.axes))]


@_parts.register
def _(layer: kinds.Upsampling, node: Node, shape: kinds.Shape) -> list[Part]:
    if layer.kind == "nearest":
        if not all(map(_upsample_is_exact, layer.factors)):
            return [("", own.Repeat(layer.factors))]
        return [("", nn.Upsample(scale_factor=_floats(layer.factors), mode="nearest"))]
    mode = ("linear", "bilinear", "trilinear")[layer.rank - 1]
    return [("", nn.Upsample(scale_factor=_floats(layer.factors), mode=mode, align_corners=False))]


def _floats(factors: kinds.Sizes) -> Any:
    return tuple(float(factor) for factor in factors)


def _upsample_is_exact(factor: int) -> bool:
    """Tell whether torch's nearest, floor(i * float32(1 / factor)), is i // factor far enough."""
    places = np.arange(4096, dtype=np.float32) * np.float32(factor)
    found = np.floor(places * (np.float32(1) / np.float32(factor)))
    return bool((found == np.arange(4096)).all())


@_parts.register
def _(layer: kinds.Rescaling, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", own.Rescale(layer.scale, layer.offset))]


@_parts.register
def _(layer: kinds.Identity, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", nn.Identity())]


@_parts.register
def _(layer: kinds.JointSoftmax, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", SoftmaxOver(layer.axes))]
