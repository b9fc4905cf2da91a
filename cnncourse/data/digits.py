"""Handwritten digits, 8 x 8 pixels each, to train a small network on and to look into it.

The test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (UCI
Machine Learning Repository, 1998, doi:10.24432/C50P49), licensed under the Creative Commons
Attribution 4.0 International licence; the copy is the one that scikit-learn ships, its numbers
unchanged, packed into ``digits.npz``.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

INK = 16
"""Full ink: each pixel counts the inked ones among 4 x 4 of the scanned bitmap."""

TRAINING = 1297
"""The first so many digits train the course's network, the 500 after them test it."""


def digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return 1797 handwritten digits of 13 people, and what they are.

    A person filled in a form; each digit was scanned as 32 x 32 black or white pixels, and the
    inked ones of each block of 4 x 4 were counted.

    Returns
    -------
    images : (1797, 8, 8) uint8 ndarray
        Ink, 0 (none) to 16 (all of the block).
    labels : (1797,) uint8 ndarray
        The digit, 0 to 9.

    Notes
    -----
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49; CC BY 4.0.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4])
    >>> images[0, 3].tolist()
    [0, 4, 12, 0, 0, 8, 8, 0]
    """
    with (files("cnncourse.data") / "digits.npz").open("rb") as file, np.load(file) as packed:
        return packed["images"], packed["labels"]
