"""The recipes: the same network in NumPy and torch, the splits, and that digits are learned."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from cnncourse.experiments import learned_digits as learned


@pytest.mark.parametrize("recipe", [learned.DIGITS, learned.MNIST_5K, learned.MNIST])
def test_both_libraries_learn_alike(recipe):
    pytest.importorskip("torch")
    data = learned.digits_split() if recipe.side == 8 else learned.mnist_5k_split()
    (images, labels), (others, names) = data
    small = (images[:200], labels[:200]), (others[:50], names[:50])
    short = replace(recipe, epochs=2)
    one = learned.learn(short, small, seed=3)
    other = learned.learn(short, small, library="torch", seed=3)
    assert one.history.losses[1] < one.history.losses[0]
    np.testing.assert_allclose(one.history.losses, other.history.losses, rtol=0.02)
    assert one.accuracy == one.learner.accuracy(*small[1])


def test_splits_share_no_image():
    for (images, labels), (others, names) in (learned.digits_split(), learned.mnist_5k_split()):
        assert images.dtype == np.float32 and images.min() == 0 and images.max() == 1
        assert len(images) == len(labels) and len(others) == len(names)
        seen = {image.tobytes() for image in images}
        assert not seen & {image.tobytes() for image in others}
    assert [len(part[1]) for part in learned.digits_split()] == [1297, 500]
    assert np.bincount(learned.mnist_5k_split()[1][1]).tolist() == [100] * 10


def test_all_of_mnist_has_the_same_form(monkeypatch):
    images = np.arange(7, dtype=np.uint8)[:, None, None] + np.full((7, 28, 28), 200, np.uint8)
    monkeypatch.setattr(learned, "mnist", lambda folder: (images, np.arange(7, dtype=np.uint8)))
    monkeypatch.setattr(learned, "MNIST_TRAINING", 5)
    (first, labels), (others, names) = learned.mnist_split()
    assert first.shape == (5, 1, 28, 28) and others.shape == (2, 1, 28, 28)
    assert labels.tolist() == [0, 1, 2, 3, 4] and names.tolist() == [5, 6]
    assert others[1, 0, 0, 0] == np.float32(206) / np.float32(255)
    assert import_module("cnncourse.data.mnist").MNIST_TRAINING == 60_000


def test_digits_are_learned():
    found = learned.learn_digits()
    assert found.accuracy >= 0.975  # 98 % and more, as measured; another BLAS may round otherwise
    assert found.seconds > 0
    assert str(found).startswith("30 epochs: loss ")


def test_all_of_mnist_follows_the_recipe_of_the_5000():
    assert replace(learned.MNIST, epochs=learned.MNIST_5K.epochs) == learned.MNIST_5K


@pytest.mark.parametrize(
    ("call", "recipe", "expected"),
    [
        (lambda: learned.learn_mnist_5k("torch", 3), "MNIST_5K", "the 5000"),
        (lambda: learned.learn_mnist("torch", 3, "here"), "MNIST", "all in here"),
    ],
)
def test_the_larger_choices_pass_on_what_they_are_given(monkeypatch, call, recipe, expected):
    monkeypatch.setattr(learned, "mnist_5k_split", lambda: "the 5000")
    monkeypatch.setattr(learned, "mnist_split", lambda folder: f"all in {folder}")
    monkeypatch.setattr(learned, "learn", lambda *given, **named: (given, named))
    given, named = call()
    assert given == (getattr(learned, recipe), expected)
    assert named == {"library": "torch", "seed": 3}


def test_a_library_that_is_none_is_said():
    with pytest.raises(ValueError, match="library must be"):
        learned.learn_digits("jax")
