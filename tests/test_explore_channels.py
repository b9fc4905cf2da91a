"""The explorer of channels: its numbers against loops and torch, and its state in Python."""

from dataclasses import asdict

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.explore.channels_model import (
    ChannelsState,
    demonstration,
    describe,
    parameters,
    sums,
)
from tests.parity import agree


def random_states(count, seed):
    """States of random sizes, hardly any square, with negative numbers and muted channels."""
    random = np.random.default_rng(seed)
    for number in range(count):
        outputs, channels = random.integers(1, 6, 2)
        taps = random.integers(1, 4, 2)
        sizes = taps + random.integers(0, 6, 2)
        x = random.standard_normal((channels, *sizes)).round(2)
        kernel = random.standard_normal((outputs, channels, *taps)).round(2)
        if number % 3 == 0:
            x, kernel = np.round(4 * x), np.round(2 * kernel)
        muted = np.flatnonzero(random.random(channels) < 0.3).tolist()
        yield ChannelsState(
            x=x,
            kernel=kernel,
            bias=tuple(random.standard_normal(outputs).round(1).tolist()),
            output=int(random.integers(0, 7)),
            channel=int(random.integers(0, 7)),
            offset=tuple(random.integers(0, 5, 2).tolist()),
            place=tuple(random.integers(0, 9, 2).tolist()),
            muted=tuple(muted),
            names=("red", "green", "") if number % 2 else (),
        )


def eq6(state, i, j, k, *, shift=0, swap=False):
    """Lecture eq. (6) as a loop: what each channel adds to Z[i, j, k], without the bias."""
    _, channels, rows, columns = state.kernel.shape
    shares = []
    for ch in range(channels):
        share = 0.0
        for m in range(rows):
            for n in range(columns):
                pixel = 0.0 if ch in state.muted else state.x[ch, j + m + shift, k + n + shift]
                share += pixel * (state.kernel[ch, i, m, n] if swap else state.kernel[i, ch, m, n])
        shares.append(share)
    return shares


def test_sums_by_channel_are_those_of_the_equation():
    clamped = 0
    for state in random_states(80, seed=1):
        now = sums(state)
        (i, (j, k)), size = (now.output, now.place), now.maps.shape
        clamped += (i, j, k) != (state.output, *state.place)
        assert (i, j, k) == tuple(np.minimum((state.output, *state.place), np.array(size) - 1))
        shares = eq6(state, i, j, k)
        np.testing.assert_allclose(now.shares, shares, atol=1e-12)
        assert now.total == pytest.approx(sum(shares) + state.bias[i], abs=1e-12)
        (m, n), ch = now.offset, now.channel
        assert now.term.pixel == state.x[ch, j + m, k + n] == now.window[ch, m, n]
        assert now.term.weight == state.kernel[i, ch, m, n]
        assert now.term.product == now.products[ch, m, n] == now.term.pixel * now.term.weight
        assert (now.term.row, now.term.column) == (j + m, k + n)
    assert 10 < clamped < 80


def test_maps_are_torch_s():
    torch = pytest.importorskip("torch")
    for state in random_states(30, seed=2):
        x = state.x.copy()
        x[list(state.muted)] = 0.0
        expected = torch.nn.functional.conv2d(
            torch.from_numpy(x), torch.from_numpy(state.kernel), torch.tensor(state.bias).double()
        )
        # The biases are float32 in no place on the way.
        np.testing.assert_allclose(sums(state).maps, expected.numpy(), atol=1e-6)


def test_slips_are_what_the_wrong_loops_give():
    wrapped = swaps = 0
    for state in random_states(80, seed=3):
        now, (outputs, channels, *_) = sums(state), state.kernel.shape
        (i, (j, k)), bias = (now.output, now.place), state.bias[now.output]
        shares = eq6(state, i, j, k)
        assert now.slips.last == pytest.approx(bias + shares[-1], abs=1e-12)
        assert now.slips.mean == pytest.approx(bias + np.mean(shares), abs=1e-12)
        wrapped += 0 in (j, k)
        off_by_one = sum(eq6(state, i, j, k, shift=-1))
        assert now.slips.one_based == pytest.approx(bias + off_by_one, abs=1e-12)
        if channels <= outputs and i < channels:
            swaps += 1
            other = sum(eq6(state, i, j, k, swap=True))
            assert now.slips.swapped == pytest.approx(bias + other, abs=1e-12)
        else:
            assert np.isnan(now.slips.swapped)
    assert wrapped and swaps > 10


def test_parameters_are_those_of_torch_s_layers():
    torch = pytest.importorskip("torch")
    for state in random_states(10, seed=4):
        outputs, channels, *taps = state.kernel.shape
        counts = parameters(state.x.shape, state.kernel.shape)
        layers = [
            torch.nn.Conv2d(channels, outputs, tuple(taps)),
            torch.nn.Linear(state.x.size, sums(state).maps.size),
        ]
        found = [sum(p.numel() for p in layer.parameters()) for layer in layers]
        assert [counts.convolution, counts.dense] == found
        assert (counts.inputs, counts.outputs) == (state.x.size, sums(state).maps.size)


def test_the_demonstration_has_something_to_tell_at_its_start():
    explorer = explore.channels()
    now = sums(explorer.state())
    assert min(now.shares) < 0 < max(now.shares) and now.bias
    slips = [now.slips.last, now.slips.mean, now.slips.one_based, now.slips.swapped]
    assert len({now.total, *slips}) == 5 and np.isfinite(slips).all()
    x, kernel, bias = demonstration()
    assert x.shape == (3, 6, 7) and kernel.shape == (4, 3, 3, 3) and bias.shape == (4,)


def test_muting_takes_a_share_out_of_the_sum_and_out_of_every_map():
    explorer = explore.channels()
    before = sums(explorer.state())
    explorer.muted = [2, 2]
    after = sums(explorer.state())
    assert explorer.muted == [2] and after.shares[2] == 0
    assert after.total == pytest.approx(before.total - before.shares[2])
    np.testing.assert_array_equal(after.products, before.products)
    assert not np.allclose(after.maps, before.maps)


def test_words_say_the_numbers():
    words = explore.channels(muted=[2]).describe()
    assert "Output channel 0 at row 1, column 2 is 63: red 33, green 29, blue 0 (muted)" in words
    assert "bias 1. The term of green at offset 1, 2 is the pixel in row 2, column 4, 8" in words
    assert words.endswith("The convolution has 112 parameters, a dense layer 10160.")
    unnamed = explore.channels(np.ones((1, 2, 2)), np.ones((1, 1, 1, 1))).describe()
    assert "is 1: channel 0 1, bias 0" in unnamed
    small = explore.channels(np.full((1, 1, 1), 5.0), np.full((1, 1, 1, 1), 0.0004)).describe()
    assert "channel 0 0.002, bias 0" in small
    assert "5, times the weight 4e−4: 0.002." in small


def test_state_is_readable_and_settable():
    explorer = explore.channels(np.ones((2, 5, 6)), np.ones((3, 2, 2, 3)), place=(3, 3), output=2)
    assert explorer.bias.tolist() == [0, 0, 0] and explorer.place == (3, 3)
    explorer.offset = [1, 2]
    explorer.kernel = np.full((3, 2, 1, 2), 2.0)  # smaller: positions stay within it
    assert explorer.offset == (0, 1)
    with explorer.hold_trait_notifications():
        explorer.x, explorer.kernel, explorer.bias = np.ones((1, 2, 2)), np.ones((1, 1, 1, 1)), [4]
    assert (explorer.output, explorer.place, explorer.offset) == (0, (1, 1), (0, 0))
    assert explorer.describe() == describe(explorer.state())
    assert explorer.describe().startswith("Output channel 0 at row 1, column 1 is 5")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", np.ones((3, 4))),
        ("x", np.ones((2, 6, 7))),
        ("x", np.full((3, 6, 7), np.nan)),
        ("x", np.ones((3, 2, 7))),
        ("x", np.ones((3, 65, 2))),
        ("x", np.ones((9, 6, 7))),
        ("kernel", np.ones((4, 2, 3, 3))),
        ("kernel", np.ones((3, 3, 3, 3))),
        ("kernel", np.ones((4, 3, 6, 3))),
        ("bias", [1.0]),
        ("bias", "none"),
        ("output", 4),
        ("output", -1),
        ("channel", 3),
        ("offset", (0, 3)),
        ("offset", 1.5),
        ("place", (4, 0)),
        ("place", (0, 0, 0)),
        ("muted", [3]),
    ],
)
def test_bad_values_are_refused_and_the_state_stays(name, value):
    explorer = explore.channels()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=name if name != "x" else "x|kernel|bias"):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    explorer.place = (3, 4)
    assert explorer.place == (3, 4)


def test_bad_arguments_are_named():
    x, kernel, _ = demonstration()
    with pytest.raises(ValueError, match="kernel must be given"):
        explore.channels(x)
    with pytest.raises(ValueError, match="x must be given"):
        explore.channels(kernel=kernel)
    with pytest.raises(traitlets.TraitError, match="moveaxis"):
        explore.channels(np.zeros((20, 20, 3)), kernel)
    with pytest.raises(traitlets.TraitError, match="x must be finite"):
        explore.channels(np.full((3, 6, 6), np.inf), kernel)
    with pytest.raises(traitlets.TraitError, match="one entry for each of 4"):
        explore.channels(x, kernel, [1.0, 2.0])


def test_a_large_picture_is_reduced_and_says_so():
    random = np.random.default_rng(5)
    picture = random.integers(0, 256, (3, 400, 500), dtype=np.uint8)
    explorer = explore.channels(picture, random.integers(-2, 3, (4, 3, 3, 3)))
    assert explorer.x.shape[0] == 3 and max(explorer.x.shape) <= 64
    factor = -(-500 // explorer.x.shape[2])
    np.testing.assert_array_equal(
        explorer.x[:, 0, 0], picture[:, :factor, :factor].mean(axis=(1, 2)).round()
    )
    assert "400 x 500 pixels is shown as" in explorer._notice
    assert explorer.names == ["red", "green", "blue"]
    assert explore.channels(picture[:, :9, :9], np.ones((1, 3, 2, 2))).names == []
    assert explore.channels()._notice == ""
    small = random.standard_normal((8, 9, 6))
    np.testing.assert_array_equal(explore.channels(small, np.ones((8, 8, 5, 5))).x, small)
    large = explore.channels(random.standard_normal((8, 90, 60)), np.ones((8, 8, 5, 5)) / 3)
    assert large.x.shape == (8, 10, 7) and "90 x 60" in large._notice


@pytest.mark.parametrize("kind", ["demonstration", "picture", "numbers"])
def test_it_is_small_enough_for_a_notebook(kind):
    random = np.random.default_rng(6)
    explorer = {
        "demonstration": explore.channels,
        "picture": lambda: explore.channels(
            random.integers(0, 256, (3, 300, 300)), random.integers(-2, 3, (8, 3, 5, 5))
        ),
        "numbers": lambda: explore.channels(
            random.standard_normal((8, 30, 40)), random.standard_normal((4, 8, 3, 3))
        ),
    }[kind]()
    assert len(explorer._repr_mimebundle_()[0]["text/html"]) < 60_000
    assert explorer.picture().alt == "Channels explorer. " + explorer.describe()


def as_sent(state):
    """A state as the browser's functions take it; nothing else is sent."""
    sent = asdict(state)
    sent["bias"] = np.array(state.bias)
    return [None, sent]


def test_the_browser_computes_and_speaks_as_python_does():
    states = [*random_states(40, seed=7), explore.channels().state()]
    calls = [("compute", as_sent(state), asdict(sums(state))) for state in states]
    calls += [("describe", as_sent(state), describe(state)) for state in states]
    agree("channels_math", calls)
