"""Answers to E1.3 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e1_3 import EXERCISE


def double_loop(x, w):
    out = []
    for t in range(len(x)):
        total = used = 0.0
        for a in range(len(w)):
            if t - a >= 0:
                total += w[a] * x[t - a]
                used += w[a]
        out.append(total / used)
    return out


def np_average(x, w):
    m = len(w)
    out = np.empty(len(x))
    for t in range(len(x)):
        past = x[max(0, t - m + 1) : t + 1][::-1]
        out[t] = np.average(past, weights=w[: len(past)])
    return out


def running_divisor(x, w):
    used = np.cumsum(w)
    divisor = np.array([used[min(t, len(w) - 1)] for t in range(len(x))])
    return (np.convolve(x, w)[: len(x)] / divisor).astype(np.float32)


def nan_as_missing(x, w):
    padded = np.concatenate([np.full(len(w) - 1, np.nan), x])
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(w))[:, ::-1]
    present = ~np.isnan(windows)
    return np.where(present, windows, 0) @ w / (present @ w)


def filter_of_scipy(x, w):
    from scipy.signal import lfilter

    return lfilter(w, 1, x) / lfilter(w, 1, np.ones(len(x)))


def tensor(x, w):
    import torch

    x, w = torch.as_tensor(x).double(), torch.as_tensor(w)
    out = []
    for t in range(len(x)):
        k = min(t + 1, len(w))
        out.append((x[t - k + 1 : t + 1].flip(0) * w[:k]).sum() / w[:k].sum())
    return torch.stack(out)


def tiny_guard_in_the_divisor(x, w):
    n = len(x)
    return np.convolve(x, w)[:n] / (np.convolve(np.ones(n), w)[:n] + 1e-9)


def zeros_before(x, w):
    padded = np.concatenate([np.zeros(len(w) - 1), x])
    return [padded[t : t + len(w)] @ w[::-1] for t in range(len(x))]


def cropped_convolution(x, w):
    return np.convolve(x, w)[: len(x)]


def full_windows_only(x, w):
    m = len(w)
    return np.array([x[t - m + 1 : t + 1] @ w[::-1] for t in range(m - 1, len(x))])


def nan_at_the_start(x, w):
    out = np.full(len(x), np.nan)
    for t in range(len(w) - 1, len(x)):
        out[t] = x[t - len(w) + 1 : t + 1] @ w[::-1]
    return out


def zeros_at_the_start(x, w):
    out = np.zeros(len(x))
    for t in range(len(w) - 1, len(x)):
        out[t] = x[t - len(w) + 1 : t + 1] @ w[::-1]
    return out


def edge_padding(x, w):
    padded = np.pad(np.asarray(x, float), (len(w) - 1, 0), mode="edge")
    return [padded[t : t + len(w)] @ w[::-1] for t in range(len(x))]


def raw_at_the_start(x, w):
    out = np.array(x, dtype=float)
    for t in range(len(w) - 1, len(x)):
        out[t] = x[t - len(w) + 1 : t + 1] @ w[::-1]
    return out


def share_of_samples(x, w):
    out = np.convolve(x, w)[: len(x)]
    for t in range(min(len(w), len(x))):
        out[t] *= len(w) / (t + 1)
    return out


def mean_at_the_start(x, w):
    out = np.convolve(x, w)[: len(x)]
    for t in range(min(len(w) - 1, len(x))):
        out[t] = np.mean(x[: t + 1])
    return out


def kernel_backwards(x, w):
    return double_loop(x, w[::-1])


def window_times_weights(x, w):
    out = []
    for t in range(len(x)):
        window = x[max(0, t - len(w) + 1) : t + 1]
        used = w[: len(window)]
        out.append((window * used).sum() / used.sum())
    return out


def centred(x, w):
    half = (len(w) - 1) // 2
    n = len(x)
    top = np.convolve(x, w)[half : half + n]
    return top / np.convolve(np.ones(n), w)[half : half + n]


def centred_undivided(x, w):
    half = (len(w) - 1) // 2
    return np.convolve(x, w)[half : half + len(x)]


def divisor_starts_late(x, w):
    out = []
    for t in range(len(x)):
        k = min(t + 1, len(w))
        total = sum(w[a] * x[t - a] for a in range(k))
        out.append(total / w[: k + 1].sum())
    return out


def divided_by_newest(x, w):
    return np.convolve(x, w)[: len(x)] / w[0]


def divided_by_all(x, w):
    return np.convolve(x, w)[: len(x)] / w.sum()


def plain_moving_average(x, w):
    return [np.mean(x[max(0, t - len(w) + 1) : t + 1]) for t in range(len(x))]


def unsmoothed(x, w):
    return x.astype(float)


def full_length(x, w):
    ones = np.convolve(np.ones(len(x)), w)
    return np.convolve(x, w) / ones


def divided_twice(x, w):
    n = len(x)
    used = np.convolve(np.ones(n), w)[:n]
    return np.convolve(x, w)[:n] / used**2


def multiplied_by_used(x, w):
    n = len(x)
    return np.convolve(x, w)[:n] * np.convolve(np.ones(n), w)[:n]


def renormalised_by_last_weights(x, w):
    out = np.convolve(x, w)[: len(x)]
    for t in range(min(len(w) - 1, len(x))):
        out[t] /= w[-(t + 1) :].sum()
    return out


def future_first(x, w):
    return double_loop(x[::-1], w)[::-1]


def recursive_filter(x, w):
    out = [float(x[0])]
    for value in x[1:]:
        out.append(w[0] * value + (1 - w[0]) * out[-1])
    return out


def whole_numbers(x, w):
    out = np.zeros_like(x)
    for t in range(len(x)):
        k = min(t + 1, len(w))
        out[t] = x[t::-1][:k] @ w[:k] / w[:k].sum()
    return out


def rounded(x, w):
    return np.round(double_loop(x, w), 1)


def rounded_to_four_decimals(x, w):
    return np.round(double_loop(x, w), 4)


def zeros_taken_for_missing(x, w):
    n = len(x)
    return np.convolve(x, w)[:n] / np.convolve(x != 0, w)[:n]


def backwards_if_equally_long(x, w):
    s = np.array(double_loop(x, w))
    return s[::-1] if len(x) == len(w) >= 2 else s


def at_most_eleven(x, w):
    return double_loop(x[:11], w) + list(x[11:])


def at_most_five_weights(x, w):
    return double_loop(x, w[:5])


def kept_small(x, w):
    return np.clip(double_loop(x, w), -150, 150)


def weight_looked_up_by_value(x, w):
    weights, out = list(w), []
    for t in range(len(x)):
        total = used = 0.0
        for weight in weights:
            a = weights.index(weight)
            if t - a >= 0:
                total += weight * x[t - a]
                used += weight
        out.append(total / used)
    return out


def sample_looked_up_by_value(x, w):
    values = list(x)
    return [double_loop(x, w)[values.index(value)] for value in values]


_ROOM = {}


def divisors_kept_for_each_size(x, w):
    n = len(x)
    used = _ROOM.setdefault((n, len(w)), np.convolve(np.ones(n), w)[:n])
    return np.convolve(x, w)[:n] / used


RIGHT = [
    *EXERCISE.also_right,
    double_loop,
    np_average,
    running_divisor,
    nan_as_missing,
    filter_of_scipy,
    tensor,
    tiny_guard_in_the_divisor,
]
WRONG = {
    zeros_before: "zeros-drag",
    cropped_convolution: "zeros-drag",
    divided_by_all: "zeros-drag",
    full_windows_only: "dropped-samples",
    nan_at_the_start: "dropped-samples",
    zeros_at_the_start: "dropped-samples",
    edge_padding: "first-repeated",
    raw_at_the_start: "raw-start",
    share_of_samples: "count-share",
    mean_at_the_start: "plain-mean-start",
    kernel_backwards: "kernel-unflipped",
    window_times_weights: "kernel-unflipped",
    centred: "uses-the-future",
    centred_undivided: "uses-the-future",
    divisor_starts_late: "divisor-off-by-one",
    divided_by_newest: None,
    plain_moving_average: None,
    unsmoothed: None,
    full_length: None,
    divided_twice: None,
    multiplied_by_used: None,
    renormalised_by_last_weights: None,
    future_first: None,
    recursive_filter: None,
    whole_numbers: None,
    rounded: None,
    rounded_to_four_decimals: None,
    zeros_taken_for_missing: None,
    backwards_if_equally_long: None,
    at_most_eleven: None,
    at_most_five_weights: None,
    kept_small: None,
    weight_looked_up_by_value: None,
    sample_looked_up_by_value: None,
    divisors_kept_for_each_size: None,
}
