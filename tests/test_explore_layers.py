"""The layers explorer: its numbers against PyTorch and the definition, its state, its words."""

import numpy as np
import pytest
import traitlets

from cnncourse.data import digits
from cnncourse.explore import EXPLORERS, layers
from cnncourse.explore.arrays import packed
from cnncourse.explore.layers_model import (
    DigitsLayers,
    LayersState,
    clamped,
    scores,
    seen,
    terms,
)
from cnncourse.explore.layers_words import describe
from cnncourse.inside import probabilities
from cnncourse.networks.digits_network import EPOCHS, digits_network
from tests.parity import agree

BUILT_IN = DigitsLayers()


def drawn(seed):
    """Random states of the course's network, own images among them."""
    random = np.random.default_rng(seed)
    image = random.random((1, 8, 8)) * (random.random((1, 8, 8)) < 0.4)
    at = {name: int(random.integers(0, 12)) for name in ("channel", "row", "column", "incoming")}
    return LayersState(
        image, epoch=int(random.choice(EPOCHS)), layer=int(random.integers(1, 8)), **at
    )


def of(explorer):
    """What the browser computes with: data and state, as it unpacks them."""
    about = explorer._about
    kind = np.int8 if about["step"] else np.float32
    numbers = np.frombuffer(explorer._weights, dtype=kind).astype(float)
    data = {**about, "numbers": numbers * (about["step"] or 1)}
    return data, {**vars(explorer.state())}


# ---------------------------------------------------------------- the model


@pytest.mark.parametrize("seed", range(20))
def test_terms_make_the_output(seed):
    state = drawn(seed)
    outputs = BUILT_IN.outputs(state.image, state.epoch)
    number, channel, row, column = clamped(BUILT_IN.layers, state)
    made = terms(BUILT_IN, state, outputs)
    expected = outputs[number][channel, row, column]
    assert made.value == expected
    if made.weights is None:
        assert np.nanmax([0, *made.inputs.ravel()]) == pytest.approx(expected)
    else:
        products = (made.inputs * made.weights).sum()
        assert products + made.bias == pytest.approx(expected, abs=1e-12)
        assert made.sums.sum() == pytest.approx(products, abs=1e-12)


@pytest.mark.parametrize("layer", range(1, 8))
def test_a_unit_sees_its_field_and_nothing_else(layer):
    random = np.random.default_rng(layer)
    image = random.random((1, 8, 8))
    _, rows, columns = BUILT_IN.layers[layer].shape
    row, column = int(random.integers(rows)), int(random.integers(columns))
    state = LayersState(image, epoch=32, layer=layer, row=row, column=column)
    top, bottom, left, right = seen(BUILT_IN, state)
    outside = np.ones((8, 8), dtype=bool)
    outside[top : bottom + 1, left : right + 1] = False
    changed = image + outside * random.random((8, 8))
    before, after = (BUILT_IN.outputs(one, 32)[layer] for one in (image, changed))
    assert np.allclose(before[:, row, column], after[:, row, column], atol=1e-12)
    for corner in ((top, left), (bottom, right)):
        moved = image.copy()
        moved[0][corner] += 100.0
        moved_back = image.copy()
        moved_back[0][corner] -= 100.0
        now = [BUILT_IN.outputs(one, 32)[layer][:, row, column] for one in (moved, moved_back)]
        assert any(not np.allclose(one, before[:, row, column]) for one in now)


def test_softmax_of_large_scores():
    assert probabilities(np.array([[1e4, 1e4]])).tolist() == [[0.5, 0.5]]
    assert probabilities(np.log(np.array([[1.0, 3.0]])))[0] == pytest.approx([0.25, 0.75])


# ---------------------------------------------------------------- the browser's numbers


@pytest.mark.parametrize("start", [0, 100])
def test_browser_agrees_for_the_course_s_network(start):
    calls, words = [], []
    explorer = layers()
    data, _ = of(explorer)
    data["samples"] = []
    for seed in range(start, start + 12):
        state = drawn(seed)
        outputs = BUILT_IN.outputs(state.image, state.epoch)
        number, channel, row, column = clamped(BUILT_IN.layers, state)
        made = terms(BUILT_IN, state, outputs)
        shares = probabilities(scores(BUILT_IN, outputs)[None])[0]
        expected = {
            "value": float(outputs[number][channel, row, column]),
            "seen": list(seen(BUILT_IN, state)),
            "made": {"sums": made.sums.tolist(), "bias": made.bias},
            "verdict": {"shares": shares.tolist(), "best": int(shares.argmax())},
            "label": None,
        }
        expected["outputs"] = [
            {"shape": list(one.shape), "values": one.ravel().tolist()} for one in outputs
        ]
        calls.append(("compute", [data, vars(state)], expected))
        words.append(("spoken", [data, vars(state)], describe(BUILT_IN, state)))
    agree("layers_math", calls)
    agree("layers_words", words)


def test_browser_agrees_with_torch_in_single_precision():
    torch = pytest.importorskip("torch")
    data, _ = of(layers())
    calls = []
    for epoch in EPOCHS:
        network = digits_network(epoch)
        image = np.random.default_rng(epoch).normal(size=(1, 8, 8)).astype(np.float32)
        now = torch.from_numpy(image)[None]
        for i, (kernel, bias) in enumerate(zip(network.kernels, network.biases, strict=True)):
            parts = [torch.from_numpy(part).float() for part in (kernel, bias)]
            now = torch.nn.functional.conv2d(now, *parts, padding=1 if i < 2 else 0)
            if i < 2:
                now = torch.nn.functional.max_pool2d(torch.relu(now), 2)
        expected = {"verdict": {"scores": now.flatten().tolist()}}
        state = vars(LayersState(image.astype(float), epoch=epoch))
        calls.append(("compute", [data, state], expected))
    agree("layers_math", calls, tolerance=1e-4)


# ---------------------------------------------------------------- modules of one's own


def various(torch):
    """A module with most kinds of layers, on an image that is not square."""
    torch.manual_seed(3)
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(3, 6, (3, 5), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Conv2d(6, 8, 3, padding="same", groups=2, bias=False),
        nn.Dropout(0.5),
        nn.AvgPool2d(2),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(24, 5),
        nn.Linear(5, 4),
    )
    for _ in range(3):  # running means and variances of their own
        model(torch.randn(4, 3, 11, 16))
    return model


SHAPE = (3, 11, 16)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def test_outputs_are_torch_s(torch):
    model = various(torch)
    image = np.random.default_rng(0).random(SHAPE)
    explorer = layers(model, image)
    model.eval()
    now = torch.from_numpy(explorer.image.copy()).float()[None]
    for part, output in zip(model, explorer._network.outputs(explorer.image, 0)[1:], strict=True):
        with torch.no_grad():
            now = part(now)
        expected = now[0].numpy().reshape(output.shape)
        assert np.allclose(output, expected, atol=1e-5)


def test_terms_of_torch_s_layers_make_their_outputs(torch):
    explorer = layers(various(torch), np.random.default_rng(1).random(SHAPE))
    network, random = explorer._network, np.random.default_rng(2)
    outputs = network.outputs(explorer.image, 0)
    kinds = [layer.kind for layer in network.layers]
    assert kinds == [
        *("image", "conv", "norm", "relu", "max", "conv", "other", "average", "other", "other"),
        *("conv", "conv"),
    ]
    for _ in range(60):
        at = [int(n) for n in random.integers(0, 20, 3)]
        state = LayersState(explorer.image, 0, 0, int(random.integers(1, 12)), *at)
        made = terms(network, state, outputs)
        kind = kinds[state.layer]
        if kind == "other":
            assert made is None
            continue
        known = made.inputs[np.isfinite(made.inputs)]
        found = {
            "conv": lambda made=made: (made.inputs * made.weights).sum() + made.bias,
            "norm": lambda made=made: (made.inputs * made.weights).sum() + made.bias,
            "relu": lambda known=known: max(0.0, known[0]),
            "max": known.max,
            "average": known.mean,
        }[kind]()
        assert found == pytest.approx(made.value, abs=1e-4)


def test_fields_of_torch_s_layers_are_what_their_gradient_reaches(torch):
    model = various(torch)
    explorer = layers(model, np.random.default_rng(4).random(SHAPE))
    model.eval()
    for number in (1, 3, 5, 7, 8):
        _, rows, columns = explorer._network.layers[number].shape
        image = torch.from_numpy(explorer.image.copy()).float()[None].requires_grad_()
        row, column = rows - 1, columns // 2
        below = torch.nn.Sequential(
            *[torch.nn.AvgPool2d(p.kernel_size, p.stride, p.padding)
              if isinstance(p, torch.nn.MaxPool2d) else p
              for p in list(model)[:number] if not isinstance(p, torch.nn.ReLU)]
        )  # fmt: skip
        below(image)[0, :, row, column].sum().backward()
        reached = np.argwhere(image.grad[0].abs().sum(0).numpy() > 0)
        state = LayersState(explorer.image, layer=number, row=row, column=column)
        top, bottom, left, right = seen(explorer._network, state)
        assert [*reached.min(0), *reached.max(0)] == [top, left, bottom, right]


def test_browser_agrees_for_a_module(torch):
    explorer = layers(various(torch), np.random.default_rng(5).random(SHAPE))
    network, calls = explorer._network, []
    outputs = network.outputs(explorer.image, 0)
    data, _ = of(explorer)
    for number in range(1, 12):
        state = LayersState(explorer.image, 0, 0, number, 3, 2, 4, 1)
        made = terms(network, state, outputs)
        span = seen(network, state)
        expected = {"seen": None if span is None else list(span)}
        if made is None:
            expected["made"] = None
        else:
            sums = {"sums": made.sums.tolist(), "inputs": {"values": made.inputs.ravel().tolist()}}
            expected["made"] = {**sums, "bias": made.bias, "value": made.value}
        calls.append(("looked", [data, vars(state), outputs], expected))
    agree("layers_math", calls, tolerance=1e-4)


def test_module_is_left_as_it_was(torch):
    model = various(torch)
    model.train()
    model[1].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    explorer = layers(model, np.ones(SHAPE))
    assert [part.training for part in model] == [i != 1 for i in range(11)]
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
    first = explorer.describe()
    assert explorer.describe() == first, "dropout must rest"


def test_outputs_and_weights_belong_together_whatever_happens_to_the_module(torch):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU())
    explorer = layers(model, np.random.default_rng(0).random((6, 6)))
    before = explorer.describe()
    weights, sent = explorer._weights, explorer._computed
    with torch.no_grad():
        model[0].weight.mul_(10.0)
        model[0].bias.add_(3.0)
    model.train()
    assert explorer.describe() == before
    image = np.random.default_rng(1).random((6, 6))
    explorer.image = image
    assert explorer._weights == weights and explorer._computed != sent
    network, state = explorer._network, explorer.state()
    outputs = network.outputs(explorer.image, 0)
    made = terms(network, state, outputs)
    assert made.sums.sum() + made.bias == pytest.approx(outputs[1][0, 0, 0], abs=1e-6)
    assert layers(model, image).describe() != explorer.describe()


def test_a_module_that_cannot_be_copied_is_refused(torch):
    class Open(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.file = open(__file__, encoding="utf-8")  # what cannot be copied

        def forward(self, x):
            return x

    model = Open()
    with model.file, pytest.raises(ValueError, match="network must be a module that can be copied"):
        layers(model, np.ones((4, 4)))


def test_parts_used_twice_and_branches(torch):
    class Branches(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Conv2d(1, 2, 3, padding=1)
            self.second = torch.nn.Conv2d(2, 2, 3, padding=1)
            self.act = torch.nn.ReLU()

        def forward(self, x):
            x = self.act(self.first(x))
            return self.act(x + self.second(x))

    torch.manual_seed(0)
    explorer = layers(Branches(), np.random.default_rng(0).random((9, 7)))
    named = [(layer.name, layer.source) for layer in explorer._network.layers]
    assert named == [
        ("image", -1), ("first Conv2d", 0), ("act ReLU", 1), ("second Conv2d", 2),
        ("act ReLU (2)", -1),
    ]  # fmt: skip
    explorer.layer = 4
    assert "computed by act ReLU (2)" in explorer.describe()
    assert "What it sees of the image is not known." in explorer.describe()


def test_a_new_image_is_computed_at_once(torch):
    explorer = layers(various(torch), np.zeros((2, *SHAPE)), sample=1)
    random = np.random.default_rng(8).random(SHAPE)
    explorer.image = random
    assert explorer.sample == -1
    sent = np.frombuffer(explorer._computed["data"], dtype="<f4")
    outputs = np.concatenate([o.ravel() for o in explorer._network.outputs(random, 0)[1:]])
    assert np.allclose(sent, outputs, atol=1e-6)
    assert explorer._computed["problem"] == ""
    explorer.sample = 1
    assert not explorer.image.any()


def test_large_networks_leave_their_picture_alone_in_a_notebook(torch):
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 24, 3, padding=1))
    explorer = layers(model, np.random.default_rng(0).random((64, 64)))
    html = explorer._repr_mimebundle_()[0]["text/html"]
    assert len(html) < 60_000
    assert "<img" in html
    assert "<iframe" not in html


def refused(torch):
    nn = torch.nn

    class Broken(nn.Module):
        def forward(self, x):
            raise RuntimeError("no such luck")

    infinite = nn.Conv2d(1, 1, 1)
    with torch.no_grad():
        infinite.weight.fill_(float("inf"))
    return [
        (3.5, np.ones((8, 8)), TypeError, "a torch.nn.Module or None, got float"),
        (["a net"], None, TypeError, "a Sequential, a mapping .*, got list"),
        (nn.Conv2d(3, 4, 3), np.ones((8, 8)), ValueError, r"image of shape \(1, 1, 8, 8\)"),
        (nn.Sequential(Broken()), np.ones((8, 8)), ValueError, "no such luck"),
        (nn.Sequential(infinite), np.ones((8, 8)), ValueError, "not finite"),
        (nn.Conv2d(1, 200, 3), np.ones((64, 64)), ValueError, "at most 400000 numbers"),
        (nn.ReLU(), None, ValueError, "images must be given"),
        (nn.ReLU(), np.full((8, 8), np.nan), ValueError, "finite"),
        (nn.ReLU(), np.ones((500, 500)), ValueError, "at most"),
        (nn.ReLU(), [["a"]], ValueError, "numbers"),
    ]


@pytest.mark.parametrize("case", range(10))
def test_bad_networks_and_images(torch, case):
    network, images, error, words = refused(torch)[case]
    with pytest.raises(error, match=words):
        layers(network, images)


# ---------------------------------------------------------------- the widget


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epoch", 3),
        ("layer", 8),
        ("layer", 0),
        ("sample", 24),
        ("sample", -2),
        ("channel", -1),
        ("image", np.ones((9, 9))),
        ("image", np.full((8, 8), np.nan)),
        ("image", "ink"),
    ],
)
def test_bad_state_is_refused_and_the_former_stays(name, value):
    explorer = layers()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.describe() == before


def test_labels_must_fit():
    with pytest.raises(ValueError, match="labels must be 2 whole numbers"):
        layers(None, np.zeros((2, 1, 8, 8)), labels=[1])


def test_images_of_another_size_are_refused_by_the_course_s_network():
    with pytest.raises(ValueError, match="for this network"):
        layers(None, np.zeros((9, 9)))


def test_state_can_be_set_and_read():
    explorer = layers(epoch=4, layer=6, channel=11, row=1, column=0)
    assert (explorer.state().epoch, explorer.state().layer) == (4, 6)
    image = digits()[0][700] / 16
    explorer.image = image
    assert explorer.sample == -1
    assert np.array_equal(explorer.image, image[None])
    start = "Your own image, seen by the network after 4 epochs of training. "
    assert explorer.describe().startswith(start)
    explorer.epoch = 1
    assert "seen by the network after 1 epoch of training. " in explorer.describe()
    explorer.epoch = 0
    assert "seen by the network before any training. " in explorer.describe()
    explorer.sample = 20
    explorer.epoch = 32
    assert ", but it is a" in explorer.describe()


def test_what_the_browser_sends_is_taken_as_one_change():
    explorer = layers()
    image = explorer._examples[4]
    explorer.set_state({"sample": 4, "image": packed(image)})
    assert explorer.sample == 4
    assert np.array_equal(explorer.image, image)
    explorer.set_state({"image": packed(1 - image), "sample": -1})
    assert explorer.sample == -1
    assert np.array_equal(explorer.image, 1 - image)


def test_positions_beyond_a_smaller_layer_are_the_last():
    explorer = layers(layer=1, row=7, column=7, channel=5)
    explorer.layer = 7
    assert "channel 5 of 10, row 0, column 0" in explorer.describe()
    assert (explorer.row, explorer.column) == (0, 0)
    assert layers(layer=7).row == 0
    assert (layers(layer=5).row, layers(layer=5).column) == (1, 3)


def test_it_is_small_in_a_notebook():
    explorer = layers()
    html = explorer._repr_mimebundle_()[0]["text/html"]
    assert len(html) < 60_000
    assert explorer.picture().alt == f"Layers explorer. {explorer.describe()}"
    assert len(explorer.picture().png()) < 60_000


def test_it_is_listed():
    assert EXPLORERS["layers"] is layers
