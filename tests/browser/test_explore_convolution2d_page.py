"""The explorer of 2-D convolution in a page of its own: no kernel, no network, real Chromium."""

import base64
import io

import numpy as np
import pytest
from explorer_page import clean, told, told_value
from PIL import Image

from cnncourse import explore
from cnncourse.conv import convolve2d, cross_correlate2d
from cnncourse.explore.convolution2d_model import KERNELS, LETTER

INPUT, KERNEL, OUTPUT = "Input: arrow", "Kernel: digits", "Output: arrow"
NUMBERS = """(label) => {
  const grid = [...document.querySelectorAll('[role=grid]')]
    .find((one) => one.getAttribute('aria-label').startsWith(label));
  return [...grid.querySelectorAll('[role=row]')].map((row) => [...row.children].map((cell) =>
    Number(cell.firstChild.textContent.replace('−', '-'))));
}"""


def grid(page, label):
    return page.locator(f"[role=grid][aria-label^='{label}']")


def numbers(page, label):
    """The numbers in a grid of cells."""
    return np.array(page.evaluate(NUMBERS, label))


def focus(page, label):
    """Reach a grid by its one tab stop."""
    stops = grid(page, label).locator("[tabindex='0']")
    assert stops.count() == 1
    stops.focus()


def wait_for(page, explorer):
    """Wait until the page says what Python says."""
    page.wait_for_function(
        "words => document.querySelector('[data-cx=spoken]').textContent === words",
        arg=explorer.describe(),
    )


def sent_array(page, name):
    told(page, name)
    shape, values = page.evaluate(
        """(name) => {
          const { shape, data } = explorer.sent[name];
          return [shape, [...new Float64Array(data.buffer)]];
        }""",
        name,
    )
    return np.array(values).reshape(shape)


def written(page, key):
    return page.locator(f"[data-cx={key}]").inner_text()


def picture(size=(40, 30), seed=3):
    return np.random.default_rng(seed).integers(0, 256, size).astype(np.uint8)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"flip": False, "mode": "full", "boundary": "reflect", "bias": -1.5, "relu": True},
        {"swap": True, "mode": "full", "row": 5, "column": 6},
        {"image": [[1, 2]], "mode": "valid"},
        {"image": picture(), "kernel": "laplacian", "boundary": "circular"},
        {"image": picture((300, 20)), "swap": True},
    ],
    ids=["default", "bias", "swap", "nothing", "picture", "reduced"],
)
def test_it_says_what_python_says(show_explorer, state):
    explorer = explore.convolution2d(**state)
    page = show_explorer(explorer)
    wait_for(page, explorer)
    assert written(page, "torch") == explorer.torch_line()
    assert page.locator("[data-cx=spoken]").count() == 1
    clean(page)


def test_cells_hold_the_numbers(show_explorer):
    page = show_explorer(explore.convolution2d())
    np.testing.assert_array_equal(numbers(page, INPUT)[1:-1, 1:-1], LETTER)
    np.testing.assert_array_equal(numbers(page, KERNEL), KERNELS["corner"])
    expected = convolve2d(LETTER, KERNELS["corner"], mode="same")
    np.testing.assert_array_equal(numbers(page, OUTPUT), expected)
    under, taps = numbers(page, "Under"), numbers(page, "The kernel as it lies")
    np.testing.assert_array_equal(under, LETTER[1:4, 1:4])
    np.testing.assert_array_equal(taps, KERNELS["corner"][::-1, ::-1])
    np.testing.assert_array_equal(numbers(page, "Products"), under * taps)
    assert float(written(page, "total")) == (under * taps).sum() == expected[2, 2]
    assert written(page, "sum").endswith("= 15")
    clean(page)


def test_by_keyboard_alone_the_window_moves_and_a_weight_changes(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)
    focus(page, OUTPUT)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert (told(page, "row"), told(page, "column")) == (3, 3)
    explorer.row, explorer.column = 3, 3
    wait_for(page, explorer)
    focus(page, KERNEL)
    page.keyboard.press("ArrowRight")
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    kernel = KERNELS["corner"].copy()
    kernel[0, 1] = -2.5
    explorer.kernel = kernel
    wait_for(page, explorer)
    np.testing.assert_array_equal(sent_array(page, "kernel"), kernel)
    expected = convolve2d(LETTER, kernel, mode="same")
    np.testing.assert_allclose(numbers(page, OUTPUT), expected)
    assert page.get_by_label("Kernel", exact=True).input_value() == "own"
    clean(page)


def test_by_keyboard_alone_a_pixel_changes_and_zeros_beyond_the_border_do_not(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)
    focus(page, INPUT)
    page.keyboard.press("Control+Home")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.get_by_text("Beyond the border there are zeros").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    image = LETTER.copy()
    image[0, 0] = 3
    explorer.image, explorer.row, explorer.column = image, 0, 0
    wait_for(page, explorer)
    np.testing.assert_array_equal(sent_array(page, "image"), image)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    clean(page)


def test_the_slider_walks_the_window_over_all_outputs(show_explorer):
    page = show_explorer(explore.convolution2d(row=0, column=6))
    slider = page.get_by_label("Window", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("explorer.sent.row === 1 && explorer.sent.column === 0")
    expected = convolve2d(LETTER, KERNELS["corner"], mode="same")[1, 0]
    assert float(written(page, "value")) == expected
    clean(page)


def test_a_weight_follows_its_slider_before_python_hears_of_it(show_explorer):
    page = show_explorer(explore.convolution2d())
    # The keys below are told after a pause, and the weight with them if it has changed by then.
    page.evaluate(
        "window.later = setTimeout;"
        "window.setTimeout = (work, ms) => (ms >= 100 ? 0 : later(work, ms));"
    )
    focus(page, KERNEL)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    weight = page.get_by_role("slider", name="K[1, 2]")
    weight.evaluate("(e) => { e.value = 1; e.dispatchEvent(new Event('input')); }")
    kernel = KERNELS["corner"].copy()
    kernel[1, 2] = 1
    page.wait_for_function(
        "words => document.querySelector('[data-cx=total]').textContent === words",
        arg=f"{convolve2d(LETTER, kernel, mode='same')[2, 2]:g}",
    )
    assert page.evaluate("'kernel' in explorer.sent") is False
    page.evaluate("window.setTimeout = later")
    weight.evaluate("(e) => e.dispatchEvent(new Event('change'))")
    np.testing.assert_array_equal(sent_array(page, "kernel"), kernel)
    clean(page)


def test_switches_change_the_sum(show_explorer):
    explorer = explore.convolution2d(row=4, column=4)
    page = show_explorer(explorer)
    for label, name, value in (
        ("cross-correlation", "flip", False),
        ("full", "mode", "full"),
        ("replicate", "boundary", "replicate"),
    ):
        page.get_by_role("radio", name=label).check(force=True)
        setattr(explorer, name, value)
        wait_for(page, explorer)
        told_value(page, name, value)
        assert written(page, "torch") == explorer.torch_line()
    page.get_by_label("+ bias b").fill("-40.5")
    page.keyboard.press("Enter")
    page.get_by_label("ReLU").check()
    explorer.bias, explorer.relu = -40.5, True
    wait_for(page, explorer)
    kernel = KERNELS["corner"]
    expected = cross_correlate2d(LETTER, kernel, mode="full", boundary="replicate") - 40.5
    np.testing.assert_allclose(numbers(page, OUTPUT), np.maximum(expected, 0))
    clean(page)


def test_with_full_and_zeros_a_swap_changes_no_number(show_explorer):
    page = show_explorer(explore.convolution2d(mode="full"))
    before = numbers(page, OUTPUT)
    page.get_by_label("Swap image and kernel").check()
    told_value(page, "swap", True)
    page.wait_for_function("document.querySelector('[data-cx=swap]').textContent")
    assert "all 90 numbers are the same" in written(page, "swap")
    np.testing.assert_array_equal(numbers(page, OUTPUT), before)
    np.testing.assert_array_equal(numbers(page, KERNEL), LETTER)
    page.get_by_role("radio", name="same").check(force=True)
    page.wait_for_function(
        "document.querySelector('[data-cx=swap]').textContent.includes('3 × 3 numbers')"
    )
    clean(page)


def test_a_named_kernel_and_another_size(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)
    page.get_by_label("Kernel", exact=True).select_option("sobel y")
    explorer.kernel = KERNELS["sobel y"]
    wait_for(page, explorer)
    page.get_by_label("Rows").fill("5")
    page.keyboard.press("Enter")
    explorer.kernel = np.pad(KERNELS["sobel y"], ((1, 1), (0, 0)))
    wait_for(page, explorer)
    page.get_by_label("Columns").fill("8")
    page.keyboard.press("Enter")
    assert page.get_by_text("1 to 7").is_visible()
    np.testing.assert_array_equal(sent_array(page, "kernel"), explorer.kernel)
    clean(page)


def test_the_pointer_moves_the_window_and_a_click_pins_it(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)

    def point(label, row, column, *, click=False):
        cell = grid(page, label).locator("[role=row]").nth(row).locator("> *").nth(column)
        box = cell.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if click:
            page.mouse.down()
            page.mouse.up()

    point(OUTPUT, 5, 6)
    explorer.row, explorer.column = 5, 6
    wait_for(page, explorer)
    point(INPUT, 2, 2)  # with the border of one: the pixel (1, 1), in the middle of the window
    explorer.row, explorer.column = 1, 1
    wait_for(page, explorer)
    point(OUTPUT, 4, 0, click=True)
    explorer.row, explorer.column = 4, 0
    wait_for(page, explorer)
    told_value(page, "pinned", True)
    point(OUTPUT, 0, 5)
    assert page.evaluate("[explorer.sent.row, explorer.sent.column]") == [4, 0]
    page.keyboard.press("ArrowRight")
    explorer.column = 1
    wait_for(page, explorer)
    clean(page)


def test_one_term_is_marked_everywhere(show_explorer):
    page = show_explorer(explore.convolution2d())
    focus(page, "Products")
    page.keyboard.press("Control+Home")
    at = "[role=grid][aria-label^='{}'] .cx-at"
    for label, name in (
        (KERNEL, "K[2, 2] is −1"),
        ("The kernel as it lies", "tap[0, 0] is −1"),
        ("Products", "product[0, 0] is −5"),
    ):
        place = page.locator(at.format(label))
        assert place.count() == 1
        page.wait_for_function(
            "([selector, name]) => document.querySelector(selector).ariaLabel === name",
            arg=[at.format(label), name],
        )
    assert page.locator("[data-cx=sum] b").inner_text() == "5·(−1)"
    clean(page)


def pixels(page, label):
    """Colours of a picture's canvas, reduced to (rows, columns, 3)."""
    place = f".cv-map[aria-label^='{label}']"
    url = page.evaluate(f'document.querySelector("{place}").toDataURL()')
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as shown:
        return np.asarray(shown.convert("RGB")).astype(float)


def test_a_picture_s_map_keeps_negative_numbers(show_explorer):
    image = np.zeros((40, 40), np.uint8)
    image[:, 20:] = 200
    explorer = explore.convolution2d(
        image, "sobel x", flip=False, boundary="replicate", row=39, column=0
    )
    page = show_explorer(explorer)
    blue = pixels(page, "Output")
    middle, side = blue[100, int(blue.shape[1] * 0.5)], blue[100, int(blue.shape[1] * 0.2)]
    assert middle[2] > middle[0] + 60
    assert (side > 250).all()
    page.get_by_role("radio", name="convolution ∗").check(force=True)
    explorer.flip = True
    wait_for(page, explorer)
    orange = pixels(page, "Output")[100, int(blue.shape[1] * 0.5)]
    assert orange[0] > orange[2] + 60
    page.get_by_role("radio", name="grey").check(force=True)
    told_value(page, "colours", "grey")
    grey = pixels(page, "Output")
    assert (grey[100, int(blue.shape[1] * 0.5)] < 5).all()
    clean(page)


def test_a_picture_is_walked_by_keys_and_shows_its_patch(show_explorer):
    image = picture()
    explorer = explore.convolution2d(image, "gaussian 5", row=20, column=10)
    page = show_explorer(explorer)
    page.locator(".cv-map[aria-label^='Output']").focus()
    for key in ("ArrowDown", "ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
    explorer.row, explorer.column = 21, 19
    wait_for(page, explorer)
    told_value(page, "row", 21)
    np.testing.assert_array_equal(numbers(page, "Under"), image[19:24, 17:22])
    focus(page, "Under")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    changed = sent_array(page, "image")
    assert (changed != image).sum() == 1
    explorer.image = changed
    wait_for(page, explorer)
    clean(page)


def test_the_pointer_moves_the_window_over_a_picture(show_explorer):
    explorer = explore.convolution2d(picture(), "gaussian", row=0, column=0)
    page = show_explorer(explorer)
    place = page.locator(".cv-map[aria-label^='Output']")
    box = place.bounding_box()
    scale = box["width"] / 30
    page.mouse.move(box["x"] + 12.5 * scale, box["y"] + 30.5 * scale)
    explorer.row, explorer.column = 30, 12
    wait_for(page, explorer)
    page.mouse.down()
    page.mouse.move(box["x"] + 5.5 * scale, box["y"] + 8.5 * scale, steps=4)
    page.mouse.up()
    explorer.row, explorer.column = 8, 5
    wait_for(page, explorer)
    told_value(page, "row", 8)
    clean(page)


def test_an_own_picture_is_taken_and_no_picture_refused(show_explorer, tmp_path):
    page = show_explorer(explore.convolution2d())
    Image.fromarray(picture((16, 20))).save(tmp_path / "mine.png")
    (tmp_path / "words.png").write_text("no picture")
    page.get_by_label("Own picture").set_input_files(tmp_path / "mine.png")
    page.get_by_text("mine.png: 16 × 20 pixels").wait_for()
    np.testing.assert_array_equal(sent_array(page, "image"), picture((16, 20)))
    explorer = explore.convolution2d(picture((16, 20)), "corner", row=8, column=10)
    wait_for(page, explorer)
    page.get_by_label("Own picture").set_input_files(tmp_path / "words.png")
    page.get_by_text("words.png is not a picture").wait_for()
    assert page.locator("[data-cx=spoken]").text_content() == explorer.describe()
    clean(page)


def test_a_large_picture_is_reduced_and_said_to_be(show_explorer):
    page = show_explorer(explore.convolution2d(picture((600, 520))))
    assert page.get_by_text("The image of 600 x 520 pixels is shown as 200 x 174").is_visible()
    clean(page)


def test_what_python_sets_is_shown(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)
    explorer.mode = "valid"
    page.evaluate("explorer.put('mode', 'valid')")
    wait_for(page, explorer)
    assert numbers(page, OUTPUT).shape == (5, 6)
    page.evaluate("explorer.put('row', 50)")
    explorer.row = 4  # the last: Python itself would refuse what lies beyond
    wait_for(page, explorer)
    clean(page)


@pytest.mark.parametrize("width", [480, 640, 800, 1280])
def test_nothing_is_wider_than_the_page_or_smaller_than_legible(show_explorer, width):
    wide = {"viewport": {"width": width, "height": 900}}
    for state in ({}, {"kernel": "gaussian 7", "mode": "full"}, {"image": picture()}):
        page = show_explorer(explore.convolution2d(**state), **wide)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        smallest = page.evaluate(
            """Math.min(...[...document.querySelectorAll('.cx *')]
              .filter((e) => e.innerText && !e.children.length)
              .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert smallest >= 11
        clean(page)


def test_what_python_sets_stands_while_the_pointer_rests_on_the_output(show_explorer):
    explorer = explore.convolution2d()
    page = show_explorer(explorer)
    cells = grid(page, OUTPUT).locator("[role=gridcell]")
    columns = LETTER.shape[1]
    cells.nth(4 * columns + 5).hover()
    explorer.row, explorer.column = 4, 5
    wait_for(page, explorer)
    # The pointer's place alone is no news.
    assert page.evaluate("['row', 'column'].some((name) => name in explorer.sent)") is False
    explorer.row, explorer.column = 1, 2
    page.evaluate("explorer.put('row', 1); explorer.put('column', 2)")
    wait_for(page, explorer)
    # It moves a little, within the cell where it is.
    box = cells.nth(4 * columns + 5).bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.get_by_label("Kernel", exact=True).hover()
    wait_for(page, explorer)
    assert (told(page, "row"), told(page, "column")) == (1, 2)
    # On another cell the window follows it again, and Python hears of it at the end.
    cells.nth(0).hover()
    explorer.row = explorer.column = 0
    wait_for(page, explorer)
    page.get_by_label("Kernel", exact=True).hover()
    page.wait_for_function("explorer.sent.row === 0 && explorer.sent.column === 0")
    clean(page)


def test_own_image_and_kernel_can_be_chosen_once_they_are_there(show_explorer):
    page = show_explorer(explore.convolution2d())
    for label, typed, name in (("Image", INPUT, "image"), ("Kernel", KERNEL, "kernel")):
        chooser = page.get_by_label(label, exact=True)
        assert chooser.locator("[value=own]").is_disabled()
        given = chooser.input_value()
        other = chooser.locator("option:not([value=own])").all_inner_texts()
        other = next(one for one in other if one != given)
        focus(page, typed)
        page.keyboard.press("Control+Home")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.type("7.5")
        page.keyboard.press("Enter")
        page.wait_for_function("name => name in explorer.sent", arg=name)
        mine = sent_array(page, name)
        assert 7.5 in mine
        assert chooser.input_value() == "own"
        chooser.select_option(other)
        assert not np.array_equal(sent_array(page, name), mine)
        chooser.select_option("own")
        np.testing.assert_array_equal(sent_array(page, name), mine)
        assert chooser.input_value() == "own"
    clean(page)


def test_weights_cut_off_by_a_smaller_size_come_back(show_explorer):
    mine = np.arange(15.0).reshape(5, 3) ** 2
    page = show_explorer(explore.convolution2d(kernel=mine))

    def resize(label, size, expected):
        page.get_by_label(label, exact=True).fill(str(size))
        page.keyboard.press("Enter")
        np.testing.assert_array_equal(sent_array(page, "kernel"), expected)

    resize("Rows", 1, mine[2:3])
    resize("Columns", 1, mine[2:3, 1:2])
    resize("Rows", 5, mine[:, 1:2])
    resize("Columns", 3, mine)
    resize("Rows", 3, mine[1:4])
    # A weight that is changed meanwhile counts, and what had been cut off is gone.
    focus(page, KERNEL)
    page.keyboard.press("Control+Home")
    page.keyboard.type("-7")
    page.keyboard.press("Enter")
    changed = mine[1:4].copy()
    changed[0, 0] = -7
    resize("Rows", 5, np.pad(changed, ((1, 1), (0, 0))))
    clean(page)


BESIDE = """() => {
  const boxes = ["Input: arrow", "Output: arrow"].map((name) =>
    document.querySelector(`[role=grid][aria-label^='${name}']`).getBoundingClientRect());
  return [boxes[0].right < boxes[1].left,
          Math.max(boxes[0].bottom, boxes[1].bottom) - Math.min(boxes[0].top, boxes[1].top)];
}"""


def test_input_and_output_stay_side_by_side_with_a_wide_border(show_explorer):
    wide = {"viewport": {"width": 900, "height": 900}}
    for mode in ("same", "full"):
        page = show_explorer(explore.convolution2d(kernel="gaussian 7", mode=mode), **wide)
        beside, tall = page.evaluate(BESIDE)
        assert beside
        assert tall < 480
        assert page.evaluate("document.documentElement.scrollWidth") <= 900


CROWDED = """() => {
  const range = document.createRange();
  return [...document.querySelectorAll(".cv .cx-cell, .cv-tap")].filter((cell) => {
    range.selectNodeContents(cell.classList.contains("cv-tap") ? cell.firstChild : cell);
    return range.getBoundingClientRect().width > cell.clientWidth;
  }).map((cell) => cell.textContent);
}"""


@pytest.mark.parametrize("width", [800, 900, 1280])
def test_numbers_of_neighbouring_cells_stay_apart(show_explorer, width):
    for state in (
        {"kernel": "gaussian 7", "mode": "full"},
        {"kernel": "gaussian 7", "mode": "valid"},
        {"kernel": [[0.25, -0.125], [0.0625, 1]]},
        {"image": picture() // 8 + 220, "kernel": "gaussian 7"},
    ):
        page = show_explorer(
            explore.convolution2d(**state), viewport={"width": width, "height": 900}
        )
        assert page.evaluate(CROWDED) == []


def test_the_weights_lie_on_the_input_where_all_of_them_have_room(show_explorer):
    page = show_explorer(explore.convolution2d())
    lying = [cell for row in KERNELS["corner"][::-1, ::-1] for cell in row]
    assert page.locator(".cv-tap").all_inner_texts() == [
        f"×{value:g}".replace("-", "−") for value in lying
    ]
    page = show_explorer(explore.convolution2d(kernel=[[1, 2], [3, 0.001]]))
    assert page.locator(".cv-tap").count() == 0
