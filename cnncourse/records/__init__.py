"""What a learner did, kept on this machine only.

``record`` notes one event and returns at once; ``events`` gives what was noted, ``status`` tells
where it lies and whether writing works. Each event is written twice, to a database and to a text
file beside it, and either can rebuild the other. In a notebook, minutes count from the first use
on; importing starts nothing.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from cnncourse.records.clock import Clock
from cnncourse.records.event import Event, as_json
from cnncourse.records.folder import VARIABLE, recorder_for
from cnncourse.records.history import put_away
from cnncourse.records.recorder import LONG_PATIENCE, Recorder, Status

__all__ = [
    "LONG_PATIENCE",
    "Event",
    "Status",
    "as_json",
    "events",
    "everything",
    "flush",
    "put_away",
    "record",
    "reset",
    "status",
]

_BY_SETTING: dict[str, Recorder] = {}
_FAULT: list[str] = []


def record(kind: str, subject: str, /, **data: Any) -> None:
    """Note one event; returns at once and never raises, whatever happens to the disk.

    Parameters
    ----------
    kind : str
        "attempt", "hint", "solution", "explain", "prediction", "shown", "outcome", "concept",
        "active".
    subject : str
        The exercise, prediction, item or lesson.
    **data
        More about it. What JSON cannot hold is converted, or described in words.

    Examples
    --------
    >>> record("hint", "E9.9", number=1)
    >>> events("hint", "E9.9")[-1].data
    {'number': 1}
    """
    try:
        _current().record(kind, subject, data)
    except Exception as error:  # a lesson goes on without its records
        _FAULT[:] = [f"An event could not be recorded ({type(error).__name__}: {error})."]


def events(kind: str | None = None, subject: str | None = None) -> list[Event]:
    """Give the events since the last reset, oldest first; never raises.

    Those of other notebooks are among them, and those that still wait to be written.

    Parameters
    ----------
    kind, subject : str or None
        Only events of this kind, about this subject; None: all.
    """
    try:
        found = _current().since_reset()
    except Exception as error:  # as above
        _FAULT[:] = [f"The records could not be read ({type(error).__name__}: {error})."]
        return []
    return [e for e in found if kind in (None, e.kind) and subject in (None, e.subject)]


def everything() -> list[Event]:
    """Give all events ever recorded, those from before a reset and the resets included.

    Raises
    ------
    TimeoutError
        If the disk does not answer.
    """
    return _current().everything()


def reset() -> None:
    """Begin anew: earlier events stay in the store, and `events` no longer gives them.

    Raises
    ------
    TimeoutError
        If the disk does not answer.
    """
    _current().reset()


def status(patience: float = 0.0) -> Status:
    """Tell where the records lie, and in a sentence what is wrong with them, if anything.

    Parameters
    ----------
    patience : float, default 0
        How many seconds to wait, at most, until all that was recorded earlier has been read.
    """
    try:
        found = _current().status(patience)
    except Exception as error:  # as above
        return Status(None, f"The records cannot be found ({type(error).__name__}: {error}).")
    return replace(found, problem=found.problem or "".join(_FAULT))


def flush(timeout: float = 2.0) -> bool:
    """Wait at most `timeout` seconds until all is written; tell whether it is."""
    try:
        return _current().flush(timeout)
    except Exception:  # as above; `status` says what is wrong
        return False


_CLOCK = Clock(lambda lesson: record("active", lesson))


def _current() -> Recorder:
    """Give the recorder that the environment variable asks for just now; keep the time from now on.

    In a notebook, the clock notes after cells, once a minute at most, which lesson is being worked
    on: only the time and the lesson's number, never any code.
    """
    _CLOCK.start()
    setting = os.environ.get(VARIABLE, "")
    if setting not in _BY_SETTING:
        _BY_SETTING[setting] = recorder_for(setting)
    return _BY_SETTING[setting]
