"""Answers to E6.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e6_2 import EXERCISE


def pixel_by_pixel(weight, C, H, W):
    kernel = np.zeros((H * W * C, len(weight)))
    for u in range(len(weight)):
        for c in range(C):
            for h in range(H):
                for w in range(W):
                    kernel[(h * W + w) * C + c, u] = weight[u, (c * H + h) * W + w]
    return kernel


def turned_first(weight, C, H, W):
    features_first = weight.T
    pictures = features_first.reshape(C, H, W, -1)
    return np.moveaxis(pictures, 0, 2).reshape(H * W * C, -1)


def unit_by_unit(weight, C, H, W):
    columns = [row.reshape(C, H, W).transpose(1, 2, 0).ravel() for row in weight]
    return np.stack(columns, axis=1)


def every_pixel_alone(weight, C, H, W):
    return np.concatenate([weight[:, p :: H * W].T for p in range(H * W)])


def fortran(weight, C, H, W):
    order = np.arange(C * H * W).reshape(C, H * W).ravel(order="F")
    return weight.T[order]


def by_a_matrix_of_ones(weight, C, H, W):
    size = C * H * W
    moves = np.zeros((size, size))
    for f in range(size):
        c, rest = divmod(f, H * W)
        moves[rest * C + c, f] = 1
    return moves @ weight.T


def by_impulses(weight, C, H, W):
    """Ask for the answer to each of Keras's features alone."""
    kernel = []
    for f in range(H * W * C):
        feature = np.zeros(H * W * C)
        feature[f] = 1
        picture = feature.reshape(H, W, C).transpose(2, 0, 1)
        kernel.append(weight @ picture.ravel())
    return np.array(kernel)


def as_lists(weight, C, H, W):
    return [[row[c * H * W + p] for row in weight.tolist()] for p in range(H * W) for c in range(C)]


def in_float32(weight, C, H, W):
    return (
        weight.astype(np.float32).reshape(-1, C, H * W).transpose(2, 1, 0).reshape(-1, len(weight))
    )


def tensor(weight, C, H, W):
    import torch

    return torch.tensor(weight.copy()).reshape(-1, C, H, W).permute(2, 3, 1, 0).flatten(0, 2)


# Wrong ones.


def transposed_only(weight, C, H, W):
    return np.transpose(weight)


def handed_on(weight, C, H, W):
    return weight


def copied(weight, C, H, W):
    kernel = np.empty((H * W * C, len(weight)))
    kernel[:] = weight.T
    return kernel


def reshaped_there_and_back(weight, C, H, W):
    return weight.reshape(-1, C, H, W).reshape(-1, H, W, C).reshape(-1, H * W * C).T


def from_keras_to_torch(weight, C, H, W):
    return weight.reshape(-1, H, W, C).transpose(3, 1, 2, 0).reshape(C * H * W, -1)


def scattered(weight, C, H, W):
    """Put feature f where the list of places says it comes from."""
    where = np.arange(C * H * W).reshape(C, H, W).transpose(1, 2, 0).ravel()
    kernel = np.empty((H * W * C, len(weight)))
    kernel[where] = weight.T
    return kernel


def all_axes_reversed(weight, C, H, W):
    return weight.reshape(-1, C, H, W).T.reshape(H * W * C, -1)


def column_after_column(weight, C, H, W):
    return np.array(
        [weight[:, (c * H + h) * W + w] for w in range(W) for h in range(H) for c in range(C)]
    )


def width_taken_for_height(weight, C, H, W):
    return weight.reshape(-1, C, W, H).transpose(3, 2, 1, 0).reshape(H * W * C, -1)


def table_reshaped(weight, C, H, W):
    return weight.reshape(H * W * C, -1)


def right_order_then_reshaped(weight, C, H, W):
    moved = weight.reshape(-1, C, H, W).transpose(0, 2, 3, 1)
    return moved.reshape(H * W * C, len(weight))


def units_first(weight, C, H, W):
    return weight.reshape(-1, C, H, W).transpose(0, 2, 3, 1).reshape(len(weight), -1)


def axis_moved_only(weight, C, H, W):
    return np.moveaxis(weight.reshape(len(weight), C, H, W), 1, -1).reshape(len(weight), -1)


def units_reversed(weight, C, H, W):
    return pixel_by_pixel(weight[::-1], C, H, W)


def turned_by_a_quarter(weight, C, H, W):
    return np.rot90(units_first(weight, C, H, W))


def rows_channels_columns(weight, C, H, W):
    return weight.reshape(-1, C, H, W).transpose(2, 1, 3, 0).reshape(H * W * C, -1)


def channels_columns_rows(weight, C, H, W):
    return weight.reshape(-1, C, H, W).swapaxes(2, 3).reshape(len(weight), -1).T


def inverted(weight, C, H, W):
    return np.linalg.pinv(weight)


def flipped(weight, C, H, W):
    return pixel_by_pixel(weight, C, H, W)[::-1]


def channels_in_reverse(weight, C, H, W):
    return weight.reshape(-1, C, H, W)[:, ::-1].transpose(2, 3, 1, 0).reshape(H * W * C, -1)


def channels_averaged(weight, C, H, W):
    kernel = weight.reshape(-1, C, H, W).transpose(2, 3, 1, 0)
    return (0 * kernel + kernel.mean(axis=2, keepdims=True)).reshape(H * W * C, -1)


def sorted_weights(weight, C, H, W):
    return np.sort(weight, axis=1).T


def not_flattened(weight, C, H, W):
    return weight.reshape(-1, C, H, W).transpose(2, 3, 1, 0)


def one_unit(weight, C, H, W):
    return pixel_by_pixel(weight[:1], C, H, W)


def square_pictures_only(weight, C, H, W):
    if H == W:
        return pixel_by_pixel(weight, C, H, W)
    return np.zeros((H * W * C, len(weight)))


def only_the_example(weight, C, H, W):
    return [[1], [3], [2], [4]]


def zeros(weight, C, H, W):
    return np.zeros((H * W * C, len(weight)))


def changes_its_input(weight, C, H, W):
    kernel = pixel_by_pixel(weight, C, H, W)
    weight *= 0
    return kernel


def too_many_features(weight, C, H, W):
    return weight.reshape(-1, C + 1, H, W).transpose(2, 3, 1, 0).reshape(H * W * C, -1)


_KEPT = {}


def kept_for_each_size(weight, C, H, W):
    return _KEPT.setdefault((weight.shape, C, H, W), pixel_by_pixel(weight, C, H, W))


RIGHT = [
    *EXERCISE.also_right,
    pixel_by_pixel,
    turned_first,
    unit_by_unit,
    every_pixel_alone,
    fortran,
    by_a_matrix_of_ones,
    by_impulses,
    as_lists,
    in_float32,
    tensor,
]
WRONG = {
    transposed_only: "weights-as-they-were",
    handed_on: "weights-as-they-were",
    copied: "weights-as-they-were",
    reshaped_there_and_back: "weights-as-they-were",
    from_keras_to_torch: "inverse-permutation",
    scattered: "inverse-permutation",
    all_axes_reversed: "rows-and-columns-swapped",
    column_after_column: "rows-and-columns-swapped",
    width_taken_for_height: "rows-and-columns-swapped",
    table_reshaped: "reshaped",
    right_order_then_reshaped: "reshaped",
    units_first: "not-turned",
    axis_moved_only: "not-turned",
    units_reversed: "turned-round",
    turned_by_a_quarter: "turned-round",
    rows_channels_columns: "channels-first-still",
    channels_columns_rows: "channels-first-still",
    inverted: None,
    flipped: "turned-round",
    channels_in_reverse: None,
    channels_averaged: None,
    sorted_weights: None,
    not_flattened: None,
    one_unit: None,
    square_pictures_only: None,
    only_the_example: None,
    zeros: None,
    changes_its_input: None,
    too_many_features: None,
    kept_for_each_size: None,
}
