"""What the modules of `torch.nn` mean, as layers.

Most are read as the function that they call, with their own attributes as its arguments.
"""

from __future__ import annotations

from typing import Any

from cnncourse.frameworks import torch_reading_own, torch_reading_pooling
from cnncourse.frameworks import torch_reading_shapes as shapes
from cnncourse.frameworks.layers import Identity
from cnncourse.frameworks.torch_reading_layers import (
    batch_norm,
    conv,
    conv_transpose,
    dropout,
    group_norm,
    layer_norm,
    linear,
    prelu,
)
from cnncourse.frameworks.torch_signals import READERS, Reading, Signal, reads_module
from cnncourse.frameworks.torch_tracing import Evaluation

del torch_reading_own, torch_reading_pooling  # loaded for the readers that they register


@reads_module("Conv1d", "Conv2d", "Conv3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    kernel, bias = _stored(read, m, "weight"), _stored(read, m, "bias")
    geometry = (m.stride, m.padding, m.dilation, m.groups)
    return conv(read, input, kernel, bias, *geometry, mode=m.padding_mode)


@reads_module("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    kernel, bias = _stored(read, m, "weight"), _stored(read, m, "bias")
    geometry = (m.stride, m.padding, m.output_padding, m.groups, m.dilation)
    return conv_transpose(read, input, kernel, bias, *geometry)


@reads_module("Linear")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return linear(read, input, _stored(read, m, "weight"), _stored(read, m, "bias"))


def _stored(read: Reading, module: Any, name: str) -> Any:
    """A weight of a module, normalised where it is: then a tensor that is not stored as it is."""
    weight = read.parameter(module, name)
    read.stored.add(id(weight))
    read.kept.append(weight)
    return weight


@reads_module("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    mode = Evaluation(0) if m.running_mean is not None else True
    statistics = (m.running_mean, m.running_var, m.weight, m.bias)
    return batch_norm(read, input, *statistics, mode, m.momentum, m.eps)


@reads_module("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    if m.running_mean is not None:
        read.refuse("Keras has no instance normalisation with running statistics")
    return group_norm(read, input, input.shape[0], m.weight, m.bias, m.eps)


@reads_module("GroupNorm")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return group_norm(read, input, m.num_groups, m.weight, m.bias, m.eps)


@reads_module("LayerNorm")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return layer_norm(read, input, m.normalized_shape, m.weight, m.bias, m.eps)


@reads_module("PReLU")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return prelu(read, input, m.weight)


@reads_module("Dropout")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return dropout(read, input, m.p, Evaluation(0), False)


@reads_module("Dropout1d", "Dropout2d", "Dropout3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return dropout(read, input, m.p, Evaluation(0), True)


@reads_module("Identity")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return read.emit(Identity(), input)


@reads_module("Flatten", "Unflatten")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return shapes.reshape(read, input, tuple(read.value.shape[1:]))


def _called(function: str, names: str, attributes: str = "") -> None:
    """Register modules that call a function with some of their attributes, under the same names."""

    def read_module(read: Reading, m: Any, input: Signal) -> Any:
        arguments = {name: getattr(m, name) for name in attributes.split() if hasattr(m, name)}
        return READERS[function](read, input, **arguments)

    reads_module(*names.split())(read_module)


for _rank in "123":
    _windows = "kernel_size stride padding"
    _called(
        f"max_pool{_rank}d", f"MaxPool{_rank}d", f"{_windows} dilation ceil_mode return_indices"
    )
    _averaged = f"{_windows} ceil_mode count_include_pad divisor_override"
    _called(f"avg_pool{_rank}d", f"AvgPool{_rank}d", _averaged)
    _called(f"lp_pool{_rank}d", f"LPPool{_rank}d", "norm_type kernel_size stride ceil_mode")
    _called(f"adaptive_avg_pool{_rank}d", f"AdaptiveAvgPool{_rank}d", "output_size")
    _adaptive = "output_size return_indices"
    _called(f"adaptive_max_pool{_rank}d", f"AdaptiveMaxPool{_rank}d", _adaptive)

for _function, _names, _attributes in (
    ("relu", "ReLU", ""),
    ("relu6", "ReLU6", ""),
    ("leaky_relu", "LeakyReLU", "negative_slope"),
    ("threshold", "Threshold", "threshold value"),
    ("hardtanh", "Hardtanh", "min_val max_val"),
    ("elu", "ELU", "alpha"),
    ("celu", "CELU", "alpha"),
    ("selu", "SELU", ""),
    ("gelu", "GELU", "approximate"),
    ("silu", "SiLU", ""),
    ("mish", "Mish", ""),
    ("sigmoid", "Sigmoid", ""),
    ("logsigmoid", "LogSigmoid", ""),
    ("tanh", "Tanh", ""),
    ("softplus", "Softplus", "beta threshold"),
    ("softsign", "Softsign", ""),
    ("hardsigmoid", "Hardsigmoid", ""),
    ("hardswish", "Hardswish", ""),
    ("hardshrink", "Hardshrink", "lambd"),
    ("softshrink", "Softshrink", "lambd"),
    ("tanhshrink", "Tanhshrink", ""),
    ("softmax", "Softmax", "dim"),
    ("log_softmax", "LogSoftmax", "dim"),
    ("pixel_shuffle", "PixelShuffle", "upscale_factor"),
    ("pixel_unshuffle", "PixelUnshuffle", "downscale_factor"),
    ("channel_shuffle", "ChannelShuffle", "groups"),
    (
        "interpolate",
        "Upsample UpsamplingNearest2d UpsamplingBilinear2d",
        "size scale_factor mode align_corners recompute_scale_factor",
    ),
):
    _called(_function, _names, _attributes)


@reads_module("Softmax2d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return READERS["softmax"](read, input, dim=1)


def _padding(mode: str, *names: str) -> None:
    """Register padding modules."""

    @reads_module(*names)
    def _(read: Reading, m: Any, input: Signal) -> Signal:
        value = getattr(m, "value", 0.0)
        return shapes.pad(read, input, m.padding, mode=mode, value=value)


for _kind, _mode in (
    ("Zero", "constant"),
    ("Constant", "constant"),
    ("Reflection", "reflect"),
    ("Replication", "replicate"),
    ("Circular", "circular"),
):
    _padding(_mode, *(f"{_kind}Pad{rank}d" for rank in (1, 2, 3)))
