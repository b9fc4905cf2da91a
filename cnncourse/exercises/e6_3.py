"""E6.3: the padding of Keras's "same", as torch.nn.functional.pad takes it."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part
from cnncourse.exercises.readymade import PADDINGS

Pair = tuple[int, int]


def my_same_padding(size, kernel, strides):
    """Say how to pad a picture in PyTorch as Keras does for padding="same".

    size : (H, W), rows and columns of the picture.
    kernel : (kH, kW), its rows and columns; strides : (sH, sW), downwards and to the right.
    All are pairs of whole numbers >= 1. With "same", Keras makes ceil(n / s) outputs along an
    axis of n pixels, and adds just as many zeros as they need, or none if they need none. It
    puts half of them before the first pixel and half behind the last one; of an odd number the
    one left over goes behind.

    Return the four numbers that torch.nn.functional.pad wants: it begins with the LAST axis,
    (left, right, top, bottom). Ready-made paddings are not for this one.

    Example: size = (7, 6), kernel = (3, 3), strides = (2, 2) -> (0, 1, 1, 1): 3 outputs each
    2 pixels apart span 2 * 2 + 3 = 7 columns, one more than 6; 4 outputs span 9 rows.
    """
    sides = []
    for n, k, s in zip(size, kernel, strides, strict=True):
        outputs = -(-n // s)  # n / s, rounded up
        # The first window starts (outputs - 1) * s pixels before the last one, which has k taps.
        missing = max((outputs - 1) * s + k - n, 0)
        sides.append((missing // 2, missing - missing // 2))
    top_bottom, left_right = sides
    return (*left_right, *top_bottom)


def _one_axis(n: int, k: int, s: int) -> Pair:
    """Add zeros by turns, the first one behind, until ceil(n / s) windows fit."""
    before = after = 0
    while len(range(0, n + before + after - k + 1, s)) < len(range(0, n, s)):
        if after > before:
            before += 1
        else:
            after += 1
    return before, after


def _reference(size: Pair, kernel: Pair, strides: Pair) -> tuple[int, ...]:
    top, left = (_one_axis(*numbers) for numbers in zip(size, kernel, strides, strict=True))
    return *left, *top


def _cases(draw: Draw) -> list[Case]:
    def drawn() -> tuple[Pair, Pair, Pair]:
        H, kH, sH = draw.integer(4, 12), draw.integer(2, 6), draw.integer(1, 4)
        W, kW, sW = draw.integer(4, 12), draw.integer(2, 6), draw.integer(1, 4)
        return (H, W), (kH, kW), (sH, sW)

    return [
        Case(((1, 1), (1, 1), (1, 1)), "one pixel, one tap"),
        Case(((7, 6), (3, 3), (2, 2)), "the example of the task"),
        Case(((6, 7), (3, 3), (2, 2)), "the example, lying on its side"),
        Case(((5, 8), (3, 3), (1, 1)), "stride 1"),
        Case(((6, 6), (2, 4), (1, 1)), "even kernels"),
        Case(((4, 5), (2, 2), (3, 3)), "strides larger than the kernel"),
        Case(((7, 9), (1, 2), (2, 4)), "strides larger than the kernel, pixels left over"),
        Case(((28, 28), (5, 5), (2, 2)), "digits of 28 x 28 pixels"),
        Case(((224, 227), (7, 11), (2, 4)), "first layers of well-known networks"),
        Case(((3, 8), (5, 3), (1, 2)), "a kernel larger than the picture"),
        *(Case(drawn(), "random numbers") for _ in range(30)),
    ]


def _agrees(case: Case, output: Array, places: slice) -> bool:
    right = np.array(_reference(*case.args))
    return output.shape == right.shape and np.array_equal(output[places], right[places])


def _stride_one(case: Case, output: Array) -> bool:
    return case.args[2] != (1, 1) or _agrees(case, output, slice(None))


EXERCISE = Exercise(
    id="E6.3",
    title='Keras\'s "same" in PyTorch',
    solution=my_same_padding,
    reference=_reference,
    cases=_cases,
    forbidden=PADDINGS,
    parts=(
        Part("stride 1", 1, _stride_one),
        Part("left and right", 1, lambda case, output: _agrees(case, output, slice(0, 2))),
        Part("top and bottom", 1, lambda case, output: _agrees(case, output, slice(2, 4))),
    ),
    misconceptions=(),
    hints=(
        "Draw 6 pixels, and kernels of 3 taps that start 2 pixels apart. How many outputs shall "
        "there be, and how many pixels do so many kernels span?",
        "With ceil(n / s) outputs the windows span (outputs - 1) * s + k pixels. What there is "
        "more than n is missing, and never less than 0.",
        "missing // 2 zeros go before, missing - missing // 2 behind. Do it for rows and for "
        "columns, and return the columns' two numbers first.",
    ),
)
