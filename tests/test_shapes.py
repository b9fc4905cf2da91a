"""Sizes, padding and receptive fields against brute force and against torch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse import shapes

sizes, small = st.integers(1, 40), st.integers(1, 6)


def placements(n, k, stride, before, after, dilation):
    """Count by trying each start."""
    last_tap = (k - 1) * dilation
    starts = range(0, n + before + after, stride)
    return sum(start + last_tap < n + before + after for start in starts)


@given(sizes, small, small, st.integers(0, 4), st.integers(0, 4), st.integers(1, 3))
def test_conv_output_size_counts_placements(n, k, stride, before, after, dilation):
    expected = placements(n, k, stride, before, after, dilation)
    options = {"stride": stride, "padding": (before, after), "dilation": dilation}
    if expected == 0:
        with pytest.raises(ValueError, match="kernel must fit into the padded input"):
            shapes.conv_output_size(n, k, **options)
    else:
        assert shapes.conv_output_size(n, k, **options) == expected


@given(sizes, small, small, st.integers(1, 3))
def test_same_gives_one_output_for_each_stride(n, k, stride, dilation):
    before, after = shapes.same_padding(n, k, stride, dilation)
    assert after - before in (0, 1)
    # Padding is never negative, so with gaps between the kernels it may be none.
    size = shapes.conv_output_size(n, k, padding="same", stride=stride, dilation=dilation)
    assert size == -(-n // stride)


@given(sizes, small, st.integers(1, 3))
def test_named_paddings_at_stride_one(n, k, dilation):
    reach = dilation * (k - 1)
    assert shapes.conv_output_size(n, k, padding="full", dilation=dilation) == n + reach
    assert shapes.conv_output_size(n, k, padding="same", dilation=dilation) == n
    if reach < n:
        assert shapes.conv_output_size(n, k, padding="valid", dilation=dilation) == n - reach


def test_same_padding_known_cases():
    # TensorFlow: width 6 pads one side only at stride 2, width 7 both.
    assert shapes.same_padding(6, 3, 2) == (0, 1)
    assert shapes.same_padding(7, 3, 2) == (1, 1)
    assert shapes.same_padding(5, 2) == (0, 1)
    assert shapes.same_padding(10, 1, 3) == (0, 0)


@given(st.integers(1, 20), st.integers(1, 6), st.integers(1, 6), st.data(), st.booleans())
def test_pool_output_size_as_torch(n, k, stride, data, ceil_mode):
    torch = pytest.importorskip("torch")
    padding = data.draw(st.integers(0, k // 2))
    if n + 2 * padding < k:
        with pytest.raises(ValueError, match="window must fit"):
            shapes.pool_output_size(n, k, stride=stride, padding=padding)
        return
    pooled = torch.nn.functional.max_pool1d(
        torch.zeros(1, 1, n), k, stride, padding, ceil_mode=ceil_mode
    )
    size = shapes.pool_output_size(n, k, stride=stride, padding=padding, ceil_mode=ceil_mode)
    assert size == pooled.shape[-1]


def test_pool_stride_defaults_to_the_window():
    assert shapes.pool_output_size(9, 3) == shapes.pool_output_size(9, 3, stride=3) == 3


def test_image_padding_forms():
    pads = [
        shapes.image_padding((5, 6), (3, 4), padding)
        for padding in (2, (2, 1), ((0, 1), (2, 3)), "valid", "same", "full", [1, np.int64(0)])
    ]
    assert pads == [
        ((2, 2), (2, 2)),
        ((2, 2), (1, 1)),
        ((0, 1), (2, 3)),
        ((0, 0), (0, 0)),
        ((1, 1), (1, 2)),
        ((2, 2), (3, 3)),
        ((1, 1), (0, 0)),
    ]


layers = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3)),
    min_size=1,
    max_size=4,
)


@given(layers)
def test_receptive_field_by_following_pixels(stack):
    """Follow the sets of input pixels that each unit sees, layer by layer."""
    margin = 200
    seen = [{pixel} for pixel in range(-margin, margin + 400)]
    origin = margin  # position in `seen` of the unit with index 0
    for k, stride, padding, dilation in stack:
        units = []
        first = None
        for unit in range(-margin, margin + 400):
            taps = [origin + unit * stride - padding + tap * dilation for tap in range(k)]
            if min(taps) < 0 or max(taps) >= len(seen):
                continue
            first = unit if first is None else first
            units.append(set().union(*(seen[tap] for tap in taps)))
        seen, origin = units, -first
    field = shapes.receptive_field(stack)
    here, following = seen[origin], seen[origin + 1]
    assert field.size == max(here) - min(here) + 1
    assert field.jump == min(following) - min(here)
    assert field.offset == (min(here) + max(here)) / 2


def test_receptive_field_of_nothing_and_of_pairs():
    assert shapes.receptive_field([]) == (1, 1, 0.0)
    assert shapes.receptive_field([(3, 1, (2, 0))]).offset == -1.0
    assert shapes.receptive_field([shapes.Layer(5, padding=2)]) == (5, 1, 0.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shapes.conv_output_size(5, 3, stride=0), ValueError, "stride.*positive.*got 0"),
        (lambda: shapes.conv_output_size(5, 0), ValueError, "k must be a positive.*got 0"),
        (lambda: shapes.conv_output_size(-1, 3), ValueError, "n must be a non-negative.*got -1"),
        (lambda: shapes.conv_output_size(5, 3, padding=-1), ValueError, "padding.*got -1"),
        (lambda: shapes.conv_output_size(5, 3, padding="some"), ValueError, "'valid'.*'some'"),
        (lambda: shapes.conv_output_size(5, 3, padding=0.5), TypeError, "padding.*got 0.5"),
        (lambda: shapes.conv_output_size(5.0, 3), TypeError, "n must be .*got 5.0"),
        (lambda: shapes.conv_output_size(5, True), TypeError, "k must be .*got True"),
        (lambda: shapes.conv_output_size(5, 6), ValueError, "spans 6 .* = 5"),
        (lambda: shapes.pool_output_size(5, 2, padding=2), ValueError, "half the window of 2.*2"),
        (lambda: shapes.image_padding((5, 5), (3, 3), (1, 2, 3)), ValueError, r"got \(1, 2, 3\)"),
        (lambda: shapes.receptive_field([3]), TypeError, "layers must hold tuples.*got 3"),
        (lambda: shapes.receptive_field([(3, 0)]), ValueError, "stride.*got 0"),
    ],
)
def test_errors_say_what_came_and_what_was_expected(call, error, message):
    with pytest.raises(error, match=message):
        call()
