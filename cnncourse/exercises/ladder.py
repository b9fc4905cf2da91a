"""Hints one step at a time, and the solution after an attempt; both are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnncourse import records
from cnncourse.cards import BLUE, card, paragraph
from cnncourse.exercises.model import Exercise
from cnncourse.exercises.report import CheckResult


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
        return card(BLUE, heading, body)


class Ladder:
    """Remembers, for one session, the hints given and the exercises attempted.

    An attempt of an earlier session counts, too: the records tell. Hints start again at the first
    one, so that a notebook run afresh shows what it showed before.
    """

    def __init__(self) -> None:
        self._given: dict[str, int] = {}
        self._attempted: set[str] = set()

    def attempt(self, exercise: Exercise, result: CheckResult, answer: str) -> None:
        """Note that the learner has tried, and what came of it; `answer` is its fingerprint."""
        self._attempted.add(exercise.id)
        records.record(
            "attempt",
            exercise.id,
            status=result.status,
            points=result.points,
            max_points=result.max_points,
            misconception=result.misconception,
            problem=result.problem,
            variant=result.variant,
            answer=answer,
        )

    def hint(self, exercise: Exercise) -> Page:
        """Give the next hint, then the last one again."""
        steps = len(exercise.hints)
        number = self._given.get(exercise.id, 0) + 1
        self._given[exercise.id] = min(number, steps)
        shown = min(number, steps)
        records.record("hint", exercise.id, number=shown)
        text = exercise.hints[shown - 1]
        if shown == steps:
            after = "" if self._tried(exercise) else "After an attempt, "
            text += f' That was the last hint. {after}solution("{exercise.id}") shows one way.'
        return Page(f"{exercise.id} hint {shown} of {steps}", text)

    def solution(self, exercise: Exercise, *, anyway: bool) -> Page:
        """Show the solution, if the learner has tried or insists."""
        tried = self._tried(exercise)
        if not (tried or anyway):
            verb = "write" if exercise.broken is None else "mend"
            verb = verb if exercise.given is None else "work out"
            return Page(
                f"{exercise.id} solution: not yet",
                f"Have a try first: {verb} {exercise.stub_name} and run its check, or ask for "
                f'hint("{exercise.id}"). To see the solution all the same: '
                f'solution("{exercise.id}", anyway=True).',
            )
        records.record("solution", exercise.id, anyway=not tried)
        if exercise.given is not None:
            text = "It works with whatever numbers are given. Follow it with yours by hand."
            return Page(f"{exercise.id} {exercise.title}", text, exercise.solution_source)
        way = "one way to write it" if exercise.broken is None else "one way to mend it"
        return Page(
            f"{exercise.id} {exercise.title}: {way}",
            "Other ways are right, too: the check looks at what a function gives.",
            exercise.solution_source,
        )

    def _tried(self, exercise: Exercise) -> bool:
        return exercise.id in self._attempted or bool(records.events("attempt", exercise.id))
