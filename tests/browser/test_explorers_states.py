"""What holds for an explorer's demonstration holds when it shows something else, too."""

import contextlib
import json
from pathlib import Path

import axe_playwright_python
import numpy as np
import playwright.sync_api
import pytest
import traitlets
from explorer_page import (
    FOCUSABLE,
    SPOKEN,
    at_rest,
    change_page,
    sent,
    views,
    views_of,
)

from cnncourse import explore
from cnncourse.data import colour_photograph, photograph

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
EDGES = np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])


def of_a_module():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    parts = [torch.nn.Conv2d(1, 3, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    images = np.random.default_rng(1).random((2, 1, 9, 11))
    return explore.layers(torch.nn.Sequential(*parts), images, layer=1, channel=2)


def in_colour():
    x = np.moveaxis(colour_photograph(), 2, 0) / 255
    return explore.channels(x, np.stack([EDGES, -EDGES, EDGES.T])[np.newaxis])


STATES = {
    "convolution2d of a photograph": lambda: explore.convolution2d(photograph()[:96, 16:112]),
    "toeplitz of images": lambda: explore.toeplitz([[1, -2], [3, 4]], [[5, 6, 0], [7, 8, -1]]),
    "channels of a colour photograph": in_colour,
    "layers of a module": of_a_module,
    "pooling of own values": lambda: explore.pooling([0, 3, -1, 5, 0, 2.5], size=2, stride=2),
    "side by side, one refused": lambda: explore.side_by_side(row=16, torch_padding="same"),
    "padding without output": lambda: explore.padding((2, 3), 5, padding="valid"),
}


@pytest.fixture(scope="module", params=STATES)
def opened(request, browser):
    """Each state in a page of its own, offline, after Python has refused another one."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 960}, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.requests, page.errors = [], []
    page.on("request", lambda r: page.requests.append(r.url))
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.explorer = STATES[request.param]()
    for name in page.explorer.state_names():
        with pytest.raises(traitlets.TraitError, match=rf"\b{name}\b"):
            setattr(page.explorer, name, object())
    page.set_content(page.explorer.to_html())
    page.wait_for_function(f"document.querySelector('[data-cx=spoken]') && {SPOKEN}")
    yield page
    context.close()


def test_it_says_what_python_says_and_asks_for_nothing(opened):
    assert opened.evaluate(SPOKEN) == opened.explorer.describe()
    assert opened.requests == []
    assert opened.errors == []


def test_each_control_keeps_its_keys_and_has_a_name(opened):
    found = opened.evaluate(
        """(focusable) => [...document.querySelectorAll('.cx')].flatMap((root) =>
          [...root.querySelectorAll(focusable + ', [tabindex]')].map((e) => ({
            html: e.outerHTML.slice(0, 200),
            keys: e.hasAttribute('data-lm-suppress-shortcuts'),
            name: (e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()) !== '',
          })))""",
        FOCUSABLE,
    )
    assert len(found) >= 5
    assert [control["html"] for control in found if not control["keys"]] == []
    assert [control["html"] for control in found if not control["name"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, scheme):
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened.evaluate("scheme => void (document.body.className = scheme)", scheme)
    opened.wait_for_function(
        "scheme => document.querySelector('.cx').dataset.theme === scheme", arg=scheme
    )
    if not opened.evaluate("typeof axe === 'object'"):
        opened.evaluate(AXE.read_text(encoding="utf-8"))
    checked, found = opened.evaluate(
        """async () => {
          const { passes, violations } = await axe.run(document);
          const serious = violations.filter(({ impact }) => /serious|critical/.test(impact));
          return [passes.length, serious.flatMap(({ id, nodes }) => nodes.map((node) =>
            `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))];
        }"""
    )
    assert checked > 5
    assert found == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_wider_than_the_page(opened, width):
    opened.set_viewport_size({"width": width, "height": 960})
    at_rest(opened, "innerWidth")
    assert opened.evaluate("[innerWidth, document.documentElement.scrollWidth <= innerWidth]") == [
        width,
        True,
    ]


def test_who_wants_less_motion_sees_none(opened):
    assert opened.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    moving = """[...document.querySelectorAll('.cx, .cx *')].flatMap((e) =>
      [null, '::before', '::after'].map((part) => getComputedStyle(e, part)))
      .filter((style) => parseFloat(style.transitionDuration) > 0.01
        || style.animationName !== 'none').length"""
    assert opened.evaluate(moving) == 0
    assert opened.evaluate("document.getAnimations().length") == 0


def test_two_views_stay_in_step_and_python_says_the_same(opened):
    opened.evaluate("void explorer.view()")
    opened.locator(".cx").nth(1).wait_for()
    at_rest(opened, "document.querySelectorAll('.cx').length")
    before = change_page(opened)
    with contextlib.suppress(playwright.sync_api.TimeoutError):
        opened.wait_for_function(f"new Set({views_of('.cx')}).size === 1", polling=250)
    first, second = views(opened)
    assert opened.errors == []
    assert first != before
    assert json.loads(second) == json.loads(first)
    opened.evaluate("document.querySelectorAll('.cx')[1].remove()")
    opened.wait_for_timeout(600)  # until what is held back is sent and said
    assert sent(opened)
    opened.explorer.set_state(sent(opened))
    assert opened.evaluate(SPOKEN) == opened.explorer.describe()
    assert opened.errors == []


def test_a_page_that_keeps_changing_its_layout_still_speaks(show_explorer):
    page = show_explorer(explore.padding())
    at_rest(page, "innerWidth")
    said = page.evaluate(SPOKEN)
    page.evaluate(
        """() => void setInterval(() => {
          const { style } = document.querySelector('.cx');
          style.width = style.width === '90%' ? '91%' : '90%';
        }, 50)"""
    )
    page.locator(".cx input[type=range]").first.press("ArrowRight")
    page.wait_for_function(f"said => {SPOKEN} !== said", arg=said, polling=100)
    assert page.errors == []


@pytest.mark.parametrize(
    ("name", "place"), [("channels", "[role=grid]"), ("padding", "canvas")], ids=["grid", "canvas"]
)
def test_a_finger_drags(show_explorer, name, place):
    page = show_explorer(getattr(explore, name)(), has_touch=True)
    target = page.locator(f".cx {place}").last
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    session = page.context.new_cdp_session(page)

    def touch(kind, share):
        at = {"x": box["x"] + share * box["width"], "y": box["y"] + share * box["height"]}
        points = [] if kind == "touchEnd" else [at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = views(page)
    touch("touchStart", 0.3)
    for share in (0.35, 0.45, 0.6, 0.7):
        touch("touchMove", share)
    touch("touchEnd", 0)
    page.wait_for_timeout(600)  # until what is held back is sent and said
    assert views(page) != before
    assert page.evaluate("explorer.saves") > 0
    assert page.errors == []
