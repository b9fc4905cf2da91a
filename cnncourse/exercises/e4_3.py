"""E4.3: how much of a max pooling's output a shift leaves as it was."""

from __future__ import annotations

from collections.abc import Callable

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

Share = Callable[[int, int], float]


def my_unchanged_share(k, d):
    """Derive which share of max pooling's outputs a shift leaves unchanged.

    A long row of independent random numbers, all different, is pooled by its maximum: windows
    of k numbers, one step apart. Then the row is shifted by d places and pooled again. An
    output is unchanged if it has exactly the value that it had at the same place before.

    k : whole number >= 1, the width of the window.
    d : whole number >= 0, the shift in places. d = 1 is the case of the lesson; d may be as
        large as k, or larger.
    Return the expected share of outputs that are unchanged: a number from 0 to 1, exactly,
    by a formula in k and d (a simulation is a good test of it).

    Example: k = 3, d = 1 -> 0.5; the lesson derives it from the 4 numbers of both windows.
    """
    # Before and after, one output sees k + d different numbers, of which both windows share
    # k - d (none if the shift is as long as the window).
    shared = max(k - d, 0)
    # Both maxima are one number if the largest of all lies in the shared part; each of the
    # k + d is the largest with the same chance.
    return shared / (k + d)


def _reference(k: int, d: int) -> float:
    """Count places: those in both windows, of those in either; windows apart share none."""
    before, after = set(range(k)), set(range(d, d + k))
    return len(before & after) / len(before | after)


def _cases(draw: Draw) -> list[Case]:
    shifts = [draw.integer(2, 4) for _ in range(4)]
    return [
        Case((3, 1), "the example of the task"),
        Case((1, 1), "windows of one number"),
        Case((2, 1), "a shift of one"),
        Case((5, 1), "a shift of one"),
        Case((4, 0), "no shift"),
        Case((1, 0), "no shift, windows of one number"),
        Case((3, 2), "a shift of two"),
        Case((3, 3), "a shift as long as the window"),
        Case((2, 5), "a shift longer than the window"),
        *(Case((d + draw.integer(1, 6), d), "a random window and shift") for d in shifts),
        Case((draw.integer(10, 30), 1), "a wide window, a shift of one"),
        Case((draw.integer(25, 60), draw.integer(3, 9)), "a wide window"),
        Case((draw.integer(2, 4), draw.integer(6, 9)), "a shift longer than the window"),
        Case((100, 30), "a very wide window"),
    ]


def _close(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


def _clipped(share: Share) -> Share:
    """Make an idea that knows that windows apart share nothing."""
    return lambda k, d: share(k, d) if d < k else 0.0


# Right answers by other ways.


def _by_places(k, d):
    kept = 0
    for place in range(k + d):
        if place >= d and place < k:
            kept += 1
    return kept / (k + d)


def _by_changes(k, d):
    if d >= k:
        return 0
    entering, leaving, all_numbers = d, d, k + d
    return 1 - (entering + leaving) / all_numbers


EXERCISE = Exercise(
    id="E4.3",
    title="What a shift leaves unchanged",
    solution=my_unchanged_share,
    reference=_reference,
    cases=_cases,
    also_right=(_by_places, _by_changes),
    output="number",
    forbidden=SOLUTIONS,
    error_hints={
        "ZeroDivisionError": "k is at least 1 and d at least 0, so k + d is never 0. What did you "
        "divide by, and for which k and d is that 0?",
    },
    parts=(
        Part(
            "a shift of one place",
            1,
            lambda case, output: case.args[1] != 1 or _close(case, output),
        ),
        Part("any shift", 1, _close),
    ),
    misconceptions=(
        Misconception(
            "all-survive",
            "All outputs are taken to survive: exact invariance.",
            "Pooling is invariant only approximately. Take k = 1: the pooled row is the row "
            "itself. How much of it stays the same under a shift?",
            (lambda k, d: 1.0, lambda k, d: 1.0 if d < k else 0.0),
        ),
        Misconception(
            "leaving-forgotten",
            "The numbers that leave the window were forgotten, or those that come in.",
            "A shift by d brings d new numbers in, and takes d old ones out. The output changes "
            "if the largest of all is among either.",
            (
                lambda k, d: k / (k + d),
                _clipped(lambda k, d: k / (k + d)),
                lambda k, d: k / (k + 1),
            ),
        ),
        Misconception(
            "one-window-only",
            "The shared numbers were compared with one window, not with both.",
            "That the old maximum is still in the window is not enough: a new number may be "
            "larger. How many different numbers are in the two windows together?",
            (
                _clipped(lambda k, d: (k - d) / k),
                lambda k, d: (k - d) / k,
                _clipped(lambda k, d: 1 / k),
                lambda k, d: (k - 1) / k,
            ),
        ),
        Misconception(
            "shared-counted-twice",
            "The numbers that both windows share were counted twice.",
            "Two windows hold 2k numbers, but some of them are the same. How many different ones "
            "are there?",
            (_clipped(lambda k, d: (k - d) / (2 * k)),),
        ),
        Misconception(
            "multiplied",
            "Two chances were multiplied that are not independent.",
            "The old window's maximum and the new window's are both the shared one, or not: there "
            "is one largest number of all. Where must it lie?",
            (_clipped(lambda k, d: ((k - d) / k) ** 2),),
        ),
        Misconception(
            "always-one-place",
            "That is the share for a shift of one place, whatever d is.",
            "Draw both windows for k = 5 and d = 2. How many numbers do they share, and how many "
            "are there in all?",
            (
                lambda k, d: (k - 1) / (k + 1),
                _clipped(lambda k, d: (k - 1) / (k + d)),
                _clipped(lambda k, d: (k - d) / (k + 1)),
            ),
        ),
        Misconception(
            "windows-apart",
            "For windows that lie apart, this is not a share from 0 to 1.",
            "If d > k the two windows share no number. Which share can stay the same, and what "
            "does your formula say?",
            (lambda k, d: (k - d) / (k + d), lambda k, d: abs(k - d) / (k + d)),
        ),
        Misconception(
            "changed-share",
            "That is the share of outputs that change.",
            "A window of a hundred numbers, moved by one, mostly keeps its maximum. Should the "
            "result be near 0 or near 1?",
            (
                lambda k, d: 1 - _reference(k, d),
                lambda k, d: 2 * d / (k + d),
            ),
        ),
        Misconception(
            "cut-to-integers",
            "The division was cut off to a whole number.",
            "`//` leaves out what is behind the decimal point; a share needs `/`.",
            (
                lambda k, d: max(k - d, 0) // (k + d),
                lambda k, d: (k - d) // (k + d),
            ),
        ),
        Misconception(
            "off-by-one",
            "The shared or the joint numbers are miscounted by one.",
            "Write the places of both windows down for k = 3 and d = 1: 0, 1, 2 and 1, 2, 3. How "
            "many are in both, how many in either?",
            (
                _clipped(lambda k, d: (k - d) / (k + d + 1)),
                _clipped(lambda k, d: (k - d + 1) / (k + d)),
                _clipped(lambda k, d: (k - d + 1) / (k + d + 1)),
                _clipped(lambda k, d: (k - d) / max(k + d - 1, 1)),
                _clipped(lambda k, d: (k - d - 1) / (k + d)),
            ),
        ),
    ),
    hints=(
        "Draw the window before and after the shift, one above the other. Which numbers are in "
        "both, and which in only one of them?",
        "Think of the largest of all numbers that the two windows hold together. In which places "
        "may it lie, so that both maxima are the same?",
        "Each of the k + d numbers is the largest with the same chance; k - d of them are in both "
        "windows, as long as d < k.",
    ),
)
