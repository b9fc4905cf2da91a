"""A torch module made ready to be read, run on examples, and refused where that tells too little.

Like `torch_tracing`, this module imports torch when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import fx, nn

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.torch_tracing import (
    Evaluation,
    ValuedTracer,
    holds_tensors,
    is_leaf,
    place_of,
    value_of,
)

BATCHES = (2, 3)
"""Every module is run on batches of both sizes: what is an example's must not depend on them."""


_FAMILIES: dict[type[nn.Module], str] = {
    nn.RNNBase: "recurrent layers are not carried over",
    nn.RNNCellBase: "recurrent layers are not carried over",
    nn.MultiheadAttention: "attention is not carried over",
    nn.Transformer: "attention is not carried over",
    nn.TransformerEncoderLayer: "attention is not carried over",
    nn.TransformerDecoderLayer: "attention is not carried over",
    nn.Embedding: "an embedding reads integers, and only numbers are carried over",
}


def refuse_strangers(root: nn.Module) -> None:
    """Refuse hooks and parametrizations, which change modules from outside; and missing weights."""
    for path, module in root.named_modules():
        name = path or type(module).__name__
        for family, reason in _FAMILIES.items():
            if isinstance(module, family):
                raise CannotTranslate(name, reason)
        if any(nn.parameter.is_lazy(p) for p in module.parameters(recurse=False)):
            raise CannotTranslate(name, "it has no weights yet: run the module once")
        hooks = [*module._forward_hooks.values(), *module._forward_pre_hooks.values()]
        for hook in hooks:
            if type(hook).__name__ != "WeightNorm":
                raise CannotTranslate(name, "it has a hook, whose effect cannot be read")
        if nn.utils.parametrize.is_parametrized(module):
            for parts in module.parametrizations.values():
                for part in parts:
                    if type(part).__name__ != "_WeightNorm":
                        raise CannotTranslate(
                            name,
                            f"its weights are computed by {type(part).__name__}; make them plain "
                            "with torch.nn.utils.parametrize.remove_parametrizations first",
                        )


def _tensors(root: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for path, module in root.named_modules():
        held = (*module.parameters(recurse=False), *module.buffers(recurse=False))
        yield from ((path or type(module).__name__, t) for t in held if t.is_floating_point())


def dtype_of(root: nn.Module) -> torch.dtype:
    """Return the one type of all weights."""
    found: torch.dtype | None = None
    for name, tensor in _tensors(root):
        if tensor.dtype not in (torch.float32, torch.float64) or found not in (None, tensor.dtype):
            kind = str(tensor.dtype).removeprefix("torch.")
            raise CannotTranslate(
                name, f"its weights are {kind}; all must be float32, or all float64"
            )
        found = tensor.dtype
    return found or torch.get_default_dtype()


def device_of(root: nn.Module) -> torch.device:
    """Return where its weights are."""
    return next((tensor.device for _, tensor in _tensors(root)), torch.device("cpu"))


@contextmanager
def evaluating(root: nn.Module, *, plainly: bool = False) -> Iterator[None]:
    """Put all modules into evaluation mode, those to be traced with a flag that shows."""
    before = [(module, module.training) for module in root.modules()]
    try:
        for module, _ in before:
            flag = False if plainly or is_leaf(module) else Evaluation(0)
            module.training = flag  # type: ignore[assignment]
        yield
    finally:
        for module, mode in before:
            module.training = mode


def try_out(root: nn.Module, examples: Sequence[torch.Tensor]) -> None:
    """Run the module once, so that a shape that does not fit is told from what cannot be traced."""
    with torch.no_grad(), evaluating(root, plainly=True):
        try:
            root(*(example.clone() for example in examples))
        except Exception as error:
            shapes = [tuple(example.shape[1:]) for example in examples]
            raise ValueError(
                f"the module cannot be run on inputs of the shapes {shapes}: {error}"
            ) from error


def refuse_mixing(
    tracer: ValuedTracer, root: nn.Module, recorded: fx.Graph, examples: Sequence[torch.Tensor]
) -> None:
    """Run what was recorded on a batch of another size: only the batch's axis may change."""
    values: dict[fx.Node, Any] = {}
    inputs = iter(examples)
    for node in recorded.nodes:
        if node.op == "output":
            return
        try:
            values[node] = (
                next(inputs) if node.op == "placeholder" else value_of(node, root, values)
            )
        except Exception as error:
            raise CannotTranslate(
                place_of(node), f"it wants a batch of one size ({error})"
            ) from error
        if node in tracer.signals and not _alike(tracer.values[node], values[node]):
            raise CannotTranslate(place_of(node), "it does not keep the examples of a batch apart")


def _alike(small: Any, large: Any) -> bool:
    if isinstance(small, tuple | list):
        return len(small) == len(large) and all(map(_alike, small, large))
    if not holds_tensors(small):
        return bool(small == large)
    shapes = [tuple(small.shape), tuple(large.shape)]
    return [shape[:1] for shape in shapes] == [(batch,) for batch in BATCHES] and (
        shapes[0][1:] == shapes[1][1:]
    )
