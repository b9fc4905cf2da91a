"""Predictions in real JupyterLab, by the keyboard alone; and forms in a page of their own."""

import nbformat
import pytest
from notebook_page import NOTEBOOK, NotebookPage

from cnncourse.forms import Cells, Choice, Form, Number, Reply
from cnncourse.forms.base import STATIC
from cnncourse.predictions import sureness
from cnncourse.widgets import joined_module, page_of, style_sheet

ACTIVE = f"{NOTEBOOK}.content.activeCellIndex"
COUNT = f"{NOTEBOOK}.content.widgets.length"
FOCUS = "document.activeElement"
CELLS = [
    "from cnncourse.predictions import compare, predict, show_calibration",
    'predict("P1.2")',
    'compare("P1.2", [13.2, 12.3])',
    'predict("P1.1")',
    'compare("P1.1", 13.2)',
    'predict("P1.7")',
    'compare("P1.7", [0, 0, 0.5, 0.3, 0.2, 0, 0])',
    "show_calibration()",
]


@pytest.fixture
def asking(lab, open_page, request):
    """A notebook that asks three predictions, one of each kind; its name is the test's."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    for cell in notebook.cells[2::2]:
        cell.metadata = {"collapsed": True, "jupyter": {"outputs_hidden": True}}
    name = f"{request.node.originalname}.ipynb"
    nbformat.write(notebook, lab.folder / name)
    opened = NotebookPage(open_page(), lab, name)
    # Each test is another learner.
    folder = lab.folder / f"record of {request.node.originalname}"
    opened.ask_kernel(f"__import__('os').environ.update(CNNCOURSE_DATA={str(folder)!r})")
    opened.run_cell(0)
    return opened


def into_the_form(notebook, index):
    """Run the cell, then walk into its form with Tab; returns the form."""
    notebook.run_cell(index)
    form = notebook.page.locator(".jp-Cell.jp-mod-active .cf")
    form.wait_for()
    for _ in range(20):
        notebook.page.keyboard.press("Tab")
        if notebook.page.evaluate(f"{FOCUS}.closest('.cf') !== null"):
            return form
    raise AssertionError("Tab does not lead into the form")


def press(notebook, *keys):
    """Press keys in a form: JupyterLab must neither select another cell nor make one."""
    before = notebook.page.evaluate(f"[{ACTIVE}, {COUNT}]")
    for key in keys:
        notebook.page.keyboard.press(key)
    assert notebook.page.evaluate(f"[{ACTIVE}, {COUNT}]") == before


def next_cell(notebook):
    """From the form back to the notebook, and on to the result; returns what it shows."""
    page = notebook.page
    index = page.evaluate(ACTIVE) + 1
    page.keyboard.press("Escape")
    page.wait_for_function(f"{FOCUS}.classList.contains('jp-Cell')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        f"(index) => {NOTEBOOK}.content.model.cells.get(index).executionCount > 0", arg=index
    )
    notebook.wait_until_idle()
    return notebook.cell(index).locator(".jp-Cell-outputArea").inner_text()


def wait_for_note(form, words):
    form.locator(".cf-note", has_text=words).wait_for()


def test_a_choice_is_predicted_and_compared_by_the_keyboard(asking):
    form = into_the_form(asking, 1)
    # Space chooses; arrows move the choice; b, a, x, d d are JupyterLab's letters, not here.
    press(asking, "Space", "ArrowDown", "ArrowDown", "ArrowUp", "b", "a", "x", "d", "d")
    assert form.get_by_role("radio", name="13.2 km both times").is_checked()
    press(asking, "Enter", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    wait_for_note(form, "Recorded: 13.2 km both times, sure (90 %)")
    shown = next_cell(asking)
    assert "Your prediction was not right" in shown
    assert "13.2 km both times; sure (90 %)" in shown
    assert "changes which numbers are multiplied" in shown
    assert asking.problems() == []
    page = asking.page
    outside = [u for u in page.requests if not u.startswith(("http://127.0.0.1", "data:", "blob:"))]
    assert outside == []
    assert page.errors == []


def test_a_number_is_predicted_and_compared_by_the_keyboard(asking):
    form = into_the_form(asking, 3)
    field = form.get_by_role("textbox", name="Which position do you estimate?")
    press(asking, *"far", "Enter", "Enter")
    message = form.locator(".cf-message:visible").first
    message.wait_for()
    assert "“far” is not a number in km" in message.inner_text()
    # The focus is where the fault is, what was typed still stands there, and a reader hears of it.
    asking.page.wait_for_function(f"{FOCUS}.classList.contains('cf-input')")
    assert field.input_value() == "far"
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == message.get_attribute("id")
    press(asking, *"13,2", "Enter", "Space", "ArrowRight", "Enter")
    wait_for_note(form, "Recorded: 13.2 km, could be (50 %)")
    assert form.locator(".cf-message:visible").count() == 0
    shown = next_cell(asking)
    assert "Your prediction was right" in shown


def test_a_sketch_is_predicted_and_compared_by_the_keyboard(asking):
    form = into_the_form(asking, 5)
    boxes = form.locator(".cf-cell")
    press(asking, *"0", "Enter", *"0", "ArrowRight", *".2", "Enter", *"0,3", "Enter", *"1/2")
    press(asking, "ArrowRight", "ArrowLeft", "ArrowRight", "ArrowRight", *"0", "Enter", "Space")
    press(asking, "Enter")
    # The sixth cell was left out: the focus goes there.
    form.locator(".cf-message", has_text="One cell is still empty").wait_for()
    asking.page.wait_for_function(f"{FOCUS}.getAttribute('aria-label') === 'cell 5'")
    assert boxes.nth(5).get_attribute("aria-invalid") == "true"
    assert boxes.nth(4).get_attribute("aria-invalid") is None
    assert [box.input_value() for box in boxes.all()] == ["0", "0", ".2", "0,3", "1/2", "", "0"]
    press(asking, *"0", "Enter", "Enter", "Enter")
    wait_for_note(form, "Recorded: (0, 0, 0.2, 0.3, 0.5, 0, 0), mostly guessing (25 %)")
    shown = next_cell(asking)
    assert "This is the kernel backwards" in shown
    assert (shown.count("✓"), shown.count("✗")) == (5, 1 + 2)


def test_enter_in_the_last_field_says_what_is_missing(asking):
    form = into_the_form(asking, 3)
    press(asking, *"13.2", "Enter", "Enter")
    form.locator("[role=alert]", has_text="Say how sure you are").wait_for()
    assert asking.page.evaluate(f"{FOCUS}.type") == "radio"
    assert form.get_by_role("radiogroup").get_attribute("aria-invalid") == "true"
    assert form.locator(".cf-note").inner_text() == ""


def test_tab_leaves_the_form_and_the_notebook_s_own_keys_still_work(asking):
    form = into_the_form(asking, 1)
    page = asking.page
    press(asking, "Space", "Tab", "Space", "Tab")
    assert page.evaluate(f"{FOCUS}.className") == "cf-button"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.closest('.cf') === null")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for_note(form, "Recorded")
    # Shift+Enter runs the cell again and goes on, as everywhere in JupyterLab; what was changed
    # just before, and not recorded, is not lost.
    before = page.evaluate(f"{NOTEBOOK}.content.model.cells.get(1).executionCount")
    form.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        f"before => {NOTEBOOK}.content.model.cells.get(1).executionCount > before", arg=before
    )
    again = asking.cell(1).locator(".cf")
    wait_for_note(again, "Recorded: 12.3 km with")
    assert again.get_by_role("radio").nth(1).is_checked()


def test_what_was_recorded_outlives_the_kernel(asking, lab):
    form = into_the_form(asking, 3)
    press(asking, *"12.3", "Enter", "Space", "Enter")
    wait_for_note(form, "Recorded: 12.3 km")
    assert asking.ask_kernel("__import__('cnncourse.records').records.flush()") is True
    folder = asking.ask_kernel("__import__('os').environ['CNNCOURSE_DATA']")
    page = asking.page
    page.evaluate(f"async () => {{ await {NOTEBOOK}.sessionContext.session.kernel.restart(); }}")
    asking.wait_until_idle()
    asking.command("notebook:clear-all-cell-outputs")  # and the numbers of the runs, counted anew
    asking.ask_kernel(f"__import__('os').environ.update(CNNCOURSE_DATA={folder!r})")
    asking.run_cell(0)
    form = into_the_form(asking, 3)
    assert form.locator(".cf-input").input_value() == "12.3"
    shown = next_cell(asking)
    assert "so that 12 km, the oldest, got 0.5" in shown
    asking.run_cell(7)
    assert "was wrong: one tells nothing yet" in asking.cell(7).inner_text()


def test_before_it_is_run_a_lesson_shows_the_questions(lab, open_page):
    notebook = NotebookPage(open_page(), lab, "notebooks/01_spaceship_smoothing.ipynb")
    stored = notebook.page.locator(".jp-OutputArea", has_text="How sure are you?")
    stored.first.wait_for()
    assert stored.count() == 17
    assert "Which position do you estimate?" in stored.first.inner_text()
    assert notebook.page.locator(".cf").count() == 0


# ------------------------------------------------------------------ a page of its own

FORMS = {
    "choice": Choice("answer", "Which is `best`?", {"a": "this one", "b": "a longer text " * 9}),
    "number": Number("answer", "How far is it behind?", "km"),
    "row": Cells("answer", "What stands in the row?", (7,)),
    "grid": Cells("answer", "What stands in the grid?", (3, 4)),
}


@pytest.fixture
def show(open_page):
    """Open a page with nothing but a form."""

    def opened(name, **options):
        form = Form("A form", [FORMS[name], sureness.question()], lambda answers: Reply("kept"))
        page = open_page(**options)
        state = {key: getattr(form, key) for key in form.keys if not key.startswith("_")}
        plain = ("title", "fields", "button", "values", "pressed", "reply")
        module = joined_module("form", STATIC)
        style = style_sheet(STATIC / "form.css")
        page.set_content(
            page_of(module, style, "A form", {name: state[name] for name in plain}, place="form")
        )
        page.locator(".cf").wait_for()
        return page

    return opened


def test_what_is_typed_is_sent_and_comes_back_into_another_view(show):
    page = show("row")
    page.get_by_role("textbox", name="cell 3").fill("1/2")
    page.wait_for_function("form.sent.values?.answer[3] === '1/2'")
    assert page.evaluate("form.sent.pressed") is None
    page.evaluate("void form.view()")
    assert page.get_by_role("textbox", name="cell 3").nth(1).input_value() == "1/2"
    page.evaluate("form.put('values', { answer: ['1', '2'], sure: '0.90' })")
    for view in range(2):
        assert page.get_by_role("textbox", name="cell 1").nth(view).input_value() == "2"
        assert page.get_by_role("radio", name="90 %").nth(view).is_checked()


def test_the_press_carries_what_is_typed(show):
    page = show("number")
    page.get_by_role("textbox").fill("7")
    page.get_by_role("button", name="Record").click()
    assert page.evaluate("[form.sent.pressed, form.sent.values.answer]") == [1, "7"]
    page.locator(".cf-note", has_text="Waiting for the kernel").wait_for()
    assert "If it was restarted, this answer was not recorded" in page.locator(".cf").inner_text()
    page.evaluate("form.put('reply', { note: 'kept', kind: 'done', pressed: 1 })")
    assert page.locator(".cf-note").inner_text() == "kept"
    assert page.locator(".cf-note").get_attribute("aria-live") == "polite"


def test_a_grid_is_walked_by_arrows(show):
    page = show("grid")
    page.get_by_role("textbox", name="row 1, column 1").focus()
    names = []
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
        names.append(page.evaluate(f"{FOCUS}.getAttribute('aria-label')"))
    places = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 2)]
    assert names == [f"row {row}, column {column}" for row, column in places]


def test_inside_a_text_the_arrows_move_the_cursor(show):
    page = show("row")
    box = page.get_by_role("textbox", name="cell 2")
    box.focus()
    page.keyboard.type("12")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("0")
    assert box.input_value() == "102"


def test_the_bars_show_the_values(show):
    page = show("row")
    for cell, text in enumerate(["0", "1", "1/2", "-0,5", "x", "", "1e0"]):
        page.get_by_role("textbox", name=f"cell {cell}").fill(text)
    heights = page.evaluate(
        """[...document.querySelectorAll('.cf-box')].map((box) => {
          const sign = box.classList.contains('cf-negative') ? -1 : 1;
          return sign * Number(box.style.getPropertyValue('--cf-size'));
        })"""
    )
    assert heights == [0, 1, 0.5, -0.5, 0, 0, 1]


def test_a_message_is_spoken_wherever_the_focus_is(show):
    page = show("choice")
    group = page.get_by_role("radiogroup", name="How sure are you?")
    assert page.get_by_role("alert").count() == 0
    page.evaluate(
        "form.put('reply', { pressed: 1, messages: { sure: { text: 'Say how sure you are.' } } })"
    )
    alert = page.get_by_role("alert")
    assert alert.inner_text() == "! Say how sure you are."
    assert group.get_attribute("aria-invalid") == "true"
    assert group.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert page.locator(".cf-radio[aria-invalid]").count() == 0
    group.get_by_role("radio").first.check()
    assert page.get_by_role("alert").count() == 0
    assert group.get_attribute("aria-invalid") is None
    assert group.get_attribute("aria-describedby") is None


@pytest.mark.parametrize("name", FORMS)
def test_everything_has_a_name_and_is_large_enough_to_hit(show, name):
    page = show(name)
    tree = page.locator(".cf").aria_snapshot()
    assert "How sure are you?" in tree
    assert FORMS[name].label.replace("`", "") in tree
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.cf input, .cf button')].filter((e) =>
          !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('.cf-option, .cf-input, .cf-button')].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width < 24 || box.height < 24;
        }).map((e) => e.outerHTML)"""
    )
    assert small == []
    assert page.errors == []


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("width", [400, 480, 800])
def test_nothing_is_wider_than_the_page(show, name, width):
    page = show(name, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize(("light", "soft"), [("true", "89, 89, 89"), ("false", "184, 184, 184")])
def test_the_notebook_s_theme_counts_more_than_the_system_s(show, system, light, soft):
    page = show("number", color_scheme=system)
    page.evaluate("light => void (document.body.dataset.jpThemeLight = light)", light)
    colour = page.locator(".cf-title").evaluate("e => getComputedStyle(e).color")
    assert colour == f"rgb({soft})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_both_themes(show, scheme):
    page = show("number", color_scheme=scheme)
    page.evaluate(
        """form.put('reply', { note: 'wrong', kind: 'wrong', pressed: 1,
          messages: { answer: { text: 'no number' } } })"""
    )
    ratios = page.evaluate(
        """() => {
          const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const light = (colour) => {
            const [r, g, b] = colour.slice(0, 3).map((v) => {
              const s = v / 255;
              return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = (e) => {
            const own = parts(getComputedStyle(e).backgroundColor);
            return own.length < 4 || own[3] === 1 ? own : ground(e.parentElement);
          };
          const places = '.cf-title, .cf-question, .cf-under, .cf-message, .cf-note, .cf-button, '
            + '.cf-unit, .cf-words';
          return [...document.querySelectorAll(places)].map((e) => {
            const ink = light(parts(getComputedStyle(e).color));
            const paper = light(ground(e));
            const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            return [e.className, ratio];
          });
        }"""
    )
    assert len(ratios) > 10
    for place, ratio in ratios:
        assert ratio >= 4.5, place
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert dark == (scheme == "dark")


def test_the_form_takes_on_lab_s_theme(asking):
    form = into_the_form(asking, 3)
    accent = "getComputedStyle(document.querySelector('.cf-button')).backgroundColor"
    before = asking.page.evaluate(accent)
    asking.command("apputils:change-theme", theme="JupyterLab Dark")
    asking.page.wait_for_function(f"before => {accent} !== before", arg=before)
    # The ground is JupyterLab's own.
    assert form.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(17, 17, 17)"
