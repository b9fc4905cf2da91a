"""Every right answer of the bank passes, every wrong one is refused by the hint made for it."""

import dataclasses
import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES, check, given, judging, variants
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.evidence import Trial, draw_trial

BANK = Path(__file__).parent / "bank"
SEEDS = range(12)
# Drawing cases is most of a check's time, and the same for every function.
cached_trial = lru_cache(maxsize=None)(draw_trial)


def load(exercise_id):
    name = exercise_id.lower().replace(".", "_")
    spec = importlib.util.spec_from_file_location(f"bank_{name}", BANK / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODULES = {exercise_id: load(exercise_id) for exercise_id in EXERCISES}
RIGHT = [(i, f) for i, module in MODULES.items() for f in module.RIGHT]
WRONG = [(i, f, slug) for i, module in MODULES.items() for f, slug in module.WRONG.items()]


def name_of(value):
    return getattr(value, "__name__", None)


@pytest.fixture(autouse=True)
def same_cases(monkeypatch):
    monkeypatch.setattr(judging, "draw_trial", cached_trial)
    monkeypatch.setattr(variants, "draw_trial", cached_trial)


def checked(exercise_id, function, seed):
    """Check a function, or what it makes of the numbers given."""
    if EXERCISES[exercise_id].given is not None:
        function = function(*given(exercise_id, seed))
    return check(exercise_id, function, seed=seed)


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_the_solution_passes(exercise_id):
    exercise = EXERCISES[exercise_id]
    for seed in SEEDS:
        namespace = {"given": lambda name, seed=seed: given(name, seed)}
        exec("import numpy as np\n" + exercise.solution_source, namespace)
        result = check(exercise_id, namespace[exercise.stub_name], seed=seed)
        assert result.status == "passed", result
        assert result.points == result.max_points == exercise.max_points


@pytest.mark.parametrize(("exercise_id", "function"), RIGHT, ids=name_of)
def test_right_answers_pass(exercise_id, function):
    if function.__name__ in ("tensor", "of_torch", "half_life_torch"):
        pytest.importorskip("torch")
    for seed in SEEDS:
        result = checked(exercise_id, function, seed)
        assert result.status == "passed", result
        assert result.points == result.max_points
        assert result.misconception is None and result.counterexample is None


@pytest.mark.parametrize(("exercise_id", "function", "slug"), WRONG, ids=name_of)
def test_wrong_answers_are_refused_by_their_own_hint(exercise_id, function, slug):
    exercise = EXERCISES[exercise_id]
    for seed in SEEDS:
        result = checked(exercise_id, function, seed)
        assert result.status in ("wrong", "error"), result
        assert result.misconception == slug, result
        assert result.points < result.max_points
        assert result.message and result.counterexample is not None
        if slug is not None:
            known = {m.slug: m for m in exercise.misconceptions}[slug]
            assert (result.status, result.hint) == ("wrong", known.hint)
            assert result.message == known.title


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_each_misconception_is_refused_with_its_own_hint(exercise_id):
    # The variants may use what a learner may not, so that rule is off here.
    exercise = dataclasses.replace(EXERCISES[exercise_id], forbidden=())
    for misconception in exercise.misconceptions:
        for variant in misconception.variants:
            for seed in list(SEEDS)[:6]:
                answer = as_learner(variant)
                if exercise.given is not None:
                    answer = answer(*given(exercise.id, seed))
                result = judging.judge(exercise, answer, seed=seed, time_limit=10.0)
                what = f"{misconception.slug}, seed {seed}: {result}"
                assert result.misconception == misconception.slug, what
                assert result.hint == misconception.hint, what
                assert result.points < result.max_points, what


def as_learner(variant):
    """Make a wrong idea a function: where it gives nothing, it fails."""

    def wrong(*args):
        value = variant(*args)
        if value is None:
            raise IndexError("no such element")
        return getattr(value, "outputs", (value,))[0]

    return wrong


def test_every_length_is_right_without_motion_and_noise():
    exercise = EXERCISES["E1.4"]
    case = next(c for c in draw_trial(exercise, 1).cases if c.args[0] == c.args[2] == 0)
    right = [m for m in range(8) if not exercise.judge(case, np.array(float(m)))]
    assert right == list(range(1, case.args[3] + 1))


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_cases_tell_every_idea_from_the_others(exercise_id):
    exercise = EXERCISES[exercise_id]
    draw = Draw(5)
    draws = [Trial(exercise, exercise.cases(draw)) for _ in range(25)]
    # One small sum is easily that of two ideas, and is drawn again; many cases should tell at once.
    assert sum(bool(trial.confusions) for trial in draws) <= (8 if exercise.given is None else 21)
    for trial in (cached_trial(exercise, seed) for seed in SEEDS):
        assert trial.confusions == []


def test_the_bank_is_large_enough():
    for module in MODULES.values():
        assert len(module.RIGHT) >= 4
        assert len(module.WRONG) >= 15
    for exercise_id, exercise in EXERCISES.items():
        recognised = set(MODULES[exercise_id].WRONG.values()) - {None}
        assert recognised == {m.slug for m in exercise.misconceptions}
