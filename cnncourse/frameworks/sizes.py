"""The shape of what a layer gives, from the shapes of what it gets: integers only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import singledispatch

from cnncourse.frameworks.layers import (
    AdaptivePooling,
    Concatenate,
    Convolution,
    Dense,
    Flatten,
    GlobalPooling,
    Input,
    Layer,
    Merge,
    Padding,
    Pads,
    Permute,
    Pooling,
    Reshape,
    Same,
    Shape,
    Sizes,
    TransposedConvolution,
    Upsampling,
)
from cnncourse.shapes import conv_output_size, same_padding


def output_shape(layer: Layer, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a layer's output.

    Parameters
    ----------
    layer : Layer
    shapes : sequence of shapes
        Of its inputs, without the batch, channels first; None is a size that is open.

    Returns
    -------
    tuple of (int or None)
        Without the batch, channels first.

    Raises
    ------
    ValueError
        If an input has another number of axes or channels than the layer wants, a kernel or a
        window does not fit, or inputs that are to be joined do not match.

    Examples
    --------
    >>> from cnncourse.frameworks.layers import Flatten
    >>> output_shape(Flatten(channels_last=False), [(3, 4, 5)])
    (60,)
    """
    return _shape(layer, *shapes)


def resolved_padding(
    sizes: Shape, size: Sizes, stride: Sizes, dilation: Sizes, padding: Pads | Same
) -> Pads | None:
    """Padding in cells for each axis, or None if it depends on a size that is open."""
    if not isinstance(padding, str):
        return padding
    pads = []
    for n, k, s, d in zip(sizes, size, stride, dilation, strict=True):
        if n is None and s > 1:
            return None
        # At stride 1 "same" does not depend on the size.
        pads.append(same_padding(d * (k - 1) + 1 if n is None else n, k, s, d))
    return tuple(pads)


@singledispatch
def _shape(layer: Layer, *shapes: Shape) -> Shape:
    """Most layers leave the shape as it is."""
    return _only(shapes)


def _only(shapes: Sequence[Shape]) -> Shape:
    if len(shapes) != 1:
        raise ValueError(f"the layer must have one input, got {len(shapes)}")
    return shapes[0]


def _spatial(shapes: Sequence[Shape], rank: int, channels: int | None = None) -> Shape:
    """The sizes of the spatial axes, once the channels are as the layer wants them."""
    shape = _only(shapes)
    if len(shape) != rank + 1:
        raise ValueError(
            f"the input must have channels and {rank} spatial axes, got the shape {shape}"
        )
    if channels is not None and shape[0] not in (None, channels):
        raise ValueError(f"the input must have {channels} channels, got {shape[0]}")
    return shape[1:]


@_shape.register
def _(layer: Input, *shapes: Shape) -> Shape:
    return layer.shape


@_shape.register
def _(layer: Convolution, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank, layer.channels_in)
    return (layer.channels_out, *_windows(layer, sizes))


@_shape.register
def _(layer: Pooling, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank)
    return (_only(shapes)[0], *_windows(layer, sizes))


def _windows(layer: Convolution | Pooling, sizes: Shape) -> Shape:
    ceil = isinstance(layer, Pooling) and layer.ceil
    pads: Sequence[tuple[int, int] | str] = (
        [layer.padding] * layer.rank if isinstance(layer.padding, str) else layer.padding
    )
    axes = zip(sizes, layer.size, layer.stride, layer.dilation, pads, strict=True)
    return tuple(_window_count(n, k, s, d, pad, ceil) for n, k, s, d, pad in axes)


def _window_count(
    n: int | None, k: int, s: int, d: int, pad: tuple[int, int] | str, ceil: bool
) -> int | None:
    if n is None:
        return None
    if not ceil or isinstance(pad, str):
        return conv_output_size(n, k, stride=s, padding=pad, dilation=d)
    before, after = pad
    room = n + before + after - d * (k - 1) - 1  # negative: the first window hangs over already
    count = -(-room // s) + 1
    # A last window must start inside the input or the padding before it (torch's rule).
    count -= (count - 1) * s >= n + before
    if count < 1:
        return conv_output_size(n, k, stride=s, padding=pad, dilation=d)  # says what does not fit
    return count


@_shape.register
def _(layer: TransposedConvolution, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank, layer.channels_in)
    axes = zip(sizes, layer.size, layer.stride, layer.dilation, layer.crop, strict=True)
    whole = (
        None if n is None else (n - 1) * s + d * (k - 1) + 1 - sum(crop)
        for n, k, s, d, crop in axes
    )
    return _not_empty((layer.channels_out, *whole))


@_shape.register
def _(layer: AdaptivePooling, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank)
    windows = (n if m is None else m for n, m in zip(sizes, layer.sizes, strict=True))
    return (_only(shapes)[0], *windows)


@_shape.register
def _(layer: GlobalPooling, *shapes: Shape) -> Shape:
    _spatial(shapes, layer.rank)
    ones = (1,) * layer.rank if layer.keeps_axes else ()
    return (_only(shapes)[0], *ones)


@_shape.register
def _(layer: Padding, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank)
    padded = (
        None if n is None else n + before + after
        for n, (before, after) in zip(sizes, layer.pads, strict=True)
    )
    return _not_empty((_only(shapes)[0], *padded))


@_shape.register
def _(layer: Upsampling, *shapes: Shape) -> Shape:
    sizes = _spatial(shapes, layer.rank)
    larger = (None if n is None else n * f for n, f in zip(sizes, layer.factors, strict=True))
    return (_only(shapes)[0], *larger)


@_shape.register
def _(layer: Dense, *shapes: Shape) -> Shape:
    shape = _only(shapes)
    if not 1 <= layer.axis <= len(shape):
        raise ValueError(f"the input must have an axis {layer.axis}, got the shape {shape}")
    features = shape[layer.axis - 1]
    if features not in (None, layer.features_in):
        raise ValueError(f"the input must have {layer.features_in} features, got {features}")
    return (*shape[: layer.axis - 1], layer.features_out, *shape[layer.axis :])


@_shape.register
def _(layer: Flatten, *shapes: Shape) -> Shape:
    return (_count(_only(shapes)),)


def _count(shape: Shape) -> int | None:
    """How many numbers, or None where a size is open."""
    known = [size for size in shape if size is not None]
    return math.prod(known) if len(known) == len(shape) else None


@_shape.register
def _(layer: Reshape, *shapes: Shape) -> Shape:
    count = _count(_only(shapes))
    if count not in (None, math.prod(layer.shape)):
        raise ValueError(f"the input must have {math.prod(layer.shape)} numbers, got {count}")
    if layer.channels_last and len(layer.shape) > 1:
        return (layer.shape[-1], *layer.shape[:-1])
    return layer.shape


@_shape.register
def _(layer: Permute, *shapes: Shape) -> Shape:
    shape = _only(shapes)
    if sorted(layer.axes) != list(range(len(shape) + 1)) or layer.axes[0] != 0:
        raise ValueError(f"axes must order those of the shape {shape}, got {layer.axes}")
    return tuple(shape[axis - 1] for axis in layer.axes[1:])


@_shape.register
def _(layer: Merge, *shapes: Shape) -> Shape:
    _same_axes(shapes)
    return tuple(_stretched(sizes, shapes) for sizes in zip(*shapes, strict=True))


def _stretched(sizes: Shape, shapes: Sequence[Shape]) -> int | None:
    wide = {size for size in sizes if size != 1}
    known = wide - {None}
    if len(known) > 1:
        raise ValueError(f"the inputs must match or be 1 on each axis, got {tuple(shapes)}")
    return known.pop() if known else (None if wide else 1)


@_shape.register
def _(layer: Concatenate, *shapes: Shape) -> Shape:
    _same_axes(shapes)
    place = layer.axis - 1
    joined: list[int | None] = []
    for number, sizes in enumerate(zip(*shapes, strict=True)):
        if number == place:
            joined.append(None if None in sizes else sum(size for size in sizes if size))
            continue
        known = {size for size in sizes if size is not None}
        if len(known) > 1:
            raise ValueError(f"the inputs must match but on axis {layer.axis}, got {tuple(shapes)}")
        joined.append(known.pop() if known else None)
    return tuple(joined)


def _same_axes(shapes: Sequence[Shape]) -> None:
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError(f"the inputs must have the same number of axes, got {tuple(shapes)}")


def _not_empty(shape: Shape) -> Shape:
    if any(size is not None and size < 1 for size in shape):
        raise ValueError(f"nothing is left: the output's shape would be {shape}")
    return shape
