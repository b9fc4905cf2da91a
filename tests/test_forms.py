"""Forms: what is typed is read as meant, and nothing typed is lost."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.forms import Cells, Choice, Form, Number, Reply, read_cells, read_number
from cnncourse.forms.base import STATIC
from cnncourse.forms.values import CellError
from cnncourse.predictions import sureness
from cnncourse.widgets import joined_module


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13.2", 13.2),
        ("13,2", 13.2),
        (" 13.2 km ", 13.2),
        ("13.2km", 13.2),
        ("1e3", 1000.0),
        ("2,5E-1", 0.25),
        ("1/3", 1 / 3),
        ("-1 / 4", -0.25),
        ("1/-4", -0.25),
        (".5", 0.5),
        (",5", 0.5),
        ("5.", 5.0),
        ("+7", 7.0),
        ("−7", -7.0),
        ("– 7", -7.0),
        ("0", 0.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text, "km") == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "Write a number in km"),
        ("   ", "Write a number in km"),
        ("km", "Write a number in km"),
        ("about 13", "“about 13” is not a number in km"),
        ("13.2 m", "not a number"),
        ("0x10", "not a number"),
        ("1_000", "not a number"),
        ("nan", "not a number"),
        ("1/2/3", "not a number"),
        ("--1", "not a number"),
        ("1e", "not a number"),
        ("inf", "finite"),
        ("-Infinity", "finite"),
        ("∞", "finite"),
        ("1e999", "too large"),
        ("1/0", "divides by zero"),
        ("1,000.5", "thousands"),
        ("1.000,5", "thousands"),
        ("1 000", "thousands"),
        ("1'000'000", "thousands"),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(text, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        read_number(text, "km")


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_every_number_that_python_writes_is_read_back(value, comma):
    text = repr(value).replace(".", ",") if comma else repr(value)
    assert read_number(text) == value


@given(st.text(max_size=12))
def test_any_text_gives_a_finite_number_or_a_sentence(text):
    try:
        value = read_number(text, "km")
    except ValueError as error:
        assert str(error).endswith(".")
    else:
        assert abs(value) < float("inf")


def test_cells_say_which_of_them_are_wrong():
    assert read_cells(["1", "1/2", "0,5"]) == [1.0, 0.5, 0.5]
    for texts, cells, part in [
        (["", "", ""], [0, 1, 2], "into each cell"),
        (["1", " ", "0"], [1], "One cell is"),
        (["", " ", "0"], [0, 1], "2 cells are"),
        (["1", "x", "inf"], [1, 2], "“x” is not a number"),
    ]:
        with pytest.raises(CellError, match=part) as caught:
            read_cells(texts)
        assert caught.value.cells == cells


@pytest.fixture
def asked():
    return [
        Choice("best", "Which is `best`?", {"a": "this", "b": "that <b>"}),
        Number("lag", "How far behind?", "km"),
        Cells("row", "Which row?", (2, 2)),
        sureness.question(),
    ]


def test_nothing_is_handed_over_before_every_field_can_be_read(asked):
    received = []
    form = Form("Title", asked, lambda answers: received.append(answers) or Reply("kept"))
    form.set_state({"values": {}, "pressed": 1})
    assert received == []
    assert form.reply["pressed"] == 1
    messages = form.reply["messages"]
    assert list(messages) == ["best", "lag", "row", "sure"]
    assert messages["row"]["cells"] == [0, 1, 2, 3]
    assert all(message["text"].endswith(".") for message in messages.values())

    typed = {"best": "c", "lag": "far", "row": ["1", "", "3", "4"], "sure": "0.5"}
    form.set_state({"values": typed, "pressed": 2})
    assert received == []
    assert form.values == typed
    assert form.reply["messages"]["row"]["cells"] == [1]
    assert "far" in form.reply["messages"]["lag"]["text"]

    typed = {"best": "b", "lag": "1,5", "row": ["1", "2", "3", "4"], "sure": "0.50"}
    form.set_state({"values": typed, "pressed": 3})
    assert received == [{"best": "b", "lag": 1.5, "row": [1.0, 2.0, 3.0, 4.0], "sure": "0.50"}]
    assert form.reply["note"] == "kept"
    assert "messages" not in form.reply
    assert form.values == typed


def test_a_change_alone_hands_nothing_over(asked):
    received = []
    form = Form("Title", asked[1:2], lambda answers: received.append(answers) or Reply(""))
    form.set_state({"values": {"lag": "1"}})
    assert received == []


@pytest.mark.parametrize("raw", [None, 3, [], "", {"a": 1}])
def test_whatever_the_browser_sends_is_answered_by_a_sentence(asked, raw):
    form = Form("Title", asked, lambda answers: Reply("kept"))
    form.set_state({"values": dict.fromkeys(["best", "lag", "row", "sure"], raw), "pressed": 1})
    assert set(form.reply["messages"]) == {"best", "lag", "row", "sure"}


def test_what_is_sent_is_json(asked):
    form = Form("Title", asked, lambda answers: Reply(""), note=Reply("n", "wrong"))
    assert json.loads(json.dumps(form.reply)) == {"note": "n", "kind": "wrong"}
    assert json.loads(json.dumps(form.fields)) == form.fields


def test_places_without_widgets_see_the_question_and_its_options(asked):
    form = Form("Title", asked, lambda answers: Reply(""), call='ask("x")', values={"lag": "9"})
    data, _ = form._repr_mimebundle_()
    again, _ = Form("Title", asked, lambda answers: Reply(""), call='ask("x")')._repr_mimebundle_()
    identifier = data["application/vnd.jupyter.widget-view+json"]["model_id"]
    for kind in ("text/html", "text/plain"):
        assert data[kind] == again[kind]
        assert identifier not in data[kind]
        assert "How far behind?" in data[kind]
        assert "25 %, 50 %" in data[kind]
    assert "that &lt;b&gt;" in data["text/html"]
    assert ">best</code>" in data["text/html"]
    assert not re.search(r"<(input|script|button)", data["text/html"])
    assert "(2) that <b>" in data["text/plain"]


def test_the_module_is_one_file_that_imports_nothing_and_fetches_nothing():
    source = joined_module("form", STATIC)
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert "export default { render }" in source
    assert source.count("function radioGroup(") == 1
    assert not re.search(r"https?://|innerHTML|eval\(", source + str(Form._css))


def test_a_module_may_import_from_another_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "kit.js").write_text("export const one = 1;\n")
    (tmp_path / "b" / "own.js").write_text(
        'import { one } from "../a/kit.js";\nexport default { one };\n'
    )
    joined = joined_module("own", tmp_path / "b")
    assert joined == "const one = 1;\n\nexport default { one };\n"
