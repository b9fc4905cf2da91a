"""Steps down the slope of a loss: momentum and Adam, on a network's own arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

Arrays = Mapping[str, np.ndarray]


class Optimiser(Protocol):
    """What takes a step."""

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change the parameters in place."""


class Momentum:
    """Stochastic gradient descent with momentum, as ``torch.optim.SGD`` has it.

    v <- momentum * v + g, then parameter <- parameter - rate * v; v starts at g.

    Parameters
    ----------
    rate : float
        Learning rate; may be changed between steps.
    momentum : float, default 0.9
    decay : float, default 0
        Weight decay: g is the gradient plus decay times the parameter.

    Examples
    --------
    >>> x = {"x": np.array([1.0])}
    >>> Momentum(0.1).step(x, {"x": np.array([2.0])})
    >>> x["x"].tolist()
    [0.8]
    """

    def __init__(self, rate: float, momentum: float = 0.9, decay: float = 0.0) -> None:
        self.rate, self.momentum, self.decay = rate, momentum, decay
        self.velocity: dict[str, np.ndarray] = {}

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Take one step."""
        for name, values in parameters.items():
            slope = gradients[name]
            if self.decay:
                slope = slope + values.dtype.type(self.decay) * values
            velocity = self.velocity.setdefault(name, np.zeros_like(values))
            velocity *= values.dtype.type(self.momentum)
            velocity += slope
            values -= values.dtype.type(self.rate) * velocity


class Adam:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1), as ``torch.optim.Adam`` has it.

    Parameters
    ----------
    rate : float, default 1e-3
        Learning rate; may be changed between steps.
    betas : (float, float), default (0.9, 0.999)
        What the running means of the gradient and of its square keep at each step.
    epsilon : float, default 1e-8
    decay : float, default 0
        Weight decay apart from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101).

    Examples
    --------
    The first step is as long as the rate, however steep the slope.

    >>> x = {"x": np.array([1.0])}
    >>> Adam(0.1).step(x, {"x": np.array([250.0])})
    >>> x["x"].round(6).tolist()
    [0.9]
    """

    def __init__(
        self,
        rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        self.rate, self.betas, self.epsilon, self.decay = rate, betas, epsilon, decay
        self.steps = 0
        self.mean: dict[str, np.ndarray] = {}
        self.square: dict[str, np.ndarray] = {}

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Take one step."""
        self.steps += 1
        first, second = self.betas
        for name, values in parameters.items():
            number = values.dtype.type
            slope = gradients[name]
            mean = self.mean.setdefault(name, np.zeros_like(values))
            square = self.square.setdefault(name, np.zeros_like(values))
            if self.decay:
                values *= number(1 - self.rate * self.decay)
            mean += number(1 - first) * (slope - mean)
            square += number(1 - second) * (slope * slope - square)
            # Both means start at 0; the divisors make up for that.
            step = number(self.rate / (1 - first**self.steps))
            spread = np.sqrt(square / number(1 - second**self.steps)) + number(self.epsilon)
            values -= step * mean / spread
