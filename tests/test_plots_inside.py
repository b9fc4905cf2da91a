"""Figures of what a trained network holds: what they draw and say agrees with the numbers."""

import io

import numpy as np
import pytest
from PIL import Image

from cnncourse import plots
from tests.figures import assert_for_a_listener, assert_whole_and_readable

RANDOM = np.random.default_rng(3)
KERNELS = RANDOM.normal(size=(14, 2, 3, 2))
IMAGE = RANDOM.random((9, 7))
MAPS = {"image": IMAGE[None], "conv": RANDOM.normal(size=(10, 5, 7)), "pool": np.ones((3, 2, 3))}
HEATS = {"slope": RANDOM.random((9, 7)), "share": RANDOM.normal(size=(9, 7))}

FIGURES = {
    "filters": lambda: plots.filters(KERNELS, title="Fourteen filters", channel=1),
    "maps_through_depth": lambda: plots.maps_through_depth(MAPS, title="One image"),
    "heat_over_image": lambda: plots.heat_over_image(IMAGE, HEATS, title="Two answers"),
    "five maps": lambda: plots.heat_over_image(
        IMAGE, {f"method {k}": HEATS["share"] * k for k in range(5)}, title="Five answers"
    ),
}


def drawn(picture):
    """What each panel that shows an image shows."""
    return [np.asarray(axes.images[0].get_array()) for axes in picture.figure.axes if axes.images]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_whole_readable_small_and_in_words(name):
    picture = FIGURES[name]()
    assert_whole_and_readable(picture)
    assert_for_a_listener(picture.alt)
    png = FIGURES[name]().png()
    assert len(png) < 150_000
    assert 300 < Image.open(io.BytesIO(png)).width < 2000
    assert png == FIGURES[name]().png()


def test_each_filter_is_drawn_on_one_scale():
    picture = FIGURES["filters"]()
    assert np.array_equal(drawn(picture), KERNELS[:, 1])
    limits = {axes.images[0].get_clim() for axes in picture.figure.axes if axes.images}
    largest = np.abs(KERNELS[:, 1]).max()
    assert limits == {(-largest, largest)}
    sizes = np.linalg.norm(KERNELS[:, 1].reshape(14, -1), axis=1)
    assert f"The strongest is filter {sizes.argmax()}; the weakest is filter {sizes.argmin()}" in (
        picture.alt
    )


def test_maps_stand_in_rows_and_say_how_many_are_left_out():
    picture = FIGURES["maps_through_depth"]()
    shown = [*MAPS["image"], *MAPS["conv"][:8], *MAPS["pool"]]
    found = drawn(picture)
    assert len(found) == len(shown) == 12
    assert all(np.array_equal(a, b) for a, b in zip(found, shown, strict=True))
    assert [axes.get_ylabel() for axes in picture.figure.axes if axes.get_ylabel()] == [
        "image",
        "conv\n+ 2 more",
        "pool",
    ]
    assert "conv: 10 maps of 5 by 7 places" in picture.alt
    share = 100 * np.mean(MAPS["conv"] > 0)
    assert f"{share:.0f} % of all places above 0. pool" in picture.alt


def test_heat_is_drawn_about_zero_and_gaps_stay_white():
    heat = HEATS["share"].copy()
    heat[0, :] = np.nan
    heat[4, 5] = -40
    picture = plots.heat_over_image(IMAGE, {"share": heat}, title="One answer")
    image, cells = drawn(picture)
    assert np.array_equal(image, IMAGE)
    assert np.array_equal(np.isnan(np.ma.filled(cells, np.nan)), np.isnan(heat))
    assert picture.figure.axes[1].images[0].get_clim() == (-40, 40)
    sizes = np.sort(np.nan_to_num(np.abs(heat)).ravel())[::-1]
    many = next(k for k in range(1, 64) if sizes[:k].sum() >= sizes.sum() / 2)
    assert picture.alt.endswith(
        "share: strongest at row 4, column 5, with −40; half of its total lies in "
        f"{many} of 63 pixels."
    )


def test_nothing_found_is_said():
    alt = plots.heat_over_image(IMAGE, {"dead": np.zeros((9, 7))}, title="None").alt
    assert alt.endswith("dead: 0 everywhere.")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.filters(KERNELS, title="", channel=2),
        lambda: plots.filters(np.zeros((0, 1, 3, 3)), title=""),
        lambda: plots.maps_through_depth({}, title=""),
        lambda: plots.maps_through_depth(MAPS, title="", most=13),
        lambda: plots.heat_over_image(IMAGE, {}, title=""),
        lambda: plots.heat_over_image(IMAGE, {"other": np.ones((7, 9))}, title=""),
        lambda: plots.heat_over_image(IMAGE, {"gap": np.full((9, 7), np.nan)}, title=""),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(ValueError, match=r"must (hold|be|have|say)"):
        draw()
