"""What `to_torch` once did wrong at the edges: each was found by someone who tried to break it."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.keras_to_torch import agree, difference, keras_or_skip, randomise

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def chain(keras, *layers, shape=(6, 8, 4)):
    return keras.Sequential([keras.Input(shape), *layers])


ENDS = """
import keras
from keras import layers as k
from cnncourse.frameworks import CannotTranslate, to_torch

body = keras.Sequential([k.AdaptiveMaxPooling2D((2, 1), name="odd")], name="body")
to_one = keras.Sequential([keras.Input((9, 7, 3)), body])
from_one = keras.Sequential([keras.Input((9, 1, 3)), k.AdaptiveMaxPooling2D((3, 4), name="odd")])
line = k.AdaptiveMaxPooling1D(1, name="odd")
line.build((None, 8, 2))
for model in (to_one, from_one, line):
    try:
        to_torch(model)
    except CannotTranslate as error:
        print(error.layer, "ends the whole Python process" in error.reason)
"""


def test_adaptive_maximum_that_ends_python_in_tensorflow_is_refused(keras):
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["body.odd True", "odd True", "odd True"]


def test_adaptive_pooling_that_does_no_harm_is_translated(keras):
    from cnncourse.frameworks import to_torch

    # One window on another axis than the last, and an average.
    pools = [keras.layers.AdaptiveMaxPooling2D((1, 3)), keras.layers.AdaptiveAveragePooling2D(1)]
    model = chain(keras, *pools)
    agree(model, to_torch(model), (6, 8, 4))


def test_input_named_self_is_renamed(keras):
    from cnncourse.frameworks import to_torch

    a, b = keras.Input((3,), name="self"), keras.Input((3,), name="b")
    model = keras.Model([a, b], keras.layers.Subtract()([a, b]))
    agree(model, to_torch(model), (3,), (3,))


def test_nothing_of_a_frozen_model_learns_whatever_its_layers_say(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    inner = keras.Sequential([k.Dense(3), k.BatchNormalization()])
    model = chain(keras, inner, k.Dense(2), shape=(4,))
    model.trainable = False
    for layer in inner.layers:
        layer.trainable = True
    randomise(model)
    made = to_torch(model)
    assert model.trainable_variables == []
    assert [p for p in made.parameters() if p.requires_grad] == []
    # The normalisation gathers statistics all the same, in both.
    x = np.random.default_rng(0).standard_normal((8, 4)).astype(np.float32)
    wanted = np.asarray(model(x, training=True))
    with torch.no_grad():
        got = made.train()(torch.tensor(x)).numpy()
    assert difference(wanted, got) < 1e-4


def test_a_layer_that_learns_in_a_frozen_part_of_a_model_that_learns(keras):
    from cnncourse.frameworks import to_torch

    inner = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)], name="inner")
    model = chain(keras, inner, shape=(4,))
    inner.trainable = False
    inner.layers[0].trainable = True
    made = to_torch(model)
    learned = [p.numel() for p in made.parameters() if p.requires_grad]
    assert sorted(learned) == sorted(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert sum(learned) == 15


def test_outputs_by_name_need_no_order(keras):
    from cnncourse.frameworks import to_torch

    row = keras.Input((4,))
    outputs = {"b": keras.layers.Dense(2)(row), "a": keras.layers.Dense(3)(row)}
    model = keras.Model(row, outputs)
    made = to_torch(model)
    x = np.random.default_rng(0).standard_normal((2, 4)).astype(np.float32)
    wanted = model(x)
    with torch.no_grad():
        got = made(torch.tensor(x))
    assert list(got) == ["b", "a"]
    for name in got:
        assert difference(np.asarray(wanted[name]), got[name].numpy()) < 1e-5


def test_one_output_in_a_list_is_packed_as_keras_gives_it(keras):
    from cnncourse.frameworks import to_torch

    row = keras.Input((4,))
    dense = keras.layers.Dense(2)(row)
    x = np.ones((1, 4), np.float32)
    for outputs, kind in (([dense], torch.Tensor), ([{"a": dense}], dict), ({"a": dense}, dict)):
        model = keras.Model(row, outputs)
        assert isinstance(model(x), dict) == (kind is dict)
        assert isinstance(to_torch(model)(torch.tensor(x)), kind)


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_relu_of_which_nothing_is_left(keras, slope):
    from cnncourse.frameworks import to_torch

    model = chain(keras, keras.layers.ReLU(max_value=0, negative_slope=slope))
    agree(model, to_torch(model), (6, 8, 4))


def test_threshold_without_its_numbers_is_refused(keras):
    from cnncourse.frameworks import CannotTranslate, to_torch

    k = keras.layers
    for layer in (k.Activation("threshold", name="odd"), k.Dense(2, "threshold", name="odd")):
        with pytest.raises(CannotTranslate, match="'odd'.*without default_value, threshold"):
            to_torch(chain(keras, layer))


def test_example_that_keras_treats_otherwise_in_a_batch_is_its_fault(keras):
    from cnncourse.frameworks import OutputsDiffer, to_torch

    model = chain(keras, keras.layers.Conv2D(2, 3, name="a"))
    conv = model.get_layer("a")
    call = type(conv).call
    # As TensorFlow with oneDNN may do: nothing is computed of all but the first.
    conv.call = lambda x, training=None: call(conv, x) * np.eye(len(x), 1)[:, :, None, None]
    with pytest.raises(OutputsDiffer, match="layer 'a'. Keras itself is at fault.*ONEDNN_OPTS=0"):
        to_torch(model)
    conv.call = lambda x, training=None: call(conv, x) * 1.01
    with pytest.raises(OutputsDiffer) as caught:
        to_torch(model)
    assert "at fault" not in str(caught.value)


WITH_ONEDNN = """
import keras
from keras import layers as k
from cnncourse.frameworks import OutputsDiffer, to_torch

model = keras.Sequential([keras.Input((9, 3, 1)), k.Conv2D(4, 3, strides=(1, 2))])
try:
    to_torch(model)
    print("agree")
except OutputsDiffer as error:
    print("Keras itself is at fault" in str(error))
"""


def test_fault_of_tensorflow_with_onednn_is_said_to_be_its_own(keras):
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WITH_ONEDNN], env=environment, capture_output=True, text=True
    )
    # On some processors there is no such fault.
    assert done.stdout.splitlines() in (["True"], ["agree"]), done.stderr


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="oneDNN is for Intel's")
def test_what_tensorflow_computes_with_onednn_alone_is_translated_too(keras):
    here = Path(__file__).parent
    tests = [
        f"{here / 'test_frameworks_to_torch.py'}::test_layer_gives_the_same[{name}]"
        for name in ("convolution: depthwise, uneven strides", "transposed: dilated")
    ]
    models = here / "test_frameworks_to_torch_models.py"
    tests.append(f"{models}::test_channels_first_model_keeps_its_axes")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests],
        cwd=here.parent,
        env={**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1"},
        capture_output=True,
        text=True,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
