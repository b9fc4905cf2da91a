"""The layers explorer in words; static/layers_words.js writes the same words."""

from __future__ import annotations

import numpy as np

from cnncourse._words import counted
from cnncourse.explore.layers_model import (
    Layer,
    LayersState,
    Network,
    Terms,
    clamped,
    scores,
    seen,
    terms,
)
from cnncourse.explore.numbers import added, fixed
from cnncourse.inside import probabilities

MOST_SUMS = 12
"""Sums of at most so many channels are written out."""


def _sum(values: list[float]) -> str:
    return added(map(fixed, values))


def reckoning(layer: Layer, made: Terms | None, value: float) -> str:
    """How one output comes about, in numbers."""
    result = fixed(value)
    if made is None:
        return f"{result}, computed by {layer.name}"
    if made.place is not None:
        channel, row, column = made.place
        return f"{result}, as it was in channel {channel}, row {row}, column {column}"
    if layer.kind == "blur":
        return f"{counted(made.inputs.size, 'product')} with the blur's weights, summed: {result}"
    if layer.kind in ("conv", "dense"):
        count = made.inputs.size
        products = counted(count, "product")
        if 1 < len(made.sums) <= MOST_SUMS:
            sums = _sum([*made.sums.tolist(), made.bias])
            return f"{products}, summed by channel, then the bias: {sums} ≈ {result}"
        sums = _sum([float(made.sums.sum()), made.bias])
        what = products if count == 1 else f"the sum of {products}"
        return f"{what}, then the bias: {sums} ≈ {result}"
    values = made.inputs[np.isfinite(made.inputs)]
    listed = ", ".join(map(fixed, values.tolist()))
    if layer.kind == "relu":
        return f"max(0, {listed}) = {result}"
    if layer.kind == "max":
        return f"max({listed}) = {result}"
    if layer.kind == "average":
        return f"mean({listed}) = {result}"
    if layer.kind == "l2":
        squares = " + ".join(f"({value})²" for value in listed.split(", "))
        return f"√({squares}) = {result}"
    factor = "" if made.weights is None else fixed(float(made.weights.ravel()[0]), 4)
    return f"{factor} · {listed} then {fixed(made.bias)} added = {result}"


def verdict(network: Network, outputs: list, label: int | None) -> str:
    """What the network takes the image for; "" if its last layer is no vector of scores."""
    found = scores(network, outputs)
    if found is None:
        return ""
    shares = probabilities(found[None])[0]
    best = int(shares.argmax())
    said = f"The highest score is that of {best} ({fixed(100 * float(shares[best]), 1)} %)"
    if label is None:
        return said + ". "
    return said + (", which is right. " if best == label else f", but it is a {label}. ")


def sight(network: Network, state: LayersState) -> str:
    """What the chosen unit sees of the image."""
    span = seen(network, state)
    if span is None:
        return "What it sees of the image is not known."
    top, bottom, left, right = span
    return f"It sees rows {top} to {bottom} and columns {left} to {right} of the image."


def whereabouts(layer: Layer, channel: int, row: int, column: int) -> str:
    """Which unit of a layer it is."""
    if layer.kind == "flatten":
        _, rows, columns = layer.shape
        return f"number {row * columns + column} of the {rows * columns} in a row"
    return f"channel {channel} of {layer.shape[0]}, row {row}, column {column}"


def describe(network: Network, state: LayersState, label: int | None = None) -> str:
    """The picture in words.

    Parameters
    ----------
    network : Network
    state : LayersState
    label : int, optional
        What the image truly is.
    """
    outputs = network.outputs(state.image, state.epoch)
    number, channel, row, column = clamped(network.layers, state)
    layer = network.layers[number]
    value = float(outputs[number][channel, row, column])
    made = terms(network, state, outputs)
    image = "Your own image" if state.sample < 0 else f"Example {state.sample}"
    when = f", seen by the network {_trained_for(state.epoch)}" if len(network.epochs) > 1 else ""
    unit = whereabouts(layer, channel, row, column)
    return (
        f"{image}{when}. {verdict(network, outputs, label)}"
        f"Layer {layer.name}, {unit}: {reckoning(layer, made, value)}. {sight(network, state)}"
    )


def _trained_for(epoch: int) -> str:
    return f"after {counted(epoch, 'epoch')} of training" if epoch else "before any training"
