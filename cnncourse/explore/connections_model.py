"""What the connections explorer shows, in numbers: who is connected to whom, and at what cost.

Layers of units along a line, each a dense, a locally connected or a convolutional layer over the
one before it (Goodfellow, Bengio and Courville, Deep Learning, 2016, section 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from cnncourse._arrays import BoolArray
from cnncourse._words import counted
from cnncourse.explore.numbers import signed
from cnncourse.shapes import (
    Layer,
    ReceptiveField,
    axis_padding,
    conv_output_size,
    receptive_field,
)

IntArray = NDArray[np.int64]

KINDS = ("dense", "local", "convolution")
PADDINGS = ("same", "valid")
MOST_UNITS, MOST_WIDTH, MOST_DEPTH, MOST_STRIDE = 16, 7, 4, 3

NO_LINK = -1
NO_WEIGHT = -1


@dataclass(frozen=True)
class ConnectionsState:
    """All that a learner can change.

    `units` inputs, below `depth` layers of kernel width `width`, stride and padding; the unit
    looked at is number `unit` of layer `layer` (0 is the input). `weight` is the place in the
    kernel whose weight is lit up, or `NO_WEIGHT`.
    """

    kind: str = "convolution"
    units: int = 9
    width: int = 3
    depth: int = 2
    stride: int = 1
    padding: str = "same"
    layer: int = 2
    unit: int = 4
    weight: int = NO_WEIGHT


@dataclass(frozen=True)
class Counts:
    """Connections (each one multiply-add) and parameters of all layers, without biases."""

    connections: int
    parameters: int


@dataclass(frozen=True)
class Field:
    """What the chosen unit sees of the input: `size` places from `start`, `seen` of them exist.

    Fields of neighbouring units are `jump` apart.
    """

    size: int
    jump: int
    start: int
    seen: tuple[int, ...]


class ConnectionsModel:
    """A stack of layers, who sees whom in it, and its costs.

    Parameters
    ----------
    state : ConnectionsState

    Attributes
    ----------
    sizes : list of int
        Units of each layer, the input first. There are fewer than ``depth + 1`` if the kernel does
        not fit into a layer: it and those above are left out.
    pads : list of (int, int)
        Zeros that each layer puts before and after the one below it.
    layer, unit : int
        As in the state, within what there is.

    Raises
    ------
    ValueError
        If kind or padding has another value.
    """

    def __init__(self, state: ConnectionsState) -> None:
        if state.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {state.kind!r}")
        if state.padding not in PADDINGS:
            raise ValueError(f"padding must be one of {', '.join(PADDINGS)}, got {state.padding!r}")
        self.state = state
        self.sizes = [state.units]
        self.pads: list[tuple[int, int]] = []
        for _ in range(state.depth):
            below, step = self.sizes[-1], state.stride
            pad = axis_padding(below, state.width, state.padding, stride=step)
            if below + sum(pad) < state.width:
                break
            self.pads.append(pad)
            self.sizes.append(conv_output_size(below, state.width, stride=step, padding=pad))
        self.layer = min(max(state.layer, 0), len(self.sizes) - 1)
        self.unit = min(max(state.unit, 0), self.sizes[self.layer] - 1)
        self.weight = state.weight if 0 <= state.weight < state.width else NO_WEIGHT

    @property
    def depth(self) -> int:
        """Layers that fit above the input."""
        return len(self.sizes) - 1

    def places(self, layer: int) -> IntArray:
        """Place in the kernel at which a unit (row) of `layer` sees a unit (column) below it.

        `NO_LINK` where the kernel does not reach: outside it, a sparse layer has no connection.
        """
        unit = np.arange(self.sizes[layer])[:, None]
        below = np.arange(self.sizes[layer - 1])[None, :]
        place = below - (unit * self.state.stride - self.pads[layer - 1][0])
        inside = (place >= 0) & (place < self.state.width)
        return np.where(inside, place, NO_LINK)

    def links(self, layer: int, kind: str | None = None) -> BoolArray:
        """Whether a unit (row) of `layer` is connected to a unit (column) below it."""
        places = self.places(layer)
        if (kind or self.state.kind) == "dense":
            return np.ones(places.shape, dtype=bool)
        return places != NO_LINK

    def weights(self, layer: int) -> IntArray:
        """Number of the parameter on each connection into `layer`, `NO_LINK` where there is none.

        Numbers are the same where a parameter is shared. Without sharing, connections are numbered
        row by row.
        """
        if self.state.kind == "convolution":
            return self.places(layer)
        links = self.links(layer)
        return np.where(links, np.cumsum(links.ravel()).reshape(links.shape) - 1, NO_LINK)

    def lit(self, layer: int) -> BoolArray:
        """Connections into `layer` that use the weight that is lit up.

        Where weights are shared, it is the same in each layer's kernel; where they are not, it is
        one connection of the chosen unit, or of the middle one of a layer that it is not in.
        """
        places = self.places(layer)
        if self.weight == NO_WEIGHT:
            return np.zeros(places.shape, dtype=bool)
        alike = places == self.weight
        if self.state.kind == "convolution":
            return alike
        row = self.unit if layer == self.layer else self.sizes[layer] // 2
        only = np.zeros(places.shape, dtype=bool)
        only[row] = alike[row]
        return only

    def reach(self) -> list[BoolArray]:
        """For each layer, which units the chosen one sees (below it) or affects (above it)."""
        found: list[BoolArray] = [np.zeros(size, dtype=bool) for size in self.sizes]
        found[self.layer][self.unit] = True
        for layer in range(self.layer, 0, -1):
            found[layer - 1] = np.logical_or.reduce(self.links(layer)[found[layer]], axis=0)
        for layer in range(self.layer + 1, len(self.sizes)):
            found[layer] = np.logical_or.reduce(self.links(layer)[:, found[layer - 1]], axis=1)
        return found

    def used(self) -> list[BoolArray]:
        """For each layer above the input, which connections lie on a path of the chosen unit."""
        reach = self.reach()
        return [
            self.links(layer) & reach[layer][:, None] & reach[layer - 1][None, :]
            for layer in range(1, len(self.sizes))
        ]

    def geometry(self, layer: int) -> ReceptiveField:
        """Receptive field of the units of `layer`, borders left aside."""
        stack = [Layer(self.state.width, self.state.stride, pad) for pad in self.pads[:layer]]
        return receptive_field(stack)

    def field(self) -> Field:
        """What the chosen unit sees of the input; all of it if layers are dense."""
        size, jump, offset = self.geometry(self.layer)
        start = round(offset - (size - 1) / 2) + self.unit * jump
        if self.state.kind == "dense" and self.layer:
            size, jump, start = self.state.units, 0, 0
        seen = np.flatnonzero(self.reach()[0]) if self.layer else np.array([self.unit])
        return Field(size, jump, start, tuple(int(i) for i in seen))

    def affected(self) -> list[int]:
        """How many units the chosen one affects, in each layer above its own."""
        return [int(reached.sum()) for reached in self.reach()[self.layer + 1 :]]

    def counts(self, kind: str) -> Counts:
        """Costs of all layers, had they been of `kind`."""
        layers = range(1, len(self.sizes))
        connections = sum(int(self.links(layer, kind).sum()) for layer in layers)
        shared = self.state.width * self.depth
        return Counts(connections, shared if kind == "convolution" else connections)

    def formula(self, kind: str) -> str:
        """The number of connections as a sum over layers, in numbers.

        Dense: inputs times outputs. Otherwise: kernel width times outputs, less the connections
        that would lead to padding.
        """
        pairs = [
            (below if kind == "dense" else self.state.width, here)
            for below, here in pairwise(self.sizes)
        ]
        text = " + ".join(_products(pairs)) or "0"
        missing = sum(a * b for a, b in pairs) - self.counts(kind).connections
        return f"{text} − {missing}" if missing else text

    def field_formula(self) -> str:
        """Size of the receptive field: 1 and, for each layer, k − 1 times the jump below it."""
        if self.state.kind == "dense":
            return str(self.field().size)
        steps = [
            f"{self.state.width - 1}·{self.state.stride**layer}" for layer in range(self.layer)
        ]
        return " + ".join(["1", *steps])

    def describe(self) -> str:
        """The picture in words."""
        return " ".join(filter(None, (self._stack(), self._sees(), self._affects(), self._costs())))

    def _stack(self) -> str:
        state = self.state
        kind, weights = {
            "dense": ("dense layer", ""),
            "local": ("locally connected layer", ", no weight shared,"),
            "convolution": ("convolutional layer", ", weights shared,"),
        }[state.kind]
        words = (
            f"A stack of {counted(self.depth, kind)}{weights} over "
            f"{counted(state.units, 'input')}, kernel width {state.width}, "
            f"stride {state.stride}, padding {state.padding}. "
            f"Units, from the input up: {', '.join(map(str, self.sizes))}."
        )
        return f"{words} {self.left_out()}".strip()

    def left_out(self) -> str:
        """A sentence about layers that do not fit, "" if all do."""
        if self.depth == self.state.depth:
            return ""
        here, asked = self.sizes[-1], self.state.depth
        fit = f"Only {counted(self.depth, 'layer')} of {asked}" if self.depth else "No layer"
        fits = "fit" if self.depth > 1 else "fits"
        return (
            f"{fit} {fits}: a kernel of {self.state.width} needs more than {counted(here, 'unit')}."
        )

    def name(self, layer: int, unit: int) -> str:
        """A unit as the picture writes it: x[3] of the input, h2[3] of layer 2."""
        return f"x[{unit}]" if layer == 0 else f"h{layer}[{unit}]"

    def _sees(self) -> str:
        if self.layer == 0:
            return ""
        field = self.field()
        count, seen = len(field.seen), field.seen
        span = f"x[{seen[0]}]" + (f" to x[{seen[-1]}]" if count > 1 else "")
        name = self.name(self.layer, self.unit)
        words = f"{name} sees {count} of {counted(self.state.units, 'input')}, {span}."
        if self.state.kind == "dense":
            return words
        return (
            f"{words} Its receptive field is {self.field_formula()} = {field.size} wide, starts "
            f"at {signed(field.start)}, and jumps by {field.jump}."
        )

    def _affects(self) -> str:
        counts = self.affected()
        if not counts:
            return ""
        parts = [
            f"{count} of {counted(self.sizes[layer], 'unit')} of layer {layer}"
            for layer, count in enumerate(counts, self.layer + 1)
        ]
        return f"{self.name(self.layer, self.unit)} affects {', '.join(parts)}."

    def _costs(self) -> str:
        parts = []
        for kind in KINDS:
            counts = self.counts(kind)
            parts.append(f"{kind} {counts.connections} and {counts.parameters}")
        return f"Connections and parameters: {'; '.join(parts)}."


def _products(pairs: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Products in numbers; three or more that follow each other and are alike as one."""
    for (a, b), alike in groupby(pairs):
        count = len(list(alike))
        yield from [f"{count}·({a}·{b})"] if count > 2 else [f"{a}·{b}"] * count
