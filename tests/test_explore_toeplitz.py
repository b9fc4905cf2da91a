"""The Toeplitz explorer's model against its definition, SciPy and the browser's mirror of it."""

import itertools
from math import prod

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
import traitlets

from cnncourse import explore
from cnncourse.conv import convolve1d, convolve2d
from cnncourse.definitions import convolve1d as convolve1d_by_loops
from cnncourse.definitions import convolve2d as convolve2d_by_loops
from cnncourse.explore.toeplitz_model import (
    LARGEST_KERNEL,
    LARGEST_SIGNAL,
    NO_WEIGHT,
    ToeplitzModel,
    ToeplitzState,
    kept_outputs,
)
from tests.parity import agree

random = np.random.default_rng(20)
LINES = [(m, n) for m in (1, 2, 3, 7) for n in (1, 2, 5, 12)]
PLANES = [((1, 1), (1, 1)), ((2, 3), (4, 3)), ((3, 2), (2, 5)), ((3, 3), (2, 2)), ((1, 3), (5, 1))]


def states():
    """Kernels and inputs of all kinds, whole numbers and fractions, rows and weights anywhere."""
    for k, (kernel, image) in enumerate(
        [*(((m,), (n,)) for m, n in LINES), *PLANES, ((3, 3), (4, 4))]
    ):
        weights, signal = random.normal(size=kernel), random.normal(size=image)
        if k % 2:
            weights, signal = np.round(3 * weights), np.round(40 * signal) / 8
        rows = prod(a + b - 1 for a, b in zip(kernel, image, strict=True))
        for mode in ("full", "same", "valid"):
            row, weight = int(random.integers(rows)), int(random.integers(-1, weights.size))
            yield ToeplitzState(weights, signal, row, weight, mode)


STATES = list(states())


def by_hand(state):
    """T, the weight of each cell and the kept outputs, cell by cell from eq. (2) and eq. (3)."""
    kernel, image = np.atleast_2d(state.weights), np.atleast_2d(state.signal)
    size = tuple(a + b - 1 for a, b in zip(kernel.shape, image.shape, strict=True))
    taps = np.full((*size, *image.shape), -1)
    places = itertools.product(*map(range, taps.shape))
    for i, j, m, n in places:
        if 0 <= i - m < kernel.shape[0] and 0 <= j - n < kernel.shape[1]:
            taps[i, j, m, n] = (i - m) * kernel.shape[1] + (j - n)
    taps = taps.reshape(prod(size), image.size)
    return np.where(taps >= 0, kernel.ravel()[taps], 0.0), taps


@pytest.mark.parametrize(
    "state", STATES, ids=lambda s: f"{s.weights.shape}{s.signal.shape}{s.mode}"
)
def test_each_number_follows_from_the_definition(state):
    model = ToeplitzModel(state)
    matrix, taps = by_hand(state)
    np.testing.assert_array_equal(model.matrix, matrix)
    np.testing.assert_array_equal(model.taps, taps)
    by_loops = convolve1d_by_loops if state.weights.ndim == 1 else convolve2d_by_loops
    full = np.ravel(by_loops(state.signal, state.weights))
    np.testing.assert_allclose(model.output, full, atol=1e-12)
    assert model.total() == pytest.approx(full[state.row], abs=1e-12)
    assert model.filled == np.count_nonzero(taps[model.kept] >= 0)
    assert model.cells == model.kept.sum() * state.signal.size
    assert model.repeats == ((taps[model.kept] == state.weight).sum() if state.weight >= 0 else 0)
    for term in model.terms():
        assert term.product == matrix[state.row, term.column] * state.signal.ravel()[term.column]


@pytest.mark.parametrize(("m", "n"), LINES)
def test_the_matrix_of_a_signal_is_scipy_s(m, n):
    weights = random.normal(size=m)
    first_row = np.r_[weights[0], np.zeros(n - 1)]
    expected = scipy.linalg.toeplitz(np.r_[weights, np.zeros(n - 1)], first_row)
    model = ToeplitzModel(ToeplitzState(weights, np.ones(n)))
    np.testing.assert_array_equal(model.matrix, expected)
    assert (model.cells, model.filled) == ((n + m - 1) * n, m * n)


@pytest.mark.parametrize(("kernel", "image"), PLANES)
def test_the_matrix_of_an_image_convolves_as_scipy_does(kernel, image):
    weights, pixels = random.normal(size=kernel), random.normal(size=image)
    model = ToeplitzModel(ToeplitzState(weights, pixels))
    expected = scipy.signal.convolve2d(pixels, weights)
    np.testing.assert_allclose(model.output.reshape(model.size), expected, atol=1e-12)
    blocks = model.matrix.reshape(model.size[0], model.size[1], *image)
    for i, m in itertools.product(range(model.size[0]), range(image[0])):
        inside = 0 <= i - m < kernel[0]
        row = weights[i - m] if inside else np.zeros(kernel[1])
        line = ToeplitzModel(ToeplitzState(row, np.ones(image[1])))
        np.testing.assert_array_equal(blocks[i, :, m, :], line.matrix)


@pytest.mark.parametrize(("m", "n"), LINES)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_a_mode_keeps_what_the_convolution_of_that_mode_returns(m, n, mode):
    if mode == "valid" and m > n:
        assert kept_outputs((m,), (n,), mode) == ([m - 1], [0])
        return
    weights, signal = random.normal(size=m), random.normal(size=n)
    model = ToeplitzModel(ToeplitzState(weights, signal, mode=mode))
    np.testing.assert_allclose(model.output[model.kept], convolve1d(signal, weights, mode=mode))


@pytest.mark.parametrize(
    ("kernel", "image"), [((2, 3), (4, 5)), ((3, 2), (3, 4)), ((3, 3), (5, 3))]
)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_a_mode_keeps_what_the_convolution_of_images_returns(kernel, image, mode):
    weights, pixels = random.normal(size=kernel), random.normal(size=image)
    model = ToeplitzModel(ToeplitzState(weights, pixels, mode=mode))
    expected = convolve2d(pixels, weights, mode=mode).ravel()
    np.testing.assert_allclose(model.output[model.kept], expected, atol=1e-12)


def test_the_sentence_is_as_one_would_say_it():
    state = ToeplitzState(np.array([2.0, 1.0, -1.0]), np.array([1.0, 3.0, 0.0, -2.0]), 3, 2, "same")
    assert ToeplitzModel(state).describe() == (
        "T has 4 of 6 rows and 4 columns. 4 times 4 is 16 cells: 10 hold one of the 3 weights, "
        "6 (37.5 %) are zero. Row 3 times the input is s[3] = −1·3 + 1·0 + 2·(−2) = −7. "
        "The weight w[2] = −1 stands 3 times. Row 3 is kept by same."
    )


def test_a_kernel_longer_than_the_signal_is_said_to_keep_nothing():
    state = ToeplitzState(np.ones(4), np.ones(2), 0, 1, "valid")
    model = ToeplitzModel(state)
    assert model.cells == 0
    assert model.describe() == "The kernel is longer than the signal, so that valid keeps no row."


def test_the_sentence_of_the_smallest_matrix_is_grammatical():
    assert ToeplitzModel(ToeplitzState(np.ones(1), np.array([2.0]), 0, 0)).describe() == (
        "T has 1 row and 1 column. 1 times 1 is 1 cell: 1 holds the only weight, 0 (0.0 %) are "
        "zero. Row 0 times the input is s[0] = 1·2 = 2. The weight w[0] = 1 stands 1 time."
    )


def test_the_browser_computes_and_says_the_same():
    calls = []
    for state in STATES:
        model = ToeplitzModel(state)
        as_sent = vars(state)
        now = {
            "axes": model.axes,
            "size": list(model.size),
            "rows": prod(model.size),
            "columns": state.signal.size,
            "row": model.row,
            "weight": model.weight,
            "taps": model.taps.ravel().tolist(),
            "kept": model.kept.astype(int).tolist(),
            "count": int(model.kept.sum()),
            "output": model.output.tolist(),
            "terms": [vars(term) for term in model.terms()],
            "total": model.total(),
            "cells": model.cells,
            "filled": model.filled,
            "used": model.used,
            "repeats": model.repeats,
        }
        calls.append(("compute", [{}, as_sent], now))
        calls.append(("describe", [{}, as_sent], model.describe()))
    agree("toeplitz_math", calls)


def test_positions_beyond_the_end_are_taken_back_alike_in_both_languages():
    state = ToeplitzState(np.ones(2), np.ones(3), row=40, weight=2)
    model = ToeplitzModel(state)
    assert (model.row, model.weight) == (3, NO_WEIGHT)
    agree("toeplitz_math", [("compute", [{}, vars(state)], {"row": 3, "weight": -1})])


def test_weights_that_a_mode_leaves_out_are_not_counted():
    state = ToeplitzState(np.arange(1.0, 8.0), np.ones(2), mode="same")
    assert ToeplitzModel(state).used == 3
    told = ToeplitzModel(state).describe()
    assert "hold one of 3 of the 7 weights" in told
    agree("toeplitz_math", [("describe", [{}, vars(state)], told)])


# ---------------------------------------------------------------- the widget


def test_without_arguments_it_shows_a_demonstration():
    explorer = explore.toeplitz()
    assert explorer.weights.ndim == explorer.signal.ndim == 1
    assert len(set(explorer.weights)) == explorer.weights.size, "each diagonal is told apart"
    assert explorer.describe() in explorer.picture().alt


@pytest.mark.parametrize("weights", [[1, 2], [[1, 2], [3, 4]]])
def test_a_kernel_alone_gets_a_signal_of_as_many_axes(weights):
    explorer = explore.toeplitz(weights)
    assert explorer.weights.ndim == explorer.signal.ndim == np.ndim(weights)


def test_its_state_is_read_and_set_from_python():
    explorer = explore.toeplitz([1, 2, 3], [4, 5], row=3, weight=1, mode="same")
    assert (explorer.row, explorer.weight, explorer.mode) == (3, 1, "same")
    explorer.weights = [7.0]
    assert explorer.weights.tolist() == [7.0]
    assert (explorer.row, explorer.weight) == (1, -1), "beyond the end of the smaller matrix"
    explorer.row = 0
    assert "s[0] = 7·4 = 28" in explorer.describe()


@pytest.mark.parametrize(
    ("arguments", "state", "words"),
    [
        (([1, np.nan],), {}, "weights must be finite"),
        (([],), {}, "weights must be 1 to 7"),
        ((np.ones(8),), {}, "weights must be 1 to 7"),
        (([1], np.ones(13)), {}, "signal must be 1 to 12"),
        ((np.ones((4, 3)),), {}, "weights must be 1 to 3 x 1 to 3"),
        (([1], np.ones((2, 2))), {}, "signal must have as many axes as weights"),
        ((["a"],), {}, "weights must be an array of numbers"),
        ((np.ones((1, 1, 1)),), {}, "weights must have one axis or two"),
        (([2e6],), {}, "weights must lie between"),
        ((), {"row": 99}, "row must be"),
        ((), {"weight": 3}, "weight must be"),
        ((), {"mode": "wrap"}, "mode"),
    ],
)
def test_bad_input_is_named(arguments, state, words):
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        explore.toeplitz(*arguments, **state)


@pytest.mark.parametrize(
    ("name", "value"),
    [("weights", [np.inf]), ("weights", [[1.0]]), ("signal", []), ("row", -1), ("weight", 7),
     ("mode", "")],
)  # fmt: skip
def test_a_bad_value_set_later_leaves_the_former_state(name, value):
    explorer = explore.toeplitz([1, 2, 3], [4, 5, 6])
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    explorer.row = 2
    assert explorer.row == 2


def test_sizes_from_the_browser_arrive_together():
    """A smaller kernel and the row within its smaller matrix come in one message."""
    explorer = explore.toeplitz([1, 2, 3], [4, 5, 6], row=4)
    data = np.array([9.0]).tobytes()
    explorer.set_state({"weights": {"shape": [1], "dtype": "f8", "data": data}, "row": 2})
    assert (explorer.weights.tolist(), explorer.row) == ([9.0], 2)


@pytest.mark.parametrize("weights", [None, [[1, 2, 0], [0, -1, 3], [2, 0, 1]]])
def test_it_is_small_in_a_notebook_and_has_a_picture(weights):
    explorer = explore.toeplitz(weights)
    data, _ = explorer._repr_mimebundle_()
    assert len(data["text/html"]) < 60_000
    assert explorer.describe() == explorer.picture().alt.removeprefix("Toeplitz explorer. ")


def test_a_kernel_made_larger_is_filled_up_with_ones():
    line, plane = np.array([5.0, -6, 7]), np.array([[2.0, 3], [4, 5]])
    cases = [
        (line, [2], [5, -6]),
        (line, [5], [5, -6, 7, 1, 1]),
        (plane, [1, 3], [2, 3, 1]),
        (plane, [3, 1], [2, 4, 1]),
    ]
    agree(
        "toeplitz_math",
        [("resizedArray", [a, shape], {"shape": shape, "values": v}) for a, shape, v in cases],
    )


def test_a_number_that_does_not_fit_is_not_shown_as_another_one():
    """Cells of 46, 30 and 17 pixels, letters of 11: six, four and two of them fit."""
    cases = [
        (-0.132, 46, "−0.132"),
        (-0.1324, 30, "…"),
        (0.1324, 30, "0.13"),
        (12.46, 30, "12.5"),
        (1.5, 17, "…"),
        (-3, 17, "−3"),
        (0, 17, "0"),
        (0.0004, 46, "4e−4"),
        (123456, 30, "…"),
    ]
    agree("toeplitz_pictures", [("nearly", [v, width, 11], text) for v, width, text in cases])


def test_limits_fit_the_lecture_s_examples():
    assert LARGEST_KERNEL[2] >= (3, 3)
    assert LARGEST_SIGNAL[2] >= (4, 4)
