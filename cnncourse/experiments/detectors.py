"""Invariance over channels: detectors of one pattern in several turns, pooled with each other.

Lecture, "Pooling"; the idea of figure 9.9 of Goodfellow, Bengio and Courville, *Deep Learning*
(2016), with edges: their detectors can be turned to any angle, and their responses are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer

SIZE = 9
"""Pixels of a picture along each side."""

NOISE = 0.12
"""Standard deviation of a pixel's noise in the training; an edge's pixels have the norm 1."""


def edge(angle: float, size: int = SIZE) -> FloatArray:
    """Picture of a soft edge: dark to bright in the direction `angle`, fading towards the rim.

    A straight ramp under a Gaussian of a quarter of the size, scaled to the norm 1. Between edges
    at two angles the inner product is exactly the cosine of the angle between them, since the
    pixels are symmetric under a quarter turn.

    Parameters
    ----------
    angle : float
        Degrees; 0 is bright at the right, 90 bright at the top.
    size : int, default 9
        Pixels along each side, at least 2.

    Returns
    -------
    (size, size) ndarray
        Mean 0, sum of squares 1.

    Examples
    --------
    >>> round(float((edge(20) * edge(80)).sum()), 12)
    0.5
    """
    places = np.arange(integer("size", size, minimum=2)) - (size - 1) / 2
    up, right = np.meshgrid(-places, places, indexing="ij")
    turn = np.deg2rad(angle)
    ramp = right * np.cos(turn) + up * np.sin(turn)
    picture: FloatArray = ramp * np.exp(-(right**2 + up**2) / (2 * (size / 4) ** 2))
    return picture / np.linalg.norm(picture)


def turned_edges(count: int, size: int = SIZE) -> FloatArray:
    """Edges at `count` angles, evenly spread over the full turn, from 0 degrees on.

    Returns
    -------
    (count, size, size) ndarray

    Examples
    --------
    >>> turned_edges(4).shape
    (4, 9, 9)
    """
    angles = 360.0 * np.arange(integer("count", count)) / count
    return np.stack([edge(angle, size) for angle in angles])


def responses(pictures: ArrayLike, detectors: ArrayLike) -> FloatArray:
    """What each detector answers to each picture: the sum of the products of their pixels.

    A convolutional layer with one channel for each detector computes this at one place of its
    input (cross-correlation, lecture eq. 5).

    Parameters
    ----------
    pictures : (N, H, W) array_like
    detectors : (C, H, W) array_like

    Returns
    -------
    (N, C) ndarray

    Raises
    ------
    ValueError
        If they differ in height or width.

    Examples
    --------
    >>> (responses(turned_edges(2), turned_edges(4)).round(6) + 0.0).tolist()
    [[1.0, 0.0, -1.0, 0.0], [-1.0, 0.0, 1.0, 0.0]]
    """
    shown, sought = np.asarray(pictures, dtype=float), np.asarray(detectors, dtype=float)
    if shown.ndim != 3 or sought.ndim != 3 or shown.shape[1:] != sought.shape[1:]:
        raise ValueError(
            "pictures and detectors must be (N, H, W) and (C, H, W), got shapes "
            f"{shown.shape} and {sought.shape}"
        )
    found: FloatArray = np.einsum("nij,cij->nc", shown, sought)
    return found


@dataclass(frozen=True)
class LearnedUnit:
    """A unit that fires if the largest of its channels' responses is above a threshold.

    Attributes
    ----------
    detectors : (C, H, W) ndarray
        One learned kernel a channel, by the angle that it answers most.
    threshold : float
    accuracy : float
        Share of new pictures told right: half of them edges of any angle in noise, half noise.
    """

    detectors: FloatArray
    threshold: float
    accuracy: float

    def angles(self) -> list[int]:
        """Angle of the edge that each detector answers most, whole degrees.

        Examples
        --------
        >>> LearnedUnit(turned_edges(4), 0.5, 1.0).angles()
        [0, 90, 180, 270]
        """
        return _best_angles(self.detectors)


def learn_unit(
    channels: int, *, seed: int = 0, steps: int = 1500, rate: float = 2.0
) -> LearnedUnit:
    """Teach a unit, the maximum over `channels` detectors, to fire for an edge of any angle.

    The detectors start as weak noise, and nobody tells them about angles. In each step 32 edges of
    random angles and 32 pictures without one, all in noise, are classified by logistic regression
    on the maximum; the gradient of a maximum goes to the detector that won (lesson 07).

    Parameters
    ----------
    channels : int
        Number of detectors.
    seed : int, default 0
    steps : int, default 1500
    rate : float, default 2.0
        Learning rate.

    Returns
    -------
    LearnedUnit

    Raises
    ------
    TypeError, ValueError
        If `channels` or `steps` is no whole number of at least 1.

    Examples
    --------
    >>> unit = learn_unit(3, steps=300)
    >>> unit.detectors.shape, unit.accuracy > 0.9
    ((3, 9, 9), True)
    """
    rng = np.random.default_rng(seed)
    edges = _every_edge().reshape(360, -1)
    weights = rng.normal(scale=0.1, size=(integer("channels", channels), SIZE * SIZE))
    bias = 0.0
    half = 32
    is_edge = np.repeat([1.0, 0.0], half)
    for _ in range(integer("steps", steps)):
        seen = rng.normal(scale=NOISE, size=(2 * half, SIZE * SIZE))
        seen[:half] += edges[rng.integers(0, 360, half)]
        answers = seen @ weights.T
        winner = answers.argmax(axis=1)
        score = answers.max(axis=1) + bias
        error = (1 / (1 + np.exp(-score)) - is_edge) / (2 * half)
        gradient = np.zeros_like(weights)
        np.add.at(gradient, winner, error[:, None] * seen)
        weights -= rate * gradient
        bias -= rate * error.sum()
    detectors = weights.reshape(-1, SIZE, SIZE)
    detectors = detectors[np.argsort(_best_angles(detectors))]
    return LearnedUnit(detectors, -float(bias), _accuracy(detectors, -float(bias)))


def _accuracy(detectors: FloatArray, threshold: float) -> float:
    """Share told right of 1800 edges and 1800 pictures without one, the same for every unit."""
    rng = np.random.default_rng(12345)
    edges = np.repeat(_every_edge(), 5, axis=0)
    seen, blank = rng.normal(scale=NOISE, size=(2, *edges.shape))
    fired, misfired = (
        (responses(pictures, detectors).max(axis=1) > threshold).mean()
        for pictures in (edges + seen, blank)
    )
    return float((fired + 1 - misfired) / 2)


def _best_angles(detectors: FloatArray) -> list[int]:
    return [int(angle) for angle in responses(_every_edge(), detectors).argmax(axis=0)]


def _every_edge() -> FloatArray:
    return turned_edges(360)
