"""Repairs of R7.1 as learners might make them, right and wrong."""

import numpy as np

from cnncourse.exercises.r7_1 import EXERCISE


def forwards(x, kernels):
    signals = [x]
    for kernel in kernels:
        signals.append(np.correlate(signals[-1], kernel, "valid"))
    return signals


def line_mended(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        gradient = np.convolve(gradient, kernels[layer], "full")
    return new


def old_kept(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        old = new[layer].copy()
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        gradient = np.convolve(gradient, old, "full")
    return new


def changed_at_the_end(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    slopes = []
    for layer in range(len(kernels) - 1, -1, -1):
        slopes.insert(0, np.correlate(signals[layer], gradient, "valid"))
        gradient = np.convolve(gradient, kernels[layer])
    return [kernel - rate * slope for kernel, slope in zip(kernels, slopes, strict=True)]


def handed_on_in_loops(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.zeros(kernels.shape)
    for layer in reversed(range(len(kernels))):
        before = np.zeros(len(signals[layer]))
        for i in range(len(gradient)):
            for m in range(len(kernels[layer])):
                new[layer, m] += gradient[i] * signals[layer][i + m]
                before[i + m] += gradient[i] * kernels[layer, m]
        gradient = before
    return kernels - rate * new


def numeric(x, target, kernels, rate):
    """Move each weight a little; the loss is a square in each weight alone, so that is exact."""

    def loss(weights):
        return np.sum((forwards(x, weights)[-1] - target) ** 2) / 2

    new = np.array(kernels, dtype=float)
    for at in np.ndindex(*kernels.shape):
        step = np.zeros(kernels.shape)
        step[at] = 0.5
        new[at] -= rate * (loss(kernels + step) - loss(kernels - step))
    return new


def recursive(x, target, kernels, rate):
    """Let each layer change itself last, after it has handed the gradient on."""

    def train(signal, layer):
        if layer == len(kernels):
            return signal - target, []
        gradient, behind = train(np.correlate(signal, kernels[layer], "valid"), layer + 1)
        before = np.convolve(gradient, kernels[layer])
        slope = np.correlate(signal, gradient, "valid")
        return before, [kernels[layer] - rate * slope, *behind]

    return np.array(train(x, 0)[1])


def in_float32(x, target, kernels, rate):
    return line_mended(x, target, kernels, rate).astype(np.float32)


def tensor(x, target, kernels, rate):
    import torch

    return torch.tensor(line_mended(x, target, kernels, rate))


# Wrong ones.


def backwards(x, target, kernels, rate, hand_on, slope=None, start=None):
    """Change the layers from the last on; hand_on(gradient, old, new) gives the next gradient."""
    signals = forwards(x, kernels)
    gradient = signals[-1] - target if start is None else start(signals[-1])
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        change = np.correlate(signals[layer], gradient, "valid")
        new[layer] -= rate * (change if slope is None else slope(change, layer))
        gradient = hand_on(gradient, kernels[layer], new[layer])
    return new


def renamed_only(signal, wanted, weights, step):
    signals = forwards(signal, weights)
    flow = signals[-1] - wanted
    weights = np.array(weights, dtype=float)
    for layer in range(len(weights))[::-1]:
        weights[layer] = weights[layer] - step * np.correlate(signals[layer], flow, "valid")
        flow = np.convolve(flow, weights[layer])
    return weights


def a_name_is_no_copy(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        old = new[layer]
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        gradient = np.convolve(gradient, old, "full")
    return new


def last_layer_mended(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    last = len(kernels) - 1
    for layer in reversed(range(len(kernels))):
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        used = kernels[layer] if layer == last else new[layer]
        gradient = np.convolve(gradient, used, "full")
    return new


def lines_exchanged(x, target, kernels, rate):
    signals = forwards(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        gradient = np.convolve(gradient, new[layer], "full")
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
    return new


def nothing_changed(x, target, kernels, rate):
    return np.array(kernels, dtype=float)


def last_layer_only(x, target, kernels, rate):
    new = line_mended(x, target, kernels, rate)
    new[:-1] = kernels[:-1]
    return new


def layer_by_layer(x, target, kernels, rate):
    """Go forwards and back for every layer, with the weights as they are by now."""
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        new[layer] = line_mended(x, target, new, rate)[layer]
    return new


def two_steps(x, target, kernels, rate):
    return line_mended(x, target, line_mended(x, target, kernels, rate), rate)


def correlated_back(x, target, kernels, rate):
    return backwards(x, target, kernels, rate, lambda g, old, new: np.correlate(g, old, "full"))


def weights_left_out(x, target, kernels, rate):
    return backwards(
        x, target, kernels, rate, lambda g, old, new: np.convolve(g, np.ones_like(old))
    )


def rate_handed_on(x, target, kernels, rate):
    return backwards(x, target, kernels, rate, lambda g, old, new: rate * np.convolve(g, old))


def change_for_weights(x, target, kernels, rate):
    return backwards(x, target, kernels, rate, lambda g, old, new: np.convolve(g, new - old))


def no_rate(x, target, kernels, rate):
    return line_mended(x, target, kernels, 1.0)


def loss_without_half(x, target, kernels, rate):
    return line_mended(x, target, kernels, 2 * rate)


def ascent(x, target, kernels, rate):
    return line_mended(x, target, kernels, -rate)


def derivatives(x, target, kernels, rate):
    return (kernels - line_mended(x, target, kernels, rate)) / rate


def mean_loss(x, target, kernels, rate):
    places = len(target)
    return line_mended(x, target, kernels, rate / places)


def no_target(x, target, kernels, rate):
    return line_mended(x, 0 * target, kernels, rate)


def handed_on_with_the_mean_of_both(x, target, kernels, rate):
    return backwards(x, target, kernels, rate, lambda g, old, new: np.convolve(g, (old + new) / 2))


def slope_flipped(x, target, kernels, rate):
    return backwards(
        x,
        target,
        kernels,
        rate,
        lambda g, old, new: np.convolve(g, old),
        slope=lambda change, layer: change[::-1],
    )


def layers_reversed(x, target, kernels, rate):
    return line_mended(x, target, kernels, rate)[::-1]


def first_layer_alone(x, target, kernels, rate):
    return line_mended(x, target, kernels, rate)[0]


def two_layers_only(x, target, kernels, rate):
    new = line_mended(x, target, kernels, rate)
    return new if len(kernels) < 3 else np.zeros(new.shape)


def only_the_example(x, target, kernels, rate):
    return [[0.5], [4.4]]


def whole_numbers(x, target, kernels, rate):
    return line_mended(x, target, kernels, rate).astype(int)


def rounded(x, target, kernels, rate):
    return np.round(line_mended(x, target, kernels, rate), 1)


def changes_its_input(x, target, kernels, rate):
    kernels[:] = line_mended(x, target, kernels, rate)
    return kernels


def prints_and_returns_nothing(x, target, kernels, rate):
    print(line_mended(x, target, kernels, rate))


_KEPT = {}


def kept_for_each_size(x, target, kernels, rate):
    return _KEPT.setdefault((len(x), kernels.shape), line_mended(x, target, kernels, rate))


RIGHT = [
    *EXERCISE.also_right,
    line_mended,
    old_kept,
    changed_at_the_end,
    handed_on_in_loops,
    numeric,
    recursive,
    in_float32,
    tensor,
]
WRONG = {
    renamed_only: "still-there",
    a_name_is_no_copy: "still-there",
    last_layer_mended: "mended-in-some-layers",
    lines_exchanged: "line-moved-too-far",
    nothing_changed: "weights-not-changed",
    last_layer_only: "weights-not-changed",
    layer_by_layer: "computed-anew",
    two_steps: "computed-anew",
    correlated_back: "not-flipped",
    weights_left_out: "handed-on-unchanged",
    rate_handed_on: "rate-in-the-gradient",
    change_for_weights: "rate-in-the-gradient",
    no_rate: "rate-changed",
    loss_without_half: "rate-changed",
    ascent: "uphill",
    derivatives: "steps-alone",
    mean_loss: "other-loss",
    no_target: "other-loss",
    handed_on_with_the_mean_of_both: None,
    slope_flipped: None,
    layers_reversed: None,
    first_layer_alone: None,
    two_layers_only: None,
    only_the_example: None,
    whole_numbers: None,
    rounded: None,
    changes_its_input: None,
    prints_and_returns_nothing: None,
    kept_for_each_size: None,
}
