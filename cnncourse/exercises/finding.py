"""What a check found, before and after the points are counted; `explain` finds the same."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.exercises import wording
from cnncourse.exercises.evidence import Trial
from cnncourse.exercises.model import Array, Exercise, Part
from cnncourse.exercises.report import CheckResult, Counterexample, PartResult, Status
from cnncourse.exercises.running import Call, Failure
from cnncourse.exercises.untouched import is_empty


@dataclass(frozen=True)
class Finding:
    """The decision, before points are counted."""

    status: Status
    message: str
    problem: str = ""
    misconception: str | None = None
    hint: str = ""
    case: int | None = None
    without_points: bool = False


def before_running(
    exercise: Exercise, function: Any, tool: str = "check", *index: str
) -> Finding | None:
    """Find what can be told from the object alone.

    Parameters
    ----------
    exercise : Exercise
    function : object
        What came as the learner's function.
    tool : {"check", "explain"}
        What was called.
    *index : str
        What it is given after the function.
    """
    if not callable(function):
        message = wording.not_a_function(exercise, function, tool, *index)
        return Finding("error", message, "not a function")
    if is_empty(function):
        return Finding("not attempted", wording.empty(exercise), "empty")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C do not tell
        return None
    try:
        signature.bind(*exercise.arguments)
    except TypeError:
        message = wording.wrong_arguments(exercise, function, signature)
        return Finding("error", message, "wrong arguments")
    return None


def of_failure(
    exercise: Exercise, function: Any, failure: Failure, calls: int | None = None
) -> Finding:
    """Say why a call, of so many, gave nothing."""
    if failure.kind == "stub":
        message = wording.stub(exercise, function, failure.line)
        return Finding("not attempted", message, "stub")
    if failure.kind == "time":
        return Finding("error", wording.time_up(failure, calls), "time limit")
    hint = exercise.error_hints.get(failure.error.partition(":")[0], "")
    return Finding("error", wording.failure(exercise, failure), failure.kind, hint=hint)


def of_form(call: Call) -> Finding:
    """Say why what a call gave cannot be read."""
    assert call.reading is not None
    printed = call.reading.kind == "none" and bool(call.printed.strip())
    message = wording.unreadable(call.reading, printed=printed)
    return Finding("wrong", message, "printed" if printed else call.reading.kind)


def result_of(
    exercise: Exercise,
    finding: Finding,
    parts: tuple[PartResult, ...] = (),
    example: Counterexample | None = None,
    notes: tuple[str, ...] = (),
    variant: str | None = None,
) -> CheckResult:
    """Count the points of the parts earned and make the card."""
    points = sum(part.points for part in parts if part.earned)
    if finding.status != "passed" and points == exercise.max_points:
        # Right values from a function that is not right (it changes its input, say).
        points -= min(part.points for part in parts)
        parts = ()
    return CheckResult(
        exercise_id=exercise.id,
        title=exercise.title,
        status=finding.status,
        points=points,
        max_points=exercise.max_points,
        message=finding.message,
        problem=finding.problem,
        misconception=finding.misconception,
        hint=finding.hint,
        counterexample=example,
        parts=parts,
        notes=notes,
        variant=variant,
    )


def all_parts(exercise: Exercise) -> tuple[PartResult, ...]:
    """Every part of an exercise, earned."""
    return tuple(PartResult(part.title, part.points, True) for part in exercise.parts)


def part_results(trial: Trial, outputs: Sequence[Array | None]) -> tuple[PartResult, ...]:
    """The parts of an exercise; one is earned if it holds for the output of every case."""

    def earned(part: Part) -> bool:
        return all(
            output is not None and bool(np.isfinite(output).all()) and part.holds(case, output)
            for case, output in zip(trial.cases, outputs, strict=True)
        )

    return tuple(PartResult(p.title, p.points, earned(p)) for p in trial.exercise.parts)
