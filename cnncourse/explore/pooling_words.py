"""The pooling explorer in words and numbers."""

from __future__ import annotations

import numpy as np

from cnncourse._words import counted
from cnncourse.explore.numbers import percent, plain
from cnncourse.explore.pooling_model import OWN, SEEDS, PoolingModel, PoolingState, Shown, width

KIND_NAMES = {"max": "Max", "average": "Average", "l2": "L2", "blur": "Blur"}
SOURCE_WORDS = {
    "random": "random values",
    "sparse": "sparse values",
    "smooth": "smooth values",
    "steps": "values in steps",
    OWN: "your own values",
}
WHY_NOT = {
    "sparse": "most of these values are equal, namely 0",
    "smooth": "neighbouring values are alike, not independent",
    "steps": "neighbouring values are equal, not independent",
    OWN: "it is for independent random values",
}


def describe(model: PoolingModel, state: PoolingState) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    now = model.shown(state)
    count = now.before.size
    start = (
        f"{KIND_NAMES[state.kind]} pooling, width {state.size}, stride {state.stride}, of "
        f"{SOURCE_WORDS[state.source]} shifted by {state.shift}: "
    )
    if not count:
        wide = counted(width(state.kind, state.size), "value")
        return f"{start}no window of {wide} fits into a row of {now.row.size}."
    same = int(now.same.sum())
    keep = "keeps its value" if same == 1 else "keep their value"
    kept = f"{same} of {counted(count, 'output')} {keep}"
    change, moved = now.change[state.kind][state.shift], now.change["input"][state.shift]
    j = min(state.output, count - 1)
    return " ".join(
        [
            f"{start}{kept} ({percent(now.share)}).",
            *_of_theory(state, now),
            f"The outputs change by {percent(change)} of their size, the input by "
            f"{percent(moved)} of its.",
            *_of_stride(state),
            f"Output {j} was {plain(now.before[j])} and is {plain(now.after[j])}.",
        ]
    )


def _of_theory(state: PoolingState, now: Shown) -> list[str]:
    """What the formula says, or why it says nothing."""
    k, d = state.size, state.shift
    if not np.isnan(now.expected):
        formula = f"({k} − {d})/({k} + {d}) = {percent(now.expected)}" if d <= k else "0 %"
        drawn = percent(float(now.shares.mean()))
        return [f"Expected for independent values: {formula}; over {SEEDS} draws it is {drawn}."]
    why = WHY_NOT[state.source] if state.kind == "max" else "it is for max pooling"
    zeros = [f"Zeros among the unchanged outputs: {now.zeros}."] if now.zeros else []
    return [f"The formula (k − d)/(k + d) does not apply: {why}.", *zeros]


def _of_stride(state: PoolingState) -> list[str]:
    """What a shift is in steps of the stride."""
    if state.stride == 1 or state.shift == 0:
        return []
    if state.shift % state.stride:
        return ["The shift is no multiple of the stride: windows meet other values."]
    steps = state.shift // state.stride
    return [
        "The shift is a multiple of the stride: the outputs just move by "
        f"{counted(steps, 'place')}."
    ]
