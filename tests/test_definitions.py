"""The loops against values worked out by hand and against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnncourse import definitions

whole = st.integers(-9, 9)


def test_riemann_sum_converges_to_the_integral():
    """x(a) = a, w(age) = exp(-age): s(t) = t - 1 + exp(-t), error of second order in dt."""

    def error(dt):
        s = definitions.riemann_convolution(
            lambda a: a, lambda age: np.exp(-age), 3.0, start=0.0, stop=3.0, dt=dt
        )
        return abs(s - (2 + np.exp(-3.0)))

    assert error(0.01) < 1e-4
    assert error(0.05) / error(0.025) == pytest.approx(4.0, rel=0.01)


def test_riemann_sum_counts_each_bar_once():
    for dt in (0.1, 0.3, 0.7):  # steps that divide the range, almost do, do not
        area = definitions.riemann_convolution(
            lambda a: 1.0, lambda age: 1.0, 0.0, start=0.0, stop=0.3, dt=dt
        )
        assert area == pytest.approx(0.3)


def test_a_kernel_that_is_not_causal_sees_the_future():
    step = np.heaviside
    options = {"start": -5.0, "stop": 5.0, "dt": 0.01}
    causal = definitions.riemann_convolution(
        lambda a: step(a, 0.5), lambda age: 1.0 if 0 <= age < 1 else 0.0, -0.2, **options
    )
    leaky = definitions.riemann_convolution(
        lambda a: step(a, 0.5), lambda age: 1.0 if abs(age) < 0.5 else 0.0, -0.2, **options
    )
    assert causal == 0.0
    assert leaky == pytest.approx(0.3, abs=0.011)


def test_by_hand():
    assert definitions.convolve1d([1, 2, 0], [1, 10, 100]).tolist() == [1, 12, 120, 200, 0]
    assert definitions.cross_correlate1d([1, 2, 0, 3], [1, 10]).tolist() == [21, 2, 30]
    impulse = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert definitions.cross_correlate2d(impulse, kernel).tolist() == [[5]]
    full = definitions.convolve2d(impulse, kernel)
    assert full[1:4, 1:4].tolist() == kernel
    assert definitions.pool2d([[[-1, -2, 3], [-3, -4, 5]]], 2, stride=1).tolist() == [[[-1, 5]]]
    assert definitions.pool2d([[[3, 0], [0, 4]]], 2, "l2").tolist() == [[[5.0]]]
    assert definitions.pool2d([[[3, 0], [0, 4]]], 2, "average").tolist() == [[[1.75]]]


@given(hnp.arrays(np.int64, st.integers(1, 9), elements=whole), st.data())
def test_one_dimension_as_numpy(x, data):
    w = data.draw(hnp.arrays(np.int64, st.integers(1, len(x)), elements=whole))
    np.testing.assert_array_equal(definitions.convolve1d(x, w), np.convolve(x, w))
    np.testing.assert_array_equal(definitions.cross_correlate1d(x, w), np.correlate(x, w))


images = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=whole)


@given(images, images)
def test_equations_3_and_4_agree_and_commute(image, kernel):
    s = definitions.convolve2d(image, kernel)
    np.testing.assert_array_equal(s, definitions.convolve2d_commuted(image, kernel))
    np.testing.assert_array_equal(s, definitions.convolve2d(kernel, image))


def test_channels_by_einsum():
    rng = np.random.default_rng(0)
    x, kernel = rng.integers(-9, 9, (2, 6, 7)), rng.integers(-9, 9, (3, 2, 2, 3))
    view = np.lib.stride_tricks.sliding_window_view(x, (2, 3), axis=(1, 2))
    expected = np.einsum("lijmn,olmn->oij", view, kernel)
    np.testing.assert_array_equal(definitions.conv2d(x, kernel), expected)
    np.testing.assert_array_equal(definitions.conv2d(x, kernel, 2), expected[:, ::2, ::2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: definitions.convolve1d([], [1]), r"x must not be empty, got shape \(0,\)"),
        (lambda: definitions.cross_correlate1d([1], [1, 2]), "spans 2 .* = 1"),
        (lambda: definitions.convolve2d([1], [[1]]), "image must have 2 axes, got 1"),
        (lambda: definitions.conv2d([[[1]]], [[[[1]], [[1]]]]), "1 input channels, got shape"),
        (lambda: definitions.conv2d([[[1]]], [[[[1]]]], 0), "stride .* got 0"),
        (lambda: definitions.pool2d([[[1]]], 1, "median"), "'max', 'average' or 'l2'.*'median'"),
        (
            lambda: definitions.riemann_convolution(abs, abs, 0.0, start=0, stop=1, dt=0),
            "dt must be a positive number, got 0",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
