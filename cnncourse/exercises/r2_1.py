"""R2.1: repair a centred cross-correlation that is one pixel off for even kernels.

The bug was published: of SciPy's two functions, both in mode "same", one gives a picture that is
moved by one row and one column against the other's, but for kernels of even size only
(github.com/scipy/scipy, issue 1968, first Trac ticket 1443, 2011; noted in both docstrings since).
Cross-correlation is done there by a convolution with the turned kernel, and the middle tap of an
even kernel is not in the middle of the turned one: it stands on the other side of the two. SciPy's
ndimage.convolve moves the origin by one where the size is even, for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.planes import crop, drawn, full, valid
from cnncourse.exercises.readymade import SOLUTIONS

Start = Callable[[int], int]


def my_centred_correlation(image, kernel):
    """Mend the crop for kernels of an even size."""
    H, W = image.shape
    h, w = kernel.shape
    turned = kernel[::-1, ::-1]
    full = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            full[m : m + H, n : n + W] += turned[m, n] * image
    # Turning moved the middle tap from (h - 1) // 2 to h - 1 - (h - 1) // 2, which is h // 2.
    top, left = h // 2, w // 2
    return full[top : top + H, left : left + W]


def _broken(image, kernel):
    """Cross-correlate, with an output of the size of the image. One bug is in here: mend it.

    image : array of H rows and W columns; outside of it are zeros.
    kernel : array of h rows and w columns (no unit); it may be larger than the image. Its middle
        tap is K(a, b) with a = (h - 1) // 2 and b = (w - 1) // 2, also for even h and w.
    Return an array of H rows and W columns in the unit of the image, in which the middle tap
    lies on pixel (i, j): S(i, j) = sum_m sum_n I(i + m - a, j + n - b) K(m, n).

    A kernel that is 1 at its middle tap and 0 elsewhere must give the image back. Try some.
    Example: image = [[5, 7, 9]] -> [[5, 7, 9]] if kernel = [[0, 1, 0]] or [[1, 0]].
    """
    H, W = image.shape
    h, w = kernel.shape
    turned = kernel[::-1, ::-1]  # to convolve with it is to correlate with the kernel
    full = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            full[m : m + H, n : n + W] += turned[m, n] * image
    top, left = (h - 1) // 2, (w - 1) // 2  # the middle tap, where the output begins
    return full[top : top + H, left : left + W]


def _by_definition(image: Array, kernel: Array) -> Array:
    rows, columns = kernel.shape
    a, b = (rows - 1) // 2, (columns - 1) // 2
    padded = np.pad(np.asarray(image, dtype=float), ((a, rows), (b, columns)))
    out = np.zeros(image.shape)
    for i, j in np.ndindex(*image.shape):
        out[i, j] = (padded[i : i + rows, j : j + columns] * kernel).sum()
    return out


def _right(case: Case, output: Array) -> bool:
    scale = size_of_terms(_by_definition, *case.args)
    return close(output, _by_definition(*case.args), scale=scale)


def _single(rows: int, columns: int) -> Array:
    """Make a kernel that is 1 at its middle tap and 0 elsewhere."""
    kernel = np.zeros((rows, columns))
    kernel[(rows - 1) // 2, (columns - 1) // 2] = 1.0
    return kernel


def _gives_the_image_back(case: Case, output: Array) -> bool:
    image, kernel = case.args
    return not np.array_equal(kernel, _single(*kernel.shape)) or close(output, image)


def _cases(draw: Draw) -> list[Case]:
    row, image = np.array([[5.0, 7.0, 9.0]]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    cases = [
        Case((row, np.array([[0.0, 1.0, 0.0]])), "an example of the task"),
        Case((row, np.array([[1.0, 0.0]])), "an example of the task"),
        Case((row.T, _single(2, 1)), "an even column that is 1 at its middle tap"),
        Case((image, _single(2, 2)), "an even kernel that is 1 at its middle tap"),
        Case((image, _single(3, 3)), "an odd kernel that is 1 at its middle tap"),
        Case((image, _single(4, 3)), "even rows, odd columns"),
        Case((image, _single(3, 4)), "odd rows, even columns"),
        Case((image.astype(int), np.array([[0.5, 0.25]])), "whole grey values"),
        Case((image / 8, np.array([[2], [-1], [3], [1]])), "whole weights"),
        Case((image * 1200, np.array([[310.0, -95.0], [20.0, 5.0]])), "large numbers"),
    ]
    sizes = [
        ((3, 4), (1, 1), "one tap"),
        ((4, 3), (3, 2), "odd rows, even columns"),
        ((3, 5), (2, 3), "even rows, odd columns"),
        ((4, 5), (2, 2), "an even kernel"),
        ((5, 4), (3, 3), "an odd kernel"),
        ((2, 3), (4, 5), "a kernel larger than the image"),
        ((3, 2), (6, 4), "a kernel larger than the image"),
        ((5, 6), (4, 4), "an even kernel"),
        ((6, 5), (6, 2), "an even kernel"),
        ((7, 6), (5, 4), "odd rows, even columns"),
    ]
    for shape, taps, note in sizes:
        cases.append(Case((drawn(draw, *shape), drawn(draw, *taps)), note))
    return cases


# Wrong repairs: where they begin to cut, or what else they do.


def _cut(image: Array, turned: Array, top: int, left: int) -> Array:
    """Convolve with a turned kernel, and cut from (top, left) on: also outside, where zeros are."""
    room = [(size, size) for size in turned.shape]
    whole = np.pad(full(image, turned), room)
    start = turned.shape[0] + top, turned.shape[1] + left
    return crop(whole, start, (image.shape[0], image.shape[1]))


def _from(row: Start, column: Start | None = None) -> Callable[[Array, Array], Array]:
    """Make a program that begins to cut at `row(h)` and `column(w)`, by default the same."""

    def wrong(image: Array, kernel: Array) -> Array:
        h, w = kernel.shape
        return _cut(image, kernel[::-1, ::-1], row(h), (column or row)(w))

    return wrong


def _unturned(turn: Callable[[Array], Array], start: Start) -> Callable[[Array, Array], Array]:
    def wrong(image: Array, kernel: Array) -> Array:
        h, w = kernel.shape
        return _cut(image, turn(kernel), start(h), start(w))

    return wrong


def _moved(image: Array, kernel: Array, around: bool) -> Array:
    """Move the finished output back by one; at the end the other end comes in, or zeros do."""
    out = _broken(image, kernel)
    for axis in (0, 1):
        if kernel.shape[axis] % 2 == 0:
            out = np.roll(out, -1, axis)
            if not around:
                out[(slice(None),) * axis + (-1,)] = 0.0
    return out


def _exchanged(image: Array, kernel: Array) -> Array:
    """Begin at row w // 2 and column h // 2; a slice ends where the array does."""
    start = kernel.shape[1] // 2, kernel.shape[0] // 2
    return crop(full(image, kernel[::-1, ::-1]), start, (image.shape[0], image.shape[1]))


def _early(size: int) -> int:
    return (size - 1) // 2


def _middle(size: int) -> int:
    return size // 2


# Right answers by other ways.


def _by_padding(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    padded = np.pad(image, (((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)))
    S = np.zeros((H, W))
    for m in range(h):
        for n in range(w):
            S += kernel[m, n] * padded[m : m + H, n : n + W]
    return S


def _made_odd(image, kernel):
    H, W = image.shape
    kernel = np.pad(kernel, [(1 - size % 2, 0) for size in kernel.shape])
    h, w = kernel.shape
    full = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            full[m : m + H, n : n + W] += kernel[h - 1 - m, w - 1 - n] * image
    return full[h // 2 : h // 2 + H, w // 2 : w // 2 + W]


EXERCISE = Exercise(
    id="R2.1",
    title="Repair: an even kernel, turned",
    solution=my_centred_correlation,
    broken=_broken,
    reference=_by_definition,
    cases=_cases,
    output="matrix",
    also_right=(_by_padding, _made_odd),
    probe=Probe(
        "image",
        "kernel",
        (
            np.array([[2.0, 4.0, 3.0], [5.0, 1.0, 6.0], [7.0, 3.0, 2.0]]),
            np.array([[1.0, 2.0], [3.0, 5.0]]),
        ),
        ("i", "j"),
    ),
    forbidden=SOLUTIONS,
    parts=(
        Part("a single 1 at the middle tap gives the image back", 1, _gives_the_image_back),
        Part("the middle tap of every kernel lies on pixel (i, j)", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: with an even kernel the output is one pixel off.",
            "Take image = [[5, 7, 9]] and kernel = [[1, 0]], whose middle tap is the first one. "
            "Where is that tap in the turned kernel?",
            (_from(_early),),
        ),
        Misconception(
            "one-axis-mended",
            "One axis is mended, the other one is not.",
            "Try kernels of 2 rows and 1 column, and of 1 row and 2 columns: both have a middle "
            "tap that turning moves.",
            (_from(_middle, _early), _from(_early, _middle)),
        ),
        Misconception(
            "moved-the-bug",
            "The bug has moved: even kernels are off by one pixel the other way, or by two.",
            "Where does the middle tap stand in the turned kernel? For h = 4 it is tap number 1 "
            "before turning. Count, from 0, from the top.",
            (
                _from(lambda size: size // 2 + 1 - size % 2),
                _from(lambda size: _early(size) - 1 + size % 2),
            ),
        ),
        Misconception(
            "odd-kernels-changed",
            "Even kernels are right now, odd ones no more.",
            "An odd kernel has one middle tap, and turning leaves it in its place. For which sizes "
            "must the cut begin elsewhere?",
            (
                _from(lambda size: (size + 1) // 2),
                _from(lambda size: _middle(size) - size % 2),
            ),
        ),
        Misconception(
            "not-turned",
            "The kernel is not turned any more, so this is convolution.",
            "A kernel that is 1 in one place hides it; take kernel = [[1, 2, 3]]. The line that "
            "turns the kernel was not the bug.",
            (_unturned(np.array, _early), _unturned(np.array, _middle)),
        ),
        Misconception(
            "turned-along-one-axis",
            "The kernel is turned along one axis only.",
            "To correlate by convolution, both axes are reversed. The line that turns the kernel "
            "was not the bug.",
            (
                _unturned(np.flipud, _early),
                _unturned(np.fliplr, _early),
                _unturned(np.flipud, _middle),
                _unturned(np.fliplr, _middle),
            ),
        ),
        Misconception(
            "rows-and-columns-exchanged",
            "The height of the kernel moves the columns, and its width the rows.",
            "top counts rows, and comes from h; left counts columns, and comes from w.",
            (_exchanged,),
        ),
        Misconception(
            "moved-after-the-cut",
            "The output was moved back after it was cut: its last row or column is wrong.",
            "What was cut off is lost: nothing can be moved in but zeros, or what left at the "
            "other side. Where should the cut have begun?",
            (
                lambda image, kernel: _moved(image, kernel, True),
                lambda image, kernel: _moved(image, kernel, False),
            ),
        ),
        Misconception(
            "another-size",
            "The output does not have the size of the image any more.",
            "H rows and W columns are asked for, for every kernel. Only where the cut begins was "
            "wrong, not how much is cut out.",
            (
                lambda image, kernel: full(image, kernel[::-1, ::-1]),
                lambda image, kernel: valid(image, kernel[::-1, ::-1]),
                lambda image, kernel: full(image, kernel[::-1, ::-1])[
                    kernel.shape[0] // 2 :, kernel.shape[1] // 2 :
                ],
            ),
        ),
        Misconception(
            "one-size-mended",
            "Even kernels of one size are right now, the others are as before.",
            "Try kernels of 2, 4 and 6 columns that are 1 at their middle tap: the repair must not "
            "hang on one of them.",
            (
                _from(lambda size: 1 if size == 2 else _early(size)),
                _from(lambda size: 2 if size == 4 else _early(size)),
            ),
        ),
    ),
    hints=(
        "Take image = [[5, 7, 9]] and kernel = [[1, 0]]: print turned and full. Which three "
        "numbers of full should come out?",
        "The tap K(a, b) stands in the turned kernel at (h - 1 - a, w - 1 - b). With a = "
        "(h - 1) // 2, what is that for h = 3, and for h = 4?",
        "Begin to cut where the middle tap of the turned kernel is: at h - 1 - (h - 1) // 2, "
        "which is h // 2; and with w in the same way.",
    ),
)
