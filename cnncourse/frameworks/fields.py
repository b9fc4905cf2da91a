"""Receptive fields of any chain of layers, axis by axis, followed back from the output.

Two questions are followed. What a unit in the middle sees: an interval of some length, which may
hang over the edges into the padding (`shapes.receptive_field`, here with layers that enlarge too).
And once a layer has seen a whole axis: which cells of it, first and last, those before it used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.sizes import resolved_padding

_MANY = 4096  # windows or phases that are looked at, one by one
_FEW = 32  # the same for a dilated transposed convolution, where three loops are nested


@dataclass(frozen=True)
class Span:
    """Cells first to last of an axis, both counted."""

    first: int
    last: int


Reach = int | Span
"""What is seen of an axis: so many cells, wherever the unit is, or one span for every unit."""


@dataclass(frozen=True)
class Field:
    """What one unit sees of the input.

    Attributes
    ----------
    sizes : tuple of int
        Cells along each spatial axis, those of the padding counted; the most that any unit sees.
    jumps : tuple of (Fraction or None)
        How far apart, in cells of the input, the fields of neighbouring units are; None where there
        are no neighbours.
    """

    sizes: Sizes
    jumps: tuple[Fraction | None, ...]


def field_after(layers: Sequence[Layer], shapes: Sequence[Sizes]) -> Field | None:
    """The receptive field of one unit behind a chain of layers.

    Parameters
    ----------
    layers : sequence of Layer
    shapes : sequence of shapes
        Of the input and of each layer's output: one more than layers.

    Returns
    -------
    Field or None
        None where the input has no spatial axes, or an axis is not followed (a reshape, a
        permutation of channels).

    Examples
    --------
    >>> conv = kinds.Convolution(
    ...     channels_in=1, channels_out=1, size=(3,), stride=(2,), dilation=(1,), padding=((1, 1),)
    ... )
    >>> field_after([conv, conv], [(1, 28), (1, 14), (1, 7)])
    Field(sizes=(7,), jumps=(Fraction(4, 1),))
    """
    if len(shapes[0]) < 2:
        return None
    reach: list[Reach] = [1] * (len(shapes[-1]) - 1)
    jumps: list[Fraction | None] = [Fraction(1)] * (len(shapes[-1]) - 1)
    all_features = False  # whether the unit of a flat tensor sees all others
    for layer, before, after in reversed(list(zip(layers, shapes, shapes[1:], strict=False))):
        if len(before) == 1:
            all_features = all_features or isinstance(layer, kinds.Dense) or _mixes(layer, 1)
            if len(after) != 1:
                return None
            continue
        if len(after) == 1:
            if isinstance(layer, kinds.Flatten | kinds.Reshape) and not all_features:
                reach = [1] * (len(before) - 1)
            else:
                reach = [Span(0, n - 1) for n in before[1:]]
            jumps = [None] * len(reach)
            continue
        step = _back(layer, reach, jumps, before, after)
        if step is None:
            return None
        reach, jumps = step
    sizes = tuple(r.last - r.first + 1 if isinstance(r, Span) else r for r in reach)
    return Field(sizes, tuple(jumps))


def _back(
    layer: Layer, reach: list[Reach], jumps: list[Fraction | None], before: Sizes, after: Sizes
) -> tuple[list[Reach], list[Fraction | None]] | None:
    """What is seen of the input of a layer, from what is seen of its output."""
    if isinstance(layer, kinds.Reshape) and before != after:
        return None
    if isinstance(layer, kinds.Permute):
        if layer.axes[1] != 1:
            return None
        places = [layer.axes.index(axis) - 2 for axis in range(2, len(before) + 1)]
        return [reach[place] for place in places], [jumps[place] for place in places]
    seen: list[Reach] = []
    steps: list[Fraction | None] = []
    for axis, (n, m) in enumerate(zip(before[1:], after[1:], strict=True)):
        if _mixes(layer, axis + 2):
            seen.append(Span(0, n - 1))
            steps.append(None)
            continue
        now, jump = reach[axis], jumps[axis]
        if isinstance(now, Span):
            seen.append(_back_span(layer, axis, now, n, m))
        else:
            seen.append(_back_length(layer, axis, now, n, m))
        steps.append(None if jump is None else jump * _step(layer, axis, n, m))
    return seen, steps


def _mixes(layer: Layer, axis: int) -> bool:
    """Whether each output sees all of an axis (of the tensor, the batch counted)."""
    match layer:
        case kinds.Dense():
            return layer.axis == axis
        case kinds.LayerNormalisation():
            return axis in layer.axes
        case kinds.GroupNormalisation():
            return axis >= 2 or layer.groups < layer.channels
        case kinds.GlobalPooling():
            return axis >= 2
        case kinds.AdaptivePooling():
            return axis >= 2 and layer.sizes[axis - 2] == 1
        case kinds.Activation(name="softmax" | "log_softmax" | "sparsemax"):
            return dict(layer.options)["axis"] == axis
    return False


def _step(layer: Layer, axis: int, n: int, m: int) -> Fraction:
    match layer:
        case kinds.Convolution() | kinds.Pooling():
            return Fraction(layer.stride[axis])
        case kinds.TransposedConvolution():
            return Fraction(1, layer.stride[axis])
        case kinds.Upsampling():
            return Fraction(1, layer.factors[axis])
        case kinds.AdaptivePooling():
            return Fraction(n, m)
    return Fraction(1)


def _back_length(layer: Layer, axis: int, length: int, n: int, m: int) -> int:
    match layer:
        case kinds.Convolution() | kinds.Pooling():
            k, s, d = layer.size[axis], layer.stride[axis], layer.dilation[axis]
            return (length - 1) * s + d * (k - 1) + 1
        case kinds.TransposedConvolution():
            k, s, d = layer.size[axis], layer.stride[axis], layer.dilation[axis]
            if d == 1 or s > _FEW:
                return (length - 1 + d * (k - 1)) // s + 1
            return max(_spread(k, s, d, start, length) for start in range(s))
        case kinds.Upsampling():
            phases = range(min(layer.factors[axis], _MANY))
            spans = [_enlarged(layer, axis, Span(a, a + length - 1)) for a in phases]
            return max(span.last - span.first + 1 for span in spans)
        case kinds.AdaptivePooling():
            length = min(length, m)
            starts = range(min(m - length + 1, _MANY))
            return max(ceil(Fraction((a + length) * n, m)) - a * n // m for a in starts)
    return length


def _spread(k: int, s: int, d: int, start: int, length: int) -> int:
    """Cells whose spread by a transposed convolution meets positions start ... start + length - 1.

    Position o has s * i = o - d * t for a tap t: the first cell is found with one of the last s
    taps at one of the first s positions, and the last cell the other way round.
    """
    near, taps = min(length, s), min(k, s)
    first = [
        (o - d * t) // s
        for o in range(start, start + near)
        for t in range(k - taps, k)
        if (o - d * t) % s == 0
    ]
    end = start + length
    last = [
        (o - d * t) // s
        for o in range(end - near, end)
        for t in range(taps)
        if (o - d * t) % s == 0
    ]
    return max(last) - min(first) + 1 if first and last else 0


def _enlarged(layer: kinds.Upsampling, axis: int, span: Span) -> Span:
    """Cells that the output cells of a span are copies or means of; may lie beyond the edge."""
    f = layer.factors[axis]
    if layer.kind == "nearest" or f == 1:
        return Span(span.first // f, span.last // f)
    centre = [Fraction(2 * o + 1, 2 * f) - Fraction(1, 2) for o in (span.first, span.last)]
    return Span(floor(centre[0]), ceil(centre[1]))


def _back_span(layer: Layer, axis: int, span: Span, n: int, m: int) -> Span:
    first, last = span.first, span.last
    match layer:
        case kinds.Convolution() | kinds.Pooling():
            pads = resolved_padding(
                (n,),
                layer.size[axis : axis + 1],
                layer.stride[axis : axis + 1],
                layer.dilation[axis : axis + 1],
                layer.padding if isinstance(layer.padding, str) else layer.padding[axis : axis + 1],
            )
            before = pads[0][0] if pads else 0
            k, s, d = layer.size[axis], layer.stride[axis], layer.dilation[axis]
            first, last = first * s - before, last * s - before + d * (k - 1)
        case kinds.TransposedConvolution():
            k, s, d = layer.size[axis], layer.stride[axis], layer.dilation[axis]
            before = layer.crop[axis][0]
            first, last = -((d * (k - 1) - first - before) // s), (last + before) // s
        case kinds.Upsampling():
            span = _enlarged(layer, axis, span)
            first, last = span.first, span.last
        case kinds.AdaptivePooling():
            first, last = first * n // m, ceil(Fraction((last + 1) * n, m)) - 1
        case kinds.Padding():
            first, last = first - layer.pads[axis][0], last - layer.pads[axis][0]
    return Span(max(first, 0), min(last, n - 1))
