"""What `check` says of functions that fail in other ways than by a wrong idea."""

import asyncio
import builtins
import cProfile
import dataclasses
import gc
import json
import linecache
import os
import random
import re
import signal
import subprocess
import sys
import time
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from cnncourse import exercises, records
from cnncourse.exercises import EXERCISES, check, get, given, hint, solution
from cnncourse.exercises.ladder import Ladder
from cnncourse.exercises.reading import MOST
from cnncourse.exercises.registry import find_exercises


def convolve_by_loops(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] * w[b]
    return s


def cell(source, name="my_convolution", number=[0]):  # noqa: B006 - counts the cells made
    """Run `source` as a notebook does: its own file name, its text known to linecache."""
    number[0] += 1
    filename = f"<cell {number[0]}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np}
    exec(compile(source, filename, "exec"), namespace)
    return namespace[name]


# The function itself


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_untouched_stub_is_not_attempted(exercise_id):
    exercise = get(exercise_id)
    result = check(exercise_id, cell(exercise.stub_source, exercise.stub_name))
    assert (result.status, result.points) == ("not attempted", 0)
    said = "in place of `raise NotImplementedError`"
    if exercise.given is not None:
        said = "in place of the dots"
    elif exercise.broken is not None:
        said = "is as it came"
    assert said in result.message
    # Stored outputs of a notebook have to be the same at each run.
    again = check(exercise_id, cell(exercise.stub_source, exercise.stub_name))
    assert repr(again) == repr(result) and again._repr_html_() == result._repr_html_()


def test_stub_partly_replaced_is_not_attempted():
    source = "def my_convolution(x, w):\n    s = np.zeros(3)\n    raise NotImplementedError\n"
    result = check("E1.2", cell(source))
    assert result.status == "not attempted"
    assert "in line 3" in result.message and "Take that line out" in result.message


def test_stub_left_in_one_branch_is_not_attempted():
    def my_convolution(x, w):
        if len(w) > len(x):
            raise NotImplementedError
        return convolve_by_loops(x, w)

    result = check("E1.2", my_convolution)
    assert (result.status, result.points) == ("not attempted", 0)


def test_not_implemented_from_a_library_is_an_error():
    def my_convolution(x, w):
        return asyncio.AbstractEventLoop().time()  # raises it, in Python's own files

    result = check("E1.2", my_convolution)
    assert result.status == "error" and "NotImplementedError" in result.message


@pytest.mark.parametrize("body", ["pass", "...", '"""Nothing yet."""', "return", "return None"])
def test_empty_body_is_not_attempted(body):
    result = check("E1.2", cell(f"def my_convolution(x, w):\n    {body}\n"))
    assert (result.status, result.problem) == ("not attempted", "empty")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nothing (None)"),
        (np.zeros(3), "an array, the result of a call"),
        ([1, 2], "a list"),
        (3, "an int"),
        ("my_convolution", "a str"),
    ],
)
def test_no_function(value, said):
    result = check("E1.2", value)
    assert (result.status, result.problem) == ("error", "not a function")
    assert said in result.message and 'check("E1.2", my_convolution)' in result.message


@pytest.mark.parametrize("function", [lambda x: x, lambda: 1, lambda x, w, mode: x])
def test_wrong_number_of_arguments(function):
    result = check("E1.2", function)
    assert (result.status, result.problem) == ("error", "wrong arguments")
    assert "def my_convolution(x, w):" in result.message


def test_further_arguments_with_defaults_are_fine():
    assert check("E1.2", lambda x, w, mode="full": convolve_by_loops(x, w)).status == "passed"
    assert check("E1.2", lambda *both: convolve_by_loops(*both)).status == "passed"


def test_other_callables_are_fine():
    class Convolution:
        def __call__(self, x, w):
            return convolve_by_loops(x, w)

        def method(self, x, w):
            return convolve_by_loops(x, w)

    import functools

    assert check("E1.2", Convolution()).status == "passed"
    assert check("E1.2", Convolution().method).status == "passed"
    assert check("E1.2", functools.partial(convolve_by_loops)).status == "passed"


def test_the_function_of_another_exercise_is_pointed_out():
    def my_smooth(x, w):
        return x

    assert any("my_smooth" in note for note in check("E1.2", my_smooth).notes)


def test_unknown_ids_name_the_known_ones():
    for call in (check, hint, solution, get):
        args = (max,) if call is check else ()
        with pytest.raises(ValueError, match=r"one of .*E1\.1, E1\.2.*got 'E9\.9'"):
            call("E9.9", *args)
    with pytest.raises(ValueError, match="the exercise comes first"):
        check(max, "E1.2")
    assert get(" e1.2 ").id == "E1.2"


# What it returns


def returns(change):
    return lambda x, w: change(convolve_by_loops(x, w))


@pytest.mark.parametrize(
    ("change", "problem", "said"),
    [
        (lambda s: None, "none", "returned nothing"),
        (lambda s: (v for v in s), "container", "a generator"),
        (lambda s: map(float, s), "container", "a map"),
        (lambda s: set(s), "container", "a set"),
        (lambda s: dict(enumerate(s)), "container", "a dictionary"),
        (lambda s: "text", "container", "text"),
        (lambda s: np.sum, "container", "brackets missing"),
        (lambda s: object(), "container", "type object"),
        (lambda s: [str(v) for v in s], "dtype", "text"),
        (lambda s: s.astype(str), "dtype", "text"),
        (lambda s: np.array([{} for _ in s], dtype=object), "container", "a dictionary"),
        (lambda s: nested(5000), "container", "too deep"),
        (lambda s: s > 0, "dtype", "truth values"),
        (lambda s: True, "dtype", "truth value"),
        (lambda s: s.astype(complex), "dtype", ".real is all you need"),
        (lambda s: s + 1j, "dtype", "complex numbers"),
        (lambda s: [*s, None], "dtype", "None"),
        (lambda s: s[None], "shape", "not a 1-D array"),
        (lambda s: s[:, None], "shape", "not a 1-D array"),
        (lambda s: s.sum(), "shape", "a single number"),
        (lambda s: [s, s[:1], 3], "shape", "different lengths"),
        (lambda s: np.append(s, [0.0, 0.0, 0.0]), "shape", "where 1 is expected"),
        (lambda s: s * np.nan, "not finite", "NaN"),
        (lambda s: s + np.inf, "not finite", "infinity"),
        (lambda s: np.ma.masked_array(s, mask=s == s), "container", "masked"),
        (lambda s: [*s, 10**400], "dtype", "too large"),
        (lambda s: [Fraction(10**400)], "dtype", "too large"),
        (lambda s: [0.0] * (MOST + 1), "shape", "more than 100000 numbers"),
        (lambda s: [[0] * 400] * 400, "shape", "more than 100000 numbers"),
        (lambda s: np.broadcast_to(0.0, 10**12), "shape", "more than 100000 numbers"),
        (lambda s: np.broadcast_to(None, 10**12), "shape", "more than 100000 numbers"),
        (lambda s: range(10**30), "shape", "more than 100000 numbers"),
    ],
)
def test_outputs_of_another_form(change, problem, said):
    result = check("E1.2", returns(change))
    assert (result.status, result.problem, result.misconception) == ("wrong", problem, None)
    assert said in result.message
    assert result.points < result.max_points
    assert result.counterexample.input == "x = [3], w = [2]"


@pytest.mark.filterwarnings("error")
def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


def test_a_coroutine_is_closed():
    async def my_convolution(x, w):
        return x

    result = check("E1.2", my_convolution)
    assert result.problem == "container" and "async" in result.message
    gc.collect()  # a coroutine left behind would warn now, and a warning is an error here


@pytest.mark.parametrize(
    "change",
    [
        list,
        tuple,
        lambda s: s.astype(np.float32),
        lambda s: s.astype(object),
        lambda s: [np.float64(v) for v in s],
        lambda s: [np.array(v) for v in s],
        lambda s: s[::-1].copy()[::-1],
        lambda s: np.ma.masked_array(s),
        lambda s: memoryview(s),
        lambda s: s.astype(np.longdouble),
        lambda s: s + 1e-12,
        lambda s: (s + 1e-17j).real,
    ],
)
def test_right_numbers_in_another_container_pass(change):
    for seed in range(3):
        assert check("E1.2", returns(change), seed=seed).status == "passed"


def test_a_negative_kept_as_a_mark_on_a_tensor_passes():
    torch = pytest.importorskip("torch")

    def marked(s):
        turned = torch.complex(torch.zeros(len(s)), torch.tensor(-s).float()).conj().imag
        assert turned.is_neg()
        return turned

    assert check("E1.2", returns(marked)).status == "passed"
    assert check("E1.2", returns(lambda s: list(marked(s)))).status == "passed"
    conjugate = check("E1.2", returns(lambda s: (torch.tensor(s) + 1j).conj()))
    assert "complex numbers" in conjugate.message


def test_tensors_pass():
    torch = pytest.importorskip("torch")
    for change in (torch.tensor, lambda s: torch.tensor(s, requires_grad=True).float()):
        assert check("E1.2", returns(change)).status == "passed"
    with_items = returns(lambda s: [torch.tensor(v) for v in s])
    assert check("E1.2", with_items).status == "passed"


def test_a_lying_subclass_is_read_as_plain_numbers():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

        def __sub__(self, other):
            return np.zeros(self.shape)

        __rsub__ = __sub__

        def __array_function__(self, *_):
            return True

        def __array_ufunc__(self, *_, **__):
            return np.zeros(self.shape)

        def astype(self, *_, **__):
            return np.zeros(self.shape)

    result = check("E1.2", lambda x, w: np.zeros(len(x) + len(w) - 1).view(Liar))
    assert result.status == "wrong"
    assert check("E1.2", returns(lambda s: s.view(Liar))).status == "passed"


@pytest.mark.parametrize(
    "make",
    [
        lambda x, w: np.zeros(len(x) + len(w) - 1, dtype=int),
        lambda x, w: np.zeros_like(np.concatenate([x, w[1:]]), dtype=x.dtype),
    ],
)
def test_decimals_cut_off_by_an_integer_array(make):
    def my_convolution(x, w):
        s = make(x, w)
        for a in range(len(x)):
            for b in range(len(w)):
                s[a + b] += np.asarray(x[a] * w[b]).astype(s.dtype)
        return s

    result = check("E1.2", my_convolution)
    assert (result.status, result.problem) == ("wrong", "dtype")
    assert "decimals are cut off" in result.message


def test_printed_in_place_of_returned():
    def my_convolution(x, w):
        print(convolve_by_loops(x, w))

    result = check("E1.2", my_convolution)
    assert (result.status, result.problem) == ("wrong", "printed")
    assert "`return` hands it on" in result.message


def test_printing_much_does_no_harm(capsys):
    def my_convolution(x, w):
        for _ in range(1000):
            print("still here", "." * 100)
            print("to stderr", file=sys.stderr)
        return convolve_by_loops(x, w)

    result = check("E1.2", my_convolution)
    assert result.status == "passed"
    assert any("prints" in note for note in result.notes)
    assert capsys.readouterr() == ("", "")


# Errors, endless loops


def test_an_exception_is_shown_with_the_learners_own_line():
    source = (
        "def helper(x):\n    return np.zeros((2, 2)) @ np.zeros(3)\n\n"
        "def my_convolution(x, w):\n    return helper(x)\n"
    )
    result = check("E1.2", cell(source))
    assert (result.status, result.problem) == ("error", "exception")
    assert "line 2: `return np.zeros((2, 2)) @ np.zeros(3)`" in result.message
    assert "ValueError: matmul" in result.message
    assert result.counterexample.expected == "[6]"


def test_an_exception_inside_a_library_points_to_the_learners_line():
    source = "def my_convolution(x, w):\n    y = 1\n    return np.stack([x, [1, 2, 3, 4, 5, 6]])\n"
    assert "line 3: `return np.stack" in check("E1.2", cell(source)).message


def test_an_exception_that_cannot_be_printed():
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError

    def my_convolution(x, w):
        raise Odd

    result = check("E1.2", my_convolution)
    assert result.status == "error" and "Odd" in result.message


def test_exceptions_in_later_cases_only():
    def my_convolution(x, w):
        return convolve_by_loops(x, w) if len(w) <= len(x) else x[len(w)]

    result = check("E1.2", my_convolution)
    assert result.status == "error" and "IndexError" in result.message
    assert len(result.counterexample.args[1]) > len(result.counterexample.args[0])


def test_leaving_the_program_and_asking_the_keyboard():
    assert check("E1.2", lambda x, w: sys.exit()).problem == "exit"
    before = input
    assert check("E1.2", lambda x, w: input("kernel?")).problem == "keyboard"
    assert input is before


def test_endless_recursion():
    def my_convolution(x, w):
        return my_convolution(x, w)

    result = check("E1.2", my_convolution)
    assert (result.status, result.problem) == ("error", "recursion")
    assert "calls itself without end" in result.message


def endless(x, w):
    while True:
        pass


def endless_with_calls(x, w):
    while True:
        len(x)


def endless_that_catches_all(x, w):
    while True:
        try:
            sum([1, 2])
        except:  # noqa: E722
            pass


def endless_that_catches_exceptions(x, w):
    while True:
        try:
            x[99]
        except Exception:
            continue


def endless_but_returns_when_interrupted(x, w):
    try:
        endless(x, w)
    except BaseException:
        return convolve_by_loops(x, w)


def sleeps(x, w):
    time.sleep(60)


def grows(x, w):
    kept = [0]
    for value in kept:
        kept.append(value)


@pytest.mark.parametrize(
    "function",
    [
        endless,
        endless_with_calls,
        endless_that_catches_all,
        endless_that_catches_exceptions,
        endless_but_returns_when_interrupted,
        pytest.param(
            sleeps,
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no signal breaks a wait"),
        ),
        grows,
    ],
)
def test_endless_loops_are_stopped(function):
    start = time.monotonic()
    result = check("E1.2", function, time_limit=0.3)
    assert time.monotonic() - start < 15
    assert (result.status, result.problem) == ("error", "time limit")
    assert "did not come to an end" in result.message
    if function is endless:
        assert "line" in result.message and "while True:" in result.message
    # Nothing comes late: the interpreter goes on as before.
    for _ in range(20):
        time.sleep(0.01)
    assert check("E1.2", convolve_by_loops).status == "passed"


@pytest.mark.skipif(sys.platform == "win32", reason="no signal breaks a wait")
def test_a_wait_is_broken_in_a_process_that_ignores_the_stop_signal():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell starts what ends with "&"
    try:
        start = time.monotonic()
        assert check("E1.2", sleeps, time_limit=0.3).problem == "time limit"
        assert time.monotonic() - start < 15
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_time_of_an_import_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "slow_library_of_the_test.py").write_text("import time\ntime.sleep(1.0)\n")
    monkeypatch.syspath_prepend(tmp_path)

    def my_convolution(x, w):
        import slow_library_of_the_test  # noqa: F401

        return convolve_by_loops(x, w)

    assert check("E1.2", my_convolution, time_limit=0.4).status == "passed"

    def endless_after_import(x, w):
        import slow_library_of_the_test  # noqa: F401

        endless(x, w)

    sys.modules.pop("slow_library_of_the_test")
    assert check("E1.2", endless_after_import, time_limit=0.4).problem == "time limit"
    sys.modules.pop("slow_library_of_the_test")


def test_an_output_that_never_ends_is_stopped():
    from decimal import Decimal

    class EndlessDecimal(Decimal):
        def __float__(self):
            while True:
                pass

    assert check("E1.2", lambda x, w: [EndlessDecimal(1)], time_limit=0.3).problem == "time limit"


def test_the_stop_button_works():
    def my_convolution(x, w):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("E1.2", my_convolution)
    assert sys.getprofile() is None


# What it does besides


@pytest.mark.parametrize("exercise_id", ["E1.1", "E1.2", "E1.3", "E1.5", "E1.6"])
def test_changed_input(exercise_id):
    exercise = get(exercise_id)
    right = cell("import numpy as np\n" + exercise.solution_source, exercise.stub_name)

    def wrong(*args):
        answer = np.array(right(*args))
        args[0][0] += 1
        return answer

    wrong.__signature__ = __import__("inspect").signature(exercise.solution)
    result = check(exercise_id, wrong)
    assert (result.status, result.problem) == ("wrong", "changed input")
    assert f"changes its input `{exercise.arguments[0]}`" in result.message
    assert 0 < result.points < result.max_points


def test_padding_the_input_in_place_counts_as_changed():
    def my_convolution(x, w):
        x.resize(len(x) + 1, refcheck=False)
        return convolve_by_loops(x[:-1], w)

    assert check("E1.2", my_convolution).problem == "changed input"


def test_a_mutable_default_argument():
    def my_single_kernel(u, v, kept=[]):  # noqa: B006
        kept.append(1)
        return np.convolve(u, v) * len(kept)

    result = check("E1.6", my_single_kernel)
    assert (result.status, result.problem) == ("wrong", "unsteady")
    assert "default argument" in result.message


def test_a_global_variable():
    source = (
        "calls = 0\n\ndef my_single_kernel(u, v):\n    global calls\n    calls += 1\n"
        "    return np.convolve(u, v) + (calls > 15)\n"
    )
    result = check("E1.6", cell(source, "my_single_kernel"))
    assert result.problem == "unsteady" and "global variable" in result.message


def test_random_outputs():
    def my_single_kernel(u, v):
        return np.convolve(u, v) + np.random.default_rng().normal()

    result = check("E1.6", my_single_kernel)
    assert result.problem == "unsteady" and "random numbers" in result.message


def test_one_buffer_used_for_all_outputs_is_fine():
    buffer = np.zeros(50)

    def my_convolution(x, w):
        buffer[:] = 0
        n = len(x) + len(w) - 1
        buffer[:n] = convolve_by_loops(x, w)
        return buffer[:n]

    assert check("E1.2", my_convolution).status == "passed"


def legacy_state():
    return np.random.get_state()[1].tolist()  # noqa: NPY002 - learners use it


def test_settings_are_put_back():
    state, python_state = legacy_state(), random.getstate()
    errors, options, filters = np.geterr(), np.get_printoptions(), list(warnings.filters)
    convolve, out = np.convolve, sys.stdout

    def my_single_kernel(u, v):
        answer = convolve(u, v)
        np.random.seed(1)  # noqa: NPY002 - learners use it
        random.seed(1)
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        warnings.simplefilter("error")
        np.convolve = np.zeros = np.abs = None
        sys.stdout = None
        return answer

    assert check("E1.6", my_single_kernel).status == "passed"
    assert legacy_state() == state and random.getstate() == python_state
    assert np.geterr() == errors and np.get_printoptions() == options
    assert warnings.filters == filters
    assert np.convolve is convolve and np.zeros(1)[0] == 0 and sys.stdout is out


@pytest.mark.filterwarnings("error")
def test_warnings_in_a_right_answer_do_not_matter():
    def my_convolution(x, w):
        warnings.warn("mind the gap", stacklevel=1)
        _ = np.array([1.0]) / 0
        return convolve_by_loops(x, w)

    assert check("E1.2", my_convolution).status == "passed"


# Ready-made functions


def uses(source):
    return cell(f"def my_convolution(x, w):\n{source}\n")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("    return np.convolve(x, w)", "np.convolve"),
        ("    return np.correlate(x, w[::-1], 'full')", "np.correlate"),
        ("    from numpy import convolve as c\n    return c(x, w)", "np.convolve"),
        ("    return (lambda f: f(x, w))(np.convolve)", "np.convolve"),
        ("    return getattr(np, 'con' + 'volve')(x, w)", "np.convolve"),
        ("    return np.polymul(x, w)", "np.polymul"),
        ("    return (np.poly1d(x) * np.poly1d(w)).coeffs", "np.polymul"),
        ("    import scipy.signal as s\n    return s.convolve(x, w)", "scipy.signal.convolve"),
        (
            "    import scipy.signal as s\n    return s.fftconvolve(x, w)",
            "scipy.signal.fftconvolve",
        ),
        (
            "    import scipy.signal as s\n    return s.lfilter(w, 1, np.append(x, 0 * w[1:]))",
            "scipy.signal.lfilter",
        ),
        (
            "    import scipy.ndimage as s\n    return s.convolve1d(np.pad(x, 9), w)",
            "scipy.ndimage.convolve1d",
        ),
        (
            "    import scipy.linalg as s\n    return s.convolution_matrix(w, len(x)) @ x",
            "scipy.linalg.convolution_matrix",
        ),
        (
            "    from cnncourse import conv\n    return conv.convolve1d(x, w)",
            "cnncourse.convolve1d",
        ),
        (
            "    s = np.array([1.0])\n    assert len(np.convolve(x, w))\n    return s",
            "np.convolve",
        ),
    ],
)
def test_ready_made_functions_are_noticed(source, name):
    result = check("E1.2", uses(source))
    assert (result.status, result.problem, result.points) == ("wrong", "ready-made function", 0)
    assert f"`{name}` was called, in line" in result.message


def test_ready_made_functions_given_as_they_are():
    assert check("E1.2", np.convolve).problem == "ready-made function"
    assert check("E1.5", lambda w, n: exercises.get("E1.5").solution(w, n)).problem == (
        "ready-made function"
    )


def test_ready_made_convolution_of_torch_is_noticed():
    pytest.importorskip("torch")
    source = (
        "    import torch\n"
        "    X = torch.tensor(np.array(x, float))[None, None]\n"
        "    W = torch.tensor(np.array(w, float)[::-1].copy())[None, None]\n"
        "    return torch.nn.functional.conv1d(X, W, padding=len(w) - 1)[0, 0]"
    )
    assert "torch.conv1d" in check("E1.2", uses(source)).message


def test_names_alone_accuse_nobody():
    source = (
        "def convolve(x, w):\n"
        "    # np.convolve(x, w) would do\n"
        "    correlate = 'np.convolve'\n"
        "    s = np.zeros(len(x) + len(w) - 1)\n"
        "    for a in range(len(x)):\n"
        "        s[a : a + len(w)] += x[a] * w\n"
        "    return s\n"
        "my_convolution = convolve\n"
    )
    assert check("E1.2", cell(source)).status == "passed"


def test_importing_a_library_is_not_calling_it():
    source = "    import scipy.signal, scipy.ndimage\n    return np.zeros(len(x) + len(w) - 1)"
    assert check("E1.2", uses(source)).problem == ""


def test_ready_made_functions_of_other_tasks_are_allowed():
    def my_smooth(x, w):
        n = len(x)
        return np.convolve(x, w)[:n] / np.convolve(np.ones(n), w)[:n]

    def my_best_length(velocity, dt, sigma, max_length):
        from cnncourse.kernels import box
        from cnncourse.smoothing import constant_velocity_rmse

        def rmse(m):
            return constant_velocity_rmse(box(m), velocity=velocity, dt=dt, sigma=sigma)

        return min(range(1, max_length + 1), key=rmse)

    assert check("E1.3", my_smooth).status == "passed"
    assert check("E1.4", my_best_length).status == "passed"


def test_the_courses_own_answers_are_noticed():
    from cnncourse import smoothing

    assert "best_window_length" in check("E1.4", best_by_the_course).message
    found = check("E1.3", lambda x, w: smoothing.smooth(x, w))
    assert found.problem == "ready-made function"


def best_by_the_course(velocity, dt, sigma, max_length):
    from cnncourse.smoothing import best_window_length

    return best_window_length(velocity, dt, sigma, max_length=max_length)


def test_an_earlier_profiler_is_put_back():
    def profiler(*_):
        return None

    sys.setprofile(profiler)
    try:
        check("E1.2", convolve_by_loops)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


# Points, cases, texts


def test_points_by_parts():
    result = check("E1.3", lambda x, w: np.convolve(x, w)[: len(x)])
    assert (result.points, result.max_points) == (1, 3)
    assert [part.earned for part in result.parts] == [False, True]
    assert check("E1.2", lambda x, w: np.zeros(len(x) + len(w) - 1)).points == 1


def test_the_smallest_failing_case_is_shown():
    result = check("E1.2", lambda x, w: convolve_by_loops(x, w[::-1]))
    example = result.counterexample
    assert (example.input, example.expected, example.got) == (
        "x = [1, 2], w = [10, 1]",
        "[10, 21, 2]",
        "[1, 12, 20]",
    )


def test_seeds():
    seen = []

    def my_convolution(x, w):
        seen.append((x.tolist(), w.tolist()))
        return convolve_by_loops(x, w)

    runs = []
    for seed in (3, 3, 4, None, None):
        seen.clear()
        check("E1.2", my_convolution, seed=seed)
        runs.append(list(seen))
    assert runs[0] == runs[1]
    assert len({str(run) for run in runs}) == 4


def test_cases_are_as_promised():
    for exercise_id in ("E1.2", "E1.5", "E1.6"):
        from cnncourse.exercises.evidence import draw_trial

        sizes = set()
        for case in draw_trial(get(exercise_id), seed=1).cases:
            arrays = [arg for arg in case.args if isinstance(arg, np.ndarray)]
            sizes.update(array.size for array in arrays)
            # Made to catch rounding and clipping; all others can be followed by hand.
            if case.note.startswith(("small numbers", "large numbers")):
                continue
            for array in arrays:
                assert (np.round(array, 2) == array).all() and np.abs(array).max() <= 10
        assert {1, 2, 3} <= sizes
    for case in draw_trial(get("E1.1"), seed=2).cases:
        ages = case.args[0]
        assert 0 in ages and (ages >= 0).sum() >= 2 and len(set(ages.tolist())) == len(ages)


def test_a_length_that_is_nearly_whole_is_shown_with_its_decimals():
    reference = get("E1.4").reference

    def my_best_length(velocity, dt, sigma, max_length):
        return reference(velocity, dt, sigma, max_length) + 1e-9

    result = check("E1.4", my_best_length, seed=1)
    assert re.search(r"A length is a whole number of samples, got \d+\.000000001", result.message)


def test_equal_minima_are_both_right():
    from cnncourse.exercises import e1_4
    from cnncourse.exercises.model import Case

    tie = Case((1.0, 1.0, np.sqrt(4.5), 10))
    right = [m for m in range(1, 11) if not e1_4.EXERCISE.judge(tie, np.array(float(m)))]
    assert right == [2, 3]


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_texts(exercise_id):
    exercise = get(exercise_id)
    stub = exercise.stub_source.splitlines()
    assert len(stub) <= 25 and max(map(len, stub)) <= 100
    if exercise.given is not None:
        assert all(line.startswith("#") for line in stub[:-1])
        assert stub[-1] == f"{exercise.stub_name} = ..."
        names = ", ".join(exercise.arguments) + "," * (len(exercise.arguments) == 1)
        assert exercise.solution_source.startswith(f"{names} = given(")
    else:
        assert stub[0].startswith(f"def {exercise.stub_name}(")
        assert (stub[-1] == "    raise NotImplementedError") == (exercise.broken is None)
    assert exercise.stub_name.startswith("my_")  # by this its solution is known from a learner's
    assert "Example" in exercise.stub_source or "example" in exercise.stub_source
    assert "#" in exercise.solution_source and '"""' not in exercise.solution_source
    assert len(exercise.hints) == 3 and len(set(exercise.hints)) == 3
    slugs = [m.slug for m in exercise.misconceptions]
    assert len(set(slugs)) == len(slugs)
    for misconception in exercise.misconceptions:
        assert misconception.title.endswith(".") and len(misconception.hint) > 30
        assert "np.convolve(" not in misconception.hint, "a hint is not the answer"


def test_the_example_in_each_stub_is_true():
    right = {
        key: cell("import numpy as np\n" + e.solution_source, e.stub_name)
        for key, e in EXERCISES.items()
        if e.given is None
    }
    assert right["E1.2"]([1, 2], [10, 1]).tolist() == [10, 21, 2]
    assert right["E1.3"]([2, 4, 6], [0.75, 0.25]).tolist() == [2, 3.5, 5.5]
    assert right["E1.4"](0.1, 1, 0.5, 20) == 4
    assert right["E1.5"]([1, 2], 2).tolist() == [[1, 0], [2, 1], [0, 2]]
    assert right["E1.6"]([1, 2], [3, 4]).tolist() == [3, 10, 8]
    assert right["R1.1"]([0, 1, 2, 3, 4, 5], 3).tolist() == pytest.approx([1, 2, 3, 4])
    assert right["R1.1"]([0, 1, 2, 3, 4, 5], 4).tolist() == [2, 3]
    estimate = get("E1.0").solution(np.array([2, 4, 3, 5, 1]), np.array([0.5, 0.3, 0.2]), 2)
    assert estimate == pytest.approx(3.1)


@pytest.fixture
def fresh_ladder(monkeypatch):
    records.record("reset", "")
    monkeypatch.setattr(exercises, "_LADDER", exercises.Ladder())


@pytest.mark.usefixtures("fresh_ladder")
def test_hints_come_step_by_step():
    pages = [repr(hint("E1.2")) for _ in range(4)]
    assert len(set(pages[:3])) == 3
    assert [page.split("\n")[0] for page in pages[:3]] == [
        "E1.2 hint 1 of 3",
        "E1.2 hint 2 of 3",
        "E1.2 hint 3 of 3",
    ]
    assert "last hint" in pages[2] and "last hint" not in pages[1]
    assert pages[3] == pages[2]
    assert "1 of 3" in repr(hint("E1.3"))


@pytest.mark.usefixtures("fresh_ladder")
def test_the_solution_waits_for_an_attempt():
    assert "def my_convolution" not in repr(solution("E1.2"))
    assert "def my_convolution(x, w):" in repr(solution("E1.2", anyway=True))
    check("E1.2", cell(get("E1.2").stub_source))
    assert "Have a try first" in repr(solution("E1.2"))
    check("E1.2", lambda x, w: x)
    page = solution("E1.2")
    assert "def my_convolution(x, w):" in repr(page)
    assert "<pre" in page._repr_html_() and "def my_convolution(x, w):" in page._repr_html_()


def test_importing_the_exercises_loads_no_framework():
    code = (
        "import sys, cnncourse.exercises as e; e.check('E1.2', lambda x, w: x);"
        "heavy = {'torch', 'tensorflow', 'matplotlib', 'ipywidgets', 'scipy'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    folder = Path(exercises.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr


# The card


def test_the_card_escapes_what_it_shows():
    source = "def my_convolution(x, w):\n    raise ValueError('<script>alert(1)</script> `x`')\n"
    html = check("E1.2", cell(source))._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "function",
    [convolve_by_loops, lambda x, w: x, lambda x, w: 1 / 0, cell(get("E1.2").stub_source), None],
)
def test_card_and_text_say_the_same(function):
    result = check("E1.2", function, seed=1)
    html, text = result._repr_html_(), repr(result)
    for part in (result.exercise_id, result.title, result.score):
        assert part in html and part in text
    assert result.status in text and result.status.capitalize() in html
    assert "<script" not in html and "onclick" not in html
    assert max(map(len, text.splitlines())) <= 100


def test_a_passed_check_reads_the_same_each_time():
    results = [check("E1.2", convolve_by_loops) for _ in range(2)]
    assert repr(results[0]) == repr(results[1])
    assert results[0]._repr_html_() == results[1]._repr_html_()


@pytest.mark.parametrize(
    ("exercise_id", "function", "clue"),
    [
        ("E1.2", lambda x, w: x[len(x) + len(w)], "0 outside their samples"),
        ("E1.3", lambda x, w: np.ones(3) / np.ones(2), "shorter"),
        ("E1.4", lambda velocity, dt, sigma, max_length: 1 / 0, "at rest"),
    ],
)
def test_an_error_that_learners_often_meet_has_its_hint(exercise_id, function, clue):
    result = check(exercise_id, function, seed=1)
    assert result.status == "error"
    assert clue in result.hint
    assert clue in repr(result).replace("\n  ", " ")


def test_other_errors_show_no_such_hint():
    assert check("E1.2", lambda x, w: {}["key"], seed=1).hint == ""


def test_a_profiler_at_work_is_left_at_work():
    profiler = cProfile.Profile()
    profiler.enable()
    before = sys.getprofile()
    result = check("E1.2", convolve_by_loops, seed=1)
    after = sys.getprofile()
    profiler.disable()
    assert result.status == "passed"
    assert after is before


def test_strict_settings_of_the_session_do_not_stop_a_check():
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        result = check("E1.1", lambda ages: np.full(len(ages), 1e308), seed=1)
    assert result.status == "wrong"


def test_overwritten_names_are_put_back_before_the_output_is_read():
    def overwrites(x, w):
        s = convolve_by_loops(x, w)
        np.array = builtins.len = builtins.sum = None
        return s

    names = builtins.len, builtins.sum, np.array
    result = check("E1.2", overwrites, seed=1)
    assert (builtins.len, builtins.sum, np.array) == names
    assert result.status == "passed"


def test_an_error_that_never_finishes_its_message_meets_the_time_limit():
    class Endless(Exception):
        def __str__(self):
            while True:
                pass

    def raises(x, w):
        raise Endless

    result = check("E1.2", raises, seed=1, time_limit=0.3)
    assert (result.status, result.problem) == ("error", "time limit")


def test_a_check_within_a_check_accuses_nobody():
    def asks(x, w):
        check("E1.6", lambda u, v: np.ones(1), seed=1)
        return convolve_by_loops(x, w)

    assert check("E1.2", asks, seed=1, time_limit=100).status == "passed"


@pytest.mark.parametrize("value", [[1], 1.5, object()])
def test_seed_of_another_kind_is_refused(value):
    with pytest.raises(TypeError, match="seed must be a whole number, a string or None"):
        check("E1.2", convolve_by_loops, seed=value)


def test_seed_may_be_of_numpy():
    assert check("E1.2", convolve_by_loops, seed=np.int64(3)).status == "passed"


@pytest.mark.parametrize(
    "value",
    [0, -1, float("nan"), float("inf"), None, "5", 1e300, pytest.param(10**5000, id="huge")],
)
def test_time_limit_must_be_positive(value):
    with pytest.raises(ValueError, match="time_limit must be a positive number of seconds"):
        check("E1.2", convolve_by_loops, time_limit=value)


def test_figures_of_a_learner_do_not_pile_up():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    mine = pyplot.figure().number

    def plots(x, w):
        pyplot.figure()
        return convolve_by_loops(x, w)

    assert check("E1.2", plots, seed=1).status == "passed"
    assert pyplot.get_fignums() == [mine]
    pyplot.close(mine)


def test_folder_and_recursion_limit_are_put_back(tmp_path):
    def wanders(x, w):
        os.chdir(tmp_path)
        sys.setrecursionlimit(5000)
        return convolve_by_loops(x, w)

    before = os.getcwd(), sys.getrecursionlimit()
    assert check("E1.2", wanders, seed=1).status == "passed"
    assert (os.getcwd(), sys.getrecursionlimit()) == before


@pytest.mark.usefixtures("fresh_ladder")
def test_nothing_tried_unlocks_no_solution():
    check("E1.5", None)
    check("E1.0", ...)
    check("E1.0", convolve_by_loops)
    check("R1.1", cell(get("R1.1").stub_source, "my_centred_average"))
    assert records.events("attempt") == []
    for exercise_id in ("E1.5", "E1.0", "R1.1"):
        assert "not yet" in repr(solution(exercise_id))
    assert records.events("solution") == []


# What is recorded


@pytest.mark.usefixtures("fresh_ladder")
def test_an_attempt_is_recorded():
    check("E1.2", lambda x, w: np.zeros(len(x) + len(w) - 1))
    check("E1.6", lambda u, v: np.convolve(u, v))
    check("E1.6", lambda u, v: u[99])
    check("E1.6", cell(get("E1.6").stub_source, "my_single_kernel"))  # nothing to note
    first, second, third = records.events("attempt")
    assert len(first.data.pop("answer")) == 12  # a fingerprint, nothing of the code
    assert first.subject == "E1.2" and first.data == {
        "status": "wrong",
        "points": 1,
        "max_points": 3,
        "misconception": None,
        "problem": "",
        "variant": None,
    }
    assert (second.subject, second.data["status"]) == ("E1.6", "passed")
    assert second.data["points"] == second.data["max_points"] == get("E1.6").max_points
    assert (third.data["status"], third.data["problem"]) == ("error", "exception")
    check("E1.2", lambda x, w: convolve_by_loops(x, w[::-1]))
    assert records.events("attempt", "E1.2")[-1].data["misconception"] == "correlation"
    json.dumps([dict(event.data) for event in records.events()])


@pytest.mark.usefixtures("fresh_ladder")
def test_hints_and_solutions_are_recorded():
    for _ in range(4):
        hint("E1.2")
    assert [event.data["number"] for event in records.events("hint", "E1.2")] == [1, 2, 3, 3]
    solution("E1.2")
    assert records.events("solution") == []  # it was not shown
    solution("E1.2", anyway=True)
    check("E1.2", lambda x, w: x)
    solution("E1.2")
    assert [event.data["anyway"] for event in records.events("solution")] == [True, False]


@pytest.mark.usefixtures("fresh_ladder")
def test_an_attempt_of_an_earlier_session_unlocks_the_solution(monkeypatch):
    check("E1.2", lambda x, w: x)
    hint("E1.2")
    monkeypatch.setattr(exercises, "_LADDER", Ladder())  # as after a restart of the kernel
    assert "def my_convolution" in repr(solution("E1.2"))
    assert "hint 1 of 3" in repr(hint("E1.2"))


@pytest.mark.usefixtures("fresh_ladder")
def test_an_attempt_counts_in_its_session_though_nothing_can_be_recorded(monkeypatch):
    monkeypatch.setattr(records, "record", lambda *_, **__: None)
    check("E1.2", lambda x, w: x)
    assert records.events("attempt", "E1.2") == []
    assert "def my_convolution" in repr(solution("E1.2"))


# One exercise is one file


EXAMPLE = """
from dataclasses import replace

from cnncourse.exercises import get


def {name}(w):
    "Task."
    return w[::-1]


EXERCISE = replace(get("E0.1"), id="{id}", solution={name})
"""


def package_of(folder, modules):
    name = f"made_of_{folder.name}"
    package = folder / name
    package.mkdir()
    for module, source in {"__init__": "", **modules}.items():
        (package / f"{module}.py").write_text(source)
    return [str(package)], name


def test_exercises_are_found_by_the_names_of_their_files(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    modules = {"engine": "1 / 0", "e2_x": "1 / 0", "e2": "1 / 0", "re2_1": "1 / 0"}
    for name in ("e2_10", "e10_1", "r2_1", "e2_0", "e2_2"):
        id_ = name.replace("_", ".").upper()
        modules[name] = EXAMPLE.format(id=id_, name=f"my_{name}")
    found = find_exercises(*package_of(tmp_path, modules))
    assert list(found) == ["E2.0", "E2.2", "E2.10", "R2.1", "E10.1"]
    assert all(exercise.id == key for key, exercise in found.items())


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"e2_1": ""}, "e2_1 must define EXERCISE"),
        ({"e2_1": "EXERCISE = 3"}, "e2_1 must define EXERCISE, an Exercise; it is 3"),
        ({"e2_1": EXAMPLE.format(id="E2.2", name="my_a")}, "must hold exercise E2.1.*'E2.2'"),
        ({"e02_1": EXAMPLE.format(id="E2.1", name="my_a")}, "must hold exercise E02.1"),
        (
            {f"e2_{n}": EXAMPLE.format(id=f"E2.{n}", name="my_a") for n in (1, 2)},
            "E2.2 and E2.1 are both answered by `my_a`",
        ),
    ],
)
def test_a_file_that_is_no_exercise_is_named(modules, said, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=said):
        find_exercises(*package_of(tmp_path, modules))


def test_the_order_is_that_of_the_lessons():
    first = ["E0.1", "E1.0", "E1.1", "E1.2", "E1.3", "E1.4", "E1.5", "E1.6", "R1.1"]
    assert list(EXERCISES)[: len(first)] == first


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reference": None, "judge": None}, "needs a reference or a judge"),
        ({"given": lambda draw: {}, "broken": lambda w: w}, "not answered by a value"),
        ({"cases": None}, "needs cases"),
    ],
)
def test_an_exercise_that_cannot_be_is_refused(changes, said):
    with pytest.raises(ValueError, match=f"E0.1: .*{said}"):
        dataclasses.replace(get("E0.1"), **changes)


@pytest.mark.parametrize("seed", [True, 1.5, [1]])
def test_a_seed_is_a_number_or_a_text(seed):
    for exercise_id in ("E1.6", "E1.0"):
        with pytest.raises(TypeError, match="seed must be a whole number"):
            check(exercise_id, answer=max, seed=seed)
    with pytest.raises(TypeError, match="seed must be a whole number"):
        given("E1.0", seed)


def test_given_numbers_have_the_names_of_the_solutions_arguments():
    exercise = dataclasses.replace(get("E0.1"), given=lambda draw: {"v": 1}, cases=None)
    with pytest.raises(ValueError, match=r"E0.1: given \('v',\), but solution\('w',\)"):
        exercise.draw_cases(None)
