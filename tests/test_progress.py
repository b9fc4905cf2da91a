"""The summary of what a learner did: numbers from events, and the words for them."""

import dataclasses
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from cnncourse import records
from cnncourse.inventory import concept_test
from cnncourse.predictions import show_calibration
from cnncourse.predictions.calibrating import judged
from cnncourse.progress import read_course, show_progress, summarise
from cnncourse.progress.card import ProgressCard
from cnncourse.progress.minutes import minutes_of
from cnncourse.progress.model import Course, Task
from cnncourse.progress.syllabus import LESSONS
from cnncourse.records import Event, Status, recorder
from cnncourse.records.database import Database
from cnncourse.records.recorder import Recorder

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
COURSE = Course(
    tasks=(
        Task("E0.1", "Read backwards", 1),
        Task("E1.1", "Centre of mass", 2),
        Task("E1.2", "Convolution as a loop", 3, ideas={"flip": "The kernel was not flipped."}),
    ),
    predictions=("P0.1", "P1.1", "P1.2", "P1.3"),
    items=("C1", "C2"),
)
SOMEWHERE = Status(Path("somewhere"))


class Life:
    """What a learner does, one minute after the other."""

    def __init__(self):
        self.events = []

    def does(self, kind, subject, after=1.0, **data):
        at = (self.events[-1].at if self.events else START) + timedelta(minutes=after)
        self.events.append(Event(at, kind, subject, data, id=str(len(self.events))))
        return self.events[-1].id

    def tries(self, exercise, status, points, idea=None):
        task = next(task for task in COURSE.tasks if task.id == exercise)
        self.does(
            "attempt", exercise, status=status, points=points, max_points=task.max_points,
            misconception=idea, problem="", variant=None,
        )  # fmt: skip

    def takes_test(self, form, *items):
        for item in items:
            self.does("concept", item, form=form, option="a", right=True, misconception=None)

    @property
    def progress(self):
        return summarise(self.events, COURSE)

    @property
    def next(self):
        return self.progress.next_step

    def task(self, exercise):
        tasks = [found for lesson in self.progress.lessons for found in lesson.tasks]
        return next(found for found in tasks if found.task.id == exercise)


@pytest.fixture
def life():
    return Life()


# Exercises


def test_an_exercise_has_the_points_of_its_best_attempt(life):
    life.tries("E1.2", "wrong", 1, "flip")
    life.tries("E1.2", "wrong", 2)
    life.tries("E1.2", "error", 0)
    found = life.task("E1.2")
    assert (found.points, found.attempts, found.state) == (2, 3, "in progress")
    assert (life.progress.points, life.progress.max_points) == (2, 5)


def test_passed_is_passed_whatever_comes_later(life):
    life.tries("E1.2", "passed", 3)
    life.tries("E1.2", "wrong", 1, "flip")
    found = life.task("E1.2")
    assert (found.points, found.state, found.last_idea) == (3, "done", "")


def test_lesson_00_counts_for_nothing(life):
    life.tries("E0.1", "passed", 1)
    assert life.task("E0.1").state == "done"
    assert (life.progress.points, life.progress.max_points) == (0, 5)
    assert "[x] E0.1 Read backwards  done, counts for nothing, 1 attempt" in repr(
        ProgressCard(life.progress, SOMEWHERE)
    )


def test_hints_are_counted_as_read_not_as_asked(life):
    for number in (1, 2, 2, 2):
        life.does("hint", "E1.2", number=number)
    life.does("solution", "E1.2", anyway=True)
    found = life.task("E1.2")
    assert (found.hints, found.solution_seen, found.state) == (2, True, "not yet")


@pytest.mark.parametrize("odd", ["3", None, 99, -1, [3]])
def test_odd_data_does_no_harm(life, odd):
    life.does("attempt", "E1.2", status=odd, points=odd, misconception=odd)
    life.does("hint", "E1.2", number=odd)
    life.does("prediction", "P1.1", seen=odd)
    life.does("outcome", "P1.1", prediction=odd, right=odd)
    life.does("concept", "C1", form=odd)
    life.does("attempt", "E9.9", status="passed", points=5)
    life.does("new kind", "E1.2")
    life.does("active", "no lesson")
    assert 0 <= life.task("E1.2").points <= 3
    assert 0 <= life.task("E1.2").hints <= 3
    assert repr(ProgressCard(life.progress, SOMEWHERE))


# Predictions and the concept test


def test_only_a_prediction_made_before_the_outcome_was_shown_decides(life):
    first = life.does("prediction", "P1.1", answer=3, sure=0.5, seen=False)
    life.does("outcome", "P1.1", prediction=first, right=False, meaning="flip")
    again = life.does("prediction", "P1.1", answer=4, sure=0.99, seen=True)
    life.does("outcome", "P1.1", prediction=again, right=True, meaning=None)
    right = life.does("prediction", "P1.2", answer="reversed-is-wrong", sure=0.5, seen=False)
    life.does("outcome", "P1.2", prediction=right, right=True, meaning=None)
    late = life.does("prediction", "P1.3", answer="root", sure=0.5, seen=True)
    life.does("outcome", "P1.3", prediction=late, right=True, meaning=None)
    zero, one, *_ = life.progress.lessons
    assert (zero.predicted, zero.right, zero.predictions) == (0, 0, 1)
    assert (one.predicted, one.right, one.predictions) == (3, 1, 3)


def test_a_prediction_without_outcome_is_made_but_not_right(life):
    life.does("prediction", "P1.1", answer=3, sure=0.5, seen=False)
    assert (life.progress.lessons[1].predicted, life.progress.lessons[1].right) == (1, 0)


def test_a_question_of_the_concept_test_counts_once(life):
    life.takes_test("before", "C1", "C1", "C99")
    life.takes_test("after", "C2")
    assert (life.progress.before, life.progress.after, life.progress.items) == (1, 1, 2)
    assert "Concept test: before 1 of 2 answered, after 1 of 2 answered." in repr(
        ProgressCard(life.progress, SOMEWHERE)
    )
    life.takes_test("before", "C2")
    assert "before done" in repr(ProgressCard(life.progress, SOMEWHERE))
    assert life.progress.points == 0


@pytest.fixture
def recorded(life, monkeypatch):
    """A life that the records tell of."""

    def events(kind=None, subject=None):
        return [e for e in life.events if kind in (None, e.kind) and subject in (None, e.subject)]

    monkeypatch.setattr(records, "events", events)
    return life


RENAMED = {"form": "before", "option": "a", "right": False, "misconception": "renamed-since"}
KNOWN = {**RENAMED, "misconception": "peak-copies-kernel"}


@pytest.mark.parametrize(
    ("answers", "counted"),
    [
        ([RENAMED], 0),
        ([RENAMED, KNOWN], 1),
        ([KNOWN, RENAMED, KNOWN], 1),
        ([{**KNOWN, "right": True}], 0),
        ([{**KNOWN, "form": "during"}], 0),
        ([{"form": "before"}], 0),
    ],
)
def test_progress_and_the_concept_test_count_the_same_answers(recorded, answers, counted):
    for data in answers:
        recorded.does("concept", "C1", **data)
    recorded.does("prediction", "C2", **KNOWN)
    assert recorded.progress.before == len(concept_test("before").marks) == counted


@pytest.mark.parametrize(
    ("answers", "made", "right"),
    [
        # Each answer, how sure, whether made after the result was seen, and whether it was right.
        ([("gone-since", 0.9, False, False), ("reversed-is-wrong", 0.9, False, True)], 1, 1),
        ([("gone-since", 0.9, False, True)], 0, 0),
        ([("reversed-is-wrong", 0.6, False, True)], 0, 0),
        ([("reversed-is-wrong", None, False, True)], 0, 0),
        ([("reversed-is-wrong", 0.9, True, True)], 1, 0),
        ([("reversed-is-wrong", 0.9, True, True), ("reversed-is-wrong", 0.9, False, True)], 1, 1),
        ([("reversed-is-wrong", 0.9, False, "yes")], 1, 0),
        ([("reversed-is-wrong", "very", False, True), ({}, 0.9, False, True)], 0, 0),
        ([(["reversed-is-wrong"], 0.9, False, True), (3, 0.9, False, True)], 0, 0),
    ],
)
def test_progress_and_calibration_count_the_same_predictions(recorded, answers, made, right):
    for answer, sure, seen, was_right in answers:
        name = recorded.does("prediction", "P1.2", answer=answer, sure=sure, seen=seen)
        recorded.does("outcome", "P1.2", prediction=name, right=was_right)
    lesson = recorded.progress.lessons[1]
    assert (lesson.predicted, lesson.right) == (made, right)
    assert sum(one.right for one in judged(records.events())) == right
    picture = show_calibration()
    assert (picture is None) == (judged(records.events()) == [])


@pytest.mark.parametrize("answer", [10**400, float("nan"), "13.2", True, [13.2]])
def test_an_answer_that_is_no_number_is_no_prediction(life, answer):
    name = life.does("prediction", "P1.1", answer=answer, sure=0.9, seen=False)
    life.does("outcome", "P1.1", prediction=name, right=True)
    assert (life.progress.lessons[1].predicted, life.progress.lessons[1].right) == (0, 0)


# Minutes


def test_pauses_of_up_to_ten_minutes_count(life):
    for after in (0.0, 3.0, 10.0, 10.01, 500.0, 2.0):
        life.does("active", "01", after=after)
    assert dict(minutes_of(life.events)) == {"01": pytest.approx(15.0)}


def test_minutes_belong_to_the_lesson_of_the_later_event(life):
    life.does("active", "00")
    life.does("active", "00", after=2)
    life.does("attempt", "E1.2", after=3)
    life.does("concept", "C1", after=4, form="before")
    life.does("active", "", after=5)
    life.does("concept", "C1", after=6, form="after")
    # The test before the course is lesson 00's, the one after it the last lesson's.
    assert dict(minutes_of(life.events)) == {"00": 11.0, "01": 3.0, LESSONS[-1].number: 6.0}


def test_two_notebooks_at_once_count_once(life):
    for minute in range(10):
        life.does("active", "01" if minute % 2 else "00")
    assert sum(minutes_of(life.events).values()) == pytest.approx(9.0)


def test_order_of_the_events_does_not_matter_for_minutes(life):
    for _ in range(5):
        life.does("active", "01")
    assert minutes_of(life.events[::-1]) == minutes_of(life.events)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "less than a minute"), (1.9, "1 minute"), (119.0, "119 minutes"), (125.5, "2 h 5 min")],
)
def test_minutes_in_words(life, minutes, words):
    life.tries("E1.1", "passed", 2)
    progress = dataclasses.replace(life.progress, minutes=minutes)
    assert repr(ProgressCard(progress, SOMEWHERE)).splitlines()[0].endswith(f", {words}")


# What is next


def test_first_comes_the_concept_test(life):
    told = 'Lesson 00: find out what you know already with concept_test("before")'
    assert life.next == f"{told}."
    life.takes_test("before", "C2")
    assert life.next == f"{told} (1 question is left)."
    life.takes_test("before", "C1")
    assert life.next == (
        "Lesson 01 Spaceship smoothing: open notebooks/01_spaceship_smoothing.ipynb; "
        "3 predictions and 2 exercises wait for you there."
    )
    life.does("prediction", "P1.1", answer=13.2, sure=0.5, seen=False)
    assert life.next == "Lesson 01, E1.1 Centre of mass: not tried yet."


def test_the_same_answer_checked_again_is_no_new_attempt(life):
    for answer in ("a", "a", "b", "a", "a", "", "", None):  # without a fingerprint each counts
        life.does("attempt", "E1.1", status="wrong", points=0, max_points=2, answer=answer)
    assert life.task("E1.1").attempts == 6


def test_who_has_begun_lesson_01_is_not_sent_back(life):
    life.tries("E1.1", "passed", 2)
    assert life.next == "Lesson 01, E1.2 Convolution as a loop: not tried yet."


def test_the_exercise_tried_last_goes_on_with_its_last_mistake_and_a_hint(life):
    life.tries("E1.2", "wrong", 1, "flip")
    told = "Lesson 01, E1.2 Convolution as a loop: last time: “The kernel was not flipped”; "
    assert life.next == told + 'a hint is waiting: hint("E1.2").'
    life.does("hint", "E1.2", number=1)
    assert life.next == told + 'another hint is waiting: hint("E1.2").'
    life.does("hint", "E1.2", number=3)
    assert life.next == told + 'the hints are used, solution("E1.2") shows one way.'
    life.tries("E1.2", "passed", 3)
    assert life.next == "Lesson 01, E1.1 Centre of mass: not tried yet."


def test_an_unrecognised_mistake_is_told_by_its_points(life):
    life.tries("E1.2", "wrong", 1)
    assert "E1.2 Convolution as a loop: 1 of 3 points so far; a hint is waiting" in life.next


def test_hints_without_a_try_lead_to_a_try(life):
    life.tries("E1.1", "passed", 2)
    life.does("hint", "E1.2", number=3)
    assert life.next.endswith('the hints are used: write a try and run check("E1.2", ...).')


def test_an_exercise_of_lesson_00_is_no_duty_but_goes_on_once_tried(life):
    life.does("hint", "E0.1", number=1)  # Run All does this
    assert "concept_test" in life.next
    life.tries("E0.1", "wrong", 0)
    assert life.next.startswith("Lesson 00, E0.1 Read backwards: 0 of 1 points so far")


def test_at_the_end_the_second_concept_test_and_then_nothing(life):
    life.tries("E1.1", "passed", 2)
    life.tries("E1.2", "passed", 3)
    assert life.next == (
        "All exercises are done: take the concept test again in lesson 08, "
        'concept_test("after"), and see what you have gained.'
    )
    life.takes_test("after", "C1", "C2")
    assert life.next == "All that there is so far is done."


# The card


class Reader(HTMLParser):
    """Checks that tags are closed in order, and gathers what a screen reader says."""

    def __init__(self):
        super().__init__()
        self.open, self.said, self.tags = [], [], []

    def handle_starttag(self, tag, attributes):
        self.open.append((tag, dict(attributes)))
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if not any("aria-hidden" in attributes for _, attributes in self.open):
            self.said.append(data)


def spoken(card):
    reader = Reader()
    reader.feed(card._repr_html_())
    reader.close()
    assert reader.open == []
    assert not {"script", "style", "link", "img"} & set(reader.tags)
    return " ".join(" ".join(reader.said).split())


def busy(life):
    life.takes_test("before", "C1", "C2")
    life.does("prediction", "P1.1", answer=3, sure=0.5, seen=False)
    life.tries("E1.1", "passed", 2)
    life.tries("E1.2", "wrong", 1, "flip")
    life.does("hint", "E1.2", number=1)
    return ProgressCard(life.progress, SOMEWHERE)


def test_text(life):
    assert repr(busy(life)) == (
        "Progress: 3 of 5 points, 1 of 2 exercises, 5 minutes\n"
        "Lesson 00 Start here: 0 of 1 predictions made, 1 minute\n"
        "  [ ] E0.1 Read backwards  not yet, counts for nothing\n"
        "Lesson 01 Spaceship smoothing: 3 of 5 points, 1 of 3 predictions made, 0 right, 4 minutes"
        "\n"
        "  [x] E1.1 Centre of mass         done, 2 of 2 points, 1 attempt\n"
        "  [~] E1.2 Convolution as a loop  in progress, 1 of 3 points, 1 attempt, 1 hint read\n"
        "Concept test: before done, after not yet.\n"
        "Next: Lesson 01, E1.2 Convolution as a loop: last time: “The kernel was not flipped”; "
        "another\n"
        '  hint is waiting: hint("E1.2").\n'
        "Kept in somewhere; nothing of it leaves this machine."
    )


def test_card_says_the_same_without_colours_and_signs(life):
    card = busy(life)
    said = spoken(card)
    for words in (
        "3 of 5 points, 1 of 2 exercises, 5 minutes",
        "E1.1 Centre of mass done, 2 of 2 points, 1 attempt",
        "E1.2 Convolution as a loop in progress, 1 of 3 points, 1 attempt, 1 hint read",
        "Concept test: before done, after not yet.",
        "Kept in somewhere; nothing of it leaves this machine.",
        card.progress.next_step,
    ):
        assert words in said
    assert not set("✓◐○") & set(said)


def test_nothing_recorded_is_one_line(life):
    life.does("active", "00")
    life.does("hint", "E0.1", number=1)
    card = ProgressCard(life.progress, SOMEWHERE)
    line = (
        "Nothing is recorded yet. Lesson 00: find out what you know already with "
        'concept_test("before"). What you do is kept on this machine only.'
    )
    assert repr(card) == line
    assert spoken(card) == f"Your progress {line}"


def test_what_is_next_is_shown_as_text(life):
    progress = dataclasses.replace(life.progress, next_step="Is 1 < 2 & 3?")
    assert "Is 1 < 2 & 3?" in spoken(ProgressCard(progress, SOMEWHERE))
    assert "Is 1 &lt; 2 &amp; 3?" in ProgressCard(progress, SOMEWHERE)._repr_html_()


def test_nothing_is_said_of_a_record_that_is_still_being_read(life):
    card = ProgressCard(life.progress, Status(Path("x"), "It is being read: run this again.", True))
    words = "What you did does not show yet."
    assert repr(card) == f"{words}\nIt is being read: run this again."
    assert spoken(card) == f"Your progress {words} Note. It is being read: run this again."


@pytest.mark.parametrize("begun", [True, False])
def test_a_problem_is_told(life, begun):
    if begun:
        busy(life)
    card = ProgressCard(life.progress, Status(Path("x"), "The disk is <full>."))
    assert repr(card).endswith("\nThe disk is <full>.")
    assert spoken(card).endswith("Note. The disk is <full>.")


def test_memory_is_told(life):
    busy(life)
    told = repr(ProgressCard(life.progress, Status(None)))
    assert told.endswith("Kept in memory only, and forgotten when this program ends.")


# The course as it is


def test_the_lessons_are_those_of_the_notebooks():
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["cnncourse"]
        if about.get("appendix"):
            continue  # nothing in it is to be done
        file = path.relative_to(ROOT).as_posix()
        found.append((about["lesson"], about["title"], file, about["minutes"]))
    assert [dataclasses.astuple(lesson) for lesson in LESSONS] == found


def test_everything_in_the_course_belongs_to_a_lesson():
    course = read_course()
    progress = summarise([], course)
    assert {found.task.id for lesson in progress.lessons for found in lesson.tasks} == {
        task.id for task in course.tasks
    }
    assert sum(lesson.predictions for lesson in progress.lessons) == len(course.predictions) > 0
    assert progress.items == 10
    graded = {found.lesson.number for found in progress.lessons if found.max_points}
    assert graded == {lesson.number for lesson in LESSONS} - {"00", "08"}


def test_show_progress_waits_until_all_is_read(monkeypatch, tmp_path):
    earlier = Recorder(tmp_path)
    earlier.record("attempt", "E1.2", {"status": "passed", "points": 1})
    assert earlier.flush(60)
    let_go, waits = threading.Event(), []
    read, ask = Database.read, Recorder._ask

    def slowly(database):
        assert let_go.wait(60)
        return read(database)

    def asked(taken, timeout):
        waits.append(timeout)
        if timeout >= 10:  # only for one who is as patient
            let_go.set()
            return ask(taken, 60.0)
        return ask(taken, 0.0)

    monkeypatch.setattr(Database, "read", slowly)
    monkeypatch.setattr(Recorder, "_ask", asked)
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    records.record("hint", "E1.1", number=1)
    assert waits == [], "recording waits for nothing"
    assert len(records.events()) == 1
    assert records.status().reading
    assert "[x] E1.2" in repr(show_progress())


def test_a_check_shows_up_in_the_progress(monkeypatch, tmp_path):
    from cnncourse.exercises import EXERCISES, check, hint

    monkeypatch.setattr(recorder, "PATIENCE", 60.0)  # a busy machine must not change it
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))

    def my_convolution(x, w):
        padded = np.concatenate([np.zeros(len(w) - 1), x, np.zeros(len(w) - 1)])
        steps = range(len(x) + len(w) - 1)
        return np.array([sum(padded[t : t + len(w)] * np.asarray(w)[::-1]) for t in steps])

    check("E1.2", my_convolution)
    hint("E1.1")
    words = repr(show_progress())
    points = EXERCISES["E1.2"].max_points
    assert re.search(rf"\[x\] E1\.2 .* done, {points} of {points} points, 1 attempt", words)
    assert re.search(r"\[ \] E1\.1 .*, 1 hint read", words)
    assert f"Kept in {tmp_path}" in words
    records.reset()
    assert repr(show_progress()).startswith("Nothing is recorded yet.")
