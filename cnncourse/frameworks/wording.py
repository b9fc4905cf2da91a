"""A layer as a program for either framework has it, for an input of a known shape."""

from __future__ import annotations

from cnncourse.frameworks import wording_keras_windows, wording_torch_windows
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.source_lines import Line
from cnncourse.frameworks.wording_keras import in_keras
from cnncourse.frameworks.wording_torch import in_torch

del wording_keras_windows, wording_torch_windows  # loaded for what they register


def source_lines(framework: str, layer: Layer, shape: Sizes) -> list[Line]:
    """Write a layer for a framework.

    Parameters
    ----------
    framework : {"keras", "torch"}
    layer : Layer
    shape : tuple of int
        Of its input, without the batch, channels first.

    Returns
    -------
    list of Line
        To be applied one after the other; the same numbers for an input of this shape.

    Raises
    ------
    CannotTranslate
        If the framework has nothing that computes the same.

    Examples
    --------
    >>> from cnncourse.frameworks import layers as kinds
    >>> pool = kinds.Pooling(
    ...     kind="max", size=(2, 2), stride=(2, 2), padding="same", dilation=(1, 1)
    ... )
    >>> print(*source_lines("torch", pool, (1, 7, 7)))
    nn.MaxPool2d(2, ceil_mode=True)
    >>> print(*source_lines("keras", kinds.Dense(features_in=784, features_out=10), (784,)))
    layers.Dense(10)
    """
    return in_keras(layer, shape) if framework == "keras" else in_torch(layer, shape)
