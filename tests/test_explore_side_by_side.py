"""The explorer "side by side": its numbers against PyTorch and Keras, its words, its state."""

import os
import re
from dataclasses import asdict

import numpy as np
import pytest

from cnncourse.explore.side_by_side_model import compare
from cnncourse.explore.side_by_side_windows import (
    KERAS_PADDINGS,
    LAYERS,
    MODES,
    SideBySideState,
)
from cnncourse.explore.side_by_side_words import describe
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
    for state in random_states(900, seed=1):
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
    for state in random_states(120, seed=2):
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
    for state in random_states(900, seed=3):
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
