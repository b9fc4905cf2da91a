"""E6.2: a dense layer after a flatten, when the layout of the images changes."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part
from cnncourse.exercises.readymade import LAYOUTS


def my_dense_kernel(weight, C, H, W):
    """Carry a dense layer that follows a flatten from PyTorch to Keras.

    weight : array (units, C * H * W), that of torch.nn.Linear behind torch.nn.Flatten. There a
        picture has C channels, H rows and W columns, in this order of axes, and is flattened as
        NumPy's ravel does: the last axis runs fastest. unit u = sum of weight[u, f] * feature f.
    C, H, W : whole numbers.
    In Keras the same picture has the axes H, W, C, and is flattened likewise, so its features
    come in another order. Return the array (H * W * C, units) that keras.layers.Dense needs to
    give the same units: unit u = sum of kernel[f, u] * feature f, with Keras's features.

    Ready-made translators are not for this one.

    Example: C = 2, H = 1, W = 2, weight = [[1, 2, 3, 4]] -> [[1], [3], [2], [4]]: the second
    feature is the first channel's second pixel in PyTorch, the second channel's first in Keras.
    """
    units = len(weight)
    # Undo the flatten first: now each weight stands at its channel, row and column.
    at_pixels = weight.reshape(units, C, H, W)
    # Channels last, and the units behind everything, as Dense has them; then flatten again.
    return at_pixels.transpose(2, 3, 1, 0).reshape(H * W * C, units)


def _reference(weight: Array, C: int, H: int, W: int) -> Array:
    """Take every pixel's row of weights from where the other flatten puts the pixel."""
    rows = [weight[:, c * H * W + h * W + w] for h in range(H) for w in range(W) for c in range(C)]
    return np.array(rows)


def _cases(draw: Draw) -> list[Case]:
    def case(units: int, C: int, H: int, W: int, note: str = "random numbers") -> Case:
        weight = draw.numbers(units * C * H * W).reshape(units, C * H * W)
        return Case((weight, C, H, W), note)

    return [
        Case((np.array([[1.0, 2.0, 3.0, 4.0]]), 2, 1, 2), "the example of the task"),
        case(2, 1, 1, 3, "one channel: both orders are one"),
        case(1, 3, 2, 1, "one unit"),
        case(2, 3, 1, 1, "one pixel: both orders are one"),
        case(1, 2, 2, 3, "one unit"),
        case(2, 2, 2, 2, "as many channels as rows and columns"),
        case(3, 3, 3, 3, "as many channels as rows and columns, and units"),
        case(2, 3, 2, 4),
        case(3, 2, 4, 3),
        case(12, 3, 2, 2, "as many units as features: the shape tells nothing"),
        case(4, 4, 1, 3),
    ]


def _shape(case: Case, output: Array) -> bool:
    return output.shape == case.args[0].shape[::-1]


def _right(case: Case, output: Array) -> bool:
    return np.array_equal(output, _reference(*case.args))


EXERCISE = Exercise(
    id="E6.2",
    title="Dense after flatten",
    solution=my_dense_kernel,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=LAYOUTS,
    parts=(
        Part("a row for each feature, a column for each unit", 1, _shape),
        Part("every unit as before", 2, _right),
    ),
    misconceptions=(),
    hints=(
        "Number the pixels of 2 channels of 1 x 2 pixels in the order in which each framework "
        "flattens them. Which weight belongs to which pixel?",
        "You know how to move axes of pictures. A row of weights is a flattened picture, too: what "
        "has to be undone before its axes can be moved?",
        "weight.reshape(units, C, H, W) undoes the flatten. Bring its axes into the order H, W, C, "
        "units, and make H * W * C rows of it.",
    ),
)
