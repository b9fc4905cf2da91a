"""Keras's convolutions and dense layers as layers of a graph; and what is refused, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.keras_activations import activation_of
from cnncourse.frameworks.keras_use import Found, Use
from cnncourse.frameworks.layouts import (
    depthwise_kernel_to_torch,
    kernel_to_torch,
    transposed_kernel_to_torch,
)

Reader = Callable[[Use], list[Found]]
READERS: dict[str, Reader] = {}
"""How each class of `keras.layers` is read, by its name."""


def reads(*names: str) -> Callable[[Reader], Reader]:
    """Enter a function into `READERS` under the names of Keras's classes."""

    def enter(reader: Reader) -> Reader:
        READERS.update(dict.fromkeys(names, reader))
        return reader

    return enter


_ACTIVATED = (
    *("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D"),
    *("SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Dense"),
)
_REASONS = {
    "Lambda": "a Lambda may hold any Python code",
    "Masking": "masks are not carried over",
    "Embedding": "it looks numbers up, and is no layer of a CNN",
} | dict.fromkeys(
    ("GaussianNoise", "GaussianDropout", "AlphaDropout"),
    "torch.nn has no layer with the same noise in training; leave it out to evaluate",
)


def read_layer(use: Use) -> list[Found]:
    """Return the graph's layers for one use of a Keras layer.

    Raises
    ------
    CannotTranslate
        If it is not a layer of Keras itself, not one that is known here, or set to something that
        torch does not do.
    """
    from cnncourse.frameworks import keras_norm_layers, keras_own_layers, keras_plain_layers

    # They were loaded for what they enter into READERS.
    del keras_norm_layers, keras_own_layers, keras_plain_layers
    name = type(use.layer).__name__
    _refuse_others(use, name)
    found = READERS[name](use)
    _refuse_half_trained(use)
    _note_training(use)
    if name in _ACTIVATED:
        found = [*found, *activation_of(_after(use, found), use.layer.activation)]
    return found


def _refuse_others(use: Use, name: str) -> None:
    import keras

    layer = use.layer
    if isinstance(layer, keras.Model):
        raise use.refuse("a subclassed model may do anything in its call")
    if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
        raise use.refuse(f"{name} is recurrent; only layers of CNNs are translated")
    ours = type(layer).__module__ == "cnncourse.frameworks.keras_layers"
    if getattr(keras.layers, name, None) is not type(layer) and not ours:
        known = next(
            (kind.__name__ for kind in type(layer).__mro__[1:] if _is_keras(kind)), "Layer"
        )
        raise use.refuse(f"{name} is a class of its own (a {known}), whose call may do anything")
    if name not in READERS:
        raise use.refuse(_REASONS.get(name, f"{name} is not a layer that is translated"))
    if getattr(layer, "quantization_mode", None) or getattr(layer, "lora_enabled", False):
        raise use.refuse("its kernel is quantised or has a LoRA addition")


def _is_keras(kind: type) -> bool:
    import keras

    return getattr(keras.layers, kind.__name__, None) is kind


_NOT_LEARNED = (
    "mean",
    "variance",
    "count",
    "moving_mean",
    "moving_variance",
    "seed_generator_state",
)


def _refuse_half_trained(use: Use) -> None:
    learned = [weight for weight in use.layer.weights if weight.name not in _NOT_LEARNED]
    if len({weight.trainable for weight in learned}) > 1:
        raise use.refuse("only some of its weights are trainable")


def _note_training(use: Use) -> None:
    """Note regularisers and constraints: they act on the training alone, and torch has none."""
    for name, value in vars(use.layer).items():
        if name.endswith(("_regularizer", "_constraint")) and value is not None:
            use.only_training.append(f"{name.strip('_')} of {use.name!r}")


def _after(use: Use, found: list[Found]) -> Use:
    """Return the use of what comes behind: with the shape of the output, as far as it matters."""
    from cnncourse.frameworks.sizes import output_shape

    shape = use.shapes[0]
    try:
        for part in found:
            shape = output_shape(part.layer, [shape])
    except ValueError as error:
        raise use.refuse(str(error)) from None
    return Use(use.layer, use.name, (shape,), use.layout, use.inference)


def _pads(use: Use, ends: tuple[int, ...]) -> kinds.Pads | kinds.Same:
    """Return the padding of a layer whose (dilated) kernel covers `ends` cells on each axis."""
    if use.layer.padding == "same":
        return "same"
    if use.layer.padding == "causal":
        return tuple((end - 1, 0) for end in ends)
    return ((0, 0),) * len(ends)


def _ends(layer: Any) -> tuple[int, ...]:
    return tuple(
        (k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)
    )


@reads("Conv1D", "Conv2D", "Conv3D")
def _convolution(use: Use) -> list[Found]:
    layer = use.layer
    kernel = kernel_to_torch(use.array(layer.kernel))
    return [
        use.found(
            kinds.Convolution(
                channels_in=kernel.shape[1] * layer.groups,
                channels_out=layer.filters,
                size=layer.kernel_size,
                stride=layer.strides,
                dilation=layer.dilation_rate,
                padding=_pads(use, _ends(layer)),
                groups=layer.groups,
                bias=layer.use_bias,
            ),
            kernel=kernel,
            bias=layer.bias,
        )
    ]


def _depthwise_part(use: Use, variable: Any, bias: Any, suffix: str = "") -> Found:
    layer = use.layer
    array = use.array(variable)
    kernel = depthwise_kernel_to_torch(array)
    return use.found(
        kinds.Convolution(
            channels_in=array.shape[-2],
            channels_out=kernel.shape[0],
            size=layer.kernel_size,
            stride=layer.strides,
            dilation=layer.dilation_rate,
            padding=_pads(use, _ends(layer)),
            groups=array.shape[-2],
            bias=bias is not None,
        ),
        suffix,
        kernel=kernel,
        bias=bias,
    )


@reads("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(use: Use) -> list[Found]:
    return [_depthwise_part(use, use.layer.kernel, use.layer.bias)]


@reads("SeparableConv1D", "SeparableConv2D")
def _separable(use: Use) -> list[Found]:
    layer = use.layer
    kernel = kernel_to_torch(use.array(layer.pointwise_kernel))
    ones = (1,) * layer.rank
    pointwise = kinds.Convolution(
        channels_in=kernel.shape[1],
        channels_out=kernel.shape[0],
        size=ones,
        stride=ones,
        dilation=ones,
        padding=((0, 0),) * layer.rank,
        bias=layer.use_bias,
    )
    return [
        _depthwise_part(use, layer.depthwise_kernel, None, "depthwise"),
        use.found(pointwise, "pointwise", kernel=kernel, bias=layer.bias),
    ]


@reads("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _transposed(use: Use) -> list[Found]:
    layer = use.layer
    kernel = transposed_kernel_to_torch(use.array(layer.kernel))
    more = layer.output_padding or (None,) * layer.rank
    crop = tuple(
        _crop(end, stride, layer.padding, added)
        for end, stride, added in zip(_ends(layer), layer.strides, more, strict=True)
    )
    return [
        use.found(
            kinds.TransposedConvolution(
                channels_in=kernel.shape[0],
                channels_out=layer.filters,
                size=layer.kernel_size,
                stride=layer.strides,
                dilation=layer.dilation_rate,
                crop=crop,
                bias=layer.use_bias,
            ),
            kernel=kernel,
            bias=layer.bias,
        )
    ]


def _crop(end: int, stride: int, padding: str, added: int | None) -> tuple[int, int]:
    """Return what Keras drops of a transposed convolution's (n - 1) * stride + end positions.

    It is the adjoint of the convolution that has this padding, whose "same" puts the odd cell
    after. The output's size is that of `keras.layers.Conv2DTranspose`.
    """
    if padding == "valid":
        return (0, -(max(stride - end, 0) if added is None else added))
    total = end - stride if added is None else end - end % 2 - added
    before = max(total, 0) // 2
    return (before, total - before)


@reads("Dense")
def _dense(use: Use) -> list[Found]:
    kernel = use.array(use.layer.kernel).T
    layer = kinds.Dense(
        features_in=kernel.shape[1],
        features_out=kernel.shape[0],
        bias=use.layer.use_bias,
        axis=use.axis(-1),
    )
    return [use.found(layer, kernel=kernel, bias=use.layer.bias)]
