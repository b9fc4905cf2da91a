"""The closed form of eq. (1) against SciPy's quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad

from cnncourse.continuous import departing_ship, departing_ship_smoothed, fading_weight


@pytest.mark.parametrize("velocity", [0.5, -3.0, 0.0])
@pytest.mark.parametrize("tau", [0.3, 4.0, 50.0])
@pytest.mark.parametrize("t", [-2.0, 0.0, 0.7, 20.0])
def test_closed_form_is_the_integral(velocity, tau, t):
    x, w = departing_ship(velocity), fading_weight(tau)
    integral = quad(lambda a: float(x(a) * w(t - a)), 0.0, max(t, 0.0), epsabs=1e-12)[0]
    assert departing_ship_smoothed(t, velocity, tau) == pytest.approx(integral, abs=1e-9)


def test_weight_is_causal_and_has_integral_one():
    w = fading_weight(4.0)
    assert np.all(w(np.linspace(-5, -0.01, 50)) == 0)
    assert quad(lambda a: float(w(a)), 0, 400)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("tau", [0, -1, float("nan"), float("inf")])
def test_time_constant_must_be_positive(tau):
    with pytest.raises(ValueError, match="time_constant must be a positive number"):
        fading_weight(tau)
