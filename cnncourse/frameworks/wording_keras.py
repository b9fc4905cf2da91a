"""A layer as a program for Keras has it, for an input of a known shape."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import singledispatch
from itertools import product

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.keras_text_windows import transposed_crop
from cnncourse.frameworks.layers import Layer, Pads, Sizes
from cnncourse.frameworks.padding import keras_padding
from cnncourse.frameworks.sizes import output_shape, resolved_padding
from cnncourse.frameworks.source_lines import Line, one, unusual, written
from cnncourse.frameworks.text_activations import KERAS_WORDS

OWN = "of cnncourse.frameworks.keras_layers"
"""Said of a layer that Keras itself does not have."""


def keras_lines(layer: Layer, shape: Sizes) -> list[Line]:
    """Write a layer for Keras.

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
        If Keras has nothing that computes the same.

    Examples
    --------
    >>> print(*keras_lines(kinds.Dense(features_in=784, features_out=10), (784,)))
    layers.Dense(10)
    """
    return _lines(layer, shape)


@singledispatch
def _lines(layer: Layer, shape: Sizes) -> list[Line]:
    raise CannotTranslate(type(layer).__name__, "Keras has no such layer")


def _zeros(pads: Pads) -> list[Line]:
    """Zeros around, cells cut off, or both."""
    more = tuple((max(b, 0), max(e, 0)) for b, e in pads)
    less = tuple((max(-b, 0), max(-e, 0)) for b, e in pads)
    rank = len(pads)
    lines = []
    if any(map(any, more)):
        lines.append(Line(written(f"layers.ZeroPadding{rank}D", _brief(more))))
    if any(map(any, less)):
        lines.append(Line(written(f"layers.Cropping{rank}D", _brief(less))))
    return lines or [Line("layers.Identity()")]


def _brief(pads: Pads) -> int | tuple[int, ...] | Pads:
    """Pads as Keras takes them, as briefly as it allows."""
    if len({cells for pair in pads for cells in pair}) == 1:
        return pads[0][0]
    return pads[0] if len(pads) == 1 else pads


@_lines.register
def _(layer: kinds.Convolution, shape: Sizes) -> list[Line]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None  # no size is open
    depthwise = 1 < layer.groups == layer.channels_in and layer.rank < 3
    uneven = depthwise and len(set(layer.stride)) > 1
    if max(layer.stride) > 1 and (max(layer.dilation) > 1 or uneven):
        # Keras refuses it in one layer; a window of one cell takes one position in so many.
        ones = (1,) * layer.rank
        whole = replace(layer, stride=ones, padding=pads)
        thinned = written(f"layers.MaxPooling{layer.rank}D", 1, strides=one(layer.stride))
        return [*_lines(whole, shape), Line(thinned, "keeps one position in so many")]
    lines, word = _padded(layer, shape, pads)
    named = unusual(
        strides=(one(layer.stride), 1),
        padding=(word, "valid"),
        dilation_rate=(one(layer.dilation), 1),
        use_bias=(layer.bias, True),
    )
    return [*lines, Line(_convolution(layer, named))]


def _padded(layer: kinds.Convolution, shape: Sizes, pads: Pads) -> tuple[list[Line], str]:
    """The layers in front that pad, and the word for the convolution itself."""
    word = keras_padding(shape[1:], layer.size, layer.stride, pads, dilation=layer.dilation)
    if layer.mode != "zeros" and word != "valid":
        return [Line(written("BorderPadding", pads, layer.mode), OWN)], "valid"
    if isinstance(word, str):
        return [], word
    if layer.rank == 1 and pads == ((layer.dilation[0] * (layer.size[0] - 1), 0),):
        return [], "causal"
    return _zeros(pads), "valid"


def _convolution(layer: kinds.Convolution, named: dict[str, object]) -> str:
    size = one(layer.size)
    if 1 < layer.groups == layer.channels_in and layer.rank < 3:
        multiplier = layer.channels_out // layer.channels_in
        named = {**unusual(depth_multiplier=(multiplier, 1)), **named}
        return written(f"layers.DepthwiseConv{layer.rank}D", size, **named)
    named = {**named, **unusual(groups=(layer.groups, 1))}
    return written(f"layers.Conv{layer.rank}D", layer.channels_out, size, **named)


@_lines.register
def _(layer: kinds.TransposedConvolution, shape: Sizes) -> list[Line]:
    if layer.groups > 1:
        raise CannotTranslate("TransposedConvolution", "Keras's has no groups")
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise CannotTranslate("TransposedConvolution", "Keras refuses strides with dilation")
    named = unusual(
        strides=(one(layer.stride), 1),
        dilation_rate=(one(layer.dilation), 1),
        use_bias=(layer.bias, True),
    )
    name = f"layers.Conv{layer.rank}DTranspose"
    for padding in _transposed_paddings(layer, shape):
        return [Line(written(name, layer.channels_out, one(layer.size), **named, **padding))]
    plain = [_axis_crop(layer, shape, axis, None, False) for axis in range(layer.rank)]
    rest = tuple(
        (want[0] - got[0], want[1] - got[1])
        for want, got in zip(layer.crop, plain, strict=True)
        if got is not None
    )
    if len(rest) < layer.rank or any(cells < 0 for pair in rest for cells in pair):
        raise CannotTranslate("TransposedConvolution", f"Keras cannot crop {layer.crop} of it")
    crop = tuple((-before, -after) for before, after in rest)
    return [Line(written(name, layer.channels_out, one(layer.size), **named)), *_zeros(crop)]


def _axis_crop(
    layer: kinds.TransposedConvolution, shape: Sizes, axis: int, more: int | None, same: bool
) -> tuple[int, int] | None:
    extent = layer.dilation[axis] * (layer.size[axis] - 1) + 1
    return transposed_crop(shape[axis + 1], extent, layer.stride[axis], more, same)


def _transposed_paddings(
    layer: kinds.TransposedConvolution, shape: Sizes
) -> list[dict[str, object]]:
    """The arguments that crop as the layer does: a word, and output_padding where it is needed."""
    found: list[dict[str, object]] = []
    for same, given in product((False, True), (False, True)):
        extras: list[int | None] = []
        for axis, crop in enumerate(layer.crop):
            options = range(layer.stride[axis]) if given else (None,)
            fits = [m for m in options if _axis_crop(layer, shape, axis, m, same) == crop]
            extras += fits[:1]
        if len(extras) == layer.rank:
            more = {"output_padding": one(tuple(m or 0 for m in extras))} if given else {}
            found.append(unusual(padding=("same" if same else "valid", "valid")) | more)
    return sorted(found, key=len)


@_lines.register
def _(layer: kinds.Pooling, shape: Sizes) -> list[Line]:
    sizes = shape[1:]
    pads = resolved_padding(sizes, layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None
    overhang = _overhang(layer, shape, pads)
    ends = tuple((b, e + more) for (b, e), more in zip(pads, overhang, strict=True))
    word = keras_padding(sizes, layer.size, layer.stride, ends, dilation=layer.dilation)
    if layer.kind == "l2":
        return _power_pool(layer, ends)
    if layer.kind == "average":
        return _average(layer, pads, overhang, word)
    if set(layer.dilation) != {1}:
        own = written("DilatedMaxPooling", layer.size, layer.stride, layer.dilation)
        border = [] if word == "valid" else [_minus_infinity(ends)]
        return [*border, Line(own, OWN)]
    if isinstance(word, str):
        return [_pool(layer, word)]
    return [_minus_infinity(ends), _pool(layer, "valid")]


def _overhang(layer: kinds.Pooling, shape: Sizes, pads: Pads) -> Sizes:
    """Cells beyond the padding that the last window needs to be whole."""
    counts = output_shape(layer, [shape])[1:]
    axes = zip(shape[1:], counts, layer.size, layer.stride, layer.dilation, pads, strict=True)
    return tuple(
        max(((m or 0) - 1) * s + d * (k - 1) + 1 - (n + b + e), 0) for n, m, k, s, d, (b, e) in axes
    )


def _minus_infinity(pads: Pads) -> Line:
    return Line(written("BorderPadding", pads, "constant", -math.inf), OWN)


def _pool(layer: kinds.Pooling, word: str) -> Line:
    name = "MaxPooling" if layer.kind == "max" else "AveragePooling"
    named = unusual(strides=(one(layer.stride), one(layer.size)), padding=(word, "valid"))
    return Line(written(f"layers.{name}{layer.rank}D", one(layer.size), **named))


def _average(layer: kinds.Pooling, pads: Pads, overhang: Sizes, word: str | Pads) -> list[Line]:
    padded = any(map(any, pads))
    if isinstance(word, str) and not (padded and layer.counts_padding):
        return [_pool(layer, word)]  # Keras's "same" leaves all that it adds out of the mean
    if layer.counts_padding and not any(overhang):
        return [*_zeros(pads), _pool(layer, "valid")]
    own = written(
        "BorderAveragePooling",
        layer.size,
        layer.stride,
        pads,
        overhang,
        counts_padding=layer.counts_padding,
    )
    return [Line(own, OWN)]


def _power_pool(layer: kinds.Pooling, ends: Pads) -> list[Line]:
    before = _zeros(ends) if any(map(any, ends)) else []
    return [*before, Line(written("L2Pooling", layer.size, layer.stride), OWN)]


@_lines.register
def _(layer: kinds.AdaptivePooling, shape: Sizes) -> list[Line]:
    sizes = tuple(n if m is None else m for n, m in zip(shape[1:], layer.sizes, strict=True))
    if set(sizes) == {1}:
        return [_global(layer.kind, layer.rank, True)]
    if all(n % m == 0 for n, m in zip(shape[1:], sizes, strict=True)):
        size = tuple(n // m for n, m in zip(shape[1:], sizes, strict=True))
        name = "MaxPooling" if layer.kind == "max" else "AveragePooling"
        return [Line(written(f"layers.{name}{layer.rank}D", one(size)))]
    return [Line(written("AdaptiveWindowPooling", layer.kind, sizes), OWN)]


def _global(kind: str, rank: int, keeps: bool) -> Line:
    name = f"layers.Global{'Max' if kind == 'max' else 'Average'}Pooling{rank}D"
    return Line(written(name, **unusual(keepdims=(keeps, False))))


@_lines.register
def _(layer: kinds.GlobalPooling, shape: Sizes) -> list[Line]:
    return [_global(layer.kind, layer.rank, layer.keeps_axes)]


@_lines.register
def _(layer: kinds.Padding, shape: Sizes) -> list[Line]:
    if layer.mode == "constant" and (layer.value == 0.0 or max(map(max, layer.pads)) <= 0):
        return _zeros(layer.pads)
    value = (layer.value,) if layer.mode == "constant" else ()
    return [Line(written("BorderPadding", layer.pads, layer.mode, *value), OWN)]


@_lines.register
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


@_lines.register
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


@_lines.register
def _(layer: kinds.GroupNormalisation, shape: Sizes) -> list[Line]:
    named = unusual(
        epsilon=(layer.epsilon, 1e-3), center=(layer.shift, True), scale=(layer.scale, True)
    )
    return [Line(written("layers.GroupNormalization", layer.groups, **named))]


@_lines.register
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


@_lines.register
def _(layer: kinds.Slope, shape: Sizes) -> list[Line]:
    shared = [
        _last(axis, len(shape)) % (len(shape) + 1)
        for axis, size in enumerate(layer.shape, 1)
        if size == 1
    ]
    named = {"shared_axes": tuple(sorted(shared))} if shared else {}
    return [Line(written("layers.PReLU", **named))]


@_lines.register
def _(layer: kinds.Dropout, shape: Sizes) -> list[Line]:
    if layer.whole_channels:
        return [Line(written(f"layers.SpatialDropout{len(shape) - 1}D", layer.rate))]
    return [Line(written("layers.Dropout", layer.rate))]


@_lines.register
def _(layer: kinds.Flatten, shape: Sizes) -> list[Line]:
    plain = layer.channels_last or len(shape) == 1 or 1 in (shape[0], math.prod(shape[1:]))
    note = "" if plain else "its features are in another order"
    return [Line("layers.Flatten()", note)]


@_lines.register
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


@_lines.register
def _(layer: kinds.Permute, shape: Sizes) -> list[Line]:
    axes = len(shape)
    dims = [_last(axis, axes) % (axes + 1) for axis in layer.axes[1:]]
    order = dims if axes == 1 else [*dims[1:], dims[0]]
    return [Line(written("layers.Permute", tuple(order)))]


@_lines.register
def _(layer: kinds.Upsampling, shape: Sizes) -> list[Line]:
    named = unusual(interpolation=(layer.kind, "nearest"))
    return [Line(written(f"layers.UpSampling{layer.rank}D", one(layer.factors), **named))]


@_lines.register
def _(layer: kinds.Rescaling, shape: Sizes) -> list[Line]:
    named = unusual(offset=(layer.offset, 0.0))
    return [Line(written("layers.Rescaling", layer.scale, **named))]


@_lines.register
def _(layer: kinds.Identity, shape: Sizes) -> list[Line]:
    return [Line("layers.Identity()")]


_WORDS = {
    (name, tuple(sorted(options.items()))): word
    for word, (name, options) in reversed(KERAS_WORDS.items())
    if name != "relu" and "softmax" not in name and name != "elu"
}
"""Keras's word for each activation and its options, the first of several names."""


@_lines.register
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
