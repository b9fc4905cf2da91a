"""The explorer "side by side": its numbers against PyTorch and Keras, its words, its state."""

import itertools
import os
import re
from dataclasses import asdict, replace

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.explore.side_by_side_model import EXAMPLES, FIELDS, compare
from cnncourse.explore.side_by_side_windows import (
    BEYOND,
    KERAS_PADDINGS,
    LAYERS,
    MODES,
    PATTERN,
    TAPS,
    WIDTHS,
    SideBySideState,
    layouts,
    meaning,
)
from cnncourse.explore.side_by_side_words import describe
from cnncourse.shapes import same_padding
from tests.parity import agree


def random_states(count, seed):
    """States of every layer and of all settings, of row and kernel of one or two decimals."""
    random = np.random.default_rng(seed)
    pick = lambda choices: choices[random.integers(len(choices))]  # noqa: E731
    for number in range(count):
        n, size = int(random.integers(2, 17)), int(random.integers(1, 6))
        layer = LAYERS[number % 3]
        yield SideBySideState(
            layer=layer,
            row=tuple(np.round(random.normal(0, 4, n), 1).tolist()),
            kernel=tuple(np.round(random.normal(0, 2, size), 1).tolist()),
            stride=pick((None, None, 1, 2, 2, 3, 4, 6)),
            dilation=pick((1, 1, 1, 2, 3)),
            keras_padding=pick(KERAS_PADDINGS),
            torch_padding=pick(("same", 0, 0, 1, 1, 2, 3, 4)),
            padding_mode=pick(MODES),
            ceil_mode=bool(random.random() < 0.4),
            count_include_pad=bool(random.random() < 0.5),
            output=int(random.integers(0, 9)),
        )


def by_torch(line, state):
    """What a line of PyTorch makes of the row, with the kernel as its weights."""
    torch = pytest.importorskip("torch")
    x = torch.tensor(state.row, dtype=torch.float64)[None, None]
    code, _, after = line.partition("(x)") if line.endswith(("(x)", "1:]")) else (line, "", "")
    pad = re.search(r"\(F\.pad\(.*\)\)$", line)
    if pad:
        code = line[: pad.start()]
        x = eval(pad[0], {"F": torch.nn.functional, "torch": torch, "x": x})
    module = eval(code, {"nn": torch.nn})
    if state.layer == "convolution":
        module = module.double()
        torch.nn.init.constant_(module.weight, 0)
        module.weight.data[0, 0] = torch.tensor(state.kernel, dtype=torch.float64)
    with torch.no_grad():
        made = module(x)
    return eval(f"made{after}", {"made": made})[0, 0].numpy()


def by_keras(line, state):
    """What a line of Keras makes of the row."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keras = pytest.importorskip("keras")
    x = np.array(state.row, np.float32)[None, :, None]
    layer = eval(line, {"layers": keras.layers})
    if state.layer == "convolution":
        layer.build(x.shape)
        layer.set_weights([np.array(state.kernel, np.float32)[:, None, None]])
    return np.asarray(layer(x))[0, :, 0]


def refusal_of(make, *arguments):
    """What it makes, or None if it refuses or makes nothing."""
    try:
        made = make(*arguments)
    except (ValueError, TypeError, RuntimeError):
        return None
    return made if made.size else None


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_pytorch_makes_of_its_line_what_the_model_says():
    seen = set()
    for state in random_states(500, seed=1):
        half = compare(state).torch
        made = refusal_of(by_torch, half.code, state)
        seen.add((state.layer, made is None))
        assert (made is None) == bool(half.refusal), (state, half, made)
        if made is not None:
            np.testing.assert_allclose(half.outputs, made, atol=1e-9, err_msg=str(state))
    assert len(seen) == 6


def test_keras_makes_of_its_line_what_the_model_says():
    keras = pytest.importorskip("keras")
    seen = set()
    for state in random_states(90, seed=2):
        half = compare(state).keras
        seen.add((state.layer, bool(half.refusal)))
        if not half.refusal:
            made = by_keras(half.code, state)
            np.testing.assert_allclose(half.outputs, made, atol=1e-4, err_msg=str(state))
        elif state.layer == "convolution":
            with pytest.raises(ValueError, match=r"strides > 1|zero or negative"):
                by_keras(half.code, state)
        else:
            # Never run: without a window, TensorFlow 2.21 divides by zero, which ends the process.
            layer = eval(half.code, {"layers": keras.layers})
            assert state.keras_padding == "valid" and len(state.row) < len(state.kernel)
            assert not sized(layer, len(state.row))
    assert len(seen) == 6


def sized(layer, n):
    """Whether Keras says that a pooling layer has an output for a row of `n` numbers."""
    try:
        return layer.compute_output_shape((1, n, 1))[1] > 0
    except ValueError:
        return False


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_the_agreeing_line_makes_in_pytorch_what_keras_makes():
    forms = set()
    for state in random_states(500, seed=3):
        now = compare(state)
        if now.keras.refusal:
            assert now.agreeing == ""
        elif now.agreeing:
            made = by_torch(now.agreeing, state)
            np.testing.assert_allclose(made, now.keras.outputs, atol=1e-9, err_msg=str(state))
            forms.add((state.layer, re.sub(r"\d+", "", now.agreeing.partition("(x")[2])))
            forms.add((state.layer, "ceil" in now.agreeing, "same" in now.agreeing))
        else:
            assert now.same
            np.testing.assert_allclose(now.torch.outputs, now.keras.outputs, atol=1e-9)
    assert len(forms) >= 8


def in_browser(state):
    """A state as the page has it: its numbers in arrays."""
    return {**asdict(state), "row": np.array(state.row), "kernel": np.array(state.kernel)}


def test_the_browser_computes_and_says_what_python_does():
    calls = []
    for state in [SideBySideState(), *random_states(400, seed=4)]:
        now = compare(state)
        calls.append(("compute", [None, in_browser(state)], asdict(now)))
        calls.append(("describe", [None, in_browser(state)], describe(state, now)))
    agree("side_by_side_math", calls)


def test_padding_by_name_is_that_of_the_package_in_the_browser():
    calls = []
    for n, k, stride, dilation in itertools.product(
        (1, 2, 5, 6, 7), (1, 2, 3, 5), (1, 2, 3), (1, 2)
    ):
        sizes = [n, k, stride, dilation]
        calls.append(("axisPads", ["same", *sizes], same_padding(*sizes)))
        reach = sizes[3] * (sizes[1] - 1)
        at_each_end = {
            "valid": (0, 0),
            "full": (reach, reach),
            "half": (reach // 2, reach // 2),
            "torch_same": (reach // 2, reach - reach // 2),
        }
        calls += [("axisPads", [rule, *sizes], pads) for rule, pads in at_each_end.items()]
    agree("pads", calls)


# ---------------------------------------------------------------- what is said of both


def with_numbers(state, random):
    """The state with another row and another kernel."""
    return replace(
        state,
        row=tuple(random.normal(0, 3, len(state.row))),
        kernel=tuple(random.normal(0, 3, len(state.kernel))),
    )


def test_layers_that_are_the_same_agree_on_all_numbers_and_others_do_not():
    random, found = np.random.default_rng(5), set()
    for state in random_states(150, seed=6):
        now = compare(state)
        if now.keras.refusal or now.torch.refusal:
            assert not now.same and not now.reasons and not now.width
            continue
        others = [compare(with_numbers(state, random)) for _ in range(8)]
        found.add((state.layer, now.same))
        sizes = len(now.keras.outputs) == len(now.torch.outputs)
        if now.same:
            assert sizes and not any(other.differs for other in others)
        elif sizes:
            assert any(other.differs for other in others), state
    assert len(found) == 6


def put_as_in_keras(state, fields):
    """What PyTorch's outputs mean with these of its settings as in Keras."""
    keras, torch = layouts(state, len(state.row))
    changed = {name: getattr(keras, name) for name in fields}
    return meaning(state, len(state.row), replace(torch, **changed))


def test_the_reasons_are_the_fewest_settings_that_explain_it():
    found = set()
    for state in random_states(600, seed=7):
        now = compare(state)
        if not now.reasons:
            continue
        wanted = meaning(state, len(state.row), layouts(state, len(state.row))[0])
        found.add(now.reasons)
        assert put_as_in_keras(state, now.reasons) == wanted
        for count in range(len(now.reasons)):
            for fewer in itertools.combinations(FIELDS, count):
                assert put_as_in_keras(state, fewer) != wanted
    assert {(name,) for name in FIELDS} | {("pads", "counted")} <= found


def test_the_width_is_the_nearest_at_which_it_is_otherwise():
    low, high = WIDTHS
    seen = set()
    for state in random_states(90, seed=8):
        now, n = compare(state), len(state.row)
        if now.keras.refusal or now.torch.refusal:
            continue
        at = {m: compare(replace(state, row=PATTERN[:m])) for m in range(low, high + 1)}
        some = [m for m in at if at[m].keras.outputs or at[m].torch.outputs]
        other = [m for m in some if at[m].same != now.same]
        seen.add((now.same, bool(other)))
        if not other:
            assert now.width == 0 and "2 to 16" in now.verdict
        else:
            assert now.width in other
            assert abs(now.width - n) == min(abs(m - n) for m in other)
            assert f"At width {now.width}" in now.verdict
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("name", "words", "agreeing"),
    [
        ("“same”, stride 2, width 6", "in all 3 outputs. Keras pads 0 before and 1 after, PyTorch "
         "1 and 1: its windows begin 1 cell further left. At width 7", "(F.pad(x, (0, 1)))"),
        ("“same”, stride 2, width 7", "the same 4 numbers. At width 8 they do not.", ""),
        ("“same” by name in both, stride 2", "PyTorch makes nothing here, Keras 3", "F.pad(x"),
        ("even kernel", "differ in size: 6 numbers from Keras, 7 from PyTorch. Keras pads 1 before "
         "and 2 after, PyTorch 2 and 2", 'padding="same", bias=False)(x)'),
        ("mirrored border", "In the padding Keras has zeros, PyTorch the row, mirrored.",
         "nn.Conv1d(1, 1, 3, padding=1, bias=False)(x)"),
        ("max over negative numbers", "They agree: the same 4 numbers.", ""),
        ("average at the border", "differ in y[0] and y[5], 2 of 6 outputs. PyTorch counts the "
         "padding in its mean, Keras leaves it out.", "padding=1, count_include_pad=False)(x)"),
        ("pool’s stride left out", "They agree: the same 3 numbers, as at every width", ""),
        ("ceil_mode", "3 numbers from Keras, 4 from PyTorch. ceil_mode keeps a last window",
         "nn.MaxPool1d(2, stride=2)(x)"),
    ],
)  # fmt: skip
def test_each_example_shows_what_it_is_named_after(name, words, agreeing):
    now = compare(EXAMPLES[name])
    assert words in now.verdict
    assert agreeing in now.agreeing if agreeing else now.agreeing == ""


def test_every_example_is_in_the_list_above():
    [mark] = test_each_example_shows_what_it_is_named_after.pytestmark
    assert [case[0] for case in mark.args[1]] == list(EXAMPLES)


@pytest.mark.parametrize(
    ("state", "half", "words"),
    [
        ({"dilation": 2}, "keras", "Keras refuses a stride above 1 together with a dilation"),
        ({"torch_padding": "same"}, "torch", "a stride above 1: give it a number."),
        ({"layer": "max", "torch_padding": "same"}, "torch", "takes a number as padding, no name."),
        ({"layer": "average", "torch_padding": 2}, "torch", "more than half the pool: 2 of 3."),
        ({"row": PATTERN[:2], "torch_padding": 2, "padding_mode": "reflect"}, "torch",
         "refuses to mirror 2 of 2 numbers"),
        ({"row": PATTERN[:2], "torch_padding": 3, "padding_mode": "circular"}, "torch",
         "refuses to wrap 3 numbers round: the row has only 2."),
        ({"row": PATTERN[:2], "keras_padding": "valid"}, "keras", "spans 3 cells, the row has 2."),
        ({"row": PATTERN[:2], "kernel": TAPS[:5]}, "torch", "spans 5 cells, the padded row has 4."),
    ],
)  # fmt: skip
def test_a_refusal_is_in_plain_words(state, half, words):
    state = SideBySideState(**state)
    refused = getattr(compare(state), half)
    assert refused.refusal.endswith(words) or words in refused.refusal
    assert refused.outputs == refused.cells == () and refused.sum == ""
    assert refused.refusal in describe(state, compare(state))


def test_both_may_refuse():
    now = compare(SideBySideState(row=PATTERN[:2], keras_padding="valid", torch_padding=0))
    assert now.verdict == "Neither makes anything here." and now.agreeing == ""


def test_equal_numbers_of_different_layers_are_luck():
    now = compare(SideBySideState("average", (0.0,) * 5, stride=1))
    assert not now.same and now.differs == () and "by luck" in now.verdict


def test_a_dilated_maximum_may_see_padding_alone():
    state = SideBySideState("max", (3.0, 1.0), TAPS[:2], 1, dilation=3)
    half = compare(state).torch
    assert half.outputs == (float("-inf"),) == tuple(by_torch(half.code, state))
    assert half.sum == "y[0] = max(−∞, −∞) = −∞"


def test_what_stands_in_the_padding_and_how_an_output_is_made():
    average = compare(SideBySideState("average", stride=1))
    assert (average.keras.filled, average.torch.filled) == (
        "not counted",
        "zeros that count in the mean",
    )
    assert average.keras.sum == "y[0] = (3 + 1) / 2 = 2"
    assert average.torch.sum == "y[0] = (0 + 3 + 1) / 3 = 1.333"
    mirrored = compare(SideBySideState(padding_mode="reflect", torch_padding=2, stride=1)).torch
    assert mirrored.cells == (4, 1, *PATTERN[:6], 5, 1) and mirrored.pads == (2, 2)
    largest = compare(EXAMPLES["max over negative numbers"]).torch
    assert largest.cells[0] == float("-inf") and largest.sum == "y[0] = max(−∞, −3, −1) = −1"
    hanging = compare(replace(EXAMPLES["ceil_mode"], output=3)).torch
    assert hanging.sources[-1] == BEYOND and hanging.sum == "y[3] = max(2) = 2"


# ---------------------------------------------------------------- the widget


def test_rows_and_kernels_are_given_by_number_or_by_numbers():
    explorer = explore.side_by_side("max", 7, np.int64(2), stride=None)
    assert explorer.row.tolist() == list(PATTERN[:7]) and explorer.kernel.size == 2
    assert explorer.state().step == 2 and explorer.state().stride is None
    explorer.row = [-1, 2.5]
    explorer.layer = "convolution"
    assert explorer.state().row == (-1.0, 2.5) and explorer.state().step == 1


def test_the_output_stays_within_the_outputs():
    explorer = explore.side_by_side(output=2)
    explorer.stride = 6
    assert explorer.output == 0
    with pytest.raises(traitlets.TraitError, match="output must be 0, got 1"):
        explorer.output = 1
    explorer.set_state({"output": 5})  # as the browser may have sent it meanwhile
    assert explorer.output == 0


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("layer", "l2", "layer"),
        ("row", 1, "row must be 2 to 16 numbers, got 1"),
        ("row", 17, "row must be 2 to 16 numbers, got 17"),
        ("row", [4.0], "row must be 2 to 16 numbers, got 1"),
        ("row", True, "row must be 1 to 16"),
        ("kernel", 0, "kernel must be 1 to 5 numbers, got 0"),
        ("kernel", np.ones(6), "kernel must be 1 to 5, got shape (6,)"),
        ("stride", 0, "stride must be a whole number, 1 to 6"),
        ("dilation", 4, "dilation must be"),
        ("keras_padding", "full", "keras_padding"),
        ("torch_padding", "valid", 'torch_padding must be "same" or a whole number, 0 to 4'),
        ("torch_padding", 5, "0 to 4, got 5"),
        ("torch_padding", True, "torch_padding must be"),
        ("padding_mode", "symmetric", "padding_mode"),
        ("ceil_mode", "yes", "ceil_mode"),
        ("count_include_pad", "no", "count_include_pad"),
        ("output", -1, "output must be 0 to 2"),
    ],
)
def test_a_wrong_value_is_refused_and_the_state_kept(name, value, part):
    explorer = explore.side_by_side()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=re.escape(part)):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    with pytest.raises(traitlets.TraitError, match=re.escape(part)):
        explore.side_by_side(**{name: value})


def test_a_row_mistaken_for_a_layer_is_refused():
    with pytest.raises(traitlets.TraitError, match="layer"):
        explore.side_by_side([1, 2, 3])


LARGEST = {"row": 16, "kernel": 5, "stride": 1, "dilation": 3, "torch_padding": 4}


@pytest.mark.parametrize(
    "state", [*map(asdict, EXAMPLES.values()), LARGEST], ids=[*EXAMPLES, "largest"]
)
def test_it_fits_into_a_notebook_with_its_picture(state):
    explorer = explore.side_by_side(**state)
    assert len(explorer._repr_mimebundle_()[0]["text/html"]) < 60_000
    assert explorer.picture().alt == f"Side by side explorer. {explorer.describe()}"
    assert explorer.verdict() in explorer.describe()
