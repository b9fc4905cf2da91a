"""A torch module as a graph of layers that belong to neither framework.

The module is traced by torch.fx while an example runs through it (`torch_tracing`); what each
operation means is read by the functions in the modules `torch_reading_*`. What cannot be carried
over is refused with its name and the reason. Like `torch_tracing`, this module imports torch when
it is loaded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from cnncourse.frameworks import torch_reading_modules
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.layers import Input
from cnncourse.frameworks.torch_running import (
    BATCHES,
    device_of,
    dtype_of,
    evaluating,
    refuse_mixing,
    refuse_strangers,
    try_out,
)
from cnncourse.frameworks.torch_signals import MODULES, Reading, Signal
from cnncourse.frameworks.torch_tracing import ValuedTracer, is_leaf, kind_of, value_of

del torch_reading_modules  # loaded for the readers that it registers


@dataclass(frozen=True)
class TorchReading:
    """A module that was read.

    Attributes
    ----------
    graph : Graph
        Channels first, weights in torch's arrangement.
    root : torch.nn.Module
        The module, or a chain of it alone.
    recorded : torch.fx.Graph
        Its operations.
    found : mapping from torch.fx.Node
        What each operation was read as; a tensor is a `Signal`, with the name of its node in
        `graph`.
    """

    graph: Graph
    root: nn.Module
    recorded: fx.Graph
    found: Mapping[fx.Node, Any]

    @property
    def dtype(self) -> str:
        """The type of all its numbers, as NumPy and Keras name it."""
        return str(dtype_of(self.root)).removeprefix("torch.")

    def values(self, arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Run the module's operations on arrays; return the tensor behind each node's name.

        Parameters
        ----------
        arrays : sequence of (N, C, *spatial) ndarray
        """
        inputs, device = iter(arrays), device_of(self.root)
        values: dict[fx.Node, Any] = {}
        named: dict[str, np.ndarray] = {}
        with evaluating(self.root):
            for node in self.recorded.nodes:
                if node.op == "placeholder":
                    values[node] = torch.tensor(np.ascontiguousarray(next(inputs)), device=device)
                elif node.op != "output":
                    values[node] = value_of(node, self.root, values)
                signal = self.found.get(node)
                if isinstance(signal, Signal) and signal.name not in named:
                    named[signal.name] = values[node].detach().cpu().numpy().copy()
        return named


def read_torch(module: nn.Module, shapes: Sequence[tuple[int, ...]]) -> TorchReading:
    """Read what a module does in evaluation mode.

    Parameters
    ----------
    module : torch.nn.Module
    shapes : sequence of tuples of int
        Of each input, without the batch, channels first.

    Returns
    -------
    TorchReading

    Raises
    ------
    CannotTranslate
        If a part of it is not known, or depends on the data.
    ValueError
        If it cannot be run on inputs of these shapes.
    """
    root = module
    if is_leaf(module):
        root = nn.Sequential(OrderedDict([(type(module).__name__.lower(), module)]))
    refuse_strangers(root)
    dtype, device = dtype_of(root), device_of(root)
    examples = [
        [torch.zeros(batch, *shape, dtype=dtype, device=device) for shape in shapes]
        for batch in BATCHES
    ]
    try_out(root, examples[0])
    with evaluating(root):
        tracer = ValuedTracer(examples[0])
        recorded = _recorded(tracer, root)
        refuse_unknown(root, recorded)
        refuse_mixing(tracer, root, recorded, examples[1])
        reading = Reading(root, dtype)
        graph = _graph(tracer, reading, recorded)
    return TorchReading(graph, root, recorded, reading.given)


def refuse_unknown(root: nn.Module, recorded: fx.Graph) -> None:
    """Refuse modules of torch's that are not known, before what they do is looked at."""
    for node in recorded.nodes:
        if node.op == "call_module":
            kind = kind_of(root.get_submodule(str(node.target)))
            if kind not in MODULES:
                reason = f"{kind} is not among the layers that are known"
                raise CannotTranslate(str(node.target), reason)


def _recorded(tracer: ValuedTracer, root: nn.Module) -> fx.Graph:
    try:
        return tracer.trace(root)
    except CannotTranslate:
        raise
    except Exception as error:  # whatever the module's own code makes of a value that is not there
        inside = [path for path, _ in tracer.module_stack.values()]
        name = inside[-1] if inside and inside[-1] else type(root).__name__
        raise CannotTranslate(name, f"torch.fx cannot trace it ({error})") from error


def _graph(tracer: ValuedTracer, reading: Reading, recorded: fx.Graph) -> Graph:
    name = type(reading.root).__name__
    for node in recorded.nodes:
        if node.op == "placeholder":
            shape = tuple(tracer.values[node].shape[1:])
            reading.place = node.name
            reading.found[node] = reading.emit(Input(shape=shape))
        elif node.op == "output":
            reading.place = name
            return Graph(
                reading.nodes, _outputs(reading, fx.node.map_arg(node.args[0], reading.found.get))
            )
        elif node in tracer.signals:
            reading.found[node] = reading.read(node, tracer.values[node])
        else:
            reading.found[node] = tracer.values[node]
    raise CannotTranslate(name, "it has no output")


def _outputs(reading: Reading, returned: Any) -> list[str]:
    signals = list(returned) if isinstance(returned, tuple | list) else [returned]
    if not all(isinstance(signal, Signal) for signal in signals):
        reading.refuse(
            "it must return a tensor, or a tuple or list of tensors, that depend on its input"
        )
    return [signal.name for signal in signals]
