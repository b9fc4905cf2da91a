"""The smoothing explorer in a page of its own: no kernel, no network, real Chromium."""

import numpy as np
import pytest
from explorer_page import told, told_value

from cnncourse.data import iss_track, spaceship_track
from cnncourse.explore import SmoothingExplorer
from cnncourse.explore.smoothing_model import KERNEL_NAMES, kernel_weights

TRACK = ".cx-left canvas"
COLUMNS = ".cx > canvas"
KERNEL = ".cx-stage canvas"
PICTURE_OF = "document.querySelector({!r}).toDataURL()"


@pytest.fixture
def show(show_explorer):
    """Open a page with an explorer and wait until it has drawn."""
    return lambda explorer=None, **options: show_explorer(
        explorer or SmoothingExplorer(), **options
    )


def picture(page, selector):
    return page.evaluate(PICTURE_OF.format(selector))


def wait_for_another_picture(page, selector, old):
    page.wait_for_function(f"old => {PICTURE_OF.format(selector)} !== old", arg=old)


def number(page, key):
    return float(page.locator(f"[data-cx={key}]").inner_text().replace("−", "-"))


def test_it_draws_speaks_and_shows_python_s_numbers(show):
    explorer = SmoothingExplorer(spaceship_track(dropouts=5), kernel_name="linear", length=9, t=60)
    page = show(explorer)
    summary = explorer._model.summary(explorer.state())
    assert number(page, "rmse") == pytest.approx(summary.rmse, abs=6e-4)
    assert number(page, "bias") == pytest.approx(summary.bias, abs=6e-4)
    assert number(page, "sd") == pytest.approx(summary.sd, abs=6e-4)
    assert number(page, "variance") == pytest.approx(summary.sd**2, abs=6e-4)
    assert page.locator("[data-cx=spoken]").text_content() == explorer.describe()
    assert page.errors == []
    assert page.requests == []


def test_dragging_on_the_track_moves_the_kernel_and_tells_python_at_the_end(show):
    page = show(SmoothingExplorer(t=100))
    before = picture(page, COLUMNS)
    box = page.locator(TRACK).bounding_box()
    y = box["y"] + 90
    page.mouse.move(box["x"] + 0.6 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], y, steps=5)
    wait_for_another_picture(page, COLUMNS, before)
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    expected = round((0.4 * box["width"] - 72) / (box["width"] - 82) * 180)
    told_value(page, "t", expected)
    assert page.evaluate("explorer.saves") == 1
    assert page.get_by_role("slider", name="Time t").input_value() == str(expected)
    assert page.errors == []


def test_dragging_in_the_columns_moves_sample_by_sample(show):
    page = show(SmoothingExplorer(t=60))
    box = page.locator(COLUMNS).bounding_box()
    wide = (box["width"] - 148 - 72) / 18
    x, y = box["x"] + 72 + 9.5 * wide, box["y"] + 80
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_function("document.querySelector('.cx-time input').value !== '60'")
    start = int(page.get_by_role("slider", name="Time t").input_value())
    page.mouse.move(x - 3 * wide, y, steps=4)
    page.mouse.up()
    told_value(page, "t", start - 3)


def test_a_finger_drags_too(show):
    page = show(SmoothingExplorer(t=100), has_touch=True)
    box = page.locator(TRACK).bounding_box()
    y = box["y"] + 90
    session = page.context.new_cdp_session(page)

    def touch(kind, share):
        points = [] if kind == "touchEnd" else [{"x": box["x"] + share * box["width"], "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.8)
    for share in (0.75, 0.7, 0.6, 0.5):
        touch("touchMove", share)
    touch("touchEnd", 0)
    told_value(page, "t", round((0.5 * box["width"] - 72) / (box["width"] - 82) * 180))


def test_the_keyboard_alone_does_everything(show):
    page = show(SmoothingExplorer(t=60))
    time = page.get_by_role("slider", name="Time t")
    before = picture(page, COLUMNS)
    time.focus()
    page.keyboard.press("ArrowRight")
    wait_for_another_picture(page, COLUMNS, before)
    told_value(page, "t", 61)
    page.get_by_role("radio", name="box").focus()
    page.keyboard.press("ArrowRight")
    told_value(page, "kernel_name", "linear")
    page.get_by_role("radio", name="causal").focus()
    page.keyboard.press("ArrowRight")
    told_value(page, "centred", True)
    for name, trait, value in [
        ("Length", "length", 8),
        ("Noise σ", "sigma", 3.1),
        ("Noise draw", "seed", 1),
    ]:
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("ArrowRight")
        assert told(page, trait) == pytest.approx(value)
    weights = kernel_weights("linear", 8, centred=True).tolist()
    assert page.evaluate("explorer.sent.weights") == pytest.approx(weights, rel=1e-12)
    page.get_by_role("combobox", name="Errors over").select_option("")
    told_value(page, "phase", "")
    assert page.errors == []


def test_a_bar_dragged_makes_an_own_kernel_that_can_be_normalised(show):
    page = show(SmoothingExplorer(kernel_name="box", length=5))
    normalise = page.get_by_role("button", name="Normalise")
    assert normalise.is_disabled()
    bar = page.get_by_role("slider", name="weight of age 2").bounding_box()
    x = bar["x"] + bar["width"] / 2
    page.mouse.move(x, bar["y"] + 40)
    page.mouse.down()
    page.mouse.move(x, bar["y"] + 2, steps=4)
    assert page.evaluate("explorer.saves") == 0
    page.mouse.up()
    weights = told(page, "weights")
    assert weights[:2] + weights[3:] == pytest.approx([0.2] * 4)
    assert weights[2] > 0.22
    assert page.evaluate("explorer.sent.kernel_name") == "own"
    assert page.get_by_role("radio", name="own").is_checked()
    assert "not an average" in page.locator("[data-cx=kernel-note]").inner_text()
    normalise.click()
    after = page.evaluate("explorer.sent.weights")
    assert sum(after) == pytest.approx(1.0)
    assert after[2] / after[0] == pytest.approx(weights[2] / weights[0])
    page.wait_for_function("document.querySelector('.cx-button').ariaDisabled === 'true'")


def test_bars_are_walked_and_changed_by_keys(show):
    page = show(SmoothingExplorer(kernel_name="box", length=4))
    page.get_by_role("slider", name="weight of age 0").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert told(page, "weights") == pytest.approx([0.25, 0.25, 0.23, 0.25])
    page.keyboard.press("Delete")
    page.wait_for_function("explorer.sent.weights[2] === 0")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == "weight of age 2"
    assert page.locator(".cx-bar[tabindex='0']").count() == 1
    page.wait_for_function("document.activeElement.getAttribute('aria-valuenow') === '0.000'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_an_own_kernel_keeps_its_weights_when_it_grows(show):
    page = show(SmoothingExplorer(weights=[0.6, 0.4]))
    page.get_by_role("slider", name="Length").focus()
    page.keyboard.press("ArrowRight")
    told_value(page, "weights", [0.6, 0.4, 0])


def test_python_sets_the_state_and_the_page_follows(show):
    page = show(SmoothingExplorer(t=60))
    before = picture(page, TRACK)
    page.evaluate("explorer.put('t', 90); explorer.put('sigma', 1.5); explorer.put('phase', '')")
    wait_for_another_picture(page, TRACK, before)
    assert page.get_by_role("slider", name="Time t").input_value() == "90"
    expected = SmoothingExplorer(t=90, sigma=1.5, phase="").describe()
    page.wait_for_function(
        "words => document.querySelector('[data-cx=spoken]').textContent === words", arg=expected
    )
    assert page.evaluate("explorer.saves") == 0


def test_everything_that_takes_the_focus_has_a_name_and_keeps_its_keys(show):
    page = show()
    faults = page.evaluate(
        """() => [...document.querySelectorAll('.cx input, .cx select, .cx button, .cx [tabindex]')]
          .filter((e) => !e.hasAttribute('data-lm-suppress-shortcuts')
            || !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
          .map((e) => e.outerHTML)"""
    )
    assert faults == []
    for role, count in {"radio": 8, "slider": 4 + 7, "combobox": 1, "button": 1, "img": 3}.items():
        found = page.locator(".cx").get_by_role(role)
        assert found.count() == count, role
    tree = page.locator(".cx").aria_snapshot()
    for name in ("Kernel", "Placed", "Length", "Noise σ", "Noise draw", "Time t", "Errors over"):
        assert name in tree
    assert page.locator(TRACK).get_attribute("aria-label").startswith("A causal box kernel")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_both_themes(show, scheme):
    page = show(color_scheme=scheme)
    assert page.locator(".cx").get_attribute("data-theme") == scheme
    ratios = page.evaluate(
        """() => {
          const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => {
              const s = v / 255;
              return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const root = document.querySelector('.cx');
          const ground = light(getComputedStyle(root).backgroundColor);
          const probe = document.createElement('i');
          root.append(probe);
          return ['ink', 'soft', 'estimateInk', 'plus', 'minus', 'true', 'data'].map((name) => {
            probe.style.color = `var(--cx-${name})`;
            const colour = light(getComputedStyle(probe).color);
            return [name, (Math.max(ground, colour) + 0.05) / (Math.min(ground, colour) + 0.05)];
          });
        }"""
    )
    for name, ratio in ratios:
        assert ratio >= (4.5 if name in ("ink", "soft", "estimateInk") else 3.0), name


@pytest.mark.parametrize("width", [640, 800, 900, 1100])
def test_nothing_is_wider_than_the_page(show, width):
    page = show(viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_cell_s_width_counts_not_the_window_s(show):
    page = show(viewport={"width": 1300, "height": 900})
    columns = "getComputedStyle(document.querySelector('.cx-top')).gridTemplateColumns.split(' ')"
    assert len(page.evaluate(columns)) == 2
    page.evaluate("document.body.style.width = '600px'")
    page.wait_for_function(f"{columns}.length === 1")
    assert page.locator(TRACK).bounding_box()["width"] > 500


@pytest.mark.parametrize("selector", [TRACK, COLUMNS])
def test_after_a_click_the_arrow_keys_go_on_from_there(show, selector):
    page = show()
    slider = page.get_by_role("slider", name="time")
    box = page.locator(selector).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("explorer.saves > 0")
    there = page.evaluate("explorer.sent.t")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert int(slider.input_value()) == there + 2


def test_a_key_in_the_frame_of_the_release_goes_on_from_there_too(show):
    page = show(SmoothingExplorer(t=100))
    # Press, release and read the slider before any frame can be drawn.
    there, shown = page.evaluate(
        """(selector) => {
          const canvas = document.querySelector(selector);
          canvas.setPointerCapture = () => {};
          const { left, top, width } = canvas.getBoundingClientRect();
          const at = { clientX: left + width / 2, clientY: top + 90, pointerId: 1, bubbles: true };
          for (const kind of ['pointerdown', 'pointerup']) {
            canvas.dispatchEvent(new PointerEvent(kind, at));
          }
          return [explorer.sent.t, Number(document.activeElement.value)];
        }""",
        TRACK,
    )
    assert there == shown != 100


def test_weights_that_sum_to_zero_leave_a_working_page(show):
    explorer = SmoothingExplorer(weights=[1.0, -1.0])
    page = show(explorer)
    assert page.locator("[data-cx=rmse]").inner_text() == "–"
    assert page.locator("[data-cx=spoken]").text_content() == explorer.describe()
    page.get_by_role("radio", name="gaussian").check(force=True)
    page.wait_for_function("document.querySelector('[data-cx=rmse]').textContent !== '–'")
    assert page.errors == []


@pytest.mark.parametrize("track", [spaceship_track(dropouts=20, seed=5), iss_track()], ids=repr)
def test_every_state_gives_python_s_numbers(show, track):
    explorer = SmoothingExplorer(track)
    page = show(explorer)
    random = np.random.default_rng(9)
    for k in range(6):
        weights = random.standard_normal(random.integers(1, 26)).round(2).tolist()
        last = explorer._model.position.size - 1
        chosen = {
            "kernel_name": (*KERNEL_NAMES, "own")[k],
            "length": len(weights),
            "centred": bool(k % 2),
            "sigma": float(random.uniform(0, 2) * track.sigma),
            "seed": int(random.integers(10)),
            "t": int(random.choice([0, 1, last, random.integers(last)])),
            "phase": str(random.choice(["", *(name for name, _, _ in track.phases)])),
        }
        if chosen["kernel_name"] == "own":
            chosen["weights"] = weights
        now = SmoothingExplorer(track, **chosen)
        for name, value in {**chosen, "weights": now.weights}.items():
            page.evaluate("([name, value]) => explorer.put(name, value)", [name, value])
        page.wait_for_function(
            "words => document.querySelector('[data-cx=spoken]').textContent === words",
            arg=now.describe(),
            timeout=5_000,
        )
        summary = now._model.summary(now.state())
        assert number(page, "rmse") == pytest.approx(summary.rmse, abs=0.051)
    assert page.errors == []


def share_texts(page):
    """What is written in the bar of bias and variance, and whether each fits."""
    return page.evaluate(
        "[...document.querySelectorAll('.cx-share > span:not([hidden])')]"
        ".map((part) => [part.textContent, part.scrollWidth <= part.clientWidth])"
    )


def test_without_an_error_the_bar_of_shares_is_empty(show):
    page = show(SmoothingExplorer(kernel_name="box", length=1, sigma=0.0))
    assert number(page, "rmse") == 0
    assert share_texts(page) == [["no error", True]]


@pytest.mark.parametrize("width", [480, 900, 1280])
@pytest.mark.parametrize("length", [1, 3, 5, 7, 12, 25])
def test_shares_are_written_whole_or_not_at_all(show, width, length):
    explorer = SmoothingExplorer(kernel_name="box", length=length)
    summary = explorer._model.summary(explorer.state())
    percent = round(100 * summary.bias**2 / summary.rmse**2)
    page = show(explorer, viewport={"width": width, "height": 900})
    (bias, bias_fits), (variance, variance_fits) = share_texts(page)
    assert bias in (f"bias² {percent} %", f"{percent} %", "")
    assert variance in (f"variance {100 - percent} %", f"{100 - percent} %", "")
    assert bias_fits or not bias
    assert variance_fits or not variance
    assert bias or variance


def test_the_bias_is_taken_apart(show):
    explorer = SmoothingExplorer()
    kernel = explorer._model.kernel_bias(explorer.state())
    noise = explorer._model.summary(explorer.state()).bias - kernel
    page = show(explorer)
    written = page.locator("[data-cx=bias-note]").inner_text().replace("−", "-")
    assert written == f"bias: {kernel:.3f} by the kernel, {noise:.3f} by this noise"


def test_wild_measurements_leave_the_headings_alone(show):
    """Pixels over the axes are the same whatever the noise, but for the words that count it."""

    def above(sigma):
        page = show(SmoothingExplorer(sigma=sigma, kernel_name="box", length=1))
        return page.evaluate(
            """(selector) => {
              const canvas = document.querySelector(selector);
              const scale = canvas.width / canvas.clientWidth;
              const [y, tall] = [19 * scale, 16 * scale];
              const data = canvas.getContext("2d").getImageData(0, y, canvas.width, tall).data;
              return Array.from(data).join();
            }""",
            TRACK,
        )

    assert above(10.0) == above(0.0)
