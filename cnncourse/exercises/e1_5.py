"""E1.5: convolution as a matrix (the lecture's Toeplitz matrix T)."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import TOEPLITZ


def my_toeplitz(w, n):
    """Build the matrix T that convolves: T @ x is the full convolution of x with w, eq. (2).

    w : array of m >= 1 numbers, the kernel (no unit).
    n : whole number >= 1, the length of the signals x that T will be multiplied with; it
        may be smaller than m.
    Return an array of shape (n + m - 1, n): one row for each output, one column for each
    sample of x. scipy.linalg's and cnncourse's ready-made matrices are not for this one;
    np.convolve is allowed.

    Example: w = [1, 2], n = 2 -> [[1, 0],
                                   [2, 1],
                                   [0, 2]].
    """
    m = len(w)
    T = np.zeros((n + m - 1, n))
    # Column j is what an impulse at sample j gives: the kernel, moved down by j rows. It
    # just fits, since there are m - 1 rows more than columns.
    for j in range(n):
        T[j : j + m, j] = w
    return T


def _by_index(w: Array, shape: tuple[int, int], tap: object) -> Array:
    """Fill cell (i, j) with w[tap(i, j)], or 0 where that is outside the kernel."""
    cells = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        index = tap(i, j)  # type: ignore[operator]
        if 0 <= index < len(w):
            cells[i, j] = w[index]
    return cells


def _reference(w: Array, n: int) -> Array:
    return _by_index(w, (n + len(w) - 1, n), lambda i, j: i - j)


def _flipped(w: Array, n: int) -> Array:
    return _reference(w[::-1], n)


def _circulant(w: Array, n: int, rows: int) -> Array | None:
    """Wrap the kernel round: cell (i, j) sums the taps whose index is i - j modulo n."""
    if len(w) > n:
        return None
    return _by_index(w, (rows, n), lambda i, j: (i - j) % n)


def _rolled_rows(w: Array, n: int, rows: int) -> Array | None:
    """Roll the row (w, 0, ...) to the right by one each row, as np.roll does."""
    if len(w) > n:
        return None
    return _by_index(w, (rows, n), lambda i, j: (j - i) % n)


def _wrapped(w: Array, n: int) -> Array | None:
    """Python's w[-1] is the last tap: what comes out if the guard against it is missing."""
    if n - 1 > len(w):
        return None  # an IndexError
    shape = (n + len(w) - 1, n)
    return _by_index(w, shape, lambda i, j: (i - j) if i >= j else len(w) + i - j)


def _cases(draw: Draw) -> list[Case]:
    def case(m: int, n: int, note: str = "random numbers", decimals: int = 0) -> Case:
        return Case((draw.numbers(m, decimals=decimals), n), note)

    return [
        Case((np.array([3.0]), 1), "one tap, one sample"),
        Case((np.array([1.0, 2.0]), 2), "the example of the task"),
        case(1, 3, "one tap"),
        case(3, 1, "one sample"),
        case(2, 3),
        case(3, 2, "a kernel longer than the signal"),
        Case((np.array([2.0, 5.0, 2.0, 1.0]), 2), "a tap that comes twice"),
        Case((np.array([1200.0, -3400.0]), 3), "large numbers"),
        Case((np.array([0.0137, 1 / 30, -0.002]), 2), "small numbers with many decimals"),
        Case((np.array([0.0, 4.0, 0.0, 1.0, 0.0]), 3), "zeros inside and at both ends"),
        case(3, 4),
        Case((np.array([0.5, 0.3, 0.2]), 3), "decimals"),
        case(4, 4, "as many taps as samples"),
        case(5, 3, "a kernel longer than the signal", 1),
        case(4, 6, decimals=1),
        case(7, 12, "a long signal"),
    ]


# Right answers by other ways than the solution's and the reference's.


def _by_diagonals(w, n):
    m = len(w)
    return sum(w[k] * np.eye(n + m - 1, n, -k) for k in range(m))


def _by_rolling(w, n):
    column = np.concatenate([w, np.zeros(n - 1)])
    return np.column_stack([np.roll(column, j) for j in range(n)]).astype(np.float32)


EXERCISE = Exercise(
    id="E1.5",
    title="Convolution as a matrix",
    solution=my_toeplitz,
    reference=_reference,
    cases=_cases,
    also_right=(_by_diagonals, _by_rolling),
    probe=Probe("w", "", (np.array([0.5, 0.3, 0.2]), 4), ("i", "j")),
    output="matrix",
    forbidden=TOEPLITZ,
    parts=(
        Part(
            "n + m - 1 rows and n columns",
            1,
            lambda case, T: T.shape == (case.args[1] + len(case.args[0]) - 1, case.args[1]),
        ),
        Part("T @ x is the full convolution", 2, lambda case, T: close(T, _reference(*case.args))),
    ),
    misconceptions=(
        Misconception(
            "transposed",
            "That is the transpose of T.",
            "A matrix that acts on x from the left has one column for each sample of x, and one "
            "row for each output. (The transpose has a use too: it carries gradients back.)",
            (
                lambda w, n: _reference(w, n).T,
                lambda w, n: _flipped(w, n).T,
            ),
        ),
        Misconception(
            "circulant",
            "The kernel wraps round: what leaves at one side comes back at the other.",
            "A wrapped corner lets the last sample act on the first output, before it was "
            "measured. Beyond the ends of the kernel T holds zeros.",
            (
                lambda w, n: _circulant(w, n, n),
                lambda w, n: _circulant(w, n, n + len(w) - 1),
                lambda w, n: _rolled_rows(w, n, n),
                lambda w, n: _rolled_rows(w, n, n + len(w) - 1),
            ),
        ),
        Misconception(
            "cropped",
            "Rows are missing: T has fewer than n + m - 1.",
            "Each row is one output of the full convolution. The last sample, in the last column, "
            "still meets all m taps: how far down does that column reach?",
            (
                lambda w, n: _reference(w, n)[:n],
                lambda w, n: _reference(w, n)[len(w) - 1 :],
                lambda w, n: _reference(w, n)[(len(w) - 1) // 2 :][:n],
                lambda w, n: _reference(w, n)[len(w) - 1 : n] if len(w) <= n else None,
            ),
        ),
        Misconception(
            "kernel-flipped",
            "The kernel stands upside down in the columns: T @ x is cross-correlation.",
            "Multiply T by an impulse, x = [1, 0, ...]: that picks out the first column. What "
            "should the convolution of an impulse with w be?",
            (_flipped,),
        ),
        Misconception(
            "square",
            "T is square.",
            "T has one column for each sample of x, and more rows than that, since the output is "
            "longer than the signal.",
            (
                lambda w, n: _by_index(w, (n + len(w) - 1,) * 2, lambda i, j: i - j),
                lambda w, n: _by_index(w, (n + len(w) - 1,) * 2, lambda i, j: abs(i - j)),
            ),
        ),
        Misconception(
            "both-sides",
            "The kernel stands on both sides of the diagonal.",
            "A cell above the diagonal makes an output from a sample that comes later. In "
            "eq. (2), cell (t, a) holds w(t - a), and w is 0 at negative places.",
            (
                lambda w, n: _by_index(w, (n + len(w) - 1, n), lambda i, j: abs(i - j)),
                lambda w, n: _by_index(w, (n, n), lambda i, j: abs(i - j)),
            ),
        ),
        Misconception(
            "negative-index",
            "A negative index wrapped round: in Python, w[-1] is the last tap.",
            "Above the diagonal t - a is negative, and w(t - a) is 0 there. Python does not "
            "complain about a negative index, it counts from the end.",
            (_wrapped,),
        ),
        Misconception(
            "off-by-one",
            "The kernel sits one row too high or too low, or lacks a tap.",
            "Cell (t, a) holds w(t - a). In which row of the first column does w(0) stand?",
            (
                lambda w, n: _by_index(w, (n + len(w) - 1, n), lambda i, j: i - j - 1),
                lambda w, n: _by_index(w, (n + len(w) - 1, n), lambda i, j: i - j + 1),
                lambda w, n: np.vstack([_reference(w, n), np.zeros(n)]),
                lambda w, n: np.vstack([np.zeros(n), _reference(w, n)]),
                lambda w, n: _reference(w, n)[:-1],
                lambda w, n: _reference(np.append(w[:-1], 0.0), n),
            ),
        ),
    ),
    hints=(
        "T times an impulse is one of its columns. What is the convolution of w with an impulse "
        "at sample 0? At sample 1?",
        "Cell (t, a) of T holds w(t - a): start from np.zeros((n + m - 1, n)).",
        "Column j is the kernel with j zeros above it: the rows from j to j + m.",
    ),
)
