"""Answers to E4.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e4_2 import EXERCISE


def three_lists(x, k):
    n = len(x) - k + 1
    return [
        [max(x[i : i + k]) for i in range(n)],
        [sum(x[i : i + k]) / k for i in range(n)],
        [sum(v * v for v in x[i : i + k]) ** 0.5 for i in range(n)],
    ]


def in_float32(x, k):
    x = np.asarray(x, dtype=np.float32)
    parts = np.array([x[i : i + k] for i in range(len(x) - k + 1)])
    return parts.max(axis=1), parts.mean(axis=1), np.sqrt(np.sum(parts * parts, axis=1))


def filled_in_place(x, k):
    out = np.zeros((3, len(x) - k + 1))
    for j in range(out.shape[1]):
        largest = x[j]
        for q in range(k):
            largest = max(largest, x[j + q])
            out[1, j] += x[j + q] / k
            out[2, j] += float(x[j + q]) ** 2
        out[0, j] = largest
    out[2] **= 0.5
    return out


def by_convolution(x, k):
    x = np.asarray(x, dtype=float)
    box = np.ones(k)
    largest = np.max([x[q : len(x) - k + 1 + q] for q in range(k)], axis=0)
    return [largest, np.convolve(x, box, "valid") / k, np.convolve(x**2, box, "valid") ** 0.5]


def by_index_table(x, k):
    table = np.asarray(x, float)[np.arange(len(x) - k + 1)[:, None] + np.arange(k)]
    order = np.sort(table, axis=1)
    return np.vstack([order[:, -1], np.average(table, axis=1), [np.hypot.reduce(w) for w in table]])


def started_far_below(x, k):
    n = len(x) - k + 1
    out = np.empty((3, n))
    for i in range(n):
        best = -np.inf
        for value in x[i : i + k]:
            if value >= best:
                best = value
        out[:, i] = best, np.mean(x[i : i + k]), np.linalg.norm(x[i : i + k], 2)
    return out


def tensor(x, k):
    import torch

    parts = torch.tensor(np.asarray(x, dtype=float)).unfold(0, k, 1)
    return torch.stack([parts.max(dim=1).values, parts.mean(dim=1), parts.norm(dim=1)])


def _rows(x, k, largest=np.max, average=np.mean, norm=np.linalg.norm):
    parts = [np.asarray(x, dtype=float)[i : i + k] for i in range(len(x) - k + 1)]
    return np.array([[f(part) for part in parts] for f in (largest, average, norm)])


def from_zero(x, k):
    def largest(window):
        best = 0
        for value in window:
            if value > best:
                best = value
        return best

    return _rows(x, k, largest=largest)


def maximum_in_an_array_of_zeros(x, k):
    out = _rows(x, k)
    kept = np.zeros(out.shape[1])
    for q in range(k):
        kept = np.maximum(kept, x[q : q + out.shape[1]])
    out[0] = kept
    return out


def relu_first(x, k):
    return _rows(np.clip(x, 0, None), k)


def loudest(x, k):
    return _rows(x, k, largest=lambda w: max(w, key=abs))


def absolute_maximum(x, k):
    return _rows(x, k, largest=lambda w: np.max(np.abs(w)))


def minimum_for_maximum(x, k):
    return _rows(x, k, largest=np.min)


def sum_of_squares(x, k):
    return _rows(x, k, norm=lambda w: np.sum(w**2))


def root_mean_square(x, k):
    return _rows(x, k, norm=lambda w: np.sqrt(np.mean(w**2)))


def mean_square(x, k):
    return _rows(x, k, norm=lambda w: np.mean(w**2))


def norm_by_k(x, k):
    return _rows(x, k, norm=lambda w: np.sqrt(np.sum(w**2)) / k)


def l1(x, k):
    return _rows(x, k, norm=lambda w: np.sum(np.abs(w)))


def root_of_each(x, k):
    return _rows(x, k, norm=lambda w: np.sum(np.sqrt(w**2)))


def square_of_the_sum(x, k):
    return _rows(x, k, norm=lambda w: np.sum(w) ** 2)


def root_of_the_squared_sum(x, k):
    return _rows(x, k, norm=lambda w: np.sqrt(np.sum(w) ** 2))


def largest_norm(x, k):
    return _rows(x, k, norm=lambda w: np.linalg.norm(w, np.inf))


def sum_for_average(x, k):
    return _rows(x, k, average=np.sum)


def average_over_all(x, k):
    return _rows(x, k, average=lambda w: np.sum(w) / len(x))


def divided_by_k_plus_one(x, k):
    return _rows(x, k, average=lambda w: np.sum(w) / (k + 1))


def average_of_absolutes(x, k):
    return _rows(x, k, average=lambda w: np.mean(np.abs(w)))


def average_after_relu(x, k):
    return _rows(x, k, average=lambda w: np.mean(np.where(w > 0, w, 0)))


def middle_one(x, k):
    return _rows(x, k, average=np.median)


def middle_of_the_range(x, k):
    return _rows(x, k, average=lambda w: (max(w) + min(w)) / 2)


def blocks(x, k):
    return _rows(x, k)[:, ::k]


def blocks_to_the_end(x, k):
    parts = [np.asarray(x, dtype=float)[i : i + k] for i in range(0, len(x), k)]
    return [[f(p) for p in parts] for f in (np.max, np.mean, np.linalg.norm)]


def windows_to_the_end(x, k):
    parts = [np.asarray(x, dtype=float)[i : i + k] for i in range(len(x))]
    return [[f(p) for p in parts] for f in (np.max, np.mean, np.linalg.norm)]


def padded_behind(x, k):
    return _rows(np.append(np.asarray(x, dtype=float), np.zeros(k - 1)), k)


def last_forgotten(x, k):
    n = len(x) - k
    parts = [np.asarray(x, dtype=float)[i : i + k] for i in range(n)]
    return np.array([[f(p) for p in parts] for f in (np.max, np.mean, np.linalg.norm)])


def last_forgotten_and_turned_over(x, k):
    return np.array(
        [[max(w), np.mean(w), np.linalg.norm(w)] for w in (x[i : i + k] for i in range(len(x) - k))]
    ).T


def first_forgotten(x, k):
    return _rows(x, k)[:, 1:]


def one_number_more(x, k):
    parts = [np.asarray(x, dtype=float)[i : i + k + 1] for i in range(len(x) - k + 1)]
    return [[f(p) for p in parts] for f in (np.max, np.mean, np.linalg.norm)]


def one_number_less(x, k):
    parts = [np.asarray(x, dtype=float)[i : i + k - 1] for i in range(len(x) - k + 1)]
    return [[f(p) for p in parts] for f in (np.max, np.mean, np.linalg.norm)]


def a_row_for_each_window(x, k):
    return [
        [max(w), sum(w) / k, sum(v**2 for v in w) ** 0.5]
        for w in (x[i : i + k] for i in range(len(x) - k + 1))
    ]


def rows_in_another_order(x, k):
    return _rows(x, k)[[1, 0, 2]]


def two_rows(x, k):
    return _rows(x, k)[:2]


def one_summary_only(x, k):
    return _rows(x, k)[0]


def one_long_row(x, k):
    return _rows(x, k).ravel()


def whole_numbers_only(x, k):
    out = np.zeros((3, len(x) - k + 1), dtype=int)
    out[:] = _rows(x, k)
    return out


def rounded(x, k):
    return np.round(_rows(x, k), 2)


def running_maximum(x, k):
    out = _rows(x, k)
    out[0] = np.maximum.accumulate(out[0])
    return out


def as_text(x, k):
    return str(_rows(x, k))


def nan_where_negative(x, k):
    with np.errstate(all="ignore"):
        return np.sqrt(_rows(x, k))


def sorts_its_input(x, k):
    out = _rows(x, k)
    x.sort()
    return out


def started_at_minus_one(x, k):
    return _rows(x, k, largest=lambda w: max(-1, *w))


def started_at_minus_9999(x, k):
    out = _rows(x, k)
    out[0] = np.maximum(out[0], -9999)
    return out


def started_at_the_least_int(x, k):
    return _rows(x, k, largest=lambda w: max(np.iinfo(np.int32).min, *w))


RIGHT = [
    *EXERCISE.also_right,
    three_lists,
    in_float32,
    filled_in_place,
    by_convolution,
    by_index_table,
    started_far_below,
    tensor,
]
WRONG = {
    from_zero: "started-at-zero",
    maximum_in_an_array_of_zeros: "started-at-zero",
    relu_first: "started-at-zero",
    loudest: "largest-size",
    absolute_maximum: "largest-size",
    minimum_for_maximum: "minimum",
    sum_of_squares: "norm-without-root",
    root_mean_square: "mean-of-squares",
    mean_square: "mean-of-squares",
    norm_by_k: "mean-of-squares",
    l1: "other-norm",
    root_of_each: "other-norm",
    square_of_the_sum: "other-norm",
    root_of_the_squared_sum: "other-norm",
    largest_norm: "other-norm",
    sum_for_average: "not-divided",
    average_over_all: "not-divided",
    divided_by_k_plus_one: "not-divided",
    average_of_absolutes: "average-of-sizes",
    average_after_relu: "average-of-sizes",
    middle_one: "median",
    middle_of_the_range: "median",
    blocks: "side-by-side",
    blocks_to_the_end: "side-by-side",
    windows_to_the_end: "over-the-end",
    padded_behind: "over-the-end",
    last_forgotten: "one-window-too-few",
    last_forgotten_and_turned_over: "one-window-too-few",
    first_forgotten: "one-window-too-few",
    one_number_more: "width-off-by-one",
    one_number_less: "width-off-by-one",
    a_row_for_each_window: "transposed",
    rows_in_another_order: None,
    two_rows: None,
    one_summary_only: None,
    one_long_row: None,
    whole_numbers_only: None,
    rounded: None,
    running_maximum: None,
    as_text: None,
    nan_where_negative: None,
    sorts_its_input: None,
    started_at_minus_one: "started-at-zero",
    started_at_minus_9999: "started-at-zero",
    started_at_the_least_int: "started-at-zero",
}
