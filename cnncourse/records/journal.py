"""The journal: a text file to which lines are added, and nothing else is ever done.

Each addition is a single write at the file's end. Where the system itself finds the end (Linux and
macOS, on a disk of their own), two programs may so add at once. On Windows and on network disks the
end is found first and written to afterwards: two programs that add in the same moment may write
over each other's lines. Damaged lines stay where they are, and reading goes past them; what they
held is in the database, and is added again when the course is started the next time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnncourse.records.event import Event, encode, scan

NAME = "events.jsonl"

# Functions under names of their own: a learner's program may replace those of the modules while
# lines are written.
_len = len
_open, _write, _read, _fsync, _close = os.open, os.write, os.read, os.fsync, os.close
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write \r\n


@dataclass(frozen=True)
class Mark:
    """How far a journal was read: which file it was, and up to which byte."""

    file: int = -1
    end: int = 0


class Journal:
    """The journal in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def add(self, events: Iterable[Event]) -> None:
        """Add events, and come back when the disk has them.

        Raises
        ------
        OSError
            If that cannot be done; some of them may have been written.
        """
        content = b"".join(encode(event) + b"\n" for event in events)
        handle = _open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
        try:
            if _ends_midway(handle):
                content = b"\n" + content
            written = _write(handle, content)
            _fsync(handle)
        finally:
            _close(handle)
        if written < _len(content):
            raise OSError(f"only {written} of {_len(content)} bytes could be written")

    def read(self, since: Mark = Mark()) -> tuple[list[Event], bytes, Mark] | None:
        """Read the events behind `since`, what is no event, and how far it was read.

        None if what lies before `since` is no longer there: then all has to be read again.

        Raises
        ------
        OSError
            If there is a journal that cannot be read.
        """
        try:
            handle = _open(self.path, os.O_RDONLY | _BINARY)
        except FileNotFoundError:
            return ([], b"", Mark()) if since == Mark() else None
        try:
            found = os.fstat(handle)
            if since.file not in (-1, found.st_ino) or found.st_size < since.end:
                return None
            os.lseek(handle, since.end, os.SEEK_SET)
            content = _read_all(handle)
        finally:
            _close(handle)
        events, rest = scan(content)
        complete = content.rfind(b"\n") + 1  # what follows may be half of a line being written
        return events, rest, Mark(found.st_ino, since.end + complete)


def _ends_midway(handle: int) -> bool:
    """Tell whether the last line lacks its end: its writer was killed, or the disk was full."""
    if os.lseek(handle, 0, os.SEEK_END) == 0:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return _read(handle, 1) != b"\n"


def _read_all(handle: int) -> bytes:
    pieces = []
    while piece := _read(handle, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)
