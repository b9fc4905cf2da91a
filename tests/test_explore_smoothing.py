"""The smoothing explorer as a widget: its state, its picture, its page."""

import json
import re

import numpy as np
import pytest
import traitlets

from cnncourse.data import iss_track, spaceship_track
from cnncourse.explore import SmoothingExplorer
from cnncourse.explore.smoothing_model import (
    KERNEL_NAMES,
    MAX_LENGTH,
    NOISE_STEPS,
    SmoothingModel,
    SmoothingState,
    kernel_table,
    kernel_weights,
)
from cnncourse.smoothing import error_summary, smooth
from cnncourse.widgets import page_of
from tests.parity import agree

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
        ("sigma", -0.1, "sigma must be a number, 0 to 1000000, got -0.1"),
        ("sigma", float("nan"), "0 to 1000000, got nan"),
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
    data, _ = explorer._repr_mimebundle_()
    again, _ = SmoothingExplorer(spaceship_track(dropouts=6))._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}
    assert data["text/html"] == again["text/html"]
    assert f'alt="Smoothing explorer. {explorer.describe()}"' in data["text/html"]
    assert data["text/plain"] == again["text/plain"] == repr(explorer)
    assert data[WIDGET_VIEW]["model_id"] not in data["text/plain"]
    assert len(data["text/html"]) < 60_000


@pytest.mark.parametrize("state", [{"weights": [1.0, -1.0]}, {"centred": True, "length": 25}])
def test_the_picture_can_be_drawn_in_odd_states(state):
    explorer = SmoothingExplorer(iss_track(), **state)
    assert explorer.picture().png().startswith(b"\x89PNG")
    assert explorer.picture().alt == f"Smoothing explorer. {explorer.describe()}"


def test_all_that_is_sent_once_is_complete(explorer):
    n = explorer._model.position.size
    noise = explorer._model.unit_noise
    np.testing.assert_array_equal(np.frombuffer(explorer._own_noise, dtype="<f8"), noise[0])
    fresh = np.frombuffer(explorer._fresh_noise, dtype="<i2").reshape(9, n)
    np.testing.assert_array_equal(fresh / NOISE_STEPS, noise[1:])
    np.testing.assert_array_equal(
        np.frombuffer(explorer._position, dtype="<f8"), explorer._model.position
    )
    assert np.frombuffer(explorer._present, dtype=np.uint8).sum() == n - 6


def test_a_kernel_from_the_browser_becomes_python_s_to_the_last_digit(explorer):
    exact = kernel_weights("gaussian", 5).tolist()
    nearly = [weight * (1 + 1e-13) for weight in exact]
    explorer.set_state({"kernel_name": "gaussian", "length": 5, "weights": nearly})
    assert nearly != exact == explorer.weights
    assert explorer.kernel_name == "gaussian"
    explorer.weights = [weight + 1e-6 for weight in exact]
    assert explorer.kernel_name == "own"


def test_javascript_makes_the_kernels_of_the_table():
    table = kernel_table()
    named = [
        (
            "namedKernel",
            [table, name, length, centred],
            kernel_weights(name, length, centred=centred),
        )
        for name in KERNEL_NAMES
        for length in range(1, MAX_LENGTH + 1)
        for centred in (False, True)
    ]
    agree("smoothing_math", [(f, a, w.tolist()) for f, a, w in named], tolerance=1e-11)


def smoothing_cases():
    """Every kernel and random ones, negative and of any sum, over records with drop-outs."""
    random = np.random.default_rng(7)
    kernels = [
        (kernel_weights(name, length, centred=centred), centred)
        for name in KERNEL_NAMES
        for length in (1, 2, 3, 8, 25)
        for centred in (False, True)
    ]
    kernels += [(random.standard_normal(m), bool(k % 2)) for k, m in enumerate(range(1, 26))]
    cases = []
    for weights, centred in kernels:
        x = 50 * random.standard_normal(random.integers(1, 90))
        x[random.random(x.size) < random.choice([0.0, 0.1, 0.6])] = np.nan
        cases.append((x, weights, centred))
    return cases


def test_javascript_smooths_as_python_does():
    calls = []
    for x, w, centred in smoothing_cases():
        expected = smooth(x, w, start="renormalise", centred=centred)
        calls.append(("smooth", [x.tolist(), w.tolist(), centred], expected.tolist()))
    agree("smoothing_math", calls, tolerance=1e-9)


def test_javascript_takes_a_sum_apart_as_python_does():
    model = SmoothingModel(spaceship_track(dropouts=40, seed=6))
    random = np.random.default_rng(10)
    calls = []
    for t in (0, 1, 3, 60, 178, 180):
        for centred in (False, True):
            weights = tuple(random.standard_normal(random.integers(1, 9)).tolist())
            state = SmoothingState("own", weights, centred, sigma=2.0, seed=1, t=t)
            now = model.sliding_sum(state)
            names = ("index", "weight", "sample", "product")
            columns = (getattr(now, name).tolist() for name in names)
            terms = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
            expected = {"terms": terms, "missing": int(np.isnan(now.sample).sum())}
            given = [model.measured(state).tolist(), list(weights), centred, t]
            calls.append(("slidingSum", given, expected))
    agree("smoothing_math", calls, tolerance=1e-9)


def test_javascript_parts_the_bias_from_the_noise_as_python_does():
    model = SmoothingModel(spaceship_track(dropouts=40, seed=6))
    random = np.random.default_rng(11)
    calls = []
    for phase in ("", *model.phases):
        samples = np.flatnonzero(model.samples(phase))
        span = {"first": int(samples[0]), "count": int(samples.size)}
        for centred in (False, True):
            weights = tuple(random.standard_normal(random.integers(1, 9)).tolist())
            state = SmoothingState("own", weights, centred, sigma=2.0, seed=1, t=9, phase=phase)
            given = {"weights": list(weights), "centred": centred}
            measured = model.measured(state).tolist()
            arguments = [model.position.tolist(), measured, given, span]
            calls.append(("kernelBias", arguments, model.kernel_bias(state)))
    agree("smoothing_math", calls, tolerance=1e-9)


def test_javascript_sums_up_errors_as_python_does():
    random = np.random.default_rng(8)
    truth = random.standard_normal(60)
    estimate = truth + random.standard_normal(60)
    estimate[:7] = np.nan
    expected = error_summary(estimate[3:43], truth[3:43])
    given = [estimate.tolist(), truth.tolist(), {"first": 3, "count": 40}]
    agree("smoothing_math", [("errorSummary", given, vars(expected))], tolerance=1e-12)


def test_the_page_carries_the_state_and_cannot_be_broken_by_a_title():
    state = {"word": "</script>", "data": b"\x01"}
    page = page_of("", "", "a <title>", state, place="explorer")
    assert "<title>a &lt;title&gt;</title>" in page
    state = re.search(r'id="state">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(state) == {"word": "</script>", "data": {"$bytes": "AQ=="}}


def test_the_page_is_light_enough_to_mail(explorer):
    assert len(explorer.to_html()) < 150_000
