"""What a check found, before and after the points are counted."""

from __future__ import annotations

from dataclasses import dataclass

from cnncourse.exercises.model import Exercise
from cnncourse.exercises.report import CheckResult, Counterexample, PartResult, Status


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
