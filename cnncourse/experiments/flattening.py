"""Flattening in the other order: a trained network whose dense weights were not carried along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.data.digits import INK, TRAINING, digits
from cnncourse.experiments.arguments_shared import WITHOUT_KERAS
from cnncourse.frameworks.layouts import channels_last, flatten_order
from cnncourse.frameworks.present import has_tensorflow, load_keras
from cnncourse.networks.digits_network import digits_network


@dataclass(frozen=True, eq=False)
class Flattened:
    """Digits recognised by one network, its last maps flattened in three ways.

    Attributes
    ----------
    shape : (int, int, int)
        Channels, rows and columns of the maps.
    order : (features,) ndarray of int
        Number, in torch's flatten, of each feature of Keras's.
    accuracies : dict of str to float
        Share of 500 digits, none of them learned from, by whose flatten was used with which
        weights.
    """

    shape: tuple[int, int, int]
    order: np.ndarray
    accuracies: dict[str, float]

    def __str__(self) -> str:
        """A line for each, then what to keep from it."""
        first = " ".join(map(str, self.order[:6]))
        moved = int((self.order != np.arange(self.order.size)).sum())
        lines = [f"{share:7.1%}  {name}" for name, share in self.accuracies.items()]
        if not has_tensorflow():
            lines.append(WITHOUT_KERAS)
        return "\n".join(
            [
                f"Maps {self.shape}: Keras's flatten has torch's features in the order {first} ...",
                *lines,
                f"No error, no warning: {moved} of {self.order.size} columns in a wrong place.",
            ]
        )

    __repr__ = __str__


def flatten_accuracies() -> Flattened:
    """Measure what a network loses whose pictures were turned and whose dense weights were not.

    The course's trained network (`digits_network`), its last layer read as a flatten and a dense
    layer, on the 500 digits that it did not learn from.

    Returns
    -------
    Flattened
        Of torch's and of Keras's layers; Keras's flatten is done in NumPy where it is missing.
    """
    ink, truth = digits()
    network = digits_network()
    maps = network.activations(ink[TRAINING:, None] / INK)[-2]
    dense, bias = network.kernels[-1].reshape(len(network.biases[-1]), -1), network.biases[-1]
    shape = maps.shape[1], maps.shape[2], maps.shape[3]
    order = flatten_order(shape)
    labels = truth[TRAINING:]

    def share(scores: np.ndarray) -> float:
        return float((scores.argmax(axis=1) == labels).mean())

    last = channels_last(maps)
    accuracies = {
        "torch's flatten, torch's weights": share(_torch_head(maps, dense, bias)),
        "Keras's flatten, torch's weights": share(_keras_head(last, dense, bias)),
        "Keras's flatten, columns permuted": share(_keras_head(last, dense[:, order], bias)),
    }
    return Flattened(shape, order, accuracies)


def _torch_head(maps: FloatArray, dense: FloatArray, bias: FloatArray) -> np.ndarray:
    """Scores by ``Flatten`` and ``Linear`` of torch, (N, 10)."""
    import torch

    flat = torch.nn.Flatten()(torch.from_numpy(maps))
    scores: np.ndarray = torch.nn.functional.linear(
        flat, torch.from_numpy(dense), torch.from_numpy(bias)
    ).numpy()
    return scores


def _keras_head(maps: np.ndarray, dense: FloatArray, bias: FloatArray) -> np.ndarray:
    """Scores by ``Flatten`` and ``Dense`` of Keras, or by the same in NumPy, (N, 10)."""
    if not has_tensorflow():
        return maps.reshape(len(maps), -1) @ dense.T + bias
    layers = load_keras("to flatten").layers
    head: Any = layers.Dense(len(bias), dtype="float64")
    flat = layers.Flatten(dtype="float64")(np.ascontiguousarray(maps))
    head.build(flat.shape)
    head.set_weights([dense.T, bias])
    return np.asarray(head(flat))
