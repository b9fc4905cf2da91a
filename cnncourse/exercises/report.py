"""The result of a check, as a card in JupyterLab and as text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from cnncourse._words import counted
from cnncourse.cards import (
    FAINT,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SMALL,
    card,
    labelled,
    paragraph,
    prose,
)

Status = Literal["passed", "wrong", "error", "not attempted"]

_COLOURS = {"passed": GREEN, "wrong": ORANGE, "error": RED, "not attempted": GREY}
_SIGNS = {"passed": "✓", "wrong": "✗", "error": "!", "not attempted": "○"}


@dataclass(frozen=True)
class Counterexample:
    """The smallest case that failed.

    Parameters
    ----------
    args : tuple
        The arguments of the call.
    input, expected, got : str
        The same, the right answer and the learner's, written out. `expected` is "" where many
        answers are right, `got` is "" where the function gave none.
    note : str
        What is special about the case.
    """

    args: tuple[Any, ...]
    input: str
    expected: str
    got: str
    note: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """Label and text of each line to show."""
        rows = [("Input", self.input), ("Expected", self.expected), ("Got", self.got)]
        return [(label, text) for label, text in rows if text]


@dataclass(frozen=True)
class PartResult:
    """One part of an exercise, its points and whether they were earned."""

    title: str
    points: int
    earned: bool


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Parameters
    ----------
    exercise_id, title : str
        The exercise.
    status : {"passed", "wrong", "error", "not attempted"}
    points, max_points : int
    message : str
        What happened, in a sentence or two.
    problem : str
        Short name of what happened where it is no misconception ("changed input"); else "".
    misconception : str or None
        Slug of the wrong idea that explains the outputs.
    hint : str
        Where to think again; "" if there is nothing to say.
    counterexample : Counterexample or None
    parts : tuple of PartResult
    notes : tuple of str
        Remarks that decide nothing.
    variant : str or None
        Whose numbers the answer was checked with; None for everyone's, and for a function.
    """

    exercise_id: str
    title: str
    status: Status
    points: int
    max_points: int
    message: str
    problem: str = ""
    misconception: str | None = None
    hint: str = ""
    counterexample: Counterexample | None = None
    parts: tuple[PartResult, ...] = ()
    notes: tuple[str, ...] = ()
    variant: str | None = None

    @property
    def score(self) -> str:
        """Points as words: "2 of 3 points"."""
        return f"{self.points} of {counted(self.max_points, 'point')}"

    def __repr__(self) -> str:
        lines = [f"{self.exercise_id} {self.title}: {self.status}, {self.score}"]
        lines.append(paragraph(self.message))
        if self.counterexample is not None:
            lines += [paragraph(text, f"{name}:") for name, text in self.counterexample.rows()]
        if self.hint:
            lines.append(paragraph(self.hint, "Hint:"))
        for part in self._open_parts():
            mark = "x" if part.earned else " "
            lines.append(f"  [{mark}] {part.title} ({counted(part.points, 'point')})")
        lines += [paragraph(note, "Note:") for note in self.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.status]
        body = [f"<p style='margin:6px 0 0'>{prose(self.message)}</p>"]
        if self.counterexample is not None:
            body.append(labelled(self.counterexample.rows()))
        if self.hint:
            body.append(f"<p style='margin:8px 0 0'><strong>Hint.</strong> {prose(self.hint)}</p>")
        if self._open_parts():
            body.append(_list(self._open_parts()))
        body += [f"<p style='{SMALL}'>{prose(note)}</p>" for note in self.notes]
        heading = (
            f"<span style='color:{colour};font-weight:700'>{_SIGNS[self.status]}</span> "
            f"<span style='font-weight:700'>{escape(self.status.capitalize())}</span>"
            f"<span style='font-weight:600;margin-left:12px'>{escape(self.exercise_id)} "
            f"{escape(self.title)}</span>"
            f"<span style='float:right;{FAINT}'>{self.score}</span>"
        )
        return card(colour, heading, "".join(body))

    def _open_parts(self) -> tuple[PartResult, ...]:
        """Parts worth listing: where some of the points, but not all, were earned."""
        return self.parts if 0 < self.points < self.max_points else ()


def _list(parts: tuple[PartResult, ...]) -> str:
    items = "".join(
        f"<div>{'✓' if part.earned else '✗'} {escape(part.title)} "
        f"({counted(part.points, 'point')}{'' if part.earned else ', open'})</div>"
        for part in parts
    )
    return f"<div style='{SMALL}'>{items}</div>"
