"""What the pooling explorer shows, in numbers: no widget and no drawing here.

A row of values is looked at through a frame; eight more wait at its left and come into sight when
the row moves to the right, so that nothing has to be invented at the border.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray
from cnncourse.conv import cross_correlate1d
from cnncourse.kernels import gaussian
from cnncourse.pooling import pool2d

OWN = "own"
"""Name of the values that the learner has set."""

KINDS = ("max", "average", "l2", "blur")
DRAWN = ("random", "sparse", "smooth", "steps")
SOURCES = (*DRAWN, OWN)
SEEDS = 10
WAITING = 8
"""Values at the left that can come into sight: the largest shift."""
LENGTH = 20
SPIKES = 5
MAX_LENGTH = 48
MAX_SIZE = 8
BLUR = (0.25, 0.5, 0.25)
"""Binomial filter of blur pooling (Zhang 2019, "Tri-3")."""

_EQUAL = 1e-9  # of the largest value: sums may differ in their last digit only


@dataclass(frozen=True)
class PoolingState:
    """All that a learner can change.

    `signal` holds the own values in sight, `entering` up to eight that wait at their left, the last
    one next to them; they count if `source` is "own". `output` is the output looked at.
    """

    kind: str = "max"
    size: int = 3
    stride: int = 1
    shift: int = 1
    source: str = "random"
    seed: int = 0
    output: int = 0
    signal: tuple[float, ...] = (0.0,)
    entering: tuple[float, ...] = (0.0,)


@dataclass(frozen=True)
class Shown:
    """What there is to see in a state.

    `before` and `after` are the outputs of the row and of the shifted row, `same` tells which are
    equal, `zeros` counts the equal ones that are zero. `shares` holds the share of equal outputs
    for each draw (of own values: for them alone), `expected` what theory says of independent
    values, NaN where it says nothing. ``change[kind][d]`` is the mean absolute change of the
    outputs under a shift of d, over their mean size ("input": of the values themselves).
    """

    row: FloatArray
    shifted: FloatArray
    before: FloatArray
    after: FloatArray
    same: NDArray[np.bool_]
    zeros: int
    share: float
    shares: FloatArray
    expected: float
    change: dict[str, FloatArray]


def draws() -> dict[str, NDArray[np.uint8]]:
    """Rows of values of each kind of input, (seeds, waiting + in sight), in hundredths, 0 to 100.

    "random" is uniform, in random order and without repetition, so that values which look equal
    are equal. "sparse" is zero but for five values. "smooth" is noise under a Gaussian of 7
    samples, stretched to 0 and 1. "steps" holds each level for 3 to 7 values.
    """
    made: dict[str, list[FloatArray]] = {name: [] for name in DRAWN}
    n = WAITING + LENGTH
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        made["random"].append(rng.permutation(101)[:n] / 100)
        spikes = np.where(rng.permutation(n) < SPIKES, rng.uniform(0.4, 1.0, n), 0.0)
        made["sparse"].append(spikes)
        noise = cross_correlate1d(rng.normal(size=n + 6), gaussian(7, 1.6, centred=True))
        made["smooth"].append((noise - noise.min()) / np.ptp(noise))
        made["steps"].append(np.repeat(rng.random(n), rng.integers(3, 8, n))[:n])
    return {name: np.round(100 * np.array(rows)).astype(np.uint8) for name, rows in made.items()}


def pooled(values: ArrayLike, kind: str, size: int, stride: int) -> FloatArray:
    """Outputs of pooling along a row, for windows that lie wholly on it.

    "blur" is max pooling at stride 1, then the binomial filter `BLUR`, of which every `stride`-th
    output is kept (R. Zhang, "Making convolutional networks shift-invariant again", 2019): its
    windows are two values wider.

    Parameters
    ----------
    values : (n,) array_like
    kind : str
        One of `KINDS`.
    size, stride : int
        Of the windows.

    Returns
    -------
    outputs : (count,) ndarray
        Empty if no window fits.

    Examples
    --------
    >>> pooled([0, 4, 0, 0, 8, 0], "max", 2, 2).tolist()
    [4.0, 0.0, 8.0]
    >>> pooled([0, 4, 0, 0, 8, 0], "blur", 2, 2).tolist()
    [3.0, 6.0]
    """
    row = np.asarray(values, dtype=float)[None]
    if row.size < width(kind, size):
        return np.zeros(0)
    if kind != "blur":
        out: FloatArray = pool2d(row, (1, size), kind=kind, stride=(1, stride))[0]
        return out
    dense = pool2d(row, (1, size), kind="max", stride=1)[0]
    blurred: FloatArray = cross_correlate1d(dense, np.array(BLUR))[::stride]
    return blurred


def width(kind: str, size: int) -> int:
    """How many values an output sees."""
    return size + len(BLUR) - 1 if kind == "blur" else size


def output_count(length: int, kind: str, size: int, stride: int) -> int:
    """How many outputs a row of `length` values has.

    Examples
    --------
    >>> output_count(20, "max", 3, 1), output_count(20, "blur", 3, 2), output_count(2, "l2", 3, 1)
    (18, 8, 0)
    """
    return max(0, (length - width(kind, size)) // stride + 1)


def expected_share(size: int, shift: int) -> float:
    """Share of outputs of max pooling that a shift leaves as they are, for independent values.

    (k - d) / (k + d) for d <= k, since an output stays if the largest value of both windows' union
    of k + d values is among the k - d that they share; 0 for larger shifts. For a shift of 1 that
    is (k - 1) / (k + 1), see `cnncourse.pooling.unchanged_fraction`. It holds at any stride, each
    output being compared with itself.

    Examples
    --------
    >>> expected_share(3, 1), expected_share(3, 4)
    (0.5, 0.0)
    """
    return max(0, size - shift) / (size + shift)


class PoolingModel:
    """Ten draws of four kinds of input, and what pooling makes of them and of own values."""

    def __init__(self) -> None:
        self.draws = draws()

    def scene(self, state: PoolingState, seed: int | None = None) -> FloatArray:
        """The values that wait and those in sight, (8 + n,)."""
        if state.source == OWN:
            missing = np.zeros(WAITING - len(state.entering))
            return np.concatenate([missing, state.entering, state.signal]).astype(float)
        return self.draws[state.source][state.seed if seed is None else seed] / 100.0

    def shown(self, state: PoolingState) -> Shown:
        """Everything that is drawn in a state."""
        scene = self.scene(state)
        row, shifted = in_sight(scene, 0), in_sight(scene, state.shift)
        before, after = (pooled(r, state.kind, state.size, state.stride) for r in (row, shifted))
        same = _same(scene, before, after)
        seeds = [None] if state.source == OWN else range(SEEDS)
        shares = np.array([self._share(state, seed) for seed in seeds])
        applies = state.kind == "max" and state.source == "random"
        return Shown(
            row=row,
            shifted=shifted,
            before=before,
            after=after,
            same=same,
            zeros=int((same & (after == 0)).sum()),
            share=float(same.mean()) if same.size else float("nan"),
            shares=shares,
            expected=expected_share(state.size, state.shift) if applies else float("nan"),
            change=self._changes(state, scene),
        )

    def _share(self, state: PoolingState, seed: int | None) -> float:
        scene = self.scene(state, seed)
        before, after = (
            pooled(in_sight(scene, d), state.kind, state.size, state.stride)
            for d in (0, state.shift)
        )
        return float(_same(scene, before, after).mean()) if before.size else float("nan")

    def _changes(self, state: PoolingState, scene: FloatArray) -> dict[str, FloatArray]:
        curves = {"input": [in_sight(scene, d) for d in range(WAITING + 1)]}
        for kind in KINDS:
            curves[kind] = [pooled(r, kind, state.size, state.stride) for r in curves["input"]]
        return {name: relative_change(rows) for name, rows in curves.items()}


def in_sight(scene: FloatArray, shift: int) -> FloatArray:
    """The values in the frame after the row has moved `shift` places to the right."""
    return scene[WAITING - shift : scene.size - shift]


def relative_change(rows: list[FloatArray]) -> FloatArray:
    """Mean absolute difference of each row from the first, over the first one's mean size.

    NaN if the first holds nothing but zeros, or nothing at all.

    Examples
    --------
    >>> relative_change([np.array([1.0, 3.0]), np.array([2.0, 3.0])]).tolist()
    [0.0, 0.25]
    """
    first = rows[0]
    size = np.abs(first).mean() if first.size else 0.0
    if size == 0:
        return np.full(len(rows), np.nan)
    return np.array([np.abs(row - first).mean() / size for row in rows])


def _same(scene: FloatArray, before: FloatArray, after: FloatArray) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = np.abs(after - before) <= _EQUAL * np.abs(scene).max()
    return same
