"""What excites a unit: against closed forms, brute force and torch."""

import numpy as np
import pytest

from cnncourse.inside import activation_maximisation, most_exciting
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import IMAGE, digits_parts, fixed, odd_network, odd_twin, some_images

KERNEL = np.array([[[[1.0, -2.0], [0.5, 0.0], [3.0, -1.0]]]])


def one_convolution():
    random = np.random.default_rng(0)
    return fixed(
        [Convolution(1, 1, (3, 2), padding=(1, 0), random=random, dtype=np.float64), ReLU()],
        _0_kernel=KERNEL,
        _0_bias=[0.25],
    )


def test_a_linear_unit_is_maximised_by_its_weights():
    made = activation_maximisation(
        one_convolution(), 0, (0, 2, 1), (1, 5, 4), rate=1, penalty=0.2, shift=0, steps=200
    )
    best = np.zeros((1, 5, 4))
    best[0, 1:4, 1:3] = KERNEL[0, 0] / (2 * 0.2)
    np.testing.assert_allclose(made.image, best, atol=1e-9)
    assert made.activations.shape == (201,)
    assert made.activations[-1] == pytest.approx(np.sum(KERNEL**2) / 0.4 + 0.25)
    assert np.all(np.diff(made.activations) > -1e-12)


def test_each_step_is_gradient_ascent_by_torch():
    torch = pytest.importorskip("torch")
    net = odd_network()
    made = activation_maximisation(net, 3, (2, 1, 2), IMAGE, steps=12, rate=0.5, shift=0, seed=3)
    x = torch.from_numpy(0.1 * np.random.default_rng(3).standard_normal((1, *IMAGE)))
    x.requires_grad_()
    front = odd_twin(net, torch)[:4]
    for step in range(13):
        goal = front(x)[0, 2, 1, 2]
        assert made.activations[step] == pytest.approx(goal.item(), rel=1e-9)
        if step < 12:
            (slope,) = torch.autograd.grad(goal - 0.1 * (x**2).sum(), x)
            x = (x + 0.5 * slope).detach().requires_grad_()
    np.testing.assert_allclose(made.image, x.detach().numpy()[0], rtol=1e-9, atol=1e-12)


def test_a_channel_means_the_unit_in_the_middle_of_its_map():
    net = odd_network()
    same = [activation_maximisation(net, 3, unit, IMAGE, steps=5) for unit in (1, (1, 2, 1))]
    assert np.array_equal(same[0].image, same[1].image)
    score = activation_maximisation(net, -1, 4, IMAGE, shift=0)
    assert net.forward(score.image[None])[0, 4] == pytest.approx(score.activations[-1])
    assert score.activations[-1] > score.activations[0] + 1


def test_shifts_seeds_and_bounds():
    net = odd_network()
    made = [
        activation_maximisation(net, 3, 1, IMAGE, steps=20, shift=shift, seed=seed, bounds=(0, 1))
        for shift, seed in ((2, 0), (2, 0), (2, 1), (0, 0))
    ]
    assert np.array_equal(made[0].image, made[1].image)
    assert not np.array_equal(made[0].image, made[2].image)
    assert not np.array_equal(made[0].image, made[3].image)
    assert all(one.image.min() >= 0 and one.image.max() <= 1 for one in made)


def test_shifting_spreads_what_one_place_wants():
    still, moved = (
        activation_maximisation(
            one_convolution(), 0, (0, 2, 1), (1, 5, 5), rate=1, shift=shift, steps=200
        )
        for shift in (0, 1)
    )
    assert np.sum(np.abs(still.image) > 0.01) == 5  # as many weights are not 0
    assert np.sum(np.abs(moved.image) > 0.01) > 10


def test_images_made_for_the_digits_are_taken_for_them():
    net = digits_parts()
    made = [activation_maximisation(net, -1, k, (1, 8, 8), bounds=(0, 1)) for k in range(10)]
    scores = net.forward(np.stack([one.image for one in made]))
    assert scores.argmax(axis=1).tolist() == list(range(10))
    assert all(one.activations[-1] > one.activations[0] + 3 for one in made)


def test_a_silent_unit_is_said_to_be_one():
    net = one_convolution()
    net[0].parameters["bias"][:] = -100
    assert activation_maximisation(net, 0, 0, (1, 5, 4), steps=1).activations[0] < -90
    with pytest.raises(ValueError, match="slope 0 at 20 images of noise"):
        activation_maximisation(net, 1, 0, (1, 5, 4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": 4}, "unit must be one of an output of"),
        ({"unit": (0, 4, 0)}, "unit must be one of an output of"),
        ({"unit": (0, 1)}, "unit must be one of an output of"),
        ({"unit": -1}, "unit must be a non-negative"),
        ({"part": 9}, "part must be from -7 to 6"),
        ({"rate": 0}, "rate must be positive"),
        ({"penalty": -1}, "penalty not negative"),
        ({"bounds": (1, 0)}, "bounds must be a pair that rises"),
        ({"steps": 0}, "steps must be a positive"),
        ({"shift": -1}, "shift must be a non-negative"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    given = {"part": 3, "unit": 0, "image_shape": IMAGE, **options}
    with pytest.raises(ValueError, match=message):
        activation_maximisation(odd_network(), **given)


def brute_force(net, images, part, unit, one_per_image):
    """All (value, image, place), the strongest first."""
    found = []
    for n, image in enumerate(images):
        out = net[: part + 1].forward(image[None])[0, unit]
        mine = [(float(out[place]), n, place) for place in np.ndindex(out.shape)]
        found += [max(mine, key=lambda one: one[0])] if one_per_image else mine
    return sorted(found, key=lambda one: -one[0])


@pytest.mark.parametrize("one_per_image", [True, False])
@pytest.mark.parametrize(("part", "unit"), [(0, 2), (2, 1), (3, 0), (5, 17), (6, 4)])
def test_the_strongest_are_found(part, unit, one_per_image):
    net, images = odd_network(), some_images(11)
    found = most_exciting(net, images, part, unit, 6, one_per_image=one_per_image, batch=4)
    expected = brute_force(net, images, part, unit, one_per_image)[:6]
    assert [(one.image, one.place) for one in found] == [(n, place) for _, n, place in expected]
    np.testing.assert_allclose([one.value for one in found], [v for v, *_ in expected], rtol=1e-12)


def test_the_patch_is_all_that_the_unit_sees():
    net, images = odd_network(), some_images(5)
    for one in most_exciting(net, images, 3, 2, 5):
        top, left, rows, columns = one.box
        assert one.patch.shape == (2, rows, columns)
        elsewhere = np.zeros((1, *IMAGE))
        elsewhere[0, :, top : top + rows, left : left + columns] = one.patch
        assert net[:4].forward(elsewhere)[(0, 2, *one.place)] == pytest.approx(one.value)


def test_equals_come_in_order_and_few_images_give_few():
    net = Sequential([Pool(1), Flatten()])
    images = np.array([[[[1, 3, 3]]], [[[3, 0, 3]]]])
    found = most_exciting(net, images, 0, 0, one_per_image=False)
    order = [(0, 1), (0, 2), (1, 0), (1, 2), (0, 0), (1, 1)]
    assert [(one.image, one.place[1]) for one in found] == order
    assert [(one.image, one.place) for one in most_exciting(net, images, 0, 0)] == [
        (0, (0, 1)),
        (1, (0, 0)),
    ]
    feature = most_exciting(net, images, 1, 1, 1)[0]
    assert (feature.place, feature.box, feature.patch.tolist()) == ((), (0, 1, 1, 1), [[[3]]])


def test_units_that_are_none_are_refused():
    net, images = odd_network(), some_images(2)
    with pytest.raises(ValueError, match="unit must be from 0 to 4, got 5"):
        most_exciting(net, images, -1, 5)
    with pytest.raises(ValueError, match="count must be a positive"):
        most_exciting(net, images, 0, 0, 0)
    with pytest.raises(TypeError, match="unit must be"):
        most_exciting(net, images, 0, 0.5)


def test_a_dense_unit_sees_the_whole_image():
    random = np.random.default_rng(0)
    net = Sequential([Flatten(), Dense(144, 3, random=random, dtype=np.float64)])
    images = some_images(3)
    best = most_exciting(net, images, 1, 2, 1)[0]
    assert best.box == (0, 0, 9, 8)
    assert np.array_equal(best.patch, images[best.image])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rate": float("nan")}, "rate must be positive"),
        ({"rate": float("inf")}, "rate must be positive"),
        ({"penalty": float("nan")}, "penalty not negative"),
        ({"bounds": (0,)}, "bounds must be a pair that rises"),
        ({"bounds": 1}, "bounds must be a pair that rises"),
        ({"bounds": (0, float("nan"))}, "bounds must be a pair that rises"),
    ],
)
def test_no_image_is_made_of_no_number(change, words):
    with pytest.raises(ValueError, match=words):
        activation_maximisation(one_convolution(), 0, (0, 2, 1), (1, 5, 4), steps=2, **change)
