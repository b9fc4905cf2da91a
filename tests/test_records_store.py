"""The store: killed, torn, corrupted, locked, full or out of reach, it loses nothing it had."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnncourse.records import database, journal, recorder, store
from cnncourse.records.database import Database
from cnncourse.records.event import Event, as_json, encode, scan
from cnncourse.records.journal import Journal
from cnncourse.records.recorder import Recorder
from cnncourse.records.store import Store

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 3, 1, tzinfo=UTC)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor limits")


def made(count, prefix="e", filler=""):
    """Events of some variety; some are longer than a page of the database."""
    return [
        Event(
            START + timedelta(seconds=n), "hint", f"E1.{n}", {"text": filler + "x" * (n % 7 * 900)},
            "session", f"{prefix}{n}",
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine must not change what is found."""
    monkeypatch.setattr(recorder, "PATIENCE", 60.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cnncourse"


@pytest.fixture
def filled(folder):
    """A folder with forty events in both files."""
    Store(folder).sync(made(40))
    return folder


def names(found):
    return {event.id for event in found}


def fresh(folder):
    """What a program that starts now finds, and the store's words about it."""
    new = Store(folder)
    new.sync([])
    return new


def assert_both_files_hold(folder, expected):
    assert names(Journal(folder).read()[0]) == names(expected)
    assert names(Database(folder).read()) == names(expected)


ALL = made(40)


def test_both_files_hold_every_event(filled):
    assert_both_files_hold(filled, ALL)
    found = fresh(filled)
    assert list(found.known.values()) == ALL
    assert found.problem == ""
    assert not found.waiting


def test_nothing_is_written_twice(filled):
    before = (filled / journal.NAME).read_bytes()
    again = Store(filled)
    again.sync(ALL)
    again.sync(ALL)
    assert (filled / journal.NAME).read_bytes() == before
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (40,)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE events SET line = ''", "never changed"),
        ("DELETE FROM events", "never deleted"),
        ("DELETE FROM events WHERE number = 3", "never deleted"),
    ],
)
def test_the_database_refuses_changes(filled, statement, told):
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match=told):
            connection.execute(statement)
    assert names(Database(filled).read()) == names(ALL)


def test_the_database_ignores_a_second_event_of_the_same_name(filled):
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        for word in ("INSERT", "INSERT OR REPLACE"):
            connection.execute(f"{word} INTO events (id, line) VALUES ('e3', 'other')")
        connection.commit()
    assert Database(filled).read() == ALL


def test_the_database_can_be_read_with_sql(filled):
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        rows = connection.execute("SELECT at, kind, subject FROM readable").fetchall()
    assert rows[1] == ("2026-03-01T00:00:01+00:00", "hint", "E1.1")


# Killed at any moment


WRITER = """
import sys
from cnncourse.records.event import Event
from cnncourse.records.store import Store
from datetime import datetime, UTC
from pathlib import Path
store, mine = Store(Path(sys.argv[1])), []
for n in range(100000):
    mine.append(Event(datetime.now(UTC), "hint", str(n), {"x": "y" * (n % 50 * 40)}, sys.argv[2]))
    store.sync(mine)
    print(n, flush=True)  # from here on, this event must not be lost
"""


@posix
def test_killed_in_the_middle_of_a_write_nothing_recorded_is_lost(folder):
    chance = random.Random(3)
    promised = {}
    for run in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, f"run{run}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        child.stdout.readline()
        # A kill at no particular point of the work, since nothing synchronises the two.
        for _ in range(chance.randrange(1, 4000)):
            chance.random()
        for _ in range(chance.randrange(12)):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        rest = child.communicate()[0]
        assert child.returncode == -signal.SIGKILL
        found = fresh(folder)
        assert found.problem == ""
        subjects = [int(e.subject) for e in found.known.values() if e.session == f"run{run}"]
        promised[f"run{run}"] = len(subjects)
        assert subjects == list(range(len(subjects)))
        assert len(subjects) > int((rest.split() or ["0"])[-1])
    sessions = [event.session for event in found.known.values()]
    assert {run: sessions.count(run) for run in promised} == promised
    assert_both_files_hold(folder, found.known.values())


# Several at once


PARALLEL = """
import sys
from pathlib import Path
from cnncourse.records.recorder import Recorder
mine = Recorder(Path(sys.argv[1]))
sys.stdin.readline()
for n in range(60):
    mine.record("hint", sys.argv[2], {"number": n})
    if n % 7 == 0: mine.flush(30)
while not mine.flush(30) or mine._store.waiting: pass
"""


def test_four_programs_at_once_lose_nothing(folder):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PARALLEL, folder, str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for child in running:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in running:
        assert child.communicate(timeout=120)[1] == ""
        assert child.returncode == 0
    in_journal, damaged, _ = Journal(folder).read()
    assert damaged == b""
    for found in (in_journal, Database(folder).read()):
        pairs = {(event.subject, event.data["number"]) for event in found}
        assert pairs == {(str(a), n) for a in range(4) for n in range(60)}
    assert list(folder.glob("*damaged*")) == []


def test_a_lock_held_by_another_program_holds_up_the_database_only(filled, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.01)
    taken = Recorder(filled)
    with closing(sqlite3.connect(filled / database.NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        taken.record("hint", "while locked", {})
        assert taken.flush(30), "the journal has it"
        assert taken._store.waiting
        assert "database is locked" in taken.status().problem
        assert "the journal beside it has everything" in taken.status().problem
        assert len(taken.since_reset()) == 41
        other.execute("ROLLBACK")
    assert taken.flush(30)
    assert taken.status().problem == ""
    assert len(Database(filled).read()) == 41


def test_what_failed_is_tried_again_without_being_asked(filled, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.01)
    monkeypatch.setattr(recorder, "FIRST_DELAY", 0.01)
    taken = Recorder(filled)
    with closing(sqlite3.connect(filled / database.NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        taken.record("hint", "while locked", {})
        assert taken.flush(30)
        assert taken._store.waiting
        other.execute("ROLLBACK")
    for _ in range(3000):
        if not taken._store.waiting:
            break
        taken._thread.join(0.01)
    assert len(Database(filled).read()) == 41


# Either file alone


@pytest.mark.parametrize("name", [journal.NAME, database.NAME])
def test_either_file_rebuilds_the_other(filled, name):
    (filled / name).unlink()
    found = fresh(filled)
    assert names(found.known.values()) == names(ALL)
    assert_both_files_hold(filled, ALL)
    assert found.problem == ""


@pytest.mark.parametrize("name", [journal.NAME, database.NAME])
def test_a_file_that_disappears_while_the_notebook_runs_is_made_again(filled, name):
    taken = Recorder(filled)
    taken.record("hint", "first", {})
    assert taken.flush(30)
    (filled / name).unlink()
    taken.record("hint", "second", {})
    assert taken.flush(30)
    found = fresh(filled).known.values()
    assert [event.subject for event in found][-2:] == ["first", "second"]
    assert len(found) == 42


def test_lines_written_over_in_the_journal_come_back_from_the_database(filled, monkeypatch):
    """As may happen on Windows and on network disks, where a program finds the end by itself."""
    first, second = fresh(filled), fresh(filled)
    end = (filled / journal.NAME).stat().st_size
    first.sync(made(3, "first"))
    open_, write = journal._open, journal._write
    with monkeypatch.context() as patch:
        patch.setattr(
            journal, "_open", lambda path, flags, *mode: open_(path, flags & ~os.O_APPEND, *mode)
        )

        def at_the_former_end(handle, content):
            os.lseek(handle, end, os.SEEK_SET)
            return write(handle, content)

        patch.setattr(journal, "_write", at_the_former_end)
        second.sync(made(2, "second"))
    left = names(Journal(filled).read()[0])
    assert names(made(2, "second")) <= left
    assert not names(made(3, "first")) <= left, "some of them are lost here"
    everything = [*ALL, *made(3, "first"), *made(2, "second")]
    assert names(fresh(filled).known.values()) == names(everything)
    assert_both_files_hold(filled, everything)


def test_events_lost_from_the_database_come_back_from_the_journal(filled):
    """As when the disk forgets what it had promised to keep, or an old copy is put back."""
    old = (filled / database.NAME).read_bytes()
    Store(filled).sync(made(3, "later"))
    (filled / database.NAME).write_bytes(old)
    assert names(Database(filled).read()) == names(ALL)
    everything = [*ALL, *made(3, "later")]
    assert names(fresh(filled).known.values()) == names(everything)
    assert_both_files_hold(filled, everything)


def damaged_copies(content, count, seed):
    """Ways in which a disk or a person may spoil a file."""
    chance = random.Random(seed)
    for _ in range(count):
        spoilt = bytearray(content)
        start = chance.randrange(len(content))
        length = min(chance.choice([1, 2, 100, 4096, 20000]), len(content) - start)
        how = chance.choice(["cut", "zeros", "noise", "removed", "bits"])
        if how == "cut":
            del spoilt[start:]
        elif how == "zeros":
            spoilt[start : start + length] = bytes(length)
        elif how == "noise":
            spoilt[start : start + length] = chance.randbytes(length)
        elif how == "removed":
            del spoilt[start : start + length]
        else:
            for _ in range(5):
                spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        yield f"{how} at {start}, {length} bytes", bytes(spoilt)


@pytest.mark.parametrize("name", [journal.NAME, database.NAME])
def test_one_spoilt_file_costs_nothing(filled, name):
    sound = {n: (filled / n).read_bytes() for n in (journal.NAME, database.NAME)}
    moved = 0
    for how, spoilt in damaged_copies(sound[name], 60, seed=1):
        for old in filled.iterdir():
            old.unlink()
        for each, content in sound.items():
            (filled / each).write_bytes(spoilt if each == name else content)
        found = fresh(filled)
        assert names(found.known.values()) == names(ALL), how
        assert_both_files_hold(filled, ALL)
        aside = [path for path in filled.glob("*.damaged-*") if path.suffix == ".sqlite3"]
        if aside:
            moved += 1
            assert aside[0].stat().st_size == len(spoilt), "kept as it was"
            assert f"kept as {aside[0].name}" in found.problem
        else:
            assert found.problem == ""
        # And what comes afterwards is kept as well.
        found.sync([*made(1, "later")])
        assert "later0" in names(fresh(filled).known.values()), how
    assert (moved > 30) == (name == database.NAME)


def test_two_spoilt_files_keep_what_is_readable_in_either(filled):
    sound = {n: (filled / n).read_bytes() for n in (journal.NAME, database.NAME)}
    pairs = zip(
        damaged_copies(sound[journal.NAME], 40, seed=5),
        damaged_copies(sound[database.NAME], 40, seed=6),
        strict=True,
    )
    for (first, in_journal), (second, in_database) in pairs:
        for old in filled.iterdir():
            old.unlink()
        (filled / journal.NAME).write_bytes(in_journal)
        (filled / database.NAME).write_bytes(in_database)
        readable = names(scan(in_journal)[0]) | names(scan(in_database)[0])
        found = fresh(filled).known.values()
        assert readable <= names(found) <= names(ALL), (first, second)
        assert len(found) >= 10, (first, second)
        assert_both_files_hold(filled, found)
        assert fresh(filled).known.keys() == names(found)


def test_a_spoilt_database_is_put_right_while_the_notebook_runs(filled):
    taken = Recorder(filled)
    taken.record("hint", "first", {})
    assert taken.flush(30)
    (filled / database.NAME).write_bytes(b"no database at all" * 100)
    taken.record("hint", "second", {})
    assert taken.flush(30)
    assert not taken._store.waiting
    assert len(Database(filled).read()) == 42
    assert "was damaged" in taken.status().problem


def test_a_schema_that_is_no_text_is_damage(filled):
    content = (filled / database.NAME).read_bytes()
    start = content.index(b"CREATE VIEW readable AS SELECT") + len(b"CREATE VIEW readable AS ")
    (filled / database.NAME).write_bytes(content[:start] + b"\xff" + content[start + 1 :])
    with pytest.raises(database.Damaged):
        Database(filled).read()
    assert list(fresh(filled).known.values()) == ALL


def test_a_changed_event_inside_a_sound_database_is_noticed(filled):
    content = (filled / database.NAME).read_bytes()
    assert content.count(b'"subject":"E1.14"') == 1
    (filled / database.NAME).write_bytes(
        content.replace(b'"subject":"E1.14"', b'"subject":"E9.99"')
    )
    with pytest.raises(database.Damaged, match="an event in it was changed"):
        Database(filled).read()
    assert list(fresh(filled).known.values()) == ALL


def test_a_torn_last_line_harms_no_later_one(filled):
    with open(filled / journal.NAME, "ab") as file:
        file.write(encode(made(1, "torn")[0])[:100])
    new = fresh(filled)
    new.sync(made(1, "later"))
    found, rest, _ = Journal(filled).read()
    assert names(found) == names(ALL) | {"later0"}
    assert len(rest.strip()) == 100
    lines = (filled / journal.NAME).read_bytes().splitlines()
    assert lines[-1] == encode(made(1, "later")[0]), "on a line of its own"


def test_a_last_line_that_lacks_only_its_end_counts(filled):
    (filled / database.NAME).unlink()
    with open(filled / journal.NAME, "ab") as file:
        file.write(encode(made(1, "whole")[0]))
    assert "whole0" in names(fresh(filled).known.values())
    fresh(filled).sync(made(1, "later"))
    assert_both_files_hold(filled, [*ALL, *made(1, "whole"), *made(1, "later")])


def test_lines_are_found_in_any_surroundings():
    chance = random.Random(2)
    content = b"".join(chance.randbytes(chance.randrange(50)) + encode(event) for event in made(20))
    assert scan(content)[0] == made(20)


def test_a_line_in_the_data_of_another_is_not_taken_for_an_event():
    inner = made(1)[0]
    outer = Event(START, "note", "", {"x": as_json(inner), "y": encode(inner).decode()})
    assert scan(encode(outer)) == ([outer], b"")


# Out of reach


def test_a_file_in_the_place_of_the_folder(folder):
    folder.write_text("something of the learner's own")
    taken = Recorder(folder)
    taken.record("hint", "E1.2", {})
    assert not taken.flush(30)
    assert [event.subject for event in taken.since_reset()] == ["E1.2"]
    told = taken.status().problem
    assert told.startswith(f"Nothing can be written to {folder} (")
    assert told.endswith("kept in memory while the notebook runs, and tried again.")
    assert folder.read_text() == "something of the learner's own"
    folder.rename(folder.with_name("elsewhere"))
    assert taken.flush(30)
    assert taken.status().problem == ""
    assert [event.subject for event in fresh(folder).known.values()] == ["E1.2"]


@pytest.mark.parametrize("name", [journal.NAME, database.NAME])
def test_a_folder_in_the_place_of_one_file(filled, name):
    (filled / name).unlink()
    (filled / name).mkdir()
    taken = Recorder(filled)
    taken.record("hint", "new", {})
    assert taken.flush(30), "the other file has it"
    assert len(taken.since_reset()) == 41
    assert "cannot be written" in taken.status().problem
    (filled / name).rmdir()
    assert taken.flush(30)
    assert taken.status().problem == ""
    assert_both_files_hold(filled, taken.since_reset())


def test_a_disk_error_while_writing(filled, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    def no_room(*_):
        raise sqlite3.OperationalError("database or disk is full")

    taken = Recorder(filled)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_write", full)
        patch.setattr(Database, "add", no_room)
        taken.record("hint", "one", {})
        assert not taken.flush(30)
        assert "(No space left on device)" in taken.status().problem
        taken.record("hint", "two", {})
        assert not taken.flush(30)
    taken.record("hint", "three", {})
    assert taken.flush(30)
    assert taken.status().problem == ""
    found = list(fresh(filled).known.values())
    assert [event.subject for event in found[-3:]] == ["one", "two", "three"]


def test_a_write_that_comes_short_is_done_again(filled, monkeypatch):
    write = journal._write
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_write", lambda handle, content: write(handle, content[:-60]))
        half = Store(filled)
        half.sync(made(3, "late"))
        assert "bytes could be written" in half.problem
    half.sync(made(3, "late"))
    assert half.problem == ""
    assert_both_files_hold(filled, [*ALL, *made(3, "late")])


LIMITED = """
import resource, sys
from pathlib import Path
from cnncourse.records.recorder import Recorder
mine = Recorder(Path(sys.argv[1]))
mine.record("hint", "before", {})
assert mine.flush(30)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (30000, hard))
for n in range(60):
    mine.record("hint", str(n), {"x": "y" * 1500})
    mine.flush(30)
assert mine.status().problem.startswith("Nothing can be written"), mine.status()
assert len(mine.since_reset()) == 61
print(sys.argv[2])
if sys.argv[2] == "mended":
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert mine.flush(30) and mine.status().problem == "", mine.status()
"""


@posix
@pytest.mark.parametrize("end", ["mended", "not mended"])
def test_files_that_may_not_grow(folder, end):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, folder, end], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{end}\n", "")
    found = fresh(folder)
    subjects = [event.subject for event in found.known.values()]
    assert subjects == ["before", *map(str, range(len(subjects) - 1))]
    assert found.problem == ""
    assert len(subjects) == 61 if end == "mended" else 10 < len(subjects) < 61
    assert_both_files_hold(folder, found.known.values())


def test_without_a_write_ahead_log_another_way_is_taken(folder, monkeypatch):
    class NetworkDisk(sqlite3.Connection):
        """Refuses what needs memory shared between programs."""

        def execute(self, statement, *arguments):
            if "WAL" in statement:
                raise sqlite3.OperationalError("locking protocol")
            return super().execute(statement, *arguments)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=NetworkDisk, **k))
    for number in range(3):
        Store(folder).sync(made(number + 1))
    found = fresh(folder)
    assert found.problem == ""
    with closing(connect(folder / database.NAME)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert_both_files_hold(folder, made(3))


def test_a_database_of_a_newer_version_is_read_and_left_alone(filled):
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        connection.execute("PRAGMA user_version = 2")
    (filled / journal.NAME).unlink()
    before = (filled / database.NAME).read_bytes()
    taken = Recorder(filled)
    taken.record("hint", "new", {})
    assert taken.flush(30)
    assert len(taken.since_reset()) == 41
    assert "made by a newer version of the course" in taken.status().problem
    assert "it has format 2" in taken.status().problem
    assert (filled / database.NAME).read_bytes() == before
    assert len(Journal(filled).read()[0]) == 41


def test_an_update_of_the_course_in_the_middle_of_a_session_is_noticed(filled):
    taken = Recorder(filled)
    taken.record("hint", "old", {})
    assert taken.flush(30)
    with closing(sqlite3.connect(filled / database.NAME)) as connection:
        connection.execute("PRAGMA user_version = 2")
    taken.record("hint", "new", {})
    assert taken.flush(30)
    assert "made by a newer version" in taken.status().problem
    assert len(taken.since_reset()) == len(Journal(filled).read()[0]) == 42


def test_a_damaged_database_that_cannot_be_moved_yet(filled, monkeypatch):
    def held(_):
        raise PermissionError(13, "used by another process")  # as Windows says it

    (filled / database.NAME).write_bytes(b"spoilt" * 1000)
    taken = Recorder(filled)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "move_aside", held)
        taken.record("hint", "new", {})
        assert taken.flush(30), "the journal has it"
        assert "used by another process" in taken.status().problem
        assert len(taken.since_reset()) == 41
    assert taken.flush(30)
    assert not taken._store.waiting
    assert_both_files_hold(filled, taken.since_reset())


def test_a_journal_that_cannot_be_read_for_a_while(filled, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    early, late = Recorder(filled), Recorder(filled)
    assert len(early.since_reset()) == 40
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_open", refuse)
        for taken in (early, late):
            taken.record("hint", "new", {})
            assert taken.flush(30), "the database has it"
            assert len(taken.since_reset()) >= 41
            assert "(Permission denied)" in taken.status().problem
    assert early.flush(30)
    assert late.flush(30)
    for taken in (early, late):
        assert len(taken.since_reset()) == 42
        assert taken.status().problem == ""
    assert_both_files_hold(filled, late.since_reset())


def test_lines_of_a_newer_version_stay_in_the_journal(filled):
    newer = encode(ALL[0]).replace(b'"cnncourse":1', b'"cnncourse":2') + b"\n"
    with open(filled / journal.NAME, "ab") as file:
        file.write(newer)
    new = fresh(filled)
    new.sync(made(1, "later"))
    content = (filled / journal.NAME).read_bytes()
    assert newer in content
    assert names(scan(content)[0]) == names(ALL) | {"later0"}


def test_another_programs_database_is_moved_not_deleted(folder):
    folder.mkdir()
    with closing(sqlite3.connect(folder / database.NAME)) as connection:
        connection.execute("CREATE TABLE recipes (cake TEXT)")
        connection.execute("INSERT INTO recipes VALUES ('apple')")
        connection.commit()
    new = Store(folder)
    new.sync(made(2))
    assert_both_files_hold(folder, made(2))
    [aside] = folder.glob("events.damaged-*.sqlite3")
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT * FROM recipes").fetchall() == [("apple",)]


def test_two_programs_may_make_the_database_at_once(folder, monkeypatch):
    real, raced = database._has_tables, []

    def slow(connection):
        if not raced:  # another program makes the tables just after this one saw none
            raced.append(True)
            Database(folder).add(made(1))
            return False
        return real(connection)

    folder.mkdir()
    monkeypatch.setattr(database, "_has_tables", slow)
    Database(folder).add(made(2))
    assert names(Database(folder).read()) == {"e0", "e1"}


@posix
def test_the_files_are_the_learners_alone(filled):
    assert filled.stat().st_mode & 0o077 == 0
    assert (filled / journal.NAME).stat().st_mode & 0o077 == 0


def test_a_store_without_database_uses_the_journal(filled):
    child = Store(filled, with_database=False)
    child.sync(made(1, "child"))
    assert len(child.known) == 41
    assert not child.waiting
    assert len(Database(filled).read()) == 40
    assert len(fresh(filled).known) == 41
    assert len(Database(filled).read()) == 41


def test_reasons_are_words():
    assert store._reason(OSError("")) == "OSError"
    assert store._reason(OSError(28, "No space left on device")) == "No space left on device"
