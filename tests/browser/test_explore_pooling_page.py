"""The pooling explorer in a page of its own: no kernel, no network, real Chromium."""

import numpy as np
import pytest
from explorer_page import clean, says, told_value

from cnncourse import explore
from cnncourse.explore.numbers import plain
from cnncourse.explore.pooling_model import LENGTH, WAITING, PoolingModel

ROWS, CHANGE = ".cx-left canvas", ".cx-right canvas >> nth=1"
SENT = "explorer.sent"


def spoken(page, words):
    """Wait until the sentence holds `words`; return it."""
    place = "document.querySelector('[data-cx=spoken]').textContent"
    page.wait_for_function(f"words => {place}.includes(words)", arg=words)
    return page.evaluate(place)


def signal_sent(page):
    page.wait_for_function("explorer.saves > 0 && explorer.sent.signal")
    return page.evaluate("[...new Float64Array(explorer.sent.signal.data.buffer)]")


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"kind": "blur", "stride": 2, "shift": 4, "source": "sparse"},
        {"kind": "l2", "signal": [1.0, -2.0, 3.0, -4.0, 0.5], "entering": [7.0], "size": 2},
        {"signal": [1.0], "size": 4},
    ],
)
def test_it_says_and_shows_what_python_says(show_explorer, state):
    explorer = explore.pooling(**state)
    page = show_explorer(explorer)
    says(page, explorer)
    now = PoolingModel().shown(explorer.state())
    share = page.locator("[data-cx=share]").inner_text()
    assert share == (
        f"{now.same.sum()} of {now.same.size} = {round(100 * now.share)} %"
        if now.same.size
        else "no output"
    )
    assert page.locator(ROWS).get_attribute("aria-label") == explorer.describe()
    clean(page)


def test_the_keyboard_alone_does_everything(show_explorer):
    explorer = explore.pooling()
    page = show_explorer(explorer)
    press = page.keyboard.press
    page.get_by_role("slider", name="Shift d").focus()
    press("ArrowRight")
    told_value(page, "shift", 2)
    page.get_by_role("slider", name="Width k").focus()
    press("ArrowRight")
    told_value(page, "size", 4)
    page.get_by_role("slider", name="Stride s").focus()
    press("ArrowRight")
    told_value(page, "stride", 2)
    page.get_by_role("slider", name="Draw").focus()
    press("End")
    told_value(page, "seed", 9)
    page.get_by_role("radio", name="max", exact=True).focus()
    press("ArrowRight")
    told_value(page, "kind", "average")
    page.get_by_role("radio", name="random").focus()
    press("ArrowRight")
    told_value(page, "source", "sparse")
    page.get_by_role("slider", name="Output j").focus()
    press("Home")
    told_value(page, "output", 0)
    for name in ("shift", "size", "stride", "seed", "kind", "source", "output"):
        setattr(explorer, name, page.evaluate(f"{SENT}.{name}"))
    says(page, explorer)
    clean(page)


def test_values_are_walked_and_changed_by_keys_and_become_own(show_explorer):
    explorer = explore.pooling()
    page = show_explorer(explorer)
    scene = PoolingModel().scene(explorer.state())
    page.get_by_role("slider", name="input value 0", exact=True).focus()
    for key in ("ArrowRight", "ArrowRight", "Delete", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function("document.activeElement.getAttribute('aria-valuenow') === '0.100'")
    values = signal_sent(page)
    assert values[2] == pytest.approx(0.1)
    assert np.delete(values, 2) == pytest.approx(np.delete(scene[WAITING:], 2))
    assert page.evaluate(f"{SENT}.source") == "own"
    assert page.get_by_role("radio", name="own").is_checked()
    assert page.locator(".cx-bar[tabindex='0']").count() == 1
    explorer.signal = values
    says(page, explorer)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    clean(page)


def test_dragging_a_value_tells_python_once_at_the_end(show_explorer):
    page = show_explorer(explore.pooling(kind="max", size=3))
    before = page.locator("[data-cx=share]").inner_text()
    bar = page.get_by_role("slider", name="input value 3", exact=True).bounding_box()
    x = bar["x"] + bar["width"] / 2
    page.mouse.move(x, bar["y"] + 60)
    page.mouse.down()
    page.mouse.move(x, bar["y"] + 15, steps=4)
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    values = signal_sent(page)
    assert page.evaluate("explorer.saves") == 1
    assert len(values) == LENGTH
    assert values[3] > 0.9
    assert page.locator("[data-cx=share]").inner_text() != before
    clean(page)


def test_the_mouse_picks_an_output_and_a_shift(show_explorer):
    page = show_explorer(explore.pooling(kind="max", size=3, stride=2))
    box = page.locator(ROWS).bounding_box()
    wide = (box["width"] - 88 - 8) / LENGTH
    # The middle of the window of output 5, which covers the values 10 to 12.
    page.mouse.click(box["x"] + 88 + 11.5 * wide, box["y"] + 226)
    told_value(page, "output", 5)
    scene = PoolingModel().scene(explore.pooling().state())[WAITING:]
    terms = page.locator("[data-cx=terms]").inner_text()
    assert terms.startswith("before: max(" + ", ".join(plain(v) for v in scene[10:13]))
    plot = page.locator(CHANGE).bounding_box()
    step = (plot["width"] - 8 - 44) / 8
    page.mouse.move(plot["x"] + 44 + step, plot["y"] + 120)
    page.mouse.down()
    page.mouse.move(plot["x"] + 44 + 6.2 * step, plot["y"] + 120, steps=4)
    page.mouse.up()
    told_value(page, "shift", 6)
    page.get_by_role("radio", name="smooth").click()
    told_value(page, "source", "smooth")
    assert "not independent" in spoken(page, "smooth values shifted by 6")
    clean(page)


def test_python_sets_the_state_and_two_views_follow(show_explorer):
    page = show_explorer(explore.pooling())
    page.evaluate("(explorer.view(), null)")
    page.evaluate("explorer.put('shift', 5)")
    page.wait_for_function(
        "[...document.querySelectorAll('[data-cx=spoken]')]"
        ".filter((one) => one.textContent.includes('shifted by 5')).length === 2"
    )
    assert page.evaluate("explorer.saves") == 0
    clean(page)


DRAWN_TEXTS = """() => {
  const texts = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    if (this.canvas === document.querySelector(".cx-left canvas")) texts.push([text, x, y]);
    return fillText.apply(this, arguments);
  };
  window.drawnTexts = texts;
}"""


@pytest.mark.parametrize("width", [480, 900, 1280])
@pytest.mark.parametrize(
    "state",
    [
        {},
        {"kind": "average", "source": "smooth"},
        {"kind": "average", "stride": 2},
        {"signal": [0.5, 0.5, 0.5004, 3.0, 0.5], "size": 2, "kind": "average"},
    ],
)
def test_outputs_that_differ_never_read_the_same(show_explorer, state, width):
    explorer = explore.pooling(**state)
    page = show_explorer(explorer, viewport={"width": width, "height": 900})
    page.evaluate(DRAWN_TEXTS)
    page.evaluate("explorer.put('output', 1)")
    page.wait_for_function("drawnTexts.some(([text]) => text === 'same?')")
    before, after = (
        page.evaluate(
            """(height) => Object.fromEntries(drawnTexts.filter(([, , y]) => y === height)
              .map(([text, x]) => [x.toFixed(3), text]))""",
            height,
        )
        for height in (205, 319)
    )
    assert before.keys() == after.keys()
    now = PoolingModel().shown(explorer.state())
    # From left to right; an output without room for the decimals it needs has no number.
    differ = [before[x] != after[x] for x in sorted(before, key=float)]
    assert sum(differ) <= (~now.same).sum()
    assert len(differ) - sum(differ) <= now.same.sum()
    if width == 1280 or not state:
        assert differ == (~now.same).tolist() or width == 480
    clean(page)
