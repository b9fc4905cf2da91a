"""The check of an answer that is a value: one number worked out by hand, say."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises import wording
from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.evidence import Trial
from cnncourse.exercises.finding import Finding, all_parts, part_results, result_of
from cnncourse.exercises.formatting import format_arguments, format_value
from cnncourse.exercises.model import Array, Exercise
from cnncourse.exercises.reading import read_answer
from cnncourse.exercises.report import CheckResult, Counterexample
from cnncourse.exercises.running import Call, Runner
from cnncourse.exercises.variants import given_trial, other_variants


def judge_value(
    exercise: Exercise,
    value: Any,
    *,
    variant: str | None,
    time_limit: float,
) -> CheckResult:
    """Check `value` as the answer to the numbers of a variant.

    Parameters
    ----------
    exercise : Exercise
        One with numbers given.
    value : object
        The learner's answer; None and Ellipsis stand for none.
    variant : str or None
        Whose numbers; None for everyone's.
    time_limit : float
        For reading the value, which may run code of the learner's own class, s.
    """
    if value is None or value is Ellipsis:
        nothing = Finding("not attempted", wording.no_answer(exercise), "empty")
        return result_of(exercise, nothing, variant=variant)
    trial = given_trial(exercise, variant)  # before code of the learner's own runs
    runner = Runner(lambda: value, exercise.output, (), time_limit, read=read_answer)
    with runner.contained():
        call = runner.call(())
        answer = call.reading.array if call.reading is not None else None
        if answer is None:
            finding = _unread(exercise, value, call)
        else:
            finding = _decide(trial, answer, variant)
        passed = finding.status == "passed"
        parts = all_parts(exercise) if passed else part_results(trial, [answer])
        example = None if passed else _shown(trial, answer)
    return result_of(exercise, finding, parts, example, variant=variant)


def _unread(exercise: Exercise, value: Any, call: Call) -> Finding:
    """Find what stands in place of numbers."""
    if call.failure is not None:
        kind = "time limit" if call.failure.kind == "time" else call.failure.kind
        return Finding("error", wording.no_reading(exercise, call.failure), kind)
    reading = call.reading
    assert reading is not None
    if reading.kind == "shape":
        return Finding("wrong", wording.answer_of_other_shape(exercise, value, reading), "shape")
    if type(value) is str and _number_in(value) is not None:
        return Finding("wrong", wording.number_in_quotes(exercise, value), "text")
    return Finding("error", wording.not_a_value(exercise, value, reading), "not a value")


def _number_in(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _decide(trial: Trial, answer: Array, variant: str | None) -> Finding:
    exercise = trial.exercise
    if not np.isfinite(answer).all():
        return Finding("wrong", wording.answer_not_finite(exercise, answer), "not finite")
    complaint = trial.complaint(0, answer)
    if not complaint:
        return Finding("passed", wording.RIGHT_VALUE)
    misconception = trial.diagnose([answer])
    if misconception is not None:
        return Finding("wrong", misconception.title, "", misconception.slug, misconception.hint)
    expected = trial.expected[0]
    if expected is not None and answer.shape != expected.shape:
        return Finding("wrong", wording.wrong_shape(answer, expected), "shape")
    for other in other_variants(exercise, variant):
        if not given_trial(exercise, other).complaint(0, answer):
            return Finding("wrong", wording.other_numbers(exercise, other), "other numbers")
    if expected is not None and _rounded(answer, expected):
        return Finding("wrong", wording.ROUNDED, "rounded")
    if exercise.judge is not None:
        return Finding("wrong", wording.judged(complaint))
    return Finding("wrong", wording.other_value(exercise))


def _rounded(answer: Array, expected: Array) -> bool:
    """Whether the answer is the right one with too few decimals."""
    for steps in (1, 10):  # in one unit
        # 6.3 / 0.1 is less than 63 for a computer, and would be cut off to 62.
        places = np.round(expected * steps, 6)
        for kept in (np.trunc(places), np.floor(places + 0.5), np.ceil(places - 0.5)):
            if as_written(answer, kept / steps):
                return True
    return False


def _shown(trial: Trial, answer: Array | None) -> Counterexample:
    """Show the numbers and the answer, but not the right one: one may try again."""
    (case,) = trial.cases
    shown = format_arguments(trial.exercise.arguments, case.args)
    got = "" if answer is None else format_value(answer, 8)
    return Counterexample(case.args, shown, "", got, case.note)
