"""R3.1: repair a shift whose picture comes in again at the other side, or is wiped out.

Both bugs were published. A shift by np.roll, or by a Fourier transform, lets in on one side what
left on the other: in the microscopy package starfish (github.com/spacetx/starfish, issue 408, 2018)
and in OpenPIV (github.com/OpenPIV/openpiv-python, pull request 276, 2022). And a shift with
zeros that is right for positive numbers went wrong for negative ones in the augmentation of
OpenImageR (github.com/mlampros/OpenImageR, issue 7, 2017).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import SOLUTIONS


def my_shift(image, down, right):
    """Wipe out what came round at the side where it did."""
    moved = np.roll(image, (down, right), axis=(0, 1))
    # Moved up, the last -down rows came round; moved to the left, the last -right columns.
    moved[slice(0, down) if down >= 0 else slice(down, None)] = 0
    moved[:, slice(0, right) if right >= 0 else slice(right, None)] = 0
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
        Case((small, -3, 0), "farther than the image is high, up"),
        Case((small, 0, 7), "farther than the image is wide, to the right"),
    ]
    for shape, down, right in (((3, 6), 1, 4), ((6, 3), -4, 1), ((3, 5), -4, -3), ((5, 3), 4, -5)):
        image = draw.numbers(shape[0] * shape[1]).reshape(shape)
        cases.append(Case((image, down, right), "a long move"))
    for down, right in ((1, -2), (-2, 1), (-1, -3), (2, 1), (-3, -1), (3, 2), (-2, -2), (0, -3)):
        height, width = draw.integer(4, 6), draw.integer(4, 7)
        image = draw.numbers(height * width).reshape(height, width)
        cases.append(Case((image, down, right), "random numbers"))
    return cases


def _right(case: Case, output: Array) -> bool:
    return close(output, _by_definition(*case.args))


# Wrong repairs: which rows are wiped after the roll, by the number of rows and the move.

Wiped = Callable[[int, int], slice]


def _as_it_came(n: int, by: int) -> slice:
    return slice(None, by)


def _mended(n: int, by: int) -> slice:
    return slice(None, by) if by >= 0 else slice(by, None)


def _wiping(rows: Wiped, columns: Wiped | None = None) -> Callable[..., Array]:
    """Make a program that rolls and then wipes such rows, and such columns."""

    def program(image: Array, down: int, right: int) -> Array:
        moved = np.roll(image, (down, right), axis=(0, 1))
        moved[rows(image.shape[0], down)] = 0
        moved[:, (columns or rows)(image.shape[1], right)] = 0
        return moved

    return program


def _nothing(n: int, by: int) -> slice:
    return slice(0, 0)


def _once_round(n: int, by: int) -> slice:
    """Wipe as many rows as a move of less than the image's size would bring round."""
    return _mended(n, int(np.fmod(by, n)))


def _one_more(n: int, by: int) -> slice:
    return slice(None, by) if by >= 0 else slice(max(-n, by - 1), None)


def _one_less(n: int, by: int) -> slice:
    return slice(None, by) if by >= 0 else slice(by + 1, n)


def _no_move_wiped(n: int, by: int) -> slice:
    return slice(None, by) if by > 0 else slice(by, None)


def _one_row(n: int, by: int) -> slice:
    return slice(None, by) if by >= 0 else slice(-1, None)


def _with_edges(image: Array, down: int, right: int) -> Array:
    """Repeat the rows and columns at the border in place of zeros."""
    rows, columns = (np.arange(n) - by for n, by in zip(image.shape, (down, right), strict=True))
    height, width = image.shape
    return image[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)]


# Right answers by other ways.


def _by_slices(image, down, right):
    height, width = image.shape
    out = np.zeros_like(image)
    if abs(down) < height and abs(right) < width:
        out[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = image[
            max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)
        ]
    return out


def _by_padding(image, down, right):
    height, width = image.shape
    p, q = abs(down), abs(right)
    padded = np.pad(image, ((p, p), (q, q)))
    return padded[p - down : p - down + height, q - right : q - right + width]


def _pixel_by_pixel(image, down, right):
    height, width = len(image), len(image[0])
    out = [[0] * width for _ in range(height)]
    for i in range(height):
        for j in range(width):
            if 0 <= i + down < height and 0 <= j + right < width:
                out[i + down][j + right] = image[i][j]
    return out


EXERCISE = Exercise(
    id="R3.1",
    title="Repair: a picture that comes round",
    solution=my_shift,
    broken=_broken,
    reference=_by_definition,
    output="matrix",
    cases=_cases,
    also_right=(_by_slices, _by_padding, _pixel_by_pixel),
    probe=Probe(
        "image",
        "",
        (np.array([[3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0, 6.0], [5.0, 3.0, 5.0, 8.0]]), -1, 1),
        ("i", "j"),
    ),
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "moves down and to the right",
            1,
            lambda case, out: min(case.args[1:]) < 0 or _right(case, out),
        ),
        Part(
            "moves up and to the left",
            2,
            lambda case, out: min(case.args[1:]) >= 0 or _right(case, out),
        ),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: moved up or to the left, all is wiped but what came round.",
            "Take [[1, 2, 3], [4, 5, 6]] and right = -1. Which columns does moved[:, :-1] name?",
            (_wiping(_as_it_came),),
        ),
        Misconception(
            "one-direction-mended",
            "One direction is mended, the other is as before.",
            "The rows and the columns have the same bug. Move an image up, then to the left.",
            (_wiping(_mended, _as_it_came), _wiping(_as_it_came, _mended)),
        ),
        Misconception(
            "nothing-wiped",
            "What leaves at one side comes in at the other: that is a move in a circle.",
            "The task lets zeros enter. Which rows came round after a move by -1?",
            (
                _wiping(_nothing),
                _wiping(lambda n, by: slice(0, max(by, 0))),
            ),
        ),
        Misconception(
            "no-move-wiped",
            "Without a move everything is wiped.",
            "How many rows does moved[0:] name, and how many moved[:0]? To which of the two cases "
            "should 0 belong?",
            (
                _wiping(_no_move_wiped),
                _wiping(lambda n, by: slice(None) if by == 0 else _as_it_came(n, by)),
                _wiping(_no_move_wiped, _mended),
                _wiping(_mended, _no_move_wiped),
            ),
        ),
        Misconception(
            "wrong-side-wiped",
            "After a move up or to the left the wrong side was wiped.",
            "Moved up, the first rows leave. np.roll brings them in again: at which end?",
            (
                _wiping(lambda n, by: slice(0, abs(by))),
                _wiping(lambda n, by: slice(-by, None) if by < 0 else slice(None, by)),
            ),
        ),
        Misconception(
            "one-row-off",
            "After a move up or to the left one row or column too many is wiped, or one too few.",
            "Moved up by 2, two rows came round, the last two. Which slice names the last two?",
            (_wiping(_one_more), _wiping(_one_less), _wiping(_one_row)),
        ),
        Misconception(
            "negative-not-moved",
            "Up and to the left nothing moves any more.",
            "A negative `down` is a move, too: by -1 every row comes one higher.",
            (
                lambda image, down, right: _by_definition(image, max(down, 0), max(right, 0)),
                lambda image, down, right: (
                    _by_definition(image, down, right) if min(down, right) >= 0 else image
                ),
            ),
        ),
        Misconception(
            "other-direction",
            "The image moves the other way.",
            "down = 1 puts the first row where the second one was. Only what was wiped was wrong "
            "in the program; the roll was right.",
            (
                lambda image, down, right: _by_definition(image, -down, -right),
                lambda image, down, right: _by_definition(image, abs(down), abs(right)),
            ),
        ),
        Misconception(
            "axes-swapped",
            "`down` moves the columns now, and `right` the rows.",
            "Axis 0 counts rows. The roll in the program was right.",
            (lambda image, down, right: _by_definition(image, right, down),),
        ),
        Misconception(
            "far-moves-come-round",
            "Moved farther than it is large, the image comes into sight again.",
            "np.roll goes round as often as it is told. What should be left of an image that has "
            "moved by more rows than it has?",
            (
                _wiping(_once_round),
                _wiping(
                    lambda n, by: slice(0, by % n) if by >= 0 else slice(n - (-by) % n, n),
                ),
                _wiping(lambda n, by: _nothing(n, by) if abs(by) >= n else _mended(n, by)),
            ),
        ),
        Misconception(
            "edges-repeated",
            "The rows and columns at the border were repeated, where zeros enter.",
            "The ground is black: what comes in from outside is 0.",
            (_with_edges,),
        ),
    ),
    error_hints={
        "ValueError": "Two slices have different sizes. Try down = 0, and a move by more rows than "
        "the image has: which slice is empty then?",
        "IndexError": "An index lies beyond the image: a move may be larger than the image is.",
    },
    hints=(
        "Move a small image up by 1. Which row came round, and which rows were wiped?",
        "Moved down, the rows that came round are the first ones. Moved up, where are they?",
        "For a negative down the last -down rows came round: that is the slice [down:].",
    ),
)
