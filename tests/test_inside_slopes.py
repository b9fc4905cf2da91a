"""Saliency, gradient times input and Grad-CAM against torch's autograd and known weights."""

import numpy as np
import pytest

from cnncourse.inside import grad_cam, gradient_times_input, saliency, score_gradient
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential
from tests.inside_networks import fixed, odd_network, odd_twin, some_images

LABELS = np.array([4, 0, 2])


def torch_slopes(net, images, labels, torch, part=None):
    """Slope of each image's score by the image, or by the output of a part, and that output."""
    twin = odd_twin(net, torch)
    x = torch.from_numpy(images).requires_grad_()
    maps = twin[: part + 1](x) if part is not None else x
    scores = twin[part + 1 :](maps) if part is not None else twin(x)
    chosen = scores[torch.arange(len(labels)), torch.from_numpy(labels)].sum()
    (slope,) = torch.autograd.grad(chosen, maps)
    return slope.numpy(), maps.detach().numpy()


def test_slopes_are_those_of_autograd():
    torch = pytest.importorskip("torch")
    net, images = odd_network(), some_images()
    slope, _ = torch_slopes(net, images, LABELS, torch)
    near = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(score_gradient(net, images, LABELS), slope, **near)
    np.testing.assert_allclose(saliency(net, images, LABELS), np.abs(slope).max(1), **near)
    shares = (slope * images).sum(1)
    np.testing.assert_allclose(gradient_times_input(net, images, LABELS), shares, **near)


@pytest.mark.parametrize("part", [0, 2, 3, -3])
def test_grad_cam_is_that_of_autograd(part):
    torch = pytest.importorskip("torch")
    net, images = odd_network(), some_images()
    slope, maps = torch_slopes(net, images, LABELS, torch, part % 7)
    cam = torch.from_numpy((slope.mean((2, 3), keepdims=True) * maps).sum(1)).relu()
    assert cam.max() > 0
    near = {"rtol": 1e-10, "atol": 1e-12}
    found = grad_cam(net, images, LABELS, part, upsampling="none")
    np.testing.assert_allclose(found, cam, **near)
    smooth = torch.nn.functional.interpolate(cam[:, None], (9, 8), mode="bilinear")[:, 0]
    np.testing.assert_allclose(grad_cam(net, images, LABELS, part), smooth, **near)
    nearest = torch.nn.functional.interpolate(cam[:, None], (9, 8), mode="nearest")[:, 0]
    found = grad_cam(net, images, LABELS, part, upsampling="nearest")
    np.testing.assert_allclose(found, nearest, **near)


@pytest.mark.parametrize(
    "method",
    [score_gradient, saliency, gradient_times_input, lambda *given: grad_cam(*given, 1)],
)
def test_one_image_is_a_batch_of_one(method):
    net, images = odd_network(), some_images()
    together = method(net, images, LABELS)
    for image, label, found in zip(images, LABELS, together, strict=True):
        np.testing.assert_allclose(method(net, image, int(label)), found, rtol=1e-12, atol=1e-14)
    assert together.shape[-2:] == (9, 8)


def test_without_biases_the_shares_add_up_to_the_score():
    net, images = odd_network(biases=False), some_images()
    scores = net.forward(images)[np.arange(3), LABELS]
    assert np.abs(scores).min() > 0.01
    total = gradient_times_input(net, images, LABELS).sum(axis=(1, 2))
    np.testing.assert_allclose(total, scores, rtol=1e-10)
    with_biases = odd_network()
    rest = with_biases.forward(images)[np.arange(3), LABELS]
    rest -= gradient_times_input(with_biases, images, LABELS).sum(axis=(1, 2))
    assert np.abs(rest).max() > 0.01


def corner_finder():
    """Class 0: the sum of the first channel behind "right minus left"; class 1: its negative."""
    random = np.random.default_rng(0)
    return fixed(
        [Convolution(1, 1, (1, 2), random=random), ReLU(), Flatten(), Dense(4, 2, random=random)],
        _0_kernel=[[[[-1, 1]]]],
        _0_bias=[0],
        _3_kernel=[[1, 1, 1, 1], [-1, -1, -1, -1]],
        _3_bias=[5, 0],
    )


def test_known_weights_give_the_slopes_done_by_hand():
    image = [[[0, 2, 1], [-3, -3, 4]]]  # steps: 2, -1 and 0, 7; only 2 and 7 pass the ReLU
    slope = [[-1, 1, 0], [0, -1, 1]]
    net = corner_finder()
    assert score_gradient(net, image, 0).tolist() == [slope]
    assert saliency(net, image, 1).tolist() == np.abs(slope).tolist()
    assert gradient_times_input(net, image, 0).tolist() == [[0, 2, 0], [0, 3, 4]]
    assert grad_cam(net, image, 0, 1, upsampling="none").tolist() == [[2, 0], [0, 7]]
    assert grad_cam(net, image, 1, 1, upsampling="none").tolist() == [[0, 0], [0, 0]]


def test_float32_stays_float32_and_whole_numbers_are_taken():
    net = odd_network(dtype=np.float32)
    image = np.arange(144).reshape(2, 9, 8) % 17
    for found in (saliency(net, image, 1), grad_cam(net, image, 1, 1)):
        assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("image", "label", "message"),
    [
        (np.zeros((9, 8)), 0, r"\(C, H, W\) or \(N, C, H, W\)"),
        (np.full((2, 9, 8), np.nan), 0, "must be finite"),
        (np.zeros((0, 2, 9, 8)), np.zeros(0, int), "must hold some pixels"),
        (np.zeros((2, 9, 8)), [0], "label must be one whole number"),
        (np.zeros((3, 2, 9, 8)), [0, 1], "label must be 3 whole numbers"),
        (np.zeros((2, 9, 8)), 0.0, "label must be one whole number"),
        (np.zeros((2, 9, 8)), 5, "label must be from 0 to 4, got 5"),
        (np.zeros((2, 9, 8)), -1, "label must be from 0 to 4, got -1"),
    ],
)
def test_images_and_labels_that_are_none_are_refused(image, label, message):
    with pytest.raises(ValueError, match=message):
        saliency(odd_network(), image, label)


def test_parts_without_maps_are_refused():
    net, image = odd_network(), some_images(1)[0]
    with pytest.raises(ValueError, match="part must be from -7 to 6, got 7"):
        grad_cam(net, image, 0, 7)
    with pytest.raises(TypeError, match="part must be"):
        grad_cam(net, image, 0, 1.0)
    for part in (5, 6):
        with pytest.raises(ValueError, match="part must have maps and a part behind it"):
            grad_cam(net, image, 0, part)
    with pytest.raises(ValueError, match="upsampling must be"):
        grad_cam(net, image, 0, 1, upsampling="cubic")
    with pytest.raises(ValueError, match="must end in"):
        saliency(Sequential([Pool(2)]), image, 0)
    with pytest.raises(TypeError, match="network must be a Sequential, got ReLU"):
        saliency(ReLU(), image, 0)


def test_what_a_picture_is_asked_for_must_be_said():
    net, image = odd_network(), some_images(1)[0]
    for method in (score_gradient, saliency, gradient_times_input):
        with pytest.raises(TypeError, match="label must be the class that is asked for, got None"):
            method(net, image, None)
    with pytest.raises(TypeError, match=r"part must be an integer, got 1\.5"):
        grad_cam(net, image, 0, 1.5)


def test_bytes_are_refused_as_fit_refuses_them():
    with pytest.raises(TypeError, match="divide by the full ink first"):
        saliency(odd_network(), np.ones(some_images(1)[0].shape, np.uint8), 0)
