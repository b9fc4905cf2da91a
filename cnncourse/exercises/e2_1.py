"""E2.1: one output by hand, eq. (3). Everyone works with the numbers of their variant."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Exercise, Misconception, Part

SIZE = 4  # rows and columns of the image


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
    """Draw 16 grey values from 1 to 20, four different weights and a place with i and j unequal."""
    pixels = np.array([draw.integer(1, 20) for _ in range(SIZE * SIZE)], dtype=float)
    weights = np.array(draw.shuffled([-3, -2, -1, 1, 2, 3, 4, 5])[:4], dtype=float)
    i, j = draw.pick([(1, 2), (2, 1)])
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


def _at(row: int, column: int, turn: Any = lambda kernel: kernel) -> Any:
    """Make eq. (3) at a place that is so many rows and columns off, with a kernel turned so."""
    return lambda image, kernel, i, j: _sum(image, turn(kernel), i + row, j + column)


def _turned(kernel: Array) -> Array:
    return kernel[::-1, ::-1]


_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1))
EXERCISE = Exercise(
    id="E2.1",
    title="One output by hand",
    solution=my_output,
    reference=_sum,
    given=_given,
    output="number",
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
            "The kernel lay on the right four pixels, but was not flipped.",
            "In eq. (3) the index of K goes down while that of I goes up. Which weight does the "
            "pixel I(i, j) meet, where m = i and n = j?",
            (_at(0, 0, _turned),),
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
