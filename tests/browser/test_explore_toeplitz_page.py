"""The Toeplitz explorer in a page of its own: no kernel, no network, real Chromium."""

import numpy as np
import pytest
from explorer_page import SPOKEN, says, text, told, told_value

from cnncourse import explore
from cnncourse.explore.numbers import plain
from cnncourse.explore.toeplitz_model import ToeplitzModel, ToeplitzState

KERNEL_2D = [[2, 1, 0], [-1, 3, 1], [0.5, -2, 1]]


def sent_numbers(page, name):
    told(page, name)
    return page.evaluate(
        """(name) => {
          const { data } = explorer.sent[name];
          const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
          return Array.from(new Float64Array(bytes));
        }""",
        name,
    )


def cell_of_matrix(page, model, row, column):
    """Middle of a cell of T on the page, from what the picture's own plan says."""
    box = page.locator("canvas").bounding_box()
    flat = model.axes == 1
    rows, columns = model.matrix.shape
    narrow = box["width"] < 560
    left, names = (70, 0) if narrow else (76, 46 if flat else 56)
    room = box["width"] - left - names - (78 if narrow else 84)
    wide = min(58 if flat else 46, int(room / columns))
    tall = next(t for most, t in ((14, 29), (18, 26), (25, 21), (36, 17), (99, 14)) if rows <= most)
    top = 60 if flat else 80
    return box["x"] + left + (column + 0.5) * wide, box["y"] + top + (row + 0.5) * tall


@pytest.mark.parametrize("weights", [None, KERNEL_2D])
def test_it_draws_speaks_and_shows_python_s_numbers(show_explorer, weights):
    explorer = explore.toeplitz(weights)
    model = ToeplitzModel(explorer.state())
    page = show_explorer(explorer)
    assert page.evaluate(SPOKEN) == explorer.describe()
    assert text(page, "total") == plain(model.total())
    assert text(page, "cells") == str(model.cells)
    assert text(page, "filled").startswith(f"{model.filled} (")
    assert text(page, "parameters") == str(model.kernel.size)
    assert page.locator("canvas").get_attribute("aria-label") == explorer.describe()
    assert page.errors == []
    assert page.requests == []


def test_the_keyboard_alone_does_everything(show_explorer):
    explorer = explore.toeplitz([1, 2, 4], [3, -1, 2, 5], row=0)
    page = show_explorer(explorer)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    told_value(page, "row", 2)
    says(page, explore.toeplitz([1, 2, 4], [3, -1, 2, 5], row=2))
    assert text(page, "total") == plain(4 * 3 + 2 * -1 + 1 * 2)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    told_value(page, "mode", "same")
    for trait, key, size in (("weights", "ArrowRight", 4), ("signal", "ArrowLeft", 3)):
        page.keyboard.press("Tab")
        page.keyboard.press(key)
        assert len(sent_numbers(page, trait)) == size
    # The kernel, behind a button that does nothing yet: walk to its second weight, which lights it
    # up, and type another number.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("explorer.sent.weight === 1")
    page.keyboard.type("-0.5")
    page.keyboard.press("Enter")
    says(page, explore.toeplitz([1, -0.5, 4, 1], [3, -1, 2], row=2, weight=1, mode="same"))
    assert sent_numbers(page, "weights") == [1, -0.5, 4, 1]
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "w[1] = −0.5"
    # The input.
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    says(page, explore.toeplitz([1, -0.5, 4, 1], [3, -1, 7], row=2, weight=1, mode="same"))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="All weights").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("explorer.sent.weight === -1")
    assert page.errors == []


def test_a_click_on_a_cell_chooses_its_row_and_lights_up_its_weight(show_explorer):
    explorer = explore.toeplitz([1, 2, 4], [3, -1, 2, 5], row=0)
    model = ToeplitzModel(explorer.state())
    page = show_explorer(explorer)
    page.mouse.click(*cell_of_matrix(page, model, 3, 2))
    told_value(page, "row", 3)
    told_value(page, "weight", 1)
    says(page, explore.toeplitz([1, 2, 4], [3, -1, 2, 5], row=3, weight=1))
    assert text(page, "repeats") == "4 times"
    page.keyboard.press("ArrowDown")
    page.wait_for_function("explorer.sent.row === 4")
    page.mouse.click(*cell_of_matrix(page, model, 0, 3))
    page.wait_for_function("explorer.sent.weight === -1 && explorer.sent.row === 0")


def test_dragging_over_the_outputs_walks_and_python_hears_of_the_end(show_explorer):
    explorer = explore.toeplitz([1, 2, 4], [3, -1, 2, 5], row=0)
    model = ToeplitzModel(explorer.state())
    page = show_explorer(explorer)
    x, y = cell_of_matrix(page, model, 1, 3)
    x += 110
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, cell_of_matrix(page, model, 5, 3)[1], steps=6)
    page.wait_for_function("document.querySelector('[data-cx=made]').textContent === 's[5]'")
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    told_value(page, "row", 5)
    assert page.evaluate("explorer.saves") == 1


def test_an_output_pixel_chooses_its_row(show_explorer):
    page = show_explorer(explore.toeplitz(KERNEL_2D, row=0))
    page.get_by_role("gridcell", name="S[2, 3] =").click()
    told_value(page, "row", 15)
    page.keyboard.press("ArrowUp")
    page.wait_for_function("explorer.sent.row === 9")
    says(page, explore.toeplitz(KERNEL_2D, row=9))


def test_sizes_change_and_positions_stay_within(show_explorer):
    page = show_explorer(explore.toeplitz([1, 2, 3], [4, 5, 6], row=4, weight=2))
    for name in ("Weights m", "Samples n"):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("Home")
    page.wait_for_function("explorer.sent.signal?.shape[0] === 1")
    says(page, explore.toeplitz([1], [4], row=0))
    assert page.evaluate("[explorer.sent.row, explorer.sent.weight]") == [0, -1]


def test_a_mode_that_keeps_nothing_says_so(show_explorer):
    page = show_explorer(explore.toeplitz([1, 2, 3], [4, 5]))
    page.get_by_role("radio", name="valid").check(force=True)
    told_value(page, "mode", "valid")
    page.get_by_text("The kernel is longer than the signal: valid keeps no row.").wait_for()
    says(page, explore.toeplitz([1, 2, 3], [4, 5], mode="valid"))
    assert page.errors == []


def test_a_number_out_of_range_is_refused_with_words(show_explorer):
    page = show_explorer(explore.toeplitz([1, 2], [3, 4]))
    page.get_by_role("gridcell", name="w[0] = 1").focus()
    page.keyboard.type("20000000")
    page.keyboard.press("Enter")
    page.get_by_text("a number such as −0.5, from −1000000 to 1000000").wait_for()
    assert page.evaluate("explorer.saves") == 0
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    assert sent_numbers(page, "weights") == [5, 2]
    assert page.get_by_text("a number such as −0.5, from −1000000 to 1000000").count() == 0


def test_every_state_set_from_python_is_shown(show_explorer):
    random = np.random.default_rng(3)
    explorer = explore.toeplitz(KERNEL_2D)
    page = show_explorer(explorer)
    for mode in ("same", "valid", "full"):
        explorer.set_trait("row", int(random.integers(36)))
        explorer.mode = mode
        explorer.weight = int(random.integers(-1, 9))
        for name in ("row", "mode", "weight"):
            page.evaluate(
                "([name, value]) => explorer.put(name, value)", [name, getattr(explorer, name)]
            )
        says(page, explorer)
        model = ToeplitzModel(explorer.state())
        assert text(page, "total") == plain(model.total())
        assert text(page, "cells") == str(model.cells)
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800, 1280])
@pytest.mark.parametrize("weights", [[1, -2.25, 3, 4, 5, 6, 7], KERNEL_2D])
def test_nothing_is_wider_than_the_page(show_explorer, width, weights):
    page = show_explorer(explore.toeplitz(weights), viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_largest_matrix_can_be_walked(show_explorer):
    state = ToeplitzState(np.ones((3, 3)), np.ones((5, 5)))
    assert ToeplitzModel(state).matrix.shape == (49, 25)
    page = show_explorer(explore.toeplitz(np.ones((3, 3)), np.arange(25.0).reshape(5, 5)))
    page.get_by_role("slider", name="Row of T").focus()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    says(page, explore.toeplitz(np.ones((3, 3)), np.arange(25.0).reshape(5, 5), row=20))
    told_value(page, "row", 20)
