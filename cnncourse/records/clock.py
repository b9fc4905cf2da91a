"""Notes, at most once a minute, that a lesson is being worked on: the time, never any code."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

LEAST_INTERVAL = 60.0
"""Seconds between two notes."""

_LESSON = re.compile(r"(?:^|[/\\])(\d\d)_[^/\\]*$")


def lesson_in(notebook: str) -> str:
    """Read the lesson's number from the name of its notebook; "" if it has none.

    Examples
    --------
    >>> lesson_in("notebooks/01_spaceship_smoothing.ipynb")
    '01'
    >>> lesson_in("Untitled.ipynb")
    ''
    """
    found = _LESSON.search(notebook)
    return found[1] if found else ""


class Clock:
    """Calls `note(lesson)` after cells of the notebook, at most once a minute."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._last: float | None = None
        self._shells: list[Any] = []

    def start(self) -> None:
        """Have IPython call after each cell; elsewhere, and the second time, do nothing.

        Never raises: in a shell that is not quite IPython's, minutes are not counted.
        """
        with contextlib.suppress(Exception):
            # A program that never loaded IPython does not run in it.
            ipython = sys.modules.get("IPython")
            shell = ipython.get_ipython() if ipython is not None else None
            if shell is None or any(shell is known for known in self._shells):
                return
            self._shells.append(shell)
            shell.events.register("post_run_cell", self.tick)

    def tick(self, *_: Any) -> None:
        """Take a note, unless there was one within the last minute."""
        try:
            now = monotonic()
            if self._last is None or now - self._last >= LEAST_INTERVAL:
                self._last = now
                self._note(lesson_in(os.environ.get("JPY_SESSION_NAME", "")))
        except Exception:  # IPython would print it below the learner's cell
            pass
