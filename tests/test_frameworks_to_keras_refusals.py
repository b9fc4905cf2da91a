"""What `to_keras` refuses, with the layer's name and the reason; nothing is approximated."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.keras_to_torch import keras_or_skip
from tests.torch_to_keras import Forward

LINE, IMAGE = (4, 13), (4, 9, 12)


def hooked():
    module = nn.Sequential(nn.Conv2d(4, 2, 3), nn.ReLU())
    module[0].register_forward_hook(lambda module, inputs, output: output * 2)
    return module


def with_part_of_its_weights_frozen():
    module = nn.Conv2d(4, 2, 3)
    module.bias.requires_grad_(False)
    return module


def with_part_of_their_weights_shared():
    first, second = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1)
    second.weight = first.weight
    return nn.Sequential(first, second)


def with_weights_used_in_two_ways():
    conv = nn.Conv2d(4, 4, 3)
    return Forward(
        lambda m, x: m.conv(x)[..., ::2] + F.conv2d(x, m.conv.weight, m.conv.bias, (1, 2)),
        conv=conv,
    )


def parameter(*shape):
    return nn.Parameter(torch.ones(shape))


MODULES = {
    "recurrent": (lambda: nn.Sequential(nn.Flatten(2), nn.LSTM(108, 3)), "'1': recurrent layers"),
    "attention": (lambda: nn.MultiheadAttention(4, 2), "'multiheadattention': attention"),
    "embedding": (lambda: nn.Embedding(4, 2), "'embedding': .*reads integers"),
    "hook": (hooked, "'0': it has a hook"),
    "spectral norm": (
        lambda: nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Conv2d(4, 2, 3))),
        "'0': its weights are computed by _SpectralNorm; make them plain",
    ),
    "no weights yet": (lambda: nn.Sequential(nn.LazyConv2d(4, 3)), "'0': it has no weights yet"),
    "no statistics": (
        lambda: nn.BatchNorm2d(4, track_running_stats=False),
        "'batchnorm2d': it normalises by the statistics of each batch",
    ),
    "no momentum": (lambda: nn.BatchNorm2d(4, momentum=None), "momentum=None averages"),
    "instance statistics": (
        lambda: nn.InstanceNorm2d(4, track_running_stats=True),
        "no instance normalisation with running statistics",
    ),
    "response norm": (lambda: nn.LocalResponseNorm(2), "LocalResponseNorm is not among"),
    "indices": (lambda: nn.MaxPool2d(2, return_indices=True), "no indices to return"),
    "power pooling": (lambda: nn.LPPool2d(3, 2), "a norm of 3 is not known, only 1 and 2"),
    "power pooling, ceil": (lambda: nn.LPPool2d(2, 2, ceil_mode=True), "hang over the end"),
    "transposed in groups": (
        lambda: nn.ConvTranspose2d(4, 4, 3, 2, groups=2),
        "no transposed convolution in groups",
    ),
    "transposed with dilation": (
        lambda: nn.ConvTranspose2d(4, 4, 3, 2, dilation=2),
        "refuses a stride with dilation in a transposed",
    ),
    "corners aligned": (
        lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
        "'upsample': Keras does not resize as torch does in the mode 'bilinear' with align_corners",
    ),
    "bicubic": (lambda: nn.Upsample(scale_factor=2, mode="bicubic"), "in the mode 'bicubic'"),
    "no whole factor": (lambda: nn.Upsample(scale_factor=1.5), r"at factors of \(1.5, 1.5\)"),
    "no whole size": (lambda: nn.Upsample(size=(10, 13)), r"resizes \(9, 12\) to \(10, 13\)"),
    "partly frozen": (with_part_of_its_weights_frozen, "some of its parameters are frozen"),
    "partly shared": (with_part_of_their_weights_shared, "'1': .*but not all, with '0'"),
    "shared, used otherwise": (with_weights_used_in_two_ways, "is used otherwise"),
    "half precision": (lambda: nn.Conv2d(4, 2, 3).half(), "its weights are float16; all must be"),
    "random slopes": (lambda: nn.RReLU(), "RReLU is not among the layers"),
    "another threshold": (lambda: nn.Threshold(0.1, 20), "puts 0 below it, not 20"),
    "a softplus that ends": (lambda: nn.Softplus(threshold=2), "does not go over to x at 2"),
    "softmax over the batch": (lambda: nn.Softmax(0), "mixes the examples of a batch"),
}
FORWARDS = {
    "a condition on data": (lambda x: x if x.sum() > 0 else -x, "control flow depends on the data"),
    "a number from data": (lambda x: x * x.mean().item(), r"'item': item\(\) gives a number"),
    "NumPy": (lambda x: torch.tensor(x.detach().numpy()), r"numpy\(\) gives a number"),
    "a mean of all": (lambda x: x - x.mean(), "'mean': it does not keep the examples"),
    "batch into channels": (lambda x: x.view(-1, 9, 12), "'view': it does not keep the examples"),
    "one batch size": (lambda x: x.view(2, 432), "'view': it wants a batch of one size"),
    "a loop over examples": (lambda x: torch.stack(list(x)), "goes through the examples"),
    "one example": (lambda x: x + x[:1], "'getitem': it does not keep the examples"),
    "a mask": (lambda x: torch.where(x > 0, x, -x), r"'gt': gt\(\) is not"),
    "a matrix product": (lambda x: x @ x.transpose(2, 3), r"'matmul': matmul\(\) is not among"),
    "no way back": (lambda x: x.detach(), r"'detach': detach\(\) is not among"),
    "a division": (lambda x: x / (1 + torch.exp(x)), "divides by a tensor"),
    "a power": (lambda x: x**0.5, "a power of 0.5 is not known"),
    "dropout always": (lambda x: F.dropout(x), "pass training=self.training"),
    "batch statistics": (
        lambda x: F.batch_norm(x, torch.zeros(4), torch.ones(4), training=True),
        "statistics of each batch",
    ),
    "positions": (lambda x: torch.max(x, 1)[1] * 1.0, "wants the positions of the largest"),
    "indices of a pool": (lambda x: F.max_pool2d(x, 2, return_indices=True)[0], "no indices"),
    "a dictionary": (lambda x: {"a": x}, "must return a tensor, or a tuple or list"),
    "a constant": (lambda x: torch.zeros(2, 3), "must return a tensor, or a tuple or list"),
    "another type": (lambda x: x.double(), "changes the numbers' type to torch.float64"),
}  # fmt: skip


def refused(module, reason):
    keras_or_skip()
    from cnncourse.frameworks import CannotTranslate, to_keras

    with pytest.raises(CannotTranslate, match=reason) as caught:
        to_keras(module, input_shape=IMAGE)
    assert caught.value.layer and caught.value.reason
    assert not caught.value.reason.endswith(".")


@pytest.mark.parametrize(("make", "reason"), MODULES.values(), ids=MODULES)
def test_a_module_is_refused_by_name(make, reason):
    refused(make(), reason)


@pytest.mark.parametrize(("function", "reason"), FORWARDS.values(), ids=FORWARDS)
def test_a_forward_is_refused_with_its_place(function, reason):
    refused(Forward(function), reason)


def test_learned_numbers_without_a_layer_are_refused():
    refused(Forward(lambda m, x: x + m.shift, shift=parameter(4, 1, 1)), "stored numbers")
    refused(Forward(lambda m, x: x * m.scale, scale=parameter(1)), "stored numbers")
    computed = Forward(lambda m, x: F.conv2d(x, m.kernel * 2), kernel=parameter(4, 4, 3, 3))
    refused(computed, "'conv2d': its weights are computed anew at each call")


def test_the_name_is_the_path_of_the_module():
    inner = nn.Sequential(nn.ReLU(), nn.LocalResponseNorm(2))
    refused(nn.Sequential(nn.Conv2d(4, 4, 3), inner), "layer '1.1'")
    refused(nn.Sequential(Forward(lambda x: abs(x))), r"layer '0.abs_1': abs\(\)")


def test_linear_interpolation_of_a_line_is_refused():
    keras_or_skip()
    from cnncourse.frameworks import CannotTranslate, to_keras

    with pytest.raises(CannotTranslate, match="in the mode 'linear'"):
        to_keras(nn.Upsample(scale_factor=2, mode="linear"), input_shape=LINE)
