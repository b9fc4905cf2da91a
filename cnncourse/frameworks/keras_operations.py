"""What is written between layers in a functional Keras model: `x + y`, `keras.ops.relu(x)` ..."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.keras_activations import activation
from cnncourse.frameworks.keras_plain_layers import merged, permuted, reshaped, standardising
from cnncourse.frameworks.keras_use import Found, Use

_MERGES = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Maximum": "maximum",
    "Minimum": "minimum",
}
# Class of the operation -> function of `keras.activations`, and the arguments that it keeps.
_ACTIVATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Relu": ("relu", ()),
    "ReLU": ("relu", ("negative_slope", "max_value", "threshold")),
    "Relu6": ("relu6", ()),
    "LeakyRelu": ("leaky_relu", ("negative_slope",)),
    "Elu": ("elu", ("alpha",)),
    "Celu": ("celu", ("alpha",)),
    "Gelu": ("gelu", ("approximate",)),
    "Softmax": ("softmax", ("axis",)),
    "LogSoftmax": ("log_softmax", ("axis",)),
    "Sparsemax": ("sparsemax", ("axis",)),
    "HardShrink": ("hard_shrink", ("threshold",)),
    "SoftShrink": ("soft_shrink", ("threshold",)),
    "Squareplus": ("squareplus", ("b",)),
    "Threshold": ("threshold", ("threshold", "default_value")),
    "Exp": ("exponential", ()),
} | {
    name: (name_of, ())
    for name, name_of in (
        ("Selu", "selu"),
        ("Sigmoid", "sigmoid"),
        ("Tanh", "tanh"),
        ("Silu", "silu"),
        ("Mish", "mish"),
        ("Softplus", "softplus"),
        ("Softsign", "softsign"),
        ("LogSigmoid", "log_sigmoid"),
        ("HardSigmoid", "hard_sigmoid"),
        ("HardSilu", "hard_silu"),
        ("HardTanh", "hard_tanh"),
        ("TanhShrink", "tanh_shrink"),
        ("SparsePlus", "sparse_plus"),
        ("SparseSigmoid", "sparse_sigmoid"),
    )
}

Operation = tuple[Sequence[Found], list[Any]]


def read_operation(
    operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str, use: Use
) -> Operation:
    """Return the graph's layers for one operation, and the tensors that it takes.

    Raises
    ------
    CannotTranslate
        If it is not one of those that are known here.
    """
    import keras

    kind = type(operation).__name__
    if not type(operation).__module__.startswith("keras.") or any(
        value is not None for value in kwargs.values()
    ):
        raise CannotTranslate(name, f"the operation {kind} with {sorted(kwargs)} is not known here")
    tensors = [arg for arg in keras.tree.flatten(args) if hasattr(arg, "node")]
    if use.shape_of is None or not tensors:
        raise CannotTranslate(name, f"the operation {kind} takes no tensor")
    use = replace(use, shapes=tuple(use.shape_of(tensor) for tensor in tensors))
    if len(tensors) == 1:
        return _of_one(operation, kind, args, use), tensors
    if kind in _MERGES and len(args) == 2 == len(tensors):
        if len(use.shapes[0]) != len(use.shapes[1]):
            raise use.refuse("its two tensors have different numbers of axes")
        return merged(use, _MERGES[kind]), tensors
    if kind == "Concatenate":
        axis = use.axis(operation.axis)
        if axis > 0 and len({len(shape) for shape in use.shapes}) == 1:
            return [Found(kinds.Concatenate(axis=axis))], tensors
    raise use.refuse(f"the operation {kind} of {len(tensors)} tensors is not known here")


def _of_one(operation: Any, kind: str, args: tuple[Any, ...], use: Use) -> list[Found]:
    if kind in _ACTIVATIONS:
        name, kept = _ACTIVATIONS[kind]
        return [Found(activation(use, name, {key: getattr(operation, key) for key in kept}))]
    if kind in ("Add", "Subtract", "Multiply", "Divide", "TrueDivide") and len(args) == 2:
        return [_with_number(kind, args, use)]
    if kind == "Negative":
        return [Found(kinds.Rescaling(scale=-1.0, offset=0.0))]
    if kind in ("Mean", "Max") and operation.axis is not None:
        return [_global(operation, kind, use)]
    if kind == "Reshape":
        return [_reshape(operation, use)]
    if kind == "Transpose" and operation.axes is not None:
        return [permuted(use, tuple(axis % use.axes for axis in operation.axes))]
    if kind == "Identity":
        return [Found(kinds.Identity())]
    raise use.refuse(f"the operation {kind} is not known here")


def _with_number(kind: str, args: tuple[Any, ...], use: Use) -> Found:
    """Return x + a, a - x, x * a, x / a ... for a number, or one for each channel."""
    first = hasattr(args[0], "node")
    try:
        number = np.asarray(args[1] if first else args[0], float)
    except (TypeError, ValueError):
        raise use.refuse(f"the operation {kind} with {args[1] if first else args[0]!r}") from None
    zero, one = np.zeros(()), np.ones(())
    if kind == "Add":
        numbers = (zero, one, number)
    elif kind == "Subtract":
        numbers = (number, one, zero) if first else (zero, -one, number)
    elif kind == "Multiply":
        numbers = (zero, number, zero)
    elif first:
        numbers = (zero, 1 / number, zero)
    else:
        raise use.refuse("a number divided by a tensor")
    if number.ndim == 0:
        centre, scale, offset = map(float, numbers)
        return Found(kinds.Rescaling(scale=scale, offset=offset - centre * scale))
    return standardising(use, *numbers)


def _global(operation: Any, kind: str, use: Use) -> Found:
    axes = operation.axis if isinstance(operation.axis, list | tuple) else [operation.axis]
    if sorted(use.axis(axis) for axis in axes) != list(range(2, use.axes)):
        raise use.refuse(
            f"the operation {kind} over the axes {axes}: only over all of a map's pixels"
        )
    return Found(
        kinds.GlobalPooling(
            kind="average" if kind == "Mean" else "max",
            rank=use.axes - 2,
            keeps_axes=bool(operation.keepdims),
        )
    )


def _reshape(operation: Any, use: Use) -> Found:
    batch, *sizes = operation.newshape
    if batch not in (-1, None) or any(size is None or size < 0 for size in sizes):
        raise use.refuse(f"the operation Reshape to {operation.newshape}: the batch must be the -1")
    return reshaped(use, sizes)
