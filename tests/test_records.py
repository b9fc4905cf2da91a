"""Recording from a notebook: at once, whatever the disk does."""

import builtins
import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import types
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from cnncourse import records
from cnncourse.records import clock, event, journal, recorder
from cnncourse.records.database import Database
from cnncourse.records.folder import recorder_for
from cnncourse.records.recorder import Recorder

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine must not change what is found."""
    monkeypatch.setattr(recorder, "PATIENCE", 60.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Daten für Åsa" / "cnncourse"


@pytest.fixture
def used(folder, monkeypatch):
    """The public functions, with a folder of the test's own."""
    monkeypatch.setenv("CNNCOURSE_DATA", str(folder))
    return folder


def subjects(events):
    return [event.subject for event in events]


def blocked_writer(monkeypatch):
    """Have the journal's writes wait; give the event that lets them go on, and one that tells."""
    let_go, reached, write = threading.Event(), threading.Event(), journal._write

    def blocked(handle, content):
        reached.set()
        let_go.wait(60)
        return write(handle, content)

    monkeypatch.setattr(journal, "_write", blocked)
    return let_go, reached


# What is recorded comes back


def test_events_come_back_in_order_and_by_kind_and_subject(used):
    records.record("attempt", "E1.2", status="wrong", points=1)
    records.record("hint", "E1.2", number=1)
    records.record("attempt", "E1.1", status="passed", points=2)
    assert subjects(records.events()) == ["E1.2", "E1.2", "E1.1"]
    assert [e.data["points"] for e in records.events("attempt")] == [1, 2]
    assert [e.kind for e in records.events(subject="E1.2")] == ["attempt", "hint"]
    [hint] = records.events("hint", "E1.2")
    assert hint.data == {"number": 1}
    assert hint.at.utcoffset() == datetime.timedelta(0)
    assert len(hint.id) == 32


def test_another_process_reads_them(used):
    records.record("attempt", "E1.2", points=1)
    assert records.flush(30)
    program = (
        "from cnncourse import records; [e] = records.events();"
        "print(e.id, e.at.isoformat(), e.session, e.data)"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    [mine] = records.events()
    assert told.stdout.strip() == f"{mine.id} {mine.at.isoformat()} {mine.session} {mine.data}"


def test_a_second_notebook_sees_what_the_first_one_did(folder):
    first, second = Recorder(folder), Recorder(folder)
    assert second.since_reset() == []
    for number in range(3):
        first.record("hint", "E1.2", {"number": number})
        assert first.flush(30)
        assert [e.data["number"] for e in second.since_reset()] == list(range(number + 1))


def test_a_program_that_ends_at_once_leaves_its_events(used):
    program = "from cnncourse import records\nfor n in range(50): records.record('hint', str(n))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    assert subjects(records.events()) == [str(number) for number in range(50)]


def test_the_folder_of_the_platform_is_used_without_a_setting(monkeypatch, tmp_path):
    monkeypatch.delenv("CNNCOURSE_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    program = "from cnncourse import records; print(records.status().folder)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert Path(done.stdout.strip()).name == "cnncourse"
    if sys.platform == "linux":
        assert Path(done.stdout.strip()) == tmp_path / "cnncourse"


@pytest.mark.parametrize("setting", ["", "~nobody-of-this-name/data"])
def test_without_any_folder_events_stay_in_memory_and_it_is_told(monkeypatch, setting):
    def homeless(*_, **__):
        raise RuntimeError("there is no home folder")

    monkeypatch.setattr(platformdirs, "user_data_path", homeless)
    taken = recorder_for(setting)
    taken.record("hint", "E1.2", {})
    assert subjects(taken.since_reset()) == ["E1.2"]
    assert taken.status().folder is None
    assert taken.status().problem.startswith("No folder for the records can be found")


def test_importing_touches_no_file_and_starts_no_thread(folder):
    program = (
        "import threading, cnncourse.progress, cnncourse.records; print(threading.active_count())"
    )
    environment = {**os.environ, "CNNCOURSE_DATA": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "1\n"
    assert not folder.exists()


def test_off_keeps_events_in_memory_only(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNCOURSE_DATA", " OFF")
    monkeypatch.chdir(tmp_path)
    threads = threading.active_count()
    records.record("hint", "E1.2", number=1)
    assert subjects(records.events()) == ["E1.2"]
    assert records.flush()
    assert records.status() == records.Status(None, "")
    assert threading.active_count() == threads
    assert list(tmp_path.iterdir()) == []


def test_times_of_one_session_grow_even_when_the_clock_is_set_back(monkeypatch):
    times = iter(datetime.datetime(2026, 1, 1, h, tzinfo=datetime.UTC) for h in (5, 4, 3))
    monkeypatch.setattr(recorder, "datetime", types.SimpleNamespace(now=lambda _: next(times)))
    taken = Recorder(None)
    for subject in "abc":
        taken.record("hint", subject, {})
    assert subjects(taken.since_reset()) == ["a", "b", "c"]


def test_a_reset_puts_away_what_was_recorded_and_nothing_later(folder):
    first, second = Recorder(folder), Recorder(folder)
    first.record("hint", "before", {})
    assert first.flush(30)
    second.reset()
    assert second.flush(30)
    assert first.since_reset() == []
    first.record("hint", "after", {})
    assert first.flush(30)
    assert subjects(second.since_reset()) == subjects(first.since_reset()) == ["after"]
    assert [e.kind for e in Recorder(folder).everything()] == ["hint", "reset", "hint"]


def test_a_reset_holds_after_the_clock_was_set_back(folder, monkeypatch):
    now = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    monkeypatch.setattr(recorder, "datetime", types.SimpleNamespace(now=lambda _: now))
    first, second = Recorder(folder), Recorder(folder)
    first.record("hint", "before", {})
    first.reset()
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert first.flush(30)
    second.record("hint", "after", {})
    assert second.flush(30)
    assert subjects(first.since_reset()) == ["after"]


@pytest.mark.parametrize("until", [None, 3, {"session": "no time"}, {"session": 7}])
def test_a_reset_without_a_word_of_its_own_counts_by_time(until):
    taken = Recorder(None)
    taken.record("hint", "before", {})
    taken.record("reset", "", {} if until is None else {"until": until})
    taken.record("hint", "after", {})
    assert subjects(taken.since_reset()) == ["after"]


# What is recorded


class Nasty:
    def __repr__(self):
        raise RuntimeError("no words for it")

    def __eq__(self, other):
        raise RuntimeError("not to be compared")

    __hash__ = None


def circle():
    found = []
    found += [found, found]
    return found


AWKWARD = {
    "NaN": (float("nan"), "nan"),
    "infinity": (-np.inf, "-inf"),
    "NumPy's number": (np.float32(0.5), 0.5),
    "NumPy's truth": (np.bool_(True), True),
    "NumPy's whole number": (np.int64(-3), -3),
    "an array": (np.array([[1.0, np.nan]]), [[1.0, "nan"]]),
    "an array of objects": (np.array([None, (1, 2)], dtype=object), [None, [1, 2]]),
    "a large array": (np.zeros((200, 200)), "an array of shape (200, 200)"),
    "a long list": ([0] * 10_001, "a list of 10001 items"),
    "a complex number": (1j, "1j"),
    "an ellipsis": (..., "Ellipsis"),
    "a path": (Path("a"), repr(Path("a"))),
    "a set": ({2, 1}, [1, 2]),
    "keys": ({1: 2, None: 3}, {"1": 2, "None": 3}),
    "half a character": ("\ud83d", "\\ud83d"),
    "a very long number": (10**5000, hex(10**5000)),
    "something without a repr": (Nasty(), "<Nasty>"),
    "a circle": (circle(), ["...", "..."]),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_what_json_cannot_hold_is_converted_or_described(folder, name):
    value, expected = AWKWARD[name]
    first = Recorder(folder)
    first.record("prediction", "P1.2", {"answer": value})
    assert first.flush(30)
    [event] = first.since_reset()
    [read] = Recorder(folder).since_reset()
    assert event.data == read.data == {"answer": expected}
    assert event == read


def test_awkward_kinds_and_subjects_are_taken_as_text(used):
    records.record(Nasty(), "\ud83d\n\x00")
    [event] = records.events()
    assert (event.kind, event.subject) == ("<Nasty>", "\\ud83d\n\x00")
    assert records.flush(30)
    assert Recorder(used).since_reset() == [event]


def test_later_changes_of_a_list_do_not_reach_the_record():
    taken, answer = Recorder(None), [1, [2]]
    taken.record("prediction", "P1.2", {"answer": answer})
    answer[1].append(3)
    assert taken.since_reset()[0].data == {"answer": [1, [2]]}


# The notebook is not held up


def test_record_does_not_wait_for_the_disk(folder, monkeypatch):
    let_go, reached = blocked_writer(monkeypatch)
    taken = Recorder(folder)
    taken.record("hint", "first", {})
    assert reached.wait(60)
    for number in range(100):
        taken.record("hint", str(number), {})  # the writer is blocked: this must come back
    assert not let_go.is_set()
    assert not taken.flush(0.0)
    monkeypatch.setattr(recorder, "PATIENCE", 0.0)
    assert len(taken.since_reset()) == 101  # known before the disk knows them
    assert "does not answer" in taken.status().problem
    monkeypatch.setattr(recorder, "LONG_PATIENCE", 0.0)
    with pytest.raises(TimeoutError, match="does not answer"):
        taken.everything()
    with pytest.raises(TimeoutError):
        taken.reset()
    let_go.set()
    monkeypatch.setattr(recorder, "PATIENCE", 60.0)
    assert taken.flush(60)
    assert len(Recorder(folder).since_reset()) == 101
    assert taken.status().problem == ""


def test_what_is_not_read_yet_is_told(folder, monkeypatch):
    earlier = Recorder(folder)
    earlier.record("hint", "earlier", {})
    assert earlier.flush(60)
    let_go, read = threading.Event(), Database.read
    monkeypatch.setattr(Database, "read", lambda self: let_go.wait(60) and read(self))
    taken = Recorder(folder)
    assert taken.status() == records.Status(folder), "nobody has asked yet"
    taken.record("hint", "now", {})
    monkeypatch.setattr(recorder, "PATIENCE", 0.0)
    assert subjects(taken.since_reset()) == ["now"]
    told = taken.status()
    assert told.reading
    assert told.problem == (
        f"The record in {folder} is still being read, so what you did earlier may be missing: "
        "run this again."
    )
    let_go.set()
    assert taken.status(patience=60.0) == records.Status(folder)
    assert subjects(taken.since_reset()) == ["earlier", "now"]


def test_record_and_events_never_raise(used, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(Recorder, "record", broken)
    monkeypatch.setattr(Recorder, "since_reset", broken)
    monkeypatch.setattr(records, "_FAULT", [])
    records.record("hint", "E1.2")
    assert "could not be recorded (RuntimeError: broken)" in records.status().problem
    assert records.events() == []
    assert "could not be read" in records.status().problem
    monkeypatch.setattr(Recorder, "flush", broken)
    monkeypatch.setattr(Recorder, "status", broken)
    assert records.flush() is False
    assert "cannot be found" in records.status().problem


def test_an_unforeseen_fault_neither_ends_the_thread_nor_loses_events(folder, monkeypatch):
    taken = Recorder(folder)
    with monkeypatch.context() as patch:
        patch.setattr(taken._store, "sync", lambda _: 1 / 0)
        taken.record("hint", "E1.2", {})
        assert taken._ask(30)
        assert "ZeroDivisionError" in taken.status().problem
        assert subjects(taken.since_reset()) == ["E1.2"]
    assert taken.flush(30)
    assert taken.status().problem == ""
    assert subjects(Recorder(folder).since_reset()) == ["E1.2"]


def test_a_thread_that_died_is_started_again(folder, monkeypatch):
    taken = Recorder(folder)
    with monkeypatch.context() as patch:
        patch.setattr(taken, "_keep_working", lambda: None)
        taken.record("hint", "first", {})
        taken._thread.join(30)
        assert not taken._thread.is_alive()
    taken.record("hint", "second", {})
    assert taken.flush(30)
    assert subjects(Recorder(folder).since_reset()) == ["first", "second"]


def test_without_new_threads_the_event_is_written_at_once(folder, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    Recorder(folder).record("hint", "last words", {})
    assert "last words" in (folder / journal.NAME).read_text()


def test_functions_that_a_learner_replaced_do_no_harm(used):
    program = """
import builtins, os, time, json, cnncourse.records as r
r.record("hint", "before"); r.events()
def nonsense(*_, **__): raise ValueError("replaced")
time.time = time.monotonic = os.write = os.open = os.fsync = nonsense
for _ in range(2): r.record("hint", "during")
print(r.flush(30), r.status().problem)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True \n"
    assert done.stderr == ""
    assert subjects(records.events()) == ["before", "during", "during"]


def test_a_line_is_whole_though_a_learner_replaced_len(monkeypatch):
    taken = event.make(datetime.datetime.now(datetime.UTC), "hint", "E1.2", {"number": 1}, "me")
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "len", lambda _: 3)
        line = event.encode(taken)
    assert event.scan(line) == ([taken], b"")


INTERRUPTED = """
import signal, sys
from pathlib import Path
from cnncourse.records.recorder import Recorder
mine, n = Recorder(Path(sys.argv[1])), 0
for stop in range(60):
    try:
        print("going", flush=True)
        while True:
            mine.record("hint", str(n), {})
            n += 1
            if n % 10 == 0: mine.since_reset()
    except KeyboardInterrupt:
        pass
mine.record("hint", "last", {})
print(mine.flush(30), repr(mine.status().problem), n, len(mine.since_reset()))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
def test_interrupting_the_kernel_leaves_nothing_locked(folder):
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    for line in child.stdout:
        if line != "going\n":
            break
        for _ in range(len(line) * 200):
            pass  # somewhere in the middle: the child does nothing but record and read
        child.send_signal(signal.SIGINT)
    written, problem, counted, known = line.rsplit(maxsplit=3)
    assert child.wait(60) == 0
    child.stdout.close()
    assert (written, problem) == ("True", "''")
    # An event may have been taken in the very moment that came before its count.
    assert int(counted) < int(known) <= int(counted) + 61
    assert len(Recorder(folder).since_reset()) == int(known)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_records_too_and_leaves_the_parents_events_alone(used):
    program = """
import os, cnncourse.records as r
for n in range(20): r.record("hint", "parent")
child = os.fork()
if child == 0:
    r.record("hint", "child")
    print(r.flush(30), len(r.events("hint", "child")), r.status().problem, flush=True)
    os._exit(0)
print(os.waitpid(child, 0)[1])
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "True 1 \n0\n", done.stderr
    found = records.events()
    assert sorted(subjects(found)) == ["child"] + 20 * ["parent"]
    assert len({event.session for event in found}) == 2
    lines = (used / journal.NAME).read_text().splitlines()
    assert len(lines) == 21


# Minutes


class Shell:
    """As much of IPython's shell as the clock uses."""

    def __init__(self):
        self.callbacks = []
        self.events = types.SimpleNamespace(register=self.register)

    def register(self, name, callback):
        assert name == "post_run_cell"
        self.callbacks.append(callback)


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    return shell


def test_the_clock_notes_the_lesson_once_a_minute(shell, monkeypatch):
    now, notes = 100.0, []
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/01_spaceship_smoothing.ipynb")
    kept = clock.Clock(notes.append)
    kept.start()
    kept.start()
    [after_cell] = shell.callbacks
    for second in (100.0, 130.0, 159.9, 160.0, 161.0):
        now = second
        after_cell("result of a cell")
    assert notes == ["01", "01"]
    now = 1000.0
    monkeypatch.setenv("JPY_SESSION_NAME", r"C:\mine\Untitled1.ipynb")
    after_cell()
    assert notes == ["01", "01", ""]


@pytest.mark.parametrize(
    ("name", "lesson"),
    [
        (r"C:\course\notebooks\01_spaceship_smoothing.ipynb", "01"),
        ("/home/ada/02_mine/12_a.ipynb", "12"),
        ("01_spaceship_smoothing-Copy1.ipynb", "01"),
        ("notebooks/my_02_notes.ipynb", ""),
        ("02_old/notes.ipynb", ""),
        ("", ""),
    ],
)
def test_the_lesson_is_read_from_the_name_of_the_notebook(name, lesson):
    assert clock.lesson_in(name) == lesson


def test_the_clock_never_raises_or_prints(shell, capsys):
    kept = clock.Clock(lambda lesson: 1 / 0)
    kept.start()
    shell.callbacks[0]()
    assert capsys.readouterr() == ("", "")


def test_a_strange_shell_does_no_harm(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace())
    records.record("hint", "E1.2", number=1)
    assert records.events("hint", "E1.2")[-1].data == {"number": 1}


def test_in_a_real_shell_only_time_and_lesson_are_noted(used):
    program = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
def counted(): return len(shell.events.callbacks["post_run_cell"])
before = counted()
shell.run_cell("import cnncourse.records as r, cnncourse.progress; secret = 'my code'")
print(counted() - before, end=" ")
shell.run_cell("found = r.events()")
shell.run_cell("r.status(); found = r.events(); x = 2")
print(counted() - before)
"""
    environment = {**os.environ, "JPY_SESSION_NAME": "/home/me/notebooks/01_a.ipynb"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("0 1\n", ""), "from the first use on, not from import"
    [event] = records.events()
    assert (event.kind, event.subject, event.data) == ("active", "01", {})
    [line] = (used / journal.NAME).read_text().splitlines()
    assert set(json.loads(line)["event"]) == {"id", "at", "session", "kind", "subject", "data"}
