"""A torch module and a torch optimiser as `cnncourse.networks.fitting.fit` takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncourse.networks.learners import BATCH, below, judged

if TYPE_CHECKING:
    import torch


class TorchLearner:
    """A model with its optimiser, on the graphics processor where torch finds one (CUDA).

    Parameters
    ----------
    model : torch.nn.Module
        From (N, C, H, W) images to (N, classes) scores.
    optimiser : torch.optim.Optimizer
        Of the model's parameters, made before or after the model was moved. Its rates are those
        that a schedule takes shares of.
    device : str, optional
        Where to compute, such as "cpu"; "cuda" if not given and torch finds one, else "cpu".

    Raises
    ------
    TypeError
        If either is of another kind.
    ValueError
        If the optimiser has not the model's parameters.

    Notes
    -----
    What a model draws while it learns, as dropout does, follows torch's own random state, which
    `state` holds too: seed it with ``torch.manual_seed``. Two runs on a graphics processor are not
    alike to the bit unless ``torch.use_deterministic_algorithms(True)`` was said.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))
    >>> learner = TorchLearner(model, torch.optim.SGD(model.parameters(), 0.5), device="cpu")
    >>> images, labels = np.eye(4, dtype=np.float32).reshape(4, 1, 2, 2), np.array([0, 1, 0, 1])
    >>> losses = [learner.step(images, labels) for _ in range(20)]
    >>> losses[-1] < losses[0], learner.accuracy(images, labels)
    (True, 1.0)
    """

    def __init__(
        self,
        model: torch.nn.Module,
        optimiser: torch.optim.Optimizer,
        *,
        device: str | None = None,
    ) -> None:
        import torch

        if not isinstance(model, torch.nn.Module):
            raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
        if not isinstance(optimiser, torch.optim.Optimizer):
            raise TypeError(f"optimiser must be one of torch.optim, got {type(optimiser).__name__}")
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        held = {id(p) for group in optimiser.param_groups for p in group["params"]}
        self.model, self.optimiser = model.to(self.device), optimiser
        if not held or held - {id(p) for p in self.model.parameters()}:
            raise ValueError("optimiser must have been made from model.parameters()")
        self.rates = [float(group["lr"]) for group in optimiser.param_groups]
        first = next(self.model.parameters())
        self.dtype = first.dtype

    def step(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Forward, backward, and one step of the optimiser."""
        from torch.nn.functional import cross_entropy

        self.model.train()
        self.optimiser.zero_grad()
        loss = cross_entropy(self.model(self._tensor(images)), self._labels(labels))
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Return the scores of images, some at a time, (N, classes)."""
        import torch

        was_training = self.model.training
        self.model.eval()
        try:
            with torch.no_grad():
                found = [
                    self.model(self._tensor(images[start : start + BATCH])).cpu().numpy()
                    for start in range(0, len(images), BATCH)
                ]
        finally:
            self.model.train(was_training)
        return np.concatenate(found)

    def test(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Forward only, with dropout off and running means used."""
        return judged(self.scores(images), labels)

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the share recognised."""
        return self.test(images, labels)[1]

    def pace(self, share: float) -> None:
        """Set the optimiser's rates."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * share

    def describe(self) -> dict[str, Any]:
        """Return the model's text, its parameters' shapes and types, the optimiser's settings."""
        groups = [
            {name: repr(value) for name, value in group.items() if name not in ("params", "lr")}
            for group in self.optimiser.param_groups
        ]
        return {
            "library": "torch",
            "model": str(self.model),
            "parameters": {
                name: f"{p.dtype} {tuple(p.shape)}" for name, p in self.model.named_parameters()
            },
            "optimiser": type(self.optimiser).__name__,
            "settings": groups,
            "rates": self.rates,
        }

    def weights(self) -> dict[str, np.ndarray]:
        """Return copies of parameters and buffers."""
        return {
            name: values.detach().cpu().numpy().copy()
            for name, values in self.model.state_dict().items()
        }

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Put other values into parameters and buffers."""
        import torch

        self.model.load_state_dict({n: torch.tensor(values) for n, values in weights.items()})

    def state(self) -> dict[str, np.ndarray]:
        """Return the weights, what the optimiser remembers, and torch's random state."""
        import torch

        found = {f"model/{name}": values for name, values in self.weights().items()}
        for number, memory in self.optimiser.state_dict()["state"].items():
            for name, value in memory.items():
                if value is not None:
                    array = torch.as_tensor(value).detach().cpu().numpy().copy()
                    found[f"optimiser/{number}/{name}"] = array
        found["random/cpu"] = torch.get_rng_state().numpy().copy()
        if self.device.type == "cuda":
            found["random/cuda"] = torch.cuda.get_rng_state(self.device).numpy().copy()
        return found

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Take weights, memories and random state back."""
        import torch

        self.load_weights(below("model/", state))
        memories: dict[int, dict[str, Any]] = {}
        for name, values in below("optimiser/", state).items():
            number, key = name.split("/", 1)
            memories.setdefault(int(number), {})[key] = torch.tensor(values)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": memories, "param_groups": groups})
        torch.set_rng_state(torch.tensor(state["random/cpu"]))
        if self.device.type == "cuda" and "random/cuda" in state:
            torch.cuda.set_rng_state(torch.tensor(state["random/cuda"]), self.device)

    def _tensor(self, images: np.ndarray) -> torch.Tensor:
        import torch

        return torch.from_numpy(np.ascontiguousarray(images)).to(self.device, self.dtype)

    def _labels(self, labels: np.ndarray) -> torch.Tensor:
        import torch

        return torch.from_numpy(labels).to(self.device)
