"""What the layers explorer shows, in numbers: any network's outputs, layer by layer.

A network is a list of layers and something that computes their outputs: here the course's own, in
`layers_sequential` what this package trains, in `layers_torch` any PyTorch module. What makes one
output, its terms, is worked out here for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.networks.digits_network import EPOCHS, IMAGE_SHAPE, STAGES, digits_network

Parameters = tuple[FloatArray, FloatArray]

MOST_NUMBERS = 400_000
"""Outputs, and weights of all moments, that reach the browser."""

MOST_SCORES = 20
"""A last layer of at most so many outputs is read as scores of classes."""


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes
    ----------
    name : str
        As the learner reads it.
    kind : str
        "image", "conv", "dense", "relu", "max", "average", "l2", "blur", "flatten", "norm", or
        "other", whose terms are not shown.
    shape : (int, int, int)
        Of its output: channels, rows, columns. What is flattened keeps a row for each channel: read
        line by line, its one channel is the vector.
    source : int
        Which layer's output it takes, counted from 0, the image; -1 if it is none of them.
    size, stride, padding, dilation : (int, int)
        Of its window, rows and columns; of the padding, what lies before the image.
    groups : int
        Of a convolution.
    known : bool
        Whether it is known what a unit sees of the image.
    """

    name: str
    kind: str
    shape: tuple[int, int, int]
    source: int = 0
    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1
    known: bool = True


class Network(Protocol):
    """What the explorer asks of a network."""

    layers: list[Layer]
    epochs: tuple[int, ...]

    def outputs(self, image: FloatArray, epoch: int) -> list[FloatArray]:
        """Outputs (C, H, W) of all layers, the image first."""

    def parameters(self, layer: int, epoch: int) -> Parameters | None:
        """Kernel (C_out, C_in / groups, kH, kW) and bias (C_out,), if the layer has them."""


@dataclass(frozen=True)
class LayersState:
    """All that a learner can change.

    `image` is (C, H, W); `sample` is the number of the example that it is, or -1; `layer` counts
    from 1, the first after the image; `channel`, `row` and `column` choose a unit of it, `incoming`
    one of the channels that it adds up, counted within its group.
    """

    image: FloatArray
    sample: int = -1
    epoch: int = 0
    layer: int = 1
    channel: int = 0
    row: int = 0
    column: int = 0
    incoming: int = 0


@dataclass(frozen=True)
class Terms:
    """What makes one output.

    ``inputs`` are what it takes, (channels, rows, columns), NaN where padding lies that is no
    number; ``weights``, of the same shape, are None for a layer without any. ``sums`` holds one
    number a channel: of products, or the summary. `value` is the output. `place` is, of a number
    that was only put in a row, the channel, row and column it had.
    """

    inputs: FloatArray
    weights: FloatArray | None
    sums: FloatArray
    bias: float
    value: float
    place: tuple[int, int, int] | None = None


class DigitsLayers:
    """The course's network for handwritten digits, as the explorer sees it."""

    def __init__(self) -> None:
        self.epochs: tuple[int, ...] = EPOCHS
        self.layers = [Layer("image", "image", IMAGE_SHAPE, -1)]
        blank = np.zeros(IMAGE_SHAPE)
        outputs = digits_network().activations(blank)
        for i, (stage, output) in enumerate(zip(STAGES, outputs, strict=True)):
            kind = "max" if stage.kind == "pool" else stage.kind
            size, stride, padding = ((n, n) for n in (stage.size, stage.stride, stage.padding))
            channels, rows, columns = output.shape
            shape = channels, rows, columns
            self.layers.append(Layer(stage.name, kind, shape, i, size, stride, padding))

    def outputs(self, image: FloatArray, epoch: int) -> list[FloatArray]:
        """Outputs (C, H, W) of all layers, the image first."""
        return [image, *digits_network(epoch).activations(image)]

    def parameters(self, layer: int, epoch: int) -> Parameters | None:
        """Kernel and bias of a convolution."""
        if self.layers[layer].kind != "conv":
            return None
        nth = sum(one.kind == "conv" for one in self.layers[:layer])
        network = digits_network(epoch)
        return network.kernels[nth], network.biases[nth]


def clamped(layers: list[Layer], state: LayersState) -> tuple[int, int, int, int]:
    """Layer, channel, row and column of `state`, none beyond the last there is."""
    layer = min(max(state.layer, 1), len(layers) - 1)
    wanted = (state.channel, state.row, state.column)
    channel, row, column = (
        min(max(n, 0), most - 1) for n, most in zip(wanted, layers[layer].shape, strict=True)
    )
    return layer, channel, row, column


def flat_place(layers: list[Layer], number: int, row: int, column: int) -> tuple[int, int, int]:
    """Channel, row and column that a number had before it was put in a row."""
    across = layers[layers[number].source].shape[2]
    return row, column // across, column % across


def seen(network: Network, state: LayersState) -> tuple[int, int, int, int] | None:
    """First row, last row, first and last column of the image that the unit sees, or None.

    From the unit back to the image, by the windows of each layer on the way.
    """
    layers = network.layers
    number, _, row, column = clamped(layers, state)
    if not layers[number].known:
        return None
    (top, bottom), (left, right) = (row, row), (column, column)
    while number > 0:
        layer = layers[number]
        _, height, width = layers[layer.source].shape
        if layer.kind == "flatten" and (top, left) == (bottom, right):
            _, row, column = flat_place(layers, number, top, left)
            (top, bottom), (left, right) = (row, row), (column, column)
        elif layer.kind == "flatten":  # asked for by a dense layer, which takes all
            (top, bottom), (left, right) = (0, height - 1), (0, width - 1)
        else:
            top, bottom = _reach(layer, 0, top, bottom, height)
            left, right = _reach(layer, 1, left, right, width)
        number = layer.source
    return None if top > bottom or left > right else (top, bottom, left, right)


def _reach(layer: Layer, axis: int, first: int, last: int, count: int) -> tuple[int, int]:
    """First and last of `count` inputs that outputs from `first` to `last` take, along an axis."""
    start = first * layer.stride[axis] - layer.padding[axis]
    end = last * layer.stride[axis] - layer.padding[axis]
    end += layer.dilation[axis] * (layer.size[axis] - 1)
    if layer.kind == "blur" and end >= count:  # mirrored, at most one pixel further back
        start = min(start, 2 * (count - 1) - end)
    return max(start, 0), min(end, count - 1)


def terms(network: Network, state: LayersState, outputs: list[FloatArray]) -> Terms | None:
    """What makes the chosen output; None for a layer that is not taken apart."""
    number, channel, row, column = clamped(network.layers, state)
    layer = network.layers[number]
    value = float(outputs[number][channel, row, column])
    if layer.source < 0 or layer.kind == "other":
        return None
    source = outputs[layer.source]
    found = network.parameters(number, state.epoch)
    if layer.kind in ("conv", "dense") and found is not None:
        kernel, bias = found
        first = channel // (layer.shape[0] // layer.groups) * kernel.shape[1]
        inputs = _window(layer, source[first : first + kernel.shape[1]], row, column, 0.0)
        sums = (inputs * kernel[channel]).sum(axis=(1, 2))
        return Terms(inputs, kernel[channel], sums, float(bias[channel]), value)
    if layer.kind in ("norm", "blur") and found is not None:
        weights, bias = found
        own = channel if layer.kind == "norm" else 0
        inputs = _window(layer, source[channel : channel + 1], row, column, 0.0)
        sums = (inputs * weights[own]).sum(axis=(1, 2))
        return Terms(inputs, weights[own], sums, float(bias[own]), value)
    if layer.kind in ("relu", "max", "average", "l2"):
        # No padding ever wins a maximum; in a mean it counts as zeros.
        fill = np.nan if layer.kind == "max" else 0.0
        inputs = _window(layer, source[channel : channel + 1], row, column, fill)
        return Terms(inputs, None, np.array([value]), 0.0, value)
    if layer.kind == "flatten":
        place = flat_place(network.layers, number, row, column)
        one = np.array([[[source[place]]]])
        return Terms(one, None, np.array([value]), 0.0, value, place)
    return None


def incoming_channels(network: Network, number: int) -> int:
    """Of how many channels a unit of a layer is shown to add up products."""
    layer = network.layers[number]
    found = network.parameters(number, network.epochs[-1])
    if found is None or layer.source < 0 or layer.kind not in ("conv", "dense"):
        return 1
    return found[0].shape[1]


def _window(layer: Layer, source: FloatArray, row: int, column: int, fill: float) -> FloatArray:
    """What the window of a unit lies on, `fill` where that is outside the layer before."""
    places = [
        at * step - pad + gap * np.arange(size)
        for at, step, pad, gap, size in zip(
            (row, column), layer.stride, layer.padding, layer.dilation, layer.size, strict=True
        )
    ]
    if layer.kind == "blur":
        places = [_mirrored(place, n) for place, n in zip(places, source.shape[1:], strict=True)]
    inside = [(place >= 0) & (place < n) for place, n in zip(places, source.shape[1:], strict=True)]
    rows, columns = (
        np.clip(place, 0, n - 1) for place, n in zip(places, source.shape[1:], strict=True)
    )
    values = source[:, rows[:, None], columns[None, :]]
    return np.where(inside[0][:, None] & inside[1][None, :], values, fill)


def _mirrored(places: np.ndarray, count: int) -> np.ndarray:
    """Where places outside `count` pixels lie in the image mirrored at its border pixels."""
    period = max(1, 2 * (count - 1))
    return np.minimum(places % period, -places % period)


def scores(network: Network, outputs: list[FloatArray]) -> FloatArray | None:
    """The last layer's outputs, if they are 2 to 20 numbers, one a channel."""
    channels, rows, columns = network.layers[-1].shape
    if rows * columns > 1 or not 2 <= channels <= MOST_SCORES:
        return None
    return outputs[-1].ravel()
