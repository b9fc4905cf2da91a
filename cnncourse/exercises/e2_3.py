"""E2.3: cross-correlation, eq. (5), by a function that convolves."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe


def my_correlation(image, kernel):
    """Cross-correlate, eq. (5), with a function that convolves.

    image : array of H rows and W columns, e.g. grey values.
    kernel : array of h rows and w columns (no unit), with h <= H and w <= W.
    Return an array of H - h + 1 rows and W - w + 1 columns in the unit of the image:
    S(i, j) = sum_m sum_n I(i + m, j + n) K(m, n), where the whole kernel lies on the image.

    Turn the kernel, or the image, or the result, or several of them, and leave the sums to a
    convolution: to conv.convolve2d of section 2, which has the modes "full" and "valid", or
    to your own of E2.2. Ready-made correlations are not for this one.

    Example: image = [[1, 2, 3],    kernel = [[10, 1]] -> [[12, 23],
                      [4, 5, 6]],                          [45, 56]].
    """
    from cnncourse import conv

    # Eq. (4) has I(i - m, j - n) where eq. (5) has I(i + m, j + n). With K(-m, -n) in place of
    # K(m, n) the sum over all m, n is the same: the kernel is turned by 180°, both axes reversed.
    return conv.convolve2d(image, kernel[::-1, ::-1], mode="valid")


def valid(image: Array, kernel: Array) -> Array:
    """Compute eq. (5) as it stands, at every place where the kernel lies on the image."""
    rows, columns = kernel.shape
    places = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    out = np.zeros(places)
    for i, j in np.ndindex(*places):
        out[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return out


def _cases(draw: Draw) -> list[Case]:
    return [Case((np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[10.0, 1.0]])), "")]


EXERCISE = Exercise(
    id="E2.3",
    title="Cross-correlation from convolution",
    solution=my_correlation,
    reference=valid,
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
    parts=(
        Part(
            "H - h + 1 rows and W - w + 1 columns",
            1,
            lambda case, output: output.shape == valid(*case.args).shape,
        ),
        Part(
            "every output is the sum of eq. (5)",
            2,
            lambda case, output: close(
                output, valid(*case.args), scale=size_of_terms(valid, *case.args)
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-turned",
            "This is the convolution: nothing was turned.",
            "A convolution flips the kernel that it is given. What do you have to give it, so "
            "that the flipped one is the one that you want?",
            (lambda image, kernel: valid(image, kernel[::-1, ::-1]),),
        ),
    ),
    hints=(
        "Write eq. (4) and eq. (5) below each other. Which sign differs, and at how many indices?",
        "Convolve an impulse with a kernel, then correlate it: one result is the other one, "
        "turned. By how many degrees?",
        "Turn the kernel by 180 degrees, kernel[::-1, ::-1], and convolve with that; of the full "
        'convolution keep the "valid" part.',
    ),
)
