"""E3.1: the work of a dense, a sparse and a convolutional layer. Everyone has numbers of their own.

The slide "Why convolution?" gives O(mn) for m inputs and n outputs, O(kn) with k connections each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part


def my_multiply_adds(height, width, kernel_height, kernel_width):
    """Count multiply-adds: one is a weight times an input, added to a sum.

    The cell above shows your numbers, all in pixels: the height and the width of an image, and
    those of a kernel, which stays inside of the image ("valid"). Each place of the kernel is one
    output. Three layers turn the same image into as many outputs:
      - dense: each output is a weighted sum of all pixels,
      - sparse: each output is a weighted sum of the pixels under the kernel, at each place with
        weights of its own,
      - convolution: the same with the same weights at every place.
    Put the multiply-adds of the three layers in place of the dots, [dense, sparse, convolution],
    three whole numbers for one image. Without biases.

    Example: an image of 3 x 4 pixels, a kernel of 2 x 2 -> the dense layer has 72.
    """
    inputs = height * width
    outputs = (height - kernel_height + 1) * (width - kernel_width + 1)
    connections = kernel_height * kernel_width
    # Sharing weights saves storage, not work: each output still has its own sum to compute.
    return [inputs * outputs, connections * outputs, connections * outputs]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw an image and a kernel of which no two sides are equal."""
    kernel = draw.shuffled((2, 3, 4))[:2]
    image = draw.shuffled((6, 7, 8, 9, 10))[:2]
    names = ("height", "width", "kernel_height", "kernel_width")
    return dict(zip(names, (*image, *kernel), strict=True))


def _reference(height: int, width: int, kernel_height: int, kernel_width: int) -> list[int]:
    """Visit every connection of every output."""
    dense = local = 0
    for _ in range(height - kernel_height + 1):
        for _ in range(width - kernel_width + 1):
            dense += sum(1 for _ in np.ndindex(height, width))
            local += sum(1 for _ in np.ndindex(kernel_height, kernel_width))
    return [dense, local, local]


def _right(case: Case, output: Array) -> bool:
    return output.shape == (3,) and bool((output == _reference(*case.args)).all())


EXERCISE = Exercise(
    id="E3.1",
    title="The work of three layers",
    solution=my_multiply_adds,
    reference=_reference,
    given=_given,
    output="vector",
    parts=(Part("the multiply-adds of all three layers", 2, _right),),
    misconceptions=(
        Misconception(
            "weights-for-work",
            "For the convolution the weights were counted, not the work.",
            "The same weights are used at every place of the kernel. How often is each of them "
            "multiplied with a pixel?",
            (lambda h, w, a, b: [*_reference(h, w, a, b)[:2], a * b],),
        ),
    ),
    hints=(
        "At how many places can the kernel stand? Each of them is one output.",
        "Work out the multiply-adds of one output first: how many inputs does it have in a dense "
        "layer, how many under the kernel?",
        "Outputs: (height - kernel_height + 1) times (width - kernel_width + 1). Each layer's "
        "work is that times the inputs of one output.",
    ),
)
