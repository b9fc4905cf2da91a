"""What the named kernels promise: sums, lags, noise gains, signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse import conv, kernels

lengths = st.integers(2, 60)


@given(lengths, st.sampled_from(sorted(kernels.KERNELS_1D)))
def test_weights_are_an_average(length, name):
    w = kernels.KERNELS_1D[name](length)
    assert w.shape == (length,)
    assert w.dtype == np.float64
    assert w.sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(w) <= 1e-15).all()  # the newest sample never counts less


@given(lengths)
def test_lags_in_closed_form(m):
    ages = np.arange(m)
    assert ages @ kernels.box(m) == pytest.approx((m - 1) / 2)
    assert ages @ kernels.linear(m) == pytest.approx((m - 1) / 3)
    assert ages @ kernels.local_linear(m) == pytest.approx(0.0, abs=1e-10)


@given(st.integers(2, 30))
def test_local_linear_is_the_least_squares_line(m):
    x = np.random.default_rng(m).normal(size=m)  # x[a], by age
    slope, value = np.polyfit(np.arange(m), x, 1)
    assert kernels.local_linear(m) @ x == pytest.approx(value, abs=1e-9)
    assert slope != 0


def test_exponential_and_gaussian_shapes():
    w = kernels.exponential(6, ratio=0.5)
    np.testing.assert_allclose(w[1:] / w[:-1], 0.5)
    half = kernels.gaussian(5, sigma=2.0)
    np.testing.assert_allclose(half / half[0], np.exp(-(np.arange(5.0) ** 2) / 8))
    bell = kernels.gaussian(7, centred=True)
    np.testing.assert_allclose(bell, bell[::-1])
    assert bell.argmax() == 3
    np.testing.assert_allclose(bell[3] / bell[0], np.exp(4.5))  # the ends at 3 sigma
    assert kernels.gaussian(1).tolist() == kernels.exponential(1).tolist() == [1.0]


def test_image_kernels_answer_as_named():
    ramp = np.tile(np.arange(5.0), (4, 1))  # brightens to the right
    for name in ("sobel", "prewitt"):
        assert (conv.cross_correlate2d(ramp, kernels.KERNELS_2D[f"{name}_x"]) > 0).all()
        assert (conv.cross_correlate2d(ramp, kernels.KERNELS_2D[f"{name}_y"]) == 0).all()
        assert (conv.cross_correlate2d(ramp.T, kernels.KERNELS_2D[f"{name}_y"]) > 0).all()
    sums = {name: kernel.sum() for name, kernel in kernels.KERNELS_2D.items()}
    ones = {"identity", "box", "gaussian", "sharpen", "emboss", "motion_blur"}
    for name, total in sums.items():
        assert total == pytest.approx(1.0 if name in ones else 0.0), name
    np.testing.assert_array_equal(
        conv.cross_correlate2d(ramp, kernels.KERNELS_2D["identity"]), ramp[1:-1, 1:-1]
    )


def test_shared_kernels_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        kernels.KERNELS_2D["box"][0, 0] = 7.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kernels.box(0), ValueError, "length must be a positive integer, got 0"),
        (lambda: kernels.linear(2.5), TypeError, "length must be a positive integer, got 2.5"),
        (lambda: kernels.local_linear(1), ValueError, "at least 2, got 1"),
        (lambda: kernels.exponential(3, ratio=0), ValueError, "ratio must lie above 0.*got 0"),
        (lambda: kernels.exponential(3, ratio=1.5), ValueError, "ratio .*got 1.5"),
        (lambda: kernels.gaussian(3, sigma=-1.0), ValueError, "sigma .*got -1.0"),
        (lambda: kernels.gaussian(3, sigma=float("nan")), ValueError, "sigma .*got nan"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
