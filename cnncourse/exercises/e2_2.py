"""E2.2: full convolution in two dimensions, eq. (3) and (4), which commutes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.planes import (
    centred,
    circular,
    crop,
    drawn,
    fits,
    full,
    largest,
    negative_index,
    overwritten,
    same,
    turned,
    valid,
)
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


def _by_pixels(image: Array, kernel: Array) -> Array:
    """Compute eq. (3) pixel by pixel: each adds the kernel, weighed, from its own place on."""
    rows, columns = kernel.shape
    out = np.zeros((image.shape[0] + rows - 1, image.shape[1] + columns - 1))
    for (m, n), value in np.ndenumerate(image):
        out[m : m + rows, n : n + columns] += value * kernel
    return out


def _smaller_slides(image: Array, kernel: Array) -> Array | None:
    """Let image and kernel change places where that helps, and crop then."""
    return valid(image, kernel) if fits(kernel, image) else valid(kernel, image)


def _begun(image: Array, kernel: Array) -> Array:
    """Stop where the image ends: the first H rows and W columns."""
    return crop(full(image, kernel), (0, 0), (image.shape[0], image.shape[1]))


def _from_half(image: Array, kernel: Array) -> Array:
    """Crop to the image, around the middle tap, which is the later one of two."""
    start = kernel.shape[0] // 2, kernel.shape[1] // 2
    return crop(full(image, kernel), start, (image.shape[0], image.shape[1]))


def _without(values: Array, line: int) -> Array:
    """Leave out one row and one column."""
    kept = np.array(values, dtype=float)
    kept[line] = kept[:, line] = 0.0
    return kept


def _off_by_one() -> tuple[Callable[[Array, Array], Array], ...]:
    """Make full convolutions that lack or have one row or column too many, or are moved by one."""
    return (
        lambda image, kernel: full(image, kernel)[:-1, :-1],
        lambda image, kernel: full(image, kernel)[1:, 1:],
        lambda image, kernel: full(image, kernel)[:-1],
        lambda image, kernel: full(image, kernel)[:, :-1],
        lambda image, kernel: np.pad(full(image, kernel), ((0, 1), (0, 1))),
        lambda image, kernel: np.pad(full(image, kernel), ((1, 0), (1, 0))),
        lambda image, kernel: np.pad(full(image, kernel), ((1, 0), (1, 0)))[:-1, :-1],
        lambda image, kernel: np.pad(full(image, kernel), ((0, 1), (0, 1)))[1:, 1:],
        lambda image, kernel: full(image, _without(kernel, -1)),
        lambda image, kernel: full(image, _without(kernel, 0)),
        lambda image, kernel: full(_without(image, -1), kernel),
        lambda image, kernel: full(_without(image, 0), kernel),
        lambda image, kernel: _without(full(image, kernel), -1),
    )


def _cases(draw: Draw) -> list[Case]:
    def case(shape: tuple[int, int], taps: tuple[int, int], note: str, decimals: int = 0) -> Case:
        return Case((drawn(draw, *shape, decimals), drawn(draw, *taps, decimals)), note)

    one, other = drawn(draw, 2, 3), drawn(draw, 3, 2)
    impulse = np.zeros((3, 4))
    impulse[1, 1] = 1.0
    zeros = np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, 0.0]])
    return [
        Case((np.array([[3.0]]), np.array([[2.0]])), "one pixel, one tap"),
        Case((np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 0.0, 1.0]])), "the example"),
        Case((impulse, np.array([[4.0, -2.0], [1.0, 3.0], [5.0, 7.0]])), "an impulse"),
        case((1, 3), (2, 1), "a row and a column"),
        case((1, 1), (2, 3), "one pixel"),
        case((3, 2), (1, 1), "one tap"),
        case((3, 4), (2, 2), "random numbers"),
        Case((one, other), "neither fits into the other"),
        Case((other, one), "the same two, with their places changed"),
        case((2, 2), (4, 3), "a kernel larger than the image"),
        case((5, 2), (2, 4), "a kernel wider than the image"),
        case((3, 3), (3, 3), "two squares of one size"),
        Case(
            (np.array([[4.0, 1.0], [2.0, 5.0]]), np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 1.0]])),
            "a kernel with zeros at the border",
        ),
        Case((zeros, np.array([[0.0, 2.0], [1.0, 0.0]])), "zeros at the border and inside"),
        Case((np.array([[2.0, 5.0, 2.0]]), np.array([[3.0], [1.0], [3.0]])), "numbers come twice"),
        Case(
            (np.array([[3, 1, 5], [2, 6, 4]]), np.array([[0.5, 0.3], [0.2, 0.1]])),
            "whole grey values",
        ),
        Case((np.array([[0.5, -1.25], [2.0, 0.75]]), np.array([[2, -1, 3]])), "whole weights"),
        Case(
            (np.array([[0.0137, 1 / 30], [-0.002, 0.04]]), np.array([[0.04, 1 / 3]])),
            "small numbers with many decimals",
        ),
        Case(
            (np.array([[1200.0, -3400.0], [560.0, 95.0]]), np.array([[310.0], [-95.0]])),
            "large numbers",
        ),
        case((4, 5), (3, 2), "random numbers", 1),
        case((draw.integer(6, 7), 9), (4, 5), "a larger image"),
    ]


# Right answers by other ways than the solution's and the reference's.


def _by_output(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1))
    for i in range(H + h - 1):
        for j in range(W + w - 1):
            for m in range(H):
                for n in range(W):
                    if 0 <= i - m < h and 0 <= j - n < w:
                        S[i, j] += image[m, n] * kernel[i - m, j - n]
    return S


def _by_padded_windows(image, kernel):
    h, w = kernel.shape
    padded = np.pad(image, ((h - 1, h - 1), (w - 1, w - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return np.einsum("ijmn,mn->ij", windows, kernel[::-1, ::-1])


def _by_fourier(image, kernel):
    size = [a + b - 1 for a, b in zip(image.shape, kernel.shape, strict=True)]
    return np.fft.irfft2(np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size), size)


EXERCISE = Exercise(
    id="E2.2",
    title="Two-dimensional convolution, written out",
    solution=my_convolution2d,
    reference=_by_pixels,
    cases=_cases,
    output="matrix",
    also_right=(_by_output, _by_padded_windows, _by_fourier),
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
            (
                lambda image, kernel: full(image, turned(kernel)),
                lambda image, kernel: full(turned(image), kernel),
            ),
        ),
        Misconception(
            "correlation-cropped",
            "The kernel was not flipped, and outputs with part of the kernel outside are missing.",
            "Two things: in eq. (3) the indices of K, i - m and j - n, go down while those of I go "
            "up; and i and j run over every place where the two overlap at all.",
            (
                lambda image, kernel: valid(image, turned(kernel)),
                lambda image, kernel: same(image, turned(kernel)),
                lambda image, kernel: centred(image, turned(kernel), largest(image, kernel)),
                lambda image, kernel: _begun(image, turned(kernel)),
            ),
        ),
        Misconception(
            "one-axis-flipped",
            "The kernel was flipped along one axis only.",
            "Both indices of K have a minus in front of m and n: K(i - m, j - n). One reverses the "
            "rows of the kernel, the other its columns. kernel[::-1] reverses one of them.",
            (
                lambda image, kernel: full(image, kernel[::-1]),
                lambda image, kernel: full(image, kernel[:, ::-1]),
                lambda image, kernel: full(image[::-1], kernel),
                lambda image, kernel: full(image[:, ::-1], kernel),
            ),
        ),
        Misconception(
            "cropped",
            "The output was cropped: places where the two overlap in part are missing.",
            "Give your function the two arrays the other way round: eq. (4) says that nothing "
            "changes. What was cropped to the image is now cropped to the kernel. In full, how "
            "many places are there down, and how many across?",
            (
                same,
                valid,
                lambda image, kernel: centred(image, kernel, largest(image, kernel)),
                _smaller_slides,
                _begun,
                _from_half,
                lambda image, kernel: full(image, kernel)[: image.shape[0]],
                lambda image, kernel: full(image, kernel)[:, : image.shape[1]],
            ),
        ),
        Misconception(
            "transposed",
            "Rows and columns changed places.",
            "image.shape is (rows, columns), and the first index counts rows. Which of your loops "
            "runs down, and which one across?",
            (
                lambda image, kernel: full(image, kernel).T,
                lambda image, kernel: full(image, kernel.T),
                lambda image, kernel: full(image.T, kernel),
                lambda image, kernel: full(image, turned(kernel).T),
            ),
        ),
        Misconception(
            "rotated",
            "The kernel was turned by 90 degrees.",
            "To flip both axes is to turn by 180 degrees, twice 90: then rows stay rows, and the "
            "kernel keeps its shape.",
            (
                lambda image, kernel: full(image, np.rot90(kernel, 1)),
                lambda image, kernel: full(image, np.rot90(kernel, -1)),
            ),
        ),
        Misconception(
            "off-by-one",
            "Close: something is off by one, at one of the borders.",
            "Take image = [[1, 2]] and kernel = [[10, 1]] and write down, for j = 0, 1, 2, the "
            "pairs (n, j - n) that exist. Compare the first and the last with the bounds of your "
            "loops, for the rows and for the columns.",
            _off_by_one(),
        ),
        Misconception(
            "negative-index",
            "A negative index wrapped round: in Python, row -1 is the last row.",
            "In eq. (3) image and kernel are 0 outside of their cells. Python does not complain "
            "about a negative index, it counts from the end, so your sum has to leave those terms "
            "out.",
            (
                negative_index,
                lambda image, kernel: negative_index(kernel, image),
            ),
        ),
        Misconception(
            "circular",
            "What leaves at one border came back at the opposite one: a circular convolution.",
            "Outside of the image eq. (3) finds zeros, not its other end. With Fourier transforms: "
            "how large must the zero-padded arrays be so that nothing wraps?",
            (circular,),
        ),
        Misconception(
            "overwritten",
            "Each output holds one product only, the one that came last.",
            "Eq. (3) is a sum: several products belong to one output. What does = do to what was "
            "there before, and what does += do?",
            (overwritten, lambda image, kernel: overwritten(kernel, image)),
        ),
    ),
    error_hints={
        "IndexError": "In eq. (3) both I and K are 0 outside of their cells: which pairs of "
        "indices exist at all? Leave the other terms out of the sum.",
        "ValueError": "If shapes do not match: a tap moves the whole image, which keeps its H rows "
        "and W columns wherever it goes. And the kernel may be larger than the image.",
    },
    hints=(
        "How far can the kernel move down before it leaves the image? Start from zeros with "
        "H + h - 1 rows and W + w - 1 columns.",
        "Which outputs does the pixel (a, b) take part in, and with which weight in each? In "
        "eq. (3), i - a and j - b are the indices of the weight.",
        "The product image[a, b] * kernel[m, n] belongs to the output (a + m, b + n). Add each "
        "product where it belongs.",
    ),
)
