"""JupyterLab with a real kernel: the explorer, and lesson 01 as a learner goes through it."""

import nbformat
import pytest
from notebook_page import NotebookPage, keep_picture_of_failure

from cnncourse.exercises import get

LESSON = "notebooks/01_spaceship_smoothing.ipynb"
WRONG = """def my_convolution(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] * w[len(w) - 1 - b]
    return s"""


@pytest.fixture
def small_notebook(lab):
    """A notebook with nothing but an explorer."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [
        nbformat.v4.new_code_cell("from cnncourse.explore import SmoothingExplorer"),
        nbformat.v4.new_code_cell("explorer = SmoothingExplorer(t=60)\nexplorer"),
        nbformat.v4.new_code_cell("explorer"),
    ]
    nbformat.write(notebook, lab.folder / "explorer.ipynb")
    return "explorer.ipynb"


COLUMNS = "document.querySelector('.cx > canvas').toDataURL()"


def test_the_explorer_and_its_kernel_stay_in_step(lab, open_page, small_notebook):
    page = open_page()
    notebook = NotebookPage(page, lab, small_notebook)
    notebook.run_all()
    assert notebook.problems() == []
    explorers = page.locator(".cx")
    explorers.nth(1).wait_for()

    before = page.evaluate(COLUMNS)
    slider = explorers.nth(0).get_by_role("slider", name="Time t")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"before => {COLUMNS} !== before", arg=before)
    # The keys were the slider's: JupyterLab has not moved to another cell.
    assert slider.evaluate("element => element === document.activeElement")
    # The other view of the same widget follows.
    page.wait_for_function("document.querySelectorAll('.cx-time input')[1].value === '63'")
    assert notebook.ask_kernel("explorer.t") == 63

    before = page.evaluate(COLUMNS)
    assert notebook.ask_kernel("[setattr(explorer, 'weights', [0.5, 0.75, -0.25])]") == [None]
    page.wait_for_function(f"before => {COLUMNS} !== before", arg=before)
    assert explorers.nth(0).get_by_role("radio", name="own").is_checked()
    assert notebook.ask_kernel("[explorer.kernel_name, explorer.length]") == ["own", 3]
    outside = [url for url in page.requests if not url.startswith((lab.address, "data:", "blob:"))]
    assert outside == []


def test_saved_and_opened_again_without_its_kernel_an_explorer_is_there(
    lab, open_page, small_notebook
):
    page = open_page()
    notebook = NotebookPage(page, lab, small_notebook)
    notebook.run_all()
    page.locator(".cx").nth(1).wait_for()
    notebook.command("docmanager:save")
    notebook.command("kernelmenu:shutdown")
    page.close()
    again = open_page()
    NotebookPage(again, lab, small_notebook)
    # Lab trusts what was saved in it, so the page in the output is alive; no model is missed.
    frame = again.locator(".jp-OutputArea iframe").first
    frame.wait_for(state="visible")
    frame.content_frame.get_by_role("slider", name="Time t").wait_for()
    assert again.get_by_text("Error displaying widget").count() == 0
    assert again.locator(".jp-OutputArea .cx").count() == 0
    assert again.errors == []


def test_the_explorer_takes_on_lab_s_theme(lab, open_page, small_notebook):
    page = open_page()
    notebook = NotebookPage(page, lab, small_notebook)
    notebook.run_all()
    root = page.locator(".cx").first
    assert root.get_attribute("data-theme") == "light"
    before = page.evaluate(COLUMNS)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_function("document.querySelector('.cx').dataset.theme === 'dark'")
    page.wait_for_function(f"before => {COLUMNS} !== before", arg=before)


@pytest.fixture(scope="module")
def lesson_run(lab, browser):
    """Lesson 01 after Run All; `before` holds what a reader saw who had not run it yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 960})
    page = context.new_page()
    page.set_default_timeout(100_000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    notebook = NotebookPage(page, lab, LESSON)
    pictures = page.locator(".jp-OutputArea img[src^='data:image/png']")
    pictures.first.wait_for()
    still = page.locator(".jp-OutputArea img[alt^='Smoothing explorer']")
    notebook.before = {
        "explorers": page.locator(".cx").count(),
        "pictures": pictures.count(),
        "of the explorer": still.count(),
    }
    notebook.command("notebook:clear-all-cell-outputs")
    assert len(notebook.never_run()) > 10
    notebook.run_all()
    yield notebook
    context.close()


@pytest.fixture
def lesson(lesson_run, request, tmp_path):
    """Lesson 01 in one page that the tests below share."""
    yield lesson_run
    keep_picture_of_failure(lesson_run.page, request, tmp_path / "failure.png")


def test_before_it_is_run_lesson_01_shows_pictures_in_place_of_explorers(lesson):
    assert lesson.before["explorers"] == 0
    assert lesson.before["pictures"] > 3
    assert lesson.before["of the explorer"] == 1


def test_lesson_01_runs_without_an_error(lesson):
    assert lesson.problems() == []
    assert lesson.never_run() == []
    assert lesson.page.errors == []


def test_in_lesson_01_the_explorer_moves(lesson):
    explorer = lesson.page.locator(".cx").first
    explorer.scroll_into_view_if_needed()
    slider = explorer.get_by_role("slider", name="Time t")
    start = int(slider.input_value())
    before = lesson.page.evaluate(COLUMNS)
    slider.focus()
    lesson.page.keyboard.press("ArrowLeft")
    lesson.page.wait_for_function(f"before => {COLUMNS} !== before", arg=before)
    assert int(slider.input_value()) == start - 1


def test_in_lesson_01_a_wrong_answer_gets_its_hint_and_a_right_one_passes(lesson):
    exercise = get("E1.2")
    stub, check = lesson.index("exercise", "E1.2"), lesson.index("check", "E1.2")
    assert "not attempted" in lesson.run_cell(check).lower()

    lesson.type_over(stub, WRONG)
    lesson.run_cell(stub)
    card = lesson.run_cell(check)
    correlation = next(m for m in exercise.misconceptions if m.slug == "correlation")
    assert correlation.title in card
    assert correlation.hint in card

    lesson.type_over(stub, exercise.solution_source)
    lesson.run_cell(stub)
    card = lesson.run_cell(check)
    assert "passed" in card.lower()
    assert correlation.title not in card
    assert lesson.problems() == []
