"""E5.2: convolution with a stride, eq. (7), for one channel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_strided(V, K, s):
    """Compute eq. (7) for one channel in and one out, counted from 0.

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


def _places(n: int, m: int, s: int) -> int:
    return (n - m) // s + 1


def _first(V: Array, K: Array, s: int, Z: Array) -> Array:
    """Keep as many rows and columns of Z as the right answer has."""
    rows, columns = (_places(n, m, s) for n, m in zip(V.shape, K.shape, strict=True))
    return Z[:rows, :columns]


def _size_only(V: Array, K: Array, s: int) -> Array:
    return _first(V, K, s, _dense(V, K))


def _spread(K: Array, s: int) -> Array:
    """Put s - 1 zeros between neighbouring taps."""
    spread = np.zeros([s * (m - 1) + 1 for m in K.shape])
    spread[::s, ::s] = K
    return spread


def _dilated(V: Array, K: Array, s: int) -> Array | None:
    wide = _spread(K, s)
    return _dense(V, wide) if np.less_equal(wide.shape, V.shape).all() else None


def _dilated_first(V: Array, K: Array, s: int) -> Array | None:
    """As many dilated outputs as a stride has; where taps leave the input, an IndexError."""
    Z = _dilated(V, K, s)
    size = _size_only(V, K, s).shape
    return Z[: size[0], : size[1]] if Z is not None and np.less_equal(size, Z.shape).all() else None


def _dilated_cut(V: Array, K: Array, s: int) -> Array:
    """The same with zeros for what lies outside of the input."""
    room = [(0, s * (m - 1)) for m in K.shape]
    return _first(V, K, s, _dense(np.pad(V, room), _spread(K, s)))


def _thinned_first(V: Array, K: Array, s: int) -> Array | None:
    """Sample the input, then convolve it at stride 1."""
    thin = V[::s, ::s]
    return _dense(thin, K) if np.less_equal(K.shape, thin.shape).all() else None


def _some_taps(K: Array, s: int) -> Array:
    """Keep every s-th tap in its place, and 0 elsewhere."""
    kept = np.zeros(K.shape)
    kept[::s, ::s] = K[::s, ::s]
    return kept


def _rounded_up(V: Array, K: Array, s: int) -> Array:
    """Add a last window that sticks out, where the stride does not come out even."""
    rest = [-(n - m) % s for n, m in zip(V.shape, K.shape, strict=True)]
    return _sampled(np.pad(V, [(0, r) for r in rest]), K, s)


def _rounded_up_empty(V: Array, K: Array, s: int) -> Array:
    """Make room for such a window, and leave it at 0."""
    Z = _rounded_up(V, K, s)
    room = np.zeros(Z.shape)
    right = _sampled(V, K, s)
    room[: right.shape[0], : right.shape[1]] = right
    return room


def _padded(V: Array, K: Array, s: int, *, more_before: bool) -> Array:
    """Pad for "same" at stride 1, then sample."""
    small = [((m - 1) // 2, m // 2) for m in K.shape]
    return _sampled(np.pad(V, [pad[::-1] if more_before else pad for pad in small]), K, s)


def _pooled(V: Array, K: Array, s: int, summary: Callable[..., Array]) -> Array | None:
    """Summarise blocks of s x s outputs in place of taking one of each."""
    Z = _dense(V, K)
    if min(Z.shape) < s:
        return None
    return summary(windows(Z, (s, s))[::s, ::s], axis=(2, 3))


def _one_before(V: Array, K: Array, s: int) -> Array:
    """Read V[(j - 1) * s + m, ...] with j from 0: a negative index counts from the end."""
    return _first(V, K, s, _sampled(np.pad(V, [(s, 0), (s, 0)], mode="wrap"), K, s))


def _nonempty(Z: Array) -> Array | None:
    return Z if Z.size else None


def _roomy(V: Array, K: Array) -> bool:
    """Whether the kernel has more than one place along both axes."""
    return bool(np.less(K.shape, V.shape).all())


def _zeros_last(V: Array, K: Array, s: int) -> Array:
    Z = _sampled(V, K, s).copy()
    Z[-1, :] = Z[:, -1] = 0.0
    return Z


def _from(start: int) -> Callable[[Array, Array, int], Array | None]:
    """Sample from the output `start`, -1 for s - 1, on: what is outside of the layer is missing."""

    def sampled(V: Array, K: Array, s: int) -> Array | None:
        first = s - 1 if start < 0 else start
        Z = _dense(V, K)[first::s, first::s]
        return Z if Z.size else None

    return sampled


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
        case(7, 9, 3, 2, 2),
        case(8, 5, 3, 1, 2, "a tall kernel"),
        case(6, 9, 1, 3, 2, "a wide kernel"),
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
    misconceptions=(
        Misconception(
            "size-only",
            "The stride is in the size of the output, but not in the places of the windows.",
            "You have as many outputs as a stride of s leaves, but they are the first ones of the "
            "dense layer. At which pixel does the window of output (0, 1) begin?",
            (_size_only,),
        ),
        Misconception(
            "dilation",
            "The taps were spread, not the places: that is dilation.",
            "In eq. (7) s multiplies the place of the output, j, and not the tap, m. Inside of a "
            "window the taps stay neighbours.",
            (_dilated, _dilated_first, _dilated_cut),
        ),
        Misconception(
            "input-thinned-first",
            "The input was sampled before it met the kernel.",
            "Then most pixels are never looked at. A stride leaves out outputs, not pixels: each "
            "window still sees all its M x N neighbours.",
            (_thinned_first,),
        ),
        Misconception(
            "taps-skipped",
            "Taps of the kernel were left out.",
            "The slide speaks of skipping positions of the kernel: places where it is put down. At "
            "each place that is left, all M x N taps take part.",
            (
                lambda V, K, s: _dense(V, K[::s, ::s]),
                lambda V, K, s: _sampled(V, K[::s, ::s], s),
                lambda V, K, s: _dense(V, _some_taps(K, s)),
                lambda V, K, s: _sampled(V, _some_taps(K, s), s),
                lambda V, K, s: _first(V, K, s, _dense(V, K[::s, ::s])),
                lambda V, K, s: _first(V, K, s, _sampled(V, K[::s, ::s], s)),
            ),
        ),
        Misconception(
            "stride-ignored",
            "This is the output at stride 1.",
            "Of the dense layer only every s-th row and every s-th column is asked for.",
            (lambda V, K, s: _dense(V, K),),
        ),
        Misconception(
            "one-axis-only",
            "The stride works along one axis only.",
            "In eq. (7) s multiplies both j and k: rows and columns.",
            (
                lambda V, K, s: _dense(V, K)[::s],
                lambda V, K, s: _dense(V, K)[:, ::s],
                lambda V, K, s: _first(V, K, s, _dense(V, K)[::s]),
                lambda V, K, s: _first(V, K, s, _dense(V, K)[:, ::s]),
            ),
        ),
        Misconception(
            "stride-twice",
            "The stride was taken twice: some outputs are missing.",
            "Count in one unit: either outputs, one by one, or pixels, in steps of s up to the "
            "last place that fits. Not outputs in steps of s.",
            (
                lambda V, K, s: _size_only(V, K, s)[::s, ::s],
                lambda V, K, s: _sampled(V, K, s)[::s, ::s],
            ),
        ),
        Misconception(
            "one-off",
            "The first window does not begin at the first pixel.",
            "Eq. (7) has (j - 1) s + m because it counts from 1. Counted from 0 the output (0, 0) "
            "begins at the pixel (0, 0), whatever s is.",
            (_one_before, _from(-1), _from(1)),
        ),
        Misconception(
            "size-rounded-up",
            "There is a row or column too many, of windows that stick out.",
            "If the stride does not come out even, the last pixels are left over: the number of "
            "steps is rounded down.",
            (_rounded_up, _rounded_up_empty),
        ),
        Misconception(
            "one-place-short",
            "The last row and column of outputs are missing.",
            "H - M is the number of pixels that the kernel can move on. It makes (H - M) // s "
            "steps, and has one place more than steps.",
            (
                lambda V, K, s: _nonempty(_sampled(V, K, s)[:-1, :-1]),
                lambda V, K, s: _nonempty(_sampled(V[:-1, :-1], K, s)) if _roomy(V, K) else None,
                _zeros_last,
            ),
        ),
        Misconception(
            "padded",
            "Zeros were added around the input.",
            "Eq. (7) knows no padding: only windows that lie inside of the input count.",
            (
                lambda V, K, s: _padded(V, K, s, more_before=False),
                lambda V, K, s: _padded(V, K, s, more_before=True),
                lambda V, K, s: _sampled(np.pad(V, [(m - 1, m - 1) for m in K.shape]), K, s),
            ),
        ),
        Misconception(
            "pooled-not-sampled",
            "Neighbouring outputs were put together.",
            "That is pooling. A stride takes one output of each s x s and never computes the "
            "others.",
            (
                lambda V, K, s: _pooled(V, K, s, np.mean),
                lambda V, K, s: _pooled(V, K, s, np.max),
                lambda V, K, s: _pooled(V, K, s, np.sum),
            ),
        ),
        Misconception(
            "kernel-flipped",
            "The kernel was flipped.",
            "In eq. (7) the indices of V and K go up together, j s + m with m: nothing is turned.",
            (
                lambda V, K, s: _sampled(V, K[::-1, ::-1], s),
                lambda V, K, s: _sampled(V, K[::-1], s),
                lambda V, K, s: _sampled(V, K[:, ::-1], s),
            ),
        ),
    ),
    error_hints={
        "IndexError": "The last window begins at (rows - 1) * s and ends M pixels further on: is "
        "that inside of V? Print both for the example.",
        "ValueError": "A window that reaches over the edge of V is cut off, and no longer "
        "as large as K. At which pixel does your last window begin?",
    },
    hints=(
        "Which pixels does the first output of the first row look at? And the second, if the "
        "kernel has moved on by s?",
        "There are two indices: the place of the window, which goes in steps of s, and the place "
        "of the tap in the window, which goes in steps of 1.",
        "The window of output (j, k) is V[j * s : j * s + M, k * s : k * s + N].",
    ),
)
