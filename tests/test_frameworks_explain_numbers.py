"""The numbers of an explanation beside real layers: shapes, weights, products, fields, values."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncourse.definitions import conv2d
from cnncourse.frameworks import explain_layer, layouts
from cnncourse.frameworks.present import has_tensorflow, load_keras
from cnncourse.frameworks.signatures import LayerTextError
from cnncourse.shapes import receptive_field

torch = pytest.importorskip("torch")
few = settings(max_examples=25, derandomize=True, deadline=None)
some = settings(max_examples=40, derandomize=True, deadline=None)


@pytest.fixture(scope="module")
def keras():
    if not has_tensorflow():
        pytest.skip("Keras is not installed")
    return load_keras("to compare with it")


def evaluate(lines, keras=None):
    """Make the layers of lines that `explain` wrote, or that a test did."""
    from cnncourse.frameworks import torch_activations, torch_modules

    names = {**vars(torch_modules), **vars(torch_activations), "nn": torch.nn, "float": float}
    if keras is not None:
        from cnncourse.frameworks import keras_layers

        names.update({n: v for n, v in vars(keras_layers).items() if n[0].isupper()})
        names["layers"] = keras.layers
    return [eval(line, names) for line in lines]


def call(name, arguments):
    """Write a call with some of the arguments, first ones by place."""
    words = [f"{value!r}" if key.isdigit() else f"{key}={value!r}" for key, value in arguments]
    return f"{name}({', '.join(words)})"


def sizes(axes, low, high):
    one = st.integers(low, high)
    return st.one_of(one, st.tuples(*[one] * axes))


@st.composite
def torch_layers(draw):
    """A torch layer with windows, mostly one that can be, and a shape for its input."""
    axes = draw(st.integers(1, 3))
    channels = draw(st.sampled_from((1, 2, 4, 6)))
    kind = draw(st.sampled_from(("Conv", "ConvTranspose", "MaxPool", "AvgPool")))
    maybe = lambda key, values: [(key, draw(values))] if draw(st.booleans()) else []  # noqa: E731
    given = [("0", draw(sizes(axes, 1, 4)))]
    if kind.startswith("Conv"):
        given = [("0", channels), ("1", draw(st.sampled_from((2, 4, 6)))), *given]
        given += maybe("groups", st.sampled_from((1, 2, 3))) + maybe("bias", st.booleans())
        given += maybe("dilation", sizes(axes, 1, 3))
    given += maybe("stride", sizes(axes, 1, 3)) + maybe("padding", sizes(axes, 0, 2))
    if kind == "Conv":
        given += maybe("padding_mode", st.sampled_from(("zeros", "reflect", "circular")))
        if draw(st.integers(0, 3)) == 0:
            given = [g for g in given if g[0] != "padding"]
            given += [("padding", draw(st.sampled_from(("same", "valid"))))]
    if kind == "ConvTranspose":
        given += maybe("output_padding", sizes(axes, 0, 2))
    if kind.endswith("Pool"):
        given += maybe("ceil_mode", st.booleans())
    if kind == "AvgPool":
        given += maybe("count_include_pad", st.booleans())
    if kind == "MaxPool":
        given += maybe("dilation", sizes(axes, 1, 2))
    shape = (channels, *draw(st.tuples(*[st.integers(1, 8)] * axes)))
    return call(f"nn.{kind}{axes}d", given), shape


def run(module, shape):
    """The output's shape, and the products that torch counts (one is two floating operations)."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        out = module.eval()(torch.zeros(1, *shape))
    return tuple(out.shape[1:]), counter.get_total_flops() // 2


@settings(some, max_examples=80)
@given(torch_layers())
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_torch_layers_have_the_shape_weights_and_products_of_torch(drawn):
    text, shape = drawn
    try:
        (module,) = evaluate([text])
        out, products = run(module, shape)
    except (RuntimeError, ValueError) as error:
        with pytest.raises(LayerTextError):
            explain_layer(text, shape)
        assert error  # torch refuses what is refused here
        return
    found = explain_layer(text, shape)
    assert found.output_shape == out
    assert found.parameters == sum(p.numel() for p in module.parameters())
    assert found.multiply_adds == products


OTHERS_OF_TORCH = [
    ("nn.Linear(7, 3)", (2, 5, 7)),
    ("nn.Linear(7, 3, bias=False)", (7,)),
    ("nn.BatchNorm1d(6)", (6,)),
    ("nn.BatchNorm1d(6, affine=False)", (6, 3)),
    ("nn.BatchNorm2d(4, bias=False)", (4, 3, 5)),
    ("nn.LayerNorm(5)", (4, 3, 5)),
    ("nn.LayerNorm((3, 5), bias=False)", (4, 3, 5)),
    ("nn.LayerNorm([4, 3, 5], elementwise_affine=False)", (4, 3, 5)),
    ("nn.GroupNorm(2, 4)", (4, 3, 5)),
    ("nn.InstanceNorm2d(4)", (4, 3, 5)),
    ("nn.InstanceNorm2d(4, affine=True)", (4, 3, 5)),
    ("nn.AdaptiveAvgPool2d((2, None))", (4, 7, 5)),
    ("nn.AdaptiveMaxPool2d(3)", (4, 7, 5)),
    ("nn.LPPool2d(2, 3, 2)", (4, 7, 6)),
    ("nn.ZeroPad2d((1, 2, 0, 3))", (4, 7, 5)),
    ("nn.ZeroPad2d(-1)", (4, 7, 5)),
    ("nn.ConstantPad1d((0, 3), -2.5)", (4, 7)),
    ("nn.ReflectionPad2d((1, 2, 0, 3))", (4, 7, 5)),
    ("nn.ReplicationPad3d(1)", (4, 2, 3, 2)),
    ("nn.CircularPad2d(2)", (4, 7, 5)),
    ("nn.Dropout2d(0.2)", (4, 7, 5)),
    ("nn.Flatten()", (4, 7, 5)),
    ("nn.Flatten(2)", (4, 7, 5)),
    ("nn.Flatten(1, -2)", (4, 7, 5)),
    ("nn.Upsample(scale_factor=2)", (4, 7, 5)),
    ("nn.Upsample(size=(14, 10), mode='bilinear')", (4, 7, 5)),
    ("nn.UpsamplingNearest2d(scale_factor=(2, 3))", (4, 7, 5)),
    ("nn.PReLU()", (4, 7, 5)),
    ("nn.PReLU(4)", (4, 7, 5)),
    ("nn.LeakyReLU(0.2)", (4, 7)),
    ("nn.ReLU(inplace=True)", (4, 7)),
    ("nn.ReLU6()", (9,)),
    ("nn.Hardtanh(0, 3)", (9,)),
    ("nn.Hardtanh()", (9,)),
    ("nn.ELU(0.5)", (9,)),
    ("nn.CELU(0.5)", (9,)),
    ("nn.SELU()", (9,)),
    ("nn.GELU()", (9,)),
    ("nn.GELU('tanh')", (9,)),
    ("nn.SiLU()", (9,)),
    ("nn.Mish()", (9,)),
    ("nn.Sigmoid()", (9,)),
    ("nn.Hardsigmoid()", (9,)),
    ("nn.Hardswish()", (9,)),
    ("nn.LogSigmoid()", (9,)),
    ("nn.Softplus()", (9,)),
    ("nn.Softsign()", (9,)),
    ("nn.Tanhshrink()", (9,)),
    ("nn.Softshrink(0.3)", (9,)),
    ("nn.Hardshrink()", (9,)),
    ("nn.Softmax(dim=1)", (4, 7, 5)),
    ("nn.Softmax(-1)", (4, 7, 5)),
    ("nn.LogSoftmax(1)", (9,)),
    ("nn.LogSoftmax(2)", (4, 7, 5)),
    ("nn.Identity()", (9,)),
]


@pytest.mark.parametrize(("text", "shape"), OTHERS_OF_TORCH)
def test_other_torch_layers_have_the_shape_and_weights_of_torch(text, shape):
    (module,) = evaluate([text])
    out, products = run(module, shape)
    found = explain_layer(text, shape)
    assert found.output_shape == out
    assert found.parameters == sum(p.numel() for p in module.parameters())
    assert found.multiply_adds == products
    # Batch normalisation counts its batches in one more.
    kept = sum(b.numel() for b in module.buffers() if b.dim())
    assert found.statistics == kept


@st.composite
def keras_layers(draw):
    """A Keras layer with windows, mostly one that can be, and a shape for its input."""
    axes = draw(st.integers(1, 2))
    channels = draw(st.sampled_from((1, 2, 4)))
    kinds = "Conv#D Conv#DTranspose DepthwiseConv#D SeparableConv#D MaxPool#D AvgPool#D"
    kind = draw(st.sampled_from(kinds.split()))
    maybe = lambda key, values: [(key, draw(values))] if draw(st.booleans()) else []  # noqa: E731
    given = [("0", draw(sizes(axes, 1, 4)))]
    if kind in ("Conv#D", "Conv#DTranspose", "SeparableConv#D"):
        given = [("0", draw(st.sampled_from((2, 4)))), *given]
    padding = ["valid", "same", "SAME"] + ["causal"] * (kind == "Conv#D")
    given += maybe("padding", st.sampled_from(padding))
    if "Conv" in kind:
        given += maybe("use_bias", st.booleans()) + maybe("activation", st.just("tanh"))
        # TensorFlow's depthwise kernels want steps that are alike.
        alike = kind[0] in "DS"
        given += maybe("strides", st.integers(1, 3) if alike else sizes(axes, 1, 3))
        if "Transpose" not in kind:  # which TensorFlow dilates on a GPU only
            given += maybe("dilation_rate", st.sampled_from((1, 1, 2)))
    else:
        given += maybe("strides", sizes(axes, 1, 3))
    if kind == "Conv#D":
        given += maybe("groups", st.sampled_from((1, 2, 3)))
    if kind[0] in "DS":
        given += maybe("depth_multiplier", st.sampled_from((1, 2)))
    shape = (*draw(st.tuples(*[st.integers(1, 8)] * axes)), channels)
    return call(f"layers.{kind.replace('#', str(axes))}", given), shape


@some
@given(drawn=keras_layers())
def test_keras_layers_have_the_shape_and_weights_of_keras(keras, drawn):
    text, shape = drawn
    try:
        (layer,) = evaluate([text], keras)
        out = layer(np.zeros((1, *shape), "float32"))
    except Exception as error:  # Keras and TensorFlow have many
        with pytest.raises(LayerTextError):
            explain_layer(text, shape)
        assert error
        return
    if 0 in out.shape:  # TensorFlow gives an empty output where no window fits
        with pytest.raises(LayerTextError, match="must fit"):
            explain_layer(text, shape)
        return
    found = explain_layer(text, shape)
    assert found.output_shape == tuple(out.shape[1:])
    assert found.parameters == layer.count_params()


OTHERS_OF_KERAS = [
    ("Dense(3)", (4, 7, 5)),
    ("Dense(3, use_bias=False, activation='softmax')", (7,)),
    ("BatchNormalization()", (4, 7, 5)),
    ("BatchNormalization(axis=1, scale=False)", (4, 7, 5)),
    ("LayerNormalization()", (4, 7, 5)),
    ("LayerNormalization(axis=[1, 2], center=False)", (4, 7, 5)),
    ("LayerNormalization(axis=(1, 2, 3))", (4, 7, 5)),
    ("GroupNormalization(2)", (3, 7, 4)),
    ("GroupNormalization(-1, scale=False)", (3, 7, 4)),
    ("GlobalAvgPool2D()", (4, 7, 5)),
    ("GlobalMaxPooling1D(keepdims=True)", (7, 5)),
    ("AdaptiveAveragePooling2D(2)", (4, 8, 5)),
    ("ZeroPadding1D(2)", (4, 7)),
    ("ZeroPadding1D((2, 1))", (4, 7)),
    ("ZeroPadding2D((2, 1))", (4, 5, 7)),
    ("ZeroPadding2D(((2, 1), (0, 3)))", (4, 5, 7)),
    ("Cropping1D()", (4, 7)),
    ("Cropping2D(((1, 1), (0, 3)))", (4, 5, 7)),
    ("UpSampling1D(3)", (4, 7)),
    ("UpSampling2D((2, 3), interpolation='bilinear')", (4, 5, 7)),
    ("Dropout(0.5)", (4, 5, 7)),
    ("SpatialDropout2D(0.5)", (4, 5, 7)),
    ("Flatten()", (4, 5, 7)),
    ("Reshape((7, -1))", (4, 5, 7)),
    ("Reshape((2, 5, 14))", (4, 5, 7)),
    ("Reshape((5, 3))", (15,)),
    ("Permute((2, 1, 3))", (4, 5, 7)),
    ("Permute((3, 1, 2))", (4, 5, 7)),
    ("Activation('leaky_relu')", (9,)),
    ("Activation('swish')", (9,)),
    ("Activation('exponential')", (9,)),
    ("Activation('hard_tanh')", (9,)),
    ("Activation('log_softmax')", (4, 9)),
    ("ReLU()", (9,)),
    ("ReLU(6.0)", (9,)),
    ("ReLU(negative_slope=0.1, threshold=0.5, max_value=2)", (9,)),
    ("LeakyReLU()", (9,)),
    ("PReLU()", (4, 5, 7)),
    ("PReLU(shared_axes=[1, 2])", (4, 5, 7)),
    ("PReLU(shared_axes=[1, 2, 3])", (4, 5, 7)),
    ("ELU(0.5)", (9,)),
    ("Softmax()", (4, 5, 7)),
    ("Softmax(axis=1)", (4, 5, 7)),
    ("Rescaling(0.5, -1)", (4, 5, 7)),
    ("Identity()", (9,)),
]


@pytest.mark.parametrize(("text", "shape"), OTHERS_OF_KERAS)
def test_other_keras_layers_have_the_shape_and_weights_of_keras(keras, text, shape):
    (layer,) = evaluate([f"layers.{text}"], keras)
    out = layer(np.zeros((1, *shape), "float32"))
    found = explain_layer(f"layers.{text}", shape)
    assert found.output_shape == tuple(out.shape[1:])
    assert found.parameters + found.statistics == layer.count_params()
    assert found.parameters == sum(math.prod(w.shape) for w in layer.trainable_weights)


# The other framework's lines, with the same weights, give the same numbers.


def carry(ours, theirs):
    """Copy the weights of torch modules into the Keras layers that stand for them, one by one."""
    with_weights = [m for m in ours if any(True for _ in m.parameters())]
    layers = [k for k in theirs if k.weights]
    assert len(with_weights) == len(layers)
    for module, layer in zip(with_weights, layers, strict=True):
        layer.set_weights(_weights(module, type(layer).__name__))


def _weights(module, name):
    nn = torch.nn
    arrays = {key: value.detach().numpy() for key, value in module.state_dict().items()}
    weight, bias = arrays.get("weight"), [arrays["bias"]] if "bias" in arrays else []
    if name.startswith("DepthwiseConv"):
        return [layouts.depthwise_kernel_to_keras(weight, module.in_channels), *bias]
    if name.endswith("Transpose"):
        return [layouts.transposed_kernel_to_keras(weight), *bias]
    if name.startswith("Conv"):
        return [layouts.kernel_to_keras(weight), *bias]
    if name == "Dense":
        return [weight.reshape(weight.shape[:2]).T, *bias]
    if isinstance(module, nn.modules.batchnorm._BatchNorm):
        return [weight, *bias, arrays["running_mean"], arrays["running_var"]]
    return [weight, *bias]


def same_numbers(ours, theirs, shape, seed=0):
    """Run both on random numbers, weights carried over, and compare."""
    torch.manual_seed(seed)
    for module in ours:
        module.eval()
    x = torch.randn(2, *shape)
    moved = layouts.channels_last(x.numpy())
    for layer in theirs:
        moved = layer(moved)  # which builds it
    carry(ours, theirs)
    y, z = x, layouts.channels_last(x.numpy())
    with torch.no_grad():
        for module in ours:
            y = module(y)
    for layer in theirs:
        z = layer(z, training=False)
    z = layouts.channels_first(np.asarray(z))
    assert z.shape == tuple(y.shape)
    y = y.numpy()
    scale = np.abs(y[np.isfinite(y)]).max(initial=1e-3)  # a maximum of nothing but padding is -inf
    np.testing.assert_allclose(z, y, rtol=0, atol=1e-5 * scale)


@some
@given(drawn=torch_layers())
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_the_keras_lines_of_a_torch_layer_give_the_same_numbers(keras, drawn):
    text, shape = drawn
    try:
        found = explain_layer(text, shape)
        lines = found.in_other
    except ValueError:  # no such layer, or no counterpart
        assume(False)
    assume("DTranspose" not in " ".join(lines) or "dilation_rate" not in " ".join(lines))
    same_numbers(evaluate([text]), evaluate(lines, keras), shape)


@some
@given(drawn=keras_layers())
def test_the_torch_lines_of_a_keras_layer_give_the_same_numbers(keras, drawn):
    text, shape = drawn
    assume("Separable" not in text)  # one layer of Keras is two here; see below
    text = text.replace(", activation='tanh'", "")
    try:
        found = explain_layer(text, shape)
        lines = found.in_other
    except ValueError:
        assume(False)
    first = layouts.channels_first(np.zeros((1, *shape))).shape[1:]
    same_numbers(evaluate(lines), evaluate([text], keras), first)


# Receptive fields: where the gradient of one unit is not zero.


def seen_by_one_unit(modules, shape, unit):
    """First and last cell of each axis of the input that a unit of the output looks at."""
    with torch.no_grad():
        for module in modules:
            for parameter in module.parameters():
                parameter.abs_().add_(0.1)  # so that no two paths cancel
    x = torch.ones(1, *shape, requires_grad=True)
    y = x
    for module in modules:
        y = module(y)
    y.reshape(*y.shape[:2], -1).sum(1)[0, unit].backward()
    seen = x.grad[0].abs().sum(0).nonzero()
    if not len(seen):  # a unit between the taps of a dilated kernel sees nothing
        return [1] * (len(shape) - 1), [0] * (len(shape) - 1)
    return seen.amin(0).tolist(), seen.amax(0).tolist()


def largest_field(text, shape):
    """The most cells that any unit sees, along each axis, all inside the input."""
    modules = evaluate(text.split(" -> "))
    with torch.no_grad():
        y = torch.zeros(1, *shape)
        for module in modules:
            y = module(y)
    spans = [seen_by_one_unit(modules, shape, u) for u in range(math.prod(y.shape[2:]))]
    return tuple(int(n) for n in np.max([np.subtract(b, a) + 1 for a, b in spans], axis=0))


CHAINS = [
    ("nn.Conv2d(1, 2, 3) -> nn.AvgPool2d(2) -> nn.Conv2d(2, 1, (3, 1), dilation=2)", (1, 22, 17)),
    ("nn.Conv1d(1, 1, 5, stride=3) -> nn.Conv1d(1, 1, 2, dilation=3)", (1, 40)),
    ("nn.ConvTranspose1d(1, 1, 4, stride=2) -> nn.Conv1d(1, 1, 3)", (1, 12)),
    ("nn.ConvTranspose1d(1, 1, 5, stride=3)", (1, 9)),
    ("nn.ConvTranspose1d(1, 1, 3, stride=2, dilation=3)", (1, 12)),
    ("nn.Conv1d(1, 1, 3, stride=2) -> nn.ConvTranspose1d(1, 1, 3, stride=2, dilation=2)", (1, 25)),
    ("nn.Upsample(scale_factor=3) -> nn.Conv2d(1, 1, (3, 5))", (1, 6, 7)),
    ("nn.Conv2d(1, 1, 3) -> nn.Upsample(scale_factor=2, mode='bilinear')", (1, 12, 9)),
    ("nn.AdaptiveAvgPool2d((3, 4)) -> nn.Conv2d(1, 1, 2)", (1, 13, 10)),
    ("nn.Conv2d(1, 1, 3) -> nn.AdaptiveAvgPool2d(1)", (1, 9, 7)),
    ("nn.Conv2d(1, 1, (1, 2), stride=(2, 3)) -> nn.AdaptiveAvgPool2d(1)", (1, 10, 10)),
    ("nn.Conv1d(1, 1, 1, stride=2) -> nn.Flatten() -> nn.Linear(4, 1) -> nn.Unflatten(1, (1, 1))",
     (1, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape"), CHAINS)
def test_receptive_fields_are_where_gradients_arrive(text, shape):
    want = largest_field(text, shape)
    explained = text.replace(" -> nn.Unflatten(1, (1, 1))", "")
    assert explain_layer(explained, shape).receptive_field == want


@few
@given(
    st.lists(
        st.tuples(
            st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3)
        ),
        min_size=1,
        max_size=4,
    )
)  # fmt: skip
def test_receptive_fields_are_those_of_shapes(layers):
    text = [f"Conv1d(1, 1, {k}, {s}, {p}, {d})" for k, s, p, d in layers]
    try:
        found = explain_layer(" -> ".join(text), (1, 200)).step.field
    except LayerTextError:
        assume(False)
    field = receptive_field(layers)
    assert (found.sizes, found.jumps) == ((field.size,), (field.jump,))


def test_products_are_those_of_the_loop():
    """With ones for image and kernel, each output is its number of products."""
    kernel = np.ones((4, 1, 3, 2))
    out = conv2d(np.ones((1, 7, 8)), kernel, stride=2)
    found = explain_layer("Conv2D(4, (3, 2), strides=2)", "7x8x1")
    assert found.output_shape == (*out.shape[1:], out.shape[0])
    assert found.multiply_adds == out.sum()
