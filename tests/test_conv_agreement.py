"""Loops, the fast version, SciPy and torch must agree on random cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal

from cnncourse import _overlap, conv, definitions

LIMITS = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 1e-5}
NUMPY_PAD = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
TORCH_PAD = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}

dtypes = st.sampled_from(sorted(LIMITS, key=str))
seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 4)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


def assert_close(got, expected):
    """Hold the limits: max|difference| against max|reference|."""
    assert got.shape == expected.shape
    limit = LIMITS[got.dtype] * np.abs(expected).max(initial=0.0)
    assert np.abs(got - expected).max(initial=0.0) <= limit


def draw_array(rng, shape, dtype, layout):
    """Return random numbers of both signs, laid out in memory in one of several ways."""
    if layout == "strided":
        doubled = rng.normal(size=tuple(2 * size for size in shape)).astype(dtype)
        return doubled[tuple(slice(None, None, 2) for _ in shape)]
    array = rng.normal(size=shape).astype(dtype)
    if layout == "reversed":
        return array[tuple(slice(None, None, -1) for _ in shape)]
    if layout == "fortran":
        return np.asfortranarray(array)
    return array


layouts = st.sampled_from(["plain", "strided", "reversed", "fortran"])


@given(st.integers(1, 40), st.integers(1, 40), dtypes, layouts, seeds)
def test_convolve1d(n, k, dtype, layout, seed):
    rng = np.random.default_rng(seed)
    x, w = draw_array(rng, (n,), dtype, layout), draw_array(rng, (k,), dtype, layout)
    full = conv.convolve1d(x, w)
    assert full.dtype == dtype
    assert_close(full, definitions.convolve1d(x, w))
    assert_close(full, signal.convolve(x, w, method="direct"))
    start = (k - 1) // 2
    assert_close(conv.convolve1d(x, w, mode="same"), full[start : start + n])
    assert_close(conv.cross_correlate1d(x, w, mode="full"), conv.convolve1d(x, w[::-1]))
    before = (k - 1) // 2
    padded = np.pad(x, (before, k - 1 - before))
    assert_close(
        conv.cross_correlate1d(x, w, mode="same"), definitions.cross_correlate1d(padded, w)
    )
    if k <= n:
        assert_close(conv.convolve1d(x, w, mode="valid"), full[k - 1 : n])
        assert_close(conv.cross_correlate1d(x, w), definitions.cross_correlate1d(x, w))
        assert_close(conv.convolve1d(x, w, mode="same"), np.convolve(x, w, "same"))


@settings(max_examples=40)
@given(
    st.integers(_overlap.LONG, 20_000), st.integers(1, 900), dtypes, layouts, seeds,
    st.sampled_from(["full", "same", "valid"]),
)  # fmt: skip
def test_long_signals(n, k, dtype, layout, seed, mode):
    rng = np.random.default_rng(seed)
    x, w = draw_array(rng, (n,), dtype, layout), draw_array(rng, (k,), dtype, layout)
    expected = np.convolve(x.astype(np.float64), w.astype(np.float64), mode)
    assert_close(conv.convolve1d(x, w, mode=mode), expected)


def test_kernel_longer_than_a_long_signal():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=3000), rng.normal(size=9000)
    full = np.convolve(w, x)
    assert_close(conv.convolve1d(x, w), full)
    assert_close(conv.convolve1d(x, w, mode="same"), full[4499:7499])


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)), st.tuples(small, small),
    st.sampled_from(sorted(NUMPY_PAD)), dtypes, layouts, seeds,
)  # fmt: skip
def test_convolve2d(image_shape, kernel_shape, boundary, dtype, layout, seed):
    rng = np.random.default_rng(seed)
    image = draw_array(rng, image_shape, dtype, layout)
    kernel = draw_array(rng, kernel_shape, dtype, layout)
    (rows, columns), (height, width) = kernel_shape, image_shape
    extended = np.pad(image, ((rows - 1,) * 2, (columns - 1,) * 2), mode=NUMPY_PAD[boundary])
    full = definitions.cross_correlate2d(extended, kernel[::-1, ::-1])
    assert_close(conv.convolve2d(image, kernel, boundary=boundary), full)
    top, left = (rows - 1) // 2, (columns - 1) // 2
    middle = full[top : top + height, left : left + width]
    assert_close(conv.convolve2d(image, kernel, mode="same", boundary=boundary), middle)
    if boundary == "zeros":
        assert_close(full, definitions.convolve2d(image, kernel))
        assert_close(full, signal.convolve2d(image, kernel))
        assert_close(conv.convolve2d(kernel, image), conv.convolve2d(image, kernel))
    if rows <= height and columns <= width:
        valid = full[rows - 1 : height, columns - 1 : width]
        assert_close(conv.convolve2d(image, kernel, mode="valid"), valid)


@given(
    st.tuples(st.integers(4, 12), st.integers(4, 12)), st.tuples(small, small), pairs,
    dtypes, layouts, seeds,
)  # fmt: skip
def test_cross_correlate2d(image_shape, kernel_shape, stride, dtype, layout, seed):
    rng = np.random.default_rng(seed)
    image = draw_array(rng, image_shape, dtype, layout)
    kernel = draw_array(rng, kernel_shape, dtype, layout)
    down, right = stride
    dense = definitions.cross_correlate2d(image, kernel)
    assert_close(conv.cross_correlate2d(image, kernel), dense)
    assert_close(conv.cross_correlate2d(image, kernel, stride=stride), dense[::down, ::right])
    assert_close(dense, signal.correlate2d(image, kernel, "valid"))
    same = conv.cross_correlate2d(image, kernel, mode="same", boundary="replicate")
    # An even kernel's centre lies before its middle here, behind it in ndimage.
    origin = [-1 if size % 2 == 0 else 0 for size in kernel_shape]
    assert_close(same, ndimage.correlate(image, kernel, mode="nearest", origin=origin))
    assert_close(
        conv.cross_correlate2d(image, kernel, mode="full", stride=stride),
        definitions.convolve2d(image, kernel[::-1, ::-1])[::down, ::right],
    )


@settings(max_examples=30)
@given(
    st.tuples(st.integers(40, 420), st.integers(40, 420)),
    st.tuples(st.integers(1, 40), st.integers(1, 40)), dtypes, layouts, seeds,
)  # fmt: skip
def test_larger_images(image_shape, kernel_shape, dtype, layout, seed):
    rng = np.random.default_rng(seed)
    image = draw_array(rng, image_shape, dtype, layout)
    kernel = draw_array(rng, kernel_shape, dtype, layout)
    exact = image.astype(np.float64), kernel[::-1, ::-1].astype(np.float64)
    expected = signal.fftconvolve(*exact, mode="valid")
    assert_close(conv.cross_correlate2d(image, kernel), expected)
    assert_close(conv.cross_correlate2d(image, kernel, stride=(2, 3)), expected[::2, ::3])


@given(
    st.integers(1, 3), small, small, st.tuples(st.integers(5, 9), st.integers(5, 9)), pairs,
    pairs, pairs, st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(1, 3),
    st.booleans(), dtypes, layouts, seeds,
)  # fmt: skip
def test_conv2d_as_torch(
    samples, inputs, outputs, shape, taps, stride, dilation, padding, groups, with_bias, dtype,
    layout, seed,
):  # fmt: skip
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x = draw_array(rng, (samples, inputs * groups, *shape), dtype, layout)
    kernel = draw_array(rng, (outputs * groups, inputs, *taps), dtype, layout)
    bias = draw_array(rng, (outputs * groups,), dtype, layout) if with_bias else None
    options = {"stride": stride, "dilation": dilation, "padding": padding, "groups": groups}
    if any(
        n + 2 * p < d * (k - 1) + 1
        for n, p, d, k in zip(shape, padding, dilation, taps, strict=True)
    ):
        with pytest.raises(ValueError, match="kernel must fit"):
            conv.conv2d(x, kernel, **options)
        return
    tensors = [None if a is None else torch.tensor(a.copy()) for a in (x, kernel, bias)]
    expected = torch.nn.functional.conv2d(*tensors, **options).numpy()
    got = conv.conv2d(x, kernel, bias, **options)
    assert got.dtype == dtype
    assert_close(got, expected)
    assert_close(conv.conv2d(x[0], kernel, bias, **options), expected[0])
    if groups == 1 and stride[0] == stride[1] and len({*padding}) == len({*dilation}) == 1:
        loops = definitions.conv2d(
            x[0], kernel, stride[0], padding=padding[0], dilation=dilation[0]
        )
        assert_close(conv.conv2d(x[0], kernel, **options), loops)


@settings(max_examples=30)
@given(
    st.tuples(st.integers(3, 9), st.integers(3, 9)), pairs,
    st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2),
    st.sampled_from(sorted(NUMPY_PAD)), dtypes, seeds,
)  # fmt: skip
def test_conv2d_padding_modes(shape, taps, padding, mode, dtype, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x, kernel = (rng.normal(size=s).astype(dtype) for s in ((2, 2, *shape), (3, 2, *taps)))
    got = conv.conv2d(x, kernel, padding=padding, padding_mode=mode)
    (top, bottom), (left, right) = padding
    extended = torch.nn.functional.pad(
        torch.tensor(x), (left, right, top, bottom), mode=TORCH_PAD.get(mode, "circular")
    )
    assert_close(got, torch.nn.functional.conv2d(extended, torch.tensor(kernel)).numpy())


@given(st.tuples(small, small), st.tuples(small, small), pairs, seeds)
def test_full_padding(shape, taps, dilation, seed):
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(1, *shape)), rng.normal(size=(1, 1, *taps))
    spread = np.zeros([d * (k - 1) + 1 for d, k in zip(dilation, taps, strict=True)])
    spread[:: dilation[0], :: dilation[1]] = kernel[0, 0]
    got = conv.conv2d(x, kernel, padding="full", dilation=dilation)
    assert_close(got[0], definitions.convolve2d(x[0], spread[::-1, ::-1]))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("width", [6, 7])
@pytest.mark.parametrize("taps", [(3, 3), (2, 4), (5, 1)])
def test_same_padding_as_keras(dtype, stride, width, taps):
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(width)
    x, kernel = rng.normal(size=(2, 3, 8, width)), rng.normal(size=(4, 3, *taps))
    x, kernel = x.astype(dtype), kernel.astype(dtype)
    theirs = keras.ops.conv(
        x.transpose(0, 2, 3, 1), kernel.transpose(2, 3, 1, 0), strides=stride, padding="same"
    )
    expected = keras.ops.convert_to_numpy(theirs).transpose(0, 3, 1, 2)
    assert_close(conv.conv2d(x, kernel, stride=stride, padding="same"), expected)


@given(st.integers(1, 9), st.integers(1, 5), seeds)
def test_toeplitz_matrix(n, k, seed):
    rng = np.random.default_rng(seed)
    x, w, y = rng.normal(size=n), rng.normal(size=k), rng.normal(size=n + k - 1)
    matrix = conv.toeplitz_matrix(w, n)
    assert matrix.shape == (n + k - 1, n)
    np.testing.assert_allclose(matrix @ x, definitions.convolve1d(x, w), atol=1e-12)
    np.testing.assert_allclose(matrix.T @ y, definitions.cross_correlate1d(y, w), atol=1e-12)
    assert np.count_nonzero(matrix) == n * k


@given(st.tuples(small, small), st.tuples(small, small), seeds)
def test_doubly_block_toeplitz(image_shape, kernel_shape, seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=image_shape), rng.normal(size=kernel_shape)
    expected = definitions.convolve2d(image, kernel)
    matrix = conv.doubly_block_toeplitz(kernel, image_shape)
    assert matrix.shape == (expected.size, image.size)
    np.testing.assert_allclose(matrix @ image.ravel(), expected.ravel(), atol=1e-12)
