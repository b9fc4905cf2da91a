"""Calls a learner's function in this process, and keeps what it does from spreading.

That protects against accidents (an endless loop, a changed input, a changed setting of NumPy), not
against somebody who wants to deceive: the function runs with all rights of the learner's kernel.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cnncourse.exercises.containing import Names, contained, names_now, put_back
from cnncourse.exercises.deadline import TimeUp, call_within
from cnncourse.exercises.places import Line, deepest_own_line, raised_by_own_code
from cnncourse.exercises.reading import Reading, read_output
from cnncourse.exercises.readymade import ReadyMade, Use, Watch

TIME_LIMIT = 10.0
"""For all calls of a learner's function together, s."""
FailureKind = Literal["stub", "time", "recursion", "keyboard", "exit", "exception"]


@dataclass(frozen=True)
class Failure:
    """Why a call gave no value."""

    kind: FailureKind
    error: str
    line: Line | None
    slow: Slow | None = None


@dataclass(frozen=True)
class Slow:
    """What speaks for a slow function, where the time passed, and against an endless loop.

    Parameters
    ----------
    calls : int
        How many calls came to an end.
    each : float
        How long each took, s: the mean.
    limit : float
        For all calls together, s.
    """

    calls: int
    each: float
    limit: float


@dataclass(frozen=True)
class Call:
    """What one call of the learner's function did.

    Parameters
    ----------
    reading : Reading or None
        Its output, already copied out of the learner's reach; None after a failure.
    printed : str
        What it printed, shortened.
    changed : tuple of int
        Places of the arguments that it changed.
    used : Use or None
        A forbidden ready-made function that it called.
    """

    reading: Reading | None
    failure: Failure | None
    printed: str
    changed: tuple[int, ...]
    used: Use | None


class _AskedTheKeyboard(Exception):
    pass


class _Capture(io.TextIOBase):
    """Keeps the first characters that are printed, and only those."""

    def __init__(self, limit: int = 2000) -> None:
        super().__init__()
        self._limit = limit
        self._kept: list[str] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._length < self._limit:
            self._kept.append(text[: self._limit - self._length])
            self._length += len(self._kept[-1])
        return len(text)

    def text(self) -> str:
        return "".join(self._kept)


class Runner:
    """Calls one function again and again within a common time limit.

    Parameters
    ----------
    function : callable
        The learner's.
    output : str
        What it has to return, see ``reading.read_output``.
    forbidden : iterable of ReadyMade
        Functions that it must not call.
    time_limit : float
        For all calls together, s.
    read : callable, default read_output
        ``read(value, output)`` makes numbers of what the function returned.

    Examples
    --------
    >>> runner = Runner(lambda x: x[::-1], "vector", (), 5.0)
    >>> with runner.contained():
    ...     call = runner.call((np.array([1.0, 2.0]),))
    >>> call.reading.array.tolist(), call.changed
    ([2.0, 1.0], ())
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output: str,
        forbidden: Iterable[ReadyMade],
        time_limit: float,
        *,
        read: Callable[[Any, str], Reading] = read_output,
    ) -> None:
        self._function = function
        self._output = output
        self._forbidden = tuple(forbidden)
        self._time_limit = self._time_left = time_limit
        self._took: list[float] = []
        self._read = read

    def contained(self) -> contextlib.AbstractContextManager[None]:
        """Put back, at the end, the settings that a function may have changed."""
        return contained()

    def call(self, args: tuple[Any, ...]) -> Call:
        """Call the function with copies of `args` and tell what happened.

        Raises
        ------
        KeyboardInterrupt
            If the user presses the stop button.
        """
        given = copy.deepcopy(args)
        capture = _Capture()
        reading = failure = None
        start, granted = time.monotonic(), max(self._time_left, 0.01)
        names = names_now()
        with Watch(self._forbidden) as watch, _keyboard_off():
            with contextlib.redirect_stdout(capture), contextlib.redirect_stderr(_Capture()):
                try:
                    reading, failure = call_within(granted, self._attempt, given, names)
                except TimeUp as error:
                    failure = replace(_failure(error), slow=self._slow(granted))
                finally:
                    put_back(names)
        spent = time.monotonic() - start
        # A call that ran longer and still ended was waiting for an import: that is free.
        if spent < granted or failure is not None:
            self._time_left -= spent
            self._took.append(spent)
        changed = tuple(
            i for i, (a, b) in enumerate(zip(args, given, strict=True)) if _differ(a, b)
        )
        return Call(reading, failure, capture.text(), changed, watch.use)

    def _slow(self, granted: float) -> Slow | None:
        """Tell a call that was cut off soon, as calls go, from one that does not end."""
        if granted > 3 * max(self._took, default=0.0):
            return None
        return Slow(len(self._took), sum(self._took) / len(self._took), self._time_limit)

    def _attempt(
        self, given: tuple[Any, ...], names: Names
    ) -> tuple[Reading | None, Failure | None]:
        """Call and read; an output or an error of the learner's own class runs their code too."""
        try:
            try:
                output = self._function(*given)
            finally:
                put_back(names)
            return self._read(output, self._output), None
        except (KeyboardInterrupt, TimeUp):
            raise
        except BaseException as error:
            return None, _failure(error)


@contextlib.contextmanager
def _keyboard_off() -> Iterator[None]:
    """Let input() fail at once: nobody is there to answer while a check runs."""

    def refuse(*_: object) -> str:
        raise _AskedTheKeyboard

    before = builtins.input
    builtins.input = refuse
    try:
        yield
    finally:
        builtins.input = before


def _differ(original: Any, given: Any) -> bool:
    if isinstance(original, np.ndarray):
        return (
            original.shape != given.shape
            or original.dtype != given.dtype
            or original.tobytes() != given.tobytes()
        )
    return False  # numbers cannot be changed


def _failure(error: BaseException) -> Failure:
    line = deepest_own_line(error.__traceback__)
    if isinstance(error, TimeUp):
        cause = error.__cause__
        return Failure("time", "", deepest_own_line(cause.__traceback__) if cause else None)
    if isinstance(error, NotImplementedError) and raised_by_own_code(error.__traceback__):
        return Failure("stub", "", line)
    if isinstance(error, RecursionError):
        return Failure("recursion", "", line)
    if isinstance(error, _AskedTheKeyboard):
        return Failure("keyboard", "", line)
    if isinstance(error, SystemExit):
        return Failure("exit", "", line)
    return Failure("exception", _in_words(error), line)


def _in_words(error: BaseException) -> str:
    try:
        text = str(error).strip().split("\n")[0]
    except Exception:  # an exception class of the learner's own may fail to print itself
        text = ""
    name = type(error).__name__[:60]
    return f"{name}: {text[:200]}" if text else name
