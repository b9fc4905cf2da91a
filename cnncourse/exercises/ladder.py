"""Hints one step at a time, and the solution after an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnncourse.exercises.model import Exercise
from cnncourse.exercises.report import card, paragraph

_BLUE = "#4c8dd6"


@dataclass(frozen=True)
class Page:
    """A short text for the learner, with a piece of code or without."""

    heading: str
    text: str
    code: str = ""

    def __repr__(self) -> str:
        lines = [self.heading, paragraph(self.text)] if self.text else [self.heading]
        return "\n".join([*lines, "", self.code.rstrip()] if self.code else lines)

    def _repr_html_(self) -> str:
        heading = f"<strong>{escape(self.heading)}</strong>"
        body = f"<p style='margin:6px 0 0'>{escape(self.text)}</p>" if self.text else ""
        if self.code:
            style = (
                "margin:8px 0 0;background:none;color:inherit;white-space:pre;overflow-x:auto;"
                "font-size:92%"
            )
            body += f"<pre style='{style}'>{escape(self.code.rstrip())}</pre>"
        return card(_BLUE, heading, body)


class Ladder:
    """Remembers, for one session, the hints given and the exercises attempted."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}
        self._attempted: set[str] = set()

    def attempt(self, exercise: Exercise) -> None:
        """Note that the learner has tried."""
        self._attempted.add(exercise.id)

    def hint(self, exercise: Exercise) -> Page:
        """Give the next hint, then the last one again."""
        steps = len(exercise.hints)
        number = self._given.get(exercise.id, 0) + 1
        self._given[exercise.id] = min(number, steps)
        shown = min(number, steps)
        text = exercise.hints[shown - 1]
        if shown == steps:
            text += f' That was the last hint. After an attempt, solution("{exercise.id}") helps.'
        return Page(f"{exercise.id} hint {shown} of {steps}", text)

    def solution(self, exercise: Exercise, *, anyway: bool) -> Page:
        """Show the solution, if the learner has tried or insists."""
        if not anyway and exercise.id not in self._attempted:
            return Page(
                f"{exercise.id} solution: not yet",
                f"Have a try first: write {exercise.stub_name} and run its check, or ask for "
                f'hint("{exercise.id}"). To see the solution all the same: '
                f'solution("{exercise.id}", anyway=True).',
            )
        return Page(
            f"{exercise.id} {exercise.title}: one way to write it",
            "Other ways are right, too: the check looks at what a function gives.",
            exercise.solution_source,
        )
