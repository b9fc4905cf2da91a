"""Ours, torch and Keras on the same random layers: they agree, or differ just as documented.

In these tests b is what Keras's "same" adds before an axis of n cells, E = d (k - 1) + 1 what a
kernel spans, and D the layer's output at stride 1 with (E - 1) // 2 cells before. The halves
with Keras are skipped where TensorFlow is not installed.
"""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.conv import conv2d, cross_correlate1d
from cnncourse.gradients import conv2d_input_gradient
from cnncourse.shapes import same_padding
from tests.framework_layers import (
    assert_equal,
    axis_counts,
    channels_first,
    channels_last,
    dtypes,
    examples,
    keras_operations,
    kernel_last,
    numbers,
    padded,
    seeds,
    tensor,
)

ops = pytest.fixture(scope="module")(keras_operations)


def at_stride(dense, starts, steps):
    """Sample the last axes of a map computed at stride 1."""
    places = tuple(slice(start, None, step) for start, step in zip(starts, steps, strict=True))
    return dense[(..., *places)]


@st.composite
def layers(draw, *, odd=False, dilated=True, grouped=True, wide=0):
    """A convolutional layer: input, kernel, bias, stride, dilation, groups; one or two axes.

    Strides and dilations are not both above 1, which Keras refuses. The input is `wide` cells
    larger than the kernel spans.
    """
    axes = draw(axis_counts)
    kernel = [draw(st.sampled_from((1, 3, 5) if odd else (1, 2, 3, 4))) for _ in range(axes)]
    dilation = [draw(st.integers(1, 3)) if dilated else 1 for _ in range(axes)]
    stride = [1 if max(dilation) > 1 else draw(st.integers(1, 3)) for _ in range(axes)]
    groups = draw(st.sampled_from((1, 2, 3))) if grouped else 1
    inputs, outputs = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    sizes = [draw(st.integers(span + wide, span + wide + 6)) for span in spans]
    rng, dtype = np.random.default_rng(draw(seeds)), draw(dtypes)
    batch, strided = draw(st.integers(1, 2)), draw(st.booleans())
    return {
        "x": numbers(rng, (batch, inputs, *sizes), dtype, strided=strided),
        "kernel": numbers(rng, (outputs, inputs // groups, *kernel), dtype),
        "bias": numbers(rng, (outputs,), dtype),
        "stride": tuple(stride), "dilation": tuple(dilation), "groups": groups,
    }  # fmt: skip


def spans_of(layer):
    return [
        d * (k - 1) + 1 for k, d in zip(layer["kernel"].shape[2:], layer["dilation"], strict=True)
    ]


def pads_of(layer):
    """((before, after), ...) of Keras's "same"."""
    axes = zip(layer["x"].shape[2:], layer["kernel"].shape[2:], layer["stride"],
               layer["dilation"], strict=True)  # fmt: skip
    return [same_padding(*axis) for axis in axes]


def ours(layer, padding):
    """Our layer; one of one axis is an image of one row."""
    x, kernel = layer["x"], layer["kernel"]
    options = {"groups": layer["groups"]}
    if x.ndim == 4:
        options |= {"stride": layer["stride"], "dilation": layer["dilation"], "padding": padding}
        return conv2d(x, kernel, layer["bias"], **options)
    if not isinstance(padding, str):
        padding = ((0, 0), *padding)
    options |= {"stride": (1, *layer["stride"]), "dilation": (1, *layer["dilation"])}
    return conv2d(x[:, :, None], kernel[:, :, None], layer["bias"], padding=padding, **options)[
        :, :, 0
    ]


def by_torch(layer, padding, *, x=None, **changed):
    """torch's layer; `padding` as in torch."""
    x = layer["x"] if x is None else x
    function = F.conv2d if x.ndim == 4 else F.conv1d
    options = {name: layer[name] for name in ("stride", "dilation", "groups")} | changed
    weights = tensor(layer["kernel"]), tensor(layer["bias"])
    with warnings.catch_warnings():  # torch says that "same" copies the input for an even kernel
        warnings.filterwarnings("ignore", "Using padding='same' with even kernel")
        return function(tensor(x), *weights, padding=padding, **options).numpy()


def by_keras(ops, layer, padding):
    out = ops.conv(
        channels_last(layer["x"]), kernel_last(layer["kernel"]), layer["stride"], padding,
        "channels_last", layer["dilation"],
    )  # fmt: skip
    return channels_first(out) + layer["bias"].reshape(-1, *(1,) * (layer["x"].ndim - 2))


# Convolution


@examples(60)
@given(layers(), st.data())
def test_convolution_equals_torch(layer, data):
    padding = tuple(data.draw(st.integers(0, 3)) for _ in spans_of(layer))
    expected = by_torch(layer, padding)
    assert_equal(ours(layer, tuple((cells, cells) for cells in padding)), expected)
    if layer["x"].ndim == 4:  # the other order in memory, the same numbers
        x = tensor(layer["x"]).contiguous(memory_format=torch.channels_last)
        out = F.conv2d(x, tensor(layer["kernel"]), tensor(layer["bias"]), padding=padding,
                       stride=layer["stride"], dilation=layer["dilation"],
                       groups=layer["groups"])  # fmt: skip
        assert_equal(out.numpy(), expected)


@examples(40)
@given(layers(grouped=False), st.sampled_from(["valid", "same"]))
def test_convolution_equals_keras(ops, layer, padding):
    expected = by_keras(ops, layer, padding)
    assert_equal(ours(layer, padding), expected)
    cells = pads_of(layer) if padding == "same" else [(0, 0)] * len(layer["stride"])
    assert_equal(by_torch(layer, 0, x=padded(layer["x"], cells)), expected)


@examples(6)  # Keras compiles a grouped layer for each shape
@given(layers(dilated=False).filter(lambda layer: layer["groups"] > 1))
def test_grouped_convolution_equals_keras(ops, layer):
    assert_equal(ours(layer, "same"), by_keras(ops, layer, "same"))


@examples(40)
@given(layers(grouped=False).filter(lambda layer: layer["stride"] == (1,) * len(layer["stride"])))
def test_same_is_one_thing_at_stride_1_for_even_kernels_too(layer):
    """torch's "same" puts the odd cell after, as Keras's does; padding=k // 2 puts one too many."""
    same = ours(layer, "same")
    assert_equal(by_torch(layer, "same"), same)
    spans = spans_of(layer)
    more = by_torch(layer, tuple(span // 2 for span in spans))
    assert more.shape[2:] == tuple(
        n + 1 - span % 2 for n, span in zip(layer["x"].shape[2:], spans, strict=True)
    )
    assert_equal(at_stride(more, [1 - span % 2 for span in spans], layer["stride"]), same)


@examples(60)
@given(layers(odd=True, dilated=False, grouped=False))
def test_keras_centres_the_grid_that_torch_starts_at_the_first_cell(layer):
    """Odd kernels, padding=(k - 1) // 2 against "same": of the map at stride 1, D,

    torch keeps D[0::s], Keras D[c::s] with c = min((k - 1) // 2, r // 2), where r = 1 .. s cells
    follow the last multiple of s, the multiple counted. So both are equal at r = 1, on an odd
    width at stride 2; on an even one Keras keeps the odd places, torch the even.
    """
    sizes, kernel, steps = layer["x"].shape[2:], layer["kernel"].shape[2:], layer["stride"]
    centred = tuple((k - 1) // 2 for k in kernel)
    dense = by_torch(layer, centred, stride=1)
    starts = [min(p, ((n - 1) % s + 1) // 2) for n, p, s in zip(sizes, centred, steps, strict=True)]
    by_padding = by_torch(layer, centred)
    assert_equal(by_padding, at_stride(dense, [0] * len(steps), steps))
    same = ours(layer, "same")
    assert_equal(same, at_stride(dense, starts, steps))
    assert same.shape == by_padding.shape
    before = [pair[0] for pair in pads_of(layer)]
    assert starts == [p - b for p, b in zip(centred, before, strict=True)]


@examples(15)
@given(layers(odd=True, dilated=False, grouped=False))
def test_keras_keeps_the_places_that_we_say(ops, layer):
    kernel, steps = layer["kernel"].shape[2:], layer["stride"]
    dense = by_torch(layer, tuple((k - 1) // 2 for k in kernel), stride=1)
    starts = [min((k - 1) // 2, ((n - 1) % s + 1) // 2)
              for n, k, s in zip(layer["x"].shape[2:], kernel, steps, strict=True)]  # fmt: skip
    assert_equal(by_keras(ops, layer, "same"), at_stride(dense, starts, steps))


@pytest.mark.parametrize("k", [3, 5, 7])
def test_on_an_even_width_at_stride_2_one_is_the_mirror_image_of_the_other(k):
    rng = np.random.default_rng(k)
    x, kernel = rng.normal(size=(1, 2, 8, 12)), rng.normal(size=(3, 2, k, k))
    mirrored = tensor(x[..., ::-1, ::-1]), tensor(kernel[..., ::-1, ::-1])
    by_padding = F.conv2d(*mirrored, stride=2, padding=k // 2).numpy()[..., ::-1, ::-1]
    same = conv2d(x, kernel, stride=2, padding="same")
    assert_equal(by_padding, same)
    assert not np.allclose(F.conv2d(tensor(x), tensor(kernel), stride=2, padding=k // 2), same)
    odd = x[..., :-1, :-1]
    assert_equal(
        conv2d(odd, kernel, stride=2, padding="same"),
        F.conv2d(tensor(odd), tensor(kernel), stride=2, padding=k // 2),
    )


@examples(30)
@given(st.integers(1, 20), st.integers(1, 6), dtypes, seeds)
def test_one_channel_of_one_axis(n, k, dtype, seed):
    """Eq. (5) for a signal is torch's conv1d, which flips nothing."""
    rng = np.random.default_rng(seed)
    x, w = numbers(rng, (n,), dtype), numbers(rng, (k,), dtype)
    pair = tensor(x)[None, None], tensor(w)[None, None]
    full = F.conv1d(*pair, padding=k - 1)[0, 0]
    assert_equal(cross_correlate1d(x, w, mode="full"), full)
    same = cross_correlate1d(x, w, mode="same")
    assert_equal(same, full[k // 2 : k // 2 + n])


@examples(30)
@given(layers(grouped=False).filter(lambda layer: layer["x"].ndim == 4), st.data())
def test_padding_modes_equal_torch(layer, data):
    """reflect, replicate and circular are what `numpy.pad` calls reflect, edge and wrap."""
    mode = data.draw(st.sampled_from(["reflect", "replicate", "circular"]))
    cells = [data.draw(st.integers(0, min(2, n - 1))) for n in layer["x"].shape[2:]]
    module = torch.nn.Conv2d(
        *layer["kernel"].shape[1::-1], layer["kernel"].shape[2:], stride=layer["stride"],
        dilation=layer["dilation"], padding=tuple(cells), padding_mode=mode,
        dtype=tensor(layer["x"]).dtype,
    )  # fmt: skip
    with torch.no_grad():
        module.weight.copy_(tensor(layer["kernel"]))
        module.bias.copy_(tensor(layer["bias"]))
        expected = module(tensor(layer["x"])).numpy()
    got = conv2d(
        layer["x"], layer["kernel"], layer["bias"], stride=layer["stride"],
        dilation=layer["dilation"], padding=tuple(cells), padding_mode=mode,
    )  # fmt: skip
    assert_equal(got, expected)


# Depthwise


@st.composite
def depthwise(draw):
    """Keras wants equal strides for both axes, and no stride with dilation."""
    channels, multiplier = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 3)))
    dilation = draw(st.sampled_from([(1, 1), (2, 1), (2, 3)]))
    stride = 1 if max(dilation) > 1 else draw(st.integers(1, 3))
    sizes = [
        d * (k - 1) + 1 + draw(st.integers(0, 5)) for k, d in zip(kernel, dilation, strict=True)
    ]
    rng, dtype = np.random.default_rng(draw(seeds)), draw(dtypes)
    shape = (draw(st.integers(1, 2)), channels, *sizes)
    return {
        "x": numbers(rng, shape, dtype, strided=draw(st.booleans())),
        "kernel": numbers(rng, (channels * multiplier, 1, *kernel), dtype),
        "bias": np.zeros(channels * multiplier, dtype),
        "stride": (stride, stride), "dilation": dilation, "groups": channels,
    }  # fmt: skip


@examples(30)
@given(depthwise(), st.sampled_from(["valid", "same"]))
def test_depthwise_equals_keras(ops, layer, padding):
    """Output channel c * M + m of torch is [..., c, m] of Keras's kernel."""
    channels = layer["groups"]
    kernel = layer["kernel"].reshape(channels, -1, *layer["kernel"].shape[2:])
    out = ops.depthwise_conv(
        channels_last(layer["x"]), np.ascontiguousarray(kernel.transpose(2, 3, 0, 1)),
        layer["stride"][0], padding, "channels_last", layer["dilation"],
    )  # fmt: skip
    assert_equal(ours(layer, padding), channels_first(out))


@examples(30)
@given(depthwise())
def test_depthwise_equals_torch(layer):
    assert_equal(ours(layer, "same"), by_torch(layer, 0, x=padded(layer["x"], pads_of(layer))))


# Transposed convolution


@st.composite
def transposed(draw):
    """A kernel in torch's order for transposed layers: (I, O, rows, columns)."""
    kernel = [draw(st.integers(1, 5)) for _ in range(2)]
    stride = [draw(st.integers(1, 3)) for _ in range(2)]
    sizes = [draw(st.integers(1, 5)) for _ in range(2)]
    rng, dtype = np.random.default_rng(draw(seeds)), draw(dtypes)
    inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = numbers(rng, (draw(st.integers(1, 2)), inputs, *sizes), dtype, strided=draw(st.booleans()))
    return x, numbers(rng, (inputs, outputs, *kernel), dtype), tuple(stride)


def whole_transposed(x, kernel, stride):
    """torch's result without padding, as large as Keras's "valid": s n + max(k - s, 0) an axis."""
    more = tuple(max(s - k, 0) for k, s in zip(kernel.shape[2:], stride, strict=True))
    return F.conv_transpose2d(tensor(x), tensor(kernel), stride=stride, output_padding=more).numpy()


@examples(40)
@given(transposed())
def test_transposed_is_the_adjoint_of_the_convolution(case):
    """Ours is the gradient of `conv2d`, on the image that the convolution came from."""
    x, kernel, stride = case
    whole = whole_transposed(x, kernel, stride)
    shape = (*x.shape[:1], *whole.shape[1:])
    assert_equal(conv2d_input_gradient(x, kernel, shape, stride=stride), whole)
    image = tuple(n * s for n, s in zip(x.shape[2:], stride, strict=True))
    same = conv2d_input_gradient(x, kernel, (*shape[:2], *image), stride=stride, padding="same")
    assert_equal(same, _cut(whole, kernel, stride, image))


def _cut(whole, kernel, stride, image):
    """Keras's "same": s n cells of the whole, from (k - s) // 2 on where the kernel is wider."""
    starts = [max(k - s, 0) // 2 for k, s in zip(kernel.shape[2:], stride, strict=True)]
    places = tuple(slice(a, a + n) for a, n in zip(starts, image, strict=True))
    return whole[(..., *places)]


@examples(30)
@given(transposed(), st.sampled_from(["valid", "same"]))
def test_transposed_equals_keras(ops, case, padding):
    x, kernel, stride = case
    expected = whole_transposed(x, kernel, stride)
    if padding == "same":
        image = tuple(n * s for n, s in zip(x.shape[2:], stride, strict=True))
        expected = _cut(expected, kernel, stride, image)
    out = ops.conv_transpose(
        channels_last(x), kernel_last(kernel), stride, padding, None, "channels_last"
    )
    assert_equal(channels_first(out), expected)


def test_transposed_same_of_an_odd_surplus_is_no_padding_of_torchs():
    """k = 3, s = 2: torch's usual padding=1, output_padding=1 has the size, shifted by one cell."""
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=(1, 2, 4, 5)), rng.normal(size=(2, 3, 3, 3))
    usual = F.conv_transpose2d(tensor(x), tensor(kernel), stride=2, padding=1, output_padding=1)
    same = conv2d_input_gradient(x, kernel, (1, 3, 8, 10), stride=2, padding="same")
    assert usual.shape == same.shape
    assert not np.allclose(usual, same)
    assert_equal(usual[..., :-1, :-1], same[..., 1:, 1:])
    even = rng.normal(size=(2, 3, 4, 4))
    assert_equal(
        conv2d_input_gradient(x, even, (1, 3, 8, 10), stride=2, padding="same"),
        F.conv_transpose2d(tensor(x), tensor(even), stride=2, padding=1),
    )


# What torch and Keras refuse


@pytest.mark.parametrize("stride", [2, 3])
def test_torch_refuses_same_with_a_stride(stride):
    with pytest.raises(ValueError, match="padding='same' is not supported for strided"):
        torch.nn.Conv2d(1, 1, 3, stride=stride, padding="same")
    with pytest.raises(RuntimeError, match="padding='same' is not supported for strided"):
        F.conv2d(torch.zeros(1, 1, 9, 9), torch.zeros(1, 1, 3, 3), stride=stride, padding="same")
    assert (
        conv2d(np.zeros((1, 9, 8)), np.zeros((1, 1, 3, 3)), stride=stride, padding="same").any()
        == 0
    )


def test_keras_refuses_a_stride_with_dilation(ops):
    import keras

    with pytest.raises(ValueError, match="strides > 1.*dilation_rate > 1"):
        keras.layers.Conv2D(1, 3, strides=2, dilation_rate=2)
    assert (
        F.conv2d(torch.zeros(1, 1, 9, 9), torch.zeros(1, 1, 3, 3), stride=2, dilation=2).shape[2]
        == 3
    )
