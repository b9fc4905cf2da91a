"""Fashion-MNIST: clothes in the form of MNIST, harder to tell apart, where Debian has put them.

H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017, arXiv:1708.07747; Zalando SE, MIT licence.
"""

from __future__ import annotations

import gzip
import zlib
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = "/usr/share/datasets/fashion-mnist"
"""Where Debian's package dataset-fashion-mnist has its files."""

FASHION = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
"""What the labels 0 to 9 are."""


def fashion_mnist(
    folder: str | PathLike[str] = FOLDER,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the 70,000 images of Fashion-MNIST, and what they are.

    Parameters
    ----------
    folder : path
        Where its four files lie, as Debian, Ubuntu and the authors name them; Debian's if not
        given. Nothing is fetched.

    Returns
    -------
    images : (70000, 28, 28) uint8 ndarray
        Brightness, 0 to 255: 60,000 to learn from, then 10,000 to test with.
    labels : (70000,) uint8 ndarray
        0 to 9; `FASHION` has their names.

    Raises
    ------
    TypeError
        If `folder` is no folder's name.
    FileNotFoundError
        If a file is not there; it says how to get them.
    ValueError
        If a file is another one, or damaged.
    """
    try:
        place = Path(folder).expanduser()
    except TypeError:
        raise TypeError(f"folder must be a folder's name, got {folder!r}") from None
    parts = [("train", 60_000), ("t10k", 10_000)]
    images = [_read(place / f"{p}-images-idx3-ubyte.gz", (n, 28, 28)) for p, n in parts]
    labels = [_read(place / f"{p}-labels-idx1-ubyte.gz", (n,)) for p, n in parts]
    named = np.concatenate(labels)
    if named.max() >= len(FASHION):
        raise ValueError(f"the labels in {place} must be from 0 to 9, got {named.max()}")
    return np.concatenate(images), named


def _read(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the bytes of an IDX file: 0, 0, 8 (bytes), axes, their sizes, then the numbers."""
    try:
        with gzip.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"Fashion-MNIST is not here: {path} is missing. On Debian or Ubuntu: sudo apt install "
            "dataset-fashion-mnist. Elsewhere: get its four files from "
            "https://github.com/zalandoresearch/fashion-mnist, and name their folder"
        ) from None
    except NotADirectoryError:
        raise FileNotFoundError(
            f"folder must be a folder with Fashion-MNIST's four files, got {path.parent}"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is damaged, no gzip file, or cannot be read ({error})") from error
    head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
    if not content.startswith(head) or len(content) != len(head) + np.prod(shape):
        raise ValueError(f"{path} must hold bytes of shape {shape} in the form IDX, and does not")
    return np.frombuffer(content, np.uint8, offset=len(head)).reshape(shape)
