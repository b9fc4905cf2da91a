"""Momentum in torch and in Keras: one rule as long as the step size stays, two when it changes.

With gradient g, momentum m and rate r, torch keeps v = m*v + g and moves by -r*v; Keras keeps
v = m*v - r*g and moves by v. So torch multiplies what it remembers by today's rate, Keras by the
rates of the days it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.frameworks.present import has_tensorflow, load_keras

MOMENTUM = 0.5
CONSTANT = (0.25, 0.25, 0.25, 0.25)
HALVED = (0.25, 0.25, 0.125, 0.125)
"""Rates of four steps; in binary fractions, which no type rounds."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Where gradient descent with momentum on w**2 / 2 gets from w = 1.

    Attributes
    ----------
    rates : tuple of float
        Of each step.
    torch : (steps,) ndarray
        w after each step.
    keras : (steps,) ndarray
        By Keras, or by its rule in NumPy.
    by_keras : bool
        Whether Keras itself took the steps; False where it is not installed.
    """

    rates: tuple[float, ...]
    torch: FloatArray
    keras: FloatArray
    by_keras: bool

    def __str__(self) -> str:
        """Rates and both paths."""
        keras = "Keras" if self.by_keras else "Keras's rule"
        lines = [
            f"{'rates':<{len(keras)}}  {' '.join(f'{r:>8g}' for r in self.rates)}",
            f"{'torch':<{len(keras)}}  {' '.join(f'{w:8.4f}' for w in self.torch)}",
            f"{keras}  {' '.join(f'{w:8.4f}' for w in self.keras)}",
        ]
        apart = np.flatnonzero(self.torch != self.keras)
        lines.append(
            f"They part at step {apart[0] + 1}." if apart.size else "The same steps, exactly."
        )
        return "\n".join(lines)

    __repr__ = __str__


def momentum_paths(rates: Sequence[float] = CONSTANT) -> Paths:
    """Let the optimisers of both frameworks take the same few steps.

    Where Keras is not installed, its rule is worked out in NumPy.

    Parameters
    ----------
    rates : sequence of float
        Step sizes, one for each step; `CONSTANT` and `HALVED` are two to compare.

    Returns
    -------
    Paths

    Raises
    ------
    ValueError
        If there is no rate.

    Examples
    --------
    >>> momentum_paths((0.25, 0.25)).torch.tolist()
    [0.75, 0.4375]
    """
    if not len(rates):
        raise ValueError("rates must hold at least one, got none")
    kept = tuple(float(rate) for rate in rates)
    with_keras = has_tensorflow()
    keras = _path_in_keras(kept) if with_keras else path_by_keras_s_rule(kept)
    return Paths(kept, _path_in_torch(kept), keras, with_keras)


def path_by_keras_s_rule(rates: Sequence[float]) -> FloatArray:
    """Take the steps of v = m*v - r*g, w = w + v; the gradient of w**2 / 2 is w.

    Examples
    --------
    >>> path_by_keras_s_rule((0.25, 0.25, 0.125)).tolist()
    [0.75, 0.4375, 0.2265625]
    """
    weight, kept = 1.0, 0.0
    path = []
    for rate in rates:
        kept = MOMENTUM * kept - rate * weight
        weight += kept
        path.append(weight)
    return np.array(path)


def _path_in_torch(rates: tuple[float, ...]) -> FloatArray:
    import torch

    weight = torch.ones((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=rates[0], momentum=MOMENTUM)
    path = []
    for rate in rates:
        optimiser.param_groups[0]["lr"] = rate
        weight.grad = weight.detach().clone()
        optimiser.step()
        path.append(weight.item())
    return np.array(path)


def _path_in_keras(rates: tuple[float, ...]) -> FloatArray:
    keras = load_keras("to take steps of its optimiser")
    weight = keras.Variable(1.0, dtype="float64")
    optimiser = keras.optimizers.SGD(learning_rate=rates[0], momentum=MOMENTUM)
    path = []
    for rate in rates:
        optimiser.learning_rate = rate
        optimiser.apply([keras.ops.convert_to_tensor(weight.value)], [weight])
        path.append(float(weight.numpy()))
    return np.array(path)
