"""What torch's activation functions, operators and methods on numbers mean, as layers."""

from __future__ import annotations

import math
from typing import Any

from cnncourse.frameworks.layers import Activation, Merge, Rescaling
from cnncourse.frameworks.torch_signals import READERS, Reading, Signal, reads

__all__ = ["READERS"]


def activation(read: Reading, input: Signal, name: str, **options: float) -> Signal:
    """An activation, its options sorted."""
    return read.emit(Activation(name=name, options=tuple(sorted(options.items()))), input)


def _plain(name: str, *names: str) -> None:
    """Register an activation without options."""

    @reads(*names)
    def _(read: Reading, input: Signal, inplace: bool = False) -> Signal:
        return activation(read, input, name)


_plain("selu", "selu")
_plain("silu", "silu")
_plain("mish", "mish")
_plain("sigmoid", "sigmoid")
_plain("log_sigmoid", "log_sigmoid", "logsigmoid")
_plain("tanh", "tanh")
_plain("softsign", "softsign")
_plain("exponential", "exp")
_plain("hard_sigmoid", "hardsigmoid")
_plain("hard_silu", "hardswish")
_plain("tanh_shrink", "tanhshrink")


def rectified(
    read: Reading,
    input: Signal,
    slope: float = 0.0,
    threshold: float = 0.0,
    top: float = math.inf,
) -> Signal:
    """All that belongs to the family of ReLU."""
    options = {"slope": float(slope), "threshold": float(threshold), "top": float(top)}
    return activation(read, input, "relu", **options)


@reads("relu")
def _(read: Reading, input: Signal, inplace: bool = False) -> Signal:
    return rectified(read, input)


@reads("relu6")
def _(read: Reading, input: Signal, inplace: bool = False) -> Signal:
    return rectified(read, input, top=6.0)


@reads("leaky_relu")
def _(read: Reading, input: Signal, negative_slope: float = 0.01, inplace: bool = False) -> Signal:
    return rectified(read, input, slope=negative_slope)


@reads("threshold")
def _(
    read: Reading, input: Signal, threshold: float, value: float, inplace: bool = False
) -> Signal:
    if value != 0:
        read.refuse(f"Keras's threshold puts 0 below it, not {value}")
    return rectified(read, input, threshold=threshold)


@reads("clamp", "clip")
def clamp(
    read: Reading, input: Signal, min: Any = None, max: Any = None, inplace: bool = False
) -> Signal:
    """Numbers held between two bounds, either of which may be missing."""
    if not all(bound is None or isinstance(bound, int | float) for bound in (min, max)):
        read.refuse("its bounds must be numbers")
    low = -math.inf if min is None else float(min)
    high = math.inf if max is None else float(max)
    if low > high:
        read.refuse(f"its lower bound {low} is above its upper one, {high}")
    if low == 0 < high:
        return rectified(read, input, top=high)
    return activation(read, input, "clip", low=low, high=high)


@reads("clamp_min")
def _(read: Reading, input: Signal, min: Any) -> Signal:
    return clamp(read, input, min)


@reads("clamp_max")
def _(read: Reading, input: Signal, max: Any) -> Signal:
    return clamp(read, input, max=max)


@reads("hardtanh")
def _(
    read: Reading,
    input: Signal,
    min_val: float = -1.0,
    max_val: float = 1.0,
    inplace: bool = False,
) -> Signal:
    return clamp(read, input, min_val, max_val)


@reads("elu")
def _(read: Reading, input: Signal, alpha: float = 1.0, inplace: bool = False) -> Signal:
    return activation(read, input, "elu", alpha=float(alpha))


@reads("celu")
def _(read: Reading, input: Signal, alpha: float = 1.0, inplace: bool = False) -> Signal:
    return activation(read, input, "celu", alpha=float(alpha))


@reads("gelu")
def _(read: Reading, input: Signal, approximate: str = "none") -> Signal:
    return activation(read, input, "gelu_tanh" if approximate == "tanh" else "gelu")


@reads("softplus")
def _(read: Reading, input: Signal, beta: float = 1.0, threshold: float = 20.0) -> Signal:
    # Above its threshold torch returns x, which at 15 is log(1 + exp(x)) to the last digit.
    if threshold < 15:
        read.refuse(f"Keras's softplus does not go over to x at {threshold}")
    if beta == 1:
        return activation(read, input, "softplus")
    scaled = read.emit(Rescaling(scale=float(beta), offset=0.0), input)
    smooth = activation(read, scaled, "softplus")
    return read.emit(Rescaling(scale=1.0 / beta, offset=0.0), smooth)


@reads("hardshrink")
def _(read: Reading, input: Signal, lambd: float = 0.5) -> Signal:
    return activation(read, input, "hard_shrink", lambd=float(lambd))


@reads("softshrink")
def _(read: Reading, input: Signal, lambd: float = 0.5) -> Signal:
    return activation(read, input, "soft_shrink", lambd=float(lambd))


def along_axis(read: Reading, name: str, input: Signal, dim: int | None, dtype: Any) -> Signal:
    """Softmax or its logarithm; without an axis torch takes 0 of three axes, else 1."""
    axis = int(input.axes == 2 or input.axes == 4 or input.axes > 4) if dim is None else dim
    axis += input.axes if axis < 0 else 0
    if axis == 0 or dtype not in (None, read.value.dtype):
        read.refuse("it mixes the examples of a batch" if axis == 0 else "it changes the type")
    return activation(read, input, name, axis=axis)


@reads("softmax")
def _(
    read: Reading, input: Signal, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Signal:
    return along_axis(read, "softmax", input, dim, dtype)


@reads("log_softmax")
def _(
    read: Reading, input: Signal, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Signal:
    return along_axis(read, "log_softmax", input, dim, dtype)


def _number(read: Reading, value: Any) -> float:
    """A number that the network does not learn."""
    if isinstance(value, int | float):
        return float(value)
    if not hasattr(value, "numel") or value.numel() != 1 or value.requires_grad:
        read.refuse("Keras has no layer that adds or multiplies by stored numbers")
    return float(value)


def merge(read: Reading, kind: str, *inputs: Signal) -> Signal:
    """Tensors element by element."""
    if len({signal.axes for signal in inputs}) > 1:
        read.refuse("Keras joins tensors of the same number of axes only")
    return read.emit(Merge(kind=kind), *inputs)


@reads("add", "iadd")
def add(read: Reading, input: Any, other: Any, *, alpha: float = 1) -> Signal:
    """A sum, of two tensors or of one and a number."""
    if not isinstance(input, Signal):
        if alpha != 1:
            read.refuse("alpha is known only where a tensor comes first")
        input, other = other, input
    if isinstance(other, Signal):
        other = other if alpha == 1 else read.emit(Rescaling(scale=alpha, offset=0.0), other)
        return merge(read, "add", input, other)
    return read.emit(Rescaling(scale=1.0, offset=alpha * _number(read, other)), input)


@reads("sub", "subtract", "isub")
def _(read: Reading, input: Any, other: Any, *, alpha: float = 1) -> Signal:
    if isinstance(input, Signal) and isinstance(other, Signal):
        other = other if alpha == 1 else read.emit(Rescaling(scale=alpha, offset=0.0), other)
        return merge(read, "subtract", input, other)
    if isinstance(input, Signal):
        return read.emit(Rescaling(scale=1.0, offset=-alpha * _number(read, other)), input)
    return read.emit(Rescaling(scale=-float(alpha), offset=_number(read, input)), other)


@reads("mul", "multiply", "imul")
def _(read: Reading, input: Any, other: Any) -> Signal:
    if isinstance(input, Signal) and isinstance(other, Signal):
        return merge(read, "multiply", input, other)
    signal, factor = (input, other) if isinstance(input, Signal) else (other, input)
    return read.emit(Rescaling(scale=_number(read, factor), offset=0.0), signal)


@reads("div", "divide", "truediv", "true_divide", "itruediv")
def _(read: Reading, input: Any, other: Any, *, rounding_mode: str | None = None) -> Signal:
    if isinstance(other, Signal) or rounding_mode is not None:
        read.refuse("Keras has no layer that divides by a tensor, or rounds")
    divisor = _number(read, other)
    if divisor == 0:
        read.refuse("it divides by zero")
    return read.emit(Rescaling(scale=1.0 / divisor, offset=0.0), input)


@reads("neg", "negative")
def _(read: Reading, input: Signal) -> Signal:
    return read.emit(Rescaling(scale=-1.0, offset=0.0), input)


@reads("square")
def _(read: Reading, input: Signal) -> Signal:
    return merge(read, "multiply", input, input)


@reads("pow")
def _(read: Reading, input: Any, exponent: Any) -> Signal:
    if not isinstance(input, Signal) or exponent not in (2, 3):
        read.refuse(f"a power of {exponent} is not known, only 2 and 3")
    return merge(read, "multiply", *(input,) * int(exponent))


@reads("maximum")
def maximum(read: Reading, input: Signal, other: Signal) -> Signal:
    """The larger of two."""
    return merge(read, "maximum", input, other)


@reads("minimum")
def minimum(read: Reading, input: Signal, other: Signal) -> Signal:
    """The smaller of two."""
    return merge(read, "minimum", input, other)


@reads("contiguous", "clone", "to", "float", "double", "type_as", "cpu", "cuda", "alias")
def _(read: Reading, input: Signal, *args: Any, **kwargs: Any) -> Signal:
    if read.value.dtype != read.dtype:
        read.refuse(f"it changes the numbers' type to {read.value.dtype}")
    return input
