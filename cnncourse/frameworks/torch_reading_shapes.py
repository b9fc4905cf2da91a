"""What torch's functions and methods on shapes mean, as layers: view, cat, mean, slices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cnncourse.frameworks.layers import (
    Concatenate,
    Flatten,
    GlobalPooling,
    Padding,
    Pads,
    Permute,
    Pooling,
    Rescaling,
    Reshape,
    Upsampling,
)
from cnncourse.frameworks.torch_reading_activations import maximum, minimum
from cnncourse.frameworks.torch_signals import READERS, Indices, Reading, Signal, reads

__all__ = ["READERS"]


def _axis(signal: Signal, dim: int) -> int:
    return int(dim) + (signal.axes if dim < 0 else 0)


def reshape(read: Reading, input: Signal, shape: tuple[int, ...]) -> Signal:
    """The same numbers in another shape (no batch); in one row it is a flatten."""
    if shape == input.shape:
        return input
    if len(shape) == 1:
        return read.emit(Flatten(channels_last=False), input)
    if not shape:
        read.refuse("it leaves no axis but the batch")
    return read.emit(Reshape(shape=shape, channels_last=False), input)


@reads("flatten", "view", "reshape", "squeeze", "unsqueeze", "unflatten", "view_as", "reshape_as")
def _(read: Reading, input: Signal, *args: Any, **kwargs: Any) -> Signal:
    # What they make of their arguments is seen from what they gave, on batches of two sizes.
    if read.value.dtype != read.dtype:
        read.refuse(f"it changes the numbers' type to {read.value.dtype}")
    return reshape(read, input, tuple(read.value.shape[1:]))


_STRETCHING = {"add", "sub", "mul", "iadd", "isub", "imul", "multiply", "maximum", "minimum"}


@reads("expand", "expand_as", "broadcast_to")
def _(read: Reading, input: Signal, *sizes: Any) -> Signal:
    wanted = tuple(read.value.shape[1:])
    if len(wanted) == len(input.shape) and read.users <= _STRETCHING:
        read.stretches = True  # as these do by themselves
        return input
    if len(wanted) != len(input.shape) or wanted[0] != input.shape[0] or len(wanted) < 2:
        read.refuse("only spatial axes of one cell can be stretched")
    factors = tuple(m // n for n, m in zip(input.shape[1:], wanted[1:], strict=True))
    return read.emit(Upsampling(factors=factors), input)


def permute(read: Reading, input: Signal, axes: Sequence[int]) -> Signal:
    """Axes in another order, the batch first."""
    axes = tuple(_axis(input, axis) for axis in axes)
    return input if axes == tuple(range(input.axes)) else read.emit(Permute(axes=axes), input)


@reads("permute")
def _(read: Reading, input: Signal, *dims: Any) -> Signal:
    return permute(read, input, dims[0] if isinstance(dims[0], tuple | list) else dims)


@reads("transpose", "swapaxes", "swapdims")
def transpose(read: Reading, input: Signal, dim0: int, dim1: int) -> Signal:
    """Two axes exchanged."""
    axes = list(range(input.axes))
    first, second = _axis(input, dim0), _axis(input, dim1)
    axes[first], axes[second] = second, first
    return permute(read, input, axes)


@reads("movedim", "moveaxis")
def _(read: Reading, input: Signal, source: Any, destination: Any) -> Signal:
    pairs = (source, destination) if isinstance(source, tuple | list) else ([source], [destination])
    moved, to = ([_axis(input, dim) for dim in dims] for dims in pairs)
    axes = [axis for axis in range(input.axes) if axis not in moved]
    for place, axis in sorted(zip(to, moved, strict=True)):
        axes.insert(place, axis)
    return permute(read, input, axes)


@reads("getattr")
def _(read: Reading, input: Any, name: str) -> Any:
    if name == "mT":
        return transpose(read, input, -2, -1)
    if name == "values" and isinstance(input, tuple):
        return input[0]
    if name != "data" or not isinstance(input, Signal):
        read.refuse(f".{name} is not among the attributes that are known")
    return read.refuse(".data takes no part in training")


@reads("cat", "concat", "concatenate")
def cat(read: Reading, tensors: Any, dim: int = 0) -> Signal:
    """Tensors one behind the other."""
    if not all(isinstance(tensor, Signal) for tensor in tensors):
        read.refuse("it joins stored numbers to what comes in")
    return read.emit(Concatenate(axis=_axis(tensors[0], dim)), *tensors)


@reads("stack")
def _(read: Reading, tensors: Any, dim: int = 0) -> Signal:
    axis = int(dim) + (tensors[0].axes + 1 if dim < 0 else 0)
    shape = (*tensors[0].shape[: axis - 1], 1, *tensors[0].shape[axis - 1 :])
    return cat(read, [reshape(read, tensor, shape) for tensor in tensors], axis)


def padded(read: Reading, input: Signal, pads: Sequence[tuple[int, int]], **how: Any) -> Signal:
    """More or fewer cells on any axes: `pads` has an entry for each but the batch's."""
    rank = input.axes - 2
    if all(pair == (0, 0) for pair in pads):
        return input
    if pads[0] == (0, 0):
        return read.emit(Padding(pads=tuple(pads[1:]), **how), input)
    if rank < 1:
        shaped = reshape(read, input, (1, *input.shape))
        return reshape(read, padded(read, shaped, [(0, 0), *pads], **how), _row(input, pads))
    # The channels change places with the first spatial axis, which then is padded as they.
    turned = transpose(read, input, 1, 2)
    done = padded(read, turned, [(0, 0), pads[0], *pads[2:]], **how)
    back = transpose(read, done, 1, 2)
    return padded(read, back, [(0, 0), pads[1], *[(0, 0)] * (rank - 1)], **how)


def _row(input: Signal, pads: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    return (input.shape[0] + sum(pads[0]),)


@reads("pad")
def pad(
    read: Reading, input: Signal, pad: Any, mode: str = "constant", value: float | None = None
) -> Signal:
    """`torch.nn.functional.pad`: pairs from the last axis on; negative ones crop."""
    cells = [int(number) for number in pad]
    pairs = list(zip(cells[::2], cells[1::2], strict=True))[::-1]
    if len(pairs) >= input.axes and pairs[0] != (0, 0):
        read.refuse("it pads the axis of the batch")
    pairs = pairs[-(input.axes - 1) :]
    pads = [(0, 0)] * (input.axes - 1 - len(pairs)) + pairs
    return padded(read, input, pads, mode=mode, value=float(value or 0.0))


def cut(read: Reading, input: Signal, axis: int, start: int, stop: int, step: int = 1) -> Signal:
    """Some positions along an axis: a crop, and then one cell in `step`."""
    size = input.shape[axis - 1]
    pads = [(0, 0)] * (input.axes - 1)
    pads[axis - 1] = (-start, stop - size)
    kept = padded(read, input, pads)
    return kept if step == 1 or stop - start < 2 else _thinned(read, kept, axis, step)


def _thinned(read: Reading, input: Signal, axis: int, step: int) -> Signal:
    if axis == 1:
        if input.axes < 3:
            read.refuse("Keras has no layer that takes one feature in so many")
        turned = transpose(read, input, 1, 2)
        return transpose(read, _thinned(read, turned, 2, step), 1, 2)
    rank = input.axes - 2
    stride = tuple(step if place == axis - 2 else 1 for place in range(rank))
    # The largest of a single number: a step and nothing else.
    return read.emit(_pooling("max", (1,) * rank, stride), input)


def _pooling(kind: str, size: tuple[int, ...], stride: tuple[int, ...]) -> Pooling:
    none: Pads = ((0, 0),) * len(size)
    return Pooling(kind=kind, size=size, stride=stride, padding=none, dilation=(1,) * len(size))


@reads("chunk", "split", "tensor_split", "unsafe_chunk", "unsafe_split")
def _(read: Reading, input: Signal, *args: Any, dim: int = 0, **kwargs: Any) -> tuple[Signal, ...]:
    axis = _axis(input, args[1] if len(args) > 1 else dim)
    parts, start = [], 0
    for part in read.value:
        parts.append(cut(read, input, axis, start, start + part.shape[axis]))
        start += part.shape[axis]
    return tuple(parts)


@reads("narrow")
def _(read: Reading, input: Signal, dim: int, start: int, length: int) -> Signal:
    axis = _axis(input, dim)
    first = start + (input.shape[axis - 1] if start < 0 else 0)
    return cut(read, input, axis, first, first + length)


@reads("getitem")
def _(read: Reading, input: Any, index: Any) -> Any:
    if isinstance(input, tuple):
        return input[index]
    entries = list(index) if isinstance(index, tuple | list) else [index]
    if not all(e is None or e is ... or isinstance(e, int | slice) for e in entries):
        read.refuse("it takes numbers by their positions in a tensor")
    missing = input.axes - sum(e is not None and e is not ... for e in entries)
    place = entries.index(...) if ... in entries else len(entries)
    entries[place : place + 1] = [slice(None)] * missing
    if entries[0] != slice(None):
        read.refuse("it takes some examples of a batch")
    axis, result = 1, input
    for entry in (e for e in entries[1:] if e is not None):
        # A number is a slice of length 1; that its axis goes is done by the reshape below.
        as_slice = slice(entry, entry + 1 or None) if isinstance(entry, int) else entry
        start, stop, step = as_slice.indices(result.shape[axis - 1])
        result = cut(read, result, axis, start, stop, step)
        axis += 1
    return reshape(read, result, tuple(read.value.shape[1:]))


def reduced(read: Reading, kind: str, input: Signal, dims: Any, keepdim: bool) -> Signal:
    """The mean or the largest along some axes, as a pooling whose window is as large as they."""
    every = range(input.axes) if dims is None or dims == () else dims
    several = list(every) if isinstance(every, tuple | list | range) else [every]
    axes = sorted(_axis(input, dim) for dim in several)
    rank = input.axes - 2
    if axes[0] == 0:
        read.refuse("it mixes the examples of a batch")
    if axes == list(range(2, input.axes)):
        return read.emit(GlobalPooling(kind=kind, rank=rank, keeps_axes=bool(keepdim)), input)
    shape = tuple(1 if a in axes else n for a, n in enumerate(input.shape, start=1))
    free = [axis for axis in range(1, input.axes) if axis not in axes]
    if rank > 3 or rank < 1 or not free:
        lifted = reshape(read, input, (1, math.prod(input.shape)))
        result = read.emit(GlobalPooling(kind=kind, rank=1, keeps_axes=False), lifted)
        return reshape(read, result, shape) if keepdim else result
    swap = 1 in axes
    turned = transpose(read, input, 1, free[0]) if swap else input
    size = tuple(
        turned.shape[a - 1] if _is_reduced(a, axes, free[0], swap) else 1
        for a in range(2, input.axes)
    )
    pooled = read.emit(_pooling(kind, size, size), turned)
    result = transpose(read, pooled, 1, free[0]) if swap else pooled
    return result if keepdim else reshape(read, result, tuple(shape[a - 1] for a in free))


def _is_reduced(axis: int, axes: Sequence[int], partner: int, swapped: bool) -> bool:
    """Tell whether an axis is to be reduced, now that 1 and its partner may have changed places."""
    return (1 if swapped and axis == partner else axis) in axes


@reads("mean")
def _(
    read: Reading, input: Signal, dim: Any = None, keepdim: bool = False, **kwargs: Any
) -> Signal:
    return reduced(read, "average", input, kwargs.get("axis", dim), keepdim)


@reads("sum")
def _(
    read: Reading, input: Signal, dim: Any = None, keepdim: bool = False, **kwargs: Any
) -> Signal:
    means = reduced(read, "average", input, kwargs.get("axis", dim), keepdim)
    count = math.prod(input.shape) / math.prod(means.shape)
    return read.emit(Rescaling(scale=count, offset=0.0), means)


@reads("amax")
def _(read: Reading, input: Signal, dim: Any = (), keepdim: bool = False) -> Signal:
    return reduced(read, "max", input, dim, keepdim)


@reads("max")
def _(read: Reading, input: Signal, dim: Any = None, keepdim: bool = False) -> Any:
    if isinstance(dim, Signal):
        return maximum(read, input, dim)
    if dim is None:
        read.refuse("it mixes the examples of a batch")
    return reduced(read, "max", input, dim, keepdim), Indices()


@reads("min")
def _(read: Reading, input: Signal, other: Any) -> Signal:
    if not isinstance(other, Signal):
        read.refuse("a minimum along an axis is not known")
    return minimum(read, input, other)
