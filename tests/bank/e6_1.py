"""Answers to E6.1 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e6_1 import EXERCISE


def four_loops(weight, to_keras):
    if to_keras:
        outputs, inputs, rows, columns = weight.shape
        moved = np.zeros((rows, columns, inputs, outputs))
        for o in range(outputs):
            for i in range(inputs):
                for m in range(rows):
                    for n in range(columns):
                        moved[m, n, i, o] = weight[o, i, m, n]
        return moved
    rows, columns, inputs, outputs = weight.shape
    moved = np.zeros((outputs, inputs, rows, columns))
    for o in range(outputs):
        for i in range(inputs):
            moved[o, i] = weight[:, :, i, o]
    return moved


def argsort_for_the_way_back(weight, to_keras):
    axes = [2, 3, 1, 0]
    return weight.transpose(axes if to_keras else np.argsort(axes))


def all_reversed_then_mended(weight, to_keras):
    if to_keras:
        return np.swapaxes(weight.T, 0, 1)
    return np.swapaxes(weight, 0, 1).T


def stacked(weight, to_keras):
    if to_keras:
        return np.stack([np.stack(list(kernels), axis=-1) for kernels in weight], axis=-1)
    return np.array(
        [[weight[:, :, i, o] for i in range(weight.shape[2])] for o in range(weight.shape[3])]
    )


def as_lists(weight, to_keras):
    if to_keras:
        return weight.transpose(2, 3, 1, 0).tolist()
    return np.transpose(weight, (3, 2, 0, 1)).tolist()


def in_float32(weight, to_keras):
    axes = (2, 3, 1, 0) if to_keras else (3, 2, 0, 1)
    return np.ascontiguousarray(weight.transpose(axes), dtype=np.float32)


def tensor(weight, to_keras):
    import torch

    return torch.tensor(weight.copy()).permute(*((2, 3, 1, 0) if to_keras else (3, 2, 0, 1)))


# Wrong ones.


def shape_only(weight, to_keras):
    if to_keras:
        O, I, M, N = weight.shape  # noqa: E741
        return weight.reshape(M, N, I, O)
    M, N, I, O = weight.shape  # noqa: E741
    return weight.reshape(O, I, M, N)


def shape_only_on_the_way_back(weight, to_keras):
    if to_keras:
        return weight.transpose(2, 3, 1, 0)
    M, N, I, O = weight.shape  # noqa: E741
    return weight.reshape(O, I, M, N)


def resized(weight, to_keras):
    order = (2, 3, 1, 0) if to_keras else (3, 2, 0, 1)
    return np.resize(weight, [weight.shape[axis] for axis in order])


def way_not_looked_at(weight, to_keras):
    return np.transpose(weight, (2, 3, 1, 0))


def way_back_only(weight, to_keras):
    return np.einsum("hwio->oihw", weight)


def where_the_axes_go(weight, to_keras):
    return weight.transpose((3, 2, 0, 1) if to_keras else (2, 3, 1, 0))


def ways_confused(weight, to_keras):
    return np.moveaxis(weight, [3, 2], [0, 1]) if to_keras else np.moveaxis(weight, [0, 1], [3, 2])


def all_axes_reversed(weight, to_keras):
    return weight.T


def reversed_on_the_way_there(weight, to_keras):
    return weight.T if to_keras else weight.transpose(3, 2, 0, 1)


def inputs_last(weight, to_keras):
    return (
        np.einsum("oihw->hwoi" if to_keras else "hwoi->oihw", weight)
        if to_keras
        else (weight.transpose(2, 3, 0, 1))
    )


def inputs_last_to_keras(weight, to_keras):
    return weight.transpose((2, 3, 0, 1) if to_keras else (3, 2, 0, 1))


def true_convolution(weight, to_keras):
    if to_keras:
        return weight.transpose(2, 3, 1, 0)[::-1, ::-1]
    return weight.transpose(3, 2, 0, 1)[:, :, ::-1, ::-1]


def turned_on_the_way_there(weight, to_keras):
    if to_keras:
        return np.rot90(weight.transpose(2, 3, 1, 0), 2)
    return weight.transpose(3, 2, 0, 1)


def flipped_left_right(weight, to_keras):
    if to_keras:
        return weight[..., ::-1].transpose(2, 3, 1, 0)
    return weight[:, ::-1].transpose(3, 2, 0, 1)


def channels_last(weight, to_keras):
    return np.moveaxis(weight, 1, -1) if to_keras else np.moveaxis(weight, -1, 1)


def channels_last_to_keras(weight, to_keras):
    return weight.transpose(0, 2, 3, 1) if to_keras else weight.transpose(3, 2, 0, 1)


def result_thrown_away(weight, to_keras):
    if to_keras:
        weight.transpose(2, 3, 1, 0)
    else:
        weight.transpose(3, 2, 0, 1)
    return weight


def there_only(weight, to_keras):
    if to_keras:
        weight = weight.transpose(2, 3, 1, 0)
    return weight


def flattened(weight, to_keras):
    return weight.transpose(2, 3, 1, 0).ravel()


def one_output_channel(weight, to_keras):
    return weight.transpose(2, 3, 1, 0)[..., :1] if to_keras else weight.transpose(3, 2, 0, 1)[:1]


def kernels_transposed_and_swapped(weight, to_keras):
    axes = (3, 2, 0, 1)
    return weight.transpose(axes) if to_keras else weight.transpose(3, 2, 1, 0)


def outputs_reversed(weight, to_keras):
    if to_keras:
        return weight.transpose(2, 3, 1, 0)[..., ::-1]
    return weight.transpose(3, 2, 0, 1)[::-1]


def scaled(weight, to_keras):
    axes = (2, 3, 1, 0) if to_keras else (3, 2, 0, 1)
    return weight.transpose(axes) / weight.shape[0]


def by_shape_alone(weight, to_keras):
    """Guess the way from the shape."""
    rows, columns = weight.shape[:2]
    return weight.transpose((3, 2, 0, 1) if rows == columns else (2, 3, 1, 0))


def two_axes_missing(weight, to_keras):
    return weight.transpose(1, 0)


def prints_and_returns_nothing(weight, to_keras):
    print(weight.transpose(2, 3, 1, 0))


def only_the_example(weight, to_keras):
    return [[[[1, 3]], [[2, 4]]]] if to_keras else [[[[1, 2]]], [[[3, 4]]]]


def moves_in_place(weight, to_keras):
    moved = weight.transpose((2, 3, 1, 0) if to_keras else (3, 2, 0, 1)).copy()
    weight.resize(moved.shape, refcheck=False)
    weight[...] = moved
    return weight


_KEPT = {}


def kept_for_each_shape(weight, to_keras):
    axes = (2, 3, 1, 0) if to_keras else (3, 2, 0, 1)
    return _KEPT.setdefault((weight.shape, to_keras), weight.transpose(axes))


RIGHT = [
    *EXERCISE.also_right,
    four_loops,
    argsort_for_the_way_back,
    all_reversed_then_mended,
    stacked,
    as_lists,
    in_float32,
    tensor,
]
WRONG = {
    shape_only: "reshaped",
    shape_only_on_the_way_back: "reshaped",
    resized: "reshaped",
    way_not_looked_at: "one-call-for-both",
    way_back_only: "one-call-for-both",
    where_the_axes_go: "other-way-round",
    ways_confused: "other-way-round",
    all_axes_reversed: "rows-and-columns-swapped",
    reversed_on_the_way_there: "rows-and-columns-swapped",
    inputs_last: "channels-swapped",
    inputs_last_to_keras: "channels-swapped",
    true_convolution: "flipped",
    turned_on_the_way_there: "flipped",
    flipped_left_right: "flipped",
    channels_last: "moved-as-a-picture",
    channels_last_to_keras: "moved-as-a-picture",
    result_thrown_away: "unchanged",
    there_only: "unchanged",
    flattened: None,
    one_output_channel: None,
    kernels_transposed_and_swapped: None,
    outputs_reversed: None,
    scaled: None,
    by_shape_alone: None,
    two_axes_missing: None,
    prints_and_returns_nothing: None,
    only_the_example: None,
    moves_in_place: None,
    kept_for_each_shape: None,
}
