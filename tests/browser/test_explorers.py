"""What holds for every explorer in a browser: offline, by keyboard, for every eye and every ear."""

import contextlib
from pathlib import Path

import axe_playwright_python
import playwright.sync_api
import pytest
from explorer_page import (
    FOCUSABLE,
    SPOKEN,
    at_rest,
    change_page,
    focused_in,
    sent,
    tab_from_the_top,
    views,
    views_of,
)
from notebook_page import keep_picture_of_failure

from cnncourse.explore import EXPLORERS

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


# In a table with headings, and below an axis with its name.
LABELS_TO_HEAR = {
    "padding": [
        *("input, rows", "kernel, rows", "stride, rows", "dilation, rows"),
        *("padding before, rows", "padding after, rows"),
    ],
    "smoothing": ["Time t"],
}


def test_a_label_that_is_seen_belongs_to_each_native_control(page):
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('.cx input, .cx select')]
          .filter((e) => e.checkVisibility())
          .filter((e) => ![...e.labels].some((label) => label.getBoundingClientRect().width > 4))
          .map((e) => [...e.labels].map((label) => label.textContent).join())"""
    )
    # What is drawn beside it says the same: then the label is for those who listen.
    assert hidden == LABELS_TO_HEAR.get(page.name, [])


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


# What shows counts and maps only has no grid of numbers to walk.
WITHOUT_GRID = {"padding"}


def test_escape_lets_go_of_a_grid(page):
    places = page.locator(".cx [role=grid], .cx .cx-bars").all()
    grids = [place for place in places if place.is_visible()]
    assert (page.name in WITHOUT_GRID) == (not grids)
    for grid in grids:
        grid.locator("[tabindex='0']").first.focus()
        assert grid.evaluate("grid => grid.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert not grid.evaluate("grid => grid.contains(document.activeElement)")
    assert page.errors == []


@pytest.mark.parametrize("name", EXPLORERS)
def test_two_views_of_it_stay_in_step(show_explorer, name):
    page = show_explorer(EXPLORERS[name]())  # a new one: no view has made a choice of its own yet
    page.evaluate("void explorer.view()")
    page.locator(".cx").nth(1).wait_for()
    before = change_page(page)
    # Who listens hears of it a little later.
    with contextlib.suppress(playwright.sync_api.TimeoutError):
        page.wait_for_function(f"new Set({views_of('.cx')}).size === 1", polling=250)
    first, second = views(page)
    assert first == second != before
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_wider_than_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 960})
    at_rest(page, "[asked.frames, innerWidth]")
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 960})
    at_rest(page, "[asked.frames, innerWidth]")
