"""E4.4: average pooling with downsampling, a report every s pixels (the lecture's "Pooling")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import POOLINGS

Starts = Callable[[int, int, int], list[int]]


def my_downsampling(x, k, s):
    """Pool an image by averages, and report every s pixels only.

    x : (H, W) array, a feature map.
    k : whole number >= 1, the window is k x k pixels; k is at most H and at most W.
    s : whole number >= 1, the step from one window to the next, down and across. It may be
        smaller than k (windows overlap) or larger (some pixels are in no window).
    The first window covers the rows and columns 0 ... k - 1. Only windows that lie wholly
    inside of x count: along an axis of n pixels, (n - k) // s + 1 of them.
    Return an array with the average of each window. Ready-made poolings are not for this one.

    Example: x = [[1, 2, 3, 4, 5]] * 2, k = 2, s = 2 -> [[1.5, 3.5]]; s = 3 -> [[1.5, 4.5]].
    """
    rows, columns = ((n - k) // s + 1 for n in x.shape)
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            # Output i belongs to the window that starts i steps of s pixels from the edge.
            out[i, j] = x[i * s : i * s + k, j * s : j * s + k].mean()
    return out


def _inside(n: int, k: int, s: int) -> list[int]:
    """Starts of the windows along an axis, one after the other as long as they fit."""
    starts, start = [], 0
    while start + k <= n:
        starts.append(start)
        start += s
    return starts


def _averages(
    x: Array, k: int, rows: list[int], columns: list[int], *, dilation: int = 1
) -> Array | None:
    """Average the pixels of each window that are there, by the window's starts."""
    if not rows or not columns:
        return None
    cells = [
        [x[i : i + dilation * k : dilation, j : j + dilation * k : dilation] for j in columns]
        for i in rows
    ]
    if any(cell.size == 0 for row in cells for cell in row):
        return None
    return np.array([[cell.sum() / cell.size for cell in row] for row in cells])


def _by_starts(starts: Starts) -> Callable[[Array, int, int], Array | None]:
    return lambda x, k, s: _averages(x, k, starts(x.shape[0], k, s), starts(x.shape[1], k, s))


def _reference(x: Array, k: int, s: int) -> Array:
    """Sum by eq. (7)'s index, a pixel of the window at a time, over all windows at once."""
    rows, columns = _inside(x.shape[0], k, s), _inside(x.shape[1], k, s)
    total = np.zeros((len(rows), len(columns)))
    for down in range(k):
        for across in range(k):
            total += x[np.ix_([i + down for i in rows], [j + across for j in columns])]
    return total / k**2


def _cases(draw: Draw) -> list[Case]:
    def case(size: tuple[int, int], k: int, s: int, note: str, decimals: int = 0) -> Case:
        image = draw.numbers(size[0] * size[1], decimals=decimals).reshape(size)
        return Case((image, k, s), note)

    return [
        Case((np.array([[4.0]]), 1, 1), "one pixel"),
        Case((np.array([[1.0, 2.0, 3.0, 4.0, 5.0]] * 2), 2, 2), "the example of the task"),
        Case((np.array([[1.0, 2.0, 3.0, 4.0, 5.0]] * 2), 2, 3), "the example, a step of 3"),
        Case((np.array([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8]]), 2, 1), "whole numbers"),
        case((2, 3), 2, 1, "a step of 1"),
        case((4, 6), 2, 2, "windows side by side"),
        case((4, 7), 2, 2, "pixels left over on the right"),
        case((5, 4), 2, 2, "pixels left over below"),
        case((5, 7), 3, 2, "overlapping windows"),
        case((6, 9), 3, 2, "overlapping windows, pixels left over", 1),
        case((7, 6), 2, 3, "gaps between windows"),
        case((5, 8), 1, 3, "windows of one pixel: plain downsampling"),
        case((3, 3), 3, 2, "one window"),
        case((3, 8), 3, 4, "a step longer than the window"),
        case((8, 11), 4, 3, "overlapping windows", 1),
        Case((np.array([[0.0137, 1 / 30, -0.002], [-0.04, 0.3, 0.011]]), 2, 1), "small numbers"),
        Case((1000 * draw.numbers(30).reshape(5, 6), 2, 3), "large numbers"),
    ]


def _right(case: Case, output: Array) -> bool:
    scale = size_of_terms(_reference, *case.args)
    return close(output, _reference(*case.args), scale=scale)


def _right_size(case: Case, output: Array) -> bool:
    return output.shape == _reference(*case.args).shape


# Wrong ideas of where the windows start, and of what is in them.


def _index_without_stride(n: int, k: int, s: int) -> list[int]:
    return list(range(len(_inside(n, k, s))))


def _hanging(n: int, k: int, s: int) -> list[int]:
    """Round up: the last window may hang over the end, and every pixel is in a window."""
    return [i * s for i in range(-(-(n - k) // s) + 1)]


def _every_start(n: int, k: int, s: int) -> list[int]:
    return list(range(0, n, s))


def _padded(x: Array, k: int, starts: Starts) -> Array | None:
    """Divide by k * k, whatever of the window is inside: zeros stand for what is not."""
    wide = np.pad(np.asarray(x, dtype=float), ((0, 2 * k), (0, 2 * k)))
    rows, columns = starts(x.shape[0], k, 1), starts(x.shape[1], k, 1)
    return _averages(wide, k, rows, columns)


def _with_zeros(starts: Starts) -> Callable[[Array, int, int], Array | None]:
    return lambda x, k, s: _padded(x, k, lambda n, size, _: starts(n, size, s))


def _quotient(n: int, k: int, s: int) -> list[int]:
    return [i * s for i in range(n // s)]


def _one_less(n: int, k: int, s: int) -> list[int]:
    return _inside(n, k, s)[:-1]


def _scaled(factor: Callable[[int, int], float]) -> Callable[[Array, int, int], Array]:
    return lambda x, k, s: _reference(x, k, s) * factor(k, s)


def _summarised(summary: Callable[[Array], float]) -> Callable[[Array, int, int], Array]:
    return lambda x, k, s: np.array(
        [
            [summary(x[i : i + k, j : j + k]) for j in _inside(x.shape[1], k, s)]
            for i in _inside(x.shape[0], k, s)
        ]
    )


def _thinned_first(x: Array, k: int, s: int) -> Array | None:
    thin = x[::s, ::s]
    return _reference(thin, k, 1) if min(thin.shape) >= k else None


def _dilated(x: Array, k: int, s: int) -> Array | None:
    """Skip pixels inside of the window, and none between windows."""
    rows, columns = (list(range(n - s * (k - 1))) for n in x.shape)
    return _averages(x, k, rows, columns, dilation=s)


def _strided_one_way(down: bool) -> Callable[[Array, int, int], Array]:
    return lambda x, k, s: _reference(x, k, 1)[:: s if down else 1, :: 1 if down else s]


# Right answers by other ways.


def _dense_then_thinned(x, k, s):
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k))
    return windows.mean((2, 3))[::s, ::s]


def _by_running_sums(x, k, s):
    table = np.zeros((x.shape[0] + 1, x.shape[1] + 1))
    table[1:, 1:] = np.cumsum(np.cumsum(x, 0), 1)
    sums = table[k:, k:] - table[:-k, k:] - table[k:, :-k] + table[:-k, :-k]
    return sums[::s, ::s] / k**2


EXERCISE = Exercise(
    id="E4.4",
    title="Pooling with downsampling",
    solution=my_downsampling,
    reference=_reference,
    cases=_cases,
    also_right=(_dense_then_thinned, _by_running_sums),
    output="matrix",
    probe=Probe("x", "", (np.arange(1.0, 21.0).reshape(4, 5), 2, 2), ("i", "j")),
    forbidden=POOLINGS,
    parts=(
        Part("(n - k) // s + 1 windows along each axis", 1, _right_size),
        Part("the average of each window", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "index-without-stride",
            "The step is in the size of the output, but not in the index of the windows.",
            "With s = 2, output 1 is the second one that is reported. At which row of x does its "
            "window start?",
            (_by_starts(_index_without_stride),),
        ),
        Misconception(
            "rounded-up",
            "There are windows that hang over the edge: the division was rounded up.",
            "Only whole windows count. How many steps of s fit into the n - k pixels behind the "
            "first window?",
            (_by_starts(_hanging), _with_zeros(_hanging)),
        ),
        Misconception(
            "window-at-every-step",
            "A window starts at every s-th pixel, though the last ones hang over the edge.",
            "A window that starts at the last pixel has no k pixels left. Where is the last "
            "place that a whole window can start at?",
            (
                _by_starts(_every_start),
                _with_zeros(_every_start),
                _by_starts(_quotient),
                _with_zeros(_quotient),
            ),
        ),
        Misconception(
            "one-window-too-few",
            "The last row and column of windows are missing.",
            "If n = k, no step fits in, and still there is one window. What has to be added to "
            "(n - k) // s?",
            (
                _by_starts(_one_less),
                _by_starts(lambda n, k, s: list(range(0, n - k, s))),
            ),
        ),
        Misconception(
            "step-is-the-window",
            "The windows lie side by side: the step was taken to be k, whatever s is.",
            "k and s are two numbers. With k = 3 and s = 2 the second window starts at pixel 2: "
            "one column is in both.",
            (lambda x, k, s: _reference(x, k, k),),
        ),
        Misconception(
            "no-step",
            "Every window is reported: s plays no part.",
            "That is dense pooling. Which of its outputs are s pixels apart?",
            (lambda x, k, s: _reference(x, k, 1),),
        ),
        Misconception(
            "window-is-the-step",
            "The window is s x s pixels, not k x k; or k and s have changed places.",
            "k says how much one output sees, s how far it is to the next one.",
            (
                lambda x, k, s: _reference(x, s, s) if s <= min(x.shape) else None,
                lambda x, k, s: _reference(x, s, k) if s <= min(x.shape) else None,
                lambda x, k, s: _averages(
                    x, s, _inside(x.shape[0], k, s), _inside(x.shape[1], k, s)
                ),
            ),
        ),
        Misconception(
            "one-axis",
            "The step was made along one axis only.",
            "A report every s pixels goes down and across. How many rows and how many columns "
            "should there be?",
            (_strided_one_way(True), _strided_one_way(False)),
        ),
        Misconception(
            "pixels-skipped",
            "Pixels are skipped inside of the windows: the image was thinned out, then pooled.",
            "The step is from window to window. A window itself holds k x k neighbours: first "
            "pool, then keep every s-th result.",
            (_thinned_first, _dilated),
        ),
        Misconception(
            "wrong-divisor",
            "The sums were divided by another number than that of the window's pixels.",
            "The average of a grey image is its grey. How many pixels has a window of k x k?",
            (
                _scaled(lambda k, s: k * k),
                _scaled(lambda k, s: k),
                _scaled(lambda k, s: k * k / (s * s)),
                _scaled(lambda k, s: k / s),
            ),
        ),
        Misconception(
            "other-summary",
            "Another summary than the average was taken of each window.",
            "The task asks for averages. (The strongest or the middle pixel is another pooling.)",
            (
                _summarised(lambda w: float(w.max())),
                _summarised(lambda w: float(np.sqrt((w**2).sum()))),
                _summarised(lambda w: float(np.median(w))),
                lambda x, k, s: _summarised(lambda w: float(w[0, 0]))(x, k, s),
            ),
        ),
        Misconception(
            "transposed",
            "Rows and columns are swapped.",
            "The first index of x counts rows, from the top. Which of the two loops makes the "
            "rows of the output?",
            (lambda x, k, s: _reference(x, k, s).T,),
        ),
    ),
    error_hints={
        "IndexError": "The last window starts at (count - 1) * s and ends k pixels further on. Is "
        "that inside of x?",
    },
    hints=(
        "With k = 2 and s = 3, in a row of 8 pixels: which pixels does each window hold?",
        "Output (i, j) belongs to the window whose first row is i * s and whose first column is "
        "j * s.",
        "The window is x[i * s : i * s + k, j * s : j * s + k]; i runs over (H - k) // s + 1 "
        "numbers, j over (W - k) // s + 1.",
    ),
)
