"""Notes on a padding, and the lines of torch, Keras and this course that make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncourse._words import counted
from cnncourse.shapes import Pair, same_padding

if TYPE_CHECKING:
    from cnncourse.explore.padding_model import Axis, PaddingState


@dataclass(frozen=True)
class Code:
    """One line for each library; a line that the library refuses has its error beside it.

    Where PyTorch has no such layer, remarks tell what the other two lines make instead.
    """

    torch: str
    torch_error: str
    keras: str
    keras_error: str
    course: str
    keras_remark: str = ""
    course_remark: str = ""


def refusal(state: PaddingState) -> str:
    """Why no library makes this layer, or ""."""
    if state.padding == "torch_same" and max(state.stride) > 1:
        keras = "" if max(state.dilation) > 1 else "; Keras takes it, and pads by another rule"
        return (
            f"PyTorch refuses padding='same' with a stride above 1{keras}. "
            "In PyTorch, pad by numbers."
        )
    return ""


def notes(state: PaddingState, axes: tuple[Axis, Axis], problem: str) -> tuple[str, ...]:
    """What is worth knowing about the state, most important first."""
    if problem:
        return ()
    found = [_of_the_rule(state, axes)]
    parts = [
        f"{_dropped(axis, name)} at the {end}"
        for axis, name, end in zip(axes, ("row", "column"), ("bottom", "right"), strict=True)
        if axis.remainder
    ]
    if parts:
        found.append(f"The floor drops {' and '.join(parts)}: no window reaches that far.")
    if any(axis.stride > 1 for axis in axes):
        found.append(
            "A stride skips places of the window, never its taps; dilation spreads the taps."
        )
    return tuple(note for note in found if note)


def _dropped(axis: Axis, name: str) -> str:
    """The lines that the floor drops at an end, and whether they are input or padding."""
    of_input = max(0, min(axis.remainder - axis.after, axis.n))
    padding = axis.remainder - of_input
    if not of_input:
        return f"{counted(padding, name)} of padding"
    if not padding:
        return f"{counted(of_input, name)} of the input"
    return f"{counted(axis.remainder, name)} ({of_input} of the input, {padding} of padding)"


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
        return _of_full(rows, columns)
    return ""


def _of_full(rows: Axis, columns: Axis) -> str:
    """Which windows "full" takes: a stride leaves some out, dilation lets some miss the input."""
    taken = rows.outputs * columns.outputs
    idle = taken - _reading(rows) * _reading(columns)
    words = "“full” pads d(k − 1) at each end: "
    if taken == (rows.room + 1) * (columns.room + 1):
        words += "each window that reaches over the input is taken."
    else:
        words += (
            f"of the {rows.room + 1} × {columns.room + 1} windows that reach over the input, "
            f"the stride takes {rows.outputs} × {columns.outputs}."
        )
    if idle:
        words += f" The taps of {idle} of them all miss the input."
    return words + " The “full convolution” of the stride slide is one with stride 1."


def _reading(axis: Axis) -> int:
    """Windows along an axis with a tap on the input."""
    starts = (output * axis.stride - axis.before for output in range(axis.outputs))
    spread = range(0, axis.extent, axis.dilation)
    return sum(any(0 <= start + tap < axis.n for tap in spread) for start in starts)


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
    if not most:
        return "No input pixel is used."
    often = "once" if most == 1 else f"{most} times"
    if unused:
        return f"Input pixels are used at most {often}, {unused} of them never."
    return f"Each input pixel is used {f'{least} to {most} times' if least < most else often}."


def code(state: PaddingState, pads: tuple[Pair, Pair]) -> Code:
    """The layer in torch, in Keras (channels last) and in this course, for one channel.

    ``nn`` is ``torch.nn``, ``layers`` is ``keras.layers``.
    """
    strided, dilated = max(state.stride) > 1, max(state.dilation) > 1
    keras_remark, course_remark = _remarks(state, pads)
    return Code(
        torch=_torch(state, pads),
        torch_error="ValueError: no padding='same' with a stride" if refusal(state) else "",
        keras=_keras(state, pads),
        keras_error=("ValueError: no stride together with dilation" if strided and dilated else ""),
        course=_course(state, pads),
        keras_remark=keras_remark,
        course_remark=course_remark,
    )


def _remarks(state: PaddingState, pads: tuple[Pair, Pair]) -> tuple[str, str]:
    """What the lines of Keras and of this course make where PyTorch has no such layer."""
    if not refusal(state):
        return "", ""
    if max(state.dilation) > 1:  # which Keras refuses
        return "", "PyTorch has no such layer: the pads of its “same” at stride 1, by numbers"
    sizes = zip(state.n, state.kernel_size, state.stride, strict=True)
    theirs = tuple(same_padding(n, k, s) for n, k, s in sizes)
    keras = f"PyTorch has no such layer: TensorFlow’s “same” pads {theirs}"
    pairs = zip(state.n, pads, theirs, state.kernel_size, state.stride, strict=True)
    # More padding at an end may be what the floor drops: the windows are the same then.
    if all(
        ours[0] == other[0] and (n + sum(ours) - k) // s == -(-n // s) - 1
        for n, ours, other, k, s in pairs
    ):
        return keras, "the same layer as in Keras, at this size of the input"
    return keras, "another layer than in Keras: the pads of PyTorch’s “same” at stride 1"


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
