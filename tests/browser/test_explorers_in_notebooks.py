"""Every explorer in stored and exported notebooks, and in a real JupyterLab."""

import nbformat
import pytest
from explorer_page import (
    SPOKEN,
    change_by_keys,
    change_by_mouse,
    change_page,
    focused_in,
    views,
)
from notebook_page import NOTEBOOK, NotebookPage, keep_picture_of_failure

from cnncourse.explore import EXPLORERS
from tools import notebooks

CELL = ".jp-Notebook .jp-Cell.jp-mod-active .cx"


def fits(frame, element):
    """Whether the frame is as high as what is in it, so that neither scrolls."""
    height = frame.evaluate("document.body.getBoundingClientRect().height")
    return abs(element.bounding_box()["height"] - height) < 2


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A notebook with every explorer, run and stored as the course's own are."""
    path = tmp_path_factory.mktemp("stored") / "explorers.ipynb"
    cells = [nbformat.v4.new_code_cell("from cnncourse import explore")]
    cells += [nbformat.v4.new_code_cell(f"{n} = explore.{n}()\n{n}") for n in EXPLORERS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    path.write_text(notebooks.run(path), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def exported(stored):
    """The address of the page that nbconvert makes of it."""
    from nbconvert import HTMLExporter

    text, _ = HTMLExporter().from_filename(str(stored))
    path = stored.with_suffix(".html")
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def test_in_an_exported_page_all_are_alive_offline(open_page, exported):
    page = open_page(offline=True)
    noted = []
    page.on("console", lambda m: noted.append((m.type, m.text, m.location["url"])))
    page.goto(exported)
    frames = page.locator("figure iframe")
    assert frames.count() == len(EXPLORERS)
    for number, name in enumerate(EXPLORERS):
        element = frames.nth(number)
        element.scroll_into_view_if_needed()
        frame = element.element_handle().content_frame()
        frame.wait_for_function(f"document.querySelector('[data-cx=spoken]') && {SPOKEN}")
        assert frame.evaluate(SPOKEN) == EXPLORERS[name]().describe()
        assert page.locator("figure img").nth(number).is_hidden(), name
        assert fits(frame, element), name
        before = change_page(frame)
        assert views(frame)[0] != before, name
        assert fits(frame, element), name
    # nbconvert's own page asks for MathJax and more, in vain here.
    cdn = "https://cdnjs.cloudflare.com/"
    assert [note for note in noted if note[0] == "error" and not note[2].startswith(cdn)] == []
    assert [url for url in page.requests if not url.startswith((cdn, "file:", "data:"))] == []


def test_in_an_exported_page_without_scripts_there_are_pictures_in_words(open_page, exported):
    page = open_page(offline=True, java_script_enabled=False)
    page.goto(exported)
    for number, make in enumerate(EXPLORERS.values()):
        explorer = make()
        picture = page.locator("figure img").nth(number)
        assert picture.get_attribute("alt") == f"{explorer.title}. {explorer.describe()}"
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 150
        assert page.locator("figure iframe").nth(number).is_hidden()
    assert page.locator("figure img").count() == len(EXPLORERS)


@pytest.mark.slow
def test_a_notebook_opened_in_lab_shows_the_pictures_before_it_is_run(lab, open_page, stored):
    (lab.folder / "stored.ipynb").write_text(stored.read_text(encoding="utf-8"), encoding="utf-8")
    page = open_page()
    NotebookPage(page, lab, "stored.ipynb")
    for make in EXPLORERS.values():
        picture = page.locator(f".jp-OutputArea img[alt^='{make().title}. ']")
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth > 500")
    assert page.locator(".cx").count() == 0
    assert page.locator("iframe:visible").count() == 0
    assert page.errors == []


@pytest.fixture(scope="module")
def all_in_lab(lab, browser, stored):
    """The same notebook in JupyterLab after Run All, in one page that the tests below share."""
    notebook = nbformat.read(stored, as_version=4)
    for cell in notebook.cells:
        cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, lab.folder / "all.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 960})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    opened = NotebookPage(page, lab, "all.ipynb")
    opened.run_all()
    page.locator(".cx").nth(len(EXPLORERS) - 1).wait_for()
    yield opened
    context.close()


@pytest.fixture
def in_lab(all_in_lab, request, tmp_path):
    """The notebook, and what puts the focus on an explorer's cell and tells of a change there."""

    def chosen(name):
        number = 1 + list(EXPLORERS).index(name)
        all_in_lab.cell(number)
        all_in_lab.page.evaluate(
            f"""() => {{
              {NOTEBOOK}.content.mode = 'command';
              {NOTEBOOK}.content.activate();
            }}"""
        )
        before = all_in_lab.ask_kernel(f"repr({name})"), views(all_in_lab.page, CELL)[0]

        def python_knows():
            active, mode = all_in_lab.page.evaluate(
                f"[{NOTEBOOK}.content.activeCellIndex, {NOTEBOOK}.content.mode]"
            )
            assert (active, mode) == (number, "command"), "JupyterLab took the key for itself"
            if views(all_in_lab.page, CELL)[0] == before[1]:
                return False
            all_in_lab.page.wait_for_timeout(200)  # a held key is told a little later
            return all_in_lab.ask_kernel(f"repr({name})") != before[0]

        return python_knows

    yield all_in_lab, chosen
    keep_picture_of_failure(all_in_lab.page, request, tmp_path / "failure.png")


def says_the_same(notebook, name):
    """Wait until the explorer says what Python says of the state that it has."""
    notebook.page.wait_for_function(
        """([cell, words]) =>
          document.querySelector(`${cell} [data-cx=spoken]`).textContent === words""",
        arg=[CELL, notebook.ask_kernel(f"{name}.describe()")],
        timeout=5_000,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPLORERS)
def test_in_lab_the_keyboard_alone_changes_what_python_knows(in_lab, name):
    notebook, chosen = in_lab
    python_knows = chosen(name)
    for _ in range(8):
        notebook.page.keyboard.press("Tab")
        if focused_in(notebook.page, CELL):
            break
    assert focused_in(notebook.page, CELL)
    change_by_keys(notebook.page, python_knows, CELL)
    assert focused_in(notebook.page, CELL)
    says_the_same(notebook, name)
    assert notebook.page.errors == []


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPLORERS)
def test_in_lab_the_mouse_changes_what_python_knows(in_lab, name):
    notebook, chosen = in_lab
    change_by_mouse(notebook.page, chosen(name), CELL)
    says_the_same(notebook, name)
    assert notebook.page.errors == []
