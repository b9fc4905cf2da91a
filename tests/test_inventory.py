"""The concept inventory: its rules, its file, answers, resuming, the gain, what it shows."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from html.parser import HTMLParser

import pytest

from cnncourse import inventory, records
from cnncourse.inventory import ITEMS, MISCONCEPTIONS, answer_concept, concept_test, show_gain
from cnncourse.inventory.answers import first_answers
from cnncourse.inventory.gain import CAUTION, NOTHING, gain
from cnncourse.inventory.model import FORMS, form_name
from cnncourse.inventory.prose import block_html, blocks, inline_html, plain
from cnncourse.inventory.reading import FILE, read_inventory
from cnncourse.inventory.view import ConceptTest

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
EACH = [(item, form) for item in ITEMS.values() for form in FORMS]
NAMES = [f"{item.id}-{form}" for item, form in EACH]


@pytest.fixture(autouse=True)
def noted(monkeypatch):
    """Events of one test: nothing from another test, and none left behind."""
    kept = []

    def events(kind=None, subject=None):
        return [e for e in kept if kind in (None, e.kind) and subject in (None, e.subject)]

    def record(kind, subject, **data):
        kept.append(records.Event(at=None, kind=kind, subject=subject, data=data))

    monkeypatch.setattr(records, "events", events)
    monkeypatch.setattr(records, "record", record)
    return kept


def wrong(item, form="before"):
    """Some wrong option of an item."""
    return next(option for option in item.question(form).options if not option.right)


def answer_all(form, wrong_ones=()):
    for item in ITEMS.values():
        option = wrong(item, form) if item.id in wrong_ones else item.question(form).right
        answer_concept(form, item.id, option.key)


# ------------------------------------------------------------------ rules of a good test


def test_there_are_ten_items_from_five_lessons():
    assert list(ITEMS) == [f"C{number}" for number in range(1, 11)]
    assert {item.lesson for item in ITEMS.values()} == {"01", "02", "03", "04", "05"}


@pytest.mark.parametrize(("item", "form"), EACH, ids=NAMES)
def test_a_question_has_three_or_four_options_one_of_them_right(item, form):
    options = item.question(form).options
    assert len(options) in (3, 4)
    assert [option.key for option in options] == list("abcd")[: len(options)]
    assert sum(option.right for option in options) == 1
    assert {option.misconception for option in options} - {None} <= set(MISCONCEPTIONS)
    assert item.question(form).asks.endswith("?")


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_the_two_forms_share_their_wrong_ideas_and_nothing_else(item):
    ideas = [{option.misconception for option in q.options} for q in (item.before, item.after)]
    assert ideas[0] == ideas[1]
    assert item.before.given != item.after.given
    texts = [{option.text for option in q.options} for q in (item.before, item.after)]
    # A 0 or a [0, 0] may come up twice; the right answer must not be remembered.
    assert item.before.right.text not in texts[1]
    assert item.before.right.key != item.after.right.key


@pytest.mark.parametrize("forms", [("before",), ("after",), FORMS], ids="-".join)
def test_the_right_options_are_spread_over_the_places(forms):
    places = Counter(item.question(form).right.key for item, form in EACH if form in forms)
    fair = 10 * len(forms) / 4
    assert all(abs(places[key] - fair) <= 1 for key in "abcd")


def test_length_does_not_give_the_right_option_away():
    def alone(pick):
        count = 0
        for item, form in EACH:
            options = item.question(form).options
            lengths = [len(plain(option.text)) for option in options]
            extreme = pick(lengths)
            right = len(plain(item.question(form).right.text))
            count += right == extreme and lengths.count(extreme) == 1
        return count

    assert alone(max) <= len(EACH) / 3
    assert alone(min) <= len(EACH) / 3


def test_no_option_speaks_of_the_others():
    for item, form in EACH:
        for option in item.question(form).options:
            assert not re.search(r"\b(all|none|both) of (the )?(above|these)\b", option.text, re.I)


@pytest.mark.parametrize(("item", "form"), EACH, ids=NAMES)
def test_a_reason_has_one_to_three_sentences_and_is_no_mere_verdict(item, form):
    for option in item.question(form).options:
        prose = re.sub(r"`[^`]*`", "x", option.reason).replace('"', "")
        sentences = re.findall(r"[.?!](?=\s|$)", prose)
        assert 1 <= len(sentences) <= 3, option.reason
        assert 60 < len(option.reason) < 420, option.reason


def test_an_earlier_reason_does_not_give_a_later_answer():
    for form in FORMS:
        ordered = [item.question(form) for item in ITEMS.values()]
        for number, question in enumerate(ordered):
            right = plain(question.right.text)
            if len(right) > 4:
                told = " ".join(o.reason for earlier in ordered[:number] for o in earlier.options)
                assert right not in told


def test_the_wrong_ideas_name_their_place_in_the_course():
    used = {option.misconception for item, form in EACH for option in item.question(form).options}
    assert used - {None} == set(MISCONCEPTIONS)
    for item in ITEMS.values():
        for option in item.before.options:
            if not option.right:
                exercises = MISCONCEPTIONS[option.misconception].exercises
                lessons = {exercise[1] for exercise in exercises}
                assert item.lesson[1] in lessons, (item.id, option.misconception)


# ------------------------------------------------------------------ the file and its faults

SMALL = """
[misconceptions.no-lag]
says = "It costs nothing."
rows = ["L3"]
exercises = ["E1.1"]

[misconceptions.too-old]
says = "It is as old as the oldest."
rows = ["L4"]
exercises = ["E1.4"]

[[items]]
id = "C1"
concept = "Lag"
lesson = "01"
topic = "lag"
[items.before]
given = "One."
asks = "What?"
[[items.before.options]]
text = "1"
right = true
reason = "So it is."
[[items.before.options]]
text = "2"
misconception = "no-lag"
reason = "Not so."
[[items.before.options]]
text = "3"
misconception = "too-old"
reason = "Not so."
[items.after]
given = "Two."
asks = "What?"
[[items.after.options]]
text = "4"
misconception = "no-lag"
reason = "Not so."
[[items.after.options]]
text = "5"
misconception = "too-old"
reason = "Not so."
[[items.after.options]]
text = "6"
right = true
reason = "So it is."
"""


def written(tmp_path, text):
    path = tmp_path / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_small_file_is_read(tmp_path):
    found = read_inventory(written(tmp_path, SMALL))
    assert list(found.items) == ["C1"]
    assert found.items["C1"].after.right.key == "c"
    assert found.misconceptions["no-lag"].rows == ("L3",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[items]]", "[[items]", "small.toml: not readable as TOML"),
        ('id = "C1"', 'id = "C2"', "item 1: id must be 'C1', in order, got 'C2'"),
        ('id = "C1"', "id = 1", "item 1: id must be like 'C1', got 1"),
        ('id = "C1"\n', "", "item 1: id is missing; it must be like 'C1'"),
        ('lesson = "01"', "lesson = 1", "C1: lesson must be like '03', got 1"),
        ('topic = "lag"', 'topic = " "', "C1: topic must be a text, got ' '"),
        ('concept = "Lag"', 'concept = "Lag"\ncolour = 3', "C1: no such field: colour"),
        ('given = "One."', 'given = "One."\npicture = "x"', "C1, before: no such field: picture"),
        ('asks = "What?"\n', "", "C1, before: asks is missing; it must be a text"),
        ("right = true", "right = false", "C1, before, option a: right must be true"),
        ("right = true\n", "", "C1, before, option a: misconception is missing"),
        (
            "right = true",
            'right = true\nmisconception = "no-lag"',
            "C1, before, option a: no such field: misconception",
        ),
        (
            'text = "2"\nmisconception = "no-lag"',
            'text = "2"\nmisconception = "lag"',
            "C1, before, option b: misconception must be a name in the table",
        ),
        (
            'text = "2"\nmisconception = "no-lag"',
            'text = "2"\nright = true',
            "C1, before: exactly one option must be right, got ['a', 'b']",
        ),
        ('text = "2"', 'text = "1"', "C1, before: each option must have its own text"),
        (
            'text = "2"\nmisconception = "no-lag"',
            'text = "2"\nmisconception = "too-old"',
            "C1, before: each option must have its own misconception",
        ),
        ('reason = "So it is."', 'reason = ""', "C1, before, option a: reason must be a text"),
        (
            '[[items.before.options]]\ntext = "3"\nmisconception = "too-old"\nreason = "Not so."\n',
            "",
            "C1, before: options must be a list of 3 or 4 options",
        ),
        ('rows = ["L3"]', 'rows = ["3"]', "'no-lag': rows must be a list of one or more like"),
        ('rows = ["L3"]', "rows = []", "'no-lag': rows must be a list of one or more like"),
        ("misconceptions.no-lag", "misconceptions.No_Lag", "its name must be like 'no-lag'"),
        (
            "[misconceptions.too-old]",
            '[misconceptions.spare]\nsays = "x"\nrows = ["L1"]\nexercises = ["E1.1"]\n'
            "[misconceptions.too-old]",
            "misconceptions: not offered by any item: ['spare']",
        ),
        ("\n[misconceptions.no-lag]", "new = 1\n[misconceptions.no-lag]", "no such field: new"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(tmp_path, old, new, said):
    assert old in SMALL
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read_inventory(written(tmp_path, SMALL.replace(old, new, 1)))
    assert "small.toml" in str(error.value)


def test_forms_with_other_wrong_ideas_are_refused(tmp_path):
    text = SMALL.replace('text = "5"\nmisconception = "too-old"', 'text = "5"\nmisconception = "x"')
    spare = '[misconceptions.x]\nsays = "x"\nrows = ["L1"]\nexercises = ["E1.1"]\n'
    text = text.replace("[[items]]", f"{spare}[[items]]")
    with pytest.raises(ValueError, match="same misconceptions, got in one form only: too-old, x"):
        read_inventory(written(tmp_path, text))


def test_the_file_is_what_is_read():
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert [item["id"] for item in raw["items"]] == list(ITEMS)
    assert list(raw["misconceptions"]) == list(MISCONCEPTIONS)


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_is_marked_and_recorded(noted, form):
    item = ITEMS["C3"]
    option = wrong(item, form)
    marked = answer_concept(form, "C3", option.key)
    assert [(e.kind, e.subject, e.data) for e in noted] == [
        (
            "concept",
            "C3",
            {
                "form": form,
                "option": option.key,
                "right": False,
                "misconception": option.misconception,
            },
        )
    ]
    text = " ".join(repr(marked).split())
    assert "✗ not right" in text
    for other in item.question(form).options:
        assert " ".join(plain(other.reason).split()) in text
        assert inline_html(" ".join(other.reason.split())) in marked._repr_html_()
    assert item.where in marked._repr_html_()


def test_a_right_answer_is_recorded_without_a_wrong_idea(noted):
    marked = answer_concept("before", "C7", ITEMS["C7"].before.right.key)
    assert noted[0].data["right"] is True
    assert noted[0].data["misconception"] is None
    assert "✓ right" in repr(marked)
    assert ITEMS["C7"].where not in marked._repr_html_()


def test_the_first_answer_counts(noted):
    item = ITEMS["C2"]
    answer_concept("before", "C2", wrong(item).key)
    again = answer_concept("before", "C2", item.before.right.key)
    assert len(noted) == 1
    assert "the first answer counts" in repr(again)
    assert "the first answer counts" in again._repr_html_()
    assert first_answers("before", noted)["C2"] == wrong(item)
    assert first_answers("after", noted) == {}


def test_without_a_letter_the_question_is_shown_and_nothing_recorded(noted):
    shown = answer_concept("after", "C6")
    assert noted == []
    for text in (repr(shown), shown._repr_html_()):
        assert "[0, 0, 11, 0, 0]" in text
        assert 'answer_concept("after", "C6", "a")' in text.replace("&quot;", '"')
        assert ITEMS["C6"].concept not in text


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("during", "C1", "a"), 'form must be "before" or "after", got \'during\''),
        (("before", "C11", "a"), "item_id must be one of C1, C2"),
        (("before", 1, None), "item_id must be one of C1, C2"),
        (("before", "C1", "e"), 'key must be one of "a", "b", "c", "d", got \'e\''),
        (("before", "C1", 1), "got 1"),
    ],
)
def test_a_wrong_call_says_what_came_and_what_was_expected(noted, call, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        answer_concept(*call)
    assert noted == []


@pytest.mark.parametrize(("item_id", "key"), [("c1", "A"), (" C1", "a"), ("C1", "a ")])
def test_small_and_capital_letters_will_do(noted, item_id, key):
    answer_concept("before", item_id, key)
    [event] = noted
    assert (event.subject, event.data["option"]) == ("C1", "a")


def test_a_form_must_be_named():
    for form in ("Before", None, 1, ["before"]):
        with pytest.raises(ValueError, match="form must be"):
            concept_test(form)
    assert form_name("after") == "after"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"form": "before"},
        {"form": "before", "option": "a", "right": False, "misconception": "gone-since"},
        {"form": "before", "option": "a", "right": False, "misconception": None},
        {"form": "before", "option": "a", "right": True, "misconception": ["x"]},
    ],
)
def test_records_that_mean_nothing_here_are_passed_over(noted, data):
    noted.append(records.Event(at=None, kind="concept", subject="C1", data=data))
    noted.append(records.Event(at=None, kind="concept", subject="C99", data={"form": "before"}))
    assert first_answers("before", noted) == {}
    answer_concept("before", "C1", "a")
    assert list(first_answers("before", noted)) == ["C1"]


def test_an_answer_keeps_its_meaning_when_the_options_change_places(noted):
    idea = wrong(ITEMS["C1"])
    data = {"form": "before", "option": "z", "right": False, "misconception": idea.misconception}
    noted.append(records.Event(at=None, kind="concept", subject="C1", data=data))
    assert first_answers("before", noted)["C1"] == idea


# ------------------------------------------------------------------ the form


def confirm(view, item_id, key):
    """What the browser does when an answer is confirmed."""
    count = view.confirmed.get("count", 0) + 1
    view.set_state({"confirmed": {"item": item_id, "key": key, "count": count}})


@pytest.mark.parametrize("form", FORMS)
def test_the_browser_gets_no_answers_before_they_are_confirmed(form):
    view = concept_test(form)
    sent = str({name: getattr(view, name) for name in view.keys if not name.startswith("_")})
    for item in ITEMS.values():
        assert item.concept not in sent
        for option in item.question(form).options:
            assert option.misconception is None or option.misconception not in sent
            assert str(blocks(option.reason)[0][1])[:40] not in sent
    assert "right'" not in sent.replace("to the right", "")


def test_a_confirmed_answer_is_marked_and_recorded(noted):
    view = concept_test("before")
    option = wrong(ITEMS["C4"])
    view.set_state({"chosen": {"C4": option.key, "C5": "a"}})
    confirm(view, "C4", option.key)
    assert list(view.marks) == ["C4"]
    assert view.marks["C4"]["right"] is False
    assert view.marks["C4"]["key"] == option.key
    assert len(view.marks["C4"]["others"]) == len(ITEMS["C4"].before.options) - 1
    assert ITEMS["C4"].where in view.marks["C4"]["where"]
    assert view.chosen == {"C5": "a"}
    assert [event.subject for event in noted] == ["C4"]


def test_two_views_of_one_test_agree_on_the_first_answer(noted):
    one, other = concept_test("before"), concept_test("before")
    item = ITEMS["C1"]
    confirm(one, "C1", wrong(item).key)
    confirm(other, "C1", item.before.right.key)
    assert len(noted) == 1
    assert other.marks["C1"]["key"] == wrong(item).key


def test_coming_back_shows_what_was_answered_and_goes_on_with_the_next(noted):
    for number in (1, 2, 4):
        answer_concept("before", f"C{number}", "a")
    view = concept_test("before")
    assert list(view.marks) == ["C1", "C2", "C4"]
    assert view.at == 2
    assert view.note == ""
    assert concept_test("after").marks == {}


def test_at_the_end_the_form_counts(noted):
    view = concept_test("before")
    for item in ITEMS.values():
        assert view.note == ""
        chosen = wrong(item) if item.id in ("C1", "C8") else item.before.right
        confirm(view, item.id, chosen.key)
    assert view.note.startswith("All are answered: 8 of 10 right.")
    assert concept_test("before").note == view.note
    assert "show_gain" not in view.note
    answer_all("after")
    assert "10 of 10 right" in concept_test("after").note
    assert "show_gain" in concept_test("after").note


def test_the_test_after_says_if_the_one_before_was_not_taken():
    assert "a gain cannot be computed" in concept_test("after").note
    answer_concept("before", "C1", "a")
    assert concept_test("after").note == ""


class Words(HTMLParser):
    """The text of a page, its tags and the scripts or inputs in it."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags = "", Counter()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("form", FORMS)
def test_where_no_widget_lives_the_form_says_how_to_see_the_questions_and_gives_none_away(form):
    answer_all(form, wrong_ones=("C2", "C3"))
    view = concept_test(form)
    data, _ = view._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", WIDGET_VIEW}
    page = Words(data["text/html"])
    assert not {"script", "input", "button"} & set(page.tags)
    assert "Run this cell" in page.text
    assert f'answer_concept("{form}", "C1")' in page.text
    for item in ITEMS.values():
        question = item.question(form)
        assert plain(question.asks) not in page.text
        assert not any(plain(option.reason)[:30] in page.text for option in question.options)
    assert "✓" not in page.text
    assert "✗" not in page.text


def test_the_texts_for_places_without_widgets_are_always_the_same():
    fresh = concept_test("before")._repr_mimebundle_()[0]
    answer_all("before", wrong_ones=("C1",))
    later = concept_test("before")._repr_mimebundle_()[0]
    assert fresh["text/plain"] == later["text/plain"]
    assert fresh["text/html"] == later["text/html"]


# ------------------------------------------------------------------ the gain


def test_with_nothing_recorded_there_is_one_line():
    assert repr(show_gain()) == NOTHING
    assert "\n" not in NOTHING
    assert NOTHING.split(":")[0] in show_gain()._repr_html_()
    assert "table" not in show_gain()._repr_html_()


@pytest.mark.parametrize(
    ("wrong_before", "wrong_after", "value"),
    [
        (["C1", "C2", "C3", "C4"], ["C1"], 3 / 4),
        (["C1", "C2"], ["C1", "C2"], 0.0),
        (["C1"], ["C2", "C3"], -1.0),
        (list(ITEMS), [], 1.0),
        ([], [], None),
        ([], ["C5"], None),
    ],
)
def test_the_gain_is_hake_s(wrong_before, wrong_after, value):
    answer_all("before", wrong_before)
    answer_all("after", wrong_after)
    found = show_gain()
    assert (found.before, found.after) == (10 - len(wrong_before), 10 - len(wrong_after))
    assert found.normalised == (None if value is None else pytest.approx(value))
    text = " ".join(repr(found).split())
    assert f"Before: {10 - len(wrong_before)} of 10 right; after:" in text
    assert CAUTION in text
    said = "no value" if value is None else f"= {value:.2f}."
    assert said in text


def test_the_gain_counts_what_was_answered_both_times():
    for name in ("C1", "C2", "C3"):
        answer_concept("before", name, wrong(ITEMS[name]).key)
    for name in ("C2", "C3", "C4"):
        answer_concept("after", name, ITEMS[name].after.right.key)
    answered = show_gain()
    assert (answered.pairs, answered.before, answered.after) == (2, 0, 2)
    assert answered.normalised == 1.0
    assert "0 of 2 right among the questions answered both times" in repr(answered)


def test_one_test_alone_gives_no_gain(noted):
    answer_all("before", ["C9"])
    text = repr(show_gain())
    assert "Before the course: 9 of 10 right." in text
    assert CAUTION not in text
    assert ITEMS["C9"].where in " ".join(text.split())
    assert gain({}, first_answers("before", noted)).normalised is None
    assert "a gain cannot be computed" in repr(gain({}, first_answers("before", noted)))


def test_no_common_question_gives_no_gain():
    answer_concept("before", "C1", "a")
    answer_concept("after", "C2", "a")
    assert "nothing to compare yet" in repr(show_gain())
    assert show_gain().normalised is None


def test_each_row_says_what_became_of_the_wrong_idea():
    item = ITEMS["C5"]
    idea, other = [option for option in item.before.options if not option.right][:2]
    says = {o: MISCONCEPTIONS[o.misconception].says for o in (idea, other)}
    right = item.before.right

    def sentence(before, after):
        given = [{} if option is None else {"C5": option} for option in (before, after)]
        return gain(*given).rows[4].sentence()

    assert sentence(None, None) == "Still to be answered."
    assert sentence(right, None) == "Known before."
    assert sentence(right, right) == "Right both times."
    assert sentence(None, right) == "Right; not asked before the course."
    assert sentence(idea, right) == f"Gained. Gone: “{says[idea]}”"
    again = f"Look again at {item.where}."
    assert sentence(idea, None) == f"“{says[idea]}” See {item.where}."
    assert sentence(idea, idea) == f"Still there: “{says[idea]}” {again}"
    assert sentence(right, other) == f"New: “{says[other]}” {again}"
    assert sentence(None, other) == f"“{says[other]}” {again}"
    assert sentence(idea, other) == (
        f"Gone: “{says[idea]}” In its place: “{says[other]}” {again}"
    )  # fmt: skip


def test_the_table_says_right_and_wrong_in_words():
    answer_all("before", ["C1", "C2"])
    answer_concept("after", "C1", ITEMS["C1"].after.right.key)
    page = Words(show_gain()._repr_html_())
    assert page.tags["tr"] == 1 + 2 * 10
    assert page.tags["th"] == 3 + 10
    assert page.text.count("✗ not right") == 2
    assert page.text.count("○ open") == 9
    assert page.text.count("✓ right") == 8 + 1


# ------------------------------------------------------------------ prose and imports


def test_what_is_written_is_escaped():
    assert block_html("a < b & `c > d`").endswith(">a &lt; b &amp; <code>c &gt; d</code></p>")
    assert block_html("    x < y").endswith(">x &lt; y</pre>")


def test_the_markup_of_all_texts_is_closed():
    for item, form in EACH:
        question = item.question(form)
        texts = [question.given, question.asks]
        texts += [text for option in question.options for text in (option.text, option.reason)]
        for text in texts:
            for kind, line in blocks(text):
                if kind == "prose":
                    assert "`" not in plain(line)
                    assert "*" not in re.sub(r"`[^`]*`", "", line).replace("*", "", 2 * 2)


def test_reading_the_items_loads_no_widgets():
    program = (
        "import cnncourse.inventory, sys\n"
        "print(sorted({'anywidget', 'ipywidgets', 'matplotlib', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stdout.decode().strip() == "[]"


def test_public_names():
    assert set(inventory.__all__) >= {"ITEMS", "concept_test", "answer_concept", "show_gain"}
    assert isinstance(concept_test("before"), ConceptTest)
