"""The network in NumPy: its gradients against differences and torch, its steps against torch's."""

import numpy as np
import pytest

from cnncourse.gradients import pool2d_input_gradient
from cnncourse.networks.optimisers import Adam, Momentum
from cnncourse.networks.parts import Convolution, Dense, Flatten, Part, Pool, ReLU
from cnncourse.networks.sequential import Sequential, cross_entropy


def network(dtype=np.float64, seed=0, kind="max"):
    random = np.random.default_rng(seed)
    options = {"random": random, "dtype": dtype}
    net = Sequential(
        [
            Convolution(2, 3, (3, 2), stride=(2, 1), padding=(1, 0), **options),
            ReLU(),
            Pool((2, 3), stride=2, kind=kind),
            Convolution(3, 4, 2, padding="same", **options),
            ReLU(),
            Flatten(),
            Dense(4 * 2 * 3, 5, **options),
        ]
    )
    for values in net.parameters.values():
        values += random.normal(size=values.shape) / 10
    return net


def batch(dtype=np.float64, count=3):
    random = np.random.default_rng(7)
    return random.normal(size=(count, 2, 9, 8)).astype(dtype), random.integers(0, 5, count)


@pytest.mark.parametrize("kind", ["max", "average"])
def test_gradients_are_the_slopes_of_the_loss(kind):
    net, (x, labels) = network(kind=kind), batch()
    net.loss(x, labels)
    found = {name: values.copy() for name, values in net.gradients.items()}
    assert set(found) == set(net.parameters)
    random = np.random.default_rng(1)
    for name, values in net.parameters.items():
        for place in random.choice(values.size, min(6, values.size), replace=False):
            flat, step = values.reshape(-1), 1e-6
            kept = flat[place]
            flat[place] = kept + step
            above = net.loss(x, labels)
            flat[place] = kept - step
            below = net.loss(x, labels)
            flat[place] = kept
            slope = (above - below) / (2 * step)
            assert found[name].reshape(-1)[place] == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_the_gradient_of_the_input_is_a_slope_too():
    net, (x, labels) = network(), batch()
    _, gradient = cross_entropy(net.forward(x), labels)
    flow = net.backward(gradient, to_input=True)
    assert flow.shape == x.shape
    direction = np.random.default_rng(3).normal(size=x.shape)
    step = 1e-6
    above = net.loss(x + step * direction, labels)
    below = net.loss(x - step * direction, labels)
    assert np.sum(flow * direction) == pytest.approx((above - below) / (2 * step), rel=1e-5)
    assert net.backward(gradient) is None


def torch_twin(net, torch):
    nn = torch.nn
    twin = nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)),
        nn.ReLU(),
        nn.MaxPool2d((2, 3), stride=2),
        nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 4, 2)),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(24, 5),
    ).double()
    with torch.no_grad():
        for ours, theirs in zip(net.parameters.values(), twin.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours))
    return twin


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda: Momentum(0.05), lambda t, p: t.optim.SGD(p, 0.05, momentum=0.9)),
        (
            lambda: Momentum(0.05, 0.5, decay=0.1),
            lambda t, p: t.optim.SGD(p, 0.05, momentum=0.5, weight_decay=0.1),
        ),
        (lambda: Adam(0.01), lambda t, p: t.optim.Adam(p, 0.01)),
        (
            lambda: Adam(0.01, (0.8, 0.99), decay=0.1),
            lambda t, p: t.optim.AdamW(p, 0.01, (0.8, 0.99), weight_decay=0.1),
        ),
    ],
)
def test_training_follows_torch_step_by_step(ours, theirs):
    torch = pytest.importorskip("torch")
    net, (x, labels) = network(), batch(count=6)
    twin = torch_twin(net, torch)
    mine, yours = ours(), theirs(torch, twin.parameters())
    for _ in range(8):
        loss = net.loss(x, labels)
        mine.step(net.parameters, net.gradients)
        yours.zero_grad()
        other = torch.nn.functional.cross_entropy(
            twin(torch.from_numpy(x)), torch.from_numpy(labels)
        )
        other.backward()
        yours.step()
        assert loss == pytest.approx(other.item(), rel=1e-9)
    for values, tensor in zip(net.parameters.values(), twin.parameters(), strict=True):
        np.testing.assert_allclose(values, tensor.detach().numpy(), rtol=1e-7, atol=1e-9)


def test_float32_stays_float32():
    net, (x, labels) = network(np.float32), batch(np.float32)
    for optimiser in (Momentum(0.1, decay=0.1), Adam(0.1, decay=0.1)):
        net.loss(x, labels)
        optimiser.step(net.parameters, net.gradients)
    assert net.forward(x).dtype == np.float32
    assert {values.dtype for values in net.gradients.values()} == {np.dtype(np.float32)}
    assert {values.dtype for values in net.parameters.values()} == {np.dtype(np.float32)}


def test_large_scores_do_not_overflow():
    loss, gradient = cross_entropy([[1000.0, 0.0], [0.0, 1000.0]], [0, 0])
    assert loss == pytest.approx(500)
    np.testing.assert_allclose(gradient, [[0, 0], [-0.5, 0.5]])


@pytest.mark.parametrize(
    ("scores", "labels"),
    [([[1.0, 2.0]], [2]), ([[1.0, 2.0]], [-1]), ([[1.0, 2.0]], [0, 1]), ([[1.0, 2.0]], [0.0])],
)
def test_labels_that_are_none_are_refused(scores, labels):
    with pytest.raises(ValueError, match="labels must be"):
        cross_entropy(scores, labels)


def test_many_images_go_through_in_parts():
    net, (x, _) = network(), batch(count=7)
    np.testing.assert_allclose(net.scores(x, batch=3), net.forward(x))
    best = net.forward(x).argmax(axis=1)
    assert net.accuracy(x, best) == 1
    assert net.accuracy(x, (best + 1) % 5) == 0


def test_parameters_are_saved_and_loaded(tmp_path):
    net, other = network(seed=0), network(seed=1)
    net.save(tmp_path / "weights.npz")
    with pytest.raises(FileExistsError):
        other.save(tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz") as stored:
        other.load(stored)
    x, _ = batch()
    assert np.array_equal(net.forward(x), other.forward(x))


def test_parameters_that_do_not_fit_change_nothing():
    net, x = network(), batch()[0]
    before = net.forward(x)
    good = {name: np.ones_like(values) for name, values in net.parameters.items()}
    with pytest.raises(ValueError, match="parameters must be"):
        net.load({"0.kernel": np.ones(3)})
    with pytest.raises(ValueError, match=r"6.bias must have the shape \(5,\), got \(4,\)"):
        net.load({**good, "6.bias": np.ones(4)})
    assert np.array_equal(net.forward(x), before)


def test_a_network_of_nothing_is_refused():
    with pytest.raises(TypeError, match="one Part or more"):
        Sequential([])
    with pytest.raises(TypeError, match=r"got \['int'\]"):
        Sequential([3])


@pytest.mark.parametrize("at", range(1, 7))
def test_a_network_runs_up_to_a_part_and_back_from_it(at):
    net, (x, labels) = network(), batch()
    scores = net.forward(x)
    _, gradient = cross_entropy(scores, labels)
    whole = net.backward(gradient, to_input=True)
    learned = {name: values.copy() for name, values in net.gradients.items()}
    front, back = net[:at], net[at:]
    assert np.array_equal(back.forward(front.forward(x)), scores)
    assert np.array_equal(
        front.backward(back.backward(gradient, to_input=True), to_input=True), whole
    )
    assert all(np.array_equal(values, learned[name]) for name, values in net.gradients.items())
    assert len(front) + len(back) == len(net) == 7
    assert [*front.parts, *back.parts] == [net[i] for i in range(7)]  # the very same


def test_a_slice_of_no_part_is_refused():
    with pytest.raises(TypeError, match="one Part or more, got none"):
        network()[3:3]
    with pytest.raises(IndexError):
        network()[7]


@pytest.mark.parametrize("part", [ReLU(), Pool(2), Flatten()], ids=lambda p: type(p).__name__)
def test_backward_wants_a_forward(part: Part):
    with pytest.raises(RuntimeError, match="must go forward before"):
        part.backward(np.zeros((1, 1, 1, 1)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("size", "options"),
    [
        (2, {}),
        ((2, 3), {"stride": (2, 3)}),
        ((3, 1), {}),
        (2, {"stride": 1}),
        (2, {"padding": 1}),
        (2, {"padding": "same"}),
        (3, {"kind": "average"}),
    ],
)
@pytest.mark.parametrize("odd", [None, np.inf, -np.inf, np.nan])
def test_pools_send_back_to_the_bit_what_the_general_function_does(dtype, size, options, odd):
    random = np.random.default_rng(5)
    x = random.integers(-1, 2, (2, 3, 7, 8)).astype(dtype)  # ties everywhere
    x[0, :, :4] *= -0.0  # of either sign
    x[1, 1] = -1
    if odd is not None:
        x[1, :, 2:5, ::3] = odd
    pool = Pool(size, **options)
    flow = random.normal(size=pool.forward(x).shape).astype(dtype)
    flow[0, 0, 0, :2] = -0.0, np.inf
    flow = np.ascontiguousarray(flow.swapaxes(0, 3)).swapaxes(0, 3)  # as a convolution's may lie
    with np.errstate(invalid="ignore"):
        found = pool.backward(flow)
        expected = pool2d_input_gradient(flow, x, size, **options)
    assert found.dtype == expected.dtype
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("shape", [(1, 1, 2, 1), (1, 4), (1, 1, 1, 2)])
def test_pools_refuse_gradients_of_another_shape(shape):
    pool = Pool(2)
    pool.forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match="output_gradient"):
        pool.backward(np.zeros(shape))
