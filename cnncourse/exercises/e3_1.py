"""E3.1: the work of a dense, a sparse and a convolutional layer. Everyone has numbers of their own.

The slide "Why convolution?" gives O(mn) for m inputs and n outputs, O(kn) with k connections each.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """Try every pixel as the kernel's upper left corner."""
    corners = ((top, left) for top in range(height) for left in range(width))
    outputs = sum(
        top + kernel_height <= height and left + kernel_width <= width for top, left in corners
    )
    work = kernel_height * kernel_width * outputs
    return [height * width * outputs, work, work]


def _judge(case: Case, output: Array) -> str:
    """Counts are whole numbers: no rounding is allowed for, as other answers to values have it."""
    wanted = _reference(*case.args)
    if output.shape != (3,):
        return "three numbers are asked for, [dense, sparse, convolution]"
    layers = zip(("dense", "sparse", "convolution"), output == wanted, strict=True)
    off = [name for name, right in layers if not right]
    if len(off) == 1:
        return f"two of the three are right; the count that is not: {off[0]}"
    return f"these counts are not right: {', '.join(off)}" if off else ""


def _right(at: int) -> Callable[[Case, Array], bool]:
    return lambda case, output: (
        output.shape == (3,) and bool(output[at] == _reference(*case.args)[at])
    )


# Wrong counts: the three products of inputs or connections with outputs, each with a slip.


def _counts(h: int, w: int, a: int, b: int) -> tuple[int, int, int]:
    """Give m inputs, n outputs and k connections of each output."""
    return h * w, (h - a + 1) * (w - b + 1), a * b


def _with(slip: Callable[[int, int, int], list[int]]) -> Callable[..., list[int]]:
    """Make a program of a slip in m, n and k."""
    return lambda h, w, a, b: slip(*_counts(h, w, a, b))


def _with_places(places: Callable[[int, int, int, int], int]) -> Callable[..., list[int]]:
    """Make a program that counts the places of the kernel as `places` does."""

    def program(h: int, w: int, a: int, b: int) -> list[int]:
        n = places(h, w, a, b)
        return [h * w * n, a * b * n, a * b * n]

    return program


def _with_pixels(under: Callable[[int, int], int]) -> Callable[..., list[int]]:
    """Make a program that counts the pixels under the kernel as `under` does."""

    def program(h: int, w: int, a: int, b: int) -> list[int]:
        m, n, _ = _counts(h, w, a, b)
        return [m * n, under(a, b) * n, under(a, b) * n]

    return program


# Right answers by other ways.


def _window_by_window(height, width, kernel_height, kernel_width):
    image = np.zeros((height, width))
    kernel = (kernel_height, kernel_width)
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel)
    return (image.size * np.prod(windows.shape[:2]), windows.size, windows.size)


def _by_shapes(height, width, kernel_height, kernel_width):
    image, kernel = np.ones((height, width)), np.ones((kernel_height, kernel_width))
    outputs = np.prod(np.subtract(image.shape, kernel.shape) + 1)
    return outputs * np.array([image.size, kernel.size, kernel.size])


def _by_matrix(height, width, kernel_height, kernel_width):
    rows = []
    for top, left in np.ndindex(height - kernel_height + 1, width - kernel_width + 1):
        seen = np.zeros((height, width))
        seen[top : top + kernel_height, left : left + kernel_width] = 1
        rows.append(seen.ravel())
    matrix = np.array(rows)
    return [matrix.size, np.count_nonzero(matrix), int(matrix.sum())]


EXERCISE = Exercise(
    id="E3.1",
    title="The work of three layers",
    solution=my_multiply_adds,
    reference=_reference,
    judge=_judge,
    given=_given,
    output="vector",
    also_right=(_window_by_window, _by_shapes, _by_matrix),
    parts=(
        Part("the dense layer", 1, _right(0)),
        Part("the sparse layer", 1, _right(1)),
        Part("the convolution", 1, _right(2)),
    ),
    misconceptions=(
        Misconception(
            "weights-for-work",
            "For the convolution the weights were counted, not the work.",
            "The same weights are used at every place of the kernel. How often is each of them "
            "multiplied with a pixel?",
            (
                _with(lambda m, n, k: [m * n, k * n, k]),
                _with(lambda m, n, k: [m * n + n, k * n + n, k + 1]),
            ),
        ),
        Misconception(
            "one-output-only",
            "The work of one output was counted in place of that of all.",
            "Every place of the kernel is one output, and each output is a sum of its own. How "
            "many sums does a layer compute?",
            (
                _with(lambda m, n, k: [m, k, k]),
                _with(lambda m, n, k: [m * n, k, k]),
                _with(lambda m, n, k: [m, k * n, k * n]),
                _with(lambda m, n, k: [m, k * n, k]),
            ),
        ),
        Misconception(
            "an-output-for-each-pixel",
            "You counted as many outputs as the image has pixels.",
            "The kernel stays inside of the image. In a row of 5 pixels, how many places are there "
            "for a kernel of 2?",
            (
                _with(lambda m, n, k: [m * m, k * m, k * m]),
                _with(lambda m, n, k: [m * m, k * n, k * n]),
                _with(lambda m, n, k: [m * n, k * m, k * m]),
            ),
        ),
        Misconception(
            "places-miscounted",
            "The places of the kernel were miscounted.",
            "Take one row of pixels, draw the kernel at its first place, and move it to its last: "
            "how many places are that? Then multiply the places down with those to the right.",
            (
                _with_places(lambda h, w, a, b: (h - a) * (w - b)),
                _with_places(lambda h, w, a, b: (h + a - 1) * (w + b - 1)),
                _with_places(lambda h, w, a, b: h * w - a * b + 1),
                _with_places(lambda h, w, a, b: (h // a) * (w // b)),
                _with_places(lambda h, w, a, b: (h - b + 1) * (w - a + 1)),
                _with_places(lambda h, w, a, b: h - a + 1 + w - b + 1),
            ),
        ),
        Misconception(
            "pixels-under-the-kernel",
            "The pixels under the kernel were miscounted.",
            "The kernel covers a rectangle. How many pixels are in a rectangle of these two sides?",
            (
                _with_pixels(lambda a, b: a + b),
                _with_pixels(lambda a, b: a * a),
                _with_pixels(lambda a, b: b * b),
                _with_pixels(lambda a, b: a),
                _with_pixels(lambda a, b: b),
            ),
        ),
        Misconception(
            "two-operations",
            "Multiplications and additions were counted apart.",
            "Here a multiplication and the addition that follows it count as one, a multiply-add.",
            (
                _with(lambda m, n, k: [2 * m * n, 2 * k * n, 2 * k * n]),
                _with(lambda m, n, k: [(2 * m - 1) * n, (2 * k - 1) * n, (2 * k - 1) * n]),
            ),
        ),
        Misconception(
            "with-biases",
            "A bias was counted for each output.",
            "The task leaves the biases out: a bias is added, and multiplied with nothing.",
            (_with(lambda m, n, k: [(m + 1) * n, (k + 1) * n, (k + 1) * n]),),
        ),
        Misconception(
            "zeros-counted",
            "Products with pixels that are not under the kernel were counted as well.",
            "Written as a matrix, such a layer has zeros for all pixels that an output does not "
            "use. Does a layer have to compute those products?",
            (
                _with(lambda m, n, k: [m * n, m * n, m * n]),
                _with(lambda m, n, k: [m * n, m * n, k * n]),
                _with(lambda m, n, k: [m * n, k * n, m * n]),
            ),
        ),
        Misconception(
            "other-order",
            "The three numbers are in another order than the task asks for.",
            "[dense, sparse, convolution]: the dense layer comes first. Which of the three has the "
            "most to do?",
            (
                _with(lambda m, n, k: [k * n, k * n, m * n]),
                _with(lambda m, n, k: [k * n, m * n, k * n]),
            ),
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
