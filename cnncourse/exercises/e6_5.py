"""E6.5: what layers of both frameworks make of a picture, argument by argument, or their refusal.

Everyone has another picture, another kernel and other channels; the lines stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part

LINES = 8
Row = list[int]
FAILS: Row = [0, 0, 0, 0]


def my_predictions(H, W, C, F, k):
    """Predict the shape that each of eight layers gives, and what it learns, or that it fails.

    The cell above shows your numbers: a picture of C channels, H rows and W columns, which
    torch gets in the shape (N, C, H, W) and Keras in (N, H, W, C); F, and k for the kernels.
      line 1 : torch.nn.MaxPool2d(k)
      line 2 : torch.nn.MaxPool2d(k, stride=2, ceil_mode=True)
      line 3 : torch.nn.MaxPool2d(k, padding=k // 2 + 1)
      line 4 : torch.nn.Conv2d(C, F, k, stride=2, padding="same")
      line 5 : torch.nn.Conv2d(F, C, k)
      line 6 : torch.nn.Conv2d(C, F, k, stride=2, bias=False)
      line 7 : keras.layers.Conv2D(F, k, strides=2, padding="same")
      line 8 : keras.layers.MaxPool2D(k, padding="same")
    Put a list of eight rows in place of the dots, a row of four whole numbers for each line: the
    shape of its output without N, in the order of its framework, and how many numbers it has to
    learn, weights and biases. A line that ends in an error, when the layer is made or when it
    gets the picture, has the row [0, 0, 0, 0].

    Example: torch.nn.ReLU() would have the row [C, H, W, 0]; put your numbers for the letters.
    Work it out first, then try it in your framework if you like.
    """
    error = [0, 0, 0, 0]
    half = [(H - k) // 2 + 1, (W - k) // 2 + 1]  # places of a window, 2 pixels apart, that fit
    return [
        [C, (H - k) // k + 1, (W - k) // k + 1, 0],  # a pool's stride is its window, if not said
        [C, -(-(H - k) // 2) + 1, -(-(W - k) // 2) + 1, 0],  # the last window may stick out
        error,  # padding of more than half a window
        error,  # "same" only goes with stride 1 in torch
        error,  # this layer wants F channels
        [F, *half, F * C * k * k],  # no biases
        [-(-H // 2), -(-W // 2), F, F * C * k * k + F],  # n / stride, rounded up
        [-(-H // k), -(-W // k), C, 0],  # the same rule: here, too, the stride is the window
    ]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw sizes at which every rounding, default and order of axes shows."""
    k = draw.pick((3, 5))
    # Even, so that an odd window and stride 2 leave a pixel over; no multiple of the window.
    sizes = [n for n in range(16, 35, 2) if n % k]
    H, W = draw.shuffled(sizes)[:2]
    return {"H": H, "W": W, "C": draw.integer(2, 4), "F": draw.integer(12, 15), "k": k}


def _starts(n: int, k: int, s: int, before: int = 0, after: int = 0) -> int:
    """Count the windows of k places that fit, by trying every start."""
    return len([a for a in range(-before, n, s) if a + k <= n + after])


def _table(H: int, W: int, C: int, F: int, k: int) -> list[Row]:
    taps = len([None for _ in range(F) for _ in range(C) for _ in range(k) for _ in range(k)])

    def both(count: Callable[[int], int]) -> Row:
        return [count(H), count(W)]

    return [
        [C, *both(lambda n: _starts(n, k, k)), 0],
        [C, *both(lambda n: _starts(n, k, 2, after=1)), 0],
        FAILS,
        FAILS,
        FAILS,
        [F, *both(lambda n: _starts(n, k, 2)), taps],
        [*both(lambda n: len(range(0, n, 2))), F, taps + F],
        [*both(lambda n: len(range(0, n, k))), C, 0],
    ]


def _judge(case: Case, output: Array) -> str:
    right = np.array(_table(*case.args))
    if output.shape != right.shape:
        return "eight rows of four numbers are asked for"
    wrong = [str(line + 1) for line in range(LINES) if (output[line] != right[line]).any()]
    if not wrong:
        return ""
    return (
        f"line {wrong[0]} is not right"
        if len(wrong) == 1
        else f"lines {_listed(wrong)} are not right"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _lines(*numbers: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        right = np.array(_table(*case.args))
        return output.shape == right.shape and all(
            (output[number - 1] == right[number - 1]).all() for number in numbers
        )

    return holds


EXERCISE = Exercise(
    id="E6.5",
    title="Shape or error?",
    solution=my_predictions,
    reference=_table,
    judge=_judge,
    given=_given,
    output="matrix",
    parts=(
        Part("pooling in PyTorch", 1, _lines(1, 2, 3)),
        Part("convolution in PyTorch", 1, _lines(4, 5, 6)),
        Part("Keras", 1, _lines(7, 8)),
    ),
    misconceptions=(),
    hints=(
        "For each line write down what is not said in it: the stride of a pool, the padding of a "
        "convolution, whether there is a bias.",
        "Three lines fail: one asks for more padding than a pool takes, one for a padding that "
        "torch has at stride 1 only, one was made for a picture with another number of channels.",
        "Without padding (n - k) // s + 1 windows fit, rounded up with ceil_mode; with Keras's "
        '"same" there are n / s, rounded up. A bias is one number for each output channel.',
    ),
)
