"""The command line: what it prints, writes and refuses, and the code it leaves the shell."""

import io
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cnncourse import cli, records
from cnncourse.progress import export
from cnncourse.records import recorder
from cnncourse.records.recorder import Recorder

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine must not change what is found."""
    monkeypatch.setattr(recorder, "PATIENCE", 60.0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("CNNCOURSE_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def used(folder):
    records.record("attempt", "E1.1", status="passed", points=3, max_points=3)
    records.record("hint", "E1.2", number=1)
    assert records.flush(30)
    return folder


class Terminal(io.StringIO):
    def isatty(self):
        return True


def usage_error(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    return capsys.readouterr().err


# progress


def test_progress_prints_the_summary(used, capsys):
    assert cli.main(["progress"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Progress: 3 of ")
    assert f"Kept in {used}" in told


def test_progress_of_nothing(folder, capsys):
    assert cli.main(["progress"]) == 0
    assert capsys.readouterr().out.startswith("Nothing is recorded yet.")


def test_where(folder, capsys):
    assert cli.main(["progress", "--where"]) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert not folder.exists()


def test_where_without_any_folder(monkeypatch, capsys):
    monkeypatch.setattr(records, "status", lambda: records.Status(None, "No folder was found."))
    assert cli.main(["progress", "--where"]) == 1
    assert capsys.readouterr() == ("", "cnncourse: No folder was found.\n")


# --export


def test_export_writes_all_events(used, tmp_path, capsys):
    records.reset()
    records.record("hint", "E1.3", number=2)
    assert cli.main(["progress", "--export", "mine.json"]) == 0
    assert capsys.readouterr().out == "4 records written to mine.json.\n"
    found = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert (found["format"], found["version"]) == ("cnncourse progress", 1)
    assert (found["points"], found["minutes"]) == (0, 0)
    assert found["max_points"] > 10
    kinds = [(event["kind"], event["subject"], event["before_reset"]) for event in found["events"]]
    assert kinds == [
        ("attempt", "E1.1", True),
        ("hint", "E1.2", True),
        ("reset", "", True),
        ("hint", "E1.3", False),
    ]
    assert found["events"][0]["data"] == {"status": "passed", "points": 3, "max_points": 3}
    assert set(found["events"][0]) == {
        "id", "at", "session", "kind", "subject", "data", "before_reset",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_export_to_the_next_program(used, capsys):
    assert cli.main(["progress", "--export", "-"]) == 0
    told, complaints = capsys.readouterr()
    assert len(json.loads(told)["events"]) == 2
    assert complaints == ""


def test_export_of_nothing_is_an_empty_list(folder, capsys):
    assert cli.main(["progress", "--export", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == []


def test_export_never_overwrites(used, tmp_path, capsys):
    (tmp_path / "mine.json").write_text("my own notes")
    assert cli.main(["progress", "--export", "mine.json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "cnncourse: mine.json exists already and is left as it is: please name another.\n"
    )
    assert (tmp_path / "mine.json").read_text() == "my own notes"


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_export_does_not_follow_a_link_to_nowhere(used, tmp_path):
    (tmp_path / "mine.json").symlink_to(tmp_path / "elsewhere")
    assert cli.main(["progress", "--export", "mine.json"]) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_export_into_a_missing_folder_is_told(used, tmp_path, capsys):
    assert cli.main(["progress", "--export", "no/such/mine.json"]) == 1
    assert "No such file or directory" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_a_file_that_comes_in_between_is_not_overwritten(tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    link = os.link

    def late(draft, target):
        path.write_text("somebody else's")
        link(draft, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(FileExistsError):
        export.write_new(path, "ours")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["somebody else's"]


def test_a_disk_without_second_names_will_do(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no second names here")

    monkeypatch.setattr(os, "link", refuse)
    export.write_new(tmp_path / "mine.json", "ours")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["ours"]


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        export.write_new(tmp_path / "mine.json", "ours")
    assert list(tmp_path.iterdir()) == []


def test_a_problem_of_the_store_is_told_beside_the_export(used):
    (used / "events.sqlite3").write_bytes(b"spoilt" * 1000)
    done = subprocess.run(
        [sys.executable, "-m", "cnncourse", "progress", "--export", "-"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["events"]) == 2
    assert done.stderr.startswith("cnncourse: The database in ")


# --reset


def copies(folder):
    return sorted(folder.glob("progress-*.json"))


def test_reset_asks_keeps_a_copy_and_begins_anew(used, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    notebook = Recorder(used)  # runs all the while
    assert len(notebook.since_reset()) == 2
    assert cli.main(["progress", "--reset"]) == 0
    told = capsys.readouterr().out
    [copy] = copies(used)
    assert "points, hints, predictions and minutes count from zero" in told
    assert f"A copy of all 2 records will be kept in {copy}." in told
    assert told.endswith("Go on? [y/N] Done.\n")
    assert len(json.loads(copy.read_text(encoding="utf-8"))["events"]) == 2
    assert records.events() == notebook.since_reset() == []
    notebook.record("hint", "E1.4", {"number": 1})
    assert notebook.flush(30)
    assert [event.subject for event in records.events()] == ["E1.4"]
    assert len(Recorder(used).everything()) == 4


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yes please\n"])
def test_reset_takes_only_a_yes_for_one(used, capsys, monkeypatch, answer):
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert cli.main(["progress", "--reset"]) == 1
    assert capsys.readouterr().out.endswith("Nothing was changed.\n")
    assert len(records.events()) == 2
    assert copies(used) == []


def test_reset_without_a_terminal_refuses(used, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert cli.main(["progress", "--reset"]) == 1
    assert "no terminal to ask on: add --yes if you mean it" in capsys.readouterr().err
    assert len(records.events()) == 2


def test_reset_with_yes_does_not_ask(used, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main(["progress", "--reset", "--yes"]) == 0
    assert records.events() == []
    records.record("hint", "E1.2", number=1)
    assert cli.main(["progress", "--reset", "--yes"]) == 0
    assert len(copies(used)) == 2
    assert [len(json.loads(c.read_text())["events"]) for c in copies(used)] == [2, 4]


def test_reset_without_a_copy_does_nothing(used, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_new", full)
    assert cli.main(["progress", "--reset", "--yes"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert len(records.events()) == 2


def test_reset_that_cannot_be_recorded_is_told(used, capsys, monkeypatch):
    monkeypatch.setattr(records, "flush", lambda timeout: False)
    assert cli.main(["progress", "--reset", "--yes"]) == 1
    assert "the reset could not be recorded" in capsys.readouterr().err


def test_reset_of_nothing(folder, capsys):
    assert cli.main(["progress", "--reset", "--yes"]) == 0
    assert capsys.readouterr().out == "There is nothing to reset.\n"


def test_reset_of_memory_is_refused(capsys):
    assert cli.main(["progress", "--reset", "--yes"]) == 1
    assert "kept in memory only" in capsys.readouterr().err


# exercises


@pytest.mark.parametrize(
    ("faults", "code"), [([], 0), (["E1.2: flip is taken for shift"], 1)], ids=["sound", "faulty"]
)
@pytest.mark.parametrize("check", [True, False])
def test_exercises_prints_the_table_and_the_faults(capsys, monkeypatch, faults, code, check):
    from cnncourse.exercises import catalogue

    monkeypatch.setattr(catalogue, "table", lambda: "| the table |")
    monkeypatch.setattr(catalogue, "faults", lambda: faults)
    assert cli.main(["exercises", *["--check"] * check]) == code
    told, complaints = capsys.readouterr()
    assert told == ("" if check else "| the table |\n")
    assert complaints == "".join(f"{fault}\n" for fault in faults)


def test_the_table_is_the_same_file_whatever_the_systems_encoding(tmp_path):
    from cnncourse.exercises.catalogue import table

    program = (
        "import sys; sys.stdout.reconfigure(newline='\\r\\n')\n"  # as on Windows
        "from cnncourse import cli; from cnncourse.exercises import catalogue\n"
        "catalogue.faults = lambda: []\n"  # they take a while
        "sys.exit(cli.main(['exercises']))"
    )
    with open(tmp_path / "exercises.md", "wb") as file:
        environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=file, check=True
        )
    text = table() + "\n"
    assert not text.isascii()
    assert (tmp_path / "exercises.md").read_bytes() == text.encode("utf-8")


# Arguments


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["lab"],
        ["progress", "--exp", "x"],
        ["progress", "--export"],
        ["progress", "--yes"],
        ["progress", "--reset", "--export", "x"],
        ["progress", "extra"],
        ["exercises", "--yes"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_a_usage_error(folder, capsys, arguments):
    assert "usage: cnncourse" in usage_error(capsys, *arguments)
    assert not folder.exists()


def test_ctrl_c_is_no_traceback(used, capsys, monkeypatch):
    class Interrupted(Terminal):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert cli.main(["progress", "--reset"]) == 1
    assert capsys.readouterr().err == "\ncnncourse: stopped\n"
    assert len(records.events()) == 2


def test_the_module_and_the_script_are_the_same_program(used):
    done = subprocess.run(
        [sys.executable, "-m", "cnncourse", "progress"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("Progress: 3 of ")
    assert done.stderr == ""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["cnncourse"].partition(":")
    assert (module, getattr(cli, function)) == ("cnncourse.cli", cli.main)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_reader_that_went_away_gets_no_traceback(used):
    running = subprocess.Popen(
        [sys.executable, "-m", "cnncourse", "progress", "--export", "-"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(60) == 1


def test_a_console_without_the_signs_gets_question_marks(used):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "cnncourse", "progress"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("ascii").startswith("Progress: 3 of ")
