"""Occlusion against a loop of single images and against known weights."""

import numpy as np
import pytest

from cnncourse.inside import occlusion, over_pixels
from cnncourse.networks.parts import Dense, Flatten, Pool
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import fixed, odd_network, some_images


def one_by_one(net, image, label, size, stride, fill, kind):
    def value(x):
        scores = net.forward(x[None])[0]
        return scores[label] if kind == "score" else 1 / np.exp(scores - scores[label]).sum()

    rows = range(0, image.shape[1] - size[0] + 1, stride[0])
    columns = range(0, image.shape[2] - size[1] + 1, stride[1])
    drops = np.empty((len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            covered = image.copy()
            for channel, row, column in np.ndindex(image.shape):
                if 0 <= row - top < size[0] and 0 <= column - left < size[1]:
                    covered[channel, row, column] = fill
            drops[i, j] = value(image) - value(covered)
    return drops


@pytest.mark.parametrize("kind", ["score", "probability"])
@pytest.mark.parametrize(
    ("size", "stride", "fill"), [((3, 2), (2, 3), 0.0), ((1, 8), (3, 1), -1.5), ((9, 1), (1, 1), 2)]
)
def test_drops_are_those_of_a_loop(kind, size, stride, fill):
    net, images = odd_network(), some_images(2)
    found = occlusion(net, images, [3, 1], size, stride, fill, kind=kind)
    for image, label, drops in zip(images, (3, 1), found, strict=True):
        expected = one_by_one(net, image, label, size, stride, fill, kind)
        np.testing.assert_allclose(drops, expected, rtol=1e-9, atol=1e-12)
        alone = occlusion(net, image, label, size, stride, fill, kind=kind)
        np.testing.assert_allclose(alone, drops, rtol=1e-12, atol=1e-15)
    assert (found < 0).any() and (found > 0).any()


def test_more_places_than_a_batch_has():
    net = fixed(
        [Flatten(), Dense(17 * 19, 2, random=np.random.default_rng(0))],
        _1_kernel=[np.arange(323), np.zeros(323)],
        _1_bias=[1, 2],
    )
    found = occlusion(net, np.ones((1, 17, 19)), 0, 1, kind="score")
    assert found.tolist() == np.arange(323).reshape(17, 19).tolist()


def test_the_image_is_left_as_it_was():
    net, image = odd_network(), some_images(1)[0]
    before = image.copy()
    occlusion(net, image, 0, 3, fill=7.0)
    assert np.array_equal(image, before)


def test_drops_are_spread_over_the_pixels_below():
    drops = [[1.0, 2.0], [5.0, 8.0]]
    expected = [
        [1, 1, 2, 2, np.nan],
        [3, 3, 5, 5, np.nan],
        [3, 3, 5, 5, np.nan],
        [5, 5, 8, 8, np.nan],
    ]
    found = over_pixels(drops, (1, 4, 5), (3, 2), (1, 2))
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="drops must have 3 by 2 places, got 2 by 2"):
        over_pixels(drops, (1, 5, 5), (3, 2), (1, 2))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 10}, "window must fit"),
        ({"size": 0}, "size must be a positive integer"),
        ({"stride": 0}, "stride must be a positive integer"),
        ({"fill": np.nan}, "fill must be a finite number"),
        ({"kind": "log"}, "kind must be 'score' or 'probability'"),
        ({"label": 7}, "label must be from 0 to 4"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    given = {"label": 0, "size": 3, **options}
    with pytest.raises(ValueError, match=message):
        occlusion(odd_network(), some_images(1)[0], **given)


def test_a_network_without_scores_is_refused():
    with pytest.raises(ValueError, match="must end in"):
        occlusion(Sequential([Pool(2)]), np.zeros((1, 4, 4)), 0, 2)
