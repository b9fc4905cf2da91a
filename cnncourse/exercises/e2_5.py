"""E2.5: recover an unknown kernel from the answer to an impulse."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part


def my_recovered_kernel(image, response):
    """Find an unknown kernel from what a layer made of one bright pixel.

    image : array of H rows and W columns, all 0 but for one pixel, which has any value but 0.
    response : the layer's answer, by eq. (5): S(i, j) = sum_m sum_n I(i + m, j + n) K(m, n)
        with a kernel K that you don't know, at the H - h + 1 by W - w + 1 places where K
        lies on the image. The layer does not flip, as in TensorFlow and PyTorch.
    Return the kernel K, an array of h rows and w columns; the two sizes tell h and w. Some
    weights of K may be 0. The bright pixel is so far from the borders of the image that every
    weight came to lie on it once.

    Example: image = [[0, 0, 10, 0]], response = [[0, 50, 30]] -> [[3, 5]].
    """
    h = image.shape[0] - response.shape[0] + 1
    w = image.shape[1] - response.shape[1] + 1
    row, column = np.argwhere(image)[0]
    # K(m, n) lay on the bright pixel when i + m = row: at i = row - m, the further up the larger
    # m is. So the last rows and columns of K come first: what is cut out has to be turned.
    turned = response[row - h + 1 : row + 1, column - w + 1 : column + 1]
    return turned[::-1, ::-1] / image[row, column]


def _reference(image: Array, response: Array) -> Array:
    row, column = (int(at[0]) for at in np.nonzero(image))
    rows, columns = (a - b + 1 for a, b in zip(image.shape, response.shape, strict=True))
    kernel = np.zeros((rows, columns))
    for m, n in np.ndindex(rows, columns):
        kernel[m, n] = response[row - m, column - n] / image[row, column]
    return kernel


def _cases(draw: Draw) -> list[Case]:
    return [Case((np.array([[0.0, 0.0, 10.0, 0.0]]), np.array([[0.0, 50.0, 30.0]])), "the example")]


EXERCISE = Exercise(
    id="E2.5",
    title="An unknown kernel",
    solution=my_recovered_kernel,
    reference=_reference,
    cases=_cases,
    output="matrix",
    parts=(Part("the kernel", 2, lambda case, got: close(got, _reference(*case.args))),),
    misconceptions=(),
    hints=(
        "At which output (i, j) does the weight K(0, 0) lie on the bright pixel? And K(0, 1)?",
        "K(m, n) lies on the bright pixel in row r and column c when i + m = r and j + n = c. "
        "What is S(i, j) then, all other pixels being 0?",
        "K(m, n) = S(r - m, c - n) / I(r, c): cut h by w numbers out of the response, the last "
        "of them at (r, c), turn them by 180 degrees, and divide.",
    ),
)
