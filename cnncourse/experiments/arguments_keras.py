"""One experiment for each argument of ``Conv2D`` and ``MaxPool2D`` on the lecture's slide."""

from __future__ import annotations

from collections.abc import Callable

from cnncourse.experiments.arguments_measuring import measure
from cnncourse.experiments.arguments_shared import Result, numbered_picture, rows_of
from cnncourse.shapes import same_padding


def conv_filters() -> Result:
    """Number of kernels: one more channel each, on the last axis."""
    return measure(
        "Conv2D.filters",
        [{"filters": 1}, {"filters": 2}, {"filters": 4}],
        "Only the last axis changes. Parameters: (3 * 3 * 1 + 1) * filters, one bias for each.",
        base={"filters": 1, "kernel_size": 3},
        positional=2,
        shown=lambda output, count: (
            f"{count} parameters; first pixel {' '.join(f'{v:.0f}' for v in output[0, 0, 0])}"
        ),
    )


def conv_kernel_size() -> Result:
    """Rows and columns of taps."""
    uneven = same_padding(6, 2)
    return measure(
        "Conv2D.kernel_size",
        [{"kernel_size": 3}, {"kernel_size": (1, 3)}, {"kernel_size": 2}],
        "Rows first. An even size has no middle pixel: its 'same' pads each axis "
        f"{uneven[0]} before, {uneven[1]} after.",
        base={"filters": 1},
        positional=2,
        shown=lambda output, count: f"{count} parameters; {rows_of(output[0, :1, :, 0])} / ...",
    )


def conv_strides() -> Result:
    """Step of the window, down and across."""
    return measure(
        "Conv2D.strides",
        [{"strides": 1}, {"strides": 2}, {"strides": (2, 1)}],
        "A step of 2 keeps every second output and all weights; a pair is (down, across).",
        base={"filters": 1, "kernel_size": 3},
        positional=2,
    )


def conv_padding() -> Result:
    """Border of zeros: none, or as much as "same" asks for."""
    sides = same_padding(5, 3, 2), same_padding(6, 3, 2)
    return measure(
        "Conv2D.padding",
        [
            {"padding": "valid"},
            {"padding": "same"},
            {"strides": 2, "padding": "valid"},
            {"strides": 2, "padding": "same"},
        ],
        f"'same' keeps the size at step 1 only. At step 2 it pads 5 rows {sides[0]}, 6 columns "
        f"{sides[1]}.",
        base={"filters": 1, "kernel_size": 3},
        positional=2,
    )


def conv_activation() -> Result:
    """A function of each output, after the bias."""
    return measure(
        "Conv2D.activation",
        [{"activation": None}, {"activation": "relu"}],
        "Bias -30 here. relu comes last: 0 for what is below 0; no parameter more. Default: none.",
        base={"filters": 1, "kernel_size": 3},
        positional=2,
        bias=-30.0,
    )


def conv_use_bias() -> Result:
    """One number for each filter, or none."""
    return measure(
        "Conv2D.use_bias",
        [{"use_bias": True}, {"use_bias": False}],
        "Bias 100 here; 0 in a new layer. One number for all pixels of a channel, or none at all.",
        base={"filters": 4, "kernel_size": 3},
        positional=2,
        bias=100.0,
        shown=lambda output, count: f"{count} parameters; {rows_of(output[0, :1, :, 0])} / ...",
    )


def pool_size() -> Result:
    """Rows and columns of the window."""
    return measure(
        "MaxPool2D.pool_size",
        [{}, {"pool_size": 3}, {"pool_size": (1, 2)}],
        "2 if not given; no parameters. What fills no whole window, here row 5, is left out.",
        positional=1,
    )


def pool_strides() -> Result:
    """Step between windows."""
    return measure(
        "MaxPool2D.strides",
        [{}, {"strides": 2}, {"strides": 1}, {"strides": (2, 1)}],
        "Not given, the step is the window's size, not 1: windows side by side.",
        base={"pool_size": 2},
        positional=1,
    )


def pool_padding() -> Result:
    """Border that can never win, or none; on a picture with negative numbers only."""
    return measure(
        "MaxPool2D.padding",
        [{"padding": "valid"}, {"padding": "same"}],
        "The picture times -1: 'same' keeps row 5, in windows that hang over the edge; no 0 wins.",
        base={"pool_size": 2},
        positional=1,
        picture=-numbered_picture(),
    )


EXPERIMENTS: dict[str, Callable[[], Result]] = {
    "Conv2D.filters": conv_filters,
    "Conv2D.kernel_size": conv_kernel_size,
    "Conv2D.strides": conv_strides,
    "Conv2D.padding": conv_padding,
    "Conv2D.activation": conv_activation,
    "Conv2D.use_bias": conv_use_bias,
    "MaxPool2D.pool_size": pool_size,
    "MaxPool2D.strides": pool_strides,
    "MaxPool2D.padding": pool_padding,
}
"""By layer and argument."""
