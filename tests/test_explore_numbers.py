"""Numbers in words: exact, one rule in Python and in the browser."""

import re
from fractions import Fraction

import numpy as np
import pytest
import traitlets

from cnncourse._words import counted
from cnncourse.explore import EXPLORERS
from cnncourse.explore.convolution2d_model import KERNELS
from cnncourse.explore.numbers import added, bracketed, fixed, percent, plain, signed
from tests import parity

TIES = [0.125, 0.375, 0.0625, 0.1875, 0.5, 1.5, 2.5, 0.0005, 0.00049999, 1.005, 1234.5675, 1.625]
EXTREMES = [0.0, 1e6, 1e-30, 1e30, 1e21, 1e22, 1e15, 9.995e6, 1e7, 9999999.9999, 5e-324, 1.8e308]
EXTREMES += [5e-10, 4.999e-10, 9.995e-4, 9.999e-5, float("nan"), float("inf")]


def numbers():
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=2000) * 10.0 ** rng.integers(-12, 18, 2000)
    few = np.concatenate([TIES, EXTREMES])
    return np.concatenate(
        [few, -few, drawn, np.round(drawn[:500], 4), rng.integers(0, 4000, 500) / 16]
    )


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_a_number_is_rounded_exactly_and_halves_away_from_zero(digits):
    for value in numbers().tolist():
        if not abs(value) < 1e15:
            continue
        written = Fraction(fixed(value, digits).replace("−", "-"))
        twice = 2 * 10**digits * abs(Fraction(value))
        assert abs(written) * 10**digits == (twice + 1) // 2
        assert written == 0 or (written < 0) == (value < 0)
        assert ("−" in fixed(value, digits)) == (written < 0)


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_what_is_not_zero_is_not_written_as_zero(digits):
    for value in numbers().tolist():
        if not 5e-10 <= abs(value) < np.inf:
            continue
        written = float(plain(value, digits).replace("−", "-"))
        assert written == pytest.approx(value, rel=6e-3, abs=0.51 * 10.0**-digits)
        assert written * value > 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0"),
        (1e-30, "0"),
        (1e30, "1e30"),
        (-9.996e30, "−1e31"),
        (9999999.9999, "10000000"),
        (0.0005, "0.001"),
        (0.00049, "4.9e−4"),
        (100.0, "100"),
        (float("inf"), "–"),
    ],
)
def test_a_plain_number(value, text):
    assert plain(value) == text


def test_the_browser_writes_the_same_numbers():
    calls = []
    for value in numbers().tolist():
        calls += [("fixed", [value], fixed(value)), ("plain", [value], plain(value))]
    for value in numbers()[:72].tolist():
        for digits in (0, 1, 3, 4):
            calls.append(("fixed", [value, digits], fixed(value, digits)))
            calls.append(("plain", [value, digits], plain(value, digits)))
        calls.append(("percent", [value], percent(value)))
        calls.append(("percent", [value, 1], percent(value, 1)))
    parity.agree("numbers", calls)


def test_the_browser_writes_the_same_words():
    calls = [("signed", [whole], signed(whole)) for whole in (-12, 0, 7)]
    calls += [("bracketed", [text], bracketed(text)) for text in ("0", "−0.5", "2")]
    calls += [("added", [texts], added(texts)) for texts in (["1", "−2", "−3", "4"], ["−1"], [])]
    calls += [("plural", [count, "row"], counted(count, "row")) for count in (0, 1, 2)]
    many = ("row stands", "rows stand")
    calls += [("plural", [count, *many], counted(count, *many)) for count in (0, 1, 2)]
    parity.agree("numbers", calls)


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (-0.25, 30, "−.25"),
        (0.004, 30, ".004"),
        (0.004, 20, "≈0"),
        (1234.5, 30, "1235"),
        (-1e6, 30, "−1e6"),
        (12.0625, 60, "12.063"),
    ],
)
def test_a_number_that_fits_a_cell(value, width, text):
    parity.agree("numbers", [("inCell", [value, width, 7], text)])


# ---------------------------------------------------------------- the explorers

each = pytest.mark.parametrize("name", EXPLORERS)
# What the browser's functions know beside the state.
DATA = {"convolution2d": {"kernels": {name: kernel.tolist() for name, kernel in KERNELS.items()}}}


def numbered(explorer):
    """Names of traits that hold numbers of any size, and how to make a value for each."""
    found = {}
    for name in explorer.state_names():
        value, trait = getattr(explorer, name), explorer.traits()[name]
        if isinstance(value, np.ndarray):
            found[name] = lambda number, shape=value.shape: np.full(shape, number)
        elif isinstance(trait, traitlets.Float):
            found[name] = lambda number: number
        elif name == "weights":
            found[name] = lambda number, old=value: [number for _ in old]
    return found


def test_what_has_numbers_of_any_size():
    found = {name: sorted(numbered(make())) for name, make in EXPLORERS.items()}
    assert found == {
        "channels": ["bias", "kernel", "x"],
        "connections": [],
        "convolution2d": ["bias", "image", "kernel"],
        "equivariance": ["image", "kernel"],
        "layers": ["image"],
        "padding": [],
        "pooling": ["entering", "signal"],
        "side_by_side": ["kernel", "row"],
        "smoothing": ["sigma", "weights"],
        "toeplitz": ["signal", "weights"],
    }


@each
@pytest.mark.parametrize("number", [1e300, 1.1e6, -1e7, float("inf")])
def test_numbers_too_large_to_be_shown_are_refused(name, number):
    explorer = EXPLORERS[name]()
    before = repr(explorer), explorer.describe()
    for trait, of in numbered(explorer).items():
        with pytest.raises(traitlets.TraitError, match=rf"\b{trait}\b.*(1000000|finite)"):
            setattr(explorer, trait, of(number))
        with pytest.raises((traitlets.TraitError, ValueError), match=rf"\b{trait}\b"):
            EXPLORERS[name](**{trait: of(number)})
    assert (repr(explorer), explorer.describe()) == before


@each
@pytest.mark.parametrize("number", [1e6, -1e6, 1e-9, 1e-30, 5e-324, -0.0])
def test_the_largest_and_the_smallest_numbers_are_shown(name, number):
    explorer = EXPLORERS[name]()
    for trait, of in numbered(explorer).items():
        if (name, trait) == ("smoothing", "sigma"):
            number = abs(number)
        setattr(explorer, trait, of(number))
    words = explorer.describe()
    assert not re.search(r"(?i)\bnan\b|\binf\b|−0(?![.\d])|−0\.0+\b|\d{14}|e[+-]", words)
    assert explorer.picture().alt.endswith(words)
    assert len(explorer.to_html()) > 1000


@pytest.mark.parametrize(
    "name", ["channels", "convolution2d", "equivariance", "pooling", "side_by_side", "toeplitz"]
)
def test_the_browser_says_the_same_of_large_and_small_numbers(name):
    random = np.random.default_rng(4)
    calls = []
    for low, high in [(3, 6), (-4, 0), (-9, -5), (-30, 6)]:
        explorer = EXPLORERS[name]()
        for trait in numbered(explorer):
            shape = np.shape(getattr(explorer, trait))
            drawn = random.uniform(-1, 1, shape) * 10.0 ** random.uniform(low, high, shape)
            setattr(explorer, trait, drawn if shape else float(drawn))
        if name == "pooling":
            explorer.source = "own"
        state = {trait: getattr(explorer, trait) for trait in explorer.state_names()}
        calls.append(("describe", [DATA.get(name, {}), state], explorer.describe()))
    parity.agree(f"{name}_math", calls)
