"""How long somebody worked, from the times at which something was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from cnncourse.progress.syllabus import LESSONS, lesson_of
from cnncourse.records import Event

LONGEST_PAUSE = timedelta(minutes=10)
"""A longer time without any event counts as a break, and not at all."""


def minutes_of(events: Iterable[Event]) -> Mapping[str, float]:
    """Count the minutes worked, by lesson.

    The time between two events that follow each other is work if it is at most `LONGEST_PAUSE`,
    and belongs to the lesson of the later one (or, if that is about none, of the earlier). So two
    notebooks used at once count once, and the first cell of a sitting counts for nothing.

    Returns
    -------
    minutes : mapping of str to float
        By lesson number; under "" what belongs to none.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> times = [datetime(2026, 3, 1, 12, minute, tzinfo=UTC) for minute in (0, 4, 15, 18)]
    >>> dict(minutes_of(Event(at, "attempt", "E1.2") for at in times))
    {'01': 7.0}
    """
    minutes: dict[str, float] = {}
    previous: Event | None = None
    lesson = ""
    for event in sorted(events, key=lambda event: event.at):
        lesson = _lesson(event) or lesson
        if previous is not None and event.at - previous.at <= LONGEST_PAUSE:
            worked = (event.at - previous.at).total_seconds() / 60
            minutes[lesson] = minutes.get(lesson, 0.0) + worked
        previous = event
    return minutes


def _lesson(event: Event) -> str:
    if event.kind == "active":
        return event.subject
    if event.kind == "concept":
        return LESSONS[0 if event.data.get("form") == "before" else -1].number
    return lesson_of(event.subject)
