"""Architectures as Keras ships them, with random weights, at a small input: equal outputs."""

import numpy as np
import pytest

from tests.keras_to_torch import agree, keras_or_skip

pytest.importorskip("torch")

# Inverted residuals; residuals with the norm in front; excitation, swish and rescaling.
BUILDERS = {
    "MobileNetV2": lambda make, **options: make.MobileNetV2(alpha=0.35, **options),
    "ResNet50V2": lambda make, **options: make.ResNet50V2(**options),
    "EfficientNetB0": lambda make, **options: make.EfficientNetB0(**options),
}


@pytest.fixture(scope="module")
def keras():
    return keras_or_skip()


def stir(model):
    """Give what starts as 0 or 1 other values, so that each scale, shift and statistic counts."""
    draw = np.random.default_rng(0)
    for variable in model.weights:
        if variable.name in ("gamma", "moving_variance"):
            variable.assign(0.8 + 0.4 * draw.random(variable.shape))
        elif variable.name in ("beta", "moving_mean", "bias"):
            variable.assign(0.1 * draw.standard_normal(variable.shape))


@pytest.mark.parametrize("name", BUILDERS)
def test_architecture_gives_the_same(keras, name):
    from cnncourse.frameworks import to_torch

    options = {"weights": None, "input_shape": (40, 48, 3), "classes": 7}
    model = BUILDERS[name](keras.applications, classifier_activation=None, **options)
    stir(model)
    made = to_torch(model)
    agree(model, made, (40, 48, 3))
    learned = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    assert learned == sum(p.numel() for p in made.parameters() if p.requires_grad)
