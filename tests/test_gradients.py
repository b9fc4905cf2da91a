"""Gradients against PyTorch's, the adjoint identity, numeric differences and hand values."""

import tracemalloc
from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncourse import _windows, gradients
from cnncourse.conv import conv2d
from cnncourse.gradients import (
    conv2d_input_gradient,
    conv2d_kernel_gradient,
    pool2d_input_gradient,
)
from cnncourse.pooling import pool2d
from cnncourse.shapes import image_padding

KINDS = ("max", "average", "l2")
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}
TORCH_MODES = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float64, np.float32])
small_blocks = st.sampled_from([1, 300, 2000, 1 << 20])


def assert_close(got, expected, dtype=np.float64):
    assert got.dtype == dtype
    assert got.shape == expected.shape
    largest = np.abs(expected).max(initial=0)
    assert np.abs(got - expected).max(initial=0) <= TOLERANCE[dtype] * largest


def inner(a, b):
    return float(np.sum(a * b))


def numeric_gradient(function, x, step=1e-6):
    """Central differences of a scalar function; error of the order of step**2."""
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += step
        behind[index] -= step
        gradient[index] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


@st.composite
def convolutions(draw):
    """Shapes of an input and a kernel that fit, and the options of a convolution."""
    taps = draw(st.tuples(st.integers(1, 4), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    groups = draw(st.integers(1, 3))
    side = st.integers(0, 3)
    padding = draw(
        st.one_of(
            side,
            st.tuples(side, side),
            st.tuples(st.tuples(side, side), st.tuples(side, side)),
            st.sampled_from(["valid", "same", "full"]),
        )
    )
    spans = [d * (k - 1) + 1 for k, d in zip(taps, dilation, strict=True)]
    image = tuple(draw(st.integers(span, span + 6)) for span in spans)
    batch = draw(st.sampled_from([(), (1,), (3,)]))
    depth = draw(st.integers(1, 3))
    kernel_shape = (groups * draw(st.integers(1, 3)), depth, *taps)
    mode = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    options = {
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "padding_mode": mode,
    }
    return (*batch, groups * depth, *image), kernel_shape, options


def pads_of(shape, kernel_shape, options):
    return image_padding(
        shape[-2:],
        kernel_shape[2:],
        options["padding"],
        stride=options["stride"],
        dilation=options["dilation"],
    )


@settings(max_examples=200)
@given(convolutions(), seeds, dtypes, small_blocks)
def test_convolution_equals_torch(layer, seed, dtype, block):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    shape, kernel_shape, options = layer
    rng = np.random.default_rng(seed)
    x = rng.normal(-0.3, 1, shape).astype(dtype)
    kernel = rng.normal(0.2, 1, kernel_shape).astype(dtype)
    rows, columns = pads_of(shape, kernel_shape, options)
    if options["padding_mode"] in ("reflect", "circular"):  # torch pads by less than the image
        assume(max(columns) < shape[-1] and max(rows) < shape[-2])

    leaf = torch.from_numpy(x.copy()).requires_grad_()
    weights = torch.from_numpy(kernel.copy()).requires_grad_()
    batch = leaf if leaf.ndim == 4 else leaf[None]
    mode = TORCH_MODES.get(options["padding_mode"], "constant")
    out = functional.conv2d(
        functional.pad(batch, (*columns, *rows), mode=mode),
        weights,
        stride=options["stride"],
        dilation=options["dilation"],
        groups=options["groups"],
    )
    flow = rng.normal(size=(out if leaf.ndim == 4 else out[0]).shape).astype(dtype)
    out.backward(torch.from_numpy(flow.reshape(out.shape)))

    kept = flow.copy()
    with mock.patch.object(gradients, "_BLOCK", block):
        to_input = conv2d_input_gradient(flow, kernel, shape, **options)
        to_kernel = conv2d_kernel_gradient(flow, x, kernel_shape, **options)
    assert_close(to_input, leaf.grad.numpy(), dtype)
    assert_close(to_kernel, weights.grad.numpy(), dtype)
    np.testing.assert_array_equal(flow, kept)
    np.testing.assert_array_equal(x, leaf.detach().numpy())
    np.testing.assert_array_equal(kernel, weights.detach().numpy())


@settings(max_examples=100)
@given(convolutions(), seeds)
def test_convolution_keeps_the_adjoint_identity(layer, seed):
    """<conv(x, K), y> = <x, input gradient of y> = <K, kernel gradient of y>."""
    shape, kernel_shape, options = layer
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
    z = conv2d(x, kernel, **options)
    y = rng.normal(size=z.shape)
    bound = 1e-12 * np.linalg.norm(z) * np.linalg.norm(y) + 1e-12
    to_input = conv2d_input_gradient(y, kernel, shape, **options)
    to_kernel = conv2d_kernel_gradient(y, x, kernel_shape, **options)
    assert abs(inner(z, y) - inner(x, to_input)) <= bound
    assert abs(inner(z, y) - inner(kernel, to_kernel)) <= bound


@pytest.mark.parametrize("padding_mode", ["zeros", "reflect", "replicate", "circular"])
def test_convolution_equals_numeric_differences(padding_mode):
    rng = np.random.default_rng(7)
    x, kernel = rng.normal(size=(2, 4, 5, 6)), rng.normal(size=(4, 2, 3, 2))
    options = {
        "stride": (2, 1),
        "padding": ((1, 2), (0, 1)),
        "dilation": (1, 2),
        "groups": 2,
        "padding_mode": padding_mode,
    }
    flow = rng.normal(size=conv2d(x, kernel, **options).shape)
    by_input = numeric_gradient(lambda v: inner(conv2d(v, kernel, **options), flow), x)
    by_kernel = numeric_gradient(lambda v: inner(conv2d(x, v, **options), flow), kernel)
    got = conv2d_input_gradient(flow, kernel, x.shape, **options)
    np.testing.assert_allclose(got, by_input, atol=1e-7)
    got = conv2d_kernel_gradient(flow, x, kernel.shape, **options)
    np.testing.assert_allclose(got, by_kernel, atol=1e-7)


@pytest.mark.parametrize("padding_mode", ["reflect", "circular"])
def test_padding_wider_than_the_image(padding_mode):
    rng = np.random.default_rng(8)
    x, kernel = rng.normal(size=(1, 2, 3)), rng.normal(size=(1, 1, 2, 2))
    options = {"padding": (5, 4), "padding_mode": padding_mode}
    y = rng.normal(size=conv2d(x, kernel, **options).shape)
    to_input = conv2d_input_gradient(y, kernel, x.shape, **options)
    assert inner(x, to_input) == pytest.approx(inner(conv2d(x, kernel, **options), y), rel=1e-12)


def test_convolution_by_hand():
    # x = (3, 4, 5), K = (1, 2): Z = (3 + 8, 4 + 10); the middle pixel is in both windows.
    assert conv2d_input_gradient([[[1, 10]]], [[[[1, 2]]]], (1, 1, 3)).tolist() == [[[1, 12, 20]]]
    got = conv2d_kernel_gradient([[[1, 10]]], [[[3, 4, 5]]], (1, 1, 1, 2))
    assert got.tolist() == [[[[43, 54]]]]
    # Stride 2 leaves the last of four pixels unread by a kernel of one tap and gives it nothing.
    got = conv2d_input_gradient([[[1, 10]]], [[[[3]]]], (1, 1, 4), stride=2)
    assert got.tolist() == [[[3, 0, 30, 0]]]


def test_at_stride_1_the_input_gradient_is_a_full_convolution():
    rng = np.random.default_rng(3)
    flow, kernel = rng.normal(size=(2, 5, 4)), rng.normal(size=(2, 3, 3, 2))
    flipped = kernel[:, :, ::-1, ::-1].swapaxes(0, 1)
    got = conv2d_input_gradient(flow, kernel, (3, 7, 5))
    assert_close(got, conv2d(flow, flipped, padding="full"))


def test_integers_stay_exact():
    rng = np.random.default_rng(4)
    flow, kernel = rng.integers(-9, 9, (2, 3, 4)), rng.integers(-9, 9, (2, 1, 2, 2), np.int8)
    x = rng.integers(0, 255, (1, 4, 5), np.uint8)
    for got, exact in (
        (conv2d_input_gradient(flow, kernel, x.shape), kernel.astype(float)),
        (conv2d_kernel_gradient(flow, x, kernel.shape), x.astype(float)),
    ):
        assert got.dtype == np.int64
        if exact.ndim == 4:
            expected = conv2d_input_gradient(flow.astype(float), exact, x.shape)
        else:
            expected = conv2d_kernel_gradient(flow.astype(float), exact, kernel.shape)
        np.testing.assert_array_equal(got, expected)
    with pytest.raises(OverflowError, match="more than 64 bits"):
        conv2d_kernel_gradient([[[2**62, 2**62]]], [[[2, 2]]], (1, 1, 1, 1))


def test_common_dtype():
    single, double = np.ones((1, 2, 3), np.float32), np.ones((1, 1, 1, 1))
    assert conv2d_input_gradient(single, double, (1, 2, 3)).dtype == np.float64
    assert conv2d_kernel_gradient(single, single, (1, 1, 1, 1)).dtype == np.float32
    half = np.ones((1, 2, 3), np.float16)
    assert conv2d_kernel_gradient(half, half, (1, 1, 1, 1)).dtype == np.float16
    for kind in KINDS:
        assert pool2d_input_gradient(single, single, 1, kind=kind).dtype == np.float32
        assert pool2d_input_gradient(single, np.ones((1, 2, 3)), 1, kind=kind).dtype == np.float64
        assert pool2d_input_gradient(half, half, 1, kind=kind).dtype == np.float16
        integers = np.ones((1, 2, 3), int)
        assert pool2d_input_gradient(integers, integers, 1, kind=kind).dtype == np.float64


@st.composite
def poolings(draw):
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, k // 2)) for k in size)
    image = tuple(
        draw(st.integers(max(1, k - 2 * p), 9)) for k, p in zip(size, padding, strict=True)
    )
    options = {
        "stride": draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "padding": padding,
        "ceil_mode": draw(st.booleans()),
    }
    return (2, 3, *image), size, options


@settings(max_examples=200)
@given(poolings(), seeds, dtypes, st.booleans(), st.booleans(), small_blocks)
def test_pooling_equals_torch(layer, seed, dtype, ties, count_include_pad, block):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    shape, size, options = layer
    rng = np.random.default_rng(seed)
    x = (rng.integers(-2, 1, shape) if ties else rng.normal(-1, 1, shape)).astype(dtype)
    cases = [
        ("max", options, lambda v: functional.max_pool2d(v, size, **options)),
        (
            "average",
            {**options, "count_include_pad": count_include_pad},
            lambda v: functional.avg_pool2d(
                v, size, count_include_pad=count_include_pad, **options
            ),
        ),
    ]
    stride = options["stride"]
    if all(k <= n for k, n in zip(size, shape[2:], strict=True)):
        cases.append(("l2", {"stride": stride}, lambda v: functional.lp_pool2d(v, 2, size, stride)))
    for kind, chosen, forward in cases:
        leaf = torch.from_numpy(x.copy()).requires_grad_()
        out = forward(leaf)
        flow = rng.normal(size=out.shape).astype(dtype)
        out.backward(torch.from_numpy(flow))
        kept = flow.copy()
        with mock.patch.object(_windows, "_BLOCK", block):
            got = pool2d_input_gradient(flow, x, size, kind=kind, **chosen)
        assert_close(got, leaf.grad.numpy(), dtype)
        np.testing.assert_array_equal(flow, kept)
        np.testing.assert_array_equal(x, leaf.detach().numpy())


@settings(max_examples=60)
@given(poolings(), seeds, st.booleans())
def test_average_keeps_the_adjoint_identity(layer, seed, count_include_pad):
    shape, size, options = layer
    options = {**options, "kind": "average", "count_include_pad": count_include_pad}
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    z = pool2d(x, size, **options)
    y = rng.normal(size=z.shape)
    bound = 1e-12 * np.linalg.norm(z) * np.linalg.norm(y) + 1e-12
    assert abs(inner(z, y) - inner(x, pool2d_input_gradient(y, x, size, **options))) <= bound


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("padding", [((0, 1), (1, 0)), "same", (1, 1)])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("shape", [(2, 5, 6), (5, 6)])
def test_pooling_equals_numeric_differences(kind, padding, ceil_mode, shape):
    rng = np.random.default_rng(9)
    # Distinct values far apart, so that no step changes which pixel is largest.
    x = (rng.permutation(np.prod(shape)).reshape(shape) - 20.3) / 10
    options = {"kind": kind, "stride": (2, 1), "padding": padding, "ceil_mode": ceil_mode}
    flow = rng.normal(size=pool2d(x, (3, 2), **options).shape)
    expected = numeric_gradient(lambda v: inner(pool2d(v, (3, 2), **options), flow), x)
    got = pool2d_input_gradient(flow, x, (3, 2), **options)
    np.testing.assert_allclose(got, expected, atol=1e-7)


def test_of_equal_pixels_the_first_in_reading_order_gets_all():
    x = [[0, 2, 1], [2, 2, 0]]
    assert pool2d_input_gradient([[5]], x, (2, 3)).tolist() == [[0, 5, 0], [0, 0, 0]]
    constant = np.zeros((3, 4))
    expected = np.zeros((3, 4))
    expected[0, :3] = expected[1, :3] = 1  # the top left pixel of each window
    got = pool2d_input_gradient(np.ones((2, 3)), constant, 2, stride=1)
    np.testing.assert_array_equal(got, expected)


def test_overlapping_windows_add_up():
    x = np.zeros((3, 3))
    x[1, 1] = 1
    got = pool2d_input_gradient([[1, 2], [4, 8]], x, 2, stride=1)
    assert got.tolist() == [[0, 0, 0], [0, 15, 0], [0, 0, 0]]
    got = pool2d_input_gradient([[4, 8]], [[1, 1, 1]], (1, 2), kind="average", stride=1)
    assert got.tolist() == [[2, 6, 4]]


def test_padding_takes_nothing_of_a_maximum():
    got = pool2d_input_gradient([[1, 2], [4, 8]], -np.ones((2, 2)), 2, stride=2, padding=1)
    assert got.tolist() == [[1, 2], [4, 8]]


def test_l2_gradient_where_it_is_hard():
    assert pool2d_input_gradient([[5]], [[0, 0]], (1, 2), kind="l2").tolist() == [[0, 0]]
    for scale in (2.0**1000, 2.0**-1060):
        x = [[3 * scale, 4 * scale]]
        got = pool2d_input_gradient([[5]], x, (1, 2), kind="l2")
        np.testing.assert_allclose(got, [[3, 4]], rtol=1e-15)
    got = pool2d_input_gradient([[1.0]], [[np.inf, 3]], (1, 2), kind="l2")
    np.testing.assert_array_equal(got, [[np.nan, 0]])


def test_nan_and_infinity():
    x = np.array([[1, np.nan, 2, np.nan, 5, 6]])
    got = pool2d_input_gradient([[7, 8]], x, (1, 3))
    np.testing.assert_array_equal(got, [[0, 7, 0, 8, 0, 0]])  # the first NaN is the largest
    for kind in ("average", "l2"):
        flow = np.array([[np.nan, 3]])
        got = pool2d_input_gradient(flow, np.arange(1.0, 7)[np.newaxis], (1, 3), kind=kind)
        np.testing.assert_array_equal(np.isnan(got), [[True] * 3 + [False] * 3])
    got = pool2d_input_gradient([[np.inf, 1]], [[1, 2, 4, 3]], (1, 2))
    assert got.tolist() == [[0, np.inf, 1, 0]]  # and no NaN beside the infinity
    lowest = pool2d_input_gradient([[1.0]], [[-np.inf, -np.inf]], (1, 2))
    assert lowest.tolist() == [[1, 0]]
    x[0, 1:] = np.inf
    got = conv2d_kernel_gradient([[[0.0, 1.0]]], x[:, np.newaxis, :2], (1, 1, 1, 1))
    assert got.item() == np.inf or np.isnan(got.item())
    flow = np.array([[[np.nan, 1.0, 1.0]]])
    got = conv2d_input_gradient(flow, np.ones((1, 1, 1, 2)), (1, 1, 4))
    np.testing.assert_array_equal(np.isnan(got), [[[True, True, False, False]]])


def test_no_images_give_no_gradient():
    none = np.zeros((0, 2, 3, 3))
    got = conv2d_input_gradient(none, np.ones((2, 1, 2, 2)), (0, 1, 4, 4))
    assert got.shape == (0, 1, 4, 4)
    got = conv2d_kernel_gradient(none, np.zeros((0, 1, 4, 4)), (2, 1, 2, 2))
    np.testing.assert_array_equal(got, np.zeros((2, 1, 2, 2)))
    for kind in KINDS:
        got = pool2d_input_gradient(none, np.zeros((0, 2, 6, 6)), 2, kind=kind)
        assert got.shape == (0, 2, 6, 6)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"output_gradient": np.ones((2, 3, 2))}, ValueError, r"forward output, \(2, 3, 3\), got"),
        ({"output_gradient": np.ones((3, 3))}, ValueError, "output_gradient must have 3 or 4"),
        ({"output_gradient": [[["a"]]]}, TypeError, "output_gradient must hold numbers"),
        ({"output_gradient": 1j * np.ones((2, 3, 3))}, TypeError, "must hold real numbers, got"),
        ({"kernel": np.ones((2, 2))}, ValueError, "kernel must have 4 axes, got 2"),
        (
            {"kernel": np.ones((2, 3, 2, 2))},
            ValueError,
            "kernel must have shape .*2 input channels",
        ),
        ({"kernel": np.ones((2, 2, 0, 2))}, ValueError, "kernel must hold at least one weight"),
        ({"kernel": np.ones((2, 2, 5, 2))}, ValueError, "kernel must fit into the padded input"),
        ({"input_shape": (4, 4)}, ValueError, r"input_shape must be a tuple of 3 or 4 sizes"),
        ({"input_shape": (2, 4, 4.0)}, TypeError, "input_shape must be .*got 4.0"),
        ({"stride": 0}, ValueError, "stride must be a positive integer, got 0"),
        ({"dilation": 0}, ValueError, "dilation must be a positive integer, got 0"),
        ({"groups": 0}, ValueError, "groups must be a positive integer, got 0"),
        ({"padding": -1}, ValueError, "padding must be a non-negative integer, got -1"),
        ({"padding_mode": "mirror"}, ValueError, "padding_mode must be .*got 'mirror'"),
    ],
)
def test_convolution_says_what_came_and_what_was_expected(change, error, words):
    arguments = {
        "output_gradient": np.ones((2, 3, 3)),
        "kernel": np.ones((2, 2, 2, 2)),
        "input_shape": (2, 4, 4),
        **change,
    }
    with pytest.raises(error, match=words):
        conv2d_input_gradient(**arguments)
    kernel, shape = arguments.pop("kernel"), arguments.pop("input_shape")
    if not {"kernel", "input_shape"} & set(change):
        with pytest.raises(error, match=words):
            conv2d_kernel_gradient(x=np.ones(shape), kernel_shape=kernel.shape, **arguments)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            {"output_gradient": np.ones((2, 3))},
            ValueError,
            r"forward output, \(2, 2\), got \(2, 3\)",
        ),
        ({"output_gradient": np.ones((1, 2, 2))}, ValueError, "output_gradient must have 2 axes"),
        ({"output_gradient": 1j * np.ones((2, 2))}, TypeError, "must hold real numbers, got"),
        ({"x": 1j * np.ones((4, 4))}, TypeError, "x must hold real numbers, got"),
        ({"x": np.ones((4, 0))}, ValueError, "x must have at least one pixel"),
        ({"size": 5}, ValueError, "size must fit into"),
        ({"stride": 0}, ValueError, "stride must be a positive integer, got 0"),
        ({"padding": 2}, ValueError, "padding must be at most half the window of 2, got 2"),
        ({"kind": "mean"}, ValueError, "kind must be .*got 'mean'"),
    ],
)
def test_pooling_says_what_came_and_what_was_expected(change, error, words):
    arguments = {"output_gradient": np.ones((2, 2)), "x": np.ones((4, 4)), "size": 2, **change}
    with pytest.raises(error, match=words):
        pool2d_input_gradient(**arguments)


def peak_bytes(function):
    tracemalloc.start()
    try:
        out = function()
        return out.nbytes, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("shape", "kernel_shape", "options"),
    [
        ((24, 16, 28, 28), (32, 16, 5, 5), {"padding": 2}),
        ((1, 3, 512, 640), (16, 3, 5, 5), {"padding": 2, "padding_mode": "reflect"}),
        ((1, 1, 40, 2400), (1, 1, 31, 31), {"padding": "same"}),
        ((700, 64, 3, 3), (300, 64, 3, 3), {"padding": 0}),
        ((8, 64, 56, 56), (64, 1, 3, 3), {"groups": 64, "padding": 1}),
    ],
)
def test_memory_is_bounded(shape, kernel_shape, options):
    x, kernel = np.zeros(shape, np.float32), np.zeros(kernel_shape, np.float32)
    flow = np.zeros_like(conv2d(x, kernel, **options))
    pads = pads_of(shape, kernel_shape, {"stride": (1, 1), "dilation": (1, 1), **options})
    height, width = (n + sum(pad) for n, pad in zip(shape[2:], pads, strict=True))
    padded = 4 * shape[0] * shape[1] * height * width
    room = padded + kernel.nbytes + 8 * 2**20
    size, peak = peak_bytes(lambda: conv2d_input_gradient(flow, kernel, shape, **options))
    assert peak <= size + room
    size, peak = peak_bytes(lambda: conv2d_kernel_gradient(flow, x, kernel_shape, **options))
    assert peak <= size + room


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 1, 2048, 1536), (300, 20, 28, 28)])
def test_pooling_memory_is_bounded(kind, shape):
    x = np.zeros(shape, np.float32)
    flow = np.zeros_like(pool2d(x, 5, stride=1, padding=1))
    size, peak = peak_bytes(
        lambda: pool2d_input_gradient(flow, x, 5, kind=kind, stride=1, padding=1)
    )
    assert peak <= size + 8 * 2**20  # less than allowed: no padded copy either
