"""A layer as a program for PyTorch has it, for an input of a known shape."""

from __future__ import annotations

import math
from functools import singledispatch

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.source_lines import Line, unusual, written
from cnncourse.frameworks.text_activations import TORCH_CLASSES

OWN = "of cnncourse.frameworks.torch_modules"
"""Said of a module that PyTorch itself does not have."""

FROM_ACTIVATIONS = "of cnncourse.frameworks.torch_activations"


@singledispatch
def in_torch(layer: Layer, shape: Sizes) -> list[Line]:
    """Write a layer for PyTorch; the kinds of layers are registered here and in `..._windows`."""
    raise CannotTranslate(type(layer).__name__, "PyTorch has no such layer")


@in_torch.register
def _(layer: kinds.BatchNormalisation, shape: Sizes) -> list[Line]:
    affine = layer.scale or layer.shift
    norm = written(
        f"nn.BatchNorm{max(len(shape) - 1, 1)}d",
        layer.channels,
        **unusual(
            eps=(layer.epsilon, 1e-5),
            momentum=(layer.momentum, 0.1),
            affine=(affine, True),
            bias=(layer.shift or not affine, True),
        ),
    )
    line = Line(norm, _scaleless(layer))
    if layer.axis == 1:
        return [line]
    swap = list(range(len(shape) + 1))
    swap[1], swap[layer.axis] = layer.axis, 1
    permute = Line(written("Permute", tuple(swap)), OWN)
    return [permute, line, permute]


def _scaleless(layer: kinds.BatchNormalisation | kinds.GroupNormalisation) -> str:
    return "keep its weight at 1" if layer.shift and not layer.scale else ""


@in_torch.register
def _(layer: kinds.LayerNormalisation, shape: Sizes) -> list[Line]:
    ends = tuple(range(len(shape) + 1 - len(layer.axes), len(shape) + 1))
    if layer.axes == ends and (layer.scale or not layer.shift):
        named = unusual(
            eps=(layer.epsilon, 1e-5),
            elementwise_affine=(layer.scale, True),
            bias=(layer.shift or not layer.scale, True),
        )
        first = layer.shape[0] if len(layer.shape) == 1 else layer.shape
        return [Line(written("nn.LayerNorm", first, **named))]
    named = unusual(weight=(layer.scale, True), bias=(layer.shift, True))
    own = written("LayerNormOver", layer.shape, layer.axes, layer.epsilon, **named)
    return [Line(own, OWN)]


@in_torch.register
def _(layer: kinds.GroupNormalisation, shape: Sizes) -> list[Line]:
    affine = layer.scale or layer.shift
    norm = written(
        "nn.GroupNorm",
        layer.groups,
        layer.channels,
        **unusual(
            eps=(layer.epsilon, 1e-5),
            affine=(affine, True),
            bias=(layer.shift or not affine, True),
        ),
    )
    return [Line(norm, _scaleless(layer))]


@in_torch.register
def _(layer: kinds.Dense, shape: Sizes) -> list[Line]:
    axes = len(shape) + 1
    named = unusual(bias=(layer.bias, True))
    if layer.axis == 1 and axes > 2:
        conv = written(f"nn.Conv{axes - 2}d", layer.features_in, layer.features_out, 1, **named)
        return [Line(conv, "on every pixel's channels, as Keras's Dense")]
    linear = Line(written("nn.Linear", layer.features_in, layer.features_out, **named))
    return [linear] if layer.axis == axes - 1 else _along_last(linear, layer.axis, axes)


def _along_last(line: Line, axis: int, axes: int) -> list[Line]:
    swap = list(range(axes))
    swap[axis], swap[-1] = swap[-1], swap[axis]
    permute = Line(written("Permute", tuple(swap)), OWN)
    return [permute, line, permute]


@in_torch.register
def _(layer: kinds.Slope, shape: Sizes) -> list[Line]:
    if all(size == 1 for size in layer.shape[1:]):
        given = () if layer.shape[0] == 1 else (layer.shape[0],)
        return [Line(written("nn.PReLU", *given))]
    return [Line(written("SlopeOver", layer.shape), OWN)]


@in_torch.register
def _(layer: kinds.Dropout, shape: Sizes) -> list[Line]:
    rank = f"{len(shape) - 1}d" if layer.whole_channels else ""
    return [Line(written(f"nn.Dropout{rank}", layer.rate))]


@in_torch.register
def _(layer: kinds.Flatten, shape: Sizes) -> list[Line]:
    if not layer.channels_last or same_order(shape):
        return [Line("nn.Flatten()")]
    note = "its features are in another order"
    return [Line("nn.Flatten()", note)]


def same_order(shape: Sizes) -> bool:
    """Whether the numbers stand in one order, channels first or channels last.

    Examples
    --------
    >>> same_order((1, 5, 5)), same_order((3, 5, 5))
    (True, False)
    """
    return len(shape) == 1 or shape[0] == 1 or all(size == 1 for size in shape[1:])


@in_torch.register
def _(layer: kinds.Reshape, shape: Sizes) -> list[Line]:
    target = layer.shape
    if layer.channels_last:
        if len(target) > 1:
            target = (target[-1], *target[:-1])
        if not (same_order(shape) and same_order(target)):
            return [Line(written("ReshapeChannelsLast", layer.shape), OWN)]
    if target == shape:
        return [Line("nn.Identity()")]
    if len(target) == 1:
        return [Line("nn.Flatten()")]
    if len(shape) == 1:
        return [Line(written("nn.Unflatten", 1, target))]
    return [Line(written("Reshape", target), OWN)]


@in_torch.register
def _(layer: kinds.Permute, shape: Sizes) -> list[Line]:
    return [Line(written("Permute", layer.axes), OWN)]


@in_torch.register
def _(layer: kinds.Rescaling, shape: Sizes) -> list[Line]:
    return [Line(written("Rescale", layer.scale, layer.offset), OWN)]


@in_torch.register
def _(layer: kinds.Identity, shape: Sizes) -> list[Line]:
    return [Line("nn.Identity()")]


_PLAIN = {
    name: cls for cls, (name, options) in TORCH_CLASSES.items() if not options
} | {"softplus": "Softplus", "gelu": "GELU", "linear": "Identity"}  # fmt: skip
_WITH = {
    "elu": ("ELU", "alpha", 1.0),
    "celu": ("CELU", "alpha", 1.0),
    "soft_shrink": ("Softshrink", "lambd", 0.5),
    "hard_shrink": ("Hardshrink", "lambd", 0.5),
}


@in_torch.register
def _(layer: kinds.Activation, shape: Sizes) -> list[Line]:
    options = dict(layer.options)
    name = layer.name
    if name == "relu":
        return [_relu(**options)]
    if name in _PLAIN:
        return [Line(f"nn.{_PLAIN[name]}()")]
    if name in _WITH:
        cls, option, default = _WITH[name]
        return [Line(written(f"nn.{cls}", **unusual(**{option: (options[option], default)})))]
    if name in ("softmax", "log_softmax"):
        cls = "Softmax" if name == "softmax" else "LogSoftmax"
        return [Line(written(f"nn.{cls}", dim=int(options["axis"])))]
    if name == "gelu_tanh":
        return [Line(written("nn.GELU", approximate="tanh"))]
    if name == "clip":
        bounds = (options["low"], options["high"])
        return [Line(written("nn.Hardtanh", *(bounds if bounds != (-1.0, 1.0) else ())))]
    if name == "exponential":
        return [Line("Exponential()", FROM_ACTIVATIONS)]
    raise CannotTranslate("Activation", f"PyTorch has no layer for {name!r}")


def _relu(slope: float, threshold: float, top: float) -> Line:
    if threshold == 0.0 and top == math.inf:
        if slope == 0.0:
            return Line("nn.ReLU()")
        return Line(written("nn.LeakyReLU", *(() if slope == 0.01 else (slope,))))
    if threshold == 0.0 and slope == 0.0:
        return Line("nn.ReLU6()" if top == 6.0 else written("nn.Hardtanh", 0.0, top))
    limit = None if top == math.inf else top
    return Line(written("ClippedReLU", slope, limit, threshold), FROM_ACTIVATIONS)
