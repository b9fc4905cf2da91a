"""What the explorer "side by side" shows: one row under the same layer in Keras and in PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from cnncourse.explore.side_by_side_windows import (
    PATTERN,
    TAPS,
    WIDTHS,
    Layout,
    SideBySideState,
    Window,
    layouts,
    meaning,
    source_of,
    windows,
)
from cnncourse.explore.side_by_side_words import (
    agreeing_line,
    keras_line,
    keras_refusal,
    no_window,
    pads_with,
    sum_in_words,
    torch_line,
    torch_refusal,
    verdict_in_words,
)
from cnncourse.shapes import Pair

FIELDS = ("dilation", "pads", "mode", "counted", "ceil")
"""Of a `Layout`, in the order in which they are named as reasons."""

_EQUAL = 1e-9  # of the largest output: sums may differ in their last digit only

_NEGATIVE = (-3.0, -1.0, -4.0, -1.0, -5.0, -9.0, -2.0)

EXAMPLES = {
    "“same”, stride 2, width 6": SideBySideState(),
    "“same”, stride 2, width 7": SideBySideState(row=PATTERN[:7]),
    "“same” by name in both, stride 2": SideBySideState(torch_padding="same"),
    "even kernel": SideBySideState(kernel=TAPS[:4], stride=None, torch_padding=2),
    "mirrored border": SideBySideState(stride=None, padding_mode="reflect"),
    "max over negative numbers": SideBySideState("max", _NEGATIVE),
    "average at the border": SideBySideState("average", stride=1),
    "pool’s stride left out": SideBySideState(
        "max", kernel=TAPS[:2], stride=None, keras_padding="valid", torch_padding=0
    ),
    "ceil_mode": SideBySideState(
        *("max", PATTERN[:7], TAPS[:2], 2),
        keras_padding="valid",
        torch_padding=0,
        ceil_mode=True,
    ),
}
"""States to start from, by what they show."""


@dataclass(frozen=True)
class Half:
    """One framework's half: its line, and what comes of it, or why nothing does (`refusal`).

    `sources` says what stands in each cell of the padded row, as in `Window`; `cells` the numbers:
    minus infinity in the padding of a maximum. `starts` are the windows' first cells, and their
    taps `dilation` cells apart; `sum` is the chosen output in numbers, `filled` the padding in
    words.
    """

    code: str
    refusal: str
    pads: Pair
    sources: tuple[int, ...]
    cells: tuple[float, ...]
    starts: tuple[int, ...]
    dilation: int
    outputs: tuple[float, ...]
    filled: str
    sum: str


@dataclass(frozen=True)
class Comparison:
    """Both halves, and what there is to say of them.

    `same` tells whether the layers are one at this width, whatever the numbers; `differs` lists the
    outputs that have other values, if both have as many. `reasons` names what makes the layers
    differ, the fewest fields of `Layout` that explain it. `width` is the nearest one at which
    `same` is another, 0 if there is none. `verdict` says all that; `agreeing` is a line of PyTorch
    that does what Keras does, "" if its own does or if Keras refuses.
    """

    keras: Half
    torch: Half
    same: bool
    differs: tuple[int, ...]
    reasons: tuple[str, ...]
    width: int
    output: int
    verdict: str
    agreeing: str


def compare(state: SideBySideState) -> Comparison:
    """All that the explorer shows in `state`.

    Examples
    --------
    >>> now = compare(SideBySideState())
    >>> now.keras.pads, now.torch.pads, now.differs, now.reasons, now.width
    ((0, 1), (1, 1), (0, 1, 2), ('pads',), 7)
    """
    n = len(state.row)
    both = layouts(state, n)
    refusals = [_refusal(state, n, layout, keras=i == 0) for i, layout in enumerate(both)]
    made = [() if no else _outputs(state, lay) for lay, no in zip(both, refusals, strict=True)]
    output = max(0, min(state.output, max(map(len, made)) - 1))
    keras, torch = (
        _half(state, *parts, output)
        for parts in zip((keras_line(state), torch_line(state)), both, made, refusals, strict=True)
    )
    same = _same_layer(state, n)
    differs = () if len(made[0]) != len(made[1]) else _unequal(made[0], made[1])
    reasons = () if same or any(refusals) else _reasons(state, n, *both)
    width = 0 if any(refusals) else _other_width(state, n, same=same)
    now = Comparison(keras, torch, same, differs, reasons, width, output, "", "")
    agreeing = "" if same or refusals[0] else agreeing_line(state, both[0].pads)
    return replace(now, verdict=verdict_in_words(state, now), agreeing=agreeing)


def _outputs(state: SideBySideState, layout: Layout) -> tuple[float, ...]:
    return tuple(_output(state, window) for window in windows(state, len(state.row), layout))


def _output(state: SideBySideState, window: Window) -> float:
    read = [(tap, state.row[source]) for tap, source in enumerate(window.sources) if source >= 0]
    if state.layer == "convolution":
        return sum(state.kernel[tap] * value for tap, value in read)
    if state.layer == "max":
        return max((value for _, value in read), default=float("-inf"))
    return sum(value for _, value in read) / window.divisor


def _refusal(state: SideBySideState, n: int, layout: Layout, *, keras: bool) -> str:
    """Why a framework makes nothing, or ""."""
    words = keras_refusal(state) if keras else torch_refusal(state, n)
    if words or windows(state, n, layout):
        return words
    extent = layout.dilation * (len(state.kernel) - 1) + 1
    return no_window(extent, n, layout.pads)


def _half(
    state: SideBySideState,
    code: str,
    layout: Layout,
    outputs: tuple[float, ...],
    refusal: str,
    output: int,
) -> Half:
    if refusal:
        return Half(code, refusal, layout.pads, (), (), (), layout.dilation, (), "", "")
    n, (before, after) = len(state.row), layout.pads
    found = windows(state, n, layout)
    end = found[-1].start + layout.dilation * (len(state.kernel) - 1) + 1
    places = range(-before, max(n + after, end - before))
    sources = tuple(source_of(place, n, layout) for place in places)
    empty = float("-inf") if state.layer == "max" else 0.0
    return Half(
        code=code,
        refusal="",
        pads=layout.pads,
        sources=sources,
        cells=tuple(state.row[source] if source >= 0 else empty for source in sources),
        starts=tuple(window.start for window in found),
        dilation=layout.dilation,
        outputs=outputs,
        filled=pads_with(state, layout),
        sum=sum_in_words(state, found, outputs, output),
    )


def _same_layer(state: SideBySideState, n: int) -> bool:
    """Whether both make the same outputs of any row of `n` numbers."""
    both = layouts(state, n)
    if any(_refusal(state, n, layout, keras=i == 0) for i, layout in enumerate(both)):
        return False
    return meaning(state, n, both[0]) == meaning(state, n, both[1])


def _reasons(state: SideBySideState, n: int, keras: Layout, torch: Layout) -> tuple[str, ...]:
    """The fewest of PyTorch's settings that, put as in Keras, would make it do the same."""
    wanted = {name: getattr(keras, name) for name in FIELDS}
    other = [name for name in FIELDS if getattr(torch, name) != wanted[name]]
    meant = meaning(state, n, keras)
    for count in range(1, len(other)):
        for some in combinations(other, count):
            if meaning(state, n, replace(torch, **{name: wanted[name] for name in some})) == meant:
                return some
    return tuple(other)


def _other_width(state: SideBySideState, n: int, *, same: bool) -> int:
    """The nearest width at which the layers are one where they are two here, or the other way."""
    low, high = WIDTHS
    for m in sorted(range(low, high + 1), key=lambda m: (abs(m - n), -m)):
        some = any(windows(state, m, layout) for layout in layouts(state, m))
        if some and _same_layer(state, m) != same:
            return m
    return 0


def _unequal(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[int, ...]:
    finite = [abs(value) for value in (*first, *second) if abs(value) != float("inf")]
    least = _EQUAL * max(finite, default=0.0)
    pairs = enumerate(zip(first, second, strict=True))
    return tuple(i for i, (a, b) in pairs if a != b and not abs(a - b) <= least)
