"""The state of the explorers: ranges of positions, pictures and kernels of any form, defaults."""

import dataclasses

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.explore import EXPLORERS
from cnncourse.explore.arrays import packed
from cnncourse.explore.convolution2d_model import Convolution2dState
from cnncourse.explore.equivariance_model import EquivarianceState, commutation, output_shape
from cnncourse.explore.layers_model import LayersState
from cnncourse.explore.padding_model import PaddingState
from cnncourse.kernels import KERNELS_2D
from tests.parity import agree

# ---------------------------------------------------------------- positions


@pytest.mark.parametrize(
    ("name", "trait", "value", "wanted"),
    [
        ("convolution2d", "row", 7, "0 to 6, got 7"),
        ("convolution2d", "row", -1, "0 to 6"),
        ("convolution2d", "column", 999, "0 to 7, got 999"),
        ("equivariance", "row", 24, "0 to 23"),
        ("equivariance", "column", -1, "0 to 23"),
        ("pooling", "output", 18, "0 to 17"),
        ("layers", "layer", 0, "1 to 7"),
        ("layers", "layer", 8, "1 to 7"),
        ("layers", "channel", 6, "0 to 5"),
        ("layers", "row", 8, "0 to 7"),
        ("layers", "column", 8, "0 to 7"),
        ("layers", "incoming", 1, "0, got 1"),
        ("toeplitz", "row", 10, "0 to 9"),
        ("toeplitz", "weight", 3, "-1 to 2"),
        ("connections", "layer", 3, "0 to 2"),
        ("connections", "unit", 9, "0 to 8"),
        ("connections", "weight", -2, "-1 to 2"),
        ("channels", "output", 4, "0 to 3"),
        ("channels", "channel", 3, "0 to 2"),
        ("channels", "offset", (0, 3), "0 to 2"),
        ("channels", "place", (4, 0), "0 to 3"),
        ("padding", "window", (0, 7), "7 x 7"),
        ("side_by_side", "output", 3, "0 to 2"),
        ("smoothing", "t", 181, "0 to 180"),
    ],
)
def test_a_position_out_of_range_is_refused_with_its_range(name, trait, value, wanted):
    explorer = EXPLORERS[name]()
    before = repr(explorer)
    with pytest.raises(traitlets.TraitError, match=rf"\b{trait} must .*{wanted}"):
        setattr(explorer, trait, value)
    assert repr(explorer) == before
    with pytest.raises(traitlets.TraitError, match=rf"\b{trait} must .*{wanted}"):
        EXPLORERS[name](**{trait: value})


X = np.arange(50.0).reshape(2, 5, 5)
SHRINKING = [
    ("convolution2d", {"row": 6, "column": 7}, {"image": np.ones((3, 3))}, {"row": 2, "column": 2}),
    ("convolution2d", {"row": 6, "column": 7}, {"mode": "valid"}, {"row": 4, "column": 5}),
    (
        "convolution2d",
        {"mode": "full", "row": 8, "column": 9},
        {"kernel": np.ones((1, 2))},
        {"row": 6, "column": 8},
    ),
    (
        "convolution2d",
        {"row": 3, "column": 3, "mode": "valid"},
        {"image": np.ones((2, 2))},
        {"row": 0, "column": 0},
    ),
    ("equivariance", {"row": 20, "column": 23}, {"stride": 2}, {"row": 11, "column": 11}),
    ("equivariance", {"row": 20, "column": 2}, {"pooling": "max"}, {"row": 11, "column": 2}),
    ("equivariance", {"row": 23, "column": 1}, {"boundary": "valid"}, {"row": 21, "column": 1}),
    ("equivariance", {"row": 9}, {"image": np.ones((4, 7))}, {"row": 3, "column": 6}),
    (
        "equivariance",
        {"image": np.ones((4, 7)), "row": 1, "column": 6},
        {"move": "rotate"},
        {"row": 1, "column": 3},
    ),
    ("pooling", {"output": 17}, {"size": 8, "stride": 3}, {"output": 4}),
    ("pooling", {"output": 17}, {"kind": "blur"}, {"output": 15}),
    ("pooling", {"output": 17}, {"signal": [1.0, 2.0, 3.0, 4.0], "source": "own"}, {"output": 1}),
    ("pooling", {"output": 5}, {"signal": [1.0, 2.0], "source": "own"}, {"output": 0}),
    (
        "layers",
        {"channel": 5, "row": 7, "column": 6},
        {"layer": 7},
        {"channel": 5, "row": 0, "column": 0, "incoming": 0},
    ),
    ("layers", {"layer": 4, "incoming": 5, "row": 3}, {"layer": 5}, {"incoming": 0, "row": 3}),
    ("toeplitz", {"row": 9, "weight": 2}, {"weights": [1.0, 2.0]}, {"row": 8, "weight": -1}),
    ("toeplitz", {"row": 9}, {"signal": [1.0]}, {"row": 2}),
    (
        "connections",
        {"layer": 2, "unit": 8, "weight": 2},
        {"depth": 1, "units": 5, "width": 2},
        {"layer": 1, "unit": 4, "weight": -1},
    ),
    ("connections", {"layer": 2, "unit": 8}, {"stride": 3}, {"layer": 2, "unit": 0}),
    (
        "channels",
        {"output": 3, "channel": 2, "offset": (2, 2), "place": (3, 4)},
        {"x": X, "kernel": np.ones((2, 2, 2, 1)), "bias": [0.0, 1.0]},
        {"output": 1, "channel": 1, "offset": (1, 0), "place": (3, 4)},
    ),
    ("side_by_side", {"output": 2}, {"stride": 6}, {"output": 0}),
    ("side_by_side", {"output": 2}, {"row": [1.0, 2.0], "torch_padding": 2}, {"output": 1}),
    ("padding", {"window": (6, 6)}, {"stride": (2, 1), "n": (7, 5)}, {"window": (3, 4)}),
    ("padding", {"window": (6, 6)}, {"kernel_size": (7, 1), "padding": "valid"},
     {"window": (0, 6)}),
]  # fmt: skip


def as_json(value):
    return packed(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize(("name", "start", "change", "left"), SHRINKING)
def test_what_becomes_too_large_is_the_nearest_that_is_left(name, start, change, left):
    explorer = EXPLORERS[name](**start)
    with explorer.hold_trait_notifications():
        for trait, value in change.items():
            setattr(explorer, trait, value)
    assert {trait: getattr(explorer, trait) for trait in left} == left
    words = explorer.describe()
    for trait, value in left.items():
        setattr(explorer, trait, value)
    assert explorer.describe() == words


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(("name", "start", "change", "left"), SHRINKING)
def test_one_message_is_taken_whatever_the_order_of_its_parts(name, start, change, left, turn):
    # What was out of range by the time it arrives is no error, either.
    for positions in (left, {trait: start[trait] for trait in left if trait in start}):
        explorer = EXPLORERS[name](**start)
        parts = [(trait, as_json(value)) for trait, value in {**change, **positions}.items()]
        explorer.set_state(dict(parts[::turn]))
        weight = {} if positions is left else {"weight": getattr(explorer, "weight", None)}
        expected = {**left, **(weight if "weight" in left else {})}
        assert {trait: getattr(explorer, trait) for trait in left} == expected
    explorer = EXPLORERS[name](**dict([*{**start, **change, **left}.items()][::turn]))
    assert {trait: getattr(explorer, trait) for trait in left} == left


def for_browser(explorer):
    """What the browser computes with, beside the state."""
    data = {"kernels": getattr(explorer, "_kernels", {})}
    if hasattr(explorer, "_draws"):
        rows = np.frombuffer(explorer._draws, np.uint8).reshape(4, 10, -1) / 100
        names = ("random", "sparse", "smooth", "steps")
        data["draws"] = {name: list(draws) for name, draws in zip(names, rows, strict=True)}
    if hasattr(explorer, "_about"):
        weights = np.frombuffer(explorer._weights, np.int8).astype(float)
        data = {**explorer._about, "numbers": weights * explorer._about["step"]}
    return data


@pytest.mark.parametrize("name", sorted({case[0] for case in SHRINKING}))
def test_the_browser_is_left_with_the_same_positions(name):
    calls = []
    for _, start, change, left in (case for case in SHRINKING if case[0] == name):
        explorer = EXPLORERS[name](**start)
        state = {trait: getattr(explorer, trait) for trait in explorer.state_names()}
        changed = {**state, **change}
        for trait, value in changed.items():
            if isinstance(state[trait], np.ndarray):
                changed[trait] = np.asarray(value, dtype=float)
        calls.append(("compute", [for_browser(explorer), changed], left))
    agree(f"{name}_math", calls)


def test_the_shape_of_what_f_makes_is_known_without_making_it():
    random = np.random.default_rng(3)
    for _ in range(60):
        state = EquivarianceState(
            image=random.normal(size=random.integers(1, 12, 2)),
            kernel=random.normal(size=random.integers(1, 6, 2)),
            move=str(random.choice(["shift", "rotate", "scale"])),
            angle=int(random.choice([0, 45, 90, 180, 270])),
            boundary=str(random.choice(["zeros", "circular", "valid"])),
            stride=int(random.integers(1, 3)),
            pooling=str(random.choice(["none", "max", "average"])),
        )
        made = commutation(state).residual
        assert output_shape(state) == made.shape or (made.size == 0 and 0 in output_shape(state))


# ---------------------------------------------------------------- pictures and their notices

PICTURES = [("convolution2d", "image"), ("equivariance", "image"), ("channels", "x")]
pictures = pytest.mark.parametrize(("name", "trait"), PICTURES)


def picture_for(trait, rows, columns):
    shape = (rows, columns) if trait == "image" else (3, rows, columns)
    return np.random.default_rng(rows).integers(0, 256, shape)


@pictures
def test_a_large_picture_is_reduced_whenever_it_is_set_and_said_as_long_as_it_is_there(name, trait):
    explorer = EXPLORERS[name]()
    assert explorer._notice == ""
    setattr(explorer, trait, picture_for(trait, 300, 280))
    assert max(getattr(explorer, trait).shape) <= 256
    assert "300 x 280 pixels is shown as" in explorer._notice
    setattr(explorer, trait, getattr(explorer, trait))
    assert "300 x 280" in explorer._notice
    setattr(explorer, trait, picture_for(trait, 9, 8))
    assert explorer._notice == ""
    np.testing.assert_array_equal(getattr(explorer, trait), picture_for(trait, 9, 8))
    with explorer.hold_trait_notifications():
        setattr(explorer, trait, picture_for(trait, 400, 90))
    assert "400 x 90" in explorer._notice


@pictures
def test_a_picture_that_is_refused_leaves_the_former_one_and_its_notice(name, trait):
    explorer = EXPLORERS[name]()
    setattr(explorer, trait, picture_for(trait, 300, 280))
    before = repr(explorer), explorer._notice
    bad = [np.full((3, 9, 9), np.nan), np.zeros((0, 3)), [["a"]], "cat", [[1], [2, 3]]]
    bad += [np.ones((9, 9, 9, 9)), np.full(picture_for(trait, 9, 9).shape, 1e300), None, object()]
    for value in bad:
        with pytest.raises(traitlets.TraitError, match=rf"\b{trait}\b"):
            setattr(explorer, trait, value)
        if value is not None:
            with pytest.raises((traitlets.TraitError, ValueError), match=rf"\b{trait}\b"):
                EXPLORERS[name](**{trait: value})
    with pytest.raises(traitlets.TraitError), explorer.hold_trait_notifications():
        setattr(explorer, trait, picture_for(trait, 500, 500))
        explorer.kernel = np.ones((9, 9))
    assert (repr(explorer), explorer._notice) == before


@pytest.mark.parametrize("name", ["convolution2d", "equivariance"])
def test_colours_become_grey_in_both_places(name):
    colours = np.zeros((6, 5, 3), dtype=np.uint8)
    colours[..., 1] = 100
    explorer = EXPLORERS[name](colours)
    assert explorer.image.tolist() == [[59.0] * 5] * 6
    explorer.image = 2 * colours
    assert explorer.image.tolist() == [[117.0] * 5] * 6
    assert explorer._notice == ""


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("name", ["convolution2d", "equivariance"])
def test_what_the_browser_says_of_its_own_picture_stays(name, turn):
    explorer = EXPLORERS[name](np.ones((300, 300)))
    words = "cat.png: 900 × 900 pixels, shown as 30 × 30."
    parts = {"image": packed(np.ones((30, 30))), "_notice": words}
    explorer.set_state(dict([*parts.items()][::turn]))
    assert explorer._notice == words
    explorer.image = np.ones((3, 3))
    assert explorer._notice == ""


# ---------------------------------------------------------------- kernels, weights, biases


@pytest.mark.parametrize("name", ["convolution2d", "equivariance"])
def test_a_kernel_has_a_name_in_both_places(name):
    for known, kernel in KERNELS_2D.items():
        explorer = EXPLORERS[name](kernel=known)
        np.testing.assert_array_equal(explorer.kernel, kernel)
        explorer.kernel = [[1.0]]
        explorer.kernel = known.replace("_", " ")
        np.testing.assert_array_equal(explorer.kernel, kernel)
    before = explorer.kernel
    with pytest.raises(traitlets.TraitError, match="kernel must be an array or one of .*sobel x"):
        explorer.kernel = "sinc"
    with pytest.raises(traitlets.TraitError, match="got 'sinc'"):
        EXPLORERS[name](kernel="sinc")
    assert explorer.kernel is before


def test_the_docstrings_name_each_kernel():
    for name, explorer in (("convolution2d", explore.Convolution2dExplorer),
                           ("equivariance", explore.EquivarianceExplorer)):  # fmt: skip
        words = " ".join(explorer.__doc__.split())
        known = explorer.class_traits()["kernel"].known
        assert len(known) >= 7, name
        assert ", ".join(known) + "." in words, name


def test_weights_may_come_as_an_array():
    given = explore.smoothing(weights=np.array([0.5, 0.25, 0.25]))
    assert (given.kernel_name, given.length, given.weights) == ("own", 3, [0.5, 0.25, 0.25])
    given.weights = np.array([1, 0])
    assert (given.length, given.weights) == (2, [1.0, 0.0])
    assert explore.smoothing(weights=np.full(4, 0.25)).kernel_name == "box"
    for bad in (np.ones((2, 2)), np.float64(1.0), np.array(["a"]), np.zeros(0)):
        with pytest.raises(traitlets.TraitError, match="weights"):
            given.weights = bad
    assert given.weights == [1.0, 0.0]
    with pytest.raises(TypeError, match="track must be a Track"):
        explore.smoothing("spaceship")


def test_channels_need_no_bias_in_either_place():
    kernel = np.ones((3, 2, 2, 2))
    for make in (explore.channels, explore.ChannelsExplorer):
        assert make(x=X, kernel=kernel).bias.tolist() == [0, 0, 0]
        with pytest.raises(ValueError, match="kernel must be given"):
            make(x=X)
        with pytest.raises(ValueError, match="x must be given"):
            make(kernel=kernel)
        photograph = picture_for("x", 300, 200)
        explorer = make(x=photograph, kernel=np.ones((1, 3, 2, 2)))
        assert explorer.names == ["red", "green", "blue"]
        assert "300 x 200" in explorer._notice


# ---------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("state", "explorer"),
    [
        (Convolution2dState(), explore.Convolution2dExplorer),
        (EquivarianceState(), explore.EquivarianceExplorer),
        (PaddingState(), explore.PaddingExplorer),
        (LayersState(np.zeros((1, 8, 8))), explore.LayersExplorer),
    ],
)
def test_a_state_begins_as_the_explorer_does(state, explorer):
    traits = explorer.class_traits()
    compared = 0
    for field in dataclasses.fields(state):
        value = getattr(state, field.name)
        if not isinstance(value, np.ndarray):
            assert traits[field.name].default_value == value, field.name
            compared += 1
    assert compared >= 6


def test_the_demonstration_of_equivariance_is_the_state_s_default():
    explorer = explore.equivariance()
    assert explorer.state() == EquivarianceState()
    np.testing.assert_array_equal(explorer.image, EquivarianceState().image)
    np.testing.assert_array_equal(explorer.kernel, EquivarianceState().kernel)


@pytest.mark.parametrize("angle", [90, 270])
def test_a_turn_with_a_kernel_that_is_not_square_gives_shapes_that_cannot_be_compared(angle):
    explorer = explore.equivariance(
        np.arange(20.0).reshape(4, 5), [[1], [2], [0]], boundary="valid", row=1, column=4
    )
    explorer.angle = angle
    explorer.move = "rotate"
    words = explorer.describe()
    assert words.endswith("f(g(x)) and g(f(x)) differ in shape: 3 × 4 and 5 × 2.")
    assert (explorer.row, explorer.column) == (0, 0)
    assert explorer.picture().alt.endswith(words)
    state = {trait: getattr(explorer, trait) for trait in explorer.state_names()}
    now = {"verdict": "shapes", "residual": {"shape": [0, 0]}, "row": 0, "column": 0}
    calls = [("compute", [{}, state], now), ("describe", [{}, state], words)]
    agree("equivariance_math", calls)
