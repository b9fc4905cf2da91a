"""Answers to E2.3 as learners might write them, right and wrong."""

import numpy as np
from scipy import ndimage, signal

from cnncourse import conv, definitions
from cnncourse.exercises.e2_3 import EXERCISE


def by_this_course(image, kernel):
    return conv.convolve2d(image, np.flip(kernel), mode="valid")


def by_this_course_in_full(image, kernel):
    h, w = kernel.shape
    full = conv.convolve2d(image, np.rot90(kernel, 2))
    return full[h - 1 : full.shape[0] - h + 1, w - 1 : full.shape[1] - w + 1]


def by_the_definition(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    return definitions.convolve2d(image, kernel[::-1, ::-1])[h - 1 : H, w - 1 : W]


def by_scipy(image, kernel):
    return signal.convolve2d(image, np.flipud(np.fliplr(kernel)), mode="valid")


def by_scipy_nd(image, kernel):
    return signal.convolve(image, kernel[::-1, ::-1], mode="valid")


def by_scipy_directly(image, kernel):
    return signal.convolve(image, kernel[::-1, ::-1], mode="valid", method="direct")


def by_scipy_fourier(image, kernel):
    return signal.fftconvolve(image, kernel[::-1, ::-1], mode="valid")


def by_scipy_overlap(image, kernel):
    return signal.oaconvolve(image, kernel[::-1, ::-1], mode="valid")


def by_ndimage(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    out = ndimage.convolve(np.asarray(image, dtype=float), kernel[::-1, ::-1], mode="constant")
    # There the middle tap is the later one of two, of the kernel that is handed in.
    top, left = h - 1 - h // 2, w - 1 - w // 2
    return out[top : top + H - h + 1, left : left + W - w + 1]


def result_turned(image, kernel):
    """Let image and kernel change places: the result comes out turned."""
    full = conv.convolve2d(kernel, image[::-1, ::-1])
    H, W = image.shape
    h, w = kernel.shape
    return full[::-1, ::-1][h - 1 : H, w - 1 : W]


def all_three_turned(image, kernel):
    out = conv.convolve2d(image[::-1], kernel[:, ::-1], mode="valid")
    return out[::-1]


def by_own_function(image, kernel):
    def my_convolution2d(image, kernel):
        S = np.zeros(np.add(image.shape, kernel.shape) - 1)
        for (m, n), weight in np.ndenumerate(kernel):
            S[m : m + image.shape[0], n : n + image.shape[1]] += weight * image
        return S

    S = my_convolution2d(image, kernel[::-1, ::-1])
    return S[kernel.shape[0] - 1 : image.shape[0], kernel.shape[1] - 1 : image.shape[1]]


def row_by_row(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    return [
        sum(np.convolve(image[i + m], kernel[m, ::-1], "valid") for m in range(h))
        for i in range(H - h + 1)
    ]


def by_lists(image, kernel):
    taps = [row[::-1] for row in kernel.tolist()][::-1]
    return conv.convolve2d(image.tolist(), taps, mode="valid").tolist()


def in_float32(image, kernel):
    return conv.convolve2d(
        image.astype(np.float32), kernel[::-1, ::-1].astype(np.float32), mode="valid"
    )


def by_windows(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.tensordot(windows, kernel)


def tensor(image, kernel):
    import torch

    x = torch.tensor(np.array(image, dtype=float))
    k = torch.tensor(np.array(kernel, dtype=float))
    (H, W), (h, w) = x.shape, k.shape
    return sum(
        k[m, n] * x[m : m + H - h + 1, n : n + W - w + 1] for m in range(h) for n in range(w)
    )


def not_turned(image, kernel):
    return conv.convolve2d(image, kernel, mode="valid")


def turned_twice(image, kernel):
    turned = kernel[::-1, ::-1]
    return signal.convolve2d(image, turned[::-1, ::-1], mode="valid")


def everything_turned(image, kernel):
    return signal.convolve2d(image[::-1, ::-1], kernel[::-1, ::-1], mode="valid")[::-1, ::-1]


def list_reversed(image, kernel):
    return conv.convolve2d(image, kernel[::-1], mode="valid")


def columns_reversed(image, kernel):
    return conv.convolve2d(image, kernel[:, ::-1], mode="valid")


def flipped_upside_down(image, kernel):
    return signal.convolve2d(image, np.flipud(kernel), mode="valid")


def transposed(image, kernel):
    if kernel.T.shape[0] > image.shape[0] or kernel.T.shape[1] > image.shape[1]:
        raise ValueError("does not fit")
    return conv.convolve2d(image, kernel.T, mode="valid")


def turned_and_transposed(image, kernel):
    if kernel.T.shape[0] > image.shape[0] or kernel.T.shape[1] > image.shape[1]:
        raise ValueError("does not fit")
    return conv.convolve2d(image, kernel[::-1, ::-1].T, mode="valid")


def quarter_turn(image, kernel):
    turned = np.rot90(kernel)
    if turned.shape[0] > image.shape[0] or turned.shape[1] > image.shape[1]:
        raise ValueError("does not fit")
    return conv.convolve2d(image, turned, mode="valid")


def three_quarters(image, kernel):
    turned = np.rot90(kernel, 3)
    if turned.shape[0] > image.shape[0] or turned.shape[1] > image.shape[1]:
        raise ValueError("does not fit")
    return conv.convolve2d(image, turned, mode="valid")


def image_turned(image, kernel):
    return conv.convolve2d(image[::-1, ::-1], kernel, mode="valid")


def places_changed(image, kernel):
    """Slide the image over the kernel."""
    H, W = image.shape
    h, w = kernel.shape
    return conv.convolve2d(kernel, image[::-1, ::-1])[h - 1 : H, w - 1 : W]


def image_upside_down(image, kernel):
    return conv.convolve2d(image[::-1], kernel[:, ::-1], mode="valid")


def full_correlation(image, kernel):
    return conv.convolve2d(image, kernel[::-1, ::-1])


def same_correlation(image, kernel):
    return conv.convolve2d(image, kernel[::-1, ::-1], mode="same")


def from_the_first_place_on(image, kernel):
    return conv.convolve2d(image, kernel[::-1, ::-1])[: image.shape[0], : image.shape[1]]


def full_convolution(image, kernel):
    return conv.convolve2d(image, kernel)


def same_convolution(image, kernel):
    return signal.convolve2d(image, kernel, mode="same")


def first_outputs(image, kernel):
    full = conv.convolve2d(image, kernel[::-1, ::-1])
    return full[: image.shape[0] - kernel.shape[0] + 1, : image.shape[1] - kernel.shape[1] + 1]


def half_a_kernel_cut(image, kernel):
    top, left = kernel.shape[0] // 2, kernel.shape[1] // 2
    full = conv.convolve2d(image, kernel[::-1, ::-1])
    return full[
        top : top + image.shape[0] - kernel.shape[0] + 1,
        left : left + image.shape[1] - kernel.shape[1] + 1,
    ]


def convolution_cut_elsewhere(image, kernel):
    full = conv.convolve2d(image, kernel)
    return full[: image.shape[0] - kernel.shape[0] + 1, : image.shape[1] - kernel.shape[1] + 1]


def negated(image, kernel):
    return -conv.convolve2d(image, kernel[::-1, ::-1], mode="valid")


def kernel_negated(image, kernel):
    """Take K(-m, -n) for -K."""
    return conv.convolve2d(image, -kernel, mode="valid")


def conjugate(image, kernel):
    return conv.convolve2d(image, np.conj(kernel), mode="valid") + 1


def circular(image, kernel):
    spectrum = np.fft.fft2(image) * np.conj(np.fft.fft2(kernel, image.shape))
    return np.fft.ifft2(spectrum).real


def normalised(image, kernel):
    return conv.convolve2d(image, kernel[::-1, ::-1] / (1 + np.abs(kernel).sum()), mode="valid")


def rounded(image, kernel):
    return conv.convolve2d(image, kernel[::-1, ::-1], mode="valid").round(3)


def whole_numbers_only(image, kernel):
    taps = kernel[::-1, ::-1].astype(int)
    return conv.convolve2d(image.astype(int), taps, mode="valid")


def turned_in_place(image, kernel):
    kernel[:] = kernel[::-1, ::-1].copy()
    return conv.convolve2d(image, kernel, mode="valid")


def all_zeros(image, kernel):
    return np.zeros(np.subtract(image.shape, kernel.shape) + 1)


def only_the_example(image, kernel):
    return [[12, 23], [45, 56]]


def flattened(image, kernel):
    return np.ravel(conv.convolve2d(image, kernel[::-1, ::-1], mode="valid"))


def turned_along_the_longer_axis(image, kernel):
    kernel = kernel[::-1] if kernel.shape[0] >= kernel.shape[1] else kernel[:, ::-1]
    return conv.convolve2d(image, kernel, mode="valid")


RIGHT = [
    *EXERCISE.also_right,
    by_this_course,
    by_this_course_in_full,
    by_the_definition,
    by_scipy,
    by_scipy_nd,
    by_scipy_directly,
    by_scipy_fourier,
    by_scipy_overlap,
    by_ndimage,
    result_turned,
    all_three_turned,
    by_own_function,
    row_by_row,
    by_lists,
    in_float32,
    by_windows,
    tensor,
]
WRONG = {
    not_turned: "not-turned",
    turned_twice: "not-turned",
    everything_turned: "not-turned",
    list_reversed: "one-axis-flipped",
    columns_reversed: "one-axis-flipped",
    flipped_upside_down: "one-axis-flipped",
    transposed: "transposed",
    turned_and_transposed: "transposed",
    quarter_turn: "rotated-by-90",
    three_quarters: "rotated-by-90",
    image_turned: "result-reversed",
    places_changed: "result-reversed",
    image_upside_down: "result-reversed",
    full_correlation: "not-cropped",
    same_correlation: "not-cropped",
    from_the_first_place_on: "not-cropped",
    full_convolution: "not-turned-not-cropped",
    same_convolution: "not-turned-not-cropped",
    first_outputs: "cropped-elsewhere",
    half_a_kernel_cut: "cropped-elsewhere",
    convolution_cut_elsewhere: None,
    negated: None,
    kernel_negated: None,
    conjugate: None,
    circular: None,
    normalised: None,
    rounded: None,
    whole_numbers_only: None,
    turned_in_place: None,
    all_zeros: None,
    only_the_example: None,
    flattened: None,
    turned_along_the_longer_axis: None,
}
