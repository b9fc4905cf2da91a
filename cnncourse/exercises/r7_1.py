"""R7.1: repair a training step whose weights change too early.

The bug was published, and is taught still: the layers are gone through from the last to the first,
each weight is changed as soon as its derivative is known, and the gradient is then handed on
through the weight that has just changed. The network learns all the same, in directions that are a
little wrong. It is in the listing of a well-known textbook (J. Grus, *Data Science from Scratch*,
2015, ch. 18; github.com/joelgrus/data-science-from-scratch, issue 31, 2017), in a teaching library
followed by many (github.com/CodingTrain/Toy-Neural-Network-JS, issue 72, 2018), in a Java library
(github.com/kim-marcel/basic_neural_network, issue 7, 2021) and in a course on language models
(github.com/VikParuchuri/zero_to_gpt, issue 12, 2025). The program here is our own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import GRADIENTS

Step = Callable[[Array, Array, Array, float], "Array | None"]


def my_step(x, target, kernels, rate):
    """Hand the gradient on through the weights that made the output."""
    signals = [x]
    for kernel in kernels:
        signals.append(np.correlate(signals[-1], kernel, "valid"))
    gradient = signals[-1] - target  # dJ/dy
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        # kernels[layer], not new[layer]: all derivatives are those of one loss at one point.
        gradient = np.convolve(gradient, kernels[layer], "full")
    return new


def _broken(x, target, kernels, rate):
    """Take one step of gradient descent, by backpropagation. One bug: find it, mend it.

    x : array of n numbers, the input of a network of convolutions in a row. Each layer slides its
        kernel, not flipped, over what the layer before it made, and keeps the places where all
        taps meet a number. Nothing else is between the layers.
    target : array, what the last layer should make, of the size of what it makes.
    kernels : array (layers, taps), a kernel in each row, the first layer's first. rate : a number.
    With y the last layer's output, the loss is J = sum of (y - target)**2 / 2. Return an array like
    kernels: each weight minus rate times the derivative of J by it, all at the weights given.

    Example: x = [3], kernels = [[2], [5]], target = [29], rate = 0.1. Then y = 30 and
    J = (3 * a * b - 29)**2 / 2 for weights a and b: dJ/da = 1 * 15, dJ/db = 1 * 6, and the new
    kernels are [[0.5], [4.4]].
    """
    signals = [x]
    for kernel in kernels:
        signals.append(np.correlate(signals[-1], kernel, "valid"))
    gradient = signals[-1] - target  # dJ/dy
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        gradient = np.convolve(gradient, new[layer], "full")
    return new


def _slid(x: Array, kernel: Array) -> Array:
    places = len(x) - len(kernel) + 1
    return np.array([float(x[i : i + len(kernel)] @ kernel) for i in range(places)])


def _signals(x: Array, kernels: Array) -> list[Array]:
    signals = [np.array(x, dtype=float)]
    for kernel in kernels:
        signals.append(_slid(signals[-1], kernel))
    return signals


def _derivatives(x: Array, target: Array, kernels: Array) -> Array:
    """Follow each weight forwards: what it adds to the output if it grows by 1."""
    signals = _signals(x, kernels)
    error = signals[-1] - target
    found = np.zeros(kernels.shape)
    for layer, tap in np.ndindex(*kernels.shape):
        change = signals[layer][tap : tap + len(signals[layer + 1])]
        for kernel in kernels[layer + 1 :]:
            change = _slid(change, kernel)
        found[layer, tap] = error @ change
    return found


def _reference(x: Array, target: Array, kernels: Array, rate: float) -> Array:
    return np.asarray(kernels - rate * _derivatives(x, target, kernels))


def _cases(draw: Draw) -> list[Case]:
    def case(n: int, layers: int, taps: int, rate: float, note: str) -> Case:
        """Draw a case in which each layer's weights move."""
        while True:
            x = draw.numbers(n, size=3)
            kernels = draw.numbers(layers * taps, size=3).reshape(layers, taps)
            target = draw.numbers(n - layers * (taps - 1), size=9)
            step = rate * np.abs(_derivatives(x, target, kernels))
            if step.max(axis=1).min() > 0.5 and step.max() < 1000:
                return Case((x, target, kernels, rate), note)

    return [
        Case(
            (np.array([3.0]), np.array([29.0]), np.array([[2.0], [5.0]]), 0.1),
            "the example of the task",
        ),
        Case(
            (np.array([0.5, -0.25]), np.array([0.1]), np.array([[0.3, 0.7]]), 0.5),
            "small numbers",
        ),
        case(1, 1, 1, 0.5, "one layer, one weight"),
        case(5, 1, 3, 0.1, "one layer: nothing is handed on"),
        case(4, 1, 2, 0.5, "one layer: nothing is handed on"),
        case(1, 2, 1, 0.5, "two layers of one weight"),
        case(4, 2, 2, 0.1, "two layers"),
        case(5, 2, 2, 0.25, "two layers"),
        case(7, 2, 3, 0.1, "two layers of three taps"),
        case(7, 2, 3, 0.1, "the same sizes again"),
        case(1, 3, 1, 0.1, "three layers of one weight"),
        case(5, 3, 2, 0.1, "three layers"),
        case(6, 3, 2, 0.05, "three layers"),
        case(8, 3, 3, 0.02, "three layers of three taps"),
        case(6, 4, 2, 0.02, "four layers"),
    ]


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


# Wrong repairs, and right ones by other ways.


def _trained(
    *,
    through: Callable[[Array, Array, int, float], Array] = lambda old, new, layer, rate: old[layer],
    handed_on: Callable[[Array, Array, float], Array] = lambda g, w, rate: np.convolve(g, w),
    update: Callable[[Array, Array, float], Array] = lambda w, slope, rate: w - rate * slope,
    start: Callable[[Array, Array], Array] = lambda y, target: y - target,
    changed: Callable[[int, int], bool] = lambda layer, layers: True,
) -> Step:
    """Take a step in which one thing is done otherwise."""

    def step(x: Array, target: Array, kernels: Array, rate: float) -> Array | None:
        signals = _signals(x, kernels)
        gradient = start(signals[-1], target)
        new = np.array(kernels, dtype=float)
        for layer in reversed(range(len(kernels))):
            slope = _slid(signals[layer], gradient)
            if changed(layer, len(kernels)):
                new[layer] = update(new[layer], slope, rate)
            gradient = handed_on(gradient, through(kernels, new, layer, rate), rate)
        return new

    return step


def _moved_up(x: Array, target: Array, kernels: Array, rate: float) -> Array:
    """Hand the gradient on before it has changed the weights: one number for all taps is left."""
    signals = _signals(x, kernels)
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        gradient = np.convolve(gradient, kernels[layer])
        new[layer] -= rate * (signals[layer] @ gradient)
    return new


def _from_first_to_last(x: Array, target: Array, kernels: Array, rate: float) -> Array:
    """Change the layers from the first on, each by the loss that the ones before it left."""
    new = np.array(kernels, dtype=float)
    for layer in range(len(kernels)):
        new[layer] -= rate * _derivatives(x, target, new)[layer]
    return new


def _from_last_to_first(x: Array, target: Array, kernels: Array, rate: float) -> Array:
    """Compute everything anew with the weights as they are by now."""
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        new[layer] -= rate * _derivatives(x, target, new)[layer]
    return new


def _signals_anew(x: Array, target: Array, kernels: Array, rate: float) -> Array:
    """Compute the signals with the new weights of the layers behind, which changes the error."""
    old = _reference(x, target, kernels, rate)
    return _reference(x, target, old, rate)


def _two_loops(x, target, kernels, rate):
    signals = [x]
    for kernel in kernels:
        signals.append(np.correlate(signals[-1], kernel, "valid"))
    gradients = [signals[-1] - target]
    for kernel in kernels[:0:-1]:
        gradients.append(np.convolve(gradients[-1], kernel))
    slopes = [
        np.correlate(signal, gradient, "valid")
        for signal, gradient in zip(signals[:-1], gradients[::-1], strict=True)
    ]
    return kernels - rate * np.array(slopes)


def _handed_on_first(x, target, kernels, rate):
    signals = [x]
    for kernel in kernels:
        signals.append(np.correlate(signals[-1], kernel, "valid"))
    gradient = signals[-1] - target
    new = np.array(kernels, dtype=float)
    for layer in reversed(range(len(kernels))):
        to_input = np.convolve(gradient, new[layer], "full")
        new[layer] -= rate * np.correlate(signals[layer], gradient, "valid")
        gradient = to_input
    return new


EXERCISE = Exercise(
    id="R7.1",
    title="Repair: weights that change too early",
    solution=my_step,
    broken=_broken,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=GRADIENTS,
    also_right=(_two_loops, _handed_on_first),
    parts=(
        Part(
            "one layer is right still",
            1,
            lambda case, got: len(case.args[2]) > 1 or _right(case, got),
        ),
        Part(
            "two layers",
            1,
            lambda case, got: len(case.args[2]) != 2 or _right(case, got),
        ),
        Part("any number of layers", 1, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: the gradient is handed on through weights that have changed.",
            "In the example, the first weight's derivative is 1 * 3 * 5: which number does your "
            "program take in place of the 5? (A second name for an array is not a copy of it.)",
            (_trained(through=lambda old, new, layer, rate: new[layer]),),
        ),
        Misconception(
            "mended-in-some-layers",
            "In some layers the gradient is handed on through the old weights, in others not.",
            "With three layers it is handed on twice. All weights are to be those that made y.",
            (
                _trained(
                    through=lambda old, new, layer, rate: (old if layer == len(old) - 1 else new)[
                        layer
                    ]
                ),
                _trained(through=lambda old, new, layer, rate: (old if layer == 1 else new)[layer]),
            ),
        ),
        Misconception(
            "line-moved-too-far",
            "The gradient was handed on before it had changed the layer's own weights.",
            "The layer needs two things of the gradient that reaches its output: the step of its "
            "own weights, and what goes on to the layer before. Neither may be taken from the "
            "other. Print the shapes.",
            (_moved_up,),
        ),
        Misconception(
            "weights-not-changed",
            "Some layers, or all, keep their weights.",
            "The step was right before; only what the gradient is handed on through was wrong.",
            (
                _trained(changed=lambda layer, layers: False),
                _trained(changed=lambda layer, layers: layer == layers - 1),
                _trained(changed=lambda layer, layers: layer == 0),
            ),
        ),
        Misconception(
            "computed-anew",
            "The signals, or the error, were computed again with weights that had changed.",
            "All derivatives belong to one point: the weights given. One pass forwards, one back.",
            (_from_first_to_last, _from_last_to_first, _signals_anew),
        ),
        Misconception(
            "not-flipped",
            "The gradient is handed on with the kernel the wrong way round.",
            "np.convolve flips the kernel, as it has to: the way back of a cross-correlation is a "
            "full convolution. That line had another fault.",
            (_trained(handed_on=lambda g, w, rate: np.convolve(g, w[::-1])),),
        ),
        Misconception(
            "handed-on-unchanged",
            "The gradient is handed on without the weights, or through some of them only.",
            "What a weight multiplied on the way there, it multiplies on the way back.",
            (
                _trained(handed_on=lambda g, w, rate: np.convolve(g, np.ones(len(w)))),
                _trained(handed_on=lambda g, w, rate: np.convolve(g, np.eye(1, len(w))[0])),
                _trained(handed_on=lambda g, w, rate: np.convolve(g, np.full(len(w), w.mean()))),
            ),
        ),
        Misconception(
            "rate-in-the-gradient",
            "The learning rate was handed on with the gradient.",
            "The rate says how far the weights go. The gradient is what it is, whatever the rate.",
            (
                _trained(handed_on=lambda g, w, rate: rate * np.convolve(g, w)),
                _trained(through=lambda old, new, layer, rate: new[layer] - old[layer]),
                _trained(through=lambda old, new, layer, rate: old[layer] - new[layer]),
            ),
        ),
        Misconception(
            "rate-changed",
            "The steps of the weights have another length than rate times the derivative.",
            "Only one line hands the gradient on; the line before it was right.",
            (
                _trained(update=lambda w, slope, rate: w - slope),
                _trained(update=lambda w, slope, rate: w - 2 * rate * slope),
                _trained(update=lambda w, slope, rate: w - rate * slope / 2),
                _trained(update=lambda w, slope, rate: w - rate * slope / len(w)),
            ),
        ),
        Misconception(
            "uphill",
            "The weights go uphill: the loss grows.",
            "A step of descent takes rate times the derivative away.",
            (
                _trained(update=lambda w, slope, rate: w + rate * slope),
                _trained(handed_on=lambda g, w, rate: -np.convolve(g, w)),
            ),
        ),
        Misconception(
            "steps-alone",
            "The steps were returned, or the derivatives, not the new weights.",
            "The task asks for an array like kernels: each weight minus rate times its derivative.",
            (
                lambda x, target, kernels, rate: _derivatives(x, target, kernels),
                lambda x, target, kernels, rate: rate * _derivatives(x, target, kernels),
                lambda x, target, kernels, rate: -rate * _derivatives(x, target, kernels),
            ),
        ),
        Misconception(
            "other-loss",
            "The gradient of the output is another one now.",
            "The derivative of (y - target)**2 / 2 by y is y - target, as it was.",
            (
                _trained(start=lambda y, target: (y - target) / len(y)),
                _trained(start=lambda y, target: y),
                _trained(start=lambda y, target: np.sign(y - target)),
            ),
        ),
    ),
    error_hints={
        "ValueError": "Each gradient is as long as the signal that its layer made, and the one "
        "handed on as long as the signal that its layer read. Print the lengths.",
        "IndexError": "layer counts from 0: kernels[layer] reads signals[layer] and makes "
        "signals[layer + 1].",
    },
    hints=(
        "Work the example out by hand, as the program does it, from the last layer to the first. "
        "Which number of the task does not come out?",
        "The first weight's derivative is (y - target) * x * b. Which value has b when the program "
        "comes to use it, the one that made y, or the one after the step?",
        "Either hand the gradient on through kernels[layer], which nobody changes, or compute what "
        "is handed on before new[layer] changes, and keep it until the step is done.",
    ),
)
