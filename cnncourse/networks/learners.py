"""What `fitting.fit` trains: a network with its optimiser, whichever library it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from cnncourse.networks.optimisers import Adam, Momentum
from cnncourse.networks.sequential import Sequential, cross_entropy

BATCH = 256
"""Images that are looked at together when nothing is learned."""


class Learner(Protocol):
    """A network and its optimiser.

    `NumpyLearner` has those of this course, `cnncourse.frameworks.torch_learner.TorchLearner` those
    of torch.
    """

    def step(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Learn from a batch, (N, C, H, W) and (N,); return its loss before the step, in nats."""

    def test(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Return mean loss in nats and share recognised, without learning."""

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the share of images recognised, without learning."""

    def pace(self, share: float) -> None:
        """Use this share of the learning rate from now on."""

    def describe(self) -> dict[str, Any]:
        """Return what tells one learner from another, for JSON: not the values learned."""

    def weights(self) -> dict[str, np.ndarray]:
        """Return copies of all that the network needs to recognise images."""

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take them back."""

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of all that the next step depends on, weights included."""

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Take it back: steps then go on as if nothing had happened between."""


def judged(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean loss in nats, and the share of largest scores at their labels.

    Examples
    --------
    >>> loss, share = judged(np.zeros((2, 4)), np.array([0, 3]))
    >>> round(loss, 4), share
    (1.3863, 0.5)
    """
    return cross_entropy(scores, labels)[0], float(np.mean(scores.argmax(axis=1) == labels))


class NumpyLearner:
    """A `Sequential` and one of this course's optimisers.

    Parameters
    ----------
    network : Sequential
    optimiser : Momentum or Adam
        Its rate is the one that a schedule takes shares of.

    Raises
    ------
    TypeError
        If either is of another kind.

    Examples
    --------
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(4, 2, random=np.random.default_rng(0))])
    >>> learner = NumpyLearner(network, Momentum(0.5))
    >>> images, labels = np.eye(4, dtype=np.float32).reshape(4, 1, 2, 2), np.array([0, 1, 0, 1])
    >>> losses = [learner.step(images, labels) for _ in range(20)]
    >>> losses[-1] < losses[0], learner.accuracy(images, labels)
    (True, 1.0)
    """

    def __init__(self, network: Sequential, optimiser: Momentum | Adam) -> None:
        if not isinstance(network, Sequential):
            raise TypeError(f"network must be a Sequential, got {type(network).__name__}")
        if not isinstance(optimiser, (Momentum, Adam)):
            raise TypeError(
                f"optimiser must be Momentum(...) or Adam(...), got {type(optimiser).__name__}"
            )
        self.network, self.optimiser = network, optimiser
        self.rate = optimiser.rate

    def step(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Forward, backward, and one step of the optimiser."""
        loss = self.network.loss(images, labels)
        self.optimiser.step(self.network.parameters, self.network.gradients)
        return loss

    def test(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Forward only, some images at a time."""
        return judged(self.network.scores(images, batch=BATCH), labels)

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the share recognised."""
        return self.test(images, labels)[1]

    def pace(self, share: float) -> None:
        """Set the optimiser's rate."""
        self.optimiser.rate = self.rate * share

    def describe(self) -> dict[str, Any]:
        """Return the parts, their parameters' shapes and types, and the optimiser's settings."""
        parts = self.network.parts
        options = [getattr(part, "options", {}) for part in parts]
        sizes = [getattr(part, "size", None) for part in parts]
        return {
            "library": "numpy",
            "parts": [type(part).__name__ for part in parts],
            "options": [repr((size, some)) for size, some in zip(sizes, options, strict=True)],
            "parameters": _shapes(self.network.parameters),
            "optimiser": type(self.optimiser).__name__,
            "settings": {**self._settings(), "rate": self.rate},
        }

    def weights(self) -> dict[str, np.ndarray]:
        """Return copies of the parameters."""
        return {name: values.copy() for name, values in self.network.parameters.items()}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Put other values into the parameters."""
        self.network.load(weights)

    def state(self) -> dict[str, np.ndarray]:
        """Return the parameters, and what the optimiser remembers of earlier steps."""
        found = {f"network/{name}": values for name, values in self.weights().items()}
        for kind, memory in self._memories().items():
            found |= {f"optimiser/{kind}/{name}": memory[name].copy() for name in memory}
        if isinstance(self.optimiser, Adam):
            found["optimiser/steps"] = np.array(self.optimiser.steps)
        return found

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Take parameters and memories back."""
        self.network.load(below("network/", state))
        for kind, memory in self._memories().items():
            memory.clear()
            memory.update(
                {name: a.copy() for name, a in below(f"optimiser/{kind}/", state).items()}
            )
        if isinstance(self.optimiser, Adam):
            self.optimiser.steps = int(state["optimiser/steps"])

    def _memories(self) -> dict[str, dict[str, np.ndarray]]:
        if isinstance(self.optimiser, Adam):
            return {"mean": self.optimiser.mean, "square": self.optimiser.square}
        return {"velocity": self.optimiser.velocity}

    def _settings(self) -> dict[str, Any]:
        settings = vars(self.optimiser)
        return {
            name: settings[name] for name in settings if name not in (*self._memories(), "steps")
        }


def below(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the arrays whose names begin with `prefix`, under the rest of their names.

    Examples
    --------
    >>> below("a/", {"a/x": np.array(1), "b/x": np.array(2)})
    {'x': array(1)}
    """
    return {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }


def _shapes(parameters: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {name: f"{values.dtype} {values.shape}" for name, values in parameters.items()}
