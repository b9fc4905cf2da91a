"""The drawing pad's page, without a kernel and with the network blocked."""

import numpy as np
import pytest

from cnncourse import explore
from cnncourse.data import drawing_files, drawings
from cnncourse.data.strokes import SIDE, inked


@pytest.fixture
def pad(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    monkeypatch.setattr(drawing_files, "_IN_MEMORY", {})
    return explore.drawing_pad(writer="Ada")


def outbox(page):
    return page.evaluate("explorer.model.get('_outbox')")


def pixels(request):
    return np.frombuffer(bytes.fromhex(request["ink"]), np.uint8).reshape(SIDE, SIDE)


def answered(page, pad):
    """Let Python do what the page asks for, and the page hear of it."""
    pad.set_state({"_outbox": outbox(page)})
    for name in ("_problem", "_counts", "_done"):
        page.evaluate("([name, value]) => explorer.put(name, value)", [name, getattr(pad, name)])
    page.wait_for_function("explorer.model.get('_outbox').length === 0")


def draw(page, *places):
    """Pull the mouse over places (x, y), in pixels of the drawing."""
    box = page.locator(".dp-pad .cx-grid").bounding_box()
    step = (box["width"] - 2) / SIDE  # within a border of one pixel
    at = [(box["x"] + 1 + x * step, box["y"] + 1 + y * step) for x, y in places]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def keep(page):
    page.get_by_role("button", name="Keep", exact=True).click()


def test_what_is_drawn_by_mouse_is_kept_and_can_be_taken_back(pad, show_explorer):
    page = show_explorer(pad)
    draw(page, (5, 6), (22, 6), (22, 20))
    keep(page)
    [request] = outbox(page)
    assert (request["label"], request["writer"]) == ("circle", "Ada")
    expected = inked([[(5, 6), (22, 6), (22, 20)]]).astype(int)
    assert np.abs(pixels(request) - expected).max() <= 8, "pixels of the screen are whole"
    assert page.get_by_role("radio", name="cross").is_checked(), "the next label has its turn"
    answered(page, pad)
    assert np.array_equal(drawings.load().images, [pixels(request)])
    page.get_by_text("circle: 1 of 15", exact=True).wait_for()
    assert page.get_by_role("status").inner_text() == "Kept: a circle."
    page.get_by_role("button", name="Take the last one back").click()
    answered(page, pad)
    assert len(drawings.load()) == 0
    page.get_by_text("circle: 0 of 15", exact=True).wait_for()
    keep(page)  # it was back on the paper
    assert np.array_equal(pixels(outbox(page)[0]), pixels(request))
    assert page.errors == []
    assert page.requests == []


def test_drawings_wait_for_a_python_that_is_busy_and_none_is_lost(pad, show_explorer):
    page = show_explorer(pad)
    for number in range(3):
        draw(page, (5, 6 + number), (22, 20))
        keep(page)
    assert len({request["id"] for request in outbox(page)}) == 3
    page.get_by_text("3 drawings not kept yet.").wait_for(state="attached")
    answered(page, pad)
    assert len(drawings.load()) == 3
    page.wait_for_function(
        "words => document.querySelector('[data-cx=spoken]').textContent === words",
        arg=pad.describe().replace("is a circle", "is a triangle"),
    )
    assert page.errors == []


def test_it_is_drawn_and_kept_by_keys_alone(pad, show_explorer):
    page = show_explorer(pad)
    press = page.keyboard.press
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "gridcell"
    press("Enter")
    assert page.get_by_role("status").inner_text() == "There is nothing drawn yet."
    for key in [*["ArrowDown"] * 4, *["ArrowRight"] * 3]:
        press(key)
    press(" ")
    for _ in range(9):
        press("ArrowRight")
    press(" ")
    press("ArrowDown")
    press("Enter")
    [request] = outbox(page)
    assert np.array_equal(pixels(request), inked([[(3.5, 4.5), (12.5, 4.5)]]))
    assert page.errors == []


def test_strokes_are_undone_rubbed_out_and_cleared(pad, show_explorer):
    page = show_explorer(pad)
    empty = "The paper has 28 × 28 pixels, 0 % of them inked."

    def wait_until_empty(is_so):
        page.wait_for_function(
            """([empty, so]) =>
              document.querySelector('[data-cx=spoken]').textContent.includes(empty) === so""",
            arg=[empty, is_so],
        )

    draw(page, (5, 6), (22, 20))
    wait_until_empty(False)
    page.get_by_role("button", name="Undo").click()
    wait_until_empty(True)
    draw(page, (5, 6), (22, 20))
    wait_until_empty(False)
    page.get_by_role("radio", name="rub out").check()
    draw(page, (4, 5.2), (23, 20.9))
    wait_until_empty(True)
    page.keyboard.press("Backspace")
    wait_until_empty(False)
    page.get_by_role("button", name="Clear").click()
    wait_until_empty(True)
    assert page.errors == []


def test_a_stroke_that_ends_beside_the_paper_is_told_as_any_other(pad, show_explorer):
    page = show_explorer(pad)
    draw(page, (5, 6), (20, 12), (SIDE + 12, 20))
    page.wait_for_function(
        """() => !document.querySelector('[data-cx=spoken]').textContent.includes(', 0 % of')"""
    )
    page.mouse.move(1, 1)
    keep(page)
    [request] = outbox(page)
    assert pixels(request)[:, -1].any(), "the pen went over the edge"
    assert page.errors == []
