"""E1.0: one estimate by hand, eq. (2). Everyone works with the numbers of their variant."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Exercise, Misconception, Part

KERNELS = ((0.5, 0.3, 0.2), (0.6, 0.3, 0.1), (0.5, 0.4, 0.1), (0.7, 0.2, 0.1))


def my_estimate(x, w, t):
    """Work out one estimate by hand: s(t) by eq. (2), the sum of x(a) w(t - a) over all a.

    The cell above shows your numbers:
    x : six reports of a ship's position in km, oldest first; the first one is x(0).
    w : three weights (no unit) by the age of a report, newest first; w(0) is for age 0.
    t : the number of the report at which the position is estimated, counted from 0.
    Put s(t) in place of the dots, one number in km, with all its decimals.

    Example, from section 2: x = [2, 4, 3, 5, 1], w = [0.5, 0.3, 0.2], t = 2 -> 3.1.
    """
    # The report of time t is the newest that counts and meets w(0); one step back in x is one
    # step on in w, since t - a grows as a falls.
    return w[0] * x[t] + w[1] * x[t - 1] + w[2] * x[t - 2]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw six numbers from 1 to 9, falling weights and a time with reports on both sides."""
    x = np.abs(draw.numbers(6))
    return {"x": x, "w": np.array(draw.pick(KERNELS)), "t": draw.integer(3, 4)}


def _sum(x: Array, w: Array, t: int) -> float:
    """Compute eq. (2) as it stands: over all a, with zeros outside of both arrays."""
    return float(sum(x[a] * w[t - a] for a in range(len(x)) if 0 <= t - a < len(w)))


def _onwards(x: Array, w: Array, t: int) -> float:
    """Weigh x(t), x(t + 1), x(t + 2): what eq. (5) does, x(t + a) for x(t - a)."""
    return float(sum(x[t + a] * w[a] for a in range(len(w)) if t + a < len(x)))


# Right answers by other ways.


def _by_convolve(x, w, t):
    return np.convolve(x, w)[t]


def _by_flipped_slice(x, w, t):
    return x[t - 2 : t + 1] @ w[::-1]


def _in_tenths(x, w, t):
    tenths = [round(10 * weight) for weight in w]
    return sum(tenth * int(x[t - age]) for age, tenth in enumerate(tenths)) / 10


EXERCISE = Exercise(
    id="E1.0",
    title="One estimate by hand",
    solution=my_estimate,
    reference=_sum,
    given=_given,
    output="number",
    also_right=(_by_convolve, _by_flipped_slice, _in_tenths),
    parts=(
        Part(
            "s(t) by eq. (2)",
            1,
            lambda case, output: as_written(output, _sum(*case.args)),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-flipped",
            "The weights are the wrong way round: the oldest of the three reports counts most.",
            "Reports stand oldest first, weights newest first. Which of the three reports has age "
            "0, and which weight is for that age?",
            (lambda x, w, t: _sum(x, w[::-1], t),),
        ),
        Misconception(
            "looks-ahead",
            "Reports after time t have a weight: they were still to come.",
            "In eq. (2) w(t - a) is 0 where t - a is negative, so a is at most t. Which reports "
            "are 0, 1 and 2 samples old at time t?",
            (_onwards, lambda x, w, t: _onwards(x, w[::-1], t)),
        ),
        Misconception(
            "counted-from-one",
            "This is the estimate one sample too early, s(t - 1).",
            "The first report is x(0), so x(t) is the report with t others before it.",
            (lambda x, w, t: _sum(x, w, t - 1),),
        ),
        Misconception(
            "one-too-late",
            "This is the estimate one sample too late, s(t + 1).",
            "At time t the newest report is x(t): it has age 0. Does w(0) stand with it?",
            (lambda x, w, t: _sum(x, w, t + 1),),
        ),
        Misconception(
            "turned-and-shifted",
            "Two slips: the weights are the wrong way round, and the time is one sample off.",
            "Write the age of each report below it: 0 below x(t), then 1, 2 to its left. Then "
            "write the weight of that age below each age.",
            (
                lambda x, w, t: _sum(x, w[::-1], t - 1),
                lambda x, w, t: _sum(x, w[::-1], t + 1),
            ),
        ),
        Misconception(
            "divided-again",
            "The sum of the products was divided once more.",
            "The three weights add up to 1 already: the sum of the products is the average.",
            (lambda x, w, t: _sum(x, w, t) / 3,),
        ),
        Misconception(
            "weights-ignored",
            "The reports were added up or averaged without their weights.",
            "Eq. (2) multiplies each report with the weight of its age before it adds.",
            (
                lambda x, w, t: x[t - 2 : t + 1].mean(),
                lambda x, w, t: x[t - 2 : t + 1].sum(),
                lambda x, w, t: x.mean(),
            ),
        ),
        Misconception(
            "newest-only",
            "Only the newest report is in it.",
            "The sum has three terms that are not 0, one for each weight. What are the ages of "
            "the other two reports?",
            (lambda x, w, t: w[0] * x[t], lambda x, w, t: x[t]),
        ),
    ),
    hints=(
        "Which reports are 0, 1 and 2 samples old at time t? Mark them in x.",
        "Write the weight of its age below each of the three: w(0) below x(t), w(1) below "
        "x(t - 1), w(2) below x(t - 2).",
        "Multiply each of the three reports with the weight below it, and add the three products.",
    ),
)
