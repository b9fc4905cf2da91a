"""Checks of what the functions of `inside` are given: networks, images, labels, parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import numeric_array
from cnncourse.networks.sequential import Sequential


def number_type(network: Sequential) -> np.dtype:
    """Return the type of the network's numbers; float64 if it learned none."""
    found = [values.dtype for values in network.parameters.values()]
    return np.dtype(np.result_type(*found)) if found else np.dtype(np.float64)


def images_for(network: Sequential, images: ArrayLike, name: str = "images") -> np.ndarray:
    """Return (N, C, H, W) images in the network's type of numbers.

    Raises
    ------
    TypeError, ValueError
        If they are no such array, there is none, or a pixel is not finite.
    """
    if not isinstance(network, Sequential):
        raise TypeError(f"network must be a Sequential, got {type(network).__name__}")
    batch = numeric_array(name, images, ndim=4, layouts="(N, C, H, W)")
    if batch.dtype.kind == "c":
        raise TypeError(f"{name} must be real numbers, got {batch.dtype}")
    if batch.dtype == np.uint8:  # as files hold them, far brighter than what a network learned from
        raise TypeError(f"{name} must be as the network learned them: divide by the full ink first")
    if not batch.size:
        raise ValueError(f"{name} must hold some pixels, got the shape {batch.shape}")
    if not np.isfinite(batch).all():
        raise ValueError(f"{name} must be finite, got a NaN or an infinity")
    return batch.astype(number_type(network), copy=False)


def whole_number(name: str, value: Any) -> int:
    """Return an int of either sign.

    Raises
    ------
    TypeError
        If it is none.

    Examples
    --------
    >>> whole_number("down", np.int64(-2))
    -2
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    return int(value)


def labelled(
    network: Sequential, image: ArrayLike, label: ArrayLike
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return a batch, a label for each of its images, and whether it was one image alone.

    Raises
    ------
    TypeError, ValueError
        If the image or the label has another form, or there is no label.
    """
    batch, labels, alone = one_or_many(network, image, label)
    if labels is None:
        raise TypeError("label must be the class that is asked for, got None")
    return batch, labels, alone


def one_or_many(
    network: Sequential, image: ArrayLike, label: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray | None, bool]:
    """Return a batch, a label for each of its images, and whether it was one image alone."""
    given = numeric_array("image", image, ndim=(3, 4), layouts="(C, H, W) or (N, C, H, W)")
    alone = given.ndim == 3
    batch = images_for(network, given[np.newaxis] if alone else given, "image")
    if label is None:
        return batch, None, alone
    labels = np.asarray(label)
    wanted = "one whole number" if alone else f"{len(batch)} whole numbers"
    if labels.dtype.kind not in "iu" or labels.shape != (() if alone else (len(batch),)):
        raise ValueError(f"label must be {wanted}, got {label!r}")
    return batch, labels.reshape(-1), alone


def class_scores(network: Sequential, batch: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the network's (N, classes) scores, which have a place for each label.

    Raises
    ------
    ValueError
        If the network ends in something else, or has no such class.
    """
    scores = network.forward(batch)
    if scores.ndim != 2:
        raise ValueError(f"network must end in (N, classes) scores, got the shape {scores.shape}")
    if labels.min() < 0 or labels.max() >= scores.shape[1]:
        raise ValueError(
            f"label must be from 0 to {scores.shape[1] - 1}, got {labels.min()} to {labels.max()}"
        )
    return scores


def part_number(network: Sequential, part: Any) -> int:
    """Return which part is meant, counted from 0; negative numbers count from the end.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If there is no such part.

    Examples
    --------
    >>> from cnncourse.networks.parts import Flatten, ReLU
    >>> part_number(Sequential([ReLU(), Flatten()]), -1)
    1
    """
    count = len(network)
    number = whole_number("part", part)
    if not -count <= number < count:
        raise ValueError(f"part must be from {-count} to {count - 1}, got {number}")
    return number % count
