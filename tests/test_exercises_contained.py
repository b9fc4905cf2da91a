"""What a learner's function does to the process around it is undone, and the check goes on."""

import builtins
import decimal
import gc
import math
import os
import signal
import sys
import threading
import time

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from cnncourse.exercises import check, explain, get
from cnncourse.exercises.comparing import close, same, size_of_terms
from cnncourse.exercises.containing import contained
from cnncourse.exercises.evidence import draw_trial


def right(u, v):
    return np.convolve(u, v)


def outputs_of_kernel(*sources):
    """Run cells in a kernel of their own, and give what each shows."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=300).execute()
    return [
        "".join(o.get("text", "") or o["data"]["text/plain"] for o in cell.outputs)
        for cell in cells
    ]


# Leaving the program


def test_leaving_the_program_does_not_end_the_kernel():
    start = (
        "import time\n"
        "from cnncourse.exercises import check, explain\n"
        "def my_single_kernel(u, v):\n    {}()\n"
    )
    exits = [start.format(name) for name in ("exit", "quit", "get_ipython().ask_exit")]
    asks = 'check("E1.6", my_single_kernel)', 'explain("E1.6", my_single_kernel, 0)'
    # IPython's way out takes a tenth of a second.
    alive = 'time.sleep(1); print("alive", get_ipython().exit_now)'
    shown = outputs_of_kernel(*(part for one in exits for part in (one, *asks, alive)))
    for i in range(0, len(shown), 4):
        assert "`my_single_kernel` ends the whole program in line 4" in shown[i + 1]
        assert "`my_single_kernel` ends the whole program" in shown[i + 2].replace("\n  ", " ")
        assert shown[i + 3] == "alive False\n"


def test_pythons_own_exit_leaves_the_keyboard_open():
    def leaves(u, v):
        (exit if len(u) > 1 else quit)(3)

    import site

    site.setquit()  # a test runner, or IPython, may have taken them out
    before = builtins.exit, builtins.quit
    result = check("E1.6", leaves)
    assert (result.status, result.problem) == ("error", "exit")
    assert "ends the whole program" in result.message
    assert (builtins.exit, builtins.quit) == before and not sys.stdin.closed


# The working folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder that may be removed: some systems do not allow that."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


needs_removing = pytest.mark.skipif(sys.platform == "win32", reason="a folder in use stays there")


@needs_removing
def test_a_check_needs_no_working_folder(folder):
    folder.rmdir()
    depth = sys.getrecursionlimit()

    def recurses_far(u, v):
        sys.setrecursionlimit(5000)
        return right(u, v)

    assert check("E1.6", recurses_far).status == "passed"
    assert sys.getrecursionlimit() == depth
    assert explain("E1.6", recurses_far, 0).status == "same"


@needs_removing
def test_a_folder_removed_by_the_function_keeps_nothing_else_from_being_put_back(folder):
    depth, state = sys.getrecursionlimit(), np.random.get_state()[1].tolist()  # noqa: NPY002

    def removes(u, v):
        if folder.exists():
            os.chdir("..")
            folder.rmdir()
        sys.setrecursionlimit(5000)
        np.random.seed(1)  # noqa: NPY002
        return right(u, v)

    assert check("E1.6", removes).status == "passed"
    assert sys.getrecursionlimit() == depth
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


# Settings of Python and of NumPy


def on_signal(*_):
    """Do nothing."""


def tracer(*_):
    return None


def test_settings_of_python_are_put_back():
    context = decimal.getcontext()
    decimals = repr(context)
    handler = signal.getsignal(signal.SIGTERM)
    traced = sys.gettrace(), threading.gettrace(), threading.getprofile(), sys.getprofile()
    collecting = gc.isenabled()

    def meddles(u, v):
        decimal.setcontext(decimal.Context(prec=3))
        context.prec, context.traps[decimal.Inexact] = 2, True
        signal.signal(signal.SIGTERM, on_signal)
        (gc.disable if collecting else gc.enable)()
        threading.settrace(tracer)
        threading.setprofile(tracer)
        sys.setprofile(tracer)
        sys.settrace(tracer)
        return right(u, v)

    assert check("E1.6", meddles).status == "passed"
    assert decimal.getcontext() is context and repr(context) == decimals
    assert signal.getsignal(signal.SIGTERM) is handler
    now = sys.gettrace(), threading.gettrace(), threading.getprofile(), sys.getprofile()
    assert now == traced and gc.isenabled() is collecting


def test_a_check_in_another_thread_leaves_the_signals_alone():
    results = []
    thread = threading.Thread(target=lambda: results.append(check("E1.6", right)))
    thread.start()
    thread.join()
    assert results[0].status == "passed"


def test_names_of_modules_are_put_back():
    owners = {
        "sqrt": math, "norm": np.linalg, "fft": np.fft, "seed": np.random, "sum": builtins,
    }  # fmt: skip
    before = {name: getattr(owner, name) for name, owner in owners.items()}
    modules = np.fft, np.linalg, np.random

    def overwrites(u, v):
        answer = right(u, v)
        for name, owner in owners.items():
            setattr(owner, name, None)
        np.fft = np.linalg = np.random = None
        return answer

    assert check("E1.6", overwrites).status == "passed"
    assert (np.fft, np.linalg, np.random) == modules
    assert {name: getattr(owner, name) for name, owner in owners.items()} == before


def test_containing_may_be_nested():
    with contained():
        with contained():
            pass
        with pytest.raises(SystemExit):
            getattr(builtins, "exit", sys.exit)()


# Slow, not endless


def test_a_slow_function_is_told_from_an_endless_one():
    def slow(u, v):
        time.sleep(0.2)
        return right(u, v)

    result = check("E1.6", slow, time_limit=0.9)
    assert (result.status, result.problem) == ("error", "time limit")
    needed = 2 * len(draw_trial(get("E1.6"), 1).cases)
    assert "Each call takes about 0.2" in result.message
    assert f" of {needed} calls w" in result.message and "limit of 0.9 s" in result.message
    assert "never ends" not in result.message


def test_an_endless_loop_for_some_inputs_is_no_slowness():
    def stuck(u, v):
        while len(u) > 4:
            pass
        return right(u, v)

    result = check("E1.6", stuck, time_limit=0.5)
    assert "a loop that never ends?" in result.message and "while len(u) > 4" in result.message


# Sums whose terms cancel


def single(*arrays):
    return [np.asarray(array, dtype=np.float32) for array in arrays]


def of_torch(x, w):
    torch = pytest.importorskip("torch")
    x, w = single(x, w)
    signal, kernel = torch.tensor(x)[None, None], torch.tensor(w[::-1].copy())[None, None]
    return torch.nn.functional.conv1d(signal, kernel, padding=len(w) - 1)[0, 0].numpy()


def of_numpy(x, w):
    return np.convolve(*single(x, w))


def smoothed(convolve):
    return lambda x, w: convolve(x, w)[: len(x)] / convolve(np.ones(len(x)), w)[: len(x)]


@pytest.mark.parametrize("convolve", [of_numpy, of_torch])
def test_answers_in_single_precision_are_right(convolve):
    answers = {"E1.2": convolve, "E1.6": convolve, "E1.3": smoothed(convolve)}
    for exercise_id, answer in answers.items():
        for seed in range(40):
            trial = draw_trial(get(exercise_id), seed)
            for i, case in enumerate(trial.cases):
                output = np.array(answer(*case.args), dtype=float)
                assert trial.complaint(i, output) == "", (exercise_id, seed, case)
                assert all(part.holds(case, output) for part in get(exercise_id).parts)


def test_the_scale_is_that_of_the_terms():
    x, w = np.array([3.0, -1.0, 2.0]), np.array([0.5, -0.5])
    assert size_of_terms(np.convolve, x, w) == 2.0
    assert close([1e-6], [0.0], scale=2.0) and not close([1e-4], [0.0], scale=2.0)
    assert same([1e-6], [0.0], scale=2.0) and same([1e-6, np.nan], [0.0, np.nan], scale=2.0)
    assert not same([1e-4], [0.0], scale=2.0) and not same([1e-4, 0], [0.0, 0], scale=2.0)
