"""A check: run the function on the cases, decide what happened, say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.exercises import registry, wording
from cnncourse.exercises.comparing import same
from cnncourse.exercises.evidence import Trial, draw_trial
from cnncourse.exercises.finding import (
    Finding,
    all_parts,
    before_running,
    of_failure,
    of_form,
    part_results,
    result_of,
)
from cnncourse.exercises.formatting import format_arguments, format_pair, format_value
from cnncourse.exercises.model import Array, Exercise
from cnncourse.exercises.report import CheckResult, Counterexample, PartResult
from cnncourse.exercises.running import Call, Runner
from cnncourse.exercises.untouched import is_copy
from cnncourse.exercises.valued import judge_value
from cnncourse.exercises.variants import current_variant


def judge(
    exercise: Exercise, function: Any, *, seed: int | str | None, time_limit: float
) -> CheckResult:
    """Check `function` as an answer to `exercise`, or a value where that is what it asks for."""
    if exercise.given is not None:
        variant = current_variant(seed)
        return judge_value(exercise, function, variant=variant, time_limit=time_limit)
    finding = _before_running(exercise, function)
    if finding is not None:
        return result_of(exercise, finding)
    runner = Runner(function, exercise.output, exercise.forbidden, time_limit)
    with runner.contained():
        trial = draw_trial(exercise, seed)
        calls = _run(trial, runner)
        again = _run_again(trial, runner, calls)
        return _Verdict(trial, function, calls, again).result()


def _before_running(exercise: Exercise, function: Any) -> Finding | None:
    """Find what can be told from the object alone."""
    finding = before_running(exercise, function)
    if finding is not None:
        return finding
    if exercise.broken is not None and is_copy(function, exercise.broken):
        return Finding("not attempted", wording.as_it_came(exercise), "untouched")
    return None


def _run(trial: Trial, runner: Runner) -> list[Call]:
    calls = []
    for case in trial.cases:
        calls.append(runner.call(case.args))
        failure = calls[-1].failure
        if failure is not None and failure.kind in ("time", "stub"):
            break
    return calls


def _run_again(trial: Trial, runner: Runner, calls: list[Call]) -> dict[int, Call]:
    """Repeat the cases from last to first: a function's answers must not depend on its past."""
    if len(calls) < len(trial.cases) or calls[-1].failure is not None:
        return {}
    again = {}
    for i in reversed(range(len(calls))):
        again[i] = runner.call(trial.cases[i].args)
        failure = again[i].failure
        if failure is not None and failure.kind == "time":
            break
    return again


class _Verdict:
    """Decides on the calls of one check."""

    def __init__(
        self, trial: Trial, function: Callable[..., Any], calls: list[Call], again: dict[int, Call]
    ) -> None:
        self.trial = trial
        self.exercise = trial.exercise
        self.function = function
        self.calls = calls
        self.again = again
        self.outputs = [call.reading.array if call.reading is not None else None for call in calls]
        self.outputs += [None] * (len(trial.cases) - len(calls))

    def result(self) -> CheckResult:
        """Decide, count the points, and put it into words."""
        finding = self._find()
        example = None if finding.case is None else self._counterexample(finding.case)
        parts = self._parts(finding)
        return result_of(self.exercise, finding, parts, example, self._notes(finding))

    def _find(self) -> Finding:
        for look in (self._unfinished, self._readymade, self._endless, self._unsteady):
            finding = look()
            if finding is not None:
                return finding
        failing = next((i for i in range(len(self.calls)) if self._is_wrong(i)), None)
        if failing is None:
            praise = wording.PASSED if self.exercise.broken is None else wording.MENDED
            return self._changed_input() or Finding("passed", praise)
        misconception = self.trial.diagnose(self.outputs)
        if misconception is not None:
            first = self._smallest_shown(failing)
            same_bug = self.exercise.broken is not None and misconception.slug == "still-there"
            return Finding(
                "wrong",
                misconception.title,
                "",
                misconception.slug,
                misconception.hint,
                first,
                without_points=same_bug,
            )
        return self._plain(failing)

    def _is_wrong(self, i: int) -> bool:
        output = self.outputs[i]
        return output is None or self.trial.complaint(i, output) != ""

    def _smallest_shown(self, failing: int) -> int:
        """Prefer a failing case that gave an output to one that gave none."""
        shown = (i for i, out in enumerate(self.outputs) if out is not None and self._is_wrong(i))
        return next(shown, failing)

    def _unfinished(self) -> Finding | None:
        last = self.calls[-1].failure
        if last is None or last.kind != "stub":
            return None
        return of_failure(self.exercise, self.function, last)

    def _readymade(self) -> Finding | None:
        calls = [*self.calls, *self.again.values()]
        use = next((call.used for call in calls if call.used is not None), None)
        if use is None:
            return None
        message = wording.ready_made(self.exercise, use)
        return Finding("wrong", message, "ready-made function", without_points=True)

    def _endless(self) -> Finding | None:
        needed = 2 * len(self.trial.cases)
        for i, call in [*enumerate(self.calls), *self.again.items()]:
            if call.failure is not None and call.failure.kind == "time":
                found = of_failure(self.exercise, self.function, call.failure, needed)
                return replace(found, case=i)
        return None

    def _unsteady(self) -> Finding | None:
        """Find a case that was answered in two ways."""
        for i in sorted(self.again):
            first, second = self.calls[i].reading, self.again[i].reading
            if (first is None) != (second is None) or (
                first is not None
                and second is not None
                and (first.problem != second.problem or not _alike(first.array, second.array))
            ):
                answers = self._shown(self.calls[i]), self._shown(self.again[i])
                message = wording.unsteady(self.function, *answers)
                return Finding("wrong", message, "unsteady", case=i)
        return None

    def _shown(self, call: Call) -> str:
        if call.reading is None:
            return "an error"
        if call.reading.array is None:
            return call.reading.problem
        return format_value(call.reading.array, 8)

    def _changed_input(self) -> Finding | None:
        for i, call in enumerate(self.calls):
            if call.changed:
                name = self.exercise.arguments[call.changed[0]]
                return Finding("wrong", wording.changed(name), "changed input", case=i)
        return None

    def _plain(self, failing: int) -> Finding:
        """Say what went wrong in the smallest failing case, if no known idea explains it all."""
        call = self.calls[failing]
        if call.failure is not None:
            found = of_failure(self.exercise, self.function, call.failure)
            return replace(found, case=failing)
        assert call.reading is not None
        if call.reading.array is None:
            return replace(of_form(call), case=failing)
        changed = self._changed_input()
        if changed is not None:
            return changed
        problem, message = self._about_values(failing, call.reading.array)
        return Finding("wrong", message, problem, case=failing)

    def _about_values(self, i: int, output: Array) -> tuple[str, str]:
        expected = self.trial.expected[i]
        if not np.isfinite(output).all():
            return "not finite", wording.not_finite(output)
        if expected is not None and output.shape != expected.shape:
            return "shape", wording.wrong_shape(output, expected)
        if self._cut_to_integers():
            return "dtype", wording.CUT
        if self.exercise.judge is not None:
            return "", wording.judged(self.trial.complaint(i, output))
        assert expected is not None
        return "", wording.values(output, expected, self.trial.scales[i])

    def _cut_to_integers(self) -> bool:
        """Whether every failure is an array of integers where the answer has decimals."""
        wrong = [i for i in range(len(self.calls)) if self._is_wrong(i)]
        for i in wrong:
            reading, expected = self.calls[i].reading, self.trial.expected[i]
            if reading is None or not reading.integers or reading.array is None:
                return False
            if expected is None:
                if (reading.array != 0).sum() > 1:
                    return False
            elif expected.shape != reading.array.shape or (expected == np.rint(expected)).all():
                return False
        return self.exercise.output != "integer" and bool(wrong)

    def _counterexample(self, i: int) -> Counterexample:
        case, output, expected = self.trial.cases[i], self.outputs[i], self.trial.expected[i]
        shown = format_arguments(self.exercise.arguments, case.args)
        if output is None:
            answer = "" if expected is None else format_value(expected)
            return Counterexample(case.args, shown, answer, "", case.note)
        if expected is None:
            return Counterexample(case.args, shown, "", format_value(output), case.note)
        return Counterexample(case.args, shown, *format_pair(expected, output), case.note)

    def _parts(self, finding: Finding) -> tuple[PartResult, ...]:
        if finding.status == "passed":
            return all_parts(self.exercise)
        if finding.without_points or finding.status == "not attempted":
            return ()
        return part_results(self.trial, self.outputs)

    def _notes(self, finding: Finding) -> tuple[str, ...]:
        if finding.status == "not attempted":
            return ()
        notes = []
        other = registry.of_stub(getattr(self.function, "__name__", ""))
        if other is not None and other.id != self.exercise.id and finding.status != "passed":
            notes.append(wording.other_exercise(other))
        changed = next((call.changed for call in self.calls if call.changed), None)
        if changed and finding.problem != "changed input":
            notes.append(wording.changed(self.exercise.arguments[changed[0]]))
        if finding.problem != "printed" and any(call.printed.strip() for call in self.calls):
            notes.append(wording.PRINTS)
        return tuple(notes)


def _alike(first: Array | None, second: Array | None) -> bool:
    if first is None or second is None:
        return first is second
    return same(first, second)
