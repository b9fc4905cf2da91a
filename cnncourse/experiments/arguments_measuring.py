"""Try some values of an argument, and compare all who compute the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray, choice
from cnncourse.experiments.arguments_layers import (
    KERAS_LAYERS,
    TORCH_LAYERS,
    Weights,
    pair,
    run_keras,
    run_other,
    run_ours,
    run_torch,
)
from cnncourse.experiments.arguments_shared import (
    WITHOUT_KERAS,
    Case,
    Result,
    middle_kernels,
    mixed_kernels,
    numbered_picture,
    rows_of,
)
from cnncourse.frameworks.present import has_tensorflow

REFUSALS = (AttributeError, RuntimeError, TypeError, ValueError)
"""What the frameworks raise for an argument that they do not take."""


def measure(
    name: str,
    variants: Sequence[Mapping[str, Any]],
    finding: str,
    *,
    base: Mapping[str, Any] | None = None,
    positional: int = 0,
    picture: FloatArray | None = None,
    bias: float = 0.0,
    alike: bool = False,
    shown: Callable[[np.ndarray, int], str] | None = None,
) -> Result:
    """Run a layer with each of some values of an argument, three ways, and say what came out.

    Parameters
    ----------
    name : str
        Layer and argument, as "Conv2D.strides".
    variants : sequence of dict
        Arguments to try.
    finding : str
        What to keep from it.
    base : dict, optional
        Arguments that all variants share.
    positional : int, default 0
        How many of them the printed call shows without their names.
    picture : (1, C, H, W) ndarray, optional
        `numbered_picture()` if not given.
    bias : float, default 0
        The biases' value, where the layer has any.
    alike : bool, default False
        Kernels that copy the pixel as it is; if not, kernel f copies f + 1 times its value.
    shown : callable, optional
        From output and number of parameters to what the case's line shows; the first channel's
        numbers if not given.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If the layer is none of `KERAS_LAYERS` and `TORCH_LAYERS`.
    """
    layer = choice("layer", name.split(".")[0], (*KERAS_LAYERS, *TORCH_LAYERS))
    image = numbered_picture() if picture is None else picture
    cases: list[Case] = []
    worst: dict[str, float] = {}
    for variant in variants:
        arguments = {**(base or {}), **variant}
        weights = weights_for(layer, arguments, image.shape[1], bias, alike=alike)
        call = source_line(layer, arguments, positional)
        case, differences = _run(layer, arguments, call, image, weights, shown)
        cases.append(case)
        worst = {who: max(worst.get(who, 0.0), d) for who, d in differences.items()} or worst
    missing = "" if has_tensorflow() or layer in TORCH_LAYERS else WITHOUT_KERAS
    return Result(name, tuple(cases), finding, _source(layer), worst, missing)


def source_line(layer: str, arguments: Mapping[str, Any], positional: int = 0) -> str:
    """Write the call, the first few arguments without their names.

    Examples
    --------
    >>> source_line("Conv2D", {"filters": 1, "kernel_size": 3, "strides": 2}, 2)
    'Conv2D(1, 3, strides=2)'
    """
    words = [
        repr(v) if i < positional else f"{k}={v!r}" for i, (k, v) in enumerate(arguments.items())
    ]
    return f"{layer}({', '.join(words)})"


def weights_for(
    layer: str, arguments: Mapping[str, Any], channels: int, bias: float, *, alike: bool = False
) -> Weights | None:
    """The kernels that copy the middle pixel, in the size that the arguments ask for."""
    if layer not in ("Conv2D", "Conv2d"):
        return None
    outputs = arguments["filters" if layer == "Conv2D" else "out_channels"]
    inputs = arguments.get("in_channels", channels) // arguments.get("groups", 1)
    kernel = middle_kernels(outputs, inputs, pair(arguments["kernel_size"]), alike=alike)
    has_bias = arguments.get("use_bias" if layer == "Conv2D" else "bias", True)
    return Weights(kernel, np.full(outputs, bias) if has_bias else None)


def plane(output: np.ndarray, in_keras: bool) -> np.ndarray:
    """The first channel of the first picture."""
    return output[0, :, :, 0] if in_keras else output[0, 0]


def _source(layer: str) -> str:
    if layer in TORCH_LAYERS:
        return "torch"
    return "Keras" if has_tensorflow() else "ours"


def _run(
    layer: str,
    arguments: Mapping[str, Any],
    call: str,
    picture: FloatArray,
    weights: Weights | None,
    shown: Callable[[np.ndarray, int], str] | None,
) -> tuple[Case, dict[str, float]]:
    in_keras = layer in KERAS_LAYERS
    own = run_torch if not in_keras else run_keras if has_tensorflow() else _ours_channels_last
    try:
        output = own(layer, arguments, picture, weights)
    except REFUSALS as error:
        return Case(call, None, refused=f"{type(error).__name__}: {_first_line(error)}"), {}
    parameters = 0 if weights is None else weights.count
    text = shown(output, parameters) if shown else rows_of(plane(output, in_keras))
    others = {"ours": run_ours}
    if in_keras or has_tensorflow():
        others["torch" if in_keras else "Keras"] = run_other
    if own is _ours_channels_last:
        del others["ours"]
    differences = dict.fromkeys(others, 0.0)
    for tried in _both(weights):
        found = own(layer, arguments, picture, tried)
        found = found.transpose(0, 3, 1, 2) if in_keras else found
        for who, run in others.items():
            theirs = run(layer, arguments, picture, tried)
            differences[who] = max(differences[who], _distance(found, theirs))
    return Case(call, output, parameters, shown=text), differences


def _ours_channels_last(
    layer: str, arguments: Mapping[str, Any], picture: FloatArray, weights: Weights | None
) -> np.ndarray:
    return run_ours(layer, arguments, picture, weights).transpose(0, 2, 3, 1)


def _both(weights: Weights | None) -> tuple[Weights | None, ...]:
    """The weights shown, and mixed ones: a kernel that copies would hide a flip."""
    if weights is None:
        return (None,)
    return weights, Weights(mixed_kernels(weights.kernel.shape), weights.bias)


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).max()) if a.shape == b.shape else np.inf


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), "")
