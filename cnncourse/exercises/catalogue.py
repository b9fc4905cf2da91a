"""The table of all exercises for the docs, and what is wrong with one that teachers should mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cnncourse.exercises.as_learner import answer, mistaken, solution
from cnncourse.exercises.evidence import draw_trial, drawn_once
from cnncourse.exercises.judging import judge
from cnncourse.exercises.model import Exercise, Misconception
from cnncourse.exercises.registry import EXERCISES
from cnncourse.exercises.report import CheckResult
from cnncourse.exercises.running import TIME_LIMIT

HINTS = 3
# Drawing cases that tell all ideas apart must not be a matter of luck.
DRAWS = tuple(str(number) for number in range(4))
CHECKS = DRAWS[:1]
_HEAD = """# The exercises

What each check gives points for, and the mistakes that it recognises and answers with a hint of
their own. This page is what `cnncourse exercises` prints; that command fails if a check takes one
mistake for another, or for a right answer.
"""


def table(exercises: Iterable[Exercise] | None = None) -> str:
    """Give the table of exercises and their misconceptions, in Markdown.

    Parameters
    ----------
    exercises : iterable of Exercise, optional
        Those of the course if left out.

    Examples
    --------
    >>> print(table([EXERCISES["E0.1"]]).splitlines()[6])
    | Exercise | Task | Points | Mistakes | Kind | `explain` |
    """
    listed = list(EXERCISES.values() if exercises is None else exercises)
    rows = [
        "| Exercise | Task | Points | Mistakes | Kind | `explain` |",
        "|---|---|---|---|---|---|",
        *(_row(exercise) for exercise in listed),
    ]
    return "\n".join([_HEAD, *rows, *(line for e in listed for line in _section(e))])


def _row(exercise: Exercise) -> str:
    explained = "yes" if exercise.probe is not None else "no"
    number = len(exercise.misconceptions)
    return _cells(
        exercise.id, exercise.title, exercise.max_points, number, _kind(exercise), explained
    )


def _kind(exercise: Exercise) -> str:
    if exercise.broken is not None:
        return "a program to repair"
    return "a value, with variants" if exercise.given is not None else "a function"


def _section(exercise: Exercise) -> Iterator[str]:
    answer = "Variable" if exercise.given is not None else "Function"
    yield f"\n## {exercise.id} {exercise.title}\n"
    yield f"{answer} `{exercise.stub_name}`. Points: {_points(exercise)}.\n"
    yield "| Mistake | Slug | Ways to make it |"
    yield "|---|---|---|"
    for misconception in exercise.misconceptions:
        ways = len(misconception.variants)
        yield _cells(misconception.title, f"`{misconception.slug}`", ways)


def _points(exercise: Exercise) -> str:
    return "; ".join(f"{part.points} for “{part.title}”" for part in exercise.parts)


def _cells(*values: object) -> str:
    return "| " + " | ".join(str(value).replace("|", "\\|") for value in values) + " |"


def faults(exercises: Iterable[Exercise] | None = None) -> list[str]:
    """Find what would mislead learners: each fault in one line, none if all is well.

    A misconception that the check cannot tell from another one or from a right answer; a solution,
    or another right answer, that does not pass; hints that are not three; a slug that comes twice.

    Parameters
    ----------
    exercises : iterable of Exercise, optional
        Those of the course if left out.

    Examples
    --------
    >>> faults([EXERCISES["E0.1"]])
    []
    """
    listed = list(EXERCISES.values() if exercises is None else exercises)
    with drawn_once():
        return [f"{exercise.id}: {fault}" for exercise in listed for fault in _faults(exercise)]


def _faults(exercise: Exercise) -> Iterator[str]:
    yield from _faults_of_form(exercise)
    confused = list(dict.fromkeys(_faults_of_draws(exercise)))
    yield from confused
    if not confused:  # a check would end in the same error
        yield from dict.fromkeys(_faults_of_right_answers(exercise))
        yield from dict.fromkeys(_faults_of_wrong_answers(exercise))


def _faults_of_form(exercise: Exercise) -> Iterator[str]:
    given = [hint for hint in exercise.hints if hint.strip()]
    if len(given) != HINTS or len(set(given)) != HINTS:
        yield f"there must be {HINTS} different hints, got {len(set(given))}"
    for slug, times in Counter(m.slug for m in exercise.misconceptions).items():
        if times > 1:
            yield f"the slug {slug} comes {times} times"
    for misconception in exercise.misconceptions:
        if not misconception.variants:
            yield f"{misconception.slug} has no variant, so nothing shows that it is recognised"
        if not (misconception.title.strip() and misconception.hint.strip()):
            yield f"{misconception.slug} has no title or no hint"
    if any(part.points < 1 for part in exercise.parts) or not exercise.parts:
        yield "every exercise needs parts, and every part points"


def _faults_of_draws(exercise: Exercise) -> Iterator[str]:
    for seed in DRAWS:
        try:
            draw_trial(exercise, seed)
        except RuntimeError as error:  # no draw told all ideas apart
            yield from str(error).removeprefix(f"{exercise.id}: ").split("; ")
        except Exception as error:
            yield f"drawing cases stops with {type(error).__name__}: {error}"


def _faults_of_right_answers(exercise: Exercise) -> Iterator[str]:
    for seed in CHECKS:
        answers = {"the solution": solution(exercise, seed)}
        for function in exercise.also_right:
            name = f"the right answer {function.__name__}"
            answers[name] = answer(exercise, function, seed)
        for name, given in answers.items():
            result = judge(exercise, given, seed=seed, time_limit=TIME_LIMIT)
            if result.status != "passed":
                yield f"{name} does not pass: {result.message}"


def _faults_of_wrong_answers(exercise: Exercise) -> Iterator[str]:
    free = replace(exercise, forbidden=())  # a variant may use what learners may not
    for misconception in exercise.misconceptions:
        for number, variant in enumerate(misconception.variants):
            for seed in CHECKS:
                given = answer(free, mistaken(variant), seed)
                result = judge(free, given, seed=seed, time_limit=TIME_LIMIT)
                if result.status == "passed" or result.misconception != misconception.slug:
                    yield f"{_variant(misconception, number)} {_taken_for(result)}"
    if exercise.broken is not None:
        # As it is, it counts as untouched; called by another function, it does not.
        program = mistaken(exercise.broken)
        if judge(free, program, seed=CHECKS[0], time_limit=TIME_LIMIT).status == "passed":
            yield "the program to repair passes as it is"


def _variant(misconception: Misconception, number: int) -> str:
    return f"{misconception.slug}, variant {number},"


def _taken_for(result: CheckResult) -> str:
    if result.status == "passed":
        return "passes"
    return f"is taken for {result.misconception or 'nothing known'} ({result.message})"
