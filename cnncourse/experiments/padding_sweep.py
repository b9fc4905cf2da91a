"""How much padding is best for reading digits? One small network, trained with several amounts.

The lecture ("Zero padding", last point) says that the best amount usually lies between "valid" and
"same", without a source; Goodfellow, Bengio and Courville (2016), section 9.5, say so too, and give
no measurement either. Here it is tested. The network has one convolution of 5 x 5 taps, a ReLU and
a head of one of two kinds, since the head decides how much of the padding reaches the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.data.digits import INK, digits
from cnncourse.experiments.training import fit, repeatable
from cnncourse.shapes import conv_output_size

if TYPE_CHECKING:
    import torch

KERNEL = 5
"""Taps along each axis: "valid" is padding 0, "same" 2, "full" 4."""

HEADS = ("dense", "average")
"""All numbers of the maps side by side, or the mean of each quarter of a map; then ten scores."""

SIDE, CLASSES, QUARTERS = 8, 10, 4
TRAINING, EPOCHS, BATCH, RATE = 200, 20, 50, 0.02


def parameter_count(padding: int, *, head: str = "dense", channels: int = 8) -> int:
    """Count what the network learns: with a dense head, more padding makes it larger.

    Parameters
    ----------
    padding : int
        Zeros at each side of the image, 0 to 4.
    head : {"dense", "average"}, default "dense"
    channels : int, default 8
        Output channels of the convolution.

    Returns
    -------
    int
        Weights and biases.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> parameter_count(0), parameter_count(2), parameter_count(0, head="average")
    (1498, 5338, 538)
    """
    _check(padding, head)
    channels = integer("channels", channels)
    convolution = channels * (KERNEL * KERNEL + 1)
    return convolution + (channels * _cells(padding, head) + 1) * CLASSES


def padding_sweep(
    paddings: Sequence[int],
    *,
    seeds: int = 10,
    head: str = "dense",
    channels: int = 8,
    inverted: bool = False,
    epochs: int = EPOCHS,
    first: int = 0,
) -> FloatArray:
    """Train the network with each amount of padding, several times; give the share it recognises.

    A seed draws 200 digits to learn from, the starting weights and the order of the digits. All
    paddings of one seed share the digits, the order and the kernels to start with, so that their
    accuracies may be compared in pairs. The other 1597 digits test it; nothing was chosen by them.

    Parameters
    ----------
    paddings : sequence of int
        Zeros at each side, 0 ("valid") to 4 ("full"); 2 is "same".
    seeds : int, default 10
        Runs of each.
    head : {"dense", "average"}, default "dense"
        "dense": a weight for each number of the maps. "average": each map is cut into four
        quarters, whose means count; the padding then changes no number of weights.
    channels : int, default 8
        Output channels of the convolution.
    inverted : bool, default False
        Swap ink and paper, so that zeros are ink.
    epochs : int, default 20
        Passes through the 200 digits.
    first : int, default 0
        The first seed; the others follow. Other seeds are another experiment.

    Returns
    -------
    accuracy : (len(paddings), seeds) ndarray
        Share of the test digits recognised, per cent.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> padding_sweep([0, 2], seeds=3, epochs=1).shape
    (2, 3)
    """
    for padding in paddings:
        _check(padding, head)
    integer("seeds", seeds)
    integer("channels", channels)
    integer("epochs", epochs, minimum=0)
    numbers = range(integer("first", first, minimum=0), first + seeds)
    import torch

    ink, truth = digits()
    pixels = (INK - ink if inverted else ink).astype(np.float32) / INK
    images, labels = torch.from_numpy(pixels[:, None]), torch.from_numpy(truth.astype(np.int64))
    with repeatable():
        accuracy = [
            [_one_run(p, head, channels, seed, epochs, images, labels) for seed in numbers]
            for p in paddings
        ]
    return np.array(accuracy)


def _one_run(
    padding: int,
    head: str,
    channels: int,
    seed: int,
    epochs: int,
    images: torch.Tensor,
    labels: torch.Tensor,
) -> float:
    import torch

    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=random)
    training, test = order[:TRAINING], order[TRAINING:]
    torch.manual_seed(seed)
    model = _network(padding, head, channels)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    batches = (
        batch
        for _ in range(epochs)
        for batch in training[torch.randperm(TRAINING, generator=random)].split(BATCH)
    )
    fit(model, optimiser, images, labels, batches)
    with torch.no_grad():
        right = model(images[test]).argmax(1) == labels[test]
    return 100 * float(right.double().mean())


def _network(padding: int, head: str, channels: int) -> torch.nn.Sequential:
    """Build it; the convolution first, so that its start depends on the seed only."""
    from torch import nn

    layers: list[nn.Module] = [nn.Conv2d(1, channels, KERNEL, padding=padding), nn.ReLU()]
    if head == "average":
        layers.append(nn.AdaptiveAvgPool2d(2))
    layers += [nn.Flatten(), nn.Linear(channels * _cells(padding, head), CLASSES)]
    return nn.Sequential(*layers)


def _cells(padding: int, head: str) -> int:
    """How many numbers of each map reach the head."""
    side = conv_output_size(SIDE, KERNEL, padding=padding)
    return QUARTERS if head == "average" else side * side


def _check(padding: int, head: str) -> None:
    choice("head", head, HEADS)
    if integer("padding", padding, minimum=0) >= KERNEL:
        raise ValueError(f"padding must be at most {KERNEL - 1}, which is full, got {padding}")
