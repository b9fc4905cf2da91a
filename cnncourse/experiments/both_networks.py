"""The network of `both_trained`, built in torch, in Keras and in NumPy from the same weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncourse.frameworks.layouts import flatten_order, kernel_to_keras, kernel_to_torch
from cnncourse.frameworks.present import load_keras
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential

if TYPE_CHECKING:
    import torch

FIRST, SECOND, CLASSES = 8, 16, 10
"""Kernels of the two convolutions, and scores."""

FLAT = (SECOND, 2, 2)
"""What is flattened, channels first."""

Weights = tuple[np.ndarray, ...]


def first_weights(seed: int = 0) -> Weights:
    """Weights to start from, in torch's layout: float32 numbers, so that no type rounds them.

    Kernels are normal with a standard deviation of sqrt(2 / fan_in) (K. He and others, 2015),
    biases zero.

    Parameters
    ----------
    seed : int, default 0

    Returns
    -------
    tuple of float32 ndarray
        Kernel and bias of two convolutions and a dense layer.

    Examples
    --------
    >>> [w.shape for w in first_weights()]
    [(8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (10, 64), (10,)]
    """
    random = np.random.default_rng(seed)
    weights: list[np.ndarray] = []
    for shape in ((FIRST, 1, 3, 3), (SECOND, FIRST, 3, 3), (CLASSES, math.prod(FLAT))):
        spread = math.sqrt(2 / math.prod(shape[1:]))
        weights.append(random.normal(0, spread, shape).astype(np.float32))
        weights.append(np.zeros(shape[0], np.float32))
    return tuple(weights)


def torch_network(weights: Weights, kind: str) -> torch.nn.Sequential:
    """The network in torch, with the given weights.

    Parameters
    ----------
    weights : tuple of ndarray
        As of `first_weights`.
    kind : {"float32", "float64"}

    Returns
    -------
    torch.nn.Sequential
    """
    import torch
    from torch import nn

    model = nn.Sequential(
        nn.Conv2d(1, FIRST, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(FIRST, SECOND, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(math.prod(FLAT), CLASSES),
    ).to(getattr(torch, kind))
    with torch.no_grad():
        for part, values in zip(model.parameters(), weights, strict=True):
            part.copy_(torch.from_numpy(values))
    return model


def keras_network(weights: Weights, kind: str) -> Any:
    """The network in Keras, with the given weights; parameters as `torch_network`."""
    keras = load_keras("to train a network in Keras")
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), dtype=kind),
            layers.Conv2D(FIRST, 3, padding="same", activation="relu", dtype=kind),
            layers.MaxPool2D(2, dtype=kind),
            layers.Conv2D(SECOND, 3, padding="same", activation="relu", dtype=kind),
            layers.MaxPool2D(2, dtype=kind),
            layers.Flatten(dtype=kind),
            layers.Dense(CLASSES, dtype=kind),
        ]
    )
    first, first_bias, second, second_bias, dense, dense_bias = weights
    model.set_weights(
        [
            kernel_to_keras(first),
            first_bias,
            kernel_to_keras(second),
            second_bias,
            dense[:, flatten_order(FLAT)].T,
            dense_bias,
        ]
    )
    return model


def numpy_network(weights: Weights) -> Sequential:
    """The network of this course's own parts, in float64, with the given weights.

    Parameters
    ----------
    weights : tuple of ndarray
        As of `first_weights`.

    Returns
    -------
    Sequential

    Examples
    --------
    >>> numpy_network(first_weights()).forward(np.zeros((2, 1, 8, 8))).shape
    (2, 10)
    """
    unused = np.random.default_rng(0)  # what it draws is replaced
    network = Sequential(
        [
            Convolution(1, FIRST, 3, padding=1, random=unused, dtype=np.float64),
            ReLU(),
            Pool(2),
            Convolution(FIRST, SECOND, 3, padding=1, random=unused, dtype=np.float64),
            ReLU(),
            Pool(2),
            Flatten(),
            Dense(math.prod(FLAT), CLASSES, random=unused, dtype=np.float64),
        ]
    )
    network.load(dict(zip(network.parameters, weights, strict=True)))
    return network


def weights_in_torch_s_layout(weights: Sequence[np.ndarray]) -> Weights:
    """Weights of `keras_network` as those of `torch_network`."""
    first, first_bias, second, second_bias, dense, dense_bias = weights
    back = np.argsort(flatten_order(FLAT))
    kernels = kernel_to_torch(first), kernel_to_torch(second), dense.T[:, back]
    biases = first_bias, second_bias, dense_bias
    return tuple(part for both in zip(kernels, biases, strict=True) for part in both)
