"""dtypes, numbers out of the ordinary, memory, and errors of `conv`."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import conv, definitions

rng = np.random.default_rng(8)
LONG_X, LONG_W = rng.normal(size=20_000), rng.normal(size=400)  # goes through the FFT
MIDDLE_W = rng.normal(size=40)  # goes through Toeplitz products
IMAGE, KERNEL = rng.normal(size=(150, 170)), rng.normal(size=(21, 19))  # through the FFT
SMALL_KERNEL = rng.normal(size=(5, 4))  # through strips


def same_numbers(got, expected):
    """Compare where the NaN and the infinities are, and the finite numbers closely."""
    np.testing.assert_array_equal(np.isfinite(got), np.isfinite(expected))
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    finite = np.isfinite(expected)
    largest = np.abs(expected[finite]).max(initial=0.0)
    np.testing.assert_allclose(got[finite], expected[finite], rtol=0, atol=1e-12 * largest)


@pytest.mark.parametrize(
    ("x", "kernel", "result"),
    [
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("float16", "float16", "float16"),
        ("complex64", "complex64", "complex64"),
        ("complex128", "float64", "complex128"),
        ("longdouble", "longdouble", "longdouble"),
        ("float32", "float64", "float64"),
        ("float32", "int64", "float64"),
        ("uint8", "float32", "float32"),
        ("uint8", "int8", "int64"),
        ("uint64", "int64", "int64"),
        ("bool", "bool", "int64"),
        (">f4", ">f4", "float32"),
    ],
)
def test_dtypes(x, kernel, result):
    image = rng.integers(0, 2, (6, 7)).astype(x)
    taps = rng.integers(0, 2, (2, 3)).astype(kernel)
    outs = [
        conv.convolve2d(image, taps),
        conv.cross_correlate2d(image, taps),
        conv.conv2d(image[None], taps[None, None])[0],
        conv.convolve1d(image[0], taps[0]),
        conv.cross_correlate1d(image[0], taps[0]),
    ]
    exact = definitions.convolve2d(image.astype(complex), taps.astype(complex)).real
    np.testing.assert_array_equal(outs[0], exact)
    assert {out.dtype for out in outs} == {np.dtype(result)}


def test_small_integers_do_not_wrap_round():
    white = np.full((9, 9), 255, np.uint8)
    assert conv.convolve2d(white, white[:3, :3]).max() == 9 * 255**2
    assert conv.convolve1d(np.full(9, 127, np.int8), np.full(3, -128, np.int8)).min() == -48768


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([10, 2**20, 2**40]))
def test_integers_are_exact_on_each_path(seed, size):
    draw = np.random.default_rng(seed)
    x, w = draw.integers(-size, size, 6000), draw.integers(-99, 99, 500)
    np.testing.assert_array_equal(conv.convolve1d(x, w), np.convolve(x, w))
    np.testing.assert_array_equal(conv.convolve1d(x, w[:30]), np.convolve(x, w[:30]))
    image, kernel = draw.integers(-size, size, (70, 60)), draw.integers(-99, 99, (18, 17))
    views = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    expected = np.einsum("ijmn,mn->ij", views, kernel)
    np.testing.assert_array_equal(conv.cross_correlate2d(image, kernel), expected)
    np.testing.assert_array_equal(
        conv.cross_correlate2d(image, kernel[:3, :3]),
        np.einsum("ijmn,mn->ij", np.lib.stride_tricks.sliding_window_view(image, (3, 3)),
                  kernel[:3, :3]),
    )  # fmt: skip


def test_integers_beyond_53_bits_stay_exact_and_beyond_64_are_refused():
    odd = 2**55 + 1
    assert conv.convolve1d([odd, 0], [1, 2]).tolist() == [odd, 2 * odd, 0]
    assert conv.convolve2d([[odd]], [[3]]).tolist() == [[3 * odd]]
    with pytest.raises(OverflowError, match="more than 64 bits hold: convert"):
        conv.convolve1d([2**62], [4])
    with pytest.raises(OverflowError, match="could reach 1.84e"):
        conv.conv2d(np.array([[[2**64 - 1]]], np.uint64), [[[[1]]]])


def test_complex_is_not_conjugated():
    x, w = np.array([1, 2j, 3.0]), np.array([1j, 1 + 1j])
    assert conv.cross_correlate1d(x, w).tolist() == [1j + 2j * (1 + 1j), -2 + 3 * (1 + 1j)]
    np.testing.assert_array_equal(conv.convolve1d(x, w), np.convolve(x, w))
    image = IMAGE + 1j * IMAGE[::-1]
    got = conv.cross_correlate2d(image, KERNEL + 0j)
    parts = [conv.cross_correlate2d(part, KERNEL) for part in (image.real, image.imag)]
    np.testing.assert_allclose(got, parts[0] + 1j * parts[1], atol=1e-10)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("w", [SMALL_KERNEL[0], MIDDLE_W, LONG_W], ids=["plain", "matrix", "fft"])
def test_a_bad_sample_stays_in_its_windows(w, bad):
    x = LONG_X.copy()
    x[[3, 7000]] = bad
    expected = np.convolve(x, w)
    same_numbers(conv.convolve1d(x, w), expected)
    assert np.isfinite(expected).sum() == x.size + w.size - 1 - 2 * w.size


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kernel", [SMALL_KERNEL, KERNEL], ids=["strips", "fft"])
def test_a_bad_pixel_stays_in_its_windows(kernel, bad):
    image = IMAGE.copy()
    image[60, 100] = bad
    views = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    expected = (views * kernel).sum(axis=(2, 3))
    got = conv.cross_correlate2d(image, kernel)
    same_numbers(got, expected)
    assert np.isfinite(got).sum() == got.size - kernel.size
    depthwise = conv.conv2d(np.stack([image, IMAGE]), kernel[None, None].repeat(2, 0), groups=2)
    same_numbers(depthwise[0], expected)
    assert np.isfinite(depthwise[1]).all()


def test_a_bad_weight_spoils_all_it_touches():
    kernel = KERNEL.copy()
    kernel[4, 5] = np.nan
    assert np.isnan(conv.cross_correlate2d(IMAGE, kernel)).all()
    assert np.isnan(conv.cross_correlate1d(LONG_X, np.append(LONG_W, np.nan))).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a, huge: a * huge,
        lambda a, huge: a / huge,
        lambda a, huge: a * huge**-0.8,  # squares underflow
        lambda a, huge: a + 1e9,
        lambda a, huge: a * np.geomspace(1e-12, 1e12, a.shape[-1]),
        lambda a, huge: np.where(np.arange(a.size).reshape(a.shape) == a.size - 1, 1e30, a),
        lambda a, huge: np.where(np.arange(a.size).reshape(a.shape) == 0, huge, a),
        # squares underflow, and the spike's rounding error would show
        lambda a, huge: np.where(
            np.arange(a.size).reshape(a.shape) == 0, huge**-0.825, a * huge**-0.925
        ),
        lambda a, huge: np.zeros_like(a),
    ],
    ids=["huge", "tiny", "underflow", "offset", "graded", "last", "first", "hidden", "zero"],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_badly_scaled_input_keeps_the_accuracy(spoil, dtype):
    """The spike lies in the corner where the kernel is zero, so that the output never shows it."""
    huge, limit = (1e30, 1e-5) if dtype == np.float32 else (1e200, 1e-12)
    image, x = spoil(IMAGE, huge).astype(dtype), spoil(LONG_X, huge).astype(dtype)
    kernel, w = KERNEL.astype(dtype), LONG_W.astype(dtype)
    kernel[0, 0] = kernel[-1, -1] = w[0] = w[-1] = 0
    views = np.lib.stride_tricks.sliding_window_view(image.astype(np.longdouble), kernel.shape)
    expected = np.einsum("ijmn,mn->ij", views, kernel.astype(np.longdouble))
    got = conv.cross_correlate2d(image, kernel)
    assert np.abs(got - expected).max() <= limit * np.abs(expected).max()
    views = np.lib.stride_tricks.sliding_window_view(x.astype(np.longdouble), w.size)
    expected = views @ w.astype(np.longdouble)
    got = conv.cross_correlate1d(x, w)
    assert np.abs(got - expected).max() <= limit * np.abs(expected).max()


def test_inputs_are_not_changed():
    arrays = [a.copy() for a in (LONG_X, LONG_W, IMAGE, KERNEL)]
    for array in arrays:
        array.flags.writeable = False
    x, w, image, kernel = arrays
    conv.convolve1d(x, w)
    conv.convolve2d(image, kernel, boundary="reflect")
    conv.conv2d(image[None], kernel[None, None], [1.0], padding="same")
    out = conv.conv2d(image[None], np.ones((1, 1, 1, 1)))
    assert not np.shares_memory(out, image)
    assert out.flags.writeable


def test_lists_and_single_numbers_do():
    assert conv.convolve1d([1], [2]).tolist() == [2]
    assert conv.convolve2d([[1]], [[2]]).tolist() == [[2]]
    assert conv.conv2d([[[3]]], [[[[2]]]], [1]).tolist() == [[[7]]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_empty_batches_and_channels(dtype):
    kernel = np.ones((3, 2, 3, 3), dtype)
    assert conv.conv2d(np.ones((0, 2, 5, 6), dtype), kernel).shape == (0, 3, 3, 4)
    none = conv.conv2d(np.ones((4, 0, 5, 6), dtype), kernel[:, :0])
    np.testing.assert_array_equal(none, np.zeros((4, 3, 3, 4)))
    assert none.dtype == dtype
    assert conv.conv2d(np.ones((4, 2, 5, 6), dtype), kernel[:0]).shape == (4, 0, 3, 4)
    only_border = conv.conv2d(np.ones((1, 1, 0, 2), dtype), kernel[:1, :1], padding=2)
    np.testing.assert_array_equal(only_border, np.zeros((1, 1, 2, 4)))


def megabytes(a):
    return a.nbytes / 2**20


CASES = {
    "batch": ((32, 16, 28, 28), (32, 16, 5, 5), {"padding": 2}),
    "strided": ((4, 3, 300, 310), (16, 3, 7, 7), {"stride": 2, "padding": "same"}),
    "dilated": ((1, 8, 200, 210), (8, 8, 5, 5), {"dilation": 3}),
    "grouped": ((4, 64, 60, 60), (64, 1, 5, 5), {"groups": 64, "padding": "full"}),
    "deep": ((1, 256, 30, 30), (64, 256, 5, 5), {}),
    "wide": ((1, 64, 6, 4000), (8, 64, 5, 5), {}),
    "grey": ((1, 1, 1000, 1100), (1, 1, 5, 5), {"padding": "same"}),
    "grey by FFT": ((1, 1, 1000, 1100), (1, 1, 31, 25), {"padding": 3}),
    "grey by a large FFT": ((1, 1, 900, 900), (1, 1, 150, 160), {}),
    "one tap": ((16, 64, 60, 60), (128, 64, 1, 1), {}),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
@pytest.mark.parametrize("case", CASES)
def test_workspace_is_bounded(case, dtype):
    """Peak memory: padded input, output, kernel and 8 MiB."""
    shape, kernel_shape, options = CASES[case]
    x = rng.integers(-9, 9, shape).astype(dtype)
    kernel = rng.integers(-9, 9, kernel_shape).astype(dtype)
    conv.conv2d(x, kernel, **options)  # what is imported or cached once does not count
    tracemalloc.start()
    out = conv.conv2d(x, kernel, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (top, bottom), (left, right) = conv.image_padding(
        shape[2:], kernel_shape[2:], options.get("padding", 0),
        stride=(options.get("stride", 1),) * 2, dilation=(options.get("dilation", 1),) * 2,
    )  # fmt: skip
    rows, columns = shape[2] + top + bottom, shape[3] + left + right
    padded = x[:, :, :1, :1].nbytes * rows * columns / 2**20
    columns_matrix = kernel[0].size * out.nbytes / kernel_shape[0] * options.get("groups", 1)
    assert columns_matrix / 2**20 > 8 or kernel[0].size == 64  # else the test shows nothing
    assert peak / 2**20 <= padded + megabytes(out) + megabytes(kernel) + 8


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("k", [5, 60, 1001, 30_000])
def test_workspace_of_signals_is_bounded(dtype, k):
    x, w = np.ones(3_000_000, dtype), np.ones(k, dtype)
    conv.convolve1d(x[:50_000], w)
    tracemalloc.start()
    out = conv.convolve1d(x, w)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.max() == pytest.approx(k)
    assert peak / 2**20 <= megabytes(x) + megabytes(out) + megabytes(w) + 8


RAGGED = [[1, 2], [3]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv.convolve1d([], [1]), ValueError, "x must hold at least one sample"),
        (lambda: conv.convolve1d([1], np.empty(0)), ValueError, "w must hold at least one"),
        (lambda: conv.convolve1d([[1]], [1]), ValueError, r"x must have 1 axis, got 2 .*\(1, 1\)"),
        (lambda: conv.convolve1d(3, [1]), ValueError, r"x must have 1 axis, got 0"),
        (lambda: conv.convolve1d([1], [1, 2], mode="valid"), ValueError, "spans 2 .* = 1"),
        (lambda: conv.cross_correlate1d([1], [1, 2]), ValueError, "spans 2 .* = 1"),
        (lambda: conv.convolve1d([1], [1], mode="ful"), ValueError, "'full'.*got 'ful'"),
        (lambda: conv.convolve1d([1], [1], mode=2), ValueError, "mode must be .*got 2"),
        (lambda: conv.convolve1d(["a"], [1]), TypeError, "x must hold numbers, got dtype <U1"),
        (lambda: conv.convolve1d([None], [1]), TypeError, "x must hold numbers, got dtype object"),
        (lambda: conv.convolve1d(np.ma.ones(3), [1]), TypeError, "x .*got a masked array"),
        (lambda: conv.convolve2d(RAGGED, [[1]]), ValueError, "image must be a rectangular array"),
        (lambda: conv.convolve2d([1], [[1]]), ValueError, "image must have 2 axes, got 1"),
        (lambda: conv.convolve2d([[1]], [[[1]]]), ValueError, "kernel must have 2 axes, got 3"),
        (
            lambda: conv.convolve2d([[1]], [[]]),
            ValueError,
            r"kernel must hold .*got shape \(1, 0\)",
        ),
        (lambda: conv.convolve2d([[1]], [[1, 2]], mode="valid"), ValueError, "spans 2"),
        (lambda: conv.convolve2d([[1]], [[1]], boundary="wrap"), ValueError, "'circular', got"),
        (lambda: conv.cross_correlate2d([[1]], [[1]], stride=0), ValueError, "stride .*got 0"),
        (lambda: conv.cross_correlate2d([[1]], [[1]], stride=1.0), TypeError, "stride .*got 1.0"),
        (
            lambda: conv.cross_correlate2d([[1]], [[1]], stride=(1, 2, 3)),
            ValueError,
            r"stride must be a number or a pair \(rows, columns\), got \(1, 2, 3\)",
        ),
        (
            lambda: conv.convolve2d(np.empty((0, 3)), [[1], [2]], boundary="reflect"),
            ValueError,
            r"an image without pixels has no 'reflect' border, got shape \(1, 1, 0, 3\)|without",
        ),
        (lambda: conv.toeplitz_matrix([1], 0), ValueError, "n must be a positive integer, got 0"),
        (lambda: conv.toeplitz_matrix([], 2), ValueError, "w must hold at least one sample"),
        (lambda: conv.doubly_block_toeplitz([[1]], (2, 0)), ValueError, "image_shape .*got 0"),
        (lambda: conv.doubly_block_toeplitz([1], (2, 2)), ValueError, "kernel must have 2 axes"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("shape", "kernel_shape", "options", "error", "message"),
    [
        ((5, 5), (1, 1, 3, 3), {}, ValueError, "x must have 3 or 4 axes, got 2"),
        ((1, 5, 5), (3, 3), {}, ValueError, "kernel must have 4 axes, got 2"),
        ((3, 5, 5), (1, 1, 3, 3), {}, ValueError, r"3 / 1 = 3 input channels.*\(1, 1, 3, 3\)"),
        ((4, 5, 5), (2, 4, 3, 3), {"groups": 2}, ValueError, "4 / 2 = 2 input channels"),
        ((3, 5, 5), (2, 1, 3, 3), {"groups": 2}, ValueError, "divide the 3 input and 2 output"),
        ((1, 5, 5), (1, 1, 3, 3), {"groups": 0}, ValueError, "groups .*got 0"),
        ((1, 5, 5), (1, 1, 0, 3), {}, ValueError, "kernel must hold at least one weight"),
        ((1, 5, 5), (1, 1, 6, 3), {}, ValueError, "spans 6 and an input of 5"),
        ((1, 5, 5), (1, 1, 3, 3), {"dilation": 3}, ValueError, "spans 7 and an input of 5"),
        ((1, 5, 5), (1, 1, 3, 3), {"dilation": 0}, ValueError, "dilation .*got 0"),
        ((1, 5, 5), (1, 1, 3, 3), {"stride": -1}, ValueError, "stride .*got -1"),
        ((1, 5, 5), (1, 1, 3, 3), {"stride": "2"}, TypeError, "stride .*got '2'"),
        ((1, 5, 5), (1, 1, 3, 3), {"padding": -1}, ValueError, "padding .*got -1"),
        ((1, 5, 5), (1, 1, 3, 3), {"padding": "SAME"}, ValueError, "padding .*got 'SAME'"),
        ((1, 5, 5), (1, 1, 3, 3), {"padding": None}, TypeError, "padding .*got None"),
        ((1, 5, 5), (1, 1, 3, 3), {"padding": (1, 2, 3)}, ValueError, r"padding .*\(1, 2, 3\)"),
        ((1, 5, 5), (1, 1, 3, 3), {"padding_mode": "wrap"}, ValueError, "padding_mode .*'wrap'"),
        ((1, 5, 5), (2, 1, 3, 3), {"bias": [1.0]}, ValueError, r"each of 2 output.*\(1,\)"),
        ((1, 5, 5), (2, 1, 3, 3), {"bias": 1.0}, ValueError, "bias must have 1 axis"),
        ((1, 0, 5), (1, 1, 1, 1), {}, ValueError, "spans 1 and an input of 0"),
    ],
)
def test_conv2d_errors(shape, kernel_shape, options, error, message):
    with pytest.raises(error, match=message):
        conv.conv2d(np.ones(shape), np.ones(kernel_shape), **options)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_numpys_own_dtype(dtype):
    """NumPy has quick ways for its own dtype objects that equal copies of them do not take."""
    x = np.ones((4, 4), dtype)
    for result in (conv.convolve1d(x[0], [dtype(1)]), conv.convolve2d(x, x)):
        assert result.dtype is np.dtype(dtype)
