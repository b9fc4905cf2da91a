"""What torch's functions of pooling, resizing and shuffling pixels mean, as layers."""

from __future__ import annotations

import math
from typing import Any

from cnncourse.frameworks.layers import (
    AdaptivePooling,
    GlobalPooling,
    Padding,
    Pooling,
    Rescaling,
    Upsampling,
)
from cnncourse.frameworks.torch_reading_layers import both_ends, per_axis
from cnncourse.frameworks.torch_reading_shapes import permute, reshape, transpose
from cnncourse.frameworks.torch_signals import READERS, Reading, Signal, reads

__all__ = ["READERS"]


def _pool(
    kind: str, rank: int, kernel_size: Any, stride: Any, padding: Any, **more: Any
) -> Pooling:
    size = per_axis(kernel_size, rank)
    return Pooling(
        kind=kind,
        size=size,
        stride=size if stride is None or stride == [] else per_axis(stride, rank),
        padding=both_ends(padding, rank),
        dilation=more.pop("dilation", (1,) * rank),
        **more,
    )


@reads(
    *("max_pool1d", "max_pool2d", "max_pool3d"),
    *("max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices"),
)
def max_pool(
    read: Reading,
    input: Signal,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Signal:
    """Max pooling."""
    if return_indices:
        read.refuse("Keras's max pooling has no indices to return")
    rank = input.axes - 2
    steps = per_axis(dilation, rank)
    layer = _pool("max", rank, kernel_size, stride, padding, dilation=steps, ceil=bool(ceil_mode))
    return read.emit(layer, input)


@reads("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(
    read: Reading,
    input: Signal,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Signal:
    """Average pooling; with a divisor of its own, the sum of whole windows over that."""
    rank = input.axes - 2
    pads = both_ends(padding, rank)
    counts = bool(count_include_pad) and pads != ((0, 0),) * rank
    ceil = bool(ceil_mode)
    layer = _pool("average", rank, kernel_size, stride, padding, ceil=ceil, counts_padding=counts)
    if divisor_override is None:
        return read.emit(layer, input)
    hangs = overhang(layer, input.shape[1:], tuple(read.value.shape[2:]))
    whole = tuple((before, after + more) for (before, after), more in zip(pads, hangs, strict=True))
    padded = read.emit(Padding(pads=whole), input) if whole != ((0, 0),) * rank else input
    sums = read.emit(_pool("average", rank, kernel_size, stride, 0), padded)
    scale = math.prod(layer.size) / divisor_override
    return read.emit(Rescaling(scale=scale, offset=0.0), sums)


def overhang(layer: Pooling, sizes: tuple[int, ...], windows: tuple[int, ...]) -> tuple[int, ...]:
    """How many cells the last window of each axis wants beyond the padding."""
    assert not isinstance(layer.padding, str)
    axes = zip(sizes, windows, layer.size, layer.stride, layer.dilation, layer.padding, strict=True)
    return tuple(
        max(0, (m - 1) * s + d * (k - 1) + 1 - n - sum(pads)) for n, m, k, s, d, pads in axes
    )


@reads("lp_pool1d", "lp_pool2d", "lp_pool3d")
def lp_pool(
    read: Reading,
    input: Signal,
    norm_type: float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Signal:
    """Power pooling: the sum, or the root of the sum of squares."""
    rank = input.axes - 2
    ceil = bool(ceil_mode)
    layer = _pool("l2" if norm_type == 2 else "average", rank, kernel_size, stride, 0, ceil=ceil)
    if norm_type not in (1, 2):
        read.refuse(f"a norm of {norm_type} is not known, only 1 and 2")
    if ceil and any(overhang(layer, input.shape[1:], tuple(read.value.shape[2:]))):
        read.refuse("torch scales the sums of the windows that hang over the end")
    pooled = read.emit(layer, input)
    if norm_type == 2:
        return pooled
    return read.emit(Rescaling(scale=float(math.prod(layer.size)), offset=0.0), pooled)


def adaptive_pool(read: Reading, kind: str, input: Signal, output_size: Any) -> Signal:
    """Adaptive pooling; to one window, a global one."""
    rank = input.axes - 2
    wanted = tuple(output_size) if isinstance(output_size, tuple | list) else (output_size,)
    sizes = tuple(None if m is None else int(m) for m in (wanted * rank)[: max(rank, len(wanted))])
    if set(sizes) == {1}:
        return read.emit(GlobalPooling(kind=kind, rank=rank, keeps_axes=True), input)
    return read.emit(AdaptivePooling(kind=kind, sizes=sizes), input)


@reads("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d")
def adaptive_avg_pool(read: Reading, input: Signal, output_size: Any) -> Signal:
    """Adaptive average pooling."""
    return adaptive_pool(read, "average", input, output_size)


@reads("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
def adaptive_max_pool(
    read: Reading, input: Signal, output_size: Any, return_indices: bool = False
) -> Signal:
    """Adaptive max pooling."""
    if return_indices:
        read.refuse("Keras's max pooling has no indices to return")
    return adaptive_pool(read, "max", input, output_size)


@reads("interpolate")
def interpolate(
    read: Reading,
    input: Signal,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Signal:
    """Resizing by whole factors; also down, by taking one cell in so many."""
    sizes, wanted = input.shape[1:], tuple(read.value.shape[2:])
    if mode == "area":
        return adaptive_pool(read, "average", input, wanted)
    if sizes == wanted and not align_corners:
        return input
    if mode not in ("nearest", "nearest-exact", "bilinear") or antialias or align_corners:
        how = " with align_corners" if align_corners else " with antialias" if antialias else ""
        read.refuse(f"Keras does not resize as torch does in the mode {mode!r}{how}")
    asked = per_factor(scale_factor, len(sizes))
    ratios = tuple(m / n for n, m in zip(sizes, wanted, strict=True))
    if asked is not None and asked != ratios and not recompute_scale_factor:
        read.refuse(
            f"it samples at factors of {asked}: only whole factors agree in both frameworks"
        )
    if mode == "nearest" and all(n % m == 0 for n, m in zip(sizes, wanted, strict=True)):
        steps = tuple(n // m for n, m in zip(sizes, wanted, strict=True))
        return read.emit(_pool("max", len(sizes), 1, steps, 0), input)
    if any(m % n for n, m in zip(sizes, wanted, strict=True)):
        read.refuse(f"it resizes {sizes} to {wanted}: only whole factors agree in both frameworks")
    factors = tuple(m // n for n, m in zip(sizes, wanted, strict=True))
    kind = "bilinear" if mode == "bilinear" else "nearest"
    return read.emit(Upsampling(factors=factors, kind=kind), input)


def per_factor(scale_factor: Any, rank: int) -> tuple[float, ...] | None:
    """One factor for each axis, or None."""
    if scale_factor is None or isinstance(scale_factor, tuple | list):
        return None if scale_factor is None else tuple(map(float, scale_factor))
    return (float(scale_factor),) * rank


@reads("pixel_shuffle")
def _(read: Reading, input: Signal, upscale_factor: int) -> Signal:
    channels, height, width = input.shape
    r, out = upscale_factor, channels // upscale_factor**2
    parted = reshape(read, input, (out, r, r, height, width))
    turned = permute(read, parted, (0, 1, 4, 2, 5, 3))
    return reshape(read, turned, (out, height * r, width * r))


@reads("pixel_unshuffle")
def _(read: Reading, input: Signal, downscale_factor: int) -> Signal:
    channels, height, width = input.shape
    r = downscale_factor
    parted = reshape(read, input, (channels, height // r, r, width // r, r))
    turned = permute(read, parted, (0, 1, 3, 5, 2, 4))
    return reshape(read, turned, (channels * r * r, height // r, width // r))


@reads("channel_shuffle")
def _(read: Reading, input: Signal, groups: int) -> Signal:
    channels, *spatial = input.shape
    parted = reshape(read, input, (groups, channels // groups, *spatial))
    return reshape(read, transpose(read, parted, 1, 2), tuple(input.shape))
