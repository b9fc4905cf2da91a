"""The connections explorer in a page of its own: no kernel, no network, real Chromium."""

import numpy as np
import pytest
from explorer_page import SPOKEN, says, text, told, told_value

from cnncourse import explore
from cnncourse.explore.connections_model import KINDS, ConnectionsModel

FOCUSED = "document.activeElement.getAttribute('aria-label')"


def unit(page, layer, number):
    name = f"layer {layer}, unit {number}" if layer else f"input {number}"
    cells = page.get_by_role("gridcell")
    return cells.and_(page.locator(f"[aria-label='{name}'], [aria-label^='{name},']"))


def test_it_draws_speaks_and_shows_python_s_numbers(show_explorer):
    explorer = explore.connections()
    model = ConnectionsModel(explorer.state())
    page = show_explorer(explorer)
    assert page.evaluate(SPOKEN) == explorer.describe()
    for kind in KINDS:
        counts = model.counts(kind)
        assert text(page, f"{kind}-connections") == str(counts.connections)
        assert text(page, f"{kind}-parameters") == str(counts.parameters)
    assert text(page, "size").endswith(f"= {model.field().size}")
    assert text(page, "name") == f"h{explorer.layer}[{explorer.unit}]"
    current = page.locator("tr[aria-current=true]")
    assert current.get_by_role("rowheader").inner_text() == "convolution"
    assert page.errors == []
    assert page.requests == []


def test_the_keyboard_alone_does_everything(show_explorer):
    now = {"units": 9, "width": 3, "depth": 2, "layer": 2, "unit": 4}
    page = show_explorer(explore.connections(**now))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    told_value(page, "kind", "local")
    for name in ("units", "width", "depth", "stride"):
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        told_value(page, name, now.get(name, 1) + 1)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    told_value(page, "padding", "valid")
    says(
        page,
        explore.connections(
            kind="local", units=10, width=4, depth=3, stride=2, padding="valid", layer=2, unit=0
        ),
    )
    page.get_by_role("status").get_by_text("Only 2 layers of 3 fit").wait_for()
    # The units: one tab stop; arrows walk along a layer, and up and down to the nearest above it.
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED).startswith("layer 2, unit 0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("explorer.sent.layer === 1")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.wait_for_function("explorer.sent.layer === 0 && explorer.sent.unit === 9")
    assert page.evaluate(FOCUSED).startswith("input 9")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("explorer.sent.layer === 1 && explorer.sent.unit === 3")
    # The weights: buttons that stay pressed.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told_value(page, "weight", 0)
    says(
        page,
        explore.connections(
            kind="local", units=10, width=4, depth=3, stride=2, padding="valid", layer=1, unit=3,
            weight=0,
        ),
    )  # fmt: skip
    page.keyboard.press("Enter")
    page.wait_for_function("explorer.sent.weight === -1")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert page.errors == []


def test_a_click_chooses_a_unit_and_the_keys_go_on_from_there(show_explorer):
    page = show_explorer(explore.connections(units=9, depth=2))
    unit(page, 1, 2).click(force=True)
    assert (told(page, "layer"), told(page, "unit")) == (1, 2)
    says(page, explore.connections(units=9, depth=2, layer=1, unit=2))
    assert "affects 3 units of layer 2" in page.locator(".cx").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("explorer.sent.unit === 3")


def test_dragging_walks_and_python_hears_of_the_end(show_explorer):
    page = show_explorer(explore.connections(units=9, depth=2))
    start, end = (unit(page, 0, n).bounding_box() for n in (1, 6))
    middle = start["y"] + start["height"] / 2
    page.mouse.move(start["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, middle, steps=8)
    page.wait_for_function("document.querySelector('[data-cx=name]').textContent === 'x[6]'")
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    told_value(page, "unit", 6)
    assert page.evaluate("explorer.saves") == 1


def test_sharing_switched_off_keeps_the_connections_and_loses_the_saving(show_explorer):
    page = show_explorer(explore.connections())
    canvas = "document.querySelector('canvas').toDataURL()"
    before = page.evaluate(canvas)
    page.get_by_role("radio", name="local").check(force=True)
    told_value(page, "kind", "local")
    page.wait_for_function(f"old => {canvas} !== old", arg=before)
    says(page, explore.connections(kind="local"))
    assert text(page, "local-connections") == text(page, "convolution-connections")
    assert text(page, "local-parameters") == text(page, "local-connections")
    assert int(text(page, "convolution-parameters")) < int(text(page, "local-parameters"))


def test_a_weight_pressed_is_told_how_often_it_is_used(show_explorer):
    page = show_explorer(explore.connections(units=5, depth=1))
    page.get_by_role("button", name="weight b").click()
    told_value(page, "weight", 1)
    page.get_by_text("Shared: b₁ on 5 connections.").wait_for()
    assert page.get_by_role("button", name="weight b").get_attribute("aria-pressed") == "true"
    page.get_by_role("radio", name="dense").check(force=True)
    page.get_by_text("Not shared: what stood at b serves one connection").wait_for()


def test_there_is_one_tab_stop_among_the_units(show_explorer):
    page = show_explorer(explore.connections(units=16, depth=4))
    assert page.locator("[role=gridcell]").count() == 80
    assert page.locator("[role=gridcell][tabindex='0']").count() == 1
    assert page.locator("[role=gridcell]:not([data-lm-suppress-shortcuts])").count() == 0


def test_every_state_set_from_python_is_shown(show_explorer):
    random = np.random.default_rng(4)
    page = show_explorer(explore.connections())
    for kind in KINDS:
        state = {
            "kind": kind,
            "units": int(random.integers(1, 17)),
            "width": int(random.integers(1, 8)),
            "depth": int(random.integers(1, 5)),
            "stride": int(random.integers(1, 4)),
            "padding": str(random.choice(["same", "valid"])),
        }
        explorer = explore.connections(**state)
        # Sizes first: what lies beyond them is drawn in, as in Python.
        for name in sorted(explorer.state_names(), key=("layer", "unit", "weight").__contains__):
            page.evaluate(
                "([name, value]) => explorer.put(name, value)", [name, getattr(explorer, name)]
            )
        says(page, explorer)
        counts = ConnectionsModel(explorer.state()).counts(kind)
        assert text(page, f"{kind}-connections") == str(counts.connections)
        assert text(page, f"{kind}-parameters") == str(counts.parameters)
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800, 1280])
@pytest.mark.parametrize("kind", ["dense", "convolution"])
def test_nothing_is_wider_than_the_page(show_explorer, width, kind):
    explorer = explore.connections(kind=kind, units=16, width=7, depth=4)
    page = show_explorer(explorer, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
