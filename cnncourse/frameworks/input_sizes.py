"""The shape of an input, as one writes it: 28x28x1 for Keras, 1x28x28 for PyTorch."""

from __future__ import annotations

import re
from operator import index
from typing import Any

from cnncourse.frameworks.layers import Sizes
from cnncourse.frameworks.signatures import LayerTextError

LARGEST_SIZE = 1_000_000


def read_input(value: Any) -> Sizes:
    """Read a shape without its batch, from a text or from numbers.

    Parameters
    ----------
    value : str or sequence of int
        Such as "28x28x1", "28, 28, 1" or (28, 28, 1).

    Returns
    -------
    tuple of int
        As it was written.

    Raises
    ------
    LayerTextError
        If it holds anything but one to four whole numbers.

    Examples
    --------
    >>> read_input("28x28x1"), read_input([784])
    ((28, 28, 1), (784,))
    """
    expected = "the input's shape must be like 28x28x1, without the batch"
    if isinstance(value, str):
        parts = re.split(r"\s*[x×X*,]\s*|\s+", value.strip().strip("()[]").strip(", "))
        if not all(re.fullmatch("[0-9]{1,9}", part) for part in parts):
            raise LayerTextError(f"{expected}, got {value[:40]!r}")
        sizes = tuple(int(part) for part in parts)
    else:
        try:
            sizes = tuple(index(n) for n in value)
        except TypeError:
            raise LayerTextError(f"{expected}, got {value!r}") from None
    if not sizes or not all(1 <= n <= LARGEST_SIZE for n in sizes):
        raise LayerTextError(f"{expected}, in sizes from 1 to {LARGEST_SIZE}, got {value!r}")
    if len(sizes) > 4:
        raise LayerTextError(f"{expected}, of four numbers at most, got {value!r}")
    return sizes


def channels_first_of(sizes: Sizes, framework: str) -> Sizes:
    """A shape as its framework writes it, channels first.

    Examples
    --------
    >>> channels_first_of((28, 28, 1), "keras"), channels_first_of((1, 28, 28), "torch")
    ((1, 28, 28), (1, 28, 28))
    """
    return (sizes[-1], *sizes[:-1]) if framework == "keras" else sizes


def in_order_of(shape: Sizes, framework: str) -> Sizes:
    """A channels-first shape as its framework writes it.

    Examples
    --------
    >>> in_order_of((1, 28, 30), "keras")
    (28, 30, 1)
    """
    return (*shape[1:], shape[0]) if framework == "keras" else shape


def crossed(sizes: Sizes) -> str:
    """The sizes with a sign between them.

    Examples
    --------
    >>> crossed((28, 28, 1))
    '28 x 28 x 1'
    """
    return " x ".join(map(str, sizes))


def axes_in_words(count: int, framework: str) -> str:
    """What the numbers of a shape count.

    Examples
    --------
    >>> axes_in_words(3, "keras"), axes_in_words(1, "torch")
    ('rows x columns x channels', 'features')
    """
    spatial = {1: (), 2: ("positions",), 3: ("rows", "columns"), 4: ("planes", "rows", "columns")}
    if count == 1:
        return "features"
    axes = spatial.get(count, ("axes",))
    return " x ".join((*axes, "channels") if framework == "keras" else ("channels", *axes))


def looks_swapped(sizes: Sizes, framework: str) -> Sizes | None:
    """The shape in the other order, if that looks like an image and this does not.

    Examples
    --------
    >>> looks_swapped((1, 28, 28), "keras"), looks_swapped((28, 28, 1), "keras")
    ((28, 28, 1), None)
    """
    if len(sizes) < 3:
        return None
    channels, others = (
        (sizes[0], sizes[1:]) if framework == "keras" else (sizes[-1], sizes[:-1])
    )  # where they would stand in the other framework's order
    if channels <= 4 and len(set(others)) == 1 and others[0] > channels:
        return (*others, channels) if framework == "keras" else (channels, *others)
    return None
