"""Pooling against plain loops, PyTorch and Keras, and invariance against its theory."""

import math
import tracemalloc
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import _windows, definitions
from cnncourse.pooling import adaptive_pool2d, global_pool2d, pool2d, unchanged_fraction
from cnncourse.shapes import pool_output_size, same_padding

KINDS = ("max", "average", "l2")
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def assert_close(got, expected, dtype=np.float64):
    assert got.dtype == dtype
    assert got.shape == expected.shape
    largest = np.abs(expected).max(initial=0)
    assert np.abs(got - expected).max(initial=0) <= TOLERANCE[dtype] * largest


def summary_by_loops(window, kind, divisor):
    """One window's summary; `window` lists the values of its pixels."""
    if kind == "max":
        return max(window)
    if kind == "average":
        return sum(window) / divisor
    return math.sqrt(sum(v * v for v in window))


def pool2d_by_loops(plane, size, kind, stride, pads, count_include_pad, counts):
    """One image; pads ((top, bottom), (left, right)), counts (Ho, Wo)."""
    (height, width), ((top, bottom), (left, right)) = plane.shape, pads
    out = np.empty(counts)
    for i in range(counts[0]):
        for j in range(counts[1]):
            window, divisor = [], 0
            for m in range(i * stride[0] - top, i * stride[0] - top + size[0]):
                for q in range(j * stride[1] - left, j * stride[1] - left + size[1]):
                    inside = 0 <= m < height and 0 <= q < width
                    if inside:
                        window.append(float(plane[m, q]))
                    divisor += inside or (
                        count_include_pad and m < height + bottom and q < width + right
                    )
            out[i, j] = summary_by_loops(window, kind, divisor)
    return out


@st.composite
def layers(draw):
    """An image's shape and a pooling layer that fits, with torch's symmetric padding."""
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, k // 2)) for k in size)
    image = tuple(
        draw(st.integers(max(1, k - 2 * p), 9)) for k, p in zip(size, padding, strict=True)
    )
    batch = draw(st.sampled_from([(), (2,), (2, 3)]))
    options = {"stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}
    return (*batch, *image), size, options


def numbers(shape, seed, dtype=np.float64):
    return np.random.default_rng(seed).normal(-0.5, 1, shape).astype(dtype)


seeds = st.integers(0, 2**32 - 1)
small_blocks = st.sampled_from([1, 100, 500, 1 << 19])


def test_values_by_hand_with_negatives():
    x = [[-1, -2, -3, 4], [-5, -6, 7, -8]]
    assert pool2d(x, 2).tolist() == [[-1, 7]]
    assert pool2d(x, 2, kind="average").tolist() == [[-3.5, 0.0]]
    assert_close(pool2d(x, 2, kind="l2"), np.sqrt([[66.0, 138.0]]))


@settings(deadline=None, max_examples=150)
@given(layers(), seeds, st.sampled_from(KINDS), st.booleans(), small_blocks)
def test_equals_plain_loops(layer, seed, kind, count_include_pad, block):
    shape, size, options = layer
    x = numbers(shape, seed)
    with mock.patch.object(_windows, "_BLOCK", block):
        got = pool2d(x, size, kind=kind, count_include_pad=count_include_pad, **options)
    counts = tuple(
        pool_output_size(n, k, stride=s, padding=p, ceil_mode=options["ceil_mode"])
        for n, k, s, p in zip(shape[-2:], size, options["stride"], options["padding"], strict=True)
    )
    pads = [(p, p) for p in options["padding"]]
    planes = [
        pool2d_by_loops(plane, size, kind, options["stride"], pads, count_include_pad, counts)
        for plane in x.reshape(-1, *shape[-2:])
    ]
    assert_close(got, np.reshape(planes, (*shape[:-2], *counts)))


@settings(deadline=None, max_examples=60)
@given(layers(), seeds, st.sampled_from(KINDS), st.integers(1, 4))
def test_equals_the_definition(layer, seed, kind, stride):
    shape, size, _ = layer
    shape = (2, *(max(n, k) for n, k in zip(shape[-2:], size, strict=True)))
    x = numbers(shape, seed)
    expected = definitions.pool2d(x, size, kind, stride)
    assert_close(pool2d(x, size, kind=kind, stride=stride), expected)


@settings(deadline=None, max_examples=150)
@given(layers(), seeds, st.booleans(), st.sampled_from([np.float32, np.float64]), small_blocks)
def test_equals_torch(layer, seed, count_include_pad, dtype, block):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    shape, size, options = layer
    shape = (2, 3, *shape[-2:])
    x = numbers(shape, seed, dtype)
    before, tensor = x.copy(), torch.from_numpy(x.copy())
    with mock.patch.object(_windows, "_BLOCK", block):
        largest = pool2d(x, size, **options)
        average = pool2d(x, size, kind="average", count_include_pad=count_include_pad, **options)
    np.testing.assert_array_equal(largest, functional.max_pool2d(tensor, size, **options))
    expected = functional.avg_pool2d(tensor, size, count_include_pad=count_include_pad, **options)
    assert_close(average, expected.numpy(), dtype)
    if all(k <= n for k, n in zip(size, shape[2:], strict=True)):
        norm = pool2d(x, size, kind="l2", stride=options["stride"])
        expected = functional.lp_pool2d(tensor, 2, size, options["stride"])
        assert_close(norm, expected.numpy(), dtype)
    np.testing.assert_array_equal(x, before)


@settings(deadline=None, max_examples=100)
@given(st.tuples(*[st.integers(1, 12)] * 2), st.tuples(*[st.integers(1, 14)] * 2), seeds)
def test_adaptive_equals_torch(image, output_size, seed):
    torch = pytest.importorskip("torch")
    x = numbers((2, 3, *image), seed)
    tensor = torch.from_numpy(x)
    largest = torch.nn.functional.adaptive_max_pool2d(tensor, output_size)
    np.testing.assert_array_equal(adaptive_pool2d(x, output_size), largest)
    average = torch.nn.functional.adaptive_avg_pool2d(tensor, output_size)
    assert_close(adaptive_pool2d(x, output_size, kind="average"), average.numpy())
    norm = torch.sqrt(torch.sum(tensor**2, dim=(2, 3)))
    assert_close(global_pool2d(x, kind="l2"), norm.numpy())


@pytest.mark.slow
@pytest.mark.parametrize("width", [6, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_same_equals_keras(width, stride):
    keras = pytest.importorskip("keras")
    x = numbers((2, 3, 5, width), seed=width)
    channels_last = x.transpose(0, 2, 3, 1)
    options = {"pool_size": 3, "strides": stride, "padding": "same", "dtype": "float64"}
    for kind, layer in (
        ("max", keras.layers.MaxPooling2D(**options)),
        ("average", keras.layers.AveragePooling2D(**options)),
    ):
        expected = np.asarray(layer(channels_last)).transpose(0, 3, 1, 2)
        got = pool2d(x, 3, kind=kind, stride=stride, padding="same", count_include_pad=False)
        assert_close(got, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_forms(kind):
    x = numbers((6, 7), seed=3)
    options = {"kind": kind, "stride": 2, "count_include_pad": False}
    same = tuple(same_padding(n, 3, 2) for n in x.shape)
    assert same == ((0, 1), (1, 1))
    got = pool2d(x, 3, padding="same", **options)
    np.testing.assert_array_equal(got, pool2d(x, 3, padding=same, **options))
    assert_close(got, pool2d_by_loops(x, (3, 3), kind, (2, 2), same, False, (3, 4)))
    np.testing.assert_array_equal(
        pool2d(x, 3, padding="valid", **options), pool2d(x, 3, padding=0, **options)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stride", [(2, 3), (3, 1), (5, 4)])
def test_stride_samples_dense_pooling(kind, stride):
    x = numbers((3, 14, 11), seed=1)
    dense = pool2d(x, (3, 2), kind=kind, stride=1)
    sampled = pool2d(x, (3, 2), kind=kind, stride=stride)
    np.testing.assert_array_equal(sampled, dense[:, :: stride[0], :: stride[1]])


def test_default_stride_is_the_size():
    x = numbers((7, 9), seed=1)
    np.testing.assert_array_equal(pool2d(x, (2, 3)), pool2d(x, (2, 3), stride=(2, 3)))


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float16, np.float32, np.float64])
def test_padding_never_wins_a_maximum(dtype):
    x = np.full((3, 3), -7, dtype)
    got = pool2d(x, 3, stride=1, padding=1)
    assert got.dtype == dtype
    assert (got == -7).all()


@pytest.mark.parametrize(
    ("dtype", "kept", "computed"),
    [
        (np.bool_, np.bool_, np.float64),
        (np.uint8, np.uint8, np.float64),
        (np.int64, np.int64, np.float64),
        (np.float16, np.float16, np.float16),
        (np.float32, np.float32, np.float32),
        (">f8", np.float64, np.float64),
    ],
)
def test_dtype(dtype, kept, computed):
    x = np.ones((4, 6), dtype)
    for kind in KINDS:
        expected = kept if kind == "max" else computed
        assert pool2d(x, 2, kind=kind).dtype == expected
        assert adaptive_pool2d(x, 2, kind=kind).dtype == expected
        assert global_pool2d(x, kind=kind).dtype == expected


def test_sums_leave_no_type_behind():
    assert pool2d(np.array([[200, 250]], np.uint8), (1, 2), kind="average").item() == 225
    assert pool2d(np.array([[6e4, 6e4]], np.float16), (1, 2), kind="average").item() == 6e4
    assert pool2d(np.array([[300, 400]], np.float16), (1, 2), kind="l2").item() == 500


@pytest.mark.parametrize("scale", [2.0**1000, 2.0**-1000, 2.0**-1060])
def test_l2_neither_overflows_nor_vanishes(scale):
    assert pool2d([[3 * scale, 4 * scale]], (1, 2), kind="l2").item() == 5 * scale
    assert adaptive_pool2d([[3 * scale, 4 * scale]], 1, kind="l2").item() == 5 * scale


@pytest.mark.parametrize("kind", KINDS)
def test_nan_reaches_its_own_windows_only(kind):
    x = numbers((5, 6), seed=2)
    x[2, 1] = np.nan
    got = np.isnan(pool2d(x, (2, 3), kind=kind, stride=1))
    expected = np.zeros_like(got)
    expected[1:3, :2] = True
    np.testing.assert_array_equal(got, expected)
    assert np.isnan(adaptive_pool2d(x, 2, kind=kind)).any()
    assert np.isnan(global_pool2d(x, kind=kind))


def test_infinities():
    x = np.array([[1, np.inf, -np.inf, 2]])
    assert pool2d(x, (1, 2)).tolist() == [[np.inf, 2]]
    assert pool2d(x, (1, 2), kind="average").tolist() == [[np.inf, -np.inf]]
    assert pool2d(x, (1, 2), kind="l2").tolist() == [[np.inf, np.inf]]


@pytest.mark.parametrize("kind", KINDS)
def test_no_images_or_no_channels_give_none(kind):
    assert pool2d(np.zeros((0, 3, 5, 6)), 2, kind=kind).shape == (0, 3, 2, 3)
    assert pool2d(np.zeros((2, 0, 5, 6)), 2, kind=kind).shape == (2, 0, 2, 3)
    assert adaptive_pool2d(np.zeros((0, 3, 5, 6)), 2, kind=kind).shape == (0, 3, 2, 2)
    assert global_pool2d(np.zeros((0, 3, 5, 6)), kind=kind).shape == (0, 3)


def test_global_pooling_fits_every_image_size():
    shapes = [(2, 3, 4, 5), (2, 3, 8, 2), (2, 3, 1, 1)]
    images = [numbers(shape, seed=4) for shape in shapes]
    for x in images:
        np.testing.assert_array_equal(global_pool2d(x), x.max(axis=(2, 3)))
        assert_close(global_pool2d(x, kind="average"), x.mean(axis=(2, 3)))


def test_any_memory_layout():
    x = np.asfortranarray(numbers((4, 3, 8, 10), seed=5))
    for view in (x, x[::2, :, ::-1], x.swapaxes(2, 3)):
        np.testing.assert_array_equal(pool2d(view, 3), pool2d(view.copy(order="C"), 3))


@pytest.mark.parametrize(
    ("x", "size", "options", "error", "words"),
    [
        (np.zeros(4), 2, {}, ValueError, r"x must be \(H, W\), \(C, H, W\) or .*, got .* 1 axis"),
        (
            np.zeros((1, 1, 1, 4, 4)),
            2,
            {},
            ValueError,
            r"x must be .*\(N, C, H, W\), got .* 5 axes",
        ),
        ([[1, 2], [3]], 1, {}, ValueError, "x must be a rectangular array"),
        (np.zeros((2, 0, 4)), 2, {}, ValueError, r"at least one pixel, got shape \(2, 0, 4\)"),
        (np.zeros((4, 4), complex), 2, {}, TypeError, "x must hold real numbers, got.*complex128"),
        (np.array([[None]]), 1, {}, TypeError, "x must hold numbers, got dtype object"),
        (np.zeros((4, 4)), 5, {}, ValueError, "size must fit .* window of 5 and 4"),
        (np.zeros((4, 4)), 0, {}, ValueError, "size must be a positive integer, got 0"),
        (np.zeros((4, 4)), 2.0, {}, TypeError, "size must be a positive integer, got 2.0"),
        (np.zeros((4, 4)), (1, 2, 3), {}, ValueError, "size must be a number or a pair"),
        (np.zeros((4, 4)), 2, {"stride": 0}, ValueError, "stride must be a positive integer"),
        (np.zeros((4, 4)), 3, {"padding": 2}, ValueError, "half the window of 3, got 2"),
        (np.zeros((4, 4)), 3, {"padding": "full"}, ValueError, "half the window of 3, got 2"),
        (np.zeros((4, 4)), 3, {"padding": -1}, ValueError, "padding must be a non-negative"),
        (np.zeros((4, 4)), 3, {"padding": "most"}, ValueError, "padding must be .*got 'most'"),
        (np.zeros((4, 4)), 2, {"kind": "mean"}, ValueError, "kind must be .*got 'mean'"),
    ],
)
def test_says_what_came_and_what_was_expected(x, size, options, error, words):
    with pytest.raises(error, match=words):
        pool2d(x, size, **options)


@pytest.mark.parametrize("function", [adaptive_pool2d, unchanged_fraction])
def test_others_refuse_bad_input_too(function):
    with pytest.raises(TypeError, match="x must hold real numbers"):
        function(np.zeros((4, 4), complex), 2)
    with pytest.raises(ValueError, match="size must be a positive integer, got 0"):
        function(np.zeros((4, 4)), 0)
    with pytest.raises(ValueError, match="at least one pixel"):
        function(np.zeros((4, 0)), 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 1, 2048, 1536), (300, 20, 28, 28)])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (5, 1)])
def test_memory_is_bounded(kind, shape, size, stride):
    x = np.zeros(shape, np.float32)
    tracemalloc.start()
    out = pool2d(x, size, kind=kind, stride=stride, padding=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= out.nbytes + 8 * 2**20  # less than allowed: no padded copy either


@pytest.mark.parametrize(
    ("size", "shift"), [(2, 1), (3, 1), (5, 1), (9, 1), (5, 3), (4, 4), (3, 7)]
)
def test_unchanged_fraction_follows_theory(size, shift):
    # Rows as short as a pair of windows: one comparison each, so all are independent.
    rows = 40_000
    x = np.random.default_rng(size).normal(size=(rows, size + shift))
    theory = max(size - shift, 0) / (size + shift)
    spread = math.sqrt(theory * (1 - theory) / rows)
    assert abs(unchanged_fraction(x, size, shift) - theory) <= 5 * spread


@pytest.mark.parametrize("size", [2, 3, 6])
def test_unchanged_fraction_of_one_long_row(size):
    # Comparisons more than `size` apart share no value: at most 2 * size + 1 times the variance.
    n = 300_000
    x = np.random.default_rng(size).random(n)
    theory = (size - 1) / (size + 1)
    spread = math.sqrt((2 * size + 1) * theory * (1 - theory) / (n - size))
    assert abs(unchanged_fraction(x, size) - theory) <= 5 * spread


def test_unchanged_fraction_in_two_dimensions():
    rng = np.random.default_rng(0)
    images = 40_000
    down_one = rng.normal(size=(images, 4, 3))
    spread = math.sqrt(0.5 * 0.5 / images)
    assert abs(unchanged_fraction(down_one, (3, 3), (1, 0)) - 2 / 4) <= 5 * spread
    diagonal = rng.normal(size=(images, 4, 4))
    theory = 4 / (9 + 9 - 4)  # the windows share 2 x 2 of 3 x 3 pixels
    assert abs(unchanged_fraction(diagonal, (3, 3), (1, 1)) - theory) <= 5 * spread


def test_unchanged_fraction_by_hand():
    x = [0, 9, 1, 2, 8]  # maxima of 2: 9, 9, 2, 8
    assert unchanged_fraction(x, 2) == pytest.approx(1 / 3)
    assert unchanged_fraction(x, 2, 2) == 0
    assert unchanged_fraction(x, 2, 0) == 1
    assert unchanged_fraction([x, x], (2, 2)) == pytest.approx(1 / 3)
    assert unchanged_fraction(np.zeros(9), 3) == 1  # a sparse input flatters
    with pytest.raises(ValueError, match="shift must leave places to compare"):
        unchanged_fraction(x, 2, 4)
    with pytest.raises(ValueError, match="shift must be a non-negative integer, got -1"):
        unchanged_fraction(x, 2, -1)
