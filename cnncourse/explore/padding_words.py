"""Notes on a padding, and the lines of torch, Keras and this course that make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncourse.explore.numbers import plural
from cnncourse.shapes import Pair, same_padding

if TYPE_CHECKING:
    from cnncourse.explore.padding_model import Axis, PaddingState


@dataclass(frozen=True)
class Code:
    """One line for each library; a line that the library refuses has its error beside it."""

    torch: str
    torch_error: str
    keras: str
    keras_error: str
    course: str


def refusal(state: PaddingState) -> str:
    """Why no library makes this layer, or ""."""
    if state.padding == "torch_same" and max(state.stride) > 1:
        return (
            "PyTorch refuses padding='same' with a stride above 1; Keras takes it. "
            "In PyTorch, pad by numbers."
        )
    return ""


def notes(state: PaddingState, axes: tuple[Axis, Axis], problem: str) -> tuple[str, ...]:
    """What is worth knowing about the state, most important first."""
    if problem:
        return ()
    found = [_of_the_rule(state, axes)]
    lost = [axis.remainder for axis in axes]
    if any(lost):
        parts = [
            f"{plural(count, name)} at the {end}"
            for count, name, end in zip(lost, ("row", "column"), ("bottom", "right"), strict=True)
            if count
        ]
        found.append(f"The floor drops {' and '.join(parts)}: no window reaches that far.")
    if any(axis.stride > 1 for axis in axes):
        found.append(
            "A stride skips places of the window, never its taps; dilation spreads the taps."
        )
    return tuple(note for note in found if note)


def _of_the_rule(state: PaddingState, axes: tuple[Axis, Axis]) -> str:
    rows, columns = axes
    uneven = any(axis.before != axis.after for axis in axes)
    sizes = f"{rows.n} × {columns.n} gives {rows.outputs} × {columns.outputs}"
    if state.padding == "same" and max(state.stride) > 1:
        return f"“same” keeps the size at stride 1 only: {sizes}, n / s rounded up." + _odd_pixel(
            uneven, "TensorFlow"
        )
    if state.padding in ("same", "torch_same") and uneven:
        return "The taps of an even kernel need an odd number of padding pixels." + _odd_pixel(
            uneven, "Either library"
        )
    if state.padding in ("same", "torch_same"):
        return "At stride 1 the two libraries’ “same” are one: half of d(k − 1) at each end."
    if state.padding == "half":
        tensorflow = [same_padding(a.n, a.kernel, a.stride, a.dilation) for a in axes]
        if all((a.before, a.after) == pad for a, pad in zip(axes, tensorflow, strict=True)):
            return f"The floor of d(k − 1) / 2 at each end: {sizes}, as TensorFlow’s “same” here."
        return (
            f"The floor of d(k − 1) / 2 at each end: {sizes}. TensorFlow’s “same” would pad "
            f"{tensorflow[0]} rows and {tensorflow[1]} columns: other windows, other values."
        )
    if state.padding == "full":
        return (
            "“full” padding takes each window that touches the input; "
            "the “full convolution” of the stride slide is one with stride 1."
        )
    return ""


def _odd_pixel(uneven: bool, who: str) -> str:
    return f" {who} puts the odd one at the bottom and at the right." if uneven else ""


def taps_in_words(kernel_size: Pair, on_padding: int) -> str:
    """How many taps of one window lie on padding.

    Examples
    --------
    >>> taps_in_words((3, 3), 0), taps_in_words((1, 1), 1)
    ('none of its 9 taps lies on padding', 'its only tap lies on padding')
    """
    count = kernel_size[0] * kernel_size[1]
    if count == 1:
        return f"its only tap lies on {'padding' if on_padding else 'the input'}"
    if not on_padding:
        return f"none of its {count} taps lies on padding"
    return f"{on_padding} of its {count} taps {'lies' if on_padding == 1 else 'lie'} on padding"


def used_in_words(used: Pair, unused: int) -> str:
    """How often input pixels are used: least and most often, and how many never.

    Examples
    --------
    >>> used_in_words((1, 1), 0), used_in_words((4, 9), 0)
    ('Each input pixel is used once.', 'Each input pixel is used 4 to 9 times.')
    """
    least, most = used
    often = "once" if most == 1 else f"{most} times"
    if unused:
        return f"Input pixels are used at most {often}, {unused} of them never."
    return f"Each input pixel is used {f'{least} to {most} times' if least < most else often}."


def code(state: PaddingState, pads: tuple[Pair, Pair]) -> Code:
    """The layer in torch, in Keras (channels last) and in this course, for one channel.

    ``nn`` is ``torch.nn``, ``layers`` is ``keras.layers``.
    """
    strided, dilated = max(state.stride) > 1, max(state.dilation) > 1
    return Code(
        torch=_torch(state, pads),
        torch_error="ValueError: no padding='same' with a stride" if refusal(state) else "",
        keras=_keras(state, pads),
        keras_error=("ValueError: no stride together with dilation" if strided and dilated else ""),
        course=_course(state, pads),
    )


def _torch(state: PaddingState, pads: tuple[Pair, Pair]) -> str:
    (top, bottom), (left, right) = pads
    even = top == bottom and left == right
    if state.padding in ("valid", "torch_same"):
        padding = ', padding="same"' if state.padding == "torch_same" else ""
    else:
        padding = f", padding=({top}, {left})" if even else ""
    options = f"stride={state.stride}{padding}"
    if max(state.dilation) > 1:
        options += f", dilation={state.dilation}"
    layer = f"nn.Conv2d(1, 1, {state.kernel_size}, {options})"
    if even or state.padding == "torch_same":
        return layer
    return f"nn.Sequential(nn.ZeroPad2d(({left}, {right}, {top}, {bottom})), {layer})"


def _keras(state: PaddingState, pads: tuple[Pair, Pair]) -> str:
    named = {"valid": "valid", "same": "same", "torch_same": "same"}
    name = named.get(state.padding) if isinstance(state.padding, str) else None
    options = f"strides={state.stride}"
    if max(state.dilation) > 1:
        options += f", dilation_rate={state.dilation}"
    if name:
        options += f', padding="{name}"'
    layer = f"layers.Conv2D(1, {state.kernel_size}, {options})"
    if name:
        return layer
    return f"keras.Sequential([layers.ZeroPadding2D({pads}), {layer}])"


def _course(state: PaddingState, pads: tuple[Pair, Pair]) -> str:
    named = state.padding in ("valid", "same", "full")
    padding = f'"{state.padding}"' if named else f"{pads}"
    options = f"stride={state.stride}, padding={padding}"
    if max(state.dilation) > 1:
        options += f", dilation={state.dilation}"
    return f"conv2d(x, kernel, {options})"
