"""Where a default bites: what to know of a layer before it is written in the other framework."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cnncourse.frameworks.facts import Facts
from cnncourse.frameworks.input_sizes import crossed
from cnncourse.frameworks.layers import (
    Activation,
    BatchNormalisation,
    Convolution,
    Dense,
    Flatten,
    GroupNormalisation,
    Layer,
    LayerNormalisation,
    Padding,
    Pads,
    Pooling,
    Slope,
    TransposedConvolution,
)
from cnncourse.frameworks.padding import torch_padding
from cnncourse.frameworks.source_lines import even, one
from cnncourse.frameworks.steps import Step
from cnncourse.frameworks.wording_torch import same_order


def remarks(step: Step, *, alone: bool = True) -> list[str]:
    """What to mind of one layer.

    Parameters
    ----------
    step : Step
    alone : bool, default True
        Of one of several layers, say what holds for all of its kind but once, without its numbers.

    Returns
    -------
    list of str
        Sentences; none where nothing bites.
    """
    found: list[str] = []
    for layer, facts in zip(step.layers, step.facts, strict=True):
        for sentence in _of(layer, facts, step, alone):
            if sentence not in found:
                found.append(sentence)
    return found


def _of(layer: Layer, facts: Facts, step: Step, alone: bool) -> Iterator[str]:
    keras = step.framework == "keras"
    match layer:
        case Convolution():
            yield from _window(layer, facts, keras)
            fan_in = math.prod(layer.size) * layer.channels_in // layer.groups
            yield _start(layer.bias, fan_in if alone else None)
        case TransposedConvolution():
            yield from _transposed(layer, keras)
            fan_in = math.prod(layer.size) * layer.channels_out // layer.groups
            yield _start(layer.bias, fan_in if alone else None)
        case Dense():
            if not keras and len(facts.input_shape) > 1:
                yield "Linear acts on the last axis: the columns here, not the channels."
            yield _start(layer.bias, layer.features_in if alone else None)
        case Pooling():
            yield from _pool(layer, facts, step)
        case BatchNormalisation():
            yield (
                "Keras starts with epsilon=0.001 and momentum=0.99, PyTorch with eps=1e-05 and "
                "momentum=0.1, which would be 0.9 in Keras: it counts the new batch, not the old."
            )
        case LayerNormalisation() | GroupNormalisation():
            yield "Keras starts with epsilon=0.001, PyTorch with eps=1e-05."
        case Flatten() if not same_order(facts.input_shape):
            yield (
                "Keras flattens pixel by pixel, PyTorch channel by channel: the weights behind "
                "must be reordered (cnncourse.frameworks.flatten_order) when they are carried over."
            )
        case Slope():
            yield "Keras starts the slopes at 0, one for each number; PyTorch one for all at 0.25."
        case Activation(name="relu"):
            options = dict(layer.options)
            if options["slope"]:
                yield "Without a number, LeakyReLU has the slope 0.3 in Keras, 0.01 in PyTorch."
        case Padding() if keras and even(layer.pads) is None:
            yield "Keras names the first axis first, PyTorch the last: left, right, top, bottom."


def _start(bias: bool, fan_in: int | None) -> str:
    """How the weights begin; `fan_in` is the number of products in each sum."""
    if fan_in is None:
        within = "evenly within 1 / sqrt(products in a sum) of 0"
    else:
        bound = f"{1 / math.sqrt(fan_in):.3g}"
        within = f"evenly between -{bound} and {bound} (1 / sqrt({fan_in}))"
    if bias:
        return f"The bias starts at 0 in Keras, {within} in PyTorch."
    return f"The weights start by Glorot's rule in Keras, {within} in PyTorch."


def _window(layer: Convolution, facts: Facts, keras: bool) -> Iterator[str]:
    pads = facts.pads or ()
    strided = max(layer.stride) > 1
    if keras and layer.padding == "same":
        if strided:
            yield "PyTorch refuses padding='same' with a stride above 1."
        if strided and (sentence := _next_size(layer, facts)):
            yield sentence
        if not strided and even(pads) is None:
            yield "At stride 1, padding='same' of PyTorch pads as unevenly, for any size."
    if not keras and layer.padding != "same" and any(map(any, pads)):
        same = torch_padding(
            facts.input_shape[1:], layer.size, layer.stride, "same", dilation=layer.dilation
        )
        if strided and same != pads:
            yield (
                f"For this size padding='same' of Keras would look at other pixels: it would pad "
                f"{_pairs(same)}, not {_pairs(pads)}."
            )
        elif strided:
            yield "For this size padding='same' of Keras pads alike; for others it may not."


def _next_size(layer: Convolution | Pooling, facts: Facts) -> str:
    """What "same" pads for an input that is one cell longer."""
    longer = tuple(n + 1 for n in facts.input_shape[1:])
    pads = torch_padding(longer, layer.size, layer.stride, "same", dilation=layer.dilation)
    if pads == facts.pads:
        return ""
    return (
        f"With a stride, 'same' depends on the size: it pads {_pairs(facts.pads or ())} here, and "
        f"would pad {_pairs(pads)} for {crossed(longer)}."
    )


def _pairs(pads: Pads) -> str:
    """Pairs as briefly as can be.

    Examples
    --------
    >>> _pairs(((0, 1), (0, 1))), _pairs(((0, 1), (1, 1)))
    ('(0, 1)', '((0, 1), (1, 1))')
    """
    return str(pads[0] if len(set(pads)) == 1 else pads)


def _transposed(layer: TransposedConvolution, keras: bool) -> Iterator[str]:
    if keras and even(layer.crop) is None:
        yield "PyTorch crops both ends alike, but for output_padding at the second."
    if max(layer.dilation) > 1:
        yield "TensorFlow computes a dilated transposed convolution on a GPU only."


def _pool(layer: Pooling, facts: Facts, step: Step) -> Iterator[str]:
    keras = step.framework == "keras"
    if not step.given & {"stride", "strides"}:
        name = "strides" if keras else "stride"
        yield f"Without {name} the step is the window, {one(layer.size)}, not 1: so it is in both."
    if not any(map(any, facts.pads or ())):
        if layer.ceil:
            yield "Keras has no ceil_mode: padding='same' keeps a last window that hangs over."
        return
    if keras and max(layer.stride) > 1 and (sentence := _next_size(layer, facts)):
        yield sentence
    if layer.kind == "max":
        yield "Padding counts as minus infinity, so it never wins; a ZeroPadding in front might."
    elif layer.kind == "average":
        yield (
            "Keras leaves padding out of the mean; PyTorch counts it as zeros, unless "
            "count_include_pad=False."
        )
