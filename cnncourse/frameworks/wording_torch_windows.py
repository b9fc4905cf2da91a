"""The layers with windows, and those that pad and crop, as a program for PyTorch has them."""

from __future__ import annotations

import math

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Pads, Sizes
from cnncourse.frameworks.padding import functional_pad
from cnncourse.frameworks.sizes import resolved_padding
from cnncourse.frameworks.source_lines import Line, even, one, unusual, written
from cnncourse.frameworks.wording_torch import OWN, in_torch


def _pad(pads: Pads, value: float = 0.0, note: str = "") -> Line:
    amounts = functional_pad(pads)
    cells = amounts[0] if len(set(amounts)) == 1 else amounts
    if value == 0.0:
        return Line(written(f"nn.ZeroPad{len(pads)}d", cells), note)
    return Line(written(f"nn.ConstantPad{len(pads)}d", cells, value), note)


_ORDER = ("left, right", "left, right, top, bottom", "left, right, top, bottom, front, back")


@in_torch.register
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


@in_torch.register
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


@in_torch.register
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


@in_torch.register
def _(layer: kinds.AdaptivePooling, shape: Sizes) -> list[Line]:
    return [Line(written(_adaptive(layer.kind, layer.rank), one(layer.sizes)))]  # type: ignore[arg-type]


def _adaptive(kind: str, rank: int) -> str:
    return f"nn.Adaptive{'Max' if kind == 'max' else 'Avg'}Pool{rank}d"


@in_torch.register
def _(layer: kinds.GlobalPooling, shape: Sizes) -> list[Line]:
    pool = Line(written(_adaptive(layer.kind, layer.rank), 1))
    return [pool] if layer.keeps_axes else [pool, Line("nn.Flatten()")]


@in_torch.register
def _(layer: kinds.Padding, shape: Sizes) -> list[Line]:
    if layer.mode == "constant":
        note = "" if len(set(functional_pad(layer.pads))) == 1 else _ORDER[layer.rank - 1]
        return [_pad(layer.pads, layer.value, note)]
    name = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
    amounts = functional_pad(layer.pads)
    cells = amounts[0] if len(set(amounts)) == 1 else amounts
    return [Line(written(f"nn.{name[layer.mode]}Pad{layer.rank}d", cells))]


@in_torch.register
def _(layer: kinds.Upsampling, shape: Sizes) -> list[Line]:
    factors = tuple(float(f) for f in layer.factors)
    scale = layer.factors[0] if len(set(factors)) == 1 else factors
    mode = ("linear", "bilinear", "trilinear")[layer.rank - 1]
    named = unusual(mode=("nearest" if layer.kind == "nearest" else mode, "nearest"))
    return [Line(written("nn.Upsample", scale_factor=scale, **named))]
