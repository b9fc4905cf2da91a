"""The page of the explorer of channels: by keyboard, by mouse, set from Python."""

import numpy as np
import pytest
from explorer_page import says, text, told_value

from cnncourse import explore
from cnncourse.explore.channels_model import demonstration, sums
from cnncourse.explore.numbers import plain


def changed_kernel(index, value):
    kernel = demonstration()[1]
    kernel[index] = value
    return kernel


def cell(page, channel, m, n):
    return page.get_by_role("gridcell", name=f"weight {m}, {n} of {channel}")


def test_it_says_and_shows_python_s_numbers(show_explorer):
    explorer = explore.channels(output=2, channel=2, offset=(0, 1), place=(3, 1))
    page = show_explorer(explorer)
    says(page, explorer)
    now = sums(explorer.state())
    assert text(page, "term") == "V[2, 3 + 0, 1 + 1] · K[2, 2, 0, 1] = 9 · 1 = 9"
    assert "V3, 4+1−1, 2+2−1 K3,3,1,2" in text(page, "lecture")
    assert text(page, "total").endswith(f" + 0 = {plain(now.total)}")
    for name in ("last", "mean", "one_based", "swapped"):
        value = getattr(now.slips, name)
        assert text(page, name).split(" (")[0] == plain(value)
    assert text(page, "convolution") == "112" and text(page, "dense") == "10\u202f160"
    assert page.errors == [] and page.requests == []


def test_the_sum_is_written_out_with_its_signs(show_explorer):
    explorer = explore.channels()
    page = show_explorer(explorer)
    now = sums(explorer.state())
    assert (*now.shares, now.bias, now.total) == (33, 29, -24, 1, 39)
    assert text(page, "total") == "Z[0, 1, 2] = 33 + 29 − 24 + 1 = 39"


def test_the_keyboard_alone_does_everything(show_explorer):
    page = show_explorer(explore.channels())
    page.get_by_role("radio", name="0").focus()
    page.keyboard.press("ArrowRight")
    says(page, explore.channels(output=1))
    told_value(page, "output", 1)
    # Another channel's kernel, then another weight of it.
    cell(page, "blue", 1, 2).focus()
    page.keyboard.press("ArrowUp")
    says(page, explore.channels(output=1, channel=2, offset=(0, 2)))
    told_value(page, "channel", 2)
    told_value(page, "offset", [0, 2])
    for key in ("-", "2", ".", "5", "Enter"):
        page.keyboard.press(key)
    edited = {"output": 1, "channel": 2, "offset": (0, 2)}
    x, _, bias = demonstration()
    kernel = changed_kernel((1, 2, 0, 2), -2.5)
    names = ("red", "green", "blue")
    says(page, explore.channels(x, kernel, bias, names=names, place=(1, 2), **edited))
    assert page.evaluate("explorer.sent.kernel.shape") == [4, 3, 3, 3]
    page.keyboard.press("Escape")
    page.get_by_role("slider", name="Place").focus()
    for key in ("ArrowDown", "ArrowLeft", "PageUp", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement === document.body")
    says(page, explore.channels(x, kernel, bias, names=names, place=(0, 1), **edited))
    told_value(page, "place", [0, 1])
    page.get_by_role("checkbox", name="1: green").focus()
    page.keyboard.press("Space")
    state = {**edited, "place": (0, 1), "names": names}
    says(page, explore.channels(x, kernel, bias, muted=[1], **state))
    told_value(page, "muted", [1])
    page.get_by_role("spinbutton", name="bias").fill("-3")
    page.keyboard.press("Enter")
    bias[1] = -3
    says(page, explore.channels(x, kernel, bias, muted=[1], **state))
    page.get_by_role("button", name="All channels on").focus()
    page.keyboard.press("Enter")
    says(page, explore.channels(x, kernel, bias, **state))
    assert page.errors == []


def test_the_mouse_picks_pixel_tap_weight_and_place(show_explorer):
    page = show_explorer(explore.channels())
    # Maps of 23-pixel cells in a row of 152 (6 rows of pixels, 138 high), windows of 34.
    red = page.locator("[data-cx=channel-0] .ch-left canvas").bounding_box()
    top = (red["height"] - 6 * 23) / 2
    pixel = (red["x"] + 1 + 3.5 * 23, red["y"] + top + 1.5 * 23)
    page.mouse.click(*pixel)  # row 1, column 3 lies under the window at (1, 2)
    says(page, explore.channels(channel=0, offset=(0, 1)))
    page.mouse.click(red["x"] + 1 + 0.5 * 23, red["y"] + top + 0.5 * 23)  # not under it
    says(page, explore.channels(channel=0, offset=(0, 1), place=(0, 0)))
    blue = page.locator("[data-cx=channel-2] .ch-left canvas").bounding_box()
    window = (blue["x"] + 1 + 7 * 23 + 34, blue["y"] + (blue["height"] - 3 * 34) / 2)
    page.mouse.click(window[0] + 2.5 * 34, window[1] + 1.5 * 34)
    says(page, explore.channels(channel=2, offset=(1, 2), place=(0, 0)))
    cell(page, "green", 2, 0).click()
    says(page, explore.channels(channel=1, offset=(2, 0), place=(0, 0)))
    output = page.locator(".ch-output canvas").bounding_box()
    start = (output["x"] + 22 + 0.5 * 36, output["y"] + 22 + 0.5 * 36)
    page.mouse.move(*start)
    page.mouse.down()
    saves = page.evaluate("explorer.saves")
    page.mouse.move(start[0] + 3 * 36, start[1] + 36, steps=5)
    assert page.evaluate("explorer.saves") == saves
    page.mouse.up()
    says(page, explore.channels(channel=1, offset=(2, 0), place=(1, 3)))
    told_value(page, "place", [1, 3])
    page.keyboard.press("ArrowDown")  # the keys go on from there
    says(page, explore.channels(channel=1, offset=(2, 0), place=(2, 3)))
    assert page.errors == []


def test_slips_that_change_nothing_say_why(show_explorer):
    page = show_explorer(explore.channels(muted=[0, 1]))
    assert text(page, "last").endswith("(right by chance)")
    page.get_by_role("checkbox", name="2: blue").uncheck()
    says(page, explore.channels(muted=[0, 1, 2]))
    for name in ("last", "mean", "one_based", "swapped"):
        assert text(page, name) == "1 (the same here: nothing is summed)"
    page = show_explorer(explore.channels(np.full((1, 3, 3), 2.0), np.ones((1, 1, 2, 2))))
    for name in ("last", "mean"):
        assert text(page, name) == "8 (the same here: there is one channel)"
    assert text(page, "swapped") == "8 (right by chance)"
    assert page.errors == []


SPY = """() => {
  window.words = [];
  window.uprights = [];
  const pen = CanvasRenderingContext2D.prototype;
  const [say, move, go] = [pen.fillText, pen.moveTo, pen.lineTo];
  pen.fillText = function (text, x, ...rest) {
    const wide = this.measureText(text).width;
    const from = { right: x - wide, end: x - wide, center: x - wide / 2 }[this.textAlign] ?? x;
    window.words.push({ canvas: this.canvas, text, from, to: from + wide });
    say.call(this, text, x, ...rest);
  };
  pen.moveTo = function (x, y) { this.lastX = x; move.call(this, x, y); };
  pen.lineTo = function (x, y) {
    if (x === this.lastX) window.uprights.push({ canvas: this.canvas, x });
    this.lastX = x;
    go.call(this, x, y);
  };
}"""


@pytest.mark.parametrize("width", [480, 900, 1280])
def test_no_line_runs_through_the_number_of_a_muted_channel(show_explorer, width):
    # All shares of the third kernel are negative: zero is at the right, by the numbers.
    x, kernel, _ = demonstration()
    explorer = explore.channels(x, -np.abs(kernel), output=3)
    page = show_explorer(explorer, viewport={"width": width, "height": 900})
    page.evaluate(SPY)
    page.get_by_role("checkbox", name="channel 0").uncheck()
    page.wait_for_function("window.words.some(({ text }) => text.startsWith('muted'))")
    crossed = page.evaluate(
        """() => window.words.filter(({ text }) => text.startsWith('muted')).flatMap((word) =>
          window.uprights.filter(({ canvas, x }) =>
            canvas === word.canvas && x > word.from - 2 && x < word.to + 2))
          .map(({ x }) => x)"""
    )
    assert page.evaluate("window.uprights.length") > 0
    assert crossed == []
    assert page.errors == []


def test_a_small_map_chooses_its_output_channel(show_explorer):
    page = show_explorer(explore.channels())
    box = page.locator(".ch-output canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + box["height"] - 20)
    says(page, explore.channels(output=3))
    assert page.get_by_role("radio", name="3").is_checked()


def test_python_sets_the_state_and_the_page_follows(show_explorer):
    page = show_explorer(explore.channels())
    page.evaluate("explorer.put('muted', [0, 2]); explorer.put('output', 3)")
    says(page, explore.channels(muted=[0, 2], output=3))
    assert not page.get_by_role("checkbox", name="0: red").is_checked()
    assert page.evaluate("explorer.saves") == 0
    # A layer of other sizes: the rows are made anew.
    other = explore.channels(np.ones((2, 3, 5)), np.full((1, 2, 1, 4), 0.5), names=("red", "green"))
    page.evaluate(
        """() => {
          const packed = (shape, value) => {
            const values = new Float64Array(shape.reduce((a, b) => a * b)).fill(value);
            return { shape, dtype: 'f8', data: new DataView(values.buffer) };
          };
          explorer.put('x', packed([2, 3, 5], 1));
          explorer.put('kernel', packed([1, 2, 1, 4], 0.5));
          explorer.put('bias', packed([1], 0));
          for (const name of ['output', 'channel']) explorer.put(name, 0);
          for (const name of ['offset', 'place']) explorer.put(name, [0, 0]);
          explorer.put('muted', []);
        }"""
    )
    says(page, other)
    assert page.get_by_role("checkbox").count() == 2
    assert page.errors == []


def test_a_photograph_is_shown_in_its_colours(show_explorer):
    random = np.random.default_rng(1)
    picture = random.integers(0, 256, (3, 90, 120), dtype=np.uint8)
    explorer = explore.channels(picture, random.integers(-2, 3, (2, 3, 5, 5)), place=(7, 9))
    page = show_explorer(explorer)
    says(page, explorer)
    assert "pixels is shown as" in page.get_by_text("averages of").inner_text()
    # The middle of the first map is red or black, without green and blue.
    colour = page.evaluate(
        """() => {
          const canvas = document.querySelector('[data-cx=channel-0] canvas');
          const size = Math.round(20 * window.devicePixelRatio);
          const { data } = canvas.getContext('2d').getImageData(8, canvas.height / 2, size, 4);
          const sum = [0, 0, 0];
          for (let i = 0; i < data.length; i++) if (i % 4 < 3) sum[i % 4] += data[i];
          return sum;
        }"""
    )
    assert colour[0] > 3 * max(colour[1:])
    assert page.errors == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_wider_than_the_page(show_explorer, width):
    random = np.random.default_rng(2)
    view = {"viewport": {"width": width, "height": 900}}
    for shape, kernel in [((3, 6, 7), (4, 3, 3, 3)), ((8, 9, 6), (8, 8, 2, 5))]:
        explorer = explore.channels(random.standard_normal(shape), random.standard_normal(kernel))
        page = show_explorer(explorer, **view)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.errors == []


def test_its_controls_are_native_and_each_kernel_is_one_tab_stop(show_explorer):
    page = show_explorer(explore.channels())
    counts = {"radio": 4, "slider": 1, "checkbox": 3, "grid": 3, "gridcell": 27, "button": 1}
    for role, count in counts.items():
        assert page.locator(".cx").get_by_role(role).count() == count, role
    assert page.locator(".cx-cell[tabindex='0']").count() == 3
