"""Answers to E7.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e7_2 import EXERCISE


def window_of(V, t, j, k, M, N, s):
    return V[t, :, j * s : j * s + M, k * s : k * s + N]


def place_by_place(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    dK = np.zeros((D, V.shape[1], M, N))
    for t in range(T):
        for i in range(D):
            for j in range(rows):
                for k in range(columns):
                    dK[i] += dZ[t, i, j, k] * window_of(V, t, j, k, M, N, s)
    return np.column_stack([dK.reshape(D, -1), dZ.sum(axis=(0, 2, 3))])


def views(dZ, V, M, N, s):
    seen = np.lib.stride_tricks.sliding_window_view(V, (M, N), axis=(2, 3))[:, :, ::s, ::s]
    dK = np.einsum("tijk,tljkmn->ilmn", dZ, seen)
    return np.concatenate([dK.reshape(len(dK), -1), np.einsum("tijk->i", dZ)[:, None]], axis=1)


def image_after_image(dZ, V, M, N, s):
    def of_one(flow, image):
        D = len(flow)
        seen = np.lib.stride_tricks.sliding_window_view(image, (M, N), axis=(1, 2))[:, ::s, ::s]
        dK = np.tensordot(flow, seen, axes=([1, 2], [1, 2]))
        return np.hstack([dK.reshape(D, -1), flow.reshape(D, -1).sum(axis=1, keepdims=True)])

    return sum(of_one(flow, image) for flow, image in zip(dZ, V, strict=True)).tolist()


def with_zeros_between(dZ, V, M, N, s):
    """Slide dZ, with zeros between its places, over the images."""
    T, D, rows, columns = dZ.shape
    wide = np.zeros((T, D, (rows - 1) * s + 1, (columns - 1) * s + 1))
    wide[:, :, ::s, ::s] = dZ
    h, w = wide.shape[2:]
    answer = [
        [
            np.sum(wide[:, i] * V[:, l, m : m + h, n : n + w])
            for l in range(V.shape[1])  # noqa: E741
            for m in range(M)
            for n in range(N)
        ]
        + [dZ[:, i].sum()]
        for i in range(D)
    ]
    return np.array(answer)


def numeric(dZ, V, M, N, s):
    """Move each weight a little to both sides; the loss is the sum of Z times dZ."""
    T, D, rows, columns = dZ.shape
    C = V.shape[1]
    seen = np.lib.stride_tricks.sliding_window_view(V, (M, N), axis=(2, 3))[:, :, ::s, ::s]
    seen = seen.transpose(0, 2, 3, 1, 4, 5).reshape(T * rows * columns, -1)

    def loss(weights):
        Z = seen @ weights[:, :-1].T + weights[:, -1]
        return np.sum(Z * dZ.transpose(0, 2, 3, 1).reshape(-1, D))

    answer = np.zeros((D, C * M * N + 1))
    for at in np.ndindex(*answer.shape):
        step = np.zeros(answer.shape)
        step[at] = 0.5
        answer[at] = loss(step) - loss(-step)
    return answer


def in_float32(dZ, V, M, N, s):
    return views(dZ.astype(np.float32), V.astype(np.float32), M, N, s)


def tensor(dZ, V, M, N, s):
    import torch

    return torch.tensor(views(dZ, V, M, N, s))


# Wrong ones.


def kernel_of(dZ, V, M, N, s):
    return views(dZ, V, M, N, s)[:, :-1].reshape(dZ.shape[1], V.shape[1], M, N)


def put(dK, db):
    return np.column_stack([dK.reshape(len(dK), -1), db])


def mean_bias(dZ, V, M, N, s):
    return put(kernel_of(dZ, V, M, N, s), dZ.mean(axis=(0, 2, 3)))


def bias_per_image(dZ, V, M, N, s):
    return put(kernel_of(dZ, V, M, N, s), dZ.sum(axis=(2, 3)).mean(axis=0))


def bias_of_the_last_image(dZ, V, M, N, s):
    for t in range(len(dZ)):
        db = [dZ[t, i].sum() for i in range(dZ.shape[1])]
    return put(kernel_of(dZ, V, M, N, s), db)


def bias_of_the_corner(dZ, V, M, N, s):
    return put(kernel_of(dZ, V, M, N, s), dZ[:, :, 0, 0].sum(axis=0))


def bias_left_at_zero(dZ, V, M, N, s):
    answer = views(dZ, V, M, N, s)
    answer[:, -1] = 0
    return answer


def one_bias_for_all(dZ, V, M, N, s):
    answer = views(dZ, V, M, N, s)
    answer[:, -1] = dZ.sum()
    return answer


def batch_mean(dZ, V, M, N, s):
    return views(dZ, V, M, N, s) / dZ.shape[0]


def kernel_batch_mean(dZ, V, M, N, s):
    return put(kernel_of(dZ, V, M, N, s) / len(V), dZ.sum(axis=(0, 2, 3)))


def mean_of_windows(dZ, V, M, N, s):
    return views(dZ, V, M, N, s) / (dZ.shape[2] * dZ.shape[3])


def last_image(dZ, V, M, N, s):
    for t in range(len(V)):
        answer = views(dZ[t : t + 1], V[t : t + 1], M, N, s)
    return answer


def kernel_of_the_last_image(dZ, V, M, N, s):
    return put(kernel_of(dZ[-1:], V[-1:], M, N, s), dZ.sum(axis=(0, 2, 3)))


def equals_sign(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    dK = np.zeros((D, V.shape[1], M, N))
    for t in range(T):
        for j in range(rows):
            for k in range(columns):
                dK = np.tensordot(dZ[t, :, j, k], window_of(V, t, j, k, M, N, s), axes=0)
    return put(dK, dZ.sum(axis=(0, 2, 3)))


def equals_sign_for_both(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    for t in range(T):
        for j in range(rows):
            for k in range(columns):
                dK = np.multiply.outer(dZ[t, :, j, k], window_of(V, t, j, k, M, N, s))
                db = dZ[t, :, j, k]
    return put(dK, db)


def two_batch_letters(dZ, V, M, N, s):
    seen = np.lib.stride_tricks.sliding_window_view(V, (M, N), axis=(2, 3))[:, :, ::s, ::s]
    return put(np.einsum("tijk,uljkmn->ilmn", dZ, seen), dZ.sum(axis=(0, 2, 3)))


def stride_forgotten(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    dK = np.zeros((D, V.shape[1], M, N))
    for t in range(T):
        for j in range(rows):
            for k in range(columns):
                window = V[t, :, j : j + M, k : k + N]
                dK += np.multiply.outer(dZ[t, :, j, k], window)
    return put(dK, dZ.sum(axis=(0, 2, 3)))


def stride_of_rows_only(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    dK = np.zeros((D, V.shape[1], M, N))
    for t in range(T):
        for j in range(rows):
            for k in range(columns):
                window = V[t, :, j * s : j * s + M, k : k + N]
                dK += np.multiply.outer(dZ[t, :, j, k], window)
    return put(dK, dZ.sum(axis=(0, 2, 3)))


def turned_round(dZ, V, M, N, s):
    return put(kernel_of(dZ, V, M, N, s)[:, :, ::-1, ::-1], dZ.sum(axis=(0, 2, 3)))


def upside_down(dZ, V, M, N, s):
    return put(np.flip(kernel_of(dZ, V, M, N, s), 2), dZ.sum(axis=(0, 2, 3)))


def channels_last(dZ, V, M, N, s):
    return put(np.moveaxis(kernel_of(dZ, V, M, N, s), 1, 3), dZ.sum(axis=(0, 2, 3)))


def bias_in_front(dZ, V, M, N, s):
    answer = views(dZ, V, M, N, s)
    return np.hstack([answer[:, -1:], answer[:, :-1]])


def input_channels_added(dZ, V, M, N, s):
    total = np.broadcast_to(V.sum(axis=1, keepdims=True), V.shape)
    return views(dZ, total, M, N, s)


def without_bias(dZ, V, M, N, s):
    return views(dZ, V, M, N, s)[:, :-1]


def negative(dZ, V, M, N, s):
    return -views(dZ, V, M, N, s)


def as_a_kernel(dZ, V, M, N, s):
    return kernel_of(dZ, V, M, N, s)


def as_a_pair(dZ, V, M, N, s):
    return kernel_of(dZ, V, M, N, s), dZ.sum(axis=(0, 2, 3))


def in_columns(dZ, V, M, N, s):
    return views(dZ, V, M, N, s).T


def signs_only(dZ, V, M, N, s):
    return np.sign(views(dZ, V, M, N, s))


def first_channel_of_images(dZ, V, M, N, s):
    one = np.broadcast_to(V[:, :1], V.shape)
    return views(dZ, one, M, N, s)


def transposed_images(dZ, V, M, N, s):
    return views(dZ, np.swapaxes(V, 2, 3), M, N, s)


def whole_numbers(dZ, V, M, N, s):
    return (views(dZ, V, M, N, s) / 2).astype(int) * 2


def only_the_example(dZ, V, M, N, s):
    return [[43, 54, 11]]


def changes_its_input(dZ, V, M, N, s):
    answer = views(dZ, V, M, N, s)
    dZ /= len(dZ)
    return answer


_KEPT = {}


def kept_for_each_size(dZ, V, M, N, s):
    return _KEPT.setdefault((dZ.shape, V.shape, s), views(dZ, V, M, N, s))


RIGHT = [
    *EXERCISE.also_right,
    place_by_place,
    views,
    image_after_image,
    with_zeros_between,
    numeric,
    in_float32,
    tensor,
]
WRONG = {
    mean_bias: "bias-averaged",
    bias_per_image: "bias-averaged",
    bias_of_the_last_image: "bias-of-some-outputs",
    bias_of_the_corner: "bias-of-some-outputs",
    bias_left_at_zero: "bias-without-flow",
    one_bias_for_all: "bias-without-flow",
    batch_mean: "mean-over-the-batch",
    kernel_batch_mean: "mean-over-the-batch",
    mean_of_windows: "mean-over-places",
    last_image: "one-image",
    kernel_of_the_last_image: "one-image",
    equals_sign: "one-place",
    equals_sign_for_both: "one-place",
    two_batch_letters: "images-mixed",
    stride_forgotten: "stride-missing",
    stride_of_rows_only: "stride-missing",
    turned_round: "wrong-way-round",
    upside_down: "wrong-way-round",
    channels_last: "other-order",
    bias_in_front: "other-order",
    input_channels_added: "channels-mixed",
    without_bias: None,
    negative: None,
    as_a_kernel: None,
    as_a_pair: None,
    in_columns: None,
    signs_only: None,
    first_channel_of_images: None,
    transposed_images: None,
    whole_numbers: None,
    only_the_example: None,
    changes_its_input: None,
    kept_for_each_size: None,
}
