"""Blur pooling against torch and by hand; it is a part like any other."""

import numpy as np
import pytest

from cnncourse.networks.blur_pool import BlurPool, binomial_kernel, max_blur_pool
from cnncourse.networks.sequential import cross_entropy
from tests.inside_networks import blurred_network, some_images

BOTH = [(3, 2, (9, 8)), (3, (2, 1), (5, 2)), (5, (1, 3), (7, 4)), (2, 2, (6, 5)), (4, 3, (8, 7))]


def torch_blur(torch, x, size, stride):
    rows = {1: [1], 2: [1, 1], 3: [1, 2, 1], 4: [1, 3, 3, 1], 5: [1, 4, 6, 4, 1]}[size]
    kernel = torch.outer(*(torch.tensor(rows, dtype=x.dtype),) * 2)
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, size, size)
    before, after = (size - 1) // 2, size // 2
    padded = torch.nn.functional.pad(x, (before, after, before, after), mode="reflect")
    return torch.nn.functional.conv2d(padded, kernel, stride=stride, groups=x.shape[1])


@pytest.mark.parametrize(("size", "stride", "shape"), BOTH)
def test_forward_and_backward_are_torchs(size, stride, shape):
    torch = pytest.importorskip("torch")
    x = some_images(2, shape=(3, *shape))
    theirs = torch.from_numpy(x).requires_grad_()
    expected = torch_blur(torch, theirs, size, stride)
    part = BlurPool(size, stride=stride)
    found = part.forward(x)
    np.testing.assert_allclose(found, expected.detach(), rtol=1e-12, atol=1e-14)
    gradient = np.random.default_rng(1).normal(size=found.shape)
    (flow,) = torch.autograd.grad(expected, theirs, torch.from_numpy(gradient))
    np.testing.assert_allclose(part.backward(gradient), flow, rtol=1e-12, atol=1e-14)
    assert part.backward(gradient, to_input=False) is None
    assert part.parameters == part.gradients == {}


@pytest.mark.parametrize(("size", "stride", "shape"), [*BOTH, (3, 1, (1, 6)), (5, 2, (2, 7))])
def test_backward_is_the_adjoint(size, stride, shape):
    random = np.random.default_rng(2)
    part, x = BlurPool(size, stride=stride), random.normal(size=(2, 3, *shape))
    z = part.forward(x)
    y = random.normal(size=z.shape)
    assert np.vdot(y, z) == pytest.approx(np.vdot(part.backward(y), x), rel=1e-12)


def test_a_row_done_by_hand():
    x = np.array([[0, 8, 0, 0, 4, 0]] * 2, float)[None, None]
    # mirrored: 8 | 0 8 0 0 4 0 | 4; rows are alike, so that blurring across them changes nothing
    assert BlurPool(stride=(1, 2)).forward(x)[0, 0].tolist() == [[4, 2, 2]] * 2
    assert BlurPool(stride=1).forward(-x)[0, 0, 0].tolist() == [-4, -4, -2, -1, -2, -2]


def test_weights_are_binomial():
    assert (256 * binomial_kernel(5))[2].tolist() == [6, 24, 36, 24, 6]
    assert binomial_kernel(1).tolist() == [[1]]
    with pytest.raises(ValueError, match="size must be a positive integer"):
        BlurPool(0)
    with pytest.raises(ValueError, match="stride must be a positive integer"):
        BlurPool(stride=0)


def test_a_single_row_is_mirrored_onto_itself():
    x = np.array([[[[0, 8, 0, 0, 4.0, 0]]]])
    assert BlurPool(stride=(3, 2)).forward(x)[0, 0].tolist() == [[4, 2, 2]]


def test_float32_stays_float32_and_backward_wants_a_forward():
    part = BlurPool()
    with pytest.raises(RuntimeError, match="BlurPool must go forward before"):
        part.backward(np.zeros((1, 1, 2, 2)))
    x = some_images().astype(np.float32)
    assert part.forward(x).dtype == part.backward(np.ones((3, 2, 5, 4), np.float32)).dtype
    assert part.forward(x).dtype == np.float32


def test_a_network_with_it_has_the_slopes_of_its_loss():
    net, x, labels = blurred_network(), some_images(), np.array([0, 3, 3])
    _, gradient = cross_entropy(net.forward(x), labels)
    flow = net.backward(gradient, to_input=True)
    direction, step = np.random.default_rng(3).normal(size=x.shape), 1e-6
    above, below = (net.loss(x + sign * step * direction, labels) for sign in (1, -1))
    assert np.vdot(flow, direction) == pytest.approx((above - below) / (2 * step), rel=1e-5)


def test_max_blur_pool_is_a_dense_maximum_then_a_blur():
    x = some_images()
    pool, blur = max_blur_pool(2, stride=(2, 3), blur=5)
    dense = np.max([x[..., i : 8 + i, j : 7 + j] for i in (0, 1) for j in (0, 1)], axis=0)
    assert np.array_equal(pool.forward(x), dense)
    found = blur.forward(dense)
    full = BlurPool(5, stride=1).forward(dense)
    np.testing.assert_allclose(found, full[..., ::2, ::3], rtol=1e-12)
