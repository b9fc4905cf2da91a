"""Answers to E6.4 as learners might write them, right and wrong."""

import math

import numpy as np

from cnncourse.exercises.e6_4 import EXERCISE


def places(n, k, s, p):
    return range(-p, n + p - k + 1, s)


def pixel_by_pixel(x, k, s, p):
    H, W = x.shape
    rows, columns = (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1
    Z = np.zeros((3, rows, columns))
    for i in range(rows):
        for j in range(columns):
            largest, total, count = -np.inf, 0.0, 0
            for a in range(i * s - p, i * s - p + k):
                for b in range(j * s - p, j * s - p + k):
                    if 0 <= a < H and 0 <= b < W:
                        largest = max(largest, x[a, b])
                        total += x[a, b]
                        count += 1
            Z[0, i, j] = largest
            Z[1, i, j] = total / (k * k)
            Z[2, i, j] = total / count
    return Z


def masked(x, k, s, p):
    inside = np.pad(np.ones(x.shape, dtype=bool), p)
    padded = np.pad(x, p)
    rows, columns = ((n - k) // s + 1 for n in padded.shape)
    Z = np.empty((3, rows, columns))
    for i, j in np.ndindex(rows, columns):
        at = np.s_[i * s : i * s + k, j * s : j * s + k]
        pixels = padded[at][inside[at]]
        Z[:, i, j] = max(pixels), sum(pixels) / k**2, np.average(pixels)
    return Z


def counts_along_axes(x, k, s, p):
    H, W = x.shape
    down = np.array([min(a + k, H) - max(a, 0) for a in places(H, k, s, p)])
    across = np.array([min(b + k, W) - max(b, 0) for b in places(W, k, s, p)])
    sums = np.array(
        [
            [x[max(a, 0) : a + k, max(b, 0) : b + k].sum() for b in places(W, k, s, p)]
            for a in places(H, k, s, p)
        ]
    )
    low = np.pad(x, p, constant_values=x.min())
    largest = [
        [low[a + p : a + p + k, b + p : b + p + k].max() for b in places(W, k, s, p)]
        for a in places(H, k, s, p)
    ]
    return np.array([largest, sums / (k * k), sums / (down[:, None] * across)])


def with_nan(x, k, s, p):
    padded = np.pad(x, p, constant_values=np.nan)
    view = np.lib.stride_tricks.sliding_window_view(padded, (k, k))[::s, ::s]
    return [
        np.nanmax(view, axis=(2, 3)),
        np.nansum(view, axis=(2, 3)) / k**2,
        np.nanmean(view, axis=(2, 3)),
    ]


def axis_after_axis(x, k, s, p):
    """Pool the rows, then the columns of what comes out."""

    def maxima(rows):
        n = len(rows[0])
        return [[max(r[max(a, 0) : a + k]) for a in places(n, k, s, p)] for r in rows]

    def sums(rows):
        n = len(rows[0])
        return [[math.fsum(r[max(a, 0) : a + k]) for a in places(n, k, s, p)] for r in rows]

    def both(summary, values):
        return np.array(summary(np.array(summary(values)).T.tolist())).T

    total, count = both(sums, x.tolist()), both(sums, np.ones(x.shape).tolist())
    return np.stack([both(maxima, x.tolist()), total / (k * k), total / count])


def in_float32(x, k, s, p):
    return np.asarray(pixel_by_pixel(x, k, s, p), dtype=np.float32)


def edge_for_the_maximum(x, k, s, p):
    """Repeat the edge: each window that reaches over it holds the pixel itself."""
    Z = pixel_by_pixel(x, k, s, p)
    view = np.lib.stride_tricks.sliding_window_view(np.pad(x, p, mode="edge"), (k, k))
    Z[0] = view[::s, ::s].max(axis=(2, 3))
    return Z


# Wrong ones.


def pooled(x, k, s, p, fill=-np.inf, sides=None):
    sides = p if sides is None else sides
    view = np.lib.stride_tricks.sliding_window_view
    low, zero, ones = (
        view(np.pad(values, sides, constant_values=number), (k, k))[::s, ::s]
        for values, number in ((x, fill), (x, 0), (np.ones(x.shape), 0))
    )
    total, count = zero.sum(axis=(2, 3)), ones.sum(axis=(2, 3))
    with np.errstate(all="ignore"):
        return np.stack([low.max(axis=(2, 3)), total / k**2, total / count])


def zeros_everywhere(x, k, s, p):
    return pooled(x, k, s, p, fill=0)


def maximum_started_at_zero(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    inside = np.lib.stride_tricks.sliding_window_view(np.pad(np.ones(x.shape), p), (k, k))
    touched = inside[::s, ::s].min(axis=(2, 3)) == 0
    Z[0][touched] = np.maximum(Z[0][touched], 0)
    return Z


def minus_one_in_the_padding(x, k, s, p):
    return pooled(x, k, s, p, fill=-1)


def minus_a_million(x, k, s, p):
    return pooled(x, k, s, p, fill=-1e6)


def pixels_in_both(x, k, s, p):
    largest, _, alone = pixel_by_pixel(x, k, s, p)
    return largest, alone, alone


def places_in_both(x, k, s, p):
    largest, over_all, _ = pixel_by_pixel(x, k, s, p)
    return np.array([largest, over_all, over_all])


def mean_of_the_padded(x, k, s, p):
    view = np.lib.stride_tricks.sliding_window_view(np.pad(x, p), (k, k))[::s, ::s]
    mean = view.mean(axis=(2, 3))
    return np.stack([pooled(x, k, s, p)[0], mean, mean])


def other_order(x, k, s, p):
    return pixel_by_pixel(x, k, s, p)[[0, 2, 1]]


def behind_only(x, k, s, p):
    return pooled(x, k, s, p, sides=((0, 2 * p), (0, 2 * p)))


def rows_only(x, k, s, p):
    return pooled(x, k, s, p, sides=((p, p), (0, 0)))


def columns_only(x, k, s, p):
    return pooled(x, k, s, p, sides=((0, 0), (p, p)))


def unpadded(x, k, s, p):
    return pooled(x, k, s, 0)


def twice_as_much(x, k, s, p):
    return pooled(x, k, s, 2 * p)


def rows_counted(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    H = len(x)
    down = np.array([min(a + k, H) - max(a, 0) for a in places(H, k, s, p)])
    Z[2] = Z[1] * k / down[:, None]
    return Z


def columns_counted(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    W = x.shape[1]
    across = np.array([min(b + k, W) - max(b, 0) for b in places(W, k, s, p)])
    Z[2] = Z[1] * k / across
    return Z


def corners_taken_away_twice(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    H, W = x.shape
    down = np.array([k - min(a + k, H) + max(a, 0) for a in places(H, k, s, p)])[:, None]
    across = np.array([k - min(b + k, W) + max(b, 0) for b in places(W, k, s, p)])
    with np.errstate(all="ignore"):
        Z[2] = Z[1] * k**2 / (k * k - k * down - k * across)
    return Z


def counted_by_nonzero(x, k, s, p):
    view = np.lib.stride_tricks.sliding_window_view(np.pad(x, p), (k, k))[::s, ::s]
    total = view.sum(axis=(2, 3))
    return np.array(
        [pooled(x, k, s, p)[0], total / k**2, total / np.count_nonzero(view, axis=(2, 3))]
    )


def edge_for_all(x, k, s, p):
    view = np.lib.stride_tricks.sliding_window_view(np.pad(x, p, "edge"), (k, k))[::s, ::s]
    return [view.max(axis=(2, 3)), view.mean(axis=(2, 3)), view.mean(axis=(2, 3))]


def minus_infinity_for_all(x, k, s, p):
    padded = np.pad(x, p, constant_values=-np.inf)
    view = np.lib.stride_tricks.sliding_window_view(padded, (k, k))[::s, ::s]
    mean = view.mean(axis=(2, 3))
    return np.stack([view.max(axis=(2, 3)), mean, mean])


def nan_for_all(x, k, s, p):
    padded = np.pad(x, p, constant_values=np.nan)
    view = np.lib.stride_tricks.sliding_window_view(padded, (k, k))[::s, ::s]
    return np.stack([view.max(axis=(2, 3)), view.mean(axis=(2, 3)), view.mean(axis=(2, 3))])


def one_step(x, k, s, p):
    return pooled(x, k, 1, p)


def side_by_side(x, k, s, p):
    return pooled(x, k, k, p)


def smallest(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    Z[0] = -pixel_by_pixel(-x, k, s, p)[0]
    return Z


def sums(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    Z[1] *= k**2
    return Z


def average_of_square(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    Z[1] *= k
    return Z


def rounded_up(x, k, s, p):
    rows, columns = (math.ceil((n + 2 * p - k) / s) + 1 for n in x.shape)
    more = [(rows - 1) * s + k - len(x), (columns - 1) * s + k - len(x[0])]
    return pooled(x, k, s, p, sides=[(p, total - p) for total in more])


def absolute(x, k, s, p):
    return np.abs(pixel_by_pixel(x, k, s, p))


def transposed(x, k, s, p):
    return np.swapaxes(pixel_by_pixel(x, k, s, p), 1, 2)


def maximum_only(x, k, s, p):
    return pixel_by_pixel(x, k, s, p)[0]


def channels_last(x, k, s, p):
    return np.moveaxis(pixel_by_pixel(x, k, s, p), 0, -1)


def rounded(x, k, s, p):
    return np.round(pixel_by_pixel(x, k, s, p), 1)


def whole_numbers(x, k, s, p):
    return pixel_by_pixel(np.clip(x, -1e9, 1e9), k, s, p).astype(int)


def without_arithmetic(x, k, s, p):
    return 0 * pixel_by_pixel(x, k, s, p)


def only_the_example(x, k, s, p):
    return [[[-4, -4, -8], [-4, -4, -8]], [[-1, -3, -2]] * 2, [[-4, -6, -8]] * 2]


def changes_its_input(x, k, s, p):
    Z = pixel_by_pixel(x, k, s, p)
    x -= 1
    return Z


_KEPT = {}


def kept_for_each_size(x, k, s, p):
    return _KEPT.setdefault((x.shape, k, s, p), pixel_by_pixel(x, k, s, p))


RIGHT = [
    *EXERCISE.also_right,
    pixel_by_pixel,
    masked,
    counts_along_axes,
    with_nan,
    axis_after_axis,
    in_float32,
    edge_for_the_maximum,
]
WRONG = {
    zeros_everywhere: "zero-padded-maximum",
    maximum_started_at_zero: "zero-padded-maximum",
    minus_one_in_the_padding: "not-low-enough",
    minus_a_million: "not-low-enough",
    pixels_in_both: "padding-never-counted",
    places_in_both: "padding-always-counted",
    mean_of_the_padded: "padding-always-counted",
    other_order: "averages-exchanged",
    behind_only: "some-sides-only",
    rows_only: "some-sides-only",
    columns_only: "some-sides-only",
    unpadded: "no-padding",
    twice_as_much: "padded-twice",
    rows_counted: "one-axis-counted",
    columns_counted: "one-axis-counted",
    corners_taken_away_twice: "one-axis-counted",
    counted_by_nonzero: "zeros-left-out",
    edge_for_all: "edge-repeated",
    minus_infinity_for_all: "one-padding-for-all",
    nan_for_all: "one-padding-for-all",
    one_step: "other-stride",
    side_by_side: "other-stride",
    smallest: None,
    sums: None,
    average_of_square: None,
    rounded_up: None,
    absolute: None,
    transposed: None,
    maximum_only: None,
    channels_last: None,
    rounded: None,
    whole_numbers: None,
    without_arithmetic: None,
    only_the_example: None,
    changes_its_input: None,
    kept_for_each_size: None,
}
