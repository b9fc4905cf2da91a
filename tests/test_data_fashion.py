"""Fashion-MNIST: read from files of its form, refused by name, and Debian's where they are."""

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnncourse.data import fashion_mnist
from cnncourse.data.fashion import FASHION, FOLDER


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All four files, each number following from its place."""
    place = tmp_path_factory.mktemp("fashion")
    for part, count in (("train", 60_000), ("t10k", 10_000)):
        for kind, shape in (("images-idx3", (count, 28, 28)), ("labels-idx1", (count,))):
            head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
            numbers = np.zeros(shape, np.uint8)
            numbers.reshape(count, -1)[:, 0] = np.arange(count) % (10 if len(shape) == 1 else 251)
            with gzip.open(place / f"{part}-{kind}-ubyte.gz", "wb", compresslevel=1) as file:
                file.write(head + numbers.tobytes())
    return place


def test_it_is_read(folder):
    images, labels = fashion_mnist(folder)
    assert images.shape == (70_000, 28, 28) and images.dtype == labels.dtype == np.uint8
    assert images[59_999, 0, 0] == 59_999 % 251 and images[60_007, 0, 0] == 7
    assert images[:, 1:].max() == 0
    assert labels[59_999] == 9 and labels[60_003] == 3 and len(FASHION) == 10


def test_what_is_wrong_is_said(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="apt install dataset-fashion-mnist"):
        fashion_mnist(tmp_path)
    with pytest.raises(TypeError, match="folder must be"):
        fashion_mnist(7)
    name = "train-images-idx3-ubyte.gz"
    whole = (folder / name).read_bytes()
    labels = (folder / "train-labels-idx1-ubyte.gz").read_bytes()
    for content in (b"no gzip", whole[:-400], labels):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=name):
            fashion_mnist(str(tmp_path))


@pytest.mark.skipif(not Path(FOLDER).is_dir(), reason="Debian's dataset-fashion-mnist is not here")
def test_debian_s_files_are_read():
    images, labels = fashion_mnist()
    assert np.bincount(labels[60_000:]).tolist() == [1000] * 10
    assert np.bincount(labels[:60_000]).tolist() == [6000] * 10
    assert FASHION[labels[0]] == "ankle boot" and images[0].max() == 255


def test_labels_and_places_that_cannot_be_are_said(folder, tmp_path):
    for file in folder.iterdir():
        shutil.copy(file, tmp_path)
    labels = tmp_path / "t10k-labels-idx1-ubyte.gz"
    labels.unlink()
    head = bytes([0, 0, 8, 1]) + np.array([10_000], ">u4").tobytes()
    labels.write_bytes(gzip.compress(head + bytes([255]) * 10_000, 1))
    with pytest.raises(ValueError, match="must be from 0 to 9, got 255"):
        fashion_mnist(tmp_path)
    labels.unlink()
    labels.mkdir()
    with pytest.raises(ValueError, match=labels.name):
        fashion_mnist(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"four files|apt install"):
        fashion_mnist(tmp_path / "file")
