"""What may be given to an explorer: whole numbers, single numbers, and numbers in any form."""

import warnings

import numpy as np
import pytest
import traitlets

from cnncourse import explore
from cnncourse.explore import EXPLORERS
from cnncourse.explore.arrays import Array, fitted_picture
from cnncourse.explore.inputs import Number, Whole, numbers, short

torch = pytest.importorskip("torch")


class Holder(traitlets.HasTraits):
    size = Whole(3, min=1, max=8)
    place = Whole(0, min=0)
    any = Whole(0)
    several = traitlets.List(Whole())
    bias = Number(0.0, min=-10, max=10)
    kernel = Array(2, (3, 4)).tag(sync=True)


@pytest.mark.parametrize(
    ("value", "kept"),
    [(8, 8), (np.int64(2), 2), (np.uint8(7), 7), (torch.tensor(5), 5), (np.array(4), 4)],
)
def test_a_whole_number_may_be_of_any_integer_type(value, kept):
    holder = Holder(size=value)
    assert type(holder.size) is int
    assert holder.size == kept


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("size", True, "size must be a whole number, 1 to 8, got True"),
        ("size", np.True_, "size must be a whole number, 1 to 8, got"),
        ("size", torch.tensor(True), r"size must be a whole number, 1 to 8, got tensor\(True\)"),
        ("size", 9, "size must be a whole number, 1 to 8, got 9"),
        ("size", 0, "1 to 8, got 0"),
        ("size", 2.0, "got 2.0"),
        ("size", "2", "got '2'"),
        ("size", None, "got None"),
        ("size", list(range(10_000)), r"got \[0, 1, 2, 3, 4, 5, \.\.\.\]$"),
        ("size", np.ones((99, 9)), r"got an array of shape \(99, 9\)"),
        ("place", -1, "place must be a whole number of at least 0, got -1"),
        ("any", True, "any must be a whole number, got True"),
        ("several", [1, True], "several.* a whole number"),
        ("bias", True, "bias must be a number, -10 to 10, got True"),
        ("bias", np.nan, "bias must be a number, -10 to 10, got nan"),
        ("bias", 11, "got 11"),
        ("bias", [1.0], r"got \[1.0\]"),
        ("bias", "1", "got '1'"),
    ],
)
def test_what_is_no_such_number_is_refused_and_the_old_one_stays(name, value, words):
    holder = Holder()
    before = getattr(holder, name)
    with pytest.raises(traitlets.TraitError, match=words):
        setattr(holder, name, value)
    assert getattr(holder, name) == before


@pytest.mark.parametrize(
    "value", [2, np.float32(2), np.int8(2), torch.tensor(2.0, requires_grad=True)]
)
def test_a_number_may_be_of_any_real_type(value):
    holder = Holder(bias=value)
    assert type(holder.bias) is float
    assert holder.bias == 2


@pytest.mark.parametrize("name", EXPLORERS)
def test_no_whole_number_of_an_explorer_takes_a_truth(name):
    explorer = EXPLORERS[name]()
    whole = [key for key in explorer.state_names() if type(getattr(explorer, key)) is int]
    before = repr(explorer)
    for key in whole:
        for wrong in (True, False, np.True_, 1.5):
            with pytest.raises(traitlets.TraitError, match=rf"^{key} must be "):
                setattr(explorer, key, wrong)
        with pytest.raises(traitlets.TraitError, match=rf"^{key} must be "):
            EXPLORERS[name](**{key: True})
        setattr(explorer, key, np.int64(getattr(explorer, key)))
    assert repr(explorer) == before


def tensors(kind=torch.float32):
    """The same numbers with and without gradients, alone and in lists."""
    plain = torch.tensor([[1.5, -2.0], [0.0, 4.0]], dtype=kind)
    given = plain.clone().requires_grad_()
    return [plain, given, list(given), [list(row) for row in given], torch.nn.Parameter(plain)]


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("which", range(5))
def test_tensors_are_numbers_whatever_becomes_of_their_gradients(kind, which):
    given = tensors(kind)[which]
    wanted = [[1.5, -2.0], [0.0, 4.0]]
    assert numbers("kernel", given).tolist() == wanted
    assert Holder(kernel=given).kernel.tolist() == wanted
    assert fitted_picture("image", given, (4, 4))[0].tolist() == wanted


def test_bfloat16_of_tensorflow_and_jax_is_a_number():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.array([1.5, -2], dtype=ml_dtypes.bfloat16)
    assert numbers("signal", array).tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": 1}, r"x must be an array of numbers, got \{'a': 1\}"),
        ("abc", "x must be an array of numbers, got 'abc'"),
        (None, "x must be an array of numbers, got None"),
        ([[1], [2, 3]], "x must be an array of numbers: "),
        ([torch.ones(2), torch.ones(3)], "x must be an array of numbers: "),
        (np.ma.masked_equal([1, 2], 2), "x must be an array of numbers, got a masked array"),
        (torch.ones(2, dtype=torch.complex64), "entries of type complex64"),
        (torch.empty(2, device="meta"), "x must be an array of numbers: "),
        (torch.eye(2).to_sparse(), "x must be an array of numbers: "),
    ],
)
def test_what_holds_no_numbers_is_refused_by_name(value, words):
    with pytest.raises(ValueError, match=words):
        numbers("x", value)


def test_no_error_shows_a_long_value():
    assert len(short("long " * 1000)) < 80
    assert len(short(dict.fromkeys(range(100), "a" * 100))) < 400
    assert short(torch.ones(4, 5)) == "an array of shape (4, 5)"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"shape": [2]},
        {"shape": [2], "dtype": "f8"},
        {"shape": [2], "dtype": "f8", "data": b"1"},
        {"shape": [3], "dtype": "u1", "data": b"12"},
        {"shape": "a", "dtype": "u1", "data": b"12"},
        {"shape": [2], "dtype": "U1", "data": b"12345678"},
        {"shape": [2], "dtype": [], "data": b"12"},
        {"shape": [2], "dtype": "u1", "data": "12"},
        "text",
        7,
    ],
)
def test_what_the_browser_sends_torn_is_refused_as_by_the_trait(data):
    explorer = explore.pooling()
    before = repr(explorer)
    with pytest.raises(traitlets.TraitError, match="signal must be "):
        explorer.set_state({"signal": data})
    assert repr(explorer) == before
    explorer.set_state({"signal": {"shape": [2], "dtype": "u1", "data": b"\x01\x02"}})
    assert explorer.signal.tolist() == [1, 2]


@pytest.fixture
def conv():
    torch.manual_seed(0)
    return torch.nn.Conv2d(2, 3, 3)


def test_weights_of_a_layer_can_be_given_as_they_are(conv):
    one, weight, bias = conv.weight[0, 0], conv.weight, conv.bias
    picture = torch.rand(2, 9, 8, requires_grad=True)
    same = one.detach().numpy().astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(explore.convolution2d(picture[0], one, bias=bias[0]).kernel, same)
        assert np.array_equal(explore.equivariance(picture[0], one).kernel, same)
        assert np.array_equal(explore.toeplitz(one, picture[0, :4, :4]).weights, same)
        assert np.array_equal(explore.toeplitz(one[0]).weights, same[0])
        assert np.array_equal(explore.smoothing(weights=one[0]).weights, same[0])
        assert explore.pooling(picture[0, 0]).signal.size == 8
        shown = explore.channels(picture, weight, bias)
        assert np.array_equal(shown.kernel, weight.detach().numpy())
        assert np.array_equal(shown.bias, bias.detach().numpy())
        looked = explore.layers(conv, picture, labels=torch.tensor([1]))
        assert looked.image.shape == (2, 9, 8)
        looked.image = picture / 2
        assert looked.sample == -1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: explore.smoothing("abc"), "track must be a Track, got str$"),
        (lambda: explore.smoothing([1, 2, 3]), "track must be a Track, got list$"),
    ],
)
def test_a_track_is_asked_for_by_name(make, words):
    with pytest.raises(TypeError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: explore.padding(np.arange(6.0).reshape(2, 3)), "^n must be a positive integer"),
        (lambda: explore.padding(padding=np.ones((2, 2, 2))), "^padding must be"),
        (lambda: explore.padding(padding=np.ones((2, 2, 2), int)), "^padding must be"),
        (lambda: explore.toeplitz([[1, 2], [3]]), "^weights must be an array of numbers"),
        (lambda: explore.toeplitz(None, [[1, 2], [3]]), "^signal must be an array of numbers"),
        (lambda: explore.toeplitz("abc"), "^weights must be an array of numbers, got 'abc'"),
        (lambda: explore.toeplitz([1], [[1], [2, 3]]), "^signal must be an array of numbers"),
        (lambda: explore.channels([[1, 2], [3]], np.ones((1, 2, 1, 1))), "^x must be an array of"),
        (lambda: explore.channels(np.ones((2, 3, 3)), [[1, 2], [3]]), "^kernel must be an array"),
        (lambda: explore.channels(bias={"a": 1}), r"^bias must be an array of.*, got \{'a': 1\}"),
        (lambda: explore.pooling([[1], [2, 3]]), "^signal must be an array of numbers"),
        (lambda: explore.convolution2d([[1], [2, 3]]), "^image must be an array of numbers"),
        (lambda: explore.convolution2d(bias=[1, 2]), r"^bias must be a number.*, got \[1, 2\]"),
        (lambda: explore.equivariance([[1], [2, 3]]), "^image must be an array of numbers"),
        (lambda: explore.layers(image=[[1], [2, 3]]), "^image must be an array of numbers"),
        (lambda: explore.layers(labels=["a"]), "^labels must be left out unless images are given"),
        (lambda: explore.layers(None, [[1], [2]], labels=["a"]), "^labels must be an array"),
        (lambda: explore.smoothing(weights="abc"), "^weights must be an array of numbers"),
        (lambda: explore.smoothing(weights=np.ones(10**5)), "^weights .*got 100000$"),
        (lambda: explore.smoothing(weights=[[1, 2]]), r"^weights .*got an array of shape .1, 2.$"),
        (lambda: explore.smoothing(weights=[np.nan]), "^weights must be finite, got nan"),
        (lambda: explore.layers(None, [[1], [2, 3]]), "^images must be an array of numbers"),
    ],
)
def test_what_is_no_array_is_refused_by_the_name_of_the_argument(make, words):
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        make()


def test_a_matrix_of_samples_stays_one_of_samples():
    explorer = explore.toeplitz([1, 2], [3, 4, 5])
    before = repr(explorer)
    with (
        pytest.raises(traitlets.TraitError, match="1, got shape .2, 2..* make another explorer"),
        explorer.hold_trait_notifications(),
    ):
        explorer.weights = np.ones((2, 2))
        explorer.signal = np.ones((3, 3))
    assert repr(explorer) == before
    explorer.signal = [6, 7]
    assert explorer.signal.tolist() == [6, 7]


def test_other_channels_lose_the_names_of_those_before():
    explorer = explore.channels()
    assert explorer.names == ["red", "green", "blue"]
    explorer.x = explorer.x[:, 1:]
    assert explorer.names == ["red", "green", "blue"]
    with explorer.hold_trait_notifications():
        explorer.x, explorer.kernel, explorer.bias = np.ones((1, 4, 4)), np.ones((1, 1, 2, 2)), [0]
    assert explorer.names == []
    assert "channel 0" in explorer.describe()
    with explorer.hold_trait_notifications():
        explorer.x, explorer.kernel = np.ones((2, 4, 4)), np.ones((1, 2, 2, 2))
        explorer.names = ["left", "right"]
    assert explorer.names == ["left", "right"]
