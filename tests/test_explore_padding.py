"""The padding explorer's numbers, against loops, torch and Keras, and its state in Python."""

import os
from dataclasses import asdict

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.conv import conv2d
from cnncourse.explore.padding_model import (
    LARGEST,
    LAYERS,
    RULES,
    PaddingState,
    axis_of,
    describe,
    geometry,
    pads,
)
from tests.parity import agree


def random_states(count, seed, *, most=(14, 5, 4, 3, 5)):
    """States of all rules, and of own paddings, most of them neither square nor symmetric."""
    random = np.random.default_rng(seed)
    draw = lambda low, high: tuple(int(v) for v in random.integers(low, high + 1, 2))  # noqa: E731
    for number in range(count):
        rule = (*RULES, None)[number % 6]
        n, k, s, d, p = most
        yield PaddingState(
            n=draw(1, n),
            kernel_size=draw(1, k),
            stride=draw(1, s) if random.random() < 0.6 else (1, 1),
            dilation=draw(1, d) if random.random() < 0.4 else (1, 1),
            padding=rule or (draw(0, p), draw(0, p)),
            window=draw(0, 9),
            counts=bool(random.random() < 0.5),
        )


def visits(state, pad):
    """Visit counts of the padded input by walking each window over it, one tap at a time."""
    (top, bottom), (left, right) = pad
    counts = np.zeros((state.n[0] + top + bottom, state.n[1] + left + right), int)
    windows = [0, 0]
    for row in range(0, counts.shape[0], state.stride[0]):
        for column in range(0, counts.shape[1], state.stride[1]):
            rows = [row + m * state.dilation[0] for m in range(state.kernel_size[0])]
            columns = [column + m * state.dilation[1] for m in range(state.kernel_size[1])]
            if rows[-1] >= counts.shape[0] or columns[-1] >= counts.shape[1]:
                continue
            windows = [row // state.stride[0] + 1, column // state.stride[1] + 1]
            for r in rows:
                for c in columns:
                    counts[r, c] += 1
    return tuple(windows), counts


def test_sizes_counts_and_remainders_are_those_of_windows_walked_one_by_one():
    seen = set()
    for state in random_states(180, seed=1):
        now = geometry(state)
        if state.padding == "torch_same" and max(state.stride) > 1:
            assert now.size == (0, 0) and "refuses" in now.problem
            continue
        (top, _), (left, _) = pads(state)
        size, counts = visits(state, pads(state))
        seen.add((bool(now.problem), any(a.remainder for a in now.axes), now.unused > 0))
        if not counts.any():
            assert now.size == (0, 0) and now.problem.startswith("No output is left")
            assert now.unused == state.n[0] * state.n[1] and now.used == (0, 0)
            continue
        inside = counts[top : top + state.n[0], left : left + state.n[1]]
        assert now.size == size
        np.testing.assert_array_equal(np.outer(now.axes[0].counts, now.axes[1].counts), counts)
        assert now.used == (inside.min(), inside.max())
        assert now.unused == (inside == 0).sum()
        assert now.taps == counts.sum() and now.taps_on_padding == counts.sum() - inside.sum()
        for axis, lines in zip(now.axes, (counts, counts.T), strict=True):
            # What the floor drops is the band at the end that no window reaches.
            filled = np.flatnonzero(lines.any(axis=1))
            assert axis.remainder == len(lines) - 1 - filled[-1]
    assert len(seen) >= 5


def test_the_taps_of_the_marked_window_on_padding():
    for state in random_states(120, seed=2):
        now = geometry(state)
        if now.problem:
            assert now.window == (0, 0) and now.taps_here == 0
            continue
        ones = np.ones((1, *state.n), int)
        inside = conv2d(
            ones,
            np.ones((1, 1, *state.kernel_size), int),
            stride=state.stride,
            padding=pads(state),
            dilation=state.dilation,
        )[0]
        assert inside.shape == now.size
        assert now.window == tuple(
            min(w, m - 1) for w, m in zip(state.window, now.size, strict=True)
        )
        assert now.taps_here == state.kernel_size[0] * state.kernel_size[1] - inside[now.window]
        assert now.taps - now.taps_on_padding == inside.sum()


def made(library, line, state):
    """Output size of a layer made by one line of code, on an image of ones."""
    names = {"conv2d": conv2d, "kernel": np.ones((1, 1, *state.kernel_size))}
    image = np.ones((1, *state.n), np.float32)
    if library == "torch":
        torch = pytest.importorskip("torch")
        return tuple(eval(line, {"nn": torch.nn})(torch.from_numpy(image[None])).shape[2:])
    if library == "keras":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        keras = pytest.importorskip("keras")
        names = {"keras": keras, "layers": keras.layers}
        return tuple(eval(line, names)(image[..., None]).shape[1:3])
    return eval(line, {**names, "x": image}).shape[1:]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("library", ["torch", "keras", "course"])
def test_a_library_makes_what_its_line_promises(library):
    outcomes = set()
    for state in random_states(90, seed=3):
        now = geometry(state)
        line, error = getattr(now.code, library), getattr(now.code, f"{library}_error", "")
        outcomes.add((bool(error), bool(now.problem)))
        refused = state.padding == "torch_same" and max(state.stride) > 1
        if error:
            with pytest.raises(ValueError, match=r"same|dilation"):
                made(library, line, state)
        elif refused and library == "keras":  # the same word, another rule
            sizes = zip(state.n, state.stride, strict=True)
            assert made(library, line, state) == tuple(-(-n // s) for n, s in sizes)
        elif now.problem and not refused:
            with pytest.raises((RuntimeError, ValueError)):
                made(library, line, state)
        elif not now.problem:
            assert made(library, line, state) == now.size, line
    assert {(False, False), (False, True)} <= outcomes
    assert library == "course" or (True, True) in outcomes


def test_the_lines_of_torch_and_of_this_course_give_the_same_values():
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(4)
    for state in random_states(36, seed=5):
        now = geometry(state)
        if now.problem:
            continue
        image = random.standard_normal((1, *state.n))
        kernel = random.standard_normal((1, 1, *state.kernel_size))
        module = eval(now.code.torch, {"nn": torch.nn}).double()
        layer = module if isinstance(module, torch.nn.Conv2d) else module[1]
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel))
            layer.bias.zero_()
            got = module(torch.from_numpy(image)).numpy()
        expected = eval(now.code.course, {"conv2d": conv2d, "x": image, "kernel": kernel})
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_same_is_keras_s_same_and_half_is_not():
    keras = pytest.importorskip("keras")
    random = np.random.default_rng(6)
    for n in (6, 7):
        state = PaddingState(n=(n, n), stride=(2, 2))
        image, kernel = random.standard_normal((1, n, n)), random.standard_normal((1, 1, 3, 3))
        layer = eval(geometry(state).code.keras, {"layers": keras.layers})
        layer.dtype_policy = "float64"
        layer.build((1, n, n, 1))
        layer.set_weights([kernel.transpose(2, 3, 1, 0), np.zeros(1)])
        expected = np.asarray(layer(image[..., None]))[0, ..., 0]
        got = conv2d(image, kernel, stride=2, padding=pads(state))[0]
        np.testing.assert_allclose(got, expected, atol=1e-5)
        half = PaddingState(n=(n, n), stride=(2, 2), padding="half")
        other = conv2d(image, kernel, stride=2, padding=pads(half))[0]
        assert other.shape == got.shape
        assert np.allclose(other, got) == (n == 7)
        assert ("as TensorFlow" in geometry(half).notes[0]) == (n == 7)


def test_valid_layers_shrink_by_k_minus_1_until_nothing_is_left():
    assert geometry(PaddingState(n=(7, 9), padding="valid")).chain == (
        *((7, 9), (5, 7), (3, 5), (1, 3)),
        (0, 0),
    )
    assert geometry(PaddingState(n=(7, 9))).chain == ((7, 9), (7, 9))
    growing = geometry(PaddingState(n=(7, 9), padding="full")).chain
    assert growing[:3] == ((7, 9), (9, 11), (11, 13)) and len(growing) == LAYERS + 1


def test_the_words_of_the_three_slips():
    # 12: "same" keeps the size at stride 1 only, and an even kernel makes it uneven.
    assert "stride 1 only: 6 × 7 gives 3 × 4" in " ".join(
        geometry(PaddingState(n=(6, 7), stride=(2, 2))).notes
    )
    assert "bottom and at the right" in " ".join(geometry(PaddingState(kernel_size=(4, 4))).notes)
    # 6: a stride skips places, not taps; the "full" of the stride slide is not this padding.
    assert "never its taps" in " ".join(geometry(PaddingState(stride=(2, 1))).notes)
    assert "stride slide" in geometry(PaddingState(padding="full")).notes[0]
    # 13: torch takes a pair (rows, columns).
    assert "padding=(1, 2)" in geometry(PaddingState(padding=((1, 1), (2, 2)))).code.torch
    dropped = geometry(PaddingState(n=(8, 9), stride=(2, 4), padding="valid")).notes
    assert "1 row of the input at the bottom and 2 columns of the input at the right" in dropped[0]


def test_words_say_the_numbers():
    words = describe(PaddingState(n=(6, 7), stride=(2, 1), padding=((1, 0), (2, 3)), window=(1, 0)))
    assert "Rows: input 6, padding 1 before and 0 after, kernel 3, stride 2" in words
    assert "output 3. Columns: input 7, padding 2 before and 3 after" in words
    assert "Output 1, 0 has its first tap on input row 1, column −2; 6 of its 9 taps" in words
    assert words.endswith("lie on padding. Each input pixel is used 3 to 6 times.")
    one = describe(PaddingState(n=(2, 2), kernel_size=(1, 1), padding="valid"))
    assert one.endswith("its only tap lies on the input. Each input pixel is used once.")
    apart = describe(PaddingState(n=(3, 3), kernel_size=(1, 1), stride=(2, 2), padding="valid"))
    assert apart.endswith("Input pixels are used at most once, 5 of them never.")
    inner = describe(PaddingState(n=(3, 3), padding="valid"))
    assert "none of its 9 taps lies on padding" in inner
    assert "spans 5 columns, the padded input has 4" in describe(
        PaddingState(n=(7, 4), kernel_size=(3, 5), padding="valid")
    )


def test_what_the_floor_drops_is_said_to_be_input_or_padding():
    kinds = set()
    for state in random_states(240, seed=11):
        now = geometry(state)
        note = next((note for note in now.notes if "floor drops" in note), "")
        for axis, name in zip(now.axes, ("row", "column"), strict=True):
            lost = range(axis.padded - axis.remainder, axis.padded)
            inside = sum(axis.before <= at < axis.before + axis.n for at in lost)
            if now.problem or not lost:
                assert name not in note
                continue
            outside = len(lost) - inside
            kinds.add((inside > 0, outside > 0))
            lines = f"{len(lost)} {name}{'s' if len(lost) > 1 else ''}"
            if inside and outside:
                assert f"{lines} ({inside} of the input, {outside} of padding) at the" in note
            else:
                assert f"{lines} of {'the input' if inside else 'padding'} at the" in note
    assert len(kinds) == 3


def test_full_says_which_windows_it_takes():
    seen = set()
    sparse = PaddingState((1, 1), stride=(2, 2), dilation=(3, 3), padding="full")
    for state in [sparse, *random_states(240, seed=12)]:
        if state.padding != "full":
            continue
        ones = conv2d(
            np.ones((1, *state.n), int),
            np.ones((1, 1, *state.kernel_size), int),
            stride=state.stride,
            padding="full",
            dilation=state.dilation,
        )[0]
        note, idle = geometry(state).notes[0], int((ones == 0).sum())
        spans = [d * (k - 1) for d, k in zip(state.dilation, state.kernel_size, strict=True)]
        high, wide = (n + span for n, span in zip(state.n, spans, strict=True))
        every = ones.shape == (high, wide)
        seen.add((every, idle > 0))
        assert ("each window that reaches over the input is taken" in note) == every
        taken = f"of the {high} × {wide} windows that reach over the input, the stride takes "
        assert (taken + f"{ones.shape[0]} × {ones.shape[1]}." in note) != every
        assert (f"The taps of {idle} of them all miss the input." in note) == (idle > 0)
        assert idle or "miss" not in note
    assert len(seen) == 4


def test_where_pytorch_refuses_the_other_lines_are_said_to_be_other_layers():
    keras = pytest.importorskip("keras")
    random, alike = np.random.default_rng(13), set()
    for n, k, stride in [((8, 8), (3, 3), (2, 2)), ((7, 9), (3, 3), (2, 2)), ((6, 7), (2, 3), 3)]:
        stride = (stride, stride) if isinstance(stride, int) else stride
        code = geometry(PaddingState(n, k, stride, padding="torch_same")).code
        image, kernel = random.standard_normal((1, *n)), random.standard_normal((1, 1, *k))
        layer = eval(code.keras, {"layers": keras.layers})
        layer.build((1, *n, 1))
        layer.set_weights([kernel.transpose(2, 3, 1, 0), np.zeros(1)])
        theirs = np.asarray(layer(image[..., None].astype(np.float32)))[0, ..., 0]
        ours = eval(code.course, {"conv2d": conv2d, "x": image, "kernel": kernel})[0]
        same = ours.shape == theirs.shape and np.allclose(ours, theirs, atol=1e-5)
        alike.add(same)
        assert code.course_remark.startswith("the same layer" if same else "another layer")
        assert code.torch_error and code.keras_remark.startswith("PyTorch has no such layer")
    assert alike == {True, False}
    assert (
        "pads ((0, 1), (0, 1))"
        in geometry(PaddingState((8, 8), stride=(2, 2), padding="torch_same")).code.keras_remark
    )
    dilated = PaddingState(stride=(2, 2), dilation=(2, 1), padding="torch_same")
    now = geometry(dilated)
    assert "Keras takes" not in now.problem and now.code.keras_error and not now.code.keras_remark
    assert "numbers" in now.code.course_remark
    plain = geometry(PaddingState(stride=(2, 2), padding="half")).code
    assert plain.keras_remark == plain.course_remark == ""


def test_a_pixel_that_no_window_uses_is_in_words():
    state = PaddingState(n=(1, 1), kernel_size=(1, 1), stride=(6, 6), padding=((1, 5), (1, 5)))
    assert geometry(state).used == (0, 0) and not geometry(state).problem
    assert describe(state).endswith("No input pixel is used.")


def test_an_axis_of_the_smallest_sizes():
    assert axis_of(1, 1, 1, 1, (0, 0)).counts == (1,)
    assert axis_of(1, 2, 1, 1, (0, 0)).outputs == 0


def test_state_is_readable_and_settable():
    explorer = explore.padding(n=(6, 9), kernel_size=3, stride=(2, 1), padding=(1, (0, 2)))
    assert explorer.n == (6, 9) and explorer.kernel_size == (3, 3)
    assert explorer.padding == ((1, 1), (0, 2))
    explorer.padding, explorer.window = "valid", (1, 6)
    explorer.n = [4, 5]
    assert explorer.window == (0, 2)
    assert explorer.describe() == describe(explorer.state())
    assert "n=(4, 5)" in repr(explorer)
    explorer.padding = [[1, 0], [0, 0]]  # as it comes from the browser
    assert explorer.padding == ((1, 0), (0, 0))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 0),
        ("n", (3, 25)),
        ("n", (3, 3, 3)),
        ("n", float("nan")),
        ("kernel_size", 8),
        ("stride", "2"),
        ("dilation", True),
        ("padding", "some"),
        ("padding", -1),
        ("padding", (1, 2, 3)),
        ("padding", 25),
        ("window", (0, 7)),
        ("window", (-1, 0)),
    ],
)
def test_bad_values_are_refused_and_the_state_stays(name, value):
    explorer = explore.padding()
    before = explorer.state()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.state() == before
    with pytest.raises((ValueError, traitlets.TraitError), match=name):
        explore.padding(**{name: value})
    explorer.n = 9
    assert explorer.n == (9, 9)


def test_the_largest_state_is_drawn_and_small_enough_for_a_notebook():
    largest = {name: LARGEST[name] for name in ("n", "kernel_size", "dilation", "padding")}
    for explorer in (explore.padding(), explore.padding(**largest, counts=True)):
        page = explorer._repr_mimebundle_()[0]["text/html"]
        assert len(page) < 60_000
        assert explorer.picture().alt == "Padding explorer. " + explorer.describe()


def test_the_browser_counts_as_python_does():
    states = [*random_states(60, seed=8), PaddingState()]
    states += [PaddingState(n=(2, 1), dilation=(4, 3), padding="full")]
    states += [PaddingState(n=(n, 7), stride=(2, 2), padding="torch_same") for n in (7, 8)]
    states += [PaddingState(stride=(2, 2), dilation=(2, 1), padding="torch_same")]
    states += [PaddingState((1, 1), (1, 1), (6, 6), padding=((1, 5), (1, 5)))]
    calls = [("compute", [None, asdict(state)], asdict(geometry(state))) for state in states]
    calls += [("describe", [None, asdict(state)], describe(state)) for state in states]
    agree("padding_math", calls)
