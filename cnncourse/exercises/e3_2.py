"""E3.2: the parameters of a dense, a locally connected and a convolutional layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_parameters(height, width, kernel_height, kernel_width, channels_in, channels_out):
    """Count the parameters, weights and biases, of three layers.

    height, width : size of the input image in pixels; it has `channels_in` numbers a pixel.
    kernel_height, kernel_width : size of the kernel in pixels; it stays inside of the image
        ("valid"), moves by one pixel, and covers all channels of the input.
    channels_out : how many numbers each layer computes at each place of the kernel.
    Return three whole numbers, [dense, local, convolution]. The layers' outputs have one size:
      - dense: each output number has a weight for every input number, and a bias,
      - local (locally connected): each output number has a weight for every input number under
        the kernel, and a bias; nothing is shared,
      - convolution: as local, but all places share the weights and the bias of a channel.

    Example: a 3 x 4 image of 1 channel, a 2 x 2 kernel, 1 channel out -> [78, 30, 5].
    """
    places = (height - kernel_height + 1) * (width - kernel_width + 1)
    inputs, outputs = height * width * channels_in, places * channels_out
    window = kernel_height * kernel_width * channels_in
    # The + 1 is the bias: one for each output number, or one for each channel if it is shared.
    return [(inputs + 1) * outputs, (window + 1) * outputs, (window + 1) * channels_out]


def _reference(h: int, w: int, a: int, b: int, c: int, d: int) -> list[int]:
    """Lay out the arrays that hold weights and biases, and count their numbers."""
    rows, columns = h - a + 1, w - b + 1
    layers = (
        ((rows, columns, d, h, w, c), (rows, columns, d)),
        ((rows, columns, d, a, b, c), (rows, columns, d)),
        ((d, a, b, c), (d,)),
    )
    return [prod(weights) + prod(biases) for weights, biases in layers]


def _cases(draw: Draw) -> list[Case]:
    """Draw sizes; every count stays below 2^24, up to which float32 holds whole numbers."""
    cases = [
        Case((3, 4, 2, 2, 1, 1), "the example of the task"),
        Case((5, 3, 2, 1, 1, 2), "two channels out"),
        Case((4, 6, 1, 3, 2, 1), "two channels in"),
        Case((4, 3, 4, 3, 3, 2), "a kernel as large as the image"),
        Case((5, 4, 1, 1, 3, 4), "a kernel of one pixel"),
        Case((28, 28, 5, 5, 1, 6), "a digit, a kernel of 5 x 5"),
        Case((14, 16, 3, 5, 3, 16), "a colour picture"),
    ]
    for _ in range(6):
        height, width = draw.integer(4, 9), draw.integer(10, 14)
        kernel = draw.shuffled((2, 3, 4))[:2]
        channels = draw.shuffled((2, 3, 5, 6))[:2]
        cases.append(Case((height, width, *kernel, *channels), "random sizes"))
    return cases


def _judge(case: Case, output: Array) -> str:
    """Counts are whole numbers, the smallest next to the largest: none is let off by rounding."""
    if output.shape != (3,):
        return "three numbers are asked for, [dense, local, convolution]"
    layers = zip(("dense", "local", "convolution"), output, _reference(*case.args), strict=True)
    off = [f"{name} has {right}, not {got:.12g}" for name, got, right in layers if got != right]
    return "; ".join(off)


def _right(at: int) -> Callable[[Case, Array], bool]:
    return lambda case, output: (
        output.shape == (3,) and bool(output[at] == _reference(*case.args)[at])
    )


@dataclass
class _Sizes:
    """The task's numbers, and those that follow, for wrong counts to be written in."""

    h: int
    w: int
    a: int
    b: int
    c: int
    d: int

    def __post_init__(self) -> None:
        self.places = (self.h - self.a + 1) * (self.w - self.b + 1)
        self.inputs = self.h * self.w * self.c
        self.window = self.a * self.b * self.c
        self.outputs = self.places * self.d
        self.dense = (self.inputs + 1) * self.outputs
        self.local = (self.window + 1) * self.outputs
        self.conv = (self.window + 1) * self.d

    def with_outputs(self, outputs: int) -> list[int]:
        """Give the three counts for another number of outputs of the first two layers."""
        return [(self.inputs + 1) * outputs, (self.window + 1) * outputs, self.conv]

    def with_window(self, window: int) -> list[int]:
        """Give the three counts for another number of inputs under the kernel."""
        return [self.dense, (window + 1) * self.outputs, (window + 1) * self.d]


def _with(slip: Callable[[_Sizes], list[int]]) -> Callable[..., list[int]]:
    return lambda *sizes: slip(_Sizes(*sizes))


# Right answers by other ways.


def _weights_and_biases(height, width, kernel_height, kernel_width, channels_in, channels_out):
    rows, columns = height - kernel_height + 1, width - kernel_width + 1
    outputs = rows * columns * channels_out
    dense = outputs * height * width * channels_in + outputs
    local = outputs * kernel_height * kernel_width * channels_in + outputs
    convolution = channels_out * channels_in * kernel_height * kernel_width + channels_out
    return np.array([dense, local, convolution])


def _channel_by_channel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    dense, local, convolution = 0, 0, 0
    one = kernel_height * kernel_width * channels_in + 1
    for _ in range(channels_out):
        convolution += one
        for _ in range(height - kernel_height + 1):
            for _ in range(width - kernel_width + 1):
                local += one
                dense += height * width * channels_in + 1
    return (dense, local, convolution)


EXERCISE = Exercise(
    id="E3.2",
    title="The parameters of three layers",
    solution=my_parameters,
    reference=_reference,
    judge=_judge,
    cases=_cases,
    forbidden=SOLUTIONS,
    also_right=(_weights_and_biases, _channel_by_channel),
    parts=(
        Part("the dense layer", 1, _right(0)),
        Part("the locally connected layer", 1, _right(1)),
        Part("the convolution", 1, _right(2)),
    ),
    misconceptions=(
        Misconception(
            "bias-for-each-place",
            "The convolution got a bias for each place, or for each pixel.",
            "All places share the weights of a channel. What do they do with its bias?",
            (
                _with(lambda s: [s.dense, s.local, s.window * s.d + s.outputs]),
                _with(lambda s: [s.dense, s.local, s.window * s.d + s.places]),
                _with(lambda s: [s.dense, s.local, s.window * s.d + s.h * s.w * s.d]),
                _with(lambda s: [s.dense, s.local, s.window * s.d + s.h * s.w]),
            ),
        ),
        Misconception(
            "not-shared",
            "The convolution's parameters were multiplied by its places.",
            "A convolution slides one kernel along: it is the same at every place. What grows "
            "with the image then, the parameters or the work?",
            (
                _with(lambda s: [s.dense, s.local, s.local]),
                _with(lambda s: [s.dense, s.local, s.window * s.outputs + s.d]),
                _with(lambda s: [s.dense, s.local, s.window * s.outputs]),
                _with(lambda s: [s.dense, s.local, s.conv * s.h * s.w]),
                _with(lambda s: [s.dense, s.local, s.window * s.h * s.w * s.d + s.d]),
                _with(lambda s: [s.dense, s.local, s.window * s.h * s.w * s.d]),
            ),
        ),
        Misconception(
            "local-shared",
            "The locally connected layer was given shared weights.",
            "It has the connections of a convolution, but at each place weights of its own. How "
            "many places are there?",
            (_with(lambda s: [s.dense, s.conv, s.conv]),),
        ),
        Misconception(
            "biases-forgotten",
            "The biases are missing.",
            "Every sum has one more parameter, which is added to it. How many sums have a bias of "
            "their own, layer by layer?",
            (
                _with(
                    lambda s: [s.inputs * s.outputs, s.window * s.outputs, s.window * s.d],
                ),
                _with(lambda s: [s.dense, s.local, s.window * s.d]),
            ),
        ),
        Misconception(
            "bias-shared-too-far",
            "A bias is shared that should not be.",
            "Dense and local layers share nothing, so each of their output numbers has its bias; "
            "each channel of a convolution has one.",
            (
                _with(
                    lambda s: [
                        s.inputs * s.outputs + s.d,
                        s.window * s.outputs + s.d,
                        s.conv,
                    ]
                ),
                _with(lambda s: [s.dense, s.window * s.outputs + s.d, s.conv]),
                _with(
                    lambda s: [
                        s.inputs * s.outputs + 1,
                        s.window * s.outputs + 1,
                        s.window * s.d + 1,
                    ]
                ),
                _with(lambda s: [s.dense, s.local, s.window * s.d + 1]),
            ),
        ),
        Misconception(
            "bias-for-each-slice",
            "Each channel of the input got biases of its own.",
            "The products of all input channels go into one sum, which has one bias.",
            (
                _with(lambda s: [s.dense, s.local, (s.a * s.b + 1) * s.c * s.d]),
                _with(
                    lambda s: [
                        (s.h * s.w + 1) * s.c * s.outputs,
                        (s.a * s.b + 1) * s.c * s.outputs,
                        (s.a * s.b + 1) * s.c * s.d,
                    ]
                ),
                _with(
                    lambda s: [
                        s.dense,
                        (s.a * s.b + 1) * s.c * s.outputs,
                        (s.a * s.b + 1) * s.c * s.d,
                    ]
                ),
            ),
        ),
        Misconception(
            "input-channels-forgotten",
            "The channels of the input are missing.",
            "A kernel covers all channels of the input: a colour picture has three numbers at "
            "each pixel, and each has its weight.",
            (
                _with(lambda s: [s.dense, s.local, (s.a * s.b + 1) * s.d]),
                _with(lambda s: s.with_window(s.a * s.b)),
                _with(
                    lambda s: [(s.h * s.w + 1) * s.outputs, *s.with_window(s.a * s.b)[1:]],
                ),
            ),
        ),
        Misconception(
            "output-channels-forgotten",
            "The channels of the output are missing.",
            "At each place a layer puts out channels_out numbers, each by weights of its own.",
            (
                _with(lambda s: [s.dense, s.local, s.window + 1]),
                _with(lambda s: s.with_outputs(s.places)),
                _with(lambda s: [*s.with_outputs(s.places)[:2], s.window + 1]),
            ),
        ),
        Misconception(
            "places-miscounted",
            "The outputs, the places at which the kernel can stand, were miscounted.",
            "The kernel stays inside of the image. In a row of 5 pixels, how many places are "
            "there for a kernel of 2?",
            (
                _with(lambda s: s.with_outputs(s.h * s.w * s.d)),
                _with(lambda s: s.with_outputs((s.h - s.a) * (s.w - s.b) * s.d)),
                _with(lambda s: s.with_outputs((s.h + s.a - 1) * (s.w + s.b - 1) * s.d)),
                _with(lambda s: s.with_outputs((s.h - s.b + 1) * (s.w - s.a + 1) * s.d)),
                _with(lambda s: s.with_outputs((s.h * s.w - s.a * s.b + 1) * s.d)),
            ),
        ),
        Misconception(
            "dense-output-too-small",
            "The dense layer was given one output number for each channel only.",
            "All three layers put out channels_out numbers at each place. How many numbers is "
            "that in all?",
            (_with(lambda s: [(s.inputs + 1) * s.d, s.local, s.conv]),),
        ),
        Misconception(
            "one-side-of-the-kernel",
            "The kernel was taken for a square, or for a line.",
            "Its height and its width may differ. How many pixels does it cover?",
            (
                _with(lambda s: s.with_window(s.a * s.a * s.c)),
                _with(lambda s: s.with_window(s.b * s.b * s.c)),
                _with(lambda s: s.with_window((s.a + s.b) * s.c)),
            ),
        ),
    ),
    hints=(
        "How many numbers does each layer put out? Which of them have weights of their own?",
        "Count one output number first: how many weights, and one bias. Then ask how many such "
        "sets there are.",
        "Dense and local have a set for each of the places times channels_out outputs, the "
        "convolution one for each of its channels_out channels.",
    ),
)
