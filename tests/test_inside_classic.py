"""Likeness to classic kernels against a loop; its null distribution against geometry."""

import numpy as np
import pytest
from scipy import stats

from cnncourse.inside import kernel_matches
from cnncourse.kernels import KERNELS_2D


@pytest.mark.parametrize("name", KERNELS_2D)
@pytest.mark.parametrize("turn", range(4))
def test_a_classic_kernel_is_found_turned_negated_and_scaled(name, turn):
    kernel = -3 * np.rot90(KERNELS_2D[name], turn)
    found = kernel_matches(kernel[None], draws=200)
    assert found.cosines[0] == pytest.approx(1)
    assert found.nearest[0].split("_")[0] == name.split("_")[0]
    reference = np.rot90(KERNELS_2D[found.nearest[0]], found.turns[0]) * found.signs[0]
    assert np.vdot(reference, kernel) == pytest.approx(
        np.linalg.norm(reference) * np.linalg.norm(kernel)
    )


def test_what_is_another_one_turned_counts_once():
    found = kernel_matches(np.ones((1, 3, 3)), draws=10)
    assert set(KERNELS_2D) - set(found.references) == {"sobel_y", "prewitt_y"}


def test_every_cosine_is_that_of_a_loop():
    learned = np.random.default_rng(5).normal(size=(2, 3, 3, 3))
    found = kernel_matches(learned, draws=10)
    for row, kernel in enumerate(learned.reshape(6, 3, 3)):
        for column, name in enumerate(found.references):
            best = max(
                abs(np.sum(kernel * np.rot90(KERNELS_2D[name], turn)))
                / np.sqrt(np.sum(kernel**2) * np.sum(KERNELS_2D[name] ** 2))
                for turn in range(4)
            )
            assert found.table[row, column] == pytest.approx(best)
        assert found.cosines[row] == pytest.approx(found.table[row].max())
        assert found.nearest[row] == found.references[found.table[row].argmax()]


def test_chance_is_that_of_directions_drawn_evenly():
    # one symmetric reference: cos**2 of a random direction in 9 dimensions is Beta(1/2, 4)
    found = kernel_matches(np.ones((1, 3, 3)), {"box": np.ones((3, 3))}, draws=4000, seed=1)
    expected = stats.beta(0.5, 4)
    assert stats.kstest(found.chance**2, expected.cdf).pvalue > 0.01
    assert found.threshold(0.9) == pytest.approx(np.sqrt(expected.ppf(0.9)), abs=0.03)
    assert np.all(np.diff(found.chance) >= 0)


def test_random_kernels_are_as_like_as_chance_says():
    learned = np.random.default_rng(11).normal(size=(40, 25, 3, 3)).astype(np.float32)
    found = kernel_matches(learned)
    assert np.mean(found.cosines > found.threshold()) == pytest.approx(0.05, abs=0.02)
    assert stats.kstest(found.by_chance(), "uniform").pvalue > 0.01
    assert found.cosines.shape == (1000,)
    assert "by chance 50.0 would be" in str(found)


def test_a_sure_match_is_rare_by_chance_and_zeros_are_like_nothing():
    found = kernel_matches([KERNELS_2D["sobel_y"], np.zeros((3, 3))], draws=499)
    assert found.by_chance().tolist() == [1 / 500, 1]
    assert found.cosines[1] == 0
    assert str(found).startswith("1 of 2 kernels")


def test_other_sizes_need_their_own_references():
    found = kernel_matches(np.eye(2)[None], {"step": [[1, -1], [0, 0]], "cross": [[0, 1], [1, 0]]})
    assert (found.nearest, found.turns.tolist(), found.signs.tolist()) == (("cross",), [1], [1])
    with pytest.raises(ValueError, match=r"references\['identity'\] must be 5 by 5"):
        kernel_matches(np.ones((1, 5, 5)))


@pytest.mark.parametrize(
    ("kernels", "references", "message"),
    [
        (np.ones((2, 3)), None, "kernels must be square"),
        (np.ones(3), None, "kernels must be square"),
        (np.ones((0, 3, 3)), None, "kernels must be square"),
        (np.ones((3, 3)), {}, "at least one kernel"),
        (np.ones((3, 3)), {"none": np.zeros((3, 3))}, "not all 0"),
    ],
)
def test_what_is_no_kernel_is_refused(kernels, references, message):
    with pytest.raises(ValueError, match=message):
        kernel_matches(kernels, references)
    with pytest.raises(TypeError, match="finite real numbers"):
        kernel_matches([[np.nan]])
