"""What to do next, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from cnncourse.progress.model import LessonProgress, TaskProgress


def next_step(
    lessons: Sequence[LessonProgress], last: str, before: int, after: int, items: int
) -> str:
    """Name the next thing to do.

    The exercise tried last comes first, unless it is done; then the concept test before the course,
    as long as nothing was tried in a lesson after 00; then the first exercise that is open.

    Parameters
    ----------
    lessons : sequence of LessonProgress
    last : str
        Id of the exercise tried last; "" if there is none.
    before, after, items : int
        Questions answered in the two concept tests, and how many there are.
    """
    started = [found for lesson in lessons for found in lesson.tasks if found.attempts]
    graded_begun = any(found.task.counts for found in started)
    for lesson in lessons:
        for found in lesson.tasks:
            if found.task.id == last and not found.passed and (found.task.counts or found.attempts):
                return _exercise(lesson, found)
    if before < items and not graded_begun and lessons:
        left = "1 question is left" if items - before == 1 else f"{items - before} are left"
        rest = f" ({left})" if before else ""
        return (
            f"Lesson {lessons[0].lesson.number}: find out what you know already with "
            f'concept_test("before"){rest}.'
        )
    for lesson in lessons:
        for found in lesson.tasks:
            if not found.passed and found.task.counts:
                return _exercise(lesson, found) if _begun(lesson) else _lesson(lesson)
    if after < items and lessons:
        return (
            f"All exercises are done: take the concept test again in lesson "
            f'{lessons[-1].lesson.number}, concept_test("after"), and see what you have gained.'
        )
    return "All that there is so far is done."


def _begun(lesson: LessonProgress) -> bool:
    return bool(lesson.predicted) or any(found.attempts or found.hints for found in lesson.tasks)


def _lesson(lesson: LessonProgress) -> str:
    waiting = [f"{len(lesson.tasks)} exercises" if len(lesson.tasks) > 1 else "an exercise"]
    if lesson.predictions:
        waiting.insert(0, f"{lesson.predictions} predictions")
    place = f"Lesson {lesson.lesson.number} {lesson.lesson.title}"
    return f"{place}: open {lesson.lesson.file}; {' and '.join(waiting)} wait for you there."


def _exercise(lesson: LessonProgress, found: TaskProgress) -> str:
    task = found.task
    place = f"Lesson {lesson.lesson.number}, {task.id} {task.title}"
    if not found.attempts and not found.hints:
        return f"{place}: not tried yet."
    remarks = []
    if found.last_idea:
        remarks.append(f"last time: “{found.last_idea.rstrip('.')}”")
    elif found.attempts:
        remarks.append(f"{found.points} of {task.max_points} points so far")
    if found.hints < task.hints:
        remarks.append(f'{_waiting(found)}: hint("{task.id}")')
    elif found.attempts:
        remarks.append(f'the hints are used, solution("{task.id}") shows one way')
    else:
        remarks.append(f'the hints are used: write a try and run check("{task.id}", ...)')
    return f"{place}: {'; '.join(remarks)}."


def _waiting(found: TaskProgress) -> str:
    return "another hint is waiting" if found.hints else "a hint is waiting"
