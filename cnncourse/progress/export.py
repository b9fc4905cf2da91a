"""The records as one JSON file, for the learner to keep or to hand in.

    {"format": "cnncourse progress", "version": 1, "exported": "2026-03-01T12:00:00+00:00",
     "points": 5, "max_points": 16, "minutes": 42,
     "events": [{"id": ..., "at": ..., "session": ..., "kind": "attempt", "subject": "E1.2",
                 "data": {"status": "passed", "points": 3, ...}, "before_reset": false}, ...]}

`points` and `minutes` are those since the last reset; `events` are all, oldest first. Times are in
UTC (ISO 8601).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cnncourse import records
from cnncourse.progress.model import Course
from cnncourse.progress.summary import summarise
from cnncourse.records import Event, as_json, put_away

VERSION = 1
"""Goes up when an older reader would misread the file."""


def export(events: Sequence[Event], course: Course, at: datetime) -> dict[str, Any]:
    """Put all events, those from before a reset among them, into one JSON-able dict.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> found = export([Event(at, "hint", "E1.2", {"number": 1})], Course((), (), ()), at)
    >>> found["version"], found["events"][0]["kind"], found["events"][0]["before_reset"]
    (1, 'hint', False)
    """
    away = put_away(list(events))
    progress = summarise([event for event in events if event.id not in away], course)
    return {
        "format": "cnncourse progress",
        "version": VERSION,
        "exported": at.isoformat(),
        "points": progress.points,
        "max_points": progress.max_points,
        "minutes": int(progress.minutes),
        "events": [{**as_json(event), "before_reset": event.id in away} for event in events],
    }


def as_text(content: dict[str, Any]) -> str:
    """Write an export as text, one event a line."""
    head = {name: value for name, value in content.items() if name != "events"}
    lines = ",\n".join("  " + json.dumps(event) for event in content["events"])
    return json.dumps(head)[:-1] + f', "events": [\n{lines}\n]}}\n'


def copy_in(folder: Path, content: dict[str, Any]) -> Path:
    """Name the file in `folder` that is to keep an export before a reset.

    Examples
    --------
    >>> copy_in(Path("data"), {"exported": "2026-03-01T12:00:00.000250+00:00"}).name
    'progress-20260301-120000-000250.json'
    """
    return folder / f"progress-{datetime.fromisoformat(content['exported']):%Y%m%d-%H%M%S-%f}.json"


def keep_copy_and_reset(copy: Path, content: dict[str, Any]) -> None:
    """Write an export to a new file; once it is there, begin anew, and wait for the disk.

    Raises
    ------
    OSError
        If the copy cannot be written: then nothing was reset. Or if the reset cannot be recorded.
    """
    write_new(copy, as_text(content))
    records.reset()
    if not records.flush(records.LONG_PATIENCE):
        problem = records.status().problem
        raise OSError(f"the reset could not be recorded. {problem}".strip())


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet: all of it or nothing.

    Raises
    ------
    FileExistsError
        If there is a file of that name; it is left as it is.
    OSError
        If the file cannot be written; then there is none.
    """
    if path.exists() or path.is_symlink():
        raise FileExistsError(f"{path} exists already")
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _give_name(Path(draft), path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)


def _give_name(draft: Path, path: Path) -> None:
    """Name the finished file, without taking the place of one that came in between."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already") from None
    except OSError:  # a disk that knows no second name, such as a USB stick
        if path.exists():
            raise FileExistsError(f"{path} exists already") from None
        os.rename(draft, path)
