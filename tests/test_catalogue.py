"""The table of exercises for the docs, and the faults of an exercise that it finds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES
from cnncourse.exercises.catalogue import DRAWS, faults, table
from cnncourse.exercises.model import Case, Either, Misconception, Part

DOCS = Path(__file__).resolve().parent.parent / "docs" / "exercises.md"
FLIP = EXERCISES["E0.1"]


def idea(slug, *variants, title="A title.", hint="A hint."):
    return Misconception(slug, title, hint, variants)


def flip(**changes):
    """Make an exercise like E0.1, smaller: three wrong ideas but for what `changes` says."""
    few = tuple(m for m in FLIP.misconceptions if m.slug in ("unchanged", "sorted", "negated"))
    return replace(FLIP, misconceptions=few, **changes) if "misconceptions" not in changes else (
        replace(FLIP, **(changes | {"misconceptions": (*few, *changes["misconceptions"])}))
    )  # fmt: skip


def only_fault(exercise):
    (fault,) = faults([exercise])
    assert fault.startswith(f"{exercise.id}: ")
    return fault


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_no_exercise_of_the_course_has_a_fault(exercise_id):
    assert faults([EXERCISES[exercise_id]]) == []


def test_the_table_in_the_docs_is_the_current_one():
    # Store it anew: cnncourse exercises > docs/exercises.md
    assert DOCS.read_text(encoding="utf-8") == table() + "\n"


def test_every_exercise_and_every_misconception_is_in_the_table():
    text = table()
    for exercise in EXERCISES.values():
        assert f"\n| {exercise.id} | {exercise.title} | {exercise.max_points} |" in text
        section = text.split(f"\n## {exercise.id} ")[1].split("\n## ")[0]
        for misconception in exercise.misconceptions:
            row = f"| {misconception.title} | `{misconception.slug}` | "
            assert f"{row}{len(misconception.variants)} |" in section
        for part in exercise.parts:
            assert f"{part.points} for “{part.title}”" in section
    assert "| E1.0 | One estimate by hand | 1 | 8 | a value, with variants | no |" in text
    assert "| a program to repair |" in text and "| a function | yes |" in text


def test_a_bar_in_a_title_does_not_break_the_table():
    assert "| a \\| b |" in table([replace(FLIP, title="a | b")])


def test_a_sound_exercise_has_no_fault():
    assert faults([flip()]) == []
    assert faults([]) == []


def test_two_ideas_that_give_the_same():
    twin = idea("twin", lambda w: w.copy())
    fault = only_fault(flip(misconceptions=(twin,)))
    assert "twin, variant 0, is taken for unchanged" in fault


def test_an_idea_that_gives_the_right_answer():
    fault = only_fault(flip(misconceptions=(idea("right", lambda w: np.flip(w)),)))
    assert "right, variant 0, is taken for nothing known" in fault


def test_the_second_variant_of_an_idea_may_be_the_confused_one():
    twin = idea("twin", lambda w: 2 * w, lambda w: np.sort(w))
    assert "twin, variant 1, is taken for sorted" in only_fault(flip(misconceptions=(twin,)))


def test_an_idea_that_gives_nothing_at_all():
    fault = only_fault(flip(misconceptions=(idea("silent", lambda w: None),)))
    assert "silent, variant 0, is taken for nothing known" in fault


def test_an_idea_that_stops_with_an_error():
    fault = only_fault(flip(misconceptions=(idea("broken", lambda w: w[99]),)))
    assert "drawing cases stops with IndexError" in fault


def test_cases_too_few_to_tell_ideas_apart():
    exercise = flip(cases=lambda draw: [Case((np.array([1.0, 2.0]),)), Case((draw.numbers(2),))])
    exercise = replace(exercise, misconceptions=FLIP.misconceptions)
    found = faults([exercise])
    assert "E0.1: rotated, variant 1, is taken for nothing known" in found
    assert len(found) == len(set(found)) > 1


def test_an_idea_that_only_the_real_check_takes_for_another():
    """It answers otherwise at each call, which the check sees, though not the drawn cases."""
    calls = []

    def fickle(w):
        calls.append(0)
        return w * (2 + (len(calls) > len(DRAWS) * 12) * len(calls))

    found = faults([flip(misconceptions=(idea("fickle", fickle),))])
    assert found and all(
        f.startswith("E0.1: fickle, variant 0, is taken for nothing") for f in found
    )
    assert "Called twice with the same input" in found[0]


def test_an_idea_with_a_choice_is_known_by_its_first_output():
    assert faults([flip(misconceptions=(idea("tie", lambda w: Either(w * 3, w * 4)),))]) == []


def my_flip(w):
    """Task."""
    return w


def test_a_solution_that_does_not_pass():
    (fault,) = faults([flip(solution=my_flip)])
    assert fault == "E0.1: the solution does not pass: The kernel came back as it was."


def test_a_right_answer_that_does_not_pass():
    def rolled(w):
        return np.roll(w, 1)

    fault = only_fault(replace(FLIP, also_right=(rolled,)))
    assert fault == (
        "E0.1: the right answer rolled does not pass: "
        "The numbers were moved on by one place, not reversed."
    )


def test_a_value_that_does_not_pass():
    def in_metres(x, w, t):
        return 1000 * EXERCISES["E1.0"].reference(x, w, t)

    fault = only_fault(replace(EXERCISES["E1.0"], also_right=(in_metres,)))
    assert fault.startswith("E1.0: the right answer in_metres does not pass")


def test_a_program_to_repair_that_needs_no_repair():
    repair = EXERCISES["R1.1"]
    found = faults([replace(repair, broken=repair.reference, also_right=(), misconceptions=())])
    assert found == ["R1.1: the program to repair passes as it is"]


@pytest.mark.parametrize(
    "hints",
    [("One.", "Two.", ""), ("One.", "Two."), ("One.", "Two.", "One."), ("a", "b", "c", "d")],
)
def test_hints_that_are_not_three(hints):
    assert "there must be 3 different hints, got" in only_fault(flip(hints=hints))


def test_a_slug_that_comes_twice():
    again = idea("negated", lambda w: 5 * w)
    found = faults([flip(misconceptions=(again,))])
    assert found[0] == "E0.1: the slug negated comes 2 times"


def test_misconceptions_without_variant_title_or_hint():
    assert "bare has no variant" in only_fault(flip(misconceptions=(idea("bare"),)))
    silent = idea("silent", lambda w: 3 * w, hint=" ")
    assert only_fault(flip(misconceptions=(silent,))) == "E0.1: silent has no title or no hint"


def test_parts_without_points():
    worthless = (*FLIP.parts, Part("nothing", 0, lambda case, output: True))
    assert "every part points" in only_fault(flip(parts=worthless))


def test_faults_name_their_exercises_and_come_all():
    found = faults([flip(hints=("", "", "")), replace(FLIP, id="E0.2", hints=("", "", ""))])
    assert [fault[:4] for fault in found] == ["E0.1", "E0.2"]
