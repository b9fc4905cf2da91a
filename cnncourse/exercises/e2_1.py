"""E2.1: one output by hand, eq. (3). Everyone works with the numbers of their variant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Exercise, Misconception, Part

SIZE = 4  # rows and columns of the image
WEIGHTS = (-10, -5, -3, -2, -1, 1, 2, 3, 5, 10)  # easy to multiply by, and of both signs


def my_output(image, kernel, i, j):
    """Work out one output by hand: S(i, j) by eq. (3), the sum of I(m, n) K(i - m, j - n).

    The cell above shows your numbers:
    image : 4 rows of 4 grey values; the first one is I(0, 0), I(m, n) is in row m, column n.
    kernel : 2 rows of 2 weights (no unit); the first one is K(0, 0).
    i, j : row and column of the output, counted from 0.
    Put S(i, j) in place of the dots, one number, in the unit of the grey values.

    Example: image = [[1, 2], [3, 4]], kernel = [[10, 20], [30, 5]], i = 1, j = 1
    -> 1*5 + 2*30 + 3*20 + 4*10 = 165.
    """
    # K is 0 but for the indices 0 and 1: i - m = 0 or 1 makes m = i or i - 1, and so with n. The
    # pixel at (i, j) meets K(0, 0); one step up or left in the image is one step on in the kernel.
    return (
        image[i, j] * kernel[0, 0]
        + image[i, j - 1] * kernel[0, 1]
        + image[i - 1, j] * kernel[1, 0]
        + image[i - 1, j - 1] * kernel[1, 1]
    )


def _given(draw: Draw) -> dict[str, Any]:
    """Draw 16 grey values, four weights that differ in size and a place with i and j unequal."""
    pixels = np.array([draw.integer(1, 20) for _ in range(SIZE * SIZE)], dtype=float)
    weights = np.array(draw.shuffled(WEIGHTS)[:4], dtype=float)
    i, j = draw.pick([(1, 2), (2, 1)])  # so that there are pixels on all sides of it
    return {
        "image": pixels.reshape(SIZE, SIZE),
        "kernel": weights.reshape(2, 2),
        "i": i,
        "j": j,
    }


def _sum(image: Array, kernel: Array, i: int, j: int) -> float:
    """Compute eq. (3) as it stands: over all m and n, with zeros outside of both arrays."""
    rows, columns = kernel.shape
    return float(
        sum(
            value * kernel[i - m, j - n]
            for (m, n), value in np.ndenumerate(image)
            if 0 <= i - m < rows and 0 <= j - n < columns
        )
    )


def _at(row: int, column: int, turn: Callable[[Array], Array] = np.array) -> Any:
    """Make eq. (3) at a place that is so many rows and columns off, with a kernel turned so."""
    return lambda image, kernel, i, j: _sum(image, turn(kernel), i + row, j + column)


def _turned(kernel: Array) -> Array:
    return kernel[::-1, ::-1]


def _window(image: Array, i: int, j: int) -> Array:
    return image[i - 1 : i + 1, j - 1 : j + 1]


# Right answers by other ways.


def _by_flipped_window(image, kernel, i, j):
    return float((image[i - 1 : i + 1, j - 1 : j + 1] * kernel[::-1, ::-1]).sum())


def _by_commuting(image, kernel, i, j):
    return sum(image[i - m, j - n] * kernel[m, n] for m in range(2) for n in range(2))


def _whole_first(image, kernel, i, j):
    full = np.zeros((5, 5))
    for m in range(2):
        for n in range(2):
            full[m : m + 4, n : n + 4] += kernel[m, n] * image
    return full[i, j]


EXERCISE = Exercise(
    id="E2.1",
    title="One output by hand",
    solution=my_output,
    reference=_sum,
    given=_given,
    output="number",
    also_right=(_by_flipped_window, _by_commuting, _whole_first),
    parts=(
        Part(
            "S(i, j) by eq. (3)",
            1,
            lambda case, output: as_written(output, _sum(*case.args)),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-flipped",
            "The four pixels are right, but the kernel was not flipped.",
            "In eq. (3) the index of K goes down while that of I goes up. Which weight does the "
            "pixel I(i, j) meet, where m = i and n = j?",
            (_at(0, 0, _turned),),
        ),
        Misconception(
            "cross-correlation",
            "This is eq. (5), cross-correlation: the kernel lies below and to the right of (i, j), "
            "and is not flipped.",
            "Compare the signs: I(i + m, j + n) in eq. (5), I(i - m, j - n) in eq. (4). On which "
            "side of (i, j) do the pixels of eq. (4) lie?",
            (_at(1, 1, _turned),),
        ),
        Misconception(
            "one-axis-flipped",
            "The kernel was flipped along one axis only.",
            "Both indices of K have a minus in front of m and n: K(i - m, j - n). What does that "
            "do to its rows, and what to its columns?",
            (_at(0, 0, np.flipud), _at(0, 0, np.fliplr)),
        ),
        Misconception(
            "transposed",
            "Rows and columns changed places.",
            "The first index counts rows, from the top, the second one columns, from the left, in "
            "the image as in the kernel. Which of the two is i?",
            (
                _at(0, 0, np.transpose),
                _at(0, 0, lambda kernel: _turned(kernel).T),
                lambda image, kernel, i, j: _sum(image, kernel, j, i),
                lambda image, kernel, i, j: _sum(image, _turned(kernel), j, i),
            ),
        ),
        Misconception(
            "rotated",
            "The kernel was turned by 90 degrees.",
            "To flip both axes is to turn by 180 degrees: each weight moves to the opposite "
            "corner. Where did yours go?",
            (
                _at(0, 0, lambda kernel: np.rot90(kernel, 1)),
                _at(0, 0, lambda kernel: np.rot90(kernel, -1)),
            ),
        ),
        Misconception(
            "off-by-one",
            "The kernel is flipped, but it lies one row, or one column, too far.",
            "In eq. (4) the pixels are I(i - m, j - n) with m and n from 0 to 1: pixel (i, j) is "
            "the one that is furthest down and to the right. All counts begin at 0.",
            (
                _at(-1, -1),
                _at(1, 1),
                _at(-1, 0),
                _at(0, -1),
                _at(1, 0),
                _at(0, 1),
            ),
        ),
        Misconception(
            "weights-ignored",
            "The pixels were added up or averaged without their weights.",
            "Eq. (3) multiplies each pixel with its weight before it adds.",
            (
                lambda image, kernel, i, j: _window(image, i, j).sum(),
                lambda image, kernel, i, j: _window(image, i, j).mean(),
            ),
        ),
        Misconception(
            "one-pixel-only",
            "Only the pixel (i, j) itself is in it.",
            "The sum has four terms that are not 0, one for each weight. Which other three pixels "
            "take part?",
            (
                lambda image, kernel, i, j: image[i, j] * kernel[0, 0],
                lambda image, kernel, i, j: image[i, j] * kernel.sum(),
            ),
        ),
        Misconception(
            "divided",
            "The sum was divided by the number of weights.",
            "Eq. (3) adds the four products, and that is all: only weights that add up to 1 make "
            "an average.",
            (lambda image, kernel, i, j: _sum(image, kernel, i, j) / 4,),
        ),
    ),
    hints=(
        "K(i - m, j - n) is 0 unless both indices are 0 or 1. For which m, and for which n, is "
        "that so? Mark these four pixels in the image.",
        "Write below each of the four pixels (m, n) the indices (i - m, j - n) of its weight: "
        "(0, 0) below the pixel in row i, column j.",
        "I(i, j) K(0, 0) + I(i, j - 1) K(0, 1) + I(i - 1, j) K(1, 0) + I(i - 1, j - 1) K(1, 1).",
    ),
)
