"""Any PyTorch module for the layers explorer: its outputs, caught by hooks on its innermost parts.

torch is not imported here: who has a module has loaded it already.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.explore.layers_model import MOST_NUMBERS, FloatArray, Layer, Parameters

Pair = tuple[int, int]


class TorchLayers:
    """A PyTorch module and what its innermost modules give for an image.

    Parameters
    ----------
    module : torch.nn.Module
        It is copied, so that outputs and weights belong together whatever happens to it later, and
        the copy is run as for use, not for training (``eval()``).
    image : (C, H, W) ndarray
        What it is given, as a batch of one.

    Raises
    ------
    TypeError
        If `module` is no ``torch.nn.Module``.
    ValueError
        If it cannot be copied or take the image, gives no image-like or vector output anywhere,
        more numbers than can be drawn, or numbers that are not finite.
    """

    def __init__(self, module: Any, image: FloatArray) -> None:
        torch = torch_of(module)
        self._torch, self._module = torch, _copied(module)
        self.epochs: tuple[int, ...] = (0,)
        calls = self._calls(image)
        if not calls:
            raise ValueError("network must hold modules whose outputs are images or vectors")
        self.layers = [Layer("image", "image", _shape(image), -1)]
        self._parameters: list[Parameters | None] = [None]
        made = [image]
        for part, given, output in calls:
            self._add(part, given, output, made)
        self._paths(calls)
        total = sum(array.size for array in made)
        total += sum(sum(p.size for p in found) for found in self._parameters if found)
        if total > MOST_NUMBERS:
            raise ValueError(
                f"network must give at most {MOST_NUMBERS} numbers, outputs and weights "
                f"together, got {total}: show it a smaller image or fewer of its layers"
            )

    def outputs(self, image: FloatArray, epoch: int = 0) -> list[FloatArray]:
        """Outputs (C, H, W) of all layers, the image first."""
        return [image, *(output for _, _, output in self._calls(image))]

    def parameters(self, layer: int, epoch: int = 0) -> Parameters | None:
        """Kernel and bias of a layer, if its terms are shown."""
        return self._parameters[layer]

    def _calls(self, image: FloatArray) -> list[tuple[Any, FloatArray | None, FloatArray]]:
        """Each call of an innermost module: module, its input, its output (C, H, W)."""
        found: list[tuple[Any, FloatArray | None, FloatArray]] = []

        # The input is copied before the call: some modules write their output over it.
        before: list[FloatArray | None] = []

        def entering(part: Any, given: tuple) -> None:
            before.append(_image_like(given[0]) if given else None)

        def left(part: Any, given: tuple, output: Any) -> None:
            start, image_like = before.pop(), _image_like(output)
            if image_like is not None:
                found.append((part, start, image_like))

        hooks = []
        try:
            for part in self._module.modules():
                if not list(part.children()):
                    hooks.append(part.register_forward_pre_hook(entering))
                    hooks.append(part.register_forward_hook(left))
            self._run(image)
        finally:
            for hook in hooks:
                hook.remove()
        for part, _, output in found:
            if not np.isfinite(output).all():
                raise ValueError(f"network gives numbers that are not finite, in {part}")
        return found

    def _run(self, image: FloatArray) -> None:
        first = next(iter(self._module.parameters()), None)
        kind = {} if first is None else {"dtype": first.dtype, "device": first.device}
        kind = kind or {"dtype": self._torch.float32}
        batch = self._torch.as_tensor(np.array(image)[None], **kind)
        with self._torch.no_grad():
            try:
                self._module(batch)
            except Exception as error:  # a learner's module may raise anything
                raise ValueError(
                    f"network must take an image of shape {tuple(batch.shape)}: {error}"
                ) from error

    def _add(
        self, part: Any, given: FloatArray | None, output: FloatArray, made: list[FloatArray]
    ) -> None:
        """Add a layer for one call; `made` holds the outputs so far, the newest last."""
        source = _source(given, made)
        kind, window, parameters = _kind(part, made[source] if source >= 0 else None, output)
        count = sum(layer.name.split(" (")[0] == self._name(part) for layer in self.layers)
        again = f" ({count + 1})" if count else ""
        self.layers.append(
            Layer(self._name(part) + again, kind, _shape(output), source=source, **window)
        )
        self._parameters.append(parameters)
        made.append(output)

    def _name(self, part: Any) -> str:
        path = next((name for name, one in self._module.named_modules() if one is part), "")
        return f"{path} {type(part).__name__}".strip()

    def _paths(self, calls: list) -> None:
        """Note whose view of the image is known: of chains whose windows are all known."""
        for i, (part, _, _) in enumerate(calls, start=1):
            layer = self.layers[i]
            below = layer.source >= 0 and self.layers[layer.source].known
            local = layer.kind != "other" or type(part).__name__ in _BY_ELEMENT
            self.layers[i] = replace(layer, known=below and local)


def torch_of(module: Any) -> Any:
    """The loaded torch that a module belongs to.

    Raises
    ------
    TypeError
        If it is no ``torch.nn.Module``.
    """
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(module, torch.nn.Module):
        raise TypeError(
            "network must be a file's name, a Sequential, a mapping from epochs to Sequentials, a "
            f"torch.nn.Module or None, got {type(module).__name__}"
        )
    return torch


_BY_ELEMENT = frozenset(
    "Identity Dropout Dropout2d AlphaDropout LeakyReLU ReLU6 ELU SELU CELU GELU SiLU Mish Sigmoid "
    "Tanh Hardtanh Hardswish Hardsigmoid Softplus Softsign PReLU".split()
)


def _copied(module: Any) -> Any:
    """A copy of a module, in its state for use."""
    try:
        return deepcopy(module).eval()
    except Exception as error:  # a learner's module may hold anything
        raise ValueError(f"network must be a module that can be copied: {error}") from error


def _shape(array: FloatArray) -> tuple[int, int, int]:
    channels, rows, columns = array.shape
    return channels, rows, columns


def _image_like(value: Any) -> FloatArray | None:
    """A tensor of one image or vector as (C, H, W), a vector of n as (n, 1, 1); else None."""
    if not hasattr(value, "detach") or value.ndim not in (2, 4) or value.shape[0] != 1:
        return None
    if not value.numel() or value.is_complex():
        return None
    array: FloatArray = value.detach().cpu().double().numpy()[0].copy()
    return array if array.ndim == 3 else array.reshape(-1, 1, 1)


def _source(given: FloatArray | None, made: list[FloatArray]) -> int:
    """The newest output with the same numbers in the same order, whatever its shape, or -1."""
    if given is None:
        return -1
    for i in range(len(made) - 1, -1, -1):
        if made[i].size == given.size and np.array_equal(made[i].ravel(), given.ravel()):
            same_shape = made[i].shape == given.shape
            if same_shape or given.shape[1:] == (1, 1):
                return i
    return -1


def _pair(value: Any) -> Pair:
    first, second = value if isinstance(value, tuple | list) else (value, value)
    return int(first), int(second)


def _kind(
    part: Any, source: FloatArray | None, output: FloatArray
) -> tuple[str, dict[str, Any], Parameters | None]:
    """Kind, window and parameters of a layer; what is not taken apart is "other"."""
    name = type(part).__name__
    if source is None:
        return "other", {}, None
    if name == "Conv2d" and part.padding_mode == "zeros":
        return "conv", _conv_window(part), _numbers(part.weight, part.bias)
    if name == "Linear" and part.in_features == source.size:
        kernel, bias = _numbers(part.weight, part.bias)
        size = source.shape[1:]
        return "conv", {"size": size}, (kernel.reshape(-1, *source.shape), bias)
    if name == "ReLU":
        return "relu", {}, None
    if name == "BatchNorm2d" and part.running_mean is not None:
        return "norm", {}, _normalisation(part, len(output))
    return _pooling(part, name)


def _conv_window(part: Any) -> dict[str, Any]:
    """Window of a convolution; of its padding, what lies before the image."""
    size, dilation, padding = _pair(part.kernel_size), _pair(part.dilation), part.padding
    if isinstance(padding, str):
        spare = [d * (k - 1) for d, k in zip(dilation, size, strict=True)]
        padding = (0, 0) if padding == "valid" else (spare[0] // 2, spare[1] // 2)
    window = {"size": size, "dilation": dilation, "padding": _pair(padding)}
    return {**window, "stride": _pair(part.stride), "groups": part.groups}


def _pooling(part: Any, name: str) -> tuple[str, dict[str, Any], None]:
    """Kind and window of a pooling layer, if its windows lie as `cnncourse.pooling` lays them."""
    if name not in ("MaxPool2d", "AvgPool2d"):
        return "other", {}, None
    window = {
        "size": _pair(part.kernel_size),
        "stride": _pair(part.kernel_size if part.stride is None else part.stride),
        "padding": _pair(part.padding),
    }
    if name == "MaxPool2d":
        return "max", {**window, "dilation": _pair(part.dilation)}, None
    plain = window["padding"] == (0, 0) and not part.ceil_mode and not part.divisor_override
    return ("average", window, None) if plain else ("other", {}, None)


def _numbers(weight: Any, bias: Any) -> Parameters:
    kernel: FloatArray = weight.detach().cpu().double().numpy()
    none = np.zeros(len(kernel))
    return kernel, none if bias is None else bias.detach().cpu().double().numpy()


def _normalisation(part: Any, channels: int) -> Parameters:
    """Batch normalisation in use, as one factor and one summand a channel."""
    mean, variance = _numbers(part.running_mean, part.running_var)
    factor = 1 / np.sqrt(variance + part.eps)
    gamma, beta = (
        (np.ones(channels), np.zeros(channels))
        if part.weight is None
        else _numbers(part.weight, part.bias)
    )
    return (gamma * factor).reshape(-1, 1, 1, 1), beta - gamma * factor * mean
