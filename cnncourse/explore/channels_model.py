"""What the explorer of channels shows, in numbers: no widget and no drawing here.

The browser repeats the convolution and the sums, held to this file by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.conv import conv2d
from cnncourse.explore.numbers import plain
from cnncourse.shapes import Pair

LARGEST_INPUT = (8, 64, 64)
LARGEST_KERNEL = (8, 8, 5, 5)

COLOURS = ("red", "green", "blue")


@dataclass(frozen=True)
class ChannelsState:
    """All that a learner can change.

    `x` is the input V (C_in, H, W), `kernel` K (C_out, C_in, kH, kW), `bias` one number for each
    output channel. The term that is looked at has output channel i = `output`, input channel
    l = `channel`, `offset` (m, n) and `place` (j, k), all counted from 0; places outside are
    brought to the nearest one. Channels in `muted` count as zeros. `names` are those of the input
    channels, "" where they have none.
    """

    x: FloatArray
    kernel: FloatArray
    bias: tuple[float, ...]
    output: int = 0
    channel: int = 0
    offset: Pair = (0, 0)
    place: Pair = (0, 0)
    muted: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """One product of eq. (6): the pixel V[l, row, column] times the weight K[i, l, m, n]."""

    row: int
    column: int
    pixel: float
    weight: float
    product: float


@dataclass(frozen=True)
class Slips:
    """What usual slips give in place of Z[i, j, k].

    `last`: each channel overwrites the sum, so that only the last is kept. `mean`: over channels.
    `one_based`: the lecture's V[l, j + m - 1, k + n - 1] with numbers that count from 0, where
    NumPy takes index -1 for the last. `swapped`: K[l, i, m, n]; NaN if the kernel has no such
    entry.
    """

    last: float
    mean: float
    one_based: float
    swapped: float


@dataclass(frozen=True)
class Parameters:
    """Numbers to learn: of the convolution, and of a dense layer between the same sizes."""

    convolution: int
    dense: int
    inputs: int
    outputs: int


@dataclass(frozen=True)
class Sums:
    """What follows from a state.

    `maps` is the whole output Z (C_out, Ho, Wo); `window` the pixels under the kernel and
    `products` what they make with it, both (C_in, kH, kW) and without regard to muting; `shares`
    what each channel adds to Z[i, j, k], 0 if muted, `bias` what b[i] adds, `total` their sum.
    """

    output: int
    channel: int
    offset: Pair
    place: Pair
    maps: FloatArray
    window: FloatArray
    products: FloatArray
    shares: tuple[float, ...]
    bias: float
    total: float
    term: Term
    slips: Slips
    parameters: Parameters


def sums(state: ChannelsState) -> Sums:
    """Take one output of eq. (6) apart.

    Examples
    --------
    >>> x, kernel = np.arange(8.0).reshape(2, 2, 2), np.array([[[[1.0]], [[10.0]]]])
    >>> now = sums(ChannelsState(x, kernel, (100.0,), channel=1, place=(0, 1)))
    >>> now.shares, now.total, now.term.product
    ((1.0, 50.0), 151.0, 50.0)
    """
    outputs, channels, *taps = state.kernel.shape
    sounding = sounding_input(state)
    maps = np.asarray(conv2d(sounding, state.kernel, state.bias), dtype=float)
    i, ch = clamp(state.output, outputs), clamp(state.channel, channels)
    m, n = clamp(state.offset[0], taps[0]), clamp(state.offset[1], taps[1])
    j, k = clamp(state.place[0], maps.shape[1]), clamp(state.place[1], maps.shape[2])
    window = state.x[:, j : j + taps[0], k : k + taps[1]]
    products = window * state.kernel[i]
    shares = (sounding[:, j : j + taps[0], k : k + taps[1]] * state.kernel[i]).sum(axis=(1, 2))
    bias = float(state.bias[i])
    return Sums(
        output=i,
        channel=ch,
        offset=(m, n),
        place=(j, k),
        maps=maps,
        window=window,
        products=products,
        shares=tuple(shares.tolist()),
        bias=bias,
        total=float(maps[i, j, k]),
        term=Term(
            row=j + m,
            column=k + n,
            pixel=float(window[ch, m, n]),
            weight=float(state.kernel[i, ch, m, n]),
            product=float(products[ch, m, n]),
        ),
        slips=_slips(sounding, state.kernel, (i, j, k), shares, bias),
        parameters=parameters(state.x.shape, state.kernel.shape),
    )


def clamp(index: int, size: int) -> int:
    """The index of an axis of `size` that is nearest to `index`."""
    return max(0, min(index, size - 1))


def sounding_input(state: ChannelsState) -> FloatArray:
    """The input with zeros for muted channels."""
    silent = np.isin(np.arange(len(state.x)), state.muted)
    return np.where(silent[:, None, None], 0.0, state.x)


def _slips(
    x: FloatArray, kernel: FloatArray, at: tuple[int, int, int], shares: FloatArray, bias: float
) -> Slips:
    i, j, k = at
    outputs, channels, *taps = kernel.shape
    rows, columns = j - 1 + np.arange(taps[0]), k - 1 + np.arange(taps[1])
    shifted = x[:, rows[:, None], columns]  # -1 is the last row, as anywhere in NumPy
    swapped = float("nan")
    if channels <= outputs and i < channels:
        window = x[:, j : j + taps[0], k : k + taps[1]]
        swapped = bias + float((window * kernel[:channels, i]).sum())
    return Slips(
        last=bias + float(shares[-1]),
        mean=bias + float(shares.mean()),
        one_based=bias + float((shifted * kernel[i]).sum()),
        swapped=swapped,
    )


def parameters(x_shape: tuple[int, ...], kernel_shape: tuple[int, ...]) -> Parameters:
    """Count what a convolution and a dense layer of the same sizes have to learn.

    Examples
    --------
    >>> parameters((3, 6, 7), (4, 3, 3, 3))
    Parameters(convolution=112, dense=10160, inputs=126, outputs=80)
    """
    outputs = kernel_shape[0] * prod(
        size - taps + 1 for size, taps in zip(x_shape[1:], kernel_shape[2:], strict=True)
    )
    inputs = prod(x_shape)
    return Parameters(
        convolution=prod(kernel_shape) + kernel_shape[0],
        dense=inputs * outputs + outputs,
        inputs=inputs,
        outputs=outputs,
    )


def channel_name(state: ChannelsState, channel: int) -> str:
    """Name of an input channel, its number if it has none."""
    named = channel < len(state.names) and state.names[channel]
    return state.names[channel] if named else f"channel {channel}"


def describe(state: ChannelsState) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    now = sums(state)
    parts = []
    for number, share in enumerate(now.shares):
        muted = " (muted)" if number in state.muted else ""
        parts.append(f"{channel_name(state, number)} {plain(share)}{muted}")
    (m, n), (j, k), term = now.offset, now.place, now.term
    counts = now.parameters
    return (
        f"Output channel {now.output} at row {j}, column {k} is {plain(now.total)}: "
        f"{', '.join(parts)}, bias {plain(now.bias)}. "
        f"The term of {channel_name(state, now.channel)} at offset {m}, {n} is the pixel "
        f"in row {term.row}, column {term.column}, {plain(term.pixel)}, times the weight "
        f"{plain(term.weight)}: {plain(term.product)}. "
        f"The convolution has {counts.convolution} parameters, a dense layer {counts.dense}."
    )


def demonstration() -> tuple[FloatArray, FloatArray, FloatArray]:
    """A colour picture of 6 x 7 pixels, four kernels of 3 x 3 for it, and their biases.

    The first kernel answers where red gives way to green and little is blue, the second where it
    gets darker downwards, the third to a lack of blue around a pixel, the fourth weighs colours.
    """
    red = [[9, 9, 8, 1, 0, 0, 0], [9, 8, 9, 2, 0, 1, 0], [8, 9, 9, 1, 1, 0, 0]] * 2
    green = [[0, 1, 0, 7, 8, 7, 8], [1, 0, 0, 8, 7, 9, 7], [0, 0, 1, 9, 8, 8, 9]] * 2
    blue = [[2, 2, 1, 2, 2, 2, 2]] * 3 + [[3, 9, 9, 3, 2, 2, 2]] * 2 + [[2, 3, 3, 2, 2, 2, 2]]
    edge, dot, cross, flat = np.array(
        [
            [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
            [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
            [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
            [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        ],
        dtype=float,
    )
    kernel = [
        [edge, -edge, -flat],
        [edge.T, edge.T, edge.T],
        [-dot, -dot, cross],
        [dot, dot / 2, dot],
    ]
    return np.array([red, green, blue], float), np.array(kernel), np.array([1.0, 0.0, 0.0, -2.0])
