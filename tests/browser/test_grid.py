"""A grid of cells that are typed into: where the focus is, and what becomes of what was typed."""

import pytest

from cnncourse import explore

FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName"


@pytest.fixture
def page(show_explorer):
    return show_explorer(explore.toeplitz([2.0, 1.0, -1.0], [1.0, 2.0, 3.0, 4.0]))


WEIGHTS = """[...new Float64Array(
  (({ data }) => data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))(
    explorer.sent.weights ?? { data: new DataView(new ArrayBuffer(0)) }
  )
)]"""


def expect_sent(page, *numbers):
    """Wait until Python would have heard of these weights."""
    page.wait_for_function(f"want => String({WEIGHTS}) === String(want)", arg=list(numbers))


def cell(page, i):
    return page.get_by_role("grid", name="Kernel").get_by_role("gridcell").nth(i)


def open_editor(page, i, text):
    cell(page, i).click()
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("5", 5), ("-2.5", -2.5), ("−3", -3), ("1,5", 1.5), (".25", 0.25), ("1e2", 100), ("+4", 4)],
)
def test_a_number_is_taken_however_it_is_written(page, typed, number):
    open_editor(page, 0, typed)
    page.keyboard.press("Enter")
    expect_sent(page, number, 1, -1)
    assert page.locator(".cx-cell-editor").count() == 0
    assert page.evaluate("document.activeElement.role") == "gridcell"


@pytest.mark.parametrize("typed", ["", "abc", "--", "0x10", "1e400", "Infinity", "1 2"])
def test_what_is_no_number_is_refused_with_words_and_dropped_by_escape(page, typed):
    cell(page, 0).click()
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    field = page.locator(".cx-cell-editor")
    assert field.get_attribute("aria-invalid") == "true"
    assert "a number such as" in page.get_by_role("alert").filter(has_text="number").inner_text()
    page.keyboard.press("Escape")
    assert field.count() == 0
    page.keyboard.press("Shift+ArrowUp")
    expect_sent(page, 3, 1, -1)
    assert page.errors == []


def test_a_click_elsewhere_keeps_the_number_and_takes_the_focus(page):
    open_editor(page, 0, "6")
    slider = page.get_by_role("slider", name="Row of T")
    slider.click()
    expect_sent(page, 6, 1, -1)
    assert slider.evaluate("e => e === document.activeElement")


def test_a_click_on_another_cell_goes_there(page):
    open_editor(page, 0, "5")
    cell(page, 2).click()
    assert cell(page, 2).evaluate("e => e === document.activeElement && e.tabIndex === 0")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect_sent(page, 5, 1, 7)


def test_python_may_take_away_the_cell_that_is_typed_into(page):
    open_editor(page, 2, "9")
    page.evaluate(
        """explorer.put('weights', {
          shape: [1], dtype: 'f8', data: new DataView(new Float64Array([4]).buffer)
        })"""
    )
    page.wait_for_function("document.querySelectorAll('.cx-cell-editor').length === 0")
    page.wait_for_function(
        "document.querySelector('[data-cx=spoken]').textContent.startsWith('T has 4 rows and 4 ')"
    )
    assert page.errors == []
    assert page.evaluate(FOCUSED) != "BODY"


def test_a_button_that_has_done_its_work_keeps_the_focus(page):
    cell(page, 0).click()
    button = page.get_by_role("button", name="All weights")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "[...document.querySelectorAll('button')].some((b) => b.ariaDisabled === 'true')"
    )
    assert button.evaluate("e => e === document.activeElement")
