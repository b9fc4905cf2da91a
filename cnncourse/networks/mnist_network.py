"""A small network for MNIST's digits, at four moments of its training, for those who skip theirs.

``tools/train_mnist.py`` trained it with this package on 4000 of `cnncourse.data.mnist_5k`; of the
other 1000 it recognises 97.8 % in the end. Its weights are whole multiples of 1/64.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from cnncourse.networks.sequential import Sequential
from cnncourse.networks.stored import load_networks


def mnist_networks() -> dict[int, Sequential]:
    """Return the network by epochs: before any training, after 1, 4 and 24.

    Images are (N, 1, 28, 28), ink from 0 to 1.

    Examples
    --------
    >>> networks = mnist_networks()
    >>> list(networks), len(networks[24])
    ([0, 1, 4, 24], 8)
    >>> from cnncourse.data import mnist_5k
    >>> images, labels = mnist_5k()
    >>> networks[24].accuracy(images[4000:, None] / 255, labels[4000:]) > 0.97
    True
    """
    with as_file(files("cnncourse.networks") / "mnist_network.npz") as path:
        return load_networks(path)
