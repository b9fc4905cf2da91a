"""What the smoothing explorer shows, in numbers: no widget and no drawing here.

The browser repeats only the convolution; kernels, noise and everything else are computed here and
sent to it. The tests hold both to the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray
from cnncourse.data import Track
from cnncourse.explore.numbers import fixed
from cnncourse.kernels import KERNELS_1D
from cnncourse.smoothing import ErrorSummary, error_summary, smooth

OWN = "own"
"""Name of a kernel that the learner has shaped by hand."""

KERNEL_NAMES = ("box", "linear", "exponential", "gaussian", "local_linear")
MAX_LENGTH = 25
SEEDS = 10
MAX_SAMPLES = 5000
NOISE_STEPS = 256
"""Fresh noise is rounded to this part of a standard deviation, so that it travels in two bytes."""


@dataclass(frozen=True)
class SmoothingState:
    """All that a learner can change: the kernel, the noise, and where the kernel lies.

    ``weights[i]`` belongs to age i, or to age ``i - len(weights) // 2`` when `centred`; `t` is the
    index of the sample at which the kernel lies; `sigma` is in km. Errors are taken over the
    samples of `phase`, or over the whole track if it is "".
    """

    kernel_name: str
    weights: tuple[float, ...]
    centred: bool
    sigma: float
    seed: int
    t: int
    phase: str = ""


@dataclass(frozen=True)
class SlidingSum:
    """One output of the convolution, taken apart (all arrays hold one entry a weight).

    ``index[i]`` is the sample that weight i lies on (it may lie outside the track), ``weight[i]``
    the weight in use, 0 where the sample is missing, ``sample[i]`` the measurement in km, NaN where
    missing, and ``product[i]`` their product. `total` is the sum of the products, the estimate.
    """

    index: NDArray[np.int64]
    weight: FloatArray
    sample: FloatArray
    product: FloatArray
    total: float


def kernel_weights(name: str, length: int, *, centred: bool = False) -> FloatArray:
    """Weights of a named kernel, in the order that `cnncourse.smoothing.smooth` takes.

    A centred kernel is the mirror-symmetric partner of the causal one: the weight falls with the
    distance from the current sample as the causal one falls with age. The partner of the straight
    line fit reads the line in place at ``length // 2`` instead of at its end.

    Parameters
    ----------
    name : str
        One of `KERNEL_NAMES`.
    length : int
        Number of weights m.
    centred : bool, default False
        ``weights[m // 2]`` belongs to the current sample.

    Returns
    -------
    weights : (length,) ndarray
        With sum 1.

    Raises
    ------
    ValueError
        If there is no such kernel.

    Examples
    --------
    >>> kernel_weights("box", 4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    >>> (9 * kernel_weights("linear", 5, centred=True)).round(6).tolist()
    [1.0, 2.0, 3.0, 2.0, 1.0]
    """
    if name not in KERNEL_NAMES:
        raise ValueError(f"name must be one of {', '.join(KERNEL_NAMES)}, got {name!r}")
    if length == 1:
        return np.ones(1)  # a line needs two samples; through one, its level is all there is
    if not centred:
        return np.asarray(KERNELS_1D[name](length), dtype=float)
    middle = length // 2
    age = np.arange(length)
    if name == "local_linear":
        spread = age - age.mean()
        slope = (middle - age.mean()) / (float(spread @ spread) or 1.0)
        return 1.0 / length + slope * spread
    falling = np.asarray(KERNELS_1D[name](middle + 1), dtype=float)
    mirrored = falling[np.abs(age - middle)]
    weights: FloatArray = mirrored / mirrored.sum()
    return weights


def is_named(name: str, weights: Sequence[float], *, centred: bool) -> bool:
    """Whether `weights` are those of a named kernel, but for the last digits.

    Examples
    --------
    >>> is_named("box", [0.5, 0.5], centred=False), is_named("box", [0.5, 0.6], centred=False)
    (True, False)
    """
    if name not in KERNEL_NAMES or not 1 <= len(weights) <= MAX_LENGTH:
        return False
    return np.allclose(weights, kernel_weights(name, len(weights), centred=centred), 0, 1e-9)


def kernel_table() -> dict[str, list[list[float]]]:
    """All named kernels for the browser, in few digits: row m - 1 is in proportion to m weights.

    Causal ones by name, and the straight line read in its middle as "centred line"; the other
    centred ones are mirrored causal ones. What the browser makes of a row sums to 1.

    Examples
    --------
    >>> kernel_table()["local_linear"][2]
    [5.0, 2.0, -1.0]
    >>> kernel_table()["exponential"][3]
    [1.0, 0.7, 0.49, 0.343]
    """
    lengths = range(1, MAX_LENGTH + 1)
    table = {
        name: [_in_proportion(kernel_weights(name, length)) for length in lengths]
        for name in KERNEL_NAMES
    }
    lines = [kernel_weights("local_linear", length, centred=True) for length in lengths]
    return {**table, "centred line": [_in_proportion(line) for line in lines]}


def _in_proportion(weights: FloatArray) -> list[float]:
    """Whole numbers if there are such in the same proportion, else parts of the first weight."""
    n = weights.size
    for scale in (n, n * (n + 1) / 2):
        if np.allclose(scale * weights, np.round(scale * weights), rtol=0, atol=1e-9):
            return (np.round(scale * weights) + 0.0).tolist()
    return np.round(weights / weights[0], 12).tolist()


def resized(weights: Sequence[float], length: int) -> list[float]:
    """`weights` cut or filled up with zeros at its old end, to `length` numbers.

    Examples
    --------
    >>> resized([0.5, 0.5], 3)
    [0.5, 0.5, 0.0]
    """
    return [*weights[:length], *[0.0] * (length - len(weights))]


class SmoothingModel:
    """A track, ten draws of noise for it, and what smoothing makes of them.

    Draw 0 is the noise that was measured with the track, the others are fresh standard normal
    numbers from NumPy's generator of that seed, so that `sigma` can be changed without a new draw.
    Fresh numbers are rounded to 256ths.

    Parameters
    ----------
    track : Track
        With 2 to 5000 samples: more cannot be drawn while a hand is moving.

    Attributes
    ----------
    position : (n,) ndarray
        True position, km.
    present : (n,) bool ndarray
        False at drop-outs.
    unit_noise : (10, n) ndarray
        Noise of each draw, in standard deviations.
    phases : tuple of str
        Names of the phases that have samples.

    Raises
    ------
    ValueError
        If the track is too short or too long.
    """

    def __init__(self, track: Track) -> None:
        self.track = track
        self.position = np.asarray(track.position, dtype=float)
        if self.position.ndim != 1 or not 2 <= self.position.size <= MAX_SAMPLES:
            raise ValueError(
                f"track must have 2 to {MAX_SAMPLES} samples, got positions of shape "
                f"{self.position.shape}"
            )
        self.phases = tuple(name for name, _, _ in track.phases if track.during(name).any())
        whole_seconds = float(track.dt).is_integer() and float(track.time[0]).is_integer()
        self.time_digits = 0 if whole_seconds else 2
        self.present = ~np.isnan(np.asarray(track.measured, dtype=float))
        self.unit_noise = np.stack([self._draw(seed) for seed in range(SEEDS)])

    def _draw(self, seed: int) -> FloatArray:
        drawn = np.random.default_rng(seed).standard_normal(self.position.size)
        fresh: FloatArray = np.round(NOISE_STEPS * drawn) / NOISE_STEPS
        if seed > 0 or self.track.sigma == 0:
            return fresh
        recorded = (np.asarray(self.track.measured) - self.position) / self.track.sigma
        return np.where(self.present, recorded, fresh)

    def default_state(self) -> SmoothingState:
        """A box of seven weights, late in the longest phase, with the track's own noise.

        Over one phase the bias shows what the kernel does; over a flight there and back it cancels.
        """
        phase = max(self.phases, key=lambda name: self.samples(name).sum(), default="")
        samples = np.flatnonzero(self.samples(phase))
        return SmoothingState(
            kernel_name="box",
            weights=tuple(kernel_weights("box", 7).tolist()),
            centred=False,
            sigma=float(self.track.sigma),
            seed=0,
            t=int(samples[3 * samples.size // 4]),
            phase=phase,
        )

    def samples(self, phase: str) -> NDArray[np.bool_]:
        """Mask (n,) of the samples of a phase, of all samples if `phase` is ""."""
        if not phase:
            return np.ones(self.position.size, dtype=bool)
        return self.track.during(phase)

    def measured(self, state: SmoothingState) -> FloatArray:
        """The noisy record (n,), km, NaN at drop-outs."""
        noisy = self.position + state.sigma * self.unit_noise[state.seed]
        return np.where(self.present, noisy, np.nan)

    def estimate(self, state: SmoothingState) -> FloatArray:
        """The smoothed record (n,), km; NaN throughout if the weights sum to 0 (no average)."""
        total = sum(state.weights)
        if abs(total) <= 1e-12 * sum(map(abs, state.weights)):
            return np.full(self.position.size, np.nan)
        return smooth(
            self.measured(state), state.weights, start="renormalise", centred=state.centred
        )

    def summary(self, state: SmoothingState) -> ErrorSummary | None:
        """Errors of the smoothed record in the phase chosen, or None if there is no estimate."""
        chosen = self.samples(state.phase)
        return summary_or_none(self.estimate(state)[chosen], self.position[chosen])

    def kernel_bias(self, state: SmoothingState) -> float:
        """Bias, km, that the kernel alone makes; the rest is the mean of this draw of noise.

        It is the bias of the smoothed record without its noise, with the same drop-outs; NaN if
        there is no estimate.
        """
        summary = self.summary(replace(state, sigma=0.0))
        return summary.bias if summary else float("nan")

    def sliding_sum(self, state: SmoothingState) -> SlidingSum:
        """The sum of products that makes the estimate at ``state.t``."""
        weights = np.asarray(state.weights, dtype=float)
        ahead = weights.size // 2 if state.centred else 0
        index = state.t + ahead - np.arange(weights.size)
        inside = (index >= 0) & (index < self.position.size)
        measured = self.measured(state)
        sample = np.where(inside, measured[np.clip(index, 0, self.position.size - 1)], np.nan)
        there = ~np.isnan(sample)
        in_use = float(weights[there].sum())
        if abs(in_use) <= 1e-12 * np.abs(weights).sum():
            scale = float("nan")
        else:
            scale = float(weights.sum()) / in_use
        weight = np.where(there, weights * scale, 0.0)
        product = weight * np.where(there, sample, 0.0)
        total = float(self.estimate(state)[state.t])
        return SlidingSum(index, weight, sample, product, total)

    def describe(self, state: SmoothingState) -> str:
        """The picture in words, for readers who listen and as the alternative text."""
        name = f"{'centred' if state.centred else 'causal'} {state.kernel_name.replace('_', ' ')}"
        time = fixed(float(self.track.time[state.t]), self.time_digits)
        estimate, true = float(self.estimate(state)[state.t]), float(self.position[state.t])
        summary = self.summary(state)
        here = f"A {name} kernel of {len(state.weights)} lies at t = {time} s. "
        span = f"the phase {state.phase}" if state.phase else "the whole track"
        if not isfinite(estimate) or summary is None:
            return here + "Its weights on the samples at hand sum to 0, so there is no estimate."
        return here + (
            f"The products sum to {fixed(estimate)} km, the true position is {fixed(true)} km, "
            f"error {fixed(estimate - true)} km. Over {span}: RMSE {fixed(summary.rmse)} km, "
            f"bias {fixed(summary.bias)} km, standard deviation {fixed(summary.sd)} km."
        )


def summary_or_none(estimate: ArrayLike, truth: ArrayLike) -> ErrorSummary | None:
    """`cnncourse.smoothing.error_summary`, or None where no estimate is left to compare.

    Examples
    --------
    >>> summary_or_none([float("nan")], [1.0]) is None
    True
    """
    if np.isnan(np.asarray(estimate, dtype=float)).all():
        return None
    return error_summary(estimate, truth)
