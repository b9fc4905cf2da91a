"""The layers of Keras that slide windows or change the size of a map, read from a text."""

from __future__ import annotations

from collections.abc import Callable

from cnncourse.frameworks import layers as neutral
from cnncourse.frameworks.argument_values import Arguments
from cnncourse.frameworks.layers import Layer, Pads, Same, Sizes
from cnncourse.frameworks.signatures import LayerTextError
from cnncourse.shapes import same_padding

Builder = Callable[[Arguments, Sizes], list[Layer]]
"""What makes neutral layers of arguments and the shape of the input, channels first."""


def _conv(a: Arguments, shape: Sizes) -> list[Layer]:
    filters, groups = a.count("filters"), a.count("groups")
    if shape[0] % groups or filters % groups:
        expected = f"a divisor of the {shape[0]} channels of the input and of the {filters} filters"
        raise a.fault("groups", expected)
    return [_convolution(a, shape[0], filters, groups, a.flag("use_bias"))]


def _convolution(
    a: Arguments, channels_in: int, channels_out: int, groups: int, bias: bool
) -> neutral.Convolution:
    size, stride, dilation = a.sizes("kernel_size"), a.sizes("strides"), a.sizes("dilation_rate")
    _not_both(a, stride, dilation)
    return neutral.Convolution(
        channels_in=channels_in,
        channels_out=channels_out,
        size=size,
        stride=stride,
        dilation=dilation,
        padding=_padding(a, size, dilation),
        groups=groups,
        bias=bias,
    )


def _not_both(a: Arguments, stride: Sizes, dilation: Sizes) -> None:
    """Keras refuses both at once, but of a depthwise convolution, alone or as a part."""
    if a.name.startswith(("Depthwise", "Separable")):
        return
    if max(stride) > 1 and max(dilation) > 1:
        raise LayerTextError(
            f"{a.name}: Keras refuses strides above 1 together with a dilation_rate above 1, got "
            f"strides={a['strides']!r} and dilation_rate={a['dilation_rate']!r} (PyTorch has both)"
        )


def _padding(a: Arguments, size: Sizes, dilation: Sizes) -> Pads | Same:
    """Keras's word for the padding, in either case of its letters."""
    word = a["padding"]
    if isinstance(word, int | tuple):
        hint = "Keras pads by so many cells in a layer of its own, such as ZeroPadding2D(1)"
        raise a.fault("padding", "'valid' or 'same'", hint)
    known = ["valid", "same"] + ["causal"] * (a.name == "Conv1D")
    if not isinstance(word, str) or word.lower() not in known:
        raise a.fault("padding", " or ".join(repr(w) for w in known))
    if word.lower() == "same":
        return "same"
    if word.lower() == "causal":
        return ((dilation[0] * (size[0] - 1), 0),)
    return ((0, 0),) * len(size)


def _depthwise(a: Arguments, shape: Sizes) -> list[Layer]:
    channels = shape[0]
    out = channels * a.count("depth_multiplier")
    return [_convolution(a, channels, out, channels, a.flag("use_bias"))]


def _separable(a: Arguments, shape: Sizes) -> list[Layer]:
    channels = shape[0]
    middle = channels * a.count("depth_multiplier")
    ones, none = (1,) * a.axes, ((0, 0),) * a.axes
    pointwise = neutral.Convolution(
        channels_in=middle,
        channels_out=a.count("filters"),
        size=ones,
        stride=ones,
        dilation=ones,
        padding=none,
        bias=a.flag("use_bias"),
    )
    return [_convolution(a, channels, middle, channels, False), pointwise]


def _transposed(a: Arguments, shape: Sizes) -> list[Layer]:
    size, stride, dilation = a.sizes("kernel_size"), a.sizes("strides"), a.sizes("dilation_rate")
    _not_both(a, stride, dilation)
    same = _padding(a, size, dilation) == "same"
    extra = (None,) * a.axes if a["output_padding"] is None else a.sizes("output_padding", 0)
    crop = []
    for n, k, s, d, more in zip(shape[1:], size, stride, dilation, extra, strict=True):
        cells = transposed_crop(n, d * (k - 1) + 1, s, more, same)
        if cells is None:
            raise a.fault("output_padding", f"less than the stride of {s}")
        crop.append(cells)
    layer = neutral.TransposedConvolution(
        channels_in=shape[0],
        channels_out=a.count("filters"),
        size=size,
        stride=stride,
        dilation=dilation,
        crop=tuple(crop),
        bias=a.flag("use_bias"),
    )
    return [layer]


def transposed_crop(
    n: int, extent: int, stride: int, more: int | None, same: bool
) -> tuple[int, int] | None:
    """What Keras on TensorFlow drops at each end of an axis of a transposed convolution.

    It is the padding of the convolution that it undoes, from the output to the n cells of the
    input; `more` is ``output_padding``, `extent` the cells that the kernel spans. None where no
    such convolution is, which TensorFlow refuses.

    Examples
    --------
    >>> transposed_crop(14, 3, 2, None, True), transposed_crop(14, 2, 3, None, False)
    ((0, 1), (0, -1))
    """
    if same:
        length = n * stride if more is None else (n - 1) * stride + extent % 2 + more
        back = -(-length // stride)
    else:
        length = (n - 1) * stride + extent + (max(stride - extent, 0) if more is None else more)
        back = (length - extent) // stride + 1
    if length < 1 or back != n:
        return None
    before = same_padding(length, extent, stride)[0] if same else 0
    return before, (n - 1) * stride + extent - length - before


def _pool(kind: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        size = a.sizes("pool_size")
        ones = (1,) * a.axes
        stride = a.step("strides", size)
        padding = _padding(a, size, ones)
        layer = neutral.Pooling(kind=kind, size=size, stride=stride, padding=padding, dilation=ones)
        return [layer]

    return build


def _global(kind: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        return [neutral.GlobalPooling(kind=kind, rank=a.axes, keeps_axes=a.flag("keepdims"))]

    return build


def _adaptive(kind: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        return [neutral.AdaptivePooling(kind=kind, sizes=a.sizes("output_size"))]

    return build


def _zero_padding(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Padding(pads=a.pairs("padding"))]


def _cropping(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Padding(pads=tuple((-b, -e) for b, e in a.pairs("cropping")))]


def _upsampling(a: Arguments, shape: Sizes) -> list[Layer]:
    kind = "nearest"
    if "interpolation" in a.call.values:
        kind = a.word("interpolation", "nearest", "bilinear")
    return [neutral.Upsampling(factors=a.sizes("size"), kind=kind)]


WINDOWS: dict[str, Builder] = {
    "Conv": _conv,
    "ConvTranspose": _transposed,
    "DepthwiseConv": _depthwise,
    "SeparableConv": _separable,
    "MaxPooling": _pool("max"),
    "AveragePooling": _pool("average"),
    "GlobalMaxPooling": _global("max"),
    "GlobalAveragePooling": _global("average"),
    "AdaptiveMaxPooling": _adaptive("max"),
    "AdaptiveAveragePooling": _adaptive("average"),
    "ZeroPadding": _zero_padding,
    "Cropping": _cropping,
    "UpSampling": _upsampling,
}
"""By the class's name without its number of axes."""
