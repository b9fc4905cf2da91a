"""R6.1: repair a layer whose columns are padded by the rows' numbers.

The bug was published, and is copied still. Before PyTorch had padding="same", a function that pads
as TensorFlow does went from project to project: it computed the padding of the columns from the
height, the vertical stride and the kernel's height, word by word as that of the rows. Square
pictures, kernels and strides never show it. Found in
github.com/Oldpan/Faceswap-Deepfake-Pytorch, issue 1 (2018). Relatives: one stride for both axes in
github.com/PaddlePaddle/Paddle, pull request 20997 (2019), whose tests had axes of one length; width
and height exchanged in github.com/autogluon/autogluon, pull request 438 (2020); circular padding
along the wrong axis in PyTorch 1.5 itself, github.com/pytorch/pytorch, issue 37844 (2020). The
program here is our own.
"""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part
from cnncourse.exercises.readymade import SOLUTIONS

Pair = tuple[int, int]


def my_same_layer(V, K, strides):
    """Give the columns a padding of their own."""
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    rows, columns = -(-H // down), -(-W // right)  # -(-n // s) rounds up
    high = max((rows - 1) * down + M - H, 0)
    # Every name of the line above has its counterpart: columns, right, N and W.
    wide = max((columns - 1) * right + N - W, 0)
    padded = np.pad(V, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (M, N))
    return np.einsum("ijmn,mn->ij", windows[::down, ::right], K)


def _broken(V, K, strides):
    """Slide a kernel with Keras's "same" padding. One bug is in here: find it, mend it.

    V : array (H, W), the picture. K : array (M, N), the kernel; it is not flipped.
    strides : two whole numbers >= 1, in pixels: downwards, and to the right.
    Along an axis of n pixels there are ceil(n / stride) outputs. If their windows need more
    pixels than there are, zeros are added: half of them in front, rounded down, the rest
    behind. Return the array of all outputs.

    Example: V = [[1, 2, 3, 4]], K = [[1, 10, 100]], strides = (1, 2) -> [[321, 43]]: two windows
    of three pixels, two apart, need one pixel more than there are, behind the last one.
    """
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    rows = -(-H // down)  # -(-n // s) rounds up
    high = max((rows - 1) * down + M - H, 0)
    wide = max((rows - 1) * down + M - H, 0)
    padded = np.pad(V, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (M, N))
    return np.einsum("ijmn,mn->ij", windows[::down, ::right], K)


def _missing(n: int, k: int, s: int) -> int:
    return max((len(range(0, n, s)) - 1) * s + k - n, 0)


def _reference(V: Array, K: Array, strides: Pair) -> Array:
    """Add up, for every output, the products at taps that lie on the picture."""
    sizes = list(zip(V.shape, K.shape, strides, strict=True))
    top, left = (_missing(*numbers) // 2 for numbers in sizes)
    rows, columns = (len(range(0, n, s)) for n, _, s in sizes)
    Z = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        for m, n in np.ndindex(*K.shape):
            a, b = i * strides[0] - top + m, j * strides[1] - left + n
            if 0 <= a < V.shape[0] and 0 <= b < V.shape[1]:
                Z[i, j] += V[a, b] * K[m, n]
    return Z


def _cases(draw: Draw) -> list[Case]:
    def case(size: Pair, taps: Pair, strides: Pair, note: str = "random numbers") -> Case:
        while True:
            V = draw.numbers(size[0] * size[1]).reshape(size)
            K = draw.numbers(taps[0] * taps[1]).reshape(taps)
            scale = size_of_terms(lambda v, k: _reference(v, k, strides), V, K)
            if np.abs(_reference(V, K, strides)).max() > 0.02 * scale:
                return Case((V, K, strides), note)

    return [
        Case(
            (np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 10.0, 100.0]]), (1, 2)),
            "the example of the task",
        ),
        case((3, 3), (2, 2), (1, 1), "square picture, square kernel"),
        case((6, 6), (3, 3), (2, 2), "square picture, square kernel, stride 2"),
        case((7, 7), (4, 4), (3, 3), "square picture, square kernel, stride 3"),
        case((4, 4), (3, 2), (1, 1), "a kernel that is not square"),
        case((4, 5), (1, 3), (1, 1), "a kernel of one row"),
        case((5, 4), (3, 1), (1, 1), "a kernel of one column"),
        case((6, 7), (3, 3), (2, 2), "a picture that is not square"),
        case((7, 6), (3, 3), (2, 2), "a picture that is not square"),
        case((6, 6), (3, 3), (1, 2), "strides that are not equal"),
        case((6, 6), (3, 3), (3, 1), "strides that are not equal"),
        case((4, 6), (1, 1), (2, 3), "one tap: no padding at all"),
        case((5, 8), (4, 2), (2, 3), "random numbers"),
        case((8, 5), (2, 5), (3, 2), "random numbers"),
        case((3, 7), (5, 4), (1, 3), "a kernel larger than the picture"),
        case((9, 4), (3, 4), (4, 1), "random numbers"),
    ]


def _square(case: Case) -> bool:
    V, K, strides = case.args
    return V.shape[0] == V.shape[1] and K.shape[0] == K.shape[1] and strides[0] == strides[1]


def _right(case: Case, output: Array) -> bool:
    right = _reference(*case.args)
    return close(output, right)


EXERCISE = Exercise(
    id="R6.1",
    title="Repair: rows' padding for columns",
    solution=my_same_layer,
    broken=_broken,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "what was right before is right still",
            1,
            lambda case, output: not _square(case) or _right(case, output),
        ),
        Part("pictures, kernels and strides that are not square", 2, _right),
    ),
    misconceptions=(),
    hints=(
        "Try the example, and turn it round: V.T, K.T, strides (2, 1). Which of the two is right, "
        "and which line treats them differently?",
        "Print high and wide for the example. A picture of one row needs no padding above or "
        "below; how many zeros does it need to the right?",
        "The line of `wide` is a copy of that of `high`. Go through it name by name: each has a "
        "counterpart for the columns.",
    ),
)
