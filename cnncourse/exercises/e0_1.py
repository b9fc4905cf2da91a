"""E0.1: read a kernel backwards, an exercise for trying out the checks of the course."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe


def my_flip(w):
    """Read a kernel backwards.

    w : array of m >= 1 numbers.
    Return a new array with the same numbers in reverse order: the last one first.

    Example: w = [0.5, 0.3, 0.2] -> [0.2, 0.3, 0.5].
    """
    # A slice may run backwards: from the end to the beginning, in steps of -1.
    return w[::-1]


def _backwards(w: Array) -> Array:
    return np.array([w[len(w) - 1 - place] for place in range(len(w))])


def _overwritten(w: Array) -> Array:
    """Reverse in place without a copy: by the middle, the old numbers are gone."""
    half = w[len(w) // 2 :][::-1]
    return np.concatenate([half, half[: len(w) // 2][::-1]])


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((np.array([7.0]),), "one number"),
        Case((np.array([1.0, 2.0]),), "two numbers, rising"),
        Case((np.array([0.5, 0.3, 0.2]),), "the example of the task"),
        Case((np.array([4.0, -1.0, 3.0]),), "neither rising nor falling"),
        Case((np.array([2.0, 5.0, 2.0, 1.0]),), "a number that comes twice"),
        Case((np.array([0.0, 4.0, 0.0, 1.0, 0.0]),), "zeros inside and at both ends"),
        Case((np.array([0.0137, 1 / 30, -0.002]),), "small numbers with many decimals"),
        Case((np.array([1200.0, -3400.0, 560.0]),), "large numbers"),
        *(Case((draw.numbers(length),), "random numbers") for length in (4, 5, 8)),
        Case((draw.numbers(15),), "a long kernel"),
    ]


# Right answers by other ways than the solution's and the reference's.


def _by_swapping_a_copy(w):
    out = w.copy()
    for i in range(len(w) // 2):
        out[i], out[-1 - i] = out[-1 - i], out[i]
    return out


def _by_index(w):
    out = np.zeros(len(w))
    for i in range(len(w)):
        out[len(w) - 1 - i] = w[i]
    return out


EXERCISE = Exercise(
    id="E0.1",
    title="Read a kernel backwards",
    solution=my_flip,
    reference=_backwards,
    cases=_cases,
    also_right=(_by_swapping_a_copy, _by_index),
    probe=Probe("w", "", (np.array([0.5, 0.3, 0.2]),), ("i",)),
    parts=(
        Part(
            "the numbers in reverse order",
            1,
            lambda case, output: close(output, _backwards(*case.args)),
        ),
    ),
    misconceptions=(
        Misconception(
            "unchanged",
            "The kernel came back as it was.",
            "The last number has to come first. How do you read an array from its end?",
            (lambda w: w,),
        ),
        Misconception(
            "sorted",
            "The numbers were sorted.",
            "Reverse order is not falling order: [4, -1, 3] read backwards is [3, -1, 4].",
            (lambda w: np.sort(w), lambda w: np.sort(w)[::-1]),
        ),
        Misconception(
            "negated",
            "The signs were turned, not the order.",
            "-w has other numbers in it; here the same numbers change places.",
            (lambda w: -w, lambda w: -w[::-1]),
        ),
        Misconception(
            "rotated",
            "The numbers were moved on by one place, not reversed.",
            "With three numbers a, b, c: what should come first, second, third?",
            (lambda w: np.roll(w, 1), lambda w: np.roll(w, -1)),
        ),
        Misconception(
            "first-and-last-swapped",
            "Only the first and the last number changed places.",
            "With four numbers, the second and the third have to change places too.",
            (lambda w: np.concatenate([w[-1:], w[1:-1], w[:1]]) if len(w) > 1 else w,),
        ),
        Misconception(
            "overwritten",
            "The second half was read after the first had been overwritten.",
            "Your loop writes into the array that it still has to read. Write into a new one.",
            (_overwritten,),
        ),
    ),
    hints=(
        "Which number has to come first?",
        "A slice has three parts, w[start:stop:step], and a step may be negative.",
        "With start and stop left out, a step of -1 reads the whole array from its end.",
    ),
)
