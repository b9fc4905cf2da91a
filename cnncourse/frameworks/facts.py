"""What a layer costs: its parameters, its multiplications, the cells around its input."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnncourse.frameworks.layers import (
    BatchNormalisation,
    Convolution,
    Dense,
    GroupNormalisation,
    Layer,
    LayerNormalisation,
    Padding,
    Pads,
    Pooling,
    Sizes,
    Slope,
    TransposedConvolution,
)
from cnncourse.frameworks.sizes import output_shape, resolved_padding


@dataclass(frozen=True)
class Facts:
    """The numbers of one layer for an input of one shape.

    Attributes
    ----------
    input_shape, output_shape : tuple of int
        Without the batch, channels first.
    parameters : int
        Numbers that training changes.
    statistics : int
        Numbers that are kept beside them: running means and variances.
    multiply_adds : int
        For one example. A weight times a number, added to a sum, counts once, also where the number
        is a padded zero; biases, comparisons and means do not count.
    pads : pairs of int, or None
        Cells that the layer adds to each spatial axis, (before, after); None if it has no padding.
    """

    input_shape: Sizes
    output_shape: Sizes
    parameters: int
    statistics: int
    multiply_adds: int
    pads: Pads | None


def layer_facts(layer: Layer, shape: Sizes) -> Facts:
    """Return the numbers of a layer.

    Parameters
    ----------
    layer : Layer
        With one input.
    shape : tuple of int
        Of that input, without the batch, channels first.

    Returns
    -------
    Facts

    Raises
    ------
    ValueError
        If the layer does not fit the input.

    Examples
    --------
    >>> layer_facts(Dense(features_in=784, features_out=10), (784,)).parameters
    7850
    """
    out = output_shape(layer, [shape])
    known = tuple(size for size in out if size is not None)
    return Facts(
        shape,
        known,
        parameter_count(layer),
        2 * layer.channels if isinstance(layer, BatchNormalisation) else 0,
        _multiply_adds(layer, shape, known),
        _pads(layer, shape),
    )


def parameter_count(layer: Layer) -> int:
    """How many numbers of a layer training changes.

    Examples
    --------
    >>> parameter_count(Slope(shape=(8, 1, 1)))
    8
    """
    match layer:
        case Convolution():
            return kernel_count(layer) + layer.bias * layer.channels_out
        case TransposedConvolution():
            return kernel_count(layer) + layer.bias * layer.channels_out
        case Dense():
            return (layer.features_in + layer.bias) * layer.features_out
        case BatchNormalisation() | GroupNormalisation():
            return (layer.scale + layer.shift) * layer.channels
        case LayerNormalisation():
            return (layer.scale + layer.shift) * math.prod(layer.shape)
        case Slope():
            return math.prod(layer.shape)
    return 0


def kernel_count(layer: Convolution | TransposedConvolution) -> int:
    """How many numbers the kernel has: C_out * C_in / groups * taps, in eq. 6's order of axes."""
    taps = math.prod(layer.size)
    return layer.channels_out * layer.channels_in // layer.groups * taps


def _multiply_adds(layer: Layer, shape: Sizes, out: Sizes) -> int:
    match layer:
        case Convolution():
            return math.prod(out[1:]) * kernel_count(layer)
        case TransposedConvolution():  # each input cell is spread by each tap
            return math.prod(shape[1:]) * kernel_count(layer)
        case Dense():
            return math.prod(shape) * layer.features_out
    return 0


def _pads(layer: Layer, shape: Sizes) -> Pads | None:
    if isinstance(layer, Convolution | Pooling):
        return resolved_padding(shape[1:], layer.size, layer.stride, layer.dilation, layer.padding)
    return layer.pads if isinstance(layer, Padding) else None
