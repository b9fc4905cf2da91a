"""What a layer of Keras, read from a text, is for an input of a known shape."""

from __future__ import annotations

import difflib
import math
import re

from cnncourse.frameworks import layers as neutral
from cnncourse.frameworks.argument_values import Arguments
from cnncourse.frameworks.keras_text_windows import WINDOWS, Builder
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.reading_text import Call
from cnncourse.frameworks.text_activations import KERAS_WORDS, activation


def layers_of_keras(call: Call, shape: Sizes) -> list[Layer]:
    """Translate one layer of Keras into neutral ones.

    Parameters
    ----------
    call : Call
    shape : tuple of int
        Of its input, without the batch, channels first.

    Returns
    -------
    list of Layer
        Mostly one; an ``activation=`` is one more, a separable convolution two.

    Raises
    ------
    LayerTextError
        If an argument does not fit, or the layer does not fit the input.

    Examples
    --------
    >>> from cnncourse.frameworks.reading_text import read_layers
    >>> call = read_layers("Conv2D(8, 3, strides=2, activation='relu')").calls[0]
    >>> [type(layer).__name__ for layer in layers_of_keras(call, (1, 28, 28))]
    ['Convolution', 'Activation']
    """
    arguments = Arguments(call)
    if "data_format" in call.values:
        hint = "in this course Keras has its channels last; write the layer in that order"
        arguments.word("data_format", None, "channels_last", hint=hint)  # type: ignore[arg-type]
    family = re.sub("[123]D", "", call.name)
    found = _BUILDERS[family](arguments, shape)
    if call.values.get("activation") is not None and family != "Activation":
        found.append(_named_activation(arguments, len(shape)))
    return found


def _batch_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    a.refuse("renorm", "is not explained here")
    axis = _first(a, "axis", a["axis"], len(shape))
    layer = neutral.BatchNormalisation(
        axis=axis,
        channels=shape[axis - 1],
        epsilon=a.number("epsilon", 0),
        momentum=round(1 - a.number("momentum", 0, 1), 12),
        scale=a.flag("scale"),
        shift=a.flag("center"),
    )
    return [layer]


def _layer_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    named = a["axis"] if isinstance(a["axis"], tuple) else (a["axis"],)
    axes = tuple(sorted({_first(a, "axis", axis, len(shape)) for axis in named}))
    layer = neutral.LayerNormalisation(
        axes=axes,
        shape=tuple(shape[axis - 1] for axis in axes),
        epsilon=a.number("epsilon", 0),
        scale=a.flag("scale"),
        shift=a.flag("center"),
    )
    return [layer]


def _group_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    if _first(a, "axis", a["axis"], len(shape)) != 1:
        raise a.fault("axis", "-1, the axis of the channels")
    groups = shape[0] if a["groups"] == -1 else a.count("groups")
    if shape[0] % groups:
        raise a.fault("groups", f"a divisor of the {shape[0]} channels of the input, or -1")
    layer = neutral.GroupNormalisation(
        groups=groups,
        channels=shape[0],
        epsilon=a.number("epsilon", 0),
        scale=a.flag("scale"),
        shift=a.flag("center"),
    )
    return [layer]


def _first(a: Arguments, name: str, axis: object, axes: int) -> int:
    """Keras's axis, the batch counted, as an axis of the channels-first tensor."""
    if not isinstance(axis, int) or isinstance(axis, bool) or not -axes <= axis <= axes or not axis:
        raise a.fault(name, f"an axis from 1 to {axes}, or from -{axes} to -1")
    place = axis if axis > 0 else axes + 1 + axis
    return place if axes == 1 else 1 if place == axes else place + 1


def _dropout(a: Arguments, shape: Sizes) -> list[Layer]:
    if "noise_shape" in a.call.values:
        a.refuse("noise_shape", "is not explained here")
    return [neutral.Dropout(rate=a.number("rate", 0, 1), whole_channels=a.axes > 0)]


def _flatten(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Flatten(channels_last=True)]


def _reshape(a: Arguments, shape: Sizes) -> list[Layer]:
    target, count = a["target_shape"], math.prod(shape)
    target = (target,) if isinstance(target, int) else target
    hint = "the batch is not counted"
    whole = isinstance(target, tuple) and target and all(type(size) is int for size in target)
    if not whole or target.count(-1) > 1 or any(size < -1 or size == 0 for size in target):
        raise a.fault("target_shape", "whole numbers, one of them -1 at most", hint)
    known = math.prod(size for size in target if size != -1)
    found = tuple(count // known if size == -1 else size for size in target)
    if math.prod(found) != count:
        raise a.fault("target_shape", f"a shape of the input's {count} numbers", hint)
    return [neutral.Reshape(shape=found, channels_last=True)]


def _permute(a: Arguments, shape: Sizes) -> list[Layer]:
    axes, dims = len(shape), a["dims"]
    if not isinstance(dims, tuple) or sorted(map(repr, dims)) != [
        repr(i) for i in range(1, axes + 1)
    ]:
        raise a.fault("dims", f"the axes 1 to {axes} in some order")
    new = [_first(a, "dims", dim, axes) for dim in dims]  # of the output, channels last
    return [neutral.Permute(axes=(0, *new) if axes == 1 else (0, new[-1], *new[:-1]))]


def _dense(a: Arguments, shape: Sizes) -> list[Layer]:
    a.refuse("lora_rank", "is not explained here")
    units = a.count("units")
    # Keras's last axis holds the channels, which come first here.
    dense = neutral.Dense(features_in=shape[0], features_out=units, bias=a.flag("use_bias"), axis=1)
    return [dense]


def _activation_layer(a: Arguments, shape: Sizes) -> list[Layer]:
    return [_named_activation(a, len(shape))]


def _named_activation(a: Arguments, axes: int) -> Layer:
    word = a["activation"]
    if word not in KERAS_WORDS:
        near = difflib.get_close_matches(str(word), KERAS_WORDS, 1, 0.6)
        hint = f"did you mean {near[0]!r}?" if near else ""
        raise a.fault("activation", "the name of one, such as 'relu'", hint)
    name, options = KERAS_WORDS[word]
    return activation(name, **options, **({"axis": 1} if "softmax" in name else {}))


def _relu(a: Arguments, shape: Sizes) -> list[Layer]:
    top = math.inf if a["max_value"] is None else a.number("max_value", 0)
    slope, threshold = a.number("negative_slope", 0), a.number("threshold", 0)
    return [activation("relu", slope=slope, threshold=threshold, top=top)]


def _leaky_relu(a: Arguments, shape: Sizes) -> list[Layer]:
    slope = a.number("negative_slope", 0)
    return [activation("relu", slope=slope, threshold=0.0, top=math.inf)]


def _prelu(a: Arguments, shape: Sizes) -> list[Layer]:
    shared = a["shared_axes"]
    named = () if shared is None else shared if isinstance(shared, tuple) else (shared,)
    ones = {_first(a, "shared_axes", axis, len(shape)) for axis in named}
    sizes = tuple(1 if i in ones else size for i, size in enumerate(shape, 1))
    return [neutral.Slope(shape=sizes)]


def _elu(a: Arguments, shape: Sizes) -> list[Layer]:
    return [activation("elu", alpha=a.number("alpha"))]


def _softmax(a: Arguments, shape: Sizes) -> list[Layer]:
    return [activation("softmax", axis=_first(a, "axis", a["axis"], len(shape)))]


def _rescaling(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Rescaling(scale=a.number("scale"), offset=a.number("offset"))]


def _identity(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Identity()]


_BUILDERS: dict[str, Builder] = {
    **WINDOWS,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "Dropout": _dropout,
    "SpatialDropout": _dropout,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "Dense": _dense,
    "Activation": _activation_layer,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "PReLU": _prelu,
    "ELU": _elu,
    "Softmax": _softmax,
    "Rescaling": _rescaling,
    "Identity": _identity,
}
