"""The layers with windows, and those that pad and crop, as a program for Keras has them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.keras_text_windows import transposed_crop
from cnncourse.frameworks.layers import Pads, Sizes
from cnncourse.frameworks.padding import keras_padding
from cnncourse.frameworks.sizes import output_shape, resolved_padding
from cnncourse.frameworks.source_lines import Line, one, unusual, written
from cnncourse.frameworks.wording_keras import OWN, in_keras


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


@in_keras.register
def _(layer: kinds.Convolution, shape: Sizes) -> list[Line]:
    pads = resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None  # no size is open
    depthwise = 1 < layer.groups == layer.channels_in and layer.rank < 3
    dilated = max(layer.dilation) > 1 and not depthwise
    uneven = len(set(layer.stride)) > 1 and depthwise
    if max(layer.stride) > 1 and (dilated or uneven):
        # Keras refuses it in one layer; a window of one cell takes one position in so many.
        ones = (1,) * layer.rank
        whole = replace(layer, stride=ones, padding=pads)
        thinned = written(f"layers.MaxPooling{layer.rank}D", 1, strides=one(layer.stride))
        return [*in_keras(whole, shape), Line(thinned, "keeps one position in so many")]
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


@in_keras.register
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


@in_keras.register
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


@in_keras.register
def _(layer: kinds.AdaptivePooling, shape: Sizes) -> list[Line]:
    sizes = tuple(n if m is None else m for n, m in zip(shape[1:], layer.sizes, strict=True))
    if set(sizes) == {1}:
        return [_global(layer.kind, layer.rank, True)]
    if all(n % m == 0 for n, m in zip(shape[1:], sizes, strict=True)):
        size = tuple(n // m for n, m in zip(shape[1:], sizes, strict=True))
        name = "MaxPooling" if layer.kind == "max" else "AveragePooling"
        return [Line(written(f"layers.{name}{layer.rank}D", one(size)))]
    if all(-(-n // m) < n for n, m in zip(shape[1:], sizes, strict=True)):
        name = f"layers.Adaptive{'Max' if layer.kind == 'max' else 'Average'}Pooling"
        return [Line(written(f"{name}{layer.rank}D", one(sizes)))]
    # TensorFlow ends the process where a window would be as long as the axis.
    return [Line(written("AdaptiveWindowPooling", layer.kind, sizes), OWN)]


def _global(kind: str, rank: int, keeps: bool) -> Line:
    name = f"layers.Global{'Max' if kind == 'max' else 'Average'}Pooling{rank}D"
    return Line(written(name, **unusual(keepdims=(keeps, False))))


@in_keras.register
def _(layer: kinds.GlobalPooling, shape: Sizes) -> list[Line]:
    return [_global(layer.kind, layer.rank, layer.keeps_axes)]


@in_keras.register
def _(layer: kinds.Padding, shape: Sizes) -> list[Line]:
    if layer.mode == "constant" and (layer.value == 0.0 or max(map(max, layer.pads)) <= 0):
        return _zeros(layer.pads)
    value = (layer.value,) if layer.mode == "constant" else ()
    return [Line(written("BorderPadding", layer.pads, layer.mode, *value), OWN)]


@in_keras.register
def _(layer: kinds.Upsampling, shape: Sizes) -> list[Line]:
    named = unusual(interpolation=(layer.kind, "nearest"))
    return [Line(written(f"layers.UpSampling{layer.rank}D", one(layer.factors), **named))]
