"""E5.1: a layer with channels, eq. (6), counted from 0."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_channels(V, K):
    """Compute a layer by eq. (6), here counted from 0, wherever all terms of an output exist.

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


def _flipped(V: Array, K: Array) -> Array:
    return _layer(V, K[:, :, ::-1, ::-1])


def _padded(V: Array, K: Array, before: tuple[int, int], after: tuple[int, int]) -> Array:
    return _layer(np.pad(V, [(0, 0), *zip(before, after, strict=True)]), K)


def _same(V: Array, K: Array) -> Array:
    """Pad so that the output is as large as the input; an even kernel has more before it."""
    M, N = K.shape[2:]
    return _padded(V, K, (M // 2, N // 2), ((M - 1) // 2, (N - 1) // 2))


def _full(V: Array, K: Array) -> Array:
    reach = K.shape[2] - 1, K.shape[3] - 1
    return _padded(V, K, reach, reach)


def _by_tap(V: Array, K: Array) -> Array:
    """Compute each product of eq. (6) on its own: axes i, j, k, l, m, n."""
    return np.einsum("ljkmn,ilmn->ijklmn", windows(V, K.shape[2:], axis=(1, 2)), K)


def _paired(V: Array, K: Array) -> Array | None:
    """Lead input channel i to output channel i alone."""
    D, C = K.shape[:2]
    if D > C:
        return None  # an IndexError
    return np.array([_layer(V[i : i + 1], K[i : i + 1, i : i + 1])[0] for i in range(D)])


def _swapped(V: Array, K: Array) -> Array | None:
    """Take K[l, i] for K[i, l], which a loop can do only as far as both exist."""
    D, C = K.shape[:2]
    return _layer(V, K.swapaxes(0, 1)) if C == D else None


def _swapped_axes(V: Array, K: Array) -> Array | None:
    """Take the first axis of K for the input channels, and as many of those as it has."""
    return _layer(V[: len(K)], K.swapaxes(0, 1)) if len(K) <= len(V) else None


def _transposed(V: Array, K: Array) -> Array | None:
    M, N = K.shape[2:]
    return _layer(V, K.swapaxes(2, 3)) if N <= V.shape[1] and M <= V.shape[2] else None


def _without_first(Z: Array) -> Array:
    """Leave the outputs of row 0 and column 0 at 0: loops that begin at 1."""
    Z = Z.copy()
    Z[:, 0, :] = Z[:, :, 0] = 0.0
    return Z


def _wrapped(V: Array, K: Array) -> Array:
    """Read V[l, j + m - 1, k + n - 1] with everything counted from 0; -1 is the last one."""
    return _layer(np.roll(V, (1, 1), axis=(1, 2)), K)


def _short(V: Array, K: Array) -> Array | None:
    """Leave out the last row and column: H - M of them."""
    Z = _layer(V, K)[:, :-1, :-1]
    return Z if Z.size else None


def _zeros_last(V: Array, K: Array) -> Array:
    Z = _layer(V, K)
    Z[:, -1, :] = Z[:, :, -1] = 0.0
    return Z


def _large(V: Array, K: Array) -> bool:
    """Whether there is more than one row and column of taps."""
    return min(K.shape[2:]) > 1


def _tap_missing(K: Array, index: int) -> Array:
    """Leave out the first or the last row and column of taps."""
    K = np.array(K, dtype=float)
    K[:, :, index, :] = K[:, :, :, index] = 0.0
    return K


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
        Case(
            (np.array([[[1, 2], [3, 5]], [[4, 1], [3, 2]]]), np.full((1, 2, 2, 1), 0.5)),
            "whole numbers",
        ),
        case(3, 3, 3, 2, 2, 2, "three channels in, two out"),
        case(2, 4, 3, 3, 2, 3, "two channels in, three out"),
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
    misconceptions=(
        Misconception(
            "last-channel-only",
            "Only the last input channel is in the output.",
            "The sum of eq. (6) runs over l, too. Does each input channel add to the output, or "
            "does it take the place of the one before?",
            (
                lambda V, K: _layer(V[-1:], K[:, -1:]),
                lambda V, K: _by_tap(V, K)[..., -1, -1, -1],
                lambda V, K: _by_tap(V, K)[..., -1, :].sum(axis=(3, 4)),
            ),
        ),
        Misconception(
            "first-channel-only",
            "Only the first input channel is in the output.",
            "The sum of eq. (6) runs over l, too. Does your function return, or leave a loop, "
            "before the other channels had their turn?",
            (lambda V, K: _layer(V[:1], K[:, :1]),),
        ),
        Misconception(
            "one-based",
            "The indices are one off: eq. (6) counts from 1, Python from 0.",
            "The -1 in eq. (6) is there because j and m both begin at 1. If both begin at 0, which "
            "pixel does the first tap of the first output meet? V[l, -1] is the last row.",
            (
                _wrapped,
                lambda V, K: _without_first(_layer(V, K)),
                lambda V, K: _layer(V[:, :-1, :-1], K[:, :, 1:, 1:]) if _large(V, K) else None,
                lambda V, K: _layer(V, _tap_missing(K, 0)),
                lambda V, K: _layer(np.roll(V, (-1, -1), axis=(1, 2)), K),
            ),
        ),
        Misconception(
            "one-place-short",
            "The last row and column of outputs, or the last taps, are missing.",
            "Lay a kernel of 2 taps on 3 pixels: it has 2 places, H - M + 1. And the last tap of "
            "M has the index M - 1, which range(M) reaches.",
            (
                _short,
                _zeros_last,
                lambda V, K: _layer(V, _tap_missing(K, -1)),
            ),
        ),
        Misconception(
            "mean-over-channels",
            "The sum was divided: that is a mean.",
            "Eq. (6) adds the products of all input channels up and leaves it at that. What would "
            "a mean do to a layer if you gave it one more input channel of zeros?",
            (
                lambda V, K: _layer(V, K) / len(V),
                lambda V, K: _layer(V, K) / K[0].size,
                lambda V, K: _layer(V, K) / K[0, 0].size,
            ),
        ),
        Misconception(
            "kernel-channels-swapped",
            "The two channel axes of K are swapped.",
            "In K[i, l, m, n] the output channel comes first, then the input channel. How many "
            "numbers does K have along each of the two?",
            (
                _swapped,
                _swapped_axes,
                lambda V, K: _layer(
                    V, K.reshape(K.shape[1], K.shape[0], *K.shape[2:]).swapaxes(0, 1)
                ),
            ),
        ),
        Misconception(
            "channels-kept-apart",
            "Each output channel looks at one input channel only.",
            "Eq. (6) has a kernel K[i, l] for every pair of an output and an input channel. An "
            "output channel listens to all input channels.",
            (
                _paired,
                lambda V, K: np.array(
                    [
                        _layer(V[i % len(V)][None], K[i, i % len(V)][None, None])[0]
                        for i in range(len(K))
                    ]
                ),
            ),
        ),
        Misconception(
            "one-kernel-for-all-channels",
            "All input channels meet the same kernel.",
            "K[i, 0] leads from the first input channel to the output channel i. Which one leads "
            "there from the second?",
            (
                lambda V, K: _layer(V, np.repeat(K[:, :1], len(V), axis=1)),
                lambda V, K: _layer(V, np.repeat(K[:, -1:], len(V), axis=1)),
            ),
        ),
        Misconception(
            "kernel-flipped",
            "The kernels were flipped.",
            "In eq. (6) the indices of V and K go up together, j + m with m: that is "
            "cross-correlation, what libraries call convolution. Nothing is turned round.",
            (
                _flipped,
                lambda V, K: _layer(V, K[:, :, ::-1]),
                lambda V, K: _layer(V, K[:, :, :, ::-1]),
                lambda V, K: _layer(V, K[:, ::-1]),
            ),
        ),
        Misconception(
            "kernel-transposed",
            "Rows and columns of the kernels are swapped.",
            "m goes with the rows j of the input, n with its columns k. Which of the two is the "
            "third axis of K?",
            (_transposed,),
        ),
        Misconception(
            "padded",
            "Outputs were added where the kernel sticks out of the input.",
            "Nothing is padded here: only the outputs all of whose terms exist, H - M + 1 rows and "
            "W - N + 1 columns.",
            (
                _same,
                _full,
                lambda V, K: _padded(
                    V,
                    K,
                    ((K.shape[2] - 1) // 2, (K.shape[3] - 1) // 2),
                    (K.shape[2] // 2, K.shape[3] // 2),
                ),
            ),
        ),
    ),
    error_hints={
        "IndexError": "How many numbers do V and K have along each axis? The first axis of K is "
        "for output channels, its second for the input channels of V.",
        "ValueError": "Compare shapes: V[:, j : j + M, k : k + N] and K[i] have the same three "
        "axes, one for the input channel, one for rows, one for columns.",
    },
    hints=(
        "How many numbers does one output add up? Count the input channels, and the taps of one "
        "kernel.",
        "Write it for one output channel i and one place (j, k) first: a sum over the input "
        "channels l, and in each over the taps m, n.",
        "V[:, j : j + M, k : k + N] are the cells that meet K[i], tap by tap: multiply the two "
        "and add all products up.",
    ),
)
