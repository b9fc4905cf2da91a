"""E6.1: a convolution's weights, from PyTorch's order of axes to Keras's and back."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part
from cnncourse.exercises.readymade import LAYOUTS


def my_kernel(weight, to_keras):
    """Carry the weights of a convolution from one framework to the other.

    weight : array with 4 axes.
    to_keras : True or False, which way.
      True : weight is that of torch.nn.Conv2d, with the axes O, I, kH, kW: output channels,
          input channels, rows and columns of the kernel. Return what keras.layers.Conv2D
          keeps, with the axes kH, kW, I, O.
      False : the way back. weight has the axes kH, kW, I, O; return O, I, kH, kW.
    Each number still joins the same two channels, in the same row and column: both frameworks
    slide the kernel as it is. Ready-made translators are not for this one.

    Example: O = 2, I = 1, kH = 1, kW = 2, weight = [[[[1, 2]]], [[[3, 4]]]], to_keras = True
    -> [[[[1, 3]], [[2, 4]]]], of shape (1, 2, 1, 2); with to_keras = False that goes back.
    """
    # transpose asks, for each axis of the result, which axis of `weight` it is.
    if to_keras:
        return weight.transpose(2, 3, 1, 0)  # rows, columns, input, output channels
    return weight.transpose(3, 2, 0, 1)  # the same axes back in their places, so not the same call


def _reference(weight: Array, to_keras: bool) -> Array:
    """Put number by number in its place."""
    if to_keras:
        O, I, M, N = weight.shape  # noqa: E741 - the letters of the layouts
        moved = np.empty((M, N, I, O))
    else:
        M, N, I, O = weight.shape  # noqa: E741
        moved = np.empty((O, I, M, N))
    for o, i, m, n in np.ndindex(O, I, M, N):
        if to_keras:
            moved[m, n, i, o] = weight[o, i, m, n]
        else:
            moved[o, i, m, n] = weight[m, n, i, o]
    return moved


def _cases(draw: Draw) -> list[Case]:
    def case(O: int, I: int, M: int, N: int, to_keras: bool, note: str = "") -> Case:  # noqa: E741
        shape = (O, I, M, N) if to_keras else (M, N, I, O)
        way = "to Keras" if to_keras else "to PyTorch"
        weight = draw.numbers(O * I * M * N).reshape(shape)
        return Case((weight, to_keras), note or f"random numbers, {way}")

    example = np.array([[[[1.0, 2.0]]], [[[3.0, 4.0]]]])
    return [
        Case((example, True), "the example of the task"),
        Case((example.transpose(2, 3, 1, 0), False), "the example, back"),
        case(1, 1, 2, 3, True, "one channel in, one out: a plain kernel"),
        case(1, 1, 3, 2, False, "one channel in, one out: a plain kernel"),
        case(1, 3, 1, 2, True, "three channels in, one out"),
        case(3, 1, 2, 1, False, "one channel in, three out"),
        case(2, 2, 2, 2, True, "all axes of one length: the shape tells nothing"),
        case(2, 2, 2, 2, False, "all axes of one length: the shape tells nothing"),
        case(3, 2, 2, 4, True),
        case(2, 3, 4, 1, True),
        case(3, 2, 2, 4, False),
        case(2, 3, 3, 2, False),
        case(4, 3, 1, 1, True, "1 x 1 taps"),
    ]


def _right(case: Case, output: Array) -> bool:
    return np.array_equal(output, _reference(*case.args))


def _on_the_way(to_keras: bool):
    def holds(case: Case, output: Array) -> bool:
        return case.args[1] is not to_keras or _right(case, output)

    return holds


EXERCISE = Exercise(
    id="E6.1",
    title="Weights change frameworks",
    solution=my_kernel,
    reference=_reference,
    cases=_cases,
    output="weights",
    forbidden=LAYOUTS,
    parts=(
        Part("from PyTorch to Keras", 1, _on_the_way(True)),
        Part("from Keras to PyTorch", 1, _on_the_way(False)),
    ),
    misconceptions=(),
    hints=(
        "Take the weight at [1, 0, 0, 1] of the example. Which output channel, input channel, row "
        "and column are that, and where does it have to stand in the other order?",
        "No number is computed, and none stays beside its old neighbour for the shape's sake: the "
        "axes change places. For each axis of the result, which axis of the weight is it?",
        "weight.transpose(a, b, c, d) makes axis a the first one. Rows are axis 2 in PyTorch, "
        "columns 3, input channels 1, output channels 0. For the way back ask the same again.",
    ),
)
