"""`to_keras` reads what each example gives: no size of a batch is baked in, no state is changed."""

import random
import threading

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations

from tests.keras_to_torch import keras_or_skip
from tests.torch_to_keras import Forward, agree, kinds, randomised, run_keras, run_torch

IMAGE = (3, 8, 9)
ON_THE_BATCH = {
    "divided by it": lambda x: F.relu(x) / x.shape[0],
    "multiplied by it": lambda x: x * x.shape[0],
    "added": lambda x: x + x.size(0),
    "as a plain int": lambda x: x + int(x.shape[0]),
    "as a length": lambda x: x * len(x),
    "by all numbers": lambda x: x / x.numel(),
    "a mean by hand": lambda x: x.flatten(1).sum(1, keepdim=True) / x.numel(),
    "a slice": lambda x: x[:, : x.shape[0]],
    "in a module": lambda x: F.dropout(x, 0.1 * x.shape[0], False) * 2,
    "another way at 1": lambda x: x if x.shape[0] == 1 else F.relu(x),
    "one step more at 3": lambda x: F.relu(x) * 2 if x.shape[0] == 3 else F.relu(x),
    "chance": lambda x: x * torch.rand(1),
    "chance, as a number": lambda x: x + random.random(),
}


def refused(module, reason, shape=IMAGE):
    keras_or_skip()
    from cnncourse.frameworks import CannotTranslate, to_keras

    with pytest.raises(CannotTranslate, match=reason):
        to_keras(module, input_shape=shape)


def translated(module, shape=IMAGE):
    keras_or_skip()
    from cnncourse.frameworks import to_keras

    return to_keras(module, input_shape=shape)


@pytest.mark.parametrize("function", ON_THE_BATCH.values(), ids=ON_THE_BATCH)
def test_what_depends_on_the_batch_is_refused(function):
    refused(Forward(function), "for a batch of|goes another way")


def test_a_part_that_a_batch_of_one_makes_torch_refuse_is_no_matter():
    # squeeze() takes the axis of a batch of 1 too, and log_softmax then has no axis 1.
    module = Forward(lambda x: F.log_softmax(F.adaptive_avg_pool2d(x, 1).squeeze(), dim=1))
    agree(module, translated(module), IMAGE)


SIZES_OF_THE_BATCH = {
    "by len": lambda x: x.view(len(x), -1) * 2,
    "by int": lambda x: x.reshape(int(x.shape[0]), -1) * 2,
    "by NumPy's prod": lambda x: x.view(-1, int(np.prod(x.shape[1:]))) * 2,
    "expanded": lambda x: x * x.mean((2, 3), keepdim=True).expand(x.shape[0], 3, 8, 9),
    "from numel": lambda x: x * (x.numel() // x.shape[0]),
}


@pytest.mark.parametrize("function", SIZES_OF_THE_BATCH.values(), ids=SIZES_OF_THE_BATCH)
def test_a_batch_may_be_named_where_its_size_stays_open(function):
    module = Forward(function)
    agree(module, translated(module), IMAGE)


class Counting(nn.Module):
    """Counts its calls and keeps what went through it."""

    def __init__(self):
        super().__init__()
        self.calls = 0
        self.last = None
        self.conv = nn.Conv2d(3, 2, 3)
        self.register_buffer("total", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        self.last = x
        return F.relu(self.conv(x)) + 0 * torch.rand(1).item() + 0 * random.random()


def test_what_was_given_is_left_as_it_is():
    module = Counting()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    torch.manual_seed(3)
    random.seed(3)
    chance, of_python = torch.get_rng_state(), random.getstate()
    agree_with = translated(module)
    assert (module.calls, module.last, module.training) == (0, None, True)
    assert torch.equal(torch.get_rng_state(), chance)
    assert random.getstate() == of_python
    assert all(torch.equal(before[name], t) for name, t in module.state_dict().items())
    agree(module, agree_with, IMAGE)


def test_a_refused_module_is_left_as_it_is_too():
    class Sorting(Counting):
        def forward(self, x):
            return super().forward(x).sort()[0]

    module = Sorting()
    refused(module, "sort")
    assert (module.calls, module.last) == (0, None)


@pytest.mark.parametrize("written", [True, False])
def test_a_buffer_that_each_call_changes_is_refused(written):
    class Adding(Counting):
        def forward(self, x):
            if written:
                self.total.add_(1)
            else:
                self.total = self.total + 1
            return self.conv(x)

    module = Adding()
    refused(module, "'total': it is changed by each call")
    assert module.total.item() == 0


def test_what_cannot_be_copied_is_refused():
    module = nn.Sequential(nn.ReLU())
    module.lock = threading.Lock()
    refused(module, "'Sequential': it cannot be copied")


def test_a_stored_result_is_no_hindrance():
    module = Forward(lambda m, x: m.conv(x), conv=nn.Conv2d(3, 2, 3))
    module.seen = module.conv(torch.zeros(1, *IMAGE))  # it has a history, which cannot be copied
    agree(module, translated(module), IMAGE)
    assert module.seen.requires_grad


@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_with_weight_norm_that_is_used_twice_is_one_layer(bias):
    conv = parametrizations.weight_norm(nn.Conv2d(3, 3, 3, padding=1, bias=bias))
    module = Forward(lambda m, x: m.conv(F.relu(m.conv(x))), conv=conv)
    model = translated(module)
    assert kinds(model).split().count("Conv2D") == 1
    assert len(model.trainable_weights) == 1 + bias
    agree(module, model, IMAGE)


def test_the_training_flag_must_show():
    refused(
        Forward(lambda m, x: F.dropout(x * 2, 0.5, bool(m.training)), part=nn.ReLU()),
        "does not show; pass training=self.training",
    )
    kept = Forward(lambda m, x: F.dropout(x * 2, 0.5, m.training), part=nn.ReLU())
    assert kinds(translated(kept)) == "Rescaling Dropout"
    off = Forward(lambda x: F.dropout(x * 2, 0.5, False))
    assert kinds(translated(off)) == "Rescaling"


def test_a_type_that_only_a_buffer_says():
    module = Forward(lambda m, x: F.relu(x), part=nn.BatchNorm2d(3).double())
    model = translated(module)
    assert model.layers[0].dtype == model.inputs[0].dtype == model.outputs[0].dtype == "float64"


NOTHING = {
    "an empty chain": (nn.Sequential(), IMAGE),
    "its input": (Forward(lambda x: x), IMAGE),
    "dropout that is off": (Forward(lambda x: F.dropout(x, 0.5, False)), IMAGE),
    "a row made a row": (nn.Flatten(), (7,)),
    "two inputs": (Forward(lambda x, y: (x, y)), [IMAGE, (4,)]),
}


@pytest.mark.parametrize(("module", "shape"), NOTHING.values(), ids=NOTHING)
def test_a_network_of_no_layers(module, shape):
    model = translated(module, shape)
    agree(module, model, shape)


def small_network():
    return randomised(
        nn.Sequential(
            *(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.ZeroPad2d(1), nn.AdaptiveAvgPool2d(2), nn.Dropout2d(), nn.Flatten()),
            nn.Linear(16, 5),
        )
    )


def test_global_settings_of_keras_do_not_reach_in():
    keras = keras_or_skip()
    before = keras.config.image_data_format(), keras.config.dtype_policy()
    module = small_network()
    try:
        keras.config.set_image_data_format("channels_first")
        first = translated(module)
        keras.config.set_image_data_format("channels_last")
        keras.config.set_dtype_policy("mixed_bfloat16")
        second = translated(module)
        drawn = np.random.default_rng(0).normal(size=(2, *IMAGE)).astype("float32")
        for model in (first, second):
            (wanted,), (got,) = run_torch(module, [drawn]), run_keras(model, [drawn])
            np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)
    finally:
        keras.config.set_image_data_format(before[0])
        keras.config.set_dtype_policy(before[1])
    assert keras.config.dtype_policy().name == before[1].name


def complex_weights():
    module = nn.Conv2d(3, 2, 3)
    return nn.Sequential(module.to(torch.complex64))


WITH_A_REASON = {
    "no numbers": (lambda: nn.Conv2d(3, 2, 3, device="meta"), "device 'meta'"),
    "complex": (complex_weights, "'0': its weights are complex64"),
    "by zero": (lambda: Forward(lambda x: x / 0), "it divides by zero"),
    "a threshold below 0": (lambda: nn.Threshold(-1.0, 0.0), "no negative number: threshold -1.0"),
    "a slope below 0": (lambda: nn.LeakyReLU(-0.5), "no negative number: slope -0.5"),
    "scripted": (lambda: torch.jit.script(nn.ReLU()), "torch.jit has scripted or traced it"),
    "traced": (
        lambda: nn.Sequential(torch.jit.trace(nn.ReLU(), torch.zeros(1, *IMAGE))),
        "'0': torch.jit has scripted or traced it",
    ),
    "compiled": (lambda: torch.compile(nn.ReLU()), "pass the original, its ._orig_mod"),
    "bounds in disorder": (lambda: Forward(lambda x: x.clamp(2, 1)), "lower bound 2.0 is above"),
    "training by is": (
        lambda: Forward(lambda m, x: x if m.training is False else x * 2, part=nn.ReLU()),
        "it does something else while torch.fx records it",
    ),
    "a question after the type": (
        lambda: Forward(lambda x: x * 2 if torch.is_tensor(x) else x * 3),
        "it does something else while torch.fx records it",
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:Complex modules:UserWarning")
@pytest.mark.parametrize(("make", "reason"), WITH_A_REASON.values(), ids=WITH_A_REASON)
def test_a_refusal_says_why(make, reason):
    refused(make(), reason)


def copied_and_written(x):
    before = x.clone()
    return F.relu(x, inplace=True) + before


def halves_written(x):
    first, second = x[:, :1], x[:, 1:]
    return torch.cat([first.relu_(), second], 1)


def turned_and_written(x):
    turned = x.transpose(2, 3)
    copy = turned.contiguous()
    return copy.mul_(3) + turned


IN_PLACE = {
    "a clone": copied_and_written,
    "two parts": halves_written,
    "a copy in order": turned_and_written,
    "bounds": lambda x: x.clamp_min(0.2) + x.clamp_max(0.5),
}


@pytest.mark.parametrize("function", IN_PLACE.values(), ids=IN_PLACE)
def test_writing_in_place_changes_what_it_changes_in_torch(function):
    module = Forward(lambda x: function(x * 1))
    agree(module, translated(module), IMAGE)


def part_written(x):
    x = x * 1
    x[:, :1].add_(1)
    return x


def row_written(x):
    x = x * 1
    F.relu(x.view(x.shape[0], -1), inplace=True)
    return x * 2


@pytest.mark.parametrize("function", [part_written, row_written])
def test_writing_into_a_view_is_refused(function):
    refused(Forward(function), "it writes into a view of a tensor that is used again")
