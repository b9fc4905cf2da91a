"""Answers to E7.1 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e7_1 import EXERCISE


def window_by_window(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    back = np.zeros((C, H + 2 * p, W + 2 * p))
    _, rows, columns = dZ.shape
    for j in range(rows):
        for k in range(columns):
            share = np.tensordot(dZ[:, j, k], K, axes=1)
            back[:, j * s : j * s + M, k * s : k * s + N] += share
    return back[:, p : H + p, p : W + p]


def six_loops(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    dV = np.zeros((C, H, W))
    for i in range(D):
        for j in range(dZ.shape[1]):
            for k in range(dZ.shape[2]):
                for l in range(C):  # noqa: E741
                    for m in range(M):
                        for n in range(N):
                            a, b = j * s + m - p, k * s + n - p
                            if 0 <= a < H and 0 <= b < W:
                                dV[l, a, b] += dZ[i, j, k] * K[i, l, m, n]
    return dV


def full_convolution(dZ, K, s, p, H, W):
    """Put zeros between and around the outputs, and slide the kernel turned round."""
    D, C, M, N = K.shape
    _, rows, columns = dZ.shape
    wide = np.zeros((D, H + 2 * p + M - 1, W + 2 * p + N - 1))
    wide[:, M - 1 : M - 1 + rows * s : s, N - 1 : N - 1 + columns * s : s][:, :rows, :columns] = dZ
    turned = K[:, :, ::-1, ::-1].swapaxes(0, 1)
    view = np.lib.stride_tricks.sliding_window_view(wide, (M, N), axis=(1, 2))
    return np.einsum("ijkmn,limn->ljk", view, turned)[:, p : p + H, p : p + W]


def by_convolve2d(dZ, K, s, p, H, W):
    """Use a convolution of one map with one kernel, which the task allows."""
    from scipy.signal import convolve2d

    D, C, M, N = K.shape
    _, rows, columns = dZ.shape
    dP = np.zeros((C, H + 2 * p, W + 2 * p))
    spread = np.zeros((D, (rows - 1) * s + 1, (columns - 1) * s + 1))
    spread[:, ::s, ::s] = dZ
    for l in range(C):  # noqa: E741
        for i in range(D):
            grown = convolve2d(spread[i], K[i, l])
            dP[l, : len(grown), : len(grown[0])] += grown
    return dP[:, p : p + H, p : p + W].tolist()


def transposed_matrix(dZ, K, s, p, H, W):
    """Write the layer as a matrix, a column for each pixel, and transpose it."""
    C = K.shape[1]
    columns = []
    for at in np.ndindex(C, H, W):
        V = np.zeros((C, H, W))
        V[at] = 1.0
        columns.append(layer(V, K, s, p).ravel())
    return (np.array(columns) @ dZ.ravel()).reshape(C, H, W)


def layer(V, K, s, p):
    view = np.lib.stride_tricks.sliding_window_view(
        np.pad(V, [(0, 0), (p, p), (p, p)]), K.shape[2:], axis=(1, 2)
    )[:, ::s, ::s]
    return np.einsum("ljkmn,ilmn->ijk", view, K)


def numeric(dZ, K, s, p, H, W):
    """Move each pixel a little to both sides."""
    C = K.shape[1]
    dV = np.zeros((C, H, W))
    for at in np.ndindex(C, H, W):
        up, down = np.zeros((C, H, W)), np.zeros((C, H, W))
        up[at], down[at] = 0.5, -0.5
        dV[at] = np.sum((layer(up, K, s, p) - layer(down, K, s, p)) * dZ)
    return dV


def in_float32(dZ, K, s, p, H, W):
    return window_by_window(dZ.astype(np.float32), K, s, p, H, W).astype(np.float32)


def tensor(dZ, K, s, p, H, W):
    import torch

    return torch.tensor(window_by_window(dZ, K, s, p, H, W))


# Wrong ones.


def scattered(dZ, K, s, p, H, W, step=None, place=lambda a, b: a + b):
    """Scatter the windows at `step`; `place` joins old and new."""
    down, right = (s, s) if step is None else step
    D, C, M, N = K.shape
    _, rows, columns = dZ.shape
    back = np.zeros((C, 9 * (H + 2 * p + s), 9 * (W + 2 * p + s)))
    for j in range(rows):
        for k in range(columns):
            at = np.s_[:, j * down : j * down + M, k * right : k * right + N]
            back[at] = place(back[at], np.tensordot(dZ[:, j, k], K, axes=1))
    return back


def cut(back, p, H, W):
    return back[:, p : p + H, p : p + W]


def inside_only(dZ, K, s, p, H, W):
    """Slide inside of dZ, with zeros between the outputs: there may be no place at all."""
    D, C, M, N = K.shape
    spread = np.zeros((D, (dZ.shape[1] - 1) * s + 1, (dZ.shape[2] - 1) * s + 1))
    spread[:, ::s, ::s] = dZ
    view = np.lib.stride_tricks.sliding_window_view(spread, (M, N), axis=(1, 2))
    return np.einsum("ijkmn,ilmn->ljk", view, K[:, :, ::-1, ::-1])


def half_a_border(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    spread = np.zeros((D, (dZ.shape[1] - 1) * s + 1, (dZ.shape[2] - 1) * s + 1))
    spread[:, ::s, ::s] = dZ
    spread = np.pad(spread, [(0, 0), (M // 2, M // 2), (N // 2, N // 2)])
    view = np.lib.stride_tricks.sliding_window_view(spread, (M, N), axis=(1, 2))
    return np.einsum("ijkmn,ilmn->ljk", view, K[:, :, ::-1, ::-1])


def slid_unflipped(dZ, K, s, p, H, W):
    return full_convolution(dZ, np.flip(K, (2, 3)), s, p, H, W)


def rows_unflipped(dZ, K, s, p, H, W):
    return full_convolution(dZ, np.flip(K, 2), s, p, H, W)


def columns_unflipped(dZ, K, s, p, H, W):
    return full_convolution(dZ, np.flip(K, 3), s, p, H, W)


def channels_as_they_were(dZ, K, s, p, H, W):
    return window_by_window(dZ, np.swapaxes(K, 0, 1), s, p, H, W)


def channels_reshaped(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    return window_by_window(dZ, K.reshape(C, D, M, N).transpose(1, 0, 2, 3), s, p, H, W)


def all_four_axes_flipped(dZ, K, s, p, H, W):
    """Turn the channels round, too."""
    return full_convolution(dZ, K[:, ::-1], s, p, H, W)


def last_channel(dZ, K, s, p, H, W):
    for i in range(len(K)):
        dV = window_by_window(dZ[i : i + 1], K[i : i + 1], s, p, H, W)
    return dV


def equals_sign(dZ, K, s, p, H, W):
    return cut(scattered(dZ, K, s, p, H, W, place=lambda old, new: new), p, H, W)


def equals_sign_in_three_loops(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    dP = np.zeros((C, H + 2 * p, W + 2 * p))
    for i in range(D):
        for j in range(dZ.shape[1]):
            for k in range(dZ.shape[2]):
                dP[:, j * s : j * s + M, k * s : k * s + N] = dZ[i, j, k] * K[i]
    return dP[:, p : p + H, p : p + W]


def side_by_side(dZ, K, s, p, H, W):
    return cut(scattered(dZ, K, s, p, H, W, step=(1, 1)), p, H, W)


def stride_down_only(dZ, K, s, p, H, W):
    return cut(scattered(dZ, K, s, p, H, W, step=(s, 1)), p, H, W)


def one_zero_too_many(dZ, K, s, p, H, W):
    step = s + 1 if s > 1 else 1
    return cut(scattered(dZ, K, s, p, H, W, step=(step, step)), p, H, W)


def copies_between(dZ, K, s, p, H, W):
    larger = np.kron(dZ, np.ones((1, s, s)))
    return cut(scattered(larger, K, 1, p, H, W), p, H, W)


def with_the_padding(dZ, K, s, p, H, W):
    return scattered(dZ, K, s, p, H, W)[:, : H + 2 * p, : W + 2 * p]


def cut_behind(dZ, K, s, p, H, W):
    return scattered(dZ, K, s, p, H, W)[:, :H, :W]


def smaller_where_uneven(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    rows, columns = (dZ.shape[1] - 1) * s + M, (dZ.shape[2] - 1) * s + N
    return scattered(dZ, K, s, p, H, W)[:, p : rows - p, p : columns - p]


def mean_of_windows(dZ, K, s, p, H, W):
    ones = np.ones((1, *dZ.shape[1:])), np.ones((1, 1, *K.shape[2:]))
    counts = window_by_window(*ones, s, p, H, W)
    return window_by_window(dZ, K, s, p, H, W) / np.where(counts == 0, 1, counts)


def mean_over_channels(dZ, K, s, p, H, W):
    return window_by_window(dZ, K, s, p, H, W) / dZ.shape[0]


def same_for_all_inputs(dZ, K, s, p, H, W):
    one = window_by_window(dZ, K.sum(axis=1)[:, None], s, p, H, W)
    return np.concatenate([one] * K.shape[1])


def minus_p(dZ, K, s, p, H, W):
    """Cut off the padding as [p:-p], which leaves nothing for p = 0."""
    dP = scattered(dZ, K, s, p, H, W)[:, : H + 2 * p, : W + 2 * p]
    return dP[:, p:-p, p:-p]


def forwards_again(dZ, K, s, p, H, W):
    return layer(dZ, K.swapaxes(0, 1), 1, 1)[:, :H, :W]


def negative(dZ, K, s, p, H, W):
    return -window_by_window(dZ, K, s, p, H, W)


def taps_transposed(dZ, K, s, p, H, W):
    return window_by_window(dZ, K.swapaxes(2, 3), s, p, H, W)


def maps_transposed(dZ, K, s, p, H, W):
    return np.swapaxes(window_by_window(dZ, K, s, p, H, W), 1, 2)


def channels_last(dZ, K, s, p, H, W):
    return np.moveaxis(window_by_window(dZ, K, s, p, H, W), 0, 2)


def one_channel_only(dZ, K, s, p, H, W):
    return window_by_window(dZ, K, s, p, H, W)[0]


def whole_numbers(dZ, K, s, p, H, W):
    return (window_by_window(dZ, K, s, p, H, W) / 2).astype(int) * 2


def rounded(dZ, K, s, p, H, W):
    return np.round(window_by_window(dZ, K, s, p, H, W), -1)


def stride_one_only(dZ, K, s, p, H, W):
    return window_by_window(dZ, K, s, p, H, W) if s == 1 else np.zeros((K.shape[1], H, W))


def nothing(dZ, K, s, p, H, W):
    return np.zeros((K.shape[1], H, W))


def of_the_example(dZ, K, s, p, H, W):
    return [[[2, 38, 120]]] if s == 1 else [[[2, 8, 30, 120, 0]]]


def changes_its_input(dZ, K, s, p, H, W):
    dV = window_by_window(dZ, K, s, p, H, W)
    K[:] = np.flip(K, (2, 3))
    return dV


_KEPT = {}


def kept_for_each_size(dZ, K, s, p, H, W):
    return _KEPT.setdefault((K.shape, s, p, H, W), window_by_window(dZ, K, s, p, H, W))


RIGHT = [
    *EXERCISE.also_right,
    window_by_window,
    six_loops,
    full_convolution,
    by_convolve2d,
    transposed_matrix,
    numeric,
    in_float32,
    tensor,
]
WRONG = {
    inside_only: "valid-for-full",
    half_a_border: "valid-for-full",
    slid_unflipped: "kernel-not-flipped",
    rows_unflipped: "one-axis-flipped",
    columns_unflipped: "one-axis-flipped",
    channels_as_they_were: "channels-not-exchanged",
    channels_reshaped: "channels-not-exchanged",
    all_four_axes_flipped: "channels-not-exchanged",
    last_channel: "one-output-channel",
    equals_sign: "overwritten",
    equals_sign_in_three_loops: "overwritten",
    side_by_side: "strides-zeros-missing",
    stride_down_only: "stride-of-one-axis",
    one_zero_too_many: "filled-otherwise",
    copies_between: "filled-otherwise",
    with_the_padding: "padding-not-cropped",
    cut_behind: "padding-not-cropped",
    smaller_where_uneven: "left-over-pixels",
    mean_of_windows: "averaged",
    mean_over_channels: "averaged",
    same_for_all_inputs: "input-channels-mixed",
    minus_p: None,
    forwards_again: None,
    negative: None,
    taps_transposed: None,
    maps_transposed: None,
    channels_last: None,
    one_channel_only: None,
    whole_numbers: None,
    rounded: None,
    stride_one_only: None,
    nothing: None,
    of_the_example: None,
    changes_its_input: None,
    kept_for_each_size: None,
}
