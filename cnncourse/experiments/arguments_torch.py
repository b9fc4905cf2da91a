"""One experiment for each argument of ``Conv2d`` and ``MaxPool2d`` on the lecture's slide."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnncourse.experiments.arguments_measuring import measure
from cnncourse.experiments.arguments_shared import Result, numbered_picture, rows_of


def conv_in_channels() -> Result:
    """Channels of the picture, which torch wants to be told."""
    return measure(
        "Conv2d.in_channels",
        [{"in_channels": 1}, {"in_channels": 2}],
        "On a picture of 2 channels. Keras asks for no such number: it reads its first input.",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 3},
        positional=3,
        picture=numbered_picture(channels=2),
        shown=lambda output, count: f"{count} parameters; {rows_of(output[0, 0, :1])} / ...",
    )


def conv_out_channels() -> Result:
    """Number of kernels: one more channel each, on the second axis."""
    return measure(
        "Conv2d.out_channels",
        [{"out_channels": 1}, {"out_channels": 2}, {"out_channels": 4}],
        "Only the second axis changes, what Keras calls filters. Parameters: (3 * 3 * 1 + 1) each.",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 3},
        positional=3,
        shown=lambda output, count: (
            f"{count} parameters; first pixel {' '.join(f'{v:.0f}' for v in output[0, :, 0, 0])}"
        ),
    )


def conv_kernel_size() -> Result:
    """Rows and columns of taps."""
    return measure(
        "Conv2d.kernel_size",
        [{"kernel_size": 3}, {"kernel_size": (1, 3)}, {"kernel_size": 2}],
        "Rows first, as in Keras: each axis shrinks by its size - 1.",
        base={"in_channels": 1, "out_channels": 1},
        positional=3,
        shown=lambda output, count: f"{count} parameters; {rows_of(output[0, 0, :1])} / ...",
    )


def conv_stride() -> Result:
    """Step of the window, down and across; Keras has an s more."""
    return measure(
        "Conv2d.stride",
        [{"stride": 1}, {"stride": 2}, {"stride": (2, 1)}],
        "As Keras's strides: every second output of step 1; a pair is (down, across).",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 3},
        positional=3,
    )


def conv_padding() -> Result:
    """Border of zeros: a number, a pair or a name."""
    return measure(
        "Conv2d.padding",
        [
            {"padding": 1},
            {"padding": (1, 0)},
            {"padding": "same"},
            {"stride": 2, "padding": "same"},
        ],
        "A number pads all four sides, a pair (rows, columns); not given, 0. 'same' only at "
        "step 1.",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 3},
        positional=3,
    )


def conv_padding_mode() -> Result:
    """What the border holds: on one row, by a kernel of one tap that copies it."""
    return measure(
        "Conv2d.padding_mode",
        [{"padding_mode": mode} for mode in ("zeros", "reflect", "replicate", "circular")],
        "The row 1 2 3 4 5, two more at each end. reflect does not repeat the 1, replicate does.",
        base={"in_channels": 1, "out_channels": 1, "kernel_size": 1, "padding": (0, 2)},
        positional=3,
        picture=np.arange(1.0, 6.0).reshape(1, 1, 1, 5),
    )


def conv_bias() -> Result:
    """One number for each output channel, or none."""
    return measure(
        "Conv2d.bias",
        [{"bias": True}, {"bias": False}],
        "Bias 100 here. In a new layer random, within "
        f"1 / sqrt(3 * 3 * 1) = {1 / math.sqrt(9):.2f} of 0; Keras starts at 0.",
        base={"in_channels": 1, "out_channels": 4, "kernel_size": 3},
        positional=3,
        bias=100.0,
        shown=lambda output, count: f"{count} parameters; {rows_of(output[0, 0, :1])} / ...",
    )


def pool_kernel_size() -> Result:
    """Rows and columns of the window."""
    return measure(
        "MaxPool2d.kernel_size",
        [{"kernel_size": 2}, {"kernel_size": 3}, {"kernel_size": (1, 2)}],
        "torch wants it named; Keras takes 2 if not told. What fits no whole window is left out.",
        positional=1,
    )


def pool_stride() -> Result:
    """Step between windows."""
    return measure(
        "MaxPool2d.stride",
        [{}, {"stride": 2}, {"stride": 1}, {"stride": (2, 1)}],
        "Not given, the step is the window's size, not 1 as in Conv2d.",
        base={"kernel_size": 2},
        positional=1,
    )


def pool_padding() -> Result:
    """Border that can never win; on a picture with negative numbers only."""
    return measure(
        "MaxPool2d.padding",
        [{"padding": 0}, {"padding": 1}, {"padding": (1, 0)}, {"padding": 2}],
        "The picture times -1: no 0 comes out. The padding is minus infinity, not the slide's 0.",
        base={"kernel_size": 2},
        positional=1,
        picture=-numbered_picture(),
    )


EXPERIMENTS: dict[str, Callable[[], Result]] = {
    "Conv2d.in_channels": conv_in_channels,
    "Conv2d.out_channels": conv_out_channels,
    "Conv2d.kernel_size": conv_kernel_size,
    "Conv2d.stride": conv_stride,
    "Conv2d.padding": conv_padding,
    "Conv2d.padding_mode": conv_padding_mode,
    "Conv2d.bias": conv_bias,
    "MaxPool2d.kernel_size": pool_kernel_size,
    "MaxPool2d.stride": pool_stride,
    "MaxPool2d.padding": pool_padding,
}
"""By layer and argument."""
