"""E3.3: a test of equivariance to translation, f(g(x)) = g(f(x)).

The error is asked for, not a verdict: it needs no agreement on how small a rounding error is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.e3_3_layers import BY_PLACE, EQUIVARIANT, NOT_EQUIVARIANT, Layer
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


def _cases(draw: Draw) -> list[Case]:
    def image(rows: int, columns: int) -> Array:
        return draw.numbers(rows * columns).reshape(rows, columns)

    cases = [
        Case(
            (Layer("x * np.array([[2], [1]])"), np.array([[1.0, 2.0], [3.0, 4.0]]), 1, 0),
            "the example of the task",
        ),
        Case((Layer("x + 7"), np.array([[1.0, 5.0, 2.0]]), 0, 1), "f adds a constant"),
        Case((Layer(f"x * {BY_PLACE}"), np.array([[2, -4], [0, 3]]), 1, 1), "whole numbers"),
        Case((Layer("x[:, ::-1]"), image(2, 5), 0, 0), "no move"),
        Case((Layer("np.cumsum(x, axis=0)"), image(4, 1), 1, 0), "one column"),
        Case((Layer(f"x * {BY_PLACE}"), image(3, 5), 4, -7), "more than once round"),
        Case((Layer("x[:, ::-1]"), image(3, 4) / 16, 1, 1), "small numbers"),
        Case(
            (Layer("x * (np.arange(x.shape[1]) % 2 == 0)"), image(3, 6), 1, 2),
            "a stride of 2, moved by 2",
        ),
    ]
    for source, note in (*NOT_EQUIVARIANT, *EQUIVARIANT):
        shape = draw.pick(((3, 4), (4, 3), (3, 5), (5, 3)))
        down, right = draw.pick(((1, 1), (1, -1), (-1, 1), (2, 1), (1, 2), (-2, -1)))
        cases.append(Case((Layer(source), image(*shape), down, right), note))
    return cases


def _moved(x: Array, down: int, right: int) -> Array:
    """Move `x` in a circle, by the indices of where each number comes from."""
    rows, columns = (np.arange(n) for n in x.shape)
    return x[(rows - down) % len(rows)][:, (columns - right) % len(columns)]


def _reference(f: Callable[[Any], Array], image: Array, down: int, right: int) -> float:
    there, back = f(_moved(image, down, right)), _moved(f(image), down, right)
    return max(float(abs(a - b)) for a, b in zip(there.ravel(), back.ravel(), strict=True))


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


# Wrong tests: two arrays that are compared, and how.


def _largest(a: Array, b: Array) -> float:
    return float(np.abs(a - b).max())


def _compared(measure: Callable[[Array, Array], float]) -> Callable[..., float]:
    """Make a test that compares the right arrays by another measure."""
    return lambda f, x, d, r: measure(f(_moved(x, d, r)), _moved(f(x), d, r))


def _moving(move: Callable[[Array, int, int], Array]) -> Callable[..., float]:
    """Make a test with another g."""
    return lambda f, x, d, r: _largest(f(move(x, d, r)), move(f(x), d, r))


def _adding(constant: Callable[[int, int], int]) -> Callable[..., float]:
    """Make a test in which g adds a constant."""
    return lambda f, x, d, r: _largest(f(x + constant(d, r)), f(x) + constant(d, r))


def _with_zeros(x: Array, down: int, right: int) -> Array:
    out = np.zeros(x.shape)
    for i, j in np.ndindex(*x.shape):
        if 0 <= i - down < x.shape[0] and 0 <= j - right < x.shape[1]:
            out[i, j] = x[i - down, j - right]
    return out


def _inside(a: Array, b: Array) -> float:
    return float(np.abs(a - b)[1:-1, 1:-1].max(initial=0.0))


# Right answers by other ways.


def _moved_back(f, image, down, right):
    there = f(np.roll(image, (down, right), (0, 1)))
    return np.max(np.abs(np.roll(there, (-down, -right), (0, 1)) - f(image)))


def _pixel_by_pixel(f, image, down, right):
    height, width = image.shape
    moved = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            moved[(i + down) % height, (j + right) % width] = image[i, j]
    there, here = f(moved), f(image)
    error = 0.0
    for i in range(height):
        for j in range(width):
            difference = there[(i + down) % height, (j + right) % width] - here[i, j]
            error = max(error, abs(difference))
    return error


EXERCISE = Exercise(
    id="E3.3",
    title="A test of equivariance",
    solution=my_equivariance_error,
    reference=_reference,
    output="number",
    cases=_cases,
    forbidden=SOLUTIONS,
    also_right=(_moved_back, _pixel_by_pixel),
    parts=(
        Part(
            "equivariant layers",
            1,
            lambda case, out: _reference(*case.args) > 0 or _right(case, out),
        ),
        Part("layers that are not", 2, lambda c, out: _reference(*c.args) == 0 or _right(c, out)),
    ),
    misconceptions=(
        Misconception(
            "invariance",
            "f(g(x)) was compared with f(x): that tests invariance.",
            "An invariant layer answers the same to a moved image. Of an equivariant layer the "
            "answer moves, too. What has to be done to f(x) before the two are compared?",
            (
                lambda f, x, d, r: _largest(f(_moved(x, d, r)), f(x)),
                lambda f, x, d, r: float((f(_moved(x, d, r)) - f(x)).max()),
                lambda f, x, d, r: float(np.abs(f(_moved(x, d, r)) - f(x)).sum()),
            ),
        ),
        Misconception(
            "image-not-moved",
            "f never saw a moved image: g(f(x)) was compared with f(x).",
            "That only tells how different the output looks after a move. What does f make of the "
            "moved image?",
            (lambda f, x, d, r: _largest(_moved(f(x), d, r), f(x)),),
        ),
        Misconception(
            "adds-a-constant",
            "The numbers of the image were raised: g moves them to other places.",
            "A translation leaves each number as it is, and puts it `down` rows lower and `right` "
            "columns further. np.roll does that.",
            (
                _adding(lambda down, right: down),
                _adding(lambda down, right: right),
                _adding(lambda down, right: down + right),
            ),
        ),
        Misconception(
            "f-left-out",
            "On one of the two ways f is missing.",
            "Both ways end with f and g done, in two orders. Which of your arrays saw only one of "
            "them?",
            (
                lambda f, x, d, r: _largest(f(_moved(x, d, r)), _moved(x, d, r)),
                lambda f, x, d, r: _largest(f(x), _moved(x, d, r)),
                lambda f, x, d, r: _largest(_moved(f(x), d, r), _moved(x, d, r)),
            ),
        ),
        Misconception(
            "always-zero",
            "The error is 0 whatever f is: both arrays were made in the same way.",
            "One way moves the image and then applies f; the other applies f to the image as it "
            "is, and then moves what comes out.",
            (lambda f, x, d, r: 0.0,),
        ),
        Misconception(
            "axes-swapped",
            "`down` moved the columns, and `right` the rows.",
            "Axis 0 of an array counts its rows. To which axis does `down` belong?",
            (_moving(lambda x, d, r: _moved(x, r, d)),),
        ),
        Misconception(
            "other-direction",
            "g moves the other way: up and to the left.",
            "Where does the number in the upper left corner go if down = 1? A positive number "
            "in np.roll moves to higher indices.",
            (
                _moving(lambda x, d, r: _moved(x, -d, -r)),
                _moving(lambda x, d, r: _moved(x, -d, r)),
                _moving(lambda x, d, r: _moved(x, d, -r)),
            ),
        ),
        Misconception(
            "two-directions",
            "The image and the output were moved in opposite directions.",
            "It is the same g on both sides of f(g(x)) = g(f(x)).",
            (lambda f, x, d, r: _largest(f(_moved(x, d, r)), _moved(f(x), -d, -r)),),
        ),
        Misconception(
            "one-axis-only",
            "g moved the rows only, or the columns only.",
            "Both `down` and `right` may be other than 0 at once. np.roll takes two shifts with "
            "two axes.",
            (
                _moving(lambda x, d, r: _moved(x, d, 0)),
                _moving(lambda x, d, r: _moved(x, 0, r)),
            ),
        ),
        Misconception(
            "rolled-as-one-row",
            "The image was rolled as one long row of numbers.",
            "Without `axis` np.roll takes all rows end to end: what leaves one row comes into the "
            "next. Name the axes, in the order of the shifts.",
            (
                _moving(lambda x, d, r: np.roll(x, d)),
                _moving(lambda x, d, r: np.roll(x, d + r)),
                _moving(lambda x, d, r: np.roll(x, d * x.shape[1] + r)),
            ),
        ),
        Misconception(
            "zeros-enter",
            "Zeros entered at the border, where the opposite side should.",
            "g moves in a circle here: no number is lost, and none comes in from outside.",
            (_moving(_with_zeros),),
        ),
        Misconception(
            "signs-kept",
            "The differences kept their signs: a large negative one went unseen.",
            "The error is how far the two are apart. Which comes first, taking away the signs or "
            "looking for the largest?",
            (
                _compared(lambda a, b: (a - b).max()),
                _compared(lambda a, b: (b - a).max()),
                _compared(lambda a, b: abs((a - b).max())),
                _compared(lambda a, b: abs((a - b).sum())),
            ),
        ),
        Misconception(
            "another-measure",
            "The differences were summed or averaged; the task asks for the largest.",
            "A band of large differences at the border must not be diluted by the places inside "
            "that agree.",
            (
                _compared(lambda a, b: np.abs(a - b).sum()),
                _compared(lambda a, b: np.abs(a - b).mean()),
                _compared(lambda a, b: ((a - b) ** 2).sum()),
                _compared(lambda a, b: ((a - b) ** 2).mean()),
                _compared(lambda a, b: np.sqrt(((a - b) ** 2).sum())),
                _compared(lambda a, b: np.sqrt(((a - b) ** 2).mean())),
                _compared(lambda a, b: ((a - b) ** 2).max()),
            ),
        ),
        Misconception(
            "a-verdict",
            "It answers 1 or 0: the task asks how large the difference is.",
            "Return the largest difference itself. Whether that is 0 can be seen from it.",
            (
                _compared(lambda a, b: float(np.array_equal(a, b))),
                _compared(lambda a, b: float(not np.array_equal(a, b))),
                _compared(lambda a, b: float((a != b).sum())),
                _compared(lambda a, b: float((a != b).mean())),
            ),
        ),
        Misconception(
            "border-left-out",
            "The rows and columns at the border were left out.",
            "In a circle there is no border: every place counts.",
            (_compared(_inside),),
        ),
    ),
    error_hints={
        "ValueError": "f takes one array with the shape of the image, and gives one back. Do the "
        "two arrays that you subtract have that shape?",
        "TypeError": "f is a function: f(image) is what it gives for the image.",
    },
    hints=(
        "There are two ways round: move the image and then apply f, or apply f and then move what "
        "came out. What does each of them give?",
        "np.roll(array, (down, right), axis=(0, 1)) is g. It can act on an image and on f(image).",
        "Roll the image and call f on it; call f on the image and roll that. Subtract the two, "
        "take np.abs, and the largest number of it.",
    ),
)
