"""The names of the activations in both frameworks."""

from __future__ import annotations

import math

from cnncourse.frameworks.layers import Activation

_RELU = {"slope": 0.0, "threshold": 0.0, "top": math.inf}

KERAS_WORDS: dict[str, tuple[str, dict[str, float]]] = {
    "linear": ("linear", {}),
    "relu": ("relu", _RELU),
    "relu6": ("relu", {**_RELU, "top": 6.0}),
    "leaky_relu": ("relu", {**_RELU, "slope": 0.2}),
    "elu": ("elu", {"alpha": 1.0}),
    "celu": ("celu", {"alpha": 1.0}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
    "silu": ("silu", {}),
    "swish": ("silu", {}),
    "mish": ("mish", {}),
    "sigmoid": ("sigmoid", {}),
    "hard_sigmoid": ("hard_sigmoid", {}),
    "hard_silu": ("hard_silu", {}),
    "hard_swish": ("hard_silu", {}),
    "log_sigmoid": ("log_sigmoid", {}),
    "tanh": ("tanh", {}),
    "hard_tanh": ("clip", {"high": 1.0, "low": -1.0}),
    "tanh_shrink": ("tanh_shrink", {}),
    "soft_shrink": ("soft_shrink", {"lambd": 0.5}),
    "hard_shrink": ("hard_shrink", {"lambd": 0.5}),
    "softplus": ("softplus", {}),
    "softsign": ("softsign", {}),
    "exponential": ("exponential", {}),
    "softmax": ("softmax", {}),
    "log_softmax": ("log_softmax", {}),
}
"""What the words of ``activation=`` mean; of a softmax the axis is still open: the last one."""

TORCH_CLASSES: dict[str, tuple[str, dict[str, float]]] = {
    "ReLU": ("relu", _RELU),
    "ReLU6": ("relu", {**_RELU, "top": 6.0}),
    "SELU": ("selu", {}),
    "SiLU": ("silu", {}),
    "Mish": ("mish", {}),
    "Sigmoid": ("sigmoid", {}),
    "Hardsigmoid": ("hard_sigmoid", {}),
    "Hardswish": ("hard_silu", {}),
    "LogSigmoid": ("log_sigmoid", {}),
    "Tanh": ("tanh", {}),
    "Tanhshrink": ("tanh_shrink", {}),
    "Softsign": ("softsign", {}),
}
"""The classes of torch that have no argument but ``inplace``."""


def activation(name: str, **options: float) -> Activation:
    """An activation of the neutral layers, its options sorted.

    Examples
    --------
    >>> activation("clip", low=-1.0, high=1.0).options
    (('high', 1.0), ('low', -1.0))
    """
    return Activation(name=name, options=tuple(sorted(options.items())))
