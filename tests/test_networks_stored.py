"""Networks in files: what comes back, and what is refused."""

import json
import zipfile

import numpy as np
import pytest

from cnncourse.networks import WrongNetworkFile, load_network, load_networks, save_networks
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from cnncourse.networks.structure import NOTE, parts_of

SHAPE = (2, 11, 9)


def network(seed=0, dtype=np.float32):
    """A network of all kinds of parts, its arguments none of the defaults."""
    random = np.random.default_rng(seed)
    made = {"random": random, "dtype": dtype}
    return Sequential(
        [
            Convolution(2, 5, (3, 2), stride=(1, 2), padding=((2, 0), (1, 1)), **made),
            ReLU(),
            Pool((3, 2), stride=(2, 1), padding=(1, 0), kind="average"),
            Convolution(5, 4, 3, padding="same", **made),
            BlurPool(4, stride=(1, 2)),
            Pool(2),
            Flatten(),
            Dense(12, 7, **made),
            ReLU(),
            Dense(7, 3, **made),
        ]
    )


def images(dtype=np.float32):
    return np.random.default_rng(9).normal(size=(6, *SHAPE)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_comes_back_to_the_bit(tmp_path, dtype):
    net = network(dtype=dtype)
    for values in net.parameters.values():  # biases of their own
        values += np.random.default_rng(1).normal(size=values.shape).astype(dtype)
    net.save(tmp_path / "net.npz")
    again = load_network(tmp_path / "net.npz")
    assert [type(part) for part in again.parts] == [type(part) for part in net.parts]
    assert np.array_equal(again.forward(images(dtype)), net.forward(images(dtype)))
    assert list(load_networks(tmp_path / "net.npz")) == [0]


def test_training_goes_on_with_a_network_from_a_file(tmp_path):
    net, labels = network(), np.array([0, 1, 2, 0, 1, 2])
    net.save(tmp_path / "net.npz")
    again = load_network(str(tmp_path / "net.npz"))
    both = [NumpyLearner(one, Adam(0.01)) for one in (net, again)]
    assert both[0].describe() == both[1].describe(), "a checkpoint of either serves the other"
    losses = [[one.step(images(), labels) for _ in range(3)] for one in both]
    assert losses[0] == losses[1]


def test_several_moments(tmp_path):
    moments = {30: network(3), 0: network(1), 4: network(2)}
    save_networks(tmp_path / "moments.npz", moments)
    found = load_networks(tmp_path / "moments.npz")
    assert list(found) == [0, 4, 30]
    for epoch, net in found.items():
        assert np.array_equal(net.forward(images()), moments[epoch].forward(images()))
    last, first = load_network(tmp_path / "moments.npz"), moments[30]
    assert np.array_equal(last.forward(images()), first.forward(images()))
    early = load_network(tmp_path / "moments.npz", epoch=4)
    assert np.array_equal(early.parameters["0.kernel"], moments[4].parameters["0.kernel"])
    with pytest.raises(ValueError, match=r"epoch must be one of \(0, 4, 30\), got 5"):
        load_network(tmp_path / "moments.npz", epoch=5)
    with pytest.raises(FileExistsError):
        save_networks(tmp_path / "moments.npz", moments)


@pytest.mark.parametrize(
    ("networks", "error", "words"),
    [
        ({}, TypeError, "must map epochs"),
        ([network()], TypeError, "must map epochs"),
        ({0: "net"}, TypeError, "Sequentials, got str"),
        ({-1: network()}, ValueError, "epoch"),
        ({0.5: network()}, TypeError, "epoch"),
        ({0: network(), 1: Sequential([Flatten()])}, ValueError, "of the same parts"),
    ],
)
def test_what_are_no_moments_is_not_written(tmp_path, networks, error, words):
    with pytest.raises(error, match=words):
        save_networks(tmp_path / "bad.npz", networks)
    assert not list(tmp_path.iterdir())


def stored(tmp_path, note=None, **changed):
    """A file like one that was saved, with something wrong."""
    good = tmp_path / "good.npz"
    network().save(good)
    with np.load(good) as found:
        arrays = dict(found)
    if note is not None:
        arrays[NOTE] = np.array(json.dumps({**json.loads(str(arrays[NOTE])), **note}))
    for name, values in changed.items():
        arrays[name.replace("_", ".")] = values
    np.savez(tmp_path / "bad.npz", **{k: v for k, v in arrays.items() if v is not None})
    return tmp_path / "bad.npz"


@pytest.mark.parametrize(
    ("note", "changed", "words"),
    [
        ({"format": "cnncourse network 9"}, {}, "format"),
        ({"parts": "none"}, {}, "a list of 1"),
        ({"parts": [{"part": "ReLU"}]}, {}, r"parameters must be \[\], got"),
        ({"parts": [{"part": "system"}]}, {}, "part 0 must be one of .*, got 'system'"),
        ({"parts": [["part", "ReLU"]]}, {}, "got None"),
        ({"parts": [{"part": "ReLU", "random": 1}]}, {}, "part 0, ReLU"),
        ({"parts": [{"part": "Pool", "size": "two"}]}, {}, "part 0, Pool: size"),
        ({"parts": [{"part": "Pool", "size": 2, "kind": "mode"}]}, {}, "kind"),
        ({"parts": [{"part": "BlurPool", "size": 0}]}, {}, "part 0, BlurPool: size"),
        ({"epochs": [3, 1]}, {}, "epochs must be whole numbers that rise"),
        ({"epochs": [True]}, {}, "epoch"),
        (None, {"0_kernel": None}, "0.kernel must be an array of 4 axes, got none"),
        (None, {"0_kernel": np.zeros((5, 2))}, r"4 axes, got the shape \(5, 2\)"),
        (None, {"0_bias": np.zeros(4)}, r"0.bias must have the shape \(5,\), got \(4,\)"),
        (
            None,
            {"9_bias": np.array([0.0, np.nan, 1.0])},
            "9.bias must hold finite numbers, got a NaN",
        ),
        (None, {"9_bias": np.array(["a", "b", "c"])}, "9.bias must hold numbers"),
        (None, {"3_more": np.zeros(1)}, "parameters must be"),
        (None, {"9_bias": np.array([{}, {}, {}])}, "Object arrays cannot be loaded"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, note, changed, words):
    path = stored(tmp_path, note, **changed)
    before = path.read_bytes()
    with pytest.raises(WrongNetworkFile, match=words) as refusal:
        load_network(path)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == before


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_network(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("weights", encoding="utf-8")
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "arrays.npz", kernel=np.zeros(3))
    good = tmp_path / "good.npz"
    network().save(good)
    (tmp_path / "half.npz").write_bytes(good.read_bytes()[:-400])
    with zipfile.ZipFile(tmp_path / "zip.npz", "w") as other:
        other.writestr("network.npy", b"no array")
    names = ("text.npz", "array.npy", "arrays.npz", "half.npz", "zip.npz")
    for path in (tmp_path, *(tmp_path / name for name in names)):
        with pytest.raises(WrongNetworkFile, match=r"saved by this package; .* (is not|has no)"):
            load_network(path)


def test_a_part_of_ones_own_is_saved_but_not_brought_back(tmp_path):
    class Twice(ReLU):
        def forward(self, x):
            return 2 * super().forward(x)

    net = Sequential([Twice(), *network().parts])
    net.save(tmp_path / "own.npz")
    with np.load(tmp_path / "own.npz") as found:
        net.load(found)
    with pytest.raises(WrongNetworkFile, match="part 0 must be one of .*, got 'Twice'"):
        load_network(tmp_path / "own.npz")


def test_a_full_disk_leaves_nothing_and_the_name_free(tmp_path, monkeypatch):
    def full(target, **arrays):
        target.write(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez_compressed", full)
        with pytest.raises(OSError, match="No space"):
            network().save(tmp_path / "mine.npz")
        with pytest.raises(OSError, match="No space"):
            save_networks(tmp_path / "mine.npz", {0: network()})
    assert not list(tmp_path.iterdir())
    network().save(tmp_path / "mine.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_first_stays(tmp_path, monkeypatch, links):
    file, write = tmp_path / "mine.npz", np.savez_compressed

    def slow(target, **arrays):
        write(target, **arrays)
        file.write_bytes(b"another's")

    def no_links(*paths):
        raise OSError("no links here")

    monkeypatch.setattr(np, "savez_compressed", slow)
    if not links:
        monkeypatch.setattr("cnncourse.networks.new_files.os.link", no_links)
    with pytest.raises(FileExistsError):
        network().save(file)
    assert file.read_bytes() == b"another's"
    monkeypatch.setattr(np, "savez_compressed", write)
    network().save(tmp_path / "second.npz")
    assert load_network(tmp_path / "second.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.npz", "second.npz"]


def test_what_is_not_finite_is_not_saved(tmp_path):
    broken = network()
    broken.parameters["0.bias"][0] = np.nan
    with pytest.raises(ValueError, match=r"0\.bias must hold finite numbers, got a NaN"):
        broken.save(tmp_path / "mine.npz")
    with pytest.raises(ValueError, match=r"0\.bias must hold finite numbers, got a NaN"):
        save_networks(tmp_path / "mine.npz", {0: network(), 1: broken})
    assert not list(tmp_path.iterdir())


def test_the_home_folder_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    network().save("~/mine.npz")
    save_networks("~/several.npz", {0: network()})
    assert load_network("~/mine.npz") and load_networks("~/several.npz")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"part": "Pool", "size": 2, "stride": 0}, "stride must be"),
        ({"part": "Pool", "size": 2, "stride": 2.5}, "stride must be"),
        ({"part": "Pool", "size": 2, "stride": "a"}, "stride must be"),
        ({"part": "BlurPool", "size": 2, "stride": -1}, "stride must be"),
        ({"part": "Pool", "size": 2, "padding": -1}, "padding must be"),
        ({"part": "Pool", "size": 2, "padding": "foo"}, "padding must be"),
        ({"part": "Pool", "size": 2, "padding": 10**9}, "padding must be at most"),
    ],
)
def test_a_window_that_cannot_be_is_refused_when_it_is_read(entry, words):
    with pytest.raises(ValueError, match=f"part 0, {entry['part']}: {words}"):
        parts_of([entry], {})


def test_a_convolution_s_stride_is_looked_at():
    kernel = {"0.kernel": np.zeros((1, 1, 2, 2)), "0.bias": np.zeros(1)}
    assert parts_of(
        [{"part": "Convolution", "stride": [1, 2], "padding": [[1, 0], [0, 0]]}], kernel
    )
    with pytest.raises(ValueError, match="part 0, Convolution: stride"):
        parts_of([{"part": "Convolution", "stride": 0}], kernel)
