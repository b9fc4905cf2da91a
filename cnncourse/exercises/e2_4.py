"""E2.4: a kernel for edges of one direction. Many answers are right, so properties decide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

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


def side(angle: int) -> Array:
    """Say of each of the 3 x 3 places how far on the left of the edge it lies, in pixels."""
    left = np.deg2rad(angle + 90)
    row, column = np.indices((3, 3)) - 1
    return np.round(np.cos(left) * column - np.sin(left) * row, 6)


def patch(angle: int) -> Array:
    """Draw the test image: 1 on the left of the edge, 0 on its right, 0.5 on the edge.

    Examples
    --------
    >>> patch(90).tolist()
    [[1.0, 0.5, 0.0], [1.0, 0.5, 0.0], [1.0, 0.5, 0.0]]
    """
    return (np.sign(side(angle)) + 1.0) / 2.0


_PIXELS = np.array([patch(angle).ravel() for angle in ANGLES])


def answers(kernel: Array) -> dict[int, float]:
    """Compute the kernel's answer to the edge of each direction, eq. (5)."""
    return dict(zip(ANGLES, (_PIXELS @ kernel.ravel()).tolist(), strict=True))


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
    straight = [Case((angle,), "an edge along rows or columns") for angle in (90, 0, 270, 180)]
    return [*straight, *(Case((angle,), "a diagonal edge") for angle in (45, 135, 225, 315))]


# Wrong ideas: each is known by what its kernel would be right for.


def _right_for(kernel: Array, *angles: int) -> bool:
    return any(not faults(kernel, angle % 360) for angle in angles)


def _turned_by(*turns: int) -> Callable[[Array, int], bool]:
    return lambda kernel, angle: _right_for(kernel, *(angle + turn for turn in turns))


def _mirrored(kernel: Array, angle: int) -> bool:
    """Rows counted upwards, or angles clockwise: the picture upside down."""
    return _right_for(kernel, 180 - angle, -angle)


def _straight(kernel: Array, _: int) -> bool:
    return _right_for(kernel, 0, 90, 180, 270)


def _straight_for_diagonal(kernel: Array, angle: int) -> bool:
    return _straight(kernel, angle) if angle % 90 else _right_for(kernel, angle)


def _lifted(kernel: Array, angle: int) -> bool:
    """Whether taking the mean away would mend it."""
    return "flat" in faults(kernel, angle) and _right_for(kernel - kernel.mean(), angle)


def _even(kernel: Array, _: int) -> bool:
    """Whether it is the same when turned by 180 degrees."""
    off = np.abs(kernel - kernel[::-1, ::-1]).max()
    return bool(off <= ROUNDING * np.abs(kernel).max())


def _idea(
    slug: str,
    title: str,
    hint: str,
    explains: Callable[[Array, int], bool],
    *variants: Callable[[int], Array],
) -> Misconception:
    def shape_safe(case: Case, kernel: Array) -> bool:
        usable = kernel.shape == (3, 3) and bool(np.isfinite(kernel).all()) and kernel.any()
        return bool(usable) and explains(kernel, case.args[0])

    return Misconception(slug, title, hint, variants, shape_safe)


def _signs(angle: int) -> Array:
    """Weigh the bright side 1 and the dark side -1: Prewitt's kernels."""
    return np.sign(side(angle % 360))


# Right answers by other ways than the solution's.


def _sobel_ring(angle):
    ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    weights = [1, 2, 1, 0, -1, -2, -1, 0]
    kernel = np.zeros((3, 3))
    for place, weight in zip(ring, weights, strict=True):
        kernel[place] = weight
    for _ in range(angle // 45):
        kernel[tuple(np.transpose(ring))] = np.roll(kernel[tuple(np.transpose(ring))], -1)
    return kernel


def _opposite_neighbours(angle):
    kernel = np.zeros((3, 3), dtype=int)
    down = {0: 0, 45: -1, 90: -1, 135: -1, 180: 0, 225: 1, 270: 1, 315: 1}[(angle + 90) % 360]
    across = {0: 1, 45: 1, 90: 0, 135: -1, 180: -1, 225: -1, 270: 0, 315: 1}[(angle + 90) % 360]
    kernel[1 + down, 1 + across] = 1
    kernel[1 - down, 1 - across] = -1
    return kernel


EXERCISE = Exercise(
    id="E2.4",
    title="A kernel for an edge",
    solution=my_edge_kernel,
    judge=_judge,
    cases=_cases,
    output="matrix",
    also_right=(_sobel_ring, _opposite_neighbours),
    parts=(
        Part("no answer where all pixels are equal", 1, _free_of("flat")),
        Part("the right edges get the largest answer", 2, _free_of("own", "largest", "across")),
    ),
    misconceptions=(
        _idea(
            "gradient-for-edge",
            "The kernel answers to edges at right angles to the one asked for.",
            "Two directions belong to an edge: the one in which it runs, and the one in which the "
            "grey values change, straight across it. Which of them is `angle`, and along which do "
            "your weights change?",
            _turned_by(90, -90),
            lambda angle: _signs(angle + 90),
            lambda angle: _signs(angle - 90),
        ),
        _idea(
            "sign",
            "The answer to the right edge is negative: positive weights lie on the dark side.",
            "Go along the edge: the bright side is on your left, and there the weights have to be "
            "positive. If they are, did you flip the kernel? Eq. (5) lays it down as it is.",
            _turned_by(180),
            lambda angle: -_signs(angle),
            lambda angle: _signs(angle)[::-1, ::-1],
        ),
        _idea(
            "side-forgotten",
            "Edges that run in opposite directions get the same kernel.",
            "At 0 degrees the bright side is above, at 180 degrees below: the same line, with the "
            "signs of all weights changed.",
            lambda kernel, angle: _right_for(kernel, angle % 180),
            lambda angle: _signs(angle % 180),
        ),
        _idea(
            "upside-down",
            "The kernel is right for the picture upside down.",
            "Row 0 is at the top: row numbers grow downwards, and angles turn from the right "
            "towards the top. What does one step up do to the row number?",
            _mirrored,
            lambda angle: _signs(angle)[::-1],
            lambda angle: _signs(-angle),
        ),
        _idea(
            "diagonals-missing",
            "Diagonal edges get the kernel of an edge along rows or columns.",
            "Draw the 3 x 3 pixels of the edge that runs at 45 degrees: three of them lie on it, "
            "from corner to corner. Which three are bright?",
            _straight_for_diagonal,
            lambda angle: _signs(angle // 90 * 90),
            lambda angle: _signs((angle + 45) // 90 * 90),
        ),
        _idea(
            "angle-ignored",
            "Edges of several directions get the same kernel.",
            "An edge along a row needs other weights than one along a column. Compare what your "
            "function gives for 0 and for 90, and then for 45.",
            _straight,
            lambda angle: _signs(90),
            lambda angle: _signs(0),
            lambda angle: _signs(180),
            lambda angle: _signs(270),
        ),
        _idea(
            "half-a-corner-off",
            "The kernel is turned by 45 degrees against the right one.",
            "Begin with angle = 90, for which the task shows a kernel. For angle = 135 every "
            "weight moves on by one of the eight outer places, against the clock.",
            _turned_by(45, -45),
            lambda angle: _signs(angle + 45),
            lambda angle: _signs(angle - 45),
        ),
        _idea(
            "not-zero-sum",
            "The weights do not add up to 0: the kernel answers where all pixels are equal, too.",
            "Lay the kernel on a white wall, all pixels 1: its answer is the sum of its weights. "
            "For each positive weight there must be a negative one.",
            _lifted,
            lambda angle: np.maximum(_signs(angle), 0.0),
            lambda angle: patch(angle),
            lambda angle: _signs(angle) + 1 / 9,
            lambda angle: _signs(angle) + np.outer([0, 1, 0], [0, 1, 0]),
        ),
        _idea(
            "same-on-both-sides",
            "The kernel is the same on both sides of its middle: it answers to lines and dots.",
            "On an edge one side is bright, the other one dark. So opposite weights must have "
            "opposite signs: what one side adds the other side takes away.",
            _even,
            lambda angle: np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
            lambda angle: 1.0 - 3.0 * (side(angle) == 0),
            lambda angle: np.abs(_signs(angle)),
        ),
    ),
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
