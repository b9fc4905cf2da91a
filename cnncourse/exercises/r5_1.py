"""R5.1: repair a strided layer that takes the stride twice.

The bug was published: in the listing of a two-dimensional convolution of a well known textbook
(S. Raschka, Y. Liu, V. Mirjalili, *Machine Learning with PyTorch and Scikit-Learn*, 2022, ch. 14)
the loops ran in steps of the stride up to the *number of outputs*, which is already the number of
pixels divided by the stride. At stride 1, the only one shown, all was well; at any other stride
rows and columns were missing. Found and mended in
github.com/rasbt/machine-learning-book, pull request 168 (2024). The program here is our own.
"""

from __future__ import annotations

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
    misconceptions=(),
    hints=(
        "Try a row of 5 pixels with a kernel of 2 taps, at stride 1 and at stride 2. At which "
        "pixels should the kernel begin, and at which does it?",
        "rows and columns count outputs. What do top and left count?",
        "Either go through the outputs one by one, for j in range(rows), and begin their windows "
        "at j * s; or go on in steps of s as long as the kernel fits.",
    ),
)
