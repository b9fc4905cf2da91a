"""What the equivariance explorer shows, in numbers: no widget and no drawing here.

f is equivariant with respect to g if f(g(x)) = g(f(x)) for each x; g acts on both spaces. Here f is
a convolutional layer and g shifts, turns or scales a picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from cnncourse._arrays import BoolArray, FloatArray, numeric_array
from cnncourse.conv import cross_correlate2d
from cnncourse.explore.equivariance_moves import (
    MoveState,
    move_input,
    move_output,
    unknown_part,
)
from cnncourse.kernels import KERNELS_2D
from cnncourse.pooling import pool2d

BOUNDARIES = ("zeros", "circular", "valid")
POOLINGS = ("none", "max", "average")
POOL_SIZE = 2
LARGEST_IMAGE = (40, 40)
LARGEST_KERNEL = (7, 7)
_EQUAL = 1e-9  # of the largest sum there can be: the order of its terms changes the last digits


@dataclass(frozen=True)
class EquivarianceState(MoveState):
    """All that a learner can change: the picture x, the layer f, and the motion g.

    f cross-correlates with `kernel`; "zeros" and "circular" keep the size at stride 1, "valid" adds
    no border. Then comes `relu`, then pooling over 2 x 2 with stride 2, if any. ``row, column`` is
    the output that is looked at.
    """

    image: FloatArray = field(default_factory=lambda: demonstration(), compare=False, repr=False)
    kernel: FloatArray = field(
        default_factory=lambda: KERNELS_2D["sobel_x"], compare=False, repr=False
    )
    boundary: str = "zeros"
    stride: int = 1
    relu: bool = False
    pooling: str = "none"
    row: int = 2
    column: int = 12

    @property
    def step(self) -> int:
        """How many pixels of the input lie between two outputs."""
        return self.stride * (1 if self.pooling == "none" else POOL_SIZE)


@dataclass(frozen=True)
class Commutation:
    """Both ways round the square, and what is left between them.

    `moved` = g(x), `mapped` = f(x), `there` = f(g(x)), `back` = g(f(x)), `residual` their
    difference; `band` marks outputs that depend on the border. The largest magnitudes of the
    residual are NaN over an empty set. `change` is the largest magnitude of f(g(x)) - f(x), which
    invariance would ask to be zero, NaN if their shapes differ. `verdict` is "equal", "inside"
    (equal but for the band) or "different", "none" without outputs; `least` is the largest residual
    that still counts as equal, since rounding leaves as much.
    """

    moved: FloatArray
    mapped: FloatArray
    there: FloatArray
    back: FloatArray
    residual: FloatArray
    band: BoolArray
    overall: float
    inside: float
    in_band: float
    change: float
    verdict: str
    least: float


def demonstration() -> FloatArray:
    """A picture (24, 24) that no turn maps to itself: a bright F, a dark disc, a sloping ground.

    Its border is not zero, so that zeros beyond it make a difference.
    """
    rows, columns = np.mgrid[:24, :24]
    picture = 40.0 + 3 * rows + 2 * columns
    picture[(rows - 17) ** 2 + (columns - 18) ** 2 <= 14] = 10.0
    for top, bottom, left, right in [(4, 19, 4, 7), (4, 7, 4, 15), (10, 13, 4, 12)]:
        picture[top:bottom, left:right] = 230.0
    return picture


def operate(image: FloatArray, state: EquivarianceState) -> FloatArray:
    """Apply f: cross-correlation, ReLU, pooling. Without rows or columns where nothing fits.

    Examples
    --------
    >>> state = EquivarianceState(kernel=np.array([[1.0, -1.0]]), boundary="valid", relu=True)
    >>> operate(np.array([[3.0, 1.0, 5.0]]), state).tolist()
    [[2.0, 0.0]]
    """
    valid = state.boundary == "valid"
    if valid and any(n < k for n, k in zip(image.shape, state.kernel.shape, strict=True)):
        return np.zeros((0, 0))
    boundary = "circular" if state.boundary == "circular" else "zeros"
    mode = "valid" if valid else "same"
    out: FloatArray = cross_correlate2d(
        image, state.kernel, mode=mode, stride=state.stride, boundary=boundary
    )
    if state.relu:
        out = np.maximum(out, 0.0)
    if state.pooling == "none":
        return out
    if min(out.shape) < POOL_SIZE:
        return np.zeros((0, 0))
    pooled: FloatArray = pool2d(out, POOL_SIZE, kind=state.pooling)
    return pooled


def output_shape(state: EquivarianceState) -> tuple[int, ...]:
    """Rows and columns of the residual; 0 without outputs, or if the shapes of the two ways differ.

    Examples
    --------
    >>> output_shape(EquivarianceState(stride=2, pooling="max"))
    (6, 6)
    """
    lies = -1 if state.move == "rotate" and state.angle % 180 == 90 else 1
    _, there = _offsets(state.image.shape[::lies], state)
    _, mapped = _offsets(state.image.shape, state)
    return tuple(there) if min(there) > 0 and there == mapped[::lies] else (0, 0)


def commutation(state: EquivarianceState) -> Commutation:
    """Compare f(g(x)) with g(f(x))."""
    image = numeric_array("image", state.image, ndim=2).astype(float)
    moved = move_input(image, state)
    mapped, there = operate(image, state), operate(moved, state)
    back = move_output(mapped, state, state.step)
    residual = there - back if there.shape == back.shape else np.zeros((0, 0))
    band = border_band(image, state, residual.shape)
    largest = float(np.abs(image).max() * np.abs(state.kernel).sum())
    overall, inside, in_band = (
        _largest(residual[where]) for where in (np.ones_like(band), ~band, band)
    )
    change = _largest(there - mapped) if there.shape == mapped.shape else float("nan")
    least = _EQUAL * largest
    if residual.size == 0:
        verdict = "none" if there.shape == back.shape else "shapes"
    elif overall <= least:
        verdict = "equal"
    else:
        verdict = "inside" if inside <= least else "different"
    return Commutation(
        moved, mapped, there, back, residual, band, overall, inside, in_band, change, verdict, least
    )


def _largest(values: FloatArray) -> float:
    return float(np.abs(values).max()) if values.size else float("nan")


# ---------------------------------------------------------------- the band


def border_band(image: FloatArray, state: EquivarianceState, shape: tuple[int, ...]) -> BoolArray:
    """Outputs that what lies at or beyond the border can change, whatever the picture holds.

    For a shift that the output can follow: those for which f(g(x)) and g(f(x)) do not read the same
    pixels at the same taps (a zero that entered is as good as one of the padding). For any other
    motion: those that read padding, or what came from outside the picture, on either way.
    """
    if 0 in shape:
        return np.zeros(shape, dtype=bool)
    if state.move == "shift" and not rest(state):
        return _other_sources(image.shape, state, shape)
    unknown = unknown_part(image.shape, state)
    there = _reads(unknown, state)
    before = _reads(np.zeros(image.shape), state).astype(float)
    band: BoolArray = there | (move_output(before, state, state.step, outside=1.0) > _EQUAL)
    return band


def _other_sources(
    image_shape: tuple[int, ...], state: EquivarianceState, shape: tuple[int, ...]
) -> BoolArray:
    """Outputs at which the two ways read other pixels: each pixel has a number, zeros have 0."""
    numbered = np.arange(1.0, np.prod(image_shape) + 1).reshape(image_shape)
    band = np.zeros(shape, dtype=bool)
    on_the_way_there = list(_taps(move_input(numbered, state), state, 0.0))
    for there, mapped in zip(on_the_way_there, _taps(numbered, state, 0.0), strict=True):
        band |= there != move_output(mapped, state, state.step)
    return band


def _reads(unknown: FloatArray, state: EquivarianceState) -> BoolArray:
    """Outputs that read a marked pixel or padding."""
    found: BoolArray = np.any([tap > _EQUAL for tap in _taps(unknown, state, 1.0)], axis=0)
    return found


def _taps(image: FloatArray, state: EquivarianceState, beyond: float) -> list[FloatArray]:
    """What each tap of f reads at each output, `beyond` where it reads padding of zeros."""
    offsets, counts = _offsets(image.shape, state)
    padded = _padded(image, state, beyond)
    return [
        padded[a :: state.step, b :: state.step][: counts[0], : counts[1]]
        for a, b in product(*offsets)
    ]


def _offsets(
    image_shape: tuple[int, ...], state: EquivarianceState
) -> tuple[list[list[int]], list[int]]:
    """Places that an output reads, counted from its first one, and numbers of outputs, by axis."""
    steps = range(1 if state.pooling == "none" else POOL_SIZE)
    offsets, counts = [], []
    for size, taps in zip(image_shape, state.kernel.shape, strict=True):
        room = size - taps if state.boundary == "valid" else size - 1
        offsets.append(sorted({p * state.stride + m for p in steps for m in range(taps)}))
        counts.append((room // state.stride + 1) // len(steps))
    return offsets, counts


def _padded(image: FloatArray, state: EquivarianceState, beyond: float) -> FloatArray:
    if state.boundary == "valid":
        return image
    pads = [((k - 1) // 2, k // 2) for k in state.kernel.shape]
    if state.boundary == "circular":
        return np.pad(image, pads, mode="wrap")
    return np.pad(image, pads, constant_values=beyond)


def rest(state: EquivarianceState) -> bool:
    """Whether the shift is no multiple of the distance between outputs."""
    return bool(state.down % state.step or state.right % state.step)
