"""The explorer of 2-D convolution: its numbers and words against equation, SciPy, torch and JS."""

import dataclasses
import re
from itertools import product

import numpy as np
import pytest
import traitlets
from scipy import signal

from cnncourse import explore
from cnncourse.conv import MODES
from cnncourse.explore.convolution2d_model import (
    BOUNDARIES,
    IMAGES,
    KERNELS,
    LETTER,
    OWN,
    Convolution2dState,
    axis_padding,
    kernel_name,
    output,
    output_shape,
    sums,
    window,
)
from cnncourse.explore.convolution2d_words import (
    after_text,
    describe,
    equation,
    sum_text,
    swap_words,
    torch_line,
    torch_refusal,
)
from cnncourse.explore.numbers import plain
from cnncourse.kernels import KERNELS_2D
from tests.parity import agree

FILLS = {"zeros": "fill", "reflect": None, "replicate": None, "circular": "wrap"}


def random_states(count, seed, largest=9):
    """Every mode, border and order in turn; shapes and numbers at random, negative ones too."""
    random = np.random.default_rng(seed)
    kinds = list(product(MODES, BOUNDARIES, (True, False), (False, True)))
    for k in range(count):
        mode, boundary, flip, swap = kinds[k % len(kinds)]
        image = random.integers(-9, 10, random.integers(1, largest + 1, 2)).astype(float)
        kernel = random.standard_normal(random.integers(1, 6, 2)).round(2)
        row, column = (int(at) for at in random.integers(0, 12, 2))
        bias = float(random.choice([0.0, 1.5, -2.25]))
        relu = bool(random.integers(2))
        yield Convolution2dState(image, kernel, flip, mode, boundary, swap, bias, relu, row, column)


def by_the_equation(state):
    """The output by evaluating the very equation that is shown, as loops."""
    text = equation(state)
    found = re.search(r"Σₘ Σₙ ([IK])\[(.+), (.+)\] ([IK])\[m, n\]", text)
    arrays = {"I": state.image, "K": state.kernel}
    over, sliding = arrays[found[1]], arrays[found[4]]
    names = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    border = 12
    around = np.pad(over, border, mode=names[state.boundary])
    rows, columns = (compile(found[g].replace("−", "-"), "index", "eval") for g in (2, 3))
    result = np.zeros(output_shape(state))
    for i, j in np.ndindex(result.shape):
        total = sum(
            around[border + eval(rows, {"i": i, "m": m}), border + eval(columns, {"j": j, "n": n})]
            * sliding[m, n]
            for m, n in np.ndindex(sliding.shape)
        )
        total += state.bias if "+ b" in text else 0.0
        result[i, j] = max(0.0, total) if "max(0" in text else total
    return result


@pytest.mark.parametrize("seed", range(3))
def test_the_output_is_what_the_equation_says(seed):
    for state in random_states(48, seed, largest=6):
        np.testing.assert_allclose(output(state), by_the_equation(state), atol=1e-12)


def test_convolution_is_scipy_s():
    for state in random_states(96, seed=4):
        if FILLS[state.boundary] is None or not state.flip:
            continue
        over, sliding = state.operands
        if state.boundary == "circular" and any(np.array(over.shape) < sliding.shape):
            continue  # SciPy wraps around once only
        if state.mode == "valid" and any(np.array(over.shape) < sliding.shape):
            assert output(state).size == 0
            continue
        full = signal.convolve2d(over, sliding, "full", FILLS[state.boundary])
        if state.boundary == "zeros":
            full = signal.convolve2d(over, sliding, state.mode)
            np.testing.assert_allclose(sums(state) - state.bias, full, atol=1e-12)
        elif state.mode == "full":
            np.testing.assert_allclose(sums(state) - state.bias, full, atol=1e-12)


def torch_namespace(state):
    """The names that the line of torch uses."""
    torch = pytest.importorskip("torch")
    return {
        "F": torch.nn.functional,
        "x": torch.tensor(state.image)[None, None],
        "k": torch.tensor(state.kernel)[None, None],
        "b": torch.tensor([state.bias], dtype=torch.float64),
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_line_of_torch_gives_the_output_or_is_refused_as_said(seed):
    worked = 0
    for state in random_states(96, seed=10 + seed):
        names = torch_namespace(state)
        line = torch_line(state)
        if torch_refusal(state):
            with pytest.raises(RuntimeError):
                eval(line, names)
            continue
        np.testing.assert_allclose(eval(line, names)[0, 0].numpy(), output(state), atol=1e-11)
        worked += 1
    assert worked > 40


def test_the_window_s_products_sum_to_its_output_cell():
    for state in random_states(60, seed=6, largest=6):
        result = output(state)
        for row, column in np.ndindex(result.shape):
            now = window(dataclasses.replace(state, row=row, column=column))
            assert now.value == pytest.approx(result[row, column], abs=1e-12)
            assert now.products.sum() == pytest.approx(now.total)
            np.testing.assert_array_equal(now.products, now.samples * now.taps)


def test_a_flipped_kernel_lies_turned_and_its_window_where_the_equation_says():
    state = Convolution2dState(mode="full", row=2, column=1)
    now = window(state)
    assert (now.top, now.left) == (0, -1)
    np.testing.assert_array_equal(now.taps, state.kernel[::-1, ::-1])
    np.testing.assert_array_equal(now.samples[:, 1:], LETTER[:3, :2])
    assert now.inside.tolist() == [[False, True, True]] * 3
    unturned = window(dataclasses.replace(state, flip=False))
    np.testing.assert_array_equal(unturned.taps, state.kernel)


def test_a_place_beyond_the_output_is_the_nearest_one_in_it():
    state = Convolution2dState(row=100, column=-3)
    assert (window(state).row, window(state).column) == (6, 0)


def test_a_kernel_that_never_fits_gives_no_output():
    state = Convolution2dState(image=np.ones((2, 9)), mode="valid")
    assert output_shape(state)[0] == 0
    assert output(state).shape == (0, 7)
    assert window(state) is None
    assert "no output" in describe(state)
    assert torch_refusal(state)


@pytest.mark.parametrize("seed", range(2))
def test_convolution_in_full_with_zeros_commutes(seed):
    for state in random_states(48, seed=20 + seed):
        state = dataclasses.replace(state, flip=True, mode="full", boundary="zeros", swap=True)
        other = dataclasses.replace(state, swap=False)
        np.testing.assert_allclose(output(state), output(other), atol=1e-11)
        assert "the order does not matter" in swap_words(state)


def test_a_swapped_cross_correlation_comes_out_turned():
    state = Convolution2dState(flip=False, mode="full", swap=True)
    before = output(dataclasses.replace(state, swap=False))
    np.testing.assert_allclose(output(state), before[::-1, ::-1])
    assert "turned by 180°" in swap_words(state)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"mode": "valid"}, "has no output"),
        ({"mode": "same"}, "K * I has 3 × 3 numbers, I * K has 7 × 8"),
        ({"mode": "full", "boundary": "circular"}, "another operand goes on"),
        ({"mode": "full", "kernel": np.ones((1, 1)), "image": np.ones((1, 1))}, "does not matter"),
        ({"mode": "same", "kernel": np.ones((3, 2)), "image": np.ones((3, 2))}, "does not matter"),
        (
            {"boundary": "reflect", "kernel": np.ones((3, 3)), "image": np.ones((3, 3))},
            "by chance",
        ),
        ({"image": np.ones((13, 4))}, "at most 12 × 12"),
    ],
)
def test_what_a_swap_does_is_said(changes, part):
    state = dataclasses.replace(Convolution2dState(swap=True), **changes)
    assert part in swap_words(state)
    assert part in describe(state) or "no output" in describe(state)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("shape", [(3, 4), (3, 3), (2, 3)])
def test_the_order_is_said_not_to_matter_where_it_never_does(mode, boundary, shape):
    random = np.random.default_rng(4)
    image, kernel = random.normal(size=(3, 4)), random.normal(size=shape)
    state = Convolution2dState(image, kernel, mode=mode, boundary=boundary, swap=True)
    words = swap_words(state)
    before = output(dataclasses.replace(state, swap=False))
    alike = output(state).shape == before.shape and np.allclose(output(state), before)
    assert ("the order does not matter" in words) == alike
    assert "by chance" not in words
    agree("convolution2d_math", [("compute", [SENT, as_sent(state)], {"swap_words": words})])


def test_a_picture_does_not_become_a_kernel():
    state = Convolution2dState(image=np.ones((20, 5)), swap=True)
    assert not state.swapped
    np.testing.assert_array_equal(output(state), output(dataclasses.replace(state, swap=False)))


@pytest.mark.parametrize("flip", [True, False])
def test_an_impulse_gives_back_the_kernel_or_the_kernel_turned(flip):
    state = Convolution2dState(image=IMAGES["impulse"], flip=flip)
    kernel = state.kernel if flip else state.kernel[::-1, ::-1]
    np.testing.assert_array_equal(output(state)[2:5, 2:5], kernel)
    assert np.abs(output(state)).sum() == np.abs(kernel).sum()


def test_bias_and_relu_come_after_the_sum():
    state = Convolution2dState(row=4, column=5, bias=-3.0, relu=True)
    bare = window(dataclasses.replace(state, bias=0.0, relu=False))
    assert window(state).total == bare.total
    assert window(state).value == max(0.0, bare.total - 3.0)
    assert (output(state) == np.maximum(sums(state), 0)).all()
    assert after_text(state, window(state)).endswith(f"= {plain(window(state).value)}")
    said = f"sum to {plain(bare.total)}, with the bias −3: {plain(bare.total - 3)}, after the ReLU"
    assert said in describe(state)


def test_the_sum_is_written_with_the_terms_that_count():
    state = Convolution2dState(row=0, column=0)
    text = sum_text(state, window(state))
    assert text.count("·") == 4  # five of the nine products lie on zeros beyond the corner
    mirrored = dataclasses.replace(state, boundary="reflect")
    assert sum_text(mirrored, window(mirrored)).count("·") == 9
    terms = re.findall(r"(\S+)·(\S+)", text)
    numbers = [[float(t.strip("()").replace("−", "-")) for t in pair] for pair in terms]
    assert sum(a * b for a, b in numbers) == window(state).total
    assert text.endswith(f"= {plain(window(state).total)}")


def test_kernels_have_names():
    for name, kernel in KERNELS.items():
        assert kernel_name(kernel) == name
        assert max(kernel.shape) <= 7
    assert {name.replace("_", " ") for name in KERNELS_2D} <= set(KERNELS)
    assert kernel_name(np.ones((3, 3))) == OWN
    assert KERNELS["gaussian 5"].sum() == KERNELS["gaussian 7"].sum() == 1.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("taps", range(1, 8))
def test_padding_makes_the_size_of_its_mode(mode, taps):
    added = {"valid": 0, "same": taps - 1, "full": 2 * (taps - 1)}[mode]
    for flip in (True, False):
        assert sum(axis_padding(taps, mode, flip=flip)) == added


def as_sent(state):
    """The state as the browser has it."""
    return {f.name: getattr(state, f.name) for f in dataclasses.fields(state)}


SENT = {"kernels": {name: kernel.tolist() for name, kernel in KERNELS.items()}}


def expected(state):
    """What the browser must compute, from the model."""
    found = {
        "name": kernel_name(state.kernel),
        "sums": sums(state),
        "output": output(state),
        "swapped": state.swapped,
        "equation": equation(state),
        "torch": torch_line(state),
        "refusal": torch_refusal(state),
        "swap_words": swap_words(state),
        "window": None,
    }
    now = window(state)
    if now is None:
        return found
    numbers = {
        name: getattr(now, name) for name in ("row", "column", "top", "left", "total", "value")
    }
    for name in ("samples", "taps", "products", "inside"):
        numbers[name] = getattr(now, name).ravel().tolist()
    texts = {"sum_text": sum_text(state, now), "after_text": after_text(state, now)}
    return {**found, **texts, "window": numbers}


@pytest.mark.parametrize("seed", range(3))
def test_the_browser_computes_and_says_the_same(seed):
    calls = []
    for state in random_states(48, seed=30 + seed, largest=14):
        calls.append(("compute", [SENT, as_sent(state)], expected(state)))
        calls.append(("describe", [SENT, as_sent(state)], describe(state)))
    agree("convolution2d_math", calls)


@pytest.mark.parametrize("name", KERNELS)
def test_the_browser_knows_each_kernel(name):
    state = Convolution2dState(kernel=KERNELS[name], row=3, column=4)
    agree(
        "convolution2d_math",
        [
            ("compute", [SENT, as_sent(state)], expected(state)),
            ("describe", [SENT, as_sent(state)], describe(state)),
        ],
    )
    assert f"the {name} kernel" in describe(state)


def test_the_explorer_has_the_model_s_state():
    explorer = explore.convolution2d([[1, 2, 3], [4, 5, 6]], "laplacian", mode="full", bias=0.5)
    assert explorer.describe() == describe(explorer.state())
    np.testing.assert_array_equal(explorer.output(), output(explorer.state()))
    assert explorer.torch_line() == "F.conv2d(x, k.flip(2, 3), b, padding=(2, 2))"
    explorer.kernel = [[1.0]]
    explorer.flip = False
    np.testing.assert_array_equal(explorer.output(), [[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]])
    assert explore.convolution2d(kernel="sobel_x").kernel.tolist() == KERNELS["sobel x"].tolist()


def test_the_window_of_an_own_image_begins_where_the_answer_is_strongest():
    image = np.zeros((30, 40))
    image[17, 23] = -8.0
    explorer = explore.convolution2d(image, [[0.0, 0.0], [3.0, 1.0]])
    result = np.abs(explorer.output())
    assert result[explorer.row, explorer.column] == result.max() == 24.0
    assert explore.convolution2d(image, row=3, column=4).row == 3
    assert explore.convolution2d([[1.0]]).row == 0


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"image": np.zeros((3, 3, 4))}, "image must be"),
        ({"image": [[1.0, np.nan]]}, "image must be finite, got nan at"),
        ({"image": np.zeros((0, 4))}, "image must be"),
        ({"image": [["a"]]}, "image must be an array of numbers"),
        ({"kernel": "sinc"}, "kernel must be an array or one of corner"),
        ({"kernel": np.ones((8, 3))}, "kernel must be 1 to 7 x 1 to 7"),
        ({"kernel": [1.0, 2.0]}, "kernel must be 1 to 7 x 1 to 7"),
        ({"mode": "half"}, "mode"),
        ({"bias": np.inf}, "bias must be a number, -1000000 to 1000000"),
        ({"row": -1}, "row"),
    ],
)
def test_bad_arguments_are_named(arguments, part):
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(part)):
        explore.convolution2d(**arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel", np.ones((3, 8))),
        ("kernel", [[np.inf]]),
        ("image", np.ones((30, 3, 4))),
        ("boundary", "mirror"),
        ("bias", np.nan),
        ("column", -2),
    ],
)
def test_a_bad_value_leaves_the_former_state(name, value):
    explorer = explore.convolution2d()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.describe() == before


def test_colours_are_mixed_and_large_pictures_reduced():
    red = np.zeros((300, 400, 3), np.uint8)
    red[..., 0] = 200
    explorer = explore.convolution2d(red)
    assert explorer.image.shape == (150, 200)
    assert (explorer.image == 60).all()
    assert "300 x 400" in explorer._notice


def test_numbers_that_came_from_the_browser_are_taken():
    explorer = explore.convolution2d()
    sent = {"shape": [1, 2], "dtype": "f8", "data": memoryview(np.array([0.5, -1.0]).tobytes())}
    explorer.set_state({"kernel": sent, "row": 5})
    assert explorer.kernel.tolist() == [[0.5, -1.0]]
    assert explorer.row == 5


@pytest.mark.parametrize(
    "state",
    [
        {"swap": True, "mode": "full"},
        {"image": np.ones((2, 9)), "mode": "valid"},
        {"image": np.zeros((3, 3)), "kernel": np.zeros((2, 2))},
        {"image": np.random.default_rng(1).integers(0, 255, (100, 60)), "relu": True},
        {"kernel": "gaussian 7", "mode": "full", "boundary": "circular"},
    ],
)
def test_the_still_picture_is_small_and_says_what_it_shows(state):
    explorer = explore.convolution2d(**state)
    picture = explorer.picture()
    assert picture.alt == f"Convolution explorer. {explorer.describe()}"
    assert len(picture.png(sharpness=1.25, colours=48)) < 22_000


def test_a_cell_s_number_is_rounded_and_nothing_else():
    random = np.random.default_rng(8)
    values = [*random.normal(0, 3, 40), *random.normal(0, 200, 40), 0.0, -0.5, 20.05, 100.25, -16.0]
    cases = [(round(float(v), 4), size) for v in values for size in (22, 26, 30, 34, 38)]
    calls = [("cellNumber", list(case), cell_number(*case)) for case in cases]
    agree("convolution2d_cells", calls)
    for value, size in cases:
        text = cell_number(value, size)
        if "e" not in text and text != "≈0":
            decimals = len(text.partition(".")[2])
            shown = float(text.replace("−", "-"))
            assert abs(shown - value) <= 0.5001 * 10.0**-decimals


def cell_number(value, size):
    """What a cell of `size` pixels shows: a second version, to hold the first one to."""

    def fits(text, room):
        return len(text.replace(".", "")) * (7 if size < 28 else 7.7) + 4 * ("." in text) <= room

    for digits in (3, 2, 1, 0):
        text = plain(value, digits)
        for candidate in (text, re.sub(r"^(−?)0\.", r"\1.", text)):
            if "e" not in text and fits(candidate, size - 2):
                return candidate
    if abs(value) < 0.5:
        return "≈0"
    whole = plain(value, 0)
    return (
        whole if fits(whole, size + 4) else re.sub(r"e\+?0*", "e", f"{value:.0e}".replace("-", "−"))
    )
