"""Whole torch networks in Keras: outputs, names, what is kept, saving, training."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.keras_to_torch import keras_or_skip
from tests.small_torch_networks import NETWORKS, ResidualBlock, Tutorial, TwoHeads
from tests.torch_to_keras import Forward, agree, kinds, randomised, to_last


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def translated(module, shape):
    from cnncourse.frameworks import to_keras

    return to_keras(module, input_shape=shape)


@pytest.mark.parametrize(("make", "shape"), NETWORKS.values(), ids=NETWORKS)
def test_a_network_gives_the_same_in_keras(keras, make, shape):
    module = randomised(make())
    agree(module, translated(module, shape), shape)


def test_the_tutorials_network_is_what_one_would_write_in_keras(keras):
    model = translated(Tutorial(), (3, 32, 32))
    assert isinstance(model, keras.Sequential)
    assert kinds(model) == (
        "Conv2D ReLU MaxPooling2D Conv2D ReLU MaxPooling2D Flatten Dense ReLU Dense ReLU Dense"
    )
    names = [layer.name for layer in model.layers if layer.weights]
    assert names == ["conv1", "conv2", "fc1", "fc2", "fc3"]


def test_names_lead_back_to_the_module(keras):
    block = ResidualBlock(4, 6, 2)
    model = translated(nn.Sequential(nn.Conv2d(3, 4, 3), block), (3, 9, 11))
    names = {layer.name for layer in model.layers}
    assert {"conv2d_0", "1_conv1", "1_bn2", "1_downsample_0", "1_conv2"} <= names
    assert "1_conv1_padding" not in names  # 3 x 3 at stride 2 on 7 x 9 is just "same"


def test_a_flatten_that_dense_layers_read_is_plain(keras):
    model = translated(TwoHeads(), (2, 6, 7))
    assert kinds(model) == "Conv2D Flatten BatchNormalization ReLU Dense Dense"


def test_the_module_is_left_as_it_is(keras):
    module = randomised(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5)))
    module.train()
    module[1].eval()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    translated(module, (3, 6, 7))
    assert [part.training for part in module] == [True, False, True]
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_normalisations_keep_momentum_and_epsilon(keras):
    parts = nn.BatchNorm2d(4, momentum=0.3, eps=2e-3), nn.GroupNorm(2, 4, eps=3e-3)
    norm, group = translated(nn.Sequential(*parts), (4, 5, 6)).layers
    assert norm.momentum == pytest.approx(0.7) and norm.epsilon == 2e-3
    assert group.groups == 2 and group.epsilon == 3e-3


def test_what_is_frozen_stays_so(keras):
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))
    module[0].requires_grad_(False)
    first, _, last = translated(module, (3, 7, 8)).layers
    assert not first.trainable and last.trainable


def test_layers_used_twice_are_one_layer(keras):
    dense = nn.Linear(5, 5)
    model = translated(nn.Sequential(dense, nn.Tanh(), dense), (5,))
    assert sum(isinstance(layer, keras.layers.Dense) for layer in model.layers) == 1
    assert model.count_params() == 30


def test_weights_shared_by_name_are_shared(keras):
    first, second = nn.Linear(5, 5, bias=False), nn.Linear(5, 5, bias=False)
    second.weight = first.weight
    assert translated(nn.Sequential(first, second), (5,)).count_params() == 25


def test_a_weight_norm_is_folded(keras):
    module = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(5, 3)))
    (dense,) = translated(module, (5,)).layers
    assert np.allclose(np.asarray(dense.kernel).T, module[0].weight.detach().numpy())


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated:FutureWarning")
def test_an_older_weight_norm_is_folded_as_it_stands_now(keras):
    module = nn.Sequential(nn.utils.weight_norm(nn.Linear(5, 3)))
    with torch.no_grad():
        module[0].weight_g.mul_(3)  # what it last computed has grown old
    agree(module, translated(module, (5,)), (5,))


def own_layers():
    """A module for which every layer of our own is needed."""
    return nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", bias=False),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        nn.MaxPool2d(2, 1, dilation=2),
        nn.Hardtanh(-0.9, 1.2),
        nn.AdaptiveAvgPool2d((1, 3)),
        nn.ConstantPad2d(1, -0.5),
        nn.GELU("tanh"),
        nn.LPPool2d(2, 2, 1),
        nn.MaxPool2d(2, 2, 1),
    )


def test_a_model_is_saved_and_loaded_also_with_layers_of_our_own(keras, tmp_path):
    module = randomised(own_layers())
    model = translated(module, (2, 14, 18))
    expected = {"BorderPadding", "DilatedMaxPooling", "BorderAveragePooling", "L2Pooling"}
    expected |= {"AdaptiveWindowPooling", "ActivationFunction"}
    assert expected <= set(kinds(model).split())
    model.save(tmp_path / "model.keras")
    agree(module, keras.saving.load_model(tmp_path / "model.keras"), (2, 14, 18))


def test_own_layers_are_rebuilt_from_their_configurations(keras):
    model = translated(own_layers(), (2, 14, 18))
    for layer in model.layers:
        assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


def test_an_own_activation_wants_a_known_name(keras):
    from cnncourse.frameworks.keras_layers import ActivationFunction

    with pytest.raises(ValueError, match="must be one of .*'clip'.*, not 'sine'"):
        ActivationFunction("sine", {})


def test_one_step_of_training_leaves_both_equal(keras):
    import tensorflow as tf

    module = randomised(
        nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1),
            nn.GroupNorm(2, 4),
            nn.PReLU(4),
            nn.Conv2d(4, 4, 3, groups=4),
            nn.ReLU(),
            nn.ConvTranspose2d(4, 3, 3, dilation=2),
            nn.AvgPool2d(3, 2, 1, ceil_mode=True),
            nn.Flatten(),
            nn.Linear(48, 5),
        )
    )
    model = translated(module, (2, 8, 10))
    x = np.random.default_rng(3).standard_normal((4, 2, 8, 10)).astype(np.float32)
    rate = 0.02
    loss = (module(torch.tensor(x)) ** 2).mean()
    loss.backward()
    with tf.GradientTape() as tape:
        same = tf.reduce_mean(model(to_last(x), training=True) ** 2)
    steps = tape.gradient(same, model.trainable_variables)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter -= rate * parameter.grad
    for variable, step in zip(model.trainable_variables, steps, strict=True):
        variable.assign_sub(rate * step)
    assert float(same) == pytest.approx(float(loss.detach()), rel=1e-5)
    agree(module, model, (2, 8, 10))


def test_the_gradient_of_the_input_is_the_same_where_padding_is_our_own(keras):
    import tensorflow as tf

    module = randomised(own_layers())
    model = translated(module, (2, 14, 18))
    x = np.random.default_rng(4).standard_normal((2, 2, 14, 18)).astype(np.float32)
    ours = torch.tensor(x, requires_grad=True)
    (module(ours) ** 2).sum().backward()
    theirs = tf.constant(np.ascontiguousarray(to_last(x)))
    with tf.GradientTape() as tape:
        tape.watch(theirs)
        loss = tf.reduce_sum(model(theirs) ** 2)
    gradient = np.moveaxis(tape.gradient(loss, theirs).numpy(), -1, 1)
    wanted = ours.grad.numpy()
    assert (wanted != 0).mean() > 0.2
    assert np.abs(gradient - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_a_wrong_translation_is_not_returned_and_its_place_is_named(keras, monkeypatch):
    from cnncourse.frameworks import OutputsDiffer, keras_writing_layers, to_keras

    monkeypatch.setitem(keras_writing_layers._MERGES, "maximum", "Minimum")
    module = Forward(lambda x: torch.maximum(x * 2, -x) + 1)
    with pytest.raises(OutputsDiffer, match="first at layer 'maximum'"):
        to_keras(module, input_shape=(3, 5, 6))


@pytest.mark.parametrize("shape", [5, (0, 3), "ab", [(3, 4), 5]])
def test_an_input_shape_must_be_one(keras, shape):
    with pytest.raises(ValueError, match="input_shape must be positive integers"):
        translated(nn.ReLU(), shape)


def test_a_shape_that_does_not_fit_is_told_from_what_cannot_be_translated(keras):
    with pytest.raises(ValueError, match=r"cannot be run on inputs of the shapes \[\(4, 9, 12\)\]"):
        translated(nn.Conv2d(3, 2, 3), (4, 9, 12))


def test_only_a_module_is_translated(keras):
    with pytest.raises(TypeError, match="must be a torch.nn.Module, got function"):
        translated(lambda x: x, (3, 4, 5))


def test_without_tensorflow_it_says_how_to_install_it(monkeypatch):
    from cnncourse.frameworks import MissingTensorFlow, to_keras

    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    with pytest.raises(MissingTensorFlow, match="--with tensorflow"):
        to_keras(nn.ReLU(), input_shape=(3,))
