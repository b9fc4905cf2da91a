"""E2.6: take a separable kernel apart. Its factors are many, so properties decide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.planes import drawn

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
    h, w = kernel.shape
    if len(weights) != _length(kernel):
        if separable(kernel):
            return f"this kernel is separable: {h} + {w} weights do, and there are {len(weights)}"
        return f"this kernel is not separable: it needs all {h} x {w} weights"
    if not separable(kernel):
        return "" if _near(kernel.ravel(), weights) else "these are not its weights, row by row"
    if _near(kernel, product(kernel, weights)):
        return ""
    return "the products u(m) v(n) of your weights are not K(m, n)"


def _cases(draw: Draw) -> list[Case]:
    def of_rank_1(rows: int, columns: int, decimals: int = 0) -> Array:
        column, row = (draw.numbers(n, size=5, decimals=decimals) for n in (rows, columns))
        return np.outer(column, row)

    def of_rank_2(rows: int, columns: int) -> Array:
        kernel = of_rank_1(rows, columns)
        kernel[draw.integer(0, rows - 1), draw.integer(0, columns - 1)] += draw.pick((-7, 7, 9))
        return kernel

    def sums(rows: int, columns: int) -> Array:
        return np.add.outer(draw.numbers(rows), draw.numbers(columns))

    table = np.array([[1.0, 2.0, 3.0], [3.0, 6.0, 9.0]])
    near = table.copy()
    near[1, 2] = 8.0
    pairs = [
        (table, "an example of the task"),
        (near, "an example of the task"),
        (np.array([[0.0, 1.0], [0.0, 5.0]]), "a column of zeros"),
        (np.array([[0.0, 1.0], [1.0, 0.0]]), "zeros on the diagonal"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "the same rows in another order"),
        (of_rank_1(2, 2), "a separable kernel"),
        (of_rank_2(2, 2), "one weight differs"),
        (np.full((3, 2), 2.0), "all weights equal"),
        (sums(2, 3), "a table of sums"),
        (sums(3, 3), "a table of sums"),
        (np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]), "a Sobel kernel"),
        (np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), "the Laplacian, whole numbers"),
        (np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]), "whole numbers"),
        (np.array([[2, 4], [3, 6], [5, 10]]), "whole numbers"),
        (np.outer([0.0, 3.0, 2.0], draw.numbers(3)), "a row of zeros"),
        (np.outer([0.0, 2.0], [0.0, -1.0, -3.0]), "zeros, and no weight above 0"),
        (np.array([[1.0, 2.0, 4.0], [2.0, 4.0, 8.0], [3.0, 5.0, 1.0]]), "two rows alike"),
        (np.array([[1.0, 2.0, 1.0], [3.0, 6.0, 5.0]]), "two columns alike"),
        (np.array([[0.0, 0.0], [0.0, 0.0], [2.0, -3.0]]), "rows of zeros"),
        (np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [3.0, 2.0, 5.0]]), "a row of zeros"),
        (np.array([[0.0, 4.0, 2.0], [0.0, 3.0, 1.0]]), "a column of zeros"),
        (np.eye(3), "a diagonal"),
        (of_rank_1(3, 4), "a separable kernel"),
        (of_rank_2(4, 3), "one weight differs"),
        (of_rank_1(3, 3, 1), "a separable kernel with decimals"),
        # Decimals that no exact comparison takes for a table of products, wherever it begins.
        (np.outer([1.0, -0.9, 0.8, 0.7], [0.1, 0.8, -1.3]), "a separable kernel with decimals"),
        (of_rank_1(4, 3, 2), "a separable kernel with decimals"),
        (drawn(draw, 3, 4), "random numbers"),
    ]
    return [Case((kernel,), note) for kernel, note in pairs]


# Wrong ideas: `explains` says whether they account for an output, whatever its many right ones are.


def _additive(kernel: Array, weights: Array) -> bool:
    """Whether column and row, added up, come as near to the kernel as such sums can."""
    if len(weights) != sum(kernel.shape):
        return False
    rest = kernel - np.add.outer(weights[: len(kernel)], weights[len(kernel) :])
    off = max(np.abs(rest.mean(axis=0)).max(), np.abs(rest.mean(axis=1)).max())
    return bool(off <= ROUNDING * np.abs(kernel).max())


def _is_sum(kernel: Array) -> bool:
    return _near(np.add.outer(kernel[:, 0], kernel[0]) - kernel[0, 0], kernel)


def _as_it_is(kernel: Array, weights: Array) -> bool:
    return len(weights) == kernel.size and _near(kernel.ravel(), weights)


def _sum_for_product(kernel: Array, weights: Array) -> bool:
    if _is_sum(kernel):
        return _additive(kernel, weights)
    return _as_it_is(kernel, weights) or _additive(kernel, weights)


def _swapped(kernel: Array, weights: Array) -> bool:
    if separable(kernel):
        columns = kernel.shape[1]
        made = np.outer(weights[columns:], weights[:columns])
        return len(weights) == sum(kernel.shape) and _near(kernel, made)
    return _as_it_is(kernel, weights) or _as_it_is(kernel.T, weights)


def _right(kernel: Array, weights: Array) -> bool:
    return not _judge(Case((kernel,)), weights)


def _scaled(kernel: Array, weights: Array) -> bool:
    if not separable(kernel) or len(weights) != sum(kernel.shape):
        return _right(kernel, weights)
    made = product(kernel, weights)
    at = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    return bool(made[at] != 0) and _near(kernel, made * (kernel[at] / made[at]))


def _never(kernel: Array, weights: Array) -> bool:
    return _as_it_is(kernel, weights)


def _always(kernel: Array, weights: Array) -> bool:
    if separable(kernel):
        return _right(kernel, weights)
    return len(weights) == sum(kernel.shape) and bool(np.isfinite(weights).all())


def _exact(kernel: Array, weights: Array) -> bool:
    """Whether only a separable kernel of decimals is taken for one that is not."""
    whole = bool((kernel == np.rint(kernel)).all())
    rounded = separable(kernel) and not whole and _as_it_is(kernel, weights)
    return rounded or _right(kernel, weights)


def _by_zero(kernel: Array, weights: Array) -> bool:
    return separable(kernel) and not np.isfinite(weights).all() or _right(kernel, weights)


def _idea(
    slug: str,
    title: str,
    hint: str,
    explains: Callable[[Array, Array], bool],
    *variants: Callable[[Array], Array],
) -> Misconception:
    return Misconception(
        slug, title, hint, variants, lambda case, weights: explains(case.args[0], weights)
    )


def _factors(kernel: Array) -> tuple[Array, Array]:
    m, n = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    return kernel[:, n] / kernel[m, n], kernel[m]


def _best(kernel: Array) -> Array:
    """Give the factors of rank 1 that come nearest to the kernel."""
    left, sizes, right = np.linalg.svd(kernel)
    return np.concatenate([left[:, 0] * sizes[0], right[0]])


def _of_length_one(kernel: Array) -> Array:
    left, _, right = np.linalg.svd(kernel)
    return np.concatenate([left[:, 0], right[0]])


def _row_and_column(kernel: Array) -> Array:
    m, n = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    return np.concatenate([kernel[:, n], kernel[m]])


def _summands(kernel: Array) -> Array:
    return np.concatenate([kernel.mean(axis=1), kernel.mean(axis=0) - kernel.mean()])


def _if_separable(make: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda kernel: make(kernel) if separable(kernel) else kernel.ravel()


def _over_corner(kernel: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.concatenate([kernel[:, 0] / kernel[0, 0], kernel[0]])


def _over_middle(kernel: Array) -> Array:
    m, n = kernel.shape[0] // 2, kernel.shape[1] // 2
    with np.errstate(all="ignore"):
        return np.concatenate([kernel[:, n] / kernel[m, n], kernel[m]])


# Right answers by other ways.


def _by_singular_values(kernel):
    left, sizes, right = np.linalg.svd(kernel)
    if sizes[1] > 1e-9 * sizes[0]:
        return kernel.flatten()
    return np.append(left[:, 0] * sizes[0], right[0])


def _by_ratios(kernel):
    rows = kernel.tolist()
    v = next(row for row in rows if any(row))
    n = next(n for n, value in enumerate(v) if value)
    u = [row[n] / v[n] for row in rows]
    if np.allclose(np.outer(u, v), kernel):
        return u + v
    return [value for row in rows for value in row]


EXERCISE = Exercise(
    id="E2.6",
    title="Two passes for one",
    solution=my_passes,
    judge=_judge,
    cases=_cases,
    also_right=(_by_singular_values, _by_ratios),
    parts=(
        Part(
            "as many weights as multiply-adds",
            1,
            lambda case, weights: len(weights) == _length(case.args[0]),
        ),
        Part("the weights make the kernel", 2, lambda case, weights: not _judge(case, weights)),
    ),
    misconceptions=(
        _idea(
            "sum-for-product",
            "Column and row add up to the kernel; multiplied, they do not make it.",
            "Filter with the column first: each pixel is weighed with u(m). The second pass weighs "
            "that result with v(n). So what is done to the pixel in all, u(m) + v(n) or u(m) v(n)?",
            _sum_for_product,
            lambda kernel: _summands(kernel) if _is_sum(kernel) else kernel.ravel(),
            _summands,
        ),
        _idea(
            "rows-and-columns-swapped",
            "Column and row stand in the wrong order, or changed their parts.",
            "u goes down the image: u(m) has one number for each row of the kernel, h of them, and "
            "they come first. v(n) has one for each column.",
            _swapped,
            _if_separable(lambda kernel: np.concatenate(_factors(kernel)[::-1])),
            lambda kernel: (
                np.concatenate(_factors(kernel)[::-1]) if separable(kernel) else kernel.T.ravel()
            ),
        ),
        _idea(
            "scaled",
            "The product of your column and row is the kernel times a number that is not 1.",
            "A row of the kernel and a column of the kernel share one weight, which is now in the "
            "product twice. And factors of length 1, as np.linalg.svd gives them, lack the size.",
            _scaled,
            _if_separable(_row_and_column),
            _if_separable(_of_length_one),
        ),
        _idea(
            "never-separable",
            "Every kernel was taken for one that is not separable.",
            "In the example the second row is 3 times the first one. When all rows are multiples "
            "of one row, what is the rank?",
            _never,
            lambda kernel: kernel.ravel(),
        ),
        _idea(
            "always-separable",
            "A kernel that is not separable was taken for one that is.",
            "Not every table is a table of products. Put the kernel together again, u(m) v(n), and "
            "compare it with the one that you were given.",
            _always,
            _best,
            lambda kernel: np.concatenate(_factors(kernel)),
        ),
        _idea(
            "exact-comparison",
            "A separable kernel with decimals was taken for one that is not separable.",
            "0.1 * 3 is not quite 0.3 for a computer. Ask whether numbers are nearly equal, "
            "np.allclose(a, b), or leave that to np.linalg.matrix_rank.",
            _exact,
            lambda kernel: (
                np.concatenate(_factors(kernel))
                if bool((np.outer(*_factors(kernel)) == kernel).all())
                else kernel.ravel()
            ),
        ),
        _idea(
            "divided-by-zero",
            "What you divide by is 0 in some kernels.",
            "The first weight may be 0, that in the middle, and the sum of all, too. Which weight "
            "of a kernel is certainly not 0?",
            _by_zero,
            _if_separable(_over_corner),
            _if_separable(_over_middle),
        ),
    ),
    error_hints={
        "ZeroDivisionError": "A separable kernel may hold zeros, even a whole row of them. "
        "Which of its weights is certainly not 0?",
    },
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
