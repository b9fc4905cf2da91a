"""Layers of a real model, read by the translators, as the steps of an explanation."""

from __future__ import annotations

from typing import Any

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.facts import layer_facts
from cnncourse.frameworks.graph import Graph, Node
from cnncourse.frameworks.input_sizes import channels_first_of, in_order_of, read_input
from cnncourse.frameworks.layers import Identity, Input, Layer, Sizes
from cnncourse.frameworks.signatures import LayerTextError
from cnncourse.frameworks.steps import Step, steps
from cnncourse.frameworks.wording import source_lines


def framework_of(model: object) -> str | None:
    """Tell whose layer or model this is, without importing either framework.

    Examples
    --------
    >>> framework_of("Conv2D(32, 3)") is None
    True
    """
    homes = {(c.__module__.split(".")[0], c.__name__) for c in type(model).__mro__}
    if ("torch", "Module") in homes and ("keras", "Layer") not in homes:
        return "torch"
    return "keras" if ("keras", "Layer") in homes else None


def model_steps(model: Any, framework: str, input_shape: Any) -> tuple[Sizes, list[Step]]:
    """Read a chain of layers.

    Parameters
    ----------
    model : Keras layer or model, or torch.nn.Module
    framework : str
    input_shape : str or sequence of int, or None

    Returns
    -------
    sizes : tuple of int
        Of the input, in the framework's order.
    steps : list of Step

    Raises
    ------
    CannotTranslate
        If a layer is not known here.
    LayerTextError
        If the input's shape is missing, or the layers are no chain.
    """
    graph = _graph(model, framework, None if input_shape is None else read_input(input_shape))
    if not graph.is_chain:
        raise LayerTextError("only layers one behind the other are explained, got branches")
    shape = graph.inputs[0].layer.shape  # type: ignore[attr-defined]
    if None in shape:
        raise LayerTextError(f"the input's shape is needed, without the batch: it is open, {shape}")
    nodes = [node for node in graph if not isinstance(node.layer, Input)]
    nodes = [node for node in nodes if not isinstance(node.layer, Identity)] or nodes[:1]
    if not nodes:
        raise LayerTextError("a layer was expected, got a model without one")
    sizes, found = shape, []
    for node in nodes:
        facts = layer_facts(node.layer, sizes)
        source = _source(node, framework, sizes, len(nodes) == 1)
        # Nothing was left to a default here: all of it stands in the model.
        given = frozenset(["stride", "strides"])
        layers: list[Layer] = [node.layer]
        found.append((source, layers, [facts], given))
        sizes = facts.output_shape
    return in_order_of(shape, framework), steps(found, framework)


def _graph(model: Any, framework: str, sizes: Sizes | None) -> Graph:
    if framework == "keras":
        from cnncourse.frameworks.keras_reading import read_keras

        return read_keras(model, sizes).graph
    if sizes is None:
        raise LayerTextError("the input's shape is needed, without the batch, such as 1x28x28")
    from cnncourse.frameworks.torch_reading import read_torch

    return read_torch(model, [channels_first_of(sizes, framework)]).graph


def _source(node: Node, framework: str, shape: Sizes, alone: bool) -> str:
    """The layer as its own framework writes it, its name in front of several."""
    try:
        lines = source_lines(framework, node.layer, shape)
    except CannotTranslate:
        lines = []
    code = lines[0].code if len(lines) == 1 else type(node.layer).__name__
    return code if alone else f"{node.name}: {code}"
