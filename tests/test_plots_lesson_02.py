"""Figures of lesson 02: the numbers that they draw, and what they say in words."""

import io

import numpy as np
import pytest
from PIL import Image

from cnncourse import plots
from cnncourse.conv import convolve2d, cross_correlate2d, doubly_block_toeplitz
from cnncourse.data import photograph
from cnncourse.kernels import KERNELS_2D
from tests.figures import assert_for_a_listener, assert_whole_and_readable, texts

IMAGE = np.array([[1, 1, 3, 0], [2, 5, 4, -1], [0, 2, 1, 5]])
KERNEL = np.array([[1, 2], [3, -1]])
ANGLES = np.arange(0, 361, 45)


def maps():
    photo = photograph()[:60, :80].astype(float)
    names = ("sobel_x", "sobel_y", "laplacian")
    return plots.signed_maps(
        photo, {name: cross_correlate2d(photo, KERNELS_2D[name]) for name in names}, title="Edges"
    )


def edges():
    answers = {"across": 200 * np.cos(np.radians(ANGLES)), "up": 200 * np.sin(np.radians(ANGLES))}
    steps = {0: np.eye(5), 90: np.tri(5), 270: np.tri(5).T}
    return plots.edge_answers(ANGLES, answers, edges=steps)


FIGURES = {
    "convolution": lambda: plots.sum2d(IMAGE, KERNEL, (1, 2)),
    "correlation": lambda: plots.sum2d(IMAGE, KERNEL, (2, 3), flip=False),
    "tables": lambda: plots.grids(
        {"image": IMAGE, "a kernel with a long name": KERNEL},
        title="An image and a kernel",
        frames={"image": [(0, 1, 2, 2), (1, 1, 2, 2)]},
        first={"image": (-1, -2)},
    ),
    "blocks": lambda: plots.grids(
        {"D": doubly_block_toeplitz(KERNEL, (3, 4))}, title="A matrix of blocks", blocks=(5, 4)
    ),
    "outer_product": lambda: plots.outer_product([1, 2, 1], [-1, 0, 1]),
    "signed_maps": maps,
    "edge_answers": edges,
}
every_figure = pytest.mark.parametrize("name", FIGURES)


@every_figure
def test_words_are_for_a_listener(name):
    assert_for_a_listener(FIGURES[name]().alt)


@every_figure
def test_nothing_is_cut_off_and_all_is_readable(name):
    assert_whole_and_readable(FIGURES[name]())


@every_figure
def test_files_are_small_and_repeat(name):
    png = FIGURES[name]().png()
    assert png == FIGURES[name]().png()
    assert len(png) < 110_000
    assert Image.open(io.BytesIO(png)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("at", [(1, 1), (1, 3), (2, 2)])
def test_sum2d_shows_the_turned_kernel_and_the_output(at):
    picture = plots.sum2d(IMAGE, KERNEL, at)
    full = convolve2d(IMAGE, KERNEL)
    [axes] = picture.figure.axes
    assert f"S({at[0]}, {at[1]}) = " in axes.get_title(loc="left")
    assert axes.get_title(loc="left").replace("−", "-").endswith(f" = {full[at]}")
    image, lying, products, output = (mesh.get_array() for mesh in axes.collections)
    np.testing.assert_array_equal(image, IMAGE)
    np.testing.assert_array_equal(lying, KERNEL[::-1, ::-1])
    assert products.sum() == full[at]
    np.testing.assert_array_equal(output, full)
    assert "Kernel K, turned: −1 3; 2 1." in picture.alt


def test_sum2d_without_the_turn_is_eq_5_counted_from_its_first_output():
    picture = plots.sum2d(IMAGE, KERNEL, (1, 2), flip=False)
    [axes] = picture.figure.axes
    assert axes.get_title(loc="left") == "Eq. (5): S(0, 1) = 1·1 + 3·2 + 5·3 + 4·(−1) = 18"
    output = list(axes.collections)[-1].get_array()
    np.testing.assert_array_equal(output, cross_correlate2d(IMAGE, KERNEL, mode="full"))
    assert texts(axes).count("−1") == 5  # twice a row or column, and three numbers


def test_the_turned_kernel_is_numbered_backwards():
    [axes] = plots.sum2d([[1, 2, 3]], [[10, 20, 40]], (0, 2)).figure.axes
    turned = [text for text in axes.texts if text.get_text() in ("10", "20", "40")]
    numbers = [text for text in axes.texts if text.get_text() in ("0", "1", "2")]
    for value, index in (("40", "2"), ("20", "1"), ("10", "0")):
        column = next(t.get_position()[0] for t in turned if t.get_text() == value)
        above = [t for t in numbers if t.get_position()[0] == pytest.approx(column)]
        assert index in [t.get_text() for t in above]


def test_grids_write_every_number_and_frame_what_is_asked_for():
    picture = FIGURES["tables"]()
    [axes] = picture.figure.axes
    written = texts(axes)
    assert written.count("5") == np.count_nonzero(IMAGE == 5)
    assert "−2" in written  # the first column's number
    frames = [patch for patch in axes.patches if patch.get_linewidth() == 2.6]
    assert [frame.get_linestyle() for frame in frames][0] in ("-", "solid")
    assert len(frames) == 2
    assert "Framed: 2 by 2 cells from row −1, column −1 on." in picture.alt
    signs = [mesh.norm.vmin == -mesh.norm.vmax for mesh in axes.collections]
    assert all(signs)


def test_blocks_are_ruled_and_zeros_left_blank():
    matrix = doubly_block_toeplitz(KERNEL, (3, 4))
    [axes] = FIGURES["blocks"]().figure.axes
    assert texts(axes).count("3") == np.count_nonzero(matrix == 3) + 2  # a row's, a column's number
    _, rows, columns = axes.collections
    assert (len(rows.get_segments()), len(columns.get_segments())) == (5, 4)
    assert "48 of the 240 cells not zero" in FIGURES["blocks"]().alt


def test_outer_product_multiplies():
    picture = plots.outer_product([1, -2], [3, 0, 5])
    column, row, kernel = (mesh.get_array() for mesh in picture.figure.axes[0].collections)
    np.testing.assert_array_equal(column @ row, kernel)
    assert "2 + 3 numbers make 6" in picture.alt


def test_maps_share_one_scale_that_is_white_at_zero():
    figure = maps().figure
    photo, *others = [axes.images[0] for axes in figure.axes if axes.images]
    assert photo.get_cmap().name == "gray"
    assert len({(image.norm.vmin, image.norm.vmax) for image in others}) == 1
    assert others[0].norm.vmin == -others[0].norm.vmax
    red, green, blue, _ = others[0].cmap(others[0].norm(-100.0))
    assert red > green > blue  # orange below zero
    assert others[0].cmap(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)
    assert len(figure.axes) == 5  # four panels in two rows, and the scale


def test_one_glint_does_not_pale_the_rest():
    answers = np.full((20, 20), 10.0)
    answers[0, 0] = 1000
    picture = plots.signed_maps(np.eye(3), {"glint": answers}, title="A glint")
    assert picture.figure.axes[1].images[0].norm.vmax == pytest.approx(10)
    assert "from 10 to 1000" in picture.alt
    even = plots.signed_maps(np.eye(3), {"even": np.zeros((2, 2))}, title="Even")
    assert even.figure.axes[1].images[0].norm.vmax == 1


def test_edges_stand_over_their_angles_and_point_to_the_bright_side():
    figure = edges().figure
    above, below = figure.axes[:2]
    assert above.get_xlim() == below.get_xlim()
    left, right = above.get_xlim()
    for angle, inset in zip((0, 90, 270), above.child_axes, strict=True):
        x, _ = inset.texts[0].xy
        _, y = inset.texts[0].xy
        assert np.sign(np.round([x - 2, 2 - y], 6)).tolist() == [
            round(np.cos(np.radians(angle))),
            round(np.sin(np.radians(angle))),
        ]
    lines = {line.get_label(): line for line in below.lines}
    np.testing.assert_allclose(lines["across"].get_ydata()[[0, 4]], [200, -200])
    assert "across: highest, 200, at 0 degrees, lowest, −200, at 180 degrees." in edges().alt


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.sum2d(IMAGE, KERNEL, (0, 2)), "at must be an output whose kernel lies"),
        (lambda: plots.sum2d(IMAGE, KERNEL, (1, 4)), "at must be an output whose kernel lies"),
        (lambda: plots.grids({}, title="x"), "arrays must hold at least one table"),
        (lambda: plots.grids({"a": [1]}, title="x"), "a must have 2 axes"),
        (lambda: plots.grids({"a": [[]]}, title="x"), "a must hold at least one cell"),
        (
            lambda: plots.grids({"a": [[1]]}, title="x", frames={"b": [(0, 0, 1, 1)]}),
            r"frames must name tables of arrays, got \['b'\]",
        ),
        (lambda: plots.outer_product([[1]], [1]), "column must have 1 axis"),
        (lambda: plots.outer_product([], [1]), "column must hold at least one cell"),
        (lambda: plots.signed_maps([[1]], {}, title="x"), "maps must hold at least one map"),
        (lambda: plots.edge_answers([0], {}, edges={}), "answers must hold at least one kernel"),
        (lambda: plots.edge_answers([0], {"a": [1, 2]}, edges={}), "a must have 1 answers, got 2"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
