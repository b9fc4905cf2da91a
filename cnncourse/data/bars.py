"""A bar for what takes long: drawn in a notebook, one line in a terminal, nothing elsewhere.

Nothing is shown either where ``CNNCOURSE_DATA`` is "off", as it is while tests run notebooks and
outputs are stored: those must be the same each time.
"""

from __future__ import annotations

import os
import sys
import time
from html import escape
from types import TracebackType
from typing import Any, ClassVar

EVERY = 0.1
"""Seconds between two changes of a bar: more often only costs time."""

WIDTH = 30
"""Characters of a bar in a terminal."""


def place() -> str:
    """Tell where a bar can be seen: "notebook", "terminal" or "nowhere".

    Examples
    --------
    >>> place() in ("notebook", "terminal", "nowhere")
    True
    """
    if os.environ.get("CNNCOURSE_DATA", "").strip().lower() == "off":
        return "nowhere"
    if "IPython" in sys.modules:  # else this is no notebook, and it need not be loaded
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            return "notebook"
    stream = sys.stderr
    return "terminal" if stream is not None and stream.isatty() else "nowhere"


class Bar:
    """How much of `total` is done; use it in a ``with`` block.

    Of bars within one another only the outermost is shown: a training that is one of many keeps
    quiet.

    Parameters
    ----------
    label : str
        What is going on.
    total : float
        What `update` counts up to; 0 where it is not known.
    where : {"notebook", "terminal", "nowhere"}, optional
        Where to show it; found out if not given.

    Examples
    --------
    >>> with Bar("Counting", 2, where="nowhere") as bar:
    ...     bar.update(1, "one")
    ...     bar.line()
    'Counting [###############...............] 50 %, one'
    """

    _open: ClassVar[int] = 0

    def __init__(self, label: str, total: float, *, where: str | None = None) -> None:
        self.label, self.total, self.where = label, total, where or place()
        self.done, self.words = 0.0, ""
        self._shown = self._width = 0.0
        self._handle: Any = None

    def __enter__(self) -> Bar:
        if Bar._open:
            self.where = "nowhere"
        Bar._open += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        Bar._open -= 1
        self._show()
        if self.where == "terminal":
            print(file=sys.stderr, flush=True)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def update(self, done: float, words: str | None = None) -> None:
        """Say how much is done, and perhaps something about it."""
        self.done = done
        self.words = self.words if words is None else words
        if time.monotonic() - self._shown >= EVERY:
            self._show()

    def line(self) -> str:
        """Return the bar as text."""
        filled = round(WIDTH * self.share)
        words = f", {self.words}" if self.words else ""
        bar = "#" * filled + "." * (WIDTH - filled)
        return f"{self.label} [{bar}] {100 * self.share:.0f} %{words}"

    def page(self) -> str:
        """Return the bar as HTML; a screen reader says its label and value."""
        label = escape(self.label)
        return (
            f'<div><label>{label} <progress max="1" value="{self.share:.3f}" '
            f'style="vertical-align: middle"></progress></label> '
            f"{100 * self.share:.0f} % {escape(self.words)}</div>"
        )

    def _show(self) -> None:
        self._shown = time.monotonic()
        if self.where == "terminal":
            text = self.line()
            # What was longer before is blanked out.
            print("\r" + text.ljust(int(self._width)), end="", file=sys.stderr, flush=True)
            self._width = len(text)
        elif self.where == "notebook":
            from IPython.display import HTML, display

            content = HTML(self.page())
            if self._handle is None:
                self._handle = display(content, display_id=True)
            else:
                self._handle.update(content)
