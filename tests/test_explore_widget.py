"""The smoothing explorer as a widget: its state, its picture, its page."""

import base64
import json
import re

import numpy as np
import pytest
import traitlets

from cnncourse.data import iss_track, spaceship_track
from cnncourse.explore import SmoothingExplorer
from cnncourse.explore.smoothing_model import KERNEL_NAMES, MAX_LENGTH, kernel_weights
from cnncourse.widgets import page_of

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def explorer():
    return SmoothingExplorer(spaceship_track(dropouts=6))


@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_choosing_a_kernel_brings_its_weights(explorer, name):
    explorer.kernel_name = name
    explorer.length = 11
    assert explorer.weights == kernel_weights(name, 11).tolist()
    explorer.centred = True
    assert explorer.weights == kernel_weights(name, 11, centred=True).tolist()


def test_own_weights_make_the_kernel_own(explorer):
    explorer.weights = [0.9, 0.2, -0.1]
    assert (explorer.kernel_name, explorer.length) == ("own", 3)
    explorer.length = 5
    assert explorer.weights == [0.9, 0.2, -0.1, 0.0, 0.0]
    explorer.length = 2
    assert explorer.weights == [0.9, 0.2]
    explorer.kernel_name = "box"
    assert explorer.weights == [0.5, 0.5]


def test_weights_of_a_named_kernel_keep_its_name(explorer):
    explorer.weights = kernel_weights("box", explorer.length).tolist()
    assert explorer.kernel_name == "box"


def test_the_browser_s_changes_arrive_together(explorer):
    explorer.set_state({"kernel_name": "own", "length": 3, "weights": [0.5, 0.4, 0.1]})
    assert (explorer.kernel_name, explorer.length) == ("own", 3)
    assert explorer.weights == [0.5, 0.4, 0.1]
    nine = kernel_weights("gaussian", 9, centred=True).tolist()
    explorer.set_state(
        {"kernel_name": "gaussian", "length": 9, "centred": True, "weights": nine, "t": 12}
    )
    assert explorer.kernel_name == "gaussian"
    assert explorer.weights == nine
    assert explorer.t == 12


def test_the_state_can_be_given_at_the_start():
    explorer = SmoothingExplorer(kernel_name="linear", length=3, centred=True, t=5, seed=4)
    assert explorer.weights == kernel_weights("linear", 3, centred=True).tolist()
    assert SmoothingExplorer(weights=[1.0, 0.5]).kernel_name == "own"


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("t", 181, "0 to 180, got 181"),
        ("t", -1, "got -1"),
        ("sigma", -0.1, "at least 0, got -0.1"),
        ("sigma", float("nan"), "finite"),
        ("weights", [], "1 to 25 numbers, got 0"),
        ("weights", [0.1] * (MAX_LENGTH + 1), "got 26"),
        ("weights", [float("inf")], "finite"),
        ("seed", 10, "seed"),
        ("length", 0, "length"),
        ("kernel_name", "sinc", "kernel_name"),
        ("phase", "landing", "start-up"),
    ],
)
def test_a_wrong_value_is_refused_and_the_state_kept(explorer, name, value, part):
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=re.escape(part)):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_repr_is_fixed():
    text = repr(SmoothingExplorer(kernel_name="box", length=4, t=7))
    assert text == repr(SmoothingExplorer(kernel_name="box", length=4, t=7))
    assert "0x" not in text
    assert "kernel_name='box', length=4" in text


def test_the_bundle_holds_the_view_and_a_picture_that_never_changes(explorer):
    data, metadata = explorer._repr_mimebundle_()
    again, _ = SmoothingExplorer(spaceship_track(dropouts=6))._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "image/png", "text/html", "text/plain"}
    assert data["image/png"] == again["image/png"]
    assert data["text/html"] == again["text/html"]
    assert f'alt="Smoothing explorer. {explorer.describe()}"' in data["text/html"]
    assert data["text/plain"] == again["text/plain"] == repr(explorer)
    assert data[WIDGET_VIEW]["model_id"] not in data["text/plain"]
    assert explorer.describe() in metadata["image/png"]["alt"]
    png = data["image/png"]
    assert len(base64.b64decode(png) if isinstance(png, str) else png) < 150_000


@pytest.mark.parametrize("state", [{"weights": [1.0, -1.0]}, {"centred": True, "length": 25}])
def test_the_picture_can_be_drawn_in_odd_states(state):
    data, _ = SmoothingExplorer(iss_track(), **state)._repr_mimebundle_()
    assert data["image/png"]


def test_all_that_is_sent_once_is_small_and_complete(explorer):
    n = explorer._model.position.size
    assert len(explorer._position) == 8 * n
    assert len(explorer._unit_noise) == 8 * n * 10
    assert np.frombuffer(explorer._present, dtype=np.uint8).sum() == n - 6
    kernels = np.frombuffer(explorer._kernels, dtype="<f8")
    assert kernels.size == 2 * len(KERNEL_NAMES) * MAX_LENGTH * (MAX_LENGTH + 1) // 2
    assert len(explorer._kernels) + len(explorer._unit_noise) < 60_000


def test_the_module_is_one_file_that_imports_nothing():
    source = str(SmoothingExplorer._esm)
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert "export default { render }" in source
    assert "http://" not in source.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in source + str(SmoothingExplorer._css)


def test_the_page_carries_the_state_and_cannot_be_broken_by_a_title():
    state = {"word": "</script>", "data": b"\x01"}
    page = page_of("", "", "a <title>", state, place="explorer")
    assert "<title>a &lt;title&gt;</title>" in page
    state = re.search(r'id="state">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(state) == {"word": "</script>", "data": {"$bytes": "AQ=="}}


def test_the_page_is_light_enough_to_mail(explorer):
    assert len(explorer.to_html()) < 150_000
