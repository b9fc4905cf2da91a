"""One thing that a learner did, and the line in which it is written down.

A line is JSON, in ASCII, and carries the length and a checksum of what it says:

    {"cnncourse":1,"sha256":"<16 hex digits>","bytes":142,"event":{"at":"...","kind":...}}

So a line can be told from a torn or changed one, and found again in a file of which other parts
are damaged.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cnncourse.records.plain import plain, plain_text

FORMAT = 1
"""Of the lines and of the database; goes up when an older program could not read them."""

# Lines are written while a learner's program runs, which may have replaced the built-in one.
_len = len

_HEADER = re.compile(
    rb'\{"cnncourse":(\d{1,9}),"sha256":"([0-9a-f]{16})","bytes":(\d{1,9}),"event":'
)


@dataclass(frozen=True)
class Event:
    """One thing that a learner did.

    Parameters
    ----------
    at : datetime
        When, in UTC.
    kind : str
        What: "attempt", "hint", "prediction", ...
    subject : str
        With what: the id of an exercise, a prediction, an item or a lesson.
    data : dict
        More about it; only what JSON can hold.
    session : str
        The process that recorded it.
    id : str
        Its own name, never given twice.
    """

    at: datetime
    kind: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    session: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def make(at: datetime, kind: Any, subject: Any, data: Mapping[str, Any], session: str) -> Event:
    """Make an event of whatever was given, with data that JSON can hold.

    Examples
    --------
    >>> make(datetime(2026, 1, 2, tzinfo=UTC), "hint", "E1.2", {"number": (1, 2)}, "s").data
    {'number': [1, 2]}
    """
    return Event(at, plain_text(kind), plain_text(subject), plain(data), session)


def as_json(event: Event) -> dict[str, Any]:
    """Give an event as what JSON can hold.

    Examples
    --------
    >>> event = Event(datetime(2026, 1, 2, tzinfo=UTC), "hint", "E1.2", {"number": 1}, "s", "7")
    >>> as_json(event)["at"], as_json(event)["data"]
    ('2026-01-02T00:00:00+00:00', {'number': 1})
    """
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "session": event.session,
        "kind": event.kind,
        "subject": event.subject,
        "data": dict(event.data),
    }


def encode(event: Event) -> bytes:
    """Write an event as a line (without its line end).

    Examples
    --------
    >>> event = Event(datetime(2026, 1, 2, tzinfo=UTC), "hint", "E1.2", {"number": 1}, "s", "7")
    >>> scan(encode(event))[0] == [event]
    True
    """
    text = json.dumps(as_json(event), separators=(",", ":"), allow_nan=False).encode("ascii")
    head = f'{{"cnncourse":{FORMAT},"sha256":"{_checksum(text)}","bytes":{_len(text)},"event":'
    return head.encode("ascii") + text + b"}"


def scan(content: bytes) -> tuple[list[Event], bytes]:
    """Find all whole lines in `content`, whatever stands between them.

    Returns
    -------
    events : list of Event
        In the order of the file.
    rest : bytes
        What belongs to no event: torn or changed lines, lines of a newer program.

    Examples
    --------
    >>> event = Event(datetime(2026, 1, 2, tzinfo=UTC), "hint", "E1.2", {}, "s", "7")
    >>> line = encode(event)
    >>> events, rest = scan(line[:40] + line + b"?")
    >>> events == [event], rest == line[:40] + b"?"
    (True, True)
    """
    events, rest, position = [], [], 0
    header = _HEADER.search(content)
    while header is not None:
        event, end = _read(content, header)
        if event is None:
            end = header.start() + 1
            rest.append(content[position:end])
        else:
            rest.append(content[position : header.start()])
            events.append(event)
        position = end
        header = _HEADER.search(content, position)
    rest.append(content[position:])
    return events, b"".join(part for part in rest if part.strip())


def _read(content: bytes, header: re.Match[bytes]) -> tuple[Event | None, int]:
    """Read the event behind `header`: None if it is not whole. And where it ends."""
    end = header.end() + int(header[3])
    text = content[header.end() : end]
    whole = content[end : end + 1] == b"}" and _checksum(text).encode() == header[2]
    if int(header[1]) != FORMAT or not whole:
        return None, end
    try:
        found = json.loads(text)
        at = datetime.fromisoformat(found["at"]).astimezone(UTC)
        kind, subject, session, name = (found[k] for k in ("kind", "subject", "session", "id"))
        return Event(at, kind, subject, dict(found["data"]), session, name), end + 1
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, end


def _checksum(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
