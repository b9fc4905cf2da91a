"""A graph as a torch model: `nn.Sequential` where it is a chain, `torch.fx.GraphModule` else."""

from __future__ import annotations

import keyword
import operator
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph, Node, fold_flatten
from cnncourse.frameworks.layers import Concatenate, Input, Layer, Merge, Shape

if TYPE_CHECKING:
    from torch import fx, nn

Modules = Sequence[tuple[str, "nn.Module"]]


@dataclass(frozen=True)
class Step:
    """One node of a graph, made: modules with their names, or a function of several tensors."""

    node: Node
    modules: Modules = ()


def write_torch(graph: Graph, *, structure: Any = None) -> nn.Module:
    """Build the torch model that computes a graph.

    Parameters
    ----------
    graph : Graph
    structure : optional
        How the outputs are packed: any nesting of lists, tuples and dictionaries of their names.
        By default one tensor, or a tuple of several.

    Returns
    -------
    torch.nn.Module
        In evaluation mode. A single layer is the module itself where one suffices; a chain is an
        `nn.Sequential`, in which a nested chain is one too; all else is a `torch.fx.GraphModule`.

    Raises
    ------
    CannotTranslate
        If torch has nothing that computes the same as a layer.
    """
    graph = fold_flatten(graph, channels_last=False)
    made = steps(graph)
    model: nn.Module
    if graph.is_chain and structure is None:
        model = _sequential([part for step in made for part in step.modules])
    else:
        model = _graph_module(graph, made, structure)
    return model.eval()


def steps(graph: Graph) -> list[Step]:
    """Make the modules of each node; uses of one layer with weights share one set of modules."""
    from cnncourse.frameworks import torch_plain_parts
    from cnncourse.frameworks.torch_parts import parts

    del torch_plain_parts  # loaded for the layers that it adds to `parts`
    shapes = graph.shapes()
    names = _Names()
    shared: dict[str, Modules] = {}
    made = []
    for node in graph:
        if isinstance(node.layer, Input | Merge | Concatenate):
            made.append(Step(node))
            continue
        if node.module not in shared:
            shape = _common([shapes[use.inputs[0]] for use in graph if use.module == node.module])
            shared[node.module] = [
                (names.of(f"{node.module}_{suffix}" if suffix else node.module), module)
                for suffix, module in parts(node, shape)
            ]
        made.append(Step(node, shared[node.module]))
    return made


def _common(shapes: Sequence[Shape]) -> Shape:
    """Return the sizes that all uses of one layer have; others are open."""
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))


class _Names:
    """Names of modules: dotted where models are nested, none twice, none of torch's own."""

    def __init__(self) -> None:
        from torch import fx, nn

        self._taken: set[str] = set()
        self._around: set[str] = set()
        self._reserved = {*dir(nn.Sequential), "training"}
        self._at_top = self._reserved | {*dir(fx.GraphModule), "graph", "code"}

    def of(self, wanted: str) -> str:
        """Return a name like `wanted` that torch accepts and that is free."""
        first, *rest = wanted.split(".")
        parts = [_plain(first, self._at_top), *(_plain(part, self._reserved) for part in rest)]
        around = {".".join(parts[:length]) for length in range(1, len(parts))}
        if around & self._taken:  # a module of its own cannot hold others
            parts, around = ["_".join(parts)], set()
        name = ".".join(parts)
        free, number = name, 1
        while free in self._taken | self._around:
            free, number = f"{name}_{number}", number + 1
        self._taken.add(free)
        self._around |= around
        return free


def _plain(part: str, reserved: set[str]) -> str:
    name = re.sub(r"\W", "_", part, flags=re.ASCII) or "layer"
    return f"{name}_" if name in reserved or keyword.iskeyword(name) else name


def _sequential(modules: Modules) -> nn.Module:
    """Return the chain of the modules; names with a common first part become a chain of their own.

    One module alone is returned as it is.
    """
    from torch import nn

    if len(modules) == 1 and "." not in modules[0][0]:
        return modules[0][1]
    found: OrderedDict[str, nn.Module] = OrderedDict()
    for first, group in groupby(modules, key=lambda part: part[0].split(".")[0]):
        inner = [(name.partition(".")[2], module) for name, module in group]
        name = first if first not in found else f"{first}_{len(found)}"
        found[name] = nn.Sequential(_nested(inner)) if inner[0][0] else inner[0][1]
    return nn.Sequential(found)


def _nested(modules: Modules) -> OrderedDict[str, nn.Module]:
    chain = _sequential(modules)
    if len(modules) == 1 and "." not in modules[0][0]:
        return OrderedDict(modules)
    return OrderedDict(chain.named_children())


def _graph_module(graph: Graph, made: Sequence[Step], structure: Any) -> nn.Module:
    """Return the modules joined by a traced graph, each node named after its layer."""
    from torch import fx
    from torch.utils import _pytree

    drawn = fx.Graph()
    values: dict[str, fx.Node] = {}
    root: dict[str, nn.Module] = {}
    for step in made:
        node = step.node
        if isinstance(node.layer, Input):
            value = drawn.placeholder(_identifier(node.name))
            value.target = value.name  # fx renames what Python has; the argument must follow
            values[node.name] = value
        elif not step.modules:
            values[node.name] = _joined(drawn, node, values)
        else:
            value = values[node.inputs[0]]
            for name, module in step.modules:
                root[name] = module
                value = drawn.call_module(name, (value,))
            values[node.name] = value
    if structure is None:
        outputs: Any = tuple(values[name] for name in graph.outputs)
        outputs = outputs[0] if len(outputs) == 1 else outputs
    else:
        outputs = _pytree.tree_map(lambda name: values[name], structure)
    drawn.output(outputs)
    drawn.lint()
    return fx.GraphModule(_rooted(root), drawn)


def _rooted(modules: Mapping[str, nn.Module]) -> nn.Module:
    """Return a module that holds `modules` under their dotted names."""
    from torch import nn

    root = nn.Module()
    for name, module in modules.items():
        *path, last = name.split(".")
        home = root
        for part in path:
            if part not in home._modules:
                home.add_module(part, nn.Module())
            home = home.get_submodule(part)
        home.add_module(last, module)
    return root


def _identifier(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return f"{plain}_" if keyword.iskeyword(plain) or plain == "self" else plain


def _joined(drawn: fx.Graph, node: Node, values: Mapping[str, fx.Node]) -> fx.Node:
    """Draw the function that joins several tensors."""
    import torch

    tensors = [values[name] for name in node.inputs]
    name = _identifier(node.name)
    layer: Layer = node.layer
    if isinstance(layer, Concatenate):
        return drawn.create_node("call_function", torch.cat, (tensors, layer.axis), name=name)
    if not isinstance(layer, Merge):
        raise CannotTranslate(node.name, f"torch has nothing that joins as {type(layer).__name__}")
    function = {
        "add": operator.add,
        "average": operator.add,
        "subtract": operator.sub,
        "multiply": operator.mul,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
    }[layer.kind]
    joined = tensors[0]
    for number, tensor in enumerate(tensors[1:]):
        last = number == len(tensors) - 2 and layer.kind != "average"
        joined = drawn.create_node(
            "call_function", function, (joined, tensor), name=name if last else f"{name}_sum"
        )
    if layer.kind == "average":
        joined = drawn.create_node(
            "call_function", operator.truediv, (joined, len(tensors)), name=name
        )
    return joined
