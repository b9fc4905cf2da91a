"""The sanity check itself: it must tell a map of the weights from a map of the image alone."""

import numpy as np
import pytest
from scipy import stats

from cnncourse.data import digits
from cnncourse.inside import (
    grad_cam,
    gradient_times_input,
    randomised,
    rank_correlation,
    saliency,
    sanity_check,
)
from cnncourse.networks.parts import Dense, Flatten, ReLU
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import digits_parts, odd_network, some_images

LABELS = np.arange(6) % 5


@pytest.mark.parametrize("seed", range(5))
def test_ranks_correlate_as_scipy_says(seed):
    random = np.random.default_rng(seed)
    one, two = random.integers(0, 2 + 3 * seed, (2, 4, 6)), random.normal(size=(2, 4, 6))
    two = two.round(seed % 3) + one
    for first, second in ((one, two), (two, -one), (one, one)):
        expected = stats.spearmanr(first.ravel(), second.ravel()).statistic
        assert rank_correlation(first, second) == pytest.approx(expected)


def test_a_constant_map_has_no_correlation():
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))
    with pytest.raises(ValueError, match="one shape"):
        rank_correlation([1, 2], [1, 2, 3])


def test_only_the_parts_asked_for_forget():
    net = odd_network()
    net[6].parameters["kernel"][:] *= 100
    before = {name: values.copy() for name, values in net.parameters.items()}
    found = randomised(net, [0, -1], seed=2)
    assert all(np.array_equal(net.parameters[name], values) for name, values in before.items())
    for name, values in found.parameters.items():
        kept = np.array_equal(values, before[name])
        assert kept == name.startswith("3."), name
    assert not found.parameters["6.bias"].any()
    kernel = found.parameters["6.kernel"]
    assert kernel.std() == pytest.approx(np.sqrt(2 / 48), rel=0.1)
    alone = randomised(net, [6], seed=2).parameters["6.kernel"]
    assert np.array_equal(alone, kernel)
    assert not np.array_equal(randomised(net, [6], seed=3).parameters["6.kernel"], kernel)


def test_an_edge_detector_is_found_out():
    def edges(network, images, labels):
        return np.abs(np.diff(images, axis=-1)).sum(axis=1)

    found = sanity_check(odd_network(), some_images(6), LABELS, edges)
    assert found.parts == (6, 3, 0)
    assert np.array_equal(found.similarity, np.ones((3, 6)))
    assert np.all(found.between_images < 0.9)


def test_the_check_is_that_of_its_definition():
    net, images = odd_network(), some_images(6)
    found = sanity_check(net, images, LABELS, seed=4)
    original = saliency(net, images, LABELS)
    for stage, parts in enumerate([(6,), (6, 3), (6, 3, 0)]):
        forgetful = randomised(net, parts, seed=4)
        for n in range(6):
            other = saliency(forgetful, images[n], int(LABELS[n]))
            expected = stats.spearmanr(original[n].ravel(), other.ravel()).statistic
            assert found.similarity[stage, n] == pytest.approx(expected)
    nearest = [stats.spearmanr(original[n].ravel(), original[(n + 1) % 6].ravel()).statistic
               for n in range(6)]  # fmt: skip
    np.testing.assert_allclose(found.between_images, nearest)
    np.testing.assert_allclose(found.mean, found.similarity.mean(axis=1))
    assert "0 randomised; " in str(found)


def test_a_map_that_hangs_on_the_weights_forgets_with_them():
    random = np.random.default_rng(0)
    net = Sequential([Flatten(), Dense(144, 5, random=random, dtype=np.float64)])
    found = sanity_check(net, some_images(6), LABELS)
    assert np.abs(found.mean).max() < 0.3  # independent weights, 72 places


def test_on_digits_the_ink_alone_makes_most_of_gradient_times_input():
    net, (images, labels) = digits_parts(), digits()
    x, y = images[1297:1397, np.newaxis] / 16, labels[1297:1397].astype(int)
    slopes = sanity_check(net, x, y)
    shares = sanity_check(net, x, y, gradient_times_input)
    assert slopes.mean.max() < 0.3  # no more than maps of different digits have in common
    assert abs(slopes.mean[-1] - slopes.between_images.mean()) < 0.15
    assert shares.mean.min() > 0.85  # forgetting all that was learned changes little
    assert shares.between_images.mean() < 0.65


def test_constant_maps_count_for_nothing():
    def half_constant(network, images, labels):
        maps = saliency(network, images, labels)
        maps[:3] = 0
        return maps

    found = sanity_check(odd_network(), some_images(6), LABELS, half_constant)
    assert np.isnan(found.similarity[:, :3]).all()
    np.testing.assert_allclose(found.mean, found.similarity[:, 3:].mean(axis=1))
    silent = sanity_check(
        odd_network(), some_images(6), LABELS, lambda net, x, labels: np.zeros((6, 2, 2))
    )
    assert np.isnan(silent.mean).all()


def test_other_methods_fit_in():
    found = sanity_check(
        odd_network(), some_images(6), LABELS, lambda *given: grad_cam(*given, 1, upsampling="none")
    )
    assert found.similarity.shape == (3, 6)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(ValueError, match="two or more, got 1"):
        sanity_check(odd_network(), some_images(1), [0])
    with pytest.raises(ValueError, match="parts that learn"):
        sanity_check(Sequential([ReLU()]), some_images(2), [0, 0])
    with pytest.raises(ValueError, match="label must be 2 whole numbers"):
        sanity_check(odd_network(), some_images(2), [0])


def test_nothing_is_claimed_from_no_number():
    for wrong in (np.nan, np.inf):
        with pytest.raises(ValueError, match="must be finite"):
            rank_correlation([1, wrong], [1, 2])


@pytest.mark.parametrize("parts", [[], [1], [1, 2]])
def test_a_network_that_can_forget_nothing_is_refused(parts):
    with pytest.raises(ValueError, match="parts must have one that learns"):
        randomised(odd_network(), parts)
