"""Figures of lesson 04: what they draw and say agrees with the arithmetic."""

import io

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch
from PIL import Image

from cnncourse import plots
from cnncourse.experiments import bernoulli, detectors
from cnncourse.networks.digits_network import STAGES
from cnncourse.pooling import pool2d
from tests.figures import assert_for_a_listener, assert_whole_and_readable, texts

ROW = [2, 9, 1, 5, 3, 8, 6, 4, 7]
ANGLES = (0, 30, 200)
EDGES = np.stack([detectors.edge(angle) for angle in ANGLES])
FOUR = detectors.turned_edges(4)
ANSWERS = detectors.responses(EDGES, FOUR)
CIRCLE = np.arange(0, 361, 5)
AROUND = detectors.responses(np.stack([detectors.edge(a) for a in CIRCLE]), FOUR)
SIZES = [1, 4, 16, 64]
PAIRS = {"dense": (0.4, 0.2), "rare": (0.05, 0.001)}
SHARES = {(1, 1): (0.46, 0.5), (1, 2): (0.46, 1.0), (2, 4): (0.84, 1.0)}
CURVES = {
    title: {kind: bernoulli.separability(pair, SIZES, kind) for kind in bernoulli.KINDS}
    for title, pair in PAIRS.items()
}

FIGURES = {
    "layer_terms": lambda: plots.layer_terms([stage[:2] for stage in STAGES]),
    "pooling_shift": lambda: plots.pooling_shift(ROW, 3),
    "pooling_downsampled": lambda: plots.pooling_downsampled(ROW[:8], 3, 2),
    "unchanged_shares": lambda: plots.unchanged_shares(
        [1, 3], {"noise": [(0, 0, 0), (0.5, 0.4, 0.6)], "sparse": [(0.9, 0.8, 1.0)] * 2}
    ),
    "skipped_outputs": lambda: plots.skipped_outputs(
        {"input": [0, 0, 1, 1], "max,\nstride 2": [0, 1]},
        {"input": [1, 0, 0, 1], "max,\nstride 2": [1, 1]},
    ),
    "changes_by_shift": lambda: plots.changes_by_shift(
        range(4), {"not pooled": [0, 1.0, 1.5, 1.6], "max": [0, 0.4, 0.8, 1.1]}
    ),
    "turned_detectors": lambda: plots.turned_detectors(
        EDGES, FOUR, ANSWERS, names=[f"{angle}°" for angle in ANGLES]
    ),
    "turning_responses": lambda: plots.turning_responses(
        CIRCLE, AROUND, {"max over 4": AROUND.max(axis=1), "max over 2": AROUND[:, :2].max(axis=1)}
    ),
    "learned_detectors": lambda: plots.learned_detectors(
        {"detectors: 1\n50 % right": (FOUR[:1], ["0°"]),
         "detectors: 3\n100 % right": (FOUR[:3], ["0°", "90°", "180°"])}
    ),
    "separability_curves": lambda: plots.separability_curves(
        SIZES, CURVES, measured={"rare": {"max": {4: 0.41, 16: 0.9}}}
    ),
    "pooled_grids": lambda: plots.pooled_grids(
        [np.random.default_rng(0).random(shape) for shape in ((32, 40), (24, 24), (16, 20))], (4, 4)
    ),
    "what_against_where": lambda: plots.what_against_where(SHARES),
}  # fmt: skip
every_figure = pytest.mark.parametrize("name", FIGURES)


@every_figure
def test_words_are_for_a_listener(name):
    assert_for_a_listener(FIGURES[name]().alt)


@every_figure
def test_nothing_is_cut_off_and_all_is_readable(name):
    assert_whole_and_readable(FIGURES[name]())


@every_figure
def test_the_image_is_small_and_the_same_again(name):
    png = FIGURES[name]().png()
    assert len(png) < 60_000
    assert 300 < Image.open(io.BytesIO(png)).width < 2000
    assert png == FIGURES[name]().png()


def test_layers_are_numbered_in_both_ways():
    (axes,) = FIGURES["layer_terms"]().figure.axes
    written = texts(axes)
    assert [words for words in written if words.isdigit()] == [str(i) for i in range(1, 8)]
    assert [words for words in written if words.startswith("layer ")] == [
        "layer 1", "layer 2", "layer 3",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("shift", [1, 2])
def test_a_shift_marks_exactly_what_changes(size, shift):
    row = np.array(ROW)
    parts = row[shift:], row[:-shift]
    before, after = (pool2d(part[None], (1, size), stride=1)[0] for part in parts)
    top, bottom = plots.pooling_shift(row, size, shift=shift).figure.axes
    # The maxima are drawn first, each with its mark; then the values.
    written = texts(bottom)
    maxima, marks = written[: 2 * after.size : 2], written[1 : 2 * after.size : 2]
    assert maxima == [str(value) for value in after]
    assert marks == ["=" if same else "≠" for same in before == after]
    values = written[2 * after.size : -2 : 2]
    assert values == [str(value) for value in parts[1]]
    assert texts(top)[: before.size] == [str(value) for value in before]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_downsampling_keeps_every_so_many(stride):
    picture = plots.pooling_downsampled(ROW, 3, stride)
    dense = pool2d([ROW], (1, 3), stride=1)[0]
    kept = pool2d([ROW], (1, 3), stride=(1, stride))[0]
    (axes,) = picture.figure.axes
    written = texts(axes)
    assert written[: dense.size] == [str(value) for value in dense]
    tops = written[dense.size + len(ROW) : -3]
    assert tops[: kept.size] == [str(value) for value in kept]
    dashed = [box for box in axes.patches
              if isinstance(box, FancyBboxPatch) and box.get_linestyle() == "--"]  # fmt: skip
    assert len(dashed) == len(tops) - kept.size == ((len(ROW) - 3) % stride > 0)
    assert axes.get_title(loc="left").startswith(f"Stride {stride} reports every")


def test_shares_lie_where_they_are_measured():
    (axes,) = FIGURES["unchanged_shares"]().figure.axes
    theory = axes.lines[0].get_xydata()
    assert np.allclose(theory[:, 1], 100 * (theory[:, 0] - 1) / (theory[:, 0] + 1))
    points = axes.lines[1].get_xydata()
    assert np.allclose(points, [[1, 0], [3, 50]])


def test_bars_show_both_rows():
    axes = FIGURES["skipped_outputs"]().figure.axes
    heights = [[bar.get_height() for bar in panel.patches] for panel in axes]
    assert heights == [[0, 0, 1, 1], [1, 0, 0, 1], [0, 1], [1, 1]]


def test_changes_are_drawn_in_per_cent():
    (axes,) = FIGURES["changes_by_shift"]().figure.axes
    assert np.allclose(axes.lines[1].get_ydata(), [0, 40, 80, 110])
    assert "%" in axes.get_ylabel()


def test_the_table_of_answers_frames_each_row_s_winner():
    figure = FIGURES["turned_detectors"]().figure
    cells = [axes for axes in figure.axes if axes.axison]
    written = [texts(axes)[0] for axes in cells]
    expected = [[*row, row.max()] for row in ANSWERS]
    assert written == [
        f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−") for row in expected for value in row
    ]
    bold = [axes.texts[0].get_fontweight() == "bold" for axes in cells]
    assert np.reshape(bold, (3, 5))[:, :4].argmax(axis=1).tolist() == [0, 0, 2]
    assert sum(bold) == 6


def test_curves_of_turning_are_the_answers():
    (axes,) = FIGURES["turning_responses"]().figure.axes
    drawn = [line.get_ydata() for line in axes.lines]
    assert np.allclose(np.array(drawn[:4]), AROUND.T)
    assert np.allclose(drawn[4], AROUND.max(axis=1))


def test_each_learned_kernel_is_shown():
    figure = FIGURES["learned_detectors"]().figure
    images = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert np.allclose(images, FOUR[[0, 0, 1, 2]])


def test_separability_and_its_measurements_are_drawn():
    left, right = FIGURES["separability_curves"]().figure.axes
    assert np.allclose(left.lines[0].get_ydata(), CURVES["dense"]["max"])
    assert np.allclose(right.lines[1].get_xydata(), [[4, 0.41], [16, 0.9]])
    assert [tick.get_text() for tick in left.get_xticklabels()] == ["1", "4", "16", "64"]


def test_windows_grow_with_the_picture():
    figure = FIGURES["pooled_grids"]().figure
    for axes, (height, width) in zip(figure.axes, ((32, 40), (24, 24), (16, 20)), strict=True):
        across = [line.get_ydata()[0] for line in axes.lines[:5]]
        down = [line.get_xdata()[0] for line in axes.lines[5:]]
        assert np.allclose(across, np.arange(5) * height / 4)
        assert np.allclose(down, np.arange(5) * width / 4)


def test_both_answers_have_bars():
    (axes,) = FIGURES["what_against_where"]().figure.axes
    heights = [bar.get_height() for bar in axes.patches]
    assert np.allclose(heights, [46, 46, 84, 50, 100, 100])


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.layer_terms([]), "steps must begin with a conv"),
        (lambda: plots.layer_terms([("a", "conv"), ("b", "dense")]), "of kinds"),
        (lambda: plots.unchanged_shares([1, 2], {"a": [(0, 0, 0)]}), "series of 2 points"),
        (lambda: plots.skipped_outputs({"a": [1]}, {"b": [1]}), "the same names"),
        (
            lambda: plots.turned_detectors(EDGES, FOUR, ANSWERS.T, names=["a"] * 3),
            "answers must have a row",
        ),
        (lambda: plots.learned_detectors({}), "at least one"),
        (lambda: plots.separability_curves([1], {"one": {"max": [0.1]}}), "at least two"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
