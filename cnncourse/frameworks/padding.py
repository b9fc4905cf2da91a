"""Padding from one framework's words into the other's.

Keras says "valid" or "same", and "same" with a stride depends on the input's size; torch wants
numbers, one for both ends of an axis, and refuses "same" with a stride.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cnncourse._arrays import integer, integer_pair, is_sequence
from cnncourse.shapes import same_padding

Pair = tuple[int, int]
Pairs = tuple[Pair, ...]


def torch_padding(n: Any, k: Any, stride: Any, padding: str, *, dilation: Any = 1) -> Pairs:
    """The cells that Keras adds at each end, for torch to add by hand.

    Where both ends of every axis get the same, torch's own ``padding=`` does it; else
    ``torch.nn.functional.pad`` with `functional_pad` of the result comes before the layer.

    Parameters
    ----------
    n : int or sequence of int
        Size of the input along each axis; a number is one axis.
    k, stride : int or sequence of int
        Size of the kernel or window, and step; a number counts for every axis.
    padding : {"valid", "same"}
        Keras's word.
    dilation : int or sequence of int, default 1

    Returns
    -------
    ((before, after), ...)
        One pair for each axis.

    Raises
    ------
    ValueError
        If a number is out of range, lengths differ, or the word is neither.

    Examples
    --------
    >>> torch_padding((6, 7), 3, 2, "same")
    ((0, 1), (1, 1))
    """
    sizes = _per_axis("n", n, None)
    axes = len(sizes)
    if padding not in ("valid", "same"):
        raise ValueError(f'padding must be "valid" or "same", got {padding!r}')
    if padding == "valid":
        return ((0, 0),) * axes
    numbers = zip(
        sizes,
        _per_axis("k", k, axes),
        _per_axis("stride", stride, axes),
        _per_axis("dilation", dilation, axes),
        strict=True,
    )
    return tuple(same_padding(*axis) for axis in numbers)


def keras_padding(
    n: Any, k: Any, stride: Any, padding: Any, *, dilation: Any = 1
) -> Literal["valid", "same"] | Pairs:
    """What to tell Keras for a padding of torch's.

    Parameters
    ----------
    n, k, stride, dilation
        As in `torch_padding`.
    padding : int, sequence of int, sequence of (int, int), "valid" or "same"
        Cells at both ends, for each axis, or for each end; torch's words, of which "same" wants a
        stride of 1.

    Returns
    -------
    "valid", "same" or ((before, after), ...)
        A word where it gives just these cells for this input; else the pairs, for a padding layer
        (``ZeroPadding2D``) in front of a "valid" one.

    Raises
    ------
    ValueError
        If a number is out of range, lengths differ, or "same" comes with a stride.

    Examples
    --------
    >>> keras_padding(28, 3, 1, 1), keras_padding(7, 3, 2, 1), keras_padding(6, 3, 2, 1)
    ('same', 'same', ((1, 1),))
    """
    sizes = _per_axis("n", n, None)
    strides = _per_axis("stride", stride, len(sizes))
    if isinstance(padding, str):
        if padding == "same" and any(step != 1 for step in strides):
            raise ValueError(f'padding "same" of torch wants a stride of 1, got {stride!r}')
        pairs = torch_padding(sizes, k, strides, padding, dilation=dilation)
    else:
        pairs = _pairs(padding, len(sizes))
    for word in ("valid", "same"):
        if pairs == torch_padding(sizes, k, strides, word, dilation=dilation):
            return word
    return pairs


def functional_pad(pairs: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The pairs as ``torch.nn.functional.pad`` and ``ZeroPad2d`` want them: the last axis first.

    Parameters
    ----------
    pairs : sequence of (before, after)
        One for each spatial axis, the first axis first. Negative numbers crop.

    Returns
    -------
    tuple of int
        (left, right, top, bottom) in two dimensions.

    Examples
    --------
    >>> functional_pad([(0, 1), (2, 3)])  # rows: 0 above, 1 below; columns: 2 left, 3 right
    (2, 3, 0, 1)
    """
    return tuple(cells for before, after in reversed(pairs) for cells in (before, after))


def _per_axis(name: str, value: Any, axes: int | None) -> tuple[int, ...]:
    """One positive integer for each axis."""
    if not is_sequence(value):
        return (integer(name, value),) * (axes or 1)
    numbers = tuple(integer(f"{name}[{place}]", number) for place, number in enumerate(value))
    if not numbers or (axes is not None and len(numbers) != axes):
        raise ValueError(f"{name} must have {axes or 'at least 1'} entries, got {value!r}")
    return numbers


def _pairs(padding: Any, axes: int) -> Pairs:
    """(before, after) of each axis, from a number, numbers or pairs."""
    if not is_sequence(padding):
        cells = integer("padding", padding, minimum=0)
        return ((cells, cells),) * axes
    if len(padding) != axes:
        raise ValueError(f"padding must have an entry for each of {axes} axes, got {padding!r}")
    pairs = []
    for place, entry in enumerate(padding):
        name = f"padding[{place}]"
        if is_sequence(entry):
            pairs.append(integer_pair(name, entry, minimum=0))
        else:
            pairs.append((integer(name, entry, minimum=0),) * 2)
    return tuple(pairs)
