"""What a forward says by functions, operators and methods, translated to Keras: equal outputs."""

import pytest
import torch
import torch.nn.functional as F

from tests.keras_to_torch import keras_or_skip
from tests.torch_to_keras import Forward, agree, kinds

IMAGE = (4, 9, 12)
# As students write them. The input is an image of 4 channels, 9 x 12.
FUNCTIONS = {
    "relu in many ways": lambda x: F.relu(x) + torch.relu(-x) * x.relu() - (x * 2).relu_(),
    "bounded": lambda x: torch.clamp(x, min=0) + x.clamp(-0.3, 0.8) + F.relu6(x) - x.clamp(max=1),
    "smooth": lambda x: F.gelu(x) + F.silu(x) * F.mish(x) + F.softplus(x) + F.logsigmoid(x),
    "others": lambda x: F.elu(x) + F.leaky_relu(x) + F.hardsigmoid(x) * F.hardswish(x) + F.selu(x),
    "old ones": lambda x: torch.sigmoid(x) * x.tanh() + torch.tanh(x) - F.softsign(x).exp(),
    "gelu by tanh": lambda x: F.gelu(x, approximate="tanh") + F.hardtanh(x, -2, 2),
    "softmax": lambda x: F.softmax(x, dim=1) + x.softmax(-1) + F.log_softmax(x, 1),
    "global mean": lambda x: x.mean((2, 3)),
    "global mean, kept": lambda x: x.mean([2, 3], keepdim=True),
    "mean in two steps": lambda x: x.mean(-1).mean(-1),
    "mean over channels": lambda x: x.mean(1, keepdim=True) + torch.max(x, 1, keepdim=True)[0],
    "mean over rows": lambda x: x.mean(2) + x.max(dim=2).values,
    "largest": lambda x: x.amax((2, 3)),
    "sum": lambda x: x.sum((2, 3)),
    "sum of channels and columns": lambda x: x.sum((1, 3)),
    "view": lambda x: x.view(x.size(0), -1),
    "view of known size": lambda x: x.view(-1, 4 * 9 * 12),
    "reshape": lambda x: x.reshape(x.shape[0], 4 * 9, 12),
    "flatten": lambda x: torch.flatten(x, 1) * 2,
    "flatten, as a method": lambda x: x.flatten(start_dim=1).relu(),
    "permuted": lambda x: x.permute(0, 2, 3, 1),
    "transposed": lambda x: x.transpose(1, 2).relu().contiguous(),
    "moved": lambda x: x.movedim(1, -1).relu() + x.moveaxis((1, 2), (3, 1)) * 2,
    "squeezed": lambda x: F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1),
    "one more axis": lambda x: x[:, None].squeeze(1) * 1 + x.unsqueeze(2).squeeze(2),
    "joined": lambda x: torch.cat([x, F.relu(x)], 1),
    "joined along columns": lambda x: torch.cat((x, x * 2), dim=-1),
    "stacked": lambda x: torch.stack([x, -x, x * 3], 2).mean(2),
    "in chunks": lambda x: x.chunk(2, 1)[1] + x.chunk(2, dim=1)[0],
    "split": lambda x: torch.cat(torch.split(x, [1, 3], dim=1)[::-1], 1),
    "every other pixel": lambda x: x[:, :, ::2, ::2],
    "a window": lambda x: x[:, 1:3, 2:-1, :] + x.narrow(1, 0, 2)[..., 2:-1, :],
    "one channel": lambda x: x[:, 1],
    "all but a column": lambda x: x[..., :-1],
    "a residual's shortcut": lambda x: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2)),
    "padded": lambda x: F.pad(x, (1, 2, 0, 1)),
    "padded on channels too": lambda x: F.pad(x, (0, 0, 1, 1, 2, 3)),
    "cropped": lambda x: F.pad(x, (-1, 2, 0, -3)),
    "padded by reflection": lambda x: F.pad(x, (1, 2, 2, 1), mode="reflect"),
    "padded by a constant": lambda x: F.pad(x, (1, 2), value=2.5),
    "resized": lambda x: F.interpolate(x, scale_factor=1 / 3),
    "by areas": lambda x: F.interpolate(x, size=(4, 5), mode="area"),
    "arithmetic": lambda x: 1 - x + x / 4 - 3 + 2 * x - (-x),
    "powers": lambda x: x**2 + torch.square(x) + x.pow(3),
    "larger and smaller": lambda x: torch.maximum(x, x * 0.5) - torch.minimum(x, -x),
    "a sum with a factor": lambda x: torch.add(x, F.relu(x), alpha=2) - torch.sub(x, 1, alpha=3),
    "gated": lambda x: x[:, :2] * torch.sigmoid(x[:, 2:]),
    "attention of channels": lambda x: x * F.adaptive_avg_pool2d(x, 1).sigmoid().expand_as(x),
    "a condition on sizes": lambda x: F.relu(x) if x.shape[2] % 2 else x,
    "a loop over channels": lambda x: sum((x * i for i in range(1, x.size(1))), x),
    "sizes by name": lambda x: (lambda b, c, h, w: x.view(b, c * h, w))(*x.shape),
    "as many as axes": lambda x: x * len(x.shape),
    "a window as large as all": lambda x: F.avg_pool2d(x, kernel_size=x.size()[2:]),
    "normalised": lambda x: F.layer_norm(x, x.shape[1:]) + F.instance_norm(x) + F.group_norm(x, 2),
    "pooled": lambda x: (
        F.max_pool2d(x, 2, ceil_mode=True)[..., 1:, :] + F.avg_pool2d(x, 3, 2, 1)[..., 1:, :]
    ),
    "two outputs": lambda x: (x, F.relu(x)),
    "a list of outputs": lambda x: [x.mean((2, 3)), x * 2],
    "in place": lambda x: (lambda y: F.relu(y, inplace=True) + y)(x * 1),
    "added in place": lambda x: F.relu(x).add_(x),
    "pixels shuffled": lambda x: F.pixel_shuffle(x, 2).mean(1),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_forward_gives_the_same_in_keras(function):
    keras_or_skip()
    from cnncourse.frameworks import to_keras

    module = Forward(function)
    agree(module, to_keras(module, input_shape=IMAGE), IMAGE)


def test_several_inputs_of_several_shapes():
    keras_or_skip()
    from cnncourse.frameworks import to_keras

    module = Forward(lambda x, y, z: torch.cat([(x + y).flatten(1), z], 1))
    shapes = [IMAGE, IMAGE, (5,)]
    model = to_keras(module, input_shape=shapes)
    agree(module, model, shapes)
    assert kinds(model) == "Add Permute Flatten Concatenate"


def test_axes_that_only_change_places_cost_nothing():
    keras_or_skip()
    from cnncourse.frameworks import to_keras

    # A block of ConvNeXt works channels last between two permutations: in Keras it always does.
    parts = {"norm": torch.nn.LayerNorm(4), "dense": torch.nn.Linear(4, 4)}
    module = Forward(
        lambda m, x: x + m.dense(m.norm(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2), **parts
    )
    model = to_keras(module, input_shape=IMAGE)
    agree(module, model, IMAGE)
    assert kinds(model) == "LayerNormalization Dense Add"
