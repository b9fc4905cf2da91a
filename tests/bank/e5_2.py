"""Answers to E5.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e5_2 import EXERCISE


def four_loops(V, K, s):
    rows = (len(V) - len(K)) // s + 1
    columns = (len(V[0]) - len(K[0])) // s + 1
    Z = []
    for j in range(rows):
        Z.append([])
        for k in range(columns):
            total = 0.0
            for m in range(len(K)):
                for n in range(len(K[0])):
                    total += V[j * s + m, k * s + n] * K[m, n]
            Z[-1].append(total)
    return Z


def in_steps_of_pixels(V, K, s):
    M, N = K.shape
    return np.array(
        [
            [
                np.vdot(V[top : top + M, left : left + N], K)
                for left in range(0, len(V[0]) - N + 1, s)
            ]
            for top in range(0, len(V) - M + 1, s)
        ]
    )


def every_output_then_sampled(V, K, s):
    M, N = K.shape
    dense = np.zeros((V.shape[0] - M + 1, V.shape[1] - N + 1))
    for m in range(M):
        for n in range(N):
            dense += K[m, n] * V[m : m + dense.shape[0], n : n + dense.shape[1]]
    return dense[::s, ::s]


def tap_by_tap(V, K, s):
    M, N = K.shape
    rows, columns = (V.shape[0] - M) // s + 1, (V.shape[1] - N) // s + 1
    Z = np.zeros((rows, columns), dtype=np.float32)
    for m in range(M):
        for n in range(N):
            Z += (K[m, n] * V[m::s, n::s][:rows, :columns]).astype(np.float32)
    return Z


def window_view(V, K, s):
    view = np.lib.stride_tricks.sliding_window_view(V, K.shape)[::s, ::s]
    return (view * K).sum(axis=(2, 3))


def by_strides(V, K, s):
    V = np.ascontiguousarray(V, dtype=float)
    size = tuple((n - m) // s + 1 for n, m in zip(V.shape, K.shape, strict=True))
    down, across = V.strides
    view = np.lib.stride_tricks.as_strided(
        V, (*size, *K.shape), (s * down, s * across, down, across), writeable=False
    )
    return np.tensordot(view, K, axes=2)


def counted_from_one(V, K, s):
    rows, columns = (V.shape[0] - K.shape[0]) // s + 1, (V.shape[1] - K.shape[1]) // s + 1
    Z = np.zeros((rows, columns))
    for j in range(1, rows + 1):
        for k in range(1, columns + 1):
            for m in range(1, K.shape[0] + 1):
                for n in range(1, K.shape[1] + 1):
                    pixel = V[(j - 1) * s + m - 1, (k - 1) * s + n - 1]
                    Z[j - 1, k - 1] += pixel * K[m - 1, n - 1]
    return Z


def as_matrix(V, K, s):
    (H, W), (M, N) = V.shape, K.shape
    rows, columns = (H - M) // s + 1, (W - N) // s + 1
    T = np.zeros((rows * columns, H * W))
    for j in range(rows):
        for k in range(columns):
            placed = np.zeros((H, W))
            placed[j * s : j * s + M, k * s : k * s + N] = K
            T[j * columns + k] = placed.ravel()
    return (T @ V.ravel()).reshape(rows, columns)


def separate_phases(V, K, s):
    """Split image and kernel by their places modulo s; each pair is a dense correlation."""
    rows, columns = (V.shape[0] - K.shape[0]) // s + 1, (V.shape[1] - K.shape[1]) // s + 1
    Z = np.zeros((rows, columns))
    for a in range(min(s, K.shape[0])):
        for b in range(min(s, K.shape[1])):
            part, taps = V[a::s, b::s], K[a::s, b::s]
            for m, n in np.ndindex(*taps.shape):
                Z += part[m : m + rows, n : n + columns] * taps[m, n]
    return Z


def while_it_fits(V, K, s):
    M, N = K.shape
    Z, top = [], 0
    while top + M <= len(V):
        row, left = [], 0
        while left + N <= len(V[0]):
            row.append(float((V[top : top + M, left : left + N] * K).sum()))
            left += s
        Z.append(tuple(row))
        top += s
    return tuple(Z)


def tensor(V, K, s):
    import torch

    view = torch.tensor(np.array(V, dtype=np.float32))
    view = view.unfold(0, K.shape[0], s).unfold(1, K.shape[1], s)
    return torch.einsum("jkmn,mn->jk", view, torch.tensor(np.array(K, dtype=np.float32)))


# Wrong ones.


def size(V, K, s):
    return (V.shape[0] - K.shape[0]) // s + 1, (V.shape[1] - K.shape[1]) // s + 1


def windows_side_by_side(V, K, s):
    Z = np.zeros(size(V, K, s))
    M, N = K.shape
    for j, k in np.ndindex(*Z.shape):
        Z[j, k] = np.sum(V[j : j + M, k : k + N] * K)
    return Z


def dense_and_cut(V, K, s):
    rows, columns = size(V, K, s)
    return every_output_then_sampled(V, K, 1)[:rows, :columns]


def stride_on_the_taps(V, K, s):
    """An error where the spread kernel does not fit."""
    Z = np.zeros(size(V, K, s))
    for j, k in np.ndindex(*Z.shape):
        for m, n in np.ndindex(*K.shape):
            Z[j, k] += V[j + m * s, k + n * s] * K[m, n]
    return Z


def dilated(V, K, s):
    wide = np.zeros(((len(K) - 1) * s + 1, (len(K[0]) - 1) * s + 1))
    wide[::s, ::s] = K
    return every_output_then_sampled(V, wide, 1)


def zeros_beyond_the_edge(V, K, s):
    Z = np.zeros(size(V, K, s))
    for j, k in np.ndindex(*Z.shape):
        for m, n in np.ndindex(*K.shape):
            if j + m * s < V.shape[0] and k + n * s < V.shape[1]:
                Z[j, k] += V[j + m * s, k + n * s] * K[m, n]
    return Z


def small_image(V, K, s):
    return every_output_then_sampled(V[::s, ::s], K, 1)


def small_kernel(V, K, s):
    return every_output_then_sampled(V, K[::s, ::s], 1)


def small_kernel_in_steps(V, K, s):
    return every_output_then_sampled(V, K[::s, ::s], s)


def taps_in_steps(V, K, s):
    Z = np.zeros(size(V, K, s))
    for j, k in np.ndindex(*Z.shape):
        for m in range(0, K.shape[0], s):
            for n in range(0, K.shape[1], s):
                Z[j, k] += V[j * s + m, k * s + n] * K[m, n]
    return Z


def stride_one(V, K, s):
    return every_output_then_sampled(V, K, 1)


def rows_only(V, K, s):
    return every_output_then_sampled(V, K, 1)[::s]


def columns_only(V, K, s):
    return every_output_then_sampled(V, K, 1)[:, ::s]


def columns_forgotten_in_the_index(V, K, s):
    Z = np.zeros(size(V, K, s))
    M, N = K.shape
    for j, k in np.ndindex(*Z.shape):
        Z[j, k] = np.sum(V[j * s : j * s + M, k : k + N] * K)
    return Z


def outputs_in_steps(V, K, s):
    rows, columns = size(V, K, s)
    M, N = K.shape
    return [
        [np.sum(V[j : j + M, k : k + N] * K) for k in range(0, columns, s)]
        for j in range(0, rows, s)
    ]


def sampled_twice(V, K, s):
    return every_output_then_sampled(V, K, s)[::s, ::s]


def literal_equation(V, K, s):
    Z = np.zeros(size(V, K, s))
    for j, k in np.ndindex(*Z.shape):
        for m, n in np.ndindex(*K.shape):
            Z[j, k] += V[(j - 1) * s + m, (k - 1) * s + n] * K[m, n]
    return Z


def first_output_skipped(V, K, s):
    return every_output_then_sampled(V, K, 1)[s - 1 :: s, s - 1 :: s]


def begins_at_one(V, K, s):
    return every_output_then_sampled(V, K, 1)[1::s, 1::s]


def rounded_up(V, K, s):
    room = [(0, -(n - m) % s) for n, m in zip(V.shape, K.shape, strict=True)]
    return every_output_then_sampled(np.pad(V, room), K, s)


def one_row_too_few(V, K, s):
    return in_steps_of_pixels(V, K, s)[:-1, :-1]


def range_one_too_short(V, K, s):
    M, N = K.shape
    return [
        [np.sum(V[top : top + M, left : left + N] * K) for left in range(0, V.shape[1] - N, s)]
        for top in range(0, V.shape[0] - M, s)
    ]


def same_then_sampled(V, K, s):
    pad = [((m - 1) // 2, m // 2) for m in K.shape]
    return every_output_then_sampled(np.pad(V, pad), K, s)


def full_then_sampled(V, K, s):
    return every_output_then_sampled(np.pad(V, [(m - 1, m - 1) for m in K.shape]), K, s)


def blocks_averaged(V, K, s):
    dense = every_output_then_sampled(V, K, 1)
    rows, columns = dense.shape[0] // s, dense.shape[1] // s
    blocks = dense[: rows * s, : columns * s].reshape(rows, s, columns, s)
    return blocks.mean(axis=(1, 3))


def largest_of_blocks(V, K, s):
    dense = every_output_then_sampled(V, K, 1)
    rows, columns = dense.shape[0] // s, dense.shape[1] // s
    blocks = dense[: rows * s, : columns * s].reshape(rows, s, columns, s)
    return blocks.max(axis=(1, 3))


def true_convolution(V, K, s):
    return every_output_then_sampled(V, K[::-1, ::-1], s)


def flipped_in_the_index(V, K, s):
    Z = np.zeros(size(V, K, s))
    M, N = K.shape
    for j, k in np.ndindex(*Z.shape):
        for m, n in np.ndindex(*K.shape):
            Z[j, k] += V[j * s + M - 1 - m, k * s + N - 1 - n] * K[m, n]
    return Z


def transposed(V, K, s):
    return every_output_then_sampled(V, K, s).T


def stride_two_always(V, K, s):
    return every_output_then_sampled(V, K, min(s, 2))


def rows_and_columns_by_size_of_kernel(V, K, s):
    return every_output_then_sampled(V, K, 1)[:: K.shape[0], :: K.shape[1]]


def square_output(V, K, s):
    n = min(size(V, K, s))
    return every_output_then_sampled(V, K, s)[:n, :n]


def divided_by_the_stride(V, K, s):
    return every_output_then_sampled(V, K, s) / s


def mean_of_the_window(V, K, s):
    return every_output_then_sampled(V, K, s) / K.size


def zeros(V, K, s):
    return np.zeros(size(V, K, s))


def only_the_example(V, K, s):
    return [[21, 43], [89, 67]]


def type_of_the_input(V, K, s):
    Z = np.zeros(size(V, K, s), dtype=V.dtype)
    Z[:] = every_output_then_sampled(V, K, s)
    return Z


def rounded(V, K, s):
    return np.round(every_output_then_sampled(V, K, s), 1)


def in_one_row(V, K, s):
    return every_output_then_sampled(V, K, s).ravel()


def fails_where_pixels_are_left(V, K, s):
    assert (V.shape[0] - K.shape[0]) % s == 0
    return every_output_then_sampled(V, K, s)


_ROOM = {}


def room_kept_for_each_size(V, K, s):
    return _ROOM.setdefault((V.shape, K.shape, s), window_view(V, K, s))


RIGHT = [
    *EXERCISE.also_right,
    four_loops,
    in_steps_of_pixels,
    every_output_then_sampled,
    tap_by_tap,
    window_view,
    by_strides,
    counted_from_one,
    as_matrix,
    separate_phases,
    while_it_fits,
    tensor,
]
WRONG = {
    windows_side_by_side: "size-only",
    dense_and_cut: "size-only",
    stride_on_the_taps: "dilation",
    dilated: "dilation",
    zeros_beyond_the_edge: "dilation",
    small_image: "input-thinned-first",
    small_kernel: "taps-skipped",
    small_kernel_in_steps: "taps-skipped",
    taps_in_steps: "taps-skipped",
    stride_one: "stride-ignored",
    rows_only: "one-axis-only",
    columns_only: "one-axis-only",
    columns_forgotten_in_the_index: "one-axis-only",
    outputs_in_steps: "stride-twice",
    sampled_twice: "stride-twice",
    literal_equation: "one-off",
    first_output_skipped: "one-off",
    begins_at_one: "one-off",
    rounded_up: "size-rounded-up",
    one_row_too_few: "one-place-short",
    range_one_too_short: "one-place-short",
    same_then_sampled: "padded",
    full_then_sampled: "padded",
    blocks_averaged: "pooled-not-sampled",
    largest_of_blocks: "pooled-not-sampled",
    true_convolution: "kernel-flipped",
    flipped_in_the_index: "kernel-flipped",
    transposed: None,
    stride_two_always: None,
    rows_and_columns_by_size_of_kernel: None,
    square_output: None,
    divided_by_the_stride: None,
    mean_of_the_window: None,
    zeros: None,
    only_the_example: None,
    type_of_the_input: None,
    rounded: None,
    in_one_row: None,
    fails_where_pixels_are_left: None,
    room_kept_for_each_size: None,
}
