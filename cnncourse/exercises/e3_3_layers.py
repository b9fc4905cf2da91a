"""Layers that E3.3 tries a test of equivariance on: each is a line of NumPy.

The check shows that line, so that a learner can run it on the image that was answered wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from cnncourse.exercises.model import Array


@dataclass(frozen=True)
class Layer:
    """A function of an array `x`, as one line of NumPy: what is shown is what runs.

    Parameters
    ----------
    source : str
        The expression: "np.maximum(x, 0)".

    Examples
    --------
    >>> Layer("np.maximum(x, 0)")([[1, -2]]).tolist()
    [[1.0, 0.0]]
    """

    source: str

    def __call__(self, image: Any) -> Array:
        """Apply the layer; what it returns is always a new array."""
        x = np.array(image, dtype=float)
        return np.array(eval(_compiled(self.source), {"np": np, "x": x}), dtype=float)

    def __repr__(self) -> str:
        return f"lambda x: {self.source}"


@cache
def _compiled(source: str) -> CodeType:
    return compile(source, "<layer>", "eval")


BY_PLACE = "np.arange(x.size).reshape(x.shape)"
EQUIVARIANT = (
    ("x", "f changes nothing"),
    ("x + 7", "f adds a constant"),
    ("-3 * x", "f multiplies each pixel by one number"),
    ("np.maximum(x, 0)", "f is a ReLU, one pixel at a time"),
    ("x ** 2 - 3 * x", "f is a parabola, one pixel at a time"),
    ("2 * x - np.roll(x, 1, axis=1)", "f is a convolution, in a circle"),
    (
        "3 * x + np.roll(x, (-1, 1), axis=(0, 1)) - 2 * np.roll(x, 2, axis=0)",
        "f is a convolution, in a circle",
    ),
    ("np.maximum(x, np.roll(x, -1, axis=0))", "f is a max pooling, in a circle"),
    ("np.full_like(x, x.max())", "f puts the largest number everywhere"),
    ("x - x.min()", "f subtracts the smallest number"),
)
"""Layers with f(g(x)) = g(f(x)) for every translation in a circle, and what they are."""
NOT_EQUIVARIANT = (
    (f"x * {BY_PLACE}", "f weighs each pixel by its place"),
    (f"x + {BY_PLACE}", "f adds to each pixel the number of its place"),
    (
        f"x * {BY_PLACE} - np.roll(x, 1, axis=1) * {BY_PLACE}[::-1]",
        "f is locally connected: other weights at each place",
    ),
    (
        f"x + np.roll(x, -1, axis=0) * ({BY_PLACE} % 3)",
        "f is locally connected: other weights at each place",
    ),
    ("x - np.pad(x, ((1, 0), (0, 0)))[:-1]", "f is a convolution with zeros at the border"),
    ("x * (np.arange(x.shape[1]) % 2 == 0)", "f has a stride of 2: every second column"),
    ("x * (np.arange(x.shape[0]) % 2 == 0)[:, None]", "f has a stride of 2: every second row"),
    ("np.sort(x, axis=None).reshape(x.shape)", "f sorts all pixels: invariant"),
    ("x[:, ::-1]", "f mirrors the image"),
    ("np.cumsum(x, axis=0)", "f adds up along the columns"),
)
"""Layers with f(g(x)) other than g(f(x)) for some images and translations."""
