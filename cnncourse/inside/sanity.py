"""What a picture of a network can support: does it change when the network forgets (Adebayo)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.inside._given import images_for, part_number
from cnncourse.inside.slopes import saliency
from cnncourse.networks.sequential import Sequential

Method = Callable[[Sequential, np.ndarray, np.ndarray], np.ndarray]
"""Network, images, labels -> one map for each image."""


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Return Spearman's rank correlation of two arrays of one size; equals share their ranks.

    Parameters
    ----------
    first, second : array_like
        Of equal shape, two numbers or more.

    Returns
    -------
    float
        -1 to 1; NaN if one of them is constant.

    Raises
    ------
    ValueError
        If the shapes differ, or a value is not finite.

    Examples
    --------
    >>> rank_correlation([1, 2, 3], [1, 4, 9]), rank_correlation([1, 2, 3], [5, 0, 0]).__round__(3)
    (1.0, -0.866)
    """
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != two.shape or one.size < 2:
        raise ValueError(f"first and second must have one shape, got {one.shape} and {two.shape}")
    if not (np.isfinite(one).all() and np.isfinite(two).all()):
        raise ValueError("first and second must be finite, got a NaN or an infinity")
    ranks = [_ranks(values.ravel()) for values in (one, two)]
    deviations = [values - values.mean() for values in ranks]
    size = float(np.sqrt(np.prod([np.sum(values**2) for values in deviations])))
    return float(np.clip(deviations[0] @ deviations[1] / size, -1, 1)) if size else float("nan")


def randomised(network: Sequential, parts: Iterable[int], *, seed: int = 0) -> Sequential:
    """Return a copy whose given parts have forgotten what they learned.

    Kernels are drawn anew as at the start of training: normal, of variance 2 / (numbers that go
    into one output). Biases become 0.

    Parameters
    ----------
    network : Sequential
        Left as it is.
    parts : iterable of int
        Their numbers; those without parameters stay as they are.
    seed : int, default 0
        Each part has its own draw, whichever others are drawn.

    Returns
    -------
    Sequential

    Raises
    ------
    TypeError, ValueError
        If there is no such part, or none of them has learned anything: then nothing could be
        forgotten, and no check could fail.
    """
    numbers = {part_number(network, part) for part in parts}
    if not any(network[number].parameters for number in numbers):
        raise ValueError(f"parts must have one that learns among them, got {sorted(numbers)}")
    forgetful = copy.deepcopy(network)
    for number in sorted(numbers):
        random = np.random.default_rng([seed, number])
        for values in forgetful[number].parameters.values():
            spread = np.sqrt(2 / np.prod(values.shape[1:])) if values.ndim > 1 else 0.0
            values[...] = spread * random.standard_normal(values.shape)
    return forgetful


@dataclass(frozen=True, eq=False)  # holds arrays
class SanityCheck:
    """How like its original a map stays while the network is randomised from its end on.

    Attributes
    ----------
    parts : tuple of int
        Stage k has the parts parts[0] .. parts[k] randomised.
    similarity : (stages, N) float64 ndarray
        Rank correlation of each image's map with the trained network's; NaN for constant maps.
    between_images : (N,) float64 ndarray
        The same of each image's map with the next image's, the network left as it is: what maps
        of different pictures have in common anyway.
    """

    parts: tuple[int, ...]
    similarity: FloatArray
    between_images: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Similarity of each stage, over the images whose maps are not constant."""
        return np.array([_mean(row) for row in self.similarity])

    def __str__(self) -> str:
        stages = ", ".join(
            f"{value:.2f} with {'part' if k == 0 else 'also part'} {part}"
            for k, (part, value) in enumerate(zip(self.parts, self.mean, strict=True))
        )
        return (
            f"rank correlation with the trained network's map: {stages} randomised; "
            f"{_mean(self.between_images):.2f} between different images"
        )


def sanity_check(
    network: Sequential,
    images: ArrayLike,
    labels: ArrayLike,
    method: Method = saliency,
    *,
    seed: int = 0,
) -> SanityCheck:
    """Randomise the network from its end on, and compare a method's maps (Adebayo et al. 2018).

    A map that hardly changes when the weights are random does not show what was learned: like an
    edge detector's, it would look as convincing for a network that knows nothing. A map that does
    change passes; that it explains the decision is not thereby shown.

    Parameters
    ----------
    network : Sequential
        Left as it is. Ends in (N, classes) scores.
    images : (N, C, H, W) array_like
        Two or more.
    labels : (N,) array_like of int
    method : callable, default `saliency`
        method(network, images, labels) -> (N, ...) maps; of a signed map the size is compared.
    seed : int, default 0

    Returns
    -------
    SanityCheck

    Raises
    ------
    TypeError, ValueError
        If the images or labels do not fit, or nothing in the network is learned.

    Notes
    -----
    J. Adebayo, J. Gilmer, M. Muelly, I. Goodfellow, M. Hardt, B. Kim, "Sanity Checks for Saliency
    Maps", NeurIPS 2018, arXiv:1810.03292: their cascading randomisation. Their other check, a
    network trained on random labels, needs a training.

    Examples
    --------
    A map of the image alone cannot tell a trained network from a random one.

    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(4, 2, random=np.random.default_rng(0))])
    >>> images = [[[[1, 2], [3, 5]]], [[[4, 3], [2, 1]]]]
    >>> print(sanity_check(network, images, [0, 1], lambda network, x, label: x[:, 0]))
    rank correlation with the trained network's map: 1.00 with part 1 randomised; -1.00 between
    different images
    """
    batch = images_for(network, images)
    classes = np.asarray(labels)
    if len(batch) < 2:
        raise ValueError(f"images must be two or more, got {len(batch)}")
    learned = tuple(
        number for number in reversed(range(len(network))) if network[number].parameters
    )
    if not learned:
        raise ValueError("network must have parts that learn, got none")

    def maps(of: Sequential) -> np.ndarray:
        return np.abs(method(of, batch, classes))

    original = maps(network)
    stages = [
        maps(randomised(network, learned[: stage + 1], seed=seed)) for stage in range(len(learned))
    ]
    return SanityCheck(
        learned,
        np.array([_pairwise(original, stage) for stage in stages]),
        np.array(_pairwise(original, np.roll(original, -1, axis=0))),
    )


def _pairwise(first: np.ndarray, second: np.ndarray) -> list[float]:
    return [rank_correlation(one, two) for one, two in zip(first, second, strict=True)]


def _ranks(values: np.ndarray) -> FloatArray:
    """Ranks from 0; equal numbers have the mean of theirs."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts + 1) / 2)[where.ravel()]


def _mean(values: FloatArray) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else float("nan")
