"""E6.3: the padding of Keras's "same", as torch.nn.functional.pad takes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
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
        Case(((7, 11), (1, 2), (4, 4)), "strides larger than the kernel, pixels left over"),
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


# Wrong ideas, and right answers by other ways.

Padding = Callable[[Pair, Pair, Pair], tuple[int, ...]]


def _missing(n: int, k: int, s: int) -> int:
    return max((-(-n // s) - 1) * s + k - n, 0)


def _halves(total: int) -> Pair:
    return total // 2, total - total // 2


def _with(rule: Callable[[int, int, int], Pair]) -> Padding:
    """Pad each axis by a rule of its own size, taps and stride."""

    def padding(size: Pair, kernel: Pair, strides: Pair) -> tuple[int, ...]:
        top, left = (rule(*numbers) for numbers in zip(size, kernel, strides, strict=True))
        return *left, *top

    return padding


def _in_order(*places: int) -> Padding:
    """Give left, right, top and bottom (0 to 3) in another order."""

    def padding(size: Pair, kernel: Pair, strides: Pair) -> tuple[int, ...]:
        right = _reference(size, kernel, strides)
        return tuple(right[place] for place in places)

    return padding


def _by_remainder(size, kernel, strides):
    pads = []
    for n, k, s in zip(reversed(size), reversed(kernel), reversed(strides), strict=True):
        total = max(k - (n % s or s), 0)
        pads += [total // 2, (total + 1) // 2]
    return pads


def _by_last_window(size, kernel, strides):
    sides = []
    for n, k, s in zip(size, kernel, strides, strict=True):
        last = (n - 1) // s * s  # where the last window starts, without padding
        total = max(last + k, n) - n
        sides.append(np.array([total // 2, -(-total // 2)]))
    return np.concatenate(sides[::-1])


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
    also_right=(_by_remainder, _by_last_window),
    misconceptions=(
        Misconception(
            "symmetric",
            "Both sides got the same number of zeros, k // 2, as padding=k // 2 does in PyTorch.",
            "6 pixels, 3 taps, stride 2: with one zero on each side the windows start on other "
            "pixels than Keras's do. How many zeros do 3 outputs need?",
            (
                _with(lambda n, k, s: (k // 2, k // 2)),
                _with(lambda n, k, s: ((k - 1) // 2, (k - 1) // 2)),
            ),
        ),
        Misconception(
            "extra-pixel-first",
            "Of an odd number of zeros the one left over is in front.",
            "Keras and TensorFlow put it behind the last pixel (Caffe had it in front).",
            (_with(lambda n, k, s: _halves(_missing(n, k, s))[::-1]),),
        ),
        Misconception(
            "order-of-axes",
            "The right four numbers, in another order than torch.nn.functional.pad wants.",
            "It begins with the last axis, the columns, and goes on to the rows; of each axis it "
            "wants the number in front, then the one behind.",
            (
                _in_order(2, 3, 0, 1),
                _in_order(0, 2, 1, 3),
                _in_order(2, 0, 3, 1),
            ),
        ),
        Misconception(
            "stride-forgotten",
            "The stride has no part in it: k - 1 zeros are right at stride 1 only.",
            "With larger strides there are fewer windows, and the last one may end before the last "
            "pixel. Where does it start, counted from the first?",
            (
                _with(lambda n, k, s: _halves(k - 1)),
                _with(lambda n, k, s: _halves(max((n - 1) * s + k - n, 0))),
            ),
        ),
        Misconception(
            "for-multiples-only",
            "k - s zeros are right only where the stride goes into the size.",
            "7 pixels, 3 taps, stride 2: the fourth window starts at pixel 6, the last one. How "
            "far does it stick out?",
            (_with(lambda n, k, s: _halves(max(k - s, 0))),),
        ),
        Misconception(
            "outputs-rounded-down",
            "The number of outputs was rounded down.",
            "7 pixels at stride 2 make ceil(7 / 2) = 4 outputs in Keras, not 3.",
            (_with(lambda n, k, s: _halves(max((n // s - 1) * s + k - n, 0))),),
        ),
        Misconception(
            "odd-pixel-lost",
            "Of an odd number of zeros one is lost, or one was added.",
            "missing // 2 on both sides makes an even number of zeros. What is left over?",
            (
                _with(lambda n, k, s: (_missing(n, k, s) // 2,) * 2),
                _with(lambda n, k, s: (-(-_missing(n, k, s) // 2),) * 2),
            ),
        ),
        Misconception(
            "not-shared-out",
            "The zeros are not shared out between the two sides.",
            "Half of them go before the first pixel, half behind the last one.",
            (
                _with(lambda n, k, s: (0, _missing(n, k, s))),
                _with(lambda n, k, s: (_missing(n, k, s), 0)),
                _with(lambda n, k, s: (_missing(n, k, s),) * 2),
            ),
        ),
        Misconception(
            "below-zero",
            "Where there are more pixels than the windows need, the padding is negative.",
            "torch.nn.functional.pad cuts pixels off for negative numbers. Keras cuts nothing off: "
            "what is not needed is left where it is.",
            (
                _with(lambda n, k, s: _halves((-(-n // s) - 1) * s + k - n)),
                _with(lambda n, k, s: _halves(abs((-(-n // s) - 1) * s + k - n))),
            ),
        ),
        Misconception(
            "one-axis-for-both",
            "One axis' numbers were used for both axes.",
            "Rows have H, kH and sH, columns W, kW and sW. Square pictures hide it if they are "
            "mixed up.",
            (
                lambda size, kernel, strides: _halves(_missing(size[0], kernel[0], strides[0])) * 2,
                lambda size, kernel, strides: _halves(_missing(size[1], kernel[1], strides[1])) * 2,
                lambda size, kernel, strides: _reference(size, kernel, (strides[0],) * 2),
                lambda size, kernel, strides: _reference(size, (kernel[0],) * 2, strides),
                lambda size, kernel, strides: _reference((size[0],) * 2, kernel, strides),
                lambda size, kernel, strides: _reference(size, kernel, strides[::-1]),
                lambda size, kernel, strides: _reference(size, kernel[::-1], strides),
            ),
        ),
    ),
    error_hints={
        "TypeError": "size, kernel and strides are pairs: size[0] is the number of rows, size[1] "
        "that of columns.",
    },
    hints=(
        "Draw 6 pixels, and kernels of 3 taps that start 2 pixels apart. How many outputs shall "
        "there be, and how many pixels do so many kernels span?",
        "With ceil(n / s) outputs the windows span (outputs - 1) * s + k pixels. What there is "
        "more than n is missing, and never less than 0.",
        "missing // 2 zeros go before, missing - missing // 2 behind. Do it for rows and for "
        "columns, and return the columns' two numbers first.",
    ),
)
