"""Keras's normalisations and its learned slope, one by one, as layers of a graph."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.keras_reading_layers import reads
from cnncourse.frameworks.keras_use import Found, Use


@reads("BatchNormalization")
def _batch(use: Use) -> list[Found]:
    layer = use.layer
    if layer.renorm or layer.synchronized:
        word = "renorm" if layer.renorm else "synchronized"
        raise use.refuse(f"{word}=True has no counterpart in torch's batch normalisation")
    made = kinds.BatchNormalisation(
        axis=use.axis(layer.axis),
        channels=layer.moving_mean.shape[0],
        epsilon=layer.epsilon,
        momentum=float(1 - Decimal(repr(layer.momentum))),  # 1 - 0.99 is 0.01, not 0.010...09
        scale=layer.scale,
        shift=layer.center,
        frozen=use.inference or not layer.trainable,
    )
    weights = {"scale": layer.gamma, "shift": layer.beta}
    return [use.found(made, mean=layer.moving_mean, variance=layer.moving_variance, **weights)]


@reads("LayerNormalization")
def _layer_norm(use: Use) -> list[Found]:
    layer = use.layer
    if layer.rms_scaling:
        raise use.refuse("rms_scaling=True divides by the variance; torch has no such layer")
    said = sorted(axis % use.axes for axis in _several(layer.axis))
    axes = sorted(use.axis(axis) for axis in said)
    if 0 in axes:
        raise use.refuse("it normalises over the batch")
    order = [said.index(use.layout.order(use.axes)[axis]) for axis in axes]
    shape = tuple(size for size in (use.shapes[0][axis - 1] for axis in axes) if size is not None)
    if len(shape) < len(axes):
        raise use.refuse("the sizes of the axes that it normalises are open: give input_shape")

    def moved(variable: Any) -> np.ndarray | None:
        if variable is None:
            return None
        sizes = [shape[axes.index(use.axis(axis))] for axis in said]
        return use.array(variable).reshape(sizes).transpose(order)

    made = kinds.LayerNormalisation(
        axes=tuple(axes),
        shape=shape,
        epsilon=layer.epsilon,
        scale=layer.gamma is not None,
        shift=layer.beta is not None,
    )
    return [use.found(made, scale=moved(layer.gamma), shift=moved(layer.beta))]


def _several(axis: Any) -> list[int]:
    return list(axis) if isinstance(axis, list | tuple) else [axis]


@reads("GroupNormalization")
def _group_norm(use: Use) -> list[Found]:
    layer = use.layer
    channels = use.shapes[0][0]
    if use.axis(layer.axis) != 1 or channels is None:
        raise use.refuse("its groups are not groups of channels")
    made = kinds.GroupNormalisation(
        groups=channels if layer.groups == -1 else layer.groups,
        channels=channels,
        epsilon=layer.epsilon,
        scale=layer.scale,
        shift=layer.center,
    )
    return [use.found(made, scale=layer.gamma, shift=layer.beta)]


@reads("PReLU")
def _slope(use: Use) -> list[Found]:
    slopes = use.array(use.layer.alpha)
    slopes = use.layout.broadcast(slopes, use.axes)
    return [use.found(kinds.Slope(shape=slopes.shape), slope=slopes)]
