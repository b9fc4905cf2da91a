"""Answers to E1.5 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e1_5 import EXERCISE


def by_condition(w, n):
    m = len(w)
    T = np.zeros((n + m - 1, n))
    for t in range(n + m - 1):
        for a in range(n):
            if 0 <= t - a < m:
                T[t, a] = w[t - a]
    return T


def by_impulses(w, n):
    return np.stack([np.convolve(row, w) for row in np.eye(n)], axis=1)


def by_rows_of_lists(w, n):
    m = len(w)
    rows = []
    for t in range(n + m - 1):
        rows.append([w[t - a] if 0 <= t - a < m else 0 for a in range(n)])
    return rows


def by_strides(w, n):
    """Gives a view with a negative stride into one padded row."""
    m = len(w)
    padded = np.concatenate([np.zeros(n - 1), w, np.zeros(n - 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, n)
    return windows[: n + m - 1, ::-1]


def by_index_table(w, n):
    m = len(w)
    index = np.subtract.outer(np.arange(n + m - 1), np.arange(n))
    inside = (index >= 0) & (index < m)
    return np.where(inside, w[np.clip(index, 0, m - 1)], 0)


def tensor(w, n):
    import torch

    m = len(w)
    T = torch.zeros(n + m - 1, n, dtype=torch.float64)
    for j in range(n):
        T[j : j + m, j] = torch.tensor(w)
    return T


def old_matrix_class(w, n):
    return np.asmatrix(by_condition(w, n))


def transposed(w, n):
    m = len(w)
    T = np.zeros((n, n + m - 1))
    for i in range(n):
        T[i, i : i + m] = w
    return T


def transposed_and_flipped(w, n):
    m = len(w)
    T = np.zeros((n, n + m - 1))
    for i in range(n):
        T[i, i : i + m] = w[::-1]
    return T


def wrapped_square(w, n):
    T = np.zeros((n, n))
    for j in range(n):
        for k in range(len(w)):
            T[(j + k) % n, j] += w[k]
    return T


def wrapped_rows(w, n):
    row = np.concatenate([w, np.zeros(n - len(w))])
    return np.array([np.roll(row, i) for i in range(n)])


def first_n_rows(w, n):
    T = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if 0 <= i - j < len(w):
                T[i, j] = w[i - j]
    return T


def valid_rows(w, n):
    m = len(w)
    T = np.zeros((n - m + 1, n))
    for i in range(n - m + 1):
        T[i, i : i + m] = w[::-1]
    return T


def middle_rows(w, n):
    start = (len(w) - 1) // 2
    return by_condition(w, n)[start : start + n]


def upside_down(w, n):
    m = len(w)
    T = np.zeros((n + m - 1, n))
    for j in range(n):
        T[j : j + m, j] = w[::-1]
    return T


def square(w, n):
    size = n + len(w) - 1
    T = np.zeros((size, size))
    for j in range(size):
        for k in range(len(w)):
            if j + k < size:
                T[j + k, j] = w[k]
    return T


def symmetric(w, n):
    T = np.zeros((n + len(w) - 1, n))
    for i in range(n + len(w) - 1):
        for j in range(n):
            if abs(i - j) < len(w):
                T[i, j] = w[abs(i - j)]
    return T


def symmetric_square(w, n):
    T = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if abs(i - j) < len(w):
                T[i, j] = w[abs(i - j)]
    return T


def one_row_down(w, n):
    m = len(w)
    T = np.zeros((n + m, n))
    for j in range(n):
        T[j + 1 : j + 1 + m, j] = w
    return T[:-1]


def one_row_too_many(w, n):
    m = len(w)
    T = np.zeros((n + m, n))
    for j in range(n):
        T[j : j + m, j] = w
    return T


def negative_index(w, n):
    m = len(w)
    T = np.zeros((n + m - 1, n))
    for t in range(n + m - 1):
        for a in range(n):
            if t - a < m:
                T[t, a] = w[t - a]
    return T


def all_taps_everywhere(w, n):
    m = len(w)
    return np.ones((n + m - 1, n)) * np.append(w, np.zeros(n - 1))[:, None]


def only_first_column(w, n):
    T = np.zeros((n + len(w) - 1, n))
    T[: len(w), 0] = w
    return T


def only_diagonal(w, n):
    return w[0] * np.eye(n + len(w) - 1, n)


def zeros(w, n):
    return np.zeros((n + len(w) - 1, n))


def flattened(w, n):
    return by_condition(w, n).ravel()


def whole_numbers(w, n):
    T = np.zeros((n + len(w) - 1, n), dtype=int)
    for j in range(n):
        T[j : j + len(w), j] = w
    return T


def columns_backwards(w, n):
    return by_condition(w, n)[:, ::-1]


def normalised(w, n):
    return by_condition(w, n) / np.abs(w).sum()


def text(w, n):
    return str(by_condition(w, n))


def kernel_longer_fails(w, n):
    if len(w) > n:
        raise ValueError("w is longer than the signal")
    return by_condition(w, n)


def rounded(w, n):
    return np.round(by_condition(w, n), 1)


def rounded_to_four_decimals(w, n):
    return np.round(by_condition(w, n), 4)


def at_most_five_taps(w, n):
    T = by_condition(w, n)
    for k in range(5, len(w)):
        T -= w[k] * np.eye(*T.shape, -k)
    return T


def at_most_six_columns(w, n):
    T = by_condition(w, n)
    T[:, 6:] = 0
    return T


def flipped_if_equally_long(w, n):
    return by_condition(w[::-1] if len(w) == n >= 4 else w, n)


def kept_small(w, n):
    return np.clip(by_condition(w, n), -9, 9)


def place_looked_up_by_value(w, n):
    taps = list(w)
    T = np.zeros((n + len(w) - 1, n))
    for j in range(n):
        for tap in taps:
            T[j + taps.index(tap), j] = tap
    return T


def places_by_value(w, n):
    places = {tap: k for k, tap in enumerate(w)}
    T = np.zeros((n + len(w) - 1, n))
    for j in range(n):
        for tap, k in places.items():
            T[j + k, j] = tap
    return T


def zeros_thrown_away(w, n):
    T = np.zeros((n + len(w) - 1, n))
    taps = w[w != 0]
    for j in range(n):
        T[j : j + len(taps), j] = taps
    return T


_ROOM = {}


def room_kept_for_each_size(w, n):
    return _ROOM.setdefault((len(w), n), by_condition(w, n))


RIGHT = [
    *EXERCISE.also_right,
    by_condition,
    by_impulses,
    by_rows_of_lists,
    by_strides,
    by_index_table,
    tensor,
    old_matrix_class,
]
WRONG = {
    transposed: "transposed",
    transposed_and_flipped: "transposed",
    wrapped_square: "circulant",
    wrapped_rows: "circulant",
    first_n_rows: "cropped",
    valid_rows: "cropped",
    middle_rows: "cropped",
    upside_down: "kernel-flipped",
    square: "square",
    symmetric: "both-sides",
    symmetric_square: "both-sides",
    one_row_down: "off-by-one",
    one_row_too_many: "off-by-one",
    negative_index: "negative-index",
    all_taps_everywhere: None,
    only_first_column: None,
    only_diagonal: None,
    zeros: None,
    flattened: None,
    whole_numbers: None,
    columns_backwards: None,
    normalised: None,
    text: None,
    kernel_longer_fails: None,
    rounded: None,
    rounded_to_four_decimals: None,
    at_most_five_taps: None,
    at_most_six_columns: None,
    flipped_if_equally_long: None,
    kept_small: None,
    place_looked_up_by_value: None,
    places_by_value: None,
    zeros_thrown_away: None,
    room_kept_for_each_size: None,
}
