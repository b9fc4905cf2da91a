"""Layouts and padding in both frameworks' words, against loops, torch and TensorFlow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.frameworks import layouts, padding, present
from cnncourse.frameworks.errors import CannotTranslate, MissingTensorFlow

sizes, small = st.integers(1, 12), st.integers(1, 5)


def numbered(*shape):
    """An array in which each number is its own place."""
    return np.arange(np.prod(shape)).reshape(shape)


def test_images_change_axes_and_no_numbers():
    x = numbered(2, 3, 4, 5)
    y = layouts.channels_last(x)
    for n, c, row, column in np.ndindex(x.shape):
        assert y[n, row, column, c] == x[n, c, row, column]
    assert np.shares_memory(x, y)


@pytest.mark.parametrize("shape", [(2, 7), (2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 6)])
def test_layouts_of_images_are_inverses(shape):
    x = numbered(*shape)
    assert np.array_equal(layouts.channels_first(layouts.channels_last(x)), x)
    assert np.array_equal(layouts.channels_last(layouts.channels_first(x)), x)


@pytest.mark.parametrize("function", [layouts.channels_first, layouts.channels_last])
def test_one_image_without_its_batch_is_not_guessed_at(function):
    with pytest.raises(ValueError, match="x must have 2 or 3 or 4 or 5 axes, got 1"):
        function(np.zeros(3))


def test_kernels_change_axes_and_no_numbers():
    kernel = numbered(2, 3, 4, 5)
    keras = layouts.kernel_to_keras(kernel)
    assert keras.shape == (4, 5, 3, 2)
    for out, channel, row, column in np.ndindex(kernel.shape):
        assert keras[row, column, channel, out] == kernel[out, channel, row, column]


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 6)])
def test_layouts_of_kernels_are_inverses(shape):
    kernel = numbered(*shape)
    for there, back in [
        (layouts.kernel_to_keras, layouts.kernel_to_torch),
        (layouts.kernel_to_torch, layouts.kernel_to_keras),
        (layouts.transposed_kernel_to_keras, layouts.transposed_kernel_to_torch),
    ]:
        assert np.array_equal(back(there(kernel)), kernel)


def test_depthwise_kernels_change_places_and_no_numbers():
    keras = numbered(4, 5, 3, 2)
    torch_kernel = layouts.depthwise_kernel_to_torch(keras)
    for row, column, channel, m in np.ndindex(keras.shape):
        assert torch_kernel[2 * channel + m, 0, row, column] == keras[row, column, channel, m]
    assert np.array_equal(layouts.depthwise_kernel_to_keras(torch_kernel, 3), keras)


@pytest.mark.parametrize("shape", [(6, 2, 3, 3), (7, 1, 3, 3)])
def test_a_kernel_that_is_not_depthwise_is_refused(shape):
    with pytest.raises(ValueError, match=r"kernel must be \(3 \* multiplier, 1, ...\), got"):
        layouts.depthwise_kernel_to_keras(np.zeros(shape), 3)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
def test_flatten_order_says_where_features_stand(shape):
    image = np.random.default_rng(0).normal(size=shape)
    order = layouts.flatten_order(shape)
    assert np.array_equal(np.moveaxis(image, 0, -1).ravel(), image.ravel()[order])
    weights = np.random.default_rng(1).normal(size=(3, image.size))
    there = weights[:, order] @ np.moveaxis(image, 0, -1).ravel()
    assert there == pytest.approx(weights @ image.ravel())
    assert np.array_equal(weights[:, order][:, np.argsort(order)], weights)


@given(st.lists(st.tuples(sizes, small, small, st.integers(1, 3)), min_size=1, max_size=3))
def test_torch_padding_and_back(axes):
    n, k, stride, dilation = (list(column) for column in zip(*axes, strict=True))
    same = padding.torch_padding(n, k, stride, "same", dilation=dilation)
    word = padding.keras_padding(n, k, stride, same, dilation=dilation)
    none = all(pair == (0, 0) for pair in same)
    assert word == ("valid" if none else "same")
    outside = tuple((before + 1, after) for before, after in same)
    assert padding.keras_padding(n, k, stride, outside, dilation=dilation) == outside


def test_padding_takes_all_forms_of_torch():
    assert padding.keras_padding((5, 9), (3, 5), 1, (1, 2)) == "same"
    assert padding.keras_padding((5, 9), (3, 5), 1, (2, 1)) == ((2, 2), (1, 1))
    assert padding.keras_padding(8, 4, 1, "same") == "same"
    assert padding.keras_padding(8, 4, 3, "valid") == "valid"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: padding.torch_padding(6, 3, 2, "full"), 'must be "valid" or "same", got \'full\''),
        (lambda: padding.torch_padding((6, 7), (3, 3, 3), 1, "same"), "k must have 2 entries"),
        (lambda: padding.torch_padding(6, 0, 1, "same"), "k must be a positive integer, got 0"),
        (lambda: padding.keras_padding(6, 3, 2, "same"), "wants a stride of 1, got 2"),
        (lambda: padding.keras_padding(6, 3, 2, -1), "padding must be a non-negative integer"),
        (lambda: padding.keras_padding((6, 7), 3, 2, [1]), "an entry for each of 2 axes"),
    ],
)
def test_padding_that_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=30)
@given(sizes, sizes, small, small, small, small, st.booleans())
def test_torch_with_our_padding_is_tensorflow(
    height, width, k_rows, k_columns, s_rows, s_columns, pooled
):
    torch = pytest.importorskip("torch")
    tf = pytest.importorskip("tensorflow")
    # Two channels: TensorFlow 2.21 gives zeros for part of a batch of one-channel images where the
    # strides differ and the output is one cell wide (with oneDNN; right with it switched off).
    x = np.random.default_rng(height * width).normal(size=(2, 2, height, width)).astype("float32")
    k, s = (k_rows, k_columns), (s_rows, s_columns)
    pad = padding.functional_pad(padding.torch_padding((height, width), k, s, "same"))
    here = torch.from_numpy(x)
    there = np.ascontiguousarray(layouts.channels_last(x))
    if pooled:
        padded = torch.nn.functional.pad(here, pad, value=-torch.inf)
        got = torch.nn.functional.max_pool2d(padded, k, s).numpy()
        expected = tf.nn.max_pool2d(there, k, s, "SAME").numpy()
    else:
        kernel = np.random.default_rng(1).normal(size=(3, 2, *k)).astype("float32")
        padded = torch.nn.functional.pad(here, pad)
        got = torch.nn.functional.conv2d(padded, torch.from_numpy(kernel), stride=s).numpy()
        expected = tf.nn.conv2d(there, layouts.kernel_to_keras(kernel).copy(), s, "SAME").numpy()
    np.testing.assert_allclose(got, layouts.channels_first(expected), rtol=1e-5, atol=1e-5)


def test_without_tensorflow_one_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    assert not present.has_tensorflow()
    with pytest.raises(MissingTensorFlow, match="to compare.*course.py lab --with tensorflow"):
        present.load_keras("to compare")


def test_with_tensorflow_keras_is_loaded():
    pytest.importorskip("tensorflow")
    assert present.has_tensorflow()
    assert present.load_keras("to compare").backend.backend() == "tensorflow"


def test_a_refusal_survives_a_process_border():
    import pickle

    error = pickle.loads(pickle.dumps(CannotTranslate("conv_1", "it has no kernel")))
    assert (error.layer, error.reason) == ("conv_1", "it has no kernel")
    assert str(error) == "layer 'conv_1': it has no kernel"
