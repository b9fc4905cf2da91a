"""What the padding explorer shows, in whole numbers: no widget and no drawing here.

Sizes come from `cnncourse.shapes`; the browser repeats the counting, held to this file by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cnncourse._arrays import choice, integer, integer_pair, is_sequence
from cnncourse.explore.numbers import signed
from cnncourse.explore.padding_words import Code, code, notes, refusal, taps_in_words, used_in_words
from cnncourse.shapes import Pair, axis_padding, conv_output_size

RULES = ("valid", "same", "torch_same", "half", "full")
"""No padding; TensorFlow's "same"; PyTorch's "same"; floor(d(k - 1)/2) at each end; "full"."""

Padding = str | tuple[Pair, Pair]

LARGEST = {"n": 24, "kernel_size": 7, "stride": 6, "dilation": 4, "padding": 24}
"""Most that the explorer takes along one axis."""

LAYERS = 12
"""Most layers in `Geometry.chain`."""


@dataclass(frozen=True)
class PaddingState:
    """All that a learner can change; pairs are (rows, columns).

    `padding` is a name from `RULES` or ((top, bottom), (left, right)); `window` is the output cell
    whose window is marked; `counts` shows how often each pixel is used.
    """

    n: Pair = (7, 7)
    kernel_size: Pair = (3, 3)
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = "same"
    window: Pair = (0, 0)
    counts: bool = False


@dataclass(frozen=True)
class Axis:
    """Sizes along one axis.

    `padded` pixels in all, `extent` of them under the dilated kernel; `room` = padded - extent is
    what the floor divides by the stride, `remainder` what it drops: so many pixels at the end that
    no window reaches. `counts[a]` windows use padded pixel a.
    """

    n: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    padded: int
    extent: int
    room: int
    outputs: int
    remainder: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Geometry:
    """What follows from a state.

    `size` is the output's, (0, 0) if there is none, and then `problem` says why. `first` is the
    input pixel (row, column) of the window's first tap, negative on padding. `used` holds the least
    and the largest number of windows that use an input pixel, `unused` counts those that none uses.
    Of `taps` taps of all windows, `taps_on_padding` read padding; of the marked one `taps_here`.
    `chain` holds the sizes when the same layer is applied again and again, (0, 0) at its end if
    nothing is left, and the input's alone if there is no such layer.
    """

    axes: tuple[Axis, Axis]
    size: Pair
    problem: str
    window: Pair
    first: Pair
    used: Pair
    unused: int
    taps: int
    taps_on_padding: int
    taps_here: int
    chain: tuple[Pair, ...]
    notes: tuple[str, ...]
    code: Code


def pads(state: PaddingState, n: Pair | None = None) -> tuple[Pair, Pair]:
    """Padding ((top, bottom), (left, right)), pixels, of a state, or of it with another input.

    Examples
    --------
    >>> pads(PaddingState(n=(6, 7), stride=(2, 2)))
    ((0, 1), (1, 1))
    >>> pads(PaddingState(n=(6, 7), stride=(2, 2), padding="half"))
    ((1, 1), (1, 1))
    """
    if not isinstance(state.padding, str):
        return state.padding
    rows, columns = (
        _axis_pads(state.padding, size, k, s, d)
        for size, k, s, d in zip(
            n or state.n, state.kernel_size, state.stride, state.dilation, strict=True
        )
    )
    return rows, columns


def _axis_pads(rule: str, n: int, k: int, stride: int, dilation: int) -> Pair:
    total = dilation * (k - 1)
    if rule == "torch_same":  # whatever the stride, which it then refuses
        return total // 2, total - total // 2
    if rule == "half":
        return total // 2, total // 2
    return axis_padding(n, k, rule, stride=stride, dilation=dilation)


def axis_of(n: int, k: int, stride: int, dilation: int, pad: Pair) -> Axis:
    """Sizes and visit counts along one axis.

    Examples
    --------
    >>> axis = axis_of(6, 3, 2, 1, (0, 0))
    >>> axis.outputs, axis.remainder, axis.counts
    (2, 1, (1, 1, 2, 1, 1, 0))
    """
    padded, extent = n + sum(pad), dilation * (k - 1) + 1
    room = padded - extent
    outputs = 0
    if room >= 0:
        outputs = conv_output_size(n, k, stride=stride, padding=pad, dilation=dilation)
    counts = [0] * padded
    for output in range(outputs):
        for tap in range(k):
            counts[output * stride + tap * dilation] += 1
    remainder = room % stride if outputs else 0
    return Axis(
        n, k, stride, dilation, *pad, padded, extent, room, outputs, remainder, tuple(counts)
    )


def geometry(state: PaddingState) -> Geometry:
    """All that the explorer shows in `state`.

    Examples
    --------
    >>> now = geometry(PaddingState(n=(7, 6), stride=(2, 2), padding="valid"))
    >>> now.size, now.axes[1].remainder, now.used, now.chain
    ((3, 2), 1, (0, 4), ((7, 6), (3, 2), (0, 0)))
    """
    axes = _axes(state, state.n)
    problem = refusal(state) or _too_large(axes)
    size = (0, 0) if problem else (axes[0].outputs, axes[1].outputs)
    window = clamped(state.window, size)
    seen = [axis.counts[axis.before : axis.before + axis.n] for axis in axes]
    taps = size[0] * size[1] * state.kernel_size[0] * state.kernel_size[1]
    inside = [_taps_inside(axis, at) for axis, at in zip(axes, window, strict=True)]
    lit = [sum(count > 0 for count in counts) for counts in seen]
    return Geometry(
        axes=axes,
        size=size,
        problem=problem,
        window=window,
        first=_pair(at * axis.stride - axis.before for axis, at in zip(axes, window, strict=True)),
        used=(0, 0) if problem else (min(seen[0]) * min(seen[1]), max(seen[0]) * max(seen[1])),
        unused=state.n[0] * state.n[1] - (0 if problem else lit[0] * lit[1]),
        taps=taps,
        taps_on_padding=0 if problem else taps - sum(seen[0]) * sum(seen[1]),
        taps_here=0
        if problem
        else state.kernel_size[0] * state.kernel_size[1] - inside[0] * inside[1],
        chain=_chain(state),
        notes=notes(state, axes, problem),
        code=code(state, pads(state)),
    )


def clamped(window: Pair, size: Pair) -> Pair:
    """The cell of an output of `size` that is nearest to `window`; (0, 0) if it has none.

    Examples
    --------
    >>> clamped((5, 1), (3, 3)), clamped((5, 1), (0, 0))
    ((2, 1), (0, 0))
    """
    return _pair(max(0, min(at, most - 1)) for at, most in zip(window, size, strict=True))


def _pair(numbers: Iterable[int]) -> Pair:
    rows, columns = numbers
    return rows, columns


def _axes(state: PaddingState, n: Pair) -> tuple[Axis, Axis]:
    rows, columns = (
        axis_of(*sizes)
        for sizes in zip(
            n, state.kernel_size, state.stride, state.dilation, pads(state, n), strict=True
        )
    )
    return rows, columns


def _taps_inside(axis: Axis, window: int) -> int:
    """Taps of one window along an axis that lie on the input."""
    start = window * axis.stride - axis.before
    return sum(0 <= start + tap * axis.dilation < axis.n for tap in range(axis.kernel))


def _too_large(axes: tuple[Axis, Axis]) -> str:
    for axis, name in zip(axes, ("rows", "columns"), strict=True):
        if axis.room < 0:
            return (
                f"No output is left: the kernel spans {axis.extent} {name}, "
                f"the padded input has {axis.padded}."
            )
    return ""


def _chain(state: PaddingState) -> tuple[Pair, ...]:
    """Sizes layer after layer, until none is left or the size stays."""
    sizes = [state.n]
    if refusal(state):
        return (state.n,)
    while len(sizes) <= LAYERS and sizes[-1] != (0, 0) and sizes[-1] not in sizes[:-1]:
        axes = _axes(state, sizes[-1])
        sizes.append((0, 0) if _too_large(axes) else (axes[0].outputs, axes[1].outputs))
    return tuple(sizes)


def describe(state: PaddingState) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    now = geometry(state)
    words = [
        f"{name}: input {axis.n}, padding {axis.before} before and {axis.after} after, "
        f"kernel {axis.kernel}, stride {axis.stride}, dilation {axis.dilation}, "
        + (f"output {outputs}." if outputs else "no output.")
        for name, axis, outputs in zip(("Rows", "Columns"), now.axes, now.size, strict=True)
    ]
    if now.problem:
        return " ".join([*words, now.problem])
    row, column = map(signed, now.first)
    return " ".join(
        [
            *words,
            f"Output {now.window[0]}, {now.window[1]} has its first tap on input row {row}, "
            f"column {column}; {taps_in_words(state.kernel_size, now.taps_here)}.",
            used_in_words(now.used, now.unused),
        ]
    )


def size_pair(name: str, value: object) -> Pair:
    """A number or a pair (rows, columns) as a pair, within what the explorer takes.

    Raises
    ------
    TypeError, ValueError
        If it is no such thing.

    Examples
    --------
    >>> size_pair("stride", 2)
    (2, 2)
    """
    pair = integer_pair(name, value)
    if max(pair) > LARGEST[name]:
        raise ValueError(f"{name} must be at most {LARGEST[name]}, got {max(pair)}")
    return pair


def padding_of(name: str, value: Any) -> Padding:
    """Any way to write padding as the explorer keeps it: a name, or ((top, bottom), (left, right)).

    A number pads all sides alike; in a pair, each entry is a number or (before, after).

    Raises
    ------
    TypeError, ValueError
        If it is none of these.

    Examples
    --------
    >>> padding_of("padding", (1, (0, 2)))
    ((1, 1), (0, 2))
    """
    if isinstance(value, str):
        return choice(name, value, RULES)
    if not is_sequence(value):
        sides = [(integer(name, value, minimum=0),) * 2] * 2
    else:
        if len(value) != 2:
            raise ValueError(f"{name} must be a name, a number or a pair, got {value!r}")
        sides = [integer_pair(name, side, minimum=0) for side in value]
    if max(map(max, sides)) > LARGEST["padding"]:
        raise ValueError(f"{name} must be at most {LARGEST['padding']}, got {value!r}")
    return sides[0], sides[1]


def place_of(name: str, value: object) -> Pair:
    """A cell (row, column) of an output, counted from 0.

    Raises
    ------
    TypeError, ValueError
        If it is no such thing.
    """
    return integer_pair(name, value, minimum=0)
