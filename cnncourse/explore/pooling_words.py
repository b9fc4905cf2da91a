"""The pooling explorer in words and numbers."""

from __future__ import annotations

from math import floor

import numpy as np

from cnncourse.explore.pooling_model import OWN, SEEDS, PoolingModel, PoolingState, Shown, width

KIND_NAMES = {"max": "Max", "average": "Average", "l2": "L2", "blur": "Blur"}
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
        f"{state.source} values shifted by {state.shift}: "
    )
    if not count:
        wide = width(state.kind, state.size)
        return f"{start}no window of {wide} values fits into a row of {now.row.size}."
    kept = f"{int(now.same.sum())} of {count} outputs keep their value"
    change, moved = now.change[state.kind][state.shift], now.change["input"][state.shift]
    j = min(state.output, count - 1)
    return " ".join(
        [
            f"{start}{kept} ({percent(now.share)}).",
            *_of_theory(state, now),
            f"The outputs change by {percent(change)} of their size, the input by "
            f"{percent(moved)} of its.",
            *_of_stride(state),
            f"Output {j} was {shown(now.before[j])} and is {shown(now.after[j])}.",
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
    places = "1 place" if steps == 1 else f"{steps} places"
    return [f"The shift is a multiple of the stride: the outputs just move by {places}."]


def percent(share: float) -> str:
    """A share in whole percent, halves rounded up, a dash for what is not a number.

    Examples
    --------
    >>> percent(0.125), percent(float("nan"))
    ('13 %', '–')
    """
    return "–" if np.isnan(share) else f"{floor(100 * share + 0.5)} %"


def shown(value: float) -> str:
    """A value with two decimals, halves rounded away from zero, a true minus and no negative zero.

    Examples
    --------
    >>> shown(0.125), shown(-0.004), shown(-2.5)
    ('0.13', '0.00', '−2.50')
    """
    size = floor(100 * abs(value) + 0.5) / 100
    return f"{'−' if value < 0 and size else ''}{size:.2f}"
