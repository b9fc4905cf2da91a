"""How far a learner's sureness was justified, over all predictions whose results are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncourse import records
from cnncourse.predictions.data import PREDICTIONS
from cnncourse.predictions.history import fitting, outcomes
from cnncourse.predictions.wording import sure_in_words

if TYPE_CHECKING:
    from cnncourse.plots import Picture


@dataclass(frozen=True)
class Judged:
    """A prediction that was made before its result was shown: how sure, and whether right."""

    prediction_id: str
    sure: float
    right: bool


def judged() -> list[Judged]:
    """The first prediction of each id that was made before its result was shown."""
    told, events = outcomes(), records.events("prediction")
    made = []
    for prediction in PREDICTIONS.values():
        before = [e for e in fitting(prediction, events) if not e.data.get("seen")]
        if before and before[0].id in told:
            sure, right = float(before[0].data["sure"]), told[before[0].id]
            made.append(Judged(prediction.id, sure, right))
    return made


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
    from cnncourse.plots.calibration import wilson_interval

    good, count = sum(right), len(right)
    kind = {0.25: "at which you were {}", 0.5: "of which you said “{}”"}.get(
        sure, "of which you were {}"
    )
    words, level = sure_in_words(sure).split(" (")
    which = f"{kind.format(words)} ({level}"
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
        None as long as no prediction has been compared with its result.

    Examples
    --------
    >>> from cnncourse.predictions import compare, predict
    >>> recorded, compared = predict("P0.3", 2, sure=0.9), compare("P0.3", [1, 4])
    >>> picture = show_calibration()  # doctest: +ELLIPSIS
    how sure you were, and how often you were right
    ...
    """
    made = judged()
    if not made:
        print("no prediction recorded")
        print("The plot appears once you have recorded predictions and run the cells after them.")
        return None
    from cnncourse.plots import calibration_plot

    print("how sure you were, and how often you were right")
    for line in reading(made):
        print(line)
    return calibration_plot([one.sure for one in made], [one.right for one in made])
