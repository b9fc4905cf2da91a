"""What the course asks of a learner, and how far one has come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnncourse.progress.syllabus import LESSONS, Lesson, lesson_of


@dataclass(frozen=True)
class Task:
    """As much of an exercise as progress needs.

    Parameters
    ----------
    id, title : str
    max_points : int
    hints : int
        How many there are.
    ideas : mapping of str to str
        Wrong ideas that its check knows: slug -> a sentence.
    """

    id: str
    title: str
    max_points: int
    hints: int = 3
    ideas: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def counts(self) -> bool:
        """Whether its points count: those of lesson 00 are for trying out."""
        return lesson_of(self.id) != "00"


@dataclass(frozen=True)
class Course:
    """All that can be done: exercises, predictions (by id) and the items of the concept test."""

    tasks: tuple[Task, ...]
    predictions: tuple[str, ...]
    items: tuple[str, ...]
    lessons: tuple[Lesson, ...] = LESSONS


@dataclass(frozen=True)
class TaskProgress:
    """How far one exercise has come.

    Parameters
    ----------
    task : Task
    points : int
        Of the best attempt.
    attempts, hints : int
        How many answers were checked, and how many of its hints were read.
    solution_seen, passed : bool
    last_idea : str
        What the last attempt was about, as a sentence; "" if it passed or nothing was recognised.
    """

    task: Task
    points: int = 0
    attempts: int = 0
    hints: int = 0
    solution_seen: bool = False
    passed: bool = False
    last_idea: str = ""

    @property
    def state(self) -> str:
        """In words: "done", "in progress", "not yet"."""
        if self.passed:
            return "done"
        return "in progress" if self.attempts else "not yet"


@dataclass(frozen=True)
class LessonProgress:
    """How far one lesson has come; `minutes` were spent, `right` predictions held."""

    lesson: Lesson
    tasks: tuple[TaskProgress, ...]
    predicted: int
    right: int
    predictions: int
    minutes: float

    @property
    def points(self) -> int:
        """Points that count."""
        return sum(found.points for found in self.tasks if found.task.counts)

    @property
    def max_points(self) -> int:
        """All points that count."""
        return sum(found.task.max_points for found in self.tasks if found.task.counts)


@dataclass(frozen=True)
class Progress:
    """How far the course has come.

    Parameters
    ----------
    lessons : tuple of LessonProgress
    before, after, items : int
        Questions answered in the concept test before and after the course, and how many there are.
    minutes : float
        Spent on all of it.
    begun : bool
        Whether anything was done.
    next_step : str
        What to do next, in a sentence.
    """

    lessons: tuple[LessonProgress, ...]
    before: int
    after: int
    items: int
    minutes: float
    begun: bool
    next_step: str

    @property
    def points(self) -> int:
        """Points that count."""
        return sum(lesson.points for lesson in self.lessons)

    @property
    def max_points(self) -> int:
        """All points that count."""
        return sum(lesson.max_points for lesson in self.lessons)
