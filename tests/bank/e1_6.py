"""Answers to E1.6 as learners might write them, right and wrong."""

import numpy as np


def own_loops(u, v):
    w = np.zeros(len(u) + len(v) - 1)
    for a in range(len(u)):
        for b in range(len(v)):
            w[a + b] += u[a] * v[b]
    return w


def other_order(u, v):
    return np.convolve(v, u)


def impulse_through_both(u, v):
    impulse = [1.0]
    return np.convolve(np.convolve(impulse, u), v).tolist()


def polynomial_product(u, v):
    return np.polymul(u, v)


def by_fourier(u, v):
    size = len(u) + len(v) - 1
    return np.fft.irfft(np.fft.rfft(u, size) * np.fft.rfft(v, size), size)


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


RIGHT = [
    own_loops,
    other_order,
    impulse_through_both,
    by_fourier,
    single_precision,
    of_scipy,
    of_torch,
    polynomial_product,
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
}
