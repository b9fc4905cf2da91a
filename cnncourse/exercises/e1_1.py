"""E1.1: a normalised causal kernel, eq. (1). Many answers are right, so properties decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

EXACT = 1e-9  # what must be 0, and how much heavier "heavier" is at least
ROUNDING = 1e-5  # float32 answers included
ROUNDING_OF_DOUBLES = 5e-7  # less than what rounding to 6 decimals leaves


def my_weights(ages):
    """Give each measurement a weight w(age), for a causal weighted average as in eq. (1).

    ages : integer array, the age of each measurement in samples. Age 0 is now, age 3 is
        three samples ago, and a negative age lies in the future. They come in any order,
        may have gaps, and none comes twice; 0 is always there, and at least one older.
    Return an array with one weight (no unit) for each age, in the order of `ages`:
      - a measurement from the future weighs 0,
      - no weight is negative, and all of them add up to 1,
      - the weight never rises with age, and the newest (age 0) outweighs the oldest.

    Any such weights are right. One example: ages [-1, 0, 1, 2] -> [0, 0.5, 0.3, 0.2].
    """
    # Any falling positive function of the age will do; here each sample back counts
    # 0.7 times. np.maximum keeps the power tame for negative ages, which weigh 0 anyway.
    weights = np.where(ages < 0, 0.0, 0.7 ** np.maximum(ages, 0))
    # Normalise last: what the future would have weighed must not enter the sum.
    return weights / weights.sum()


def _faults(case: Case, weights: Array) -> list[str]:
    """Name each condition of the task that `weights` break."""
    (ages,) = case.args
    past = ages >= 0
    by_age = weights[past][np.argsort(ages[past])]
    total = float(weights.sum())
    broken = []
    if np.abs(weights[~past]).max(initial=0.0) > EXACT:
        broken.append("future")
    if by_age.min() < -EXACT:
        broken.append("negative")
    if abs(total - 1.0) > (ROUNDING if _single_precision(weights) else ROUNDING_OF_DOUBLES):
        broken.append("total")
    if (np.diff(by_age) > ROUNDING * max(1.0, float(np.abs(by_age).max()))).any():
        broken.append("rises")
    if not by_age[0] > by_age[-1] + EXACT:
        broken.append("newest")
    return broken


def _single_precision(weights: Array) -> bool:
    """Whether float32 holds these numbers exactly, as it does what was computed in it."""
    with np.errstate(over="ignore"):
        return bool((weights.astype(np.float32) == weights).all())


def _in_digits(total: float) -> str:
    """Write a total that is not 1 with as many digits as it takes to see that."""
    texts = (f"{total:.{digits}g}" for digits in (4, 8, 17))
    return next((text for text in texts if text != "1"), "1")


def _judge(case: Case, weights: Array) -> str:
    (ages,) = case.args
    if weights.shape != ages.shape:
        return f"{ages.size} ages need {ages.size} weights"
    sentences = {
        "future": "a measurement from the future has a weight",
        "negative": "a weight is negative",
        "total": f"the weights add up to {_in_digits(float(weights.sum()))}, not to 1",
        "rises": "the weight rises with age somewhere",
        "newest": "the newest does not outweigh the oldest",
    }
    return "; ".join(sentences[fault] for fault in _faults(case, weights))


def _free_of(*faults: str) -> Callable[[Case, Array], bool]:
    def holds(case: Case, weights: Array) -> bool:
        return weights.shape == case.args[0].shape and not {*faults} & {*_faults(case, weights)}

    return holds


def _cases(draw: Draw) -> list[Case]:
    cases = [
        Case((np.array([0, 1]),), "two measurements, none from the future"),
        Case((np.array([-1, 0, 1]),), "one measurement from the future"),
        Case((np.array([2, 0, 1]),), "not in order of age"),
        Case((np.array([0, 1, 2, 3]),), "four measurements, none from the future"),
        Case((np.array([3, 0, 1]),), "a gap, and none from the future"),
        Case((np.array([1, -2, 0, 4]),), "a gap, and out of order"),
        Case((np.array([3, 0, 5, 1, 6, 2, 4]),), "every age from 0 to 6"),
    ]
    for past, future in ((3, 0), (2, 1), (3, 2), (5, 3), (8, 2)):
        ages = [0, *draw.shuffled(range(1, past + 4))[: past - 1]]
        ages += [-a for a in draw.shuffled(range(1, future + 3))[:future]]
        mixed = draw.shuffled(ages)
        while mixed == sorted(mixed) or mixed == sorted(mixed)[::-1]:
            mixed = draw.shuffled([*ages, max(ages) + 1] if len(ages) < 3 else ages)
        cases.append(Case((np.array(mixed),), "ages in random order"))
    long_ago = draw.shuffled([60, 25, 12, 7, 1, 0, -1, -3])
    every = draw.shuffled(range(-2, 32))
    return [
        *cases,
        Case((np.array(long_ago),), "a measurement from long ago"),
        Case((np.array(every),), "every age up to 31, and two from the future"),
    ]


# Wrong implementations, each with a fault of its own kind.


def _normalised(weights: Array) -> Array:
    return weights / weights.sum()


def _falling(ages: Array) -> Array:
    return np.where(ages < 0, 0.0, 0.7 ** np.maximum(ages, 0))


def _past(ages: Array) -> Array:
    return np.where(ages < 0, 0.0, 1.0)


def _by_position(ages: Array) -> Array:
    return np.where(ages < 0, 0.0, 0.7 ** np.arange(ages.size))


def _straight(ages: Array) -> Array:
    """Falling straight line that crosses 0 before the oldest age, with a positive sum."""
    past = ages[ages >= 0]
    return np.where(ages < 0, 0.0, past.mean() + 0.25 * past.max() - ages)


def _rising(case: Case, weights: Array) -> bool:
    (ages,) = case.args
    by_age = weights[ages >= 0][np.argsort(ages[ages >= 0])]
    return {*_faults(case, weights)} == {"rises", "newest"} and bool((np.diff(by_age) >= 0).all())


def _flat(case: Case, weights: Array) -> bool:
    past = weights[case.args[0] >= 0]
    return {*_faults(case, weights)} == {"newest"} and bool(np.ptp(past) < ROUNDING)


def _future_counted(case: Case, weights: Array) -> bool:
    """Sum 1 without the future, less than 1 with it: normalised first, zeroed after."""
    if (case.args[0] >= 0).all():
        return not _faults(case, weights)
    return _faults(case, weights) == ["total"] and weights.sum() < 1.0


def _weighs_future(case: Case, weights: Array) -> bool:
    """Nothing else is wrong; it may be that only some negative ages have a weight."""
    return {*_faults(case, weights)} <= {"future"}


def _crosses_zero(case: Case, weights: Array) -> bool:
    """Falls with age below 0; if most of it is there, a division by the sum turns all signs."""
    (ages,) = case.args
    by_age = weights[ages >= 0][np.argsort(ages[ages >= 0])]
    turned = by_age[0] < 0 < by_age[-1] and bool((np.diff(by_age) >= 0).all())
    return {*_faults(case, weights)} <= (
        {"negative", "rises", "newest"} if turned else {"negative"}
    )


def _unnormalised(case: Case, weights: Array) -> bool:
    return _faults(case, weights) in ([], ["total"])


def _positional(case: Case, weights: Array) -> bool:
    """Falls along the array, whatever the ages are."""
    (ages,) = case.args
    past = weights[ages >= 0]
    return {*_faults(case, weights)} <= {"rises", "newest"} and bool(
        (np.diff(past) <= EXACT).all() and past[0] > past[-1]
    )


def _shape_safe(explains: Callable[[Case, Array], bool]) -> Callable[[Case, Array], bool]:
    return lambda case, weights: weights.shape == case.args[0].shape and explains(case, weights)


def _idea(
    slug: str, title: str, hint: str, explains: Any, *variants: Callable[..., Any]
) -> Misconception:
    return Misconception(slug, title, hint, variants, _shape_safe(explains))


# Right answers by other ways than the solution's and the reference's.


def _falling_line(ages):
    top = ages.max() + 1
    weights = np.where(ages >= 0, top - ages, 0)
    return weights / weights.sum()


def _gaussian_masked(ages):
    w = np.zeros(len(ages))
    past = ages >= 0
    w[past] = np.exp(-(ages[past] ** 2) / 18)
    w /= w.sum()
    return w


EXERCISE = Exercise(
    id="E1.1",
    title="A causal average",
    solution=my_weights,
    judge=_judge,
    cases=_cases,
    also_right=(_falling_line, _gaussian_masked),
    parts=(
        Part("the future weighs nothing", 1, _free_of("future")),
        Part("the weights add up to 1", 1, _free_of("total")),
        Part(
            "recent measurements count most, none negatively",
            1,
            _free_of("negative", "rises", "newest"),
        ),
    ),
    misconceptions=(
        _idea(
            "rising-weights",
            "Your weights rise with age: the oldest measurement counts most.",
            "w takes an age, and a large age means long ago. Which end of the track do you trust "
            "to tell where the ship is now?",
            _rising,
            lambda ages: _normalised(np.where(ages < 0, 0.0, 1.0 + ages)),
            lambda ages: _normalised(_past(ages) / np.maximum(_falling(ages), 1e-9)),
        ),
        _idea(
            "weight-on-future",
            "Measurements from the future have a weight.",
            "In eq. (1), w(a) = 0 for a < 0: a filter that runs on board has not seen them yet.",
            _weighs_future,
            lambda ages: _normalised(0.7 ** ages.astype(float)),
            lambda ages: _normalised(0.7 ** np.abs(ages)),
            lambda ages: _normalised(np.where(ages < 0, 1.0, 0.7 ** np.abs(ages))),
        ),
        _idea(
            "future-counted-in-the-sum",
            "The weights add up to 1 only when nothing comes from the future.",
            "The order of two steps matters: which one has to come last, setting the future to 0 "
            "or dividing by the sum?",
            _future_counted,
            lambda ages: np.where(ages < 0, 0.0, 0.7 ** np.abs(ages) / (0.7 ** np.abs(ages)).sum()),
            lambda ages: np.where(
                ages < 0, 0.0, 0.7 ** np.abs(ages) / (0.7 ** ages.astype(float)).sum()
            ),
        ),
        _idea(
            "not-normalised",
            "The weights do not add up to 1.",
            "Smooth a ship at rest at 100 km: where would these weights put it? Only weights that "
            "add up to 1 make an average.",
            _unnormalised,
            _falling,
            lambda ages: _falling(ages) / ages.size,
            lambda ages: _falling(ages) / _falling(ages).max() * 2,
            lambda ages: _falling(ages) / np.sqrt((_falling(ages) ** 2).sum()),
        ),
        _idea(
            "flat-weights",
            "All past measurements weigh the same.",
            "That is an average, and a causal one, but it trusts an old measurement as much as "
            "the newest. Let the weight fall with age.",
            _flat,
            lambda ages: _normalised(_past(ages)),
        ),
        _idea(
            "position-for-age",
            "Your weights fall along the array, not with age.",
            "The ages come in any order, and may have gaps. Compute each weight from its age, not "
            "from its place in the array.",
            _positional,
            lambda ages: _normalised(_by_position(ages)),
            lambda ages: _normalised(np.where(ages < 0, 0.0, ages.size - np.arange(ages.size))),
        ),
        _idea(
            "negative-weights",
            "Some old measurements have negative weights.",
            "A line that falls crosses 0 somewhere. What should the weight be beyond that age?",
            _crosses_zero,
            lambda ages: _normalised(_straight(ages)),
            lambda ages: _normalised(np.where(ages < 0, 0.0, 10.0 - ages)),
        ),
    ),
    hints=(
        "Three conditions, three steps: a function of the age that falls, nothing for the "
        "future, a sum of 1.",
        "A falling function: a power of a number between 0 and 1, or a straight line that stays "
        "positive. np.where(ages < 0, ..., ...) treats the future apart.",
        "Set the weights of the future to 0 first; then divide by the sum of what is left.",
    ),
)
