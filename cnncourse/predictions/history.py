"""Recorded predictions and outcomes, read so that nothing odd in the records can do harm."""

from __future__ import annotations

from collections.abc import Iterable

from cnncourse import records
from cnncourse.predictions.model import Prediction
from cnncourse.predictions.sureness import is_level


def fitting(prediction: Prediction, events: Iterable[records.Event]) -> list[records.Event]:
    """Those of the events (of any kind) that answer this prediction, the last one last.

    An answer to an older wording of the question may fit no more, and is passed over.
    """
    return [
        event
        for event in events
        if event.kind == "prediction"
        and event.subject == prediction.id
        and prediction.accepts(event.data.get("answer"))
        and is_level(event.data.get("sure"))
    ]


def first_made(prediction: Prediction, events: Iterable[records.Event]) -> records.Event | None:
    """The answer that counts: the first fitting one that was made before its result was shown."""
    fit = fitting(prediction, events)
    return next((event for event in fit if not event.data.get("seen")), None)


def outcomes(events: Iterable[records.Event]) -> dict[str, bool]:
    """Whether each prediction was right, by the id of its event, as the events tell."""
    return {
        str(event.data.get("prediction")): event.data.get("right") is True
        for event in events
        if event.kind == "outcome"
    }
