"""R2.1: repair a centred cross-correlation that is one pixel off for even kernels.

The bug was published: of SciPy's two functions, both in mode "same", one gives a picture that is
moved by one row and one column against the other's, but for kernels of even size only
(github.com/scipy/scipy, issue 1968, first Trac ticket 1443, 2011; noted in both docstrings since).
Cross-correlation is done there by a convolution with the turned kernel, and the middle tap of an
even kernel is not in the middle of the turned one: it stands on the other side of the two. SciPy's
ndimage.convolve moves the origin by one where the size is even, for the same reason.
"""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import SOLUTIONS


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


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((np.array([[5.0, 7.0, 9.0]]), np.array([[0.0, 1.0, 0.0]])), "an example of the task"),
        Case((np.array([[5.0, 7.0, 9.0]]), np.array([[1.0, 0.0]])), "an example of the task"),
    ]


EXERCISE = Exercise(
    id="R2.1",
    title="Repair: an even kernel, turned",
    solution=my_centred_correlation,
    broken=_broken,
    reference=_by_definition,
    cases=_cases,
    output="matrix",
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
    parts=(Part("the middle tap lies on pixel (i, j)", 2, _right),),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: with an even kernel the output is one pixel off.",
            "Take image = [[5, 7, 9]] and kernel = [[1, 0]], whose middle tap is the first one. "
            "Where is that tap in the turned kernel?",
            (_broken,),
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
