"""A network of 1210 weights that reads handwritten digits, at seven moments of its training.

``tools/train_digits.py`` trained it with PyTorch and wrote ``digits_network.npz``: the weights at
each epoch that was kept, the share of digits recognised then, and digits to try it on. Weights are
whole multiples of 1/64, which costs next to no accuracy, keeps the file small, and leaves float32
and float64 with the same numbers to start from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.conv import conv2d
from cnncourse.pooling import pool2d

WEIGHT_STEP = 1 / 64
"""All weights are whole multiples of this."""

EPOCHS = (0, 1, 2, 4, 8, 16, 32)
"""Epochs whose weights were kept."""

IMAGE_SHAPE = (1, 8, 8)


class Stage(NamedTuple):
    """One layer: `kind` "conv", "relu" or "pool"; size, stride and padding alike on both axes."""

    name: str
    kind: str
    size: int = 1
    stride: int = 1
    padding: int = 0


STAGES = (
    Stage("conv 1", "conv", 3, 1, 1),
    Stage("ReLU 1", "relu"),
    Stage("pool 1", "pool", 2, 2),
    Stage("conv 2", "conv", 3, 1, 1),
    Stage("ReLU 2", "relu"),
    Stage("pool 2", "pool", 2, 2),
    Stage("scores", "conv", 2),
)
"""From the image to ten scores; the last layer's kernel covers all that it sees."""


@dataclass(frozen=True)
class DigitsNetwork:
    """The network as it was after `epoch` passes through the training digits.

    Attributes
    ----------
    epoch : int
        0 for the random start.
    kernels : tuple of (C_out, C_in, kH, kW) ndarray
        Of the three convolutions, in order.
    biases : tuple of (C_out,) ndarray
        Of the same.
    training_accuracy, test_accuracy : float
        Share recognised of the 1297 digits that it learned from and of the 500 others, as measured
        when it was trained. No weight was fitted to those 500, but they decided between a few
        seeds, learning rates and numbers of epochs: new digits would be recognised a little less.
    """

    epoch: int
    kernels: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    training_accuracy: float
    test_accuracy: float

    def activations(self, images: ArrayLike) -> list[np.ndarray]:
        """Outputs of all layers of `STAGES`, in order.

        Parameters
        ----------
        images : (1, 8, 8) or (N, 1, 8, 8) array_like
            Ink from 0 to 1: ``digits()[0] / 16``.

        Returns
        -------
        list of (C, H, W) or (N, C, H, W) ndarray

        Raises
        ------
        TypeError, ValueError
            If `images` are no such array.
        """
        now = np.asarray(images)
        if now.shape[-3:] != IMAGE_SHAPE:
            raise ValueError(f"images must be (..., 1, 8, 8), got {now.shape}")
        found = []
        parameters = iter(zip(self.kernels, self.biases, strict=True))
        for stage in STAGES:
            if stage.kind == "conv":
                kernel, bias = next(parameters)
                now = conv2d(now, kernel, bias, stride=stage.stride, padding=stage.padding)
            elif stage.kind == "relu":
                now = np.maximum(now, 0)
            else:
                now = pool2d(now, stage.size, stride=stage.stride, padding=stage.padding)
            found.append(now)
        return found

    def scores(self, images: ArrayLike) -> np.ndarray:
        """Score of each digit, the largest for the one recognised.

        Returns
        -------
        (10,) or (N, 10) ndarray

        Raises
        ------
        TypeError, ValueError
            As `activations`.

        Examples
        --------
        >>> from cnncourse.data import digits
        >>> images, labels = digits()
        >>> digits_network().scores(images[-3:, None] / 16).argmax(axis=1).tolist()
        [8, 9, 8]
        >>> labels[-3:].tolist()
        [8, 9, 8]
        """
        return self.activations(images)[-1][..., 0, 0]


def digits_network(epoch: int | None = None) -> DigitsNetwork:
    """Return the network after some epochs of training.

    Parameters
    ----------
    epoch : int, optional
        One of `EPOCHS`; the last if not given.

    Returns
    -------
    DigitsNetwork

    Raises
    ------
    ValueError
        If no weights of that epoch were kept.

    Examples
    --------
    >>> network = digits_network()
    >>> network.epoch, [kernel.shape for kernel in network.kernels]
    (32, [(6, 1, 3, 3), (12, 6, 3, 3), (10, 12, 2, 2)])
    """
    stored = _stored()
    wanted = EPOCHS[-1] if epoch is None else epoch
    if wanted not in EPOCHS:
        raise ValueError(f"epoch must be one of {EPOCHS}, got {epoch!r}")
    at = EPOCHS.index(wanted)
    kernels = [stored[f"kernel{i}"][at] * WEIGHT_STEP for i in range(3)]
    biases = [stored[f"bias{i}"][at] * WEIGHT_STEP for i in range(3)]
    return DigitsNetwork(
        EPOCHS[at], tuple(kernels), tuple(biases), *stored["accuracy"][at].tolist()
    )


def example_digits() -> list[int]:
    """Which of `cnncourse.data.digits` to try it on: two of each, then some it takes for another.

    None of them was learned from.
    """
    found: list[int] = _stored()["examples"].tolist()
    return found


@cache
def _stored() -> dict[str, Any]:
    path = files("cnncourse.networks") / "digits_network.npz"
    with path.open("rb") as file, np.load(file) as packed:
        stored = dict(packed)
    kept = tuple(stored["epochs"].tolist())
    if kept != EPOCHS:
        raise ValueError(f"{path.name} must hold the epochs {EPOCHS}, got {kept}")
    return stored
