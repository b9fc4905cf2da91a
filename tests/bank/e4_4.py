"""Answers to E4.4 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e4_4 import EXERCISE


def four_loops(x, k, s):
    H, W = len(x), len(x[0])
    out = []
    for i in range(0, H - k + 1, s):
        row = []
        for j in range(0, W - k + 1, s):
            total = 0.0
            for m in range(k):
                for n in range(k):
                    total += x[i + m][j + n]
            row.append(total / (k * k))
        out.append(row)
    return out


def in_float32(x, k, s):
    x = np.asarray(x, dtype=np.float32)
    out = np.zeros(((x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1), dtype=np.float32)
    for m in range(k):
        for n in range(k):
            out += x[m:, n:][: x.shape[0] - k + 1 : s, : x.shape[1] - k + 1 : s]
    return out / k**2


def row_by_row(x, k, s):
    starts = [range(0, n - k + 1, s) for n in x.shape]
    tall = np.array([x[i : i + k].mean(axis=0) for i in starts[0]])
    return np.array([tall[:, j : j + k].mean(axis=1) for j in starts[1]]).T


def by_matrices(x, k, s):
    def averaging(n):
        count = 1 + (n - k) // s
        A = np.zeros((count, n))
        for i in range(count):
            A[i, s * i : s * i + k] = 1 / k
        return A

    return averaging(x.shape[0]) @ x @ averaging(x.shape[1]).T


def by_convolution(x, k, s):
    box = np.full(k, 1 / k)
    down = np.array([np.convolve(column, box, "valid") for column in np.transpose(x)]).T
    return np.array([np.convolve(row, box, "valid")[::s] for row in down[::s]])


def by_einsum(x, k, s):
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k))[::s, ::s]
    return np.einsum("ijmn->ij", windows) / (k * k)


def flipped_first(x, k, s):
    rows, columns = [(n - k) // s + 1 for n in x.shape]
    out = {}
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            out[i, j] = np.average(x[i * s : i * s + k, j * s : j * s + k])
    return [[out[i, j] for j in range(columns)] for i in range(rows)]


def tensor(x, k, s):
    import torch

    x = torch.tensor(np.asarray(x, dtype=float))
    return x.unfold(0, k, s).unfold(1, k, s).mean(dim=(2, 3))


def _windows(x, k, rows, columns):
    return np.array([[np.mean(x[i : i + k, j : j + k]) for j in columns] for i in rows])


def _starts(x, k, s):
    return [range(0, n - k + 1, s) for n in x.shape]


def index_forgot_the_stride(x, k, s):
    out = np.zeros(((x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i : i + k, j : j + k].mean()
    return out


def dense_and_cropped(x, k, s):
    dense = _windows(x, k, *_starts(x, k, 1))
    return dense[: (x.shape[0] - k) // s + 1, : (x.shape[1] - k) // s + 1]


def ceiling(x, k, s):
    rows, columns = (int(np.ceil((n - k) / s)) + 1 for n in x.shape)
    return _windows(x, k, [i * s for i in range(rows)], [j * s for j in range(columns)])


def ceiling_with_zeros(x, k, s):
    rows, columns = (-((k - n) // s) + 1 for n in x.shape)
    wide = np.zeros((rows * s + k, columns * s + k))
    wide[: x.shape[0], : x.shape[1]] = x
    return _windows(wide, k, [i * s for i in range(rows)], [j * s for j in range(columns)])


def every_s_th_pixel(x, k, s):
    return _windows(x, k, range(0, x.shape[0], s), range(0, x.shape[1], s))


def quotient_of_sizes(x, k, s):
    rows, columns = (range(0, n // s * s, s) for n in x.shape)
    return _windows(x, k, rows, columns)


def plus_one_forgotten(x, k, s):
    out = np.zeros(((x.shape[0] - k) // s, (x.shape[1] - k) // s))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i * s : i * s + k, j * s : j * s + k].mean()
    return out


def range_ends_early(x, k, s):
    return np.array(
        [
            [x[i : i + k, j : j + k].mean() for j in range(0, x.shape[1] - k, s)]
            for i in range(0, x.shape[0] - k, s)
        ]
    )


def blocks_of_k(x, k, s):
    rows, columns = (n // k for n in x.shape)
    return x[: rows * k, : columns * k].reshape(rows, k, columns, k).mean((1, 3))


def step_ignored(x, k, s):
    return np.lib.stride_tricks.sliding_window_view(x, (k, k)).mean((2, 3))


def blocks_of_s(x, k, s):
    rows, columns = (n // s for n in x.shape)
    return x[: rows * s, : columns * s].reshape(rows, s, columns, s).mean((1, 3))


def swapped_k_and_s(x, k, s):
    return four_loops(x, s, k)


def window_of_s_at_right_places(x, k, s):
    rows, columns = _starts(x, k, s)
    return _windows(x, s, rows, columns)


def rows_only(x, k, s):
    return _windows(x, k, range(0, x.shape[0] - k + 1, s), range(x.shape[1] - k + 1))


def columns_only(x, k, s):
    return _windows(x, k, range(x.shape[0] - k + 1), range(0, x.shape[1] - k + 1, s))


def thinned_before(x, k, s):
    return four_loops(x[::s, ::s], k, 1)


def taps_apart(x, k, s):
    span = s * (k - 1) + 1
    return np.array(
        [
            [x[i : i + span : s, j : j + span : s].mean() for j in range(x.shape[1] - span + 1)]
            for i in range(x.shape[0] - span + 1)
        ]
    )


def sums(x, k, s):
    return np.array(four_loops(x, k, s)) * k * k


def divided_by_k(x, k, s):
    return np.array(four_loops(x, k, s)) * k


def divided_by_s_squared(x, k, s):
    return np.array(four_loops(x, k, s)) * k**2 / s**2


def maxima(x, k, s):
    return [
        [x[i : i + k, j : j + k].max() for j in _starts(x, k, s)[1]] for i in _starts(x, k, s)[0]
    ]


def norms(x, k, s):
    return np.array(
        [
            [np.linalg.norm(x[i : i + k, j : j + k]) for j in _starts(x, k, s)[1]]
            for i in _starts(x, k, s)[0]
        ]
    )


def medians(x, k, s):
    return np.array(
        [
            [np.median(x[i : i + k, j : j + k]) for j in _starts(x, k, s)[1]]
            for i in _starts(x, k, s)[0]
        ]
    )


def picked_pixels(x, k, s):
    return x[: x.shape[0] - k + 1 : s, : x.shape[1] - k + 1 : s]


def columns_first(x, k, s):
    return np.array(four_loops(x, k, s)).T


def in_one_row(x, k, s):
    return np.ravel(four_loops(x, k, s))


def whole_numbers(x, k, s):
    return np.array(four_loops(x, k, s)).astype(int)


def whole_number_sums(x, k, s):
    out = np.zeros_like(x)
    out = out[: (x.shape[0] - k) // s + 1, : (x.shape[1] - k) // s + 1]
    out[:] = four_loops(x, k, s)
    return out


def rounded(x, k, s):
    return np.round(four_loops(x, k, s), 2)


def starts_at_the_window_size(x, k, s):
    rows, columns = (range(s, n - k + 1, s) for n in x.shape)
    return _windows(x, k, rows, columns)


def from_the_end(x, k, s):
    return np.array(four_loops(x[::-1, ::-1], k, s))[::-1, ::-1]


def square_images_only(x, k, s):
    count = (x.shape[0] - k) // s + 1
    return _windows(x, k, range(0, count * s, s), range(0, count * s, s))


def one_list(x, k, s):
    return [
        x[i : i + k, j : j + k].mean() for i in _starts(x, k, s)[0] for j in _starts(x, k, s)[1]
    ]


def adds_in_place(x, k, s):
    x += 0.5
    return np.array(four_loops(x, k, s)) - 0.5


def zeros(x, k, s):
    return np.zeros(((x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1))


RIGHT = [
    *EXERCISE.also_right,
    four_loops,
    in_float32,
    row_by_row,
    by_matrices,
    by_convolution,
    by_einsum,
    flipped_first,
    tensor,
]
WRONG = {
    index_forgot_the_stride: "index-without-stride",
    dense_and_cropped: "index-without-stride",
    ceiling: "rounded-up",
    ceiling_with_zeros: "rounded-up",
    every_s_th_pixel: "window-at-every-step",
    quotient_of_sizes: "window-at-every-step",
    plus_one_forgotten: "one-window-too-few",
    range_ends_early: "one-window-too-few",
    blocks_of_k: "step-is-the-window",
    step_ignored: "no-step",
    blocks_of_s: "window-is-the-step",
    swapped_k_and_s: "window-is-the-step",
    window_of_s_at_right_places: "window-is-the-step",
    rows_only: "one-axis",
    columns_only: "one-axis",
    thinned_before: "pixels-skipped",
    taps_apart: "pixels-skipped",
    sums: "wrong-divisor",
    divided_by_k: "wrong-divisor",
    divided_by_s_squared: "wrong-divisor",
    maxima: "other-summary",
    norms: "other-summary",
    medians: "other-summary",
    picked_pixels: "other-summary",
    columns_first: "transposed",
    in_one_row: None,
    whole_numbers: None,
    whole_number_sums: None,
    rounded: None,
    starts_at_the_window_size: None,
    from_the_end: None,
    square_images_only: None,
    one_list: None,
    adds_in_place: None,
    zeros: None,
}
