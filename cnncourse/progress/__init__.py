"""How far a learner has come: exercises, predictions, the concept test, minutes, what is next."""

from __future__ import annotations

from cnncourse import records
from cnncourse.exercises import EXERCISES
from cnncourse.inventory import ITEMS
from cnncourse.predictions import PREDICTIONS
from cnncourse.progress.card import ProgressCard
from cnncourse.progress.model import Course, Progress, Task
from cnncourse.progress.summary import summarise

__all__ = ["Course", "Progress", "ProgressCard", "read_course", "show_progress", "summarise"]


def read_course() -> Course:
    """Collect what there is to do: the exercises, the predictions, the concept test."""
    tasks = tuple(
        Task(
            exercise.id,
            exercise.title,
            exercise.max_points,
            len(exercise.hints),
            {idea.slug: idea.title for idea in exercise.misconceptions},
        )
        for exercise in EXERCISES.values()
    )
    return Course(tasks, tuple(PREDICTIONS), tuple(ITEMS))


def show_progress() -> ProgressCard:
    """Show what is done, the points, the minutes, and what to do next.

    Minutes are counted from the times at which something was recorded; a pause of more than ten
    minutes does not count.

    Returns
    -------
    ProgressCard
        A card in JupyterLab, a text elsewhere.

    Examples
    --------
    >>> from cnncourse import records
    >>> records.reset()
    >>> show_progress()
    Nothing is recorded yet. Lesson 00: find out what you know already with concept_test("before").
    What you do is kept on this machine only.
    """
    # The status first: what it does not call missing, the events have. Who asks for years of work
    # will rather wait than see none of it.
    status = records.status(patience=10.0)
    return ProgressCard(summarise(records.events(), read_course()), status)
