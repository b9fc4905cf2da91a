"""A torch module made ready to be read, run on examples, and refused where that tells too little.

Like `torch_tracing`, this module imports torch when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.torch_tracing import Evaluation, is_leaf

BATCHES = (2, 3, 1)
"""Every module is traced on batches of these sizes: what it does must not depend on them."""


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
        if any(t.is_meta for t in (*module.parameters(False), *module.buffers(False))):
            raise CannotTranslate(name, "its weights are on the device 'meta', without numbers")
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
        name = path or type(module).__name__
        yield from ((name, t) for t in held if t.is_floating_point() or t.is_complex())


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
def evaluating(root: nn.Module, *, plainly: bool = False) -> Iterator[Evaluation]:
    """Put all modules into evaluation mode, those to be traced with the flag that it gives."""
    shown = Evaluation(0)
    before = [(module, module.training) for module in root.modules()]
    try:
        for module, _ in before:
            flag = False if plainly or is_leaf(module) else shown
            module.training = flag  # type: ignore[assignment]
        yield shown
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
