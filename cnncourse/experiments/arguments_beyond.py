"""Arguments and conventions that the lecture's slides leave out, but no program can."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
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
from cnncourse.frameworks.signatures import NEEDED, signature
from cnncourse.shapes import same_padding

RECORDED = "3.15"
"""Version of Keras that ``frameworks/signatures.toml`` has the arguments of."""

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
    """Keep a last window that hangs over the end, beside Keras's "same", which shares out."""
    row = np.arange(1.0, 11).reshape(1, 1, 1, 10)
    sides = same_padding(10, 3, 3)
    hanging = measure(
        "MaxPool2d.ceil_mode",
        [{"ceil_mode": False}, {"ceil_mode": True}],
        "The row 1 2 ... 10: ceil_mode hangs over at its end only, 'same' shares out "
        f"({sides[0]} before, {sides[1]} after).",
        base={"kernel_size": (1, 3)},
        positional=1,
        picture=row,
    )
    shared = measure(
        "MaxPool2D.padding",
        [{"padding": "same"}],
        "",
        base={"pool_size": (1, 3)},
        positional=1,
        picture=row,
    )
    found = hanging.differences
    return replace(
        hanging,
        cases=hanging.cases + shared.cases,
        differences={who: max(found[who], *shared.differences.values()) for who in found},
        missing=shared.missing,
    )


def count_include_pad() -> Result:
    """Divisor of an average at the border, on a picture of one colour."""
    return measure(
        "AvgPool2d.count_include_pad",
        [
            {"count_include_pad": True},
            {"count_include_pad": False},
            {"count_include_pad": True, "ceil_mode": True},
        ],
        "All pixels 36, 4 of 9 places in a corner. Keras counts pixels alone; what ceil_mode adds, "
        "nobody.",
        base={"kernel_size": 3, "stride": 2, "padding": 1},
        positional=3,
        picture=np.full((1, 1, 5, 6), 36.0),
    )


def defaults() -> Table:
    """What each framework takes where nothing is said, read from the installed versions.

    Keras's come from the course's table of arguments where it is not installed.
    """
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
    keras = "Keras" if has_tensorflow() else f"Keras {RECORDED}, as recorded"
    return Table(
        "defaults",
        ("torch", "default", keras, "default"),
        tuple(rows),
        "Same word, other meaning: BatchNorm's momentum (not an optimiser's) is the new batch's "
        "share in torch,\nthe old average's in Keras.",
    )


def default_of(framework: str, layer: str, argument: str) -> str:
    """Read a default from the installed version; Keras's from the course's table, if need be.

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
        return _recorded(layer, argument)
    found = inspect.signature(_class(framework, layer)).parameters[argument].default
    return "must be given" if found is inspect.Parameter.empty else repr(found)


def _recorded(layer: str, argument: str) -> str:
    known = signature("keras", layer)
    assert known is not None  # all of _DEFAULTS are in the table
    found = next(a.default for a in known.arguments if a.name == argument)
    return "must be given" if found is NEEDED else repr(found)


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
