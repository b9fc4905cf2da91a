"""E6.2: a dense layer after a flatten, when the layout of the images changes."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
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
        case(3, 2, 4, 3, "the same sizes again"),
        case(12, 3, 2, 2, "as many units as features: the shape tells nothing"),
        case(4, 4, 1, 3),
    ]


def _shape(case: Case, output: Array) -> bool:
    return output.shape == case.args[0].shape[::-1]


def _right(case: Case, output: Array) -> bool:
    return np.array_equal(output, _reference(*case.args))


# Wrong ideas, and right answers by other ways.


def _axes(weight: Array, shape: tuple[int, int, int], axes: tuple[int, int, int]) -> Array:
    """Take each row of weights for a picture of this shape, order its axes, and turn the table."""
    units = len(weight)
    pictures = weight.reshape(units, *shape).transpose(0, *(axis + 1 for axis in axes))
    return pictures.reshape(units, -1).T


def _by_numbers(weight, C, H, W):
    where = np.arange(C * H * W).reshape(C, H, W)
    return weight[:, np.moveaxis(where, 0, -1).ravel()].T


def _by_einsum(weight, C, H, W):
    return np.einsum("uchw->hwcu", weight.reshape(-1, C, H, W)).reshape(H * W * C, -1)


def _pixels_then_channels(weight, C, H, W):
    return weight.T.reshape(C, H * W, -1).swapaxes(0, 1).reshape(H * W * C, -1)


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
    also_right=(_by_numbers, _by_einsum, _pixels_then_channels),
    misconceptions=(
        Misconception(
            "weights-as-they-were",
            "The features are in the order they had in PyTorch.",
            "The pictures' axes changed, so the flatten meets their numbers in another order: the "
            "second feature is no longer the first channel's second pixel. Each weight has to "
            "follow its pixel.",
            (
                lambda weight, C, H, W: weight.T,
                lambda weight, C, H, W: weight,
            ),
        ),
        Misconception(
            "inverse-permutation",
            "The order was changed the wrong way: from Keras's to PyTorch's.",
            "The weights come from PyTorch. Whose order have they before you move anything, and "
            "which shape undoes that flatten?",
            (
                lambda weight, C, H, W: _axes(weight, (H, W, C), (2, 0, 1)),
                lambda weight, C, H, W: _axes(weight, (H, W, C), (2, 0, 1)).T,
            ),
        ),
        Misconception(
            "rows-and-columns-swapped",
            "Rows and columns of the picture are swapped.",
            "Both flattens let the columns of a row follow each other. Give the picture more "
            "columns than rows, and look where the second pixel of the first row goes.",
            (
                lambda weight, C, H, W: _axes(weight, (C, H, W), (2, 1, 0)),
                lambda weight, C, H, W: _axes(weight, (C, W, H), (2, 1, 0)),
                lambda weight, C, H, W: _axes(weight, (C, H, W), (2, 1, 0)).T,
            ),
        ),
        Misconception(
            "reshaped",
            "Numbers were counted off anew where axes had to move: a reshape for a transpose.",
            "reshape leaves the numbers in their row. It undoes a flatten, and makes one; between "
            "the two the axes have to change places, those of the units, too.",
            (
                lambda weight, C, H, W: weight.reshape(H * W * C, len(weight)),
                lambda weight, C, H, W: _axes(weight, (C, H, W), (1, 2, 0)).T.reshape(
                    H * W * C, len(weight)
                ),
                lambda weight, C, H, W: weight.reshape(H, W, C, len(weight)).reshape(
                    H * W * C, len(weight)
                ),
            ),
        ),
        Misconception(
            "not-turned",
            "The features are in Keras's order, but units and features have not changed places.",
            "torch.nn.Linear keeps its weight as (units, features), keras.layers.Dense its kernel "
            "as (features, units).",
            (lambda weight, C, H, W: _reference(weight, C, H, W).T,),
        ),
        Misconception(
            "turned-round",
            "The units, or the features, are in reverse order.",
            ".T makes columns of rows and leaves their order alone; a quarter turn (np.rot90) "
            "reverses the rows or the columns, too. Unit 0 stays unit 0.",
            (
                lambda weight, C, H, W: np.rot90(_reference(weight, C, H, W).T, -1),
                lambda weight, C, H, W: np.rot90(_reference(weight, C, H, W).T),
            ),
        ),
        Misconception(
            "channels-first-still",
            "Some axis is in its place, but the channels do not run fastest.",
            "In H, W, C the last axis is the channels: all channels of one pixel come one after "
            "the other, then those of the next pixel.",
            (
                lambda weight, C, H, W: _axes(weight, (C, H, W), (1, 0, 2)),
                lambda weight, C, H, W: _axes(weight, (C, H, W), (0, 2, 1)),
                lambda weight, C, H, W: _axes(weight, (C, H, W), (2, 0, 1)),
            ),
        ),
    ),
    error_hints={
        "ValueError": "A reshape cannot add or lose numbers: weight has len(weight) * C * H * W of "
        "them. And transpose needs every axis once.",
    },
    hints=(
        "Number the pixels of 2 channels of 1 x 2 pixels in the order in which each framework "
        "flattens them. Which weight belongs to which pixel?",
        "You know how to move axes of pictures. A row of weights is a flattened picture, too: what "
        "has to be undone before its axes can be moved?",
        "weight.reshape(units, C, H, W) undoes the flatten. Bring its axes into the order H, W, C, "
        "units, and make H * W * C rows of it.",
    ),
    probe=Probe("weight", "", (np.arange(1.0, 13.0).reshape(2, 6), 2, 1, 3), ("f", "u")),
)
