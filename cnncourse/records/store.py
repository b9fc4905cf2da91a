"""The store: a journal and a database in one folder, each of which can rebuild the other.

What one of them lacks is added from the other; neither is ever rewritten. The methods wait for the
disk, so only the writer's own thread calls them.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cnncourse.records.database import Damaged, Database, Newer
from cnncourse.records.event import Event
from cnncourse.records.journal import Journal, Mark

Events = dict[str, Event]


class Store:
    """The events in `folder` and those that have yet to get there.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    with_database : bool, default True
        False in a process that was forked: SQLite may have been forked in the middle of its work.

    Attributes
    ----------
    known : dict
        All events read or handed over so far, by id; replaced, never changed.
    was_read : bool
        Whether `known` has had what the files hold, as far as they could be read.
    """

    def __init__(self, folder: Path, with_database: bool = True) -> None:
        self.folder = folder
        self.known: Events = {}
        self.was_read = False
        self.journal, self.database = Journal(folder), Database(folder)
        self._due: dict[str, Events] = {"journal": {}, "database": {}}
        self._trouble: dict[str, str] = {}
        self._remark = ""
        self._seen: set[str] = set()
        self._mark: Mark | None = None
        self._database_read = not with_database
        self._database_usable = with_database

    def sync(self, mine: list[Event]) -> None:
        """Read what others have added, and write what is missing in either file.

        Parameters
        ----------
        mine : list of Event
            All events of this process; the list only grows.
        """
        new = {event.id: event for event in mine if event.id not in self._seen}
        self._seen.update(new)
        self.known = self.known | new
        self._due["journal"] |= new
        if self._database_usable:
            self._due["database"] |= new
        self._trouble = {}
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self._trouble = dict.fromkeys(("journal", "database"), _reason(error))
            self.was_read = True
            return
        self._read(mine)
        self.was_read = True
        self._write()
        if self._database_usable and not self._database_read and "database" not in self._trouble:
            self._read(mine)  # the writing found damage
            self._write()

    @property
    def waiting(self) -> bool:
        """Whether either file still lacks something."""
        return bool(self._due["journal"] or self._due["database"])

    @property
    def unsafe(self) -> bool:
        """Whether some event is in neither file."""
        if not self._database_usable:
            return bool(self._due["journal"])
        return not self._due["journal"].keys().isdisjoint(self._due["database"])

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; "" if all is well."""
        trouble = self._trouble
        if trouble and (self.unsafe or len(trouble) == 2 or not self._database_usable):
            return (
                f"Nothing can be written to {self.folder} ({next(iter(trouble.values()))}): what "
                "you do is kept in memory while the notebook runs, and tried again."
            )
        if "journal" in trouble:
            return (
                f"The journal in {self.folder} cannot be written ({trouble['journal']}); the "
                "database beside it has everything."
            )
        if "database" in trouble:
            return (
                f"The database in {self.folder} cannot be written ({trouble['database']}); the "
                "journal beside it has everything."
            )
        return self._remark

    def _read(self, mine: list[Event]) -> None:
        """Bring `known` up to date: with the journal's new lines, or with both files whole."""
        if self._mark is not None and self._database_read:
            try:
                step = self.journal.read(self._mark)
            except OSError as error:
                self._trouble["journal"] = _reason(error)
                return
            if step is not None:
                events, _, self._mark = step
                self.known = self.known | _by_id(events)
                return
            self._database_read = not self._database_usable
        self._read_all(mine)

    def _read_all(self, mine: list[Event]) -> None:
        # The database first: a program writes to the journal first, so that an event that is seen
        # in the database only has really left the journal.
        found, held = self._read_database()
        self.known = self.known | found
        if self._database_read and self._database_usable:
            self._due["database"] = _without(self.known, held)
        try:
            step = self.journal.read()
            assert step is not None
            events, _, self._mark = step
        except OSError as error:
            self._trouble["journal"] = _reason(error)
            return
        in_journal = _by_id(events)
        self.known = in_journal | found | {e.id: e for e in mine if e.id in self._seen}
        self._due["journal"] = _without(self.known, in_journal)
        if self._database_read and self._database_usable:
            self._due["database"] = _without(self.known, held)

    def _read_database(self) -> tuple[Events, Events]:
        """Give what can be learnt from the database, and what it will hold when that is done."""
        if not self._database_usable:
            return {}, {}
        try:
            found = _by_id(self.database.read())
        except Newer as error:
            self._leave_alone(error)
            return _by_id(self.database.salvage()), {}
        except Damaged:
            return self._put_right(), {}
        except (sqlite3.Error, OSError) as error:
            self._trouble["database"] = _reason(error)
            return _by_id(self.database.salvage()), {}
        self._database_read = True
        return found, found

    def _put_right(self) -> Events:
        """Save what can be read of a damaged database, and move it out of the way."""
        saved = _by_id(self.database.salvage())
        try:
            aside = self.database.move_aside()
        except OSError as error:
            self._trouble["database"] = _reason(error)
            return saved
        self._remark = (
            f"The database in {self.folder} was damaged: it is kept as {aside.name}, and a new one "
            "was made from the journal."
        )
        self._database_read = True
        return saved

    def _leave_alone(self, error: Newer) -> None:
        self._database_usable, self._database_read = False, True
        self._due["database"] = {}
        self._remark = (
            f"The database in {self.folder} was made by a newer version of the course ({error}): "
            "it is left alone, and what you do goes to the journal beside it."
        )

    def _write(self) -> None:
        if due := self._due["journal"]:
            try:
                self.journal.add(due.values())
                self._due["journal"] = {}
            except OSError as error:
                self._trouble["journal"] = _reason(error)
        if due := self._due["database"]:
            try:
                self.database.add(due.values())
                self._due["database"] = {}
            except Newer as error:
                self._leave_alone(error)
            except Damaged:
                self._database_read = False  # the next reading puts it right
            except (sqlite3.Error, OSError) as error:
                self._trouble["database"] = _reason(error)


def _by_id(events: list[Event]) -> Events:
    return {event.id: event for event in events}


def _without(events: Events, others: Events) -> Events:
    return {name: event for name, event in events.items() if name not in others}


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
