"""One small network, trained in torch and in Keras from the same start, step by step alike.

Same weights to begin with, same digits in the same order, same optimiser: whatever parts the two
runs is what the frameworks compute differently. They add up the same products in another order and
round at other places. In float64 a rounding is 2**29 times smaller than in float32; if rounding is
the reason, so is the distance, about. A third run by this course's own network, in NumPy, tells
whether both are right. From time to time a rounding decides which of two nearly equal pixels is the
largest, or whether a ReLU passes; from there on two runs part for good (with seed 2, as measured).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray, integer
from cnncourse._sums import power_above
from cnncourse.data.digits import INK, digits
from cnncourse.experiments.arguments_shared import WITHOUT_KERAS
from cnncourse.experiments.both_networks import (
    Weights,
    first_weights,
    keras_network,
    numpy_network,
    torch_network,
    weights_in_torch_s_layout,
)
from cnncourse.experiments.training import repeatable
from cnncourse.frameworks.present import has_tensorflow, load_keras
from cnncourse.networks.optimisers import Momentum

EXAMPLES, BATCH, EPOCHS = 1280, 32, 6
"""Digits to learn from, the first ones; digits of a step; passes."""

RATE, MOMENTUM = 1 / 16, 0.875
"""Of stochastic gradient descent; in binary fractions, which no type rounds."""

PRECISIONS = ("float32", "float64")

SEED = 5
"""These first weights stayed together whichever instructions of the processor were in use: tried
with five sets of them, of which 0, 1, 3 and 6 parted on one."""


@dataclass(frozen=True, eq=False)
class Run:
    """One training.

    Attributes
    ----------
    losses : (steps,) ndarray
        Cross-entropy of each batch before its step, in nats.
    weights : tuple of tuple of ndarray
        After each epoch, all weights in torch's layout.
    accuracy : float
        Share of the digits not learned from that the trained network recognises.
    """

    losses: FloatArray
    weights: tuple[Weights, ...]
    accuracy: float

    def distance(self, other: Run) -> FloatArray:
        """Largest difference of any weight from the other run's, after each epoch, (epochs,)."""
        return np.array(
            [
                max(float(np.abs(a - b).max()) for a, b in zip(mine, theirs, strict=True))
                for mine, theirs in zip(self.weights, other.weights, strict=True)
            ]
        )


@dataclass(frozen=True, eq=False)
class BothTrained:
    """The runs of `train_both`.

    Attributes
    ----------
    runs : dict of (str, str) to Run
        By who trained, "torch", "Keras" or "ours" (in NumPy), and precision, "float32" or, "ours"
        always, "float64"; without Keras where it is not installed.
    """

    runs: dict[tuple[str, str], Run]

    @property
    def pairs(self) -> dict[str, tuple[Run, Run]]:
        """What is compared: both frameworks in each precision, and torch with ours and itself."""
        named = {
            f"{kind}: torch and Keras": (("torch", kind), ("Keras", kind)) for kind in PRECISIONS
        }
        named["float64: torch and ours"] = (("torch", "float64"), ("ours", "float64"))
        named["torch: float32 and float64"] = (("torch", "float32"), ("torch", "float64"))
        return {
            name: (self.runs[one], self.runs[other])
            for name, (one, other) in named.items()
            if one in self.runs and other in self.runs
        }

    @property
    def losses(self) -> dict[str, FloatArray]:
        """Losses of the float32 runs by framework, (steps,)."""
        return {name: run.losses for (name, kind), run in self.runs.items() if kind == "float32"}

    @property
    def gaps(self) -> dict[str, FloatArray]:
        """How far the losses of each pair are apart at each step, (steps,)."""
        return {name: np.abs(a.losses - b.losses) for name, (a, b) in self.pairs.items()}

    @property
    def distances(self) -> dict[str, FloatArray]:
        """Largest difference of any weight of each pair after each epoch, (epochs,)."""
        return {name: a.distance(b) for name, (a, b) in self.pairs.items()}

    def __str__(self) -> str:
        """Losses, accuracies and distances, so coarse that rounding does not show."""
        lines = []
        for name, losses in self.losses.items():
            last = losses[-EXAMPLES // BATCH :].mean()
            share = self.runs[name, "float32"].accuracy
            lines.append(
                f"{name:<5}  loss {losses[0]:.2f} at first, {last:.2f} in the last epoch; "
                f"{100 * share:.0f} % of the other digits right"
            )
        if "Keras" not in self.losses:
            lines.append(WITHOUT_KERAS)
        lines.append("How far they part, less than:  losses  weights after the last epoch")
        distances = self.distances
        for name, gap in self.gaps.items():
            apart = (float(gap.max()), float(distances[name][-1]))
            lines.append(f"  {name:<26}  {'   '.join(map(_bound, apart))}")
        return "\n".join(lines)

    __repr__ = __str__


def _bound(distance: float) -> str:
    """The next power of ten above, with room: machines round in other ways."""
    power = power_above(distance)
    return "  none" if power is None else f"{f'1e{power:+03d}':>6}"


def train_both(epochs: int = EPOCHS, *, seed: int = SEED) -> BothTrained:
    """Train the same network in both frameworks, in float32 and in float64, and in NumPy.

    Two convolutions of 3 x 3 taps with 8 and 16 kernels, each with ReLU and 2 x 2 max pooling, then
    a dense layer; softmax cross-entropy; stochastic gradient descent with momentum. 1280 digits, 32
    a step; the 517 others test it. Some five seconds.

    Parameters
    ----------
    epochs : int, default 6
    seed : int, default 5
        Of the weights and the order of the digits.

    Returns
    -------
    BothTrained

    Raises
    ------
    TypeError, ValueError
        If `epochs` is no positive integer or `seed` is negative.
    """
    integer("epochs", epochs)
    integer("seed", seed, minimum=0)
    runs = {("torch", kind): train_in_torch(epochs, seed, kind) for kind in PRECISIONS}
    if has_tensorflow():
        runs |= {("Keras", kind): train_in_keras(epochs, seed, kind) for kind in PRECISIONS}
    runs["ours", "float64"] = train_in_numpy(epochs, seed)
    return BothTrained(runs)


def _digits(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 1, 8, 8) with ink from 0 to 1, in sixteenths, and labels."""
    ink, labels = digits()
    return (ink[:, None] / INK).astype(kind), labels.astype(np.int64)


def batches(seed: int) -> Iterator[np.ndarray]:
    """Numbers of the digits of each step, epoch after epoch, without end.

    Examples
    --------
    >>> next(batches(0)).shape
    (32,)
    """
    random = np.random.default_rng([seed, 1])
    while True:
        yield from random.permutation(EXAMPLES).reshape(-1, BATCH)


def train_in_torch(epochs: int, seed: int, kind: str) -> Run:
    """Train in torch; parameters as `train_both`, and the precision."""
    import torch

    pictures, labels = (torch.from_numpy(part) for part in _digits(kind))
    losses, weights = [], []
    with repeatable():
        model = torch_network(first_weights(seed), kind)
        optimiser = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
        order = batches(seed)
        for _ in range(epochs):
            for _ in range(EXAMPLES // BATCH):
                batch = torch.from_numpy(next(order))
                optimiser.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(pictures[batch]), labels[batch])
                loss.backward()
                optimiser.step()
                losses.append(loss.item())
            weights.append(tuple(part.detach().numpy().copy() for part in model.parameters()))
        with torch.no_grad():
            right = model(pictures[EXAMPLES:]).argmax(1) == labels[EXAMPLES:]
    return Run(np.array(losses), tuple(weights), float(right.double().mean()))


def train_in_keras(epochs: int, seed: int, kind: str) -> Run:
    """Train in Keras; parameters as `train_in_torch`."""
    keras = load_keras("to train a network in Keras")
    import tensorflow as tf

    pictures, labels = _digits(kind)
    pictures = pictures.transpose(0, 2, 3, 1)
    model = keras_network(first_weights(seed), kind)
    optimiser = keras.optimizers.SGD(learning_rate=RATE, momentum=MOMENTUM)
    optimiser.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=kind)

    @tf.function
    def step(images: Any, truth: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(truth, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimiser.apply(gradients, model.trainable_variables)
        return loss

    losses, weights = [], []
    order = batches(seed)
    for _ in range(epochs):
        for _ in range(EXAMPLES // BATCH):
            batch = next(order)
            losses.append(float(step(tf.constant(pictures[batch]), tf.constant(labels[batch]))))
        weights.append(weights_in_torch_s_layout(model.get_weights()))
    scores = np.asarray(model(pictures[EXAMPLES:], training=False))
    right = scores.argmax(axis=1) == labels[EXAMPLES:]
    return Run(np.array(losses), tuple(weights), float(right.mean()))


def train_in_numpy(epochs: int, seed: int) -> Run:
    """Train our own network, in float64; parameters as `train_both`."""
    pictures, labels = _digits("float64")
    network = numpy_network(first_weights(seed))
    optimiser = Momentum(RATE, MOMENTUM)
    losses, weights = [], []
    order = batches(seed)
    for _ in range(epochs):
        for _ in range(EXAMPLES // BATCH):
            batch = next(order)
            losses.append(network.loss(pictures[batch], labels[batch]))
            optimiser.step(network.parameters, network.gradients)
        weights.append(tuple(values.copy() for values in network.parameters.values()))
    accuracy = network.accuracy(pictures[EXAMPLES:], labels[EXAMPLES:])
    return Run(np.array(losses), tuple(weights), accuracy)
