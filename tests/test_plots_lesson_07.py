"""Figures of lesson 07: what they draw and say agrees with the arithmetic."""

import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from PIL import Image

from cnncourse import plots
from cnncourse.gradients import conv2d_input_gradient, pool2d_input_gradient
from cnncourse.inside import Excitation, Maximised, SanityCheck, answers_by_shift
from cnncourse.inside.shifting import shifted
from cnncourse.networks.history import History
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool
from cnncourse.networks.sequential import Sequential
from cnncourse.plots.backward import TINTS
from cnncourse.plots.exciting import OUTSIDE
from cnncourse.plots.shift_answers import RIGHT, WRONG
from tests.figures import assert_for_a_listener, assert_whole_and_readable, texts

RANDOM = np.random.default_rng(7)
EPOCHS = np.arange(12)
HISTORIES = {
    name: History(
        list(2 * np.exp(-EPOCHS / 3)), list(0.05 + np.exp(-EPOCHS / 2)),
        list(0.985 - 0.6 * np.exp(-EPOCHS)), [seconds] * 12,
    )
    for name, seconds in (("NumPy", 0.25), ("PyTorch", 0.5))
}  # fmt: skip
BEST = [
    Excitation(2.5, 7, (0, 1), (0, 1, 2, 3), RANDOM.random((1, 2, 3))),
    Excitation(1.25, 3, (2, 0), (3, 0, 3, 2), RANDOM.random((1, 3, 2))),
    Excitation(-0.5, 5, (2, 2), (3, 3, 3, 3), RANDOM.random((1, 3, 3))),
]
UNITS = {"conv 1\nmap 2": BEST, "conv 1\nmap 5": BEST[:2]}
KERNELS = {name: RANDOM.normal(size=(3, 3)) for name in UNITS}
MADE = {name: Maximised(RANDOM.normal(size=(1, 8, 8)), np.zeros(3)) for name in UNITS}
LAYERS = ("pixels", "conv 1", "pool 1", "scores")
DEPTHS = {
    "trained": dict(zip(LAYERS, (0.88, 0.91, 0.93, 0.98), strict=True)),
    "random weights": {name: np.array([0.8, 0.7, 0.75]) for name in LAYERS},
}
SEEN = dict(zip(LAYERS, (1, 3, 4, (8, 7)), strict=True))
CHECKS = {
    "saliency": SanityCheck((5, 3, 0), RANDOM.uniform(0, 0.4, (3, 6)), np.full(6, 0.2)),
    "gradient × input": SanityCheck((5, 3, 0), RANDOM.uniform(0.7, 1, (3, 6)), np.full(6, 0.5)),
}
TIES = [[1, 3, 2, 0], [5, 3, 2, 2], [0, 0, 4, 4], [0, 0, 1, 4]]
READ = np.full((5, 5), 8)
READ[0, :3], READ[4, 4] = 3, 5

FIGURES = {
    "scattered": lambda: plots.gradient_scattered([1, 10, 100], [2, 3]),
    "scattered, padded": lambda: plots.gradient_scattered(
        [1, -2, 3], [1, 0.5, -1], stride=2, padding=1, size=6
    ),
    "gathered": lambda: plots.gradient_gathered([1, 10, 100], [2, 3]),
    "gathered, padded": lambda: plots.gradient_gathered(
        [1, -2, 3], [1, 0.5, -1], stride=2, padding=1, size=6
    ),
    "windows": lambda: plots.gradient_windows([[1, 2], [3, 4]], [[1, 2], [0, -1]]),
    "routes": lambda: plots.max_routes(TIES, 2, [[1, 2], [3, 4]]),
    "curves": lambda: plots.learning_curves(HISTORIES, title="One network, trained twice"),
    "curves and time": lambda: plots.learning_curves(
        HISTORIES, title="One network, trained twice", seconds=True
    ),
    "exciting": lambda: plots.exciting(UNITS, title="Excited", kernels=KERNELS, made=MADE),
    "shift answers": lambda: plots.shift_answers(
        RANDOM.random((8, 8)), {"max pool": READ, "blur pool": READ.T}, truth=8, title="An eight"
    ),
    "depth": lambda: plots.accuracy_by_depth(DEPTHS, title="What does it know?", seen=SEEN),
    "forgetting": lambda: plots.similarity_by_stage(CHECKS, title="Forgetting", names={5: "dense"}),
}


def listed(text):
    return [float(word.replace("−", "-")) for word in text.split(", ")]


def boxes(axes, colour):
    return [
        patch
        for patch in axes.patches
        if isinstance(patch, Rectangle) and to_rgb(patch.get_facecolor()) == to_rgb(colour)
    ]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_whole_readable_small_and_in_words(name):
    picture = FIGURES[name]()
    assert_whole_and_readable(picture)
    assert_for_a_listener(picture.alt)
    png = FIGURES[name]().png()
    assert len(png) < 150_000
    assert 300 < Image.open(io.BytesIO(png)).width < 2000


# ------------------------------------------------------------------ a row's gradient

WHOLE = st.integers(-9, 9)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    flow=st.lists(WHOLE, min_size=1, max_size=3),
    w=st.lists(WHOLE, min_size=1, max_size=3),
    stride=st.integers(1, 2),
    padding=st.integers(0, 1),
    more=st.integers(0, 1),
)
def test_both_ways_end_at_the_gradient(flow, w, stride, padding, more):
    padding = min(padding, len(w) - 1)
    size = (len(flow) - 1) * stride + len(w) - 2 * padding + (more if stride == 2 else 0)
    if size < 1:
        return
    asked = {"stride": stride, "padding": padding, "size": size}
    # The sum written out, one product after another.
    gradient = np.zeros(size + 2 * padding)
    for i, value in enumerate(flow):
        for m, tap in enumerate(w):
            gradient[i * stride + m] += value * tap
    expected = gradient[padding : padding + size].tolist()
    for draw in (plots.gradient_scattered, plots.gradient_gathered):
        picture = draw(flow, w, **asked)
        assert listed(picture.alt.split("dL/dV: ")[1].rstrip(".")) == expected
        (axes,) = picture.figure.axes
        bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
        assert listed(", ".join(bold[-size:])) == expected


def test_a_product_stands_under_its_pixel():
    (axes,) = FIGURES["scattered, padded"]().figure.axes
    for m in range(3):
        # Column 0 is the padded pixel; output i starts at column 2 i.
        assert [box.get_x() for box in boxes(axes, TINTS[m])] == [m, 2 + m, 4 + m]
    assert texts(axes).count("lost") == 1
    assert texts(axes).count("padding") == 2
    products = [text for text in texts(axes) if "·" in text]
    assert [re.sub(" ", "", text) for text in products] == [
        *("1·1", "1·0.5", "1·(−1)"),
        *("(−2)·1", "(−2)·0.5", "(−2)·(−1)"),
        *("3·1", "3·0.5", "3·(−1)"),
    ]


def test_the_flipped_kernel_slides_over_the_gradient_among_zeros():
    picture = FIGURES["gathered, padded"]()
    assert "With zeros: 0, 1, 0, −2, 0, 3, 0, 0." in picture.alt
    assert "The flipped kernel −1, 0.5, 1 slides" in picture.alt
    (axes,) = picture.figure.axes
    for m in range(3):
        assert [box.get_x() for box in boxes(axes, TINTS[m])] == [i + 2 - m for i in range(6)]


def test_rows_that_cannot_be_drawn_are_refused():
    for draw in (plots.gradient_scattered, plots.gradient_gathered):
        with pytest.raises(ValueError, match="more than padding"):
            draw([1], [1, 2], padding=2)
        with pytest.raises(ValueError, match="one number for each of 4 outputs"):
            draw([1, 2, 3], [1, 2], size=5)
        with pytest.raises(ValueError, match="can be drawn"):
            draw(range(9), [1])
        with pytest.raises(ValueError, match="1 to 5 taps"):
            draw([1], range(6))


# ------------------------------------------------------------------ in two dimensions


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (2, 1)])
def test_shares_of_the_outputs_add_up(stride, padding):
    flow, kernel = RANDOM.integers(1, 5, (2, 2)), RANDOM.integers(-4, 5, (3, 2))
    picture = plots.gradient_windows(flow, kernel, stride=stride, padding=padding)
    told = re.findall(r"(?:= \d+|dL/dV): ([^.]*)\.", picture.alt)
    tables = [
        np.array([[float(n) for n in row.split()] for row in text.replace("−", "-").split("; ")])
        for text in told
    ]
    assert len(tables) == 5
    np.testing.assert_array_equal(sum(tables[:4]), tables[4])
    expected = conv2d_input_gradient(
        flow[None], kernel[None, None], (1, *tables[4].shape), stride=stride, padding=padding
    )
    np.testing.assert_array_equal(tables[4], expected[0])


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (2, 1), ((1, 3), 1), (2, (2, 1))])
def test_letters_stand_at_the_winners(size, stride):
    x = RANDOM.integers(0, 4, (3, 4) if stride == 1 else (4, 4))
    shape = pool_shape(x, size, stride)
    flow = RANDOM.integers(1, 9, shape)
    if flow.size > 9:
        x, flow = x[:, :3], flow[:, :-1] if isinstance(size, int) else flow[:, :1]
    picture = plots.max_routes(x, size, flow, stride=stride)
    back = pool2d_input_gradient(flow, x, size, stride=stride)
    cells = picture.alt.split("dL/dV: ")[1].rstrip(".")
    told = [[float(n) for n in row.split()] for row in cells.split("; ")]
    np.testing.assert_array_equal(told, back)
    # Letters in V are those of the windows whose gradients meet there.
    (axes,) = picture.figure.axes
    for text in axes.texts:
        column, row = int(text.get_position()[0]), int(text.get_position()[1])
        letters = re.fullmatch(r"([a-i]+)( \([a-i]+\))?", text.get_text())
        if letters and column < x.shape[1]:
            total = sum(flow.ravel()[ord(letter) - ord("a")] for letter in letters[1])
            assert total == back[row, column]


def pool_shape(x, size, stride):
    sizes = (size, size) if isinstance(size, int) else size
    steps = (stride, stride) if isinstance(stride, int) else stride
    return tuple((n - k) // s + 1 for n, k, s in zip(x.shape, sizes, steps, strict=True))


def test_equals_are_in_brackets_and_told():
    picture = FIGURES["routes"]()
    (axes,) = picture.figure.axes
    assert [texts(axes).count(f"({letter})") for letter in "abcd"] == [0, 2, 3, 2]
    assert "hands 2 to row 0, column 2; nothing to the equals at (1, 2), (1, 3)." in picture.alt


def test_gradients_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="at most 4"):
        plots.gradient_windows(np.ones((2, 3)), [[1]])
    with pytest.raises(ValueError, match="must have the shape"):
        plots.gradient_windows([[1]], [[1]], input_shape=(2, 2))
    with pytest.raises(ValueError, match="must have the shape"):
        plots.max_routes(TIES, 2, [[1, 2]])


# ------------------------------------------------------------------ trainings


def test_curves_are_the_histories():
    picture = FIGURES["curves and time"]()
    losses, accuracy, time = picture.figure.axes
    one, two = HISTORIES.values()
    drawn = [line.get_ydata() for line in losses.lines]
    expected = [one.losses, one.held_out_losses, two.losses, two.held_out_losses]
    np.testing.assert_array_equal(drawn, expected)
    np.testing.assert_allclose(accuracy.lines[1].get_ydata(), 100 * np.array(two.accuracies))
    assert losses.lines[0].get_linewidth() > losses.lines[2].get_linewidth()
    assert [bar.get_height() for bar in time.patches] == [3, 6]
    assert {"3.0 s", "6.0 s"} == set(texts(time))
    assert len(FIGURES["curves"]().figure.axes) == 2


def test_a_training_is_told_coarsely_and_as_it_was_kept():
    alt = FIGURES["curves"]().alt
    assert "NumPy: 12 epochs; the loss of what it learned from ends below 0.1 nats" in alt
    assert alt.endswith("more than 98 % of these are recognised.")
    kept = History([2.0, 0.3, 0.2], [1.9, 0.4, 3.0], [0.4, 0.97, 0.2], [1.0] * 3, best=2)
    picture = plots.learning_curves({"NumPy": kept}, title="Stopped")
    assert "3 epochs, that of epoch 2 kept;" in picture.alt
    assert "more than 95 %" in picture.alt  # 97 % is too near to be told
    assert "kept: epoch 2" in texts(picture.figure.axes[1])
    poor = History([2.3], [2.3], [0.1], [1.0])
    assert "at most 50 %" in plots.learning_curves({"a": poor}, title="T").alt
    for none in ({}, {"a": History()}, {"a": History([1.0])}):
        with pytest.raises(ValueError, match="an epoch or more"):
            plots.learning_curves(none, title="T")


# ------------------------------------------------------------------ exciting patches


def test_patches_lie_in_the_unit_s_field_and_weights_beside_them():
    picture = FIGURES["exciting"]()
    panels = [axes for axes in picture.figure.axes if axes.images]
    assert len(panels) == 2 * 2 + 3 + 2
    shown = [np.ma.filled(axes.images[0].get_array().astype(float), np.nan) for axes in panels]
    np.testing.assert_array_equal(shown[0], KERNELS["conv 1\nmap 2"])
    np.testing.assert_array_equal(shown[1], MADE["conv 1\nmap 2"].image[0])
    # Cut off above; cut off at the left; whole.
    assert np.isnan(shown[2][0]).all()
    np.testing.assert_array_equal(shown[2][1:], BEST[0].patch[0])
    assert np.isnan(shown[3][:, 0]).all()
    np.testing.assert_array_equal(shown[3][:, 1:], BEST[1].patch[0])
    np.testing.assert_array_equal(shown[4], BEST[2].patch[0])
    assert to_rgb(panels[2].get_facecolor()) == to_rgb(OUTSIDE)
    titles = [axes.get_title(loc="center") for axes in panels]
    assert titles == ["weights", "made for it", "2.5", "1.2", "−0.5", "", "", "2.5", "1.2"]
    assert "conv 1 map 5: weights from" in picture.alt


def test_units_without_patches_or_names_are_refused():
    with pytest.raises(ValueError, match="a patch each"):
        plots.exciting({"a": []}, title="T")
    with pytest.raises(ValueError, match="weights must be given"):
        plots.exciting({"a": BEST}, title="T", kernels={"b": [[1]]})


# ------------------------------------------------------------------ shifts


def test_answers_are_those_of_the_moved_image():
    random = np.random.default_rng(1)
    parts = [Convolution(1, 3, 3, random=random), Pool(2), Flatten(), Dense(12, 4, random=random)]
    network, image = Sequential(parts), 3 * random.standard_normal((1, 6, 6))
    found = answers_by_shift(network, image, 2, fill=0.5)
    assert found.shape == (5, 5)
    for (row, column), read in np.ndenumerate(found):
        moved = shifted(image[None].astype(np.float32), row - 2, column - 2, 0.5)
        assert read == network.scores(moved).argmax()
    assert len(np.unique(found)) > 1
    assert answers_by_shift(network, image, 0).shape == (1, 1)


def test_squares_tell_alike_from_other_and_right_from_wrong():
    picture = plots.shift_answers(np.eye(3), {"a": READ, "b": READ}, truth=3, title="T")
    axes = picture.figure.axes[1]
    assert len(boxes(axes, RIGHT)) == 21
    other = boxes(axes, WRONG)
    assert len(other) == 4
    assert all(box.get_hatch() for box in other)
    # Moved down by -2 and right by -2 to 0; and by 2 both ways.
    assert {box.get_xy() for box in other} == {(-2.5, -2.5), (-1.5, -2.5), (-0.5, -2.5), (1.5, 1.5)}
    assert texts(axes).count("×") == 22
    assert "a: reads 8 in its place, the same at 20 of the 24 other shifts;" in picture.alt
    assert "right at 3 of all 25. Other answers: 3 at 3 shifts, 5 at 1 shift." in picture.alt


def test_answers_of_another_form_are_refused():
    for tables in ({}, {"a": np.ones((3, 5))}, {"a": np.ones((2, 2))}, {"a": np.ones((11, 11))}):
        with pytest.raises(ValueError, match="answers must"):
            plots.shift_answers([[1]], tables, truth=1, title="T")


# ------------------------------------------------------------------ depth


def test_shares_stand_over_their_layers():
    picture = FIGURES["depth"]()
    (axes,) = picture.figure.axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [88, 91, 93, 98])
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [75] * 4)
    np.testing.assert_allclose(axes.lines[0].get_xdata().round(), range(4))
    assert [label.get_text() for label in axes.get_xticklabels()][-1] == "scores\n8 × 7"
    assert len(axes.collections) == 4  # an interval for each layer with several runs
    assert "trained: pixels 90, conv 1 90, pool 1 90, scores 100." in picture.alt


def test_curves_of_other_layers_are_refused():
    with pytest.raises(ValueError, match="the same layers"):
        plots.accuracy_by_depth({"a": {"x": 1}, "b": {"y": 1}}, title="T")
    with pytest.raises(ValueError, match="seen must name"):
        plots.accuracy_by_depth({"a": {"x": 1}}, title="T", seen={"y": 3})


def test_likeness_starts_at_one_and_stands_beside_another_image_s():
    picture = FIGURES["forgetting"]()
    (axes,) = picture.figure.axes
    curves = [line.get_ydata() for line in axes.lines if len(line.get_ydata()) == 4]
    np.testing.assert_allclose(curves, [[1, *check.mean] for check in CHECKS.values()])
    alone = [line.get_ydata()[0] for line in axes.lines if len(line.get_ydata()) == 1]
    np.testing.assert_allclose(alone, [0.2, 0.5])
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["none", "dense", "+ part 3", "+ part 0", "another\nimage"]
    silent = SanityCheck((5,), np.full((1, 2), np.nan), np.array([0.1, 0.1]))
    assert "then no number;" in plots.similarity_by_stage({"dead": silent}, title="T").alt
    with pytest.raises(ValueError, match="the same parts"):
        plots.similarity_by_stage({**CHECKS, "other": silent}, title="T")
