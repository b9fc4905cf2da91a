"""The locally connected layer: a convolution where all places have the same weights."""

import numpy as np
import pytest

from cnncourse.conv import cross_correlate2d
from cnncourse.experiments.local import locally_connected

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(5, 6))


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 5), (5, 3)])
def test_with_shared_weights_it_is_a_convolution(shape):
    kernel = RANDOM.normal(size=shape)
    everywhere = np.broadcast_to(kernel, (*X.shape, *shape))
    expected = cross_correlate2d(X, kernel, mode="same", boundary="circular")
    np.testing.assert_allclose(locally_connected(X, everywhere), expected)


def test_each_place_has_its_own_weights():
    own = RANDOM.normal(size=(*X.shape, 3, 5))
    found = locally_connected(X, own)
    for i, j in np.ndindex(X.shape):
        kernel = own[i, j]
        there = cross_correlate2d(X, kernel, mode="same", boundary="circular")[i, j]
        assert found[i, j] == pytest.approx(there)


@pytest.mark.parametrize("shape", [(5, 6, 2, 3), (5, 6, 3, 4), (6, 5, 3, 3), (4, 6, 3, 3)])
def test_refuses(shape):
    with pytest.raises(ValueError, match=r"odd kernel for each of \(5, 6\) pixels, got shape"):
        locally_connected(X, np.zeros(shape))
