"""TensorFlow and PyTorch made to agree: layers, layouts, padding, whole networks.

Nothing here loads either framework before it is needed; what works without both (padding, layouts,
the explanation of a layer) works where neither is installed.

>>> from cnncourse import frameworks
>>> frameworks.torch_padding((6, 7), 3, 2, "same")
((0, 1), (1, 1))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncourse.frameworks.errors import CannotTranslate, MissingTensorFlow, OutputsDiffer
    from cnncourse.frameworks.explaining import explain_layer
    from cnncourse.frameworks.layouts import (
        channels_first,
        channels_last,
        flatten_order,
        kernel_to_keras,
        kernel_to_torch,
    )
    from cnncourse.frameworks.padding import functional_pad, keras_padding, torch_padding
    from cnncourse.frameworks.present import has_tensorflow
    from cnncourse.frameworks.translating import to_keras, to_torch

__all__ = [
    "CannotTranslate",
    "MissingTensorFlow",
    "OutputsDiffer",
    "channels_first",
    "channels_last",
    "explain_layer",
    "flatten_order",
    "functional_pad",
    "has_tensorflow",
    "kernel_to_keras",
    "kernel_to_torch",
    "keras_padding",
    "to_keras",
    "to_torch",
    "torch_padding",
]

_HOMES = {
    "errors": ("CannotTranslate", "MissingTensorFlow", "OutputsDiffer"),
    "explaining": ("explain_layer",),
    "layouts": (
        "channels_first",
        "channels_last",
        "flatten_order",
        "kernel_to_keras",
        "kernel_to_torch",
    ),
    "padding": ("functional_pad", "keras_padding", "torch_padding"),
    "present": ("has_tensorflow",),
    "translating": ("to_keras", "to_torch"),
}


def __getattr__(name: str) -> Any:
    """Load a public name's module when it is asked for."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"cnncourse.frameworks.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
