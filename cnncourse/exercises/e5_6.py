"""E5.6: which padding is better? Paired differences over seeds, with a 95 % interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

T_FACTORS = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 8: 2.365, 10: 2.262}
"""97.5 % quantiles of Student's t with S - 1 degrees of freedom, by the number S of seeds."""


def my_verdicts(accuracies, t):
    """Judge for each padding whether it is better than the first one, as far as seeds can tell.

    accuracies : array (P, S) of test accuracies, 0 to 1. Row 0 is the padding that all others
        are compared with, rows 1 to P - 1 are those (P >= 2). Column j holds the networks of
        seed j, which share what chance decided: first weights, order of the images (S >= 3).
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


# Wrong ideas. `_interval` makes verdicts of a centre and a reach for each row.


def _interval(centre: Array, reach: Array | float) -> Array:
    return (centre > reach).astype(float) - (centre < -np.asarray(reach)).astype(float)


def _best_run(accuracies: Array, t: float) -> Array:
    return np.sign(accuracies[1:].max(axis=1) - accuracies[0].max())


def _winner_only(accuracies: Array, t: float, summary: Callable[..., Array]) -> Either:
    """Call the row with the best summary better, all others worse; of equals one or all."""
    scores = summary(accuracies, axis=1)[1:]
    ways = [np.full(len(scores), -1.0) for _ in range(2)]
    ways[0][scores.argmax()] = 1.0
    ways[1][scores == scores.max()] = 1.0
    return Either(*ways)


def _unpaired(accuracies: Array, t: float) -> Array:
    """Take two samples that have nothing to do with each other."""
    mean, error = accuracies.mean(axis=1), _error(accuracies)
    return _interval(mean[1:] - mean[0], t * np.sqrt(error[1:] ** 2 + error[0] ** 2))


def _apart(accuracies: Array, t: float) -> Array:
    """Ask that the intervals of both accuracies do not overlap."""
    mean, error = accuracies.mean(axis=1), _error(accuracies)
    return _interval(mean[1:] - mean[0], t * (error[1:] + error[0]))


def _outside_own(accuracies: Array, t: float) -> Array:
    """Ask that the first row's mean lies outside of the other row's interval."""
    mean, error = accuracies.mean(axis=1), _error(accuracies)
    return _interval(mean[1:] - mean[0], t * error[1:])


def _error(values: Array, ddof: int = 1) -> Array:
    return values.std(axis=1, ddof=ddof) / np.sqrt(values.shape[1])


def _paired(accuracies: Array, t: float, reach: Callable[[Array], Array | float]) -> Array:
    """Give verdicts from paired differences, with another reach of the interval."""
    differences = accuracies[1:] - accuracies[0]
    return _interval(differences.mean(axis=1), reach(differences))


def _in_steps(accuracies: Array, t: float) -> Array:
    """Compare each row with the one before it."""
    return np.array(
        [_verdict(row - accuracies[i], t) for i, row in enumerate(accuracies[1:])], dtype=float
    )


def _wins(accuracies: Array, t: float) -> Array:
    return (accuracies[1:] > accuracies[0]).mean(axis=1)


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
        if low < _ratio(differences, t) < high and np.abs(differences).max() < 0.07:
            return differences


def _reached(kind: str, t: float, seeds: int) -> tuple[float, float]:
    """Say between which ratios the rows of a kind lie, so that each wrong interval shows."""
    if kind == "H":  # telling with 1.96 for t, not with S in place of S - 1
        return 2.05 / t, 0.97 * np.sqrt(1 - 1 / seeds)
    return {"J": (1.01, 1.05), "A": (0.95, 0.99), "C": (1.6, 2.6), "L": (0.2, 0.6)}[kind]


def _many_small_wins(draw: Draw, seeds: int) -> Array:
    """Draw differences of which all but one are above 0, and the mean below."""
    wins = np.abs(draw.numbers(seeds - 1, size=4)) / 1000
    loss = wins.sum() + draw.integer(4, 9) / 1000
    return np.array(draw.shuffled([*wins, -loss]))


def _case(draw: Draw, seeds: int, kinds: str, note: str = "") -> Case:
    """Draw accuracies; each letter of `kinds` is a row, a small one for the other sign."""
    t = T_FACTORS[seeds]
    base = 0.9 + draw.numbers(seeds, size=28) / 1000
    rows = [base]
    for kind in draw.shuffled(kinds):
        if kind in "Ww":
            differences = _many_small_wins(draw, seeds)
        elif kind in "Bb":  # so large that it shows even in unpaired runs
            differences = 0.06 + draw.numbers(seeds, size=3) / 1000
        else:
            size = 3 if kind in "Cc" else draw.integer(5, 9)
            low, high = _reached(kind.upper(), t, seeds)
            differences = _differences(draw, t, seeds, low, high, size)
        rows.append(base + differences if kind.isupper() else base - differences)
    return Case((np.round(rows, 4), t), note or f"{seeds} seeds")


def _cases(draw: Draw) -> list[Case]:
    example = np.array([[0.90, 0.92, 0.91], [0.93, 0.94, 0.94], [0.96, 0.90, 0.91]])
    return [
        Case((example, 4.303), "the example of the task"),
        _case(draw, 3, "C", "one padding beside the first"),
        _case(draw, 3, "c", "one padding beside the first"),
        _case(draw, 3, "Lah"),
        _case(draw, 4, "jC"),
        _case(draw, 4, "HAl"),
        _case(draw, 5, "JAjacC"),
        _case(draw, 5, "WHl"),
        _case(draw, 6, "JAjah"),
        _case(draw, 8, "cCLlB"),
        _case(draw, 8, "JAjaw"),
        _case(draw, 10, "JjAa"),
        _case(draw, 10, "CcLlJAjab"),
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
        Part("paddings of which the seeds cannot tell", 1, lambda case, got: _agrees(case, got, 0)),
        Part(
            "every verdict",
            1,
            lambda case, got: all(_agrees(case, got, wanted) for wanted in (-1, 0, 1)),
        ),
    ),
    misconceptions=(
        Misconception(
            "best-run",
            "Only the best run of each padding was compared.",
            "The best of several runs tells how lucky one seed was, and is better the more seeds "
            "there are. Which runs belong together?",
            (
                _best_run,
                lambda a, t: np.where(a[1:].max(axis=1) > a[0].max(), 1.0, -1.0),
                lambda a, t: np.where(a[1:].max(axis=1) > a[0].max(), 1.0, 0.0),
                lambda a, t: _winner_only(a, t, np.max),
            ),
        ),
        Misconception(
            "one-seed",
            "Only one seed was compared.",
            "With other first weights another padding may win. How far do the differences of the "
            "seeds lie apart?",
            (
                lambda a, t: np.sign(a[1:, 0] - a[0, 0]),
                lambda a, t: np.sign(a[1:, -1] - a[0, -1]),
            ),
        ),
        Misconception(
            "mean-without-interval",
            "Means were compared, without asking how sure they are.",
            "Two means are never quite equal. What would the same networks give with other seeds? "
            "That is what the interval is for, and why there is a verdict 0.",
            (
                lambda a, t: np.sign(a[1:].mean(axis=1) - a[0].mean()),
                lambda a, t: np.sign(np.median(a[1:], axis=1) - np.median(a[0])),
                lambda a, t: np.where(a[1:].mean(axis=1) > a[0].mean(), 1.0, 0.0),
                lambda a, t: _winner_only(a, t, np.mean),
            ),
        ),
        Misconception(
            "unpaired",
            "The seeds were not paired: each padding has an interval of its own.",
            "Some first weights are good for every padding. That makes accuracies differ from seed "
            "to seed, and cancels in the difference of the two networks of one seed.",
            (_unpaired, _apart, _outside_own),
        ),
        Misconception(
            "spread-of-runs",
            "The interval is that of single runs, not of their mean.",
            "It tells where the next seed may fall. How far the mean may be off is less, and "
            "shrinks with the number of seeds: the standard error.",
            (
                lambda a, t: _paired(a, t, lambda d: t * d.std(axis=1, ddof=1)),
                lambda a, t: _paired(a, t, lambda d: t * d.std(axis=1)),
                lambda a, t: _paired(a, t, lambda d: 1.96 * d.std(axis=1, ddof=1)),
                lambda a, t: _paired(a, t, lambda d: d.std(axis=1, ddof=1)),
            ),
        ),
        Misconception(
            "divided-by-seeds",
            "The standard deviation was divided by S, not by its root.",
            "Four times as many seeds make a mean twice as sure, not four times.",
            (
                lambda a, t: _paired(a, t, lambda d: t * d.std(axis=1, ddof=1) / a.shape[1]),
                lambda a, t: _paired(a, t, lambda d: t * d.std(axis=1) / a.shape[1]),
            ),
        ),
        Misconception(
            "denominator-s",
            "The standard deviation has S in its denominator, not S - 1.",
            "NumPy's std divides by S unless you say ddof=1. The mean was fitted to the same few "
            "numbers, so they lie closer to it than to the true one.",
            (lambda a, t: _paired(a, t, lambda d: t * _error(d, 0)),),
        ),
        Misconception(
            "other-factor",
            "The interval has another factor than t.",
            "1.96, or 2, is for many seeds. With few the standard deviation itself is uncertain, "
            "and the interval has to be wider: by the factor t that is given.",
            (
                lambda a, t: _paired(a, t, lambda d: 1.96 * _error(d)),
                lambda a, t: _paired(a, t, lambda d: 2 * _error(d)),
                lambda a, t: _paired(a, t, lambda d: _error(d)),
                lambda a, t: _paired(a, t, lambda d: t / 2 * _error(d)),
                lambda a, t: _paired(a, t, lambda d: 1.96 * _error(d, 0)),
            ),
        ),
        Misconception(
            "wins-counted",
            "Seeds were counted by who won, not by how much.",
            "Five wins by a hair and two defeats by far: the mean difference is below 0. And few "
            "wins in a row may be luck.",
            (
                lambda a, t: (_wins(a, t) == 1).astype(float) - (_wins(-a, t) == 1).astype(float),
                lambda a, t: np.sign(_wins(a, t) - _wins(-a, t)),
                lambda a, t: np.where(_wins(a, t) > 0.5, 1.0, -1.0),
            ),
        ),
        Misconception(
            "turned-round",
            "Better and worse are exchanged.",
            "A difference above 0 has to mean that row r is more accurate than row 0. Which of the "
            "two did you subtract?",
            (lambda a, t: -_reference(a, t).astype(float),),
        ),
        Misconception(
            "direction-lost",
            "It tells whether there is a difference, not in which direction.",
            "An interval that lies below 0 as a whole means worse: -1.",
            (
                lambda a, t: np.abs(_reference(a, t)).astype(float),
                lambda a, t: np.maximum(_reference(a, t), 0).astype(float),
            ),
        ),
        Misconception(
            "never-undecided",
            'There is no "cannot tell": what is not better counts as worse.',
            "An interval that holds 0 allows both signs of the difference. More seeds may decide.",
            (
                lambda a, t: np.where(_reference(a, t) == 1, 1.0, -1.0),
                lambda a, t: np.where(_reference(a, t) == -1, -1.0, 1.0),
            ),
        ),
        Misconception(
            "compared-with-the-row-before",
            "Each padding is compared with the one before it, not with the first.",
            "Row 0 is what all others are compared with.",
            (_in_steps,),
        ),
    ),
    error_hints={
        "ValueError": "accuracies[1:] - accuracies[0] takes row 0 from every other row. Along "
        "which axis are the seeds?",
        "ZeroDivisionError": "A mean and a standard deviation need no division by the differences "
        "themselves. What did you divide by?",
    },
    hints=(
        "Both networks of a seed started alike, so compare them with each other: how many "
        "differences does one padding have?",
        "For each row: the mean of its differences, their standard deviation with ddof=1, and that "
        "divided by the square root of S.",
        "low = mean - t * e and high = mean + t * e. The verdict is 1 if low > 0, -1 if high < 0, "
        "and else 0.",
    ),
)
