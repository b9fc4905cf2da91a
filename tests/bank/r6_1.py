"""Repairs of R6.1 as learners might make them, right and wrong."""

import math

import numpy as np

from cnncourse.exercises.r6_1 import EXERCISE


def line_mended(V, K, strides):
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    rows, columns = -(-H // down), -(-W // right)
    high = max((rows - 1) * down + M - H, 0)
    wide = max((columns - 1) * right + N - W, 0)
    padded = np.pad(V, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (M, N))
    return np.einsum("ijmn,mn->ij", view[::down, ::right], K)


def with_a_function(V, K, strides):
    def sides(n, k, s):
        total = max((math.ceil(n / s) - 1) * s + k - n, 0)
        return total // 2, total - total // 2

    padded = np.pad(V, [sides(*numbers) for numbers in zip(V.shape, K.shape, strides, strict=True)])
    view = np.lib.stride_tricks.sliding_window_view(padded, K.shape)
    return (view[:: strides[0], :: strides[1]] * K).sum(axis=(2, 3))


def window_by_window(V, K, strides):
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    rows, columns = math.ceil(H / down), math.ceil(W / right)
    top = max((rows - 1) * down + M - H, 0) // 2
    left = max((columns - 1) * right + N - W, 0) // 2
    wide = np.zeros((H + 2 * M + down, W + 2 * N + right))
    wide[M : M + H, N : N + W] = V
    Z = []
    for i in range(rows):
        Z.append([])
        for j in range(columns):
            a, b = i * down - top + M, j * right - left + N
            Z[-1].append(np.sum(wide[a : a + M, b : b + N] * K))
    return Z


def tap_by_tap(V, K, strides):
    (H, W), (M, N), (down, right) = V.shape, K.shape, strides
    rows, columns = -(-H // down), -(-W // right)
    high = max((rows - 1) * down + M - H, 0)
    wide = max((columns - 1) * right + N - W, 0)
    padded = np.pad(V, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    Z = np.zeros((rows, columns))
    for m in range(M):
        for n in range(N):
            Z += K[m, n] * padded[m:, n:][::down, ::right][:rows, :columns]
    return Z


def dense_then_sampled(V, K, strides):
    """Compute every place on a wide margin, and take those that are asked for."""
    (H, W), (M, N), (down, right) = V.shape, K.shape, strides
    view = np.lib.stride_tricks.sliding_window_view(np.pad(V, ((M, M), (N, N))), K.shape)
    dense = np.tensordot(view, K, axes=2)
    top = max((-(-H // down) - 1) * down + M - H, 0) // 2
    left = max((-(-W // right) - 1) * right + N - W, 0) // 2
    return dense[M - top : M - top + H : down, N - left : N - left + W : right]


def in_float32(V, K, strides):
    return np.array(line_mended(V, K, strides), dtype=np.float32)


def tensor(V, K, strides):
    import torch

    pads = []
    for n, k, s in [*zip(V.shape, K.shape, strides, strict=True)][::-1]:
        total = max((-(-n // s) - 1) * s + k - n, 0)
        pads += [total // 2, total - total // 2]
    image, kernel = (torch.tensor(a.copy())[None, None] for a in (V, K))
    padded = torch.nn.functional.pad(image, pads)
    return torch.nn.functional.conv2d(padded, kernel, stride=strides)[0, 0]


# Wrong ones.


def slid(V, K, strides, high, wide):
    padded = np.pad(V, (high, wide))
    view = np.lib.stride_tricks.sliding_window_view(padded, K.shape)
    return np.einsum("ijmn,mn->ij", view[:: strides[0], :: strides[1]], K)


def halves(total):
    return total // 2, total - total // 2


def totals(V, K, strides):
    return [
        max((-(-n // s) - 1) * s + k - n, 0)
        for n, k, s in zip(V.shape, K.shape, strides, strict=True)
    ]


def renamed_only(picture, kernel, steps):
    high = max((-(-len(picture) // steps[0]) - 1) * steps[0] + len(kernel) - len(picture), 0)
    return slid(picture, kernel, steps, halves(high), halves(high))


def rows_found_in_another_way(V, K, strides):
    H, M, down = V.shape[0], K.shape[0], strides[0]
    high = wide = max((math.ceil(H / down) - 1) * down + M - H, 0)
    return slid(V, K, strides, halves(high), halves(wide))


def width_mended(V, K, strides):
    H, W = V.shape
    M, N = K.shape
    down, right = strides
    wide = max((-(-H // down) - 1) * down + N - W, 0)
    return slid(V, K, strides, halves(totals(V, K, strides)[0]), halves(wide))


def kernel_forgotten(V, K, strides):
    W, M, right = V.shape[1], K.shape[0], strides[1]
    wide = max((-(-W // right) - 1) * right + M - W, 0)
    return slid(V, K, strides, halves(totals(V, K, strides)[0]), halves(wide))


def stride_forgotten(V, K, strides):
    W, N, (down, right) = V.shape[1], K.shape[1], strides
    wide = max((-(-W // right) - 1) * down + N - W, 0)
    return slid(V, K, strides, halves(totals(V, K, strides)[0]), halves(wide))


def outputs_forgotten(V, K, strides):
    (H, W), N, (down, right) = V.shape, K.shape[1], strides
    wide = max((-(-H // down) - 1) * right + N - W, 0)
    return slid(V, K, strides, halves(totals(V, K, strides)[0]), halves(wide))


def lines_exchanged(V, K, strides):
    high, wide = totals(V, K, strides)
    return slid(V, K, strides, halves(wide), halves(high))


def columns_for_rows(V, K, strides):
    wide = totals(V, K, strides)[1]
    return slid(V, K, strides, halves(wide), halves(wide))


def larger_of_both(V, K, strides):
    largest = max(totals(V, K, strides))
    return slid(V, K, strides, halves(largest), halves(largest))


def cut_to_size(V, K, strides):
    largest = max(totals(V, K, strides))
    rows, columns = (-(-n // s) for n, s in zip(V.shape, strides, strict=True))
    return slid(V, K, strides, halves(largest), halves(largest))[:rows, :columns]


def more_in_front(V, K, strides):
    high, wide = totals(V, K, strides)
    return slid(V, K, strides, halves(high)[::-1], halves(wide)[::-1])


def columns_behind_only(V, K, strides):
    high, wide = totals(V, K, strides)
    return slid(V, K, strides, halves(high), (0, wide))


def rounded_down_on_both_sides(V, K, strides):
    high, wide = totals(V, K, strides)
    return slid(V, K, strides, (high // 2, high // 2), (wide // 2, wide // 2))


def half_a_kernel(V, K, strides):
    M, N = K.shape
    return slid(V, K, strides, (M // 2, M // 2), (N // 2, N // 2))


def columns_unpadded(V, K, strides):
    return slid(V, K, strides, halves(totals(V, K, strides)[0]), (0, 0))


def valid(V, K, strides):
    return slid(V, K, strides, (0, 0), (0, 0))


def one_less_than_the_kernel(V, K, strides):
    M, N = K.shape
    return slid(V, K, strides, halves(M - 1), halves(N - 1))


def one_stride(V, K, strides):
    return line_mended(V, K, (strides[0], strides[0]))


def strides_exchanged(V, K, strides):
    return line_mended(V, K, strides[::-1])


def true_convolution(V, K, strides):
    return line_mended(V, K[::-1, ::-1], strides)


def negative_padding_cut(V, K, strides):
    sides = []
    for n, k, s in zip(V.shape, K.shape, strides, strict=True):
        total = abs((-(-n // s) - 1) * s + k - n)
        sides.append(halves(total))
    return slid(V, K, strides, *sides)


def transposed(V, K, strides):
    return line_mended(V, K, strides).T


def repeated_edge(V, K, strides):
    high, wide = totals(V, K, strides)
    padded = np.pad(V, (halves(high), halves(wide)), mode="edge")
    return slid(padded, K, strides, (0, 0), (0, 0))


def averaged(V, K, strides):
    return line_mended(V, K, strides) / K.size


def as_the_kernel_is_wide(V, K, strides):
    high, _ = totals(V, K, strides)
    return slid(V, K, strides, halves(high), halves(K.shape[1]))


def square_pictures_only(V, K, strides):
    Z = line_mended(V, K, strides)
    return Z if V.shape[0] == V.shape[1] else 0 * Z


def first_row(V, K, strides):
    return line_mended(V, K, strides)[0]


def only_the_example(V, K, strides):
    return [[321, 43]]


def whole_numbers(V, K, strides):
    return np.zeros_like(line_mended(V, K, strides), dtype=int)


def prints_and_returns_nothing(V, K, strides):
    print(line_mended(V, K, strides))


_KEPT = {}


def kept_for_each_size(V, K, strides):
    return _KEPT.setdefault((V.shape, K.shape, strides), line_mended(V, K, strides))


RIGHT = [
    *EXERCISE.also_right,
    line_mended,
    with_a_function,
    window_by_window,
    tap_by_tap,
    dense_then_sampled,
    in_float32,
    tensor,
]
WRONG = {
    renamed_only: "still-there",
    rows_found_in_another_way: "still-there",
    width_mended: "half-mended",
    kernel_forgotten: "half-mended",
    stride_forgotten: "half-mended",
    outputs_forgotten: "half-mended",
    lines_exchanged: "swapped",
    columns_for_rows: "swapped",
    larger_of_both: "larger-for-both",
    cut_to_size: "larger-for-both",
    more_in_front: "shared-out-otherwise",
    columns_behind_only: "shared-out-otherwise",
    rounded_down_on_both_sides: "symmetric",
    half_a_kernel: "symmetric",
    columns_unpadded: "columns-not-padded",
    valid: "columns-not-padded",
    one_less_than_the_kernel: "for-stride-one",
    one_stride: "strides-changed",
    strides_exchanged: "strides-changed",
    true_convolution: "kernel-flipped",
    negative_padding_cut: None,
    transposed: None,
    repeated_edge: None,
    averaged: None,
    as_the_kernel_is_wide: None,
    square_pictures_only: None,
    first_row: None,
    only_the_example: None,
    whole_numbers: None,
    prints_and_returns_nothing: None,
    kept_for_each_size: None,
}
