"""The browser's convolution, run by node, against `cnncourse.conv`."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnncourse import explore
from cnncourse.conv import conv2d, convolve2d, cross_correlate2d
from cnncourse.widgets import joined_module

BOUNDARIES = ("zeros", "reflect", "replicate", "circular")
random = np.random.default_rng(20)


def plain(value):
    """What JavaScript reads: arrays as {shape, values}."""
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": value.ravel().tolist()}
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


@pytest.fixture(scope="module")
def in_node(tmp_path_factory):
    """Call exported functions of conv.js: a list of (name, arguments) -> the list of results."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("conv")
    source = joined_module("conv", Path(explore.__file__).parent / "static")
    (folder / "conv.mjs").write_text(source, encoding="utf-8")
    (folder / "run.mjs").write_text(
        """import * as conv from "./conv.mjs";
import { readFileSync } from "node:fs";
const typed = (value) =>
  value?.shape ? { shape: value.shape, values: Float64Array.from(value.values) } : value;
const calls = JSON.parse(readFileSync(0, "utf8"));
const results = calls.map(([name, given]) => {
  const taken = given.map(typed);
  const before = JSON.stringify(taken);
  const { shape, values } = Object(conv[name](...taken));
  if (JSON.stringify(taken) !== before) throw new Error(`${name} changed its arguments`);
  return values ? { shape, values: [...values] } : conv[name](...taken);
});
console.log(JSON.stringify(results));
""",
        encoding="utf-8",
    )

    def call(calls):
        done = subprocess.run(
            [node, str(folder / "run.mjs")],
            input=json.dumps(plain(calls)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [
            np.array(one["values"]).reshape(one["shape"]) if isinstance(one, dict) else one
            for one in json.loads(done.stdout)
        ]

    return call


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


def test_correlation_is_python_s(in_node):
    calls, expected = [], []
    for size, taps, how in cases(80):
        image, kernel = random.standard_normal(size), random.standard_normal(taps)
        calls.append(("correlate", [image, kernel, how]))
        expected.append(by_conv2d(image[None], kernel[None, None], None, how)[0])
    for got, wanted in zip(in_node(calls), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


def test_a_layer_is_python_s(in_node):
    calls, expected = [], []
    for size, taps, how in cases(60):
        channels, outputs = drawn(1, 5)
        x = random.standard_normal((channels, *size))
        kernel = random.standard_normal((outputs, channels, *taps))
        bias = random.standard_normal(outputs) if outputs % 2 else None
        calls.append(("convLayer", [x, kernel, None if bias is None else bias.tolist(), how]))
        expected.append(by_conv2d(x, kernel, bias, how))
    for got, wanted in zip(in_node(calls), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_convolution_is_correlation_with_the_kernel_turned(in_node, boundary):
    image, kernel = random.standard_normal((5, 7)), random.standard_normal((2, 4))
    [turned] = in_node([("flipped", [kernel])])
    np.testing.assert_array_equal(turned, kernel[::-1, ::-1])
    how = options(((1, 1), (3, 3)), boundary=boundary)
    [got] = in_node([("correlate", [image, turned, how])])
    np.testing.assert_allclose(got, convolve2d(image, kernel, mode="full", boundary=boundary))


def test_without_options_the_positions_are_valid(in_node):
    image, kernel = random.standard_normal((4, 6)), random.standard_normal((3, 2))
    [got] = in_node([("correlate", [image, kernel])])
    np.testing.assert_allclose(got, cross_correlate2d(image, kernel))


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (3, 1), (2, 5)])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_pixels_beyond_the_border_are_numpy_s(in_node, size, boundary):
    image = random.standard_normal(size)
    names = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    around = np.pad(image, 6, mode=names[boundary])
    places = [(r, c) for r in range(-6, size[0] + 6) for c in range(-6, size[1] + 6)]
    got = in_node([("pixel", [image, r, c, boundary]) for r, c in places])
    assert got == around.ravel().tolist()


def test_a_kernel_that_never_fits_leaves_an_empty_output(in_node):
    image, kernel = np.ones((2, 5)), np.ones((3, 3))
    [small, wide] = in_node(
        [("correlate", [image, kernel]), ("convLayer", [image[None], kernel[None, None]])]
    )
    assert small.shape == (0, 3)
    assert wide.shape == (1, 0, 3)
