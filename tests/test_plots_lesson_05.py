"""Figures of lesson 05: what they draw and say agrees with the arithmetic."""

import io
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, Rectangle
from PIL import Image

from cnncourse import plots
from cnncourse.conv import conv2d, cross_correlate1d
from cnncourse.plots.picture import PALE, SKY, VERMILLION
from cnncourse.shapes import conv_output_size, receptive_field
from tests.figures import texts

V = np.array(
    [[[1, 2, 0, 1], [0, 1, 3, 2], [2, 0, 1, 1]], [[0, 1, 1, 2], [2, 0, 1, 0], [1, 3, 0, 1]]]
)
K = np.array([[[[1, 0], [0, 2]], [[0, -1], [1, 0]]], [[[0, 1], [0, 0]], [[0, 0], [1, 1]]]])
X, W = [1, 2, 0, 3, 1, 2, 4], [1, 0, -1]

FIGURES = {
    "channel_sum": lambda: plots.channel_sum(V, K, (1, 2)),
    "colour_maps": lambda: plots.colour_maps(np.full((3, 4, 5), 9), {"a": V[0]}, title="A layer"),
    "strided_two_ways": lambda: plots.strided_two_ways(X, W, 2),
    "placements": lambda: plots.placements(9, 3, {"stride 2": (2, 1), "dilation 2": (1, 2)}),
    "shrinking": lambda: plots.shrinking(15, 5),
    "receptive_fields": lambda: plots.receptive_fields({"plain": [(3,), (3,)], "s": [(3, 2)] * 3}),
    "paired_differences": lambda: plots.paired_differences(
        {"dense": {"valid": [-2, -1, -3, -2], "full": [0, 1, -1, 1]}}, baseline="same", title="T"
    ),
}


def circles(axes):
    return [patch for patch in axes.patches if isinstance(patch, Circle)]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_words_and_is_small(name):
    picture = FIGURES[name]()
    assert len(picture.alt.split()) >= 8
    png = picture.png()
    assert len(png) < 150_000
    assert 300 < Image.open(io.BytesIO(png)).width < 2000
    assert png == FIGURES[name]().png()


@pytest.mark.parametrize("output", [0, 1])
@pytest.mark.parametrize("at", list(np.ndindex(2, 3)))
def test_the_channel_sum_is_the_layer_s_output(output, at):
    picture = plots.channel_sum(V, K, at, output=output)
    total = conv2d(V, K)[(output, *at)]
    assert picture.alt.endswith(f"= {str(total).replace('-', '−')}.")
    (axes,) = picture.figure.axes
    frames = [p for p in axes.patches if isinstance(p, Rectangle) and not p.get_fill()]
    assert len(frames) == len(V)
    left = [frame.get_x() - 1.0 for frame in frames]
    assert left == [at[1]] * len(V)  # the tables begin at 1


def test_channels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 input channels"):
        plots.channel_sum(V, K[:, :1], (0, 0))
    with pytest.raises(ValueError, match="inside of V"):
        plots.channel_sum(V, K, (2, 0))
    with pytest.raises(ValueError, match="output must be from 0 to 1"):
        plots.channel_sum(V, K, (0, 0), output=2)
    with pytest.raises(ValueError, match="three channels"):
        plots.colour_maps(V, {"a": V[0]}, title="")
    with pytest.raises(ValueError, match="at least one map"):
        plots.colour_maps(np.zeros((3, 2, 2)), {}, title="")


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_both_ways_to_stride_end_at_the_same_numbers(stride):
    picture = plots.strided_two_ways(X, W, stride)
    above, below = picture.figure.axes
    kept = [str(z).replace("-", "−") for z in cross_correlate1d(X, W)[::stride]]
    assert texts(above)[: len(kept)] == kept
    highest = max(circle.center[1] for circle in circles(below))
    ends = [t.get_text() for t in below.texts if t.get_position()[1] == highest]
    assert [end for end in ends if end not in ("z", "stride 1")] == kept
    assert f"{len(kept) * 3} products" in above.get_title("left")
    assert "15 products" in below.get_title("left")


def test_outputs_that_are_thrown_away_are_grey_and_crossed_out():
    below = plots.strided_two_ways(X, W, 2).figure.axes[1]
    grey = [c for c in circles(below) if c.get_facecolor()[:3] == to_rgb(PALE)]
    crosses = [line for line in below.lines if line.get_color() == VERMILLION and line.zorder == 5]
    assert len(grey) == 2
    assert len(crosses) == 2 * len(grey)


def test_a_stride_too_long_a_kernel_too_long():
    with pytest.raises(ValueError, match="at most 2 taps"):
        plots.strided_two_ways([1, 2], W, 1)
    with pytest.raises(ValueError, match="stride"):
        plots.strided_two_ways(X, W, 0)


@pytest.mark.parametrize("stride, dilation", [(1, 1), (2, 1), (3, 2), (1, 4)])
def test_every_place_of_a_kernel_is_drawn_once(stride, dilation):
    (axes,) = plots.placements(10, 3, {"a": (stride, dilation)}).figure.axes
    taps = sorted((round(p.get_y() - 0.14), round(p.get_x() - 0.12)) for p in axes.patches)
    count = conv_output_size(10, 3, stride=stride, dilation=dilation)
    expected = [(j, j * stride + m * dilation) for j in range(count) for m in range(3)]
    assert taps == expected
    assert f"{count} outputs" in axes.get_title("left")


def test_placements_need_a_setting_that_fits():
    with pytest.raises(ValueError, match="at least one"):
        plots.placements(9, 3, {})
    with pytest.raises(ValueError, match="kernel must fit"):
        plots.placements(4, 3, {"a": (1, 2)})


@pytest.mark.parametrize("n, k", [(15, 5), (9, 4), (7, 2)])
def test_the_stack_shrinks_as_the_layers_do(n, k):
    picture = plots.shrinking(n, k, depth=2)
    widths = [n, n - k + 1, n - 2 * k + 2]
    for axes, expected, zeros in zip(
        picture.figure.axes, (widths, [n] * 3), (0, k - 1), strict=True
    ):
        solid = [c for c in circles(axes) if c.get_linestyle() == "-"]
        dashed = [c for c in circles(axes) if c.get_linestyle() != "-"]
        assert len(solid) == sum(expected)
        assert len(dashed) == 2 * zeros  # two layers have an input to be padded
        labels = [text for text in texts(axes) if text.endswith("wide")]
        assert labels == [f"{width} wide" for width in expected]


def test_what_the_middle_unit_sees_is_marked():
    above = plots.shrinking(15, 5).figure.axes[0]
    marked = [c for c in circles(above) if c.get_facecolor()[:3] == to_rgb(SKY)]
    assert len(marked) == sum(receptive_field([(5,)] * depth).size for depth in range(4))


def test_no_more_layers_than_fit():
    with pytest.raises(ValueError, match="depth must be 1 to 3"):
        plots.shrinking(7, 3, depth=4)
    assert "Two stacks of 8 layers" in plots.shrinking(30, 2).alt  # 29 would fit


def test_receptive_fields_are_those_of_the_formula():
    stacks = {"plain": [(3,)] * 3, "dilated": [(3, 1, 0, 2)] * 2}
    (axes,) = plots.receptive_fields(stacks).figure.axes
    for line, layers in zip(axes.lines, stacks.values(), strict=True):
        sizes = [receptive_field(layers[:depth]).size for depth in range(len(layers) + 1)]
        assert line.get_ydata().tolist() == sizes
    with pytest.raises(ValueError, match="at least one stack"):
        plots.receptive_fields({})


def test_a_difference_beyond_chance_looks_different():
    picture = FIGURES["paired_differences"]()
    (axes,) = picture.figure.axes
    means = [c.lines[0] for c in axes.containers]
    assert [line.get_markerfacecolor() for line in means] == [VERMILLION, "white"]
    assert [round(float(line.get_ydata()[0]), 2) for line in means] == [-2.0, 0.25]
    assert re.search(r"valid: −2 on average, interval from −3\.3 to −0\.70", picture.alt)
    with pytest.raises(ValueError, match="at least one panel"):
        plots.paired_differences({}, baseline="same")
