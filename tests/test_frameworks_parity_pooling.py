"""Our pooling, torch's and Keras's: they agree, or differ just as documented."""

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.pooling import pool2d
from cnncourse.shapes import same_padding
from tests.framework_layers import (
    assert_equal,
    axis_counts,
    channels_first,
    channels_last,
    dtypes,
    examples,
    keras_operations,
    numbers,
    padded,
    seeds,
    tensor,
)

ops = pytest.fixture(scope="module")(keras_operations)


@st.composite
def pools(draw):
    """Input (most of it negative), window, stride; one or two axes."""
    axes = draw(axis_counts)
    size = [draw(st.integers(1, 4)) for _ in range(axes)]
    stride = [draw(st.integers(1, 4)) for _ in range(axes)]
    sizes = [draw(st.integers(k, k + 6)) for k in size]
    rng, dtype = np.random.default_rng(draw(seeds)), draw(dtypes)
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *sizes)
    x = numbers(rng, shape, dtype, strided=draw(st.booleans()), shift=-1.5)
    return x, tuple(size), tuple(stride)


def our_pool(x, size, kind, **options):
    """`pool2d`; of one axis, that of an image of one row."""
    if x.ndim == 4:
        return pool2d(x, size, kind=kind, **options)
    options["stride"] = (1, *options["stride"])
    if not isinstance(options.get("padding", 0), (str, int)):
        options["padding"] = (0, *options["padding"])
    return pool2d(x[:, :, None], (1, *size), kind=kind, **options)[:, :, 0]


def torch_pool(x, size, stride, kind, **options):
    name = ("max" if kind == "max" else "avg") + f"_pool{x.ndim - 2}d"
    return getattr(F, name)(tensor(x), size, stride, **options).numpy()


def pool_pads(x, size, stride):
    return [same_padding(*axis) for axis in zip(x.shape[2:], size, stride, strict=True)]


kinds = st.sampled_from(["max", "average"])


@examples(60)
@given(pools(), kinds, st.booleans(), st.booleans(), st.data())
def test_pooling_equals_torch(case, kind, ceil_mode, count_include_pad, data):
    x, size, stride = case
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in size)
    options = {"padding": padding, "ceil_mode": ceil_mode}
    if kind == "average":
        options["count_include_pad"] = count_include_pad
    got = our_pool(x, size, kind, stride=stride, **options)
    assert_equal(got, torch_pool(x, size, stride, kind, **options))


@examples(40)
@given(pools(), kinds, st.sampled_from(["valid", "same"]))
def test_pooling_equals_keras(ops, case, kind, padding):
    """Keras never counts padding, neither in a maximum nor in a mean."""
    x, size, stride = case
    function = ops.max_pool if kind == "max" else ops.average_pool
    out = channels_first(function(channels_last(x), size, stride, padding, "channels_last"))
    got = our_pool(x, size, kind, stride=stride, padding=padding, count_include_pad=False)
    assert_equal(got, out)


@examples(40)
@given(pools())
def test_a_mean_at_the_border_differs_by_window_over_cells_inside(case):
    """The mean of Keras is that of torch times (cells of the window) / (cells inside)."""
    x, size, stride = case
    zeros = padded(x, pool_pads(x, size, stride))
    counted = torch_pool(zeros, size, stride, "average")
    inside = torch_pool(
        padded(np.ones_like(x), pool_pads(x, size, stride)), size, stride, "average"
    ) * np.prod(size).astype(x.dtype)  # fmt: skip
    keras_mean = our_pool(
        x, size, "average", stride=stride, padding="same", count_include_pad=False
    )
    assert_equal(keras_mean, counted * (np.prod(size).astype(x.dtype) / inside))
    assert inside.min() > 0.9  # no window lies wholly outside


@examples(40)
@given(pools())
def test_a_maximum_padded_with_zeros_is_cut_off_at_zero_just_where_a_window_leaves(case):
    """Padding by hand with zeros, as code ported to torch often does, is not Keras's "same"."""
    x, size, stride = case
    pads = pool_pads(x, size, stride)
    right = our_pool(x, size, "max", stride=stride, padding="same")
    assert_equal(right, torch_pool(padded(x, pads, -np.inf), size, stride, "max"))
    leaves = torch_pool(padded(np.zeros_like(x), pads, 1.0), size, stride, "max") > 0
    by_zeros = torch_pool(padded(x, pads), size, stride, "max")
    assert_equal(by_zeros, np.where(leaves, np.maximum(right, 0), right))


@examples(30)
@given(pools())
def test_ceil_mode_is_same_where_at_most_one_cell_is_missing(case):
    """Windows side by side: ceil_mode hangs over the end, "same" over both; one size in all."""
    x, size, _ = case
    ceiled = our_pool(x, size, "average", stride=size, ceil_mode=True)
    same = our_pool(x, size, "average", stride=size, padding="same", count_include_pad=False)
    assert ceiled.shape == same.shape
    surplus = [-n % k for n, k in zip(x.shape[2:], size, strict=True)]
    if all(cells <= 1 for cells in surplus):  # one cell more goes after: the same windows
        assert_equal(ceiled, same)


def test_ceil_mode_is_not_same_where_two_cells_are_added():
    x = np.arange(7.0).reshape(1, 1, 1, 7) - 3
    ceiled = pool2d(x, (1, 3), ceil_mode=True)[0, 0, 0].tolist()
    same = pool2d(x, (1, 3), padding="same")[0, 0, 0].tolist()
    assert_equal(ceiled, torch_pool(x, (1, 3), (1, 3), "max", ceil_mode=True)[0, 0, 0])
    assert (ceiled, same) == ([-1, 2, 3], [-2, 1, 3])


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_pool_padding_of_half_the_window_and_no_more(kind, k):
    function = F.max_pool2d if kind == "max" else F.avg_pool2d
    x = np.random.default_rng(k).normal(size=(1, 1, 9, 8))
    assert_equal(pool2d(x, k, kind=kind, padding=k // 2), function(tensor(x), k, padding=k // 2))
    with pytest.raises(RuntimeError, match="at most half"):
        function(tensor(x), k, padding=k // 2 + 1)
    with pytest.raises(ValueError, match="at most half the window"):
        pool2d(x, k, kind=kind, padding=k // 2 + 1)
