"""A graph as a Keras model: `keras.Sequential` where it is a chain, a functional model else.

Between layers a tensor need not be channels last: each is held with the order of its axes, so that
a permutation in the graph costs nothing until a layer wants its channels last again.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, singledispatch
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph, Node, fold_flatten
from cnncourse.frameworks.layers import Flatten, GlobalPooling, Input, Layer
from cnncourse.frameworks.present import load_keras

Order = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """A Keras tensor on its way.

    Attributes
    ----------
    tensor : KerasTensor or int
        While a chain is written, which needs no tensors: the number of layers so far.
    shape : tuple of int
        Without the batch, channels first.
    order : tuple of int
        Which axis, channels first and the batch counted, stands at each place; (0, 2, 3, 1) is an
        image with its channels last.
    """

    tensor: Any
    shape: tuple[int, ...]
    order: Order

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.shape) - 1

    def place(self, axis: int) -> int:
        """Where an axis stands; the last as -1, as one writes it in Keras."""
        place = self.order.index(axis)
        return -1 if place == len(self.order) - 1 else place

    def sequence(self, order: Order) -> list[int]:
        """The axes that have more than one cell, in an order; two of the same are one in memory."""
        return [axis for axis in order if axis and self.shape[axis - 1] != 1]


def last(axes: int) -> Order:
    """The order of a channels-last tensor with so many axes, the batch counted."""
    return (0, 1) if axes == 2 else (0, *range(2, axes), 1)


@dataclass(frozen=True)
class Written:
    """A model, and the tensor that each node of its graph gives."""

    model: Any
    held: Mapping[str, Held]


class Writer:
    """Makes layers, names them, joins them, and gives them their weights in the end."""

    def __init__(self, graph: Graph, dtype: str) -> None:
        self.keras = load_keras("to translate a model into Keras")
        self.graph = graph
        self.chain = graph.is_chain
        self.layers: list[Any] = []
        self._names: set[str] = set()
        self._shared: dict[str, tuple[Any, Any]] = {}
        self._weights: list[tuple[Any, Mapping[str, np.ndarray]]] = []
        self._type = {"dtype": dtype}

    @cached_property
    def own(self) -> Any:
        """The module of our own Keras layers."""
        from cnncourse.frameworks import keras_layers

        return keras_layers

    def name(self, wanted: str) -> str:
        """Return a name like `wanted` that Keras accepts and that is free."""
        plain = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_") or "layer"
        free, number = plain, 1
        while free in self._names:
            free, number = f"{plain}_{number}", number + 1
        self._names.add(free)
        return free

    def layer(self, node: Node, kind: str, /, *, part: str = "", **config: Any) -> Any:
        """Make a layer of Keras's or our own; `part` says what it is where a node has several."""
        home = self.keras.layers if hasattr(self.keras.layers, kind) else self.own
        # A number alone, as in nn.Sequential, says little: conv2d_0, zero_padding2d_3.
        numbered = re.fullmatch(r"\d+(_\d+)*", node.name)
        plain = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", kind).lower()
        wanted = f"{plain}_{node.name}" if numbered else "_".join(filter(None, [node.name, part]))
        name = self.name(wanted)
        made = getattr(home, kind)
        # What Keras would take from its global settings, which may say otherwise.
        if "data_format" in inspect.signature(made.__init__).parameters:
            config = {"data_format": "channels_last", **config}
        return made(name=name, **self._type, **config)

    def weighted(
        self, node: Node, kind: str, weights: Mapping[str, np.ndarray], **config: Any
    ) -> Any:
        """Make a layer with weights, by its attributes' names; uses of one module are one layer."""
        if node.module in self._shared:
            layer, made = self._shared[node.module]
            if made != (kind, config):
                raise CannotTranslate(
                    node.name, f"it shares its weights with {node.module!r}, but is used otherwise"
                )
            return layer
        layer = self.layer(node, kind, **config)
        layer.trainable = node.trainable
        self._shared[node.module] = layer, (kind, config)
        self._weights.append((layer, weights))
        return layer

    def run(self, layer: Any, x: Held | Sequence[Held], shape: Sequence[int], order: Order) -> Held:
        """Put a layer behind tensors; it gives this shape in this order."""
        if self.chain:
            self.layers.append(layer)
            return Held(len(self.layers), tuple(shape), order)
        given = x.tensor if isinstance(x, Held) else [one.tensor for one in x]
        return Held(layer(given), tuple(shape), order)

    def along(self, layer: Any, x: Held) -> Held:
        """Put a layer behind a tensor whose shape it keeps."""
        return self.run(layer, x, x.shape, x.order)

    def ordered(self, node: Node, x: Held, order: Order) -> Held:
        """Bring the axes into an order."""
        if x.order == order:
            return x
        dims = tuple(x.order.index(axis) for axis in order[1:])
        return self.run(self.layer(node, "Permute", part="permute", dims=dims), x, x.shape, order)

    def channels_last(self, node: Node, x: Held) -> Held:
        """Bring the channels to the end."""
        return self.ordered(node, x, last(len(x.order)))

    def readable(self, node: Node, x: Held, order: Order) -> Held:
        """Bring the axes into an order, unless the numbers stand in memory just so already."""
        return x if x.sequence(x.order) == x.sequence(order) else self.ordered(node, x, order)

    def uses(self, node: Node) -> list[Node]:
        """All nodes that share a layer."""
        return [other for other in self.graph if other.module == node.module]

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each node's output, without the batch, channels first."""
        found = self.graph.shapes()
        return {name: tuple(size or 0 for size in shape) for name, shape in found.items()}

    def fill(self) -> None:
        """Give all layers their weights, once the model is built."""
        for layer, weights in self._weights:
            for name, array in weights.items():
                getattr(layer, name).assign(np.ascontiguousarray(array))

    def write(self) -> Written:
        """Return the model, and where each node is in it."""
        held: dict[str, Held] = {}
        for node in self.graph:
            if isinstance(node.layer, Input):
                held[node.name] = self._input(node)
            else:
                held[node.name] = write_layer(
                    node.layer, self, node, *(held[name] for name in node.inputs)
                )
        outputs = [self.channels_last(self.graph[n], held[n]) for n in self.graph.outputs]
        if self.chain:
            if not self.layers:
                name = self.name("identity")
                self.layers.append(self.keras.layers.Identity(name=name, **self._type))
            model = self.keras.Sequential([self._given, *self.layers])
            places = [self._given, *(layer.output for layer in self.layers)]
            held = {name: replace(x, tensor=places[x.tensor]) for name, x in held.items()}
        else:
            inputs = [held[node.name].tensor for node in self.graph.inputs]
            tensors = [output.tensor for output in outputs]
            model = self.keras.Model(_alone(inputs), _alone(tensors))
        self.fill()
        return Written(model, held)

    def _input(self, node: Node) -> Held:
        shape = self.shapes[node.name]
        order = last(len(shape) + 1)
        given = self.keras.Input(
            tuple(shape[axis - 1] for axis in order[1:]),
            name=self.name(node.name),
            **self._type,
        )
        self._given = given
        return Held(0 if self.chain else given, shape, order)


def _alone(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


@singledispatch
def write_layer(layer: Layer, writer: Writer, node: Node, *inputs: Held) -> Held:
    """Put what a node does behind its inputs."""
    raise CannotTranslate(node.name, f"{type(layer).__name__} is not among what can be written")


def simplified(graph: Graph) -> Graph:
    """Let a global pooling drop its axes itself, where a flatten behind it does nothing else."""
    nodes: dict[str, Node] = {node.name: node for node in graph}
    renamed: dict[str, str] = {}
    for node in graph:
        users = graph.users(node.name)
        layer = node.layer
        if not isinstance(layer, GlobalPooling) or not layer.keeps_axes or len(users) != 1:
            continue
        if isinstance(users[0].layer, Flatten) and node.name not in graph.outputs:
            nodes[node.name] = replace(node, layer=replace(layer, keeps_axes=False))
            renamed[users[0].name] = node.name
    kept = [
        replace(node, inputs=tuple(renamed.get(name, name) for name in node.inputs))
        for name, node in nodes.items()
        if name not in renamed
    ]
    return Graph(kept, [renamed.get(name, name) for name in graph.outputs])


def write_keras(graph: Graph, dtype: str = "float32") -> Written:
    """Build the Keras model that computes a graph.

    Parameters
    ----------
    graph : Graph
        All sizes known.
    dtype : str, default "float32"
        Of all numbers.

    Returns
    -------
    Written
        Its model is a keras.Sequential or a functional keras.Model, channels last. Of several
        inputs or outputs it has lists.

    Raises
    ------
    CannotTranslate
        If Keras has nothing that computes the same as a layer.
    MissingTensorFlow
        If TensorFlow is not installed.
    """
    from cnncourse.frameworks import (
        keras_writing_convolution,
        keras_writing_layers,
        keras_writing_windows,
    )

    # They were loaded for what they add to `write_layer`.
    del keras_writing_convolution, keras_writing_layers, keras_writing_windows
    return Writer(simplified(fold_flatten(graph, channels_last=True)), dtype).write()
