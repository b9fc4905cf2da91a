"""The trained network: what it says of itself, and that PyTorch computes the same."""

import importlib
from importlib.resources import files

import numpy as np
import pytest

from cnncourse.data import digits
from cnncourse.data.digits import INK, TRAINING
from cnncourse.networks import digits_network
from cnncourse.networks.digits_network import (
    EPOCHS,
    STAGES,
    WEIGHT_STEP,
    example_digits,
)

IMAGES, LABELS = digits()
INPUT = IMAGES[:, None] / INK


@pytest.mark.parametrize("epoch", EPOCHS)
def test_accuracies_are_as_measured(epoch):
    network = digits_network(epoch)
    right = network.scores(INPUT).argmax(axis=1) == LABELS
    assert network.training_accuracy == pytest.approx(right[:TRAINING].mean(), abs=1e-9)
    assert network.test_accuracy == pytest.approx(right[TRAINING:].mean(), abs=1e-9)


def test_it_begins_by_guessing_and_ends_above_95_percent():
    assert digits_network(0).test_accuracy < 0.2
    assert digits_network().epoch == EPOCHS[-1]
    assert digits_network().test_accuracy >= 0.95


@pytest.mark.parametrize("epoch", EPOCHS)
def test_pytorch_computes_the_same(epoch):
    torch = pytest.importorskip("torch")
    network = digits_network(epoch)
    now = torch.from_numpy(np.random.default_rng(epoch).normal(size=(3, 1, 8, 8))).float()
    parameters = iter(zip(network.kernels, network.biases, strict=True))
    outputs = network.activations(now.numpy().astype(float))
    for stage, output in zip(STAGES, outputs, strict=True):
        if stage.kind == "conv":
            kernel, bias = (torch.from_numpy(part).float() for part in next(parameters))
            now = torch.nn.functional.conv2d(now, kernel, bias, stage.stride, stage.padding)
        elif stage.kind == "relu":
            now = torch.relu(now)
        else:
            now = torch.nn.functional.max_pool2d(now, stage.size, stage.stride)
        assert np.allclose(output, now.numpy(), atol=1e-4, rtol=1e-4)


def test_weights_are_whole_steps():
    for epoch in EPOCHS:
        network = digits_network(epoch)
        parts = (*network.kernels, *network.biases)
        assert sum(part.size for part in parts) == 1210
        assert all((part / WEIGHT_STEP == np.round(part / WEIGHT_STEP)).all() for part in parts)


def test_examples_were_not_learned_from_and_the_last_are_mistaken():
    chosen = example_digits()
    assert min(chosen) >= TRAINING
    assert len(set(chosen)) == len(chosen) == 24
    seen = digits_network().scores(INPUT[chosen]).argmax(axis=1)
    assert (seen == LABELS[chosen]).tolist() == [True] * 20 + [False] * 4
    assert LABELS[chosen[:20]].tolist() == [*range(10), *range(10)]


def test_a_file_of_other_epochs_is_refused(monkeypatch):
    module = importlib.import_module("cnncourse.networks.digits_network")
    module._stored.cache_clear()
    monkeypatch.setattr(module, "EPOCHS", (0, 1))
    with pytest.raises(ValueError, match=r"must hold the epochs \(0, 1\), got \(0, 1, 2, 4"):
        digits_network(1)


def test_file_is_small():
    assert len((files("cnncourse.networks") / "digits_network.npz").read_bytes()) < 25_000


@pytest.mark.parametrize("epoch", [3, -1, 16.5, "last"])
def test_epochs_that_were_not_kept_are_refused(epoch):
    with pytest.raises(ValueError, match="epoch must be one of"):
        digits_network(epoch)


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"images must be \(\.\.\., 1, 8, 8\)"):
        digits_network().scores(np.zeros((8, 8)))
