"""Recorded predictions and outcomes, read so that nothing odd in the records can do harm."""

from __future__ import annotations

from collections.abc import Iterable

from cnncourse import records
from cnncourse.predictions.model import Prediction


def fitting(prediction: Prediction, events: Iterable[records.Event]) -> list[records.Event]:
    """Those of the events that answer this prediction, the last one last.

    An answer to an older wording of the question may fit no more, and is passed over.
    """
    from cnncourse.forms import LEVELS

    return [
        event
        for event in events
        if event.subject == prediction.id
        and prediction.accepts(event.data.get("answer"))
        and isinstance(event.data.get("sure"), int | float)
        and event.data["sure"] in LEVELS
    ]


def outcomes(prediction_id: str | None = None) -> dict[str, bool]:
    """Whether each prediction was right, by the id of its event; all, or those of one id."""
    return {
        str(event.data.get("prediction")): event.data.get("right") is True
        for event in records.events("outcome", prediction_id)
    }
