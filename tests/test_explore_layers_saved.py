"""The layers explorer on networks of this package: its numbers, the browser's, its defaults."""

import numpy as np
import pytest
import traitlets

from cnncourse.explore import layers
from cnncourse.explore.layers_model import LayersState, scores, seen, terms
from cnncourse.explore.layers_sequential import SIZES, SequentialLayers
from cnncourse.explore.layers_words import describe
from cnncourse.inside import probabilities, receptive_field_of
from cnncourse.networks import WrongNetworkFile, save_networks
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from tests.parity import agree


def drawn_biases(network, seed):
    for values in network.parameters.values():
        if values.ndim == 1:
            values += np.random.default_rng(seed).normal(size=values.shape).astype(values.dtype)
    return network


def strided(seed=0):
    """Every kind of part, none of its arguments the default, for images of 3 x 17 x 13."""
    random = np.random.default_rng(seed)
    return drawn_biases(
        Sequential(
            [
                Convolution(3, 5, (3, 4), stride=(1, 2), padding=((2, 0), (1, 1)), random=random),
                Pool((2, 3), stride=(1, 2), padding=(1, 0), kind="l2"),
                BlurPool(4, stride=(2, 1)),
                Convolution(5, 6, 3, padding="same", random=random),
                Pool(3, stride=(2, 1), padding=1),
                ReLU(),
                Pool((2, 2), stride=1, padding=((1, 0), (0, 1)), kind="average"),
                Flatten(),
                ReLU(),
                Flatten(),
                Dense(60, 11, random=random),
                ReLU(),
                Dense(11, 4, random=random),
            ]
        ),
        seed,
    ), (3, 17, 13)


def digits_like(side, *, blur=False, seed=0):
    """A network such as lesson 07 trains."""
    random = np.random.default_rng(seed)
    pools = [Pool(2, stride=1), BlurPool()] if blur else [Pool(2)]
    left = -(-(side - 1) // 2) if blur else side // 2
    parts = [Convolution(1, 4, 3, padding=1, random=random), *pools, ReLU()]
    parts += [Flatten(), Dense(4 * left * left, 10, random=random)]
    return drawn_biases(Sequential(parts), seed), (1, side, side)


def pooled_only(seed=0):
    """Convolutions down to the scores."""
    random = np.random.default_rng(seed)
    parts = [Convolution(2, 3, 3, random=random), Pool(2), ReLU()]
    return Sequential([*parts, Convolution(3, 5, (3, 2), random=random)]), (2, 8, 6)


NETWORKS = {
    "strided": strided,
    "8 x 8": lambda seed=0: digits_like(8, seed=seed),
    "28 x 28, blurred": lambda seed=0: digits_like(28, blur=True, seed=seed),
    "convolutions": pooled_only,
}


def image_for(shape, seed):
    return np.random.default_rng(seed).normal(size=shape)  # negative, too


def data_of(explorer):
    """What the browser has, as it unpacks it."""
    about = explorer._about
    kind = np.int8 if about["step"] else np.float32
    numbers = np.frombuffer(explorer._weights, dtype=kind).astype(float) * (about["step"] or 1)
    return {**about, "numbers": numbers, "samples": []}


def states(network, image, epoch, count, seed):
    """Random units of all layers."""
    random = np.random.default_rng(seed)
    for i in range(count):
        number = 1 + i % (len(network.layers) - 1)
        at = [int(random.integers(n)) for n in network.layers[number].shape]
        yield LayersState(image, -1, epoch, number, *at, incoming=int(random.integers(4)))


# ---------------------------------------------------------------- the model


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_are_those_of_the_network(name):
    network, shape = NETWORKS[name]()
    model, image = SequentialLayers({0: network}, shape), image_for(shape, 1)
    outputs = model.outputs(image, 0)
    now, made = image[np.newaxis].astype(np.float32), []
    for part in network.parts:
        before, now = now, part.forward(now)
        if not (isinstance(part, Flatten) and before.ndim == 2):
            made.append(now)
    assert len(made) == len(outputs) - 1 == len(model.layers) - 1
    for layer, ours, theirs in zip(model.layers[1:], outputs[1:], made, strict=True):
        assert ours.shape == layer.shape
        np.testing.assert_allclose(ours.ravel(), theirs.ravel(), atol=2e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_terms_make_the_outputs(name):
    network, shape = NETWORKS[name]()
    model, image = SequentialLayers({0: network}, shape), image_for(shape, 2)
    outputs = model.outputs(image, 0)
    for state in states(model, image, 0, 80, seed=3):
        made, kind = terms(model, state, outputs), model.layers[state.layer].kind
        known = made.inputs[np.isfinite(made.inputs)]
        found = {
            "relu": lambda known=known: max(0.0, known[0]),
            "max": known.max,
            "average": known.mean,
            "l2": lambda known=known: np.sqrt((known**2).sum()),
            "flatten": lambda known=known: known[0],
        }.get(kind, lambda made=made: (made.inputs * made.weights).sum() + made.bias)()
        assert found == pytest.approx(made.value, abs=1e-9), kind


def test_a_score_adds_up_the_maps_that_were_put_in_a_row():
    network, shape = digits_like(8)
    explorer = layers(network, image_for(shape, 0))
    names = [layer.name for layer in explorer._network.layers]
    assert names == ["image", "conv 1", "pool 1", "ReLU 1", "flatten", "scores"]
    explorer.layer, explorer.channel = 5, 7
    outputs = explorer._network.outputs(explorer.image, 0)
    made = terms(explorer._network, explorer.state(), outputs)
    assert np.array_equal(made.inputs, outputs[3]), "all of ReLU 1, as maps"
    rows = network.parameters["4.kernel"][7].reshape(4, 4, 4)
    np.testing.assert_allclose(made.sums, (outputs[3] * rows).sum(axis=(1, 2)), atol=1e-9)
    assert "64 products, summed by channel, then the bias: " in explorer.describe()
    explorer.layer, explorer.row, explorer.column = 4, 2, 7
    assert "Layer flatten, number 39 of the 64 in a row: " in explorer.describe()
    assert ", as it was in channel 2, row 1, column 3. It sees" in explorer.describe()
    flat = network[:4].forward(explorer.image[None].astype(np.float32))
    made = terms(explorer._network, explorer.state(), outputs)
    assert flat[0, 39] == pytest.approx(made.value, abs=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_units_see_what_inside_says(name):
    network, shape = NETWORKS[name]()
    model, image = SequentialLayers({0: network}, shape), image_for(shape, 4)
    for state in states(model, image, 0, 60, seed=5):
        layer = model.layers[state.layer]
        part = model._layer_of.index(state.layer)
        place = (state.row, state.column)
        if layer.kind == "flatten" or model.layers[layer.source].kind == "flatten":
            if layer.kind in ("flatten", "relu"):
                place = state.row * layer.shape[2] + state.column
            else:
                place = state.channel
        elif layer.kind == "dense" or (layer.kind == "relu" and layer.shape[1:] == (1, 1)):
            place = state.channel
        field = receptive_field_of(network, part, place, shape)
        expected = (field.rows[0], field.rows[-1], field.columns[0], field.columns[-1])
        assert seen(model, state) == expected, layer.name


def test_the_network_may_be_trained_on_meanwhile():
    network, shape = digits_like(8)
    explorer = layers(network, image_for(shape, 0))
    before, sent = explorer.describe(), explorer._weights
    for values in network.parameters.values():
        values *= 3
    assert explorer.describe() == before
    assert explorer._weights == sent
    assert layers(network, image_for(shape, 0)).describe() != before


# ---------------------------------------------------------------- the browser's numbers


@pytest.mark.parametrize("name", NETWORKS)
def test_browser_agrees(name):
    words = []
    make, calls = NETWORKS[name], []
    moments = {3: make(1)[0], 0: make(2)[0]}
    shape = make()[1]
    explorer = layers(moments, image_for(shape, 6))
    model, data = explorer._network, data_of(explorer)
    for epoch in moments:
        outputs = model.outputs(explorer.image, epoch)
        whole = [{"shape": list(one.shape), "values": one.ravel().tolist()} for one in outputs]
        for i, state in enumerate(states(model, explorer.image, epoch, 14, seed=epoch)):
            made = terms(model, state, outputs)
            expected = {
                "seen": list(seen(model, state)),
                "made": {
                    "inputs": {"values": made.inputs.ravel().tolist()},
                    "sums": made.sums.tolist(),
                    "bias": made.bias,
                    "value": made.value,
                },
                **({} if i else {"outputs": whole}),
            }
            shares = scores(model, outputs)
            if shares is not None:
                expected["verdict"] = {"shares": probabilities(shares[None])[0].tolist()}
            calls.append(("compute", [data, vars(state)], expected))
            words.append(("spoken", [data, vars(state)], describe(model, state)))
    agree("layers_math", calls)
    agree("layers_words", words)


@pytest.mark.parametrize("levels", [16, 255, 0])
def test_bytes_are_sent_where_they_hold_all(levels):
    random = np.random.default_rng(levels)
    shape = (3, 1, 8, 8)
    ink = random.integers(0, levels + 1, shape) / levels if levels else random.normal(size=shape)
    network = digits_like(8)[0]
    for values in network.parameters.values():
        values[...] = np.clip(np.rint(64 * values), -127, 127) / 64 if levels else values
    explorer = layers({1: network}, ink)
    about = explorer._about
    assert (about["levels"], about["step"]) == (levels, 1 / 64 if levels else 0)
    sizes = len(explorer._samples), len(explorer._weights)
    count = sum(values.size for values in network.parameters.values())
    assert sizes == ((192, count) if levels else (4 * 192, 4 * count))
    if levels:
        pixels = np.frombuffer(explorer._samples, "u1").astype(np.float32) / np.float32(levels)
        assert np.array_equal(pixels.astype(float), explorer._examples.ravel())
    weights = np.concatenate([values.ravel() for values in network.parameters.values()])
    assert np.array_equal(data_of(explorer)["numbers"], weights)


# ---------------------------------------------------------------- what it takes, and refuses


def test_a_file_that_the_lesson_saved(tmp_path):
    network, _ = digits_like(8)
    network.save(tmp_path / "my_digits.npz")
    explorer = layers(str(tmp_path / "my_digits.npz"))
    assert explorer.describe() == layers(network).describe()
    assert explorer.epoch == 0 and "seen by the network" not in explorer.describe()
    save_networks(tmp_path / "moments.npz", {0: digits_like(8, seed=1)[0], 12: network})
    moments = layers(tmp_path / "moments.npz", sample=4)
    assert moments.epoch == 12
    assert "seen by the network after 12 epochs of training" in moments.describe()
    moments.epoch = 0
    assert "seen by the network before any training" in moments.describe()
    with pytest.raises(traitlets.TraitError, match=r"epoch must be one of \(0, 12\), got 3"):
        moments.epoch = 3
    (tmp_path / "text.npz").write_text("weights", encoding="utf-8")
    with pytest.raises(WrongNetworkFile, match=r"text\.npz"):
        layers(tmp_path / "text.npz")
    with pytest.raises(FileNotFoundError):
        layers(tmp_path / "none.npz")


@pytest.mark.parametrize("shape", SIZES)
def test_digits_by_default_are_of_the_network_s_size_and_held_out(shape):
    from cnncourse.experiments.learned_digits import digits_split, mnist_5k_split

    explorer = layers(digits_like(shape[1])[0])
    assert explorer._examples.shape[1:] == shape
    assert explorer._labels[:20].tolist() == [*range(10), *range(10)]
    assert explorer.sample == 3 and explorer.label() == 3
    _, (images, labels) = (digits_split if shape == SIZES[0] else mnist_5k_split)()
    known = {image.tobytes(): int(label) for image, label in zip(images, labels, strict=True)}
    found = [known[one.astype(np.float32).tobytes()] for one in explorer._examples]
    assert found == explorer._labels.tolist()
    assert len(set(map(bytes, explorer._examples))) == len(found)
    assert explorer.paper() and explorer._about["digits"]


def test_ink_is_dark_where_images_are_nearly_empty():
    network = Sequential([Convolution(1, 2, 3, random=np.random.default_rng(0))])
    drawing = np.zeros((1, 12, 12))
    drawing[0, 3:8, 4] = 1
    assert layers(network, drawing).paper()
    assert not layers(network, np.random.default_rng(1).random((1, 12, 12))).paper()


class Doubled(ReLU):
    """A part of one's own."""


def of_one_weight(weight):
    """A network whose kernel holds it."""
    made = Sequential([Convolution(1, 2, 3, random=np.random.default_rng(0), dtype=float)])
    made.parameters["0.kernel"][0, 0, 0, 0] = weight
    return made


@pytest.mark.parametrize("part", [ReLU(), Flatten()])
def test_a_network_without_weights_is_shown_with_digits(part):
    assert layers(Sequential([part])).image.shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("network", "images", "error", "words"),
    [
        (Sequential([Flatten(), Dense(5, 2, random=np.random.default_rng(0))]), None,
         ValueError, r"images must be given with this network.*\(1, 8, 8\).*\(1, 28, 28\)"),
        (digits_like(8)[0], np.ones((9, 13)), ValueError, r"an image of shape \(1, 9, 13\)"),
        (digits_like(8)[0], np.ones((2, 8, 8)), ValueError, r"an image of shape \(2, 8, 8\)"),
        (Sequential([Doubled()]), np.ones((8, 8)), ValueError, "part 0 .*, got 'Doubled'"),
        (Sequential([Part()]), np.ones((8, 8)), ValueError, "got 'Part'"),
        (Sequential([Flatten(), Pool((1, 2))]), np.ones((8, 8)), ValueError, "Pool needs an image"),
        (Sequential([Flatten(), Dense(16384, 30, random=np.random.default_rng(0))]),
         np.ones((128, 128)), ValueError, "at most 400000 numbers"),
        ({}, np.ones((8, 8)), TypeError, "one or more epochs .* empty"),
        (of_one_weight(np.nan), None, ValueError, "network's 0.kernel must be finite, got nan"),
        (of_one_weight(1e39), np.ones((8, 8)), ValueError, "network's 0.kernel must be finite"),
        (Sequential([Flatten(), Dense(64, 9000, random=np.random.default_rng(0))]), None,
         ValueError, "at most 400000 numbers"),
        ({0: "net"}, np.ones((8, 8)), TypeError, "Sequentials, got str"),
    ],
)  # fmt: skip
def test_bad_networks(network, images, error, words):
    with pytest.raises(error, match=words):
        layers(network, images)
