"""Answers to E7.3 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e7_3 import EXERCISE


def four_loops(dZ, x, k, s):
    dx = np.zeros_like(x, dtype=float)
    for i in range(dZ.shape[0]):
        for j in range(dZ.shape[1]):
            best, at = -np.inf, None
            for m in range(k):
                for n in range(k):
                    if x[i * s + m, j * s + n] > best:
                        best, at = x[i * s + m, j * s + n], (i * s + m, j * s + n)
            dx[at] += dZ[i, j]
    return dx


def unravelled(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        window = x[i * s : i * s + k, j * s : j * s + k]
        m, n = np.unravel_index(window.argmax(), window.shape)
        dx[i * s + m, j * s + n] += dZ[i, j]
    return dx


def backwards_with_at_least(dZ, x, k, s):
    """Go from the last pixel of a window to its first, where an equal one takes over."""
    dx = [[0.0] * x.shape[1] for _ in range(x.shape[0])]
    for i in range(len(dZ)):
        for j in range(len(dZ[0])):
            places = [(i * s + m, j * s + n) for m in range(k) for n in range(k)]
            best = places[-1]
            for at in reversed(places):
                if x[at] >= x[best]:
                    best = at
            dx[best[0]][best[1]] += float(dZ[i, j])
    return dx


def by_sorting(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for (i, j), flow in np.ndenumerate(dZ):
        places = [(a, b) for a in range(i * s, i * s + k) for b in range(j * s, j * s + k)]
        dx[max(places, key=lambda at: x[at])] += flow
    return dx


def by_counting(dZ, x, k, s):
    """Number the pixels, and count with weights which are the largest how often."""
    numbers = np.arange(x.size).reshape(x.shape)
    winners, flows = [], []
    for i, j in np.ndindex(*dZ.shape):
        at = np.s_[i * s : i * s + k, j * s : j * s + k]
        winners.append(numbers[at].ravel()[x[at].argmax()])
        flows.append(dZ[i, j])
    return np.bincount(winners, weights=flows, minlength=x.size).reshape(x.shape)


def in_float32(dZ, x, k, s):
    return unravelled(dZ, x.astype(np.float32), k, s).astype(np.float32)


def tensor(dZ, x, k, s):
    import torch

    return torch.tensor(unravelled(dZ, x, k, s))


# Wrong ones.


def window_of(x, i, j, k, s):
    return x[i * s : i * s + k, j * s : j * s + k]


def masked(dZ, x, k, s, mask, add=True):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        there = window_of(dx, i, j, k, s)
        there[:] = there * add + dZ[i, j] * mask(window_of(x, i, j, k, s))
    return dx


def equals_sign(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        m, n = divmod(window_of(x, i, j, k, s).argmax(), k)
        dx[i * s + m, j * s + n] = dZ[i, j]
    return dx


def added_at_once(dZ, x, k, s):
    """Add by an index array, in which a pixel that comes twice gets one share."""
    places = [divmod(window_of(x, i, j, k, s).argmax(), k) for i, j in np.ndindex(*dZ.shape)]
    i, j = np.indices(dZ.shape).reshape(2, -1)
    m, n = np.array(places).T
    dx = np.zeros(x.shape)
    dx[i * s + m, j * s + n] += dZ.ravel()
    return dx


def mask_overwritten(dZ, x, k, s):
    return masked(dZ, x, k, s, lambda window: window == window.max(), add=False)


def mask_of_equals(dZ, x, k, s):
    return masked(dZ, x, k, s, lambda window: window == np.max(window))


def fair_shares(dZ, x, k, s):
    return masked(dZ, x, k, s, lambda w: (w == w.max()) / np.count_nonzero(w == w.max()))


def at_least(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        at = (i * s, j * s)
        for m in range(i * s, i * s + k):
            for n in range(j * s, j * s + k):
                if x[m, n] >= x[at]:
                    at = m, n
        dx[at] += dZ[i, j]
    return dx


def columns_first(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        n, m = divmod(window_of(x, i, j, k, s).T.argmax(), k)
        dx[i * s + m, j * s + n] += dZ[i, j]
    return dx


def as_an_average(dZ, x, k, s):
    return masked(dZ, x, k, s, lambda window: np.ones((k, k)) / k**2)


def to_the_whole_window(dZ, x, k, s):
    return masked(dZ, x, k, s, lambda window: 1)


def no_stride(dZ, x, k, s):
    return unravelled(dZ, x, k, 1)


def largest_of_all(dZ, x, k, s):
    dx = np.zeros(x.shape)
    dx[np.unravel_index(np.argmax(x), x.shape)] = dZ.sum()
    return dx


def wherever_it_is(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        dx += dZ[i, j] * (x == window_of(x, i, j, k, s).max())
    return dx


def corner_forgotten(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        dx[divmod(window_of(x, i, j, k, s).argmax(), k)] += dZ[i, j]
    return dx


def row_for_column(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        n, m = divmod(window_of(x, i, j, k, s).argmax(), k)
        dx[i * s + m, j * s + n] += dZ[i, j]
    return dx


def smallest(dZ, x, k, s):
    return unravelled(dZ, -x, k, s)


def largest_size(dZ, x, k, s):
    return unravelled(dZ, abs(x), k, s)


def searched_from_zero(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        best, at = 0, None
        for m in range(i * s, i * s + k):
            for n in range(j * s, j * s + k):
                if x[m, n] > best:
                    best, at = x[m, n], (m, n)
        if at is not None:
            dx[at] += dZ[i, j]
    return dx


def unpooled(dZ, x, k, s):
    """Put the maxima back where they came from."""
    pooled = np.lib.stride_tricks.sliding_window_view(x, (k, k)).max((2, 3))[::s, ::s]
    return unravelled(pooled, x, k, s)


def ones(dZ, x, k, s):
    return unravelled(np.ones(dZ.shape), x, k, s)


def as_large_as_the_windows(dZ, x, k, s):
    H, W = ((n - 1) * s + k for n in dZ.shape)
    return unravelled(dZ, x[:H, :W], k, s)


def half(dZ, x, k, s):
    return unravelled(dZ, x, k, s) / 2


def transposed(dZ, x, k, s):
    return unravelled(dZ, x, k, s).T


def flat(dZ, x, k, s):
    return unravelled(dZ, x, k, s).ravel()


def of_dz(dZ, x, k, s):
    return dZ


def whole_numbers(dZ, x, k, s):
    return unravelled(dZ / 2, x, k, s).astype(int) * 2


def one_row_of_windows(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for j in range(dZ.shape[1]):
        m, n = divmod(window_of(x, 0, j, k, s).argmax(), k)
        dx[m, j * s + n] += dZ[0, j]
    return dx


def only_the_example(dZ, x, k, s):
    return [[0, 11, 100, 0], [0, 0, 0, 0]]


def forgets_to_return(dZ, x, k, s):
    unravelled(dZ, x, k, s)


def changes_its_input(dZ, x, k, s):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        m, n = divmod(window_of(x, i, j, k, s).argmax(), k)
        dx[i * s + m, j * s + n] += dZ[i, j]
        dZ[i, j] = 0
    return dx


_KEPT = {}


def kept_for_each_size(dZ, x, k, s):
    return _KEPT.setdefault((x.shape, k, s), unravelled(dZ, x, k, s))


RIGHT = [
    *EXERCISE.also_right,
    four_loops,
    unravelled,
    backwards_with_at_least,
    by_sorting,
    by_counting,
    in_float32,
    tensor,
]
WRONG = {
    equals_sign: "overwritten",
    added_at_once: "overwritten",
    mask_overwritten: "overwritten",
    mask_of_equals: "to-all-equal-pixels",
    fair_shares: "to-all-equal-pixels",
    at_least: "another-of-equal-pixels",
    columns_first: "another-of-equal-pixels",
    as_an_average: "spread-over-the-window",
    to_the_whole_window: "spread-over-the-window",
    no_stride: "stride-ignored",
    largest_of_all: "largest-of-the-picture",
    wherever_it_is: "found-by-value",
    corner_forgotten: "place-in-the-window",
    row_for_column: "place-in-the-window",
    smallest: "smallest-pixel",
    largest_size: "smallest-pixel",
    searched_from_zero: "nothing-below-zero",
    unpooled: "not-the-derivative",
    ones: "not-the-derivative",
    as_large_as_the_windows: "left-over-pixels",
    half: None,
    transposed: None,
    flat: None,
    of_dz: None,
    whole_numbers: None,
    one_row_of_windows: None,
    only_the_example: None,
    forgets_to_return: None,
    changes_its_input: None,
    kept_for_each_size: None,
}
