"""E5.2: convolution with a stride, eq. (7), for one channel."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_strided(V, K, s):
    """Compute eq. (7) for one channel in and one out, counted from 0:
        Z[j, k] = sum over m, n of V[j * s + m, k * s + n] * K[m, n]

    V : array (H, W), the input.
    K : array (M, N), the kernel, with M <= H and N <= W. As in eq. (7) it is not flipped.
    s : whole number >= 1, the stride in pixels, the same for rows and columns.
    Return the array Z of all outputs whose kernel lies inside the input: (H - M) // s + 1
    rows and (W - N) // s + 1 columns. Nothing is padded.

    Do the sums yourself, with loops if you like, or start from a function of your own;
    ready-made convolutions are not for this one.

    Example: V = [[1, 2, 3, 4],
                  [5, 6, 7, 8],
                  [9, 8, 7, 6]], K = [[1, 10]], s = 2 -> [[21, 43],
                                                          [89, 67]].
    """
    M, N = K.shape
    Z = np.zeros(((V.shape[0] - M) // s + 1, (V.shape[1] - N) // s + 1))
    for j in range(Z.shape[0]):
        for k in range(Z.shape[1]):
            # One step in the output is s steps in the input: that is where the window begins.
            # The taps inside of the window stay neighbours.
            window = V[j * s : j * s + M, k * s : k * s + N]
            Z[j, k] = np.sum(window * K)
    return Z


def _dense(V: Array, K: Array) -> Array:
    """Compute every output at stride 1."""
    return np.einsum("jkmn,mn->jk", windows(V, K.shape), K)


def _sampled(V: Array, K: Array, s: int) -> Array:
    """Answer by another way: every s-th output of the dense layer."""
    return _dense(V, K)[::s, ::s]


def _cases(draw: Draw) -> list[Case]:
    def case(H: int, W: int, M: int, N: int, s: int, note: str = "", decimals: int = 0) -> Case:
        V = draw.numbers(H * W, decimals=decimals).reshape(H, W)
        K = draw.numbers(M * N, decimals=decimals).reshape(M, N)
        return Case((V, K, s), note or "random numbers")

    ramp = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 8.0, 7.0, 6.0]])
    return [
        case(1, 3, 1, 2, 1, "stride 1"),
        case(3, 3, 1, 1, 2, "one tap, stride 2"),
        Case((ramp, np.array([[1.0, 10.0]]), 2), "the example of the task"),
        Case((np.array([[3, 1, 4], [1, 5, 9]]), np.array([[0.5, 0.25]]), 2), "whole numbers"),
        case(3, 4, 2, 2, 1, "stride 1"),
        case(4, 5, 2, 3, 2, "the last rows and columns are just reached"),
        case(5, 4, 2, 3, 2, "the last row and column are not reached"),
        case(4, 5, 2, 2, 3, "a stride larger than the kernel"),
        case(5, 6, 3, 2, 2),
        case(3, 3, 3, 3, 2, "a kernel as large as the input"),
        case(6, 5, 2, 4, 3, "stride 3"),
        case(7, 9, 3, 2, 2),
        case(8, 7, 2, 3, 3, "stride 3", 1),
        case(9, 11, 3, 3, 4, "stride 4"),
        case(draw.integer(9, 11), 12, 4, 3, 2),
    ]


def _size(case: Case, output: Array) -> bool:
    V, K, s = case.args
    return output.shape == ((V.shape[0] - len(K)) // s + 1, (V.shape[1] - K.shape[1]) // s + 1)


def _values(case: Case, output: Array) -> bool:
    V, K, s = case.args
    scale = size_of_terms(_dense, V, K)
    return close(output, _sampled(V, K, s), scale=scale)


EXERCISE = Exercise(
    id="E5.2",
    title="Every s-th output",
    solution=my_strided,
    reference=_sampled,
    cases=_cases,
    output="matrix",
    forbidden=CONVOLUTIONS,
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
        ),
        ("j", "k"),
    ),  # fmt: skip
    parts=(
        Part("the number of rows and columns", 1, _size),
        Part("every output is the sum of eq. (7)", 2, _values),
    ),
    misconceptions=(),
    hints=(
        "Which pixels does the first output of the first row look at? And the second, if the "
        "kernel has moved on by s?",
        "There are two indices: the place of the window, which goes in steps of s, and the place "
        "of the tap in the window, which goes in steps of 1.",
        "The window of output (j, k) is V[j * s : j * s + M, k * s : k * s + N].",
    ),
)
