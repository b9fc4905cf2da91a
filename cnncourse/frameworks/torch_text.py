"""What a layer of PyTorch, read from a text, is for an input of a known shape."""

from __future__ import annotations

import math
import re

from cnncourse.frameworks import layers as neutral
from cnncourse.frameworks.argument_values import Arguments
from cnncourse.frameworks.layers import Layer, Sizes
from cnncourse.frameworks.reading_text import Call
from cnncourse.frameworks.signatures import LayerTextError
from cnncourse.frameworks.text_activations import TORCH_CLASSES, activation
from cnncourse.frameworks.torch_text_windows import WINDOWS, Builder, channels_told


def layers_of_torch(call: Call, shape: Sizes) -> list[Layer]:
    """Translate one module of PyTorch into neutral layers.

    Parameters
    ----------
    call : Call
    shape : tuple of int
        Of its input, without the batch, channels first.

    Returns
    -------
    list of Layer
        One.

    Raises
    ------
    LayerTextError
        If an argument does not fit, or the layer does not fit the input.

    Examples
    --------
    >>> from cnncourse.frameworks.reading_text import read_layers
    >>> call = read_layers("nn.MaxPool2d(3, padding=1)").calls[0]
    >>> layers_of_torch(call, (1, 28, 28))[0].stride
    (3, 3)
    """
    if call.name in TORCH_CLASSES:
        name, options = TORCH_CLASSES[call.name]
        return [activation(name, **options)]
    return _BUILDERS[re.sub("[123]d", "", call.name)](Arguments(call), shape)


def _batch_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    if a["momentum"] is None:
        raise a.fault("momentum", "a number: None averages over all batches, and Keras has no such")
    if not a.flag("track_running_stats"):
        raise a.fault("track_running_stats", "True: without it, every batch is its own standard")
    affine = a.flag("affine")
    layer = neutral.BatchNormalisation(
        axis=1,
        channels=channels_told(a, "num_features", shape[0]),
        epsilon=a.number("eps", 0),
        momentum=a.number("momentum", 0, 1),
        scale=affine,
        shift=affine and a.flag("bias"),
    )
    return [layer]


def _layer_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    sizes = a["normalized_shape"]
    sizes = sizes if isinstance(sizes, tuple) else (sizes,)
    if not sizes or sizes != shape[-len(sizes) :]:
        raise a.fault("normalized_shape", f"the last sizes of the input's shape {shape}")
    affine = a.flag("elementwise_affine")
    layer = neutral.LayerNormalisation(
        axes=tuple(range(len(shape) + 1 - len(sizes), len(shape) + 1)),
        shape=sizes,
        epsilon=a.number("eps", 0),
        scale=affine,
        shift=affine and a.flag("bias"),
    )
    return [layer]


def _group_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    channels = channels_told(a, "num_channels", shape[0])
    if channels % a.count("num_groups"):
        raise a.fault("num_groups", f"a divisor of num_channels={channels}")
    return [_groups(a, a.count("num_groups"), channels)]


def _instance_norm(a: Arguments, shape: Sizes) -> list[Layer]:
    if a.flag("track_running_stats"):
        raise a.fault("track_running_stats", "False: running statistics are not explained here")
    channels = channels_told(a, "num_features", shape[0])
    return [_groups(a, channels, channels)]


def _groups(a: Arguments, groups: int, channels: int) -> Layer:
    affine = a.flag("affine")
    return neutral.GroupNormalisation(
        groups=groups,
        channels=channels,
        epsilon=a.number("eps", 0),
        scale=affine,
        shift=affine and a.flag("bias"),
    )


def _dropout(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Dropout(rate=a.number("p", 0, 1), whole_channels=a.axes > 0)]


def _flatten(a: Arguments, shape: Sizes) -> list[Layer]:
    axes = len(shape) + 1
    ends = []
    for name in ("start_dim", "end_dim"):
        value = a[name]
        if type(value) is not int or not -axes <= value < axes:
            raise a.fault(name, f"an axis from 1 to {axes - 1}, or from {1 - axes} to -1")
        ends.append(value % axes)
    start, end = ends
    if not 1 <= start <= end:
        raise a.fault("start_dim", "1 or more, so that the batch stays, and not after end_dim")
    if (start, end) == (1, axes - 1):
        return [neutral.Flatten(channels_last=False)]
    joined = math.prod(shape[start - 1 : end])
    return [neutral.Reshape(shape=(*shape[: start - 1], joined, *shape[end:]), channels_last=False)]


def _linear(a: Arguments, shape: Sizes) -> list[Layer]:
    features = channels_told(a, "in_features", shape[-1])
    layer = neutral.Dense(
        features_in=features,
        features_out=a.count("out_features"),
        bias=a.flag("bias"),
        axis=len(shape),
    )
    return [layer]


def _softmax(a: Arguments, shape: Sizes) -> list[Layer]:
    axes = len(shape) + 1
    dim = a["dim"]
    if type(dim) is not int or not (0 < dim < axes or -axes < dim < 0):
        hint = "without it PyTorch guesses, and warns" if dim is None else "the batch is axis 0"
        raise a.fault("dim", f"an axis from 1 to {axes - 1}, or from {1 - axes} to -1", hint)
    name = "softmax" if a.name == "Softmax" else "log_softmax"
    return [activation(name, axis=dim % axes)]


def _prelu(a: Arguments, shape: Sizes) -> list[Layer]:
    if a.count("num_parameters") not in (1, shape[0]):
        raise a.fault("num_parameters", f"1 or the {shape[0]} channels of the input")
    return [neutral.Slope(shape=(a.count("num_parameters"), *(1,) * (len(shape) - 1)))]


def _hardtanh(a: Arguments, shape: Sizes) -> list[Layer]:
    low, high = a.number("min_val"), a.number("max_val")
    if not low < high:
        raise a.fault("max_val", f"more than min_val={low:g}")
    return [activation("clip", high=high, low=low)]


def _gelu(a: Arguments, shape: Sizes) -> list[Layer]:
    word = a.word("approximate", "none", "tanh")
    return [activation("gelu" if word == "none" else "gelu_tanh")]


def _softplus(a: Arguments, shape: Sizes) -> list[Layer]:
    if a.number("beta") != 1 or a.number("threshold") != 20:
        raise LayerTextError("Softplus with another beta or threshold is not explained here")
    return [activation("softplus")]


def _with(name: str, option: str, argument: str) -> Builder:
    def build(a: Arguments, shape: Sizes) -> list[Layer]:
        return [activation(name, **{option: a.number(argument)})]

    return build


def _leaky(a: Arguments, shape: Sizes) -> list[Layer]:
    return [activation("relu", slope=a.number("negative_slope"), threshold=0.0, top=math.inf)]


def _identity(a: Arguments, shape: Sizes) -> list[Layer]:
    return [neutral.Identity()]


_BUILDERS: dict[str, Builder] = {
    **WINDOWS,
    "BatchNorm": _batch_norm,
    "LayerNorm": _layer_norm,
    "GroupNorm": _group_norm,
    "InstanceNorm": _instance_norm,
    "Dropout": _dropout,
    "Flatten": _flatten,
    "Linear": _linear,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "LeakyReLU": _leaky,
    "PReLU": _prelu,
    "ELU": _with("elu", "alpha", "alpha"),
    "CELU": _with("celu", "alpha", "alpha"),
    "GELU": _gelu,
    "Softplus": _softplus,
    "Hardtanh": _hardtanh,
    "Softshrink": _with("soft_shrink", "lambd", "lambd"),
    "Hardshrink": _with("hard_shrink", "lambd", "lambd"),
    "Identity": _identity,
}
