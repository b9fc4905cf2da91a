"""Predictions: recorded, compared with what comes out, and read from sound files only."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse import records
from cnncourse._intervals import wilson_interval
from cnncourse._tables import DataError
from cnncourse.plots import calibration_plot
from cnncourse.predictions import PREDICTIONS, Comparison, asking, compare, predict
from cnncourse.predictions.calibrating import Judged, brier_score, judged, reading, show_calibration
from cnncourse.predictions.model import Option, Prediction
from cnncourse.predictions.reading import read_lesson
from cnncourse.predictions.sureness import LEVELS
from cnncourse.progress import read_course, summarise
from cnncourse.progress.export import export
from cnncourse.records import recorder

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
COMPARED = re.compile(r'^compare\("(P\d+\.\d+)"', re.MULTILINE)


@pytest.fixture(autouse=True)
def learner(monkeypatch, tmp_path):
    """A learner with an empty record; call it to begin another session of the same learner."""

    def session():
        records.flush()
        monkeypatch.setattr(records, "_BY_SETTING", {})  # all has to come from the disk
        monkeypatch.setattr(asking, "_FORMS", {})

    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    session()
    yield session
    records.flush()


def press(form, answer, sure="0.75"):
    form.set_state({"values": {"answer": answer, "sure": sure}, "pressed": form.pressed + 1})
    return form.reply


def first_line(shown):
    return shown.split("\n")[0]


# ------------------------------------------------------------------ asking and comparing


def test_a_prediction_is_recorded_and_compared():
    reply = press(predict("P1.1"), "12,3")
    assert reply["note"] == "✓ Recorded: 12.3 km, fairly sure (75 %). Now run the next cell."
    [event] = records.events("prediction", "P1.1")
    assert event.data == {"answer": 12.3, "sure": 0.75, "seen": False, "number": 1}
    comparison = compare("P1.1", 13.2)
    assert (comparison.right, comparison.meaning) == (False, "weights-turned-round")
    [outcome] = records.events("outcome", "P1.1")
    assert outcome.data == {
        "prediction": event.id,
        "right": False,
        "meaning": "weights-turned-round",
    }
    text = repr(comparison)
    assert first_line(text) == "your prediction was not right"
    for part in ("12.3 km; fairly sure (75 %)", "13.2 km", "oldest first, weights newest first"):
        assert part in " ".join(text.split())
        assert part in comparison._repr_html_()


@pytest.mark.parametrize("name", PREDICTIONS)
def test_without_a_prediction_the_answer_is_shown_all_the_same(name):
    comparison = compare(name, some_right(PREDICTIONS[name]))
    assert comparison.right is None
    assert first_line(repr(comparison)) == "no prediction recorded"
    assert not re.search(r"\d", first_line(comparison._repr_html_()))
    assert "No prediction recorded" in comparison._repr_html_()
    assert PREDICTIONS[name].why.split("`")[0][:60] in " ".join(repr(comparison).split())
    assert records.events("outcome") == []


def some_right(prediction):
    """A value that could come out: the right option's, or no known number or array."""
    if prediction.kind == "choice":
        option = next(option for option in prediction.options if not option.means)
        return option.value if option.value is not None else option.low
    return np.reshape(prediction.why_for, prediction.shape)


def test_the_last_prediction_before_the_result_counts_everywhere():
    press(predict("P1.6"), "31", "0.99")
    press(predict("P1.6"), "3.1", "0.90")
    assert compare("P1.6", 3.1).right is True
    first, last = records.events("prediction", "P1.6")
    assert (first.data["number"], last.data["number"]) == (1, 2)
    [outcome] = records.events("outcome", "P1.6")
    assert outcome.data == {"prediction": last.id, "right": True, "meaning": None}
    assert_counts("P1.6", 0.9, right=True)


def assert_counts(name, sure, right):
    """Calibration and progress count this one prediction, and no other."""
    assert judged(records.events()) == [Judged(name, sure, right)]
    lessons = summarise(records.events(), read_course()).lessons
    assert sum(lesson.predicted for lesson in lessons) == 1
    assert sum(lesson.right for lesson in lessons) == right


def test_what_is_said_after_the_result_changes_nothing():
    predict("P1.1", 12.3, sure=0.99)
    compare("P1.1", 13.2)
    recorded = repr(predict("P1.1", 13.2, sure=0.5))
    assert recorded.endswith("What you said before counts: 12.3 km, certain (99 %).")
    assert predict("P1.1").reply["note"] == "✓ " + recorded
    comparison = compare("P1.1", 13.2)
    assert (comparison.answer, comparison.right) == (12.3, False)
    assert "what you said afterwards does not" in " ".join(repr(comparison).split())
    assert len(records.events("outcome", "P1.1")) == 1
    assert_counts("P1.1", 0.99, right=False)


def test_a_result_shown_stays_shown_across_a_restart(learner):
    compare("P1.4", 80)
    compare("P1.4", 80)
    assert [event.data for event in records.events("shown")] == [{}]
    learner()
    assert "The result had been shown before" in repr(predict("P1.4", 80, sure=0.99))
    comparison = compare("P1.4", 80)
    assert comparison.right is True
    assert "so your calibration leaves it out" in " ".join(repr(comparison).split())
    assert len(records.events("shown", "P1.4")) == 1
    assert judged(records.events()) == []
    exported = export(records.everything(), read_course(), datetime.now(UTC))
    assert "shown" in [event["kind"] for event in exported["events"]]


def test_who_begins_anew_has_seen_no_result_and_seeing_one_is_no_work():
    compare("P1.4", 80)
    assert not summarise(records.events(), read_course()).begun
    records.reset()
    predict("P1.4", 80, sure=0.99)
    compare("P1.4", 80)
    assert_counts("P1.4", 0.99, right=True)


def test_a_clock_set_back_does_not_change_which_prediction_is_the_last(learner, monkeypatch):
    predict("P1.4", 100, sure=0.5)
    learner()

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(recorder, "datetime", Yesterday)
    predict("P1.4", 80, sure=0.9)
    later, earlier = records.events("prediction", "P1.4")
    assert (later.data["answer"], earlier.data["answer"]) == (80, 100)
    assert predict("P1.4").values == {"answer": "80", "sure": "0.90"}
    comparison = compare("P1.4", 80)
    assert (comparison.answer, comparison.right) == (80, True)
    assert_counts("P1.4", 0.9, right=True)


def test_a_prediction_after_the_result_is_marked_and_does_not_count():
    compare("P1.1", 13.2)
    reply = press(predict("P1.1"), "13.2")
    assert "leaves this out" in reply["note"]
    assert records.events("prediction")[-1].data["seen"] is True
    comparison = compare("P1.1", 13.2)
    assert comparison.right is True
    assert "after the result had been shown" in " ".join(repr(comparison).split())
    assert judged(records.events()) == []


def test_a_later_session_still_knows_the_prediction(learner):
    press(predict("P1.7"), ["0", "0", ".2", ".3", "1/2", "0", "0"])
    learner()
    form = predict("P1.7")
    assert form.values == {"answer": ["0", "0", "0.2", "0.3", "0.5", "0", "0"], "sure": "0.75"}
    assert "Recorded: (0, 0, 0.2, 0.3, 0.5, 0, 0)" in form.reply["note"]
    comparison = compare("P1.7", [0, 0, 0.5, 0.3, 0.2, 0, 0])
    assert comparison.meaning == "kernel-backwards"


def test_running_the_cells_again_loses_and_doubles_nothing():
    form = predict("P1.1")
    press(form, "12.3")
    form.set_state({"values": {"answer": "12.3 and", "sure": "0.99"}})
    again = predict("P1.1")
    assert again.values == {"answer": "12.3 and", "sure": "0.99"}
    assert "Recorded: 12.3 km" in again.reply["note"]
    for _ in range(3):
        compare("P1.1", 13.2)
    assert len(records.events("prediction")) == len(records.events("outcome")) == 1


@pytest.mark.parametrize(
    ("name", "answer", "field", "part"),
    [
        ("P1.1", "", "answer", "Write a number in km"),
        ("P1.1", "far", "answer", "not a number"),
        ("P1.1", "inf", "answer", "finite"),
        ("P1.7", ["0", "0", "", "0", "0", "0", "0"], "answer", "One cell is still empty"),
        ("P1.2", "", "answer", "Choose what you expect"),
        ("P1.2", "gone", "answer", "Choose what you expect"),
    ],
)
def test_bad_input_is_kept_in_the_form_and_not_recorded(name, answer, field, part):
    form = predict(name)
    reply = press(form, answer)
    assert part in reply["messages"][field]["text"]
    assert form.values["answer"] == answer
    assert records.events("prediction") == []


def test_one_must_say_how_sure_one_is():
    form = predict("P1.2")
    reply = press(form, "reversed-is-right", sure="")
    assert list(reply["messages"]) == ["sure"]
    assert records.events("prediction") == []


def test_without_a_form_the_same_is_recorded():
    for name, answer, stored in [
        ("P1.1", 12.3, 12.3),
        ("p1.1", Fraction(1, 4), 0.25),
        ("P1.2", 2, "order-is-indifferent"),
        (" p1.2", np.int64(3), "reversed-is-right"),
        ("P1.2", "order-is-indifferent", "order-is-indifferent"),
        ("P0.2", np.eye(3, 4), np.eye(3, 4).ravel().tolist()),
    ]:
        assert repr(predict(name, answer, sure=0.9)).startswith("Recorded: ")
        assert records.events("prediction")[-1].data["answer"] == stored


@pytest.mark.parametrize(
    ("name", "answer", "sure", "part"),
    [
        ("P9.9", 1, 0.5, "prediction_id must be one of P0.1"),
        ("P1.1", 12, None, "sure must be one of 0.25, 0.5, 0.75, 0.9, 0.99, got None"),
        ("P1.1", 12, 0.8, "got 0.8"),
        ("P1.1", "far", 0.5, "answer must be a finite number for P1.1, got 'far'"),
        ("P1.1", float("inf"), 0.5, "finite"),
        ("P1.1", [1, 2], 0.5, "answer must be a finite number for P1.1, got [1, 2] (shape (2,))"),
        ("P1.1", True, 0.5, "answer must be a finite number for P1.1, got True"),
        ("P1.1", "12", 0.5, "got '12'"),
        ("P1.1", 10**400, 0.5, "answer must be a finite number"),
        ("P1.1", np.array([1, 2]), 0.5, "got array([1, 2]) (shape (2,))"),
        ("P1.1", None, 0.5, 'answer is missing: predict("P1.1", answer, sure=0.5)'),
        ("P1.1", 12, [0.5], "sure must be one of 0.25, 0.5, 0.75, 0.9, 0.99, got [0.5]"),
        ("P1.2", np.array([1, 2]), 0.5, "1 to 3, got array([1, 2])"),
        ("P1.2", [1], 0.5, "1 to 3, got [1]"),
        ([1], 1, 0.5, "prediction_id must be a string such as 'P1.2', got list"),
        ("P1.2", 4, 0.5, "1 to 3, got 4"),
        ("P1.2", True, 0.5, "1 to 3, got True"),
        ("P1.7", [1, 2], 0.5, "shape (7,)"),
    ],
)
def test_without_a_form_bad_input_is_refused(name, answer, sure, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        predict(name, answer, sure=sure)
    assert records.events("prediction") == []


@pytest.mark.parametrize(
    ("name", "computed", "part"),
    [
        ("P1.2", [1.0, 2.0], "exactly one option of P1.2 right, got [1.0, 2.0]"),
        ("P1.2", 13.2, "exactly one option"),
        ("P1.3", float("nan"), "exactly one option"),
        ("P1.3", np.complex128(100j), "computed must be real for P1.3"),
        ("P1.2", [13.2, 12.3j], "computed must be real for P1.2, got [13.2, 12.3j]"),
        ("P1.7", [0, 0, 0.5], "shape (7,) for P1.7, got [0, 0, 0.5] (shape (3,))"),
        ("P1.7", [[0, 0], [0.5]], "shape (7,) for P1.7, got [[0, 0], [0.5]]"),
        ("P1.1", [13.2], "computed must be a finite number for P1.1, got [13.2] (shape (1,))"),
        ("P1.1", float("nan"), "finite"),
        ("P1.1", "abc", "computed must be a finite number for P1.1, got 'abc'"),
        ("P1.1", "13.2", "got '13.2'"),
        ("P1.1", 13.2 + 1j, "computed must be real for P1.1, got (13.2+1j)"),
        ("P1.1", None, "computed must be a finite number for P1.1, got None"),
        ("P1.1", True, "computed must be a finite number for P1.1, got True"),
    ],
)
def test_what_cannot_have_been_computed_is_refused(name, computed, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        compare(name, computed)


def test_records_that_make_no_sense_are_passed_over():
    for data in [
        {},
        {"answer": "x", "sure": 0.5},
        {"answer": [1.0], "sure": 0.5},
        {"answer": True, "sure": 0.5},
        {"answer": 12.3, "sure": [0.5]},
        {"answer": 12.3, "sure": 0.6},
        {"answer": 1e999, "sure": 0.5},
    ]:
        records.record("prediction", "P1.1", **data)
    records.record("outcome", "P1.1", prediction=["x"])
    assert compare("P1.1", 13.2).right is None
    assert predict("P1.1").values == {}
    assert judged(records.events()) == []


def test_other_numbers_than_the_lesson_s_are_compared_without_the_lesson_s_reason():
    predict("P0.3", 1, sure=0.5)
    comparison = compare("P0.3", [1, 1])
    assert (comparison.right, comparison.reason()) == (True, "")
    assert Comparison(PREDICTIONS["P0.3"], "one-and-one", "one-and-four", 0.5).meaning is None
    for name, computed in [("P1.6", 99.0), ("P1.6", 3.13), ("P1.17", [0.25, 0.25, 0.5])]:
        prediction = PREDICTIONS[name]
        assert compare(name, computed).reason() == ""
        assert compare(name, np.reshape(prediction.why_for, prediction.shape)).reason() != ""


@pytest.mark.parametrize(
    ("name", "computed", "expected"),
    [
        ("P1.3", np.array(101.0), "square"),
        ("P1.3", np.array(101.0 + 0j), "square"),
        ("P1.2", np.float32([13.2, 12.3]), "reversed-is-right"),
        ("P1.2", [np.float32(13.2), np.array(12.3)], "reversed-is-right"),
        ("P1.2", np.array([13.2 + 1e-17j, 12.3]), "reversed-is-right"),
        ("P1.2", [Fraction(132, 10), Fraction(123, 10)], "reversed-is-right"),
        ("P1.5", (np.array(False), np.True_), "centred-only"),
        ("P1.1", 13.2 + 0j, 13.2),
        ("P1.1", np.array(13.2), 13.2),
        ("P1.17", np.array([0.25, 0.5, 0.25]) + 0j, [0.25, 0.5, 0.25]),
    ],
)
def test_what_came_out_may_be_of_any_type_of_number(name, computed, expected):
    assert np.all(compare(name, computed).computed == expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_single_precision_is_no_fault_of_the_learner(dtype):
    computed = dtype(0.1) * np.ones(3, dtype=dtype) + dtype(0.2)
    right = Prediction("P7.1", "07", "sketch", "?", "!", tolerance=1e-9, shape=(3,))
    assert right.right_cells([0.3] * 3, computed).all()
    assert not right.right_cells([0.31] * 3, computed).any()
    assert Option("a", "a", value=[0.3]).selected_by(computed[:1])
    assert not Option("a", "a", value=[0.31]).selected_by(computed[:1])


@pytest.mark.parametrize(
    "sure", [Decimal("0.9"), Fraction(9, 10), np.float32(0.9), np.float64(0.9)]
)
def test_a_sureness_of_any_type_of_number_is_read_back(sure, learner):
    predict("P1.1", 12, sure=sure)
    learner()
    assert predict("P1.1").values == {"answer": "12", "sure": "0.90"}
    assert compare("P1.1", 13.2).sure == 0.9


@pytest.mark.parametrize(
    "sure", ["0.75", True, Decimal("sNaN"), Fraction(10**400), np.array([0.5]), 0.5j, None]
)
def test_what_is_no_sureness_is_refused_before_anything_is_recorded(sure):
    with pytest.raises(ValueError, match="sure must be one of"):
        predict("P1.1", 12, sure=sure)
    assert records.events("prediction") == []


@pytest.mark.parametrize(
    ("name", "answer", "computed", "part"),
    [
        ("P1.1", 26.4, 13.2, "too large by a factor of 2"),
        ("P1.1", 6.6, 13.2, "too small by a factor of 2"),
        ("P1.4", 8, 80, "too small by a factor of 10"),
        ("P1.1", 14, 13.2, "It is 0.8 km more than that."),
        ("P1.1", -13.2, 13.2, "It is 26.4 km less than that."),
        ("P1.13", 0.9, -0.9, "The size is right, the sign is not."),
        ("P1.10", 12, 6, "It is 6 samples more than that."),
    ],
)
def test_an_unknown_wrong_number_is_measured(name, answer, computed, part):
    predict(name, answer, sure=0.5)
    assert part in compare(name, computed).explanation()


def test_a_sketch_is_compared_cell_by_cell_and_not_by_colour_alone():
    predict("P1.17", [0.25, 0.4, 0.25], sure=0.5)
    comparison = compare("P1.17", [0.25, 0.5, 0.25])
    assert comparison.explanation() == "2 of 3 cells are right."
    assert "= x =" in repr(comparison)
    html = comparison._repr_html_()
    assert (html.count("<td"), html.count(">✓<"), html.count("✗")) == (9, 2, 2)
    predict("P0.2", np.ones((3, 4)), sure=0.5)
    html = compare("P0.2", np.eye(3, 4))._repr_html_()
    assert (html.count(" ✓<"), html.count(" ✗<")) == (3, 9)


@pytest.mark.parametrize(("answer", "right"), [(13.25, True), (13.15, True), (13.26, False)])
def test_the_tolerance_holds_at_its_edge(answer, right):
    assert Comparison(PREDICTIONS["P1.1"], np.array(13.2), answer, 0.5).right is right


def test_an_answer_of_nothing_is_an_answer():
    compare("P1.1", 13.2)
    predict("P1.1", 0, sure=0.5)
    assert "after the result had been shown" in " ".join(repr(compare("P1.1", 13.2)).split())


def test_what_holds_arrays_can_stand_in_a_set():
    number = PREDICTIONS["P1.1"]
    several = {Comparison(number, np.array(13.2)), *number.wrong, *PREDICTIONS["P1.2"].options}
    assert len({*several, *PREDICTIONS.values()}) == 1 + len(number.wrong) + 3 + len(PREDICTIONS)


def test_sentences_need_neither_widgets_nor_figures():
    program = (
        "from cnncourse import records\n"
        "from cnncourse.predictions import compare, predict\n"
        "from cnncourse.predictions.calibrating import judged, reading\n"
        "predict('P0.3', 2, sure=0.9), repr(compare('P0.3', [1, 4]))\n"
        "reading(judged(records.events()))\n"
        "import sys\nprint(*sorted({'matplotlib', 'anywidget', 'ipywidgets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "\n"


def test_all_text_is_escaped():
    prediction = PREDICTIONS["P1.2"]
    assert "<script" not in Comparison(prediction, "reversed-is-right")._repr_html_()
    form = predict("P1.2")
    assert ">w[::-1]</code>" in form.still()


# ------------------------------------------------------------------ the lessons' data


def came_out():
    """What each prediction's stored cell says that came out, as text."""
    found = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for name in COMPARED.findall(cell.source) if cell.cell_type == "code" else []:
                text = " ".join(cell.outputs[-1].data["text/plain"].split())
                why = PREDICTIONS[name].why.replace("`", "")
                found[name] = text.split("Came out: ")[1].split(why[:20])[0].strip()
    return found


@pytest.fixture(scope="module")
def stored():
    return came_out()


def computed_in(stored, prediction):
    """The stored result as a slug, a number or an array."""
    text = stored[prediction.id]
    if prediction.kind == "choice":
        [slug] = [o.slug for o in prediction.options if o.text.replace("`", "") == text]
        return slug
    numbers = re.findall(r"[-−]?\d+(?:\.\d+)?", text.removesuffix(prediction.unit))
    values = [float(number.replace("−", "-")) for number in numbers]
    return np.reshape(values, prediction.shape)


@pytest.mark.parametrize("name", PREDICTIONS)
def test_the_lesson_s_own_result_is_the_right_answer(stored, name):
    prediction = PREDICTIONS[name]
    computed = computed_in(stored, prediction)
    assert prediction.explains(computed)
    if prediction.kind != "choice":
        assert prediction.meaning(computed.ravel() if prediction.shape else float(computed)) is None


@pytest.mark.parametrize("name", PREDICTIONS)
def test_every_known_wrong_answer_is_told_its_own_meaning(stored, name):
    prediction = PREDICTIONS[name]
    computed = computed_in(stored, prediction)
    if prediction.kind == "choice":
        answers = {o.slug: o.slug for o in prediction.options if o.means}
    else:
        answers = {w.slug: w.value.ravel().tolist() for w in prediction.wrong}
        if prediction.kind == "number":
            answers = {slug: value[0] for slug, value in answers.items()}
    assert len(answers) >= 2
    texts = set()
    for slug, answer in answers.items():
        assert prediction.accepts(answer)
        comparison = Comparison(prediction, computed, answer, 0.5)
        assert (comparison.right, comparison.meaning) == (False, slug)
        assert len(comparison.explanation().split()) >= 8
        texts.add(comparison.explanation())
    assert len(texts) == len(answers)


def test_all_kinds_of_question_are_asked():
    kinds = [prediction.kind for prediction in PREDICTIONS.values()]
    assert len(kinds) >= 80
    assert min(kinds.count(kind) for kind in ("choice", "number", "sketch")) >= 4


# ------------------------------------------------------------------ reading the files

NUMBER = """
[[prediction]]
id = "P7.1"
kind = "number"
question = "How far?"
unit = "km"
tolerance = 0.1
why = "So it is."
why_for = 3
[[prediction.wrong]]
slug = "too-far"
value = 2
means = "You went on."
[[prediction.wrong]]
slug = "too-near"
value = 1
means = "You stopped."
"""
CHOICE = """
[[prediction]]
id = "P7.1"
kind = "choice"
question = "Which?"
why = "So it is."
[[prediction.option]]
slug = "low"
text = "low"
range = [0, 1]
means = "You thought of less."
[[prediction.option]]
slug = "high"
text = "high"
range = [1, 2]
"""
SKETCH = """
[[prediction]]
id = "P7.1"
kind = "sketch"
question = "What row?"
shape = [2]
tolerance = 0.1
why = "So it is."
why_for = [1, 2]
[[prediction.wrong]]
slug = "backwards"
value = [2, 1]
means = "You turned it round."
"""


@pytest.mark.parametrize("text", [NUMBER, CHOICE, SKETCH])
def test_sound_files_are_read(tmp_path, text):
    path = tmp_path / "lesson_07.toml"
    path.write_text(text, encoding="utf-8")
    [prediction] = read_lesson(path)
    assert (prediction.id, prediction.lesson, prediction.why) == ("P7.1", "07", "So it is.")


@pytest.mark.parametrize(
    ("text", "old", "new", "parts"),
    [
        (NUMBER, 'id = "P7.1"', "", ["prediction 1: id is missing", "'P1.2'"]),
        (NUMBER, '"P7.1"', '"P7.2"', ["id must be P7.1", "got P7.2"]),
        (
            NUMBER,
            '"number"',
            '"guess"',
            ["P7.1: kind must", "choice, number, sketch", "'guess'"],
        ),
        (NUMBER, '"How far?"', '" "', ["question must be", "a text"]),
        (NUMBER, '"How far?"', '"How `far?"', ["question must be", "backquotes in pairs"]),
        (NUMBER, "tolerance = 0.1", "tolerance = 0", ["tolerance must be", "positive", "got 0"]),
        (NUMBER, "tolerance = 0.1", 'tolerance = "a"', ["tolerance must be", "'a'"]),
        (NUMBER, "tolerance = 0.1", "tolerance = inf", ["tolerance must be"]),
        (NUMBER, "unit =", "units =", ["P7.1: no such field: units"]),
        (NUMBER, 'unit = "km"', 'remarks = ["size"]', ["remarks must be", "sign and factor"]),
        (NUMBER, "why_for = 3", "", ["P7.1: why_for is missing"]),
        (NUMBER, "why_for = 3", "why_for = 1.95", ["why_for must be", "that of too-far"]),
        (SKETCH, "why_for = [1, 2]", "why_for = [1]", ["why_for must be", "shape (2,)", "[1]"]),
        (NUMBER, "value = 2", "value = 1.15", ["too-far and too-near", "could match both"]),
        (NUMBER, "value = 2", "value = nan", ["wrong 1", "value must be", "finite"]),
        (NUMBER, "value = 2", "value = true", ["value must be", "True"]),
        (NUMBER, "value = 2", "", ["P7.1, wrong 1: value is missing"]),
        (NUMBER, '"too-far"', '"too-near"', ["'too-near' twice"]),
        (NUMBER, '"too-far"', '"Too far"', ["slug must be like 'equal-weights'", "'Too far'"]),
        (NUMBER, '"You went on."', '"You stopped."', ["means must be", "too-far and too-near"]),
        (NUMBER, 'means = "You went on."', "", ["wrong 1: means is missing"]),
        (CHOICE, "range = [1, 2]", "range = [0.5, 2]", ["low and high", "both be right"]),
        (CHOICE, "range = [1, 2]", "value = 0.5", ["low and high", "both be right"]),
        (CHOICE, "range = [1, 2]", "range = [2, 1]", ["range must be", "low < high"]),
        (CHOICE, "range = [1, 2]", "", ["option 2: value or range must be given"]),
        (CHOICE, "range = [1, 2]", "value = {a = 1}", ["value must be"]),
        (CHOICE, 'text = "high"', 'text = "low"', ["low and high alike"]),
        (CHOICE, 'means = "You thought of less."', "", ["every option but the right one"]),
        (CHOICE, "why =", 'unit = "km"\nwhy =', ["no such field: unit"]),
        (NUMBER, "unit =", "shape = [1]\nunit =", ["no such field: shape"]),
        (SKETCH, "shape =", "remarks = []\nshape =", ["no such field: remarks"]),
        (SKETCH, "shape = [2]", "shape = [0]", ["shape must be", "[0]"]),
        (SKETCH, "shape = [2]", "shape = [3]", ["why_for must be", "shape (3,)", "[1, 2]"]),
        (SKETCH, "shape = [2]", "", ["shape is missing"]),
        (SKETCH, "value = [2, 1]", "value = [3]", ["wrong 1", "shape (2,)", "[3]"]),
        (SKETCH, "[2, 1]", "[[2], [1, 3]]", ["wrong 1", "value must be"]),
        (
            SKETCH,
            "[[prediction]]",
            "[prediction]",
            ["prediction must be a list of one or more tables [[prediction]]"],
        ),
        (SKETCH, "[[prediction]]", "[[guess]]\n[[prediction]]", ["no such field: guess"]),
        (SKETCH, "kind =", "kind", ["lesson_07.toml: not readable as TOML"]),
    ],
)
def test_faulty_files_are_refused_by_name(tmp_path, text, old, new, parts):
    assert old in text
    path = tmp_path / "lesson_07.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_lesson(path)
    for part in ["lesson_07.toml", *parts]:
        assert part in str(caught.value)


def test_a_file_by_another_name_is_refused(tmp_path):
    path = tmp_path / "lesson_7.toml"
    path.write_text(NUMBER)
    with pytest.raises(DataError, match="two digits"):
        read_lesson(path)


@pytest.mark.parametrize(
    ("value", "computed", "selected"),
    [
        (True, np.True_, True),
        (True, 1, False),
        (1, True, False),
        (1, 1.0, True),
        ([1, 4], np.array([1, 4]), True),
        ([1, 4], [1, 4, 4], False),
        ([1, 4], 1, False),
        ("box", "box", True),
        ("box", "gaussian", False),
        (["a", True], ("a", np.True_), True),
        (0.3, 0.1 + 0.2, True),
    ],
)
def test_an_option_is_selected_by_its_value(value, computed, selected):
    assert Option("s", "t", value=value).selected_by(computed) is selected


# ------------------------------------------------------------------ calibration


@given(st.integers(1, 200), st.data())
def test_wilson_s_interval_solves_its_equation(count, data):
    right = data.draw(st.integers(0, count))
    low, high = wilson_interval(right, count)
    assert 0 <= low <= right / count <= high <= 1
    for bound in (low, high):
        # At a bound, the share lies 1.96 standard deviations away, as Wilson's equation says.
        if 0 < bound < 1:
            distance = abs(right / count - bound)
            expected = 1.959963984540054 * np.sqrt(bound * (1 - bound) / count)
            assert distance == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("right", "count"), [(1, 0), (-1, 3), (4, 3)])
def test_impossible_counts_are_refused(right, count):
    with pytest.raises(ValueError, match="right must be 0 to count"):
        wilson_interval(right, count)


def made(sure, right, wrong):
    return [Judged("P1.1", sure, True)] * right + [Judged("P1.1", sure, False)] * wrong


@pytest.mark.parametrize(
    ("sure", "right", "wrong", "part"),
    [
        (0.9, 4, 2, "Of the 6 predictions of which you were sure (90 %), 4 were right: fewer"),
        (0.9, 4, 2, "may be chance"),
        (0.9, 2, 5, "overconfident"),
        (0.25, 6, 0, "trust yourself more"),
        (0.75, 3, 1, "about as many as you thought"),
        (0.5, 1, 0, "The one prediction of which you said “could be” (50 %) was right"),
        (0.9, 0, 3, "none were right: fewer than you thought, but so few may be chance"),
    ],
)
def test_the_reading_says_no_more_than_the_numbers_allow(sure, right, wrong, part):
    assert part in reading(made(sure, right, wrong))[0]


def test_a_few_wrong_ones_are_never_called_overconfidence():
    for sure in LEVELS:
        for right in range(4):
            for wrong in range(4 - right):
                if right + wrong:
                    [line, _] = reading(made(sure, right, wrong))
                    assert "overconfident" not in line


def test_brier_s_score():
    assert brier_score(made(0.5, 3, 4)) == pytest.approx(0.25)
    assert brier_score(made(0.99, 1, 0)) == pytest.approx(0.0001)
    assert brier_score(made(0.9, 1, 1)) == pytest.approx((0.01 + 0.81) / 2)


def test_the_calibration_is_shown_once_there_is_something(capsys):
    assert show_calibration() is None
    assert capsys.readouterr().out.startswith("no prediction recorded\n")
    predict("P0.3", 2, sure=0.9)
    assert show_calibration() is None
    assert capsys.readouterr().out.startswith("no prediction that counts yet\n")
    compare("P0.3", [1, 4])
    predict("P1.1", 12.3, sure=0.9)
    compare("P1.1", 13.2)
    capsys.readouterr()
    picture = show_calibration()
    first, *lines = capsys.readouterr().out.strip().split("\n")
    assert not re.search(r"\d", first)
    assert "Of the 2 predictions of which you were sure (90 %), 1 was right" in lines[0]
    assert "Brier score 0.41" in lines[1]
    assert "At 90 %: 1 of 2 right (9 to 91 %)." in picture.alt
    assert len(picture.png()) > 1000


@pytest.mark.parametrize(("sure", "right"), [([], []), ([0.5], [True, False])])
def test_a_plot_needs_predictions(sure, right):
    with pytest.raises(ValueError, match="equally long and not empty"):
        calibration_plot(sure, right)
