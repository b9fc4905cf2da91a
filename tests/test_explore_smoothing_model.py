"""The smoothing explorer's numbers, against the definitions and `cnncourse.smoothing`."""

import dataclasses

import numpy as np
import pytest

from cnncourse.data import Track, constant_velocity_track, spaceship_track
from cnncourse.explore.numbers import fixed
from cnncourse.explore.smoothing_model import (
    KERNEL_NAMES,
    MAX_LENGTH,
    SEEDS,
    SmoothingModel,
    SmoothingState,
    kernel_weights,
)
from cnncourse.kernels import KERNELS_1D
from cnncourse.smoothing import smooth


def state_with(**changes):
    plain = SmoothingState(
        kernel_name="own", weights=(0.5, 0.3, 0.2), centred=False, sigma=0.5, seed=1, t=40
    )
    return dataclasses.replace(plain, **changes)


@pytest.fixture(scope="module")
def model():
    return SmoothingModel(spaceship_track(dropouts=9, seed=3))


@pytest.mark.parametrize("name", KERNEL_NAMES)
@pytest.mark.parametrize("length", [1, 2, 5, 8, MAX_LENGTH])
def test_causal_kernels_are_the_package_s(name, length):
    expected = KERNELS_1D[name](length) if length > 1 else [1.0]
    np.testing.assert_array_equal(kernel_weights(name, length), expected)


@pytest.mark.parametrize("name", KERNEL_NAMES)
@pytest.mark.parametrize("length", range(1, MAX_LENGTH + 1))
def test_centred_kernels_average_and_odd_ones_have_no_lag(name, length):
    weights = kernel_weights(name, length, centred=True)
    assert weights.shape == (length,)
    assert weights.sum() == pytest.approx(1.0)
    if length % 2:
        np.testing.assert_allclose(weights, weights[::-1], atol=1e-15)


@pytest.mark.parametrize("length", range(2, 12))
@pytest.mark.parametrize("centred", [False, True])
def test_local_linear_follows_a_straight_line_exactly(length, centred):
    weights = kernel_weights("local_linear", length, centred=centred)
    line = 3.0 - 0.7 * np.arange(60.0)
    estimate = smooth(line, weights, start="drop", centred=centred)
    inside = ~np.isnan(estimate)
    np.testing.assert_allclose(estimate[inside], line[inside], atol=1e-10)


@pytest.mark.parametrize("name", ["linear", "exponential", "gaussian"])
def test_the_centred_partner_falls_away_from_the_current_sample(name):
    weights = kernel_weights(name, 9, centred=True)
    assert weights.argmax() == 4
    assert (np.diff(weights[4:]) < 0).all()


def test_an_unknown_kernel_is_named():
    with pytest.raises(ValueError, match="'sinc'"):
        kernel_weights("sinc", 5)


def test_draw_0_is_the_track_s_own_noise():
    track = spaceship_track(dropouts=5, seed=2)
    model = SmoothingModel(track)
    np.testing.assert_allclose(model.measured(model.default_state()), track.measured, atol=1e-12)


def test_draws_differ_and_scale_with_sigma(model):
    draws = {model.measured(state_with(seed=seed)).tobytes() for seed in range(SEEDS)}
    assert len(draws) == SEEDS
    small = model.measured(state_with(sigma=0.5)) - model.position
    large = model.measured(state_with(sigma=2.0)) - model.position
    np.testing.assert_allclose(large, 4 * small)


def test_without_noise_in_the_track_draw_0_is_still_noise():
    model = SmoothingModel(
        constant_velocity_track(velocity=0.1, duration=50.0, dt=1.0, sigma=0.0, seed=0)
    )
    assert np.abs(model.unit_noise[0]).max() > 1.0


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("t", [0, 1, 2, 40, 41, 100, 179, 180])
def test_the_products_sum_to_the_estimate(model, centred, t):
    state = state_with(weights=(0.4, 0.4, -0.1, 0.2, 0.3), centred=centred, t=t)
    terms = model.sliding_sum(state)
    expected = smooth(
        model.measured(state), state.weights, start="renormalise", centred=state.centred
    )[t]
    assert terms.product.sum() == pytest.approx(expected)
    assert terms.total == pytest.approx(expected)
    assert terms.weight.sum() == pytest.approx(sum(state.weights))


def test_weight_i_lies_on_the_sample_of_age_i(model):
    assert model.sliding_sum(state_with(t=40)).index.tolist() == [40, 39, 38]
    assert model.sliding_sum(state_with(t=40, centred=True)).index.tolist() == [41, 40, 39]


def test_a_drop_out_has_no_weight(model):
    lost = int(np.flatnonzero(~model.present)[0])
    terms = model.sliding_sum(state_with(t=lost))
    assert np.isnan(terms.sample[0])
    assert terms.weight[0] == terms.product[0] == 0.0


def test_the_summary_splits_the_error(model):
    summary = model.summary(state_with())
    assert summary.rmse**2 == pytest.approx(summary.bias**2 + summary.sd**2)


def test_the_bias_is_the_kernel_s_and_the_mean_of_the_noise(model):
    # Without smoothing all bias is the noise's; a longer box adds its lag to what is left of it.
    for length in (1, 3, 7):
        weights = tuple(kernel_weights("box", length))
        state = state_with(weights=weights, sigma=1.5, phase="constant velocity")
        chosen = model.samples(state.phase)
        noise = model.estimate(state) - model.estimate(dataclasses.replace(state, sigma=0.0))
        rest = model.summary(state).bias - model.kernel_bias(state)
        assert rest == pytest.approx(np.nanmean(noise[chosen]), abs=1e-9)
        assert abs(rest) > 1e-3
        assert (model.kernel_bias(state) == 0) == (length == 1)
    assert np.isnan(model.kernel_bias(state_with(weights=(1.0, -1.0))))


def test_the_bias_of_a_phase_is_the_lag_times_the_velocity():
    track = spaceship_track(velocity=0.3, sigma=0.0)
    model = SmoothingModel(track)
    weights = tuple(kernel_weights("box", 7))
    cruise = state_with(weights=weights, sigma=0.0, phase="constant velocity")
    # The first six estimates of the phase still hold samples of the acceleration before it.
    assert model.summary(cruise).bias == pytest.approx(-0.3 * 3, rel=0.03)
    back = dataclasses.replace(cruise, phase="constant velocity again")
    assert model.summary(back).bias == pytest.approx(0.3 * 3, rel=0.03)
    # There and back cancel, which is why a phase is chosen at the start.
    assert abs(model.summary(dataclasses.replace(cruise, phase="")).bias) < 0.3 * 3 / 4
    assert model.default_state().phase == "constant velocity"


def test_weights_that_sum_to_zero_give_no_estimate(model):
    state = state_with(weights=(1.0, -1.0))
    assert np.isnan(model.estimate(state)).all()
    assert model.summary(state) is None
    assert "no estimate" in model.describe(state)


def test_the_description_names_kernel_place_and_errors(model):
    text = model.describe(state_with(kernel_name="local_linear", phase="start-up"))
    summary = model.summary(state_with(phase="start-up"))
    assert "causal local linear kernel of 3 lies at t = 40 s" in text
    assert f"RMSE {fixed(summary.rmse)} km" in text
    assert "Over the phase start-up" in text
    assert "Over the whole track" in model.describe(state_with())


@pytest.mark.parametrize("n", [0, 1, 5001])
def test_a_track_too_short_or_too_long_is_refused(n):
    values = np.zeros(n)
    with pytest.raises(ValueError, match="2 to 5000 samples"):
        SmoothingModel(Track(values, values, values, 1.0, 0.1, "odd", "test", ()))


def test_phases_without_samples_are_left_out():
    model = SmoothingModel(spaceship_track(duration=5.0))
    assert "start-up" in {name for name, _, _ in model.track.phases}
    assert "start-up" not in model.phases
    assert model.default_state().phase in model.phases


def test_a_track_without_phases_is_judged_as_a_whole():
    time = np.arange(30.0)
    model = SmoothingModel(Track(time, time, time, 1.0, 0.1, "plain", "test", ()))
    assert model.default_state().phase == ""
    assert model.default_state().t == 22
