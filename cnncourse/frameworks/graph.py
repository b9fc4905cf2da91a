"""A network as neither framework writes it: layers, who feeds whom, and their weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cnncourse.frameworks.layers import (
    Activation,
    BatchNormalisation,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Input,
    Layer,
    Rescaling,
    Shape,
)
from cnncourse.frameworks.layouts import flatten_order
from cnncourse.frameworks.sizes import output_shape

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Node:
    """One use of one layer.

    Attributes
    ----------
    name : str
        Unique in its graph.
    layer : Layer
    inputs : tuple of str
        Names of the nodes that feed it, in the layer's order.
    weights : mapping from str to ndarray
        As the layer's docstring names them, in torch's arrangement.
    module : str
        Nodes with one `module` are uses of one layer with one set of weights. By default the name.
    trainable : bool
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()
    weights: Weights = field(default_factory=dict)
    module: str = ""
    trainable: bool = True

    def __post_init__(self) -> None:
        if not self.module:
            object.__setattr__(self, "module", self.name)


class Graph:
    """Nodes in an order in which each comes after those that feed it.

    Parameters
    ----------
    nodes : iterable of Node
    outputs : sequence of str
        Names of the nodes whose tensors are the network's outputs.

    Raises
    ------
    ValueError
        If two nodes have one name, or one is fed by a node that does not come before it.
    """

    def __init__(self, nodes: Iterable[Node], outputs: Sequence[str]) -> None:
        self.nodes: dict[str, Node] = {}
        for node in nodes:
            missing = [name for name in node.inputs if name not in self.nodes]
            if node.name in self.nodes or missing:
                raise ValueError(
                    f"node {node.name!r} must have a name of its own and come after its inputs, "
                    f"got inputs {node.inputs} after {tuple(self.nodes)}"
                )
            self.nodes[node.name] = node
        unknown = [name for name in outputs if name not in self.nodes]
        if unknown or not outputs:
            raise ValueError(f"outputs must be names of nodes, got {tuple(outputs)}")
        self.outputs = tuple(outputs)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    @property
    def inputs(self) -> tuple[Node, ...]:
        """Where tensors come in, in order."""
        return tuple(node for node in self if isinstance(node.layer, Input))

    @property
    def is_chain(self) -> bool:
        """One input, one output, each node fed by the one before it, no layer used twice."""
        nodes = list(self)
        return (
            bool(nodes)
            and isinstance(nodes[0].layer, Input)
            and self.outputs == (nodes[-1].name,)
            and all(
                after.inputs == (before.name,)
                for before, after in zip(nodes, nodes[1:], strict=False)
            )
            and len({node.module for node in nodes}) == len(nodes)
        )

    def users(self, name: str) -> tuple[Node, ...]:
        """The nodes that a node feeds."""
        return tuple(node for node in self if name in node.inputs)

    def shapes(self) -> dict[str, Shape]:
        """The shape of each node's output, without the batch, channels first.

        Raises
        ------
        ValueError
            As `output_shape`, with the node's name in front.
        """
        found: dict[str, Shape] = {}
        for node in self:
            try:
                found[node.name] = output_shape(node.layer, [found[name] for name in node.inputs])
            except ValueError as error:
                raise ValueError(f"layer {node.name!r}: {error}") from None
        return found


def fold_flatten(graph: Graph, *, channels_last: bool) -> Graph:
    """Let a flatten be done in the framework's own order, and reorder what reads its features.

    A flatten in the other order is exchanged for one in the wanted order where all that it feeds,
    directly or through layers that treat each feature alone, are dense layers with weights of their
    own. The columns of these, and the statistics of a batch normalisation on the way, are put in
    the new order. Where that cannot be done the flatten is left as it is: to be made by a
    permutation of axes in front of it. Both ways the outputs stay the same.

    Parameters
    ----------
    graph : Graph
    channels_last : bool
        The order wanted: True for Keras, False for torch.

    Returns
    -------
    Graph
    """
    shapes = graph.shapes()
    changed: dict[str, Node] = {}
    for node in graph:
        layer = node.layer
        if not isinstance(layer, Flatten) or layer.channels_last == channels_last:
            continue
        shape = shapes[node.inputs[0]]
        if len(shape) > 1 and None in shape:
            continue
        readers = [] if len(shape) == 1 else _readers(graph, node.name)
        if readers is None or len(_modules(graph, [node.name, *readers])) > len(readers) + 1:
            continue
        order = flatten_order(tuple(size or 0 for size in shape))
        # order reads a channels-first row channels-last; the inverse does the reverse.
        order = order if channels_last else np.argsort(order)
        changed[node.name] = replace(node, layer=Flatten(channels_last=channels_last))
        for name in readers:
            changed[name] = _reordered(graph[name], order)
    return Graph((changed.get(node.name, node) for node in graph), graph.outputs)


_EACH_FEATURE_ALONE = (Activation, BatchNormalisation, Dense, Dropout, Identity, Rescaling)


def _readers(graph: Graph, name: str) -> list[str] | None:
    """Names of the layers between here and the dense ones, these included; None if others read."""
    if name in graph.outputs:
        return None
    found: list[str] = []
    for user in graph.users(name):
        layer = user.layer
        if not isinstance(layer, _EACH_FEATURE_ALONE) or user.inputs != (name,):
            return None
        found.append(user.name)
        if not isinstance(layer, Dense):
            further = _readers(graph, user.name)
            if further is None:
                return None
            found += further
    return found


def _modules(graph: Graph, names: Iterable[str]) -> list[Node]:
    """All uses of the layers that stand at `names`."""
    modules = {graph[name].module for name in names}
    return [node for node in graph if node.module in modules]


def _reordered(node: Node, order: np.ndarray) -> Node:
    """Let feature j be what feature order[j] was."""
    if isinstance(node.layer, Dense):
        return replace(node, weights={**node.weights, "kernel": node.weights["kernel"][:, order]})
    if isinstance(node.layer, BatchNormalisation):
        return replace(node, weights={name: w[order] for name, w in node.weights.items()})
    return node
