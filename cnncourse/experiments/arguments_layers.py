"""One layer run three times: by its own framework, by the other one, and by our operators.

Inside, pictures are (N, C, H, W) and kernels (C_out, C_in, kH, kW), as in lecture eq. (6); numbers
are float64, in which sums of small whole numbers have no rounding on any machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray
from cnncourse.conv import conv2d
from cnncourse.frameworks.present import load_keras
from cnncourse.pooling import pool2d
from cnncourse.shapes import image_padding, pool_output_size

KERAS_LAYERS = ("Conv2D", "MaxPool2D", "AveragePooling2D")
TORCH_LAYERS = ("Conv2d", "MaxPool2d", "AvgPool2d")

WHY = "to run a layer of Keras"

NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""What ``numpy.pad`` calls the padding modes of ``torch.nn.Conv2d``."""

_PLAIN = {  # each framework's names for one thing, and ours
    "strides": "stride",
    "dilation_rate": "dilation",
    "pool_size": "size",
}


@dataclass(frozen=True, eq=False)
class Weights:
    """Kernels (C_out, C_in / groups, kH, kW) and biases (C_out,) or None."""

    kernel: FloatArray
    bias: FloatArray | None

    @property
    def count(self) -> int:
        """How many numbers they are."""
        return self.kernel.size + (0 if self.bias is None else self.bias.size)


def pair(value: Any) -> tuple[int, int]:
    """A number for both axes, or (rows, columns)."""
    return (value, value) if isinstance(value, int) else tuple(value)


def run_keras(
    layer: str, arguments: Mapping[str, Any], picture: FloatArray, weights: Weights | None
) -> np.ndarray:
    """Call the layer of Keras; its own layout, (N, H, W, C).

    Parameters
    ----------
    layer : str
        Name of a class in ``keras.layers``.
    arguments : dict
        Its arguments.
    picture : (N, C, H, W) ndarray
    weights : Weights or None
        None for a layer without any.

    Returns
    -------
    (N, H', W', C') float64 ndarray
    """
    keras = load_keras(WHY)

    made = getattr(keras.layers, layer)(**arguments, dtype="float64")
    images = picture.transpose(0, 2, 3, 1)
    made.build(images.shape)
    if weights is not None:
        kernel = weights.kernel.transpose(2, 3, 1, 0)
        made.set_weights([kernel] if weights.bias is None else [kernel, weights.bias])
    return np.asarray(keras.ops.convert_to_numpy(made(images)))


def run_torch(
    layer: str, arguments: Mapping[str, Any], picture: FloatArray, weights: Weights | None
) -> np.ndarray:
    """Call the layer of torch, (N, C, H, W); parameters as `run_keras`."""
    import torch

    dtype = {} if weights is None else {"dtype": torch.float64}
    with torch.random.fork_rng(devices=[]), torch.no_grad():  # a new layer draws its weights
        made = getattr(torch.nn, layer)(**arguments, **dtype)
        if weights is not None:
            made.weight.copy_(torch.from_numpy(weights.kernel))
            if weights.bias is not None:
                made.bias.copy_(torch.from_numpy(weights.bias))
        output: np.ndarray = made(torch.from_numpy(picture)).numpy()
    return output


def run_ours(
    layer: str, arguments: Mapping[str, Any], picture: FloatArray, weights: Weights | None
) -> np.ndarray:
    """The same by `conv2d` or `pool2d`, (N, C, H, W); parameters as `run_keras`."""
    plain = _plain(arguments)
    if weights is None:
        kind = "max" if layer.startswith("Max") else "average"
        if layer in KERAS_LAYERS:
            plain.setdefault("size", 2)
            plain["count_include_pad"] = False
        return pool2d(picture, plain.pop("size"), kind=kind, **plain)
    relu = plain.pop("activation", None) == "relu"
    output = conv2d(picture, weights.kernel, weights.bias, **plain)
    return np.maximum(output, 0) if relu else output


def run_other(
    layer: str, arguments: Mapping[str, Any], picture: FloatArray, weights: Weights | None
) -> np.ndarray:
    """The same in the other framework, padded beforehand, (N, C, H, W); parameters as `run_keras`.

    What "same" or a padding mode means differs in name; that it is the same layer on a picture with
    a border put around it does not.
    """
    in_torch = layer in KERAS_LAYERS
    plain = _plain(arguments)
    if weights is None:
        size = pair(plain.pop("size", 2))
        stride = pair(plain.get("stride") or size)
        border = _pool_border(picture.shape[2:], size, stride, plain)
        if layer.startswith("Max"):
            padded = np.pad(picture, border, constant_values=-np.inf)
            return _pool(in_torch, "max", padded, size, stride)
        average = _pool(in_torch, "average", np.pad(picture, border), size, stride)
        area = size[0] * size[1]
        counted = _counted(picture.shape, border, size, stride, plain, in_torch=in_torch)
        return average * area / _pool(in_torch, "average", area * counted, size, stride)
    stride, dilation = pair(plain.get("stride", 1)), pair(plain.get("dilation", 1))
    sides = image_padding(
        picture.shape[2:],
        weights.kernel.shape[2:],
        plain.get("padding", 0),
        stride=stride,
        dilation=dilation,
    )
    mode: Any = NUMPY_MODES[plain.get("padding_mode", "zeros")]
    padded = np.pad(picture, ((0, 0), (0, 0), *sides), mode=mode)
    groups = plain.get("groups", 1)
    convolve = _convolve_in_torch if in_torch else _convolve_in_keras
    output = convolve(padded, weights, stride, dilation, groups)
    return np.maximum(output, 0) if plain.get("activation") == "relu" else output


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Our names of a layer's arguments, without those that the weights already show."""
    in_weights = {"filters", "in_channels", "out_channels", "use_bias", "bias"}
    plain = {_PLAIN.get(k, k): v for k, v in arguments.items() if k not in in_weights}
    if any(name in arguments for name in ("filters", "in_channels")):
        plain.pop("kernel_size")
    elif "kernel_size" in plain:
        plain["size"] = plain.pop("kernel_size")
    return plain


def _pool_border(
    shape: Sequence[int], size: tuple[int, int], stride: tuple[int, int], plain: Mapping[str, Any]
) -> list[tuple[int, int]]:
    """What to put around a picture for pooling; `ceil_mode` hangs over at the end."""
    sides = image_padding((shape[0], shape[1]), size, plain.get("padding", 0), stride=stride)
    border = [(0, 0), (0, 0)]
    for n, k, s, (before, after) in zip(shape, size, stride, sides, strict=True):
        if plain.get("ceil_mode"):
            count = pool_output_size(n, k, stride=s, padding=before, ceil_mode=True)
            after = max(after, (count - 1) * s + k - n - before)
        border.append((before, after))
    return border


def _counted(
    shape: tuple[int, ...],
    border: Sequence[tuple[int, int]],
    size: tuple[int, int],
    stride: tuple[int, int],
    plain: Mapping[str, Any],
    *,
    in_torch: bool,
) -> FloatArray:
    """1 where a place of the bordered picture counts in an average, 0 elsewhere.

    Padding does where it is asked for; what hangs over beyond it, by `ceil_mode`, never does.
    """
    sides = [(0, 0)] * 4
    if plain.get("count_include_pad", not in_torch):
        sides[2:] = image_padding(
            (shape[2], shape[3]), size, plain.get("padding", 0), stride=stride
        )
    counted = np.pad(np.ones(shape), sides, constant_values=1)
    beyond = [(b[0] - s[0], b[1] - s[1]) for b, s in zip(border, sides, strict=True)]
    return np.pad(counted, beyond)


def _pool(
    in_torch: bool, kind: str, padded: FloatArray, size: tuple[int, int], stride: tuple[int, int]
) -> np.ndarray:
    """Pool without padding, in torch or Keras; (N, C, H, W) in and out."""
    if in_torch:
        import torch

        functions = torch.nn.functional
        pool: Any = functions.max_pool2d if kind == "max" else functions.avg_pool2d
        output: np.ndarray = pool(torch.from_numpy(padded), size, stride).numpy()
        return output
    keras = load_keras(WHY)

    pool = keras.ops.max_pool if kind == "max" else keras.ops.average_pool
    images = padded.transpose(0, 2, 3, 1)
    pooled = pool(images, size, stride, "valid", data_format="channels_last")
    return np.asarray(keras.ops.convert_to_numpy(pooled)).transpose(0, 3, 1, 2)


def _convolve_in_torch(
    padded: FloatArray,
    weights: Weights,
    stride: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
) -> np.ndarray:
    import torch

    kernel, image = torch.from_numpy(weights.kernel), torch.from_numpy(padded)
    bias = None if weights.bias is None else torch.from_numpy(weights.bias)
    output: np.ndarray = torch.nn.functional.conv2d(
        image, kernel, bias, stride, 0, dilation, groups
    ).numpy()
    return output


def _convolve_in_keras(
    padded: FloatArray,
    weights: Weights,
    stride: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
) -> np.ndarray:
    """Keras finds the groups from the shapes."""
    keras = load_keras(WHY)

    images, kernel = padded.transpose(0, 2, 3, 1), weights.kernel.transpose(2, 3, 1, 0)
    found = keras.ops.conv(
        images, kernel, stride, "valid", data_format="channels_last", dilation_rate=dilation
    )
    output = np.asarray(keras.ops.convert_to_numpy(found)).transpose(0, 3, 1, 2)
    return output if weights.bias is None else output + weights.bias[:, None, None]
