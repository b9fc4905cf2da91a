"""E3.4: the band in which zero padding breaks the equivariance of a convolution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_broken_band(height, width, kernel_height, kernel_width, down, right):
    """Predict where f(g(x)) and g(f(x)) differ, for a convolution f with zeros at the border.

    height, width : size of an image x, no smaller than the kernel.
    kernel_height, kernel_width : size of the kernel of f, odd numbers. The kernel stands with its
        middle on each pixel; where it reaches beyond the image, it finds zeros ("same").
    down, right : g moves by `down` rows down and `right` columns to the right, in a circle: what
        leaves at one side enters at the opposite one.
        0 <= down < height, 0 <= right < width.
    Return an array (height, width) of the numbers 1 and 0: 1 in each place in which f(g(x)) and
    g(f(x)) can differ, 0 in those in which they are equal whatever the image and the kernel.
    (mask.astype(int) makes numbers of True and False.)

    Example: height 1, width 5, kernel 1 x 3, right = 1 -> [[1, 1, 0, 0, 1]].
    """
    rows, columns = np.arange(height), np.arange(width)
    # On each side, this many rows or columns have a kernel that reaches beyond the image.
    above, left = kernel_height // 2, kernel_width // 2
    in_rows = (rows < above) | (rows >= height - above)
    in_columns = (columns < left) | (columns >= width - left)
    # f(g(x)) meets the border there; in g(f(x)) those places have moved on. Without a move in
    # that direction both ways miss the same terms of the sum.
    broken_rows = (in_rows | np.roll(in_rows, down)) & (down > 0)
    broken_columns = (in_columns | np.roll(in_columns, right)) & (right > 0)
    return (broken_rows[:, None] | broken_columns).astype(int)


def _reference(h: int, w: int, a: int, b: int, down: int, right: int) -> Array:
    """Ask each tap of the kernel which outputs it has a pixel for, on both ways.

    A tap that has one finds the same pixel on both ways, so the two differ where a tap has a pixel
    on one of them alone.
    """
    ground = np.pad(np.ones((h, w), bool), ((a // 2, a // 2), (b // 2, b // 2)))
    broken = np.zeros((h, w), bool)
    for i, j in np.ndindex(a, b):
        there = ground[i : i + h, j : j + w]
        broken |= there != np.roll(np.roll(there, down, axis=0), right, axis=1)
    return broken.astype(float)


def _cases(draw: Draw) -> list[Case]:
    cases = [
        Case((1, 5, 1, 3, 0, 1), "the example of the task"),
        Case((6, 7, 3, 3, 2, 3), "both directions"),
        Case((6, 7, 3, 5, 0, 2), "to the right only"),
        Case((7, 6, 5, 3, 3, 0), "down only"),
        Case((6, 5, 3, 3, 0, 0), "no move at all"),
        Case((7, 6, 3, 3, 1, 0), "down by one"),
        Case((6, 7, 3, 3, 0, 1), "to the right by one"),
        Case((5, 7, 5, 3, 2, 4), "a kernel as high as the image"),
        Case((6, 8, 1, 1, 2, 3), "a kernel of one pixel"),
        Case((9, 11, 1, 5, 4, 5), "a kernel of one row"),
        Case((11, 12, 5, 3, 10, 11), "almost all the way round"),
    ]
    for _ in range(6):
        a, b = draw.pick(((3, 5), (5, 3), (3, 7), (5, 1)))
        h, w = draw.integer(11, 13), draw.integer(14, 17)
        cases.append(
            Case((h, w, a, b, draw.integer(1, h - 1), draw.integer(1, w - 1)), "random sizes")
        )
    return cases


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


# Wrong masks, from the rows and the columns that are marked in one direction.

Line = NDArray[np.bool_]
Marks = Callable[[int, int, int], Line]


def _border(n: int, width: int) -> Line:
    """Mark `width` places at each end of n."""
    places = np.arange(n)
    return (places < width) | (places >= n - width)


def _broken(n: int, k: int, by: int) -> Line:
    """Mark what breaks in one direction, for a kernel of k and a move by `by`."""
    return _two_ways(n, k // 2, by) & (by > 0)


def _two_ways(n: int, width: int, by: int) -> Line:
    return _border(n, width) | np.roll(_border(n, width), by)


def _cut_off(n: int, k: int, by: int) -> Line:
    """Move the border without a circle: what leaves does not come in again."""
    moved = np.append(np.zeros(by, bool), _border(n, k // 2))[:n]
    return (_border(n, k // 2) | moved) & (by > 0)


def _first(n: int, k: int) -> Line:
    return np.arange(n) < k // 2


def _last(n: int, k: int) -> Line:
    return np.arange(n) >= n - k // 2


def _mask(marks: Marks) -> Callable[..., Array]:
    """Make a program that marks a place if its row or its column is marked."""

    def program(h: int, w: int, a: int, b: int, down: int, right: int) -> Array:
        return (marks(h, a, down)[:, None] | marks(w, b, right)).astype(float)

    return program


# Right answers by other ways.


def _tap_by_tap(height, width, kernel_height, kernel_width, down, right):
    def taps_outside(at, size, kernel):
        return [not 0 <= at + tap - kernel // 2 < size for tap in range(kernel)]

    mask = []
    for i in range(height):
        before_i = (i - down) % height
        row_breaks = taps_outside(i, height, kernel_height) != taps_outside(
            before_i, height, kernel_height
        )
        mask.append([])
        for j in range(width):
            before_j = (j - right) % width
            column_breaks = taps_outside(j, width, kernel_width) != taps_outside(
                before_j, width, kernel_width
            )
            mask[i].append(int(row_breaks or column_breaks))
    return mask


def _by_slices(height, width, kernel_height, kernel_width, down, right):
    mask = np.zeros((height, width), dtype=int)
    p, q = (kernel_height - 1) // 2, (kernel_width - 1) // 2
    if down > 0 and p > 0:
        at_border = np.r_[0:p, height - p : height]
        mask[at_border] = 1
        mask[(at_border + down) % height] = 1
    if right > 0 and q > 0:
        at_border = np.r_[0:q, width - q : width]
        mask[:, at_border] = 1
        mask[:, (at_border + right) % width] = 1
    return mask


EXERCISE = Exercise(
    id="E3.4",
    title="The band that breaks",
    solution=my_broken_band,
    reference=_reference,
    output="matrix",
    cases=_cases,
    forbidden=SOLUTIONS,
    also_right=(_tap_by_tap, _by_slices),
    parts=(
        Part(
            "moves in both directions",
            2,
            lambda case, out: not all(case.args[4:]) or _right(case, out),
        ),
        Part(
            "moves in one direction, and none",
            1,
            lambda case, out: all(case.args[4:]) or _right(case, out),
        ),
    ),
    misconceptions=(
        Misconception(
            "zeros-are-content",
            "No place was marked: the zeros were taken for a part of the picture that moves.",
            "g moves the picture; the zeros beyond its border stay where they are. Which outputs "
            "use them before the move, and which after it?",
            (lambda h, w, a, b, d, r: np.zeros((h, w)),),
        ),
        Misconception(
            "one-way-only",
            "Only one of the two ways was marked: both meet the border.",
            "In f(g(x)) the kernel meets the border of the moved image. In g(f(x)) it met that of "
            "x before the move. Where are those outputs now?",
            (
                _mask(lambda n, k, by: _border(n, k // 2) & (by > 0)),
                _mask(lambda n, k, by: _border(n, k // 2)),
                _mask(lambda n, k, by: np.roll(_border(n, k // 2), by) & (by > 0)),
                _mask(lambda n, k, by: np.roll(_border(n, k // 2), by)),
            ),
        ),
        Misconception(
            "one-side-only",
            "The band was marked at one end of the rows and columns only.",
            "A kernel with its middle on a pixel reaches out to both sides: above the first row, "
            "and below the last.",
            (
                _mask(lambda n, k, by: (_first(n, k) | np.roll(_first(n, k), by)) & (by > 0)),
                _mask(lambda n, k, by: (_last(n, k) | np.roll(_last(n, k), by)) & (by > 0)),
                _mask(lambda n, k, by: _first(n, k) & (by > 0)),
                _mask(lambda n, k, by: _last(n, k) & (by > 0)),
                _mask(lambda n, k, by: _first(n, k)),
                _mask(lambda n, k, by: _last(n, k)),
                _mask(lambda n, k, by: (_first(n, k) | np.roll(_last(n, k), by)) & (by > 0)),
                _mask(lambda n, k, by: (_last(n, k) | np.roll(_first(n, k), by)) & (by > 0)),
            ),
        ),
        Misconception(
            "other-width",
            "The band has another width.",
            "The middle of a kernel of 3 is on the pixel. How far does the kernel reach to one "
            "side? And one of 5?",
            (
                _mask(lambda n, k, by: _two_ways(n, k, by) & (by > 0)),
                _mask(lambda n, k, by: _two_ways(n, k - 1, by) & (by > 0)),
                _mask(lambda n, k, by: _two_ways(n, k // 2 + 1, by) & (by > 0)),
                _mask(lambda n, k, by: _two_ways(n, max(0, k // 2 - 1), by) & (by > 0)),
                _mask(lambda n, k, by: _two_ways(n, 1, by) & (by > 0)),
            ),
        ),
        Misconception(
            "no-move-no-break",
            "A band was marked in a direction in which nothing moves.",
            "Move to the right only: in the first row both ways find the same pixels, and the "
            "same zeros above them. Do they differ?",
            (
                _mask(lambda n, k, by: _two_ways(n, k // 2, by)),
                lambda h, w, a, b, d, r: (
                    _mask(lambda n, k, by: _two_ways(n, k // 2, by))(h, w, a, b, d, r)
                    * float(d > 0 or r > 0)
                ),
            ),
        ),
        Misconception(
            "what-came-round",
            "The rows and columns that came round were marked.",
            "g moves in a circle on both ways, so they come round in both. What breaks is where "
            "the kernel of f finds zeros.",
            (
                _mask(lambda n, k, by: np.arange(n) < by),
                _mask(lambda n, k, by: np.arange(n) < by + k // 2),
                _mask(lambda n, k, by: (np.arange(n) < by) | _border(n, k // 2)),
                _mask(lambda n, k, by: (np.arange(n) < by) | (_border(n, k // 2) & (by > 0))),
                _mask(lambda n, k, by: _border(n, by)),
            ),
        ),
        Misconception(
            "corners-only",
            "Only places were marked that are in a marked row and a marked column.",
            "A kernel that reaches beyond the upper border finds zeros, whatever its column.",
            (
                lambda h, w, a, b, d, r: (_broken(h, a, d)[:, None] & _broken(w, b, r)) * 1.0,
                lambda h, w, a, b, d, r: (
                    (_two_ways(h, a // 2, d)[:, None] & _two_ways(w, b // 2, r)) * 1.0
                ),
            ),
        ),
        Misconception(
            "both-meet-the-border",
            "Places in which both ways meet the border were left out.",
            "Near the border both ways miss something. But is it the same pixel that they miss?",
            (
                _mask(
                    lambda n, k, by: _border(n, k // 2) ^ np.roll(_border(n, k // 2), by),
                ),
                lambda h, w, a, b, d, r: np.logical_xor(
                    _border(h, a // 2)[:, None] | _border(w, b // 2),
                    np.roll(_border(h, a // 2), d)[:, None] | np.roll(_border(w, b // 2), r),
                ).astype(float),
            ),
        ),
        Misconception(
            "not-in-a-circle",
            "The marks that g moves out of the image are lost.",
            "g moves in a circle: a marked row that leaves below enters above.",
            (
                _mask(_cut_off),
                _mask(lambda n, k, by: _cut_off(n, k, by) | _border(n, k // 2)),
            ),
        ),
        Misconception(
            "moved-backwards",
            "The band of g(f(x)) was moved up or to the left.",
            "f(x) is computed first, and g moves it down and to the right: where does its first "
            "row go?",
            (
                _mask(lambda n, k, by: _two_ways(n, k // 2, -by) & (by > 0)),
                _mask(lambda n, k, by: _two_ways(n, k // 2, -by)),
            ),
        ),
        Misconception(
            "directions-swapped",
            "Rows and columns were mixed up.",
            "The kernel's height decides how many rows it reaches above and below, and `down` "
            "moves rows.",
            (
                lambda h, w, a, b, d, r: (_broken(h, b, d)[:, None] | _broken(w, a, r)) * 1.0,
                lambda h, w, a, b, d, r: (
                    (
                        (_two_ways(h, a // 2, r) & (r > 0))[:, None]
                        | (_two_ways(w, b // 2, d) & (d > 0))
                    )
                    * 1.0
                ),
            ),
        ),
        Misconception(
            "ones-and-zeros-swapped",
            "1 and 0 are exchanged.",
            "1 is for the places in which the two ways can differ.",
            (
                lambda h, w, a, b, d, r: (
                    1.0 - (_broken(h, a, d)[:, None] | _broken(w, b, r)).astype(float)
                ),
            ),
        ),
        Misconception(
            "everything-breaks",
            "Every place was marked.",
            "Where the kernel stays inside of the image on both ways, it finds the same pixels.",
            (lambda h, w, a, b, d, r: np.ones((h, w)),),
        ),
    ),
    hints=(
        "Which outputs of f use a zero from beyond the border? How many rows are that above?",
        "In f(g(x)) those outputs are along the border. In g(f(x)) they have moved with the rest. "
        "The two ways differ where one or the other is.",
        "Mark (kernel_height - 1) / 2 rows at each end, and these rows moved by `down` in a "
        "circle; if down is 0, none. The same for columns.",
    ),
)
