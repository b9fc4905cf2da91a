"""R3.1: repair a shift whose picture comes in again at the other side, or is wiped out.

Both bugs were published. A shift by np.roll, or by a Fourier transform, lets in on one side what
left on the other: in the microscopy package starfish (github.com/spacetx/starfish, issue 408, 2018)
and in OpenPIV (github.com/OpenPIV/openpiv-python, pull request 276, 2022). And a shift with
zeros that is right for positive numbers went wrong for negative ones in the augmentation of
OpenImageR (github.com/mlampros/OpenImageR, issue 7, 2017).
"""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_shift(image, down, right):
    """Wipe out what came round at the side where it did."""
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down >= 0:
        moved[:down] = 0
    else:
        moved[down:] = 0  # moved up, the last -down rows came round
    if right >= 0:
        moved[:, :right] = 0
    else:
        moved[:, right:] = 0
    return moved


def _broken(image, down, right):
    """Move an image on a black ground, as for a test on shifted images. Find one bug, mend it.

    image : array (H, W) of numbers, of which 0 is black.
    down, right : whole numbers; the image moves by `down` rows down and by `right` columns to the
        right. Negative numbers move it up, or to the left.
    Return an array of the same shape. What leaves the image is lost, and zeros enter.

    Example: image = [[1, 2, 3], [4, 5, 6]], down = 1, right = 0 -> [[0, 0, 0], [1, 2, 3]],
    and with down = 0, right = -1 -> [[2, 3, 0], [5, 6, 0]].
    """
    moved = np.roll(image, (down, right), axis=(0, 1))  # what leaves comes in again,
    moved[:down] = 0  # so wipe out the rows that came round,
    moved[:, :right] = 0  # and the columns
    return moved


def _by_definition(image: Array, down: int, right: int) -> Array:
    height, width = image.shape
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[i, j] = image[i - down, j - right]
    return out


def _cases(draw: Draw) -> list[Case]:
    small = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    cases = [
        Case((small, 1, 0), "the example of the task, down"),
        Case((small, 0, -1), "the example of the task, to the left"),
        Case((small, -1, 0), "up"),
        Case((small, 0, 1), "to the right"),
        Case((small, 0, 0), "no move"),
        Case((np.array([[7, 2], [5, 3], [1, 8]]), -1, -1), "whole numbers"),
        Case((small, 2, 0), "out of sight, down"),
        Case((small, -2, 1), "out of sight, up"),
        Case((small, 1, -4), "farther than the image is wide"),
        Case((small, 5, 1), "farther than the image is high"),
    ]
    for down, right in ((1, -2), (-2, 1), (-1, -3), (2, 1), (-3, -1), (3, 2), (-2, -2), (0, -3)):
        height, width = draw.integer(4, 6), draw.integer(4, 7)
        image = draw.numbers(height * width).reshape(height, width)
        cases.append(Case((image, down, right), "random numbers"))
    return cases


def _right(case: Case, output: Array) -> bool:
    return close(output, _by_definition(*case.args))


EXERCISE = Exercise(
    id="R3.1",
    title="Repair: a picture that comes round",
    solution=my_shift,
    broken=_broken,
    reference=_by_definition,
    output="matrix",
    cases=_cases,
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "moves down and to the right", 1, lambda c, out: min(c.args[1:]) < 0 or _right(c, out)
        ),
        Part("moves in all directions", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: moved up or to the left, all but what came round is wiped.",
            "Move [[1, 2, 3], [4, 5, 6]] by right = -1. Which columns does moved[:, :-1] name?",
            (lambda image, down, right: _broken(image.copy(), down, right),),
        ),
    ),
    hints=(
        "Move a small image up by 1. Which row came round, and which rows were wiped?",
        "Moved down, the rows that came round are the first ones. Moved up, where are they?",
        "For a negative down the last -down rows came round: that is the slice [down:].",
    ),
)
