"""E3.4: the band in which zero padding breaks the equivariance of a convolution."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_broken_band(height, width, kernel_height, kernel_width, down, right):
    """Predict where f(g(x)) and g(f(x)) differ, for a convolution f with zeros at the border.

    height, width : size of an image x, larger than the kernel.
    kernel_height, kernel_width : size of the kernel of f, odd numbers. The kernel stands with its
        middle on each pixel; where it reaches beyond the image, it finds zeros ("same").
    down, right : g moves by `down` rows down and `right` columns to the right, in a circle: what
        leaves at one side enters at the opposite one.
        0 <= down < height, 0 <= right < width.
    Return an array (height, width) of the numbers 1 and 0: 1 in each place in which f(g(x)) and
    g(f(x)) can differ, 0 in those in which they are equal whatever the image and the kernel.
    (mask.astype(int) makes numbers of True and False.)

    Example: height 1, width 5, kernel 1 x 3, right = 1 -> [[1, 1, 0, 0, 1]].
    """
    rows, columns = np.arange(height), np.arange(width)
    # On each side, this many rows or columns have a kernel that reaches beyond the image.
    above, left = kernel_height // 2, kernel_width // 2
    in_rows = (rows < above) | (rows >= height - above)
    in_columns = (columns < left) | (columns >= width - left)
    # f(g(x)) meets the border there; in g(f(x)) those places have moved on. Without a move in
    # that direction both ways miss the same terms of the sum.
    broken_rows = (in_rows | np.roll(in_rows, down)) & (down > 0)
    broken_columns = (in_columns | np.roll(in_columns, right)) & (right > 0)
    return (broken_rows[:, None] | broken_columns).astype(int)


def _reference(h: int, w: int, a: int, b: int, down: int, right: int) -> Array:
    """Compare the two ways for an image and a kernel in which nothing cancels by chance."""
    image = np.sqrt(np.arange(2, h * w + 2)).reshape(h, w)
    kernel = np.log(np.arange(2, a * b + 2)).reshape(a, b)

    def layer(x: Array) -> Array:
        padded = np.pad(x, ((a // 2, a // 2), (b // 2, b // 2)))
        return sum(kernel[i, j] * padded[i : i + h, j : j + w] for i in range(a) for j in range(b))

    def move(x: Array) -> Array:
        return np.roll(np.roll(x, down, axis=0), right, axis=1)

    return (np.abs(layer(move(image)) - move(layer(image))) > 1e-9).astype(float)


def _cases(draw: Draw) -> list[Case]:
    cases = [
        Case((1, 5, 1, 3, 0, 1), "the example of the task"),
        Case((6, 7, 3, 3, 2, 3), "both directions"),
        Case((6, 7, 3, 5, 0, 2), "to the right only"),
        Case((7, 6, 5, 3, 3, 0), "down only"),
        Case((6, 5, 3, 3, 0, 0), "no move at all"),
        Case((6, 8, 1, 1, 2, 3), "a kernel of one pixel"),
        Case((9, 11, 1, 5, 4, 5), "a kernel of one row"),
        Case((11, 12, 5, 3, 10, 11), "almost all the way round"),
    ]
    for _ in range(6):
        a, b = draw.pick(((3, 5), (5, 3), (3, 7), (5, 1)))
        h, w = draw.integer(11, 13), draw.integer(14, 17)
        cases.append(
            Case((h, w, a, b, draw.integer(1, h - 1), draw.integer(1, w - 1)), "random sizes")
        )
    return cases


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


EXERCISE = Exercise(
    id="E3.4",
    title="The band that breaks",
    solution=my_broken_band,
    reference=_reference,
    output="matrix",
    cases=_cases,
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "moves in one direction, and none",
            1,
            lambda case, out: all(case.args[4:]) or _right(case, out),
        ),
        Part("all moves", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "nothing-breaks",
            "No place was marked: the zeros were taken for a part of the picture that moves.",
            "g moves the picture; the zeros beyond its border stay where they are. Which outputs "
            "use them before the move, and which after it?",
            (lambda h, w, a, b, d, r: np.zeros((h, w)),),
        ),
    ),
    hints=(
        "Which outputs of f use a zero from beyond the border? How many rows are that above?",
        "In f(g(x)) those outputs are along the border. In g(f(x)) they have moved with the rest. "
        "The two ways differ where one or the other is.",
        "Mark (kernel_height - 1) / 2 rows at each end, and these rows moved by `down` in a "
        "circle; if down is 0, none. The same for columns.",
    ),
)
