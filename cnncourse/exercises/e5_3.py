"""E5.3: the size of an output, for every kernel, stride, padding and dilation."""

from __future__ import annotations

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SIZES

CASES = 200


def my_output_size(n, k, s, before, after, d):
    """Count the outputs of a convolution along one axis.

    n : width of the input in pixels.        k : taps of the kernel, >= 1.
    s : stride in pixels, >= 1.              d : dilation, >= 1: neighbouring taps lie d
    before, after : pixels of padding,           pixels apart, so d = 1 is a plain kernel.
        >= 0, on the left and on the right.
    All are whole numbers. The kernel starts at the left end of the padded input and moves
    on by s pixels as long as all its taps lie inside of the padded input.

    Return how many places it has, a whole number; 0 if it does not fit at all. cnncourse's
    own shapes are not for this one.

    Examples: n = 7, k = 3, s = 1, before = after = 0, d = 1 -> 5 ("valid").
              n = 7, k = 3, s = 2, before = 1, after = 0, d = 2 -> 2.
    """
    # From its first tap to its last one, a kernel spans d pixels for each gap, and one more.
    span = d * (k - 1) + 1
    # So many pixels may the kernel move on from its first place.
    room = n + before + after - span
    # Whole steps only: what is left over is less than a stride. Plus 1 for the first place.
    return room // s + 1 if room >= 0 else 0


def _count(n: int, k: int, s: int, before: int, after: int, d: int) -> int:
    """Answer by the definition: try every start on the padded input."""
    last_tap = d * (k - 1)
    return len(range(0, max(n + before + after - last_tap, 0), s))


def _drawn(draw: Draw) -> tuple[int, ...]:
    n, k, s = draw.integer(1, 30), draw.integer(1, 7), draw.integer(1, 5)
    return n, k, s, draw.integer(0, 4), draw.integer(0, 4), draw.integer(1, 4)


def _cases(draw: Draw) -> list[Case]:
    cases = [
        Case((7, 3, 1, 0, 0, 1), 'the example "valid"'),
        Case((7, 3, 2, 1, 0, 2), "the example with stride, padding and dilation"),
        Case((1, 1, 1, 0, 0, 1), "one pixel, one tap"),
        Case((2, 3, 1, 0, 0, 1), "a kernel that does not fit"),
        Case((2, 3, 3, 0, 0, 1), "a kernel that does not fit, stride 3"),
        Case((5, 1, 2, 0, 1, 3), "one tap: the dilation does not matter"),
        Case((2, 3, 1, 1, 0, 1), "a kernel as large as the padded input"),
        Case((4, 4, 3, 0, 0, 1), "a kernel as large as the input, stride 3"),
        Case((224, 7, 2, 3, 3, 1), "the first layer of many networks"),
        Case((1000, 5, 4, 2, 1, 3), "a long input"),
    ]
    drawn = [_drawn(draw) for _ in range(CASES - len(cases))]
    return [*cases, *(Case(args, "random numbers") for args in sorted(drawn, key=sum))]


def _right(case: Case, output: Array) -> bool:
    return float(output) == _count(*case.args)


def _plain(case: Case) -> bool:
    n, k, s, before, after, d = case.args
    return s == 1 and (d == 1 or k == 1)


EXERCISE = Exercise(
    id="E5.3",
    title="How many outputs?",
    solution=my_output_size,
    reference=_count,
    cases=_cases,
    output="integer",
    forbidden=SIZES,
    parts=(
        Part("stride 1, no dilation", 1, lambda case, got: not _plain(case) or _right(case, got)),
        Part("200 cases of all kinds", 2, _right),
    ),
    misconceptions=(),
    hints=(
        "Draw 7 cells and a kernel of 3 neighbours below their left end. How far can it move to "
        "the right, and how many places are that?",
        "How many pixels does the kernel span from its first tap to its last? What is left of the "
        "padded input beyond that is the room to move.",
        "With room = n + before + after - (d * (k - 1) + 1) there are room // s steps, and one "
        "place more than steps. If room is negative, there is none.",
    ),
)
