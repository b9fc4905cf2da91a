"""Small networks on digits: repeatable, blind to what they should be blind to; tiny runs only."""

import numpy as np
import pytest
import torch

from cnncourse.experiments.permutation import (
    MARGIN,
    NETWORKS,
    SIDE,
    digit_pictures,
    permutation_experiment,
    permute_pixels,
    train,
)

IMAGES, LABELS = digit_pictures()
every_kind = pytest.mark.parametrize("kind", NETWORKS)


def tiny(kind, seed=0, count=40, epochs=1):
    return train(kind, IMAGES[:count], LABELS[:count], seed=seed, epochs=epochs)


def test_digits_stand_in_the_middle_of_a_margin():
    assert IMAGES.shape == (len(LABELS), SIDE, SIDE)
    framed = IMAGES.copy()
    framed[:, MARGIN:-MARGIN, MARGIN:-MARGIN] = 0
    assert not framed.any()
    assert IMAGES.any(axis=(1, 2)).all()


def test_permuted_pixels_are_the_same_ones_in_one_new_order():
    numbered = np.arange(3 * 12).reshape(3, 3, 4)
    permuted = permute_pixels(numbered, seed=2)
    assert permuted.shape == numbered.shape
    assert sorted(permuted[0].ravel()) == list(range(12))
    np.testing.assert_array_equal(permuted[1] - permuted[0], np.full((3, 4), 12))
    assert (permuted != numbered).any()
    np.testing.assert_array_equal(permuted, permute_pixels(numbered, seed=2))
    assert (permuted != permute_pixels(numbered, seed=3)).any()
    with pytest.raises(ValueError, match=r"images must be \(\.\.\., H, W\), got shape \(4,\)"):
        permute_pixels(np.zeros(4), seed=0)


@every_kind
def test_same_seed_same_network_and_another_seed_another(kind):
    first, again, other = tiny(kind), tiny(kind), tiny(kind, seed=1)
    scores = first.scores(IMAGES[:5])
    assert scores.shape == (5, 10)
    np.testing.assert_array_equal(scores, again.scores(IMAGES[:5]))
    assert np.abs(scores - other.scores(IMAGES[:5])).max() > 0.01


@every_kind
def test_learns_what_it_is_shown(kind):
    learned, start = tiny(kind, count=60, epochs=40), tiny(kind, count=60, epochs=1)
    assert learned.accuracy(IMAGES[:60], LABELS[:60]) > 0.9
    assert start.accuracy(IMAGES[:60], LABELS[:60]) < 0.8


def test_parameters_are_those_of_the_layers():
    pixels, maps, taps = SIDE * SIDE, 32, 25
    assert tiny("mlp").parameters == (pixels + 1) * 32 + 33 * 10
    assert tiny("flat").parameters == (taps + 1) * maps + (maps * pixels + 1) * 10
    assert tiny("pooled").parameters == (taps + 1) * maps + (maps + 1) * 10


def test_the_pooled_network_does_not_see_a_shift_and_the_others_do():
    moved = np.roll(IMAGES[:20], (1, 2), axis=(1, 2))
    for kind in NETWORKS:
        network = tiny(kind)
        change = np.abs(network.scores(moved) - network.scores(IMAGES[:20])).max()
        assert (change < 1e-5) == (kind == "pooled")


def test_an_mlp_with_its_weights_permuted_reads_permuted_pixels():
    network = tiny("mlp")
    before = network.scores(IMAGES[:20])
    weights = network.model[1].weight
    with torch.no_grad():
        columns = permute_pixels(weights.numpy().reshape(-1, SIDE, SIDE), seed=4)
        weights.copy_(torch.from_numpy(columns.reshape(weights.shape)))
    after = network.scores(permute_pixels(IMAGES[:20], seed=4))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_leaves_the_learners_random_numbers_and_threads_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    threads = torch.get_num_threads()
    tiny("mlp")
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


def test_the_experiment_is_repeatable_and_says_what_it_measured():
    arguments = {"seeds": (3, 4), "shifts": (0, 2), "examples": 60, "epochs": 5}
    found = permutation_experiment(("mlp", "pooled"), **arguments)
    again = permutation_experiment(("mlp", "pooled"), **arguments)
    assert list(found) == ["mlp", "pooled"]
    for kind, one in found.items():
        assert one.shifted.shape == (2, 2)
        assert one.permuted.shape == one.plain.shape == (2,)
        np.testing.assert_array_equal(one.shifted, again[kind].shifted)
        np.testing.assert_array_equal(one.permuted, again[kind].permuted)

    np.testing.assert_array_equal(found["pooled"].shifted[:, 0], found["pooled"].shifted[:, 1])
    alone = train("mlp", IMAGES[:60], LABELS[:60], seed=4, epochs=5)
    assert found["mlp"].plain[1] == alone.accuracy(IMAGES[60:], LABELS[60:])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tiny("cnn"), "kind must be 'mlp', 'flat' or 'pooled', got 'cnn'"),
        (lambda: train("mlp", IMAGES[:3, 2:], LABELS[:3], seed=0), r"images must be \(N, 12, 12\)"),
        (lambda: train("mlp", IMAGES[:3], LABELS[:2], seed=0), "labels must be one for each of 3"),
        (lambda: tiny("mlp", epochs=0), "epochs must be a positive integer"),
        (lambda: permutation_experiment(shifts=(1, 2)), r"shifts must hold 0.*got \(1, 2\)"),
        (lambda: permutation_experiment(examples=5000), "examples must be 1 to 1796, got 5000"),
    ],
)
def test_refuses(call, words):
    with pytest.raises(ValueError, match=words):
        call()
