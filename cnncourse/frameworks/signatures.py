"""The arguments of both frameworks' layers, from a table: neither need be installed.

``signatures.toml`` holds them as Python writes them; a test compares it with what is installed.
"""

from __future__ import annotations

import ast
import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch"}
"""Their names in code and in words."""

NEEDED: Any = ...
"""Stands where an argument has no default."""


class LayerTextError(ValueError):
    """A text that names no layer, or a layer that cannot be: in words for the one who wrote it."""


@dataclass(frozen=True)
class Argument:
    """One argument; `default` is NEEDED where it must be given."""

    name: str
    default: Any = NEEDED
    by_name_only: bool = False


@dataclass(frozen=True)
class Signature:
    """What a class of "keras" or "torch" takes.

    Attributes
    ----------
    framework, name : str
        The class's own name, also where an alias was asked for.
    arguments : tuple of Argument
        In order.
    """

    framework: str
    name: str
    arguments: tuple[Argument, ...]

    @property
    def axes(self) -> int:
        """Number of spatial axes that the name tells: 2 for Conv2D, 0 where it tells none.

        Examples
        --------
        >>> signature("torch", "Conv3d").axes, signature("keras", "Dense").axes
        (3, 0)
        """
        digits = [c for c in self.name if c in "123"]
        return int(digits[0]) if digits and self.name[-1] != "6" else 0

    def names(self) -> list[str]:
        """The arguments' names."""
        return [a.name for a in self.arguments]

    def bind(self, given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """Put what was given under the arguments' names, and the defaults where nothing was.

        Parameters
        ----------
        given : sequence
            By position.
        named : mapping
            By name.

        Returns
        -------
        dict
            Every argument's value.

        Raises
        ------
        LayerTextError
            If there are too many, one is unknown or given twice, or one is missing.

        Examples
        --------
        >>> signature("torch", "MaxPool2d").bind([3], {"stride": 2})["stride"]
        2
        """
        places = [a.name for a in self.arguments if not a.by_name_only]
        if len(given) > len(places):
            takes = f"{len(places)} by position ({', '.join(places)})" if places else "none"
            raise LayerTextError(f"{self.name} was given {len(given)} values: it takes {takes}")
        values = dict(zip(places, given, strict=False))
        for name, value in named.items():
            if name not in self.names():
                raise LayerTextError(f"{self.name} has no argument {name!r}: {_advice(self, name)}")
            if name in values:
                raise LayerTextError(f"{self.name}: {name} is given twice")
            values[name] = value
        missing = [a.name for a in self.arguments if a.default is NEEDED and a.name not in values]
        if missing:
            raise LayerTextError(_missing(self, missing, bool(given or named)))
        return {a.name: values.get(a.name, a.default) for a in self.arguments}


@cache
def signature(framework: str, name: str) -> Signature | None:
    """The signature of a layer by its name or an alias; None where the table has none.

    Examples
    --------
    >>> signature("keras", "MaxPool2D").name
    'MaxPooling2D'
    >>> signature("keras", "Conv2d") is None
    True
    """
    return table()[framework].get(name)


@cache
def table() -> dict[str, dict[str, Signature]]:
    """The signatures of both frameworks by name, Keras's aliases included."""
    text = (files("cnncourse.frameworks") / "signatures.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    every, found = content["every"], {}
    for framework in FRAMEWORKS:
        shared = read_arguments(every[framework])
        found[framework] = {
            name: Signature(
                framework, name, read_arguments(line) + (() if name in every["without"] else shared)
            )
            for name, line in content[framework].items()
        }
    for alias, name in content["aliases"].items():
        found["keras"][alias] = found["keras"][name]
    return found


def read_arguments(line: str) -> tuple[Argument, ...]:
    """Read arguments as a function's head has them.

    Examples
    --------
    >>> read_arguments("p=0.5, *, bias=True")[1]
    Argument(name='bias', default=True, by_name_only=True)
    """
    head = ast.parse(f"def f({line}): pass").body[0].args  # type: ignore[attr-defined]
    defaults = [NEEDED] * (len(head.args) - len(head.defaults))
    defaults += [ast.literal_eval(d) for d in head.defaults]
    by_place = [Argument(a.arg, d) for a, d in zip(head.args, defaults, strict=True)]
    by_name = [
        Argument(a.arg, NEEDED if d is None else ast.literal_eval(d), True)
        for a, d in zip(head.kwonlyargs, head.kw_defaults, strict=True)
    ]
    return (*by_place, *by_name)


def close_names(name: str) -> list[str]:
    """Layers whose names are like `name`, of both frameworks, as their users write them.

    Examples
    --------
    >>> close_names("conv2d"), close_names("Conv2DD")
    (['Conv2D (Keras)', 'nn.Conv2d (PyTorch)'], ['Conv2D (Keras)'])
    """
    known = {n: f for f in FRAMEWORKS for n in table()[f]}
    near = [n for n in known if n.lower() == name.lower()]
    if not near:
        likeness = {n: _likeness(name, n) for n in known}
        best = max(known, key=lambda n: (likeness[n], "2" in n))  # of 1D, 2D, 3D the usual one
        near = [best] if likeness[best] >= 0.65 else []
    return [f"{'nn.' * (known[n] == 'torch')}{n} ({FRAMEWORKS[known[n]]})" for n in sorted(near)]


def _likeness(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, name.lower(), other.lower()).ratio()


# The arguments that mean the same, Keras's name first.
_SAME = (
    ("filters", "out_channels"),
    ("units", "out_features"),
    ("pool_size", "kernel_size"),
    ("strides", "stride"),
    ("dilation_rate", "dilation"),
    ("use_bias", "bias"),
    ("center", "bias"),
    ("rate", "p"),
    ("epsilon", "eps"),
    ("groups", "num_groups"),
    ("size", "scale_factor"),
    ("interpolation", "mode"),
    ("alpha_initializer", "init"),
    ("axis", "dim"),
    ("max_value", "max_val"),
)
# The arguments that the other framework does without, by the framework that lacks them.
_WITHOUT = {
    "keras": {
        "in_channels": "Keras reads the number of channels from the input, so leave it out",
        "in_features": "Keras reads the number of features from the input, so leave it out",
        "num_features": "Keras reads the number of channels from the input, so leave it out",
        "num_channels": "Keras reads the number of channels from the input, so leave it out",
        "padding_mode": "Keras's layers pad with zeros only",
        "ceil_mode": "Keras has padding='same' to keep what hangs over the end",
        "count_include_pad": "Keras never counts padding in an average",
        "affine": "Keras has two, center (the bias) and scale (the weight)",
        "alpha": "in Keras 3 it is called negative_slope",
    },
    "torch": {
        "activation": "in PyTorch an activation is a layer of its own, such as nn.ReLU()",
        "data_format": "PyTorch is always channels first",
        "input_shape": "a PyTorch layer is told its channels only; give the size with --input",
        "depth_multiplier": "in PyTorch out_channels = depth_multiplier * in_channels does this",
        "kernel_initializer": "PyTorch sets weights afterwards, with torch.nn.init",
        "bias_initializer": "PyTorch sets weights afterwards, with torch.nn.init",
        "center": "PyTorch has affine, and bias=False",
        "scale": "PyTorch has affine",
    },
}


def _advice(layer: Signature, name: str) -> str:
    """What to write in place of an argument that the layer does not have."""
    names = layer.names()
    in_words = FRAMEWORKS[layer.framework]
    for pair in _SAME:
        ours, theirs = pair if layer.framework == "keras" else pair[::-1]
        if name == theirs and ours in names:
            return f"in {in_words} it is called {ours}"
    if name in _WITHOUT[layer.framework]:
        return _WITHOUT[layer.framework][name]
    if not names:
        return "it takes none"
    if near := difflib.get_close_matches(name, names, 1, 0.6):
        return f"did you mean {near[0]}?"
    shown = [a.name for a in layer.arguments if not a.by_name_only][:7]
    return f"it takes {', '.join(shown)}{', ...' * (len(shown) < len(names))}"


def _missing(layer: Signature, missing: list[str], some: bool) -> str:
    """Say what was not given, and where the other framework's habit may have hidden it."""
    needed = ", ".join(a.name for a in layer.arguments if a.default is NEEDED)
    text = f"{layer.name} needs {' and '.join(missing)}: {layer.name}({needed}, ...)"
    if some and layer.framework == "torch" and {"in_channels", "in_features"} & set(layer.names()):
        first = layer.names()[0]
        text += f"; in PyTorch the first is {first}, which Keras reads from the input"
    return text
