"""The modules of PyTorch that slide windows or change the size of a map, read from a text."""

from __future__ import annotations

import math
from collections.abc import Callable

from cnncourse.frameworks import layers as neutral
from cnncourse.frameworks.argument_values import Arguments
from cnncourse.frameworks.input_sizes import crossed
from cnncourse.frameworks.layers import Layer, Pads, Same, Sizes
from cnncourse.frameworks.signatures import LayerTextError

Builder = Callable[[Arguments, Sizes], list[Layer]]
"""What makes neutral layers of arguments and the shape of the input, channels first."""


def channels_told(a: Arguments, name: str, channels: int) -> int:
    """The number of channels or features that a module is told, which must be the input's."""
    if a.count(name) != channels:
        raise LayerTextError(
            f"{a.name} has {name}={a[name]}, but its input has {channels}"
            f"{' channels' if 'channel' in name or name == 'num_features' else ''}"
        )
    return channels


def _conv(a: Arguments, shape: Sizes) -> list[Layer]:
    size, stride, dilation = a.sizes("kernel_size"), a.sizes("stride"), a.sizes("dilation")
    inside, outside, groups = _grouped(a, shape)
    mode = a.word("padding_mode", "zeros", "reflect", "replicate", "circular")
    padding = _padding(a, stride)
    if mode != "zeros":
        pads = _resolved(padding, size, dilation)
        _enough(a, mode, pads, shape)
        padding = pads
    layer = neutral.Convolution(
        channels_in=inside,
        channels_out=outside,
        size=size,
        stride=stride,
        dilation=dilation,
        padding=padding,
        groups=groups,
        bias=a.flag("bias"),
        mode=mode,
    )
    return [layer]


def _grouped(a: Arguments, shape: Sizes) -> tuple[int, int, int]:
    """Channels in and out, and the groups that divide both."""
    groups, inside, outside = a.count("groups"), a.count("in_channels"), a.count("out_channels")
    if inside % groups or outside % groups:
        raise a.fault("groups", f"a divisor of in_channels={inside} and out_channels={outside}")
    return channels_told(a, "in_channels", shape[0]), outside, groups


def _padding(a: Arguments, stride: Sizes) -> Pads | Same:
    """Cells at both ends of each axis; of the words "same" is for a stride of 1 only."""
    value = a["padding"]
    if isinstance(value, str):
        hint = "PyTorch wants small letters" if value.lower() in ("same", "valid") else ""
        a.word("padding", "same", "valid", hint=hint)
        if value == "valid":
            return ((0, 0),) * a.axes
        if max(stride) > 1:
            raise a.fault(
                "padding",
                f"a number with stride={a['stride']!r}",
                "PyTorch refuses 'same' with a stride above 1; Keras has it",
            )
        return "same"
    return tuple((cells, cells) for cells in a.sizes("padding", 0))


def _resolved(padding: Pads | Same, size: Sizes, dilation: Sizes) -> Pads:
    """The cells of "same" at stride 1."""
    if not isinstance(padding, str):
        return padding
    totals = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def _enough(a: Arguments, mode: str, pads: Pads, shape: Sizes) -> None:
    """Reflected or wrapped cells must be there."""
    most = {"reflect": -1, "circular": 0}.get(mode, math.inf)
    for cells, n in zip(pads, shape[1:], strict=True):
        if max(cells) > n + most:
            raise a.fault("padding", f"at most {n + most} on an axis of {n} by {mode!r}")


def _transposed(a: Arguments, shape: Sizes) -> list[Layer]:
    size, stride, dilation = a.sizes("kernel_size"), a.sizes("stride"), a.sizes("dilation")
    a.word("padding_mode", "zeros", hint="a transposed convolution has no other")
    inside, outside, groups = _grouped(a, shape)
    padding, more = a.sizes("padding", 0), a.sizes("output_padding", 0)
    for extra, s, d in zip(more, stride, dilation, strict=True):
        if extra >= max(s, d):
            raise a.fault("output_padding", f"less than the stride of {s} or the dilation of {d}")
    layer = neutral.TransposedConvolution(
        channels_in=inside,
        channels_out=outside,
        size=size,
        stride=stride,
        dilation=dilation,
        crop=tuple((p, p - extra) for p, extra in zip(padding, more, strict=True)),
        groups=groups,
        bias=a.flag("bias"),
    )
    return [layer]


def _pool(kind: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        values = a.call.values
        size = a.sizes("kernel_size")
        dilation = a.sizes("dilation") if "dilation" in values else (1,) * a.axes
        padding = a.sizes("padding", 0)
        for name in ("return_indices", "divisor_override"):
            if name in values:
                a.refuse(name, "is not explained here")
        for p, k, d in zip(padding, size, dilation, strict=True):
            if p > (d * (k - 1) + 1) // 2:
                raise a.fault("padding", f"at most half the window of {d * (k - 1) + 1}")
        if a.name == "AvgPool3d" and any(n < k for n, k in zip(shape[1:], size, strict=True)):
            hint = "PyTorch's AvgPool3d looks at the input without its padding"
            raise a.fault("kernel_size", f"at most the input's {crossed(shape[1:])}", hint)
        layer = neutral.Pooling(
            kind=kind,
            size=size,
            stride=a.step("stride", size),
            padding=tuple((p, p) for p in padding),
            dilation=dilation,
            ceil=a.flag("ceil_mode"),
            counts_padding="count_include_pad" in values and a.flag("count_include_pad"),
        )
        return [layer]

    return build


def _power_pool(a: Arguments, shape: Sizes) -> list[Layer]:
    if a.number("norm_type") != 2:
        raise a.fault("norm_type", "2: others are not explained here")
    size = a.sizes("kernel_size")
    layer = neutral.Pooling(
        kind="l2",
        size=size,
        stride=a.step("stride", size),
        padding=((0, 0),) * a.axes,
        dilation=(1,) * a.axes,
        ceil=a.flag("ceil_mode"),
    )
    return [layer]


def _adaptive(kind: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        if "return_indices" in a.call.values:
            a.refuse("return_indices", "is not explained here")
        value = a["output_size"]
        value = value if isinstance(value, tuple) else (value,) * a.axes
        whole = all(size is None or (type(size) is int and size >= 1) for size in value)
        if len(value) != a.axes or not whole:
            raise a.fault("output_size", "a whole number of at least 1 or None, or one an axis")
        return [neutral.AdaptivePooling(kind=kind, sizes=value)]

    return build


def _pad(mode: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        pads = a.flat_pairs("padding", None if mode == "constant" else 0)
        _enough(a, mode, pads, shape)
        value = a.number("value") if "value" in a.call.values else 0.0
        return [neutral.Padding(pads=pads, mode=mode, value=value)]

    return build


def _upsample(a: Arguments, shape: Sizes) -> list[Layer]:
    axes = len(shape) - 1
    if "mode" not in a.call.values:  # of a class of its own, which aligns the corners
        if a.name == "UpsamplingBilinear2d":
            raise LayerTextError(
                "UpsamplingBilinear2d aligns the corners, which is not explained here; "
                "Upsample(scale_factor=2, mode='bilinear') aligns the centres, as Keras does"
            )
        kind = "nearest"
    else:
        kind = a.word("mode", "nearest", *(["bilinear"] * (axes == 2)))
        if a["align_corners"]:
            raise a.fault("align_corners", "False or None: others are not explained here")
    return [neutral.Upsampling(factors=_factors(a, shape[1:]), kind=kind)]


def _factors(a: Arguments, sizes: Sizes) -> Sizes:
    """The whole factors that `size` or `scale_factor` asks for."""
    if (a["size"] is None) == (a["scale_factor"] is None):
        raise LayerTextError(f"{a.name} needs size or scale_factor, one of them")
    name = "size" if a["scale_factor"] is None else "scale_factor"
    value = a[name] if isinstance(a[name], tuple) else (a[name],) * len(sizes)
    if len(value) == len(sizes) and all(type(v) in (int, float) for v in value):
        ratios = [v / n if name == "size" else v for v, n in zip(value, sizes, strict=True)]
        if all(ratio >= 1 and ratio == int(ratio) for ratio in ratios):
            return tuple(int(ratio) for ratio in ratios)
    raise a.fault(name, "whole times the input's size: others are not explained here")


WINDOWS: dict[str, Builder] = {
    "Conv": _conv,
    "ConvTranspose": _transposed,
    "MaxPool": _pool("max"),
    "AvgPool": _pool("average"),
    "LPPool": _power_pool,
    "AdaptiveMaxPool": _adaptive("max"),
    "AdaptiveAvgPool": _adaptive("average"),
    "ZeroPad": _pad("constant"),
    "ConstantPad": _pad("constant"),
    "ReflectionPad": _pad("reflect"),
    "ReplicationPad": _pad("replicate"),
    "CircularPad": _pad("circular"),
    "Upsample": _upsample,
    "UpsamplingNearest": _upsample,
    "UpsamplingBilinear": _upsample,
}
"""By the class's name without its number of axes."""
