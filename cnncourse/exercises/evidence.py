"""Which wrong idea explains what a function gave on a set of cases, and whether cases can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property, partial

import numpy as np

from cnncourse.exercises.comparing import as_written, close, same, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception

Outputs = Sequence[Array | None]
Alike = Callable[[Array, Array], bool]


class Trial:
    """An exercise with cases drawn for one check, and what each wrong idea gives on them.

    Everything is computed before the learner's code runs, so that nothing it does to NumPy can
    reach what it is compared with.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case]) -> None:
        self.exercise = exercise
        self.cases = tuple(cases)
        self.scales = tuple(_scale(exercise, case) for case in self.cases)
        # What was worked out by hand may be rounded.
        by_hand = exercise.given is not None
        self._right: list[Alike] = [
            as_written if by_hand else partial(close, scale=scale) for scale in self.scales
        ]
        self._same: list[Alike] = [
            as_written if by_hand else partial(same, scale=scale) for scale in self.scales
        ]
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
        return (
            ""
            if self._right[index](output, expected)
            else "the output differs from the expected one"
        )

    def diagnose(self, outputs: Outputs) -> Misconception | None:
        """Name the misconception that explains `outputs` (None where a case gave no numbers).

        First come ideas that agree with the outputs of all cases, the right ones included; of
        several, the one with most failing cases to show. Then ideas that agree with all failing
        cases, three or more, if they all are one idea's: an idea that came in on some inputs only.
        One that would have failed in many of the cases that passed is not what the learner had.
        """
        failing = [
            i
            for i, output in enumerate(outputs)
            if output is None or self.complaint(i, output) != ""
        ]
        passing = [i for i in range(len(outputs)) if i not in failing]
        everywhere: list[tuple[int, Misconception]] = []
        where_it_fails: list[Misconception] = []
        for misconception in self.exercise.misconceptions:
            for agrees in self._ideas(misconception):
                shown = 0
                for i in failing:
                    answer = agrees(i, outputs[i])
                    if answer is False:
                        break
                    shown += answer is True
                else:
                    contradicted = sum(agrees(i, outputs[i]) is False for i in passing)
                    if not contradicted:
                        everywhere.append((shown, misconception))
                    elif shown >= max(3, 2 * contradicted):
                        where_it_fails.append(misconception)
        shown_most = max(everywhere, key=lambda found: found[0], default=(0, None))
        if shown_most[0] > 0:
            return shown_most[1]
        if len({misconception.slug for misconception in where_it_fails}) == 1:
            return where_it_fails[0]
        return None

    def _ideas(
        self, misconception: Misconception
    ) -> Iterator[Callable[[int, Array | None], bool | None]]:
        """Give, for each variant, whether an output of case i agrees; None: it says nothing."""
        explains = misconception.explains
        if explains is not None:
            yield lambda i, output: output is not None and bool(explains(self.cases[i], output))
            return
        for by_case in self._wrong[misconception.slug]:
            yield partial(_agrees, self._same, by_case)

    @cached_property
    def confusions(self) -> list[str]:
        """Wrong ideas that these cases cannot tell from the right answer or from another idea."""
        found = []
        for slug, variants in self._wrong.items():
            for number, by_case in enumerate(variants):
                for outputs in self._answers(by_case):
                    named = self.diagnose(outputs)
                    if named is None or named.slug != slug:
                        taken = "nothing known" if named is None else named.slug
                        found.append(f"{slug}, variant {number}, is taken for {taken}")
                        break
        return found

    def _answers(self, by_case: Sequence[tuple[Array, ...]]) -> Iterator[list[Array | None]]:
        """Give what a learner with this idea may answer, in each case."""
        # Where the idea gives nothing, a learner's function may fail or be right.
        for filling in ([None] * len(self.cases), self.expected):
            outputs = [
                wrong[0] if wrong else other for wrong, other in zip(by_case, filling, strict=True)
            ]
            yield outputs
            if self.exercise.given is not None:
                yield [None if out is None else np.round(out, 2) for out in outputs]
            if all(by_case):
                return


def _scale(exercise: Exercise, case: Case) -> float | None:
    """Give the size of what may cancel, where the outputs are known to be sums of products."""
    if exercise.probe is None or exercise.reference is None:
        return None
    return size_of_terms(exercise.reference, *case.args)


def _agrees(
    alike: Sequence[Alike],
    by_case: Sequence[tuple[Array, ...]],
    i: int,
    output: Array | None,
) -> bool | None:
    if not by_case[i]:
        return None
    return output is not None and any(alike[i](output, wrong) for wrong in by_case[i])


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
    return _trial(exercise, None) if seed is None else _trial_of_seed(exercise, seed)


@contextmanager
def drawn_once() -> Iterator[None]:
    """Draw the cases of each seed only once, for whoever tries many answers to one exercise.

    Drawing them takes most of a check's time.

    Examples
    --------
    >>> from cnncourse.exercises import get
    >>> with drawn_once():
    ...     draw_trial(get("E0.1"), 1) is draw_trial(get("E0.1"), 1)
    True
    """
    global _trial_of_seed
    before = _trial_of_seed
    _trial_of_seed = cache(before)
    try:
        yield
    finally:
        _trial_of_seed = before


def _trial(exercise: Exercise, seed: int | str | None) -> Trial:
    draw = Draw(seed)
    for _ in range(100):
        trial = Trial(exercise, exercise.draw_cases(draw))
        if not trial.confusions:
            return trial
    raise RuntimeError(f"{exercise.id}: {'; '.join(trial.confusions)}")


_trial_of_seed: Callable[[Exercise, int | str], Trial] = _trial
