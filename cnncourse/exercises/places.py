"""Where in the learner's own code something happened."""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

LONGEST = 70  # characters of a line of code shown in a message


@dataclass(frozen=True)
class Line:
    """A line of the learner's code: its number, counted in its cell, and its text (or "")."""

    number: int
    text: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.text}" if self.text else f"line {self.number}"


def _folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    found = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib") if key in paths]
    found.append(str(Path(__file__).resolve().parent.parent))
    return tuple(os.path.normcase(os.path.join(folder, "")) for folder in found)


_LIBRARIES = _folders()


def is_library(filename: str) -> bool:
    """Whether a code object's file belongs to Python, an installed package or this one.

    Examples
    --------
    >>> is_library(linecache.__file__), is_library("<cell 3>")
    (True, False)
    """
    if filename.startswith(("<frozen", "<__array_function__")):
        return True
    return os.path.normcase(filename).startswith(_LIBRARIES)


def line_of(filename: str, number: int) -> Line:
    """Read the line `number` of `filename`; notebook cells are known to linecache, too."""
    text = linecache.getline(filename, number).strip()
    return Line(number, text if len(text) <= LONGEST else text[: LONGEST - 4] + " ...")


def deepest_own_line(trace: TracebackType | None) -> Line | None:
    """Find the learner's last line before the error, or None if the trace holds none."""
    own = [
        (frame.f_code.co_filename, number)
        for frame, number in traceback.walk_tb(trace)
        if not is_library(frame.f_code.co_filename)
    ]
    return line_of(*own[-1]) if own else None


def raised_by_own_code(trace: TracebackType | None) -> bool:
    """Whether the error was raised in the learner's code itself, not in a library it called."""
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    return bool(frames) and not is_library(frames[-1].f_code.co_filename)
