"""What a learner did, kept on this machine only.

``record`` notes one event and returns at once; ``events`` gives what was noted, ``status`` tells
where it lies and whether writing works.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnncourse.records.events import Event

__all__ = ["Event", "Status", "events", "flush", "keep_time", "record", "status"]

_EVENTS: list[Event] = []


@dataclass(frozen=True)
class Status:
    """Where the records lie (None: in memory), and what is wrong with them ("": nothing)."""

    folder: Path | None
    problem: str = ""


def record(kind: str, subject: str, **data: Any) -> None:
    """Note one event; returns at once and never raises."""
    _EVENTS.append(Event(datetime.now(UTC), kind, subject, data))


def events(kind: str | None = None, subject: str | None = None) -> list[Event]:
    """Give the events since the last reset, oldest first."""
    found = list(_EVENTS)
    resets = [number for number, event in enumerate(found) if event.kind == "reset"]
    found = found[resets[-1] + 1 :] if resets else found
    return [e for e in found if kind in (None, e.kind) and subject in (None, e.subject)]


def status() -> Status:
    """Tell where the records lie."""
    return Status(None)


def flush(timeout: float = 2.0) -> bool:
    """Wait until all is written."""
    return True


def keep_time() -> None:
    """Note the lesson that is worked on, once a minute at most."""
