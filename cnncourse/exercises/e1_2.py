"""E1.2: full convolution in one dimension, eq. (2), written out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import convolve as full  # bound here: a learner may overwrite np.convolve

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_convolution(x, w):
    """Convolve the signal x with the kernel w in full, eq. (2): s(t) = sum_a x(a) w(t - a).

    x : array of n >= 1 numbers, the signal, e.g. positions in km.
    w : array of m >= 1 numbers, the kernel (no unit); it may be longer than the signal.
    Return an array of n + m - 1 numbers in the unit of x: s(t) for every t at which signal
    and kernel overlap, be it by one sample only.

    Do the sums yourself, with loops if you like: np.convolve and its like are not for this
    one (they'll be yours to use from E1.3 on).

    Example: x = [1, 2], w = [10, 1] -> [10, 21, 2].
    """
    s = np.zeros(len(x) + len(w) - 1)
    # Read eq. (2) from the side of the input: sample a adds x[a] times the whole kernel to
    # the output, from place a on. The flip is in there: w(0) meets the newest sample.
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] * w[b]  # t = a + b, so b = t - a
    return s


def _centred(values: Array, length: int) -> Array:
    start = (len(values) - length) // 2
    return values[start : start + length]


def _valid(x: Array, w: Array) -> Array | None:
    return full(x, w)[len(w) - 1 : len(x)] if len(w) <= len(x) else None


def _circular(x: Array, w: Array, length: int) -> Array:
    s = np.zeros(length)
    for t, value in enumerate(full(x, w)):
        s[t % length] += value
    return s


def _wrapped(x: Array, w: Array, *, inner: int) -> Array | None:
    """Python's x[-1] is the last element: what comes out if the guard against it is missing.

    `inner` is 0 if the loop runs over the samples of x, 1 if over the taps of w.
    """
    run, other = (x, w) if inner == 0 else (w, x)
    if len(run) > len(other) + 1:
        return None  # an IndexError
    return np.array(
        [
            sum(run[a] * other[t - a] for a in range(len(run)) if t - a < len(other))
            for t in range(len(x) + len(w) - 1)
        ]
    )


def _without(values: Array, index: int) -> Array:
    kept = np.array(values, dtype=float)
    kept[index] = 0.0
    return kept


def _cases(draw: Draw) -> list[Case]:
    def case(n: int, m: int, note: str = "", decimals: int = 0) -> Case:
        return Case((draw.numbers(n, decimals=decimals), draw.numbers(m, decimals=decimals)), note)

    return [
        Case((np.array([3.0]), np.array([2.0])), "one sample, one tap"),
        Case((np.array([1.0, 2.0]), np.array([10.0, 1.0])), "the example of the task"),
        Case((np.array([0.0, 1.0, 0.0]), np.array([4.0, -2.0, 1.0])), "an impulse"),
        case(4, 1, "one tap"),
        case(1, 3, "one sample"),
        case(4, 2, "random numbers"),
        case(2, 4, "a kernel longer than the signal"),
        Case((np.array([4.0, 1.0]), np.array([0.0, 3.0, 0.0])), "a kernel with zeros at both ends"),
        Case((np.array([0.5, -1.25, 2.0]), np.array([2, -1])), "a kernel of whole numbers"),
        Case((np.array([3, 1, 5, 2]), np.array([0.5, 0.3, 0.2])), "a signal of whole numbers"),
        Case((np.array([2.0, 5.0, 2.0, 1.0]), np.array([3.0, 1.0, 3.0])), "numbers come twice"),
        Case(
            (np.array([0.0, 3.0, 0.0, 2.0, 0.0]), np.array([1.0, 0.0, 2.0])),
            "zeros inside and at both ends",
        ),
        Case(
            (np.array([0.0137, 1 / 30, -0.002]), np.array([0.04, 1 / 3])),
            "small numbers with many decimals",
        ),
        Case((np.array([1200.0, -3400.0, 560.0]), np.array([310.0, -95.0])), "large numbers"),
        case(4, 4, "as many samples as taps"),
        case(5, 4, "random numbers"),
        case(3, 6, "a kernel longer than the signal", decimals=1),
        case(7, 3, "random numbers", decimals=1),
        case(draw.integer(9, 12), 5, "random numbers"),
        case(40, 9, "a long signal"),
    ]


def _length(case: Case, output: Array) -> bool:
    x, w = case.args
    return output.shape == (len(x) + len(w) - 1,)


def _values(case: Case, output: Array) -> bool:
    return close(output, full(*case.args), scale=size_of_terms(full, *case.args))


def _off_by_one() -> tuple[Any, ...]:
    return (
        lambda x, w: full(x, w)[:-1],
        lambda x, w: full(x, w)[1:],
        lambda x, w: np.append(full(x, w), 0.0),
        lambda x, w: np.append(0.0, full(x, w)),
        lambda x, w: np.append(0.0, full(x, w)[:-1]),
        lambda x, w: np.append(full(x, w)[1:], 0.0),
        lambda x, w: full(x, _without(w, -1)),
        lambda x, w: full(x, _without(w, 0)),
        lambda x, w: full(_without(x, -1), w),
        lambda x, w: full(_without(x, 0), w),
        lambda x, w: _without(full(x, w), -1),
        lambda x, w: _without(full(x, w), 0),
    )


# Right answers by other ways than the solution's and the reference's.


def _padded_windows(x, w):
    m = len(w)
    padded = np.concatenate([np.zeros(m - 1), x, np.zeros(m - 1)])
    flipped = w[::-1]
    return np.array([np.sum(padded[t : t + m] * flipped) for t in range(len(x) + m - 1)])


def _by_fourier(x, w):
    size = len(x) + len(w) - 1
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(w, size), size)


EXERCISE = Exercise(
    id="E1.2",
    title="Convolution, written out",
    solution=my_convolution,
    reference=full,
    cases=_cases,
    also_right=(_padded_windows, _by_fourier),
    probe=Probe("x", "w", (np.array([2.0, 4.0, 3.0, 5.0, 1.0]), np.array([0.5, 0.3, 0.2])), ("t",)),
    forbidden=CONVOLUTIONS,
    parts=(
        Part("n + m - 1 outputs", 1, _length),
        Part("every output is the sum of eq. (2)", 2, _values),
    ),
    misconceptions=(
        Misconception(
            "correlation",
            "The kernel was not flipped: this is cross-correlation.",
            "In eq. (2) the index of x goes up with a while that of w, t - a, goes down. Send an "
            "impulse through your function: eq. (2) gives the kernel back the right way round.",
            (lambda x, w: full(x, w[::-1]), lambda x, w: full(x[::-1], w)),
        ),
        Misconception(
            "correlation-cropped",
            "The kernel was not flipped, and outputs with part of the kernel outside are missing.",
            "Two things: in eq. (2) the index of w, t - a, goes down while that of x goes up; and "
            "t runs over every place where the two overlap at all, n + m - 1 of them.",
            (
                lambda x, w: _valid(x, w[::-1]),
                lambda x, w: full(x, w[::-1])[: len(x)],
                lambda x, w: full(x, w[::-1])[len(w) - 1 :],
                lambda x, w: _centred(full(x, w[::-1]), len(x)),
                lambda x, w: _centred(full(x, w[::-1]), max(len(x), len(w))),
            ),
        ),
        Misconception(
            "valid-length",
            "Only the outputs where the whole kernel lies on the signal are there.",
            "Eq. (2) asks for every t with any overlap: at both ends of the signal the kernel "
            "sticks out, and what lies outside counts as 0.",
            (_valid,),
        ),
        Misconception(
            "same-length",
            "The output was cropped to the length of the signal.",
            "Where does the last sample's influence end? It is still felt after the signal is "
            "over, as long as the kernel reaches: t runs on.",
            (
                lambda x, w: full(x, w)[: len(x)],
                lambda x, w: full(x, w)[len(w) - 1 :],
                lambda x, w: _centred(full(x, w), len(x)),
                lambda x, w: full(x, w)[len(w) // 2 :][: len(x)],
                lambda x, w: _centred(full(x, w), max(len(x), len(w))),
            ),
        ),
        Misconception(
            "off-by-one",
            "Close: something is off by one at an end.",
            "Take x = [1, 2] and w = [10, 1] and write down, for t = 0, 1, 2, the pairs (a, t - a) "
            "that exist. Compare the first and the last with the bounds of your loops.",
            _off_by_one(),
        ),
        Misconception(
            "negative-index",
            "A negative index wrapped round: in Python, w[-1] is the last tap.",
            "In eq. (2) w(t - a) is 0 when t - a < 0. Python does not complain about a negative "
            "index, it counts from the end, so your sum has to leave those terms out.",
            (
                lambda x, w: _wrapped(x, w, inner=0),
                lambda x, w: _wrapped(x, w, inner=1),
            ),
        ),
        Misconception(
            "circular",
            "The end of the result wrapped round onto its beginning: a circular convolution.",
            "Outside the signal eq. (2) finds zeros, not the signal's other end. Is an index "
            "negative somewhere? Python then counts from the end. With Fourier transforms: how "
            "long must the zero-padded arrays be so that nothing wraps?",
            (
                lambda x, w: _circular(x, w, len(x)) if len(w) <= len(x) else None,
                lambda x, w: _circular(x, w, max(len(x), len(w))),
            ),
        ),
    ),
    error_hints={
        "IndexError": "In eq. (2) both x and w are 0 outside their samples: which pairs (a, t - a) "
        "exist at all? Leave the other terms out of the sum.",
    },
    hints=(
        "How many outputs are there? Lay a kernel of m taps on a signal of n samples and count "
        "the places where they overlap by at least one.",
        "Fix one t and list the terms of eq. (2): x(0) w(t), x(1) w(t - 1), ... Terms whose index "
        "falls outside x or w are 0: leave them out.",
        "The product x[a] * w[b] belongs to the output t = a + b. Start from zeros and add each "
        "product where it belongs.",
    ),
)
