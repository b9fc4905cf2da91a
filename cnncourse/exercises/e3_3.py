"""E3.3: a test of equivariance to translation, f(g(x)) = g(f(x)).

The functions f of the cases are lines of NumPy, which the check shows: a learner can try them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_equivariance_error(f, image, down, right):
    """Test whether a layer f is equivariant to a translation g: whether f(g(x)) = g(f(x)).

    f : a function. f(image) is an array of the shape of `image`.
    image : array (H, W) of numbers.
    down, right : whole numbers. g moves an array down by `down` rows and to the right by `right`
        columns, in a circle: what leaves at one side enters at the opposite one. Negative numbers
        move it up, or to the left.
    Return one number >= 0, the error: the largest difference, without its sign, between a number
    of f(g(image)) and the number of g(f(image)) in the same place. If f is equivariant to g, it
    is 0 for every image.

    Example: f doubles the first row, image = [[1, 2], [3, 4]], down = 1, right = 0 -> 4.
    """
    there = f(np.roll(image, (down, right), axis=(0, 1)))  # f(g(x)): move, then apply f
    back = np.roll(f(image), (down, right), axis=(0, 1))  # g(f(x)): apply f, then move
    return np.abs(there - back).max()


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
        return np.array(eval(self.source, {"np": np, "x": x}), dtype=float)

    def __repr__(self) -> str:
        return f"lambda x: {self.source}"


_PLACES = "np.arange(x.size).reshape(x.shape)"
EQUIVARIANT = (
    ("x + 7", "f adds a constant"),
    ("np.maximum(x, 0)", "f is a ReLU, one pixel at a time"),
    ("x ** 2 - 3 * x", "f is a parabola, one pixel at a time"),
    ("2 * x - np.roll(x, 1, axis=1)", "f is a convolution, in a circle"),
    (
        "3 * x + np.roll(x, (-1, 1), axis=(0, 1)) - 2 * np.roll(x, 2, axis=0)",
        "f is a convolution, in a circle",
    ),
    ("np.maximum(x, np.roll(x, -1, axis=0))", "f is a max pooling, in a circle"),
    ("np.full_like(x, x.max())", "f gives the largest number everywhere"),
)
NOT_EQUIVARIANT = (
    (f"x * {_PLACES}", "f weighs each pixel by its place"),
    (
        f"x * {_PLACES} - np.roll(x, 1, axis=1) * {_PLACES}.T.reshape(x.shape)",
        "f is locally connected: other weights at each place",
    ),
    ("x - np.pad(x, ((1, 0), (0, 0)))[:-1]", "f is a convolution with zeros at the border"),
    ("x * (np.arange(x.shape[1]) % 2 == 0)", "f has stride 2: it keeps every second column"),
    ("x * (np.arange(x.shape[0]) % 2 == 0)[:, None]", "f has stride 2: every second row"),
    ("np.sort(x.ravel()).reshape(x.shape)", "f sorts the pixels: invariant, not equivariant"),
    ("x[:, ::-1]", "f mirrors the image"),
)


def _cases(draw: Draw) -> list[Case]:
    def image(rows: int, columns: int) -> Array:
        return draw.numbers(rows * columns).reshape(rows, columns)

    cases = [
        Case(
            (Layer("x * np.array([[2], [1]])"), np.array([[1.0, 2.0], [3.0, 4.0]]), 1, 0),
            "the example of the task",
        ),
        Case((Layer("x + 7"), np.array([[1.0, 5.0, 2.0]]), 0, 1), "f adds a constant"),
    ]
    for source, note in (*NOT_EQUIVARIANT, *EQUIVARIANT):
        shape = draw.pick(((3, 4), (4, 3), (3, 5)))
        down, right = draw.pick(((1, 1), (1, -1), (-1, 1), (1, 3)))
        cases.append(Case((Layer(source), image(*shape), down, right), note))
    return cases


def _moved(x: Array, down: int, right: int) -> Array:
    height, width = x.shape
    return np.array(
        [[x[(i - down) % height][(j - right) % width] for j in range(width)] for i in range(height)]
    )


def _reference(f: Callable[[Array], Array], image: Array, down: int, right: int) -> float:
    there, back = f(_moved(image, down, right)), _moved(f(image), down, right)
    return max(float(abs(a - b)) for a, b in zip(there.ravel(), back.ravel(), strict=True))


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


EXERCISE = Exercise(
    id="E3.3",
    title="A test of equivariance",
    solution=my_equivariance_error,
    reference=_reference,
    output="number",
    cases=_cases,
    forbidden=SOLUTIONS,
    parts=(
        Part("equivariant layers", 1, lambda c, out: _reference(*c.args) > 0 or _right(c, out)),
        Part("all layers", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "invariance",
            "f(g(x)) was compared with f(x): that tests invariance.",
            "An invariant layer answers the same to a moved image. Of an equivariant layer the "
            "answer moves, too. What has to be done to f(x) before the two are compared?",
            (lambda f, x, d, r: float(np.abs(f(_moved(x, d, r)) - f(x)).max()),),
        ),
    ),
    hints=(
        "There are two ways round: move the image and then apply f, or apply f and then move what "
        "came out. What does each of them give?",
        "np.roll(array, (down, right), axis=(0, 1)) is g. It can act on an image and on f(image).",
        "Roll the image and call f on it; call f on the image and roll that. Subtract the two, "
        "take np.abs, and the largest number of it.",
    ),
)
