"""How Keras and PyTorch lay the windows of a layer on a row of numbers, and what each output reads.

Keras's padding comes from `cnncourse.shapes`; PyTorch's rules are written down here, and held to
PyTorch by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cnncourse.shapes import Pair, same_padding

LAYERS = ("convolution", "max", "average")
KERAS_PADDINGS = ("valid", "same")
MODES = ("zeros", "reflect", "replicate", "circular")
WIDTHS = (2, 16)
LARGEST_KERNEL, LARGEST_STRIDE, LARGEST_DILATION, LARGEST_PADDING = 5, 6, 3, 4

PATTERN = (3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0, 9.0, 3.0)
"""The row that stands there before anybody types: as many of these as it is wide."""

TAPS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""The kernel before anybody types."""

PADDING, BEYOND = -1, -2
"""In place of an index of the row: a cell of the padding, a cell behind all padding."""


@dataclass(frozen=True)
class SideBySideState:
    """All that a learner can change.

    `stride` None is left out of both lines. For pooling, `kernel` counts by its length alone.
    Dilation is for convolution and for max pooling of PyTorch, the mode for convolution of PyTorch,
    `ceil_mode` for its pooling, `count_include_pad` for its average. `output` is looked at.
    """

    layer: str = "convolution"
    row: tuple[float, ...] = PATTERN[:6]
    kernel: tuple[float, ...] = TAPS[:3]
    stride: int | None = 2
    dilation: int = 1
    keras_padding: str = "same"
    torch_padding: int | str = 1
    padding_mode: str = "zeros"
    ceil_mode: bool = False
    count_include_pad: bool = True
    output: int = 0

    @property
    def step(self) -> int:
        """The stride that counts: if left out, 1 for convolution, the size of a pool."""
        if self.stride is not None:
            return self.stride
        return 1 if self.layer == "convolution" else len(self.kernel)


@dataclass(frozen=True)
class Layout:
    """How a framework lays its windows on a row: all that makes the two differ.

    `pads` (before, after); `mode` what stands there; `counted`: an average counts it; `ceil`: a
    last window may hang over the end.
    """

    pads: Pair
    dilation: int
    mode: str = "zeros"
    counted: bool = False
    ceil: bool = False


class Window(NamedTuple):
    """What one output reads: for each tap an index of the row, or `PADDING`, or `BEYOND`.

    `start` is the first cell, counted in the padded row; `divisor` is that of an average.
    """

    start: int
    sources: tuple[int, ...]
    divisor: int


def layouts(state: SideBySideState, n: int) -> tuple[Layout, Layout]:
    """How Keras and PyTorch lay their windows on a row of `n` numbers."""
    size, convolves = len(state.kernel), state.layer == "convolution"
    spread = state.dilation if convolves else 1
    pads = (0, 0)
    if state.keras_padding == "same":
        pads = same_padding(n, size, state.step, spread)
    reach = state.dilation * (size - 1)
    if isinstance(state.torch_padding, int):
        own = (state.torch_padding, state.torch_padding)
    else:
        own = (reach // 2, reach - reach // 2)
    torch = Layout(
        own,
        dilation=1 if state.layer == "average" else state.dilation,
        mode=state.padding_mode if convolves else "zeros",
        counted=state.layer == "average" and state.count_include_pad,
        ceil=not convolves and state.ceil_mode,
    )
    return Layout(pads, dilation=spread), torch


def windows(state: SideBySideState, n: int, layout: Layout) -> tuple[Window, ...]:
    """What each output reads of a row of `n` numbers.

    Examples
    --------
    >>> state = SideBySideState()
    >>> [window.sources for window in windows(state, 6, layouts(state, 6)[0])]
    [(0, 1, 2), (2, 3, 4), (4, 5, -1)]
    """
    before, after = layout.pads
    size, step = len(state.kernel), state.step
    room = n + before + after - layout.dilation * (size - 1) - 1
    count = (-(-room // step) if layout.ceil else room // step) + 1
    # One that would begin behind the row is none (the rule of torch.nn.MaxPool1d).
    if layout.ceil and (count - 1) * step >= n + before:
        count -= 1
    found = []
    for start in range(0, max(0, count) * step, step):
        places = [start - before + tap * layout.dilation for tap in range(size)]
        sources = tuple(source_of(place, n, layout) for place in places)
        within = sum(source != BEYOND if layout.counted else source >= 0 for source in sources)
        found.append(Window(start, sources, within))
    return tuple(found)


def source_of(place: int, n: int, layout: Layout) -> int:
    """Index of the row that stands `place` cells behind its first, outside it as padded."""
    if 0 <= place < n:
        return place
    if place >= n + layout.pads[1]:
        return BEYOND
    if layout.mode == "zeros":
        return PADDING
    if layout.mode == "replicate":
        return 0 if place < 0 else n - 1
    if layout.mode == "circular":
        return place % n
    place %= 2 * (n - 1)
    return place if place < n else 2 * (n - 1) - place


def meaning(state: SideBySideState, n: int, layout: Layout) -> list[object]:
    """What each output is, whatever the numbers: what it reads, and with which weight."""
    meant: list[object] = []
    for window in windows(state, n, layout):
        read = [(source, tap) for tap, source in enumerate(window.sources) if source >= 0]
        if state.layer == "convolution":
            meant.append(sorted(read))
        else:
            reached = sorted({source for source, _ in read})
            meant.append((reached, window.divisor if state.layer == "average" else 0))
    return meant
