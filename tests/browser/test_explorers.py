"""What holds for every explorer in a browser: offline, by keyboard, for every eye and every ear."""

import contextlib
from pathlib import Path

import axe_playwright_python
import nbformat
import playwright.sync_api
import pytest
from explorer_page import (
    FOCUSABLE,
    at_rest,
    change_by_keys,
    change_by_mouse,
    change_page,
    focused_in,
    sent,
    tab_from_the_top,
    views,
    views_of,
)
from notebook_page import NOTEBOOK, NotebookPage, keep_picture_of_failure

from cnncourse.explore import EXPLORERS
from tools import notebooks

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# Counts what would move a page by itself.
COUNTERS = """
window.asked = { frames: 0, intervals: 0 };
window.uncounted = requestAnimationFrame;
for (const [name, kind] of [['requestAnimationFrame', 'frames'], ['setInterval', 'intervals']]) {
  const real = window[name];
  window[name] = (...given) => {
    window.asked[kind] += 1;
    return real(...given);
  };
}
"""
SPOKEN = "document.querySelector('[data-cx=spoken]').textContent"


@pytest.fixture(scope="module", params=EXPLORERS)
def opened(request, browser):
    """Each explorer's demonstration in a page of its own, offline, for all tests of it."""
    context = browser.new_context(viewport={"width": 1280, "height": 960}, offline=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.requests, page.errors = [], []
    page.on("request", lambda r: page.requests.append(r.url))
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.evaluate(COUNTERS)
    page.name = request.param
    page.explorer = EXPLORERS[page.name]()
    page.set_content(page.explorer.to_html())
    page.wait_for_function(f"document.querySelector('[data-cx=spoken]') && {SPOKEN}")
    yield page
    context.close()


@pytest.fixture
def page(opened, request, tmp_path):
    """The page, with a picture of it if the test fails."""
    yield opened
    keep_picture_of_failure(opened, request, tmp_path / "failure.png")


def test_it_lives_without_kernel_and_network(page):
    assert page.evaluate(SPOKEN) == page.explorer.describe()
    assert page.evaluate("document.querySelectorAll('.cx').length") == 1
    assert page.requests == []
    assert page.errors == []


def test_it_does_not_move_by_itself(page):
    at_rest(page, "asked.frames")
    before = page.evaluate("asked"), views(page)
    page.wait_for_timeout(700)  # nothing is to happen in it
    assert (page.evaluate("asked"), views(page)) == before
    assert page.evaluate("document.getAnimations().length") == 0


def test_each_control_keeps_its_keys_and_has_a_name(page):
    faults = page.evaluate(
        """(focusable) => [...document.querySelectorAll('.cx')].flatMap((root) =>
          [...root.querySelectorAll(focusable + ', [tabindex]')]
            .filter((e) => !e.hasAttribute('data-lm-suppress-shortcuts')
              || !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
            .map((e) => e.outerHTML.slice(0, 200)))""",
        FOCUSABLE,
    )
    assert faults == []


def test_a_label_that_is_seen_belongs_to_each_native_control(page):
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('.cx input, .cx select')]
          .filter((e) => e.checkVisibility())
          .filter((e) => ![...e.labels].some((label) => label.getBoundingClientRect().width > 4))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    # What is drawn beside it may say the same: then the label is for those who listen.
    assert all("cx-range" in control for control in hidden), hidden


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.evaluate("scheme => void (document.body.className = scheme)", scheme)
    page.wait_for_function(
        "scheme => document.querySelector('.cx').dataset.theme === scheme", arg=scheme
    )
    at_rest(page, "asked.frames")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, nodes }) => nodes.map((node) =>
            `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))"""
    )
    assert found == []


def test_tab_reaches_a_control_whose_arrows_change_the_state(page):
    before = change_page(page)
    assert views(page)[0] != before
    assert set(page.evaluate("Object.keys(explorer.sent)")) <= set(page.explorer.state_names())
    assert page.errors == []


@pytest.mark.parametrize("key", ["ArrowRight", "ArrowDown", "5", "Space"])
def test_whatever_the_keys_choose_python_says_the_same_of_it(page, key):
    python = EXPLORERS[page.name]()
    page.set_content(python.to_html())
    page.wait_for_function(f"document.querySelector('[data-cx=spoken]') && {SPOKEN}")
    tab_from_the_top(page)
    for _ in range(60):
        if not focused_in(page):
            break
        page.keyboard.press(key)
        page.keyboard.press("Tab")
    at_rest(page, "asked.frames")
    page.wait_for_timeout(600)  # until what is held back is sent and said
    assert sent(page) or key in ("5", "Space")  # not all have fields and switches
    python.set_state(sent(page))
    assert page.evaluate(SPOKEN) == python.describe()
    assert page.errors == []


def test_escape_lets_go_of_a_grid(page):
    grids = page.locator(".cx [role=grid], .cx .cx-bars")
    for number in range(grids.count()):
        inside = grids.nth(number)
        if not inside.is_visible():
            continue
        inside.locator("[tabindex='0']").first.focus()
        page.keyboard.press("Escape")
        assert not inside.evaluate("grid => grid.contains(document.activeElement)")
    assert page.errors == []


def test_two_views_of_it_stay_in_step(page):
    page.evaluate("void explorer.view()")
    page.locator(".cx").nth(1).wait_for()
    at_rest(page, "asked.frames")
    before = change_page(page)
    # Who listens hears of it a little later.
    with contextlib.suppress(playwright.sync_api.TimeoutError):
        page.wait_for_function(f"new Set({views_of('.cx')}).size === 1", timeout=2_000)
    first, second = views(page)
    assert first == second != before
    page.evaluate("document.querySelectorAll('.cx')[1].remove()")
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800])
def test_nothing_is_wider_than_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 960})
    at_rest(page, "[asked.frames, innerWidth]")
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 960})
    at_rest(page, "[asked.frames, innerWidth]")


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
def nine_in_lab(lab, browser, stored):
    """The same notebook in JupyterLab after Run All, in one page that the tests below share."""
    notebook = nbformat.read(stored, as_version=4)
    for cell in notebook.cells:
        cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, lab.folder / "nine.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 960})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    opened = NotebookPage(page, lab, "nine.ipynb")
    opened.run_all()
    page.locator(".cx").nth(len(EXPLORERS) - 1).wait_for()
    yield opened
    context.close()


@pytest.fixture
def in_lab(nine_in_lab, request, tmp_path):
    """The notebook, and what puts the focus on an explorer's cell and tells of a change there."""

    def chosen(name):
        number = 1 + list(EXPLORERS).index(name)
        nine_in_lab.cell(number)
        nine_in_lab.page.evaluate(
            f"""() => {{
              {NOTEBOOK}.content.mode = 'command';
              {NOTEBOOK}.content.activate();
            }}"""
        )
        before = nine_in_lab.ask_kernel(f"repr({name})"), views(nine_in_lab.page, CELL)[0]

        def python_knows():
            active, mode = nine_in_lab.page.evaluate(
                f"[{NOTEBOOK}.content.activeCellIndex, {NOTEBOOK}.content.mode]"
            )
            assert (active, mode) == (number, "command"), "JupyterLab took the key for itself"
            if views(nine_in_lab.page, CELL)[0] == before[1]:
                return False
            nine_in_lab.page.wait_for_timeout(200)  # a held key is told a little later
            return nine_in_lab.ask_kernel(f"repr({name})") != before[0]

        return python_knows

    yield nine_in_lab, chosen
    keep_picture_of_failure(nine_in_lab.page, request, tmp_path / "failure.png")


def says_the_same(notebook, name):
    """Wait until the explorer says what Python says of the state that it has."""
    notebook.page.wait_for_function(
        """([cell, words]) =>
          document.querySelector(`${cell} [data-cx=spoken]`).textContent === words""",
        arg=[CELL, notebook.ask_kernel(f"{name}.describe()")],
        timeout=5_000,
    )


CELL = ".jp-Notebook .jp-Cell.jp-mod-active .cx"


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
