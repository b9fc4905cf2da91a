"""E1.3: causal smoothing with the first samples put right."""

from __future__ import annotations

import numpy as np
from numpy import convolve as full  # bound here: a learner may overwrite np.convolve

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import SMOOTHING


def my_smooth(x, w):
    """Smooth the measurements x by the causal weights w, also where the past is still short.

    x : array of n >= 1 measured positions in km, oldest first.
    w : array of m >= 1 positive weights (no unit) that add up to 1; w[0] is for the newest
        measurement, w[a] for the one `a` samples ago. It may be longer than x.
    Return an array of n smoothed positions in km, one for each measurement. Each is the
    weighted average of that measurement and those before it, as far as w reaches. At the
    start some weights find no measurement: divide the sum by the weights really used.

    np.convolve is allowed here, cnncourse's own smooth is not.

    Example: x = [2, 4, 6], w = [0.75, 0.25] -> [2, 3.5, 5.5].
    """
    n = len(x)
    # The first n outputs of the full convolution need no future; what is missing counts 0.
    sums = np.convolve(x, w)[:n]
    # The same filter over ones adds up just the weights that found a measurement.
    used = np.convolve(np.ones(n), w)[:n]
    return sums / used


def _reference(x: Array, w: Array) -> Array:
    """Answer by the definition: each output a weighted average on its own."""
    return np.array(
        [np.dot(x[t::-1][: len(w)], w[: t + 1]) / w[: t + 1].sum() for t in range(len(x))]
    )


def _zeros(x: Array, w: Array) -> Array:
    return full(x, w)[: len(x)]


def _start(x: Array, w: Array, first: Array) -> Array:
    """Take `first` for the outputs whose history is short, the right ones after them."""
    return np.where(np.arange(len(x)) < len(w) - 1, first, _zeros(x, w))


def _dropped(x: Array, w: Array) -> Array | None:
    return full(x, w)[len(w) - 1 : len(x)] if len(w) <= len(x) else None


def _centred(x: Array, w: Array, extra: int = 0) -> Array:
    start = (len(w) - 1 + extra) // 2
    return full(x, w)[start : start + len(x)]


def _repeated(x: Array, w: Array) -> Array:
    before = np.full(len(w) - 1, float(x[0]))
    return full(np.concatenate([before, x]), w)[len(w) - 1 :][: len(x)]


def _unflipped_at_start(x: Array, w: Array) -> Array:
    """Pair x[0] with w[0], x[1] with w[1], ... inside each window."""
    m = len(w)
    windows = [x[max(0, t - m + 1) : t + 1] for t in range(len(x))]
    return np.array([np.dot(v, w[: len(v)]) / w[: len(v)].sum() for v in windows])


def _count_share(x: Array, w: Array) -> Array:
    used = np.minimum(np.arange(len(x)) + 1, len(w))
    return _zeros(x, w) * len(w) / used


def _cases(draw: Draw) -> list[Case]:
    def case(n: int, m: int, note: str, decimals: int = 0) -> Case:
        return Case((draw.numbers(n, decimals=decimals), draw.shares(m)), note)

    return [
        Case((np.array([3.0, 5.0]), np.array([1.0])), "one weight"),
        Case((np.array([4.0]), np.array([0.75, 0.25])), "a single measurement"),
        Case((np.array([2.0, 4.0, 6.0]), np.array([0.75, 0.25])), "the example of the task"),
        Case((np.array([10, 10, 13, 15]), np.array([0.5, 0.3, 0.2])), "whole numbers"),
        case(2, 2, "as many weights as measurements"),
        Case((np.array([2.0, 5.0, 2.0, 1.0]), np.array([0.4, 0.3, 0.3])), "numbers come twice"),
        Case(
            (np.array([0.0, 4.0, 0.0, 2.0, 0.0]), np.array([0.6, 0.4])),
            "measured at 0 km, at the start and later",
        ),
        Case(
            (np.array([0.0137, 1 / 30, -0.002]), np.array([2 / 3, 1 / 3])),
            "small numbers with many decimals",
        ),
        Case((np.array([7012.0, -3400.5, 560.0]), np.array([0.5, 0.3, 0.2])), "large numbers"),
        case(4, 2, "random numbers"),
        case(4, 4, "as many weights as measurements"),
        case(5, 3, "random numbers"),
        case(3, 5, "more weights than measurements"),
        case(6, 4, "random numbers", 1),
        case(2, 3, "more weights than measurements", 1),
        case(draw.integer(8, 11), 5, "random numbers"),
        case(15, 7, "many measurements"),
    ]


def _start_holds(case: Case, output: Array) -> bool:
    x, w = case.args
    return _agree(x, w, output, slice(None, len(w) - 1))


def _rest_holds(case: Case, output: Array) -> bool:
    x, w = case.args
    return _agree(x, w, output, slice(len(w) - 1, None))


def _agree(x: Array, w: Array, output: Array, where: slice) -> bool:
    """Compare a stretch of outputs, whose averages may all be small where x is not."""
    scale = float(np.abs(x).max())
    return output.shape == x.shape and close(output[where], _reference(x, w)[where], scale=scale)


# Right answers by other ways than the solution's and the reference's.


def _start_mended(x, w):
    s = np.convolve(x, w)[: len(x)]
    for t in range(min(len(w) - 1, len(x))):
        s[t] = s[t] / w[: t + 1].sum()
    return s


def _matrix_of_weights(x, w):
    n = len(x)
    W = np.zeros((n, n))
    for t in range(n):
        for a in range(min(t + 1, len(w))):
            W[t, t - a] = w[a]
    return W @ x / W.sum(axis=1)


EXERCISE = Exercise(
    id="E1.3",
    title="The first samples",
    solution=my_smooth,
    reference=_reference,
    cases=_cases,
    also_right=(_start_mended, _matrix_of_weights),
    probe=Probe("x", "", (np.array([2.0, 4.0, 3.0, 5.0, 1.0]), np.array([0.5, 0.3, 0.2])), ("t",)),
    forbidden=SMOOTHING,
    parts=(
        Part("the first outputs, whose history is short", 2, _start_holds),
        Part("the outputs after them", 1, _rest_holds),
    ),
    misconceptions=(
        Misconception(
            "zeros-drag",
            "The first outputs are dragged towards 0.",
            "Before the first measurement there is nothing, and your sum takes that nothing for "
            "positions at 0 km. The weights that found a measurement add up to less than 1.",
            (_zeros,),
        ),
        Misconception(
            "dropped-samples",
            "The outputs with a short history are missing.",
            "A pilot wants a position from the first second on: n measurements, n outputs. Use "
            "the weights that find a measurement, and make up for those that do not.",
            (
                _dropped,
                lambda x, w: _start(x, w, np.full(len(x), np.nan)),
                lambda x, w: _start(x, w, np.zeros(len(x))) if len(w) > 1 else None,
            ),
        ),
        Misconception(
            "first-repeated",
            "The missing past was filled with copies of the first measurement.",
            "That invents measurements: the noise of the first one then counts several times. "
            "Use the real ones only, and divide by their weights.",
            (_repeated,),
        ),
        Misconception(
            "raw-start",
            "The first outputs are the raw measurements, not averages.",
            "From the second sample on there is something to average. Take the weights as far as "
            "the past reaches.",
            (lambda x, w: _start(x, w, x),),
        ),
        Misconception(
            "count-share",
            "The first sums were divided by the share of samples, not of weights.",
            "Two of four weights need not be half of the weight: the newest ones count more. What "
            "do the weights used add up to?",
            (_count_share,),
        ),
        Misconception(
            "plain-mean-start",
            "The first outputs are plain means: the weights are left out there.",
            "With a short history the newest measurement should still count by w[0], the one "
            "before by w[1]. Only the divisor changes.",
            (lambda x, w: _start(x, w, np.cumsum(x) / (np.arange(len(x)) + 1)),),
        ),
        Misconception(
            "kernel-unflipped",
            "The weights are the wrong way round: w[0] meets the oldest sample of the window.",
            "w[a] is for the measurement `a` samples ago. Walking forward in time, the age falls.",
            (
                lambda x, w: _reference(x, w[::-1]),
                _unflipped_at_start,
            ),
        ),
        Misconception(
            "uses-the-future",
            "Outputs use measurements that come later.",
            "A causal filter at time t sees x[t] and what came before. A kernel centred on the "
            "sample (mode 'same') looks ahead.",
            (
                lambda x, w: _centred(x, w) / _centred(np.ones(len(x)), w),
                _centred,
                lambda x, w: _centred(x, w, 1) / _centred(np.ones(len(x)), w, 1),
                lambda x, w: _centred(x, w, 1),
                lambda x, w: full(x, w, "same"),
                lambda x, w: full(x, w, "same")[: len(x)],
            ),
        ),
        Misconception(
            "divisor-off-by-one",
            "The divisor leaves out a weight, or takes one too many.",
            "At the first sample one weight is used, at the second two. Count the terms of your "
            "sum and those of your divisor.",
            (
                lambda x, w: _zeros(x, w) / np.append(np.cumsum(w), np.ones(len(x)))[1:][: len(x)],
                lambda x, w: (
                    _zeros(x, w) / np.concatenate([[1.0], np.cumsum(w), np.ones(len(x))])[: len(x)]
                ),
            ),
        ),
    ),
    error_hints=dict.fromkeys(
        ("IndexError", "ValueError"),
        "Try a single measurement with two weights, and three measurements with one: w may be "
        "longer than x, or shorter. Once the window is full, the divisor stays as it is.",
    ),
    hints=(
        "Which weights find a measurement at the first sample? At the second? What do they add "
        "up to?",
        "np.convolve(x, w)[:n] gives the sums, with 0 for what is missing. Each needs a divisor "
        "of its own.",
        "The divisors are running sums of w, up to its end. The same filter over np.ones(n) "
        "gives them all at once.",
    ),
)
