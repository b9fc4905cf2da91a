"""Activations that Keras has and `torch.nn` has not, as torch modules.

Like `torch_modules`, this module imports torch when it is loaded and is only imported inside
functions. Each formula is that of Keras's documentation.
"""

# ruff: noqa: D102 (forward and extra_repr are as torch has them)

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Activation


class ClippedReLU(nn.Module):
    """ReLU with all that Keras allows: a threshold t, a largest value m, a slope a below t.

    x for x > t (not more than m), else a (x - t); with a = 0 that is 0. Where a is not 0 and m is
    given, Keras clips before it adds what lies below t, and so does this.
    """

    def __init__(
        self, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
    ):
        super().__init__()
        self.negative_slope, self.max_value = negative_slope, max_value
        self.threshold = threshold

    def forward(self, x: Tensor) -> Tensor:
        above = torch.where(x > self.threshold, x, torch.zeros_like(x))
        if self.max_value is not None:
            above = above.clamp(0.0, self.max_value)
        if self.negative_slope:
            above = above - self.negative_slope * F.relu(self.threshold - x)
        return above

    def extra_repr(self) -> str:
        return (
            f"negative_slope={self.negative_slope}, max_value={self.max_value}, "
            f"threshold={self.threshold}"
        )


class Exponential(nn.Module):
    """exp(x)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.exp(x)


class SparsePlus(nn.Module):
    """0 up to -1, (x + 1)**2 / 4 between -1 and 1, x from 1 on."""

    def forward(self, x: Tensor) -> Tensor:
        middle = 0.25 * (x + 1) ** 2
        return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, middle, x))


class SparseSigmoid(nn.Module):
    """0 up to -1, (x + 1) / 2 between -1 and 1, 1 from 1 on."""

    def forward(self, x: Tensor) -> Tensor:
        return (0.5 * (x + 1)).clamp(0.0, 1.0)


class Squareplus(nn.Module):
    """(x + sqrt(x**2 + b)) / 2."""

    def __init__(self, b: float = 4.0):
        super().__init__()
        self.b = b

    def forward(self, x: Tensor) -> Tensor:
        return (x + torch.sqrt(x * x + self.b)) / 2

    def extra_repr(self) -> str:
        return f"b={self.b}"


class SoftmaxOver(nn.Module):
    """Softmax over several axes at once."""

    def __init__(self, dims: Sequence[int]):
        super().__init__()
        self.dims = tuple(dims)

    def forward(self, x: Tensor) -> Tensor:
        return torch.exp(x - torch.logsumexp(x, dim=self.dims, keepdim=True))

    def extra_repr(self) -> str:
        return f"dims={self.dims}"


_MODULES: dict[str, Callable[..., nn.Module]] = {
    "linear": nn.Identity,
    "elu": nn.ELU,
    "celu": nn.CELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "sigmoid": nn.Sigmoid,
    "log_sigmoid": nn.LogSigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "exponential": Exponential,
    "hard_sigmoid": nn.Hardsigmoid,
    "hard_silu": nn.Hardswish,
    "clip": lambda low, high: nn.Hardtanh(low, high),
    "hard_shrink": nn.Hardshrink,
    "soft_shrink": nn.Softshrink,
    "tanh_shrink": nn.Tanhshrink,
    "softmax": lambda axis: nn.Softmax(dim=int(axis)),
    "log_softmax": lambda axis: nn.LogSoftmax(dim=int(axis)),
    "sparse_plus": SparsePlus,
    "sparse_sigmoid": SparseSigmoid,
    "squareplus": Squareplus,
    "threshold": nn.Threshold,
}


def activation(layer: Activation, name: str) -> nn.Module:
    """Return the module that computes an activation; `name` is that of its layer, for the error."""
    options = dict(layer.options)
    if layer.name == "relu":
        return _relu(**options)
    if layer.name not in _MODULES:
        raise CannotTranslate(name, f"the activation {layer.name!r} is not known here")
    return _MODULES[layer.name](**options)


def _relu(slope: float, threshold: float, top: float) -> nn.Module:
    if threshold == 0.0 and top == math.inf:
        return nn.LeakyReLU(slope) if slope else nn.ReLU()
    if threshold == 0.0 and slope == 0.0 and top > 0.0:  # nn.Hardtanh takes no empty range
        return nn.ReLU6() if top == 6.0 else nn.Hardtanh(0.0, top)
    return ClippedReLU(slope, None if top == math.inf else top, threshold)
