"""Two photographs to filter, small enough to count their pixels.

Both come from the images that scikit-image ships (its module ``skimage.data`` names photographer
and licence of each) and are dedicated to the public domain under CC0 1.0:

- ``camera_128.png`` is its ``camera``, a photograph by Lav Varshney, each block of 4 x 4 pixels
  averaged;
- ``coffee_64.png`` is its ``coffee``, a photograph by Rachel Michetti, courtesy of Pikolo Espresso
  Bar: the 384 x 384 pixels in the middle, each block of 6 x 6 averaged.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def photograph() -> NDArray[np.uint8]:
    """A man behind a camera on a tripod, before a lawn and a skyline.

    Returns
    -------
    image : (128, 128) uint8 ndarray
        Brightness, 0 black to 255 white.

    Notes
    -----
    By Lav Varshney, CC0 1.0; averaged from the 512 x 512 pixels of ``skimage.data.camera``.

    Examples
    --------
    >>> image = photograph()
    >>> image.shape, image.dtype.name, int(image.min()), int(image.max())
    ((128, 128), 'uint8', 3, 253)
    """
    return _read("camera_128.png")


def colour_photograph() -> NDArray[np.uint8]:
    """A white cup of coffee on a red saucer; bright in red, dark in blue.

    Returns
    -------
    image : (64, 64, 3) uint8 ndarray
        Red, green and blue, 0 to 255, in the last axis (layers want channels first:
        ``image.transpose(2, 0, 1)``).

    Notes
    -----
    By Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0 1.0; cut and averaged from the
    400 x 600 pixels of ``skimage.data.coffee``.

    Examples
    --------
    >>> image = colour_photograph()
    >>> image.shape, image.mean(axis=(0, 1)).round().tolist()
    ((64, 64, 3), [154.0, 78.0, 47.0])
    """
    return _read("coffee_64.png")


def _read(name: str) -> NDArray[np.uint8]:
    with (files("cnncourse.data") / name).open("rb") as file, Image.open(file) as image:
        return np.array(image)
