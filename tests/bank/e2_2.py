"""Answers to E2.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e2_2 import EXERCISE


def shift_and_add(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1), dtype=np.float32)
    for m in range(h):
        for n in range(w):
            S[m : m + H, n : n + W] += kernel[m, n] * image
    return S


def four_loops(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = [[0.0] * (W + w - 1) for _ in range(H + h - 1)]
    for a in range(H):
        for b in range(W):
            for m in range(h):
                for n in range(w):
                    S[a + m][b + n] += image[a, b] * kernel[m, n]
    return S


def by_equation_four(image, kernel):
    H, W = len(image), len(image[0])
    h, w = len(kernel), len(kernel[0])
    S = np.zeros((H + h - 1, W + w - 1))
    for i in range(H + h - 1):
        for j in range(W + w - 1):
            for m in range(h):
                for n in range(w):
                    if 0 <= i - m < H and 0 <= j - n < W:
                        S[i, j] += image[i - m, j - n] * kernel[m, n]
    return S


def padded_and_flipped(image, kernel):
    h, w = kernel.shape
    padded = np.pad(image, ((h - 1,), (w - 1,)))
    flipped = np.flip(kernel)
    rows, columns = padded.shape[0] - h + 1, padded.shape[1] - w + 1
    return [
        [(padded[i : i + h, j : j + w] * flipped).sum() for j in range(columns)]
        for i in range(rows)
    ]


def swapped_where_smaller(image, kernel):
    """Let the smaller one slide: in full, the places make no difference."""
    if kernel.size > image.size:
        image, kernel = kernel, image
    return shift_and_add(np.asarray(image, dtype=np.float64), kernel)


def add_at(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    for (a, b), value in np.ndenumerate(image):
        np.add.at(
            S, np.ix_(a + np.arange(len(kernel)), b + np.arange(kernel.shape[1])), value * kernel
        )
    return S


def as_polynomials(image, kernel):
    terms = {}
    for a, row in enumerate(image.tolist()):
        for b, p in enumerate(row):
            for m, taps in enumerate(kernel.tolist()):
                for n, q in enumerate(taps):
                    terms[a + m, b + n] = terms.get((a + m, b + n), 0) + p * q
    rows, columns = (1 + max(place[axis] for place in terms) for axis in (0, 1))
    return tuple(tuple(terms[i, j] for j in range(columns)) for i in range(rows))


def laid_end_to_end(image, kernel):
    """Convolve one row of all rows, with room between them, by a matrix."""
    (H, W), (h, w) = image.shape, kernel.shape
    width = W + w - 1
    x = np.pad(image, ((0, 0), (0, w - 1))).ravel()
    k = np.pad(kernel, ((0, 0), (0, W - 1))).ravel()
    s = np.zeros(len(x) + len(k) - 1)
    for a, p in enumerate(x):
        s[a : a + len(k)] += p * k
    return s[: (H + h - 1) * width].reshape(-1, width)


def doubly_block_matrix(image, kernel):
    (H, W), (h, w) = image.shape, kernel.shape
    rows, columns = H + h - 1, W + w - 1
    T = np.zeros((rows, columns, H, W))
    for a in range(H):
        for b in range(W):
            T[a : a + h, b : b + w, a, b] = kernel
    return (T.reshape(rows * columns, H * W) @ image.ravel()).reshape(rows, columns)


def by_complex_fourier(image, kernel):
    size = np.array(image.shape) + kernel.shape - 1
    size = 2 ** np.ceil(np.log2(size)).astype(int)
    product = np.fft.fft2(image, size) * np.fft.fft2(kernel, size)
    S = np.fft.ifft2(product).real
    return S[: image.shape[0] + kernel.shape[0] - 1, : image.shape[1] + kernel.shape[1] - 1]


def row_by_row(image, kernel):
    """Sum one-dimensional convolutions, each pair of rows into its own row of the output."""

    def rows(x, k):
        s = np.zeros(len(x) + len(k) - 1)
        for n, q in enumerate(k):
            s[n : n + len(x)] += q * x
        return s

    S = np.zeros((len(image) + len(kernel) - 1, image.shape[1] + kernel.shape[1] - 1))
    for a in range(len(image)):
        for m in range(len(kernel)):
            S[a + m] += rows(image[a], kernel[m])
    return S


def a_view_with_negative_strides(image, kernel):
    return add_at(image[::-1, ::-1], kernel[::-1, ::-1])[::-1, ::-1]


def in_fortran_order(image, kernel):
    return np.asfortranarray(add_at(image, kernel))


def exact_fractions(image, kernel):
    from fractions import Fraction

    rows, columns = np.add(image.shape, kernel.shape) - 1
    S = [[Fraction(0)] * int(columns) for _ in range(int(rows))]
    for (a, b), p in np.ndenumerate(image):
        for (m, n), q in np.ndenumerate(kernel):
            S[a + m][b + n] += Fraction(float(p)) * Fraction(float(q))
    return S


def tensor(image, kernel):
    import torch

    x, k = torch.tensor(np.array(image, float)), torch.tensor(np.array(kernel, float))
    S = torch.zeros(x.shape[0] + k.shape[0] - 1, x.shape[1] + k.shape[1] - 1, dtype=x.dtype)
    for m in range(k.shape[0]):
        for n in range(k.shape[1]):
            S[m : m + x.shape[0], n : n + x.shape[1]] += k[m, n] * x
    return S.requires_grad_()


def matrix_class(image, kernel):
    return np.asmatrix(add_at(image, kernel))


def named_like_the_forbidden(image, kernel):
    # scipy.signal.convolve2d(image, kernel) would do this in one line
    def convolve2d(p, q):
        return add_at(p, q)

    return convolve2d(image, kernel)


def unflipped_loops(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1))
    for i in range(H + h - 1):
        for j in range(W + w - 1):
            for m in range(h):
                for n in range(w):
                    a, b = i + m - h + 1, j + n - w + 1
                    if 0 <= a < H and 0 <= b < W:
                        S[i, j] += image[a, b] * kernel[m, n]
    return S


def unflipped_padded(image, kernel):
    h, w = kernel.shape
    padded = np.pad(image, ((h - 1,), (w - 1,)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return (windows * kernel).sum(axis=(2, 3))


def flipped_twice(image, kernel):
    return add_at(image, np.flip(kernel))


def image_flipped(image, kernel):
    return add_at(np.flip(image), kernel)


def as_a_layer_does(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    return np.array(
        [
            [(image[i : i + h, j : j + w] * kernel).sum() for j in range(W - w + 1)]
            for i in range(H - h + 1)
        ]
    )


def as_a_padded_layer_does(image, kernel):
    h, w = kernel.shape
    padded = np.pad(
        image,
        (((h - 1) // 2 + (h - 1) % 2, (h - 1) // 2), ((w - 1) // 2 + (w - 1) % 2, (w - 1) // 2)),
    )
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return np.einsum("ijmn,mn->ij", windows, kernel)


def rows_reversed_only(image, kernel):
    return add_at(image, kernel[::-1])


def columns_reversed_only(image, kernel):
    return add_at(image, kernel[:, ::-1])


def list_reversed_and_padded(image, kernel):
    """Take kernel[::-1] for the flip of both axes."""
    h, w = kernel.shape
    padded = np.pad(image, ((h - 1,), (w - 1,)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return np.einsum("ijmn,mn->ij", windows, kernel[::-1])


def valid_only(image, kernel):
    h, w = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (h, w))
    return np.einsum("ijmn,mn->ij", windows, kernel[::-1, ::-1])


def the_smaller_slides(image, kernel):
    if kernel.shape[0] > image.shape[0] and kernel.shape[1] > image.shape[1]:
        image, kernel = kernel, image
    return valid_only(image, kernel)


def same_size(image, kernel):
    top, left = (kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2
    return add_at(image, kernel)[top : top + image.shape[0], left : left + image.shape[1]]


def size_of_the_image(image, kernel):
    S = np.zeros(image.shape)
    for i, j in np.ndindex(*image.shape):
        for m, n in np.ndindex(*kernel.shape):
            if i - m >= 0 and j - n >= 0:
                S[i, j] += image[i - m, j - n] * kernel[m, n]
    return S


def columns_cropped(image, kernel):
    return add_at(image, kernel)[:, : image.shape[1]]


def output_transposed(image, kernel):
    return np.transpose(add_at(image, kernel))


def kernel_transposed(image, kernel):
    return add_at(image, kernel.T)


def wrong_way_round(image, kernel):
    S = np.zeros((image.shape[1] + kernel.shape[1] - 1, image.shape[0] + kernel.shape[0] - 1))
    for (a, b), p in np.ndenumerate(image):
        for (m, n), q in np.ndenumerate(kernel):
            S[b + n, a + m] += p * q
    return S


def quarter_turn(image, kernel):
    return add_at(image, np.rot90(kernel))


def quarter_turn_and_window(image, kernel):
    turned = np.rot90(kernel)
    h, w = turned.shape
    padded = np.pad(image, ((h - 1,), (w - 1,)))
    return np.einsum(
        "ijmn,mn->ij", np.lib.stride_tricks.sliding_window_view(padded, (h, w)), turned
    )


def last_row_and_column_missing(image, kernel):
    return add_at(image, kernel)[:-1, :-1]


def too_large(image, kernel):
    S = np.zeros((image.shape[0] + kernel.shape[0], image.shape[1] + kernel.shape[1]))
    for (a, b), p in np.ndenumerate(image):
        S[a : a + kernel.shape[0], b : b + kernel.shape[1]] += p * kernel
    return S


def last_taps_forgotten(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    for m in range(kernel.shape[0] - 1):
        for n in range(kernel.shape[1] - 1):
            S[m : m + image.shape[0], n : n + image.shape[1]] += kernel[m, n] * image
    return S


def last_outputs_left_out(image, kernel):
    S = np.array(add_at(image, kernel))
    S[-1] = S[:, -1] = 0
    return S


def negative_index_into_the_image(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1))
    for i, j in np.ndindex(*S.shape):
        for m in range(h):
            for n in range(w):
                if i - m < H and j - n < W:
                    S[i, j] += image[i - m, j - n] * kernel[m, n]
    return S


def negative_index_into_the_kernel(image, kernel):
    H, W = image.shape
    h, w = kernel.shape
    S = np.zeros((H + h - 1, W + w - 1))
    for i, j in np.ndindex(*S.shape):
        for m in range(H):
            for n in range(W):
                if i - m < h and j - n < w:
                    S[i, j] += image[m, n] * kernel[i - m, j - n]
    return S


def unpadded_fourier(image, kernel):
    size = np.maximum(image.shape, kernel.shape)
    return np.fft.ifft2(np.fft.fft2(image, size) * np.fft.fft2(kernel, size)).real


def modulo(image, kernel):
    size = np.maximum(image.shape, kernel.shape)
    S = np.zeros(size)
    for (a, b), p in np.ndenumerate(image):
        for (m, n), q in np.ndenumerate(kernel):
            S[(a + m) % size[0], (b + n) % size[1]] += p * q
    return S


def overwritten(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    for (a, b), p in np.ndenumerate(image):
        for (m, n), q in np.ndenumerate(kernel):
            S[a + m, b + n] = p * q
    return S


def overwritten_tap_by_tap(image, kernel):
    H, W = image.shape
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    for (m, n), q in np.ndenumerate(kernel):
        S[m : m + H, n : n + W] = q * image
    return S


def only_the_corner_kernel(image, kernel):
    """A kernel that is taken to be no larger than the image."""
    kernel = kernel[: image.shape[0], : image.shape[1]]
    return add_at(image, kernel)


def like_its_input(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1, dtype=image.dtype)
    for (a, b), p in np.ndenumerate(image):
        S[a : a + kernel.shape[0], b : b + kernel.shape[1]] += (p * kernel).astype(S.dtype)
    return S


def like_its_kernel(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1, dtype=kernel.dtype)
    for (a, b), p in np.ndenumerate(image):
        S[a : a + kernel.shape[0], b : b + kernel.shape[1]] += (p * kernel).astype(S.dtype)
    return S


def rows_only(image, kernel):
    """Convolve along the rows, and add up over the rows of the kernel."""
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    for m in range(len(kernel)):
        for n in range(kernel.shape[1]):
            S[: image.shape[0], n : n + image.shape[1]] += kernel[m, n] * image
    return S


def subtracted(image, kernel):
    return -add_at(image, kernel)


def absolute_values(image, kernel):
    return np.abs(add_at(image, kernel))


def normalised(image, kernel):
    return add_at(image, kernel) / (1 + np.abs(kernel).sum())


def as_a_picture(image, kernel):
    return np.clip(add_at(image, kernel), 0, 255)


def rounded(image, kernel):
    return np.round(add_at(image, kernel), 3)


def rounded_to_six_decimals(image, kernel):
    return np.round(add_at(image, kernel), 6)


def flattened(image, kernel):
    return add_at(image, kernel).ravel()


def with_channels(image, kernel):
    return add_at(image, kernel)[None]


def all_zeros(image, kernel):
    return np.zeros(np.add(image.shape, kernel.shape) - 1)


def only_the_example(image, kernel):
    return [[10, 20, 1, 2], [30, 40, 3, 4]]


def fails_for_large_kernels(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    return add_at(image, kernel)


def outer_product(image, kernel):
    return np.outer(image, kernel)


def elementwise(image, kernel):
    H, W = image.shape
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    part = np.zeros((H, W))
    h, w = min(H, kernel.shape[0]), min(W, kernel.shape[1])
    part[:h, :w] = image[:h, :w] * kernel[:h, :w]
    S[:H, :W] = part
    return S


def only_squares(image, kernel):
    """Use the height of the kernel for both of its sizes."""
    H, W = image.shape
    h = kernel.shape[0]
    S = np.zeros((H + h - 1, W + h - 1))
    for m in range(h):
        for n in range(min(h, kernel.shape[1])):
            S[m : m + H, n : n + W] += kernel[m, n] * image
    return S


def zeros_trimmed(image, kernel):
    S = np.array(add_at(image, kernel))
    rows, columns = np.nonzero(np.abs(S) > 1e-12)
    return S[: rows.max() + 1, : columns.max() + 1]


def separable_only(image, kernel):
    """Two passes with the sums of the kernel's rows and columns."""
    total = kernel.sum() or 1.0
    return add_at(add_at(image, kernel.sum(axis=1)[:, None]), kernel.sum(axis=0)[None]) / total


def at_most_three_taps(image, kernel):
    S = np.zeros(np.add(image.shape, kernel.shape) - 1)
    part = add_at(image, kernel[:3, :3])
    S[: part.shape[0], : part.shape[1]] = part
    return S


_ROOM = {}


def room_kept_for_each_size(image, kernel):
    return _ROOM.setdefault((image.shape, kernel.shape), add_at(image, kernel))


def adds_to_the_image(image, kernel):
    S = np.array(add_at(image, kernel))
    image += 1
    return S


RIGHT = [
    *EXERCISE.also_right,
    shift_and_add,
    four_loops,
    by_equation_four,
    padded_and_flipped,
    swapped_where_smaller,
    add_at,
    as_polynomials,
    laid_end_to_end,
    doubly_block_matrix,
    by_complex_fourier,
    row_by_row,
    a_view_with_negative_strides,
    in_fortran_order,
    exact_fractions,
    tensor,
    matrix_class,
    named_like_the_forbidden,
]
WRONG = {
    unflipped_loops: "correlation",
    unflipped_padded: "correlation",
    flipped_twice: "correlation",
    image_flipped: "correlation",
    as_a_layer_does: "correlation-cropped",
    as_a_padded_layer_does: "correlation-cropped",
    rows_reversed_only: "one-axis-flipped",
    columns_reversed_only: "one-axis-flipped",
    list_reversed_and_padded: "one-axis-flipped",
    valid_only: "cropped",
    the_smaller_slides: "cropped",
    same_size: "cropped",
    size_of_the_image: "cropped",
    columns_cropped: "cropped",
    output_transposed: "transposed",
    kernel_transposed: "transposed",
    wrong_way_round: "transposed",
    quarter_turn: "rotated",
    quarter_turn_and_window: "rotated",
    last_row_and_column_missing: "off-by-one",
    too_large: "off-by-one",
    last_taps_forgotten: "off-by-one",
    last_outputs_left_out: "off-by-one",
    negative_index_into_the_image: "negative-index",
    negative_index_into_the_kernel: "negative-index",
    unpadded_fourier: "circular",
    modulo: "circular",
    overwritten: "overwritten",
    overwritten_tap_by_tap: "overwritten",
    only_the_corner_kernel: None,
    like_its_input: None,
    like_its_kernel: None,
    rows_only: None,
    subtracted: None,
    absolute_values: None,
    normalised: None,
    as_a_picture: None,
    rounded: None,
    rounded_to_six_decimals: None,
    flattened: None,
    with_channels: None,
    all_zeros: None,
    only_the_example: None,
    fails_for_large_kernels: None,
    outer_product: None,
    elementwise: None,
    only_squares: None,
    zeros_trimmed: None,
    separable_only: None,
    at_most_three_taps: None,
    room_kept_for_each_size: None,
    adds_to_the_image: None,
}
