"""What units answer, and the pixels that they see."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import BoolArray, integer, integer_pair, is_sequence
from cnncourse.inside._given import images_for, number_type, part_number
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from cnncourse.shapes import image_padding

Axes = tuple[frozenset[int], frozenset[int]]
"""Numbers of rows and of columns."""


def feature_maps(network: Sequential, images: ArrayLike) -> list[np.ndarray]:
    """Return the output of each part, in order.

    Parameters
    ----------
    network : Sequential
    images : (N, C, H, W) array_like

    Returns
    -------
    list of (N, C, h, w) or (N, features) ndarray
        One for each part; the last is the network's output.

    Raises
    ------
    TypeError, ValueError
        If the images are no such array, or do not fit the network.

    Examples
    --------
    >>> network = Sequential([Pool(2), ReLU(), Flatten()])
    >>> [maps.tolist() for maps in feature_maps(network, [[[[-3, -2, 1, 5], [0, -4, 2, 0]]]])]
    [[[[[0.0, 5.0]]]], [[[[0.0, 5.0]]]], [[0.0, 5.0]]]
    """
    now = images_for(network, images)
    found = []
    for part in network.parts:
        now = part.forward(now)
        found.append(now)
    return found


@dataclass(frozen=True)
class Field:
    """The pixels that a unit sees: those of these rows and these columns.

    Attributes
    ----------
    rows, columns : tuple of int
        Rising, from 0. There may be gaps: a stride larger than its kernel skips pixels.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First row and column, and how many rows and columns from there to the last."""
        top, left = self.rows[0], self.columns[0]
        return top, left, self.rows[-1] - top + 1, self.columns[-1] - left + 1

    def mask(self, shape: Sequence[int]) -> BoolArray:
        """Where it lies in an image of (..., rows, columns) pixels.

        Returns
        -------
        (rows, columns) bool ndarray
        """
        seen = np.zeros(tuple(shape[-2:]), bool)
        seen[np.ix_(self.rows, self.columns)] = True
        return seen


def receptive_field_of(
    network: Sequential, part: int, place: int | Sequence[int], image_shape: Sequence[int]
) -> Field:
    """Return the pixels that a unit sees, found from sizes, strides and padding alone.

    Output i of k taps d apart, stride s, with p pixels of padding before the input, sees the inputs
    i*s - p + d*m, m = 0 .. k-1, that lie in the image (or those mirrored into it). From the unit
    back to the image this gives all rows and all columns that can reach it. Whether they do
    depends on the weights and the image: `pixels_with_slope` asks that.

    Parameters
    ----------
    network : Sequential
    part : int
        Number of the part that the unit belongs to; negative numbers count from the end.
    place : (row, column), or int behind the flattening
        Of the unit in the part's output; all channels see the same pixels.
    image_shape : (C, H, W)

    Returns
    -------
    Field

    Raises
    ------
    TypeError
        If an argument has another form, or the network a part whose windows are not known here.
    ValueError
        If there is no such part or place, or the shape does not fit the network.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> network = Sequential([Convolution(1, 2, 3, padding=1, random=random), ReLU(), Pool(2)])
    >>> receptive_field_of(network, 2, (0, 1), (1, 8, 8))
    Field(rows=(0, 1, 2), columns=(1, 2, 3, 4))
    """
    at = part_number(network, part)
    shape = _image_shape(image_shape)
    blank = np.zeros((1, *shape), number_type(network))
    shapes = [shape, *(maps.shape[1:] for maps in feature_maps(network[: at + 1], blank))]
    seen = _unit_at(place, shapes[at + 1])
    for number in range(at, -1, -1):
        seen = _seen_by(network[number], seen, shapes[number])
    rows, columns = seen
    return Field(tuple(sorted(rows)), tuple(sorted(columns)))


def pixels_with_slope(
    network: Sequential,
    part: int,
    place: int | Sequence[int],
    image_shape: Sequence[int],
    *,
    draws: int = 8,
    images: int = 64,
    seed: int = 0,
) -> BoolArray:
    """Return where a unit's slope dz/dx is not 0 for some random weights and random image.

    A proof of the receptive field by experiment: outside of it every slope is exactly 0, inside it
    a random weight is 0 with probability 0. One image does not do, since a ReLU cuts off and a
    maximum hands its slope to one pixel only; hence many, and all channels of the place at once.

    Parameters
    ----------
    network : Sequential
        A copy gets the random weights; only the layout of the parts counts.
    part, place, image_shape
        As in `receptive_field_of`.
    draws : int, default 8
        Of weights.
    images : int, default 64
        For each of them.
    seed : int, default 0

    Returns
    -------
    (H, W) bool ndarray

    Raises
    ------
    TypeError, ValueError
        As `receptive_field_of`.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> network = Sequential([Convolution(1, 2, 3, padding=1, random=random), ReLU(), Pool(2)])
    >>> pixels_with_slope(network, 2, (0, 1), (1, 4, 6)).astype(int).tolist()
    [[0, 1, 1, 1, 1, 0], [0, 1, 1, 1, 1, 0], [0, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]]
    """
    at = part_number(network, part)
    shape = _image_shape(image_shape)
    count = integer("images", images)
    front = copy.deepcopy(network[: at + 1])
    random = np.random.default_rng(seed)
    seen = np.zeros(shape[1:], bool)
    for _ in range(integer("draws", draws)):
        for values in front.parameters.values():
            values[...] = random.standard_normal(values.shape)
        out = front.forward(random.standard_normal((count, *shape)))
        rows, columns = (sorted(numbers) for numbers in _unit_at(place, out.shape[1:]))
        upstream = np.zeros_like(out)
        upstream[(..., rows[0], columns[0]) if out.ndim == 4 else (..., columns[0])] = 1
        slope = front.backward(upstream, to_input=True)
        assert slope is not None
        seen |= (slope != 0).any(axis=(0, 1))
    return seen


def _image_shape(shape: Sequence[int]) -> tuple[int, int, int]:
    if not is_sequence(shape) or len(shape) != 3:
        raise ValueError(f"image_shape must be (C, H, W), got {shape!r}")
    channels, rows, columns = (integer("image_shape", n) for n in shape)
    return channels, rows, columns


def _unit_at(place: int | Sequence[int], shape: tuple[int, ...]) -> Axes:
    """One unit; behind the flattening a feature is counted as a column of a single row."""
    sizes = shape[1:] if len(shape) == 3 else (1, *shape)
    given = tuple(place) if is_sequence(place) else (place,)  # type: ignore[arg-type]
    if len(given) != len(shape[1:] or shape):
        wanted = "(row, column)" if len(shape) == 3 else "the number of a feature"
        raise ValueError(f"place must be {wanted} in an output of {shape}, got {place!r}")
    row, column = (0, *given)[-2:]
    for number, size in zip((row, column), sizes, strict=True):
        if integer("place", number, minimum=0) >= size:
            raise ValueError(f"place must lie in an output of {shape}, got {place!r}")
    return frozenset([row]), frozenset([column])


def _seen_by(part: Part, units: Axes, shape: tuple[int, ...]) -> Axes:
    """Rows and columns of a part's input, of `shape`, that reach these of its output."""
    rows, columns = units
    if isinstance(part, ReLU):
        return units
    if isinstance(part, Dense):
        return rows, frozenset(range(shape[0]))
    if isinstance(part, Flatten):
        if len(shape) == 1:
            return units
        *_, height, width = shape
        return (
            frozenset(feature // width % height for feature in columns),
            frozenset(feature % width for feature in columns),
        )
    if isinstance(part, Convolution):
        size = integer_pair("size", part.parameters["kernel"].shape[2:])
    elif isinstance(part, BlurPool):
        size = integer_pair("size", part.kernel.shape)
    elif isinstance(part, Pool):
        size = integer_pair("size", part.size)
    else:
        raise TypeError(f"the windows of a {type(part).__name__} are not known here")
    step = part.options["stride"]
    stride = integer_pair("stride", size if step is None else step)
    height, width = shape[-2:]
    pads = image_padding((height, width), size, part.options["padding"], stride=stride)
    mirrored = part.options.get("padding_mode") == "reflect"
    found = []
    for axis, outputs in enumerate((rows, columns)):
        first, n = pads[axis][0], shape[axis - 2]
        taps = {i * stride[axis] - first + m for i in outputs for m in range(size[axis])}
        if mirrored:
            period = max(2 * (n - 1), 1)
            taps = {min(t % period, (-t) % period) if n > 1 else 0 for t in taps}
        found.append(frozenset(t for t in taps if 0 <= t < n))
    return found[0], found[1]
