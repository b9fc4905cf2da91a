"""Events -> numbers: how far a learner has come. Reads and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from cnncourse.inventory.answers import first_answers
from cnncourse.inventory.model import FORMS
from cnncourse.predictions.calibrating import judged, predicted
from cnncourse.progress.minutes import minutes_of
from cnncourse.progress.model import Course, LessonProgress, Progress, Task, TaskProgress
from cnncourse.progress.next_step import next_step
from cnncourse.progress.syllabus import lesson_of
from cnncourse.records import Event


def summarise(events: Sequence[Event], course: Course) -> Progress:
    """Sum up what was done.

    Parameters
    ----------
    events : sequence of Event
        Oldest first.
    course : Course
        What there is to do. Events about anything else count for the minutes only.

    Returns
    -------
    progress : Progress
        An exercise has the points of its best attempt. Which prediction counts, and which answer to
        a question of the concept test, is up to `judged` and `first_answers`.
    """
    minutes = minutes_of(events)
    tasks = [_task(task, _about(events, task.id)) for task in course.tasks]
    made = predicted(events)
    right = {one.prediction_id for one in judged(events) if one.right}
    lessons = []
    for lesson in course.lessons:
        asked = {name for name in course.predictions if lesson_of(name) == lesson.number}
        lessons.append(
            LessonProgress(
                lesson,
                tuple(found for found in tasks if lesson_of(found.task.id) == lesson.number),
                predicted=len(asked & made),
                right=len(asked & right),
                predictions=len(asked),
                minutes=minutes.get(lesson.number, 0.0),
            )
        )
    before, after = (len(first_answers(form, events).keys() & course.items) for form in FORMS)
    return Progress(
        lessons=tuple(lessons),
        before=before,
        after=after,
        items=len(course.items),
        minutes=sum(minutes.values()),
        begun=any(_is_work(event) for event in events),
        next_step=next_step(lessons, _last_task(events, course), before, after, len(course.items)),
    )


def _about(events: Sequence[Event], subject: str) -> list[Event]:
    return [event for event in events if event.subject == subject]


def _task(task: Task, events: Sequence[Event]) -> TaskProgress:
    attempts = [event.data for event in events if event.kind == "attempt"]
    points = [min(_whole(attempt.get("points")), task.max_points) for attempt in attempts]
    passed = any(attempt.get("status") == "passed" for attempt in attempts)
    last = attempts[-1] if attempts and not passed else {}
    idea = last.get("misconception")
    hints = [_whole(event.data.get("number")) for event in events if event.kind == "hint"]
    return TaskProgress(
        task,
        points=max(points, default=0),
        attempts=_different(attempts),
        hints=min(max(hints, default=0), task.hints),
        solution_seen=any(event.kind == "solution" for event in events),
        passed=passed,
        last_idea=task.ideas.get(idea, "") if isinstance(idea, str) else "",
    )


def _different(attempts: Sequence[Mapping[str, Any]]) -> int:
    """Count the attempts but those that checked the answer of the one before: Run All does that."""
    answers = [attempt.get("answer") or object() for attempt in attempts]
    return sum(now != before for before, now in pairwise([None, *answers]))


def _is_work(event: Event) -> bool:
    """Tell whether an event is a step: running cells is none, nor is help in lesson 00."""
    if event.kind in ("attempt", "prediction", "concept"):
        return True
    return event.kind in ("hint", "solution", "explain") and lesson_of(event.subject) != "00"


def _last_task(events: Sequence[Event], course: Course) -> str:
    known = {task.id for task in course.tasks}
    tried = [e.subject for e in events if e.kind in ("attempt", "hint") and e.subject in known]
    return tried[-1] if tried else ""


def _whole(value: Any) -> int:
    return max(value, 0) if isinstance(value, int) else 0
