"""Lines of Keras and of PyTorch for the explorer "side by side", refusals, and what to say of both.

`layers` is ``keras.layers``, `nn` is ``torch.nn``, `F` is ``torch.nn.functional``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncourse._words import counted
from cnncourse.explore.numbers import added, bracketed, plain
from cnncourse.explore.side_by_side_windows import BEYOND, Layout, SideBySideState, Window
from cnncourse.shapes import Pair

if TYPE_CHECKING:
    from cnncourse.explore.side_by_side_model import Comparison, Half

KERAS_NAMES = {"max": "MaxPooling1D", "average": "AveragePooling1D"}
TORCH_NAMES = {"max": "MaxPool1d", "average": "AvgPool1d"}
TORCH_TAKES = {
    "convolution": {"padding", "dilation", "padding_mode"},
    "max": {"padding", "dilation", "ceil_mode"},
    "average": {"padding", "ceil_mode", "count_include_pad"},
}
FILLED = {
    "zeros": "zeros",
    "reflect": "the row, mirrored",
    "replicate": "the border, repeated",
    "circular": "the row, wrapped round",
}
LAYER_WORDS = {
    "convolution": "Convolution with a kernel of {}",
    "max": "Max pooling by {}",
    "average": "Average pooling by {}",
}


# ---------------------------------------------------------------- code


def _options(**given: object) -> str:
    """Arguments after the size; those that are None are left out, names in double quotes."""
    shown = {name: value for name, value in given.items() if value is not None}
    texts = (f'"{value}"' if isinstance(value, str) else f"{value}" for value in shown.values())
    return "".join(f", {name}={text}" for name, text in zip(shown, texts, strict=True))


def keras_line(state: SideBySideState) -> str:
    """The layer as one types it in Keras, without arguments at their default but for padding."""
    size = len(state.kernel)
    options = _options(strides=state.stride, padding=state.keras_padding)
    if state.layer != "convolution":
        return f"layers.{KERAS_NAMES[state.layer]}({size}{options})"
    dilated = _options(dilation_rate=state.dilation if state.dilation > 1 else None)
    return f"layers.Conv1D(1, {size}{options}{dilated}, use_bias=False)"


def torch_line(state: SideBySideState) -> str:
    """The layer as one types it in PyTorch."""
    mode = state.padding_mode if state.padding_mode != "zeros" else None
    return _torch(
        state,
        padding=state.torch_padding,
        dilation=state.dilation if state.dilation > 1 else None,
        padding_mode=mode,
        ceil_mode=state.ceil_mode or None,
        count_include_pad=None if state.count_include_pad else False,
    )


def _torch(state: SideBySideState, **given: object) -> str:
    """A line of PyTorch, with those arguments that this kind of layer takes."""
    size = len(state.kernel)
    taken = {name: value for name, value in given.items() if name in TORCH_TAKES[state.layer]}
    options = _options(stride=state.stride, **taken)
    if state.layer == "convolution":
        return f"nn.Conv1d(1, 1, {size}{options}, bias=False)"
    return f"nn.{TORCH_NAMES[state.layer]}({size}{options})"


def agreeing_line(state: SideBySideState, pads: Pair) -> str:
    """What to write in PyTorch for what Keras does, where that pads a row `x` by `pads`.

    A number pads both ends alike. Where Keras pads one more after than before, zeros and minus
    infinity can be put there beforehand; but an average would count them, so there a window hangs
    over (`ceil_mode`), or, at stride 1, the first output of too many is dropped.
    """
    before, after = pads
    alike = {
        "padding": before or None,
        "dilation": state.dilation if state.dilation > 1 and state.layer != "max" else None,
        "ceil_mode": None,
        "count_include_pad": False if before else None,
    }
    if before == after:
        return f"{_torch(state, **alike)}(x)"
    if state.layer == "average":
        if state.step > 1:
            return f"{_torch(state, **{**alike, 'ceil_mode': True})}(x)"
        wider = {"padding": after, "count_include_pad": False}
        return f"{_torch(state, **{**alike, **wider})}(x)[..., 1:]"
    if state.layer == "convolution" and state.step == 1:
        return f"{_torch(state, **{**alike, 'padding': 'same'})}(x)"
    value = ", value=-torch.inf" if state.layer == "max" else ""
    return f"{_torch(state, **{**alike, 'padding': None})}(F.pad(x, ({before}, {after}){value}))"


# ---------------------------------------------------------------- refusals


def keras_refusal(state: SideBySideState) -> str:
    """Why Keras has no such layer, or ""."""
    if state.layer == "convolution" and state.step > 1 and state.dilation > 1:
        return "Keras refuses a stride above 1 together with a dilation above 1."
    return ""


def torch_refusal(state: SideBySideState, n: int) -> str:
    """Why PyTorch has no such layer for a row of `n` numbers, or ""."""
    size, padding = len(state.kernel), state.torch_padding
    if state.layer != "convolution":
        if isinstance(padding, str):
            return "PyTorch’s pooling takes a number as padding, no name."
        if 2 * padding > size:
            return f"PyTorch refuses to pad more than half the pool: {padding} of {size}."
        return ""
    if isinstance(padding, str) and state.step > 1:
        return 'PyTorch refuses padding="same" with a stride above 1: give it a number.'
    reach = state.dilation * (size - 1)
    widest = padding if isinstance(padding, int) else reach - reach // 2
    if state.padding_mode == "reflect" and widest >= n:
        return f"PyTorch refuses to mirror {widest} of {n} numbers: the border itself stays."
    if state.padding_mode == "circular" and widest > n:
        return f"PyTorch refuses to wrap {widest} numbers round: the row has only {n}."
    return ""


def no_window(extent: int, n: int, pads: Pair) -> str:
    """That no window fits, with the numbers."""
    row = "the padded row" if any(pads) else "the row"
    return f"No window fits: it spans {extent} cells, {row} has {n + sum(pads)}."


# ---------------------------------------------------------------- halves


def pads_with(state: SideBySideState, layout: Layout) -> str:
    """What stands in the padding."""
    if state.layer == "convolution":
        return FILLED[layout.mode]
    if state.layer == "max":
        return "−∞, which never wins"
    return "zeros that count in the mean" if layout.counted else "not counted"


def number(value: float) -> str:
    """A number as it stands in a cell.

    Examples
    --------
    >>> number(-2.5), number(float("-inf"))
    ('−2.5', '−∞')
    """
    return "−∞" if value == float("-inf") else plain(value)


def sum_in_words(
    state: SideBySideState, found: Sequence[Window], outputs: Sequence[float], output: int
) -> str:
    """How the output looked at is made, "" if there is none of this number."""
    if output >= len(outputs):
        return ""
    window = found[output]
    empty = float("-inf") if state.layer == "max" else 0.0
    read = [(state.row[at] if at >= 0 else empty, at) for at in window.sources]
    head, total = f"y[{output}] = ", f" = {number(outputs[output])}"
    if state.layer == "convolution":
        taps = zip(state.kernel, read, strict=True)
        terms = [f"{plain(tap)}·{bracketed(plain(value))}" for tap, (value, _) in taps]
        return head + added(terms) + total
    if state.layer == "max":
        # Behind all padding there is nothing to compare.
        return f"{head}max({', '.join(number(value) for value, at in read if at != BEYOND)}){total}"
    real = [plain(value) for value, at in read if at >= 0]
    inside = [plain(value) for value, at in read if at != BEYOND]
    terms = inside if window.divisor == len(inside) else real
    return f"{head}({added(terms)}) / {window.divisor}{total}"


# ---------------------------------------------------------------- both


def verdict_in_words(state: SideBySideState, now: Comparison) -> str:
    """Whether both agree, where not, why, and at which width that is another matter."""
    keras, torch = now.keras, now.torch
    if keras.refusal and torch.refusal:
        return "Neither makes anything here."
    for one, other, names in ((keras, torch, "Keras PyTorch"), (torch, keras, "PyTorch Keras")):
        if one.refusal:
            none, some = names.split()
            return f"{none} makes nothing here, {some} {counted(len(other.outputs), 'number')}."
    count = len(keras.outputs)
    if now.same:
        here = f"They agree: the same {'number' if count == 1 else f'{count} numbers'}"
        if now.width:
            return f"{here}. At width {now.width} they do not."
        return f"{here}, as at every width from 2 to 16."
    words = [_difference(now), *(_reason(name, now) for name in now.reasons)]
    at = (
        f"At width {now.width} the two lines agree"
        if now.width
        else "They agree at no width from 2 to 16"
    )
    return " ".join([*words, f"{at}."])


def _difference(now: Comparison) -> str:
    """Where the outputs differ."""
    count, other = len(now.keras.outputs), len(now.torch.outputs)
    if count != other:
        return f"They differ in size: {counted(count, 'number')} from Keras, {other} from PyTorch."
    if not now.differs:
        return "The same numbers, but by luck: another row would tell the layers apart."
    names = [f"y[{i}]" for i in now.differs]
    if len(names) == count:
        every = {1: "the only output", 2: "both outputs"}.get(count, f"all {count} outputs")
        return f"They differ in {every}."
    some = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"They differ in {some}, {len(names)} of {count} outputs."


def _reason(name: str, now: Comparison) -> str:
    """What one setting makes different."""
    if name == "pads":
        return _of_pads(now.keras.pads, now.torch.pads)
    return {
        "dilation": "PyTorch spreads its window; Keras’s pooling takes no dilation.",
        "mode": f"In the padding Keras has zeros, PyTorch {now.torch.filled}.",
        "counted": "PyTorch counts the padding in its mean, Keras leaves it out.",
        "ceil": "ceil_mode keeps a last window that hangs over the end.",
    }[name]


def _of_pads(keras: Pair, torch: Pair) -> str:
    shift = torch[0] - keras[0]
    words = f"Keras pads {keras[0]} before and {keras[1]} after, PyTorch {torch[0]} and {torch[1]}"
    if not shift:
        return f"{words}."
    side = "left" if shift > 0 else "right"
    return f"{words}: its windows begin {counted(abs(shift), 'cell')} further {side}."


def describe(state: SideBySideState, now: Comparison) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    kind = LAYER_WORDS[state.layer].format(len(state.kernel))
    words = [
        f"{kind}, stride {state.step}, over {len(state.row)} numbers.",
        _half_in_words("Keras", now.keras),
        _half_in_words("PyTorch", now.torch),
        now.verdict,
    ]
    if now.agreeing:
        words.append(f"In PyTorch, like Keras: {now.agreeing}.")
    for name, half in (("Keras", now.keras), ("PyTorch", now.torch)):
        if half.sum:
            words.append(f"{name}: {half.sum}.")
    return " ".join(words)


def _half_in_words(name: str, half: Half) -> str:
    line = f"{name}, {half.code}"
    if half.refusal:
        return f"{line}: {half.refusal}"
    made = ", ".join(number(value) for value in half.outputs)
    many = counted(len(half.outputs), "number")
    return f"{line}: {padding_in_words(half)}, {many}: {made}."


def padding_in_words(half: Half) -> str:
    """How much padding there is, and what stands in it."""
    before, after = half.pads
    if not before and not after:
        return "no padding"
    return f"padding {before} before and {after} after ({half.filled})"
