"""A belief about weights, from none to one that no data can move: against other ways to compute."""

import numpy as np
import pytest

from cnncourse.conv import cross_correlate1d
from cnncourse.experiments.prior import convolution_matrix, draw_examples, fit, prior_experiment


@pytest.mark.parametrize(("taps", "n"), [(1, 1), (1, 4), (3, 3), (3, 7), (5, 8)])
def test_the_matrix_convolves_in_a_circle(taps, n):
    random = np.random.default_rng(taps * n)
    kernel, x = random.normal(size=taps), random.normal(size=n)
    half = taps // 2
    wrapped = np.pad(x, half, mode="wrap")
    expected = cross_correlate1d(wrapped, kernel)
    np.testing.assert_allclose(convolution_matrix(kernel, n) @ x, expected)


def test_permuted_inputs_are_the_same_numbers():
    plain, permuted = draw_examples(50, seed=1), draw_examples(50, seed=1, permuted=True)
    np.testing.assert_array_equal(np.sort(plain.x, axis=1), np.sort(permuted.x, axis=1))
    np.testing.assert_array_equal(plain.y, permuted.y)
    np.testing.assert_allclose(plain.x @ plain.matrix.T, permuted.x @ permuted.matrix.T)


def test_without_belief_it_is_least_squares():
    x, y, _ = draw_examples(30, seed=2)
    expected = np.linalg.lstsq(x, y, rcond=None)[0].T
    np.testing.assert_allclose(fit(x, y, width=3, strength=0.0), expected, atol=1e-9)


def test_belief_beyond_doubt_gives_a_convolution_and_the_best_one():
    x, y, _ = draw_examples(30, seed=3, permuted=True)
    learned = fit(x, y, width=3, strength=np.inf)
    taps = learned[1, :3]
    np.testing.assert_allclose(learned, convolution_matrix(taps, 12), atol=1e-12)

    def missed(kernel):
        return ((y - x @ convolution_matrix(kernel, 12).T) ** 2).sum()

    for change in np.vstack([np.eye(3), -np.eye(3)]):
        assert missed(taps) < missed(taps + 0.01 * change)


@pytest.mark.parametrize("strength", [0.3, 5.0, 200.0])
def test_in_between_the_sum_of_misfit_and_penalty_is_least(strength):
    x, y, _ = draw_examples(5, seed=4, n=5)
    learned = fit(x, y, width=3, strength=strength)

    def cost(matrix):
        # The nearest convolution has the mean of each of its diagonals.
        kernel = [np.mean([matrix[i, (i + d) % 5] for i in range(5)]) for d in (-1, 0, 1)]
        beyond = matrix - convolution_matrix(kernel, 5)
        return ((y - x @ matrix.T) ** 2).sum() + strength * (beyond**2).sum()

    random = np.random.default_rng(0)
    for _ in range(30):
        assert cost(learned) < cost(learned + 0.01 * random.normal(size=(5, 5)))


def test_a_right_belief_helps_and_a_wrong_one_harms_for_good():
    found = prior_experiment((6, 200), (0.0, 1.0, np.inf), seeds=range(5))
    few, many = found.plain
    assert few[2] < few[1] < few[0]
    assert many[2] < many[0]
    assert np.all(found.permuted[:, 2] > 0.9)
    assert found.permuted[1, 0] < 0.02
    np.testing.assert_allclose(found.plain[:, 0], found.permuted[:, 0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: convolution_matrix([1, 2], 5), "odd number of taps, at most 5, got 2"),
        (lambda: convolution_matrix([1, 2, 3], 2), "odd number of taps, at most 2, got 3"),
        (lambda: fit(np.eye(3), np.eye(4), width=3, strength=1), r"x's shape \(3, 3\)"),
        (lambda: fit(np.eye(3), np.eye(3), width=3, strength=-1), "strength must be 0 or more"),
        (lambda: fit(np.eye(3), np.eye(3), width=3, strength=np.nan), "strength must be 0 or more"),
    ],
)
def test_refuses(call, words):
    with pytest.raises(ValueError, match=words):
        call()
