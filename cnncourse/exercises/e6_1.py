"""E6.1: a convolution's weights, from PyTorch's order of axes to Keras's and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
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
        case(3, 2, 2, 4, True, "the same sizes again, to Keras"),
        case(2, 3, 4, 1, True),
        case(3, 2, 2, 4, False),
        case(3, 2, 2, 4, False, "the same sizes again, to PyTorch"),
        case(2, 3, 3, 2, False),
        case(4, 3, 1, 1, True, "1 x 1 taps"),
    ]


def _right(case: Case, output: Array) -> bool:
    return np.array_equal(output, _reference(*case.args))


def _on_the_way(to_keras: bool) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        return case.args[1] is not to_keras or _right(case, output)

    return holds


# Wrong ideas, and right answers by other ways.

Move = Callable[[Array, bool], Array]
Axes = tuple[int, int, int, int]
TO_KERAS, TO_TORCH = (2, 3, 1, 0), (3, 2, 0, 1)


def _moved(there: Axes, back: Axes) -> Move:
    return lambda weight, to_keras: weight.transpose(there if to_keras else back)


def _on_one_way_or_both(there: Axes, back: Axes) -> tuple[Move, ...]:
    return _moved(there, back), _moved(there, TO_TORCH), _moved(TO_KERAS, back)


def _reshaped(weight: Array, to_keras: bool) -> Array:
    """Give the shape that is asked for, and leave the numbers in their row."""
    return weight.reshape(_reference(weight, to_keras).shape)


def _flipped(there: bool, back: bool, *axes: int) -> Move:
    """Flip rows (0) or columns (1) of the kernels as well, on one way or on both."""

    def wrong(weight: Array, to_keras: bool) -> Array:
        moved = _reference(weight, to_keras)
        if there if to_keras else back:
            return np.flip(moved, tuple(axis if to_keras else axis + 2 for axis in axes))
        return moved

    return wrong


def _by_einsum(weight, to_keras):
    return np.einsum("oihw->hwio" if to_keras else "hwio->oihw", weight)


def _axis_by_axis(weight, to_keras):
    if to_keras:
        return np.moveaxis(weight, [0, 1], [3, 2])
    return np.moveaxis(weight, [3, 2], [0, 1])


def _by_swaps(weight, to_keras):
    if to_keras:
        return weight.swapaxes(0, 3).swapaxes(1, 2).swapaxes(0, 1)
    return weight.swapaxes(0, 1).swapaxes(1, 2).swapaxes(0, 3)


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
    also_right=(_by_einsum, _axis_by_axis, _by_swaps),
    misconceptions=(
        Misconception(
            "reshaped",
            "The shape is right, but the numbers were only counted off anew: that is a reshape.",
            "A reshape keeps all numbers in their row and puts the brackets elsewhere, so that "
            "they join other channels than before. Which call moves an axis with its numbers?",
            (
                _reshaped,
                lambda w, to_keras: _reshaped(w, True) if to_keras else _reference(w, False),
                lambda w, to_keras: _reference(w, True) if to_keras else _reshaped(w, False),
            ),
        ),
        Misconception(
            "one-call-for-both",
            "The same order of axes was used for both ways; one way is right, the other is not.",
            "transpose(2, 3, 1, 0) twice does not lead back: try it with np.arange(4) for the "
            "axes. What comes first in the result was where before?",
            (_moved(TO_KERAS, TO_KERAS), _moved(TO_TORCH, TO_TORCH)),
        ),
        Misconception(
            "other-way-round",
            "Both ways are there, but each is used where the other one belongs.",
            "transpose wants to know, for each axis of the result, where it is in the weight: not "
            "where each axis of the weight goes.",
            (_moved(TO_TORCH, TO_KERAS),),
        ),
        Misconception(
            "rows-and-columns-swapped",
            "Rows and columns of the kernels are swapped.",
            "Reversing all axes (.T) turns kH, kW into kW, kH. A 3 x 3 kernel hides it, but a "
            "detector of vertical edges would find horizontal ones.",
            _on_one_way_or_both((3, 2, 1, 0), (3, 2, 1, 0)),
        ),
        Misconception(
            "channels-swapped",
            "Input and output channels are swapped.",
            "Keras's Conv2D keeps the output channels last, PyTorch's Conv2d first. (Keras's "
            "Conv2DTranspose has them the other way round.)",
            _on_one_way_or_both((2, 3, 0, 1), (2, 3, 0, 1)),
        ),
        Misconception(
            "flipped",
            "The kernels were flipped as well.",
            "Neither framework flips: both cross-correlate. The weight of the top left tap stays "
            "that of the top left tap.",
            (
                _flipped(True, True, 0, 1),
                _flipped(True, False, 0, 1),
                _flipped(False, True, 0, 1),
                _flipped(True, True, 0),
                _flipped(True, True, 1),
            ),
        ),
        Misconception(
            "moved-as-a-picture",
            "The axes were moved as those of pictures are: the output channels stayed in front.",
            "Pictures go from N, C, H, W to N, H, W, C. Weights have no N: their first axis is the "
            "output channels, and Keras has those last of all.",
            _on_one_way_or_both((0, 2, 3, 1), (0, 3, 1, 2)),
        ),
        Misconception(
            "unchanged",
            "On one way, or on both, the weights came back as they were.",
            "transpose returns a new array and leaves the old one alone. Is what it gave returned, "
            "whichever way is asked for?",
            _on_one_way_or_both((0, 1, 2, 3), (0, 1, 2, 3)),
        ),
    ),
    error_hints={
        "ValueError": "transpose needs every axis, 0 to 3, once. O, I, kH, kW are the axes 0, 1, "
        "2, 3 of PyTorch's weights.",
    },
    hints=(
        "Take the weight at [1, 0, 0, 1] of the example. Which output channel, input channel, row "
        "and column are that, and where does it have to stand in the other order?",
        "No number is computed, and none stays beside its old neighbour for the shape's sake: the "
        "axes change places. For each axis of the result, which axis of the weight is it?",
        "weight.transpose(a, b, c, d) makes axis a the first one. Rows are axis 2 in PyTorch, "
        "columns 3, input channels 1, output channels 0. For the way back ask the same again.",
    ),
)
