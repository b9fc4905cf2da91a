"""Small changes to right answers: each that changes what the function gives must be refused.

A mutant's truth is found without the check: it is compared with a slow definition on many inputs,
other ones than those of the check.
"""

import ast
import copy
import importlib.util
import inspect
import itertools
import textwrap
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES, check, judging
from cnncourse.exercises.deadline import TimeUp, call_within
from cnncourse.exercises.evidence import draw_trial

BANK = Path(__file__).parent / "bank"
# Right answers by other ways, mutated as the solution is. Each is plain Python and NumPy.
MUTATED = {
    "E0.1": ("by_swapping_a_copy", "by_index"),
    "E1.1": ("exponential_loop", "falling_line", "gaussian_masked", "ranked"),
    "E1.2": ("by_output", "padded_windows", "add_at"),
    "E1.3": ("double_loop", "running_divisor", "start_mended", "matrix_of_weights"),
    "E1.4": ("grid_of_lengths", "from_the_weights", "walks_up_while_better"),
    "E1.5": ("by_condition", "by_diagonals", "by_rolling"),
    "E1.6": ("own_loops", "by_fourier"),
}
SWAPS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.And: (ast.Or,),
}


def edits(node):
    """Give the functions that each make one change to a node of this kind."""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        for new in SWAPS.get(type(node.op), ()):
            yield lambda n, new=new: setattr(n, "op", new())
    if isinstance(node, ast.AugAssign):
        yield "assign"
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for new in SWAPS.get(type(op), ()):
                yield lambda n, i=i, new=new: n.ops.__setitem__(i, new())
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for step in (1, -1):
            yield lambda n, step=step: setattr(n, "value", n.value + step)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper", "step"):
            if getattr(node, bound) is not None:
                yield lambda n, bound=bound: setattr(n, bound, None)
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        yield lambda n: n.args.__setitem__(slice(0, 2), n.args[1::-1])


def mutants(source):
    """Give (what was changed, source) of every program one edit away."""
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for edit in edits(node):
            changed = copy.deepcopy(tree)
            target = next(itertools.islice(ast.walk(changed), index, None))
            if edit == "assign":
                replacement = ast.Assign([target.target], target.value, lineno=target.lineno)
                for parent in ast.walk(changed):
                    body = getattr(parent, "body", None)
                    if isinstance(body, list) and target in body:
                        body[body.index(target)] = replacement
            else:
                edit(target)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text != ast.unparse(tree):
                line = getattr(node, "lineno", 0)
                yield f"line {line}, {type(node).__name__}", text


def inputs(exercise_id):
    """Give many arguments, drawn otherwise than the check draws them."""
    random = np.random.default_rng(12)
    if exercise_id == "E1.1":
        for _ in range(150):
            older = random.choice(np.arange(1, 12), random.integers(1, 6), replace=False)
            future = -random.choice(np.arange(1, 6), random.integers(0, 4), replace=False)
            yield (random.permutation(np.concatenate([[0], older, future])),)
        for oldest in (20, 33, 61):
            yield (random.permutation(np.arange(-3, oldest)),)
            yield (random.permutation([0, 2, oldest, -2, oldest // 2]),)
    elif exercise_id == "E1.4":
        yield from itertools.product(
            (-0.7, 0.0, 0.1, 0.4), (0.5, 1.0, 2.0), (0.0, 0.3, 1.7), (1, 2, 9)
        )
        for _ in range(300):
            yield (*random.uniform((-1, 0.1, 0.0), (1, 3.0, 5.0)), int(random.integers(1, 40)))
        for _ in range(40):
            velocity, dt, sigma = random.uniform((-1, 0.1, 0.0), (1, 3.0, 5.0))
            yield velocity / 1000, dt, sigma / 1000, int(random.integers(1, 40))
            yield velocity / 100, dt, sigma, 150
    elif exercise_id == "E0.1":
        yield from ((random.normal(size=n),) for n in range(1, 18))
        yield (np.array([0.0, 3.0, 3.0, 0.0, 700.0, 0.0]),)
    else:
        sizes = [*itertools.product(range(1, 7), range(1, 7), range(2)), (30, 8, 0), (13, 11, 0)]
        for n, m, zeros in sizes:
            a, b = random.normal(size=n), random.normal(size=m)
            if exercise_id == "E1.3":
                b = np.abs(b) + 0.05
                b /= b.sum()
            elif zeros:
                a, b = a.round(), (3 * b).astype(int)
            yield (b, n) if exercise_id == "E1.5" else (a, b)


def is_right(exercise_id, args, value):
    """Judge a value by the definition, straight from the task."""
    if exercise_id == "E1.1":
        ages, w = args[0], np.asarray(value, dtype=float)
        if w.shape != ages.shape or not np.isfinite(w).all():
            return False
        past = w[ages >= 0][np.argsort(ages[ages >= 0])]
        return bool(
            np.allclose(w[ages < 0], 0, atol=1e-9)
            and (w > -1e-9).all()
            and abs(w.sum() - 1) < 1e-5
            and (np.diff(past) < 1e-5).all()
            and past[0] > past[-1]
        )
    if exercise_id == "E1.4":
        velocity, dt, sigma, top = args
        if np.ndim(value) or value != int(value) or not 1 <= value <= top:
            return False

        def mean_square(m):
            return (velocity * dt * sum(range(m)) / m) ** 2 + sigma**2 / m

        least = min(mean_square(m) for m in range(1, top + 1))
        return mean_square(int(value)) <= least * (1 + 1e-9)
    expected = definition(exercise_id, *args)
    got = np.asarray(value, dtype=float)
    return got.shape == expected.shape and np.allclose(got, expected, rtol=0, atol=1e-6)


def definition(exercise_id, a, b=None):
    if exercise_id == "E0.1":
        return np.array([a[-1 - i] for i in range(len(a))])
    if exercise_id == "E1.5":
        return np.array(
            [
                [a[i - j] if 0 <= i - j < len(a) else 0 for j in range(b)]
                for i in range(len(a) + b - 1)
            ]
        )
    terms = [
        [(a[i], b[t - i]) for i in range(len(a)) if 0 <= t - i < len(b)]
        for t in range(len(a) + len(b) - 1)
    ]
    if exercise_id == "E1.3":
        kept = terms[: len(a)]
        return np.array([sum(p * q for p, q in t) / sum(q for _, q in t) for t in kept])
    return np.array([sum(p * q for p, q in t) for t in terms])


def truth(exercise_id, function):
    """Whether `function` is right on every input."""
    with np.errstate(all="ignore"):
        for args in inputs(exercise_id):
            try:
                value = call_within(2.0, function, *copy.deepcopy(args))
                if not is_right(exercise_id, args, value):
                    return False
            except (Exception, TimeUp):
                return False
    return True


def sources(exercise_id):
    exercise = EXERCISES[exercise_id]
    yield exercise.stub_name, exercise.solution_source
    name = exercise_id.lower().replace(".", "_")
    spec = importlib.util.spec_from_file_location(f"mutants_{name}", BANK / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for chosen in MUTATED[exercise_id]:
        yield chosen, textwrap.dedent(inspect.getsource(getattr(module, chosen)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_mutants_are_refused(exercise_id, monkeypatch, record_property):
    monkeypatch.setattr(judging, "draw_trial", lru_cache(maxsize=None)(draw_trial))
    refused = equivalent = 0
    for name, source in sources(exercise_id):
        for what, text in mutants(source):
            namespace = {"np": np}
            exec(compile(text, f"<mutant of {name}>", "exec"), namespace)
            right = truth(exercise_id, namespace[name])
            for seed in range(3):
                result = check(exercise_id, namespace[name], seed=seed, time_limit=1.0)
                assert (result.status == "passed") == right, f"{what}\n{text}\n{result}"
                if result.problem == "time limit":
                    break
            refused, equivalent = refused + (not right), equivalent + right
    record_property("mutants", f"{refused} refused, {equivalent} equivalent")
    print(f"{exercise_id}: {refused} mutants refused, {equivalent} equivalent ones passed")
    assert refused >= 15
