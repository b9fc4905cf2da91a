"""The summary as a card in JupyterLab, and as text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import fill

from cnncourse._words import counted
from cnncourse.cards import BLUE, CELL, FAINT, SMALL, card, table, table_row
from cnncourse.progress.model import LessonProgress, Progress, TaskProgress
from cnncourse.records import Status

_SIGNS = {"done": "✓", "in progress": "◐", "not yet": "○"}
_MARKS = {"done": "[x]", "in progress": "[~]", "not yet": "[ ]"}
_CELL = f"{CELL};vertical-align:top;border:none;white-space:normal"


@dataclass(frozen=True)
class ProgressCard:
    """How far a learner has come, and where the records of it lie."""

    progress: Progress
    status: Status

    def __repr__(self) -> str:
        if not self.progress.begun:
            return "\n".join([self._welcome(), *self._problem()])
        lines = [f"Progress: {_total(self.progress)}"]
        for lesson in _shown(self.progress):
            lines.append(f"{_name(lesson)}: {_facts(lesson)}")
            width = max((len(_task_name(found)) for found in lesson.tasks), default=0)
            lines += [f"  {_MARKS[found.state]} {_task_name(found):<{width}}  {_state(found)}"
                      for found in lesson.tasks]  # fmt: skip
        lines.append(_concept_test(self.progress))
        lines.append(
            fill(
                f"Next: {self.progress.next_step}",
                96,
                subsequent_indent="  ",
                break_on_hyphens=False,
            )
        )
        return "\n".join([*lines, self._place(), *self._problem()])

    def _repr_html_(self) -> str:
        problem = "".join(
            f"<p style='{SMALL}'><strong>Note.</strong> {escape(text)}</p>"
            for text in self._problem()
        )
        if not self.progress.begun:
            heading = "<span style='font-weight:700'>Your progress</span>"
            welcome = escape(self._welcome(), quote=False)
            return card(BLUE, heading, f"<p style='margin:6px 0 0'>{welcome}</p>{problem}")
        heading = (
            "<span style='font-weight:700'>Your progress</span>"
            f"<span style='font-weight:600;margin-left:12px'>{_total(self.progress)}</span>"
        )
        body = _bar(self.progress) + "".join(map(_lesson_html, _shown(self.progress)))
        body += f"<p style='margin:8px 0 0'>{escape(_concept_test(self.progress))}</p>"
        step = escape(self.progress.next_step)
        body += f"<p style='margin:8px 0 0'><strong>Next.</strong> {step}</p>"
        body += f"<p style='{SMALL}'>{escape(self._place())}</p>{problem}"
        return card(BLUE, heading, body)

    def _welcome(self) -> str:
        if self.status.reading:
            return "What you did does not show yet."
        return (
            f"Nothing is recorded yet. {self.progress.next_step} What you do is kept on this "
            "machine only."
        )

    def _place(self) -> str:
        if self.status.folder is None:
            return "Kept in memory only, and forgotten when this program ends."
        return f"Kept in {self.status.folder}; nothing of it leaves this machine."

    def _problem(self) -> list[str]:
        return [self.status.problem] if self.status.problem else []


def _shown(progress: Progress) -> list[LessonProgress]:
    """Leave out a lesson of which there is nothing to say yet."""
    return [
        found
        for found in progress.lessons
        if found.tasks or found.predictions or found.minutes >= 1
    ]


def _total(progress: Progress) -> str:
    counted = [f for lesson in progress.lessons for f in lesson.tasks if f.task.counts]
    done = sum(found.passed for found in counted)
    return (
        f"{progress.points} of {progress.max_points} points, {done} of {len(counted)} exercises, "
        f"{_minutes(progress.minutes)}"
    )


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    whole = int(minutes)
    if whole < 120:
        return "1 minute" if whole == 1 else f"{whole} minutes"
    return f"{whole // 60} h {whole % 60} min"


def _name(lesson: LessonProgress) -> str:
    return f"Lesson {lesson.lesson.number} {lesson.lesson.title}"


def _facts(lesson: LessonProgress) -> str:
    facts = [f"{lesson.points} of {lesson.max_points} points"] if lesson.max_points else []
    if lesson.predictions:
        facts.append(f"{lesson.predicted} of {lesson.predictions} predictions made")
        facts += [f"{lesson.right} right"] if lesson.predicted else []
    begun = lesson.predicted or any(found.attempts for found in lesson.tasks)
    if begun or lesson.minutes >= 1:
        facts.append(_minutes(lesson.minutes))
    return ", ".join(facts)


def _task_name(found: TaskProgress) -> str:
    return f"{found.task.id} {found.task.title}"


def _state(found: TaskProgress) -> str:
    """Put the state of an exercise into words."""
    words = [found.state]
    if not found.task.counts:
        words.append("counts for nothing")
    elif found.attempts:
        words.append(f"{found.points} of {counted(found.task.max_points, 'point')}")
    else:
        words.append(counted(found.task.max_points, "point"))
    if found.attempts:
        words.append(counted(found.attempts, "attempt"))
    if found.hints:
        words.append(f"{counted(found.hints, 'hint')} read")
    if found.solution_seen:
        words.append("solution seen")
    return ", ".join(words)


def _concept_test(progress: Progress) -> str:
    def words(answered: int) -> str:
        if answered >= progress.items:
            return "done"
        return f"{answered} of {progress.items} answered" if answered else "not yet"

    return f"Concept test: before {words(progress.before)}, after {words(progress.after)}."


def _bar(progress: Progress) -> str:
    """Draw the share of the points; the heading says the same in words."""
    share = progress.points / progress.max_points if progress.max_points else 0.0
    return (
        "<div aria-hidden='true' style='height:6px;margin:8px 0 2px;border-radius:3px;"
        "background:rgba(128,128,128,.28)'>"
        f"<div style='height:6px;border-radius:3px;width:{share:.0%};background:{BLUE}'></div>"
        "</div>"
    )


def _lesson_html(lesson: LessonProgress) -> str:
    rows = [
        table_row(
            f"<th scope='row' style='{_CELL};font-weight:400;"
            "padding-left:1.6em;text-indent:-1.6em'>"
            f"<span aria-hidden='true' style='display:inline-block;width:1.6em;text-indent:0'>"
            f"{_SIGNS[found.state]}"
            f"</span>{escape(_task_name(found))}</th>",
            f"<td style='{_CELL};{FAINT}'>{escape(_state(found))}</td>",
        )
        for found in lesson.tasks
    ]
    tasks = table(rows, "margin:2px 0 0") if rows else ""
    return (
        f"<p style='margin:8px 0 0'><span style='font-weight:600'>{escape(_name(lesson))}</span>: "
        f"{escape(_facts(lesson))}</p>{tasks}"
    )
