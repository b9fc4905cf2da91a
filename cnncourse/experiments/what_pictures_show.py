"""Whether pictures of what a network looks at depend on what it has learned.

J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, arXiv:1810.03292, ask it in two
ways: of a network whose weights are random, and of one that has learned random labels by heart. A
picture that stays the same shows the image, not the network. How much two networks' pictures differ
anyway is told by a third network, which learned the true labels from another start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray, integer
from cnncourse.experiments.intervals import Interval, paired_interval
from cnncourse.experiments.learned_digits import Split
from cnncourse.inside import (
    grad_cam,
    gradient_times_input,
    occlusion,
    over_pixels,
    randomised,
    rank_correlation,
    saliency,
)
from cnncourse.networks.fitting import fit
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam
from cnncourse.networks.parts import Convolution
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.sequential import Sequential

EXAMPLES, EPOCHS, BATCH, RATE = 200, 50, 32, 0.006
COVER = 2
"""Rows and columns of what covers the image for the occlusion."""

DELETED = (0, 4, 8, 16)
"""Pixels painted over, those first that the picture ranks highest."""

NOTICED = 0.1
"""Rank correlation that true labels must be ahead of random ones."""

MEMORISED = 0.9
"""Share of the random labels from which on they count as learned."""

Method = Callable[[Sequential, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)  # holds arrays
class Likeness:
    """How like the trained network's pictures are to others, by rank correlation, image by image.

    NaN where a picture is all of one value.

    Attributes
    ----------
    forgotten : (images,) ndarray
        Of the same image, by the same network with random weights.
    random_labels : (images,) ndarray
        By a network that has learned random labels.
    another_start : (images,) ndarray
        By a network that has learned the true labels, from another start than the trained one.
    another_image : (images,) ndarray
        Of the next image, by the trained network.
    """

    forgotten: FloatArray
    random_labels: FloatArray
    another_start: FloatArray
    another_image: FloatArray

    @property
    def mean(self) -> dict[str, float]:
        """Mean of each over the pictures that are not blank; NaN if all are."""
        return {name: _mean(values) for name, values in vars(self).items()}

    @property
    def blank(self) -> float:
        """Share of images with a blank picture, of the trained network or another-start one."""
        return float(np.isnan(self.another_start).mean())

    @property
    def gap(self) -> Interval | None:
        """How much liker true labels' pictures are than random ones', paired over the images.

        None if fewer than two images have all pictures. One network of each kind was trained, so
        the interval is that of these networks.
        """
        kept = ~np.isnan(self.random_labels) & ~np.isnan(self.another_start)
        if kept.sum() < 2:
            return None
        return paired_interval(self.random_labels[kept], self.another_start[kept])

    @property
    def depends_on_learning(self) -> bool:
        """Whether random labels change the picture clearly more than another training does."""
        gap = self.gap
        return gap is not None and gap.above(0) and gap.mean >= NOTICED


@dataclass(frozen=True, eq=False)
class PicturesShow:
    """What came out.

    Attributes
    ----------
    methods : dict of str to Likeness
    memorised : float
        Share of the random labels that were learned by heart.
    deleted : dict of str to (steps,) ndarray
        Share of the images still recognised when the pixels that the picture ranks first are
        painted over with 0; under "at random", pixels in random order; under "ink at random",
        those that hold ink first, in random order: painting over paper changes nothing.
    steps : tuple of int
        How many pixels.
    """

    methods: dict[str, Likeness]
    memorised: float
    deleted: dict[str, FloatArray]
    steps: tuple[int, ...]

    @property
    def verdict(self) -> str:
        """Which pictures tell what was learned from what was not, in words."""
        told = [name for name, one in self.methods.items() if one.depends_on_learning]
        not_told = [name for name in self.methods if name not in told]
        if self.memorised < MEMORISED:
            return "the random labels were not learned by heart: more epochs or fewer examples"
        return (
            f"change with what was learned: {', '.join(told) or 'none'}\n"
            f"not shown to do so: {', '.join(not_told) or 'none'}"
        )

    def __str__(self) -> str:
        lines = [
            "rank correlation with the trained network's picture, mean over the images",
            f"{'':<18}{'true labels':>12}{'random labels':>15}{'random weights':>16}"
            f"{'other image':>13}{'blank':>8}",
        ]
        columns = ("another_start", "random_labels", "forgotten", "another_image")
        for name, one in self.methods.items():
            cells = (_number(one.mean[column]) for column in columns)
            row = "".join(f"{c:>{w}}" for c, w in zip(cells, (12, 15, 16, 13), strict=True))
            lines.append(f"{name:<18}{row}{100 * one.blank:>6.0f} %")
        lines.append(
            f"% still recognised after painting over {', '.join(map(str, self.steps))} pixels"
        )
        lines += [
            f"{name:<18}" + "".join(f"{100 * share:>6.0f}" for share in shares)
            for name, shares in self.deleted.items()
        ]
        lines.append(f"random labels learned by heart: {100 * self.memorised:.0f} %")
        return "\n".join([*lines, self.verdict])

    __repr__ = __str__


def what_pictures_show(
    network: Sequential,
    data: Split,
    *,
    images: int = 60,
    examples: int = EXAMPLES,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> PicturesShow:
    """Compare a trained network's pictures with those of three others of the same parts.

    Two are trained here, from one start and on the same few images, with Adam: one learns their
    labels, the other the same labels in random order. The third has random weights. Pictures are of
    images held out, for their true labels: the pixels' "ink alone", which knows no network,
    saliency, gradient x input, Grad-CAM of the last convolution, and the occlusion by 2 x 2
    pixels; of signed ones the size is compared. Some three seconds for 8 x 8 pixels.

    Parameters
    ----------
    network : Sequential
        Trained; it is left as it is.
    data : ((images, labels), (images, labels))
        To learn from, and held out; as `experiments.learned_digits.digits_split`.
    images : int, default 60
        Of those held out, the first ones; two or more.
    examples : int, default 200
        To learn from, the first ones. A network has to be large enough to learn random labels of
        them by heart: see `memorised`.
    epochs : int, default 50
    seed : int, default 0
        Of weights, orders and random labels.

    Returns
    -------
    PicturesShow

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the network has no convolution.
    """
    (learned, labels), (others, truth) = data
    count = integer("images", images, minimum=2)
    some = integer("examples", examples, minimum=2)
    if count > len(others) or some > len(learned):
        raise ValueError(
            f"images must be at most {len(others)} and examples at most {len(learned)}, "
            f"got {images} and {examples}"
        )
    random = np.random.default_rng([integer("seed", seed, minimum=0), 0])
    convolutions = [k for k in range(len(network)) if isinstance(network[k], Convolution)]
    if not convolutions:
        raise ValueError("network must have a convolution, got none")
    everything = range(len(network))
    shown, own = others[:count], truth[:count]
    seen, named = learned[:some], labels[:some]
    mixed = random.permutation(named)
    alike, misled = (
        _trained(randomised(network, everything, seed=seed + 1), seen, taught, epochs, seed)
        for taught in (named, mixed)
    )
    forgotten = randomised(network, everything, seed=seed + 2)
    likeness, deleted = {}, {}
    for name, method in _methods(convolutions[-1]).items():
        raw = [method(one, shown, own) for one in (network, forgotten, misled, alike)]
        mine, forgot, wrong, again = map(np.abs, raw)
        next_one = np.roll(mine, -1, axis=0)
        pairs = ((mine, other) for other in (forgot, wrong, again, next_one))
        likeness[name] = Likeness(*(_pairwise(*pair) for pair in pairs))
        deleted[name] = _still_read(network, shown, own, raw[0])
    chance = random.random((count, *shown.shape[2:]))
    deleted["at random"] = _still_read(network, shown, own, chance)
    inked = chance + (shown.sum(axis=1) > 0)
    deleted["ink at random"] = _still_read(network, shown, own, inked)
    return PicturesShow(likeness, misled.accuracy(seen, mixed), deleted, DELETED)


def _methods(convolution: int) -> dict[str, Method]:
    return {
        "ink alone": lambda network, x, labels: x.sum(axis=1),
        "saliency": saliency,
        "gradient x input": gradient_times_input,
        "Grad-CAM": lambda network, x, labels: grad_cam(network, x, labels, convolution),
        "occlusion": _occluded,
    }


def _occluded(network: Sequential, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    drops = occlusion(network, x, labels, COVER, kind="score")
    found = np.stack([over_pixels(one, x.shape, COVER) for one in drops])
    return found.round(9)  # where nothing changes rounding would decide the ranks


def _trained(
    network: Sequential, images: np.ndarray, labels: np.ndarray, epochs: int, seed: int
) -> Sequential:
    fit(
        NumpyLearner(network, Adam(RATE)),
        images,
        labels,
        epochs=epochs,
        batch=BATCH,
        seed=seed,
        schedule=Schedule("cosine", warm_up=1),
    )
    return network


def _pairwise(first: np.ndarray, second: np.ndarray) -> FloatArray:
    return np.array([rank_correlation(a, b) for a, b in zip(first, second, strict=True)])


def _still_read(
    network: Sequential, images: np.ndarray, labels: np.ndarray, pictures: np.ndarray
) -> FloatArray:
    order = np.argsort(-pictures.reshape(len(images), -1), axis=1, kind="stable")
    shares = []
    for count in DELETED:
        flat = images.reshape(*images.shape[:2], -1).copy()
        np.put_along_axis(flat, order[:, np.newaxis, :count], 0, axis=2)
        shares.append(network.accuracy(flat.reshape(images.shape), labels))
    return np.array(shares)


def _mean(values: FloatArray) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else float("nan")


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}".replace("-", "−")
