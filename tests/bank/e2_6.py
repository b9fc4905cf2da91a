"""Answers to E2.6 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e2_6 import EXERCISE


def by_rank_and_svd(kernel):
    if np.linalg.matrix_rank(kernel) == 1:
        U, s, Vt = np.linalg.svd(kernel)
        return np.concatenate([U[:, 0] * np.sqrt(s[0]), Vt[0] * np.sqrt(s[0])])
    return kernel.reshape(-1)


def signs_on_the_other_side(kernel):
    if np.linalg.matrix_rank(kernel) == 1:
        U, s, Vt = np.linalg.svd(kernel, full_matrices=False)
        return [*(-U[:, 0]), *(-s[0] * Vt[0])]
    return list(kernel.flat)


def put_together_again(kernel):
    m, n = divmod(int(np.abs(kernel).argmax()), kernel.shape[1])
    u, v = kernel[:, n], kernel[m] / kernel[m, n]
    if np.allclose(u[:, None] * v, kernel):
        return np.hstack([u, v])
    return kernel.ravel()


def in_float32(kernel):
    m, n = divmod(int(np.abs(kernel).argmax()), kernel.shape[1])
    u, v = kernel[:, n].astype(np.float32), (kernel[m] / kernel[m, n]).astype(np.float32)
    separable = np.allclose(np.outer(u, v), kernel, atol=1e-4)
    return np.concatenate([u, v]) if separable else kernel.astype(np.float32).ravel()


def by_minors(kernel):
    h, w = kernel.shape
    for a in range(h):
        for b in range(a + 1, h):
            for c in range(w):
                for d in range(c + 1, w):
                    if abs(kernel[a, c] * kernel[b, d] - kernel[a, d] * kernel[b, c]) > 1e-9:
                        return [kernel[m, n] for m in range(h) for n in range(w)]
    m, n = next(place for place in np.ndindex(h, w) if kernel[place])
    return [kernel[k, n] / kernel[m, n] for k in range(h)] + [kernel[m, k] for k in range(w)]


def by_projection(kernel):
    """Find for each row how many times the longest row it is."""
    lengths = (kernel**2).sum(axis=1)
    v = kernel[lengths.argmax()]
    u = kernel @ v / lengths.max()
    return np.concatenate([u, v]) if np.allclose(np.outer(u, v), kernel) else kernel.flatten()


def by_repeated_multiplication(kernel):
    v = kernel[np.abs(kernel).sum(axis=1).argmax()].astype(float)
    for _ in range(60):
        v = kernel.T @ (kernel @ v)
        v /= np.linalg.norm(v)
    u = kernel @ v
    return np.r_[u, v] if np.abs(np.outer(u, v) - kernel).max() < 1e-6 else kernel.ravel()


def by_second_singular_value(kernel):
    s = np.linalg.svd(kernel, compute_uv=False)
    if s[1] / s[0] > 1e-8:
        return tuple(kernel.ravel().tolist())
    n = np.abs(kernel).max(axis=0).argmax()
    u = kernel[:, n]
    return tuple(u) + tuple(u @ kernel / (u @ u))


def exact_fractions(kernel):
    from fractions import Fraction

    rows = [[Fraction(str(value)) for value in row] for row in kernel.tolist()]
    m, n = next((m, n) for m, row in enumerate(rows) for n, value in enumerate(row) if value)
    u, v = [row[n] / rows[m][n] for row in rows], rows[m]
    off = max(abs(a * b - rows[i][j]) for i, a in enumerate(u) for j, b in enumerate(v))
    return u + v if off < Fraction(1, 10**9) else [value for row in rows for value in row]


def tensor(kernel):
    import torch

    K = torch.tensor(np.array(kernel, dtype=float))
    U, S, Vh = torch.linalg.svd(K)
    if S[1] > 1e-9 * S[0]:
        return K.flatten()
    return torch.cat([U[:, 0] * S[0], Vh[0]])


def factors(kernel):
    m, n = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    return kernel[:, n] / kernel[m, n], kernel[m]


def separable(kernel):
    return np.linalg.matrix_rank(kernel) == 1


def added_up(kernel):
    u, v = kernel[:, 0] - kernel[0, 0], kernel[0]
    if np.allclose(u[:, None] + v, kernel):
        return np.concatenate([u, v])
    return kernel.ravel()


def added_up_from_means(kernel):
    v = kernel.mean(axis=0)
    u = kernel.mean(axis=1) - kernel.mean()
    return np.concatenate([u, v])


def row_before_column(kernel):
    if not separable(kernel):
        return kernel.ravel()
    u, v = factors(kernel)
    return np.concatenate([v, u])


def columns_first_everywhere(kernel):
    if not separable(kernel):
        return kernel.ravel(order="F")
    u, v = factors(kernel)
    return np.concatenate([v, u])


def shared_weight_twice(kernel):
    if not separable(kernel):
        return kernel.ravel()
    m, n = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    return np.concatenate([kernel[:, n], kernel[m]])


def singular_value_forgotten(kernel):
    if not separable(kernel):
        return kernel.ravel()
    U, _, Vt = np.linalg.svd(kernel)
    return np.concatenate([U[:, 0], Vt[0]])


def singular_value_twice(kernel):
    if not separable(kernel):
        return kernel.ravel()
    U, s, Vt = np.linalg.svd(kernel)
    return np.concatenate([U[:, 0] * s[0], Vt[0] * s[0]])


def only_the_weights(kernel):
    return kernel.flatten()


def full_rank_is_compared(kernel):
    """Take a kernel for separable if its rank is 0, which it never is."""
    return np.concatenate(factors(kernel)) if np.linalg.matrix_rank(kernel) < 1 else kernel.ravel()


def best_of_rank_one(kernel):
    U, s, Vt = np.linalg.svd(kernel)
    return np.concatenate([U[:, 0] * s[0], Vt[0]])


def any_row_and_column(kernel):
    return np.concatenate(factors(kernel))


def compared_exactly(kernel):
    U, s, Vt = np.linalg.svd(kernel)
    m, n = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    minors = kernel * kernel[m, n] - np.outer(kernel[:, n], kernel[m])
    return kernel.ravel() if minors.any() else np.concatenate([U[:, 0] * s[0], Vt[0]])


def over_the_first_weight(kernel):
    if not separable(kernel):
        return kernel.ravel()
    return np.concatenate([kernel[:, 0] / kernel[0, 0], kernel[0]])


def over_the_middle_weight(kernel):
    if not separable(kernel):
        return kernel.ravel()
    m, n = kernel.shape[0] // 2, kernel.shape[1] // 2
    return np.append(kernel[:, n] / kernel[m, n], kernel[m])


def over_the_first_weight_by_lists(kernel):
    rows = kernel.tolist()
    if not separable(kernel):
        return sum(rows, [])
    return [row[0] / rows[0][0] for row in rows] + rows[0]


def only_the_first_two_rows_are_compared(kernel):
    if np.linalg.matrix_rank(kernel[:2]) == 1:
        return np.concatenate(factors(kernel))
    return kernel.ravel()


def only_the_first_two_columns_are_compared(kernel):
    if np.linalg.matrix_rank(kernel[:, :2]) == 1:
        return np.concatenate(factors(kernel))
    return kernel.ravel()


def determinant_of_the_corner(kernel):
    corner = kernel[0, 0] * kernel[-1, -1] - kernel[0, -1] * kernel[-1, 0]
    return kernel.ravel() if abs(corner) > 1e-9 else np.concatenate(factors(kernel))


def not_of_full_rank(kernel):
    if np.linalg.matrix_rank(kernel) < min(kernel.shape):
        return np.concatenate(factors(kernel))
    return kernel.ravel()


def symmetric_ones_only(kernel):
    symmetric = kernel.shape[0] == kernel.shape[1] and np.allclose(kernel, kernel.T)
    return np.concatenate(factors(kernel)) if symmetric else kernel.ravel()


def square_ones_only(kernel):
    if kernel.shape[0] == kernel.shape[1] and separable(kernel):
        return np.concatenate(factors(kernel))
    return kernel.ravel()


def numbers_of_multiply_adds(kernel):
    h, w = kernel.shape
    return [h + w] if separable(kernel) else [h * w]


def the_column_alone(kernel):
    return factors(kernel)[0] if separable(kernel) else kernel.ravel()


def the_kernel_itself(kernel):
    return kernel


def column_and_row_apart(kernel):
    return factors(kernel) if separable(kernel) else kernel.ravel()


def column_turned(kernel):
    u, v = factors(kernel)
    return np.concatenate([u[::-1], v]) if separable(kernel) else kernel.ravel()


def magnitudes(kernel):
    u, v = np.abs(factors(kernel)[0]), np.abs(factors(kernel)[1])
    return np.concatenate([u, v]) if separable(kernel) else kernel.ravel()


def sums_of_rows_and_columns(kernel):
    if not separable(kernel):
        return kernel.ravel()
    return np.concatenate([kernel.sum(axis=1), kernel.sum(axis=0)])


def sums_over_the_total(kernel):
    """Right for kernels whose weights do not add up to 0."""
    if not separable(kernel):
        return kernel.ravel()
    with np.errstate(all="ignore"):
        return np.concatenate([kernel.sum(axis=1), kernel.sum(axis=0) / kernel.sum().round(9)])


def whole_factors(kernel):
    u, v = factors(kernel)
    if separable(kernel):
        return np.concatenate([u.astype(int), v.astype(int)])
    return kernel.ravel()


def rounded(kernel):
    u, v = factors(kernel)
    return np.concatenate([u.round(1), v]) if separable(kernel) else kernel.ravel()


def all_zeros(kernel):
    return np.zeros(sum(kernel.shape) if separable(kernel) else kernel.size)


def only_the_example(kernel):
    return [1, 3, 1, 2, 3]


def column_by_column(kernel):
    return np.concatenate(factors(kernel)) if separable(kernel) else kernel.T.ravel()


def scales_its_input(kernel):
    if not separable(kernel):
        return kernel.ravel()
    u, v = factors(kernel)
    out = np.concatenate([u, v])
    kernel *= 0
    return out


RIGHT = [
    *EXERCISE.also_right,
    by_rank_and_svd,
    signs_on_the_other_side,
    put_together_again,
    in_float32,
    by_minors,
    by_projection,
    by_repeated_multiplication,
    by_second_singular_value,
    exact_fractions,
    tensor,
]
WRONG = {
    added_up: "sum-for-product",
    added_up_from_means: "sum-for-product",
    row_before_column: "rows-and-columns-swapped",
    columns_first_everywhere: "rows-and-columns-swapped",
    shared_weight_twice: "scaled",
    singular_value_forgotten: "scaled",
    singular_value_twice: "scaled",
    only_the_weights: "never-separable",
    full_rank_is_compared: "never-separable",
    best_of_rank_one: "always-separable",
    any_row_and_column: "always-separable",
    compared_exactly: "exact-comparison",
    over_the_first_weight: "divided-by-zero",
    over_the_middle_weight: "divided-by-zero",
    over_the_first_weight_by_lists: None,
    only_the_first_two_rows_are_compared: None,
    only_the_first_two_columns_are_compared: None,
    determinant_of_the_corner: None,
    not_of_full_rank: None,
    symmetric_ones_only: None,
    square_ones_only: None,
    numbers_of_multiply_adds: None,
    the_column_alone: None,
    the_kernel_itself: None,
    column_and_row_apart: None,
    column_turned: None,
    magnitudes: None,
    sums_of_rows_and_columns: None,
    sums_over_the_total: "divided-by-zero",
    whole_factors: None,
    rounded: None,
    all_zeros: None,
    only_the_example: None,
    column_by_column: None,
    scales_its_input: None,
}
