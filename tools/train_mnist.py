"""Train the small network for MNIST's digits that ships: ``python tools/train_mnist.py [file]``.

Seeded, with this package's own training, in about a minute on one processor core. Weights are whole
multiples of 1/64, and stored in two bytes each: both keep the file small. Images are moved by up to
three pixels, since a mouse draws in no middle.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cnncourse.experiments.learned_digits import mnist_5k_split
from cnncourse.networks.digits_network import WEIGHT_STEP
from cnncourse.networks.fitting import fit
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.sequential import Sequential
from cnncourse.networks.stored import save_networks

TARGET = Path(__file__).resolve().parents[1] / "cnncourse" / "networks" / "mnist_network.npz"
KEPT = (0, 1, 4, 24)
SEED, BATCH, RATE, DECAY, SHIFT = 0, 64, 0.006, 0.01, 3


class Watched(NumpyLearner):
    """Keeps the weights of each epoch, when the images held out are looked at."""

    def __init__(self, network: Sequential) -> None:
        super().__init__(network, Adam(RATE, decay=DECAY))
        self.moments = [self.weights()]

    def test(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Keep, then look."""
        self.moments.append(self.weights())
        return super().test(images, labels)


def network() -> Sequential:
    """Two rounds of convolution, maximum and ReLU; ten scores of all that is left."""
    random = np.random.default_rng(SEED)
    return Sequential(
        [
            Convolution(1, 8, 3, random=random),
            ReLU(),
            Pool(2),
            Convolution(8, 16, 3, random=random),
            ReLU(),
            Pool(2),
            Flatten(),
            Dense(400, 10, random=random),
        ]
    )


def rounded(weights: dict[str, np.ndarray]) -> Sequential:
    """The network with its weights in whole steps."""
    made = network()
    steps = {name: np.rint(values / WEIGHT_STEP) for name, values in weights.items()}
    assert max(np.abs(part).max() for part in steps.values()) <= 127, "a weight needs two bytes"
    made.load({name: part * WEIGHT_STEP for name, part in steps.items()})
    return made


def train(target: Path) -> None:
    """Train, and write what `cnncourse.networks.mnist_networks` reads."""
    learned, held_out = mnist_5k_split()
    learner = Watched(network())
    fit(
        learner,
        *learned,
        epochs=KEPT[-1],
        batch=BATCH,
        seed=SEED,
        schedule=Schedule("cosine", warm_up=1),
        shift=SHIFT,
        held_out=held_out,
    )
    moments = {epoch: rounded(learner.moments[epoch]) for epoch in KEPT}
    for epoch, moment in moments.items():
        print(f"epoch {epoch}: {moment.accuracy(*held_out):.1%} of the images held out")
        for part in moment.parts:
            part.parameters = {name: a.astype("f2") for name, a in part.parameters.items()}
    save_networks(target, moments)
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    train(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
