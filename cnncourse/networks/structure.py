"""Parts as a text in JSON, and back: which layers a network has, without what they learned."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cnncourse._arrays import choice, integer_pair
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.pooling import KINDS
from cnncourse.shapes import image_padding

FORMAT = "cnncourse network 1"
"""Its number goes up when older versions cannot read the file."""

NOTE = "network"
"""Name of the text among a file's arrays."""

MOST_PARTS, MOST_PADDING = 1000, 10_000


def note_of(parts: Sequence[Part], **more: Any) -> np.ndarray:
    """Return the text that a file has beside the parameters, as an array."""
    return np.array(json.dumps({"format": FORMAT, "parts": structure_of(parts), **more}))


def structure_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return what it takes to make such parts again, for JSON.

    Of a part of another class than this package's, only the name.

    Examples
    --------
    >>> structure_of([Pool(2), ReLU()])
    [{'part': 'Pool', 'size': 2, 'stride': None, 'padding': 0, 'kind': 'max'}, {'part': 'ReLU'}]
    """
    return [_described(part) for part in parts]


def parts_of(structure: Any, parameters: Mapping[str, np.ndarray]) -> list[Part]:
    """Make the parts that a structure tells of, with these parameters.

    Parameters
    ----------
    structure : list of dict
        As `structure_of` gives it.
    parameters : mapping from str to ndarray
        Under "part.name", as `Sequential.parameters` has them.

    Returns
    -------
    list of Part

    Raises
    ------
    ValueError
        If a part is not known, or its arguments or parameters are no such thing.

    Examples
    --------
    >>> parts = parts_of([{"part": "Flatten"}, {"part": "BlurPool", "size": 3, "stride": 2}], {})
    >>> [type(part).__name__ for part in parts]
    ['Flatten', 'BlurPool']
    """
    if not isinstance(structure, list) or not 1 <= len(structure) <= MOST_PARTS:
        raise ValueError(f"its parts must be a list of 1 to {MOST_PARTS}")
    made = [_made(number, entry, parameters) for number, entry in enumerate(structure)]
    wanted = {f"{i}.{name}" for i, part in enumerate(made) for name in part.parameters}
    if wanted != set(parameters):
        raise ValueError(f"its parameters must be {sorted(wanted)}, got {sorted(parameters)}")
    return made


def _described(part: Part) -> dict[str, Any]:
    entry: dict[str, Any] = {"part": type(part).__name__}
    if isinstance(part, Pool):
        entry["size"] = _plain(part.size)
    if isinstance(part, BlurPool):
        return {**entry, "size": len(part.kernel), "stride": _plain(part.options["stride"])}
    options = getattr(part, "options", {})
    return {**entry, **{name: _plain(value) for name, value in options.items()}}


def _plain(value: Any) -> Any:
    """A number, a name or nested pairs, as JSON has them."""
    if isinstance(value, str) or value is None:
        return value
    return np.asarray(value).tolist()


def _made(number: int, entry: Any, parameters: Mapping[str, np.ndarray]) -> Part:
    name = entry.get("part") if isinstance(entry, dict) else None
    makers: dict[str, Callable[..., Part]] = {
        "Convolution": lambda **given: Convolution(*_sizes(number, parameters, 4), **given),
        "Dense": lambda **given: Dense(*_sizes(number, parameters, 2), **given),
        "ReLU": ReLU,
        "Pool": Pool,
        "BlurPool": BlurPool,
        "Flatten": Flatten,
    }
    if not isinstance(name, str) or name not in makers:
        raise ValueError(f"part {number} must be one of {', '.join(makers)}, got {name!r}")
    given = {key: _paired(value) for key, value in entry.items() if key != "part"}
    if name in ("Convolution", "Dense"):
        given["random"] = _Zeros()
    try:
        _check_window(name, given)
        made = makers[name](**given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"part {number}, {name}: {error}") from error
    for own in made.parameters:
        made.parameters[own] = _checked(f"{number}.{own}", parameters, made.parameters[own].shape)
    return made


def _check_window(name: str, given: Mapping[str, Any]) -> None:
    """Look at what a part itself looks at only when an image comes."""
    if name == "Pool":
        integer_pair("size", given.get("size"))
        choice("kind", given.get("kind", "max"), KINDS)
    if given.get("stride") is not None:
        integer_pair("stride", given["stride"])
    if "padding" in given:
        ends = image_padding((8, 8), (3, 3), given["padding"])
        if max(*ends[0], *ends[1]) > MOST_PADDING:
            raise ValueError(f"padding must be at most {MOST_PADDING}, got {given['padding']!r}")


def _paired(value: Any) -> Any:
    """JSON's lists as the tuples that they were."""
    return tuple(map(_paired, value)) if isinstance(value, list) else value


class _Zeros:
    """Draws nothing: the values follow from the file."""

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.zeros(shape)


def _sizes(number: int, parameters: Mapping[str, np.ndarray], axes: int) -> tuple[Any, ...]:
    """The kernel's shape as the arguments of its part: inputs, outputs, and a window's size."""
    kernel = parameters.get(f"{number}.kernel")
    if kernel is None or kernel.ndim != axes or not kernel.size:
        got = "none" if kernel is None else f"the shape {kernel.shape}"
        raise ValueError(f"{number}.kernel must be an array of {axes} axes, got {got}")
    outputs, inputs, *window = kernel.shape
    return (inputs, outputs, tuple(window)) if window else (inputs, outputs)


def _checked(name: str, parameters: Mapping[str, np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    values = parameters.get(name)
    if values is None or values.shape != shape:
        got = "none" if values is None else f"{values.shape}"
        raise ValueError(f"{name} must have the shape {shape}, got {got}")
    if values.dtype.kind != "f":
        raise ValueError(f"{name} must hold numbers of floating point, got {values.dtype}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must hold finite numbers, got a NaN or an infinity")
    return values
