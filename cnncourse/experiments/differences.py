"""Where the same words mean another sum: one small picture each, in both frameworks and ours.

What new layers start with is in `starts`, momentum in `momentum`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray, integer
from cnncourse.experiments.arguments_layers import Weights, run_keras, run_ours, run_torch
from cnncourse.experiments.arguments_shared import (
    WITHOUT_KERAS,
    agreement,
    numbered_picture,
    rows_of,
)
from cnncourse.frameworks.present import has_tensorflow
from cnncourse.shapes import conv_output_size, same_padding


@dataclass(frozen=True, eq=False)
class Windows:
    """Where the windows of a convolution stand on a row of numbers 1, 2, 3, ...

    Attributes
    ----------
    width : int
        Pixels of the row.
    call : str
        The layer.
    padding : (int, int)
        Zeros before and after the row.
    starts : (outputs,) ndarray of int
        First place under each window: the row's first pixel is 1, the zero in front of it 0.
    outputs : (outputs,) ndarray
        What the layer gave, its taps being 1, 10, 100 and so on.
    """

    width: int
    call: str
    padding: tuple[int, int]
    starts: np.ndarray
    outputs: FloatArray

    def __str__(self) -> str:
        """Layer, padding, starts and outputs."""
        starts = " ".join(str(s) for s in self.starts)
        return (
            f"{self.call:<46}  pads {self.padding}, windows from {starts}: "
            f"{rows_of(self.outputs[None])}"
        )


@dataclass(frozen=True, eq=False)
class SameAtStrideTwo:
    """The runs of `same_at_stride_two`.

    Attributes
    ----------
    taps : (k,) ndarray
        1, 10, 100 and so on: of neighbouring digits each is a pixel.
    keras, torch : tuple of Windows
        For each width: padding "same", and the symmetric padding often taken for it. Keras's come
        from our operators where it is not installed.
    differences : dict of str to float
        From Keras's outputs, of "ours" and of "torch padded by hand".
    """

    taps: FloatArray
    keras: tuple[Windows, ...]
    torch: tuple[Windows, ...]
    differences: dict[str, float]

    def __str__(self) -> str:
        """The taps, a line for each layer, then what to keep from it."""
        lines = [
            f"Taps {rows_of(self.taps[None])} on the row 1 2 3 ...; place 1 is its first pixel, "
            "place 0 the zero in front."
        ]
        for both in zip(self.keras, self.torch, strict=True):
            lines.append(f"{both[0].width} pixels")
            lines += [f"  {windows}" for windows in both]
        other = [
            k.width
            for k, t in zip(self.keras, self.torch, strict=True)
            if not np.array_equal(k.outputs, t.outputs)
        ]
        lines.append(
            f"Other numbers on {' and '.join(map(str, other))} pixels: the windows start elsewhere."
            if other
            else "The same numbers at all these widths."
        )
        source = "Keras" if has_tensorflow() else "ours"
        verdict = agreement(self.differences, source)
        lines.append(verdict if has_tensorflow() else f"{verdict} {WITHOUT_KERAS}")
        return "\n".join(lines)

    __repr__ = __str__


def same_at_stride_two(widths: Sequence[int] = (6, 7), k: int = 3) -> SameAtStrideTwo:
    """Set Keras's "same" at stride 2 beside torch with padding k // 2 on all sides.

    Parameters
    ----------
    widths : sequence of int, default (6, 7)
        Pixels of the rows.
    k : int, default 3
        Taps of the kernel, an odd number.

    Returns
    -------
    SameAtStrideTwo

    Raises
    ------
    ValueError
        If a number is out of range or `k` is even, for which torch has no symmetric padding.
    """
    if integer("k", k) % 2 == 0:
        raise ValueError(f"k must be odd, got {k}")
    taps = np.power(10.0, np.arange(k), dtype=float)
    weights = Weights(taps.reshape(1, 1, 1, k), None)
    in_keras, in_torch = [], []
    differences: dict[str, float] = {}
    for width in widths:
        row = np.arange(1.0, integer("width", width) + 1).reshape(1, 1, 1, width)
        sides = same_padding(width, k, 2)
        same, symmetric = _keras_same(k), _torch_symmetric(k)
        outputs = run_ours("Conv2D", same, row, weights)[0, 0, 0]
        padded = np.pad(row, ((0, 0), (0, 0), (0, 0), sides))
        by_hand = run_torch("Conv2d", symmetric | {"padding": 0}, padded, weights)[0, 0, 0]
        found = {"ours": outputs, "torch padded by hand": by_hand}
        if has_tensorflow():
            outputs = run_keras("Conv2D", same, row, weights)[0, 0, :, 0]
        else:
            del found["ours"]
        for who, theirs in found.items():
            differences[who] = max(differences.get(who, 0.0), float(np.abs(theirs - outputs).max()))
        call = f"Conv2D(1, (1, {k}), strides=2, padding='same')"
        in_keras.append(_windows(width, k, call, sides, outputs))
        around = run_torch("Conv2d", symmetric, row, weights)[0, 0, 0]
        call = f"Conv2d(1, 1, (1, {k}), stride=2, padding=(0, {k // 2}))"
        in_torch.append(_windows(width, k, call, (k // 2, k // 2), around))
    return SameAtStrideTwo(taps, tuple(in_keras), tuple(in_torch), differences)


def _keras_same(k: int) -> dict[str, object]:
    return {
        "filters": 1,
        "kernel_size": (1, k),
        "strides": 2,
        "padding": "same",
        "use_bias": False,
    }


def _torch_symmetric(k: int) -> dict[str, object]:
    return {
        "in_channels": 1,
        "out_channels": 1,
        "kernel_size": (1, k),
        "stride": 2,
        "padding": (0, k // 2),
        "bias": False,
    }


def _windows(
    width: int, k: int, call: str, padding: tuple[int, int], outputs: np.ndarray
) -> Windows:
    count = conv_output_size(width, k, stride=2, padding=padding)
    return Windows(width, call, padding, 2 * np.arange(count) + 1 - padding[0], outputs)


@dataclass(frozen=True, eq=False)
class PaddedPool:
    """One pooling of a padded picture, and what one might have expected.

    Attributes
    ----------
    outputs : dict of str to (H, W) ndarray
        By who computed them and how.
    finding : str
        One line.
    """

    outputs: dict[str, FloatArray]
    finding: str

    def __str__(self) -> str:
        """A line for each, then the finding."""
        width = max(map(len, self.outputs))
        lines = [f"{who:<{width}}  {rows_of(plane)}" for who, plane in self.outputs.items()]
        if not has_tensorflow():
            lines.append(WITHOUT_KERAS)
        return "\n".join([*lines, self.finding])

    __repr__ = __str__


def max_pool_padding() -> PaddedPool:
    """Pad negative numbers and take the largest: what stands in the border decides.

    Minus the numbered picture, windows of 3 x 3 at step 2, one pixel of padding on each side.

    Returns
    -------
    PaddedPool
        By torch, Keras, our operators, and with a border of zeros as the lecture's slide has it.
    """
    picture = -numbered_picture(rows=5, columns=5)
    of_torch = {"kernel_size": 3, "stride": 2, "padding": 1}
    outputs = {"torch": run_torch("MaxPool2d", of_torch, picture, None)[0, 0]}
    if has_tensorflow():
        of_keras = {"pool_size": 3, "strides": 2, "padding": "same"}
        outputs["Keras, 'same'"] = run_keras("MaxPool2D", of_keras, picture, None)[0, :, :, 0]
    outputs["ours"] = run_ours("MaxPool2d", of_torch, picture, None)[0, 0]
    zeros = np.pad(picture, ((0, 0), (0, 0), (1, 1), (1, 1)))
    outputs["with zeros around"] = run_ours("MaxPool2d", of_torch | {"padding": 0}, zeros, None)[
        0, 0
    ]
    changed = int((outputs["with zeros around"] != outputs["torch"]).sum())
    return PaddedPool(
        outputs,
        f"With zeros, {changed} of {outputs['torch'].size} windows would report a pixel that is "
        "not there: minus infinity never wins.",
    )


def average_divisor() -> PaddedPool:
    """Pad a picture of one colour and average: in torch the border counts, in Keras it does not.

    All pixels 36, windows of 3 x 3 at step 2, one pixel of padding on each side.

    Returns
    -------
    PaddedPool
        By torch as it comes and with ``count_include_pad=False``, by Keras, and by our operators.
    """
    picture = np.full((1, 1, 5, 5), 36.0)
    as_it_comes = {"kernel_size": 3, "stride": 2, "padding": 1}
    left_out = as_it_comes | {"count_include_pad": False}
    outputs = {
        "torch": run_torch("AvgPool2d", as_it_comes, picture, None)[0, 0],
        "torch, count_include_pad=False": run_torch("AvgPool2d", left_out, picture, None)[0, 0],
    }
    if has_tensorflow():
        of_keras = {"pool_size": 3, "strides": 2, "padding": "same"}
        outputs["Keras, 'same'"] = run_keras("AveragePooling2D", of_keras, picture, None)[0, ..., 0]
    outputs["ours"] = run_ours("AvgPool2d", as_it_comes, picture, None)[0, 0]
    outputs["ours, count_include_pad=False"] = run_ours("AvgPool2d", left_out, picture, None)[0, 0]
    corner = outputs["torch"][0, 0]
    return PaddedPool(
        outputs,
        f"In a corner 4 of 9 pixels are real: 4 * 36 / 9 = {corner:g}, or 4 * 36 / 4 = "
        f"{outputs['torch, count_include_pad=False'][0, 0]:g}. Keras has the second alone.",
    )
