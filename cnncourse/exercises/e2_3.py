"""E2.3: cross-correlation, eq. (5), by a function that convolves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe
from cnncourse.exercises.planes import crop, drawn, fits, full, largest, turned
from cnncourse.exercises.readymade import CORRELATIONS


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


def _by_definition(image: Array, kernel: Array) -> Array:
    """Compute eq. (5) as it stands, at every place where the kernel lies on the image."""
    rows, columns = kernel.shape
    out = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i, j in np.ndindex(*out.shape):
        out[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return out


def _cases(draw: Draw) -> list[Case]:
    def case(shape: tuple[int, int], taps: tuple[int, int], note: str, decimals: int = 0) -> Case:
        return Case((drawn(draw, *shape, decimals), drawn(draw, *taps, decimals)), note)

    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    impulse = np.zeros((4, 5))
    impulse[2, 1] = 1.0
    return [
        Case((np.array([[3.0]]), np.array([[2.0]])), "one pixel, one tap"),
        Case((image, np.array([[10.0, 1.0]])), "the example of the task"),
        case((3, 2), (2, 1), "a column for a kernel"),
        Case((impulse, np.array([[4.0, -2.0], [1.0, 3.0], [5.0, 7.0]])), "an impulse"),
        case((3, 4), (2, 2), "random numbers"),
        case((2, 3), (1, 1), "one tap"),
        case((3, 4), (3, 4), "a kernel as large as the image"),
        case((4, 3), (3, 2), "random numbers"),
        case((4, 5), (3, 3), "a square kernel"),
        Case((image.astype(int), np.array([[0.5, 0.3], [0.2, 0.1]])), "whole grey values"),
        Case((image / 4, np.array([[2, -1, 3]])), "whole weights"),
        Case(
            (image, np.array([[0.0, 3.0], [0.0, 1.0]])),
            "a kernel with zeros in its first column",
        ),
        Case(
            (np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 1.0], [0.0, 0.0, 5.0]]), drawn(draw, 2, 2)),
            "zeros at the border of the image",
        ),
        Case((image[:, ::2] / 300, np.array([[0.04], [1 / 3]])), "small numbers"),
        Case((image * 1200.0, np.array([[310.0, -95.0]])), "large numbers"),
        case((5, 6), (2, 4), "random numbers", 1),
        case((draw.integer(7, 8), 9), (4, 3), "a larger image"),
    ]


def _turn(turn: Callable[[Array], Array]) -> Callable[[Array, Array], Array | None]:
    """Make a valid correlation with a kernel that was changed so; None where it fits no more."""

    def wrong(image: Array, kernel: Array) -> Array | None:
        changed = turn(kernel)
        return _by_definition(image, changed) if fits(changed, image) else None

    return wrong


def _whole(image: Array, kernel: Array) -> Array:
    return full(image, turned(kernel))


def _middle(image: Array, kernel: Array, shape: tuple[int, int], later: bool = False) -> Array:
    """Cut the middle out of the full correlation; of two middles the later one, if that is set."""
    whole = _whole(image, kernel)
    top, left = (a - b + later for a, b in zip(whole.shape, shape, strict=True))
    return crop(whole, (top // 2, left // 2), shape)


def _size(image: Array) -> tuple[int, int]:
    return image.shape[0], image.shape[1]


def _from(top: Callable[[int], int]) -> Callable[[Array, Array], Array]:
    """Cut an output of the right size out of the full correlation, but elsewhere."""

    def wrong(image: Array, kernel: Array) -> Array:
        start = top(kernel.shape[0]), top(kernel.shape[1])
        return crop(_whole(image, kernel), start, _by_definition(image, kernel).shape)

    return wrong


# Right answers by other ways than the solution's and the reference's.


def _image_and_result_turned(image, kernel):
    from cnncourse import conv

    return conv.convolve2d(image[::-1, ::-1], kernel, mode="valid")[::-1, ::-1]


def _out_of_the_full(image, kernel):
    h, w = kernel.shape
    H, W = image.shape
    S = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            S[m : m + H, n : n + W] += kernel[::-1, ::-1][m, n] * image
    return S[h - 1 : H, w - 1 : W]


def _by_fourier(image, kernel):
    spectrum = np.fft.fft2(image) * np.conj(np.fft.fft2(kernel, image.shape))
    h, w = kernel.shape
    return np.fft.ifft2(spectrum).real[: image.shape[0] - h + 1, : image.shape[1] - w + 1]


EXERCISE = Exercise(
    id="E2.3",
    title="Cross-correlation from convolution",
    solution=my_correlation,
    reference=_by_definition,
    cases=_cases,
    output="matrix",
    also_right=(_image_and_result_turned, _out_of_the_full, _by_fourier),
    probe=Probe(
        "image",
        "kernel",
        (
            np.array([[2.0, 4.0, 3.0], [5.0, 1.0, 6.0], [7.0, 3.0, 2.0]]),
            np.array([[1.0, 2.0], [3.0, 5.0]]),
        ),
        ("i", "j"),
    ),
    forbidden=CORRELATIONS,
    parts=(
        Part(
            "H - h + 1 rows and W - w + 1 columns",
            1,
            lambda case, output: output.shape == _by_definition(*case.args).shape,
        ),
        Part(
            "every output is the sum of eq. (5)",
            2,
            lambda case, output: close(
                output,
                _by_definition(*case.args),
                scale=size_of_terms(_by_definition, *case.args),
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-turned",
            "This is the convolution: nothing was turned, or all of it twice.",
            "A convolution flips the kernel that it is given. What do you have to give it, so "
            "that after its flip your kernel is the right way round?",
            (_turn(turned),),
        ),
        Misconception(
            "one-axis-flipped",
            "The kernel was flipped along one axis only.",
            "A convolution reverses the rows of the kernel and its columns. kernel[::-1] undoes "
            "the first; what undoes the second?",
            (_turn(np.flipud), _turn(np.fliplr)),
        ),
        Misconception(
            "transposed",
            "The kernel was transposed: its rows became columns.",
            "To transpose is to mirror at the diagonal. The convolution turns by 180 degrees, and "
            "nothing but half a turn takes that back.",
            (_turn(np.transpose), _turn(lambda kernel: turned(kernel).T)),
        ),
        Misconception(
            "rotated-by-90",
            "The kernel was turned by 90 degrees, not by 180.",
            "np.rot90 makes a quarter of a turn. How many of them make the first weight the last "
            "one, and the last one the first?",
            (
                _turn(lambda kernel: np.rot90(kernel, 1)),
                _turn(lambda kernel: np.rot90(kernel, -1)),
            ),
        ),
        Misconception(
            "result-reversed",
            "The numbers are right, but they stand in reverse order.",
            "Turn the image in place of the kernel, and the result comes out turned, too: what "
            "was seen at the top left is at the bottom right. The same happens when image and "
            "kernel change places. What takes it back?",
            (
                lambda image, kernel: turned(_by_definition(image, kernel)),
                lambda image, kernel: _by_definition(image, kernel)[::-1],
                lambda image, kernel: _by_definition(image, kernel)[:, ::-1],
            ),
        ),
        Misconception(
            "not-cropped",
            "Places where the kernel sticks out of the image are there, too.",
            "The full convolution has H + h - 1 rows, the task asks for H - h + 1. How many are "
            "there too many at the top, and how many at the bottom?",
            (
                _whole,
                lambda image, kernel: _middle(image, kernel, _size(image)),
                lambda image, kernel: _middle(image, kernel, _size(image), later=True),
                lambda image, kernel: crop(_whole(image, kernel), (0, 0), _size(image)),
                lambda image, kernel: _whole(image, kernel)[
                    kernel.shape[0] - 1 :, kernel.shape[1] - 1 :
                ],
            ),
        ),
        Misconception(
            "not-turned-not-cropped",
            "Two things: nothing was turned, and places where the kernel sticks out are there.",
            "First the flip: what do you have to give a convolution, so that after its own flip "
            "your kernel is the right way round? Then the size: which places does the task ask "
            "for, and which mode gives them?",
            (
                full,
                lambda image, kernel: _middle(image, turned(kernel), _size(image)),
                lambda image, kernel: _middle(image, turned(kernel), largest(image, kernel), True),
            ),
        ),
        Misconception(
            "cropped-elsewhere",
            "The size is right, but other outputs were cut out of the full convolution.",
            "Take image = [[1, 2, 3]] and kernel = [[10, 1]]: the full result has four numbers. "
            "For which of them does the whole kernel lie on the image?",
            (
                _from(lambda taps: 0),
                _from(lambda taps: min(taps, 2 * taps - 2)),
                _from(lambda taps: taps // 2),
                _from(lambda taps: max(taps - 2, 0)),
                _from(lambda taps: (taps - 1) // 2),
            ),
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
