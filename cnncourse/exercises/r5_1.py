"""R5.1: repair a strided layer that takes the stride twice.

The bug was published: in the listing of a two-dimensional convolution of a well known textbook
(S. Raschka, Y. Liu, V. Mirjalili, *Machine Learning with PyTorch and Scikit-Learn*, 2022, ch. 14)
the loops ran in steps of the stride up to the *number of outputs*, which is already the number of
pixels divided by the stride. At stride 1, the only one shown, all was well; at any other stride
rows and columns were missing. Found and mended in
github.com/rasbt/machine-learning-book, pull request 168 (2024). The program here is our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import SOLUTIONS


def my_layer(V, K, s, p):
    """Go through the outputs, and multiply their number by the stride."""
    M, N = K.shape
    padded = np.pad(V, p)
    rows = (padded.shape[0] - M) // s + 1
    columns = (padded.shape[1] - N) // s + 1
    Z = []
    # Output number j begins at the pixel j * s: rows and columns count outputs, not pixels.
    for top in range(0, rows * s, s):
        Z.append([])
        for left in range(0, columns * s, s):
            Z[-1].append(np.sum(padded[top : top + M, left : left + N] * K))
    return np.array(Z)


def _broken(V, K, s, p):
    """Slide a kernel over a padded image, eq. (7) for one channel. One bug: find it, mend it.

    V : array (H, W), the image.
    K : array (M, N), the kernel; as in eq. (7) it is not flipped.
    s : whole number >= 1, the stride in pixels, the same for rows and columns.
    p : whole number >= 0, rows and columns of zeros on each of the four sides. The kernel
        fits into the padded image.
    Return an array of all outputs, Z[j, k] = sum of P[j*s + m, k*s + n] * K[m, n] over m, n,
    where P is the padded image: (H + 2p - M) // s + 1 rows, (W + 2p - N) // s + 1 columns.

    Example: V = [[1, 2, 3, 4, 5]], K = [[1, 10]], s = 2, p = 0 -> [[21, 43]].
    """
    M, N = K.shape
    padded = np.pad(V, p)
    rows = (padded.shape[0] - M) // s + 1
    columns = (padded.shape[1] - N) // s + 1
    Z = []
    for top in range(0, rows, s):
        Z.append([])
        for left in range(0, columns, s):
            Z[-1].append(np.sum(padded[top : top + M, left : left + N] * K))
    return np.array(Z)


def _dense(V: Array, K: Array, p: int) -> Array:
    """Compute every output at stride 1."""
    return np.einsum("jkmn,mn->jk", windows(np.pad(V, p), K.shape), K)


def _reference(V: Array, K: Array, s: int, p: int) -> Array:
    return _dense(V, K, p)[::s, ::s]


# Wrong repairs: where their windows begin, in the padded image.


def _number(n: int, m: int, s: int) -> int:
    return (n - m) // s + 1


def _at(padded: Array, K: Array, tops: Iterable[int], lefts: Iterable[int]) -> Array | None:
    """Compute the windows that begin there; None where there are none, or one sticks out."""
    rows, columns = list(tops), list(lefts)
    dense = np.einsum("jkmn,mn->jk", windows(padded, K.shape), K)
    if not rows or not columns or rows[-1] >= len(dense) or columns[-1] >= dense.shape[1]:
        return None
    return dense[np.ix_(rows, columns)]


Starts = Callable[[int, int, int], Iterable[int]]


def _repaired(tops: Starts, lefts: Starts) -> Callable[[Array, Array, int, int], Array | None]:
    """Make a program whose windows begin at `tops` and `lefts` of (padded size, taps, s)."""

    def layer(V: Array, K: Array, s: int, p: int) -> Array | None:
        padded = np.pad(V, p)
        (H, W), (M, N) = padded.shape, K.shape
        return _at(padded, K, tops(H, M, s), lefts(W, N, s))

    return layer


def _right_starts(n: int, m: int, s: int) -> range:
    return range(0, n - m + 1, s)


def _twice(n: int, m: int, s: int) -> range:
    return range(0, _number(n, m, s), s)


def _one_by_one(n: int, m: int, s: int) -> range:
    return range(_number(n, m, s))


def _every(n: int, m: int, s: int) -> range:
    return range(n - m + 1)


def _both(starts: Starts) -> Callable[[Array, Array, int, int], Array | None]:
    return _repaired(starts, starts)


def _sticking_out(V: Array, K: Array, s: int, p: int) -> Array:
    """Begin a window at every s-th pixel, and take zeros for what lies outside."""
    room = [(p, p + m - 1) for m in K.shape]
    return _dense(np.pad(V, room), K, 0)[::s, ::s]


def _spread(V: Array, K: Array, s: int, p: int, step: int) -> Array | None:
    """Spread the taps; windows begin at every `step`-th pixel."""
    wide = np.zeros([s * (m - 1) + 1 for m in K.shape])
    wide[::s, ::s] = K
    padded = np.pad(V, p)
    if np.greater(wide.shape, padded.shape).any():
        return None
    return _dense(padded, wide, 0)[::step, ::step]


def _padded_by(V: Array, K: Array, s: int, before: int, after: int) -> Array | None:
    padded = np.pad(V, (before, after))
    return None if np.greater(K.shape, padded.shape).any() else _dense(padded, K, 0)[::s, ::s]


def _cases(draw: Draw) -> list[Case]:
    def case(H: int, W: int, M: int, N: int, s: int, p: int, note: str = "") -> Case:
        V = draw.numbers(H * W).reshape(H, W)
        return Case((V, draw.numbers(M * N).reshape(M, N), s, p), note or "random numbers")

    return [
        case(1, 3, 1, 2, 1, 0, "stride 1"),
        Case(
            (np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), np.array([[1.0, 10.0]]), 2, 0),
            "the example of the task",
        ),
        Case((np.array([[3, 1], [4, 1], [5, 9]]), np.array([[0.5, 0.25]]), 2, 0), "whole numbers"),
        case(5, 2, 2, 1, 2, 0, "stride 2, down only"),
        case(3, 4, 2, 2, 1, 1, "stride 1, padding 1"),
        case(4, 5, 2, 3, 2, 0, "stride 2"),
        case(5, 4, 3, 2, 2, 1, "stride 2, padding 1"),
        case(2, 2, 3, 3, 2, 1, "an image smaller than the kernel"),
        case(3, 3, 3, 3, 2, 0, "a kernel as large as the image"),
        case(5, 8, 1, 2, 3, 0, "a stride larger than the kernel"),
        case(7, 6, 2, 4, 3, 1, "stride 3, padding 1"),
        case(6, 9, 3, 2, 2, 2, "stride 2, padding 2"),
        case(6, 9, 3, 2, 2, 2, "stride 2, padding 2"),
        case(9, 7, 3, 3, 2, 0, "stride 2"),
        case(11, 9, 2, 3, 4, 1, "stride 4, padding 1"),
        case(draw.integer(8, 10), 12, 3, 4, 3, 2, "stride 3, padding 2"),
    ]


def _right(case: Case, output: Array) -> bool:
    V, K, s, p = case.args
    scale = size_of_terms(_reference, np.abs(V), np.abs(K), s, p)
    return close(output, _reference(V, K, s, p), scale=scale)


EXERCISE = Exercise(
    id="R5.1",
    title="Repair: half of the outputs are gone",
    solution=my_layer,
    broken=_broken,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=SOLUTIONS,
    probe=Probe(
        "V",
        "K",
        (
            np.array(
                [
                    [2.0, 4.0, 3.0, 5.0, 1.0],
                    [1.0, 3.0, 6.0, 2.0, 4.0],
                    [5.0, 2.0, 4.0, 1.0, 3.0],
                    [3.0, 1.0, 2.0, 6.0, 5.0],
                ]
            ),
            np.array([[1.0, 2.0], [3.0, 5.0]]),
            2,
            0,
        ),
        ("j", "k"),
    ),  # fmt: skip
    parts=(
        Part("stride 1, as before", 1, lambda case, got: case.args[2] > 1 or _right(case, got)),
        Part("any stride", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "Outputs are still missing: the stride is taken twice, as before.",
            "rows is a number of outputs, in which the stride is counted already. Print it, and "
            "the values of top, for 5 pixels, 2 taps and a stride of 2.",
            (_both(_twice),),
        ),
        Misconception(
            "one-axis-mended",
            "One of the two axes is mended, the other is not.",
            "The same slip stands in both loops.",
            (_repaired(_right_starts, _twice), _repaired(_twice, _right_starts)),
        ),
        Misconception(
            "index-not-multiplied",
            "There are as many outputs as there should be, but their windows lie side by side.",
            "Output number j does not begin at the pixel j, unless the stride is 1.",
            (
                _both(_one_by_one),
                _repaired(_one_by_one, _right_starts),
                _repaired(_right_starts, _one_by_one),
            ),
        ),
        Misconception(
            "stride-ignored",
            "Now there is an output for every pixel: the stride is lost.",
            "Of the windows at stride 1 only every s-th, in both directions, is asked for.",
            (_both(_every), _repaired(_right_starts, _every), _repaired(_every, _right_starts)),
        ),
        Misconception(
            "last-place-missing",
            "The last windows are missing.",
            "A window may begin at the pixel H + 2p - M: it ends on the last one. range stops "
            "before its second number.",
            (
                _both(lambda n, m, s: range(0, n - m, s)),
                _both(lambda n, m, s: range(0, (_number(n, m, s) - 1) * s, s)),
            ),
        ),
        Misconception(
            "kernel-sticks-out",
            "There are outputs too many, of windows that reach beyond the padded image.",
            "The last window ends on the last pixel, or before it.",
            (_sticking_out,),
        ),
        Misconception(
            "taps-spread",
            "The stride got into the window: its taps lie s pixels apart.",
            "That is dilation. The window stays as it was, M x N neighbours; only its place is "
            "wrong.",
            (
                lambda V, K, s, p: _spread(V, K, s, p, 1),
                lambda V, K, s, p: _spread(V, K, s, p, s),
            ),
        ),
        Misconception(
            "kernel-flipped",
            "The kernel is turned round now.",
            "The task says that it is not flipped, and it was not: the bug is elsewhere.",
            (
                lambda V, K, s, p: _reference(V, K[::-1, ::-1], s, p),
                lambda V, K, s, p: _both(_twice)(V, K[::-1, ::-1], s, p),
            ),
        ),
        Misconception(
            "padding-changed",
            "The padding is another one now.",
            "np.pad(V, p) adds p rows and columns of zeros on each of the four sides, as the task "
            "says. The bug is elsewhere.",
            (
                lambda V, K, s, p: _padded_by(V, K, s, 0, p),
                lambda V, K, s, p: _padded_by(V, K, s, p, 0),
                lambda V, K, s, p: _padded_by(V, K, s, 0, 0),
                lambda V, K, s, p: _padded_by(V, K, s, 2 * p, 2 * p),
            ),
        ),
        Misconception(
            "one-stride-mended",
            "Stride 2 is right now, larger ones are not.",
            "Try strides of 3 and 4: the repair must not hang on one of them.",
            (
                lambda V, K, s, p: (_both(_twice) if s > 2 else _reference)(V, K, s, p),
                _both(
                    lambda n, m, s: range(0, 2 * _number(n, m, s), s) if s > 1 else _every(n, m, s)
                ),
                _both(lambda n, m, s: range(0, _number(n, m, s) * min(s, 2), min(s, 2))),
            ),
        ),
    ),
    error_hints={
        "ValueError": "A window that reaches beyond the padded image is cut off, and no longer as "
        "large as the kernel. At which pixel does your last window begin?",
        "IndexError": "How many rows and columns has your output, and up to which index do the "
        "loops fill it?",
    },
    hints=(
        "Try a row of 5 pixels with a kernel of 2 taps, at stride 1 and at stride 2. At which "
        "pixels should the kernel begin, and at which does it?",
        "rows and columns count outputs. What do top and left count?",
        "Either go through the outputs one by one, for j in range(rows), and begin their windows "
        "at j * s; or go on in steps of s as long as the kernel fits.",
    ),
)
