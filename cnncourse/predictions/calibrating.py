"""How far a learner's sureness was justified, over all predictions whose results are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncourse import records
from cnncourse._intervals import wilson_interval
from cnncourse.predictions.data import PREDICTIONS
from cnncourse.predictions.history import counting, fitting, outcomes
from cnncourse.predictions.sureness import LEVELS, percent

if TYPE_CHECKING:
    from cnncourse.plots import Picture


@dataclass(frozen=True)
class Judged:
    """A prediction that was made before its result was shown: how sure, and whether right."""

    prediction_id: str
    sure: float
    right: bool


def judged(events: Sequence[records.Event]) -> list[Judged]:
    """The prediction of each id that counts, as soon as its result has been shown."""
    told, found = outcomes(events), []
    for prediction in PREDICTIONS.values():
        made = counting(prediction, events)
        if made is not None and made.id in told:
            found.append(Judged(prediction.id, float(made.data["sure"]), told[made.id]))
    return found


def predicted(events: Sequence[records.Event]) -> set[str]:
    """Ids of the predictions that were made at all, before their results were shown or after."""
    return {one.id for one in PREDICTIONS.values() if fitting(one, events)}


def brier_score(made: list[Judged]) -> float:
    """Mean of (sureness - 1 if right, 0 if wrong)^2: 0 is perfect, 0.25 is always saying 50 %.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78 (1950), for one event.

    Examples
    --------
    >>> round(brier_score([Judged("P1.1", 0.9, True), Judged("P1.2", 0.5, False)]), 3)
    0.13
    """
    return sum((one.sure - one.right) ** 2 for one in made) / len(made)


def reading(made: list[Judged]) -> list[str]:
    """Say what the plot shows, a sentence for each level, and no more than the numbers allow.

    Examples
    --------
    >>> for line in reading([Judged("P1.1", 0.9, False), Judged("P1.2", 0.9, True)]):
    ...     print(line)
    Of the 2 predictions of which you were sure (90 %), 1 was right: fewer than you thought, but so
    few may be chance.
    Brier score 0.41: the mean square of sureness minus truth (1 if right, 0 if wrong). 0 would be
    perfect; always saying 50 % gives 0.25.
    """
    lines = [
        _level(sure, [one.right for one in made if one.sure == sure])
        for sure in sorted({one.sure for one in made})
    ]
    score = brier_score(made)
    lines.append(
        f"Brier score {score:.2f}: the mean square of sureness minus truth (1 if right, 0 if "
        "wrong). 0 would be perfect; always saying 50 % gives 0.25."
    )
    return lines


# Fewer than this say nothing about a level, whatever the interval.
_ENOUGH = 5


def _level(sure: float, right: list[bool]) -> str:
    """One level in a sentence; only what lies outside its interval is called by a name."""
    good, count = sum(right), len(right)
    which = f"{LEVELS[sure].which} ({percent(sure)})"
    if count == 1:
        return (
            f"The one prediction {which} was {'right' if good else 'wrong'}: one tells nothing yet."
        )
    low, high = wilson_interval(good, count)
    share = good / count
    if abs(share - sure) <= 0.1:
        verdict = "about as many as you thought"
    elif low <= sure <= high or count < _ENOUGH:
        verdict = (
            f"{'fewer' if share < sure else 'more'} than you thought, but so few may be chance"
        )
    elif sure > high:
        verdict = "fewer than you thought. Here you were overconfident"
    else:
        verdict = "more than you thought. Here you may trust yourself more"
    number = "none" if good == 0 else str(good)
    was = "was" if good == 1 else "were"
    return f"Of the {count} predictions {which}, {number} {was} right: {verdict}."


def show_calibration() -> Picture | None:
    """Draw how sure you were against how often you were right, and say what that means.

    Returns
    -------
    picture : Picture or None
        None as long as no prediction that counts has been compared with its result.

    Examples
    --------
    >>> from cnncourse.predictions import compare, predict
    >>> recorded, compared = predict("P0.3", 2, sure=0.9), compare("P0.3", [1, 4])
    >>> picture = show_calibration()  # doctest: +ELLIPSIS
    how sure you were, and how often you were right
    ...
    """
    events = records.events()
    made = judged(events)
    if not made and predicted(events):
        print("no prediction that counts yet")
        print("Those recorded wait for their results, or were made after these had been shown.")
        return None
    if not made:
        print("no prediction recorded")
        print("The plot appears once you have recorded predictions and run the cells after them.")
        return None
    from cnncourse.plots import calibration_plot

    print("how sure you were, and how often you were right")
    for line in reading(made):
        print(line)
    return calibration_plot(
        [one.sure for one in made], [one.right for one in made], levels=list(LEVELS)
    )
