"""The recorder: takes events at once, and has a thread of its own bring them to the disk.

The thread alone touches the disk. It and its callers share lists that only grow and queues written
in C, and no locks: a notebook that is interrupted in the middle of a call leaves nothing locked.
"""

from __future__ import annotations

import atexit
import os
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from cnncourse.records import event as _event
from cnncourse.records.event import Event
from cnncourse.records.history import RESET, ordered, put_away, seen_so_far
from cnncourse.records.store import Store

PATIENCE = 2.0
"""How long a notebook waits for the disk, s."""
LONG_PATIENCE = 60.0
"""How long somebody does who wants all or nothing, s."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
"""After a failure, the next try comes so many seconds later, then twice as many, ..."""
_ONE_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Status:
    """Where the records lie, and what is wrong with them.

    Parameters
    ----------
    folder : Path or None
        None: in memory only.
    problem : str
        In a sentence; "" if nothing is.
    reading : bool
        Whether events that were recorded earlier may be missing, since they are still being read.
    """

    folder: Path | None
    problem: str = ""
    reading: bool = False


class Recorder:
    """Records events in `folder`, or in memory only if that is None.

    Parameters
    ----------
    folder : Path or None
        Where the files are.
    problem : str, default ""
        Why there is no folder, if one was wanted.
    """

    def __init__(self, folder: Path | None, problem: str = "") -> None:
        self.folder = folder
        self._without_folder = problem
        self._mine: list[Event] = []
        self._renew(with_database=True)
        _AT_WORK.append(self)

    def _renew(self, with_database: bool) -> None:
        self.session = uuid.uuid4().hex
        self._store = None if self.folder is None else Store(self.folder, with_database)
        self._calls: SimpleQueue[SimpleQueue[bool] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._turn = threading.Lock()  # between threads that write, should there be two
        self._busy_since: float | None = None
        self._fault = ""

    def after_fork(self) -> None:
        """Start anew in a child process: what waits is the parent's to write."""
        if self.folder is not None:
            self._mine = []
        self._renew(with_database=False)

    def record(self, kind: str, subject: str, data: dict[str, Any]) -> None:
        """Take an event; it is written later."""
        at = datetime.now(UTC)
        if self._mine and self._mine[-1].session == self.session:
            at = max(at, self._mine[-1].at + _ONE_TICK)  # the clock may be set back
        self._mine.append(_event.make(at, kind, subject, data, self.session))
        if self._store is not None:
            self._calls.put(None)
            self._see_to_the_thread()

    def everything(self) -> list[Event]:
        """Give all events, those put away by a reset included, oldest first.

        Raises
        ------
        TimeoutError
            If the disk does not answer: then there may be more of them.
        """
        if self._store is not None and not self._ask(LONG_PATIENCE):
            raise TimeoutError(f"The disk with {self.folder} does not answer.")
        return self._known()

    def since_reset(self) -> list[Event]:
        """Give the events since the last reset, oldest first, as far as they can be had soon."""
        if self._store is not None:
            self._ask_unless_it_hangs(PATIENCE)
        found = self._known()
        away = put_away(found)
        return [event for event in found if event.id not in away]

    def _known(self) -> list[Event]:
        known = {} if self._store is None else self._store.known
        return ordered((known | {event.id: event for event in list(self._mine)}).values())

    def _busy(self) -> float:
        """Tell for how many seconds the disk has been at work."""
        since = self._busy_since
        return 0.0 if since is None else monotonic() - since

    def _ask_unless_it_hangs(self, patience: float) -> None:
        self._ask(0.0 if self._busy() > patience else patience)

    def reset(self) -> None:
        """Put away all that was recorded so far; it stays in the store."""
        self.record(RESET, "", {"until": seen_so_far(self.everything())})

    def status(self, patience: float = 0.0) -> Status:
        """Tell where the records lie and what is wrong, after waiting so many seconds at most."""
        if self._store is None:
            return Status(None, self._without_folder)
        if patience:
            self._ask_unless_it_hangs(patience)
        if self._thread is not None and not self._store.was_read and not self._fault:
            words = "is still being read, so what you did earlier may be missing: run this again."
            return Status(self.folder, f"The record in {self.folder} {words}", reading=True)
        if self._busy() > PATIENCE:
            words = "does not answer: what you do is kept in memory until it does."
            return Status(self.folder, f"The disk with {self.folder} {words}")
        return Status(self.folder, self._fault or self._store.problem)

    def flush(self, timeout: float) -> bool:
        """Wait until all is written; tell whether it is."""
        if self._store is None:
            return True
        answered = self._ask(timeout)
        return answered and not self._store.unsafe

    def _ask(self, timeout: float) -> bool:
        """Have the thread read and write, and wait for it; tell whether it did."""
        reply: SimpleQueue[bool] = SimpleQueue()
        self._calls.put(reply)
        self._see_to_the_thread()
        try:
            return reply.get(timeout=max(timeout, 0.0))
        except Empty:
            return False

    def _see_to_the_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._keep_working, name="cnncourse-records", daemon=True
            )
            try:
                self._thread.start()
            except RuntimeError:  # Python is about to end, and starts no more threads
                self._work(self._wait_for_calls(0.0))

    def _keep_working(self) -> None:
        delay = None
        while True:
            if not self._work(self._wait_for_calls(delay)):
                delay = None
            else:
                delay = FIRST_DELAY if delay is None else min(2 * delay, LONGEST_DELAY)

    def _wait_for_calls(self, delay: float | None) -> list[SimpleQueue[bool] | None]:
        """Give the calls that came in, waiting at most `delay` seconds for the first."""
        calls = []
        try:
            calls.append(self._calls.get(timeout=delay))
            while True:
                calls.append(self._calls.get_nowait())
        except Empty:
            return calls

    def _work(self, calls: list[SimpleQueue[bool] | None]) -> bool:
        """Read and write once, then answer the calls; tell whether something still waits."""
        assert self._store is not None
        with self._turn:
            self._busy_since = monotonic()
            try:
                self._store.sync(self._mine)
                self._fault = ""
            except Exception as error:  # what nobody thought of must not end the thread
                self._fault = f"The records cannot be kept: {type(error).__name__}: {error}."
            finally:
                self._busy_since = None
        for reply in calls:
            if reply is not None:
                reply.put(True)
        return bool(self._fault) or self._store.waiting


_AT_WORK: list[Recorder] = []


def _at_exit() -> None:
    for recorder in _AT_WORK:
        recorder.flush(PATIENCE)


def _in_child() -> None:
    for recorder in _AT_WORK:
        recorder.after_fork()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_in_child)
