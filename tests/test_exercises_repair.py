"""Programs to repair: what counts as untouched, and what is told of a repair."""

import dataclasses
import re

import numpy as np
import pytest

from cnncourse import records
from cnncourse.exercises import EXERCISES, check, get, solution
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.untouched import fingerprint, is_copy

REPAIRS = [key for key, exercise in EXERCISES.items() if exercise.broken is not None]
STUB = get("R1.1").stub_source


def made(source, name="my_centred_average", **names):
    namespace = {"np": np, **names}
    exec(compile(source, "<cell>", "exec"), namespace)
    return namespace[name]


def edited(*changes, source=STUB):
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return made(source)


def without_docstring(source):
    return re.sub(r'    """.*?"""\n', "", source, flags=re.DOTALL)


MENDED = (
    "    weights = np.ones(m) / m\n",
    "    weights = np.ones(m + 1 - m % 2) / m\n    weights[[0, -1]] /= 2 - m % 2\n",
)


@pytest.mark.parametrize("exercise_id", REPAIRS)
def test_the_stub_is_the_broken_program_whole(exercise_id):
    exercise = get(exercise_id)
    program = made(exercise.stub_source, exercise.stub_name)
    assert program.__doc__ and "bug" in program.__doc__
    draws = exercise.draw_cases(Draw(1))
    outputs = [np.asarray(program(*case.args), dtype=float) for case in draws]  # it runs
    wrong = [
        case
        for case, output in zip(draws, outputs, strict=True)
        if output.shape != exercise.reference(*case.args).shape
        or not np.allclose(output, exercise.reference(*case.args))
    ]
    assert 0 < len(wrong) < len(draws), "wrong somewhere, right somewhere"
    changed = [
        line for line in exercise.solution_source.splitlines() if line not in exercise.stub_source
    ]
    code = [line for line in changed if not line.lstrip().startswith("#")]
    assert 1 <= len(code) <= 4, "a repair is a matter of a few lines"


@pytest.mark.parametrize("exercise_id", REPAIRS)
def test_the_bug_itself_is_among_the_misconceptions(exercise_id):
    exercise = get(exercise_id)
    rewritten = exercise.stub_source.replace("    return ", "    1 + len([])\n    return ")
    result = check(exercise_id, made(rewritten, exercise.stub_name))
    assert result.status == "wrong" and result.misconception == "still-there"
    assert result.points == 0


@pytest.mark.parametrize(
    "source",
    [
        STUB,
        without_docstring(STUB),
        STUB.replace("# one number", "# I wonder: one number"),
        re.sub(r"  #.*", "", without_docstring(STUB)),
        STUB.replace("half = m // 2", "half = (m//2)").replace("half :", "half:"),
        "import numpy as np\n\n\n" + STUB,
        STUB.replace("    half", "\n\n    half", 1),
        STUB.replace('"same")', '"same"\n    )'),
        STUB.replace("my_centred_average(x, m)", "my_centred_average(x, m) -> 'array'"),
    ],
)
def test_untouched(source):
    result = check("R1.1", made(source))
    assert (result.status, result.problem, result.points) == ("not attempted", "untouched", 0)
    assert "is as it came" in result.message and result.misconception is None


def test_untouched_under_another_name():
    source = STUB.replace("my_centred_average", "average")
    assert check("R1.1", made(source, "average")).problem == "untouched"


def test_an_untouched_program_is_no_attempt_and_a_changed_one_is():
    records.record("reset", "")
    check("R1.1", made(STUB))
    assert records.events("attempt", "R1.1") == []
    check("R1.1", edited(("    half = m // 2\n", "    half = m // 2 + 0\n")))
    (event,) = records.events("attempt", "R1.1")
    assert event.data["misconception"] == "still-there"


@pytest.mark.parametrize(
    "changes",
    [
        [("half = m // 2", "half = int(m / 2)")],
        [("half", "middle")],
        [("    return", "    print(smoothed)\n    return")],
        [("np.ones(m) / m", "np.ones(m) * (1 / m)")],
        [("(x, m):", "(x, m, mode='same'):"), ('"same")', "mode)")],
    ],
)
def test_the_same_bug_in_other_words(changes):
    result = check("R1.1", edited(*changes))
    assert (result.status, result.misconception) == ("wrong", "still-there")
    assert result.counterexample.input == "x = [0, 1, 2], m = 2"
    assert (result.counterexample.expected, result.counterexample.got) == ("[1]", "[0.5]")


def test_a_default_argument_is_a_change():
    program = edited(("(x, m):", "(x, m=3):"))
    assert check("R1.1", program).misconception == "still-there"


def test_other_callables_with_the_bug_are_tried():
    class Program:
        def __call__(self, x, m):
            return made(STUB)(x, m)

    assert check("R1.1", Program()).misconception == "still-there"
    assert check("R1.1", lambda x, m: made(STUB)(x, m)).misconception == "still-there"


def test_mended():
    result = check("R1.1", edited(MENDED))
    assert (result.status, result.points) == ("passed", 3)
    assert result.message.startswith("Mended") and "Mended" in result._repr_html_()


def test_a_program_that_was_emptied_or_is_no_function():
    assert check("R1.1", made("def my_centred_average(x, m):\n    pass\n")).problem == "empty"
    assert check("R1.1", None).problem == "not a function"
    assert check("R1.1", lambda x: x).problem == "wrong arguments"
    assert check(
        "R1.1", edited(("    half", "    raise NotImplementedError\n    half"))
    ).status == ("not attempted")


def test_the_courses_own_repair_is_noticed():
    result = check("R1.1", lambda x, m: get("R1.1").solution(x, m))
    assert (result.problem, result.points) == ("ready-made function", 0)
    assert "course's own solution" in result.message


def test_points_by_parts():
    # A longer window keeps a straight line, but is not the one asked for.
    result = check("R1.1", edited(("    weights =", "    m += 1 - m % 2\n    weights =")))
    assert (result.misconception, result.points) == ("window-too-long", 1)
    assert [part.earned for part in result.parts] == [True, False]


def test_the_solution_of_a_repair():
    page = repr(solution("R1.1", anyway=True))
    assert "one way to mend it" in page and '"""' not in page
    assert "np.convolve(weights, [0.5, 0.5])" in page


# Copies


def function(source, name="f"):
    namespace = {}
    exec(source, namespace)
    return namespace[name]


LOOP = """
def f(x, m):
    total = 0
    for i in range(m):
        if i % 2 == 0 and x[i]:
            total += sum(v for v in x if v > i)
    return total / 2
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total = 0", "total = 0.0"),
        ("total = 0", "total = False"),
        ("% 2", "% 3"),
        ("x[i]", "x[m]"),
        ("v > i", "v >= i"),
        ("total / 2", "total // 2"),
        ("== 0 and", "== 0 or"),
        ("(x, m)", "(m, x)"),
        ("(x, m)", "(x, m=2)"),
        ("(x, m)", "(x, *, m)"),
        ("(x, m)", "(x, *m)"),
        ("return", "yield"),
        ("def", "async def"),
    ],
)
def test_another_code_is_no_copy(old, new):
    assert not is_copy(function(LOOP.replace(old, new)), function(LOOP))


def test_the_same_code_is_a_copy():
    one = function(LOOP)
    assert is_copy(one, one) and is_copy(function(LOOP), one)
    assert is_copy(function(LOOP.replace("    total = 0", "    'A task.'\n\n    total = 0")), one)
    assert is_copy(function("import math as sum\n" + LOOP), one)
    modules = "def f(x):\n    if x:\n        return np.abs(x) + np.ones(3)\n    return np.pi\n"
    assert is_copy(function("import math as np\n" + modules), function(modules))
    assert not is_copy(function(modules.replace("ones", "zeros")), function(modules))


@pytest.mark.parametrize("value", [None, 3, len, print, np.convolve, str, object(), [].append])
def test_what_is_no_python_function_is_no_copy(value):
    assert not is_copy(value, function(LOOP))


def test_a_function_that_uses_names_around_it_is_no_copy():
    def outer(m):
        def f(x):
            return x + m

        return f

    assert not is_copy(outer(1), outer(1))


def test_a_repair_is_not_answered_by_a_value():
    with pytest.raises(ValueError, match="R1.1: a program to repair"):
        dataclasses.replace(get("R1.1"), given=lambda draw: {})


def test_an_answer_in_single_precision_is_right_where_its_terms_cancel():
    def averaged(x, m):
        x = np.float32(x)
        w = np.full(m + 1 - m % 2, 1 / m, np.float32)
        if m % 2 == 0:
            w[[0, -1]] /= 2
        return np.convolve(x, w, "valid")

    for seed in (90, 215, *range(20)):  # in the first two an output is the rounding alone
        assert check("R1.1", averaged, seed=seed).points == 3


def test_a_fingerprint_tells_answers_apart_and_nothing_of_them():
    one = function(LOOP)
    assert fingerprint(one) == fingerprint(function(LOOP)) != ""
    assert fingerprint(function(LOOP.replace("total = 0", "total = 1"))) != fingerprint(one)
    assert fingerprint(6.3) == fingerprint(6.3) != fingerprint(6.4)
    assert fingerprint(np.float64(6.3)) != ""
    assert fingerprint([6.3]) == fingerprint(print) == fingerprint(None) == ""
    assert re.fullmatch("[0-9a-f]{12}", fingerprint("a secret"))
