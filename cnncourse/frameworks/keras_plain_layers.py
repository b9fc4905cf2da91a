"""Keras's layers without learned weights, one by one, as layers of a graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.keras_activations import activation, activation_of
from cnncourse.frameworks.keras_reading_layers import reads
from cnncourse.frameworks.keras_use import Found, Use


@reads("InputLayer", "Identity", "ActivityRegularization")
def _identity(use: Use) -> list[Found]:
    if type(use.layer).__name__ == "ActivityRegularization":
        use.only_training.append(f"the loss of {use.name!r}")
    return [Found(kinds.Identity())]


@reads(*(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _pooling(use: Use) -> list[Found]:
    layer = use.layer
    rank = len(layer.pool_size)
    return [
        Found(
            kinds.Pooling(
                kind=layer.pool_mode,
                size=layer.pool_size,
                stride=layer.strides,
                dilation=(1,) * rank,
                padding="same" if layer.padding == "same" else ((0, 0),) * rank,
            )
        )
    ]


def _kind(use: Use) -> str:
    return "max" if "Max" in type(use.layer).__name__ else "average"


@reads(*(f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _global(use: Use) -> list[Found]:
    rank = use.axes - 2
    layer = kinds.GlobalPooling(kind=_kind(use), rank=rank, keeps_axes=use.layer.keepdims)
    return [Found(layer)]


@reads(*(f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def _adaptive(use: Use) -> list[Found]:
    return [Found(kinds.AdaptivePooling(kind=_kind(use), sizes=tuple(use.layer.output_size)))]


@reads("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _zero_padding(use: Use) -> list[Found]:
    return [Found(kinds.Padding(pads=_pairs(use.layer.padding)))]


@reads("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(use: Use) -> list[Found]:
    if use.layout.first and not hasattr(use.layer, "data_format"):
        raise use.refuse("it crops axis 1, which is the channels in a channels_first model")
    pairs = _pairs(use.layer.cropping)
    return [Found(kinds.Padding(pads=tuple((-before, -after) for before, after in pairs)))]


def _pairs(numbers: Any) -> kinds.Pads:
    """Return one pair an axis; of one axis Keras keeps the pair alone."""
    if isinstance(numbers[0], int):
        numbers = (numbers,)
    return tuple((int(before), int(after)) for before, after in numbers)


@reads("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _upsampling(use: Use) -> list[Found]:
    layer = use.layer
    kind = getattr(layer, "interpolation", "nearest")
    if kind not in ("nearest", "bilinear"):
        raise use.refuse(f"torch has no interpolation {kind!r} with the same numbers")
    if use.layout.first and not hasattr(layer, "data_format"):
        raise use.refuse("it repeats axis 1, which is the channels in a channels_first model")
    factors = (layer.size,) if isinstance(layer.size, int) else tuple(layer.size)
    return [Found(kinds.Upsampling(factors=factors, kind=kind))]


@reads("RepeatVector")
def _repeat_vector(use: Use) -> list[Found]:
    (features,) = use.known()
    row = kinds.Reshape(shape=(1, features), channels_last=not use.layout.first)
    if use.layout.first:
        raise use.refuse("its rows would be the channels of a channels_first model")
    return [
        Found(row, suffix="row"),
        Found(kinds.Upsampling(factors=(use.layer.n,), kind="nearest")),
    ]


@reads("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def _dropout(use: Use) -> list[Found]:
    layer = use.layer
    if use.inference:
        return [Found(kinds.Identity())]
    if type(layer).__name__ != "Dropout":
        return [Found(kinds.Dropout(rate=layer.rate, whole_channels=True))]
    noise = getattr(layer, "noise_shape", None) or ()
    sizes = (None, *use.layout.keras_shape(use.shapes[0]))
    if noise and (
        len(noise) != len(sizes)
        or any(n not in (None, 1, size) for n, size in zip(noise, sizes, strict=True))
    ):
        raise use.refuse(f"its noise_shape {noise} does not fit the shape {sizes}")
    shared = tuple(sorted(use.axis(axis) for axis, size in enumerate(noise) if size == 1))
    if shared == tuple(range(2, use.axes)) and shared:
        return [Found(kinds.Dropout(rate=layer.rate, whole_channels=True))]
    return [Found(kinds.Dropout(rate=layer.rate, shared=shared))]


@reads("Flatten")
def _flatten(use: Use) -> list[Found]:
    # Keras flattens in its own order, or, told "channels_first", with axis 1 moved to the end.
    moves = use.layer.data_format == "channels_first"
    if moves and not use.layout.first and use.axes > 2:
        raise use.refuse("it is channels_first in a channels_last model")
    return [Found(kinds.Flatten(channels_last=moves or not use.layout.first))]


@reads("Reshape")
def _reshape(use: Use) -> list[Found]:
    sizes = use.layout.keras_shape(use.known())
    return [reshaped(use, use.layer.compute_output_shape((None, *sizes))[1:])]


def reshaped(use: Use, shape: Any) -> Found:
    """Return the layer that gives Keras's `shape` (without the batch)."""
    shape = tuple(int(size) for size in shape)
    if not shape:
        raise use.refuse("nothing but the batch would be left")
    return Found(kinds.Reshape(shape=shape, channels_last=not use.layout.first))


@reads("Permute")
def _permute(use: Use) -> list[Found]:
    return [permuted(use, (0, *use.layer.dims))]


def permuted(use: Use, order: tuple[int, ...]) -> Found:
    """Return the layer that puts Keras's axes into another order."""
    if sorted(order) != list(range(use.axes)) or order[0] != 0:
        raise use.refuse(f"the order {order} of {use.axes} axes, the batch first")
    keras_axes = use.layout.order(use.axes)
    return Found(kinds.Permute(axes=tuple(use.axis(order[axis]) for axis in keras_axes)))


@reads("Activation")
def _activation(use: Use) -> list[Found]:
    found = activation_of(use, use.layer.activation)
    if not found:
        return [Found(kinds.Identity())]
    return [Found(part.layer, part.weights, "", part.trainable) for part in found]


@reads("ReLU", "LeakyReLU", "ELU", "Softmax")
def _activation_layer(use: Use) -> list[Found]:
    layer = use.layer
    several = getattr(layer, "axis", None)
    if isinstance(several, list | tuple) and len(several) > 1:
        axes = tuple(sorted(use.axis(axis) for axis in several))
        if axes[0] == 0:
            raise use.refuse("softmax over the batch")
        return [Found(kinds.JointSoftmax(axes=axes))]
    name, arguments = {
        "ReLU": ("relu", ("negative_slope", "max_value", "threshold")),
        "LeakyReLU": ("leaky_relu", ("negative_slope",)),
        "ELU": ("elu", ("alpha",)),
        "Softmax": ("softmax", ("axis",)),
    }[type(layer).__name__]
    return [Found(activation(use, name, {key: getattr(layer, key) for key in arguments}))]


@reads("Rescaling")
def _rescaling(use: Use) -> list[Found]:
    scale, offset = (np.asarray(number, float) for number in (use.layer.scale, use.layer.offset))
    if scale.ndim == 0 == offset.ndim:
        return [Found(kinds.Rescaling(scale=float(scale), offset=float(offset)))]
    if use.layout.first:
        raise use.refuse("it has a number for each channel, in a channels_first model")
    return [standardising(use, np.zeros(()), scale, offset)]


def standardising(use: Use, *numbers: np.ndarray) -> Found:
    """Return (x - centre) * scale + offset for the three `numbers`, as Keras broadcasts them."""
    try:
        arrays = np.broadcast_arrays(*(use.layout.broadcast(n, use.axes) for n in numbers))
    except ValueError as error:
        raise use.refuse(str(error)) from None
    names = ("centre", "scale", "offset")
    dtype = use.layer.compute_dtype if hasattr(use.layer, "compute_dtype") else "float32"
    weights = {name: np.array(array, dtype) for name, array in zip(names, arrays, strict=True)}
    return Found(kinds.Standardising(shape=arrays[0].shape), weights, trainable=False)


@reads("Normalization")
def _normalization(use: Use) -> list[Found]:
    import keras

    mean, variance = (
        np.asarray(use.array(number), float) for number in (use.layer.mean, use.layer.variance)
    )
    deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
    zero = np.zeros(())
    if use.layer.invert:
        return [standardising(use, zero, deviation, mean)]
    return [standardising(use, mean, 1 / deviation, zero)]


@reads("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def _merge(use: Use) -> list[Found]:
    return merged(use, type(use.layer).__name__.lower())


def merged(use: Use, kind: str) -> list[Found]:
    """Return the layers that join inputs; those with fewer axes get more of size 1, as in Keras."""
    if len(use.shapes) == 1:
        return [Found(kinds.Identity())]
    most = max(map(len, use.shapes))
    found = []
    for place, shape in enumerate(use.shapes):
        if len(shape) == most:
            continue
        sizes = use.layout.keras_shape(shape)
        if None in sizes:
            raise use.refuse("the size of an input that gets more axes is open: give input_shape")
        # Keras puts the new axes right behind the batch.
        wide = (*(1,) * (most - len(sizes)), *(size or 0 for size in sizes))
        layer = kinds.Reshape(shape=wide, channels_last=not use.layout.first)
        found.append(Found(layer, suffix="wide", only=place))
    return [*found, Found(kinds.Merge(kind=kind))]


@reads("Concatenate")
def _concatenate(use: Use) -> list[Found]:
    if len({len(shape) for shape in use.shapes}) > 1:
        raise use.refuse(f"its inputs have different numbers of axes, {use.shapes}")
    if len(use.shapes) == 1:
        return [Found(kinds.Identity())]
    axis = use.axis(use.layer.axis)
    if axis == 0:
        raise use.refuse("it joins along the batch")
    return [Found(kinds.Concatenate(axis=axis))]
