"""The operations of a torch module, as torch.fx records them, each with the value it had.

Symbolic tracing alone stops at ``if x.shape[2] % 2`` or ``range(x.size(1))``. Here an example runs
along: what depends on shapes is known, and what depends on the numbers themselves is refused. This
module imports torch when it is loaded, and is therefore itself only imported inside functions.
"""

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import fx, nn

from cnncourse.frameworks.errors import CannotTranslate

ABOUT_SHAPES = frozenset(
    "shape ndim dtype device layout is_cuda requires_grad itemsize size dim ndimension numel"
    " nelement is_floating_point is_complex is_tensor is_contiguous get_device type".split()
)
"""What may be asked of a tensor without an answer that depends on its numbers."""


class Evaluation(int):
    """The `training` of modules that are traced: False, but told from one written as a literal.

    Attributes
    ----------
    asked : bool
        It was taken as a plain bool or int somewhere, which then does not show it any more.
    """

    asked = False

    def __bool__(self) -> bool:
        self.asked = True
        return False

    def __int__(self) -> int:
        self.asked = True
        return 0

    __index__ = __int__


def holds_tensors(value: Any) -> bool:
    """Tell whether a value is a tensor or a tuple or list with one in it."""
    if isinstance(value, tuple | list):
        return any(holds_tensors(part) for part in value)
    return isinstance(value, torch.Tensor)


# Those of `torch_reading_own`; all others of our modules are traced as a user's are.
_OURS = {
    *("FrozenBatchNorm1d", "FrozenBatchNorm2d", "FrozenBatchNorm3d", "SharedDropout"),
    *("Standardise", "SoftmaxOver", "SlopeOver", "Repeat", "ClippedReLU"),
    *("SparsePlus", "SparseSigmoid", "Squareplus"),
}


def is_leaf(module: nn.Module) -> bool:
    """Tell whether a module, torch's own or of those in `_OURS`, is recorded as a whole."""
    containers = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
    if type(module).__module__.startswith("cnncourse.frameworks."):
        return type(module).__name__ in _OURS
    return type(module).__module__.startswith("torch.nn") and not isinstance(module, containers)


def kind_of(module: nn.Module) -> str:
    """Return the name of a module's class, without what a parametrization makes of it."""
    return str(nn.utils.parametrize.type_before_parametrizations(module).__name__)


class ValuedProxy(fx.Proxy):
    """A recorded value that can be asked for its length, or as a number, if it is about shapes."""

    tracer: "ValuedTracer"

    def __getattr__(self, name: str) -> Any:
        value = self.tracer.values[self.node]
        if not hasattr(value, name):
            raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
        if callable(getattr(value, name, None)):
            return fx.proxy.Attribute(self, name)
        return self.tracer.create_proxy("call_function", getattr, (self, name), {})

    def _known(self) -> Any:
        return self.tracer.known(self.node)

    def __len__(self) -> int:
        value = self.tracer.values[self.node]
        # The length of a tensor is a size too, and does not depend on its numbers.
        return len(value) if isinstance(value, tuple | list | torch.Tensor) else len(self._known())

    def __index__(self) -> int:
        return self._known().__index__()

    def __int__(self) -> int:
        return int(self._known())

    def __float__(self) -> float:
        return float(self._known())

    def __ceil__(self) -> int:
        return math.ceil(self._known())

    def __floor__(self) -> int:
        return math.floor(self._known())

    def __round__(self, ndigits: int | None = None) -> Any:
        return round(self._known(), ndigits)


class ValuedTracer(fx.Tracer):
    """Records a module's operations while an example runs through it.

    Parameters
    ----------
    examples : sequence of tensors
        One for each input.

    Attributes
    ----------
    values : dict
        What each recorded node gave.
    signals : set
        Nodes whose tensors depend on the numbers that came in.
    failed : str
        The place of the operation that last could not be run.
    """

    def __init__(self, examples: Sequence[torch.Tensor]) -> None:
        super().__init__()
        self.examples = list(examples)
        self.values: dict[fx.Node, Any] = {}
        self.signals: set[fx.Node] = set()
        self.failed = ""
        self._evaluates = False

    def proxy(self, node: fx.Node) -> fx.Proxy:
        """Return what stands for a node's value while a module is traced."""
        return ValuedProxy(node, self)

    def create_args_for_root(self, root_fn: Any, is_module: bool, concrete_args: Any = None) -> Any:
        """Make a placeholder for each example; arguments beyond keep their defaults."""
        names = root_fn.__code__.co_varnames[1:]
        places = range(len(self.examples))
        named = [names[i] if i < root_fn.__code__.co_argcount - 1 else f"input_{i}" for i in places]
        inputs = [self.create_proxy("placeholder", name, (), {}) for name in named]
        return root_fn, [self.root, *inputs]

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Tell whether a module is recorded as a whole."""
        return is_leaf(m)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        """Record a call, or go into it, or, where the example runs, just call."""
        if self._evaluates:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: Any) -> Any:
        """Give a parameter as something to be recorded, unless the example runs."""
        if self._evaluates:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def create_node(
        self, kind: str, target: Any, args: Any, kwargs: Any, *rest: Any, **more: Any
    ) -> Any:
        """Record a node and run it."""
        node = super().create_node(kind, target, args, kwargs, *rest, **more)
        if kind == "placeholder":
            self.values[node] = self.examples[len(self.values)]
            self.signals.add(node)
        elif kind != "output":
            self._evaluates = True
            try:
                self.values[node] = value_of(node, self.root, self.values)
            except Exception:
                self.failed = place_of(node)
                self.graph.erase_node(node)  # the module may know what to do without
                raise
            finally:
                self._evaluates = False
            self._follow(node)
        return node

    def _follow(self, node: fx.Node) -> None:
        if self.signals.isdisjoint(node.all_input_nodes):
            return
        if holds_tensors(self.values[node]):
            self.signals.add(node)
            return
        asked = node.args[1] if node.target is getattr else node.target
        name = asked if isinstance(asked, str) else getattr(asked, "__name__", str(asked))
        if name not in ABOUT_SHAPES and name != "getitem":
            raise CannotTranslate(
                place_of(node), f"{name}() gives a number that depends on the data"
            )

    def known(self, node: fx.Node) -> Any:
        """Return a value that does not depend on data."""
        if node in self.signals:
            raise CannotTranslate(place_of(node), "its control flow depends on the data")
        return self.values[node]

    def to_bool(self, obj: fx.Proxy) -> bool:
        """Decide a condition on shapes."""
        return bool(self.known(obj.node))

    def iter(self, obj: fx.Proxy) -> Iterator[Any]:
        """Go through a shape, or through a tuple of tensors."""
        value = self.values[obj.node]
        if isinstance(value, tuple | list):
            return iter([operator.getitem(obj, place) for place in range(len(value))])
        if obj.node in self.signals:
            raise CannotTranslate(place_of(obj.node), "it goes through the examples of a batch")
        return iter(value)


def value_of(node: fx.Node, root: nn.Module, values: dict[fx.Node, Any]) -> Any:
    """Run one recorded node on the values of those before it."""
    args, kwargs = fx.node.map_arg((node.args, node.kwargs), lambda other: values[other])
    # A flag that only says that it is no literal would be refused where a bool is wanted.
    args, kwargs = _plain(args), _plain(kwargs)
    with torch.no_grad():
        if node.op == "get_attr":
            owner, _, name = str(node.target).rpartition(".")
            return getattr(root.get_submodule(owner), name)
        if node.op == "call_module":
            return root.get_submodule(str(node.target)).forward(*args, **kwargs)
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **kwargs)
        target: Callable[..., Any] = node.target  # type: ignore[assignment]
        return target(*args, **kwargs)


def _plain(value: Any) -> Any:
    if isinstance(value, Evaluation):
        return False
    if type(value) in (tuple, list):
        return type(value)(_plain(part) for part in value)
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def name_of(node: fx.Node) -> str:
    """Name the function or method that a node calls."""
    return node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")


def place_of(node: fx.Node) -> str:
    """Name the place of a node in its model: the module's path, and what it does there."""
    if node.op == "call_module":
        return str(node.target)
    stack = node.meta.get("nn_module_stack") or {}
    owner = list(stack.values())[-1][0] if stack else ""
    return f"{owner}.{node.name}" if owner else node.name
