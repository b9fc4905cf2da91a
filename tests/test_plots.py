"""The figures: what they draw, what they say in words, and that their look does not drift.

`python tests/test_plots.py` draws the images in tests/baseline anew: look at each, then commit it.
"""

import base64
import html
import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from PIL import Image

from cnncourse import plots
from cnncourse.continuous import departing_ship, departing_ship_smoothed, fading_weight
from cnncourse.conv import doubly_block_toeplitz, toeplitz_matrix
from cnncourse.data import constant_velocity_track, iss_track, spaceship_track
from cnncourse.kernels import KERNELS_1D, box
from cnncourse.plots import Picture
from cnncourse.smoothing import ErrorSummary, error_summary, frequency_response, lag, smooth
from tests.figures import assert_whole, texts

BASELINE = Path(__file__).parent / "baseline"
# Root mean square of the differences, of 255. The least of the errors below, one weight of the
# matrix printed as 0.25 in place of 0.2, gives 9.6; the same machine and versions give 0.
TOLERANCE = 4.0

X, W = [2, 4, 3, 5, 1], [0.5, 0.3, 0.2]


def smoothed_ship():
    track = spaceship_track(dropouts=5)
    windows = {f"{m} samples": smooth(track.measured, box(m)) for m in (7, 25)}
    return plots.track(track, windows)


def measured_lag():
    track = constant_velocity_track(duration=4000.0)
    lengths = np.arange(1, 26)
    return plots.lag_against_noise(0.3, 1.0, 3.0, lengths, [
        error_summary(smooth(track.measured, box(m), start="drop"), track.position).rmse
        for m in lengths
    ])  # fmt: skip


def departure():
    exact = departing_ship_smoothed(20.0, 0.5, 4.0)
    return plots.riemann(departing_ship(0.5), fading_weight(4.0), 20.0, 4.0, exact=exact)


def met_taps(size, kernel_size, *, flipped):
    """Which cell meets which tap at the last place that fits, with a slip on the left."""
    signal = np.arange(1.0, np.prod(size) + 1).reshape(size) % 7 - 1
    kernel = np.arange(1.0, np.prod(kernel_size) + 1).reshape(kernel_size) / 2
    first = np.subtract(size, kernel_size)
    right, slip = {}, {}
    for tap in np.ndindex(kernel_size):
        mirrored = tuple(int(n - 1 - i) for n, i in zip(kernel_size, tap, strict=True))
        cell = tuple(int(i) for i in first + tap)
        right[cell, mirrored if flipped else tap] = 1.0
        slip[cell, tap if flipped else mirrored] = 1.0
    return plots.taps(signal, kernel, {"Yours:": slip, "The equation:": right})


FIGURES = {
    "track": smoothed_ship,
    "iss": lambda: plots.track(iss_track()),
    "start_up": lambda: plots.start_up(spaceship_track(), box(7)),
    "kernel": lambda: plots.kernel(W),
    "kernels": lambda: plots.kernels({name: make(9) for name, make in KERNELS_1D.items()}),
    "sliding_products": lambda: plots.sliding_products(X, W, 3),
    "riemann": departure,
    "lag_against_noise": measured_lag,
    "matrix": lambda: plots.matrix(toeplitz_matrix(W, 5), highlight_row=3),
    "doubly_block": lambda: plots.matrix(
        doubly_block_toeplitz([[1, 2, -1], [0.5, -1, 3]], (4, 4)), block_shape=(6, 4)
    ),
    "frequency_responses": lambda: plots.frequency_responses(
        {name: make(9) for name, make in KERNELS_1D.items()}
    ),
    "compare_kernels": lambda: plots.compare_kernels(
        {"box": ErrorSummary(1.5, -0.9, 1.2), "local_linear": ErrorSummary(2.0, 0.0, 2.0)}
    ),
    "taps_row": lambda: met_taps((5,), (3,), flipped=True),
    "taps_table": lambda: met_taps((4, 5), (2, 3), flipped=False),
    "calibration": lambda: plots.calibration_plot(
        [0.5] * 4 + [0.75] * 3 + [0.9] * 6,
        [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1],
        levels=[0.25, 0.5, 0.75, 0.9, 0.99],
    ),
}

every_figure = pytest.mark.parametrize("name", FIGURES)


@cache
def drawn(name):
    """The figure and its image, made once for all tests that only look at it."""
    picture = FIGURES[name]()
    return picture, picture.png()


def difference(name, png, folder):
    """Root mean square difference from the stored image, 0 for none."""
    actual = folder / f"{name}.png"
    actual.write_bytes(png)
    result = compare_images(str(BASELINE / f"{name}.png"), str(actual), 0.0, in_decorator=True)
    return result["rms"] if result else 0.0


def heights(axes):
    return [bar.get_height() for bar in axes.patches if hasattr(bar, "get_height")]


@every_figure
def test_look_is_as_stored(name, tmp_path):
    assert difference(name, drawn(name)[1], tmp_path) <= TOLERANCE


def test_stored_images_are_those_compared():
    assert {path.stem for path in BASELINE.glob("*.png")} == set(FIGURES)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sliding_products", lambda: plots.sliding_products(X, W[::-1], 3)),
        ("sliding_products", lambda: plots.sliding_products(X, W, 2)),
        ("kernel", lambda: plots.kernel([0.5, 0.2, 0.3])),
        ("matrix", lambda: plots.matrix(toeplitz_matrix(W, 5).T[:, ::-1].T, highlight_row=3)),
        ("matrix", lambda: plots.matrix(toeplitz_matrix(W, 5), highlight_row=2)),
        ("start_up", lambda: plots.start_up(spaceship_track(), box(6))),
        ("taps_row", lambda: met_taps((5,), (3,), flipped=False)),
        ("taps_table", lambda: met_taps((4, 5), (2, 3), flipped=True)),
    ],
)
def test_comparison_notices_a_wrong_figure(name, wrong, tmp_path):
    assert difference(name, wrong().png(), tmp_path) > 2 * TOLERANCE


@every_figure
def test_bytes_repeat_whatever_the_readers_settings(name):
    picture, png = drawn(name)
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9, "savefig.dpi": 30}):
        again = FIGURES[name]()
        assert again.png() == png == picture.png()
    assert again.alt == picture.alt


@every_figure
def test_notebook_gets_a_small_sharp_image_with_words(name):
    picture, _ = drawn(name)
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert f'alt="{html.escape(picture.alt)}"' in data["text/html"]
    assert base64.b64encode(data["image/png"]).decode() in data["text/html"]
    assert data["text/plain"] == repr(picture) == f"Figure: {picture.alt}"
    assert len(data["image/png"]) < 60_000
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.info.keys() <= {"dpi"}
    shown = metadata["image/png"]
    assert shown["alt"] == picture.alt
    assert 380 <= shown["width"] <= 900
    assert image.width == pytest.approx(2 * shown["width"], abs=2)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@every_figure
def test_words_are_for_a_listener(name):
    alt = drawn(name)[0].alt
    assert 60 <= len(alt) <= 700
    assert alt.endswith(".")
    assert sum(character.isdigit() for character in alt) >= 3
    assert not any(mark in alt for mark in ("e+", "e-", "nan", "\n", "  ", "_samples"))


@every_figure
def test_readable(name):
    """Titles, labels with units, and no letter below 10 points."""
    axes = drawn(name)[0].figure.axes
    assert any(panel.get_title(loc="left") for panel in axes)
    boards = name.startswith("taps")  # cells with their own names, not quantities on axes
    assert boards or any(panel.get_xlabel() for panel in axes)
    for panel in axes:
        labels = [panel.xaxis.label, panel.yaxis.label, *panel.get_xticklabels(), *panel.texts]
        assert min(text.get_fontsize() for text in labels) >= 10


@every_figure
def test_nothing_is_cut_off(name):
    assert_whole(drawn(name)[0].figure)


def test_pyplot_is_not_needed():
    code = (
        "import sys; from cnncourse import plots; plots.kernel([1.0]).png(); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_readers_settings_survive():
    before = dict(mpl.rcParams)
    plots.kernel(W).png()
    assert dict(mpl.rcParams) == before


def test_picture_needs_words():
    with pytest.raises(ValueError, match="alt must say what the figure shows"):
        Picture(Figure(), "  ")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.track(spaceship_track(), ax=ax),
        lambda ax: plots.start_up(spaceship_track(), W, ax=ax),
        lambda ax: plots.kernel(W, ax=ax),
        lambda ax: plots.matrix([[1.0]], ax=ax),
        lambda ax: plots.lag_against_noise(0.3, 1.0, 3.0, [1, 2, 3], ax=ax),
        lambda ax: plots.compare_kernels({"a": ErrorSummary(5, 3, 4)}, ax=ax),
    ],
)
def test_draws_into_given_axes(draw):
    figure = Figure()
    ax = figure.add_subplot()
    assert draw(ax).figure is figure
    assert ax.has_data()


def test_several_given_axes_are_counted():
    axes = list(Figure().subplots(2, 2).ravel())
    assert plots.sliding_products(X, W, 3, ax=axes).figure is axes[0].figure
    with pytest.raises(ValueError, match="ax must hold 2 axes for this figure, got 4"):
        plots.frequency_responses({"box": W}, ax=axes)


def test_track_draws_the_arrays_given():
    track = spaceship_track(dropouts=3)
    estimate = smooth(track.measured, box(7))
    picture = plots.track(track, {"seven": estimate}, zoom=(50.0, 60.0))
    lines = {line.get_label(): line for line in picture.figure.axes[0].lines}
    np.testing.assert_array_equal(lines["seven"].get_xdata(), np.arange(50.0, 61.0))
    np.testing.assert_array_equal(lines["seven"].get_ydata(), estimate[50:61])
    np.testing.assert_array_equal(lines["true path"].get_ydata(), track.position[50:61])
    np.testing.assert_array_equal(lines["measured"].get_ydata(), track.measured[50:61])
    whole = plots.track(track)
    crosses = {line.get_label(): line for line in whole.figure.axes[0].lines}["drop-out"]
    assert crosses.get_xdata().tolist() == track.time[np.isnan(track.measured)].tolist()
    assert "3 crosses" in whole.alt
    assert "north of the equator" in plots.track(iss_track()).figure.axes[0].get_ylabel()


@pytest.mark.parametrize("t", range(7))
def test_sliding_products_add_up(t):
    panels = plots.sliding_products(X, W, t).figure.axes
    flipped, products = (np.array(heights(panels[i])[:3]) for i in (1, 2))
    np.testing.assert_allclose(flipped, W[::-1])
    centres = [bar.get_x() + bar.get_width() / 2 for bar in panels[1].patches[:3]]
    np.testing.assert_allclose(centres, [t - 2, t - 1, t])
    assert products.sum() == pytest.approx(np.convolve(X, W)[t])
    title = panels[3].get_title(loc="left")
    assert title.startswith(f"4  Their sum is one output: s({t}) = ")
    assert float(title.split("=")[-1]) == pytest.approx(products.sum())


def test_sliding_products_write_every_step():
    panels = plots.sliding_products(X, W, 3).figure.axes
    assert texts(panels[1])[:3] == ["w(2) = 0.2", "w(1) = 0.3", "w(0) = 0.5"]
    assert texts(panels[2]) == ["4 · 0.2\n= 0.8", "3 · 0.3\n= 0.9", "5 · 0.5\n= 2.5"]
    negative = plots.sliding_products([1, -2, 3], [1, -1], 2)
    assert "−2 · (−1) = 2 and 3 · 1 = 3 add up to s(2) = 5." in negative.alt


def test_sliding_products_of_a_long_track_show_the_neighbourhood():
    track = spaceship_track()
    panels = plots.sliding_products(track.measured, box(7), 60).figure.axes
    left, right = panels[0].get_xlim()
    assert 40 < left < 54 < 60 < right < 75
    assert texts(panels[0]) == []


def test_riemann_strips_add_up():
    picture = departure()
    coarse, fine, sums = picture.figure.axes
    for panel, width in ((coarse, 4.0), (fine, 1.0)):
        area = sum(bar.get_height() * bar.get_width() for bar in panel.patches)
        assert len(panel.patches) == 20 / width
        assert f"sum {area:.4g} km" in panel.get_title(loc="left")
    exact = departing_ship_smoothed(20.0, 0.5, 4.0)
    errors = np.abs(sums.lines[1].get_ydata() - exact)
    assert np.all(errors[1:] < errors[:-1] / 3)  # halved strips, quartered error
    uneven = plots.riemann(departing_ship(0.5), fading_weight(4.0), 20.0, 3.0)
    widths = [bar.get_width() for bar in uneven.figure.axes[0].patches]
    assert sum(widths) == pytest.approx(20.0)
    assert widths[-1] == pytest.approx(2.0)


def test_lag_against_noise_marks_the_best():
    axes = measured_lag().figure.axes[0]
    lag_line, noise_line, rmse_line, dots, star = axes.lines
    rmse = rmse_line.get_ydata()
    np.testing.assert_allclose(rmse**2, lag_line.get_ydata() ** 2 + noise_line.get_ydata() ** 2)
    assert star.get_xdata()[0] == 1 + np.argmin(rmse) == 6
    assert star.get_ydata()[0] == pytest.approx(rmse.min())
    np.testing.assert_allclose(dots.get_ydata(), rmse, rtol=0.05)


def test_start_up_lines_part_only_at_the_start():
    axes = plots.start_up(spaceship_track(), box(7)).figure.axes[0]
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in axes.lines}
    zeros, mended = lines["zeros before the start"], lines["weights renormalised"]
    waiting = lines["no estimate until full"]
    assert np.isnan(waiting).tolist() == [True] * 6 + [False] * 15
    np.testing.assert_allclose(zeros[6:], mended[6:])
    assert np.all(np.abs(zeros[:6] - mended[:6]) > 1.0)


def test_matrix_leaves_zeros_blank_and_centres_its_colours():
    cells = np.array([[0.0, -2.0], [1.0, 0.0]])
    axes = plots.matrix(cells).figure.axes[0]
    mesh = axes.collections[0]
    np.testing.assert_array_equal(np.ma.getmaskarray(mesh.get_array()).reshape(2, 2), cells == 0)
    assert mesh.norm.vmin == -mesh.norm.vmax
    assert sorted(texts(axes)) == ["1", "−2"]
    assert "2 of its 4 cells not zero, values from −2 to 1." in plots.matrix(cells).alt
    assert texts(plots.matrix(np.eye(30, 16)).figure.axes[0]) == []
    assert len(texts(plots.matrix(np.eye(30, 16), annotate=True).figure.axes[0])) == 16


def test_kernel_marks_its_mean_age():
    axes = plots.kernel(box(9), dt=0.5).figure.axes[0]
    assert axes.lines[-1].get_xdata()[0] == pytest.approx(0.5 * lag(box(9)))
    assert heights(axes) == pytest.approx(box(9))
    assert "(s)" in axes.get_xlabel()
    assert "no mean age" in plots.kernel([1.0, -1.0]).alt


def test_frequency_responses_begin_at_the_lag():
    gains, delays = plots.frequency_responses({"box": box(5)}, dt=0.5).figure.axes
    assert delays.lines[0].get_ydata() == pytest.approx(0.5 * lag(box(5)))
    frequency, gain = gains.lines[0].get_data()
    np.testing.assert_allclose(gain, np.abs(frequency_response(box(5), frequency, 0.5)))
    assert frequency[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.track(spaceship_track(), {"short": [1.0]}), "estimate 'short' must have"),
        (lambda: plots.track(spaceship_track(), zoom=(500, 600)), "zoom must hold at least one"),
        (lambda: plots.sliding_products(X, W, 7), "t must be from 0 to 6, got 7"),
        (lambda: plots.sliding_products([np.nan], W, 0), "x must hold finite numbers"),
        (lambda: plots.matrix([1.0]), "T must be a matrix of at least one cell"),
        (lambda: plots.matrix([[1.0]], highlight_row=1), "highlight_row must be from 0 to 0"),
        (lambda: plots.kernels({}), "weights must hold at least one kernel"),
        (lambda: plots.frequency_responses({}), "weights must hold at least one kernel"),
        (lambda: plots.compare_kernels({}), "summaries must hold at least one estimate"),
        (lambda: plots.lag_against_noise(1, 1, 1, [1, 2], [1.0]), r"measured must have shape"),
        (lambda: plots.riemann(abs, abs, 0.0, 1.0), "stop must be after start = 0.0, got 0.0"),
        (lambda: plots.riemann(abs, abs, 1.0, 0.0), "dt must be a positive number"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for figure_name, draw_figure in FIGURES.items():
        (BASELINE / f"{figure_name}.png").write_bytes(draw_figure().png())
        print(BASELINE / f"{figure_name}.png")
