"""E5.5: a stack of layers for a given output width and receptive field. Many are right."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part


def my_network(n, outputs, field):
    """Design a stack of convolution layers for a given width and receptive field.

    The cell above shows your numbers:
    n : width of the input in pixels.
    outputs : how wide the output of the last layer has to be.
    field : the receptive field that a unit of the last layer has to have, in pixels, from the
        first one that it sees to the last.
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
    outputs = draw.integer(7, 10)
    n = 4 * outputs - draw.integer(0, 2)
    return {"n": n, "outputs": outputs, "field": 2 * draw.integer(9, 11) + 1}


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


# Wrong ideas: widths and fields by other rules, and a design that fits each of them.

Layer = tuple[int, int, int]
Rule = Callable[[int, int, int, int], int]
KEEP, HALVE, NOTHING = (3, 1, 1), (3, 2, 1), (1, 1, 0)


def _rows(layers: Array) -> list[Layer]:
    return [(k, s, p) for k, s, p in layers.astype(int).tolist()]


def _width_by(rule: Rule, n: int, layers: Array) -> int:
    for kernel, stride, padding in _rows(layers):
        n = rule(n, kernel, stride, padding)
    return n


def _wrong_width(*rules: Rule) -> Callable[[Case, Array], bool]:
    """Recognise a design whose field is right, and whose width is so by another rule only."""

    def explains(case: Case, layers: Array) -> bool:
        n, outputs, field = case.args
        return (
            not _fault(layers)
            and _field(layers) == field
            and _width(n, layers) != outputs
            and any(_width_by(rule, n, layers) == outputs for rule in rules)
        )

    return explains


def _wrong_field(*rules: Callable[[list[Layer]], int]) -> Callable[[Case, Array], bool]:
    """Recognise a design whose width is right, and whose field is so by another rule only."""

    def explains(case: Case, layers: Array) -> bool:
        n, outputs, field = case.args
        return (
            not _fault(layers)
            and _width(n, layers) == outputs
            and _field(layers) != field
            and any(rule(_rows(layers)) == field for rule in rules)
        )

    return explains


def _jumps(layers: list[Layer]) -> list[int]:
    """Give the strides of all layers before each one, multiplied."""
    return [prod(stride for _, stride, _ in layers[:i]) for i in range(len(layers))]


def _sum_of_kernels(layers: list[Layer]) -> int:
    return sum(kernel for kernel, _, _ in layers)


def _without_jumps(layers: list[Layer]) -> int:
    return 1 + sum(kernel - 1 for kernel, _, _ in layers)


def _with_own_stride(layers: list[Layer]) -> int:
    jumps = _jumps(layers)
    return 1 + sum((k - 1) * s * jump for (k, s, _), jump in zip(layers, jumps, strict=True))


def _with_last_stride(layers: list[Layer]) -> int:
    """Multiply by the stride of the layer before alone."""
    strides = [1, *(stride for _, stride, _ in layers)]
    return 1 + sum((k - 1) * s for (k, _, _), s in zip(layers, strides, strict=False))


def _taps_for_gaps(layers: list[Layer]) -> int:
    return sum(k * jump for (k, _, _), jump in zip(layers, _jumps(layers), strict=True))


def _taps_for_gaps_and_one(layers: list[Layer]) -> int:
    return 1 + _taps_for_gaps(layers)


def _from_the_output(case: Case, layers: Array) -> bool:
    return bool(not _fault(layers) and _judge(case, layers) and not _judge(case, layers[::-1]))


def _taps(total: int) -> list[Layer]:
    """Give layers that keep the width and have so many taps in all."""
    return total // 3 * [KEEP] + total % 3 * [NOTHING]


def _rounded_up(n: int, outputs: int, field: int) -> list[Layer]:
    """Choose paddings by which each stride halves if sizes were rounded up."""
    first = n % 2
    second = (n + first) // 2 % 2
    return [*(field - 7) // 2 * [KEEP], (3, 2, first), (3, 2, second)]


def _one_too_few(n: int, outputs: int, field: int) -> list[Layer]:
    """Keep the width, and halve it, by a rule that forgets the first place."""
    missing = field - 7
    return [*missing // 3 * [(4, 1, 2)], *missing % 3 * [(2, 1, 1)], (3, 2, 2), (3, 2, 2)]


def _swapped(case: Case, layers: Array) -> bool:
    """Recognise (kernel, padding, stride)."""
    if layers.ndim != 2 or layers.shape[1] != 3:
        return False
    return bool(_judge(case, layers) and not _judge(case, layers[:, [0, 2, 1]]))


# Right answers by other ways than the solution's.


def _narrow_first(n, outputs, field):
    before = (field - 7) // 2
    return [[3, 1, 1]] * before + [[3, 2, 1]] * 2


def _wide_kernels(n, outputs, field):
    missing = field - 7
    small = [(3, 1, 1)] if missing % 4 else []
    return np.array([*small, *[(5, 1, 2)] * (missing // 4), (3, 2, 1), (3, 2, 1)], dtype=float)


EXERCISE = Exercise(
    id="E5.5",
    title="Design a network",
    solution=my_network,
    judge=_judge,
    given=_given,
    output="matrix",
    also_right=(_narrow_first, _wide_kernels),
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
    misconceptions=(
        Misconception(
            "from-the-output",
            "The layers are in the wrong order: from the output to the input.",
            "The first layer of the list is the one that sees the pixels. Turned round, your "
            "design fits.",
            (
                lambda n, outputs, field: [HALVE, HALVE, *(field - 7) // 2 * [KEEP]],
                lambda n, outputs, field: _wide_kernels(n, outputs, field)[::-1],
            ),
            _from_the_output,
        ),
        Misconception(
            "stride-and-padding-swapped",
            "Strides and paddings have changed places.",
            "A layer is written (kernel, stride, padding), in this order.",
            (
                lambda n, outputs, field: [
                    (kernel, padding, stride)
                    for kernel, stride, padding in _narrow_first(n, outputs, field)
                ],
            ),
            _swapped,
        ),
        Misconception(
            "kernels-added",
            "The kernels were added up: as if they lay side by side.",
            "Two layers of 3 taps without stride see 5 pixels, not 6: the fields of neighbours "
            "overlap. How much does a second kernel add to the first one's field?",
            (
                lambda n, outputs, field: [*_taps(field - 6), HALVE, HALVE],
                lambda n, outputs, field: [HALVE, HALVE, *_taps(field - 6)],
            ),
            _wrong_field(_sum_of_kernels),
        ),
        Misconception(
            "stride-jump-ignored",
            "Strides are not in your receptive field.",
            "Behind a layer of stride 2 neighbouring units are 2 pixels apart. How far apart are "
            "the outermost two that a kernel of 3 taps sees there?",
            (
                lambda n, outputs, field: [*(field - 5) // 2 * [KEEP], HALVE, HALVE],
                lambda n, outputs, field: [HALVE, HALVE, *(field - 5) // 2 * [KEEP]],
                lambda n, outputs, field: [HALVE, *(field - 5) // 2 * [KEEP], HALVE],
            ),
            _wrong_field(_without_jumps),
        ),
        Misconception(
            "own-stride-too-early",
            "A layer's stride widens its own kernel in your receptive field.",
            "The taps of a layer lie on its input, before its stride has left anything out. Only "
            "the layers after it have units that are further apart.",
            (lambda n, outputs, field: [*(field - 13) // 2 * [KEEP], HALVE, HALVE],),
            _wrong_field(_with_own_stride),
        ),
        Misconception(
            "last-stride-only",
            "Only the stride of the layer just before is in your receptive field.",
            "Distances multiply: behind two layers of stride 2 neighbours are 4 pixels apart, and "
            "they stay so behind a layer of stride 1.",
            (lambda n, outputs, field: [*(field - 11) // 2 * [KEEP], HALVE, HALVE, KEEP],),
            _wrong_field(_with_last_stride),
        ),
        Misconception(
            "taps-for-gaps",
            "Each kernel was counted with one tap too many.",
            "A kernel of k taps has k - 1 gaps between them, and only the gaps widen the field: "
            "one tap lies where the unit was.",
            (
                lambda n, outputs, field: [KEEP, *(field - 12) * [NOTHING], HALVE, HALVE],
                lambda n, outputs, field: [KEEP, *(field - 13) * [NOTHING], HALVE, HALVE],
            ),
            _wrong_field(_taps_for_gaps, _taps_for_gaps_and_one),
        ),
        Misconception(
            "padding-on-one-side",
            "The padding was counted once: it is on both sides.",
            "A layer adds its padding on the left and on the right: n + 2 padding pixels.",
            (lambda n, outputs, field: [*(field - 7) // 2 * [(3, 1, 2)], (3, 2, 2), (3, 2, 2)],),
            _wrong_width(lambda n, k, s, p: (n + p - k) // s + 1),
        ),
        Misconception(
            "rounded-up",
            "A width was rounded up.",
            "If the stride does not come out even, what is left over is lost: // rounds down.",
            (_rounded_up,),
            _wrong_width(lambda n, k, s, p: -((k - n - 2 * p) // s) + 1),
        ),
        Misconception(
            "first-place-forgotten",
            "Each layer was counted with one output too few.",
            "The kernel makes (n + 2 padding - kernel) // stride steps, and has one place more "
            "than steps.",
            (_one_too_few,),
            _wrong_width(lambda n, k, s, p: (n + 2 * p - k) // s),
        ),
        Misconception(
            "strides-alone",
            "The strides fit, but kernels and paddings change the width, too.",
            "A layer of 3 taps keeps the width only if its padding is 1, and one of 5 taps if it "
            "is 2. Follow the width from layer to layer.",
            (
                lambda n, outputs, field: [*(field - 7) // 2 * [(3, 1, 0)], (3, 2, 0), (3, 2, 0)],
                lambda n, outputs, field: [*(field - 7) // 2 * [(3, 1, 0)], HALVE, HALVE],
            ),
            _wrong_width(lambda n, k, s, p: n // s, lambda n, k, s, p: -(-n // s)),
        ),
    ),
    hints=(
        "How often do you have to halve the width? A layer (3, 2, 1) does that, and a layer "
        "(3, 1, 1) keeps it.",
        "Start with field 1. A layer of k taps adds k - 1 gaps, and a gap is as many pixels wide "
        "as the strides of all layers before it multiply to.",
        "Two layers (3, 2, 1) make the field 1 + 2 + 4 = 7. A layer (3, 1, 1) adds 2 pixels before "
        "both, 4 between them, 8 behind them: which of these make up what is missing?",
    ),
)
