"""Copies of torch modules to run in their stead, so that what was given stays as it was.

A forward may count its calls, store what went through it, or draw random numbers. Like
`torch_tracing`, this module imports torch when it is loaded.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from cnncourse.frameworks.errors import CannotTranslate


def refuse_compiled(module: nn.Module) -> None:
    """Refuse modules that are Python no longer: scripted, traced or compiled."""
    for path, part in module.named_modules():
        name = path or type(part).__name__
        if isinstance(part, torch.jit.ScriptModule):
            raise CannotTranslate(
                name, "torch.jit has scripted or traced it: pass the module it was made from"
            )
        if type(part).__name__ == "OptimizedModule" and hasattr(part, "_orig_mod"):
            raise CannotTranslate(name, "torch.compile made it: pass the original, its ._orig_mod")


def copied(module: nn.Module) -> nn.Module:
    """Return a copy of a module that shares nothing with it, weights included.

    Raises
    ------
    CannotTranslate
        If it was compiled, or holds what Python cannot copy: running it could change it.
    """
    refuse_compiled(module)
    # deepcopy refuses results of computations (old weight norm has one, stored activations are
    # others); only their numbers are wanted here.
    memo: dict[int, Any] = {
        id(held): held.detach().clone()
        for part in module.modules()
        for held in vars(part).values()
        if isinstance(held, torch.Tensor) and not held.is_leaf
    }
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:  # whatever the classes of its attributes make of being copied
        raise CannotTranslate(
            type(module).__name__,
            f"it cannot be copied, and running it might change it ({error})",
        ) from error


@contextmanager
def same_chance() -> Iterator[None]:
    """Leave the random numbers that Python, NumPy and torch draw next as they would have been."""
    # A forward may draw from NumPy's old global generator; there is no other way to keep that.
    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    try:
        with torch.random.fork_rng(devices=devices):
            yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002


class Unchanged:
    """The parameters and buffers of a module, to tell later whether its forward changed them."""

    def __init__(self, root: nn.Module) -> None:
        self.root = root
        self.before = self._now()

    def _now(self) -> dict[str, tuple[torch.Tensor, int]]:
        """Each tensor with torch's count of the times it was written to."""
        held = (*self.root.named_parameters(), *self.root.named_buffers())
        return {name: (t, 0 if t.is_inference() else t._version) for name, t in held}

    def refuse_changes(self) -> None:
        """Refuse a module of which one is another tensor, or was written to."""
        now = self._now()
        for name, (tensor, version) in self.before.items():
            found, count = now.get(name, (None, 0))
            if found is not tensor or count != version:
                raise CannotTranslate(name, "it is changed by each call, in evaluation mode too")
