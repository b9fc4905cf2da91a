"""What all explorers have in common: array state, the bundle, pages, pictures of any size."""

import base64
import html
import json
import re
import zlib

import numpy as np
import pytest
import traitlets

from cnncourse.explore import base, convolution2d
from cnncourse.explore.arrays import Array, fitted_picture, packed
from cnncourse.explore.base import Explorer
from cnncourse.widgets import compact, framed
from tests import parity


class Holder(traitlets.HasTraits):
    kernel = Array(2, (3, 4)).tag(sync=True)
    mask = Array(1, (5,), allow_none=True).tag(sync=True)


def test_an_array_is_kept_as_float64_that_cannot_be_changed_unseen():
    mine = np.array([[1, 2], [3, 4]])
    holder = Holder(kernel=mine)
    mine[0, 0] = 9
    assert holder.kernel.dtype == np.float64
    assert holder.kernel.tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match="read-only"):
        holder.kernel[0, 0] = 5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.ones((4, 4)), r"kernel must be 1 to 3 x 1 to 4, got shape \(4, 4\)"),
        (np.ones(3), r"got shape \(3,\)"),
        (np.ones((0, 2)), r"got shape \(0, 2\)"),
        ([[1, np.nan]], r"kernel must be finite, got nan at \(0, 1\)"),
        ([[1, np.inf]], "got inf"),
        ([["a"]], "kernel must be an array of numbers"),
        ([[1], [2, 3]], "kernel must be an array of numbers"),
        ([[1j]], "kernel must be an array of numbers"),
        (None, "kernel must be an array of numbers"),
    ],
)
def test_a_wrong_array_is_refused_and_the_old_one_stays(value, words):
    holder = Holder(kernel=[[1.0]])
    with pytest.raises(traitlets.TraitError, match=words):
        holder.kernel = value
    assert holder.kernel.tolist() == [[1.0]]


def test_an_array_may_be_missing_where_the_trait_says_so():
    holder = Holder()
    assert holder.mask is None
    holder.mask = [1, 2]
    holder.mask = None
    assert holder.mask is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [([[0, 255]], "u1"), ([[-1]], "f8"), ([[256]], "f8"), ([[0.5]], "f8"), ([[-0.0]], "f8")],
)
def test_an_array_comes_back_from_the_browser_as_it_went(value, kind):
    there = packed(value)
    assert there["dtype"] == kind
    holder = Holder()
    from_json = holder.trait_metadata("kernel", "from_json")
    back = from_json({**there, "data": memoryview(there["data"])}, holder)
    holder.kernel = back
    np.testing.assert_array_equal(np.signbit(holder.kernel), np.signbit(value))
    np.testing.assert_array_equal(holder.kernel, value)


def test_a_picture_that_fits_stays_as_it_is():
    picture = np.random.default_rng(0).normal(size=(5, 7))
    fitted, notice = fitted_picture("image", picture, (5, 7))
    np.testing.assert_array_equal(fitted, picture)
    assert notice == ""


def test_a_large_picture_becomes_averages_of_blocks():
    picture = np.random.default_rng(1).normal(size=(11, 7))
    fitted, notice = fitted_picture("image", picture, (4, 4))
    for i in range(4):
        for j in range(3):
            block = picture[3 * i : 3 * i + 3, 3 * j : 3 * j + 3]
            assert fitted[i, j] == pytest.approx(block.mean())
    assert "11 x 7 pixels is shown as 4 x 3: averages of 3 x 3" in notice


def test_five_thousand_pixels_and_colours_are_no_trouble():
    colours = np.zeros((5000, 40, 3), dtype=np.uint8)
    colours[..., 1] = 100
    fitted, notice = fitted_picture("image", colours, (256, 256))
    assert fitted.shape == (250, 2)
    assert np.unique(fitted).tolist() == [
        59
    ]  # 0.587 * 100, rounded: the picture held whole numbers
    assert "5000 x 40" in notice


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.full((2, 2), np.nan), r"photo must be finite, got nan at \(0, 0\)"),
        (np.ones(4), r"photo must be \(rows, columns\)"),
        (np.ones((2, 2, 4)), r"got \(2, 2, 4\)"),
        (np.ones((0, 2)), r"got \(0, 2\)"),
        (np.array([["a"]]), "photo must be an array of numbers"),
    ],
)
def test_what_is_no_picture_is_refused(value, words):
    with pytest.raises(ValueError, match=words):
        fitted_picture("photo", value, (8, 8))


def test_a_framed_page_holds_the_page():
    page = '<html lang="en">é & <b>"quoted"</b></html>'
    frame = framed(page, 'A "title" & more')
    inside = html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])
    text = re.search(r'atob\("([^"]*)"\)', inside)[1]
    assert zlib.decompress(base64.b64decode(text)).decode() == page
    assert 'title="A &quot;title&quot; &amp; more"' in frame
    assert "display:none" in frame


def test_compacting_keeps_code_and_strings():
    first = 'const a = "// no comment"; /* stays */\n'
    source = first + "  // goes\n\n    b();\n/** goes\n * too\n */\nc();\n"
    assert compact(source) == first + "b();\nc();\n"
    # A comment with code behind it stays, and takes nothing along up to the next one's end.
    beside = "/** A. */ const f = 1;\nconst g = 2;\n"
    assert compact(beside + "/** B. */ \t\nd();\n") == beside + "d();\n"


def test_a_page_is_never_written_over(tmp_path):
    class Plain(Explorer):
        title = "Plain"
        _css = ""
        _esm = "const render = () => {};\nexport default { render };\n"

    explorer = Plain()
    path = explorer.save_html(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == explorer.to_html()
    with pytest.raises(FileExistsError):
        explorer.save_html(path)


def test_a_page_too_large_for_a_notebook_leaves_its_picture_and_says_so(monkeypatch):
    explorer = convolution2d()
    whole = explorer._repr_mimebundle_()[0]["text/html"]
    assert "<iframe" in whole
    assert "figcaption" not in whole
    monkeypatch.setattr(base, "LARGEST", len(whole) - 60)
    short = explorer._repr_mimebundle_()[0]["text/html"]
    assert "<iframe" not in short
    assert short.startswith(whole.split("<iframe")[0])
    assert f"would add {len(whole) / 1000:.0f} KB" in short


def test_an_explorer_must_say_and_draw_what_it_shows():
    class Silent(Explorer):
        pass

    for missing in ("describe", "picture"):
        with pytest.raises(NotImplementedError):
            getattr(Silent(), missing)()


@pytest.fixture
def tiny_module(tmp_path, monkeypatch):
    module = "export const twice = (x) => ({ all: x.values.map((v) => 2 * v), word: 'a' });\n"
    (tmp_path / "tiny.js").write_text(module, encoding="utf-8")
    monkeypatch.setattr(parity, "STATIC", tmp_path)
    parity.node()


@pytest.mark.parametrize(
    ("expected", "agrees"),
    [
        ({"all": [2.0, -4.0, float("nan")], "word": "a"}, True),
        ({"all": [2.0, -4.0 - 1e-8, float("nan")]}, True),
        ({"all": [2.0, -4.0 - 1e-5, float("nan")]}, False),
        ({"all": [2.0, -4.0, 0.0]}, False),
        ({"all": [2.0, -4.0]}, False),
        ({"word": "b"}, False),
        ({"other": 1.0}, False),
        ({"other": {"deep": "a"}}, False),
    ],
)
def test_the_harness_tells_what_agrees_from_what_does_not(tiny_module, expected, agrees):
    calls = [("twice", [np.array([1.0, -2.0, np.nan])], expected)]
    if agrees:
        parity.agree("tiny", calls)
    else:
        with pytest.raises(pytest.fail.Exception, match="does not agree"):
            parity.agree("tiny", calls)


def test_the_harness_wants_a_function_that_is_there(tiny_module):
    with pytest.raises(pytest.fail.Exception, match="thrice is not exported"):
        parity.agree("tiny", [("thrice", [1], 1)])
    assert json.dumps(parity.encoded({"a": np.float32(0.5)})) == '{"a": 0.5}'
