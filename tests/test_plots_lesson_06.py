"""Figures of lesson 06: what they draw and say agrees with the arithmetic."""

import io
import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

from cnncourse import plots
from cnncourse.frameworks import flatten_order
from cnncourse.plots.borders import INSIDE, OUTSIDE
from cnncourse.plots.picture import BLUE, VERMILLION
from cnncourse.shapes import conv_output_size, same_padding
from tests.figures import assert_for_a_listener, assert_whole_and_readable, texts

PAIRS = [
    ("", "in_channels", "from the first input"),
    ("filters", "out_channels", ""),
    ("padding", "padding", "a name; or numbers, too"),
    ("activation", "", "a module of its own"),
]
ROW = np.arange(1, 5)
MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
SETTINGS = {
    f"{library}, {n} pixels": (n, zeros)
    for n in (6, 7)
    for library, zeros in (("same", same_padding(n, 3, 2)), ("one", (1, 1)))
}
STEPS = np.arange(50)
LOSSES = {"PyTorch": 2.3 * np.exp(-STEPS / 20), "Keras": 2.3 * np.exp(-STEPS / 20)}
GAPS = {"float32": 3e-8 * (STEPS + 1), "float64": 2e-17 * STEPS}

FIGURES = {
    "argument_pairs": lambda: plots.argument_pairs(PAIRS, title="Two layers"),
    "padded_rows": lambda: plots.padded_rows(
        {name: np.pad(ROW, 2, mode) for name, mode in MODES.items()},
        before=2,
        after=2,
        title="One row, padded in four ways",
    ),
    "padded_windows": lambda: plots.padded_windows(SETTINGS, 3, stride=2, title="Windows"),
    "flatten_orders": lambda: plots.flatten_orders(2, 2, 3),
    "twin_losses": lambda: plots.twin_losses(LOSSES, GAPS, title="One network, trained twice"),
}


def rectangles(axes, colour):
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
    assert png == FIGURES[name]().png()


# ------------------------------------------------------------------ arguments


def test_arguments_are_joined_as_they_belong():
    (axes,) = plots.argument_pairs(PAIRS, title="Two layers").figure.axes
    solid = [line for line in axes.lines if line.get_linestyle() == "-"]
    dashed = [line for line in axes.lines if to_rgb(line.get_color()) == to_rgb(VERMILLION)]
    assert [to_rgb(line.get_color()) for line in solid] == [to_rgb(BLUE)]
    assert (len(axes.lines), len(dashed)) == (4, 1)
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    assert len(boxes) == sum(bool(left) + bool(right) for left, right, _ in PAIRS)
    for pair in PAIRS:
        assert set(pair) - {""} <= set(texts(axes))


def test_a_line_stands_at_the_height_of_its_arguments():
    (axes,) = plots.argument_pairs(PAIRS, title="Two layers").figure.axes
    heights = {text.get_text(): text.get_position()[1] for text in axes.texts}
    lines = [line.get_ydata()[0] for line in axes.lines]
    assert lines == [heights[left or right] for left, right, _ in PAIRS]
    assert heights["filters"] == heights["out_channels"]


def test_arguments_are_told_with_what_stands_between_them():
    alt = plots.argument_pairs(PAIRS, names=("A", "B"), title="Two layers").alt
    assert alt == (
        "Two layers. A and B: in_channels only in B (from the first input); filters is "
        "out_channels; padding is padding (a name; or numbers, too); activation only in A "
        "(a module of its own)."
    )


def test_a_pair_without_an_argument_is_refused():
    for pairs in ([], [("", "", "nothing")]):
        with pytest.raises(ValueError, match="at least one argument"):
            plots.argument_pairs(pairs, title="")


# ------------------------------------------------------------------ borders


@pytest.mark.parametrize(("before", "after"), [(2, 2), (0, 1), (1, 0), (0, 0)])
def test_what_was_added_has_another_colour(before, after):
    rows = {name: np.pad(ROW, (before, after), mode) for name, mode in MODES.items()}
    picture = plots.padded_rows(rows, before=before, after=after, title="T")
    (axes,) = picture.figure.axes
    assert len(rectangles(axes, INSIDE)) == 4 * len(ROW)
    assert len(rectangles(axes, OUTSIDE)) == 4 * (before + after)
    for patch in rectangles(axes, OUTSIDE):
        assert patch.get_x() < before or patch.get_x() >= before + len(ROW)
    numbers = [text for text in texts(axes) if text not in rows]
    assert numbers == [str(value) for row in rows.values() for value in row]


def test_padded_rows_are_told_in_parts():
    alt = FIGURES["padded_rows"]().alt
    assert "reflect: 3 2, then 1 2 3 4, then 3 2." in alt
    assert "circular: 3 4, then 1 2 3 4, then 1 2." in alt
    alone = plots.padded_rows({"none": [5, 6]}, before=0, after=0, title="T")
    assert alone.alt == "T. none: 5 6."


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    n=st.integers(3, 9),
    k=st.integers(1, 3),
    stride=st.integers(1, 3),
    zeros=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_windows_lie_where_the_layer_looks(n, k, stride, zeros):
    picture = plots.padded_windows({"a": (n, zeros)}, k, stride=stride, title="T")
    row = np.pad(np.arange(1, n + 1), zeros)
    count = conv_output_size(n, k, stride=stride, padding=zeros)
    windows = [row[j * stride : j * stride + k].tolist() for j in range(count)]
    told = picture.alt.split("a: ")[1].rstrip(".").split("; ")
    assert [[int(value) for value in window.split()] for window in told] == windows
    axes = picture.figure.axes[0]
    assert len(rectangles(axes, INSIDE)) == n
    cells = (to_rgb(INSIDE), to_rgb(OUTSIDE))
    taps = [patch for patch in axes.patches if patch.get_facecolor()[:3] not in cells]
    assert len(taps) == count * k
    assert len({round(patch.get_y(), 6) for patch in taps}) == count
    first = min(patch.get_x() for patch in taps)
    assert first == pytest.approx(-zeros[0] + 0.1)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_a_legend_names_the_taps_by_their_colours(k):
    figure = plots.padded_windows({"a": (6, (0, 0))}, k, stride=k, title="T").figure
    (legend,) = figure.legends
    named = {}
    for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True):
        for tap in re.findall(r"\d+", text.get_text()):
            named[int(tap)] = to_rgb(patch.get_facecolor())
    cells = (to_rgb(INSIDE), to_rgb(OUTSIDE))
    drawn = [to_rgb(p.get_facecolor()) for p in figure.axes[0].patches]
    assert [c for c in drawn if c not in cells][:k] == [named[tap] for tap in range(k)]
    assert len(named) == k


def test_windows_of_both_libraries_part_on_the_even_width_only():
    alt = FIGURES["padded_windows"]().alt
    found = {name: re.search(rf"{re.escape(name)}: ([^.]*)\.", alt)[1] for name in SETTINGS}
    assert found["same, 6 pixels"] == "1 2 3; 3 4 5; 5 6 0"
    assert found["one, 6 pixels"] == "0 1 2; 2 3 4; 4 5 6"
    assert found["same, 7 pixels"] == found["one, 7 pixels"] == "0 1 2; 2 3 4; 4 5 6; 6 7 0"


def test_a_row_s_cells_are_its_numbers():
    panels = FIGURES["padded_windows"]().figure.axes
    assert texts(panels[0]) == ["1", "2", "3", "4", "5", "6", "0"]
    assert texts(panels[1]) == ["0", "1", "2", "3", "4", "5", "6", "0"]


def test_borders_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        plots.padded_rows({"a": [1, 2], "b": [1]}, before=0, after=0, title="")
    with pytest.raises(ValueError, match="at least one"):
        plots.padded_rows({}, before=0, after=0, title="")
    with pytest.raises(ValueError, match="longer than 2"):
        plots.padded_rows({"a": [1, 2]}, before=1, after=1, title="")
    with pytest.raises(ValueError, match="at least one"):
        plots.padded_windows({}, 3, stride=1, title="")
    with pytest.raises(ValueError, match=r"kernel|fit"):
        plots.padded_windows({"a": (2, (0, 0))}, 3, stride=1, title="")


# ------------------------------------------------------------------ flattening


@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 1, 1), (2, 2, 2), (2, 3, 4), (3, 2, 2)])
def test_lines_lead_from_a_feature_to_the_same_feature(shape):
    picture = plots.flatten_orders(*shape)
    (axes,) = picture.figure.axes
    features = np.arange(np.prod(shape)).reshape(shape)
    last = np.moveaxis(features, 0, -1).ravel()
    ends = [tuple(line.get_xdata() - 0.5) for line in axes.lines]
    assert all(last[round(to)] == round(start) for start, to in ends)
    assert len(ends) == features.size
    moved = int((last != np.arange(features.size)).sum())
    assert picture.alt.endswith(f"{moved} of {features.size} change their place.")
    # The numbers are those of the notebook's `flatten_order`, the first row's own places.
    order = flatten_order(shape).tolist()
    cells = [int(text) for text in texts(axes) if text.isdecimal()]
    assert cells == [*range(features.size), *order]
    assert f"channels last (Keras): {', '.join(map(str, order))}." in picture.alt


def test_it_is_said_which_numbers_are_of_which_map():
    picture = plots.flatten_orders(2, 2, 3)
    (axes,) = picture.figure.axes
    assert "channels first (PyTorch): map A 0–5, map B 6–11" in texts(axes)
    assert "channels first (PyTorch): map A 0 to 5, map B 6 to 11." in picture.alt
    colours = [to_rgb(patch.get_facecolor()) for patch in axes.patches]
    assert colours == [*[colours[0]] * 6, *[colours[-1]] * 6, *[colours[0], colours[-1]] * 6]
    assert colours[0] != colours[-1]


def test_maps_that_do_not_fit_are_refused():
    for shape in ((4, 1, 1), (2, 4, 4), (0, 2, 2)):
        with pytest.raises(ValueError, match=r"drawn|at least 1|channels"):
            plots.flatten_orders(*shape)


# ------------------------------------------------------------------ two trainings


def test_both_losses_and_the_gaps_are_drawn():
    left, right = FIGURES["twin_losses"]().figure.axes
    for line, loss in zip(left.lines, LOSSES.values(), strict=True):
        np.testing.assert_allclose(line.get_ydata(), loss)
    for line, gap in zip(right.lines, GAPS.values(), strict=True):
        np.testing.assert_allclose(line.get_ydata(), [np.nan if g == 0 else g for g in gap])
    assert right.get_yscale() == "log"
    assert left.lines[0].get_linewidth() > left.lines[1].get_linewidth()
    assert {line.get_linestyle() for line in (*left.lines, *right.lines)} == {"-"}
    assert left.get_title(loc="left") == "Both losses"


def test_what_is_drawn_is_the_largest_gap_so_far():
    picture = plots.twin_losses({"a": [2, 1]}, {"b": [0, 1e-7, 0, 3e-7, 2e-7]}, title="T")
    left, right = picture.figure.axes
    np.testing.assert_array_equal(right.lines[0].get_ydata(), [np.nan, 1e-7, 1e-7, 3e-7, 3e-7])
    assert left.get_title(loc="left") == "The loss"


def test_a_comparison_keeps_its_colour_where_those_before_it_are_missing():
    gaps = {name: np.full(3, 10.0**-index) for index, name in enumerate("abcd")}

    def colours(names):
        axes = plots.twin_losses(LOSSES, {n: gaps[n] for n in names}, title="T").figure.axes[1]
        found = {text.get_text(): to_rgb(text.get_color()) for text in axes.texts}
        assert [to_rgb(line.get_color()) for line in axes.lines] == [found[n] for n in names]
        return found

    every = colours("abcd")
    assert len(set(every.values())) == 4
    assert colours("cd") == {name: every[name] for name in "cd"}


@pytest.mark.parametrize("ends", [(1e-6, 9e-7, 2e-15, 1e-15), (1e-2, 1e-7, 1e-11), (3, 2, 1)])
def test_labels_are_apart_and_beside_their_lines(ends):
    picture = plots.twin_losses(
        LOSSES, {f"comparison {end}": np.full(40, end) for end in ends}, title="T"
    )
    picture.png()
    axes = picture.figure.axes[1]
    renderer = FigureCanvasAgg(picture.figure).get_renderer()  # png() leaves one of its own
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert len(boxes) == len(ends)
    for box, other in combinations(boxes, 2):
        assert not box.overlaps(other)
    heights = [axes.transData.transform((1, end))[1] for end in ends]
    for box, height in zip(boxes, heights, strict=True):
        assert all(not box.y0 < other < box.y1 for other in heights)
        assert min(abs(box.y0 - height), abs(box.y1 - height)) < 3 * box.height
        assert axes.bbox.y0 < box.y0
        assert box.y1 < axes.bbox.y1


@pytest.mark.parametrize(
    ("largest", "told"),
    [(1e-7, "−6"), (4e-8, "−7"), (4.1e-8, "−6"), (0.4, "0"), (0.5, "1"), (30.0, "2")],
)
def test_a_gap_is_told_by_its_power_of_ten(largest, told):
    alt = plots.twin_losses({"a": [1, 2]}, {"b": [0, largest]}, title="T").alt
    assert alt.endswith(f"b below 10 to the power {told}.")


def test_no_gap_at_all_is_told():
    picture = plots.twin_losses({"a": [2, 1]}, {"b": [0, 0], "c": [0, 1e-3]}, title="T")
    assert "Gaps between them: b none; c below 10 to the power −2." in picture.alt
    assert set(texts(picture.figure.axes[1])) == {"b: no gap", "c"}


def test_trainings_that_are_none_are_refused():
    with pytest.raises(ValueError, match="losses must hold"):
        plots.twin_losses({}, {"a": [1]}, title="")
    with pytest.raises(ValueError, match="at least one number"):
        plots.twin_losses({"a": []}, {"a": [1]}, title="")
    with pytest.raises(ValueError, match="at least 0"):
        plots.twin_losses({"a": [1]}, {"a": [-1]}, title="")
