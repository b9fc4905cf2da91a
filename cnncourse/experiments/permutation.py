"""Three small networks on handwritten digits: as they are, with pixels in another order, and moved.

A multilayer perceptron ("mlp") treats all pixels alike. Two networks begin with a convolution,
which takes for granted that neighbours belong together; one ("flat") gives each place of the
feature maps weights of its own, the other ("pooled") keeps of each map the largest value alone,
wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import FloatArray, choice, integer, numeric_array
from cnncourse.data.digits import INK, digits
from cnncourse.experiments.training import fit, repeatable

NETWORKS = ("mlp", "flat", "pooled")
"""The kinds of network."""

MARGIN = 2
"""Pixels without ink on each side of a digit, so that a shift by as many loses nothing of it."""

SIDE = 8 + 2 * MARGIN
"""Rows and columns of the picture of a digit."""

SEEDS = (0, 1, 2, 3, 4)
SHIFTS = (0, 1, 2)

EXAMPLES, EPOCHS, BATCH, RATE = 400, 12, 32, 0.01
_HIDDEN, _MAPS, _KERNEL = 32, 32, 5
_CLASSES = 10

Pictures = NDArray[np.float32]


@dataclass(frozen=True, eq=False)  # holds arrays
class Accuracies:
    """Share of the test digits that networks of one kind recognised, seed by seed.

    Attributes
    ----------
    kind : str
        One of `NETWORKS`.
    shifts : tuple of int
        Columns by which the test digits were moved to the right.
    shifted : (seeds, shifts) ndarray
        Learned from digits in the middle, tested on moved ones.
    permuted : (seeds,) ndarray
        Learned from and tested on digits with their pixels in another order.
    """

    kind: str
    shifts: tuple[int, ...]
    shifted: FloatArray
    permuted: FloatArray

    @property
    def plain(self) -> FloatArray:
        """Learned from and tested on digits in the middle, (seeds,)."""
        return self.shifted[:, self.shifts.index(0)]


class Recogniser:
    """A trained network.

    Parameters
    ----------
    kind : str
    model : torch.nn.Module
    """

    def __init__(self, kind: str, model: Any) -> None:
        self.kind = kind
        self.model = model

    @property
    def parameters(self) -> int:
        """How many numbers it has learned, biases counted."""
        return sum(part.numel() for part in self.model.parameters())

    def scores(self, images: ArrayLike) -> Pictures:
        """Scores of the ten digits, the largest for the one recognised.

        Parameters
        ----------
        images : (N, 12, 12) array_like
            As `digit_pictures` gives them.

        Returns
        -------
        (N, 10) float32 ndarray
        """
        import torch

        with torch.no_grad():
            found: Pictures = self.model(_tensor(images)).numpy()
        return found

    def accuracy(self, images: ArrayLike, labels: ArrayLike) -> float:
        """Share of the images that it recognises, 0 to 1."""
        return float((self.scores(images).argmax(axis=1) == np.asarray(labels)).mean())


def digit_pictures() -> tuple[Pictures, NDArray[np.uint8]]:
    """Return the digits of `cnncourse.data.digits` in the middle of a larger picture, and labels.

    Returns
    -------
    images : (1797, 12, 12) float32 ndarray
        Ink from 0 to 1, a margin of 2 pixels without any on all sides.
    labels : (1797,) uint8 ndarray

    Examples
    --------
    >>> images, labels = digit_pictures()
    >>> images.shape, float(images.max()), float(images[:, :2].max())
    ((1797, 12, 12), 1.0, 0.0)
    """
    images, labels = digits()
    sides = (MARGIN, MARGIN)
    return np.pad(images.astype(np.float32) / INK, ((0, 0), sides, sides)), labels


def permute_pixels(images: ArrayLike, seed: int) -> np.ndarray:
    """Put the pixels of every image into the same new order, drawn at random.

    Parameters
    ----------
    images : (..., H, W) array_like
    seed : int
        The same seed gives the same order.

    Returns
    -------
    (..., H, W) ndarray

    Raises
    ------
    ValueError
        If `images` has fewer than two axes.

    Examples
    --------
    >>> permute_pixels([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], seed=0).tolist()
    [[[3, 1], [2, 4]], [[7, 5], [6, 8]]]
    """
    array = np.asarray(images)
    if array.ndim < 2:
        raise ValueError(f"images must be (..., H, W), got shape {array.shape}")
    order = np.random.default_rng(seed).permutation(array.shape[-2] * array.shape[-1])
    return array.reshape(*array.shape[:-2], -1)[..., order].reshape(array.shape)


def train(
    kind: str,
    images: ArrayLike,
    labels: ArrayLike,
    *,
    seed: int,
    epochs: int = EPOCHS,
) -> Recogniser:
    """Train a network from a random start; the same seed gives the same start and order of images.

    Cross-entropy is minimised by Adam (D. P. Kingma and J. Ba, ICLR 2015), step 0.01, 32 images at
    a time, on one processor core. The convolution, 32 kernels of 5 x 5, wraps around at the border,
    so that a moved picture leads to moved feature maps and nothing else.

    Parameters
    ----------
    kind : str
        "mlp", "flat" or "pooled".
    images : (N, 12, 12) array_like
        Ink from 0 to 1.
    labels : (N,) array_like
        The digits, 0 to 9.
    seed : int
    epochs : int
        How often each image is learned from.

    Returns
    -------
    Recogniser

    Raises
    ------
    ValueError
        If `kind` is none of these, the images have another size, or there are not as many labels.
    """
    import torch

    choice("kind", kind, NETWORKS)
    integer("epochs", epochs)
    inputs = _tensor(images)
    truth = torch.as_tensor(np.asarray(labels).astype(np.int64))
    if len(truth) != len(inputs):
        raise ValueError(f"labels must be one for each of {len(inputs)} images, got {len(truth)}")
    with repeatable():
        torch.manual_seed(seed)
        model = _network(kind)
        optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
        batches = (b for _ in range(epochs) for b in torch.randperm(len(inputs)).split(BATCH))
        fit(model, optimiser, inputs, truth, batches)
    return Recogniser(kind, model)


def permutation_experiment(
    kinds: Iterable[str] = NETWORKS,
    *,
    seeds: Sequence[int] = SEEDS,
    shifts: Sequence[int] = SHIFTS,
    examples: int = EXAMPLES,
    epochs: int = EPOCHS,
) -> dict[str, Accuracies]:
    """Train each kind of network on digits, and once more on digits with their pixels permuted.

    In each run all digits, for learning and for testing, have their pixels in the same new order;
    another run has another order. Some ten seconds.

    Parameters
    ----------
    kinds : iterable of str
        From `NETWORKS`.
    seeds : sequence of int
        One run each.
    shifts : sequence of int
        Columns by which test digits are moved to the right; 0 among them.
    examples : int
        Digits to learn from, the first ones; all others are for testing.
    epochs : int

    Returns
    -------
    dict of str to Accuracies
        By kind.

    Raises
    ------
    ValueError
        If `shifts` lacks 0, or an argument is out of range.
    """
    if 0 not in shifts:
        raise ValueError(f"shifts must hold 0, the digit in its place, got {tuple(shifts)}")
    images, labels = digit_pictures()
    if not 1 <= integer("examples", examples) < len(images):
        raise ValueError(f"examples must be 1 to {len(images) - 1}, got {examples}")
    learned, tested = slice(0, examples), slice(examples, None)
    found = {}
    for kind in kinds:
        rows, permuted = [], []
        for seed in seeds:
            one = train(kind, images[learned], labels[learned], seed=seed, epochs=epochs)
            moved = (np.roll(images[tested], shift, axis=2) for shift in shifts)
            rows.append([one.accuracy(test, labels[tested]) for test in moved])
            other = permute_pixels(images, seed)
            one = train(kind, other[learned], labels[learned], seed=seed, epochs=epochs)
            permuted.append(one.accuracy(other[tested], labels[tested]))
        found[kind] = Accuracies(kind, tuple(shifts), np.array(rows), np.array(permuted))
    return found


def _network(kind: str) -> Any:
    from torch import nn

    if kind == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE * SIDE, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, _CLASSES)
        )
    around = _KERNEL // 2
    body = (
        nn.Conv2d(1, _MAPS, _KERNEL, padding=around, padding_mode="circular"),
        nn.ReLU(),
    )
    if kind == "flat":
        return nn.Sequential(*body, nn.Flatten(), nn.Linear(_MAPS * SIDE * SIDE, _CLASSES))
    largest = nn.AdaptiveMaxPool2d(1)
    return nn.Sequential(*body, largest, nn.Flatten(), nn.Linear(_MAPS, _CLASSES))


def _tensor(images: ArrayLike) -> Any:
    """Images as a torch tensor of one channel, (N, 1, 12, 12)."""
    import torch

    array = numeric_array("images", images, ndim=3, layouts=f"(N, {SIDE}, {SIDE})")
    if array.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"images must be (N, {SIDE}, {SIDE}), got shape {array.shape}")
    return torch.as_tensor(np.ascontiguousarray(array[:, None], dtype=np.float32))
