"""Every right answer of the bank passes, every wrong one is refused by the hint made for it.

That each way to make a mistake is recognised, test_catalogue.py shows.
"""

import os

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES, check
from cnncourse.exercises.as_learner import answer, solution
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.evidence import Trial, draw_trial, drawn_once
from tools.bank import bank

# Each check draws other cases. More seeds look harder: the weekly run takes twelve.
SEEDS = range(int(os.environ.get("CNNCOURSE_BANK_SEEDS", "2")))

MODULES = {exercise_id: bank(exercise_id) for exercise_id in EXERCISES}
RIGHT = [(i, f) for i, module in MODULES.items() for f in module.RIGHT]
WRONG = [(i, f, slug) for i, module in MODULES.items() for f, slug in module.WRONG.items()]


def name_of(value):
    return getattr(value, "__name__", None)


@pytest.fixture(autouse=True, scope="module")
def same_cases():
    with drawn_once():
        yield


def checked(exercise_id, function, seed):
    """Check a function, or what it makes of the numbers given."""
    return check(exercise_id, answer(EXERCISES[exercise_id], function, seed), seed=seed)


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_the_solution_passes(exercise_id):
    exercise = EXERCISES[exercise_id]
    for seed in SEEDS:
        result = check(exercise_id, solution(exercise, seed), seed=seed)
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


def test_every_length_is_right_without_motion_and_noise():
    exercise = EXERCISES["E1.4"]
    case = next(c for c in draw_trial(exercise, 1).cases if c.args[0] == c.args[2] == 0)
    right = [m for m in range(8) if not exercise.judge(case, np.array(float(m)))]
    assert right == list(range(1, case.args[3] + 1))


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_cases_tell_every_idea_from_the_others(exercise_id):
    exercise = EXERCISES[exercise_id]
    draw = Draw(5)
    draws = [Trial(exercise, exercise.draw_cases(draw)) for _ in range(25)]
    # One small sum is easily that of two ideas, and is drawn again; many cases should tell at once.
    assert sum(bool(trial.confusions) for trial in draws) <= (8 if exercise.given is None else 21)
    for trial in (draw_trial(exercise, seed) for seed in SEEDS):
        assert trial.confusions == []


def test_the_bank_is_large_enough():
    for module in MODULES.values():
        assert len(module.RIGHT) >= 4
        assert len(module.WRONG) >= 15
    for exercise_id, exercise in EXERCISES.items():
        recognised = set(MODULES[exercise_id].WRONG.values()) - {None}
        assert recognised == {m.slug for m in exercise.misconceptions}
