"""Repairs of R5.1 as learners might make them, right and wrong."""

import numpy as np

from cnncourse.exercises.r5_1 import EXERCISE


def one_output_after_the_other(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p)
    rows = (padded.shape[0] - M) // s + 1
    columns = (padded.shape[1] - N) // s + 1
    Z = []
    for j in range(rows):
        Z.append([])
        for k in range(columns):
            Z[-1].append(np.sum(padded[j * s : j * s + M, k * s : k * s + N] * K))
    return np.array(Z)


def pixels_up_to_the_last_place(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p)
    Z = []
    for top in range(0, padded.shape[0] - M + 1, s):
        Z.append([])
        for left in range(0, padded.shape[1] - N + 1, s):
            Z[-1].append(np.sum(padded[top : top + M, left : left + N] * K))
    return Z


def last_place_by_its_number(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p)
    rows = (padded.shape[0] - M) // s + 1
    columns = (padded.shape[1] - N) // s + 1
    tops = range(0, (rows - 1) * s + 1, s)
    lefts = range(0, (columns - 1) * s + 1, s)
    return np.array([[np.sum(padded[t : t + M, c : c + N] * K) for c in lefts] for t in tops])


def dense_and_sampled(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p)
    rows = padded.shape[0] - M + 1
    columns = padded.shape[1] - N + 1
    Z = []
    for top in range(rows):
        Z.append([])
        for left in range(columns):
            Z[-1].append(np.sum(padded[top : top + M, left : left + N] * K))
    return np.array(Z)[::s, ::s]


def filled_into_zeros(V, K, s, p):
    M, N = K.shape
    padded = np.zeros((V.shape[0] + 2 * p, V.shape[1] + 2 * p))
    padded[p : p + V.shape[0], p : p + V.shape[1]] = V
    Z = np.zeros([(n - m) // s + 1 for n, m in zip(padded.shape, K.shape, strict=True)])
    for j, k in np.ndindex(*Z.shape):
        Z[j, k] = np.vdot(padded[j * s :, k * s :][:M, :N], K)
    return Z


def sliding_view(V, K, s, p):
    view = np.lib.stride_tricks.sliding_window_view(np.pad(V, p), K.shape)
    return np.tensordot(view[::s, ::s], K, axes=2)


def in_float32(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p).astype(np.float32)
    rows = (padded.shape[0] - M) // s + 1
    columns = (padded.shape[1] - N) // s + 1
    Z = np.zeros((rows, columns), dtype=np.float32)
    for m in range(M):
        for n in range(N):
            Z += np.float32(K[m, n]) * padded[m::s, n::s][:rows, :columns]
    return Z


def library(V, K, s, p):
    """The task is to mend the program: how is free."""
    shape = [n + m - 1 for n, m in zip(np.pad(V, p).shape, K.shape, strict=True)]
    spectrum = np.fft.rfft2(np.pad(V, p), shape) * np.fft.rfft2(K[::-1, ::-1], shape)
    full = np.fft.irfft2(spectrum, shape)
    M, N = K.shape
    return full[M - 1 : len(full) - M + 1, N - 1 : full.shape[1] - N + 1][::s, ::s]


def tensor(V, K, s, p):
    import torch

    image, kernel = (torch.tensor(np.array(a, dtype=float))[None, None] for a in (V, K))
    return torch.nn.functional.conv2d(image, kernel, stride=s, padding=p)[0, 0]


# Wrong ones.


def layer(V, K, tops, lefts, p):
    M, N = K.shape
    padded = np.pad(V, p)
    return np.array([[np.sum(padded[t : t + M, c : c + N] * K) for c in lefts] for t in tops])


def size(V, K, s, p):
    return tuple((n + 2 * p - m) // s + 1 for n, m in zip(V.shape, K.shape, strict=True))


def renamed_only(image, kernel, stride, padding):
    rows, columns = size(image, kernel, stride, padding)
    return layer(image, kernel, range(0, rows, stride), range(0, columns, stride), padding)


def division_by_hand(V, K, s, p):
    rows, columns = (int(n) for n in size(V, K, s, p))
    return layer(V, K, list(range(rows))[::s], list(range(columns))[::s], p)


def rows_mended(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(0, rows * s, s), range(0, columns, s), p)


def columns_mended(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(0, rows, s), range(0, columns * s, s), p)


def step_taken_away(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(rows), range(columns), p)


def rows_step_taken_away(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(rows), range(0, columns * s, s), p)


def stride_taken_out_of_the_size(V, K, s, p):
    rows, columns = size(V, K, 1, p)
    return layer(V, K, range(rows), range(columns), p)


def multiplied_without_a_step(V, K, s, p):
    """Go on to the pixel rows * s, and one by one."""
    rows, columns = size(V, K, s, p)
    H, W = size(V, K, 1, p)
    return layer(V, K, range(min(rows * s, H)), range(min(columns * s, W)), p)


def plus_one_forgotten(V, K, s, p):
    H, W = size(V, K, 1, p)
    return layer(V, K, range(0, H - 1, s), range(0, W - 1, s), p)


def last_output_dropped(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(0, (rows - 1) * s, s), range(0, (columns - 1) * s, s), p)


def over_the_edge(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, [(p, p + M), (p, p + N)])
    tops, lefts = range(0, V.shape[0] + 2 * p, s), range(0, V.shape[1] + 2 * p, s)
    return [[np.sum(padded[t : t + M, c : c + N] * K) for c in lefts] for t in tops]


def stride_in_the_window(V, K, s, p):
    M, N = K.shape
    padded = np.pad(V, p)
    rows, columns = (n - s * (m - 1) for n, m in zip(padded.shape, K.shape, strict=True))
    return [
        [np.sum(padded[t : t + s * M : s, c : c + s * N : s][:M, :N] * K) for c in range(columns)]
        for t in range(rows)
    ]


def kernel_turned(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return layer(V, K[::-1, ::-1], range(0, rows, s), range(0, columns, s), p)


def mended_and_turned(V, K, s, p):
    return layer(V, K[::-1, ::-1], *starts(V, K, s, p), p)


def starts(V, K, s, p):
    rows, columns = size(V, K, s, p)
    return range(0, rows * s, s), range(0, columns * s, s)


def padded_on_one_side(V, K, s, p):
    return sliding_view(np.pad(V, (0, p)), K, s, 0)


def never_padded(V, K, s, p):
    return sliding_view(V, K, s, 0)


def padded_twice(V, K, s, p):
    return sliding_view(np.pad(V, p), K, s, p)


def for_stride_two(V, K, s, p):
    rows, columns = size(V, K, s, p)
    if s == 2:
        rows, columns = 2 * rows, 2 * columns
    return layer(V, K, range(0, rows, s), range(0, columns, s), p)


def at_most_two(V, K, s, p):
    step = min(s, 2)
    rows, columns = size(V, K, s, p)
    return layer(V, K, range(0, rows * step, step), range(0, columns * step, step), p)


def transposed(V, K, s, p):
    return sliding_view(V, K, s, p).T


def padded_with_the_edge(V, K, s, p):
    return sliding_view(np.pad(V, p, mode="edge"), K, s, 0)


def padded_with_ones(V, K, s, p):
    return sliding_view(np.pad(V, p, constant_values=1), K, s, 0)


def averaged(V, K, s, p):
    return sliding_view(V, K, s, p) / K.size


def filled_up_with_zeros(V, K, s, p):
    rows, columns = size(V, K, s, p)
    Z = np.zeros((rows, columns))
    part = layer(V, K, range(0, rows, s), range(0, columns, s), p)
    Z[: part.shape[0], : part.shape[1]] = part
    return Z


def repeated_outputs(V, K, s, p):
    """Make the outputs that are there as many as they should be."""
    rows, columns = size(V, K, s, p)
    part = layer(V, K, range(0, rows, s), range(0, columns, s), p)
    return part.repeat(s, axis=0).repeat(s, axis=1)[:rows, :columns]


def without_rows(V, K, s, p):
    return sliding_view(V, K, s, p)[0]


def only_the_example(V, K, s, p):
    return [[21, 43]]


def type_of_the_image(V, K, s, p):
    return sliding_view(V, K, s, p).astype(V.dtype)


def prints_and_returns_nothing(V, K, s, p):
    print(sliding_view(V, K, s, p))


def wrong_names(V, K, s, p):
    return sliding_view(image, K, s, p)  # noqa: F821


def square_kernels_only(V, K, s, p):
    m = K.shape[0]
    rows, columns = ((n + 2 * p - m) // s + 1 for n in V.shape)
    return layer(V, K, range(0, rows * s, s), range(0, columns * s, s), p)


_ROOM = {}


def room_kept_for_each_size(V, K, s, p):
    return _ROOM.setdefault((V.shape, K.shape, s, p), sliding_view(V, K, s, p))


RIGHT = [
    *EXERCISE.also_right,
    one_output_after_the_other,
    pixels_up_to_the_last_place,
    last_place_by_its_number,
    dense_and_sampled,
    filled_into_zeros,
    sliding_view,
    in_float32,
    library,
    tensor,
]
WRONG = {
    renamed_only: "still-there",
    division_by_hand: "still-there",
    rows_mended: "one-axis-mended",
    columns_mended: "one-axis-mended",
    step_taken_away: "index-not-multiplied",
    rows_step_taken_away: "index-not-multiplied",
    stride_taken_out_of_the_size: "stride-ignored",
    multiplied_without_a_step: "stride-ignored",
    plus_one_forgotten: "last-place-missing",
    last_output_dropped: "last-place-missing",
    over_the_edge: "kernel-sticks-out",
    stride_in_the_window: "taps-spread",
    kernel_turned: "kernel-flipped",
    mended_and_turned: "kernel-flipped",
    padded_on_one_side: "padding-changed",
    never_padded: "padding-changed",
    padded_twice: "padding-changed",
    for_stride_two: "one-stride-mended",
    at_most_two: "one-stride-mended",
    transposed: None,
    padded_with_the_edge: None,
    padded_with_ones: None,
    averaged: None,
    filled_up_with_zeros: None,
    repeated_outputs: None,
    without_rows: None,
    only_the_example: None,
    type_of_the_image: None,
    prints_and_returns_nothing: None,
    wrong_names: None,
    square_kernels_only: None,
    room_kept_for_each_size: None,
}
