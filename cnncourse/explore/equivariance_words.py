"""The equivariance explorer in words and numbers."""

from __future__ import annotations

import numpy as np

from cnncourse._words import counted
from cnncourse.explore.equivariance_model import (
    Commutation,
    EquivarianceState,
    commutation,
    rest,
)
from cnncourse.explore.equivariance_moves import moved_by
from cnncourse.explore.numbers import bracketed, plain, signed

VERDICTS = {
    "equal": "f(g(x)) and g(f(x)) are equal everywhere",
    "inside": "f(g(x)) and g(f(x)) are equal inside and differ only in the border band",
    "different": "f(g(x)) and g(f(x)) differ",
    "shapes": "f(g(x)) and g(f(x)) differ in shape",
}


def describe(state: EquivarianceState) -> str:
    """The picture in words, for readers who listen and as the alternative text."""
    now = commutation(state)
    rows, columns = state.image.shape
    start = f"g {moved_by(state, f'x ({rows} × {columns})')}. {_layer(state)} "
    if now.verdict == "none":
        return f"{start}x is too small: there is no output."
    if now.verdict == "shapes":
        there, back = (" × ".join(map(str, one.shape)) for one in (now.there, now.back))
        return f"{start}{VERDICTS['shapes']}: {there} and {back}."
    r, c = min(state.row, now.there.shape[0] - 1), min(state.column, now.there.shape[1] - 1)
    count = f"{int(now.band.sum())} of {counted(now.band.size, 'output')}"
    overall, inside, in_band = (
        left_over(now, largest) for largest in (now.overall, now.inside, now.in_band)
    )
    return " ".join(
        [
            f"{start}{VERDICTS[now.verdict]}.",
            f"Largest residual: {overall} overall, {inside} inside, "
            f"{in_band} in the band of {count}.",
            *of_invariance(state, now),
            *on_the_output(state),
            *of_the_kernel(state),
            f"At [{r}, {c}], f(g(x)) − g(f(x)) = {plain(now.there[r, c])} − "
            f"{bracketed(plain(now.back[r, c]))} = {left_over(now, now.residual[r, c])}.",
        ]
    )


def left_over(now: Commutation, residual: float) -> str:
    """A residual in words: 0 where it is no more than what rounding leaves."""
    return plain(0.0 if abs(residual) <= now.least else float(residual))


def _layer(state: EquivarianceState) -> str:
    """The layer f in words."""
    border = {"zeros": "zero padding", "circular": "circular padding", "valid": "no padding"}
    kernel = " × ".join(map(str, state.kernel.shape))
    more = ", ReLU" * state.relu
    if state.pooling != "none":
        more += f", {state.pooling} pooling 2 × 2"
    return f"f: a {kernel} kernel, {border[state.boundary]}, stride {state.stride}{more}."


def of_invariance(state: EquivarianceState, now: Commutation) -> list[str]:
    """How far f is from not noticing g at all."""
    if np.isnan(now.change):
        return []
    if moves_nothing(state):
        return ["g moves nothing here: any f commutes with it."]
    return [f"Invariance would ask f(g(x)) = f(x): these differ by up to {plain(now.change)}."]


def moves_nothing(state: EquivarianceState) -> bool:
    """Whether g leaves each pixel where it is."""
    if state.move == "rotate":
        return state.angle % 360 == 0
    return state.move == "shift" and state.down == state.right == 0


def on_the_output(state: EquivarianceState) -> list[str]:
    """What g does to the outputs, if that takes a word."""
    if state.move == "scale" or (state.move == "rotate" and state.angle % 90):
        return ["Between pixels, g interpolates (bilinear)."]
    if state.move == "rotate" or state.step == 1:
        return []
    if not rest(state):
        down, right = state.down // state.step, state.right // state.step
        return [
            f"On the outputs, which lie {state.step} pixels apart, g shifts by "
            f"[{signed(down)}, {signed(right)}]."
        ]
    return [
        f"The outputs lie {state.step} pixels apart and the shift is no multiple of that: no shift "
        "of the output fits, the next one towards 0 is tried."
    ]


def of_the_kernel(state: EquivarianceState) -> list[str]:
    """Whether the kernel has the symmetry of a turn by right angles."""
    if state.move != "rotate" or state.angle % 90 or state.angle % 360 == 0:
        return []
    turned = np.rot90(state.kernel, state.angle // 90)
    same = turned.shape == state.kernel.shape and bool(np.allclose(turned, state.kernel))
    return [f"Turned by {state.angle}°, the kernel is {'the same' if same else 'another one'}."]
