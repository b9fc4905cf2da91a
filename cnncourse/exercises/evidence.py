"""Which wrong idea explains what a function gave on a set of cases, and whether cases can tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cnncourse.exercises.comparing import close, same
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception

Outputs = Sequence[Array | None]


class Trial:
    """An exercise with cases drawn for one check, and what each wrong idea gives on them.

    Everything is computed before the learner's code runs, so that nothing it does to NumPy can
    reach what it is compared with.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case]) -> None:
        self.exercise = exercise
        self.cases = tuple(cases)
        reference = exercise.reference
        self.expected: tuple[Array | None, ...] = tuple(
            None if reference is None else np.array(reference(*case.args), dtype=float)
            for case in self.cases
        )
        self._wrong = {
            misconception.slug: [
                [_outputs(variant(*case.args)) for case in self.cases]
                for variant in misconception.variants
            ]
            for misconception in exercise.misconceptions
        }

    def complaint(self, index: int, output: Array) -> str:
        """Say what is wrong with the output of case `index`: "" if it is right."""
        if not np.isfinite(output).all():
            return "not all of them are finite numbers"
        if self.exercise.judge is not None:
            return self.exercise.judge(self.cases[index], output)
        expected = self.expected[index]
        assert expected is not None, "an exercise needs a reference or a judge"
        return "" if close(output, expected) else "the output differs from the expected one"

    def diagnose(self, outputs: Outputs) -> Misconception | None:
        """Name the misconception that explains `outputs` (None where a case gave no numbers).

        First come ideas that agree with the outputs of all cases, the right ones included; of
        several, the one with most failing cases to show. Then ideas that agree with all failing
        cases, three or more, if they all are one idea's.
        """
        failing = {
            i
            for i, output in enumerate(outputs)
            if output is None or self.complaint(i, output) != ""
        }
        if not failing:
            return None
        everywhere: list[tuple[int, Misconception]] = []
        where_it_fails: list[Misconception] = []
        for misconception in self.exercise.misconceptions:
            for agreement in self._agreements(misconception, outputs):
                shown = sum(1 for i in failing if agreement[i])
                if False not in agreement and shown:
                    everywhere.append((shown, misconception))
                elif shown >= 3 and not any(agreement[i] is False for i in failing):
                    where_it_fails.append(misconception)
        if everywhere:
            return max(everywhere, key=lambda found: found[0])[1]
        if len({misconception.slug for misconception in where_it_fails}) == 1:
            return where_it_fails[0]
        return None

    def _agreements(
        self, misconception: Misconception, outputs: Outputs
    ) -> list[list[bool | None]]:
        """For each variant and case: does the output agree? None: the idea says nothing here."""
        if misconception.explains is not None:
            explains = misconception.explains
            return [
                [
                    output is not None and explains(case, output)
                    for case, output in zip(self.cases, outputs, strict=True)
                ]
            ]
        return [
            [
                None
                if not wrong
                else output is not None and any(same(output, one) for one in wrong)
                for output, wrong in zip(outputs, by_case, strict=True)
            ]
            for by_case in self._wrong[misconception.slug]
        ]

    @cached_property
    def confusions(self) -> list[str]:
        """Wrong ideas that these cases cannot tell from the right answer or from another idea."""
        found = []
        for slug, variants in self._wrong.items():
            for number, by_case in enumerate(variants):
                named = self.diagnose([wrong[0] if wrong else None for wrong in by_case])
                if named is None or named.slug != slug:
                    taken = "nothing known" if named is None else named.slug
                    found.append(f"{slug}, variant {number}, is taken for {taken}")
        return found


def _outputs(value: object) -> tuple[Array, ...]:
    """Give what a variant returned as a tuple of possible outputs, empty for none."""
    if value is None:
        return ()
    values = value.outputs if isinstance(value, Either) else (value,)
    return tuple(np.array(one, dtype=float) for one in values)


def draw_trial(exercise: Exercise, seed: int | str | None = None) -> Trial:
    """Draw cases that tell every wrong idea from the right answer and from each other.

    Raises
    ------
    RuntimeError
        If a hundred draws did not give such cases: a fault of the exercise, not of a learner.
    """
    draw = Draw(seed)
    for _ in range(100):
        trial = Trial(exercise, exercise.cases(draw))
        if not trial.confusions:
            return trial
    raise RuntimeError(f"{exercise.id}: {'; '.join(trial.confusions)}")
