"""Explain a layer: what comes out, what it costs, what it sees, and how the other one writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnncourse.frameworks.explaining_models import framework_of, model_steps
from cnncourse.frameworks.explaining_page import page
from cnncourse.frameworks.explaining_words import text
from cnncourse.frameworks.input_sizes import axes_in_words, looks_swapped, read_input
from cnncourse.frameworks.layers import Pads, Sizes
from cnncourse.frameworks.reading_text import Call, Reading, read_layers
from cnncourse.frameworks.remarks import remarks
from cnncourse.frameworks.signatures import FRAMEWORKS, LayerTextError
from cnncourse.frameworks.steps import Step, chain


@dataclass(frozen=True)
class Explanation:
    """What `explain_layer` found; prints as text, and shows as a table in a notebook.

    Attributes
    ----------
    framework : str
        "keras" or "torch", in which the layers were written.
    input_shape : tuple of int
        In that framework's order, without the batch.
    steps : tuple of Step
        One for each layer, with its numbers; of one layer alone `step` is it.
    remarks : tuple of str
        Where a default bites.
    """

    framework: str
    input_shape: Sizes
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]

    @property
    def step(self) -> Step:
        """The last layer."""
        return self.steps[-1]

    @property
    def output_shape(self) -> Sizes:
        """Of the last layer, in the framework's order, without the batch."""
        return self.step.output_shape

    @property
    def parameters(self) -> int:
        """Numbers that training changes, in all layers."""
        return sum(step.parameters for step in self.steps)

    @property
    def statistics(self) -> int:
        """Running means and variances, in all layers."""
        return sum(step.statistics for step in self.steps)

    @property
    def multiply_adds(self) -> int:
        """For one example, in all layers; see `cnncourse.frameworks.facts.Facts`."""
        return sum(step.multiply_adds for step in self.steps)

    @property
    def padding(self) -> Pads | None:
        """Cells that the last layer adds, (before, after) for each axis."""
        return self.step.padding

    @property
    def receptive_field(self) -> Sizes | None:
        """Cells of the input that one unit of the output sees, along each axis."""
        return self.step.field.sizes if self.step.field else None

    @property
    def other_framework(self) -> str:
        """The one in which the layers were not written."""
        return "torch" if self.framework == "keras" else "keras"

    @property
    def in_other(self) -> tuple[str, ...]:
        """The layers as the other framework writes them, line by line.

        Raises
        ------
        CannotTranslate
            If one has no counterpart.
        """
        found: list[str] = []
        for step in self.steps:
            lines = step.lines(self.other_framework)
            if isinstance(lines, Exception):
                raise lines
            found += [line.code for line in lines]
        return tuple(found)

    def __str__(self) -> str:
        return text(self.framework, self.input_shape, self.steps, self.remarks)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return page(self.framework, self.input_shape, self.steps, self.remarks)


def explain_layer(layer: Any, input_shape: Any = None) -> Explanation:
    """Explain one layer, or a chain of layers, for an input of a given shape.

    Parameters
    ----------
    layer : str, Keras layer or model, or torch.nn.Module
        A text as in a program for Keras or PyTorch: ``"Conv2D(32, 3, strides=2, padding='same')"``,
        ``"nn.Conv2d(1, 32, 3)"``; several joined by ``->``, or in a ``Sequential``. It is read, not
        run, so neither framework need be installed. A layer or model itself is explained if it is
        one chain.
    input_shape : str or sequence of int, optional
        Without the batch, in the framework's order: "28x28x1" for Keras, "1x28x28" for PyTorch. May
        be left out where the text begins with an ``Input``, or has an ``input_shape=``.

    Returns
    -------
    explanation : Explanation

    Raises
    ------
    LayerTextError
        A ValueError, if it is no layer, an argument does not fit, or the layer not its input.
    CannotTranslate
        If a model holds a layer that is not known here.
    TypeError
        If `layer` is none of these.

    Examples
    --------
    >>> explanation = explain_layer("Conv2D(32, 3, strides=2, padding='same')", (28, 28, 1))
    >>> explanation.output_shape, explanation.parameters, explanation.padding
    ((14, 14, 32), 320, ((0, 1), (0, 1)))
    >>> explanation.in_other
    ('nn.ZeroPad2d((0, 1, 0, 1))', 'nn.Conv2d(1, 32, 3, stride=2)')
    """
    framework = framework_of(layer)
    if framework:
        sizes, steps = model_steps(layer, framework, input_shape)
        minded = []
    else:
        reading = read_layers(layer)
        framework = reading.framework
        calls, sizes = _beginning(reading, input_shape)
        steps = chain(calls, sizes, framework)
        minded = _order(reading, sizes)
    for step in steps:
        minded += remarks(step, alone=len(steps) == 1)
    return Explanation(framework, sizes, tuple(steps), tuple(dict.fromkeys(minded)))


def _beginning(reading: Reading, given: Any) -> tuple[list[Call], Sizes]:
    """The layers, and the shape of the input, wherever it stands."""
    calls, named = list(reading.calls), []
    if calls[0].name in ("Input", "InputLayer"):
        named.append(calls.pop(0).values["shape"])
    for call in calls:
        if call.name in ("Input", "InputLayer"):
            raise LayerTextError(f"{call.source} must be the first layer")
    if calls:
        named += [calls[0].values.get("input_shape"), calls[0].values.get("input_dim")]
    if not calls:
        raise LayerTextError("a layer was expected behind the Input")
    shapes = [read_input((n,) if isinstance(n, int) else n) for n in named if n is not None]
    shapes += [read_input(given)] if given is not None else []
    if not shapes:
        example = "28x28x1 (Keras)" if reading.framework == "keras" else "1x28x28 (PyTorch)"
        raise LayerTextError(f"the input's shape is needed, without the batch, such as {example}")
    if len(set(shapes)) > 1:
        raise LayerTextError(f"the text names the input {shapes[0]}, but {shapes[-1]} was given")
    return calls, shapes[0]


def _order(reading: Reading, sizes: Sizes) -> list[str]:
    """Say so where the framework was guessed, or the input looks like the other one's."""
    name = FRAMEWORKS[reading.framework]
    found = []
    if reading.guessed:
        found.append(
            f"Both frameworks write this alike; it was read as {name}'s. Write nn. before it for "
            "PyTorch's."
        )
    if other := looks_swapped(sizes, reading.framework):
        found.append(
            f"The input was read as {axes_in_words(len(sizes), reading.framework)}, as {name} has "
            f"them: if it is an image of {min(sizes)} channel{'s' * (min(sizes) > 1)}, "
            f"write {'x'.join(map(str, other))}."
        )
    return found
