"""Smoothing: every formula against its definition, a simulation or an independent route."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnncourse.data import constant_velocity_track
from cnncourse.kernels import KERNELS_1D, box, exponential, local_linear
from cnncourse.smoothing import (
    ErrorSummary,
    best_window_length,
    constant_velocity_rmse,
    error_summary,
    frequency_response,
    lag,
    noise_gain,
    smooth,
)

NAN = float("nan")
values = st.floats(-100, 100, allow_subnormal=False)
tracks = hnp.arrays(float, st.integers(0, 12), elements=values | st.just(NAN))
kernels = hnp.arrays(float, st.integers(1, 7), elements=st.floats(0.01, 5))


def smooth_by_definition(x, w, start, centred):
    """One output at a time, by asking for each age what sample there is."""
    offset = len(w) // 2 if centred else 0
    estimate = []
    for t in range(len(x)):
        terms, used = [], []
        for a, weight in enumerate(w):
            i = t + offset - a
            if 0 <= i < len(x) and not np.isnan(x[i]):
                terms.append(weight * x[i])
                used.append(weight)
        if start == "zeros":
            estimate.append(sum(terms))
        elif start == "drop":
            estimate.append(sum(terms) if len(used) == len(w) else NAN)
        else:
            estimate.append(sum(terms) * sum(w) / sum(used) if used else NAN)
    return np.array(estimate)


@given(
    x=tracks, w=kernels, start=st.sampled_from(["renormalise", "zeros", "drop"]), c=st.booleans()
)
def test_smooth_is_its_definition(x, w, start, c):
    expected = smooth_by_definition(x.tolist(), w.tolist(), start, c)
    np.testing.assert_allclose(smooth(x, w, start=start, centred=c), expected, atol=1e-9)


@pytest.mark.parametrize("name", KERNELS_1D)
@pytest.mark.parametrize("centred", [False, True])
def test_renormalised_start_keeps_a_constant(name, centred):
    w = KERNELS_1D[name](9)
    x = np.full(40, 7.0)
    x[[3, 20, 21]] = NAN
    np.testing.assert_allclose(smooth(x, w, centred=centred), 7.0, rtol=1e-12)


def test_start_up_in_three_ways():
    x = np.full(6, 12.0)
    zeros, drop, mended = (
        smooth(x, box(4), start=start) for start in ("zeros", "drop", "renormalise")
    )
    assert zeros.tolist() == [3.0, 6.0, 9.0, 12.0, 12.0, 12.0]
    assert np.isnan(drop).tolist() == [True, True, True, False, False, False]
    assert mended.tolist() == [12.0] * 6


def test_drop_outs_are_not_zeros():
    x = np.array([6.0, NAN, 6.0, 6.0])
    assert smooth(x, box(2)).tolist() == [6.0, 6.0, 6.0, 6.0]
    assert smooth(x, box(2), start="zeros").tolist() == [3.0, 3.0, 3.0, 6.0]
    assert np.isnan(smooth(x, box(2), start="drop")).tolist() == [True, True, True, False]
    assert np.isnan(smooth([NAN, NAN, 1.0], [0.5, 0.5])).tolist() == [True, True, False]


def test_samples_without_weight_give_no_estimate():
    assert np.isnan(smooth([5.0, 1.0], [0.0, 1.0])).tolist() == [True, False]


def test_centred_does_not_lag_and_uses_the_future():
    x = np.arange(20.0)
    np.testing.assert_allclose(smooth(x, box(5), centred=True)[2:-2], x[2:-2])
    np.testing.assert_allclose(smooth(x, box(5))[4:], x[4:] - 2.0)
    changed = x.copy()
    changed[10] += 1.0
    assert np.flatnonzero(smooth(changed, box(5)) != smooth(x, box(5))).min() == 10
    centred = smooth(changed, box(5), centred=True) != smooth(x, box(5), centred=True)
    assert np.flatnonzero(centred).min() == 8


def test_input_is_left_alone_and_lists_will_do():
    x, w = np.array([1.0, NAN, 3.0]), np.array([0.5, 0.5])
    before = x.copy(), w.copy()
    result = smooth(x, w)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(w, before[1])
    np.testing.assert_array_equal(smooth(x.tolist(), [0.5, 0.5]), result)
    assert smooth(np.array([1, 2], dtype=np.int32), [1]).dtype == np.float64
    assert smooth([], [1.0]).shape == (0,)
    assert not np.shares_memory(smooth(x, [1.0]), x)


def test_long_kernel_and_long_track():
    x = np.random.default_rng(0).standard_normal(3000)
    np.testing.assert_allclose(smooth(x, box(4000)), np.cumsum(x) / np.arange(1, 3001), atol=1e-9)


@pytest.mark.parametrize("name", KERNELS_1D)
def test_bias_on_constant_velocity_is_minus_velocity_times_lag(name):
    w = KERNELS_1D[name](11)
    velocity, dt = 0.3, 0.5
    x = 20.0 + velocity * dt * np.arange(60)
    error = smooth(x, w)[10:] - x[10:]
    np.testing.assert_allclose(error, -velocity * dt * lag(w), atol=1e-12)


def test_lag_of_known_kernels():
    assert lag(box(7)) == pytest.approx(3.0)
    assert lag(local_linear(7)) == pytest.approx(0.0, abs=1e-12)
    assert lag([0.0, 0.0, 5.0]) == 2.0
    # Geometric series: mean age r / (1 - r) of weights r**a.
    assert lag(exponential(400, ratio=0.8)) == pytest.approx(4.0)


@given(kernels)
def test_noise_gain_is_the_variance_of_smoothed_white_noise(w):
    # The autocovariance at lag 0 is the response's mean square over all frequencies (Parseval).
    frequencies = np.arange(64) / 64
    power = np.mean(np.abs(frequency_response(w, frequencies)) ** 2)
    assert noise_gain(w) == pytest.approx(power)


@pytest.mark.parametrize("name", KERNELS_1D)
def test_closed_form_agrees_with_a_simulated_flight(name):
    velocity, dt, sigma, w = 0.2, 0.5, 1.5, KERNELS_1D[name](9)
    flight = constant_velocity_track(velocity=velocity, duration=20_000, dt=dt, sigma=sigma, seed=5)
    measured = error_summary(smooth(flight.measured, w, start="drop"), flight.position)
    expected = constant_velocity_rmse(w, velocity=velocity, dt=dt, sigma=sigma)
    assert measured.rmse == pytest.approx(expected, rel=0.03)
    assert measured.bias == pytest.approx(-velocity * dt * lag(w), abs=0.05)
    assert measured.sd == pytest.approx(sigma * np.sqrt(noise_gain(w)), rel=0.03)


@given(
    velocity=st.floats(1e-6, 1e3),
    dt=st.floats(1e-3, 10),
    sigma=st.floats(0, 1e4),
    longest=st.integers(1, 300),
)
def test_best_window_is_the_best_of_all(velocity, dt, sigma, longest):
    errors = [
        constant_velocity_rmse(box(m), velocity=velocity, dt=dt, sigma=sigma)
        for m in range(1, longest + 1)
    ]
    best = best_window_length(velocity, dt, sigma, max_length=longest)
    assert 1 <= best <= longest
    assert errors[best - 1] <= min(errors) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("arguments", "length"),
    [
        ((0.3, 1.0, 3.0), 6),
        ((-0.3, 1.0, 3.0), 6),
        ((0.15, 2.0, 3.0), 6),
        ((0.3, 1.0, 0.0), 1),
        ((0.0, 1.0, 3.0), 1000),
        ((0.0, 1.0, 0.0), 1),
        ((1e-300, 1.0, 1e300), 1000),
        ((1e300, 1.0, 1e-300), 1),
        ((2.0, 1.0, 2.0), 2),  # (2 · 1/2)² + 4/2 = 3 < 4
    ],
)
def test_best_window_of_known_cases(arguments, length):
    assert best_window_length(*arguments) == length


def test_best_window_takes_the_shorter_of_equals():
    # m = 1: sigma²; m = 2: (v/2)² + sigma²/2; equal for v² = 2 sigma².
    velocity = np.sqrt(2.0)
    one, two = (
        constant_velocity_rmse(box(m), velocity=velocity, dt=1.0, sigma=1.0) for m in (1, 2)
    )
    assert one == pytest.approx(two)
    assert best_window_length(velocity * (1 + 1e-9), 1.0, 1.0) == 1
    assert best_window_length(velocity * (1 - 1e-9), 1.0, 1.0) == 2


@given(hnp.arrays(float, 8, elements=values), hnp.arrays(float, 8, elements=values))
def test_error_summary_splits_the_mean_square(estimate, truth):
    summary = error_summary(estimate, truth)
    assert summary.rmse == pytest.approx(np.sqrt(np.mean((estimate - truth) ** 2)), abs=1e-9)
    assert summary.rmse**2 == pytest.approx(summary.bias**2 + summary.sd**2, abs=1e-9)


def test_error_summary_leaves_out_what_is_missing():
    assert error_summary([NAN, 3.0, 1.0], [0.0, 1.0, 1.0]) == ErrorSummary(np.sqrt(2), 1.0, 1.0)


def test_frequency_response_is_what_smoothing_does_to_a_sine():
    w, f, dt = exponential(9), 0.07, 0.5
    time = dt * np.arange(400)
    response = complex(frequency_response(w, f, dt))
    expected = abs(response) * np.sin(2 * np.pi * f * time + np.angle(response))
    np.testing.assert_allclose(
        smooth(np.sin(2 * np.pi * f * time), w)[8:], expected[8:], atol=1e-12
    )


def test_frequency_response_agrees_with_the_fft():
    w = local_linear(16)
    np.testing.assert_allclose(frequency_response(w, np.fft.fftfreq(16)), np.fft.fft(w), atol=1e-12)
    assert frequency_response(w, np.zeros((2, 3))).shape == (2, 3)
    assert frequency_response(w, 0.1).shape == ()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: lag([1.0, -1.0]), ValueError, "w must not sum to 0"),
        (lambda: lag([]), ValueError, "w must hold at least one weight, got none"),
        (lambda: lag([[1.0]]), ValueError, "w must have 1 axis, got 2"),
        (lambda: noise_gain([NAN]), ValueError, "w must hold finite numbers"),
        (lambda: noise_gain(["a"]), TypeError, "w must hold numbers"),
        (lambda: noise_gain([1j]), TypeError, "w must hold real numbers"),
        (
            lambda: constant_velocity_rmse([1, 1], velocity=1, dt=1, sigma=1),
            ValueError,
            "w must sum to 1, got a sum of 2",
        ),
        (lambda: best_window_length(NAN, 1, 1), ValueError, "velocity must be a finite number"),
        (lambda: best_window_length(1, 0, 1), ValueError, "dt must be a positive number"),
        (lambda: best_window_length(1, 1, -1), ValueError, "sigma must be at least 0 km, got -1"),
        (
            lambda: best_window_length(1, 1, 1, max_length=0),
            ValueError,
            "max_length must be a positive integer, got 0",
        ),
        (lambda: smooth([1.0], [1.0], start="zero"), ValueError, "start must be 'renormalise', "),
        (lambda: smooth([[1.0]], [1.0]), ValueError, "x must have 1 axis, got 2"),
        (lambda: smooth([np.inf], [1.0]), ValueError, "x must hold numbers, or NaN"),
        (lambda: smooth([1.0], [1.0, -1.0]), ValueError, "w must not sum to 0"),
        (lambda: error_summary([1.0], [1.0, 2.0]), ValueError, "must have the same shape"),
        (lambda: error_summary([NAN], [1.0]), ValueError, "at least one sample"),
        (lambda: frequency_response([1.0], 0.1, dt=-1), ValueError, "dt must be a positive"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()
