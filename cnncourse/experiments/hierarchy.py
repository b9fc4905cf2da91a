"""What each depth of a network knows: how well the digit is read off each layer by a simple rule.

A layer that is read off easily has done more of the work. Two things keep this honest. Random
weights are the yardstick: many random features of an image are read off well, too, so what counts
is how much a trained layer is ahead of an untrained one. And each layer is read twice: number by
number, where the place of each counts, and off the means of its channels alone, which know what
there is, but not where.

G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes", 2016,
arXiv:1610.01644; K. Jarrett et al., "What is the best multi-stage architecture for object
recognition?", ICCV 2009, doi:10.1109/ICCV.2009.5459469, for what random weights do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import BoolArray, FloatArray, choice
from cnncourse.experiments.intervals import Interval, several_seeds
from cnncourse.experiments.learned_digits import Split
from cnncourse.experiments.reading_off import RULES, lead, read_off
from cnncourse.inside.sanity import randomised
from cnncourse.inside.units import feature_maps, receptive_field_of
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential

SEEDS = (0, 1, 2, 3, 4)

NAMES: dict[type[Part], str] = {
    Convolution: "conv",
    Pool: "pool",
    BlurPool: "blur",
    Dense: "dense",
}


@dataclass(frozen=True, eq=False)  # holds arrays
class Stage:
    """One layer's output, or the pixels themselves.

    Attributes
    ----------
    name : str
        "pixels", or its kind and number: "conv 2".
    part : int or None
        Its number in the network; None for the pixels.
    numbers, channels : int
        How many numbers an image is there, and how many means of channels.
    sees : (rows, columns)
        Of the image, by the unit in the middle.
    whole_right, anywhere_right : (1 + seeds, images) bool ndarray
        Which of the images held out are read rightly off all numbers, and off the channels' means:
        first of the trained network, then with each seed's random weights.
    """

    name: str
    part: int | None
    numbers: int
    channels: int
    sees: tuple[int, int]
    whole_right: BoolArray
    anywhere_right: BoolArray

    @property
    def whole(self) -> float:
        """Share of the images held out that is read off all numbers."""
        return float(self.whole_right[0].mean())

    @property
    def anywhere(self) -> float:
        """Share that is read off the means of the channels."""
        return float(self.anywhere_right[0].mean())

    @property
    def whole_untrained(self) -> FloatArray:
        """The same as `whole` with random weights, (seeds,)."""
        return self.whole_right[1:].mean(axis=1)

    @property
    def anywhere_untrained(self) -> FloatArray:
        """The same as `anywhere` with random weights, (seeds,)."""
        return self.anywhere_right[1:].mean(axis=1)

    @property
    def learned(self) -> Interval:
        """By how much the trained layer is ahead, read number by number; see `lead`."""
        return lead(self.whole_right)

    @property
    def learned_anywhere(self) -> Interval:
        """By how much the trained layer is ahead, read off its channels' means; see `lead`."""
        return lead(self.anywhere_right)


@dataclass(frozen=True, eq=False)
class Depths:
    """All stages, from the pixels to the scores.

    Attributes
    ----------
    rule : str
    stages : tuple of Stage
    """

    rule: str
    stages: tuple[Stage, ...]

    @property
    def whole(self) -> dict[str, float]:
        """Share read off all numbers, by the stage's name."""
        return {stage.name: stage.whole for stage in self.stages}

    @property
    def anywhere(self) -> dict[str, float]:
        """Share read off the channels' means, by the stage's name."""
        return {stage.name: stage.anywhere for stage in self.stages}

    @property
    def whole_untrained(self) -> dict[str, FloatArray]:
        """The same as `whole` with random weights, (seeds,) each."""
        return {stage.name: stage.whole_untrained for stage in self.stages}

    @property
    def anywhere_untrained(self) -> dict[str, FloatArray]:
        """The same as `anywhere` with random weights, (seeds,) each."""
        return {stage.name: stage.anywhere_untrained for stage in self.stages}

    @property
    def seen(self) -> dict[str, int]:
        """Width in pixels of what the middle unit sees."""
        return {stage.name: stage.sees[1] for stage in self.stages}

    @property
    def verdict(self) -> str:
        """From which layer on the trained network is ahead beyond chance, in words."""
        return "\n".join(
            f"{how}: {_ahead([stage.name for stage in self.stages[1:]], gains)}"
            for how, gains in (
                ("read number by number", [stage.learned for stage in self.stages[1:]]),
                ("read off the means alone", [s.learned_anywhere for s in self.stages[1:]]),
            )
        )

    def __str__(self) -> str:
        """A row for each stage, whole percents: trained, and in brackets untrained."""
        lines = [
            f"read by {self.rule}, % of images held out; in brackets with random weights",
            f"{'layer':<10}{'sees':>8}{'numbers':>9}{'all of them':>15}{'means of channels':>20}",
        ]
        for stage in self.stages:
            rows, columns = stage.sees
            both = (
                _percent(stage.whole, stage.whole_untrained),
                _percent(stage.anywhere, stage.anywhere_untrained),
            )
            lines.append(
                f"{stage.name:<10}{f'{rows} x {columns}':>8}{stage.numbers:>9}"
                f"{both[0]:>15}{both[1]:>20}"
            )
        return "\n".join([*lines, self.verdict])

    __repr__ = __str__


def what_depth_knows(
    network: Sequential,
    data: Split,
    *,
    rule: str = "class means",
    seeds: Sequence[int] = SEEDS,
) -> Depths:
    """Read the digit off each layer by a simple rule, and off the same layers with random weights.

    The rule learns from the first images and is judged by those held out; the network stays as it
    is. A layer's ReLU, if one follows directly, counts as part of it. Some two seconds
    for 8 x 8 pixels.

    Parameters
    ----------
    network : Sequential
        Trained; its first part takes images.
    data : ((images, labels), (images, labels))
        To learn the rule from, and held out; as `experiments.learned_digits.digits_split`.
    rule : {"class means", "least squares"}, default "class means"
        The class whose mean is nearest; or the largest of as many linear functions as there are
        classes, fitted to 1 for the class and 0 for the others, with a small penalty (ridge).
    seeds : sequence of int
        Two or more, of the random weights.

    Returns
    -------
    Depths

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or does not fit.
    """
    choice("rule", rule, RULES)
    numbers = several_seeds(seeds)
    (images, labels), (others, truth) = data
    if not len(images) or not len(others):
        raise ValueError("data must hold images to learn from and images held out, got none")
    stages = [-1, *(part for part in range(len(network)) if type(network[part]) in NAMES)]
    runs = [network, *(randomised(network, range(len(network)), seed=s) for s in numbers)]
    right = np.array([_right(one, stages, data, rule) for one in runs])
    names = _names(network, stages)
    return Depths(
        rule,
        tuple(
            _stage(network, part, name, images.shape[1:], found)
            for part, name, found in zip(stages, names, right.swapaxes(0, 1), strict=True)
        ),
    )


def _right(network: Sequential, stages: Sequence[int], data: Split, rule: str) -> BoolArray:
    """(stages, 2, images): what is read rightly off all numbers, and off the channels' means."""
    (images, labels), (others, truth) = data
    outputs = zip(_outputs(network, images), _outputs(network, others), strict=True)
    known = dict(zip(range(-1, len(network)), outputs, strict=True))
    found = []
    for part in stages:
        pair = known[part + _relus_behind(network, part)]
        whole = [maps.reshape(len(maps), -1).astype(float) for maps in pair]
        means = [
            rows.reshape(*maps.shape[:2], -1).mean(axis=2)
            for rows, maps in zip(whole, pair, strict=True)
        ]
        found.append(
            [read_off(rows[0], labels, rows[1], rule=rule) == truth for rows in (whole, means)]
        )
    return np.array(found)


def _outputs(network: Sequential, images: np.ndarray) -> list[np.ndarray]:
    return [images, *feature_maps(network, images)]


def _relus_behind(network: Sequential, part: int) -> int:
    """1 where a ReLU follows directly: what it cuts off, nobody behind it knows."""
    following = part + 1
    return int(part >= 0 and following < len(network) and isinstance(network[following], ReLU))


def _names(network: Sequential, stages: Sequence[int]) -> list[str]:
    counts: Counter[str] = Counter()
    names = ["pixels"]
    for part in stages[1:]:
        kind = NAMES[type(network[part])]
        counts[kind] += 1
        names.append(f"{kind} {counts[kind]}")
    return names


def _stage(
    network: Sequential, part: int, name: str, shape: tuple[int, ...], right: BoolArray
) -> Stage:
    """Right: (1 + seeds, 2, images), the trained network first."""
    if part < 0:
        output, sees = shape, (1, 1)
    else:
        output = network[: part + 1].forward(np.zeros((1, *shape), np.float32)).shape[1:]
        middle = (output[1] // 2, output[2] // 2) if len(output) == 3 else output[0] // 2
        rows, columns = receptive_field_of(network, part, middle, shape).box[2:]
        sees = (rows, columns)
    return Stage(
        name,
        None if part < 0 else part,
        int(np.prod(output)),
        output[0],
        sees,
        right[:, 0],
        right[:, 1],
    )


def _ahead(names: list[str], gains: list[Interval]) -> str:
    ahead = [name for name, gain in zip(names, gains, strict=True) if gain.above(0)]
    behind = [name for name, gain in zip(names, gains, strict=True) if gain.below(0)]
    text = f"ahead of random weights: {', '.join(ahead) or 'no layer'}"
    return text + (f"; behind: {', '.join(behind)}" if behind else "")


def _percent(trained: float, untrained: FloatArray) -> str:
    return f"{100 * trained:.0f} ({100 * untrained.mean():.0f})"
