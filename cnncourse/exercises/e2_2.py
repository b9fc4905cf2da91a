"""E2.2: full convolution in two dimensions, eq. (3) and (4), which commutes."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.readymade import CONVOLUTIONS


def my_convolution2d(image, kernel):
    """Convolve an image with a kernel in full: S(i, j) = sum_m sum_n I(m, n) K(i - m, j - n).

    image : array of H rows and W columns, e.g. grey values.
    kernel : array of h rows and w columns (no unit); it may be larger than the image, in one
        direction or in both.
    Return an array of H + h - 1 rows and W + w - 1 columns in the unit of the image: S(i, j)
    of eq. (3) for every place at which image and kernel overlap, be it by one cell only. With
    all of these there, image and kernel can change places, eq. (4); crop, and they cannot.

    Do the sums yourself, with loops if you like: ready-made convolutions are not for this one.

    Example: image = [[1, 2],    kernel = [[10, 0, 1]] -> [[10, 20, 1, 2],
                      [3, 4]],                             [30, 40, 3, 4]].
    """
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1))
    # Read eq. (3) from the side of the kernel, which is eq. (4): the tap K[m, n] moves the whole
    # image m rows down and n columns to the right, and weighs it. Nothing of it is cut off.
    for m in range(h):
        for n in range(w):
            S[m : m + H, n : n + W] += kernel[m, n] * image
    return S


def full(image: Array, kernel: Array) -> Array:
    """Compute eq. (3) pixel by pixel: each adds the kernel, weighed, from its own place on."""
    rows, columns = kernel.shape
    out = np.zeros((image.shape[0] + rows - 1, image.shape[1] + columns - 1))
    for (m, n), value in np.ndenumerate(image):
        out[m : m + rows, n : n + columns] += value * kernel
    return out


def _cases(draw: Draw) -> list[Case]:
    return [Case((np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 0.0, 1.0]])), "the example")]


EXERCISE = Exercise(
    id="E2.2",
    title="Two-dimensional convolution, written out",
    solution=my_convolution2d,
    reference=full,
    cases=_cases,
    output="matrix",
    probe=Probe(
        "image",
        "kernel",
        (np.array([[2.0, 4.0, 3.0], [5.0, 1.0, 6.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])),
        ("i", "j"),
    ),
    forbidden=CONVOLUTIONS,
    parts=(
        Part(
            "H + h - 1 rows and W + w - 1 columns",
            1,
            lambda case, output: output.shape == full(*case.args).shape,
        ),
        Part(
            "every output is the sum of eq. (3)",
            2,
            lambda case, output: close(
                output, full(*case.args), scale=size_of_terms(full, *case.args)
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "correlation",
            "The kernel was not flipped: this is cross-correlation, eq. (5).",
            "Send an impulse through your function: an image that is 0 but for one pixel of 1. "
            "Eq. (3) gives the kernel back as it is. What does yours give?",
            (lambda image, kernel: full(image, kernel[::-1, ::-1]),),
        ),
    ),
    hints=(
        "How far can the kernel move down before it leaves the image? Start from zeros with "
        "H + h - 1 rows and W + w - 1 columns.",
        "Which outputs does the pixel (a, b) take part in, and with which weight in each? In "
        "eq. (3), i - a and j - b are the indices of the weight.",
        "The product image[a, b] * kernel[m, n] belongs to the output (a + m, b + n). Add each "
        "product where it belongs.",
    ),
)
