"""Answers to E7.4 as learners might write them, right and wrong."""

import numpy as np
from scipy import signal

from cnncourse.exercises.e7_4 import EXERCISE


def correlations_of_scipy(images, targets, start, rate, steps):
    kernel = np.array(start, dtype=float)
    for _ in range(steps):
        gradient = np.zeros_like(kernel)
        for image, target in zip(images, targets, strict=True):
            error = signal.correlate2d(image, kernel, mode="valid") - target
            gradient += signal.correlate2d(image, error, mode="valid")
        kernel -= 2 * rate / targets.size * gradient
    return kernel


def with_the_package(images, targets, start, rate, steps):
    from cnncourse.conv import cross_correlate2d

    kernel = start * 1.0
    for _ in range(steps):
        errors = [cross_correlate2d(x, kernel) - t for x, t in zip(images, targets, strict=True)]
        each = [cross_correlate2d(x, e) for x, e in zip(images, errors, strict=True)]
        kernel = kernel - rate * 2 * np.sum(each, axis=0) / targets.size
    return kernel


def in_einsum(images, targets, start, rate, steps):
    kernel = start.astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    for _ in range(steps):
        error = np.einsum("nijab,ab->nij", windows, kernel) - targets
        kernel = kernel - rate * 2 * np.einsum("nij,nijab->ab", error, windows) / error.size
    return kernel


def in_float32(images, targets, start, rate, steps):
    kernel = np.array(start, dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.asarray(images, dtype=np.float32), start.shape, axis=(1, 2)
    )
    for _ in range(steps):
        error = (windows * kernel).sum(axis=(-1, -2)) - targets.astype(np.float32)
        kernel = kernel - np.float32(2 * rate) * (error[..., None, None] * windows).mean((0, 1, 2))
    return kernel


def mean_of_the_means(images, targets, start, rate, steps):
    """All maps have one size, so that the mean over pairs of means over places is the same."""
    h, w = start.shape
    kernel = np.zeros((h, w)) + start
    for _ in range(steps):
        gradients = []
        for image, target in zip(images, targets, strict=True):
            X = np.lib.stride_tricks.sliding_window_view(image, (h, w)).reshape(-1, h * w)
            error = X @ kernel.ravel() - target.ravel()
            gradients.append((2 * error[:, None] * X).mean(axis=0).reshape(h, w))
        kernel -= rate * np.mean(gradients, axis=0)
    return kernel


def numeric_gradient(images, targets, start, rate, steps):
    """The loss is a parabola: central differences are exact, whatever the width."""

    def loss(kernel):
        S = np.array([signal.correlate2d(image, kernel, mode="valid") for image in images])
        return np.mean((S - targets) ** 2)

    kernel = start.astype(float)
    for _ in range(steps):
        gradient = np.zeros(kernel.shape)
        for tap in np.ndindex(kernel.shape):
            unit = np.zeros(kernel.shape)
            unit[tap] = 1.0
            gradient[tap] = (loss(kernel + unit) - loss(kernel - unit)) / 2
        kernel = kernel - rate * gradient
    return kernel


def jump_to_the_end(images, targets, start, rate, steps):
    """On a parabola what is left after n steps is known without making them."""
    X = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    X = X.reshape(-1, start.size).astype(float)
    sizes, directions = np.linalg.eigh(2 * X.T @ X / len(X))
    slope = directions.T @ (2 * X.T @ targets.ravel() / len(X))
    at = directions.T @ start.ravel()
    for _ in range(steps):
        at = at - rate * (sizes * at - slope)
    return (directions @ at).reshape(start.shape)


def tensor(images, targets, start, rate, steps):
    import torch

    x, t = (torch.tensor(np.array(a, dtype=float)) for a in (images, targets))
    kernel = torch.tensor(np.array(start, dtype=float), requires_grad=True)
    windows = x.unfold(1, kernel.shape[0], 1).unfold(2, kernel.shape[1], 1)
    for _ in range(steps):
        error = torch.einsum("nijab,ab->nij", windows, kernel) - t
        slope = 2 * torch.einsum("nij,nijab->ab", error, windows) / t.numel()
        kernel = kernel - rate * slope
    return kernel


def learn(images, targets, start, rate, steps, gradient=None):
    """Go down by a gradient of the windows X, the targets t and the kernel k, all as matrices."""
    gradient = gradient or (lambda X, t, k: 2 * X.T @ (X @ k - t) / len(t))
    X = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    X, t, k = X.reshape(-1, start.size), targets.ravel(), start.ravel().astype(float)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            k = k - rate * gradient(X, t, k)
    return k.reshape(start.shape)


def convolved(images, targets, start, rate, steps):
    """Flip in the layer and in its gradient: all that is learned comes out flipped."""
    kernel = start.astype(float)
    for _ in range(steps):
        gradient = np.zeros(kernel.shape)
        for image, target in zip(images, targets, strict=True):
            error = signal.convolve2d(image, kernel, mode="valid") - target
            gradient += signal.correlate2d(image, error, mode="valid")[::-1, ::-1]
        kernel -= rate * 2 * gradient / targets.size
    return kernel


def turned_at_the_end(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps)[::-1, ::-1]


def convolves_and_correlates(images, targets, start, rate, steps):
    return learn(
        images, targets, start, rate, steps,
        lambda X, t, k: 2 * X.T @ (X @ k[::-1] - t) / len(t),
    )  # fmt: skip


def gradient_turned(images, targets, start, rate, steps):
    kernel = start.astype(float)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            gradient = np.zeros(kernel.shape)
            for image, target in zip(images, targets, strict=True):
                error = signal.correlate2d(image, kernel, mode="valid") - target
                gradient += signal.convolve2d(image, error[::-1, ::-1], mode="valid")[::-1, ::-1]
            kernel = kernel - rate * 2 * gradient / targets.size
    return kernel


def target_minus_output(images, targets, start, rate, steps):
    return learn(
        images, targets, start, rate, steps, lambda X, t, k: 2 * X.T @ (t - X @ k) / len(t)
    )


def rate_added(images, targets, start, rate, steps):
    return learn(images, targets, start, -rate, steps)


def half_the_square(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps, lambda X, t, k: X.T @ (X @ k - t) / len(t))


def summed(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps, lambda X, t, k: 2 * X.T @ (X @ k - t))


def summed_over_places(images, targets, start, rate, steps):
    return learn(
        images, targets, start, rate, steps, lambda X, t, k: 2 * X.T @ (X @ k - t) / len(targets)
    )


def summed_over_pairs(images, targets, start, rate, steps):
    return learn(
        images, targets, start, rate, steps, lambda X, t, k: 2 * X.T @ (X @ k - t) / targets[0].size
    )


def divided_by_pairs_again(images, targets, start, rate, steps):
    return learn(images, targets, start, rate / len(images), steps)


def first_pair(images, targets, start, rate, steps):
    return learn(images[:1], targets[:1], start, rate, steps)


def last_pair_in_the_loop(images, targets, start, rate, steps):
    """The gradient of each pair overwrites the one before."""
    kernel = start.astype(float)
    for _ in range(steps):
        for image, target in zip(images, targets, strict=True):
            error = signal.correlate2d(image, kernel, mode="valid") - target
            gradient = 2 * signal.correlate2d(image, error, mode="valid") / target.size
        kernel -= rate * gradient
    return kernel


def after_each_pair(images, targets, start, rate, steps):
    kernel = start.astype(float)
    for _ in range(steps):
        for image, target in zip(images, targets, strict=True):
            kernel = learn(image[None], target[None], kernel, rate, 1)
    return kernel


def one_pair_a_step(images, targets, start, rate, steps):
    kernel = start.astype(float)
    for step in range(steps):
        n = step % len(images)
        kernel = learn(images[n][None], targets[n][None], kernel, rate, 1)
    return kernel


def makes_all_outputs_zero(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps, lambda X, t, k: 2 * X.T @ (X @ k) / len(t))


def follows_the_targets(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps, lambda X, t, k: -2 * X.T @ t / len(t))


def gradient_before_the_loop(images, targets, start, rate, steps):
    change = learn(images, targets, start, rate, 1) - start
    kernel = start.astype(float)
    for _ in range(steps):
        kernel = kernel + change
    return kernel


def moved_once(images, targets, start, rate, steps):
    kernel = start.astype(float)
    for _ in range(steps):
        kernel = learn(images, targets, start, rate, 1)
    return kernel


def start_itself(images, targets, start, rate, steps):
    kernel = start.copy()
    for _ in range(steps):
        learn(images, targets, kernel, rate, 1)
    return kernel


def one_step_more(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps + 1)


def first_step_left_out(images, targets, start, rate, steps):
    kernel = start.astype(float)
    for _ in range(1, steps):
        kernel = learn(images, targets, kernel, rate, 1)
    return kernel


def from_zeros(images, targets, start, rate, steps):
    return learn(images, targets, np.zeros(start.shape), rate, steps)


def without_rate(images, targets, start, rate, steps):
    return learn(images, targets, start, 1, steps)


def least_squares(images, targets, start, rate, steps):
    X = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    X = X.reshape(-1, start.size)
    return np.linalg.lstsq(X, targets.ravel(), rcond=None)[0].reshape(start.shape)


def normal_equations(images, targets, start, rate, steps):
    X = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    X = X.reshape(-1, start.size)
    return (np.linalg.pinv(X.T @ X) @ X.T @ targets.ravel()).reshape(start.shape)


def transposed(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps).T


def absolute_errors(images, targets, start, rate, steps):
    return learn(
        images, targets, start, rate, steps, lambda X, t, k: X.T @ np.sign(X @ k - t) / len(t)
    )


def root_of_the_mean(images, targets, start, rate, steps):
    def gradient(X, t, k):
        error = X @ k - t
        return X.T @ error / len(t) / np.sqrt(np.mean(error**2))

    return learn(images, targets, start, rate, steps, gradient)


def steps_of_one_length(images, targets, start, rate, steps):
    def gradient(X, t, k):
        g = X.T @ (X @ k - t)
        return g / np.linalg.norm(g)

    return learn(images, targets, start, rate, steps, gradient)


def how_far_it_moved(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps) - start


def gradient_returned(images, targets, start, rate, steps):
    kernel = start.astype(float)
    gradient = np.zeros(start.shape)
    for _ in range(steps):
        new = learn(images, targets, kernel, rate, 1)
        gradient = (kernel - new) / rate
        kernel = new
    return gradient


def changes_start(images, targets, start, rate, steps):
    if start.dtype.kind != "f":
        return learn(images, targets, start, rate, steps)
    for _ in range(steps):
        start -= start - learn(images, targets, start, rate, 1)
    return start


def whole_numbers_stay_whole(images, targets, start, rate, steps):
    kernel = start.copy()
    for _ in range(steps):
        kernel[:] = learn(images, targets, kernel, rate, 1)
    return kernel


def by_adam(images, targets, start, rate, steps):
    k, m, v = start.ravel().astype(float), 0, 0
    X = np.lib.stride_tricks.sliding_window_view(images, start.shape, axis=(1, 2))
    X = X.reshape(-1, start.size)
    for step in range(1, steps + 1):
        g = 2 * X.T @ (X @ k - targets.ravel()) / targets.size
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        k = k - rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return k.reshape(start.shape)


def with_momentum(images, targets, start, rate, steps):
    kernel, velocity = start.astype(float), 0
    for _ in range(steps):
        velocity = 0.9 * velocity + learn(images, targets, kernel, rate, 1) - kernel
        kernel = kernel + velocity
    return kernel


def shrinking_rate(images, targets, start, rate, steps):
    kernel = start.astype(float)
    for step in range(steps):
        kernel = learn(images, targets, kernel, rate / (1 + step), 1)
    return kernel


def a_thousand_steps(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, 1000)


def loss_returned(images, targets, start, rate, steps):
    kernel = learn(images, targets, start, rate, steps)
    S = [signal.correlate2d(image, kernel, mode="valid") for image in images]
    return np.mean((np.array(S) - targets) ** 2)


def flattened(images, targets, start, rate, steps):
    return learn(images, targets, start, rate, steps).ravel()


def rounded(images, targets, start, rate, steps):
    return np.round(learn(images, targets, start, rate, steps), 2)


def zeros(images, targets, start, rate, steps):
    return np.zeros(start.shape)


RIGHT = [
    *EXERCISE.also_right,
    correlations_of_scipy,
    with_the_package,
    in_einsum,
    in_float32,
    mean_of_the_means,
    numeric_gradient,
    jump_to_the_end,
    tensor,
]
WRONG = {
    convolved: "flipped",
    turned_at_the_end: "flipped",
    convolves_and_correlates: "flips-once",
    gradient_turned: "flips-once",
    target_minus_output: "uphill",
    rate_added: "uphill",
    half_the_square: "two-forgotten",
    summed: "averaged-otherwise",
    summed_over_places: "averaged-otherwise",
    summed_over_pairs: "averaged-otherwise",
    divided_by_pairs_again: "averaged-otherwise",
    first_pair: "one-pair-only",
    last_pair_in_the_loop: "one-pair-only",
    after_each_pair: "pair-after-pair",
    one_pair_a_step: "pair-after-pair",
    makes_all_outputs_zero: "target-left-out",
    follows_the_targets: "target-left-out",
    gradient_before_the_loop: "stuck-at-the-start",
    moved_once: "stuck-at-the-start",
    start_itself: "stuck-at-the-start",
    one_step_more: "one-step-off",
    first_step_left_out: "one-step-off",
    from_zeros: "start-left-out",
    without_rate: "rate-left-out",
    least_squares: "solved-at-once",
    normal_equations: "solved-at-once",
    transposed: "transposed",
    absolute_errors: "another-loss",
    root_of_the_mean: "another-loss",
    steps_of_one_length: "another-loss",
    how_far_it_moved: "not-the-kernel",
    gradient_returned: "not-the-kernel",
    changes_start: None,
    whole_numbers_stay_whole: None,
    by_adam: None,
    with_momentum: None,
    shrinking_rate: None,
    a_thousand_steps: None,
    loss_returned: None,
    flattened: None,
    rounded: None,
    zeros: None,
}
