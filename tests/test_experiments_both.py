"""The network trained twice: against our own in NumPy, and the frameworks against each other."""

import numpy as np
import pytest
import torch

from cnncourse import definitions
from cnncourse.data import digits
from cnncourse.experiments import both_networks, both_trained
from cnncourse.experiments.arguments_shared import WITHOUT_KERAS
from cnncourse.experiments.both_trained import train_both, train_in_torch
from cnncourse.frameworks.present import has_tensorflow

needs_tensorflow = pytest.mark.skipif(not has_tensorflow(), reason="TensorFlow is not installed")
STEPS = both_trained.EXAMPLES // both_trained.BATCH


@pytest.fixture(scope="module")
def both():
    return train_both(1)


def test_torch_s_half_learns_as_our_own_network_does(both):
    # Parts, loss and optimiser in NumPy have tests of their own against finite differences.
    run, ours = (both.runs[who, "float64"] for who in ("torch", "ours"))
    np.testing.assert_allclose(run.losses, ours.losses, rtol=1e-11)
    assert run.distance(ours)[-1] < 1e-12
    assert run.accuracy == ours.accuracy


def test_the_first_loss_is_that_of_the_lecture_s_sums(both):
    # Eq. 6 as loops, pooling and the loss by hand, on the first batch.
    first = both_networks.first_weights(both_trained.SEED)
    kernels, biases = first[::2], first[1::2]
    images, labels = digits()
    batch = next(both_trained.batches(both_trained.SEED))
    losses = []
    for image, label in zip(images[batch] / 16, labels[batch], strict=True):
        maps = image[None]
        for kernel, bias in zip(kernels[:2], biases[:2], strict=True):
            sums = definitions.conv2d(maps, kernel.astype(float), padding=1) + bias[:, None, None]
            maps = definitions.pool2d(np.maximum(sums, 0), 2)
        scores = kernels[2] @ maps.ravel() + biases[2]
        losses.append(np.log(np.exp(scores).sum()) - scores[label])
    for (_, kind), run in both.runs.items():
        assert run.losses[0] == pytest.approx(np.mean(losses), rel=1e-5 if "32" in kind else 1e-12)


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
    again, other = (train_in_torch(1, seed, "float32") for seed in (both_trained.SEED, 1))
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
    start = next(i for i, line in enumerate(lines) if line.startswith("How far they part"))
    named = {line.strip()[:26].strip(): line.split()[-2:] for line in lines[start + 1 :]}
    assert list(named) == list(both.gaps) == list(both.distances)
    for name, bounds in named.items():
        # The least power of ten with room for two and a half times as much, of both.
        for bound, found in zip(
            bounds, (both.gaps[name].max(), both.distances[name][-1]), strict=True
        ):
            assert float(bound) / 10 < 2.5 * found <= float(bound)


def test_without_tensorflow_torch_s_half_runs(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    found = train_both(1)
    assert [who for who, _ in found.runs] == ["torch", "torch", "ours"]
    assert list(found.losses) == ["torch"]
    assert list(found.gaps) == ["float64: torch and ours", "torch: float32 and float64"]
    assert WITHOUT_KERAS in str(found).splitlines()


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
