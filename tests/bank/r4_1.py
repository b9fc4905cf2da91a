"""Repairs of R4.1 as learners might write them, right and wrong."""

import math

import numpy as np

from cnncourse.exercises.r4_1 import EXERCISE


def _sides(x, k, s):
    sides = []
    for n in x.shape:
        missing = max((math.ceil(n / s) - 1) * s + k - n, 0)
        sides.append((missing // 2, missing - missing // 2))
    return sides


def _pooled(padded, x, k, s, summary=np.max):
    rows, columns = (math.ceil(n / s) for n in x.shape)
    return np.array(
        [
            [summary(padded[i * s : i * s + k, j * s : j * s + k]) for j in range(columns)]
            for i in range(rows)
        ]
    )


def minus_infinity_of_the_standard_library(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=float("-inf")), x, k, s)


def least_float(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=np.finfo(float).min), x, k, s)


def far_below(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=-1e300), x, k, s)


def nan_that_is_left_out(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=np.nan), x, k, s, np.nanmax)


def less_than_any_pixel(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=x.min() - 1), x, k, s)


def mirrored_with_its_edge(x, k, s):
    # Whatever is mirrored into a window from its own border is in that window already.
    return _pooled(np.pad(x, _sides(x, k, s), mode="symmetric"), x, k, s)


def shifted_above_zero(x, k, s):
    least = x.min()
    return _pooled(np.pad(x - least, _sides(x, k, s)), x, k, s) + least


def a_canvas_of_minus_infinity(x, k, s):
    (top, below), (left, right) = _sides(x, k, s)
    H, W = x.shape
    canvas = np.full((top + H + below, left + W + right), -np.inf)
    canvas[top : top + H, left : left + W] = x
    return _pooled(canvas, x, k, s)


def masked(x, k, s):
    sides = _sides(x, k, s)
    padded, real = np.pad(x, sides), np.pad(np.ones(x.shape, bool), sides)
    rows, columns = (math.ceil(n / s) for n in x.shape)
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = slice(i * s, i * s + k), slice(j * s, j * s + k)
            out[i, j] = padded[window][real[window]].max()
    return out


def rows_then_columns(x, k, s):
    def along(lines):
        n = lines.shape[1]
        count = -(-n // s)
        before = max((count - 1) * s + k - n, 0) // 2
        starts = [i * s - before for i in range(count)]
        return np.array([lines[:, max(a, 0) : a + k].max(axis=1) for a in starts])

    return along(along(x))


def float32_lists(x, k, s):
    padded = np.pad(x.astype(np.float32), _sides(x, k, s), constant_values=-np.inf)
    return _pooled(padded, x, k, s).tolist()


def tensor(x, k, s):
    import torch

    (top, below), (left, right) = _sides(x, k, s)
    padded = torch.nn.functional.pad(
        torch.tensor(x)[None], (left, right, top, below), value=-torch.inf
    )
    return torch.nn.functional.max_pool2d(padded, k, s)[0]


def ready_made_same(x, k, s):
    from cnncourse.pooling import pool2d

    return pool2d(x, k, stride=s, padding="same")


def zeros_said_aloud(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), mode="constant", constant_values=0), x, k, s)


def zeros_on_a_canvas(x, k, s):
    (top, below), (left, right) = _sides(x, k, s)
    canvas = np.zeros((top + x.shape[0] + below, left + x.shape[1] + right))
    canvas[top : top + x.shape[0], left : left + x.shape[1]] = x
    return _pooled(canvas, x, k, s)


def minus_one(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=-1), x, k, s)


def minus_thousand(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=-1000), x, k, s)


def minus_a_billion(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=-1e9), x, k, s)


def least_int32(x, k, s):
    padded = np.pad(x, _sides(x, k, s), constant_values=np.iinfo(np.int32).min)
    return _pooled(padded, x, k, s)


def reflected(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), mode="reflect"), x, k, s)


def wrapped(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), mode="wrap"), x, k, s)


def padded_with_the_mean(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=x.mean()), x, k, s)


def padded_with_the_maximum(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=x.max()), x, k, s)


def padded_with_a_large_number(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=np.finfo(float).max), x, k, s)


def padded_with_infinity(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=np.inf), x, k, s)


def if_everything_is_negative(x, k, s):
    value = -np.inf if (x < 0).all() else 0
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=value), x, k, s)


def in_front_only(x, k, s):
    padded = np.pad(x, _sides(x, k, s), constant_values=((-np.inf, 0), (-np.inf, 0)))
    (top, _), (left, _) = _sides(x, k, s)
    padded[top + x.shape[0] :] = 0
    padded[:, left + x.shape[1] :] = 0
    return _pooled(padded, x, k, s)


def rows_only(x, k, s):
    down, across = _sides(x, k, s)
    padded = np.pad(x, (down, (0, 0)), constant_values=-np.inf)
    return _pooled(np.pad(padded, ((0, 0), across)), x, k, s)


def columns_only(x, k, s):
    down, across = _sides(x, k, s)
    padded = np.pad(x, (down, (0, 0)))
    return _pooled(np.pad(padded, ((0, 0), across), constant_values=-np.inf), x, k, s)


def without_zeros(x, k, s):
    def largest(window):
        rest = [value for value in window.ravel() if value != 0]
        return max(rest) if rest else 0

    return _pooled(np.pad(x, _sides(x, k, s)), x, k, s, largest)


def of_absolute_values(x, k, s):
    return _pooled(np.pad(np.abs(x), _sides(x, k, s)), x, k, s)


def minus_the_maximum_of_minus(x, k, s):
    return -_pooled(np.pad(-x, _sides(x, k, s)), x, k, s)


def no_padding(x, k, s):
    rows, columns = ((n - k) // s + 1 for n in x.shape)
    return np.array(
        [
            [x[i * s : i * s + k, j * s : j * s + k].max() for j in range(columns)]
            for i in range(rows)
        ]
    )


def more_in_front(x, k, s):
    sides = [(behind, before) for before, behind in _sides(x, k, s)]
    return _pooled(np.pad(x, sides, constant_values=-np.inf), x, k, s)


def all_behind(x, k, s):
    sides = [(0, before + behind) for before, behind in _sides(x, k, s)]
    return _pooled(np.pad(x, sides, constant_values=-np.inf), x, k, s)


def all_in_front(x, k, s):
    sides = [(before + behind, 0) for before, behind in _sides(x, k, s)]
    return _pooled(np.pad(x, sides, constant_values=-np.inf), x, k, s)


def average_instead(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s)), x, k, s, np.mean)


def minimum_instead(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s)), x, k, s, np.min)


def stride_forgotten(x, k, s):
    padded = np.pad(x, _sides(x, k, s), constant_values=-np.inf)
    rows, columns = (math.ceil(n / s) for n in x.shape)
    return [[padded[i : i + k, j : j + k].max() for j in range(columns)] for i in range(rows)]


def infinities_left(x, k, s):
    return np.pad(x, _sides(x, k, s), constant_values=-np.inf)


def nan_that_stays(x, k, s):
    return _pooled(np.pad(x, _sides(x, k, s), constant_values=np.nan), x, k, s)


def into_whole_numbers(x, k, s):
    padded = np.pad(x, _sides(x, k, s), constant_values=-np.inf)
    return _pooled(padded, x, k, s).astype(int)


def zeros_where_negative(x, k, s):
    padded = np.pad(x, _sides(x, k, s), constant_values=-np.inf)
    return np.maximum(_pooled(padded, x, k, s), 0)


def border_copied_from_the_input(x, k, s):
    out = _pooled(np.pad(x, _sides(x, k, s)), x, k, s)
    if out.shape == x.shape:
        out[0], out[-1], out[:, 0], out[:, -1] = x[0], x[-1], x[:, 0], x[:, -1]
    return out


RIGHT = [
    *EXERCISE.also_right,
    minus_infinity_of_the_standard_library,
    least_float,
    far_below,
    nan_that_is_left_out,
    less_than_any_pixel,
    mirrored_with_its_edge,
    shifted_above_zero,
    a_canvas_of_minus_infinity,
    masked,
    rows_then_columns,
    float32_lists,
    tensor,
    ready_made_same,
]
WRONG = {
    zeros_said_aloud: "still-there",
    zeros_on_a_canvas: "still-there",
    minus_one: "not-low-enough",
    minus_thousand: "not-low-enough",
    minus_a_billion: "not-low-enough",
    least_int32: "not-low-enough",
    reflected: "made-of-the-image",
    wrapped: "made-of-the-image",
    padded_with_the_mean: "made-of-the-image",
    padded_with_the_maximum: "made-of-the-image",
    padded_with_a_large_number: "always-wins",
    padded_with_infinity: "always-wins",
    if_everything_is_negative: "only-all-negative",
    in_front_only: "some-sides-only",
    rows_only: "some-sides-only",
    columns_only: "some-sides-only",
    without_zeros: "zeros-skipped",
    of_absolute_values: "signs-lost",
    minus_the_maximum_of_minus: "minimum",
    no_padding: "padding-left-out",
    more_in_front: "padding-moved",
    all_behind: "padding-moved",
    all_in_front: None,
    average_instead: None,
    minimum_instead: "minimum",
    stride_forgotten: None,
    infinities_left: None,
    nan_that_stays: "always-wins",
    into_whole_numbers: None,
    zeros_where_negative: None,
    border_copied_from_the_input: None,
}
