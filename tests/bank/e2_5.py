"""Answers to E2.5 as learners might write them, right and wrong."""

import numpy as np
from scipy import signal

from cnncourse.exercises.e2_5 import EXERCISE


def loops(image, response):
    for r in range(image.shape[0]):
        for c in range(image.shape[1]):
            if image[r, c] != 0:
                row, column = r, c
    h = image.shape[0] - response.shape[0] + 1
    w = image.shape[1] - response.shape[1] + 1
    kernel = np.zeros((h, w), dtype=np.float32)
    for m in range(h):
        for n in range(w):
            kernel[m, n] = response[row - m, column - n] / image[row, column]
    return kernel


def flipped_slices(image, response):
    (r,), (c,) = np.nonzero(image)
    h, w = np.array(image.shape) - np.array(response.shape) + 1
    K = np.flip(response[r + 1 - h : r + 1, c + 1 - w : c + 1])
    return K / image[r, c]


def two_quarter_turns(image, response):
    r, c = np.unravel_index(np.abs(image).argmax(), image.shape)
    h, w = np.subtract(image.shape, response.shape) + 1
    return (
        np.rot90(response[r - h + 1 : r + 1, c - w + 1 : c + 1], k=2)
        / image.flat[r * image.shape[1] + c]
    )


def by_steps_of_minus_one(image, response):
    """Count down from the bright pixel, which needs an end before row 0."""
    r, c = np.argwhere(image != 0)[0]
    h, w = np.subtract(image.shape, response.shape) + 1
    rows, columns = np.arange(r, r - h, -1), np.arange(c, c - w, -1)
    return response[np.ix_(rows, columns)] / image[r, c]


def correlated_with_itself(image, response):
    """Let the image pick: the correlation of response and image, at shifts that belong to K."""
    h, w = np.subtract(image.shape, response.shape) + 1
    shifted = signal.correlate2d(image, response, mode="valid")
    assert shifted.shape == (h, w)
    return shifted / (image**2).sum()


def convolution_of_both(image, response):
    return signal.convolve2d(image, response[::-1, ::-1], mode="valid") / np.sum(image * image)


def normal_equations(image, response):
    h, w = np.subtract(image.shape, response.shape) + 1
    A = np.array(
        [
            image[i : i + h, j : j + w].ravel()
            for i in range(response.shape[0])
            for j in range(response.shape[1])
        ],
        dtype=float,
    )
    return np.linalg.solve(A.T @ A, A.T @ response.ravel()).reshape(h, w)


def pseudo_inverse(image, response):
    h, w = np.subtract(image.shape, response.shape) + 1
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), (h, w))
    return (np.linalg.pinv(windows.reshape(-1, h * w)) @ response.ravel()).reshape(h, w)


def exact_fractions(image, response):
    from fractions import Fraction

    r, c = (int(k) for k in np.argwhere(image)[0])
    h, w = np.subtract(image.shape, response.shape) + 1
    value = Fraction(float(image[r, c]))
    return [[Fraction(float(response[r - m, c - n])) / value for n in range(w)] for m in range(h)]


def tuples(image, response):
    image, response = image.tolist(), response.tolist()
    r = next(k for k, row in enumerate(image) if any(row))
    c = next(k for k, value in enumerate(image[r]) if value)
    h, w = len(image) - len(response) + 1, len(image[0]) - len(response[0]) + 1
    return tuple(tuple(response[r - m][c - n] / image[r][c] for n in range(w)) for m in range(h))


def tensor(image, response):
    import torch

    x, s = torch.tensor(np.array(image, float)), torch.tensor(np.array(response, float))
    r, c = torch.nonzero(x)[0].tolist()
    h, w = x.shape[0] - s.shape[0] + 1, x.shape[1] - s.shape[1] + 1
    return torch.flip(s[r - h + 1 : r + 1, c - w + 1 : c + 1], (0, 1)) / x[r, c]


def parts(image, response):
    r, c = np.argwhere(image)[0]
    h = image.shape[0] - response.shape[0] + 1
    w = image.shape[1] - response.shape[1] + 1
    return r, c, h, w, image[r, c]


def as_the_response_shows_it(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1] / value


def as_it_is_shown_and_as_bright(image, response):
    r, c, h, w, _ = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1]


def rows_turned_only(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1] / value


def columns_turned_only(image, response):
    r, c, h, w, value = parts(image, response)
    return np.fliplr(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / value


def transposed(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1, ::-1].T / value


def transposed_for_turned(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1].T / value


def quarter_turn(image, response):
    r, c, h, w, value = parts(image, response)
    return np.rot90(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / value


def not_divided(image, response):
    r, c, h, w, _ = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1, ::-1]


def multiplied(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1, ::-1] * value


def divided_by_the_size_of_the_pixel(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1, ::-1] / abs(value)


def trimmed(image, response):
    rows, columns = np.nonzero(response)
    part = response[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return part[::-1, ::-1] / image.sum()


def whole_response_turned(image, response):
    return response[::-1, ::-1] / image.sum()


def response_itself(image, response):
    return response.copy()


def begins_at_the_pixel(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r : r + h, c : c + w][::-1, ::-1] / value


def as_a_convolution_would_show(image, response):
    r, c, h, w, value = parts(image, response)
    return response[r : r + h, c : c + w] / value


def centred_on_the_pixel(image, response):
    r, c, h, w, value = parts(image, response)
    top, left = max(r - h // 2, 0), max(c - w // 2, 0)
    return response[top : top + h, left : left + w][::-1, ::-1] / value


def one_row_and_column_early(image, response):
    r, c, h, w, value = parts(image, response)
    padded = np.pad(response, 1)
    return padded[r - h + 1 : r + 1, c - w + 1 : c + 1][::-1, ::-1] / value


def largest_value_only(image, response):
    """Look for the bright pixel with argmax, which a negative one is not."""
    r, c = np.unravel_index(np.argmax(image), image.shape)
    h, w = np.subtract(image.shape, response.shape) + 1
    return np.flip(response[max(r - h + 1, 0) : r + 1, max(c - w + 1, 0) : c + 1]) / image[r, c]


def looks_for_a_one(image, response):
    r, c = np.argwhere(image == 1)[0]
    h, w = np.subtract(image.shape, response.shape) + 1
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1])


def columns_before_rows(image, response):
    r, c, h, w, value = parts(image, response)
    kernel = np.zeros((w, h))
    for n in range(w):
        for m in range(h):
            kernel[n, m] = response[r - m, c - n] / value
    return kernel


def size_plus_one_forgotten(image, response):
    r, c = np.argwhere(image)[0]
    h, w = np.subtract(image.shape, response.shape)
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / image[r, c]


def square_kernels_only(image, response):
    r, c, h, _, value = parts(image, response)
    return np.flip(response[r - h + 1 : r + 1, max(c - h + 1, 0) : c + 1]) / value


def slice_by_minus_one(image, response):
    """response[r : r - h : -1] ends at the other border where r - h is -1."""
    r, c, h, w, value = parts(image, response)
    return response[r : r - h : -1, c : c - w : -1] / value


def whole_numbers(image, response):
    r, c, h, w, value = parts(image, response)
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) // value


def divided_by_the_sum_of_the_response(image, response):
    r, c, h, w, _ = parts(image, response)
    total = response.sum() or 1
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / total


def divided_by_the_largest(image, response):
    r, c, h, w, _ = parts(image, response)
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / response.max()


def subtracted(image, response):
    r, c, h, w, value = parts(image, response)
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) - value


def rounded(image, response):
    r, c, h, w, value = parts(image, response)
    return np.round(np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / value, 1)


def difference_of_both(image, response):
    return image[: response.shape[0], : response.shape[1]] - response


def all_zeros(image, response):
    return np.zeros(np.subtract(image.shape, response.shape) + 1)


def only_the_example(image, response):
    return [[3, 5]]


def flattened(image, response):
    r, c, h, w, value = parts(image, response)
    return np.ravel(np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / value)


def deconvolved_by_fourier(image, response):
    """Divide the spectra, as for a circular convolution."""
    h, w = np.subtract(image.shape, response.shape) + 1
    spectrum = np.fft.fft2(response, image.shape) / np.fft.fft2(image)
    return np.fft.ifft2(spectrum).real[:h, :w]


def changes_the_response(image, response):
    r, c, h, w, value = parts(image, response)
    if response.dtype.kind == "f":
        response /= value
        value = 1
    return np.flip(response[r - h + 1 : r + 1, c - w + 1 : c + 1]) / value


RIGHT = [
    *EXERCISE.also_right,
    loops,
    flipped_slices,
    two_quarter_turns,
    by_steps_of_minus_one,
    correlated_with_itself,
    convolution_of_both,
    normal_equations,
    pseudo_inverse,
    exact_fractions,
    tuples,
    tensor,
]
WRONG = {
    as_the_response_shows_it: "not-turned",
    as_it_is_shown_and_as_bright: "not-turned-not-divided",
    rows_turned_only: "one-axis-flipped",
    columns_turned_only: "one-axis-flipped",
    transposed: "transposed",
    transposed_for_turned: "transposed",
    columns_before_rows: "transposed",
    quarter_turn: "rotated-by-90",
    not_divided: "not-divided",
    multiplied: "not-divided",
    divided_by_the_size_of_the_pixel: "sign-lost",
    trimmed: "zeros-cut-off",
    whole_response_turned: "whole-response",
    response_itself: "whole-response",
    begins_at_the_pixel: "cut-elsewhere",
    as_a_convolution_would_show: "cut-elsewhere",
    centred_on_the_pixel: "cut-elsewhere",
    one_row_and_column_early: "cut-elsewhere",
    largest_value_only: None,
    looks_for_a_one: None,
    size_plus_one_forgotten: None,
    square_kernels_only: None,
    slice_by_minus_one: None,
    whole_numbers: None,
    divided_by_the_sum_of_the_response: None,
    divided_by_the_largest: None,
    subtracted: None,
    rounded: None,
    difference_of_both: None,
    all_zeros: None,
    only_the_example: None,
    flattened: None,
    deconvolved_by_fourier: None,
    changes_the_response: None,
}
