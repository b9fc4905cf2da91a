"""The pooling explorer's numbers, against the definitions, theory, torch and its browser module."""

import re
from dataclasses import replace

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.explore.pooling_model import (
    BLUR,
    DRAWN,
    KINDS,
    LENGTH,
    MAX_SIZE,
    SEEDS,
    SOURCES,
    WAITING,
    PoolingModel,
    PoolingState,
    expected_share,
    in_sight,
    output_count,
    pooled,
)
from cnncourse.explore.pooling_words import describe
from cnncourse.pooling import unchanged_fraction
from tests.parity import agree

MODEL = PoolingModel()


def by_loops(values, kind, size, stride):
    """Pooling along a row, straight from its definition."""
    if kind == "blur":
        dense = by_loops(values, "max", size, 1)
        starts = range(0, len(dense) - len(BLUR) + 1, stride)
        return [sum(b * dense[i + q] for q, b in enumerate(BLUR)) for i in starts]
    out = []
    for start in range(0, len(values) - size + 1, stride):
        window = [values[start + q] for q in range(size)]
        if kind == "max":
            out.append(sorted(window)[-1])
        elif kind == "average":
            out.append(sum(window) / size)
        else:
            out.append(sum(v * v for v in window) ** 0.5)
    return out


def random_states(seed, count):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(rng.integers(1, 49))
        yield PoolingState(
            kind=KINDS[rng.integers(len(KINDS))],
            size=int(rng.integers(1, MAX_SIZE + 1)),
            stride=int(rng.integers(1, 6)),
            shift=int(rng.integers(0, WAITING + 1)),
            source=SOURCES[rng.integers(len(SOURCES))],
            seed=int(rng.integers(SEEDS)),
            output=int(rng.integers(30)),
            signal=tuple(rng.normal(0, 2, n)),
            entering=tuple(rng.normal(0, 2, int(rng.integers(1, 9)))),
        )


def in_browser(state):
    arrays = {name: np.array(getattr(state, name)) for name in ("signal", "entering")}
    return {**vars(state), **arrays}


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_follow_the_definition(kind):
    rng = np.random.default_rng(7)
    for _ in range(60):
        n, size, stride = (int(rng.integers(*limits)) for limits in ((1, 40), (1, 9), (1, 6)))
        values = rng.normal(-1, 2, n)
        got = pooled(values, kind, size, stride)
        assert got == pytest.approx(by_loops(values.tolist(), kind, size, stride))
        assert got.size == output_count(n, kind, size, stride)


@pytest.mark.parametrize(("kind", "name"), [("max", "max_pool1d"), ("average", "avg_pool1d")])
def test_outputs_equal_torch(kind, name):
    functional = pytest.importorskip("torch").nn.functional
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).normal(-1, 2, 31)
    for size, stride in [(1, 1), (3, 1), (3, 2), (4, 3), (8, 5)]:
        expected = getattr(functional, name)(torch.tensor(values)[None], size, stride)[0].numpy()
        np.testing.assert_allclose(pooled(values, kind, size, stride), expected, rtol=1e-12)


def test_blur_pooling_equals_torch_in_three_steps():
    torch = pytest.importorskip("torch")
    values = torch.tensor(np.random.default_rng(1).normal(size=(1, 1, 30)))
    for size, stride in [(2, 2), (3, 1), (5, 3)]:
        dense = torch.nn.functional.max_pool1d(values, size, 1)
        blur = torch.tensor(BLUR, dtype=values.dtype).reshape(1, 1, 3)
        expected = torch.nn.functional.conv1d(dense, blur, stride=stride).flatten().numpy()
        np.testing.assert_allclose(pooled(values.flatten(), "blur", size, stride), expected)


def test_the_filter_of_blur_pooling_is_binomial_and_an_average():
    assert sum(BLUR) == 1
    assert np.polymul([0.5, 0.5], [0.5, 0.5]) == pytest.approx(BLUR)


@pytest.mark.parametrize("shift", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_share_is_that_of_the_package(size, shift):
    for seed in range(SEEDS):
        state = PoolingState(size=size, shift=shift, seed=seed)
        scene = MODEL.scene(state)
        # Row and shifted row lie side by side in what is in sight of either.
        seen = scene[WAITING - shift :]
        assert MODEL.shown(state).share == unchanged_fraction(seen, size, shift)


@pytest.mark.parametrize(("size", "shift"), [(2, 1), (3, 1), (5, 2), (8, 1), (3, 3), (2, 5)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_formula_holds_for_long_independent_rows_at_any_stride(size, shift, stride):
    values = np.random.default_rng(size + shift).random(60_000)
    before, after = (
        pooled(values[8 - d : values.size - d], "max", size, stride) for d in (0, shift)
    )
    assert (before == after).mean() == pytest.approx(expected_share(size, shift), abs=0.015)


def test_the_formula_fails_on_sparse_input_that_is_mostly_zero():
    rng = np.random.default_rng(0)
    sparse = np.where(rng.random(60_000) < 0.05, rng.random(60_000), 0.0)
    before, after = (pooled(sparse[8 - d : sparse.size - d], "max", 3, 1) for d in (0, 1))
    assert (before == after).mean() > expected_share(3, 1) + 0.3


def test_a_shift_by_steps_of_the_stride_moves_the_outputs():
    for kind in KINDS:
        state = PoolingState(kind=kind, stride=2, shift=4, size=3)
        now = MODEL.shown(state)
        np.testing.assert_allclose(now.after[2:], now.before[:-2], rtol=1e-12)
        assert "the outputs just move by 2 places" in describe(MODEL, state)
        odd = replace(state, shift=3)
        assert "no multiple of the stride" in describe(MODEL, odd)


def test_draws_are_repeatable_and_of_their_kind():
    again = PoolingModel().draws
    for name in DRAWN:
        assert MODEL.draws[name].shape == (SEEDS, WAITING + LENGTH)
        np.testing.assert_array_equal(MODEL.draws[name], again[name])
        assert 60 < np.ptp(MODEL.draws[name]) <= MODEL.draws[name].max() <= 100
        assert len({row.tobytes() for row in MODEL.draws[name]}) == SEEDS
    assert all(np.unique(row).size == row.size for row in MODEL.draws["random"])
    assert ((MODEL.draws["sparse"] > 0).sum(axis=1) == 5).all()
    rows = {name: values.astype(float) for name, values in MODEL.draws.items()}
    roughness = {name: np.abs(np.diff(values)).mean() for name, values in rows.items()}
    assert roughness["smooth"] < roughness["random"] / 2
    assert (np.diff(rows["steps"]) == 0).mean() > 0.6


def test_what_enters_are_the_waiting_values():
    state = PoolingState(source="own", signal=(1.0, 2.0, 3.0), entering=(8.0, 9.0))
    scene = MODEL.scene(state)
    assert scene.tolist() == [0.0] * 6 + [8.0, 9.0, 1.0, 2.0, 3.0]
    assert in_sight(scene, 0).tolist() == [1.0, 2.0, 3.0]
    assert in_sight(scene, 2).tolist() == [8.0, 9.0, 1.0]


def test_without_a_shift_nothing_changes():
    for source in SOURCES:
        now = MODEL.shown(PoolingState(source=source, shift=0, signal=(1.0, -2.0, 3.0, 0.5)))
        assert now.share == 1
        assert now.same.all()
        assert now.change["max"][0] == now.change["input"][0] == 0


def test_negative_values_keep_their_sign():
    state = PoolingState(source="own", signal=(-3.0, -1.0, -2.0), entering=(-5.0,))
    now = MODEL.shown(state)
    assert now.before.tolist() == [-1.0]
    assert now.after.tolist() == [-1.0]
    assert "1 of 1 output keeps its value (100 %)" in describe(MODEL, state)
    assert "Output 0 was −1 and is −1." in describe(MODEL, state)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "(3 − 1)/(3 + 1) = 50 %; over 10 draws"),
        ({"size": 2, "shift": 3}, "Expected for independent values: 0 %"),
        ({"kind": "average"}, "does not apply: it is for max pooling"),
        ({"kind": "blur", "source": "steps"}, "does not apply: it is for max pooling"),
        ({"source": "sparse"}, "most of these values are equal, namely 0"),
        ({"source": "sparse"}, "Zeros among the unchanged outputs: "),
        ({"source": "smooth"}, "not independent"),
        ({"source": "own", "signal": (1.0, 2.0)}, "no window of 3 values fits into a row of 2"),
        ({"source": "own", "signal": (0.0,) * 9}, "The outputs change by – of their size"),
        ({"output": 99}, "Output 17 was"),
        ({}, "of random values shifted by 1: "),
        ({"source": "steps"}, "of values in steps shifted by 1: "),
        ({"source": "own", "signal": (1.0, 2.0, 3.0)}, "of your own values shifted by 1: "),
    ],
)
def test_the_description_says_what_holds(changes, words):
    assert words in describe(MODEL, replace(PoolingState(), **changes))


def test_the_zeros_among_the_unchanged_are_counted():
    signal = (0.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0)
    now = MODEL.shown(PoolingState(source="own", signal=signal))
    assert now.before.tolist() == [0, 0, 7, 7, 7, 0, 0]
    assert now.after.tolist() == [0, 0, 0, 7, 7, 7, 0]
    assert (int(now.same.sum()), now.zeros) == (5, 3)


def test_the_browser_computes_and_says_the_same():
    data = {"draws": {name: list(rows / 100.0) for name, rows in MODEL.draws.items()}}
    cases = []
    for state in random_states(3, 40):
        now = MODEL.shown(state)
        expected = {
            "before": now.before.tolist(),
            "after": now.after.tolist(),
            "same": now.same.tolist(),
            "zeros": now.zeros,
            "share": now.share,
            "shares": now.shares.tolist(),
            "expected": now.expected,
            "change": {name: values.tolist() for name, values in now.change.items()},
        }
        cases.append(("describe", [data, in_browser(state)], describe(MODEL, state)))
        cases.append(("compute", [data, in_browser(state)], expected))
    agree("pooling_math", cases)


# ---------------------------------------------------------------- the widget


def test_it_shows_a_demonstration_without_arguments():
    explorer = explore.pooling()
    assert explorer.state() == replace(explorer.state(), kind="max", size=3, stride=1, shift=1)
    assert "Expected for independent values" in explorer.describe()
    assert explore.EXPLORERS["pooling"] is explore.pooling


def test_own_values_make_the_source_own():
    explorer = explore.pooling()
    explorer.signal = [1.0, 2.0, 3.0, 9.0]
    assert explorer.source == "own"
    assert explorer.state().signal == (1.0, 2.0, 3.0, 9.0)
    explorer.source = "steps"
    explorer.signal = [1.0, 2.0, 3.0, 9.0]  # nothing new
    assert explorer.source == "steps"
    explorer.entering = [4.0]
    assert explorer.source == "own"
    given = explore.pooling([5.0, 6.0, 7.0], shift=1)
    assert given.source == "own"
    assert given.entering.tolist() == [0.0]


def test_what_the_browser_sends_arrives_whole():
    explorer = explore.pooling()
    values = np.array([0.25, -1.0, 4.0])
    sent = {"shape": [3], "dtype": "f8", "data": values.tobytes()}
    explorer.set_state({"source": "own", "signal": sent, "size": 2})
    assert explorer.signal.tolist() == values.tolist()
    assert (explorer.source, explorer.size) == ("own", 2)
    explorer.set_state({"source": "random"})
    assert explorer.source == "random"


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("kind", "median", "median"),
        ("size", 9, "size"),
        ("stride", 0, "stride"),
        ("shift", -1, "shift"),
        ("shift", 9, "shift"),
        ("seed", 10, "seed"),
        ("source", "noise", "noise"),
        ("output", -1, "output"),
        ("signal", [], "signal must be 1 to 48, got shape (0,)"),
        ("signal", np.zeros(49), "got shape (49,)"),
        ("signal", [[1.0]], "got shape (1, 1)"),
        ("signal", [1.0, np.nan], "signal must be finite, got nan at (1,)"),
        ("signal", ["a"], "signal must be an array of numbers"),
        ("entering", np.zeros(9), "entering must be 1 to 8, got shape (9,)"),
    ],
)
def test_a_wrong_value_is_refused_and_the_state_kept(name, value, part):
    explorer = explore.pooling()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=re.escape(part)):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    explorer.shift = 2
    assert "shifted by 2" in explorer.describe()


@pytest.mark.parametrize("state", [{}, {"signal": [1.0, -3.0]}, {"kind": "blur", "stride": 4}])
def test_the_picture_is_small_and_says_what_it_shows(state):
    picture = explore.pooling(**state).picture()
    assert picture.alt == f"Pooling explorer. {explore.pooling(**state).describe()}"
    assert len(picture.png(sharpness=1.25, colours=48)) < 22_000


def test_it_fits_into_a_notebook():
    html = explore.pooling()._repr_mimebundle_()[0]["text/html"]
    assert len(html) < 60_000
