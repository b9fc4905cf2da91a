"""Answers to E1.6 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e1_6 import EXERCISE


def own_loops(u, v):
    w = np.zeros(len(u) + len(v) - 1)
    for a in range(len(u)):
        for b in range(len(v)):
            w[a + b] += u[a] * v[b]
    return w


def other_order(u, v):
    return np.convolve(v, u)


def polynomial_product(u, v):
    """Loses zeros at the start: those of a filter that only delays."""
    return np.polymul(u, v)


def single_precision(u, v):
    return np.convolve(u.astype(np.float32), v.astype(np.float32))


def of_scipy(u, v):
    import scipy.signal

    return scipy.signal.fftconvolve(u, v)


def of_torch(u, v):
    import torch

    a = torch.as_tensor(u, dtype=torch.float32)[None, None]
    b = torch.as_tensor(v.copy(), dtype=torch.float32).flip(0)[None, None]
    return torch.nn.functional.conv1d(a, b, padding=len(v) - 1)[0, 0]


def padded_sum(u, v):
    w = np.zeros(max(len(u), len(v)))
    w[: len(u)] += u
    w[: len(v)] += v
    return w


def plain_sum(u, v):
    return u + v


def plain_product(u, v):
    return u * v


def all_products(u, v):
    return [a * b for a in u for b in v]


def zipped_sum(u, v):
    return [a + b for a, b in zip(u, v, strict=False)]


def zipped_product(u, v):
    return [a * b for a, b in zip(u, v, strict=False)]


def padded_product(u, v):
    n = max(len(u), len(v))
    return np.pad(u, (0, n - len(u))) * np.pad(v, (0, n - len(v)))


def mean_of_both(u, v):
    n = max(len(u), len(v))
    return (np.pad(u, (0, n - len(u))) + np.pad(v, (0, n - len(v)))) / 2.0


def mode_same(u, v):
    return np.convolve(u, v, mode="same")


def mode_valid(u, v):
    return np.convolve(u, v, mode="valid")


def length_of_u(u, v):
    return np.convolve(u, v)[: len(u)]


def last_tap_cut(u, v):
    return np.convolve(u, v)[:-1]


def correlated(u, v):
    return np.correlate(u, v, mode="full")


def v_reversed(u, v):
    return np.convolve(u, v[::-1])


def u_reversed(u, v):
    return np.convolve(u[::-1], v)


def both_reversed(u, v):
    return np.convolve(u[::-1], v[::-1])


def one_after_the_other(u, v):
    return np.concatenate([u, v])


def v_first(u, v):
    return list(v) + list(u)


def made_an_average(u, v):
    w = np.convolve(u, v)
    return w / w.sum()


def u_twice(u, v):
    return np.convolve(u, u)


def only_v(u, v):
    return v


def sum_times_sum(u, v):
    return np.array([u.sum() * v.sum()])


def outer_product(u, v):
    return np.outer(u, v)


def zeros(u, v):
    return np.zeros(len(u) + len(v) - 1)


def padded_too_long(u, v):
    return np.append(np.convolve(u, v), 0.0)


def halved(u, v):
    return np.convolve(u, v) / 2


def made_positive(u, v):
    return np.abs(np.convolve(u, v))


def circular(u, v):
    n = max(len(u), len(v))
    return np.fft.ifft(np.fft.fft(u, n) * np.fft.fft(v, n)).real


def difference(u, v):
    return np.convolve(u, v) - padded_sum(u, v).sum()


def type_of_the_second(u, v):
    s = np.zeros(len(u) + len(v) - 1, dtype=v.dtype)
    for a in range(len(u)):
        for b in range(len(v)):
            s[a + b] += np.asarray(u[a] * v[b]).astype(s.dtype)
    return s


def rounded(u, v):
    return np.round(own_loops(u, v), 2)


def rounded_to_six_decimals(u, v):
    return np.round(own_loops(u, v), 6)


def zeros_thrown_away(u, v):
    return own_loops(u[u != 0] if len(u) > 3 else u, v)


def at_most_twelve(u, v):
    s = np.zeros(len(u) + len(v) - 1)
    part = own_loops(u[:12], v)
    s[: len(part)] = part
    return s


def at_most_six_taps(u, v):
    s = np.zeros(len(u) + len(v) - 1)
    part = own_loops(u, v[:6])
    s[: len(part)] = part
    return s


def flipped_if_equally_long(u, v):
    return own_loops(u, v[::-1] if len(u) == len(v) >= 4 else v)


def kept_small(u, v):
    return np.clip(own_loops(u, v), -150, 150)


def place_looked_up_by_value(u, v):
    v = list(v)
    s = np.zeros(len(u) + len(v) - 1)
    for value in v:
        for a in range(len(u)):
            s[v.index(value) + a] += value * u[a]
    return s


def sample_looked_up_by_value(u, v):
    u = list(u)
    s = np.zeros(len(u) + len(v) - 1)
    for value in u:
        for b in range(len(v)):
            s[u.index(value) + b] += value * v[b]
    return s


def places_by_value(u, v):
    places = {value: b for b, value in enumerate(v)}
    s = np.zeros(len(u) + len(v) - 1)
    for a in range(len(u)):
        for value, b in places.items():
            s[a + b] += u[a] * value
    return s


def fourier_of_sixteen(u, v):
    s = np.fft.irfft(np.fft.rfft(u, 16) * np.fft.rfft(v, 16), 16)
    return s[: len(u) + len(v) - 1]


def without_zeros_at_the_end(u, v):
    return np.trim_zeros(own_loops(u, v), "b")


_ROOM = {}


def room_kept_for_each_size(u, v):
    return _ROOM.setdefault((len(u), len(v)), own_loops(u, v))


def polynomials_of_numpy(u, v):
    return np.polynomial.polynomial.polymul(u, v)


RIGHT = [
    *EXERCISE.also_right,
    own_loops,
    other_order,
    single_precision,
    of_scipy,
    of_torch,
]
WRONG = {
    padded_sum: "added",
    plain_sum: "added",
    plain_product: "multiplied",
    all_products: "products-not-added",
    zipped_sum: "added",
    zipped_product: "multiplied",
    padded_product: "multiplied",
    mean_of_both: "averaged",
    mode_same: "cropped",
    mode_valid: "cropped",
    length_of_u: "cropped",
    last_tap_cut: "cropped",
    correlated: "correlation",
    v_reversed: "correlation",
    u_reversed: "correlation",
    both_reversed: "both-flipped",
    one_after_the_other: "concatenated",
    v_first: "concatenated",
    made_an_average: "rescaled",
    u_twice: None,
    only_v: None,
    sum_times_sum: None,
    outer_product: None,
    zeros: None,
    padded_too_long: None,
    halved: None,
    made_positive: None,
    circular: None,
    difference: None,
    polynomial_product: None,
    polynomials_of_numpy: None,
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
