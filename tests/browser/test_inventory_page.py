"""The concept test in JupyterLab: by the keyboard alone, marked, resumed after a restart."""

import nbformat
import pytest
from notebook_page import NOTEBOOK, NotebookPage

from cnncourse.inventory import ITEMS

CELLS = (
    "from cnncourse import records\n"
    "from cnncourse.inventory import answer_concept, concept_test, show_gain",
    'test = concept_test("before")\ntest',
    "show_gain()",
    'concept_test("after")',
)
TEST, GAIN, AFTER = 1, 2, 3
QUESTION = "document.querySelector('.cf-title').textContent"
FORGET = "[records.record('reset', '')]"


@pytest.fixture
def notebook_file(lab):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(notebook, lab.folder / "concepts.ipynb")
    return "concepts.ipynb"


@pytest.fixture
def opened(lab, open_page, notebook_file):
    """Open the notebook with nothing answered yet; its first form is on the page when it is run."""

    def new(**options):
        page = open_page(**options)
        notebook = NotebookPage(page, lab, notebook_file)
        notebook.run_cell(0)
        notebook.ask_kernel(FORGET)
        return page, notebook

    return new


def wait_for_question(page, number):
    page.wait_for_function(f"n => {QUESTION}.includes(`question ${{n}} of`)", arg=number)


def choose(page, key):
    """Tab from the title to the options and go down to the one of that letter, by keys."""
    page.keyboard.press("Tab")
    first = page.locator(".cf-radio").first
    assert first.evaluate("element => element === document.activeElement")
    page.keyboard.press("Space")
    for _ in range("abcd".index(key)):
        page.keyboard.press("ArrowDown")


def outside(page, lab):
    return [u for u in page.requests if not u.startswith((lab.address, "data:", "blob:"))]


def test_the_whole_form_by_keys_then_a_restart_and_it_goes_on(lab, opened):
    page, notebook = opened()
    notebook.run_cell(TEST)
    cell = notebook.cell(TEST)
    cell.locator(".cf").wait_for()
    wait_for_question(page, 1)
    asked = list(ITEMS.values())
    wrong_ones = {"C2": "no-lag", "C5": "invariance-for-equivariance"}

    cell.locator(".cf-title").focus()
    for number, item in enumerate(asked[:6], start=1):
        wait_for_question(page, number)
        option = item.before.having(wrong_ones.get(item.id))
        choose(page, option.key)
        page.keyboard.press("Enter")
        verdict = cell.locator(".ci-verdict")
        verdict.wait_for()
        assert verdict.inner_text().startswith("✓ Right." if option.right else "✗ Not right.")
        assert f"The idea: {item.concept}." in cell.inner_text()
        assert cell.get_by_role("button", name="Confirm answer").count() == 0
        assert not cell.locator(".cf-radio").first.is_enabled()
        # The keyboard stands on "Next" now: the cell selection of JupyterLab has not moved.
        next_button = cell.get_by_role("button", name="Next", exact=True)
        assert next_button.evaluate("element => element === document.activeElement")
        page.keyboard.press("Enter")
    assert cell.get_by_role("button", name="Question 5: not right").count() == 1
    assert cell.get_by_role("button", name="Question 7: open").count() == 1

    # An answer that was chosen but not confirmed is not recorded.
    wait_for_question(page, 7)
    choose(page, "b")
    assert notebook.ask_kernel("[e.subject for e in records.events('concept')]") == [
        item.id for item in asked[:6]
    ]

    notebook.ask_kernel("records.flush()")
    page.evaluate(f"async () => void (await {NOTEBOOK}.sessionContext.session.kernel.restart())")
    notebook.wait_until_idle()
    # The form of the old kernel says so, and what was marked stays in sight.
    cell.get_by_role("button", name="Confirm answer").click()
    page.wait_for_function("document.querySelector('.cf-foot').innerText.includes('restarted')")
    # The new kernel counts from 1 again: without the old counts one sees that a cell has run.
    notebook.command("notebook:clear-all-cell-outputs")
    notebook.run_cell(0)
    notebook.run_cell(TEST)
    wait_for_question(page, 7)
    cell = notebook.cell(TEST)
    assert cell.get_by_role("button", name="Question 2: not right").count() == 1
    cell.get_by_role("button", name="Question 2: not right").click()
    wait_for_question(page, 2)
    idea = ITEMS["C2"].before.having("no-lag")
    assert cell.locator(f".cf-radio[value={idea.key}]").is_checked()
    assert cell.locator(".ci-verdict").inner_text().startswith("✗ Not right.")

    cell.get_by_role("button", name="Question 7: open").click()
    for number, item in enumerate(asked[6:], start=7):
        wait_for_question(page, number)
        choose(page, item.before.right.key)
        page.keyboard.press("Enter")
        cell.locator(".ci-verdict").wait_for()
        if number < len(asked):
            page.keyboard.press("Enter")
    assert "All are answered: 8 of 10 right." in cell.inner_text()
    assert cell.locator(".ci-verdict").evaluate("element => element === document.activeElement")

    notebook.cell(GAIN).focus()
    text = notebook.run_cell(GAIN)
    assert "Before the course: 8 of 10 right." in text
    assert text.count("✗ not right") == 2
    assert notebook.problems() == []
    assert page.errors == []
    assert outside(page, lab) == []


def test_no_answer_chosen_is_said_and_arrow_keys_stay_in_the_form(opened):
    page, notebook = opened()
    notebook.run_cell(TEST)
    cell = notebook.cell(TEST)
    cell.get_by_role("button", name="Confirm answer").click()
    alert = cell.get_by_role("alert")
    assert alert.inner_text() == "! Choose one of these."
    radios = cell.locator(".cf-radio")
    group = cell.get_by_role("radiogroup", name=ITEMS["C1"].before.asks)
    given, message = group.get_attribute("aria-describedby").split()
    assert "[0, 0, 5, 0, 0]" in page.locator(f"#{given}").inner_text()
    assert message == alert.get_attribute("id")
    assert group.get_attribute("aria-invalid") == "true"
    assert radios.first.evaluate("element => element === document.activeElement")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{NOTEBOOK}.content.activeCellIndex") == TEST
    assert "Choose one of these." not in cell.inner_text()
    assert group.get_attribute("aria-describedby") == given
    assert group.get_attribute("aria-invalid") is None
    page.keyboard.press("b")  # would insert a cell, if it were JupyterLab's
    assert page.evaluate(f"{NOTEBOOK}.content.model.cells.length") == len(CELLS)
    assert notebook.ask_kernel("len(records.events('concept'))") == 0


def test_the_right_answer_is_in_sight_and_the_others_are_folded(opened):
    page, notebook = opened()
    notebook.run_cell(TEST)
    cell = notebook.cell(TEST)
    wrong = ITEMS["C1"].before.having("peak-copies-kernel")
    cell.locator(f".cf-radio[value={wrong.key}]").check()
    cell.get_by_role("button", name="Confirm answer").click()
    cell.locator(".ci-verdict").wait_for()
    assert ITEMS["C1"].where in cell.inner_text()
    others = cell.locator(".ci-other")
    assert others.count() == 3
    # The right answer stands in sight; the other wrong ones are folded away.
    assert others.first.is_visible()
    assert others.first.inner_text().startswith("✓ ")
    folded = cell.locator("details .ci-other")
    assert folded.count() == 2
    assert not folded.first.is_visible()
    summary = cell.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert folded.first.is_visible()
    assert "✓" not in folded.first.inner_text() + folded.nth(1).inner_text()


def test_the_page_has_no_reasons_before_an_answer(opened):
    page, notebook = opened()
    notebook.run_cell(TEST)
    notebook.cell(TEST).locator(".cf").wait_for()
    whole = page.evaluate("document.documentElement.outerHTML")
    for item in ITEMS.values():
        assert item.concept not in whole
    assert "cross-correlation" not in whole


def test_the_test_after_says_that_there_was_none_before(opened):
    _, notebook = opened()
    notebook.run_cell(AFTER)
    cell = notebook.cell(AFTER)
    cell.locator(".cf").wait_for()
    assert "a gain cannot be computed" in cell.inner_text()
    notebook.cell(GAIN).focus()
    text = notebook.run_cell(GAIN)
    assert "Nothing to compare yet" in text


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("width", [480, 1280])
def test_nothing_is_cut_off_in_either_theme_and_width(opened, theme, width):
    page, notebook = opened(viewport={"width": width, "height": 900})
    # Said in either case: JupyterLab keeps the theme of the test before.
    notebook.command("apputils:change-theme", theme=theme)
    light = str(theme == "JupyterLab Light").lower()
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    notebook.run_cell(TEST)
    cell = notebook.cell(TEST)
    for i in range(len(ITEMS)):
        cell.locator(".ci-step").nth(i).click()
        wait_for_question(page, i + 1)
        wide = cell.locator(".cf").evaluate("element => [element.scrollWidth, element.clientWidth]")
        assert wide[0] <= wide[1]
