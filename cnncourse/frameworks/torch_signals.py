"""What is read of a torch module while it is read: signals, nodes, and who reads what.

Like `torch_tracing`, this module imports torch when it is loaded.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import fx, nn

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Node
from cnncourse.frameworks.layers import Layer
from cnncourse.frameworks.sizes import output_shape
from cnncourse.frameworks.torch_tracing import kind_of, name_of, place_of

READERS: dict[str, Callable[..., Any]] = {}
"""What reads a function, an operator or a method, by its name; filled by `reads`."""
MODULES: dict[str, Callable[..., Any]] = {}
"""What reads a module of `torch.nn`, by its class's name; filled by `reads_module`."""


def reads(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what reads the functions of these names."""
    return _registers(READERS, names)


def reads_module(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what reads the modules of these names."""
    return _registers(MODULES, names)


def _registers(
    where: dict[str, Callable[..., Any]], names: Sequence[str]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(reader: Callable[..., Any]) -> Callable[..., Any]:
        where.update(dict.fromkeys(names, reader))
        return reader

    return register


class Indices:
    """Stands for the positions of largest numbers, which Keras does not give."""


@dataclass(frozen=True, eq=False)
class Signal:
    """A tensor that depends on what comes in: the node that gives it, and its shape (no batch)."""

    name: str
    shape: tuple[int, ...]

    @property
    def axes(self) -> int:
        """Number of axes, the batch counted."""
        return len(self.shape) + 1


class Reading:
    """What has been read so far, and where.

    Attributes
    ----------
    found, given : dict
        What each operation was read as: what its result has become by now (it may have been
        written over), and what it was.
    place : str
        The module or operation that is being read.
    value : object
        What the operation gave for a batch of two.
    users : set of str
        The functions that use it.
    stretches : bool
        Its tensor keeps sizes of 1, which those that use it stretch.
    dtype : torch.dtype
        Of all its numbers.
    values : mapping from torch.fx.Node
        What all operations gave.
    asked : bool
        The module's code took `training` as a plain bool, which then does not show as such.
    """

    def __init__(
        self,
        root: nn.Module,
        dtype: torch.dtype,
        values: Mapping[fx.Node, Any],
        asked: bool = False,
    ) -> None:
        self.root = root
        self.dtype = dtype
        self.values = values
        self.asked = asked
        self.nodes: list[Node] = []
        self.found: dict[fx.Node, Any] = {}
        self.given: dict[fx.Node, Any] = {}
        self.place = ""
        self.value: Any = None
        self.users: set[str] = set()
        self.stretches = False
        self.stored = {id(tensor) for tensor in (*root.parameters(), *root.buffers())}
        self.kept: list[Any] = []  # so that no other object takes the id of one in `stored`
        self._owners: dict[int, tuple[str, tuple[int, ...]]] = {}
        self._computed: dict[tuple[int, str], Any] = {}

    def refuse(self, reason: str) -> NoReturn:
        """Give up, with the name of what is being read."""
        raise CannotTranslate(self.place, reason)

    def emit(
        self, layer: Layer, *inputs: Signal, weights: Mapping[str, Any] | None = None
    ) -> Signal:
        """Add a node.

        Parameters
        ----------
        layer : Layer
        *inputs : Signal
        weights : mapping from str to tensor or None
            None where the layer goes without.
        """
        held = {name: w for name, w in (weights or {}).items() if w is not None}
        try:
            shape = output_shape(layer, [signal.shape for signal in inputs])
        except ValueError as error:
            self.refuse(str(error))
        name = self._unused_name()
        self.nodes.append(
            Node(
                name=name,
                layer=layer,
                inputs=tuple(signal.name for signal in inputs),
                weights={key: w.detach().cpu().numpy() for key, w in held.items()},
                module=self._module(name, list(held.values())),
                trainable=self._trainable(list(held.values())),
            )
        )
        return Signal(name, tuple(size for size in shape if size is not None))

    def _unused_name(self) -> str:
        taken = {node.name for node in self.nodes}
        names = (
            f"{self.place}_{count}" if count else self.place for count in range(len(taken) + 1)
        )
        return next(name for name in names if name not in taken)

    def _module(self, name: str, tensors: Sequence[torch.Tensor]) -> str:
        """Name the first node that holds these very weights."""
        ids = tuple(id(tensor) for tensor in tensors)
        known = {self._owners[number] for number in ids if number in self._owners}
        if not known:
            self._owners.update(dict.fromkeys(ids, (name, ids)))
            return name
        owner, owned = known.pop()
        if known or owned != ids:
            self.refuse(f"it shares some of its weights, but not all, with {owner!r}")
        return owner

    def _trainable(self, tensors: Sequence[torch.Tensor]) -> bool:
        wanted = {t.requires_grad for t in tensors if isinstance(t, nn.Parameter)}
        if len(wanted) > 1:
            self.refuse("some of its parameters are frozen and some are not; Keras freezes a layer")
        return wanted != {False}

    def parameter(self, module: nn.Module, name: str) -> Any:
        """Return a weight of a module as its calls use it, normalised if it is.

        The same object each time, so that a module that is used twice is one layer.
        """
        key = id(module), name
        if key not in self._computed:
            self._computed[key] = self._parameter(module, name)
        return self._computed[key]

    def _parameter(self, module: nn.Module, name: str) -> Any:
        for hook in module._forward_pre_hooks.values():
            if type(hook).__name__ == "WeightNorm" and hook.name == name:  # type: ignore[attr-defined]
                weight = nn.Parameter(hook.compute_weight(module))  # type: ignore[attr-defined]
                return weight.requires_grad_(any(p.requires_grad for p in module.parameters()))
        weight = getattr(module, name)
        if weight is not None and nn.utils.parametrize.is_parametrized(module, name):
            originals = module.parametrizations[name].parameters()  # type: ignore[union-attr,index]
            return nn.Parameter(weight.detach()).requires_grad_(
                any(p.requires_grad for p in originals)
            )
        return weight

    def stored_weight(self, tensor: Any) -> Any:
        """Return a weight that a function was given, if it is stored in the model as it is."""
        if tensor is not None and id(tensor) not in self.stored:
            self.refuse("its weights are computed anew at each call")
        return tensor

    def read(self, node: fx.Node, value: Any) -> Any:
        """Read one recorded operation; return its signal, or the value of what is none."""
        self.place, self.value, self.stretches = place_of(node), value, False
        self.users = {name_of(user) for user in node.users}
        if any(isinstance(self.found[other], Indices) for other in node.all_input_nodes):
            self.refuse("it wants the positions of the largest numbers, which Keras does not give")
        args, kwargs = fx.node.map_arg((node.args, node.kwargs), lambda other: self.found[other])
        if node.op == "call_module":
            module = self.root.get_submodule(str(node.target))
            reader = MODULES[kind_of(module)]
            args = (module, *args)  # type: ignore[arg-type]
        else:
            target = name_of(node)
            name = target if target in READERS else target.rstrip("_")
            if name not in READERS:
                self.refuse(f"{target}() is not among the operations that are known")
            reader = READERS[name]
        try:
            inspect.signature(reader).bind(self, *args, **kwargs)
        except TypeError as error:
            self.refuse(f"it was called in a way that is not known ({error})")
        result = reader(self, *args, **kwargs)
        self._check(result)
        self.given[node] = result
        if _is_in_place(node, self.root):
            self._write_over(node, result)
        return result

    def _write_over(self, node: fx.Node, result: Any) -> None:
        """Put the result of an operation in place of its first operand, and of that alone."""
        target = node.all_input_nodes[0]
        changed = self.found[target]
        for key, old in list(self.found.items()):
            if not overlap(self.values[key], self.values[target]):
                continue
            if old is changed:
                self.found[key] = result
            elif any(user is not node and user not in self.found for user in key.users):
                self.refuse("it writes into a view of a tensor that is used again afterwards")

    def _check(self, result: Any) -> None:
        """Compare the shapes that were read with those that were."""
        pairs = (
            zip(result, self.value, strict=False)
            if isinstance(result, tuple)
            else [(result, self.value)]
        )
        for signal, value in pairs:
            if not isinstance(signal, Signal) or self.stretches:
                continue
            if tuple(value.shape[1:]) != signal.shape:
                self.refuse(
                    f"it gives {tuple(value.shape[1:])}, and was read to give {signal.shape}"
                )


def overlap(a: Any, b: Any) -> bool:
    """Tell whether two values have numbers in the same places of the memory."""
    if isinstance(a, tuple | list):
        return any(overlap(part, b) for part in a)
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return False
    if a is b or a.untyped_storage().data_ptr() != b.untyped_storage().data_ptr():
        return a is b
    cells = torch.arange(a.untyped_storage().nbytes() // a.element_size())
    mine, its = (cells.as_strided(t.shape, t.stride(), t.storage_offset()) for t in (a, b))
    return bool(torch.isin(mine, its).any())


def _is_in_place(node: fx.Node, root: nn.Module) -> bool:
    """Tell whether an operation writes over its first operand."""
    if node.op == "call_module":
        return bool(getattr(root.get_submodule(str(node.target)), "inplace", False))
    name = name_of(node)
    underscored = name.endswith("_") and not name.endswith("__")
    written = getattr(node.target, "__module__", "") == "_operator" and name in _WRITING
    return bool(node.kwargs.get("inplace")) or underscored or written


_WRITING = ("iadd", "isub", "imul", "itruediv")
