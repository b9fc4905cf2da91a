"""The database: an SQLite file that takes events and neither changes nor forgets them.

Every call opens the file anew and closes it again, so that nothing of it is shared between
threads, or with a process that was forked.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cnncourse.records.event import FORMAT, Event, encode, scan

NAME = "events.sqlite3"
APPLICATION = 0x434E4E43  # "CNNC": SQLite's place for saying whose file it is
WAIT = 0.5
"""Seconds to wait for another program that writes; then it is tried again later."""

_BESIDE = ("-wal", "-shm", "-journal")
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END;
CREATE VIEW readable AS SELECT number, json_extract(line, '$.event.at') AS at,
    json_extract(line, '$.event.kind') AS kind, json_extract(line, '$.event.subject') AS subject,
    json_extract(line, '$.event.data') AS data FROM events;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORMAT};
COMMIT;
"""


class Damaged(Exception):
    """The file is no database, or not a sound one."""


class Newer(Exception):
    """The file was made by a newer version of the course."""


class Database:
    """The database in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def add(self, events: Iterable[Event]) -> None:
        """Add events, and come back when the disk has them.

        Raises
        ------
        Damaged, Newer, sqlite3.Error
            If that cannot be done; then none was added.
        """
        rows = [(event.id, encode(event).decode("ascii")) for event in events]
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO events (id, line) VALUES (?, ?)", rows)
            connection.execute("COMMIT")

    def read(self) -> list[Event]:
        """Read all events, and look the file over.

        Raises
        ------
        Damaged, Newer, sqlite3.Error
            If it cannot be read, or not wholly.
        """
        if not self.path.exists():
            return []
        with self._opened() as connection:
            complaint = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if complaint != ("ok",):
                raise Damaged(f"it fails SQLite's own test: {complaint}")
            connection.text_factory = bytes  # damaged text is none
            rows = connection.execute("SELECT id, line FROM events ORDER BY number").fetchall()
        events = []
        for name, line in rows:
            found, rest = scan(line) if isinstance(line, bytes) else ([], b"")
            if rest or [event.id.encode() for event in found] != [name]:
                raise Damaged("an event in it was changed")
            events += found
        return events

    def salvage(self) -> list[Event]:
        """Read what can be read of a file in whatever state, its parts not yet merged included."""
        found: dict[str, Event] = {}
        for ending in ("", *_BESIDE):
            with contextlib.suppress(OSError):
                content = Path(f"{self.path}{ending}").read_bytes()
                found |= {event.id: event for event in scan(content)[0]}
        # A long line lies in the file in pieces: SQLite may still be able to put it together.
        address = f"{self.path.absolute().as_uri()}?immutable=1"
        with (
            contextlib.suppress(sqlite3.Error, ValueError),
            contextlib.closing(sqlite3.connect(address, uri=True)) as connection,
        ):
            connection.text_factory = bytes
            for (line,) in connection.execute("SELECT line FROM events NOT INDEXED"):
                if isinstance(line, bytes):
                    found |= {event.id: event for event in scan(line)[0]}
        return list(found.values())

    def move_aside(self) -> Path:
        """Give a damaged file, and what belongs to it, a dated name; nothing is deleted."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        # The main file last: a new one beside an old -wal would be given the old one's content.
        for ending in (*_BESIDE, ""):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.path}{ending}").rename(f"{aside}{ending}")
        return aside

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open the database, made if it was not there; other errors are told from damage."""
        try:
            with contextlib.closing(self._connect()) as connection:
                self._prepare(connection)
                yield connection
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise Damaged(str(error)) from error
            raise
        except UnicodeDecodeError as error:  # Python cannot read what SQLite quotes of the damage
            raise Damaged("its schema is damaged") from error

    def _connect(self) -> sqlite3.Connection:
        """Connect, with a write-ahead log where the disk allows one (network disks do not)."""
        try:
            return self._connect_with("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if is_damage(error) or is_busy(error):
                raise
        # Without shared memory, only a program alone with the file can leave that mode.
        return self._connect_with("PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE")

    def _connect_with(self, *settings: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        try:
            for setting in (*settings, "PRAGMA synchronous = FULL"):
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version, application = _numbers(connection)
        if version == 0 and application == 0 and not _has_tables(connection):
            try:
                connection.executescript(_TABLES)
            except sqlite3.OperationalError:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if not _has_tables(connection):
                    raise
                # Another program was first.
            version, application = _numbers(connection)
        if application != APPLICATION:
            raise Damaged("it is not the course's")
        if version > FORMAT:
            raise Newer(f"it has format {version}, and this version of the course knows {FORMAT}")


def _numbers(connection: sqlite3.Connection) -> tuple[int, int]:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return version, application


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the file is broken, not that it cannot be had just now."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (
        # What SQLite says of a schema that was overwritten.
        _code(error) == sqlite3.SQLITE_ERROR and not str(error).startswith("cannot ")
    )


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether an error means that another program has the file locked."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
