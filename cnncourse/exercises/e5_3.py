"""E5.3: the size of an output, for every kernel, stride, padding and dilation."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, trunc

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SIZES

CASES = 200


def my_output_size(n, k, s, before, after, d):
    """Count the outputs of a convolution along one axis.

    n : width of the input in pixels.
    k : number of taps of the kernel, >= 1.
    s : stride in pixels, >= 1.
    before, after : pixels of padding on the left and on the right, >= 0.
    d : dilation, >= 1: neighbouring taps lie d pixels apart; 1 is a plain kernel.
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


Count = Callable[[int, int, int, int, int, int], int | float | Either]
Room = Callable[[int, int, int, int, int], int]


def _room(n: int, k: int, before: int, after: int, d: int) -> int:
    return n + before + after - d * (k - 1) - 1


def _floor(room: int, s: int) -> int:
    return room // s + 1


def _counts(room: Room, places: Callable[[int, int], int | float | Either]) -> tuple[Count, ...]:
    """Make both programs of an idea: one that knows of kernels that do not fit, and one not."""

    def known(n: int, k: int, s: int, before: int, after: int, d: int) -> int | float | Either:
        left = room(n, k, before, after, d)
        return places(left, s) if left >= 0 else 0

    def unknown(n: int, k: int, s: int, before: int, after: int, d: int) -> int | float | Either:
        return places(room(n, k, before, after, d), s)

    return known, unknown


def _with_room(*rooms: Room) -> tuple[Count, ...]:
    return tuple(count for room in rooms for count in _counts(room, _floor))


def _with_places(*places: Callable[[int, int], int | float | Either]) -> tuple[Count, ...]:
    return tuple(count for rule in places for count in _counts(_room, rule))


def _nearest(room: int, s: int) -> Either:
    """Round in Python's way, halves to even numbers, or upwards."""
    return Either(round(Fraction(room, s)) + 1, floor(Fraction(room, s) + Fraction(1, 2)) + 1)


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
        Case((1, 3, 1, 0, 0, 1), "a kernel that is two pixels too large"),
        Case((3, 3, 1, 0, 0, 2), "a dilated kernel that is two pixels too large"),
        Case((1, 4, 1, 0, 3, 1), "a kernel that fits by the padding on the right"),
        Case((1, 4, 1, 3, 0, 1), "a kernel that fits by the padding on the left"),
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


def _judge(case: Case, output: Array) -> str:
    right = _count(*case.args)
    return "" if float(output) == right else f"{float(output):g} places, where {right} are expected"


def _plain(case: Case) -> bool:
    n, k, s, before, after, d = case.args
    return s == 1 and (d == 1 or k == 1)


EXERCISE = Exercise(
    id="E5.3",
    title="How many outputs?",
    solution=my_output_size,
    reference=_count,
    judge=_judge,
    cases=_cases,
    output="integer",
    forbidden=SIZES,
    parts=(
        Part("stride 1, no dilation", 1, lambda case, got: not _plain(case) or _right(case, got)),
        Part("200 cases of all kinds", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "rounded-to-nearest",
            "The number of steps was rounded to the nearest whole number.",
            "With room for 5 pixels and a stride of 3, can the kernel make a second step? What is "
            "left over is lost, be it more than half a stride or less.",
            _with_places(_nearest),
        ),
        Misconception(
            "rounded-up",
            "The number of steps was rounded up: the last place sticks out.",
            "With room for 5 pixels and a stride of 3 a second step would need 6. What is left "
            "over is lost.",
            _with_places(lambda room, s: ceil(Fraction(room, s)) + 1),
        ),
        Misconception(
            "not-whole",
            "Your number of places is not a whole number.",
            "Half a step is none. // divides and rounds down, / does not.",
            _with_places(lambda room, s: room / s + 1),
        ),
        Misconception(
            "padding-on-one-side",
            "The padding of one side was left out.",
            "Pixels are added on the left and on the right: how wide is the padded input?",
            _with_room(
                lambda n, k, before, after, d: _room(n, k, before, 0, d),
                lambda n, k, before, after, d: _room(n, k, 0, after, d),
            ),
        ),
        Misconception(
            "padding-taken-for-even",
            "The padding of one side was taken for that of both.",
            "2 p belongs to a padding of p on either side. Here the two sides may differ.",
            _with_room(
                lambda n, k, before, after, d: _room(n, k, before, before, d),
                lambda n, k, before, after, d: _room(n, k, after, after, d),
            ),
        ),
        Misconception(
            "padding-doubled",
            "The padding was counted twice.",
            "before and after are the pixels of one side each. 2 p in other formulas is p on the "
            "left and p on the right.",
            _with_room(
                lambda n, k, before, after, d: _room(n, k, 2 * before, 2 * after, d),
            ),
        ),
        Misconception(
            "padding-ignored",
            "The padding is not counted.",
            "The kernel moves over the padded input. How wide is that?",
            _with_room(lambda n, k, before, after, d: _room(n, k, 0, 0, d)),
        ),
        Misconception(
            "dilation-ignored",
            "The dilation is not counted.",
            "Draw 3 taps that lie 2 pixels apart. How many pixels is it from the first to the "
            "last one, both counted?",
            _with_room(lambda n, k, before, after, d: _room(n, k, before, after, 1)),
        ),
        Misconception(
            "wrong-span",
            "The width of the dilated kernel is not right.",
            "Draw 3 taps that lie 2 pixels apart: between 3 taps there are how many gaps, and how "
            "many pixels is it from the first tap to the last one, both counted?",
            _with_room(
                lambda n, k, before, after, d: n + before + after - d * k,
                lambda n, k, before, after, d: n + before + after - (k + d - 1),
                lambda n, k, before, after, d: n + before + after - ((d + 1) * (k - 1) + 1),
                lambda n, k, before, after, d: n + before + after - d * (k - 1),
                lambda n, k, before, after, d: n + before + after - (d * k + 1),
                lambda n, k, before, after, d: n + before + after - ((d - 1) * (k - 1) + 1),
            ),
        ),
        Misconception(
            "first-place-forgotten",
            "One place is missing: the one before the first step.",
            "A kernel as large as its input cannot make a step. How many outputs has it?",
            _with_places(lambda room, s: room // s),
        ),
        Misconception(
            "plus-one-before-dividing",
            "The first place was counted before dividing by the stride.",
            "Only what the kernel moves on is divided by the stride. The first place comes on top, "
            "whatever the stride is. Try a kernel as large as its input, with stride 2.",
            _with_places(lambda room, s: (room + 1) // s),
        ),
        Misconception(
            "stride-ignored",
            "The stride is not counted.",
            "Of all places where the kernel fits, only every s-th is taken.",
            _with_places(lambda room, s: room + 1),
        ),
        Misconception(
            "width-divided",
            "The width was divided by the stride; the kernel has no part in it.",
            'That is the rule of TensorFlow\'s "same", which chooses the padding to fit. Here the '
            "padding is given, and a kernel has to lie inside with all its taps.",
            (
                lambda n, k, s, before, after, d: n // s,
                lambda n, k, s, before, after, d: -(-n // s),
                lambda n, k, s, before, after, d: (n + before + after) // s,
                lambda n, k, s, before, after, d: -(-(n + before + after) // s),
            ),
        ),
        Misconception(
            "does-not-fit",
            "A kernel that is larger than the padded input has a number of places that is not 0.",
            "n = 2, k = 3 without padding: the kernel has no place at all. What does your function "
            "make of a room below 0, at stride 1 and at stride 3?",
            (
                lambda n, k, s, before, after, d: _floor(_room(n, k, before, after, d), s),
                lambda n, k, s, before, after, d: (
                    trunc(Fraction(_room(n, k, before, after, d), s)) + 1
                ),
                lambda n, k, s, before, after, d: max(
                    trunc(Fraction(_room(n, k, before, after, d), s)) + 1, 0
                ),
                lambda n, k, s, before, after, d: max(_floor(_room(n, k, before, after, d), s), 1),
                lambda n, k, s, before, after, d: abs(_floor(_room(n, k, before, after, d), s)),
            ),
        ),
    ),
    error_hints={
        "ValueError": "A kernel that does not fit is no error here: it has 0 places.",
        "AssertionError": "A kernel that does not fit is no error here: it has 0 places.",
    },
    hints=(
        "Draw 7 cells and a kernel of 3 neighbours below their left end. How far can it move to "
        "the right, and how many places are that?",
        "How many pixels does the kernel span from its first tap to its last? What is left of the "
        "padded input beyond that is the room to move.",
        "With room = n + before + after - (d * (k - 1) + 1) there are room // s steps, and one "
        "place more than steps. If room is negative, there is none.",
    ),
)
