"""E5.1: a layer with channels, eq. (6), counted from 0."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_channels(V, K):
    """Compute the layer of eq. (6), here counted from 0, for every output that has all its terms:
        Z[i, j, k] = sum over l, m, n of V[l, j + m, k + n] * K[i, l, m, n]

    V : array (C, H, W), the input: C channels, each of H rows and W columns.
    K : array (D, C, M, N), the weights: the kernel K[i, l] has M x N taps and leads from the
        input channel l to the output channel i. M <= H, N <= W; D need not be C.
    Return an array (D, H - M + 1, W - N + 1): one map for each output channel. As in eq. (6)
    nothing is flipped, padded or averaged.

    Do the sums yourself, with loops, np.sum, np.einsum or whatever you like; ready-made
    convolutions are not for this one.

    Example: V = [[[1, 2]], [[3, 4]]] has 2 channels of 1 x 2 pixels. With the weights
    K = [[[[10]], [[1]]]], one output channel of 1 x 1 taps, Z is [[[13, 24]]].
    """
    D, C, M, N = K.shape
    _, H, W = V.shape
    Z = np.zeros((D, H - M + 1, W - N + 1))
    # Add up tap by tap: the tap (m, n) of all places at once meets a part of the input channel
    # that is as large as the output, moved by m rows and n columns.
    for i in range(D):
        for l in range(C):  # noqa: E741 - the letter of eq. (6)
            for m in range(M):
                for n in range(N):
                    part = V[l, m : m + Z.shape[1], n : n + Z.shape[2]]
                    Z[i] += part * K[i, l, m, n]  # added, over all input channels
    return Z


def _layer(V: Array, K: Array) -> Array:
    """Compute eq. (6) from the windows of the input."""
    return np.einsum("ljkmn,ilmn->ijk", windows(V, K.shape[2:], axis=(1, 2)), K)


def _cases(draw: Draw) -> list[Case]:
    def case(C: int, H: int, W: int, D: int, M: int, N: int, note: str = "") -> Case:
        """Draw a case whose outputs do not all cancel to nearly 0."""
        decimals = 1 if "decimals" in note else 0
        while True:
            V = draw.numbers(C * H * W, decimals=decimals).reshape(C, H, W)
            K = draw.numbers(D * C * M * N, decimals=decimals).reshape(D, C, M, N)
            if np.abs(_layer(V, K)).max() > 0.02 * size_of_terms(_layer, V, K):
                return Case((V, K), note or "random numbers")

    impulse = np.zeros((2, 3, 3))
    impulse[1, 1, 1] = 1.0
    return [
        Case(
            (np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[[10.0]], [[1.0]]]])),
            "the example of the task",
        ),
        case(1, 1, 3, 1, 1, 2, "one channel in, one out"),
        case(2, 2, 1, 1, 1, 1, "two channels in, one out"),
        case(1, 2, 2, 3, 1, 2, "one channel in, three out"),
        case(2, 2, 3, 2, 1, 2, "two channels in, two out"),
        Case((impulse, draw.numbers(16).reshape(2, 2, 2, 2)), "an impulse in the second channel"),
        Case((np.arange(1, 9).reshape(2, 2, 2), np.full((1, 2, 2, 1), 0.5)), "whole numbers"),
        case(3, 3, 3, 2, 2, 2, "three channels in, two out"),
        case(2, 4, 3, 3, 2, 3, "two channels in, three out"),
        case(3, 3, 4, 3, 2, 1, "three channels in, three out"),
        case(3, 2, 5, 1, 2, 2, "three channels in, one out"),
        case(4, 3, 4, 2, 3, 4, "a kernel as large as the input"),
        case(2, 5, 4, 2, 3, 2, "numbers with decimals"),
        case(2, 6, 5, 4, 2, 3),
        case(draw.integer(3, 4), 5, 7, 2, 3, 3),
    ]


def _shape(case: Case, output: Array) -> bool:
    return output.shape == _layer(*case.args).shape


def _values(case: Case, output: Array) -> bool:
    return close(output, _layer(*case.args))


EXERCISE = Exercise(
    id="E5.1",
    title="Channels in, channels out",
    solution=my_channels,
    reference=_layer,
    cases=_cases,
    output="stack",
    forbidden=CONVOLUTIONS,
    parts=(
        Part("one map for each output channel, of the right size", 1, _shape),
        Part("every output sums over all input channels and taps", 2, _values),
    ),
    misconceptions=(),
    hints=(
        "How many numbers does one output add up? Count the input channels, and the taps of one "
        "kernel.",
        "Write it for one output channel i and one place (j, k) first: a sum over the input "
        "channels l, and in each over the taps m, n.",
        "V[:, j : j + M, k : k + N] are the cells that meet K[i], tap by tap: multiply the two "
        "and add all products up.",
    ),
)
