"""Whole Keras models translated to torch: equal outputs, and what a torch user expects of them."""

import io
import pickle

import numpy as np
import pytest

from tests.keras_models import (
    MODELS,
    fire,
    inception,
    inverted_residual,
    lenet,
    nested,
    residual,
    siamese,
    unet,
)
from tests.keras_to_torch import (
    agree,
    difference,
    keras_or_skip,
    only_with_onednn,
    randomise,
    run_torch,
    to_first,
)

torch = pytest.importorskip("torch")
nn = torch.nn


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


@pytest.fixture(scope="module")
def pairs(keras):
    """Each of the models with random weights, and its translation."""
    from cnncourse.frameworks import to_torch

    found = {}
    for make in MODELS:
        model = make(keras)
        randomise(model)
        found[make] = model, to_torch(model)
    return found


def shapes_of(model):
    return [[size or 12 for size in tensor.shape[1:]] for tensor in model.inputs]


@pytest.mark.parametrize("make", MODELS)
def test_model_gives_the_same(pairs, make):
    model, made = pairs[make]
    agree(model, made, *shapes_of(model))


@pytest.mark.parametrize("make", MODELS)
def test_model_is_returned_for_evaluation_with_as_many_parameters(pairs, make):
    model, made = pairs[make]
    assert not made.training
    learned = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    assert learned == sum(p.numel() for p in made.parameters() if p.requires_grad)


@pytest.mark.parametrize("make", MODELS)
def test_model_survives_pickle_and_state_dict(keras, pairs, make):
    model, made = pairs[make]
    arrays = [np.ones((2, *shape), np.float32) for shape in shapes_of(model)]
    wanted = run_torch(made, *arrays)
    copy = pickle.loads(pickle.dumps(made))
    file = io.BytesIO()
    torch.save(made.state_dict(), file)
    file.seek(0)
    with torch.no_grad():
        for parameter in copy.parameters():
            parameter.zero_()
    copy.load_state_dict(torch.load(file, weights_only=True))
    for a, b in zip(wanted, run_torch(copy, *arrays), strict=True):
        assert np.array_equal(a, b)


def test_chain_is_a_plain_sequential_with_the_names_of_keras(pairs):
    made = pairs[lenet][1]
    assert type(made) is nn.Sequential
    assert [(name, type(module)) for name, module in made.named_children()] == [
        ("c1", nn.Conv2d),
        ("c1_tanh", nn.Tanh),
        ("s2", nn.AvgPool2d),
        ("c3", nn.Conv2d),
        ("c3_tanh", nn.Tanh),
        ("s4", nn.AvgPool2d),
        ("flatten", nn.Flatten),
        ("c5", nn.Linear),
        ("c5_tanh", nn.Tanh),
        ("f6", nn.Linear),
        ("f6_tanh", nn.Tanh),
        ("output", nn.Linear),
        ("output_softmax", nn.Softmax),
    ]
    assert made.c1.padding == (2, 2)


def test_nested_chains_stay_nested(pairs):
    made = pairs[nested][1]
    assert type(made) is type(made.body) is type(made.body.inner) is nn.Sequential
    assert list(made.state_dict())[:2] == ["body.inner.conv.weight", "body.inner.conv.bias"]
    assert type(made.flatten) is nn.Flatten  # the norm and the dense layer were reordered


def test_graph_is_readable(pairs):
    made = pairs[residual][1]
    assert isinstance(made, torch.fx.GraphModule)
    assert "def forward(self, image)" in made.code
    assert "self.stem(" in made.code
    assert " + " in made.code


def test_plain_modules_of_torch_suffice_where_sizes_are_known(pairs):
    for make in (residual, inverted_residual, fire):
        homes = {type(module).__module__.split(".")[0] for module in pairs[make][1].modules()}
        assert homes == {"torch"}, make
    # Only the average over an uneven border has no module in torch; here the border is even.
    assert not [m for m in pairs[inception][1].modules() if "cnncourse" in type(m).__module__]


def test_shared_encoder_has_one_set_of_weights(pairs):
    made = pairs[siamese][1]
    names = [name for name in made.state_dict() if name.endswith("weight")]
    assert names == ["encoder.conv.weight", "encoder.code.weight", "scores.weight"]
    called = [node.target for node in made.graph.nodes if node.op == "call_module"]
    assert called.count("encoder.conv") == 2


def test_open_sizes_are_taken_as_they_come(keras, pairs):
    model, made = pairs[unet]
    agree(model, made, (16, 10, 2))
    agree(model, made, (4, 22, 2))


def test_open_strided_same_follows_each_size(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None, None, 2)),
            k.Conv2D(3, 3, strides=2, padding="same"),
            k.MaxPooling2D(3, strides=2, padding="same"),
            k.AveragePooling2D(3, strides=2, padding="same"),
        ]
    )
    randomise(model)
    made = to_torch(model)
    for height in (8, 9, 10, 11):
        agree(model, made, (height, height + 5, 2))
    closed = to_torch(model, input_shape=(8, 13, 2))
    agree(model, closed, (8, 13, 2))
    assert "SamePadding" in repr(made)
    assert "SamePadding" not in repr(closed)


def test_layer_that_is_shared_by_two_sizes_pads_each_rightly(keras):
    from cnncourse.frameworks import to_torch

    conv = keras.layers.Conv2D(2, 3, strides=2, padding="same")
    left, right = keras.Input((8, 8, 2)), keras.Input((9, 9, 2))
    model = keras.Model([left, right], [conv(left), conv(right)])
    randomise(model)
    made = to_torch(model)
    agree(model, made, (8, 8, 2), (9, 9, 2))
    assert len(list(made.parameters())) == 2


def test_flatten_that_others_read_too_keeps_the_order_of_keras(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    image = keras.Input((3, 4, 2))
    row = k.Flatten(name="row")(image)
    model = keras.Model(image, [row, k.Dense(3)(row)])
    randomise(model)
    made = to_torch(model)
    agree(model, made, (3, 4, 2))
    assert type(made.row).__name__ == "FlattenChannelsLast"


def test_outputs_are_packed_as_keras_packs_them(keras):
    from cnncourse.frameworks import to_torch

    image = keras.Input((4, 4, 2), name="image")
    a, b = keras.layers.ReLU(name="a")(image), keras.layers.MaxPooling2D(name="b")(image)
    made = to_torch(keras.Model({"image": image}, {"large": a, "small": b}))
    found = made(torch.zeros(1, 2, 4, 4))
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        "large": (1, 2, 4, 4),
        "small": (1, 2, 2, 2),
    }


def test_channels_first_model_keeps_its_axes(keras):
    only_with_onednn()
    from cnncourse.frameworks import to_torch

    k, first = keras.layers, {"data_format": "channels_first"}
    model = keras.Sequential(
        [
            keras.Input((2, 8, 7)),
            k.Conv2D(3, 3, strides=2, padding="same", **first),
            k.BatchNormalization(axis=1),
            k.ZeroPadding2D(((1, 0), (0, 2)), **first),
            k.AveragePooling2D(2, **first),
            k.Softmax(axis=1),
            k.Flatten(**first),
            k.Dense(4),
        ]
    )
    randomise(model)
    made = to_torch(model)
    x = np.random.default_rng(0).standard_normal((2, 2, 8, 7)).astype(np.float32)
    with torch.no_grad():
        got = made(torch.tensor(x)).numpy()
    assert difference(np.asarray(model(x, training=False)), got) < 1e-5
    assert "Flatten(" in repr(made)


def test_single_layer_is_the_module_itself(keras):
    from cnncourse.frameworks import to_torch

    made = to_torch(keras.layers.Conv2D(4, 3, activation="linear"), input_shape=(9, 9, 3))
    assert type(made) is nn.Conv2d
    built = keras.layers.Conv2D(4, 3, strides=2, padding="same")
    built(np.zeros((1, 8, 8, 3), np.float32))
    agree(built, to_torch(built), (9, 8, 3))  # it takes other sizes too, as in Keras


def test_layer_of_several_inputs_is_translated_alone(keras):
    from cnncourse.frameworks import to_torch

    join = keras.layers.Concatenate(axis=1)
    join([np.zeros((1, 3, 4, 2), np.float32), np.zeros((1, 5, 4, 2), np.float32)])
    agree(join, to_torch(join), (6, 5, 2), (2, 5, 2))


def test_inputs_named_as_functions_of_python_stay_apart(keras):
    from cnncourse.frameworks import to_torch

    a, b = keras.Input((3,), name="input"), keras.Input((3,), name="input_1")
    model = keras.Model([a, b], keras.layers.Subtract()([a, b]))
    agree(model, to_torch(model), (3,), (3,))


def test_model_made_from_the_middle_of_another_is_translated(keras):
    from cnncourse.frameworks import to_torch

    image = keras.Input((8, 8, 2))
    middle = keras.layers.Conv2D(3, 3)(image)
    end = keras.layers.Conv2D(2, 3)(keras.layers.ReLU()(middle))
    model = keras.Model(middle, end)
    agree(model, to_torch(model), (6, 6, 3))


def test_model_without_layers_and_input_as_output_are_translated(keras):
    from cnncourse.frameworks import to_torch

    image = keras.Input((3, 4, 2))
    for outputs in (image, [image, keras.layers.ReLU()(image)]):
        model = keras.Model(image, outputs)
        agree(model, to_torch(model), (3, 4, 2))


def test_mean_of_a_large_map_is_not_taken_for_a_difference(keras):
    from cnncourse.frameworks import to_torch

    layer = keras.layers.GlobalAveragePooling3D(name="mean")
    made = to_torch(layer, input_shape=(27, 48, 21, 2))
    assert [name for name, _ in made.named_children()] == ["mean", "mean_flatten"]


def test_names_that_torch_has_itself_are_changed(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    model = keras.Sequential(
        [keras.Input((4,)), k.Dense(3, name="forward"), k.Dense(2, name="2nd"), k.ReLU(name="a.b")]
    )
    randomise(model)
    made = to_torch(model)
    assert [name for name, _ in made.named_children()] == ["forward_", "2nd", "a"]
    agree(model, made, (4,))


def test_float64_stays_float64(keras):
    from cnncourse.frameworks import to_torch

    conv = keras.layers.Conv2D(2, 3, dtype="float64")
    model = keras.Sequential([keras.Input((5, 5, 2), dtype="float64"), conv])
    made = to_torch(model)
    assert made.weight.dtype == torch.float64
    x = np.random.default_rng(0).standard_normal((2, 5, 5, 2))
    with torch.no_grad():
        got = made(torch.tensor(to_first(x))).numpy()
    assert difference(to_first(np.asarray(model(x))), got) < 1e-13


def test_global_random_state_of_torch_is_left_alone(keras):
    from cnncourse.frameworks import to_torch

    before = torch.random.get_rng_state()
    to_torch(inverted_residual(keras))
    assert torch.equal(before, torch.random.get_rng_state())
