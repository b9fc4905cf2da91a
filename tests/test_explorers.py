"""Rules that every explorer keeps, whatever it shows."""

import base64
import functools
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import traitlets
from PIL import Image

from cnncourse import explore
from cnncourse.explore import EXPLORERS
from cnncourse.explore.arrays import Array
from cnncourse.explore.base import STATIC, Explorer
from cnncourse.widgets import joined_module
from tools import notebooks

pytest_plugins = "pytester"
ROOT = Path(__file__).resolve().parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
TEN = {
    "channels",
    "connections",
    "convolution2d",
    "equivariance",
    "layers",
    "padding",
    "pooling",
    "side_by_side",
    "smoothing",
    "toeplitz",
}
each = pytest.mark.parametrize("name", EXPLORERS)


@functools.cache
def shown(name):
    """An explorer's demonstration, and what it leaves in a notebook."""
    explorer = EXPLORERS[name]()
    data, _ = explorer._repr_mimebundle_()
    return explorer, data


def test_there_are_ten():
    assert set(EXPLORERS) == TEN
    assert len({type(shown(name)[0]).title for name in EXPLORERS}) == 10


@each
def test_it_is_found_under_its_name(name):
    explorer = shown(name)[0]
    assert isinstance(explorer, Explorer)
    assert getattr(explore, name) is EXPLORERS[name]
    parts = name.split("_")
    assert type(explorer).__name__ == "".join(p[0].upper() + p[1:] for p in parts) + "Explorer"
    assert {name, type(explorer).__name__} <= set(explore.__all__)
    assert isinstance(explorer, getattr(explore, type(explorer).__name__))
    assert re.fullmatch(r"[A-Z].* explorer", explorer.title)


@each
def test_its_repr_and_its_html_are_the_same_each_time(name):
    explorer, data = shown(name)
    again = EXPLORERS[name]()
    assert repr(explorer) == repr(again) == data["text/plain"]
    assert "0x" not in repr(explorer)
    assert data["text/html"] == again._repr_mimebundle_()[0]["text/html"]


SUMS = """
import hashlib, json
from cnncourse.explore import EXPLORERS
html = {name: make()._repr_mimebundle_()[0]["text/html"] for name, make in EXPLORERS.items()}
print(json.dumps({name: hashlib.sha256(text.encode()).hexdigest() for name, text in html.items()}))
"""


def run_python(code, **variables):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_html_is_the_same_in_every_process():
    assert run_python(SUMS, PYTHONHASHSEED="1") == run_python(SUMS, PYTHONHASHSEED="2")


@each
def test_in_a_notebook_it_is_a_picture_in_words_and_a_live_page(name):
    explorer, data = shown(name)
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}
    text = data["text/html"]
    assert len(text) < 60_000
    [(alt, source)] = re.findall(r'<img width="\d+" alt="([^"]*)" src="([^"]*)">', text)
    assert html.unescape(alt) == f"{explorer.title}. {explorer.describe()}"
    assert source.startswith("data:image/png;base64,")
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as picture:
        assert picture.width >= 500
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 2
    [frame] = re.findall("<iframe [^>]*>", text)
    assert f'title="{explorer.title}"' in frame
    assert "srcdoc=" in frame
    assert " src=" not in frame


@each
def test_no_identifier_of_a_widget_is_in_what_is_stored(name):
    explorer, data = shown(name)
    assert data[WIDGET_VIEW]["model_id"] == explorer.model_id
    page = explorer.to_html()
    for text in (data["text/html"], data["text/plain"], page):
        assert explorer.model_id not in text
        assert "IPY_MODEL_" not in text


@each
def test_it_says_what_it_shows_in_sentences(name):
    explorer = shown(name)[0]
    words = explorer.describe()
    assert re.fullmatch(r"[A-Za-z].*\.", words)
    assert "nan" not in words.split()
    assert "  " not in words
    # A hyphen before a digit, at the start of a word, is a minus sign typed wrongly.
    assert not re.search(r"(?<![\w)])-\d", words)
    assert explorer.picture().alt == f"{explorer.title}. {words}"


@each
def test_its_state_can_be_read_set_and_handed_to_another(name):
    explorer = EXPLORERS[name]()
    names = explorer.state_names()
    assert names
    for trait in names:
        setattr(explorer, trait, getattr(explorer, trait))
    assert repr(explorer) == repr(shown(name)[0])
    again = EXPLORERS[name](**{trait: getattr(explorer, trait) for trait in names})
    assert repr(again) == repr(explorer)
    assert again.describe() == explorer.describe()


@each
def test_nonsense_is_refused_by_name_and_changes_nothing(name):
    explorer = EXPLORERS[name]()
    before = repr(explorer), explorer.describe()
    for trait in explorer.state_names():
        with pytest.raises(traitlets.TraitError, match=rf"\b{trait}\b"):
            setattr(explorer, trait, object())
        with pytest.raises((traitlets.TraitError, ValueError, TypeError), match=rf"\b{trait}\b"):
            EXPLORERS[name](**{trait: object()})
    assert (repr(explorer), explorer.describe()) == before


LISTS = (Array, type(explore.SmoothingExplorer.weights))


def arrays_of(explorer):
    """Names of the state's arrays, and of its lists of numbers."""
    kinds = explorer.traits()
    return [name for name in explorer.state_names() if isinstance(kinds[name], LISTS)]


ARRAYS = [(name, trait) for name in EXPLORERS for trait in arrays_of(EXPLORERS[name]())]


def test_every_explorer_of_numbers_has_an_array():
    without = {"connections", "padding"}  # counts and places only
    assert {name for name, _ in ARRAYS} == TEN - without


@pytest.mark.parametrize(
    "fault", ["not a number", "infinite", "too large", "axes", "empty", "words"]
)
@pytest.mark.parametrize(("name", "trait"), ARRAYS)
def test_an_array_that_cannot_be_shown_is_refused_by_name_and_changes_nothing(name, trait, fault):
    explorer = EXPLORERS[name]()
    before = repr(explorer), explorer.describe()
    bad = np.array(getattr(explorer, trait), dtype=float)
    numbers = {"not a number": np.nan, "infinite": -np.inf, "too large": 1e300}
    if fault in numbers:
        bad.flat[-1] = numbers[fault]
    else:
        bad = {"axes": np.ones((1,) * 6), "empty": bad[:0], "words": np.full(bad.shape, "w")}[fault]
    with pytest.raises(traitlets.TraitError, match=rf"\b{trait}\b"):
        setattr(explorer, trait, bad)
    with pytest.raises((traitlets.TraitError, ValueError, TypeError), match=rf"\b{trait}\b"):
        EXPLORERS[name](**{trait: bad})
    assert (repr(explorer), explorer.describe()) == before


@pytest.mark.parametrize(("name", "trait"), ARRAYS)
def test_an_array_of_millions_of_numbers_is_refused_or_reduced(name, trait):
    explorer = EXPLORERS[name]()
    before = repr(explorer)
    axes = np.ndim(getattr(explorer, trait))
    many = np.zeros((5000,) * 2 if axes == 2 else (1,) * (axes - 1) + (2_000_000,), np.uint8)
    try:
        setattr(explorer, trait, many)
    except traitlets.TraitError as error:
        assert re.search(rf"\b{trait}\b", str(error))
        assert repr(explorer) == before
    else:
        assert 1 < np.size(getattr(explorer, trait)) <= 256**2
        assert "5000 x 5000 pixels is shown as" in explorer._notice
    assert len(explorer.describe()) < 2_000


@each
def test_an_argument_that_does_not_exist_is_refused(name):
    with pytest.raises((TypeError, ValueError, traitlets.TraitError), match="no_such_thing"):
        EXPLORERS[name](no_such_thing=1)


@each
def test_its_module_knows_the_whole_state(name):
    source = (STATIC / f"{name}.js").read_text(encoding="utf-8")
    missing = [trait for trait in shown(name)[0].state_names() if f'"{trait}"' not in source]
    assert missing == []


@each
def test_its_module_and_its_style_name_no_address_and_fetch_nothing(name):
    explorer = shown(name)[0]
    whole = joined_module(name, STATIC) + str(explorer._esm) + str(explorer._css)
    inner = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
    assert set(re.findall(r"""\w+://[^\s"'`)]*""", whole)) <= inner
    for word in ("fetch(", "XMLHttpRequest", "WebSocket", "import(", "@import", "url("):
        assert word not in whole, word
    assert not re.search(r"^\s*import\b", str(explorer._esm), re.MULTILINE)


LOADED = """
import json, sys
import cnncourse.explore
cnncourse.explore.layers()
print(json.dumps([m for m in ("torch", "tensorflow", "keras") if m in sys.modules]))
"""


def test_importing_the_explorers_loads_no_torch():
    assert run_python(LOADED) == []


def test_a_notebook_with_all_of_them_passes_strict_nbval_untagged(pytester):
    cells = [nbformat.v4.new_code_cell("from cnncourse import explore")]
    cells += [nbformat.v4.new_code_cell(f"explore.{name}()") for name in EXPLORERS]
    path = pytester.path / "explorers.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    stored = notebooks.run(path)
    assert "IPY_MODEL_" not in stored
    assert "widget-view" not in stored
    path.write_text(stored, encoding="utf-8")
    pytester.makeconftest((ROOT / "conftest.py").read_text(encoding="utf-8"))
    outcome = pytester.runpytest_subprocess("--nbval", "--nbval-current-env", path.name)
    outcome.assert_outcomes(passed=1 + len(EXPLORERS))
