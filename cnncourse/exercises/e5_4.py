"""E5.4: how often each pixel is visited, with padding and stride."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_visits(H, W, k, p, s):
    """Count for each pixel of an image how many outputs look at it.

    H, W : rows and columns of the image, whole numbers >= 1.
    k : the kernel has k x k taps, k >= 1.
    p : rows and columns of zeros added on each of the four sides, 0 <= p < k. The padded
        image is at least as large as the kernel.
    s : stride in pixels, >= 1, the same for rows and columns.
    The kernel takes all its places inside of the padded image, from the top left corner on in
    steps of s. Each place makes one output, which looks at the k x k cells under the kernel.

    Return an array (H, W), for the pixels of the image itself: how many outputs look at each.

    Example: H = 2, W = 3, k = 2, p = 0, s = 1 -> [[1, 2, 1],
                                                   [1, 2, 1]].
    With p = k - 1 ("full") and s = 1 each pixel is visited k * k times.
    """
    visits = np.zeros((H + 2 * p, W + 2 * p))
    # Do what the layer does: put the kernel on each place, and mark what lies under it.
    for top in range(0, H + 2 * p - k + 1, s):
        for left in range(0, W + 2 * p - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    # The zeros around the image were visited, too; they were not asked for.
    return visits[p : p + H, p : p + W]


def _along(n: int, k: int, p: int, s: int) -> Array:
    """Count the visits along one axis: the starts in (i - k, i], pixel by pixel."""
    starts = range(-p, n + p - k + 1, s)
    return np.array([sum(start <= i < start + k for start in starts) for i in range(n)])


def _reference(H: int, W: int, k: int, p: int, s: int) -> Array:
    """Answer by another way: rows and columns are counted apart, and multiply."""
    return np.outer(_along(H, k, p, s), _along(W, k, p, s))


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((2, 3, 2, 0, 1), "the example of the task"),
        Case((1, 3, 1, 0, 1), "one tap"),
        Case((1, 2, 3, 1, 1), "an image smaller than the kernel"),
        Case((3, 4, 2, 1, 1), "full padding"),
        Case((4, 3, 3, 0, 1), "no padding"),
        Case((4, 5, 3, 1, 1), "same padding"),
        Case((4, 3, 2, 0, 2), "stride 2"),
        Case((5, 4, 3, 2, 1), "full padding"),
        Case((4, 5, 3, 0, 2), "stride 2"),
        Case((5, 6, 3, 1, 2), "stride 2, same padding"),
        Case((7, 5, 2, 1, 3), "a stride larger than the kernel"),
        Case((6, 8, 4, 1, 1), "an even kernel"),
        Case((7, 6, 5, 2, 2), "stride 2, a large kernel"),
        Case((draw.integer(8, 10), 7, 3, 1, 2), "stride 2"),
        Case((8, draw.integer(9, 11), 4, 2, 3), "stride 3"),
    ]


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


EXERCISE = Exercise(
    id="E5.4",
    title="How often is a pixel seen?",
    solution=my_visits,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=SOLUTIONS,
    parts=(
        Part("every pixel at stride 1", 1, lambda case, got: case.args[4] > 1 or _right(case, got)),
        Part("every pixel at any stride", 1, _right),
    ),
    misconceptions=(),
    hints=(
        "Take one row of 4 pixels and a kernel of 2 taps. Which outputs look at the first pixel, "
        "which at the second?",
        "Start from zeros in the size of the padded image, and go through all places of the "
        "kernel: each adds 1 to the k x k cells under it.",
        "The places begin at range(0, H + 2 * p - k + 1, s) and the same with W. At the end cut "
        "off the padding: visits[p : p + H, p : p + W].",
    ),
)
