"""Sizes in whole numbers: outputs of convolution and pooling, padding, receptive fields.

All sizes are pixels (or samples) along one axis. Nothing here touches an array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cnncourse._arrays import choice, integer, integer_pair, is_sequence

PADDING_NAMES = ("valid", "same", "full")

Pair = tuple[int, int]


def conv_output_size(
    n: int, k: int, *, stride: int = 1, padding: Any = 0, dilation: int = 1
) -> int:
    """Return the number of kernel positions along one axis.

    With p pixels of padding in total (both ends), lecture eq. (7) counted from 0 gives
        floor((n + p - d*(k - 1) - 1) / s) + 1,
    so "valid" has n - k + 1 positions, "same" n and "full" n + k - 1 at stride s = 1 and dilation
    d = 1 (lecture, "zero padding").

    Parameters
    ----------
    n : int
        Input size.
    k : int
        Kernel size, in taps.
    stride : int, default 1
        Step s between positions.
    padding : int, (int, int) or {"valid", "same", "full"}, default 0
        The same at both ends, (before, after), or by name; "same" is TensorFlow's rule.
    dilation : int, default 1
        Distance d between neighbouring taps.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the dilated kernel is larger than the padded input, or a number is out of range.

    Examples
    --------
    >>> conv_output_size(28, 5), conv_output_size(28, 5, padding="same", stride=2)
    (24, 14)
    """
    n = integer("n", n, minimum=0)
    k, stride, dilation = integer("k", k), integer("stride", stride), integer("dilation", dilation)
    before, after = axis_padding(n, k, padding, stride=stride, dilation=dilation)
    extent = dilation * (k - 1) + 1
    if extent > n + before + after:
        raise ValueError(
            f"kernel must fit into the padded input, got a kernel that spans {extent} "
            f"and an input of {n} + {before} + {after} = {n + before + after}"
        )
    return (n + before + after - extent) // stride + 1


def pool_output_size(
    n: int, k: int, *, stride: int | None = None, padding: int = 0, ceil_mode: bool = False
) -> int:
    """Return the number of pooling windows along one axis.

    floor or ceil of (n + 2*p - k) / s, plus 1. With `ceil_mode`, a window that would start beyond
    the input and its leading padding is dropped (the rule of ``torch.nn.MaxPool2d``).

    Parameters
    ----------
    n, k : int
        Input size and window size.
    stride : int, optional
        Step between windows; the window size if not given.
    padding : int, default 0
        Pixels added at each end, at most half the window.
    ceil_mode : bool, default False
        Keep a last window that hangs over the end.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the window is larger than the padded input, the padding is more than half the window,
        or a number is out of range.

    Examples
    --------
    >>> pool_output_size(7, 2), pool_output_size(7, 2, ceil_mode=True)
    (3, 4)
    """
    n, k = integer("n", n, minimum=0), integer("k", k)
    stride = k if stride is None else integer("stride", stride)
    padding = integer("padding", padding, minimum=0)
    if 2 * padding > k:
        raise ValueError(f"padding must be at most half the window of {k}, got {padding}")
    room = n + 2 * padding - k
    if room < 0:
        raise ValueError(
            f"window must fit into the padded input, got a window of {k} "
            f"and an input of {n} + 2 * {padding} = {n + 2 * padding}"
        )
    if not ceil_mode:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= n + padding else count


def same_padding(n: int, k: int, stride: int = 1, dilation: int = 1) -> Pair:
    """Return (before, after), the padding that gives ceil(n / stride) outputs.

    TensorFlow's rule: the total is max((ceil(n/s) - 1)*s + d*(k - 1) + 1 - n, 0), and of an odd
    total the larger half goes after. So a kernel of even size pads unevenly, and with a stride the
    padding depends on n: k = 3, s = 2 pads (0, 1) if n is even and (1, 1) if it is odd.

    Parameters
    ----------
    n, k, stride, dilation : int
        Input size, kernel size in taps, step, distance between taps.

    Returns
    -------
    before, after : int

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> same_padding(6, 3, stride=2), same_padding(7, 3, stride=2), same_padding(7, 4)
    ((0, 1), (1, 1), (1, 2))
    """
    n = integer("n", n, minimum=0)
    k, stride, dilation = integer("k", k), integer("stride", stride), integer("dilation", dilation)
    outputs = -(-n // stride)
    total = max((outputs - 1) * stride + dilation * (k - 1) + 1 - n, 0)
    return total // 2, total - total // 2


def axis_padding(n: int, k: int, padding: Any, *, stride: int = 1, dilation: int = 1) -> Pair:
    """Translate one axis' padding (a number, a pair or a name) into (before, after).

    Raises
    ------
    TypeError, ValueError
        If `padding` is none of these.

    Examples
    --------
    >>> axis_padding(7, 3, 1), axis_padding(7, 3, (0, 2)), axis_padding(7, 3, "full")
    ((1, 1), (0, 2), (2, 2))
    """
    if not isinstance(padding, str):
        return integer_pair("padding", padding, minimum=0)
    choice("padding", padding, PADDING_NAMES)
    if padding == "same":
        return same_padding(n, k, stride, dilation)
    width = dilation * (k - 1) if padding == "full" else 0
    return width, width


def image_padding(
    image_shape: Pair,
    kernel_shape: Pair,
    padding: Any,
    *,
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
) -> tuple[Pair, Pair]:
    """Translate any padding of `conv2d` into ((top, bottom), (left, right)).

    Parameters
    ----------
    image_shape, kernel_shape : (int, int)
        Rows and columns.
    padding : int, (rows, columns), ((top, bottom), (left, right)) or {"valid", "same", "full"}
        A pair of numbers pads both ends of an axis alike, as PyTorch does.
    stride, dilation : (int, int), default (1, 1)
        Used by "same" and "full".

    Returns
    -------
    ((top, bottom), (left, right)) : pair of pairs of int

    Raises
    ------
    TypeError, ValueError
        If `padding` is none of these.

    Examples
    --------
    >>> image_padding((6, 7), (3, 3), (1, 0))
    ((1, 1), (0, 0))
    >>> image_padding((6, 7), (3, 3), "same", stride=(2, 2))
    ((0, 1), (1, 1))
    """
    if isinstance(padding, str):
        axes: Sequence[Any] = (padding, padding)
    elif is_sequence(padding):
        if len(padding) != 2:
            raise ValueError(
                "padding must be a number, a pair (rows, columns), a pair of pairs "
                f"((top, bottom), (left, right)) or a name, got {padding!r}"
            )
        axes = padding
    else:
        axes = (padding, padding)
    rows, columns = (
        axis_padding(n, k, axis, stride=s, dilation=d)
        for n, k, axis, s, d in zip(image_shape, kernel_shape, axes, stride, dilation, strict=True)
    )
    return rows, columns


class Layer(NamedTuple):
    """A convolution or pooling layer along one axis, for `receptive_field`."""

    size: int
    stride: int = 1
    padding: int | Pair = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """What one unit of the last layer sees of the input, in input pixels.

    `size` pixels; neighbouring units' fields are `jump` apart; the first unit's field is centred
    on pixel `offset`, counted from 0 (halves lie between two pixels).
    """

    size: int
    jump: int
    offset: float


def receptive_field(layers: Iterable[Layer | Sequence[Any]]) -> ReceptiveField:
    """Return the receptive field of a stack of layers along one axis.

    Each layer of k taps, stride s, dilation d and p pixels of padding before the input adds
    d*(k - 1)*jump to the size, moves the first centre by (d*(k - 1)/2 - p)*jump, and multiplies the
    jump by s: the jump, not only the kernels, lets deep units see far (Araujo, Norris and Sim,
    "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019).

    Parameters
    ----------
    layers : iterable of Layer or tuple
        From the input on; each (size, stride=1, padding=0, dilation=1). Padding is a number or
        (before, after). No layer at all gives the input pixel itself.

    Returns
    -------
    ReceptiveField
        (size, jump, offset), in input pixels.

    Raises
    ------
    TypeError, ValueError
        If a layer is not such a tuple or a number is out of range.

    Examples
    --------
    >>> receptive_field([(3,), (3,)])
    ReceptiveField(size=5, jump=1, offset=2.0)
    >>> receptive_field([(3, 2, 1), (3, 2, 1)])
    ReceptiveField(size=7, jump=4, offset=0.0)
    """
    size, jump, offset = 1, 1, 0.0
    for entry in layers:
        if not is_sequence(entry) or not 1 <= len(entry) <= 4:
            raise TypeError(
                f"layers must hold tuples (size, stride, padding, dilation), got {entry!r}"
            )
        layer = Layer(*entry)
        reach = integer("dilation", layer.dilation) * (integer("size", layer.size) - 1)
        before, _ = integer_pair("padding", layer.padding, minimum=0)
        size += reach * jump
        offset += (reach / 2 - before) * jump
        jump *= integer("stride", layer.stride)
    return ReceptiveField(size, jump, offset)
