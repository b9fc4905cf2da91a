"""The explorer of 2-D convolution in words: equation, sum, line of torch, and what a swap does.

static/convolution2d_words.js writes the same words; the tests hold it to these.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnncourse.explore.convolution2d_model import (
    OWN,
    SMALL,
    Convolution2dState,
    FloatArray,
    Window,
    kernel_name,
    output,
    output_shape,
    paddings,
    window,
)
from cnncourse.explore.numbers import bracketed, plain
from cnncourse.shapes import Pair

BORDER_WORDS = {
    "zeros": "zeros",
    "reflect": "the mirror image",
    "replicate": "the border pixels again",
    "circular": "the opposite side",
}


def _factor(value: float) -> str:
    """A number as a factor of a product within a sum."""
    return bracketed(plain(value))


def equation(state: Convolution2dState) -> str:
    """The sum behind each output, counted from 0 as the arrays are.

    Lecture eq. (3) with its operands swapped, and eq. (5), moved by the padding.

    Examples
    --------
    >>> equation(Convolution2dState(mode="full"))
    'S[i, j] = Σₘ Σₙ I[i − m, j − n] K[m, n]'
    """
    (above, _), (before, _) = paddings(state)
    rows, columns = state.operands[1].shape
    if state.flip:
        at = (_moved("i", rows - 1 - above, "− m"), _moved("j", columns - 1 - before, "− n"))
    else:
        at = (_moved("i", -above, "+ m"), _moved("j", -before, "+ n"))
    over, sliding = ("K", "I") if state.swapped else ("I", "K")
    inner = f"Σₘ Σₙ {over}[{at[0]}, {at[1]}] {sliding}[m, n]"
    if state.bias:
        inner += " + b"
    return f"S[i, j] = max(0, {inner})" if state.relu else f"S[i, j] = {inner}"


def _moved(letter: str, by: int, rest: str) -> str:
    if by == 0:
        return f"{letter} {rest}"
    sign = "+" if by > 0 else "−"
    if rest.startswith("+"):
        return f"{letter} {rest} {sign} {abs(by)}"
    return f"{letter} {sign} {abs(by)} {rest}"


def sum_text(state: Convolution2dState, now: Window) -> str:
    """The whole sum in numbers, without the products that lie on zeros beyond the border."""
    terms = [
        f"{_factor(sample)}·{_factor(tap)}"
        for sample, tap, inside in zip(
            now.samples.ravel(), now.taps.ravel(), now.inside.ravel(), strict=True
        )
        if inside or state.boundary != "zeros"
    ]
    return f"S[{now.row}, {now.column}] = {' + '.join(terms) or '0'} = {plain(now.total)}"


def after_text(state: Convolution2dState, now: Window) -> str:
    """What bias and ReLU make of the sum, "" without either."""
    biased = now.total + state.bias
    text = ""
    if state.bias:
        text = f"with the bias: {plain(now.total)} + {_factor(state.bias)}"
        text += f" = {plain(biased)}"
    if state.relu:
        text += f"{'; ' if text else ''}ReLU: max(0, {plain(biased)}) = "
        text += plain(now.value)
    return text


def torch_line(state: Convolution2dState) -> str:
    """The expression of torch that gives the output, of shape (1, 1, Ho, Wo).

    In it, `x` and `k` are the image and the kernel as tensors of shape (1, 1, rows, columns), `b`
    is the bias, of shape (1,), all of one dtype, and F is ``torch.nn.functional``.

    Examples
    --------
    >>> torch_line(Convolution2dState(boundary="reflect", relu=True))
    'F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), k.flip(2, 3)))'
    """
    over, sliding = ("k", "x") if state.swapped else ("x", "k")
    (above, below), (before, after) = paddings(state)
    arguments = [over, f"{sliding}.flip(2, 3)" if state.flip else sliding]
    if state.bias:
        arguments.append("b")
    if above or below or before or after:
        ends = f"{over}, ({before}, {after}, {above}, {below})"
        if state.boundary != "zeros":
            arguments[0] = f'F.pad({ends}, mode="{state.boundary}")'
        elif above == below and before == after:
            arguments.append(f"padding=({above}, {before})")
        else:
            arguments[0] = f"F.pad({ends})"
    line = f"F.conv2d({', '.join(arguments)})"
    return f"F.relu({line})" if state.relu else line


def torch_refusal(state: Convolution2dState) -> str:
    """Why torch raises an error where there is an output here, or there is none; "" if it works."""
    if 0 in output_shape(state):
        return "It raises an error: the kernel is larger than the padded input."
    over = state.operands[0].shape
    most = [max(pad) for pad in paddings(state)]
    for size, pad in zip(over, most, strict=True):
        if state.boundary == "reflect" and pad >= size:
            return f"torch refuses it: it reflects {size - 1} at most here, and {pad} are needed."
        if state.boundary == "circular" and pad > size:
            return f"torch refuses it: it goes round once at most, {size} here; {pad} are needed."
    return ""


def swap_words(state: Convolution2dState) -> str:
    """What comes of image and kernel changing places, "" if they have not."""
    if not state.swap:
        return ""
    if not state.swapped:
        return (
            "Image and kernel change places only while the image has at most "
            f"{SMALL} × {SMALL} pixels: here the kernel would be a whole picture."
        )
    here = output(state)
    before = output(replace(state, swap=False))
    one, other = ("K * I", "I * K") if state.flip else ("K ⋆ I", "I ⋆ K")
    if 0 in here.shape:
        return f"{one} has no output: the image does not fit into the kernel."
    if here.shape != before.shape:
        return (
            f"{one} has {_size(here.shape)} numbers, {other} has {_size(before.shape)}: "
            f"“{state.mode}” is measured by what is slid over."
        )
    return _compared(state, here, before, one, other)


def _compared(
    state: Convolution2dState, here: FloatArray, before: FloatArray, one: str, other: str
) -> str:
    """The two orders side by side, of one shape."""
    scale = 1e-9 * max(1.0, float(np.abs(here).max()), float(np.abs(before).max()))
    apart = float(np.abs(here - before).max())
    if apart <= scale:
        always = _commutes(state)
        why = "the order does not matter" if always else "here by chance, not in general"
        every = "the only number is" if here.size == 1 else f"all {here.size} numbers are"
        return f"{one} = {other}: {every} the same, {why}."
    words = f"{one} is not {other}: they differ by up to {plain(apart)}. "
    if not state.flip and float(np.abs(here[::-1, ::-1] - before).max()) <= scale:
        return words + "A cross-correlation comes out turned by 180°."
    if not state.flip:
        return words + "A cross-correlation depends on the order."
    return words + "Beyond its border another operand goes on now."


def _commutes(state: Convolution2dState) -> bool:
    """Whether the order never matters: on full support, or cropped alike or on one ring."""
    if not state.flip:
        return False
    if state.image.shape != state.kernel.shape:
        return state.mode == "full" and state.boundary == "zeros"
    return state.mode == "valid" or state.boundary in ("zeros", "circular")


def _size(shape: Pair | tuple[int, ...]) -> str:
    return f"{shape[0]} × {shape[1]}"


def describe(state: Convolution2dState) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    what = "Convolution" if state.flip else "Cross-correlation"
    name = kernel_name(state.kernel)
    image = f"an image of {_by(state.image.shape)}"
    kernel = f"{'your own' if name == OWN else f'the {name}'} kernel of {_by(state.kernel.shape)}"
    over, sliding = (kernel, image) if state.swapped else (image, kernel)
    border = "" if state.mode == "valid" else f", beyond the border {BORDER_WORDS[state.boundary]}"
    start = f"{what} of {over} with {sliding}, {state.mode}{border}"
    now = window(state)
    if now is None:
        return f"{start}: no output, since what slides is larger than what it slides over."
    shape = output_shape(state)
    result = output(state)
    lowest, highest = plain(float(result.min())), plain(float(result.max()))
    size = now.products.size
    count = "only product is" if size == 1 else f"{size} products sum to"
    parts = [
        f"{start}: output of {_by(shape)}, from {lowest} to {highest}.",
        f"At row {now.row}, column {now.column} of the output the {count} "
        f"{plain(now.total)}{_after(state, now)}.",
    ]
    return " ".join([*parts, *filter(None, [swap_words(state)])])


def _after(state: Convolution2dState, now: Window) -> str:
    text = ""
    if state.bias:
        text += f", with the bias {plain(state.bias)}: {plain(now.total + state.bias)}"
    return text + (f", after the ReLU {plain(now.value)}" if state.relu else "")


def _by(shape: Pair | tuple[int, ...]) -> str:
    return f"{shape[0]} by {shape[1]}"
