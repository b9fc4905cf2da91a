"""Small changes to right answers: each that changes what the function gives must be refused.

This is a sample, always the same; `python -m tools.mutants` runs all.
"""

import dataclasses
import inspect

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES
from cnncourse.exercises.as_learner import mistaken
from cnncourse.exercises.model import Case
from tools import mutants as tool
from tools.mutations import mutants
from tools.truths import INPUTS, RIGHT

MOST = 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_mutants_are_refused(exercise_id, record_property):
    found = tool.run(EXERCISES[exercise_id], most=MOST, seeds=(0,))
    wrong = sum(not mutant.right for mutant in found)
    record_property("mutants", f"{wrong} of {len(found)} give something else")
    assert [mutant for mutant in found if mutant.misjudged] == []
    assert wrong >= 10


def test_every_exercise_has_a_definition_of_its_own():
    assert set(INPUTS) == set(RIGHT) == set(EXERCISES)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_the_definition_takes_right_answers_and_no_wrong_ones(exercise_id):
    exercise = EXERCISES[exercise_id]
    programs = list(tool.programs(exercise))
    assert len(programs) >= 3
    for name, source, names in programs:
        assert tool.is_right(exercise_id, tool.build(name, source, names)), name
    for misconception in exercise.misconceptions:
        for variant in misconception.variants:
            assert not tool.is_right(exercise_id, mistaken(variant)), misconception.slug


def test_a_program_that_changes_its_input_is_not_right():
    def changing(w):
        value = w[::-1].copy()
        w[:] = 0
        return value

    assert not tool.is_right("E0.1", changing)


def test_an_endless_program_is_not_right(monkeypatch):
    monkeypatch.setattr(tool, "SECONDS", 0.2)

    def endless(w):
        while True:
            pass

    assert not tool.is_right("E0.1", endless)


# A check that looks too little is found out.


def flip_checked_on(*kernels):
    cases = [Case((np.array(kernel),)) for kernel in kernels]
    return dataclasses.replace(EXERCISES["E0.1"], cases=lambda draw: cases, misconceptions=())


def test_a_check_that_is_too_weak_lets_mutants_through():
    survivors = [m for m in tool.run(flip_checked_on([1.0, 2.0, 1.0])) if m.misjudged]
    assert survivors and not any(mutant.right for mutant in survivors)
    assert any("w[::-1]" not in m.text for m in survivors if m.program == "my_flip")


def test_the_tool_tells_what_survives_and_fails(monkeypatch, capsys):
    monkeypatch.setitem(tool.EXERCISES, "E0.1", flip_checked_on([1.0, 2.0, 1.0]))
    monkeypatch.setattr("sys.argv", ["mutants", "E0.1"])
    assert tool.main() == 1
    said = capsys.readouterr().out
    assert "E0.1 my_flip, line " in said and "SURVIVES\ndef my_flip(w):\n    return w" in said


def test_the_tool_counts_and_ends_well(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["mutants", "E0.1"])
    assert tool.main() == 0
    title, row, total = capsys.readouterr().out.splitlines()
    assert title.split() == ["exercise", "mutants", "changed", "refused", "share", "equivalent"]
    assert row.split()[0] == "E0.1" and row.split()[1:] == total.split()[1:]
    assert row.split()[4] == "100.00%"


def test_the_tool_refuses_what_it_has_no_definition_of(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["mutants", "E9.9"])
    with pytest.raises(SystemExit) as stop:
        tool.main()
    assert stop.value.code == 2 and "E9.9" in capsys.readouterr().err


def test_a_check_that_refuses_what_is_right_is_found_out():
    def strict(case, output):
        return "too small" if output.tolist() == [1.0, 2.0] else ""

    exercise = dataclasses.replace(flip_checked_on([2.0, 1.0]), judge=strict)
    assert any(mutant.right and mutant.misjudged for mutant in tool.run(exercise))


# The edits.


def changed(source):
    return [text.removeprefix("def f(x, y):\n    ") for _, text in mutants(source)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x - y", ["return x + y", "return y - y", "return x - x"]),
        ("return x / y", ["return x * y", "return x // y"]),
        ("return x // y", ["return x / y"]),
        ("return x < y", ["return x <= y", "return x > y"]),
        ("return x and y", ["return x or y"]),
        ("return -x", ["return x"]),
        ("return 2", ["return 3", "return 1", "return 0", "return -2", "pass"]),
        ("return x[::-1]", ["return x[:]", "return x[::-2]", "return y[::-1]"]),
        ("return x[1:y]", ["return x[:y]", "return x[1:]", "return x[1:y + 1]"]),
        ("return x[y]", ["return x[y + 1]", "return x[y - 1]"]),
        ("return np.flip(x)", ["return x"]),
        ("return x.copy()", ["return x"]),
        ("return np.sum(x, axis=1)", ["return np.sum(x)", "return np.sum(x, axis=0)"]),
        ("return np.dot(x, y)", ["return np.dot(y, x)", "return np.dot(x)"]),
        ("return min(x, y)", ["return max(x, y)"]),
        ("return floor(x)", ["return ceil(x)"]),
        ("return np.argmin(x)", ["return np.argmax(x)"]),
        ("return range(y)", ["return range(y + 1)", "return range(y - 1)", "return range(1, y)"]),
        ("return full(x, 'same')", ["return full(x, 'valid')", "return full(x, 'full')"]),
        ("return x if y else 0", ["return x if not y else 0"]),
        ("return [a for a in x if a]", ["return [a for a in x if not a]"]),
        ("x += y", ["x = y", "x -= y", "pass"]),
        ("if x:\n        y = 1", ["if not x:\n        y = 1", "if x:\n        pass"]),
        ("while x:\n        y = 1", ["while not x:\n        y = 1"]),
        (
            "for a in x:\n        y = a",
            [
                "for a in x:\n        y = a\n        break",
                "for a in x:\n        break\n        y = a",
            ],
        ),
    ],
)
def test_edits(line, expected):
    found = changed(f"def f(x, y):\n    {line}\n")
    assert set(expected) <= set(found)
    assert len(found) == len(set(found)) and line not in found


def test_docstring_annotations_and_decorators_are_left_alone():
    source = '@cache\ndef f(x: int) -> int:\n    """Add 1."""\n    return x + y\n'
    texts = [text for _, text in mutants(source)]
    assert texts and all(text.startswith("def f(x):\n    ") for text in texts)
    assert not any("Add" in text for text in texts)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # a mutant may index a tuple by a tuple
def test_every_mutant_of_a_solution_can_be_compiled():
    for exercise in EXERCISES.values():
        name, source, _ = next(iter(tool.programs(exercise)))
        for _, text in mutants(source):
            compile(text, name, "exec")


def test_line_numbers_are_those_of_the_program():
    source = inspect.getsource(EXERCISES["E1.2"].solution)
    where = [what for what, text in mutants(source) if "s[a + b] = x[a] * w[b]" in text]
    line = 1 + source.splitlines().index(next(s for s in source.splitlines() if "+=" in s))
    assert where == [f"line {line}: accumulation replaced by assignment"]
