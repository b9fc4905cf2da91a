"""Layers explained: what is read, what is told, what is refused and in which words."""

import ast
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import cli
from cnncourse.frameworks import CannotTranslate, explain_layer
from cnncourse.frameworks.explaining import Explanation
from cnncourse.frameworks.explaining_words import program
from cnncourse.frameworks.input_sizes import read_input
from cnncourse.frameworks.present import has_tensorflow, load_keras
from cnncourse.frameworks.reading_text import LONGEST, MOST_LAYERS, read_layers
from cnncourse.frameworks.signatures import LayerTextError

KERAS = "Conv2D(32, 3, strides=2, padding='same')"
TORCH = "Conv2d(1, 32, 3, stride=2, padding=1)"


def refusal(text, shape="28x28x1"):
    with pytest.raises(LayerTextError) as error:
        explain_layer(text, shape)
    return str(error.value)


# What is told


def test_a_layer_of_keras():
    found = explain_layer(KERAS, (28, 28, 1))
    assert found.framework == "keras"
    assert (found.output_shape, found.parameters, found.multiply_adds) == ((14, 14, 32), 320, 56448)
    assert found.padding == ((0, 1), (0, 1))
    assert found.receptive_field == (3, 3)
    assert found.step.field.jumps == (Fraction(2), Fraction(2))
    assert found.in_other == ("nn.ZeroPad2d((0, 1, 0, 1))", "nn.Conv2d(1, 32, 3, stride=2)")


def test_a_layer_of_torch():
    found = explain_layer(TORCH, "1x28x28")
    assert found.framework == "torch"
    assert (found.output_shape, found.parameters, found.multiply_adds) == ((32, 14, 14), 320, 56448)
    assert found.padding == ((1, 1), (1, 1))
    assert found.in_other == ("layers.ZeroPadding2D(1)", "layers.Conv2D(32, 3, strides=2)")


def test_on_an_odd_width_both_pad_alike():
    assert explain_layer(KERAS, "29x29x1").in_other == ("nn.Conv2d(1, 32, 3, stride=2, padding=1)",)
    assert explain_layer(TORCH, "1x29x29").in_other == (
        "layers.Conv2D(32, 3, strides=2, padding='same')",
    )


def test_the_text_of_one_layer():
    text = str(explain_layer(KERAS, "28x28x1"))
    assert text == repr(explain_layer(KERAS, "28x28x1"))
    for line in (
        "Conv2D(32, 3, strides=2, padding='same')  (Keras)",
        "input            28 x 28 x 1 (rows x columns x channels)",
        "output           14 x 14 x 32  (PyTorch: 32 x 14 x 14)",
        "parameters       320 = 32 x (3 x 3 x 1 + 1)",
        "multiply-adds    56,448 = 14 x 14 positions x 32 x (3 x 3 x 1)",
        "padding          rows 0 before, 1 after; columns 0 before, 1 after",
        "receptive field  3 x 3, neighbours 2 apart",
        "    nn.ZeroPad2d((0, 1, 0, 1))  # left, right, top, bottom",
        "    nn.Conv2d(1, 32, 3, stride=2)",
        "Mind: PyTorch refuses padding='same' with a stride above 1.",
    ):
        assert line in text.splitlines()
    assert max(map(len, text.splitlines())) <= 100


def test_the_products_in_the_text_are_the_numbers_before_them():
    for text, shape in (
        (KERAS, "28x28x1"),
        ("SeparableConv2D(8, 3, depth_multiplier=2)", "9x9x4"),
        ("Conv2D(8, (3, 5), groups=2, use_bias=False)", "9x9x4"),
        ("Conv2DTranspose(8, 3, strides=2)", "9x9x4"),
        ("nn.ConvTranspose2d(4, 8, 3, groups=2, bias=False)", "4x9x7"),
        ("Dense(10)", "9x9x4"),
        ("nn.Linear(7, 3)", "4x9x7"),
        ("BatchNormalization()", "9x9x4"),
    ):
        for line in str(explain_layer(text, shape)).splitlines():
            if line.startswith(("parameters", "multiply-adds")) and "=" in line:
                left, right = line.split(", and")[0].split(None, 1)[1].split(" = ")
                product = right.replace("positions ", "").replace("cells ", "").replace("x", "*")
                assert int(left.replace(",", "")) == eval(product), line


CHAIN = "Conv2D(32, 3, activation='relu') -> MaxPool2D(2) -> Flatten() -> Dense(10)"


def test_a_chain():
    found = explain_layer(CHAIN, "28x28x1")
    assert [step.output_shape for step in found.steps] == [
        (26, 26, 32),
        (13, 13, 32),
        (5408,),
        (10,),
    ]
    assert found.parameters == 320 + 54090
    assert found.multiply_adds == 26 * 26 * 32 * 9 + 54080
    assert [step.field.sizes for step in found.steps] == [(3, 3), (4, 4), (4, 4), (28, 28)]
    text = str(found)
    assert "in all" in text and "54,410" in text
    assert text.count("The bias starts at 0") == 1  # of one of several layers, said once


@pytest.mark.parametrize(
    "text",
    [
        CHAIN,
        CHAIN.replace(" -> ", "\n"),
        CHAIN.replace(" -> ", ",\n   "),
        CHAIN.replace(" -> ", "; "),
        f"Sequential([{CHAIN.replace(' -> ', ', ')}])",
        f"keras.Sequential([keras.Input((28, 28, 1)), {CHAIN.replace(' -> ', ', ')}])",
        CHAIN.replace("Conv", "tf.keras.layers.Conv").replace("Dense", "keras.layers.Dense"),
        CHAIN.replace("'relu')", "'relu', input_shape=(28, 28, 1))"),
    ],
)
def test_a_chain_in_other_words(text):
    shape = None if "(28, 28, 1)" in text else "28x28x1"
    assert (
        str(explain_layer(text, shape)).splitlines()[-1]
        == (str(explain_layer(CHAIN, "28x28x1")).splitlines()[-1])
    )
    assert explain_layer(text, shape).parameters == 54410


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (CHAIN, "28x28x1"),
        ("nn.Conv2d(3, 8, 5, padding='same') -> nn.PReLU(8) -> nn.MaxPool2d(2)", "3x32x20"),
        ("Conv1D(4, 3, padding='causal', dilation_rate=2) -> AveragePooling1D(2)", "20x3"),
        ("nn.Conv2d(4, 8, 3, groups=4) -> nn.AvgPool2d(3, 2, 1) -> nn.Flatten()", "4x9x9"),
        ("Conv2DTranspose(3, 4, strides=2, padding='same') -> ZeroPadding2D(((0, 1), (2, 3)))",
         "5x6x2"),
        ("LayerNormalization((1, 2, 3)) -> GroupNormalization(2) -> GlobalMaxPool2D()", "5x6x4"),
    ],
)  # fmt: skip
def test_the_other_frameworks_program_can_be_explained_again(text, shape):
    first = explain_layer(text, shape)
    there = "\n".join(program(first.steps, first.other_framework))
    sizes = first.steps[0].facts[0].input_shape
    sizes = sizes if first.other_framework == "torch" else (*sizes[1:], sizes[0])
    second = explain_layer(there, sizes)
    assert second.framework == first.other_framework
    assert second.steps[-1].facts[-1].output_shape == first.steps[-1].facts[-1].output_shape
    assert (second.parameters, second.multiply_adds) == (first.parameters, first.multiply_adds)
    assert second.receptive_field == first.receptive_field


def test_what_has_no_counterpart_is_said():
    found = explain_layer("nn.ConvTranspose2d(4, 8, 3, groups=2)", "4x9x7")
    assert "Keras's has no groups" in str(found)
    with pytest.raises(CannotTranslate, match="groups"):
        _ = found.in_other


@pytest.mark.parametrize(
    ("text", "shape", "remark"),
    [
        ("MaxPool2D(3)", "28x28x1", "Without strides the step is the window, 3, not 1"),
        ("nn.MaxPool2d((3, 2))", "1x28x28", "Without stride the step is the window, (3, 2)"),
        ("MaxPool2D(3, 2, 'same')", "28x28x1", "minus infinity"),
        ("nn.AvgPool2d(3, 2, 1)", "1x28x28", "PyTorch counts it as zeros"),
        ("nn.MaxPool2d(2, 2, ceil_mode=True)", "1x7x7", "Keras has no ceil_mode"),
        ("Conv2DTranspose(3, 3, dilation_rate=2)", "9x9x3", "on a GPU only"),
        ("Dense(10)", "784", "between -0.0357 and 0.0357 (1 / sqrt(784))"),
        ("Dense(10, use_bias=False)", "784", "Glorot's rule"),
        (KERAS, "28x28x1", "it pads (0, 1) here, and would pad (1, 1) for 29 x 29"),
        (TORCH, "1x28x28", "would pad (0, 1), not (1, 1)"),
        (TORCH, "1x29x29", "For this size padding='same' of Keras pads alike"),
        ("Conv2D(1, 2, padding='same')", "28x28x1", "At stride 1, padding='same' of PyTorch"),
        ("BatchNormalization()", "28x28x3", "momentum=0.1, which would be 0.9 in Keras"),
        ("Flatten()", "28x28x3", "Keras flattens pixel by pixel"),
        ("Flatten()", "28x28x3", "Both frameworks write this alike; it was read as Keras's"),
        ("LeakyReLU()", "28x28x3", "0.3 in Keras, 0.01 in PyTorch"),
        ("Conv2D(1, 2, padding='same')", "1x28x28", "write 28x28x1"),
        ("nn.ReLU()", "28x28x3", "write 3x28x28"),
        ("nn.Linear(28, 2)", "3x28x28", "the columns here, not the channels"),
    ],
)  # fmt: skip
def test_where_a_default_bites(text, shape, remark):
    told = " ".join(str(explain_layer(text, shape)).split()).replace(" Mind:", "")
    assert remark in told


def test_no_remark_where_nothing_bites():
    assert explain_layer("Flatten() -> Dense(1, use_bias=True)", "1x1x5").remarks == (
        "The bias starts at 0 in Keras, evenly within 1 / sqrt(products in a sum) of 0 in PyTorch.",
    )
    assert explain_layer("nn.ReLU()", "5").remarks == ()


# What is refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Conv2D(32, 3, stride=2)", "no argument 'stride': in Keras it is called strides"),
        ("nn.Conv2d(1, 2, 3, strides=2)", "in PyTorch it is called stride"),
        ("conv2d(32, 3)", "did you mean Conv2D (Keras) or nn.Conv2d (PyTorch)?"),
        ("nn.Conv2D(1, 2, 3)", "no layer Conv2D is known in nn"),
        ("Wibble(3)", "no layer Wibble is known"),
        ("Conv2D", "Conv2D is the class; the layer is Conv2D(...)"),
        ("Conv2D(3, 3)(x)", "only the layer was expected, Conv2D(3, 3), got Conv2D(3, 3)(x)"),
        ("Conv2D(3, 3) -> nn.ReLU()", "Conv2D(3, 3) is a layer of Keras and nn.ReLU() one of"),
        ("Conv2D(32)", "Conv2D needs kernel_size"),
        ("nn.Conv2d(32, 3)", "needs kernel_size"),
        ("Conv2D(2 * 16, 3)", "argument 1 must be a plain value"),
        ("Conv2D(n, 3)", "got n"),
        ("Conv2D(32, 3, activation=tf.nn.relu)", "a name in quotes, such as 'relu'"),
        ("Conv2D(32, 3, activation='rellu')", "did you mean 'relu'?"),
        ("Conv2D(*[32, 3])", "plain value"),
        ("Conv2D(**{})", "must be written out"),
        ("Conv2D(filters=2, filters=3)", "filters is given twice"),
        ("Conv2D(32, 3", "'(' was never closed"),
        ("x + 1", "a layer was expected"),
        ("x = Conv2D(3, 3)", "only layers were expected"),
        ("import os", "only layers were expected"),
        ("F.relu(x)", "before a layer's name stands nothing, keras.layers or nn, got F"),
        ("", "got an empty text"),
        ("Conv2D(3, 3) -> -> Dense(3)", "missing beside an arrow"),
        ("Conv2D(3, 3, data_format='channels_first')", "its channels last"),
        ("Conv2D(0, 3)", "filters must be a whole number of at least 1, got 0"),
        ("Conv2D(-1, 3)", "filters must be a whole number of at least 1, got -1"),
        ("Conv2D(True, 3)", "filters must be a whole number"),
        ("Conv2D(3, (3, 3, 3))", "at least 1 or 2 of them, got (3, 3, 3)"),
        ("Conv2D(3, '3')", "written without quotes"),
        ("Conv2D(3, 3, padding=1)", "such as ZeroPadding2D(1)"),
        ("Conv2D(3, 3, padding='full')", "'valid' or 'same', got 'full'"),
        ("Conv2D(3, 3, padding='causal')", "'valid' or 'same'"),
        ("Conv2D(3, 3, strides=2, dilation_rate=2)", "refuses strides above 1 together"),
        ("Conv2D(3, 3, groups=2)", "groups must be a divisor of the 1 channels"),
        ("Conv2D(3, 30)", "got a kernel that spans 30 and an input of 28"),
        ("MaxPool2D(3, padding='same') -> Flatten() -> Conv2D(2, 3)", "behind a Flatten"),
        ("Conv3D(2, 3)", "the channels are counted"),
        ("Conv1D(2, 3)", "the batch is not counted"),
        ("Dropout(1.5)", "rate must be a number from 0 up to 1, got 1.5"),
        ("Reshape((5, 5))", "a shape of the input's 784 numbers"),
        ("Permute((1, 2))", "the axes 1 to 3 in some order"),
        ("BatchNormalization(axis=0)", "an axis from 1 to 3"),
        ("Cropping2D(14)", "nothing is left"),
        ("Conv2D(3, 3) -> Input((28, 28, 1))", "must be the first layer"),
        ("Conv2D(3, 3, input_shape=(32, 32, 3))", "names the input (32, 32, 3), but (28, 28, 1)"),
        ("Conv2D(1e999, 3)", "at most 10**9"),
        (f"Conv2D({10**12}, 3)", "at most 10**9"),
        ("->".join(["UpSampling2D(1000000000)"] * 250), "at most 10**12 outputs, got some 8e+20"),
        ("Conv2D(3, 1000000000, padding='same')", "at most 10**12 parameters, got some 3e+18"),
        ("Conv2D(3.5, 3)", "whole number"),
        ("Conv2D(b'3', 3)", "plain value"),
    ],
)
def test_what_is_no_layer_of_keras(text, words):
    told = refusal(text)
    assert words in told
    assert len(told) < 400


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nn.Conv2d(3, 8, 3)", "Conv2d has in_channels=3, but its input has 1 channels"),
        ("nn.Conv2d(1, 8, 3, stride=2, padding='same')", "PyTorch refuses 'same' with a stride"),
        ("nn.Conv2d(1, 8, 3, padding='SAME')", "small letters"),
        ("nn.BatchNorm2d(1, momentum=None)", "None averages over all batches"),
        ("nn.Conv2d(1, 8, 3, padding_mode='zero')", "'zeros' or 'reflect' or 'replicate'"),
        ("nn.Conv2d(1, 8, 3, padding=28, padding_mode='reflect')", "at most 27"),
        ("nn.Conv2d(2, 8, 3, groups=3)", "groups must be a divisor of in_channels=2"),
        ("nn.Conv2d(1, 8, 3, bias='no')", "bias must be True or False, got 'no'"),
        ("nn.MaxPool2d(2, padding=2)", "padding must be at most half the window of 2, got 2"),
        ("nn.MaxPool2d(3, padding=2)", "at most half the window of 3"),
        ("nn.MaxPool2d(2, return_indices=True)", "return_indices=True is not explained here"),
        ("nn.ConvTranspose2d(1, 8, 3, stride=2, output_padding=2)", "less than the stride of 2"),
        ("nn.Linear(784, 10)", "Linear has in_features=784, but its input has 28"),
        ("nn.BatchNorm2d(3)", "num_features=3, but its input has 1 channels"),
        ("nn.GroupNorm(2, 1)", "a divisor of num_channels=1"),
        ("nn.LayerNorm(27)", "the last sizes of the input's shape (1, 28, 28)"),
        ("nn.Softmax()", "dim must be an axis from 1 to 3"),
        ("nn.Softmax(dim=0)", "the batch is axis 0"),
        ("nn.Flatten(0)", "so that the batch stays"),
        ("nn.Upsample(scale_factor=1.5)", "whole times the input's size"),
        ("nn.Upsample()", "needs size or scale_factor"),
        ("nn.ZeroPad2d((1, 2))", "a whole number or (left, right, top, bottom)"),
        ("nn.Conv1d(1, 8, 3)", "channels x positions, 2 numbers, got 1 x 28 x 28"),
    ],
)
def test_what_is_no_layer_of_torch(text, words):
    assert words in refusal(text, "1x28x28")


def test_a_swapped_input_is_noticed():
    told = refusal("nn.Conv2d(1, 32, 3)", "28x28x1")
    assert "read as channels x rows x columns" in told and "did you mean 1x28x28?" in told
    assert "did you mean 28x28x3?" in refusal("Conv2D(8, 5)", "3x28x28")


@pytest.mark.parametrize(
    ("value", "sizes"),
    [
        ("28x28x1", (28, 28, 1)),
        ("28×28×1", (28, 28, 1)),
        (" 28 X 28 x 1 ", (28, 28, 1)),
        ("(28, 28, 1)", (28, 28, 1)),
        ("28,28,1", (28, 28, 1)),
        ("784", (784,)),
        ([28, np.int64(28), 1], (28, 28, 1)),
    ],
)
def test_an_input_is_read(value, sizes):
    assert read_input(value) == sizes


@pytest.mark.parametrize(
    "value",
    ["", "x", "28x", "28x28xc", "-1x2", "0x3", "2.5x3", "1x2x3x4x5", "9999999x1", (), (1.5, 2), 28,
     (None, 28), "28x28x1; rm"],
)  # fmt: skip
def test_what_is_no_input(value):
    with pytest.raises(LayerTextError, match="input's shape must be like 28x28x1"):
        read_input(value)


def test_without_an_input_it_says_what_is_missing():
    with pytest.raises(LayerTextError, match=r"such as 28x28x1 \(Keras\)"):
        explain_layer("Conv2D(3, 3)")
    with pytest.raises(LayerTextError, match=r"such as 1x28x28 \(PyTorch\)"):
        explain_layer("nn.ReLU()")


def test_only_texts_and_models_are_read():
    with pytest.raises(TypeError, match="a layer must be given as a text, got int"):
        explain_layer(3, (3,))


# Nothing is run


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch ran')",
        "Conv2D(__import__('os').system('touch ran'), 3)",
        "Conv2D(3, 3, name=open('ran', 'w'))",
        "[Conv2D(3, 3) for x in [open('ran', 'w')]]",
        'Conv2D(3, f\'{open("ran", "w")}\')',
        "(lambda: open('ran', 'w'))()",
        "Conv2D(3, (y := open('ran', 'w')))",
    ],
)
def test_nothing_in_a_text_is_run(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusal(text)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "[" * 150 + "]" * 150, "Conv2D(" + "-" * 3000 + "3)", "Conv2D(3, \0)", "\\",
     "Conv2D(3, '\\N{foo}')", "Conv2D(1" + "0" * 5000 + ")", "a." * 3000 + "b", "not " * 2000,
     "Conv2D(3, 3)" * 2, "x" * (LONGEST + 1), "Flatten()," * (MOST_LAYERS + 1), "é", "\ud800"],
)  # fmt: skip
def test_strange_texts_are_refused_in_words(text):
    assert len(refusal(text)) < 400


PIECES = st.sampled_from(
    "Conv2D nn. Conv2d MaxPool2D Dense Flatten ( ) ( ) , = -> 3 1 28 'same' padding strides [ ] "
    "- None True . \n ** * : 1e9 0 (1,2) Input".split(" ")
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_any_text_is_explained_or_refused_in_words(text):
    try:
        assert str(explain_layer(text, (28, 28, 1)))
    except LayerTextError as error:
        assert str(error)


def test_a_warning_of_pythons_own_is_not_shown():
    assert read_layers("Conv2D(3, 3, padding='\\d')").calls[0].values["padding"] == "\\d"


# The notebook's form


def test_the_table_of_a_notebook_holds_what_the_text_does():
    for text in (KERAS, CHAIN):
        found = explain_layer(text, "28x28x1")
        html = found._repr_html_()
        for step in found.steps:
            assert f"{step.parameters:,}" in html
        assert "nn.Conv2d(1, 32, 3" in html
        assert html.count("<table") == html.count("</table>") == 1
        # Its colours are the page's own: readable in the light and in the dark.
        assert "color:var(--jp-content-font-color1,inherit)" in html
        assert not re.search("(?:color|background):(?!var|inherit|none)", html)


def test_a_table_escapes_what_was_written():
    html = explain_layer("Conv2D(3, 3, name='<b>&')", "28x28x1")._repr_html_()
    assert "<b>" not in html and "&lt;b&gt;&amp;" in html


# The command line


def test_explain_prints(capsys):
    assert cli.main(["explain", KERAS, "--input", "28x28x1"]) == 0
    told = capsys.readouterr().out
    assert told == f"{explain_layer(KERAS, '28x28x1')}\n"


def test_several_arguments_are_a_chain(capsys):
    assert cli.main(["explain", *CHAIN.split(" -> "), "--input", "28x28x1"]) == 0
    assert capsys.readouterr().out == f"{explain_layer(CHAIN, '28x28x1')}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Conv2D(3, 3, stride=2)", "--input", "28x28x1"], "in Keras it is called strides"),
        (["Conv2D(3, 3)"], "the input's shape is needed"),
        (["Conv2D(3, 3)", "--input", "28-28"], "must be like 28x28x1"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(capsys, arguments, words):
    assert cli.main(["explain", *arguments]) == 1
    told = capsys.readouterr()
    assert told.out == "" and words in told.err and told.err.startswith("cnncourse: ")


def test_without_a_layer_there_is_nothing_to_explain(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["explain", "--input", "28x28x1"])
    assert stopped.value.code == 2
    assert "LAYER" in capsys.readouterr().err


def test_neither_framework_is_loaded():
    run = (
        "import sys; from cnncourse import cli; "
        f"cli.main(['explain', {CHAIN!r}, '--input', '28x28x1']); "
        "print('loaded:', *{'torch', 'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_no_module_of_it_runs_what_it_reads():
    from cnncourse.frameworks import reading_text

    with open(reading_text.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    assert not called & {"eval", "exec", "compile", "__import__", "getattr"}


# Real layers


def test_a_torch_module_is_explained_as_its_text():
    nn = pytest.importorskip("torch").nn
    module = nn.Conv2d(1, 32, 3, stride=2, padding=1)
    from_text = explain_layer(f"nn.{TORCH}", (1, 28, 28))
    found = explain_layer(module, (1, 28, 28))
    assert isinstance(found, Explanation)
    assert str(found) == str(from_text)
    chain = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))
    found = explain_layer(chain, "1x8x8")
    text = "nn.Conv2d(1, 4, 3) -> nn.ReLU() -> nn.Flatten() -> nn.Linear(144, 3)"
    same = explain_layer(text, "1x8x8")
    assert [s.facts for s in found.steps] == [s.facts for s in same.steps]
    assert found.parameters == sum(p.numel() for p in chain.parameters())
    with pytest.raises(LayerTextError, match="shape is needed"):
        explain_layer(chain)


def test_a_keras_layer_is_explained_as_its_text():
    if not has_tensorflow():
        pytest.skip("Keras is not installed")
    keras = load_keras("to explain its layers")
    layers = keras.layers
    found = explain_layer(layers.Conv2D(32, 3, strides=2, padding="same"), (28, 28, 1))
    assert found.step.facts == explain_layer(KERAS, (28, 28, 1)).step.facts
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten()])
    same = explain_layer("Conv2D(4, 3) -> Flatten()", "8x8x1")
    assert [s.facts for s in explain_layer(model).steps] == [s.facts for s in same.steps]
    branches = keras.Input((8, 8, 1))
    branched = keras.Model(branches, layers.Add()([branches, layers.ReLU()(branches)]))
    with pytest.raises(LayerTextError, match="got branches"):
        explain_layer(branched)
