"""Refuse torch modules that do not treat each example of a batch by itself, or each batch alike.

A module is traced on batches of several sizes; all but the first axis must come out the same, and
so must each number that was given along. Like `torch_tracing`, this module imports torch when it
is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.torch_running import BATCHES
from cnncourse.frameworks.torch_tracing import ValuedTracer, holds_tensors, name_of, place_of

_SHAPING = frozenset("view reshape expand broadcast_to unflatten".split())
"""May be given the batch's size: what they are read as is seen from what comes out."""


@dataclass(frozen=True)
class _Earlier:
    """Stands for a tensor that depends on what comes in, by its number among those."""

    number: int


def refuse_batches(first: ValuedTracer, trace: Callable[[int], ValuedTracer]) -> None:
    """Trace a module on batches of the other sizes, and compare.

    Parameters
    ----------
    first : ValuedTracer
        Of a batch of ``BATCHES[0]``.
    trace : callable
        Traces on a batch of the size that it is given.

    Raises
    ------
    CannotTranslate
        With the operation from which on they are not the same.
    """
    _refuse_difference(first, trace(BATCHES[1]), BATCHES[1])
    for batch in BATCHES[2:]:
        try:
            other = trace(batch)
        except CannotTranslate as error:
            # A batch of 1 that torch itself refuses cannot come out otherwise in Keras.
            if isinstance(error.__cause__, Exception):
                continue
            raise
        _refuse_difference(first, other, batch)


def _refuse_difference(first: ValuedTracer, other: ValuedTracer, batch: int) -> None:
    wanted, found = _described(first), _described(other)
    for (node, mine), (twin, its) in zip(wanted, found, strict=False):
        if mine[:2] != its[:2]:
            raise CannotTranslate(
                place_of(twin), f"a batch of {batch} goes another way than one of {BATCHES[0]}"
            )
        if not _same(mine[2], its[2]):
            raise CannotTranslate(
                place_of(node),
                f"it computes with other numbers for a batch of {batch} than for one of "
                f"{BATCHES[0]}: they depend on the batch's size, on chance or on earlier calls",
            )
        # Of a batch of 1 squeeze() takes the first axis too, which `to_keras` documents.
        apart = batch == BATCHES[1] and node in first.signals
        if apart and not _alike(first.values[node], other.values[twin]):
            raise CannotTranslate(place_of(node), "it does not keep the examples of a batch apart")


def _described(tracer: ValuedTracer) -> list[tuple[fx.Node, tuple[str, Any, Any]]]:
    """Each operation on what comes in, and the output: what it is, and what it is given."""
    nodes = [node for node in tracer.graph.nodes if node in tracer.signals or node.op == "output"]
    place = {node: number for number, node in enumerate(nodes)}

    def given(node: fx.Node) -> Any:
        if name_of(node) in _SHAPING:
            return [place.get(other) for other in node.all_input_nodes if other in place]

        def known(other: fx.Node) -> Any:
            return _Earlier(place[other]) if other in place else tracer.values[other]

        return fx.node.map_arg((node.args, node.kwargs), known)

    return [(node, (node.op, node.target, given(node))) for node in nodes]


def _same(a: Any, b: Any) -> bool:
    """Tell whether two operations were given the same."""
    if a is b:
        return True
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, slice) and isinstance(b, slice):
        return _same((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    return bool(a == b)


def _alike(small: Any, large: Any) -> bool:
    """Tell whether only the first axis has changed, from one batch size to the other."""
    if isinstance(small, tuple | list):
        return len(small) == len(large) and all(map(_alike, small, large))
    if not holds_tensors(small):
        return bool(small == large)
    shapes = [tuple(small.shape), tuple(large.shape)]
    return [shape[:1] for shape in shapes] == [(batch,) for batch in BATCHES[:2]] and (
        shapes[0][1:] == shapes[1][1:]
    )
