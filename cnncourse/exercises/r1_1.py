"""R1.1: repair a centred average whose even windows have no middle.

The bug was published: the moving average of the geophysics package bruges, a box in
``np.convolve(..., "same")``, moves the data when the window has an even length; the report shows it
with a straight line, y = x (github.com/agilescientific/bruges, issue 105, 2024). pandas discusses
the same for ``rolling(m, center=True)`` (github.com/pandas-dev/pandas, issues 14425 and 40313). The
remedy, m + 1 weights of which the outermost two are halved, is the one of statsmodels'
``seasonal_decompose`` for even periods.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy import convolve as full  # bound here: a learner may overwrite np.convolve

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import SOLUTIONS


def my_centred_average(x, m):
    """Mend the window of an even length."""
    half = m // 2
    weights = np.ones(m) / m
    if m % 2 == 0:
        # The mean of two windows, half a sample early and half a sample late, is in the middle.
        weights = np.convolve(weights, [0.5, 0.5])
    smoothed = np.convolve(x, weights, "same")
    return smoothed[half : len(x) - half]


def _broken(x, m):
    """Average a recorded track with a centred window. One bug is in here: find it, mend it.

    x : array of n > m measured positions in km, oldest first.
    m : whole number >= 1, the length of the window in samples. If m is odd, m samples weigh
        1/m each. If m is even, no sample would be in the middle; so m + 1 samples count, the
        first and the last of them with half the weight, 1/(2m), the others with 1/m.
    Return an array of n - 2 (m // 2) averages in km, in order: one for each sample that has
    m // 2 neighbours on either side, and centred on that sample.

    What such an average does to a straight line is easy to tell: nothing. Try one.
    Example: x = [0, 1, 2, 3, 4, 5] -> [1, 2, 3, 4] if m = 3, and [2, 3] if m = 4.
    """
    half = m // 2
    weights = np.ones(m) / m
    smoothed = np.convolve(x, weights, "same")  # one number for each sample of x
    return smoothed[half : len(x) - half]  # without those that lack neighbours


def _by_definition(x: Array, m: int) -> Array:
    half = m // 2
    averages = []
    for i in range(half, len(x) - half):
        total = sum(x[i + j] for j in range(-half, half + 1))
        if m % 2 == 0:
            total -= (x[i - half] + x[i + half]) / 2
        averages.append(total / m)
    return np.array(averages)


def _cases(draw: Draw) -> list[Case]:
    line = np.arange(6.0)
    cases = [
        Case((line[:3], 2), "a straight line, an even window"),
        Case((line, 3), "the example of the task, an odd window"),
        Case((line, 4), "the example of the task, an even window"),
        Case((np.array([9.0, 7.0, 5.0, 3.0, 1.0]), 2), "a falling line"),
        Case((np.array([4.0, 4.0, 4.0, 4.0, 4.0]), 4), "a ship at rest"),
        Case((np.array([5, 1, 4, 8]), 2), "whole numbers"),
        Case((np.array([0.0, 0.0, 0.0, 12.0, 0.0, 0.0, 0.0]), 4), "an impulse"),
        Case((draw.numbers(3), 1), "a window of one sample"),
        Case((np.array([0.0137, 1 / 30, -0.002, 0.4]), 2), "small numbers with many decimals"),
        Case((np.array([1200.0, -3400.0, 560.0, 90.0, 7000.0]), 3), "large numbers"),
    ]
    for n, m in ((5, 4), (4, 3), (6, 2), (7, 3), (7, 6), (9, 5), (12, 6), (13, 8), (40, 9)):
        cases.append(Case((draw.numbers(n), m), "random numbers"))
    return [*cases, Case((draw.numbers(40, decimals=1), 10), "a long window")]


def _is_line(x: Array) -> bool:
    return len(x) > 2 and bool(np.abs(np.diff(x, 2)).max() < 1e-9)


def _keeps_lines(case: Case, output: Array) -> bool:
    x, _ = case.args
    return not _is_line(x) or _right(case, output)


def _right(case: Case, output: Array) -> bool:
    scale = size_of_terms(_by_definition, *case.args)
    return close(output, _by_definition(*case.args), scale=scale)


# Wrong repairs: the windows that they slide, for even lengths or for odd ones.


def _slid(x: Array, m: int, weights: Array, first: int) -> Array:
    """Slide `weights`, which begin `first` samples after sample i; outside of x are zeros."""
    size, half = len(weights), m // 2
    padded = np.pad(np.asarray(x, dtype=float), size)
    starts = range(size + half + first, size + len(x) - half + first)
    return np.array([padded[start : start + size] @ weights for start in starts])


def _even(window: Callable[[int], tuple[Array, int]]) -> Callable[[Array, int], Array]:
    """Make a program that is wrong for even lengths: `window` gives weights and their start."""
    return lambda x, m: _by_definition(x, m) if m % 2 else _slid(x, m, *window(m))


def _odd(window: Callable[[int], tuple[Array, int]]) -> Callable[[Array, int], Array]:
    return lambda x, m: _slid(x, m, *window(m)) if m % 2 else _by_definition(x, m)


def _box(m: int) -> Array:
    return np.ones(m) / m


def _halved(m: int) -> Array:
    """Give m + 1 weights, of which the outermost are halved."""
    return full(_box(m), [0.5, 0.5])


def _one_less(x: Array, m: int) -> Array:
    """Do what `m -= 1` at the start does: more outputs, too."""
    return _by_definition(x, m if m % 2 else m - 1)


def _uncut(weights: Callable[[int], Array]) -> Callable[[Array, int], Array]:
    return lambda x, m: full(x, _box(m) if m % 2 else weights(m), "same")


def _mended_for(length: int) -> Callable[[Array, int], Array]:
    return lambda x, m: _by_definition(x, m) if m == length else _STILL(x, m)


_STILL = _even(lambda m: (_box(m), -(m // 2)))


# Right answers by other ways.


def _by_loops(x, m):
    half = m // 2
    out = []
    for i in range(half, len(x) - half):
        window = list(x[i - half : i + half + 1])
        if m % 2 == 0:
            window[0] /= 2
            window[-1] /= 2
        out.append(sum(window) / m)
    return out


def _by_valid(x, m):
    w = np.full(m + 1 - m % 2, 1 / m)
    if m % 2 == 0:
        w[[0, -1]] /= 2
    return np.convolve(x, w, "valid")


def _mean_of_two(x, m):
    valid = np.convolve(x, np.ones(m) / m, "valid")
    return valid if m % 2 else (valid[:-1] + valid[1:]) / 2


EXERCISE = Exercise(
    id="R1.1",
    title="Repair: a window without a middle",
    solution=my_centred_average,
    broken=_broken,
    reference=_by_definition,
    cases=_cases,
    also_right=(_by_loops, _by_valid, _mean_of_two),
    probe=Probe("x", "", (np.array([2.0, 4.0, 3.0, 5.0, 1.0, 6.0]), 4), ("i",)),
    forbidden=SOLUTIONS,
    parts=(
        Part("a straight line comes out as it went in", 1, _keeps_lines),
        Part("every window has the weights of the task", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: with an even window everything is half a sample late.",
            "Average x = [0, 1, 2, 3, 4, 5] with m = 4. Which samples are in the window of sample "
            "2, and where is the middle of that window?",
            (_STILL,),
        ),
        Misconception(
            "moved-the-bug",
            "The bug has moved: with an even window everything is now half a sample early.",
            "Four samples have their middle between two of them, wherever you put the window. How "
            "many samples does a window need that has one in its middle?",
            (_even(lambda m: (_box(m), 1 - m // 2)),),
        ),
        Misconception(
            "window-too-long",
            "The even window has a middle now, but its outermost two weigh as much as the others.",
            "m + 1 equal weights average over a longer time than m samples do. What does the task "
            "say of the first and the last one?",
            (_even(lambda m: (_box(m + 1), -(m // 2))),),
        ),
        Misconception(
            "window-too-short",
            "The even window was made one sample shorter.",
            "That has a middle, but it averages over less than was asked: the window of length 4 "
            "became the one of length 3. The task makes it wider and halves two weights.",
            (_one_less, _even(lambda m: (_box(m - 1), 1 - m // 2))),
        ),
        Misconception(
            "not-normalised",
            "The weights of the even window do not add up to 1.",
            "Average a ship at rest at 4 km: where is it afterwards? Add up the m + 1 weights of "
            "the task, and then yours.",
            (
                _even(lambda m: (np.ones(m + 1) / m, -(m // 2))),
                _even(lambda m: (_halved(m) * m / (m + 1), -(m // 2))),
                _even(lambda m: (_halved(m) * m, -(m // 2))),
            ),
        ),
        Misconception(
            "odd-windows-changed",
            "Even windows are right now, odd ones no more.",
            "An odd window had a sample in its middle all along. For which m does the program "
            "need another kernel, and for which must the old one stay?",
            (
                _odd(lambda m: (_halved(m), -(m // 2) - 1)),
                _odd(lambda m: (_halved(m), -(m // 2))),
                _odd(lambda m: (_halved(m - 1) if m > 1 else _box(1), -(m // 2))),
            ),
        ),
        Misconception(
            "one-output-too-many",
            "With an even window there is one average too many, and none is centred on a sample.",
            'The mode "valid" gives n - m + 1 averages. If m is even, they belong to places '
            "halfway between samples. What is in the middle of two neighbours?",
            (lambda x, m: _by_definition(x, m) if m % 2 else full(x, _box(m), "valid"),),
        ),
        Misconception(
            "one-sample-off",
            "The weights are right, but with an even window all averages are one sample off.",
            "Lay the m + 1 weights on a straight line and count: which sample is in the middle, "
            "and for which sample does your program give out that average?",
            (
                _even(lambda m: (_halved(m), -(m // 2) - 1)),
                _even(lambda m: (_halved(m), 1 - m // 2)),
            ),
        ),
        Misconception(
            "ends-kept",
            "The averages at the two ends are there, too, made with zeros for what is missing.",
            "The task asks for samples with m // 2 neighbours on either side only. The line that "
            "cut the others off was not the bug.",
            (_uncut(_halved), _uncut(_box)),
        ),
        Misconception(
            "one-length-mended",
            "One even length is right now, the others are as before.",
            "Try a straight line with m = 2, 4 and 6: the repair must not hang on one of them.",
            (_mended_for(2), _mended_for(4)),
        ),
    ),
    hints=(
        "Average x = [0, 1, 2, 3, 4, 5] with m = 3, then with m = 4. Where does the line go?",
        'With an even number of weights, "same" has to put one sample more on one side than on '
        "the other. Which window would be symmetric?",
        "If m is even, make m + 1 weights: 1/m for all, then halve the first and the last. All "
        "else can stay.",
    ),
)
