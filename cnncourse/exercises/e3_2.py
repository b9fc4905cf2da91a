"""E3.2: the parameters of a dense, a locally connected and a convolutional layer."""

from __future__ import annotations

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
    """Make the arrays that hold the parameters, and count their numbers."""
    rows, columns = h - a + 1, w - b + 1
    biases = np.broadcast_to(0.0, (rows, columns, d)).size
    dense = np.broadcast_to(0.0, (rows, columns, d, h, w, c)).size + biases
    local = np.broadcast_to(0.0, (rows, columns, d, a, b, c)).size + biases
    return [dense, local, np.broadcast_to(0.0, (d, a, b, c)).size + d]


def _cases(draw: Draw) -> list[Case]:
    cases = [
        Case((3, 4, 2, 2, 1, 1), "the example of the task"),
        Case((5, 3, 2, 1, 1, 2), "two channels out"),
        Case((4, 6, 1, 3, 2, 1), "two channels in"),
        Case((4, 3, 4, 3, 3, 2), "a kernel as large as the image"),
        Case((5, 4, 1, 1, 3, 4), "a kernel of one pixel"),
        Case((28, 28, 5, 5, 1, 6), "a digit, a kernel of 5 x 5"),
        Case((32, 30, 3, 5, 3, 16), "a colour picture"),
    ]
    for _ in range(6):
        height, width = draw.integer(4, 9), draw.integer(10, 14)
        kernel = draw.shuffled((2, 3, 4))[:2]
        channels = draw.shuffled((2, 3, 5, 6))[:2]
        cases.append(Case((height, width, *kernel, *channels), "random sizes"))
    return cases


def _right(at: int):
    def holds(case: Case, output: Array) -> bool:
        return output.shape == (3,) and bool(output[at] == _reference(*case.args)[at])

    return holds


EXERCISE = Exercise(
    id="E3.2",
    title="The parameters of three layers",
    solution=my_parameters,
    reference=_reference,
    cases=_cases,
    forbidden=SOLUTIONS,
    parts=(
        Part("dense", 1, _right(0)),
        Part("locally connected", 1, _right(1)),
        Part("convolution", 1, _right(2)),
    ),
    misconceptions=(
        Misconception(
            "bias-for-each-place",
            "The convolution got a bias for each place of its kernel.",
            "All places share the weights of a channel. What do they do with its bias?",
            (
                lambda h, w, a, b, c, d: [
                    *_reference(h, w, a, b, c, d)[:2],
                    a * b * c * d + (h - a + 1) * (w - b + 1) * d,
                ],
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
