"""Answers to E1.4 as learners might write them, right and wrong."""

from math import ceil, sqrt

import numpy as np

from cnncourse.exercises.e1_4 import EXERCISE


def grid_of_lengths(velocity, dt, sigma, max_length):
    m = np.arange(1, max_length + 1)
    cost = (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m
    return np.argmin(cost) + 1


def longest_of_equals(velocity, dt, sigma, max_length):
    def rmse(m):
        return sqrt((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m)

    return min(range(max_length, 0, -1), key=rmse)


def neighbours_of_the_root(velocity, dt, sigma, max_length):
    if velocity == 0:
        return max_length
    goal = 2 * sigma**2 / (velocity * dt) ** 2
    m = 1
    while m < max_length and (m + 1) ** 2 * m <= goal:
        m += 1
    candidates = [m, min(m + 1, max_length)]
    return min(candidates, key=lambda k: (velocity * dt * (k - 1) / 2) ** 2 + sigma**2 / k)


def roots_by_numpy(velocity, dt, sigma, max_length):
    if velocity == 0:
        return np.int32(max_length)
    roots = np.roots([1, -1, 0, -2 * (sigma / (velocity * dt)) ** 2])
    real = max(root.real for root in roots if abs(root.imag) < 1e-9)
    near = [min(max(k, 1), max_length) for k in (int(real), int(real) + 1)]
    cost = [(velocity * dt * (k - 1) / 2) ** 2 + sigma**2 / k for k in near]
    return np.int32(near[int(np.argmin(cost))])


def scaled_cost(velocity, dt, sigma, max_length):
    """Compares 4 m RMSE^2 / m, multiplied out."""
    speed = abs(velocity) * dt

    def cost(m):
        return (m * (m - 1) ** 2 * speed**2 + 4 * sigma**2) / (4 * m)

    return sorted(range(1, max_length + 1), key=cost)[0]


def tensor(velocity, dt, sigma, max_length):
    import torch

    m = torch.arange(1, max_length + 1, dtype=torch.float64)
    return torch.argmin((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m) + 1


def _best(cost, max_length, last=False):
    lengths = list(range(1, max_length + 1))
    return min(lengths[::-1] if last else lengths, key=cost)


def as_long_as_possible(velocity, dt, sigma, max_length):
    return _best(lambda m: sigma**2 / m, max_length, last=True)


def smallest_variance(velocity, dt, sigma, max_length):
    return 1 + np.argmin(sigma**2 / np.arange(1, max_length + 1))


def as_short_as_possible(velocity, dt, sigma, max_length):
    return _best(lambda m: abs(velocity) * dt * (m - 1) / 2, max_length, last=True)


def noise_not_reduced(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m - 1) / 2) ** 2 + sigma**2, max_length)


def lag_of_whole_window(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * m) ** 2 + sigma**2 / m, max_length)


def lag_of_oldest(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m - 1)) ** 2 + sigma**2 / m, max_length)


def lag_half_the_window(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * m / 2) ** 2 + sigma**2 / m, max_length)


def without_dt(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * (m - 1) / 2) ** 2 + sigma**2 / m, max_length)


def sigma_unsquared(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m - 1) / 2) ** 2 + sigma / m, max_length)


def deviation_added(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m - 1) / 2) ** 2 + sigma / sqrt(m), max_length)


def variance_over_square(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m - 1) / 2) ** 2 + (sigma / m) ** 2, max_length)


def magnitudes_added(velocity, dt, sigma, max_length):
    return _best(lambda m: abs(velocity) * dt * (m - 1) / 2 + sigma / sqrt(m), max_length)


def bias_unsquared(velocity, dt, sigma, max_length):
    return _best(lambda m: velocity * dt * (m - 1) / 2 + sigma**2 / m, max_length)


def bias_as_distance(velocity, dt, sigma, max_length):
    return _best(lambda m: abs(velocity * dt) * (m - 1) / 2 + sigma**2 / m, max_length)


def index_of_minimum(velocity, dt, sigma, max_length):
    m = np.arange(1, max_length + 1)
    return np.argmin((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m)


def range_too_short(velocity, dt, sigma, max_length):
    best, smallest = 1, float("inf")
    for m in range(1, max_length):
        cost = (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m
        if cost < smallest:
            best, smallest = m, cost
    return best


def rounded_root(velocity, dt, sigma, max_length):
    if velocity == 0:
        return max_length
    roots = np.roots([1, -1, 0, -2 * (sigma / (velocity * dt)) ** 2])
    real = max(root.real for root in roots if abs(root.imag) < 1e-9)
    return int(min(max(round(real), 1), max_length))


def root_rounded_up(velocity, dt, sigma, max_length):
    if velocity == 0:
        return max_length
    if sigma == 0:
        return 1
    roots = np.roots([1, -1, 0, -2 * (sigma / (velocity * dt)) ** 2])
    real = max(root.real for root in roots if abs(root.imag) < 1e-9)
    return int(min(max(ceil(real), 1), max_length))


def limit_overlooked(velocity, dt, sigma, max_length):
    if velocity == 0:
        return max_length
    return grid_of_lengths(velocity, dt, sigma, 100 * max_length)


def cube_root(velocity, dt, sigma, max_length):
    """Sets the lag to m / 2 and rounds the optimum: two ideas at once."""
    if velocity == 0:
        return max_length
    real = (2 * sigma**2 / (velocity * dt) ** 2) ** (1 / 3)
    return int(min(max(round(real), 1), max_length))


def always_four(velocity, dt, sigma, max_length):
    return min(4, max_length)


def not_a_whole_number(velocity, dt, sigma, max_length):
    return grid_of_lengths(velocity, dt, sigma, max_length) + 0.5


def smallest_rmse_instead(velocity, dt, sigma, max_length):
    m = np.arange(1, max_length + 1)
    return np.sqrt((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m).min()


def largest_rmse(velocity, dt, sigma, max_length):
    m = np.arange(1, max_length + 1)
    return np.argmax((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m) + 1


def fails_at_rest(velocity, dt, sigma, max_length):
    ratio = sigma / (velocity * dt)
    return min(range(1, max_length + 1), key=lambda m: ((m - 1) / 2) ** 2 + ratio**2 / m)


def at_least_two(velocity, dt, sigma, max_length):
    return max(2, grid_of_lengths(velocity, dt, sigma, max_length))


def two_answers(velocity, dt, sigma, max_length):
    m = grid_of_lengths(velocity, dt, sigma, max_length)
    return m, (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m


def one_when_flying_backwards(velocity, dt, sigma, max_length):
    return 1 if velocity < 0 else grid_of_lengths(velocity, dt, sigma, max_length)


def longest_when_flying_backwards(velocity, dt, sigma, max_length):
    return max_length if velocity <= 0 else grid_of_lengths(velocity, dt, sigma, max_length)


def one_for_a_good_sensor(velocity, dt, sigma, max_length):
    return 1 if sigma < 1 else grid_of_lengths(velocity, dt, sigma, max_length)


def range_too_long(velocity, dt, sigma, max_length):
    return grid_of_lengths(velocity, dt, sigma, max_length + 1)


def never_above_forty(velocity, dt, sigma, max_length):
    return grid_of_lengths(velocity, dt, sigma, min(max_length, 40))


def fails_without_motion_and_noise(velocity, dt, sigma, max_length):
    if velocity == 0 and sigma == 0:
        raise ValueError("nothing to balance")
    return grid_of_lengths(velocity, dt, sigma, max_length)


def none_without_motion_and_noise(velocity, dt, sigma, max_length):
    best, smallest = 0, float("inf")
    for m in range(1, max_length + 1):
        cost = (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m
        if 0 < cost < smallest:
            best, smallest = m, cost
    return best


def _costs_rounded(velocity, dt, sigma, max_length, decimals):
    m = np.arange(1, max_length + 1)
    cost = (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m
    return np.argmin(np.round(cost, decimals)) + 1


def costs_with_three_decimals(velocity, dt, sigma, max_length):
    return _costs_rounded(velocity, dt, sigma, max_length, 3)


def costs_with_four_decimals(velocity, dt, sigma, max_length):
    return _costs_rounded(velocity, dt, sigma, max_length, 4)


def variance_of_a_sample(velocity, dt, sigma, max_length):
    def cost(m):
        return (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / (m - 1 if m > 1 else 1)

    return _best(cost, max_length)


def variance_of_a_sample_by_numpy(velocity, dt, sigma, max_length):
    m = np.arange(2, max_length + 1)
    if len(m) == 0:
        return 1
    return np.argmin((velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / (m - 1)) + 2


def whole_samples_of_lag(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * ((m - 1) // 2)) ** 2 + sigma**2 / m, max_length)


def half_window_in_whole_samples(velocity, dt, sigma, max_length):
    return _best(lambda m: (velocity * dt * (m // 2)) ** 2 + sigma**2 / m, max_length)


_ROOM = {}


def room_kept_for_each_limit(velocity, dt, sigma, max_length):
    return _ROOM.setdefault(max_length, grid_of_lengths(velocity, dt, sigma, max_length))


RIGHT = [
    *EXERCISE.also_right,
    grid_of_lengths,
    longest_of_equals,
    neighbours_of_the_root,
    roots_by_numpy,
    scaled_cost,
    tensor,
]
WRONG = {
    as_long_as_possible: "variance-only",
    smallest_variance: "variance-only",
    as_short_as_possible: "bias-only",
    noise_not_reduced: "bias-only",
    lag_of_whole_window: "lag-of-the-window",
    lag_of_oldest: "lag-of-the-window",
    lag_half_the_window: "lag-half-a-sample-off",
    without_dt: "dt-forgotten",
    sigma_unsquared: "sigma-for-variance",
    deviation_added: "sigma-for-variance",
    variance_over_square: "variance-falls-otherwise",
    magnitudes_added: "added-without-squares",
    bias_unsquared: "bias-not-squared",
    bias_as_distance: "bias-not-squared",
    index_of_minimum: "index-for-length",
    range_too_short: "longest-left-out",
    rounded_root: "rounded-optimum",
    root_rounded_up: "rounded-optimum",
    limit_overlooked: "limit-ignored",
    cube_root: "lag-half-a-sample-off",
    range_too_long: "limit-ignored",
    variance_of_a_sample: "variance-falls-otherwise",
    variance_of_a_sample_by_numpy: "variance-falls-otherwise",
    whole_samples_of_lag: "lag-half-a-sample-off",
    half_window_in_whole_samples: "lag-half-a-sample-off",
    one_when_flying_backwards: None,
    longest_when_flying_backwards: None,
    one_for_a_good_sensor: None,
    never_above_forty: None,
    fails_without_motion_and_noise: None,
    none_without_motion_and_noise: None,
    costs_with_three_decimals: None,
    costs_with_four_decimals: None,
    room_kept_for_each_limit: None,
    always_four: None,
    not_a_whole_number: None,
    smallest_rmse_instead: None,
    largest_rmse: None,
    fails_at_rest: None,
    at_least_two: None,
    two_answers: None,
}
