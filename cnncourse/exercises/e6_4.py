"""E6.4: what padding does to a maximum and to an average, in both frameworks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part
from cnncourse.exercises.readymade import POOLINGS


def my_pools(x, k, s, p):
    """Pool a padded picture in three ways.

    x : array (H, W) of floats; they may be negative.
    k : whole number, the windows have k x k places. s : the stride, >= 1.
    p : whole number from 0 to k // 2: so many places of padding on each of the four sides.
    Along an axis of n pixels there are (n + 2 p - k) // s + 1 windows, at least one; the first
    starts at the first place of the padding, the next ones s further on.

    Return an array (3, rows, columns), three numbers for each window:
      [0] its largest pixel, as torch.nn.MaxPool2d(k, s, p) and Keras have it,
      [1] the average over all its k * k places, with 0 in the padding, as
          torch.nn.AvgPool2d(k, s, p) has it,
      [2] the average over its pixels alone, as Keras has it, and torch.nn.AvgPool2d with
          count_include_pad=False.
    Ready-made poolings are not for this one.

    Example: x = [[-4, -8]], k = 2, s = 1, p = 1: the top left window holds one pixel, -4, and
    three places of padding: -4 is the largest, -1 and -4 are its averages.
    """
    rows, columns = ((n + 2 * p - k) // s + 1 for n in x.shape)
    # NaN, not a number, marks the places of the padding: no pixel can be mistaken for it.
    padded = np.pad(x.astype(float), p, constant_values=np.nan)
    Z = np.empty((3, rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = padded[i * s : i * s + k, j * s : j * s + k]
            pixels = window[~np.isnan(window)]
            Z[:, i, j] = pixels.max(), pixels.sum() / k**2, pixels.mean()
    return Z


def _pixels(x: Array, k: int, s: int, p: int) -> list[list[list[float]]]:
    """Give the pixels of each window, row by row, by asking every place whether it is one."""
    H, W = x.shape
    rows, columns = (len(range(-p, n + p - k + 1, s)) for n in (H, W))
    return [
        [
            [
                float(x[a, b])
                for a in range(i * s - p, i * s - p + k)
                for b in range(j * s - p, j * s - p + k)
                if 0 <= a < H and 0 <= b < W
            ]
            for j in range(columns)
        ]
        for i in range(rows)
    ]


def _reference(x: Array, k: int, s: int, p: int) -> Array:
    windows = _pixels(x, k, s, p)
    summaries: tuple[Callable[[list[float]], float], ...] = (
        max,
        lambda pixels: sum(pixels) / (k * k),
        lambda pixels: sum(pixels) / len(pixels),
    )
    return np.array([[[summary(w) for w in row] for row in windows] for summary in summaries])


def _cases(draw: Draw) -> list[Case]:
    def case(H: int, W: int, k: int, s: int, p: int, note: str = "", sign: int = 0) -> Case:
        x = draw.numbers(H * W).reshape(H, W)
        return Case((sign * np.abs(x) if sign else x, k, s, p), note or "random numbers")

    return [
        Case((np.array([[-4.0, -8.0]]), 2, 1, 1), "the example of the task"),
        case(1, 1, 3, 1, 1, "one pixel, below 0", -1),
        case(3, 3, 1, 1, 0, "windows of one pixel"),
        case(4, 6, 2, 2, 0, "windows side by side, no padding"),
        case(3, 4, 3, 1, 1, "all pixels below 0", -1),
        case(4, 3, 3, 1, 1, "all pixels above 0", 1),
        Case(
            (np.array([[0.0, 3.0, 0.0], [5.0, 0.0, 2.0], [0.0, -4.0, 0.0]]), 3, 1, 1),
            "pixels that are 0",
        ),
        case(4, 4, 2, 2, 1, "the corners hold one pixel each", -1),
        case(5, 6, 3, 2, 1),
        case(6, 5, 4, 1, 2),
        case(5, 7, 4, 3, 2),
        case(7, 4, 5, 2, 2),
        case(6, 7, 3, 3, 1, "pixels left over"),
        case(8, 5, 2, 3, 1, "a stride longer than the window"),
        case(2, 3, 4, 1, 2, "windows larger than the picture"),
    ]


def _row(number: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        right = _reference(*case.args)
        scale = float(np.abs(case.args[0]).max())
        return output.shape == right.shape and close(output[number], right[number], scale=scale)

    return holds


EXERCISE = Exercise(
    id="E6.4",
    title="Padding in a pool",
    solution=my_pools,
    reference=_reference,
    cases=_cases,
    output="stack",
    forbidden=POOLINGS,
    parts=(
        Part("the largest pixel", 1, _row(0)),
        Part("the average over all places", 1, _row(1)),
        Part("the average over pixels alone", 1, _row(2)),
    ),
    misconceptions=(),
    hints=(
        "Write down the four places of the top left window in the example. Which of them is a "
        "pixel, and which would win if the padding were zeros?",
        "For the maximum and for the last average you have to know which places are padding. A "
        "second array, 1 at pixels and 0 in the padding, padded and cut as the picture, tells.",
        "Maximum: pad with -np.inf. Averages: pad with 0, add up, and divide by k * k or by the "
        "sum of the second array's window.",
    ),
)
