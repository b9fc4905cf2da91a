"""A torch module as a graph of layers that belong to neither framework.

The module is traced by torch.fx while an example runs through it (`torch_tracing`); what each
operation means is read by the functions in the modules `torch_reading_*`. What cannot be carried
over is refused with its name and the reason. Like `torch_tracing`, this module imports torch when
it is loaded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.utils._pytree import tree_leaves

from cnncourse.frameworks import torch_reading_modules
from cnncourse.frameworks.checking import MEAN, TOLERANCE, relative_difference
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.layers import Input
from cnncourse.frameworks.torch_batches import refuse_batches
from cnncourse.frameworks.torch_copying import Unchanged, copied
from cnncourse.frameworks.torch_running import (
    BATCHES,
    device_of,
    dtype_of,
    evaluating,
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
        A copy of the module, or a chain of one alone.
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

        The size of the batch may be written into what was recorded, as it is by ``len(x)``.

        Parameters
        ----------
        arrays : sequence of (2, C, *spatial) ndarray
        """
        device = device_of(self.root)
        inputs = [torch.tensor(np.ascontiguousarray(array), device=device) for array in arrays]
        named: dict[str, np.ndarray] = {}
        for node, value in self._run(inputs):
            signal = self.found.get(node)
            if isinstance(signal, Signal) and signal.name not in named:
                named[signal.name] = value.detach().cpu().numpy().copy()
        return named

    def _run(self, inputs: Sequence[torch.Tensor]) -> Iterator[tuple[fx.Node, Any]]:
        """Run one operation after the other; of the output, what is returned."""
        given = iter(inputs)
        values: dict[fx.Node, Any] = {}
        with evaluating(self.root):
            for node in self.recorded.nodes:
                if node.op == "placeholder":
                    values[node] = next(given)
                elif node.op == "output":
                    values[node] = fx.node.map_arg(node.args[0], values.__getitem__)
                else:
                    values[node] = value_of(node, self.root, values)
                yield node, values[node]

    def refuse_unfaithful(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Refuse a module that does something else with tensors than was recorded."""
        draw = torch.Generator().manual_seed(0)
        dtype, device = dtype_of(self.root), device_of(self.root)
        inputs = [
            (MEAN + torch.randn(BATCHES[0], *shape, generator=draw, dtype=dtype)).to(device)
            for shape in shapes
        ]
        recorded = [value for _, value in self._run([x.clone() for x in inputs])][-1]
        with torch.no_grad(), evaluating(self.root, plainly=True):
            wanted = self.root(*inputs)
        pairs = zip(tree_leaves(wanted), tree_leaves(recorded), strict=True)
        for a, b in pairs:
            if not relative_difference(a.cpu().numpy(), b.cpu().numpy()) < TOLERANCE:
                raise CannotTranslate(
                    type(self.root).__name__,
                    "it does something else while torch.fx records it: it may ask what its input "
                    "is (torch.is_tensor, isinstance), compare training by `is`, or count calls",
                )


def read_torch(module: nn.Module, shapes: Sequence[tuple[int, ...]]) -> TorchReading:
    """Read what a module does in evaluation mode; a copy of it is run.

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
    root = copied(module)
    if is_leaf(root):
        root = nn.Sequential(OrderedDict([(type(root).__name__.lower(), root)]))
    refuse_strangers(root)
    dtype, device = dtype_of(root), device_of(root)

    def examples(batch: int) -> list[torch.Tensor]:
        return [torch.zeros(batch, *shape, dtype=dtype, device=device) for shape in shapes]

    state = Unchanged(root)
    try_out(root, examples(BATCHES[0]))
    with evaluating(root) as training:
        tracer = _traced(root, examples(BATCHES[0]))
        asked = training.asked
        refuse_unknown(root, tracer.graph)
        refuse_batches(tracer, lambda batch: _traced(root, examples(batch), batch))
        state.refuse_changes()
        reading = Reading(root, dtype, tracer.values, asked)
        graph = _graph(tracer, reading, tracer.graph)
    found = TorchReading(graph, root, tracer.graph, reading.given)
    found.refuse_unfaithful(shapes)
    return found


def refuse_unknown(root: nn.Module, recorded: fx.Graph) -> None:
    """Refuse modules of torch's that are not known, before what they do is looked at."""
    for node in recorded.nodes:
        if node.op == "call_module":
            kind = kind_of(root.get_submodule(str(node.target)))
            if kind not in MODULES:
                reason = f"{kind} is not among the layers that are known"
                raise CannotTranslate(str(node.target), reason)


def _traced(root: nn.Module, examples: list[torch.Tensor], batch: int = 0) -> ValuedTracer:
    """Trace a module; `batch` is the size of a further batch, where the first could be traced."""
    tracer = ValuedTracer(examples)
    try:
        tracer.trace(root)
        return tracer
    except CannotTranslate:
        raise
    except Exception as error:  # whatever the module's own code makes of a value that is not there
        if batch:
            reason = f"it wants a batch of one size ({error})"
            raise CannotTranslate(tracer.failed or type(root).__name__, reason) from error
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
