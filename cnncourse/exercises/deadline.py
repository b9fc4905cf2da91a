"""A time limit for a function that runs in the calling thread, on every system.

A second thread waits for the time to pass and then raises ``TimeUp`` inside the first one, again
and again should it be swallowed by an ``except:``. Python delivers such an exception between two
steps of Python code, so a single long call into C (``10**10**9``, a huge matrix product) ends
first. On Linux and macOS a wait (``time.sleep``) in the main thread is broken by the signal that
the stop button sends, too.
"""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

LONGEST_IMPORT = 120.0  # s; a first import of TensorFlow takes many seconds on a small machine


class TimeUp(BaseException):
    """The time limit has passed. No Exception, so that ``except Exception`` lets it through."""


class _Watchdog:
    """Raises TimeUp in the thread that made it, from `seconds` after start() until stop()."""

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self.finished = False
        self._seconds = seconds
        self._target = threading.get_ident()
        self._in_main = threading.current_thread() is threading.main_thread()
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def start(self) -> None:
        # Not by threading.Thread, whose start() waits until the new thread runs: that takes as long
        # as all the rest, and waits for ever if the thread cannot begin.
        _thread.start_new_thread(self._watch, ())

    def stop(self) -> None:
        """Call off the watchdog: after this returns, nothing is raised any more."""
        self.finished = True
        with self._lock:  # a shot under way is over, and no other follows: finished is set
            fired = self.fired
        self._wake.set()
        if fired:
            # Taking back an exception not yet raised leaves CPython 3.11 hanging in the next
            # profiled call, so let it come, here where it does no harm.
            try:
                for _ in range(1000):
                    pass
            except (TimeUp, KeyboardInterrupt):
                pass

    def _watch(self) -> None:
        self._wake.wait(self._seconds)
        if self._importing():
            self._await_import()
        shots = 0
        while True:
            with self._lock:
                if self.finished:
                    return
                self.fired = True
                shots += 1
                _raise_in(self._target, TimeUp)
                if shots >= 20 and shots % 20 == 0:
                    self._interrupt()
            # Uneven pauses: a loop that swallows the exception inside its try is hit outside of
            # it sooner or later.
            self._wake.wait(random.uniform(0.01, 0.05))

    def _importing(self) -> bool:
        """Whether the watched thread is inside an import statement just now."""
        frame = sys._current_frames().get(self._target)
        while frame is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                return True
            frame = frame.f_back
        return False

    def _await_import(self) -> None:
        """Let a large library load, and start the clock again after it."""
        latest = time.monotonic() + LONGEST_IMPORT
        while self._importing() and time.monotonic() < latest and not self.finished:
            self._wake.wait(0.05)
        self._wake.wait(self._seconds)

    def _interrupt(self) -> None:
        """Break a wait in C, where Python's usual answer to the stop button is in place."""
        if (
            os.name == "posix"
            and self._in_main
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.pthread_kill(self._target, signal.SIGINT)


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Have `error` raised in `thread` at its next step."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


@contextlib.contextmanager
def _hearing_the_stop_signal() -> Iterator[None]:
    """Listen to it even where a shell has started this process by ``&``, deaf to it."""
    deaf = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    )
    if deaf:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if deaf:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def call_within(seconds: float, function: Callable[..., Any], *args: Any) -> Any:
    """Call ``function(*args)`` and return its value, unless it takes too long.

    Parameters
    ----------
    seconds : float
        Time limit, s. The clock stands still while a library is being imported.

    Raises
    ------
    TimeUp
        If the time passed, even if the function swallowed the exception and returned.
    BaseException
        Whatever the function raises; KeyboardInterrupt, when the user presses stop, included.

    Examples
    --------
    >>> call_within(5.0, max, 3, 7)
    7
    """
    watchdog = _Watchdog(seconds)
    value, error = None, None
    try:
        watchdog.start()
        try:
            with _hearing_the_stop_signal():
                value = function(*args)
            watchdog.finished = True
        except BaseException as caught:
            watchdog.finished = True
            error = caught
        watchdog.stop()
    except (TimeUp, KeyboardInterrupt) as late:  # it came between the call's end and stop()
        watchdog.stop()
        error = error or late
    if watchdog.fired:
        raise TimeUp from error
    if error is not None:
        raise error
    return value
