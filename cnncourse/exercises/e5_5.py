"""E5.5: a stack of layers for a given output width and receptive field. Many are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part


def my_layers(n, outputs, field):
    """Design a stack of convolution layers. The cell above shows your numbers:

    n : width of the input in pixels.
    outputs : how wide the output of the last layer has to be.
    field : how many input pixels one unit of the last layer has to see, its receptive field.
    Put a list of layers in place of the dots, from the input on: (kernel, stride, padding) for
    each, three whole numbers. Kernels have 1 to 5 taps, strides are 1 or 2, and the padding,
    the same on both sides, is smaller than the kernel. Use as many layers as you like.

    Along one axis a layer makes (n + 2 padding - kernel) // stride + 1 outputs of n inputs. Each
    unit of it sees kernel units of the layer before: work out how many pixels that is.
    Example: [(3, 2, 1), (3, 1, 0)] makes 5 outputs of n = 13, whose receptive field is 7 pixels.
    Any design that fits is right.
    """
    # Two layers of stride 2, whose padding keeps just half of the units, make n / 4 outputs.
    # Their kernels add 2 gaps of 1 pixel and 2 gaps of 2 pixels to the one pixel: field 7.
    missing = field - 7
    # Layers (3, 1, 1) keep the size. One adds 2 gaps: of 4 pixels each behind both strides, of
    # 2 pixels between them, of 1 pixel before them. Give change for what is missing.
    last, missing = missing // 8, missing % 8
    middle, first = missing // 4, missing % 4 // 2
    keep, halve = [(3, 1, 1)], [(3, 2, 1)]
    return first * keep + halve + middle * keep + halve + last * keep


def _given(draw: Draw) -> dict[str, Any]:
    """Draw numbers for which two strides of 2 and kernels of 3 taps are one way."""
    outputs = draw.integer(6, 9)
    n = 4 * outputs - draw.integer(0, 3)
    return {"n": n, "outputs": outputs, "field": 2 * draw.integer(8, 10) + 1}


def _width(n: int, layers: Array) -> int:
    """Follow the width through the layers; 0 where a kernel does not fit."""
    for kernel, stride, padding in layers.astype(int).tolist():
        n = max((n + 2 * padding - kernel) // stride + 1, 0)
    return n


def _field(layers: Array) -> int:
    """Follow the field back from one unit of the last layer to the pixels."""
    seen = 1
    for kernel, stride, _ in reversed(layers.astype(int).tolist()):
        seen = (seen - 1) * stride + kernel
    return seen


def _fault(layers: Array) -> str:
    """Say which rule of the task a list of layers breaks, "" for none."""
    if layers.ndim != 2 or layers.shape[1] != 3:
        return "each layer needs three numbers, (kernel, stride, padding)"
    if (layers != np.rint(layers)).any():
        return "kernels, strides and paddings are whole numbers"
    kernel, stride, padding = layers.T
    if not ((kernel >= 1) & (kernel <= 5)).all():
        return "a kernel has 1 to 5 taps"
    if not ((stride == 1) | (stride == 2)).all():
        return "a stride is 1 or 2"
    if not ((padding >= 0) & (padding < kernel)).all():
        return "a padding is at least 0 and smaller than its kernel"
    return ""


def _judge(case: Case, layers: Array) -> str:
    n, outputs, field = case.args
    fault = _fault(layers)
    if fault:
        return fault
    width, seen = _width(n, layers), _field(layers)
    if width == outputs and seen == field:
        return ""
    return (
        f"these layers make {width} outputs of {n} pixels, and one output sees {seen} pixels; "
        f"asked for are {outputs} outputs that see {field} pixels"
    )


EXERCISE = Exercise(
    id="E5.5",
    title="Design a network",
    solution=my_layers,
    judge=_judge,
    given=_given,
    output="matrix",
    parts=(
        Part(
            "the width of the output",
            1,
            lambda case, got: not _fault(got) and _width(case.args[0], got) == case.args[1],
        ),
        Part(
            "the receptive field",
            2,
            lambda case, got: not _fault(got) and _field(got) == case.args[2],
        ),
    ),
    misconceptions=(),
    hints=(
        "How often do you have to halve the width? A layer (3, 2, 1) does that, and a layer "
        "(3, 1, 1) keeps it.",
        "Start with field 1. A layer of k taps adds k - 1 gaps, and a gap is as many pixels wide "
        "as the strides of all layers before it multiply to.",
        "Two layers (3, 2, 1) make the field 1 + 2 + 4 = 7. A layer (3, 1, 1) adds 2 pixels before "
        "both, 4 between them, 8 behind them: which of these make up what is missing?",
    ),
)
