"""Where the channels of a Keras model are, and its axes as those of a graph, channels first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.layers import Shape


@dataclass(frozen=True)
class Layout:
    """Keras's axes as the graph's. A channels-first model has the graph's own.

    Examples
    --------
    >>> layout = Layout(first=False)
    >>> layout.axis(-1, axes=4), layout.axis(1, axes=4), layout.shape((28, 30, 3))
    (1, 2, (3, 28, 30))
    """

    first: bool

    def axis(self, axis: int, axes: int) -> int:
        """Return the graph's number for an axis of a Keras tensor with so many axes."""
        if not -axes <= axis < axes:
            raise ValueError(f"axis {axis} of a tensor with {axes} axes")
        axis %= axes
        if self.first or axes < 3 or axis == 0:
            return axis
        return 1 if axis == axes - 1 else axis + 1

    def order(self, axes: int) -> tuple[int, ...]:
        """Return for each axis of the graph's tensor the axis of Keras's."""
        keras_axes = {self.axis(axis, axes): axis for axis in range(axes)}
        return tuple(keras_axes[axis] for axis in range(axes))

    def shape(self, shape: Iterable[int | None]) -> Shape:
        """Return the graph's shape, without the batch, for one of Keras."""
        sizes = tuple(shape)
        if self.first or len(sizes) < 2:
            return sizes
        return (sizes[-1], *sizes[:-1])

    def keras_shape(self, shape: Shape) -> Shape:
        """Return Keras's shape, without the batch, for one of the graph."""
        if self.first or len(shape) < 2:
            return shape
        return (*shape[1:], shape[0])

    def broadcast(self, numbers: np.ndarray, axes: int) -> np.ndarray:
        """Give numbers that Keras broadcasts the axes of the graph's tensor, without the batch.

        Raises
        ------
        ValueError
            If they have more axes than an example.
        """
        if numbers.ndim == axes and numbers.shape[0] == 1:
            numbers = numbers[0]
        if numbers.ndim > axes - 1:
            raise ValueError(f"numbers of the shape {numbers.shape} for a tensor of {axes} axes")
        numbers = numbers.reshape((1,) * (axes - 1 - numbers.ndim) + numbers.shape)
        return numbers if self.first or numbers.ndim < 2 else np.moveaxis(numbers, -1, 0)


def layout_of(model: Any) -> Layout:
    """Find where a model has its channels, from what its layers say.

    Raises
    ------
    CannotTranslate
        If some layers say "channels_first" and some "channels_last".
    """
    said = {
        layer.data_format: layer.name
        for layer in reversed(list(_leaves(model)))
        if type(layer).__name__ != "Flatten" and getattr(layer, "data_format", None)
    }
    if len(said) > 1:
        raise CannotTranslate(
            said["channels_first"],
            f"it is channels_first, and layer {said['channels_last']!r} is channels_last: "
            "a model must have one layout",
        )
    return Layout(first="channels_first" in said)


def dtype_of(model: Any) -> str:
    """Find the one type of number in which a model computes.

    Raises
    ------
    CannotTranslate
        If it is not float32 or float64, or a layer's differs from that of the others.
    """
    dtype = ""
    for layer in _leaves(model):
        policy = layer.dtype_policy
        for found in (policy.variable_dtype, policy.compute_dtype):
            if found not in ("float32", "float64") or found != (dtype or found):
                raise CannotTranslate(
                    layer.name,
                    f"it computes by the policy {policy.name!r}; what is translated is all in "
                    "float32, or all in float64",
                )
            dtype = found
    return dtype or "float32"


def _leaves(layer: Any) -> Iterator[Any]:
    """Yield the layers of a model, those of the models inside it too."""
    inner = getattr(layer, "layers", None)
    if inner is None:
        yield layer
        return
    for child in inner:
        yield from _leaves(child)
