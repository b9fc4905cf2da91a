"""E5.6: which padding is better? Paired differences over seeds, with a 95 % interval."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

T_FACTORS = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 8: 2.365, 10: 2.262}
"""97.5 % quantiles of Student's t with S - 1 degrees of freedom, by the number S of seeds."""


def my_verdicts(accuracies, t):
    """Judge for each padding whether it is better than the first one, as far as seeds can tell.

    accuracies : array (P, S) of test accuracies, 0 to 1. Row 0 is the padding that all others
        are compared with, rows 1 to P - 1 are those (P >= 2). Column j holds the networks of
        seed j: the same first weights and the same order of the images (S >= 3).
    t : the factor of a 95 % interval from S values, Student's t: 4.303 for S = 3, 2.776 for 5.
    For each row r >= 1 take the S differences accuracies[r, j] - accuracies[0, j], seed by seed.
    The interval for their mean reaches from mean - t * e to mean + t * e, where e is the standard
    error: the standard deviation of the differences, with S - 1 in its denominator, divided by
    the square root of S.

    Return an array of P - 1 verdicts: 1 ("better") if the whole interval lies above 0, -1
    ("worse") if all of it lies below 0, and 0 ("cannot tell") if not.

    Example: accuracies = [[0.90, 0.92, 0.91],
                           [0.93, 0.94, 0.94],
                           [0.96, 0.90, 0.91]], t = 4.303 -> [1, 0].
    """
    # Row by row, seed by seed: what both networks of a seed have in common cancels.
    differences = accuracies[1:] - accuracies[0]
    S = accuracies.shape[1]
    mean = differences.mean(axis=1)
    error = differences.std(axis=1, ddof=1) / np.sqrt(S)
    low, high = mean - t * error, mean + t * error
    # True counts as 1: above 0 gives 1, below 0 gives -1, and 0 inside of the interval 0.
    return (low > 0).astype(int) - (high < 0).astype(int)


def _verdict(differences: Array, t: float) -> int:
    """Judge one row by eye: count every number, loop by loop."""
    S = len(differences)
    mean = sum(differences) / S
    square = sum((d - mean) ** 2 for d in differences) / (S - 1)
    reach = t * (square / S) ** 0.5
    return 1 if mean > reach else -1 if mean < -reach else 0


def _reference(accuracies: Array, t: float) -> Array:
    return np.array([_verdict(row - accuracies[0], t) for row in accuracies[1:]])


def _ratio(differences: Array, t: float) -> float:
    """Give the mean difference in units of half the interval: beyond 1 or -1 it is telling."""
    return float(differences.mean() / (t * differences.std(ddof=1) / np.sqrt(len(differences))))


def _differences(draw: Draw, t: float, seeds: int, low: float, high: float, size: int) -> Array:
    """Draw differences whose ratio lies between `low` and `high`, of either sign."""
    middle = (low + high) / 2
    while True:
        pattern = draw.numbers(seeds, size=size) / 1000
        pattern = pattern - pattern.mean()
        reach = t * pattern.std(ddof=1) / np.sqrt(seeds)
        differences = np.round(pattern + middle * reach, 4)
        if low < _ratio(differences, t) < high and np.abs(differences).max() < 0.09:
            return differences


JUST, ALMOST, CLEAR, LITTLE = (1.01, 1.05), (0.95, 0.99), (1.6, 2.6), (0.2, 0.6)


def _case(draw: Draw, seeds: int, kinds: str, note: str) -> Case:
    """Draw accuracies; each letter of `kinds` is a row, a small one for "worse"."""
    t = T_FACTORS[seeds]
    base = 0.9 + draw.numbers(seeds, size=28) / 1000
    rows = [base]
    for kind in kinds:
        low, high = {"J": JUST, "A": ALMOST, "C": CLEAR, "L": LITTLE}[kind.upper()]
        size = 3 if kind in "Cc" else draw.integer(5, 9)
        differences = _differences(draw, t, seeds, low, high, size)
        rows.append(base + differences if kind.isupper() else base - differences)
    return Case((np.round(rows, 4), t), note)


def _cases(draw: Draw) -> list[Case]:
    example = np.array([[0.90, 0.92, 0.91], [0.93, 0.94, 0.94], [0.96, 0.90, 0.91]])
    return [
        Case((example, 4.303), "the example of the task"),
        *(
            _case(draw, seeds, "".join(draw.shuffled(kinds)), f"{seeds} seeds")
            for seeds, kinds in (
                (3, "C"),
                (3, "c"),
                (3, "La"),
                (4, "jC"),
                (4, "Al"),
                (5, "JAjacC"),
                (5, "Ll"),
                (6, "JAja"),
                (8, "cCLl"),
                (8, "JAja"),
                (10, "JjAa"),
                (10, "CcLlJAja"),
            )
        ),
    ]


def _agrees(case: Case, output: Array, wanted: int) -> bool:
    """Whether the rows that deserve this verdict got it."""
    right = _reference(*case.args)
    return output.shape == right.shape and bool((output[right == wanted] == wanted).all())


EXERCISE = Exercise(
    id="E5.6",
    title="Better, worse, or cannot tell",
    solution=my_verdicts,
    reference=_reference,
    cases=_cases,
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "paddings that are better or worse",
            1,
            lambda case, got: _agrees(case, got, 1) and _agrees(case, got, -1),
        ),
        Part("paddings of which the seeds cannot tell", 2, lambda case, got: _agrees(case, got, 0)),
    ),
    misconceptions=(),
    hints=(
        "Both networks of a seed started alike, so compare them with each other: how many "
        "differences does one padding have?",
        "For each row: the mean of its differences, their standard deviation with ddof=1, and that "
        "divided by the square root of S.",
        "low = mean - t * e and high = mean + t * e. The verdict is 1 if low > 0, -1 if high < 0, "
        "and else 0.",
    ),
)
