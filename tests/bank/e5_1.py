"""Answers to E5.1 as learners might write them, right and wrong."""

import itertools

import numpy as np

from cnncourse.exercises.e5_1 import EXERCISE


def six_loops(V, K):
    D, C, M, N = K.shape
    rows, columns = V.shape[1] - M + 1, V.shape[2] - N + 1
    Z = [[[0.0] * columns for _ in range(rows)] for _ in range(D)]
    for i in range(D):
        for j in range(rows):
            for k in range(columns):
                for c in range(C):
                    for m in range(M):
                        for n in range(N):
                            Z[i][j][k] += V[c, j + m, k + n] * K[i, c, m, n]
    return Z


def window_times_kernel(V, K):
    D, _, M, N = K.shape
    Z = np.zeros((D, V.shape[1] - M + 1, V.shape[2] - N + 1))
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = (V[:, j : j + M, k : k + N] * K[i]).sum()
    return Z


def counted_from_one(V, K):
    D, C, M, N = K.shape
    J, L = V.shape[1] - M + 1, V.shape[2] - N + 1
    Z = np.zeros((D, J, L))
    for i in range(1, D + 1):
        for j in range(1, J + 1):
            for k in range(1, L + 1):
                for c in range(1, C + 1):
                    for m in range(1, M + 1):
                        for n in range(1, N + 1):
                            Z[i - 1, j - 1, k - 1] += (
                                V[c - 1, j + m - 2, k + n - 2] * K[i - 1, c - 1, m - 1, n - 1]
                            )
    return Z


def as_matrix_product(V, K):
    D, C, M, N = K.shape
    rows, columns = V.shape[1] - M + 1, V.shape[2] - N + 1
    cells = np.array(
        [V[:, j : j + M, k : k + N].ravel() for j in range(rows) for k in range(columns)]
    )
    return (cells @ K.reshape(D, C * M * N).T).T.reshape(D, rows, columns)


def in_float32(V, K):
    V, K = V.astype(np.float32), K.astype(np.float32)
    D, _, M, N = K.shape
    rows, columns = V.shape[1] - M + 1, V.shape[2] - N + 1
    Z = np.zeros((D, rows, columns), dtype=np.float32)
    for m in range(M):
        for n in range(N):
            Z += np.tensordot(K[:, :, m, n], V[:, m : m + rows, n : n + columns], axes=1)
    return Z


def window_view(V, K):
    M, N = K.shape[2:]
    view = np.lib.stride_tricks.sliding_window_view(V, (M, N), axis=(1, 2))
    return np.tensordot(K, view, axes=([1, 2, 3], [0, 3, 4]))


def one_map_after_the_other(V, K):
    def correlate(image, kernel):
        M, N = kernel.shape
        rows = range(image.shape[0] - M + 1)
        columns = range(image.shape[1] - N + 1)
        return np.array(
            [[np.vdot(image[j : j + M, k : k + N], kernel) for k in columns] for j in rows]
        )

    return [
        sum(correlate(image, kernel) for image, kernel in zip(V, kernels, strict=True))
        for kernels in K
    ]


def from_the_side_of_the_input(V, K):
    D, C, M, N = K.shape
    Z = np.zeros((D, V.shape[1] - M + 1, V.shape[2] - N + 1))
    for c, y, x in itertools.product(*map(range, V.shape)):
        for i, m, n in itertools.product(range(D), range(M), range(N)):
            j, k = y - m, x - n
            if 0 <= j < Z.shape[1] and 0 <= k < Z.shape[2]:
                Z[i, j, k] += V[c, y, x] * K[i, c, m, n]
    return Z


def channels_last_inside(V, K):
    D, _, M, N = K.shape
    image, kernel = V.transpose(1, 2, 0), K.transpose(2, 3, 1, 0)
    Z = np.zeros((V.shape[1] - M + 1, V.shape[2] - N + 1, D))
    for j, k in np.ndindex(*Z.shape[:2]):
        Z[j, k] = np.einsum("mnc,mnci->i", image[j : j + M, k : k + N], kernel)
    return np.moveaxis(Z, -1, 0)


def by_fourier(V, K):
    """Multiply by the conjugate spectrum: a circular correlation, whose first part is valid."""
    H, W = V.shape[1:]
    product = np.fft.fft2(V)[None] * np.conj(np.fft.fft2(K, (H, W)))
    Z = np.fft.ifft2(product.sum(axis=1)).real
    return Z[:, : H - K.shape[2] + 1, : W - K.shape[3] + 1]


def tensor(V, K):
    import torch

    M, N = K.shape[2:]
    view = torch.tensor(np.array(V, dtype=float)).unfold(1, M, 1).unfold(2, N, 1)
    weights = torch.tensor(np.array(K, dtype=float), requires_grad=True)
    return torch.einsum("cjkmn,icmn->ijk", view, weights)


def exact_fractions(V, K):
    from fractions import Fraction

    values = np.vectorize(lambda v: Fraction(float(v)), otypes=[object])
    return window_times_kernel_of_objects(values(V), values(K))


def window_times_kernel_of_objects(V, K):
    D, _, M, N = K.shape
    Z = np.empty((D, V.shape[1] - M + 1, V.shape[2] - N + 1), dtype=object)
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = (V[:, j : j + M, k : k + N] * K[i]).sum()
    return Z


# Wrong ones.


def room(V, K):
    return np.zeros((K.shape[0], V.shape[1] - K.shape[2] + 1, V.shape[2] - K.shape[3] + 1))


def overwritten_by_each_channel(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(V.shape[0]):
            Z[i, j, k] = np.sum(V[c, j : j + M, k : k + N] * K[i, c])
    return Z


def overwritten_by_each_product(V, K):
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        for c, m, n in np.ndindex(*K.shape[1:]):
            Z[i, j, k] = V[c, j + m, k + n] * K[i, c, m, n]
    return Z


def last_channel_by_index(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    c = len(V) - 1
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = np.sum(V[c, j : j + M, k : k + N] * K[i, c])
    return Z


def returned_too_early(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for c in range(V.shape[0]):
        for i, j, k in np.ndindex(*Z.shape):
            Z[i, j, k] += np.sum(V[c, j : j + M, k : k + N] * K[i, c])
        return Z


def grey_image(V, K):
    return window_times_kernel(V[:1], K[:, :1])


def literal_equation(V, K):
    """Take the indices of eq. (6) as they are, with ranges from 0."""
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        for c, m, n in np.ndindex(*K.shape[1:]):
            Z[i, j, k] += V[c, j + m - 1, k + n - 1] * K[i, c, m, n]
    return Z


def outputs_from_one(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i in range(Z.shape[0]):
        for j in range(1, Z.shape[1]):
            for k in range(1, Z.shape[2]):
                Z[i, j, k] = np.sum(V[:, j : j + M, k : k + N] * K[i])
    return Z


def taps_from_one(V, K):
    Z = room(V, K)
    D, C, M, N = K.shape
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(C):
            for m in range(1, M):
                for n in range(1, N):
                    Z[i, j, k] += V[c, j + m, k + n] * K[i, c, m, n]
    return Z


def too_few_places(V, K):
    return window_times_kernel(V, K)[:, :-1, :-1]


def loops_end_too_early(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1] - 1):
            for k in range(Z.shape[2] - 1):
                Z[i, j, k] = np.sum(V[:, j : j + M, k : k + N] * K[i])
    return Z


def last_taps_forgotten(V, K):
    Z = room(V, K)
    D, C, M, N = K.shape
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(C):
            for m in range(M - 1):
                for n in range(N - 1):
                    Z[i, j, k] += V[c, j + m, k + n] * K[i, c, m, n]
    return Z


def mean_of_channels(V, K):
    M, N = K.shape[2:]
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = (V[:, j : j + M, k : k + N] * K[i]).sum(axis=(1, 2)).mean()
    return Z


def mean_of_products(V, K):
    M, N = K.shape[2:]
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = np.mean(V[:, j : j + M, k : k + N] * K[i])
    return Z


def mean_of_taps(V, K):
    M, N = K.shape[2:]
    return np.array(window_times_kernel(V, K)) / (M * N)


def kernel_axes_swapped(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(V.shape[0]):
            Z[i, j, k] += np.sum(V[c, j : j + M, k : k + N] * K[c, i])
    return Z


def reshaped(V, K):
    D, C, M, N = K.shape
    other = K.reshape(C, D, M, N)
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(C):
            Z[i, j, k] += np.sum(V[c, j : j + M, k : k + N] * other[c, i])
    return Z


def input_channels_first(V, K):
    C, D, M, N = K.shape
    Z = np.zeros((D, V.shape[1] - M + 1, V.shape[2] - N + 1))
    for i, j, k in np.ndindex(*Z.shape):
        for c in range(C):
            Z[i, j, k] += np.sum(V[c, j : j + M, k : k + N] * K[c, i])
    return Z


def channel_by_channel(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = np.sum(V[i, j : j + M, k : k + N] * K[i, i])
    return Z


def channels_in_turn(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i, j, k in np.ndindex(*Z.shape):
        c = i % len(V)
        Z[i, j, k] = np.sum(V[c, j : j + M, k : k + N] * K[i, c])
    return Z


def channels_added_first(V, K):
    Z = room(V, K)
    M, N = K.shape[2:]
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = np.sum(V.sum(axis=0)[j : j + M, k : k + N] * K[i, 0])
    return Z


def true_convolution(V, K):
    return window_times_kernel(V, K[:, :, ::-1, ::-1])


def flipped_from_left_to_right(V, K):
    return window_times_kernel(V, np.flip(K, axis=3))


def all_flipped(V, K):
    return window_times_kernel(V, K[::-1, ::-1, ::-1, ::-1])


def channels_flipped(V, K):
    return window_times_kernel(V, K[:, ::-1])


def rows_for_columns(V, K):
    K = np.swapaxes(K, 2, 3)
    return window_times_kernel(V, K)


def same_size(V, K):
    M, N = K.shape[2:]
    pad = [(0, 0), ((M - 1) // 2, M // 2), ((N - 1) // 2, N // 2)]
    return window_times_kernel(np.pad(V, pad), K)


def full_size(V, K):
    M, N = K.shape[2:]
    return window_times_kernel(np.pad(V, [(0, 0), (M - 1, M - 1), (N - 1, N - 1)]), K)


def maximum_of_channels(V, K):
    M, N = K.shape[2:]
    Z = room(V, K)
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = (V[:, j : j + M, k : k + N] * K[i]).sum(axis=(1, 2)).max()
    return Z


def channels_not_summed(V, K):
    view = np.lib.stride_tricks.sliding_window_view(V, K.shape[2:], axis=(1, 2))
    return np.einsum("cjkmn,icmn->icjk", view, K)


def one_map_only(V, K):
    return window_times_kernel(V, K)[0]


def last_map_everywhere(V, K):
    Z = window_times_kernel(V, K)
    Z[:] = Z[-1]
    return Z


def maps_added(V, K):
    return window_times_kernel(V, K).sum(axis=0)[None]


def maps_in_other_order(V, K):
    return window_times_kernel(V, K)[::-1]


def transposed(V, K):
    return np.swapaxes(window_times_kernel(V, K), 1, 2)


def channels_last(V, K):
    return np.moveaxis(window_times_kernel(V, K), 0, -1)


def rectified(V, K):
    return np.maximum(window_times_kernel(V, K), 0)


def absolute(V, K):
    return np.abs(window_times_kernel(V, K))


def zeros(V, K):
    return room(V, K)


def only_the_example(V, K):
    return [[[13, 24]]]


def type_of_the_input(V, K):
    Z = room(V, K).astype(V.dtype)
    Z[:] = window_times_kernel(V, K)
    return Z


def two_channels_at_most(V, K):
    return window_times_kernel(V[:2], K[:, :2])


def rounded(V, K):
    return np.round(window_times_kernel(V, K), 1)


def changes_its_input(V, K):
    V *= 1.0
    V += 1
    V -= 1
    V[0, 0, 0] += 1
    return window_times_kernel(V, K)


def square_kernels_only(V, K):
    M = K.shape[2]
    Z = np.zeros((len(K), V.shape[1] - M + 1, V.shape[2] - M + 1))
    for i, j, k in np.ndindex(*Z.shape):
        Z[i, j, k] = (V[:, j : j + M, k : k + M] * K[i, :, :, :M]).sum()
    return Z


_ROOM = {}


def room_kept_for_each_size(V, K):
    return _ROOM.setdefault((V.shape, K.shape), window_times_kernel(V, K))


RIGHT = [
    *EXERCISE.also_right,
    six_loops,
    window_times_kernel,
    counted_from_one,
    as_matrix_product,
    in_float32,
    window_view,
    one_map_after_the_other,
    from_the_side_of_the_input,
    channels_last_inside,
    by_fourier,
    tensor,
    exact_fractions,
]
WRONG = {
    overwritten_by_each_channel: "last-channel-only",
    overwritten_by_each_product: "last-channel-only",
    last_channel_by_index: "last-channel-only",
    returned_too_early: "first-channel-only",
    grey_image: "first-channel-only",
    literal_equation: "one-based",
    outputs_from_one: "one-based",
    taps_from_one: "one-based",
    too_few_places: "one-place-short",
    loops_end_too_early: "one-place-short",
    last_taps_forgotten: "one-place-short",
    mean_of_channels: "mean-over-channels",
    mean_of_products: "mean-over-channels",
    mean_of_taps: "mean-over-channels",
    kernel_axes_swapped: "kernel-channels-swapped",
    reshaped: "kernel-channels-swapped",
    input_channels_first: "kernel-channels-swapped",
    channel_by_channel: "channels-kept-apart",
    channels_in_turn: "channels-kept-apart",
    channels_added_first: "one-kernel-for-all-channels",
    true_convolution: "kernel-flipped",
    flipped_from_left_to_right: "kernel-flipped",
    channels_flipped: "kernel-flipped",
    rows_for_columns: "kernel-transposed",
    same_size: "padded",
    full_size: "padded",
    all_flipped: None,
    maximum_of_channels: None,
    channels_not_summed: None,
    one_map_only: None,
    last_map_everywhere: None,
    maps_added: None,
    maps_in_other_order: None,
    transposed: None,
    channels_last: None,
    rectified: None,
    absolute: None,
    zeros: None,
    only_the_example: None,
    type_of_the_input: None,
    two_channels_at_most: None,
    rounded: None,
    changes_its_input: None,
    square_kernels_only: None,
    room_kept_for_each_size: None,
}
