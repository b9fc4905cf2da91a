"""An explanation as text, for a terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from textwrap import fill

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.fields import Field
from cnncourse.frameworks.input_sizes import axes_in_words, crossed, in_order_of
from cnncourse.frameworks.layers import (
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    Pads,
    Sizes,
    TransposedConvolution,
)
from cnncourse.frameworks.signatures import FRAMEWORKS
from cnncourse.frameworks.steps import Step

_AXES = {1: ("",), 2: ("rows ", "columns "), 3: ("planes ", "rows ", "columns ")}


def text(framework: str, sizes: Sizes, steps: Sequence[Step], remarks: Sequence[str]) -> str:
    """All that was found, as text."""
    heading = f"{steps[0].source}  ({FRAMEWORKS[framework]})" if len(steps) == 1 else ""
    order = f"{crossed(sizes)} ({axes_in_words(len(sizes), framework)})"
    body = _rows(labelled(order, steps[0])) if len(steps) == 1 else _table(order, steps)
    parts = [heading, body, others(steps), "\n".join(_bullet(r) for r in remarks)]
    return "\n\n".join(part for part in parts if part)


def labelled(order: str, step: Step) -> list[tuple[str, str]]:
    """The numbers of one layer, with their labels."""
    rows = [("input", order), ("output", _output(step)), ("parameters", parameters_of(step))]
    rows.append(("multiply-adds", multiply_adds_of(step)))
    if step.padding is not None:
        rows.append(("padding", padding_of(step.padding)))
    if step.field:
        whole = in_order_of(step.facts[0].input_shape, "torch")[1:]
        rows.append(("receptive field", field_of(step.field, whole)))
    return rows


def _output(step: Step) -> str:
    here = crossed(step.output_shape)
    if len(step.output_shape) == 1:
        return here
    other = "torch" if step.framework == "keras" else "keras"
    there = crossed(in_order_of(step.facts[-1].output_shape, other))
    return f"{here}  ({FRAMEWORKS[other]}: {there})"


def parameters_of(step: Step) -> str:
    """How many, and the product that gives it."""
    sums = [s for layer in step.layers if (s := _sum(layer))]
    found = f"{step.parameters:,}"
    if sums:
        found += f" = {' + '.join(sums)}"
    if step.statistics:
        found += (
            f", and {step.statistics:,} running means and variances, which Keras counts as "
            "non-trainable parameters and PyTorch as buffers"
        )
    return found


def _sum(layer: Layer) -> str:
    match layer:
        case Convolution() | TransposedConvolution():
            inside = layer.channels_in // layer.groups
            bias = " + 1" * layer.bias
            if isinstance(layer, Convolution):
                return f"{layer.channels_out} x ({crossed(layer.size)} x {inside}{bias})"
            taps = f"{crossed(layer.size)} x {layer.channels_in} x "
            taps += str(layer.channels_out // layer.groups)
            return taps + f" + {layer.channels_out}" * layer.bias
        case Dense():
            return f"{layer.features_out} x ({layer.features_in}{' + 1' * layer.bias})"
        case BatchNormalisation() if layer.scale and layer.shift:
            return f"2 x {layer.channels}"
    return ""


def multiply_adds_of(step: Step) -> str:
    """How many, and the product that gives it."""
    if not step.multiply_adds:
        return "0"
    products = []
    for layer, facts in zip(step.layers, step.facts, strict=True):
        match layer:
            case Convolution():
                taps = f"{crossed(layer.size)} x {layer.channels_in // layer.groups}"
                places = crossed(facts.output_shape[1:])
                products.append(f"{places} positions x {layer.channels_out} x ({taps})")
            case TransposedConvolution():
                taps = f"{crossed(layer.size)} x {layer.channels_out // layer.groups}"
                places = crossed(facts.input_shape[1:])
                products.append(f"{places} cells x {layer.channels_in} x ({taps})")
            case Dense():
                times = math.prod(facts.input_shape) // layer.features_in
                product = f"{layer.features_in} x {layer.features_out}"
                products.append(f"{times} x {product}" if times > 1 else product)
    return f"{step.multiply_adds:,} = {' + '.join(products)}"


def padding_of(pads: Pads) -> str:
    """The cells at each end.

    Examples
    --------
    >>> padding_of(((0, 1), (2, 2)))
    'rows 0 before, 1 after; columns 2 before, 2 after'
    """
    if not any(map(any, pads)):
        return "none"
    names = _AXES[len(pads)]
    return "; ".join(f"{n}{b} before, {a} after" for n, (b, a) in zip(names, pads, strict=True))


def field_of(field: Field, whole: Sizes, brief: bool = False) -> str:
    """The receptive field in words; `whole` is the size of the input's axes.

    Examples
    --------
    >>> field_of(Field((7, 7), (Fraction(4), Fraction(4))), (28, 28))
    '7 x 7, neighbours 4 apart'
    """
    found = crossed(field.sizes)
    if field.sizes == whole and not brief:
        found += ", the whole input"
    if not brief and any(n > m for n, m in zip(field.sizes, whole, strict=True)):
        found += ", more than the input has"
    jumps = [j for j in field.jumps if j is not None]
    if brief or len(jumps) < len(field.jumps):
        return found
    same = len(set(jumps)) == 1
    return f"{found}, neighbours {jumps[0] if same else ' x '.join(map(str, jumps))} apart"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(
        fill(value, 100, initial_indent=f"{label:<17}", subsequent_indent=" " * 17)
        for label, value in rows
    )


def others(steps: Sequence[Step]) -> str:
    """The same layers in the other framework, ready to be copied."""
    other = "torch" if steps[0].framework == "keras" else "keras"
    heading = f"The same in {FRAMEWORKS[other]}, exact for this input:"
    lines = [f"    {line}" for line in program(steps, other)]
    return "\n".join([heading, *lines])


def program(steps: Sequence[Step], framework: str) -> list[str]:
    """The lines of a program: several layers in a Sequential, with a reason where one cannot be."""
    found: list[tuple[str, str]] = []
    for step in steps:
        lines = step.lines(framework)
        if isinstance(lines, CannotTranslate):
            found.append(("", f"{step.source}: {lines.reason}"))
        else:
            found += [(line.code, line.note) for line in lines]
    if len(steps) == 1:
        return [_commented(code, note) for code, note in found]
    if framework == "torch":
        first, last, lead = "nn.Sequential(", ")", []
    else:
        first, last = "keras.Sequential([", "])"
        shape = in_order_of(steps[0].facts[0].input_shape, "keras")
        lead = [f"    keras.Input({shape}),"]
    inner = [f"    {_commented(f'{code},' if code else '', note)}" for code, note in found]
    return [first, *lead, *inner, last]


def _commented(code: str, note: str) -> str:
    return "  ".join(part for part in (code, f"# {note}" if note else "") if part)


def _bullet(remark: str) -> str:
    kept = re.sub(r"(?<=[\d)],) (?=[\d(])| x ", lambda m: m[0].replace(" ", "\0"), remark)
    found = fill(kept, 100, initial_indent="Mind: ", subsequent_indent="      ")
    return found.replace("\0", " ")  # pairs and sizes stay on one line


HEADS = ("layer", "output", "parameters", "multiply-adds", "field", "jump")


def cells(steps: Sequence[Step]) -> list[tuple[str, ...]]:
    """The table of a chain, one row a layer, and the totals."""
    rows = []
    whole = steps[0].facts[0].input_shape[1:]
    for step in steps:
        field = step.field
        seen = field_of(field, whole, brief=True) if field else "-"
        rows.append(
            (
                step.source,
                crossed(step.output_shape),
                f"{step.parameters:,}",
                f"{step.multiply_adds:,}",
                seen,
                _jump(field.jumps) if field else "-",
            )
        )
    parameters = sum(step.parameters for step in steps)
    products = sum(step.multiply_adds for step in steps)
    return [*rows, ("in all", "", f"{parameters:,}", f"{products:,}", "", "")]


def _jump(jumps: Sequence[Fraction | None]) -> str:
    if None in jumps:
        return "-"
    return str(jumps[0]) if len(set(jumps)) == 1 else " x ".join(map(str, jumps))


def _table(order: str, steps: Sequence[Step]) -> str:
    rows = [HEADS, ("input", order.split(" (")[0], "", "", "", ""), *cells(steps)]
    width = [max(len(row[i]) for row in rows) for i in range(len(HEADS))]
    width[0] = min(width[0], 60)
    lines = [f"{FRAMEWORKS[steps[0].framework]}, input {order}", ""]
    for row in rows:
        first = [row[0]] if len(row[0]) <= 60 else [row[0], ""]
        lines += first[:-1] if len(first) > 1 else []
        shown = [first[-1].ljust(width[0])]
        shown += [cell.rjust(w) for cell, w in zip(row[1:], width[1:], strict=True)]
        lines.append("  ".join(shown).rstrip())
    if statistics := sum(step.statistics for step in steps):
        lines += ["", f"besides, {statistics:,} running means and variances"]
    return "\n".join(lines)
