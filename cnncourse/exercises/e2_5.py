"""E2.5: recover an unknown kernel from the answer to an impulse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.planes import crop, drawn, turned, valid


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


def _response(image: Array, kernel: Array) -> Array:
    """Do what the layer does: eq. (5), where the kernel lies on the image."""
    whole = valid(image, turned(kernel))
    assert whole is not None
    return whole + 0.0  # no negative zeros


def _cases(draw: Draw) -> list[Case]:
    def case(kernel: Array, value: float, note: str, room: int = 0) -> Case:
        (h, w), extra = kernel.shape, (draw.integer(0, room), draw.integer(0, room + 1))
        image = np.zeros((2 * h - 1 + extra[0], 2 * w - 1 + extra[1]))
        image[h - 1 + draw.integer(0, extra[0]), w - 1 + draw.integer(0, extra[1])] = value
        return Case((image, _response(image, kernel)), note)

    border = np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 1.0], [2.0, 5.0, 0.0], [0.0, 0.0, 0.0]])
    example = np.array([[0.0, 0.0, 10.0, 0.0]])
    whole = np.zeros((4, 5), dtype=int)
    whole[2, 3] = 2
    taps = np.array([[3, 1], [4, 5]])
    return [
        Case((np.array([[4.0]]), np.array([[12.0]])), "one pixel, one weight"),
        Case((example, np.array([[0.0, 50.0, 30.0]])), "the example of the task"),
        case(drawn(draw, 2, 1), 1.0, "a column, and a pixel of 1"),
        case(drawn(draw, 1, 1), 1.0, "one weight", 2),
        case(drawn(draw, 2, 2), 1.0, "a pixel of 1", 1),
        case(drawn(draw, 2, 3), 2.0, "a pixel of 2", 1),
        case(drawn(draw, 3, 2), -1.0, "a pixel of -1", 2),
        case(drawn(draw, 3, 3), 10.0, "a square kernel"),
        case(border, 4.0, "zeros at the borders of the kernel", 1),
        case(border.T[:2], -2.0, "a row of zeros", 1),
        case(np.array([[0.0, 1.0], [0.0, 0.0]]), 5.0, "one weight that is not 0"),
        Case((whole, _response(whole, taps).astype(int)), "whole numbers"),
        case(drawn(draw, 2, 3, 2), 1 / 255, "a faint pixel", 2),
        case(drawn(draw, 3, 2) * 400, 0.04, "large weights"),
        case(drawn(draw, 3, 4, 1), 0.5, "random numbers", 3),
    ]


def _bright(image: Array) -> tuple[int, int, float]:
    row, column = (int(at[0]) for at in np.nonzero(image))
    return row, column, float(image[row, column])


def _changed(change: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda image, response: change(_reference(image, response))


def _cut(down: int, right: int, turn: bool = True) -> Callable[[Array, Array], Array]:
    """Cut h by w numbers out, so many rows further down and columns further right than right."""

    def wrong(image: Array, response: Array) -> Array:
        row, column, value = _bright(image)
        h, w = (a - b + 1 for a, b in zip(image.shape, response.shape, strict=True))
        # As a slice of a larger array, so that no index counts from the end.
        room = np.pad(np.asarray(response, dtype=float), ((2 * h, 2 * h), (2 * w, 2 * w)))
        start = row + h + 1 + down, column + w + 1 + right  # rows r - h + 1 to r, behind the zeros
        part = crop(room, start, (h, w)) / value
        return turned(part) if turn else part

    return wrong


def _elsewhere(image: Array, response: Array, half: bool, turn: bool) -> Array:
    """Begin to cut at the bright pixel, or half a kernel before it; nothing beyond the border."""
    row, column, value = _bright(image)
    h, w = (a - b + 1 for a, b in zip(image.shape, response.shape, strict=True))
    if half:
        row, column = max(row - h // 2, 0), max(column - w // 2, 0)
    part = response[row : row + h, column : column + w] / value
    return turned(part) if turn else part


def _trimmed(image: Array, response: Array) -> Array:
    """Cut out the smallest rectangle that holds all that is not 0."""
    rows, columns = np.nonzero(response)
    part = response[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return turned(part) / _bright(image)[2]


# Right answers by other ways.


def _weight_by_weight(image, response):
    H, W = image.shape
    r, c = divmod(int(np.argmax(np.abs(image))), W)
    K = []
    for m in range(H - response.shape[0] + 1):
        K.append([response[r - m][c - n] / image[r][c] for n in range(W - response.shape[1] + 1)])
    return K


def _all_turned_first(image, response):
    H, W = image.shape
    h, w = H - response.shape[0] + 1, W - response.shape[1] + 1
    (r, c), back = np.argwhere(image)[0], response[::-1, ::-1] / image.sum()
    top, left = response.shape[0] - 1 - r, response.shape[1] - 1 - c
    return back[top : top + h, left : left + w]


def _least_squares(image, response):
    h, w = np.array(image.shape) - response.shape + 1
    windows = np.lib.stride_tricks.sliding_window_view(image, (h, w)).reshape(-1, h * w)
    return np.linalg.lstsq(windows, response.ravel(), rcond=None)[0].reshape(h, w)


EXERCISE = Exercise(
    id="E2.5",
    title="An unknown kernel",
    solution=my_recovered_kernel,
    reference=_reference,
    cases=_cases,
    output="matrix",
    also_right=(_weight_by_weight, _all_turned_first, _least_squares),
    parts=(
        Part(
            "as many rows and columns as the kernel",
            1,
            lambda case, output: output.shape == _reference(*case.args).shape,
        ),
        Part(
            "every weight",
            2,
            lambda case, output: close(output, _reference(*case.args)),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-turned",
            "The kernel is turned by 180 degrees: that is how the response shows it.",
            "The layer cross-correlates. When the window is far up and to the left, which weight "
            "lies on the bright pixel: the first one, or the last one?",
            (_changed(turned),),
        ),
        Misconception(
            "not-turned-not-divided",
            "Two things: the kernel is turned by 180 degrees, and still as bright as the pixel.",
            "At each place the response is one weight times the value of the pixel. And at the "
            "first place where it is not 0, which weight lies on the pixel?",
            (lambda image, response: turned(_reference(image, response)) * image.sum(),),
        ),
        Misconception(
            "one-axis-flipped",
            "The kernel was turned back along one axis only.",
            "Look at S(i, j) with i + m = row and j + n = column: i falls as m grows, and j falls "
            "as n grows. So what happens to rows, and what to columns?",
            (_changed(np.flipud), _changed(np.fliplr)),
        ),
        Misconception(
            "transposed",
            "Rows and columns of the kernel changed places.",
            "K(m, n) has its row first, and so do image and response: .shape is (rows, columns).",
            (
                _changed(np.transpose),
                _changed(lambda kernel: turned(kernel).T),
            ),
        ),
        Misconception(
            "rotated-by-90",
            "The kernel is turned by 90 degrees.",
            "The response shows the kernel turned by 180 degrees. np.rot90 turns by half of that, "
            "and makes rows into columns.",
            (
                _changed(lambda kernel: np.rot90(kernel, 1)),
                _changed(lambda kernel: np.rot90(kernel, -1)),
            ),
        ),
        Misconception(
            "not-divided",
            "All weights are too large or too small by one factor, the value of the pixel.",
            "With a pixel of 2 in place of 1, all numbers of the response are twice as large. The "
            "kernel is still the same.",
            (
                lambda image, response: _reference(image, response) * image.sum(),
                lambda image, response: _reference(image, response) * image.sum() ** 2,
            ),
        ),
        Misconception(
            "sign-lost",
            "With a negative pixel all weights have the wrong sign.",
            "A pixel may have any value but 0. What is 12 / 4, and what is 12 / -4?",
            (lambda image, response: _reference(image, response) * np.sign(image.sum()),),
        ),
        Misconception(
            "zeros-cut-off",
            "Weights that are 0 at the borders of the kernel are missing.",
            "What is not 0 in the response need not be all of the kernel. The sizes of image and "
            "response tell its size: H - h + 1 rows came out, so what is h?",
            (_trimmed,),
        ),
        Misconception(
            "whole-response",
            "The whole response was given back, not the part that shows the kernel.",
            "The kernel has h rows and w columns. In the response, where the kernel does not touch "
            "the bright pixel, there are zeros: which h by w places did touch it?",
            (
                lambda image, response: response / image.sum(),
                lambda image, response: turned(response) / image.sum(),
                lambda image, response: response,
            ),
        ),
        Misconception(
            "cut-elsewhere",
            "The numbers were cut out of the response at another place.",
            "S(i, j) belongs to the window that begins at (i, j) and reaches down and to the "
            "right. So the bright pixel (r, c) is seen by windows that begin above it and to its "
            "left: which one is the last?",
            (
                _cut(-1, -1),
                _cut(1, 1),
                _cut(-1, -1, turn=False),
                _cut(1, 1, turn=False),
                lambda image, response: _elsewhere(image, response, False, True),
                lambda image, response: _elsewhere(image, response, False, False),
                lambda image, response: _elsewhere(image, response, True, True),
                lambda image, response: _elsewhere(image, response, True, False),
            ),
        ),
    ),
    hints=(
        "At which output (i, j) does the weight K(0, 0) lie on the bright pixel? And K(0, 1)?",
        "K(m, n) lies on the bright pixel in row r and column c when i + m = r and j + n = c. "
        "What is S(i, j) then, all other pixels being 0?",
        "K(m, n) = S(r - m, c - n) / I(r, c): cut h by w numbers out of the response, the last "
        "of them at (r, c), turn them by 180 degrees, and divide.",
    ),
)
