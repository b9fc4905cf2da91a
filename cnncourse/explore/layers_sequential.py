"""A network of this package for the layers explorer: all of it can be computed in the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray, integer_pair
from cnncourse.explore.arrays import check_numbers
from cnncourse.explore.layers_model import MOST_NUMBERS, MOST_SCORES, Layer, Parameters
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from cnncourse.networks.stored import load_networks, same_kind
from cnncourse.networks.structure import parts_of, structure_of
from cnncourse.shapes import image_padding

OF_EACH, MISREAD, MOST_LOOKED_AT = 2, 4, 300
"""Digits shown by default, and among how many they are looked for."""

SIZES = ((1, 8, 8), (1, 28, 28))
"""Images that the course has digits of."""

NAMES = {Convolution: "conv", ReLU: "ReLU", Pool: "pool", BlurPool: "blur", Dense: "dense"}


class TooManyNumbers(ValueError):
    """A network that is too much for a page, with images of this size."""


class SequentialLayers:
    """A network at one or more moments of its training, and what its parts give for an image.

    It is copied, its weights rounded to float32 as the browser gets them, and computes in float64
    as the browser does.

    Parameters
    ----------
    networks : mapping from int to Sequential
        By epochs.
    shape : (channels, rows, columns)
        Of its images.

    Raises
    ------
    TypeError, ValueError
        If they are no such networks, have parts of another kind than this package's, do not take
        such images, or hold more numbers than can be drawn.
    """

    def __init__(self, networks: Mapping[int, Sequential], shape: tuple[int, int, int]) -> None:
        found = same_kind(networks)
        _check_weights(found)
        self.epochs: tuple[int, ...] = tuple(found)
        self._networks = {epoch: _copied(network) for epoch, network in found.items()}
        self.layers = [Layer("image", "image", shape, -1)]
        self._layer_of: list[int] = []  # of each part; one that changes nothing has that before it
        network = self._networks[self.epochs[-1]]
        try:
            self._lay_out(network, np.zeros((1, *shape)))
        except (ValueError, TypeError) as error:
            raise ValueError(f"network must take an image of shape {shape}: {error}") from error
        self._name_the_scores()
        weights = sum(values.size for values in network.parameters.values())
        total = weights * len(self.epochs) + sum(int(np.prod(one.shape)) for one in self.layers)
        if total > MOST_NUMBERS:
            raise TooManyNumbers(
                f"network must have at most {MOST_NUMBERS} numbers, weights of all its epochs and "
                f"outputs together, got {total}: show it at fewer epochs, or a smaller image"
            )

    def outputs(self, image: FloatArray, epoch: int) -> list[FloatArray]:
        """Outputs (C, H, W) of all layers, the image first."""
        made: list[FloatArray] = [image]
        now = np.asarray(image, float)[np.newaxis]
        for part, number in zip(self._networks[epoch].parts, self._layer_of, strict=True):
            now = part.forward(now)
            if number == len(made):
                made.append(now.reshape(self.layers[number].shape))
        return made

    def parameters(self, layer: int, epoch: int) -> Parameters | None:
        """Kernel and bias of a layer that has products: of a dense one, shaped as its input."""
        if layer == 0:
            return None
        part = self._networks[epoch].parts[self._layer_of.index(layer)]
        if isinstance(part, BlurPool):
            return part.kernel[np.newaxis, np.newaxis], np.zeros(1)
        if not isinstance(part, Convolution | Dense):
            return None
        kernel, bias = part.parameters["kernel"], part.parameters["bias"]
        if isinstance(part, Dense):
            kernel = kernel.reshape(-1, *self.layers[self.layers[layer].source].shape)
        return kernel, bias

    def _lay_out(self, network: Sequential, now: np.ndarray) -> None:
        counts: Counter[str] = Counter()
        for part in network.parts:
            before, now = now, part.forward(now)
            if isinstance(part, Flatten) and before.ndim == 2:
                self._layer_of.append(len(self.layers) - 1)
                continue
            kind, window, shape = self._laid_out(part, before, now)
            name = NAMES.get(type(part), "flatten")
            counts[name] += 1
            number = "" if isinstance(part, Flatten) else f" {counts[name]}"
            self._layer_of.append(len(self.layers))
            window = {"source": len(self.layers) - 1, **window}
            self.layers.append(Layer(name + number, kind, shape, **window))

    def _laid_out(
        self, part: Part, before: np.ndarray, now: np.ndarray
    ) -> tuple[str, dict[str, Any], tuple[int, int, int]]:
        """Kind, window and output's shape of the layer that a part makes."""
        source = len(self.layers) - 1
        shape = self.layers[source].shape
        if isinstance(part, ReLU):
            return "relu", {}, shape
        if isinstance(part, Flatten):
            channels, rows, columns = shape
            return "flatten", {}, (1, channels, rows * columns)
        if isinstance(part, Dense):
            # It adds up the maps that were put in a row; so they are shown as maps.
            if self.layers[source].kind == "flatten":
                source = self.layers[source].source
            size = self.layers[source].shape[1:]
            return "dense", {"source": source, "size": size}, (now.shape[1], 1, 1)
        if before.ndim != 4:
            raise ValueError(f"{type(part).__name__} needs an image, not the numbers of Flatten")
        channels, rows, columns = now.shape[1:]
        return (*_window(part, before.shape[2:]), (channels, rows, columns))

    def _name_the_scores(self) -> None:
        last = self.layers[-1]
        channels, rows, columns = last.shape
        few = rows * columns == 1 and 2 <= channels <= MOST_SCORES
        if few and last.kind in ("conv", "dense"):
            self.layers[-1] = Layer(**{**vars(last), "name": "scores"})


def networks_given(network: Any) -> dict[int, Sequential] | None:
    """The networks by epochs that an argument stands for, None if it is of another kind.

    Parameters
    ----------
    network : path, Sequential, or mapping from int to Sequential

    Raises
    ------
    FileNotFoundError, WrongNetworkFile
        If a path leads to no such file.
    TypeError, ValueError
        If a mapping holds something else.
    """
    if isinstance(network, str | PathLike):
        return load_networks(network)
    if isinstance(network, Sequential):
        return {0: network}
    if isinstance(network, Mapping) and not network:
        raise TypeError("network must map one or more epochs to networks, got an empty mapping")
    return same_kind(network) if isinstance(network, Mapping) else None


def digits_shape(networks: Mapping[int, Sequential]) -> tuple[int, int, int]:
    """Of `SIZES`, the one that the networks take: to scores rather than to something else.

    Raises
    ------
    ValueError
        If they take neither, hold numbers that are not finite, or too many.
    """
    _check_weights(networks)
    taken, problems = [], []
    for shape in SIZES:
        try:
            made = SequentialLayers(networks, shape)
        except ValueError as error:
            problems.append(error)
            continue
        if made.layers[-1].name == "scores":
            return shape
        taken.append(shape)
    if taken:
        return taken[0]
    for problem in problems:
        if isinstance(problem, TooManyNumbers):
            raise problem
    raise ValueError(
        "images must be given with this network, which takes neither digits of 8 x 8 pixels "
        f"nor of 28 x 28 ({'; '.join(map(str, problems))})"
    ) from problems[-1]


def held_out_digits(
    network: Sequential, shape: tuple[int, int, int]
) -> tuple[FloatArray, np.ndarray]:
    """Digits that the course's trainings hold out: two of each, then some that it misreads.

    Parameters
    ----------
    network : Sequential
        Those it reads right come first, where it reads enough of them.
    shape : (channels, rows, columns)
        One of `SIZES`.

    Returns
    -------
    images : (N, channels, rows, columns) ndarray
        Ink from 0 to 1.
    labels : (N,) ndarray of int
    """
    from cnncourse.experiments.learned_digits import digits_split, mnist_5k_split  # when needed

    _, (images, labels) = digits_split() if shape == SIZES[0] else mnist_5k_split()
    images, labels = images[:MOST_LOOKED_AT], labels[:MOST_LOOKED_AT]
    # A network without weights takes any kind of numbers.
    kind = next((values.dtype for values in network.parameters.values()), np.dtype(np.float32))
    scores = network.scores(images.astype(kind))
    right = scores.reshape(len(images), -1).argmax(axis=1) == labels
    of_each = np.stack(
        [
            sorted(np.flatnonzero(labels == digit), key=lambda i: not right[i])[:OF_EACH]
            for digit in range(10)
        ],
        axis=1,
    ).ravel()
    others = np.setdiff1d(np.flatnonzero(~right), of_each)[:MISREAD]
    chosen = [*of_each.tolist(), *others.tolist()]
    return images[chosen].astype(float), labels[chosen].astype(int)


def _check_weights(networks: Mapping[int, Sequential]) -> None:
    """Refuse weights that are not finite in float32, in which the browser gets them."""
    for network in networks.values():
        for name, values in network.parameters.items():
            with np.errstate(over="ignore"):
                rounded = np.asarray(values, np.float32)
            check_numbers(f"network's {name}", rounded, np.inf)


def _copied(network: Sequential) -> Sequential:
    """A copy in float64 of a network whose weights are rounded to float32."""
    rounded = {
        name: values.astype(np.float32).astype(float) for name, values in network.parameters.items()
    }
    return Sequential(parts_of(structure_of(network.parts), rounded))


def _window(part: Part, image: tuple[int, ...]) -> tuple[str, dict[str, Any]]:
    """Kind and window of a part that walks over images of some rows and columns."""
    if isinstance(part, Convolution):
        kind, size = "conv", part.parameters["kernel"].shape[2:]
    elif isinstance(part, BlurPool):
        kind, size = "blur", part.kernel.shape
    elif isinstance(part, Pool):
        kind, size = part.options["kind"], integer_pair("size", part.size)
    else:
        raise TypeError(f"the windows of a {type(part).__name__} are not known here")
    step = part.options["stride"]
    stride = integer_pair("stride", size if step is None else step)
    rows, columns = image
    above, beside = image_padding((rows, columns), size, part.options["padding"], stride=stride)
    return kind, {"size": tuple(size), "stride": stride, "padding": (above[0], beside[0])}
