"""Answers to E4.5 as learners might write them, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from cnncourse.exercises.e4_5 import EXERCISE


def pixel_by_pixel(maps, m):
    C, H, W = maps.shape
    sums = np.zeros((C, m, m))
    counts = np.zeros((m, m))
    for y in range(H):
        for x in range(W):
            for i in range(m):
                for j in range(m):
                    inside = i * H < (y + 1) * m and y * m < (i + 1) * H
                    if inside and j * W < (x + 1) * m and x * m < (j + 1) * W:
                        sums[:, i, j] += maps[:, y, x]
                        counts[i, j] += 1
    return (sums / counts).reshape(-1)


def with_floor_and_ceil(maps, m):
    out = []
    for one in maps:
        H, W = one.shape
        for i in range(m):
            band = one[math.floor(i * H / m) : math.ceil((i + 1) * H / m)]
            for j in range(m):
                out.append(np.average(band[:, math.floor(j * W / m) : math.ceil((j + 1) * W / m)]))
    return tuple(out)


def in_float32(maps, m):
    maps = np.asarray(maps, dtype=np.float32)
    for _ in range(2):
        n = maps.shape[1]
        maps = np.stack(
            [maps[:, i * n // m : (i * n + n + m - 1) // m].mean(axis=1) for i in range(m)], axis=2
        )
    return maps.ravel()


def by_running_sums(maps, m):
    out = []
    for one in maps:
        H, W = one.shape
        table = np.pad(np.asarray(one, dtype=float).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        for i in range(m):
            a, b = i * H // m, ((i + 1) * H - 1) // m + 1
            for j in range(m):
                c, d = j * W // m, ((j + 1) * W - 1) // m + 1
                total = table[b, d] - table[a, d] - table[b, c] + table[a, c]
                out.append(total / ((b - a) * (d - c)))
    return out


def with_fractions_of_the_size(maps, m):
    C, H, W = maps.shape
    edges = [Fraction(i, m) for i in range(m + 1)]
    out = np.empty((C, m, m))
    for i in range(m):
        for j in range(m):
            rows = slice(math.floor(edges[i] * H), math.ceil(edges[i + 1] * H))
            columns = slice(math.floor(edges[j] * W), math.ceil(edges[j + 1] * W))
            out[:, i, j] = maps[:, rows, columns].mean(axis=(1, 2))
    return out.flatten()


def tensor(maps, m):
    import torch

    return torch.tensor(with_floor_and_ceil(maps, m))


def _pooled(maps, m, start=lambda i, n, m: i * n // m, end=lambda i, n, m: -(-(i + 1) * n // m)):
    C, H, W = maps.shape
    return np.array(
        [
            [
                [
                    maps[
                        c,
                        start(i, H, m) : end(i, H, m),
                        start(j, W, m) : end(j, W, m),
                    ].mean()
                    for j in range(m)
                ]
                for i in range(m)
            ]
            for c in range(C)
        ]
    )


def flatten(maps, m):
    return maps.flatten()


def flatten_channels_last(maps, m):
    return np.moveaxis(maps, 0, -1).flatten()


def _blocks(maps, k):
    C, H, W = maps.shape
    rows, columns = H // k, W // k
    return maps[:, : rows * k, : columns * k].reshape(C, rows, k, columns, k).mean((2, 4)).ravel()


def pooling_layer_of_two(maps, m):
    return _blocks(maps, 2)


def pooling_layer_of_three(maps, m):
    return _blocks(maps, 3)


def pooling_layer_of_m(maps, m):
    return _blocks(maps, m)


def cut_to_length(maps, m):
    return maps.ravel()[: maps.shape[0] * m**2]


def corner_of_each_map(maps, m):
    return [v for one in maps for row in one[:m] for v in row[:m]]


def nearest_pixel(maps, m):
    C, H, W = maps.shape
    rows, columns = np.arange(m) * H // m, np.arange(m) * W // m
    return maps[:, rows][:, :, columns].ravel()


def global_average(maps, m):
    return maps.mean(axis=(1, 2))


def global_average_repeated(maps, m):
    return np.repeat(np.mean(maps, axis=(1, 2)), m**2)


def rest_dropped(maps, m):
    C, H, W = maps.shape
    h, w = H // m, W // m
    return maps[:, : h * m, : w * m].reshape(C, m, h, m, w).mean((2, 4)).ravel()


def floors_only(maps, m):
    return _pooled(maps, m, end=lambda i, n, m: (i + 1) * n // m).ravel()


def array_split(maps, m):
    return [
        piece.mean()
        for one in maps
        for band in np.array_split(one, m, axis=0)
        for piece in np.array_split(band, m, axis=1)
    ]


def rest_in_the_last(maps, m):
    return _pooled(
        maps,
        m,
        start=lambda i, n, m: i * (n // m),
        end=lambda i, n, m: n if i == m - 1 else (i + 1) * (n // m),
    ).ravel()


def window_and_step_from_the_size(maps, m):
    return _pooled(
        maps,
        m,
        start=lambda i, n, m: i * (n // m),
        end=lambda i, n, m: i * (n // m) + n - (m - 1) * (n // m),
    ).ravel()


def mean_over_channels(maps, m):
    return _pooled(maps, m).mean(axis=0).ravel()


def sum_over_channels(maps, m):
    return _pooled(maps.sum(axis=0, keepdims=True), m).ravel()


def first_channel_only(maps, m):
    return _pooled(maps[:1], m).ravel()


def channels_last(maps, m):
    return np.moveaxis(_pooled(maps, m), 0, -1).ravel()


def columns_before_rows(maps, m):
    return _pooled(maps, m).transpose(0, 2, 1).ravel()


def fortran_order(maps, m):
    return _pooled(maps, m).ravel(order="F")


def height_for_both(maps, m):
    C, H, W = maps.shape
    out = []
    for c in range(C):
        for i in range(m):
            for j in range(m):
                rows = slice(i * H // m, -(-(i + 1) * H // m))
                columns = slice(j * H // m, -(-(j + 1) * H // m))
                out.append(maps[c, rows, columns].mean())
    return out


def maxima(maps, m):
    C, H, W = maps.shape
    return [
        maps[c, i * H // m : -(-(i + 1) * H // m), j * W // m : -(-(j + 1) * W // m)].max()
        for c in range(C)
        for i in range(m)
        for j in range(m)
    ]


def sums(maps, m):
    C, H, W = maps.shape
    return [
        maps[c, i * H // m : -(-(i + 1) * H // m), j * W // m : -(-(j + 1) * W // m)].sum()
        for c in range(C)
        for i in range(m)
        for j in range(m)
    ]


def not_flattened(maps, m):
    return _pooled(maps, m)


def one_row_a_map(maps, m):
    return _pooled(maps, m).reshape(len(maps), -1)


def overlap_of_one_too_many(maps, m):
    return _pooled(maps, m, end=lambda i, n, m: min((i + 1) * n // m + 1, n)).ravel()


def rounded_edges(maps, m):
    return _pooled(
        maps,
        m,
        start=lambda i, n, m: round(i * n / m),
        end=lambda i, n, m: round((i + 1) * n / m),
    ).ravel()


def padded_to_a_fixed_size(maps, m):
    wide = np.zeros((len(maps), 12, 12))
    wide[:, : maps.shape[1], : maps.shape[2]] = maps
    return wide.ravel()


def resized_by_numpy(maps, m):
    return np.resize(maps, (len(maps) * m * m,))


def means_of_pieces(maps, m):
    return [piece.mean() for one in maps for piece in np.array_split(one.ravel(), m * m)]


def whole_numbers(maps, m):
    return _pooled(maps, m).ravel().astype(int)


def rounded(maps, m):
    return np.round(_pooled(maps, m).ravel(), 1)


def average_and_maximum(maps, m):
    return np.concatenate([maps.mean(axis=(1, 2)), maps.max(axis=(1, 2))])


def sorted_averages(maps, m):
    return np.sort(_pooled(maps, m).ravel())


RIGHT = [
    *EXERCISE.also_right,
    pixel_by_pixel,
    with_floor_and_ceil,
    in_float32,
    by_running_sums,
    with_fractions_of_the_size,
    tensor,
]
WRONG = {
    flatten: "flattened",
    flatten_channels_last: "flattened",
    pooling_layer_of_two: "fixed-window",
    pooling_layer_of_three: "fixed-window",
    pooling_layer_of_m: "fixed-window",
    cut_to_length: "truncated",
    corner_of_each_map: "truncated",
    nearest_pixel: "picked-pixels",
    global_average: "global",
    global_average_repeated: "global",
    rest_dropped: "pixels-left-out",
    floors_only: "no-overlap",
    array_split: "no-overlap",
    rest_in_the_last: "no-overlap",
    window_and_step_from_the_size: "equal-steps",
    mean_over_channels: "channels-mixed",
    sum_over_channels: "channels-mixed",
    first_channel_only: "channels-mixed",
    channels_last: "other-order",
    columns_before_rows: "other-order",
    fortran_order: "other-order",
    height_for_both: "not-square",
    maxima: "other-summary",
    sums: "other-summary",
    not_flattened: None,
    one_row_a_map: None,
    overlap_of_one_too_many: None,
    rounded_edges: None,
    padded_to_a_fixed_size: None,
    resized_by_numpy: "truncated",
    means_of_pieces: None,
    whole_numbers: None,
    rounded: None,
    average_and_maximum: None,
    sorted_averages: None,
}
