"""The padding explorer's own page: by keyboard, by mouse, set from Python."""

import pytest
from explorer_page import says, text, told_value

from cnncourse import explore
from cnncourse.explore.padding_model import PaddingState, geometry

CANVAS = ".pd-canvas"


def spoken(page, **state):
    """Wait until the page says what Python says of this state."""
    says(page, explore.padding(**state))


def test_it_says_and_shows_python_s_numbers(show_explorer):
    state = {"n": (8, 9), "kernel_size": (3, 2), "stride": (2, 3), "padding": ((0, 1), (2, 0))}
    page = show_explorer(explore.padding(**state, window=(1, 2)))
    spoken(page, **state, window=(1, 2))
    assert "⌊(8 + 0 + 1 − 1·(3 − 1) − 1) / 2⌋ + 1\n= ⌊6 / 2⌋ + 1 = 4" in text(page, "sum-rows")
    assert "= ⌊9 / 3⌋ + 1 = 4" in text(page, "sum-columns")
    now = geometry(PaddingState(**state))
    assert text(page, "torch") == now.code.torch and text(page, "keras") == now.code.keras
    assert text(page, "course") == now.code.course
    for note in now.notes:
        assert note in text(page, "notes")
    assert page.errors == [] and page.requests == []


def test_the_keyboard_alone_does_everything(show_explorer):
    page = show_explorer(explore.padding(n=7, padding="valid"))
    page.get_by_role("slider", name="Step").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "PageDown", "ArrowUp"):
        page.keyboard.press(key)
    spoken(page, padding="valid", window=(3, 2))
    told_value(page, "window", [3, 2])
    page.keyboard.press("End")
    spoken(page, padding="valid", window=(4, 4))
    page.keyboard.press("ArrowDown")  # nothing lies below
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("slider", name="kernel, rows").focus()
    page.keyboard.press("ArrowRight")
    # A smaller output takes the window along.
    spoken(page, kernel_size=4, padding="valid", window=(3, 3))
    told_value(page, "kernel_size", [4, 4])
    page.get_by_role("checkbox", name="Columns as rows").focus()
    page.keyboard.press("Space")
    for name, key in [("input, columns", "ArrowLeft"), ("stride, rows", "ArrowRight")]:
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press(key)
    page.get_by_role("slider", name="padding before, columns").focus()
    page.keyboard.press("ArrowRight")
    state = {"n": (7, 6), "kernel_size": 4, "stride": (2, 1), "padding": ((0, 0), (1, 0))}
    spoken(page, **state, window=(1, 2))
    assert page.get_by_role("radio", name="own").is_checked()
    page.get_by_role("checkbox", name="Visit counts").focus()
    page.keyboard.press("Space")
    told_value(page, "counts", True)
    page.get_by_role("radio", name="own").focus()
    page.keyboard.press("ArrowLeft")
    told_value(page, "padding", "full")
    assert page.errors == []


def test_the_mouse_moves_the_window_in_the_input_and_in_the_output(show_explorer):
    page = show_explorer(
        explore.padding(n=(6, 8), kernel_size=(3, 2), stride=(1, 2), padding="full")
    )
    box = page.locator(CANVAS).bounding_box()
    # Input 6 x 8 with padding 10 x 10, output 8 x 5: cells of the same size, side by side.
    cell = int(min(46, (box["width"] - 120) / 15, (420 - 68) / 10))
    left = round((box["width"] - (24 + 15 * cell + 72)) / 2) + 24
    top = box["height"] / 2 + 20 - 5 * cell
    inside = (box["x"] + left + 5.0 * cell, box["y"] + top + 4.5 * cell)
    page.mouse.move(*inside)
    page.mouse.down()
    page.wait_for_function("document.querySelector('.cx-place input').value !== '0'")
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    told_value(page, "window", [3, 2])
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("ArrowRight")
    spoken(page, n=(6, 8), kernel_size=(3, 2), stride=(1, 2), padding="full", window=(3, 3))
    output = (left + 10 * cell + 72, top + cell)
    page.mouse.click(box["x"] + output[0] + 4.5 * cell, box["y"] + output[1] + 6.5 * cell)
    spoken(page, n=(6, 8), kernel_size=(3, 2), stride=(1, 2), padding="full", window=(6, 4))
    assert page.errors == []


def test_no_output_is_said_and_left_again(show_explorer):
    page = show_explorer(explore.padding(n=4, kernel_size=5, padding="valid"))
    assert "No output is left" in page.locator(".pd-problem").inner_text()
    assert page.get_by_role("slider", name="Step").is_disabled()
    page.get_by_role("radio", name="same, PyTorch").check(force=True)
    spoken(page, n=4, kernel_size=5, padding="torch_same")
    assert page.locator(".pd-problem").inner_text() == ""
    page.get_by_role("slider", name="stride, rows").focus()
    page.keyboard.press("ArrowRight")
    spoken(page, n=4, kernel_size=5, stride=2, padding="torch_same")
    assert "PyTorch refuses" in page.locator(".pd-problem").inner_text()
    assert "✗ ValueError" in text(page, "torch-error")
    state = PaddingState((4, 4), (5, 5), (2, 2), padding="torch_same")
    code = geometry(state).code
    assert text(page, "keras-remark") == code.keras_remark != ""
    assert text(page, "course-remark") == code.course_remark != ""
    assert page.get_by_text("The same layer in code").count() == 0
    page.get_by_role("radio", name="same, TensorFlow").check(force=True)
    page.get_by_text("The same layer in code").wait_for()
    assert text(page, "keras-remark") == text(page, "course-remark") == ""
    assert page.errors == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"n": 3, "kernel_size": 1, "stride": 2}, "by at most 1 window, 5 of 9 never."),
        ({"n": 3, "kernel_size": 1}, "Each input pixel is used by 1 window."),
        ({"n": 3, "kernel_size": 2}, "Each input pixel is used by 1 to 4 windows."),
    ],
)
def test_visits_are_in_words(show_explorer, state, words):
    page = show_explorer(explore.padding(**state, padding="valid"))
    assert text(page, "visits").endswith(words)
    assert page.errors == []


def test_python_sets_the_state_and_the_page_follows(show_explorer):
    page = show_explorer(explore.padding())
    picture = f"document.querySelector('{CANVAS}').toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("explorer.put('n', [5, 9]); explorer.put('padding', [[2, 0], [0, 1]])")
    spoken(page, n=(5, 9), padding=((2, 0), (0, 1)))
    assert page.evaluate(picture) != before
    assert not page.get_by_role("checkbox", name="Columns as rows").is_checked()
    page.get_by_role("checkbox", name="Columns as rows").check()
    spoken(page, n=5, padding=((2, 0), (2, 0)))
    assert page.evaluate("explorer.saves") == 1


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_wider_than_the_page(show_explorer, width):
    page = show_explorer(
        explore.padding(24, 7, dilation=4, padding=24), viewport={"width": width, "height": 900}
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_that_takes_the_focus_has_a_name_and_keeps_its_keys(show_explorer):
    page = show_explorer(explore.padding(n=(6, 7)))
    faults = page.evaluate(
        """() => [...document.querySelectorAll('.cx input, .cx button, .cx [tabindex]')]
          .filter((e) => !e.hasAttribute('data-lm-suppress-shortcuts')
            || !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
          .map((e) => e.outerHTML)"""
    )
    assert faults == []
    for role, count in {"radio": 6, "slider": 13, "checkbox": 2}.items():
        assert page.locator(".cx").get_by_role(role).count() == count, role
