"""Does a network say the same of a digit moved by one pixel: max pooling against blur pooling.

R. Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, arXiv:1904.11486, blurs
between the maximum and the leaving out. Here two networks that differ in nothing else learn from
the same digits, from the same first weights. A third way needs no other network: the one with max
pooling learns from digits that are moved a little each time.

With all that can be had of the 8 x 8 digits, ``compare_pools((0, 1, 2), data="digits",
examples=1297, epochs=20)``, some 25 s: 98 % are recognised in each way, and 38 % of the pairs agree
with max pooling, 72 % with blur pooling, 96 % with max pooling and moved digits. Blurring helps;
seeing moved digits helps more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.data.bars import Bar
from cnncourse.data.mnist import mnist_5k
from cnncourse.experiments.intervals import Interval, paired_interval, several_seeds
from cnncourse.experiments.permutation import digit_pictures
from cnncourse.inside.shifting import shift_consistency
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.fitting import fit
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.sequential import Sequential

WAYS = {
    "max": "max pooling",
    "blurred": "blur pooling",
    "moved": "max pooling, learned from moved digits",
}
DATA = ("mnist", "digits")
MEASURES = ("accuracy", "consistency")
SEEDS = (0, 1, 2, 3, 4)
SHIFTS = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1))
"""By which the digits held out are moved: all by one pixel at most, none loses ink."""

EXAMPLES, TESTED, EPOCHS, BATCH, RATE = 300, 200, 8, 32, 0.01
CHANNELS = (8, 16)


@dataclass(frozen=True, eq=False)  # holds arrays
class BlurredPools:
    """What came out, in each way that `WAYS` names.

    Attributes
    ----------
    seeds : tuple of int
        One run each: digits to learn from, digits held out, first weights and order.
    accuracy : dict of str to (seeds,) ndarray
        Share of the digits held out that are recognised where they are.
    consistency : dict of str to (seeds,) ndarray
        Share of the pairs of moved copies that are taken for the same, right or wrong.
    """

    seeds: tuple[int, ...]
    accuracy: dict[str, FloatArray]
    consistency: dict[str, FloatArray]

    def gain(self, measure: str = "consistency", way: str = "blurred") -> Interval:
        """How much more than with max pooling, paired run by run, with its 95 % interval.

        Parameters
        ----------
        measure : {"accuracy", "consistency"}
        way : {"blurred", "moved"}

        Raises
        ------
        ValueError
            If there is no such measure or way.
        """
        shares: dict[str, FloatArray] = getattr(self, choice("measure", measure, MEASURES))
        return paired_interval(shares["max"], shares[choice("way", way, tuple(WAYS)[1:])])

    @property
    def verdict(self) -> str:
        """What the intervals allow to say of blur pooling."""
        words = [f"{_direction(self.gain(name))} {name}" for name in ("consistency", "accuracy")]
        return f"Blur pooling against max pooling: {', '.join(words)}."

    def __str__(self) -> str:
        lines = [f"mean of {len(self.seeds)} runs{'':26}  recognised  consistent"]
        for way, name in WAYS.items():
            shares = (self.accuracy[way].mean(), self.consistency[way].mean())
            lines.append(f"{name:<40}" + "".join(f"{100 * share:>10.0f} %" for share in shares))
        lines.append("more than with max pooling, percentage points (95 % interval)")
        for way, name in tuple(WAYS.items())[1:]:
            gains = (_points(self.gain(measure, way)) for measure in MEASURES)
            lines.append(f"  {name:<38}  {'   '.join(gains)}")
        return "\n".join([*lines, self.verdict])

    __repr__ = __str__


def compare_pools(
    seeds: Sequence[int] = SEEDS,
    *,
    data: str = "mnist",
    examples: int = EXAMPLES,
    epochs: int = EPOCHS,
) -> BlurredPools:
    """Train the network in each way, once for each seed, and test it on digits moved by a pixel.

    Two convolutions of 3 x 3 taps with 8 and 16 kernels, behind each a maximum over 2 x 2 places, a
    ReLU and every second place alone, blurred first or not; then ten scores. Adam, 32 digits at a
    step. In float64, so that every machine ends at the same weights. Some five seconds.

    Parameters
    ----------
    seeds : sequence of int
        Two or more.
    data : {"mnist", "digits"}, default "mnist"
        The 5000 digits of MNIST at half their size, 14 x 14 pixels, in a margin of one pixel; or
        those of 8 x 8 pixels in a margin of two.
    examples : int, default 300
        Digits to learn from; 200 others test each run.
    epochs : int, default 8

    Returns
    -------
    BlurredPools

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.
    """
    images, labels = _pictures(data)
    if integer("examples", examples) > len(labels) - TESTED:
        raise ValueError(f"examples must be at most {len(labels) - TESTED}, got {examples}")
    integer("epochs", epochs)
    numbers = several_seeds(seeds)
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with Bar("Training", len(numbers) * len(WAYS)) as bar:
        for seed in numbers:
            order = np.random.default_rng([seed, 0]).permutation(len(labels))
            learned, held_out = order[:examples], order[examples : examples + TESTED]
            for way, runs in found.items():
                network = pooling_network(way == "blurred", images.shape[-1], seed=seed)
                _learn(network, images[learned], labels[learned], seed, epochs, way == "moved")
                tested = images[held_out]
                agreed = shift_consistency(network, tested, SHIFTS).share
                runs.append((network.accuracy(tested, labels[held_out]), agreed))
                bar.update(bar.done + 1, f"{int(bar.done) + 1} networks")
    shares = {way: np.array(runs).T for way, runs in found.items()}
    return BlurredPools(
        numbers,
        {way: both[0] for way, both in shares.items()},
        {way: both[1] for way, both in shares.items()},
    )


def pooling_network(blurred: bool, side: int, *, seed: int = 0) -> Sequential:
    """Return the network, untrained; both kinds learn equally many numbers.

    Parameters
    ----------
    blurred : bool
    side : int
        Rows and columns of an image, a multiple of 4.
    seed : int, default 0
        Of the first weights, which are the same for both kinds.

    Raises
    ------
    TypeError, ValueError
        If `side` is no such number.

    Examples
    --------
    >>> [type(part).__name__ for part in pooling_network(True, 16).parts[:4]]
    ['Convolution', 'Pool', 'ReLU', 'BlurPool']
    >>> both = [pooling_network(blurred, 16) for blurred in (False, True)]
    >>> [sum(values.size for values in one.parameters.values()) for one in both]
    [3818, 3818]
    """
    if integer("side", side) % 4:
        raise ValueError(f"side must be a multiple of 4, got {side}")
    random = np.random.default_rng([integer("seed", seed, minimum=0), 1])
    parts: list[Part] = []
    before = 1
    for channels in CHANNELS:
        parts.append(Convolution(before, channels, 3, padding=1, random=random, dtype=np.float64))
        parts += [Pool(2, stride=1), ReLU(), BlurPool()] if blurred else [Pool(2), ReLU()]
        before = channels
    features = before * (side // 4) ** 2
    return Sequential([*parts, Flatten(), Dense(features, 10, random=random, dtype=np.float64)])


def _learn(
    network: Sequential, images: FloatArray, labels: np.ndarray, seed: int, epochs: int, moved: bool
) -> None:
    fit(
        NumpyLearner(network, Adam(RATE)),
        images,
        labels,
        epochs=epochs,
        batch=BATCH,
        seed=seed,
        schedule=Schedule("cosine", warm_up=1),
        shift=1 if moved else 0,
    )


def _pictures(data: str) -> tuple[FloatArray, np.ndarray]:
    """(N, 1, H, W) images with a margin of at least one pixel, H and W a multiple of 4; labels."""
    if choice("data", data, DATA) == "digits":
        small, names = digit_pictures()
        return small[:, np.newaxis].astype(np.float64), names.astype(np.int64)
    large, names = mnist_5k()
    halved = large.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    return np.pad(halved, ((0, 0), (1, 1), (1, 1)))[:, np.newaxis], names.astype(np.int64)


def _direction(gain: Interval) -> str:
    if gain.above(0):
        return "more"
    return "less" if gain.below(0) else "no difference beyond chance in"


def _points(gain: Interval) -> str:
    mean, low, high = (f"{100 * value:+.0f}".replace("-", "−") for value in gain)
    return f"{mean} ({low} to {high})"
