"""A chain of layers, one step after the other: shapes, numbers, and the other framework's lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.facts import Facts, layer_facts
from cnncourse.frameworks.fields import Field, field_after
from cnncourse.frameworks.input_sizes import (
    axes_in_words,
    channels_first_of,
    crossed,
    in_order_of,
    looks_swapped,
)
from cnncourse.frameworks.keras_text import layers_of_keras
from cnncourse.frameworks.layers import Layer, Pads, Sizes
from cnncourse.frameworks.reading_text import Call
from cnncourse.frameworks.signatures import FRAMEWORKS, LayerTextError
from cnncourse.frameworks.source_lines import Line
from cnncourse.frameworks.torch_text import layers_of_torch
from cnncourse.frameworks.wording import source_lines

LARGEST = 10**12
"""Most numbers that a layer may put out, or learn: far more than any machine holds."""


@dataclass(frozen=True)
class Step:
    """One layer as it was written, for the input that it gets.

    Attributes
    ----------
    source : str
        As it was written.
    framework : str
        "keras" or "torch".
    layers : tuple of Layer
        What it means: often one, with an ``activation=`` two.
    facts : tuple of Facts
        Of each of them.
    field : Field or None
        What one unit of the output sees of the chain's input.
    given : frozenset of str
        The arguments that were written.
    """

    source: str
    framework: str
    layers: tuple[Layer, ...]
    facts: tuple[Facts, ...]
    field: Field | None
    given: frozenset[str] = frozenset()

    @property
    def input_shape(self) -> Sizes:
        """In the order of its framework, without the batch."""
        return in_order_of(self.facts[0].input_shape, self.framework)

    @property
    def output_shape(self) -> Sizes:
        """In the order of its framework, without the batch."""
        return in_order_of(self.facts[-1].output_shape, self.framework)

    @property
    def parameters(self) -> int:
        """How many numbers training changes."""
        return sum(f.parameters for f in self.facts)

    @property
    def statistics(self) -> int:
        """How many running means and variances are kept beside them."""
        return sum(f.statistics for f in self.facts)

    @property
    def multiply_adds(self) -> int:
        """For one example; see `Facts`."""
        return sum(f.multiply_adds for f in self.facts)

    @property
    def padding(self) -> Pads | None:
        """Cells added to each spatial axis, (before, after); None if the layer has no padding."""
        return next((f.pads for f in self.facts if f.pads is not None), None)

    def lines(self, framework: str) -> list[Line] | CannotTranslate:
        """The layer in a program for either framework; why not, where that cannot be."""
        found: list[Line] = []
        try:
            for layer, facts in zip(self.layers, self.facts, strict=True):
                found += source_lines(framework, layer, facts.input_shape)
        except CannotTranslate as error:
            return error
        return found


def chain(calls: Sequence[Call], sizes: Sizes, framework: str) -> list[Step]:
    """Put layers one behind the other.

    Parameters
    ----------
    calls : sequence of Call
    sizes : tuple of int
        Of the input, in the order of the framework.
    framework : str

    Returns
    -------
    list of Step

    Raises
    ------
    LayerTextError
        If a layer does not fit its input.
    """
    shape, found = channels_first_of(sizes, framework), []
    for place, call in enumerate(calls, 1):
        where = f"layer {place}, " if len(calls) > 1 else ""
        hint = _swapped(sizes, framework) if place == 1 else ""
        try:
            _has_axes(call, shape, framework, place > 1)
            read = layers_of_keras if framework == "keras" else layers_of_torch
            layers = read(call, shape)
            facts = _facts(layers, shape)
        except LayerTextError as error:
            raise LayerTextError(f"{where}{error}{hint}") from None
        except ValueError as error:
            raise LayerTextError(f"{where}{call.source}: {error}{hint}") from None
        found.append((call.source, layers, facts, call.given))
        shape = facts[-1].output_shape
    return steps(found, framework)


def steps(
    found: Sequence[tuple[str, Sequence[Layer], Sequence[Facts], frozenset[str]]], framework: str
) -> list[Step]:
    """Make steps of sources, layers and their numbers, with the field that each unit has."""
    every = [layer for _, layers, _, _ in found for layer in layers]
    shapes = [found[0][2][0].input_shape]
    shapes += [f.output_shape for _, _, facts, _ in found for f in facts]
    ends = accumulate(len(layers) for _, layers, _, _ in found)
    return [
        Step(
            source,
            framework,
            tuple(layers),
            tuple(facts),
            field_after(every[:end], shapes[: end + 1]),
            given,
        )
        for (source, layers, facts, given), end in zip(found, ends, strict=True)
    ]


def _facts(layers: Sequence[Layer], shape: Sizes) -> list[Facts]:
    facts = []
    for layer in layers:
        facts.append(layer_facts(layer, shape))
        shape = facts[-1].output_shape
        for what, count in (("outputs", prod(shape)), ("parameters", facts[-1].parameters)):
            if count > LARGEST:
                raise ValueError(f"there must be at most 10**12 {what}, got some {count:.0e}")
    return facts


_FLAT_TOO = ("BatchNorm1d",)


def _has_axes(call: Call, shape: Sizes, framework: str, later: bool) -> None:
    """The class's name says how many spatial axes there must be."""
    axes = call.signature.axes
    if not axes or len(shape) == axes + 1 or (call.name in _FLAT_TOO and len(shape) == 1):
        return
    got = in_order_of(shape, framework)
    hint = ""
    if len(shape) == axes + 2:
        hint = "; the batch is not counted"
    elif len(shape) == 1 and later:
        hint = "; behind a Flatten there are no such axes"
    elif len(shape) == axes:
        hint = "; the channels are counted, also if there is one only"
    raise LayerTextError(
        f"{call.name} of {FRAMEWORKS[framework]} reads {axes_in_words(axes + 1, framework)}, "
        f"{axes + 1} numbers, got {crossed(got)}{hint}"
    )


def _swapped(sizes: Sizes, framework: str) -> str:
    """A hint where the input may have been written in the other framework's order."""
    words = f"{axes_in_words(len(sizes), framework)}, as {FRAMEWORKS[framework]} has them"
    other = looks_swapped(sizes, framework)
    text = f". The input {crossed(sizes)} was read as {words}"
    return f"{text}: did you mean {'x'.join(map(str, other))}?" if other else ""
