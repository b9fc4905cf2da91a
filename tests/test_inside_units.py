"""Feature maps and receptive fields: by sizes, by slopes, by changing pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.inside import Field, feature_maps, pixels_with_slope, receptive_field_of
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from cnncourse.shapes import Layer, receptive_field
from tests.inside_networks import IMAGE, blurred_network, fixed, odd_network, some_images

RANDOM = np.random.default_rng(0)


def conv(size, **options):
    return Convolution(1, 1, size, random=RANDOM, dtype=np.float64, **options)


def test_maps_are_the_outputs_of_the_parts():
    net, images = odd_network(), some_images()
    maps = feature_maps(net, images)
    shapes = [(3, 5, 7), (3, 5, 7), (3, 4, 3), (4, 4, 3), (4, 4, 3), (48,), (5,)]
    assert [found.shape[1:] for found in maps] == shapes
    now = images
    for part, found in zip(net.parts, maps, strict=True):
        now = part.forward(now)
        assert np.array_equal(found, now)
    known = fixed([conv((1, 2)), ReLU()], _0_kernel=[[[[-1, 1]]]], _0_bias=[0.5])
    assert [m.tolist() for m in feature_maps(known, [[[[3, 1, 4]]]])] == [
        [[[[-1.5, 3.5]]]],
        [[[[0, 3.5]]]],
    ]


@pytest.mark.parametrize("net", [odd_network(), blurred_network()], ids=["odd", "blurred"])
def test_slopes_prove_every_field(net):
    for part, maps in enumerate(feature_maps(net, some_images(1))):
        shape = maps.shape[1:]
        places = {(0, 0), (shape[-2] - 1, shape[-1] - 1)} if len(shape) == 3 else {0, shape[0] - 1}
        for place in places:
            field = receptive_field_of(net, part, place, IMAGE)
            seen = pixels_with_slope(net, part, place, IMAGE)
            assert np.array_equal(field.mask(IMAGE), seen), (part, place)


def test_the_slopes_leave_the_network_alone():
    net, images = odd_network(), some_images()
    before = net.forward(images)
    pixels_with_slope(net, 3, (1, 1), IMAGE, draws=1, images=2)
    assert np.array_equal(net.forward(images), before)


windows = st.tuples(
    st.sampled_from(["conv", "average", "blur"]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["none", "half", "same"]),
)


def part_of(kind, size, stride, padding):
    if kind == "blur":
        return BlurPool(size[0], stride=stride)
    pads = {"none": 0, "half": (size[0] // 2, size[1] // 2), "same": "same"}[padding]
    if kind == "conv":
        return conv(size, stride=stride, padding=pads)
    return Pool(size, stride=stride, padding=pads, kind="average")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(windows, min_size=1, max_size=3), st.data())
def test_a_field_is_what_changes_the_unit(layers, data):
    net = Sequential([part_of(*layer) for layer in layers])
    for name, values in net.parameters.items():
        values[...] = 1 if name.endswith("kernel") else 0  # sums cannot cancel
    image = np.zeros((1, 1, 11, 9))
    try:
        shape = net.forward(image).shape
    except ValueError:  # a kernel larger than what is left of the image
        return
    place = tuple(data.draw(st.integers(0, n - 1)) for n in shape[2:])
    changed = np.zeros((11, 9), bool)
    for pixel in np.ndindex(11, 9):
        image[(0, 0, *pixel)] = 1
        changed[pixel] = net.forward(image)[(0, 0, *place)] != 0
        image[(0, 0, *pixel)] = 0
    field = receptive_field_of(net, len(net) - 1, place, (1, 11, 9))
    assert np.array_equal(field.mask((11, 9)), changed)


def test_in_the_middle_it_is_the_known_formula():
    net = Sequential([conv(3, padding=1), ReLU(), Pool(2), conv(3, padding=1), Pool(2), conv(3)])
    size, jump, offset = receptive_field(
        [Layer(3, padding=1), Layer(2, 2), Layer(3, padding=1), Layer(2, 2), Layer(3)]
    )
    field = receptive_field_of(net, -1, (3, 4), (1, 40, 44))
    first = [int(offset + jump * i - (size - 1) / 2) for i in (3, 4)]
    assert field.box == (*first, size, size)
    assert len(field.rows) == len(field.columns) == size


def test_strides_larger_than_kernels_leave_gaps():
    net = Sequential([conv(1, stride=3), conv((2, 1))])
    field = receptive_field_of(net, 1, (0, 1), (1, 7, 7))
    assert field == Field((0, 3), (3,))
    assert field.box == (0, 3, 4, 1)
    assert field.mask((7, 7)).sum() == 2


def test_behind_the_flattening_a_feature_is_a_place():
    net = Sequential([Pool((2, 3)), Flatten(), ReLU(), Flatten()])
    # (2, 3, 2) outputs of (2, 6, 6): feature 9 is channel 1, row 1, column 1
    for part in (1, 2, 3):
        assert receptive_field_of(net, part, 9, (2, 6, 6)) == Field((2, 3), (3, 4, 5))
    dense = Sequential([Pool(2), Flatten(), Dense(9, 2, random=RANDOM)])
    assert receptive_field_of(dense, -1, 0, (1, 7, 6)) == Field(tuple(range(6)), tuple(range(6)))


class Unknown(Part):
    def forward(self, x):
        return x


def test_places_and_parts_that_are_none_are_refused():
    net = odd_network()
    for place, message in (
        ((5, 0), "must lie in an output of"),
        ((0, -1), "place must be a non-negative"),
        (3, r"place must be \(row, column\)"),
        ((0, 0, 0), r"place must be \(row, column\)"),
    ):
        with pytest.raises(ValueError, match=message):
            receptive_field_of(net, 0, place, IMAGE)
    with pytest.raises(ValueError, match="place must be the number of a feature"):
        receptive_field_of(net, -1, (0, 0), IMAGE)
    with pytest.raises(ValueError, match="place must lie"):
        receptive_field_of(net, -1, 5, IMAGE)
    with pytest.raises(TypeError, match="place must be"):
        receptive_field_of(net, 0, (0, 0.5), IMAGE)
    with pytest.raises(ValueError, match=r"image_shape must be \(C, H, W\)"):
        receptive_field_of(net, 0, (0, 0), (9, 8))
    with pytest.raises(TypeError, match="windows of a Unknown"):
        receptive_field_of(Sequential([Unknown()]), 0, (0, 0), (1, 3, 3))
