"""E2.4: a kernel for edges of one direction. Many answers are right, so properties decide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part

ANGLES = tuple(range(0, 360, 45))
ROUNDING = 1e-5


def my_edge_kernel(angle):
    """Make a kernel that answers to edges of one direction.

    angle : whole number, the direction in which the edge runs, in degrees: 0 is to the right,
        45 up and to the right, 90 up, ... 315 down and to the right. Go along the edge in
        that direction: the brighter side, 1, is on your left, the darker side, 0, on your
        right; pixels right on the edge are 0.5.
    Return a 3 x 3 array of weights (no unit). Without flipping it, as in eq. (5), lay it on 3 x
    3 pixels with the edge through the middle one, and add the products: that is its answer.
      - Where all pixels are equal, the answer is 0.
      - To the edge that runs in the direction `angle` the answer is positive, and no edge of
        the other seven directions gets a larger one.
      - To an edge at right angles to that (angle + 90 or angle - 90) the answer is 0.

    Many kernels are right. One example, for angle = 90: [[1, 0, -1],
                                                          [1, 0, -1],
                                                          [1, 0, -1]].
    """
    # Left of the direction of travel lies angle + 90: weigh each place by how far it lies on that
    # side. Rows are counted downwards, so a step up makes the row number smaller.
    left = np.deg2rad(angle + 90)
    row, column = np.indices((3, 3)) - 1
    return np.cos(left) * column - np.sin(left) * row


def patch(angle: int) -> Array:
    """Draw the test image: 1 on the left of the edge, 0 on its right, 0.5 on the edge."""
    left = np.deg2rad(angle + 90)
    row, column = np.indices((3, 3)) - 1
    side = np.round(np.cos(left) * column - np.sin(left) * row, 6)
    return (np.sign(side) + 1.0) / 2.0


PATCHES = {angle: patch(angle) for angle in ANGLES}


def answers(kernel: Array) -> dict[int, float]:
    """Compute the kernel's answer to the edge of each direction, eq. (5)."""
    return {angle: float((kernel * pixels).sum()) for angle, pixels in PATCHES.items()}


def faults(kernel: Array, angle: int) -> list[str]:
    """Name each condition of the task that a 3 x 3 kernel breaks for edges of this direction."""
    # Measured against what could come out if nothing cancelled: float32 kernels are right, too.
    rounding = ROUNDING * float(np.abs(kernel).sum())
    answer = answers(kernel)
    own = answer[angle]
    broken = []
    if abs(float(kernel.sum())) > rounding:
        broken.append("flat")
    if own <= rounding:
        broken.append("own")
    if max(answer.values()) > own + rounding:
        broken.append("largest")
    if max(abs(answer[(angle + turn) % 360]) for turn in (90, 270)) > rounding:
        broken.append("across")
    return broken


def _judge(case: Case, kernel: Array) -> str:
    if kernel.shape != (3, 3):
        return f"the kernel must have 3 rows and 3 columns, this one has shape {kernel.shape}"
    (angle,) = case.args
    answer = answers(kernel)
    strongest = max(answer, key=lambda other: answer[other])
    sentences = {
        "flat": f"its weights add up to {kernel.sum():.4g}, so it answers where all is flat",
        "own": f"its answer to the edge of {angle} degrees is {answer[angle]:.4g}",
        "largest": f"its largest answer goes to the edge of {strongest} degrees",
        "across": "it answers to an edge at right angles",
    }
    return "; ".join(sentences[fault] for fault in faults(kernel, angle))


def _free_of(*unwanted: str) -> Callable[[Case, Array], bool]:
    def holds(case: Case, kernel: Array) -> bool:
        return kernel.shape == (3, 3) and not {*unwanted} & {*faults(kernel, case.args[0])}

    return holds


def _cases(draw: Draw) -> list[Case]:
    return [Case((angle,), "") for angle in (90, 0, 270, 180, 45, 135, 225, 315)]


EXERCISE = Exercise(
    id="E2.4",
    title="A kernel for an edge",
    solution=my_edge_kernel,
    judge=_judge,
    cases=_cases,
    output="matrix",
    parts=(
        Part("no answer where all pixels are equal", 1, _free_of("flat")),
        Part("the right edges get the largest answer", 2, _free_of("own", "largest", "across")),
    ),
    misconceptions=(),
    hints=(
        "Draw the 3 x 3 pixels of the edge first, with 1, 0.5 and 0. Where would you want "
        "positive weights, where negative ones, so that the sum is large?",
        "Positive weights on the bright side, negative ones on the dark side, 0 on the edge "
        "itself; all nine add up to 0.",
        "The bright side lies in the direction angle + 90. Give the place (row r, column c), "
        "counted from the middle, the weight cos(angle + 90) c - sin(angle + 90) r: rows count "
        "downwards.",
    ),
)
