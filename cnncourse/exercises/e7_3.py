"""E7.3: the gradient of max pooling with respect to its input.

That windows which share a maximum overwrite each other's gradient was a bug of Julia's NNlib
(github.com/FluxML/NNlib.jl, issue 205, 2020), and of solutions to a well-known course, whose tests
had windows side by side (github.com/0809zheng/CS231n-assignment2019, issue 19, 2020).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import GRADIENTS

Routing = Callable[[Array, Array, int, int], "Array | None"]
Share = Callable[[Array], Array]  # a window -> what of its gradient each of its places gets


def my_pool_gradient(dZ, x, k, s):
    """Lead the gradient of a max pool's output back to its input.

    dZ : array (rows, columns), the derivatives dJ/dZ of the loss by each output: there are
        (H - k) // s + 1 rows, columns alike.
    x : array (H, W), the picture that was pooled; numbers may be negative, and may be equal.
    k : whole number >= 1, the windows are k x k pixels; k is at most H and at most W.
    s : whole number >= 1, the stride. Windows overlap if s < k; pixels lie between windows if
        s > k. Nothing is padded: output (i, j) is the largest of the pixels
        x[i * s : i * s + k, j * s : j * s + k].

    Return the array (H, W) of the derivatives dJ/dx. A window's derivative goes to its largest
    pixel alone. Of equal largest pixels the first takes all, in the order of reading: the upper
    row first, in a row from left to right. (A rule, as good as others; PyTorch and this package
    have it.) Ready-made gradients are not for this one.

    Example: x = [[5, 7, 7, 1]] * 2, k = 2, dZ = [[1, 10, 100]], s = 1 -> [[0, 11, 100, 0],
    [0, 0, 0, 0]]: the first 7 is the largest pixel of two windows.
    """
    dx = np.zeros(x.shape)
    for i in range(dZ.shape[0]):
        for j in range(dZ.shape[1]):
            window = x[i * s : i * s + k, j * s : j * s + k]
            # argmax gives the first of equal ones, counted in the window's reading order.
            row, column = divmod(np.argmax(window), k)
            # Added: a pixel may be the largest of several windows.
            dx[i * s + row, j * s + column] += dZ[i, j]
    return dx


def _starts(n: int, k: int, s: int) -> range:
    return range(0, n - k + 1, s)


def _routed(share: Share) -> Callable[[Array, Array, int, int], Array]:
    """Hand each window's derivative back by shares, and add up what a pixel gets."""

    def routing(dZ: Array, x: Array, k: int, s: int) -> Array:
        dx = np.zeros(x.shape)
        for i, a in enumerate(_starts(len(x), k, s)):
            for j, b in enumerate(_starts(len(x[0]), k, s)):
                dx[a : a + k, b : b + k] += dZ[i, j] * share(x[a : a + k, b : b + k])
        return dx

    return routing


def _first(window: Array) -> Array:
    """Give all to the first largest pixel, found by asking which have none before them."""
    largest = (window == window.max()).ravel()
    return (largest & (np.cumsum(largest) == 1)).reshape(window.shape).astype(float)


def _reference(dZ: Array, x: Array, k: int, s: int) -> Array:
    """Answer by another way: a mask for each window."""
    dx = np.zeros(x.shape)
    for i, a in enumerate(_starts(len(x), k, s)):
        for j, b in enumerate(_starts(len(x[0]), k, s)):
            dx[a : a + k, b : b + k] += dZ[i, j] * _first(x[a : a + k, b : b + k])
    return dx


def _cases(draw: Draw) -> list[Case]:
    def case(
        H: int, W: int, k: int, s: int, note: str = "random numbers", *, few: int = 0, sign: int = 0
    ) -> Case:
        """Draw a picture, of the numbers 0 to `few` - 1 if that is given."""
        if few:
            x = np.array([float(draw.integer(0, few - 1)) for _ in range(H * W)])
        else:
            x = draw.numbers(H * W, size=40)
            x = sign * np.abs(x) if sign else x
        rows, columns = len(_starts(H, k, s)), len(_starts(W, k, s))
        dZ = draw.numbers(rows * columns).reshape(rows, columns)
        return Case((dZ, x.reshape(H, W), k, s), note)

    row = np.array([[5.0, 7.0, 7.0, 1.0]] * 2)
    return [
        Case((np.array([[1.0, 10.0, 100.0]]), row, 2, 1), "the example of the task"),
        case(1, 1, 1, 1, "one pixel, one window"),
        case(2, 4, 2, 2, "windows side by side"),
        Case((np.array([[0.5, -1.25]]), np.array([[3, 1, 4, 1], [5, 9, 2, 6]]), 2, 2), "fractions"),
        case(2, 4, 2, 2, "windows side by side, all pixels below 0", sign=-1),
        Case((draw.numbers(2).reshape(1, 2), np.full((2, 4), 3.0), 2, 2), "all pixels equal"),
        case(3, 4, 2, 1, "overlapping windows"),
        case(4, 3, 3, 1, "overlapping windows, all pixels below 0", sign=-1),
        case(4, 6, 2, 2, "equal pixels, windows side by side", few=2),
        case(4, 5, 2, 1, "equal pixels, overlapping windows", few=3),
        case(5, 6, 3, 1, "equal pixels, overlapping windows", few=4),
        case(5, 7, 3, 2, "overlapping windows, stride 2"),
        case(7, 5, 3, 2, "equal pixels, overlapping windows, stride 2", few=3),
        case(5, 8, 2, 3, "gaps between windows"),
        case(6, 5, 2, 2, "pixels left over on the right"),
        case(6, 9, 4, 2, "pixels left over, overlapping windows"),
        case(6, 9, 4, 2, "the same sizes again"),
        case(7, 4, 1, 2, "windows of one pixel"),
    ]


def _overlapping(case: Case) -> bool:
    _, _, k, s = case.args
    return s < k


def _with_ties(case: Case) -> bool:
    """Whether some window has several largest pixels."""
    _, x, k, s = case.args
    view = windows(x, (k, k))[::s, ::s]
    return bool(((view == view.max((2, 3), keepdims=True)).sum((2, 3)) > 1).any())


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args), scale=float(np.abs(case.args[0]).sum()))


# Wrong ideas, and right answers by other ways.


def _equal_ones(window: Array) -> Array:
    return (window == window.max()).astype(float)


def _shared_among_equals(window: Array) -> Array:
    return _equal_ones(window) / _equal_ones(window).sum()


def _last(window: Array) -> Array:
    return _first(window[::-1, ::-1])[::-1, ::-1]


def _first_by_columns(window: Array) -> Array:
    return _first(window.T).T


def _last_by_columns(window: Array) -> Array:
    return _last(window.T).T


def _above_zero(window: Array) -> Array:
    """Look for the largest pixel from 0 on: a window below 0 has none."""
    return _first(window) * (window.max() > 0)


def _overwriting(*, last: bool = True) -> Routing:
    """Let one window's derivative stand in a pixel, the last one's or the first one's."""

    def routing(dZ: Array, x: Array, k: int, s: int) -> Array:
        dx = np.zeros(x.shape)
        places = list(np.ndindex(*dZ.shape))
        for i, j in places if last else places[::-1]:
            a, b = i * s, j * s
            here = _first(x[a : a + k, b : b + k]) > 0
            dx[a : a + k, b : b + k][here] = dZ[i, j]
        return dx

    return routing


def _window_overwritten(dZ: Array, x: Array, k: int, s: int) -> Array:
    """Write the whole window, zeros included, over what was there."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        a, b = i * s, j * s
        dx[a : a + k, b : b + k] = dZ[i, j] * _first(x[a : a + k, b : b + k])
    return dx


def _all_equals_overwritten(dZ: Array, x: Array, k: int, s: int) -> Array:
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        a, b = i * s, j * s
        dx[a : a + k, b : b + k] = dZ[i, j] * _equal_ones(x[a : a + k, b : b + k])
    return dx


def _with_step(step: Callable[[int, int], int]) -> Routing:
    """Look for the windows at another step than they were taken at."""

    def routing(dZ: Array, x: Array, k: int, s: int) -> Array | None:
        dx = np.zeros(x.shape)
        t = step(k, s)
        for i, j in np.ndindex(*dZ.shape):
            a, b = i * t, j * t
            window = x[a : a + k, b : b + k]
            if window.shape != (k, k):
                return None  # an error: the window is cut off, or empty
            dx[a : a + k, b : b + k] += dZ[i, j] * _first(window)
        return dx

    return routing


def _placed_at(place: Callable[[int, int, int, int, int, int], tuple[int, int]]) -> Routing:
    """Find the right pixel of a window, (row, column), and put its share somewhere else."""

    def routing(dZ: Array, x: Array, k: int, s: int) -> Array:
        dx = np.zeros(x.shape)
        for i, j in np.ndindex(*dZ.shape):
            window = x[i * s : i * s + k, j * s : j * s + k]
            row, column = divmod(int(np.argmax(window)), k)
            dx[place(i, j, row, column, k, s)] += dZ[i, j]
        return dx

    return routing


def _by_width(dZ: Array, x: Array, k: int, s: int) -> Array | None:
    """Divide the place in the window by the width of the picture."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        at = int(np.argmax(x[i * s : i * s + k, j * s : j * s + k]))
        row, column = divmod(at, x.shape[1])
        if i * s + row >= len(x) or j * s + column >= len(x[0]):
            return None  # an IndexError
        dx[i * s + row, j * s + column] += dZ[i, j]
    return dx


def _to_one_pixel(dZ: Array, x: Array, k: int, s: int) -> Array:
    return dZ.sum() * _first(x)


def _to_all_largest(dZ: Array, x: Array, k: int, s: int) -> Array:
    return dZ.sum() * _equal_ones(x)


def _where_value_is_found(dZ: Array, x: Array, k: int, s: int) -> Array:
    """Give to every pixel of the picture that is as large as an output."""
    dx = np.zeros(x.shape)
    pooled = windows(x, (k, k)).max((2, 3))[::s, ::s]
    for i, j in np.ndindex(*dZ.shape):
        dx[x == pooled[i, j]] += dZ[i, j]
    return dx


def _times(factor: Callable[[Array, Array], Array]) -> Routing:
    """Hand back something else than the derivative."""

    def routing(dZ: Array, x: Array, k: int, s: int) -> Array:
        pooled = windows(x, (k, k)).max((2, 3))[::s, ::s]
        return _reference(factor(dZ, pooled), x, k, s)

    return routing


def _cut_to_windows(dZ: Array, x: Array, k: int, s: int) -> Array:
    """Return as many pixels as windows reach."""
    rows, columns = ((n - 1) * s + k for n in dZ.shape)
    return _reference(dZ, x, k, s)[:rows, :columns]


def _by_gathering(dZ, x, k, s):
    """Let each pixel ask the windows that it is in whether it is the first largest one."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        best = None
        for a in range(i * s, i * s + k):
            for b in range(j * s, j * s + k):
                if best is None or x[a, b] > x[best]:
                    best = a, b
        dx[best] += dZ[i, j]
    return dx


def _all_at_once(dZ, x, k, s):
    view = np.lib.stride_tricks.sliding_window_view(x, (k, k))[::s, ::s]
    rows, columns = np.divmod(view.reshape(*dZ.shape, -1).argmax(-1), k)
    dx = np.zeros(x.shape)
    i, j = np.indices(dZ.shape)
    np.add.at(dx, (i * s + rows, j * s + columns), dZ)
    return dx


EXERCISE = Exercise(
    id="E7.3",
    title="Back through a max pool",
    solution=my_pool_gradient,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=GRADIENTS,
    also_right=(_by_gathering, _all_at_once),
    probe=Probe(
        "dZ",
        "",
        (
            np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
            np.array([[1.0, 4.0, 2.0, 0.0], [3.0, 9.0, 5.0, 5.0], [0.0, 6.0, 2.0, 1.0]]),
            2,
            1,
        ),
        ("a", "b"),
    ),
    parts=(
        Part(
            "windows side by side, or apart, without ties",
            1,
            lambda case, got: _overlapping(case) or _with_ties(case) or _right(case, got),
        ),
        Part(
            "overlapping windows",
            1,
            lambda case, got: not _overlapping(case) or _with_ties(case) or _right(case, got),
        ),
        Part("equal pixels", 1, lambda case, got: not _with_ties(case) or _right(case, got)),
    ),
    misconceptions=(
        Misconception(
            "overwritten",
            "Where a pixel is the largest of several windows, one took the place of the others.",
            "The 7 in the example decides on two outputs. If it grows, both do: their derivatives "
            "add up. Is there a place where = should be +=?",
            (
                _overwriting(),
                _overwriting(last=False),
                _window_overwritten,
                _all_equals_overwritten,
            ),
        ),
        Misconception(
            "to-all-equal-pixels",
            "Of equal largest pixels, each got a share.",
            "Which pixels does window == window.max() mark if all are 0, as behind a ReLU? By the "
            "rule of the task only the first one gets anything.",
            (_routed(_equal_ones), _routed(_shared_among_equals)),
        ),
        Misconception(
            "another-of-equal-pixels",
            "Of equal largest pixels, another one than the first was taken.",
            "The order is that of reading: the upper row first, then from left to right. Does a "
            "later pixel have to be larger, or only as large, to take the lead?",
            (_routed(_last), _routed(_first_by_columns), _routed(_last_by_columns)),
        ),
        Misconception(
            "spread-over-the-window",
            "Every pixel of a window got a share: that is an average pool's gradient.",
            "If a pixel that is not the largest changes a little, does the output change?",
            (
                _routed(lambda window: np.full(window.shape, 1 / window.size)),
                _routed(np.ones_like),
                _routed(lambda window: window / window.sum() if window.sum() else window),
            ),
        ),
        Misconception(
            "stride-ignored",
            "The windows lie elsewhere than they did when the picture was pooled.",
            "Output (i, j) came from the window that starts at row i * s and column j * s.",
            (_with_step(lambda k, s: 1), _with_step(lambda k, s: k)),
        ),
        Misconception(
            "largest-of-the-picture",
            "The gradient went to the largest pixel of the whole picture.",
            "Each window has a largest pixel of its own, and a derivative of its own.",
            (_to_one_pixel, _to_all_largest),
        ),
        Misconception(
            "found-by-value",
            "Pixels outside of the window got something, as they are as large as its output.",
            "A pixel of the same value in another window has no part in this output. Look for the "
            "largest pixel inside of the window only.",
            (_where_value_is_found,),
        ),
        Misconception(
            "place-in-the-window",
            "The largest pixel's place in the window was not turned into its place in the picture.",
            "argmax of a window says how far the pixel is from the window's corner, counted "
            "row by row, k to a row. Where does the window itself start?",
            (
                _placed_at(lambda i, j, row, column, k, s: (row, column)),
                _placed_at(lambda i, j, row, column, k, s: (i * s, j * s)),
                _placed_at(lambda i, j, row, column, k, s: (i * s + column, j * s + row)),
                _by_width,
            ),
        ),
        Misconception(
            "smallest-pixel",
            "The gradient went to the smallest pixel of each window, or to the one of largest "
            "size.",
            "A maximum is the largest number, signs included: -1 is larger than -5.",
            (
                lambda dZ, x, k, s: _reference(dZ, -x, k, s),
                lambda dZ, x, k, s: _reference(dZ, np.abs(x), k, s),
            ),
        ),
        Misconception(
            "nothing-below-zero",
            "Windows whose pixels are all 0 or below got no gradient.",
            "A maximum is a maximum below 0, too: pooling is no ReLU. Which number did your search "
            "for the largest pixel start from?",
            (_routed(_above_zero), _routed(lambda window: _first(window) * (window.max() >= 0))),
        ),
        Misconception(
            "not-the-derivative",
            "The right pixels got something else than the derivatives of their windows.",
            "The largest pixel's own value plays no part any more, only which one it is: its "
            "derivative is 1 times dZ.",
            (
                _times(lambda dZ, pooled: pooled),
                _times(lambda dZ, pooled: np.ones(dZ.shape)),
                _times(lambda dZ, pooled: dZ * pooled),
                _times(lambda dZ, pooled: -dZ),
            ),
        ),
        Misconception(
            "left-over-pixels",
            "The pixels behind the last window are missing.",
            "The answer is as large as x. Pixels that are in no window have the derivative 0.",
            (_cut_to_windows,),
        ),
    ),
    error_hints={
        "IndexError": "Print i, j and the place of the largest pixel: is it counted from the "
        "corner of the window, or of the picture?",
        "ValueError": "Compare shapes: x and the answer are (H, W), a window is (k, k), dZ has one "
        "number for each window.",
    },
    hints=(
        "Take the example, and let the first 7 grow by 0.1. Which outputs grow, and by how much?",
        "Go through the windows as the pool did, find the place of the largest pixel in each, and "
        "add the window's derivative there.",
        "np.argmax(window) counts row by row and gives the first of equal ones; divmod(that, k) is "
        "its row and column in the window; add i * s and j * s to them.",
    ),
)
