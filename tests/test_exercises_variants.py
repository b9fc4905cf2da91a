"""Numbers drawn from a seed, and answers that are values."""

import array
import copy
import dataclasses
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given as given_by_hypothesis
from hypothesis import strategies as st

from cnncourse import records
from cnncourse.exercises import EXERCISES, check, get, given, set_variant, variants
from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.giving import Given
from cnncourse.exercises.model import Exercise, Misconception, Part
from cnncourse.exercises.valued import _rounded

WITH_NUMBERS = [key for key, exercise in EXERCISES.items() if exercise.given is not None]
# What the seeds gave when E1.0 was published. A class has these numbers: they must never change.
GOLDEN = {
    None: ([4, 6, 9, 5, 2, 8], [0.6, 0.3, 0.1], 3),
    1: ([6, 8, 3, 2, 6, 3], [0.6, 0.3, 0.1], 3),
    "ann@example.org": ([4, 9, 8, 4, 1, 2], [0.7, 0.2, 0.1], 4),
    "Zoë": ([7, 6, 5, 7, 2, 1], [0.6, 0.3, 0.1], 4),
}


@pytest.fixture(autouse=True)
def no_variant(monkeypatch):
    monkeypatch.delenv(variants.VARIABLE, raising=False)
    monkeypatch.setattr(variants, "_shown", {})
    set_variant(None)
    yield
    set_variant(None)


def right(seed=None):
    return float(get("E1.0").solution(*given("E1.0", seed)))


def plain(numbers):
    return [np.asarray(value).tolist() for value in numbers]


# Which numbers


@pytest.mark.parametrize("seed", GOLDEN)
def test_a_seed_gives_its_numbers_for_good(seed):
    assert plain(given("E1.0", seed)) == list(GOLDEN[seed])


# Of two hundred students: small numbers, which one can follow by hand, leave fewer.
DIFFERENT = {"E3.1": 90, "E4.1": 45, "E5.5": 30}


@pytest.mark.parametrize("exercise_id", WITH_NUMBERS)
def test_students_have_different_numbers(exercise_id):
    seen = {repr(plain(given(exercise_id, f"student{i}@example.org"))) for i in range(200)}
    assert len(seen) >= DIFFERENT.get(exercise_id, 198)


def test_two_exercises_draw_independently():
    other = dataclasses.replace(get("E1.0"), id="E2.9")
    numbers = [plain(Given(exercise, "ann")) for exercise in (other, get("E1.0"))]
    assert numbers[0] != numbers[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (7, "7"),
        (np.int64(7), 7),
        ("ann@example.org", " Ann@Example.ORG\n"),
        ("Zoe\u0308", "Zo\u00eb"),  # an accent as a letter of its own
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_seeds_that_mean_the_same(one, other):
    assert plain(given("E1.0", one)) == plain(given("E1.0", other))


@pytest.mark.parametrize("seed", ["\ud800", "a" * 10_000, "\x00", -5, 10**300, "\n\tx\u2028"])
def test_odd_seeds_have_numbers_too(seed):
    assert plain(given("E1.0", seed)) == plain(given("E1.0", seed)) != plain(given("E1.0"))
    card = given("E1.0", seed)._repr_html_()
    assert "variant" in card and card.count("\n") == 0


@pytest.mark.parametrize("seed", [1.5, [1], object(), True, b"ann"])
def test_seeds_of_another_kind_are_refused(seed):
    for call in (set_variant, lambda seed: given("E1.0", seed)):
        with pytest.raises(TypeError, match="seed must be a whole number, a text or None"):
            call(seed)


@pytest.mark.parametrize(
    ("seed", "said"),
    [("", "must not be empty"), (" \n", "not be empty"), (10**5000, "4000 digits")],
    ids=["empty", "blank", "huge"],
)
def test_seeds_of_no_use_are_refused(seed, said):
    with pytest.raises(ValueError, match=f"seed .*{said}"):
        set_variant(seed)
    assert variants.current_variant() is None


def test_which_seed_comes_first(monkeypatch):
    everyone = plain(given("E1.0"))
    monkeypatch.setenv(variants.VARIABLE, "Class A")
    in_class = plain(given("E1.0"))
    set_variant("ann")
    anns = plain(given("E1.0"))
    bobs = plain(given("E1.0", "bob"))
    assert len({str(numbers) for numbers in (everyone, in_class, anns, bobs)}) == 4
    assert in_class == plain(given("E1.0", "class a")) and anns == plain(given("E1.0", "ann"))
    set_variant(None)
    assert plain(given("E1.0")) == in_class
    monkeypatch.setenv(variants.VARIABLE, "  ")
    assert plain(given("E1.0")) == everyone


def test_a_check_goes_by_the_same_numbers(monkeypatch):
    for seed in (None, "ann", 3):
        assert check("E1.0", right(seed), seed=seed).status == "passed"
    set_variant("ann")
    result = check("E1.0", right("ann"))
    assert (result.status, result.variant) == ("passed", "ann")
    set_variant(None)
    monkeypatch.setenv(variants.VARIABLE, "Bob")
    assert check("E1.0", right("bob")).variant == "bob"


def test_the_record_names_the_variant():
    records.record("reset", "")
    check("E1.0", right("ann"), seed="Ann")
    check("E1.0", right())
    check("E1.6", lambda u, v: np.convolve(u, v), seed=3)
    noted = [event.data["variant"] for event in records.events("attempt")]
    assert noted == ["ann", None, None]


@pytest.mark.parametrize("exercise_id", [i for i in WITH_NUMBERS if get(i).judge is None])
def test_every_variant_tells_the_ideas_apart(exercise_id):
    exercise = get(exercise_id)
    for seed in (None, *range(60)):
        trial = variants.given_trial(exercise, variants.current_variant(seed))
        (expected,), args = trial.expected, trial.cases[0].args
        # A number to be worked out on paper; E3.5 is for a calculator, and asks for two decimals.
        exact = (np.abs(expected * 100 - np.rint(expected * 100)) < 1e-9).all()
        assert exact or exercise_id == "E3.5"
        by_slug = {"": [expected]}
        for misconception in exercise.misconceptions:
            wrong = [np.asarray(variant(*args), dtype=float) for variant in misconception.variants]
            by_slug[misconception.slug] = wrong
        # Also after rounding, as one does on paper.
        answers = [
            {tuple(np.ravel(np.round(v, d)).tolist()) for v in vs for d in (2, 3, 9)}
            for vs in by_slug.values()
        ]
        assert len(set().union(*answers)) == sum(map(len, answers)), (seed, by_slug)


# The numbers in hand


def test_given_numbers_by_order_name_and_place():
    numbers = given("e1.0")
    x, w, t = numbers
    assert numbers.x is x and numbers["w"] is w and numbers[2] == t == numbers[-1]
    assert len(numbers) == 3 and {"x", "w", "t"} <= set(dir(numbers))
    assert isinstance(t, int) and len(w) == 3
    with pytest.raises(AttributeError, match="'y'.*given are x, w, t"):
        _ = numbers.y
    with pytest.raises(KeyError, match="given are x, w, t, got 'y'"):
        numbers["y"]
    with pytest.raises(IndexError):
        numbers[3]
    assert plain(copy.deepcopy(numbers)) == plain(copy.copy(numbers)) == plain(numbers)


def test_given_numbers_cannot_be_changed():
    numbers = given("E1.0")
    with pytest.raises(ValueError, match="read-only"):
        numbers.x[0] = 99
    with pytest.raises(AttributeError, match="stay as they are"):
        numbers.x = np.zeros(6)
    numbers.x.setflags(write=True)  # whoever insists changes a copy
    numbers.x[:] = 0
    assert check("E1.0", right()).status == "passed"
    assert not np.array_equal(given("E1.0").x, numbers.x)


def test_given_numbers_read_the_same_each_time():
    set_variant("<b>ann</b>")
    one, other = given("E1.0"), given("E1.0")
    assert repr(one) == repr(other) and one._repr_html_() == other._repr_html_()
    assert "E1.0 One estimate by hand" in repr(one) and "(variant <b>ann</b>)" in repr(one)
    assert "<b>" not in one._repr_html_() and "&lt;b&gt;ann" in one._repr_html_()
    set_variant(None)
    assert repr(given("E1.0")).splitlines() == [
        "E1.0 One estimate by hand: the numbers",
        "  x =       [4, 6, 9, 5, 2, 8]",
        "  w =       [0.6, 0.3, 0.1]",
        "  t =       3",
    ]


def test_an_exercise_without_numbers_says_so():
    with pytest.raises(ValueError, match="must be one of E1.0.*got 'E1.2', which asks for a func"):
        given("E1.2")
    with pytest.raises(ValueError, match="must be one of"):
        given("E9.9")


# Answers


@pytest.mark.parametrize("value", [None, ...])
def test_no_answer_yet(value):
    result = check("E1.0", value)
    assert (result.status, result.points) == ("not attempted", 0)
    assert "`my_estimate = ...`" in result.message and result.counterexample is None


@pytest.mark.parametrize(
    "form",
    [
        float,
        lambda v: Fraction(round(10 * v), 10),
        lambda v: Decimal(f"{v:.1f}"),
        np.float32,
        np.float16,
        np.longdouble,
        np.array,
        lambda v: np.array(v, dtype=object),
        lambda v: [v],
        lambda v: (v,),
        lambda v: [[v]],
        lambda v: np.array([[[v]]])[0],
        lambda v: array.array("d", [v]),
        lambda v: np.ma.masked_array(v),
        lambda v: v + 1e-9,
        lambda v: v * (1 + 1e-6),
    ],
)
def test_right_numbers_of_many_kinds_pass(form):
    for seed in (None, 1, 2, "ann"):
        value = form(right(seed))
        # float16 knows three digits.
        value = round(float(value), 2) if isinstance(value, np.float16) else value
        result = check("E1.0", value, seed=seed)
        assert (result.status, result.points) == ("passed", 1), result
        assert "right answer" in result.message and result.misconception is None


def test_whole_numbers_pass():
    seed = next(i for i in range(500) if right(i) == round(right(i)))
    for form in (int, np.int8, np.uint64, float):
        assert check("E1.0", form(round(right(seed))), seed=seed).status == "passed"


def test_scalars_of_the_frameworks_pass():
    torch = pytest.importorskip("torch")
    for value in (torch.tensor(right()), torch.tensor([right()], requires_grad=True)):
        assert check("E1.0", value).status == "passed"


class Odd:
    def __float__(self):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")


class OddClass(Odd):
    @property
    def __class__(self):
        raise RuntimeError("no")


class Array(np.ndarray):
    def __getattribute__(self, name):
        raise RuntimeError(name)


class Endless(Decimal):
    def __float__(self):
        while True:
            pass


OTHER_FORMS = [
    ("6.3", "wrong", "text", "Leave out the quotation marks: `my_estimate = 6.3`"),
    (" 6,3 ", "wrong", "text", "`my_estimate = 6.3`"),
    ("6.3 km", "error", "not a value", "holds text, not one number"),
    ("", "error", "not a value", "holds text"),
    ((6, 3), "wrong", "shape", "the point is a point: `my_estimate = 6.3`"),
    ((6, 3, 1), "wrong", "shape", "a number is asked for"),
    ([6.3, 6.3], "wrong", "shape", "holds an array of shape (2,), and a number"),
    (np.zeros((2, 3)), "wrong", "shape", "holds an array of shape (2, 3), and a number"),
    ([], "wrong", "shape", "holds an array of shape (0,)"),
    ([None], "error", "not a value", "some items are None"),
    (float("nan"), "wrong", "not finite", "NaN, not a number"),
    (-np.inf, "wrong", "not finite", "infinity"),
    (10**400, "error", "not a value", "`my_estimate` holds a number that is too large"),
    ([0.0] * 10**6, "wrong", "shape", "holds more than 100000 numbers, and a number is asked"),
    (1e308, "wrong", "", "no slip that this check knows"),
    (True, "error", "not a value", "truth value"),
    (1 + 2j, "error", "not a value", "complex numbers"),
    ({6.3}, "error", "not a value", "holds a set"),
    ({"s": 6.3}, "error", "not a value", "a dictionary"),
    (iter([6.3]), "error", "not a value", "my_estimate"),
    (len, "error", "not a value", "is a function. This exercise asks for a number"),
    (lambda: 6.3, "error", "not a value", "is a function"),
    (float, "error", "not a value", "is a function"),
    (object(), "error", "not a value", "an object of type object"),
    (Odd(), "error", "not a value", "an object of type Odd"),
    (OddClass(), "error", None, "my_estimate"),
    (np.zeros(3).view(Array), None, None, "my_estimate"),
]


@pytest.mark.parametrize("number", range(len(OTHER_FORMS)))
def test_answers_of_another_form(number):
    value, status, problem, said = OTHER_FORMS[number]
    result = check("E1.0", value)
    assert result.status in ((status,) if status else ("wrong", "error")), result
    assert problem is None or result.problem == problem
    assert said in result.message and result.points == 0
    assert result.message in repr(result).replace("\n  ", " ") and result._repr_html_()


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(),
    st.fractions(), st.decimals(), st.binary(), st.just(6.3), st.just(63), st.floats(6, 7),
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
        st.lists(LEAVES, max_size=2).map(lambda items: np.array(items, dtype=object)),
    ),
    max_leaves=5,
)


def only_number_in(value):
    """The one number in brackets, however many; NaN if there is none."""
    while isinstance(value, (list, tuple, np.ndarray)) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction, Decimal)):
        return math.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


@given_by_hypothesis(ANYTHING)
def test_no_answer_brings_a_check_down_and_only_the_right_one_passes(value):
    result = check("E1.0", value)
    number = only_number_in(value)
    if result.status == "passed":
        assert abs(number - 6.3) < 1e-4, value
    if abs(number - 6.3) < 1e-6 and np.ndim(value) <= 2:
        assert result.status == "passed", value
    assert len(repr(result)) < 3000 and result._repr_html_()


def test_a_value_that_never_ends_is_stopped():
    result = check("E1.0", Endless(6), time_limit=0.3)
    assert (result.status, result.problem) == ("error", "time limit")


def test_what_a_value_does_is_undone():
    class Meddles(Decimal):
        def __float__(self):
            np.abs = np.round = None
            print("hello")
            return 6.3

    before = np.abs, np.round
    assert check("E1.0", Meddles(1)).status == "passed"
    assert (np.abs, np.round) == before


def test_an_answer_is_not_given_away():
    for value in (0.0, "x", 6, [1, 2]):
        result = check("E1.0", value)
        assert result.counterexample.expected == "" and "6.3" not in repr(result)
        assert result.counterexample.input == "x = [4, 6, 9, 5, 2, 8], w = [0.6, 0.3, 0.1], t = 3"


def test_a_right_answer_rounded_too_far_is_told():
    results = (check("E1.0", round(right(seed)), seed=seed) for seed in range(200))
    result = next(result for result in results if result.problem == "rounded")
    assert result.status == "wrong" and "all its decimals" in result.message


def test_rounding_is_told_from_an_answer_that_is_off():
    rounded = 0
    for seed in range(300):
        expected = np.array(right(seed))
        exact = Fraction(float(expected)).limit_denominator(100)
        for off in (Fraction(1, 10), Fraction(-1, 10)):
            # 2.9 and a tenth is 3: that may well be 2.9, rounded.
            if (exact + off).denominator > 1:
                assert not _rounded(np.array(float(exact + off)), expected), (seed, exact, off)
        if exact.denominator > 1:
            for whole in (round(exact), math.trunc(exact)):
                assert _rounded(np.array(float(whole)), expected), (seed, exact, whole)
                rounded += 1
    assert rounded > 300
    assert check("E1.0", 6.2).problem == check("E1.0", 2.8, seed=1).problem == ""


@pytest.mark.parametrize(
    ("answer", "exact", "is_rounded"),
    [
        (6.2, 6.3, False),
        (6.4, 6.3, False),
        (6.2, 6.300000000000001, False),
        (6.0, 6.3, True),
        (6.3, 6.26, True),
        (6.2, 6.26, True),
        (6.4, 6.26, False),
        (-6.2, -6.25, True),
        (-6.3, -6.25, True),
        (-7.0, -6.25, False),
        (-6.0, -6.25, True),
        (0.2, 0.3, False),
        (3.0, 2.5, True),
        (1e300, 2.5, False),
    ],
)
def test_what_counts_as_rounded(answer, exact, is_rounded):
    assert _rounded(np.array(answer), np.array(exact)) is is_rounded


def test_the_answer_to_other_numbers_is_told():
    answers = {seed: right(seed) for seed in range(10)}
    variants._shown.clear()
    one, other, before = next(
        (i, j, result)
        for i in answers
        for j in answers
        if (result := check("E1.0", answers[j], seed=i)).status == "wrong"
        and not (result.misconception or result.problem)
    )
    assert "no slip that this check knows" in before.message
    given("E1.0", other)  # now it is known that these numbers were on the screen
    result = check("E1.0", answers[other], seed=one)
    assert (result.status, result.problem) == ("wrong", "other numbers")
    assert f'the numbers of variant "{other}"' in result.message
    assert 'given("E1.0")' in result.message


def test_everyones_answer_is_known_without_showing():
    seed = next(i for i in range(99) if check("E1.0", right(), seed=i).problem == "other numbers")
    assert "everyone's numbers" in check("E1.0", right(), seed=seed).message


def test_rounding_by_hand():
    assert as_written(1.57, 4.7 / 3) and as_written(1.567, 4.7 / 3) and as_written(1.5667, 4.7 / 3)
    assert not as_written(1.56, 4.7 / 3) and not as_written(1.568, 4.7 / 3)
    assert as_written([1.57, 2.0], [4.7 / 3, 2]) and not as_written([1.57, 2.1], [4.7 / 3, 2])
    assert as_written(0.0, 0.0) and not as_written(0.01, 0.0)
    assert not as_written(4.7, 4.71) and not as_written(4.71, 4.7)
    assert not as_written(np.nan, np.nan) and not as_written(np.inf, np.inf)
    assert not as_written([4.7], 4.7) and not as_written(1e308, 4.7)
    assert as_written(-1.57, -4.7 / 3) and not as_written(1.57, -4.7 / 3)


# Other kinds of values, in an exercise made for the purpose


def my_products(x, w):
    """Multiply, number by number.

    Example.
    """
    # One row.
    products = x * w
    return np.array(
        products,
    )


def exercise_of(output, solution=my_products, **changes):
    return Exercise(
        id="E9.9",
        title="Products",
        solution=solution,
        reference=lambda x, w: x * w,
        given=lambda draw: {"x": draw.numbers(4, decimals=1), "w": draw.numbers(4, decimals=1)},
        output=output,
        parts=(Part("all", 2, lambda case, output: as_written(output, np.prod(case.args, 0))),),
        misconceptions=(Misconception("added", "Added.", "Read.", (lambda x, w: x + w,)),),
        hints=("a", "b", "c"),
        **changes,
    )


def test_a_row_of_numbers_as_the_answer(monkeypatch):
    exercise = exercise_of("vector")
    monkeypatch.setitem(EXERCISES, "E9.9", exercise)
    x, w = given("E9.9", "ann")
    namespace = {"given": lambda name: given(name, "ann"), "np": np}
    exec(exercise.solution_source, namespace)
    start = 'x, w = given("E9.9")\n# One row.\nproducts = x * w\nmy_products = np.array('
    assert exercise.solution_source.startswith(start)
    stub = "# Multiply, number by number.\n#\n# Example.\nmy_products = ...\n"
    assert exercise.stub_source == stub
    for answer in (namespace["my_products"], (x * w).tolist(), tuple(x * w)):
        assert check("E9.9", answer, seed="ann").status == "passed"
    assert check("E9.9", x + w, seed="ann").misconception == "added"
    assert check("E9.9", x, seed="ann").problem == ""
    assert check("E9.9", (x * w)[:3], seed="ann").problem == "shape"
    assert check("E9.9", (x * w)[0], seed="ann").problem == "shape"
    assert check("E9.9", (x * w)[None], seed="ann").problem == "shape"
    assert check("E9.9", np.rint(x * w), seed="ann").problem == "rounded"
    assert check("E9.9", "1 2 3", seed="ann").problem == "not a value"
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 1


def test_a_table_of_numbers_as_the_answer(monkeypatch):
    exercise = dataclasses.replace(
        exercise_of("matrix"),
        reference=lambda x, w: np.outer(x, w),
        misconceptions=(
            Misconception("turned", "Turned.", "Read.", (lambda x, w: np.outer(w, x),)),
        ),
    )
    monkeypatch.setitem(EXERCISES, "E9.9", exercise)
    x, w = given("E9.9")
    assert check("E9.9", np.outer(x, w)).status == "passed"
    assert check("E9.9", np.outer(x, w).tolist()).status == "passed"
    assert check("E9.9", np.outer(w, x)).misconception == "turned"
    assert check("E9.9", np.outer(x, w).ravel()).problem == "shape"


def test_a_copy_with_other_numbers_has_them_in_its_case():
    numbers = {"x": np.array([1.0, 2.0]), "w": np.array([3.0, 5.0])}
    exercise = dataclasses.replace(exercise_of("vector"), given=lambda draw: numbers)
    assert plain(Given(exercise, None)) == [[1, 2], [3, 5]]
    with pytest.raises(ValueError, match="needs cases"):
        dataclasses.replace(exercise, given=None)


def test_ideas_that_no_numbers_tell_apart_are_a_fault():
    exercise = dataclasses.replace(
        exercise_of("vector"),
        misconceptions=(Misconception("same", "Same.", "Read.", (lambda x, w: w * x + 0.001,)),),
    )
    with pytest.raises(RuntimeError, match=r"E9.9: same, variant 0"):
        variants.given_trial(exercise, None)
