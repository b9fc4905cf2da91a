"""The explorer "side by side" in a page of its own: by keyboard, by mouse, set from Python."""

from dataclasses import asdict

import pytest
from explorer_page import clean, says, sent, text, told, told_value

from cnncourse import explore
from cnncourse.explore.side_by_side_model import EXAMPLES, compare

OUTPUTS = "[...document.querySelectorAll('.sb-half')].map((half) => [...half.querySelectorAll"
MADE = f"{OUTPUTS}('[data-output] .sb-made')].map((one) => one.textContent))"
CELLS = f"{OUTPUTS}('.sb-cell')].map((one) => one.textContent))"
HALVES = "[...document.querySelectorAll('.sb-half')].map((half) => half.getBoundingClientRect().x)"


def of(name):
    """The explorer of an example."""
    return explore.side_by_side(**asdict(EXAMPLES[name]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_says_and_shows_what_python_says(show_explorer, name):
    explorer = of(name)
    page = show_explorer(explorer)
    says(page, explorer)
    now = compare(explorer.state())
    for key, half in (("keras", now.keras), ("torch", now.torch)):
        assert text(page, key) == half.code
        if half.refusal:
            assert text(page, f"{key}-refusal") == f"✗ {half.refusal}"
        else:
            assert text(page, f"{key}-sum") == half.sum
            assert half.filled in text(page, f"{key}-pads") or half.pads == (0, 0)
    assert text(page, "verdict") == now.verdict
    assert page.locator("[data-cx=agreeing]").text_content() == now.agreeing
    assert page.get_by_label("Example").input_value() == name
    clean(page)


def test_padded_cells_and_outputs_are_shown(show_explorer):
    page = show_explorer(of("average at the border"))
    assert page.evaluate(CELLS) == [["", *"314159", ""], [*"03141590"]]
    keras, torch = page.evaluate(MADE)
    assert keras == ["≠ 2", "2.667", "2", "3.333", "5", "≠ 7"]
    assert torch == ["≠ 1.333", "2.667", "2", "3.333", "5", "≠ 4.667"]
    page = show_explorer(of("max over negative numbers"))
    assert page.evaluate(CELLS)[1] == ["−∞", "−3", "−1", "−4", "−1", "−5", "−9", "−2", "−∞"]


def test_the_keyboard_alone_does_everything(show_explorer):
    explorer = explore.side_by_side()
    page = show_explorer(explorer)
    press = page.keyboard.press
    page.get_by_role("slider", name="Width n").focus()
    press("ArrowRight")
    page.get_by_role("slider", name="Size k").focus()
    press("ArrowLeft")
    page.get_by_role("slider", name="Stride s").focus()
    press("Home")
    told_value(page, "stride", None)
    page.get_by_role("slider", name="Dilation d").focus()
    press("ArrowRight")
    told_value(page, "dilation", 2)
    page.get_by_label("padding_mode").focus()
    press("ArrowDown")
    told_value(page, "padding_mode", "reflect")
    keras, torch = page.locator(".sb-half").all()
    keras.get_by_role("radio", name="same").focus()
    press("ArrowLeft")
    told_value(page, "keras_padding", "valid")
    torch.get_by_role("radio", name="1").focus()
    press("ArrowRight")
    told_value(page, "torch_padding", 2)
    page.get_by_role("slider", name="Output").focus()
    press("ArrowRight")
    told_value(page, "output", 1)
    explorer.set_state(sent(page))
    says(page, explorer)
    assert (explorer.row.size, explorer.kernel.size, explorer.stride) == (7, 2, None)
    page.get_by_role("radio", name="convolution").focus()
    press("ArrowRight")
    press("ArrowRight")
    told_value(page, "layer", "average")
    for name in ("ceil_mode", "count_include_pad"):
        page.get_by_role("checkbox", name=name).focus()
        press("Space")
    told_value(page, "count_include_pad", False)
    explorer.set_state(sent(page))
    says(page, explorer)
    assert explorer.ceil_mode
    clean(page)


def test_numbers_are_typed_into_row_and_kernel(show_explorer):
    explorer = explore.side_by_side()
    page = show_explorer(explorer)
    page.get_by_role("gridcell", name="x[0] is 3").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    told(page, "row")
    page.get_by_role("gridcell", name="w[0] is 1").focus()
    page.keyboard.press("Shift+ArrowUp")
    told(page, "kernel")
    explorer.set_state(sent(page))
    assert explorer.row.tolist() == [3, -2.5, 4, 1, 5, 9]
    assert explorer.kernel.tolist() == [2, 2, 3]
    says(page, explorer)
    assert page.get_by_label("Example").input_value() == "your own"
    clean(page)


def test_a_longer_row_keeps_its_numbers_and_goes_on_with_the_usual_ones(show_explorer):
    explorer = explore.side_by_side(row=[9, 8, 7], stride=1)
    page = show_explorer(explorer)
    page.get_by_role("slider", name="Width n").focus()
    page.keyboard.press("ArrowRight")
    told(page, "row")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("explorer.sent.row.shape[0] === 5")
    explorer.set_state(sent(page))
    assert explorer.row.tolist() == [9, 8, 7, 1, 5]
    says(page, explorer)


def test_a_click_on_a_window_chooses_its_output(show_explorer):
    explorer = explore.side_by_side()
    page = show_explorer(explorer)
    page.locator(".sb-half").nth(1).locator("[data-output='2']").click()
    told_value(page, "output", 2)
    explorer.output = 2
    says(page, explorer)
    assert text(page, "keras-sum") == "y[2] = 1·5 + 2·9 + 3·0 = 23"
    assert page.locator(".sb-at").count() == 2
    clean(page)


def test_examples_follow_each_other_and_python_hears_all_of_them(show_explorer):
    explorer = explore.side_by_side()
    page = show_explorer(explorer)
    for name, example in EXAMPLES.items():
        page.get_by_label("Example").select_option(name)
        page.wait_for_function("name => document.querySelector('select').value === name", arg=name)
        explorer.set_state(sent(page))
        assert explorer.state() == example
        says(page, explorer)
    clean(page)


def test_what_one_framework_lacks_is_not_asked(show_explorer):
    page = show_explorer(explore.side_by_side("average"))
    for name, seen in {"Dilation d": False, "padding_mode": False, "ceil_mode": True}.items():
        assert page.get_by_label(name).is_visible() == seen
    assert not page.get_by_role("grid", name="Kernel w").is_visible()
    page.get_by_role("radio", name="max pooling").check(force=True)
    told_value(page, "layer", "max")
    assert page.get_by_label("Dilation d").is_visible()
    assert not page.get_by_label("count_include_pad").is_visible()


def test_a_line_of_code_is_chosen_as_a_whole(show_explorer):
    page = show_explorer(explore.side_by_side())
    page.locator("[data-cx=agreeing]").click()
    chosen = page.evaluate("String(getSelection())")
    assert chosen == "nn.Conv1d(1, 1, 3, stride=2, bias=False)(F.pad(x, (0, 1)))"


LARGEST = {"row": 16, "kernel": 5, "stride": 1, "dilation": 3, "torch_padding": 4}


@pytest.mark.parametrize(("width", "beside"), [(480, 1), (700, 1), (1280, 2)])
def test_nothing_is_wider_than_the_page(show_explorer, width, beside):
    page = show_explorer(explore.side_by_side(**LARGEST), viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(set(page.evaluate(HALVES))) == beside
    # A short row lets both stand beside each other on a narrow page, too.
    page.get_by_label("Example").select_option(next(iter(EXAMPLES)))
    told_value(page, "dilation", 1)
    assert len(set(page.evaluate(HALVES))) == (1 if width == 480 else 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    clean(page)


def test_python_sets_the_state_and_two_views_follow(show_explorer):
    page = show_explorer(explore.side_by_side())
    page.evaluate("(explorer.view(), null)")
    page.evaluate("explorer.put('torch_padding', 'same'); explorer.put('stride', null)")
    page.wait_for_function(
        "[...document.querySelectorAll('[data-cx=verdict]')]"
        ".filter((one) => one.textContent.startsWith('They agree: the same 6')).length === 2"
    )
    assert page.evaluate("explorer.saves") == 0
    clean(page)
