"""A translated model is trained further: one step of gradients gives what it gives in Keras."""

import numpy as np
import pytest

from tests.keras_to_torch import difference, keras_or_skip, randomise, to_first

torch = pytest.importorskip("torch")
nn = torch.nn
RATE = 0.1


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def step_of_keras(keras, model, x, target):
    """One step of gradient descent on the mean squared error, in training mode."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - target) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        variable.assign_sub(RATE * gradient)
    return float(loss)


def step_of_torch(model, x, target):
    model.train()
    optimiser = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=RATE)
    loss = ((model(torch.tensor(to_first(x))) - torch.tensor(target)) ** 2).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return float(loss.detach())


def both_step(keras, model, made, shape, steps=2):
    """Train both for some steps and return the outputs in training mode."""
    draw = np.random.default_rng(5)
    x = draw.standard_normal((4, *shape)).astype(np.float32)
    target = draw.standard_normal((4, *model.output_shape[1:])).astype(np.float32)
    for _ in range(steps):
        losses = step_of_keras(keras, model, x, target), step_of_torch(made, x, target)
        assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    with torch.no_grad():
        got = made(torch.tensor(to_first(x))).numpy()
    return np.asarray(model(x, training=True)), got


def cnn(keras):
    k = keras.layers
    return keras.Sequential(
        [
            keras.Input((9, 8, 2)),
            k.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv"),
            k.BatchNormalization(name="norm"),
            k.PReLU(shared_axes=[1, 2], name="slope"),
            k.AveragePooling2D(2, padding="same", name="pool"),
            k.LayerNormalization(name="layer"),
            k.Flatten(name="flatten"),
            k.Dense(3, name="head"),
        ]
    )


def test_steps_of_gradient_descent_agree(keras):
    from cnncourse.frameworks import to_torch

    model = cnn(keras)
    randomise(model)
    before = [variable.numpy().copy() for variable in model.trainable_variables]
    wanted, got = both_step(keras, model, to_torch(model), (9, 8, 2))
    assert difference(wanted, got) < 1e-4
    # It has learned something: every weight has moved.
    for old, variable in zip(before, model.trainable_variables, strict=True):
        assert not np.array_equal(old, variable.numpy())


def test_running_statistics_follow_with_torch_s_own_divisor(keras):
    from cnncourse.frameworks import to_torch

    norm = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    model = keras.Sequential([keras.Input((5, 4, 3)), norm])
    randomise(model)
    made = to_torch(model)
    assert (made.momentum, made.eps) == (0.1, 1e-3)
    start = norm.moving_variance.numpy()
    x = np.random.default_rng(0).standard_normal((2, 5, 4, 3)).astype(np.float32)
    model(x, training=True)
    made.train()(torch.tensor(to_first(x)))
    assert np.allclose(norm.moving_mean.numpy(), made.running_mean.numpy(), atol=1e-6)
    n = 2 * 5 * 4  # Keras divides the squares by n, torch by n - 1
    keras_added = norm.moving_variance.numpy() - 0.9 * start
    torch_added = made.running_var.numpy() - 0.9 * start
    assert np.allclose(keras_added * n / (n - 1), torch_added, rtol=1e-4)


def test_what_is_frozen_stays_frozen(keras):
    from cnncourse.frameworks import to_torch

    model = cnn(keras)
    randomise(model)
    for name in ("conv", "norm"):
        model.get_layer(name).trainable = False
    made = to_torch(model)
    assert not made.conv.weight.requires_grad
    assert made.head.weight.requires_grad
    before = {name: value.clone() for name, value in made.state_dict().items()}
    wanted, got = both_step(keras, model, made, (9, 8, 2))
    assert difference(wanted, got) < 1e-4  # a frozen norm uses its stored statistics in both
    changed = {name for name, value in made.state_dict().items() if not before[name].equal(value)}
    assert {name.split(".")[0] for name in changed} == {"slope", "layer", "head"}


def test_model_called_for_inference_keeps_its_statistics(keras):
    from cnncourse.frameworks import to_torch

    k = keras.layers
    base = keras.Sequential(
        [keras.Input((6, 5, 2)), k.Conv2D(3, 3), k.BatchNormalization(name="norm"), k.Dropout(0.9)],
        name="base",
    )
    image = keras.Input((6, 5, 2))
    x = k.GlobalAveragePooling2D()(base(image, training=False))
    model = keras.Model(image, k.Dense(2)(x))
    randomise(model)
    made = to_torch(model)
    mean = made.get_submodule("base.norm").running_mean.clone()
    x = np.random.default_rng(5).standard_normal((4, 6, 5, 2)).astype(np.float32)
    target = np.zeros((4, 2), np.float32)
    weight = made.get_submodule("base.norm").weight.clone()
    loss = step_of_torch(made, x, target)
    assert loss == pytest.approx(float(np.mean(np.asarray(model(x)) ** 2)), rel=1e-4)
    assert torch.equal(mean, made.get_submodule("base.norm").running_mean)
    assert not torch.equal(weight, made.get_submodule("base.norm").weight)  # it learns all the same


def test_keras_still_overrides_training_false_in_training(keras):
    # What the docstring of to_torch says of Keras 3.15. Once this fails, so does the sentence.
    norm = keras.layers.BatchNormalization()
    image = keras.Input((3,))
    model = keras.Model(image, norm(image, training=False))
    model(np.ones((4, 3), np.float32), training=True)
    assert norm.moving_mean.numpy().all()


def test_scale_alone_is_learned_and_the_shift_stays(keras):
    from cnncourse.frameworks import to_torch

    layer = keras.layers.BatchNormalization(center=False)
    made = to_torch(layer, input_shape=(4, 4, 2))
    assert made.weight.requires_grad
    assert not made.bias.requires_grad
    assert not made.bias.any()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda k: k.Dropout(0.4), "Dropout"),
        (lambda k: k.SpatialDropout2D(0.4), "Dropout2d"),
        (lambda k: k.Dropout(0.4, noise_shape=(None, 1, 1, 3)), "Dropout2d"),
        (lambda k: k.Dropout(0.4, noise_shape=(None, 1, 1, 1)), "SharedDropout"),
        (lambda k: k.Dropout(0.4, noise_shape=(None, 5, 1, 3)), "SharedDropout"),
    ],
)
def test_dropout_drops_together_what_keras_drops_together(keras, make, kind):
    from cnncourse.frameworks import to_torch

    layer = make(keras.layers)
    made = to_torch(layer, input_shape=(5, 4, 3)).train()
    assert type(made).__name__ == kind
    torch.manual_seed(0)
    got = made(torch.ones(64, 3, 5, 4)).movedim(1, -1).numpy()
    wanted = np.asarray(layer(np.ones((64, 5, 4, 3), np.float32), training=True))
    for dropped in (wanted, got):
        assert set(np.unique(dropped.round(5))) == {0.0, np.float32(1 / 0.6).round(5)}
        assert np.mean(dropped == 0) == pytest.approx(0.4, abs=0.15)
    together = [
        tuple(bool((y == y.take([0], axis)).all()) for axis in (1, 2, 3)) for y in (wanted, got)
    ]
    assert together[0] == together[1]
