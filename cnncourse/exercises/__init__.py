"""Graded exercises: check, hint, solution."""

from cnncourse.exercises import e1_1, e1_2, e1_3, e1_4, e1_5, e1_6
from cnncourse.exercises.model import Exercise

EXERCISES = {m.EXERCISE.id: m.EXERCISE for m in (e1_1, e1_2, e1_3, e1_4, e1_5, e1_6)}


def get(exercise_id: str) -> Exercise:
    return EXERCISES[exercise_id]
