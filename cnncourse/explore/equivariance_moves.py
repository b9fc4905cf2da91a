"""Motions of a picture for the equivariance explorer: shifts, turns and scalings."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.inside import shifting

MOVES = ("shift", "rotate", "scale")
ENTERING = ("circular", "zeros")
FACTORS = (2.0, 0.5)
LARGEST_SHIFT = 12
_OUTSIDE = 1e-9


@dataclass(frozen=True)
class MoveState:
    """The motion g: its kind and its amounts.

    A shift by `down` and `right`, pixels, lets the opposite side ("circular") or zeros enter. A
    turn goes counter-clockwise by `angle` degrees about the middle, a scaling by `factor` leaves
    the middle in place; both bring zeros in from outside.
    """

    move: str = "shift"
    down: int = 3
    right: int = 5
    entering: str = "circular"
    angle: int = 90
    factor: float = 2.0


def shifted(
    image: FloatArray, rows: int, columns: int, entering: str, outside: float = 0.0
) -> FloatArray:
    """A picture moved by whole pixels, downwards and to the right.

    Examples
    --------
    >>> shifted(np.array([[1, 2, 3]]), 0, 1, "circular").tolist()
    [[3, 1, 2]]
    >>> shifted(np.array([[1, 2, 3]]), 0, -1, "zeros").tolist()
    [[2, 3, 0]]
    """
    if entering == "circular":
        return np.roll(image, (rows, columns), (0, 1))
    return shifting.shifted(image, rows, columns, outside)


def warped(image: FloatArray, matrix: FloatArray, outside: float = 0.0) -> FloatArray:
    """A picture of the same size that shows `image` through a linear map about the middle.

    A pixel at p (row and column, from the middle) takes the value at `matrix` @ p, interpolated
    between the four neighbours (bilinear); beyond the border they are `outside`.

    Examples
    --------
    >>> half = 2.0 * np.eye(2)
    >>> warped(np.array([[4.0, 8.0], [0.0, 4.0]]), half).tolist()
    [[1.0, 2.0], [0.0, 1.0]]
    """
    middle = (np.array(image.shape) - 1) / 2
    places = np.indices(image.shape) - middle[:, None, None]
    at = np.tensordot(matrix, places, axes=1) + middle[:, None, None]
    first = np.floor(at).astype(int)
    part = at - first
    out = np.zeros(image.shape)
    for down in (0, 1):
        for right in (0, 1):
            r, c = first[0] + down, first[1] + right
            there = (r >= 0) & (r < image.shape[0]) & (c >= 0) & (c < image.shape[1])
            value = np.full(image.shape, float(outside))
            value[there] = image[r[there], c[there]]
            weight_r = part[0] if down else 1 - part[0]
            out += value * weight_r * (part[1] if right else 1 - part[1])
    return out


def _linear(image: FloatArray, state: MoveState, outside: float) -> FloatArray:
    """A turn or a scaling."""
    if state.move == "scale":
        return warped(image, np.eye(2) / state.factor, outside)
    if state.angle % 90 == 0:
        return np.rot90(image, state.angle // 90).copy()
    c, s = cos(radians(state.angle)), sin(radians(state.angle))
    return warped(image, np.array([[c, s], [-s, c]]), outside)


def move_input(image: FloatArray, state: MoveState) -> FloatArray:
    """Apply g to the input."""
    if state.move == "shift":
        return shifted(image, state.down, state.right, state.entering)
    return _linear(image, state, 0.0)


def move_output(image: FloatArray, state: MoveState, step: int, outside: float = 0.0) -> FloatArray:
    """Apply g to the output, whose pixels lie `step` pixels of the input apart.

    A shift is divided by `step`, and rounded towards 0 if that leaves a rest; turns and scalings
    are about the output's own middle.
    """
    if image.size == 0:
        return image
    if state.move == "shift":
        rows, columns = (int(d / step) for d in (state.down, state.right))
        return shifted(image, rows, columns, state.entering, outside)
    return _linear(image, state, outside)


def unknown_part(shape: tuple[int, ...], state: MoveState) -> FloatArray:
    """1 where g(x) takes something from outside x, 0 elsewhere."""
    if state.move == "shift":
        return shifted(np.zeros(shape), state.down, state.right, state.entering, outside=1.0)
    moved = _linear(np.ones(shape), state, 0.0)
    return np.where(1 - moved > _OUTSIDE, 1.0, 0.0)


def moved_by(state: MoveState, name: str) -> str:
    """What g does to the picture called `name`, in words."""
    if state.move == "rotate":
        return f"turns {name} by {state.angle}°"
    if state.move == "scale":
        return f"scales {name} by {'2' if state.factor == 2 else '½'}"
    down = f"{abs(state.down)} {'down' if state.down >= 0 else 'up'}"
    right = f"{abs(state.right)} to the {'right' if state.right >= 0 else 'left'}"
    what = "the opposite side enters" if state.entering == "circular" else "zeros enter"
    return f"shifts {name} by {down} and {right}; {what}"
