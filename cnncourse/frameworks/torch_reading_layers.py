"""What the functions of `torch.nn.functional` mean, as layers: convolution to activations.

Each reader has the arguments of the function that it reads, under torch's names; `read` is the
`Reading` that it adds nodes to.
"""

from __future__ import annotations

from typing import Any

from cnncourse.frameworks.layers import (
    BatchNormalisation,
    Convolution,
    Dense,
    Dropout,
    GroupNormalisation,
    LayerNormalisation,
    Pads,
    Slope,
    TransposedConvolution,
)
from cnncourse.frameworks.torch_signals import READERS, Reading, Signal, reads
from cnncourse.frameworks.torch_tracing import Evaluation

__all__ = ["READERS"]


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """One integer for each spatial axis: torch takes a number, or one in a tuple, for all."""
    numbers = tuple(value) if isinstance(value, tuple | list) else (value,)
    return tuple(int(n) for n in (numbers * rank if len(numbers) == 1 else numbers))


def both_ends(padding: Any, rank: int) -> Pads:
    """So many cells at both ends of each axis."""
    return tuple((cells, cells) for cells in per_axis(padding, rank))


def _conv_pads(padding: Any, size: Any, dilation: Any) -> Pads:
    """Cells at each end, also for torch's words; "same" puts the odd cell behind."""
    if padding == "valid":
        return ((0, 0),) * len(size)
    if padding == "same":
        totals = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    return both_ends(padding, len(size))


@reads("conv1d", "conv2d", "conv3d")
def conv(
    read: Reading,
    input: Signal,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    mode: str = "zeros",
) -> Signal:
    """A convolution; `mode` is what a module calls padding_mode."""
    size = tuple(weight.shape[2:])
    dilation = per_axis(dilation, len(size))
    layer = Convolution(
        channels_in=weight.shape[1] * groups,
        channels_out=weight.shape[0],
        size=size,
        stride=per_axis(stride, len(size)),
        dilation=dilation,
        padding=_conv_pads(padding, size, dilation),
        groups=groups,
        bias=bias is not None,
        mode=mode,
    )
    weights = {"kernel": read.stored_weight(weight), "bias": read.stored_weight(bias)}
    return read.emit(layer, input, weights=weights)


@reads("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def conv_transpose(
    read: Reading,
    input: Signal,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Signal:
    """A transposed convolution."""
    size = tuple(weight.shape[2:])
    ends = zip(per_axis(padding, len(size)), per_axis(output_padding, len(size)), strict=True)
    layer = TransposedConvolution(
        channels_in=weight.shape[0],
        channels_out=weight.shape[1] * groups,
        size=size,
        stride=per_axis(stride, len(size)),
        dilation=per_axis(dilation, len(size)),
        crop=tuple((cells, cells - more) for cells, more in ends),
        groups=groups,
        bias=bias is not None,
    )
    weights = {"kernel": read.stored_weight(weight), "bias": read.stored_weight(bias)}
    return read.emit(layer, input, weights=weights)


@reads("linear")
def linear(read: Reading, input: Signal, weight: Any, bias: Any = None) -> Signal:
    """A dense layer on the last axis."""
    layer = Dense(
        features_in=weight.shape[1],
        features_out=weight.shape[0],
        bias=bias is not None,
        axis=input.axes - 1,
    )
    weights = {"kernel": read.stored_weight(weight), "bias": read.stored_weight(bias)}
    return read.emit(layer, input, weights=weights)


@reads("batch_norm")
def batch_norm(
    read: Reading,
    input: Signal,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: Any = False,
    momentum: float | None = 0.1,
    eps: float = 1e-5,
) -> Signal:
    """Batch normalisation by running statistics."""
    if running_mean is None or (training and not isinstance(training, Evaluation)):
        read.refuse("it normalises by the statistics of each batch also in evaluation mode")
    if momentum is None:
        read.refuse(
            "momentum=None averages over all batches alike, and Keras has no such average; "
            "set its momentum to a number"
        )
    layer = BatchNormalisation(
        axis=1,
        channels=running_mean.numel(),
        epsilon=float(eps),
        momentum=float(momentum),
        scale=weight is not None,
        shift=bias is not None,
    )
    weights = {"mean": running_mean, "variance": running_var, "scale": weight, "shift": bias}
    held = {name: read.stored_weight(w) for name, w in weights.items()}
    return read.emit(layer, input, weights=held)


def _scaled(
    read: Reading,
    layer: GroupNormalisation | LayerNormalisation,
    input: Signal,
    weight: Any,
    bias: Any,
) -> Signal:
    weights = {"scale": read.stored_weight(weight), "shift": read.stored_weight(bias)}
    return read.emit(layer, input, weights=weights)


@reads("layer_norm")
def layer_norm(
    read: Reading,
    input: Signal,
    normalized_shape: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Signal:
    """Layer normalisation over the last axes."""
    shape = tuple(int(size) for size in normalized_shape)
    layer = LayerNormalisation(
        axes=tuple(range(input.axes - len(shape), input.axes)),
        shape=shape,
        epsilon=float(eps),
        scale=weight is not None,
        shift=bias is not None,
    )
    return _scaled(read, layer, input, weight, bias)


@reads("group_norm")
def group_norm(
    read: Reading,
    input: Signal,
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Signal:
    """Group normalisation."""
    layer = GroupNormalisation(
        groups=int(num_groups),
        channels=input.shape[0],
        epsilon=float(eps),
        scale=weight is not None,
        shift=bias is not None,
    )
    return _scaled(read, layer, input, weight, bias)


@reads("instance_norm")
def instance_norm(
    read: Reading,
    input: Signal,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: Any = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Signal:
    """Instance normalisation: a group for each channel."""
    if running_mean is not None:
        read.refuse("Keras has no instance normalisation with running statistics")
    return group_norm(read, input, input.shape[0], weight, bias, eps)


@reads("prelu")
def prelu(read: Reading, input: Signal, weight: Any) -> Signal:
    """Learned slopes, one for all or one for each channel."""
    shape = (weight.numel(), *(1,) * (input.axes - 2))
    return read.emit(Slope(shape=shape), input, weights={"slope": read.stored_weight(weight)})


def dropout(read: Reading, input: Signal, p: float, training: Any, whole_channels: bool) -> Signal:
    """Dropout that follows the module's mode; nothing where it is switched off for good."""
    if not isinstance(training, Evaluation):
        if training and p:
            read.refuse("it drops numbers in evaluation mode too; pass training=self.training")
        if p and read.asked:
            read.refuse(
                "whether it drops numbers in training does not show; pass training=self.training "
                "itself, and not what bool() makes of it"
            )
        return input
    return read.emit(Dropout(rate=float(p), whole_channels=whole_channels), input)


@reads("dropout")
def _(
    read: Reading, input: Signal, p: float = 0.5, training: Any = True, inplace: bool = False
) -> Signal:
    return dropout(read, input, p, training, False)


@reads("dropout1d", "dropout2d", "dropout3d")
def _(
    read: Reading, input: Signal, p: float = 0.5, training: Any = True, inplace: bool = False
) -> Signal:
    return dropout(read, input, p, training, True)
