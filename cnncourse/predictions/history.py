"""Recorded predictions and outcomes, read so that nothing odd in the records can do harm."""

from __future__ import annotations

from collections.abc import Iterable

from cnncourse import records
from cnncourse.predictions.model import Prediction
from cnncourse.predictions.sureness import is_level


def fitting(prediction: Prediction, events: Iterable[records.Event]) -> list[records.Event]:
    """Those of the events (of any kind) that answer this prediction, the last one last.

    Their order is that of the numbers given to them: the clock may have been set back in between.
    An answer to an older wording of the question may fit no more, and is passed over.
    """
    found = [
        event
        for event in events
        if event.kind == "prediction"
        and event.subject == prediction.id
        and prediction.accepts(event.data.get("answer"))
        and is_level(event.data.get("sure"))
    ]
    return sorted(found, key=number_of)


def number_of(event: records.Event) -> int:
    """The how manieth answer to its prediction it is, from 1; 0 if the record does not say."""
    number = event.data.get("number")
    return number if isinstance(number, int) else 0


def counting(prediction: Prediction, events: Iterable[records.Event]) -> records.Event | None:
    """The answer that counts: the last fitting one that was made before its result was shown.

    It counts on the card, in the calibration and in the progress alike. Until the result is there,
    anyone may think better of it, or mend a slip.
    """
    before = [event for event in fitting(prediction, events) if not event.data.get("seen")]
    return before[-1] if before else None


def was_shown(prediction: Prediction, events: Iterable[records.Event]) -> bool:
    """Whether the result had been shown, in whichever session."""
    return any(event.kind == "shown" and event.subject == prediction.id for event in events)


def outcomes(events: Iterable[records.Event]) -> dict[str, bool]:
    """Whether each prediction was right, by the id of its event, as the events tell."""
    return {
        str(event.data.get("prediction")): event.data.get("right") is True
        for event in events
        if event.kind == "outcome"
    }
