"""The drawing pad: its state, and what it does when the browser asks to keep a drawing."""

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.data import drawing_files, drawings
from cnncourse.data.strokes import INK, SIDE, inked
from tests import parity


@pytest.fixture(autouse=True)
def empty_memory(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    monkeypatch.setattr(drawing_files, "_IN_MEMORY", {})


STROKE = inked([[(4, 5), (22, 20)]])


def keeping(name, image=STROKE, label="circle", writer="Ada"):
    ink = np.asarray(image, np.uint8).tobytes().hex()
    return {"id": name, "do": "keep", "label": label, "writer": writer, "ink": ink}


def ask(pad, *requests):
    """What the browser sends: all requests that were not answered yet."""
    pad.set_state({"_outbox": list(requests)})


def test_a_drawing_is_kept_once_however_often_it_is_sent():
    pad = explore.drawing_pad()
    first, second = keeping("a"), keeping("b", label="line")
    ask(pad, first)
    ask(pad, first, second)
    ask(pad, second)
    found = drawings.load()
    assert np.array_equal(found.images, [STROKE, STROKE])
    assert found.label_names == ("circle", "line")
    assert pad._counts == [1, 0, 1, 0]
    assert pad._done == ["a", "b"]
    assert pad._problem == ""


def test_several_that_waited_come_at_once_and_one_of_them_is_taken_back():
    pad = explore.drawing_pad()
    ask(pad, keeping("a"), keeping("b"), {"id": "c", "do": "put away", "of": "b"})
    assert len(drawings.load()) == 1
    assert pad._done == ["a", "b", "c"]
    ask(pad, {"id": "d", "do": "put away", "of": "never heard of"})
    assert len(drawings.load()) == 1


def test_what_the_disk_refuses_stays_in_the_browser_and_is_tried_again(monkeypatch):
    pad = explore.drawing_pad()

    def full(drawing):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(drawing_files, "keep", full)
        ask(pad, keeping("a"))
    assert "No space left" in pad._problem
    assert pad._done == []
    ask(pad, keeping("a"), keeping("b"))
    assert pad._problem == ""
    assert pad._counts[0] == 2


@pytest.mark.parametrize(
    "request_",
    [
        {"id": "x"},
        keeping("x") | {"ink": "zz"},
        keeping("x") | {"ink": "00"},
        keeping("x", np.zeros((SIDE, SIDE))),
        keeping("x", label="../up"),
        {"id": "x", "do": "put away"},
        7,
    ],
)
def test_a_request_of_another_form_is_answered_and_harms_no_other(request_):
    pad = explore.drawing_pad()
    ask(pad, request_, keeping("y"))
    assert len(drawings.load()) == 1
    assert "could not be kept" in pad._problem
    assert len(pad._done) == 2


def test_the_browser_s_emptied_outbox_reads_no_file_and_wipes_no_answer(monkeypatch):
    pad = explore.drawing_pad()
    loaded = []
    load = drawings.load
    monkeypatch.setattr(drawings, "load", lambda labels: loaded.append(1) or load(labels))
    ask(pad, keeping("a", label="../up"))
    ask(pad)
    assert "could not be kept" in pad._problem
    assert pad._done == ["a"]
    assert len(loaded) == 1


@pytest.mark.parametrize("made", [lambda p: p.write_text("no folder"), lambda p: p.mkdir(mode=0)])
def test_a_folder_that_cannot_be_read_is_told_from_an_empty_one(made, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    assert explore.drawing_pad()._problem == ""
    made(drawings.folder())
    try:
        list(drawings.folder().iterdir())
        pytest.skip("nothing is closed to this user")
    except OSError:
        assert "annot be" in explore.drawing_pad()._problem


def test_drawings_that_cannot_be_read_are_told_from_none(monkeypatch):
    def unread(labels):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(drawings, "load", unread)
    pad = explore.drawing_pad()
    assert "cannot be read: " in pad._problem
    assert "Permission denied" in pad._problem


def test_a_new_pad_counts_what_was_kept_earlier():
    ask(explore.drawing_pad(), keeping("a"), keeping("b", label="line"))
    again = explore.drawing_pad(["line", "dot"])
    assert again._counts == [1, 0]
    assert "Kept: line: 1 of 15, dot: 0 of 15." in again.describe()


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        ("circle", TypeError),
        (["one"], ValueError),
        (["a", "A"], ValueError),
        (["a", "b/c"], ValueError),
        (list("abcdefghi"), ValueError),
        ([1, 2], TypeError),
        (None, TypeError),
    ],
)
def test_labels_are_checked(labels, error):
    with pytest.raises(error, match="label"):
        explore.drawing_pad(labels)


@pytest.mark.parametrize(
    "state",
    [
        {"label": "star"},
        {"writer": " "},
        {"image": np.zeros((8, 8))},
        {"image": np.full((SIDE, SIDE), -1)},
        {"image": np.full((SIDE, SIDE), INK + 1)},
    ],
)
def test_its_state_is_checked(state):
    with pytest.raises(traitlets.TraitError, match=next(iter(state))):
        explore.drawing_pad(**state)


def test_its_picture_and_its_page_fit_into_a_notebook():
    pad = explore.drawing_pad(image=STROKE)
    data, _ = pad._repr_mimebundle_()
    text = data["text/html"]
    assert len(text) < 60_000
    assert "<iframe" in text
    assert pad.picture().alt == f"Drawing pad. {pad.describe()}"
    assert repr(pad) == repr(explore.drawing_pad(image=STROKE))


# ---------------------------------------------------------------- its module


def test_the_browser_s_pen_leaves_the_ink_that_python_s_leaves():
    random = np.random.default_rng(0)
    calls = []
    for radius in (0.5, 1.2, 2.4):
        start, end = random.uniform(-3, SIDE + 3, (2, 2))
        for stroke in ([start, end], [start, start]):
            blank = np.zeros((SIDE, SIDE))
            call = [blank, *(place.tolist() for place in stroke), {"radius": radius}]
            ink = inked([stroke], radius).ravel().astype(float).tolist()
            calls.append(("stroked", call, {"values": ink}))
    parity.agree("brush", calls)


def test_a_rubber_takes_away_what_a_pen_left_and_a_pen_adds_to_it():
    ends = [[4.0, 5.0], [22.0, 20.0]]
    full, blank = np.full((SIDE, SIDE), 255.0), np.zeros((SIDE, SIDE))
    ink = STROKE.ravel().tolist()
    calls = [
        ("stroked", [STROKE, *ends, {"radius": 3.0, "rub": True}], {"values": [0.0] * SIDE**2}),
        ("stroked", [full, *ends, {"radius": 1.2}], {"values": full.ravel().tolist()}),
        ("stroked", [STROKE, *ends, {"radius": 1.2}], {"values": ink}),
        ("stroked", [blank, *ends, {"radius": 3.0, "rub": True}], {"values": [0.0] * SIDE**2}),
    ]
    parity.agree("brush", calls)


def test_the_browser_says_what_python_says_and_packs_what_python_unpacks():
    pad = explore.drawing_pad(image=STROKE, label="line", writer="Ada")
    ask(pad, keeping("a"))
    state = {"image": STROKE, "label": "line", "writer": "Ada", "_counts": pad._counts}
    state["_outbox"] = []
    now = {"inked": float((STROKE > 0).mean()), "waiting": 0}
    lines = ["circle: 1 of 15", "cross: 0 of 15", "line: 0 of 15", "triangle: 0 of 15"]
    waiting = [keeping("a"), keeping("b"), {"id": "c", "do": "put away", "of": "a"}]
    one = pad.describe() + " 1 drawing not kept yet."
    calls = [
        ("compute", [pad._about, state], {**now, "lines": lines}),
        ("compute", [pad._about, {**state, "_outbox": waiting}], {"waiting": 2}),
        ("describe", [pad._about, state, {**now, "lines": lines}], pad.describe()),
        ("describe", [pad._about, state, {**now, "lines": lines, "waiting": 1}], one),
        ("unanswered", [waiting, ["a", "c", "z"]], [waiting[1]]),
        ("inkText", [STROKE], waiting[0]["ink"]),
        ("inkFrom", [waiting[0]["ink"], [SIDE, SIDE]], {"values": STROKE.ravel().tolist()}),
    ]
    parity.agree("drawing_pad_words", calls)
