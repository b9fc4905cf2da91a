"""The layers of `keras_layers`, one by one, as layers of a graph: the way back of `to_keras`."""

from __future__ import annotations

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.keras_reading_layers import reads
from cnncourse.frameworks.keras_use import Found, Use


@reads("BorderPadding")
def _border_padding(use: Use) -> list[Found]:
    layer = use.layer
    return [Found(kinds.Padding(pads=layer.pads, mode=layer.mode, value=layer.value))]


@reads("BorderAveragePooling", "L2Pooling", "DilatedMaxPooling")
def _border_pooling(use: Use) -> list[Found]:
    layer = use.layer
    rank = len(layer.size)
    kind = {"BorderAveragePooling": "average", "L2Pooling": "l2", "DilatedMaxPooling": "max"}
    made = kinds.Pooling(
        kind=kind[type(layer).__name__],
        size=layer.size,
        stride=layer.strides,
        padding=getattr(layer, "pads", ((0, 0),) * rank),
        dilation=getattr(layer, "dilation", (1,) * rank),
        ceil=any(getattr(layer, "overhang", ())),
        counts_padding=getattr(layer, "counts_padding", False),
    )
    return [Found(made)]


@reads("AdaptiveWindowPooling")
def _adaptive(use: Use) -> list[Found]:
    return [Found(kinds.AdaptivePooling(kind=use.layer.kind, sizes=use.layer.sizes))]


@reads("ActivationFunction")
def _activation(use: Use) -> list[Found]:
    options = dict(use.layer.options)
    if "axis" in options:
        options["axis"] = use.axis(int(options["axis"]))
    made = kinds.Activation(name=use.layer.function, options=tuple(sorted(options.items())))
    return [Found(made)]
