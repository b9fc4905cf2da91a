"""The result of a check, as a card in JupyterLab and as text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import Any, Literal

Status = Literal["passed", "wrong", "error", "not attempted"]

# Middle tones: they stand out from a light and from a dark page. The words carry the meaning.
_COLOURS = {
    "passed": "#2f9e63",
    "wrong": "#d9822b",
    "error": "#d64f4f",
    "not attempted": "#8a8f98",
}
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
        return f"{self.points} of {_points(self.max_points)}"

    def __repr__(self) -> str:
        lines = [f"{self.exercise_id} {self.title}: {self.status}, {self.score}"]
        lines.append(paragraph(self.message))
        if self.counterexample is not None:
            lines += [paragraph(text, f"{name}:") for name, text in self.counterexample.rows()]
        if self.hint:
            lines.append(paragraph(self.hint, "Hint:"))
        for part in self._open_parts():
            mark = "x" if part.earned else " "
            lines.append(f"  [{mark}] {part.title} ({_points(part.points)})")
        lines += [paragraph(note, "Note:") for note in self.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.status]
        body = [f"<p style='margin:6px 0 0'>{prose(self.message)}</p>"]
        if self.counterexample is not None:
            body.append(table(self.counterexample.rows()))
        if self.hint:
            body.append(f"<p style='margin:8px 0 0'><strong>Hint.</strong> {prose(self.hint)}</p>")
        if self._open_parts():
            body.append(_list(self._open_parts()))
        body += [f"<p style='{_SMALL}'>{prose(note)}</p>" for note in self.notes]
        heading = (
            f"<span style='color:{colour};font-weight:700'>{_SIGNS[self.status]}</span> "
            f"<span style='font-weight:700'>{escape(self.status.capitalize())}</span>"
            f"<span style='font-weight:600;margin-left:12px'>{escape(self.exercise_id)} "
            f"{escape(self.title)}</span>"
            f"<span style='float:right;opacity:.8'>{self.score}</span>"
        )
        return card(colour, heading, "".join(body))

    def _open_parts(self) -> tuple[PartResult, ...]:
        """Parts worth listing: where some of the points, but not all, were earned."""
        return self.parts if 0 < self.points < self.max_points else ()


_SMALL = "margin:8px 0 0;font-size:90%;opacity:.8"
_MONO = "font-family:var(--jp-code-font-family,ui-monospace,monospace);font-size:95%"


def card(colour: str, heading: str, body: str) -> str:
    """Frame a heading and a body, both HTML, in the theme's own colours and without scripts."""
    style = (
        f"border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-left:5px solid "
        f"{colour};border-radius:4px;padding:10px 14px;margin:4px 0;max-width:50rem;"
        "color:var(--jp-content-font-color1,inherit);"
        "font-family:var(--jp-content-font-family,system-ui,sans-serif);"
        "font-size:var(--jp-content-font-size1,14px);line-height:1.45"
    )
    # The heading keeps its points to itself where the card is narrow.
    return f"<div style='{style}'><div style='display:flow-root'>{heading}</div>{body}</div>"


def prose(text: str) -> str:
    """Escape `text`; what stands between backquotes becomes code."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    code = f"<code style='{_MONO};background:none;color:inherit;font-weight:600'>"
    return "".join(
        piece if i % 2 == 0 else f"{code}{piece}</code>" for i, piece in enumerate(pieces)
    )


def table(rows: list[tuple[str, str]]) -> str:
    """Set labels and texts side by side, as HTML."""
    lines = "".join(
        "<tr style='background:none'><th scope='row' style='text-align:left;padding:1px 14px 1px "
        f"0;font-weight:600;vertical-align:top;opacity:.8'>{escape(label)}</th>"
        f"<td style='text-align:left;padding:1px 0;white-space:pre-wrap;{_MONO}'>{escape(text)}"
        "</td></tr>"
        for label, text in rows
    )
    style = "margin:8px 0 0;border:none;border-collapse:collapse;font-size:inherit;color:inherit"
    return f"<table style='{style}'>{lines}</table>"


def _list(parts: tuple[PartResult, ...]) -> str:
    items = "".join(
        f"<div>{'✓' if part.earned else '✗'} {escape(part.title)} "
        f"({_points(part.points)}{'' if part.earned else ', open'})</div>"
        for part in parts
    )
    return f"<div style='{_SMALL}'>{items}</div>"


def _points(number: int) -> str:
    return f"{number} point" if number == 1 else f"{number} points"


def paragraph(text: str, label: str = "") -> str:
    """Indent and wrap a text, behind its label if it has one."""
    start = f"  {label:<10}" if label else "  "
    later = " " * len(start)
    first, *others = text.split("\n")  # a matrix keeps its rows
    lines = [fill(first, 96, initial_indent=start, subsequent_indent=later)]
    return "\n".join(lines + [later + line for line in others])
