"""The network trained twice: against our own in NumPy, and the frameworks against each other."""

import numpy as np
import pytest
import torch

from cnncourse.data import digits
from cnncourse.experiments import both_networks, both_trained
from cnncourse.experiments.both_trained import train_both, train_in_torch
from cnncourse.frameworks.present import HOW_TO_INSTALL, has_tensorflow
from cnncourse.networks.optimisers import Momentum
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential

needs_tensorflow = pytest.mark.skipif(not has_tensorflow(), reason="TensorFlow is not installed")
STEPS = both_trained.EXAMPLES // both_trained.BATCH


def in_numpy(seed):
    """The same network, of this course's own parts; its losses and weights after one epoch."""
    random = np.random.default_rng(0)
    network = Sequential(
        [
            Convolution(1, 8, 3, padding=1, random=random, dtype=np.float64),
            ReLU(),
            Pool(2),
            Convolution(8, 16, 3, padding=1, random=random, dtype=np.float64),
            ReLU(),
            Pool(2),
            Flatten(),
            Dense(64, 10, random=random, dtype=np.float64),
        ]
    )
    network.load(dict(zip(network.parameters, both_networks.first_weights(seed), strict=True)))
    optimiser = Momentum(1 / 16, 0.875)
    images, labels = digits()
    order, losses = both_trained.batches(seed), []
    for _ in range(STEPS):
        batch = next(order)
        losses.append(network.loss(images[batch, None] / 16, labels[batch]))
        optimiser.step(network.parameters, network.gradients)
    accuracy = network.accuracy(images[1280:, None] / 16, labels[1280:])
    return losses, list(network.parameters.values()), accuracy


@pytest.fixture(scope="module")
def both():
    return train_both(1)


def test_torch_s_half_learns_as_our_own_network_does(both):
    losses, weights, accuracy = in_numpy(seed=0)
    run = both.runs["torch", "float64"]
    np.testing.assert_allclose(run.losses, losses, rtol=1e-11)
    for theirs, ours in zip(run.weights[-1], weights, strict=True):
        np.testing.assert_allclose(theirs, ours, atol=1e-12)
    assert run.accuracy == accuracy


@needs_tensorflow
def test_both_frameworks_learn_the_same(both):
    distances = {name: gap[-1] for name, gap in both.distances.items()}
    assert distances["float64: torch and Keras"] < 1e-12
    assert 1e-9 < distances["float32: torch and Keras"] < 1e-4  # another order, so not the same
    gaps = both.gaps
    assert gaps["float64: torch and Keras"].max() < 1e-12
    assert gaps["float32: torch and Keras"].max() < 1e-4
    assert len({run.accuracy for run in both.runs.values()}) == 1
    dtypes = {
        (key[1], str(part.dtype)) for key, run in both.runs.items() for part in run.weights[0]
    }
    assert dtypes == {("float32", "float32"), ("float64", "float64")}


@needs_tensorflow
def test_keras_starts_with_the_same_scores(both):
    images = digits()[0][:7, None] / 16
    weights = both_networks.first_weights(5)
    with torch.no_grad():
        expected = both_networks.torch_network(weights, "float64")(torch.from_numpy(images))
    network = both_networks.keras_network(weights, "float64")
    np.testing.assert_allclose(network(images.transpose(0, 2, 3, 1)), expected, atol=1e-12)
    # Weights there and back are the same ones.
    for back, there in zip(
        both_networks.weights_in_torch_s_layout(network.get_weights()), weights, strict=True
    ):
        np.testing.assert_array_equal(back, there)


def test_it_learns():
    run = train_in_torch(2, 0, "float32")
    assert run.losses.shape == (2 * STEPS,)
    assert run.losses[:5].mean() > 2
    assert run.losses[-STEPS:].mean() < 0.5
    assert run.accuracy > 0.85


def test_a_run_repeats_and_another_seed_is_another(both):
    run = both.runs["torch", "float32"]
    again, other = (train_in_torch(1, seed, "float32") for seed in (0, 1))
    np.testing.assert_array_equal(run.losses, again.losses)
    assert run.distance(again).tolist() == [0]
    assert run.distance(other)[0] > 0.1


def test_each_epoch_sees_every_digit_once_in_a_new_order():
    order = both_trained.batches(3)
    first, second = (np.concatenate([next(order) for _ in range(STEPS)]) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(1280))
    assert (first != second).any()


def test_what_it_says_is_what_was_measured(both):
    lines = str(both).splitlines()
    run = both.runs["torch", "float32"]
    assert f"loss {run.losses[0]:.2f} at first, {run.losses.mean():.2f} in the last" in lines[0]
    assert f"{100 * run.accuracy:.0f} % of the other digits" in lines[0]
    named = {line.strip()[:26].strip(): float(line.split()[-1]) for line in lines[3:]}
    assert set(named) == set(both.distances)
    for name, bound in named.items():
        assert bound / 1e4 < both.distances[name][-1] <= bound


def test_without_tensorflow_torch_s_half_runs(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    found = train_both(1)
    assert list(found.runs) == [("torch", "float32"), ("torch", "float64")]
    assert list(found.losses) == ["torch"]
    assert list(found.gaps) == ["torch: float32 and float64"]
    assert HOW_TO_INSTALL in str(found)


def test_neither_random_numbers_nor_threads_are_touched():
    torch.manual_seed(3)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    train_in_torch(1, 0, "float32")
    assert torch.equal(state, torch.get_rng_state())
    assert threads == torch.get_num_threads()


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"seed": -1}])
def test_what_it_cannot_do_it_says(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        train_both(**wrong)
