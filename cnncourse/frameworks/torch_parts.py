"""One layer of a graph as the torch modules that compute it, one after the other.

Where the input's sizes are known these are plain modules of `torch.nn`; where they are open, or
torch has no such layer, those of `torch_modules`. This module imports torch when it is loaded, and
is only imported inside functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from torch import nn

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks import torch_modules as own
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Node, Weights
from cnncourse.frameworks.padding import functional_pad
from cnncourse.frameworks.sizes import resolved_padding
from cnncourse.frameworks.torch_activations import activation

Part = tuple[str, nn.Module]
"""What is added to the layer's name, and a module."""

# None of these makes its own weights: "meta" holds no numbers, so that none are drawn in vain.
_EMPTY: dict[str, Any] = {"device": "meta"}


def parts(node: Node, shape: kinds.Shape) -> list[Part]:
    """Return the modules that compute a layer, in the order in which they are applied.

    Parameters
    ----------
    node : Node
        Of a layer with one input.
    shape : tuple of (int or None)
        Of that input, without the batch.

    Returns
    -------
    list of (str, torch.nn.Module)
        The module that holds the weights has the suffix "".

    Raises
    ------
    CannotTranslate
        If torch has nothing that computes the same.
    """
    made = _parts(node.layer, node, shape)
    if not node.trainable:
        for _, module in made:
            module.requires_grad_(False)
    return made


@singledispatch
def _parts(layer: kinds.Layer, node: Node, shape: kinds.Shape) -> list[Part]:
    raise CannotTranslate(node.name, f"torch has no layer for {type(layer).__name__}")


def _ranked(name: str, rank: int, node: Node) -> Any:
    """Return the class such as `Conv2d`, if there is one for so many spatial axes."""
    found = getattr(nn, f"{name}{rank}d", None)
    if found is None:
        raise CannotTranslate(node.name, f"torch has no {name}{rank}d, for {rank} spatial axes")
    return found


def _fill(module: nn.Module, weights: Weights, **names: str) -> nn.Module:
    """Put `weights[name]` into each parameter or buffer `field` of field=name."""
    for field, name in names.items():
        if name not in weights:
            continue
        tensor = torch.tensor(np.ascontiguousarray(weights[name]))
        if field in module._buffers:
            module.register_buffer(field, tensor)
        else:
            module.register_parameter(field, nn.Parameter(tensor))
    return module


def _pad(pads: Sequence[tuple[int, int]], node: Node, value: float = 0.0) -> nn.Module:
    rank = len(pads)
    amounts = functional_pad(pads)
    if value == 0.0:
        return _ranked("ZeroPad", rank, node)(amounts)
    return _ranked("ConstantPad", rank, node)(amounts, value)


def _even(pads: Sequence[tuple[int, int]]) -> tuple[int, ...] | None:
    """Return the padding as torch's layers take it: one number an axis, or None if uneven."""
    if all(before == after >= 0 for before, after in pads):
        return tuple(before for before, _ in pads)
    return None


@_parts.register
def _(layer: kinds.Convolution, node: Node, shape: kinds.Shape) -> list[Part]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    even = _even(pads) if pads is not None else None
    if layer.mode != "zeros" and even is None:
        raise CannotTranslate(node.name, f"padding {pads} of the mode {layer.mode!r} is uneven")
    conv = _ranked("Conv", layer.rank, node)(
        layer.channels_in,
        layer.channels_out,
        layer.size,
        stride=layer.stride,
        padding=even or 0,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
        padding_mode=layer.mode,
        **_EMPTY,
    )
    main = ("", _fill(conv, node.weights, weight="kernel", bias="bias"))
    if pads is None:
        return [("pad", own.SamePadding(layer.size, layer.stride, layer.dilation)), main]
    return [main] if even is not None else [("pad", _pad(pads, node)), main]


@_parts.register
def _(layer: kinds.TransposedConvolution, node: Node, shape: kinds.Shape) -> list[Part]:
    paddings, more, rest = [], [], []
    for (before, after), stride, dilation in zip(
        layer.crop, layer.stride, layer.dilation, strict=True
    ):
        # torch drops `padding` at both ends, then adds `output_padding` at the second.
        added = before - after
        if not (before >= 0 and 0 <= added < max(stride, dilation)):
            added = 0
        dropped = before if added else max(min(before, after), 0)
        paddings.append(dropped)
        more.append(added)
        rest.append((dropped - before, dropped - after - added))
    if any(cells > 0 for pair in rest for cells in pair):
        raise CannotTranslate(
            node.name, f"torch cannot add {rest} cells at the ends of a transposed convolution"
        )
    conv = _ranked("ConvTranspose", layer.rank, node)(
        layer.channels_in,
        layer.channels_out,
        layer.size,
        stride=layer.stride,
        padding=tuple(paddings),
        output_padding=tuple(more),
        groups=layer.groups,
        bias=layer.bias,
        dilation=layer.dilation,
        **_EMPTY,
    )
    made: list[Part] = [("", _fill(conv, node.weights, weight="kernel", bias="bias"))]
    if any(cells for pair in rest for cells in pair):
        made.append(("crop", _pad(rest, node)))
    return made


@_parts.register
def _(layer: kinds.Dense, node: Node, shape: kinds.Shape) -> list[Part]:
    axes = len(shape) + 1
    if layer.axis != 1 or axes == 2:
        linear = nn.Linear(layer.features_in, layer.features_out, bias=layer.bias, **_EMPTY)
        _fill(linear, node.weights, weight="kernel", bias="bias")
        return _along_last(linear, layer.axis, axes)
    # On the channels of a map it is a convolution with a kernel of one pixel.
    rank = axes - 2
    conv = _ranked("Conv", rank, node)(
        layer.features_in,
        layer.features_out,
        1,
        bias=layer.bias,
        **_EMPTY,
    )
    kernel = node.weights["kernel"]
    weights = {**node.weights, "kernel": kernel.reshape(*kernel.shape, *(1,) * rank)}
    return [("", _fill(conv, weights, weight="kernel", bias="bias"))]


def _along_last(module: nn.Module, axis: int, axes: int) -> list[Part]:
    """Apply a module that acts on the last axis to another one."""
    if axis == axes - 1:
        return [("", module)]
    there = [number for number in range(axes) if number != axis] + [axis]
    back = list(np.argsort(there))
    return [
        ("last", own.Permute(there)),
        ("", module),
        ("back", own.Permute([int(number) for number in back])),
    ]


@_parts.register
def _(layer: kinds.BatchNormalisation, node: Node, shape: kinds.Shape) -> list[Part]:
    axes = len(shape) + 1
    name = f"BatchNorm{max(axes - 2, 1)}d"
    home: Any = own if layer.frozen else nn
    kind = getattr(home, name if home is nn else f"Frozen{name}", None)
    if kind is None:
        raise CannotTranslate(node.name, f"torch has no {name}, for {axes - 2} spatial axes")
    affine = layer.scale or layer.shift
    norm = kind(layer.channels, eps=layer.epsilon, momentum=layer.momentum, affine=affine, **_EMPTY)
    norm.num_batches_tracked = torch.tensor(0)
    _fill(norm, node.weights, running_mean="mean", running_var="variance")
    _affine(norm, layer, node.weights["mean"])
    _fill(norm, node.weights, weight="scale", bias="shift")
    if layer.axis == 1:
        return [("", norm)]
    swap = list(range(axes))
    swap[1], swap[layer.axis] = layer.axis, 1
    return [("there", own.Permute(swap)), ("", norm), ("back", own.Permute(swap))]


def _affine(norm: Any, layer: Any, like: np.ndarray) -> None:
    """Where only one of scale and shift is there, fix the other at 1 or 0: torch has both."""
    if layer.scale != layer.shift:
        field, fixed = ("bias", torch.zeros) if layer.scale else ("weight", torch.ones)
        values = fixed(like.shape, dtype=torch.tensor(like).dtype)
        setattr(norm, field, nn.Parameter(values, requires_grad=False))


@_parts.register
def _(layer: kinds.LayerNormalisation, node: Node, shape: kinds.Shape) -> list[Part]:
    axes = len(shape) + 1
    last = layer.axes == tuple(range(axes - len(layer.axes), axes))
    norm: nn.Module
    if last and (layer.scale or not layer.shift):
        norm = nn.LayerNorm(layer.shape, layer.epsilon, layer.scale, bias=layer.shift, **_EMPTY)
    else:
        norm = own.LayerNormOver(
            layer.shape, layer.axes, layer.epsilon, weight=layer.scale, bias=layer.shift
        )
    return [("", _fill(norm, node.weights, weight="scale", bias="shift"))]


@_parts.register
def _(layer: kinds.GroupNormalisation, node: Node, shape: kinds.Shape) -> list[Part]:
    affine = layer.scale or layer.shift
    norm = nn.GroupNorm(layer.groups, layer.channels, layer.epsilon, affine, **_EMPTY)
    if affine:
        _affine(norm, layer, node.weights["scale" if layer.scale else "shift"])
    return [("", _fill(norm, node.weights, weight="scale", bias="shift"))]


@_parts.register
def _(layer: kinds.Slope, node: Node, shape: kinds.Shape) -> list[Part]:
    slopes = np.asarray(node.weights["slope"])
    module: nn.Module
    if all(size == 1 for size in layer.shape[1:]):
        module = nn.PReLU(layer.shape[0], **_EMPTY)
        slopes = slopes.reshape(-1)
    else:
        module = own.SlopeOver(layer.shape)
    return [("", _fill(module, {"slope": slopes}, weight="slope"))]


@_parts.register
def _(layer: kinds.Standardising, node: Node, shape: kinds.Shape) -> list[Part]:
    names = ("centre", "scale", "offset")
    return [("", own.Standardise(*(torch.tensor(node.weights[name]) for name in names)))]


@_parts.register
def _(layer: kinds.Activation, node: Node, shape: kinds.Shape) -> list[Part]:
    return [("", activation(layer, node.name))]
