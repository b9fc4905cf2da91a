"""The layers explorer's page, without a kernel and with the network blocked."""

import io

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import digits
from cnncourse.explore import layers
from cnncourse.explore.layers_model import seen
from cnncourse.networks import mnist_networks


def spoken(page):
    return page.locator("[data-cx=spoken]").text_content()


def wait_for_words(page, words):
    page.wait_for_function(
        "words => document.querySelector('[data-cx=spoken]').textContent === words",
        arg=words,
        timeout=5_000,
    )


def sent_image(page):
    """The image as it would have gone to Python."""
    values = page.evaluate("() => Array.from(new Float64Array(explorer.sent.image.data.buffer))")
    return np.array(values).reshape(1, 8, 8)


def wait_until_sent(page, name):
    page.wait_for_function("name => name in explorer.sent", arg=name, timeout=5_000)


def in_words(explorer, page, **patch):
    """The sentence of Python for what the page has sent so far."""
    sent = page.evaluate(
        "() => Object.fromEntries(Object.entries(explorer.sent).filter(([, v]) => !v?.shape))"
    )
    now = {name: getattr(explorer, name) for name in explorer.state_names()} | sent | patch
    known = layers(image=now.pop("image"))
    for name, value in now.items():
        if name != "sample":
            setattr(known, name, value)
    return known.describe()


def test_it_says_what_python_says(show_explorer):
    explorer = layers(layer=4, channel=3, row=1, column=2, epoch=4)
    page = show_explorer(explorer)
    assert spoken(page) == explorer.describe()
    assert page.errors == []
    assert page.requests == []


def test_a_digit_is_drawn_by_mouse(show_explorer):
    explorer = layers()
    page = show_explorer(explorer)
    page.get_by_role("button", name="Clear").click()
    box = page.locator(".ly-input .cx-grid").bounding_box()
    cell = box["width"] / 8

    def at(column, row):
        return box["x"] + (column + 0.5) * cell, box["y"] + (row + 0.5) * cell

    saves = page.evaluate("explorer.saves")
    page.mouse.move(*at(4, 0))
    page.mouse.down()
    for row in range(8):
        page.mouse.move(*at(4, row), steps=2)
    assert page.evaluate("explorer.saves") == saves, "nothing goes to Python while drawing"
    assert page.locator("[data-cx=said]").text_content().startswith("1")
    page.mouse.up()
    page.wait_for_function("saves => explorer.saves > saves", arg=saves)
    image = sent_image(page)
    assert image[0, :, 4].tolist() == [1.0] * 8
    assert image[0, 3, 3] == 0.25
    wait_for_words(page, in_words(explorer, page, image=image))
    assert page.evaluate("explorer.sent.sample") == -1
    page.get_by_role("radio", name="erase").check()
    page.mouse.click(*at(4, 0))
    page.wait_for_function(
        "() => new Float64Array(explorer.sent.image.data.buffer)[4] === 0", timeout=5_000
    )
    assert page.errors == []


def test_a_digit_is_drawn_by_keys_alone(show_explorer):
    explorer = layers()
    page = show_explorer(explorer)

    def tab_to(selector):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"Tab does not reach {selector}")

    tab_to(".ly-input [role=gridcell]")
    before = explorer.image.copy()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    wait_until_sent(page, "image")
    expected = before.copy()
    expected[0, 1, 1] = 0.0 if before[0, 1, 1] > 0.5 else 1.0
    assert np.array_equal(sent_image(page), expected), "walking draws nothing"
    page.keyboard.press("End")
    page.keyboard.type(".5")
    page.keyboard.press("Enter")
    expected[0, 1, 7] = 0.5
    page.wait_for_function(
        "() => new Float64Array(explorer.sent.image.data.buffer)[15] === 0.5", timeout=5_000
    )
    assert np.array_equal(sent_image(page), expected)
    wait_for_words(page, in_words(explorer, page, image=expected))
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert "Ink goes from 0.00 to 1.00." in page.locator("[role=status]").all_text_contents()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert page.errors == []


def test_layer_channel_unit_and_epoch_by_keys(show_explorer):
    explorer = layers()
    page = show_explorer(explorer)
    page.get_by_role("radio", name="conv 1").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    explorer.layer = 4
    wait_for_words(page, explorer.describe())
    page.get_by_label("Channel", exact=True).focus()
    page.keyboard.press("End")
    explorer.channel = 11
    wait_for_words(page, explorer.describe())
    page.locator(".ly-map [role=gridcell][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    explorer.row = 2
    wait_for_words(page, explorer.describe())
    page.get_by_role("slider", name="Input channel").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("Trained for").focus()
    page.keyboard.press("Home")
    explorer.epoch = 0
    wait_for_words(page, explorer.describe())
    page.get_by_role("slider", name="Example").focus()
    page.keyboard.press("ArrowRight")
    explorer.sample = 4
    wait_for_words(page, explorer.describe())
    wait_until_sent(page, "sample")
    assert page.evaluate("[explorer.sent.layer, explorer.sent.epoch]") == [4, 0]
    assert "row 2" in page.locator(".ly-terms h4").first.text_content()
    assert page.errors == []


def test_maps_and_examples_are_picked_by_mouse(show_explorer):
    explorer = layers()
    page = show_explorer(explorer)
    maps = page.locator(".ly-main canvas.ly-pick").first
    maps.click(position={"x": 120, "y": 30})
    wait_until_sent(page, "channel")
    explorer.channel = page.evaluate("explorer.sent.channel")
    assert explorer.channel == 1
    page.locator(".ly-side canvas.ly-pick").click(position={"x": 130, "y": 30})
    wait_until_sent(page, "sample")
    explorer.sample = page.evaluate("explorer.sent.sample")
    assert explorer.sample == 17
    page.locator(".ly-map [role=gridcell]").nth(8 * 6 + 2).click()
    explorer.row, explorer.column = 6, 2
    wait_for_words(page, explorer.describe())
    assert page.errors == []


def test_a_picture_of_one_s_own(show_explorer):
    explorer = layers()
    page = show_explorer(explorer)
    ink = digits()[0][1500]
    paper = (255 - ink.astype(int) * 15).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    file = io.BytesIO()
    Image.fromarray(paper).save(file, "png")
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()})
    wait_until_sent(page, "image")
    assert np.allclose(sent_image(page)[0], ink * 15 / 255, atol=1e-9)
    assert "the ink counts." in " ".join(page.locator("[role=status]").all_text_contents())
    assert "mine.png: 32 × 32 pixels" in " ".join(page.locator("[role=status]").all_text_contents())
    before = sent_image(page)
    field.set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    page.wait_for_function(
        "() => [...document.querySelectorAll('[role=status]')]"
        ".some((place) => place.textContent.includes('not a picture'))"
    )
    assert np.array_equal(sent_image(page), before)
    assert page.errors == []


@pytest.fixture
def module():
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 5, 3, padding=1), nn.BatchNorm2d(5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(5 * 36, 4),
    )  # fmt: skip


@pytest.mark.parametrize("layer", [1, 2, 3, 4, 5, 6])
def test_a_module_s_layers(show_explorer, module, layer):
    images = np.random.default_rng(layer).random((2, 1, 12, 12))
    explorer = layers(module, images, labels=[2, 0], channel=3, row=4, column=2)
    explorer.layer = layer
    page = show_explorer(explorer)
    assert spoken(page) == explorer.describe()
    assert page.errors == []


def test_a_module_s_image_changes_and_python_answers(show_explorer, module):
    images = np.random.default_rng(0).random((2, 1, 12, 12))
    explorer = layers(module, images)
    page = show_explorer(explorer)
    page.locator(".ly-input [role=gridcell]").nth(50).focus()
    page.keyboard.press("Space")
    late = page.get_by_text("Python computes them, and has not answered yet")
    late.wait_for()
    wait_until_sent(page, "image")
    values = page.evaluate("() => Array.from(new Float64Array(explorer.sent.image.data.buffer))")
    explorer.image = np.array(values).reshape(1, 12, 12)
    computed = explorer._computed
    page.evaluate(
        """([data, image, shape]) => {
          const bytes = (list) => new DataView(Uint8Array.from(list).buffer);
          const packed = { shape, dtype: "f8", data: bytes(image) };
          explorer.put("_computed", { data: bytes(data), image: packed, problem: "" });
        }""",
        [
            list(computed["data"]),
            list(np.ascontiguousarray(explorer.image, "<f8").tobytes()),
            [1, 12, 12],
        ],
    )
    wait_for_words(page, explorer.describe())
    late.wait_for(state="hidden")
    assert page.errors == []


def test_large_maps_have_sliders(show_explorer, module):
    images = np.random.default_rng(3).random((20, 20))
    explorer = layers(module[:4], images, row=5, column=5)
    page = show_explorer(explorer)
    page.get_by_label("Row", exact=True).focus()
    page.keyboard.press("End")
    explorer.row = 19
    wait_for_words(page, explorer.describe())
    assert page.locator(".ly-map [role=grid]").is_hidden()
    page.locator(".ly-map canvas").click(position={"x": 3, "y": 3})
    explorer.row = explorer.column = 0
    wait_for_words(page, explorer.describe())
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_hangs_over(show_explorer, width):
    page = show_explorer(layers(layer=7, channel=9), viewport={"width": width, "height": 900})
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    small = page.evaluate(
        """() => [...document.querySelectorAll(".cx *")]
          .filter((one) => one.textContent.trim() && one.children.length === 0)
          .filter((one) => one.getClientRects().length)
          .map((one) => parseFloat(getComputedStyle(one).fontSize))
          .filter((size) => size < 11).length"""
    )
    assert small == 0
    assert page.errors == []


def test_two_views_stay_in_step(show_explorer):
    page = show_explorer(layers())
    page.evaluate("void explorer.view()")
    page.get_by_label("Trained for").first.focus()
    page.keyboard.press("Home")
    wait_until_sent(page, "epoch")
    page.wait_for_function("document.querySelectorAll('[data-cx=accuracy]').length === 2")
    page.wait_for_function(
        "() => new Set([...document.querySelectorAll('[data-cx=accuracy]')]"
        ".map((one) => one.textContent)).size === 1"
    )
    rates = page.locator("[data-cx=accuracy]").all_text_contents()
    assert len(rates) == 2
    assert rates[0].endswith("10.0 % of new ones")
    assert page.errors == []


# ---------------------------------------------------------------- networks of this package, 28 x 28


def drawn_on(page):
    """The image of 28 x 28 pixels as it would have gone to Python."""
    values = page.evaluate("() => Array.from(new Float64Array(explorer.sent.image.data.buffer))")
    return np.array(values).reshape(1, 28, 28)


def test_mnist_s_digits_are_unpacked_and_a_digit_drawn_by_mouse(show_explorer):
    explorer = layers(mnist_networks(), layer=8, channel=3)
    page = show_explorer(explorer)
    assert spoken(page) == explorer.describe()
    page.get_by_role("button", name="Clear").click()
    box = page.locator(".ly-input .cx-grid").bounding_box()
    cell = box["width"] / 28
    saves = page.evaluate("explorer.saves")
    page.mouse.move(box["x"] + 14.5 * cell, box["y"] + 5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 13 * cell, box["y"] + 23 * cell)  # at once: without a gap
    page.wait_for_function(
        "() => document.querySelector('[data-cx=said]').textContent.startsWith('1')"
    )
    assert page.evaluate("explorer.saves") == saves, "nothing goes to Python while drawing"
    page.mouse.up()
    page.wait_for_function("saves => explorer.saves > saves", arg=saves)
    image = drawn_on(page)
    assert (image[0, 5:23].max(axis=1) == 1).all()
    assert ((image[0, 6:22] > 0.5).sum(axis=1) <= 3).all(), "a stroke as wide as MNIST's"
    explorer.image = image
    wait_for_words(page, explorer.describe())
    page.get_by_label("Trained for").focus()
    page.keyboard.press("Home")
    explorer.epoch = 0
    wait_for_words(page, explorer.describe())
    assert page.errors == []
    assert page.requests == []


def test_a_digit_of_28_pixels_is_drawn_by_keys(show_explorer):
    explorer = layers(mnist_networks()[24], np.zeros((28, 28)))
    page = show_explorer(explorer)
    page.locator(".ly-input [role=gridcell]").nth(28 * 9 + 12).focus()
    page.keyboard.press("Space")
    wait_until_sent(page, "image")
    image = drawn_on(page)[0]
    assert image[9, 12] == 1 and image[8, 12] == pytest.approx(0.7, abs=0.01)
    assert image[9, 15] == 0 and image.sum() == pytest.approx(4.9, abs=0.6)
    page.get_by_role("radio", name="erase").check()
    page.locator(".ly-input [role=gridcell]").nth(28 * 9 + 12).focus()
    page.keyboard.press("Space")
    page.wait_for_function(
        "() => new Float64Array(explorer.sent.image.data.buffer).every((v) => v < 0.3)"
    )
    assert page.errors == []


@pytest.mark.parametrize("layer", [1, 3, 7, 8])
def test_the_frame_lies_on_what_the_unit_sees(show_explorer, layer):
    explorer = layers(mnist_networks(), layer=layer)
    page = show_explorer(explorer, viewport={"width": 700, "height": 900})
    assert spoken(page) == explorer.describe()
    top, bottom, left, right = seen(explorer._network, explorer.state())
    found = page.evaluate(
        """([first, last]) => {
          const cells = document.querySelectorAll('.ly-input [role=gridcell]');
          const [a, b] = [cells[first], cells[last]].map((one) => one.getBoundingClientRect());
          const frame = document.querySelector('.ly-frame').getBoundingClientRect();
          return [frame.left - a.left, frame.top - a.top, frame.right - b.right,
            frame.bottom - b.bottom];
        }""",
        [28 * top + left, 28 * bottom + right],
    )
    assert np.abs(found).max() <= 1
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    assert page.errors == []
