"""The figures of lesson 03: what they draw, and what they say in words."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from cnncourse import plots
from cnncourse.experiments.permutation import Accuracies
from cnncourse.experiments.prior import PriorCurves
from cnncourse.plots.connections import FAINT, window_links
from cnncourse.plots.picture import BLACK, ORANGE, SKY
from tests.figures import assert_whole

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 7))
CURVES = PriorCurves((6, 50), (0.0, 1.0, np.inf), *(RANDOM.uniform(size=(2, 2, 3))))


def accuracies(kind, plain, permuted, *shifted):
    """Five runs about each mean."""
    luck = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])
    rows = np.array([plain, *shifted])[None, :] + luck[:, None]
    return Accuracies(kind, tuple(range(1 + len(shifted))), rows, permuted + luck[::-1])


FOUND = {
    "mlp": accuracies("mlp", 0.9, 0.9, 0.4),
    "pooled": accuracies("pooled", 0.92, 0.8, 0.92),
}
FIGURES = {
    "sparse_connectivity": lambda: plots.sparse_connectivity(5, 3),
    "growing_field": lambda: plots.growing_field(9, 3, 3),
    "weight_sharing": lambda: plots.weight_sharing(5, 3),
    "work_by_size": lambda: plots.work_by_size([10, 30, 300], 2, marked=("a picture", 900, 870)),
    "two_ways": lambda: plots.two_ways(X, X, X, X, np.roll(X, 1), title="Two ways"),
    "prior_strength": lambda: plots.prior_strength(CURVES),
    "permuted_accuracies": lambda: plots.permuted_accuracies(FOUND),
    "shifted_accuracies": lambda: plots.shifted_accuracies(FOUND),
    "digit_rows": lambda: plots.digit_rows(
        {name: RANDOM.uniform(size=(4, 6, 5)) for name in ("first row", "second row")}
    ),
}
every_figure = pytest.mark.parametrize("name", FIGURES)


@every_figure
def test_small_whole_readable_and_in_words(name):
    picture = FIGURES[name]()
    assert len(picture.png()) < 130_000
    assert 50 <= len(picture.alt) <= 700
    assert picture.alt.endswith(".")
    assert sum(letter.isdigit() for letter in picture.alt) >= 3
    figure = picture.figure
    assert_whole(figure)
    for axes in figure.axes:
        labels = [axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels(), *axes.texts]
        assert min(text.get_fontsize() for text in labels) >= 10


@every_figure
def test_titles_of_neighbours_do_not_meet(name):
    figure = FIGURES[name]().figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [
        title.get_window_extent(renderer)
        for axes in figure.axes
        for title in (axes.title, axes._left_title)
        if title.get_text()
    ]
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


def circles(axes, colour):
    found = [patch for patch in axes.patches if isinstance(patch, Circle)]
    return [one for one in found if to_hex(one.get_facecolor()) == to_hex(colour)]


def strong_lines(axes):
    return [line for line in axes.lines if to_hex(line.get_color()) == to_hex(BLACK)]


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 3), (7, 5), (6, 2), (4, 4)])
def test_windows_have_k_inputs_but_at_the_ends(n, k):
    links = window_links(n, k)
    assert links.diagonal().all()
    assert links.sum(axis=1).max() == k
    counted = sum(0 <= i + j < n for i in range(n) for j in range(-((k - 1) // 2), k // 2 + 1))
    assert links.sum() == counted


@pytest.mark.parametrize(("unit", "reached"), [(None, 3), (0, 2), (4, 2)])
def test_from_below_and_from_above_follow_the_same_connections(unit, reached):
    axes = plots.sparse_connectivity(5, 3, unit=unit).figure.axes
    for panel, count in zip(axes, (reached, reached, 5, 5), strict=True):
        assert len(circles(panel, ORANGE)) == 1
        assert len(circles(panel, SKY)) == count
        assert len(strong_lines(panel)) == count
        assert panel.get_title(loc="left").endswith(f" {count}")
        assert len(panel.lines) == (13 if panel in axes[:2] else 25)


@pytest.mark.parametrize(("n", "k", "depth"), [(9, 3, 4), (11, 5, 2), (7, 1, 3), (5, 3, 4)])
def test_a_field_grows_by_what_a_kernel_adds(n, k, depth):
    axes = plots.growing_field(n, k, depth).figure.axes[0]
    counts = [min(n, 1 + level * (k - 1)) for level in range(depth + 1)]
    assert len(circles(axes, SKY)) == sum(counts[1:])
    told = [text.get_text() for text in axes.texts if text.get_text().endswith(" seen")]
    assert sorted(told) == sorted(f"{count} seen" for count in counts[1:])


def test_each_shared_weight_has_a_colour_of_its_own():
    shared, local, dense = plots.weight_sharing(6, 3).figure.axes
    colours = [line.get_color() for line in shared.lines]
    assert [colours.count(c) for c in dict.fromkeys(colours)] == [6, 5, 5]
    for line in shared.lines:
        source, output = line.get_xdata()
        assert colours.count(line.get_color()) == 6 - abs(source - output)
    for panel, count in ((local, 16), (dense, 36)):
        assert len(strong_lines(panel)) == 1
        faint = [line for line in panel.lines if line.get_color() == FAINT]
        assert len(faint) == count - 1


def test_work_is_what_is_counted():
    axes = plots.work_by_size([10, 20], 3, marked=("it", 50, 40)).figure.axes[0]
    dense, sparse, *marks = axes.lines
    assert dense.get_ydata().tolist() == [1e4, 1.6e5]
    assert sparse.get_ydata().tolist() == [300, 1200]
    assert [mark.get_ydata()[0] for mark in marks] == [2000, 120]
    assert "it: 2 thousand" in [text.get_text() for text in axes.texts]


def test_two_ways_mark_the_places_that_differ():
    there = X.copy()
    there[2, 3] += 0.5
    there[0, 0] += 1e-13
    picture = plots.two_ways(X, X, X, there, X, title="One place")
    last = picture.figure.axes[5]
    (mark,) = [p for p in last.patches if isinstance(p, Rectangle)]
    assert (mark.get_x(), mark.get_y()) == (2.5, 1.5)
    assert "differ in 1 of 42 places, by 0.5 at the most." in picture.alt
    assert "differ in 2 %" in last.get_title(loc="left")


def test_prior_strength_draws_both_orders():
    for row, panel in enumerate(plots.prior_strength(CURVES).figure.axes):
        permuted, plain = panel.lines
        np.testing.assert_array_equal(permuted.get_ydata(), CURVES.permuted[row])
        np.testing.assert_array_equal(plain.get_ydata(), CURVES.plain[row])
        assert [t.get_text() for t in panel.get_xticklabels()] == ["0", "1", "∞"]


def test_accuracies_in_words_are_coarse_and_right():
    assert "mlp: with permuted pixels about as many." in plots.permuted_accuracies(FOUND).alt
    assert "pooled: with permuted pixels fewer." in plots.permuted_accuracies(FOUND).alt
    shifted = plots.shifted_accuracies(FOUND).alt
    assert "mlp: fewer by far at a shift of 1." in shifted
    assert "pooled: exactly as many at a shift of 1." in shifted


def test_accuracies_are_drawn_in_per_cent_at_their_shift():
    axes = plots.shifted_accuracies(FOUND).figure.axes[0]
    means = [line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 2]
    assert any(np.allclose(values, [90, 40]) for values in means)
    assert any(np.allclose(values, [92, 92]) for values in means)


def test_digit_rows_draw_the_pictures():
    rows = {"a": RANDOM.uniform(size=(2, 3, 4)), "b": RANDOM.uniform(size=(2, 3, 4))}
    drawn = [axes.images[0].get_array() for axes in plots.digit_rows(rows).figure.axes]
    np.testing.assert_array_equal(drawn, np.concatenate([rows["a"], rows["b"]]))


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.growing_field(5, 3, 1, ax=ax),
        lambda ax: plots.work_by_size([2, 3], 2, ax=ax),
        lambda ax: plots.permuted_accuracies(FOUND, ax=ax),
        lambda ax: plots.shifted_accuracies(FOUND, ax=ax),
    ],
)
def test_draws_into_given_axes(draw):
    figure = Figure()
    assert draw(figure.add_subplot()).figure is figure


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.sparse_connectivity(3, 4), "k at most n, got 3 and 4"),
        (lambda: plots.sparse_connectivity(5, 3, unit=5), "unit must be from 0 to 4, got 5"),
        (lambda: plots.growing_field(5, 3, 0), "depth must be a positive integer"),
        (lambda: plots.weight_sharing(9, 7), "k must be at most 5 here, got 7"),
        (lambda: plots.work_by_size([0.5], 2), "sides of at least 1 pixel"),
        (lambda: plots.two_ways(X, X, X, X, X[1:], title="t"), r"back must have there's shape"),
        (lambda: plots.digit_rows({"a": X[None], "b": X[None].repeat(2, 0)}), "rows of one length"),
        (lambda: plots.digit_rows({}), "rows of one length"),
        (lambda: plots.digit_rows({"a": X[None].repeat(9, 0)}), "1 to 8 pictures"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
