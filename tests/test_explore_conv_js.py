"""The browser's convolution, run by node, against `cnncourse.conv`."""

import numpy as np
import pytest

from cnncourse.conv import conv2d, convolve2d, cross_correlate2d
from tests.parity import agree

BOUNDARIES = ("zeros", "reflect", "replicate", "circular")
random = np.random.default_rng(20)


def options(pads=((0, 0), (0, 0)), stride=(1, 1), dilation=(1, 1), boundary="zeros"):
    return {"padding": pads, "stride": stride, "dilation": dilation, "boundary": boundary}


def drawn(low, high, count=2):
    return tuple(int(one) for one in random.integers(low, high, count))


def cases(count):
    """Random kernels no larger than the padded image, every border, stride and dilation."""
    while count:
        taps, stride, dilation = drawn(1, 6), drawn(1, 4), drawn(1, 4)
        pads = (drawn(0, 9), drawn(0, 9))
        size = drawn(1, 12)
        fits = (
            n + sum(p) >= d * (k - 1) + 1
            for n, p, d, k in zip(size, pads, dilation, taps, strict=True)
        )
        if all(fits):
            yield size, taps, options(pads, stride, dilation, BOUNDARIES[count % 4])
            count -= 1


def by_conv2d(x, kernel, bias, how):
    return conv2d(
        x,
        kernel,
        bias,
        stride=how["stride"],
        padding=how["padding"],
        dilation=how["dilation"],
        padding_mode=how["boundary"],
    )


def test_correlation_is_python_s():
    calls = []
    for size, taps, how in cases(80):
        image, kernel = random.standard_normal(size), random.standard_normal(taps)
        expected = by_conv2d(image[None], kernel[None, None], None, how)[0]
        calls.append(("correlate", [image, kernel, how], expected))
    agree("conv", calls, tolerance=1e-12)


def test_a_layer_is_python_s():
    calls = []
    for size, taps, how in cases(60):
        channels, outputs = drawn(1, 5)
        x = random.standard_normal((channels, *size))
        kernel = random.standard_normal((outputs, channels, *taps))
        bias = random.standard_normal(outputs).tolist() if outputs % 2 else None
        calls.append(("convLayer", [x, kernel, bias, how], by_conv2d(x, kernel, bias, how)))
    agree("conv", calls, tolerance=1e-12)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_convolution_is_correlation_with_the_kernel_turned(boundary):
    image, kernel = random.standard_normal((5, 7)), random.standard_normal((2, 4))
    turned = kernel[::-1, ::-1]
    full = convolve2d(image, kernel, mode="full", boundary=boundary)
    how = options(((1, 1), (3, 3)), boundary=boundary)
    calls = [("flipped", [kernel], turned), ("correlate", [image, turned, how], full)]
    agree("conv", calls, tolerance=1e-12)


def test_without_options_the_positions_are_valid():
    image, kernel = random.standard_normal((4, 6)), random.standard_normal((3, 2))
    agree("conv", [("correlate", [image, kernel], cross_correlate2d(image, kernel))])


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (3, 1), (2, 5)])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_pixels_beyond_the_border_are_numpy_s(size, boundary):
    image = random.standard_normal(size)
    names = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    around = np.pad(image, 6, mode=names[boundary])
    places = [(r, c) for r in range(-6, size[0] + 6) for c in range(-6, size[1] + 6)]
    agree(
        "conv",
        [("pixel", [image, r, c, boundary], float(around[r + 6, c + 6])) for r, c in places],
        tolerance=0,
    )


def test_a_kernel_that_never_fits_leaves_an_empty_output():
    image, kernel = np.ones((2, 5)), np.ones((3, 3))
    empty = {"shape": [0, 3], "values": []}
    none = {"shape": [1, 0, 3], "values": []}
    layer = [image[None], kernel[None, None]]
    agree("conv", [("correlate", [image, kernel], empty), ("convLayer", layer, none)])


def test_a_resized_kernel_keeps_its_middle():
    kernel = np.arange(1.0, 10).reshape(3, 3)
    calls = [
        ("resizedKernel", [kernel, 5, 5], np.pad(kernel, 1)),
        ("resizedKernel", [kernel, 1, 1], np.array([[5.0]])),
        ("resizedKernel", [kernel, 3, 7], np.pad(kernel, ((0, 0), (2, 2)))),
        ("resizedKernel", [kernel, 4, 2], np.pad(kernel, ((0, 1), (0, 0)))[:, :2]),
    ]
    agree("conv", calls)


def test_arrays_are_the_same_by_shape_and_numbers():
    array = np.arange(6.0).reshape(2, 3)
    calls = [
        ("sameArray", [array, array.copy()], True),
        ("sameArray", [array, array.reshape(3, 2)], False),
        ("sameArray", [array, array + np.eye(2, 3)], False),
        ("sameArray", [array, array[:1]], False),
        ("arrayOf", [array.tolist()], array),
    ]
    agree("conv", calls)
