"""Answers to E1.2 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e1_2 import EXERCISE


def by_output(x, w):
    s = []
    for t in range(len(x) + len(w) - 1):
        total = 0.0
        for a in range(len(x)):
            if 0 <= t - a < len(w):
                total += x[a] * w[t - a]
        s.append(total)
    return s


def by_tap_shifting(x, w):
    s = np.zeros(len(x) + len(w) - 1, dtype=np.float32)
    for b, tap in enumerate(w):
        s[b : b + len(x)] += tap * x
    return s


def window_view(x, w):
    padded = np.pad(np.asarray(x, dtype=float), len(w) - 1)
    return np.lib.stride_tricks.sliding_window_view(padded, len(w)) @ w[::-1]


def antidiagonals(x, w):
    table = np.outer(w, x)
    flipped = table[::-1]
    return [np.trace(flipped, offset=k) for k in range(-len(w) + 1, len(x))]


def add_at(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    a, b = np.indices((len(x), len(w)))
    np.add.at(s, a + b, np.multiply.outer(x, w))
    return s


def polynomial_by_dictionary(x, w):
    coefficients = {}
    for a, p in enumerate(x):
        for b, q in enumerate(w):
            coefficients[a + b] = coefficients.get(a + b, 0) + p * q
    return tuple(coefficients[t] for t in sorted(coefficients))


def own_matrix(x, w):
    n, m = len(x), len(w)
    T = np.zeros((n + m - 1, n))
    for j in range(n):
        T[j : j + m, j] = w
    return T @ x


def tensor(x, w):
    import torch

    x, w = torch.tensor(np.array(x, float)), torch.tensor(np.array(w, float), requires_grad=True)
    s = torch.zeros(len(x) + len(w) - 1, dtype=torch.float64)
    for a in range(len(x)):
        s = s + torch.cat([torch.zeros(a), x[a] * w, torch.zeros(len(x) - 1 - a)])
    return s


def recursive(x, w):
    if len(x) == 0:
        return np.zeros(len(w) - 1)
    first = np.append(x[0] * w, np.zeros(len(x) - 1))
    return first + np.append(0.0, recursive(x[1:], w))


def reversed_view(x, w):
    """Gives back a view with a negative stride."""
    return by_tap_shifting(x[::-1], w[::-1]).astype(float)[::-1]


def exact_fractions(x, w):
    from fractions import Fraction

    s = [Fraction(0)] * (len(x) + len(w) - 1)
    for a, p in enumerate(x):
        for b, q in enumerate(w):
            s[a + b] += Fraction(float(p)) * Fraction(float(q))
    return s


def named_like_the_forbidden(x, w):
    # np.convolve(x, w) would do this in one line
    def convolve(p, q):
        return by_output(p, q)

    return convolve(x, w)


def unflipped_loop(x, w):
    n, m = len(x), len(w)
    s = np.zeros(n + m - 1)
    for t in range(n + m - 1):
        for b in range(m):
            a = t - (m - 1) + b
            if 0 <= a < n:
                s[t] += x[a] * w[b]
    return s


def unflipped_padded(x, w):
    padded = np.pad(np.asarray(x, float), len(w) - 1)
    return [padded[t : t + len(w)] @ w for t in range(len(x) + len(w) - 1)]


def flipped_twice(x, w):
    return by_output(x, w[::-1])


def signal_flipped(x, w):
    return by_output(x[::-1], w)


def deep_learning_convolution(x, w):
    return [np.dot(x[t : t + len(w)], w) for t in range(len(x) - len(w) + 1)]


def valid_only(x, w):
    return np.array([np.dot(x[t : t + len(w)], w[::-1]) for t in range(len(x) - len(w) + 1)])


def valid_into_zeros(x, w):
    s = np.zeros(len(x) - len(w) + 1)
    for t in range(len(s)):
        for b in range(len(w)):
            s[t] += w[b] * x[t + len(w) - 1 - b]
    return s


def causal_same(x, w):
    s = np.zeros(len(x))
    for t in range(len(x)):
        for b in range(len(w)):
            if t - b >= 0:
                s[t] += w[b] * x[t - b]
    return s


def centred_same(x, w):
    start = (len(w) - 1) // 2
    return np.array(by_output(x, w))[start : start + len(x)]


def centred_to_the_right(x, w):
    return np.array(by_output(x, w))[len(w) // 2 :][: len(x)]


def last_output_missing(x, w):
    return by_output(x, w)[:-1]


def one_too_many(x, w):
    s = np.zeros(len(x) + len(w))
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] * w[b]
    return s


def late_by_one(x, w):
    s = np.zeros(len(x) + len(w))
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b + 1] += x[a] * w[b]
    return s[:-1]


def last_tap_forgotten(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w) - 1):
            s[a + b] += x[a] * w[b]
    return s


def first_sample_forgotten(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(1, len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] * w[b]
    return s


def negative_index_into_w(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for t in range(len(s)):
        for a in range(len(x)):
            if t - a < len(w):
                s[t] += x[a] * w[t - a]
    return s


def negative_index_into_x(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for t in range(len(s)):
        for b in range(len(w)):
            if t - b < len(x):
                s[t] += w[b] * x[t - b]
    return s


def fourier_unpadded(x, w):
    size = max(len(x), len(w))
    return np.fft.ifft(np.fft.fft(x, size) * np.fft.fft(w, size)).real


def modulo(x, w):
    s = np.zeros(len(x))
    for a in range(len(x)):
        for b in range(len(w)):
            s[(a + b) % len(x)] += x[a] * w[b]
    return s


def overwritten(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] = x[a] * w[b]
    return s


def subtracted(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] -= x[a] * w[b]
    return s


def summed(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += x[a] + w[b]
    return s


def normalised(x, w):
    return np.array(by_output(x, w)) / (np.sum(np.abs(w)) + 1)


def products_not_summed(x, w):
    return np.outer(x, w)


def all_zeros(x, w):
    return np.zeros(len(x) + len(w) - 1)


def only_the_example(x, w):
    return [10, 21, 2]


def like_its_input(x, w):
    s = np.zeros(len(x) + len(w) - 1, dtype=x.dtype)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += (x[a] * w[b]).astype(x.dtype)
    return s


def absolute_values(x, w):
    return np.abs(by_output(x, w))


def fails_for_long_kernels(x, w):
    if len(w) > len(x):
        raise ValueError("kernel too long")
    return by_output(x, w)


def swaps_wrongly_for_long_kernels(x, w):
    return by_output(x, w) if len(w) <= len(x) else by_output(x[::-1], w)


def unflipped_unless_short(x, w):
    return by_output(x, w[::-1]) if len(w) <= len(x) else by_output(x, w)


def type_of_the_second(x, w):
    s = np.zeros(len(x) + len(w) - 1, dtype=w.dtype)
    for a in range(len(x)):
        for b in range(len(w)):
            s[a + b] += np.asarray(x[a] * w[b]).astype(s.dtype)
    return s


def rounded(x, w):
    return np.round(add_at(x, w), 2)


def rounded_to_six_decimals(x, w):
    return np.round(add_at(x, w), 6)


def zeros_thrown_away(x, w):
    return add_at(x[x != 0] if len(x) > 3 else x, w)


def at_most_twelve(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    part = add_at(x[:12], w)
    s[: len(part)] = part
    return s


def at_most_six_taps(x, w):
    s = np.zeros(len(x) + len(w) - 1)
    part = add_at(x, w[:6])
    s[: len(part)] = part
    return s


def flipped_if_equally_long(x, w):
    return add_at(x, w[::-1] if len(x) == len(w) >= 4 else w)


def kept_small(x, w):
    return np.clip(add_at(x, w), -150, 150)


def place_looked_up_by_value(x, w):
    w = list(w)
    s = np.zeros(len(x) + len(w) - 1)
    for value in w:
        for a in range(len(x)):
            s[w.index(value) + a] += value * x[a]
    return s


def sample_looked_up_by_value(x, w):
    x = list(x)
    s = np.zeros(len(x) + len(w) - 1)
    for value in x:
        for b in range(len(w)):
            s[x.index(value) + b] += value * w[b]
    return s


def places_by_value(x, w):
    places = {value: b for b, value in enumerate(w)}
    s = np.zeros(len(x) + len(w) - 1)
    for a in range(len(x)):
        for value, b in places.items():
            s[a + b] += x[a] * value
    return s


def fourier_of_sixteen(x, w):
    s = np.fft.irfft(np.fft.rfft(x, 16) * np.fft.rfft(w, 16), 16)
    return s[: len(x) + len(w) - 1]


def without_zeros_at_the_end(x, w):
    return np.trim_zeros(add_at(x, w), "b")


_ROOM = {}


def room_kept_for_each_size(x, w):
    return _ROOM.setdefault((len(x), len(w)), add_at(x, w))


RIGHT = [
    *EXERCISE.also_right,
    by_output,
    by_tap_shifting,
    window_view,
    antidiagonals,
    add_at,
    polynomial_by_dictionary,
    own_matrix,
    tensor,
    recursive,
    reversed_view,
    exact_fractions,
    named_like_the_forbidden,
]
WRONG = {
    unflipped_loop: "correlation",
    unflipped_padded: "correlation",
    flipped_twice: "correlation",
    signal_flipped: "correlation",
    unflipped_unless_short: "correlation",
    deep_learning_convolution: "correlation-cropped",
    valid_only: "valid-length",
    valid_into_zeros: "valid-length",
    causal_same: "same-length",
    centred_same: "same-length",
    centred_to_the_right: "same-length",
    last_output_missing: "off-by-one",
    one_too_many: "off-by-one",
    late_by_one: "off-by-one",
    last_tap_forgotten: "off-by-one",
    first_sample_forgotten: "off-by-one",
    negative_index_into_w: "negative-index",
    negative_index_into_x: "negative-index",
    fourier_unpadded: "circular",
    modulo: "circular",
    overwritten: None,
    subtracted: None,
    summed: None,
    normalised: None,
    products_not_summed: None,
    all_zeros: None,
    only_the_example: None,
    like_its_input: None,
    absolute_values: None,
    fails_for_long_kernels: None,
    swaps_wrongly_for_long_kernels: None,
    type_of_the_second: None,
    rounded: None,
    rounded_to_six_decimals: None,
    zeros_thrown_away: None,
    at_most_twelve: None,
    at_most_six_taps: None,
    flipped_if_equally_long: None,
    kept_small: None,
    place_looked_up_by_value: None,
    sample_looked_up_by_value: None,
    places_by_value: None,
    fourier_of_sixteen: None,
    without_zeros_at_the_end: None,
    room_kept_for_each_size: None,
}
