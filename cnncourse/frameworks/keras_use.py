"""One use of a Keras layer while it is read, and what was found for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.keras_layouts import Layout
from cnncourse.frameworks.layers import Layer, Shape


@dataclass(frozen=True)
class Found:
    """One layer of the graph.

    Attributes
    ----------
    layer : Layer
    weights : mapping from str to ndarray
    suffix : str
        What is added to the Keras layer's name, where it becomes several.
    trainable : bool
    only : int, optional
        It is applied to this one of the Keras layer's inputs, before the others join.
    """

    layer: Layer
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    suffix: str = ""
    trainable: bool = True
    only: int | None = None


@dataclass(frozen=True)
class Use:
    """One use of a Keras layer.

    Attributes
    ----------
    layer : Keras layer or operation
    name : str
        Its name, with those of the models around it.
    shapes : tuple of shapes
        Of its inputs, channels first, without the batch.
    layout : Layout
    inference : bool
        It was called with training=False, or is in a model that was.
    shape_of : callable
        The shape of a tensor among an operation's arguments.
    only_training : list of str
        Filled with what Keras does in training alone.
    """

    layer: Any
    name: str
    shapes: tuple[Shape, ...]
    layout: Layout
    inference: bool = False
    shape_of: Callable[[Any], Shape] | None = None
    only_training: list[str] = field(default_factory=list)

    @property
    def axes(self) -> int:
        """Axes of the first input, the batch counted."""
        return len(self.shapes[0]) + 1

    def refuse(self, reason: str) -> CannotTranslate:
        """Return the error that names the layer."""
        return CannotTranslate(self.name, reason)

    def axis(self, axis: int) -> int:
        """Return the graph's number for an axis of the first input."""
        try:
            return self.layout.axis(axis, self.axes)
        except ValueError as error:
            raise self.refuse(str(error)) from None

    def known(self) -> tuple[int, ...]:
        """Return the shape of the first input; refuse where a size is open."""
        shape = tuple(size for size in self.shapes[0] if size is not None)
        if len(shape) != len(self.shapes[0]):
            raise self.refuse(
                f"the size of its input is open, {self.layout.keras_shape(self.shapes[0])}: "
                "give input_shape"
            )
        return shape

    def array(self, variable: Any) -> np.ndarray:
        """Return a weight as an array of its own."""
        import keras

        return np.array(keras.ops.convert_to_numpy(variable))

    def found(self, layer: Layer, suffix: str = "", **variables: Any) -> Found:
        """Return a graph's layer with these weights, arrays or variables; None is left out."""
        weights = {
            name: value if isinstance(value, np.ndarray) else self.array(value)
            for name, value in variables.items()
            if value is not None
        }
        return Found(layer, weights, suffix, trainable=bool(self.layer.trainable))
