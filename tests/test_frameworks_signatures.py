"""The table of arguments beside the installed versions: gone, moved or changed ones are found."""

import inspect

import pytest

from cnncourse.frameworks import signatures
from cnncourse.frameworks.present import has_tensorflow, load_keras
from cnncourse.frameworks.signatures import (
    NEEDED,
    Argument,
    LayerTextError,
    Signature,
    close_names,
    read_arguments,
    signature,
    table,
)

# What the lecture's slides name (rows L25 and L26).
ON_THE_SLIDES = {
    ("keras", "Conv2D"): "filters kernel_size strides padding activation use_bias",
    ("keras", "MaxPool2D"): "pool_size strides padding",
    ("torch", "Conv2d"): (
        "in_channels out_channels kernel_size stride padding padding_mode bias"
    ),
    ("torch", "MaxPool2d"): "kernel_size stride padding",
}  # fmt: skip


@pytest.fixture(scope="module")
def installed():
    """The classes of each framework by name."""
    torch = pytest.importorskip("torch")
    found = {"torch": torch.nn}
    if has_tensorflow():
        found["keras"] = load_keras("to read its arguments").layers
    return found


def parameters(function):
    function = function if inspect.isfunction(function) else function.__init__
    found = list(inspect.signature(function).parameters.values())
    return found[1:] if found and found[0].name == "self" else found


def changes(listed, function):
    """Say in what an installed class differs from the listed arguments, by name."""
    there = {p.name: p for p in parameters(function)}
    by_place = [p.name for p in there.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    found = []
    for place, argument in enumerate(listed):
        name = argument.name
        if name not in there:
            found.append(f"{name} is gone")
            continue
        default = there[name].default
        default = NEEDED if default is inspect.Parameter.empty else default
        if type(default) is not type(argument.default) or default != argument.default:
            found.append(f"{name} is {default!r} by default, not {argument.default!r}")
        # A new argument behind all listed ones changes no program; one before them does.
        if not argument.by_name_only and by_place[place : place + 1] != [name]:
            found.append(f"{name} has another place")
    return found


def own_arguments(layer):
    """A layer's arguments without those of the base class."""
    shared = {a.name for a in read_arguments(shared_by_keras())}
    return [a for a in layer.arguments if not (a.by_name_only and a.name in shared)]


def shared_by_keras():
    return (
        "*, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, "
        "input_shape=None, input_dim=None"
    )


def of_table(framework):
    return sorted(table()[framework].items())


def test_torch_takes_the_arguments_listed(installed):
    told = {name: changes(s.arguments, getattr(installed["torch"], name))
            for name, s in of_table("torch")}  # fmt: skip
    assert {name: found for name, found in told.items() if found} == {}


def test_keras_takes_the_arguments_listed(installed):
    keras = installed.get("keras") or pytest.skip("Keras is not installed")
    told = {name: changes(own_arguments(s), getattr(keras, name))
            for name, s in of_table("keras")}  # fmt: skip
    assert {name: found for name, found in told.items() if found} == {}


def test_aliases_are_the_same_classes(installed):
    keras = installed.get("keras") or pytest.skip("Keras is not installed")
    for name, found in of_table("keras"):
        assert getattr(keras, name) is getattr(keras, found.name)


def test_what_every_layer_of_keras_takes(installed):
    keras = installed.get("keras") or pytest.skip("Keras is not installed")
    base = [a for a in read_arguments(shared_by_keras()) if not a.name.startswith("input_")]
    assert changes(base, keras.Layer) == []
    for given in ({"input_shape": (3,)}, {"input_dim": 3}):
        with pytest.warns(UserWarning, match="input_shape"):
            keras.Dense(2, **given)
    for name, found in of_table("keras"):
        passes_on = any(p.kind is p.VAR_KEYWORD for p in parameters(getattr(keras, name)))
        assert passes_on == ("trainable" in found.names()), name


@pytest.mark.parametrize(("layer", "named"), ON_THE_SLIDES.items())
def test_what_the_slides_name_is_listed(layer, named):
    assert set(named.split()) <= set(signature(*layer).names())


# That the comparison can fail.


class Fake:
    def __init__(self, filters, kernel_size, strides=1, *, bias=True):
        pass


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("filters, kernel_size, strides=1, *, bias=True", []),
        ("filters, kernel_size", []),
        ("filters, kernel_size, groups=1", ["groups is gone"]),
        ("filters, kernel_size, strides=2", ["strides is 1 by default, not 2"]),
        ("filters, kernel_size, strides=True", ["strides is 1 by default, not True"]),
        ("filters, kernel_size=3", ["kernel_size is Ellipsis by default, not 3"]),
        ("kernel_size, strides=1",
         ["kernel_size has another place", "strides has another place"]),
        ("filters, kernel_size, *, strides=1, bias=False",
         ["bias is True by default, not False"]),
    ],
)  # fmt: skip
def test_changes_are_found(listed, told):
    assert changes(read_arguments(listed), Fake) == told


def test_arguments_are_read_as_python_writes_them():
    assert read_arguments("a, b=(1, -2), *, c=None, d") == (
        Argument("a"),
        Argument("b", (1, -2)),
        Argument("c", None, True),
        Argument("d", NEEDED, True),
    )


@pytest.mark.parametrize(
    ("name", "axes"), [("Conv1d", 1), ("Conv2d", 2), ("Conv3d", 3), ("ReLU6", 0), ("Linear", 0)]
)
def test_axes_of_torch_modules(name, axes):
    assert signature("torch", name).axes == axes


def test_binding_fills_in_defaults_and_keeps_what_was_given():
    layer = Signature("torch", "Fake", read_arguments("a, b=2, *, c=3"))
    assert layer.bind([1], {"c": 5}) == {"a": 1, "b": 2, "c": 5}
    for given, named, words in (
        ([1, 2, 3], {}, "given 3 values: it takes 2 by position"),
        ([1], {"a": 2}, "a is given twice"),
        ([], {}, "needs a"),
        ([1], {"d": 2}, "no argument 'd'"),
    ):
        with pytest.raises(LayerTextError, match=words):
            layer.bind(given, named)


@pytest.mark.parametrize(
    ("framework", "name", "argument", "advice"),
    [
        ("keras", "Conv2D", "stride", "in Keras it is called strides"),
        ("keras", "Conv2D", "out_channels", "in Keras it is called filters"),
        ("keras", "Conv2D", "bias", "in Keras it is called use_bias"),
        ("keras", "Conv2D", "in_channels", "reads the number of channels from the input"),
        ("keras", "Conv2D", "padding_mode", "pad with zeros only"),
        ("keras", "MaxPool2D", "kernel_size", "in Keras it is called pool_size"),
        ("keras", "MaxPool2D", "ceil_mode", "padding='same'"),
        ("keras", "Dense", "out_features", "in Keras it is called units"),
        ("keras", "Dropout", "p", "in Keras it is called rate"),
        ("keras", "BatchNormalization", "eps", "in Keras it is called epsilon"),
        ("torch", "Conv2d", "strides", "in PyTorch it is called stride"),
        ("torch", "Conv2d", "filters", "in PyTorch it is called out_channels"),
        ("torch", "Conv2d", "dilation_rate", "in PyTorch it is called dilation"),
        ("torch", "Conv2d", "activation", "a layer of its own"),
        ("torch", "MaxPool2d", "pool_size", "in PyTorch it is called kernel_size"),
        ("torch", "Linear", "units", "in PyTorch it is called out_features"),
        ("torch", "Conv2d", "paddings", "did you mean padding?"),
        ("torch", "Sigmoid", "x", "it takes none"),
    ],
)
def test_an_unknown_argument_is_answered_with_the_right_one(framework, name, argument, advice):
    layer = signature(framework, name)
    with pytest.raises(LayerTextError) as error:
        layer.bind([], {argument: 2})
    assert advice in str(error.value)


def test_the_first_number_of_a_torch_layer_is_its_input_channels():
    with pytest.raises(LayerTextError, match="the first is in_channels, which Keras reads"):
        signature("torch", "Conv2d").bind([32, 3], {})


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("conv2d", ["Conv2D (Keras)", "nn.Conv2d (PyTorch)"]),
        ("MaxPol2D", ["MaxPool2D (Keras)"]),
        ("Liner", ["nn.Linear (PyTorch)"]),
        ("Wibble", []),
    ],
)
def test_close_names(name, near):
    assert close_names(name) == near


def test_the_table_is_read_once():
    assert signatures.table() is signatures.table()
