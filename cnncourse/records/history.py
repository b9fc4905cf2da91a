"""The order of events, and which of them a reset has put away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cnncourse.records.event import Event

RESET = "reset"


def ordered(events: Iterable[Event]) -> list[Event]:
    """Sort events, oldest first."""
    return sorted(events, key=lambda event: (event.at, event.session, event.id))


def seen_so_far(events: Iterable[Event]) -> dict[str, str]:
    """Give, for each session, the time of its last event: what a reset puts away.

    By session, since the clock may have been set back between two of them.
    """
    last: dict[str, datetime] = {}
    for event in events:
        last[event.session] = max(event.at, last.get(event.session, event.at))
    return {session: at.isoformat() for session, at in last.items()}


def put_away(events: list[Event]) -> set[str]:
    """Give the ids of the events that came before a reset, the resets included.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    >>> before, after = (Event(at[i], "hint", "E1.2", {}, "s", str(i)) for i in (0, 2))
    >>> reset = Event(at[1], "reset", "", {"until": seen_so_far([before])}, "r", "1")
    >>> sorted(put_away([before, reset, after]))
    ['0', '1']
    """
    resets = [event for event in events if event.kind == RESET]
    latest: dict[str, datetime] = {}
    for reset in resets:
        for session, at in _until(reset, events).items():
            latest[session] = max(at, latest.get(session, at))
    away = {e.id for e in events if e.session in latest and e.at <= latest[e.session]}
    return away | {reset.id for reset in resets}


def _until(reset: Event, events: list[Event]) -> dict[str, datetime]:
    """Give, by session, up to when `reset` puts events away; if it does not say, up to its time."""
    try:
        told = reset.data["until"]
        return {session: datetime.fromisoformat(text) for session, text in told.items()}
    except (KeyError, AttributeError, TypeError, ValueError):
        return {event.session: reset.at for event in events}
