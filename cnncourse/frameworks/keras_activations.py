"""Keras's activations: functions, their names, layers and operations."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Mapping
from typing import Any

from cnncourse.frameworks.keras_use import Found, Use
from cnncourse.frameworks.layers import ACTIVATIONS, Activation

# Arguments of each of Keras's functions with the defaults of `keras.activations`, and what they
# are called in `ACTIVATIONS`.
_FUNCTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("relu", {"negative_slope": 0.0, "max_value": None, "threshold": 0.0}),
    "relu6": ("relu", {"negative_slope": 0.0, "max_value": 6.0, "threshold": 0.0}),
    "leaky_relu": ("relu", {"negative_slope": 0.2, "max_value": None, "threshold": 0.0}),
    "elu": ("elu", {"alpha": 1.0}),
    "celu": ("celu", {"alpha": 1.0}),
    "gelu": ("gelu", {"approximate": False}),
    "squareplus": ("squareplus", {"b": 4}),
    "soft_shrink": ("soft_shrink", {"threshold": 0.5}),
    "hard_shrink": ("hard_shrink", {"threshold": 0.5}),
    "softmax": ("softmax", {"axis": -1}),
    "log_softmax": ("log_softmax", {"axis": -1}),
    "threshold": ("threshold", {"threshold": None, "default_value": None}),
    "hard_tanh": ("hard_tanh", {}),
    "swish": ("silu", {}),
    "hard_swish": ("hard_silu", {}),
}
_FUNCTIONS |= {
    name: (name, {})
    for name, options in ACTIVATIONS.items()
    if not options and name not in ("gelu", "gelu_tanh")
}
_REASONS = {
    "sparsemax": "Keras's sparsemax does not sum to 1 where it keeps several entries (it adds up "
    "sums that are running already), so it is not carried over",
    "glu": "the activation 'glu' halves the number of channels, which is no activation here",
}
_SHORT = {  # Keras's argument -> the graph's option
    "negative_slope": "slope",
    "max_value": "top",
    "default_value": "value",
    "threshold": "threshold",
    "alpha": "alpha",
    "b": "b",
}


_NEEDED = ("threshold", "default_value")  # without a default, or a default of None


def activation(use: Use, name: str, given: Mapping[str, Any] | None = None) -> Activation:
    """Return Keras's activation `name`, with the arguments that are `given`.

    Raises
    ------
    CannotTranslate
        If it is not known, or softmax is over several axes.
    """
    if name not in _FUNCTIONS:
        raise use.refuse(_REASONS.get(name, f"the activation {name!r} is not known here"))
    kind, defaults = _FUNCTIONS[name]
    unknown = set(given or {}) - set(defaults)
    if unknown:
        raise use.refuse(f"the activation {name!r} with {', '.join(sorted(unknown))}")
    arguments = {**defaults, **(given or {})}
    missing = sorted(key for key, value in arguments.items() if value is None and key in _NEEDED)
    if missing:
        raise use.refuse(f"the activation {name!r} without {', '.join(missing)}")
    if "axis" in arguments:
        return _made(kind, axis=_axis(use, arguments["axis"]))
    if kind == "gelu":
        return _made("gelu_tanh" if arguments["approximate"] else "gelu")
    if kind == "hard_tanh":
        return _made("clip", low=-1.0, high=1.0)
    if kind.endswith("_shrink") and "threshold" in arguments:
        return _made(kind, lambd=arguments["threshold"])
    return _made(kind, **{_SHORT[key]: value for key, value in arguments.items()})


def _made(name: str, **options: Any) -> Activation:
    numbers = {
        key: math.inf if value is None and key == "top" else float(value)
        for key, value in options.items()
    }
    return Activation(name=name, options=tuple(sorted(numbers.items())))


def _axis(use: Use, axis: Any) -> int:
    if isinstance(axis, list | tuple) and len(axis) == 1:
        axis = axis[0]
    if not isinstance(axis, int) or use.axis(axis) == 0:
        raise use.refuse(f"softmax over {axis}: one axis is translated, not the batch")
    return use.axis(axis)


def activation_of(use: Use, function: Any) -> list[Found]:
    """Read the `activation` of a layer: a function of Keras, a partial of one, or a layer.

    The identity is nothing.
    """
    import keras

    if function is None:
        return []
    if isinstance(function, keras.layers.Layer):
        from cnncourse.frameworks.keras_reading_layers import read_layer

        if not function.built:  # Keras builds it at the first call
            function.build((None, *use.layout.keras_shape(use.shapes[0])))
        inner = Use(function, use.name, use.shapes, use.layout, use.inference)
        return [
            Found(part.layer, part.weights, part.suffix or "activation", part.trainable, part.only)
            for part in read_layer(inner)
        ]
    given: Mapping[str, Any] = {}
    if isinstance(function, functools.partial) and not function.args:
        function, given = function.func, function.keywords
    name, defaults = _name_of(function)
    if name is None:
        shown = getattr(function, "__name__", type(function).__name__)
        raise use.refuse(f"the activation {shown!r} is a function that is not Keras's own")
    layer = activation(use, name, {**defaults, **given})
    return [] if layer.name == "linear" else [Found(layer, suffix=name)]


def _name_of(function: Any) -> tuple[str | None, dict[str, Any]]:
    """Return the name of a function of Keras or TensorFlow, and its defaults if they are others."""
    import keras

    name = getattr(function, "__name__", "")
    if function is getattr(keras.activations, name, None):
        return name, {}
    if function is getattr(keras.ops, name, None) and name in _FUNCTIONS:
        return name, {"approximate": True} if name == "gelu" else {}
    tensorflow = sys.modules.get("tensorflow")  # only if it is there can the function be its own
    if tensorflow is not None and name in _OF_TENSORFLOW:
        if function in (getattr(tensorflow.nn, name, None), getattr(tensorflow, name, None)):
            return name, {}
    return None, {}


# Those of `tf.nn` whose defaults are Keras's.
_OF_TENSORFLOW = {
    *("relu", "relu6", "elu", "selu", "silu", "swish", "sigmoid", "tanh", "softmax"),
    *("log_softmax", "softplus", "softsign", "leaky_relu", "gelu"),
}
