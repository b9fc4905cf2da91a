"""E4.2: a neighbourhood's maximum, average and L2 norm (the lecture's "Pooling")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import POOLINGS

Summary = Callable[[Array], float]


def my_summaries(x, k):
    """Summarise every neighbourhood of k numbers in three ways.

    x : array of n >= k numbers, detector outputs; they may be negative.
    k : whole number >= 1, the width of the neighbourhood. The windows start at x[0], x[1],
        and so on, one step apart: n - k + 1 of them, all inside of x.
    Return an array of shape (3, n - k + 1), a column for each window:
      row 0 : the window's maximum,
      row 1 : its average,
      row 2 : its L2 norm, the root of the sum of the squares.
    Ready-made poolings are not for this one; what NumPy does with one window is.

    Example: x = [3, -4, 0], k = 2 -> [[ 3  ,  0],
                                       [-0.5, -2],
                                       [ 5  ,  4]].
    """
    columns = []
    for start in range(len(x) - k + 1):
        window = x[start : start + k]
        # The window's own maximum: a comparison that starts at 0 would never go below it.
        columns.append([window.max(), window.mean(), np.sqrt((window**2).sum())])
    return np.array(columns).T


def _maximum(window: Array) -> float:
    return float(max(window))


def _average(window: Array) -> float:
    return float(sum(window) / len(window))


def _norm(window: Array) -> float:
    return float(sum(value * value for value in window) ** 0.5)


def _windows(x: Array, k: int) -> list[Array]:
    return [np.asarray(x, dtype=float)[i : i + k] for i in range(len(x) - k + 1)]


def _table(
    x: Array,
    k: int,
    largest: Summary = _maximum,
    average: Summary = _average,
    norm: Summary = _norm,
    *,
    windows: Callable[[Array, int], list[Array]] = _windows,
) -> Array:
    parts = windows(x, k)
    return np.array([[summary(part) for part in parts] for summary in (largest, average, norm)])


def _reference(x: Array, k: int) -> Array:
    return _table(x, k)


def _row(number: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        expected = _reference(*case.args)
        return output.shape == expected.shape and close(
            output[number], expected[number], scale=float(np.abs(case.args[0]).max())
        )

    return holds


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((np.array([-2.0]), 1), "one negative number"),
        Case((np.array([3.0, -4.0, 0.0]), 2), "the example of the task"),
        Case((np.array([-5.0, -2.0, -9.0, -4.0]), 2), "all numbers negative"),
        Case((np.array([-1, -7, -3, 2, 5]), 3), "whole numbers"),
        Case((np.array([4.0, -6.0, 1.0]), 1), "windows of one number"),
        Case((-1e17 * np.array([5.0, 2.0, 9.0, 4.0]), 2), "very negative numbers"),
        Case((np.array([0.0, 0.0, 0.0, 7.0, 0.0]), 3), "mostly zeros"),
        Case((np.array([2.0, -3.0, 6.0]), 3), "one window"),
        Case((np.array([0.0137, -1 / 30, -0.002, -0.4]), 2), "small numbers with many decimals"),
        Case((np.array([1200.0, -3400.0, -560.0, -90.0, 7000.0]), 3), "large numbers"),
        *(
            Case((draw.numbers(n, decimals=n % 2), k), "random numbers")
            for n, k in ((4, 2), (5, 4), (7, 3), (9, 2), (10, 5), (12, 7))
        ),
        Case((-np.abs(draw.numbers(8)), 3), "all numbers negative"),
    ]


# Where a comparison may be started in vain; 0 first.
_STARTS = (
    *(0.0, -1.0, -10.0, -99.0, -100.0, -999.0, -1000.0, -9999.0, -1e4, -99999.0, -1e5, -1e6, -1e9),
    *(-999999.0, -1e10, -1e12, -(2.0**31), -(2.0**31) + 1),
)

# Wrong ideas about one of the rows, or about the windows.


def _side_by_side(x: Array, k: int) -> list[Array]:
    return _windows(x, k)[::k]


def _hanging(x: Array, k: int) -> list[Array]:
    values = np.asarray(x, dtype=float)
    return [values[i : i + k] for i in range(len(values))]


def _centred(x: Array, k: int) -> list[Array]:
    values, half = np.asarray(x, dtype=float), k // 2
    return [values[max(i - half, 0) : i - half + k] for i in range(len(values))]


def _padded(x: Array, k: int) -> list[Array]:
    return _windows(np.pad(np.asarray(x, dtype=float), (0, k - 1)), k)


def _far_out(window: Array) -> float:
    return float(window[np.argmax(np.abs(window))])


def _with_maximum(summary: Summary) -> Callable[[Array, int], Array]:
    return lambda x, k: _table(x, k, largest=summary)


def _with_average(summary: Summary) -> Callable[[Array, int], Array]:
    return lambda x, k: _table(x, k, average=summary)


def _with_norm(summary: Summary) -> Callable[[Array, int], Array]:
    return lambda x, k: _table(x, k, norm=summary)


def _with_windows(cut: Callable[[Array, int], list[Array]]) -> Callable[[Array, int], Array]:
    return lambda x, k: _table(x, k, windows=cut)


def _started_at(start: float) -> Callable[[Array, int], Array]:
    return _with_maximum(lambda window: max(start, *window))


def _of_positive_parts(x: Array, k: int) -> Array:
    return _table(np.maximum(x, 0), k)


# Right answers by other ways.


def _by_view(x, k):
    windows = np.lib.stride_tricks.sliding_window_view(x, k)
    return np.stack([windows.max(1), windows.mean(1), np.linalg.norm(windows, axis=1)])


def _by_running_comparison(x, k):
    n = len(x) - k + 1
    largest, total, squares = [float("-inf")] * n, [0.0] * n, [0.0] * n
    for i in range(n):
        for value in x[i : i + k]:
            if value > largest[i]:
                largest[i] = value
            total[i] += value / k
            squares[i] += value**2
    return [largest, total, [s**0.5 for s in squares]]


EXERCISE = Exercise(
    id="E4.2",
    title="Three ways to summarise a neighbourhood",
    solution=my_summaries,
    reference=_reference,
    cases=_cases,
    also_right=(_by_view, _by_running_comparison),
    output="matrix",
    forbidden=POOLINGS,
    parts=(
        Part("the maximum", 1, _row(0)),
        Part("the average", 1, _row(1)),
        Part("the L2 norm", 1, _row(2)),
    ),
    misconceptions=(
        Misconception(
            "started-at-zero",
            "The maximum was started at 0, or at another number that can be too large.",
            "A window may hold nothing but negative numbers, very negative ones, too. Which number "
            "loses against each of them? Or which value of the window can you start with?",
            (_of_positive_parts, *(_started_at(start) for start in _STARTS)),
        ),
        Misconception(
            "largest-size",
            "The signs were left out of the maximum: a large negative number won.",
            "-9 is far from 0, but it is less than -2. The maximum asks for the greatest, not for "
            "the one furthest from 0.",
            (_with_maximum(lambda w: float(np.abs(w).max())), _with_maximum(_far_out)),
        ),
        Misconception(
            "minimum",
            "Row 0 holds the minimum.",
            "Max pooling keeps the strongest answer of the detector. Which way does your "
            "comparison point?",
            (_with_maximum(lambda w: float(w.min())),),
        ),
        Misconception(
            "norm-without-root",
            "The L2 norm lacks its root.",
            "Double every number: a length should double, too. What does yours do?",
            (_with_norm(lambda w: float((w**2).sum())),),
        ),
        Misconception(
            "mean-of-squares",
            "The squares were averaged; the L2 norm adds them up.",
            "The L2 norm of [3, 4] is 5, the root of 9 + 16. Is there a division in that?",
            (
                _with_norm(lambda w: float((w**2).mean() ** 0.5)),
                _with_norm(lambda w: float((w**2).mean())),
                _with_norm(lambda w: float((w**2).sum() ** 0.5 / len(w))),
            ),
        ),
        Misconception(
            "other-norm",
            "That is another norm, or the root of another sum, in row 2.",
            "Square first, then add, then take one root of it all. What comes out if the root is "
            "taken of each square, or if what is squared is the sum?",
            (
                _with_norm(lambda w: float(np.abs(w).sum())),
                _with_norm(lambda w: float(abs(w.sum()))),
                _with_norm(lambda w: float(w.sum() ** 2)),
                _with_norm(lambda w: float(np.abs(w).max())),
            ),
        ),
        Misconception(
            "not-divided",
            "The sum stands where the average belongs, or it is divided by another number than k.",
            "The average of a window of equal numbers is that number. How many numbers are in it?",
            (
                _with_average(lambda w: float(w.sum())),
                lambda x, k: _table(x, k, average=lambda w: float(w.sum() / len(x))),
                lambda x, k: _table(x, k, average=lambda w: float(w.sum() / (len(x) - k + 1))),
                _with_average(lambda w: float(w.sum() / (len(w) + 1))),
            ),
        ),
        Misconception(
            "average-of-sizes",
            "The signs were left out of the average.",
            "The average of 3 and -3 is 0: what is negative counts as negative.",
            (
                _with_average(lambda w: float(np.abs(w).mean())),
                _with_average(lambda w: float(np.maximum(w, 0).mean())),
            ),
        ),
        Misconception(
            "median",
            "Row 1 holds the median or the midrange, not the average.",
            "The average adds all numbers of the window up, and divides by how many they are.",
            (
                _with_average(lambda w: float(np.median(w))),
                _with_average(lambda w: float((w.min() + w.max()) / 2)),
            ),
        ),
        Misconception(
            "side-by-side",
            "The windows lie side by side: a step of k, where the task asks for a step of 1.",
            "Which numbers are in the window that starts at x[1]? (Larger steps are for E4.4.)",
            (
                _with_windows(_side_by_side),
                _with_windows(lambda x, k: _hanging(x, k)[::k]),
            ),
        ),
        Misconception(
            "over-the-end",
            "There are windows that hang over an end of x.",
            "All k numbers of a window are in x. Where does the last such window start?",
            (_with_windows(_hanging), _with_windows(_padded), _with_windows(_centred)),
        ),
        Misconception(
            "one-window-too-few",
            "A window is missing, the first or the last.",
            "If n = k there is one window. How many does your program make then?",
            (
                # Without any window there is no table.
                lambda x, k: _table(x, k)[:, :-1] if len(x) > k else None,
                lambda x, k: _table(x, k)[:, 1:] if len(x) > k else None,
            ),
        ),
        Misconception(
            "width-off-by-one",
            "The windows hold one number more or less than k.",
            "A slice x[a:b] ends before b. How many numbers are in x[i : i + k]?",
            (
                _with_windows(
                    lambda x, k: [
                        np.asarray(x, dtype=float)[i : i + k + 1] for i in range(len(x) - k + 1)
                    ]
                ),
                lambda x, k: (
                    None
                    if k == 1
                    else _table(x, k, windows=lambda v, m: [w[:-1] for w in _windows(v, m)])
                ),
            ),
        ),
        Misconception(
            "transposed",
            "Rows and columns are swapped: there is a row for each window.",
            "The task wants three rows. `.T` turns a table over.",
            (lambda x, k: _table(x, k).T,),
        ),
    ),
    hints=(
        "Write down the first window of the example, [3, -4], and its three summaries, then the "
        "second window.",
        "A loop over start = 0 ... n - k; the window is x[start : start + k]. Three numbers come "
        "of each.",
        "`window.max()`, `window.sum() / k` and the root of `(window**2).sum()`: a column of the "
        "result.",
    ),
)
