"""Photographs and digits: what they say of their sources is so."""

from importlib.resources import files

import numpy as np
import pytest

from cnncourse.data import colour_photograph, digits, mnist_5k, photograph


def averaged(image, block):
    """Each block's mean, rounded, worked out pixel by pixel."""
    rows, columns = image.shape[0] // block, image.shape[1] // block
    out = np.zeros((rows, columns, *image.shape[2:]))
    for r in range(rows):
        for c in range(columns):
            part = image[r * block : (r + 1) * block, c * block : (c + 1) * block]
            out[r, c] = part.reshape(block * block, *image.shape[2:]).astype(float).mean(axis=0)
    return np.rint(out)


def test_photograph_is_made_from_its_source():
    source = pytest.importorskip("skimage.data").camera()
    assert np.array_equal(photograph(), averaged(source, 4))


def test_colour_photograph_is_made_from_its_source():
    source = pytest.importorskip("skimage.data").coffee()
    assert np.array_equal(colour_photograph(), averaged(source[8:392, 108:492], 6))


@pytest.mark.parametrize(
    ("read", "name", "photographer"),
    [(photograph, "camera", "Lav Varshney"), (colour_photograph, "coffee", "Rachel Michetti")],
)
def test_source_says_who_took_it_and_gave_it_away(read, name, photographer):
    told = getattr(pytest.importorskip("skimage.data"), name).__doc__
    assert f"CC0 by the photographer ({photographer})" in told
    assert photographer in read.__doc__
    assert "CC0 1.0" in read.__doc__


def test_each_reading_is_the_reader_s_own():
    first = photograph()
    first[:] = 0
    assert photograph().max() > 200


def test_digits_are_those_of_the_repository():
    images, labels = digits()
    assert images.dtype == labels.dtype == np.uint8
    assert images.shape == (1797, 8, 8)
    assert (images.min(), images.max()) == (0, 16)
    # How many of each: the counts that the data set's own description gives for its test part.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images[0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_files_are_small():
    names = ("camera_128.png", "coffee_64.png", "digits.npz")
    sizes = {name: len((files("cnncourse.data") / name).read_bytes()) for name in names}
    assert max(sizes.values()) < 60_000, sizes


def test_digits_of_mnist_take_turns():
    images, labels = mnist_5k()
    assert (images.shape, images.dtype, labels.dtype) == ((5000, 28, 28), np.uint8, np.uint8)
    assert np.array_equal(labels, np.tile(np.arange(10), 500))
    assert (images.min(), images.max()) == (0, 255)
    assert len(np.unique(images.reshape(5000, -1), axis=0)) == 5000  # none is in both parts


def test_digits_of_mnist_are_what_their_labels_say():
    images, labels = mnist_5k()
    rows = images.reshape(5000, -1).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    nearest = (rows[4000:] @ rows[:4000].T).argmax(axis=1)
    # The nearest neighbour errs on some 3 % of MNIST with 60,000 to choose from.
    assert np.mean(labels[:4000][nearest] == labels[4000:]) > 0.93
