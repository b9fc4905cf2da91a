"""Shift consistency against loops over pairs; blur pooling raises it."""

import numpy as np
import pytest

from cnncourse import inside
from cnncourse.inside import shift_consistency
from cnncourse.inside.shifting import shifted
from cnncourse.networks.blur_pool import max_blur_pool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import fixed, odd_network, some_images

SHIFTS = [(0, 0), (1, -2), (-1, 0), (0, 3)]


@pytest.mark.parametrize("move", [*SHIFTS, (9, 0), (-20, 1)])
def test_images_move_pixel_by_pixel(move):
    images = some_images(2)
    expected = np.full(images.shape, 0.5)
    for n, c, i, j in np.ndindex(images.shape):
        if 0 <= i + move[0] < 9 and 0 <= j + move[1] < 8:
            expected[n, c, i + move[0], j + move[1]] = images[n, c, i, j]
    assert np.array_equal(shifted(images, *move, 0.5), expected)


def test_the_share_is_that_of_all_pairs():
    net, images = odd_network(), some_images(12)
    agree = np.zeros((12, 6))
    for n, image in enumerate(images):
        said = [net.forward(shifted(image[None], *move, -1.0)).argmax() for move in SHIFTS]
        agree[n] = [said[a] == said[b] for a in range(4) for b in range(a)]
    found = shift_consistency(net, images, SHIFTS, fill=-1.0)
    np.testing.assert_allclose(found.by_image, agree.mean(1))
    assert found.share == pytest.approx(agree.mean())
    assert 0 < found.share < 1
    assert found.pairs == 6


def test_a_network_that_always_says_the_same_is_consistent():
    dense = Dense(144, 5, random=np.random.default_rng(0))
    net = fixed([Flatten(), dense], _1_kernel=np.zeros((5, 144)), _1_bias=np.arange(5))
    assert shift_consistency(net, some_images(), SHIFTS).share == 1


def mean_of_outputs(parts, outputs, dtype=np.float64):
    """Class 0: sum of what is left; class 1: a threshold."""
    random = np.random.default_rng(0)
    net = Sequential([*parts, Flatten(), Dense(outputs, 2, random=random, dtype=dtype)])
    net[-1].parameters["kernel"][:] = [[1], [0]] * np.ones(outputs)
    net[-1].parameters["bias"][:] = [0, 3]
    return net


def test_blurring_before_leaving_out_keeps_what_plain_strides_lose():
    # two inked pixels in every other column: a stride of 2 sees all of them or none
    image = np.zeros((1, 1, 8, 17))
    image[..., 2:6, 4:12:2] = 1
    moves = [(0, 0), (0, 1), (1, 0), (1, 1)]
    plain = mean_of_outputs([Pool(1, stride=2)], 4 * 9)
    blurred = mean_of_outputs([*max_blur_pool(1)], 4 * 9)
    assert shift_consistency(plain, image, moves).share == pytest.approx(2 / 6)
    assert shift_consistency(blurred, image, moves).share == 1


def test_more_than_a_network_of_convolutions_alone_cannot_lose():
    """Without strides, and summed over all places, only the border could tell shifts apart."""
    random = np.random.default_rng(4)
    images = np.zeros((6, 1, 12, 12))
    images[..., 4:8, 4:8] = random.normal(size=(6, 1, 4, 4))
    conv = Convolution(1, 3, 3, padding=1, random=random, dtype=np.float64)
    net = Sequential([conv, ReLU(), Flatten(), Dense(432, 4, random=random, dtype=np.float64)])
    of_channel = random.normal(size=(4, 3, 1))
    net[-1].parameters["kernel"][:] = np.repeat(of_channel, 144, axis=2).reshape(4, 432)
    found = shift_consistency(net, images, [(i, j) for i in (-2, 0, 3) for j in (-3, 1)])
    assert found.share == 1


@pytest.mark.parametrize("shifts", [[], [(0, 0)], [(0, 1), (0, 1)]])
def test_fewer_than_two_shifts_are_refused(shifts):
    with pytest.raises(ValueError, match="two or more different"):
        shift_consistency(odd_network(), some_images(), shifts)


def test_shifts_are_whole_pixels():
    with pytest.raises(TypeError, match="shifts must be"):
        shift_consistency(odd_network(), some_images(), [(0, 0), (0, 0.5)])
    with pytest.raises(ValueError, match=r"\(N, C, H, W\)"):
        shift_consistency(odd_network(), some_images()[0], SHIFTS)


def test_a_lesson_can_move_images_and_tell_probabilities():
    moved = inside.shifted(np.array([[[[1, 2], [3, 4]]]]), 0, 1)
    assert moved.tolist() == [[[[0, 1], [0, 3]]]]
    assert inside.probabilities(np.array([[0.0, 0.0]])).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("shifts", [[0, 1], [(0, 0), (0,)], [(0, 0), "ab", (1, 1)]])
def test_shifts_that_are_no_pairs_are_named(shifts):
    with pytest.raises((TypeError, ValueError), match="shifts must be"):
        shift_consistency(odd_network(), some_images(2), shifts)
