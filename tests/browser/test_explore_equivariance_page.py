"""The equivariance explorer in a page of its own: no kernel, no network, real Chromium."""

import numpy as np
import pytest
from explorer_page import clean, told_value

from cnncourse import explore
from cnncourse.explore.equivariance_model import commutation
from cnncourse.explore.numbers import plain
from cnncourse.kernels import KERNELS_2D

SQUARE = ".cx canvas"


def says_what_python_says(page, explorer):
    page.wait_for_function(
        "words => document.querySelector('[data-cx=spoken]').textContent === words",
        arg=explorer.describe(),
    )
    now = commutation(explorer.state())
    for key in ("overall", "inside", "in_band", "change"):
        assert page.locator(f"[data-cx={key}]").text_content() == plain(getattr(now, key))


def kernel_sent(page):
    page.wait_for_function("explorer.saves > 0 && explorer.sent.kernel")
    values = page.evaluate("[...new Float64Array(explorer.sent.kernel.data.buffer)]")
    return np.reshape(values, page.evaluate("explorer.sent.kernel.shape"))


def box_of(page, column, top):
    """Left and upper edge and size of a picture in the square, in pixels of the page."""
    canvas = page.locator(SQUARE).bounding_box()
    gap = max(26, min(58, 0.062 * canvas["width"]))
    size = int((canvas["width"] - 3 * gap) // 4)
    y = {"upper": 34, "middle": 34 + (size + 58) / 2, "lower": 34 + size + 58}[top]
    return canvas["x"] + round(column * (size + gap)), canvas["y"] + y, size


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"boundary": "circular", "stride": 2, "down": 4, "right": 2, "entering": "circular"},
        {"move": "rotate", "kernel": KERNELS_2D["laplacian"]},
        {"move": "scale", "factor": 0.5, "pooling": "average", "relu": True},
        {"image": np.ones((2, 2)), "boundary": "valid"},
    ],
)
def test_it_says_and_shows_what_python_says(show_explorer, state):
    explorer = explore.equivariance(**state)
    page = show_explorer(explorer)
    says_what_python_says(page, explorer)
    assert page.locator(SQUARE).get_attribute("aria-label") == explorer.describe()
    clean(page)


def test_the_keyboard_alone_does_everything(show_explorer):
    explorer = explore.equivariance()
    page = show_explorer(explorer)
    press = page.keyboard.press

    def step(role, name, trait, value, key="ArrowRight"):
        page.get_by_role(role, name=name, exact=True).and_(page.locator(":visible")).focus()
        press(key)
        told_value(page, trait, value)
        setattr(explorer, trait, value)

    step("slider", "Down", "down", 4)
    step("slider", "Right", "right", 4, "ArrowLeft")
    step("radio", "opposite side", "entering", "zeros")
    step("radio", "1", "stride", 2)
    step("checkbox", "ReLU", "relu", True, "Space")
    step("slider", "Output row", "row", 0, "Home")
    step("slider", "Output column", "column", 10, "ArrowLeft")
    says_what_python_says(page, explorer)
    page.get_by_role("group", name="f: padding").get_by_role("radio", name="zeros").focus()
    press("ArrowRight")
    told_value(page, "boundary", "circular")
    page.get_by_role("group", name="Pooling").get_by_role("radio", name="none").focus()
    press("ArrowRight")
    told_value(page, "pooling", "max")
    explorer.boundary, explorer.pooling = "circular", "max"
    says_what_python_says(page, explorer)
    step("radio", "shift", "move", "rotate")
    step("slider", "Angle", "angle", 105)
    says_what_python_says(page, explorer)
    step("radio", "turn", "move", "scale")
    page.get_by_role("group", name="Factor").get_by_role("radio", name="2").focus()
    press("ArrowRight")
    told_value(page, "factor", 0.5)
    explorer.factor = 0.5
    says_what_python_says(page, explorer)
    clean(page)


def test_the_kernel_is_walked_and_written_by_keys(show_explorer):
    explorer = explore.equivariance(move="rotate", angle=90)
    page = show_explorer(explorer)
    kernels = page.get_by_role("combobox", name="Kernel")
    kernels.focus()
    kernels.select_option("laplacian")
    assert kernel_sent(page).tolist() == KERNELS_2D["laplacian"].tolist()
    page.wait_for_function(
        "document.querySelector('[data-cx=verdict]').textContent.includes('equal everywhere')"
    )
    page.locator("[role=gridcell][tabindex='0']").focus()
    press = page.keyboard.press
    for key in ("Control+Home", "ArrowRight", "-", "2", ".", "5", "Enter"):
        press(key)
    page.wait_for_function("new Float64Array(explorer.sent.kernel.data.buffer)[1] === -2.5")
    explorer.kernel = kernel_sent(page)
    assert explorer.kernel.tolist() == [[0, -2.5, 0], [1, -4, 1], [0, 1, 0]]
    says_what_python_says(page, explorer)
    assert kernels.input_value() == "own"
    assert "differ" in page.locator("[data-cx=verdict]").inner_text()
    assert page.locator("[role=gridcell][tabindex='0']").count() == 1
    page.locator("[role=gridcell][tabindex='0']").focus()
    press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    clean(page)


def test_the_kernel_grows_around_its_middle(show_explorer):
    page = show_explorer(explore.equivariance())
    page.get_by_role("combobox", name="Size").select_option("5")
    expected = np.pad(KERNELS_2D["sobel_x"], 1)
    assert kernel_sent(page).tolist() == expected.tolist()
    page.get_by_role("combobox", name="Size").select_option("1")
    page.wait_for_function("explorer.sent.kernel.shape[0] === 1")
    assert kernel_sent(page).tolist() == [[0.0]]
    clean(page)


def test_the_mouse_drags_the_picture_and_tells_python_at_the_end(show_explorer):
    explorer = explore.equivariance(down=0, right=0)
    page = show_explorer(explorer)
    x, y, size = box_of(page, 1, "upper")
    cell = size / 24
    page.mouse.move(x + size / 2, y + size / 2)
    page.mouse.down()
    page.mouse.move(x + size / 2 - 4 * cell, y + size / 2 + 2 * cell, steps=5)
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    told_value(page, "down", 2)
    told_value(page, "right", -4)
    explorer.down, explorer.right = 2, -4
    says_what_python_says(page, explorer)
    clean(page)


@pytest.mark.parametrize("picture", [(2, "upper"), (2, "lower"), (3, "middle")])
def test_the_mouse_picks_an_output_in_any_of_its_pictures(show_explorer, picture):
    explorer = explore.equivariance()
    page = show_explorer(explorer)
    x, y, size = box_of(page, *picture)
    page.mouse.click(x + (7 + 0.5) * size / 24, y + (20 + 0.5) * size / 24)
    told_value(page, "row", 20)
    told_value(page, "column", 7)
    explorer.row, explorer.column = 20, 7
    says_what_python_says(page, explorer)
    now = commutation(explorer.state())
    words = page.locator("[data-cx=probe]").inner_text()
    assert words.startswith(f"f(g(x)) − g(f(x)) = {plain(now.there[20, 7])} − ")
    assert words.endswith(f" = {plain(now.residual[20, 7])}")
    clean(page)


def test_an_own_picture_is_taken_and_another_file_refused(show_explorer, tmp_path):
    from PIL import Image

    path = tmp_path / "own.png"
    Image.fromarray(np.full((96, 60), 200, np.uint8)).save(path)
    page = show_explorer(explore.equivariance())
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_function("explorer.sent.image")
    assert page.evaluate("explorer.sent.image.shape") == [40, 25]
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.includes('96 × 60 pixels')"
    )
    (tmp_path / "none.png").write_text("no picture")
    page.locator("input[type=file]").set_input_files(tmp_path / "none.png")
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.includes('not a picture')"
    )
    page.get_by_role("slider", name="Down").focus()
    page.keyboard.press("ArrowRight")
    told_value(page, "down", 4)


def test_a_reduced_picture_is_said_and_python_s_changes_are_followed(show_explorer):
    page = show_explorer(explore.equivariance(np.zeros((100, 140), np.uint8)))
    assert "100 x 140 pixels is shown as" in page.locator("[role=status]").inner_text()
    page.evaluate("(explorer.view(), null)")
    page.evaluate("explorer.put('move', 'scale')")
    page.wait_for_function(
        "[...document.querySelectorAll('[data-cx=spoken]')]"
        ".filter((one) => one.textContent.startsWith('g scales x')).length === 2"
    )
    assert page.evaluate("explorer.saves") == 0
    clean(page)
