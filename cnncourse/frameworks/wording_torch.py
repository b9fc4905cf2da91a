"""A layer as a program for PyTorch has it, for an input of a known shape."""

from __future__ import annotations

import math
from functools import singledispatch

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Layer, Pads, Sizes
from cnncourse.frameworks.padding import functional_pad
from cnncourse.frameworks.sizes import resolved_padding
from cnncourse.frameworks.source_lines import Line, even, one, unusual, written
from cnncourse.frameworks.text_activations import TORCH_CLASSES

OWN = "of cnncourse.frameworks.torch_modules"
"""Said of a module that PyTorch itself does not have."""

FROM_ACTIVATIONS = "of cnncourse.frameworks.torch_activations"


def torch_lines(layer: Layer, shape: Sizes) -> list[Line]:
    """Write a layer for PyTorch.

    Parameters
    ----------
    layer : Layer
    shape : tuple of int
        Of its input, without the batch, channels first.

    Returns
    -------
    list of Line
        To be applied one after the other.

    Raises
    ------
    CannotTranslate
        If PyTorch has nothing that computes the same.

    Examples
    --------
    >>> pool = kinds.Pooling(
    ...     kind="max", size=(2, 2), stride=(2, 2), padding="same", dilation=(1, 1)
    ... )
    >>> print(*torch_lines(pool, (1, 7, 7)))
    nn.MaxPool2d(2, ceil_mode=True)
    """
    return _lines(layer, shape)


@singledispatch
def _lines(layer: Layer, shape: Sizes) -> list[Line]:
    raise CannotTranslate(type(layer).__name__, "PyTorch has no such layer")


def _pad(pads: Pads, value: float = 0.0, note: str = "") -> Line:
    amounts = functional_pad(pads)
    cells = amounts[0] if len(set(amounts)) == 1 else amounts
    if value == 0.0:
        return Line(written(f"nn.ZeroPad{len(pads)}d", cells), note)
    return Line(written(f"nn.ConstantPad{len(pads)}d", cells, value), note)


_ORDER = ("left, right", "left, right, top, bottom", "left, right, top, bottom, front, back")


@_lines.register
def _(layer: kinds.Convolution, shape: Sizes) -> list[Line]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None  # no size is open
    both = even(pads)
    if both is None and layer.mode != "zeros":
        if layer.stride != (1,) * layer.rank:
            raise CannotTranslate("Convolution", f"padding {pads} of {layer.mode!r} is uneven")
    padding = "same" if both is None else one(both)
    conv = written(
        f"nn.Conv{layer.rank}d",
        layer.channels_in,
        layer.channels_out,
        one(layer.size),
        **unusual(
            stride=(one(layer.stride), 1),
            padding=(0 if both is None and layer.mode == "zeros" else padding, 0),
            dilation=(one(layer.dilation), 1),
            groups=(layer.groups, 1),
            bias=(layer.bias, True),
            padding_mode=(layer.mode, "zeros"),
        ),
    )
    if both is None and layer.mode == "zeros":
        return [_pad(pads, note=_ORDER[layer.rank - 1]), Line(conv)]
    return [Line(conv)]


@_lines.register
def _(layer: kinds.TransposedConvolution, shape: Sizes) -> list[Line]:
    paddings, more, rest = [], [], []
    for (before, after), s, d in zip(layer.crop, layer.stride, layer.dilation, strict=True):
        # PyTorch drops `padding` at both ends, then adds `output_padding` at the second.
        added = before - after if before >= 0 and 0 <= before - after < max(s, d) else 0
        dropped = before if added else max(min(before, after), 0)
        paddings.append(dropped)
        more.append(added)
        rest.append((dropped - before, dropped - after - added))
    if any(cells > 0 for pair in rest for cells in pair):
        reason = f"PyTorch cannot add {rest} cells at the ends of a transposed convolution"
        raise CannotTranslate("TransposedConvolution", reason)
    conv = written(
        f"nn.ConvTranspose{layer.rank}d",
        layer.channels_in,
        layer.channels_out,
        one(layer.size),
        **unusual(
            stride=(one(layer.stride), 1),
            padding=(one(tuple(paddings)), 0),
            output_padding=(one(tuple(more)), 0),
            groups=(layer.groups, 1),
            bias=(layer.bias, True),
            dilation=(one(layer.dilation), 1),
        ),
    )
    if any(cells for pair in rest for cells in pair):
        return [Line(conv), _pad(tuple(rest), note="cuts cells off")]
    return [Line(conv)]


@_lines.register
def _(layer: kinds.Pooling, shape: Sizes) -> list[Line]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None
    both = even(pads)
    if both is not None and all(2 * p <= k for p, k in zip(both, layer.size, strict=True)):
        return [_pool(layer, both, layer.ceil)]
    if _ceil_is_same(layer):
        return [_pool(layer, (0,) * layer.rank, True)]
    if layer.kind == "average" and not layer.counts_padding:
        own = written("AveragePoolOfInside", layer.size, layer.stride, pads)
        return [Line(own, OWN)]
    value = -math.inf if layer.kind == "max" else 0.0
    return [
        _pad(pads, value, _ORDER[layer.rank - 1]),
        _pool(layer, (0,) * layer.rank, layer.ceil),
    ]


def _pool(layer: kinds.Pooling, padding: Sizes, ceil: bool) -> Line:
    name = {"max": "MaxPool", "average": "AvgPool", "l2": "LPPool"}[layer.kind]
    named = unusual(
        stride=(one(layer.stride), one(layer.size)),
        padding=(one(padding), 0),
        dilation=(one(layer.dilation), 1),
        ceil_mode=(ceil, False),
    )
    if layer.kind == "average" and not layer.counts_padding and (any(padding) or ceil):
        named["count_include_pad"] = False
    first = (2,) if layer.kind == "l2" else ()
    return Line(written(f"nn.{name}{layer.rank}d", *first, one(layer.size), **named))


def _ceil_is_same(layer: kinds.Pooling) -> bool:
    """Whether "same" never adds a cell before, so that ceil_mode is the same for any size."""
    return (
        layer.padding == "same"
        and set(layer.dilation) == {1}
        and all(k == 1 or (k == 2 <= s) for k, s in zip(layer.size, layer.stride, strict=True))
    )


@_lines.register
def _(layer: kinds.AdaptivePooling, shape: Sizes) -> list[Line]:
    return [Line(written(_adaptive(layer.kind, layer.rank), one(layer.sizes)))]  # type: ignore[arg-type]


def _adaptive(kind: str, rank: int) -> str:
    return f"nn.Adaptive{'Max' if kind == 'max' else 'Avg'}Pool{rank}d"


@_lines.register
def _(layer: kinds.GlobalPooling, shape: Sizes) -> list[Line]:
    pool = Line(written(_adaptive(layer.kind, layer.rank), 1))
    return [pool] if layer.keeps_axes else [pool, Line("nn.Flatten()")]


@_lines.register
def _(layer: kinds.Padding, shape: Sizes) -> list[Line]:
    if layer.mode == "constant":
        note = "" if len(set(functional_pad(layer.pads))) == 1 else _ORDER[layer.rank - 1]
        return [_pad(layer.pads, layer.value, note)]
    name = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
    amounts = functional_pad(layer.pads)
    cells = amounts[0] if len(set(amounts)) == 1 else amounts
    return [Line(written(f"nn.{name[layer.mode]}Pad{layer.rank}d", cells))]


@_lines.register
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


@_lines.register
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


@_lines.register
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


@_lines.register
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


@_lines.register
def _(layer: kinds.Slope, shape: Sizes) -> list[Line]:
    if all(size == 1 for size in layer.shape[1:]):
        given = () if layer.shape[0] == 1 else (layer.shape[0],)
        return [Line(written("nn.PReLU", *given))]
    return [Line(written("SlopeOver", layer.shape), OWN)]


@_lines.register
def _(layer: kinds.Dropout, shape: Sizes) -> list[Line]:
    rank = f"{len(shape) - 1}d" if layer.whole_channels else ""
    return [Line(written(f"nn.Dropout{rank}", layer.rate))]


@_lines.register
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


@_lines.register
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


@_lines.register
def _(layer: kinds.Permute, shape: Sizes) -> list[Line]:
    return [Line(written("Permute", layer.axes), OWN)]


@_lines.register
def _(layer: kinds.Upsampling, shape: Sizes) -> list[Line]:
    factors = tuple(float(f) for f in layer.factors)
    scale = layer.factors[0] if len(set(factors)) == 1 else factors
    mode = ("linear", "bilinear", "trilinear")[layer.rank - 1]
    named = unusual(mode=("nearest" if layer.kind == "nearest" else mode, "nearest"))
    return [Line(written("nn.Upsample", scale_factor=scale, **named))]


@_lines.register
def _(layer: kinds.Rescaling, shape: Sizes) -> list[Line]:
    return [Line(written("Rescale", layer.scale, layer.offset), OWN)]


@_lines.register
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


@_lines.register
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
