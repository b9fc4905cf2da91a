"""The equivariance explorer's numbers: against SciPy, torch, loops, and its browser module."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import traitlets

from cnncourse import explore
from cnncourse.explore.equivariance_model import (
    BOUNDARIES,
    POOLINGS,
    EquivarianceState,
    border_band,
    commutation,
    demonstration,
    operate,
)
from cnncourse.explore.equivariance_moves import (
    ENTERING,
    FACTORS,
    MOVES,
    move_input,
    move_output,
    shifted,
    warped,
)
from cnncourse.explore.equivariance_words import describe
from cnncourse.kernels import KERNELS_2D
from tests.parity import agree


def state_with(**changes):
    return replace(EquivarianceState(), **changes)


def random_states(seed, count):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        # Whole numbers, so that what is equal is exactly equal in any order of summing.
        yield EquivarianceState(
            image=rng.integers(-9, 10, rng.integers(1, 15, 2)).astype(float),
            kernel=rng.integers(-4, 5, rng.integers(1, 6, 2)).astype(float),
            move=MOVES[rng.integers(3)],
            down=int(rng.integers(-12, 13)),
            right=int(rng.integers(-12, 13)),
            entering=ENTERING[rng.integers(2)],
            angle=int(15 * rng.integers(24)),
            factor=FACTORS[rng.integers(2)],
            boundary=BOUNDARIES[rng.integers(3)],
            stride=int(rng.integers(1, 3)),
            relu=bool(rng.integers(2)),
            pooling=POOLINGS[rng.integers(3)],
            row=int(rng.integers(9)),
            column=int(rng.integers(9)),
        )


def in_browser(state):
    return {entry.name: getattr(state, entry.name) for entry in fields(state)}


# ---------------------------------------------------------------- motions


def shifted_by_loops(image, rows, columns, entering):
    out = np.zeros_like(image)
    height, width = image.shape
    for i in range(height):
        for j in range(width):
            r, c = i - rows, j - columns
            if entering == "circular":
                out[i, j] = image[r % height, c % width]
            elif 0 <= r < height and 0 <= c < width:
                out[i, j] = image[r, c]
    return out


@pytest.mark.parametrize("entering", ENTERING)
def test_a_shift_follows_its_definition(entering):
    rng = np.random.default_rng(0)
    for _ in range(60):
        image = rng.normal(size=rng.integers(1, 9, 2))
        by = (int(d) for d in rng.integers(-11, 12, 2))
        args = (image, *by, entering)
        np.testing.assert_array_equal(shifted(*args), shifted_by_loops(*args))


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_turns_by_right_angles_are_exact_and_counter_clockwise(angle):
    image = np.random.default_rng(1).normal(size=(5, 8))
    turned = move_input(image, state_with(move="rotate", angle=angle))
    np.testing.assert_array_equal(turned, scipy.ndimage.rotate(image, angle, order=1))


@pytest.mark.parametrize("angle", [15, 45, 120, 225, 345])
def test_other_turns_equal_scipy_s_inside(angle):
    image = np.random.default_rng(2).normal(size=(11, 14))
    state = state_with(move="rotate", angle=angle)
    turned = move_input(image, state)
    expected = scipy.ndimage.rotate(image, angle, reshape=False, order=1, mode="grid-constant")
    np.testing.assert_allclose(turned, expected, atol=1e-12)
    assert (turned == 0).any()  # zeros came in at the corners


@pytest.mark.parametrize("factor", FACTORS)
def test_scalings_equal_scipy_s(factor):
    image = np.random.default_rng(3).normal(size=(10, 7))
    middle = (np.array(image.shape) - 1) / 2
    expected = scipy.ndimage.affine_transform(
        image,
        np.eye(2) / factor,
        offset=middle - middle / factor,
        order=1,
        mode="grid-constant",
    )
    scaled = move_input(image, state_with(move="scale", factor=factor))
    np.testing.assert_allclose(scaled, expected, atol=1e-12)


def test_half_size_averages_four_pixels_of_an_even_picture():
    image = np.random.default_rng(4).normal(size=(8, 8))
    small = warped(image, 2 * np.eye(2))
    blocks = image.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(small[2:6, 2:6], blocks, atol=1e-12)
    assert not small[:2].any()


# ---------------------------------------------------------------- the layer


def test_the_layer_equals_scipy_and_torch():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    for state in random_states(5, 120):
        (height, width), (rows, columns) = state.image.shape, state.kernel.shape
        x = torch.tensor(state.image)[None, None]
        if state.boundary != "valid":
            pads = ((columns - 1) // 2, columns // 2, (rows - 1) // 2, rows // 2)
            mode = {"zeros": "constant"}.get(state.boundary, state.boundary)
            if mode == "circular" and (rows // 2 > height or columns // 2 > width):
                continue  # torch wraps round once at most
            x = functional.pad(x, pads, mode=mode)
        if x.shape[2] < rows or x.shape[3] < columns:
            assert operate(state.image, state).size == 0
            continue
        out = functional.conv2d(x, torch.tensor(state.kernel)[None, None], stride=state.stride)
        out = torch.relu(out) if state.relu else out
        if state.pooling != "none":
            if min(out.shape[2:]) < 2:
                assert operate(state.image, state).size == 0
                continue
            name = {"max": "max_pool2d", "average": "avg_pool2d"}[state.pooling]
            out = getattr(functional, name)(out, 2)
        np.testing.assert_allclose(operate(state.image, state), out[0, 0].numpy(), atol=1e-9)


def test_an_asymmetric_kernel_is_not_flipped():
    image, kernel = demonstration(), np.array([[1.0, 2.0, 0.0], [0.0, -3.0, 5.0]])
    valid = operate(image, state_with(kernel=kernel, boundary="valid"))
    np.testing.assert_allclose(valid, scipy.signal.correlate2d(image, kernel, mode="valid"))


# ---------------------------------------------------------------- what is found


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("stride", [1, 2])
def test_circular_convolution_commutes_with_circular_shifts_by_multiples_of_the_step(
    stride, pooling
):
    state = state_with(boundary="circular", stride=stride, pooling=pooling, relu=True)
    shift = 2 * state.step
    now = commutation(replace(state, down=shift, right=-shift))
    assert (now.verdict, now.overall, int(now.band.sum())) == ("equal", 0.0, 0)
    assert commutation(replace(state, down=0, right=0)).verdict == "equal"


@pytest.mark.parametrize("boundary", ["zeros", "circular"])
def test_a_stride_breaks_it_for_other_shifts(boundary):
    state = state_with(boundary=boundary, stride=2, down=3, right=2)
    now = commutation(state)
    assert now.verdict == "different"
    assert now.inside > 100
    assert "no multiple of that" in describe(state)
    assert now.band.sum() < now.band.size / 2  # the band is still the border's, not everything


@pytest.mark.parametrize("size", [3, 5, 7])
@pytest.mark.parametrize("rows", [1, 4])
def test_zero_padding_breaks_it_in_a_band_as_wide_as_the_kernel_reaches(size, rows):
    kernel = np.random.default_rng(size).integers(1, 9, (size, size)).astype(float)
    state = state_with(kernel=kernel, down=rows, right=0)
    now = commutation(state)
    reach = size // 2
    expected = np.zeros(24, dtype=bool)
    # The border where it was and where the shift takes it; circular, so both ends of both.
    for place in range(24):
        before = min(place, 23 - place) < reach
        after = min((place - rows) % 24, (23 - place + rows) % 24) < reach
        expected[place] = before or after
    # A row that both ways read at the same distance from the border reads the same zeros.
    np.testing.assert_array_equal(now.band.all(axis=1), expected)
    np.testing.assert_array_equal(now.band.any(axis=1), expected)
    assert now.verdict == "inside"
    assert now.in_band > 0 == now.inside


def test_a_shift_along_rows_does_not_blame_the_padding_of_the_columns():
    now = commutation(state_with(down=2, right=0))
    assert not now.band[5:20].any()
    assert now.inside == 0


@pytest.mark.parametrize("name", ["box", "gaussian", "laplacian", "sharpen", "identity"])
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_symmetric_kernel_commutes_with_turns_by_right_angles(name, angle):
    state = state_with(kernel=KERNELS_2D[name], move="rotate", angle=angle)
    assert commutation(state).verdict == "equal"
    assert f"Turned by {angle}°, the kernel is the same." in describe(state)


def test_other_kernels_do_not():
    for name in ("sobel_x", "emboss", "motion_blur"):
        state = state_with(kernel=KERNELS_2D[name], move="rotate", angle=90)
        assert commutation(state).verdict == "different"
        assert "the kernel is another one" in describe(state)
    half_turn = state_with(kernel=KERNELS_2D["motion_blur"], move="rotate", angle=180)
    assert commutation(half_turn).verdict == "equal"


@pytest.mark.parametrize("move", [{"move": "rotate", "angle": 45}, {"move": "scale"}])
def test_turns_between_pixels_and_scalings_are_not_covered(move):
    state = state_with(kernel=KERNELS_2D["laplacian"], **move)
    now = commutation(state)
    assert now.verdict == "different"
    assert now.inside > 10
    assert "interpolates (bilinear)" in describe(state)


def test_the_identity_commutes_with_everything():
    for move in ({"move": "rotate", "angle": 45}, {"move": "scale", "factor": 0.5}, {}):
        assert commutation(state_with(kernel=np.ones((1, 1)), **move)).verdict == "equal"


def band_by_trial(state):
    """Outputs of which the two ways differ for some of many random pictures."""
    rng = np.random.default_rng(0)
    found = None
    for _ in range(40):
        image = rng.integers(-50, 51, state.image.shape).astype(float)
        now = commutation(replace(state, image=image))
        differs = now.residual != 0
        found = differs if found is None else found | differs
    return found


def test_the_band_of_a_shift_is_just_where_the_ways_can_differ():
    compared = 0
    for state in random_states(6, 150):
        if state.move != "shift" or state.down % state.step or state.right % state.step:
            continue
        # Each tap counts, and nothing hides behind a maximum.
        taps = np.arange(1.0, state.kernel.size + 1).reshape(state.kernel.shape)
        state = replace(
            state, kernel=taps, relu=False, pooling=state.pooling.replace("max", "none")
        )
        if operate(state.image, state).size == 0:
            continue
        compared += 1
        band = border_band(state.image, state, operate(state.image, state).shape)
        np.testing.assert_array_equal(band_by_trial(state), band)
    assert compared > 10


def test_inside_the_band_of_any_shift_the_ways_never_differ():
    for state in random_states(7, 200):
        if state.move != "shift" or state.down % state.step or state.right % state.step:
            continue
        now = commutation(state)
        assert now.verdict in ("equal", "inside", "none") or now.band.all()
        assert not now.inside > 0


def test_the_band_of_a_turn_holds_every_output_that_reads_padding():
    now = commutation(state_with(move="rotate", kernel=np.ones((5, 3))))
    # A quarter turn takes a kernel 5 high to one 5 wide: the band has both reaches.
    inner = np.ones((24, 24), dtype=bool)
    inner[2:-2, 2:-2] = False
    np.testing.assert_array_equal(now.band, inner)


def test_a_small_residual_is_not_written_as_zero():
    photograph = np.random.default_rng(5).integers(0, 256, (9, 9)) / 255
    state = state_with(image=photograph, kernel=np.array([[0.0, 0.0, 0.0004]]))
    assert commutation(state).verdict != "equal"
    assert re.search(r"Largest residual: [1-4](\.\d+)?e−4 overall, 0 inside, ", describe(state))


def test_what_rounding_leaves_is_written_as_zero():
    random = np.random.default_rng(6)
    image, kernel = random.normal(size=(9, 9)) * 1e5, random.normal(size=(3, 3)) * 1e5
    state = state_with(image=image, kernel=kernel, move="rotate", angle=180, boundary="zeros")
    state = replace(state, kernel=kernel + kernel[::-1, ::-1])
    now = commutation(state)
    assert now.verdict == "equal"
    assert 5e-10 < now.overall <= now.least
    assert "Largest residual: 0 overall, 0 inside, 0 in" in describe(state)


def test_a_move_that_moves_nothing_is_said_to_do_so():
    words = "g moves nothing here: any f commutes with it."
    cases = []
    for changes, still in [
        ({"move": "shift", "down": 0, "right": 0}, True),
        ({"move": "shift", "down": 0, "right": 1}, False),
        ({"move": "shift", "down": -1, "right": 0}, False),
        ({"move": "rotate", "angle": 0}, True),
        ({"move": "rotate", "angle": 180, "down": 0, "right": 0}, False),
        ({"move": "scale", "down": 0, "right": 0}, False),
    ]:
        state = state_with(**changes)
        said = describe(state)
        assert (words in said, "Invariance would" in said) == (still, not still)
        cases.append(("describe", [{}, in_browser(state)], said))
    agree("equivariance_math", cases)


def test_equivariance_is_not_invariance():
    now = commutation(state_with(boundary="circular"))
    assert now.verdict == "equal"
    assert now.change == np.abs(now.there - now.mapped).max() > 100
    assert f"these differ by up to {now.change:.0f}" in describe(state_with(boundary="circular"))
    flat = state_with(boundary="circular", image=np.ones((6, 8)))
    assert commutation(flat).change == 0
    turned = replace(flat, move="rotate", angle=90)  # another shape: nothing to compare
    assert np.isnan(commutation(turned).change)
    assert "Invariance" not in describe(turned)


def test_a_shift_of_the_output_is_that_of_the_input_over_the_step():
    image = np.arange(36.0).reshape(6, 6)
    state = state_with(down=4, right=-2, stride=2)
    np.testing.assert_array_equal(move_output(image, state, 2), np.roll(image, (2, -1), (0, 1)))
    assert "g shifts by [2, −1]" in describe(state)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "shifts x (24 × 24) by 3 down and 5 to the right; the opposite side enters"),
        (
            {"down": -1, "right": -2, "entering": "zeros"},
            "by 1 up and 2 to the left; zeros enter",
        ),
        ({}, "are equal inside and differ only in the border band"),
        ({"boundary": "circular"}, "0 overall, 0 inside, – in the band of 0 of 576 outputs"),
        ({"stride": 2, "relu": True, "pooling": "max"}, "stride 2, ReLU, max pooling 2 × 2."),
        ({"image": np.ones((2, 2)), "boundary": "valid"}, "too small: there is no output"),
        ({"image": np.ones((2, 2)), "stride": 2, "pooling": "max"}, "there is no output"),
        ({"row": 99, "column": 99}, "At [23, 23], f(g(x)) − g(f(x)) = "),
    ],
)
def test_the_description_says_what_is_found(changes, words):
    assert words in describe(state_with(**changes))


def test_the_browser_computes_and_says_the_same():
    cases = []
    for state in random_states(8, 60):
        now = commutation(state)
        expected = {
            "moved": {"shape": list(now.moved.shape), "values": now.moved.ravel().tolist()},
            "there": {"shape": list(now.there.shape), "values": now.there.ravel().tolist()},
            "back": {"values": now.back.ravel().tolist()},
            "residual": {"values": now.residual.ravel().tolist()},
            "band": now.band.ravel().astype(int).tolist(),
            "verdict": now.verdict,
            **{name: getattr(now, name) for name in ("overall", "inside", "in_band", "change")},
        }
        cases.append(("compute", [{}, in_browser(state)], expected))
        cases.append(("describe", [{}, in_browser(state)], describe(state)))
    agree("equivariance_math", cases)


# ---------------------------------------------------------------- the widget


def test_it_shows_a_demonstration_without_arguments():
    explorer = explore.equivariance()
    assert "equal inside and differ only in the border band" in explorer.describe()
    assert explore.EXPLORERS["equivariance"] is explore.equivariance


def test_image_kernel_and_state_can_be_given_and_read():
    image, kernel = np.arange(20.0).reshape(4, 5), [[1, -1]]
    explorer = explore.equivariance(image, kernel, move="rotate", angle=180)
    np.testing.assert_array_equal(explorer.image, image)
    assert explorer.kernel.tolist() == [[1.0, -1.0]]
    assert explorer.describe() == describe(explorer.state())
    explorer.kernel = [[1, 1]]
    assert "Turned by 180°, the kernel is the same." in explorer.describe()


def test_what_the_browser_sends_arrives_whole():
    explorer = explore.equivariance()
    values = np.array([[0.5, -1.0], [2.0, 0.0]])
    sent = {"shape": [2, 2], "dtype": "f8", "data": values.tobytes()}
    explorer.set_state({"kernel": sent, "down": -2, "boundary": "circular", "factor": 0.5})
    assert explorer.kernel.tolist() == values.tolist()
    assert (explorer.down, explorer.boundary, explorer.factor) == (-2, "circular", 0.5)


def test_a_large_picture_is_reduced_and_that_is_said():
    explorer = explore.equivariance(np.zeros((5000, 3000), dtype=np.uint8))
    assert max(explorer.image.shape) <= 40
    assert "5000 x 3000 pixels is shown as" in explorer._notice
    explorer.image = np.ones((3, 3))
    assert explorer._notice == ""


@pytest.mark.parametrize("bad", [np.full((3, 3), np.nan), np.ones(4), np.ones((0, 3)), [["a"]]])
def test_a_bad_picture_is_refused_by_name(bad):
    with pytest.raises(traitlets.TraitError, match="image"):
        explore.equivariance(bad)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("image", np.ones((4, 3, 2)), "image must be (rows, columns) or (rows, columns, 3)"),
        ("image", [[1.0, np.inf]], "image must be finite"),
        ("kernel", np.ones((8, 8)), "got shape (8, 8)"),
        ("kernel", [1.0], "got shape (1,)"),
        ("move", "shear", "shear"),
        ("down", 13, "down"),
        ("right", -13, "right"),
        ("entering", "ones", "ones"),
        ("angle", 360, "angle"),
        ("factor", 3.0, "factor"),
        ("boundary", "reflect", "reflect"),
        ("stride", 3, "stride"),
        ("pooling", "l2", "l2"),
        ("row", -1, "row"),
    ],
)
def test_a_wrong_value_is_refused_and_the_state_kept(name, value, part):
    explorer = explore.equivariance()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=re.escape(part)):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    explorer.stride = 2
    assert "stride 2" in explorer.describe()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"move": "rotate", "angle": 45, "relu": True},
        {"image": np.ones((2, 2)), "boundary": "valid"},
        {"image": -np.ones((1, 9)), "kernel": [[0.0]]},
    ],
)
def test_the_picture_is_small_and_says_what_it_shows(state):
    explorer = explore.equivariance(**state)
    picture = explorer.picture()
    assert picture.alt == f"Equivariance explorer. {explorer.describe()}"
    assert len(picture.png(sharpness=1.25, colours=48)) < 22_000


def test_it_fits_into_a_notebook_even_with_the_largest_picture():
    image = np.random.default_rng(0).integers(0, 256, (40, 40))
    assert len(explore.equivariance(image)._repr_mimebundle_()[0]["text/html"]) < 60_000
