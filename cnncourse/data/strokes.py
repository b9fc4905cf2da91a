"""Pen strokes on a grid of pixels, and shapes made of them as by several hands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray

SIDE = 28
"""Pixels of a drawing along both axes, as MNIST's digits have them."""

INK = 255
"""Full ink."""

RADIUS = 1.2
"""Half the width of the drawing pad's pen, pixels: strokes as wide as MNIST's."""

SHAPES = ("circle", "cross", "line", "triangle")

POINTS = 14
"""Of which a stroke of a made-up hand consists."""


def inked(
    strokes: Sequence[ArrayLike], radius: float = RADIUS, side: int = SIDE
) -> NDArray[np.uint8]:
    """Return the ink that a pen leaves.

    A pixel whose centre is d from the stroke gets the share radius + 1/2 - d of full ink, at least
    none and at most all of it: sharp inside, one pixel of transition at the edge.

    Parameters
    ----------
    strokes : sequence of (n, 2) array_like
        Each a chain of points (x, y) that the pen passes in straight lines, pixels from the left
        and the top edge: (0.5, 0.5) is the centre of the first pixel. One point makes a dot.
    radius : float
        Half the width of the pen, pixels.
    side : int
        Rows and columns of the image.

    Returns
    -------
    (side, side) uint8 ndarray
        0 (none) to 255 (full).

    Examples
    --------
    >>> inked([[(0.5, 1.5), (2.5, 1.5)]], radius=0.5, side=4).tolist()
    [[0, 0, 0, 0], [255, 255, 255, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    """
    (x0, y0), (right, down) = _segments(strokes)
    centres = np.arange(side) + 0.5
    x, y = centres[None, :, None] - x0, centres[:, None, None] - y0
    length = np.maximum(right**2 + down**2, 1e-12)
    share = np.clip((x * right + y * down) / length, 0, 1)
    square = ((x - share * right) ** 2 + (y - share * down) ** 2).min(axis=2)
    ink = np.clip(radius + 0.5 - np.sqrt(square), 0, 1)
    return np.floor(INK * ink + 0.5).astype(np.uint8)


def _segments(strokes: Sequence[ArrayLike]) -> tuple[FloatArray, FloatArray]:
    """Starts of all straight lines and the ways to their ends: (2, n) each, x and y."""
    starts, ways = [], []
    for stroke in strokes:
        points = np.asarray(stroke, dtype=float)
        start = points[:-1] if len(points) > 1 else points
        starts.append(start)
        ways.append(points[1:] - start if len(points) > 1 else np.zeros_like(start))
    return np.concatenate(starts).T, np.concatenate(ways).T


class Hand:
    """Somebody's way of drawing: how large, how slanted, how firm, how shaky.

    Parameters
    ----------
    random : numpy.random.Generator
        Draws these habits.

    Examples
    --------
    >>> hand = Hand(np.random.default_rng(1))
    >>> image = hand.draw("circle", np.random.default_rng(2))
    >>> image.shape, image.dtype, bool(30 < (image > 0).sum() < 400)
    ((28, 28), dtype('uint8'), True)
    """

    def __init__(self, random: np.random.Generator) -> None:
        self.size = random.uniform(6.5, 10.5)  # pixels from the middle of a shape to its edge
        self.slant = random.uniform(-0.3, 0.3)
        self.tall = random.uniform(0.8, 1.2)
        self.radius = random.uniform(0.8, 1.6)
        self.shake = random.uniform(0.15, 0.75)
        self.upright = random.uniform() < 0.35  # a cross as a plus, not as an x
        self.careless = random.uniform(0.0, 0.35)  # how far from closed an outline may be left

    def draw(self, shape: str, random: np.random.Generator) -> NDArray[np.uint8]:
        """Return one drawing of a shape, each time a little different.

        Parameters
        ----------
        shape : {"circle", "cross", "line", "triangle"}
        random : numpy.random.Generator

        Returns
        -------
        (28, 28) uint8 ndarray
        """
        chains = {
            "circle": self._circle,
            "cross": self._cross,
            "line": self._line,
            "triangle": self._triangle,
        }[shape](random)
        size = self.size * random.uniform(0.85, 1.15)
        bend = np.array([[1.0, self.slant], [0.0, self.tall]])
        middle = SIDE / 2 + random.uniform(-2.5, 2.5, 2)
        strokes = [middle + size * (chain @ bend.T) for chain in chains]
        return inked([stroke + self._shaky(random) for stroke in strokes], self.radius)

    def _shaky(self, random: np.random.Generator) -> FloatArray:
        """Slow waves along a stroke, (POINTS, 2), pixels."""
        along = np.linspace(0, 2 * np.pi, POINTS)[:, None]
        wave = np.zeros((POINTS, 2))
        for times in (1, 2, 3):
            wave += random.normal(0, self.shake / times, 2) * np.sin(
                times * along + random.uniform(0, 2 * np.pi, 2)
            )
        return wave

    def _circle(self, random: np.random.Generator) -> list[FloatArray]:
        start = random.uniform(0, 2 * np.pi)
        turn = 2 * np.pi + random.uniform(-1.6, 1.0) * self.careless
        angle = start + np.linspace(0, turn, POINTS)
        flat = random.uniform(0.75, 1.0)
        return [np.stack([np.cos(angle), flat * np.sin(angle)], axis=1)]

    def _cross(self, random: np.random.Generator) -> list[FloatArray]:
        turned = (0.0 if self.upright else np.pi / 4) + random.normal(0, 0.1)
        crossed = np.pi / 2 + random.normal(0, 0.15)
        return [_through(turned, random), _through(turned + crossed, random)]

    def _line(self, random: np.random.Generator) -> list[FloatArray]:
        return [_through(random.uniform(0, np.pi), random)]

    def _triangle(self, random: np.random.Generator) -> list[FloatArray]:
        angle = -np.pi / 2 + np.arange(3) * 2 * np.pi / 3 + random.normal(0, 0.12)
        corners = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        corners = corners + random.normal(0, 0.09, (3, 2))
        gap = random.uniform(-0.7, 0.4) * self.careless  # beyond the first corner, or short of it
        last = corners[0] + gap * (corners[0] - corners[2])
        # A side each, so that corners stay sharp.
        return [
            _between(a, b) for a, b in zip(corners, [corners[1], corners[2], last], strict=True)
        ]


def _through(angle: float, random: np.random.Generator) -> FloatArray:
    """A straight stroke through the middle, not quite."""
    direction = np.array([np.cos(angle), np.sin(angle)])
    aside = random.normal(0, 0.1) * np.array([-direction[1], direction[0]])
    return _between(aside - direction, aside + direction)


def _between(start: FloatArray, end: FloatArray) -> FloatArray:
    return start + np.linspace(0, 1, POINTS)[:, None] * (end - start)
