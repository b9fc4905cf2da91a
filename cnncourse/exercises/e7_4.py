"""E7.4: learn an unknown kernel from pairs of images and maps, by gradient descent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.planes import drawn, turned
from cnncourse.exercises.readymade import GRADIENTS


def my_learned_kernel(images, targets, start, rate, steps):
    """Learn a kernel from examples, by gradient descent.

    images : array (N, H, W), N images.
    targets : array (N, H - h + 1, W - w + 1), what an unknown kernel K of h rows and w columns
        made of each image by eq. (5): S(n, i, j) = sum over a, b of I(n, i + a, j + b) K(a, b),
        at the places where K lies on the image. The layer does not flip.
    start : array (h, w), the kernel to start from; it has to stay as it is.
    rate : the learning rate, > 0. steps : how many steps, >= 0.
    The loss of a kernel is the mean of (S - target)^2 over all numbers of all N maps. In each step
    take its gradient at the kernel of now, from all N pairs at once, and subtract rate times that
    gradient from the kernel.
    Return the kernel after the last step, an array (h, w). cnncourse.conv is allowed.

    Example: images = [[[1, 0, 2]]], targets = [[[3, 5]]], start = [[0, 0]], rate = 0.5, steps = 1
        -> [[1.5, 5]].
    """
    kernel = np.array(start, dtype=float)  # a copy
    _, rows, columns = targets.shape
    taps = list(np.ndindex(kernel.shape))
    # What each tap sees, at all places of all images at once.
    seen = {(a, b): images[:, a : a + rows, b : b + columns] for a, b in taps}
    for _ in range(steps):
        error = sum(kernel[tap] * seen[tap] for tap in taps) - targets
        # A tap multiplies what it sees: d S / d K(a, b) = I(i + a, j + b).
        gradient = [2 * (error * seen[tap]).mean() for tap in taps]
        kernel -= rate * np.reshape(gradient, kernel.shape)
    return kernel


# The same with matrices: each row of X holds a window of the image, and K is a column.

Gradient = Callable[[Array, Array, Array], Array]


def _windows(images: Array, start: Array) -> Array:
    """Give (N, places, taps), the window at every place of every image."""
    view = np.lib.stride_tricks.sliding_window_view(
        np.asarray(images, dtype=float), start.shape, axis=(1, 2)
    )
    return view.reshape(len(images), -1, start.size)


def _of_square(X: Array, t: Array, k: Array) -> Array:
    """Give the gradient of the mean square."""
    return 2 * X.T @ (X @ k - t) / len(t)


def _descend(X: Array, t: Array, k: Array, rate: float, steps: int, gradient: Gradient) -> Array:
    k = np.asarray(k, dtype=float)
    with np.errstate(all="ignore"):  # wrong ideas may diverge
        for _ in range(steps):
            k = k - rate * gradient(X, t, k)
    return k


def _learn(
    images: Array,
    targets: Array,
    start: Array,
    rate: float,
    steps: int,
    gradient: Gradient = _of_square,
) -> Array:
    X = _windows(images, start).reshape(-1, start.size)
    k = _descend(X, np.ravel(targets), np.ravel(start), rate, steps, gradient)
    return k.reshape(start.shape)


_reference = _learn


def _maps(images: Array, kernel: Array) -> Array:
    """Do what the layer does."""
    rows, columns = (n - k + 1 for n, k in zip(images.shape[1:], kernel.shape, strict=True))
    return (_windows(images, kernel) @ kernel.ravel()).reshape(len(images), rows, columns)


def _rate(images: Array, kernel: Array, share: float) -> float:
    """Give so large a share of the rate at which the steepest direction is solved in one step."""
    X = _windows(images, kernel).reshape(-1, kernel.size)
    steepest = 2 * np.linalg.eigvalsh(X.T @ X / len(X)).max()
    return float(f"{share / steepest:.2g}")


def _cases(draw: Draw) -> list[Case]:
    def case(
        sizes: tuple[int, int, int],
        shape: tuple[int, int],
        steps: int,
        note: str,
        *,
        zeros: bool = False,
        share: float = 0.7,
    ) -> Case:
        images = draw.numbers(int(np.prod(sizes)), size=4).reshape(sizes) / 2
        kernel = drawn(draw, *shape) / 2
        start = np.zeros(shape) if zeros else drawn(draw, *shape) / 4
        rate = _rate(images, kernel, share)
        return Case((images, _maps(images, kernel), start, rate, steps), note)

    example = np.array([[[1.0, 0.0, 2.0]]]), np.array([[[3.0, 5.0]]]), np.zeros((1, 2))
    whole = np.array([[[1, 0, 2, 1]], [[0, 3, 1, 2]]]), np.array([[[4, 1, 5]], [[6, 2, 3]]])
    return [
        Case((*example, 0.5, 1), "the example of the task"),
        Case((*example, 0.5, 0), "no step at all"),
        Case((*whole, np.array([[1, 2]]), 0.125, 2), "whole numbers"),
        case((1, 3, 4), (2, 3), 1, "one step from zeros", zeros=True),
        case((3, 3, 4), (2, 2), 1, "one step"),
        case((2, 4, 3), (1, 2), 2, "two steps"),
        case((3, 4, 4), (2, 2), 3, "a square kernel", zeros=True),
        case((2, 5, 4), (3, 2), 4, "a kernel of 3 rows and 2 columns"),
        case((4, 4, 5), (2, 3), 5, "a kernel of 2 rows and 3 columns", share=0.3),
        case((5, 6, 6), (3, 3), 40, "many steps, from zeros", zeros=True, share=1.0),
    ]


def _steps(low: int, high: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        return not low <= case.args[-1] <= high or close(output, _reference(*case.args))

    return holds


# Wrong ideas: another gradient, other data, or another use of the steps.


def _with(gradient: Gradient) -> Callable[..., Array]:
    return lambda images, targets, start, rate, steps: _learn(
        images, targets, start, rate, steps, gradient
    )


def _times(factor: Callable[[int, int, int], float]) -> Callable[..., Array]:
    """Make each step longer by a factor of N pairs, P places of each, and T taps."""

    def wrong(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
        longer = factor(len(images), targets[0].size, start.size)
        return _learn(images, targets, start, rate * longer, steps)

    return wrong


def _with_steps(change: Callable[[int], int]) -> Callable[..., Array]:
    return lambda images, targets, start, rate, steps: _learn(
        images, targets, start, rate, change(steps)
    )


def _with_error(error: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """Put another error of outputs S and targets t into the gradient."""
    return _with(lambda X, t, k: 2 * X.T @ error(X @ k, t) / len(t))


def _flipped_model(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
    """Learn the kernel of a layer that flips it."""
    return turned(_learn(images, targets, turned(np.asarray(start)), rate, steps))


def _square_windows_transposed(
    images: Array, targets: Array, start: Array, rate: float, steps: int
) -> Array | None:
    """Let K(b, a) see what K(a, b) should; None where the kernel has other sides."""
    if start.shape[0] != start.shape[1]:
        return None
    return _learn(images, targets, np.asarray(start).T, rate, steps).T


def _from_pairs(
    pick: Callable[[int, int], list[int]],
) -> Callable[[Array, Array, Array, float, int], Array]:
    """Make each step a row of updates, by one pair after the other: pick(step, N)."""

    def wrong(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
        k = start
        for step in range(steps):
            for n in pick(step, len(images)):
                k = _learn(images[n : n + 1], targets[n : n + 1], k, rate, 1)
        return np.asarray(k, dtype=float)

    return wrong


def _stale(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
    """Take the gradient at the start, once and for all."""
    return _learn(images, targets, start, rate * steps, 1)


def _solved(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
    X = _windows(images, start).reshape(-1, start.size)
    return np.asarray(np.linalg.lstsq(X, np.ravel(targets), rcond=None)[0]).reshape(start.shape)


def _change(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
    return _learn(images, targets, start, rate, steps) - start


def _last_gradient(images: Array, targets: Array, start: Array, rate: float, steps: int) -> Array:
    before = _learn(images, targets, start, rate, max(steps - 1, 0))
    return (before - _learn(images, targets, before, rate, 1)) / rate


def _of_root(X: Array, t: Array, k: Array) -> Array:
    """Give the gradient of the root of the mean square; 0 where that is 0."""
    root = np.sqrt(np.mean((X @ k - t) ** 2))
    return _of_square(X, t, k) / (2 * root) if root else np.zeros_like(k)


def _unit(X: Array, t: Array, k: Array) -> Array:
    gradient = _of_square(X, t, k)
    length = np.sqrt((gradient**2).sum())
    return gradient / length if length else gradient


# Right answers by other ways.


def _by_hand(images, targets, start, rate, steps):
    N, rows, columns = targets.shape
    kernel = [[float(weight) for weight in row] for row in start]
    h, w = len(kernel), len(kernel[0])
    for _ in range(steps):
        gradient = np.zeros((h, w))
        for n in range(N):
            for i in range(rows):
                for j in range(columns):
                    window = images[n, i : i + h, j : j + w]
                    gradient += 2 * ((window * kernel).sum() - targets[n, i, j]) * window
        kernel = kernel - rate * gradient / (N * rows * columns)
    return kernel


def _by_matrix(images, targets, start, rate, steps):
    # d loss / d K is linear in K: 2 (A K - b), with A and b from the data alone.
    h, w = np.shape(start)
    X = np.lib.stride_tricks.sliding_window_view(images, (h, w), axis=(1, 2)).reshape(-1, h * w)
    A, b = X.T @ X / len(X), X.T @ targets.ravel() / len(X)
    kernel = np.ravel(start).astype(float)
    for _ in range(steps):
        kernel -= 2 * rate * (A @ kernel - b)
    return kernel.reshape(h, w)


EXERCISE = Exercise(
    id="E7.4",
    title="Learn an unknown kernel",
    solution=my_learned_kernel,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=GRADIENTS,
    also_right=(_by_hand, _by_matrix),
    parts=(
        Part("one step", 1, _steps(0, 1)),
        Part("several steps", 1, _steps(2, 10)),
        Part("many steps, to the kernel that made the targets", 1, _steps(11, 10**6)),
    ),
    misconceptions=(
        Misconception(
            "flipped",
            "The kernel that was learned is flipped: turned by 180 degrees.",
            "Your layer convolves: K(0, 0) meets the last pixel of a window. Descent finds what "
            "makes *your* layer give the targets. Which layer made them?",
            (
                _flipped_model,
                lambda *args: turned(_learn(*args)),
                lambda images, targets, start, rate, steps: _learn(
                    images, targets, turned(np.asarray(start)), rate, steps
                ),
            ),
        ),
        Misconception(
            "flips-once",
            "The layer and its gradient do not belong together: one of the two flips.",
            "In S(i, j) the weight K(a, b) is multiplied with I(i + a, j + b). So that pixel, and "
            "no other one, stands in the derivative of S(i, j) with respect to K(a, b).",
            (
                _with(lambda X, t, k: _of_square(X, t, k)[::-1]),
                _with(lambda X, t, k: 2 * X.T @ (X[:, ::-1] @ k - t) / len(t)),
            ),
        ),
        Misconception(
            "uphill",
            "The kernel climbs: each step makes the loss larger.",
            "The gradient points to where the loss grows. And a derivative of (S - target)^2 holds "
            "S - target, not target - S.",
            (
                _times(lambda N, P, T: -1),
                lambda images, targets, start, rate, steps: (
                    -_learn(images, targets, -np.asarray(start), rate, steps)
                ),
            ),
        ),
        Misconception(
            "two-forgotten",
            "Each step is half as long as it should be, or twice as long.",
            "What is the derivative of x^2? The loss is the mean of squares, not half of it.",
            (_times(lambda N, P, T: 0.5), _times(lambda N, P, T: 2)),
        ),
        Misconception(
            "averaged-otherwise",
            "The gradient is not averaged over all numbers of all maps.",
            "The loss is a mean over N pairs and over all places of a map. A sum in its place "
            "makes steps so many times as long, which may diverge; a second mean makes them short.",
            (
                _times(lambda N, P, T: N * P),
                _times(lambda N, P, T: P),
                _times(lambda N, P, T: N),
                _times(lambda N, P, T: 1 / N),
                _times(lambda N, P, T: 1 / P),
                _times(lambda N, P, T: 1 / T),
                _times(lambda N, P, T: N * P / T),
                _times(lambda N, P, T: N * P / 2),
            ),
        ),
        Misconception(
            "one-pair-only",
            "Only one of the pairs was learned from.",
            "Other pairs show the kernel other patterns. Over what is the mean in the loss?",
            (
                _from_pairs(lambda step, N: [0]),
                _from_pairs(lambda step, N: [N - 1]),
            ),
        ),
        Misconception(
            "pair-after-pair",
            "The kernel was changed after each pair: the task asks for all N pairs in one step.",
            "That is stochastic gradient descent, which works, too, and gives another kernel at "
            "each step. Here the gradient is that of the whole loss, at one and the same kernel.",
            (
                _from_pairs(lambda step, N: list(range(N))),
                _from_pairs(lambda step, N: [step % N]),
            ),
        ),
        Misconception(
            "target-left-out",
            "The gradient does not compare what came out with the target.",
            "The derivative of (S - target)^2 is 0 where S hits the target, and only there. What "
            "is yours where S is right?",
            (
                _with_error(lambda S, t: S),
                _with_error(lambda S, t: -t),
                _with_error(lambda S, t: t),
            ),
        ),
        Misconception(
            "stuck-at-the-start",
            "The kernel moved once, or always by the gradient that it had at the start.",
            "After a step the kernel is another one, gives other maps and has another gradient. "
            "What is computed anew in your loop?",
            (_with_steps(lambda steps: min(steps, 1)), _stale, _with_steps(lambda steps: 0)),
        ),
        Misconception(
            "one-step-off",
            "One step too many was made, or one too few.",
            "With steps = 0 the kernel stays as it was at the start.",
            (
                _with_steps(lambda steps: steps + 1),
                _with_steps(lambda steps: max(steps - 1, 0)),
                _with_steps(lambda steps: max(steps, 1)),
            ),
        ),
        Misconception(
            "start-left-out",
            "The descent began at another kernel than `start`.",
            "Where you begin does not matter after very many steps. After a few it does.",
            (
                lambda images, targets, start, rate, steps: _learn(
                    images, targets, np.zeros(start.shape), rate, steps
                ),
                lambda images, targets, start, rate, steps: _learn(
                    images, targets, np.ones(start.shape), rate, steps
                ),
            ),
        ),
        Misconception(
            "rate-left-out",
            "The learning rate was left out.",
            "A step is rate times the gradient. How far does yours go with a rate of 0.001?",
            (
                lambda images, targets, start, rate, steps: _learn(
                    images, targets, start, 1.0, steps
                ),
                lambda images, targets, start, rate, steps: _learn(
                    images, targets, start, 1 / rate, steps
                ),
            ),
        ),
        Misconception(
            "solved-at-once",
            "This is the kernel of the least squares: where descent ends, not where it is by now.",
            "Here that is possible, as the loss is a parabola; of a whole network it is not. "
            "After so many steps descent is still on its way: make them one by one.",
            (_solved,),
        ),
        Misconception(
            "transposed",
            "Rows and columns of the kernel changed places.",
            "K(a, b) sees pixel (i + a, j + b): which of a and b counts rows?",
            (lambda *args: _learn(*args).T, _square_windows_transposed),
        ),
        Misconception(
            "another-loss",
            "The steps are those of another loss than the mean square.",
            "How does the length of a step change when all errors are twice as large? By the mean "
            "square it doubles, too.",
            (
                _with(lambda X, t, k: X.T @ np.sign(X @ k - t) / len(t)),
                _with(_of_root),
                _with(lambda X, t, k: np.sign(_of_square(X, t, k))),
                _with(_unit),
            ),
        ),
        Misconception(
            "not-the-kernel",
            "Something else than the kernel came back: its change, or a gradient.",
            "What the layer needs is the kernel after the last step, which began as `start`.",
            (_change, _last_gradient),
        ),
    ),
    error_hints={
        "ValueError": "Two arrays that meet have different shapes. A map has H - h + 1 rows and "
        "W - w + 1 columns: how large is the part of an image that one tap sees?",
        "UFuncTypeError": "`start` may hold whole numbers, which cannot take a fraction: make a "
        "copy with dtype=float.",
    },
    hints=(
        "Work out S with the kernel of now, for all places of all images, and what it misses the "
        "targets by.",
        "The derivative of (S(i, j) - target)^2 with respect to K(a, b) is 2 (S(i, j) - target) "
        "times the pixel that K(a, b) was multiplied with.",
        "In each step, for every tap: the mean over n, i, j of 2 (S - target) I(n, i + a, j + b). "
        "Subtract rate times that, from a copy of `start`, `steps` times.",
    ),
)
