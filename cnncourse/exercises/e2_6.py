"""E2.6: take a separable kernel apart. Its factors are many, so properties decide."""

from __future__ import annotations

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Part

ROUNDING = 1e-5


def my_passes(kernel):
    """Give the weights with which an image is filtered most cheaply: by two passes, or by one.

    kernel : array of h rows and w columns (h >= 2, w >= 2), not all 0. It is separable if it
        is an outer product, K(m, n) = u(m) v(n): a table of products, of rank 1. Then a column
        u down the image and a row v along it give what K gives, with h multiply-adds for each
        pixel and then w more, in place of h w.
    Return an array of as many weights as that takes multiply-adds:
      - for a separable kernel h + w: first u(0), ..., u(h - 1), then v(0), ..., v(w - 1). Many
        are right: twice u and half of v make the same kernel;
      - for any other kernel its own h w weights, row by row.

    Example: [[1, 2, 3],    -> [1, 3, 1, 2, 3]      [[1, 2, 3],    -> [1, 2, 3, 3, 6, 8].
              [3, 6, 9]]                             [3, 6, 8]]
    """
    if np.linalg.matrix_rank(kernel) > 1:
        return kernel.ravel()
    # All rows are multiples of one row; take one that is not 0, by its largest weight. How many
    # times it each row holds stands in the column of that weight.
    m, n = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    return np.concatenate([kernel[:, n] / kernel[m, n], kernel[m]])


def separable(kernel: Array) -> bool:
    """Whether all 2 by 2 minors with the largest weight vanish, as in a table of products."""
    m, n = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    pivot = float(kernel[m, n])
    minors = pivot * kernel - np.outer(kernel[:, n], kernel[m])
    return bool(np.abs(minors).max() <= ROUNDING * pivot * pivot)


def product(kernel: Array, weights: Array) -> Array:
    """Multiply the column at the front of `weights` with the row behind it."""
    rows = len(kernel)
    return np.outer(weights[:rows], weights[rows:])


def _near(kernel: Array, other: Array) -> bool:
    return kernel.shape == other.shape and bool(
        np.abs(kernel - other).max() <= ROUNDING * np.abs(kernel).max()
    )


def _length(kernel: Array) -> int:
    return sum(kernel.shape) if separable(kernel) else kernel.size


def _judge(case: Case, weights: Array) -> str:
    (kernel,) = case.args
    if len(weights) != _length(kernel):
        kind = "separable" if separable(kernel) else "not separable"
        return f"this kernel is {kind}: it takes {_length(kernel)} weights, not {len(weights)}"
    if not separable(kernel):
        return "" if _near(kernel.ravel(), weights) else "these are not its weights, row by row"
    return "" if _near(kernel, product(kernel, weights)) else "u(m) v(n) is not K(m, n)"


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((np.array([[1.0, 2.0, 3.0], [3.0, 6.0, 9.0]]),), "an example of the task"),
        Case((np.array([[1.0, 2.0, 3.0], [3.0, 6.0, 8.0]]),), "an example of the task"),
    ]


EXERCISE = Exercise(
    id="E2.6",
    title="Two passes for one",
    solution=my_passes,
    judge=_judge,
    cases=_cases,
    parts=(
        Part(
            "as many weights as multiply-adds",
            1,
            lambda case, weights: len(weights) == _length(case.args[0]),
        ),
        Part("the weights make the kernel", 2, lambda case, weights: not _judge(case, weights)),
    ),
    misconceptions=(),
    hints=(
        "Write down the table of the products of u = [1, 3] and v = [1, 2, 3]. How do its rows "
        "differ from each other?",
        "np.linalg.matrix_rank tells how many independent rows there are: 1 in a table of "
        "products. For v take a row of the kernel that is not all 0.",
        "If row m holds the largest weight K(m, n), take v = row m and u = column n divided by "
        "K(m, n). np.concatenate([u, v]) puts the two behind each other; kernel.ravel() has all "
        "weights row by row.",
    ),
)
