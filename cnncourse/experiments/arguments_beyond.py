"""Arguments and conventions that the lecture's slides leave out, but no program can."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.conv import conv2d
from cnncourse.experiments.arguments_layers import Weights, run_keras, run_torch
from cnncourse.experiments.arguments_measuring import measure
from cnncourse.experiments.arguments_shared import (
    WITHOUT_KERAS,
    Case,
    Result,
    Table,
    mixed_kernels,
    numbered_picture,
)
from cnncourse.frameworks.present import has_tensorflow, load_keras

MISSING = "(no Keras here)"
"""What stands in a table where Keras is not installed."""

_DEFAULTS = (  # torch class, argument; Keras class, argument; "" where it has none
    ("Conv2d", "stride", "Conv2D", "strides"),
    ("Conv2d", "padding", "Conv2D", "padding"),
    ("Conv2d", "padding_mode", "", ""),
    ("Conv2d", "dilation", "Conv2D", "dilation_rate"),
    ("Conv2d", "groups", "Conv2D", "groups"),
    ("Conv2d", "bias", "Conv2D", "use_bias"),
    ("", "", "Conv2D", "activation"),
    ("MaxPool2d", "kernel_size", "MaxPool2D", "pool_size"),
    ("MaxPool2d", "stride", "MaxPool2D", "strides"),
    ("MaxPool2d", "padding", "MaxPool2D", "padding"),
    ("MaxPool2d", "ceil_mode", "", ""),
    ("AvgPool2d", "count_include_pad", "", ""),
    ("BatchNorm2d", "momentum", "BatchNormalization", "momentum"),
    ("BatchNorm2d", "eps", "BatchNormalization", "epsilon"),
)


def layouts() -> Result:
    """Order of the axes: channels first in torch, last in Keras; kernels alike."""
    picture = numbered_picture(channels=2)
    weights = Weights(mixed_kernels((3, 2, 3, 3)), np.zeros(3))
    ours = conv2d(picture, weights.kernel, weights.bias)
    arguments = {"in_channels": 2, "out_channels": 3, "kernel_size": 3}
    in_torch = run_torch("Conv2d", arguments, picture, weights)
    differences = {"ours": float(np.abs(in_torch - ours).max())}
    last = ours.transpose(0, 2, 3, 1)
    if has_tensorflow():
        last = run_keras("Conv2D", {"filters": 3, "kernel_size": 3}, picture, weights)
        differences["Keras"] = float(np.abs(last - in_torch.transpose(0, 2, 3, 1)).max())
    turned, reshaped = picture.transpose(0, 2, 3, 1), picture.reshape(1, 5, 6, 2)
    kept = int((turned == reshaped).sum())
    kernel = weights.kernel
    return Result(
        "layouts",
        (
            Case("Conv2d(2, 3, 3)", in_torch, weights.count, shown=_seen(picture, kernel)),
            Case(
                "Conv2D(3, 3)",
                last,
                weights.count,
                shown=_seen(turned, kernel.transpose(2, 3, 1, 0)),
            ),
        ),
        "transpose(0, 2, 3, 1) turns one picture into the other; reshape gives that shape with "
        f"{kept} of {picture.size} numbers in place.",
        "torch",
        differences,
        "" if has_tensorflow() else WITHOUT_KERAS,
    )


def _seen(picture: np.ndarray, kernel: np.ndarray) -> str:
    return f"from a picture {picture.shape} and kernels {kernel.shape}"


def dilation() -> Result:
    """Distance between neighbouring taps."""
    return measure(
        "Conv2d.dilation",
        [{"dilation": 1}, {"dilation": 2}, {"dilation": (1, 2)}],
        "At 2 the same 9 taps reach over 5 x 5 pixels. Keras: dilation_rate, and not together with "
        "strides.",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 3},
        positional=3,
    )


def groups() -> Result:
    """Parts into which the channels are split."""
    return measure(
        "Conv2d.groups",
        [{"groups": 1}, {"groups": 2}, {"groups": 4}],
        "Hundreds are the channel that was copied: outputs see their own group, by fewer weights.",
        base={"in_channels": 4, "out_channels": 4, "kernel_size": 3},
        positional=3,
        picture=numbered_picture(channels=4),
        alike=True,
        shown=lambda output, count: (
            f"{count} parameters; first pixel {' '.join(f'{v:.0f}' for v in output[0, :, 0, 0])}"
        ),
    )


def ceil_mode() -> Result:
    """Keep a last window that hangs over the end."""
    return measure(
        "MaxPool2d.ceil_mode",
        [{"ceil_mode": False}, {"ceil_mode": True}],
        "Row 5 fits no whole window. True keeps it, as Keras's 'same' does here; Keras has no such "
        "argument.",
        base={"kernel_size": 2},
        positional=1,
    )


def count_include_pad() -> Result:
    """Divisor of an average at the border, on a picture of one colour."""
    return measure(
        "AvgPool2d.count_include_pad",
        [{"count_include_pad": True}, {"count_include_pad": False}],
        "All pixels 36: a corner's window has 4 of them, and 5 zeros that count or not. In Keras: "
        "never.",
        base={"kernel_size": 3, "stride": 2, "padding": 1},
        positional=3,
        picture=np.full((1, 1, 5, 6), 36.0),
    )


def defaults() -> Table:
    """What each framework takes where nothing is said, read from the installed versions."""
    rows = []
    for torch_layer, torch_name, keras_layer, keras_name in _DEFAULTS:
        rows.append(
            (
                f"{torch_layer} {torch_name}".strip() or "-",
                default_of("torch", torch_layer, torch_name),
                f"{keras_layer} {keras_name}".strip() or "-",
                default_of("keras", keras_layer, keras_name),
            )
        )
    return Table(
        "defaults",
        ("torch", "default", "Keras", "default"),
        tuple(rows),
        "Same words, other meaning: momentum is the new batch's share in torch, the old average's "
        "in Keras.",
    )


def default_of(framework: str, layer: str, argument: str) -> str:
    """Read a default from the installed version.

    Parameters
    ----------
    framework : {"torch", "keras"}
    layer, argument : str
        Empty if the framework has no such thing.

    Returns
    -------
    str
        The default, "must be given", or "-".

    Examples
    --------
    >>> default_of("torch", "MaxPool2d", "kernel_size"), default_of("torch", "Conv2d", "stride")
    ('must be given', '1')
    """
    if not layer:
        return "-"
    if framework == "keras" and not has_tensorflow():
        return MISSING
    found = inspect.signature(_class(framework, layer)).parameters[argument].default
    return "must be given" if found is inspect.Parameter.empty else repr(found)


def _class(framework: str, layer: str) -> Any:
    if framework == "torch":
        import torch

        return getattr(torch.nn, layer)
    return getattr(load_keras("to read its defaults").layers, layer)


EXPERIMENTS: dict[str, Callable[[], Result | Table]] = {
    "layouts": layouts,
    "Conv2d.dilation": dilation,
    "Conv2d.groups": groups,
    "MaxPool2d.ceil_mode": ceil_mode,
    "AvgPool2d.count_include_pad": count_include_pad,
    "defaults": defaults,
}
"""By name."""
