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

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as sliding  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
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
        case((5, 8), (4, 2), (2, 3)),
        case((8, 5), (2, 5), (3, 2)),
        case((8, 5), (2, 5), (3, 2), "the same sizes again"),
        case((3, 7), (5, 4), (1, 3), "a kernel larger than the picture"),
        case((9, 4), (3, 4), (4, 1)),
    ]


def _square(case: Case) -> bool:
    V, K, strides = case.args
    return V.shape[0] == V.shape[1] and K.shape[0] == K.shape[1] and strides[0] == strides[1]


def _right(case: Case, output: Array) -> bool:
    right = _reference(*case.args)
    return close(output, right)


# Wrong repairs, and right ones by other ways.

Layer = Callable[[Array, Array, Pair], Array | None]
Sides = tuple[Pair, Pair]


def _halves(total: int) -> Pair:
    return total // 2, total - total // 2


def _totals(V: Array, K: Array, strides: Pair) -> Pair:
    high, wide = (_missing(*sizes) for sizes in zip(V.shape, K.shape, strides, strict=True))
    return high, wide


def _padded(V: Array, K: Array, strides: Pair, sides: Sides) -> Array | None:
    """Slide over the picture with so many zeros on each side."""
    if any(n + sum(side) < k for n, side, k in zip(V.shape, sides, K.shape, strict=True)):
        return None  # a ValueError
    view = sliding(np.pad(V, sides), K.shape)[:: strides[0], :: strides[1]]
    return np.einsum("ijmn,mn->ij", view, K)


def _mixed(columns: bool, right: bool, taps: bool, width: bool) -> Layer:
    """Take only some of the columns' numbers for the columns' padding."""

    def layer(V: Array, K: Array, strides: Pair) -> Array | None:
        H, W = V.shape
        down, across = strides
        outputs = -(-W // across) if columns else -(-H // down)
        step = across if right else down
        wide = max((outputs - 1) * step + K.shape[int(taps)] - V.shape[int(width)], 0)
        high, _ = _totals(V, K, strides)
        return _padded(V, K, strides, (_halves(high), _halves(wide)))

    return layer


def _with_totals(rule: Callable[[int, int], Pair]) -> Layer:
    """Pad rows and columns by other totals than the right ones."""

    def layer(V: Array, K: Array, strides: Pair) -> Array | None:
        high, wide = rule(*_totals(V, K, strides))
        return _padded(V, K, strides, (_halves(high), _halves(wide)))

    return layer


def _with_sides(rule: Callable[[int], Pair], rows: bool = True) -> Layer:
    """Share the right totals out in another way, for the columns and perhaps for the rows."""

    def layer(V: Array, K: Array, strides: Pair) -> Array | None:
        high, wide = _totals(V, K, strides)
        return _padded(V, K, strides, (rule(high) if rows else _halves(high), rule(wide)))

    return layer


def _cut(V: Array, K: Array, strides: Pair) -> Array | None:
    """Pad by the larger number, and cut the output to its size."""
    largest = max(_totals(V, K, strides))
    Z = _padded(V, K, strides, (_halves(largest), _halves(largest)))
    if Z is None:
        return None
    return Z[: -(-V.shape[0] // strides[0]), : -(-V.shape[1] // strides[1])]


def _one_stride(number: int) -> Layer:
    """Slide with one stride along both axes."""
    return lambda V, K, strides: _layer(V, K, (strides[number],) * 2)


_layer = _with_totals(lambda high, wide: (high, wide))
_STILL = _mixed(False, False, False, False)


def _in_a_loop(V, K, strides):
    sides = []
    for n, k, s in zip(V.shape, K.shape, strides, strict=True):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        sides.append((total // 2, total - total // 2))
    padded = np.pad(V, sides)
    M, N = K.shape
    down, right = strides
    return [
        [np.sum(padded[a : a + M, b : b + N] * K) for b in range(0, len(padded[0]) - N + 1, right)]
        for a in range(0, len(padded) - M + 1, down)
    ]


def _by_remainders(V, K, strides):
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    high = max(M - (H % down or down), 0)
    wide = max(N - (W % right or right), 0)
    padded = np.zeros((H + high, W + wide))
    padded[high // 2 : high // 2 + H, wide // 2 : wide // 2 + W] = V
    view = np.lib.stride_tricks.sliding_window_view(padded, (M, N))[::down, ::right]
    return np.tensordot(view, K, axes=2)


EXERCISE = Exercise(
    id="R6.1",
    title="Repair: right on squares",
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
    also_right=(_in_a_loop, _by_remainders),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: only square pictures, kernels and strides come out right.",
            "Take a picture of one row. It needs no padding above or below, but a wide kernel "
            "needs some to the right. Which numbers decide that?",
            (_STILL,),
        ),
        Misconception(
            "half-mended",
            "The columns' padding has some of the columns' numbers, and some of the rows' still.",
            "How many outputs in a row, how far apart, how wide the kernel, how wide the picture: "
            "four numbers decide on the padding of the columns.",
            tuple(
                _mixed(*which) for which in product((False, True), repeat=4) if 0 < sum(which) < 4
            ),
        ),
        Misconception(
            "swapped",
            "The columns' padding is mended, and the rows' is broken now.",
            "high was right: it comes from rows, down, M and H. Only the line of wide was wrong.",
            (
                _with_totals(lambda high, wide: (wide, high)),
                _with_totals(lambda high, wide: (wide, wide)),
            ),
        ),
        Misconception(
            "larger-for-both",
            "Rows and columns are padded by one number, the larger or the smaller of the two.",
            "Zeros that an axis does not need move its windows, or make too many of them. Each "
            "axis has a padding of its own.",
            (
                _with_totals(lambda high, wide: (max(high, wide),) * 2),
                _with_totals(lambda high, wide: (min(high, wide),) * 2),
                _with_totals(lambda high, wide: (high, max(high, wide))),
                _cut,
            ),
        ),
        Misconception(
            "shared-out-otherwise",
            "The number of zeros is right, but not how they are shared out.",
            "Half of them in front, rounded down, the rest behind, as it was.",
            (
                _with_sides(lambda total: _halves(total)[::-1]),
                _with_sides(lambda total: (0, total)),
                _with_sides(lambda total: (total, 0)),
                _with_sides(lambda total: _halves(total)[::-1], rows=False),
                _with_sides(lambda total: (0, total), rows=False),
                _with_sides(lambda total: (total, 0), rows=False),
            ),
        ),
        Misconception(
            "symmetric",
            "Both sides have the same number of zeros.",
            "An odd number of zeros has no equal halves: the one left over goes behind.",
            (
                _with_sides(lambda total: (total // 2, total // 2)),
                _with_sides(lambda total: (-(-total // 2), -(-total // 2))),
                lambda V, K, strides: _padded(
                    V, K, strides, ((len(K) // 2,) * 2, (len(K[0]) // 2,) * 2)
                ),
            ),
        ),
        Misconception(
            "columns-not-padded",
            "The columns, or both axes, have no padding any more.",
            "A row of W pixels has ceil(W / stride) outputs. Without zeros there may be room for "
            "fewer windows.",
            (
                _with_totals(lambda high, wide: (high, 0)),
                _with_totals(lambda high, wide: (0, 0)),
            ),
        ),
        Misconception(
            "for-stride-one",
            "The padding is that of stride 1 now: k - 1 zeros.",
            "With a larger stride the last window may end before the last pixel. The stride "
            "belongs into the sum.",
            (
                lambda V, K, strides: _padded(
                    V,
                    K,
                    strides,
                    (_halves(_totals(V, K, strides)[0]), _halves(K.shape[1] - 1)),
                ),
                lambda V, K, strides: _padded(
                    V, K, strides, (_halves(K.shape[0] - 1), _halves(K.shape[1] - 1))
                ),
            ),
        ),
        Misconception(
            "strides-changed",
            "The windows are not strides apart any more.",
            "windows[::down, ::right] was right: rows by the first stride, columns by the second.",
            (
                _one_stride(0),
                _one_stride(1),
                lambda V, K, strides: _layer(V, K, strides[::-1]),
            ),
        ),
        Misconception(
            "kernel-flipped",
            "The kernel is flipped now.",
            "Neither framework flips, and the sum was right before.",
            (lambda V, K, strides: _layer(V, K[::-1, ::-1], strides),),
        ),
    ),
    error_hints={
        "ValueError": "A window that is wider than the padded picture: print its shape and that of "
        "the kernel. How wide should it be?",
    },
    hints=(
        "Try the example, and turn it round: V.T, K.T, strides (2, 1). Which of the two is right, "
        "and which line treats them differently?",
        "Print high and wide for the example. A picture of one row needs no padding above or "
        "below; how many zeros does it need to the right?",
        "The line of `wide` is a copy of that of `high`. Go through it name by name: each has a "
        "counterpart for the columns.",
    ),
    probe=Probe(
        "V",
        "K",
        (
            np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]),
            np.array([[1.0, 2.0, 4.0]]),
            (1, 2),
        ),
        ("i", "j"),
    ),
)
